//! Who leads through the tour: numbers the steps, says what was checked, keeps the album.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use signoff_desk::{Desk, Screen, Setup, until_within};

/// How long the screen has to have stood still before a picture of it is kept.
const STILL: Duration = Duration::from_millis(200);
/// Header and colours of the dump that the display writes through; pixels only after it.
const DUMP_HEADER_BYTES: usize = 8 * 1024;

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
        let taken = painted(self.desk.screen()).and_then(|()| self.desk.screen().photograph(&picture));
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

/// Waits until something is painted and nothing moves. What can be read in the page is there before the screen shows it, and a picture of
/// the moment in between shows neither.
fn painted(screen: &Screen) -> Result<()> {
    let mut stood: Option<(Vec<u8>, Instant)> = None;
    until_within(Duration::from_secs(10), "the screen to stand still with something on it", || {
        let now = std::fs::read(screen.pixels())?;
        let pixels = now.get(DUMP_HEADER_BYTES..).unwrap_or_default();
        if pixels.windows(8).step_by(4).all(|two| two[..4] == two[4..]) {
            return Ok(None);
        }
        match stood.as_ref().filter(|(before, _)| *before == now) {
            Some((_, since)) => Ok((since.elapsed() >= STILL).then_some(())),
            None => {
                stood = Some((now, Instant::now()));
                Ok(None)
            }
        }
    })
}
