//! How far an act is that its platform takes in steps (DESIGN, outbox 10): what has been taken, and what is left. Forward only.

use serde::{Deserialize, Serialize};
use signoff_wire::contract::receipts::{Receipt, ReceiptSurvey, SurveyStatus};

use crate::remote::{Brought, Step, Taken};

/// The steps of one entry. Of an act that is taken whole nothing stands here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    taken: Vec<TakenStep>,
    /// The first one is the cursor. Empty before the first claim: the act is taken as its platform takes it then.
    left: Vec<Step>,
}

/// A step that has taken effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TakenStep {
    step: Step,
    /// What it brought; `None` if it is the advisor who has seen that it went through.
    brought: Option<Taken>,
}

impl Progress {
    /// The way of an act that nothing has been taken of.
    pub(super) fn along(steps: Vec<Step>) -> Self {
        if steps == [Step::Whole] { Self::default() } else { Self { taken: Vec::new(), left: steps } }
    }

    /// What stands in for a progress that cannot be read: something may have taken effect, so nothing may be taken back.
    pub(super) fn unreadable() -> Self {
        Self { taken: vec![TakenStep { step: Step::Whole, brought: None }], left: Vec::new() }
    }

    /// Whether a step has taken effect: from then on the entry only goes forward.
    #[must_use]
    pub fn begun(&self) -> bool {
        !self.taken.is_empty()
    }

    /// The cursor: the step that is being taken or comes next.
    #[must_use]
    pub fn current(&self) -> Step {
        self.left.first().copied().unwrap_or(Step::Whole)
    }

    /// Whether nothing is left after the current step.
    pub(super) fn is_last(&self) -> bool {
        self.left.len() <= 1
    }

    /// The steps that took effect, in their order, with what each brought as far as that is known.
    pub fn taken(&self) -> impl Iterator<Item = (Step, Option<&Brought>)> {
        self.taken.iter().map(|taken| (taken.step, taken.brought.as_ref().map(|taken| &taken.brought)))
    }

    /// The steps that are left, in their order.
    #[must_use]
    pub fn left(&self) -> &[Step] {
        &self.left
    }

    /// Moves the cursor on.
    pub(super) fn take(&mut self, brought: Option<Taken>) {
        let step = self.current();
        if !self.left.is_empty() {
            self.left.remove(0);
        }
        self.taken.push(TakenStep { step, brought });
    }

    /// Leaves out what has not been done.
    pub(super) fn drop_rest(&mut self) {
        self.left.clear();
    }

    /// The receipt of what was taken.
    ///
    /// A step that the advisor vouches for brought nothing; then the cached conversation is the truth already, so the receipt names a version
    /// that every cache has reached.
    pub(super) fn receipt(&self, key: &str, conversation_id: &str) -> Receipt {
        let mut receipt = Receipt {
            action_id: self.taken.last().map_or_else(|| key.to_owned(), |last| last.step.key(key)),
            idempotency_key: key.to_owned(),
            conversation_id: conversation_id.to_owned(),
            reply: None,
            survey: ReceiptSurvey { status: SurveyStatus::None, reason: None, at: None },
            closed: None,
            version: 0,
        };
        for taken in self.taken.iter().filter_map(|taken| taken.brought.as_ref()) {
            receipt.version = receipt.version.max(taken.version);
            match &taken.brought {
                Brought::Whole(whole) => receipt = whole.clone(),
                Brought::Reply(reply) => receipt.reply = Some(reply.clone()),
                Brought::Survey(survey) => receipt.survey = survey.clone(),
                Brought::Closed(closed) => receipt.closed = Some(closed.clone()),
            }
        }
        receipt
    }
}
