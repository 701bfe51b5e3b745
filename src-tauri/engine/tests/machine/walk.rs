//! The running outbox beside the machine: the same things happen to both, in any order, and after each both stand in the same state.
//!
//! A dispatcher at work is let to make one call after the other until one hangs, and then its process dies. What it called for says
//! what has come about (a turn, an answer, a doubt); the machine, and nothing that the outbox computes, says what follows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use signoff_engine::outbox::State;
use signoff_engine::outbox::machine::{Happening, Move, Standing, next};
use signoff_engine::remote::{Refusal, RemoteError};
use signoff_engine::store::StoreError;
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::Choice;

use crate::support::platform::{Call, Fate, Scripted};
use crate::support::shift::Shift;
use crate::support::{Desk, reply, say};

/// Something that is done to the outbox. Entries are meant by their number.
#[derive(Debug, Clone)]
enum Doing {
    Click,
    /// A process works until a call hangs; the first attempt and the first question end so.
    Work {
        attempt: End,
        question: End,
    },
    Choose(usize, Choice),
    Stream(usize),
}

/// How a call ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Works,
    NotReached,
    TurnedAway,
    SignedOut,
    Refused,
    KeyReused,
    Fails,
    AnswerLost,
    InProgress,
    Hangs,
}

impl End {
    fn fate(self) -> Fate {
        let interrupted = RemoteError::Interrupted("cut".to_owned());
        match self {
            Self::Works => Fate::Works,
            Self::NotReached => Fate::Fails(RemoteError::Unreachable("no route".to_owned())),
            Self::TurnedAway => {
                Fate::Fails(RemoteError::Unavailable { retry_after: None, code: ProblemCode::Overloaded })
            }
            Self::SignedOut => Fate::Fails(RemoteError::SignedOut),
            Self::Refused => Fate::Fails(RemoteError::Refused(Box::new(Refusal {
                status: 422,
                code: ProblemCode::TagsMissing,
                last_customer_message_id: None,
                newer_conversation_id: None,
                limit: None,
            }))),
            Self::KeyReused => Fate::Fails(RemoteError::KeyReused),
            Self::Fails => Fate::Fails(RemoteError::Fault(500)),
            Self::AnswerLost => Fate::AnswerLost(interrupted),
            Self::InProgress => Fate::Fails(RemoteError::InProgress),
            Self::Hangs => Fate::Hangs,
        }
    }

    /// What an attempt that ends so is for the machine; nothing yet, if it hangs.
    fn of_attempt(self) -> Option<Happening> {
        match self {
            Self::Works => Some(Happening::Receipt),
            Self::NotReached | Self::TurnedAway | Self::SignedOut => Some(Happening::NotApplied),
            Self::Refused => Some(Happening::Refused),
            Self::KeyReused => Some(Happening::KeyReused),
            Self::Fails | Self::AnswerLost | Self::InProgress => Some(Happening::Unknown),
            Self::Hangs => None,
        }
    }
}

/// An entry, as the machine has it.
struct Beside {
    key: String,
    text: String,
    state: State,
    undo: bool,
}

impl Beside {
    fn happens(&mut self, happening: Happening) -> Move {
        let standing = Standing { state: self.state, undo_requested: self.undo, begun: false };
        let followed = next(standing, happening);
        match followed {
            Move::To(state) => {
                self.state = state;
                self.undo &= state != State::Blocked;
            }
            Move::BackInDraft => self.state = State::Cancelled,
            Move::NoteUndo => self.undo = true,
            Move::Nothing => {}
        }
        followed
    }
}

struct Walk {
    desk: Desk,
    platform: Scripted,
    beside: Vec<Beside>,
    drafts: Vec<String>,
    applied: Vec<String>,
    calls: usize,
}

impl Walk {
    async fn new() -> Self {
        let desk = Desk::new().await;
        desk.has(&[say::conversation("c1")]).await;
        Self {
            desk,
            platform: Scripted::default(),
            beside: Vec::new(),
            drafts: Vec::new(),
            applied: Vec::new(),
            calls: 0,
        }
    }

    async fn does(&mut self, doing: &Doing) {
        match doing {
            Doing::Click if self.beside.len() < 3 => {
                let text = format!("Answer {}.", self.beside.len());
                let key = self.desk.clicks("c1", reply(&text)).await.expect("queued").id;
                // The composer's text went with the click.
                self.drafts.clear();
                self.beside.push(Beside { key, text, state: State::Queued, undo: false });
            }
            Doing::Click => {}
            Doing::Work { attempt, question } => self.works(*attempt, *question).await,
            Doing::Choose(number, choice) => self.chooses(*number, *choice).await,
            Doing::Stream(number) => self.hears(*number).await,
        }
    }

    async fn works(&mut self, attempt: End, question: End) {
        {
            let mut script = self.platform.script();
            script.performs = [attempt.fate()].into();
            script.asks = [question.fate()].into();
            script.always = Some(Fate::Hangs);
        }
        let shift = Shift::start(&self.desk, &self.platform);
        shift.waker.wake();
        for _ in 0..300 {
            tokio::task::yield_now().await;
        }
        shift.dies().await;

        // A new process finds out first what became of the one before.
        for entry in &mut self.beside {
            if entry.state == State::Sending {
                entry.happens(Happening::Died);
            }
        }
        let calls = self.platform.script().calls[self.calls..].to_vec();
        self.calls += calls.len();
        let (mut attempt, mut question) = (Some(attempt), Some(question));
        for call in calls {
            match call {
                Call::Perform { key, .. } => self.attempted(&key, attempt.take().unwrap_or(End::Hangs)),
                Call::Upload { name } => panic!("{name}: no act of these walks has files"),
                Call::Receipt { key } => self.asked(&key, question.take().unwrap_or(End::Hangs)),
            }
        }
    }

    fn attempted(&mut self, key: &str, end: End) {
        let entry = self.head(key);
        if entry.state == State::Queued {
            entry.happens(Happening::Turn);
        }
        assert_eq!(entry.state, State::Sending, "nothing else sends");
        if matches!(end, End::Works | End::AnswerLost) {
            self.applied.push(key.to_owned());
        }
        if let Some(happening) = end.of_attempt() {
            let followed = self.head(key).happens(happening);
            self.follow(key, followed);
        }
    }

    fn asked(&mut self, key: &str, end: End) {
        let applied = self.applied.iter().any(|applied| applied == key);
        let entry = self.head(key);
        assert_eq!((entry.state, entry.happens(Happening::Turn)), (State::InDoubt, Move::To(State::InDoubt)));
        let happening = match end {
            End::Works if applied => Happening::Receipt,
            End::Works => Happening::NoReceipt,
            End::Hangs => return,
            End::NotReached
            | End::TurnedAway
            | End::SignedOut
            | End::Refused
            | End::KeyReused
            | End::Fails
            | End::AnswerLost
            | End::InProgress => Happening::NotAnswered,
        };
        let followed = entry.happens(happening);
        self.follow(key, followed);
    }

    /// D22: only the oldest open entry is ever brought.
    fn head(&mut self, key: &str) -> &mut Beside {
        let head = self.beside.iter_mut().find(|entry| entry.state.is_open()).expect("there is one");
        assert_eq!(head.key, key, "the head alone is brought");
        head
    }

    async fn chooses(&mut self, number: usize, choice: Choice) {
        let Some(entry) = self.beside.get_mut(number) else { return };
        if self.desk.chooses(&entry.key, choice).await.is_err() {
            return;
        }
        let followed = entry.happens(match choice {
            Choice::Undo | Choice::Edit => Happening::Undo,
            Choice::Discard | Choice::DropRest => Happening::Discard,
            Choice::WentThrough => Happening::Receipt,
            Choice::Retry | Choice::ConfirmAgain | Choice::SendWithoutClosing | Choice::SendInNewer | Choice::Wait => {
                Happening::GoOn
            }
        });
        assert_ne!(followed, Move::Nothing, "what is offered makes a difference: {choice:?}");
        let key = entry.key.clone();
        self.follow(&key, followed);
    }

    async fn hears(&mut self, number: usize) {
        let Some(entry) = self.beside.get_mut(number) else { return };
        if !self.platform.script().receipts.contains_key(&entry.key) {
            return;
        }
        entry.happens(Happening::SeenOnStream);
        let (key, text) = (entry.key.clone(), entry.text.clone());
        let position = i64::try_from(number).expect("few") + 2;
        let conversation = Conversation { version: position, ..say::conversation("c1") };
        let id = format!("r{position}");
        self.desk.hears(say::reply_sent(&conversation, &say::reply("c1", &id, position, &text, &key))).await;
    }

    fn follow(&mut self, key: &str, followed: Move) {
        if followed == Move::BackInDraft {
            let entry = self.beside.iter().find(|entry| entry.key == key).expect("known");
            self.drafts.push(entry.text.clone());
        }
    }

    /// Both are where the other is.
    async fn agree(&self) {
        let rows = |connection: &rusqlite::Connection| {
            let mut statement = connection.prepare("SELECT key, state, undo_requested FROM outbox")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            Ok::<_, StoreError>(rows.collect::<Result<BTreeMap<String, (String, bool)>, _>>()?)
        };
        let stands = self.desk.store.read(rows).await.expect("readable");
        let beside: BTreeMap<String, (String, bool)> =
            self.beside.iter().map(|entry| (entry.key.clone(), (entry.state.word().to_owned(), entry.undo))).collect();
        assert_eq!(stands, beside, "the outbox, and the machine beside it");
        let draft = self.desk.draft("c1").await;
        assert!(self.drafts.iter().all(|text| draft.contains(text)), "what was taken back is in the draft: {draft}");
        let said = self.platform.texts_in("c1");
        let mut once = said.clone();
        once.dedup();
        assert_eq!(said, once, "nothing is said twice");
    }
}

fn ends() -> impl Strategy<Value = End> {
    prop::sample::select(vec![
        End::Works,
        End::Works,
        End::NotReached,
        End::TurnedAway,
        End::SignedOut,
        End::Refused,
        End::KeyReused,
        End::Fails,
        End::AnswerLost,
        End::InProgress,
        End::Hangs,
    ])
}

fn doings() -> impl Strategy<Value = Doing> {
    let choices = vec![Choice::Undo, Choice::Undo, Choice::Edit, Choice::Discard, Choice::Retry];
    prop_oneof![
        2 => Just(Doing::Click),
        5 => (ends(), ends()).prop_map(|(attempt, question)| Doing::Work { attempt, question }),
        3 => (0..3_usize, prop::sample::select(choices)).prop_map(|(number, choice)| Doing::Choose(number, choice)),
        1 => (0..3_usize).prop_map(Doing::Stream),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_outbox_makes_the_moves_of_the_machine(doings in prop::collection::vec(doings(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let mut walk = Walk::new().await;
            walk.does(&Doing::Click).await;
            for doing in &doings {
                walk.does(doing).await;
                walk.agree().await;
            }
        });
    }
}
