//! Puts the pages that the platform serves into the program, so that one file is all that has to be installed.
//!
//! `npm run build` in `ui/` writes them below `pages/`. A fresh clone has none, and compiles all the same: the program then serves a page that says
//! how to build them.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pages = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("pages");
    // The folder is there before its contents are: cargo looks into it, and notices what a build of the interface puts there.
    println!("cargo:rerun-if-changed={}", pages.display());

    let folder = pages.join("widget");
    let mut files = Vec::new();
    if folder.join("widget.html").is_file() {
        collect(&folder, &mut files)?;
    }
    files.sort();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut list = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
        // A copy, which stays as it is while the compiler reads it, whatever a build of the interface does meanwhile.
        let copy = format!("widget_{number}");
        fs::copy(file, out.join(&copy))?;
        list.push_str(&format!("    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{copy}\"))),\n"));
    }
    list.push_str("]\n");
    fs::write(out.join("widget_files.rs"), list)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
