//! How a connection is opened: its key first, then what every connection of its kind needs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::fingerprint;

/// Statements that a connection keeps prepared. More than the program has, so that none is ever prepared twice.
const STATEMENTS_KEPT: usize = 256;

/// Far beyond what the cryptographic library takes to start.
const LONGEST_INITIALISATION: Duration = Duration::from_secs(10);

/// Opens the file for the writer, creating it if there is none. Nothing is changed in it yet.
pub(super) fn open_writer(path: &Path, key: &SecretSlice<u8>) -> rusqlite::Result<Connection> {
    let connection = open(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    // Nothing of ours writes beside it. Whoever else has the file in hand (a backup, say) is told of at once: nobody waits at a click.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Whether a log that was left beside the file is still there, as it was, after this connection. Without that the last connection takes the
/// log into the file and removes it.
pub(super) fn leave_log(connection: &Connection, leave: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave)?;
    Ok(())
}

/// Makes the writer's commits durable. The first change that is made to a file.
pub(super) fn set_up_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -4000;
         PRAGMA journal_size_limit = 16777216;",
    )
}

/// Opens the file for a reader.
pub(super) fn open_reader(path: &Path, key: &SecretSlice<u8>) -> rusqlite::Result<Connection> {
    let connection = open(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000;")?;
    Ok(connection)
}

/// Opens a damaged file for what can still be read from it.
pub(super) fn open_damaged(path: &Path, key: &SecretSlice<u8>) -> rusqlite::Result<Connection> {
    open(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

fn open(path: &Path, key: &SecretSlice<u8>, access: OpenFlags) -> rusqlite::Result<Connection> {
    await_cipher()?;
    // A connection never leaves its thread while it is used, so SQLite's own locks would guard nothing.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    apply_key(&connection, key)?;
    Ok(connection)
}

/// Waits until SQLCipher takes keys.
///
/// SQLite calls itself initialised a moment before it initialises SQLCipher (`sqlite3_initialize` runs `SQLITE_EXTRA_INIT` behind its
/// locks). If another thread has just opened the first connection of the process (the demo workspace's, say), a key that is given in that moment
/// is refused as if it were none, and there is nothing to wait on but another try.
fn await_cipher() -> rusqlite::Result<()> {
    static READY: AtomicBool = AtomicBool::new(false);
    let deadline = Instant::now() + LONGEST_INITIALISATION;
    while !READY.load(Ordering::Acquire) {
        match Connection::open_in_memory()?.execute_batch("PRAGMA key = 'probe'") {
            Ok(()) => READY.store(true, Ordering::Release),
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    Ok(())
}

/// The key is random, so it is given raw, with no derivation to wait for. The salt is given as well instead of being read from
/// the file: damage to the file's first bytes must not take the pages behind them along.
fn apply_key(connection: &Connection, key: &SecretSlice<u8>) -> rusqlite::Result<()> {
    let salt = fingerprint::salt(key);
    let mut spec = String::with_capacity(128);
    spec.push_str("PRAGMA key = \"x'");
    for byte in key.expose_secret().iter().chain(&salt) {
        spec.push(hex_digit(byte >> 4));
        spec.push(hex_digit(byte & 15));
    }
    spec.push_str("'\";");
    let spec = SecretString::from(spec);
    connection.execute_batch(spec.expose_secret())
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}
