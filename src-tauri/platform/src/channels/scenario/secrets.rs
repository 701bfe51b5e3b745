//! Values of secret headers: they come in with a draft, are kept apart from it, and go out with a call only.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use signoff_wire::contract::scenarios::{CallHeader, ScenarioFlow, StepAct};

use crate::{refusal::Refusal, store::Write};

fn headers(flow: &mut ScenarioFlow) -> impl Iterator<Item = &mut CallHeader> {
    flow.steps.iter_mut().flat_map(|step| match &mut step.act {
        StepAct::HttpCall(call) => call.headers.as_mut_slice(),
        StepAct::Message { .. }
        | StepAct::Buttons { .. }
        | StepAct::FreeInput { .. }
        | StepAct::Condition { .. }
        | StepAct::Tag { .. }
        | StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::Delay { .. }
        | StepAct::CloseConversation {}
        | StepAct::SetVariable { .. }
        | StepAct::End {} => &mut [],
    })
}

/// Takes new secrets out of a draft and leaves ids in their place. The id of another scenario's secret opens nothing.
pub(super) fn take_out(write: &mut Write<'_>, scenario_id: &str, flow: &mut ScenarioFlow) -> Result<(), Refusal> {
    let known = ids(write.sql, scenario_id)?;
    for header in headers(flow) {
        if !header.secret {
            header.secret_id = None;
            continue;
        }
        let value = std::mem::take(&mut header.value);
        if !value.is_empty() {
            let id = write.id("secret");
            write
                .sql
                .prepare_cached("INSERT INTO scenario_secrets (id, scenario_id, value) VALUES (?1, ?2, ?3)")?
                .execute([&id, scenario_id, &value])?;
            header.secret_id = Some(id);
        } else if header.secret_id.as_ref().is_some_and(|id| !known.contains(id)) {
            header.secret_id = None;
        }
    }
    Ok(())
}

/// A draft of another scenario brings no secrets along.
pub(super) fn forget(flow: &mut ScenarioFlow) {
    for header in headers(flow).filter(|header| header.secret) {
        header.value.clear();
        header.secret_id = None;
    }
}

/// Whether the draft brings a secret that is not kept yet; such a header is not faulty for that.
pub(super) fn hide(flow: &mut ScenarioFlow, fresh: &str) {
    for header in headers(flow).filter(|header| header.secret && !header.value.is_empty()) {
        header.value.clear();
        header.secret_id = Some(fresh.to_owned());
    }
}

/// Ids of a scenario's secrets.
pub(super) fn ids(sql: &Connection, scenario_id: &str) -> rusqlite::Result<BTreeSet<String>> {
    sql.prepare_cached("SELECT id FROM scenario_secrets WHERE scenario_id = ?1")?
        .query_map([scenario_id], |row| row.get(0))?
        .collect()
}

/// A value, for a call.
pub(super) fn value(sql: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    sql.prepare_cached("SELECT value FROM scenario_secrets WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()
}
