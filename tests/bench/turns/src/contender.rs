//! The end that is measured.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use crate::{CONVERSATIONS, Error, Task, milliseconds};

/// A queue that takes part.
pub trait Contender {
    /// Queues a reply in a conversation, durably. Answers with the time between the call and the moment when nothing can take it back; what a
    /// person does before the click is not part of it.
    ///
    /// # Errors
    /// Whatever went wrong.
    fn click(&mut self, conversation: usize) -> Result<Duration, Error>;

    /// Brings all entries of a conversation to a platform that answers at once, one after the other, each taken off the queue durably
    /// before the next.
    ///
    /// # Errors
    /// Whatever went wrong.
    fn drain(&mut self, conversation: usize) -> Result<(), Error>;
}

/// Does what standard input says, until it ends.
///
/// # Errors
/// Whatever went wrong, also with the line to whoever asks.
pub fn serve(contender: &mut dyn Contender) -> Result<(), Error> {
    let mut clicks = 0;
    for line in std::io::stdin().lock().lines() {
        let took = match Task::read(&line?)? {
            Task::Click(times) => (0..times)
                .map(|_| {
                    clicks += 1;
                    contender.click(clicks % CONVERSATIONS)
                })
                .collect::<Result<Vec<_>, _>>()?,
            Task::Fill(entries) => {
                let begun = Instant::now();
                (0..entries).try_for_each(|_| contender.click(CONVERSATIONS).map(drop))?;
                vec![begun.elapsed()]
            }
            Task::Drain => {
                let begun = Instant::now();
                contender.drain(CONVERSATIONS)?;
                vec![begun.elapsed()]
            }
        };
        let answer: Vec<String> = took.into_iter().map(|took| milliseconds(took).to_string()).collect();
        let mut output = std::io::stdout().lock();
        writeln!(output, "{}", answer.join(" "))?;
        output.flush()?;
    }
    Ok(())
}
