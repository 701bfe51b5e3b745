//! Pictures of a timeline. The window never fetches a file: the engine does, and draws what it shows anew.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of `picture`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PictureQuery {
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// Which file.
    pub attachment_id: String,
    /// For the whole window; otherwise for its place in the timeline.
    pub large: bool,
}

/// A picture, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Picture {
    /// A `data:` address of a JPEG or PNG of our own making.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}
