//! `cargo xtask judge`: schemathesis against the platform that is being built. It knows nothing of ours but the OpenAPI document that the
//! platform serves, and holds every answer against it. `tests/judge` has its configuration and says why anything is left out of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, packages, say, step, system, workspace};

/// Who asks, one after the other. The channel's side is asked with the channel's key by both.
const PEOPLE: &[(&str, &str)] = &[("an admin", "admin@demo.test"), ("an advisor", "alice@demo.test")];
/// Without a token of their own the metrics are not there. tests/judge has it, too.
const METRICS: &str = "metrics.token=the-judge-may-read-the-metrics-00";
/// What the judge floods with guesses locks one address; its own sign-ins come from another one (hooks.py).
const PROXIES: &str = "trusted_proxies=127.0.0.1";
/// Requests that are made up for each operation, besides all that the document itself suggests, by each of them: the same on every machine.
const EXAMPLES: u32 = 5;
/// A run that takes longer has come to no end, and so has judged nothing: it failed.
const NET: Duration = Duration::from_secs(20 * 60);
/// What never succeeds, and why: behind these the judge has judged refusals alone, and other tests have to do the rest. Everything else has to
/// succeed at least once, or the judge has not been given what it needs (tests/judge/things.py).
const NEVER: &[(&str, &str)] = &[
    ("DELETE /v1/admin/users/{id}/provider-accounts/{account_id}", WITHOUT_A_PROVIDER),
    ("GET /v1/single-sign-on/callback", WITHOUT_A_PROVIDER),
    ("POST /v1/sessions/single-sign-on", WITHOUT_A_PROVIDER),
    ("POST /v1/sessions/single-sign-on/finish", WITHOUT_A_PROVIDER),
    ("POST /v1/sessions/second-factor/enrolment", "a workspace that demands a second step would lock the judge out"),
    ("GET /v1/chat/{channel_id}/attachments/{attachment_id}", ANOTHER_VISITOR),
    ("HEAD /v1/chat/{channel_id}/attachments/{attachment_id}", ANOTHER_VISITOR),
    ("GET /widget/assets/{file}", "the names of files change with what is in them"),
];
const WITHOUT_A_PROVIDER: &str = "nobody's browser comes from an identity provider";
const ANOTHER_VISITOR: &str = "a file is its visitor's, and each request comes from a new one";
const USAGE: &str = "`cargo xtask judge [--examples N] [--seconds N] [-- ARGUMENTS OF SCHEMATHESIS]`";

/// What ends a run.
#[derive(Clone, Copy)]
enum Bound {
    /// So many examples for each operation.
    Examples(u32),
    /// So much time, for all of them together: it goes on making up examples until it is over.
    Seconds(u32),
}

/// Operations, and how often each was answered with which status.
type Answered = BTreeMap<String, BTreeMap<u16, u64>>;

/// As much as is asked for.
pub(crate) fn judge(arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.iter().map(String::as_str);
    let mut bound = Bound::Examples(EXAMPLES);
    let mut more = Vec::new();
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|number| number.parse().ok()).context(USAGE);
        match argument {
            "--examples" => bound = Bound::Examples(number()?),
            "--seconds" => bound = Bound::Seconds(number()?),
            "--" => more.extend(arguments.by_ref()),
            unknown => bail!("`judge` knows no {unknown:?}: {USAGE}"),
        }
    }
    system::provide(&[packages::JUDGE])?;
    judged(bound, &more)
}

/// As much as a run of all tests has time for.
pub(crate) fn for_a_while() -> Result<()> {
    judged(Bound::Examples(EXAMPLES), &[])
}

fn judged(bound: Bound, more: &[&str]) -> Result<()> {
    let program = installed()?;
    step("The platform to be judged", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff-platform"]))
    })?;
    let people = u32::try_from(PEOPLE.len()).unwrap_or(1).max(1);
    let each = match bound {
        Bound::Examples(_) => bound,
        Bound::Seconds(seconds) => Bound::Seconds((seconds / people).max(1)),
    };
    let mut answered = Answered::new();
    for (who, email) in PEOPLE {
        let advice = "target/judge/ has the requests and the platform's log; `cargo xtask judge` runs this alone.";
        step(&format!("The judge as {who}"), advice, || ask(&program, email, each, more, &mut answered))?;
    }
    // Asked for a part, it is let in to that part.
    if more.is_empty() { look_at(&answered) } else { Ok(()) }
}

/// Insists that everything had its way at least once, but for what [`NEVER`] has, and that the table says nothing else.
fn look_at(answered: &Answered) -> Result<()> {
    let succeeds = |answers: &BTreeMap<u16, u64>| answers.keys().any(|status| (200..400).contains(status));
    let known = |operation: &str| NEVER.iter().find(|(never, _)| *never == operation).map(|(_, reason)| *reason);
    let mut wrong = Vec::new();
    for (operation, answers) in answered {
        match (succeeds(answers), known(operation)) {
            (false, None) => wrong.push(format!("{operation} never succeeded: {answers:?}")),
            (true, Some(reason)) => wrong.push(format!("{operation} succeeded, which NEVER says it cannot: {reason}")),
            (true, None) | (false, Some(_)) => {}
        }
    }
    let unasked = NEVER.iter().filter(|(never, _)| !answered.contains_key(*never));
    wrong.extend(unasked.map(|(never, _)| format!("{never} stands in NEVER and was not asked")));
    let succeeded = answered.values().filter(|answers| succeeds(answers)).count();
    say::line(&format!("{succeeded} of {} operations had their way at least once.", answered.len()));
    if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("\n")) }
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
fn ask(program: &Path, email: &str, bound: Bound, more: &[&str], answered: &mut Answered) -> Result<()> {
    let name = email.split('@').next().unwrap_or(email);
    let place = folder().join(name);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let platform = Platform::serve(&place)?;
    let configuration = workspace::root().join("tests/judge/schemathesis.toml");
    let (option, number, net) = match bound {
        Bound::Examples(examples) => ("--max-examples", examples, NET),
        Bound::Seconds(seconds) => ("--max-time", seconds, NET + Duration::from_secs(seconds.into())),
    };
    say::line(&format!("{option} {number} at {}", platform.address));
    let mut judge = Command::new(program);
    judge
        .current_dir(&place)
        .env("PYTHONPATH", workspace::root().join("tests/judge"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("JUDGE_EMAIL", email)
        .env("JUDGE_PASSWORD", "signoff-demo")
        .arg("--config-file")
        .arg(configuration)
        .args(["run", option, &number.to_string()])
        .args(more)
        .arg(format!("{}/v1/openapi.json", platform.address));
    let ended = within(net, &mut judge);
    for line in fs::read_to_string(place.join("answered.tsv")).unwrap_or_default().lines() {
        if let [operation, status, count] = line.split('\t').collect::<Vec<_>>()[..] {
            let count: u64 = count.parse()?;
            *answered.entry(operation.to_owned()).or_default().entry(status.parse()?).or_default() += count;
        }
    }
    ended
}

/// Runs a program to its end, which has to come in time.
fn within(time: Duration, command: &mut Command) -> Result<()> {
    let mut process = command.spawn().with_context(|| format!("{} did not start", step::shown(command)))?;
    let begun = Instant::now();
    loop {
        match process.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("`{}` ended with {status}", step::shown(command)),
            None if begun.elapsed() > time => {
                process.kill()?;
                process.wait()?;
                bail!("the judge was not done after {}: what it has not asked is not judged", say::seconds(time));
            }
            None => thread::sleep(Duration::from_millis(100)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(more: &[(&str, u16)]) -> Answered {
        let never = NEVER.iter().map(|(operation, _)| (*operation, 404));
        never.chain(more.iter().copied()).fold(Answered::new(), |mut answered, (operation, status)| {
            *answered.entry(operation.to_owned()).or_default().entry(status).or_default() += 1;
            answered
        })
    }

    #[test]
    fn what_never_succeeds_has_a_reason_and_what_has_a_reason_never_succeeds() {
        assert!(look_at(&answered(&[("GET /v1/me", 401), ("GET /v1/me", 200)])).is_ok());
        let told = |more: &[(&str, u16)]| look_at(&answered(more)).expect_err("a fault").to_string();
        assert!(told(&[("GET /v1/me", 401)]).contains("GET /v1/me never succeeded"));
        assert!(told(&[("GET /v1/single-sign-on/callback", 302)]).contains("succeeded, which NEVER"));
        let unasked = look_at(&Answered::new()).expect_err("a fault").to_string();
        assert!(unasked.contains("GET /widget/assets/{file} stands in NEVER and was not asked"), "{unasked}");
    }
}
