//! First human response time (R7), per conversation: from the customer's first message to the first reply by an advisor.
//! Closings have no part in it; the reply that goes with one counts as any reply does.
//!
//! Either all time counts or the part within the office hours ([`past`](crate::office::past)): then a question of the night
//! that is answered before the office opens took no time at all.

use std::collections::BTreeMap;

use rusqlite::Connection;
use signoff_wire::contract::analytics::{DelayBucket, DelayTime, Delays, DelaysBefore, DelaysRow};

use super::{
    Question,
    loose::{self, FirstAnswer},
    names,
    rows::{self, Parts},
    sealed,
};
use crate::{
    office::{past::OfficeTime, schedule::Span},
    refusal::Refusal,
};

/// Upper ends of the distribution's buckets, in seconds.
const BUCKETS_S: [u32; 9] = [60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

/// The figures; rows and distribution only where rows were asked for.
pub(crate) fn delays(sql: &Connection, question: &Question) -> Result<Delays, Refusal> {
    let (all, by_key) = collect(sql, question)?;
    let previous = match question.before().filter(|_| question.compare) {
        Some(before) => {
            let (all, _) = collect(sql, &super::Question { group_by: None, ..question.of(before) })?;
            let (median_s, p90_s) = (percentile_s(&all, 50), percentile_s(&all, 90));
            Some(DelaysBefore { from: before.0, to: before.1, count: count(&all), median_s, p90_s })
        }
        None => None,
    };
    let rows = match question.group_by {
        Some(group_by) => {
            let names = names::names(sql, group_by)?;
            Some(by_key.into_iter().map(|(key, delays)| row(&names, key, delays)).collect())
        }
        None => None,
    };
    Ok(Delays {
        count: count(&all),
        median_s: percentile_s(&all, 50),
        p90_s: percentile_s(&all, 90),
        distribution: question.group_by.map(|_| distribution(&all)),
        rows,
        previous,
    })
}

fn row(names: &std::collections::HashMap<String, String>, key: String, mut delays: Vec<i64>) -> DelaysRow {
    delays.sort_unstable();
    DelaysRow {
        name: names.get(&key).unwrap_or(&key).clone(),
        count: count(&delays),
        median_s: percentile_s(&delays, 50),
        p90_s: percentile_s(&delays, 90),
        key,
    }
}

/// All delays in milliseconds, sorted, and by row.
type Collected = (Vec<i64>, BTreeMap<String, Vec<i64>>);

fn collect(sql: &Connection, question: &Question) -> Result<Collected, Refusal> {
    let parts = Parts::of(sql, question)?;
    let mut office = match question.time {
        DelayTime::Elapsed => None,
        DelayTime::OfficeHours => Some(OfficeTime::of(sql)?),
    };
    let mut took = |answer: FirstAnswer| match &mut office {
        None => answer.took,
        Some(office) => office.within(Span { from: answer.at - answer.took, to: answer.at }),
    };
    let mut all = Vec::new();
    let mut by_key: BTreeMap<String, Vec<i64>> =
        rows::every_key(question).into_iter().map(|key| (key, Vec::new())).collect();
    let mut take = |key: Option<String>, answers: &mut dyn Iterator<Item = FirstAnswer>| {
        let start = all.len();
        all.extend(answers.map(&mut took));
        if let Some(key) = key {
            by_key.entry(key).or_default().extend(&all[start..]);
        }
    };
    let key = |day, author: &str, channel: &str, team: &str| {
        question.group_by.map(|group_by| rows::key(group_by, day, author, channel, team).into_owned())
    };
    sealed::each_answers(sql, question, &parts.days, |cell| {
        take(key(cell.day, cell.author_id, cell.channel_id, cell.team_id), &mut cell.each());
    })?;
    for span in parts.loose {
        let found = loose::first_answers(sql, question.zone, &loose::within(&question.filter, span))?;
        for ((day, of), answers) in found {
            take(key(day, &of.author_id, &of.channel_id, &of.team_id), &mut answers.into_iter());
        }
    }
    all.sort_unstable();
    Ok((all, by_key))
}

fn count(delays: &[i64]) -> u64 {
    u64::try_from(delays.len()).unwrap_or(u64::MAX)
}

fn distribution(sorted_ms: &[i64]) -> Vec<DelayBucket> {
    let mut before = 0;
    let mut upto = |end: usize, up_to_s| {
        let bucket = DelayBucket { up_to_s, count: (end - before) as u64 };
        before = end;
        bucket
    };
    let mut buckets: Vec<DelayBucket> = BUCKETS_S
        .iter()
        .map(|&seconds| upto(sorted_ms.partition_point(|delay| *delay <= i64::from(seconds) * 1000), Some(seconds)))
        .collect();
    buckets.push(upto(sorted_ms.len(), None));
    buckets
}

/// The percentile of sorted values, between neighbours where it falls between them.
#[expect(clippy::cast_precision_loss, reason = "delays are far below 2^53 ms")]
fn percentile_s(sorted_ms: &[i64], percent: usize) -> Option<f64> {
    let last = sorted_ms.len().checked_sub(1)?;
    let (whole, rest) = (last * percent / 100, last * percent % 100);
    let low = *sorted_ms.get(whole)? as f64;
    let high = *sorted_ms.get(whole + 1).unwrap_or(&sorted_ms[whole]) as f64;
    Some((low + (high - low) * rest as f64 / 100.0) / 1000.0)
}
