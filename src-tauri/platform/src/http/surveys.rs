//! The customer's answer to a survey; the token in the path is all the authorization it needs.

use axum::{extract::State, http::StatusCode, response::Response};
use signoff_wire::contract::{
    problems::Problem,
    surveys::{SurveyAnswer, SurveyAnswerAccepted},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::Named,
};
use crate::{refusal::Refusal, surveys};

/// Rate (D11).
#[utoipa::path(post, path = "/v1/surveys/{token}/answer", tag = "channels", security(()), params(("token" = String, Path)),
    request_body = SurveyAnswer, responses((status = 201, body = SurveyAnswerAccepted), (status = "4XX", body = Problem)))]
pub(super) async fn answer(
    State(app): State<Shared>,
    Named(token): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let rating: SurveyAnswer = body::parse(&bytes?)?;
    let accepted = app.store.write(move |write| surveys::answer(write, &token, &rating)).await?;
    answer::json(StatusCode::CREATED, &accepted)
}
