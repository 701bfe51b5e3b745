//! `preferences.json`: a plain file, since the passphrase screen needs the language. Read with patience: a field that cannot be read
//! takes its default and leaves the others alone, one that this version does not know is kept for the version that does.

use serde_json::{Map, Value};
use signoff_wire::interface::Preferences;

use super::folder::{Folder, FolderError};

const FILE: &str = "preferences.json";

/// The preferences, with defaults for all that is missing or strange.
pub(super) fn read(folder: &Folder) -> Preferences {
    let kept = kept(folder);
    let whole = Value::Object(kept);
    serde_json::from_value(repaired(&whole, &defaults())).unwrap_or_default()
}

/// Keeps the preferences, and what a newer version has added beside them.
pub(super) fn write(folder: &Folder, preferences: &Preferences) -> Result<(), FolderError> {
    let mut whole = Value::Object(kept(folder));
    let new = serde_json::to_value(preferences).map_err(std::io::Error::from)?;
    lay_over(&mut whole, new);
    folder.write(FILE, &serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?)
}

fn kept(folder: &Folder) -> Map<String, Value> {
    let text = folder.read(FILE).ok().flatten().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn defaults() -> Value {
    serde_json::to_value(Preferences::default()).unwrap_or_default()
}

/// Takes each field from `kept` if the preferences as a whole can still be read with it.
fn repaired(kept: &Value, defaults: &Value) -> Value {
    let mut good = defaults.clone();
    for path in leaves(defaults) {
        let Some(value) = kept.pointer(&path) else { continue };
        let mut tried = good.clone();
        if let Some(place) = tried.pointer_mut(&path) {
            *place = value.clone();
        }
        if serde_json::from_value::<Preferences>(tried.clone()).is_ok() {
            good = tried;
        }
    }
    good
}

/// Where the single values stand, as JSON pointers.
fn leaves(value: &Value) -> Vec<String> {
    let Value::Object(fields) = value else { return vec![String::new()] };
    fields
        .iter()
        .flat_map(|(name, field)| leaves(field).into_iter().map(move |rest| format!("/{name}{rest}")))
        .collect()
}

fn lay_over(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                lay_over(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}
