//! When something is on the screen: by the pixels of the display itself, so that no program has to say so about itself.
//!
//! The virtual display keeps its pixels in a file. While a window comes up they are read over and over, and the pictures that differ from
//! the one before are kept. Afterwards the last one says what there was to paint, and the first that has nearly all of its ink says when
//! it was painted. Ink is where a pixel differs from the one before it: letters, lines and icons, not their background, which is there
//! long before anything can be read.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Share of the ink that has to be in its place. Not all of it: a caret blinks, an age grows, a dot turns green.
const NEARLY_ALL: f64 = 0.95;
/// Less ink than this is an empty window.
const SOMETHING: usize = 400;
/// Every so many rows are looked at.
const ROWS: usize = 2;
const LOOK_EVERY: Duration = Duration::from_millis(4);
/// Without a change for so long, all is painted.
const SETTLED: Duration = Duration::from_millis(1500);
/// An animation that does not end is not waited for.
const NEVER_SETTLES: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_secs(60);

/// The pixels of a display.
#[derive(Debug)]
pub(crate) struct Pixels {
    file: File,
    begin: u64,
    width: usize,
    height: u32,
    stride: u64,
}

/// A picture of every second row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    width: usize,
    pixels: Vec<u32>,
}

/// What was seen since the beginning.
#[derive(Debug)]
pub(crate) struct Seen {
    before: Picture,
    changes: Vec<(Duration, Picture)>,
}

impl Pixels {
    /// Opens the file of a display, which is an X window dump: a header, colours, rows of 32-bit pixels.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file =
            File::open(path).with_context(|| format!("cannot read the display's pixels at {}", path.display()))?;
        let mut header = [0; 100];
        file.read_exact_at(&mut header, 0)?;
        let field = |number: usize| -> Result<u32> {
            let bytes = header.get(number * 4..number * 4 + 4).context("a field of the header")?;
            Ok(u32::from_be_bytes(bytes.try_into()?))
        };
        if (field(1)?, field(11)?) != (7, 32) {
            bail!("the display's pixels are not 32 bits each");
        }
        Ok(Self {
            begin: u64::from(field(0)? + field(19)? * 12),
            width: usize::try_from(field(4)?)?,
            height: field(5)?,
            stride: u64::from(field(12)?),
            file,
        })
    }

    /// What is on the display now.
    pub(crate) fn look(&self) -> Result<Picture> {
        self.look_at(0..self.width, 0..self.height)
    }

    /// What is on a part of it.
    pub(crate) fn look_at(&self, columns: Range<usize>, rows: Range<u32>) -> Result<Picture> {
        let (left, width) = (columns.start as u64 * 4, columns.len());
        let mut pixels = Vec::with_capacity(width * rows.len() / ROWS + width);
        let mut row = vec![0; width * 4];
        for number in rows.step_by(ROWS) {
            self.file.read_exact_at(&mut row, self.begin + self.stride * u64::from(number) + left)?;
            pixels.extend(row.chunks_exact(4).map(|pixel| u32::from_ne_bytes([pixel[0], pixel[1], pixel[2], 0])));
        }
        Ok(Picture { width, pixels })
    }

    /// Its width.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Watches from `begun` on until nothing changes any more.
    pub(crate) fn watch(&self, before: Picture, begun: Instant) -> Result<Seen> {
        let mut seen = Seen { before, changes: Vec::new() };
        let mut first_ink = None;
        loop {
            let picture = self.look()?;
            let now = begun.elapsed();
            if picture != *seen.last() {
                if first_ink.is_none() && picture.has_ink_over(&seen.before) {
                    first_ink = Some(now);
                }
                seen.changes.push((now, picture));
            }
            let still_for = now.saturating_sub(seen.changes.last().map_or(Duration::ZERO, |(at, _)| *at));
            if first_ink.is_some_and(|at| still_for > SETTLED || now - at > NEVER_SETTLES) {
                return Ok(seen);
            }
            if now > PATIENCE {
                bail!("nothing was painted within {PATIENCE:?}");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Picture {
    /// Whether something was painted over `before`.
    pub(crate) fn has_ink_over(&self, before: &Self) -> bool {
        self.ink(before).count() >= SOMETHING
    }

    /// Where this picture has ink that `before` did not have.
    fn ink<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = usize> {
        (1..self.pixels.len()).filter(move |&at| {
            at % self.width != 0 && self.pixels[at] != self.pixels[at - 1] && self.pixels[at] != before.pixels[at]
        })
    }

    /// How many pixels are not as they were.
    pub(crate) fn differs_from(&self, before: &Self) -> usize {
        self.pixels.iter().zip(&before.pixels).filter(|(now, then)| now != then).count()
    }

    /// How much of the ink that `other` added to `before` is here as well, from 0 to 1.
    pub(crate) fn has_ink_of(&self, other: &Self, before: &Self) -> f64 {
        let (mut all, mut here) = (0_u32, 0_u32);
        for at in other.ink(before) {
            all += 1;
            here += u32::from(self.pixels[at] == other.pixels[at]);
        }
        f64::from(here) / f64::from(all.max(1))
    }
}

impl Seen {
    /// The picture at the end.
    pub(crate) fn last(&self) -> &Picture {
        self.changes.last().map_or(&self.before, |(_, picture)| picture)
    }

    /// When nearly all of the ink was in its place.
    pub(crate) fn painted(&self) -> Result<Duration> {
        let painted = |(_, picture): &&(Duration, Picture)| picture.has_ink_of(self.last(), &self.before) >= NEARLY_ALL;
        self.changes.iter().find(painted).map(|(at, _)| *at).context("nothing was painted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(text: &str) -> Picture {
        Picture { width: 8, pixels: text.bytes().map(u32::from).collect() }
    }

    #[test]
    fn a_background_is_not_a_painted_page() {
        let before = picture("................");
        let at = Duration::from_millis;
        let seen = Seen {
            before,
            changes: vec![(at(10), picture("                ")), (at(20), picture(" a b c  d e f   "))],
        };
        assert_eq!(seen.painted().expect("something was painted"), at(20));
    }

    #[test]
    fn what_was_there_before_is_no_ink() {
        let before = picture(".a.b.c.d........");
        assert_eq!(picture(".a.b.c.d........").ink(&before).count(), 0);
        assert_eq!(picture(".a.b.c.d...x....").ink(&before).count(), 1);
    }
}
