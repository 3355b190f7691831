//! Where Rowhouse keeps its store.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::api::{AppError, ErrorCode};

/// The variable that overrides the platform's data folder.
pub const VARIABLE: &str = "ROWHOUSE_HOME";

/// The folder of this launch: `given`, else `ROWHOUSE_HOME`, else the platform's data folder. Always absolute;
/// not made yet.
///
/// # Errors
/// `NotFound` when the platform names no folder for the user.
pub fn folder(given: Option<&Path>) -> Result<PathBuf, AppError> {
    let chosen = match given {
        Some(path) => path.to_owned(),
        None => match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            Some(path) => PathBuf::from(path),
            None => standard().ok_or_else(|| {
                AppError::new(ErrorCode::NotFound, "The system names no folder for this user's data.")
                    .with_hint("Set ROWHOUSE_HOME to a folder Rowhouse may keep its store in.")
            })?,
        },
    };
    std::path::absolute(&chosen).map_err(|error| AppError::file(&error, &chosen, "used"))
}

#[cfg(target_os = "macos")]
fn standard() -> Option<PathBuf> {
    variable("HOME").map(|home| home.join("Library/Application Support/Rowhouse"))
}

// The local folder: a roaming profile must not copy an open database.
#[cfg(windows)]
fn standard() -> Option<PathBuf> {
    variable("LOCALAPPDATA").map(|folder| folder.join("Rowhouse"))
}

#[cfg(not(any(windows, target_os = "macos")))]
fn standard() -> Option<PathBuf> {
    // The XDG specification ignores relative values.
    let data = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
    data.or_else(|| variable("HOME").map(|home| home.join(".local/share"))).map(|data| data.join("rowhouse"))
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Makes the folder, readable by its owner only; one that exists stays as it is.
///
/// # Errors
/// As the file system says: `Forbidden`, `Exhausted`, `Unsupported` (a file is there).
pub fn make(home: &Path) -> Result<(), AppError> {
    if home.is_dir() {
        return Ok(());
    }
    private_folder(home).map_err(|error| {
        // The system says “file exists”, which does not help when a folder was wanted.
        if error.kind() == io::ErrorKind::AlreadyExists {
            AppError::new(ErrorCode::Unsupported, format!("“{}” is a file, not a folder.", home.display()))
                .with_hint("Set ROWHOUSE_HOME to a folder.")
        } else {
            AppError::file(&error, home, "made")
        }
    })
}

#[cfg(unix)]
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

// Folders under a Windows user's profile are the user's own already.
#[cfg(not(unix))]
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).create(path)
}

/// How to make a file that only its owner may read.
pub(crate) fn private_file() -> fs::OpenOptions {
    #[allow(unused_mut)]
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Takes a file that is there away from everybody but its owner.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_folder_is_made_for_its_owner_only() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path().join("a/b");
        make(&home).unwrap();
        make(&home).unwrap();
        assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_its_place_is_said_to_be_one() {
        let scratch = tempfile::tempdir().unwrap();
        let home = scratch.path().join("home");
        fs::write(&home, "x").unwrap();
        assert_eq!(make(&home).unwrap_err().code, ErrorCode::Unsupported);
        assert!(make(&home.join("below")).is_err());
    }

    #[test]
    fn a_given_folder_wins_and_becomes_absolute() {
        let folder = folder(Some(Path::new("here"))).unwrap();
        assert!(folder.is_absolute() && folder.ends_with("here"));
    }
}
