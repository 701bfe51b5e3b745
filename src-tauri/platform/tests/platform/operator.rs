//! `signoff-platform user …`: how the first admin of a new workspace comes to be, and what else an operator does beside a platform that serves.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::json;

use crate::desk::{Desk, Person, column, items};

fn user(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signoff-platform"));
    command.arg("user").args(arguments).arg("--data-dir").arg(dir);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn enter(desk: &Desk, email: &str, password: &str) -> Option<Person> {
    let session = desk.post(None, "/v1/sessions", &json!({ "email": email, "password": password })).await;
    (session.status == 201).then(|| Person {
        id: session.json()["user"]["id"].as_str().unwrap().to_owned(),
        token: session.json()["token"].as_str().unwrap().to_owned(),
    })
}

#[tokio::test]
async fn the_first_admin_is_added_before_the_platform_ever_ran() {
    let dir = tempfile::tempdir().unwrap();
    let added = user(dir.path(), &["add", "--email", "Ada@Example.com", "--name", "Ada", "--admin"], "");
    let said = said(&added);
    let password = said.lines().find_map(|line| line.strip_prefix("password: ")).expect("a made password").to_owned();

    let running = signoff_platform::serve(signoff_platform::Options::new(dir.path())).await.unwrap();
    let desk = Desk::around(&running);
    let ada = enter(&desk, "ada@example.com", &password).await.expect("she gets in");
    let log = items(&desk.get(&ada, "/v1/audit-log?what=user").await.expect(200));
    assert_eq!((&log[0]["what"], &log[0]["who"]["id"]), (&json!("user.add"), &json!("operator")));
    running.shutdown().await;
}

#[tokio::test]
async fn an_operator_works_beside_a_platform_that_serves() {
    let desk = Desk::start().await;
    let (dir, alice) = (desk.dir().to_owned(), desk.alice().await);
    let good = "rhubarb on a tin roof\n";
    let add = ["add", "--email", "zoe@example.com", "--name", "Zoë", "--team", "billing", "--password-stdin"];
    assert!(refused(&user(&dir, &add, "short\n")).contains("12 characters"));
    assert!(
        refused(&user(&dir, &["add", "--email", "z@example.com", "--name", "Z", "--team", "Nowhere"], ""))
            .contains("there is no team")
    );
    said(&user(&dir, &add, good));
    assert!(refused(&user(&dir, &add, good)).contains("already"));
    let zoe = enter(&desk, "zoe@example.com", good.trim_end()).await.expect("she gets in at once");
    let shown = desk.get(&zoe, "/v1/directory").await.expect(200);
    assert_eq!(shown["channels"].as_array().unwrap().len(), 3, "all channels, if none is named");

    said(&user(&dir, &["deactivate", "--email", "alice@demo.test"], ""));
    // The platform notices by itself what was written beside it.
    while desk.get(&alice, "/v1/me").await.status != 401 {}
    assert!(refused(&user(&dir, &["deactivate", "--email", "admin@demo.test"], "")).contains("last one"));
    assert!(refused(&user(&dir, &["deactivate", "--email", "nobody@demo.test"], "")).contains("nobody has"));
    let list = said(&user(&dir, &["list"], ""));
    assert!(list.contains("deactivated\tadvisor\talice@demo.test\tAlice Lefranc"), "{list}");
    said(&user(&dir, &["reactivate", "--email", "alice@demo.test"], ""));
    said(&user(&dir, &["make-admin", "--email", "alice@demo.test"], ""));
    said(&user(&dir, &["reset-password", "--email", "alice@demo.test", "--password-stdin"], good));
    assert!(enter(&desk, "alice@demo.test", "signoff-demo").await.is_none());
    let alice = enter(&desk, "alice@demo.test", good.trim_end()).await.expect("with the new one");
    let log = items(&desk.get(&alice, "/v1/audit-log?who=operator").await.expect(200));
    let whats = ["user.password", "user.role", "user.reactivate", "user.deactivate", "user.add"];
    assert_eq!(column(&log, "what"), whats);
}

#[test]
fn a_folder_without_a_workspace_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_signoff-platform"))
        .args(["audit", "verify", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(refused(&output).contains("there is no workspace in"));
}

/// As for `serve`: the file, over it the environment, over it the flag.
#[test]
fn the_folder_is_named_where_serve_has_it_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let config = at("platform.toml");
    std::fs::write(&config, format!("data_dir = {:?}\n", at("file"))).unwrap();
    let add = |name: &str| {
        let mut command = crate::operating::program(&["user", "add", "--name", name, "--email", "ada@example.com"]);
        command.arg("--config").arg(&config);
        command
    };
    let listed = |folder: &str| said(&user(&at(folder), &["list"], ""));

    said(&add("By file").output().unwrap());
    said(&add("By environment").env("SIGNOFF_DATA_DIR", at("environment")).output().unwrap());
    let flag = at("flag");
    said(&add("By flag").env("SIGNOFF_DATA_DIR", at("environment")).arg("--data-dir").arg(&flag).output().unwrap());

    assert!(listed("file").ends_with("By file\n"));
    assert!(listed("environment").ends_with("By environment\n"));
    assert!(listed("flag").ends_with("By flag\n"));
    let mut verify = crate::operating::program(&["audit", "verify"]);
    assert!(said(&verify.env("SIGNOFF_DATA_DIR", &flag).output().unwrap()).starts_with("intact"));
    let nowhere = crate::operating::output(&["user", "list"]);
    assert!(refused(&nowhere).contains("SIGNOFF_DATA_DIR"));
}
