//! Office hours in a time zone, as spans of time: whether a moment is within them, when that changes, how long they last.
//!
//! Everything is made from the same spans, so that a rule, an explanation and a figure never differ. A span is what the
//! clocks on the wall say: where they are put forward or back, a day's hours are an hour shorter or longer.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use signoff_wire::contract::workspace::{Holiday, OfficeHours, OfficeMoment, OpeningHours, Weekday};

use crate::store::{ms, time};

const MINUTES_A_DAY: u32 = 24 * 60;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Nobody is told of an opening further away: a year and its holidays, and some more.
const AHEAD_MS: i64 = 400 * DAY_MS;
/// From 1 January 1900 to the end of 9900.
const SENSIBLE: std::ops::Range<i64> = -2_208_988_800_000..250_276_608_000_000;

/// A part of time, in milliseconds; the end is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Office hours, and the time zone in which they are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) hours: OfficeHours,
    pub(crate) zone: Tz,
}

impl Schedule {
    /// Whether the moment is within them, and until when.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> OfficeMoment {
        let from = ms(at);
        // Beyond our era nobody's calendar says anything.
        let to = if SENSIBLE.contains(&from) { from + AHEAD_MS } else { from };
        let first = self.spans(Span { from, to }).into_iter().next();
        let open = first.is_some_and(|span| span.from == from);
        let change = first.map(|span| if open { span.to } else { span.from });
        OfficeMoment {
            open,
            at,
            changes_at: change.filter(|change| *change < to).map(time),
            time_zone: self.zone.name().to_owned(),
        }
    }

    /// The spans within them, in order, with gaps between them.
    pub(crate) fn spans(&self, within: Span) -> Vec<Span> {
        if within.from >= within.to {
            return Vec::new();
        }
        if self.hours.always_open {
            return vec![within];
        }
        let mut spans: Vec<Span> = Vec::new();
        for (even, offset_ms) in evenly(self.zone, within) {
            let (first, last) = (local_date(even.from + offset_ms), local_date(even.to - 1 + offset_ms));
            for date in first.iter_days().take_while(|date| *date <= last) {
                let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_millis() - offset_ms;
                for (opens, closes) in self.on(date).iter().filter_map(minutes) {
                    let from = (midnight + i64::from(opens) * MINUTE_MS).max(even.from);
                    let to = (midnight + i64::from(closes) * MINUTE_MS).min(even.to);
                    match spans.last_mut() {
                        _ if from >= to => {}
                        Some(before) if before.to == from => before.to = to,
                        Some(_) | None => spans.push(Span { from, to }),
                    }
                }
            }
        }
        spans
    }

    fn on(&self, date: NaiveDate) -> &[OpeningHours] {
        let weekday = weekday(date);
        let holiday = self.hours.holidays.iter().find(|holiday| falls_on(holiday, date)).map(|holiday| &holiday.hours);
        let hours = holiday.or_else(|| self.hours.week.iter().find(|day| day.day == weekday).map(|day| &day.hours));
        hours.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The parts in which the zone's clocks are not changed, and by how much they are ahead of UTC.
fn evenly(zone: Tz, within: Span) -> Vec<(Span, i64)> {
    let offset =
        |at: i64| i64::from(zone.offset_from_utc_datetime(&time(at).naive_utc()).fix().local_minus_utc()) * 1000;
    let mut parts: Vec<(Span, i64)> = Vec::new();
    let mut from = within.from;
    while from < within.to {
        let here = offset(from);
        let mut to = from;
        while to < within.to && offset((to + DAY_MS).min(within.to)) == here {
            to = (to + DAY_MS).min(within.to);
        }
        if to < within.to {
            // They are changed on the day that begins here: at the first moment that is not as it was.
            let (mut same, mut other) = (to, (to + DAY_MS).min(within.to));
            while other - same > 1 {
                let middle = same + (other - same) / 2;
                if offset(middle) == here { same = middle } else { other = middle }
            }
            to = other;
        }
        parts.push((Span { from, to }, here));
        from = to;
    }
    parts
}

fn local_date(local_ms: i64) -> NaiveDate {
    time(local_ms).date_naive()
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
pub(super) fn minutes(hours: &OpeningHours) -> Option<(u32, u32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        let (hour, minute) = (digits(hour)?, digits(minute)?);
        (minute < 60).then_some(hour * 60 + minute)
    };
    let (opens, closes) = (minute(&hours.opens)?, minute(&hours.closes)?);
    (opens < closes && closes <= MINUTES_A_DAY).then_some((opens, closes))
}

#[cfg(test)]
mod tests {
    use signoff_wire::contract::workspace::OfficeDay;

    use super::*;

    fn hours(opens: &str, closes: &str) -> OpeningHours {
        OpeningHours { opens: opens.to_owned(), closes: closes.to_owned() }
    }

    fn office(zone: &str) -> Schedule {
        let day = |day, hours| OfficeDay { day, hours };
        let holiday = |date: &str, yearly, hours| Holiday {
            date: date.parse().expect("a date"),
            yearly,
            name: "Holiday".to_owned(),
            hours,
        };
        let hours = OfficeHours {
            always_open: false,
            week: vec![
                day(Weekday::Monday, vec![hours("09:00", "12:00"), hours("13:30", "18:00")]),
                day(Weekday::Friday, vec![hours("20:00", "24:00")]),
                day(Weekday::Sunday, vec![hours("01:00", "04:00")]),
            ],
            holidays: vec![
                holiday("2026-03-09", false, Vec::new()),
                holiday("2025-05-01", true, Vec::new()),
                holiday("2026-03-10", false, vec![hours("10:00", "11:00")]),
            ],
        };
        Schedule { hours, zone: zone.parse().expect("a zone") }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn open(utc: &str) -> bool {
        office("UTC").moment(at(utc)).open
    }

    #[test]
    fn opens_at_the_first_minute_and_closes_with_the_last() {
        assert!(!open("2026-03-02T08:59:59.999Z"));
        assert!(open("2026-03-02T09:00:00Z"));
        assert!(open("2026-03-02T11:59:59Z"));
        assert!(!open("2026-03-02T12:00:00Z"), "the break");
        assert!(open("2026-03-02T13:30:00Z"));
        assert!(open("2026-03-06T23:59:59Z"), "24:00 is the end of the day");
        assert!(!open("2026-03-07T00:00:00Z"), "a day that is missing is closed");
    }

    #[test]
    fn a_holiday_stands_above_the_week() {
        assert!(!open("2026-03-09T10:00:00Z"), "a Monday, but closed");
        assert!(open("2026-03-10T10:30:00Z"), "a Tuesday, but open");
        assert!(!open("2026-05-01T21:00:00Z"), "yearly: a Friday of a later year");
    }

    #[test]
    fn it_says_when_it_changes() {
        let paris = office("Europe/Paris");
        let change = |from: &str| paris.moment(at(from)).changes_at;
        assert_eq!(change("2026-03-02T08:30:00Z"), Some(at("2026-03-02T11:00:00Z")), "open until the break");
        assert_eq!(change("2026-03-07T12:00:00Z"), Some(at("2026-03-08T00:00:00Z")), "Sunday at one");
        assert_eq!(change("2026-03-08T03:00:00Z"), Some(at("2026-03-10T09:00:00Z")), "past the holiday on Monday");
        let never = Schedule { hours: OfficeHours { week: Vec::new(), holidays: Vec::new(), ..paris.hours }, ..paris };
        assert_eq!((never.moment(at("2026-03-02T08:30:00Z")).open, change_of(&never)), (false, None));
        let always = Schedule { hours: OfficeHours { always_open: true, ..never.hours }, ..never };
        assert_eq!((always.moment(at("2026-03-02T08:30:00Z")).open, change_of(&always)), (true, None));
    }

    fn change_of(schedule: &Schedule) -> Option<DateTime<Utc>> {
        schedule.moment(at("2026-03-02T08:30:00Z")).changes_at
    }

    #[test]
    fn clocks_that_are_changed_shorten_and_lengthen_a_day() {
        let length = |from: &str, to: &str| {
            let spans = office("Europe/Paris").spans(Span { from: ms(at(from)), to: ms(at(to)) });
            spans.iter().map(|span| span.to - span.from).sum::<i64>() / MINUTE_MS
        };
        assert_eq!(length("2026-03-22T00:00:00Z", "2026-03-22T12:00:00Z"), 180, "01:00 to 04:00");
        assert_eq!(length("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"), 120, "without the hour after two");
        assert_eq!(length("2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z"), 240, "with two hours after two");
    }

    #[test]
    fn spans_are_what_each_minute_of_a_year_says() {
        for zone in ["Europe/Paris", "America/Havana", "Australia/Lord_Howe", "UTC"] {
            let schedule = office(zone);
            let (from, to) = (ms(at("2026-01-01T00:07:00Z")), ms(at("2027-01-01T00:00:00Z")));
            let spans = schedule.spans(Span { from, to });
            assert!(spans.windows(2).all(|two| two[0].to < two[1].from), "in order, with gaps");
            let mut spans = spans.into_iter().peekable();
            for minute in (from..to).step_by(MINUTE_MS as usize) {
                while spans.next_if(|span| span.to <= minute).is_some() {}
                let local = time(minute).with_timezone(&schedule.zone).naive_local();
                let of_day = (local.and_utc().timestamp() % 86_400 / 60) as u32;
                let wanted = schedule
                    .on(local.date())
                    .iter()
                    .filter_map(minutes)
                    .any(|(opens, closes)| (opens..closes).contains(&of_day));
                assert_eq!(spans.peek().is_some_and(|span| span.from <= minute), wanted, "{local} in {zone}");
            }
        }
    }
}
