//! How a command fails: a closed set of codes, each with a sentence in both languages in the interface.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A command that did not do what it was asked.
///
/// The interface acts on `code` and shows its own sentence for it; `detail` is for the log and for support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Failure {
    /// What happened.
    pub code: Code,
    /// Technical detail in English, without anybody's text. Never shown as the explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail: Option<String>,
    /// When trying again makes sense, if the platform or the clock says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_at: Option<DateTime<Utc>>,
    /// A number that the sentence names: the limit of a reply in characters, of a file in bytes, the minutes of a lockout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u32>,
    /// The platform's own code, where the interface may know more about it than `code` says: the refusals of `administer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
}

impl Failure {
    /// A failure that says everything by its code.
    pub fn new(code: Code) -> Self {
        Self { code, detail: None, retry_at: None, limit: None, problem: None }
    }

    /// The same failure with a detail for the log.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// Every reason for which the interface says something of its own. A variant exists only if a person does something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// The workspace's address is no http or https address.
    AddressInvalid,
    /// Nothing answers at the workspace's address, or its name does not resolve.
    AddressUnreachable,
    /// Something answers at the address, but it is no Signoff platform.
    AddressNotSignoff,
    /// The platform's certificate is not valid for this address or not trusted by this machine.
    CertificateInvalid,
    /// E-mail address and password do not belong together.
    BadCredentials,
    /// Too many wrong passwords; `retry_at` says when the next one is looked at.
    TooManyAttempts,
    /// The code of the second step is wrong, or was used before.
    SecondFactorWrong,
    /// Too long ago was the first step of this sign-in: it begins anew.
    SignInTooSlow,
    /// The platform does not know this sign-in any more (D25).
    SessionExpired,
    /// The signed-in person may not do this.
    NotAllowed,
    /// This machine has no keyring: the profile needs a passphrase.
    KeyringMissing,
    /// The keyring is locked and was not unlocked.
    KeyringLocked,
    /// The keyring refused to store or to give the key.
    KeyringRefused,
    /// The passphrase does not open this profile.
    PassphraseWrong,
    /// A new passphrase must have at least `limit` characters.
    PassphraseTooShort,
    /// The cache was damaged. It was set aside, the outbox was saved from it, the rest is being synchronised anew.
    CacheCorrupt,
    /// The cache was written by a newer version of Signoff.
    CacheNewer,
    /// The profile's folder cannot be written.
    CacheUnwritable,
    /// The key in the keyring, or the passphrase's, does not fit the cache: it belongs to another key.
    CacheKeyLost,
    /// The disk is full: nothing was queued, the text stays where it was typed.
    DiskFull,
    /// A file cannot be written where the person wants it.
    FileUnwritable,
    /// The file is not at the platform (any more).
    FileUnknown,
    /// The file has no bytes.
    FileEmpty,
    /// The file that was chosen cannot be read.
    FileUnreadable,
    /// The file is larger than the `limit` in bytes that the channel takes.
    FileTooLarge,
    /// The channel takes no files of this kind.
    FileKindRefused,
    /// More files than the `limit` that the channel takes with one reply.
    FilesTooMany,
    /// Files cannot be sent here: the channel takes none, or its platform takes none from here.
    FilesNotTaken,
    /// Files that were not sent yet have the `limit` in bytes that this machine keeps of them. Some have to go first.
    FilesFull,
    /// The draft's files are not those that were on the screen. Nothing was queued.
    FilesChanged,
    /// A file was damaged on this machine and is never sent: it has to be attached anew.
    FileDamaged,
    /// The platform has twice lost a file that it had taken. Nothing was sent.
    FilesLost,
    /// The file is no picture that can be shown, or too large for it. It can be saved.
    PictureUnreadable,
    /// Another Signoff has this profile open.
    AlreadyRunning,
    /// This machine's clock is far from the platform's.
    ClockWrong,
    /// There is no network, or the platform cannot be reached, and this needs it.
    Offline,
    /// The platform answers, but with something that nobody can read.
    PlatformNonsense,
    /// The platform is reachable and says that it cannot work right now.
    PlatformUnavailable,
    /// The reply is empty or nothing but white space (R4).
    ReplyEmpty,
    /// The reply is longer than `limit` characters.
    ReplyTooLong,
    /// The reply contains control characters that no channel can carry.
    ReplyUnsendable,
    /// A mandatory tag or team is missing (D16).
    TagsMissing,
    /// The channel's reply window is over (D9).
    ReplyWindowExpired,
    /// The customer has written since the newest message that the advisor had seen (D6).
    CustomerWroteSince,
    /// The conversation is closed (D7, R8).
    ConversationClosed,
    /// Closing by advisors is switched off (D8).
    CloseDisabled,
    /// The conversation is not (any more) one that this person can see.
    ConversationUnknown,
    /// The queued action is no longer there: it was delivered, undone or discarded meanwhile.
    EntryUnknown,
    /// The action has moved on since its choices were shown, and does not offer this one any more. Nothing was changed.
    EntryInFlight,
    /// Whether the action took effect cannot be found out: the platform keeps answers only for so long, or keeps none. The advisor looks
    /// at the conversation and decides.
    OutcomeUnknown,
    /// The action was taken back while it was on its way, and part of it has taken effect.
    UndoneInPart,
    /// The setting was changed by somebody else since it was read.
    SettingsStale,
    /// The platform refused for a reason that this version does not know.
    RefusedOtherwise,
    /// The queued action was written by another version and cannot be read by this one; its text can.
    EntryUnreadable,
    /// A `signoff:` link was followed that leads nowhere.
    LinkMalformed,
    /// The page that embeds the widget gave no access to the conversation (R12).
    HostSilent,
    /// The page that embeds the widget acts for somebody else than when it was opened. What was queued waits for its author (R12).
    AnotherPerson,
    /// The browser keeps nothing for the widget's page: what is queued in it is lost when the page is left.
    NothingKept,
    /// A fault of ours. The log has more.
    Internal,
}
