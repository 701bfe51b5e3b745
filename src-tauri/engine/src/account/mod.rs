//! The account: which workspace, which person, and the session between them.
//!
//! A profile has one account at a time. Each has a folder and a cache of its own, named after workspace and person: whoever signs in
//! next never sees what belongs to somebody else, and whoever comes back finds the actions that were still queued (D23).

mod entrance;
mod farewell;
mod line;
mod tokens;
mod visit;

use rusqlite::{Connection, Transaction};
use sha2::{Digest, Sha256};
use signoff_wire::contract::sessions::Me;

use crate::cache::{CacheError, facts};
use crate::store::meta;

pub(crate) use entrance::{Admitted, Entered, Entrance, Waiting};
pub(crate) use line::{Line, Way};
pub(crate) use tokens::TokenPlace;
pub(crate) use visit::Visit;

const ADDRESS: &str = "account.address";
const DEMO: &str = "demo";

/// The folder of an account. A digest: names of folders are seen by backups and by whoever looks over a shoulder.
pub(crate) fn folder_of(me: &Me) -> String {
    let digest = Sha256::digest(facts::owner(me));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps who signed in, and where, in the account's own cache.
pub(crate) fn remember(transaction: &Transaction<'_>, me: &Me, way: &Way) -> Result<(), CacheError> {
    facts::set_me(transaction, me)?;
    let address = match way {
        Way::Demo => DEMO,
        Way::Address(address) => address,
    };
    Ok(meta::set(transaction, ADDRESS, address)?)
}

/// Who signed in, and where; `None` in a cache whose person has signed out.
pub(crate) fn remembered(connection: &Connection) -> Result<Option<(Me, Way)>, CacheError> {
    let way = meta::get(connection, ADDRESS)?.map(|kept| match kept.as_str() {
        DEMO => Way::Demo,
        address => Way::Address(address.to_owned()),
    });
    Ok(facts::me(connection)?.zip(way))
}
