//! Volumes / Actions (R11, D50). A row counts actions; a total counts conversations where the column is about them.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;
use signoff_wire::contract::{
    actions::ActionType,
    analytics::{ActionFigures, ActionFiguresBefore, ActionFiguresRow},
};

use super::{
    GroupBy, Question,
    loose::{self, is_about_conversations},
    names, numbers,
    numbers::Seen,
    rows::{self, Parts},
    sealed,
};
use crate::refusal::Refusal;

type Counts = BTreeMap<String, u64>;

/// The table, and the one of the period before if that was asked for.
pub(crate) fn actions(sql: &Connection, question: &Question) -> Result<ActionFigures, Refusal> {
    let (rows, totals) = table(sql, question)?;
    let previous = match question.before().filter(|_| question.compare) {
        Some(before) => {
            let (rows, totals) = table(sql, &question.of(before))?;
            Some(ActionFiguresBefore { from: before.0, to: before.1, rows, totals })
        }
        None => None,
    };
    Ok(ActionFigures { columns: columns().map(str::to_owned).collect(), rows, totals, previous })
}

fn columns() -> impl Iterator<Item = &'static str> {
    ActionType::KNOWN.iter().copied().filter(|kind| is_counted(kind))
}

fn no_actions() -> Counts {
    columns().map(|kind| (kind.to_owned(), 0)).collect()
}

fn table(sql: &Connection, question: &Question) -> Result<(Vec<ActionFiguresRow>, Counts), Refusal> {
    let group_by = question.group_by.unwrap_or_default();
    let parts = Parts::of(sql, question)?;
    let mut tally = Tally { group_by, ..Tally::default() };
    for key in rows::every_key(question) {
        tally.rows.entry(key).or_default();
    }
    sealed::each_actions(sql, question, &parts.days, group_by == GroupBy::Author, |cell| {
        let key = rows::key(group_by, cell.day, cell.author_id, cell.channel_id, cell.team_id);
        tally.count(&key, cell.author_name, cell.kind, cell.count);
        tally.see(cell.kind, numbers::ascended(cell.conversations));
    })?;
    for span in parts.loose {
        for ((day, of), actions) in loose::actions(sql, question.zone, &loose::within(&question.filter, span))? {
            let key = rows::key(group_by, day, &of.author_id, &of.channel_id, &of.team_id);
            tally.count(&key, &actions.author_name, &of.kind, actions.count);
            tally.see(&of.kind, actions.conversations.into_iter());
        }
    }
    tally.into_table(sql)
}

#[derive(Default)]
struct Tally {
    group_by: GroupBy,
    rows: BTreeMap<String, HashMap<String, u64>>,
    names: HashMap<String, String>,
    totals: HashMap<String, u64>,
    seen: HashMap<String, Seen>,
}

impl Tally {
    fn count(&mut self, key: &str, name: &str, kind: &str, count: u64) {
        if !is_counted(kind) {
            return;
        }
        match self.rows.get_mut(key) {
            Some(row) => add(row, kind, count),
            None => add(self.rows.entry(key.to_owned()).or_default(), kind, count),
        }
        if self.group_by == GroupBy::Author && !self.names.contains_key(key) {
            self.names.insert(key.to_owned(), name.to_owned());
        }
        if !is_about_conversations(kind) {
            add(&mut self.totals, kind, count);
        }
    }

    fn see(&mut self, kind: &str, conversations: impl Iterator<Item = i64>) {
        if !is_about_conversations(kind) {
            return;
        }
        if !self.seen.contains_key(kind) {
            self.seen.insert(kind.to_owned(), Seen::default());
        }
        if let Some(seen) = self.seen.get_mut(kind) {
            conversations.for_each(|nr| seen.insert(nr));
        }
    }

    fn into_table(self, sql: &Connection) -> Result<(Vec<ActionFiguresRow>, Counts), Refusal> {
        let names = names::names(sql, self.group_by)?;
        let rows = self.rows.into_iter().map(|(key, counted)| {
            // Whoever is called differently today goes by the name of today; whoever is gone, by the last one known.
            let name = names.get(&key).or_else(|| self.names.get(&key)).filter(|name| !name.is_empty());
            let name = name.cloned().unwrap_or_else(|| key.clone());
            let mut counts = no_actions();
            counts.extend(counted);
            ActionFiguresRow { key, name, counts }
        });
        let rows = rows.collect();
        let mut totals = no_actions();
        totals.extend(self.totals);
        totals.extend(self.seen.into_iter().map(|(kind, seen)| (kind, seen.count())));
        Ok((rows, totals))
    }
}

fn add(counts: &mut HashMap<String, u64>, kind: &str, count: u64) {
    match counts.get_mut(kind) {
        Some(there) => *there += count,
        None => {
            counts.insert(kind.to_owned(), count);
        }
    }
}

/// An erasure is recorded, but it is no work with customers: the figures are the same before it and after it.
fn is_counted(kind: &str) -> bool {
    kind != "anonymize-gdpr"
}
