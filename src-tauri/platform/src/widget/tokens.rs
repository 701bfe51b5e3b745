//! Tokens of the widget: one conversation, one advisor, ten minutes at most. Looked up at every request, so that what was revoked is dead.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    conversations::ConversationStatus,
    sessions::UserRef,
    widget::{NewWidgetToken, WidgetSession, WidgetToken},
};

use super::applications;
use crate::{
    audit::{self, Who},
    clicks,
    conversations::{Record, visibility},
    directory, events,
    refusal::Refusal,
    sessions::{self, Caller, LiveSession, hash_token},
    store::{Write, ms, time},
};

const LIVES_S: u32 = 600;
const LIVES_AT_LEAST_S: u32 = 10;

/// A token for whoever has the secret of an application, if the advisor sees the conversation.
pub(crate) fn create(write: &mut Write<'_>, secret: &str, new: &NewWidgetToken) -> Result<WidgetToken, Refusal> {
    let application_id = applications::used_by_secret(write, secret)?;
    let lifetime_s = new.lifetime_s.unwrap_or(LIVES_S);
    if !(LIVES_AT_LEAST_S..=LIVES_S).contains(&lifetime_s) {
        return Err(Refusal::InvalidBody(format!("a token lives for {LIVES_AT_LEAST_S} to {LIVES_S} seconds")));
    }
    let user = sessions::user_named(write.sql, &new.advisor)?.ok_or(Refusal::UserUnknown)?;
    let record = Record::by_id(write.sql, &new.conversation_id, write.now)?.ok_or(Refusal::ConversationUnknown)?;
    let advisor = UserRef { id: user.id.clone(), name: user.name.clone() };
    let token = format!("wtok_{}", write.chance.token());
    let caller = Caller { user, token_hash: hash_token(&token), confined_to: Some(record.view.id.clone()) };
    if !visibility::is_visible(write.sql, &caller, record.nr)? {
        return Err(Refusal::ConversationUnknown);
    }

    let expires_at = write.now + TimeDelta::seconds(i64::from(lifetime_s));
    write
        .sql
        .prepare_cached(
            "INSERT INTO widget_tokens (token_hash, application_id, user_id, conversation_id, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![caller.token_hash, application_id, advisor.id, record.view.id, ms(expires_at)])?;
    let application = applications::name_of(write.sql, &application_id)?;
    let to = json!({ "conversation_id": record.view.id, "lifetime_s": lifetime_s });
    let by = Who::person(&application_id, &application);
    audit::append_about(write, by, "widget.open", (&advisor.id, &advisor.name), &Value::Null, &to)?;
    tracing::info!(
        application = application_id,
        user = advisor.id,
        conversation = record.view.id,
        "a widget was opened"
    );
    Ok(WidgetToken {
        token,
        expires_at,
        conversation_id: record.view.id,
        advisor,
        page: format!("/widget/{application_id}"),
    })
}

/// Whose token this is, for which conversation, and for how long, if it lives.
pub(crate) fn live(sql: &Connection, token: &str, now: DateTime<Utc>) -> Result<LiveSession, Refusal> {
    let (caller, expires_at) = holder(sql, token, now)?;
    Ok(LiveSession { caller, expires_at })
}

/// What the page has to know besides its conversation.
pub(crate) fn session(sql: &Connection, token: &str, now: DateTime<Utc>) -> Result<WidgetSession, Refusal> {
    let (caller, expires_at) = holder(sql, token, now)?;
    let conversation_id = caller.confined_to.clone().unwrap_or_default();
    let record = Record::by_id(sql, &conversation_id, now)?.ok_or(Refusal::ConversationUnknown)?;
    if !visibility::is_visible(sql, &caller, record.nr)? {
        return Err(Refusal::ConversationUnknown);
    }
    let newer_conversation_id = match record.view.status {
        ConversationStatus::Open => None,
        ConversationStatus::Closed => record.newer(sql)?,
    };
    let me = directory::me(sql, caller)?;
    Ok(WidgetSession {
        conversation_id,
        user: UserRef { id: me.user.id, name: me.user.name },
        workspace: me.workspace,
        features: me.features,
        platform: me.platform,
        expires_at,
        tags_missing: !clicks::is_sorted(sql, &record)?,
        newer_conversation_id,
        seq: events::newest_seq(sql)?,
    })
}

/// Forgets tokens that died by themselves.
pub(crate) fn forget_old(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<()> {
    sql.execute("DELETE FROM widget_tokens WHERE expires_at < ?1", [ms(now)])?;
    Ok(())
}

fn holder(sql: &Connection, token: &str, now: DateTime<Utc>) -> Result<(Caller, DateTime<Utc>), Refusal> {
    let token_hash = hash_token(token);
    let found: Option<(String, String, i64)> = sql
        .prepare_cached("SELECT user_id, conversation_id, expires_at FROM widget_tokens WHERE token_hash = ?1")?
        .query_row([&token_hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (user_id, conversation_id, expires_at) =
        found.filter(|(_, _, expires_at)| now < time(*expires_at)).ok_or(Refusal::Unauthenticated)?;
    let user = sessions::user_named(sql, &user_id)?.ok_or(Refusal::Unauthenticated)?;
    Ok((Caller { user, token_hash, confined_to: Some(conversation_id) }, time(expires_at)))
}
