//! First run: which workspace, and who.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::sessions::Role;

/// Arguments of `sign_in`.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignIn {
    /// The workspace's address as typed, or `None` for the embedded demo workspace. "support.example.com" means https.
    pub address: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Password. Lives only as long as the request.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Answer of `sign_in` and `second_step`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SignInOutcome {
    /// The person is in; the stage changes.
    SignedIn {
        /// Where a second factor was set up on the way: its recovery codes, which are shown this once.
        recovery_codes: Vec<String>,
    },
    /// The password was right; `second_step` has to follow.
    SecondStep {
        /// There is no authenticator yet: `enrol_second_factor` comes before.
        enrol: bool,
    },
}

/// Answer of `check_workspace`: something at the address is a Signoff platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorkspaceFound {
    /// The address in full, as it will be used.
    pub address: String,
}

/// Answer of `start_demo`: the embedded workspace runs, and these people can sign in to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DemoWorkspace {
    /// Everybody in the demo workspace.
    pub people: Vec<DemoPerson>,
}

/// Somebody of the demo workspace. The password is no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DemoPerson {
    /// Shown name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Advisor or admin.
    pub role: Role,
}
