//! Satisfaction surveys: sent with a reply or a closing (D10), answered by a token (D11).

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::OptionalExtension;
use signoff_wire::contract::{
    channels::{OutboundKind, SurveyKind},
    events::{self as wire_events, EventType},
    receipts::{ReceiptSurvey, SurveyStatus},
    surveys::{SurveyAnswer, SurveyAnswerAccepted},
    timeline::{Author, AuthorKind, Happening, TimelineEntry},
};

use crate::{
    actor::Actor,
    channels::outbound,
    conversations::{
        Record,
        change::{announce, tell},
        entries::{self, NewEntry},
    },
    refusal::Refusal,
    store::{Write, ms, time},
};

pub(crate) mod eligibility;

use eligibility::Eligibility;

/// D11: for how long a survey takes its answer.
const ANSWER_WITHIN: TimeDelta = TimeDelta::days(7);

/// A receipt's word for "no survey, and none was due".
pub(crate) fn none() -> ReceiptSurvey {
    ReceiptSurvey { status: SurveyStatus::None, reason: None, at: None }
}

/// What came of a survey that was due.
pub(crate) struct Sent {
    /// For the receipt.
    pub(crate) receipt: ReceiptSurvey,
    /// The conversation afterwards.
    pub(crate) record: Record,
    /// The entry that says why it was skipped, still to be announced.
    pub(crate) skipped: Option<TimelineEntry>,
}

/// Sends a survey if `verdict`, reached before the reply of this transaction, allows it; says why if not.
pub(crate) fn send(
    write: &mut Write<'_>,
    record: Record,
    verdict: Eligibility,
    actor: &Actor,
) -> Result<Sent, Refusal> {
    let kind = match verdict {
        Eligibility::NoSurvey => return Ok(Sent { receipt: none(), record, skipped: None }),
        Eligibility::Skip(reason) => {
            let happening = Happening::SurveySkipped { reason: reason.clone() };
            let skipped = tell(write, &record, actor, "No survey was sent", &happening)?;
            let receipt = ReceiptSurvey { status: SurveyStatus::Skipped, reason: Some(reason), at: None };
            return Ok(Sent { receipt, record, skipped: Some(skipped) });
        }
        Eligibility::Send => record.survey.kind.clone().unwrap_or(SurveyKind::Nps),
    };
    let (id, token) = (write.id("survey"), write.chance.token());
    write
        .sql
        .prepare_cached("INSERT INTO surveys (id, token, conversation_nr, kind, sent_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((&id, &token, record.nr, kind.as_str(), ms(write.now)))?;
    write.sql.prepare_cached("UPDATE conversations SET survey_sent = 1 WHERE nr = ?1")?.execute([record.nr])?;
    write
        .sql
        .prepare_cached("UPDATE customers SET last_survey_at = ?2 WHERE id = ?1")?
        .execute((&record.view.customer.id, ms(write.now)))?;
    let text = question(&kind, record.view.customer.language.as_deref());
    outbound::append(write, &record, OutboundKind::Survey, &id, text, Some(&token))?;

    let happening = Happening::SurveySent { survey_id: id.clone() };
    let entry = tell(write, &record, actor, "A satisfaction survey was sent", &happening)?;
    let at = write.now;
    let record = announce(write, &record, &EventType::SurveySent, |conversation| wire_events::SurveySent {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        survey_id: id,
        at,
        entry,
    })?;
    let receipt = ReceiptSurvey { status: SurveyStatus::Sent, reason: None, at: Some(at) };
    Ok(Sent { receipt, record, skipped: None })
}

/// Takes the customer's rating (D11): once, within seven days, and never as a message.
pub(crate) fn answer(
    write: &mut Write<'_>,
    token: &str,
    answer: &SurveyAnswer,
) -> Result<SurveyAnswerAccepted, Refusal> {
    let survey = write
        .sql
        .prepare_cached("SELECT id, conversation_nr, kind, sent_at, answered_at FROM surveys WHERE token = ?1")?
        .query_row([token], |row| {
            Ok(Survey {
                id: row.get(0)?,
                conversation_nr: row.get(1)?,
                kind: SurveyKind::from(row.get::<_, String>(2)?.as_str()),
                sent_at: time(row.get(3)?),
                answered: row.get::<_, Option<i64>>(4)?.is_some(),
            })
        })
        .optional()?
        .ok_or(Refusal::SurveyUnknown)?;
    if survey.answered {
        return Err(Refusal::AlreadyAnswered);
    }
    if write.now > survey.sent_at + ANSWER_WITHIN {
        return Err(Refusal::SurveyExpired);
    }
    let scale = scale(&survey.kind);
    if !scale.contains(&answer.rating) {
        let (from, to) = (scale.start(), scale.end());
        return Err(Refusal::InvalidBody(format!("rating has to be from {from} to {to}")));
    }
    write
        .sql
        .prepare_cached("UPDATE surveys SET answered_at = ?2, rating = ?3, comment = ?4 WHERE id = ?1")?
        .execute((&survey.id, ms(write.now), answer.rating, &answer.comment))?;

    let record = Record::by_nr(write.sql, survey.conversation_nr, write.now)?;
    let customer = &record.view.customer;
    let author =
        Author { kind: AuthorKind::Customer, id: Some(customer.id.clone()), name: Some(customer.name.clone()) };
    let happening = Happening::SurveyAnswered {
        survey_id: survey.id.clone(),
        rating: answer.rating,
        comment: answer.comment.clone(),
    };
    let now = write.now;
    let entry = NewEntry { author, ..NewEntry::event(&Actor::System, now, "The survey was answered", &happening) };
    let entry = entries::insert(write, record.nr, &entry)?;
    announce(write, &record, &EventType::SurveyAnswered, |conversation| wire_events::SurveyAnswered {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        survey_id: survey.id.clone(),
        rating: answer.rating,
        comment: answer.comment.clone(),
        entry,
    })?;
    Ok(SurveyAnswerAccepted { survey_id: survey.id, rating: answer.rating, comment: answer.comment.clone(), at: now })
}

struct Survey {
    id: String,
    conversation_nr: i64,
    kind: SurveyKind,
    sent_at: DateTime<Utc>,
    answered: bool,
}

fn scale(kind: &SurveyKind) -> std::ops::RangeInclusive<i64> {
    match kind {
        SurveyKind::Csat => 1..=5,
        SurveyKind::Nps | SurveyKind::Other(_) => 0..=10,
    }
}

fn question(kind: &SurveyKind, language: Option<&str>) -> &'static str {
    let french = language == Some("fr");
    match kind {
        SurveyKind::Csat if french => "Êtes-vous satisfait de notre échange, de 1 (pas du tout) à 5 (tout à fait) ?",
        SurveyKind::Csat => "How satisfied are you with our conversation, from 1 (not at all) to 5 (very)?",
        SurveyKind::Nps | SurveyKind::Other(_) if french => {
            "Nous recommanderiez-vous à un proche, de 0 (jamais) à 10 (sans hésiter) ?"
        }
        SurveyKind::Nps | SurveyKind::Other(_) => {
            "How likely are you to recommend us to a friend, from 0 (never) to 10 (certainly)?"
        }
    }
}
