//! Signing in and out, and the session between them (D23, D25).

use signoff_engine::Engine;
use signoff_engine::ports::SecretsError;
use signoff_wire::interface::{Administer, Code, ConnectionStatus, Draft, Method, SendReply, SignIn, Stage, TabCounts};

use crate::company::{ADMIN, ALICE, BOB, Company};
use crate::desk::{Desk, as_person, eventually, online, until};
use crate::scripted::{Reaction, Scripted, http};
use crate::synchronising::received;

async fn reply(engine: &Engine, conversation: &str, text: &str) {
    let reply = SendReply {
        conversation_id: conversation.to_owned(),
        text: text.to_owned(),
        file_ids: Vec::new(),
        trigger_survey: false,
        last_seen_message_id: None,
    };
    engine.send_reply(reply).await.unwrap();
}

/// The session's token, as the keyring has it.
fn token_of(desk: &Desk) -> String {
    let kept = desk.keyring.kept.lock().unwrap();
    let (_, token) = kept.iter().find(|(name, _)| name.contains("/session/")).expect("a session in the keyring");
    String::from_utf8(token.clone()).unwrap()
}

/// Bad input: no URL, no server, no platform; each with a sentence of its own.
#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_lead_nowhere_say_why() {
    let desk = Desk::new();
    let engine = desk.opened().await;
    let stranger = Scripted::start(http("200 OK", &[("content-type", "text/html")], "<h1>Shop</h1>")).await;
    let rubbish = Scripted::start(Reaction::Say(b"\x00\x01\x02".to_vec())).await;
    let rows = [
        ("hello world", Code::AddressInvalid),
        ("http://127.0.0.1:9", Code::AddressUnreachable),
        (stranger.address.as_str(), Code::AddressNotSignoff),
        (rubbish.address.as_str(), Code::AddressNotSignoff),
    ];
    for (address, code) in rows {
        let failure = engine.check_workspace(address).await.expect_err("nothing is there");
        assert_eq!(failure.code, code, "{address}: {failure:?}");
    }
    let company = Company::open().await;
    let typed = format!(" {}/ ", company.address().replace("http://", ""));
    assert_eq!(engine.check_workspace(&typed).await.unwrap().address, company.address());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_and_too_many_of_them_too() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    let wrong = || SignIn { password: "wrong".to_owned(), ..as_person(&company.address(), ALICE) };
    for _ in 0..5 {
        assert_eq!(engine.sign_in(wrong()).await.unwrap_err().code, Code::BadCredentials);
    }
    let locked = engine.sign_in(wrong()).await.unwrap_err();
    assert_eq!(locked.code, Code::TooManyAttempts);
    assert!(locked.retry_at.is_some(), "it says when to try again");
    assert_eq!(engine.state().stage, Stage::SignedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_pauses_the_queue_and_a_sign_in_lets_it_go_on() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("jean", "Hello").await;
    eventually("it is here", async || engine.conversation(&conversation).await.is_ok()).await;
    company.ends_session(&token_of(&desk)).await;
    reply(&engine, &conversation, "Good morning").await;
    let state =
        until(&engine, "a sign-in is asked for", |state| state.stage == Stage::SignedIn { session_expired: true })
            .await;
    assert_eq!(state.queue.needs_attention, 0, "it fails nothing");
    assert!(engine.conversation(&conversation).await.is_ok(), "everything can still be read");
    until(&engine, "signed out at the platform", |state| state.connection.status == ConnectionStatus::SignedOut).await;
    assert_eq!(engine.state().queue.pending, 1);

    // Also over a restart.
    engine.shutdown().await;
    let engine = desk.opened().await;
    until(&engine, "still expired", |state| state.stage == Stage::SignedIn { session_expired: true }).await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    until(&engine, "delivered", |state| {
        state.queue.pending == 0 && state.stage == Stage::SignedIn { session_expired: false }
    })
    .await;
    assert_eq!(company.times_said(&conversation, "Good morning").await, 1);
}

/// D23: signing out loses nothing that was typed, and shows it to nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_at_sign_out_waits_for_the_same_person() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("karl", "Hello").await;
    eventually("it is here", async || engine.conversation(&conversation).await.is_ok()).await;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    reply(&engine, &conversation, "See you").await;
    let (conversation_id, instead_of) = (conversation.clone(), String::new());
    let draft = Draft { conversation_id, text: "Half a thought".to_owned(), instead_of };
    engine.save_draft(draft).await.unwrap();
    engine.sign_out().await.unwrap();
    assert_eq!((engine.state().stage, engine.state().user), (Stage::SignedOut, None));
    assert_eq!(engine.inbox(received()).await.unwrap_err().code, Code::SessionExpired);

    company.start().await;
    engine.sign_in(as_person(&company.address(), BOB)).await.unwrap();
    online(&engine).await;
    assert_eq!(engine.queue().await.unwrap(), [], "nothing of one person's is shown to another");
    assert_eq!(engine.conversation(&conversation).await.unwrap().composer.draft, "");
    engine.sign_out().await.unwrap();

    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    until(&engine, "delivered", |state| {
        state.connection.status == ConnectionStatus::Online && state.queue.pending == 0
    })
    .await;
    assert_eq!(company.times_said(&conversation, "See you").await, 1);
    assert_eq!(engine.conversation(&conversation).await.unwrap().composer.draft, "Half a thought");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_with_nothing_left_to_do_leaves_nothing_behind() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let token = token_of(&desk);
    engine.sign_out().await.unwrap();
    let accounts = desk.folder.path().join("profile").join("accounts");
    assert_eq!(std::fs::read_dir(accounts).unwrap().count(), 0, "the cache is deleted");
    assert!(!desk.keyring.kept.lock().unwrap().keys().any(|name| name.contains("/session/")));
    eventually("the token is dead at the platform, too", async || !company.knows(&token).await).await;
    engine.shutdown().await;
    assert_eq!(desk.opened().await.state().stage, Stage::SignedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_passphrase_the_session_lives_inside_the_encrypted_cache() {
    let (company, desk) = (Company::open().await, Desk::new());
    desk.keyring.is(Some(SecretsError::Missing));
    let open = async || {
        let engine = desk.opened().await;
        engine.open_with_passphrase("seven wet umbrellas".into()).await.unwrap();
        engine
    };
    let engine = open().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    engine.shutdown().await;
    let engine = open().await;
    assert_eq!(engine.state().stage, Stage::SignedIn { session_expired: false });
    online(&engine).await;
    assert!(desk.keyring.kept.lock().unwrap().is_empty());
}

/// Bad input: a key that is gone from the keyring.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_is_told_and_the_cache_left_alone() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    engine.shutdown().await;
    let kept = std::mem::take(&mut *desk.keyring.kept.lock().unwrap());
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheKeyLost });
    *desk.keyring.kept.lock().unwrap() = kept;
    engine.try_again().await.unwrap();
    assert_eq!(engine.state().stage, Stage::SignedIn { session_expired: false });
}

/// R1, D2: settings and audit log are the admin's; for others they do not exist.
#[tokio::test(flavor = "multi_thread")]
async fn the_switch_is_saved_once_and_only_by_admins() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    assert_eq!(engine.inbox_options().await.unwrap_err().code, Code::NotAllowed);
    assert_eq!(engine.audit_log(None).await.unwrap_err().code, Code::NotAllowed);
    engine.sign_in(as_person(&company.address(), ADMIN)).await.unwrap();
    online(&engine).await;
    let before = engine.inbox_options().await.unwrap();
    assert!(!before.options.allow_manual_close, "off on every new workspace");
    let save = |version: &str| signoff_wire::interface::SaveInboxOptions {
        allow_manual_close: true,
        version: version.to_owned(),
    };
    let after = engine.save_inbox_options(save(&before.version)).await.unwrap();
    assert!(after.options.allow_manual_close);
    until(&engine, "the button follows (R2)", |state| state.close_enabled).await;
    let stale = engine.save_inbox_options(save(&before.version)).await.unwrap_err();
    assert_eq!(stale.code, Code::SettingsStale);
    let newest = engine.audit_log(None).await.unwrap().entries;
    assert!(newest.iter().any(|entry| entry.what == "settings.allow_manual_close"), "{newest:?}");
}

/// The passage to the administration (R1): the contract's own calls, versions and refusals, and nothing that belongs to the outbox.
#[tokio::test(flavor = "multi_thread")]
async fn the_passage_leads_admins_to_the_administration_and_nobody_to_a_closing() {
    const OPTIONS: &str = "/v1/settings/inbox-options";
    let call = |method, path: &str, body: Option<serde_json::Value>, version: Option<&str>| Administer {
        method,
        path: path.to_owned(),
        body,
        version: version.map(str::to_owned),
    };
    let read = |path: &str| call(Method::Get, path, None, None);
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    assert_eq!(engine.administer(read(OPTIONS)).await.unwrap_err().code, Code::NotAllowed);

    engine.sign_in(as_person(&company.address(), ADMIN)).await.unwrap();
    online(&engine).await;
    let before = engine.administer(read(OPTIONS)).await.unwrap();
    assert_eq!((before.status, &before.body["allow_manual_close"]), (200, &serde_json::json!(false)));
    let on = Some(serde_json::json!({ "allow_manual_close": true }));
    let seen = before.version.as_deref();
    let after = engine.administer(call(Method::Put, OPTIONS, on.clone(), seen)).await.unwrap();
    assert_ne!(after.version, before.version);
    until(&engine, "the button follows (R2)", |state| state.close_enabled).await;

    let stale = engine.administer(call(Method::Put, OPTIONS, on.clone(), seen)).await.unwrap_err();
    assert_eq!((stale.code, stale.problem.as_deref()), (Code::SettingsStale, Some("stale")));
    let unseen = engine.administer(call(Method::Put, OPTIONS, on, None)).await.unwrap_err();
    assert_eq!((unseen.code, unseen.problem.as_deref()), (Code::RefusedOtherwise, Some("if-match-missing")));
    let log = engine.administer(read("/v1/audit-log?limit=1")).await.unwrap();
    assert_eq!(log.body["items"][0]["what"], "settings.allow_manual_close");
    let outside = call(Method::Post, "/v1/conversations/conv_1/close", Some(serde_json::json!({})), None);
    assert_eq!(engine.administer(outside).await.unwrap_err().code, Code::NotAllowed);
}

/// Bad input: a cache of another key.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_fit_leaves_the_cache_alone() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    engine.shutdown().await;
    for (name, secret) in desk.keyring.kept.lock().unwrap().iter_mut() {
        if name.ends_with("/key") {
            secret[0] ^= 1;
        }
    }
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheKeyLost });
}

/// Bad input: a damaged cache. It is set aside and synchronised anew; the person is told once.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_is_rebuilt_with_a_notice() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let before = engine.inbox(received()).await.unwrap().counts;
    engine.shutdown().await;
    let accounts = desk.folder.path().join("profile").join("accounts");
    let account = std::fs::read_dir(accounts).unwrap().next().expect("one account").unwrap().path();
    let file = account.join("signoff.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x55);
    std::fs::write(&file, bytes).unwrap();

    let engine = desk.opened().await;
    // The damage is met whenever a broken page is read: at the start, or while writing what is new.
    company.customer_writes("lena", "Hello").await;
    until(&engine, "set aside and synchronised anew", |state| {
        state.notices == [Code::CacheCorrupt]
            && state.connection.status == ConnectionStatus::Online
            && state.sync.first.is_none()
    })
    .await;
    assert_eq!(engine.state().user.map(|user| user.email), Some(ALICE.to_owned()), "still signed in");
    let before = TabCounts { received: before.received + 1, ..before };
    assert_eq!(engine.inbox(received()).await.unwrap().counts, before, "everything is here again");
}
