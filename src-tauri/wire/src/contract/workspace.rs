//! What an admin says about the workspace as a whole: its name, its time zone, when it is open.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{millis, sessions::UserRef};

/// Answer of `GET` and `PUT /v1/admin/workspace`; its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WorkspaceSettings {
    /// What people call it.
    pub name: String,
    /// IANA name of the time zone that office hours are meant in.
    pub time_zone: String,
    /// ISO 639-1 code: what customers are spoken to in while nobody knows theirs.
    pub default_language: String,
    /// D16: a reply needs a team.
    pub team_mandatory: bool,
    /// How people reach the platform (`public_url`); null if its operator has not said so. No admin changes it.
    pub address: Option<String>,
    /// When it was last changed; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    pub changed_by: Option<UserRef>,
}

/// Body of `PUT /v1/admin/workspace`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateWorkspace {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// IANA name of a time zone.
    #[schema(max_length = 64, example = "Europe/Paris")]
    pub time_zone: String,
    /// ISO 639-1 code.
    #[schema(pattern = "^[a-z]{2}$")]
    pub default_language: String,
    /// D16: a reply needs a team.
    pub team_mandatory: bool,
}

/// Answer of `GET` and `PUT /v1/admin/office-hours`; its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OfficeHoursView {
    /// What was set.
    pub hours: OfficeHours,
    /// The workspace's time zone, in which they are meant.
    pub time_zone: String,
    /// Whether it is open now.
    pub open_now: bool,
    /// When it closes or opens next; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changes_at: Option<DateTime<Utc>>,
    /// When it was last changed; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    pub changed_by: Option<UserRef>,
}

/// How the office hours stand at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OfficeMoment {
    /// Whether the moment is within them.
    pub open: bool,
    /// The moment.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// When the workspace closes or opens next; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changes_at: Option<DateTime<Utc>>,
    /// The workspace's time zone, by its IANA name.
    pub time_zone: String,
}

/// When somebody is there to answer; also the body of `PUT /v1/admin/office-hours`, where `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OfficeHours {
    /// Round the clock; week and holidays are kept, but count for nothing.
    pub always_open: bool,
    /// The week. A day that is missing is closed.
    #[schema(max_items = 7)]
    pub week: Vec<OfficeDay>,
    /// Days that differ from the week.
    #[schema(max_items = 366)]
    pub holidays: Vec<Holiday>,
}

/// A weekday's hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OfficeDay {
    /// Which; each once.
    pub day: Weekday,
    /// From when to when, several times if there is a break; none: closed.
    #[schema(max_items = 6)]
    pub hours: Vec<OpeningHours>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(missing_docs, reason = "the days of the week say it themselves")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// From when to when, on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OpeningHours {
    /// HH:MM.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub opens: String,
    /// HH:MM, later than that; `24:00` is the end of the day.
    #[schema(pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
    pub closes: String,
}

/// A day that differs from the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Holiday {
    /// YYYY-MM-DD.
    pub date: NaiveDate,
    /// Whether it comes back on the same date each year.
    pub yearly: bool,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// Open all the same, from when to when; none: closed.
    #[schema(max_items = 6)]
    pub hours: Vec<OpeningHours>,
}
