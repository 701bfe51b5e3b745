//! What an advisor's click sends: replies, closings and the short calls.
//!
//! The order of the checks is the contract's, and this module is where it stands: who asks, the idempotency key (missing,
//! replay, reused), the body's shape; only then the click's own module, inside the transaction, looks at the
//! conversation. The key is looked up inside the transaction, because that is the only place where nobody can come in between. A
//! request that does not get so far, because its shape is wrong or another with its key is running, asks before it is refused: a replay
//! wins over everything.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use signoff_wire::contract::{
    problems::Problem,
    receipts::Receipt,
    requests::{Assign, CloseConversation, NewNote, NewReply, Route, SetTags, Switch},
};

use super::{
    Shared,
    answer::json_bytes,
    body,
    signed_in::{AtConversation, Named, caller, caller_or_widget},
};
use crate::{
    clicks::{self, Click},
    idempotency::{self, Stored},
    refusal::Refusal,
    sessions::Caller,
    store::Write,
};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Send, or Send and trigger survey.
#[utoipa::path(post, path = "/v1/conversations/{id}/replies", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = NewReply, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn reply(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    let apply = |write: &mut Write<'_>, click: &Click, new: NewReply| clicks::reply::apply(write, click, &new);
    run_for(Admits::WidgetsToo, app, id, request, body::parse, apply).await
}

/// Send + Close: reply, survey and closing, all or nothing (R3, D4).
#[utoipa::path(post, path = "/v1/conversations/{id}/close", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = CloseConversation, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn close(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    let apply =
        |write: &mut Write<'_>, click: &Click, asked: CloseConversation| clicks::close::apply(write, click, &asked);
    run_for(Admits::WidgetsToo, app, id, request, body::parse, apply).await
}

/// Finish without an answer.
#[utoipa::path(post, path = "/v1/conversations/{id}/archive", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn archive(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, _: Nothing| clicks::archive::apply(write, click)).await
}

/// Give to somebody; null releases.
#[utoipa::path(post, path = "/v1/conversations/{id}/assign", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Assign, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn assign(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, to: Assign| clicks::assign::apply(write, click, &to))
        .await
}

/// Give back.
#[utoipa::path(post, path = "/v1/conversations/{id}/release", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn release(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, _: Nothing| clicks::assign::release(write, click)).await
}

/// Put on hold, or take off.
#[utoipa::path(post, path = "/v1/conversations/{id}/hold", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Option<Switch>, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn hold(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, on: Switch| clicks::flag::hold(write, click, on)).await
}

/// Ask for help, or no longer.
#[utoipa::path(post, path = "/v1/conversations/{id}/help-request", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Option<Switch>, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn help_request(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, on: Switch| clicks::flag::help_request(write, click, on))
        .await
}

/// Write a note; also on closed conversations.
#[utoipa::path(post, path = "/v1/conversations/{id}/notes", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = NewNote, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn note(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, new: NewNote| clicks::note::apply(write, click, &new))
        .await
}

/// Set the tags.
#[utoipa::path(post, path = "/v1/conversations/{id}/tags", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = SetTags, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn tags(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, set: SetTags| clicks::tag::apply(write, click, &set))
        .await
}

/// Route to a team.
#[utoipa::path(post, path = "/v1/conversations/{id}/route", tag = "clicks", params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Route, responses((status = 201, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn route(State(app): State<Shared>, Named(id): Named, request: Request) -> Response {
    run(app, id, request, body::parse_or_empty, |write, click, to: Route| clicks::route::apply(write, click, &to)).await
}

/// What the caller's key stands for.
#[utoipa::path(get, path = "/v1/receipts/{idempotency_key}", tag = "clicks", params(("idempotency_key" = String, Path)),
    responses((status = 200, body = Receipt), (status = "4XX", body = Problem)))]
pub(super) async fn receipt(
    State(app): State<Shared>,
    AtConversation(caller): AtConversation,
    Named(key): Named,
) -> Result<Response, Refusal> {
    let key = canonical(&key).ok_or(Refusal::ReceiptUnknown)?;
    let user_id = caller.user.id;
    let body = app.store.read(move |sql| idempotency::receipt(sql, &user_id, &key)).await?;
    if let Some(only) = caller.confined_to
        && serde_json::from_slice::<Receipt>(&body)?.conversation_id != only
    {
        return Err(Refusal::ReceiptUnknown);
    }
    Ok(json_bytes(StatusCode::OK, body))
}

/// A body that says nothing.
#[derive(serde::Deserialize, serde::Serialize)]
struct Nothing {}

/// Whose click it may be.
#[derive(Clone, Copy)]
enum Admits {
    /// A signed-in person's.
    People,
    /// A widget's as well, in its one conversation (R12).
    WidgetsToo,
}

async fn run<B, A>(
    app: Shared,
    id: String,
    request: Request,
    parse: fn(&[u8]) -> Result<B, Refusal>,
    apply: A,
) -> Response
where
    B: DeserializeOwned + Send + 'static,
    A: FnOnce(&mut Write<'_>, &Click, B) -> Result<Receipt, Refusal> + Send + 'static,
{
    run_for(Admits::People, app, id, request, parse, apply).await
}

async fn run_for<B, A>(
    admits: Admits,
    app: Shared,
    id: String,
    request: Request,
    parse: fn(&[u8]) -> Result<B, Refusal>,
    apply: A,
) -> Response
where
    B: DeserializeOwned + Send + 'static,
    A: FnOnce(&mut Write<'_>, &Click, B) -> Result<Receipt, Refusal> + Send + 'static,
{
    try_run(admits, app, id, request, parse, apply).await.unwrap_or_else(IntoResponse::into_response)
}

async fn try_run<B, A>(
    admits: Admits,
    app: Shared,
    conversation_id: String,
    request: Request,
    parse: fn(&[u8]) -> Result<B, Refusal>,
    apply: A,
) -> Result<Response, Refusal>
where
    B: DeserializeOwned + Send + 'static,
    A: FnOnce(&mut Write<'_>, &Click, B) -> Result<Receipt, Refusal> + Send + 'static,
{
    let (parts, bytes) = request.into_parts();
    // A stranger's megabyte is not kept; and whoever was signed out while the body came in is a stranger.
    admitted(admits, &app, &parts.headers).await?;
    let bytes = body::read(bytes).await;
    let caller = admitted(admits, &app, &parts.headers).await?;
    let key = key(&parts.headers)?;
    let bytes = bytes?;

    let fingerprint = idempotency::fingerprint(parts.method.as_str(), parts.uri.path(), &bytes);
    let (body, mark) = match (parse(&bytes), app.running.begin(&caller.user.id, &key)) {
        (Ok(body), Ok(mark)) => (body, mark),
        (body, mark) => {
            let (user_id, asked) = (caller.user.id.clone(), key.clone());
            let known = app.store.read(move |sql| idempotency::look_up(sql, &user_id, &asked, &fingerprint)).await?;
            if let Some(stored) = known {
                return Ok(replay(stored));
            }
            (body?, mark?)
        }
    };
    let click = Click { caller, conversation_id, key };
    app.store
        .write(move |write| {
            // Held until the work is done, even if the client has gone meanwhile.
            let _mark = mark;
            let user_id = &click.caller.user.id;
            if let Some(stored) = idempotency::look_up(write.sql, user_id, &click.key, &fingerprint)? {
                return Ok(replay(stored));
            }
            let receipt = apply(write, &click, body)?;
            let answer = Stored { status: StatusCode::CREATED.as_u16(), body: serde_json::to_vec(&receipt)? };
            idempotency::store(write, user_id, &click.key, &fingerprint, &click.conversation_id, &answer)?;
            Ok(first(answer))
        })
        .await
}

async fn admitted(admits: Admits, app: &Shared, headers: &HeaderMap) -> Result<Caller, Refusal> {
    match admits {
        Admits::People => caller(app, headers).await,
        Admits::WidgetsToo => caller_or_widget(app, headers).await,
    }
}

fn first(stored: Stored) -> Response {
    json_bytes(StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK), stored.body)
}

fn replay(stored: Stored) -> Response {
    let mut response = first(stored);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn key(headers: &HeaderMap) -> Result<String, Refusal> {
    let mut lines = headers.get_all("idempotency-key").iter();
    // Of two keys nobody can say which one the request stands under.
    let (Some(line), None) = (lines.next(), lines.next()) else { return Err(Refusal::IdempotencyKeyMissing) };
    canonical(line.to_str().unwrap_or_default().trim()).ok_or(Refusal::IdempotencyKeyMissing)
}

/// A quoted string; bare it is taken, too. What is no UUID is no key. A UUID has several spellings, and in all of them it is the same key.
fn canonical(value: &str) -> Option<String> {
    let key = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    uuid::Uuid::try_parse(key).ok().map(|key| key.to_string())
}
