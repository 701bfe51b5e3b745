//! Channels, customers and tags: what conversations refer to.

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use signoff_wire::contract::channels::{Channel, ChannelRef};
use signoff_wire::contract::conversations::Customer;
use signoff_wire::contract::directory::{Directory, Tag};

use super::CacheError;
use super::columns::json_option;
use crate::store::meta;

const RENAMED_TAGS: &str = "directory.renamed_tags";
const REQUIRED: &str = "directory.required";

/// What a reply needs (D16): one of these tags, if there are any, and a team.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
struct Required {
    tags: Vec<String>,
    team: bool,
}

/// Takes in the workspace's channels, so that the filter names those without conversations too, and what tags are called today.
///
/// # Errors
/// SQLite's.
pub fn put_directory(transaction: &Transaction<'_>, directory: &Directory) -> Result<(), CacheError> {
    for channel in &directory.channels {
        put_channel(
            transaction,
            &ChannelRef {
                id: channel.id.clone(),
                kind: channel.kind.clone(),
                name: channel.name.clone(),
                reply_limit: channel.reply_limit,
            },
        )?;
        put_limits(transaction, channel)?;
    }
    put_required(transaction, directory)?;
    rename_tags(transaction, &directory.tags)
}

/// Which files a channel takes: the directory alone says so.
fn put_limits(transaction: &Transaction<'_>, channel: &Channel) -> Result<(), CacheError> {
    transaction
        .prepare_cached("UPDATE channels SET attachments = ?2 WHERE id = ?1 AND attachments IS NOT ?2")?
        .execute(params![channel.id, json_option(channel.attachments.as_ref())?])?;
    Ok(())
}

fn put_required(transaction: &Transaction<'_>, directory: &Directory) -> Result<(), CacheError> {
    let mandatory = directory.tags.iter().filter(|tag| tag.mandatory);
    let required = Required { tags: mandatory.map(|tag| tag.name.clone()).collect(), team: directory.team_mandatory };
    let known = (required != Required::default()).then(|| serde_json::to_string(&required)).transpose()?;
    if meta::get(transaction, REQUIRED)? == known {
        return Ok(());
    }
    match known {
        Some(known) => meta::set(transaction, REQUIRED, &known)?,
        None => meta::remove(transaction, REQUIRED)?,
    }
    Ok(())
}

/// Whether a conversation has what a reply needs (D16).
pub(super) fn is_sorted(connection: &Connection, tags: &[String], has_team: bool) -> Result<bool, CacheError> {
    let Some(known) = meta::get(connection, REQUIRED)? else { return Ok(true) };
    let required: Required = serde_json::from_str(&known)?;
    let tagged = required.tags.is_empty() || required.tags.iter().any(|name| tags.contains(name));
    Ok(tagged && (has_team || !required.team))
}

/// Names may have changed since: events from before the change have brought former ones.
pub(super) fn forget_names(transaction: &Transaction<'_>) -> Result<(), CacheError> {
    Ok(meta::remove(transaction, RENAMED_TAGS)?)
}

/// A conversation that is kept under a former name of a tag shows the new one; looked for only when a name is new.
fn rename_tags(transaction: &Transaction<'_>, tags: &[Tag]) -> Result<(), CacheError> {
    let renamed: Vec<(&str, &str)> =
        tags.iter().flat_map(|tag| tag.formerly.iter().map(|former| (former.as_str(), tag.name.as_str()))).collect();
    let known = serde_json::to_string(&renamed)?;
    if renamed.is_empty() || meta::get(transaction, RENAMED_TAGS)?.as_deref() == Some(&known) {
        return Ok(());
    }
    for (former, name) in renamed {
        transaction
            .prepare_cached(
                "UPDATE conversations
                 SET tags = (SELECT json_group_array(iif(value = ?1, ?2, value)) FROM json_each(conversations.tags))
                 WHERE EXISTS (SELECT 1 FROM json_each(conversations.tags) WHERE value = ?1)",
            )?
            .execute(params![former, name])?;
    }
    Ok(meta::set(transaction, RENAMED_TAGS, &known)?)
}

/// Takes in a channel; touches the disk only if something about it is new.
pub(super) fn put_channel(transaction: &Transaction<'_>, channel: &ChannelRef) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "INSERT INTO channels (id, kind, name, reply_limit) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, reply_limit = excluded.reply_limit
             WHERE (kind, name, reply_limit) IS NOT (excluded.kind, excluded.name, excluded.reply_limit)",
        )?
        .execute(params![channel.id, channel.kind.as_str(), channel.name, channel.reply_limit])?;
    Ok(())
}

/// Takes in a customer. Says whether the name changed, which search has to know.
pub(super) fn put_customer(transaction: &Transaction<'_>, customer: &Customer) -> Result<bool, CacheError> {
    let renamed = transaction
        .prepare_cached("SELECT 1 FROM customers WHERE id = ?1 AND name <> ?2")?
        .exists(params![customer.id, customer.name])?;
    transaction
        .prepare_cached(
            "INSERT INTO customers (id, external_id, name, language, vip) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET
                 external_id = excluded.external_id, name = excluded.name, language = excluded.language, vip = excluded.vip
             WHERE (external_id, name, language, vip)
                 IS NOT (excluded.external_id, excluded.name, excluded.language, excluded.vip)",
        )?
        .execute(params![customer.id, customer.external_id, customer.name, customer.language, customer.vip])?;
    Ok(renamed)
}
