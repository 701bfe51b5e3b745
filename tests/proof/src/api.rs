//! The platform's public API as customers, colleagues and the oracle use it: one call, one answer, by whatever way.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A way to a platform. In the simulation it leads straight to the platform's routes, for real processes over HTTP.
#[async_trait]
pub trait Api: Send + Sync {
    /// Makes a call. `None`: no answer came, and nobody knows whether the platform heard it.
    async fn call(&self, call: Call) -> Option<Answer>;
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The HTTP method.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// The bearer token: a session's, or a channel's key.
    pub token: Option<String>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<Value>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Call {
    /// Asks for something.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), token: None, headers: Vec::new(), body: None }
    }

    /// Sends something.
    #[must_use]
    pub fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self { method: "POST", body: serde_json::to_value(body).ok(), ..Self::get(path) }
    }

    /// With a token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Answer {
    /// The body as `T`, if the status says yes and the body is one.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        if !(200..300).contains(&self.status) {
            return None;
        }
        serde_json::from_slice(&self.body).ok()
    }
}

/// Signs in and answers the token.
pub async fn sign_in(api: &dyn Api, email: &str, password: &str) -> Option<String> {
    let body = serde_json::json!({ "email": email, "password": password });
    let session: Value = api.call(Call::post("/v1/sessions", &body)).await?.read()?;
    Some(session.get("token")?.as_str()?.to_owned())
}
