//! Opening a file: what may go wrong, told apart, and how a file that may not be written is still read.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use driver::{Code, Error};
use rusqlite::{Connection, OpenFlags, config::DbConfig, ffi};

use crate::{cancel, error, restrict};

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file, by absolute path.
    File(PathBuf),
    /// Memory, shared by the sessions of one connection under this name.
    Memory(String),
}

/// What to open and how.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) place: Place,
    /// Make the file when it is missing.
    pub(crate) create: bool,
    /// Asked to be read-only, by the profile or a safety level.
    pub(crate) read_only: bool,
    /// `None` leaves the library's setting.
    pub(crate) foreign_keys: Option<bool>,
}

/// What was found while opening.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opened {
    pub(crate) read_only: bool,
    /// Why it is read-only although nobody asked.
    pub(crate) because: Option<String>,
    /// Opened as a file that nobody changes.
    pub(crate) immutable: bool,
    /// Worth telling.
    pub(crate) notice: Option<String>,
}

const HEADER: &[u8; 16] = b"SQLite format 3\0";
const SURE_READ: &str = "SELECT count(*) FROM sqlite_schema";

/// Opens the source. Blocks, for at most the busy wait when another program holds the file.
pub(crate) fn open(source: &Source) -> Result<(Connection, Opened), Error> {
    match &source.place {
        Place::File(path) => open_file(source, path),
        Place::Memory(name) => {
            let uri = format!("file:/{name}?vfs=memdb");
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&uri, flags).map_err(|error| error::translate(error, ""))?;
            prepare(&connection, source).map_err(|error| error::translate(error, ""))?;
            seal(connection, Opened { read_only: source.read_only, ..Opened::default() })
        }
    }
}

fn open_file(source: &Source, path: &Path) -> Result<(Connection, Opened), Error> {
    let mut opened = Opened { read_only: source.read_only, ..Opened::default() };
    let exists = examine(source, path, &mut opened)?;
    let mode = if opened.read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else if source.create && !exists {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    };
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match attempt(source, path, flags) {
        Ok(connection) => {
            if !opened.read_only && connection.is_readonly("main").unwrap_or(false) {
                opened.read_only = true;
                opened.because = Some("the file may not be written".to_owned());
            }
            seal(connection, opened)
        }
        Err(error) if opened.read_only && cannot_share_log(&error) && is_write_ahead(path) => {
            frozen(source, path, opened)
        }
        Err(error) => Err(explain(error, path)),
    }
}

/// Looks at the file before SQLite does: SQLite has one answer for most of what can be wrong. Returns whether it exists.
fn examine(source: &Source, path: &Path, opened: &mut Opened) -> Result<bool, Error> {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(Error::new(Code::NotFound, format!("{shown} is a folder, not a database file."))
                .with_hint("Choose the file inside it."));
        }
        Ok(found) => {
            if let Err(error) = fs::File::open(path) {
                return Err(unreadable(error, path));
            }
            if found.len() == 0 {
                opened.notice = Some(format!("{shown} has 0 bytes: to SQLite it is an empty database."));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if !source.create {
                return Err(Error::new(Code::NotFound, format!("The file {shown} does not exist."))
                    .with_hint("Check the path. To make a new database there, choose the mode “create”."));
            }
            if source.read_only {
                return Err(Error::new(Code::NotFound, format!("The file {shown} does not exist."))
                    .with_hint("A read-only connection makes no files."));
            }
            let parent = path.parent().filter(|parent| !parent.is_dir());
            if let Some(parent) = parent {
                return Err(Error::new(Code::NotFound, format!("The folder {} does not exist.", parent.display()))
                    .with_hint("Make the folder first."));
            }
            return Ok(false);
        }
        Err(error) => return Err(unreadable(error, path)),
    }
    if !opened.read_only {
        let parent = path.parent().unwrap_or(path);
        let because = if !may_write(path) {
            Some("the file may not be written")
        } else if !may_write(parent) {
            Some("the folder may not be written, so SQLite could keep no journal")
        } else {
            None
        };
        if let Some(because) = because {
            opened.read_only = true;
            opened.because = Some(because.to_owned());
        }
    }
    Ok(true)
}

fn unreadable(error: io::Error, path: &Path) -> Error {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied => Error::new(Code::Forbidden, format!("The file {shown} may not be read."))
            .with_hint("Ask its owner for read permission on the file and its folders.")
            .with_source(error),
        io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => {
            Error::new(Code::NotFound, format!("{shown} is no path of a file.")).with_source(error)
        }
        _ => Error::new(Code::Unreachable, format!("The file {shown} cannot be reached: {error}.")).with_source(error),
    }
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn may_write(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { return false };
    // SAFETY: the path is a valid C string that outlives the call, which only reads it.
    unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::W_OK, libc::AT_EACCESS) == 0 }
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    // A folder's read-only attribute means nothing on Windows; SQLite finds out about a file itself.
    path.is_dir() || fs::metadata(path).is_ok_and(|found| !found.permissions().readonly())
}

fn attempt(source: &Source, path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection, source)?;
    Ok(connection)
}

/// Settings of every connection, then a first read, which is when SQLite really opens the file.
fn prepare(connection: &Connection, source: &Source) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(Duration::ZERO)?;
    connection.busy_handler(Some(cancel::busy))?;
    connection.progress_handler(cancel::TICK_INSTRUCTIONS, Some(cancel::tick))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false)?;
    if let Some(on) = source.foreign_keys {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on)?;
    }
    connection.query_row(SURE_READ, [], |_| Ok(()))
}

fn seal(connection: Connection, opened: Opened) -> Result<(Connection, Opened), Error> {
    restrict::install(&connection, opened.read_only).map_err(|error| error::translate(error, ""))?;
    Ok((connection, opened))
}

/// SQLite cannot make the shared memory that readers of a write-ahead log use.
fn cannot_share_log(error: &rusqlite::Error) -> bool {
    error::failure(error).is_some_and(|failure| {
        matches!(failure.primary(), ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY | ffi::SQLITE_IOERR)
    })
}

fn is_write_ahead(path: &Path) -> bool {
    header(path).is_some_and(|bytes| bytes.starts_with(HEADER) && bytes.get(18..20) == Some(&[2, 2]))
}

/// A file with a write-ahead log in a folder that may not be written: readable as a frozen file if the log is empty.
fn frozen(source: &Source, path: &Path, mut opened: Opened) -> Result<(Connection, Opened), Error> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(Error::new(
            Code::Forbidden,
            format!(
                "{} has changes in its write-ahead log, which cannot be read from a folder that may not be written.",
                path.display()
            ),
        )
        .with_hint("Copy the file together with its -wal file to a folder of yours and open the copy."));
    }
    let uri = format!("file:{}?immutable=1", escape(&path.to_string_lossy()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = attempt(source, Path::new(&uri), flags).map_err(|error| explain(error, path))?;
    opened.immutable = true;
    opened.notice = Some(
        "The folder may not be written, so the file was opened as one that never changes: \
         what other programs write is not seen until you connect again."
            .to_owned(),
    );
    seal(connection, opened)
}

fn escape(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn header(path: &Path) -> Option<Vec<u8>> {
    use io::Read;
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// An error of opening, with the file's name and what to do.
fn explain(error: rusqlite::Error, path: &Path) -> Error {
    let shown = path.display();
    let Some(failure) = error::failure(&error) else { return error::translate(error, "") };
    let (code, message, hint) = match failure.primary() {
        ffi::SQLITE_NOTADB | ffi::SQLITE_CORRUPT => {
            let bytes = header(path).unwrap_or_default();
            if bytes.starts_with(HEADER) {
                (
                    Code::Corrupt,
                    format!("{shown} is damaged."),
                    "Work on a copy; the sqlite3 shell's .recover may save rows.",
                )
            } else if looks_encrypted(&bytes) {
                (
                    Code::Corrupt,
                    format!("{shown} is not a plain SQLite database; it looks encrypted."),
                    "Encrypted databases (SQLCipher, SEE) cannot be opened. Export it without encryption first.",
                )
            } else {
                (Code::Corrupt, format!("{shown} is not an SQLite database."), "Choose a file that SQLite made.")
            }
        }
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => (
            Code::Conflict,
            format!("{shown} is locked by another program."),
            "Close the other program or end its transaction, then connect again.",
        ),
        ffi::SQLITE_CANTOPEN => (
            Code::Forbidden,
            format!("{shown} could not be opened."),
            "Check the permissions of the file, its folder and its -wal and -shm files.",
        ),
        ffi::SQLITE_READONLY => (
            Code::Forbidden,
            format!("{shown} needs to be recovered after a crash, which a read-only connection cannot do."),
            "Open it once with write permission, for example with the sqlite3 shell.",
        ),
        _ => return error::translate(error, ""),
    };
    let native = error::translate(error, "").native;
    let mut explained = Error::new(code, message).with_hint(hint);
    explained.native = native;
    explained
}

/// Encrypted pages are noise: nearly all byte values occur in the first 4 KiB, and the size is whole pages.
fn looks_encrypted(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    match bytes.len() {
        4096.. => distinct > 250,
        1024..=4095 => distinct > 240,
        _ => false,
    }
}
