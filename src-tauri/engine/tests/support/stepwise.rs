//! A platform of the usual kind: a call each for reply, survey and closing, no idempotency keys, no atomic close (DESIGN, outbox 10).
//!
//! It does what it is asked, as often as it is asked: whoever sends a reply twice has sent two. Each call can be lost before or after its
//! effect, arrive long after everybody gave up on it, fail, or be refused. Whether its conversations can be read, so that somebody who
//! looks can tell what became of a call, is up to the test.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use secrecy::SecretString;
use signoff_engine::remote::{
    Act, Attempt, Brought, FirstStep, Platform, Refusal, RemoteError, Seen, Step, Streamed, Taken, Token, What,
};
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::Changes;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::receipts::{ReceiptClosed, ReceiptReply, ReceiptSurvey, SurveyStatus};
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::TimelineEntry;

use super::say;

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Works,
    /// It takes this long.
    Slow(Duration),
    /// It breaks off, and never arrives.
    Lost,
    /// It takes effect, and the answer is lost.
    AnswerLost,
    /// It breaks off, and takes effect this much later.
    Straggles(Duration),
    /// It fails in this way, and nothing takes effect.
    Fails(RemoteError),
}

/// What stands in a conversation, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Message,
    Reply(String),
    Survey,
    Closed,
    Act(What),
}

#[derive(Debug, Clone)]
pub(crate) struct Talk {
    pub(crate) entries: Vec<Entry>,
    pub(crate) newest_message_id: String,
}

impl Talk {
    pub(crate) fn is_closed(&self) -> bool {
        self.entries.contains(&Entry::Closed)
    }
}

#[derive(Default)]
pub(crate) struct World {
    talks: HashMap<String, Talk>,
    /// Fates of the next calls that change something; afterwards everything works.
    pub(crate) fates: VecDeque<Fate>,
    /// Fates of the next looks.
    pub(crate) looks: VecDeque<Fate>,
    /// Conversations cannot be read.
    pub(crate) is_blind: bool,
    /// The steps that were asked for, with their keys, in their order.
    pub(crate) performed: Vec<(String, Step)>,
    pub(crate) looked: usize,
}

/// The platform.
#[derive(Clone, Default)]
pub(crate) struct Stepwise(Arc<Mutex<World>>);

impl Stepwise {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("nobody panics with the world in hand")
    }

    /// The next calls that change something meet these fates.
    pub(crate) fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.world().fates.extend(fates);
    }

    /// A conversation as it stands.
    pub(crate) fn talk(&self, id: &str) -> Talk {
        self.world().talk(id).clone()
    }

    /// The texts that were sent in a conversation, in their order.
    pub(crate) fn texts_in(&self, id: &str) -> Vec<String> {
        let texts = self.talk(id).entries.into_iter().filter_map(|entry| match entry {
            Entry::Reply(text) => Some(text),
            Entry::Message | Entry::Survey | Entry::Closed | Entry::Act(_) => None,
        });
        texts.collect()
    }

    pub(crate) fn count(&self, id: &str, entry: &Entry) -> usize {
        self.talk(id).entries.iter().filter(|other| *other == entry).count()
    }

    /// The customer writes.
    pub(crate) fn customer_writes(&self, id: &str, message_id: &str) {
        let mut world = self.world();
        let talk = world.talk(id);
        talk.entries.push(Entry::Message);
        talk.newest_message_id = message_id.to_owned();
    }

    /// Somebody else closes the conversation.
    pub(crate) fn colleague_closes(&self, id: &str) {
        self.world().talk(id).entries.push(Entry::Closed);
    }
}

impl World {
    fn talk(&mut self, id: &str) -> &mut Talk {
        let begun = || Talk { entries: vec![Entry::Message], newest_message_id: "m1".to_owned() };
        self.talks.entry(id.to_owned()).or_insert_with(begun)
    }

    /// Does what is asked. Only what a closed conversation cannot take is refused.
    fn apply(&mut self, attempt: &Attempt) -> Result<Taken, RemoteError> {
        let talk = self.talk(&attempt.act.conversation_id);
        if talk.is_closed() && attempt.step != Step::Close {
            return Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::ConversationClosed))));
        }
        match (attempt.step, &attempt.act.what) {
            (Step::Reply, What::Reply { text, .. } | What::Close { text, .. }) => {
                talk.entries.push(Entry::Reply(text.clone()));
            }
            (Step::Survey, _) => talk.entries.push(Entry::Survey),
            (Step::Close, _) if talk.is_closed() => {}
            (Step::Close, _) => talk.entries.push(Entry::Closed),
            (Step::Whole | Step::Reply, what) => talk.entries.push(Entry::Act(what.clone())),
        }
        Ok(brought(attempt, talk))
    }

    /// What anybody can see who reads the conversation.
    fn look(&mut self, attempt: &Attempt) -> Seen {
        if self.is_blind {
            let mark = String::new();
            return if attempt.mark.is_some() { Seen::CannotTell } else { Seen::NotApplied { mark, objection: None } };
        }
        let talk = self.talk(&attempt.act.conversation_id);
        let since = attempt.mark.as_ref().map(|mark| mark.parse::<usize>().expect("a mark of ours"));
        let expected = match (attempt.step, &attempt.act.what) {
            (Step::Reply, What::Reply { text, .. } | What::Close { text, .. }) => Entry::Reply(text.clone()),
            (Step::Survey, _) => Entry::Survey,
            (Step::Close, _) => Entry::Closed,
            (Step::Whole | Step::Reply, what) => Entry::Act(what.clone()),
        };
        let is_there = match (attempt.step, since) {
            // Whoever closed it: closed is closed.
            (Step::Close, _) => talk.is_closed(),
            (_, Some(since)) => talk.entries.iter().skip(since).any(|entry| *entry == expected),
            (_, None) => false,
        };
        if is_there {
            return Seen::Applied(brought(attempt, talk));
        }
        Seen::NotApplied { mark: talk.entries.len().to_string(), objection: objection(talk, attempt).map(Box::new) }
    }
}

/// D6 and D7, as far as somebody can see who looks.
fn objection(talk: &Talk, attempt: &Attempt) -> Option<Refusal> {
    if talk.is_closed() {
        return Some(Refusal::because(ProblemCode::ConversationClosed));
    }
    let seen = match &attempt.act.what {
        What::Reply { last_seen_message_id, .. } | What::Close { last_seen_message_id, .. } => {
            last_seen_message_id.as_ref()?
        }
        What::Archive | What::Assign { .. } | What::Release => return None,
    };
    let last_customer_message_id = Some(talk.newest_message_id.clone());
    let wrote = Refusal { last_customer_message_id, ..Refusal::because(ProblemCode::CustomerWroteSince) };
    (*seen != talk.newest_message_id).then_some(wrote)
}

fn brought(attempt: &Attempt, talk: &Talk) -> Taken {
    let at = say::time("2026-11-22T10:00:00.000Z");
    let version = 100 + i64::try_from(talk.entries.len()).expect("tests are short");
    let brought = match attempt.step {
        Step::Reply => Brought::Reply(ReceiptReply { message_id: format!("r{version}"), at }),
        Step::Survey => Brought::Survey(ReceiptSurvey { status: SurveyStatus::Sent, reason: None, at: Some(at) }),
        Step::Close => Brought::Closed(ReceiptClosed { at }),
        Step::Whole => {
            let mut receipt = say::receipt(&attempt.key, &attempt.act.conversation_id, "", false, version);
            receipt.reply = None;
            return Taken::whole(receipt);
        }
    };
    Taken { brought, version }
}

fn broke_off() -> RemoteError {
    RemoteError::Interrupted("reset by peer".to_owned())
}

fn not_asked<T>() -> Result<T, RemoteError> {
    Err(RemoteError::Nonsense("this test does not ask for that".to_owned()))
}

#[async_trait]
impl Platform for Stepwise {
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

    async fn perform(&self, _token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        let fate = {
            let mut world = self.world();
            world.performed.push((attempt.key.clone(), attempt.step));
            world.fates.pop_front().unwrap_or(Fate::Works)
        };
        match fate {
            Fate::Works => self.world().apply(attempt),
            Fate::Slow(time) => {
                tokio::time::sleep(time).await;
                self.world().apply(attempt)
            }
            Fate::Lost => Err(broke_off()),
            Fate::AnswerLost => {
                // Whatever it was, nobody hears it.
                drop(self.world().apply(attempt));
                Err(broke_off())
            }
            Fate::Straggles(later) => {
                let (platform, attempt) = (self.clone(), attempt.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(later).await;
                    drop(platform.world().apply(&attempt));
                });
                Err(broke_off())
            }
            Fate::Fails(error) => Err(error),
        }
    }

    async fn look(&self, _token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError> {
        let mut world = self.world();
        world.looked += 1;
        match world.looks.pop_front() {
            Some(Fate::Fails(error)) => Err(error),
            Some(Fate::Lost | Fate::AnswerLost | Fate::Straggles(_)) => Err(broke_off()),
            Some(Fate::Works | Fate::Slow(_)) | None => Ok(world.look(attempt)),
        }
    }

    async fn probe(&self) -> Result<(), RemoteError> {
        not_asked()
    }

    fn clock_ahead_by(&self) -> Option<chrono::Duration> {
        None
    }

    async fn sign_in(&self, _email: &str, _password: &SecretString) -> Result<FirstStep, RemoteError> {
        not_asked()
    }

    async fn sign_out(&self, _token: &Token) -> Result<(), RemoteError> {
        not_asked()
    }

    async fn me(&self, _token: &Token) -> Result<Me, RemoteError> {
        not_asked()
    }

    async fn directory(&self, _token: &Token) -> Result<Directory, RemoteError> {
        not_asked()
    }

    async fn inbox_options(&self, _token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        not_asked()
    }

    async fn set_inbox_options(
        &self,
        _token: &Token,
        _allow_manual_close: bool,
        _version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        not_asked()
    }

    async fn audit_log(&self, _token: &Token, _after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        not_asked()
    }

    async fn snapshot(&self, _token: &Token, _after: Option<&str>, _limit: u32) -> Result<SyncPage, RemoteError> {
        not_asked()
    }

    async fn timeline(
        &self,
        _token: &Token,
        _conversation_id: &str,
        _before: Option<&str>,
        _limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        not_asked()
    }

    async fn changes(&self, _token: &Token, _after: i64, _limit: u32) -> Result<Changes, RemoteError> {
        not_asked()
    }

    async fn events(
        &self,
        _token: &Token,
        _after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        not_asked()
    }
}
