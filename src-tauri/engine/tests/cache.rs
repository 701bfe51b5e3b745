//! The cache: idempotent, forgiving of order, never overwriting what is pending (DESIGN, outbox 8; D20, D40, D41).

mod support;

use signoff_engine::cache::{self, CacheError, facts, views};
use signoff_engine::store::StoreError;
use signoff_wire::contract::conversations::{Conversation, ConversationState};
use signoff_wire::contract::events::EventType;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::contract::sync::ConversationSnapshot;
use signoff_wire::contract::timeline::{Attachment, TimelineEntry};
use signoff_wire::interface::{EntryState, InboxPage, InboxQuery, Scope, TimelineQuery};
use support::{Desk, close, reply, say};

fn query(tab: ConversationState) -> InboxQuery {
    InboxQuery { tab, scope: Scope::All, channel_id: None, search: None, after: None, limit: 50 }
}

async fn inbox(desk: &Desk, query: InboxQuery) -> InboxPage {
    let me = desk.me.clone();
    desk.store.read(move |c| views::inbox(c, &query, &me)).await.expect("the inbox can be read")
}

async fn found(desk: &Desk, typed: &str) -> Vec<String> {
    let search = InboxQuery { search: Some(typed.to_owned()), ..query(ConversationState::Received) };
    inbox(desk, search).await.rows.into_iter().map(|row| row.id).collect()
}

async fn timeline(desk: &Desk, id: &str, before: Option<String>, limit: u32) -> views::Timeline {
    let query = TimelineQuery { conversation_id: id.to_owned(), before, limit };
    desk.store.read(move |c| views::timeline(c, &query)).await.expect("the timeline can be read")
}

/// As if a picture of this conversation had been shown.
async fn shows_picture(desk: &Desk, conversation_id: &'static str) {
    let put = move |tx: &rusqlite::Transaction<'_>| {
        let row = "INSERT INTO pictures VALUES ('att_' || ?1, 640, ?1, 'image/jpeg', 1, 1, 0, x'00')";
        tx.execute(row, [conversation_id]).map_err(StoreError::from)
    };
    desk.write(put).await.expect("kept");
}

/// The conversations of which a picture is here.
async fn pictured(desk: &Desk) -> Vec<String> {
    let read = |c: &rusqlite::Connection| {
        let mut ids = c.prepare("SELECT conversation_id FROM pictures ORDER BY 1")?;
        let ids = ids.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(ids)
    };
    desk.store.read(read).await.expect("readable")
}

fn at(minute: u32, id: &str) -> Conversation {
    Conversation { opened_at: say::time(&format!("2026-11-22T07:{minute:02}:00.000Z")), ..say::conversation(id) }
}

#[tokio::test]
async fn outbox_8_a_snapshot_never_overwrites_what_is_pending() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.clicks("c1", close("Goodbye.")).await.expect("queued");

    desk.has(&[Conversation { version: 9, tags: vec!["billing".to_owned()], ..say::conversation("c1") }]).await;

    let view = desk.shows("c1").await;
    assert_eq!(view.tab, ConversationState::Closed, "still shown as it will be");
    assert_eq!(view.tags, ["billing"], "and everything else is the platform's");
}

#[tokio::test]
async fn outbox_8_an_older_event_does_not_undo_what_a_receipt_has_said() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    let receipt = serde_json::to_string(&say::receipt(&entry.id, "c1", "r1", true, 7)).expect("a receipt");
    desk.write(move |tx| {
        tx.execute("UPDATE outbox SET state = 'done', head = 0, receipt = ?1, receipt_version = 7", [&receipt])?;
        cache::overlay::project(tx, "c1")
    })
    .await
    .expect("written");

    desk.hears(say::changed(&Conversation { version: 5, tags: vec!["late".to_owned()], ..say::conversation("c1") }))
        .await;
    assert_eq!(desk.shows("c1").await.tab, ConversationState::Closed, "version 5 cannot know what version 7 did");

    desk.hears(say::changed(&Conversation { version: 8, ..say::conversation("c1") })).await;
    assert_eq!(
        desk.shows("c1").await.tab,
        ConversationState::Received,
        "from version 7 on the platform's word is the truth"
    );
}

#[tokio::test]
async fn a_customer_who_writes_brings_the_row_back_whatever_is_pending() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.clicks("c1", close("Goodbye.")).await.expect("queued");

    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 2, "Wait!"))).await;

    assert_eq!(desk.shows("c1").await.tab, ConversationState::Received, "the close is going to be refused (D6)");
}

#[tokio::test]
async fn events_may_come_twice_and_out_of_order() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    let older = Conversation { version: 2, tags: vec!["old".to_owned()], ..say::conversation("c1") };
    let newer = Conversation { version: 3, tags: vec!["new".to_owned()], ..say::conversation("c1") };

    desk.hears(say::changed(&newer)).await;
    let again = desk.hears(say::changed(&newer)).await;
    let late = desk.hears(say::changed(&older)).await;

    assert_eq!(desk.shows("c1").await.tags, ["new"]);
    assert!(again.conversation_ids.is_empty() && late.conversation_ids.is_empty(), "what is known changes nothing");
}

#[tokio::test]
async fn a_late_event_still_brings_its_entry_but_no_older_delivery_state() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    let reply = say::reply("c1", "r1", 2, "Hello", "a-key-of-somebody");
    let mut delivered = reply.clone();
    delivered.delivery = Some(signoff_wire::contract::timeline::Delivery { status: "delivered".into(), reason: None });
    let version = |version| Conversation { version, ..say::conversation("c1") };

    desk.hears(say::reply_sent(&version(4), &delivered)).await;
    desk.hears(say::reply_sent(&version(2), &reply)).await;
    desk.hears(say::received(&version(3), &say::message("c1", "m0", 3, "In between"))).await;

    let entries = timeline(&desk, "c1", None, 50).await.page.entries;
    assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["m1", "r1", "m0"]);
    assert_eq!(entries[1].delivery.as_ref().map(|delivery| delivery.status.as_str()), Some("delivered"));
}

#[tokio::test]
async fn an_event_that_nobody_can_read_changes_nothing() {
    let desk = Desk::new().await;
    let nonsense = say::event(EventType::ConversationChanged, serde_json::json!({ "secret": "text" }));

    let refused = desk.write(move |tx| cache::apply_change(tx, &nonsense)).await.expect_err("no conversation in it");

    assert!(matches!(refused, CacheError::Unreadable(_)));
    assert!(!refused.to_string().contains("text"), "texts do not go into logs: {refused}");
    let unknown = desk.hears(say::event(EventType::Other("a.new.one".to_owned()), serde_json::json!({}))).await;
    assert_eq!(unknown, cache::Applied::default(), "what a newer platform adds is passed over");
}

#[tokio::test]
async fn d40_the_oldest_conversation_comes_first_and_pages_do_not_shift() {
    let desk = Desk::new().await;
    let conversations: Vec<_> = (0..25).rev().map(|minute| at(minute, &format!("c{minute:02}"))).collect();
    desk.has(&conversations).await;

    let first = inbox(&desk, InboxQuery { limit: 10, ..query(ConversationState::Received) }).await;
    // Meanwhile an older one appears and one of the first page goes.
    desk.has(&[Conversation { opened_at: say::time("2026-11-22T06:00:00.000Z"), ..say::conversation("old") }]).await;
    desk.hears(say::changed(&Conversation { state: ConversationState::Archived, version: 2, ..at(3, "c03") })).await;
    let second =
        inbox(&desk, InboxQuery { limit: 10, after: first.next.clone(), ..query(ConversationState::Received) }).await;
    let third =
        inbox(&desk, InboxQuery { limit: 10, after: second.next.clone(), ..query(ConversationState::Received) }).await;

    let ids: Vec<String> = [first, second, third].into_iter().flat_map(|page| page.rows).map(|row| row.id).collect();
    assert_eq!(ids, (0..25).map(|minute| format!("c{minute:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn d40_ongoing_shows_mine_first_across_pages() {
    let desk = Desk::new().await;
    let of = |minute: u32, user: &str| Conversation {
        state: ConversationState::Ongoing,
        assignee: Some(UserRef { id: user.to_owned(), name: user.to_owned() }),
        ..at(minute, &format!("{user}{minute}"))
    };
    desk.has(&[of(1, "u_bob"), of(2, "u_alice"), of(3, "u_bob"), of(4, "u_alice"), of(5, "u_bob")]).await;
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = inbox(&desk, InboxQuery { limit: 2, after, ..query(ConversationState::Ongoing) }).await;
        assert_eq!((page.counts.ongoing, page.counts.mine), (5, 2));
        ids.extend(page.rows.into_iter().map(|row| row.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["u_alice2", "u_alice4", "u_bob1", "u_bob3", "u_bob5"]);

    let mine = inbox(&desk, InboxQuery { scope: Scope::Mine, ..query(ConversationState::Ongoing) }).await;
    assert_eq!(mine.rows.len(), 2);
    let others = inbox(&desk, InboxQuery { scope: Scope::Others, ..query(ConversationState::Ongoing) }).await;
    assert_eq!(others.rows.len(), 3);
}

#[tokio::test]
async fn rows_show_the_state_of_queued_actions_and_counts_follow_them() {
    let desk = Desk::new().await;
    desk.has(&[at(1, "c1"), at(2, "c2")]).await;
    desk.clicks("c1", reply("Hello")).await.expect("queued");

    let received = inbox(&desk, query(ConversationState::Received)).await;
    let answered = inbox(&desk, query(ConversationState::Answered)).await;

    assert_eq!(received.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["c2"]);
    assert_eq!(answered.rows[0].queue, Some(EntryState::Queued));
    assert_eq!((answered.counts.received, answered.counts.answered), (1, 1));
}

#[tokio::test]
async fn d20_search_finds_names_and_texts_while_typing_in_every_tab() {
    let desk = Desk::new().await;
    let mut renee = say::conversation("c1");
    renee.customer.name = "Renée Ağaoğlu".to_owned();
    desk.has(&[renee, Conversation { state: ConversationState::Closed, ..say::conversation("c2") }]).await;
    let told = Conversation { version: 2, ..say::conversation("c2") };
    desk.hears(say::received(&told, &say::message("c2", "m2", 2, "Le remboursement n’est pas arrivé"))).await;

    assert_eq!(found(&desk, "rene").await, ["c1"], "without the accent");
    assert_eq!(found(&desk, "René").await, ["c1"]);
    assert_eq!(found(&desk, "Rene\u{301}").await, ["c1"], "nor with a decomposed one");
    assert_eq!(found(&desk, "rembours arr").await, ["c2"], "every word, each by its beginning");
    assert_eq!(found(&desk, "rembours hello").await, ["c2"], "in whichever of its texts");
    assert!(found(&desk, "rembours renée").await.is_empty());
}

#[tokio::test]
async fn d20_a_search_shows_what_is_in_the_open_tab_first() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1"), Conversation { state: ConversationState::Closed, ..say::conversation("c2") }])
        .await;

    let in_closed = InboxQuery { search: Some("hello".to_owned()), ..query(ConversationState::Closed) };
    let first = inbox(&desk, InboxQuery { limit: 1, ..in_closed.clone() }).await;
    let second = inbox(&desk, InboxQuery { after: first.next.clone(), ..in_closed }).await;

    let ids = |page: &InboxPage| page.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec!["c2".to_owned()], vec!["c1".to_owned()]));
}

#[tokio::test]
async fn nothing_typed_into_search_is_syntax() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;

    for typed in ["\"", "hello\"", "NEAR(", "words:hello", "hel* OR x", "-", "Ⓐb", "हिन्दी", "'; --", "(", "hello AND"]
    {
        found(&desk, typed).await;
    }

    assert_eq!(found(&desk, "  \t ").await, ["c1"], "nothing but space is no search");
    assert_eq!(found(&desk, "\"HELLO\"").await, ["c1"]);
}

#[tokio::test]
async fn search_forgets_what_is_gone_and_what_a_customer_was_called() {
    let desk = Desk::new().await;
    let mut old = say::conversation("c1");
    old.customer.name = "Quentin".to_owned();
    desk.has(&[old.clone(), say::conversation("gone")]).await;
    let mut renamed = Conversation { version: 2, ..old };
    renamed.customer.name = "Zacharias".to_owned();
    desk.hears(say::changed(&renamed)).await;
    assert!(found(&desk, "quentin").await.is_empty());
    assert_eq!(found(&desk, "zacharias").await, ["c1"]);

    desk.write(cache::begin_snapshot).await.expect("begun");
    desk.has(&[renamed]).await;
    desk.write(|tx| cache::finish_snapshot(tx, 50)).await.expect("finished");

    assert_eq!(found(&desk, "hello").await, ["c1"], "the other one is not visible to this person any more");
}

#[tokio::test]
async fn what_the_platform_has_erased_is_gone_here_too() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    let photo = Attachment {
        id: "att_c1".to_owned(),
        name: "passport.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 9,
    };
    let written = TimelineEntry { attachments: vec![photo], ..say::message("c1", "m1", 1, "zanzibar") };
    desk.hears(say::received(&say::after_message(&say::conversation("c1"), "m1"), &written)).await;
    shows_picture(&desk, "c1").await;
    desk.types("c1", "half a reply").await;
    assert_eq!(found(&desk, "zanzibar").await, ["c1"]);

    let mut erased = Conversation { version: 20, last_message: None, ..say::conversation("c1") };
    erased.customer.name = "Erased customer".to_owned();
    desk.hears(say::erased(&erased)).await;

    assert!(found(&desk, "zanzibar").await.is_empty(), "search finds it no more");
    let timeline = timeline(&desk, "c1", None, 50).await;
    let entries = &timeline.page.entries;
    assert!(entries.iter().all(|entry| entry.text.is_empty()), "nor does the timeline show it");
    assert!(entries.iter().all(|entry| entry.attachments.is_empty()), "nor what its files were called");
    assert!(pictured(&desk).await.is_empty(), "nor is any of its pictures here");
    assert_eq!(timeline.page.entries[0].author.name.as_deref(), Some("Erased customer"));
    assert_eq!(desk.draft("c1").await, "half a reply", "what the advisor has typed is the advisor's (D23)");
}

#[tokio::test]
async fn d23_a_synchronisation_from_the_start_removes_nothing_in_which_something_was_typed() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("typed"), say::conversation("queued"), say::conversation("gone")]).await;
    shows_picture(&desk, "typed").await;
    shows_picture(&desk, "gone").await;
    desk.types("typed", "Half a sentence").await;
    desk.clicks("queued", reply("Hello")).await.expect("queued");

    desk.write(cache::begin_snapshot).await.expect("begun");
    let finished = desk.write(|tx| cache::finish_snapshot(tx, 50)).await.expect("finished");

    assert_eq!(finished.conversation_ids, ["gone"]);
    assert_eq!(pictured(&desk).await, ["typed"], "pictures of what one may not see any more are gone");
    assert_eq!(desk.draft("typed").await, "Half a sentence");
    let sequence = desk.store.read(facts::event_sequence).await.expect("readable");
    assert_eq!(sequence, Some(50));
}

#[tokio::test]
async fn d41_the_timeline_is_paged_here_and_then_at_the_platform() {
    let desk = Desk::new().await;
    let entries: Vec<_> = (11..=20).map(|n| say::message("c1", &format!("m{n}"), n, &format!("text {n}"))).collect();
    let snapshot = ConversationSnapshot {
        conversation: say::conversation("c1"),
        entries,
        entries_next: Some("before-11".to_owned()),
    };
    desk.synchronised(vec![snapshot]).await;

    let newest = timeline(&desk, "c1", None, 6).await;
    assert_eq!(newest.page.entries.len(), 6);
    assert_eq!(newest.ask_platform, None, "a full page needs nobody");
    let older = timeline(&desk, "c1", newest.page.next.clone(), 6).await;
    assert_eq!(older.page.entries.len(), 4);
    assert_eq!(older.ask_platform, Some(Some("before-11".to_owned())));

    let page = Page { items: (1..=10).map(|n| say::message("c1", &format!("m{n}"), n, "older")).collect(), next: None };
    desk.write(move |tx| cache::put_timeline_page(tx, "c1", &page)).await.expect("taken in");
    let older = timeline(&desk, "c1", newest.page.next, 50).await;
    assert_eq!((older.page.entries.len(), older.page.next, older.ask_platform), (14, None, None));
    assert_eq!(older.page.entries[0].id, "m1", "oldest first");
    assert_eq!(found(&desk, "older").await, ["c1"], "what was fetched later is found as well");
}

#[tokio::test]
async fn a_conversation_that_an_event_made_visible_asks_for_its_timeline() {
    let desk = Desk::new().await;
    desk.hears(say::changed(&say::conversation("routed"))).await;
    desk.hears(say::started(&say::conversation("new"))).await;

    assert_eq!(timeline(&desk, "routed", None, 50).await.ask_platform, Some(None), "its newest page");
    assert_eq!(timeline(&desk, "new", None, 50).await.ask_platform, None, "nothing of it can be missing");
}

#[tokio::test]
async fn unread_is_what_is_new_to_this_machine() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.write(|tx| facts::set_event_sequence(tx, Some(1))).await.expect("written");
    let unread = async |desk: &Desk| inbox(desk, query(ConversationState::Received)).await.rows[0].unread;
    assert!(!unread(&desk).await, "on a new machine everything would be");

    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 2, "New"))).await;
    assert!(unread(&desk).await);

    assert!(desk.write(|tx| cache::mark_seen(tx, "c1")).await.expect("written"));
    assert!(!unread(&desk).await);
    desk.hears(say::changed(&Conversation { version: 9, ..written })).await;
    assert!(!unread(&desk).await, "a tag is no news");
}

#[tokio::test]
async fn drafts_belong_to_whoever_typed_them() {
    let mut desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.types("c1", "  Alice's own words\n").await;
    assert_eq!(desk.draft("c1").await, "  Alice's own words\n", "word for word");

    desk.me.user.id = "u_bob".to_owned();
    assert_eq!(desk.draft("c1").await, "");
    desk.me.user.id = "u_alice".to_owned();
    desk.types("c1", "").await;
    assert_eq!(desk.draft("c1").await, "");
}

#[tokio::test]
async fn another_person_gets_an_empty_cache_and_the_outbox_stays() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.clicks("c1", reply("Hello")).await.expect("queued");

    desk.write(cache::clear).await.expect("cleared");

    assert!(inbox(&desk, query(ConversationState::Received)).await.rows.is_empty());
    assert!(found(&desk, "hello").await.is_empty());
    assert_eq!(desk.queue().await.len(), 1);
    let sequence =
        desk.store.read(|c| Ok::<_, StoreError>(facts::event_sequence(c).ok().flatten())).await.expect("readable");
    assert_eq!(sequence, None, "everything is synchronised anew");
}

#[tokio::test]
async fn r1_the_switch_follows_the_newest_event() {
    let desk = Desk::new().await;
    assert!(desk.hears(say::switched(false, 7)).await.switch_changed);
    assert!(!desk.hears(say::switched(true, 6)).await.switch_changed, "an older one changes nothing");

    assert!(!desk.store.read(facts::close_enabled).await.expect("readable"));
}

#[tokio::test]
async fn the_preview_of_a_text_is_one_line_and_cannot_break_out() {
    let desk = Desk::new().await;
    let mut conversation = say::conversation("c1");
    if let Some(last) = &mut conversation.last_message {
        last.text = format!("a\n\nb\t\u{7}c {}", "é".repeat(500));
    }
    desk.has(&[conversation]).await;

    let row = &inbox(&desk, query(ConversationState::Received)).await.rows[0];

    assert!(row.last_text.starts_with("a b c é"), "{}", row.last_text);
    assert_eq!(row.last_text.chars().count(), 161, "cut, and says so");
}
