//! The document: steps, and what each does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::{
    ToSchema,
    openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type},
};

use crate::contract::routing::TimeCondition;

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
