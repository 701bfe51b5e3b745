//! The customer's answer to a survey (D11).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::millis;

/// Body of `POST /v1/surveys/{token}/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyAnswer {
    /// 0 to 10 (NPS) or 1 to 5 (CSAT).
    #[schema(minimum = 0, maximum = 10)]
    pub rating: i64,
    /// In the customer's words.
    #[serde(default)]
    pub comment: Option<String>,
}

/// Answer of `POST /v1/surveys/{token}/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyAnswerAccepted {
    /// The survey's id.
    pub survey_id: String,
    /// The rating as kept.
    pub rating: i64,
    /// The comment as kept.
    pub comment: Option<String>,
    /// When it was taken.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}
