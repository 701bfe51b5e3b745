//! The OpenAPI document.

use reqwest::Method;

use crate::desk::{Desk, answer_of};

#[tokio::test]
async fn the_document_names_every_call_of_the_contract_and_needs_no_token() {
    let desk = Desk::start().await;
    let document = answer_of(desk.request(Method::GET, "/v1/openapi.json")).await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (method, path) in [
        ("post", "/v1/sessions"),
        ("delete", "/v1/sessions/current"),
        ("get", "/v1/me"),
        ("get", "/v1/settings/inbox-options"),
        ("put", "/v1/settings/inbox-options"),
        ("get", "/v1/audit-log"),
        ("get", "/v1/conversations"),
        ("get", "/v1/conversations/{id}"),
        ("get", "/v1/conversations/{id}/messages"),
        ("post", "/v1/conversations/{id}/replies"),
        ("post", "/v1/conversations/{id}/close"),
        ("post", "/v1/conversations/{id}/archive"),
        ("post", "/v1/conversations/{id}/assign"),
        ("post", "/v1/conversations/{id}/release"),
        ("post", "/v1/conversations/{id}/hold"),
        ("post", "/v1/conversations/{id}/help-request"),
        ("post", "/v1/conversations/{id}/notes"),
        ("post", "/v1/conversations/{id}/tags"),
        ("post", "/v1/conversations/{id}/route"),
        ("get", "/v1/receipts/{idempotency_key}"),
        ("get", "/v1/actions"),
        ("get", "/v1/analytics/actions"),
        ("get", "/v1/analytics/delays"),
        ("get", "/v1/exports/actions.csv"),
        ("get", "/v1/events"),
        ("get", "/v1/changes"),
        ("post", "/v1/channels/{id}/inbound"),
        ("get", "/v1/channels/{id}/outbound"),
        ("post", "/v1/channels/{id}/deliveries"),
        ("post", "/v1/surveys/{token}/answer"),
        ("get", "/v1/sync/conversations"),
        ("get", "/healthz"),
        ("post", "/v1/attachments"),
        ("get", "/v1/attachments/{id}"),
        ("post", "/v1/channels/{id}/webhook"),
        ("get", "/v1/admin/channels"),
        ("put", "/v1/admin/channels/{id}"),
        ("post", "/v1/conversations/{id}/typing"),
        ("post", "/v1/conversations/{id}/read"),
        ("post", "/v1/chat/{channel_id}/messages"),
        ("get", "/v1/chat/{channel_id}/events"),
        ("post", "/v1/widget/tokens"),
        ("get", "/v1/widget/session"),
        ("get", "/widget/{application}"),
        ("get", "/v1/admin/widget-applications"),
        ("delete", "/v1/admin/widget-applications/{id}/tokens"),
        ("get", "/v1/exports/audit-log.csv"),
        ("get", "/v1/exports/audit-log.jsonl"),
        ("post", "/v1/admin/invitations"),
        ("post", "/v1/invitations/accept"),
        ("put", "/v1/me/password"),
        ("get", "/v1/me/sessions"),
        ("delete", "/v1/me/sessions/{id}"),
        ("post", "/v1/sessions/second-factor"),
        ("post", "/v1/me/second-factor/confirm"),
        ("put", "/v1/admin/sign-in-rules"),
        ("get", "/v1/admin/users"),
        ("post", "/v1/admin/users"),
        ("patch", "/v1/admin/users/{id}"),
        ("get", "/v1/admin/teams"),
        ("patch", "/v1/admin/teams/{id}"),
        ("delete", "/v1/admin/teams/{id}"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{method} {path}");
    }
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is described");
    }
}
