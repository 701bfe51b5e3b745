//! Channels and customers: what conversations refer to.

use rusqlite::{Transaction, params};
use signoff_wire::contract::channels::ChannelRef;
use signoff_wire::contract::conversations::Customer;
use signoff_wire::contract::directory::Directory;

use super::CacheError;

/// Takes in the workspace's channels, so that the filter names those without conversations too.
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
    }
    Ok(())
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
