//! A file of the disk as the body of an answer: whole, or the part that was asked for (RFC 9110, 13 and 14).

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{exports::ranged, limits::Transfer, refusal::Refusal, store::Threads};

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// What may be asked of a file, for the document only: [`wanted`] reads it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described, not read")]
pub(super) struct PartParams {
    /// `bytes=FIRST-`, `bytes=FIRST-LAST` or `bytes=-COUNT`; anything else is the whole file.
    #[param(rename = "Range")]
    range: Option<String>,
    /// The `ETag` of the file that the range is of; of another one the whole is served.
    #[param(rename = "If-Range")]
    if_range: Option<String>,
    /// The `ETag` of the file that is there already: 304 if it is this one.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// A file of the disk, as it is served.
pub(super) struct Served {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its bytes.
    pub(super) length: u64,
    /// What stands above it, its `ETag` among that; its length is added.
    pub(super) headers: HeaderMap,
}

/// What a request wants of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// Some of it.
    Part(Part),
    /// What is after its end.
    Beyond,
    /// Nothing: it has this very file already.
    Known,
}

impl Wanted {
    /// Whether the first byte is asked for: a download begins.
    pub(super) fn begins(self) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(part) => part.start == 0,
            Self::Beyond | Self::Known => false,
        }
    }

    /// Whether any byte is asked for.
    pub(super) fn takes_bytes(self) -> bool {
        matches!(self, Self::Whole | Self::Part(_))
    }
}

/// Bytes of a file that follow each other; at least one of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Where they begin.
    pub(super) start: u64,
    /// How many.
    pub(super) bytes: u64,
}

impl Part {
    fn between(start: u64, last: u64) -> Self {
        Self { start, bytes: last - start + 1 }
    }

    /// What `Content-Range` says of it.
    fn content_range(self, length: u64) -> String {
        format!("bytes {}-{}/{length}", self.start, self.start + self.bytes - 1)
    }
}

/// Reads `If-None-Match`, `Range` and `If-Range` for a file of `length` bytes that goes by `tag`. What is no single range of bytes is
/// no range at all, as the standard allows: whoever sent it takes the whole.
pub(super) fn wanted(headers: &HeaderMap, tag: &str, length: u64) -> Wanted {
    if text(headers, header::IF_NONE_MATCH).is_some_and(|known| names(known, tag)) {
        return Wanted::Known;
    }
    let same = text(headers, header::IF_RANGE).is_none_or(|wanted| wanted.trim() == tag);
    let Some(range) = text(headers, header::RANGE).filter(|_| same) else { return Wanted::Whole };
    if let Some(last) = last_bytes(range) {
        return match (last, length) {
            (0, _) | (_, 0) => Wanted::Beyond,
            (last, length) => Wanted::Part(Part::between(length.saturating_sub(last), length - 1)),
        };
    }
    match ranged::asked(range) {
        None => Wanted::Whole,
        Some((start, _)) if start >= length => Wanted::Beyond,
        Some((start, last)) => Wanted::Part(Part::between(start, last.map_or(length - 1, |last| last.min(length - 1)))),
    }
}

/// `bytes=-N`: so many from the end.
fn last_bytes(range: &str) -> Option<u64> {
    range.trim().strip_prefix("bytes=-")?.trim().parse().ok()
}

/// Whether a list of tags names this one. Weak ones count: nothing is put together here.
fn names(list: &str, tag: &str) -> bool {
    list.trim() == "*" || list.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The answer to a request that wants this of a file; `None` if the file cannot be opened. The place among the files under way is
/// given back once the last byte is taken.
pub(super) async fn serve(
    threads: Threads,
    Served { path, length, mut headers }: Served,
    wanted: Wanted,
    place: Option<Transfer>,
) -> Option<Response> {
    let (part, status) = match wanted {
        Wanted::Whole => (Part { start: 0, bytes: length }, StatusCode::OK),
        Wanted::Part(part) => {
            headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&part.content_range(length)).ok()?);
            (part, StatusCode::PARTIAL_CONTENT)
        }
        Wanted::Beyond => {
            let length = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return Some((length, Refusal::RangeUnsatisfiable).into_response());
        }
        Wanted::Known => {
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_DISPOSITION);
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
    };
    let body = body(threads, path, part, place).await?;
    headers.insert(header::CONTENT_LENGTH, part.bytes.into());
    Some((status, headers, body).into_response())
}

/// A part of a file, read in pieces as they are taken: whoever is slow keeps a file open, never a thread.
async fn body(threads: Threads, path: PathBuf, part: Part, place: Option<Transfer>) -> Option<Body> {
    let file = threads.blocking(move || open(&path, part.start)).await.flatten()?;
    let pieces = Pieces { file, left: part.bytes, threads, _place: place };
    Some(Body::from_stream(stream::try_unfold(pieces, Pieces::next)))
}

fn open(path: &PathBuf, start: u64) -> Option<File> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::Start(start)).ok()?;
    Some(file)
}

struct Pieces {
    file: File,
    left: u64,
    threads: Threads,
    _place: Option<Transfer>,
}

impl Pieces {
    async fn next(mut self) -> std::io::Result<Option<(Vec<u8>, Self)>> {
        if self.left == 0 {
            return Ok(None);
        }
        let threads = self.threads;
        let read = threads.blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let read = Read::by_ref(&mut self.file).take(self.left.min(PIECE as u64)).read_to_end(&mut piece)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            self.left -= read as u64;
            Ok(Some((piece, self)))
        });
        read.await.unwrap_or_else(|| Err(std::io::ErrorKind::Other.into()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(headers: &[(HeaderName, &'static str)]) -> Wanted {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        wanted(&headers, "\"tag\"", 100)
    }

    #[test]
    fn one_range_is_served_and_anything_else_is_the_whole() {
        let range = |value| asked(&[(header::RANGE, value)]);
        assert_eq!(range("bytes=0-"), Wanted::Part(Part::between(0, 99)));
        assert_eq!(range("bytes=10-19"), Wanted::Part(Part::between(10, 19)));
        assert_eq!(range("bytes=90-900"), Wanted::Part(Part::between(90, 99)));
        assert_eq!(range("bytes=-10"), Wanted::Part(Part::between(90, 99)));
        assert_eq!(range("bytes=-900"), Wanted::Part(Part::between(0, 99)));
        for beyond in ["bytes=100-", "bytes=-0", "bytes=18446744073709551615-"] {
            assert_eq!(range(beyond), Wanted::Beyond, "{beyond}");
        }
        for no_range in ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=", "bytes=x-", "bytes=99999999999999999999-"]
        {
            assert_eq!(range(no_range), Wanted::Whole, "{no_range}");
        }
    }

    #[test]
    fn a_range_of_another_file_is_the_whole_of_this_one() {
        assert_eq!(
            asked(&[(header::RANGE, "bytes=5-"), (header::IF_RANGE, "\"tag\"")]),
            Wanted::Part(Part::between(5, 99))
        );
        assert_eq!(asked(&[(header::RANGE, "bytes=5-"), (header::IF_RANGE, "\"other\"")]), Wanted::Whole);
        assert_eq!(asked(&[(header::RANGE, "bytes=5-"), (header::IF_RANGE, "W/\"tag\"")]), Wanted::Whole);
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"other\", W/\"tag\"")]), Wanted::Known);
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"other\"")]), Wanted::Whole);
    }
}
