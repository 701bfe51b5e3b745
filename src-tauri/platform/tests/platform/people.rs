//! People and teams, managed by admins; what their changes cause at once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, WEBCHAT, WHATSAPP, answer_of, column, items};

const USERS: &str = "/v1/admin/users";
const TEAMS: &str = "/v1/admin/teams";
const GOOD: &str = "rhubarb on a tin roof";

async fn patch(desk: &Desk, person: &Person, path: &str, body: &Value) -> Answer {
    let seen = desk.get(person, path).await;
    let version = seen.headers.get("etag").map_or("*", |tag| tag.to_str().unwrap()).to_owned();
    patch_as(desk, person, path, body, Some(&version)).await
}

async fn patch_as(desk: &Desk, person: &Person, path: &str, body: &Value, version: Option<&str>) -> Answer {
    let request = desk.request(Method::PATCH, path).bearer_auth(&person.token).json(body);
    answer_of(match version {
        Some(version) => request.header("If-Match", version),
        None => request,
    })
    .await
}

fn user(person: &Person) -> String {
    format!("{USERS}/{}", person.id)
}

async fn add(desk: &Desk, admin: &Person, body: &Value) -> Answer {
    desk.post(Some(&admin.token), USERS, body).await
}

async fn audited(desk: &Desk, admin: &Person, query: &str) -> Vec<Value> {
    items(&desk.get(admin, &format!("/v1/audit-log?{query}")).await.expect(200))
}

#[tokio::test]
async fn to_advisors_people_and_teams_do_not_exist() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in [USERS, TEAMS, &user(&alice), "/v1/admin/teams/team_billing"] {
        desk.get(&alice, path).await.refused(404, "not-found");
        answer_of(desk.request(Method::GET, path)).await.refused(401, "unauthenticated");
    }
    add(&desk, &alice, &json!({ "name": "X", "email": "x@demo.test", "role": "admin" }))
        .await
        .refused(404, "not-found");
    patch_as(&desk, &alice, &user(&alice), &json!({ "role": "admin" }), Some("*")).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_admin_adds_somebody_who_can_sign_in_and_sees_what_teams_and_channels_allow() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let billing = desk.writes(WEBCHAT, "b", "My invoice").await.conversation;
    desk.writes(WEBCHAT, "o", "My parcel").await;
    desk.writes(WHATSAPP, "w", "My invoice").await;
    let body = json!({ "name": " Zoë Müller ", "email": "Zoe@Demo.test", "role": "advisor",
        "teams": ["team_billing"], "channels": [WEBCHAT], "password": GOOD });
    let added = add(&desk, &admin, &body).await;
    let zoe = added.expect(201);
    assert_eq!(added.headers["etag"], "\"1\"");
    assert_eq!((&zoe["name"], &zoe["email"]), (&json!("Zoë Müller"), &json!("zoe@demo.test")));
    assert_eq!((&zoe["active"], &zoe["has_password"], &zoe["sessions"]), (&json!(true), &json!(true), &json!(0)));

    let session =
        desk.post(None, "/v1/sessions", &json!({ "email": "zoe@demo.test", "password": GOOD })).await.expect(201);
    let zoe =
        Person { id: zoe["id"].as_str().unwrap().to_owned(), token: session["token"].as_str().unwrap().to_owned() };
    let seen = desk.get(&zoe, "/v1/conversations").await.expect(200);
    assert_eq!(column(&items(&seen), "id"), [&*billing]);
    let directory = desk.get(&zoe, "/v1/directory").await.expect(200);
    assert!(column(directory["users"].as_array().unwrap(), "name").contains(&"Zoë Müller"));

    let entry = &audited(&desk, &admin, "what=user.add").await[0];
    assert_eq!(entry["subject"], json!({ "id": zoe.id, "name": "Zoë Müller" }));
    assert!(!entry.to_string().contains(GOOD), "no secret in the log");
    add(&desk, &admin, &body).await.refused(409, "email-taken");
}

#[tokio::test]
async fn bad_people_are_refused_and_nothing_is_added() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let fine = json!({ "name": "Zoë", "email": "zoe@demo.test", "role": "advisor" });
    let with = |field: &str, value: Value| {
        let mut body = fine.clone();
        body[field] = value;
        body
    };
    for (body, code) in [
        (with("name", json!("")), "invalid-value"),
        (with("name", json!("a\u{0}b")), "invalid-value"),
        (with("name", json!("x".repeat(201))), "invalid-value"),
        (with("name", json!(7)), "invalid-body"),
        (with("email", json!("zoe")), "invalid-value"),
        (with("email", json!("a b@c")), "invalid-value"),
        (with("role", json!("owner")), "invalid-body"),
        (with("teams", json!("team_billing")), "invalid-body"),
        (with("teams", json!(["team_nowhere"])), "team-unknown"),
        (with("channels", json!(["ch_nowhere"])), "channel-unknown"),
        (with("password", json!("short")), "password-too-short"),
        (with("password", json!("password123456")), "password-too-common"),
        (with("password", json!("zoe@demo.test 12")), "password-says-who"),
        (with("password", json!("long ".repeat(300))), "password-too-long"),
    ] {
        let status = if code == "channel-unknown" { 404 } else { 422 };
        add(&desk, &admin, &body).await.refused(status, code);
    }
    let found = desk.get(&admin, &format!("{USERS}?text=zoe")).await.expect(200);
    assert_eq!(items(&found), Vec::<Value>::new());
    assert!(audited(&desk, &admin, "what=user").await.is_empty());
}

#[tokio::test]
async fn people_are_found_by_name_address_role_and_team_and_come_in_pages() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    for number in 0..7 {
        let body =
            json!({ "name": format!("Person {number}"), "email": format!("p{number}@demo.test"), "role": "advisor" });
        add(&desk, &admin, &body).await.expect(201);
    }
    let all = items(&desk.get(&admin, USERS).await.expect(200));
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&admin, &format!("{USERS}?limit=3{after}")).await.expect(200);
        paged.extend(items(&page));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(column(&paged, "id"), column(&all, "id"), "pages leave nothing out and repeat nothing");
    let found = |query: &str| {
        let path = format!("{USERS}?{query}");
        let (desk, admin) = (&desk, &admin);
        async move { items(&desk.get(admin, &path).await.expect(200)).len() }
    };
    assert_eq!(found("text=p3%40demo").await, 1);
    assert_eq!(found("text=PERSON").await, 7);
    assert_eq!(found("role=admin").await, 1);
    assert_eq!(found("team=team_billing").await, 3);
    assert_eq!(found("active=false").await, 0);
    desk.get(&admin, &format!("{USERS}?after=nobody")).await.refused(422, "invalid-value");
    desk.get(&admin, &format!("{USERS}?role=owner")).await.refused(400, "invalid-query");
}

#[tokio::test]
async fn a_deactivation_ends_sessions_and_gives_conversations_back() {
    let desk = Desk::start().await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let mine = desk.writes(WEBCHAT, "b", "My invoice").await.conversation;
    desk.click(&alice, &mine, "assign", &json!({ "user_id": alice.id })).await.expect(201);
    let shown = desk.get(&admin, &user(&alice)).await.expect(200);
    assert_eq!((&shown["open_conversations"], &shown["sessions"]), (&json!(1), &json!(1)));
    let seq = desk.newest_seq(&bob).await;

    let gone = patch(&desk, &admin, &user(&alice), &json!({ "active": false })).await.expect(200);
    assert_eq!(
        (&gone["active"], &gone["open_conversations"], &gone["sessions"]),
        (&json!(false), &json!(0), &json!(0))
    );
    assert_eq!(gone["deactivated_at"], "2026-03-02T12:00:00.000Z");
    desk.get(&alice, "/v1/me").await.refused(401, "unauthenticated");
    let again = json!({ "email": "alice@demo.test", "password": "signoff-demo" });
    desk.post(None, "/v1/sessions", &again).await.refused(401, "bad-credentials");

    let conversation = desk.conversation(&bob, &mine).await;
    assert_eq!((&conversation["assignee"], &conversation["state"]), (&json!(null), &json!("received")));
    assert_eq!(conversation["team"]["id"], "team_billing", "it is the team's again");
    let last = desk.timeline(&bob, &mine).await.pop().unwrap();
    assert_eq!((&last["event"]["type"], &last["event"]["from"]["id"]), (&json!("released"), &json!(alice.id)));
    let told = desk.changes(&bob, seq).await;
    assert_eq!(column(&told, "type"), ["conversation.changed", "directory.changed"]);
    let directory = desk.get(&bob, "/v1/directory").await.expect(200);
    assert!(!column(directory["users"].as_array().unwrap(), "id").contains(&&*alice.id));
    desk.click(&bob, &mine, "assign", &json!({ "user_id": alice.id })).await.refused(422, "user-unknown");

    patch(&desk, &admin, &user(&alice), &json!({ "active": true })).await.expect(200);
    desk.alice().await;
    let whats = audited(&desk, &admin, &format!("subject={}", alice.id)).await;
    assert_eq!(column(&whats, "what"), ["user.reactivate", "sign-in.failed", "user.deactivate"]);
}

#[tokio::test]
async fn a_workspace_keeps_an_admin_and_nobody_deactivates_themselves() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    patch(&desk, &admin, &user(&admin), &json!({ "role": "advisor" })).await.refused(409, "last-admin");
    patch(&desk, &admin, &user(&admin), &json!({ "active": false })).await.refused(409, "own-account");

    patch(&desk, &admin, &user(&alice), &json!({ "role": "admin" })).await.expect(200);
    desk.get(&alice, USERS).await.expect(200);
    patch(&desk, &admin, &user(&admin), &json!({ "active": false })).await.refused(409, "own-account");
    patch(&desk, &alice, &user(&admin), &json!({ "active": false })).await.expect(200);
    patch(&desk, &alice, &user(&alice), &json!({ "role": "advisor" })).await.refused(409, "last-admin");
    // A deactivated admin does not count.
    desk.get(&alice, USERS).await.expect(200);
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_seen_and_says_what_it_changed() {
    let desk = Desk::start().await;
    let (admin, bob) = (desk.admin().await, desk.bob().await);
    let path = user(&bob);
    let tag = desk.get(&admin, &path).await.headers["etag"].to_str().unwrap().to_owned();
    let body = json!({ "name": "Robert", "role": "advisor" });
    patch_as(&desk, &admin, &path, &body, None).await.refused(428, "if-match-missing");
    patch_as(&desk, &admin, &path, &body, Some("\"999\"")).await.refused(412, "stale");
    let changed = patch_as(&desk, &admin, &path, &body, Some(&tag)).await;
    assert_eq!(changed.expect(200)["name"], "Robert");
    patch_as(&desk, &admin, &path, &body, Some(&tag)).await.refused(412, "stale");
    let same = patch(&desk, &admin, &path, &body).await;
    assert_eq!(same.headers["etag"], changed.headers["etag"], "nothing differs: no new version");

    let log = audited(&desk, &admin, "what=user").await;
    assert_eq!(column(&log, "what"), ["user.name"], "the role is what it was");
    assert_eq!((&log[0]["from"], &log[0]["to"]), (&json!("Bob Tanner"), &json!("Robert")));
    for (body, code) in [
        (json!({ "email": "alice@demo.test" }), "email-taken"),
        (json!({ "email": "x" }), "invalid-value"),
        (json!({ "teams": ["nowhere"] }), "team-unknown"),
        (json!({ "active": "no" }), "invalid-body"),
    ] {
        patch(&desk, &admin, &path, &body).await.refused(if code == "email-taken" { 409 } else { 422 }, code);
    }
    let nobody = format!("{USERS}/user_nobody");
    patch_as(&desk, &admin, &nobody, &json!({}), Some("*")).await.refused(404, "not-found");
}

#[tokio::test]
async fn whoever_loses_a_channel_loses_its_conversations_and_is_told_to_look_again() {
    let desk = Desk::start().await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let chat = desk.writes(WEBCHAT, "a", "My invoice").await.conversation;
    let whatsapp = desk.writes(WHATSAPP, "a", "My invoice").await.conversation;
    for id in [&chat, &whatsapp] {
        desk.click(&bob, id, "assign", &json!({ "user_id": bob.id })).await.expect(201);
    }
    let (seq, others) = (desk.newest_seq(&bob).await, desk.newest_seq(&alice).await);

    patch(&desk, &admin, &user(&bob), &json!({ "channels": [WEBCHAT] })).await.expect(200);
    assert_eq!(desk.conversation(&bob, &chat).await["assignee"]["id"], bob.id.as_str());
    desk.get(&bob, &format!("/v1/conversations/{whatsapp}")).await.refused(404, "conversation-unknown");
    assert_eq!(desk.conversation(&alice, &whatsapp).await["assignee"], json!(null));
    assert_eq!(column(&desk.changes(&bob, seq).await, "type"), ["reset", "directory.changed"]);
    assert_eq!(column(&desk.changes(&alice, others).await, "type"), ["conversation.changed", "directory.changed"]);
    assert!(
        !column(&desk.changes(&admin, others).await, "type").contains(&"reset"),
        "what is for one is for nobody else"
    );
}

#[tokio::test]
async fn teams_are_made_renamed_filled_and_given_up() {
    let desk = Desk::start().await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let new = json!({ "name": "Returns", "members": [bob.id] });
    let team = desk.post(Some(&admin.token), TEAMS, &new).await.expect(201);
    let path = format!("{TEAMS}/{}", team["id"].as_str().unwrap());
    desk.post(Some(&admin.token), TEAMS, &json!({ "name": "returns" })).await.refused(409, "team-name-taken");
    for body in [json!({ "name": " " }), json!({}), json!({ "name": "x", "members": [7] })] {
        desk.post(Some(&admin.token), TEAMS, &body).await.refused_as_senseless();
    }
    let nobody = json!({ "name": "x", "members": ["nobody"] });
    desk.post(Some(&admin.token), TEAMS, &nobody).await.refused(422, "user-unknown");

    let parcel = desk.writes(WEBCHAT, "a", "My parcel").await.conversation;
    desk.click(&bob, &parcel, "route", &json!({ "team_id": team["id"] })).await.expect(201);
    desk.get(&alice, &format!("/v1/conversations/{parcel}")).await.refused(404, "conversation-unknown");
    desk.click(&bob, &parcel, "assign", &json!({ "user_id": bob.id })).await.expect(201);

    let moved = patch(&desk, &admin, &path, &json!({ "name": "Send backs", "members": [alice.id] })).await.expect(200);
    assert_eq!((&moved["members"][0]["id"], &moved["open_conversations"]), (&json!(alice.id), &json!(1)));
    let shown = desk.conversation(&alice, &parcel).await;
    assert_eq!((&shown["assignee"], &shown["team"]["name"]), (&json!(null), &json!("Send backs")));
    desk.get(&bob, &format!("/v1/conversations/{parcel}")).await.refused(404, "conversation-unknown");
    let teams = desk.get(&alice, "/v1/me").await.expect(200)["user"]["teams"].to_string();
    assert!(teams.contains("Send backs"), "{teams}");

    let give_up = |path: String, version: &'static str| {
        let request = desk.request(Method::DELETE, &path).bearer_auth(&admin.token);
        answer_of(if version.is_empty() { request } else { request.header("If-Match", version) })
    };
    give_up(path.clone(), "").await.refused(428, "if-match-missing");
    give_up(path.clone(), "\"99\"").await.refused(412, "stale");
    give_up(format!("{TEAMS}/team_billing"), "*").await.refused(409, "team-in-use");
    assert_eq!(give_up(path.clone(), "*").await.status, 204);
    desk.get(&admin, &path).await.refused(404, "not-found");
    let free = desk.conversation(&bob, &parcel).await;
    assert_eq!(free["team"], json!(null), "nobody's team has it, so everybody on the channel sees it");
    let last = desk.timeline(&bob, &parcel).await.pop().unwrap();
    assert_eq!(last["event"], json!({ "type": "unrouted", "from": { "id": team["id"], "name": "Send backs" } }));
    desk.click(&bob, &parcel, "route", &json!({ "team_id": team["id"] })).await.refused(422, "team-unknown");
    let whats = column(&audited(&desk, &admin, "what=team").await, "what").join(" ");
    assert_eq!(whats, "team.give-up team.members team.name team.add");
}
