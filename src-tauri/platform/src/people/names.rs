//! What a name and an e-mail address may look like, and which teams and channels there are.

use rusqlite::Connection;

use crate::refusal::Refusal;

const NAME_LIMIT: usize = 200;
/// RFC 5321.
const EMAIL_LIMIT: usize = 254;

/// A name without blanks around it. It is shown in lists and mail clients: no control characters, no line breaks.
pub(crate) fn name(typed: &str) -> Result<String, Refusal> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT || name.chars().any(char::is_control) {
        return Err(Refusal::InvalidValue(format!(
            "a name has 1 to {NAME_LIMIT} characters and no control characters"
        )));
    }
    Ok(name.to_owned())
}

/// An address as the file keeps it, in lower case. What comes before and after the @ is the mail server's business.
pub(crate) fn email(typed: &str) -> Result<String, Refusal> {
    let email = typed.trim().to_lowercase();
    let parts = email
        .split_once('@')
        .filter(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    if parts.is_none() || email.len() > EMAIL_LIMIT || email.contains(odd) {
        return Err(Refusal::InvalidValue("this is no e-mail address".to_owned()));
    }
    Ok(email)
}

/// The teams with these ids, each once.
pub(crate) fn require_teams(sql: &Connection, ids: &[String]) -> Result<Vec<String>, Refusal> {
    require(sql, ids, "SELECT EXISTS (SELECT 1 FROM teams WHERE id = ?1 AND active)", Refusal::TeamUnknown)
}

/// The channels with these ids, each once.
pub(crate) fn require_channels(sql: &Connection, ids: &[String]) -> Result<Vec<String>, Refusal> {
    require(sql, ids, "SELECT EXISTS (SELECT 1 FROM channels WHERE id = ?1)", Refusal::ChannelUnknown)
}

/// The active people with these ids, each once.
pub(crate) fn require_people(sql: &Connection, ids: &[String]) -> Result<Vec<String>, Refusal> {
    require(sql, ids, "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND active)", Refusal::UserUnknown)
}

/// The teams' names, for the audit log: ids tell a reader nothing years later.
pub(crate) fn of_teams(sql: &Connection, ids: &[String]) -> rusqlite::Result<Vec<String>> {
    of(sql, ids, "SELECT name FROM teams WHERE id = ?1")
}

/// The same of channels.
pub(crate) fn of_channels(sql: &Connection, ids: &[String]) -> rusqlite::Result<Vec<String>> {
    of(sql, ids, "SELECT name FROM channels WHERE id = ?1")
}

/// The same of people.
pub(crate) fn of_people(sql: &Connection, ids: &[String]) -> rusqlite::Result<Vec<String>> {
    of(sql, ids, "SELECT name FROM users WHERE id = ?1")
}

fn of(sql: &Connection, ids: &[String], name: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = sql.prepare_cached(name)?;
    let mut names =
        ids.iter().map(|id| statement.query_row([id], |row| row.get(0))).collect::<rusqlite::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

fn require(sql: &Connection, ids: &[String], exists: &str, unknown: Refusal) -> Result<Vec<String>, Refusal> {
    let mut statement = sql.prepare_cached(exists)?;
    for id in ids {
        if !statement.query_row([id], |row| row.get::<_, bool>(0))? {
            return Err(unknown);
        }
    }
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::{email, name};

    #[test]
    fn names_and_addresses_are_trimmed_and_odd_ones_refused() {
        assert_eq!(name(" Zoë Müller ").as_deref(), Ok("Zoë Müller"));
        assert_eq!(email(" Zoe@Example.COM ").as_deref(), Ok("zoe@example.com"));
        for odd in ["", "  ", "a\nb", "a\u{0}b", &"x".repeat(201)] {
            assert!(name(odd).is_err(), "{odd:?}");
        }
        for odd in
            ["", "zoe", "@example.com", "zoe@", "a@b@c", "a b@c", "a@b\n", &format!("{}@b.test", "a".repeat(260))]
        {
            assert!(email(odd).is_err() || odd.ends_with('\n'), "{odd:?}");
        }
    }
}
