//! Figures against a plain recomputation from the action log (R7, R11, D50).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, closing, items};

const ABOUT_CONVERSATIONS: [&str; 8] =
    ["close-conversation", "archive", "assign", "release", "hold", "help-request", "tag", "route"];
const ZONES: [&str; 4] = ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/Havana"];

/// An end of a range: a day of the zone, or a moment.
#[derive(Clone, Copy, Debug)]
enum End {
    Day(NaiveDate),
    Moment(DateTime<Utc>),
}

impl End {
    fn at(self, zone: &str) -> DateTime<Utc> {
        let zone: Tz = zone.parse().unwrap();
        match self {
            // Havana's clocks skip midnight once a year.
            Self::Day(date) => (0..2)
                .find_map(|hour| date.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest())
                .unwrap()
                .to_utc(),
            Self::Moment(at) => at,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Day(date) => date.to_string(),
            Self::Moment(at) => at.to_rfc3339_opts(SecondsFormat::Millis, true),
        }
    }
}

/// A question, and how the log answers it.
#[derive(Debug)]
struct Question {
    from: Option<End>,
    to: Option<End>,
    zone: &'static str,
    author: Option<String>,
    channel: Option<String>,
    team: Option<String>,
    group_by: &'static str,
    compare: bool,
}

impl Question {
    fn any(chance: &mut StdRng, log: &[Value], today: NaiveDate) -> Self {
        let of = |field: &str| -> Vec<String> {
            let all: BTreeSet<String> =
                log.iter().map(|action| action[field].as_str().unwrap_or("none").to_owned()).collect();
            all.into_iter().collect()
        };
        let mut some = |values: Vec<String>| chance.random_bool(0.4).then(|| values.choose(chance).cloned()).flatten();
        let channel = some(of("channel_id"));
        let team = some(of("team_id"));
        let author = some([of("author_id"), vec!["advisor".to_owned(), "scenario".to_owned()]].concat());
        let days = chance.random_range(3..9);
        let from = today - TimeDelta::days(chance.random_range(0..12));
        let compare = chance.random_bool(0.3);
        let mut end = |date: NaiveDate| match chance.random_bool(0.25) {
            true => {
                End::Moment(date.and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(chance.random_range(0..1440)))
            }
            false => End::Day(date),
        };
        let (from, to) = (end(from), end(from + TimeDelta::days(days)));
        Self {
            from: (compare || chance.random_bool(0.6)).then_some(from),
            to: (compare || chance.random_bool(0.6)).then_some(to),
            zone: ZONES.choose(chance).unwrap(),
            author,
            channel,
            team,
            group_by: ["day", "week", "month", "author", "channel", "team"].choose(chance).unwrap(),
            compare,
        }
    }

    fn query(&self) -> String {
        let mut query = format!("tz={}&group_by={}", self.zone, self.group_by);
        let mut add = |name: &str, value: Option<String>| {
            value.into_iter().for_each(|value| query.push_str(&format!("&{name}={value}")));
        };
        add("from", self.from.map(End::text));
        add("to", self.to.map(End::text));
        add("author", self.author.clone());
        add("channel", self.channel.clone());
        add("team", self.team.clone());
        add("compare", self.compare.then(|| "previous".to_owned()));
        query
    }

    fn admits(&self, action: &Value) -> bool {
        self.from.is_none_or(|from| at(action) >= from.at(self.zone))
            && self.to.is_none_or(|to| at(action) < to.at(self.zone))
            && match self.author.as_deref() {
                None => true,
                Some("advisor") => action["author_is_bot"] == false,
                Some("scenario") => action["author_is_bot"] == true,
                Some(id) => action["author_id"] == id,
            }
            && self.channel.as_deref().is_none_or(|id| action["channel_id"] == id)
            && self.team.as_deref().is_none_or(|id| action["team_id"].as_str().unwrap_or("none") == id)
    }

    fn key(&self, action: &Value) -> String {
        let day = day(action, self.zone);
        match self.group_by {
            "day" => day.to_string(),
            "week" => (day - TimeDelta::days(day.weekday().num_days_from_monday().into())).to_string(),
            "month" => format!("{}-{:02}", day.year(), day.month()),
            "author" => action["author_id"].as_str().unwrap().to_owned(),
            "channel" => action["channel_id"].as_str().unwrap().to_owned(),
            _ => action["team_id"].as_str().unwrap_or("none").to_owned(),
        }
    }

    /// The period before.
    fn before(&self) -> Option<Self> {
        let (from, to) = self.from.zip(self.to).filter(|_| self.compare)?;
        let (zone, group_by) = (self.zone, self.group_by);
        let (author, channel, team) = (self.author.clone(), self.channel.clone(), self.team.clone());
        let before = match (from, to) {
            (End::Day(first), End::Day(end)) => End::Day(first - (end - first)),
            _ => End::Moment(from.at(zone) - (to.at(zone) - from.at(zone))),
        };
        Some(Self { from: Some(before), to: Some(from), zone, author, channel, team, group_by, compare: false })
    }
}

fn at(action: &Value) -> DateTime<Utc> {
    action["at"].as_str().unwrap().parse().unwrap()
}

fn day(action: &Value, zone: &str) -> NaiveDate {
    at(action).with_timezone(&zone.parse::<Tz>().unwrap()).date_naive()
}

/// Rows and totals, without those that are zero.
type Plain = (BTreeMap<String, BTreeMap<String, u64>>, BTreeMap<String, u64>);

fn recomputed(log: &[Value], question: &Question) -> Plain {
    let (mut rows, mut totals) = Plain::default();
    let mut conversations = BTreeSet::new();
    for action in log.iter().filter(|action| question.admits(action)) {
        let kind = action["type"].as_str().unwrap().to_owned();
        *rows.entry(question.key(action)).or_default().entry(kind.clone()).or_default() += 1;
        if ABOUT_CONVERSATIONS.contains(&&*kind) {
            conversations.insert((kind, action["conversation_id"].to_string()));
        } else {
            *totals.entry(kind).or_default() += 1;
        }
    }
    conversations.into_iter().for_each(|(kind, _)| *totals.entry(kind).or_default() += 1);
    (rows, totals)
}

fn answered(figures: &Value) -> Plain {
    let counts = |value: &Value| -> BTreeMap<String, u64> {
        let counts = value.as_object().unwrap().iter();
        counts.map(|(kind, count)| (kind.clone(), count.as_u64().unwrap())).filter(|(_, count)| *count > 0).collect()
    };
    let rows = figures["rows"].as_array().unwrap().iter();
    let rows = rows.map(|row| (row["key"].as_str().unwrap().to_owned(), counts(&row["counts"])));
    (rows.collect(), counts(&figures["totals"]))
}

async fn log(desk: &Desk, admin: &Person) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(admin, &format!("/v1/actions?limit=500&after={after}")).await.expect(200);
        all.extend(items(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return all,
        }
    }
}

/// What happens to happen.
async fn anything(desk: &Desk, chance: &mut StdRng, people: &[Person], open: &mut Vec<(String, String)>) {
    let person = people.choose(chance).unwrap();
    let known = (0..open.len()).collect::<Vec<_>>().choose(chance).copied();
    match (chance.random_range(0..12), known) {
        (0..3, _) | (_, None) => {
            let channel = [WEBCHAT, WHATSAPP, MESSENGER].choose(chance).unwrap();
            let customer = format!("customer-{}", chance.random_range(0..8));
            let text = if chance.random_bool(0.15) { "#bye" } else { "Hello" };
            let came = desk.writes(channel, &customer, text).await;
            open.retain(|(conversation, _)| *conversation != came.conversation);
            open.push((came.conversation, came.message));
        }
        (3, _) => desk.later(TimeDelta::minutes(chance.random_range(1..600))),
        (4, _) => desk.later(TimeDelta::hours(chance.random_range(1..40))),
        (5, _) if chance.random_bool(0.2) => desk.later(TimeDelta::hours(-chance.random_range(1..60))),
        (kind, Some(index)) => {
            let (conversation, seen) = open[index].clone();
            let call = match kind {
                5 | 6 => ("replies", json!({ "text": "Hi", "attachments": [] })),
                7 => ("close", closing("Bye", &seen)),
                8 => ("archive", json!({})),
                9 => ("tags", json!({ "tags": ["billing"] })),
                10 => ("route", json!({ "team_id": team(desk, person, chance).await })),
                _ => ("hold", json!({})),
            };
            // Some of them are refused, which is as good.
            desk.click(person, &conversation, call.0, &call.1).await;
        }
    }
}

async fn team(desk: &Desk, person: &Person, chance: &mut StdRng) -> Value {
    let directory = desk.get(person, "/v1/directory").await.expect(200);
    directory["teams"].as_array().unwrap().choose(chance).unwrap()["id"].clone()
}

#[tokio::test]
async fn d50_figures_are_what_the_action_log_adds_up_to_under_every_filter_and_grouping() {
    for seed in 1..=4 {
        let desk = Desk::start().await;
        desk.allow_manual_close(true).await;
        let mut chance = StdRng::seed_from_u64(seed);
        let (admin, people) = (desk.admin().await, [desk.alice().await, desk.bob().await]);
        let mut open = Vec::new();
        for step in 0..160 {
            anything(&desk, &mut chance, &people, &mut open).await;
            // In between as well: what was added up must not stand when the past changes.
            let questions = if step == 159 { 60 } else { usize::from(step % 20 == 0) * 6 };
            let log = if questions > 0 { log(&desk, &admin).await } else { Vec::new() };
            for _ in 0..questions {
                let today = log.iter().map(|action| day(action, "UTC")).max().unwrap_or_default();
                let question = Question::any(&mut chance, &log, today);
                let path = format!("/v1/analytics/actions?{}", question.query());
                let figures = desk.get(&admin, &path).await.expect(200);
                assert_eq!(answered(&figures), recomputed(&log, &question), "seed {seed}, step {step}: {question:?}");
                match question.before() {
                    Some(before) => assert_eq!(
                        answered(&figures["previous"]),
                        recomputed(&log, &before),
                        "seed {seed}, step {step}: before {question:?}"
                    ),
                    None => assert!(figures.get("previous").is_none()),
                }
            }
        }
    }
}

#[tokio::test]
async fn r7_delays_are_what_the_log_says_and_no_closing_changes_them() {
    for seed in 1..=3 {
        let desk = Desk::start().await;
        desk.allow_manual_close(true).await;
        let mut chance = StdRng::seed_from_u64(seed);
        let (admin, people) = (desk.admin().await, [desk.alice().await, desk.bob().await]);
        let mut open = Vec::new();
        for _ in 0..150 {
            anything(&desk, &mut chance, &people, &mut open).await;
        }
        let log = log(&desk, &admin).await;
        // The first answer by a person in each conversation; what closes is not looked at.
        let mut first: BTreeMap<String, Value> = BTreeMap::new();
        for action in log.iter().filter(|action| action["type"] == "answer" && action["author_is_bot"] == false) {
            first.insert(action["conversation_id"].as_str().unwrap().to_owned(), action.clone());
        }
        let mut delays = Vec::new();
        for (conversation, action) in &first {
            let opened: DateTime<Utc> =
                desk.conversation(&admin, conversation).await["opened_at"].as_str().unwrap().parse().unwrap();
            delays.push((action.clone(), (at(action) - opened).num_milliseconds().max(0)));
        }
        for _ in 0..40 {
            let today = log.iter().map(|action| day(action, "UTC")).max().unwrap();
            let question = Question { compare: false, ..Question::any(&mut chance, &log, today) };
            let given = desk.get(&admin, &format!("/v1/analytics/delays?{}", question.query())).await.expect(200);
            let mut rows: BTreeMap<String, Vec<i64>> = BTreeMap::new();
            for (action, delay) in delays.iter().filter(|(action, _)| question.admits(action)) {
                rows.entry(question.key(action)).or_default().push(*delay);
            }
            let all: Vec<i64> = rows.values().flatten().copied().collect();
            assert_eq!(given["count"], all.len(), "seed {seed}: {question:?}");
            assert_eq!(given["median_s"], median_s(all.clone()), "seed {seed}: {question:?}");
            let distribution = given["distribution"].as_array().unwrap();
            let counted: u64 = distribution.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum();
            assert_eq!(counted, all.len() as u64);
            let within = all.iter().filter(|delay| **delay <= 60_000).count();
            assert_eq!(distribution[0], json!({ "up_to_s": 60, "count": within }));
            let medians: BTreeMap<String, Value> = rows.into_iter().map(|(key, row)| (key, median_s(row))).collect();
            let answered = given["rows"].as_array().unwrap().iter();
            let answered = answered.map(|row| (row["key"].as_str().unwrap().to_owned(), row["median_s"].clone()));
            assert_eq!(answered.collect::<BTreeMap<_, _>>(), medians, "seed {seed}: {question:?}");
        }
    }
}

fn median_s(mut ms: Vec<i64>) -> Value {
    ms.sort_unstable();
    let middle = |index: usize| ms[index] as f64;
    match ms.len() {
        0 => Value::Null,
        odd if odd % 2 == 1 => json!(middle(odd / 2) / 1000.0),
        even => {
            let (low, high) = (middle(even / 2 - 1), middle(even / 2));
            json!((low + (high - low) * 50.0 / 100.0) / 1000.0)
        }
    }
}

#[tokio::test]
async fn r7_a_closing_that_carries_the_first_reply_counts_as_that_reply_and_no_more() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let settled = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let answered = desk.writes(WEBCHAT, "yan", "Hello").await;
    desk.later(TimeDelta::seconds(30));
    desk.close(&alice, &settled.conversation, &settled.message).await.expect(201);
    desk.reply(&alice, &answered.conversation, "Hi").await;
    let before = desk.get(&admin, "/v1/analytics/delays").await.expect(200);
    assert_eq!(before, json!({ "count": 2, "median_s": 30.0, "p90_s": 30.0 }));
    desk.later(TimeDelta::hours(5));
    desk.close(&alice, &answered.conversation, &answered.message).await.expect(201);
    desk.writes(WEBCHAT, "xaver", "#bye").await;
    assert_eq!(desk.get(&admin, "/v1/analytics/delays").await.expect(200), before, "neither closing changes a figure");
}

#[tokio::test]
async fn r11_closings_in_the_app_in_the_crm_widget_and_by_the_scenario_are_one_column() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, bob, admin) = (desk.alice().await, desk.bob().await, desk.admin().await);
    for (person, customer, origin) in [(&alice, "a", "console"), (&alice, "b", "crm_widget"), (&bob, "c", "crm_widget")]
    {
        let came = desk.writes(WEBCHAT, customer, "Hello").await;
        let mut body = closing("Bye", &came.message);
        body["origin"] = json!(origin);
        desk.click(person, &came.conversation, "close", &body).await.expect(201);
    }
    desk.writes(WEBCHAT, "d", "#bye").await;
    let closings = async |author: &str| {
        let path = format!("/v1/analytics/actions?author={author}");
        desk.get(&admin, &path).await.expect(200)["totals"]["close-conversation"].as_u64().unwrap()
    };
    assert_eq!(closings("").await, 4);
    assert_eq!((closings("advisor").await, closings("scenario").await), (3, 1));
    assert_eq!((closings(&alice.id).await, closings(&bob.id).await), (2, 1));
}

#[tokio::test]
async fn empty_days_have_a_row_where_that_is_asked_for() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let keys = async |query: &str| {
        let figures = desk.get(&admin, &format!("/v1/analytics/actions?{query}")).await.expect(200);
        figures["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("from=2026-03-01&to=2026-03-04&every=true").await, ["2026-03-01", "2026-03-02", "2026-03-03"]);
    assert_eq!(keys("from=2026-03-01&to=2026-03-04").await, ["2026-03-02"]);
    assert_eq!(keys("from=2026-03-01&to=2026-03-04&every=true&group_by=week").await, ["2026-02-23", "2026-03-02"]);
    assert_eq!(
        keys("from=2026-01-01&to=2026-04-01&every=true&group_by=month").await,
        ["2026-01", "2026-02", "2026-03"]
    );
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_refused() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    const UNREADABLE: (u16, &str) = (400, "invalid-query");
    const SENSELESS: (u16, &str) = (422, "invalid-value");
    for (query, (status, code)) in [
        ("tz=Europe/Atlantis", SENSELESS),
        ("tz=%00", SENSELESS),
        ("from=yesterday", UNREADABLE),
        ("group_by=moon", UNREADABLE),
        ("compare=previous", SENSELESS),
        ("compare=next&from=2026-03-01&to=2026-03-02", UNREADABLE),
        ("compare=previous&from=2026-03-02&to=2026-03-01", SENSELESS),
        ("every=true", SENSELESS),
        ("every=perhaps&from=2026-03-01&to=2026-03-02", UNREADABLE),
        ("every=true&from=0001-01-01&to=9999-01-01", SENSELESS),
    ] {
        for subject in ["actions", "delays"] {
            desk.get(&admin, &format!("/v1/analytics/{subject}?{query}")).await.refused(status, code);
        }
    }
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    for zone in ZONES {
        for far in ["from=0001-01-01&to=9999-12-31", "to=9999-12-31T23:59:59Z", "author=nobody&team=none&channel=%00"] {
            desk.get(&admin, &format!("/v1/analytics/actions?tz={zone}&{far}")).await.expect(200);
        }
        let late = "from=9999-12-30T00:00:00Z&to=9999-12-31T23:59:59Z&every=true&compare=previous";
        desk.get(&admin, &format!("/v1/analytics/actions?tz={zone}&{late}")).await.expect(200);
        for beyond in ["from=-262143-01-01", "to=%2B262142-12-31", "from=0000-01-01"] {
            desk.get(&admin, &format!("/v1/analytics/actions?tz={zone}&{beyond}")).await.refused(400, "invalid-query");
        }
    }
    for path in ["/v1/analytics/actions", "/v1/analytics/delays", "/v1/exports/volumes.csv", "/v1/exports/delays.csv"] {
        desk.get(&alice, path).await.refused(404, "not-found");
        answer_of(desk.request(Method::GET, path)).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn the_csv_of_figures_has_the_rows_as_they_are_sorted_and_then_the_totals() {
    let desk = Desk::start().await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::seconds(90));
    desk.reply(&bob, &came.conversation, "Hi").await;
    desk.reply(&bob, &came.conversation, "Hi again").await;
    desk.reply(&alice, &came.conversation, "Me, too").await;
    let lines = async |path: &str| {
        let answer = desk.get(&admin, path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        String::from_utf8(answer.bytes).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let volumes = lines("/v1/exports/volumes.csv?group_by=author&author=advisor&sort=-answer").await;
    assert!(volumes[0].starts_with("key,name,answer,"), "{}", volumes[0]);
    assert!(volumes[1].starts_with(&format!("{},", bob.id)), "the busiest first: {volumes:?}");
    assert!(volumes[2].starts_with(&format!("{},", alice.id)));
    assert!(volumes[3].starts_with("total,,3,"));
    let delays = lines("/v1/exports/delays.csv?from=2026-03-01&to=2026-03-03&compare=previous").await;
    assert_eq!(
        delays,
        ["key,name,count,median_s,p90_s", "2026-03-02,2026-03-02,1,90,90", "total,,1,90,90", "previous,,0,,"]
    );
    let what: Vec<Value> = items(&desk.get(&admin, "/v1/audit-log").await.expect(200)).into_iter().take(2).collect();
    assert_eq!((&what[0]["what"], &what[1]["what"]), (&json!("export.delays"), &json!("export.volumes")));
    let asked = json!({ "from": "2026-03-01", "to": "2026-03-03", "compare": "previous", "time": "elapsed" });
    assert_eq!(what[0]["to"], asked, "D52: what was taken out is said whole");
    assert_eq!(what[1]["to"], json!({ "group_by": "author", "author": "advisor" }));
    desk.get(&admin, "/v1/exports/satisfaction.csv?channel=ch_webchat&kind=nps").await;
    desk.get(&admin, "/v1/exports/comments.csv?rating_from=2&text=late").await;
    let what = items(&desk.get(&admin, "/v1/audit-log?limit=2").await.expect(200));
    assert_eq!(what[0]["to"], json!({ "rating_from": 2, "text": true }), "nobody's words");
    assert_eq!(what[1]["to"], json!({ "channel": "ch_webchat", "kind": "nps" }));
}

/// Sealed days make figures quick; a zone that nobody asks in any more must not keep a new one from having them.
#[tokio::test]
async fn the_time_zone_unused_for_longest_makes_room_for_another() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::days(2));
    let ask =
        async |zone: &str| desk.get(&admin, &format!("/v1/analytics/actions?tz={zone}&group_by=day")).await.expect(200);
    let sealed = || {
        let file = rusqlite::Connection::open(desk.dir().join("workspace.db")).unwrap();
        let mut zones = file.prepare("SELECT DISTINCT zone FROM sealed_days ORDER BY zone").unwrap();
        zones.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap()
    };
    let first = ["Africa/Lagos", "America/Lima", "Asia/Tokyo", "Europe/Lisbon", "Europe/Paris", "Europe/Rome", "UTC"];
    for zone in first {
        ask(zone).await;
    }
    ask("Asia/Dubai").await;
    ask("Europe/Oslo").await;
    assert!(sealed().len() == 8 && !sealed().contains(&"Europe/Oslo".to_owned()), "all of them are in use");

    desk.later(TimeDelta::days(8));
    for zone in first.iter().skip(1).chain(&["Asia/Dubai"]) {
        ask(zone).await;
    }
    let figures = ask("Europe/Oslo").await;
    assert!(sealed().contains(&"Europe/Oslo".to_owned()) && !sealed().contains(&"Africa/Lagos".to_owned()));
    assert_eq!(figures["totals"], ask("Africa/Lagos").await["totals"], "the same, whether sealed or not");
}
