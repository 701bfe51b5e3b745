//! What customers wrote with their ratings, newest first, by rating and by words.

use rusqlite::{Connection, Row};
use signoff_wire::contract::{channels::SurveyKind, pages::Page, satisfaction::SurveyCommentRow};

use super::results::{self, CONDITION, bound};
use crate::{refusal::Refusal, store::time};

/// Which comments. Missing conditions always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Of which surveys.
    pub(crate) surveys: results::Filter,
    /// With at least this rating.
    pub(crate) rating_from: Option<i64>,
    /// With at most this rating.
    pub(crate) rating_to: Option<i64>,
    /// With words that begin like these, all of them, whatever their case and accents.
    pub(crate) text: Option<String>,
}

/// A page.
pub(crate) fn page(
    sql: &Connection,
    filter: &Filter,
    after: Option<i64>,
    limit: i64,
) -> Result<Page<SurveyCommentRow>, Refusal> {
    let words = filter.text.as_deref().map(words).filter(|words| !words.is_empty());
    // Without words there is no condition: one that is always true would cost the index.
    let found = if words.is_some() {
        "k.nr IN (SELECT rowid FROM survey_words WHERE survey_words MATCH :words)"
    } else {
        ":words IS NULL"
    };
    let mut values = filter.surveys.values();
    values.push((":words", words.into()));
    values.push((":rating_from", filter.rating_from.into()));
    values.push((":rating_to", filter.rating_to.into()));
    values.push((":before", after.unwrap_or(i64::MAX).into()));
    values.push((":limit", (limit + 1).into()));
    let mut rows = sql
        .prepare_cached(&format!(
            "SELECT k.nr, s.id, c.id, cu.name, s.channel_id, ch.name, t.name, s.author_name, s.kind, s.rating, k.text, k.at
             FROM survey_comments k
                JOIN surveys s ON s.id = k.survey_id
                JOIN conversations c ON c.nr = s.conversation_nr
                JOIN customers cu ON cu.id = c.customer_id
                JOIN channels ch ON ch.id = s.channel_id
                LEFT JOIN teams t ON t.id = s.team_id
             WHERE k.nr < :before AND {found} AND {CONDITION}
                AND (:rating_from IS NULL OR s.rating >= :rating_from)
                AND (:rating_to IS NULL OR s.rating <= :rating_to)
             ORDER BY k.nr DESC LIMIT :limit"
        ))?
        .query_map(bound(&values).as_slice(), |row| Ok((row.get(0)?, read(row)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

fn read(row: &Row<'_>) -> rusqlite::Result<SurveyCommentRow> {
    Ok(SurveyCommentRow {
        survey_id: row.get(1)?,
        conversation_id: row.get(2)?,
        customer_name: row.get(3)?,
        channel_id: row.get(4)?,
        channel_name: row.get(5)?,
        team_name: row.get(6)?,
        author_name: row.get(7)?,
        kind: SurveyKind::from(row.get::<_, String>(8)?.as_str()),
        rating: row.get(9)?,
        comment: row.get(10)?,
        at: time(row.get(11)?),
    })
}

/// What somebody typed as a question to the index: each word a beginning, nothing an operator.
fn words(typed: &str) -> String {
    typed
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_is_typed_is_never_an_operator() {
        assert_eq!(words("late OR \"broken\" NEAR(x*"), r#""late"* "OR"* "broken"* "NEAR"* "x"*"#);
        assert_eq!(words(" -*\"' "), "");
    }
}
