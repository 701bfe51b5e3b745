//! What admins say about surveys, why a customer got none, and what came of them all.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signoff_wire::contract::{
    channels::SurveyKind,
    pages::Page,
    problems::Problem,
    satisfaction::{SurveyCommentRow, SurveyResults},
    surveys::{ChannelSurvey, SurveyConfiguration, SurveyExplanation, SurveyOverview, SurveyRules, UpdateSurveyRules},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    audit,
    documents::IfMatch,
    figures::calendar::Zone,
    http::{
        Shared, answer,
        body::{self, Raw},
        query::{self, Asked},
        signed_in::{Admin, Named},
    },
    refusal::Refusal,
    spreadsheet::CSV,
    store::Store,
    surveys::{
        comments, configuration, explanation,
        results::{self, GroupBy},
        sheets,
    },
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/surveys", get(overview))
        .route("/v1/admin/surveys/rules", get(read_rules).put(update_rules))
        .route("/v1/admin/surveys/channels/{id}", get(read_channel).put(update_channel))
        .route("/v1/admin/surveys/conversations/{id}", get(explain))
        .route("/v1/admin/surveys/results", get(read_results))
        .route("/v1/exports/satisfaction.csv", get(results_csv))
        .route("/v1/admin/surveys/comments", get(read_comments))
        .route("/v1/exports/comments.csv", get(comments_csv))
}

/// The rules for all channels, and each channel's survey.
#[utoipa::path(get, path = "/v1/admin/surveys", tag = "administration",
    responses((status = 200, body = SurveyOverview), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn overview(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(configuration::overview).await?)
}

/// Quiet days and minimum replies (D10); the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/surveys/rules", tag = "administration",
    responses((status = 200, body = SurveyRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn read_rules(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let rules = app.store.read(configuration::rules).await?;
    answer::versioned(&rules, rules.version)
}

/// Change the rules that one has seen. They hold from the next reply on.
#[utoipa::path(put, path = "/v1/admin/surveys/rules", tag = "administration", params(("If-Match" = String, Header)),
    request_body = UpdateSurveyRules,
    responses((status = 200, body = SurveyRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn update_rules(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateSurveyRules = body::parse(&bytes?)?;
    let rules = app.store.write(move |write| configuration::update_rules(write, &caller.user, &seen, new)).await?;
    answer::versioned(&rules, rules.version)
}

/// A channel's survey; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/surveys/channels/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = SurveyConfiguration, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn read_channel(
    State(app): State<Shared>,
    Admin(_): Admin,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let survey = app.store.read(move |sql| configuration::of_channel(sql, &id)).await?;
    answer::versioned(&survey.value, survey.version)
}

/// Change the survey that one has seen. It holds from the next reply on.
#[utoipa::path(put, path = "/v1/admin/surveys/channels/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = ChannelSurvey,
    responses((status = 200, body = SurveyConfiguration, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn update_channel(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: ChannelSurvey = body::parse(&bytes?)?;
    let survey =
        app.store.write(move |write| configuration::update_channel(write, &caller.user, &id, &seen, &new)).await?;
    answer::versioned(&survey.value, survey.version)
}

/// Why the customer of a conversation got a survey, or none: every decision with its conditions.
#[utoipa::path(get, path = "/v1/admin/surveys/conversations/{id}", tag = "administration",
    params(("id" = String, Path)),
    responses((status = 200, body = SurveyExplanation), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn explain(
    State(app): State<Shared>,
    Admin(_): Admin,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let now = app.store.now();
    answer::ok(&app.store.read(move |sql| explanation::explain(sql, &id, now)).await?)
}

/// What rows stand for.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Group {
    #[default]
    Day,
    Week,
    Month,
    Channel,
    Team,
    Advisor,
}

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Kind {
    Nps,
    Csat,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ResultsQuery {
    /// Sent from then on; RFC 3339 or a date in the time zone.
    from: Option<String>,
    /// Sent before then; RFC 3339 or a date in the time zone.
    to: Option<String>,
    /// The time zone in which days begin, by its IANA name; UTC if not said.
    tz: Option<String>,
    /// Only on this channel.
    channel: Option<String>,
    /// Only of this team; `none`: of no team.
    team: Option<String>,
    /// Only sent by this advisor.
    author: Option<String>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// With results: what the rows stand for.
    #[param(inline)]
    group_by: Option<Group>,
    /// With comments: with at least this rating.
    #[param(maximum = 255)]
    rating_from: Option<u8>,
    /// With comments: with at most this rating.
    #[param(maximum = 255)]
    rating_to: Option<u8>,
    /// With comments: with words that begin like these.
    text: Option<String>,
    /// With comments: the cursor of the page before.
    after: Option<String>,
    /// With comments: how many; 50 if not said, 500 at most.
    limit: Option<u32>,
}

impl ResultsQuery {
    fn filter(&self) -> Result<results::Filter, Refusal> {
        let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        // Of the comments' pages; where it says nothing, nonsense is told all the same.
        query::cursor(self.after.as_deref())?;
        Ok(results::Filter {
            from: query::moment_in(self.from.as_deref(), self.zone()?)?,
            to: query::moment_in(self.to.as_deref(), self.zone()?)?,
            channel_id: named(&self.channel),
            team_id: named(&self.team),
            author_id: named(&self.author),
            kind: self.kind.map(|kind| match kind {
                Kind::Nps => SurveyKind::Nps,
                Kind::Csat => SurveyKind::Csat,
            }),
        })
    }

    fn zone(&self) -> Result<Zone, Refusal> {
        match self.tz.as_deref().filter(|name| !name.is_empty()) {
            None => Ok(Zone::UTC),
            Some(name) => Zone::named(name)
                .ok_or_else(|| Refusal::InvalidValue("a time zone is an IANA name such as Europe/Paris".to_owned())),
        }
    }

    fn group_by(&self) -> GroupBy {
        match self.group_by.unwrap_or_default() {
            Group::Day => GroupBy::Day,
            Group::Week => GroupBy::Week,
            Group::Month => GroupBy::Month,
            Group::Channel => GroupBy::Channel,
            Group::Team => GroupBy::Team,
            Group::Advisor => GroupBy::Advisor,
        }
    }

    fn comments(&self) -> Result<comments::Filter, Refusal> {
        Ok(comments::Filter {
            surveys: self.filter()?,
            rating_from: self.rating_from.map(i64::from),
            rating_to: self.rating_to.map(i64::from),
            text: self.text.clone(),
        })
    }

    /// What the audit log keeps of it: whatever was asked for.
    fn told(&self) -> Value {
        query::told([
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("tz", json!(self.tz)),
            ("channel", json!(self.channel)),
            ("team", json!(self.team)),
            ("author", json!(self.author)),
            ("kind", json!(self.kind)),
            ("group_by", json!(self.group_by)),
            ("rating_from", json!(self.rating_from)),
            ("rating_to", json!(self.rating_to)),
            // What was searched for may be a customer's words.
            ("text", self.text.as_ref().map_or(Value::Null, |_| json!(true))),
        ])
    }
}

/// NPS and CSAT with the period before.
#[utoipa::path(get, path = "/v1/admin/surveys/results", tag = "administration", params(ResultsQuery),
    responses((status = 200, body = SurveyResults), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn read_results(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<ResultsQuery>,
) -> Result<Response, Refusal> {
    answer::ok(&computed(&app, &asked).await?)
}

/// The same as CSV; every export is in the audit log.
#[utoipa::path(get, path = "/v1/exports/satisfaction.csv", tag = "administration", params(ResultsQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn results_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<ResultsQuery>,
) -> Result<Response, Refusal> {
    let sheet = sheets::results(&computed(&app, &asked).await?)?;
    let told = asked.told();
    app.store.write(move |write| audit::append(write, &caller.user, "export.surveys", &Value::Null, &told)).await?;
    Ok(csv("surveys.csv", Body::from(sheet)))
}

async fn computed(app: &Shared, asked: &ResultsQuery) -> Result<SurveyResults, Refusal> {
    let (filter, group_by, zone, now) = (asked.filter()?, asked.group_by(), asked.zone()?, app.store.now());
    app.store.read(move |sql| results::results(sql, &filter, group_by, zone, now)).await
}

/// What customers wrote, newest first.
#[utoipa::path(get, path = "/v1/admin/surveys/comments", tag = "administration", params(ResultsQuery),
    responses((status = 200, body = Page<SurveyCommentRow>), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn read_comments(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<ResultsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.comments()?;
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| comments::page(sql, &filter, after, limit)).await?)
}

/// All of them as CSV; every export is in the audit log.
#[utoipa::path(get, path = "/v1/exports/comments.csv", tag = "administration", params(ResultsQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(in crate::http) async fn comments_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<ResultsQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.comments()?;
    let told = asked.told();
    app.store.write(move |write| audit::append(write, &caller.user, "export.comments", &Value::Null, &told)).await?;
    let head = sheets::comments_head()?;
    let export = Export { store: app.store.clone(), filter, next: Some(None) };
    let whole = stream::iter([Ok(head)]).chain(stream::try_unfold(export, Export::chunk));
    Ok(csv("comments.csv", Body::from_stream(whole)))
}

/// Comments, a bounded number at a time.
struct Export {
    store: Store,
    filter: comments::Filter,
    /// Where to go on; the inner nothing: at the beginning.
    next: Option<Option<i64>>,
}

impl Export {
    async fn chunk(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        let Some(after) = self.next else { return Ok(None) };
        let filter = self.filter.clone();
        let page = self.store.read(move |sql| comments::page(sql, &filter, after, 500)).await?;
        self.next = query::cursor(page.next.as_deref())?.map(Some);
        Ok(Some((sheets::comments(&page.items)?, self)))
    }
}

fn csv(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, CSV.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}
