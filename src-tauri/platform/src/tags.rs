//! Tags: what admins keep ([`list`] and what follows it), and which names may be set ([`resolve`]).
//!
//! A tag may be renamed. Conversations keep the name that they were given, and whoever reads one is told what the tag is
//! called today.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    sessions::User,
    tags::{NewTag, OrderTags, TagList, TagView, UpdateTag},
};

use crate::{
    audit, directory,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

/// The document that counts changes of the list: order, and what is on it.
const LIST: &str = "tags";
const MOST: i64 = 500;

/// What a name that somebody sets stands for today, and whether it is still offered; `None`: no tag was ever called so.
pub(crate) fn resolve(sql: &Connection, name: &str) -> rusqlite::Result<Option<(String, bool)>> {
    sql.prepare_cached(
        "SELECT name, NOT archived FROM tags
         WHERE id = coalesce((SELECT id FROM tags WHERE name = ?1), (SELECT tag_id FROM former_tag_names WHERE name = ?1))",
    )?
    .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

/// What tags were called, and what each of them is called today.
pub(crate) fn renamed(sql: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    sql.prepare_cached("SELECT f.name, t.name FROM former_tag_names f JOIN tags t ON t.id = f.tag_id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Puts today's names in the place of former ones.
pub(crate) fn rename(names: &mut [String], renamed: &BTreeMap<String, String>) {
    for name in names {
        if let Some(today) = renamed.get(name) {
            name.clone_from(today);
        }
    }
}

/// D16: the tags of which a reply needs one; none: it needs no tag.
pub(crate) fn mandatory(sql: &Connection) -> rusqlite::Result<Vec<String>> {
    sql.prepare_cached("SELECT name FROM tags WHERE mandatory AND NOT archived")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// All tags, in order, and the version of the list.
pub(crate) fn list(sql: &Connection) -> Result<Versioned<TagList>, Refusal> {
    let items = sql
        .prepare_cached(&format!("{SELECT} ORDER BY t.position, t.id"))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Versioned { value: TagList { items }, version: documents::standing(sql, LIST)?.version })
}

/// Adds a tag at the end.
pub(crate) fn create(write: &mut Write<'_>, user: &User, new: &NewTag) -> Result<Versioned<TagView>, Refusal> {
    fields::text("name", &new.name, 1..=60)?;
    let (count, last): (i64, i64) =
        write.sql.query_row("SELECT count(*), coalesce(max(position), -1) FROM tags", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if count >= MOST {
        return Err(fields::unfit("name", &format!("would be one too many: a workspace has at most {MOST} tags")));
    }
    let id = write.id("tag");
    require_free(write.sql, &new.name, &id)?;
    write.sql.execute(
        "INSERT INTO tags (id, name, position, mandatory) VALUES (?1, ?2, ?3, ?4)",
        params![id, new.name, last + 1, new.mandatory],
    )?;
    documents::changed(write, LIST, user)?;
    audit::append(write, user, "tag.create", &Value::Null, &json!(new))?;
    directory::announce_changed(write)?;
    one(write.sql, &id)
}

/// Changes a tag. What stays as it is leaves no trace.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    seen: &IfMatch,
    new: &UpdateTag,
) -> Result<Versioned<TagView>, Refusal> {
    fields::text("name", &new.name, 1..=60)?;
    let before = one(write.sql, id)?;
    documents::require(write.sql, &document(id), seen)?;
    let was = UpdateTag {
        name: before.value.name.clone(),
        mandatory: before.value.mandatory,
        archived: before.value.archived,
    };
    if was == *new {
        return Ok(before);
    }
    if was.name != new.name {
        require_free(write.sql, &new.name, id)?;
        write.sql.execute("DELETE FROM former_tag_names WHERE name = ?1", [&new.name])?;
        write.sql.execute("INSERT INTO former_tag_names (name, tag_id) VALUES (?1, ?2)", [&was.name, id])?;
    }
    write.sql.execute(
        "UPDATE tags SET name = ?2, mandatory = ?3, archived = ?4 WHERE id = ?1",
        params![id, new.name, new.mandatory, new.archived],
    )?;
    documents::changed(write, &document(id), user)?;
    documents::changed(write, LIST, user)?;
    audit::append(write, user, "tag.change", &json!(was), &json!(new))?;
    directory::announce_changed(write)?;
    one(write.sql, id)
}

/// Puts all tags into another order.
pub(crate) fn order(
    write: &mut Write<'_>,
    user: &User,
    seen: &IfMatch,
    new: &OrderTags,
) -> Result<Versioned<TagList>, Refusal> {
    documents::require(write.sql, LIST, seen)?;
    let before = list(write.sql)?;
    let was: Vec<&str> = before.value.items.iter().map(|tag| tag.id.as_str()).collect();
    let (known, wanted): (BTreeSet<&str>, BTreeSet<&str>) =
        (was.iter().copied().collect(), new.ids.iter().map(String::as_str).collect());
    if known != wanted || new.ids.len() != was.len() {
        return Err(fields::unfit("ids", "has to name every tag once"));
    }
    if was == new.ids {
        return Ok(before);
    }
    for (position, id) in (0_i64..).zip(&new.ids) {
        write.sql.prepare_cached("UPDATE tags SET position = ?2 WHERE id = ?1")?.execute(params![id, position])?;
    }
    documents::changed(write, LIST, user)?;
    let after = list(write.sql)?;
    let names = |list: &TagList| json!(list.items.iter().map(|tag| &tag.name).collect::<Vec<_>>());
    audit::append(write, user, "tag.order", &names(&before.value), &names(&after.value))?;
    directory::announce_changed(write)?;
    Ok(after)
}

const SELECT: &str = "SELECT t.id, t.name, t.mandatory, t.archived,
    (SELECT json_group_array(f.name) FROM former_tag_names f WHERE f.tag_id = t.id),
    coalesce((SELECT d.version FROM documents d WHERE d.name = 'tag:' || t.id), 1)
FROM tags t";

fn document(id: &str) -> String {
    format!("tag:{id}")
}

fn one(sql: &Connection, id: &str) -> Result<Versioned<TagView>, Refusal> {
    let tag = sql.prepare_cached(&format!("{SELECT} WHERE t.id = ?1"))?.query_row([id], read).optional()?;
    tag.map(|value| Versioned { version: value.version, value }).ok_or(Refusal::NotFound)
}

fn read(row: &Row<'_>) -> rusqlite::Result<TagView> {
    Ok(TagView {
        id: row.get(0)?,
        name: row.get(1)?,
        mandatory: row.get(2)?,
        archived: row.get(3)?,
        formerly: serde_json::from_str(&row.get::<_, String>(4)?).unwrap_or_default(),
        version: row.get(5)?,
    })
}

/// No other tag is called so, nor ever was: conversations from then would show a tag that they never had.
fn require_free(sql: &Connection, name: &str, id: &str) -> Result<(), Refusal> {
    let wanted = name.trim().to_lowercase();
    let mut statement = sql.prepare_cached(
        "SELECT name FROM tags WHERE id <> ?1 UNION SELECT name FROM former_tag_names WHERE tag_id <> ?1",
    )?;
    let mut names = statement.query_map([id], |row| row.get::<_, String>(0))?;
    let taken = names
        .try_fold(false, |taken, name| Ok::<_, rusqlite::Error>(taken || name?.trim().to_lowercase() == wanted))?;
    if taken { Err(Refusal::TagExists) } else { Ok(()) }
}
