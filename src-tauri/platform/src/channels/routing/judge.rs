//! Which rules fit, why, and what comes of it: a function of the rules and of what they are tried on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use signoff_wire::contract::{
    routing::{
        ConditionVerdict, EffectVerdict, EffectWithheld, RoutingRule, RuleCondition, RuleConditions, RuleEffect,
        RuleFate, RuleOccasion, RuleVerdict, WordCondition, WordMode,
    },
    scenarios::Texts,
    workspace::OfficeMoment,
};

use crate::channels::{
    fold::{self, fold},
    named::Named,
    scenario::template,
    week,
};

/// What rules are tried on.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// The channel's id.
    pub(super) channel_id: String,
    /// The channel's name.
    pub(super) channel_name: String,
    /// Longest reply.
    pub(super) reply_limit: usize,
    /// D9: whether the channel takes a reply that no person wrote.
    pub(super) may_reply: bool,
    /// The message.
    pub(super) text: String,
    /// When it was written.
    pub(super) at: DateTime<Utc>,
    /// How the workspace's office hours stood then; `None`: no rule asks.
    pub(super) office: Option<OfficeMoment>,
    /// Everything that the customer has said so far, if the conversation is a new one to the rules.
    pub(super) said: Option<String>,
    /// The conversation's id.
    pub(super) conversation_id: String,
    /// The customer's id.
    pub(super) customer_id: String,
    /// The customer's name.
    pub(super) customer_name: String,
    /// The customer's language.
    pub(super) language: Option<String>,
    /// Whether a VIP.
    pub(super) vip: bool,
    /// The customer's variables.
    pub(super) variables: BTreeMap<String, String>,
    /// The conversation's team.
    pub(super) team_id: Option<String>,
    /// The conversation's tags.
    pub(super) tags: Vec<String>,
    /// Whether it is archived.
    pub(super) archived: bool,
    /// Whether an advisor works on it.
    pub(super) advisor_has_it: bool,
    /// Ids of rules that have answered in it.
    pub(super) answered: BTreeSet<String>,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// To the team of this id.
    Route(String),
    /// The whole new set.
    Tag(Vec<String>),
    /// Out of sight.
    Archive,
    /// This text.
    Reply(String),
}

/// The verdict on every rule, and what is to be done, each with the number of its rule.
pub(super) fn judge(
    rules: &[RoutingRule],
    mut subject: Subject,
    named: &Named,
) -> (Vec<RuleVerdict>, Vec<(usize, Act)>) {
    let (mut verdicts, mut acts) = (Vec::with_capacity(rules.len()), Vec::new());
    let (folded, all_folded) = (fold(&subject.text), subject.said.as_deref().map(fold));
    let mut stopped = false;
    for (nr, rule) in rules.iter().enumerate() {
        let words = match rule.on {
            RuleOccasion::NewConversation => all_folded.as_ref().unwrap_or(&folded),
            RuleOccasion::EveryMessage => &folded,
        };
        let conditions = conditions(&rule.when, &subject, words);
        let fate = if !rule.active {
            RuleFate::Inactive
        } else if rule.on == RuleOccasion::NewConversation && subject.said.is_none() {
            RuleFate::NotNew
        } else if stopped {
            RuleFate::NotReached
        } else if !conditions.iter().all(|condition| condition.fits) {
            RuleFate::DoesNotFit
        } else if rule.go_on {
            RuleFate::Fits
        } else {
            RuleFate::FitsAndStops
        };
        let fits = matches!(fate, RuleFate::Fits | RuleFate::FitsAndStops);
        stopped = stopped || fate == RuleFate::FitsAndStops;
        let effects = if fits { effects(rule, &mut subject, named, |act| acts.push((nr, act))) } else { Vec::new() };
        verdicts.push(RuleVerdict { rule_id: rule.id.clone(), fate, conditions, effects });
    }
    (verdicts, acts)
}

fn conditions(when: &RuleConditions, subject: &Subject, folded: &str) -> Vec<ConditionVerdict> {
    let mut verdicts = Vec::new();
    let mut judge =
        |condition, fits, found: String| verdicts.push(ConditionVerdict { condition, fits, found, office: None });
    if !when.channels.is_empty() {
        judge(RuleCondition::Channels, when.channels.contains(&subject.channel_id), subject.channel_id.clone());
    }
    if !when.languages.is_empty() {
        let fits = subject.language.as_ref().is_some_and(|language| when.languages.contains(language));
        judge(RuleCondition::Languages, fits, subject.language.clone().unwrap_or_default());
    }
    for words in &when.words {
        let (fits, found) = words_fit(words, folded);
        judge(RuleCondition::Words, fits, found);
    }
    if let Some(name) = &when.customer_name {
        let fits = fold(&subject.customer_name).contains(&fold(name));
        judge(RuleCondition::CustomerName, fits, subject.customer_name.clone());
    }
    if let Some(vip) = when.vip {
        judge(RuleCondition::Vip, vip == subject.vip, subject.vip.to_string());
    }
    for wanted in &when.variables {
        let there = subject.variables.get(&wanted.variable);
        let fits = match &wanted.value {
            Some(value) => there.is_some_and(|there| fold(there.trim()) == fold(value.trim())),
            None => there.is_some(),
        };
        judge(RuleCondition::Variables, fits, there.cloned().unwrap_or_default());
    }
    if let Some(times) = &when.times {
        judge(RuleCondition::Times, week::fits(times, subject.at), week::local(times, subject.at));
    }
    if let Some(open) = when.office_hours {
        let office = subject.office.clone();
        let there = office.as_ref().map(|office| office.open);
        let found = there.map(|open| if open { "within" } else { "outside" }).unwrap_or_default().to_owned();
        let condition = RuleCondition::OfficeHours;
        verdicts.push(ConditionVerdict { condition, fits: there == Some(open), found, office });
    }
    verdicts
}

fn words_fit(wanted: &WordCondition, text: &str) -> (bool, String) {
    let found: Vec<&str> = wanted
        .words
        .iter()
        .filter(|word| fold::contains(text, &fold(word.trim()), wanted.whole))
        .map(String::as_str)
        .collect();
    let fits = match wanted.mode {
        WordMode::Any => !found.is_empty(),
        WordMode::All => found.len() == wanted.words.len(),
        WordMode::None => found.is_empty(),
    };
    (fits, found.join(", "))
}

fn effects(rule: &RoutingRule, subject: &mut Subject, named: &Named, mut act: impl FnMut(Act)) -> Vec<EffectVerdict> {
    let mut verdicts = Vec::new();
    let mut tell = |effect, value: &str, withheld| {
        verdicts.push(EffectVerdict { effect, value: value.to_owned(), withheld });
    };
    for tag in &rule.then.tags {
        let withheld = if subject.tags.contains(tag) {
            Some(EffectWithheld::AlreadySo)
        } else {
            (!named.tags.has(tag)).then_some(EffectWithheld::Unknown)
        };
        if withheld.is_none() {
            subject.tags.push(tag.clone());
        }
        tell(RuleEffect::Tag, tag, withheld);
    }
    if verdicts_done(&verdicts) {
        act(Act::Tag(subject.tags.clone()));
    }
    let mut tell = |effect, value: &str, withheld| {
        verdicts.push(EffectVerdict { effect, value: value.to_owned(), withheld });
    };
    if let Some(team_id) = &rule.then.team_id {
        let withheld = match &subject.team_id {
            Some(there) if there == team_id => Some(EffectWithheld::AlreadySo),
            Some(_) if !rule.then.overrule => Some(EffectWithheld::HasTeam),
            // Its advisor would lose it.
            None if subject.advisor_has_it && !rule.then.overrule => Some(EffectWithheld::AdvisorHasIt),
            Some(_) | None => (!named.teams.has(team_id)).then_some(EffectWithheld::Unknown),
        };
        if withheld.is_none() {
            // The new team takes it from Received.
            subject.advisor_has_it = false;
            subject.team_id = Some(team_id.clone());
            act(Act::Route(team_id.clone()));
        }
        tell(RuleEffect::Route, team_id, withheld);
    }
    if let Some(texts) = &rule.then.reply {
        let text = reply(texts, subject);
        let length = text.chars().count();
        let withheld = if subject.answered.contains(&rule.id) {
            Some(EffectWithheld::AnsweredBefore)
        } else if !subject.may_reply {
            Some(EffectWithheld::ReplyWindow)
        } else {
            (text.trim().is_empty() || length > subject.reply_limit).then_some(EffectWithheld::BadText)
        };
        tell(RuleEffect::Reply, &text, withheld);
        if withheld.is_none() {
            subject.answered.insert(rule.id.clone());
            act(Act::Reply(text));
        }
    }
    if rule.then.archive {
        let withheld = if subject.advisor_has_it {
            Some(EffectWithheld::AdvisorHasIt)
        } else {
            subject.archived.then_some(EffectWithheld::AlreadySo)
        };
        if withheld.is_none() {
            subject.archived = true;
            act(Act::Archive);
        }
        tell(RuleEffect::Archive, "", withheld);
    }
    verdicts
}

fn verdicts_done(verdicts: &[EffectVerdict]) -> bool {
    verdicts.iter().any(|verdict| verdict.withheld.is_none())
}

/// The text in the customer's language; else in English, else in whatever language there is.
fn reply(texts: &Texts, subject: &Subject) -> String {
    let text = subject.language.as_ref().and_then(|language| texts.get(language));
    let text = text.or_else(|| texts.get("en")).or_else(|| texts.values().next());
    let built_in = template::BuiltIn {
        customer_id: &subject.customer_id,
        customer_name: &subject.customer_name,
        customer_language: subject.language.as_deref(),
        channel_name: &subject.channel_name,
        conversation_id: &subject.conversation_id,
        message: &subject.text,
    };
    template::render(text.map(String::as_str).unwrap_or_default(), &built_in.beside(&subject.variables), str::to_owned)
}
