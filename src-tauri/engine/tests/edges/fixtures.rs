//! Caches as earlier versions left them: one file of SQL for every schema and payload version that was ever shipped, with an entry of
//! each kind and in each state. As text, so that a change can be reviewed; loaded into an encrypted file, as an upgrade finds it.
//!
//! Names in braces stand for what differs between workspaces. To add a file after the schema or the payload has changed:
//!
//! ```text
//! cargo test -p signoff-engine --test edges -- --ignored write_the_fixture_of_this_version
//! ```
//!
//! It is written by the version that it is a fixture of, and never again.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use secrecy::SecretSlice;
use sha2::{Digest, Sha256};
use signoff_engine::outbox::PAYLOAD_VERSION;
use signoff_engine::store::{Options, Store, StoreError, Threads};

use crate::desk::Desk;

/// What is kept of a cache; the rest is the platform's.
const KEPT: &[(&str, &str)] = &[
    ("meta", "name IN ('account.me', 'account.address')"),
    ("channels", "id IN (SELECT channel_id FROM conversations WHERE id IN ({ours}))"),
    ("customers", "id IN (SELECT customer_id FROM conversations WHERE id IN ({ours}))"),
    ("conversations", "id IN ({ours})"),
    ("entries", "kind = 'message' AND conversation_num IN (SELECT num FROM conversations WHERE id IN ({ours}))"),
    ("drafts", "1"),
    ("files", "1"),
    ("file_pieces", "1"),
    ("outbox", "1"),
    ("notifications", "conversation_id IN ({ours})"),
];

/// Times of the outbox, which move with the day on which a fixture is loaded.
const TIMES: [&str; 6] = ["clicked_at", "not_before", "due_at", "due_set_at", "retry_after_until", "first_attempt_at"];

/// A fixture.
pub(crate) struct Fixture {
    pub(crate) name: String,
    sql: String,
}

/// What stands for what: the name in braces, and what it is in this workspace.
pub(crate) type Names = Vec<(String, String)>;

impl Fixture {
    pub(crate) fn all() -> Vec<Self> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let read = |path: PathBuf| Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            sql: std::fs::read_to_string(path).unwrap(),
        };
        files.into_iter().map(read).collect()
    }

    /// Whether this was written by a version with the schema and the payloads of this one.
    pub(crate) fn is_of_this_version(&self, schema: &str) -> bool {
        self.sql.contains(&signature(schema))
    }

    /// Writes the desk's cache as this fixture has it, an hour after it was left.
    pub(crate) async fn put_into(&self, desk: &Desk, names: &Names) {
        let mut sql = self.sql.clone();
        for (name, value) in names {
            sql = sql.replace(&format!("{{{name}}}"), value);
        }
        assert!(!sql.contains("{conversation ") && !sql.contains("{message "), "every name has a meaning");
        let written_at: DateTime<Utc> = self.line("-- Written at ").parse().unwrap();
        let later_ms = (Utc::now() - written_at).num_milliseconds() - 3_600_000;
        let load = move |tx: &Transaction<'_>| {
            empty(tx)?;
            tx.execute_batch(&sql)?;
            for column in TIMES {
                tx.execute(&format!("UPDATE outbox SET {column} = {column} + ?1"), [later_ms])?;
            }
            Ok::<_, StoreError>(())
        };
        open(desk).write(load).await.unwrap();
    }

    fn line(&self, begins: &str) -> String {
        let line = self.sql.lines().find_map(|line| line.strip_prefix(begins)).expect("a header");
        line.trim_end_matches('.').to_owned()
    }
}

/// The desk's cache, between two starts of the program.
pub(crate) fn open(desk: &Desk) -> Store {
    let options = Options { threads: Threads::Caller, ..Options::new(desk.clock.clone()) };
    Store::open(&path(desk), &key(desk), options).unwrap().store
}

/// Where the desk's only cache is.
pub(crate) fn path(desk: &Desk) -> PathBuf {
    let accounts = desk.folder.path().join("profile").join("accounts");
    let account = std::fs::read_dir(accounts).unwrap().next().expect("somebody has signed in").unwrap();
    account.path().join("signoff.db")
}

fn key(desk: &Desk) -> SecretSlice<u8> {
    let kept = desk.keyring.kept.lock().unwrap();
    let (_, key) = kept.iter().find(|(name, _)| name.ends_with("/key")).expect("a key in the keyring");
    SecretSlice::from(key.clone())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The schema of a file, as SQLite has it.
pub(crate) fn schema(connection: &Connection) -> rusqlite::Result<String> {
    let statements = connection
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%'
             ORDER BY rowid",
        )?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(statements.iter().map(|statement| format!("{statement};\n\n")).collect())
}

fn signature(schema: &str) -> String {
    let digest: String = Sha256::digest(schema).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("-- Schema {digest}, payloads of version {PAYLOAD_VERSION}.")
}

/// Writes what is in the desk's cache as a fixture of this version.
pub(crate) async fn write(desk: &Desk, names: &Names) -> PathBuf {
    let ours: Vec<String> =
        names.iter().filter(|(name, _)| name.starts_with("conversation ")).map(|(_, id)| format!("'{id}'")).collect();
    let ours = ours.join(", ");
    let dump = move |connection: &Connection| {
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let schema = schema(connection)?;
        let mut rows = String::new();
        for (table, condition) in KEPT {
            rows.push_str(&rows_of(connection, table, &condition.replace("{ours}", &ours))?);
        }
        let now = Utc::now().format("%Y-%m-%dT%H:%M:%SZ");
        let header = format!("{}\n-- Written at {now}.\n\n", signature(&schema));
        Ok::<_, StoreError>((version, format!("{header}{schema}{rows}PRAGMA user_version = {version};\n")))
    };
    let (version, mut sql) = open(desk).read(dump).await.unwrap();
    for (name, value) in names {
        sql = sql.replace(value, &format!("{{{name}}}"));
    }
    std::fs::create_dir_all(folder()).unwrap();
    let path = folder().join(format!("schema-{version}-payload-{PAYLOAD_VERSION}.sql"));
    std::fs::write(&path, sql).unwrap();
    path
}

fn rows_of(connection: &Connection, table: &str, condition: &str) -> rusqlite::Result<String> {
    let columns = connection
        .prepare("SELECT name FROM pragma_table_info(?1)")?
        .query_map([table], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let values = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ', ' || ");
    let rows = connection
        .prepare(&format!("SELECT {values} FROM {table} WHERE {condition} ORDER BY 1"))?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let into = format!("INSERT INTO {table} ({}) VALUES", columns.join(", "));
    Ok(rows.iter().map(|row| format!("{into}\n    ({row});\n")).collect())
}

/// Drops everything, the youngest tables first: they refer to the older ones.
fn empty(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let tables = transaction
        .prepare(
            "SELECT name FROM sqlite_schema
             WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%' ORDER BY rowid DESC",
        )?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    tables.iter().try_for_each(|table| transaction.execute_batch(&format!("DROP TABLE {table}")))
}
