//! Who takes part, and how each is started.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::ValueEnum;
use signoff_turns::{Contender, Opponent, Task, serve};
use tempfile::TempDir;

use super::ours::{self, Ours};
use super::through_the_engine::Facade;
use crate::floor::Floor;
use crate::options::Programs;

/// A contender that is part of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// The outbox
    Ours,
    /// The outbox behind the engine's facade
    Facade,
    /// Three statements and a commit, encrypted
    Floor,
    /// Three statements and a commit, in a plain file
    FloorPlain,
}

/// A queue of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Matrix,
    MatrixEncrypted,
    Effectum,
    QueueFile,
    Apalis,
}

impl Peer {
    /// As the table names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Matrix => "matrix-sdk-sqlite 0.18",
            Self::MatrixEncrypted => "matrix-sdk-sqlite 0.18, encrypted",
            Self::Effectum => "effectum 0.7",
            Self::QueueFile => "queue-file 2.0",
            Self::Apalis => "apalis-sqlite 1.0",
        }
    }

    fn program(self, folder: &Path) -> Command {
        let (program, which) = match self {
            Self::Matrix => ("outbox-peers", Some("matrix")),
            Self::MatrixEncrypted => ("outbox-peers", Some("matrix-encrypted")),
            Self::QueueFile => ("outbox-peers", Some("queue-file")),
            Self::Apalis => ("outbox-peers", Some("apalis")),
            Self::Effectum => ("outbox-peer-effectum", None),
        };
        let mut command = Command::new(folder.join(program));
        command.args(which);
        command
    }
}

/// A contender at work, with a folder of its own that goes with it.
pub(super) struct Player {
    opponent: Opponent,
    _folder: TempDir,
}

impl Player {
    /// One of ours.
    pub(super) fn ours(programs: &Programs, which: Which) -> Result<Self> {
        let mut command = programs.this_program()?;
        command
            .args(["outbox-part", "contender"])
            .args(which.to_possible_value().map(|value| value.get_name().to_owned()));
        Self::start(programs, command)
    }

    /// Somebody else's.
    pub(super) fn peer(programs: &Programs, peer: Peer) -> Result<Self> {
        Self::start(programs, peer.program(&programs.peers))
    }

    fn start(programs: &Programs, mut command: Command) -> Result<Self> {
        let folder = programs.workbench()?;
        let opponent = Opponent::start(command.arg(folder.path())).map_err(|error| anyhow!(error))?;
        Ok(Self { opponent, _folder: folder })
    }

    /// Has a task done; its times in milliseconds.
    pub(super) fn does(&mut self, task: Task) -> Result<Vec<f64>> {
        self.opponent.does(task).map_err(|error| anyhow!(error))
    }

    /// Has a task done that has one time.
    pub(super) fn takes(&mut self, task: Task) -> Result<f64> {
        Ok(self.does(task)?.into_iter().sum())
    }
}

/// Is a contender, until nobody asks any more.
pub(crate) fn contend(programs: &Programs, which: Which, folder: &Path) -> Result<()> {
    let folder: PathBuf = folder.to_owned();
    let conversations = || (0..=signoff_turns::CONVERSATIONS).map(ours::id);
    let mut contender: Box<dyn Contender> = match which {
        Which::Ours => Box::new(Ours::open(&folder)?),
        Which::Facade => Box::new(Facade::open(programs, &folder)?),
        Which::Floor => Box::new(Floor::alone(&folder.join("floor.db"), Some(&ours::key()), conversations())?),
        Which::FloorPlain => Box::new(Floor::alone(&folder.join("floor.db"), None, conversations())?),
    };
    serve(contender.as_mut()).map_err(|error| anyhow!(error))
}
