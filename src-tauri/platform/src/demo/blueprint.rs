//! The demo's people, teams, channels and rules.
//!
//! Everybody's password is public, which is why the demo is served on loopback addresses only.

use signoff_wire::contract::{
    channels::{ChannelType, SurveyKind},
    directory::{CannedReply, Tag},
    routing::{RoutingRule, RuleConditions, WordCondition, WordMode},
    scenarios::{Listen, ScenarioButton, ScenarioFlow, ScenarioStep, StepAct, Texts},
    sessions::{Role, TeamRef},
};

use super::content::{self, Advisor, DemoChannel};
use crate::{
    Scenario,
    channels::old,
    workspace::{Blueprint, NewChannel, NewUser, Password},
};

/// Argon2id of `signoff-demo`. Kept hashed so that a first start need not spend the time.
const PASSWORD_HASH: &str = include_str!("password.phc");

/// What the scenario's buttons say, and the team that a click leads to.
const BUTTONS: [(&str, &str); 3] = [
    ("My order / Ma commande", "team_orders"),
    ("An invoice / Une facture", "team_billing"),
    ("A product / Un produit", "team_workshop"),
];
const SHORT_BUTTONS: [(&str, &str); 3] = [
    ("Order / Commande", "team_orders"),
    ("Invoice / Facture", "team_billing"),
    ("Product / Produit", "team_workshop"),
];

/// The demo workspace without its conversations, which starts at once; for tests.
#[must_use]
pub fn demo() -> Blueprint {
    Blueprint {
        name: content::COMPANY.to_owned(),
        demo: true,
        teams: content::teams()
            .iter()
            .map(|team| TeamRef { id: team.id.to_owned(), name: team.name.to_owned() })
            .collect(),
        channels: DemoChannel::ALL.map(channel).to_vec(),
        users: content::people().map(|person| user(&person)).to_vec(),
        tags: content::tags()
            .iter()
            .map(|&name| Tag { name: name.to_owned(), mandatory: false, formerly: Vec::new() })
            .collect(),
        canned_replies: canned_replies(),
        routing_rules: content::teams().iter().map(routing_rule).collect(),
        ..Blueprint::nobody()
    }
}

/// The id of one of the demo's people.
pub(super) fn user_id(advisor: Advisor) -> &'static str {
    match advisor {
        Advisor::Admin => "user_admin",
        Advisor::Alice => "user_alice",
        Advisor::Bob => "user_bob",
    }
}

fn user(person: &content::Person) -> NewUser {
    NewUser {
        id: user_id(person.advisor).to_owned(),
        name: person.name.to_owned(),
        email: person.advisor.email().to_owned(),
        role: if person.admin { Role::Admin } else { Role::Advisor },
        password: Password::Hash(PASSWORD_HASH.trim().to_owned()),
        teams: content::teams().iter().map(|team| team.id.to_owned()).collect(),
        channels: DemoChannel::ALL.map(|channel| channel.facts().id.to_owned()).to_vec(),
    }
}

fn channel(channel: DemoChannel) -> NewChannel {
    let facts = channel.facts();
    let (kind, name, survey) = match channel {
        DemoChannel::WebChat => (ChannelType::WebChat, "Web chat", Some(SurveyKind::Nps)),
        DemoChannel::WhatsApp => (ChannelType::WhatsApp, "WhatsApp", Some(SurveyKind::Csat)),
        DemoChannel::Messenger => (ChannelType::Messenger, "Messenger", None),
    };
    NewChannel {
        id: facts.id.to_owned(),
        kind,
        name: name.to_owned(),
        key: format!("demo-key-{}", facts.id),
        reply_limit: u32::try_from(facts.reply_limit).unwrap_or(u32::MAX),
        conversation_window_h: facts.conversation_window_h,
        reply_window_h: facts.reply_window_h,
        person_window_h: None,
        survey,
        scenario: Some(scenario(channel)),
    }
}

/// Greets, offers buttons, and leaves the conversation to the advisors. A button only routes: the greeting stays the one
/// automatic reply, in both languages because it is fixed.
fn scenario(channel: DemoChannel) -> Scenario {
    let both = |text: &str| Texts::from(["en", "fr"].map(|language| (language.to_owned(), text.to_owned())));
    let step = |id: &str, title: &str, act| ScenarioStep { id: id.to_owned(), title: title.to_owned(), act };
    let hand_over = || "hand_over".to_owned();
    let greeting = StepAct::Buttons {
        text: both(&content::fixed_greeting(channel)),
        buttons: buttons(channel)
            .iter()
            .map(|(label, team_id)| ScenarioButton { label: both(label), then: (*team_id).to_owned() })
            .collect(),
        wait: false,
        unexpected: Texts::new(),
        tries: 0,
        then: hand_over(),
    };
    let mut steps = vec![step("greeting", "Greeting", greeting)];
    for (_, team_id) in buttons(channel) {
        let name = content::teams().iter().find(|team| team.id == team_id).map(|team| team.name).unwrap_or_default();
        steps.push(step(team_id, name, StepAct::Route { team_id: team_id.to_owned(), then: hand_over() }));
    }
    steps.push(step("hand_over", "To the advisors", StepAct::HandOver {}));
    let mut listens = Vec::new();
    if channel == DemoChannel::WebChat {
        listens.push(Listen { text: "#bye".to_owned(), then: "goodbye".to_owned() });
        steps.push(step("goodbye", "Goodbye", StepAct::CloseConversation {}));
    }
    let place = match channel {
        DemoChannel::WebChat => "web chat",
        DemoChannel::WhatsApp => "WhatsApp",
        DemoChannel::Messenger => "Messenger",
    };
    Scenario {
        id: channel.facts().id.replacen("ch_", "scenario_", 1),
        name: format!("{} assistant, {place}", content::COMPANY),
        flow: ScenarioFlow {
            languages: ["en", "fr"].map(str::to_owned).to_vec(),
            first: "greeting".to_owned(),
            following: "greeting".to_owned(),
            listens,
            office_hours: None,
            steps,
        },
    }
}

/// Messenger takes shorter labels.
fn buttons(channel: DemoChannel) -> [(&'static str, &'static str); 3] {
    match channel {
        DemoChannel::WebChat | DemoChannel::WhatsApp => BUTTONS,
        DemoChannel::Messenger => SHORT_BUTTONS,
    }
}

fn routing_rule(team: &content::Team) -> RoutingRule {
    let words = team.words.iter().map(|&word| word.to_owned()).collect();
    let words = vec![WordCondition { mode: WordMode::Any, whole: false, words }];
    let when = RuleConditions { words, ..RuleConditions::default() };
    old::rule(&team.id.replacen("team_", "rule_", 1), team.name, when, team.id.to_owned())
}

fn canned_replies() -> Vec<CannedReply> {
    content::canned_replies()
        .iter()
        .enumerate()
        .map(|(number, reply)| CannedReply {
            id: format!("canned_{:02}", number + 1),
            shortcut: reply.shortcut.to_owned(),
            language: reply.language.code().to_owned(),
            text: reply.text.to_owned(),
            closing: reply.closing,
            team_id: None,
        })
        .collect()
}
