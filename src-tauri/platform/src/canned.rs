//! Prepared answers and closing sentences (R13): for everybody, or for one team.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    canned::{CannedReplyList, CannedReplyView, NewCannedReply},
    sessions::{TeamRef, User},
};

use crate::{
    audit, directory,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

/// What stands for a name in a text.
const VARIABLES: [&str; 2] = ["customer", "advisor"];
const MOST: i64 = 2_000;

/// All of them.
pub(crate) fn list(sql: &Connection) -> Result<CannedReplyList, Refusal> {
    let items = sql
        .prepare_cached(&format!("{SELECT} ORDER BY r.shortcut, r.language, r.id"))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(CannedReplyList { items })
}

/// Adds one.
pub(crate) fn create(
    write: &mut Write<'_>,
    user: &User,
    new: &NewCannedReply,
) -> Result<Versioned<CannedReplyView>, Refusal> {
    let id = write.id("canned");
    require_valid(write.sql, new, &id)?;
    let count: i64 = write.sql.query_row("SELECT count(*) FROM canned_replies", [], |row| row.get(0))?;
    if count >= MOST {
        return Err(fields::unfit("text", &format!("would be one too many: a workspace has at most {MOST}")));
    }
    write.sql.execute(
        "INSERT INTO canned_replies (id, shortcut, language, text, closing, team_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, new.shortcut, new.language, new.text, new.closing, new.team_id],
    )?;
    audit::append(write, user, "canned-reply.create", &Value::Null, &json!(new))?;
    directory::announce_changed(write)?;
    one(write.sql, &id)
}

/// Changes one. What stays as it is leaves no trace.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    seen: &IfMatch,
    new: &NewCannedReply,
) -> Result<Versioned<CannedReplyView>, Refusal> {
    let before = one(write.sql, id)?;
    require_valid(write.sql, new, id)?;
    documents::require(write.sql, &document(id), seen)?;
    let was = body(&before.value);
    if was == *new {
        return Ok(before);
    }
    write.sql.execute(
        "UPDATE canned_replies SET shortcut = ?2, language = ?3, text = ?4, closing = ?5, team_id = ?6 WHERE id = ?1",
        params![id, new.shortcut, new.language, new.text, new.closing, new.team_id],
    )?;
    documents::changed(write, &document(id), user)?;
    audit::append(write, user, "canned-reply.change", &json!(was), &json!(new))?;
    directory::announce_changed(write)?;
    one(write.sql, id)
}

/// Removes one. What was said with it stays said.
pub(crate) fn delete(write: &mut Write<'_>, user: &User, id: &str, seen: &IfMatch) -> Result<(), Refusal> {
    let before = one(write.sql, id)?;
    documents::require(write.sql, &document(id), seen)?;
    write.sql.execute("DELETE FROM canned_replies WHERE id = ?1", [id])?;
    write.sql.execute("DELETE FROM documents WHERE name = ?1", [document(id)])?;
    audit::append(write, user, "canned-reply.delete", &json!(body(&before.value)), &Value::Null)?;
    directory::announce_changed(write)
}

const SELECT: &str = "SELECT r.id, r.shortcut, r.language, r.text, r.closing, t.id, t.name,
    coalesce((SELECT d.version FROM documents d WHERE d.name = 'canned-reply:' || r.id), 1)
FROM canned_replies r LEFT JOIN teams t ON t.id = r.team_id";

fn document(id: &str) -> String {
    format!("canned-reply:{id}")
}

fn one(sql: &Connection, id: &str) -> Result<Versioned<CannedReplyView>, Refusal> {
    let reply = sql.prepare_cached(&format!("{SELECT} WHERE r.id = ?1"))?.query_row([id], read).optional()?;
    reply.map(|value| Versioned { version: value.version, value }).ok_or(Refusal::NotFound)
}

fn read(row: &Row<'_>) -> rusqlite::Result<CannedReplyView> {
    let team = row.get::<_, Option<String>>(5)?.zip(row.get::<_, Option<String>>(6)?);
    Ok(CannedReplyView {
        id: row.get(0)?,
        shortcut: row.get(1)?,
        language: row.get(2)?,
        text: row.get(3)?,
        closing: row.get(4)?,
        team: team.map(|(id, name)| TeamRef { id, name }),
        version: row.get(7)?,
    })
}

fn body(view: &CannedReplyView) -> NewCannedReply {
    NewCannedReply {
        shortcut: view.shortcut.clone(),
        language: view.language.clone(),
        text: view.text.clone(),
        closing: view.closing,
        team_id: view.team.as_ref().map(|team| team.id.clone()),
    }
}

fn require_valid(sql: &Connection, new: &NewCannedReply, id: &str) -> Result<(), Refusal> {
    fields::text("shortcut", &new.shortcut, 1..=40)?;
    if new.shortcut.contains(char::is_whitespace) {
        return Err(fields::unfit("shortcut", "must not contain white space"));
    }
    fields::language("language", &new.language)?;
    fields::text("text", &new.text, 1..=20_000)?;
    if let Some(name) = variables(&new.text).find(|name| !VARIABLES.contains(name)) {
        return Err(fields::unfit("text", &format!("names the variable {{{{{name}}}}}, which nobody fills in")));
    }
    if let Some(team_id) = &new.team_id {
        let known = sql.prepare_cached("SELECT 1 FROM teams WHERE id = ?1 AND active")?.exists([team_id])?;
        if !known {
            return Err(Refusal::TeamUnknown);
        }
    }
    let taken = sql
        .prepare_cached(
            "SELECT 1 FROM canned_replies WHERE id <> ?1 AND shortcut = ?2 AND language = ?3 AND team_id IS ?4",
        )?
        .exists(params![id, new.shortcut, new.language, new.team_id])?;
    if taken { Err(Refusal::ShortcutExists) } else { Ok(()) }
}

/// The names between double braces.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn finds_what_stands_between_double_braces() {
        let text = "Hello {{customer}}, {{ advisor }} here. {not one} {{open";
        assert_eq!(variables(text).collect::<Vec<_>>(), ["customer", "advisor"]);
    }
}
