//! What admins type, checked the same everywhere. A fault names its field.

use std::ops::RangeInclusive;

use crate::{channels::language::is_code, refusal::Refusal};

/// A text that says something, with a length in Unicode scalar values.
pub(crate) fn text(name: &str, value: &str, length: RangeInclusive<usize>) -> Result<(), Refusal> {
    let count = value.chars().count();
    if value.chars().all(char::is_whitespace) && *length.start() > 0 {
        return Err(unfit(name, "must say something"));
    }
    if !length.contains(&count) {
        return Err(invalid(name, &format!("takes {} to {} characters", length.start(), length.end())));
    }
    Ok(())
}

/// A language: an ISO 639-1 code.
pub(crate) fn language(name: &str, value: &str) -> Result<(), Refusal> {
    let code = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_lowercase());
    if !code {
        return Err(invalid(name, "has to be an ISO 639-1 code such as en"));
    }
    if is_code(value) { Ok(()) } else { Err(unfit(name, "is the code of no language")) }
}

/// A list that is not endless.
pub(crate) fn at_most<T>(name: &str, list: &[T], most: usize) -> Result<(), Refusal> {
    if list.len() > most { Err(invalid(name, &format!("takes at most {most}"))) } else { Ok(()) }
}

/// What no schema can say of a field.
pub(crate) fn unfit(name: &str, fault: &str) -> Refusal {
    Refusal::InvalidValue(format!("{name} {fault}"))
}

/// What is wrong with a field.
pub(crate) fn invalid(name: &str, fault: &str) -> Refusal {
    Refusal::InvalidBody(format!("{name} {fault}"))
}
