//! What `config check` and `config example` print.

use std::fmt::Write as _;

use super::{
    effective::Effective,
    settings::{SETTINGS, Setting},
};

/// Every setting that holds, a line each, with where it comes from.
pub(super) fn effective(effective: &Effective) -> String {
    let mut text = String::new();
    for setting in SETTINGS {
        let Some((value, source)) = effective.get(setting.key) else {
            let _ = writeln!(text, "# {} is not set", setting.key);
            continue;
        };
        let shown = if setting.secret { "\"********\"".to_owned() } else { value.to_string() };
        let _ = writeln!(text, "{} = {shown}  # {source}", setting.key);
    }
    text
}

/// A file with every setting, its purpose, its bounds and its default, all of them commented out.
pub(super) fn example() -> String {
    let mut text = String::from(
        "# The configuration of signoff-platform. Every line that is commented out shows the default.\n\
         # Each setting can also be given as a variable of the environment (SIGNOFF_ and its name in capitals, with _ for the dot),\n\
         # and as a flag (--set section.name=value). Flags win over the environment, the environment wins over this file.\n",
    );
    let mut section = "";
    for setting in SETTINGS {
        let (of, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if of != section {
            section = of;
            let _ = write!(text, "\n[{section}]\n");
        } else {
            text.push('\n');
        }
        let _ = writeln!(text, "# {}{}", setting.about, bounds(setting));
        let default = if setting.default.is_empty() { "…" } else { setting.default };
        let _ = writeln!(text, "# {name} = {default}");
    }
    text
}

fn bounds(setting: &Setting) -> String {
    use super::settings::Kind;
    match setting.kind {
        Kind::Number(least, most) => format!(" From {least} to {most}."),
        Kind::OneOf(words) => format!(" {}.", words.join(" or ")),
        Kind::Address | Kind::Path | Kind::Url | Kind::Text | Kind::Networks | Kind::Switch => String::new(),
    }
}
