//! Times of the week in a time zone, for conditions that do not go by the workspace's office hours.

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use signoff_wire::contract::{routing::TimeCondition, scenarios::WeekSpan};

const DAY_MIN: u32 = 24 * 60;

/// The zone of this IANA name.
fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// Whether the times can be gone by.
pub(crate) fn is_valid(times: &TimeCondition) -> bool {
    zone(&times.zone).is_some() && are_valid(&times.spans) && times.spans.len() <= 50
}

fn are_valid(spans: &[WeekSpan]) -> bool {
    !spans.is_empty() && spans.iter().all(|span| minutes(span).is_some() && days_are_valid(&span.days))
}

fn days_are_valid(days: &[u8]) -> bool {
    !days.is_empty() && days.iter().all(|day| (1..=7).contains(day))
}

/// Whether `at` falls into one of the spans. What cannot be read contains nothing.
fn contains(spans: &[WeekSpan], zone: Tz, at: DateTime<Utc>) -> bool {
    let local = at.with_timezone(&zone);
    let (today, now) = (local.weekday().number_from_monday(), local.hour() * 60 + local.minute());
    let yesterday = if today == 1 { 7 } else { today - 1 };
    spans.iter().any(|span| {
        let Some((from, to)) = minutes(span) else { return false };
        let on = |day: u32| span.days.iter().any(|wanted| u32::from(*wanted) == day);
        if from < to {
            on(today) && (from..to).contains(&now)
        } else {
            on(today) && now >= from || on(yesterday) && now < to
        }
    })
}

/// Whether `at` is at these times, or outside them if that is what is wanted. In no zone there are no times.
pub(crate) fn fits(times: &TimeCondition, at: DateTime<Utc>) -> bool {
    zone(&times.zone).is_some_and(|zone| contains(&times.spans, zone, at) != times.outside)
}

/// The day and time that it is in the times' zone; empty if that is none.
pub(crate) fn local(times: &TimeCondition, at: DateTime<Utc>) -> String {
    zone(&times.zone).map(|zone| at.with_timezone(&zone).format("%a %H:%M").to_string()).unwrap_or_default()
}

/// The span's beginning and end in minutes of the day.
fn minutes(span: &WeekSpan) -> Option<(u32, u32)> {
    let (from, to) = (minute(&span.from)?, minute(&span.to)?);
    (from != to && from < DAY_MIN).then_some((from, to))
}

fn minute(text: &str) -> Option<u32> {
    if text == "24:00" {
        return Some(DAY_MIN);
    }
    let time = (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()?;
    Some(time.hour() * 60 + time.minute())
}

#[cfg(test)]
mod tests {
    use signoff_wire::contract::scenarios::WeekSpan;

    use super::{are_valid, contains, zone};

    fn span(days: &[u8], from: &str, to: &str) -> WeekSpan {
        WeekSpan { days: days.to_vec(), from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn the_week_is_that_of_the_zone_and_nights_belong_to_the_day_they_begin() {
        let paris = zone("Europe/Paris").expect("a zone");
        let fits = |spans: &[WeekSpan], at: &str| contains(spans, paris, at.parse().expect("a time"));
        let office = [span(&[1, 2, 3, 4, 5], "09:00", "18:00")];
        // Monday, 2 March 2026, is winter: 08:30 UTC is 09:30 in Paris.
        assert!(fits(&office, "2026-03-02T08:30:00Z") && !fits(&office, "2026-03-02T07:30:00Z"));
        assert!(!fits(&office, "2026-03-02T17:00:00Z"), "the end is excluded");
        assert!(fits(&office, "2026-07-06T07:30:00Z"), "in summer an hour earlier in UTC");
        assert!(!fits(&office, "2026-03-07T10:00:00Z"), "Saturday");
        let night = [span(&[7], "22:00", "06:00")];
        assert!(fits(&night, "2026-03-01T22:30:00Z") && fits(&night, "2026-03-02T04:30:00Z"), "into Monday");
        assert!(!fits(&night, "2026-03-03T04:30:00Z"));
        assert!(fits(&[span(&[1], "00:00", "24:00")], "2026-03-02T22:59:00Z"));
    }

    #[test]
    fn what_is_no_time_is_not_valid() {
        for (days, from, to) in [
            (&[0][..], "09:00", "18:00"),
            (&[], "09:00", "18:00"),
            (&[1], "9:00", "18:00"),
            (&[1], "09:00", "09:00"),
            (&[1], "24:00", "25:00"),
        ] {
            assert!(!are_valid(&[span(days, from, to)]), "{days:?} {from} {to}");
        }
        assert!(!are_valid(&[]) && are_valid(&[span(&[1, 7], "09:00", "24:00")]));
    }
}
