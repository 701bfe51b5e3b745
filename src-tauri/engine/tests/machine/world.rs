//! The world as a model: what can happen next, and what then is.
//!
//! Bounded are the faults, the deaths, the advisor's decisions and the months that pass; everything else may happen in any order. Two
//! assumptions are made: nothing stays in the network, and no single attempt goes on, for as long as a platform remembers a key.

use signoff_engine::outbox::State;
use signoff_engine::outbox::machine::Happening;
use stateright::{Model, Property};

use super::check;
use super::client::{Attempt, Entry, Key, Next, Text, Why};

/// A small world, with the machine that its client asks.
#[derive(Clone)]
pub(crate) struct World {
    /// The conversation of each entry, in the order of the clicks.
    pub(crate) conversations: Vec<u8>,
    pub(crate) left: Left,
    /// Whether the own key is seen on the event stream.
    pub(crate) stream: bool,
    pub(crate) next: Next,
}

/// What may still go wrong, or be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Left {
    pub(crate) faults: u8,
    pub(crate) deaths: u8,
    pub(crate) decisions: u8,
    pub(crate) months: u8,
    pub(crate) downgrades: u8,
    /// How often the platform forgets files that were uploaded and not named yet.
    pub(crate) losses: u8,
}

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Now {
    pub(crate) entries: Vec<Entry>,
    /// Sorted: the network keeps no order.
    pub(crate) network: Vec<Packet>,
    /// The program is of a version that cannot read the payloads.
    pub(crate) downgraded: bool,
    pub(crate) out_of_order: bool,
    pub(crate) left: Left,
}

/// Something in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Packet {
    /// `heard`: whoever sent it still waits for the answer.
    Request {
        entry: usize,
        asks: bool,
        body: u8,
        ids: u8,
        heard: bool,
    },
    Answer {
        entry: usize,
        answer: Answer,
    },
}

/// What the platform says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Answer {
    Receipt,
    NoReceipt,
    Refused,
    /// 429, 503, 401.
    NotApplied,
    /// 5xx, nonsense, 409 in progress.
    Unknown,
    KeyReused,
    FilesUnknown,
}

/// What the platform does with an act that it has not seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    Applies,
    Refuses,
    TurnsAway,
    FailsBefore,
    FailsAfter,
}

/// A step of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Click(usize),
    Turn(usize),
    Send(usize),
    NotReached(usize),
    GiveUp(usize),
    Lose(usize),
    Double(usize),
    Arrive(usize, Verdict),
    Die,
    Stream(usize),
    Undo(usize),
    Discard(usize),
    GoOn(usize),
    Change(usize),
    MonthPasses,
    Forget(usize),
    Downgrade,
    Upgrade,
}

impl Model for World {
    type State = Now;
    type Action = Step;

    fn init_states(&self) -> Vec<Now> {
        let entries = self.conversations.iter().map(|_| Entry::default()).collect();
        vec![Now { entries, network: Vec::new(), downgraded: false, out_of_order: false, left: self.left }]
    }

    fn actions(&self, now: &Now, steps: &mut Vec<Step>) {
        steps.extend(now.entries.iter().position(|entry| !entry.clicked).map(Step::Click));
        for (index, entry) in now.entries.iter().enumerate().filter(|(_, entry)| entry.clicked) {
            self.steps_of(now, index, entry, steps);
        }
        for (index, packet) in now.network.iter().enumerate() {
            if now.left.faults > 0 {
                steps.push(Step::Lose(index));
                if matches!(packet, Packet::Request { asks: false, .. }) {
                    steps.extend([Step::Double(index)]);
                    steps.extend(
                        [Verdict::Refuses, Verdict::TurnsAway, Verdict::FailsBefore, Verdict::FailsAfter]
                            .map(|verdict| Step::Arrive(index, verdict)),
                    );
                }
            }
            steps.push(Step::Arrive(index, Verdict::Applies));
        }
        if now.left.deaths > 0 {
            steps.push(Step::Die);
        }
        let at_rest = now.network.is_empty() && now.entries.iter().all(|entry| entry.attempt == Attempt::None);
        if now.left.months > 0 && at_rest {
            steps.push(Step::MonthPasses);
        }
        if now.downgraded {
            steps.push(Step::Upgrade);
        } else if now.left.downgrades > 0 && at_rest {
            steps.push(Step::Downgrade);
        }
    }

    fn next_state(&self, before: &Now, step: Step) -> Option<Now> {
        let mut now = before.clone();
        self.take(&mut now, step);
        now.network.sort_unstable();
        (now != *before).then_some(now)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        check::properties()
    }
}

impl World {
    fn steps_of(&self, now: &Now, index: usize, entry: &Entry, steps: &mut Vec<Step>) {
        let waits = match entry.attempt {
            Attempt::None => {
                if self.is_free_head(now, index) && matches!(entry.state, State::Queued | State::InDoubt) {
                    steps.push(Step::Turn(index));
                }
                false
            }
            Attempt::Unsent { .. } => {
                steps.push(Step::Send(index));
                if now.left.faults > 0 {
                    steps.push(Step::NotReached(index));
                }
                false
            }
            Attempt::Sent { .. } => true,
        };
        let answer_can_come = now.network.iter().any(|packet| packet.is_for(index));
        if waits && (!answer_can_come || now.left.faults > 0) {
            steps.push(Step::GiveUp(index));
        }
        if now.left.losses > 0 && entry.effects == 0 && entry.gone <= entry.ids {
            steps.push(Step::Forget(index));
        }
        if self.stream && entry.effects > 0 && entry.state != State::Done {
            steps.push(Step::Stream(index));
        }
        if now.left.decisions > 0 {
            steps.extend(entry.offers(index));
        }
    }

    /// Whether this is the oldest open entry of its conversation, with nothing under way there.
    fn is_free_head(&self, now: &Now, index: usize) -> bool {
        let of_conversation = |other: &usize| self.conversations[*other] == self.conversations[index];
        let head = (0..now.entries.len())
            .filter(of_conversation)
            .find(|other| now.entries[*other].clicked && now.entries[*other].state.is_open());
        let idle =
            (0..now.entries.len()).filter(of_conversation).all(|other| now.entries[other].attempt == Attempt::None);
        head == Some(index) && idle
    }

    pub(crate) fn take(&self, now: &mut Now, step: Step) {
        match step {
            Step::Click(index) => now.entries[index].click(),
            Step::Turn(index) => {
                let downgraded = now.downgraded;
                now.entries[index].turn(self.next, downgraded);
            }
            Step::Send(index) => {
                let entry = &mut now.entries[index];
                if let Attempt::Unsent { asks, .. } = entry.attempt {
                    entry.attempt = Attempt::Sent { asks };
                    let (body, ids) = (entry.body, entry.ids);
                    now.network.push(Packet::Request { entry: index, asks, body, ids, heard: true });
                }
            }
            Step::NotReached(index) => {
                now.left.faults -= 1;
                now.entries[index].not_reached(self.next);
            }
            Step::GiveUp(index) => {
                if now.network.iter().any(|packet| packet.is_for(index)) {
                    now.left.faults -= 1;
                }
                self.stop_listening(now, index);
                now.entries[index].given_up(self.next);
            }
            Step::Lose(packet) => {
                now.left.faults -= 1;
                now.network.remove(packet);
            }
            Step::Double(packet) => {
                now.left.faults -= 1;
                if let Packet::Request { entry, asks, body, ids, heard: _ } = now.network[packet] {
                    now.network.push(Packet::Request { entry, asks, body, ids, heard: false });
                }
            }
            Step::Arrive(packet, verdict) => self.arrive(now, packet, verdict),
            Step::Die => {
                now.left.deaths -= 1;
                for index in 0..now.entries.len() {
                    self.stop_listening(now, index);
                    now.entries[index].process_died(self.next);
                }
            }
            Step::Stream(index) => now.entries[index].happens(self.next, Happening::SeenOnStream),
            Step::Undo(index) => {
                now.left.decisions -= 1;
                now.entries[index].happens(self.next, Happening::Undo);
            }
            Step::Discard(index) => {
                now.left.decisions -= 1;
                now.entries[index].discard(self.next);
            }
            Step::GoOn(index) => {
                now.left.decisions -= 1;
                now.entries[index].go_on(self.next);
            }
            Step::Change(index) => {
                now.left.decisions -= 1;
                now.entries[index].body = 1;
                now.entries[index].go_on(self.next);
            }
            Step::MonthPasses => {
                now.left.months -= 1;
                for entry in &mut now.entries {
                    entry.month_passes();
                }
            }
            Step::Forget(index) => {
                now.left.losses -= 1;
                now.entries[index].gone = now.entries[index].ids + 1;
            }
            Step::Downgrade => {
                now.left.downgrades -= 1;
                now.downgraded = true;
            }
            Step::Upgrade => {
                now.downgraded = false;
                now.entries.iter_mut().for_each(|entry| entry.reread(self.next));
            }
        }
    }

    fn arrive(&self, now: &mut Now, packet: usize, verdict: Verdict) {
        if verdict != Verdict::Applies {
            now.left.faults -= 1;
        }
        match now.network.remove(packet) {
            Packet::Request { entry, asks, body, ids, heard } => {
                let answer =
                    if asks { now.entries[entry].asked() } else { self.perform(now, entry, (body, ids), verdict) };
                if heard {
                    now.network.push(Packet::Answer { entry, answer });
                }
            }
            Packet::Answer { entry, answer } => now.entries[entry].answered(self.next, answer),
        }
    }

    /// The platform's side: what has a record is answered from it, everything else is applied whole or not at all.
    fn perform(&self, now: &mut Now, index: usize, sent: (u8, u8), verdict: Verdict) -> Answer {
        match (now.entries[index].record, verdict) {
            (Some(kept), _) if kept == sent => return Answer::Receipt,
            (Some(_), _) => return Answer::KeyReused,
            (None, Verdict::Refuses) => return Answer::Refused,
            (None, Verdict::TurnsAway) => return Answer::NotApplied,
            (None, Verdict::FailsBefore) => return Answer::Unknown,
            (None, Verdict::Applies | Verdict::FailsAfter) if sent.1 < now.entries[index].gone => {
                return Answer::FilesUnknown;
            }
            (None, Verdict::Applies | Verdict::FailsAfter) => {}
        }
        let earlier_is_open = (0..index).any(|earlier| {
            self.conversations[earlier] == self.conversations[index] && now.entries[earlier].state.is_open()
        });
        now.out_of_order |= earlier_is_open;
        let entry = &mut now.entries[index];
        entry.effects += 1;
        entry.record = Some(sent);
        if verdict == Verdict::FailsAfter { Answer::Unknown } else { Answer::Receipt }
    }

    /// From now on nobody hears what the network brings for this entry.
    fn stop_listening(&self, now: &mut Now, index: usize) {
        now.network.retain(|packet| !matches!(packet, Packet::Answer { entry, .. } if *entry == index));
        for packet in &mut now.network {
            if let Packet::Request { entry, heard, .. } = packet
                && *entry == index
            {
                *heard = false;
            }
        }
    }
}

impl Packet {
    /// Whether this brings, or is, the answer that an attempt of this entry waits for.
    pub(crate) fn is_for(&self, index: usize) -> bool {
        match self {
            Self::Request { entry, heard, .. } => *entry == index && *heard,
            Self::Answer { entry, .. } => *entry == index,
        }
    }
}

impl Now {
    /// What comes of this moment once nothing fails any more, nobody decides anything, and time passes.
    pub(crate) fn healed(&self, world: &World) -> Self {
        let mut now = self.clone();
        now.left = Left::default();
        if now.downgraded {
            world.take(&mut now, Step::Upgrade);
        }
        // The longest way that there is takes about twenty steps for each entry.
        for _ in 0..100 * now.entries.len() {
            let mut steps = Vec::new();
            world.actions(&now, &mut steps);
            let Some(step) = steps.into_iter().find(|step| !matches!(step, Step::Click(_))) else { break };
            world.take(&mut now, step);
            now.network.sort_unstable();
        }
        now
    }

    pub(crate) fn at_rest(&self) -> bool {
        self.network.is_empty() && self.entries.iter().all(|entry| entry.attempt == Attempt::None)
    }

    pub(crate) fn any(&self, holds: impl Fn(&Entry) -> bool) -> bool {
        self.entries.iter().any(holds)
    }

    pub(crate) fn every(&self, holds: impl Fn(&Entry) -> bool) -> bool {
        self.entries.iter().all(holds)
    }
}

impl Entry {
    /// What the advisor can decide now, as the queue offers it.
    fn offers(&self, index: usize) -> Vec<Step> {
        match self.state {
            State::Queued => vec![Step::Undo(index)],
            State::Sending | State::InDoubt if self.undo => Vec::new(),
            State::Sending | State::InDoubt => vec![Step::Undo(index)],
            State::Blocked => match self.why {
                Why::Refused => vec![Step::Undo(index), Step::Discard(index), Step::GoOn(index), Step::Change(index)],
                Why::Forgotten => vec![Step::Undo(index), Step::Discard(index), Step::GoOn(index)],
                Why::KeyReused | Why::Unreadable | Why::Nothing => vec![Step::Undo(index), Step::Discard(index)],
            },
            State::Done | State::Cancelled => Vec::new(),
        }
    }

    fn month_passes(&mut self) {
        self.record = None;
        if self.key == Key::Fresh {
            self.key = Key::Old;
        }
    }

    /// What the platform says about the entry's key.
    fn asked(&self) -> Answer {
        if self.record.is_some() { Answer::Receipt } else { Answer::NoReceipt }
    }

    /// Whether the text is somewhere.
    pub(crate) fn has_its_text(&self) -> bool {
        match self.text {
            Text::InComposer | Text::InDraft | Text::Discarded => true,
            Text::InEntry => self.state.is_open() || self.effects > 0,
        }
    }
}
