//! Results and comments as CSV: what the page shows, no more and no less.

use signoff_wire::contract::satisfaction::{SurveyCommentRow, SurveyResults, SurveyScores};

use crate::{refusal::Refusal, spreadsheet::Sheet};

const RESULTS: [&str; 12] = [
    "key",
    "name",
    "sent",
    "answered",
    "response_rate",
    "nps",
    "promoters",
    "passives",
    "detractors",
    "csat",
    "satisfied",
    "mean",
];
const COMMENTS: [&str; 10] =
    ["at", "survey_id", "conversation_id", "customer", "channel", "team", "advisor", "kind", "rating", "comment"];

/// One line per row, and the totals at the end.
pub(crate) fn results(results: &SurveyResults) -> Result<Vec<u8>, Refusal> {
    let mut sheet = Sheet::new();
    sheet.line(RESULTS)?;
    for row in &results.rows {
        line(&mut sheet, &row.key, &row.name, &row.scores)?;
    }
    line(&mut sheet, "total", "", &results.totals)?;
    sheet.into_bytes()
}

/// The head of [`comments`].
pub(crate) fn comments_head() -> Result<Vec<u8>, Refusal> {
    let mut sheet = Sheet::new();
    sheet.line(COMMENTS)?;
    sheet.into_bytes()
}

/// One line per comment.
pub(crate) fn comments(comments: &[SurveyCommentRow]) -> Result<Vec<u8>, Refusal> {
    let mut sheet = Sheet::new();
    for row in comments {
        let at = row.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        sheet.cell(&at)?.cell(&row.survey_id)?.cell(&row.conversation_id)?.cell(&row.customer_name)?;
        sheet.cell(&row.channel_name)?.cell(row.team_name.as_deref().unwrap_or_default())?.cell(&row.author_name)?;
        sheet.cell(row.kind.as_str())?.number(row.rating)?.cell(&row.comment)?.end()?;
    }
    sheet.into_bytes()
}

fn line(sheet: &mut Sheet, key: &str, name: &str, scores: &SurveyScores) -> Result<(), Refusal> {
    let number = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let (nps, csat) = (scores.nps.as_ref(), scores.csat.as_ref());
    sheet.cell(key)?.cell(name)?.number(scores.sent)?.number(scores.answered)?.number(number(scores.response_rate))?;
    sheet.number(number(nps.and_then(|nps| nps.score)))?;
    sheet.number(count(nps.map(|nps| nps.promoters)))?.number(count(nps.map(|nps| nps.passives)))?;
    sheet.number(count(nps.map(|nps| nps.detractors)))?.number(number(csat.and_then(|csat| csat.score)))?;
    sheet.number(count(csat.map(|csat| csat.satisfied)))?.number(number(csat.and_then(|csat| csat.mean)))?;
    sheet.end()
}
