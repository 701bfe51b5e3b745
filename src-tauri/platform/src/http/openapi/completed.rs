//! What all routes have in common, written into the document once.
//!
//! A route says what is special about it. That refusals are problem documents, that a secured route may answer 401, that cursors are
//! digits: that follows from what the document says already, and here it is drawn from it. So a new route is described completely without
//! repeating any of it.

use serde_json::{Map, Value, json};

const PROBLEM: &str = "#/components/schemas/Problem";

/// Completes every operation of the document.
pub(super) fn complete(document: &mut Value) {
    if let Some(schemas) = document.pointer_mut("/components/schemas") {
        nothing_has_no_format(schemas);
    }
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operations in paths.values_mut().filter_map(Value::as_object_mut) {
        for (method, operation) in operations.iter_mut() {
            let Some(operation) = operation.as_object_mut() else { continue };
            parameters(operation);
            body(operation);
            answers(operation);
            if method == "head" {
                bodiless(operation);
            }
        }
    }
}

/// A format holds for the text, and not for the `null` that may stand in its place: said apart, generators keep to it.
fn nothing_has_no_format(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(nothing_has_no_format),
        Value::Object(object) => {
            if object.get("type") == Some(&json!(["string", "null"]))
                && let Some(format) = object.remove("format")
            {
                object.remove("type");
                object.insert("anyOf".to_owned(), json!([{ "type": "string", "format": format }, { "type": "null" }]));
            }
            object.values_mut().for_each(nothing_has_no_format);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Names that mean the same everywhere are read by the same code, so that they have the same shape.
fn parameters(operation: &mut Map<String, Value>) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    for parameter in parameters.iter_mut().filter_map(Value::as_object_mut) {
        let of = |parameter: &Map<String, Value>, field: &str| {
            parameter.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let shape = match (of(parameter, "in").as_str(), of(parameter, "name").as_str()) {
            // Where a cursor is no position but a name, the route says how long that may be.
            ("query", "after" | "before") if parameter["schema"].get("maxLength").is_some() => continue,
            ("query", "after" | "before") => cursor(),
            ("query", "from" | "to") => json!({ "anyOf": [
                { "type": "string", "format": "date-time" },
                { "type": "string", "format": "date" },
                { "type": "string", "maxLength": 0 },
            ] }),
            ("query", _) => {
                bounded(parameter);
                continue;
            }
            ("header", "Last-Event-ID") => cursor(),
            ("header", "Idempotency-Key") => {
                const UUID: &str = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
                json!({ "type": "string", "pattern": format!("^({UUID}|\"{UUID}\")$") })
            }
            _ => continue,
        };
        parameter.insert("schema".to_owned(), shape);
    }
}

/// A number of rows: what does not fit is no number that anybody means.
fn bounded(parameter: &mut Map<String, Value>) {
    let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { return };
    let is_count =
        schema.get("format").is_some_and(|format| format == "int32") && schema.get("minimum") == Some(&json!(0));
    if is_count {
        schema.insert("format".to_owned(), "int64".into());
        schema.entry("maximum").or_insert(json!(u32::MAX));
    }
}

/// A body that may be left out is left out, and not `null`.
fn body(operation: &mut Map<String, Value>) {
    let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { return };
    let Some(schema) = body.get_mut("content").and_then(|content| content.pointer_mut("/application~1json/schema"))
    else {
        return;
    };
    let Some(kinds) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let (nothing, something): (Vec<&Value>, Vec<&Value>) = kinds.iter().partition(|kind| kind["type"] == "null");
    if let ([_], [something]) = (nothing.as_slice(), something.as_slice()) {
        *schema = (*something).clone();
        body.insert("required".to_owned(), false.into());
    }
}

/// What [`crate::http::query::cursor`] reads.
fn cursor() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{0,18}$" })
}

fn answers(operation: &mut Map<String, Value>) {
    let is_public = operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|ways| ways.iter().any(|way| way.as_object().is_some_and(Map::is_empty)));
    let has_body = operation.contains_key("requestBody");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut common = vec![("500", "Our fault. Nothing was changed."), ("503", "Too much to do. Try again later.")];
    if !is_public {
        common.push(("401", "No token, or a dead one."));
    }
    if has_body {
        common.push(("413", "The body is too large."));
    }
    for (status, description) in common {
        let answer =
            json!({ "description": description, "content": { "application/json": { "schema": { "$ref": PROBLEM } } } });
        responses.entry(status).or_insert(answer);
    }
    for (status, answer) in responses.iter_mut() {
        let Some(answer) = answer.as_object_mut() else { continue };
        if status.starts_with('4') || status.starts_with('5') {
            refusal(status, answer);
        }
    }
}

/// No answer to `HEAD` has a body, not even a refusal.
fn bodiless(operation: &mut Map<String, Value>) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for answer in responses.values_mut().filter_map(Value::as_object_mut) {
        answer.remove("content");
    }
}

/// Refusals are RFC 9457 documents, and some carry a header.
fn refusal(status: &str, answer: &mut Map<String, Value>) {
    if answer.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
        answer.insert("description".to_owned(), "Refused; act on `code`.".into());
    }
    if let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut)
        && let Some(problem) = content.remove("application/json")
    {
        content.insert("application/problem+json".to_owned(), problem);
    }
    let header = match status {
        "401" => ("WWW-Authenticate", json!({ "type": "string" })),
        "429" | "503" => ("Retry-After", json!({ "type": "integer", "minimum": 0 })),
        _ => return,
    };
    let (name, schema) = header;
    if let Some(headers) = answer.entry("headers").or_insert_with(|| json!({})).as_object_mut() {
        headers.insert(name.to_owned(), json!({ "required": true, "schema": schema }));
    }
}
