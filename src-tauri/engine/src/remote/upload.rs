//! A file on its way to the platform.

use std::fmt;
use std::io;

use futures_util::stream::BoxStream;

/// A file, read while it is sent: at no moment is it in memory as a whole.
pub struct Upload {
    /// Its name, without any folder.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// The bytes, in order.
    pub bytes: BoxStream<'static, io::Result<Vec<u8>>>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("size", &self.size).finish_non_exhaustive()
    }
}
