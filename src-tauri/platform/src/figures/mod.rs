//! Figures: Volumes / Actions (R11, D50) and Delays (R7), computed from the actions and from nothing else.
//!
//! A year of a large workspace has ten million actions; adding them up anew for every question would take longer than
//! anybody waits. The past does not change, though. So the first question that touches a day that is over adds it up once,
//! in the time zone asked for ([`sealed`]), and from then on the day is a few dozen rows. What happened today, and the ends
//! of a range that cuts a day in two, are read from the actions themselves ([`loose`]). Both parts of an answer come from
//! one snapshot, so the answer is exact at every moment; recording an action costs one look into an index and nothing else.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;
use signoff_wire::contract::analytics::DelayTime;

use crate::{
    actions::filter::Filter,
    refusal::Refusal,
    store::{ms, time},
};

pub(crate) mod calendar;
pub(crate) mod csv;
mod delays;
mod loose;
mod names;
mod numbers;
mod rows;
pub(crate) mod sealed;
mod volumes;

pub(crate) use delays::delays;
pub(crate) use volumes::actions;

use calendar::{Day, Zone};

/// Days in one answer, at most: ten years. Only asked-for empty rows could be more.
const MOST_DAYS: Day = 3_660;

/// What the rows stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// Days.
    #[default]
    Day,
    /// Weeks, by their Monday.
    Week,
    /// Months.
    Month,
    /// People and scenarios.
    Author,
    /// Channels.
    Channel,
    /// Teams.
    Team,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// Of which actions.
    pub(crate) filter: Filter,
    /// Whose days.
    pub(crate) zone: Zone,
    /// What the rows stand for; `None`: no rows are wanted.
    pub(crate) group_by: Option<GroupBy>,
    /// Whether the period before is wanted, too.
    pub(crate) compare: bool,
    /// Whether days, weeks and months without anything have a row.
    pub(crate) every: bool,
    /// Of delays: which time counts.
    pub(crate) time: DelayTime,
}

impl Question {
    /// Refuses what cannot be answered: a comparison, or rows for every day, of a range without ends.
    pub(crate) fn require_answerable(&self) -> Result<(), Refusal> {
        if !self.compare && !self.every {
            return Ok(());
        }
        let (Some(from), Some(to)) = (self.filter.from, self.filter.to) else {
            return Err(Refusal::InvalidValue("compare and every need from and to".to_owned()));
        };
        if from >= to {
            return Err(Refusal::InvalidValue("from has to be before to".to_owned()));
        }
        if (to - from).num_days() > MOST_DAYS {
            return Err(Refusal::InvalidValue(format!("at most {MOST_DAYS} days can be compared or listed")));
        }
        Ok(())
    }

    /// The period before: as many days where the range is of whole days, else as long.
    fn before(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let (from, to) = (self.filter.from?, self.filter.to?);
        let (from_ms, to_ms) = (ms(from), ms(to));
        let start = if self.zone.is_beginning(from_ms) && self.zone.is_beginning(to_ms) {
            let day = self.zone.day(from_ms);
            time(self.zone.starts_at(day - (self.zone.day(to_ms) - day)))
        } else {
            from - TimeDelta::milliseconds(to_ms - from_ms)
        };
        Some((start, from))
    }

    /// The same for another period.
    fn of(&self, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Self {
        let filter = Filter { from: Some(from), to: Some(to), ..self.filter.clone() };
        Self { filter, compare: false, ..self.clone() }
    }
}

/// A range that begins and ends somewhere, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// The part of the range in which there are actions at all, widened to whole days where the range itself has no end
    /// there. `None`: there are none.
    fn of(sql: &Connection, zone: Zone, filter: &Filter) -> rusqlite::Result<Option<Self>> {
        let (first, last): (Option<i64>, Option<i64>) =
            sql.query_row("SELECT (SELECT min(at) FROM actions), (SELECT max(at) FROM actions)", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
        let begins = zone.starts_at(zone.day(first));
        let ends = zone.starts_at(zone.day(last) + 1);
        let from = filter.from.map_or(begins, |from| ms(from).max(begins));
        let to = filter.to.map_or(ends, |to| ms(to).min(ends));
        Ok((from < to).then_some(Self { from, to }))
    }

    /// The days that lie in it from their beginning to their end.
    fn whole_days(self, zone: Zone) -> std::ops::Range<Day> {
        let first = zone.day(self.from);
        let first = if zone.starts_at(first) == self.from { first } else { first + 1 };
        first..zone.day(self.to).max(first)
    }
}
