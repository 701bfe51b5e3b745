//! Why a request is refused. The texts are for people who read answers with curl; clients act on the code.

use signoff_wire::contract::{
    problems::{Problem, ProblemCode},
    routing::RuleFault,
    scenarios::ScenarioFault,
};

use crate::sessions::password::Weakness;

/// A refusal, with what its problem document adds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// E-mail or password is wrong; which of them is nobody's business.
    #[error("E-mail address or password is wrong.")]
    BadCredentials,
    /// Too many failed sign-ins for this address.
    #[error("Too many failed sign-ins for this address; try again in {retry_after_s} s.")]
    TooManyAttempts {
        /// Until the minute is over.
        retry_after_s: u64,
    },
    /// No token, or a dead one.
    #[error("Sign in first: the request carries no valid token.")]
    Unauthenticated,
    /// The key does not open this channel.
    #[error("The key does not belong to this channel.")]
    ChannelKeyWrong,
    /// No such route, or not for this role.
    #[error("There is nothing here.")]
    NotFound,
    /// The route exists, the method does not.
    #[error("This route does not know the method.")]
    MethodNotAllowed,
    /// The body did not arrive in time.
    #[error("The body did not arrive in time.")]
    RequestTimeout,
    /// One address asks too often.
    #[error("Too many requests from this address; try again in a second.")]
    TooManyRequests,
    /// Over 1 MiB.
    #[error("The body is larger than 1 MiB.")]
    BodyTooLarge,
    /// Not JSON.
    #[error("The body cannot be read as JSON: {0}.")]
    MalformedJson(String),
    /// JSON, but not what the call needs.
    #[error("The body does not have the expected shape: {0}.")]
    InvalidBody(String),
    /// The shape is right, and yet there can be no such thing: a range that ends before it begins, a zone that does not exist.
    #[error("{0}.")]
    InvalidValue(String),
    /// A query parameter that cannot be read.
    #[error("The query cannot be read: {0}.")]
    InvalidQuery(String),
    /// No usable idempotency key.
    #[error("The request needs one Idempotency-Key header with a UUID.")]
    IdempotencyKeyMissing,
    /// The key belongs to another request.
    #[error("This idempotency key was used for another request.")]
    IdempotencyKeyReused,
    /// The first request with this key is not finished.
    #[error("The first request with this idempotency key is still running.")]
    IdempotencyInProgress,
    /// Nothing was applied under this key.
    #[error("Nothing was applied under this idempotency key.")]
    ReceiptUnknown,
    /// No such conversation, or not visible to this user.
    #[error("There is no such conversation.")]
    ConversationUnknown,
    /// No such customer.
    #[error("There is no such customer.")]
    CustomerUnknown,
    /// D8: the feature is off.
    #[error("Closing conversations manually is switched off in this workspace.")]
    CloseDisabled,
    /// R8, D7: closed is final.
    #[error("The conversation is closed for good.")]
    ConversationClosed {
        /// The customer's newer conversation.
        newer_conversation_id: Option<String>,
    },
    /// D6: the customer has written since.
    #[error("The customer has written since the message that you had seen.")]
    CustomerWroteSince {
        /// The newest customer message.
        last_customer_message_id: Option<String>,
    },
    /// R4: a reply has to say something.
    #[error("The reply is empty.")]
    ReplyEmpty,
    /// The channel does not take so much.
    #[error("The reply has {length} characters; the channel takes {limit}.")]
    ReplyTooLong {
        /// In Unicode scalar values.
        length: usize,
        /// The channel's limit.
        limit: u32,
    },
    /// No such uploaded file.
    #[error("There is no such uploaded file.")]
    AttachmentUnknown,
    /// D9: too late for this channel.
    #[error("The channel takes no reply any more: the customer's last message is too old.")]
    ReplyWindowExpired,
    /// D16: tag or team is missing.
    #[error("A mandatory tag or team is missing.")]
    TagsMissing,
    /// A note has to say something.
    #[error("The note is empty.")]
    NoteEmpty,
    /// No such user.
    #[error("There is no such user.")]
    UserUnknown,
    /// Whoever has a conversation has to see it, and may answer in it.
    #[error(
        "This person does not see the conversation: it is another team's, or on a channel where they may not reply."
    )]
    AssigneeWithoutAccess,
    /// No such team.
    #[error("There is no such team.")]
    TeamUnknown,
    /// No such tag.
    #[error("There is no tag of that name.")]
    TagUnknown,
    /// Names of tags are not used twice.
    #[error("There is a tag of that name, or another one was once called so.")]
    TagExists,
    /// One text per shortcut, language and team.
    #[error("There is a prepared answer with this shortcut in this language.")]
    ShortcutExists,
    /// Addresses are unique.
    #[error("Somebody has this e-mail address already.")]
    EmailTaken,
    /// Somebody has to be able to change settings.
    #[error("A workspace needs an active admin, and this is the last one.")]
    LastAdmin,
    /// Nobody locks themselves out.
    #[error("Nobody deactivates their own account.")]
    OwnAccount,
    /// Names of teams are unique.
    #[error("There is a team of this name already.")]
    TeamNameTaken,
    /// Customers would be sent to nobody.
    #[error("Routing rules or scenarios still send conversations to this team.")]
    TeamInUse,
    /// A password that somebody would guess.
    #[error("The password is not good enough: {0}.")]
    PasswordWeak(Weakness),
    /// Somebody who is signed in has to show that it is still them.
    #[error("This is not your password.")]
    PasswordWrong,
    /// Links are for people who may sign in.
    #[error("The person is deactivated.")]
    PersonInactive,
    /// A link that lets nobody in.
    #[error("The link was used, taken back, or is too old.")]
    InvitationUnknown,
    /// The first of two steps is done.
    #[error("The password is right; a code of your authenticator is needed as well.")]
    SecondFactorRequired {
        /// What the second step has to bring.
        challenge: String,
    },
    /// The same, and there is no authenticator yet.
    #[error("The password is right; this workspace requires an authenticator as well. Set one up.")]
    SecondFactorEnrolmentRequired {
        /// What the enrolment and the second step have to bring.
        challenge: String,
    },
    /// A code that is wrong now, or was used.
    #[error("The code is wrong, or was used before.")]
    SecondFactorWrong,
    /// The first step is too long ago.
    #[error("The first step of the sign-in is too long ago; begin again.")]
    ChallengeUnknown,
    /// Nothing to be confirmed.
    #[error("No authenticator is being set up.")]
    EnrolmentUnknown,
    /// Not with this workspace.
    #[error("This workspace requires a second factor of everybody.")]
    SecondFactorCompulsory,
    /// The workspace signs in through its provider; the password was right.
    #[error("This workspace signs in through its provider, not with passwords.")]
    PasswordsOff,
    /// The workspace has no single sign-on.
    #[error("This workspace has no single sign-on.")]
    SingleSignOnOff,
    /// The provider did not answer, or not as OpenID Connect providers do.
    #[error("The provider does not work: {0}.")]
    ProviderUnfit(String),
    /// The provider did not answer, or its answer was not to be trusted; the platform's log says more.
    #[error("The sign-in at the provider failed; the platform's log says why.")]
    ProviderFailed,
    /// The provider says that the person declined, or may not.
    #[error("The sign-in was declined at the provider.")]
    ProviderDeclined,
    /// This sign-in was used, or is too long ago; begin again.
    #[error("This sign-in was used already, or is too long ago. Begin again in Signoff.")]
    VisitUnknown,
    /// The provider vouches for no e-mail address of this person.
    #[error("The provider does not vouch for an e-mail address of yours.")]
    EmailUnverified,
    /// Addresses of this domain do not sign in this way.
    #[error("E-mail addresses of your domain do not sign in this way.")]
    DomainNotAllowed,
    /// Nobody here has this e-mail address.
    #[error("Nobody in this workspace has your e-mail address.")]
    PersonUnknown,
    /// Whoever has this address here signs in with another account of the provider.
    #[error(
        "Whoever has your e-mail address here signs in with another account of the provider; an admin can unbind it."
    )]
    PersonBoundOtherwise,
    /// Settings are changed with `If-Match` only.
    #[error("Changing settings needs an If-Match header with the version that you saw.")]
    IfMatchMissing,
    /// Somebody else was quicker.
    #[error("The settings were changed meanwhile; read them again.")]
    Stale,
    /// No such reply on this channel.
    #[error("There is no such reply on this channel.")]
    ReplyUnknown,
    /// No such survey.
    #[error("There is no such survey.")]
    SurveyUnknown,
    /// D11: one rating per survey.
    #[error("The survey has been answered already.")]
    AlreadyAnswered,
    /// More words come after the rating.
    #[error("The survey has no rating yet; answer it first.")]
    NotAnswered,
    /// The words were given already.
    #[error("The survey has a comment already.")]
    AlreadyCommented,
    /// Somebody hammers at one survey.
    #[error("Too many requests about this survey; try again in {retry_after_s} s.")]
    SurveyHammered {
        /// Until the minute is over.
        retry_after_s: u64,
    },
    /// D11: seven days are over.
    #[error("The survey is over.")]
    SurveyExpired,
    /// No such export, or its file is gone.
    #[error("There is no such export.")]
    ExportUnknown,
    /// The export is still being made, or could not be.
    #[error("The export is not ready.")]
    ExportNotReady,
    /// Enough exports wait to be made.
    #[error("Enough exports wait to be made; ask again when they are.")]
    ExportsWaiting,
    /// The file ends before the range begins.
    #[error("The file ends before the range that was asked for.")]
    RangeUnsatisfiable,
    /// No such channel.
    #[error("There is no such channel.")]
    ChannelUnknown,
    /// The id is taken.
    #[error("There is a channel with this id already.")]
    ChannelExists,
    /// Archived channels take nothing any more.
    #[error("The channel is archived and takes no messages any more.")]
    ChannelArchived,
    /// The platform does not go there.
    #[error("The platform does not call this address: {0}.")]
    AddressRefused(String),
    /// The signature says that somebody else sent it, or that it was changed.
    #[error("The webhook's signature is missing or wrong.")]
    SignatureWrong,
    /// Too old, or from the future.
    #[error("The webhook's time is more than five minutes off the platform's.")]
    TimestampOff,
    /// Seen before.
    #[error("This very request was taken before; sign a repetition anew.")]
    Replayed,
    /// A file over the channel's limit.
    #[error("The file is larger than the {limit} bytes that are taken.")]
    AttachmentTooLarge {
        /// In bytes.
        limit: u64,
    },
    /// A kind of file that is not taken.
    #[error("Files of the kind {0} are not taken.")]
    AttachmentRefused(String),
    /// Too many files at once.
    #[error("At most {limit} files are taken at once.")]
    AttachmentsTooMany {
        /// The channel's limit.
        limit: u32,
    },
    /// A message has to say something.
    #[error("The message is empty.")]
    MessageEmpty,
    /// A message over the chat's limit.
    #[error("The message has {length} characters; the chat takes {limit}.")]
    MessageTooLong {
        /// In Unicode scalar values.
        length: usize,
        /// The chat's limit.
        limit: u32,
    },
    /// Too much at once.
    #[error("That was too much at once; try again in {retry_after_s} s.")]
    RateLimited {
        /// Until there is room again.
        retry_after_s: u64,
    },
    /// No such scenario, or no such version.
    #[error("There is no such scenario, or no such version of it.")]
    ScenarioUnknown,
    /// Names are how admins tell them apart.
    #[error("There is a scenario of this name already.")]
    ScenarioExists,
    /// Channels come first.
    #[error("A channel uses this scenario; give the channel another one first.")]
    ScenarioInUse,
    /// A draft with faults is not published.
    #[error("The draft has {} faults and was not published.", .faults.len())]
    ScenarioFaulty {
        /// What is wrong, and where.
        faults: Vec<ScenarioFault>,
    },
    /// Rules that name what is not there are not saved.
    #[error("The rules name {} things that the workspace has not, and were not saved.", .faults.len())]
    RulesFaulty {
        /// What is wrong, and in which rule.
        faults: Vec<RuleFault>,
    },
    /// The secret belongs to no application.
    #[error("No widget application has this secret.")]
    WidgetSecretWrong,
    /// No such application.
    #[error("There is no such widget application.")]
    WidgetApplicationUnknown,
    /// Names are unique.
    #[error("Another widget application has this name.")]
    WidgetApplicationExists,
    /// Only pages that are named in full may hold the widget.
    #[error("{0:?} is no web origin such as https://crm.example.")]
    OriginInvalid(String),
    /// Try again later.
    #[error("The platform has too much to do; try again in a second.")]
    Overloaded,
    /// The last space on the disk is for what people write.
    #[error("The platform has no room for files; try again in a minute.")]
    StorageFull,
    /// Our fault; the log says more.
    #[error("Something went wrong on the platform's side. Nothing was changed.")]
    Internal,
}

impl Refusal {
    /// The code, the HTTP status and the title of the kind.
    #[must_use]
    pub fn kind(&self) -> (ProblemCode, u16, &'static str) {
        match self {
            Self::BadCredentials => (ProblemCode::BadCredentials, 401, "Wrong credentials"),
            Self::TooManyAttempts { .. } => (ProblemCode::TooManyAttempts, 429, "Too many attempts"),
            Self::Unauthenticated => (ProblemCode::Unauthenticated, 401, "Not signed in"),
            Self::ChannelKeyWrong => (ProblemCode::ChannelKeyWrong, 401, "Wrong channel key"),
            Self::NotFound => (ProblemCode::NotFound, 404, "Not found"),
            Self::MethodNotAllowed => (ProblemCode::MethodNotAllowed, 405, "Method not allowed"),
            Self::RequestTimeout => (ProblemCode::RequestTimeout, 408, "Request timeout"),
            Self::TooManyRequests => (ProblemCode::TooManyRequests, 429, "Too many requests"),
            Self::BodyTooLarge => (ProblemCode::BodyTooLarge, 413, "Body too large"),
            Self::MalformedJson(_) => (ProblemCode::MalformedJson, 400, "Malformed JSON"),
            Self::InvalidBody(_) => (ProblemCode::InvalidBody, 422, "Invalid body"),
            Self::InvalidValue(_) => (ProblemCode::InvalidValue, 422, "Invalid value"),
            Self::InvalidQuery(_) => (ProblemCode::InvalidQuery, 400, "Invalid query"),
            Self::IdempotencyKeyMissing => (ProblemCode::IdempotencyKeyMissing, 400, "Idempotency key missing"),
            Self::IdempotencyKeyReused => (ProblemCode::IdempotencyKeyReused, 422, "Idempotency key reused"),
            Self::IdempotencyInProgress => (ProblemCode::IdempotencyInProgress, 409, "Still in progress"),
            Self::ReceiptUnknown => (ProblemCode::ReceiptUnknown, 404, "Receipt unknown"),
            Self::ConversationUnknown => (ProblemCode::ConversationUnknown, 404, "Conversation unknown"),
            Self::CustomerUnknown => (ProblemCode::CustomerUnknown, 404, "Customer unknown"),
            Self::CloseDisabled => (ProblemCode::CloseDisabled, 403, "Closing is switched off"),
            Self::ConversationClosed { .. } => (ProblemCode::ConversationClosed, 409, "Conversation closed"),
            Self::CustomerWroteSince { .. } => (ProblemCode::CustomerWroteSince, 412, "The customer wrote"),
            Self::ReplyEmpty => (ProblemCode::ReplyEmpty, 422, "Reply empty"),
            Self::ReplyTooLong { .. } => (ProblemCode::ReplyTooLong, 422, "Reply too long"),
            Self::AttachmentUnknown => (ProblemCode::AttachmentUnknown, 422, "Attachment unknown"),
            Self::ReplyWindowExpired => (ProblemCode::ReplyWindowExpired, 422, "Reply window expired"),
            Self::TagsMissing => (ProblemCode::TagsMissing, 422, "Tags missing"),
            Self::NoteEmpty => (ProblemCode::NoteEmpty, 422, "Note empty"),
            Self::UserUnknown => (ProblemCode::UserUnknown, 422, "User unknown"),
            Self::AssigneeWithoutAccess => (ProblemCode::AssigneeWithoutAccess, 422, "Assignee without access"),
            Self::TeamUnknown => (ProblemCode::TeamUnknown, 422, "Team unknown"),
            Self::TagUnknown => (ProblemCode::TagUnknown, 422, "Tag unknown"),
            Self::TagExists => (ProblemCode::TagExists, 409, "Tag exists"),
            Self::ShortcutExists => (ProblemCode::ShortcutExists, 409, "Shortcut exists"),
            Self::EmailTaken => (ProblemCode::EmailTaken, 409, "E-mail address taken"),
            Self::LastAdmin => (ProblemCode::LastAdmin, 409, "Last admin"),
            Self::OwnAccount => (ProblemCode::OwnAccount, 409, "Own account"),
            Self::TeamNameTaken => (ProblemCode::TeamNameTaken, 409, "Team name taken"),
            Self::TeamInUse => (ProblemCode::TeamInUse, 409, "Team in use"),
            Self::PasswordWeak(weakness) => (weakness.code(), 422, "Password not good enough"),
            Self::PasswordWrong => (ProblemCode::PasswordWrong, 403, "Password wrong"),
            Self::PersonInactive => (ProblemCode::PersonInactive, 409, "Person inactive"),
            Self::InvitationUnknown => (ProblemCode::InvitationUnknown, 404, "Invitation unknown"),
            Self::SecondFactorRequired { .. } => (ProblemCode::SecondFactorRequired, 401, "Second factor required"),
            Self::SecondFactorEnrolmentRequired { .. } => {
                (ProblemCode::SecondFactorEnrolmentRequired, 401, "Second factor has to be set up")
            }
            Self::SecondFactorWrong => (ProblemCode::SecondFactorWrong, 401, "Second factor wrong"),
            Self::ChallengeUnknown => (ProblemCode::ChallengeUnknown, 401, "Challenge unknown"),
            Self::EnrolmentUnknown => (ProblemCode::EnrolmentUnknown, 409, "Enrolment unknown"),
            Self::SecondFactorCompulsory => (ProblemCode::SecondFactorCompulsory, 409, "Second factor compulsory"),
            Self::PasswordsOff => (ProblemCode::PasswordsOff, 403, "Passwords are off"),
            Self::SingleSignOnOff => (ProblemCode::SingleSignOnOff, 409, "Single sign-on is off"),
            Self::ProviderUnfit(_) => (ProblemCode::ProviderUnfit, 422, "Provider unfit"),
            Self::ProviderFailed => (ProblemCode::ProviderFailed, 409, "Provider failed"),
            Self::ProviderDeclined => (ProblemCode::ProviderDeclined, 403, "Declined at the provider"),
            Self::VisitUnknown => (ProblemCode::VisitUnknown, 401, "Sign-in unknown"),
            Self::EmailUnverified => (ProblemCode::EmailUnverified, 403, "E-mail address not verified"),
            Self::DomainNotAllowed => (ProblemCode::DomainNotAllowed, 403, "Domain not allowed"),
            Self::PersonUnknown => (ProblemCode::PersonUnknown, 403, "Person unknown"),
            Self::PersonBoundOtherwise => (ProblemCode::PersonBoundOtherwise, 403, "Another account is bound"),
            Self::IfMatchMissing => (ProblemCode::IfMatchMissing, 428, "If-Match missing"),
            Self::Stale => (ProblemCode::Stale, 412, "Stale"),
            Self::ReplyUnknown => (ProblemCode::ReplyUnknown, 404, "Reply unknown"),
            Self::SurveyUnknown => (ProblemCode::SurveyUnknown, 404, "Survey unknown"),
            Self::AlreadyAnswered => (ProblemCode::AlreadyAnswered, 409, "Already answered"),
            Self::NotAnswered => (ProblemCode::NotAnswered, 409, "Not answered"),
            Self::AlreadyCommented => (ProblemCode::AlreadyCommented, 409, "Already commented"),
            Self::SurveyHammered { .. } => (ProblemCode::TooManyRequests, 429, "Too many requests"),
            Self::SurveyExpired => (ProblemCode::SurveyExpired, 410, "Survey expired"),
            Self::ExportUnknown => (ProblemCode::ExportUnknown, 404, "Export unknown"),
            Self::ExportNotReady => (ProblemCode::ExportNotReady, 409, "Export not ready"),
            Self::ExportsWaiting => (ProblemCode::ExportsWaiting, 409, "Exports waiting"),
            Self::RangeUnsatisfiable => (ProblemCode::RangeUnsatisfiable, 416, "Range not satisfiable"),
            Self::ChannelUnknown => (ProblemCode::ChannelUnknown, 404, "Channel unknown"),
            Self::ChannelExists => (ProblemCode::ChannelExists, 409, "Channel exists"),
            Self::ChannelArchived => (ProblemCode::ChannelArchived, 410, "Channel archived"),
            Self::AddressRefused(_) => (ProblemCode::AddressRefused, 422, "Address refused"),
            Self::SignatureWrong => (ProblemCode::SignatureWrong, 401, "Signature wrong"),
            Self::TimestampOff => (ProblemCode::TimestampOff, 401, "Time is off"),
            Self::Replayed => (ProblemCode::Replayed, 409, "Replayed"),
            Self::AttachmentTooLarge { .. } => (ProblemCode::AttachmentTooLarge, 413, "File too large"),
            Self::AttachmentRefused(_) => (ProblemCode::AttachmentRefused, 422, "File refused"),
            Self::AttachmentsTooMany { .. } => (ProblemCode::AttachmentsTooMany, 422, "Too many files"),
            Self::MessageEmpty => (ProblemCode::MessageEmpty, 422, "Message empty"),
            Self::MessageTooLong { .. } => (ProblemCode::MessageTooLong, 422, "Message too long"),
            Self::RateLimited { .. } => (ProblemCode::RateLimited, 429, "Too much at once"),
            Self::ScenarioUnknown => (ProblemCode::ScenarioUnknown, 404, "Scenario unknown"),
            Self::ScenarioExists => (ProblemCode::ScenarioExists, 409, "Scenario exists"),
            Self::ScenarioInUse => (ProblemCode::ScenarioInUse, 409, "Scenario in use"),
            Self::ScenarioFaulty { .. } => (ProblemCode::ScenarioFaulty, 422, "Scenario faulty"),
            Self::RulesFaulty { .. } => (ProblemCode::RulesFaulty, 422, "Rules faulty"),
            Self::WidgetSecretWrong => (ProblemCode::WidgetSecretWrong, 401, "Wrong widget secret"),
            Self::WidgetApplicationUnknown => {
                (ProblemCode::WidgetApplicationUnknown, 404, "Widget application unknown")
            }
            Self::WidgetApplicationExists => (ProblemCode::WidgetApplicationExists, 409, "Widget application exists"),
            Self::OriginInvalid(_) => (ProblemCode::OriginInvalid, 422, "Origin invalid"),
            Self::Overloaded => (ProblemCode::Overloaded, 503, "Overloaded"),
            Self::StorageFull => (ProblemCode::Overloaded, 503, "No room for files"),
            Self::Internal => (ProblemCode::Internal, 500, "Internal error"),
        }
    }

    /// Seconds for `Retry-After`, on the answers that carry it.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u64> {
        if let Self::TooManyAttempts { retry_after_s }
        | Self::SurveyHammered { retry_after_s }
        | Self::RateLimited { retry_after_s } = self
        {
            return Some(*retry_after_s);
        }
        if matches!(self, Self::StorageFull) {
            return Some(60);
        }
        matches!(self, Self::Overloaded | Self::IdempotencyInProgress | Self::TooManyRequests).then_some(1)
    }

    /// The document that goes over the wire.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (code, status, title) = self.kind();
        let mut problem = Problem {
            kind: format!("urn:signoff:problem:{code}"),
            title: title.to_owned(),
            status,
            detail: self.to_string(),
            instance: None,
            retryable: status >= 500 || matches!(status, 408 | 429) || *self == Self::IdempotencyInProgress,
            code,
            newer_conversation_id: None,
            last_customer_message_id: None,
            limit: None,
            faults: None,
            rule_faults: None,
            challenge: None,
        };
        if let Self::ConversationClosed { newer_conversation_id } = self {
            problem.newer_conversation_id.clone_from(newer_conversation_id);
        }
        if let Self::CustomerWroteSince { last_customer_message_id } = self {
            problem.last_customer_message_id.clone_from(last_customer_message_id);
        }
        if let Self::SecondFactorRequired { challenge } | Self::SecondFactorEnrolmentRequired { challenge } = self {
            problem.challenge = Some(challenge.clone());
        }
        if let Self::ReplyTooLong { limit, .. }
        | Self::MessageTooLong { limit, .. }
        | Self::AttachmentsTooMany { limit } = self
        {
            problem.limit = Some(*limit);
        }
        if let Self::ScenarioFaulty { faults } = self {
            problem.faults = Some(faults.clone());
        }
        if let Self::RulesFaulty { faults } = self {
            problem.rule_faults = Some(faults.clone());
        }
        problem
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the workspace file refused");
        Self::Internal
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "cannot write or read stored JSON");
        Self::Internal
    }
}
