//! Customers: found, marked as very important, handed out with what is held on them, erased. For admins alone. Who was marked, handed out or
//! erased is in the audit log.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use signoff_wire::contract::{
    customers::{ChangeCustomer, CustomerData, CustomerSummary, Erased},
    pages::Page,
    problems::Problem,
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::{self, Asked},
    signed_in::{Admin, Named},
    version::if_match,
};
use crate::{
    audit, customers,
    documents::IfMatch,
    erasure::{customer, held},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/customers", get(find))
        .route("/v1/admin/customers/{id}", get(one).patch(change))
        .route("/v1/admin/customers/{id}/data", get(data).delete(erase))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FindQuery {
    /// A part of the name, or the beginning of an id.
    #[serde(default)]
    #[param(max_length = 200)]
    q: String,
    /// The cursor of the page before.
    after: Option<String>,
    /// How many customers; 20 if not said, 100 at most.
    limit: Option<u32>,
}

/// Customers by name or id.
#[utoipa::path(get, path = "/v1/admin/customers", tag = "customers", params(FindQuery),
    responses((status = 200, body = Page<CustomerSummary>), (status = "4XX", body = Problem)))]
pub(super) async fn find(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<FindQuery>,
) -> Result<Response, Refusal> {
    if asked.q.chars().count() > 200 {
        return Err(Refusal::InvalidQuery("q has 200 characters at most".to_owned()));
    }
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 20, 100));
    answer::ok(&app.store.read(move |sql| held::find(sql, &asked.q, after, limit)).await?)
}

/// One customer; the version rises with everything that is held on them.
#[utoipa::path(get, path = "/v1/admin/customers/{id}", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = CustomerSummary, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn one(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let held = app.store.read(move |sql| held::one(sql, &id)).await?;
    answer::versioned(&held.summary, held.version)
}

/// Marks a customer as very important, or takes the mark away (D42).
#[utoipa::path(patch, path = "/v1/admin/customers/{id}", tag = "customers",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = ChangeCustomer,
    responses((status = 200, body = CustomerSummary, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn change(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: Result<IfMatch, Refusal>,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: ChangeCustomer = body::parse(&bytes?)?;
    let seen = seen?;
    let held = app.store.write(move |write| customers::mark(write, &caller.user, &id, &new, &seen)).await?;
    answer::versioned(&held.summary, held.version)
}

/// Everything that is held on a customer (GDPR, article 15), as a file.
#[utoipa::path(get, path = "/v1/admin/customers/{id}/data", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = CustomerData, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn data(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let now = app.store.now();
    let asked = id.clone();
    let (data, version) = app.store.read(move |sql| held::everything(sql, &asked, now)).await?;
    app.store
        .write(move |write| {
            audit::append(write, &caller.user, "export.customer", &Value::Null, &json!({ "customer_id": id }))
        })
        .await?;
    let mut response = answer::versioned(&data, version)?;
    let name = HeaderValue::from_static("attachment; filename=\"customer.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Erases everything that is held on a customer (GDPR, article 17). The figures stay.
#[utoipa::path(delete, path = "/v1/admin/customers/{id}/data", tag = "customers",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Erased), (status = "4XX", body = Problem)))]
pub(super) async fn erase(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let matches = if_match(&headers)?;
    answer::ok(&customer::erase(&app.store, caller.user, id, matches).await?)
}
