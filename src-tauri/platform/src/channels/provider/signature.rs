//! Signatures of webhooks: HMAC-SHA256 over time, path and body, so that nobody else can send one, change one, send one
//! somewhere else, or send one again.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use rusqlite::{Connection, params};
use sha2::Sha256;

use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

/// When it was signed, in seconds since 1970.
pub(crate) const TIMESTAMP: &str = "signoff-timestamp";
/// `v1=` and the signature in hexadecimal.
pub(crate) const SIGNATURE: &str = "signoff-signature";

/// How far two clocks may be apart.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
const VERSION: &str = "v1=";

/// The value of `Signoff-Signature`.
pub(crate) fn sign(secret: &str, timestamp: &str, path: &str, body: &[u8]) -> String {
    use std::fmt::Write as _;
    let Some(mac) = mac(secret, timestamp, path, body) else { return String::new() };
    mac.finalize().into_bytes().iter().fold(VERSION.to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Checks a signature against every secret that is good, in constant time for each.
///
/// # Errors
/// [`Refusal::SignatureWrong`], [`Refusal::TimestampOff`].
pub(crate) fn verify(
    secrets: &[String],
    timestamp: &str,
    signature: &str,
    path: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let claimed = bytes(signature).ok_or(Refusal::SignatureWrong)?;
    let fits = secrets.iter().fold(false, |fits, secret| {
        let mac = mac(secret, timestamp, path, body);
        mac.is_some_and(|mac| mac.verify_slice(&claimed).is_ok()) || fits
    });
    if !fits {
        return Err(Refusal::SignatureWrong);
    }
    let signed_at = timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let signed_at = signed_at.ok_or(Refusal::TimestampOff)?;
    if (now - signed_at).abs() > TOLERANCE { Err(Refusal::TimestampOff) } else { Ok(()) }
}

/// Notes a signature as used, in the transaction of what it signed.
///
/// # Errors
/// [`Refusal::Replayed`] if it was used before.
pub(crate) fn use_once(write: &Write<'_>, channel_id: &str, signature: &str) -> Result<(), Refusal> {
    let claimed = bytes(signature).ok_or(Refusal::SignatureWrong)?;
    let added = write
        .sql
        .prepare_cached("INSERT OR IGNORE INTO webhook_signatures (channel_id, signature, at) VALUES (?1, ?2, ?3)")?
        .execute(params![channel_id, claimed, ms(write.now)])?;
    if added == 0 { Err(Refusal::Replayed) } else { Ok(()) }
}

/// Forgets signatures whose time is over: they are refused for that already.
pub(crate) fn forget_old(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<()> {
    sql.execute("DELETE FROM webhook_signatures WHERE at < ?1", [ms(now - TOLERANCE * 3)])?;
    Ok(())
}

fn mac(secret: &str, timestamp: &str, path: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in [timestamp.as_bytes(), b".", path.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

fn bytes(signature: &str) -> Option<Vec<u8>> {
    let text = signature.strip_prefix(VERSION)?.as_bytes();
    if text.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.chunks(2).map(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-02T12:00:00Z";

    fn check(secrets: &[&str], timestamp: &str, signature: &str, path: &str, body: &[u8]) -> Result<(), Refusal> {
        let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        verify(&secrets, timestamp, signature, path, body, NOW.parse().expect("a time"))
    }

    #[test]
    fn a_signature_is_good_for_its_time_path_body_and_secret_only() {
        let now: DateTime<Utc> = NOW.parse().expect("a time");
        let stamp = now.timestamp().to_string();
        let good = sign("secret", &stamp, "/hook", b"{}");
        assert_eq!(check(&["secret"], &stamp, &good, "/hook", b"{}"), Ok(()));
        assert_eq!(check(&["new", "secret"], &stamp, &good, "/hook", b"{}"), Ok(()), "during a rotation");
        for (secret, path, body) in [("other", "/hook", "{}"), ("secret", "/", "{}"), ("secret", "/hook", "{ }")] {
            let refused = check(&[secret], &stamp, &good, path, body.as_bytes());
            assert_eq!(refused, Err(Refusal::SignatureWrong), "{secret} {path} {body}");
        }
        assert_eq!(check(&[], &stamp, &good, "/hook", b"{}"), Err(Refusal::SignatureWrong));
        for bad in ["", "v1=", "v1=zz", &good[3..], &good[..66], "v2=00"] {
            assert_eq!(check(&["secret"], &stamp, bad, "/hook", b"{}"), Err(Refusal::SignatureWrong), "{bad}");
        }
    }

    #[test]
    fn five_minutes_is_as_far_as_clocks_may_be_apart() {
        let now: DateTime<Utc> = NOW.parse().expect("a time");
        for (off_s, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false), (i64::MAX / 2, false)]
        {
            let stamp = now.timestamp().saturating_add(off_s).to_string();
            let signature = sign("secret", &stamp, "/", b"");
            assert_eq!(check(&["secret"], &stamp, &signature, "/", b"").is_ok(), good, "{off_s}");
        }
        let signature = sign("secret", "yesterday", "/", b"");
        assert_eq!(check(&["secret"], "yesterday", &signature, "/", b""), Err(Refusal::TimestampOff));
    }
}
