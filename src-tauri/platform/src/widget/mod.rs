//! The CRM widget (R12): a CRM shows one conversation in a frame, to the advisor who is signed in there.
//!
//! Admins make an application for each CRM ([`applications`]): the origins whose pages may hold the frame, and a secret. The CRM's server gives
//! the secret for a token ([`tokens`]) that opens one conversation for one advisor for ten minutes at most. The token is in no table
//! of sessions, so every route is closed to it but those that ask for it by name (`http::signed_in::AtConversation`); what it does is the
//! advisor's, under the same rules, with the origin `crm_widget` whatever the request says.

pub(crate) mod applications;
mod origins;
pub(crate) mod page;
pub(crate) mod tokens;
