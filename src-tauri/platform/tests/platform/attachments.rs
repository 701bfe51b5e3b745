//! Files, of customers and of advisors.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, MESSENGER, Person, WEBCHAT, answer_of};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

async fn upload(desk: &Desk, token: &str, path: &str, name: &str, content: &[u8]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish();
    let request = desk.request(Method::POST, &format!("{path}?{query}")).bearer_auth(token);
    answer_of(request.body(content.to_vec())).await
}

async fn uploaded(desk: &Desk, person: &Person, name: &str, content: &[u8]) -> Value {
    upload(desk, &person.token, "/v1/attachments", name, content).await.expect(201)
}

fn with(attachments: &[&Value]) -> Value {
    let ids: Vec<_> = attachments.iter().map(|attachment| json!({ "id": attachment["id"] })).collect();
    json!({ "text": "", "attachments": ids })
}

#[tokio::test]
async fn an_advisors_file_goes_with_a_reply_and_is_in_timeline_event_and_outbound() {
    let desk = Desk::start().await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let seq = desk.newest_seq(&alice).await;
    let file = uploaded(&desk, &alice, "../holiday photo.PNG", PNG).await;
    assert_eq!((&file["name"], &file["media_type"]), (&json!("holiday photo.png"), &json!("image/png")));
    let path = format!("/v1/attachments/{}", file["id"].as_str().unwrap());
    desk.get(&bob, &path).await.refused(404, "not-found");

    let receipt = desk.click(&alice, &came.conversation, "replies", &with(&[&file])).await.expect(201);
    let timeline = desk.timeline(&bob, &came.conversation).await;
    let entry = timeline.iter().find(|entry| entry["id"] == receipt["reply"]["message_id"]).unwrap();
    assert_eq!(entry["attachments"], json!([file]));
    let events = desk.changes(&bob, seq).await;
    let sent = events.iter().find(|event| event["type"] == "reply.sent").unwrap();
    assert_eq!(sent["data"]["entry"]["attachments"], json!([file]));
    assert_eq!(sent["data"]["conversation"]["last_message"]["text"], file["name"], "a row has something to show");
    let outbound = desk.outbound(WEBCHAT).await;
    assert_eq!(outbound.last().unwrap()["attachments"], json!([file]));
    assert_eq!(outbound.last().unwrap()["customer"]["external_id"], "zoe");

    let served = desk.get(&bob, &path).await;
    assert_eq!((served.status.as_u16(), served.bytes.as_slice()), (200, PNG));
    assert_eq!(served.headers["content-type"], "image/png");
    assert_eq!(served.headers["x-content-type-options"], "nosniff");
    assert!(served.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let disposition = served.headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"holiday photo.png\"; filename*=UTF-8''holiday%20photo.png");

    let by_channel = |channel: &str| {
        let path = format!("/v1/channels/{channel}{}", path.trim_start_matches("/v1"));
        answer_of(desk.request(Method::GET, &path).bearer_auth(format!("demo-key-{channel}")))
    };
    assert_eq!(by_channel(WEBCHAT).await.bytes, PNG);
    by_channel(MESSENGER).await.refused(404, "not-found");
    answer_of(desk.request(Method::GET, &path)).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_file_goes_with_one_text_of_its_owner_and_with_no_other() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let file = uploaded(&desk, &alice, "a.png", PNG).await;
    desk.click(&bob, &came.conversation, "replies", &with(&[&file])).await.refused(422, "attachment-unknown");
    desk.click(&alice, &came.conversation, "replies", &with(&[&file, &file])).await.refused(422, "attachment-unknown");
    let unknown = json!({ "id": "att_none" });
    desk.click(&alice, &came.conversation, "replies", &with(&[&unknown])).await.refused(422, "attachment-unknown");

    let body = json!({ "reply": with(&[&file]), "last_seen_message_id": came.message, "origin": "console" });
    desk.click(&alice, &came.conversation, "close", &body).await.expect(201);
    let timeline = desk.timeline(&alice, &came.conversation).await;
    assert!(
        timeline.iter().any(|entry| entry["attachments"] == json!([file])),
        "a closing takes files as a reply does"
    );
    let next = desk.writes(WEBCHAT, "zoe", "Hello again").await;
    desk.click(&alice, &next.conversation, "replies", &with(&[&file])).await.refused(422, "attachment-unknown");
}

#[tokio::test]
async fn a_click_that_is_repeated_sends_its_file_once() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let file = uploaded(&desk, &alice, "a.png", PNG).await;
    let key = "018f0000-0000-7000-8000-000000000001";
    let first = desk.click_as(&alice, &came.conversation, "replies", &with(&[&file]), key).await;
    let again = desk.click_as(&alice, &came.conversation, "replies", &with(&[&file]), key).await;
    assert_eq!(first.bytes, again.bytes, "D5");
}

#[tokio::test]
async fn the_channel_limits_size_number_and_kind_and_what_a_file_is_is_looked_at() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let mut rules = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["rules"].clone();
    rules["attachments"] = json!({ "max_bytes": 1000, "max_count": 1, "types": ["image/*"] });
    let put = desk.request(Method::PUT, "/v1/admin/channels/ch_webchat").bearer_auth(&admin.token);
    answer_of(put.header("If-Match", "*").json(&rules)).await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let send = |files: Vec<Value>| {
        let (desk, alice, conversation) = (&desk, &alice, came.conversation.clone());
        async move {
            let files: Vec<_> = files.iter().collect();
            desk.click(alice, &conversation, "replies", &with(&files)).await
        }
    };
    let page = uploaded(&desk, &alice, "innocent.png", b"<html><script>alert(1)</script></html>").await;
    send(vec![page]).await.refused(422, "attachment-refused");
    let text = uploaded(&desk, &alice, "notes.png", b"just text").await;
    assert_eq!(text["name"], "notes.png.txt");
    send(vec![text]).await.refused(422, "attachment-refused");
    let large = uploaded(&desk, &alice, "large.png", &[PNG, &[0; 2000]].concat()).await;
    send(vec![large]).await.refused(413, "attachment-too-large");
    let (one, two) = (uploaded(&desk, &alice, "1.png", PNG).await, uploaded(&desk, &alice, "2.png", PNG).await);
    send(vec![one.clone(), two]).await.refused(422, "attachments-too-many");
    send(vec![one]).await.expect(201);

    let channel = "/v1/channels/ch_webchat/attachments";
    upload(&desk, "demo-key-ch_webchat", channel, "x.png", &[7; 1001]).await.refused(413, "attachment-too-large");
    upload(&desk, "demo-key-ch_webchat", channel, "x.txt", b"text").await.refused(422, "attachment-refused");
    upload(&desk, "wrong", channel, "x.png", PNG).await.refused(401, "channel-key-wrong");
    upload(&desk, &alice.token, "/v1/attachments", "empty", b"").await.refused(422, "message-empty");
    let enormous = vec![0; 26 * 1024 * 1024];
    upload(&desk, &alice.token, "/v1/attachments", "x", &enormous).await.refused(413, "attachment-too-large");
}

#[tokio::test]
async fn a_customers_files_come_by_upload_or_in_the_message() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let path = "/v1/channels/ch_webchat/attachments";
    let file = upload(&desk, "demo-key-ch_webchat", path, "broken lamp.png", PNG).await.expect(201);
    let message = json!({
        "external_id": "m1",
        "text": "",
        "attachments": [{ "id": file["id"] }, { "name": "notes.txt", "data": "aGVsbG8=" }],
    });
    let accepted = desk.inbound(WEBCHAT, "zoe", message.clone()).await;
    let conversation = accepted["conversation_id"].as_str().unwrap();
    let entry = &desk.timeline(&alice, conversation).await[0];
    let names: Vec<_> =
        entry["attachments"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["broken lamp.png", "notes.txt"]);
    let id = entry["attachments"][1]["id"].as_str().unwrap();
    assert_eq!(desk.get(&alice, &format!("/v1/attachments/{id}")).await.bytes, b"hello");
    assert_eq!(
        desk.inbound(WEBCHAT, "zoe", message).await,
        accepted,
        "the same message again is the same, files and all"
    );

    let refused = |attachment: Value| {
        let body = json!({ "customer": { "external_id": "zoe", "name": "Zoe" },
            "message": { "external_id": "m2", "text": "x", "attachments": [attachment] } });
        let desk = &desk;
        async move { desk.post(Some("demo-key-ch_webchat"), "/v1/channels/ch_webchat/inbound", &body).await }
    };
    refused(json!({ "name": "x", "data": "no base64!" })).await.refused(422, "invalid-value");
    refused(json!({ "id": "att_none" })).await.refused(422, "attachment-unknown");
    refused(json!({ "name": "x.html", "data": "PGh0bWw+" })).await.refused(422, "attachment-refused");
    refused(json!({})).await.refused(422, "invalid-body");
}

/// What nobody used goes, what was used stays, and a content that both share stays with it.
#[tokio::test]
async fn files_that_nobody_used_are_swept_away() {
    let mut desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let used = uploaded(&desk, &alice, "used.png", PNG).await;
    let twin = uploaded(&desk, &alice, "twin.png", PNG).await;
    let other = uploaded(&desk, &alice, "other.txt", b"never sent").await;
    desk.click(&alice, &came.conversation, "replies", &with(&[&used])).await.expect(201);
    assert_eq!(desk.files_kept(), 2, "the same content lies there once");

    desk.later(TimeDelta::days(36));
    desk.restart().await;
    let alice = desk.alice().await;
    desk.until("only what was used is left", || desk.files_kept() == 1).await;
    let status = |file: &Value| {
        let path = format!("/v1/attachments/{}", file["id"].as_str().unwrap());
        let (desk, alice) = (&desk, &alice);
        async move { desk.get(alice, &path).await.status.as_u16() }
    };
    assert_eq!((status(&used).await, status(&twin).await, status(&other).await), (200, 404, 404));
}

/// RFC 9110: a download that broke off goes on, of this file and of no other.
#[tokio::test]
async fn a_file_comes_whole_or_in_parts() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let content: Vec<u8> = (0..600_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let file = uploaded(&desk, &alice, "long.bin.txt", &content).await;
    let path = format!("/v1/attachments/{}", file["id"].as_str().unwrap());
    let ask = |method: Method, headers: Vec<(&'static str, String)>| {
        let request = desk.request(method, &path).bearer_auth(&alice.token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        answer_of(request)
    };
    let whole = ask(Method::GET, vec![]).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes), (200, &content));
    assert_eq!(
        (&whole.headers["accept-ranges"], &whole.headers["content-length"]),
        (&"bytes".parse().unwrap(), &"600000".parse().unwrap())
    );
    let tag = whole.headers["etag"].to_str().unwrap().to_owned();

    let begun = 123_457;
    let rest = ask(Method::GET, vec![("range", format!("bytes={begun}-")), ("if-range", tag.clone())]).await;
    assert_eq!(rest.status, 206);
    assert_eq!(rest.headers["content-range"], format!("bytes {begun}-599999/600000"));
    assert_eq!(rest.headers["etag"], tag);
    assert_eq!(rest.headers["x-content-type-options"], "nosniff", "a part is served as carefully as the whole");
    assert_eq!(rest.bytes, content[begun..]);
    let end = ask(Method::GET, vec![("range", "bytes=-10".to_owned())]).await;
    assert_eq!((end.status.as_u16(), end.bytes.as_slice()), (206, &content[599_990..]));
    let of_another =
        ask(Method::GET, vec![("range", "bytes=5-".to_owned()), ("if-range", "\"other\"".to_owned())]).await;
    assert_eq!((of_another.status.as_u16(), of_another.bytes.len()), (200, 600_000));
    let beyond = ask(Method::GET, vec![("range", "bytes=600000-".to_owned())]).await;
    assert_eq!(beyond.headers["content-range"], "bytes */600000");
    beyond.refused(416, "range-unsatisfiable");
    let known = ask(Method::GET, vec![("if-none-match", tag.clone())]).await;
    assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));

    let head = ask(Method::HEAD, vec![("range", "bytes=5-".to_owned())]).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    for name in ["etag", "content-length", "content-type", "content-disposition", "accept-ranges"] {
        assert_eq!(head.headers[name], whole.headers[name], "{name}");
    }
    let bob = desk.bob().await;
    let strangers = answer_of(desk.request(Method::HEAD, &path).bearer_auth(&bob.token)).await;
    assert_eq!(strangers.status, 404, "and to nobody else");
}
