//! The command line. Everything here happens before there is a window: help, version and a wrong argument are plain text, the last
//! with exit status 2.

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::builder::{NonEmptyStringValueParser, PathBufValueParser, TypedValueParser};
use signoff_engine::link::is_link;
use signoff_wire::interface::Preselected;

/// What Signoff was started with.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    name = "signoff",
    version,
    about = "The desktop application for customer-service advisors.",
    after_help = "A second start with the same profile brings the running window to the front."
)]
pub struct Options {
    /// The profile: cache, queue and preferences of one account [default: in the system's folder for application data]
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(folder))]
    pub data_dir: Option<PathBuf>,

    /// Start with this workspace's address filled in
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new(), conflicts_with = "demo")]
    pub workspace: Option<String>,

    /// Start on the demo workspace, which runs inside Signoff, with simulated customers
    #[arg(long)]
    pub demo: bool,

    /// Go to a conversation: signoff://conversation/ID; in a compact window with ?widget=1
    #[arg(value_name = "LINK", value_parser = NonEmptyStringValueParser::new().try_map(link))]
    pub link: Option<String>,
}

impl Options {
    /// What the first run finds filled in.
    pub fn preselected(&self) -> Preselected {
        match &self.workspace {
            _ if self.demo => Preselected::Demo,
            Some(address) => Preselected::Workspace { address: address.trim().to_owned() },
            None => Preselected::Nothing,
        }
    }
}

/// Only what is meant as a link. Whether it leads anywhere is said in the window: whoever has clicked on it sees no terminal.
fn link(text: String) -> Result<String, String> {
    if is_link(&text) { Ok(text) } else { Err("it is no link that begins with signoff:".to_owned()) }
}

/// A profile is a folder, existing or still to be made. Whether it can be written shows later, and is said in the window.
fn folder(path: PathBuf) -> Result<PathBuf, String> {
    let path = std::path::absolute(&path).map_err(|_| "give the path of a folder".to_owned())?;
    match path.ancestors().find(|part| part.exists()) {
        Some(part) if !part.is_dir() => Err(format!("{} is a file; give the path of a folder", shown(part))),
        Some(_) | None => Ok(path),
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["signoff"], arguments].concat())
    }

    #[test]
    fn nothing_is_preselected_without_options() {
        assert_eq!(parsed(&[]).unwrap().preselected(), Preselected::Nothing);
    }

    #[test]
    fn a_workspace_or_the_demo_is_preselected() {
        let address = "https://support.example.com".to_owned();
        assert_eq!(
            parsed(&["--workspace", &address]).unwrap().preselected(),
            Preselected::Workspace { address },
            "the address is given on as it was typed: the sign-in page checks it"
        );
        assert_eq!(parsed(&["--demo"]).unwrap().preselected(), Preselected::Demo);
    }

    #[test]
    fn a_link_is_kept_also_if_it_leads_nowhere() {
        for link in ["signoff://conversation/conv_1?widget=1", "signoff:nonsense"] {
            assert_eq!(parsed(&[link]).unwrap().link.as_deref(), Some(link));
        }
    }

    #[test]
    fn a_relative_profile_is_made_absolute() {
        let options = parsed(&["--data-dir", "somewhere/else"]).unwrap();
        assert!(options.data_dir.unwrap().is_absolute(), "a second start may come from another folder");
    }

    #[test]
    fn wrong_arguments_get_a_sentence_and_status_2() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let inside = file.path().join("inside");
        for (arguments, sentence) in [
            (vec!["--data-dir", file.path().to_str().unwrap()], "is a file; give the path of a folder"),
            (vec!["--data-dir", inside.to_str().unwrap()], "is a file; give the path of a folder"),
            (vec!["--data-dir", ""], "a value is required for '--data-dir <DIR>'"),
            (vec!["--workspace", ""], "a value is required for '--workspace <URL>'"),
            (vec!["--demo", "--workspace", "https://a.example"], "cannot be used with"),
            (vec!["--nonsense"], "unexpected argument '--nonsense'"),
            (vec!["stray"], "it is no link"),
            (vec!["signoff://conversation/a", "signoff://conversation/b"], "unexpected argument"),
        ] {
            let error = parsed(&arguments).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{arguments:?}");
            assert!(error.to_string().contains(sentence), "{arguments:?} said: {error}");
        }
    }

    #[test]
    fn help_and_version_are_no_errors() {
        for argument in ["--help", "--version"] {
            let answer = parsed(&[argument]).unwrap_err();
            assert_eq!(answer.exit_code(), 0, "{argument}");
        }
    }
}
