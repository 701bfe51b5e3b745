//! Workarounds for WebKitGTK, set before the first thread and only where nothing was set.
//!
//! With NVIDIA's own driver the window stays white or the program ends when WebKit shares graphics buffers:
//! <https://github.com/tauri-apps/tauri/issues/9394>. On Wayland it is enough to turn the driver's explicit synchronisation off, which
//! keeps the graphics card in use; under X11 WebKit has to be kept from DMA-BUF. Whoever sets one of the variables to anything,
//! empty included, decides for himself.

use std::path::Path;

/// Sets what this machine needs.
pub(crate) fn apply() {
    if !Path::new("/proc/driver/nvidia/version").exists() {
        return;
    }
    let (name, value) = if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        ("__NV_DISABLE_EXPLICIT_SYNC", "1")
    } else {
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
    };
    if std::env::var_os(name).is_none() {
        #[expect(
            unsafe_code,
            reason = "called first in the program, while it has one thread: nobody reads the environment meanwhile"
        )]
        // SAFETY: no other thread exists yet.
        unsafe {
            std::env::set_var(name, value);
        }
    }
}
