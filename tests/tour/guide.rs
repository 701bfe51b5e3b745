//! Who leads through the tour: numbers the steps, says what was checked, keeps the album.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use signoff_desk::{Desk, Setup};

/// The tour's desk and album.
pub(crate) struct Guide {
    pub(crate) desk: Desk,
    album: PathBuf,
    step: u32,
}

impl Guide {
    pub(crate) fn new() -> Result<Self> {
        let album = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tour");
        if album.exists() {
            std::fs::remove_dir_all(&album).context("the last tour's album cannot be cleared")?;
        }
        let desk = Desk::new(Setup::new("logs", env!("CARGO_BIN_EXE_signoff"), &album))?;
        Ok(Self { desk, album, step: 0 })
    }

    /// One step: does it, says what was checked, and keeps a screenshot under its name.
    pub(crate) fn step<T>(&mut self, name: &str, act: impl FnOnce(&Desk) -> Result<(T, String)>) -> Result<T> {
        self.step += 1;
        let begun = Instant::now();
        let done = act(&self.desk);
        let picture = self.album.join(format!("{:02}-{name}.png", self.step));
        let taken = self.desk.screen().photograph(&picture);
        match done {
            Ok((result, checked)) => {
                taken?;
                println!("{:>2}  {:<12} {checked}  ({:.1} s)", self.step, name, begun.elapsed().as_secs_f64());
                Ok(result)
            }
            Err(error) => {
                println!("{:>2}  {:<12} FAILED; {} shows the screen", self.step, name, picture.display());
                Err(error)
            }
        }
    }

    pub(crate) fn album(&self) -> &Path {
        &self.album
    }
}
