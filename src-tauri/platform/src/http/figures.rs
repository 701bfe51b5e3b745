//! Actions and figures: one filter for all of them.

use axum::{Router, extract::State, response::Response, routing::get};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signoff_wire::contract::{
    actions::Action,
    analytics::{ActionFigures, DelayTime, Delays},
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
    actions::filter::{self, By, Filter},
    figures::{self, GroupBy, Question, calendar::Zone, sealed},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/actions", get(actions))
        .route("/v1/analytics/actions", get(volumes))
        .route("/v1/analytics/delays", get(delays))
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
    /// Only in this team; `none`: not routed.
    team: Option<String>,
    /// The cursor of the page before.
    after: Option<String>,
    /// How many; 50 if not said, 500 at most.
    limit: Option<u32>,
}

/// Actions, newest first.
#[utoipa::path(get, path = "/v1/actions", tag = "figures", params(ActionsQuery),
    responses((status = 200, body = Page<Action>), (status = "4XX", body = Problem)))]
pub(super) async fn actions(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Asked(asked): Asked<ActionsQuery>,
) -> Result<Response, Refusal> {
    let filter = Filter {
        from: query::moment(asked.from.as_deref())?,
        to: query::moment(asked.to.as_deref())?,
        kind: asked.kind.filter(|kind| !kind.is_empty()),
        by: by(asked.author.as_deref()),
        conversation_id: asked.conversation.filter(|id| !id.is_empty()),
        channel_id: asked.channel.filter(|id| !id.is_empty()),
        team_id: asked.team.filter(|id| !id.is_empty()),
    };
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| filter::page(sql, &caller, &filter, after, limit)).await?)
}

/// What rows stand for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    #[default]
    Day,
    /// By their Monday.
    Week,
    Month,
    Author,
    Channel,
    Team,
}

/// What figures are compared with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Compare {
    /// As many days directly before.
    Previous,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FiguresQuery {
    /// From then on; RFC 3339 or a date in the time zone.
    from: Option<String>,
    /// Before then; RFC 3339 or a date in the time zone.
    to: Option<String>,
    /// The time zone in which days begin, by its IANA name; UTC if not said. Of zones beyond the first eight that anybody
    /// asked in, the platform keeps no days added up, and takes longer.
    tz: Option<String>,
    /// Only this type of action.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<String>,
    /// `advisor`, `scenario`, or somebody's id.
    author: Option<String>,
    /// Only of this conversation.
    conversation: Option<String>,
    /// Only on this channel.
    channel: Option<String>,
    /// Only in this team; `none`: not routed.
    team: Option<String>,
    /// What the rows stand for; days if not said. Delays have rows only if this is said.
    #[param(inline)]
    group_by: Option<Group>,
    /// What to compare with. Needs `from` and `to`.
    #[param(inline)]
    compare: Option<Compare>,
    /// `true`: days, weeks and months without anything have a row as well. Needs `from` and `to`.
    #[param(value_type = Option<bool>)]
    every: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DelaysQuery {
    /// Which time counts; all that passes if not said. Within office hours: as they were at that time. Hours that are changed
    /// count from then on; the first ones that were set, also for the time before.
    #[serde(default)]
    #[param(inline)]
    time: DelayTime,
}

impl DelaysQuery {
    /// Adds to what the audit log keeps of the question.
    pub(super) fn told_beside(self, told: &mut Value) {
        told["time"] = json!(self.time);
    }
}

impl FiguresQuery {
    /// What the audit log keeps of it: whatever was asked for.
    pub(super) fn told(&self) -> Value {
        query::told([
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("tz", json!(self.tz)),
            ("type", json!(self.kind)),
            ("author", json!(self.author)),
            ("conversation", json!(self.conversation)),
            ("channel", json!(self.channel)),
            ("team", json!(self.team)),
            ("group_by", json!(self.group_by)),
            ("compare", json!(self.compare)),
            ("every", json!(self.every)),
        ])
    }

    pub(super) fn question(self) -> Result<Question, Refusal> {
        let zone = match self.tz.as_deref() {
            None | Some("") => Zone::UTC,
            Some(name) => Zone::named(name)
                .ok_or_else(|| Refusal::InvalidValue("tz is an IANA name such as Europe/Paris".to_owned()))?,
        };
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let question = Question {
            filter: Filter {
                from: query::moment_in(self.from.as_deref(), zone)?,
                to: query::moment_in(self.to.as_deref(), zone)?,
                kind: said(self.kind),
                by: by(self.author.as_deref()),
                conversation_id: said(self.conversation),
                channel_id: said(self.channel),
                team_id: said(self.team),
            },
            zone,
            group_by: self.group_by.map(|group| match group {
                Group::Day => GroupBy::Day,
                Group::Week => GroupBy::Week,
                Group::Month => GroupBy::Month,
                Group::Author => GroupBy::Author,
                Group::Channel => GroupBy::Channel,
                Group::Team => GroupBy::Team,
            }),
            time: DelayTime::Elapsed,
            compare: self.compare.is_some(),
            every: query::switch(self.every.as_deref())?,
        };
        question.require_answerable()?;
        Ok(question)
    }
}

impl DelaysQuery {
    pub(super) fn of(self, question: Question) -> Question {
        Question { time: self.time, ..question }
    }
}

/// R11: the *Action author* filter.
pub(super) fn by(author: Option<&str>) -> By {
    match author {
        None | Some("") => By::Anybody,
        Some("advisor") => By::Advisors,
        Some("scenario") => By::Scenario,
        Some(id) => By::One(id.to_owned()),
    }
}

/// Volumes / Actions (R11, D50). `close-conversation` counts closings by advisors, in the app and in the CRM widget, and by
/// the scenario.
#[utoipa::path(get, path = "/v1/analytics/actions", tag = "figures", params(FiguresQuery),
    responses((status = 200, body = ActionFigures), (status = "4XX", body = Problem)))]
pub(super) async fn volumes(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<FiguresQuery>,
) -> Result<Response, Refusal> {
    answer::ok(&volumes_of(&app, asked.question()?).await?)
}

pub(super) async fn volumes_of(app: &Shared, question: Question) -> Result<ActionFigures, Refusal> {
    sealed::for_question(&app.store, &question).await?;
    app.store.read(move |sql| figures::actions(sql, &question)).await
}

/// First human response time (R7): from a conversation's first message to the first reply by an advisor. The filter is on
/// that reply. Closings have no part in it.
#[utoipa::path(get, path = "/v1/analytics/delays", tag = "figures", params(FiguresQuery, DelaysQuery),
    responses((status = 200, body = Delays), (status = "4XX", body = Problem)))]
pub(super) async fn delays(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<FiguresQuery>,
    Asked(counted): Asked<DelaysQuery>,
) -> Result<Response, Refusal> {
    answer::ok(&delays_of(&app, counted.of(asked.question()?)).await?)
}

pub(super) async fn delays_of(app: &Shared, question: Question) -> Result<Delays, Refusal> {
    sealed::for_question(&app.store, &question).await?;
    app.store.read(move |sql| figures::delays(sql, &question)).await
}
