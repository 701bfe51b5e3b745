//! Keeping the index behind the entries, but not far.
//!
//! Indexing an entry in the transaction that writes it would cost a click more than everything else in it: each job would write pieces of
//! its own, to be merged later. So entries are indexed in the background, many at once, a moment after they were committed. How far the
//! index has come is in the same transaction as the index.

use std::time::Duration;

use rusqlite::{Connection, named_params};
use tokio::sync::watch;

use crate::{refusal::Refusal, store::Store};

/// After a commit others follow: they are indexed together.
const GATHERED: Duration = Duration::from_millis(500);
/// Entries of a transaction: few enough that a click that comes in between waits no longer than for another click.
const AT_A_TIME: i64 = 400;

/// At the start and after every commit, until the platform stops.
pub(crate) async fn run(store: Store, mut stopping: watch::Receiver<bool>) {
    tokio::select! {
        biased;
        _ = stopping.wait_for(|stop| *stop) => {}
        () = follow(&store) => {}
    }
}

async fn follow(store: &Store) {
    let mut commits = store.commits();
    loop {
        commits.mark_unchanged();
        match catch_up(store).await {
            Ok(true) => continue,
            Ok(false) => {}
            // What could not be indexed now is indexed after the next commit.
            Err(refusal) => tracing::warn!(code = %refusal.kind().0, "cannot index"),
        }
        if commits.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(GATHERED).await;
    }
}

/// Indexes some entries, if there are any to be indexed. Whether there were.
async fn catch_up(store: &Store) -> Result<bool, Refusal> {
    let behind = store.read(|sql| Ok(is_behind(sql)?)).await?;
    if behind {
        store.write(|write| Ok(step(write.sql, AT_A_TIME)?)).await?;
    }
    Ok(behind)
}

fn is_behind(sql: &Connection) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT coalesce((SELECT max(nr) FROM entries), 0) > (SELECT indexed_to FROM search_progress)")?
        .query_row([], |row| row.get(0))
}

/// Indexes the next entries.
fn step(sql: &Connection, at_a_time: i64) -> rusqlite::Result<()> {
    let from: i64 = sql.prepare_cached("SELECT indexed_to FROM search_progress")?.query_row([], |row| row.get(0))?;
    let to: Option<i64> = sql
        .prepare_cached("SELECT max(nr) FROM (SELECT nr FROM entries WHERE nr > :from ORDER BY nr LIMIT :count)")?
        .query_row(named_params! { ":from": from, ":count": at_a_time }, |row| row.get(0))?;
    let Some(to) = to else { return Ok(()) };
    sql.prepare_cached(
        "INSERT INTO search (rowid, text, customer)
         SELECT nr, text, customer FROM searchable WHERE nr > :from AND nr <= :to ORDER BY nr",
    )?
    .execute(named_params! { ":from": from, ":to": to })?;
    sql.prepare_cached("UPDATE search_progress SET indexed_to = ?1")?.execute([to])?;
    Ok(())
}

/// Everything at once, for a workspace that was filled at once.
pub(crate) fn rebuild(sql: &Connection) -> Result<(), Refusal> {
    sql.execute("INSERT INTO search (search) VALUES ('rebuild')", [])?;
    sql.execute("UPDATE search_progress SET indexed_to = coalesce((SELECT max(nr) FROM entries), 0)", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::step;
    use crate::store;

    fn finds(sql: &rusqlite::Connection, word: &str) -> i64 {
        sql.query_row("SELECT count(*) FROM search WHERE search MATCH ?1", [word], |row| row.get(0)).expect("a search")
    }

    /// Rows of the index itself that have a part of the word zebra in them.
    fn traces(sql: &rusqlite::Connection) -> i64 {
        let parts = "SELECT count(*) FROM search_data WHERE instr(block, CAST('ebra' AS BLOB)) > 0";
        sql.query_row(parts, [], |row| row.get(0)).expect("the index's own rows")
    }

    /// Erasing a customer's texts leaves nothing of them behind, not even marked as deleted.
    #[test]
    fn what_is_erased_is_in_the_index_no_more() {
        let sql = store::in_memory();
        sql.execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO entries (id, conversation_nr, kind, author_kind, author_name, text, at) VALUES
                ('msg_1', 1, 'message', 'customer', 'Ophelia', 'a zebra in the parcel', 0),
                ('msg_2', 1, 'message', 'customer', 'Ophelia', 'a walrus in the parcel', 0),
                ('event_1', 1, 'event', 'system', 'Signoff', 'a quokka', 0);",
        )
        .expect("entries");
        step(&sql, 10).expect("indexed");
        assert_eq!(["zebra", "walrus", "ophelia", "quokka"].map(|word| finds(&sql, word)), [1, 1, 2, 0]);
        assert!(traces(&sql) > 0, "the word is there");

        sql.execute_batch(
            "INSERT INTO entries (id, conversation_nr, kind, author_kind, text, at) VALUES ('msg_3', 1, 'message', 'customer', 'x', 0);
             UPDATE entries SET text = '', author_name = 'Erased' WHERE id = 'msg_1';
             UPDATE entries SET text = 'y' WHERE id = 'msg_3';
             DELETE FROM entries WHERE id = 'msg_2';",
        )
        .expect("erased");
        assert_eq!(["zebra", "walrus", "ophelia", "erased"].map(|word| finds(&sql, word)), [0, 0, 0, 1]);
        sql.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 0)", []).expect("index is whole");
        assert_eq!(traces(&sql), 0, "no trace of the word");
        step(&sql, 10).expect("indexed");
        assert_eq!(finds(&sql, "y"), 1, "what was changed before it was indexed is found as it is");
    }
}
