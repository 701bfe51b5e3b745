//! What the browser shows to somebody whose sign-in cannot go on: no app waits for it any more, so this page is all that they will see.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use signoff_wire::contract::problems::Problem;

use crate::{channels::language, refusal::Refusal};

const PAGE: &str = include_str!("page.html");
/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the page says.
struct Words {
    language: &'static str,
    title: &'static str,
    /// The sign-in was used, is too old, or was never begun.
    over: [&'static str; 2],
    /// Something of ours went wrong.
    broken: [&'static str; 2],
    /// What to do then.
    again: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    title: "Sign in to Signoff",
    over: [
        "This sign-in is over",
        "It was used already, was cancelled, or took longer than ten minutes. Nobody was signed in by this page.",
    ],
    broken: [
        "That did not work",
        "Signoff cannot finish the sign-in at the moment. Nobody was signed in by this page.",
    ],
    again: "Close this page, go back to the Signoff app, and begin again there. If it happens every time, tell whoever administers your \
            workspace.",
};

const FRENCH: Words = Words {
    language: "fr",
    title: "Connexion à Signoff",
    over: [
        "Cette connexion n’est plus valable",
        "Elle a déjà servi, a été annulée ou a pris plus de dix minutes. Cette page n’a connecté personne.",
    ],
    broken: [
        "Cela n’a pas fonctionné",
        "Signoff ne peut pas terminer la connexion pour le moment. Cette page n’a connecté personne.",
    ],
    again: "Fermez cette page, revenez dans l’application Signoff et recommencez. Si cela se répète, prévenez l’administrateur de votre \
            espace de travail.",
};

/// The page for a refusal, in the reader's language.
pub(super) fn refused(refusal: Refusal, headers: &HeaderMap) -> Response {
    let words = if prefers_french(headers) { &FRENCH } else { &ENGLISH };
    let mut response = refusal.into_response();
    let [what, more] = if response.status().is_server_error() { words.broken } else { words.over };
    let page = PAGE
        .replace("{{language}}", words.language)
        .replace("{{title}}", words.title)
        .replace("{{what}}", what)
        .replace("{{more}}", more)
        .replace("{{again}}", words.again);
    // With it the answer would become a problem document again on its way out.
    response.extensions_mut().remove::<Problem>();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(page);
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, words.language),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether French comes before English in what the browser accepts.
fn prefers_french(headers: &HeaderMap) -> bool {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepted = language::accepted(header);
    accepted.iter().find(|language| *language == "fr" || *language == "en").is_some_and(|language| language == "fr")
}
