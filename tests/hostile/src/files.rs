//! Files of any kind, sent by an advisor, by a channel and by a visitor.
//!
//! Whatever a file is called and whatever it contains, it is kept as it came, under a name that no file system or reader takes for anything
//! else, and given back in a way that makes no browser run it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::json;

use crate::bytes::Bytes;
use crate::workspace::{Answer, CHANNEL, Workspace, text};

/// Files after which a new platform is begun.
const LIFETIME: u32 = 1_000;
/// Files after which a new visitor comes: what they have not sent is bounded.
const VISITOR_EVERY: u32 = 10;
/// How files of many kinds begin.
const BEGINNINGS: &[&[u8]] = &[
    b"",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"GIF89a",
    b"RIFF\x24\0\0\0WEBPVP8 ",
    b"RIFF\x24\0\0\0WAVEfmt ",
    b"%PDF-1.7\n",
    b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0",
    b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0^\xc62\x0c'\0\0\0'\0\0\0\x08\0\0\0mimetypeapplication/vnd.oasis.opendocument.text",
    b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\x08\x02[Content_Types].xml",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\0\0\0\x20ftypheic\0\0\0\0mif1heic",
    b"\0\0\0\x18ftypmp42\0\0\0\0",
    b"OggS\0\x02",
    b"ID3\x03\0",
    b"\x1aE\xdf\xa3",
    b"fLaC\0\0\0\x22",
    b"{\\rtf1\\ansi",
    b"<!DOCTYPE html><script>",
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"",
    b"<?xml version=\"1.0\"?>",
    b"MZ\x90\0",
    b"\x7fELF\x02\x01",
    b"#!/bin/sh\n",
    b"II*\0\x08\0\0\0",
    b"\0\0\x01\0\x01\0",
    b"8BPS\0\x01",
    b"name;amount\r\n=1+1;",
];
/// Media types that a chat page may show in its place.
const CALLED: &[&str] = &["photo.jpg", "invoice.pdf", "table.csv", "a.html", "..", "con.txt", "x.svg"];

/// A platform that is sent files.
pub struct Files {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    workspace: Workspace,
    advisor: String,
    visitor: String,
    sent: u32,
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

impl Files {
    /// One that has no files.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, world: None }
    }

    /// Sends what the bytes say.
    pub fn sent(&mut self, data: &[u8]) {
        if self.world.as_ref().is_some_and(|world| world.sent >= LIFETIME)
            && let Some(world) = self.world.take()
        {
            self.runtime.block_on(world.workspace.end());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.sent(data));
        }
    }
}

impl World {
    async fn begin() -> Self {
        let workspace = Workspace::begin().await;
        let advisor = workspace.sign_in("alice").await.expect("the demo's advisor");
        Self { workspace, advisor, visitor: String::new(), sent: 0 }
    }

    async fn sent(&mut self, data: &[u8]) {
        if self.sent.is_multiple_of(VISITOR_EVERY) {
            self.workspace.later(TimeDelta::minutes(5));
            let begun = self.workspace.post(&format!("/v1/chat/{CHANNEL}/sessions"), "", &json!({})).await;
            self.visitor = text(&begun.json()["token"]);
        }
        self.sent += 1;
        let mut bytes = Bytes::new(data);
        let (folder, token) = match bytes.below(3) {
            0 => ("/v1/attachments".to_owned(), self.advisor.clone()),
            1 => (format!("/v1/channels/{CHANNEL}/attachments"), format!("demo-key-{CHANNEL}")),
            _ => (format!("/v1/chat/{CHANNEL}/attachments"), self.visitor.clone()),
        };
        let name = match bytes.below(3) {
            0 => bytes.pick(CALLED).copied().unwrap_or_default().to_owned(),
            1 => bytes.text(),
            _ => format!("{}{}", bytes.text(), bytes.pick(CALLED).copied().unwrap_or_default()),
        };
        let beginning = bytes.pick(BEGINNINGS).copied().unwrap_or_default();
        let content = [beginning, bytes.rest()].concat();
        let path: String = url(&folder, &name);
        let request = Request::builder().method("POST").uri(&path).header("Authorization", format!("Bearer {token}"));
        let taken = self.workspace.ask(request, Body::from(content.clone())).await;
        if taken.status != StatusCode::CREATED {
            assert!(taken.status.is_client_error(), "{path}: {}", taken.status);
            assert!(taken.json()["code"].is_string(), "{path}: a refusal has a code");
            return;
        }
        let attachment = taken.json();
        let kept = text(&attachment["name"]);
        harmless(&name, &kept);
        assert_eq!(attachment["size"], content.len(), "{kept}");
        let back = self.workspace.get(&format!("{folder}/{}", text(&attachment["id"])), &token).await;
        assert_eq!(back.status, StatusCode::OK, "{kept}");
        assert_eq!(back.bytes, content, "{kept} is given back as it came");
        assert_eq!(back.header("content-type"), text(&attachment["media_type"]), "{kept}");
        nothing_is_run(&back);
    }
}

/// A name that says one thing to everybody.
fn harmless(given: &str, kept: &str) {
    let (stem, ending) = kept.rsplit_once('.').unwrap_or_else(|| panic!("{kept:?} ({given:?}) has no ending"));
    assert!(!stem.is_empty() && !ending.is_empty() && kept.chars().count() <= 120, "{kept:?} ({given:?})");
    assert!(
        !kept.starts_with(['.', ' ']) && !kept.contains(['/', '\\', '\0', '\n', '\u{202e}']),
        "{kept:?} ({given:?})"
    );
    assert!(ending.chars().all(|letter| letter.is_ascii_alphanumeric()), "{kept:?} ({given:?})");
}

/// RFC 6266 and the rest: to be saved, not to be shown as a page.
fn nothing_is_run(back: &Answer) {
    assert!(back.header("content-disposition").starts_with("attachment"), "{:?}", back.headers);
    assert_eq!(back.header("x-content-type-options"), "nosniff");
    assert!(back.header("content-security-policy").starts_with("sandbox"), "{:?}", back.headers);
}

fn url(folder: &str, name: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish();
    format!("{folder}?{query}")
}
