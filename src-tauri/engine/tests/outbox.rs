//! The click, the queue, and what the advisor can do with it (R3 to R5, D5 to D9, D15, D20 to D24).

mod support;

use chrono::TimeDelta;
use proptest::prelude::*;
use signoff_engine::outbox::machine::{Happening, Move, Standing, next};
use signoff_engine::outbox::{self, State, Wish, check_text};
use signoff_engine::ports::Clock;
use signoff_engine::remote::What;
use signoff_engine::store::StoreError;
use signoff_wire::contract::conversations::{Conversation, ConversationState};
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::interface::{ActionKind, Choice, Chosen, Code, ComposerBlock, EntryState};
use support::platform::{Fate, Scripted};
use support::shift::Shift;
use support::{Desk, close, reply, say};

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk
}

/// Puts an entry into the state of something that the platform has refused with `code`.
async fn refused(desk: &Desk, id: &str, code: &str) {
    let (id, code) = (id.to_owned(), code.to_owned());
    desk.write(move |tx| {
        tx.execute(
            "UPDATE outbox SET state = 'blocked', blocked_code = ?2, first_attempt_at = clicked_at WHERE key = ?1",
            [&id, &code],
        )?;
        let conversation: String =
            tx.query_row("SELECT conversation_id FROM outbox WHERE key = ?1", [&id], |row| row.get(0))?;
        signoff_engine::cache::overlay::project(tx, &conversation)
    })
    .await
    .expect("written");
}

async fn in_state(desk: &Desk, id: &str, state: &str) {
    let (id, state) = (id.to_owned(), state.to_owned());
    desk.write(move |tx| {
        Ok::<_, StoreError>(tx.execute("UPDATE outbox SET state = ?2 WHERE key = ?1", [&id, &state])?)
    })
    .await
    .expect("written");
}

#[tokio::test]
async fn a_click_queues_shows_and_empties_the_draft_in_one_commit() {
    let desk = desk().await;
    desk.types("c1", "Goodbye.").await;
    let before = desk.store.commits();

    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");

    assert_eq!(desk.store.commits(), before + 1, "one transaction (DESIGN, outbox 1)");
    assert_eq!((entry.state, entry.action), (EntryState::Queued, ActionKind::SendAndClose));
    let view = desk.shows("c1").await;
    assert_eq!(view.tab, ConversationState::Closed, "shown as it will be");
    assert_eq!(view.closed_at, None, "but nobody claims that it has happened");
    assert_eq!(view.composer.blocked, Some(ComposerBlock::CloseQueued));
    assert_eq!(view.composer.draft, "");
}

#[tokio::test]
async fn d5_keys_are_made_at_the_click_and_differ_for_equal_texts() {
    let desk = desk().await;
    let first = desk.clicks("c1", reply("Yes.")).await.expect("queued");
    let second = desk.clicks("c1", reply("Yes.")).await.expect("queued");

    assert_ne!(first.id, second.id);
    assert!(first.id.chars().nth(14) == Some('7'), "a UUIDv7: {}", first.id);
}

#[tokio::test]
async fn what_is_certain_to_be_refused_is_said_at_the_click() {
    let nul = "a\0b";
    let long = "x".repeat(20_001);
    let five_megabytes = "y".repeat(5 * 1024 * 1024);
    let cases: [(&str, Code); 7] = [
        ("", Code::ReplyEmpty),
        (" \n\t\u{a0}\u{2003}\u{3000}", Code::ReplyEmpty),
        (nul, Code::ReplyUnsendable),
        ("a\u{85}b", Code::ReplyUnsendable),
        ("a\u{1b}[31mb", Code::ReplyUnsendable),
        (&long, Code::ReplyTooLong),
        (&five_megabytes, Code::ReplyTooLong),
    ];
    let desk = desk().await;
    for (text, code) in cases {
        desk.types("c1", if text.is_empty() { "something else" } else { text }).await;

        let refused = desk.clicks("c1", reply(text)).await.expect_err("R4, and what no channel carries");

        assert_eq!(refused.code(), code);
        assert_ne!(desk.draft("c1").await, "", "the text stays where it was typed (D23)");
    }
    assert!(desk.queue().await.is_empty());
}

#[tokio::test]
async fn the_limit_counts_characters_and_its_number_is_told() {
    assert!(check_text(&"é".repeat(4096), 4096, false).is_ok(), "characters, not bytes");
    let Err(signoff_engine::outbox::OutboxError::Refused { limit, .. }) = check_text(&"é".repeat(4097), 4096, false)
    else {
        panic!("one too many is refused");
    };
    assert_eq!(limit, Some(4096));
}

#[tokio::test]
async fn texts_are_kept_word_for_word() {
    let texts = [
        "  leading and trailing  \n\n",
        "שלום \u{202e}reversed\u{202c} مرحبا",
        "<script>alert('x')</script> & <b>bold</b>",
        "e\u{301} is not é, and 👩‍👩‍👧‍👦 is one family",
        "'); DROP TABLE outbox; --",
        "tab\there\nline",
    ];
    let desk = desk().await;
    for text in texts {
        let entry = desk.clicks("c1", reply(text)).await.expect("queued");
        assert_eq!(desk.entry(&entry.id).await.text.as_deref(), Some(text));
        desk.chooses(&entry.id, Choice::Undo).await.expect("offered");
        assert_eq!(desk.draft("c1").await, text, "and it comes back word for word (D15)");
        desk.types("c1", "").await;
    }
}

#[tokio::test]
async fn d6_a_click_that_has_not_seen_the_newest_message_is_refused() {
    let desk = desk().await;
    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 2, "One more thing"))).await;

    let refused = desk.clicks("c1", close("Goodbye.")).await.expect_err("m1 is no longer the newest");

    assert_eq!(refused.code(), Code::CustomerWroteSince);
}

#[tokio::test]
async fn r8_nothing_is_queued_for_a_closed_conversation_nor_behind_a_close() {
    let desk = desk().await;
    desk.has(&[Conversation { state: ConversationState::Closed, ..say::conversation("closed") }]).await;
    desk.clicks("c1", close("Goodbye.")).await.expect("queued");

    for (conversation, wish) in
        [("closed", reply("Hello?")), ("closed", Wish::Archive), ("c1", reply("P.S.")), ("c1", close("Again"))]
    {
        let refused = desk.clicks(conversation, wish).await.expect_err("closed is final");
        assert_eq!(refused.code(), Code::ConversationClosed);
    }
}

#[tokio::test]
async fn r2_with_the_feature_off_no_close_is_queued() {
    let mut desk = desk().await;
    desk.me.features.close_conversation = false;

    let refused = desk.clicks("c1", close("Goodbye.")).await.expect_err("the switch is off");

    assert_eq!(refused.code(), Code::CloseDisabled);
}

#[tokio::test]
async fn d15_undo_joins_what_was_typed_since() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("First text")).await.expect("queued");
    desk.types("c1", "Second text").await;

    let chosen = desk.chooses(&entry.id, Choice::Undo).await.expect("offered");

    assert_eq!(chosen, Chosen::BackInDraft { conversation_id: "c1".to_owned() });
    assert_eq!(desk.draft("c1").await, "First text\n\nSecond text", "neither is lost (D23)");
    assert!(desk.queue().await.is_empty());
    assert_eq!(desk.shows("c1").await.tab, ConversationState::Received, "and the row is where it was");
}

#[tokio::test]
async fn d15_what_returns_while_somebody_types_is_overwritten_by_nobody() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("First text")).await.expect("queued");
    desk.types_instead_of("c1", "", "Second").await;
    desk.chooses(&entry.id, Choice::Undo).await.expect("offered");

    // The composer goes on with what it knows.
    desk.types_instead_of("c1", "Second", "Second text").await;
    assert_eq!(desk.draft("c1").await, "First text\n\nSecond text");
    desk.types_instead_of("c1", "Second text", "").await;
    assert_eq!(desk.draft("c1").await, "First text");

    // Somebody types the very same.
    desk.types_instead_of("c1", "", "First text").await;
    assert_eq!(desk.draft("c1").await, "First text");

    // Whoever has seen it can delete it.
    desk.types_instead_of("c1", "First text", "").await;
    assert_eq!(desk.draft("c1").await, "");
}

#[tokio::test]
async fn d23_sending_takes_nothing_off_the_draft_that_was_not_sent() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("First text")).await.expect("queued");
    desk.types("c1", "Second text").await;
    desk.chooses(&entry.id, Choice::Undo).await.expect("offered");

    desk.clicks("c1", reply("Second text")).await.expect("queued");
    assert_eq!(desk.draft("c1").await, "First text", "it had returned unseen");

    desk.clicks("c1", reply("Something quite different")).await.expect("queued");
    assert_eq!(desk.draft("c1").await, "First text");
    desk.clicks("c1", reply("First text, and the rest of it")).await.expect("queued");
    assert_eq!(desk.draft("c1").await, "", "the last keys had not been saved yet");
}

#[tokio::test]
async fn undo_in_each_state() {
    let cases = [("queued", true), ("sending", false), ("in_doubt", false)];
    for (state, at_once) in cases {
        let desk = desk().await;
        let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
        in_state(&desk, &entry.id, state).await;

        let chosen = desk.chooses(&entry.id, Choice::Undo).await.expect("offered");

        assert_eq!(chosen != Chosen::WhenSettled, at_once, "{state}");
        assert_eq!(desk.draft("c1").await.is_empty(), !at_once, "{state}");
        let again = desk.chooses(&entry.id, Choice::Undo).await;
        assert!(again.is_err(), "{state}: once is enough");
    }
}

#[tokio::test]
async fn d22_undo_of_the_head_lets_the_next_one_go() {
    let desk = desk().await;
    let first = desk.clicks("c1", reply("first")).await.expect("queued");
    let second = desk.clicks("c1", reply("second")).await.expect("queued");
    refused(&desk, &first.id, "tags_missing").await;
    assert_eq!(desk.entry(&second.id).await.held_up_by.as_deref(), Some(first.id.as_str()));

    desk.chooses(&first.id, Choice::Discard).await.expect("offered");

    assert_eq!(desk.entry(&second.id).await.held_up_by, None);
    let heads: i64 = desk
        .store
        .read(|c| Ok::<_, StoreError>(c.query_row("SELECT count(*) FROM outbox WHERE head = 1", [], |row| row.get(0))?))
        .await
        .expect("readable");
    assert_eq!(heads, 1);
}

#[tokio::test(start_paused = true)]
async fn d6_customer_wrote_since_shows_the_new_message_and_can_be_confirmed_again() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 2, "One more thing"))).await;
    refused(&desk, &entry.id, "customer_wrote_since").await;

    let waiting = desk.entry(&entry.id).await;
    let attention = waiting.attention.expect("it needs the advisor");
    assert_eq!(
        attention.new_messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["One more thing"]
    );
    assert_eq!(waiting.choices, [Choice::Edit, Choice::SendWithoutClosing, Choice::ConfirmAgain, Choice::Discard]);
    assert_eq!(desk.shows("c1").await.tab, ConversationState::Received, "not shown as closed meanwhile");

    desk.chooses(&entry.id, Choice::ConfirmAgain).await.expect("offered");
    let platform = Scripted::default();
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;
    let applied = platform.script().applied.clone();
    assert_eq!(applied.len(), 1);
    assert_eq!(applied[0].0, entry.id, "the refused key is free, and stays the intent's (D5)");
    assert!(format!("{:?}", applied[0].1.what).contains("m2"), "it has seen the new message now");
}

#[tokio::test(start_paused = true)]
async fn d6_a_message_that_arrives_behind_the_open_dialog_has_not_been_seen() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 2, "One more thing"))).await;
    refused(&desk, &entry.id, "customer_wrote_since").await;
    let written = say::after_message(&written, "m3");
    desk.hears(say::received(&written, &say::message("c1", "m3", 3, "And another"))).await;

    let (owner, now) = (desk.owner(), desk.clock.now());
    let (key, seen_message_id) = (entry.id.clone(), Some("m2".to_owned()));
    let decision = outbox::Decision { key, choice: Choice::ConfirmAgain, seen_message_id };
    desk.write(move |tx| outbox::choose(tx, &owner, &decision, now)).await.expect("offered");
    let platform = Scripted::default();
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;
    let applied = platform.script().applied.clone();
    assert!(
        format!("{:?}", applied[0].1.what).contains("m2"),
        "the platform is told what was on the screen, and refuses"
    );
}

#[tokio::test(start_paused = true)]
async fn d8_close_disabled_offers_to_send_without_closing() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    refused(&desk, &entry.id, "close_disabled").await;

    desk.chooses(&entry.id, Choice::SendWithoutClosing).await.expect("offered");
    let platform = Scripted::default();
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert!(matches!(platform.script().applied[0].1.what, What::Reply { .. }));
    assert_eq!(desk.shows("c1").await.tab, ConversationState::Answered);
}

#[tokio::test(start_paused = true)]
async fn d8_wait_goes_on_by_itself_when_the_switch_is_on_again() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    refused(&desk, &entry.id, "close_disabled").await;
    desk.hears(say::switched(false, 5)).await;

    desk.chooses(&entry.id, Choice::Wait).await.expect("offered");
    let waiting = desk.entry(&entry.id).await;
    assert_eq!((waiting.state, waiting.attention), (EntryState::Queued, None), "it needs nobody meanwhile");
    assert!(waiting.waits_for_switch, "and says what it waits for");
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    assert_eq!(platform.call_count(), 0);

    desk.hears(say::switched(true, 6)).await;
    shift.waker.look();
    desk.until_entry(&entry.id, EntryState::Done).await;
}

/// D24: what stood against an entry is answered by the advisor's decision, and is no reason any more.
#[tokio::test]
async fn what_was_decided_about_is_no_problem_any_more() {
    for choice in [Choice::SendWithoutClosing, Choice::Wait] {
        let desk = desk().await;
        let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
        refused(&desk, &entry.id, "close_disabled").await;
        let problem = "UPDATE outbox SET last_problem = 'close_disabled'";
        desk.write(|tx| Ok::<_, StoreError>(tx.execute(problem, [])?)).await.expect("written");

        desk.chooses(&entry.id, choice).await.expect("offered");
        desk.hears(say::switched(true, 6)).await;

        let goes_on = desk.entry(&entry.id).await;
        assert_eq!((goes_on.state, goes_on.last_problem), (EntryState::Queued, None), "{choice:?}");
    }
}

/// Nothing is offered that would change nothing: trying now what waits for no time, or for its turn.
#[tokio::test]
async fn d24_retry_is_offered_where_it_would_come_to_pass_earlier() {
    let desk = desk().await;
    let first = desk.clicks("c1", reply("first")).await.expect("queued");
    let second = desk.clicks("c1", reply("second")).await.expect("queued");
    let offers = async |id: &str| desk.entry(id).await.choices.contains(&Choice::Retry);
    let set = async |column: &'static str, ahead: i64| {
        let at = desk.clock.now().timestamp_millis() + ahead;
        let sql = format!("UPDATE outbox SET {column} = ?1");
        desk.write(move |tx| Ok::<_, StoreError>(tx.execute(&sql, [at])?)).await.expect("written");
    };

    assert!(!offers(&first.id).await, "it is about to be sent as it is");
    set("due_at", 60_000).await;
    assert!(offers(&first.id).await, "a pause of ours can be cut short");
    assert!(!offers(&second.id).await, "nothing overtakes (D22)");
    assert!(desk.chooses(&second.id, Choice::Retry).await.is_err(), "and a late click on it changes nothing");
    set("retry_after_until", 60_000).await;
    assert!(!offers(&first.id).await, "what the platform asked for stands");
    in_state(&desk, &first.id, "in_doubt").await;
    assert!(!offers(&first.id).await, "also for asking it");
    set("retry_after_until", -1).await;
    assert!(offers(&first.id).await, "until that time is over");
}

/// D23: taken back into a conversation that nobody can open, the text would be out of reach.
#[tokio::test]
async fn d23_a_text_stays_in_the_queue_when_its_conversation_cannot_be_seen_any_more() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("Where did you go?")).await.expect("queued");
    refused(&desk, &entry.id, "conversation_unknown").await;

    let waiting = desk.entry(&entry.id).await;

    assert_eq!(waiting.choices, [Choice::Retry, Choice::Discard]);
    assert_eq!(waiting.text.as_deref(), Some("Where did you go?"));
}

/// D7: behind a closing that is queued there, the text could only be refused again.
#[tokio::test]
async fn d7_the_newer_conversation_is_not_offered_while_a_closing_is_queued_in_it() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    refused(&desk, &entry.id, "conversation_closed").await;
    comes_back(&desk).await;
    assert_eq!(desk.entry(&entry.id).await.choices, [Choice::SendInNewer, Choice::Discard]);
    let seen = Some("n1".to_owned());
    let closing =
        Wish::SendAndClose { text: "Goodbye again.".to_owned(), file_ids: Vec::new(), last_seen_message_id: seen };

    desk.clicks("c2", closing).await.expect("queued");

    assert_eq!(desk.entry(&entry.id).await.choices, [Choice::Discard]);
}

/// The admin was quicker than the advisor: nothing more will be heard of the switch.
#[tokio::test(start_paused = true)]
async fn d8_waiting_for_a_switch_that_is_on_already_is_no_waiting() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    refused(&desk, &entry.id, "close_disabled").await;
    desk.hears(say::switched(false, 5)).await;
    desk.hears(say::switched(true, 6)).await;

    desk.chooses(&entry.id, Choice::Wait).await.expect("offered");

    let platform = Scripted::default();
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;
}

#[tokio::test(start_paused = true)]
async fn d7_the_text_can_go_into_the_newer_conversation_and_closes_nothing_there() {
    let desk = desk().await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    refused(&desk, &entry.id, "conversation_closed").await;
    assert_eq!(desk.entry(&entry.id).await.choices, [Choice::Discard], "no newer conversation is known yet");
    comes_back(&desk).await;
    let in_newer = desk.clicks("c2", reply("Hello again")).await.expect("queued");

    let waiting = desk.entry(&entry.id).await;
    assert_eq!(waiting.choices, [Choice::SendInNewer, Choice::Discard]);
    let shown = waiting.attention.expect("it needs the advisor").new_messages;
    assert_eq!(shown.last().map(|message| message.text.as_str()), Some("It is me again"), "what the text would answer");
    desk.chooses(&entry.id, Choice::SendInNewer).await.expect("offered");

    let platform = Scripted::default();
    let _shift = Shift::start(&desk, &platform);
    desk.until_quiet().await;
    assert_eq!(platform.texts_in("c2"), ["Hello again", "Goodbye."], "behind what was queued there");
    assert_eq!(desk.entry(&in_newer.id).await.state, EntryState::Done);
    assert_eq!(desk.shows("c2").await.tab, ConversationState::Answered, "a closing was not confirmed for this one");
}

/// The customer of `c1` starts `c2` with the message `n1`.
async fn comes_back(desk: &Desk) -> Conversation {
    let started = Conversation {
        customer: say::conversation("c1").customer,
        opened_at: say::time("2026-11-22T08:30:00.000Z"),
        last_customer_message_id: None,
        message_count: 0,
        ..say::conversation("c2")
    };
    desk.hears(say::started(&started)).await;
    let written = say::after_message(&started, "n1");
    desk.hears(say::received(&written, &say::message("c2", "n1", 1, "It is me again"))).await;
    written
}

#[tokio::test(start_paused = true)]
async fn d7_what_goes_into_the_newer_conversation_is_checked_against_what_was_on_the_screen() {
    // Nothing was shown of it: then the platform hears of the old conversation's message, and refuses.
    for (shown, checked_against) in [(Some("n1"), "n1"), (None, "m1")] {
        let desk = desk().await;
        let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
        refused(&desk, &entry.id, "conversation_closed").await;
        let written = say::after_message(&comes_back(&desk).await, "n2");
        desk.hears(say::received(&written, &say::message("c2", "n2", 2, "And one more thing"))).await;

        let (owner, now, key) = (desk.owner(), desk.clock.now(), entry.id.clone());
        let seen_message_id = shown.map(str::to_owned);
        let decision = outbox::Decision { key, choice: Choice::SendInNewer, seen_message_id };
        desk.write(move |tx| outbox::choose(tx, &owner, &decision, now)).await.expect("offered");

        let platform = Scripted::default();
        let _shift = Shift::start(&desk, &platform);
        desk.until_entry(&entry.id, EntryState::Done).await;
        let applied = platform.script().applied.clone();
        assert!(
            matches!(&applied[0].1.what, What::Reply { last_seen_message_id: Some(seen), .. } if seen == checked_against),
            "{applied:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_another_version_is_quarantined_with_its_text_and_goes_on_later() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("Written by tomorrow's version")).await.expect("queued");
    desk.write(|tx| Ok::<_, StoreError>(tx.execute("UPDATE outbox SET payload_version = 99", [])?))
        .await
        .expect("written");
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
    shift.dies().await;

    let quarantined = desk.entry(&entry.id).await;
    assert_eq!(quarantined.action, ActionKind::Unknown);
    assert_eq!(quarantined.text.as_deref(), Some("Written by tomorrow's version"), "never deleted, always readable");
    assert_eq!(platform.call_count(), 0);

    // Tomorrow's version is installed.
    desk.write(|tx| Ok::<_, StoreError>(tx.execute("UPDATE outbox SET payload_version = 1", [])?))
        .await
        .expect("written");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;
}

#[tokio::test(start_paused = true)]
async fn not_before_is_kept_through_a_restart() {
    let desk = desk().await;
    let key = signoff_engine::outbox::new_key(say::time("2026-11-22T09:00:00.000Z"), desk.dice.as_ref());
    let click = signoff_engine::outbox::Click {
        conversation_id: "c1".to_owned(),
        wish: reply("In a while"),
        not_before: Some(say::time("2026-11-22T09:10:00.000Z")),
        origin: Origin::Console,
    };
    let (me, now, id) = (desk.me.clone(), say::time("2026-11-22T09:00:00.000Z"), key.clone());
    desk.write(move |tx| signoff_engine::outbox::enqueue(tx, &click, &key, &me, now)).await.expect("queued");
    let desk = desk.reopened();
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);

    tokio::time::sleep(std::time::Duration::from_secs(300)).await;
    shift.waker.wake();
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;

    assert_eq!(platform.call_count(), 0, "not even a wake sends it earlier");
    assert_eq!(desk.entry(&id).await.state, EntryState::Queued);
    desk.until_entry(&id, EntryState::Done).await;
}

#[tokio::test]
async fn archive_assign_and_release_are_shown_at_once() {
    let desk = desk().await;
    desk.has(&[
        say::conversation("c2"),
        Conversation {
            state: ConversationState::Ongoing,
            assignee: Some(UserRef { id: "u_bob".to_owned(), name: "Bob".to_owned() }),
            ..say::conversation("c3")
        },
    ])
    .await;

    desk.clicks("c1", Wish::Archive).await.expect("queued");
    desk.clicks("c2", Wish::AssignToMe).await.expect("queued");
    desk.clicks("c3", Wish::Release).await.expect("queued");

    assert_eq!(desk.shows("c1").await.tab, ConversationState::Archived);
    let mine = desk.shows("c2").await;
    assert_eq!((mine.tab, mine.mine, mine.assignee_name.as_deref()), (ConversationState::Ongoing, true, Some("Alice")));
    let released = desk.shows("c3").await;
    assert_eq!((released.tab, released.assignee_name), (ConversationState::Received, None));
}

#[tokio::test(start_paused = true)]
async fn what_is_done_is_kept_for_the_view_and_then_forgotten() {
    let desk = desk().await;
    for number in 0..70 {
        desk.clicks("c1", reply(&number.to_string())).await.expect("queued");
    }
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Works);
    let _shift = Shift::start(&desk, &platform);
    desk.until_quiet().await;
    assert_eq!(desk.queue().await.len(), 50);
    assert_eq!(desk.queue().await[0].text.as_deref(), Some("69"), "the latest first");
    assert_eq!(
        desk.shows("c1").await.timeline.entries.len(),
        71,
        "nothing is forgotten that the cache does not show by itself yet"
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_to_stay_keeps_nothing_else_from_being_forgotten() {
    let desk = desk().await;
    // Of c1 nothing is heard any more, and of c2 everything.
    desk.has(&[Conversation { version: 1000, ..say::conversation("c2") }]).await;
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);
    for (conversation, replies) in [("c1", 30), ("c2", 100)] {
        for number in 0..replies {
            desk.clicks(conversation, reply(&number.to_string())).await.expect("queued");
        }
        shift.waker.look();
        desk.until_quiet().await;
    }

    assert_eq!(rows_of(&desk, "c1").await, 30, "what the cache does not show by itself stays");
    let left = rows_of(&desk, "c2").await;
    assert!((50..70).contains(&left), "of what it shows only the latest stay, here {left}");
}

async fn rows_of(desk: &Desk, conversation_id: &'static str) -> i64 {
    let sql = "SELECT count(*) FROM outbox WHERE conversation_id = ?1";
    let count =
        move |c: &rusqlite::Connection| Ok::<_, StoreError>(c.query_row(sql, [conversation_id], |row| row.get(0))?);
    desk.store.read(count).await.expect("readable")
}

#[tokio::test]
async fn a_request_that_arrives_after_everybody_gave_up_is_told() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    desk.chooses(&entry.id, Choice::Undo).await.expect("offered");
    let answered = Conversation { version: 2, ..say::conversation("c1") };

    let heard = desk.hears(say::reply_sent(&answered, &say::reply("c1", "r1", 2, "Hello", &entry.id))).await;

    assert_eq!(heard.settled, std::slice::from_ref(&entry.id));
    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Done);
}

#[tokio::test(start_paused = true)]
async fn waiting_entries_say_since_when_and_until_when() {
    let desk = desk().await;
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    assert_eq!(entry.queued_at, say::time("2026-11-22T09:00:00.000Z"));
    assert_eq!((entry.next_attempt_at, entry.attempts), (None, 0));
    desk.clock.advance(TimeDelta::hours(1));
    assert_eq!(desk.entry(&entry.id).await.queued_at, say::time("2026-11-22T09:00:00.000Z"));
}

#[test]
fn what_has_ended_as_done_never_changes_and_only_the_platform_wakes_the_cancelled() {
    for happening in Happening::ALL {
        for (undo_requested, begun) in [(false, false), (true, false), (false, true), (true, true)] {
            let from = |state| next(Standing { state, undo_requested, begun }, happening);
            assert_eq!(from(State::Done), Move::Nothing);
            assert!(matches!(from(State::Cancelled), Move::Nothing | Move::To(State::Done)), "{happening:?}");
        }
    }
}

proptest! {
    /// Whatever happens, in whatever order: what may have been applied is never queued for sending without having been asked about, a
    /// text goes back into the draft only when it was certainly not applied, and what has begun is never taken back (DESIGN, outbox 10).
    #[test]
    fn doubt_is_never_forgotten(happenings in prop::collection::vec(prop::sample::select(Happening::ALL.to_vec()), 0..60)) {
        let mut standing = Standing { state: State::Queued, undo_requested: false, begun: false };
        let mut in_doubt = false;
        let mut attempted = false;
        for happening in happenings {
            let state = standing.state;
            attempted |= standing.state == State::Sending;
            if attempted && happening == Happening::Reread {
                continue; // what was attempted is reread as such
            }
            if state == State::Sending && matches!(happening, Happening::Unknown | Happening::Died) {
                in_doubt = true;
            }
            // These say what became of the attempt.
            if state == State::InDoubt && matches!(happening, Happening::NoReceipt | Happening::Refused | Happening::StepDone) {
                in_doubt = false;
            }
            match next(standing, happening) {
                Move::To(to) => {
                    if to == State::Sending || to == State::Queued {
                        // Only a decision of the advisor, who was told, gets past a forgotten receipt.
                        let decided = state == State::Blocked && matches!(happening, Happening::GoOn | Happening::StepDone);
                        prop_assert!(!in_doubt || decided, "{standing:?} {happening:?}");
                    }
                    if matches!(happening, Happening::GoOn | Happening::StepDone) && state == State::Blocked {
                        in_doubt = false;
                    }
                    prop_assert!(!standing.begun || to != State::Cancelled, "{standing:?} {happening:?}");
                    standing.begun |= happening == Happening::StepDone;
                    standing.state = to;
                }
                Move::BackInDraft => {
                    prop_assert!(!in_doubt || state == State::Blocked, "{standing:?} {happening:?}");
                    prop_assert!(!standing.begun, "{standing:?} {happening:?}");
                    standing.state = State::Cancelled;
                }
                Move::NoteUndo => standing.undo_requested = true,
                Move::Nothing => {}
            }
        }
    }
}

#[tokio::test]
async fn outbox_6_no_step_of_an_entry_looks_at_those_behind_it() {
    let desk = desk().await;
    desk.clicks("c1", reply("Hello")).await.expect("queued");
    let statements = [
        (
            "the head that is due",
            "head = 1 AND state IN ('queued', 'in_doubt') AND due_at <= 1 ORDER BY due_at, seq LIMIT 16",
            "outbox_due",
        ),
        (
            "the next head",
            "conversation_id = 'c1' AND state IN ('queued', 'sending', 'in_doubt', 'blocked') ORDER BY seq LIMIT 1",
            "outbox_open",
        ),
        ("whether there is a head", "conversation_id = 'c1' AND head = 1", "outbox_heads"),
        (
            "whether a close is queued",
            "conversation_id = 'c1' AND kind = 'send_and_close' AND state IN ('queued', 'sending', 'in_doubt', 'blocked')",
            "outbox_closes",
        ),
        ("the last that is done", "conversation_id = 'c1' AND state = 'done' ORDER BY seq DESC LIMIT 1", "outbox_done"),
        (
            "the last assignment",
            "conversation_id = 'c1' AND kind IN ('assign', 'release') AND state <> 'cancelled' ORDER BY seq DESC LIMIT 1",
            "outbox_assignments",
        ),
    ];
    for (what, condition, index) in statements {
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE owner = 'x' AND {condition}");
        let plan: Vec<String> = desk
            .store
            .read(move |c| {
                let mut statement = c.prepare(&sql)?;
                let steps = statement.query_map([], |row| row.get("detail"))?.collect::<Result<_, _>>()?;
                Ok::<_, StoreError>(steps)
            })
            .await
            .expect("readable");
        let [step] = plan.as_slice() else { panic!("{what}: one step without sorting, not {plan:?}") };
        assert!(step.contains(index), "{what}: {step}");
    }
}

#[tokio::test]
async fn what_is_shown_does_not_depend_on_how_many_entries_there_are() {
    let desk = desk().await;
    desk.clicks("c1", Wish::AssignToMe).await.expect("queued");
    let head = desk.queue().await[0].id.clone();
    for number in 0..100 {
        desk.clicks("c1", reply(&number.to_string())).await.expect("queued");
    }
    let view = desk.shows("c1").await;
    assert_eq!((view.tab, view.mine), (ConversationState::Answered, true), "assigned a hundred entries ago");

    refused(&desk, &head, "refused_otherwise").await;

    let view = desk.shows("c1").await;
    assert_eq!((view.tab, view.mine), (ConversationState::Received, false), "the head stops all of them");
}
