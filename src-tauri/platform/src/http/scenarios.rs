//! Scenarios: drafts, versions, trials. For admins only.

use axum::{
    Router,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use signoff_wire::contract::{
    problems::Problem,
    scenarios::{
        NewScenario, ScenarioDocument, ScenarioFaults, ScenarioVersion, Scenarios, Trial, TryScenario, UpdateScenario,
        UpdateScenarioChannels, ValidateScenario,
    },
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Admin, Named},
    version,
};
use crate::{
    channels::scenario::{documents, trial, versions},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/scenarios", get(list).post(create))
        .route("/v1/admin/scenarios/{id}", get(read).put(update).delete(remove))
        .route("/v1/admin/scenarios/{id}/channels", put(channels))
        .route("/v1/admin/scenarios/{id}/validate", post(validate))
        .route("/v1/admin/scenarios/{id}/publish", post(publish))
        .route("/v1/admin/scenarios/{id}/try", post(attempt))
        .route("/v1/admin/scenarios/{id}/versions/{version}", get(version))
        .route("/v1/admin/scenarios/{id}/versions/{version}/restore", post(restore))
}

/// All scenarios, the channels, and the variables that can be used.
#[utoipa::path(get, path = "/v1/admin/scenarios", tag = "scenarios",
    responses((status = 200, body = Scenarios), (status = "4XX", body = Problem)))]
pub(super) async fn list(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(documents::list).await?)
}

/// A new scenario.
#[utoipa::path(post, path = "/v1/admin/scenarios", tag = "scenarios", request_body = NewScenario,
    responses((status = 201, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn create(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewScenario = body::parse(&bytes?)?;
    let made = app.store.write(move |write| documents::create(write, &caller.user, &new)).await?;
    let mut response = answer::versioned(&made.document, made.version)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// A scenario with its draft, the draft's faults, and its versions.
#[utoipa::path(get, path = "/v1/admin/scenarios/{id}", tag = "scenarios", params(("id" = String, Path)),
    responses((status = 200, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let found = app.store.read(move |sql| documents::one(sql, &id)).await?;
    answer::versioned(&found.document, found.version)
}

/// Save name and draft. A draft may have faults.
#[utoipa::path(put, path = "/v1/admin/scenarios/{id}", tag = "scenarios",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = UpdateScenario,
    responses((status = 200, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateScenario = body::parse(&bytes?)?;
    let seen = version::if_match(&headers)?;
    let saved = app.store.write(move |write| documents::update(write, &caller.user, &id, new, seen)).await?;
    answer::versioned(&saved.document, saved.version)
}

/// Delete a scenario that no channel uses.
#[utoipa::path(delete, path = "/v1/admin/scenarios/{id}", tag = "scenarios",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn remove(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let seen = version::if_match(&headers)?;
    app.store.write(move |write| documents::delete(write, &caller.user, &id, seen)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Say which channels use it.
#[utoipa::path(put, path = "/v1/admin/scenarios/{id}/channels", tag = "scenarios",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = UpdateScenarioChannels,
    responses((status = 200, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn channels(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateScenarioChannels = body::parse(&bytes?)?;
    let seen = version::if_match(&headers)?;
    let saved =
        app.store.write(move |write| documents::set_channels(write, &caller.user, &id, &new.channels, seen)).await?;
    answer::versioned(&saved.document, saved.version)
}

/// The faults of a draft that need not be saved.
#[utoipa::path(post, path = "/v1/admin/scenarios/{id}/validate", tag = "scenarios", params(("id" = String, Path)),
    request_body = ValidateScenario, responses((status = 200, body = ScenarioFaults), (status = "4XX", body = Problem)))]
pub(super) async fn validate(
    State(app): State<Shared>,
    Admin(_): Admin,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ValidateScenario = body::parse(&bytes?)?;
    let faults = app.store.read(move |sql| documents::faults(sql, &id, asked.draft)).await?;
    answer::ok(&ScenarioFaults { faults })
}

/// Publish the draft. With faults: 422 `scenario-faulty`, and the faults.
#[utoipa::path(post, path = "/v1/admin/scenarios/{id}/publish", tag = "scenarios",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn publish(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let seen = version::if_match(&headers)?;
    let published = app.store.write(move |write| versions::publish(write, &caller.user, &id, seen)).await?;
    answer::versioned(&published.document, published.version)
}

/// Try a draft: what one event would set off. Nothing comes of it.
#[utoipa::path(post, path = "/v1/admin/scenarios/{id}/try", tag = "scenarios", params(("id" = String, Path)),
    request_body = TryScenario, responses((status = 200, body = Trial), (status = "4XX", body = Problem)))]
pub(super) async fn attempt(
    State(app): State<Shared>,
    Admin(_): Admin,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: TryScenario = body::parse(&bytes?)?;
    let now = app.store.now();
    answer::ok(&app.store.read(move |sql| trial::run(sql, &id, &asked, now)).await?)
}

/// A published version.
#[utoipa::path(get, path = "/v1/admin/scenarios/{id}/versions/{version}", tag = "scenarios",
    params(("id" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = ScenarioVersion), (status = "4XX", body = Problem)))]
pub(super) async fn version(
    State(app): State<Shared>,
    Admin(_): Admin,
    Numbered(id, version): Numbered,
) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(move |sql| versions::one(sql, &id, version)).await?)
}

/// Make a published version the draft.
#[utoipa::path(post, path = "/v1/admin/scenarios/{id}/versions/{version}/restore", tag = "scenarios",
    params(("id" = String, Path), ("version" = u32, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ScenarioDocument, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn restore(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Numbered(id, version): Numbered,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let seen = version::if_match(&headers)?;
    let restored = app.store.write(move |write| versions::restore(write, &caller.user, &id, version, seen)).await?;
    answer::versioned(&restored.document, restored.version)
}

/// A name and a number in the path. What is no number is no version.
pub(super) struct Numbered(String, u32);

impl FromRequestParts<Shared> for Numbered {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let path = Path::<(String, u32)>::from_request_parts(parts, app).await;
        path.map(|Path((id, number))| Self(id, number)).map_err(|_| Refusal::ScenarioUnknown)
    }
}
