//! What the browser shows once the app has heard from it: whether the person is in, and where to go on.
//!
//! In the language that the browser asks for: it may be another one's than the app's.

use axum::http::{HeaderMap, header};
use signoff_wire::contract::problems::ProblemCode;

/// Nothing but the page's own few styles.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui;margin:15vh auto;max-width:28rem;padding:0 1rem;color-scheme:light dark}h1{font-size:22px}";

struct Words {
    language: &'static str,
    /// The provider let the person through.
    entered: [&'static str; 2],
    /// The person changed their mind, or the provider knows them not.
    declined: [&'static str; 2],
    /// Nobody was let in, for whatever other reason.
    refused: [&'static str; 2],
}

const ENGLISH: Words = Words {
    language: "en",
    entered: ["Welcome back", "You can close this page and go back to Signoff."],
    declined: [
        "The sign-in was declined",
        "It was cancelled, or your provider does not let you use Signoff. Nobody was signed in. Close this page and go back to Signoff to try again.",
    ],
    refused: [
        "You were not signed in",
        "Your provider knows you, but you cannot enter this workspace. Close this page and go back to Signoff: it says why, and what to do.",
    ],
};

const FRENCH: Words = Words {
    language: "fr",
    entered: ["Bon retour", "Vous pouvez fermer cette page et revenir à Signoff."],
    declined: [
        "La connexion a été refusée",
        "Elle a été annulée, ou votre fournisseur ne vous donne pas accès à Signoff. Personne n’a été connecté. Fermez cette page et revenez à Signoff pour réessayer.",
    ],
    refused: [
        "Vous n’êtes pas connecté",
        "La connexion n’a pas abouti. Fermez cette page et revenez à Signoff : la raison et la marche à suivre y sont indiquées.",
    ],
};

/// The page after a sign-in that ended so.
pub(super) fn page(problem: Option<&ProblemCode>, headers: &HeaderMap) -> String {
    let words = if prefers_french(headers) { &FRENCH } else { &ENGLISH };
    let [what, more] = match problem {
        None => words.entered,
        Some(ProblemCode::ProviderDeclined) => words.declined,
        Some(_) => words.refused,
    };
    format!(
        "<!doctype html><html lang={}><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Signoff</title>\
         <style>{STYLE}</style><main><h1>{what}</h1><p>{more}</p></main></html>",
        words.language
    )
}

/// Whether French comes before English in what the browser accepts, as it orders its languages.
fn prefers_french(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut known = accepted.split(',').filter_map(|range| range.trim().get(..2)).map(str::to_ascii_lowercase);
    known.find(|language| language == "fr" || language == "en").is_some_and(|language| language == "fr")
}
