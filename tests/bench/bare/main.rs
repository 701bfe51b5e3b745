//! The smallest window that Tauri makes: the floor that start and memory of the app are measured against.

fn main() {
    let run = tauri::Builder::default().run(tauri::generate_context!("tests/bench/bare/tauri.conf.json"));
    if let Err(error) = run {
        eprintln!("{error}");
    }
}
