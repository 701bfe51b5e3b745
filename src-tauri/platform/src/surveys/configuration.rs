//! What admins say about surveys: the rules for all channels, and each channel's survey. Both hold from the next reply on.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use signoff_wire::contract::{
    channels::{ChannelType, SurveyKind},
    sessions::User,
    surveys::{ChannelSurvey, SurveyConfiguration, SurveyOverview, SurveyRules, UpdateSurveyRules},
};

use super::form::{self, Form};
use crate::{
    audit, directory,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

const RULES: &str = "surveys";
/// More quiet days than that are a survey that is never sent.
const MOST_QUIET_DAYS: u32 = 3_650;

/// Everything.
pub(crate) fn overview(sql: &Connection) -> Result<SurveyOverview, Refusal> {
    let channels = sql
        .prepare_cached(&format!("{SELECT} ORDER BY name, id"))?
        .query_map([], Channel::read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let items = channels.into_iter().map(|channel| configuration(sql, channel)).collect::<Result<_, _>>()?;
    Ok(SurveyOverview { rules: rules(sql)?, items })
}

/// D10, for all channels.
pub(crate) fn rules(sql: &Connection) -> Result<SurveyRules, Refusal> {
    let standing = documents::standing(sql, RULES)?;
    Ok(sql.prepare_cached("SELECT survey_quiet_days, survey_min_replies FROM workspace")?.query_row([], |row| {
        Ok(SurveyRules {
            quiet_days: row.get(0)?,
            min_replies: row.get(1)?,
            version: standing.version,
            changed_at: standing.changed_at,
            changed_by: standing.changed_by,
        })
    })?)
}

/// Changes them. What stays as it is leaves no trace.
pub(crate) fn update_rules(
    write: &mut Write<'_>,
    user: &User,
    seen: &IfMatch,
    new: UpdateSurveyRules,
) -> Result<SurveyRules, Refusal> {
    if new.quiet_days > MOST_QUIET_DAYS {
        return Err(fields::invalid("quiet_days", &format!("takes at most {MOST_QUIET_DAYS}")));
    }
    if !(1..=100).contains(&new.min_replies) {
        return Err(fields::invalid("min_replies", "has to be from 1 to 100"));
    }
    documents::require(write.sql, RULES, seen)?;
    let before = rules(write.sql)?;
    let was = UpdateSurveyRules { quiet_days: before.quiet_days, min_replies: before.min_replies };
    if was == new {
        return Ok(before);
    }
    write.sql.execute(
        "UPDATE workspace SET survey_quiet_days = ?1, survey_min_replies = ?2",
        params![new.quiet_days, new.min_replies],
    )?;
    documents::changed(write, RULES, user)?;
    audit::append(write, user, "survey.rules", &json!(was), &json!(new))?;
    directory::announce_changed(write)?;
    rules(write.sql)
}

/// A channel's survey.
pub(crate) fn of_channel(sql: &Connection, channel_id: &str) -> Result<Versioned<SurveyConfiguration>, Refusal> {
    let channel = sql
        .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
        .query_row([channel_id], Channel::read)
        .optional()?
        .ok_or(Refusal::NotFound)?;
    let value = configuration(sql, channel)?;
    Ok(Versioned { version: value.version, value })
}

/// Changes it. What stays as it is leaves no trace; surveys that were sent keep what they asked.
pub(crate) fn update_channel(
    write: &mut Write<'_>,
    user: &User,
    channel_id: &str,
    seen: &IfMatch,
    new: &ChannelSurvey,
) -> Result<Versioned<SurveyConfiguration>, Refusal> {
    let before = of_channel(write.sql, channel_id)?;
    require_valid(new)?;
    documents::require(write.sql, &document(channel_id), seen)?;
    let was = &before.value.survey;
    if was == new {
        return Ok(before);
    }
    let form = |survey: &ChannelSurvey| Form {
        ask_comment: survey.ask_comment,
        fallback_language: survey.fallback_language.clone(),
        texts: survey.texts.clone(),
    };
    if was.kind != new.kind || form(was) != form(new) {
        form::adopt(write, channel_id, &form(new))?;
    }
    write.sql.execute(
        "UPDATE channels SET survey = ?2, survey_paused = ?3, survey_quiet_days = ?4 WHERE id = ?1",
        params![channel_id, new.kind.as_ref().map(SurveyKind::as_str), new.paused, new.quiet_days],
    )?;
    documents::changed(write, &document(channel_id), user)?;
    let named = |survey: &ChannelSurvey| json!({ "channel": channel_id, "survey": survey });
    audit::append(write, user, "survey.change", &named(was), &named(new))?;
    directory::announce_changed(write)?;
    of_channel(write.sql, channel_id)
}

const SELECT: &str = "SELECT id, kind, name, survey, survey_paused, survey_quiet_days, survey_form_nr FROM channels";

struct Channel {
    id: String,
    channel_type: ChannelType,
    name: String,
    kind: Option<SurveyKind>,
    paused: bool,
    quiet_days: Option<u32>,
    form_nr: Option<i64>,
}

impl Channel {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            channel_type: ChannelType::from(row.get::<_, String>(1)?.as_str()),
            name: row.get(2)?,
            kind: row.get::<_, Option<String>>(3)?.map(|kind| SurveyKind::from(kind.as_str())),
            paused: row.get(4)?,
            quiet_days: row.get(5)?,
            form_nr: row.get(6)?,
        })
    }
}

fn configuration(sql: &Connection, channel: Channel) -> Result<SurveyConfiguration, Refusal> {
    let form = form::numbered(sql, channel.form_nr, channel.kind.as_ref().unwrap_or(&SurveyKind::Nps))?;
    let standing = documents::standing(sql, &document(&channel.id))?;
    Ok(SurveyConfiguration {
        channel_id: channel.id,
        channel_type: channel.channel_type,
        channel_name: channel.name,
        survey: ChannelSurvey {
            kind: channel.kind,
            paused: channel.paused,
            quiet_days: channel.quiet_days,
            ask_comment: form.ask_comment,
            fallback_language: form.fallback_language,
            texts: form.texts,
        },
        version: standing.version,
        changed_at: standing.changed_at,
        changed_by: standing.changed_by,
    })
}

fn document(channel_id: &str) -> String {
    format!("survey:{channel_id}")
}

fn require_valid(survey: &ChannelSurvey) -> Result<(), Refusal> {
    if let Some(SurveyKind::Other(kind)) = &survey.kind {
        return Err(fields::invalid("kind", &format!("has to be nps or csat, not {kind}")));
    }
    if survey.quiet_days.is_some_and(|days| days > MOST_QUIET_DAYS) {
        return Err(fields::invalid("quiet_days", &format!("takes at most {MOST_QUIET_DAYS}")));
    }
    fields::language("fallback_language", &survey.fallback_language)?;
    fields::at_most("texts", &survey.texts, 20)?;
    let mut languages = BTreeSet::new();
    for texts in &survey.texts {
        fields::language("language", &texts.language)?;
        fields::text("question", &texts.question, 1..=500)?;
        fields::text("low_label", &texts.low_label, 1..=60)?;
        fields::text("high_label", &texts.high_label, 1..=60)?;
        fields::text("thanks", &texts.thanks, 1..=500)?;
        if !languages.insert(&texts.language) {
            return Err(fields::unfit("texts", "name a language twice"));
        }
    }
    if !languages.contains(&survey.fallback_language) {
        return Err(fields::unfit("texts", "lack the fallback language"));
    }
    Ok(())
}
