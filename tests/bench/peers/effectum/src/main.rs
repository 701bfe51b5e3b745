//! effectum, a job queue, as a contender of `cargo xtask bench outbox`.
//!
//! It opens its connection itself and sets `synchronous` to NORMAL, which nobody outside can change; and it asks for a pragma `journal` that
//! SQLite does not have, so that the file keeps its rollback journal. With that, NORMAL still flushes journal and file at every commit.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use effectum::{Job, Queue};
use signoff_turns::{Contender, Error, REPLY, serve};
use tokio::runtime::{Handle, Runtime};

#[derive(Debug, Parser)]
struct Options {
    /// An empty folder for its files
    folder: PathBuf,
}

struct Effectum {
    runtime: Handle,
    queue: Queue,
}

impl Contender for Effectum {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let begun = Instant::now();
        self.runtime.block_on(async {
            let job = Job::builder("reply").payload(format!("{conversation}\n{REPLY}").into_bytes());
            job.add_to(&self.queue).await?;
            Ok::<_, Error>(())
        })?;
        Ok(begun.elapsed())
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        Err("its workers keep no order within a conversation: not comparable".into())
    }
}

fn main() -> Result<(), Error> {
    let Options { folder } = Options::parse();
    let runtime = Runtime::new()?;
    // It asks for a runtime also while it is dropped, so this is dropped after it.
    let _context = runtime.enter();
    let queue = runtime.block_on(Queue::new(&folder.join("jobs.db")))?;
    serve(&mut Effectum { runtime: runtime.handle().clone(), queue })
}
