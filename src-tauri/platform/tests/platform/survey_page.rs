//! The customer's side of a survey (D11): the token's calls, and the page for those who follow a link.

use chrono::TimeDelta;
use reqwest::{Method, header, redirect};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, column};

async fn sent(desk: &Desk, customer: &str, text: &str) -> (Person, String, String) {
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, customer, text).await;
    desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    let survey = desk.outbound(WEBCHAT).await.into_iter().rfind(|item| item["kind"] == "survey").unwrap();
    (alice, came.conversation, survey["survey_token"].as_str().unwrap().to_owned())
}

async fn asked(desk: &Desk, token: &str, query: &str) -> Answer {
    answer_of(desk.request(Method::GET, &format!("/v1/surveys/{token}{query}"))).await
}

/// A browser without scripts.
struct Browser<'a> {
    desk: &'a Desk,
    http: reqwest::Client,
    language: &'static str,
}

impl<'a> Browser<'a> {
    fn new(desk: &'a Desk, language: &'static str) -> Self {
        let http = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { desk, http, language }
    }

    async fn page(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.desk.url);
        let response = self.http.get(url).header(header::ACCEPT_LANGUAGE, self.language).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "the address is the key");
        assert_eq!(response.headers()["cache-control"], "no-store");
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn sends(&self, token: &str, form: &str) -> (u16, String) {
        let url = format!("{}/survey/{token}", self.desk.url);
        let request = self.http.post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = request.body(form.to_owned()).send().await.unwrap();
        let place = response.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
        (response.status().as_u16(), place.unwrap_or(response.text().await.unwrap()))
    }
}

#[tokio::test]
async fn the_token_tells_what_is_asked_and_where_it_stands() {
    let desk = Desk::start().await;
    let (_, _, token) = sent(&desk, "zoe", "Bonjour, merci pour votre aide avec ma commande").await;
    let survey = asked(&desk, &token, "").await.expect(200);
    assert_eq!((&survey["kind"], &survey["from"], &survey["to"]), (&json!("nps"), &json!(0), &json!(10)));
    assert_eq!((&survey["language"], &survey["state"]), (&json!("fr"), &json!("open")));
    assert_eq!(survey["languages"], json!(["en", "fr"]));
    assert_eq!(asked(&desk, &token, "?language=en").await.expect(200)["language"], "en");
    assert_eq!(asked(&desk, &token, "?language=xx").await.expect(200)["language"], "fr");
    asked(&desk, "nonsense", "").await.refused(404, "survey-unknown");

    desk.post(None, &format!("/v1/surveys/{token}/answer"), &json!({ "rating": 8 })).await.expect(201);
    let survey = asked(&desk, &token, "").await.expect(200);
    assert_eq!(
        (&survey["state"], &survey["rating"], &survey["commented"]),
        (&json!("answered"), &json!(8), &json!(false))
    );
    desk.later(TimeDelta::days(8));
    assert_eq!(asked(&desk, &token, "").await.expect(200)["state"], "answered");
}

#[tokio::test]
async fn d11_words_may_follow_the_rating_once_within_the_seven_days() {
    let desk = Desk::start().await;
    let (alice, conversation, token) = sent(&desk, "zoe", "Hello").await;
    let say =
        async |text: &str| desk.post(None, &format!("/v1/surveys/{token}/comment"), &json!({ "comment": text })).await;
    say("Too early").await.refused(409, "not-answered");
    desk.post(None, &format!("/v1/surveys/{token}/answer"), &json!({ "rating": 8 })).await.expect(201);
    let seq = desk.newest_seq(&alice).await;
    say("  ").await.refused(422, "invalid-value");
    say(&"x".repeat(5001)).await.refused(422, "invalid-body");
    desk.later(TimeDelta::days(6));
    assert_eq!(say("Late, but kind").await.expect(201)["rating"], 8);
    say("And another thing").await.refused(409, "already-commented");

    let events = desk.changes(&alice, seq).await;
    assert_eq!(column(&events, "type"), ["survey.answered"], "the same survey, told once more, and no message");
    assert_eq!(events[0]["data"]["comment"], "Late, but kind");
    let timeline = desk.timeline(&alice, &conversation).await;
    let told: Vec<&Value> = timeline.iter().filter(|entry| entry["event"]["type"] == "survey-answered").collect();
    assert_eq!(told.len(), 1, "one rating, one entry");
    assert_eq!(told[0]["event"]["comment"], "Late, but kind");

    let (_, _, other) = sent(&desk, "yan", "Hello").await;
    desk.post(None, &format!("/v1/surveys/{other}/answer"), &json!({ "rating": 8 })).await.expect(201);
    desk.later(TimeDelta::days(8));
    let late = desk.post(None, &format!("/v1/surveys/{other}/comment"), &json!({ "comment": "late" })).await;
    late.refused(410, "survey-expired");
}

#[tokio::test]
async fn a_stranger_who_hammers_is_told_to_wait() {
    let desk = Desk::start().await;
    let (_, _, token) = sent(&desk, "zoe", "Hello").await;
    let path = format!("/v1/surveys/{token}/answer");
    for _ in 0..30 {
        desk.post(None, &path, &json!({ "rating": 99 })).await.refused(422, "invalid-value");
    }
    let refused = desk.post(None, &path, &json!({ "rating": 9 })).await;
    refused.refused(429, "too-many-requests");
    assert_eq!(refused.headers["retry-after"], "60");
    desk.later(TimeDelta::minutes(1));
    desk.post(None, &path, &json!({ "rating": 9 })).await.expect(201);
}

#[tokio::test]
async fn the_page_works_without_scripts() {
    let desk = Desk::start().await;
    let (alice, conversation, token) = sent(&desk, "zoe", "12345").await;
    let browser = Browser::new(&desk, "fr-CH,fr;q=0.9,en;q=0.5");
    let (status, page) = browser.page(&format!("/survey/{token}")).await;
    assert_eq!(status, 200);
    assert!(page.contains("<html lang=\"fr\">") && page.contains("Nous recommanderiez-vous"), "{page}");
    assert_eq!(page.matches("type=\"radio\"").count(), 11);
    assert!(!page.contains("checked"), "nothing is chosen for anybody");

    let (status, page) = browser.sends(&token, "lang=fr").await;
    assert_eq!(status, 422);
    assert!(page.contains("Choisissez une note."));
    let (status, place) = browser.sends(&token, "rating=9&comment=Tr%C3%A8s+bien%0D%0Amerci&lang=fr").await;
    assert_eq!((status, place.as_str()), (303, format!("/survey/{token}?lang=fr").as_str()));
    let (_, page) = browser.page(&place).await;
    assert!(page.contains("Merci de votre réponse.") && page.contains("Votre note : 9"), "{page}");
    assert!(!page.contains("<form"), "everything has been said");
    assert_eq!(browser.sends(&token, "rating=1").await.0, 303, "a second click does no harm");
    let told = desk.timeline(&alice, &conversation).await;
    let answer = told.iter().find(|entry| entry["event"]["type"] == "survey-answered").unwrap();
    assert_eq!((&answer["event"]["rating"], &answer["event"]["comment"]), (&json!(9), &json!("Très bien\nmerci")));
}

/// Customers of whom no language is known are asked in the one that their browser weighs most.
#[tokio::test]
async fn the_page_speaks_what_the_browser_weighs_most_among_the_texts() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let texts = ["en", "fr", "fi", "no"].map(|language| {
        let said = |word: &str| format!("{word}-{language}");
        json!({ "language": language, "question": said("asked"), "low_label": "0", "high_label": "1", "thanks": said("thanks") })
    });
    let form = json!({ "kind": "csat", "paused": false, "quiet_days": null, "ask_comment": true, "fallback_language": "en", "texts": texts });
    desk.put(&admin, &format!("/v1/admin/surveys/channels/{WEBCHAT}"), &form, Some("*")).await.expect(200);
    let (_, _, token) = sent(&desk, "zoe", "12345").await;
    for (accepted, language) in [
        ("en;q=0.3, fr;q=0.9", "fr"),
        ("fr;q=0, fi;q=0.1", "fi"),
        ("fil, fr;q=0.5", "fr"),
        ("nb-NO, en;q=0.8", "no"),
        ("nn", "no"),
        ("ja, *;q=0.5", "en"),
    ] {
        let (_, page) = Browser::new(&desk, accepted).page(&format!("/survey/{token}")).await;
        assert!(page.contains(&format!("asked-{language}")), "{accepted}: {page}");
    }
}

#[tokio::test]
async fn a_rating_in_the_link_is_chosen_and_never_sent() {
    let desk = Desk::start().await;
    let (_, _, token) = sent(&desk, "zoe", "Hello").await;
    let browser = Browser::new(&desk, "en");
    let (_, page) = browser.page(&format!("/survey/{token}?rating=9")).await;
    assert!(page.contains("value=\"9\" required checked"), "{page}");
    assert_eq!(page.matches(" checked").count(), 1);
    let (_, page) = browser.page(&format!("/survey/{token}?rating=44&lang=fr")).await;
    assert!(!page.contains(" checked") && page.contains("lang=\"fr\""));
    assert_eq!(
        asked(&desk, &token, "").await.expect(200)["state"],
        "open",
        "programs that follow links answer nothing"
    );

    assert_eq!(browser.sends(&token, "rating=7").await.0, 303);
    let (_, page) = browser.page(&format!("/survey/{token}")).await;
    assert!(page.contains("<textarea"), "more words are welcome");
    assert_eq!(browser.sends(&token, "comment=Quick+answer").await.0, 303);
    assert_eq!(asked(&desk, &token, "").await.expect(200)["commented"], true);
}

#[tokio::test]
async fn the_page_says_when_it_is_too_late_and_shows_nobodys_markup() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let evil = "<script>alert(1)</script>{{main}}\"'&";
    let texts = json!([{ "language": "en", "question": evil, "low_label": evil, "high_label": evil, "thanks": evil }]);
    let form = json!({ "kind": "csat", "paused": false, "quiet_days": null, "ask_comment": true, "fallback_language": "en", "texts": texts });
    desk.put(&admin, &format!("/v1/admin/surveys/channels/{WEBCHAT}"), &form, Some("*")).await.expect(200);
    let (_, _, token) = sent(&desk, "zoe", "Hello").await;
    let browser = Browser::new(&desk, "");
    let (_, page) = browser.page(&format!("/survey/{token}?rating=%22%3E%3Cscript%3E&lang=%3Cscript%3E")).await;
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(page.matches("type=\"radio\"").count(), 5);
    desk.later(TimeDelta::days(8));
    assert!(browser.page(&format!("/survey/{token}")).await.1.contains("This survey is over"));
    let (status, page) = browser.sends(&token, "rating=5").await;
    assert_eq!(status, 410);
    assert!(page.contains("This survey is over"));
    let (status, page) = browser.page("/survey/nonsense").await;
    assert_eq!(status, 404);
    assert!(page.contains("There is no survey at this address"));
}
