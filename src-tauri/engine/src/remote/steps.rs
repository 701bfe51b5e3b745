//! The steps in which a platform takes an act, and what is known about each (DESIGN, outbox 10).
//!
//! Ours takes an act whole: reply, survey and closing in one transaction, under a key that it remembers (D4, D5). Most others have a call for
//! each and remember no keys. Both are the same to the outbox: a list of steps, each with a key, each of which can be taken and looked for.

use std::fmt;

use serde::{Deserialize, Serialize};
use signoff_wire::contract::receipts::{Receipt, ReceiptClosed, ReceiptReply, ReceiptSurvey};

use super::{Act, Refusal};

/// What a platform does in one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The act with all its effects.
    Whole,
    /// Send the reply.
    Reply,
    /// Send the survey, if one is due (D10).
    Survey,
    /// Close the conversation.
    Close,
}

impl Step {
    /// Whether the files of an act go with this step.
    #[must_use]
    pub fn carries_files(self) -> bool {
        match self {
            Self::Whole | Self::Reply => true,
            Self::Survey | Self::Close => false,
        }
    }

    /// The key of this step of the entry with `key`. A whole act goes under the entry's own.
    #[must_use]
    pub fn key(self, key: &str) -> String {
        match self {
            Self::Whole => key.to_owned(),
            Self::Reply | Self::Survey | Self::Close => format!("{key}/{self}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "whole",
            Self::Reply => "reply",
            Self::Survey => "survey",
            Self::Close => "close",
        })
    }
}

/// A step that is to be taken, or may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The step's key: the same for every attempt of this step. If the platform shows it beside what it did (`client_key`), then as it is.
    pub key: String,
    /// The act.
    pub act: Act,
    /// Which step of it.
    pub step: Step,
    /// What was newest in the conversation before the first attempt, as [`Seen::NotApplied`] said it. `None`: nothing was attempted yet.
    pub mark: Option<String>,
}

/// A step that took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it brought.
    pub brought: Brought,
    /// The conversation's version with the effect in it.
    pub version: i64,
}

/// What a step brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brought {
    /// Of a whole act: the platform's receipt.
    Whole(Receipt),
    /// Of a reply.
    Reply(ReceiptReply),
    /// Of a survey: sent, or skipped and why. Not being due is no failure: the step is taken.
    Survey(ReceiptSurvey),
    /// Of a closing. A conversation that is closed already is closed: the step is taken.
    Closed(ReceiptClosed),
}

impl Taken {
    /// What a whole act brought.
    #[must_use]
    pub fn whole(receipt: Receipt) -> Self {
        Self { version: receipt.version, brought: Brought::Whole(receipt) }
    }
}

/// What looking for a step showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It took effect.
    Applied(Taken),
    /// There is nothing under its key. On a platform that keeps keys this holds for as long as it keeps them, and taking the
    /// step again is safe whatever is still on its way.
    NoReceipt,
    /// It is not there. An attempt that broke off may still arrive: the outbox waits that out.
    NotApplied {
        /// What is newest in the conversation now, in the platform's own terms: an id, a number, a time by its clock. A later look with this
        /// mark finds what came after it.
        mark: String,
        /// What speaks against taking the step now, as a platform that checks by itself would have put it: the customer wrote since
        /// (D6), somebody closed the conversation (D7).
        objection: Option<Box<Refusal>>,
    },
    /// It may be there or not, and looking again will not tell.
    CannotTell,
}
