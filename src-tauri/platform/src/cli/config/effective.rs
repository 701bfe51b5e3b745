//! What holds in the end: the file, over it the environment, over it the command line.

use std::{collections::BTreeMap, ffi::OsString, fmt, path::Path};

use toml::{Table, Value};

use super::settings::{OTHER_VARIABLES, SETTINGS, Setting};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Nobody said anything.
    Default,
    /// A file.
    File(String),
    /// A variable of the environment.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// What was found, and everything that is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Effective {
    values: BTreeMap<&'static str, (Value, Source)>,
    /// One sentence each.
    pub(super) problems: Vec<String>,
}

impl Effective {
    /// The values that hold if nobody says anything.
    pub(super) fn defaults() -> Self {
        let mut effective = Self::default();
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            // A default is TOML of ours; a test reads every one of them.
            if let Some(value) = toml_value(setting.default) {
                effective.values.insert(setting.key, (value, Source::Default));
            }
        }
        effective
    }

    /// Lays the file over what there is.
    pub(super) fn file(&mut self, path: &Path) {
        let source = Source::File(path.display().to_string());
        match std::fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| text.parse::<Table>().map_err(|error| error.to_string().trim_end().replace('\n', "\n  ")))
        {
            Ok(table) => self.table("", &table, &source),
            Err(error) => self.problems.push(format!("{} cannot be read: {error}", path.display())),
        }
    }

    fn table(&mut self, prefix: &str, table: &Table, source: &Source) {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            let is_section = SETTINGS.iter().any(|setting| setting.key.starts_with(&format!("{key}.")));
            match (find(&key), value) {
                (Some(setting), value) => self.put(setting, setting.kind.checked(value.clone()), source.clone()),
                (None, Value::Table(section)) if is_section => self.table(&format!("{key}."), section, source),
                (None, _) => self.problems.push(format!("{source}: there is no setting {key:?}{}", suggestion(&key))),
            }
        }
    }

    /// Lays variables over what there is.
    pub(super) fn environment(&mut self, variables: impl Iterator<Item = (OsString, OsString)>) {
        for (name, value) in variables {
            let (Some(name), value) = (name.to_str(), value.to_string_lossy()) else { continue };
            // The variable by which every Rust program is asked for its log.
            let name = if name == "RUST_LOG" { "SIGNOFF_LOG_FILTER" } else { name };
            if !name.starts_with("SIGNOFF_") || OTHER_VARIABLES.contains(&name) || value.is_empty() {
                continue;
            }
            match SETTINGS.iter().find(|setting| setting.variable() == name) {
                Some(setting) => {
                    self.put(setting, setting.kind.of_text(&value), Source::Environment(name.to_owned()));
                }
                // What looks like one of ours is one that was mistyped; what does not is somebody else's.
                None => {
                    if let Some(meant) = nearest(name, SETTINGS.iter().map(Setting::variable)) {
                        self.problems.push(format!("environment: there is no {name}; did you mean {meant}?"));
                    }
                }
            }
        }
    }

    /// Lays a flag over what there is.
    pub(super) fn flag(&mut self, flag: &str, key: &str, text: &str) {
        match find(key) {
            Some(setting) => self.put(setting, setting.kind.of_text(text), Source::Flag(flag.to_owned())),
            None => self.problems.push(format!("flag {flag}: there is no setting {key:?}{}", suggestion(key))),
        }
    }

    fn put(&mut self, setting: &Setting, value: Result<Value, String>, source: Source) {
        match value {
            Ok(value) => {
                self.values.insert(setting.key, (value, source));
            }
            Err(problem) => self.problems.push(format!("{source}: {} {problem}", setting.key)),
        }
    }

    /// A value and where it comes from.
    pub(super) fn get(&self, key: &str) -> Option<&(Value, Source)> {
        self.values.get(key)
    }

    /// A text, if there is one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.0.as_str()
    }

    /// A number, which has a default.
    pub(super) fn number(&self, key: &str) -> u64 {
        let number = self.get(key).and_then(|(value, _)| value.as_integer());
        number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
    }

    /// A switch, which has a default.
    pub(super) fn switch(&self, key: &str) -> bool {
        self.get(key).and_then(|(value, _)| value.as_bool()).unwrap_or_default()
    }

    /// The texts of a list.
    pub(super) fn list(&self, key: &str) -> Vec<&str> {
        let items = self.get(key).and_then(|(value, _)| value.as_array());
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

fn toml_value(text: &str) -> Option<Value> {
    format!("value = {text}").parse::<Table>().ok()?.remove("value")
}

/// What somebody may have meant.
fn suggestion(key: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let elsewhere =
        SETTINGS.iter().find(|setting| last(setting.key) == last(key)).map(|setting| setting.key.to_owned());
    let meant = nearest(key, SETTINGS.iter().map(|setting| setting.key.to_owned())).or(elsewhere);
    meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default()
}

fn nearest(word: &str, words: impl Iterator<Item = String>) -> Option<String> {
    let near = words.map(|known| (strsim::damerau_levenshtein(word, &known), known));
    let (distance, known) = near.min()?;
    (distance <= 2 + word.len() / 10).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_one_that_would_be_accepted() {
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            let value = toml_value(setting.default).expect(setting.key);
            assert!(setting.kind.checked(value).is_ok(), "{}", setting.key);
        }
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let mut names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), SETTINGS.len());
    }
}
