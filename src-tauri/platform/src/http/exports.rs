//! Exports: files that admins take with them. Each download is in the audit log.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use signoff_wire::contract::problems::Problem;
use utoipa::IntoParams;

use super::{
    Shared,
    figures::{DelaysQuery, FiguresQuery, by, delays_of, volumes_of},
    query::{self, Asked},
    signed_in::Admin,
};
use crate::{
    actions::filter::Filter,
    audit,
    exports::{
        actions::Edition,
        bookmarks::Place,
        ranged::{self, Block},
    },
    figures::{self, GroupBy, csv::Sort},
    refusal::Refusal,
    sessions::Caller,
    spreadsheet::CSV,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/exports/actions.csv", get(actions_csv))
        .route("/v1/exports/volumes.csv", get(volumes_csv))
        .route("/v1/exports/delays.csv", get(delays_csv))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
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
}

impl ExportQuery {
    /// What the audit log keeps of it: whatever was asked for.
    fn told(&self) -> Value {
        query::told([
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("type", json!(self.kind)),
            ("author", json!(self.author)),
            ("conversation", json!(self.conversation)),
            ("channel", json!(self.channel)),
            ("team", json!(self.team)),
        ])
    }

    fn filter(&self) -> Result<Filter, Refusal> {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Ok(Filter {
            from: query::moment(self.from.as_deref())?,
            to: query::moment(self.to.as_deref())?,
            kind: said(&self.kind),
            by: by(self.author.as_deref()),
            conversation_id: said(&self.conversation),
            channel_id: said(&self.channel),
            team_id: said(&self.team),
        })
    }
}

/// `actions.csv` (R6, D51), oldest first, up to the newest action of the moment at which it is asked for.
///
/// A download that broke off is continued with `Range: bytes=N-` and, in `If-Range`, the `ETag` of the first answer: the
/// same export again, byte for byte. The answer has at most 4 MiB; its `Content-Range` names the length (`/*` before) once
/// it contains the end. Ask again from where it ended. If the export cannot be made again because recorded data was erased,
/// the answer is 200 with another `ETag`: begin anew.
#[utoipa::path(get, path = "/v1/exports/actions.csv", tag = "exports",
    params(ExportQuery, ("Range" = Option<String>, Header), ("If-Range" = Option<String>, Header)),
    responses(
        (status = 200, body = String, content_type = "text/csv", headers(("ETag" = String))),
        (status = 206, body = String, content_type = "text/csv", headers(("ETag" = String), ("Content-Range" = String))),
        (status = "4XX", body = Problem),
    ))]
pub(super) async fn actions_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    headers: HeaderMap,
    Asked(asked): Asked<ExportQuery>,
) -> Result<Response, Refusal> {
    let filter = asked.filter()?;
    let (of, if_range) = (filter.clone(), text(&headers, header::IF_RANGE));
    let edition = app
        .store
        .read(move |sql| match if_range {
            Some(tag) => Ok((Edition::named(sql, &of, &tag)?, Edition::now(sql, &of)?)),
            None => Ok((Some(Edition::now(sql, &of)?), Edition::now(sql, &of)?)),
        })
        .await?;
    let range = text(&headers, header::RANGE).and_then(|range| ranged::asked(&range));
    let (edition, range) = match (edition, range) {
        ((Some(edition), _), Some(range)) => (edition, Some(range)),
        ((_, now), _) => (now, None),
    };
    let tag = edition.tag();
    // Going on with what one has begun is no other download.
    let begins = app.bookmarks.begins(&tag, &caller.user.id);
    if begins || range.is_none_or(|(start, _)| start == 0) {
        note(&app, caller, "export.actions", asked.told()).await?;
    }
    match range {
        Some(range) => {
            let block = ranged::block(&app.store, &app.bookmarks, &filter, &edition, range).await?;
            Ok(partial(block, &tag))
        }
        None => {
            let lines = Lines { app, filter, edition, place: Some(Place::default()) };
            let body = Body::from_stream(stream::try_unfold(lines, Lines::next));
            Ok((file_headers(CSV, "actions.csv", Some(&tag)), body).into_response())
        }
    }
}

/// The rest of an export.
struct Lines {
    app: Shared,
    filter: Filter,
    edition: Edition,
    place: Option<Place>,
}

impl Lines {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        let Some(place) = self.place else { return Ok(None) };
        let (lines, next) = ranged::lines_after(&self.app.store, &self.filter, &self.edition, place.after).await?;
        let offset = place.offset + lines.len() as u64;
        self.place = next.map(|after| Place { offset, after: Some(after) });
        if let Some(place) = self.place {
            self.app.bookmarks.put(&self.edition.tag(), place);
        }
        Ok(Some((lines, self)))
    }
}

fn partial(block: Block, tag: &str) -> Response {
    let length = block.length.map_or_else(|| "*".to_owned(), |length| length.to_string());
    let content_range = |range: String| [(header::CONTENT_RANGE, range)];
    if block.bytes.is_empty() {
        return (content_range(format!("bytes */{length}")), Refusal::RangeUnsatisfiable).into_response();
    }
    let last = block.start + block.bytes.len() as u64 - 1;
    (
        StatusCode::PARTIAL_CONTENT,
        file_headers(CSV, "actions.csv", Some(tag)),
        content_range(format!("bytes {}-{last}/{length}", block.start)),
        block.bytes,
    )
        .into_response()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SortQuery {
    /// The column to sort by, `key` or `name`; `-` before it: the largest first.
    sort: Option<String>,
}

/// Volumes / Actions as CSV: the rows as they are shown, then the totals.
#[utoipa::path(get, path = "/v1/exports/volumes.csv", tag = "exports", params(FiguresQuery, SortQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(super) async fn volumes_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<FiguresQuery>,
    Asked(sorted): Asked<SortQuery>,
) -> Result<Response, Refusal> {
    let (told, question) = (asked.told(), asked.question()?);
    let figures = volumes_of(&app, question).await?;
    let bytes = figures::csv::actions(figures, &Sort::asked(sorted.sort.as_deref()))?;
    note(&app, caller, "export.volumes", told).await?;
    Ok((file_headers(CSV, "volumes.csv", None), bytes).into_response())
}

/// Delays as CSV: the rows as they are shown, then the totals.
#[utoipa::path(get, path = "/v1/exports/delays.csv", tag = "exports", params(FiguresQuery, DelaysQuery, SortQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
pub(super) async fn delays_csv(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Asked(asked): Asked<FiguresQuery>,
    Asked(counted): Asked<DelaysQuery>,
    Asked(sorted): Asked<SortQuery>,
) -> Result<Response, Refusal> {
    let mut told = asked.told();
    counted.told_beside(&mut told);
    let mut question = counted.of(asked.question()?);
    question.group_by.get_or_insert(GroupBy::Day);
    let delays = delays_of(&app, question).await?;
    let bytes = figures::csv::delays(delays, &Sort::asked(sorted.sort.as_deref()))?;
    note(&app, caller, "export.delays", told).await?;
    Ok((file_headers(CSV, "delays.csv", None), bytes).into_response())
}

/// What a download carries besides its bytes.
pub(super) fn file_headers(kind: &str, name: &str, tag: Option<&str>) -> HeaderMap {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, kind);
    put(header::CONTENT_DISPOSITION, &disposition);
    // Nobody between here and the admin keeps a copy.
    put(header::CACHE_CONTROL, "no-store");
    if let Some(tag) = tag {
        put(header::ETAG, tag);
        put(header::ACCEPT_RANGES, "bytes");
    }
    headers
}

/// The text of a header.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Puts a download into the audit log.
pub(super) async fn note(app: &Shared, caller: Caller, what: &'static str, of: Value) -> Result<(), Refusal> {
    app.store.write(move |write| audit::append(write, &caller.user, what, &Value::Null, &of)).await
}
