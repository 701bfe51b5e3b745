//! The configuration: three layers, and everything that is wrong at once.

use super::{output, program, stderr, stdout};

fn file(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signoff.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let (_dir, path) =
        file("data_dir = \"/a\"\nlisten = \"127.0.0.1:1\"\n[limits]\nmax_connections = 1\n[backup]\nkeep = 3\n");
    let checked =
        program(&["config", "check", "--config", &path, "--listen", "127.0.0.1:3", "--set", "log.requests=true"])
            .env("SIGNOFF_LISTEN", "127.0.0.1:2")
            .env("SIGNOFF_LIMITS_MAX_CONNECTIONS", "2")
            .env("SIGNOFF_METRICS_TOKEN", "nobody-may-see-this")
            .output()
            .unwrap();
    let said = stdout(&checked);
    assert!(checked.status.success(), "{}", stderr(&checked));
    for line in [
        &format!("data_dir = \"/a\"  # file {path}"),
        "listen = \"127.0.0.1:3\"  # flag --listen",
        "limits.max_connections = 2  # environment SIGNOFF_LIMITS_MAX_CONNECTIONS",
        &format!("backup.keep = 3  # file {path}"),
        "log.requests = true  # flag --set",
        "stop.grace_s = 5  # default",
    ] {
        assert!(said.lines().any(|known| known == line), "{line}\n{said}");
    }
    assert!(!said.contains("nobody-may-see-this"), "a secret is not shown");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let (_dir, path) = file(
        "listen = 5\npublic_url = \"ftp://x\"\ntrusted_proxies = [\"10.0.0.0/99\"]\nmax_connections = 3\n\
         [limits]\nmax_conections = 1\nheader_timeout_s = 0\n[tls]\nkey_file = \"/k\"\n[what]\never = 1\n",
    );
    let checked =
        program(&["config", "check", "--config", &path, "--set", "x"]).env("SIGNOFF_DATADIR", "/a").output().unwrap();
    assert_eq!(checked.status.code(), Some(1));
    let said = stderr(&checked);
    for part in [
        "listen has to be a text in quotes, not 5",
        "public_url \"ftp://x\" has to be https:// and a host",
        "\"10.0.0.0/99\" is neither an address nor a network",
        "there is no setting \"max_connections\"; did you mean limits.max_connections?",
        "there is no setting \"limits.max_conections\"; did you mean limits.max_connections?",
        "limits.header_timeout_s has to be from 1 to 3600, not 0",
        "tls.certificate_file and tls.key_file belong together",
        "there is no setting \"what\"",
        "there is no SIGNOFF_DATADIR; did you mean SIGNOFF_DATA_DIR?",
        "\"x\" is not of the form name=value",
        "data_dir: say where the workspace is",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let refused = output(&["serve", "--config", &path]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(stderr(&refused).contains("the configuration cannot be used"));
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_told() {
    let (_dir, path) = file("listen = [");
    let checked = output(&["config", "check", "--config", &path, "--data-dir", "/a"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(stderr(&checked).contains("cannot be read"));
    assert!(stderr(&output(&["config", "check", "--config", "/nowhere"])).contains("/nowhere cannot be read"));
}

/// The example is what an operator begins with: all of it has to be accepted, and the documents show the very same.
#[test]
fn the_example_can_be_used_and_is_the_one_in_the_documents() {
    let example = stdout(&output(&["config", "example"]));
    let used: String = example
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ") && !rest.contains('…')).unwrap_or(line))
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect();
    let (_dir, path) = file(&used);
    let checked = output(&["config", "check", "--config", &path, "--data-dir", "/a"]);
    assert!(checked.status.success(), "{}", stderr(&checked));
    let documented = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/signoff-platform.toml");
    assert_eq!(
        std::fs::read_to_string(documented).unwrap(),
        example,
        "signoff-platform config example > docs/signoff-platform.toml"
    );
}
