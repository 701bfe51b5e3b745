//! The end that measures.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::{Error, Task};

/// A contender in a process of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Opponent {
    process: Child,
    tasks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Opponent {
    /// Starts the process.
    ///
    /// # Errors
    /// If there is no such program.
    pub fn start(command: &mut Command) -> Result<Self, Error> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", command.get_program().to_string_lossy()))?;
        let tasks = process.stdin.take();
        let answers = process.stdout.take().ok_or("a process without output")?;
        Ok(Self { process, tasks, answers: BufReader::new(answers) })
    }

    /// Has a task done; its times in milliseconds.
    ///
    /// # Errors
    /// If the process has ended; it has said why on standard error.
    pub fn does(&mut self, task: Task) -> Result<Vec<f64>, Error> {
        let tasks = self.tasks.as_mut().ok_or("a process without input")?;
        let mut answer = String::new();
        let asked = writeln!(tasks, "{}", task.word()).and_then(|()| tasks.flush());
        if asked.is_err() || self.answers.read_line(&mut answer)? == 0 {
            return Err(format!("a contender ended with {}", self.process.wait()?).into());
        }
        Ok(answer.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    }
}

impl Drop for Opponent {
    fn drop(&mut self) {
        drop(self.tasks.take());
        if self.process.wait().is_err() {
            // Nobody is left to be told.
        }
    }
}
