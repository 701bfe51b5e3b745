//! `cargo xtask package`: what is given to advisors; with `platform`, what is given to operators.

mod platform;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, packages, say, step, system, ui, workspace};

/// Tauri's bundler, which npm delivers as a program. The same minor version as the crate, or it refuses.
const BUNDLER: &str = "@tauri-apps/cli@~2.12";

/// Builds the package and says how large it is.
pub(crate) fn package(arguments: &[String]) -> Result<()> {
    let file = match arguments.first().map(String::as_str) {
        None => build()?,
        Some("platform") if arguments.len() == 1 => platform::build()?,
        Some(argument) => bail!("`package` knows no {argument:?}"),
    };
    say::line(&format!("{}: {:.1} MB", file.display(), megabytes(&file)?));
    Ok(())
}

/// Builds the package of this system and returns its file; on Linux the Debian package.
pub(crate) fn build() -> Result<PathBuf> {
    step("System packages", "Nothing was built yet.", || system::provide(&[packages::C, packages::APP]))?;
    step("Packages of the interface", "Is the network there? `npm ci` in ui/ shows more.", ui::install)?;
    step("The interface", "`npm run build` in ui/ shows more.", ui::build)?;
    // By cargo itself: the bundler's own build selects other packages, and with their features compiles everything once more.
    step("The app", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--release", "--bin", "signoff"]))
    })?;
    let kind = if cfg!(target_os = "linux") {
        "deb"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "nsis"
    };
    step("Package", "The bundler's message stands above.", || {
        step::run(ui::npm().current_dir(workspace::root()).args([
            "exec",
            "--yes",
            "--package",
            BUNDLER,
            "--",
            "tauri",
            "bundle",
            "--bundles",
            kind,
        ]))
    })?;
    newest(kind)
}

/// The newest package of this kind under the target folder.
fn newest(kind: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("release/bundle").join(kind);
    let extension = if kind == "nsis" { "exe" } else { kind };
    std::fs::read_dir(&folder)
        .with_context(|| format!("no {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
        .with_context(|| format!("no .{extension} in {}", folder.display()))
}

/// Size of a file in millions of bytes.
pub(crate) fn megabytes(file: &std::path::Path) -> Result<f64> {
    Ok(std::fs::metadata(file)?.len() as f64 / 1e6)
}
