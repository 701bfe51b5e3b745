//! Results of surveys.
//!
//! A survey belongs to the day, the channel, the team and the advisor of the reply that it was sent with, whenever it is answered.
//! Days, weeks (from Monday) and months are those of the time zone that was asked for, or of UTC.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{channels::SurveyKind, millis};

/// Answer of `GET /v1/admin/surveys/results`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyResults {
    /// Everything that was asked for.
    pub totals: SurveyScores,
    /// The same over the period of the same length right before; null if the period has no beginning.
    pub previous: Option<SurveyScores>,
    /// One row per day, week, month, channel, team or advisor; those without surveys are left out.
    pub rows: Vec<SurveyResultsRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyResultsRow {
    /// The day or the week's Monday (YYYY-MM-DD), the month (YYYY-MM), or the id of channel, team or advisor; `none` for no team.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// What came of its surveys.
    pub scores: SurveyScores,
}

/// What came of some surveys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyScores {
    /// How many were sent.
    pub sent: u64,
    /// How many of these were answered.
    pub answered: u64,
    /// `answered` / `sent`, 0 to 1; null if none was sent.
    pub response_rate: Option<f64>,
    /// Those that asked for a recommendation; null if none did.
    pub nps: Option<NpsScores>,
    /// Those that asked for satisfaction; null if none did.
    pub csat: Option<CsatScores>,
}

/// Net Promoter Score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NpsScores {
    /// How many were sent.
    pub sent: u64,
    /// How many were answered.
    pub answered: u64,
    /// Ratings of 9 and 10.
    pub promoters: u64,
    /// Ratings of 7 and 8.
    pub passives: u64,
    /// Ratings of 0 to 6.
    pub detractors: u64,
    /// Share of promoters minus share of detractors, -100 to 100; null without answers.
    pub score: Option<f64>,
    /// How many answers each rating from 0 to 10 got.
    pub distribution: Vec<u64>,
}

/// Customer satisfaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CsatScores {
    /// How many were sent.
    pub sent: u64,
    /// How many were answered.
    pub answered: u64,
    /// Ratings of 4 and 5.
    pub satisfied: u64,
    /// Share of ratings of 4 and 5, 0 to 100; null without answers.
    pub score: Option<f64>,
    /// The mean rating, 1 to 5; null without answers.
    pub mean: Option<f64>,
    /// How many answers each rating from 1 to 5 got.
    pub distribution: Vec<u64>,
}

/// A comment, as `GET /v1/admin/surveys/comments` lists it, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyCommentRow {
    /// The survey's id.
    pub survey_id: String,
    /// The conversation that it was sent in.
    pub conversation_id: String,
    /// The customer's name.
    pub customer_name: String,
    /// The channel's id.
    pub channel_id: String,
    /// The channel's name.
    pub channel_name: String,
    /// The team's name; null: none.
    pub team_name: Option<String>,
    /// Who sent the reply with it.
    pub author_name: String,
    /// The kind.
    pub kind: SurveyKind,
    /// The rating.
    pub rating: i64,
    /// In the customer's words.
    pub comment: String,
    /// When it was said.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}
