//! Where in a long file which action stands, so that an export that broke off is continued without writing all of it again.
//!
//! Kept in memory: whoever comes back after a restart waits until the beginning has been gone through once more.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use super::actions::Key;

/// Exports whose places are remembered.
const FILES: usize = 32;
/// Bytes between two places.
const APART: u64 = 4 * 1024 * 1024;

/// A place between two lines of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Bytes before it.
    pub(crate) offset: u64,
    /// The action before it; `None`: the header is still to come.
    pub(crate) after: Option<Key>,
}

#[derive(Default)]
struct File {
    places: BTreeMap<u64, Key>,
    downloaded_by: Vec<String>,
    used: u64,
}

/// The places of some files, by their tags.
#[derive(Default)]
pub(crate) struct Bookmarks {
    files: Mutex<(u64, HashMap<String, File>)>,
}

impl Bookmarks {
    /// Remembers a place.
    pub(crate) fn put(&self, tag: &str, place: Place) {
        let Some(after) = place.after else { return };
        self.with(tag, |file| {
            let near = file.places.range(..=place.offset).next_back().map_or(0, |(offset, _)| *offset);
            if place.offset >= near + APART {
                file.places.insert(place.offset, after);
            }
        });
    }

    /// The last known place at or before an offset.
    pub(crate) fn before(&self, tag: &str, offset: u64) -> Place {
        self.with(tag, |file| {
            let known = file.places.range(..=offset).next_back();
            known.map_or_else(Place::default, |(offset, after)| Place { offset: *offset, after: Some(*after) })
        })
    }

    /// Whether this person has begun to download this file; from now on, yes.
    pub(crate) fn begins(&self, tag: &str, user_id: &str) -> bool {
        self.with(tag, |file| {
            let new = !file.downloaded_by.iter().any(|one| one == user_id);
            if new {
                file.downloaded_by.push(user_id.to_owned());
            }
            new
        })
    }

    fn with<T>(&self, tag: &str, work: impl FnOnce(&mut File) -> T) -> T {
        let (clock, files) = &mut *self.files.lock().unwrap_or_else(PoisonError::into_inner);
        *clock += 1;
        if !files.contains_key(tag) && files.len() >= FILES {
            let oldest = files.iter().min_by_key(|(_, file)| file.used).map(|(tag, _)| tag.clone());
            oldest.map(|tag| files.remove(&tag));
        }
        let file = files.entry(tag.to_owned()).or_default();
        file.used = *clock;
        work(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_before_an_offset_is_found() {
        let marks = Bookmarks::default();
        assert_eq!(marks.before("a", APART * 9), Place::default());
        for place in 1..=3 {
            marks.put("a", Place { offset: APART * place, after: Some((place as i64, 1)) });
            marks.put("a", Place { offset: APART * place + 1, after: Some((99, 1)) });
        }
        assert_eq!(marks.before("a", APART * 2 + 5), Place { offset: APART * 2, after: Some((2, 1)) });
        assert_eq!(marks.before("b", APART * 2 + 5), Place::default(), "another file's");
        for other in 0..FILES {
            marks.put(&other.to_string(), Place::default());
            marks.before(&other.to_string(), 0);
        }
        assert_eq!(marks.before("a", APART * 9), Place::default(), "forgotten: 32 others came since");
    }
}
