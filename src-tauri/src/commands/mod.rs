//! The commands of the interface. One file per area, and no logic in any: a command calls the engine's method of the same name. Only the
//! two that close a conversation ask in the system's own dialog before (R5, D3), because no web view can.
//!
//! Arguments that are a struct arrive as `args`; what a command answers and how it fails is said once, in `signoff_wire::interface`.

mod app;
mod conversation;
mod downloads;
mod files;
mod inbox;
mod preferences;
mod queue;
mod settings;
mod sign_in;

use std::sync::Arc;

use signoff_engine::Engine;
use signoff_wire::interface::Failure;
use tauri::State;
use tauri::ipc::Invoke;

type Running<'a> = State<'a, Arc<Engine>>;
type Answer<T> = Result<T, Failure>;

macro_rules! commands {
    ($($area:ident::$command:ident),+ $(,)?) => {
        /// Every command's name, for the test that compares the lists.
        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($command)),+];

        /// Hands an invocation to its command.
        pub(crate) fn dispatcher() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($area::$command),+]
        }
    };
}

include!("list.rs");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::NAMES;

    /// The names in the first column of the table in `signoff_wire::interface`.
    fn documented() -> BTreeSet<String> {
        let rows = include_str!("../../wire/src/interface/mod.rs").lines().filter(|line| line.starts_with("//! | `"));
        let first = rows.filter_map(|row| row.split('|').nth(1));
        first.flat_map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`').to_owned())).collect()
    }

    /// The permissions of the one capability: of our commands by name, and of anything else in full.
    fn granted() -> (BTreeSet<String>, Vec<String>) {
        granted_to(0)
    }

    /// The same of the compact windows.
    fn granted_beside() -> BTreeSet<String> {
        granted_to(1).0
    }

    fn granted_to(capability: usize) -> (BTreeSet<String>, Vec<String>) {
        let configuration: serde_json::Value =
            serde_json::from_str(include_str!("../../../tauri.conf.json")).expect("the configuration is JSON");
        let permissions = &configuration["app"]["security"]["capabilities"][capability]["permissions"];
        let names = permissions.as_array().into_iter().flatten().filter_map(|name| name.as_str());
        let (ours, others): (Vec<_>, Vec<_>) = names.partition(|name| name.starts_with("allow-"));
        let ours = ours.iter().map(|name| name.trim_start_matches("allow-").replace('-', "_")).collect();
        (ours, others.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_compact_window_may_do_nothing_that_is_not_about_a_conversation() {
        let beside = granted_beside();
        assert!(beside.is_subset(&granted().0) && beside.contains("send_and_close"));
        for closed in ["administer", "sign_in", "sign_out", "set_preferences", "save_inbox_options", "inbox", "archive"]
        {
            assert!(!beside.contains(closed), "{closed}");
        }
    }

    #[test]
    fn the_window_may_call_what_the_interface_documents_and_nothing_else() {
        let named: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(named, documented(), "commands/list.rs and the table in signoff-wire");
        let (ours, others) = granted();
        assert_eq!(named, ours, "commands/list.rs and the capability in tauri.conf.json");
        assert_eq!(others, ["notification:allow-is-permission-granted"], "the plugins' commands are for Rust");
    }
}
