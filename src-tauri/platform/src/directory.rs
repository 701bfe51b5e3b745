//! The workspace's small lists, and what every user may know about the workspace.

use rusqlite::{Connection, named_params};
use signoff_wire::contract::{
    channels::{Channel, ChannelType, SurveyKind},
    directory::{CannedReply, Directory, Tag},
    events::{DirectoryChanged, EventType},
    sessions::{Features, Me, PlatformTraits, TeamRef, UserRef, Workspace},
};

use crate::{
    channels::settings,
    conversations::visibility,
    events::{self, Audience},
    idempotency,
    refusal::Refusal,
    sessions::Caller,
    store::Write,
};

/// Answer of `/v1/me`.
pub(crate) fn me(sql: &Connection, caller: Caller) -> rusqlite::Result<Me> {
    let (workspace, close_conversation) = sql
        .prepare_cached("SELECT id, name, allow_manual_close FROM workspace")?
        .query_row([], |row| Ok((Workspace { id: row.get(0)?, name: row.get(1)? }, row.get(2)?)))?;
    Ok(Me {
        user: caller.user,
        workspace,
        features: Features { close_conversation },
        platform: PlatformTraits { atomic_close: true, close_is_final: true, idempotency_days: idempotency::KEPT_DAYS },
    })
}

/// Answer of `/v1/directory`.
pub(crate) fn directory(sql: &Connection, caller: &Caller) -> rusqlite::Result<Directory> {
    let seen = named_params! { ":sees_all": visibility::sees_all(caller), ":user_id": caller.user.id };
    let channels = sql
        .prepare_cached(
            "SELECT id, kind, name, reply_limit, conversation_window_h, reply_window_h, person_window_h,
                CASE WHEN survey_paused THEN NULL ELSE survey END, attachments
             FROM channels
             WHERE :sees_all OR id IN (SELECT channel_id FROM user_channels WHERE user_id = :user_id) ORDER BY id",
        )?
        .query_map(seen, |row| {
            let any: Option<u32> = row.get(5)?;
            let person: Option<u32> = row.get(6)?;
            let kind = ChannelType::from(row.get::<_, String>(1)?.as_str());
            Ok(Channel {
                id: row.get(0)?,
                attachments: Some(settings::stored_limits(&kind, row.get(8)?)),
                kind,
                name: row.get(2)?,
                reply_limit: row.get(3)?,
                conversation_window_h: row.get(4)?,
                reply_window_h: any.map(|any| person.map_or(any, |person| person.max(any))),
                survey: row.get::<_, Option<String>>(7)?.map(|kind| SurveyKind::from(kind.as_str())),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let teams = sql
        .prepare_cached("SELECT id, name FROM teams WHERE active ORDER BY name")?
        .query_map([], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let users = sql
        .prepare_cached("SELECT id, name FROM users WHERE active ORDER BY name")?
        .query_map([], |row| Ok(UserRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let tags = sql
        .prepare_cached(
            "SELECT name, mandatory, (SELECT json_group_array(f.name) FROM former_tag_names f WHERE f.tag_id = t.id)
             FROM tags t WHERE NOT archived ORDER BY position",
        )?
        .query_map([], |row| {
            Ok(Tag {
                name: row.get(0)?,
                mandatory: row.get(1)?,
                formerly: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let canned_replies = sql
        .prepare_cached(
            "SELECT id, shortcut, language, text, closing, team_id FROM canned_replies
             WHERE :sees_all OR team_id IS NULL
                OR team_id IN (SELECT team_id FROM user_teams WHERE user_id = :user_id)
             ORDER BY id",
        )?
        .query_map(seen, |row| {
            Ok(CannedReply {
                id: row.get(0)?,
                shortcut: row.get(1)?,
                language: row.get(2)?,
                text: row.get(3)?,
                closing: row.get(4)?,
                team_id: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let team_mandatory = sql.prepare_cached("SELECT team_mandatory FROM workspace")?.query_row([], |row| row.get(0))?;
    Ok(Directory { channels, teams, users, tags, canned_replies, team_mandatory })
}

/// Tells every client to ask for the directory again. For whatever changes channels, teams, people, tags or prepared answers,
/// in the same transaction.
pub(crate) fn announce_changed(write: &Write<'_>) -> Result<(), Refusal> {
    let version = write
        .sql
        .prepare_cached("UPDATE workspace SET directory_version = directory_version + 1 RETURNING directory_version")?
        .query_row([], |row| row.get(0))?;
    events::append(write, &EventType::DirectoryChanged, &Audience::default(), &DirectoryChanged { version })
}
