//! One desktop process per home: the first holds the lock and listens; a later launch asks it for a window and ends.

#[cfg_attr(windows, path = "instance/pipe.rs")]
#[cfg_attr(unix, path = "instance/socket.rs")]
mod channel;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{home, lock};
use crate::api::{AppError, ErrorCode};

pub use super::lock::FileLock;

/// How long the first process may take to answer: it may still be starting.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest request.
const LONGEST: u64 = 64 * 1024;
const GRANTED: &[u8] = b"ok\n";

/// What a launch turned out to be.
#[derive(Debug)]
pub enum Launch {
    /// The first of this home: it opens the core and the windows.
    First(First),
    /// Another process of this home has opened the window; nothing is left to do.
    Asked,
}

/// The lock of a home and the requests of later launches.
#[derive(Debug)]
pub struct First {
    /// Given to [`crate::App::open_locked`].
    pub lock: FileLock,
    /// One item for each window a later launch asks for, with what it shall show.
    pub requests: mpsc::UnboundedReceiver<Option<String>>,
    /// Takes the address away when dropped.
    pub listener: Listener,
}

/// Keeps later launches being heard.
#[derive(Debug)]
pub struct Listener {
    _channel: channel::Listener,
}

#[derive(Serialize, Deserialize)]
struct Request {
    open: Option<String>,
}

/// Finds out whether this launch is the first of its home; if not, asks the first to open a window on `target`.
///
/// Call it before anything else: it starts one thread in the first process and none in the others.
///
/// # Errors
/// `Conflict` when another process has the home and does not answer; else as the file system says.
pub fn claim(home: &Path, target: Option<&str>) -> Result<Launch, AppError> {
    home::make(home)?;
    let path = lock_path(home);
    let begun = Instant::now();
    let request = Request { open: target.map(absolute) };
    loop {
        if let Some(lock) = lock::FileLock::try_take(&path)? {
            let (sender, requests) = mpsc::unbounded_channel();
            let channel = channel::Listener::start(home, move |line| {
                let Ok(request) = serde_json::from_slice::<Request>(line) else { return false };
                sender.send(request.open).is_ok()
            })
            .map_err(|error| AppError::file(&error, &channel::address(home), "listened on"))?;
            return Ok(Launch::First(First { lock, requests, listener: Listener { _channel: channel } }));
        }
        let message = serde_json::to_vec(&request).map_err(AppError::internal)?;
        match channel::ask(home, &message) {
            Ok(()) => return Ok(Launch::Asked),
            Err(error) => tracing::debug!(%error, "the first process does not answer yet"),
        }
        if begun.elapsed() > PATIENCE {
            return Err(busy(&path));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn lock_path(home: &Path) -> PathBuf {
    home.join("window.lock")
}

/// The error of a window process whose home another one has.
pub(crate) fn busy(lock: &Path) -> AppError {
    AppError::new(
        ErrorCode::Conflict,
        format!("Another Rowhouse window{} uses this folder and does not answer.", lock::holder(lock)),
    )
    .with_hint("Close it, or end its process; what was typed in it is kept and comes back.")
}

/// The first process may stand in another folder.
fn absolute(target: &str) -> String {
    let path = Path::new(target);
    if path.exists()
        && let Ok(path) = std::path::absolute(path)
    {
        return path.to_string_lossy().into_owned();
    }
    target.to_owned()
}

/// A name for this home that fits where a path would not.
fn short_name(home: &Path) -> String {
    // FNV-1a: only has to tell the homes of one user apart, the same in every version of the program.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in home.as_os_str().as_encoded_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("rowhouse-{hash:016x}")
}

#[cfg(all(test, unix))]
mod tests;
