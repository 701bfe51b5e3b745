//! Routing rules: what they do to new conversations and to every message, after the scenario (R9), and the dry run that explains it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, column};

const PATH: &str = "/v1/admin/routing-rules";

/// A rule for new conversations that fits always and does nothing.
fn rule(id: &str, change: &Value) -> Value {
    let mut rule = json!({ "id": id, "name": format!("Rule {id}"), "active": true, "on": "new_conversation", "when": {},
        "then": {}, "go_on": false });
    for (field, value) in change.as_object().unwrap() {
        rule[field] = value.clone();
    }
    rule
}

async fn put(desk: &Desk, admin: &Person, rules: &[Value], seen: &str) -> Answer {
    let body = json!({ "rules": rules });
    let request = desk.request(Method::PUT, PATH).bearer_auth(&admin.token).header("If-Match", seen).json(&body);
    answer_of(request).await
}

async fn dry_run(desk: &Desk, admin: &Person, body: &Value) -> Value {
    desk.post(Some(&admin.token), &format!("{PATH}/dry-run"), body).await.expect(200)
}

fn message(channel: &str, text: &str) -> Value {
    json!({ "type": "message", "channel_id": channel, "text": text, "new_conversation": true })
}

fn words(mode: &str, whole: bool, words: &[&str]) -> Value {
    json!({ "words": [{ "mode": mode, "whole": whole, "words": words }] })
}

#[tokio::test]
async fn the_rules_are_one_document_with_one_version() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let read = desk.get(&admin, PATH).await;
    let before = read.expect(200);
    assert_eq!(before["rules"].as_array().unwrap().len(), 4, "the demo's");
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    let rules = [rule("a", &json!({ "then": { "team_id": "team_billing" } }))];
    let request = desk.request(Method::PUT, PATH).bearer_auth(&admin.token).json(&json!({ "rules": rules }));
    answer_of(request).await.refused(428, "if-match-missing");
    put(&desk, &admin, &rules, "\"99\"").await.refused(412, "stale");
    let saved = put(&desk, &admin, &rules, &tag).await.expect(200);
    assert_eq!(saved["changed_by"]["id"], admin.id.as_str());
    put(&desk, &admin, &rules, &tag).await.refused(412, "stale");

    let log = desk.get(&admin, "/v1/audit-log").await.expect(200);
    assert_eq!(log["items"][0]["what"], "routing_rules.update");
    assert_eq!(log["items"][0]["to"][0]["id"], "a");
}

#[tokio::test]
async fn rules_that_cannot_be_gone_by_are_refused() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    for (change, code) in [
        (json!({ "id": "" }), "invalid-value"),
        (json!({ "name": " " }), "invalid-value"),
        (json!({ "on": "sometimes" }), "invalid-body"),
        (json!({ "when": words("any", false, &[]) }), "invalid-value"),
        (json!({ "when": words("any", false, &[" "]) }), "invalid-value"),
        (
            json!({ "when": { "times": { "zone": "Mars/Olympus", "spans": [{ "days": [1], "from": "09:00", "to": "18:00" }] } } }),
            "invalid-value",
        ),
        (
            json!({ "when": { "times": { "zone": "Europe/Paris", "spans": [{ "days": [8], "from": "09:00", "to": "18:00" }] } } }),
            "invalid-value",
        ),
        (json!({ "then": { "team_id": "team_none" } }), "rules-faulty"),
        (json!({ "then": { "tags": ["none"] } }), "rules-faulty"),
        (json!({ "when": { "channels": ["ch_none"] } }), "rules-faulty"),
        (json!({ "when": { "office_hours": "open" } }), "invalid-body"),
        (json!({ "then": { "reply": { "en": " " } } }), "invalid-value"),
    ] {
        put(&desk, &admin, &[rule("a", &change)], "*").await.refused(422, code);
    }
    for language in ["pt-BR", "xx", "FR"] {
        for change in
            [json!({ "when": { "languages": [language] } }), json!({ "then": { "reply": { language: "Hi" } } })]
        {
            put(&desk, &admin, &[rule("a", &change)], "*").await.refused(422, "invalid-value");
        }
    }
    let bad = [
        rule("a", &json!({ "name": " " })),
        rule("b", &json!({})),
        rule("b", &json!({})),
        rule("c", &json!({ "then": { "reply": {} } })),
    ];
    let told = put(&desk, &admin, &bad, "*").await.refused(422, "invalid-value")["detail"].as_str().unwrap().to_owned();
    assert!(["rules.0", "rules.2", "rules.3"].iter().all(|rule| told.contains(rule)), "all of them are named: {told}");
    assert!(!told.contains("rules.1"), "{told}");
    let many: Vec<Value> = (0..201).map(|nr| rule(&nr.to_string(), &json!({}))).collect();
    put(&desk, &admin, &many, "*").await.refused(422, "invalid-value");
    assert_eq!(desk.get(&admin, PATH).await.expect(200)["rules"].as_array().unwrap().len(), 4, "nothing was changed");
}

#[tokio::test]
async fn the_first_rule_that_fits_decides_unless_it_goes_on() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let rules = [
        rule("off", &json!({ "active": false, "then": { "team_id": "team_orders" } })),
        rule(
            "tags",
            &json!({ "when": words("any", true, &["FACTURE", "invoice"]), "then": { "tags": ["billing"] }, "go_on": true }),
        ),
        rule(
            "bill",
            &json!({ "when": { "channels": [WEBCHAT, MESSENGER], "languages": ["fr"] }, "then": { "team_id": "team_billing" } }),
        ),
        rule("rest", &json!({ "then": { "team_id": "team_orders", "archive": true } })),
    ];
    put(&desk, &admin, &rules, "*").await.expect(200);

    let french = desk.writes(WEBCHAT, "zoe", "Bonjour, où est ma facture ?").await;
    let conversation = desk.conversation(&admin, &french.conversation).await;
    assert_eq!((&conversation["team"]["id"], &conversation["tags"]), (&json!("team_billing"), &json!(["billing"])));
    assert_eq!(conversation["state"], "received");
    let english = desk.writes(WEBCHAT, "yan", "Hello, where is it?").await;
    let conversation = desk.conversation(&admin, &english.conversation).await;
    assert_eq!((&conversation["team"]["id"], &conversation["state"]), (&json!("team_orders"), &json!("archived")));

    let actions = desk.actions(&admin, &format!("conversation={}", french.conversation)).await;
    assert_eq!(column(&actions, "type"), ["route", "tag", "answer"], "after the scenario's own (R9)");
    assert_eq!(column(&actions, "author_id"), ["bill", "tags", "scenario_webchat"], "R11: who it was is told apart");
    assert_eq!(column(&actions, "origin"), ["routing_rule", "routing_rule", "scenario"]);
    assert!(actions.iter().all(|action| action["author_is_bot"] == true));
    let timeline = desk.timeline(&admin, &french.conversation).await;
    assert_eq!(column(&timeline, "kind"), ["message", "reply", "event", "event"]);
    assert_eq!(timeline[3]["author"], json!({ "kind": "system", "id": null, "name": "Rule bill" }));

    desk.writes(WEBCHAT, "yan", "invoice").await;
    let conversation = desk.conversation(&admin, &english.conversation).await;
    assert_eq!(conversation["tags"], json!([]), "rules for new conversations say nothing to later messages");
}

#[tokio::test]
async fn rules_for_every_message_run_on_every_message_and_answer_once() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let urgent = json!({ "on": "every_message", "when": words("any", false, &["urgent"]), "go_on": true,
        "then": { "tags": ["complaint"], "reply": { "en": "We hurry, {{customer.name}}.", "fr": "Nous faisons vite." } } });
    put(&desk, &admin, &[rule("u", &urgent)], "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "Hello, please").await;
    for _ in 0..2 {
        desk.writes(WEBCHAT, "zoe", "it is URGENT").await;
    }
    let timeline = desk.timeline(&admin, &came.conversation).await;
    let replies: Vec<&Value> = timeline.iter().filter(|entry| entry["kind"] == "reply").collect();
    assert_eq!(replies.len(), 2, "the greeting, and the rule's answer once");
    assert_eq!(replies[1]["text"], "We hurry, zoe Example.");
    assert_eq!(desk.conversation(&admin, &came.conversation).await["tags"], json!(["complaint"]));
    let outbound = desk.outbound(WEBCHAT).await;
    assert_eq!(outbound.len(), 2, "it reaches the customer");
}

#[tokio::test]
async fn a_team_that_somebody_chose_stands_unless_the_rule_overrules() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let to = |overrule: bool| {
        rule("a", &json!({ "on": "every_message", "then": { "team_id": "team_orders", "overrule": overrule } }))
    };
    put(&desk, &admin, &[], "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    put(&desk, &admin, &[to(false)], "*").await.expect(200);
    desk.writes(WEBCHAT, "zoe", "An invoice / Une facture").await;
    let team = || async { desk.conversation(&admin, &came.conversation).await["team"]["id"].clone() };
    assert_eq!(team().await, "team_billing", "the scenario's choice");
    desk.click(&alice, &came.conversation, "route", &json!({ "team_id": "team_workshop" })).await.expect(201);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;
    assert_eq!(team().await, "team_workshop", "an advisor's choice");
    put(&desk, &admin, &[to(true)], "*").await.expect(200);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;
    assert_eq!(team().await, "team_orders");
}

#[tokio::test]
async fn an_advisor_who_has_it_keeps_it() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    put(&desk, &admin, &[], "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.click(&alice, &came.conversation, "assign", &json!({ "user_id": alice.id })).await.expect(201);
    put(&desk, &admin, &[rule("a", &json!({ "on": "every_message", "then": { "archive": true } }))], "*")
        .await
        .expect(200);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["state"], "ongoing");

    let to = |overrule: bool| {
        rule("a", &json!({ "on": "every_message", "then": { "team_id": "team_orders", "overrule": overrule } }))
    };
    put(&desk, &admin, &[to(false)], "*").await.expect(200);
    desk.writes(WEBCHAT, "zoe", "Still here?").await;
    let conversation = desk.conversation(&admin, &came.conversation).await;
    assert_eq!((&conversation["team"], &conversation["assignee"]["id"]), (&Value::Null, &json!(alice.id)));
    let on = json!({ "type": "conversation", "conversation_id": came.conversation, "moment": "newest" });
    let told = dry_run(&desk, &admin, &json!({ "on": on })).await;
    assert_eq!(told["rules"][0]["effects"][0]["withheld"], "advisor_has_it", "{told}");

    put(&desk, &admin, &[to(true)], "*").await.expect(200);
    desk.writes(WEBCHAT, "zoe", "Anybody?").await;
    let conversation = desk.conversation(&admin, &came.conversation).await;
    assert_eq!((&conversation["team"]["id"], &conversation["assignee"]), (&json!("team_orders"), &Value::Null));
}

#[tokio::test]
async fn a_dry_run_explains_every_rule_and_does_nothing() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let seq = desk.newest_seq(&admin).await;
    let office = json!({ "zone": "Europe/Paris", "spans": [{ "days": [1, 2, 3, 4, 5], "from": "09:00", "to": "18:00" }], "outside": true });
    let rules = [
        rule("off", &json!({ "active": false })),
        rule("later", &json!({ "on": "every_message", "when": words("none", false, &["hello"]) })),
        rule(
            "night",
            &json!({ "when": { "times": office }, "then": { "reply": { "en": "We are closed." } }, "go_on": true }),
        ),
        rule(
            "vip",
            &json!({ "when": { "vip": true, "customer_name": "ZOÉ", "variables": [{ "variable": "plan", "value": "Gold" }] },
            "then": { "team_id": "team_workshop", "tags": ["business"] } }),
        ),
        rule("end", &json!({})),
    ];
    let mut on = message(WEBCHAT, "Hello, is it still open?");
    on["at"] = json!("2026-03-02T20:00:00Z");
    on["vip"] = json!(true);
    on["customer_name"] = json!("Zoe Martin");
    on["variables"] = json!({ "plan": "gold" });
    let ran = dry_run(&desk, &admin, &json!({ "rules": rules, "on": on })).await;
    let verdicts = ran["rules"].as_array().unwrap();
    assert_eq!(column(verdicts, "fate"), ["inactive", "does_not_fit", "fits", "fits_and_stops", "not_reached"]);
    assert_eq!(verdicts[1]["conditions"], json!([{ "condition": "words", "fits": false, "found": "hello" }]));
    assert_eq!(verdicts[2]["conditions"][0]["found"], "Mon 21:00");
    assert_eq!(verdicts[2]["effects"], json!([{ "effect": "reply", "value": "We are closed.", "withheld": null }]));
    assert_eq!(
        column(verdicts[3]["conditions"].as_array().unwrap(), "condition"),
        ["customer_name", "vip", "variables"]
    );
    assert_eq!((&ran["team_id"], &ran["tags"]), (&json!("team_workshop"), &json!(["business"])));
    assert_eq!((&ran["replies"], &ran["language"]), (&json!(["We are closed."]), &json!("en")));

    on["team_id"] = json!("team_billing");
    let ran = dry_run(&desk, &admin, &json!({ "rules": rules, "on": on })).await;
    assert_eq!(ran["rules"][3]["effects"][1]["withheld"], "has_team", "the scenario's choice stands");
    assert_eq!(ran["team_id"], "team_billing");

    assert_eq!(desk.newest_seq(&admin).await, seq);
    assert_eq!(desk.get(&admin, PATH).await.expect(200)["rules"].as_array().unwrap().len(), 4);
    let unknown = json!({ "on": { "type": "conversation", "conversation_id": "none" } });
    desk.post(Some(&admin.token), &format!("{PATH}/dry-run"), &unknown).await.refused(404, "conversation-unknown");
    let unknown = json!({ "on": message("ch_none", "Hello") });
    desk.post(Some(&admin.token), &format!("{PATH}/dry-run"), &unknown).await.refused(404, "channel-unknown");
}

#[tokio::test]
async fn a_dry_run_on_a_conversation_says_why_it_is_where_it_is() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let came = desk.writes(WHATSAPP, "zoe", "I want to pay my invoice").await;
    let on = json!({ "type": "conversation", "conversation_id": came.conversation });
    let ran = dry_run(&desk, &admin, &json!({ "on": on })).await;
    let fired: Vec<&Value> =
        ran["rules"].as_array().unwrap().iter().filter(|verdict| verdict["fate"] == "fits_and_stops").collect();
    assert_eq!((fired.len(), &fired[0]["rule_id"]), (1, &json!("rule_billing")));
    assert_eq!(fired[0]["effects"][0], json!({ "effect": "route", "value": "team_billing", "withheld": null }));
    assert_eq!(desk.conversation(&admin, &came.conversation).await["team"]["id"], "team_billing", "and so it was");
}

const SCENARIO: &str = "/v1/admin/scenarios/scenario_webchat";

/// Publishes a scenario for the web chat, in English, that begins at its first step.
async fn publish(desk: &Desk, admin: &Person, steps: &[Value]) {
    let steps: Vec<Value> =
        steps.iter().map(|step| json!({ "id": step["id"], "title": "", "act": step["act"] })).collect();
    let draft = json!({ "languages": ["en"], "first": steps[0]["id"], "following": steps[0]["id"], "listens": [],
        "office_hours": null, "steps": steps });
    let save = desk.request(Method::PUT, SCENARIO).bearer_auth(&admin.token).header("If-Match", "*");
    let saved = answer_of(save.json(&json!({ "name": "Mine", "draft": draft }))).await.expect(200);
    assert_eq!(saved["faults"], json!([]));
    let publish = desk.request(Method::POST, &format!("{SCENARIO}/publish")).bearer_auth(&admin.token);
    answer_of(publish.header("If-Match", "*")).await.expect(200);
}

/// Asks for an order's number, tags, then hands over.
fn asks() -> [Value; 3] {
    [
        json!({ "id": "ask", "act": { "do": "free_input", "text": { "en": "Which order?" }, "variable": "order",
            "expects": { "a": "number" }, "unexpected": { "en": "Digits, please." }, "tries": 1, "then": "tag", "otherwise": "people" } }),
        json!({ "id": "tag", "act": { "do": "tag", "add": ["delivery"], "remove": [], "then": "people" } }),
        json!({ "id": "people", "act": { "do": "hand_over" } }),
    ]
}

fn knows_order() -> Value {
    json!({ "variables": [{ "variable": "order", "value": null }] })
}

#[tokio::test]
async fn r9_rules_for_new_conversations_wait_for_what_the_scenario_asks() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    publish(&desk, &admin, &asks()).await;
    let rules = [
        rule("every", &json!({ "on": "every_message", "then": { "tags": ["complaint"] }, "go_on": true })),
        rule("known", &json!({ "when": knows_order(), "then": { "team_id": "team_orders" }, "go_on": true })),
        rule("words", &json!({ "when": words("all", true, &["late", "12"]), "then": { "tags": ["refund"] } })),
    ];
    put(&desk, &admin, &rules, "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "It is late").await;
    let conversation = desk.conversation(&admin, &came.conversation).await;
    assert_eq!((&conversation["team"], &conversation["tags"]), (&Value::Null, &json!(["complaint"])), "it asks still");

    desk.writes(WEBCHAT, "zoe", "12").await;
    let conversation = desk.conversation(&admin, &came.conversation).await;
    assert_eq!(conversation["team"]["id"], "team_orders", "what was answered routes");
    assert_eq!(conversation["tags"], json!(["complaint", "delivery", "refund"]), "words of all messages count");
    let actions = desk.actions(&admin, &format!("conversation={}", came.conversation)).await;
    assert_eq!(column(&actions, "author_id"), ["words", "known", "scenario_webchat", "every", "scenario_webchat"]);

    put(&desk, &admin, &[rule("a", &json!({ "then": { "team_id": "team_billing", "overrule": true } }))], "*")
        .await
        .expect(200);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["team"]["id"], "team_orders", "they are tried once");
}

#[tokio::test]
async fn r9_rules_for_new_conversations_follow_a_delay_without_a_message() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    let steps = [
        json!({ "id": "wait", "act": { "do": "delay", "seconds": 60, "then": "set" } }),
        json!({ "id": "set", "act": { "do": "set_variable", "variable": "order", "value": "{{message}}", "then": "people" } }),
        json!({ "id": "people", "act": { "do": "hand_over" } }),
    ];
    publish(&desk, &admin, &steps).await;
    let known = rule("known", &json!({ "when": knows_order(), "then": { "team_id": "team_orders" } }));
    let every = |change: Value| rule("every", &json!({ "on": "every_message", "then": change }));
    put(&desk, &admin, &[every(json!({ "tags": ["delivery"] })), known.clone()], "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "12").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["tags"], json!(["delivery"]));
    put(&desk, &admin, &[every(json!({ "tags": ["complaint"] })), known], "*").await.expect(200);
    assert_eq!(desk.conversation(&admin, &came.conversation).await["team"], Value::Null);
    desk.later(chrono::TimeDelta::minutes(2));
    desk.restart().await;
    let admin = desk.admin().await;
    for _ in 0..200 {
        let conversation = desk.conversation(&admin, &came.conversation).await;
        if conversation["team"]["id"] == "team_orders" {
            assert_eq!(
                conversation["tags"],
                json!(["delivery"]),
                "no message came: rules for messages are not tried again"
            );
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the rules were never tried");
}

#[tokio::test]
async fn an_advisor_who_takes_it_from_the_scenario_decides_where_it_belongs() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    publish(&desk, &admin, &asks()).await;
    put(&desk, &admin, &[rule("a", &json!({ "then": { "team_id": "team_orders" } }))], "*").await.expect(200);
    let (answered, taken) = (desk.writes(WEBCHAT, "zoe", "Hello").await, desk.writes(WEBCHAT, "yan", "Hello").await);
    desk.reply(&alice, &answered.conversation, "It is me.").await;
    desk.click(&alice, &taken.conversation, "assign", &json!({ "user_id": alice.id })).await.expect(201);
    for (customer, came) in [("zoe", &answered), ("yan", &taken)] {
        desk.writes(WEBCHAT, customer, "Thank you").await;
        assert_eq!(desk.conversation(&admin, &came.conversation).await["team"], Value::Null, "{customer}");
    }
    desk.click(&alice, &taken.conversation, "release", &json!({})).await.expect(201);
    desk.writes(WEBCHAT, "yan", "Nobody?").await;
    assert_eq!(desk.conversation(&admin, &taken.conversation).await["team"]["id"], "team_orders", "given back");
}

#[tokio::test]
async fn a_dry_run_explains_the_beginning_with_what_the_scenario_had_done_by_then() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    publish(&desk, &admin, &asks()).await;
    let rules = [rule(
        "a",
        &json!({ "when": words("any", true, &["late"]),
        "then": { "tags": ["delivery", "refund"], "team_id": "team_orders" } }),
    )];
    put(&desk, &admin, &rules, "*").await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "It is late").await;
    let on = |moment: Value| json!({ "on": { "type": "conversation", "conversation_id": came.conversation, "moment": moment } });
    let waiting = dry_run(&desk, &admin, &on(json!("beginning"))).await;
    assert_eq!(waiting["rules"][0]["fate"], "fits_and_stops", "as if the scenario came to rest now");
    desk.writes(WEBCHAT, "zoe", "12").await;
    let of_itself = dry_run(&desk, &admin, &on(Value::Null)).await;
    desk.click(&alice, &came.conversation, "tags", &json!({ "tags": ["complaint"] })).await.expect(201);
    desk.click(&alice, &came.conversation, "route", &json!({ "team_id": "team_billing" })).await.expect(201);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;

    let beginning = dry_run(&desk, &admin, &on(json!("beginning"))).await;
    assert_eq!(beginning, of_itself, "right after it, that is what is explained");
    let effects = &beginning["rules"][0]["effects"];
    assert_eq!(effects[0], json!({ "effect": "tag", "value": "delivery", "withheld": "already_so" }), "the scenario's");
    assert_eq!(effects[1], json!({ "effect": "tag", "value": "refund", "withheld": null }));
    assert_eq!(effects[2], json!({ "effect": "route", "value": "team_orders", "withheld": null }));
    assert_eq!((&beginning["team_id"], &beginning["tags"]), (&json!("team_orders"), &json!(["delivery", "refund"])));
    let newest = dry_run(&desk, &admin, &on(json!("newest"))).await;
    assert_eq!((&newest["rules"][0]["fate"], &newest["team_id"]), (&json!("not_new"), &json!("team_billing")));
    assert_eq!(dry_run(&desk, &admin, &on(Value::Null)).await, newest, "the newest message is what comes of itself");

    // Where nothing was waited for, the beginning is the first message.
    let at_once = desk.writes(WHATSAPP, "yan", "It is late").await;
    desk.writes(WHATSAPP, "yan", "Hello?").await;
    let on =
        json!({ "on": { "type": "conversation", "conversation_id": at_once.conversation, "moment": "beginning" } });
    assert_eq!(dry_run(&desk, &admin, &on).await["rules"][0]["fate"], "fits_and_stops");
    let on = json!({ "on": { "type": "conversation", "conversation_id": at_once.conversation, "moment": "tomorrow" } });
    desk.post(Some(&admin.token), &format!("{PATH}/dry-run"), &on).await.refused(422, "invalid-body");
}
