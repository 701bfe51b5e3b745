//! People and teams, for admins. To everybody else nothing of this exists.

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use serde::Deserialize;
use signoff_wire::contract::{
    pages::Page,
    people::{ChangePerson, ChangeTeam, NewPerson, NewTeam, Person, Team},
    problems::Problem,
    sessions::Role,
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::{self, Asked},
    signed_in::{Admin, Named},
};
use crate::{
    documents::IfMatch,
    people::{self, add::Newcomer, change::By, teams},
    refusal::Refusal,
    sessions::{Caller, password},
};

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/users", get(users).post(add_user))
        .route("/v1/admin/users/{id}", get(user).patch(change_user))
        .route("/v1/admin/teams", get(all_teams).post(add_team))
        .route("/v1/admin/teams/{id}", get(team).patch(change_team).delete(give_up_team))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersQuery {
    /// Somewhere in name or e-mail address.
    text: Option<String>,
    /// Only of this role.
    #[param(inline)]
    role: Option<Role>,
    /// Only of the team with this id.
    team: Option<String>,
    /// Only those who are active, or only those who are not.
    active: Option<bool>,
    /// `next` of the page before.
    #[param(max_length = 100)]
    after: Option<String>,
    /// How many; 50 if not said, 500 at most.
    limit: Option<u32>,
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The people of the workspace by name, active or not.
#[utoipa::path(get, path = "/v1/admin/users", tag = "people", params(UsersQuery),
    responses((status = 200, body = Page<Person>), (status = "4XX", body = Problem)))]
pub(super) async fn users(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<UsersQuery>,
) -> Result<Response, Refusal> {
    let filter =
        people::Filter { text: said(asked.text), role: asked.role, team_id: said(asked.team), active: asked.active };
    let (after, limit, now) = (said(asked.after), query::limit(asked.limit, 50, 500), app.store.now());
    answer::ok(&app.store.read(move |sql| people::page(sql, &filter, after.as_deref(), limit, now)).await?)
}

/// Add a person. The address is theirs alone: 409 `email-taken`.
#[utoipa::path(post, path = "/v1/admin/users", tag = "people", request_body = NewPerson,
    responses((status = 201, body = Person, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn add_user(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let mut asked: NewPerson = body::parse(&bytes?)?;
    let hash = match asked.password.take() {
        Some(chosen) => {
            password::require_good(&chosen, &asked.name, &asked.email)?;
            Some(app.doorkeeper.hash(&app.store, chosen).await?)
        }
        None => None,
    };
    let newcomer = Newcomer::new(asked, hash)?;
    let person = app.store.write(move |write| people::add::add(write, (&caller.user).into(), &newcomer)).await?;
    answer::created(&person, person.version)
}

/// A person; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/users/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = Person, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn user(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let now = app.store.now();
    let person = app.store.read(move |sql| people::one(sql, &id, now)).await?;
    answer::versioned(&person, person.version)
}

/// Change name, address, role, teams, channels, or whether the person is active. It takes effect at once: a deactivation ends the
/// person's sessions and gives their open conversations back to the teams. The last active admin stays one: 409 `last-admin`; nobody
/// deactivates themselves: 409 `own-account`.
#[utoipa::path(patch, path = "/v1/admin/users/{id}", tag = "people",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = ChangePerson,
    responses((status = 200, body = Person, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn change_user(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: Result<IfMatch, Refusal>,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ChangePerson = body::parse(&bytes?)?;
    let seen = seen?;
    let matches = move |version| seen.accepts(version);
    let by = by(&caller);
    let person = app.store.write(move |write| people::change::change(write, &by, &id, &asked, matches)).await?;
    answer::versioned(&person, person.version)
}

/// All teams by name.
#[utoipa::path(get, path = "/v1/admin/teams", tag = "people",
    responses((status = 200, body = Page<Team>), (status = "4XX", body = Problem)))]
pub(super) async fn all_teams(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let items = app.store.read(|sql| Ok(teams::all(sql)?)).await?;
    answer::ok(&Page { items, next: None })
}

/// Make a team. Names are unique: 409 `team-name-taken`.
#[utoipa::path(post, path = "/v1/admin/teams", tag = "people", request_body = NewTeam,
    responses((status = 201, body = Team, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn add_team(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewTeam = body::parse(&bytes?)?;
    let by = by(&caller);
    let team = app.store.write(move |write| teams::add(write, &by, &new)).await?;
    answer::created(&team, team.version)
}

/// A team; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/teams/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = Team, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn team(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let team = app.store.read(move |sql| teams::one(sql, &id)).await?;
    answer::versioned(&team, team.version)
}

/// Change a team's name or members. Whoever leaves gives back what they cannot see any more.
#[utoipa::path(patch, path = "/v1/admin/teams/{id}", tag = "people",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = ChangeTeam,
    responses((status = 200, body = Team, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn change_team(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: Result<IfMatch, Refusal>,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: ChangeTeam = body::parse(&bytes?)?;
    let seen = seen?;
    let matches = move |version| seen.accepts(version);
    let by = by(&caller);
    let team = app.store.write(move |write| teams::change(write, &by, &id, &asked, matches)).await?;
    answer::versioned(&team, team.version)
}

/// Give a team up. Its open conversations belong to no team then. While rules or scenarios route to it: 409 `team-in-use`.
#[utoipa::path(delete, path = "/v1/admin/teams/{id}", tag = "people",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn give_up_team(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: Result<IfMatch, Refusal>,
) -> Result<StatusCode, Refusal> {
    let seen = seen?;
    let matches = move |version| seen.accepts(version);
    let by = by(&caller);
    app.store.write(move |write| teams::give_up(write, &by, &id, matches)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn by(caller: &Caller) -> By {
    By::user(&caller.user.id, &caller.user.name)
}
