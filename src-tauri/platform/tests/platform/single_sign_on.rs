//! Single sign-on through a real provider (npm's oidc-provider, a process of its own): who enters, and what admins see of it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::{
    desk::{Answer, Desk, PASSWORD, Person, answer_of, items},
    provider::{VERIFIER, alice, begin, browse, desk, enter, finish, put, settings},
};

#[tokio::test]
async fn a_person_enters_through_the_real_provider_and_is_known_again_by_subject() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let ways = || async { answer_of(desk.request(Method::GET, "/v1/sign-in-ways")).await.expect(200) };
    assert_eq!(ways().await, json!({ "passwords": true, "single_sign_on": null }));
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    assert_eq!(ways().await, json!({ "passwords": true, "single_sign_on": "Acme" }));

    provider.says(alice()).await;
    let begun = begin(&desk).await;
    let asked: BTreeMap<_, _> =
        Url::parse(begun["url"].as_str().unwrap()).unwrap().query_pairs().into_owned().collect();
    assert_eq!(asked["code_challenge_method"], "S256", "PKCE");
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43);
    let session = enter(&desk).await.unwrap();
    assert_eq!(session["user"]["email"], "alice@demo.test");
    let token = session["token"].as_str().unwrap().to_owned();
    let me = Person { id: String::new(), token };
    let sessions = desk.get(&me, "/v1/me/sessions").await.expect(200);
    assert_eq!(items(&sessions)[0]["device"], "Signoff of a test");

    // The address changes there; the subject stays who it is.
    let mut married = alice();
    married["email"] = json!("someone-else@demo.test");
    provider.says(married).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(desk.audited(&admin, "user.bind").await.len(), 1, "bound once");
}

#[tokio::test]
async fn only_known_verified_active_people_of_the_domains_enter() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    let somebody = |email: &str, verified: bool| json!({ "sub": email, "email": email, "email_verified": verified });
    for (account, problem) in [
        (somebody("alice@demo.test", false), "email-unverified"),
        (json!({ "sub": "nameless" }), "email-unverified"),
        (somebody("stranger@demo.test", true), "person-unknown"),
        (somebody("alice@elsewhere.test", true), "domain-not-allowed"),
        (Value::Null, "provider-declined"),
    ] {
        provider.says(account.clone()).await;
        assert_eq!(enter(&desk).await.unwrap_err(), problem, "{account}");
    }
    let people = desk.get(&admin, "/v1/admin/users?limit=100").await.expect(200);
    assert!(!people.to_string().contains("stranger@demo.test"), "nobody is added silently");

    provider.says(alice()).await;
    let session = enter(&desk).await.unwrap();
    let path = format!("/v1/admin/users/{}", session["user"]["id"].as_str().unwrap());
    let off = desk.request(Method::PATCH, &path).bearer_auth(&admin.token).header("If-Match", "*");
    answer_of(off.json(&json!({ "active": false }))).await.expect(200);
    assert_eq!(
        enter(&desk).await.unwrap_err(),
        "person-inactive",
        "deactivated here is out, whatever the provider says"
    );
}

#[tokio::test]
async fn an_admin_may_have_people_added_and_passwords_refused() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let mut wanted = settings(&desk, &provider.issuer);
    wanted["adds_people"] = json!(true);
    wanted["passwords_allowed"] = json!(false);
    put(&desk, &admin, &wanted).await.expect(200);

    provider.says(json!({ "sub": "zoe", "email": "zoe@demo.test", "email_verified": true, "name": "Zoë" })).await;
    let session = enter(&desk).await.unwrap();
    assert_eq!((&session["user"]["name"], &session["user"]["role"]), (&json!("Zoë"), &json!("advisor")));

    let password = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        let desk = &desk;
        async move { desk.post(None, "/v1/sessions", &body).await }
    };
    password("alice@demo.test", PASSWORD).await.refused(403, "passwords-off");
    password("alice@demo.test", "wrong").await.refused(401, "bad-credentials");
    password("admin@demo.test", PASSWORD).await.expect(201);

    // An invitation says so, instead of taking a password that lets nobody in.
    let invited = |role: &str| {
        let (desk, admin, body) = (&desk, &admin, json!({ "email": format!("{role}2@demo.test"), "role": role }));
        async move {
            let link = desk.post(Some(&admin.token), "/v1/admin/invitations", &body).await.expect(201);
            let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
            let seen = desk.post(None, "/v1/invitations/look", &json!({ "token": token })).await.expect(200);
            let accepting = json!({ "token": token, "name": "Max Berg", "password": "a long enough passphrase" });
            (seen, desk.post(None, "/v1/invitations/accept", &accepting).await)
        }
    };
    let (seen, accepted) = invited("advisor").await;
    assert_eq!((&seen["takes_password"], &seen["single_sign_on"]), (&json!(false), &json!("Acme")));
    accepted.refused(403, "passwords-off");
    let (seen, accepted) = invited("admin").await;
    assert_eq!(seen["takes_password"], true, "admins always may");
    accepted.expect(200);
}

#[tokio::test]
async fn nothing_works_twice_and_a_code_opens_nothing_without_its_verifier() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    provider.says(alice()).await;
    let callback = |query: &str| {
        let request = desk.request(Method::GET, &format!("/v1/single-sign-on/callback?{query}"));
        async move { answer_of(request).await }
    };
    for query in ["code=x&state=forged", "error=access_denied&state=forged"] {
        page(&callback(query).await, 401, "This sign-in is over");
    }
    for query in ["", "code=x", "error=access_denied", "state=a&state=b&code=x", "state=%ff%fe&code=x"] {
        let answer = callback(query).await;
        assert!(answer.status.is_client_error(), "{query}");
        page(&answer, answer.status.as_u16(), "This sign-in is over");
    }

    let back = |begun: Value| async move { browse(begun["url"].as_str().unwrap()).await.unwrap() };
    let stolen = back(begin(&desk).await).await;
    finish(&desk, &stolen["code"], "another verifier").await.refused(401, "visit-unknown");
    finish(&desk, &stolen["code"], VERIFIER).await.refused(401, "visit-unknown");
    let used = back(begin(&desk).await).await;
    finish(&desk, &used["code"], VERIFIER).await.expect(201);
    finish(&desk, &used["code"], VERIFIER).await.refused(401, "visit-unknown");

    let begun = begin(&desk).await;
    let state = Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let failed = format!("{}/v1/single-sign-on/callback?error=server_error&state={state}", desk.url);
    assert_eq!(browse(&failed).await.unwrap()["error"], "provider-failed");
    page(&callback(&format!("code=x&state={state}")).await, 401, "This sign-in is over");

    let slow = back(begin(&desk).await).await;
    clock.advance(TimeDelta::minutes(1));
    finish(&desk, &slow["code"], VERIFIER).await.refused(401, "visit-unknown");
    let begun = begin(&desk).await;
    clock.advance(TimeDelta::minutes(10));
    let late = browse(begun["url"].as_str().unwrap()).await.unwrap_err();
    page(&late, 401, "This sign-in is over");
}

/// What somebody in a browser gets is never a document for programs.
#[track_caller]
fn page(answer: &Answer, status: u16, says: &str) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(text.contains(says) && !text.contains("{{"), "{text}");
}

#[tokio::test]
async fn somebody_whose_sign_in_is_over_reads_so_in_their_language() {
    let desk = Desk::start().await;
    let (english, french) = ("go back to the Signoff app", "revenez dans l’application Signoff");
    for (languages, lang, says) in [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr", french),
        ("de,fr;q=0.8,en;q=0.5", "fr", french),
        ("en-GB,en;q=0.9,fr;q=0.8", "en", english),
        ("de", "en", english),
        ("", "en", english),
        ("é,,;q=x", "en", english),
    ] {
        let request = desk.request(Method::GET, "/v1/single-sign-on/callback?code=x&state=y");
        let answer = answer_of(request.header("accept-language", languages)).await;
        page(&answer, 401, says);
        assert_eq!(answer.headers["content-language"], lang);
        assert!(String::from_utf8_lossy(&answer.bytes).contains(&format!("<html lang=\"{lang}\">")), "{languages}");
    }
    let style = answer_of(desk.request(Method::GET, "/join/join.css")).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8", "what the page looks like is there");
}

/// The id and the accounts of somebody, as admins see them.
async fn accounts(desk: &Desk, admin: &Person, email: &str) -> (String, Vec<Value>) {
    let people = desk.get(admin, &format!("/v1/admin/users?text={email}")).await.expect(200);
    let person = &items(&people)[0];
    (person["id"].as_str().unwrap().to_owned(), person["provider_accounts"].as_array().unwrap().clone())
}

#[tokio::test]
async fn an_account_is_bound_to_one_person_until_an_admin_takes_it_back() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1, Vec::<Value>::new());
    provider.says(alice()).await;
    let session = enter(&desk).await.unwrap();
    let (id, bound) = accounts(&desk, &admin, "alice@demo.test").await;
    assert_eq!((&bound[0]["subject"], &bound[0]["issuer"]), (&json!("provider-alice"), &json!(provider.issuer)));
    assert!(bound[0]["bound_at"].is_string() && bound.len() == 1);

    // The company gave her address to somebody new.
    let mut heir = alice();
    heir["sub"] = json!("provider-heir");
    provider.says(heir.clone()).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "person-bound-otherwise");

    let unbind = |person: &Person, id: &str, account: &str| {
        let path = format!("/v1/admin/users/{id}/provider-accounts/{account}");
        answer_of(desk.request(Method::DELETE, &path).bearer_auth(&person.token))
    };
    let account = bound[0]["id"].as_str().unwrap();
    let (bob, hers) = (desk.bob().await, Person { id: id.clone(), token: session["token"].as_str().unwrap().into() });
    unbind(&bob, &id, account).await.refused(404, "not-found");
    unbind(&hers, &id, account).await.refused(404, "not-found");
    unbind(&admin, &id, "binding_none").await.refused(404, "not-found");
    unbind(&admin, &bob.id, account).await.refused(404, "not-found");
    unbind(&admin, "usr_none", account).await.refused(404, "not-found");
    desk.get(&hers, "/v1/me").await.expect(200);

    // On her way in at this very moment.
    provider.says(alice()).await;
    let back = browse(begin(&desk).await["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(unbind(&admin, &id, account).await.status, 204);
    desk.get(&hers, "/v1/me").await.refused(401, "unauthenticated");
    finish(&desk, &back["code"], VERIFIER).await.refused(401, "visit-unknown");
    unbind(&admin, &id, account).await.refused(404, "not-found");
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1, Vec::<Value>::new());
    let unbound = desk.audited(&admin, "user.unbind").await;
    let was = json!({ "issuer": provider.issuer, "subject": "provider-alice" });
    assert_eq!(unbound, [(was, json!({ "sessions": 1 }))]);

    // Whoever the provider vouches for next is bound, by the same rules as the first time.
    provider.says(heir).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1[0]["subject"], "provider-heir");
    provider.says(alice()).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "person-bound-otherwise");
    desk.alice().await;
}

#[tokio::test]
async fn whoever_is_let_in_by_the_provider_is_asked_for_no_second_step_here() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    desk.put(&admin, "/v1/admin/sign-in-rules", &json!({ "second_factor_required": true }), Some("*"))
        .await
        .expect(200);
    let password = json!({ "email": "alice@demo.test", "password": PASSWORD });
    desk.post(None, "/v1/sessions", &password).await.refused(401, "second-factor-enrolment-required");
    provider.says(alice()).await;
    enter(&desk).await.unwrap();
    let entered = desk.audited(&admin, "sign-in").await;
    assert_eq!(entered[0].1["single_sign_on"], true, "the log tells the ways apart");
}

/// Wrong passwords, anybody's, do not close the provider's door.
#[tokio::test]
async fn guessing_passwords_keeps_nobody_from_the_provider() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    for _ in 0..6 {
        desk.post(None, "/v1/sessions", &json!({ "email": "alice@demo.test", "password": "wrong" })).await;
    }
    provider.says(alice()).await;
    enter(&desk).await.unwrap();
}

#[tokio::test]
async fn what_was_switched_off_lets_nobody_in_who_is_on_the_way() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let mut wanted = settings(&desk, &provider.issuer);
    put(&desk, &admin, &wanted).await.expect(200);
    provider.says(alice()).await;
    let back = browse(begin(&desk).await["url"].as_str().unwrap()).await.unwrap();
    let begun = begin(&desk).await;
    wanted["enabled"] = json!(false);
    put(&desk, &admin, &wanted).await.expect(200);
    finish(&desk, &back["code"], VERIFIER).await.refused(401, "visit-unknown");
    assert_eq!(browse(begun["url"].as_str().unwrap()).await.unwrap()["error"], "single-sign-on-off");
}
