//! The vendor as a [`Platform`]: every call, as a question on the [`line`](super::line).

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use secrecy::{ExposeSecret, SecretString};
use signoff_engine::remote::{
    Act, Attempt, FirstStep, Platform, RemoteError, Seen, Step, Streamed, Taken, Token, What,
};
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::Changes;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::sessions::{Me, Session, UserRef};
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::sync::{ConversationSnapshot, SyncPage};
use signoff_wire::contract::timeline::TimelineEntry;
use tokio::time::timeout;

use super::books::{Books, Talk, entry_key, refused};
use super::line::{Line, PATIENCE, Question, interrupted};
use super::tail::Tail;
use super::{looking, places};
use crate::journal::Met;
use crate::sim::weather::Fate;

/// Timeline entries that come with each conversation of a synchronisation.
const ENTRIES: usize = 5;

#[async_trait]
impl Platform for Line {
    async fn probe(&self) -> Result<(), RemoteError> {
        self.asks(Question::about("probe"), |_| Ok(())).await
    }

    fn clock_ahead_by(&self) -> Option<TimeDelta> {
        self.ahead_by()
    }

    async fn sign_in(&self, email: &str, password: &SecretString) -> Result<FirstStep, RemoteError> {
        let (email, right) = (email.to_owned(), password.expose_secret() == places::PASSWORD);
        self.asks(Question::about("sign-in"), move |books| {
            let who = places::person_of(&email).filter(|_| right);
            let who = who.ok_or_else(|| refused(ProblemCode::BadCredentials))?;
            let expires_at = books.now() + TimeDelta::days(365);
            let token = books.signs_in(who.clone());
            let user = places::user(&who);
            Ok(FirstStep::In(Session { token, expires_at, user, recovery_codes: Vec::new() }))
        })
        .await
    }

    async fn sign_out(&self, token: &Token) -> Result<(), RemoteError> {
        let token = token.expose_secret().to_owned();
        self.asks(Question::about("sign-out"), move |books| {
            books.sessions.remove(&token);
            Ok(())
        })
        .await
    }

    async fn me(&self, token: &Token) -> Result<Me, RemoteError> {
        self.asks_as(token, "me", |books, who| Ok(places::me(who, books.closing.0))).await
    }

    async fn directory(&self, token: &Token) -> Result<Directory, RemoteError> {
        self.asks_as(token, "directory", |_, _| Ok(places::directory())).await
    }

    async fn inbox_options(&self, token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        self.asks_as(token, "inbox options", |books, _| Ok(options(books))).await
    }

    async fn set_inbox_options(
        &self,
        token: &Token,
        allow_manual_close: bool,
        _version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        self.asks_as(token, "switch", move |books, _| {
            books.switches(allow_manual_close);
            Ok(options(books))
        })
        .await
    }

    async fn audit_log(&self, token: &Token, _after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        self.asks_as(token, "audit log", |_, _| Ok(Page { items: Vec::new(), next: None })).await
    }

    async fn snapshot(&self, token: &Token, after: Option<&str>, limit: u32) -> Result<SyncPage, RemoteError> {
        let after: Option<u64> = after.and_then(|after| after.parse().ok());
        self.asks_as(token, "snapshot", move |books, _| Ok(page_of_everything(books, after, limit as usize))).await
    }

    async fn timeline(
        &self,
        token: &Token,
        conversation_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        let (id, before) = (conversation_id.to_owned(), before.and_then(|before| before.parse().ok()));
        self.asks_as(token, "timeline", move |books, _| {
            let (items, next) = newest(books.talk(&id)?, before, limit as usize);
            Ok(Page { items, next })
        })
        .await
    }

    async fn changes(&self, token: &Token, after: i64, limit: u32) -> Result<Changes, RemoteError> {
        self.asks_as(token, "changes", move |books, _| Ok(books.changes(after, limit as usize))).await
    }

    async fn events(
        &self,
        token: &Token,
        after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        let question = Question { is_stream: true, ..Question::about("events") };
        let opening = self.exchange(question, self.signed_in(token, |_, _| Ok(())));
        let head = timeout(PATIENCE, opening).await;
        let ((), fate) = head.unwrap_or_else(|_| Err(interrupted("the stream did not begin in time")))?;
        if fate == Fate::HeldBack {
            return Ok(stream::pending().boxed());
        }
        let Some(running) = self.vendor.running().clone() else { return Err(interrupted("reset by peer")) };
        let left = (fate == Fate::Cut).then(|| self.vendor.dice.below(6));
        let (vendor, fuse) = (self.vendor.clone(), Arc::clone(&self.fuse));
        Ok(Tail::open(vendor, fuse, running, token.expose_secret().to_owned(), after, left))
    }

    fn steps(&self, act: &Act) -> Vec<Step> {
        match &act.what {
            What::Reply { trigger_survey: false, .. } => vec![Step::Reply],
            What::Reply { trigger_survey: true, .. } => vec![Step::Reply, Step::Survey],
            What::Close { .. } => vec![Step::Reply, Step::Survey, Step::Close],
            What::Archive | What::Assign { .. } | What::Release => vec![Step::Whole],
        }
    }

    fn keeps_keys(&self) -> bool {
        false
    }

    async fn perform(&self, token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        let (asked, journal) = (attempt.clone(), &self.vendor.journal);
        let work = self.signed_in(token, move |books: &mut Books, who: &UserRef| books.takes(&asked, who));
        let what = format!("{} of {} in {}", attempt.step, named(&attempt.act), attempt.act.conversation_id);
        let question = Question { key: Some(entry_key(&attempt.key).to_owned()), ..Question::about(&what) };
        if !self.fuse.is_blown() {
            journal.step_leaves(entry_key(&attempt.key), &attempt.key);
        }
        let answer = self.asks(question, work).await;
        // What a process was about to hear when it died, nobody heard.
        if !self.fuse.is_blown() {
            journal.step_meets(&attempt.key, met(&answer));
        }
        answer
    }

    async fn look(&self, token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError> {
        let (asked, blind) = (attempt.clone(), self.vendor.blind);
        let what = format!("look for {} {}", attempt.step, attempt.key);
        let seen = self.asks_as(token, &what, move |books, who| looking::look(books, &asked, who, blind)).await?;
        if let Seen::NotApplied { .. } = &seen
            && !self.fuse.is_blown()
        {
            self.vendor.journal.step_looked_for(&attempt.key);
        }
        Ok(seen)
    }
}

/// What an attempt met, as far as a client can know.
fn met(answer: &Result<Taken, RemoteError>) -> Met {
    match answer {
        Ok(_) => Met::Effect,
        Err(error) if error.leaves_doubt() => Met::Doubt,
        Err(_) => Met::Nothing,
    }
}

fn options(books: &Books) -> (InboxOptions, String) {
    let (allow_manual_close, version) = books.closing;
    (InboxOptions { allow_manual_close, changed_at: None, changed_by: None }, version.to_string())
}

fn page_of_everything(books: &Books, after: Option<u64>, limit: usize) -> SyncPage {
    let talks = books.newest_first();
    let total = talks.len() as u64;
    let left: Vec<&Talk> = talks.into_iter().filter(|talk| after.is_none_or(|after| talk.number() < after)).collect();
    let items = left.iter().take(limit).map(|talk| {
        let (entries, entries_next) = newest(talk, None, ENTRIES);
        ConversationSnapshot { conversation: talk.conversation.clone(), entries, entries_next }
    });
    let next = (left.len() > limit).then(|| left.get(limit.saturating_sub(1))).flatten();
    SyncPage { items: items.collect(), next: next.map(|talk| talk.number().to_string()), seq: books.seq(), total }
}

/// The newest entries before a place, the newest last, and where it goes on.
fn newest(talk: &Talk, before: Option<i64>, limit: usize) -> (Vec<TimelineEntry>, Option<String>) {
    let older: Vec<&TimelineEntry> =
        talk.entries.iter().filter(|entry| before.is_none_or(|before| entry.position < before)).collect();
    let from = older.len().saturating_sub(limit);
    let page: Vec<TimelineEntry> = older.into_iter().skip(from).cloned().collect();
    let next = page.first().filter(|_| from > 0).map(|oldest| oldest.position.to_string());
    (page, next)
}

/// The act in words, for the trace.
fn named(act: &Act) -> &'static str {
    match act.what {
        What::Reply { .. } => "reply",
        What::Close { .. } => "close",
        What::Archive => "archive",
        What::Assign { .. } => "assign",
        What::Release => "release",
    }
}
