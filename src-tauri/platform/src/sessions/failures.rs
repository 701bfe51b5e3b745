//! Failed sign-ins in the audit log (D52).
//!
//! Strangers cause them, and the log can never be shortened: beyond so many in a minute they are only counted, and the next entry says how
//! many there were. A failure is one write whether the address exists or not, so the time to an answer does not tell.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use signoff_wire::contract::sessions::User;

use crate::{
    audit::{self, Who},
    people::names,
    refusal::Refusal,
    store::Store,
};

const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Entries in a minute.
const RECORDED: u32 = 30;

#[derive(Default)]
pub(super) struct Recorder {
    minute: Mutex<Option<(DateTime<Utc>, u32)>>,
}

impl Recorder {
    /// Records that somebody did not get in as `email`; `known` is whoever has that address, `locked` that it is closed for a minute now.
    pub(super) async fn record(
        &self,
        store: &Store,
        email: String,
        known: Option<User>,
        locked: bool,
    ) -> Result<(), Refusal> {
        let recorded = self.may_record(store.now());
        store
            .write(move |write| {
                if !recorded {
                    let count = "UPDATE workspace SET unrecorded_sign_ins = unrecorded_sign_ins + 1";
                    write.sql.prepare_cached(count)?.execute([])?;
                    return Ok(());
                }
                let unrecorded: i64 = write
                    .sql
                    .prepare_cached("SELECT unrecorded_sign_ins FROM workspace")?
                    .query_row([], |row| row.get(0))?;
                write.sql.prepare_cached("UPDATE workspace SET unrecorded_sign_ins = 0")?.execute([])?;
                // What is no address may be a password in the wrong field.
                let mut to = json!({ "email": names::email(&email).ok(), "locked": locked });
                if unrecorded > 0 {
                    to["unrecorded_before"] = json!(unrecorded);
                }
                match &known {
                    Some(user) => {
                        let subject = (user.id.as_str(), user.name.as_str());
                        audit::append_about(write, Who::STRANGER, "sign-in.failed", subject, &Value::Null, &to)
                    }
                    None => audit::append(write, Who::STRANGER, "sign-in.failed", &Value::Null, &to),
                }
            })
            .await
    }

    fn may_record(&self, now: DateTime<Utc>) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let (started, count) = minute.filter(|(started, _)| now < *started + MINUTE).unwrap_or((now, 0));
        *minute = Some((started, count + 1));
        count < RECORDED
    }
}
