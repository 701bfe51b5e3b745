//! What the system's own dialogs ask.

use chrono::TimeDelta;
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

/// What stays behind when Signoff is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftBehind {
    /// Actions that go out by themselves.
    pub(crate) pending: u32,
    /// Actions that wait for the advisor.
    pub(crate) needs_attention: u32,
    /// How long ago the oldest of them was clicked.
    pub(crate) oldest: Option<TimeDelta>,
    /// Nothing goes out before somebody has signed in again (D25).
    pub(crate) session_expired: bool,
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

    /// Leaving with a queue: how much waits, for how long already, and what becomes of it (D21: it stays, however long that is).
    pub(crate) fn quit_question(self, left: &LeftBehind) -> Question {
        let (heading, confirm, cancel) = match self {
            Self::En => ("Quit Signoff?", "_Quit", "_Stay"),
            Self::Fr => ("Quitter Signoff\u{202f}?", "_Quitter", "_Rester"),
        };
        let sentences =
            [self.queued(left), self.undecided(left.needs_attention), left.oldest.and_then(|age| self.waited(age))];
        let body = sentences.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        Question { heading: heading.to_owned(), body, confirm, cancel }
    }

    fn queued(self, left: &LeftBehind) -> Option<String> {
        let then = match (self, left.session_expired) {
            (Self::En, false) => "when Signoff runs again and is connected",
            (Self::En, true) => "when Signoff runs again and you have signed in",
            (Self::Fr, false) => "quand Signoff tournera à nouveau et sera connecté",
            (Self::Fr, true) => "quand Signoff tournera à nouveau et que vous vous serez reconnecté",
        };
        Some(match (self, left.pending) {
            (_, 0) => return None,
            (Self::En, 1) => format!("1 action is queued. It stays on this computer, and goes out {then}."),
            (Self::En, n) => format!("{n} actions are queued. They stay on this computer, and go out {then}."),
            (Self::Fr, 1) => format!("1 action est en file. Elle reste sur cet ordinateur, et partira {then}."),
            (Self::Fr, n) => {
                format!("{n} actions sont en file. Elles restent sur cet ordinateur, et partiront {then}.")
            }
        })
    }

    fn undecided(self, needs_attention: u32) -> Option<String> {
        Some(match (self, needs_attention) {
            (_, 0) => return None,
            (Self::En, 1) => "1 action needs your attention. It stays here until you have decided.".to_owned(),
            (Self::En, n) => format!("{n} actions need your attention. They stay here until you have decided."),
            (Self::Fr, 1) => "1 action demande votre attention. Elle reste ici jusqu'à votre décision.".to_owned(),
            (Self::Fr, n) => {
                format!("{n} actions demandent votre attention. Elles restent ici jusqu'à votre décision.")
            }
        })
    }

    fn waited(self, age: TimeDelta) -> Option<String> {
        let plural = |count: i64, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
        let (en, fr) = match (age.num_days(), age.num_hours(), age.num_minutes()) {
            (days @ 1.., _, _) => (plural(days, "day", "days"), plural(days, "jour", "jours")),
            (_, hours @ 1.., _) => (plural(hours, "hour", "hours"), plural(hours, "heure", "heures")),
            (_, _, minutes @ 1..) => (plural(minutes, "minute", "minutes"), plural(minutes, "minute", "minutes")),
            _ => return None,
        };
        Some(match self {
            Self::En => format!("The oldest has waited for {en}."),
            Self::Fr => format!("La plus ancienne attend depuis {fr}."),
        })
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
    fn leaving_counts_the_queue_and_says_what_becomes_of_it() {
        let with =
            |tongue: Tongue, pending| tongue.quit_question(&LeftBehind { pending, ..LeftBehind::default() }).body;
        let goes_out = "when Signoff runs again and is connected.";
        assert_eq!(
            with(Tongue::En, 1),
            format!("1 action is queued. It stays on this computer, and goes out {goes_out}")
        );
        assert_eq!(
            with(Tongue::En, 3),
            format!("3 actions are queued. They stay on this computer, and go out {goes_out}")
        );
        assert!(with(Tongue::Fr, 1).starts_with("1 action est en file. Elle reste sur cet ordinateur"));
        assert!(with(Tongue::Fr, 3).starts_with("3 actions sont en file. Elles restent sur cet ordinateur"));
    }

    /// D23: what waits for a decision does not go out by itself, and nothing else is said of it.
    #[test]
    fn leaving_tells_what_needs_the_advisor_from_what_goes_out() {
        let left = LeftBehind { pending: 2, needs_attention: 1, ..LeftBehind::default() };
        let body = Tongue::En.quit_question(&left).body;
        assert!(body.starts_with("2 actions are queued."), "{body}");
        assert!(body.contains("1 action needs your attention. It stays here until you have decided."), "{body}");
        let only = LeftBehind { pending: 0, ..left };
        assert!(!Tongue::En.quit_question(&only).body.contains("goes out"));
        assert!(Tongue::Fr.quit_question(&only).body.starts_with("1 action demande votre attention."));
    }

    /// D25.
    #[test]
    fn leaving_signed_out_says_what_it_takes() {
        let left = LeftBehind { pending: 1, session_expired: true, ..LeftBehind::default() };
        assert!(Tongue::En.quit_question(&left).body.contains("and you have signed in"));
        assert!(Tongue::Fr.quit_question(&left).body.contains("vous vous serez reconnecté"));
    }

    #[test]
    fn leaving_says_how_long_the_oldest_has_waited() {
        let cases = [
            (TimeDelta::minutes(1), "for 1 minute.", "depuis 1 minute."),
            (TimeDelta::minutes(59), "for 59 minutes.", "depuis 59 minutes."),
            (TimeDelta::hours(3), "for 3 hours.", "depuis 3 heures."),
            (TimeDelta::days(31), "for 31 days.", "depuis 31 jours."),
        ];
        let said = |tongue: Tongue, age| {
            tongue.quit_question(&LeftBehind { pending: 1, oldest: Some(age), ..LeftBehind::default() }).body
        };
        for (age, en, fr) in cases {
            assert!(said(Tongue::En, age).ends_with(en), "{en}");
            assert!(said(Tongue::Fr, age).ends_with(fr), "{fr}");
        }
        assert!(!said(Tongue::En, TimeDelta::seconds(59)).contains("oldest"), "just now is no news");
        assert!(!said(Tongue::En, TimeDelta::minutes(-5)).contains("oldest"), "nor is a clock that was set back");
    }
}
