//! Invitations, passwords and one's own sessions.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, PASSWORD, Person, WEBCHAT, answer_of, column, items};

const GOOD: &str = "rhubarb on a tin roof";

async fn send(desk: &Desk, person: &Person, method: Method, path: &str, body: &Value) -> Answer {
    answer_of(desk.request(method, path).bearer_auth(&person.token).json(body)).await
}

async fn invite(desk: &Desk, admin: &Person) -> (Value, String) {
    let body = json!({ "email": "zoe@demo.test", "role": "advisor", "teams": ["team_billing"], "channels": [WEBCHAT] });
    let link = desk.post(Some(&admin.token), "/v1/admin/invitations", &body).await.expect(201);
    let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
    (link, token)
}

fn accepting(token: &str, password: &str) -> Value {
    json!({ "token": token, "name": "Zoë Müller", "password": password })
}

async fn enter(desk: &Desk, email: &str, password: &str) -> Answer {
    desk.post(None, "/v1/sessions", &json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn an_invited_person_sets_name_and_password_once() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let (link, token) = invite(&desk, &admin).await;
    assert_eq!(
        (&link["person"]["has_password"], &link["expires_at"]),
        (&json!(false), &json!("2026-03-09T12:00:00.000Z"))
    );
    for guess in ["", GOOD] {
        enter(&desk, "zoe@demo.test", guess).await.refused(401, "bad-credentials");
    }
    let seen = desk.post(None, "/v1/invitations/look", &json!({ "token": token })).await.expect(200);
    assert_eq!(
        (&seen["kind"], &seen["email"], &seen["name"]),
        (&json!("invitation"), &json!("zoe@demo.test"), &json!(""))
    );

    for (password, code) in [
        ("short", "password-too-short"),
        ("password123456", "password-too-common"),
        ("I am Zoë Müller", "password-says-who"),
    ] {
        desk.post(None, "/v1/invitations/accept", &accepting(&token, password)).await.refused(422, code);
    }
    let accepted = desk.post(None, "/v1/invitations/accept", &accepting(&token, GOOD)).await.expect(200);
    assert_eq!(accepted["email"], "zoe@demo.test");
    let session = enter(&desk, "zoe@demo.test", GOOD).await.expect(201);
    assert_eq!(session["user"]["name"], "Zoë Müller");

    for used in ["look", "accept"] {
        let path = format!("/v1/invitations/{used}");
        desk.post(None, &path, &accepting(&token, "another long enough one")).await.refused(404, "invitation-unknown");
    }
    let log = items(&desk.get(&admin, "/v1/audit-log?what=user").await.expect(200));
    assert_eq!(column(&log, "what"), ["user.join", "user.invite", "user.add"]);
    assert!(!json!(log).to_string().contains(&token));
}

#[tokio::test]
async fn a_link_lives_a_week_and_a_new_one_or_an_admin_ends_it() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let (link, first) = invite(&desk, &admin).await;
    let again = format!("/v1/admin/users/{}/password-link", link["person"]["id"].as_str().unwrap());
    let second = desk.post(Some(&admin.token), &again, &json!({})).await.expect(201);
    let second = second["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
    let look = |token: String| {
        let desk = &desk;
        async move { desk.post(None, "/v1/invitations/look", &json!({ "token": token })).await }
    };
    look(first).await.refused(404, "invitation-unknown");
    look(second.clone()).await.expect(200);
    let open = items(&desk.get(&admin, "/v1/admin/invitations").await.expect(200));
    assert_eq!((open.len(), &open[0]["kind"]), (1, &json!("invitation")));
    assert!(!open[0].to_string().contains(&second), "the list shows no token");

    let revoke = format!("/v1/admin/invitations/{}", open[0]["id"].as_str().unwrap());
    assert_eq!(send(&desk, &admin, Method::DELETE, &revoke, &json!({})).await.status, 204);
    send(&desk, &admin, Method::DELETE, &revoke, &json!({})).await.refused(404, "not-found");
    look(second).await.refused(404, "invitation-unknown");

    let third = desk.post(Some(&admin.token), &again, &json!({})).await.expect(201);
    let third = third["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
    desk.later(TimeDelta::days(7));
    look(third).await.refused(404, "invitation-unknown");
    look("x".repeat(5000)).await.refused(404, "invitation-unknown");
}

#[tokio::test]
async fn only_admins_invite_and_bad_invitations_add_nobody() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let fine = json!({ "email": "x@demo.test", "role": "advisor" });
    desk.post(Some(&alice.token), "/v1/admin/invitations", &fine).await.refused(404, "not-found");
    desk.get(&alice, "/v1/admin/invitations").await.refused(404, "not-found");
    for (body, status, code) in [
        (json!({ "email": "x", "role": "advisor" }), 422, "invalid-value"),
        (json!({ "email": "x@demo.test" }), 422, "invalid-body"),
        (json!({ "email": "x@demo.test", "role": "advisor", "teams": ["nowhere"] }), 422, "team-unknown"),
        (json!({ "email": "alice@demo.test", "role": "advisor" }), 409, "email-taken"),
    ] {
        desk.post(Some(&admin.token), "/v1/admin/invitations", &body).await.refused(status, code);
    }
    let people = desk.get(&admin, "/v1/admin/users?text=x%40demo").await.expect(200);
    assert!(items(&people).is_empty());
}

#[tokio::test]
async fn a_reset_ends_old_password_and_sessions_when_it_is_used_and_not_before() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let path = format!("/v1/admin/users/{}/password-link", alice.id);
    let link = desk.post(Some(&admin.token), &path, &json!({})).await.expect(201);
    let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap();
    desk.get(&alice, "/v1/me").await.expect(200);
    desk.alice().await;
    desk.post(None, "/v1/invitations/accept", &accepting(token, GOOD)).await.expect(200);
    desk.get(&alice, "/v1/me").await.refused(401, "unauthenticated");
    enter(&desk, "alice@demo.test", PASSWORD).await.refused(401, "bad-credentials");
    enter(&desk, "alice@demo.test", GOOD).await.expect(201);
}

#[tokio::test]
async fn a_deactivated_person_has_no_way_in_by_a_link() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let (link, token) = invite(&desk, &admin).await;
    let id = link["person"]["id"].as_str().unwrap();
    let path = format!("/v1/admin/users/{id}");
    let gone = desk
        .request(Method::PATCH, &path)
        .bearer_auth(&admin.token)
        .header("If-Match", "*")
        .json(&json!({ "active": false }));
    answer_of(gone).await.expect(200);
    desk.post(None, "/v1/invitations/look", &json!({ "token": token })).await.refused(404, "invitation-unknown");
    desk.post(None, "/v1/invitations/accept", &accepting(&token, GOOD)).await.refused(404, "invitation-unknown");
    desk.post(Some(&admin.token), &format!("{path}/password-link"), &json!({})).await.refused(409, "person-inactive");
}

#[tokio::test]
async fn the_page_behind_a_link_lets_nothing_in_from_elsewhere() {
    let desk = Desk::start().await;
    for (path, kind) in [("/join", "text/html"), ("/join/join.js", "text/javascript"), ("/join/join.css", "text/css")] {
        let answer = answer_of(desk.request(Method::GET, path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(kind));
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    }
}

#[tokio::test]
async fn one_changes_the_own_password_with_the_old_one_and_all_other_sessions_end() {
    let desk = Desk::start().await;
    let (here, there) = (desk.alice().await, desk.alice().await);
    let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    let put = async |body: Value| send(&desk, &here, Method::PUT, "/v1/me/password", &body).await;
    put(change("wrong", GOOD)).await.refused(403, "password-wrong");
    put(change(PASSWORD, "short")).await.refused(422, "password-too-short");
    put(change(PASSWORD, "Alice likes green tea")).await.refused(422, "password-says-who");
    put(json!({})).await.refused(422, "invalid-body");
    desk.get(&there, "/v1/me").await.expect(200);
    assert_eq!(put(change(PASSWORD, GOOD)).await.status, 204);
    desk.get(&here, "/v1/me").await.expect(200);
    desk.get(&there, "/v1/me").await.refused(401, "unauthenticated");
    enter(&desk, "alice@demo.test", PASSWORD).await.refused(401, "bad-credentials");
    enter(&desk, "alice@demo.test", GOOD).await.expect(201);
}

#[tokio::test]
async fn guesses_of_the_old_password_are_locked_out_and_shut_nobodys_door() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let guess = json!({ "old_password": "guess", "new_password": GOOD });
    for _ in 0..5 {
        send(&desk, &alice, Method::PUT, "/v1/me/password", &guess).await.refused(403, "password-wrong");
    }
    let right = json!({ "old_password": PASSWORD, "new_password": GOOD });
    send(&desk, &alice, Method::PUT, "/v1/me/password", &right).await.refused(429, "too-many-attempts");
    enter(&desk, "alice@demo.test", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let desk = Desk::start().await;
    let body = json!({ "email": "alice@demo.test", "password": PASSWORD, "device": "Signoff on\n a laptop" });
    let laptop = desk.post(None, "/v1/sessions", &body).await.expect(201)["token"].as_str().unwrap().to_owned();
    desk.later(TimeDelta::hours(1));
    let (here, bob) = (desk.alice().await, desk.bob().await);
    let own = items(&desk.get(&here, "/v1/me/sessions").await.expect(200));
    assert_eq!(own.len(), 2);
    assert_eq!((&own[0]["current"], &own[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&own[1]["device"], &own[1]["last_seen_at"]),
        (&json!("Signoff on a laptop"), &json!("2026-03-02T12:00:00.000Z"))
    );
    assert!(!json!(own).to_string().contains(&laptop));

    let laptop = Person { id: here.id.clone(), token: laptop };
    desk.get(&laptop, "/v1/me").await.expect(200);
    let own = items(&desk.get(&here, "/v1/me/sessions").await.expect(200));
    assert_eq!(own[1]["last_seen_at"], "2026-03-02T13:00:00.000Z", "a request counts");
    let path = format!("/v1/me/sessions/{}", own[1]["id"].as_str().unwrap());
    send(&desk, &bob, Method::DELETE, &path, &json!({})).await.refused(404, "not-found");
    assert_eq!(send(&desk, &here, Method::DELETE, &path, &json!({})).await.status, 204);
    desk.get(&laptop, "/v1/me").await.refused(401, "unauthenticated");

    let second = desk.alice().await;
    assert_eq!(send(&desk, &here, Method::DELETE, "/v1/sessions", &json!({})).await.status, 204);
    for gone in [&here, &second] {
        desk.get(gone, "/v1/me").await.refused(401, "unauthenticated");
    }
    desk.get(&bob, "/v1/me").await.expect(200);
}

#[tokio::test]
async fn an_admin_signs_somebody_out_everywhere() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let path = format!("/v1/admin/users/{}/sessions", alice.id);
    send(&desk, &alice, Method::DELETE, &path, &json!({})).await.refused(404, "not-found");
    assert_eq!(send(&desk, &admin, Method::DELETE, &path, &json!({})).await.status, 204);
    desk.get(&alice, "/v1/me").await.refused(401, "unauthenticated");
    let log = items(&desk.get(&admin, "/v1/audit-log?what=user.sign-out").await.expect(200));
    assert_eq!((&log[0]["subject"]["id"], &log[0]["to"]["sessions"]), (&json!(alice.id), &json!(1)));
}
