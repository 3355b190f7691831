//! Writing a file whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Replaces or makes a file: the bytes go to a new file beside it, to the disk, and then into its place. A link keeps
/// leading where it led, permissions stay, and whoever reads sees the old content or the new.
///
/// # Errors
/// As the file system says; the old content is then still there. `PermissionDenied` for a file marked read-only, which
/// the system itself would replace.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // As an editor makes files: the user's umask decides.
    replace(path, bytes, 0o666)
}

/// As [`write`], for a file of our own that nobody else reads.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, 0o600)
}

/// `mode` is that of a new file.
#[cfg_attr(not(unix), allow(unused_variables))]
fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // A link's target is replaced, not the link.
    let path = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(path)?,
        Err(error) => return Err(error),
    };
    let permissions = match fs::metadata(&path) {
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.permissions().readonly() => return Err(io::ErrorKind::PermissionDenied.into()),
        Ok(found) => Some(found.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = path.parent().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rowhouse-").suffix(".tmp");
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    // The name is on disk only when its folder is. Not every file system offers this.
    #[cfg(unix)]
    if let Err(error) = fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::debug!(%error, "the folder was not flushed");
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn permissions_and_links_stay_and_nothing_is_left_beside() {
        let scratch = tempfile::tempdir().unwrap();
        let (file, link) = (scratch.path().join("a.sql"), scratch.path().join("link.sql"));
        write(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write(&link, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(mode(&file), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_read_only_file_and_a_folder_are_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("a.sql");
        write(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        assert_eq!(write(&file, b"two").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&file).unwrap(), b"one");
        assert!(write(scratch.path(), b"x").is_err());
        assert!(write(&scratch.path().join("no/a.sql"), b"x").is_err());
    }
}
