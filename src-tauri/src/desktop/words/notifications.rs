//! What notifications say (R14, D30, D31).

use signoff_engine::ports::NotificationKind;

use super::Tongue;
use crate::desktop::plain_text;

impl Tongue {
    /// Title and body of a notification, as plain text.
    pub(crate) fn notification(self, kind: &NotificationKind) -> (String, String) {
        match kind {
            NotificationKind::ReturnedAfterClose { customer_name, text } => {
                let name = self.name(customer_name);
                let title = match self {
                    Self::En => format!("{name} has written again"),
                    Self::Fr => format!("{name} a écrit à nouveau"),
                };
                (title, self.quoted(text, "A new conversation has started.", "Une nouvelle conversation a commencé."))
            }
            NotificationKind::NewConversation { customer_name, text } => {
                let name = self.name(customer_name);
                let title = match self {
                    Self::En => format!("New conversation with {name}"),
                    Self::Fr => format!("Nouvelle conversation avec {name}"),
                };
                (title, self.quoted(text, "It is waiting in Received.", "Elle attend parmi les conversations reçues."))
            }
            NotificationKind::AssignedToMe { customer_name } => {
                let name = self.name(customer_name);
                match self {
                    Self::En => (format!("{name}: assigned to you"), "The conversation is yours now.".to_owned()),
                    Self::Fr => (
                        format!("{name}\u{a0}: attribuée à vous"),
                        "La conversation est désormais la vôtre.".to_owned(),
                    ),
                }
            }
            NotificationKind::MessageInMine { customer_name, text } => {
                (self.name(customer_name), self.quoted(text, "A new message for you.", "Un nouveau message pour vous."))
            }
            NotificationKind::ReplyNotDelivered { customer_name } => {
                let name = self.name(customer_name);
                match self {
                    Self::En => (
                        format!("Your reply to {name} was not delivered"),
                        "Open the conversation to see why.".to_owned(),
                    ),
                    Self::Fr => (
                        format!("Votre réponse à {name} n'a pas été remise"),
                        "Ouvrez la conversation pour savoir pourquoi.".to_owned(),
                    ),
                }
            }
            NotificationKind::NeedsAttention { customer_name } => {
                let name = self.name(customer_name);
                match self {
                    Self::En => (
                        format!("{name}: a queued action needs you"),
                        "Open it to see why, and choose what becomes of it. Nothing you wrote is lost.".to_owned(),
                    ),
                    Self::Fr => (
                        format!("{name}\u{a0}: une action en file demande votre attention"),
                        "Ouvrez-la pour savoir pourquoi, et choisissez la suite. Rien de ce que vous avez écrit n'est perdu."
                            .to_owned(),
                    ),
                }
            }
            NotificationKind::WhileAway { returned, others } => {
                let title = match self {
                    Self::En => "While you were away",
                    Self::Fr => "Pendant votre absence",
                };
                (title.to_owned(), self.while_away(*returned, *others))
            }
        }
    }

    fn while_away(self, returned: u32, others: u32) -> String {
        let returned = match (self, returned) {
            (_, 0) => None,
            (Self::En, 1) => Some("1 customer has written again after a closing.".to_owned()),
            (Self::En, n) => Some(format!("{n} customers have written again after a closing.")),
            (Self::Fr, 1) => Some("1 client a écrit à nouveau après une clôture.".to_owned()),
            (Self::Fr, n) => Some(format!("{n} clients ont écrit à nouveau après une clôture.")),
        };
        let others = match (self, others, returned.is_some()) {
            (_, 0, _) => None,
            (Self::En, 1, true) => Some("1 more thing has happened.".to_owned()),
            (Self::En, n, true) => Some(format!("{n} more things have happened.")),
            (Self::En, 1, false) => Some("1 thing has happened.".to_owned()),
            (Self::En, n, false) => Some(format!("{n} things have happened.")),
            (Self::Fr, 1, true) => Some("1 autre événement.".to_owned()),
            (Self::Fr, n, true) => Some(format!("{n} autres événements.")),
            (Self::Fr, 1, false) => Some("1 événement.".to_owned()),
            (Self::Fr, n, false) => Some(format!("{n} événements.")),
        };
        [returned, others].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn quoted(self, text: &Option<String>, en: &str, fr: &str) -> String {
        text.as_deref().and_then(plain_text::quote).unwrap_or_else(|| {
            match self {
                Self::En => en,
                Self::Fr => fr,
            }
            .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: Option<&str>) -> Vec<NotificationKind> {
        let (customer_name, text) = ("Marie Dupont".to_owned(), text.map(str::to_owned));
        vec![
            NotificationKind::ReturnedAfterClose { customer_name: customer_name.clone(), text: text.clone() },
            NotificationKind::NewConversation { customer_name: customer_name.clone(), text: text.clone() },
            NotificationKind::AssignedToMe { customer_name: customer_name.clone() },
            NotificationKind::MessageInMine { customer_name: customer_name.clone(), text },
            NotificationKind::ReplyNotDelivered { customer_name: customer_name.clone() },
            NotificationKind::NeedsAttention { customer_name },
        ]
    }

    #[test]
    fn every_kind_names_the_customer_and_says_something_of_its_own() {
        let mut said = Vec::new();
        for kind in kinds(None) {
            for tongue in [Tongue::En, Tongue::Fr] {
                let (title, body) = tongue.notification(&kind);
                assert!(title.contains("Marie Dupont"), "{title}");
                assert!(!body.is_empty() && !said.contains(&body), "{body}");
                for text in [&title, &body] {
                    assert!(!super::super::can_break_before_punctuation(text), "{text}");
                }
                said.push(body);
            }
        }
    }

    #[test]
    fn d31_the_message_is_quoted_unless_hidden() {
        let [returned, ..] = &kinds(Some("Hello\nagain"))[..] else { panic!("there are kinds") };
        let (title, body) = Tongue::En.notification(returned);
        assert_eq!((title.as_str(), body.as_str()), ("Marie Dupont has written again", "Hello again"));
    }

    #[test]
    fn an_invisible_message_falls_back_to_our_words() {
        for kind in kinds(Some("\u{200B}\n")) {
            assert!(!Tongue::Fr.notification(&kind).1.trim().is_empty());
        }
    }

    #[test]
    fn d30_what_came_meanwhile_is_counted() {
        for (returned, others, en, fr) in [
            (1, 0, "1 customer has written again after a closing.", "1 client a écrit à nouveau après une clôture."),
            (
                2,
                1,
                "2 customers have written again after a closing. 1 more thing has happened.",
                "2 clients ont écrit à nouveau après une clôture. 1 autre événement.",
            ),
            (0, 3, "3 things have happened.", "3 événements."),
        ] {
            let kind = NotificationKind::WhileAway { returned, others };
            assert_eq!(Tongue::En.notification(&kind).1, en);
            assert_eq!(Tongue::Fr.notification(&kind).1, fr);
        }
    }
}
