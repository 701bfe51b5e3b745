//! Results: counted in one pass over the surveys of a period, in the database; every figure follows from how many surveys of
//! each kind got which rating.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql, types::Value};
use signoff_wire::contract::{
    channels::SurveyKind,
    satisfaction::{CsatScores, NpsScores, SurveyResults, SurveyResultsRow, SurveyScores},
};

use super::form;
use crate::{
    figures::calendar::{self, Zone},
    refusal::Refusal,
    store::ms,
};

/// What rows stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// Days.
    #[default]
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
    /// Channels.
    Channel,
    /// Teams.
    Team,
    /// Whoever sent the reply with the survey.
    Advisor,
}

/// Which surveys. Missing conditions always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Sent from then on.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Sent before then.
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only on this channel.
    pub(crate) channel_id: Option<String>,
    /// Only of this team; `none`: of no team.
    pub(crate) team_id: Option<String>,
    /// Only sent by this advisor.
    pub(crate) author_id: Option<String>,
    /// Only of this kind.
    pub(crate) kind: Option<SurveyKind>,
}

/// The filter over `surveys s`, without those that never reached the customer, with the parameters of [`Filter::values`].
pub(super) const CONDITION: &str = "s.sent_at >= :from AND s.sent_at < :to
    AND (s.failed_at IS NULL OR s.rating IS NOT NULL)
    AND (:channel IS NULL OR s.channel_id = :channel)
    AND (:team IS NULL OR coalesce(s.team_id, 'none') = :team)
    AND (:author IS NULL OR s.author_id = :author)
    AND (:kind IS NULL OR s.kind = :kind)";

pub(super) type Values = Vec<(&'static str, Value)>;

impl Filter {
    pub(super) fn values(&self) -> Values {
        vec![
            (":from", self.from.map_or(i64::MIN, ms).into()),
            (":to", self.to.map_or(i64::MAX, ms).into()),
            (":channel", self.channel_id.clone().into()),
            (":team", self.team_id.clone().into()),
            (":author", self.author_id.clone().into()),
            (":kind", self.kind.as_ref().map(|kind| kind.as_str().to_owned()).into()),
        ]
    }

    /// The period of the same length right before this one.
    fn before(&self, now: DateTime<Utc>) -> Option<Self> {
        let from = self.from?;
        let length = self.to.unwrap_or(now) - from;
        let begin = from.checked_sub_signed(length)?;
        Some(Self { from: Some(begin), to: Some(from), ..self.clone() })
    }
}

/// The values as rusqlite takes them.
pub(super) fn bound(values: &Values) -> Vec<(&str, &dyn ToSql)> {
    values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}

/// Totals, the period before, and rows; days begin in the time zone.
pub(crate) fn results(
    sql: &Connection,
    filter: &Filter,
    group_by: GroupBy,
    zone: Zone,
    now: DateTime<Utc>,
) -> Result<SurveyResults, Refusal> {
    let previous = filter.before(now).map(|before| totals(sql, &before)).transpose()?;
    let (key, name, join) = match group_by {
        // In quarters of an hour: in no time zone does a day begin between them.
        GroupBy::Day | GroupBy::Week | GroupBy::Month => ("CAST(s.sent_at / 900000 AS TEXT)", "''", ""),
        GroupBy::Channel => ("s.channel_id", "max(ch.name)", "LEFT JOIN channels ch ON ch.id = s.channel_id"),
        GroupBy::Team => ("coalesce(s.team_id, 'none')", "max(t.name)", "LEFT JOIN teams t ON t.id = s.team_id"),
        GroupBy::Advisor => {
            ("s.author_id", "max(coalesce(u.name, s.author_name))", "LEFT JOIN users u ON u.id = s.author_id")
        }
    };
    let mut tallies: BTreeMap<String, (String, Tally)> = BTreeMap::new();
    for row in counted(sql, filter, key, name, join)? {
        let key = dated(&row.key, group_by, zone).unwrap_or(row.key);
        let (_, tally) = tallies.entry(key).or_insert_with(|| (row.name, Tally::default()));
        tally.add(&row.kind, row.rating, row.count);
    }
    let rows = tallies
        .into_iter()
        .map(|(key, (name, tally))| SurveyResultsRow {
            name: if name.is_empty() { key.clone() } else { name },
            key,
            scores: tally.scores(),
        })
        .collect();
    Ok(SurveyResults { totals: totals(sql, filter)?, previous, rows })
}

/// The day, week or month of a quarter of an hour.
fn dated(quarter: &str, group_by: GroupBy, zone: Zone) -> Option<String> {
    let day = || Some(zone.day(quarter.parse::<i64>().ok()? * 900_000));
    match group_by {
        GroupBy::Day => day().map(|day| calendar::date(day).to_string()),
        GroupBy::Week => day().map(|day| calendar::date(calendar::monday(day)).to_string()),
        GroupBy::Month => day().map(|day| calendar::date(day).format("%Y-%m").to_string()),
        GroupBy::Channel | GroupBy::Team | GroupBy::Advisor => None,
    }
}

fn totals(sql: &Connection, filter: &Filter) -> Result<SurveyScores, Refusal> {
    let mut tally = Tally::default();
    for row in counted(sql, filter, "''", "''", "")? {
        tally.add(&row.kind, row.rating, row.count);
    }
    Ok(tally.scores())
}

struct Counted {
    key: String,
    name: String,
    kind: SurveyKind,
    rating: Option<i64>,
    count: u64,
}

fn counted(sql: &Connection, filter: &Filter, key: &str, name: &str, join: &str) -> Result<Vec<Counted>, Refusal> {
    let rows = sql
        .prepare_cached(&format!(
            "SELECT {key} AS key, coalesce({name}, ''), s.kind, s.rating, count(*) FROM surveys s {join}
             WHERE {CONDITION} GROUP BY key, s.kind, s.rating"
        ))?
        .query_map(bound(&filter.values()).as_slice(), |row| {
            Ok(Counted {
                key: row.get(0)?,
                name: row.get(1)?,
                kind: SurveyKind::from(row.get::<_, String>(2)?.as_str()),
                rating: row.get(3)?,
                count: u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// Per kind: how many were sent, and how many got which rating.
#[derive(Default)]
struct Tally {
    nps: Ratings,
    csat: Ratings,
}

#[derive(Default)]
struct Ratings {
    sent: u64,
    by_rating: BTreeMap<i64, u64>,
}

impl Tally {
    fn add(&mut self, kind: &SurveyKind, rating: Option<i64>, count: u64) {
        let ratings = match kind {
            SurveyKind::Csat => &mut self.csat,
            SurveyKind::Nps | SurveyKind::Other(_) => &mut self.nps,
        };
        ratings.sent += count;
        if let Some(rating) = rating {
            *ratings.by_rating.entry(rating).or_default() += count;
        }
    }

    fn scores(&self) -> SurveyScores {
        let sent = self.nps.sent + self.csat.sent;
        let answered = self.nps.between(0, 10) + self.csat.between(1, 5);
        SurveyScores {
            sent,
            answered,
            response_rate: share(answered, sent),
            nps: (self.nps.sent > 0).then(|| self.nps.as_nps()),
            csat: (self.csat.sent > 0).then(|| self.csat.as_csat()),
        }
    }
}

impl Ratings {
    fn between(&self, low: i64, high: i64) -> u64 {
        self.by_rating.range(low..=high).map(|(_, count)| count).sum()
    }

    fn distribution(&self, kind: &SurveyKind) -> Vec<u64> {
        form::scale(kind).map(|rating| self.by_rating.get(&rating).copied().unwrap_or_default()).collect()
    }

    fn as_nps(&self) -> NpsScores {
        let (answered, promoters, detractors) = (self.between(0, 10), self.between(9, 10), self.between(0, 6));
        let score = share(promoters, answered).zip(share(detractors, answered));
        NpsScores {
            sent: self.sent,
            answered,
            promoters,
            passives: self.between(7, 8),
            detractors,
            score: score.map(|(promoters, detractors)| (promoters - detractors) * 100.0),
            distribution: self.distribution(&SurveyKind::Nps),
        }
    }

    fn as_csat(&self) -> CsatScores {
        let (answered, satisfied) = (self.between(1, 5), self.between(4, 5));
        let sum = self.by_rating.iter().map(|(rating, count)| u64::try_from(*rating).unwrap_or_default() * count).sum();
        CsatScores {
            sent: self.sent,
            answered,
            satisfied,
            score: share(satisfied, answered).map(|share| share * 100.0),
            mean: share(sum, answered),
            distribution: self.distribution(&SurveyKind::Csat),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^53 surveys")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
