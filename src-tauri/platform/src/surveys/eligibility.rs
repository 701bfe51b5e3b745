//! Whether a survey is sent (D9, D10). Pure, so that every line can be read against the rule.

use chrono::{DateTime, TimeDelta, Utc};
use signoff_wire::contract::{
    channels::SurveyKind,
    receipts::SurveySkip,
    surveys::{SurveyCondition, SurveyConditionKind},
};

/// What decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SurveyFacts {
    /// The channel's survey, if it has one.
    pub(crate) kind: Option<SurveyKind>,
    /// It sends nothing for the time being.
    pub(crate) paused: bool,
    /// One was sent in this conversation.
    pub(crate) sent_in_conversation: bool,
    /// When this customer last got one, in whichever conversation.
    pub(crate) last_sent_to_customer_at: Option<DateTime<Utc>>,
    /// For how many days a customer is left alone after one.
    pub(crate) quiet_days: u32,
    /// Replies by advisors so far.
    pub(crate) advisor_replies: u32,
    /// How many there have to be.
    pub(crate) min_replies: u32,
    /// Until when the channel takes what no person wrote; `None`: always.
    pub(crate) automatic_until: Option<DateTime<Utc>>,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Eligibility {
    /// The channel has none.
    NoSurvey,
    /// It has one, but may not send it.
    Skip(SurveySkip),
    /// It goes out.
    Send,
}

impl SurveyFacts {
    /// The verdict if an advisor sent one more reply at `now`: the first condition that is not met.
    pub(crate) fn with_one_more_reply(&self, now: DateTime<Utc>) -> Eligibility {
        let failed = self.conditions(now).into_iter().find(|condition| !condition.met);
        match failed.map(|condition| condition.condition) {
            None => Eligibility::Send,
            Some(SurveyConditionKind::FirstInConversation) => Eligibility::Skip(SurveySkip::AlreadySent),
            Some(SurveyConditionKind::QuietDays) => Eligibility::Skip(SurveySkip::QuietDays),
            Some(SurveyConditionKind::MinReplies) => Eligibility::Skip(SurveySkip::MinReplies),
            Some(SurveyConditionKind::AutomaticAllowed) => Eligibility::Skip(SurveySkip::ChannelPersonOnly),
            Some(SurveyConditionKind::Configured | SurveyConditionKind::Active | SurveyConditionKind::Other(_)) => {
                Eligibility::NoSurvey
            }
        }
    }

    /// Every condition, in the order in which they decide.
    pub(crate) fn conditions(&self, now: DateTime<Utc>) -> [SurveyCondition; 6] {
        let quiet = TimeDelta::days(i64::from(self.quiet_days));
        [
            (SurveyConditionKind::Configured, self.kind.is_some()),
            (SurveyConditionKind::Active, !self.paused),
            (SurveyConditionKind::FirstInConversation, !self.sent_in_conversation),
            (SurveyConditionKind::QuietDays, self.last_sent_to_customer_at.is_none_or(|at| now >= at + quiet)),
            (SurveyConditionKind::MinReplies, self.advisor_replies + 1 >= self.min_replies),
            (SurveyConditionKind::AutomaticAllowed, self.automatic_until.is_none_or(|until| now <= until)),
        ]
        .map(|(condition, met)| SurveyCondition { condition, met })
    }
}
