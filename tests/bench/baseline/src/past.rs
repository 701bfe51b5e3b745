//! A large file, read with the queries that first come to mind: pages by offset, search by LIKE, figures by grouping.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
};
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use crate::{Refused, store::Store};

type Asked = Query<HashMap<String, String>>;

const COLUMNS: &str = "c.id, c.state, c.channel_id, c.opened_at, c.closed_at, c.message_count, cu.name, \
     (SELECT text FROM entries WHERE conversation_nr = c.nr ORDER BY at DESC LIMIT 1)";

fn conversation(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>(0)?, "state": row.get::<_, String>(1)?, "channel": row.get::<_, String>(2)?,
        "opened_at": row.get::<_, i64>(3)?, "closed_at": row.get::<_, Option<i64>>(4)?,
        "message_count": row.get::<_, i64>(5)?, "customer": row.get::<_, String>(6)?,
        "last_message": row.get::<_, Option<String>>(7)?,
    }))
}

async fn rows(
    store: &Store,
    work: impl FnOnce(&Connection) -> rusqlite::Result<Vec<Value>> + Send + 'static,
) -> Result<Json<Value>, Refused> {
    Ok(Json(json!({ "items": store.with(move |sql| work(sql)).await? })))
}

pub(crate) async fn list(State(store): State<Arc<Store>>, Query(asked): Asked) -> Result<Json<Value>, Refused> {
    rows(&store, move |sql| {
        let (tab, offset) = (asked.get("tab").cloned(), asked.get("offset").and_then(|text| text.parse::<i64>().ok()));
        sql.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM conversations c JOIN customers cu ON cu.id = c.customer_id
             WHERE c.state = ?1 ORDER BY c.opened_at LIMIT 50 OFFSET ?2"
        ))?
        .query_map(params![tab, offset.unwrap_or(0)], conversation)?
        .collect()
    })
    .await
}

pub(crate) async fn open(State(store): State<Arc<Store>>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    rows(&store, move |sql| {
        sql.prepare_cached(
            "SELECT e.id, e.kind, e.author_name, e.text, e.at FROM entries e
             JOIN conversations c ON c.nr = e.conversation_nr WHERE c.id = ?1 ORDER BY e.at",
        )?
        .query_map([id], |row| {
            Ok(json!({
                "id": row.get::<_, String>(0)?, "kind": row.get::<_, String>(1)?,
                "author": row.get::<_, Option<String>>(2)?, "text": row.get::<_, String>(3)?, "at": row.get::<_, i64>(4)?,
            }))
        })?
        .collect()
    })
    .await
}

pub(crate) async fn search(State(store): State<Arc<Store>>, Query(asked): Asked) -> Result<Json<Value>, Refused> {
    rows(&store, move |sql| {
        let words = format!("%{}%", asked.get("search").map(String::as_str).unwrap_or_default());
        sql.prepare_cached(&format!(
            "SELECT DISTINCT {COLUMNS} FROM entries e JOIN conversations c ON c.nr = e.conversation_nr
             JOIN customers cu ON cu.id = c.customer_id WHERE e.text LIKE ?1 ORDER BY e.at DESC LIMIT 50"
        ))?
        .query_map([words], conversation)?
        .collect()
    })
    .await
}

pub(crate) async fn figures(State(store): State<Arc<Store>>) -> Result<Json<Value>, Refused> {
    rows(&store, |sql| {
        sql.prepare_cached(
            "SELECT date(at / 1000, 'unixepoch') AS day, kind, count(*), count(DISTINCT conversation_id) FROM actions
             GROUP BY day, kind ORDER BY day",
        )?
        .query_map([], |row| {
            Ok(json!({
                "day": row.get::<_, String>(0)?, "kind": row.get::<_, String>(1)?, "count": row.get::<_, i64>(2)?,
                "conversations": row.get::<_, i64>(3)?,
            }))
        })?
        .collect()
    })
    .await
}

pub(crate) async fn delays(State(store): State<Arc<Store>>) -> Result<Json<Value>, Refused> {
    rows(&store, |sql| {
        let mut delays = sql
            .prepare_cached(
                "SELECT min(e.at) - c.opened_at FROM conversations c JOIN entries e ON e.conversation_nr = c.nr
                 WHERE e.author_kind = 'advisor' GROUP BY c.nr",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        delays.sort_unstable();
        let at = |percent: usize| delays.get(delays.len() * percent / 100).copied();
        Ok(vec![json!({ "count": delays.len(), "median_ms": at(50), "p90_ms": at(90) })])
    })
    .await
}
