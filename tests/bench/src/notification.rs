//! From the platform's answer to a customer's message to the notification on the screen (R14): a closed customer writes again.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use signoff_desk::Customer;

use crate::options::Programs;
use crate::report::{Figure, ms, progress};
use crate::samples::Samples;
use crate::seat::Seat;
use crate::watch::Picture;

/// Wide enough for notifications to have a strip that no window covers.
const SCREEN: (u32, u32) = (1880, 900);
const STRIP: usize = 200;
const STRIP_HEIGHT: u32 = 60;
/// Pixels of the strip that a notification changes at least.
const A_NOTIFICATION: usize = 500;
const PER_ROUND: usize = 6;
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures.
pub(crate) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let seat = Seat::new(programs, "notification", SCREEN)?;
    let signed_in = seat.sign_in("inbox-notification", &["--workspace", seat.platform.address()])?;
    seat.platform.allow_manual_close(true)?;
    let names: Vec<String> = (1..=rounds * PER_ROUND).map(|number| format!("Customer {number:03}")).collect();
    let customers = names.iter().map(|name| closed_customer(&seat, name)).collect::<Result<Vec<_>>>()?;

    let profile = signed_in.profile.display().to_string();
    let (mut app, _) = seat.watch("signoff", &programs.app, &["--data-dir", &profile])?;
    seat.desk.notifications().dismiss_all()?;
    progress(&format!("{} customers write again", customers.len()));
    let mut shown = Samples::default();
    for customer in &customers {
        shown.push_ms(returns(&seat, customer)?);
    }
    app.stop()?;

    let [median, rare] = [50.0, 95.0].map(|percent| shown.percentile(percent));
    Figure::new("Notification on screen after the commit", format!("{} (p95 {})", ms(median), ms(rare)))
        .below(rare, 300.0, "ms (p95)")
        .print();
    Ok(())
}

/// A customer whose conversation Alice has closed, elsewhere.
fn closed_customer(seat: &Seat, name: &str) -> Result<Customer> {
    let customer = seat.platform.customer(name);
    let arrived = customer.writes("Does the warranty cover the battery?")?;
    let alice = seat.platform.sign_in("alice")?;
    alice.post(
        &format!("/v1/conversations/{}/close", arrived.conversation_id),
        &json!({
            "reply": { "text": "Yes, for two years. Goodbye!", "attachments": [] },
            "last_seen_message_id": arrived.message_id,
            "origin": "console",
        }),
    )?;
    Ok(customer)
}

/// The customer writes again; how long after the platform has said that it is stored does the notification appear?
fn returns(seat: &Seat, customer: &Customer) -> Result<Duration> {
    let before = strip(seat)?;
    let arrived = customer.writes("And the charger?")?;
    let stored = Instant::now();
    if !arrived.new_conversation {
        bail!("a closed conversation went on (R9)");
    }
    while strip(seat)?.differs_from(&before) < A_NOTIFICATION {
        if stored.elapsed() > PATIENCE {
            bail!("no notification about {} within {PATIENCE:?}", customer.name());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = stored.elapsed();
    seat.desk.notifications().wait_for(customer.name())?;
    seat.desk.notifications().dismiss_all()?;
    signoff_desk::until("a clear strip", || Ok((strip(seat)?.differs_from(&before) == 0).then_some(())))?;
    Ok(took)
}

/// The upper right corner of the screen.
fn strip(seat: &Seat) -> Result<Picture> {
    let width = seat.pixels.width();
    let columns: Range<usize> = width - STRIP..width;
    seat.pixels.look_at(columns, 0..STRIP_HEIGHT)
}
