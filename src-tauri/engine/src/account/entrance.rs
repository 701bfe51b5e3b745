//! Before anybody is signed in: is there a platform, and does it let this person in?

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use secrecy::{ExposeSecret, SecretString};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::second_factor::Enrolment;
use signoff_wire::contract::sessions::{Me, Session};
use signoff_wire::interface::{Code, Failure};

use super::{Line, Way};
use crate::ports::Ports;
use crate::remote::{FirstStep, Platform, RemoteError, Token, address};

/// A platform's door.
pub(crate) struct Entrance {
    line: Line,
}

/// Somebody who was let in.
pub(crate) struct Admitted {
    /// Who, where, and what is switched on there.
    pub(crate) me: Me,
    /// How to get there again.
    pub(crate) way: Way,
    /// The session's token.
    pub(crate) token: Token,
    /// Of a second factor that was set up on the way in; shown once.
    pub(crate) recovery_codes: Vec<String>,
}

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntranceError {
    /// What was typed is no address.
    #[error("not an address")]
    NoAddress,
    /// No platform could be spoken with.
    #[error("no platform: {0}")]
    NoPlatform(RemoteError),
    /// The platform did not accept the sign-in.
    #[error("not let in: {0}")]
    NotLetIn(RemoteError),
}

impl Entrance {
    /// The door of the workspace at an address as typed, or of the demo workspace.
    pub(crate) fn to(typed: Option<&str>, ports: &Ports) -> Result<Self, EntranceError> {
        let way = match typed {
            Some(typed) => Way::Address(address::normalise(typed).map_err(|_| EntranceError::NoAddress)?),
            None => Way::Demo,
        };
        Ok(Self { line: Line::new(way, ports.clone(), None) })
    }

    /// Looks whether a platform is there. The address is the one that will be used.
    pub(crate) async fn look(&self) -> Result<String, EntranceError> {
        let platform = self.line.platform().await.map_err(EntranceError::NoPlatform)?;
        platform.probe().await.map_err(EntranceError::NoPlatform)?;
        Ok(self.line.address())
    }

    /// Signs in. A password goes only to something that has shown itself to be a platform.
    pub(crate) async fn enter(self, email: &str, password: &SecretString) -> Result<Entered, EntranceError> {
        self.look().await?;
        let platform = self.line.platform().await.map_err(EntranceError::NoPlatform)?;
        match platform.sign_in(email.trim(), password).await.map_err(EntranceError::NotLetIn)? {
            FirstStep::In(session) => Ok(Entered::Admitted(Box::new(self.admit(session).await?))),
            FirstStep::Waits { challenge, enrol } => {
                Ok(Entered::Waits(Box::new(Waiting { entrance: self, challenge: challenge.into(), enrol })))
            }
        }
    }

    /// The platform behind the door.
    pub(super) async fn platform(&self) -> Result<Arc<dyn Platform>, EntranceError> {
        self.line.platform().await.map_err(EntranceError::NoPlatform)
    }

    pub(super) async fn admit(&self, session: Session) -> Result<Admitted, EntranceError> {
        let platform = self.line.platform().await.map_err(EntranceError::NoPlatform)?;
        let token = Token::from(session.token);
        let me = platform.me(&token).await.map_err(EntranceError::NotLetIn)?;
        let recovery_codes = session.recovery_codes;
        Ok(Admitted { me, way: self.line.way().clone(), token, recovery_codes })
    }
}

/// What became of a right password.
pub(crate) enum Entered {
    /// It was all that is asked.
    Admitted(Box<Admitted>),
    /// A code is asked as well.
    Waits(Box<Waiting>),
}

/// Somebody between the two steps of a sign-in.
pub(crate) struct Waiting {
    entrance: Entrance,
    challenge: SecretString,
    /// An authenticator has to be set up first.
    pub(crate) enrol: bool,
}

impl Waiting {
    /// What the authenticator needs.
    pub(crate) async fn enrol(&self) -> Result<Enrolment, EntranceError> {
        let platform = self.entrance.line.platform().await.map_err(EntranceError::NoPlatform)?;
        platform.enrol(self.challenge.expose_secret()).await.map_err(EntranceError::NotLetIn)
    }

    /// The second step. After a wrong code there is another try.
    pub(crate) async fn enter(&self, code: &SecretString) -> Result<Admitted, EntranceError> {
        let platform = self.entrance.line.platform().await.map_err(EntranceError::NoPlatform)?;
        let session = platform.second_step(self.challenge.expose_secret(), code).await;
        self.entrance.admit(session.map_err(EntranceError::NotLetIn)?).await
    }
}

impl EntranceError {
    /// What the person is told.
    pub(crate) fn failure(&self, now: DateTime<Utc>) -> Failure {
        let (code, wait) = match self {
            Self::NoAddress => (Code::AddressInvalid, None),
            Self::NoPlatform(error) => no_platform(error),
            Self::NotLetIn(error) => not_let_in(error),
        };
        let problem = match self {
            Self::NotLetIn(RemoteError::Refused(refusal)) => Some(refusal.code.as_str().to_owned()),
            Self::NotLetIn(_) | Self::NoPlatform(_) | Self::NoAddress => None,
        };
        let retry_at = wait.and_then(|wait| Duration::from_std(wait).ok()).map(|wait| now + wait);
        Failure { retry_at, problem, ..Failure::new(code).with_detail(self.to_string()) }
    }
}

fn no_platform(error: &RemoteError) -> (Code, Option<std::time::Duration>) {
    match error {
        RemoteError::Unreachable(_) | RemoteError::Interrupted(_) => (Code::AddressUnreachable, None),
        RemoteError::Certificate(_) => (Code::CertificateInvalid, None),
        RemoteError::Unavailable { retry_after, .. } => (Code::PlatformUnavailable, *retry_after),
        RemoteError::Fault(_) => (Code::PlatformUnavailable, None),
        RemoteError::Nonsense(_)
        | RemoteError::SignedOut
        | RemoteError::InProgress
        | RemoteError::KeyReused
        | RemoteError::Refused(_) => (Code::AddressNotSignoff, None),
    }
}

fn not_let_in(error: &RemoteError) -> (Code, Option<std::time::Duration>) {
    match error {
        RemoteError::Refused(refusal) if refusal.code == ProblemCode::BadCredentials => (Code::BadCredentials, None),
        RemoteError::Refused(refusal) if refusal.code == ProblemCode::SecondFactorWrong => {
            (Code::SecondFactorWrong, None)
        }
        RemoteError::Refused(refusal) if refusal.code == ProblemCode::ChallengeUnknown => (Code::SignInTooSlow, None),
        RemoteError::Refused(_) => (Code::RefusedOtherwise, None),
        RemoteError::Unavailable { code: ProblemCode::TooManyAttempts, retry_after } => {
            (Code::TooManyAttempts, *retry_after)
        }
        RemoteError::Unavailable { retry_after, .. } => (Code::PlatformUnavailable, *retry_after),
        RemoteError::Fault(_) => (Code::PlatformUnavailable, None),
        RemoteError::Unreachable(_) | RemoteError::Interrupted(_) => (Code::Offline, None),
        RemoteError::Certificate(_) => (Code::CertificateInvalid, None),
        RemoteError::Nonsense(_) | RemoteError::SignedOut | RemoteError::InProgress | RemoteError::KeyReused => {
            (Code::PlatformNonsense, None)
        }
    }
}
