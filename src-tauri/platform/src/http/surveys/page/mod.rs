//! The survey as a page, for channels where it is a link.
//!
//! A form and nothing else: it works without scripts, and no request but the one of its button answers anything. A link may
//! bring a rating along (`?rating=9`), which is chosen then, not sent: programs that follow every link in a message answer no
//! survey.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use signoff_wire::contract::surveys::{SurveyAnswer, SurveyQuestion, SurveyState};

use super::customers;
use crate::{
    channels::language,
    http::{Shared, body, signed_in::Named},
    refusal::Refusal,
};

mod markup;
mod words;

use words::words;

const STYLE: &str = include_str!("survey.css");
const SCRIPT: &str = include_str!("survey.js");
/// Nothing from elsewhere, nothing inline, in nobody's frame, and the form goes back to where it came from.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/survey/{token}", get(show).post(answer))
        .route("/survey/assets/survey.css", get(|| std::future::ready(asset("text/css; charset=utf-8", STYLE))))
        .route("/survey/assets/survey.js", get(|| std::future::ready(asset("text/javascript; charset=utf-8", SCRIPT))))
}

/// The survey as a page. A rating in the address is chosen, not sent.
#[utoipa::path(get, path = "/survey/{token}", tag = "pages", security(()),
    params(("token" = String, Path), ("rating" = Option<String>, Query, description = "Chosen beforehand."),
        ("lang" = Option<String>, Query, description = "The language to be asked in.")),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = "4XX", body = String, content_type = "text/html")))]
pub(in crate::http) async fn show(
    State(app): State<Shared>,
    Named(token): Named,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes());
    let question = customers::question(&app, token, asked.language.clone(), accepted(&headers)).await;
    match question {
        Ok(question) => page(StatusCode::OK, &app, &question, asked.rating, None),
        Err(refusal) => refused(&refusal, asked.language.as_deref(), &headers),
    }
}

/// The page's form: a rating with or without words, or words after the rating.
#[utoipa::path(post, path = "/survey/{token}", tag = "pages", security(()), params(("token" = String, Path)),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "Taken, or taken before: the page says thank you."),
        (status = "4XX", body = String, content_type = "text/html")))]
pub(in crate::http) async fn answer(State(app): State<Shared>, Named(token): Named, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let sent = match body::read(body).await {
        Ok(bytes) => Fields::read(&bytes),
        Err(refusal) => return refused(&refusal, None, &parts.headers),
    };
    let question = customers::question(&app, token.clone(), sent.language.clone(), accepted(&parts.headers)).await;
    let question = match question {
        Ok(question) => question,
        Err(refusal) => return refused(&refusal, sent.language.as_deref(), &parts.headers),
    };
    let taken = match (question.state, sent.rating, sent.comment) {
        (SurveyState::Answered, _, Some(comment)) => customers::take_comment(&app, token.clone(), comment).await,
        (_, Some(rating), comment) => customers::take(&app, token.clone(), SurveyAnswer { rating, comment }).await,
        (_, None, _) => Err(Refusal::InvalidBody("a rating is missing".to_owned())),
    };
    match taken {
        Ok(_) | Err(Refusal::AlreadyAnswered | Refusal::AlreadyCommented) => thanks(&token, &question.language),
        Err(refusal) => {
            let fault = fault(&refusal, words(&question.language));
            page(status(&refusal), &app, &question, sent.rating, Some(fault))
        }
    }
}

/// What went wrong, for somebody who has never heard of us.
fn fault(refusal: &Refusal, words: &words::Words) -> &'static str {
    if let Refusal::InvalidBody(fault) = refusal {
        return if fault.starts_with("comment") { words.too_long } else { words.choose };
    }
    match status(refusal) {
        StatusCode::TOO_MANY_REQUESTS => words.wait,
        StatusCode::GONE => words.over,
        _ => words.broken,
    }
}

/// What the address or the form says; what it does not know is passed over.
struct Fields {
    rating: Option<i64>,
    comment: Option<String>,
    language: Option<String>,
}

impl Fields {
    fn read(encoded: &[u8]) -> Self {
        let mut fields = Self { rating: None, comment: None, language: None };
        for (name, value) in form_urlencoded::parse(encoded) {
            match &*name {
                "rating" => fields.rating = value.parse().ok(),
                "comment" => {
                    // Forms send their line breaks as two characters.
                    fields.comment = Some(value.replace("\r\n", "\n")).filter(|text| !text.trim().is_empty());
                }
                "lang" => fields.language = Some(value.into_owned()),
                _ => {}
            }
        }
        fields
    }
}

fn page(
    status: StatusCode,
    app: &Shared,
    question: &SurveyQuestion,
    chosen: Option<i64>,
    fault: Option<&str>,
) -> Response {
    let takes_comment = !question.commented && app.store.now() <= question.expires_at;
    html(status, markup::survey(question, takes_comment, chosen, fault))
}

fn refused(refusal: &Refusal, asked: Option<&str>, headers: &HeaderMap) -> Response {
    let language = asked.map(str::to_owned).or_else(|| accepted(headers).into_iter().next()).unwrap_or_default();
    html(status(refusal), markup::unknown(&language))
}

fn status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.kind().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Asking for the page again must not send the form again.
fn thanks(token: &str, language: &str) -> Response {
    let place: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let language: String = form_urlencoded::byte_serialize(language.as_bytes()).collect();
    let mut response = html(StatusCode::SEE_OTHER, String::new());
    if let Ok(place) = HeaderValue::from_str(&format!("/survey/{place}?lang={language}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

fn html(status: StatusCode, page: String) -> Response {
    let mut response = (status, Body::from(page)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // The address is the key.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// The languages that a browser accepts, as it weighs them.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    language::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default())
}
