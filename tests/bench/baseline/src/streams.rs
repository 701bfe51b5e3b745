//! Events: each stream is woken by each change and asks for itself.

use std::{convert::Infallible, fmt::Write as _, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{Refused, store::Store, user};

pub(crate) async fn events(State(store): State<Arc<Store>>, headers: HeaderMap) -> Result<Response, Refused> {
    user(&store, &headers).await?;
    let mut changes = store.changes();
    let mut place: i64 =
        store.with(|sql| sql.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))).await?;
    let (chunks, stream) = mpsc::channel::<Result<String, Infallible>>(4);
    tokio::spawn(async move {
        if chunks.send(Ok(": open\n\n".to_owned())).await.is_err() {
            return;
        }
        while changes.changed().await.is_ok() {
            let read = store.with(move |sql| {
                let mut statement =
                    sql.prepare_cached("SELECT seq, kind, data FROM events WHERE seq > ?1 ORDER BY seq")?;
                let mut rows = statement.query([place])?;
                let (mut text, mut newest) = (String::new(), place);
                while let Some(row) = rows.next()? {
                    newest = row.get(0)?;
                    let (kind, data): (String, String) = (row.get(1)?, row.get(2)?);
                    let _ = write!(text, "id: {newest}\nevent: {kind}\ndata: {data}\n\n");
                }
                Ok((text, newest))
            });
            let Ok((text, newest)) = read.await else { return };
            place = newest;
            if !text.is_empty() && chunks.send(Ok(text)).await.is_err() {
                return;
            }
        }
    });
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(ReceiverStream::new(stream))).into_response())
}
