//! When somebody is there to answer. Routing rules and scenarios ask [`moment`], figures ask [`past`](super::past).

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde_json::json;
use signoff_wire::contract::{
    sessions::User,
    workspace::{OfficeHours, OfficeHoursView, OfficeMoment, OpeningHours, Weekday},
};

use super::{
    past,
    schedule::{self, Schedule},
};
use crate::{
    audit,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

const DOCUMENT: &str = "office-hours";

/// Whether somebody is there at this moment, by the workspace's own clock, and until when. Without office hours: always.
pub(crate) fn moment(sql: &Connection, at: DateTime<Utc>) -> Result<OfficeMoment, Refusal> {
    Ok(current(sql)?.moment(at))
}

/// The office hours in the workspace's time zone.
pub(super) fn current(sql: &Connection) -> Result<Schedule, Refusal> {
    Ok(Schedule { hours: stored(sql)?, zone: super::time_zone(sql)? })
}

/// The office hours as they are.
pub(crate) fn view(sql: &Connection, now: DateTime<Utc>) -> Result<Versioned<OfficeHoursView>, Refusal> {
    let standing = documents::standing(sql, DOCUMENT)?;
    let current = current(sql)?;
    let moment = current.moment(now);
    let value = OfficeHoursView {
        hours: current.hours,
        time_zone: moment.time_zone,
        open_now: moment.open,
        changes_at: moment.changes_at,
        changed_at: standing.changed_at,
        changed_by: standing.changed_by,
    };
    Ok(Versioned { value, version: standing.version })
}

/// Changes them. What stays as it is leaves no trace.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    seen: &IfMatch,
    new: &OfficeHours,
) -> Result<Versioned<OfficeHoursView>, Refusal> {
    require_valid(new)?;
    documents::require(write.sql, DOCUMENT, seen)?;
    let before = stored(write.sql)?;
    if before != *new {
        past::keep(write)?;
        write.sql.execute(
            "INSERT INTO office_hours (only_row, hours) VALUES (1, ?1)
             ON CONFLICT (only_row) DO UPDATE SET hours = excluded.hours",
            [serde_json::to_string(new)?],
        )?;
        documents::changed(write, DOCUMENT, user)?;
        audit::append(write, user, "office-hours.change", &json!(before), &json!(new))?;
    }
    view(write.sql, write.now)
}

fn stored(sql: &Connection) -> Result<OfficeHours, Refusal> {
    let json: Option<String> =
        sql.prepare_cached("SELECT hours FROM office_hours")?.query_row([], |row| row.get(0)).optional()?;
    match json {
        Some(json) => Ok(serde_json::from_str(&json)?),
        None => Ok(OfficeHours { always_open: true, week: Vec::new(), holidays: Vec::new() }),
    }
}

fn require_valid(office: &OfficeHours) -> Result<(), Refusal> {
    fields::at_most("week", &office.week, 7)?;
    let days: BTreeSet<Weekday> = office.week.iter().map(|day| day.day).collect();
    if days.len() < office.week.len() {
        return Err(fields::unfit("week", "names a day twice"));
    }
    for day in &office.week {
        require_hours(&day.hours)?;
    }
    fields::at_most("holidays", &office.holidays, 366)?;
    let dates: BTreeSet<NaiveDate> = office.holidays.iter().map(|holiday| holiday.date).collect();
    if dates.len() < office.holidays.len() {
        return Err(fields::unfit("holidays", "names a date twice"));
    }
    for holiday in &office.holidays {
        fields::text("name", &holiday.name, 1..=100)?;
        if !(1..=9999).contains(&holiday.date.year()) {
            return Err(fields::unfit("date", "has to be a date of our era"));
        }
        require_hours(&holiday.hours)?;
    }
    Ok(())
}

fn require_hours(hours: &[OpeningHours]) -> Result<(), Refusal> {
    fields::at_most("hours", hours, 6)?;
    let mut end = 0;
    for one in hours {
        let (opens, closes) = schedule::minutes(one)
            .ok_or_else(|| fields::unfit("hours", "have to be HH:MM, the end later than the beginning"))?;
        if opens < end {
            return Err(fields::unfit("hours", "have to follow each other without overlapping"));
        }
        end = closes;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_are_none_are_refused() {
        let hours = |opens: &str, closes: &str| OpeningHours { opens: opens.to_owned(), closes: closes.to_owned() };
        for (opens, closes) in [
            ("9:00", "12:00"),
            ("09:00", "09:00"),
            ("10:00", "09:00"),
            ("09:60", "10:00"),
            ("09:00", "24:01"),
            ("+9:00", "10:00"),
        ] {
            assert!(require_hours(&[hours(opens, closes)]).is_err(), "{opens} to {closes}");
        }
        assert!(require_hours(&[hours("09:00", "12:00"), hours("11:59", "13:00")]).is_err(), "overlapping");
        assert!(require_hours(&[hours("09:00", "12:00"), hours("12:00", "24:00")]).is_ok());
    }
}
