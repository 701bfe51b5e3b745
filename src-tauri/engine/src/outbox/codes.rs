//! From what the platform says to what the advisor is told, and how a code stands on disk.

use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::Code;

use crate::remote::RemoteError;

/// What an attempt met, as the queue shows it.
pub(super) fn problem(error: &RemoteError) -> Code {
    match error {
        RemoteError::Unreachable(_) | RemoteError::Interrupted(_) => Code::Offline,
        RemoteError::Certificate(_) => Code::CertificateInvalid,
        RemoteError::Fault(_) | RemoteError::Unavailable { .. } | RemoteError::InProgress => Code::PlatformUnavailable,
        RemoteError::Nonsense(_) => Code::PlatformNonsense,
        RemoteError::SignedOut => Code::SessionExpired,
        RemoteError::KeyReused => Code::Internal,
        RemoteError::Refused(refusal) => refusal_code(&refusal.code),
    }
}

/// What bringing a file met.
pub(super) fn problem_of_file(error: &RemoteError) -> Code {
    match error {
        RemoteError::Refused(refusal) if refusal.code == ProblemCode::BodyTooLarge => Code::FileTooLarge,
        RemoteError::Unreachable(_)
        | RemoteError::Certificate(_)
        | RemoteError::Interrupted(_)
        | RemoteError::Fault(_)
        | RemoteError::Nonsense(_)
        | RemoteError::Unavailable { .. }
        | RemoteError::SignedOut
        | RemoteError::InProgress
        | RemoteError::KeyReused
        | RemoteError::Refused(_) => problem(error),
    }
}

/// Why the platform refused (D6 to D9).
pub(super) fn refusal_code(code: &ProblemCode) -> Code {
    // Of the contract's many codes these are the ones about which an advisor can do something.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a code without a sentence of its own is a refusal all the same"
    )]
    match code {
        ProblemCode::ConversationUnknown => Code::ConversationUnknown,
        ProblemCode::CloseDisabled => Code::CloseDisabled,
        ProblemCode::ConversationClosed => Code::ConversationClosed,
        ProblemCode::CustomerWroteSince => Code::CustomerWroteSince,
        ProblemCode::ReplyEmpty => Code::ReplyEmpty,
        ProblemCode::ReplyTooLong | ProblemCode::BodyTooLarge => Code::ReplyTooLong,
        ProblemCode::AttachmentTooLarge => Code::FileTooLarge,
        ProblemCode::AttachmentRefused => Code::FileKindRefused,
        ProblemCode::AttachmentsTooMany => Code::FilesTooMany,
        ProblemCode::AttachmentUnknown => Code::FilesLost,
        ProblemCode::ReplyWindowExpired => Code::ReplyWindowExpired,
        ProblemCode::TagsMissing => Code::TagsMissing,
        _ => Code::RefusedOtherwise,
    }
}

/// A code as its word.
pub(super) fn to_word(code: Code) -> Option<String> {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => Some(word),
        Ok(_) | Err(_) => None,
    }
}

/// The code behind a word; one of another version says that something was refused.
pub(super) fn from_word(word: String) -> Code {
    serde_json::from_value(serde_json::Value::String(word)).unwrap_or(Code::RefusedOtherwise)
}
