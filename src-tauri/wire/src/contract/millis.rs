//! Times as RFC 3339 UTC with milliseconds, for `#[serde(serialize_with = "…")]`.
//!
//! chrono's own format drops trailing zeroes and keeps nanoseconds; the contract wants three decimals always. Reading
//! needs nothing of ours: any offset and precision is understood.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// The contract's spelling of a time.
#[must_use]
pub fn format(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(at))
}

/// The same for a time that may be missing.
///
/// # Errors
/// What the serializer says.
pub fn serialize_option<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serialize(at, serializer),
        None => serializer.serialize_none(),
    }
}
