//! Days in a time zone. A day begins at its midnight, or where the clocks skip that, as soon as it begins at all.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::store::{ms, time};

/// 1970-01-01, counted from the first day of our era.
const EPOCH: i32 = 719_163;
const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// A time zone of the IANA's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone(Tz);

/// A day, counted from 1970-01-01.
pub(crate) type Day = i64;

impl Zone {
    /// The contract's own.
    pub(crate) const UTC: Self = Self(Tz::UTC);

    /// By its name, such as `Europe/Paris`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        self.0.name()
    }

    /// When the day begins, in milliseconds.
    pub(crate) fn starts_at(self, day: Day) -> i64 {
        let midnight = date(day).and_time(NaiveTime::MIN);
        (0..96)
            .find_map(|quarter| self.0.from_local_datetime(&(midnight + QUARTER * quarter)).earliest())
            .map_or_else(|| ms(midnight.and_utc()), |at| at.timestamp_millis())
    }

    /// The day that a time belongs to.
    pub(crate) fn day(self, at_ms: i64) -> Day {
        let local: DateTime<Tz> = time(at_ms).with_timezone(&self.0);
        let mut day = number(local.date_naive());
        // Where a midnight comes twice, the first one counts.
        while self.starts_at(day) > at_ms {
            day -= 1;
        }
        while self.starts_at(day + 1) <= at_ms {
            day += 1;
        }
        day
    }

    /// The beginning of a date.
    pub(crate) fn beginning(self, date: NaiveDate) -> DateTime<Utc> {
        time(self.starts_at(number(date)))
    }

    /// Whether the time is the beginning of a day.
    pub(crate) fn is_beginning(self, at_ms: i64) -> bool {
        self.starts_at(self.day(at_ms)) == at_ms
    }
}

/// The day of a date.
pub(crate) fn number(date: NaiveDate) -> Day {
    i64::from(date.num_days_from_ce() - EPOCH)
}

/// The date of a day.
pub(crate) fn date(day: Day) -> NaiveDate {
    i32::try_from(day + i64::from(EPOCH)).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

/// The Monday of the day's week.
pub(crate) fn monday(day: Day) -> Day {
    day - i64::from(date(day).weekday().num_days_from_monday())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        ms(text.parse().expect("a time"))
    }

    fn day(text: &str) -> Day {
        number(text.parse().expect("a date"))
    }

    #[test]
    fn days_begin_at_midnight_of_the_zone() {
        let paris = Zone::named("Europe/Paris").expect("a zone");
        assert_eq!(paris.starts_at(day("2026-03-02")), at("2026-03-01T23:00:00Z"));
        assert_eq!(paris.starts_at(day("2026-07-02")), at("2026-07-01T22:00:00Z"));
        assert_eq!(paris.day(at("2026-03-01T23:00:00Z")), day("2026-03-02"));
        assert_eq!(paris.day(at("2026-03-01T22:59:59.999Z")), day("2026-03-01"));
        let short = paris.starts_at(day("2026-03-30")) - paris.starts_at(day("2026-03-29"));
        assert_eq!(short, 23 * 3_600_000, "the night in which an hour is missing");
    }

    #[test]
    fn a_midnight_that_is_skipped_or_comes_twice_begins_one_day() {
        let beirut = Zone::named("Asia/Beirut").expect("a zone");
        assert_eq!(beirut.starts_at(day("2024-03-31")), at("2024-03-30T22:00:00Z"), "00:00 became 01:00");
        let havana = Zone::named("America/Havana").expect("a zone");
        let first = at("2024-11-03T04:00:00Z");
        assert_eq!(havana.starts_at(day("2024-11-03")), first);
        assert_eq!(havana.day(first + 3_600_000), day("2024-11-03"), "the second midnight");
    }

    #[test]
    fn weeks_begin_on_monday_and_unknown_zones_are_none() {
        assert_eq!(date(monday(day("2026-03-01"))).to_string(), "2026-02-23");
        assert_eq!(date(monday(day("2026-03-02"))).to_string(), "2026-03-02");
        assert_eq!(Zone::named("Europe/Atlantis"), None);
        assert_eq!(date(day("1969-12-31")).to_string(), "1969-12-31");
    }
}
