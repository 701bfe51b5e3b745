//! What the system's own dialogs ask.

use signoff_wire::contract::conversations::SurveyPreview;
use signoff_wire::contract::receipts::SurveySkip;
use signoff_wire::interface::CloseQuestion;

use super::Tongue;

/// A question for the system's own dialog. `confirm` does it, `cancel` is the default and leaves everything as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// What is asked, in one line.
    pub(crate) heading: String,
    /// What it means.
    pub(crate) body: String,
    /// The button that does it; `_` stands before its access key.
    pub(crate) confirm: &'static str,
    /// The button that does not.
    pub(crate) cancel: &'static str,
}

impl Tongue {
    /// The confirmation of Send + Close (R5, D3).
    pub(crate) fn close_question(self, question: &CloseQuestion) -> Question {
        let name = self.name(&question.customer_name);
        let survey = self.survey(&question.survey);
        let (heading, closing, confirm, cancel) = match self {
            Self::En => (
                format!("Send the reply and close the conversation with {name}?"),
                "Closing is final: nobody can reopen the conversation. The customer's next message starts a new one.",
                "_Send + Close",
                "_Cancel",
            ),
            Self::Fr => (
                format!("Envoyer la réponse et clore la conversation avec {name}\u{202f}?"),
                "La clôture est définitive\u{a0}: personne ne peut rouvrir la conversation. Le prochain message du client en ouvrira une \
                 nouvelle.",
                "_Envoyer + Clore",
                "_Annuler",
            ),
        };
        let mut body = format!("{closing}\n\n{survey}");
        if question.offline {
            body.push_str("\n\n");
            body.push_str(match self {
                Self::En => "You are offline. The action is queued and goes out by itself when the network is back.",
                Self::Fr => {
                    "Vous êtes hors ligne. L'action est mise en file et partira d'elle-même au retour du réseau."
                }
            });
        }
        Question { heading, body, confirm, cancel }
    }

    fn survey(self, survey: &SurveyPreview) -> &'static str {
        match (self, survey.will_send, &survey.reason) {
            (Self::En, true, _) => "A satisfaction survey will be sent.",
            (Self::Fr, true, _) => "Une enquête de satisfaction sera envoyée.",
            (Self::En, false, None) => "No survey will be sent: this channel has none.",
            (Self::Fr, false, None) => "Aucune enquête ne sera envoyée\u{a0}: ce canal n'en a pas.",
            (Self::En, false, Some(SurveySkip::AlreadySent)) => {
                "No survey will be sent: this conversation has already had one."
            }
            (Self::Fr, false, Some(SurveySkip::AlreadySent)) => {
                "Aucune enquête ne sera envoyée\u{a0}: cette conversation en a déjà eu une."
            }
            (Self::En, false, Some(SurveySkip::QuietDays)) => {
                "No survey will be sent: this customer has had one recently."
            }
            (Self::Fr, false, Some(SurveySkip::QuietDays)) => {
                "Aucune enquête ne sera envoyée\u{a0}: ce client en a reçu une récemment."
            }
            (Self::En, false, Some(SurveySkip::MinReplies)) => {
                "No survey will be sent: there are too few replies in this conversation."
            }
            (Self::Fr, false, Some(SurveySkip::MinReplies)) => {
                "Aucune enquête ne sera envoyée\u{a0}: cette conversation compte trop peu de réponses."
            }
            (Self::En, false, Some(SurveySkip::ChannelPersonOnly)) => {
                "No survey will be sent: the channel only accepts replies written by a person now."
            }
            (Self::Fr, false, Some(SurveySkip::ChannelPersonOnly)) => {
                "Aucune enquête ne sera envoyée\u{a0}: le canal n'accepte plus que les réponses écrites par une personne."
            }
            (Self::En, false, Some(SurveySkip::Other(_))) => "No survey will be sent.",
            (Self::Fr, false, Some(SurveySkip::Other(_))) => "Aucune enquête ne sera envoyée.",
        }
    }

    /// Leaving with a queue (D21: it stays, and goes out at the next start).
    pub(crate) fn quit_question(self, queued: u32) -> Question {
        match self {
            Self::En => Question {
                heading: "Quit Signoff?".to_owned(),
                body: match queued {
                    1 => "1 action is queued. It goes out when Signoff runs again.".to_owned(),
                    n => format!("{n} actions are queued. They go out when Signoff runs again."),
                },
                confirm: "_Quit",
                cancel: "_Stay",
            },
            Self::Fr => Question {
                heading: "Quitter Signoff\u{202f}?".to_owned(),
                body: match queued {
                    1 => "1 action est en file. Elle partira quand Signoff tournera à nouveau.".to_owned(),
                    n => format!("{n} actions sont en file. Elles partiront quand Signoff tournera à nouveau."),
                },
                confirm: "_Quitter",
                cancel: "_Rester",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(customer_name: &str, will_send: bool, reason: Option<SurveySkip>, offline: bool) -> CloseQuestion {
        CloseQuestion { customer_name: customer_name.to_owned(), survey: SurveyPreview { will_send, reason }, offline }
    }

    fn everything_said(tongue: Tongue, question: &CloseQuestion) -> String {
        let Question { heading, body, confirm, cancel } = tongue.close_question(question);
        format!("{heading}\n{body}\n{confirm}\n{cancel}")
    }

    #[test]
    fn d3_names_the_customer_and_says_what_closing_means() {
        let asked = Tongue::En.close_question(&question("Marie Dupont", true, None, false));
        assert!(asked.heading.contains("Marie Dupont"));
        assert!(asked.body.contains("final"), "closing is final (R8)");
        assert!(asked.body.contains("next message starts a new one"), "and what comes next (R9)");
        assert!(asked.body.contains("survey will be sent"), "and whether a survey goes out (D10)");
    }

    #[test]
    fn every_reason_for_no_survey_is_given_in_both_languages() {
        let mut reasons: Vec<Option<SurveySkip>> = SurveySkip::KNOWN.iter().map(|word| Some((*word).into())).collect();
        reasons.extend([None, Some("of-a-newer-platform".into())]);
        let mut said = Vec::new();
        for reason in reasons {
            for tongue in [Tongue::En, Tongue::Fr] {
                let body = tongue.close_question(&question("Marie", false, reason.clone(), false)).body;
                assert!(body.contains("No survey") || body.contains("Aucune enquête"), "{body}");
                assert!(!said.contains(&body), "each reason in each language has a sentence of its own: {body}");
                assert!(!super::super::can_break_before_punctuation(&body), "{body}");
                said.push(body);
            }
        }
    }

    #[test]
    fn offline_says_that_it_will_be_queued() {
        for (tongue, word) in [(Tongue::En, "queued"), (Tongue::Fr, "file")] {
            let online = tongue.close_question(&question("Marie", true, None, false)).body;
            let offline = tongue.close_question(&question("Marie", true, None, true)).body;
            assert!(!online.contains(word) && offline.contains(word));
        }
    }

    #[test]
    fn a_name_stays_a_name() {
        let evil = "<b>%s%n</b>\0\n\nOK, keep open?\u{202E}";
        for tongue in [Tongue::En, Tongue::Fr] {
            let said = tongue.close_question(&question(evil, true, None, false)).heading;
            assert!(said.contains("<b>%s%n</b> OK, keep open?"), "shown as it is, on one line: {said}");
            assert!(said.chars().all(|c| !c.is_control() && c != '\u{202E}'));
            let nameless = everything_said(tongue, &question("\u{200B}", true, None, false));
            assert!(nameless.contains("a customer") || nameless.contains("un client"), "{nameless}");
        }
    }

    #[test]
    fn leaving_counts_the_queue() {
        assert_eq!(Tongue::En.quit_question(1).body, "1 action is queued. It goes out when Signoff runs again.");
        assert_eq!(Tongue::En.quit_question(3).body, "3 actions are queued. They go out when Signoff runs again.");
        assert!(Tongue::Fr.quit_question(1).body.starts_with("1 action est"));
        assert!(Tongue::Fr.quit_question(3).body.starts_with("3 actions sont"));
    }
}
