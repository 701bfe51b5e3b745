//! What happened, a line each. Always hashed, so that two runs of a seed can be compared; kept only if somebody wants to read it.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::world::World;

/// A trace. Clones share it.
#[derive(Clone)]
pub struct Trace {
    world: Arc<World>,
    written: Arc<Mutex<Written>>,
}

struct Written {
    hash: DefaultHasher,
    lines: Option<Vec<String>>,
    count: u64,
}

impl Trace {
    /// A trace of this world. `keep`: its lines are wanted.
    #[must_use]
    pub fn of(world: &Arc<World>, keep: bool) -> Self {
        let lines = keep.then(Vec::new);
        let written = Written { hash: DefaultHasher::new(), lines, count: 0 };
        Self { world: Arc::clone(world), written: Arc::new(Mutex::new(written)) }
    }

    /// Notes what happens now. `who` is the part of the world to which it happens.
    pub fn note(&self, who: &str, what: fmt::Arguments<'_>) {
        let ms = self.world.passed_ms();
        let line = format!("{:>12.3} {who:<8} {what}", seconds(ms));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.hash.write(line.as_bytes());
        written.count += 1;
        if let Some(lines) = &mut written.lines {
            lines.push(line);
        }
    }

    /// The hash of everything so far, and how many lines that was.
    #[must_use]
    pub fn hash(&self) -> (u64, u64) {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        (written.hash.finish(), written.count)
    }

    /// The lines, if they were kept.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).lines.clone().unwrap_or_default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a column to read")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
