//! What is certain to be refused is said at the click, not a day later (R4, D9).

use signoff_wire::interface::Code;

use super::OutboxError;

/// Whether a channel with this limit can carry the text at all. With files it may be empty.
///
/// Counted are Unicode scalar values, as the platform and the composer count. The text itself is never touched: no trimming, no
/// normalising.
///
/// # Errors
/// [`OutboxError::Refused`] with `ReplyEmpty`, `ReplyTooLong` or `ReplyUnsendable`.
pub fn check_text(text: &str, limit: u32, has_files: bool) -> Result<(), OutboxError> {
    if !has_files && text.chars().all(char::is_whitespace) {
        return Err(OutboxError::Refused { code: Code::ReplyEmpty, limit: None });
    }
    // A text of 5 MB need not be counted to its end.
    if text.chars().nth(limit as usize).is_some() {
        return Err(OutboxError::Refused { code: Code::ReplyTooLong, limit: Some(limit) });
    }
    if text.chars().any(|character| character.is_control() && character != '\n' && character != '\t') {
        return Err(OutboxError::Refused { code: Code::ReplyUnsendable, limit: None });
    }
    Ok(())
}
