//! Installs, builds and checks the interface. Nothing is done twice for the same content.

use std::process::Command;

use anyhow::Result;

use crate::{node, say, stamp, step, workspace};

/// npm's program: a script on Windows.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Output and downloads inside `ui/`: not part of what is built from.
const NOT_SOURCES: &[&str] = &[
    "node_modules",
    "dist",
    "coverage",
    "src/lib/paraglide",
    // Written by the compiler of the texts, for itself.
    "project.inlang/.gitignore",
    "project.inlang/.lix",
    "project.inlang/.meta.json",
    "project.inlang/README.md",
    "project.inlang/cache",
];

/// `npm ci`, when the lock file has changed.
pub(crate) fn install() -> Result<()> {
    node::require()?;
    let lock = stamp::of_file(&workspace::ui().join("package-lock.json"))?;
    if workspace::ui().join("node_modules").is_dir() && stamp::is_current("ui-installed", &lock) {
        say::line("installed already");
        return Ok(());
    }
    step::run(npm().args(["ci", "--no-audit", "--no-fund"]))?;
    stamp::set("ui-installed", &lock)
}

/// Builds `ui/dist`, and the widget's page for the platform, when a source has changed.
pub(crate) fn build() -> Result<()> {
    let sources = stamp::of_folder(&workspace::ui(), NOT_SOURCES)?;
    let built = [workspace::ui().join("dist"), workspace::widget()];
    if built.iter().all(|folder| folder.is_dir()) && stamp::is_current("ui-built", &sources) {
        say::line("built already");
        return Ok(());
    }
    step::run(npm().args(["run", "build"]))?;
    // Read again: the build may have written generated sources that are committed.
    stamp::set("ui-built", &stamp::of_folder(&workspace::ui(), NOT_SOURCES)?)
}

/// `npm run SCRIPT`.
pub(crate) fn script(name: &str) -> Command {
    let mut command = npm();
    command.args(["run", name]);
    command
}

/// npm in the interface's folder.
pub(crate) fn npm() -> Command {
    let mut command = Command::new(NPM);
    command.current_dir(workspace::ui());
    command
}
