//! Where things are.

use std::path::{Path, PathBuf};

/// The folder of the root `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The interface.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The widget's page as the platform's build script finds it.
pub(crate) fn widget() -> PathBuf {
    root().join("src-tauri/platform/pages/widget")
}
