//! The sample database: a shop for bricks and things for the home.
//!
//! Made on first start rather than shipped, and the same bytes each time: no clock, no randomness of the system. It
//! shows what tables can hold (exact decimals, JSON, pictures, NULL beside empty text, writing that runs to the left,
//! the largest integers) and how they hang together.

mod calendar;
mod dice;
mod goods;
mod people;
mod picture;
mod sales;
mod words;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use rusqlite::{Connection, OpenFlags};

/// Grows whenever the content changes, so that an older sample can be told and replaced. It is the file's `user_version`.
pub const VERSION: i32 = 1;

const SEED: u64 = 0x5f0a_2b71_c3d4_9e86;
const SCHEMA: &str = include_str!("sample/schema.sql");
const VIEWS: &str = include_str!("sample/views.sql");

/// What is in the sample, for the home screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Tables.
    pub tables: u32,
    /// Views.
    pub views: u32,
    /// Rows of all tables.
    pub rows: u64,
}

/// What is in the sample, without opening it.
pub const fn summary() -> Summary {
    Summary { tables: 21, views: 6, rows: 63_007 }
}

/// Why the sample could not be made.
#[derive(Debug)]
pub enum SampleError {
    /// The folder or file could not be written.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite could not write it: mostly a full disk.
    Database(rusqlite::Error),
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SampleError::Io { path, source } => {
                write!(f, "The sample database could not be written to {}: {source}.", path.display())
            }
            SampleError::Database(error) => write!(f, "The sample database could not be made: {error}."),
        }
    }
}

impl std::error::Error for SampleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SampleError::Io { source, .. } => Some(source),
            SampleError::Database(error) => Some(error),
        }
    }
}

impl From<rusqlite::Error> for SampleError {
    fn from(error: rusqlite::Error) -> Self {
        SampleError::Database(error)
    }
}

/// Makes the sample at `path`, replacing a file that is there; its folder must exist.
///
/// It is written beside its place and moved there when whole, so that nobody ever opens half of it.
///
/// # Errors
/// See [`SampleError`]; nothing is left behind then.
pub fn generate(path: &Path) -> Result<(), SampleError> {
    static ATTEMPT: AtomicU64 = AtomicU64::new(0);
    let attempt = ATTEMPT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{attempt}.partial", std::process::id()));
    let partial = path.with_file_name(name);
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| SampleError::Io { path, source }
    };
    let made = fs::File::create(&partial)
        .map_err(at(&partial))
        .and_then(|_| fill(&partial))
        .and_then(|()| fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(at(&partial)))
        .and_then(|()| fs::rename(&partial, path).map_err(at(path)));
    if made.is_err() {
        // The error says what happened; a leftover would only add to it.
        let _ = fs::remove_file(&partial);
    }
    made
}

fn fill(path: &Path) -> Result<(), SampleError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // A file that is thrown away unless it is finished needs neither journal nor order of writes. Foreign keys are
    // checked once, by a test, rather than for every row.
    connection.execute_batch(&format!(
        "PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = OFF;
         PRAGMA user_version = {VERSION}; BEGIN"
    ))?;
    connection.execute_batch(SCHEMA)?;
    let mut dice = dice::Dice::new(SEED);
    let dice = &mut dice;
    people::settings(&connection)?;
    people::countries(&connection)?;
    people::employees(&connection, dice)?;
    let customers = people::customers(&connection, dice)?;
    let categories = goods::categories(&connection)?;
    goods::suppliers(&connection, dice)?;
    let goods = goods::products(&connection, dice, &categories)?;
    goods::inventory(&connection, dice)?;
    sales::coupons(&connection, dice)?;
    sales::orders(&connection, dice, &customers, &goods)?;
    sales::reviews(&connection, dice)?;
    sales::audit(&connection, dice)?;
    connection.execute_batch(VIEWS)?;
    // So that the explorer can show how many rows there are without counting.
    connection.execute_batch("COMMIT; ANALYZE")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

#[cfg(test)]
mod tests;
