//! Days that are over, added up once.
//!
//! A day is sealed for a time zone by the first question that needs it, in transactions of their own that hold neither a
//! snapshot nor the writer for long. The seal names how the day looked when it was added up; if an action was recorded in
//! it meanwhile, the seal is not kept. If one is recorded later (a clock was set back), [`unseal`] takes the day away in
//! the same transaction, and the next question adds it up again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params, types::Value};

use super::{
    Question, Span,
    calendar::{Day, Zone},
    loose::{self, ActionKey},
    numbers,
};
use crate::{
    actions::filter::{By, Filter, bound},
    refusal::Refusal,
    store::{Store, Write, ms, time},
};

/// Time zones with sealed days. Who asks in yet another one waits for the actions to be read.
const MOST_ZONES: i64 = 8;
/// A zone that somebody asked in within this time keeps its place.
const USED_LATELY: TimeDelta = TimeDelta::days(7);
/// How often it is written down that a zone is used.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);
/// A transaction keeps days of so many actions, or so many days.
const ACTIONS_AT_ONCE: u64 = 50_000;
const DAYS_AT_ONCE: usize = 92;

/// Seals what a question needs, as far as it is over.
pub(crate) async fn for_question(store: &Store, question: &Question) -> Result<(), Refusal> {
    if question.filter.conversation_id.is_some() {
        return Ok(());
    }
    note_use(store, question.zone).await?;
    if let Some(before) = question.before().filter(|_| question.compare) {
        catch_up(store, question.zone, question.of(before).filter).await?;
    }
    catch_up(store, question.zone, question.filter.clone()).await
}

/// Seals what is over since then, in every zone that somebody asked in before.
pub(crate) async fn keep_up(store: &Store) -> Result<(), Refusal> {
    for zone in store.read(|sql| Ok(zones(sql)?)).await? {
        if let Some(zone) = Zone::named(&zone) {
            catch_up(store, zone, Filter::default()).await?;
        }
    }
    Ok(())
}

/// Writes down that somebody asks in a zone. Where there are as many as are kept, the one that nobody asked in for longest makes
/// room, if that is long enough.
async fn note_use(store: &Store, zone: Zone) -> Result<(), Refusal> {
    let (name, now) = (zone.name().to_owned(), store.now());
    let todo = store.read(move |sql| Ok(to_note(sql, &name, ms(now))?)).await?;
    let Some(gives_way) = todo else { return Ok(()) };
    if let Some(idle) = gives_way {
        // A few days at a time: the writer has other things to do.
        loop {
            let idle = idle.clone();
            let gone = store
                .write(move |write| {
                    write.sql.prepare_cached("DELETE FROM sealed_zones WHERE zone = ?1")?.execute([&idle])?;
                    Ok(write
                        .sql
                        .prepare_cached(
                            "DELETE FROM sealed_days WHERE nr IN (SELECT nr FROM sealed_days WHERE zone = ?1 LIMIT ?2)",
                        )?
                        .execute(params![idle, i64::try_from(DAYS_AT_ONCE).unwrap_or(i64::MAX)])?)
                })
                .await?;
            if gone < DAYS_AT_ONCE {
                break;
            }
        }
    }
    store
        .write(move |write| {
            write
                .sql
                .prepare_cached(
                    "INSERT INTO sealed_zones (zone, used_at) VALUES (?1, ?2)
                     ON CONFLICT (zone) DO UPDATE SET used_at = excluded.used_at",
                )?
                .execute(params![zone.name(), ms(write.now)])?;
            Ok(())
        })
        .await
}

/// `None`: nothing is to be written down. Otherwise the zone that gives way, if one has to.
fn to_note(sql: &Connection, zone: &str, now: i64) -> rusqlite::Result<Option<Option<String>>> {
    let used_at: Option<i64> = sql
        .prepare_cached("SELECT used_at FROM sealed_zones WHERE zone = ?1")?
        .query_row([zone], |row| row.get(0))
        .optional()?;
    if used_at.is_some_and(|at| at > now - NOTED_EVERY.num_milliseconds()) {
        return Ok(None);
    }
    let known = zones(sql)?;
    if known.iter().any(|name| name == zone) || (known.len() as i64) < MOST_ZONES {
        return Ok(Some(None));
    }
    let idle: Option<String> = sql
        .prepare_cached(
            "SELECT z.zone FROM (SELECT DISTINCT zone FROM sealed_days) z LEFT JOIN sealed_zones u ON u.zone = z.zone
             WHERE coalesce(u.used_at, 0) < ?1 ORDER BY coalesce(u.used_at, 0), z.zone LIMIT 1",
        )?
        .query_row([now - USED_LATELY.num_milliseconds()], |row| row.get(0))
        .optional()?;
    Ok(idle.map(Some))
}

/// Forgets the days that a time lies in, whatever their zone: an action of then is being recorded.
pub(crate) fn unseal(write: &Write<'_>, at_ms: i64) -> Result<(), Refusal> {
    write.sql.prepare_cached("DELETE FROM sealed_days WHERE ends_at > ?1 AND starts_at <= ?1")?.execute([at_ms])?;
    Ok(())
}

pub(crate) async fn catch_up(store: &Store, zone: Zone, filter: Filter) -> Result<(), Refusal> {
    let range = Filter { from: filter.from, to: filter.to, ..Filter::default() };
    loop {
        let (now, range) = (ms(store.now()), range.clone());
        let days = store.read(move |sql| add_up(sql, zone, &range, now)).await?;
        if days.is_empty() || !store.write(move |write| keep(write, zone, &days)).await? {
            return Ok(());
        }
    }
}

fn zones(sql: &Connection) -> rusqlite::Result<Vec<String>> {
    sql.prepare_cached("SELECT DISTINCT zone FROM sealed_days")?.query_map([], |row| row.get(0))?.collect()
}

/// A day, and how it looked.
struct Summary {
    day: Day,
    span: Span,
    state: (i64, i64),
    actions: BTreeMap<ActionKey, loose::Actions>,
    answers: BTreeMap<loose::AnswerKey, Vec<loose::FirstAnswer>>,
}

/// The next days of the range that are over and not sealed.
fn add_up(sql: &Connection, zone: Zone, range: &Filter, now: i64) -> Result<Vec<Summary>, Refusal> {
    let Some(span) = Span::of(sql, zone, range)? else { return Ok(Vec::new()) };
    let known = zones(sql)?;
    if !known.iter().any(|name| name == zone.name()) && known.len() as i64 >= MOST_ZONES {
        return Ok(Vec::new());
    }
    let days = span.whole_days(zone);
    let there = sealed(sql, zone, &days)?;
    let (mut found, mut actions) = (Vec::new(), 0);
    for day in days.filter(|day| !there.contains(day)) {
        let span = Span { from: zone.starts_at(day), to: zone.starts_at(day + 1) };
        if span.to > now || found.len() >= DAYS_AT_ONCE || actions >= ACTIONS_AT_ONCE {
            break;
        }
        let filter = Filter { from: Some(time(span.from)), to: Some(time(span.to)), ..Filter::default() };
        let summary = Summary {
            day,
            span,
            state: state(sql, span)?,
            actions: loose::actions(sql, zone, &filter)?.into_iter().map(|(key, actions)| (key.1, actions)).collect(),
            answers: loose::first_answers(sql, zone, &filter)?
                .into_iter()
                .map(|(key, answers)| (key.1, answers))
                .collect(),
        };
        actions += summary.actions.values().map(|actions| actions.count).sum::<u64>();
        found.push(summary);
    }
    Ok(found)
}

/// Which of the days are sealed.
pub(super) fn sealed(sql: &Connection, zone: Zone, days: &std::ops::Range<Day>) -> rusqlite::Result<BTreeSet<Day>> {
    sql.prepare_cached("SELECT day FROM sealed_days WHERE zone = ?1 AND day >= ?2 AND day < ?3")?
        .query_map(params![zone.name(), days.start, days.end], |row| row.get(0))?
        .collect()
}

/// How many actions there are, and the newest.
fn state(sql: &Connection, span: Span) -> rusqlite::Result<(i64, i64)> {
    sql.prepare_cached("SELECT count(*), coalesce(max(nr), 0) FROM actions WHERE at >= ?1 AND at < ?2")?
        .query_row([span.from, span.to], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Keeps the days that still look as they did. `false`: none.
fn keep(write: &Write<'_>, zone: Zone, days: &[Summary]) -> Result<bool, Refusal> {
    let sql = write.sql;
    let mut kept = false;
    for summary in days {
        if state(sql, summary.span)? != summary.state {
            continue;
        }
        let new = sql
            .prepare_cached(
                "INSERT OR IGNORE INTO sealed_days (zone, day, starts_at, ends_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![zone.name(), summary.day, summary.span.from, summary.span.to])?;
        kept = true;
        // Somebody else asked the same at the same time.
        if new == 0 {
            continue;
        }
        let day_nr = sql.last_insert_rowid();
        let mut everybody: BTreeMap<ActionKey, loose::Actions> = BTreeMap::new();
        for (key, actions) in &summary.actions {
            keep_actions(sql, day_nr, key, actions)?;
            let together = ActionKey { author_id: String::new(), ..key.clone() };
            everybody.entry(together).or_default().add(actions);
        }
        for (key, actions) in &everybody {
            keep_actions(sql, day_nr, key, actions)?;
        }
        for (key, answers) in &summary.answers {
            let mut bytes = Vec::new();
            for answer in answers {
                numbers::push(&mut bytes, answer.at - summary.span.from);
                numbers::push(&mut bytes, answer.took);
            }
            sql.prepare_cached(
                "INSERT INTO sealed_first_answers (day_nr, author_id, channel_id, team_id, answers)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![day_nr, key.author_id, key.channel_id, key.team_id, bytes])?;
        }
    }
    Ok(kept)
}

fn keep_actions(sql: &Connection, day_nr: i64, key: &ActionKey, actions: &loose::Actions) -> Result<(), Refusal> {
    let conversations = (!actions.conversations.is_empty()).then(|| {
        let mut sorted = actions.conversations.clone();
        sorted.sort_unstable();
        sorted.dedup();
        numbers::ascending(&sorted)
    });
    let name = if key.author_id.is_empty() { "" } else { &actions.author_name };
    sql.prepare_cached(
        "INSERT INTO sealed_actions (day_nr, author_id, author_is_bot, author_name, kind, channel_id, team_id, actions,
            conversations)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        day_nr,
        key.author_id,
        key.author_is_bot,
        name,
        key.kind,
        key.channel_id,
        key.team_id,
        i64::try_from(actions.count).unwrap_or(i64::MAX),
        conversations
    ])?;
    Ok(())
}

/// Actions of a sealed day, as a question sees them.
pub(super) struct SealedActions<'a> {
    pub(super) day: Day,
    pub(super) author_id: &'a str,
    pub(super) author_name: &'a str,
    pub(super) kind: &'a str,
    pub(super) channel_id: &'a str,
    pub(super) team_id: &'a str,
    pub(super) count: u64,
    pub(super) conversations: &'a [u8],
}

/// Goes through the sealed days of the range. Authors are told apart only if that is asked for.
pub(super) fn each_actions(
    sql: &Connection,
    question: &Question,
    days: &std::ops::Range<Day>,
    by_author: bool,
    mut each: impl FnMut(&SealedActions<'_>),
) -> Result<(), Refusal> {
    let filter = &question.filter;
    let (condition, mut values) = condition(filter, true);
    let author = match &filter.by {
        By::One(_) => "",
        By::Anybody | By::Advisors | By::Scenario if by_author => " AND s.author_id <> ''",
        By::Anybody | By::Advisors | By::Scenario => " AND s.author_id = ''",
    };
    values.extend(range(question.zone, days));
    let mut statement = sql.prepare_cached(&format!(
        "SELECT d.day, s.author_id, s.author_name, s.kind, s.channel_id, s.team_id, s.actions, s.conversations
         FROM sealed_days d JOIN sealed_actions s ON s.day_nr = d.nr
         WHERE d.zone = :zone AND d.day >= :first AND d.day < :last AND {condition}{author}"
    ))?;
    let mut rows = statement.query(bound(&values).as_slice())?;
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column).and_then(|value| value.as_str().map_err(Into::into));
        each(&SealedActions {
            day: row.get(0)?,
            author_id: text(1)?,
            author_name: text(2)?,
            kind: text(3)?,
            channel_id: text(4)?,
            team_id: text(5)?,
            count: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
            conversations: row.get_ref(7)?.as_blob_or_null().ok().flatten().unwrap_or_default(),
        });
    }
    Ok(())
}

/// First answers of a sealed day.
pub(super) struct SealedAnswers<'a> {
    pub(super) day: Day,
    pub(super) author_id: &'a str,
    pub(super) channel_id: &'a str,
    pub(super) team_id: &'a str,
    starts_at: i64,
    answers: &'a [u8],
}

impl SealedAnswers<'_> {
    /// The answers.
    pub(super) fn each(&self) -> impl Iterator<Item = loose::FirstAnswer> + '_ {
        let mut numbers = numbers::read(self.answers);
        std::iter::from_fn(move || {
            Some(loose::FirstAnswer { at: self.starts_at + numbers.next()?, took: numbers.next()? })
        })
    }
}

/// Goes through the first answers of the sealed days.
pub(super) fn each_answers(
    sql: &Connection,
    question: &Question,
    days: &std::ops::Range<Day>,
    mut each: impl FnMut(&SealedAnswers<'_>),
) -> Result<(), Refusal> {
    let (condition, mut values) = condition(&question.filter, false);
    values.extend(range(question.zone, days));
    let mut statement = sql.prepare_cached(&format!(
        "SELECT d.day, s.author_id, s.channel_id, s.team_id, d.starts_at, s.answers
         FROM sealed_days d JOIN sealed_first_answers s ON s.day_nr = d.nr
         WHERE d.zone = :zone AND d.day >= :first AND d.day < :last AND {condition}"
    ))?;
    let mut rows = statement.query(bound(&values).as_slice())?;
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column).and_then(|value| value.as_str().map_err(Into::into));
        each(&SealedAnswers {
            day: row.get(0)?,
            author_id: text(1)?,
            channel_id: text(2)?,
            team_id: text(3)?,
            starts_at: row.get(4)?,
            answers: row.get_ref(5)?.as_blob_or_null().ok().flatten().unwrap_or_default(),
        });
    }
    Ok(())
}

fn range(zone: Zone, days: &std::ops::Range<Day>) -> [(&'static str, Value); 3] {
    [(":zone", zone.name().to_owned().into()), (":first", days.start.into()), (":last", days.end.into())]
}

/// The filter over `s`, apart from the time.
fn condition(filter: &Filter, actions: bool) -> (String, Vec<(&'static str, Value)>) {
    let mut clauses = vec!["true"];
    let mut values = Vec::new();
    let mut add = |clause, name, value: Value| {
        clauses.push(clause);
        values.push((name, value));
    };
    match &filter.by {
        By::One(id) => add("s.author_id = :author", ":author", id.clone().into()),
        By::Advisors if actions => add("NOT s.author_is_bot AND :people", ":people", true.into()),
        By::Scenario if actions => add("s.author_is_bot AND :bots", ":bots", true.into()),
        // No scenario is a person.
        By::Scenario => add("NOT :bots", ":bots", true.into()),
        By::Anybody | By::Advisors => {}
    }
    if let Some(kind) = filter.kind.as_ref().filter(|_| actions) {
        add("s.kind = :kind", ":kind", kind.clone().into());
    }
    if let Some(channel) = &filter.channel_id {
        add("s.channel_id = :channel", ":channel", channel.clone().into());
    }
    if let Some(team) = &filter.team_id {
        add("s.team_id = :team", ":team", team.clone().into());
    }
    (clauses.join(" AND "), values)
}
