//! Satisfaction surveys: sent with a reply or a closing (D10), answered by a token (D11).
//!
//! [`configuration`] is what admins say, [`eligibility`] decides, [`explanation`] tells why, [`answers`] takes what customers
//! say, [`results`] and [`comments`] count and list it. Ratings stand in `surveys`, the customers' words in
//! `survey_comments`: erasing a person's words leaves the figures alone.

use rusqlite::{OptionalExtension, params};
use signoff_wire::contract::{
    channels::{OutboundKind, SurveyKind},
    events::{self as wire_events, EventType},
    receipts::{ReceiptSurvey, SurveyStatus},
    timeline::{Happening, TimelineEntry},
};

use crate::{
    actor::Actor,
    channels::outbound,
    conversations::{
        Record,
        change::{announce, announce_changed, tell},
    },
    refusal::Refusal,
    store::{Write, ms},
};

pub(crate) mod answers;
pub(crate) mod comments;
pub(crate) mod configuration;
pub(crate) mod eligibility;
pub(crate) mod explanation;
pub(crate) mod form;
pub(crate) mod patience;
pub(crate) mod results;
pub(crate) mod sheets;

pub(crate) use answers::answer;
use eligibility::Eligibility;

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

/// Sends a survey if the facts from before the reply of this transaction allow it; says why if not.
pub(crate) fn send(
    write: &mut Write<'_>,
    record: Record,
    facts: &eligibility::SurveyFacts,
    actor: &Actor,
) -> Result<Sent, Refusal> {
    let verdict = facts.with_one_more_reply(write.now);
    explanation::keep(write, record.nr, facts, &verdict)?;
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
    let (form, form_nr) = form::current(write.sql, &record.view.channel.id, &kind)?;
    let texts = form.texts_in(record.view.customer.language.as_deref()).ok_or(Refusal::Internal)?;
    let (author_id, author_name, _) = actor.for_action();
    write
        .sql
        .prepare_cached(
            "INSERT INTO surveys (id, token, conversation_nr, kind, sent_at, channel_id, team_id, author_id, author_name,
                language, form_nr)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            id,
            token,
            record.nr,
            kind.as_str(),
            ms(write.now),
            record.view.channel.id,
            record.team_id(),
            author_id,
            author_name,
            record.view.customer.language,
            form_nr
        ])?;
    write.sql.prepare_cached("UPDATE conversations SET survey_sent = 1 WHERE nr = ?1")?.execute([record.nr])?;
    write
        .sql
        .prepare_cached("UPDATE customers SET last_survey_at = ?2 WHERE id = ?1")?
        .execute((&record.view.customer.id, ms(write.now)))?;
    outbound::append(write, &record, OutboundKind::Survey, &id, &texts.question, Some(&token))?;

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

/// The channel could not deliver a survey: it counts as none (D10), and the timeline says why. One that was answered did arrive.
pub(crate) fn not_delivered(write: &mut Write<'_>, survey_id: &str, reason: Option<String>) -> Result<(), Refusal> {
    let failed: Option<i64> = write
        .sql
        .prepare_cached(
            "UPDATE surveys SET failed_at = ?2 WHERE id = ?1 AND failed_at IS NULL AND answered_at IS NULL
             RETURNING conversation_nr",
        )?
        .query_row(params![survey_id, ms(write.now)], |row| row.get(0))
        .optional()?;
    let Some(nr) = failed else { return Ok(()) };
    let record = Record::by_nr(write.sql, nr, write.now)?;
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET survey_sent =
                EXISTS (SELECT 1 FROM surveys WHERE conversation_nr = ?1 AND failed_at IS NULL)
             WHERE nr = ?1",
        )?
        .execute([nr])?;
    write
        .sql
        .prepare_cached(
            "UPDATE customers SET last_survey_at =
                (SELECT max(s.sent_at) FROM surveys s JOIN conversations c ON c.nr = s.conversation_nr
                 WHERE c.customer_id = ?1 AND s.failed_at IS NULL)
             WHERE id = ?1",
        )?
        .execute([&record.view.customer.id])?;
    let happening = Happening::SurveyFailed { survey_id: survey_id.to_owned(), reason };
    let entry = tell(write, &record, &Actor::System, "The survey could not be delivered", &happening)?;
    announce_changed(write, &record, Some(entry))?;
    Ok(())
}
