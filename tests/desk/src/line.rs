//! Plain HTTP to a platform, for everybody who is not the app.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A line to one platform. Stays good while the platform is stopped and started again.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) address: String,
    runtime: Arc<Runtime>,
    http: reqwest::Client,
}

/// An answer of the platform that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The code of the problem.
    pub code: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

impl std::error::Error for Refusal {}

impl Line {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?;
        Ok(Self { address: String::new(), runtime, http })
    }

    /// The version (`ETag`) of what stands under this path.
    pub(crate) fn version(&self, path: &str, token: &str) -> Result<String> {
        let request = self.http.get(format!("{}{path}", self.address)).bearer_auth(token);
        let answer = self.runtime.block_on(async { request.send().await })?.error_for_status()?;
        let version = answer.headers().get("etag").with_context(|| format!("{path} has no ETag"))?;
        Ok(version.to_str()?.to_owned())
    }

    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value> {
        let text = self.text(method, path, token, headers, body)?;
        if text.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_str(&text).with_context(|| format!("{path} answered no JSON"))
        }
    }

    pub(crate) fn text(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<String> {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let (status, text) = self.runtime.block_on(async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
        })?;
        if status.is_success() { Ok(text) } else { bail!(refusal(status, &text)) }
    }
}

fn refusal(status: StatusCode, text: &str) -> Refusal {
    let problem: Value = serde_json::from_str(text).unwrap_or_default();
    Refusal { status: status.as_u16(), code: problem["code"].as_str().unwrap_or(text).to_owned() }
}
