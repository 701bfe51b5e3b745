//! The second step of a sign-in: codes of an authenticator (RFC 6238), and recovery codes for whoever has lost it.
//!
//! A code is good once: the step that it belongs to is remembered, and neither it nor an earlier one is taken again. The secret leaves the
//! platform when it is set up and never again. Until the first code proves that the authenticator has it, it is in memory only.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use signoff_wire::contract::second_factor::{Enrolment, SecondFactor};
use totp_rs::{Builder, Secret, Totp};

use super::hash_token;
use crate::{
    audit::{self, Who},
    chance::Chance,
    refusal::Refusal,
    store::{Write, ms, time},
};

const RECOVERY_CODES: usize = 10;
/// Nothing that looks like something else.
const LETTERS: [char; 31] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    '2', '3', '4', '5', '6', '7', '8', '9',
];
/// Letters of a recovery code, shown in two groups.
const LETTERS_PER_CODE: usize = 10;

/// A secret that no authenticator has shown to have yet: 160 bits, as RFC 4226 recommends.
#[derive(Clone)]
pub(crate) struct Fresh([u8; 20]);

impl Fresh {
    /// A new one.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        Self(chance.bytes())
    }

    /// What the authenticator of the person with this address is given.
    pub(crate) fn enrolment(&self, workspace: &str, email: &str) -> Result<Enrolment, Refusal> {
        // The format takes no colon in either name.
        let plain = |text: &str| text.replace(':', " ");
        let issuer = Some(plain(workspace)).filter(|name| !name.trim().is_empty());
        let totp = Builder::new().with_secret(self.0).with_account_name(plain(email)).with_issuer(issuer).build();
        let uri = totp.and_then(|totp| totp.to_url()).map_err(|error| {
            tracing::error!(%error, "cannot write an otpauth address");
            Refusal::Internal
        })?;
        Ok(Enrolment { secret: Secret::from(self.0).to_base32(), uri })
    }

    /// The step of the code, if it is right now.
    pub(crate) fn check(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        step(&self.0, code, now)
    }
}

fn step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let totp: Totp = Builder::new().with_secret(secret).build_noncompliant();
    let step = totp.check(&code, u64::try_from(now.timestamp()).ok()?)?;
    i64::try_from(step).ok()
}

/// Whether the person has one.
pub(crate) fn is_enabled(sql: &Connection, user_id: &str) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM second_factors WHERE user_id = ?1)")?
        .query_row([user_id], |row| row.get(0))
}

/// Whether everybody needs one.
pub(crate) fn is_required(sql: &Connection) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT second_factor_required FROM workspace")?.query_row([], |row| row.get(0))
}

/// What the person may know about their own.
pub(crate) fn of(sql: &Connection, user_id: &str) -> rusqlite::Result<SecondFactor> {
    let enabled_at: Option<i64> = sql
        .prepare_cached("SELECT confirmed_at FROM second_factors WHERE user_id = ?1")?
        .query_row([user_id], |row| row.get(0))
        .optional()?;
    let recovery_codes_left = sql
        .prepare_cached("SELECT count(*) FROM recovery_codes WHERE user_id = ?1 AND used_at IS NULL")?
        .query_row([user_id], |row| row.get(0))?;
    Ok(SecondFactor {
        enabled: enabled_at.is_some(),
        enabled_at: enabled_at.map(time),
        recovery_codes_left,
        required: is_required(sql)?,
    })
}

/// Takes a secret into use whose code of `step` was right, and makes recovery codes.
pub(crate) fn enable(
    write: &mut Write<'_>,
    user: (&str, &str),
    secret: &Fresh,
    step: i64,
) -> Result<Vec<String>, Refusal> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO second_factors (user_id, secret, confirmed_at, last_step) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, confirmed_at = excluded.confirmed_at,
                last_step = excluded.last_step",
        )?
        .execute(params![user.0, secret.0, ms(write.now), step])?;
    let codes = renew_codes(write, user.0)?;
    audit::append(write, Who::person(user.0, user.1), "two-step.enable", &Value::Null, &Value::Null)?;
    Ok(codes)
}

/// Replaces the recovery codes.
pub(crate) fn renew_codes(write: &mut Write<'_>, user_id: &str) -> Result<Vec<String>, Refusal> {
    write.sql.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?.execute([user_id])?;
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let letters: Vec<char> = (0..LETTERS_PER_CODE).map(|_| write.chance.pick(&LETTERS)).collect();
            letters.chunks(LETTERS_PER_CODE / 2).map(String::from_iter).collect::<Vec<_>>().join("-")
        })
        .collect();
    for code in &codes {
        write
            .sql
            .prepare_cached("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?1, ?2)")?
            .execute(params![user_id, hash_token(&bare(code))])?;
    }
    Ok(codes)
}

/// Takes a code at sign-in, an authenticator's or a recovery code, and uses it up. False: it is neither, or was used before.
pub(crate) fn take(write: &mut Write<'_>, user: (&str, &str), code: &str) -> Result<bool, Refusal> {
    let secret: Option<Vec<u8>> = write
        .sql
        .prepare_cached("SELECT secret FROM second_factors WHERE user_id = ?1")?
        .query_row([user.0], |row| row.get(0))
        .optional()?;
    if let Some(step) = secret.and_then(|secret| step(&secret, code, write.now)) {
        let fresh = write
            .sql
            .prepare_cached("UPDATE second_factors SET last_step = ?2 WHERE user_id = ?1 AND last_step < ?2")?
            .execute(params![user.0, step])?;
        return Ok(fresh == 1);
    }
    let used = write
        .sql
        .prepare_cached(
            "UPDATE recovery_codes SET used_at = ?3 WHERE user_id = ?1 AND code_hash = ?2 AND used_at IS NULL",
        )?
        .execute(params![user.0, hash_token(&bare(code)), ms(write.now)])?;
    if used == 1 {
        let left = of(write.sql, user.0)?.recovery_codes_left;
        let to = json!({ "left": left });
        audit::append(write, Who::person(user.0, user.1), "two-step.recovery-code", &Value::Null, &to)?;
    }
    Ok(used == 1)
}

/// Forgets the person's second factor; says whether there was one.
pub(crate) fn remove(write: &mut Write<'_>, user_id: &str) -> Result<bool, Refusal> {
    write.sql.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?.execute([user_id])?;
    let removed = write.sql.prepare_cached("DELETE FROM second_factors WHERE user_id = ?1")?.execute([user_id])?;
    Ok(removed == 1)
}

/// A recovery code as it is compared: people leave out the hyphen, and telephones begin with a capital.
fn bare(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Fresh, bare};

    /// The secret and two of the times of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Fresh(*b"12345678901234567890");
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = DateTime::from_timestamp(at, 0).expect("a time");
            assert_eq!(secret.check(code, now), Some(at / 30));
            assert_eq!(secret.check(&format!("{} {}", &code[..3], &code[3..]), now), Some(at / 30));
            let later = DateTime::from_timestamp(at + 90, 0).expect("a time");
            assert_eq!(secret.check(code, later), None, "a code is good for its step and the ones beside it");
        }
        assert_eq!(secret.check("28708", DateTime::from_timestamp(59, 0).expect("a time")), None);
    }

    #[test]
    fn the_address_names_workspace_and_person() {
        let enrolment = Fresh([7; 20]).enrolment("Vélo: Lyon", "zoe@example.com").expect("an address");
        assert!(enrolment.uri.starts_with("otpauth://totp/"), "{}", enrolment.uri);
        assert!(enrolment.uri.contains(&enrolment.secret) && enrolment.uri.contains("issuer="), "{}", enrolment.uri);
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        assert_eq!(bare(" ABCDE fghjk "), bare("abcde-fghjk"));
    }
}
