//! Customers, who write when they like, also after a closing.

use serde_json::{Value, json};
use uuid::Builder;

use crate::api::{Api, Call};
use crate::dice::Dice;

/// The channels of the demo workspace on which they write.
const CHANNELS: [&str; 3] = ["ch_webchat", "ch_whatsapp", "ch_messenger"];

/// Some customers.
pub struct Customers {
    dice: Dice,
    how_many: usize,
    /// Messages that the platform may not have: a channel delivers until it is told yes.
    unsent: Vec<(usize, Value)>,
    said: u64,
}

impl Customers {
    /// So many customers.
    #[must_use]
    pub fn new(dice: Dice, how_many: usize) -> Self {
        Self { dice, how_many, unsent: Vec::new(), said: 0 }
    }

    /// One of them writes. Answers what happened, for the trace.
    pub async fn write(&mut self, api: &dyn Api) -> String {
        let customer = self.dice.below(self.how_many);
        self.said += 1;
        let mut random = [0; 10];
        self.dice.fill(&mut random);
        let id = Builder::from_unix_timestamp_millis(0, &random).into_uuid().to_string();
        // Now and then the word that the scenario closes at (R10).
        let text = if self.dice.percent(4) { "#bye".to_owned() } else { format!("Question {}", self.said) };
        let body = json!({
            "customer": { "external_id": format!("customer-{customer}"), "name": format!("Customer {customer}") },
            "message": { "external_id": id, "text": text },
        });
        self.unsent.push((customer, body));
        let (mut sent, before) = (0, self.unsent.len());
        while let Some((customer, body)) = self.unsent.first().cloned() {
            let channel = CHANNELS[customer % CHANNELS.len()];
            let call = Call::post(format!("/v1/channels/{channel}/inbound"), &body);
            match api.call(call.with_token(&format!("demo-key-{channel}"))).await {
                Some(answer) if answer.status == 202 => {
                    self.unsent.remove(0);
                    sent += 1;
                }
                Some(_) | None => break,
            }
        }
        format!("customer {customer} writes {text:?}; {sent} of {before} delivered")
    }
}
