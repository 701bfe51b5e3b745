//! The way to the disk: SQLite's own, with a place for faults between.

#![expect(unsafe_code, reason = "SQLite's interface to a file system is C's")]

use std::collections::{BTreeMap, HashMap};
use std::ffi::{CStr, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi::{
    self, sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find,
    sqlite3_vfs_register,
};

/// What is asked of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Open,
    Read,
    Write,
    Sync,
    Truncate,
    Size,
    MapIndex,
    LockIndex,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// For this one operation.
    Once,
    /// For all operations of its kind from then on.
    ForItsKind,
    /// From then on nothing can be changed at all.
    ForAllChanges,
}

impl Op {
    fn changes(self) -> bool {
        match self {
            Self::Write | Self::Sync | Self::Truncate => true,
            Self::Open | Self::Read | Self::Size | Self::MapIndex | Self::LockIndex => false,
        }
    }
}

/// When a disk fails, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) op: Op,
    /// The how manieth of these operations from now on.
    pub(crate) at: u64,
    pub(crate) lasts: Lasts,
    /// SQLite's extended code.
    pub(crate) code: c_int,
    /// How much of a write is done before it fails, in halves.
    pub(crate) halves_done: i32,
}

/// The files of one folder.
#[derive(Default)]
pub(crate) struct Disk(Mutex<State>);

#[derive(Default)]
struct State {
    fault: Option<Fault>,
    counted: u64,
    fired: bool,
    files: BTreeMap<String, Image>,
    cuts: Option<Vec<BTreeMap<String, Image>>>,
}

/// A file as a power cut would find it: what was flushed, and what was written since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) flushed: Vec<u8>,
    pub(crate) since: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Disk {
    /// The disk under the files of `folder`. To be had before a file there is opened.
    pub(crate) fn under(folder: &Path) -> Arc<Self> {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(register);
        Arc::clone(lock(&DISKS).entry(folder.to_owned()).or_default())
    }

    /// From now on it fails so.
    pub(crate) fn fails(&self, fault: Fault) {
        let mut state = lock(&self.0);
        (state.fault, state.counted, state.fired) = (Some(fault), 0, false);
    }

    /// From now on it works. Answers whether it has failed.
    pub(crate) fn works(&self) -> bool {
        let mut state = lock(&self.0);
        state.fault = None;
        state.fired
    }

    /// From now on what a power cut would leave is kept before every operation that changes something.
    pub(crate) fn keeps_cuts(&self) {
        lock(&self.0).cuts = Some(Vec::new());
    }

    /// What power cuts would have left, the last one now.
    pub(crate) fn cuts(&self) -> Vec<BTreeMap<String, Image>> {
        let mut state = lock(&self.0);
        let mut cuts = state.cuts.take().unwrap_or_default();
        cuts.push(state.files.clone());
        cuts
    }

    fn asked(&self, op: Op) -> Option<Fault> {
        let mut state = lock(&self.0);
        if op.changes() {
            let files = state.files.clone();
            if let Some(cuts) = &mut state.cuts {
                cuts.push(files);
            }
        }
        let fault = state.fault?;
        if fault.op != op {
            let all_over = state.fired && fault.lasts == Lasts::ForAllChanges && op.changes();
            return all_over.then_some(Fault { halves_done: 0, ..fault });
        }
        state.counted += 1;
        let fails = if fault.lasts == Lasts::Once { state.counted == fault.at } else { state.counted >= fault.at };
        state.fired |= fails;
        fails.then_some(fault)
    }

    fn changed(&self, name: &str, change: Change) {
        if let Some(image) = lock(&self.0).files.get_mut(name) {
            image.since.push(change);
        }
    }

    fn flushed(&self, name: &str) {
        if let Some(image) = lock(&self.0).files.get_mut(name) {
            image.flushed = image.with(|_| true);
            image.since.clear();
        }
    }
}

impl Image {
    /// The content with those of the changes since the last flush that made it, by their number.
    pub(crate) fn with(&self, made_it: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut content = self.flushed.clone();
        for (_, change) in self.since.iter().enumerate().filter(|(number, _)| made_it(*number)) {
            match change {
                Change::Write { at, bytes } => {
                    let end = at + bytes.len();
                    content.resize(content.len().max(end), 0);
                    content[*at..end].copy_from_slice(bytes);
                }
                Change::Truncate(length) => content.truncate(*length),
            }
        }
        content
    }
}

static DISKS: LazyLock<Mutex<HashMap<PathBuf, Arc<Disk>>>> = LazyLock::new(Mutex::default);
static FILES: LazyLock<Mutex<HashMap<usize, File>>> = LazyLock::new(Mutex::default);

/// An open file: SQLite's own methods, and the disk that it is on.
#[derive(Clone)]
struct File {
    own: &'static sqlite3_io_methods,
    disk: Option<Arc<Disk>>,
    name: String,
}

impl File {
    fn of(file: *mut sqlite3_file) -> Self {
        lock(&FILES).get(&(file as usize)).expect("an open file").clone()
    }

    fn asked(&self, op: Op) -> Option<Fault> {
        self.disk.as_ref().and_then(|disk| disk.asked(op))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes this the way to the disk for everything in this process.
fn register() {
    // SAFETY: SQLite gives its default out for as long as the process lives. The copy lives as long, and differs in its name and in how
    // files are opened.
    unsafe {
        let own = sqlite3_vfs_find(std::ptr::null());
        let mut vfs = Box::new(*own);
        vfs.zName = c"failing".as_ptr();
        vfs.pNext = std::ptr::null_mut();
        vfs.xOpen = Some(open);
        OWN.get_or_init(|| own as usize);
        assert_eq!(sqlite3_vfs_register(Box::leak(vfs), 1), ffi::SQLITE_OK, "registered");
    }
}

static OWN: std::sync::OnceLock<usize> = std::sync::OnceLock::new();

unsafe extern "C" fn open(
    _vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are SQLite's, passed on as they are.
    unsafe {
        let own = *OWN.get().expect("registered") as *mut sqlite3_vfs;
        let path =
            if name.is_null() { PathBuf::new() } else { PathBuf::from(&*CStr::from_ptr(name).to_string_lossy()) };
        let disk = path.parent().and_then(|folder| lock(&DISKS).get(folder).cloned());
        if let Some(fault) = disk.as_ref().and_then(|disk| disk.asked(Op::Open)) {
            (*file).pMethods = std::ptr::null();
            return fault.code;
        }
        let opened = (*own).xOpen.map_or(ffi::SQLITE_CANTOPEN, |open| open(own, name, file, flags, out_flags));
        if opened != ffi::SQLITE_OK || (*file).pMethods.is_null() {
            return opened;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(disk) = &disk {
            let flushed = std::fs::read(&path).unwrap_or_default();
            lock(&disk.0).files.entry(name.clone()).or_insert(Image { flushed, since: Vec::new() });
        }
        lock(&FILES).insert(file as usize, File { own: &*(*file).pMethods, disk, name });
        (*file).pMethods = &raw const METHODS;
        opened
    }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // Version 2 has no memory-mapped pages, which nobody could count.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock_file),
    xUnlock: Some(unlock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(map_index),
    xShmLock: Some(lock_index),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(unmap_index),
    xFetch: None,
    xUnfetch: None,
};

/// Passes a call on to SQLite's own method.
macro_rules! own {
    ($file:expr, $method:ident, $otherwise:expr $(, $argument:expr)*) => {{
        let file = File::of($file);
        // SAFETY: the arguments are SQLite's, passed on as they are to the method that would have got them.
        file.own.$method.map_or($otherwise, |method| unsafe { method($file $(, $argument)*) })
    }};
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let closed = own!(file, xClose, ffi::SQLITE_OK);
    lock(&FILES).remove(&(file as usize));
    closed
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    match File::of(file).asked(Op::Read) {
        Some(fault) => fault.code,
        None => own!(file, xRead, ffi::SQLITE_IOERR_READ, into, amount, at),
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    let this = File::of(file);
    let fault = this.asked(Op::Write);
    let amount = fault.map_or(amount, |fault| amount * fault.halves_done / 2);
    if amount > 0 {
        // SAFETY: SQLite gives `amount` bytes or more.
        let bytes =
            unsafe { std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(amount).unwrap_or_default()) };
        let change = Change::Write { at: usize::try_from(at).unwrap_or_default(), bytes: bytes.to_vec() };
        this.disk.iter().for_each(|disk| disk.changed(&this.name, change.clone()));
        let written = own!(file, xWrite, ffi::SQLITE_IOERR_WRITE, from, amount, at);
        if written != ffi::SQLITE_OK {
            return written;
        }
    }
    fault.map_or(ffi::SQLITE_OK, |fault| fault.code)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    let this = File::of(file);
    if let Some(fault) = this.asked(Op::Truncate) {
        return fault.code;
    }
    let change = Change::Truncate(usize::try_from(length).unwrap_or_default());
    this.disk.iter().for_each(|disk| disk.changed(&this.name, change.clone()));
    own!(file, xTruncate, ffi::SQLITE_IOERR_TRUNCATE, length)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let this = File::of(file);
    if let Some(fault) = this.asked(Op::Sync) {
        return fault.code;
    }
    // What counts as flushed is counted here. Waiting for a real disk would only take time.
    let _ = flags;
    this.disk.iter().for_each(|disk| disk.flushed(&this.name));
    ffi::SQLITE_OK
}

unsafe extern "C" fn size(file: *mut sqlite3_file, into: *mut sqlite3_int64) -> c_int {
    match File::of(file).asked(Op::Size) {
        Some(fault) => fault.code,
        None => own!(file, xFileSize, ffi::SQLITE_IOERR_FSTAT, into),
    }
}

unsafe extern "C" fn map_index(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    into: *mut *mut c_void,
) -> c_int {
    match File::of(file).asked(Op::MapIndex) {
        Some(fault) => fault.code,
        None => own!(file, xShmMap, ffi::SQLITE_IOERR_SHMMAP, page, size, extend, into),
    }
}

unsafe extern "C" fn lock_index(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // A lock that cannot be given back is no fault that a disk has.
    let takes = flags & ffi::SQLITE_SHM_LOCK != 0;
    match takes.then(|| File::of(file).asked(Op::LockIndex)).flatten() {
        Some(fault) => fault.code,
        None => own!(file, xShmLock, ffi::SQLITE_IOERR_SHMLOCK, offset, count, flags),
    }
}

unsafe extern "C" fn lock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    own!(file, xLock, ffi::SQLITE_IOERR_LOCK, level)
}

unsafe extern "C" fn unlock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    own!(file, xUnlock, ffi::SQLITE_IOERR_UNLOCK, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    own!(file, xCheckReservedLock, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, out)
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    own!(file, xFileControl, ffi::SQLITE_NOTFOUND, op, argument)
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    own!(file, xSectorSize, 4096)
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    own!(file, xDeviceCharacteristics, 0)
}

unsafe extern "C" fn barrier(file: *mut sqlite3_file) {
    let () = own!(file, xShmBarrier, ());
}

unsafe extern "C" fn unmap_index(file: *mut sqlite3_file, delete: c_int) -> c_int {
    own!(file, xShmUnmap, ffi::SQLITE_OK, delete)
}
