//! A call to another system: what is asked, and what is kept of the answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use signoff_wire::contract::scenarios::{CallMethod, HttpCall};

use super::template;

/// A call with values in place of variables. Secrets are not in it: they are looked up when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The method.
    pub(crate) method: CallMethod,
    /// The address.
    pub(crate) url: String,
    /// Headers that are no secrets.
    pub(crate) headers: Vec<(String, String)>,
    /// Names of headers, and under which ids their values are kept.
    pub(crate) secrets: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Option<String>,
    /// How long the answer may take.
    pub(crate) timeout_s: u8,
}

/// Puts a call together. A value can be nothing but a value: in the address it is escaped, in the body it stays inside its string.
pub(crate) fn request(call: &HttpCall, values: &BTreeMap<String, String>) -> Request {
    let plain = |text: &str| template::render(text, values, str::to_owned);
    let (secret, open): (Vec<_>, Vec<_>) = call.headers.iter().partition(|header| header.secret);
    Request {
        method: call.method,
        url: template::render(&call.url, values, escaped),
        headers: open.iter().map(|header| (header.name.clone(), plain(&header.value))).collect(),
        secrets: secret.iter().filter_map(|header| Some((header.name.clone(), header.secret_id.clone()?))).collect(),
        body: call.body.as_ref().map(|body| template::render(body, values, in_string)),
        timeout_s: call.timeout_s,
    }
}

fn escaped(value: &str) -> String {
    // Dots alone would climb up the path, escaped or not.
    if value.chars().all(|c| c == '.') {
        return String::new();
    }
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}

fn in_string(value: &str) -> String {
    let quoted = Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The variables that an answer fills; one that it says nothing about has no value any more.
pub(crate) fn saved(call: &HttpCall, body: &str) -> Vec<(String, Option<String>)> {
    let json: Option<Value> = serde_json::from_str(body).ok();
    let value = |pointer: &str| match &json {
        Some(json) => json.pointer(pointer).and_then(text),
        None => pointer.is_empty().then(|| body.to_owned()).filter(|body| !body.is_empty()),
    };
    call.save.iter().map(|save| (save.variable.clone(), value(&save.pointer))).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use signoff_wire::contract::scenarios::{CallMethod, HttpCall, SaveAnswer};

    use super::{request, saved};

    fn call() -> HttpCall {
        let save =
            |pointer: &str, variable: &str| SaveAnswer { pointer: pointer.to_owned(), variable: variable.to_owned() };
        HttpCall {
            method: CallMethod::Post,
            url: "https://shop.example/orders/{{order}}?q={{order}}".to_owned(),
            headers: Vec::new(),
            body: Some(r#"{"order":"{{order}}"}"#.to_owned()),
            save: vec![save("/state", "state"), save("/lines/0/sku", "sku"), save("/gone", "gone")],
            timeout_s: 5,
            then: String::new(),
            failed: String::new(),
            timed_out: String::new(),
        }
    }

    #[test]
    fn a_value_cannot_leave_its_place() {
        let values = BTreeMap::from([("order".to_owned(), "../a?b=\"c\"\n é".to_owned())]);
        let request = request(&call(), &values);
        let escaped = "..%2Fa%3Fb%3D%22c%22%0A%20%C3%A9";
        assert_eq!(request.url, format!("https://shop.example/orders/{escaped}?q={escaped}"));
        let climbing = BTreeMap::from([("order".to_owned(), "..".to_owned())]);
        assert_eq!(super::request(&call(), &climbing).url, "https://shop.example/orders/?q=");
        assert_eq!(request.body.as_deref(), Some("{\"order\":\"../a?b=\\\"c\\\"\\n é\"}"));
    }

    #[test]
    fn an_answer_fills_variables() {
        let filled = saved(&call(), r#"{"state":"sent","lines":[{"sku":7}],"gone":null}"#);
        let wanted = [("state", Some("sent")), ("sku", Some("7")), ("gone", None)];
        assert_eq!(filled, wanted.map(|(name, value)| (name.to_owned(), value.map(str::to_owned))));
        assert!(saved(&call(), "not JSON").iter().all(|(_, value)| value.is_none()));
    }
}
