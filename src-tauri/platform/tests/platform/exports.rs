//! Exports: going on where a download broke off, and the zips that are made of days (D51, D52).

use std::{
    io::{Cursor, Read},
    path::Path,
};

use chrono::TimeDelta;
use reqwest::{
    Method,
    header::{CONTENT_RANGE, ETAG, IF_MATCH, IF_RANGE, RANGE},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, column, items};

const ACTIONS: &str = "/v1/exports/actions.csv";

async fn ranged(desk: &Desk, person: &Person, path: &str, range: &str, tag: Option<&str>) -> Answer {
    let request = desk.request(Method::GET, path).bearer_auth(&person.token).header(RANGE, range);
    answer_of(match tag {
        Some(tag) => request.header(IF_RANGE, tag),
        None => request,
    })
    .await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

async fn downloads(desk: &Desk, admin: &Person) -> usize {
    let log = desk.get(admin, "/v1/audit-log?limit=500").await.expect(200);
    items(&log).iter().filter(|entry| entry["what"] == "export.actions" || entry["what"] == "export.download").count()
}

#[tokio::test]
async fn an_export_that_broke_off_goes_on_byte_for_byte() {
    let desk = Desk::start().await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    for _ in 0..30 {
        desk.later(TimeDelta::seconds(7));
        desk.reply(&alice, &came.conversation, "Hi").await;
    }
    let whole = desk.get(&admin, ACTIONS).await;
    assert_eq!((whole.status.as_u16(), header(&whole, "accept-ranges")), (200, "bytes"));
    let tag = header(&whole, ETAG.as_str());

    // What happens since is in none of its parts, also after a restart.
    desk.reply(&alice, &came.conversation, "Later").await;
    let mut desk = desk;
    for again in [false, true] {
        if again {
            desk.restart().await;
        }
        for start in [1, 100, whole.bytes.len() - 1] {
            let rest = ranged(&desk, &admin, ACTIONS, &format!("bytes={start}-"), Some(tag)).await;
            assert_eq!(rest.status, 206);
            assert_eq!(rest.bytes, whole.bytes[start..]);
            let (last, length) = (whole.bytes.len() - 1, whole.bytes.len());
            assert_eq!(header(&rest, CONTENT_RANGE.as_str()), format!("bytes {start}-{last}/{length}"));
            assert_eq!(header(&rest, ETAG.as_str()), tag);
        }
        let part = ranged(&desk, &admin, ACTIONS, "bytes=5-14", Some(tag)).await;
        assert_eq!((part.status.as_u16(), &*part.bytes), (206, &whole.bytes[5..15]));
        let over = ranged(&desk, &admin, ACTIONS, &format!("bytes={}-", whole.bytes.len()), Some(tag)).await;
        assert_eq!(header(&over, CONTENT_RANGE.as_str()), format!("bytes */{}", whole.bytes.len()));
        over.refused(416, "range-unsatisfiable");
    }
}

#[tokio::test]
async fn what_is_another_export_begins_anew() {
    let desk = Desk::start().await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    let whole = desk.get(&admin, ACTIONS).await;
    let tag = header(&whole, ETAG.as_str()).to_owned();
    let upto: u64 = tag.trim_matches('"').split('.').next().unwrap().parse().unwrap();
    let forged = tag.replacen(&upto.to_string(), "999999", 1);
    let filtered = format!("{ACTIONS}?author=advisor");
    for (path, tag) in [(&*filtered, &*tag), (ACTIONS, &*forged), (ACTIONS, "\"nonsense\""), (ACTIONS, "\"..\"")] {
        let answer = ranged(&desk, &admin, path, "bytes=10-", Some(tag)).await;
        assert_eq!(answer.status, 200, "{path} {tag}");
        assert!(answer.bytes.starts_with(b"id,type,"));
    }
    for range in ["bytes=-5", "bytes=9-3", "bytes=0-1,3-4", "rows=0-", "bytes=99999999999999999999-"] {
        assert_eq!(ranged(&desk, &admin, ACTIONS, range, Some(&tag)).await.bytes, whole.bytes, "{range}: no range");
    }
    desk.get(&alice, ACTIONS).await.refused(404, "not-found");
}

#[tokio::test]
async fn d52_a_download_is_in_the_audit_log_once_however_often_it_breaks_off() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let whole = desk.get(&admin, ACTIONS).await;
    let tag = header(&whole, ETAG.as_str()).to_owned();
    for start in [10, 20, 30] {
        ranged(&desk, &admin, ACTIONS, &format!("bytes={start}-"), Some(&tag)).await;
    }
    assert_eq!(downloads(&desk, &admin).await, 1);
    ranged(&desk, &admin, ACTIONS, "bytes=0-", Some(&tag)).await;
    assert_eq!(downloads(&desk, &admin).await, 2, "from the beginning is another one");

    let asked = "from=2026-03-01&author=advisor&channel=ch_webchat&team=none";
    desk.get(&admin, &format!("{ACTIONS}?{asked}")).await;
    let log = items(&desk.get(&admin, "/v1/audit-log?what=export.actions").await.expect(200));
    let told = json!({ "from": "2026-03-01", "author": "advisor", "channel": "ch_webchat", "team": "none" });
    assert_eq!(log[0]["to"], told, "what was taken out is said whole");
}

async fn schedule(desk: &Desk, admin: &Person, body: &Value, version: &str) -> Answer {
    let request = desk.request(Method::PUT, "/v1/admin/export-schedule").bearer_auth(&admin.token).json(body);
    answer_of(if version.is_empty() { request } else { request.header(IF_MATCH, version) }).await
}

/// The exports, as soon as none of them waits.
async fn made(desk: &Desk, admin: &Person) -> Vec<Value> {
    loop {
        let all = items(&desk.get(admin, "/v1/admin/exports").await.expect(200));
        if all.iter().all(|export| export["status"] != "waiting") {
            return all;
        }
        tokio::task::yield_now().await;
    }
}

/// The same, as soon as there are so many.
async fn made_so_many(desk: &Desk, admin: &Person, many: usize) -> Vec<Value> {
    loop {
        let all = made(desk, admin).await;
        if all.len() >= many {
            return all;
        }
        tokio::task::yield_now().await;
    }
}

fn unzipped(bytes: Vec<u8>, name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn d51_the_zip_of_a_day_has_that_day_and_no_other() {
    let mut blueprint = signoff_platform::demo_blueprint();
    blueprint.users[1].name = "=cmd()".to_owned();
    let desk = Desk::start_with(blueprint).await;
    desk.allow_manual_close(true).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let first = desk.writes(WEBCHAT, "zoe", "Before midnight, \"quoted\"").await;
    desk.close(&alice, &first.conversation, &first.message).await.expect(201);
    desk.later(TimeDelta::hours(24));
    let second = desk.writes(WEBCHAT, "yan", "=HYPERLINK(\"x\")").await;
    desk.reply(&alice, &second.conversation, "Two\r\nlines").await;

    let day = json!({ "from": "2026-03-03", "to": "2026-03-04" });
    let asked = desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
    assert_eq!((&asked["kind"], &asked["file_name"]), (&json!("requested"), &json!("signoff-2026-03-03.zip")));
    let export = &made(&desk, &admin).await[0];
    assert_eq!(export["status"], "ready", "{export}");
    let path = format!("/v1/admin/exports/{}/file", export["id"].as_str().unwrap());
    let file = desk.get(&admin, &path).await;
    assert_eq!((file.status.as_u16(), header(&file, "content-type")), (200, "application/zip"));
    assert_eq!(header(&file, ETAG.as_str()), format!("\"{}\"", export["sha256"].as_str().unwrap()));
    assert_eq!(header(&file, "content-disposition"), "attachment; filename=\"signoff-2026-03-03.zip\"");
    assert_eq!(export["bytes"], file.bytes.len());

    let read = |name: &str| unzipped(file.bytes.clone(), name);
    let rows = |name: &str| -> Vec<std::collections::HashMap<String, String>> {
        csv::Reader::from_reader(read(name).as_bytes()).deserialize().map(Result::unwrap).collect()
    };
    let conversations = rows("conversations.csv");
    assert_eq!((conversations.len(), &*conversations[0]["id"]), (1, &*second.conversation));
    let messages = rows("messages.csv");
    let texts: Vec<&str> = messages.iter().map(|row| &*row["text"]).collect();
    assert!(texts.contains(&"'=HYPERLINK(\"x\")") && texts.contains(&"Two\r\nlines"), "{texts:?}");
    assert!(rows("actions.csv").iter().all(|row| row["date"] == "2026-03-03"));
    assert!(read("actions.csv").starts_with("id,type,date,time,status,author_id"));
    assert!(rows("users.csv").iter().any(|row| row["name"] == "'=cmd()" && row["role"] == "advisor"));
    assert!(!read("users.csv").contains("argon2"));
    assert!(!rows("teams.csv").is_empty());
    assert_eq!(rows("surveys.csv").len(), 0, "the survey went out the day before");
    let manifest: Value = serde_json::from_str(&read("manifest.json")).unwrap();
    assert_eq!(manifest["from"], "2026-03-03T00:00:00.000Z");
    let named = |file: &Value| (file["name"].clone(), file["rows"].clone());
    let (inside, told) = (manifest["files"].as_array().unwrap(), export["files"].as_array().unwrap());
    assert_eq!(inside.iter().map(named).collect::<Vec<_>>(), told.iter().map(named).collect::<Vec<_>>());
    assert!(told.iter().any(|file| file["name"] == "conversations.csv" && file["rows"] == 1));

    let rest = ranged(&desk, &admin, &path, "bytes=20-", Some(header(&file, ETAG.as_str()))).await;
    assert_eq!((rest.status.as_u16(), &*rest.bytes), (206, &file.bytes[20..]));
    assert_eq!(ranged(&desk, &admin, &path, "bytes=20-", Some("\"other\"")).await.bytes, file.bytes);
    ranged(&desk, &admin, &path, &format!("bytes={}-", file.bytes.len()), None)
        .await
        .refused(416, "range-unsatisfiable");
    assert_eq!(downloads(&desk, &admin).await, 2, "the one that had to begin anew is another one");
}

#[tokio::test]
async fn daily_exports_are_made_up_after_an_outage_and_kept_for_their_days() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let off = desk.get(&admin, "/v1/admin/export-schedule").await;
    assert_eq!(off.expect(200)["enabled"], false);
    let on = json!({ "enabled": true, "hour": 3, "keep_days": 4 });
    let first = schedule(&desk, &admin, &on, header(&off, ETAG.as_str())).await;
    assert_eq!(first.expect(200)["next_at"], "2026-03-03T03:00:00.000Z");
    assert_eq!(made_so_many(&desk, &admin, 1).await[0]["file_name"], "signoff-2026-03-01.zip", "of yesterday, at once");

    desk.later(TimeDelta::days(3));
    desk.restart().await;
    let all = made_so_many(&desk, &admin, 4).await;
    let names: Vec<&str> = all.iter().map(|export| export["file_name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["signoff-2026-03-04.zip", "signoff-2026-03-03.zip", "signoff-2026-03-02.zip", "signoff-2026-03-01.zip"]
    );
    assert!(all.iter().all(|export| export["status"] == "ready" && export["asked_by"] == Value::Null));
    let oldest = all[3]["id"].as_str().unwrap();

    desk.later(TimeDelta::days(2));
    desk.restart().await;
    loop {
        let gone = desk.get(&admin, &format!("/v1/admin/exports/{oldest}")).await.status == 404;
        let all = made(&desk, &admin).await;
        if gone && all.len() == 5 {
            assert_eq!(all[0]["file_name"], "signoff-2026-03-06.zip");
            break;
        }
        tokio::task::yield_now().await;
    }
    desk.get(&admin, &format!("/v1/admin/exports/{oldest}/file")).await.refused(404, "export-unknown");
}

#[tokio::test]
async fn exports_are_admins_and_bad_wishes_are_refused() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    for path in ["/v1/admin/exports", "/v1/admin/exports/x", "/v1/admin/exports/x/file", "/v1/admin/export-schedule"] {
        desk.get(&alice, path).await.refused(404, "not-found");
    }
    let days = |from: &str, to: &str| json!({ "from": from, "to": to });
    desk.post(Some(&alice.token), "/v1/admin/exports", &days("2026-03-01", "2026-03-02"))
        .await
        .refused(404, "not-found");
    for body in [
        days("2026-03-02", "2026-03-02"),
        days("2026-03-03", "2026-03-02"),
        days("2026-01-01", "2026-03-02"),
        days("2026-04-01", "2026-04-02"),
        days("-262142-01-01", "-262142-01-02"),
        days("yesterday", "today"),
        json!({ "from": "2026-03-01" }),
        json!({ "from": 1, "to": 2 }),
    ] {
        let answer = desk.post(Some(&admin.token), "/v1/admin/exports", &body).await;
        assert_eq!(answer.status, 422, "{body}");
    }
    let wanted = json!({ "enabled": true, "hour": 3, "keep_days": 7 });
    schedule(&desk, &admin, &wanted, "").await.refused(428, "if-match-missing");
    schedule(&desk, &admin, &wanted, "\"7\"").await.refused(412, "stale");
    for body in
        [json!({ "enabled": true, "hour": 24, "keep_days": 7 }), json!({ "enabled": true, "hour": 1, "keep_days": 0 })]
    {
        schedule(&desk, &admin, &body, "*").await.refused(422, "invalid-body");
    }
    schedule(&desk, &admin, &json!({ "enabled": 1, "hour": -1, "keep_days": 7 }), "*")
        .await
        .refused(422, "invalid-body");
    assert_eq!(
        desk.get(&admin, "/v1/admin/export-schedule").await.expect(200)["enabled"],
        false,
        "and nothing changed"
    );
    schedule(&desk, &alice, &wanted, "*").await.refused(404, "not-found");
    let gone = desk.request(Method::DELETE, "/v1/admin/exports/exp_nothing").bearer_auth(&admin.token);
    answer_of(gone).await.refused(404, "export-unknown");
}

/// What is erased leaves the zips that are there, too: they are not handed out from that moment on, and made again from the rest.
#[tokio::test]
async fn a_zip_from_before_an_erasure_is_made_again_without_what_was_erased() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    let came = desk.writes(WEBCHAT, "zoe", "My name is Zanzibar").await;
    desk.later(TimeDelta::hours(1));
    let day = json!({ "from": "2026-03-02", "to": "2026-03-03" });
    desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
    let export = made(&desk, &admin).await.remove(0);
    let path = format!("/v1/admin/exports/{}/file", export["id"].as_str().unwrap());
    assert!(unzipped(desk.get(&admin, &path).await.bytes, "messages.csv").contains("Zanzibar"));

    let customer = desk.conversation(&admin, &came.conversation).await["customer"]["id"].as_str().unwrap().to_owned();
    let data = desk.request(Method::DELETE, &format!("/v1/admin/customers/{customer}/data"));
    answer_of(data.bearer_auth(&admin.token).header(IF_MATCH, "*")).await.expect(200);
    desk.get(&admin, &path).await.refused(409, "export-not-ready");

    desk.restart().await;
    let again = loop {
        let answer = desk.get(&admin, &path).await;
        if answer.status == 200 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert!(!unzipped(again.bytes, "messages.csv").contains("Zanzibar"));
}

/// A process that was killed between the row and the file leaves a file that nobody would ever find.
#[tokio::test]
async fn a_zip_that_no_export_names_is_swept_away_at_the_next_start() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    let day = json!({ "from": "2026-03-01", "to": "2026-03-02" });
    desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
    let kept = desk.dir().join("exports").join(format!("{}.zip", made(&desk, &admin).await[0]["id"].as_str().unwrap()));
    let lost = ["exp_lost.zip", "exp_broken-off.zip.part"].map(|name| desk.dir().join("exports").join(name));
    for path in &lost {
        std::fs::write(path, "somebody's words").unwrap();
    }

    desk.restart().await;
    desk.until("what nobody names is gone", || lost.iter().all(|path| !path.exists())).await;
    assert!(kept.exists());
}

/// Puts down so many actions like the newest one, each a second after the one before and with so many characters more in it, without a
/// click for each. The platform stands still meanwhile.
fn many_actions(file: &Path, many: u32, characters: u32) {
    let file = Connection::open(file).unwrap();
    let copied = file.execute(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1),
            newest AS (SELECT * FROM actions ORDER BY nr DESC LIMIT 1)
         INSERT INTO actions (id, kind, at, status, author_id, author_name, author_is_bot, origin, conversation_nr, conversation_id,
            previous_conversation_id, channel_id, channel_type, customer_id, team_id, answer_action_id, survey_status, data)
         SELECT id || '_' || n, kind, at + n * 1000, status, author_id, author_name, author_is_bot, origin, conversation_nr,
            conversation_id, previous_conversation_id, channel_id, channel_type, customer_id, team_id, answer_action_id, survey_status,
            json_object('padding', printf('%.*c', ?2, 'x'))
         FROM newest, n",
        [many, characters],
    );
    assert_eq!(copied.unwrap(), many as usize);
}

/// A platform whose `actions.csv` has so many lines besides the header.
async fn with_actions(many: u32, characters: u32) -> Desk {
    let mut desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    let there = desk.actions(&desk.admin().await, "").await.len();
    desk.restart_after(|file| many_actions(file, many - u32::try_from(there).unwrap(), characters)).await;
    desk
}

/// Nobody knows the length of a long file before its end, and no answer has more than a block of it.
#[tokio::test]
async fn a_long_export_comes_in_blocks_also_over_a_restart_and_is_the_whole_byte_for_byte() {
    const ROWS: u32 = 12_000;
    const BLOCK: usize = 4 * 1024 * 1024;
    let mut desk = with_actions(ROWS, 700).await;
    let admin = desk.admin().await;
    let whole = desk.get(&admin, ACTIONS).await;
    let tag = header(&whole, ETAG.as_str()).to_owned();
    assert!(whole.bytes.len() > 2 * BLOCK + 1000, "{}", whole.bytes.len());
    assert_eq!(csv::Reader::from_reader(&*whole.bytes).records().map(Result::unwrap).count(), ROWS as usize);

    let mut parts = Vec::new();
    let mut blocks = 0;
    loop {
        let start = parts.len();
        let part = ranged(&desk, &admin, ACTIONS, &format!("bytes={start}-"), Some(&tag)).await;
        assert_eq!((part.status.as_u16(), header(&part, ETAG.as_str())), (206, &*tag));
        parts.extend_from_slice(&part.bytes);
        blocks += 1;
        let last = parts.len() - 1;
        let told = header(&part, CONTENT_RANGE.as_str()).to_owned();
        if parts.len() >= whole.bytes.len() {
            assert_eq!(
                told,
                format!("bytes {start}-{last}/{}", whole.bytes.len()),
                "the end is told with the block that has it"
            );
            break;
        }
        assert_eq!((told, part.bytes.len()), (format!("bytes {start}-{last}/*"), BLOCK));
        // The places that are remembered go with the process; what happens meanwhile is in no part.
        if blocks == 2 {
            let came = desk.writes(WEBCHAT, "yan", "Hello").await;
            desk.reply(&desk.alice().await, &came.conversation, "Hi").await;
            desk.restart().await;
        }
    }
    assert!(parts == whole.bytes, "the parts are the whole");
    assert!(blocks > 2);

    // A range that lies over a place between two chunks, and one in the middle of a block.
    for (first, last) in [(BLOCK - 3, BLOCK + 3), (2 * BLOCK + 10, 2 * BLOCK + 19)] {
        let part = ranged(&desk, &admin, ACTIONS, &format!("bytes={first}-{last}"), Some(&tag)).await;
        assert!(part.bytes == whole.bytes[first..=last], "{first}-{last}");
    }
}

/// Going through a very long file for its end takes more than one request, each of which gets further.
#[tokio::test]
async fn the_end_of_a_very_long_export_is_found_in_some_steps() {
    const PASSED: usize = 64 * 1024 * 1024;
    let desk = with_actions(11_500, 6_000).await;
    let admin = desk.admin().await;
    let tag = {
        let first = ranged(&desk, &admin, ACTIONS, "bytes=0-9", None).await;
        header(&first, ETAG.as_str()).to_owned()
    };
    let start = PASSED + 3_000_000;
    let range = format!("bytes={start}-");
    let refused = ranged(&desk, &admin, ACTIONS, &range, Some(&tag)).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(503, "overloaded");
    let part = ranged(&desk, &admin, ACTIONS, &range, Some(&tag)).await;
    assert_eq!(part.status, 206, "it goes on from where it was");
    let length: usize = header(&part, CONTENT_RANGE.as_str()).split('/').nth(1).unwrap().parse().unwrap();
    assert_eq!(start + part.bytes.len(), length);
    let whole = desk.get(&admin, ACTIONS).await;
    assert!(part.bytes == whole.bytes[start..] && whole.bytes.len() == length);
}

/// The zip reads its tables in chunks, too: no row is lost or doubled between them.
#[tokio::test]
async fn a_zip_of_many_actions_has_each_of_them_once() {
    let desk = with_actions(3_001, 10).await;
    let admin = desk.admin().await;
    let day = json!({ "from": "2026-03-02", "to": "2026-03-03" });
    desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
    let export = made(&desk, &admin).await.remove(0);
    let path = format!("/v1/admin/exports/{}/file", export["id"].as_str().unwrap());
    let actions = unzipped(desk.get(&admin, &path).await.bytes, "actions.csv");
    assert_eq!(actions.into_bytes(), desk.get(&admin, ACTIONS).await.bytes);
}

#[tokio::test]
async fn a_daily_export_that_was_deleted_is_not_made_up_for() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    let on = json!({ "enabled": true, "hour": 3, "keep_days": 4 });
    schedule(&desk, &admin, &on, "*").await.expect(200);
    let first = made_so_many(&desk, &admin, 1).await.remove(0);
    let path = format!("/v1/admin/exports/{}", first["id"].as_str().unwrap());
    assert_eq!(answer_of(desk.request(Method::DELETE, &path).bearer_auth(&admin.token)).await.status, 204);

    // Whatever is asked for is made after what is due by itself.
    let day = json!({ "from": "2026-03-01", "to": "2026-03-02" });
    for restarted in [false, true] {
        if restarted {
            desk.restart().await;
        }
        let asked = desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
        let all = made(&desk, &admin).await;
        assert!(all.iter().all(|export| export["kind"] == "requested"), "{all:?}");
        let asked = format!("/v1/admin/exports/{}", asked["id"].as_str().unwrap());
        answer_of(desk.request(Method::DELETE, &asked).bearer_auth(&admin.token)).await;
    }

    desk.later(TimeDelta::days(1));
    desk.restart().await;
    let next = made_so_many(&desk, &admin, 1).await;
    assert_eq!(column(&next, "file_name"), ["signoff-2026-03-02.zip"], "the other days are made as ever");
}

/// Texts that are past their time leave the zips that are there as well; zips of other days have nothing of it and stay.
#[tokio::test]
async fn a_zip_from_before_texts_were_past_their_time_is_made_again_without_them() {
    let mut desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let old = desk.writes(WEBCHAT, "zoe", "My name is Zanzibar").await;
    desk.close(&alice, &old.conversation, &old.message).await.expect(201);
    desk.later(TimeDelta::days(100));
    let admin = desk.admin().await;
    desk.writes(WEBCHAT, "yan", "Timbuktu").await;
    desk.later(TimeDelta::hours(1));
    let mut paths = Vec::new();
    for (from, to) in [("2026-03-02", "2026-03-03"), ("2026-06-10", "2026-06-11")] {
        let day = json!({ "from": from, "to": to });
        let asked = desk.post(Some(&admin.token), "/v1/admin/exports", &day).await.expect(201);
        paths.push(format!("/v1/admin/exports/{}/file", asked["id"].as_str().unwrap()));
    }
    made(&desk, &admin).await;
    let said = |answer: Answer| unzipped(answer.bytes, "messages.csv");
    assert!(said(desk.get(&admin, &paths[0]).await).contains("Zanzibar"));
    let other = desk.get(&admin, &paths[1]).await;
    assert!(unzipped(other.bytes.clone(), "messages.csv").contains("Timbuktu"));

    desk.restart_with(|options| options.closed_texts_months = 3).await;
    while desk.timeline(&admin, &old.conversation).await[0]["text"] != "" {
        tokio::task::yield_now().await;
    }
    let answer = desk.get(&admin, &paths[0]).await;
    assert!(answer.status == 409 || !said(answer).contains("Zanzibar"), "nobody gets it from that moment on");
    desk.restart().await;
    let again = loop {
        let answer = desk.get(&admin, &paths[0]).await;
        if answer.status == 200 {
            break said(answer);
        }
        tokio::task::yield_now().await;
    };
    assert!(!again.contains("Zanzibar"));
    assert_eq!(desk.get(&admin, &paths[1]).await.headers[ETAG], other.headers[ETAG], "as it was");
}
