//! What a story is: one conversation from its first message to where it stands now.

use super::{Advisor, Language};

/// The demo's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemoChannel {
    /// `ch_webchat`.
    WebChat,
    /// `ch_whatsapp`.
    WhatsApp,
    /// `ch_messenger`.
    Messenger,
}

/// What of a channel the stories have to respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelFacts {
    /// Its id.
    pub id: &'static str,
    /// R9.
    pub conversation_window_h: u32,
    /// D9; `None`: no limit.
    pub reply_window_h: Option<u32>,
    /// Longest text, in Unicode scalar values.
    pub reply_limit: usize,
    /// The range of the survey's ratings; `None`: no survey.
    pub ratings: Option<(u8, u8)>,
}

impl DemoChannel {
    /// All three.
    pub const ALL: [Self; 3] = [Self::WebChat, Self::WhatsApp, Self::Messenger];

    /// The figures of CONTRACT, "Running a platform" and "Limits".
    #[must_use]
    pub fn facts(self) -> ChannelFacts {
        match self {
            Self::WebChat => ChannelFacts {
                id: "ch_webchat",
                conversation_window_h: 96,
                reply_window_h: None,
                reply_limit: 20_000,
                ratings: Some((0, 10)),
            },
            Self::WhatsApp => ChannelFacts {
                id: "ch_whatsapp",
                conversation_window_h: 120,
                reply_window_h: Some(24),
                reply_limit: 4_096,
                ratings: Some((1, 5)),
            },
            Self::Messenger => ChannelFacts {
                id: "ch_messenger",
                conversation_window_h: 96,
                reply_window_h: Some(24),
                reply_limit: 2_000,
                ratings: None,
            },
        }
    }
}

/// A customer of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Customer {
    /// The name as the channel hands it over.
    pub name: String,
    /// The customer's identity on the channel, unique there.
    pub external_id: String,
    /// The language of every text of this customer.
    pub language: Language,
    /// Marked as important.
    pub vip: bool,
}

/// Who wrote a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The customer: a message.
    Customer,
    /// An advisor: a reply.
    Advisor(Advisor),
    /// The scenario: a reply.
    Scenario,
    /// An advisor, for colleagues only.
    Note(Advisor),
}

/// One entry of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub author: Author,
    /// What.
    pub text: String,
    /// Minutes since the turn before; 0 for the first, and for the scenario, which answers within seconds.
    pub minutes_after_previous: u32,
}

/// What became of the survey of a Send + Close (D10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosingSurvey {
    /// The channel has none.
    NoSurvey,
    /// The customer got one within the last seven days.
    SkippedQuietDays,
    /// It went out and waits, or was never answered.
    Sent,
    /// D11: it was answered.
    Answered {
        /// Within the channel's range.
        rating: u8,
        /// In the customer's language.
        comment: Option<&'static str>,
        /// After the closing; less than seven days, and in the past.
        minutes_after_closing: u32,
    },
}

/// Where the conversation stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The customer wrote last, the greeting aside, and nobody has it.
    Received,
    /// The customer wrote last and somebody has it.
    Ongoing {
        /// Who.
        assignee: Advisor,
        /// Put on hold; a note at the end says why.
        on_hold: bool,
        /// Help was asked for; a note at the end says what about.
        help_requested: bool,
    },
    /// An advisor wrote last.
    Answered,
    /// Finished without an answer (R4): the customer wrote last.
    Archived {
        /// By whom.
        by: Advisor,
    },
    /// Send + Close: the last turn is the reply, and the closing has its time.
    ClosedByAdvisor {
        /// By whom; also the author of the last turn.
        by: Advisor,
        /// What became of the survey.
        survey: ClosingSurvey,
    },
    /// R10: the last turn is the customer's `#bye` in the web chat, and the closing has its time.
    ClosedByScenario,
    /// R9: the customer wrote again after the window. Closed when the story that returns to this one began.
    ClosedByWindow,
}

impl Outcome {
    /// R8: nothing comes after.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::ClosedByAdvisor { .. } | Self::ClosedByScenario | Self::ClosedByWindow => true,
            Self::Received | Self::Ongoing { .. } | Self::Answered | Self::Archived { .. } => false,
        }
    }
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Where.
    pub channel: DemoChannel,
    /// Whose.
    pub customer: Customer,
    /// What it is about, in one word.
    pub topic: &'static str,
    /// The tags it carries now; fewer before anybody looked at it.
    pub tags: Vec<&'static str>,
    /// The team it was routed to when it began.
    pub team: Option<&'static str>,
    /// Oldest first. The first is the customer's, the second the scenario's greeting.
    pub turns: Vec<Turn>,
    /// Where it stands.
    pub outcome: Outcome,
    /// Minutes from the first message to now.
    pub age_minutes: u32,
    /// The customer's conversation before this one, as an index into the list of stories (D13).
    pub returning: Option<usize>,
}

impl Story {
    /// Minutes from each turn to now, in the order of the turns.
    pub fn turn_ages(&self) -> impl Iterator<Item = u32> {
        self.turns.iter().scan(self.age_minutes, |age, turn| {
            *age = age.saturating_sub(turn.minutes_after_previous);
            Some(*age)
        })
    }

    /// Minutes from the last turn to now.
    #[must_use]
    pub fn end_age_minutes(&self) -> u32 {
        self.turn_ages().last().unwrap_or(self.age_minutes)
    }

    /// Minutes from the customer's last message to now.
    #[must_use]
    pub fn last_message_age_minutes(&self) -> u32 {
        self.turns
            .iter()
            .zip(self.turn_ages())
            .filter(|(turn, _)| turn.author == Author::Customer)
            .last()
            .map_or(self.age_minutes, |(_, age)| age)
    }
}
