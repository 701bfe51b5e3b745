//! Send queues of others, each as a contender of `cargo xtask bench outbox`.

mod apalis;
mod matrix;
mod queue_file;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use signoff_turns::{Contender, Error, serve};
use tokio::runtime::Runtime;

#[derive(Debug, Parser)]
struct Options {
    /// Which queue
    which: Which,
    /// An empty folder for its files
    folder: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// matrix-sdk-sqlite's state store
    Matrix,
    /// The same with a passphrase
    MatrixEncrypted,
    /// queue-file
    QueueFile,
    /// apalis-sqlite
    Apalis,
}

fn main() -> Result<(), Error> {
    let Options { which, folder } = Options::parse();
    let runtime = Runtime::new()?;
    // Their pools ask for a runtime also while they are dropped, so this is dropped after them.
    let _context = runtime.enter();
    let at = || runtime.handle().clone();
    let mut contender: Box<dyn Contender> = match which {
        Which::Matrix => Box::new(matrix::Matrix::open(at(), &folder, None)?),
        Which::MatrixEncrypted => Box::new(matrix::Matrix::open(at(), &folder, Some("correct horse battery staple"))?),
        Which::QueueFile => Box::new(queue_file::OneFile::open(&folder)?),
        Which::Apalis => Box::new(apalis::Apalis::open(at(), &folder)?),
    };
    serve(contender.as_mut())
}
