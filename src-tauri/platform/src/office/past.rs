//! Office hours as they were, and how much of a stretch of time lay within them.
//!
//! What was measured under the hours of its day stays so: whoever changes the hours, or the time zone they are meant in, keeps
//! what held until then. The first hours that are ever set count for the time before them as well, as nobody had said
//! anything else. No figure keeps a number of its own: a sealed answer says when it was given and how long it took, and the
//! spans of a year are a few hundred, so the part within the hours is looked up in them for each answer of a year at once.

use std::str::FromStr;

use chrono_tz::Tz;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    hours,
    schedule::{Schedule, Span},
};
use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

/// How far beyond what is asked for the spans are made: a year.
const STEP_MS: i64 = 365 * 24 * 60 * 60 * 1000;

/// Keeps the office hours that hold until now. Called before they are changed.
pub(super) fn keep(write: &Write<'_>) -> Result<(), Refusal> {
    let set: Option<String> =
        write.sql.prepare_cached("SELECT hours FROM office_hours")?.query_row([], |row| row.get(0)).optional()?;
    if let Some(hours) = set {
        // Twice in one moment: the first of them held before it, and what came between held for no time at all.
        write
            .sql
            .prepare_cached("INSERT OR IGNORE INTO former_office_hours (until, time_zone, hours) VALUES (?1, ?2, ?3)")?
            .execute(params![ms(write.now), super::time_zone(write.sql)?.name(), hours])?;
    }
    Ok(())
}

/// Time within the office hours.
pub(crate) struct OfficeTime {
    /// Each with the time until which it held, in order.
    schedules: Vec<(i64, Schedule)>,
    /// What the spans are made for.
    known: Option<Span>,
    /// Each with the length of all before it.
    spans: Vec<(Span, i64)>,
}

impl OfficeTime {
    /// The workspace's.
    pub(crate) fn of(sql: &Connection) -> Result<Self, Refusal> {
        let mut former =
            sql.prepare_cached("SELECT until, time_zone, hours FROM former_office_hours ORDER BY until")?;
        let mut rows = former.query([])?;
        let mut schedules = Vec::new();
        while let Some(row) = rows.next()? {
            let (zone, hours): (String, String) = (row.get(1)?, row.get(2)?);
            let zone = Tz::from_str(&zone).unwrap_or(Tz::UTC);
            schedules.push((row.get(0)?, Schedule { hours: serde_json::from_str(&hours)?, zone }));
        }
        schedules.push((i64::MAX, hours::current(sql)?));
        Ok(Self { schedules, known: None, spans: Vec::new() })
    }

    /// How much of the stretch lies within the office hours, in milliseconds.
    pub(crate) fn within(&mut self, stretch: Span) -> i64 {
        let known = self.known.unwrap_or(stretch);
        if self.known.is_none() || stretch.from < known.from || stretch.to > known.to {
            let from = if stretch.from < known.from { stretch.from - STEP_MS } else { known.from };
            let to = if stretch.to > known.to { stretch.to + STEP_MS } else { known.to };
            self.make(Span { from, to });
        }
        (self.before(stretch.to) - self.before(stretch.from)).max(0)
    }

    fn before(&self, at: i64) -> i64 {
        let next = self.spans.partition_point(|(span, _)| span.from < at);
        let last = next.checked_sub(1).and_then(|last| self.spans.get(last));
        last.map_or(0, |(span, before)| before + at.min(span.to) - span.from)
    }

    fn make(&mut self, known: Span) {
        self.known = Some(known);
        self.spans.clear();
        let (mut from, mut before) = (known.from, 0);
        for (until, schedule) in &self.schedules {
            let part = Span { from, to: known.to.min(*until) };
            for span in schedule.spans(part) {
                self.spans.push((span, before));
                before += span.to - span.from;
            }
            from = from.max(*until);
        }
    }
}
