//! Two-step sign-in: the second step itself, one's own second factor, and the workspace's rule.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{delete, get, post},
};
use signoff_wire::contract::{
    problems::Problem,
    second_factor::{
        ConfirmWithCode, ConfirmWithPassword, EnrolAtSignIn, Enrolment, RecoveryCodes, SecondFactor, SecondStep,
        SignInRules,
    },
    sessions::Session,
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Address, Admin, Named, SignedIn},
    version,
};
use crate::{
    limits::What,
    refusal::Refusal,
    sessions::{rules, second_factor},
};

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/sessions/second-factor", post(second_step))
        .route("/v1/sessions/second-factor/enrolment", post(enrol_at_sign_in))
        .route("/v1/me/second-factor", get(own).post(begin))
        .route("/v1/me/second-factor/confirm", post(confirm))
        .route("/v1/me/second-factor/disable", post(disable))
        .route("/v1/me/second-factor/recovery-codes", post(renew_codes))
        .route("/v1/admin/users/{id}/second-factor", delete(reset))
        .route("/v1/admin/sign-in-rules", get(read_rules).put(update_rules))
}

/// The second step of a sign-in: a code of the authenticator, or a recovery code. Each is good once.
#[utoipa::path(post, path = "/v1/sessions/second-factor", tag = "sessions", security(()), request_body = SecondStep,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn second_step(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: SecondStep = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &app.doorkeeper.second_step(&app.store, asked).await?)
}

/// Set up an authenticator where the sign-in said `second-factor-enrolment-required`; its first code is the second step.
#[utoipa::path(post, path = "/v1/sessions/second-factor/enrolment", tag = "sessions", security(()),
    request_body = EnrolAtSignIn, responses((status = 201, body = Enrolment), (status = "4XX", body = Problem)))]
pub(super) async fn enrol_at_sign_in(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: EnrolAtSignIn = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &app.doorkeeper.enrol_at_sign_in(&app.store, asked.challenge).await?)
}

/// One's own second factor.
#[utoipa::path(get, path = "/v1/me/second-factor", tag = "sessions",
    responses((status = 200, body = SecondFactor), (status = "4XX", body = Problem)))]
pub(super) async fn own(State(app): State<Shared>, SignedIn(caller): SignedIn) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(move |sql| Ok(second_factor::of(sql, &caller.user.id)?)).await?)
}

/// Begin to set up an authenticator. Nothing changes before its first code.
#[utoipa::path(post, path = "/v1/me/second-factor", tag = "sessions", request_body = ConfirmWithPassword,
    responses((status = 201, body = Enrolment), (status = "4XX", body = Problem)))]
pub(super) async fn begin(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ConfirmWithPassword = body::parse(&bytes?)?;
    let enrolment = app.doorkeeper.begin_enrolment(&app.store, &caller, asked).await?;
    answer::json(StatusCode::CREATED, &enrolment)
}

/// Take the authenticator into use with its first code.
#[utoipa::path(post, path = "/v1/me/second-factor/confirm", tag = "sessions", request_body = ConfirmWithCode,
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)))]
pub(super) async fn confirm(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ConfirmWithCode = body::parse(&bytes?)?;
    answer::ok(&app.doorkeeper.confirm_enrolment(&app.store, caller, asked.code).await?)
}

/// Switch one's second factor off, unless the workspace requires it: 409 `second-factor-compulsory`.
#[utoipa::path(post, path = "/v1/me/second-factor/disable", tag = "sessions", request_body = ConfirmWithPassword,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn disable(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Raw(bytes): Raw,
) -> Result<StatusCode, Refusal> {
    let asked: ConfirmWithPassword = body::parse(&bytes?)?;
    app.doorkeeper.disable_second_factor(&app.store, caller, asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes; the old ones are void.
#[utoipa::path(post, path = "/v1/me/second-factor/recovery-codes", tag = "sessions",
    request_body = ConfirmWithPassword,
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)))]
pub(super) async fn renew_codes(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ConfirmWithPassword = body::parse(&bytes?)?;
    answer::ok(&app.doorkeeper.renew_recovery_codes(&app.store, caller, asked).await?)
}

/// Forget a person's second factor, for whoever has lost authenticator and recovery codes.
#[utoipa::path(delete, path = "/v1/admin/users/{id}/second-factor", tag = "people", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn reset(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    app.store.write(move |write| rules::reset(write, &caller.user, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the workspace asks of everybody at sign-in; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/sign-in-rules", tag = "people",
    responses((status = 200, body = SignInRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read_rules(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let (rules, version) = app.store.read(|sql| Ok(rules::read(sql)?)).await?;
    answer::versioned(&rules, version)
}

/// Change it. Sessions that live go on; the rule holds from the next sign-in.
#[utoipa::path(put, path = "/v1/admin/sign-in-rules", tag = "people", params(("If-Match" = String, Header)),
    request_body = SignInRules,
    responses((status = 200, body = SignInRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update_rules(
    State(app): State<Shared>,
    Admin(caller): Admin,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: SignInRules = body::parse(&bytes?)?;
    let matches = version::if_match(&headers)?;
    let (rules, version) = app.store.write(move |write| rules::update(write, &caller.user, new, matches)).await?;
    answer::versioned(&rules, version)
}
