//! Where holds live and how much room they have together.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arrow_schema::SchemaRef;
use driver::{Code, Error, ValueContext};
use tempfile::TempDir;

use crate::{Hold, HoldWriter, cache::Cache};

/// How much the holds of one store may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Most bytes on disk of all holds together. Half of the disk's free room is a limit too.
    pub total_bytes: u64,
    /// A hold goes to disk when it grows beyond this many bytes.
    pub memory_bytes: usize,
    /// Bytes of decoded rows kept for windows, of all holds together.
    pub cache_bytes: usize,
    /// Where spool files are made; created with access for its owner alone. `None` is a private folder among the
    /// system's temporary files, which on some systems is memory.
    pub folder: Option<PathBuf>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { total_bytes: 20_000_000_000, memory_bytes: 1 << 20, cache_bytes: 64 << 20, folder: None }
    }
}

enum Folder {
    Given(PathBuf),
    Private(TempDir),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Folder::Given(path) => path,
            Folder::Private(folder) => folder.path(),
        }
    }
}

/// What every hold of a store shares.
pub(crate) struct Shared {
    folder: Folder,
    pub(crate) limits: Limits,
    pub(crate) cache: Cache,
    used: AtomicU64,
    free_checked_at: AtomicU64,
    next: AtomicU64,
}

/// Free room is asked for again whenever this much more was written.
const CHECK_EVERY: u64 = 64 << 20;

impl Shared {
    /// Takes room on disk.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<(), Error> {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let full = |message: String| {
            self.release(bytes);
            Err(Error::new(Code::Exhausted, message)
                .with_hint("Close results you no longer need, or read fewer rows. What was read stays."))
        };
        if used > self.limits.total_bytes {
            return full(format!("Results on disk have reached their limit of {} MB.", self.limits.total_bytes >> 20));
        }
        let checked = self.free_checked_at.load(Ordering::Relaxed);
        if used.abs_diff(checked) >= CHECK_EVERY || checked == 0 {
            self.free_checked_at.store(used, Ordering::Relaxed);
            // A system that cannot tell its free room still refuses the write itself.
            if let Ok(free) = fs4::available_space(self.folder.path())
                && used.saturating_sub(bytes) > free
            {
                return full("Results on disk have taken half of its free room.".to_owned());
            }
        }
        Ok(())
    }

    /// Gives room back.
    pub(crate) fn release(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// A new file without a name.
    pub(crate) fn file(&self) -> Result<File, Error> {
        tempfile::tempfile_in(self.folder.path()).map_err(|error| write_error(error, "create a file for the result"))
    }
}

/// An I/O error while writing, as a person should see it.
pub(crate) fn write_error(error: io::Error, what: &str) -> Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let full = matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
    let (code, message) = match full {
        true => (Code::Exhausted, format!("The disk is full: could not {what}.")),
        false => (Code::Internal, format!("Could not {what}: {error}.")),
    };
    let error = Error::new(code, message).with_source(error);
    if full { error.with_hint("Make room on the disk and run it again. What was read stays.") } else { error }
}

/// Holds results on disk within limits. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

impl Store {
    /// Opens a store.
    ///
    /// # Errors
    /// `Exhausted` or `Internal` when the folder cannot be made.
    pub fn new(limits: Limits) -> Result<Self, Error> {
        let what = "make the folder for results";
        let folder = match &limits.folder {
            Some(path) => {
                create_private(path).map_err(|error| write_error(error, what))?;
                Folder::Given(path.clone())
            }
            None => Folder::Private(
                tempfile::Builder::new()
                    .prefix("rowhouse-results-")
                    .tempdir()
                    .map_err(|error| write_error(error, what))?,
            ),
        };
        let shared = Shared {
            folder,
            cache: Cache::new(limits.cache_bytes),
            limits,
            used: AtomicU64::new(0),
            free_checked_at: AtomicU64::new(0),
            next: AtomicU64::new(1),
        };
        Ok(Store { shared: Arc::new(shared) })
    }

    /// Starts a hold.
    ///
    /// # Errors
    /// `Internal` for a schema that Arrow IPC cannot carry.
    pub fn hold(&self, schema: SchemaRef, context: ValueContext) -> Result<(HoldWriter, Hold), Error> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        crate::hold::start(id, Arc::clone(&self.shared), schema, context)
    }

    /// Bytes on disk of all holds together.
    pub fn disk_bytes(&self) -> u64 {
        self.shared.used.load(Ordering::Relaxed)
    }

    /// Bytes of decoded rows kept for windows.
    pub fn cached_bytes(&self) -> usize {
        self.shared.cache.bytes()
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
