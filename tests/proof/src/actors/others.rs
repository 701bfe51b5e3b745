//! Everybody else at work: a colleague who replies, closes and archives in the same conversations, an admin who switches the feature, and
//! channels that report what became of replies.

use serde_json::{Value, json};
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::pages::Page;
use uuid::Builder;

use crate::api::{Api, Call, sign_in};
use crate::dice::Dice;

const PASSWORD: &str = "signoff-demo";

/// The others.
pub struct Others {
    dice: Dice,
    said: u64,
}

impl Others {
    /// Others, who do what the dice say.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self { dice, said: 0 }
    }

    /// A colleague does something in a conversation.
    pub async fn colleague(&mut self, api: &dyn Api) -> String {
        let done = self.try_as_colleague(api).await;
        done.unwrap_or_else(|| "a colleague finds the platform gone".to_owned())
    }

    /// The admin switches Send + Close on or off (R1).
    pub async fn switches(&mut self, api: &dyn Api, on: bool) -> String {
        let done = async {
            let token = sign_in(api, "admin@demo.test", PASSWORD).await?;
            let body = json!({ "allow_manual_close": on });
            let mut call = Call::post("/v1/settings/inbox-options", &body).with_token(&token).with("if-match", "*");
            call.method = "PUT";
            Some(api.call(call).await?.status)
        };
        format!("the admin switches to {on}: {:?}", done.await)
    }

    async fn try_as_colleague(&mut self, api: &dyn Api) -> Option<String> {
        let token = sign_in(api, "bob@demo.test", PASSWORD).await?;
        let tab = self.dice.weighed(&[(60, "received"), (20, "answered"), (20, "ongoing")])?;
        let list = Call::get(format!("/v1/conversations?tab={tab}&limit=100")).with_token(&token);
        let page: Page<Conversation> = api.call(list).await?.read()?;
        let Some(conversation) = self.dice.pick(&page.items) else {
            return Some("a colleague has nothing to do".into());
        };
        let seen = &conversation.last_customer_message_id;
        self.said += 1;
        let text = format!("b{}", self.said);
        let (call, body): (&str, Value) = match self.dice.weighed(&[(30, 0), (40, 1), (15, 2), (15, 3)])? {
            0 => ("replies", json!({ "text": text, "attachments": [] })),
            1 => (
                "close",
                json!({ "reply": { "text": text, "attachments": [] }, "last_seen_message_id": seen, "origin": "console" }),
            ),
            2 => ("archive", json!({})),
            _ => ("assign", json!({ "user_id": "user_bob" })),
        };
        let mut random = [0; 10];
        self.dice.fill(&mut random);
        let key = Builder::from_unix_timestamp_millis(1, &random).into_uuid().to_string();
        let click = Call::post(format!("/v1/conversations/{}/{call}", conversation.id), &body);
        let answer = api.call(click.with_token(&token).with("idempotency-key", format!("\"{key}\""))).await?;
        Some(format!("a colleague: {call} in {}: {}", conversation.id, answer.status))
    }
}
