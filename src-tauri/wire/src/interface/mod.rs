//! What the interface and the shell say to each other: one type per question, answer and announcement.
//!
//! Every command of the interface is named here once, by its argument and result types; the engine has a method of the same
//! name, and the shell's command only passes the one to the other. TypeScript is generated from these types into
//! `ui/src/lib/wire`, so that a field renamed here is a type error there.
//!
//! | command | arguments | answer |
//! |---|---|---|
//! | `ui_ready` | `inbox`: [`InboxQuery`] | [`Startup`]; announcements flow from now on, over the channel that is passed along |
//! | `check_workspace` | `address` | [`WorkspaceFound`] |
//! | `start_demo` | | [`DemoWorkspace`] |
//! | `sign_in` | [`SignIn`] | [`SignInOutcome`]: the stage changes, or a second step follows. Also signs in again after a session expired (D25) |
//! | `second_step` | `code` | [`SignInOutcome`]; the stage changes |
//! | `sign_in_ways` | `address?` | [`SignInWays`](crate::contract::single_sign_on::SignInWays) |
//! | `begin_single_sign_on` | `address?` | nothing; the system's browser shows the provider's page |
//! | `finish_single_sign_on` | | [`SignInOutcome`] once the person came back from it; the stage changes |
//! | `cancel_single_sign_on` | | nothing; whoever waits in `finish_single_sign_on` is told |
//! | `enrol_second_factor` | | [`Enrolment`](crate::contract::second_factor::Enrolment), for an authenticator that has to be set up first |
//! | `sign_out` | | nothing; queued actions stay in the profile until the same person signs in again |
//! | `open_with_passphrase` | `passphrase` | nothing; the stage changes |
//! | `try_again` | | nothing; looks once more at a profile that could not be used |
//! | `refresh` | | nothing; asks the platform now (D1) and wakes the queue |
//! | `dismiss_notice` | `code` | nothing |
//! | `preferences`, `set_preferences` | [`Preferences`] | [`Preferences`] |
//! | `inbox` | [`InboxQuery`] | [`InboxPage`] |
//! | `conversation` | `conversation_id` | [`ConversationView`] |
//! | `mark_seen` | `conversation_id` | nothing; the row is no longer unread on this machine |
//! | `typing` | `conversation_id` | nothing; the customer is told where the channel can |
//! | `timeline` | [`TimelineQuery`] | [`TimelinePage`] |
//! | `picture` | [`PictureQuery`] | [`Picture`], drawn for the screen |
//! | `save_draft` | [`Draft`] | nothing |
//! | `choose_files` | `conversation_id` | [`Attached`]; the system's own dialog asks which. Cancelled, nothing is attached or refused |
//! | `take_files` | [`TakeFiles`] | [`Attached`]; what was brought and the web view keeps back |
//! | `attach_file` | the bytes as raw body, with the headers [`CONVERSATION_HEADER`] and [`NAME_HEADER`] | [`Attached`], once the file is durable |
//! | `detach_file` | [`DetachFile`] | list of [`AttachedFile`]: the draft's files as they are now |
//! | `send_reply` | [`SendReply`] | [`QueueEntry`], after the commit |
//! | `send_and_close` | [`SendAndClose`] | [`CloseOutcome`], after the system's dialog and the commit (R5, D3) |
//! | `archive`, `assign`, `release` | `conversation_id` | [`QueueEntry`], after the commit |
//! | `queue` | | list of [`QueueEntry`]: what needs attention first, then in the order of the clicks, then what is done |
//! | `choose` | [`Choose`] | [`Chosen`]; `confirm_again` asks in the system's dialog first |
//! | `inbox_options` | | [`InboxOptionsView`] |
//! | `save_inbox_options` | [`SaveInboxOptions`] | [`InboxOptionsView`] |
//! | `audit_log` | `after` | [`AuditPage`] |
//! | `administer` | [`Administer`] | [`Administered`]; what admins, and people about themselves, ask of the platform |
//! | `save_file` | [`SaveFile`] | [`Download`], or null if the person cancelled the dialog |
//! | `downloads` | | list of [`Download`] |
//! | `cancel_download`, `resume_download`, `show_download`, `forget_download` | `download_id` | nothing |
//! | `report_fault` | `message` | nothing; a fault of the interface goes to the log |
//!
//! Every command fails with a [`Failure`]. A click's command answers after its transaction is durable, never before (D21).

mod administration;
mod app;
mod conversation;
mod downloads;
mod failure;
mod files;
mod inbox;
mod pictures;
mod preferences;
mod queue;
mod settings;
mod sign_in;

pub use administration::*;
pub use app::*;
pub use conversation::*;
pub use downloads::*;
pub use failure::*;
pub use files::*;
pub use inbox::*;
pub use pictures::*;
pub use preferences::*;
pub use queue::*;
pub use settings::*;
pub use sign_in::*;
