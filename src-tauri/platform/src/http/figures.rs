//! Actions, figures and exports: one filter for all of them.

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use signoff_wire::contract::{
    actions::Action,
    analytics::{ActionFigures, Delays},
    pages::Page,
    problems::Problem,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Shared, answer,
    query::{self, Asked},
    signed_in::{Admin, SignedIn},
};
use crate::{
    actions::{
        csv,
        figures::{self, GroupBy},
        filter::{self, By, Filter},
    },
    audit,
    refusal::Refusal,
    store::Store,
};

/// What rows stand for.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    #[default]
    Day,
    Author,
    Channel,
    Team,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ActionsQuery {
    /// From then on; RFC 3339 or a date in UTC.
    from: Option<String>,
    /// Before then; RFC 3339 or a date in UTC.
    to: Option<String>,
    /// Only this type.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<String>,
    /// `advisor`, `scenario`, or somebody's id.
    author: Option<String>,
    /// Only of this conversation.
    conversation: Option<String>,
    /// Only on this channel.
    channel: Option<String>,
    /// Only in this team.
    team: Option<String>,
    /// With figures: what the rows stand for.
    #[param(inline)]
    group_by: Option<Group>,
    /// With lists: the cursor of the page before.
    after: Option<String>,
    /// With lists: how many; 50 if not said, 500 at most.
    limit: Option<u32>,
}

impl ActionsQuery {
    fn filter(&self) -> Result<Filter, Refusal> {
        Ok(Filter {
            from: query::moment(self.from.as_deref())?,
            to: query::moment(self.to.as_deref())?,
            kind: self.kind.clone(),
            by: match self.author.as_deref() {
                None | Some("") => By::Anybody,
                Some("advisor") => By::Advisors,
                Some("scenario") => By::Scenario,
                Some(id) => By::One(id.to_owned()),
            },
            conversation_id: self.conversation.clone(),
            channel_id: self.channel.clone(),
            team_id: self.team.clone(),
        })
    }
}

/// Actions, newest first.
#[utoipa::path(get, path = "/v1/actions", tag = "figures", params(ActionsQuery),
    responses((status = 200, body = Page<Action>), (status = "4XX", body = Problem)))]
pub(super) async fn actions(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Asked(asked): Asked<ActionsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| filter::page(sql, &caller, &filter, after, limit)).await?)
}

/// Volumes / Actions (R11, D50).
#[utoipa::path(get, path = "/v1/analytics/actions", tag = "figures", params(ActionsQuery),
    responses((status = 200, body = ActionFigures), (status = "4XX", body = Problem)))]
pub(super) async fn volumes(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<ActionsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    let group_by = match asked.group_by.unwrap_or_default() {
        Group::Day => GroupBy::Day,
        Group::Author => GroupBy::Author,
        Group::Channel => GroupBy::Channel,
        Group::Team => GroupBy::Team,
    };
    answer::ok(&app.store.read(move |sql| figures::actions(sql, &filter, group_by)).await?)
}

/// First human response time (R7).
#[utoipa::path(get, path = "/v1/analytics/delays", tag = "figures", params(ActionsQuery),
    responses((status = 200, body = Delays), (status = "4XX", body = Problem)))]
pub(super) async fn delays(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<ActionsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    answer::ok(&app.store.read(move |sql| figures::delays(sql, &filter)).await?)
}

/// `actions.csv` (R6, D51), oldest first; every export is in the audit log.
#[utoipa::path(get, path = "/v1/exports/actions.csv", tag = "figures", params(ActionsQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(super) async fn actions_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<ActionsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    let range = json!({ "from": asked.from, "to": asked.to });
    app.store.write(move |write| audit::append(write, &caller.user, "export.actions", &Value::Null, &range)).await?;
    let first = csv::header()?;
    let rest = stream::try_unfold(Export { store: app.store.clone(), filter, next: Some(0) }, Export::chunk);
    let whole = futures_util::StreamExt::chain(stream::iter([Ok(first)]), rest);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"actions.csv\""),
    ];
    Ok((headers, Body::from_stream(whole)).into_response())
}

struct Export {
    store: Store,
    filter: Filter,
    next: Option<i64>,
}

impl Export {
    async fn chunk(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        let Some(after) = self.next else { return Ok(None) };
        let filter = self.filter.clone();
        let (lines, next) = self.store.read(move |sql| csv::chunk(sql, &filter, after)).await?;
        self.next = next;
        Ok(Some((lines, self)))
    }
}
