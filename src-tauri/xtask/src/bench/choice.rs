//! Which figures, and how often.

use anyhow::{Context, Result, bail};

const USAGE: &str = "`cargo xtask bench app [--only NAME]… [--rounds N] [--cold]` with NAME one of run, start, javascript, click, first-sync, \
                     notification, package; or `cargo xtask bench outbox [--only NAME]… [--rounds N]` with NAME one of click, drain, depth, \
                     offline, memory; or `cargo xtask bench platform [--only NAME]… [--rounds N] [--conversations N] \
                     [--filled DIR]` with NAME one of clicks, streams, past";
/// Enough for a median that one disturbed round does not move.
const ROUNDS: usize = 7;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The app, beside its floors.
    App,
    /// The outbox, beside the queues of others.
    Outbox,
    /// The platform, beside what is written in an afternoon.
    Platform,
}

/// A figure, or figures that are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Run,
    Start,
    Javascript,
    Click,
    FirstSync,
    Notification,
    Package,
    Cold,
    OutboxClick,
    OutboxDrain,
    OutboxDepth,
    OutboxOffline,
    OutboxMemory,
    PlatformClicks,
    PlatformStreams,
    PlatformPast,
}

impl Subject {
    /// Everything that is measured without being asked for, the quiet ones first: a package keeps the machine warm for minutes.
    fn usual(self) -> &'static [Name] {
        match self {
            Self::App => &[
                Name::Javascript,
                Name::Click,
                Name::FirstSync,
                Name::Start,
                Name::Run,
                Name::Notification,
                Name::Package,
            ],
            Self::Outbox => {
                &[Name::OutboxClick, Name::OutboxDrain, Name::OutboxDepth, Name::OutboxOffline, Name::OutboxMemory]
            }
            Self::Platform => &[Name::PlatformClicks, Name::PlatformStreams, Name::PlatformPast],
        }
    }

    /// The program's words for what is measured beside ours.
    pub(super) fn beside(self) -> &'static str {
        match self {
            Self::App => "floor",
            Self::Outbox => "beside it",
            Self::Platform => "baseline",
        }
    }
}

impl Name {
    /// As it is typed.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Start => "start",
            Self::Javascript => "javascript",
            Self::Click | Self::OutboxClick => "click",
            Self::FirstSync => "first-sync",
            Self::Notification => "notification",
            Self::Package => "package",
            Self::Cold => "cold",
            Self::OutboxDrain => "drain",
            Self::OutboxDepth => "depth",
            Self::OutboxOffline => "offline",
            Self::OutboxMemory => "memory",
            Self::PlatformClicks => "clicks",
            Self::PlatformStreams => "streams",
            Self::PlatformPast => "past",
        }
    }

    /// The measuring program's words for it, if that program measures it.
    pub(super) fn in_the_program(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Run | Self::Start | Self::Click | Self::FirstSync | Self::Notification => Some(vec![self.word()]),
            Self::OutboxClick | Self::OutboxDrain | Self::OutboxDepth | Self::OutboxOffline | Self::OutboxMemory => {
                Some(vec!["outbox", self.word()])
            }
            Self::PlatformClicks | Self::PlatformStreams | Self::PlatformPast => Some(vec!["platform", self.word()]),
            Self::Javascript | Self::Package | Self::Cold => None,
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) subject: Subject,
    pub(super) names: Vec<Name>,
    pub(super) rounds: usize,
    /// Of the large workspace, if not as many as usual.
    pub(super) conversations: Option<u32>,
    /// The folder of that workspace, if `signoff-platform fill` has made it before.
    pub(super) filled: Option<String>,
}

impl Choice {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut arguments = arguments.iter().map(String::as_str);
        let subject = match arguments.next() {
            Some("app") => Subject::App,
            Some("outbox") => Subject::Outbox,
            Some("platform") => Subject::Platform,
            Some(_) | None => bail!(USAGE),
        };
        let (mut names, mut rounds, mut cold) = (Vec::new(), ROUNDS, false);
        let (mut conversations, mut filled) = (None, None);
        while let Some(argument) = arguments.next() {
            match argument {
                "--only" => {
                    let word = arguments.next().context(USAGE)?;
                    let name = subject.usual().iter().copied().find(|name| name.word() == word);
                    names.push(name.with_context(|| format!("there is no figure {word:?}: {USAGE}"))?);
                }
                "--rounds" => rounds = arguments.next().and_then(|number| number.parse().ok()).context(USAGE)?,
                "--conversations" if subject == Subject::Platform => {
                    let number = arguments.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                    conversations = Some(number.context(USAGE)?);
                }
                "--filled" if subject == Subject::Platform => {
                    filled = Some(arguments.next().context(USAGE)?.to_owned());
                }
                "--cold" if subject == Subject::App => cold = true,
                unknown => bail!("`bench` knows no {unknown:?}: {USAGE}"),
            }
        }
        if rounds == 0 {
            bail!("--rounds needs at least 1");
        }
        if names.is_empty() {
            names.extend(subject.usual());
        }
        if cold {
            names.push(Name::Cold);
        }
        Ok(Self { subject, names, rounds, conversations, filled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Choice> {
        Choice::parse(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn everything_is_measured_but_the_cold_build_unless_asked_for() {
        let choice = parsed(&["app"]).expect("valid");
        let usual = Subject::App.usual().to_vec();
        assert_eq!(
            choice,
            Choice { subject: Subject::App, names: usual, rounds: ROUNDS, conversations: None, filled: None }
        );
        assert!(parsed(&["app", "--cold"]).expect("valid").names.contains(&Name::Cold));
    }

    #[test]
    fn single_figures_and_rounds_can_be_chosen() {
        let choice = parsed(&["app", "--only", "click", "--only", "first-sync", "--rounds", "3"]).expect("valid");
        let names = vec![Name::Click, Name::FirstSync];
        assert_eq!(choice, Choice { subject: Subject::App, names, rounds: 3, conversations: None, filled: None });
    }

    #[test]
    fn a_word_means_what_it_means_for_its_subject() {
        let choice = parsed(&["outbox", "--only", "click"]).expect("valid");
        assert_eq!(choice.names, [Name::OutboxClick]);
        parsed(&["outbox", "--only", "start"]).expect_err("the outbox does not start");
        parsed(&["outbox", "--cold"]).expect_err("nothing is built from nothing");
    }

    #[test]
    fn the_large_workspace_can_be_larger() {
        let choice = parsed(&["platform", "--only", "past", "--conversations", "1000000"]).expect("valid");
        assert_eq!((choice.names.as_slice(), choice.conversations), (&[Name::PlatformPast][..], Some(1_000_000)));
        let choice = parsed(&["platform", "--filled", "/srv/large"]).expect("valid");
        assert_eq!(choice.filled.as_deref(), Some("/srv/large"));
        parsed(&["platform", "--conversations", "0"]).expect_err("nothing to read");
        parsed(&["app", "--conversations", "5"]).expect_err("the app has no such workspace");
    }

    #[test]
    fn what_is_not_known_is_said() {
        for wrong in [&["app", "--only", "clicks"][..], &["app", "--only"], &["app", "--rounds", "0"], &["ap"], &[]] {
            parsed(wrong).expect_err("a typing error must not be ignored");
        }
    }
}
