//! What scenarios and rules name: what is archived or given up passes no validation, the fault names the step or the rule, and
//! what runs already goes on without it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, items};

const TEAMS: &str = "/v1/admin/teams";
const TAGS: &str = "/v1/admin/tags";
const RULES: &str = "/v1/admin/routing-rules";
const MINE: &str = "/v1/admin/scenarios/scenario_webchat";

async fn change_tag(desk: &Desk, admin: &Person, name: &str, change: Value) {
    let list = items(&desk.get(admin, TAGS).await.expect(200));
    let tag = list.into_iter().find(|tag| tag["name"] == name).unwrap();
    let mut body = json!({ "name": name, "mandatory": false, "archived": false });
    for (field, value) in change.as_object().unwrap() {
        body[field] = value.clone();
    }
    let path = format!("{TAGS}/{}", tag["id"].as_str().unwrap());
    desk.put(admin, &path, &body, Some("*")).await.expect(200);
}

async fn archive_tag(desk: &Desk, admin: &Person, name: &str) {
    change_tag(desk, admin, name, json!({ "archived": true })).await;
}

/// A team that no rule and no scenario of the demo needs, given up.
async fn give_up(desk: &Desk, admin: &Person, name: &str) -> String {
    let made = desk.post(Some(&admin.token), TEAMS, &json!({ "name": name })).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let request = desk.request(Method::DELETE, &format!("{TEAMS}/{id}")).bearer_auth(&admin.token);
    answer_of(request.header("If-Match", "*")).await;
    id
}

fn step(id: &str, act: Value) -> Value {
    json!({ "id": id, "title": "", "act": act })
}

/// Tags, routes, and asks for a channel.
fn flow(tag: &str, team: &str, channel: &str) -> Value {
    let asks = json!({ "do": "condition", "all": true, "then": "end", "otherwise": "end",
        "tests": [{ "about": "channel", "channels": [channel] }, { "about": "tags", "tags": [tag] }] });
    json!({ "languages": ["en"], "first": "tag", "following": "tag", "listens": [], "steps": [
        step("tag", json!({ "do": "tag", "add": ["complaint", tag], "remove": ["billing"], "then": "route" })),
        step("route", json!({ "do": "route", "team_id": team, "then": "ask" })),
        step("ask", asks), step("end", json!({ "do": "hand_over" })),
    ] })
}

async fn save(desk: &Desk, admin: &Person, draft: &Value) -> Value {
    desk.put(admin, MINE, &json!({ "name": "Mine", "draft": draft }), Some("*")).await.expect(200)
}

async fn publish(desk: &Desk, admin: &Person) -> Answer {
    let request = desk.request(Method::POST, &format!("{MINE}/publish")).bearer_auth(&admin.token);
    answer_of(request.header("If-Match", "*")).await
}

fn told(faults: &Value) -> Vec<[String; 4]> {
    let of = |fault: &Value| {
        ["step", "field", "code", "name"].map(|field| fault[field].as_str().unwrap_or_default().to_owned())
    };
    faults.as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn a_scenario_is_not_published_with_what_is_archived_and_one_that_runs_goes_on_without_it() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    save(&desk, &admin, &flow("refund", "team_orders", MESSENGER)).await;
    assert_eq!(publish(&desk, &admin).await.expect(200)["summary"]["gone"], json!([]));
    archive_tag(&desk, &admin, "refund").await;
    archive_tag(&desk, &admin, "billing").await;
    let request = desk.request(Method::DELETE, &format!("/v1/admin/channels/{MESSENGER}")).bearer_auth(&admin.token);
    answer_of(request.header("If-Match", "*")).await.expect(200);
    let team = give_up(&desk, &admin, "Former").await;

    let gone = [
        ["tag", "add", "archived-tag", "refund"],
        ["ask", "tests.0", "archived-channel", "Messenger"],
        ["ask", "tests.1", "archived-tag", "refund"],
    ]
    .map(|fault| fault.map(str::to_owned));
    let read = desk.get(&admin, MINE).await.expect(200);
    assert_eq!(told(&read["summary"]["gone"])[0], gone[0], "the version that runs is told of");
    assert_eq!(told(&read["faults"]), gone);
    assert_eq!(read["faults"][0]["text"], "The tag \"refund\" is archived.");
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let conversation = desk.conversation(&admin, &came.conversation).await;
    assert_eq!(conversation["tags"], json!(["complaint"]), "an archived tag is not set any more");
    assert_eq!(conversation["team"]["id"], "team_orders");

    let mut draft = flow("refund", &team, MESSENGER);
    draft["steps"][0]["title"] = json!("changed");
    let faults = told(&save(&desk, &admin, &draft).await["faults"]);
    assert!(faults.contains(&["route", "team_id", "archived-team", "Former"].map(str::to_owned)), "{faults:?}");
    let refused = publish(&desk, &admin).await.refused(422, "scenario-faulty");
    assert_eq!(told(&refused["faults"]), faults);
    assert_eq!(desk.get(&admin, MINE).await.expect(200)["summary"]["published"], 2, "the demo's, and the one above");
    save(&desk, &admin, &flow("delivery", "team_orders", WHATSAPP)).await;
    assert_eq!(publish(&desk, &admin).await.expect(200)["summary"]["gone"], json!([]), "taking one off is no fault");
}

#[tokio::test]
async fn rules_are_not_saved_with_what_is_archived_and_the_fault_names_the_rule() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let rule = |id: &str, when: Value, then: Value| {
        json!({ "id": id, "name": format!("Rule {id}"), "active": true, "on": "every_message", "when": when, "then": then,
            "go_on": true })
    };
    let first = rule("a", json!({}), json!({ "tags": ["refund", "complaint"] }));
    desk.put(&admin, RULES, &json!({ "rules": [first] }), Some("*")).await.expect(200);
    archive_tag(&desk, &admin, "refund").await;

    let read = desk.get(&admin, RULES).await.expect(200);
    let fault = json!({ "rule_id": "a", "field": "then.tags", "code": "archived-tag", "key": "refund",
        "name": "refund", "text": "Rule \"Rule a\": The tag \"refund\" is archived." });
    assert_eq!(read["faults"], json!([fault]), "what holds is told of");
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["tags"], json!(["complaint"]));
    let on = json!({ "type": "message", "channel_id": WEBCHAT, "text": "Hello", "new_conversation": false });
    let ran = desk.post(Some(&admin.token), &format!("{RULES}/dry-run"), &json!({ "on": on })).await.expect(200);
    assert_eq!(ran["rules"][0]["effects"][0]["withheld"], "unknown");

    let team = give_up(&desk, &admin, "Former").await;
    let second = rule("b", json!({ "channels": ["ch_none"] }), json!({ "team_id": team }));
    let body = json!({ "rules": [first, second] });
    let refused = desk.put(&admin, RULES, &body, Some("*")).await.refused(422, "rules-faulty");
    let of = |fault: &Value| ["rule_id", "field", "code"].map(|field| fault[field].as_str().unwrap().to_owned());
    let faults: Vec<_> = refused["rule_faults"].as_array().unwrap().iter().map(of).collect();
    let wanted = [
        ["a", "then.tags", "archived-tag"],
        ["b", "when.channels", "unknown-channel"],
        ["b", "then.team_id", "archived-team"],
    ];
    assert_eq!(faults, wanted.map(|fault| fault.map(str::to_owned)));
    let checked = desk.post(Some(&admin.token), &format!("{RULES}/validate"), &body).await.expect(200);
    assert_eq!(checked["faults"], refused["rule_faults"]);
    assert_eq!(desk.get(&admin, RULES).await.expect(200)["rules"].as_array().unwrap().len(), 1, "nothing was changed");
    let alice = desk.alice().await;
    desk.post(Some(&alice.token), &format!("{RULES}/validate"), &body).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_tag_that_is_called_differently_is_still_the_same_tag() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let draft = flow("refund", "team_orders", MESSENGER);
    save(&desk, &admin, &draft).await;
    publish(&desk, &admin).await.expect(200);
    let rule = json!({ "id": "a", "name": "a", "active": true, "on": "every_message", "when": {},
        "then": { "tags": ["delivery"] }, "go_on": true });
    desk.put(&admin, RULES, &json!({ "rules": [rule] }), Some("*")).await.expect(200);
    change_tag(&desk, &admin, "refund", json!({ "name": "money back" })).await;
    change_tag(&desk, &admin, "delivery", json!({ "name": "parcels" })).await;

    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let tags = desk.conversation(&admin, &came.conversation).await["tags"].clone();
    assert_eq!(tags, json!(["complaint", "money back", "parcels"]));
    let read = desk.get(&admin, MINE).await.expect(200);
    assert_eq!((&read["faults"], &read["summary"]["gone"]), (&json!([]), &json!([])));
    assert_eq!(read["draft"]["steps"][0]["act"]["add"], json!(["complaint", "money back"]));
    assert_eq!(read["summary"]["changed"], false, "nor is that a change");
    assert_eq!(save(&desk, &admin, &draft).await["draft"], read["draft"], "whoever had it open saves the same");
    assert_eq!(desk.get(&admin, RULES).await.expect(200)["rules"][0]["then"]["tags"], json!(["parcels"]));
}
