//! Which customers are very important (D42). Rules and scenarios ask for it, and the inbox shows it.

use serde_json::json;
use signoff_wire::contract::{customers::ChangeCustomer, sessions::User};

use crate::{
    audit,
    conversations::{Record, change::announce_changed},
    documents::IfMatch,
    erasure::held::{self, Held},
    refusal::Refusal,
    store::Write,
};

/// Marks a customer, if what is held on them is what was seen. The log names nobody: the customer may be erased, the log never is.
pub(crate) fn mark(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    new: &ChangeCustomer,
    seen: &IfMatch,
) -> Result<Held, Refusal> {
    let before = held::one(write.sql, id)?;
    if !seen.accepts(before.version) {
        return Err(Refusal::Stale);
    }
    if before.summary.erased_at.is_some() {
        return Err(Refusal::CustomerUnknown);
    }
    if before.summary.vip == new.vip {
        return Ok(before);
    }
    write.sql.prepare_cached("UPDATE customers SET vip = ?2 WHERE id = ?1")?.execute((id, new.vip))?;
    let told = |vip: bool| json!({ "customer_id": id, "vip": vip });
    audit::append(write, user, "customer.vip", &told(before.summary.vip), &told(new.vip))?;
    if let Some(newest) = held::numbers(write.sql, id)?.pop() {
        let record = Record::by_nr(write.sql, newest, write.now)?;
        announce_changed(write, &record, None)?;
    }
    held::one(write.sql, id)
}
