//! A file that takes its place only once it is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::TempPath;

/// Bytes that are gathered before they go to the file.
const BUFFER: usize = 256 << 10;

/// A file on its way: written beside its place and moved there by [`Target::finish`]. Dropped before, it leaves nothing.
pub struct Target {
    file: BufWriter<File>,
    unfinished: TempPath,
    place: PathBuf,
}

impl Target {
    /// Begins a file; what stands in its place stays until the end. A link keeps leading where it led, and what it leads to is
    /// replaced; permissions stay.
    ///
    /// # Errors
    /// As the file system says; `PermissionDenied` for a file marked read-only, `IsADirectory`, and `Unsupported` for a device.
    pub fn create(path: &Path) -> io::Result<Target> {
        let place = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(path)?,
            Err(error) => return Err(error),
        };
        let before = match fs::metadata(&place) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Err(io::ErrorKind::Unsupported.into()),
            Ok(found) if found.permissions().readonly() => return Err(io::ErrorKind::PermissionDenied.into()),
            Ok(found) => Some(found.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let folder = place.parent().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".rowhouse-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any new file: what the process's mask leaves of it.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let (file, unfinished) = builder.tempfile_in(folder)?.into_parts();
        if let Some(before) = before {
            file.set_permissions(before)?;
        }
        Ok(Target { file: BufWriter::with_capacity(BUFFER, file), unfinished, place })
    }

    /// Where it will be.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Everything was written: the bytes go to the disk and the file takes its place.
    ///
    /// # Errors
    /// As the file system says; then nothing has changed.
    pub fn finish(self) -> io::Result<()> {
        let Target { file, unfinished, place } = self;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()?;
        unfinished.persist(&place).map_err(|error| error.error)
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
