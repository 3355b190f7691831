//! Whether the window draws without the GPU.
//!
//! WebKitGTK without a GPU draws several times slower through its DMA-BUF renderer than with plain shared memory. The
//! switch is an environment variable that must be set before GTK and before any thread, so the setting is read from the
//! store here, without the store.

use std::{ffi::OsStr, path::Path, sync::OnceLock};

use crate::api::{Settings, SoftwareRendering};

/// WebKitGTK's own variable.
pub const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// Whether [`VARIABLE`] has to be set to `1`.
    pub set: bool,
    /// The decision in words.
    pub reason: &'static str,
}

static DECIDED: OnceLock<Rendering> = OnceLock::new();

/// Decides for this process, once.
pub fn decide(home: &Path) -> &'static Rendering {
    DECIDED.get_or_init(|| {
        let value = std::env::var_os(VARIABLE);
        choose(cfg!(target_os = "linux"), value.as_deref(), setting(home), has_gpu(Path::new("/dev/dri")))
    })
}

/// Sets the variable where it was decided so.
///
/// # Safety
/// No other thread may be running: the environment of a process is not guarded.
pub unsafe fn apply(rendering: &Rendering) {
    if rendering.set {
        // SAFETY: the caller promises to be the only thread.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}

fn choose(linux: bool, value: Option<&OsStr>, setting: SoftwareRendering, gpu: bool) -> Rendering {
    let (set, reason) = match (linux, value, setting, gpu) {
        (false, ..) => (false, "As the system does it."),
        (_, Some(value), ..) if value.is_empty() || value == "0" => {
            (false, "With the GPU, because WEBKIT_DISABLE_DMABUF_RENDERER says so.")
        }
        (_, Some(_), ..) => (false, "Without the GPU, because WEBKIT_DISABLE_DMABUF_RENDERER is set."),
        (_, _, SoftwareRendering::Always, _) => (true, "Without the GPU, because the settings say so."),
        (_, _, SoftwareRendering::Never, _) => (false, "With the GPU, because the settings say so."),
        (_, _, SoftwareRendering::Auto, true) => (false, "With the GPU."),
        (_, _, SoftwareRendering::Auto, false) => (true, "Without the GPU: this computer has none."),
    };
    Rendering { set, reason }
}

/// A render node is what a program without the screen's master rights draws with.
fn has_gpu(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
}

/// The setting, read on this thread alone. Anything in the way means the default: the store's own opening tells errors.
fn setting(home: &Path) -> SoftwareRendering {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    rusqlite::Connection::open_with_flags(crate::store::file(home), flags)
        .and_then(|store| {
            store.query_row("SELECT value FROM settings WHERE name = 'settings'", [], |row| row.get::<_, String>(0))
        })
        .map(|stored| crate::settings::read(&stored).software_rendering)
        .unwrap_or_else(|_| Settings::default().software_rendering)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_users_own_value_wins_over_the_setting_and_the_setting_over_the_probe() {
        use SoftwareRendering::{Always, Auto, Never};
        let set = |value: Option<&str>, setting, gpu| choose(true, value.map(OsStr::new), setting, gpu).set;
        assert!(set(None, Auto, false));
        assert!(!set(None, Auto, true));
        assert!(set(None, Always, true));
        assert!(!set(None, Never, false));
        assert!(!set(Some("0"), Always, false));
        assert!(!set(Some("1"), Never, true));
        assert!(!choose(false, None, Always, false).set, "only WebKitGTK has this switch");
        assert!(choose(true, Some(OsStr::new("1")), Auto, true).reason.starts_with("Without"));
    }

    #[test]
    fn only_a_render_node_is_a_gpu() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(!has_gpu(&scratch.path().join("missing")));
        std::fs::write(scratch.path().join("card0"), "").unwrap();
        assert!(!has_gpu(scratch.path()));
        std::fs::write(scratch.path().join("renderD128"), "").unwrap();
        assert!(has_gpu(scratch.path()));
    }
}
