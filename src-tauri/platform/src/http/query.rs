//! Query parameters.

use std::future::ready;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Shared;
use crate::{figures::calendar::Zone, refusal::Refusal};

/// The query as `T`.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Refusal;

    fn from_request_parts(parts: &mut Parts, _: &Shared) -> impl Future<Output = Result<Self, Refusal>> + Send {
        let query = Query::try_from_uri(&parts.uri);
        ready(query.map(|Query(query)| Self(query)).map_err(|error| Refusal::InvalidQuery(error.to_string())))
    }
}

/// What the audit log keeps of a question: the parameters that were given.
pub(super) fn told<const N: usize>(said: [(&str, Value); N]) -> Value {
    said.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A switch: `true` or `1`, `false` or `0`.
pub(super) fn switch(asked: Option<&str>) -> Result<bool, Refusal> {
    match asked {
        Some("true" | "1") => Ok(true),
        None | Some("" | "false" | "0") => Ok(false),
        Some(_) => Err(Refusal::InvalidQuery("a switch is true or false".to_owned())),
    }
}

/// How many rows: `default` if not said, at least one, at most `most`.
pub(super) fn limit(asked: Option<u32>, default: u32, most: u32) -> i64 {
    i64::from(asked.unwrap_or(default).clamp(1, most))
}

/// A cursor that a page gave out.
pub(super) fn cursor(asked: Option<&str>) -> Result<Option<i64>, Refusal> {
    match asked {
        None | Some("") => Ok(None),
        Some(text) => {
            // So many digits fit into the number, whatever they are.
            let is_number = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = if is_number { text.parse().ok() } else { None };
            number.map(Some).ok_or_else(|| Refusal::InvalidQuery("this is no cursor of ours".to_owned()))
        }
    }
}

/// RFC 3339, or a date that stands for its first moment in UTC.
pub(super) fn moment(asked: Option<&str>) -> Result<Option<DateTime<Utc>>, Refusal> {
    moment_in(asked, Zone::UTC)
}

/// RFC 3339, or a date that stands for its first moment in the time zone.
pub(super) fn moment_in(asked: Option<&str>, zone: Zone) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = asked.filter(|text| !text.is_empty()) else { return Ok(None) };
    // Beyond these years no calendar is defined everywhere.
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| (1..=9999).contains(&date.year()));
    if let Some(date) = date {
        return Ok(Some(zone.beginning(date)));
    }
    // A plus sign that nobody escaped arrives as a blank.
    match DateTime::parse_from_rfc3339(&text.replace(' ', "+")) {
        Ok(at) => Ok(Some(at.with_timezone(&Utc))),
        Err(_) => Err(Refusal::InvalidQuery("times are RFC 3339 or YYYY-MM-DD".to_owned())),
    }
}
