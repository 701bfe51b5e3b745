//! Every history of the small world is visited, and what was promised is looked for in each of its moments. Then the machine is broken in
//! ways in which it could be broken by mistake, and each has to be found.

use std::collections::BTreeSet;
use std::time::Duration;

use signoff_engine::outbox::State;
use signoff_engine::outbox::machine::{Happening, Move, next};
use stateright::{Checker, HasDiscoveries, Model, Property};

use super::client::{Entry, Next, Text, Why};
use super::world::{Left, Now, World};

const ONCE: &str = "no intent takes effect twice (D5)";
const ORDER: &str = "nothing takes effect before what was clicked earlier in its conversation has ended (D22)";
const TEXT: &str = "no text is lost (D23)";
const BACK: &str = "no text is taken back to the draft while its effect is untold (D15)";
const DONE: &str = "what is called done has taken effect";
const KEY: &str = "a key is refused as reused only after the advisor has changed what is sent";
const HEALS: &str = "from every moment everything ends, or waits for the advisor (D23)";

const ALL_DONE: &str = "everything is done";
const TAKEN_BACK: &str = "something is taken back after an attempt";
const TOLD_LATE: &str = "what was taken back and took effect all the same is told";
const NOBODY_KNOWS: &str = "the advisor is asked about what nobody can know";

/// What must hold always, and what must be possible at all, or the world would prove nothing.
pub(crate) fn properties() -> Vec<Property<World>> {
    vec![
        Property::always(ONCE, |_, now: &Now| now.every(|entry| entry.effects < 2 || entry.on_the_advisors_word)),
        Property::always(ORDER, |_, now: &Now| !now.out_of_order),
        Property::always(TEXT, |_, now: &Now| now.every(Entry::has_its_text)),
        Property::always(DONE, |_, now: &Now| now.every(|entry| entry.state != State::Done || entry.effects > 0)),
        Property::always(KEY, |_, now: &Now| now.every(|entry| entry.why != Why::KeyReused || entry.body > 0)),
        Property::always(HEALS, |world, now: &Now| {
            let healed = now.healed(world);
            healed.at_rest() && (0..healed.entries.len()).all(|index| world.has_ended(&healed, index))
        }),
        Property::always(BACK, |world, now: &Now| {
            !world.stream
                || now
                    .healed(world)
                    .every(|entry| entry.text != Text::InDraft || entry.effects == 0 || entry.state == State::Done)
        }),
        Property::sometimes(ALL_DONE, |_, now: &Now| now.every(|entry| entry.state == State::Done)),
        Property::sometimes(TAKEN_BACK, |_, now: &Now| {
            now.any(|entry| entry.text == Text::InDraft && entry.undo && entry.state == State::Cancelled)
        }),
        Property::sometimes(TOLD_LATE, |world, now: &Now| {
            !world.stream || now.any(|entry| entry.text == Text::InDraft && entry.state == State::Done)
        }),
        Property::sometimes(NOBODY_KNOWS, |_, now: &Now| now.any(|entry| entry.why == Why::Forgotten)),
    ]
}

impl World {
    /// Whether an entry needs nothing but the advisor any more.
    fn has_ended(&self, now: &Now, index: usize) -> bool {
        let entry = &now.entries[index];
        match entry.state {
            _ if !entry.clicked => true,
            State::Done | State::Blocked => true,
            // What arrived late after all is told, where the platform shows whose it is.
            State::Cancelled => entry.effects == 0 || !self.stream,
            // It says which entry holds it up.
            State::Queued => (0..index).any(|earlier| {
                self.conversations[earlier] == self.conversations[index] && now.entries[earlier].state == State::Blocked
            }),
            State::Sending | State::InDoubt => false,
        }
    }
}

const MUCH: Left = Left { faults: 3, deaths: 1, decisions: 2, months: 1, downgrades: 1, losses: 0 };
const SOME: Left = Left { faults: 2, deaths: 1, decisions: 1, months: 1, downgrades: 0, losses: 0 };

fn world(conversations: &[u8], left: Left, next: Next) -> World {
    World { conversations: conversations.to_vec(), left, stream: true, next }
}

fn assert_holds(world: World) {
    let checked = world.checker().timeout(Duration::from_secs(120)).spawn_bfs().join();
    assert!(checked.is_done(), "every history was visited");
    checked.assert_properties();
}

#[test]
fn one_entry_under_many_faults() {
    assert_holds(world(&[0], MUCH, next));
}

/// D5: what is uploaded once more changes what is sent under the key, and is never why something takes effect twice or a key is refused.
#[test]
fn one_entry_whose_files_the_platform_forgets() {
    assert_holds(world(&[0], Left { losses: 2, downgrades: 0, ..MUCH }, next));
}

#[test]
fn one_entry_that_no_stream_tells_of() {
    assert_holds(World { stream: false, ..world(&[0], MUCH, next) });
}

#[test]
fn d22_two_entries_of_one_conversation() {
    assert_holds(world(&[0, 0], SOME, next));
}

#[test]
fn d22_an_entry_each_in_two_conversations() {
    assert_holds(world(&[0, 1], Left { faults: 1, ..SOME }, next));
}

/// A machine with one mistake, and the first of the promises that it breaks.
struct Mistake {
    what: &'static str,
    next: Next,
    breaks: &'static [&'static str],
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        what: "a forgotten key is sent with all the same",
        next: |standing, happening| match (standing.state, happening) {
            (State::InDoubt, Happening::ReceiptForgotten) => next(standing, Happening::NoReceipt),
            _ => next(standing, happening),
        },
        breaks: &[ONCE],
    },
    Mistake {
        what: "a queued entry with an old key is sent blindly",
        next: |standing, happening| match (standing.state, happening) {
            (State::Queued, Happening::TurnWithOldKey) => Move::To(State::Sending),
            _ => next(standing, happening),
        },
        breaks: &[ONCE],
    },
    Mistake {
        what: "what could be read again is sent blindly",
        next: |standing, happening| match (standing.state, happening) {
            (State::Blocked, Happening::RereadAfterAttempt) => Move::To(State::Sending),
            _ => next(standing, happening),
        },
        breaks: &[ONCE],
    },
    Mistake {
        what: "a wish to undo cancels without the text",
        next: |standing, happening| {
            let right = next(standing, happening);
            if right == Move::BackInDraft && standing.state == State::Sending {
                Move::To(State::Cancelled)
            } else {
                right
            }
        },
        breaks: &[TEXT],
    },
    Mistake {
        what: "a doubt is never asked about",
        next: |standing, happening| match (standing.state, happening) {
            (State::InDoubt, Happening::NoReceipt) => Move::Nothing,
            _ => next(standing, happening),
        },
        breaks: &[HEALS],
    },
    Mistake {
        what: "an attempt that the process did not survive stays as it was",
        next: |standing, happening| match (standing.state, happening) {
            (State::Sending, Happening::Died) => Move::Nothing,
            _ => next(standing, happening),
        },
        breaks: &[HEALS],
    },
    Mistake {
        what: "no answer to the question is an answer",
        next: |standing, happening| match (standing.state, happening) {
            (State::InDoubt, Happening::NotAnswered) => Move::To(State::Done),
            _ => next(standing, happening),
        },
        breaks: &[DONE],
    },
    Mistake {
        what: "what is refused is dropped",
        next: |standing, happening| match (standing.state, happening) {
            (State::Sending, Happening::Refused) => Move::To(State::Cancelled),
            _ => next(standing, happening),
        },
        breaks: &[TEXT],
    },
    Mistake {
        what: "what was cancelled is not told when it arrives late",
        next: |standing, happening| match (standing.state, happening) {
            (State::Cancelled, Happening::SeenOnStream) => Move::Nothing,
            _ => next(standing, happening),
        },
        breaks: &[HEALS, BACK],
    },
    Mistake {
        what: "what this version cannot read is thrown away",
        next: |standing, happening| match (standing.state, happening) {
            (_, Happening::Unreadable) => Move::To(State::Cancelled),
            _ => next(standing, happening),
        },
        breaks: &[TEXT],
    },
];

/// Broken on purpose, the machine is found out: the check sees what it says it sees.
#[test]
fn every_mistake_is_found() {
    let unnoticed: Vec<_> = MISTAKES.iter().filter(|mistake| !mistake.is_found()).map(|mistake| mistake.what).collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

impl Mistake {
    fn is_found(&self) -> bool {
        [world(&[0], MUCH, self.next), world(&[0, 0], SOME, self.next)].into_iter().any(|world| {
            let promises: BTreeSet<_> = properties()
                .into_iter()
                .map(|property| property.name)
                .filter(|name| self.breaks.contains(name))
                .collect();
            let checker = world.checker().finish_when(HasDiscoveries::AnyOf(promises.clone())).spawn_bfs().join();
            promises.into_iter().any(|promise| checker.discovery(promise).is_some())
        })
    }
}
