//! The same act in French: window, dialog and notification follow the system's language (D43).

use anyhow::Result;
use signoff_desk::{Desk, Launch, until};

use crate::{journey, platform_with_closing, setup};

#[test]
fn d43_on_a_french_system_window_dialog_and_notification_speak_french() -> Result<()> {
    let desk = Desk::new(setup(&journey()).speaking("fr_FR.UTF-8"))?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Perrine Valmorel");
    let id = customer.writes("Mon colis n'est pas arrivé.")?.conversation_id;
    let app = desk.start(&Launch::for_workspace(&desk, platform.address()))?;

    app.text_box("E-mail").fill("alice@demo.test")?;
    app.text_box("Mot de passe").fill(signoff_desk::PASSWORD)?;
    app.button("Se connecter").click()?;
    app.text_box("Rechercher dans les conversations").appears()?;
    app.see_no_more("Récupération de vos conversations")?;
    app.text_box("Rechercher dans les conversations").fill(customer.name())?;
    app.open_row(customer.name())?;
    app.text_box("Répondre").paste("C'est réglé : il arrive jeudi. Merci, et à bientôt !")?;
    app.button("Envoyer + Clore").click()?;
    let dialog = desk.dialog()?;
    let says = dialog.says()?;
    assert!(says.contains("définitive"), "it says that closing is final: {says}");
    assert!(says.contains("enquête de satisfaction"), "and whether a survey goes out: {says}");
    assert_eq!(dialog.default_button()?, "Annuler", "D3");
    dialog.click("Envoyer + Clore")?;

    let admin = platform.sign_in("admin")?;
    until("the platform to have closed the conversation", || {
        Ok((admin.conversation(&id)?["status"] == "closed").then_some(()))
    })?;
    customer.writes("Encore une question…")?;
    let shown = desk.notifications().wait_for(customer.name())?;
    assert!(shown.title.contains("a écrit à nouveau"), "{shown:?}");
    Ok(())
}
