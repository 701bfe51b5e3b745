//! Turning one row more than asked for into a page with a cursor.

use signoff_wire::contract::pages::Page;

/// `rows` are numbered and up to one longer than `limit`; the number of the last row that stays is the cursor.
pub(crate) fn page<T>(rows: &mut Vec<(i64, T)>, limit: i64) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(|(nr, _)| nr.to_string()) } else { None };
    Page { items: rows.drain(..).map(|(_, item)| item).collect(), next }
}
