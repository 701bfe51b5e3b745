//! The hash chain of the audit log: each entry carries SHA-256 over the hash before it and its own content.
//!
//! The content is hashed as one JSON array in UTF-8, without blanks:
//! `[nr,"id",at_ms,"who_id","who_name","what","subject_id","subject_name","before","after"]`, a missing subject as two `null`s, `before` and `after`
//! as the JSON texts that they are. The hash before the first entry is 32 zero bytes. Whoever has an export can check it with ten lines of
//! any language.
//!
//! The chain costs nothing beside the write: the one writer has the newest hash at hand, in the transaction that is open anyway.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// What stands before the first entry.
pub(crate) const BEGINNING: Hash = [0; 32];

/// An entry's content in the order in which it is hashed. Never change it: what was written is chained by it for good.
pub(crate) struct Entry<'a> {
    /// Its place, from 1 on without gaps.
    pub(crate) nr: i64,
    /// Its id.
    pub(crate) id: &'a str,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
    /// Who.
    pub(crate) who_id: &'a str,
    /// Who, by name.
    pub(crate) who_name: &'a str,
    /// What.
    pub(crate) what: &'a str,
    /// Whom or what it was done to.
    pub(crate) subject_id: Option<&'a str>,
    /// The same by name.
    pub(crate) subject_name: Option<&'a str>,
    /// The value before, as JSON.
    pub(crate) before: &'a str,
    /// The value after, as JSON.
    pub(crate) after: &'a str,
}

impl Entry<'_> {
    /// The entry's hash, after the entry with the hash `previous`.
    pub(crate) fn hash(&self, previous: &Hash) -> Hash {
        let content = (
            self.nr,
            self.id,
            self.at,
            self.who_id,
            self.who_name,
            self.what,
            self.subject_id,
            self.subject_name,
            self.before,
            self.after,
        );
        // Texts and numbers always become JSON; an empty content would show as a wrong hash at once.
        let content = serde_json::to_vec(&content).unwrap_or_default();
        Sha256::new().chain_update(previous).chain_update(content).finalize().into()
    }
}

/// As people and files write a hash.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Chains the entries that an earlier version wrote. Part of the migration that makes the chained table: SQL cannot hash.
pub(crate) fn adopt(sql: &Connection) -> rusqlite::Result<()> {
    let mut earlier =
        sql.prepare("SELECT id, at, who_id, who_name, what, before, after FROM unchained_audit_log ORDER BY nr")?;
    let mut rows = earlier.query([])?;
    let (mut nr, mut previous) = (0, BEGINNING);
    while let Some(row) = rows.next()? {
        nr += 1;
        let (id, who_id, who_name): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(3)?);
        let (what, before, after): (String, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
        let entry = Entry {
            nr,
            id: &id,
            at: row.get(1)?,
            who_id: &who_id,
            who_name: &who_name,
            what: &what,
            subject_id: None,
            subject_name: None,
            before: &before,
            after: &after,
        };
        previous = entry.hash(&previous);
        super::insert(sql, &entry, &previous)?;
    }
    drop(rows);
    drop(earlier);
    sql.execute_batch("DROP TABLE unchained_audit_log")
}

#[cfg(test)]
mod tests {
    use super::{BEGINNING, Entry, hex};

    /// The form that is documented above, as another program would compute it:
    /// `sha256(bytes(32) + b'[1,"audit_1",1000,"user_1","Zoë \\"Z\\"","sign-in",null,null,"null","true"]')`.
    #[test]
    fn d52_the_canonical_form_is_fixed_for_good() {
        let entry = Entry {
            nr: 1,
            id: "audit_1",
            at: 1000,
            who_id: "user_1",
            who_name: "Zoë \"Z\"",
            what: "sign-in",
            subject_id: None,
            subject_name: None,
            before: "null",
            after: "true",
        };
        assert_eq!(hex(&entry.hash(&BEGINNING)), "88751d80dff8f997b54b72a6ea59dff7c38d1d603a259a3657d40724085c2770");
    }
}
