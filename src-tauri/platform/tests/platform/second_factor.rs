//! Two-step sign-in (RFC 6238): set up, asked for, used up, lost, and required of everybody.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::desk::{Answer, Desk, PASSWORD, Person, answer_of, column, items};

/// What the authenticator shows at the desk's time.
fn code(desk: &Desk, enrolment: &Value) -> String {
    let secret = Secret::try_from_base32(enrolment["secret"].as_str().unwrap()).unwrap();
    let now = u64::try_from(desk.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
}

fn wrong(right: &str) -> String {
    format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn first_step(desk: &Desk, email: &str) -> Answer {
    desk.post(None, "/v1/sessions", &json!({ "email": email, "password": PASSWORD })).await
}

async fn challenge(desk: &Desk, email: &str) -> String {
    first_step(desk, email).await.refused(401, "second-factor-required")["challenge"].as_str().unwrap().to_owned()
}

async fn second_step(desk: &Desk, challenge: &str, code: &str) -> Answer {
    desk.post(None, "/v1/sessions/second-factor", &json!({ "challenge": challenge, "code": code })).await
}

/// Alice with an authenticator; the next code is in another step.
async fn enrolled(desk: &Desk, alice: &Person) -> (Value, Vec<String>) {
    let password = json!({ "password": PASSWORD });
    let enrolment = desk.post(Some(&alice.token), "/v1/me/second-factor", &password).await.expect(201);
    let confirm = json!({ "code": code(desk, &enrolment) });
    let codes = desk.post(Some(&alice.token), "/v1/me/second-factor/confirm", &confirm).await.expect(200);
    let codes = codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    desk.later(TimeDelta::seconds(90));
    (enrolment, codes)
}

#[tokio::test]
async fn an_authenticator_is_in_use_with_its_first_code_and_not_before() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let begin = |password: &str| {
        let body = json!({ "password": password });
        let (desk, alice) = (&desk, &alice);
        async move { desk.post(Some(&alice.token), "/v1/me/second-factor", &body).await }
    };
    begin("wrong").await.refused(403, "password-wrong");
    let confirm = |code: String| {
        let (desk, alice) = (&desk, &alice);
        async move { desk.post(Some(&alice.token), "/v1/me/second-factor/confirm", &json!({ "code": code })).await }
    };
    confirm("123456".to_owned()).await.refused(409, "enrolment-unknown");
    let enrolment = begin(PASSWORD).await.expect(201);
    assert!(enrolment["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let right = code(&desk, &enrolment);
    confirm(wrong(&right)).await.refused(401, "second-factor-wrong");
    first_step(&desk, "alice@demo.test").await.expect(201);

    let codes = confirm(right).await.expect(200);
    assert_eq!(codes["codes"].as_array().unwrap().len(), 10);
    let own = desk.get(&alice, "/v1/me/second-factor").await.expect(200);
    assert_eq!((&own["enabled"], &own["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert!(!own.to_string().contains(enrolment["secret"].as_str().unwrap()), "shown once");
    challenge(&desk, "alice@demo.test").await;
    first_step(&desk, "bob@demo.test").await.expect(201);
}

#[tokio::test]
async fn a_code_is_good_once_and_a_challenge_for_one_sign_in() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (enrolment, _) = enrolled(&desk, &alice).await;
    let first = challenge(&desk, "alice@demo.test").await;
    let right = code(&desk, &enrolment);
    for bad in [wrong(&right), String::new(), "abcdef".to_owned(), "x".repeat(5000)] {
        second_step(&desk, &first, &bad).await.refused(401, "second-factor-wrong");
    }
    let session = second_step(&desk, &first, &right).await.expect(201);
    assert_eq!((&session["user"]["id"], session.get("recovery_codes")), (&json!(alice.id), None));
    second_step(&desk, &first, &right).await.refused(401, "challenge-unknown");
    let second = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &second, &right).await.refused(401, "second-factor-wrong");
    desk.later(TimeDelta::seconds(30));
    second_step(&desk, &second, &code(&desk, &enrolment)).await.expect(201);

    let late = challenge(&desk, "alice@demo.test").await;
    desk.later(TimeDelta::minutes(11));
    second_step(&desk, &late, &code(&desk, &enrolment)).await.refused(401, "challenge-unknown");
    second_step(&desk, "made up", "123456").await.refused(401, "challenge-unknown");
}

/// The right password alone must not start the count anew.
#[tokio::test]
async fn guessing_codes_locks_the_address_out_password_and_all() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (enrolment, _) = enrolled(&desk, &alice).await;
    for _ in 0..5 {
        let open = challenge(&desk, "alice@demo.test").await;
        second_step(&desk, &open, &wrong(&code(&desk, &enrolment))).await.refused(401, "second-factor-wrong");
    }
    first_step(&desk, "alice@demo.test").await.refused(429, "too-many-attempts");
    desk.later(TimeDelta::minutes(1));
    let open = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &open, &wrong(&code(&desk, &enrolment))).await.refused(401, "second-factor-wrong");
    let locked = first_step(&desk, "alice@demo.test").await;
    locked.refused(429, "too-many-attempts");
    assert_eq!(locked.headers["retry-after"], "120", "whoever goes on guessing waits twice as long each time");
    desk.later(TimeDelta::minutes(2));
    let open = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &open, &code(&desk, &enrolment)).await.expect(201);
    let admin = desk.admin().await;
    let failed = items(&desk.get(&admin, "/v1/audit-log?what=sign-in.failed").await.expect(200));
    assert_eq!((failed.len(), &failed[0]["to"]["locked"]), (6, &json!(true)));
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_however_it_is_typed() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (_, codes) = enrolled(&desk, &alice).await;
    let open = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &open, &codes[0].replace('-', " ").to_uppercase()).await.expect(201);
    let open = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &open, &codes[0]).await.refused(401, "second-factor-wrong");
    second_step(&desk, &open, &codes[1]).await.expect(201);
    let own = desk.get(&alice, "/v1/me/second-factor").await.expect(200);
    assert_eq!(own["recovery_codes_left"], 8);

    let renew = async |code: &str| {
        let shown = json!({ "password": PASSWORD, "code": code });
        desk.post(Some(&alice.token), "/v1/me/second-factor/recovery-codes", &shown).await
    };
    renew(&codes[1]).await.refused(401, "second-factor-wrong");
    let renewed = renew(&codes[3]).await.expect(200);
    let open = challenge(&desk, "alice@demo.test").await;
    second_step(&desk, &open, &codes[2]).await.refused(401, "second-factor-wrong");
    second_step(&desk, &open, renewed["codes"][0].as_str().unwrap()).await.expect(201);
}

#[tokio::test]
async fn it_is_switched_off_with_password_and_code_or_by_an_admin_for_whoever_lost_it() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let (enrolment, _) = enrolled(&desk, &alice).await;
    let off = async |shown: Value| desk.post(Some(&alice.token), "/v1/me/second-factor/disable", &shown).await;
    let right = code(&desk, &enrolment);
    off(json!({ "password": "wrong", "code": right })).await.refused(403, "password-wrong");
    off(json!({ "password": PASSWORD })).await.refused(401, "second-factor-wrong");
    off(json!({ "password": PASSWORD, "code": wrong(&right) })).await.refused(401, "second-factor-wrong");
    let another = json!({ "password": PASSWORD });
    desk.post(Some(&alice.token), "/v1/me/second-factor", &another).await.refused(401, "second-factor-wrong");
    challenge(&desk, "alice@demo.test").await;
    assert_eq!(off(json!({ "password": PASSWORD, "code": right })).await.status, 204);
    first_step(&desk, "alice@demo.test").await.expect(201);

    enrolled(&desk, &alice).await;
    let operator = std::process::Command::new(env!("CARGO_BIN_EXE_signoff-platform"))
        .args(["user", "reset-two-step", "--email", "alice@demo.test", "--data-dir"])
        .arg(desk.dir())
        .output()
        .unwrap();
    assert!(operator.status.success());
    first_step(&desk, "alice@demo.test").await.expect(201);

    enrolled(&desk, &alice).await;
    let reset = |person: &Person| {
        let path = format!("/v1/admin/users/{}/second-factor", alice.id);
        answer_of(desk.request(Method::DELETE, &path).bearer_auth(&person.token))
    };
    reset(&alice).await.refused(404, "not-found");
    assert_eq!(reset(&admin).await.status, 204);
    first_step(&desk, "alice@demo.test").await.expect(201);
    let log = items(&desk.get(&admin, "/v1/audit-log?what=two-step").await.expect(200));
    let whats = ["reset", "enable", "reset", "enable", "disable", "enable"].map(|what| format!("two-step.{what}"));
    assert_eq!(column(&log, "what"), whats);
}

#[tokio::test]
async fn a_workspace_that_requires_it_has_it_set_up_at_the_next_sign_in() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let rule = |person: &Person, on: bool, version: Option<&'static str>| {
        let body = json!({ "second_factor_required": on });
        let request = desk.request(Method::PUT, "/v1/admin/sign-in-rules").bearer_auth(&person.token).json(&body);
        answer_of(match version {
            Some(version) => request.header("If-Match", version),
            None => request,
        })
    };
    rule(&alice, true, Some("*")).await.refused(404, "not-found");
    rule(&admin, true, None).await.refused(428, "if-match-missing");
    rule(&admin, true, Some("\"9\"")).await.refused(412, "stale");
    rule(&admin, true, Some("\"1\"")).await.expect(200);
    desk.get(&alice, "/v1/me").await.expect(200);

    let problem = first_step(&desk, "alice@demo.test").await.refused(401, "second-factor-enrolment-required");
    let open = problem["challenge"].as_str().unwrap();
    second_step(&desk, open, "123456").await.refused(401, "second-factor-wrong");
    let enrol = json!({ "challenge": open });
    let enrolment = desk.post(None, "/v1/sessions/second-factor/enrolment", &enrol).await.expect(201);
    second_step(&desk, open, &wrong(&code(&desk, &enrolment))).await.refused(401, "second-factor-wrong");
    // Somebody else who knows the password begins at the same time, and comes second.
    let other = first_step(&desk, "alice@demo.test").await.refused(401, "second-factor-enrolment-required");
    let other = other["challenge"].as_str().unwrap();
    let theirs =
        desk.post(None, "/v1/sessions/second-factor/enrolment", &json!({ "challenge": other })).await.expect(201);
    let session = second_step(&desk, open, &code(&desk, &enrolment)).await.expect(201);
    second_step(&desk, other, &code(&desk, &theirs)).await.refused(401, "challenge-unknown");
    assert_eq!(session["recovery_codes"].as_array().unwrap().len(), 10);

    let off = json!({ "password": PASSWORD });
    desk.post(Some(&alice.token), "/v1/me/second-factor/disable", &off).await.refused(409, "second-factor-compulsory");
    // Whoever has one cannot be talked into another at sign-in.
    let open = challenge(&desk, "alice@demo.test").await;
    let enrol = json!({ "challenge": open });
    desk.post(None, "/v1/sessions/second-factor/enrolment", &enrol).await.refused(401, "challenge-unknown");
    let log = items(&desk.get(&admin, "/v1/audit-log?what=settings").await.expect(200));
    assert_eq!((&log[0]["what"], &log[0]["to"]), (&json!("settings.second_factor_required"), &json!(true)));
}

/// The thief of a password is between the two steps while its owner changes it.
#[tokio::test]
async fn a_first_step_with_the_password_of_before_is_no_first_step() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let (enrolment, _) = enrolled(&desk, &alice).await;
    let required = json!({ "second_factor_required": true });
    desk.put(&admin, "/v1/admin/sign-in-rules", &required, Some("*")).await.expect(200);
    let hers = challenge(&desk, "alice@demo.test").await;
    let bob = first_step(&desk, "bob@demo.test").await.refused(401, "second-factor-enrolment-required");
    let bobs = bob["challenge"].as_str().unwrap();
    let started =
        desk.post(None, "/v1/sessions/second-factor/enrolment", &json!({ "challenge": bobs })).await.expect(201);
    for email in ["alice@demo.test", "bob@demo.test"] {
        let people = desk.get(&admin, &format!("/v1/admin/users?text={email}")).await.expect(200);
        let path = format!("/v1/admin/users/{}/password-link", items(&people)[0]["id"].as_str().unwrap());
        let link = desk.post(Some(&admin.token), &path, &json!({})).await.expect(201);
        let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
        let accept = json!({ "token": token, "name": "Somebody", "password": "a sentence that nobody guesses" });
        desk.post(None, "/v1/invitations/accept", &accept).await.expect(200);
    }
    second_step(&desk, &hers, &code(&desk, &enrolment)).await.refused(401, "challenge-unknown");
    second_step(&desk, bobs, &code(&desk, &started)).await.refused(401, "challenge-unknown");
    let again = desk.post(None, "/v1/sessions/second-factor/enrolment", &json!({ "challenge": bobs })).await;
    again.refused(401, "challenge-unknown");
}

/// docs/people.md: whoever guessed had the old password, and could have the next one.
#[tokio::test]
async fn a_new_password_does_not_shorten_the_wait_after_wrong_codes() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let (enrolment, _) = enrolled(&desk, &alice).await;
    for _ in 0..5 {
        let open = challenge(&desk, "alice@demo.test").await;
        second_step(&desk, &open, &wrong(&code(&desk, &enrolment))).await.refused(401, "second-factor-wrong");
    }
    let path = format!("/v1/admin/users/{}/password-link", alice.id);
    let link = desk.post(Some(&admin.token), &path, &json!({})).await.expect(201);
    let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap();
    let password = "a sentence that nobody guesses";
    let accept = json!({ "token": token, "name": "Alice", "password": password });
    desk.post(None, "/v1/invitations/accept", &accept).await.expect(200);

    let enter =
        async || desk.post(None, "/v1/sessions", &json!({ "email": "alice@demo.test", "password": password })).await;
    enter().await.refused(429, "too-many-attempts");
    desk.later(TimeDelta::minutes(1));
    enter().await.refused(401, "second-factor-required");
}
