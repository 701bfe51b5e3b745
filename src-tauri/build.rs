//! Generates what Tauri needs at compile time: the configuration, and a permission per command of ours.
//!
//! Naming the commands closes them all: a window may call only what its capability in `tauri.conf.json` grants.

macro_rules! commands {
    ($($area:ident::$command:ident),+ $(,)?) => {
        const COMMANDS: &[&str] = &[$(stringify!($command)),+];
    };
}

include!("src/commands/list.rs");

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/src/commands/list.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("tauri.conf.json is good");
}
