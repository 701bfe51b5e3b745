//! The customer's side (D11).
//!
//! Whatever can be refused is refused by readers, before the one writer hears of it.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use signoff_wire::contract::{
    problems::Problem,
    surveys::{SurveyAnswer, SurveyAnswerAccepted, SurveyComment, SurveyQuestion},
};
use utoipa::IntoParams;

use crate::{
    http::{
        Shared, answer,
        body::{self, Raw},
        query::Asked,
        signed_in::Named,
    },
    refusal::Refusal,
    surveys::{self, answers},
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/surveys/{token}", get(read))
        .route("/v1/surveys/{token}/answer", post(rate))
        .route("/v1/surveys/{token}/comment", post(say_more))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SurveyQuery {
    /// The wanted language; otherwise the customer's own, if it is known.
    language: Option<String>,
}

/// What is asked, and where it stands.
#[utoipa::path(get, path = "/v1/surveys/{token}", tag = "channels", security(()),
    params(("token" = String, Path), SurveyQuery),
    responses((status = 200, body = SurveyQuestion), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn read(
    State(app): State<Shared>,
    Named(token): Named,
    Asked(asked): Asked<SurveyQuery>,
) -> Result<Response, Refusal> {
    answer::ok(&question(&app, token, asked.language, Vec::new()).await?)
}

/// Rate (D11).
#[utoipa::path(post, path = "/v1/surveys/{token}/answer", tag = "channels", security(()), params(("token" = String, Path)),
    request_body = SurveyAnswer, responses((status = 201, body = SurveyAnswerAccepted), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn rate(
    State(app): State<Shared>,
    Named(token): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let rating: SurveyAnswer = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &take(&app, token, rating).await?)
}

/// Say more after the rating, once.
#[utoipa::path(post, path = "/v1/surveys/{token}/comment", tag = "channels", security(()), params(("token" = String, Path)),
    request_body = SurveyComment, responses((status = 201, body = SurveyAnswerAccepted), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn say_more(
    State(app): State<Shared>,
    Named(token): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let comment: SurveyComment = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &take_comment(&app, token, comment.comment).await?)
}

pub(super) async fn question(
    app: &Shared,
    token: String,
    language: Option<String>,
    accepted: Vec<String>,
) -> Result<SurveyQuestion, Refusal> {
    let now = app.store.now();
    app.store.read(move |sql| answers::by_token(sql, &token)?.question(sql, language.as_deref(), &accepted, now)).await
}

pub(super) async fn take(app: &Shared, token: String, rating: SurveyAnswer) -> Result<SurveyAnswerAccepted, Refusal> {
    let (now, asked, wanted) = (app.store.now(), token.clone(), rating.clone());
    let survey = app.store.read(move |sql| answers::by_token(sql, &asked)).await?;
    app.patience.require(survey.id(), now)?;
    survey.require_answerable(&wanted, now)?;
    app.store.write(move |write| surveys::answer(write, &token, &rating)).await
}

pub(super) async fn take_comment(
    app: &Shared,
    token: String,
    comment: String,
) -> Result<SurveyAnswerAccepted, Refusal> {
    let (now, asked) = (app.store.now(), token.clone());
    let survey = app.store.read(move |sql| answers::by_token(sql, &asked)).await?;
    app.patience.require(survey.id(), now)?;
    survey.require_commentable(&comment, now)?;
    app.store.write(move |write| answers::comment(write, &token, &comment)).await
}
