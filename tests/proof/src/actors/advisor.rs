//! The advisor at the desk. Answers, closes, archives, takes and gives back; types drafts; takes back, edits and decides what needs
//! attention; signs in again. Types each word once in a life, so that the oracle can tell every text from every other.

use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::interface::{
    ActionKind, AttachedFile, Choice, Choose, Code, ConversationView, Draft, EntryState, InboxQuery, QueueEntry, Scope,
    SendAndClose, SendReply, SignIn, Stage,
};

use crate::desk::{Ask, Desk, Told};
use crate::dice::Dice;
use crate::journal::{Answered, Click, Decided, Decision, Journal};

/// Who knows what is on its way. Where nobody does, everything may be, and nothing is known to be waited for.
pub trait Attempts: Send + Sync {
    /// Whether a request under this key may still take effect: it has left, and has not been handled or lost.
    fn under_way(&self, key: &str) -> bool;
    /// Whether the app is waiting for the answer to one at this moment.
    fn waited_for(&self, key: &str) -> bool;
    /// Whether what nobody else knows of an entry has happened, if the advisor can go and see.
    fn went_through(&self, _entry: &QueueEntry) -> Option<bool> {
        None
    }
}

/// The advisor.
pub struct Advisor {
    journal: Journal,
    dice: Dice,
    /// How the advisor signs in.
    pub sign_in: SignIn,
    /// Whether the app keeps what is typed as a draft before it is clicked on, as the window does while somebody types.
    pub types_first: bool,
    words: u64,
}

/// What the advisor does with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Draft,
    Reply,
    ReplyWithSurvey,
    Close,
    Archive,
    Assign,
    Release,
}

/// What a click says to the customer.
struct Said {
    text: String,
    files: Vec<AttachedFile>,
}

impl Advisor {
    /// An advisor who writes everything down.
    #[must_use]
    pub fn new(journal: Journal, dice: Dice, sign_in: SignIn) -> Self {
        Self { journal, dice, sign_in, types_first: false, words: 0 }
    }

    /// Does something. Answers what, for the trace.
    pub async fn acts(&mut self, desk: &dyn Desk, attempts: &dyn Attempts) -> String {
        self.try_to_act(desk, attempts).await.unwrap_or_else(|| "finds the app gone".to_owned())
    }

    /// Signs in if the app asks for it.
    pub async fn signs_in(&mut self, desk: &dyn Desk) -> Option<String> {
        let Told::State(state) = desk.ask(Ask::State).await? else { return None };
        match state.stage {
            Stage::SignedIn { session_expired: false } | Stage::Opening | Stage::Passphrase { .. } => {
                Some("is signed in".to_owned())
            }
            Stage::Unusable { code } => Some(format!("cannot use the app: {code:?}")),
            Stage::SignedIn { session_expired: true } | Stage::SignedOut => {
                let told = desk.ask(Ask::SignIn(self.sign_in.clone())).await?;
                Some(format!("signs in: {}", said(&told)))
            }
        }
    }

    async fn try_to_act(&mut self, desk: &dyn Desk, attempts: &dyn Attempts) -> Option<String> {
        let Told::State(state) = desk.ask(Ask::State).await? else { return None };
        match state.stage {
            Stage::SignedIn { session_expired: false } => {}
            Stage::SignedIn { session_expired: true } if self.dice.percent(50) => {}
            Stage::SignedIn { session_expired: true } | Stage::SignedOut => return self.signs_in(desk).await,
            Stage::Opening | Stage::Passphrase { .. } | Stage::Unusable { .. } => {
                return Some(format!("waits: {:?}", state.stage));
            }
        }
        match self.dice.weighed(&[(65, 0), (27, 1), (8, 2)])? {
            0 => self.works(desk).await,
            1 => match self.decides(desk, attempts).await? {
                Some(decided) => Some(decided),
                None => self.works(desk).await,
            },
            _ => {
                desk.ask(Ask::Wake).await?;
                Some("comes back to the window".to_owned())
            }
        }
    }

    /// Opens a conversation and does something with it.
    async fn works(&mut self, desk: &dyn Desk) -> Option<String> {
        let Told::Inbox(first) = desk.ask(tab(ConversationState::Received)).await? else {
            return Some("sees no inbox".to_owned());
        };
        let weigh = |count: u32, weight: u32| if count > 0 { weight } else { 0 };
        let picked = self.dice.weighed(&[
            (weigh(first.counts.received, 50), ConversationState::Received),
            (weigh(first.counts.ongoing, 15), ConversationState::Ongoing),
            (weigh(first.counts.answered, 20), ConversationState::Answered),
            (weigh(first.counts.archived, 10), ConversationState::Archived),
            (weigh(first.counts.closed, 3), ConversationState::Closed),
        ]);
        let Some(picked) = picked else { return Some("finds nothing to do".to_owned()) };
        let Told::Inbox(page) = desk.ask(tab(picked)).await? else { return Some("sees no inbox".to_owned()) };
        let Some(row) = self.dice.pick(&page.rows) else { return Some("finds nothing to do".to_owned()) };
        let Told::Conversation(view) = desk.ask(Ask::Conversation(row.id.clone())).await? else {
            return Some("cannot open a conversation".to_owned());
        };
        if let Some(wrong) = self.flips_back(&view) {
            self.journal.saw_wrong(format!("{}: {wrong}", view.id));
        }
        // What was asked to be taken back may come into the draft at any moment: nobody types into that.
        if view.queue.iter().any(|entry| entry.undo_requested) {
            return Some("waits for what was taken back".to_owned());
        }
        let act = self.dice.weighed(&[
            (20, Act::Draft),
            (30, Act::Reply),
            (6, Act::ReplyWithSurvey),
            (24, Act::Close),
            (8, Act::Archive),
            (7, Act::Assign),
            (5, Act::Release),
        ])?;
        self.does(desk, act, &view).await
    }

    async fn does(&mut self, desk: &dyn Desk, act: Act, view: &ConversationView) -> Option<String> {
        let conversation_id = view.id.clone();
        let seen = view.last_customer_message_id.clone();
        match act {
            Act::Draft => {
                let text = self.text(view);
                let told = self.types(desk, view, &text).await?;
                Some(format!("types {text:?} in {conversation_id}: {}", said(&told)))
            }
            Act::Reply | Act::ReplyWithSurvey => {
                let text = self.text(view);
                if self.types_first {
                    self.types(desk, view, &text).await?;
                }
                let trigger_survey = act == Act::ReplyWithSurvey;
                let kind = if trigger_survey { ActionKind::ReplyWithSurvey } else { ActionKind::Reply };
                let last_seen_message_id = seen.filter(|_| self.dice.percent(70));
                let files = self.files(desk, view).await?;
                let args = SendReply {
                    conversation_id: conversation_id.clone(),
                    text: text.clone(),
                    file_ids: ids(&files),
                    trigger_survey,
                    last_seen_message_id,
                };
                Some(self.clicks(desk, kind, view, Some(Said { text, files }), Ask::SendReply(args)).await)
            }
            Act::Close => {
                let text = self.text(view);
                if self.types_first {
                    self.types(desk, view, &text).await?;
                }
                let files = self.files(desk, view).await?;
                let args = SendAndClose {
                    conversation_id: conversation_id.clone(),
                    text: text.clone(),
                    file_ids: ids(&files),
                    last_seen_message_id: seen,
                };
                let ask = Ask::SendAndClose(args);
                Some(self.clicks(desk, ActionKind::SendAndClose, view, Some(Said { text, files }), ask).await)
            }
            Act::Archive => {
                let ask = Ask::Archive(conversation_id.clone());
                Some(self.clicks(desk, ActionKind::Archive, view, None, ask).await)
            }
            Act::Assign => {
                let ask = Ask::Assign(conversation_id.clone());
                Some(self.clicks(desk, ActionKind::Assign, view, None, ask).await)
            }
            Act::Release => {
                let ask = Ask::Release(conversation_id.clone());
                Some(self.clicks(desk, ActionKind::Release, view, None, ask).await)
            }
        }
    }

    async fn types(&self, desk: &dyn Desk, view: &ConversationView, text: &str) -> Option<Told> {
        let (conversation_id, instead_of) = (view.id.clone(), view.composer.draft.clone());
        let draft = Draft { conversation_id, text: text.to_owned(), instead_of };
        let told = desk.ask(Ask::SaveDraft(draft)).await?;
        if matches!(told, Told::Done) {
            self.journal.drafted(&view.id, text);
        }
        Some(told)
    }

    /// The files that go with what is sent: what is attached already, and now and then one more, as many as the channel takes.
    async fn files(&mut self, desk: &dyn Desk, view: &ConversationView) -> Option<Vec<AttachedFile>> {
        let mut files = view.composer.files.clone();
        let Some(limits) = &view.composer.takes_files else { return Some(Vec::new()) };
        let most = usize::try_from(limits.max_count).unwrap_or(usize::MAX);
        if files.len() < most && self.dice.percent(15) {
            self.words += 1;
            let name = format!("f{}.txt", self.words);
            let (conversation_id, content) = (view.id.clone(), format!("the content of {name}"));
            let told = desk.ask(Ask::AttachFile { conversation_id, name: name.clone(), content }).await?;
            if let Told::Conversation(view) = told {
                self.journal.attached(&view.id, &name);
                files = view.composer.files;
            }
        }
        files.truncate(most);
        Some(files)
    }

    async fn clicks(
        &self,
        desk: &dyn Desk,
        kind: ActionKind,
        view: &ConversationView,
        said: Option<Said>,
        ask: Ask,
    ) -> String {
        let told = desk.ask(ask).await;
        let answer = match &told {
            Some(Told::Queued(entry)) => Answered::Queued(entry.id.clone()),
            Some(Told::Failed(failure)) => Answered::Refused(failure.code),
            Some(
                Told::Done
                | Told::State(_)
                | Told::Inbox(_)
                | Told::Conversation(_)
                | Told::Timeline(_)
                | Told::Queue(_)
                | Told::Chosen(_),
            )
            | None => Answered::Unheard,
        };
        let (conversation_id, seen) = (view.id.clone(), view.last_customer_message_id.clone());
        let (text, files) = said.map_or((None, Vec::new()), |said| (Some(said.text), said.files));
        let files: Vec<String> = files.into_iter().map(|file| file.name).collect();
        let line = format!("{kind:?} {text:?} {files:?} in {conversation_id}: {answer:?}");
        let number = self.journal.clicked(Click { number: 0, conversation_id, kind, text, files, seen, answer });
        format!("click {number}: {line}")
    }

    /// Looks at the queue and decides about something in it; `Some(None)` if there is nothing.
    async fn decides(&mut self, desk: &dyn Desk, attempts: &dyn Attempts) -> Option<Option<String>> {
        let Told::Queue(queue) = desk.ask(Ask::Queue).await? else { return Some(None) };
        let open: Vec<&QueueEntry> = queue.iter().filter(|entry| !entry.choices.is_empty()).collect();
        let Some(entry) = self.dice.pick(&open) else { return Some(None) };
        let unknowable = entry.attention.as_ref().is_some_and(|attention| attention.code == Code::OutcomeUnknown);
        let found = if unknowable { attempts.went_through(entry) } else { None };
        let choices: Vec<(u32, Choice)> =
            entry.choices.iter().map(|choice| (weight(*choice, found), *choice)).collect();
        let choice = self.dice.weighed(&choices)?;
        let shown = entry.attention.as_ref().and_then(|attention| attention.new_messages.last());
        let seen_message_id = shown.map(|message| message.id.clone());
        let (under_way, waited_for) = (attempts.under_way(&entry.id), attempts.waited_for(&entry.id));
        let told = desk.ask(Ask::Choose(Choose { entry_id: entry.id.clone(), choice, seen_message_id })).await;
        let answer = match &told {
            Some(Told::Chosen(chosen)) => Decided::Said(chosen.clone()),
            Some(Told::Failed(failure)) => Decided::Refused(failure.code),
            Some(
                Told::Done
                | Told::State(_)
                | Told::Inbox(_)
                | Told::Conversation(_)
                | Told::Timeline(_)
                | Told::Queue(_)
                | Told::Queued(_),
            )
            | None => Decided::Unheard,
        };
        let decision =
            Decision { key: entry.id.clone(), choice, answer: answer.clone(), under_way, waited_for, unknowable };
        if choice == Choice::Discard && !matches!(answer, Decided::Refused(_)) {
            self.journal.dropped(entry.files.iter().map(|file| file.name.as_str()));
        }
        self.journal.decided(decision, entry.text.as_deref());
        Some(Some(format!("decides {choice:?} about {} ({:?}): {answer:?}", entry.id, entry.state)))
    }

    /// What is queued is shown as if it had happened (DESIGN, outbox 8), unless something needs the advisor or the customer has written.
    fn flips_back(&self, view: &ConversationView) -> Option<String> {
        let open =
            || view.queue.iter().filter(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled));
        let good = |entry: &QueueEntry| {
            matches!(entry.state, EntryState::Queued | EntryState::Sending | EntryState::Checking)
                && !entry.undo_requested
                && self.journal.saw_all(&entry.id, view.last_customer_message_id.as_deref())
        };
        if !open().all(good) || view.tab == ConversationState::Closed {
            return None;
        }
        let mut expected = open().map(|entry| match entry.action {
            ActionKind::Reply | ActionKind::ReplyWithSurvey => Some(ConversationState::Answered),
            ActionKind::SendAndClose => Some(ConversationState::Closed),
            ActionKind::Archive => Some(ConversationState::Archived),
            ActionKind::Assign => Some(ConversationState::Ongoing),
            ActionKind::Release | ActionKind::Unknown => None,
        });
        let expected = expected.next_back()??;
        (view.tab != expected).then(|| format!("{expected:?} is queued, and {:?} is shown", view.tab))
    }

    /// What stands in the composer, and a word more.
    fn text(&mut self, view: &ConversationView) -> String {
        self.words += 1;
        let word = format!("w{}", self.words);
        let draft = view.composer.draft.trim();
        if draft.is_empty() { word } else { format!("{draft} {word}") }
    }
}

fn ids(files: &[AttachedFile]) -> Vec<String> {
    files.iter().map(|file| file.id.clone()).collect()
}

fn tab(tab: ConversationState) -> Ask {
    Ask::Inbox(InboxQuery { tab, scope: Scope::All, channel_id: None, search: None, after: None, limit: 50 })
}

/// How likely a choice is. `found`: what the advisor has found of something that nobody else could tell.
fn weight(choice: Choice, found: Option<bool>) -> u32 {
    match choice {
        Choice::WentThrough if found == Some(true) => 80,
        // People err.
        Choice::Retry if found == Some(true) => 2,
        Choice::Undo => 20,
        Choice::Edit => 15,
        Choice::Retry => 20,
        Choice::ConfirmAgain => 30,
        Choice::SendWithoutClosing => 20,
        Choice::SendInNewer => 30,
        Choice::Wait => 15,
        // Nobody says without having seen it that something went through.
        Choice::WentThrough => 0,
        Choice::DropRest => 15,
        Choice::Discard => 8,
    }
}

fn said(told: &Told) -> String {
    match told {
        Told::Failed(failure) if failure.code == Code::Internal => format!("{failure:?}"),
        Told::Failed(failure) => format!("{:?}", failure.code),
        Told::Done
        | Told::State(_)
        | Told::Inbox(_)
        | Told::Conversation(_)
        | Told::Timeline(_)
        | Told::Queue(_)
        | Told::Queued(_)
        | Told::Chosen(_) => "done".to_owned(),
    }
}
