//! `signoff-platform audit verify`: recomputes the chain and names the first entry that is wrong.
//!
//! It reads the file alone and changes nothing, also while the platform serves. The chain shows every change within the log. That the end
//! was cut off, or that somebody with the file in hand has written a chain of his own, only somebody can tell who kept a hash: an
//! [`Anchor`], which belongs on another machine.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::chain::{BEGINNING, Entry, Hash, hex};
use crate::store::{self, OpenError, time};

/// What is known of the end of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intact {
    /// How many entries there are.
    pub entries: i64,
    /// When the newest was written; `None` in an empty log.
    pub newest_at: Option<DateTime<Utc>>,
    /// The newest entry's hash.
    pub hash: String,
}

/// What was known of the log at some time: that its entry `nr` had this hash. `nr` may be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The entry's number.
    pub nr: Option<i64>,
    /// Its hash in hexadecimal.
    pub hash: String,
}

impl FromStr for Anchor {
    type Err = String;

    /// `HASH`, or `NR HASH` as anchor files have it.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next());
        let (nr, hash) = match second {
            Some(hash) => (Some(first.parse().map_err(|_| format!("{first:?} is no number of an entry"))?), hash),
            None => (None, first),
        };
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash || words.next().is_some() {
            return Err("an anchor is the hash of an entry, 64 hexadecimal digits, with the entry's number before it or without".to_owned());
        }
        Ok(Self { nr, hash: hash.to_ascii_lowercase() })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nr {
            Some(nr) => write!(f, "{nr} {}", self.hash),
            None => f.write_str(&self.hash),
        }
    }
}

impl From<&Intact> for Anchor {
    fn from(intact: &Intact) -> Self {
        Self { nr: Some(intact.entries), hash: intact.hash.clone() }
    }
}

/// Why the log cannot be vouched for.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file cannot be read to its end.
    #[error("cannot read the audit log: {0}")]
    Read(#[from] rusqlite::Error),
    /// An entry was removed, or added in between.
    #[error("the audit log is damaged: entry {expected} is missing; {found} follows {}", expected - 1)]
    Missing {
        /// The entry that should be there.
        expected: i64,
        /// The one that is.
        found: i64,
    },
    /// An entry is not what was written.
    #[error("the audit log is damaged: entry {nr}, {what:?} by {who}, does not have the hash of its content")]
    Changed {
        /// The entry.
        nr: i64,
        /// Its kind, as it stands there now.
        what: String,
        /// Who, as it stands there now.
        who: String,
    },
    /// The chain is whole and is not the one that was anchored.
    #[error(
        "the audit log is damaged: its {entries} entries follow from each other, but none of them is the anchored {anchor}: the log was cut off or written anew"
    )]
    NotAnchored {
        /// How many entries there are.
        entries: i64,
        /// What was expected.
        anchor: Anchor,
    },
    /// The anchor file.
    #[error("cannot use the anchor file {}: {reason}", .path.display())]
    AnchorFile {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Checks the whole log of the workspace in `data_dir`, and that `expected` is in it.
///
/// # Errors
/// See [`VerifyError`]; the first wrong entry is named.
pub fn verify(data_dir: &Path, expected: Option<&Anchor>) -> Result<Intact, VerifyError> {
    check(&store::look_at(data_dir)?, expected)
}

/// The same with an anchor that is kept in a file: what stands there must be in the log; then the file is brought forward to the log's end.
/// A file that does not exist yet is made.
///
/// # Errors
/// See [`VerifyError`]; the file is left as it was then.
pub fn verify_with_file(data_dir: &Path, path: &Path) -> Result<Intact, VerifyError> {
    let unusable = |reason: String| VerifyError::AnchorFile { path: path.to_owned(), reason };
    let anchor = match fs::read_to_string(path) {
        Ok(text) => Some(text.parse::<Anchor>().map_err(unusable)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unusable(error.to_string())),
    };
    let intact = verify(data_dir, anchor.as_ref())?;
    replace(path, &format!("{}\n", Anchor::from(&intact))).map_err(|error| unusable(error.to_string()))?;
    Ok(intact)
}

/// Puts a text in a file's place, whole or not at all: half an anchor would vouch for nothing.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut file = File::create(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn check(sql: &Connection, expected: Option<&Anchor>) -> Result<Intact, VerifyError> {
    let mut statement = sql.prepare(
        "SELECT nr, id, at, who_id, who_name, what, subject_id, subject_name, before, after, hash
         FROM audit_log ORDER BY nr",
    )?;
    let mut rows = statement.query([])?;
    let (mut entries, mut newest_at, mut previous) = (0, None, BEGINNING);
    let mut anchored = expected.is_none_or(|anchor| is_anchor(anchor, 0, &BEGINNING));
    while let Some(row) = rows.next()? {
        let (nr, at): (i64, i64) = (row.get(0)?, row.get(2)?);
        if nr != entries + 1 {
            return Err(VerifyError::Missing { expected: entries + 1, found: nr });
        }
        let text = |at: usize| row.get_ref(at).and_then(|value| Ok(value.as_str()?));
        let maybe = |at: usize| row.get_ref(at).and_then(|value| Ok(value.as_str_or_null()?));
        let entry = Entry {
            nr,
            id: text(1)?,
            at,
            who_id: text(3)?,
            who_name: text(4)?,
            what: text(5)?,
            subject_id: maybe(6)?,
            subject_name: maybe(7)?,
            before: text(8)?,
            after: text(9)?,
        };
        let hash = entry.hash(&previous);
        if row.get_ref(10)?.as_blob().ok() != Some(&hash[..]) {
            return Err(VerifyError::Changed { nr, what: entry.what.to_owned(), who: entry.who_name.to_owned() });
        }
        anchored = anchored || expected.is_some_and(|anchor| is_anchor(anchor, nr, &hash));
        (entries, newest_at, previous) = (nr, Some(time(at)), hash);
    }
    match expected {
        Some(anchor) if !anchored => Err(VerifyError::NotAnchored { entries, anchor: anchor.clone() }),
        _ => Ok(Intact { entries, newest_at, hash: hex(&previous) }),
    }
}

fn is_anchor(anchor: &Anchor, nr: i64, hash: &Hash) -> bool {
    anchor.nr.is_none_or(|wanted| wanted == nr) && anchor.hash == hex(hash)
}
