//! Prepared answers and closing sentences as admins keep them (R13).

use reqwest::Method;
use serde_json::{Value, json};
use signoff_platform::demo_blueprint;

use crate::desk::{Desk, Person, answer_of, column, items};

const CANNED: &str = "/v1/admin/canned-replies";

fn body() -> Value {
    json!({ "shortcut": "thanks", "language": "en", "text": "Thank you, {{customer}}.", "closing": true, "team_id": null })
}

async fn delete(desk: &Desk, person: &Person, id: &str, seen: &str) -> crate::desk::Answer {
    let request = desk.request(Method::DELETE, &format!("{CANNED}/{id}")).bearer_auth(&person.token);
    answer_of(request.header("If-Match", seen)).await
}

async fn shortcuts(desk: &Desk, person: &Person) -> Vec<String> {
    let directory = desk.get(person, "/v1/directory").await.expect(200);
    column(directory["canned_replies"].as_array().unwrap(), "shortcut").into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn one_is_made_changed_and_removed_and_clients_are_told_each_time() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let seq = desk.newest_seq(&alice).await;
    let made = desk.post(Some(&admin.token), CANNED, &body()).await;
    let seen = made.headers["etag"].to_str().unwrap().to_owned();
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    assert!(shortcuts(&desk, &alice).await.contains(&"thanks".to_owned()));
    desk.post(Some(&admin.token), CANNED, &body()).await.refused(409, "shortcut-exists");

    let path = format!("{CANNED}/{id}");
    let mut changed = body();
    changed["text"] = json!("Thanks a lot.");
    desk.put(&admin, &path, &changed, Some("\"5\"")).await.refused(412, "stale");
    let after = desk.put(&admin, &path, &changed, Some(&seen)).await;
    assert_eq!(after.expect(200)["text"], "Thanks a lot.");
    delete(&desk, &admin, &id, &seen).await.refused(412, "stale");
    let gone = delete(&desk, &admin, &id, after.headers["etag"].to_str().unwrap()).await;
    assert_eq!(gone.status, 204);
    assert!(!shortcuts(&desk, &alice).await.contains(&"thanks".to_owned()));
    delete(&desk, &admin, &id, "*").await.refused(404, "not-found");

    let told = desk.changes(&alice, seq).await;
    assert_eq!(column(&told, "type"), ["directory.changed"; 3]);
    for what in ["canned-reply.create", "canned-reply.change", "canned-reply.delete"] {
        assert_eq!(desk.audited(&admin, what).await.len(), 1, "{what}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let before = items(&desk.get(&admin, CANNED).await.expect(200)).len();
    for (field, value) in [
        ("shortcut", json!("")),
        ("shortcut", json!("two words")),
        ("shortcut", json!("x".repeat(41))),
        ("language", json!("english")),
        ("text", json!(" \n")),
        ("text", json!("x".repeat(20_001))),
        ("text", json!("Dear {{name}}")),
        ("closing", json!(1)),
    ] {
        let mut wrong = body();
        wrong[field] = value;
        desk.post(Some(&admin.token), CANNED, &wrong).await.refused_as_senseless();
    }
    let mut wrong = body();
    wrong["team_id"] = json!("team_nobody");
    desk.post(Some(&admin.token), CANNED, &wrong).await.refused(422, "team-unknown");
    assert_eq!(items(&desk.get(&admin, CANNED).await.expect(200)).len(), before);
}

#[tokio::test]
async fn a_teams_own_reach_its_members_only() {
    let mut blueprint = demo_blueprint();
    let bob = blueprint.users.iter_mut().find(|user| user.id == "user_bob").unwrap();
    bob.teams.clear();
    let team = blueprint.teams[0].id.clone();
    let desk = Desk::start_with(blueprint).await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let mut own = body();
    own["team_id"] = json!(team);
    assert_eq!(desk.post(Some(&admin.token), CANNED, &own).await.expect(201)["team"]["id"], team);
    desk.post(Some(&admin.token), CANNED, &body()).await.expect(201);
    let thanks = |list: Vec<String>| list.iter().filter(|shortcut| *shortcut == "thanks").count();
    assert_eq!(thanks(shortcuts(&desk, &alice).await), 2);
    assert_eq!(thanks(shortcuts(&desk, &bob).await), 1);
    assert_eq!(thanks(shortcuts(&desk, &admin).await), 2);
}
