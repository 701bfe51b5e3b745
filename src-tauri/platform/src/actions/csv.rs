//! `actions.csv` (R6, D51): RFC 4180, UTC, safe against formulas.
//!
//! Written in chunks while it is read, a bounded number of rows at a time, so that a long export holds neither memory nor
//! a snapshot of the file for long.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use rusqlite::Connection;
use signoff_wire::contract::actions::{Action, ActionStatus};

use super::{
    filter::{CONDITION, Filter, bound},
    record::{COLUMNS, read},
};
use crate::refusal::Refusal;

/// The columns, as SPEC D51 names them.
const HEADER: [&str; 18] = [
    "id",
    "type",
    "date",
    "time",
    "status",
    "author_id",
    "author_name",
    "author_is_bot",
    "origin",
    "conversation_id",
    "previous_conversation_id",
    "channel_id",
    "channel_type",
    "customer_id",
    "team_id",
    "answer_action_id",
    "survey_status",
    "data",
];
/// Rows per chunk.
const ROWS: usize = 1000;

/// The header line.
pub(crate) fn header() -> Result<Vec<u8>, Refusal> {
    lines(std::iter::once(HEADER.map(str::to_owned)))
}

/// The lines of the next actions after `after_nr`, oldest first, and where to go on; no place to go on means the end.
pub(crate) fn chunk(sql: &Connection, filter: &Filter, after_nr: i64) -> Result<(Vec<u8>, Option<i64>), Refusal> {
    let mut values = filter.values();
    values.push((":after", after_nr.into()));
    values.push((":limit", i64::try_from(ROWS).unwrap_or(i64::MAX).into()));
    let actions = sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, a.nr FROM actions a WHERE a.nr > :after AND {CONDITION} ORDER BY a.nr LIMIT :limit"
        ))?
        .query_map(bound(&values).as_slice(), |row| Ok((row.get(17)?, read(row)?)))?
        .collect::<rusqlite::Result<Vec<(i64, Action)>>>()?;
    let next = if actions.len() == ROWS { actions.last().map(|(nr, _)| *nr) } else { None };
    Ok((lines(actions.iter().map(|(_, action)| cells(action)))?, next))
}

fn lines(rows: impl Iterator<Item = [String; 18]>) -> Result<Vec<u8>, Refusal> {
    let mut writer =
        WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    for row in rows {
        let written = writer.write_record(row.map(harmless));
        if let Err(error) = written {
            tracing::error!(%error, "cannot write CSV");
            return Err(Refusal::Internal);
        }
    }
    writer.into_inner().map_err(|_| Refusal::Internal)
}

fn cells(action: &Action) -> [String; 18] {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        action.id.clone(),
        action.kind.to_string(),
        action.date.clone(),
        action.time.clone(),
        match action.status {
            ActionStatus::Ok => "ok".to_owned(),
            ActionStatus::Fail => "fail".to_owned(),
        },
        action.author_id.clone(),
        action.author_name.clone(),
        action.author_is_bot.to_string(),
        action.origin.to_string(),
        action.conversation_id.clone(),
        or_empty(&action.previous_conversation_id),
        action.channel_id.clone(),
        action.channel_type.to_string(),
        action.customer_id.clone(),
        or_empty(&action.team_id),
        or_empty(&action.answer_action_id),
        action.survey_status.as_ref().map(ToString::to_string).unwrap_or_default(),
        action.data.to_string(),
    ]
}

/// A cell that a spreadsheet would read as a formula is made text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::{harmless, lines};

    #[test]
    fn d51_formulas_become_text_and_lines_end_in_crlf() {
        for cell in ["=1+1", "+1", "-1", "@a", "\ta", "\ra"] {
            assert_eq!(harmless(cell.to_owned()), format!("'{cell}"));
        }
        let mut row = [const { String::new() }; 18];
        row[0] = "a,b".to_owned();
        row[1] = "say \"hi\"".to_owned();
        let text = String::from_utf8(lines(std::iter::once(row)).expect("writes")).expect("is UTF-8");
        assert_eq!(text, "\"a,b\",\"say \"\"hi\"\"\",,,,,,,,,,,,,,,,\r\n");
    }
}
