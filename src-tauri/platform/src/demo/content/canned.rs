//! Prepared answers, in both languages under the same shortcuts; some are closing sentences (R13).

use super::Language;

/// A prepared answer. `{{customer}}` and `{{advisor}}` stand for names, as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannedReply {
    /// What an advisor types to find it; the same in both languages.
    pub shortcut: &'static str,
    /// Its language.
    pub language: Language,
    /// The text.
    pub text: &'static str,
    /// R13: it ends a conversation.
    pub closing: bool,
}

/// All prepared answers.
#[must_use]
pub fn canned_replies() -> Vec<CannedReply> {
    ANSWERS
        .iter()
        .map(|answer| (answer, false))
        .chain(CLOSINGS.iter().map(|answer| (answer, true)))
        .flat_map(|(&(shortcut, english, french), closing)| {
            [(Language::English, english), (Language::French, french)].map(|(language, text)| CannedReply {
                shortcut,
                language,
                text,
                closing,
            })
        })
        .collect()
}

/// What advisors of the stories end with.
pub(super) fn closing_sentences(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            "As everything is settled, I am closing this conversation. Have a lovely day!",
            "I'll close our chat here; if anything else comes up, just write to us. Take care!",
            "With that I'd consider the matter closed. Enjoy the ride!",
            "No need to answer, I'm closing this now. Have a good one, {first}!",
            "That settles it, so I'm closing the conversation. Thank you for your patience.",
        ],
        Language::French => &[
            "Tout étant réglé, je clos cette conversation. Très belle journée à vous !",
            "Je ferme notre échange ici ; au besoin, n'hésitez pas à nous réécrire. Bonne continuation !",
            "Le sujet est donc clos de notre côté. Bonne route !",
            "Inutile de répondre, je clos la conversation. Bonne journée {first} !",
            "C'est donc réglé, je ferme la conversation. Merci pour votre patience.",
        ],
    }
}

type Prepared = (&'static str, &'static str, &'static str);

const ANSWERS: &[Prepared] = &[
    (
        "hello",
        "Hello {{customer}}, this is {{advisor}} from Cadrelune. How can I help you?",
        "Bonjour {{customer}}, {{advisor}} de Cadrelune à votre écoute. Comment puis-je vous aider ?",
    ),
    (
        "order-number",
        "Could you give me your order number, please? It begins with CL- and stands at the top of your confirmation.",
        "Pourriez-vous me donner votre numéro de commande ? Il commence par CL- et figure en haut de votre confirmation.",
    ),
    (
        "late",
        "I am sorry that your parcel is late. I am opening an inquiry with the carrier now and will write to you within \
         one working day.",
        "Toutes mes excuses pour ce retard. J'ouvre dès maintenant une enquête auprès du transporteur et reviens vers \
         vous sous un jour ouvré.",
    ),
    (
        "return",
        "You can return the article within 30 days: in your account, under Orders, choose Return, print the label and \
         drop the parcel at any pick-up point.",
        "Vous disposez de 30 jours pour retourner l'article : dans votre compte, rubrique Commandes, choisissez \
         Retourner, imprimez l'étiquette et déposez le colis en point relais.",
    ),
    (
        "refund",
        "Your refund is on its way. Depending on your bank, it takes 3 to 5 working days to show on your account.",
        "Votre remboursement est parti. Selon votre banque, comptez 3 à 5 jours ouvrés avant de le voir sur votre compte.",
    ),
    (
        "photo",
        "Could you send us a photo of the damage and one of the parcel? That is all we need to send a replacement.",
        "Pourriez-vous nous envoyer une photo du dommage et une du colis ? C'est tout ce qu'il nous faut pour un \
         remplacement.",
    ),
    (
        "invoice",
        "Your invoice is in your account under Orders, Documents. I have also sent a copy to your e-mail address.",
        "Votre facture se trouve dans votre compte, rubrique Commandes, Documents. Je vous en envoie aussi une copie par \
         e-mail.",
    ),
    (
        "password",
        "I have just sent you a link to choose a new password. It is valid for one hour; please look in your junk mail, \
         too.",
        "Je viens de vous envoyer un lien pour choisir un nouveau mot de passe. Il est valable une heure ; pensez à \
         regarder vos indésirables.",
    ),
    (
        "workshop",
        "Our workshops are open Tuesday to Saturday, 9:30 to 18:30. Which day would suit you for an appointment?",
        "Nos ateliers vous accueillent du mardi au samedi, de 9 h 30 à 18 h 30. Quel jour vous conviendrait pour un \
         rendez-vous ?",
    ),
    (
        "warranty",
        "Our articles come with a two-year warranty. Please send me the order number and a short description or photo \
         of the fault.",
        "Nos articles sont garantis deux ans. Envoyez-moi s'il vous plaît le numéro de commande et une photo ou une brève \
         description du défaut.",
    ),
    (
        "patience",
        "Thank you for your patience, {{customer}}. I am still looking into it and will be back with you shortly.",
        "Merci pour votre patience, {{customer}}. Je poursuis mes recherches et reviens vers vous très vite.",
    ),
    (
        "colleague",
        "I am passing your question on to a colleague who knows this better than I do. You need not repeat anything.",
        "Je transmets votre question à une personne qui connaît mieux le sujet. Vous n'aurez rien à répéter.",
    ),
];

const CLOSINGS: &[Prepared] = &[
    (
        "bye",
        "I am glad that this is settled, and am closing our conversation. Have a lovely day, {{customer}}!",
        "C'est un plaisir d'avoir pu régler cela ; je clos notre conversation. Très belle journée, {{customer}} !",
    ),
    (
        "bye-short",
        "No need to answer, all is settled. Take care!",
        "Inutile de répondre, tout est réglé. Bonne journée !",
    ),
    (
        "bye-ride",
        "That should be all. Enjoy the ride, and write to us whenever you need us.",
        "Tout devrait être en ordre. Bonne route, et écrivez-nous dès que vous avez besoin de nous.",
    ),
    (
        "bye-survey",
        "I am closing our conversation here. You may get a short question about it; your answer helps us. Thank you!",
        "Je clos ici notre conversation. Vous recevrez peut-être une courte question à ce sujet ; votre réponse nous \
         aide. Merci !",
    ),
    (
        "bye-sorry",
        "Once again, our apologies for the trouble. As it is settled now, I am closing the conversation. Kind regards, \
         {{advisor}}",
        "Encore toutes nos excuses pour ce désagrément. Le sujet étant réglé, je clos la conversation. Bien à vous, \
         {{advisor}}",
    ),
];
