//! What a survey asks, in which words.
//!
//! A form never changes: whoever edits a survey writes a new one, and what was sent keeps the one that it was sent with.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use signoff_wire::contract::{channels::SurveyKind, surveys::SurveyTexts};

use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

/// The words of a survey. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Form {
    /// Whether the customer is asked to say more.
    pub(crate) ask_comment: bool,
    /// Spoken to customers whose language is unknown, or not among the texts.
    pub(crate) fallback_language: String,
    /// Once per language.
    pub(crate) texts: Vec<SurveyTexts>,
}

impl Form {
    /// What is asked as long as nobody has written anything: in French and English, and in the workspace's language if nothing
    /// is known of the customer's.
    pub(crate) fn ours(kind: &SurveyKind, default_language: &str) -> Self {
        let texts = [("en", english(kind)), ("fr", french(kind))].map(|(language, [question, low, high, thanks])| {
            SurveyTexts {
                language: language.to_owned(),
                question: question.to_owned(),
                low_label: low.to_owned(),
                high_label: high.to_owned(),
                thanks: thanks.to_owned(),
            }
        });
        let fallback = if default_language == "fr" { "fr" } else { "en" };
        Self { ask_comment: true, fallback_language: fallback.to_owned(), texts: texts.to_vec() }
    }

    /// The texts in the first of these languages that there are any in, or in the fallback.
    pub(crate) fn texts_in<'a>(&self, wanted: impl IntoIterator<Item = &'a str>) -> Option<&SurveyTexts> {
        let find = |language: &str| self.texts.iter().find(|texts| texts.language == language);
        wanted.into_iter().find_map(find).or_else(|| find(&self.fallback_language)).or_else(|| self.texts.first())
    }
}

/// What a channel's survey asks now, and the number of the form; none: our own words.
pub(crate) fn current(sql: &Connection, channel_id: &str, kind: &SurveyKind) -> Result<(Form, Option<i64>), Refusal> {
    let nr: Option<i64> = sql
        .prepare_cached("SELECT survey_form_nr FROM channels WHERE id = ?1")?
        .query_row([channel_id], |row| row.get(0))?;
    Ok((numbered(sql, nr, kind)?, nr))
}

/// The form of this number.
pub(crate) fn numbered(sql: &Connection, nr: Option<i64>, kind: &SurveyKind) -> Result<Form, Refusal> {
    let json: Option<String> = match nr {
        Some(nr) => sql
            .prepare_cached("SELECT form FROM survey_forms WHERE nr = ?1")?
            .query_row([nr], |row| row.get(0))
            .optional()?,
        None => None,
    };
    if let Some(json) = json {
        return Ok(serde_json::from_str(&json)?);
    }
    let language: String =
        sql.prepare_cached("SELECT default_language FROM workspace")?.query_row([], |row| row.get(0))?;
    Ok(Form::ours(kind, &language))
}

/// Writes a form for a channel and makes it the one that is sent from now on.
pub(super) fn adopt(write: &Write<'_>, channel_id: &str, form: &Form) -> Result<(), Refusal> {
    write.sql.execute(
        "INSERT INTO survey_forms (channel_id, form, at) VALUES (?1, ?2, ?3)",
        (channel_id, serde_json::to_string(form)?, ms(write.now)),
    )?;
    write.sql.execute(
        "UPDATE channels SET survey_form_nr = ?2 WHERE id = ?1",
        (channel_id, write.sql.last_insert_rowid()),
    )?;
    Ok(())
}

/// The ratings of a kind.
pub(crate) fn scale(kind: &SurveyKind) -> std::ops::RangeInclusive<i64> {
    match kind {
        SurveyKind::Csat => 1..=5,
        SurveyKind::Nps | SurveyKind::Other(_) => 0..=10,
    }
}

fn english(kind: &SurveyKind) -> [&'static str; 4] {
    match kind {
        SurveyKind::Csat => [
            "How satisfied are you with our conversation, from 1 (not at all) to 5 (very)?",
            "Not at all",
            "Very",
            "Thank you for your answer.",
        ],
        SurveyKind::Nps | SurveyKind::Other(_) => [
            "How likely are you to recommend us to a friend, from 0 (never) to 10 (certainly)?",
            "Never",
            "Certainly",
            "Thank you for your answer.",
        ],
    }
}

fn french(kind: &SurveyKind) -> [&'static str; 4] {
    match kind {
        SurveyKind::Csat => [
            "Êtes-vous satisfait de notre échange, de 1 (pas du tout) à 5 (tout à fait) ?",
            "Pas du tout",
            "Tout à fait",
            "Merci de votre réponse.",
        ],
        SurveyKind::Nps | SurveyKind::Other(_) => [
            "Nous recommanderiez-vous à un proche, de 0 (jamais) à 10 (sans hésiter) ?",
            "Jamais",
            "Sans hésiter",
            "Merci de votre réponse.",
        ],
    }
}
