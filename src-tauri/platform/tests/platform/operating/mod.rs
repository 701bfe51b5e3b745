//! Running the platform: what an operator does, and what goes wrong then.

mod backups;
mod config;
mod erasure;
mod http2;
mod limits;
mod monitoring;
mod packaging;
mod stopping;
mod tls;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// The program with these arguments, in an environment that says nothing.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signoff-platform"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SIGNOFF_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

pub(crate) fn output(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A platform as a process. Killed when it is dropped.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn demo(dir: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--demo", "--data-dir", dir.to_str().unwrap()];
        arguments.extend(more);
        let mut child = program(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").expect("the one line").trim().to_owned();
        Self { child, url }
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already gone after an orderly stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
