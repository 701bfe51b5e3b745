//! Whether a survey is sent (D9, D10). Pure, so that every line can be read against the rule.

use chrono::{DateTime, TimeDelta, Utc};
use signoff_wire::contract::{channels::SurveyKind, receipts::SurveySkip};

/// What decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SurveyFacts {
    /// The channel's survey, if it has one.
    pub(crate) kind: Option<SurveyKind>,
    /// One was sent in this conversation.
    pub(crate) sent_in_conversation: bool,
    /// When this customer last got one, in whichever conversation.
    pub(crate) last_sent_to_customer_at: Option<DateTime<Utc>>,
    /// For how long a customer is left alone after one.
    pub(crate) quiet_days: TimeDelta,
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
    /// The verdict if an advisor sent one more reply at `now`.
    pub(crate) fn with_one_more_reply(&self, now: DateTime<Utc>) -> Eligibility {
        if self.kind.is_none() {
            Eligibility::NoSurvey
        } else if self.sent_in_conversation {
            Eligibility::Skip(SurveySkip::AlreadySent)
        } else if self.last_sent_to_customer_at.is_some_and(|at| now < at + self.quiet_days) {
            Eligibility::Skip(SurveySkip::QuietDays)
        } else if self.advisor_replies + 1 < self.min_replies {
            Eligibility::Skip(SurveySkip::MinReplies)
        } else if self.automatic_until.is_some_and(|until| now > until) {
            Eligibility::Skip(SurveySkip::ChannelPersonOnly)
        } else {
            Eligibility::Send
        }
    }
}
