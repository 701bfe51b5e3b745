//! What keeps rules from being saved: what they name and the workspace has not, or has no longer.

use signoff_wire::contract::routing::{RoutingRule, RuleFault};

use crate::channels::named::{self, Missing, Named, Thing};

/// All of them, in the order of the rules. Each names its rule.
pub(super) fn of(rules: &[RoutingRule], named: &Named) -> Vec<RuleFault> {
    let mut found = Vec::new();
    for rule in rules {
        let mut missing = |field: &str, thing, key: &str, missing: Option<Missing>| {
            let Some(missing) = missing else { return };
            let (code, name, text) = named::told(thing, key, missing);
            found.push(RuleFault {
                rule_id: rule.id.clone(),
                field: field.to_owned(),
                code,
                key: key.to_owned(),
                name: name.unwrap_or_else(|| key.to_owned()),
                text: format!("Rule \"{}\": {text}", rule.name),
            });
        };
        for channel in &rule.when.channels {
            missing("when.channels", Thing::Channel, channel, named.channels.missing(channel));
        }
        if let Some(team) = &rule.then.team_id {
            missing("then.team_id", Thing::Team, team, named.teams.missing(team));
        }
        for tag in &rule.then.tags {
            missing("then.tags", Thing::Tag, tag, named.tags.missing(tag));
        }
    }
    found
}
