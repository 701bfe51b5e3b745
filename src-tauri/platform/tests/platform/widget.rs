//! The CRM widget (R12): applications, tokens for one conversation, and the page.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use signoff_platform::demo_blueprint;
use uuid::Uuid;

use crate::desk::{Answer, Desk, Person, WEBCHAT, WHATSAPP, answer_of, closing, column, items};

const APPLICATIONS: &str = "/v1/admin/widget-applications";
const CRM: &str = "https://crm.example";

/// An application and its secret.
struct Crm {
    id: String,
    secret: String,
}

async fn crm(desk: &Desk) -> Crm {
    let admin = desk.admin().await;
    let made = desk.post(Some(&admin.token), APPLICATIONS, &json!({ "name": "Salesforce", "origins": [CRM] })).await;
    let made = made.expect(201);
    Crm { id: text(&made["application"]["id"]), secret: text(&made["secret"]) }
}

impl Crm {
    async fn asks(&self, desk: &Desk, conversation: &str, advisor: &str) -> Answer {
        let body = json!({ "conversation_id": conversation, "advisor": advisor });
        desk.post(Some(&self.secret), "/v1/widget/tokens", &body).await
    }

    /// Alice's widget on a conversation.
    async fn widget(&self, desk: &Desk, conversation: &str) -> Person {
        let token = self.asks(desk, conversation, "alice@demo.test").await.expect(201);
        Person { id: text(&token["advisor"]["id"]), token: text(&token["token"]) }
    }

    fn one(&self) -> String {
        format!("{APPLICATIONS}/{}", self.id)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn call(
    desk: &Desk,
    method: Method,
    path: &str,
    who: &Person,
    version: Option<&str>,
    body: Option<Value>,
) -> Answer {
    let mut request = desk.request(method, path).bearer_auth(&who.token);
    if let Some(version) = version {
        request = request.header("If-Match", version);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    answer_of(request).await
}

#[tokio::test]
async fn r12_a_token_opens_one_conversation_and_nothing_else() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let other = desk.writes(WEBCHAT, "max", "Hello").await;
    let widget = crm.widget(&desk, &came.conversation).await;

    let session = desk.get(&widget, "/v1/widget/session").await.expect(200);
    assert_eq!(session["conversation_id"], came.conversation.as_str());
    assert_eq!(session["user"]["name"], "Alice Lefranc");
    assert_eq!((&session["features"]["close_conversation"], &session["tags_missing"]), (&json!(false), &json!(false)));
    assert_eq!(session["expires_at"], "2026-03-02T12:10:00.000Z", "ten minutes at most");
    assert_eq!(desk.conversation(&widget, &came.conversation).await["customer"]["name"], "zoe Example");
    assert!(!desk.timeline(&widget, &came.conversation).await.is_empty());

    for path in ["", "/messages"] {
        let path = format!("/v1/conversations/{}{path}", other.conversation);
        desk.get(&widget, &path).await.refused(404, "conversation-unknown");
    }
    for (call, body) in [("replies", json!({ "text": "x" })), ("close", closing("x", &other.message))] {
        desk.click(&widget, &other.conversation, call, &body).await.refused(404, "conversation-unknown");
    }
    for path in [
        "/v1/me",
        "/v1/directory",
        "/v1/conversations",
        "/v1/sync/conversations",
        "/v1/actions",
        "/v1/settings/inbox-options",
        "/v1/audit-log",
        "/v1/analytics/actions",
        "/v1/exports/actions.csv",
        APPLICATIONS,
    ] {
        desk.get(&widget, path).await.refused(401, "unauthenticated");
    }
    for call in ["archive", "assign", "release", "hold", "help-request", "notes", "tags", "route"] {
        desk.click(&widget, &came.conversation, call, &json!({})).await.refused(401, "unauthenticated");
    }
    let out = answer_of(desk.request(Method::DELETE, "/v1/sessions/current").bearer_auth(&widget.token)).await;
    out.refused(401, "unauthenticated");
    let again = json!({ "conversation_id": came.conversation, "advisor": "bob@demo.test" });
    desk.post(Some(&widget.token), "/v1/widget/tokens", &again).await.refused(401, "widget-secret-wrong");
    let alice = desk.alice().await;
    desk.get(&alice, "/v1/widget/session").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn r12_what_the_widget_does_is_the_advisors_with_its_origin_whatever_the_body_says() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let crm = crm(&desk).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let widget = crm.widget(&desk, &came.conversation).await;

    let reply = json!({ "text": "One moment", "last_seen_message_id": came.message });
    desk.click(&widget, &came.conversation, "replies", &reply).await.expect(201);
    let key = Uuid::now_v7().to_string();
    let body = closing("All settled. Goodbye!", &came.message);
    let first = desk.click_as(&widget, &came.conversation, "close", &body, &key).await;
    assert_eq!(first.expect(201)["survey"]["status"], "sent");
    let again = desk.click_as(&widget, &came.conversation, "close", &body, &key).await;
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "D5: the same again, byte for byte");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(desk.get(&widget, &format!("/v1/receipts/{key}")).await.bytes, first.bytes);

    let alice = desk.alice().await;
    let actions = desk.actions(&alice, &format!("conversation={}&author=advisor", came.conversation)).await;
    assert_eq!(column(&actions, "type"), ["close-conversation", "answer", "answer"]);
    assert_eq!(column(&actions, "origin"), ["crm_widget", "crm_widget", "crm_widget"]);
    assert_eq!(column(&actions, "author_id"), [&*alice.id, &alice.id, &alice.id]);
    let closed_by = &desk.conversation(&widget, &came.conversation).await["closed_by"];
    assert_eq!((&closed_by["kind"], &closed_by["id"]), (&json!("advisor"), &json!(alice.id)));
}

#[tokio::test]
async fn a_reply_from_the_apps_compact_window_says_where_it_was_written() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let body = json!({ "text": "Here", "origin": "crm_widget" });
    desk.click(&alice, &came.conversation, "replies", &body).await.expect(201);
    desk.reply(&alice, &came.conversation, "There").await;
    let actions = desk.actions(&alice, &format!("conversation={}&author=advisor", came.conversation)).await;
    assert_eq!(column(&actions, "origin"), ["console", "crm_widget"]);
    desk.click(&alice, &came.conversation, "replies", &json!({ "text": "x", "origin": "elsewhere" }))
        .await
        .refused(422, "invalid-body");
}

#[tokio::test]
async fn receipts_of_other_conversations_stay_the_advisors() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let alice = desk.alice().await;
    let (came, other) = (desk.writes(WEBCHAT, "zoe", "Hello").await, desk.writes(WEBCHAT, "max", "Hello").await);
    let widget = crm.widget(&desk, &came.conversation).await;
    let key = Uuid::now_v7().to_string();
    let body = json!({ "text": "x" });
    desk.click_as(&alice, &other.conversation, "replies", &body, &key).await.expect(201);
    desk.get(&widget, &format!("/v1/receipts/{key}")).await.refused(404, "receipt-unknown");
    desk.click_as(&widget, &other.conversation, "replies", &json!({ "text": "y" }), &key)
        .await
        .refused(422, "idempotency-key-reused");
    assert_eq!(desk.get(&alice, &format!("/v1/receipts/{key}")).await.status, 200);
}

#[tokio::test]
async fn d6_d7_d8_d9_hold_for_the_widget_as_well() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    let widget = crm.widget(&desk, &came.conversation).await;
    let close = closing("Bye", &came.message);
    desk.click(&widget, &came.conversation, "close", &close).await.refused(403, "close-disabled");
    desk.allow_manual_close(true).await;
    let again = desk.writes(WHATSAPP, "zoe", "One more thing").await;
    let problem = desk.click(&widget, &came.conversation, "close", &close).await.refused(412, "customer-wrote-since");
    assert_eq!(problem["last_customer_message_id"], again.message.as_str());

    desk.later(TimeDelta::hours(25));
    let widget = crm.widget(&desk, &came.conversation).await;
    let late = closing("Bye", &again.message);
    desk.click(&widget, &came.conversation, "close", &late).await.refused(422, "reply-window-expired");

    let back = desk.writes(WHATSAPP, "zoe", "Still there?").await;
    let alice = desk.alice().await;
    desk.close(&alice, &came.conversation, &back.message).await.expect(201);
    let newer = desk.writes(WHATSAPP, "zoe", "Hello again").await;
    let problem = desk
        .click(&widget, &came.conversation, "close", &closing("Bye", &back.message))
        .await
        .refused(409, "conversation-closed");
    assert_eq!(problem["newer_conversation_id"], newer.conversation.as_str());
    let session = desk.get(&widget, "/v1/widget/session").await.expect(200);
    assert_eq!(session["newer_conversation_id"], newer.conversation.as_str());
    desk.get(&widget, &format!("/v1/conversations/{}", newer.conversation)).await.refused(404, "conversation-unknown");
}

#[tokio::test]
async fn d16_the_page_is_told_that_a_tag_is_missing() {
    let mut blueprint = demo_blueprint();
    blueprint.tags.iter_mut().for_each(|tag| tag.mandatory = true);
    let desk = Desk::start_with(blueprint).await;
    let crm = crm(&desk).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let widget = crm.widget(&desk, &came.conversation).await;
    assert_eq!(desk.get(&widget, "/v1/widget/session").await.expect(200)["tags_missing"], true);
    desk.click(&widget, &came.conversation, "replies", &json!({ "text": "x" })).await.refused(422, "tags-missing");
    let alice = desk.alice().await;
    desk.click(&alice, &came.conversation, "tags", &json!({ "tags": ["billing"] })).await.expect(201);
    assert_eq!(desk.get(&widget, "/v1/widget/session").await.expect(200)["tags_missing"], false);
}

#[tokio::test]
async fn a_widget_hears_of_its_conversation_and_of_the_switch() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let (came, other) = (desk.writes(WEBCHAT, "zoe", "Hello").await, desk.writes(WEBCHAT, "max", "Hello").await);
    let widget = crm.widget(&desk, &came.conversation).await;
    let seq = desk.get(&widget, "/v1/widget/session").await.expect(200)["seq"].as_i64().unwrap();
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    desk.reply(&alice, &other.conversation, "Not for this widget").await;
    desk.writes(WEBCHAT, "zoe", "For this one").await;

    let told = desk.changes(&widget, seq).await;
    assert_eq!(column(&told, "type")[..2], ["settings.changed", "message.received"]);
    assert!(told[1..].iter().all(|event| event["data"]["conversation_id"] == came.conversation.as_str()));
    assert_eq!(desk.get(&widget, "/v1/changes?after=0").await.expect(200)["more"], false);
}

#[tokio::test]
async fn a_token_dies_after_its_time_and_at_once_when_it_is_revoked() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let admin = desk.admin().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let lives = async |widget: &Person| desk.get(widget, "/v1/widget/session").await.status == 200;

    let widget = crm.widget(&desk, &came.conversation).await;
    desk.later(TimeDelta::seconds(599));
    assert!(lives(&widget).await);
    desk.later(TimeDelta::seconds(1));
    desk.get(&widget, "/v1/widget/session").await.refused(401, "unauthenticated");
    desk.click(&widget, &came.conversation, "replies", &json!({ "text": "x" })).await.refused(401, "unauthenticated");

    let widget = crm.widget(&desk, &came.conversation).await;
    assert_eq!(desk.get(&admin, &crm.one()).await.expect(200)["open_tokens"], 1);
    let tokens = format!("{}/tokens", crm.one());
    call(&desk, Method::DELETE, &tokens, &admin, None, None).await.refused(428, "if-match-missing");
    assert!(lives(&widget).await, "nothing was revoked");
    assert_eq!(call(&desk, Method::DELETE, &tokens, &admin, Some("\"1\""), None).await.status, 204);
    assert!(!lives(&widget).await);

    let widget = crm.widget(&desk, &came.conversation).await;
    call(&desk, Method::DELETE, &crm.one(), &admin, Some("\"7\""), None).await.refused(412, "stale");
    assert_eq!(call(&desk, Method::DELETE, &crm.one(), &admin, Some("\"1\""), None).await.status, 204);
    assert!(!lives(&widget).await);
    crm.asks(&desk, &came.conversation, "alice@demo.test").await.refused(401, "widget-secret-wrong");
    call(&desk, Method::DELETE, &crm.one(), &admin, Some("*"), None).await.refused(404, "widget-application-unknown");
    answer_of(desk.request(Method::GET, &format!("/widget/{}", crm.id)))
        .await
        .refused(404, "widget-application-unknown");
}

#[tokio::test]
async fn d52_whoever_is_let_in_by_an_application_is_in_the_audit_log() {
    let desk = Desk::start().await;
    let (crm, admin) = (crm(&desk).await, desk.admin().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let widget = crm.widget(&desk, &came.conversation).await;
    crm.asks(&desk, "conv_nowhere", "alice@demo.test").await.refused(404, "conversation-unknown");
    let log = items(&desk.get(&admin, "/v1/audit-log?what=widget.open").await.expect(200));
    assert_eq!(log.len(), 1, "what was refused let nobody in");
    assert_eq!((&log[0]["who"]["id"], &log[0]["who"]["name"]), (&json!(crm.id), &json!("Salesforce")));
    assert_eq!(log[0]["subject"]["id"], widget.id.as_str());
    assert_eq!(log[0]["to"], json!({ "conversation_id": came.conversation, "lifetime_s": 600 }));
    assert!(!json!(log).to_string().contains(&widget.token));
}

#[tokio::test]
async fn who_asks_for_a_token_has_to_be_right_in_everything() {
    let mut blueprint = demo_blueprint();
    let bob = blueprint.users.iter_mut().find(|user| user.email == "bob@demo.test").unwrap();
    bob.teams = vec!["team_billing".to_owned()];
    bob.channels = vec![WEBCHAT.to_owned()];
    let desk = Desk::start_with(blueprint).await;
    let crm = crm(&desk).await;
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    let asks = |secret: &str, body: Value| {
        let request = desk.request(Method::POST, "/v1/widget/tokens").bearer_auth(secret).json(&body);
        async move { answer_of(request).await }
    };
    let right = json!({ "conversation_id": came.conversation, "advisor": "ALICE@demo.test" });
    asks(&crm.secret, right.clone()).await.expect(201);
    asks(&desk.admin().await.token, right.clone()).await.refused(401, "widget-secret-wrong");
    asks("wsec_guess", right.clone()).await.refused(401, "widget-secret-wrong");
    asks("wsec_guess", json!("nonsense")).await.refused(401, "widget-secret-wrong");
    desk.post(None, "/v1/widget/tokens", &right).await.refused(401, "widget-secret-wrong");
    let with = |field: &str, value: Value| {
        let mut body = right.clone();
        body[field] = value;
        body
    };
    asks(&crm.secret, with("advisor", json!("nobody@demo.test"))).await.refused(422, "user-unknown");
    asks(&crm.secret, with("advisor", json!("bob@demo.test"))).await.refused(404, "conversation-unknown");
    asks(&crm.secret, with("conversation_id", json!("conv_nothing"))).await.refused(404, "conversation-unknown");
    for wrong in [json!(9), json!(601), json!(-1), json!("600"), json!(1.5), json!(u64::MAX)] {
        asks(&crm.secret, with("lifetime_s", wrong)).await.refused(422, "invalid-body");
    }
    asks(&crm.secret, json!({ "advisor": "alice@demo.test" })).await.refused(422, "invalid-body");
    assert_eq!(
        desk.get(&desk.admin().await, &crm.one()).await.expect(200)["open_tokens"],
        1,
        "only the first was given"
    );
}

#[tokio::test]
async fn a_new_secret_leaves_the_one_before_its_time() {
    let desk = Desk::start().await;
    let mut crm = crm(&desk).await;
    let admin = desk.admin().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let secret = format!("{}/secret", crm.one());
    let renew = async |version: Option<&str>, body: Value| {
        call(&desk, Method::POST, &secret, &admin, version, Some(body)).await
    };
    renew(None, json!({})).await.refused(428, "if-match-missing");
    renew(Some("\"9\""), json!({})).await.refused(412, "stale");
    renew(Some("\"1\""), json!({ "former_valid_for_hours": 169 })).await.refused(422, "invalid-body");
    let made = renew(Some("\"1\""), json!({ "former_valid_for_hours": 2 })).await;
    assert_eq!(made.headers["etag"], "\"2\"");
    let made = made.expect(201);
    assert_eq!(made["application"]["former_secret_until"], "2026-03-02T14:00:00.000Z");
    let former = std::mem::replace(&mut crm.secret, text(&made["secret"]));
    let former = Crm { id: crm.id.clone(), secret: former };
    for known in [&former, &crm] {
        known.asks(&desk, &came.conversation, "alice@demo.test").await.expect(201);
    }
    desk.later(TimeDelta::hours(2));
    former.asks(&desk, &came.conversation, "alice@demo.test").await.refused(401, "widget-secret-wrong");
    assert_eq!(desk.get(&admin, &crm.one()).await.expect(200)["former_secret_until"], Value::Null);

    renew(Some("\"2\""), json!({ "former_valid_for_hours": 0 })).await.expect(201);
    crm.asks(&desk, &came.conversation, "alice@demo.test").await.refused(401, "widget-secret-wrong");
}

#[tokio::test]
async fn applications_are_the_admins_and_every_change_is_in_the_audit_log() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let crm = crm(&desk).await;
    let admin = desk.admin().await;
    let details = json!({ "name": "Other", "origins": ["https://other.example/", "https://OTHER.example"] });
    desk.get(&alice, APPLICATIONS).await.refused(404, "not-found");
    desk.post(Some(&alice.token), APPLICATIONS, &details).await.refused(404, "not-found");
    for (method, path) in [
        (Method::GET, crm.one()),
        (Method::PUT, crm.one()),
        (Method::DELETE, crm.one()),
        (Method::POST, format!("{}/secret", crm.one())),
        (Method::DELETE, format!("{}/tokens", crm.one())),
    ] {
        call(&desk, method, &path, &alice, Some("*"), Some(details.clone())).await.refused(404, "not-found");
    }

    let put = async |version: Option<&str>, body: Value| {
        call(&desk, Method::PUT, &crm.one(), &admin, version, Some(body)).await
    };
    put(None, details.clone()).await.refused(428, "if-match-missing");
    put(Some("\"2\""), details.clone()).await.refused(412, "stale");
    let changed = put(Some("\"1\""), details.clone()).await;
    assert_eq!(changed.headers["etag"], "\"2\"");
    assert_eq!(changed.expect(200)["origins"], json!(["https://other.example"]), "each origin once, in one spelling");
    assert_eq!(put(Some("\"2\""), details.clone()).await.headers["etag"], "\"2\"", "what changes nothing is no change");

    desk.post(Some(&admin.token), APPLICATIONS, &json!({ "name": "OTHER", "origins": [CRM] }))
        .await
        .refused(409, "widget-application-exists");
    for (field, value, code) in [
        ("name", json!(""), "invalid-value"),
        ("name", json!("x".repeat(81)), "invalid-value"),
        ("name", json!("two\nlines"), "invalid-value"),
        ("origins", json!([]), "invalid-body"),
        ("origins", json!(vec![CRM; 21]), "invalid-body"),
        ("origins", json!(["http://crm.example"]), "origin-invalid"),
        ("origins", json!(["https://*.example"]), "origin-invalid"),
        ("origins", json!([CRM, "https://crm.example; script-src *"]), "origin-invalid"),
    ] {
        let mut body = details.clone();
        body[field] = value;
        put(Some("*"), body.clone()).await.refused(422, code);
        desk.post(Some(&admin.token), APPLICATIONS, &body).await.refused(422, code);
    }
    let all = items(&desk.get(&admin, APPLICATIONS).await.expect(200));
    assert_eq!(column(&all, "name"), ["Other"]);

    call(&desk, Method::POST, &format!("{}/secret", crm.one()), &admin, Some("*"), None).await.expect(201);
    assert_eq!(call(&desk, Method::DELETE, &crm.one(), &admin, Some("*"), None).await.status, 204);
    let log = desk.get(&admin, "/v1/audit-log").await;
    let log_items = items(&log.expect(200));
    let told: Vec<&str> =
        column(&log_items, "what").into_iter().filter(|what| what.starts_with("widget-application")).collect();
    let expected = ["deleted", "secret-renewed", "changed", "created"].map(|verb| format!("widget-application.{verb}"));
    assert_eq!(told, expected);
    assert!(!String::from_utf8_lossy(&log.bytes).contains("wsec_"), "never a secret");
}

#[tokio::test]
async fn the_page_can_be_framed_by_the_applications_origins_only() {
    let desk = Desk::start().await;
    let crm = crm(&desk).await;
    let page = answer_of(desk.request(Method::GET, &format!("/widget/{}", crm.id))).await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors https://crm.example") && policy.starts_with("default-src 'none'"));
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(!page.headers.contains_key("set-cookie"));
    for path in ["/widget/wapp_none", "/widget/", "/widget", "/widget/a/b"] {
        assert_eq!(answer_of(desk.request(Method::GET, path)).await.status, 404, "{path}");
    }
    for path in ["none.js", "..%2Fwidget.html", "%2e%2e%2fwidget.html", "widget.html"] {
        let path = format!("/widget/assets/{path}");
        answer_of(desk.request(Method::GET, &path)).await.refused(404, "not-found");
    }
}
