//! apalis-sqlite: a job queue. Its setup turns `synchronous` off; here it is turned to FULL again, or there would be nothing to compare.
//!
//! One connection, since its settings hold for a connection and not for the pool.

use std::path::Path;
use std::time::{Duration, Instant};

use apalis_core::task::builder::TaskBuilder;
use apalis_sqlite::queries::push_tasks;
use apalis_sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use signoff_turns::{Contender, Error, REPLY};
use tokio::runtime::Handle;

const QUEUE: &str = "replies";

/// Its pool.
pub(crate) struct Apalis {
    runtime: Handle,
    pool: SqlitePool,
}

impl Apalis {
    /// Opens a file and makes its commits durable.
    pub(crate) fn open(runtime: Handle, folder: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(folder.join("jobs.db")).create_if_missing(true);
        let pool = runtime.block_on(async {
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            SqliteStorage::setup(&pool).await?;
            sqlx::query("PRAGMA synchronous = FULL").execute(&pool).await?;
            Ok::<_, Error>(pool)
        })?;
        Ok(Self { runtime, pool })
    }
}

impl Contender for Apalis {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let begun = Instant::now();
        self.runtime.block_on(async {
            let task = TaskBuilder::new(format!("{conversation}\n{REPLY}").into_bytes()).build();
            let mut transaction = self.pool.begin().await?;
            push_tasks(&mut *transaction, QUEUE, &[task]).await?;
            transaction.commit().await?;
            Ok::<_, Error>(())
        })?;
        Ok(begun.elapsed())
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        Err("its workers poll in batches and keep no order: not comparable".into())
    }
}
