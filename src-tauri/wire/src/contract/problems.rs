//! Refusals, as `application/problem+json` (RFC 9457). Clients act on `code` and nothing else.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{open_enum::open_enum, routing::RuleFault, scenarios::ScenarioFault};

open_enum! {
    /// Why a request was refused.
    ProblemCode {
        /// 401: e-mail or password is wrong.
        BadCredentials = "bad-credentials",
        /// 429: too many failed sign-ins.
        TooManyAttempts = "too-many-attempts",
        /// 401: no token, or a dead one.
        Unauthenticated = "unauthenticated",
        /// 401: the channel key is wrong.
        ChannelKeyWrong = "channel-key-wrong",
        /// 404: no such route, or not for this role.
        NotFound = "not-found",
        /// 405: the route has no such method.
        MethodNotAllowed = "method-not-allowed",
        /// 408: the body did not arrive in time.
        RequestTimeout = "request-timeout",
        /// 429: too many requests from one address, or about one survey.
        TooManyRequests = "too-many-requests",
        /// 413: the body is over 1 MiB.
        BodyTooLarge = "body-too-large",
        /// 400: the body is no JSON, or nested too deeply.
        MalformedJson = "malformed-json",
        /// 422: a field is missing or has the wrong type.
        InvalidBody = "invalid-body",
        /// 422: the shape is right, and yet there can be no such thing; `detail` says why.
        InvalidValue = "invalid-value",
        /// 400: a query parameter cannot be read.
        InvalidQuery = "invalid-query",
        /// 400: the request needs an idempotency key.
        IdempotencyKeyMissing = "idempotency-key-missing",
        /// 422: the key was used for another request.
        IdempotencyKeyReused = "idempotency-key-reused",
        /// 409: the first request with this key is still running.
        IdempotencyInProgress = "idempotency-in-progress",
        /// 404: nothing was applied under this key.
        ReceiptUnknown = "receipt-unknown",
        /// 404: no such conversation, or not visible.
        ConversationUnknown = "conversation-unknown",
        /// 403: the feature is off (D8).
        CloseDisabled = "close-disabled",
        /// 404: no such customer.
        CustomerUnknown = "customer-unknown",
        /// 409: closed is final (R8, D7).
        ConversationClosed = "conversation-closed",
        /// 412: the customer has written since (D6).
        CustomerWroteSince = "customer-wrote-since",
        /// 422: nothing but white space (R4).
        ReplyEmpty = "reply-empty",
        /// 422: longer than the channel takes.
        ReplyTooLong = "reply-too-long",
        /// 422: no such uploaded file.
        AttachmentUnknown = "attachment-unknown",
        /// 422: the channel takes no reply any more (D9).
        ReplyWindowExpired = "reply-window-expired",
        /// 422: a mandatory tag or team is missing (D16).
        TagsMissing = "tags-missing",
        /// 422: the note has no text.
        NoteEmpty = "note-empty",
        /// 422: no such user.
        UserUnknown = "user-unknown",
        /// The person does not see the conversation, and so cannot have it.
        AssigneeWithoutAccess = "assignee-without-access",
        /// 422: no such team.
        TeamUnknown = "team-unknown",
        /// 422: no such tag.
        TagUnknown = "tag-unknown",
        /// 409: there is, or was, a tag of that name.
        TagExists = "tag-exists",
        /// 409: the team has a prepared answer with this shortcut in this language.
        ShortcutExists = "shortcut-exists",
        /// 409: somebody has this e-mail address already.
        EmailTaken = "email-taken",
        /// 409: a workspace needs an active admin.
        LastAdmin = "last-admin",
        /// 409: nobody deactivates themselves.
        OwnAccount = "own-account",
        /// 409: there is a team of this name already.
        TeamNameTaken = "team-name-taken",
        /// 409: rules or scenarios still route to the team.
        TeamInUse = "team-in-use",
        /// 422: a password has 12 characters at least.
        PasswordTooShort = "password-too-short",
        /// 422: a password has 1000 characters at most.
        PasswordTooLong = "password-too-long",
        /// 422: the password is among those that are tried first.
        PasswordTooCommon = "password-too-common",
        /// 422: the password contains the name or the e-mail address.
        PasswordSaysWho = "password-says-who",
        /// 403: this is not one's password.
        PasswordWrong = "password-wrong",
        /// 409: links are for people who are active.
        PersonInactive = "person-inactive",
        /// 404: the link was used, taken back, or is too old.
        InvitationUnknown = "invitation-unknown",
        /// 401: the password is right, and a code is needed as well; with `challenge`.
        SecondFactorRequired = "second-factor-required",
        /// 401: the password is right, and a second factor has to be set up first; with `challenge`.
        SecondFactorEnrolmentRequired = "second-factor-enrolment-required",
        /// 401: the code is wrong, or was used before.
        SecondFactorWrong = "second-factor-wrong",
        /// 401: the first step was too long ago; sign in again.
        ChallengeUnknown = "challenge-unknown",
        /// 409: no authenticator is being set up, or there is none.
        EnrolmentUnknown = "enrolment-unknown",
        /// 409: the workspace requires a second factor of everybody.
        SecondFactorCompulsory = "second-factor-compulsory",
        /// 403: the workspace signs in through its provider; the password was right.
        PasswordsOff = "passwords-off",
        /// 409: the workspace has no single sign-on.
        SingleSignOnOff = "single-sign-on-off",
        /// 422: the provider did not answer, or not as OpenID Connect providers do.
        ProviderUnfit = "provider-unfit",
        /// 409: the provider did not answer, or its answer was not to be trusted; the platform's log says more.
        ProviderFailed = "provider-failed",
        /// 403: the provider says that the person declined, or may not.
        ProviderDeclined = "provider-declined",
        /// 401: this sign-in was used, or is too long ago; begin again.
        VisitUnknown = "visit-unknown",
        /// 403: the provider vouches for no e-mail address of this person.
        EmailUnverified = "email-unverified",
        /// 403: addresses of this domain do not sign in this way.
        DomainNotAllowed = "domain-not-allowed",
        /// 403: nobody here has this e-mail address.
        PersonUnknown = "person-unknown",
        /// 403: whoever has this e-mail address here signs in with another account of the provider.
        PersonBoundOtherwise = "person-bound-otherwise",
        /// 428: settings are changed with `If-Match` only.
        IfMatchMissing = "if-match-missing",
        /// 412: somebody else changed it meanwhile.
        Stale = "stale",
        /// 404: no such reply on this channel.
        ReplyUnknown = "reply-unknown",
        /// 404: no such survey.
        SurveyUnknown = "survey-unknown",
        /// 409: one rating per survey (D11).
        AlreadyAnswered = "already-answered",
        /// 409: a comment comes after the rating.
        NotAnswered = "not-answered",
        /// 409: the comment was given already.
        AlreadyCommented = "already-commented",
        /// 410: the survey is over (D11).
        SurveyExpired = "survey-expired",
        /// 404: no such export.
        ExportUnknown = "export-unknown",
        /// 409: the export is not ready.
        ExportNotReady = "export-not-ready",
        /// 409: enough exports wait to be made.
        ExportsWaiting = "exports-waiting",
        /// 416: the file ends before the range begins.
        RangeUnsatisfiable = "range-unsatisfiable",
        /// 404: no such channel.
        ChannelUnknown = "channel-unknown",
        /// 409: a channel of this id exists.
        ChannelExists = "channel-exists",
        /// 410: the channel is archived and takes no messages any more.
        ChannelArchived = "channel-archived",
        /// 422: the platform does not call this address.
        AddressRefused = "address-refused",
        /// 401: the signature of a webhook is missing or wrong.
        SignatureWrong = "signature-wrong",
        /// 401: the webhook's time is more than five minutes off.
        TimestampOff = "timestamp-off",
        /// 409: this very request was taken before.
        Replayed = "replayed",
        /// 413: the file is larger than the channel takes.
        AttachmentTooLarge = "attachment-too-large",
        /// 422: the channel does not take files of this kind.
        AttachmentRefused = "attachment-refused",
        /// 422: more files than the channel takes at once.
        AttachmentsTooMany = "attachments-too-many",
        /// 422: a message has to say something, or bring a file.
        MessageEmpty = "message-empty",
        /// 422: longer than the chat takes.
        MessageTooLong = "message-too-long",
        /// 429: too much at once; `Retry-After` says when.
        RateLimited = "rate-limited",
        /// 404: no such scenario, or no such version of it.
        ScenarioUnknown = "scenario-unknown",
        /// 409: there is a scenario of that name.
        ScenarioExists = "scenario-exists",
        /// 409: a channel uses the scenario.
        ScenarioInUse = "scenario-in-use",
        /// 422: the draft has faults; they are listed.
        ScenarioFaulty = "scenario-faulty",
        /// 422: a rule names what is not there, or not any more; they are listed.
        RulesFaulty = "rules-faulty",
        /// 401: no application has this secret.
        WidgetSecretWrong = "widget-secret-wrong",
        /// 404: no such application.
        WidgetApplicationUnknown = "widget-application-unknown",
        /// 409: another application has this name.
        WidgetApplicationExists = "widget-application-exists",
        /// 422: what is to be allowed is no web origin.
        OriginInvalid = "origin-invalid",
        /// 503: try again later.
        Overloaded = "overloaded",
        /// 500: our fault.
        Internal = "internal",
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short English sentence, the same for every problem of this kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is special about this one.
    pub detail: String,
    /// A URI that names this one request, by which it is found in the platform's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What clients act on.
    pub code: ProblemCode,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// With `conversation-closed`: the customer's newer conversation, if there is one (D7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_conversation_id: Option<String>,
    /// With `customer-wrote-since`: what the customer wrote last (D6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_customer_message_id: Option<String>,
    /// With `second-factor-required` and `second-factor-enrolment-required`: what the second step has to bring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub challenge: Option<String>,
    /// With `reply-too-long`: the limit, in Unicode scalar values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// With `scenario-faulty`: what is wrong, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<ScenarioFault>>,
    /// With `rules-faulty`: what is wrong, and in which rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rule_faults: Option<Vec<RuleFault>>,
}
