//! What a forger, a provider that is not as it should be, or somebody between the two might send.

use chrono::TimeDelta;
use serde_json::{Value, json};
use signoff_platform::{Clock as _, SystemClock};

use crate::{
    desk::{column, items},
    provider::{PORT, SECRET, begin, browse, desk, enter, put, settings},
};

#[tokio::test]
async fn a_forged_id_token_lets_nobody_in() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    let now = desk_now();
    for (what, claims) in [
        ("wrong nonce", json!({ "nonce": "another" })),
        ("no nonce", json!({ "nonce": null })),
        ("wrong audience", json!({ "aud": "somebody else" })),
        ("others may use it, too", json!({ "aud": ["signoff", "somebody else"] })),
        ("made for another client", json!({ "azp": "somebody else" })),
        ("wrong issuer", json!({ "iss": provider.issuer })),
        ("expired", json!({ "exp": now - 60 })),
        ("from before the sign-in", json!({ "iat": now - 400 })),
        ("from the future", json!({ "iat": now + 400, "exp": now + 700 })),
        ("no subject", json!({ "sub": null })),
    ] {
        provider.told(json!({ "claims": claims })).await;
        assert_eq!(enter(&desk).await.err().as_deref(), Some("provider-failed"), "{what}");
    }
    for how in ["not at all", "with the secret", "with the public key", "by a stranger"] {
        provider.told(json!({ "signed": how })).await;
        assert_eq!(enter(&desk).await.err().as_deref(), Some("provider-failed"), "signed {how}");
    }
    provider.told(json!({ "claims": { "email_verified": false } })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "email-unverified");
    for fits in [json!({}), json!({ "azp": "signoff", "aud": ["signoff"] }), json!({ "iat": now - 200 })] {
        provider.told(json!({ "claims": fits })).await;
        assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test", "{fits}");
    }
}

fn desk_now() -> i64 {
    SystemClock::default().now().timestamp()
}

#[tokio::test]
async fn the_provider_is_tried_before_it_is_saved_and_the_secret_stays_here() {
    let (desk, _, provider) = desk().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let right = settings(&desk, &provider.issuer);
    let changed = |field: &str, value: Value| {
        let mut other = right.clone();
        other[field] = value;
        other
    };
    desk.get(&alice, "/v1/admin/single-sign-on").await.refused(404, "not-found");
    put(&desk, &alice, &right).await.refused(404, "not-found");
    desk.put(&admin, "/v1/admin/single-sign-on", &right, None).await.refused(428, "if-match-missing");
    desk.put(&admin, "/v1/admin/single-sign-on", &right, Some("\"7\"")).await.refused(412, "stale");
    for (settings, code) in [
        (changed("issuer", json!(desk.url)), "provider-unfit"),
        (changed("issuer", json!("http://127.0.0.1:9/")), "provider-unfit"),
        (changed("issuer", json!("nonsense")), "address-refused"),
        (changed("client_secret", json!("")), "invalid-value"),
        (changed("client_id", json!(" ")), "invalid-value"),
        (changed("name", json!("x".repeat(61))), "invalid-body"),
        (changed("domains", json!(["not a domain"])), "invalid-value"),
        (changed("address", json!("http://support.example.com")), "invalid-value"),
        (
            changed("adds_people", json!(true))
                .as_object()
                .map(|_| {
                    let mut other = changed("adds_people", json!(true));
                    other["domains"] = json!([]);
                    other
                })
                .unwrap(),
            "invalid-value",
        ),
    ] {
        put(&desk, &admin, &settings).await.refused(422, code);
    }
    let kept = desk.get(&admin, "/v1/admin/single-sign-on").await.expect(200);
    assert_eq!(kept["enabled"], false, "nothing was saved");

    let saved = put(&desk, &admin, &right).await.expect(200);
    assert_eq!(saved["has_secret"], true);
    assert_eq!(saved["redirect_uri"], format!("{}/v1/single-sign-on/callback", desk.url));
    let mut again = changed("name", json!("Acme Corp"));
    again.as_object_mut().unwrap().remove("client_secret");
    let saved = put(&desk, &admin, &again).await.expect(200);
    assert_eq!(saved["has_secret"], true, "the one that is kept");
    again["issuer"] = json!(provider.forger());
    put(&desk, &admin, &again).await.refused(422, "invalid-value");
    let log = desk.get(&admin, "/v1/audit-log?limit=100").await.expect(200);
    assert!(column(&items(&log), "what").contains(&"single-sign-on.change"));
    for shown in [&saved, &log, &kept] {
        assert!(!shown.to_string().contains(SECRET), "never shown again");
    }
    put(&desk, &admin, &changed("enabled", json!(false))).await.expect(200);
    desk.post(None, "/v1/sessions/single-sign-on", &json!({ "port": PORT, "challenge": "A".repeat(43) }))
        .await
        .refused(409, "single-sign-on-off");
}

/// Two sign-ins are in the browser while an admin changes the provider.
#[tokio::test]
async fn whoever_comes_back_from_another_provider_than_they_were_sent_to_stays_out() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    provider.told(json!({ "back": { "iss": provider.issuer } })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "RFC 9207");
    assert_eq!(provider.asked().await.get("token"), None, "the code went nowhere");
    provider.told(json!({ "back": { "iss": provider.forger() } })).await;
    enter(&desk).await.unwrap();

    let begun = begin(&desk).await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    provider.told(json!({})).await;
    let back = browse(begun["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(back["error"], "provider-failed");
    assert_eq!(provider.asked().await.get("token"), None, "the new provider's secret was not shown to the old one");
}

#[tokio::test]
async fn a_provider_may_change_its_keys_and_nobody_makes_the_platform_ask_for_ever() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    enter(&desk).await.unwrap();
    let keys_asked = || async { provider.asked().await.get("jwks").and_then(Value::as_i64).unwrap_or(0) };

    provider.told(json!({ "signed": "with a new key" })).await;
    for _ in 0..3 {
        assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "a key that the provider does not have");
    }
    assert_eq!(keys_asked().await, 1, "once a minute");
    provider.told(json!({ "signed": "with a new key", "keys": "new" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "not yet");
    clock.advance(TimeDelta::minutes(1));
    enter(&desk).await.unwrap();
    enter(&desk).await.unwrap();
    assert_eq!(keys_asked().await, 1, "they are remembered");
    provider.told(json!({ "keys": "new" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "the old key is not believed any more");
}

#[tokio::test]
async fn a_provider_that_is_not_as_it_should_be_is_not_saved() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let wanted = settings(&desk, &provider.forger());
    for (what, told) in [
        ("somebody else", json!({ "says": { "issuer": "https://accounts.example.com" } })),
        ("sends people on", json!({ "elsewhere": ".well-known/openid-configuration" })),
        ("sends those who want its keys on", json!({ "elsewhere": "jwks" })),
        ("says more than anybody reads", json!({ "says": { "service_documentation": "https://x/".repeat(20_000) } })),
        ("has people open a file", json!({ "says": { "authorization_endpoint": "file:///etc/passwd" } })),
        ("has the secret sent to no web server", json!({ "says": { "token_endpoint": "ldap://127.0.0.1/" } })),
        (
            "signs with a shared secret",
            json!({ "says": { "id_token_signing_alg_values_supported": ["HS256", "none"] } }),
        ),
    ] {
        provider.told(told).await;
        let problem = put(&desk, &admin, &wanted).await.refused(422, "provider-unfit");
        assert!(problem["detail"].as_str().unwrap().len() < 600, "{what}: {problem}");
    }
    let kept = desk.get(&admin, "/v1/admin/single-sign-on").await.expect(200);
    assert_eq!(kept["enabled"], false, "nothing was saved");

    // What a provider offers does not decide what is believed.
    provider.told(json!({ "says": { "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"] } })).await;
    put(&desk, &admin, &wanted).await.expect(200);
    begin(&desk).await;
    for how in ["not at all", "with the secret", "with the public key"] {
        provider.told(json!({ "signed": how })).await;
        assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "signed {how}");
    }
    provider.told(json!({ "elsewhere": "token" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "the secret follows nobody");
    assert_eq!(provider.asked().await.get("elsewhere/token"), None);
}

#[tokio::test]
async fn a_provider_that_fails_is_not_asked_by_everybody_who_tries() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    provider.told(json!({ "elsewhere": ".well-known/openid-configuration" })).await;
    let body = json!({ "port": PORT, "challenge": "A".repeat(43) });
    let begin = || desk.post(None, "/v1/sessions/single-sign-on", &body);
    for _ in 0..5 {
        begin().await.refused(409, "provider-failed");
    }
    assert_eq!(provider.asked().await[".well-known/openid-configuration"], 1);
    provider.told(json!({})).await;
    clock.advance(TimeDelta::seconds(10));
    for _ in 0..99 - 5 {
        begin().await.expect(201);
    }
    let refused = (0..60).map(|_| begin());
    let refused = futures_util::future::join_all(refused).await;
    let last = refused.last().unwrap();
    last.refused(429, "rate-limited");
    assert!(last.headers.contains_key("retry-after"), "as many as an office needs, and not as many as a flood");
}

#[tokio::test]
async fn an_address_that_the_id_token_leaves_out_is_asked_for_and_is_that_of_the_same_person() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let in_body = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    provider.told(json!({ "says": in_body })).await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    begin(&desk).await;
    let nothing = json!({ "email": null, "email_verified": null });
    for (info, problem) in [
        (json!({ "sub": "somebody else" }), "provider-failed"),
        (json!({ "email_verified": false }), "email-unverified"),
        (json!({ "email_verified": null }), "email-unverified"),
    ] {
        provider.told(json!({ "claims": nothing, "info": info })).await;
        assert_eq!(enter(&desk).await.unwrap_err(), problem, "{info}");
    }
    provider.told(json!({ "claims": nothing })).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(provider.asked().await["secret"], "in the body", "as this provider wants it");
}
