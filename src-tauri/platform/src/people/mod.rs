//! People and teams, as an admin manages them.
//!
//! Nobody is deleted: conversations, actions and the audit log refer to people for good. Whatever is changed here takes effect at once,
//! because everything asks the file: a session of somebody deactivated is dead with the commit, a conversation of a team that one has
//! left is gone from the next list. What clients keep is corrected by events ([`effects`]).

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use signoff_wire::contract::{
    pages::Page,
    people::{ChannelName, Person},
    sessions::{Role, TeamRef},
};

use crate::{
    refusal::Refusal,
    sessions::single_sign_on::bindings,
    store::{ms, time},
};

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod effects;
pub(crate) mod names;
pub(crate) mod teams;

/// Which people are asked for; missing conditions always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Somewhere in name or e-mail address.
    pub(crate) text: Option<String>,
    /// Only of this role.
    pub(crate) role: Option<Role>,
    /// Only of this team.
    pub(crate) team_id: Option<String>,
    /// Only those who are active, or only those who are not.
    pub(crate) active: Option<bool>,
}

pub(crate) const SELECT: &str = "
SELECT u.id, u.name, u.email, u.role, u.active, u.password_hash <> '', u.created_at, u.deactivated_at, u.version,
    (SELECT count(*) FROM conversations c INDEXED BY conversations_open_by_assignee
     WHERE c.assignee_id = u.id AND c.state <> 'closed'),
    (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.expires_at > :now),
    EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id)
FROM users u";

/// A page by name. The cursor is the id of the last person on the page before.
pub(crate) fn page(
    sql: &Connection,
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Page<Person>, Refusal> {
    let after_name: Option<String> = match after {
        None => None,
        Some(id) => {
            let name = sql
                .prepare_cached("SELECT name FROM users WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            Some(name.ok_or_else(|| Refusal::InvalidValue("this is no cursor of ours".to_owned()))?)
        }
    };
    let mut statement = sql.prepare_cached(&format!(
        "{SELECT}
         WHERE (:after_name IS NULL OR (lower(u.name), u.id) > (lower(:after_name), :after_id))
            AND (:text IS NULL OR instr(lower(u.name || ' ' || u.email), :text) > 0)
            AND (:role IS NULL OR u.role = :role)
            AND (:team_id IS NULL
                OR EXISTS (SELECT 1 FROM user_teams ut WHERE ut.user_id = u.id AND ut.team_id = :team_id))
            AND (:active IS NULL OR u.active = :active)
         ORDER BY lower(u.name), u.id LIMIT :limit"
    ))?;
    let parameters = named_params! {
        ":now": ms(now),
        ":after_name": after_name,
        ":after_id": after,
        ":text": filter.text.as_ref().map(|text| text.to_ascii_lowercase()),
        ":role": filter.role.map(role_text),
        ":team_id": filter.team_id,
        ":active": filter.active,
        ":limit": limit + 1,
    };
    let mut items =
        statement.query_map(parameters, |row| read(sql, row))?.collect::<rusqlite::Result<Vec<Person>>>()?;
    let asked = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > asked;
    items.truncate(asked);
    let next = if more { items.last().map(|person| person.id.clone()) } else { None };
    Ok(Page { items, next })
}

/// The person with this id.
pub(crate) fn one(sql: &Connection, id: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Person, Refusal> {
    sql.prepare_cached(&format!("{SELECT} WHERE u.id = :id"))?
        .query_row(named_params! { ":id": id, ":now": ms(now) }, |row| read(sql, row))
        .optional()?
        .ok_or(Refusal::NotFound)
}

/// The id of whoever has this address.
pub(crate) fn id_by_email(sql: &Connection, email: &str) -> rusqlite::Result<Option<String>> {
    sql.prepare_cached("SELECT id FROM users WHERE email = ?1")?
        .query_row([email.trim().to_lowercase()], |row| row.get(0))
        .optional()
}

fn read(sql: &Connection, row: &Row<'_>) -> rusqlite::Result<Person> {
    let id: String = row.get(0)?;
    let teams = sql
        .prepare_cached(
            "SELECT t.id, t.name FROM user_teams ut JOIN teams t ON t.id = ut.team_id WHERE ut.user_id = ?1 ORDER BY t.name",
        )?
        .query_map([&id], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let channels = sql
        .prepare_cached(
            "SELECT ch.id, ch.name FROM user_channels uc JOIN channels ch ON ch.id = uc.channel_id
             WHERE uc.user_id = ?1 ORDER BY ch.name",
        )?
        .query_map([&id], |row| Ok(ChannelName { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let provider_accounts = bindings::of(sql, &id)?;
    Ok(Person {
        id,
        name: row.get(1)?,
        email: row.get(2)?,
        role: role(&row.get::<_, String>(3)?),
        teams,
        channels,
        active: row.get(4)?,
        has_password: row.get(5)?,
        created_at: row.get::<_, Option<i64>>(6)?.map(time),
        deactivated_at: row.get::<_, Option<i64>>(7)?.map(time),
        version: row.get(8)?,
        open_conversations: row.get(9)?,
        sessions: row.get(10)?,
        second_factor: row.get(11)?,
        provider_accounts,
    })
}

/// A role as the file has it.
pub(crate) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Advisor => "advisor",
        Role::Admin => "admin",
    }
}

/// The role that the file's word stands for; the table's CHECK leaves two.
pub(crate) fn role(text: &str) -> Role {
    if text == "admin" { Role::Admin } else { Role::Advisor }
}
