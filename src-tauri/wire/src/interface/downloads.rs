//! Files that are saved from the platform to this machine: exports, attachments.
//!
//! The person chooses the place in the system's own dialog, the engine writes the file: beside its place until it is whole, so that
//! nobody ever opens half a file under the final name. The interface sees how far it is; neither the token nor the place reaches it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// Beginnings of the contract's paths that files may be saved from.
pub const OPEN_TO_SAVING: &[&str] = &["/v1/exports/", "/v1/admin/exports/", "/v1/admin/customers/", "/v1/attachments/"];

/// Arguments of `save_file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaveFile {
    /// Path and query of the file, beginning with `/v1/`. Only those of [`OPEN_TO_SAVING`].
    pub path: String,
    /// The name that the dialog suggests.
    pub name: String,
}

/// A file that is being saved, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Download {
    /// Which, until the program ends.
    pub id: String,
    /// The name that the person chose.
    pub name: String,
    /// How far it is.
    pub state: DownloadState,
    /// Bytes on the disk.
    #[ts(type = "number")]
    pub received: u64,
    /// Bytes in all, if the platform has said so.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DownloadState {
    /// Bytes arrive.
    Running,
    /// The connection broke off; it goes on by itself as soon as there is one.
    Waiting,
    /// The file is in its place, whole.
    Done,
    /// It ended without the file. What had arrived is kept for another try.
    Failed,
    /// The person cancelled it, and nothing of it is left.
    Cancelled,
}
