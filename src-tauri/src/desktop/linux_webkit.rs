//! What WebKitGTK has to be told of the machine, set before the first thread and only where nothing was set.
//!
//! With NVIDIA's own driver the window stays white or the program ends when WebKit shares graphics buffers:
//! <https://github.com/tauri-apps/tauri/issues/9394>. On Wayland it is enough to turn the driver's explicit synchronisation off, which
//! keeps the graphics card in use; under X11 WebKit has to be kept from DMA-BUF.
//!
//! Without a graphics card, as in many virtual and remote desktops, WebKit would have its pages drawn by a graphics card that Mesa
//! imitates. To draw them itself takes it a third of the time.
//!
//! Whoever sets one of the variables to anything, empty included, decides for himself.

use std::path::Path;

/// Sets what this machine needs.
pub(crate) fn apply() {
    let has_nvidia = Path::new("/proc/driver/nvidia/version").exists();
    let is_wayland = std::env::var_os("WAYLAND_DISPLAY").is_some();
    let (name, value) = match (has_nvidia, is_wayland) {
        (true, true) => ("__NV_DISABLE_EXPLICIT_SYNC", "1"),
        (true, false) => ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
        (false, _) if has_graphics_card() => return,
        (false, _) => ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"),
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

/// Whether the kernel knows one that draws: it gives each a device of this name. A folder that cannot be read counts as one.
fn has_graphics_card() -> bool {
    let Ok(devices) = std::fs::read_dir("/dev/dri") else { return Path::new("/dev/dri").exists() };
    devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}
