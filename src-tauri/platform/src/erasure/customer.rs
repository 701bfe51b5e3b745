//! Everything that is held on one customer, erased.
//!
//! In one transaction: who asks for the picture of a customer meanwhile sees all of it or nothing of it. A conversation that is
//! still open ends here, since there is nobody left to answer; whoever writes again is a new customer.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use serde_json::json;
use signoff_wire::contract::{
    actions::ActionType,
    conversations::{ClosedBy, CloserKind, ConversationStatus},
    customers::Erased,
    events::{ConversationErased, EventType},
    sessions::User,
    timeline::Happening,
};

use super::{held, texts};
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    attachments::sweep,
    audit,
    conversations::{
        Record,
        change::{announce, announce_action, close, tell},
    },
    refusal::Refusal,
    store::{Store, Write, ms},
};

/// What is left of a customer's name.
const NAME: &str = "Erased customer";

/// Erases everything that is held on a customer, if what `matches` says of the version is true.
///
/// # Errors
/// [`Refusal::CustomerUnknown`]; [`Refusal::Stale`] if more has come in since whoever asks has looked.
pub(crate) async fn erase(
    store: &Store,
    who: User,
    id: String,
    matches: impl Fn(i64) -> bool + Send + 'static,
) -> Result<Erased, Refusal> {
    let (customer_id, now) = (id.clone(), store.now());
    let copies = store.read(move |sql| {
        held::one(sql, &customer_id)?;
        Ok(texts::copies(sql, &conversation_ids(sql, &customer_id, now)?)?)
    });
    let copies = copies.await?;
    let (erased, contents) = store
        .write(move |write| {
            let held = held::one(write.sql, &id)?;
            if !matches(held.version) {
                return Err(Refusal::Stale);
            }
            let ids = conversation_ids(write.sql, &id, write.now)?;
            texts::erase_copies(write, &copies, &ids)?;
            anonymise(write, &id)?;
            let mut contents = Vec::new();
            for nr in held::numbers(write.sql, &id)? {
                contents.extend(erase_conversation(write, nr, &who)?);
            }
            let erased = Erased {
                customer_id: id.clone(),
                erased_at: write.now,
                conversations: held.summary.conversations,
                messages: held.summary.messages,
            };
            let to = json!({ "customer_id": id, "conversations": erased.conversations, "messages": erased.messages });
            audit::append(write, &who, "customer.erased", &serde_json::Value::Null, &to)?;
            Ok((erased, contents))
        })
        .await?;
    sweep::remove_unnamed(store, contents).await?;
    store.fold().await;
    Ok(erased)
}

fn conversation_ids(sql: &Connection, customer_id: &str, now: DateTime<Utc>) -> rusqlite::Result<Vec<String>> {
    held::numbers(sql, customer_id)?.into_iter().map(|nr| Ok(Record::by_nr(sql, nr, now)?.view.id)).collect()
}

/// Before anything is announced: announcements tell who the customer is.
fn anonymise(write: &Write<'_>, id: &str) -> Result<(), Refusal> {
    for table in ["customer_variables", "customer_buttons"] {
        write.sql.prepare_cached(&format!("DELETE FROM {table} WHERE customer_id = ?1"))?.execute([id])?;
    }
    // Their chat page knows them no more: whoever writes from there begins anew.
    write
        .sql
        .prepare_cached(
            "DELETE FROM visitors WHERE (channel_id, external_id) = (SELECT channel_id, external_id FROM customers WHERE id = ?1)",
        )?
        .execute([id])?;
    write
        .sql
        .prepare_cached(
            "UPDATE customers SET name = ?2, external_id = 'erased:' || id, language = NULL, vip = 0, last_survey_at = NULL,
                erased_at = coalesce(erased_at, ?3)
             WHERE id = ?1",
        )?
        .execute(params![id, NAME, ms(write.now)])?;
    write
        .sql
        .prepare_cached(
            "DELETE FROM inbound WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = ?1)",
        )?
        .execute([id])?;
    write
        .sql
        .prepare_cached(
            "UPDATE entries SET author_name = ?2
             WHERE author_kind = 'customer' AND conversation_nr IN (SELECT nr FROM conversations WHERE customer_id = ?1)",
        )?
        .execute([id, NAME])?;
    // Nobody answers a survey of a customer who is gone.
    write
        .sql
        .prepare_cached(
            "UPDATE surveys SET token = 'erased:' || id
             WHERE conversation_nr IN (SELECT nr FROM conversations WHERE customer_id = ?1)",
        )?
        .execute([id])?;
    Ok(())
}

fn erase_conversation(write: &mut Write<'_>, nr: i64, who: &User) -> Result<Vec<String>, Refusal> {
    let actor = Actor::from(who);
    let mut record = Record::by_nr(write.sql, nr, write.now)?;
    let contents = texts::erase(write, &record)?;
    if record.view.status == ConversationStatus::Open {
        let by = ClosedBy { kind: CloserKind::Erasure, id: None, name: None };
        let now = write.now;
        record = close(write, &record, &Actor::System, by, now)?;
    }
    let action = record::insert(write, &record, NewAction::new(ActionType::AnonymizeGdpr, &actor))?;
    let entry = tell(write, &record, &actor, "The customer's data were erased", &Happening::Erased)?;
    let at = write.now;
    let record = announce(write, &record, &EventType::ConversationErased, |conversation| ConversationErased {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        at,
        entry: Some(entry),
    })?;
    announce_action(write, &record, action)?;
    Ok(contents)
}
