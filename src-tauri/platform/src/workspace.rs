//! Founding a workspace: its people, teams, channels and rules.
//!
//! A [`Blueprint`] is what an operator would enter by hand. The demo has one; tests write their own.

use rusqlite::{Connection, params};
use signoff_wire::contract::{
    channels::{ChannelType, SurveyKind},
    directory::{CannedReply, Tag},
    routing::RoutingRule,
    sessions::{Role, TeamRef},
};

use crate::{
    Refusal, Scenario, Start,
    channels::{old, routing, scenario::documents},
    demo, people,
    sessions::{hash_token, password},
    store::{Store, Write},
};

/// A workspace to be founded.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// Its name.
    pub name: String,
    /// Whether its passwords are public.
    pub demo: bool,
    /// D10: days for which a customer is left alone after a survey.
    pub survey_quiet_days: u32,
    /// D10: replies by advisors before a survey.
    pub survey_min_replies: u32,
    /// D16: a reply needs a team.
    pub team_mandatory: bool,
    /// Teams.
    pub teams: Vec<TeamRef>,
    /// Channels, before people, who refer to them.
    pub channels: Vec<NewChannel>,
    /// People.
    pub users: Vec<NewUser>,
    /// Tags in the order in which they are offered.
    pub tags: Vec<Tag>,
    /// Prepared answers.
    pub canned_replies: Vec<CannedReply>,
    /// Rules, in order.
    pub routing_rules: Vec<RoutingRule>,
}

/// A user to be.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// How they prove who they are.
    pub password: Password,
    /// Ids of their teams.
    pub teams: Vec<String>,
    /// Ids of the channels on which they may reply.
    pub channels: Vec<String>,
}

/// A password, or its hash for one that is public anyway.
#[derive(Clone)]
pub enum Password {
    /// To be hashed.
    Clear(String),
    /// An Argon2id hash in PHC form.
    Hash(String),
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// A channel to be.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: ChannelType,
    /// Name.
    pub name: String,
    /// What the channel's connector authorizes itself with.
    pub key: String,
    /// Longest reply in Unicode scalar values.
    pub reply_limit: u32,
    /// R9.
    pub conversation_window_h: u32,
    /// D9: within which any reply goes out; `None`: always.
    pub reply_window_h: Option<u32>,
    /// D9: within which a person's reply still goes out, where that is longer.
    pub person_window_h: Option<u32>,
    /// The survey.
    pub survey: Option<SurveyKind>,
    /// The chatbot; `None`: the advisors have every message.
    pub scenario: Option<Scenario>,
}

/// What became of the start.
pub(crate) struct Prepared {
    /// Whether the workspace's passwords are public.
    pub(crate) demo: bool,
}

/// Fills an empty file as asked, in one transaction; leaves a filled one alone.
pub(crate) async fn prepare(store: &Store, start: Start) -> Result<Prepared, Refusal> {
    store
        .write(move |write| {
            if let Some(demo) = founded(write.sql)? {
                old::bring_over(write)?;
                return Ok(Prepared { demo });
            }
            let blueprint = match start {
                Start::Empty => Blueprint::nobody(),
                Start::Demo => {
                    let blueprint = demo::blueprint::demo();
                    found(write, &blueprint)?;
                    demo::fill::conversations(write)?;
                    return Ok(Prepared { demo: true });
                }
                Start::With(blueprint) => *blueprint,
            };
            found(write, &blueprint)?;
            Ok(Prepared { demo: blueprint.demo })
        })
        .await
}

/// Whether there is a workspace, and whether it is a demo.
pub(crate) fn founded(sql: &Connection) -> rusqlite::Result<Option<bool>> {
    sql.query_row("SELECT max(demo) FROM workspace", [], |row| row.get(0))
}

impl Blueprint {
    /// A workspace without anybody in it.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            name: "Signoff".to_owned(),
            demo: false,
            survey_quiet_days: 7,
            survey_min_replies: 1,
            team_mandatory: false,
            teams: Vec::new(),
            channels: Vec::new(),
            users: Vec::new(),
            tags: Vec::new(),
            canned_replies: Vec::new(),
            routing_rules: Vec::new(),
        }
    }
}

/// Writes the blueprint into an empty file.
pub(crate) fn found(write: &mut Write<'_>, plan: &Blueprint) -> Result<(), Refusal> {
    let id = write.id("ws");
    write.sql.execute(
        "INSERT INTO workspace (only_row, id, name, demo, survey_quiet_days, survey_min_replies, team_mandatory,
            allow_manual_close, settings_version)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, 0, 1)",
        params![id, plan.name, plan.demo, plan.survey_quiet_days, plan.survey_min_replies, plan.team_mandatory],
    )?;
    for team in &plan.teams {
        write.sql.execute("INSERT INTO teams (id, name) VALUES (?1, ?2)", [&team.id, &team.name])?;
    }
    for channel in &plan.channels {
        insert_channel(write, channel)?;
    }
    for user in &plan.users {
        insert_user(write, user)?;
    }
    for (position, tag) in (0_i64..).zip(&plan.tags) {
        write.sql.execute(
            "INSERT INTO tags (id, name, position, mandatory) VALUES (?1, ?2, ?3, ?4)",
            params![format!("tag_{position:04}"), tag.name, position, tag.mandatory],
        )?;
    }
    for reply in &plan.canned_replies {
        write.sql.execute(
            "INSERT INTO canned_replies (id, shortcut, language, text, closing, team_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![reply.id, reply.shortcut, reply.language, reply.text, reply.closing, reply.team_id],
        )?;
    }
    routing::document::found(write.sql, &plan.routing_rules)
}

fn insert_channel(write: &Write<'_>, channel: &NewChannel) -> Result<(), Refusal> {
    write.sql.execute(
        "INSERT INTO channels (id, kind, name, key_hash, reply_limit, conversation_window_h, reply_window_h,
            person_window_h, survey, scenario)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '')",
        params![
            channel.id,
            channel.kind.as_str(),
            channel.name,
            hash_token(&channel.key),
            channel.reply_limit,
            channel.conversation_window_h,
            channel.reply_window_h,
            channel.person_window_h,
            channel.survey.as_ref().map(SurveyKind::as_str)
        ],
    )?;
    match &channel.scenario {
        Some(scenario) => documents::found(write, &channel.id, scenario),
        None => Ok(()),
    }
}

fn insert_user(write: &mut Write<'_>, user: &NewUser) -> Result<(), Refusal> {
    let hash = match &user.password {
        Password::Clear(password) => password::hash(password, write.chance)?,
        Password::Hash(hash) => hash.clone(),
    };
    write.sql.execute(
        "INSERT INTO users (id, name, email, role, password_hash) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user.id, user.name, user.email.to_lowercase(), people::role_text(user.role), hash],
    )?;
    for team_id in &user.teams {
        write.sql.execute("INSERT INTO user_teams (user_id, team_id) VALUES (?1, ?2)", [&user.id, team_id])?;
    }
    for channel_id in &user.channels {
        write.sql.execute("INSERT INTO user_channels (user_id, channel_id) VALUES (?1, ?2)", [&user.id, channel_id])?;
    }
    Ok(())
}
