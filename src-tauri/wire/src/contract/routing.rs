//! Routing rules: what happens with customers' messages after the scenario's own actions (R9).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    millis,
    scenarios::{ScenarioFaultCode, Texts, WeekSpan},
    sessions::UserRef,
    workspace::OfficeMoment,
};

/// Answer of `GET` and `PUT /v1/admin/routing-rules`; its version is the `ETag`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RoutingRules {
    /// In the order in which they are tried.
    pub rules: Vec<RoutingRule>,
    /// What they name and the workspace has no longer. They are tried all the same, and that part of them does nothing.
    #[serde(default)]
    pub faults: Vec<RuleFault>,
    /// When they were last changed; null if never.
    #[serde(default, serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    #[serde(default)]
    pub changed_by: Option<UserRef>,
}

/// Body of `PUT /v1/admin/routing-rules`; `If-Match` is mandatory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateRoutingRules {
    /// All of them, in order.
    #[schema(max_items = 200)]
    pub rules: Vec<RoutingRule>,
}

/// What keeps a rule from being saved. Its place is the rule and the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RuleFault {
    /// The rule's id.
    pub rule_id: String,
    /// The field: `when.channels`, `then.team_id`, `then.tags`.
    pub field: String,
    /// What clients act on.
    pub code: ScenarioFaultCode,
    /// What stands there: the id of a team or a channel, the name of a tag.
    pub key: String,
    /// What it is called, or was.
    pub name: String,
    /// An English sentence that names the rule.
    pub text: String,
}

/// Body of `POST /v1/admin/routing-rules/validate`: rules that need not be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ValidateRoutingRules {
    /// All of them, in order.
    #[schema(max_items = 200)]
    pub rules: Vec<RoutingRule>,
}

/// Answer to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RuleFaults {
    /// In the order of the rules.
    pub faults: Vec<RuleFault>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RoutingRule {
    /// Its id, which it keeps; unique among the rules.
    #[schema(min_length = 1, max_length = 80)]
    pub id: String,
    /// Its name, the author of what it does.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Whether it is tried at all.
    pub active: bool,
    /// On which messages.
    pub on: RuleOccasion,
    /// All of these have to fit.
    pub when: RuleConditions,
    /// What is done then.
    pub then: RuleActions,
    /// Whether the rules below are tried after it.
    pub go_on: bool,
}

/// On which messages a rule is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RuleOccasion {
    /// A new conversation, once: as soon as the scenario waits for nothing any more. Words are looked for in everything that the customer
    /// has written by then.
    NewConversation,
    /// Every message.
    EveryMessage,
}

/// Conditions; one that is empty or null fits always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RuleConditions {
    /// Ids of channels, one of which it is.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub channels: Vec<String>,
    /// ISO 639-1 codes of the customer's language, one of which it is.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub languages: Vec<String>,
    /// What the message says.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub words: Vec<WordCondition>,
    /// A part of the customer's name; case and accents do not count.
    #[serde(default)]
    pub customer_name: Option<String>,
    /// Whether the customer is a VIP.
    #[serde(default)]
    pub vip: Option<bool>,
    /// What is known of the customer.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub variables: Vec<VariableCondition>,
    /// Whether the message came within the workspace's office hours, or outside them.
    #[serde(default)]
    pub office_hours: Option<bool>,
    /// When the message came, whatever the office hours are.
    #[serde(default)]
    pub times: Option<TimeCondition>,
}

/// Words in a message. Case and accents do not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WordCondition {
    /// How many of them.
    pub mode: WordMode,
    /// Whether only whole words count.
    pub whole: bool,
    /// The words; some may be several words.
    #[schema(min_items = 1, max_items = 100)]
    pub words: Vec<String>,
}

/// How many of the words have to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WordMode {
    /// At least one.
    Any,
    /// All.
    All,
    /// None.
    None,
}

/// A variable of the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct VariableCondition {
    /// Its name.
    pub variable: String,
    /// Its value, apart from case and accents; null: any, but known.
    #[serde(default)]
    pub value: Option<String>,
}

/// Times of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TimeCondition {
    /// IANA name of the time zone.
    pub zone: String,
    /// Spans of the week.
    #[schema(min_items = 1, max_items = 50)]
    pub spans: Vec<WeekSpan>,
    /// Whether it has to be outside all of them.
    #[serde(default)]
    pub outside: bool,
}

/// What a rule does; what is empty or null is left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RuleActions {
    /// The team to route to.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Whether that holds for a conversation that has a team already: the scenario's, an advisor's or another rule's choice.
    #[serde(default)]
    pub overrule: bool,
    /// Names of tags to add.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub tags: Vec<String>,
    /// Whether to archive.
    #[serde(default)]
    pub archive: bool,
    /// What to answer, once in a conversation; `{{name}}` stands for a variable.
    #[serde(default)]
    pub reply: Option<Texts>,
}

/// Body of `POST /v1/admin/routing-rules/dry-run`. Nothing comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DryRun {
    /// The rules to try; null: those that hold.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub rules: Option<Vec<RoutingRule>>,
    /// What to try them on.
    pub on: DryRunSubject,
}

/// What rules are tried on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum DryRunSubject {
    /// A message of a conversation. What is known of the customer is what is known now.
    Conversation {
        /// The conversation.
        conversation_id: String,
        /// Which message; null: the newest, at the moment when rules last looked at it.
        #[serde(default)]
        moment: Option<DryRunMoment>,
    },
    /// A message that nobody wrote.
    Message(DryRunMessage),
}

/// At which moment rules look at a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DryRunMoment {
    /// When the rules for new conversations were tried, with the tags and the team that the scenario had chosen by then; if they still
    /// wait for the scenario, now.
    Beginning,
    /// Its newest message, as if it came in now.
    Newest,
}

/// A message that nobody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DryRunMessage {
    /// The channel.
    pub channel_id: String,
    /// The text.
    pub text: String,
    /// Whether it begins a conversation.
    pub new_conversation: bool,
    /// When; null: now.
    #[serde(default, serialize_with = "millis::serialize_option")]
    pub at: Option<DateTime<Utc>>,
    /// The customer's name.
    #[serde(default)]
    pub customer_name: String,
    /// ISO 639-1 code; null: guessed from the text.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether a VIP.
    #[serde(default)]
    pub vip: bool,
    /// The customer's variables.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub variables: BTreeMap<String, String>,
    /// The team that the scenario chose.
    #[serde(default)]
    pub team_id: Option<String>,
    /// The conversation's tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Answer to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DryRunResult {
    /// Every rule, in order.
    pub rules: Vec<RuleVerdict>,
    /// The conversation's team afterwards.
    pub team_id: Option<String>,
    /// Its tags afterwards.
    pub tags: Vec<String>,
    /// Whether it is archived.
    pub archived: bool,
    /// What the customer is answered.
    pub replies: Vec<String>,
    /// The language that was gone by.
    pub language: Option<String>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RuleVerdict {
    /// The rule.
    pub rule_id: String,
    /// What became of it.
    pub fate: RuleFate,
    /// Its conditions, whether or not it was tried.
    pub conditions: Vec<ConditionVerdict>,
    /// What it does.
    pub effects: Vec<EffectVerdict>,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RuleFate {
    /// It is switched off.
    Inactive,
    /// It is for new conversations only.
    NotNew,
    /// A rule above ended the list.
    NotReached,
    /// A condition does not fit.
    DoesNotFit,
    /// It fits; the list goes on.
    Fits,
    /// It fits, and ends the list.
    FitsAndStops,
}

/// Whether a condition fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConditionVerdict {
    /// Which.
    pub condition: RuleCondition,
    /// Whether it fits.
    pub fits: bool,
    /// What is there: the channel's id, the language, the words found, the value, the time in the zone.
    pub found: String,
    /// Of office hours: how they stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub office: Option<OfficeMoment>,
}

/// Which condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RuleCondition {
    /// The channel.
    Channels,
    /// The language.
    Languages,
    /// Words.
    Words,
    /// The customer's name.
    CustomerName,
    /// VIP.
    Vip,
    /// A variable.
    Variables,
    /// The workspace's office hours.
    OfficeHours,
    /// The time.
    Times,
}

/// One effect of a rule that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct EffectVerdict {
    /// What.
    pub effect: RuleEffect,
    /// The team's id, the tags' names, the text.
    pub value: String,
    /// Why nothing comes of it; null: it is done.
    pub withheld: Option<EffectWithheld>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RuleEffect {
    /// Routes.
    Route,
    /// Tags.
    Tag,
    /// Archives.
    Archive,
    /// Answers.
    Reply,
}

/// Why nothing comes of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EffectWithheld {
    /// The conversation has a team, and the rule does not overrule.
    HasTeam,
    /// It is there already.
    AlreadySo,
    /// There is no such team or tag any more.
    Unknown,
    /// An advisor has the conversation.
    AdvisorHasIt,
    /// The rule has answered in this conversation.
    AnsweredBefore,
    /// D9: the channel takes no automatic reply.
    ReplyWindow,
    /// The text is empty, or longer than the channel takes.
    BadText,
}
