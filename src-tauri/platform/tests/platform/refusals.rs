//! What is refused before any rule is asked: routes, methods, cursors.

use reqwest::Method;

use crate::desk::{Desk, answer_of};

#[tokio::test]
async fn unknown_routes_and_wrong_methods_are_problems() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in ["/", "/v1", "/v1/nothing", "/v1/conversations/a/b/c", "/v2/me"] {
        desk.get(&alice, path).await.refused(404, "not-found");
        answer_of(desk.request(Method::GET, path)).await.refused(404, "not-found");
    }
    answer_of(desk.request(Method::DELETE, "/v1/me")).await.refused(405, "method-not-allowed");
    answer_of(desk.request(Method::GET, "/v1/sessions")).await.refused(405, "method-not-allowed");
    let put = desk.request(Method::PUT, "/v1/conversations/x/close").bearer_auth(&alice.token);
    answer_of(put).await.refused(405, "method-not-allowed");
}

#[tokio::test]
async fn what_does_not_exist_is_unknown() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in ["/v1/conversations/conv_none", "/v1/conversations/%F0%9F%A6%8A/messages"] {
        desk.get(&alice, path).await.refused(404, "conversation-unknown");
    }
    desk.get(&alice, "/v1/conversations/%FF").await.refused(404, "not-found");
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_refused() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    for path in [
        "/v1/conversations?tab=inbox",
        "/v1/conversations?after=yesterday",
        "/v1/conversations?limit=-1",
        "/v1/changes?after=x",
        "/v1/actions?from=soon",
        "/v1/analytics/actions?group_by=mood",
    ] {
        desk.get(&admin, path).await.refused(400, "invalid-query");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    let desk = Desk::start().await;
    answer_of(desk.request(Method::GET, "/healthz")).await.expect(200);
}
