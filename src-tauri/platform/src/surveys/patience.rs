//! How often one survey may be asked about: whoever holds a token is a stranger, and a stranger's loop must not keep
//! advisors waiting.
//!
//! Kept in memory and bounded: only surveys that exist are counted, and those of minutes gone by are forgotten.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::Refusal;

const REQUESTS: u32 = 30;
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Surveys remembered before those whose minute is over are forgotten.
const SURVEYS: usize = 10_000;

/// Requests of the current minute, by survey.
#[derive(Default)]
pub(crate) struct Patience {
    by_survey: Mutex<HashMap<String, (DateTime<Utc>, u32)>>,
}

impl Patience {
    /// Counts a request, and refuses what is too much.
    pub(crate) fn require(&self, survey_id: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut by_survey = self.by_survey.lock().unwrap_or_else(PoisonError::into_inner);
        if by_survey.len() >= SURVEYS {
            by_survey.retain(|_, (since, _)| now < *since + MINUTE);
        }
        let (since, count) = by_survey.entry(survey_id.to_owned()).or_insert((now, 0));
        if now >= *since + MINUTE {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        if *count <= REQUESTS {
            return Ok(());
        }
        let wait_ms = u64::try_from((*since + MINUTE - now).num_milliseconds()).unwrap_or_default();
        Err(Refusal::SurveyHammered { retry_after_s: wait_ms.div_ceil(1000).max(1) })
    }
}
