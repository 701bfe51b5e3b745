//! The rules as one ordered document with one version.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use serde_json::json;
use signoff_wire::contract::{
    routing::{RoutingRule, RoutingRules, RuleFault, UpdateRoutingRules},
    sessions::{User, UserRef},
};

use super::faults;
use crate::{
    audit,
    channels::{language, named::Named, week},
    refusal::Refusal,
    store::{Write, ms, time},
    tags,
};

/// The rules with their version.
pub(crate) struct Versioned {
    /// What clients see.
    pub(crate) rules: RoutingRules,
    /// The `ETag`, without quotes.
    pub(crate) version: i64,
}

/// The document as it is.
pub(crate) fn read(sql: &Connection) -> Result<Versioned, Refusal> {
    let (json, version, changed_at, by) = sql
        .prepare_cached("SELECT rules, version, changed_at, changed_by_id, changed_by_name FROM routing_rules")?
        .query_row([], |row| {
            let by = row.get::<_, Option<String>>(3)?.zip(row.get::<_, Option<String>>(4)?);
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?, by))
        })?;
    let rules = of_today(sql, &json)?;
    let rules = RoutingRules {
        faults: faults::of(&rules, &Named::of(sql)?),
        rules,
        changed_at: changed_at.map(time),
        changed_by: by.map(|(id, name)| UserRef { id, name }),
    };
    Ok(Versioned { rules, version })
}

/// The rules alone, in order.
pub(super) fn rules(sql: &Connection) -> Result<Vec<RoutingRule>, Refusal> {
    let json: String = sql.prepare_cached("SELECT rules FROM routing_rules")?.query_row([], |row| row.get(0))?;
    of_today(sql, &json)
}

/// The faults of rules that need not be saved.
pub(crate) fn faults(sql: &Connection, mut rules: Vec<RoutingRule>) -> Result<Vec<RuleFault>, Refusal> {
    require_shape(&rules)?;
    rename(&mut rules, &tags::renamed(sql)?);
    Ok(faults::of(&rules, &Named::of(sql)?))
}

/// The rules that this JSON says; a tag that is called differently is still the same tag.
fn of_today(sql: &Connection, json: &str) -> Result<Vec<RoutingRule>, Refusal> {
    let mut rules: Vec<RoutingRule> = serde_json::from_str(json)?;
    if !rules.is_empty() {
        rename(&mut rules, &tags::renamed(sql)?);
    }
    Ok(rules)
}

fn rename(rules: &mut [RoutingRule], renamed: &BTreeMap<String, String>) {
    rules.iter_mut().for_each(|rule| tags::rename(&mut rule.then.tags, renamed));
}

/// Changes all rules if `matches` accepts the version that is there. The same rules are no change.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    mut new: UpdateRoutingRules,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Versioned, Refusal> {
    let before = read(write.sql)?;
    if !matches(before.version) {
        return Err(Refusal::Stale);
    }
    require_shape(&new.rules)?;
    rename(&mut new.rules, &tags::renamed(write.sql)?);
    let faults = faults::of(&new.rules, &Named::of(write.sql)?);
    if !faults.is_empty() {
        return Err(Refusal::RulesFaulty { faults });
    }
    if new.rules == before.rules.rules {
        return Ok(before);
    }
    write
        .sql
        .prepare_cached(
            "UPDATE routing_rules SET rules = ?1, version = version + 1, changed_at = ?2, changed_by_id = ?3,
                changed_by_name = ?4",
        )?
        .execute(params![serde_json::to_string(&new.rules)?, ms(write.now), user.id, user.name])?;
    audit::append(write, user, "routing_rules.update", &json!(before.rules.rules), &json!(new.rules))?;
    read(write.sql)
}

/// Writes the rules that a workspace is founded with.
pub(crate) fn found(sql: &Connection, rules: &[RoutingRule]) -> Result<(), Refusal> {
    sql.execute("UPDATE routing_rules SET rules = ?1", [serde_json::to_string(rules)?])?;
    Ok(())
}

/// Whether the rules can be gone by, apart from what they name. Every rule that cannot is told of, by its position.
pub(super) fn require_shape(rules: &[RoutingRule]) -> Result<(), Refusal> {
    if rules.len() > 200 {
        return Err(Refusal::InvalidValue("there are more than 200 rules".to_owned()));
    }
    let mut ids = BTreeSet::new();
    let mut faults = Vec::new();
    for (nr, rule) in rules.iter().enumerate() {
        let told = if ids.insert(&rule.id) {
            misshapen(rule)
        } else {
            Some(format!("another rule has the id \"{}\"", rule.id))
        };
        faults.extend(told.map(|fault| format!("rules.{nr}: {fault}")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::InvalidValue(faults.join("; "))) }
}

/// What is wrong with a rule by itself.
fn misshapen(rule: &RoutingRule) -> Option<String> {
    let called = |name: &str| !name.trim().is_empty() && name.chars().count() <= 80 && !name.contains(char::is_control);
    if !called(&rule.id) || !called(&rule.name) {
        return Some("id and name have 1 to 80 characters".to_owned());
    }
    let when = &rule.when;
    let short = when.channels.len() <= 100
        && when.languages.len() <= 50
        && when.words.len() <= 10
        && when.variables.len() <= 10
        && rule.then.tags.len() <= 50;
    if !short {
        return Some("a list is longer than it may be".to_owned());
    }
    let texts = rule.then.reply.iter().flat_map(BTreeMap::keys);
    if let Some(code) = when.languages.iter().chain(texts).find(|code| !language::is_code(code)) {
        return Some(format!("{code:?} is not the code of a language, such as fr or de, without a region"));
    }
    let words = |words: &[String]| {
        (1..=100).contains(&words.len())
            && words.iter().all(|word| !word.trim().is_empty() && word.chars().count() <= 200)
    };
    if !when.words.iter().all(|condition| words(&condition.words)) {
        return Some("1 to 100 words, none of them empty".to_owned());
    }
    if when.times.as_ref().is_some_and(|times| !week::is_valid(times)) {
        return Some("times need a zone, weekdays, and times such as 09:00".to_owned());
    }
    let silent = rule.then.reply.as_ref().is_some_and(|texts| texts.values().all(|text| text.trim().is_empty()));
    silent.then(|| "the reply is empty".to_owned())
}
