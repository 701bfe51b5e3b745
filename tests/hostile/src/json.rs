//! JSON of about the shape that a schema asks for: right nearly everywhere, so that what reads it gets far.

use serde_json::{Map, Value, json};

use crate::bytes::Bytes;

/// Deeper than any body of the contract.
const DEPTH: u32 = 8;
/// Values that have been trouble elsewhere.
const ODD: &[&str] = &[
    "null",
    "0",
    "-1",
    "1e999",
    "9223372036854775808",
    "0.1",
    "true",
    "\"\"",
    "\"\\u0000\"",
    "[]",
    "{}",
    "\"\\ud83d\\ude00\"",
    "[[[[[[[[]]]]]]]]",
    "\"=1+1\"",
    "\"2026-02-30T00:00:00Z\"",
];

/// A value for this schema of the document. `known` are ids that exist.
pub(crate) fn value(document: &Value, schema: &Value, known: &[String], bytes: &mut Bytes<'_>) -> Value {
    of(document, schema, known, bytes, DEPTH)
}

/// A value that has been trouble elsewhere, or any text.
pub(crate) fn odd(bytes: &mut Bytes<'_>) -> Value {
    if bytes.one_in(4) {
        return bytes.text().into();
    }
    let odd = bytes.pick(ODD).copied().unwrap_or("null");
    serde_json::from_str(odd).unwrap_or(Value::Null)
}

/// A document with one to four of its values gone or replaced.
pub(crate) fn spoiled(mut document: Value, bytes: &mut Bytes<'_>) -> Value {
    for _ in 0..=bytes.below(4) {
        let depth = bytes.below(4);
        replace(&mut document, depth, bytes);
    }
    document
}

fn replace(place: &mut Value, depth: usize, bytes: &mut Bytes<'_>) {
    let count = match place {
        Value::Object(fields) => fields.len(),
        Value::Array(items) => items.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    if depth == 0 || count == 0 {
        *place = odd(bytes);
        return;
    }
    let at = bytes.below(count);
    let inner = match place {
        Value::Object(fields) => fields.values_mut().nth(at),
        Value::Array(items) => items.get_mut(at),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    if let Some(inner) = inner {
        replace(inner, depth - 1, bytes);
    }
}

/// Changes a byte, cuts the end off, or doubles it.
pub(crate) fn spoil(body: &mut Vec<u8>, bytes: &mut Bytes<'_>) {
    let at = bytes.below(body.len().max(1));
    match bytes.below(3) {
        0 => body.truncate(at),
        1 => body.extend_from_within(at.min(body.len())..),
        _ => {
            if let Some(byte) = body.get_mut(at) {
                *byte = bytes.byte();
            }
        }
    }
}

fn of(document: &Value, schema: &Value, known: &[String], bytes: &mut Bytes<'_>, depth: u32) -> Value {
    if depth == 0 || bytes.one_in(24) {
        return odd(bytes);
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#")) {
        return of(document, document.pointer(name).unwrap_or(&Value::Null), known, bytes, depth - 1);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(schemas) = schema[several].as_array() {
            let Some(one) = bytes.pick(schemas) else { return Value::Null };
            return of(document, one, known, bytes, depth - 1);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return bytes.pick(words).cloned().unwrap_or_default();
    }
    let kind = match schema["type"].as_array() {
        Some(kinds) => bytes.pick(kinds).and_then(Value::as_str).unwrap_or_default(),
        None => schema["type"].as_str().unwrap_or_default(),
    };
    match kind {
        "object" => object(document, schema, known, bytes, depth),
        "array" => {
            let count = bytes.below(4);
            Value::Array((0..count).map(|_| of(document, &schema["items"], known, bytes, depth - 1)).collect())
        }
        "string" => text(schema, known, bytes).into(),
        "integer" | "number" => json!(i64::from(bytes.byte()) - i64::from(bytes.byte() / 8)),
        "boolean" => json!(bytes.byte() & 1 == 1),
        _ => Value::Null,
    }
}

fn object(document: &Value, schema: &Value, known: &[String], bytes: &mut Bytes<'_>, depth: u32) -> Value {
    let mut object = Map::new();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let is_left_out = if required.contains(&name.as_str()) { bytes.one_in(32) } else { bytes.one_in(3) };
        if !is_left_out {
            object.insert(name.clone(), of(document, schema, known, bytes, depth - 1));
        }
    }
    if bytes.one_in(16) {
        object.insert(bytes.text(), Value::Bool(true));
    }
    Value::Object(object)
}

fn text(schema: &Value, known: &[String], bytes: &mut Bytes<'_>) -> String {
    if schema["format"] == "date-time" && !bytes.one_in(4) {
        return "2026-03-02T11:00:00Z".to_owned();
    }
    match bytes.below(4) {
        0 | 1 => bytes.pick(known).cloned().unwrap_or_default(),
        _ => bytes.text(),
    }
}
