//! Routing rules for new conversations (R9): tried in order after the scenario's own actions, the first that fits
//! decides. They never overrule a team that the scenario chose.

use rusqlite::params;
use serde::{Deserialize, Serialize};
use signoff_wire::contract::{sessions::TeamRef, timeline::Happening};

use crate::{
    actor::Actor,
    conversations::{
        Record,
        change::{announce_changed, tell},
    },
    refusal::Refusal,
    store::Write,
};

/// One rule; a missing condition always fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Only on this channel.
    pub channel_id: Option<String>,
    /// Only for customers of this language.
    pub language: Option<String>,
    /// Only if the first message contains one of these, in lower case.
    pub words: Option<Vec<String>>,
    /// Then to this team.
    pub team_id: String,
}

impl Rule {
    fn fits(&self, record: &Record, text: &str) -> bool {
        let view = &record.view;
        self.channel_id.as_ref().is_none_or(|id| *id == view.channel.id)
            && self.language.as_ref().is_none_or(|language| Some(language) == view.customer.language.as_ref())
            && self.words.as_ref().is_none_or(|words| words.iter().any(|word| text.contains(word)))
    }
}

/// Routes a new conversation by the first rule that fits its first message.
pub(crate) fn apply(write: &mut Write<'_>, record: Record, text: &str) -> Result<Record, Refusal> {
    if record.view.team.is_some() {
        return Ok(record);
    }
    let text = text.to_lowercase();
    match rules(write)?.into_iter().find(|rule| rule.fits(&record, &text)) {
        Some(rule) => to_team(write, &record, &rule.team_id, &Actor::System),
        None => Ok(record),
    }
}

/// Routes to a team and announces it. An unknown team is a fault of the rules and leaves things as they are.
pub(crate) fn to_team(write: &mut Write<'_>, record: &Record, team_id: &str, actor: &Actor) -> Result<Record, Refusal> {
    let to: TeamRef = write
        .sql
        .prepare_cached("SELECT id, name FROM teams WHERE id = ?1")?
        .query_row([team_id], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))?;
    write
        .sql
        .prepare_cached("UPDATE conversations SET team_id = ?2 WHERE nr = ?1")?
        .execute(params![record.nr, team_id])?;
    let text = format!("Routed to {}", to.name);
    let entry = tell(write, record, actor, &text, &Happening::Routed { to })?;
    announce_changed(write, record, Some(entry))
}

fn rules(write: &Write<'_>) -> rusqlite::Result<Vec<Rule>> {
    write
        .sql
        .prepare_cached("SELECT channel_id, language, words, team_id FROM routing_rules ORDER BY position")?
        .query_map([], |row| {
            let words = row.get::<_, Option<String>>(2)?;
            Ok(Rule {
                channel_id: row.get(0)?,
                language: row.get(1)?,
                words: words.and_then(|json| serde_json::from_str(&json).ok()),
                team_id: row.get(3)?,
            })
        })?
        .collect()
}
