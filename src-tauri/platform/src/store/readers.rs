//! A few `query_only` connections, lent out one query at a time.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::Threads;
use crate::refusal::Refusal;

const CONNECTIONS: usize = 4;

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    threads: Threads,
}

impl Readers {
    pub(super) fn open(threads: Threads, connect: impl Fn() -> rusqlite::Result<Connection>) -> rusqlite::Result<Self> {
        let idle = (0..CONNECTIONS).map(|_| connect()).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self { idle: Mutex::new(idle), permits: Arc::new(Semaphore::new(CONNECTIONS)), threads })
    }

    /// Runs on a thread for blocking work: a year of figures must not hold up the runtime, which may be the app's own.
    pub(super) async fn run<T, Q>(self: Arc<Self>, query: Q) -> Result<T, Refusal>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Refusal::Overloaded)?;
        let queried = self.threads.blocking(move || {
            let _permit = permit;
            let lent = Lent { connection: self.lock().pop(), readers: &self };
            let connection = lent.connection.as_ref().ok_or(Refusal::Overloaded)?;
            // One deferred transaction: several statements of a query see the same state.
            let snapshot = connection.unchecked_transaction()?;
            query(&snapshot)
        });
        queried.await.unwrap_or_else(|| {
            tracing::error!("a query did not end");
            Err(Refusal::Internal)
        })
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
