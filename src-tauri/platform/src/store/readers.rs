//! A few `query_only` connections, lent out one query at a time.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

const CONNECTIONS: usize = 4;

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    pub(super) fn open(connect: impl Fn() -> rusqlite::Result<Connection>) -> rusqlite::Result<Self> {
        let idle = (0..CONNECTIONS).map(|_| connect()).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self { idle: Mutex::new(idle), permits: Semaphore::new(CONNECTIONS) })
    }

    /// The query runs on the runtime's own worker and not on a thread of its own: it takes microseconds from the page
    /// cache, less than handing it over would.
    pub(super) async fn run<T, Q>(&self, query: Q) -> Result<T, Refusal>
    where
        Q: FnOnce(&Connection) -> Result<T, Refusal>,
    {
        let _permit = self.permits.acquire().await.map_err(|_| Refusal::Overloaded)?;
        let Some(connection) = self.lock().pop() else { return Err(Refusal::Overloaded) };
        let lent = Lent { readers: self, connection: Some(connection) };
        let Some(connection) = &lent.connection else { return Err(Refusal::Overloaded) };
        // One deferred transaction: several statements of a query see the same state.
        let snapshot = connection.unchecked_transaction()?;
        let result = query(&snapshot);
        drop(snapshot);
        result
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, also when the query panics.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.lock().push(connection);
        }
    }
}
