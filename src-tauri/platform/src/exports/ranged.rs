//! Ranges of `actions.csv` (RFC 9110, 14): how an export that broke off goes on.
//!
//! Nobody knows the length of the file before it has been written, and a partial answer has to name its last byte. So a
//! range is answered with at most [`BLOCK`] bytes, whatever was asked for, and the length is named with the block that ends
//! the file. The client asks for the next block until then.

use super::{
    actions::{self, Edition, Key},
    bookmarks::{Bookmarks, Place},
};
use crate::{actions::filter::Filter, refusal::Refusal, store::Store};

/// Bytes in a partial answer, at most.
pub(crate) const BLOCK: usize = 4 * 1024 * 1024;

/// Bytes that one request goes through to find its beginning. Places on the way are remembered, so that the next one gets further.
const PASSED: u64 = 64 * 1024 * 1024;

/// The bytes from `start` on, if the header `Range` asks for one range of that shape: its first byte, and its last if that
/// is named.
pub(crate) fn asked(range: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let first = first.trim().parse().ok()?;
    match last.trim() {
        "" => Some((first, None)),
        last => last.parse().ok().filter(|last| *last >= first).map(|last| (first, Some(last))),
    }
}

/// A part of a file.
pub(crate) struct Block {
    /// Where it begins.
    pub(crate) start: u64,
    /// Its bytes; none if the file ends before.
    pub(crate) bytes: Vec<u8>,
    /// The file's length, where that is known.
    pub(crate) length: Option<u64>,
}

/// The block that begins at `start`.
///
/// # Errors
/// [`Refusal::Overloaded`] if `start` is far beyond what anybody has downloaded: asked again, it goes on from where this ended.
pub(crate) async fn block(
    store: &Store,
    marks: &Bookmarks,
    filter: &Filter,
    edition: &Edition,
    (start, last): (u64, Option<u64>),
) -> Result<Block, Refusal> {
    let tag = edition.tag();
    let most = last
        .map_or(BLOCK, |last| usize::try_from(last - start).map_or(BLOCK, |more| more.saturating_add(1)).min(BLOCK));
    let mut place = marks.before(&tag, start);
    let (mut bytes, reach) = (Vec::new(), place.offset.saturating_add(PASSED));
    loop {
        let (lines, next) = lines_after(store, filter, edition, place.after).await?;
        let end = place.offset + lines.len() as u64;
        if end > start {
            let from = usize::try_from(start.saturating_sub(place.offset)).unwrap_or_default();
            bytes.extend_from_slice(&lines[from.min(lines.len())..]);
        }
        place = Place { offset: end, after: next.or(place.after) };
        if next.is_none() {
            bytes.truncate(most);
            return Ok(Block { start, bytes, length: Some(end) });
        }
        marks.put(&tag, place);
        if bytes.is_empty() && end >= reach {
            return Err(Refusal::Overloaded);
        }
        if bytes.len() >= most {
            bytes.truncate(most);
            return Ok(Block { start, bytes, length: None });
        }
    }
}

/// The lines after a place, the header first, and where to go on.
pub(crate) async fn lines_after(
    store: &Store,
    filter: &Filter,
    edition: &Edition,
    after: Option<Key>,
) -> Result<(Vec<u8>, Option<Key>), Refusal> {
    let Some(after) = after else { return Ok((actions::header()?, Some(actions::beginning(filter)))) };
    let (filter, upto) = (filter.clone(), edition.upto);
    let chunk = store.read(move |sql| actions::chunk(sql, &filter, after, upto)).await?;
    Ok((chunk.bytes, chunk.next))
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn one_range_from_somewhere_is_understood_and_nothing_else() {
        assert_eq!(asked("bytes=0-"), Some((0, None)));
        assert_eq!(asked("bytes=10-20"), Some((10, Some(20))));
        for other in ["bytes=-5", "bytes=20-10", "bytes=0-1,5-6", "items=0-", "bytes=a-", "bytes=", ""] {
            assert_eq!(asked(other), None, "{other}");
        }
    }
}
