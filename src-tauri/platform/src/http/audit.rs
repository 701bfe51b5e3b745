//! The audit log (D52), read and exported. To advisors it does not exist.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use signoff_wire::contract::{audit::AuditEntry, pages::Page, problems::Problem};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    query::{self, Asked},
    signed_in::Admin,
};
use crate::{
    audit::{
        self,
        export::Format,
        list::{self, Filter},
    },
    refusal::Refusal,
    sessions::Caller,
    spreadsheet::CSV,
    store::Store,
};

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/audit-log", get(log))
        .route("/v1/exports/audit-log.csv", get(csv))
        .route("/v1/exports/audit-log.jsonl", get(json_lines))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only by whoever has this id.
    who: Option<String>,
    /// Only about the person, team, … with this id.
    subject: Option<String>,
    /// Only this kind, or all kinds below it: `sign-in`, `settings`, `user.role`, …
    what: Option<String>,
    /// From then on; RFC 3339 or a date in UTC.
    from: Option<String>,
    /// Before then; RFC 3339 or a date in UTC.
    to: Option<String>,
    /// Somewhere in names, kinds or values.
    text: Option<String>,
    /// With the list: the cursor of the page before.
    after: Option<String>,
    /// With the list: how many entries; 50 if not said, 500 at most.
    limit: Option<u32>,
}

impl AuditQuery {
    fn filter(&self) -> Result<Filter, Refusal> {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Ok(Filter {
            who: said(&self.who),
            subject: said(&self.subject),
            what: said(&self.what),
            from: query::moment(self.from.as_deref())?,
            to: query::moment(self.to.as_deref())?,
            text: said(&self.text),
        })
    }
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/v1/audit-log", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = Problem)))]
pub(super) async fn log(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| list::page(sql, &filter, after, limit)).await?)
}

/// The log as a spreadsheet, oldest first. The export itself is its newest entry.
#[utoipa::path(get, path = "/v1/exports/audit-log.csv", tag = "audit", params(AuditQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(super) async fn csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Response, Refusal> {
    export(app, caller, asked, Format::Csv).await
}

/// The log as JSON Lines, oldest first: an entry a line, as the list shows it.
#[utoipa::path(get, path = "/v1/exports/audit-log.jsonl", tag = "audit", params(AuditQuery),
    responses((status = 200, body = String, content_type = "application/jsonl"), (status = "4XX", body = Problem)))]
pub(super) async fn json_lines(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Response, Refusal> {
    export(app, caller, asked, Format::JsonLines).await
}

async fn export(app: Shared, caller: Caller, asked: AuditQuery, format: Format) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    // Not needed here, and yet nothing that the list would refuse.
    query::cursor(asked.after.as_deref())?;
    let (kind, disposition) = match format {
        Format::Csv => (CSV, "attachment; filename=\"audit-log.csv\""),
        Format::JsonLines => ("application/jsonl", "attachment; filename=\"audit-log.jsonl\""),
    };
    let scope = json!({ "who": asked.who, "subject": asked.subject, "what": asked.what, "from": asked.from,
        "to": asked.to, "text": asked.text });
    app.store.write(move |write| audit::append(write, &caller.user, "export.audit-log", &Value::Null, &scope)).await?;
    let first = format.header()?;
    let rest = stream::try_unfold(Export { store: app.store.clone(), filter, format, next: Some(0) }, Export::chunk);
    let whole = futures_util::StreamExt::chain(stream::iter([Ok(first)]), rest);
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(whole)).into_response())
}

struct Export {
    store: Store,
    filter: Filter,
    format: Format,
    next: Option<i64>,
}

impl Export {
    async fn chunk(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        let Some(after) = self.next else { return Ok(None) };
        let (filter, format) = (self.filter.clone(), self.format);
        let (lines, next) = self.store.read(move |sql| format.chunk(sql, &filter, after)).await?;
        self.next = next;
        Ok(Some((lines, self)))
    }
}
