//! What rows stand for, which parts of a range are sealed, and rows that have nothing in them.

use std::{borrow::Cow, ops::Range};

use rusqlite::Connection;

use super::{
    GroupBy, Question, Span,
    calendar::{Day, date, monday},
    sealed,
};
use crate::store::ms;

/// The key of a row.
pub(super) fn key<'a>(group_by: GroupBy, day: Day, author: &'a str, channel: &'a str, team: &'a str) -> Cow<'a, str> {
    match group_by {
        GroupBy::Day => date(day).to_string().into(),
        GroupBy::Week => date(monday(day)).to_string().into(),
        GroupBy::Month => date(day).format("%Y-%m").to_string().into(),
        GroupBy::Author => author.into(),
        GroupBy::Channel => channel.into(),
        GroupBy::Team => team.into(),
    }
}

/// The keys of all days, weeks or months of the range, if they are wanted.
pub(super) fn every_key(question: &Question) -> Vec<String> {
    let group_by = question.group_by.unwrap_or_default();
    let dated = matches!(group_by, GroupBy::Day | GroupBy::Week | GroupBy::Month);
    let (true, true, Some(from), Some(to)) = (question.every, dated, question.filter.from, question.filter.to) else {
        return Vec::new();
    };
    let mut keys: Vec<String> = (question.zone.day(ms(from))..=question.zone.day(ms(to) - 1))
        .map(|day| key(group_by, day, "", "", "").into_owned())
        .collect();
    keys.dedup();
    keys
}

/// A range, in days that are sealed and in what is left.
pub(super) struct Parts {
    /// Whole days; those of them that are not sealed are in `loose` as well.
    pub(super) days: Range<Day>,
    /// The rest, without gaps between neighbours.
    pub(super) loose: Vec<Span>,
}

impl Parts {
    pub(super) fn of(sql: &Connection, question: &Question) -> rusqlite::Result<Self> {
        let Some(span) = Span::of(sql, question.zone, &question.filter)? else {
            return Ok(Self { days: 0..0, loose: Vec::new() });
        };
        // One conversation has an index of its own.
        if question.filter.conversation_id.is_some() {
            return Ok(Self { days: 0..0, loose: vec![span] });
        }
        let zone = question.zone;
        let days = span.whole_days(zone);
        let mut loose: Vec<Span> = Vec::new();
        let mut from = span.from;
        for day in sealed::sealed(sql, zone, &days)? {
            let (starts_at, ends_at) = (zone.starts_at(day), zone.starts_at(day + 1));
            if from < starts_at {
                loose.push(Span { from, to: starts_at });
            }
            from = ends_at;
        }
        if from < span.to {
            loose.push(Span { from, to: span.to });
        }
        Ok(Self { days, loose })
    }
}
