//! What customers answer (D11): one rating, within seven days, and never as a message; more words once, then or later.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::{
    channels::SurveyKind,
    chat::ChatSurvey,
    events::{self as wire_events, EventType},
    surveys::{SurveyAnswer, SurveyAnswerAccepted, SurveyQuestion, SurveyState},
    timeline::{Author, AuthorKind, Happening},
};

use super::form::{self, Form};
use crate::{
    actor::Actor,
    conversations::{
        Record,
        change::announce,
        entries::{self, NewEntry},
    },
    fields,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// D11: for how long a survey takes its answer.
const ANSWER_WITHIN: TimeDelta = TimeDelta::days(7);

/// A survey that was sent.
pub(crate) struct Survey {
    id: String,
    token: String,
    conversation_nr: i64,
    kind: SurveyKind,
    sent_at: DateTime<Utc>,
    language: Option<String>,
    form: Form,
    rating: Option<i64>,
    comment: Option<String>,
}

/// The survey that a token stands for.
pub(crate) fn by_token(sql: &Connection, token: &str) -> Result<Survey, Refusal> {
    found(sql, "s.token", token)?.ok_or(Refusal::SurveyUnknown)
}

/// The survey with this id.
pub(crate) fn by_id(sql: &Connection, id: &str) -> Result<Option<Survey>, Refusal> {
    found(sql, "s.id", id)
}

fn found(sql: &Connection, column: &str, value: &str) -> Result<Option<Survey>, Refusal> {
    let query = format!(
        "SELECT s.id, s.conversation_nr, s.kind, s.sent_at, s.language, s.form_nr, s.rating, k.text, s.token
         FROM surveys s LEFT JOIN survey_comments k ON k.survey_id = s.id WHERE {column} = ?1"
    );
    let found = sql
        .prepare_cached(&query)?
        .query_row([value], |row| {
            let survey = Survey {
                id: row.get(0)?,
                token: row.get(8)?,
                conversation_nr: row.get(1)?,
                kind: SurveyKind::from(row.get::<_, String>(2)?.as_str()),
                sent_at: time(row.get(3)?),
                language: row.get(4)?,
                form: Form { ask_comment: false, fallback_language: String::new(), texts: Vec::new() },
                rating: row.get(6)?,
                comment: row.get(7)?,
            };
            Ok((survey, row.get::<_, Option<i64>>(5)?))
        })
        .optional()?;
    let Some((survey, form_nr)) = found else { return Ok(None) };
    Ok(Some(Survey { form: form::numbered(sql, form_nr, &survey.kind)?, ..survey }))
}

impl Survey {
    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What is asked: in the language asked for, else in the customer's own, else in one that the customer's browser accepts.
    pub(crate) fn question(
        &self,
        sql: &Connection,
        asked: Option<&str>,
        accepted: &[String],
        now: DateTime<Utc>,
    ) -> Result<SurveyQuestion, Refusal> {
        let accepted = accepted.iter().map(String::as_str);
        let wanted = asked.into_iter().chain(self.language.as_deref()).chain(accepted);
        let texts = self.form.texts_in(wanted).ok_or(Refusal::Internal)?;
        let company = sql.prepare_cached("SELECT name FROM workspace")?.query_row([], |row| row.get(0))?;
        let scale = form::scale(&self.kind);
        Ok(SurveyQuestion {
            kind: self.kind.clone(),
            from: *scale.start(),
            to: *scale.end(),
            language: texts.language.clone(),
            languages: self.form.texts.iter().map(|texts| texts.language.clone()).collect(),
            question: texts.question.clone(),
            low_label: texts.low_label.clone(),
            high_label: texts.high_label.clone(),
            thanks: texts.thanks.clone(),
            ask_comment: self.form.ask_comment,
            company,
            state: match (self.rating, self.is_over(now)) {
                (Some(_), _) => SurveyState::Answered,
                (None, true) => SurveyState::Expired,
                (None, false) => SurveyState::Open,
            },
            rating: self.rating,
            commented: self.comment.is_some(),
            expires_at: self.sent_at + ANSWER_WITHIN,
        })
    }

    /// The same on the chat page, in the customer's own language.
    pub(crate) fn on_the_page(self, sql: &Connection, now: DateTime<Utc>) -> Result<ChatSurvey, Refusal> {
        let question = self.question(sql, None, &[], now)?;
        Ok(ChatSurvey {
            token: self.token,
            kind: question.kind,
            language: question.language,
            question: question.question,
            low_label: question.low_label,
            high_label: question.high_label,
            thanks: question.thanks,
            ask_comment: question.ask_comment,
            from: question.from,
            to: question.to,
            rating: question.rating,
            open: question.state == SurveyState::Open,
        })
    }

    /// D11: the order of the checks, and all of them before anything is written: whoever hammers at an answered survey keeps no
    /// advisor waiting.
    pub(crate) fn require_answerable(&self, answer: &SurveyAnswer, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.rating.is_some() {
            return Err(Refusal::AlreadyAnswered);
        }
        if self.is_over(now) {
            return Err(Refusal::SurveyExpired);
        }
        let scale = form::scale(&self.kind);
        if !scale.contains(&answer.rating) {
            return Err(fields::unfit("rating", &format!("has to be from {} to {}", scale.start(), scale.end())));
        }
        fields::text("comment", answer.comment.as_deref().unwrap_or_default(), 0..=5_000)
    }

    /// The same for words that come after the rating.
    pub(crate) fn require_commentable(&self, comment: &str, now: DateTime<Utc>) -> Result<i64, Refusal> {
        let rating = self.rating.ok_or(Refusal::NotAnswered)?;
        if self.comment.is_some() {
            return Err(Refusal::AlreadyCommented);
        }
        if self.is_over(now) {
            return Err(Refusal::SurveyExpired);
        }
        fields::text("comment", comment, 1..=5_000)?;
        Ok(rating)
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now > self.sent_at + ANSWER_WITHIN
    }
}

/// Takes the customer's rating, and words if there are any.
pub(crate) fn answer(
    write: &mut Write<'_>,
    token: &str,
    answer: &SurveyAnswer,
) -> Result<SurveyAnswerAccepted, Refusal> {
    let survey = by_token(write.sql, token)?;
    survey.require_answerable(answer, write.now)?;
    let comment = answer.comment.clone().filter(|text| !text.chars().all(char::is_whitespace));
    write.sql.prepare_cached("UPDATE surveys SET answered_at = ?2, rating = ?3 WHERE id = ?1")?.execute((
        &survey.id,
        ms(write.now),
        answer.rating,
    ))?;
    keep_comment(write, &survey.id, comment.as_deref())?;

    let record = Record::by_nr(write.sql, survey.conversation_nr, write.now)?;
    let customer = &record.view.customer;
    let author =
        Author { kind: AuthorKind::Customer, id: Some(customer.id.clone()), name: Some(customer.name.clone()) };
    let happening = happening(&survey, answer.rating, comment.clone());
    let now = write.now;
    let entry = NewEntry { author, ..NewEntry::event(&Actor::System, now, "The survey was answered", &happening) };
    let entry = entries::insert(write, record.nr, &entry)?;
    tell(write, &record, &survey, answer.rating, comment, entry)
}

/// Takes words that were missing.
pub(crate) fn comment(write: &mut Write<'_>, token: &str, comment: &str) -> Result<SurveyAnswerAccepted, Refusal> {
    let survey = by_token(write.sql, token)?;
    let rating = survey.require_commentable(comment, write.now)?;
    keep_comment(write, &survey.id, Some(comment))?;

    let record = Record::by_nr(write.sql, survey.conversation_nr, write.now)?;
    let happening = happening(&survey, rating, Some(comment.to_owned()));
    match entries::answered(write.sql, record.nr, &survey.id, &happening)? {
        Some(entry) => tell(write, &record, &survey, rating, Some(comment.to_owned()), entry),
        // The timeline was erased meanwhile.
        None => Err(Refusal::SurveyUnknown),
    }
}

fn happening(survey: &Survey, rating: i64, comment: Option<String>) -> Happening {
    Happening::SurveyAnswered { survey_id: survey.id.clone(), rating, comment }
}

fn keep_comment(write: &Write<'_>, survey_id: &str, comment: Option<&str>) -> rusqlite::Result<()> {
    if let Some(comment) = comment {
        write
            .sql
            .prepare_cached("INSERT INTO survey_comments (survey_id, text, at) VALUES (?1, ?2, ?3)")?
            .execute(params![survey_id, comment, ms(write.now)])?;
    }
    Ok(())
}

fn tell(
    write: &Write<'_>,
    record: &Record,
    survey: &Survey,
    rating: i64,
    comment: Option<String>,
    entry: signoff_wire::contract::timeline::TimelineEntry,
) -> Result<SurveyAnswerAccepted, Refusal> {
    announce(write, record, &EventType::SurveyAnswered, |conversation| wire_events::SurveyAnswered {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        survey_id: survey.id.clone(),
        rating,
        comment: comment.clone(),
        entry,
    })?;
    Ok(SurveyAnswerAccepted { survey_id: survey.id.clone(), rating, comment, at: write.now })
}
