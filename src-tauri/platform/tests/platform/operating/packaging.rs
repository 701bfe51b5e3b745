//! The files that an operator takes as they are: the unit, the recipe of the image, the alerts. They name settings, commands, paths and
//! metrics of the program, and nothing but these tests would notice that one has another name by now.

use std::path::{Path, PathBuf};

use reqwest::Method;
use signoff_platform::demo_blueprint;

use super::{output, program, stderr, stdout};
use crate::desk::{Desk, WEBCHAT, answer_of};

const TOKEN: &str = "only-for-monitoring";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// Words of a text that begin so, each with what follows it.
fn words<'a>(text: &'a str, prefix: &str) -> Vec<(&'a str, &'a str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = text.match_indices(prefix).map(|(at, _)| at);
    begins
        .filter(|&at| at == 0 || !is_part(text.as_bytes()[at - 1]))
        .map(|at| {
            let length = text[at..].bytes().take_while(|byte| is_part(*byte)).count();
            text[at..].split_at(length)
        })
        .collect()
}

#[tokio::test]
async fn every_metric_of_the_alerts_and_the_documents_is_told() {
    let desk = Desk::start_as(demo_blueprint(), |options| options.serving.metrics_token = Some(TOKEN.into())).await;
    // What counts nothing yet is not told: it takes a request, and a reply that waits.
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let metrics = answer_of(desk.request(Method::GET, "/metrics").bearer_auth(TOKEN)).await;
    let told = String::from_utf8(metrics.bytes).unwrap();
    // A histogram is named as a whole, too.
    let samples = |name: &str| -> Vec<&str> {
        let is_it = |line: &&str| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']) || rest.starts_with("_bucket{"))
        };
        told.lines().filter(is_it).collect()
    };
    for (path, least) in [("packaging/platform/prometheus-alerts.yml", 10), ("docs/operating.md", 4)] {
        let text = read(path);
        let named = words(&text, "signoff_");
        assert!(named.len() >= least, "{path}: {named:?}");
        for (name, rest) in named {
            let samples = samples(name);
            assert!(!samples.is_empty(), "{path} has {name}, which the platform does not tell:\n{told}");
            if let Some(label) = rest.strip_prefix('{').and_then(|rest| rest.split_once(['=', '!'])) {
                let label = format!("{}=\"", label.0);
                assert!(samples.iter().any(|sample| sample.contains(&label)), "{path}: {name} has no {label}");
            }
        }
    }
}

/// Checks a configuration by what a file sets in the environment; what it leaves out is a secret.
fn checked(environment: &str, arguments: &[&str]) -> String {
    let mut check = program(&["config", "check"]);
    check.args(arguments);
    for (name, rest) in words(environment, "SIGNOFF_") {
        let value = rest.strip_prefix('=').unwrap_or_default();
        let value = value.split_whitespace().next().filter(|value| *value != "…");
        check.env(name, value.unwrap_or("a-secret-that-is-long-enough-for-all"));
    }
    let checked = check.output().unwrap();
    assert!(checked.status.success(), "{}", stderr(&checked));
    stdout(&checked)
}

#[test]
fn the_unit_starts_the_program_with_settings_that_there_are() {
    let unit = read("packaging/platform/signoff-platform.service");
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let (path, arguments) = line.split_once(' ').unwrap();
    assert!(read("docs/operating.md").contains(&format!("`{path}`")), "the documents say to copy it there");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("platform.toml");
    std::fs::write(&file, stdout(&output(&["config", "example"]))).unwrap();
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let ["serve", "--config", "/etc/signoff/platform.toml"] = arguments[..] else { panic!("{arguments:?}") };
    let said = checked(&unit, &["--config", file.to_str().unwrap()]);
    assert!(said.contains("data_dir = \"/var/lib/signoff\"  # environment SIGNOFF_DATA_DIR"), "{said}");
    assert!(unit.contains("\nStateDirectory=signoff\n"), "systemd makes /var/lib/signoff");
}

#[test]
fn the_image_is_made_of_what_there_is() {
    let recipe = read("packaging/platform/Containerfile");
    let lines: Vec<&str> = recipe.lines().map(str::trim).collect();
    for line in &lines {
        let Some(copied) = line.strip_prefix("COPY ").map(|line| line.split(' ').collect::<Vec<_>>()) else { continue };
        let from = copied[0].strip_prefix("--from=");
        for path in &copied[usize::from(from.is_some())..copied.len() - 1] {
            match from {
                None => assert!(root().join(path).exists(), "{line}: there is no {path}"),
                Some("pages") => {
                    let made = path.strip_prefix("/source/").unwrap();
                    assert!(read("ui/vite.config.ts").contains(&format!("'../{made}'")), "nothing is built to {made}");
                }
                Some("build") => {
                    let placed = format!("/image/{}", env!("CARGO_PKG_NAME"));
                    assert!(recipe.contains(&placed), "nothing is put at {placed}");
                }
                Some(stage) => panic!("there is no stage {stage}"),
            }
        }
    }
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(recipe.contains(&format!("/rust:{version}-")), "the compiler is the one of Cargo.toml, {version}");
    let name = env!("CARGO_PKG_NAME");
    assert!(Path::new(env!("CARGO_BIN_EXE_signoff-platform")).file_stem().is_some_and(|stem| stem == name));
    assert!(recipe.contains(&format!("--package {name} --bin {name} ")), "{name} is built");
    assert!(lines.contains(&format!("ENTRYPOINT [\"/{name}\"]").as_str()), "{name} is started");
    for command in ["serve", "ready"] {
        assert!(lines.iter().any(|line| line.contains("CMD [") && line.contains(&format!("\"{command}\"]"))));
        assert!(output(&[command, "--help"]).status.success(), "there is no {command}");
    }
    let said = checked(&recipe, &[]);
    let port = lines.iter().find_map(|line| line.strip_prefix("EXPOSE ")).unwrap();
    assert!(said.contains(&format!("listen = \"0.0.0.0:{port}\"  # environment SIGNOFF_LISTEN")), "{said}");
    let volume = lines.iter().find_map(|line| line.strip_prefix("VOLUME ")).unwrap();
    assert!(said.contains(&format!("data_dir = \"{volume}\"  # environment SIGNOFF_DATA_DIR")), "{said}");
}
