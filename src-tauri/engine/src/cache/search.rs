//! Full-text search over customers' names and all texts of their conversations.

use rusqlite::{Transaction, params};

use super::CacheError;

/// Writes a new conversation's document from what is at hand, so that a first synchronisation does not read back what it wrote.
pub(super) fn add<'a>(
    transaction: &Transaction<'_>,
    num: i64,
    customer_name: &str,
    texts: impl Iterator<Item = &'a str>,
) -> Result<(), CacheError> {
    let mut words = customer_name.to_owned();
    for text in texts {
        words.push('\n');
        words.push_str(text);
    }
    transaction.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?.execute(params![num, words])?;
    Ok(())
}

/// Writes a conversation's document anew from the tables.
pub(super) fn refresh(transaction: &Transaction<'_>, num: i64) -> Result<(), CacheError> {
    remove(transaction, num)?;
    transaction
        .prepare_cached(
            "INSERT INTO search (rowid, words)
             SELECT c.num, k.name || char(10) || coalesce(
                 (SELECT group_concat(e.text, char(10)) FROM entries e
                  WHERE e.conversation_num = c.num AND e.kind IN ('message', 'reply', 'note')), '')
             FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.num = ?1",
        )?
        .execute(params![num])?;
    Ok(())
}

/// Writes the documents of all conversations of a customer anew.
pub(super) fn refresh_customer(transaction: &Transaction<'_>, customer_id: &str) -> Result<(), CacheError> {
    let numbers = transaction
        .prepare_cached("SELECT num FROM conversations WHERE customer_id = ?1")?
        .query_map(params![customer_id], |row| row.get("num"))?
        .collect::<Result<Vec<i64>, _>>()?;
    numbers.into_iter().try_for_each(|num| refresh(transaction, num))
}

/// Forgets a conversation's document.
pub(super) fn remove(transaction: &Transaction<'_>, num: i64) -> Result<(), CacheError> {
    transaction.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute(params![num])?;
    Ok(())
}

/// What was typed, as a query in which every word has to be there, the beginning of a word being enough. `None` if there is no word in it.
///
/// Words are what the tokenizer takes for words, so that nothing typed is ever syntax.
pub(super) fn query(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|character: char| !is_in_word(character))
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

/// Letters and digits, and the accents of decomposed letters, which the tokenizer folds away.
fn is_in_word(character: char) -> bool {
    character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character)
}
