//! `cargo xtask judge`: schemathesis against the platform that is being built. It knows nothing of ours but the OpenAPI document that the
//! platform serves, and holds every answer against it. `tests/judge` has its configuration and says why anything is left out of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, packages, say, step, system, workspace};

/// Who asks, one after the other. The channel's side is asked with the channel's key by both.
const PEOPLE: &[(&str, &str)] = &[("an admin", "admin@demo.test"), ("an advisor", "alice@demo.test")];
/// Without a token of their own the metrics are not there. tests/judge has it, too.
const METRICS: &str = "metrics.token=the-judge-may-read-the-metrics-00";
/// What the judge floods with guesses locks one address; its own sign-ins come from another one (hooks.py).
const PROXIES: &str = "trusted_proxies=127.0.0.1";
/// For all of them together, if nothing else is asked for.
const SECONDS: u32 = 120;
const USAGE: &str = "`cargo xtask judge [--seconds N] [-- ARGUMENTS OF SCHEMATHESIS]`";

/// As long as is asked for.
pub(crate) fn judge(arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.iter().map(String::as_str);
    let mut seconds = SECONDS;
    let mut more = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument {
            "--seconds" => seconds = arguments.next().and_then(|number| number.parse().ok()).context(USAGE)?,
            "--" => more.extend(arguments.by_ref()),
            unknown => bail!("`judge` knows no {unknown:?}: {USAGE}"),
        }
    }
    system::provide(&[packages::JUDGE])?;
    judged(seconds, &more)
}

/// As long as a run of all tests has for it.
pub(crate) fn for_a_while() -> Result<()> {
    judged(SECONDS, &[])
}

fn judged(seconds: u32, more: &[&str]) -> Result<()> {
    let program = installed()?;
    step("The platform to be judged", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff-platform"]))
    })?;
    let each = seconds / u32::try_from(PEOPLE.len()).unwrap_or(1).max(1);
    for (who, email) in PEOPLE {
        let advice = "target/judge/ has the requests and the platform's log; `cargo xtask judge` runs this alone.";
        step(&format!("The judge as {who}"), advice, || ask(&program, email, each.max(1), more))?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    workspace::target().join("judge")
}

/// schemathesis in an environment of its own, made anew when what it consists of has changed.
fn installed() -> Result<PathBuf> {
    let wanted = workspace::root().join("tests/judge/requirements.txt");
    let (environment, mark) = (folder().join("python"), folder().join("installed.txt"));
    let program = environment.join("bin/schemathesis");
    if program.exists()
        && fs::read(&mark).is_ok_and(|installed| fs::read(&wanted).is_ok_and(|wanted| wanted == installed))
    {
        return Ok(program);
    }
    step(
        "Installing the judge",
        "It comes from the Python package index; the versions are pinned in tests/judge.",
        || {
            fs::create_dir_all(folder())?;
            step::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
            step::run(
                Command::new(environment.join("bin/python"))
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
                    .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
                    .arg(&wanted),
            )?;
            fs::copy(&wanted, &mark)?;
            Ok(())
        },
    )?;
    Ok(program)
}

/// One run, on a workspace of its own.
fn ask(program: &Path, email: &str, seconds: u32, more: &[&str]) -> Result<()> {
    let name = email.split('@').next().unwrap_or(email);
    let place = folder().join(name);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let platform = Platform::serve(&place)?;
    let configuration = workspace::root().join("tests/judge/schemathesis.toml");
    say::line(&format!("{seconds} s at {}", platform.address));
    let mut judge = Command::new(program);
    judge
        .current_dir(&place)
        .env("PYTHONPATH", workspace::root().join("tests/judge"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("JUDGE_EMAIL", email)
        .env("JUDGE_PASSWORD", "signoff-demo")
        .arg("--config-file")
        .arg(configuration)
        .args(["run", "--max-time", &seconds.to_string()])
        .args(more)
        .arg(format!("{}/v1/openapi.json", platform.address));
    step::run(&mut judge)
}

/// The demo workspace, served for one run.
struct Platform {
    process: Child,
    address: String,
}

impl Platform {
    fn serve(place: &Path) -> Result<Self> {
        let log = fs::File::create(place.join("platform.log"))?;
        let mut process = Command::new(workspace::target().join("debug/signoff-platform"))
            .args(["serve", "--listen", "127.0.0.1:0", "--demo", "--set", METRICS, "--set", PROXIES, "--data-dir"])
            .arg(place.join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the platform did not start")?;
        let output = process.stdout.take().context("a process without output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let mut platform = Self { process, address: String::new() };
        platform.address = address.with_context(|| format!("the platform does not serve: {line:?}"))?;
        platform.process.stdout = None;
        Ok(platform)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if self.process.kill().and_then(|()| self.process.wait()).is_err() {
            say::line("the platform could not be ended");
        }
    }
}
