//! What monitoring sees: health, readiness, metrics, request ids, and logs without anybody's words.

use reqwest::Method;
use serde_json::Value;
use signoff_platform::{demo_blueprint, serving::Limits};

use super::Served;
use crate::desk::{Desk, PASSWORD, WEBCHAT, answer_of};

const TOKEN: &str = "only-for-monitoring";

#[tokio::test]
async fn ready_says_what_was_looked_at() {
    let desk = Desk::start().await;
    let ready = answer_of(desk.request(Method::GET, "/readyz")).await.expect(200);
    let names: Vec<_> = ready["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    assert_eq!(names, ["serving", "writes", "disk", "schema"]);
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_not_ready_but_alive() {
    let limits = Limits { min_free_disk_bytes: u64::MAX, ..Limits::default() };
    let desk = Desk::start_as(demo_blueprint(), |options| options.serving.limits = limits).await;
    let ready = answer_of(desk.request(Method::GET, "/readyz")).await.expect(503);
    assert_eq!((&ready["ready"], &ready["checks"][2]["ok"]), (&false.into(), &false.into()));
    answer_of(desk.request(Method::GET, "/healthz")).await.expect(200);
}

#[tokio::test]
async fn metrics_are_for_whoever_carries_the_token() {
    let desk = Desk::start().await;
    answer_of(desk.request(Method::GET, "/metrics")).await.refused(404, "not-found");
    let desk = Desk::start_as(demo_blueprint(), |options| options.serving.metrics_token = Some(TOKEN.into())).await;
    answer_of(desk.request(Method::GET, "/metrics")).await.refused(401, "unauthenticated");
    answer_of(desk.request(Method::GET, "/metrics").bearer_auth("x")).await.refused(401, "unauthenticated");
    let metrics = answer_of(desk.request(Method::GET, "/metrics").bearer_auth(TOKEN)).await;
    assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
}

#[tokio::test]
async fn metrics_count_what_happened_and_name_nobody() {
    let desk = Desk::start_as(demo_blueprint(), |options| {
        options.serving.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "A text that nobody may see").await;
    desk.reply(&alice, &came.conversation, "Nor this").await;
    let wrong = serde_json::json!({ "email": "alice@demo.test", "password": "wrong" });
    desk.post(None, "/v1/sessions", &wrong).await.refused(401, "bad-credentials");
    desk.get(&alice, "/v1/nothing/at/all").await.refused(404, "not-found");

    let url = format!("http://{}/metrics", desk.running().metrics_addr().unwrap());
    let text = desk.http.get(url).send().await.unwrap().text().await.unwrap();
    for line in [
        "signoff_build_info{version=",
        "signoff_http_requests_total{method=\"POST\",route=\"/v1/conversations/{id}/replies\",status=\"201\"} 1",
        "signoff_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "signoff_http_request_duration_seconds_bucket{le=\"0.001\",method=",
        "signoff_sign_in_failures_total 1",
        "signoff_commit_duration_seconds_count ",
        "signoff_commit_group_size_count ",
        "signoff_waiting_writes 0",
        "signoff_event_streams 0",
        "signoff_outbox_waiting{channel=\"ch_webchat\"} 2",
        "signoff_file_size_bytes{file=\"workspace.db\"} ",
        "signoff_disk_free_bytes ",
    ] {
        assert!(text.lines().any(|known| known.starts_with(line)), "{line}\n{text}");
    }
    for secret in ["text that nobody", "Nor this", "zoe", &alice.token, &came.conversation] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_request_keeps_its_callers_id_also_in_a_problem() {
    let desk = Desk::start().await;
    let answer = answer_of(desk.request(Method::GET, "/v1/nothing").header("X-Request-Id", "order-7")).await;
    assert_eq!(answer.headers["x-request-id"], "order-7");
    assert_eq!(answer.refused(404, "not-found")["instance"], "urn:signoff:request:order-7");
    let own = answer_of(desk.request(Method::GET, "/healthz").header("X-Request-Id", "no id at all")).await;
    assert_eq!(own.headers["x-request-id"].to_str().unwrap().len(), 32);
}

#[tokio::test]
async fn json_logs_have_ids_and_routes_and_nobodys_words() {
    let dir = tempfile::tempdir().unwrap();
    let log = ["--log-format", "json", "--set", "log.requests=true", "--set", "log.filter=trace"];
    let mut served = Served::demo(dir.path(), &log);
    let stderr = served.child.stderr.take().unwrap();
    let lines = tokio::task::spawn_blocking(move || std::io::read_to_string(stderr).unwrap());
    let desk = Desk::at(&served.url);
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe-the-customer", "Words of a customer").await;
    let reply = desk
        .request(Method::POST, &format!("/v1/conversations/{}/replies", came.conversation))
        .bearer_auth(&alice.token)
        .header("Idempotency-Key", uuid::Uuid::now_v7().to_string())
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .json(&serde_json::json!({ "text": "Words of an advisor", "attachments": [] }));
    answer_of(reply).await.expect(201);
    served.signal("TERM");
    let lines = lines.await.unwrap();
    let parsed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let found = parsed.iter().find(|line| line["id"] == "4bf92f3577b34da6a3ce929d0e0e4736").expect("the reply's line");
    assert_eq!((&found["route"], &found["status"]), (&"/v1/conversations/{id}/replies".into(), &201.into()));
    for secret in ["Words of", "zoe-the-customer", PASSWORD, &alice.token, "demo-key"] {
        assert!(!lines.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn admins_see_how_the_workspace_is_and_advisors_do_not() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hello").await;
    let health = desk.get(&admin, "/v1/admin/workspace-health").await.expect(200);
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["file_bytes"].as_u64().unwrap() > 0);
    assert_eq!((&health["backups_planned"], &health["last_backup_at"]), (&false.into(), &Value::Null));
    assert_eq!(health["waiting_deliveries"].as_array().unwrap().len(), 1);
    desk.get(&alice, "/v1/admin/workspace-health").await.refused(404, "not-found");
}

#[tokio::test]
async fn whoever_does_not_get_in_is_counted_and_whoever_goes_on_to_the_second_step_is_not() {
    let desk = Desk::start_as(demo_blueprint(), |options| options.serving.metrics_token = Some(TOKEN.into())).await;
    let admin = desk.admin().await;
    let rule = serde_json::json!({ "second_factor_required": true });
    desk.put(&admin, "/v1/admin/sign-in-rules", &rule, Some("*")).await.expect(200);
    let failures = async || {
        let metrics = answer_of(desk.request(Method::GET, "/metrics").bearer_auth(TOKEN)).await;
        let text = String::from_utf8(metrics.bytes).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("signoff_sign_in_failures_total ")).unwrap();
        line.parse::<u32>().unwrap()
    };
    let right = serde_json::json!({ "email": "alice@demo.test", "password": PASSWORD });
    let problem = desk.post(None, "/v1/sessions", &right).await.refused(401, "second-factor-enrolment-required");
    answer_of(desk.request(Method::DELETE, "/v1/sessions").bearer_auth("dead")).await.refused(401, "unauthenticated");
    assert_eq!(failures().await, 0);
    let open = serde_json::json!({ "challenge": problem["challenge"], "code": "123456" });
    desk.post(None, "/v1/sessions/second-factor", &open).await.refused(401, "second-factor-wrong");
    assert_eq!(failures().await, 1);
}
