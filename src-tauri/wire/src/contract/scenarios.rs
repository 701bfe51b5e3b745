//! Scenarios: what the chatbot of a channel does, as a document of steps, with its drafts, versions and trials.
//!
//! A step that leads nowhere yet has an empty name as its target, so that a draft can be kept at any moment; what keeps it from
//! being published is told as a list of [`ScenarioFault`]s.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::{
    ToSchema,
    openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type},
};

use super::{
    millis,
    open_enum::open_enum,
    routing::TimeCondition,
    sessions::{TeamRef, UserRef},
    workspace::OfficeMoment,
};

/// A text per language, by ISO 639-1 code.
pub type Texts = BTreeMap<String, String>;

/// What a scenario does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioFlow {
    /// ISO 639-1 codes of the languages in which it speaks; the first one for customers of another language.
    #[schema(max_items = 10)]
    pub languages: Vec<String>,
    /// The step at which a customer's first conversation enters.
    pub first: String,
    /// The step at which every other conversation enters (R9).
    pub following: String,
    /// Exact texts and the step that each leads to, at any time.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub listens: Vec<Listen>,
    /// What conditions about office hours went by before the workspace had office hours. Taken in, never given out: such
    /// conditions come back as `times`.
    #[serde(default, skip_serializing)]
    #[schema(write_only, deprecated)]
    #[ts(skip)]
    pub office_hours: Option<ScenarioHours>,
    /// The steps, in the order in which an editor lists them.
    #[schema(max_items = 200)]
    pub steps: Vec<ScenarioStep>,
}

/// A text that the scenario listens for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Listen {
    /// The customer's whole text.
    pub text: String,
    /// The step that it leads to.
    pub then: String,
}

/// A week of a scenario's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioHours {
    /// IANA name of the time zone.
    pub zone: String,
    /// Spans of the week.
    #[schema(max_items = 50)]
    pub open: Vec<WeekSpan>,
}

/// A span of time on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WeekSpan {
    /// ISO weekdays: 1 is Monday, 7 Sunday.
    #[schema(schema_with = days)]
    pub days: Vec<u8>,
    /// HH:MM, included.
    pub from: String,
    /// HH:MM, excluded; `24:00` is the day's end. Before `from`: it ends on the next day.
    pub to: String,
}

/// A draft may have a day that there is not; what does not fit into the type may not even be said.
fn days() -> Array {
    let day = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(u8::MAX));
    ArrayBuilder::new().description(Some("ISO weekdays: 1 is Monday, 7 Sunday.")).items(day).max_items(Some(7)).build()
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioStep {
    /// By which other steps lead to it.
    pub id: String,
    /// What the editor calls it; may be empty.
    #[serde(default)]
    pub title: String,
    /// What it does.
    pub act: StepAct,
}

/// What a step does. `then` and its like name the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
#[ts(export)]
pub enum StepAct {
    /// Sends a text.
    Message {
        /// The text; `{{name}}` stands for a variable.
        text: Texts,
        /// The next step.
        then: String,
    },
    /// Sends a text with buttons. A click works at any time.
    Buttons {
        /// The text above them.
        text: Texts,
        /// The buttons.
        #[schema(max_items = 20)]
        buttons: Vec<ScenarioButton>,
        /// Whether the scenario waits for a click; otherwise it goes on at once.
        wait: bool,
        /// Waiting: what it says to a text that is no button.
        unexpected: Texts,
        /// Waiting: how many such texts are answered so; the next one goes on.
        #[schema(maximum = 255)]
        tries: u8,
        /// The next step without a click.
        then: String,
    },
    /// Asks, and keeps the answer as a variable.
    FreeInput {
        /// The question.
        text: Texts,
        /// The variable.
        variable: String,
        /// What is taken as an answer.
        expects: Expects,
        /// What it says to something else.
        unexpected: Texts,
        /// How many unexpected texts are answered so; the next one gives up.
        #[schema(maximum = 255)]
        tries: u8,
        /// The next step after an answer.
        then: String,
        /// The next step after giving up.
        otherwise: String,
    },
    /// Chooses.
    Condition {
        /// Whether all tests have to hold, or one.
        all: bool,
        /// The tests.
        #[schema(max_items = 20)]
        tests: Vec<ScenarioTest>,
        /// The next step if they hold.
        then: String,
        /// The next step if not.
        otherwise: String,
    },
    /// Changes the conversation's tags.
    Tag {
        /// Names to add.
        #[schema(max_items = 50)]
        add: Vec<String>,
        /// Names to take off.
        #[serde(default)]
        #[schema(max_items = 50)]
        remove: Vec<String>,
        /// The next step.
        then: String,
    },
    /// Routes to a team.
    Route {
        /// The team.
        team_id: String,
        /// The next step.
        then: String,
    },
    /// Leaves the conversation to the advisors, in *Received*.
    HandOver {},
    /// Archives the conversation.
    Archive {
        /// The next step.
        then: String,
    },
    /// Asks another system.
    HttpCall(HttpCall),
    /// Waits for a while.
    Delay {
        /// How long, up to 30 days.
        #[schema(maximum = 4_294_967_295_u32)]
        seconds: u32,
        /// The next step.
        then: String,
    },
    /// R10: closes the conversation for good.
    CloseConversation {},
    /// Gives a variable a value.
    SetVariable {
        /// The variable.
        variable: String,
        /// The value; `{{name}}` stands for another variable. Empty: the variable is forgotten.
        value: String,
        /// The next step.
        then: String,
    },
    /// Nothing is left to do: the conversation is *answered* until the customer writes.
    End {},
}

/// A button. A click on it comes back as a message with the label as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioButton {
    /// What the customer reads.
    pub label: Texts,
    /// The step that a click leads to.
    pub then: String,
}

/// What is taken as an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "a", rename_all = "snake_case")]
#[ts(export)]
pub enum Expects {
    /// Anything but white space.
    Any {},
    /// A number, with a point or a comma.
    Number {},
    /// An e-mail address.
    Email {},
    /// A telephone number.
    Phone {},
    /// A date: 2026-03-31, 31/03/2026, 31.03.2026.
    Date {},
    /// Whatever a regular expression matches as a whole.
    Pattern {
        /// The expression.
        pattern: String,
    },
}

/// A test of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "about", rename_all = "snake_case")]
#[ts(export)]
pub enum ScenarioTest {
    /// A variable's value.
    Variable {
        /// Its name.
        variable: String,
        /// How it is compared.
        is: Comparison,
        /// With what; nothing for `known` and `unknown`.
        #[serde(default)]
        value: String,
    },
    /// The customer's language is one of these.
    Language {
        /// ISO 639-1 codes.
        languages: Vec<String>,
    },
    /// The channel is one of these.
    Channel {
        /// Ids.
        channels: Vec<String>,
    },
    /// The customer's name contains this.
    CustomerName {
        /// A part of the name; case and accents do not count.
        contains: String,
    },
    /// The customer is a VIP, or is not.
    Vip {
        /// Which.
        vip: bool,
    },
    /// The conversation has one of these tags.
    Tags {
        /// Names.
        tags: Vec<String>,
    },
    /// It is within the workspace's office hours, or outside them.
    OfficeHours {
        /// Which.
        open: bool,
    },
    /// It is at these times, whatever the workspace's office hours are.
    Times(TimeCondition),
}

/// How values are compared. Case and accents do not count; two numbers compare as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Comparison {
    /// The same.
    Equals,
    /// Not the same.
    Differs,
    /// Contains it.
    Contains,
    /// Greater.
    Greater,
    /// Less.
    Less,
    /// Has a value.
    Known,
    /// Has none.
    Unknown,
}

/// A call to another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct HttpCall {
    /// The method.
    pub method: CallMethod,
    /// The address; `{{name}}` stands for a variable, escaped.
    pub url: String,
    /// Headers.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub headers: Vec<CallHeader>,
    /// A JSON body; `{{name}}` inside a string stands for a variable. Null: none.
    #[serde(default)]
    pub body: Option<String>,
    /// What is kept of the answer.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub save: Vec<SaveAnswer>,
    /// How long the answer may take.
    #[schema(maximum = 255)]
    pub timeout_s: u8,
    /// The next step after an answer of 2xx.
    pub then: String,
    /// The next step after any other answer, or none.
    pub failed: String,
    /// The next step when it takes too long.
    pub timed_out: String,
}

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "UPPERCASE")]
#[ts(export)]
pub enum CallMethod {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

/// A header of a call. A secret value goes in and never comes out again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CallHeader {
    /// Its name.
    pub name: String,
    /// Its value; of a secret one that is kept, empty.
    #[serde(default)]
    pub value: String,
    /// Whether the value is a secret.
    #[serde(default)]
    pub secret: bool,
    /// Under which id the secret is kept; null: `value` is a new one.
    #[serde(default)]
    pub secret_id: Option<String>,
}

/// Something of an answer that becomes a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SaveAnswer {
    /// JSON pointer (RFC 6901) into the answer; empty: all of it.
    pub pointer: String,
    /// The variable.
    pub variable: String,
}

open_enum! {
    /// What is wrong with a scenario.
    ScenarioFaultCode {
        /// Nothing follows.
        DeadEnd = "dead-end",
        /// The next step does not exist.
        UnknownTarget = "unknown-target",
        /// No way leads here.
        Unreachable = "unreachable",
        /// Two steps have the same id.
        DuplicateStep = "duplicate-step",
        /// An id, a language or a variable's name that cannot be one.
        BadName = "bad-name",
        /// A text is missing in a language.
        TextMissing = "text-missing",
        /// A circle in which nobody waits.
        Circle = "circle",
        /// A text is longer than a channel takes.
        TooLong = "too-long",
        /// A button is longer than a channel takes.
        ButtonTooLong = "button-too-long",
        /// More buttons than a channel takes.
        TooManyButtons = "too-many-buttons",
        /// No button at all.
        NoButtons = "no-buttons",
        /// Two buttons or words that read the same.
        SameLabel = "same-label",
        /// The address is none, or has a variable where none may be.
        BadUrl = "bad-url",
        /// A header that is none.
        BadHeader = "bad-header",
        /// The body is no JSON.
        BadBody = "bad-body",
        /// The pointer is none.
        BadPointer = "bad-pointer",
        /// The regular expression is none.
        BadPattern = "bad-pattern",
        /// A number out of bounds.
        BadNumber = "bad-number",
        /// Times of day, weekdays or a zone that are none.
        BadTimes = "bad-times",
        /// No test to go by.
        NoTests = "no-tests",
        /// Nothing sets this variable.
        UnknownVariable = "unknown-variable",
        /// No such team.
        UnknownTeam = "unknown-team",
        /// The team was given up.
        ArchivedTeam = "archived-team",
        /// No such tag.
        UnknownTag = "unknown-tag",
        /// The tag is archived.
        ArchivedTag = "archived-tag",
        /// No such channel.
        UnknownChannel = "unknown-channel",
        /// The channel is archived.
        ArchivedChannel = "archived-channel",
        /// No such secret.
        UnknownSecret = "unknown-secret",
        /// R8, R10: it would close every conversation before the customer could say anything more.
        ClosesAtOnce = "closes-at-once",
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioFault {
    /// The step's id; null: the scenario itself.
    pub step: Option<String>,
    /// The field: `then`, `text.fr`, `buttons.0.label.en`, `listens.1.then`, …
    pub field: String,
    /// What clients act on.
    pub code: ScenarioFaultCode,
    /// Of a team, a tag or a channel: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// An English sentence.
    pub text: String,
}

/// A scenario in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioSummary {
    /// Opaque id.
    pub id: String,
    /// Its name, as the timeline shows it.
    pub name: String,
    /// Ids of the channels that use it.
    pub channels: Vec<String>,
    /// How many steps the draft has.
    pub steps: u32,
    /// The newest published version; null: none yet.
    pub published: Option<u32>,
    /// Whether the draft says something else than that.
    pub changed: bool,
    /// When the draft was last changed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub changed_by: Option<UserRef>,
    /// What went wrong while it ran.
    pub troubles: Vec<ScenarioTrouble>,
    /// What the newest published version names and the workspace has no longer. It goes on without: a tag is not set, a team
    /// not routed to.
    pub gone: Vec<ScenarioFault>,
}

/// Something that went wrong while a version ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioTrouble {
    /// The version.
    pub version: u32,
    /// The step.
    pub step: String,
    /// What.
    pub code: TroubleCode,
    /// How often.
    pub times: u32,
    /// When last.
    #[serde(serialize_with = "millis::serialize")]
    pub last_at: DateTime<Utc>,
}

open_enum! {
    /// What goes wrong while a scenario runs.
    TroubleCode {
        /// It went in a circle and was cut off.
        Circle = "circle",
        /// A step that leads nowhere.
        UnknownTarget = "unknown-target",
        /// The text was longer than the channel takes, and was cut.
        TooLong = "too-long",
        /// The text was empty, and was not sent.
        Empty = "empty",
        /// D9: the channel took no reply any more.
        ReplyWindow = "reply-window",
        /// The team is gone.
        UnknownTeam = "unknown-team",
        /// A tag is gone, or archived.
        UnknownTag = "unknown-tag",
        /// A call failed.
        CallFailed = "call-failed",
        /// A call took too long.
        CallTimedOut = "call-timed-out",
        /// The address leads into a private network, and the operator does not allow that.
        CallForbidden = "call-forbidden",
    }
}

/// Answer of `GET /v1/admin/scenarios`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Scenarios {
    /// By name.
    pub items: Vec<ScenarioSummary>,
    /// The channels, and what they take.
    pub channels: Vec<ScenarioChannel>,
    /// The teams.
    pub teams: Vec<TeamRef>,
    /// Names of the tags.
    pub tags: Vec<String>,
    /// Names of variables that a published scenario sets.
    pub variables: Vec<String>,
}

/// A channel as far as scenarios are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioChannel {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: super::channels::ChannelType,
    /// Its scenario; null: none.
    pub scenario_id: Option<String>,
    /// Longest text.
    pub reply_limit: u32,
    /// Longest label of a button.
    pub label_limit: u32,
    /// Most buttons with one text.
    pub button_limit: u32,
}

/// Body of `POST /v1/admin/scenarios`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewScenario {
    /// Its name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The scenario to copy the draft of; null: an empty one.
    #[serde(default)]
    pub copy_of: Option<String>,
}

/// A scenario with its draft. Its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioDocument {
    /// What the list says of it.
    pub summary: ScenarioSummary,
    /// The draft.
    pub draft: ScenarioFlow,
    /// What keeps the draft from being published.
    pub faults: Vec<ScenarioFault>,
    /// Published versions, newest first.
    pub versions: Vec<ScenarioVersionRef>,
}

/// Body of `PUT /v1/admin/scenarios/{id}`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateScenario {
    /// Its name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The draft. It may have faults.
    pub draft: ScenarioFlow,
}

/// Body of `PUT /v1/admin/scenarios/{id}/channels`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateScenarioChannels {
    /// Ids of the channels that use it from now on. They leave the scenario that they used before.
    #[schema(max_items = 100)]
    pub channels: Vec<String>,
}

/// A published version in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioVersionRef {
    /// Its number.
    pub version: u32,
    /// When it was published.
    #[serde(serialize_with = "millis::serialize")]
    pub published_at: DateTime<Utc>,
    /// By whom; null: it came with the workspace.
    pub published_by: Option<UserRef>,
    /// How many open conversations wait in it.
    pub waiting: u32,
}

/// Answer of `GET /v1/admin/scenarios/{id}/versions/{version}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioVersion {
    /// What the list says of it.
    pub summary: ScenarioVersionRef,
    /// What it does.
    pub flow: ScenarioFlow,
}

/// Body of `POST /v1/admin/scenarios/{id}/validate`: a draft that need not be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ValidateScenario {
    /// The draft.
    pub draft: ScenarioFlow,
}

/// Answer to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioFaults {
    /// In the order of the steps.
    pub faults: Vec<ScenarioFault>,
}

/// Body of `POST /v1/admin/scenarios/{id}/try`: one thing that happens to a draft, outside the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TryScenario {
    /// The draft; it need not be saved.
    pub draft: ScenarioFlow,
    /// Who writes, and where.
    pub customer: TrialCustomer,
    /// Where the answer before left things; null: nothing has happened yet.
    #[serde(default)]
    pub state: Option<ScenarioState>,
    /// What happens.
    pub event: ScenarioEvent,
}

/// Who writes in a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TrialCustomer {
    /// The channel's id.
    pub channel_id: String,
    /// The customer's name.
    pub name: String,
    /// ISO 639-1 code; null: unknown.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether a VIP.
    #[serde(default)]
    pub vip: bool,
    /// When; null: now.
    #[serde(default, serialize_with = "millis::serialize_option")]
    pub at: Option<DateTime<Utc>>,
}

/// Something that a scenario reacts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ScenarioEvent {
    /// The customer writes, or clicks: then the text is the label. Begins a conversation where none is open.
    Writes {
        /// The text.
        text: String,
    },
    /// The other system answers.
    Answers {
        /// The HTTP status.
        #[schema(minimum = 100, maximum = 599)]
        status: u16,
        /// The body.
        body: String,
    },
    /// The other system cannot be asked.
    Fails {},
    /// The other system takes too long.
    TimesOut {},
    /// The delay is over.
    TimePasses {},
    /// An advisor answers and so takes the conversation over.
    AdvisorAnswers {},
}

/// Where a scenario stands with a customer. Goes back with the next event of a trial, as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioState {
    /// Whether a conversation is open.
    pub open: bool,
    /// How many conversations there were before this one.
    pub conversations_before: u32,
    /// The step that waits; null: the scenario is not at work.
    pub step: Option<String>,
    /// What it waits for.
    pub waits_for: Option<WaitsFor>,
    /// Unexpected texts at this step.
    #[schema(maximum = 255)]
    pub tries: u8,
    /// Steps since the customer last wrote.
    pub hops: u32,
    /// The customer's variables.
    #[ts(type = "Record<string, string>")]
    pub variables: BTreeMap<String, String>,
    /// Labels of buttons that were shown, and the step that showed each.
    #[ts(type = "Record<string, string>")]
    pub offered: BTreeMap<String, String>,
    /// The conversation's tags.
    pub tags: Vec<String>,
    /// The conversation's team.
    pub team_id: Option<String>,
    /// What the customer wrote last.
    #[serde(default)]
    pub message: String,
    /// The language that their messages told of; null: none yet.
    #[serde(default)]
    pub language: Option<String>,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WaitsFor {
    /// The customer.
    Customer,
    /// The other system's answer.
    Answer,
    /// Time to pass.
    Time,
}

/// Answer to `POST /v1/admin/scenarios/{id}/try`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Trial {
    /// What would happen, in order.
    pub happened: Vec<TrialHappening>,
    /// Where things stand now.
    pub state: ScenarioState,
}

/// Something that a scenario does, and the step that does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TrialHappening {
    /// The step.
    pub step: String,
    /// What.
    pub what: ScenarioEffect,
}

/// What a scenario does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ScenarioEffect {
    /// A reply.
    Says {
        /// The text.
        text: String,
        /// Labels.
        buttons: Vec<String>,
    },
    /// The whole new set of tags.
    Tags {
        /// Names.
        tags: Vec<String>,
    },
    /// A team.
    Routes {
        /// Its id.
        team_id: String,
    },
    /// Archived.
    Archives {},
    /// Left to the advisors.
    HandsOver {},
    /// Done.
    Ends {},
    /// Closed for good.
    Closes {},
    /// A variable has a new value; null: none any more.
    Sets {
        /// Its name.
        variable: String,
        /// Its value.
        value: Option<String>,
    },
    /// Another system would be asked.
    Calls {
        /// The method.
        method: CallMethod,
        /// The address.
        url: String,
        /// The body.
        body: Option<String>,
    },
    /// It would wait.
    Delays {
        /// How long.
        seconds: u32,
    },
    /// A condition held, or did not.
    Decides {
        /// Which.
        held: bool,
        /// What it found if it asks for office hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        office: Option<OfficeMoment>,
    },
    /// What would be reported.
    Troubles {
        /// What.
        code: TroubleCode,
    },
}
