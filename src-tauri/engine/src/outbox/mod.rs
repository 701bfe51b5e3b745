//! The outbox: every click that has to reach the platform, from the moment it is made until it has taken effect exactly once or has come
//! back to the advisor (DESIGN, "The outbox"; SPEC D4 to D8, D15, D20 to D25).
//!
//! # The promise
//! When [`enqueue`] has committed, the intent survives anything that happens to this machine. It takes effect at the platform once: not
//! zero times, not twice, not in part, and not before what was clicked earlier in the same conversation. If it cannot take
//! effect as it is, it waits under *Needs attention* with its text and the choices. No text that was typed is ever lost.
//!
//! # How an entry lives
//! State is on disk before the world is touched, so that a process may die between any two steps. A click puts an entry into `queued`; these
//! are all the moves that follow, in the words of [`Happening`](machine::Happening). [`machine`] is the same table as code, nothing else
//! changes a state, and a test writes this one and compares. What is not here changes nothing.
//!
//! | from | what happens | to | if undo was noted | once a step has taken effect |
//! |---|---|---|---|---|
//! | `queued` | `Turn`, `NoReceipt` | `sending` | | |
//! | `queued` | `TurnToLook`, `StepDone`, `NotAnswered`, `GoOn` | `queued` | | |
//! | `queued` | `TurnWithOldKey` | `in_doubt` | | |
//! | `queued` | `Receipt`, `SeenOnStream` | `done` | | |
//! | `queued` | `Refused`, `Unreadable` | `blocked` | | |
//! | `queued` | `Undo` | `cancelled`, the text is back in the draft | | the same |
//! | `queued` | `Discard` | `cancelled` | | `done` |
//! | `sending` | `Receipt`, `SeenOnStream` | `done` | | |
//! | `sending` | `StepDone` | `queued` | `blocked` | |
//! | `sending` | `NotApplied` | `queued` | `cancelled`, the text is back in the draft | |
//! | `sending` | `Unknown`, `Died` | `in_doubt` | | |
//! | `sending` | `Refused` | `blocked` | `cancelled`, the text is back in the draft | |
//! | `sending` | `KeyReused` | `blocked` | | |
//! | `sending` | `Undo` | the same, undo noted | | the same |
//! | `in_doubt` | `Turn`, `TurnToLook`, `TurnWithOldKey`, `NotAnswered`, `GoOn` | `in_doubt` | | |
//! | `in_doubt` | `Receipt`, `SeenOnStream` | `done` | | |
//! | `in_doubt` | `StepDone` | `queued` | `blocked` | |
//! | `in_doubt` | `Refused` | `blocked` | `cancelled`, the text is back in the draft | |
//! | `in_doubt` | `NoReceipt` | `sending` | `cancelled`, the text is back in the draft | |
//! | `in_doubt` | `ReceiptForgotten`, `Unreadable` | `blocked` | | |
//! | `in_doubt` | `Undo` | the same, undo noted | | the same |
//! | `blocked` | `Receipt`, `SeenOnStream` | `done` | | |
//! | `blocked` | `StepDone`, `GoOn`, `Reread` | `queued` | | |
//! | `blocked` | `Undo` | `cancelled`, the text is back in the draft | | the same |
//! | `blocked` | `Discard` | `cancelled` | | `done` |
//! | `blocked` | `RereadAfterAttempt` | `in_doubt` | | |
//! | `cancelled` | `Receipt`, `StepDone`, `SeenOnStream` | `done` | | |
//!
//! `sending` is written before the first byte leaves. What is `blocked` is given a reason, and waits for the advisor. The own key on the event
//! stream makes an end of everything, also of what was cancelled: a request may have been delayed on its way for longer than
//! anybody waited, and what took effect has to be told.
//!
//! # The key
//! The key is made at the click and never changes, whatever is decided about the entry later (D5): with another body a refused
//! key is a first request at the platform, and with the same key an attempt that was believed lost and arrives late cannot
//! add a second reply. So confirming again, sending without closing, and sending into the newer conversation keep it: it stands for
//! "this text, once".
//!
//! The platform forgets keys, and whatever once left this machine may have taken effect late and unheard. So the time of the first
//! attempt is on disk, by the platform's clock, and beyond its memory nothing is sent without asking, and nothing after asking in vain. An
//! attempt that never reached the network does not count. A time that lies ahead proves nothing, since a clock was wrong.
//!
//! # Files
//! An attempt names the files of its entry by the platform's ids, and with a key these stand for one body. So [`uploads`] brings them before
//! the first attempt, each id is on disk before the next step, and every later attempt names the same ones. An upload does nothing that
//! a customer sees: a failing one leaves no doubt about the act.
//!
//! The platform forgets uploads that nobody names, sooner than an outbox forgets a click. When it refuses an id as unknown, the entry goes
//! into doubt: what became of the key is asked first, and only where nothing was applied under it the files are uploaded once more. An older
//! attempt that is still on its way names ids that are gone for good, and can do nothing any more.
//!
//! # Steps
//! A platform says in which [steps](crate::remote::Step) it takes an act (DESIGN, outbox 10). Ours takes each whole, in one step under the
//! entry's key; another may need three requests for a closing: reply, survey, close. The way through claiming and settling is the same.
//! [`Progress`] holds which steps were taken, what each brought, and the *cursor*, the step that comes next; it changes only
//! in the transaction that changes the state, and the one that settles a step claims the next. Each step has a key of its own, made
//! from the entry's (`KEY/reply`).
//!
//! Steps only go forward. Once the reply is sent its text never returns to a draft, and nothing but the rest can still be discarded; the
//! entry waits in `blocked` with what has been done and what has not. The receipt is put together from the steps at the end.
//!
//! # Without keys
//! Where the platform does not recognise a repeated request ([`Platform::keeps_keys`](crate::remote::Platform::keeps_keys)), nothing is sent before
//! somebody has looked ([`Platform::look`](crate::remote::Platform::look)):
//! - *Before the first attempt*, for a mark: what is newest in the conversation. It is on disk before the first byte leaves, and
//!   every later look finds only what came after it. So two replies with the same text are told apart, also across a crash.
//! - *After an attempt whose outcome is unknown.* Found: the step is taken. Not found proves something only when the attempt cannot be on its
//!   way any more: it is looked for twice, [some minutes](settle) apart, by the platform's clock. If nobody can tell, the
//!   advisor looks, and says that it went through or that it is to be sent again.
//! - *For what a key's platform checks itself* (D6, D7): a message that the advisor had not seen, a conversation that somebody closed.
//!   Between the look and the request the customer can still write, a second or so; no client can close that gap.
//!
//! # Order
//! Within a conversation only the oldest open entry is ever considered, its *head*. The schema allows one head per conversation and
//! an index finds those that are due, however many entries stand behind them. Conversations do not wait for each other.
//!
//! # Time
//! Waits are on disk, as wall-clock times. Each says when it was decided: a clock that is behind that was set back, and the wait is over.

mod acknowledge;
mod check;
mod choose;
mod claim;
mod codes;
pub mod dispatcher;
mod enqueue;
mod entry;
mod error;
mod intent;
mod lane;
mod link;
mod listing;
pub mod machine;
mod progress;
mod rows;
mod settle;
mod upkeep;
mod uploads;

pub use acknowledge::acknowledge_from_event;
pub use check::check_text;
pub use choose::{Decision, choose, offered};
pub use dispatcher::{Dispatcher, Report, Sessions, Waker};
pub use enqueue::{Click, Wish, check_click, enqueue, new_key};
pub use entry::{Entry, State};
pub use error::OutboxError;
pub use intent::{Intent, PAYLOAD_VERSION};
pub use listing::{close_is_queued, counts, entry, list, list_of};
pub use progress::Progress;
pub(crate) use upkeep::erase_settled;
pub use upkeep::{close_switched, recover};

pub(crate) use listing::{conversations_with_entries, has_open, intents, receipts_of_replies, state_of};

/// The longest that is waited after failures: a platform that was down for a day is asked for at most this long after it is back.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(300);
