//! Figures as CSV: the rows in the order in which they are looked at, then the totals.

use std::cmp::Ordering;

use signoff_wire::contract::analytics::{ActionFigures, ActionFiguresRow, Delays, DelaysRow};

use crate::{refusal::Refusal, spreadsheet::Sheet};

/// By which column rows are sorted; `-` before it: the largest first. `None`: by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sort(Option<(String, bool)>);

impl Sort {
    /// `answer`, `-answer`, `name`, `-key`, …
    pub(crate) fn asked(text: Option<&str>) -> Self {
        Self(text.filter(|text| !text.is_empty()).map(|text| match text.strip_prefix('-') {
            Some(column) => (column.to_owned(), true),
            None => (text.to_owned(), false),
        }))
    }

    fn sort<T>(&self, rows: &mut [T], key: fn(&T) -> &str, by: impl Fn(&T, &T, &str) -> Ordering) {
        let Some((column, descending)) = &self.0 else { return };
        rows.sort_by(|one, other| {
            let order = if column == "key" { key(one).cmp(key(other)) } else { by(one, other, column) };
            if *descending { order.reverse() } else { order }
        });
    }
}

/// Volumes / Actions. The last line is `total`; with a comparison, the line after it is `previous`.
pub(crate) fn actions(mut figures: ActionFigures, sort: &Sort) -> Result<Vec<u8>, Refusal> {
    let number = |row: &ActionFiguresRow, column: &str| row.counts.get(column).copied().unwrap_or_default();
    sort.sort(
        &mut figures.rows,
        |row| &row.key,
        |one, other, column| {
            if column == "name" { one.name.cmp(&other.name) } else { number(one, column).cmp(&number(other, column)) }
        },
    );
    let mut sheet = Sheet::new();
    sheet.line(["key", "name"].into_iter().chain(figures.columns.iter().map(String::as_str)))?;
    let before = figures.previous.map(|before| before.totals);
    let totals = [("total", Some(figures.totals)), ("previous", before)];
    let totals = totals.into_iter().filter_map(|(key, counts)| {
        counts.map(|counts| ActionFiguresRow { key: key.to_owned(), name: String::new(), counts })
    });
    for row in figures.rows.into_iter().chain(totals) {
        sheet.cell(&row.key)?.cell(&row.name)?;
        for column in &figures.columns {
            sheet.number(number(&row, column))?;
        }
        sheet.end()?;
    }
    sheet.into_bytes()
}

/// Delays, in the same way.
pub(crate) fn delays(delays: Delays, sort: &Sort) -> Result<Vec<u8>, Refusal> {
    let mut rows = delays.rows.unwrap_or_default();
    let order = |one: Option<f64>, other: Option<f64>| one.partial_cmp(&other).unwrap_or(Ordering::Equal);
    sort.sort(
        &mut rows,
        |row| &row.key,
        |one, other, column| match column {
            "name" => one.name.cmp(&other.name),
            "median_s" => order(one.median_s, other.median_s),
            "p90_s" => order(one.p90_s, other.p90_s),
            _ => one.count.cmp(&other.count),
        },
    );
    let line = |key: &str, count, median_s, p90_s| DelaysRow {
        key: key.to_owned(),
        name: String::new(),
        count,
        median_s,
        p90_s,
    };
    rows.push(line("total", delays.count, delays.median_s, delays.p90_s));
    rows.extend(delays.previous.map(|before| line("previous", before.count, before.median_s, before.p90_s)));
    let mut sheet = Sheet::new();
    sheet.line(["key", "name", "count", "median_s", "p90_s"])?;
    for row in rows {
        let seconds = |value: Option<f64>| value.map(|seconds| seconds.to_string()).unwrap_or_default();
        sheet.cell(&row.key)?.cell(&row.name)?.number(row.count)?;
        sheet.number(seconds(row.median_s))?.number(seconds(row.p90_s))?.end()?;
    }
    sheet.into_bytes()
}
