//! Files, in and out. Whatever they contain, no browser is to run it: they are served to be saved, as what they were found to
//! be, in a sandbox.

use std::{
    fs::File,
    io::{self, Read},
};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use serde::Deserialize;
use signoff_wire::contract::{problems::Problem, timeline::Attachment};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    query::Asked,
    signed_in::{ByChannel, ByChannelAnd, Named, SignedIn},
};
use crate::{
    attachments::{
        self, LARGEST, Owner, Stored,
        intake::{self, Prepared},
    },
    channels::settings,
    conversations::visibility,
    limits::Transfer,
    refusal::Refusal,
    store::{Store, Threads},
};

/// Read and sent at a time.
const PIECE: usize = 256 * 1024;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// The file's name.
    name: Option<String>,
}

impl UploadQuery {
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// Upload a file to send with a reply. It is the caller's until a reply or a closing names it; unused, it is gone after 35 days.
#[utoipa::path(post, path = "/v1/attachments", tag = "attachments", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = Problem)))]
pub(super) async fn upload(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Asked(asked): Asked<UploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let prepared = intake::stream(&app.store, asked.name(), request.into_body(), LARGEST).await?;
    let owner = Owner::User(caller.user.id);
    let attachment = app.store.write(move |write| prepared.place(write, &owner)).await?;
    answer::json(StatusCode::CREATED, &attachment)
}

/// A file of a conversation that the caller sees, or one of their own.
#[utoipa::path(get, path = "/v1/attachments/{id}", tag = "attachments", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"), (status = "4XX", body = Problem)))]
pub(super) async fn download(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let stored = app
        .store
        .read(move |sql| {
            let stored = attachments::find(sql, &id)?.ok_or(Refusal::NotFound)?;
            let may = match stored.conversation_nr {
                Some(nr) => visibility::is_visible(sql, &caller, nr)?,
                None => stored.is_of(&Owner::User(caller.user.id.clone())),
            };
            if may { Ok(stored) } else { Err(Refusal::NotFound) }
        })
        .await?;
    serve(&app.store, stored, None).await
}

/// Upload a file that came with a customer's message, to be named in it.
#[utoipa::path(post, path = "/v1/channels/{id}/attachments", tag = "channels", params(("id" = String, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = Problem)))]
pub(super) async fn upload_by_channel(
    State(app): State<Shared>,
    ByChannel(channel_id): ByChannel,
    Asked(asked): Asked<UploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let prepared = bring_in(&app.store, &channel_id, asked.name(), request.into_body()).await?;
    let owner = Owner::Channel(channel_id);
    let attachment = app.store.write(move |write| prepared.place(write, &owner)).await?;
    answer::json(StatusCode::CREATED, &attachment)
}

/// A file of an outbound item.
#[utoipa::path(get, path = "/v1/channels/{id}/attachments/{attachment_id}", tag = "channels",
    params(("id" = String, Path), ("attachment_id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"), (status = "4XX", body = Problem)))]
pub(super) async fn download_by_channel(
    State(app): State<Shared>,
    ByChannelAnd(channel_id, id): ByChannelAnd,
) -> Result<Response, Refusal> {
    let stored = app
        .store
        .read(move |sql| {
            let stored = attachments::find(sql, &id)?.ok_or(Refusal::NotFound)?;
            let of_channel = match stored.conversation_nr {
                Some(nr) => sql
                    .prepare_cached("SELECT channel_id = ?2 FROM conversations WHERE nr = ?1")?
                    .query_row((nr, &channel_id), |row| row.get(0))?,
                None => stored.is_of(&Owner::Channel(channel_id)),
            };
            if of_channel { Ok(stored) } else { Err(Refusal::NotFound) }
        })
        .await?;
    serve(&app.store, stored, None).await
}

/// Brings a file for a channel onto the disk: one that the channel would not take is refused at once.
pub(super) async fn bring_in(store: &Store, channel_id: &str, name: &str, body: Body) -> Result<Prepared, Refusal> {
    let channel_id = channel_id.to_owned();
    let limits = store.read(move |sql| settings::attachment_limits(sql, &channel_id)).await?;
    let prepared = intake::stream(store, name, body, limits.max_bytes).await?;
    attachments::require_taken(&limits, prepared.media_type(), prepared.size())?;
    Ok(prepared)
}

/// The file itself, read in pieces as they are taken: whoever is slow keeps a file open, never a thread. The place among the
/// files under way is given back with it.
pub(super) async fn serve(store: &Store, stored: Stored, place: Option<Transfer>) -> Result<Response, Refusal> {
    let path = store.attachments().content(&stored.content);
    let opened = store.threads().blocking(move || File::open(path)).await;
    let file = match opened {
        Some(Ok(file)) => file,
        Some(Err(error)) => {
            tracing::error!(%error, "a file is missing");
            return Err(Refusal::NotFound);
        }
        None => return Err(Refusal::Internal),
    };
    let pieces = Pieces { file, threads: store.threads(), _place: place };
    let headers = [
        (header::CONTENT_TYPE, stored.attachment.media_type.clone()),
        (header::CONTENT_LENGTH, stored.attachment.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&stored.attachment.name)),
        (header::ETAG, format!("\"{}\"", stored.content)),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        // What a file is does not change; whether one may see it may.
        (header::CACHE_CONTROL, "private, max-age=3600, immutable".to_owned()),
    ];
    let mut response = Body::from_stream(stream::try_unfold(pieces, Pieces::next)).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

struct Pieces {
    file: File,
    threads: Threads,
    _place: Option<Transfer>,
}

impl Pieces {
    async fn next(mut self) -> io::Result<Option<(Vec<u8>, Self)>> {
        let read = self.threads.blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let read = Read::by_ref(&mut self.file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok((read > 0).then_some((piece, self)))
        });
        read.await.unwrap_or_else(|| Err(io::ErrorKind::Other.into()))
    }
}

/// To be saved, under its name: RFC 6266, with a plain stand-in for those who cannot read it.
fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let encoded = name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b".-_~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The calls.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/attachments", post(upload))
        .route("/v1/attachments/{id}", get(download))
        .route("/v1/channels/{id}/attachments", post(upload_by_channel))
        .route("/v1/channels/{id}/attachments/{attachment_id}", get(download_by_channel))
        // The limits are the channels' own.
        .layer(DefaultBodyLimit::disable())
}
