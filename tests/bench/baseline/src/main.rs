//! What a team would write in an afternoon with the same crates, to stand beside the platform in `cargo xtask bench platform`.
//!
//! It keeps the same promises as far as they are measured: a reply and a closing are one durable transaction under an idempotency key, and
//! streams miss nothing. It does so in the plainest way: one connection behind a mutex, a commit for each request, a query of its own for
//! each stream at each change; and it reads a large file with the queries that first come to mind.

mod clicks;
mod past;
mod store;
mod streams;

use std::{io::Write as _, path::PathBuf, sync::Arc};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::Parser;
use serde_json::{Value, json};

use store::Store;

/// Serves until it is killed.
#[derive(Parser)]
struct Cli {
    /// The folder of its file.
    #[arg(long)]
    data_dir: PathBuf,
    /// How many open conversations it begins with.
    #[arg(long, default_value_t = 0)]
    conversations: u32,
    /// A platform's file to read with plain queries, instead of one of its own.
    #[arg(long)]
    past: Option<PathBuf>,
}

/// What handlers answer with when something is wrong.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, axum::Json(json!({ "code": self.1 }))).into_response()
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

fn refused(status: StatusCode, code: &str) -> Refused {
    Refused(status, code.to_owned())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Who asks.
async fn user(store: &Store, headers: &HeaderMap) -> Result<String, Refused> {
    let token = header(headers, "authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
    store
        .with(move |sql| store::user_of(sql, &token))
        .await?
        .ok_or_else(|| refused(StatusCode::UNAUTHORIZED, "unauthenticated"))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let app = if let Some(past) = &cli.past {
        Router::new()
            .route("/conversations", get(past::list))
            .route("/conversations/{id}", get(past::open))
            .route("/search", get(past::search))
            .route("/figures", get(past::figures))
            .route("/delays", get(past::delays))
            .with_state(Arc::new(Store::read_only(past)?))
    } else {
        let store = Arc::new(Store::create(&cli.data_dir, cli.conversations)?);
        Router::new()
            .route("/v1/sessions", post(sign_in))
            .route("/v1/conversations", get(clicks::list))
            .route("/v1/conversations/{id}/replies", post(clicks::reply))
            .route("/v1/conversations/{id}/close", post(clicks::close))
            .route("/v1/channels/{id}/inbound", post(clicks::inbound))
            .route("/v1/events", get(streams::events))
            .with_state(store)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let mut output = std::io::stdout();
    writeln!(output, "listening on http://{}", listener.local_addr()?)?;
    output.flush()?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn sign_in(
    axum::extract::State(store): axum::extract::State<Arc<Store>>,
    axum::Json(body): axum::Json<Value>,
) -> Result<impl IntoResponse, Refused> {
    let email = body["email"].as_str().unwrap_or_default().to_owned();
    let token = store.with(move |sql| store::new_token(sql, &email)).await?;
    Ok((StatusCode::CREATED, axum::Json(json!({ "token": token }))))
}
