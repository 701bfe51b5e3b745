//! A call that is passed through to the platform's administration, checked before it is made.

use serde_json::Value;
use signoff_wire::interface::{Administer, Method, OPEN_TO_ADMINISTRATION};

/// Spellings of what separates segments, or stands for another one.
const DISGUISED: &[&str] = &["%2e", "%2f", "%5c", "%25", "%00"];

/// A call whose path leads nowhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    version: Option<String>,
}

impl Call {
    /// The call, if the passage leads there. A path in which somebody could hide another one (`..`, an empty segment, a host, a
    /// percent sign that spells a separator) leads nowhere.
    #[must_use]
    pub fn of(asked: Administer) -> Option<Self> {
        leads(&asked.path, OPEN_TO_ADMINISTRATION).then(|| {
            let Administer { method, path, body, version } = asked;
            Self { method, path, body, version }
        })
    }

    /// How.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Path and query, beginning with `/v1/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// For `If-Match`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Whether it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != Method::Get
    }
}

/// Whether a path begins with one of these, and hides no other path.
pub(super) fn leads(path: &str, open: &[&str]) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let open =
        open.iter().any(|open| path.strip_prefix(open).is_some_and(|rest| open.ends_with('/') || ends_segment(rest)));
    let plain = path.split('/').skip(1).all(|segment| !segment.is_empty() && !segment.starts_with('.'))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~:@%".contains(&byte))
        && !DISGUISED.iter().any(|separator| path.to_ascii_lowercase().contains(separator));
    let sober = query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    open && plain && sober
}

fn ends_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(path: &str) -> bool {
        let path = path.to_owned();
        Call::of(Administer { method: Method::Get, path, body: None, version: None }).is_some()
    }

    #[test]
    fn leads_to_the_administration() {
        for path in [
            "/v1/admin/users",
            "/v1/admin/users/usr_1?limit=5&after=2",
            "/v1/analytics/actions?from=2026-01-01",
            "/v1/audit-log?who=usr_1",
            "/v1/admin/tags/r%C3%A9clamation",
            "/v1/me/password",
            "/v1/sessions",
        ] {
            assert!(leads(path), "{path}");
        }
    }

    #[test]
    fn leads_nowhere_else() {
        for path in [
            "/v1/conversations/conv_1/close",
            "/v1/meadow",
            "/v1/admin",
            "/v1/admin/../conversations/conv_1/close",
            "/v1/admin//users",
            "/v1/admin/%2E%2e/conversations",
            "/v1/admin/x%2F..%5cconversations",
            "/v1/admin/%252e%252e/conversations",
            "//elsewhere.test/v1/admin/users",
            "https://elsewhere.test/v1/admin/users",
            "/v1/admin/users#/",
            "/v1/admin/users?name=a b",
            "",
        ] {
            assert!(!leads(path), "{path}");
        }
    }
}
