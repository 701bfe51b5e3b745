//! One running Signoff per profile: a second start brings the first window to the front and ends with status 0.
//!
//! On Linux the plugin's D-Bus name can be chosen, so it carries the profile's key, and profiles run side by side. On Windows and macOS
//! the plugin knows only the application; there it serves the standard profile, and another profile given with `--data-dir` is
//! guarded by the engine's lock on the profile alone, whose message the window shows. The lock is what keeps data safe everywhere; this
//! is the courtesy on top.

use tauri::Wry;
use tauri::plugin::TauriPlugin;

use super::{link, window};
use crate::profile::Profile;

/// The plugin for this profile; `None` where it could not tell profiles apart.
pub(crate) fn plugin(profile: &Profile) -> Option<TauriPlugin<Wry>> {
    if !cfg!(target_os = "linux") && !profile.is_standard() {
        return None;
    }
    let plugin = tauri_plugin_single_instance::Builder::new()
        .callback(|app, arguments, _| {
            tracing::info!("started a second time");
            if !link::follow_argument(app, &arguments) {
                window::show(app);
            }
        })
        .dbus_id(format!("{}.profile_{}", crate::profile::IDENTIFIER, profile.key()))
        .build();
    Some(plugin)
}
