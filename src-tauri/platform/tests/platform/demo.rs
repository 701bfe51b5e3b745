//! The demo workspace.

use std::collections::HashMap;

use signoff_platform::{Options, Start, serve};

use crate::desk::{Desk, items};

#[tokio::test]
async fn the_demo_is_full_of_conversations_in_every_state() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::new(dir.path());
    options.start = Start::Demo;
    let running = serve(options).await.unwrap();
    let desk = Desk::around(&running);
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let mut path = "/v1/sync/conversations?limit=500".to_owned();
    let mut snapshots = Vec::new();
    loop {
        let page = desk.get(&alice, &path).await.expect(200);
        snapshots.extend(items(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/sync/conversations?limit=500&after={next}");
    }
    assert!(snapshots.len() >= 300);
    let count = |what: fn(&serde_json::Value) -> &serde_json::Value| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for snapshot in &snapshots {
            *counts.entry(what(&snapshot["conversation"]).to_string()).or_default() += 1;
        }
        counts
    };
    assert_eq!(count(|c| &c["state"]).len(), 5, "every tab has something");
    assert_eq!(count(|c| &c["channel"]["id"]).len(), 3);
    assert_eq!(count(|c| &c["customer"]["language"]).len(), 2, "English and French");
    assert_eq!(count(|c| &c["closed_by"]["kind"]).len(), 4, "open, or closed by each of three");
    assert_eq!(count(|c| &c["customer"]["vip"]).len(), 2);
    assert!(count(|c| &c["assignee"]["name"]).len() >= 3);

    let me = desk.get(&alice, "/v1/me").await.expect(200);
    assert_eq!(me["features"]["close_conversation"], false, "R1: off until an admin turns it on");
    let log = desk.get(&admin, "/v1/audit-log").await.expect(200);
    assert!(items(&log).iter().all(|entry| entry["what"] == "sign-in"), "nobody ever turned it on here");
    running.shutdown().await;
}
