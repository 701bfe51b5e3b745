//! Surveys. What customers see and answer ([`customers`], and the [`page`] for those who follow a link) needs no more
//! authorization than the token in the path; the rest is for [`admins`].

use axum::Router;

use super::Shared;

pub(super) mod admins;
pub(super) mod customers;
pub(super) mod page;

pub(super) fn routes() -> Router<Shared> {
    customers::routes().merge(page::routes()).merge(admins::routes())
}
