//! Which figures, and how often.

use anyhow::{Context, Result, bail};

const USAGE: &str = "`cargo xtask bench app [--only NAME]… [--rounds N] [--cold]`; NAME is one of run, start, javascript, click, first-sync, \
                     notification, package";
/// Enough for a median that one disturbed round does not move.
const ROUNDS: usize = 7;

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
}

impl Name {
    /// Everything that is measured without being asked for, the quiet ones first: a package keeps the machine warm for minutes.
    const USUAL: [Self; 7] =
        [Self::Javascript, Self::Click, Self::FirstSync, Self::Start, Self::Run, Self::Notification, Self::Package];

    /// As it is typed.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Start => "start",
            Self::Javascript => "javascript",
            Self::Click => "click",
            Self::FirstSync => "first-sync",
            Self::Notification => "notification",
            Self::Package => "package",
            Self::Cold => "cold",
        }
    }

    /// The measuring program's word for it, if that program measures it.
    pub(super) fn in_the_program(self) -> Option<&'static str> {
        match self {
            Self::Run | Self::Start | Self::Click | Self::FirstSync | Self::Notification => Some(self.word()),
            Self::Javascript | Self::Package | Self::Cold => None,
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) names: Vec<Name>,
    pub(super) rounds: usize,
}

impl Choice {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut arguments = arguments.iter().map(String::as_str);
        if arguments.next() != Some("app") {
            bail!(USAGE);
        }
        let (mut names, mut rounds, mut cold) = (Vec::new(), ROUNDS, false);
        while let Some(argument) = arguments.next() {
            match argument {
                "--only" => {
                    let word = arguments.next().context(USAGE)?;
                    let name = Name::USUAL.into_iter().find(|name| name.word() == word);
                    names.push(name.with_context(|| format!("there is no figure {word:?}: {USAGE}"))?);
                }
                "--rounds" => rounds = arguments.next().and_then(|number| number.parse().ok()).context(USAGE)?,
                "--cold" => cold = true,
                unknown => bail!("`bench` knows no {unknown:?}: {USAGE}"),
            }
        }
        if rounds == 0 {
            bail!("--rounds needs at least 1");
        }
        if names.is_empty() {
            names.extend(Name::USUAL);
        }
        if cold {
            names.push(Name::Cold);
        }
        Ok(Self { names, rounds })
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
        assert_eq!(choice, Choice { names: Name::USUAL.to_vec(), rounds: ROUNDS });
        assert!(parsed(&["app", "--cold"]).expect("valid").names.contains(&Name::Cold));
    }

    #[test]
    fn single_figures_and_rounds_can_be_chosen() {
        let choice = parsed(&["app", "--only", "click", "--only", "first-sync", "--rounds", "3"]).expect("valid");
        assert_eq!(choice, Choice { names: vec![Name::Click, Name::FirstSync], rounds: 3 });
    }

    #[test]
    fn what_is_not_known_is_said() {
        for wrong in [&["app", "--only", "clicks"][..], &["app", "--only"], &["app", "--rounds", "0"], &["ap"], &[]] {
            parsed(wrong).expect_err("a typing error must not be ignored");
        }
    }
}
