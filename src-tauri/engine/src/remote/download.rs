//! A file that comes from the platform in one piece or in several.

use futures_util::stream::BoxStream;
use signoff_wire::interface::OPEN_TO_SAVING;

use super::{RemoteError, administration};

/// A path from which a file may be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// The path, if files may be saved from there.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        administration::leads(path, OPEN_TO_SAVING).then(|| Self(path.to_owned()))
    }

    /// A file that came or went with a text. Ids are opaque: whatever stands in one stays within its segment.
    #[must_use]
    pub fn attachment(id: &str) -> Self {
        let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        Self(format!("/v1/attachments/{}", id.replace('+', "%20")))
    }

    /// Path and query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

/// What is there of the file already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// So many bytes from its beginning.
    pub bytes: u64,
    /// Of the file that goes by this tag.
    pub tag: String,
}

/// What arrives.
pub struct Incoming {
    /// The place of its first byte in the file: 0 if the platform begins anew.
    pub start: u64,
    /// What the file goes by; without it nothing can be continued.
    pub tag: Option<String>,
    /// How long the file is, if the platform says so.
    pub length: Option<u64>,
    /// There may be more after this, which has to be asked for.
    pub partial: bool,
    /// The bytes, in pieces.
    pub bytes: BoxStream<'static, Result<Vec<u8>, RemoteError>>,
}

/// Reads `Content-Range`: the first byte, and the whole length if it is known.
pub(super) fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, length) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let length = if length == "*" { None } else { Some(length.parse().ok()?) };
    match range.split_once('-') {
        Some((first, _)) => Some((first.parse().ok()?, length)),
        // Asked for something after the end.
        None if range == "*" => length.map(|length| (length, Some(length))),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_saved() {
        assert!(Source::of("/v1/exports/actions.csv?from=2026-01-01").is_some());
        assert!(Source::of("/v1/admin/exports/exp_1/file").is_some());
        for path in ["/v1/admin/users", "/v1/exports/../conversations", "/v1/exports", "//other/v1/exports/a", "/v1/me"]
        {
            assert_eq!(Source::of(path), None, "{path}");
        }
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(content_range("bytes 5-9/20"), Some((5, Some(20))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(content_range("bytes */20"), Some((20, Some(20))));
        for value in ["bytes */*", "bytes a-9/20", "items 5-9/20", "bytes 5-9", ""] {
            assert_eq!(content_range(value), None, "{value}");
        }
    }
}
