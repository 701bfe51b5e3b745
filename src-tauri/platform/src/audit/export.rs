//! The audit log as a file: CSV for spreadsheets, JSON Lines for other programs. Oldest first, in chunks, so that a long log holds neither
//! memory nor a snapshot of the file for long.

use rusqlite::Connection;
use signoff_wire::contract::{audit::AuditEntry, millis};

use super::list::{COLUMNS, CONDITION, Filter, bound, read};
use crate::{refusal::Refusal, spreadsheet::Sheet};

/// The columns of the CSV file.
const HEADER: [&str; 11] =
    ["nr", "id", "at", "who_id", "who_name", "what", "subject_id", "subject_name", "from", "to", "hash"];
/// Rows per chunk.
const ROWS: usize = 1000;

/// How an entry becomes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// RFC 4180, safe against formulas.
    Csv,
    /// One JSON object a line, as the list shows it.
    JsonLines,
}

impl Format {
    /// What comes before the first entry.
    pub(crate) fn header(self) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Csv => {
                let mut sheet = Sheet::new();
                sheet.line(HEADER)?;
                sheet.into_bytes()
            }
            Self::JsonLines => Ok(Vec::new()),
        }
    }

    /// The lines of the next entries after `after_nr`, and where to go on; no place to go on means the end.
    pub(crate) fn chunk(
        self,
        sql: &Connection,
        filter: &Filter,
        after_nr: i64,
    ) -> Result<(Vec<u8>, Option<i64>), Refusal> {
        let mut values = filter.values();
        values.push((":after", after_nr.into()));
        values.push((":limit", i64::try_from(ROWS).unwrap_or(i64::MAX).into()));
        let entries = sql
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM audit_log WHERE nr > :after AND {CONDITION} ORDER BY nr LIMIT :limit"
            ))?
            .query_map(bound(&values).as_slice(), read)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let next = if entries.len() == ROWS { entries.last().map(|entry| entry.nr) } else { None };
        let lines = match self {
            Self::Csv => {
                let mut sheet = Sheet::new();
                for entry in &entries {
                    write(&mut sheet, entry)?;
                }
                sheet.into_bytes()?
            }
            Self::JsonLines => {
                let mut lines = Vec::new();
                for entry in &entries {
                    serde_json::to_writer(&mut lines, entry)?;
                    lines.push(b'\n');
                }
                lines
            }
        };
        Ok((lines, next))
    }
}

fn write(sheet: &mut Sheet, entry: &AuditEntry) -> Result<(), Refusal> {
    let subject = entry.subject.as_ref();
    let (at, from, to) = (millis::format(&entry.at), entry.from.to_string(), entry.to.to_string());
    sheet
        .number(entry.nr)?
        .cell(&entry.id)?
        .cell(&at)?
        .cell(&entry.who.id)?
        .cell(&entry.who.name)?
        .cell(&entry.what)?;
    sheet.cell(subject.map_or("", |subject| &subject.id))?.cell(subject.map_or("", |subject| &subject.name))?;
    sheet.cell(&from)?.cell(&to)?.cell(&entry.hash)?.end()
}
