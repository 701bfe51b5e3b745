//! Files that go with a reply (D41): attached to the draft of a conversation, taken along by the click that sends it.
//!
//! A file is whole in the profile before anything shows it as attached. What the window brings (pasted, dropped) it hands over as bytes; what
//! is chosen in the system's own dialog, and what the web view keeps back from the page, is read by the shell, and no path ever reaches the
//! interface.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// Header of `attach_file`: the conversation's id, percent-encoded.
pub const CONVERSATION_HEADER: &str = "conversation-id";
/// Header of `attach_file`: the file's name, percent-encoded.
pub const NAME_HEADER: &str = "file-name";

/// The largest file that any channel may be set to take, in bytes.
pub const LARGEST_FILE: usize = 25 * 1024 * 1024;

/// A file of a draft, or of a queued action, on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AttachedFile {
    /// Its id: on this machine, and once it was sent, the platform's.
    pub id: String,
    /// Its name, without any folder.
    pub name: String,
    /// What the content is, by looking at it and not by what it says of itself.
    pub media_type: String,
    /// In bytes.
    pub size: u64,
}

/// Arguments of `take_files`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TakeFiles {
    /// The conversation.
    pub conversation_id: String,
    /// From where they are taken.
    pub from: Carried,
}

/// How files were brought from another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// Dragged here and let go.
    Dropped,
    /// Copied there and pasted here.
    Copied,
}

/// Answer of `choose_files`, `take_files` and `attach_file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attached {
    /// The draft's files as they are now, in the order in which they were attached.
    pub files: Vec<AttachedFile>,
    /// What was not attached. Whatever became of one file, the others and the text are as they were.
    pub refused: Vec<RefusedFile>,
}

/// A file that was not attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefusedFile {
    /// Its name, without any folder.
    pub name: String,
    /// Why.
    pub failure: Failure,
}

/// Arguments of `detach_file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DetachFile {
    /// The conversation.
    pub conversation_id: String,
    /// The file. One that the draft does not have (any more) is no error.
    pub file_id: String,
}
