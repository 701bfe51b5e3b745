//! Passwords: how they are kept, and which ones are not taken.
//!
//! What makes a password good is its length, not its punctuation: twelve characters at least, and a sentence is welcome. Refused is what
//! somebody tries first: zxcvbn knows what stands in lists, how people disguise it, keyboards' rows, repetitions and dates, and estimates
//! the guesses that it takes; and one's own name.

use std::fmt;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use signoff_wire::contract::problems::ProblemCode;
use zxcvbn::{Score, zxcvbn};

use crate::{chance::Chance, refusal::Refusal};

/// In Unicode scalar values.
pub(crate) const SHORTEST: usize = 12;
/// Nobody types more, and hashing it takes time.
pub(crate) const LONGEST: usize = 1000;
/// Ten thousand million guesses and more: with what Argon2id costs each, decades.
const STRONG: Score = Score::Four;
/// A name that is shorter stands in too many words by chance.
const TELLING: usize = 4;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than twelve characters.
    TooShort,
    /// More than anybody types.
    TooLong,
    /// Among those that are tried first.
    TooCommon,
    /// It contains one's name or e-mail address.
    SaysWho,
}

impl Weakness {
    /// The code for clients.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::TooShort => ProblemCode::PasswordTooShort,
            Self::TooLong => ProblemCode::PasswordTooLong,
            Self::TooCommon => ProblemCode::PasswordTooCommon,
            Self::SaysWho => ProblemCode::PasswordSaysWho,
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "it needs 12 characters at least; a sentence will do",
            Self::TooLong => "it has more than 1000 characters",
            Self::TooCommon => "it is among those that are tried first",
            Self::SaysWho => "it contains the name or the e-mail address",
        })
    }
}

/// Checks a new password of the person with this name and address.
pub(crate) fn require_good(password: &str, name: &str, email: &str) -> Result<(), Refusal> {
    weakness(password, name, email).map_or(Ok(()), |weakness| Err(Refusal::PasswordWeak(weakness)))
}

fn weakness(password: &str, name: &str, email: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(Weakness::TooShort);
    }
    if length > LONGEST {
        return Some(Weakness::TooLong);
    }
    let (small, email, name) = (password.to_lowercase(), email.to_lowercase(), name.to_lowercase());
    let local = email.split('@').next().unwrap_or_default();
    let about: Vec<&str> = name.split_whitespace().chain([local, &email]).collect();
    if about.iter().any(|word| word.chars().count() >= TELLING && small.contains(word)) {
        return Some(Weakness::SaysWho);
    }
    (zxcvbn(password, &about).score() < STRONG).then_some(Weakness::TooCommon)
}

/// An Argon2id hash for the users table.
pub(crate) fn hash(password: &str, chance: &mut Chance) -> Result<String, Refusal> {
    let salt = SaltString::encode_b64(&chance.bytes::<16>());
    salt.and_then(|salt| Argon2::default().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()))
        .map_err(|error| {
            tracing::error!(%error, "cannot hash a password");
            Refusal::Internal
        })
}

/// Whether the password is the one that was hashed. No hash, no password.
pub(crate) fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Weakness, weakness};

    fn of(password: &str) -> Option<Weakness> {
        weakness(password, "Zoë Müller", "z.mueller@example.com")
    }

    #[test]
    fn length_is_what_counts() {
        assert_eq!(of("correct horse battery"), None);
        assert_eq!(of("rhubarb & tin roofs"), None);
        assert_eq!(of("ein ganzer Satz, der mir gehört"), None);
        assert_eq!(of("Tr0ub4dor&3"), Some(Weakness::TooShort));
        assert_eq!(of(&"überlang ".repeat(120)), Some(Weakness::TooLong));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "qwerty123456",
            "Password2026!!",
            "1234567890123",
            "abcdefghijkl",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "passwordpassword",
            "dragon123456",
            "!!!!sunshine",
        ] {
            assert_eq!(of(common), Some(Weakness::TooCommon), "{common}");
        }
    }

    #[test]
    fn it_does_not_say_whose_it_is() {
        for telling in ["müller drinks tea", "I am Z.Mueller today", "my z.mueller@example.com"] {
            assert_eq!(of(telling), Some(Weakness::SaysWho), "{telling}");
        }
        // Three letters stand in too many words.
        assert_eq!(of("frozen oaks in zoë"), None);
    }
}
