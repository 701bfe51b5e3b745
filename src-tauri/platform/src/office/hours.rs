//! When somebody is there to answer. Routing rules and scenarios ask [`is_open`].

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde_json::json;
use signoff_wire::contract::{
    sessions::User,
    workspace::{Holiday, OfficeHours, OfficeHoursView, OpeningHours, Weekday},
};

use crate::{
    audit,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

const DOCUMENT: &str = "office-hours";
const MINUTES_A_DAY: u32 = 24 * 60;

/// Whether somebody is there at this moment, by the workspace's own clock. Without office hours: always.
pub(crate) fn is_open(sql: &Connection, at: DateTime<Utc>) -> Result<bool, Refusal> {
    let local = at.with_timezone(&super::time_zone(sql)?).naive_local();
    Ok(open_at(&stored(sql)?, local))
}

/// The office hours as they are.
pub(crate) fn view(sql: &Connection, now: DateTime<Utc>) -> Result<Versioned<OfficeHoursView>, Refusal> {
    let standing = documents::standing(sql, DOCUMENT)?;
    let value = OfficeHoursView {
        hours: stored(sql)?,
        time_zone: super::time_zone(sql)?.name().to_owned(),
        open_now: is_open(sql, now)?,
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

fn open_at(office: &OfficeHours, local: NaiveDateTime) -> bool {
    if office.always_open {
        return true;
    }
    let minute = local.hour() * 60 + local.minute();
    let weekday = weekday(local.date());
    let hours = office
        .holidays
        .iter()
        .find(|holiday| falls_on(holiday, local.date()))
        .map(|holiday| &holiday.hours)
        .or_else(|| office.week.iter().find(|day| day.day == weekday).map(|day| &day.hours));
    hours.is_some_and(|hours| hours.iter().filter_map(minutes).any(|(opens, closes)| (opens..closes).contains(&minute)))
}

fn falls_on(holiday: &Holiday, date: NaiveDate) -> bool {
    let day_of_year = |date: NaiveDate| (date.month(), date.day());
    holiday.date == date || holiday.yearly && day_of_year(holiday.date) == day_of_year(date)
}

fn weekday(date: NaiveDate) -> Weekday {
    match date.weekday() {
        chrono::Weekday::Mon => Weekday::Monday,
        chrono::Weekday::Tue => Weekday::Tuesday,
        chrono::Weekday::Wed => Weekday::Wednesday,
        chrono::Weekday::Thu => Weekday::Thursday,
        chrono::Weekday::Fri => Weekday::Friday,
        chrono::Weekday::Sat => Weekday::Saturday,
        chrono::Weekday::Sun => Weekday::Sunday,
    }
}

/// Minutes after midnight; nothing if these are no hours.
fn minutes(hours: &OpeningHours) -> Option<(u32, u32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        let (hour, minute) = (digits(hour)?, digits(minute)?);
        (minute < 60).then_some(hour * 60 + minute)
    };
    let (opens, closes) = (minute(&hours.opens)?, minute(&hours.closes)?);
    (opens < closes && closes <= MINUTES_A_DAY).then_some((opens, closes))
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
        let (opens, closes) =
            minutes(one).ok_or_else(|| fields::unfit("hours", "have to be HH:MM, the end later than the beginning"))?;
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

    fn hours(opens: &str, closes: &str) -> OpeningHours {
        OpeningHours { opens: opens.to_owned(), closes: closes.to_owned() }
    }

    fn office() -> OfficeHours {
        let day = |day, hours| signoff_wire::contract::workspace::OfficeDay { day, hours };
        let holiday = |date: &str, yearly, hours| Holiday {
            date: date.parse().expect("a date"),
            yearly,
            name: "Holiday".to_owned(),
            hours,
        };
        OfficeHours {
            always_open: false,
            week: vec![
                day(Weekday::Monday, vec![hours("09:00", "12:00"), hours("13:30", "18:00")]),
                day(Weekday::Friday, vec![hours("20:00", "24:00")]),
            ],
            holidays: vec![
                holiday("2026-03-09", false, Vec::new()),
                holiday("2025-05-01", true, Vec::new()),
                holiday("2026-03-10", false, vec![hours("10:00", "11:00")]),
            ],
        }
    }

    fn open(local: &str) -> bool {
        open_at(&office(), local.parse().expect("a local time"))
    }

    #[test]
    fn opens_at_the_first_minute_and_closes_with_the_last() {
        assert!(!open("2026-03-02T08:59:59"));
        assert!(open("2026-03-02T09:00:00"));
        assert!(open("2026-03-02T11:59:59"));
        assert!(!open("2026-03-02T12:00:00"), "the break");
        assert!(open("2026-03-02T13:30:00"));
        assert!(open("2026-03-06T23:59:59"), "24:00 is the end of the day");
        assert!(!open("2026-03-07T00:00:00"), "a day that is missing is closed");
    }

    #[test]
    fn a_holiday_stands_above_the_week() {
        assert!(!open("2026-03-09T10:00:00"), "a Monday, but closed");
        assert!(open("2026-03-10T10:30:00"), "a Tuesday, but open");
        assert!(!open("2026-05-01T21:00:00"), "yearly: a Friday of a later year");
    }

    #[test]
    fn round_the_clock_needs_no_week() {
        let always = OfficeHours { always_open: true, ..office() };
        assert!(open_at(&always, "2026-03-09T03:00:00".parse().expect("a local time")));
    }

    #[test]
    fn hours_that_are_none_are_refused() {
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
        assert!(require_valid(&office()).is_ok());
    }
}
