//! Results of surveys, beside a plain recomputation.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, column, items};

const RESULTS: &str = "/v1/admin/surveys/results";

/// One survey as somebody with a pencil would note it.
struct Noted {
    day: String,
    at: DateTime<Utc>,
    channel: &'static str,
    author: String,
    team: Value,
    rating: Option<i64>,
}

/// Three weeks of closings on two channels by two advisors, with every rating that there is, and some without.
async fn weeks(desk: &Desk) -> Vec<Noted> {
    desk.allow_manual_close(true).await;
    let people = [desk.alice().await, desk.bob().await];
    let mut noted = Vec::new();
    let ratings = [
        Some(10),
        None,
        Some(0),
        Some(9),
        Some(7),
        Some(6),
        None,
        Some(8),
        Some(3),
        Some(5),
        Some(1),
        Some(4),
        Some(2),
    ];
    for (number, rating) in ratings.into_iter().cycle().take(40).enumerate() {
        let channel = if number % 3 == 0 { WHATSAPP } else { WEBCHAT };
        let rating = rating.map(|rating: i64| if channel == WHATSAPP { rating.clamp(1, 5) } else { rating });
        let person = &people[number % 2];
        let text = if number % 4 == 0 { "A question about my invoice" } else { "12345" };
        let came = desk.writes(channel, &format!("customer-{number}"), text).await;
        desk.close(person, &came.conversation, &came.message).await.expect(201);
        let start: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        let at = start + TimeDelta::hours(13) * i32::try_from(number).unwrap();
        let team = desk.conversation(person, &came.conversation).await["team"]["id"].clone();
        noted.push(Noted {
            day: at.format("%Y-%m-%d").to_string(),
            at,
            channel,
            author: person.id.clone(),
            team,
            rating,
        });
        if let Some(rating) = rating {
            answer(desk, channel, rating, (number % 5 == 0).then_some("Très rapide, merci!")).await;
        }
        desk.later(TimeDelta::hours(13));
    }
    noted
}

async fn answer(desk: &Desk, channel: &str, rating: i64, comment: Option<&str>) {
    let survey = desk.outbound(channel).await.into_iter().rfind(|item| item["kind"] == "survey").unwrap();
    let path = format!("/v1/surveys/{}/answer", survey["survey_token"].as_str().unwrap());
    desk.post(None, &path, &json!({ "rating": rating, "comment": comment })).await.expect(201);
}

/// The figures with the definitions of the books, counted one by one.
fn plainly<'a>(noted: impl Iterator<Item = &'a Noted> + Clone) -> Value {
    let of = |channel: &'static str| noted.clone().filter(move |one| one.channel == channel);
    let (nps, csat) = (of(WEBCHAT), of(WHATSAPP));
    let ratings = |of: &dyn Fn() -> Vec<Option<i64>>| of().into_iter().flatten().collect::<Vec<i64>>();
    let n = ratings(&|| nps.clone().map(|one| one.rating).collect());
    let c = ratings(&|| csat.clone().map(|one| one.rating).collect());
    let count = |list: &[i64], from: i64, to: i64| list.iter().filter(|rating| (from..=to).contains(rating)).count();
    #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
    let share = |part: usize, whole: usize| if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) };
    let (sent, answered) = (noted.clone().count(), n.len() + c.len());
    let percent = |value: Value| value.as_f64().map(|share| share * 100.0);
    let nps_score = share(count(&n, 9, 10), n.len()).as_f64().zip(share(count(&n, 0, 6), n.len()).as_f64());
    json!({
        "sent": sent, "answered": answered, "response_rate": share(answered, sent),
        "nps": if nps.clone().count() == 0 { Value::Null } else { json!({
            "sent": nps.count(), "answered": n.len(),
            "promoters": count(&n, 9, 10), "passives": count(&n, 7, 8), "detractors": count(&n, 0, 6),
            "score": nps_score.map(|(up, down)| (up - down) * 100.0),
            "distribution": (0..=10).map(|rating| count(&n, rating, rating)).collect::<Vec<_>>(),
        }) },
        "csat": if csat.clone().count() == 0 { Value::Null } else { json!({
            "sent": csat.count(), "answered": c.len(), "satisfied": count(&c, 4, 5),
            "score": percent(share(count(&c, 4, 5), c.len())),
            "mean": share(usize::try_from(c.iter().sum::<i64>()).unwrap(), c.len()),
            "distribution": (1..=5).map(|rating| count(&c, rating, rating)).collect::<Vec<_>>(),
        }) },
    })
}

fn grouped(noted: &[Noted], key: impl Fn(&Noted) -> String) -> BTreeMap<String, Vec<&Noted>> {
    let mut groups: BTreeMap<String, Vec<&Noted>> = BTreeMap::new();
    for one in noted {
        groups.entry(key(one)).or_default().push(one);
    }
    groups
}

/// What a row stands for.
type Key = dyn Fn(&Noted) -> String;

fn monday(day: &str) -> String {
    use chrono::Datelike;
    let day: chrono::NaiveDate = day.parse().unwrap();
    (day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))).to_string()
}

#[tokio::test]
async fn d50_results_equal_a_plain_recomputation_however_they_are_grouped() {
    let desk = Desk::start().await;
    let noted = weeks(&desk).await;
    let admin = desk.admin().await;
    let team = |one: &Noted| one.team.as_str().unwrap_or("none").to_owned();
    let keys: [(&str, Box<Key>); 6] = [
        ("day", Box::new(|one| one.day.clone())),
        ("week", Box::new(|one| monday(&one.day))),
        ("month", Box::new(|one| one.day[..7].to_owned())),
        ("channel", Box::new(|one| one.channel.to_owned())),
        ("team", Box::new(team)),
        ("advisor", Box::new(|one| one.author.clone())),
    ];
    for (group_by, key) in keys {
        let results = desk.get(&admin, &format!("{RESULTS}?group_by={group_by}")).await.expect(200);
        assert_eq!(results["totals"], plainly(noted.iter()), "totals by {group_by}");
        assert_eq!(results["previous"], Value::Null, "nothing comes before everything");
        let groups = grouped(&noted, key);
        let rows = results["rows"].as_array().unwrap();
        assert_eq!(column(rows, "key"), groups.keys().map(String::as_str).collect::<Vec<_>>(), "{group_by}");
        for (row, (key, group)) in rows.iter().zip(groups) {
            assert_eq!(row["scores"], plainly(group.into_iter()), "{group_by} {key}");
        }
    }
}

#[tokio::test]
async fn d50_filters_and_the_period_before_count_the_same_things() {
    let desk = Desk::start().await;
    let noted = weeks(&desk).await;
    let admin = desk.admin().await;
    let within =
        |from: &'static str, to: &'static str| noted.iter().filter(move |one| (from..to).contains(&one.day.as_str()));
    let ask = async |query: &str| desk.get(&admin, &format!("{RESULTS}?{query}")).await.expect(200);

    let week = ask("from=2026-03-09&to=2026-03-16").await;
    assert_eq!(week["totals"], plainly(within("2026-03-09", "2026-03-16")));
    assert_eq!(week["previous"], plainly(within("2026-03-02", "2026-03-09")));
    let author = noted[0].author.clone();
    assert_eq!(
        ask(&format!("author={author}")).await["totals"],
        plainly(noted.iter().filter(|one| one.author == author))
    );
    assert_eq!(ask("kind=csat").await["totals"], plainly(noted.iter().filter(|one| one.channel == WHATSAPP)));
    assert_eq!(ask("channel=ch_webchat").await["totals"], plainly(noted.iter().filter(|one| one.channel == WEBCHAT)));
    assert_eq!(ask("team=none").await["totals"], plainly(noted.iter().filter(|one| one.team.is_null())));
    assert_eq!(ask(&format!("channel={MESSENGER}")).await["totals"]["sent"], 0);
    // At 23:30 in UTC it is the next day in Paris.
    let paris = chrono::FixedOffset::east_opt(3600).unwrap();
    let there = |one: &&Noted| one.at.with_timezone(&paris).date_naive().to_string() == "2026-03-10";
    let day = ask("from=2026-03-10&to=2026-03-11&tz=Europe/Paris").await;
    assert_eq!(day["totals"], plainly(noted.iter().filter(there)));
    assert_eq!(column(day["rows"].as_array().unwrap(), "key"), ["2026-03-10"]);
    for wrong in ["from=yesterday", "group_by=hour", "kind=stars"] {
        desk.get(&admin, &format!("{RESULTS}?{wrong}")).await.refused(400, "invalid-query");
    }
    desk.get(&admin, &format!("{RESULTS}?tz=Europe/Atlantis")).await.refused(422, "invalid-value");
}

async fn comments(desk: &Desk, admin: &Person, query: &str) -> Vec<Value> {
    items(&desk.get(admin, &format!("/v1/admin/surveys/comments?{query}")).await.expect(200))
}

#[tokio::test]
async fn comments_are_found_by_rating_and_by_words_and_in_pages() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let said = [(10, "Très rapide, merci!"), (2, "The delivery was late."), (7, "Quick, but \"curt\"")];
    for (number, (rating, comment)) in said.into_iter().enumerate() {
        let came = desk.writes(WEBCHAT, &format!("customer-{number}"), "Hello").await;
        desk.close(&alice, &came.conversation, &came.message).await.expect(201);
        answer(&desk, WEBCHAT, rating, Some(comment)).await;
    }
    let all = comments(&desk, &admin, "").await;
    assert_eq!(column(&all, "comment"), ["Quick, but \"curt\"", "The delivery was late.", "Très rapide, merci!"]);
    assert_eq!((&all[0]["customer_name"], &all[0]["channel_id"]), (&json!("customer-2 Example"), &json!(WEBCHAT)));
    assert!(all[0]["conversation_id"].as_str().unwrap().starts_with("conv_"));
    for (query, found) in [
        ("rating_to=6", vec!["The delivery was late."]),
        ("rating_from=7&rating_to=8", vec!["Quick, but \"curt\""]),
        ("text=tres", vec!["Très rapide, merci!"]),
        ("text=DELIV+late", vec!["The delivery was late."]),
        ("text=late+OR+quick", vec![]),
        ("text=%22curt%22", vec!["Quick, but \"curt\""]),
        ("text=%2A%22", vec!["Quick, but \"curt\"", "The delivery was late.", "Très rapide, merci!"]),
        ("kind=csat", vec![]),
    ] {
        assert_eq!(column(&comments(&desk, &admin, query).await, "comment"), found, "{query}");
    }
    let first = desk.get(&admin, "/v1/admin/surveys/comments?limit=2").await.expect(200);
    let rest = comments(&desk, &admin, &format!("after={}", first["next"].as_str().unwrap())).await;
    assert_eq!([items(&first), rest].concat(), all);
}

#[tokio::test]
async fn csv_says_what_the_page_shows_and_the_log_says_who_took_it() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    answer(&desk, WEBCHAT, 3, Some("=HYPERLINK(\"http://x\"), sorry")).await;
    let csv = async |path: &str| {
        let answer = answer_of(desk.request(Method::GET, path).bearer_auth(&admin.token)).await;
        assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
        String::from_utf8(answer.bytes).unwrap()
    };
    let results = csv("/v1/exports/satisfaction.csv?group_by=channel").await;
    assert_eq!(
        results,
        "key,name,sent,answered,response_rate,nps,promoters,passives,detractors,csat,satisfied,mean\r\n\
         ch_webchat,Web chat,1,1,1.0000,-100.0000,0,0,1,,,\r\n\
         total,,1,1,1.0000,-100.0000,0,0,1,,,\r\n"
    );
    let comments = csv("/v1/exports/comments.csv").await;
    let line = comments.lines().nth(1).unwrap();
    assert!(line.ends_with(",nps,3,\"'=HYPERLINK(\"\"http://x\"\"), sorry\""), "{line}");
    assert_eq!(desk.audited(&admin, "export.surveys").await.len(), 1);
    assert_eq!(desk.audited(&admin, "export.comments").await.len(), 1);
}
