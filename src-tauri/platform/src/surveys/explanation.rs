//! Why a customer got a survey, or none: each decision is kept with what it was made of, because settings and other
//! conversations of the customer change afterwards.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use signoff_wire::contract::{
    conversations::ConversationStatus,
    receipts::{SurveySkip, SurveyStatus},
    surveys::{SurveyDecision, SurveyExplanation, SurveyFacts as FactsOnTheWire},
};

use super::eligibility::{Eligibility, SurveyFacts};
use crate::{
    conversations::Record,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// Keeps a decision, in the transaction that makes it.
pub(super) fn keep(
    write: &Write<'_>,
    conversation_nr: i64,
    facts: &SurveyFacts,
    verdict: &Eligibility,
) -> Result<(), Refusal> {
    let (status, reason) = outcome(verdict);
    write
        .sql
        .prepare_cached(
            "INSERT INTO survey_decisions (conversation_nr, at, status, reason, facts) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            conversation_nr,
            ms(write.now),
            status.as_str(),
            reason.as_ref().map(SurveySkip::as_str),
            serde_json::to_string(&on_the_wire(facts))?
        ])?;
    Ok(())
}

/// Everything that was ever decided in a conversation, and what would be decided now.
pub(crate) fn explain(sql: &Connection, id: &str, now: DateTime<Utc>) -> Result<SurveyExplanation, Refusal> {
    let record = Record::by_id(sql, id, now)?.ok_or(Refusal::ConversationUnknown)?;
    let decisions = sql
        .prepare_cached(
            "SELECT at, status, reason, facts FROM survey_decisions WHERE conversation_nr = ?1 ORDER BY nr DESC",
        )?
        .query_map([record.nr], |row| {
            Ok((
                time(row.get(0)?),
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
                row.get::<_, String>(3)?,
            ))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?
        .into_iter()
        .map(|(at, status, reason, facts)| {
            let facts: FactsOnTheWire = serde_json::from_str(&facts)?;
            Ok(SurveyDecision {
                at,
                status: SurveyStatus::from(status.as_str()),
                reason: reason.as_deref().map(SurveySkip::from),
                conditions: of_the_past(&facts).conditions(at).to_vec(),
                facts,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    let open = record.view.status == ConversationStatus::Open;
    Ok(SurveyExplanation {
        conversation_id: record.view.id,
        customer_name: record.view.customer.name,
        channel_name: record.view.channel.name,
        closed_by: record.view.closed_by,
        decisions,
        now: open.then(|| decide(&record.survey, now)),
    })
}

fn decide(facts: &SurveyFacts, now: DateTime<Utc>) -> SurveyDecision {
    let (status, reason) = outcome(&facts.with_one_more_reply(now));
    let conditions = facts.conditions(now).to_vec();
    SurveyDecision { at: now, status, reason, facts: on_the_wire(facts), conditions }
}

fn outcome(verdict: &Eligibility) -> (SurveyStatus, Option<SurveySkip>) {
    match verdict {
        Eligibility::NoSurvey => (SurveyStatus::None, None),
        Eligibility::Skip(reason) => (SurveyStatus::Skipped, Some(reason.clone())),
        Eligibility::Send => (SurveyStatus::Sent, None),
    }
}

fn on_the_wire(facts: &SurveyFacts) -> FactsOnTheWire {
    FactsOnTheWire {
        kind: facts.kind.clone(),
        paused: facts.paused,
        sent_in_conversation: facts.sent_in_conversation,
        last_sent_at: facts.last_sent_to_customer_at,
        quiet_days: facts.quiet_days,
        replies: facts.advisor_replies + 1,
        min_replies: facts.min_replies,
        automatic_until: facts.automatic_until,
    }
}

fn of_the_past(facts: &FactsOnTheWire) -> SurveyFacts {
    SurveyFacts {
        kind: facts.kind.clone(),
        paused: facts.paused,
        sent_in_conversation: facts.sent_in_conversation,
        last_sent_to_customer_at: facts.last_sent_at,
        quiet_days: facts.quiet_days,
        advisor_replies: facts.replies.saturating_sub(1),
        min_replies: facts.min_replies,
        automatic_until: facts.automatic_until,
    }
}
