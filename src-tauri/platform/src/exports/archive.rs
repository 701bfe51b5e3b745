//! Making the zip of an export: streamed into a file beside its place, and moved there when it is whole and on the disk.
//!
//! Written with the `zip` crate, which knows the large forms (zip64) that hardly any day needs and some do.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::json;
use sha2::{Digest, Sha256};
use signoff_wire::contract::{
    exports::{Export, ExportedFile},
    millis,
};
use tokio::sync::watch;
use zip::{
    CompressionMethod,
    write::{SimpleFileOptions, StreamWriter, ZipWriter},
};

use super::{
    actions::{self, Chunk, Edition, Key},
    record,
    tables::{BEGINNING, TABLES},
};
use crate::{
    actions::filter::Filter,
    refusal::Refusal,
    store::{Store, ms},
};

/// The largest file name inside, and what it says.
const MANIFEST: &str = "manifest.json";

/// Why an export was not made.
#[derive(Debug, thiserror::Error)]
pub(super) enum MakeError {
    /// The platform stops; it is made after the next start.
    #[error("the platform stops")]
    Stopping,
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// The zip.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// The workspace.
    #[error(transparent)]
    Workspace(#[from] Refusal),
}

impl MakeError {
    /// The word that admins read.
    pub(super) fn reason(&self) -> &'static str {
        let full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
        match self {
            Self::Disk(error) if full(error) => "disk-full",
            Self::Zip(zip::result::ZipError::Io(error)) if full(error) => "disk-full",
            Self::Stopping | Self::Disk(_) | Self::Zip(_) | Self::Workspace(_) => "internal",
        }
    }
}

/// What became of it.
pub(super) struct Made {
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) files: Vec<ExportedFile>,
}

/// Where the zip of an export is.
pub(crate) fn place(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.zip"))
}

fn unfinished(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.zip.part"))
}

/// Removes the file of an export, finished or not.
pub(crate) fn remove(directory: &Path, id: &str) {
    for path in [place(directory, id), unfinished(directory, id)] {
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, id, "cannot remove an export");
        }
    }
}

/// Removes what no export names: files whose rows went in a moment in which the process was killed.
pub(super) fn remove_unnamed(directory: &Path, is_named: impl Fn(&str) -> bool) {
    // Without a folder there is nothing in it.
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let id = name.strip_suffix(".zip").or_else(|| name.strip_suffix(".zip.part"));
        if let Some(id) = id.filter(|id| !is_named(id)) {
            remove(directory, id);
        }
    }
}

/// Makes the zip.
pub(super) async fn make(
    store: &Store,
    directory: &Path,
    export: &Export,
    stopping: &watch::Receiver<bool>,
) -> Result<Made, MakeError> {
    let made = write_parts(store, directory, export, stopping).await;
    if made.is_err() {
        remove(directory, &export.id);
    }
    made
}

async fn write_parts(
    store: &Store,
    directory: &Path,
    export: &Export,
    stopping: &watch::Receiver<bool>,
) -> Result<Made, MakeError> {
    let (part, whole, folder) = (unfinished(directory, &export.id), place(directory, &export.id), directory.to_owned());
    let opened = part.clone();
    let mut writing = blocking(store, move || Writing::create(&folder, &opened)).await?;
    let (from, to) = (ms(export.from), ms(export.to));
    let id = export.id.clone();
    store.write(move |write| record::begun(write, &id)).await?;

    for table in TABLES {
        let header = table.header()?;
        writing = blocking(store, move || writing.begin(table.name, &header)).await?;
        let mut after = Some(BEGINNING);
        while let Some(key) = after {
            let chunk = store.read(move |sql| table.chunk(sql, from, to, key)).await?;
            (writing, after) = append(store, writing, chunk, stopping).await?;
        }
    }
    let header = actions::header()?;
    writing = blocking(store, move || writing.begin("actions.csv", &header)).await?;
    let filter = Filter { from: Some(export.from), to: Some(export.to), ..Filter::default() };
    let of = filter.clone();
    let edition = store.read(move |sql| Edition::now(sql, &of)).await?;
    let mut after = Some(actions::beginning(&filter));
    while let Some(key) = after {
        let (filter, upto) = (filter.clone(), edition.upto);
        let chunk = store.read(move |sql| actions::chunk(sql, &filter, key, upto)).await?;
        (writing, after) = append(store, writing, chunk, stopping).await?;
    }

    let about = json!({
        "format": 1,
        "from": millis::format(&export.from),
        "to": millis::format(&export.to),
        "made_at": millis::format(&store.now()),
        "platform": env!("CARGO_PKG_VERSION"),
    });
    blocking(store, move || writing.finish(about, &part, &whole)).await
}

/// One chunk more, unless the platform stops.
async fn append(
    store: &Store,
    mut writing: Writing,
    chunk: Chunk,
    stopping: &watch::Receiver<bool>,
) -> Result<(Writing, Option<Key>), MakeError> {
    if *stopping.borrow() {
        return Err(MakeError::Stopping);
    }
    let next = chunk.next;
    let writing = blocking(store, move || {
        writing.append(&chunk.bytes, chunk.rows)?;
        Ok(writing)
    })
    .await?;
    Ok((writing, next))
}

async fn blocking<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce() -> Result<T, MakeError> + Send + 'static,
) -> Result<T, MakeError> {
    store.threads().blocking(work).await.unwrap_or(Err(MakeError::Workspace(Refusal::Internal)))
}

/// A zip being written.
struct Writing {
    zip: ZipWriter<StreamWriter<Summed<File>>>,
    files: Vec<ExportedFile>,
    sum: Sha256,
}

impl Writing {
    fn create(folder: &Path, part: &Path) -> Result<Self, MakeError> {
        fs::create_dir_all(folder)?;
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // Customers' words are nobody's business but the platform's.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = Summed { to: options.open(part)?, sum: Sha256::new(), bytes: 0 };
        Ok(Self { zip: ZipWriter::new_stream(file), files: Vec::new(), sum: Sha256::new() })
    }

    fn begin(mut self, name: &str, header: &[u8]) -> Result<Self, MakeError> {
        self.end();
        // How long it gets is known at its end only, which the large form allows for.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
        self.zip.start_file(name, options)?;
        self.files.push(ExportedFile { name: name.to_owned(), rows: 0, bytes: 0, sha256: String::new() });
        self.append(header, 0)?;
        Ok(self)
    }

    fn append(&mut self, bytes: &[u8], rows: u64) -> Result<(), MakeError> {
        self.zip.write_all(bytes)?;
        self.sum.update(bytes);
        if let Some(file) = self.files.last_mut() {
            file.rows += rows;
            file.bytes += bytes.len() as u64;
        }
        Ok(())
    }

    fn end(&mut self) {
        let sum = std::mem::take(&mut self.sum);
        if let Some(file) = self.files.last_mut() {
            file.sha256 = hex(&sum.finalize());
        }
    }

    fn finish(mut self, mut about: serde_json::Value, part: &Path, whole: &Path) -> Result<Made, MakeError> {
        self.end();
        let files = std::mem::take(&mut self.files);
        about["files"] = json!(files);
        self.zip.start_file(MANIFEST, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))?;
        self.zip.write_all(&serde_json::to_vec_pretty(&about).map_err(Refusal::from)?)?;
        let summed = self.zip.finish()?.into_inner();
        summed.to.sync_all()?;
        fs::rename(part, whole)?;
        #[cfg(unix)]
        if let Some(folder) = whole.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Made { bytes: summed.bytes, sha256: hex(&summed.sum.finalize()), files })
    }
}

/// Sums what passes.
struct Summed<W> {
    to: W,
    sum: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
