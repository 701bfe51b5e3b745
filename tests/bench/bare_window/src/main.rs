//! The floor that start and memory of Signoff are measured against: a window of the same size with a page of text, no script, no
//! plugin, no command.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
