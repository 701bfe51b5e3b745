//! `cargo xtask run`: from a fresh clone to the open window, in one command.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, display, packages, say, step, system, ui, workspace};

#[derive(Debug, Default)]
struct Options {
    release: bool,
    tour: bool,
    data_dir: Option<PathBuf>,
    to_the_app: Vec<String>,
}

/// Installs, builds and opens the app on the demo workspace; without a display, takes the tour.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
    let tour = if options.tour {
        true
    } else if display::is_there() {
        false
    } else {
        say::line("There is no display here: Signoff goes to a virtual one, and you get the tour with screenshots.");
        true
    };
    prepare(if tour { &[packages::APP, packages::DESK] } else { &[packages::APP] })?;
    if tour { take_the_tour() } else { open(&options) }
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--release" => options.release = true,
            "--tour" => options.tour = true,
            "--data-dir" => {
                options.data_dir = Some(rest.next().context("--data-dir needs a folder")?.into());
            }
            "--" => options.to_the_app = rest.by_ref().cloned().collect(),
            other => match other.strip_prefix("--data-dir=") {
                Some(folder) => options.data_dir = Some(folder.into()),
                None => bail!("`run` knows no {other:?}; what is meant for the app stands after `--`"),
            },
        }
    }
    Ok(options)
}

/// Everything up to the compiler. Also the beginning of the other commands.
pub(crate) fn prepare(needs: &[&'static [packages::Need]]) -> Result<()> {
    let needs = [&[packages::C], needs].concat();
    step("System packages", "Nothing of Signoff was built yet.", || system::provide(&needs))?;
    step("Packages of the interface", "Is the network there? `npm ci` in ui/ shows more.", ui::install)?;
    step("The interface", "`npm run build` in ui/ shows more.", ui::build)
}

fn open(options: &Options) -> Result<()> {
    step("The app", "The compiler's own message stands above.", || {
        if !workspace::target().join("debug/signoff").exists() && !options.release {
            say::line("the first build compiles some five hundred packages: several minutes");
        }
        let mut build = cargo::whole_workspace("build");
        build.args(["--bin", "signoff"]);
        if options.release {
            build.arg("--release");
        }
        step::run(&mut build)
    })?;
    let program = workspace::target().join(if options.release { "release" } else { "debug" }).join(name("signoff"));
    let mut app = Command::new(program);
    let given = |option: &str| options.to_the_app.iter().any(|argument| argument.split('=').next() == Some(option));
    if !given("--workspace") && !given("--demo") {
        app.arg("--demo");
    }
    if !given("--data-dir") {
        let profile = match &options.data_dir {
            Some(folder) => std::path::absolute(folder)?,
            None => demo_profile()?,
        };
        app.arg("--data-dir").arg(profile);
    }
    app.args(&options.to_the_app);
    say::begins(&format!("Signoff: {}", step::shown(&app)));
    step::run(&mut app)
}

fn take_the_tour() -> Result<()> {
    step("The app and the tour", "The compiler's own message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff", "--bin", "signoff-platform"]))?;
        step::run(cargo::whole_workspace("test").args(["--quiet", "--no-run", "--test", "tour"]))
    })?;
    say::begins("The tour");
    step::run(cargo::whole_workspace("test").args(["--quiet", "--test", "tour"]))
        .context("the tour stopped; target/tour/ has the screenshots up to that step, and the app's output")
}

/// A folder of its own under the person's application data: trying Signoff out never touches a profile that is used for work.
fn demo_profile() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = if cfg!(windows) {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    };
    let profile = data.context("no home folder: name one with --data-dir")?.join("signoff-demo");
    std::fs::create_dir_all(&profile).with_context(|| format!("cannot make {}", profile.display()))?;
    Ok(profile)
}

/// A program's file name on this system.
fn name(program: &str) -> String {
    format!("{program}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Options> {
        parse(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_profile_and_what_stands_after_the_dashes_go_to_the_app() {
        let options = parsed(&["--data-dir", "x", "--", "--workspace", "http://localhost"]).expect("valid");
        assert_eq!(options.data_dir, Some("x".into()));
        assert_eq!(options.to_the_app, ["--workspace", "http://localhost"]);
    }

    #[test]
    fn an_unknown_option_is_said_to_be_unknown() {
        let failure = parsed(&["--relase"]).expect_err("a typing error must not be ignored");
        assert!(failure.to_string().contains("--relase"));
    }
}
