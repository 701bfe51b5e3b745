//! Exports: what is kept of a day, as a zip of CSV files (D51), and when it is made.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{millis, open_enum::open_enum, sessions::UserRef};

open_enum! {
    /// Why an export is made.
    ExportKind {
        /// By the schedule, for one day.
        Daily = "daily",
        /// An admin asked for it.
        Requested = "requested",
    }
}

open_enum! {
    /// How far an export is.
    ExportStatus {
        /// It is being made, or waits for its turn.
        Waiting = "waiting",
        /// It can be downloaded.
        Ready = "ready",
        /// It could not be made; `reason` says why. Daily ones are tried again every hour.
        Failed = "failed",
    }
}

/// One export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Export {
    /// Opaque id.
    pub id: String,
    /// Why it is made.
    pub kind: ExportKind,
    /// What happened from then on.
    #[serde(serialize_with = "millis::serialize")]
    pub from: DateTime<Utc>,
    /// What happened before then.
    #[serde(serialize_with = "millis::serialize")]
    pub to: DateTime<Utc>,
    /// How far it is.
    pub status: ExportStatus,
    /// The name to save it under.
    pub file_name: String,
    /// When it was asked for.
    #[serde(serialize_with = "millis::serialize")]
    pub asked_at: DateTime<Utc>,
    /// Who asked; null: the schedule.
    pub asked_by: Option<UserRef>,
    /// When it became ready, or failed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub ended_at: Option<DateTime<Utc>>,
    /// Its size.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: Option<String>,
    /// The files in it.
    pub files: Vec<ExportedFile>,
    /// Why it could not be made: `disk-full` or `internal`.
    pub reason: Option<String>,
}

/// A file in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ExportedFile {
    /// Its name, such as `actions.csv`.
    pub name: String,
    /// Rows, without the header.
    #[ts(type = "number")]
    pub rows: u64,
    /// Its size when unpacked.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Its SHA-256 when unpacked, in hexadecimal digits.
    pub sha256: String,
}

/// Body of `POST /v1/admin/exports`: a zip of some days, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewExport {
    /// The first day.
    #[ts(type = "string")]
    pub from: NaiveDate,
    /// The day after the last one; at most 31 days later.
    #[ts(type = "string")]
    pub to: NaiveDate,
}

/// When daily exports are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ExportSchedule {
    /// Whether they are made at all.
    pub enabled: bool,
    /// At which hour of the next day, in UTC.
    #[schema(minimum = 0, maximum = 23)]
    pub hour: u32,
    /// For how many days they are kept.
    #[schema(minimum = 1, maximum = 90)]
    pub keep_days: u32,
    /// When the next one is due.
    #[serde(serialize_with = "millis::serialize_option")]
    pub next_at: Option<DateTime<Utc>>,
    /// When this was last changed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub changed_by: Option<UserRef>,
}

/// Body of `PUT /v1/admin/export-schedule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateExportSchedule {
    /// Whether daily exports are made.
    pub enabled: bool,
    /// At which hour of the next day, in UTC.
    #[schema(minimum = 0, maximum = 23)]
    pub hour: u32,
    /// For how many days they are kept.
    #[schema(minimum = 1, maximum = 90)]
    pub keep_days: u32,
}
