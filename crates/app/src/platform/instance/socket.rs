//! Later launches speak over a Unix socket that only its owner may open.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{GRANTED, LONGEST, short_name};

/// What fits the address of a socket on every Unix, its end included.
const LONGEST_ADDRESS: usize = 100;
const LIMIT: Duration = Duration::from_secs(3);

/// In the home, or, where that path is too long for a socket, in the user's folder for such things.
pub(super) fn address(home: &Path) -> PathBuf {
    let beside = home.join("window.sock");
    if beside.as_os_str().len() <= LONGEST_ADDRESS {
        return beside;
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    runtime.unwrap_or_else(std::env::temp_dir).join(format!("{}.sock", short_name(home)))
}

#[derive(Debug)]
pub(super) struct Listener {
    path: PathBuf,
    stopped: Arc<AtomicBool>,
}

impl Listener {
    /// Whoever calls holds the home's lock, so a socket that is there is left over from a process that died.
    pub(super) fn start(home: &Path, heard: impl Fn(&[u8]) -> bool + Send + 'static) -> io::Result<Listener> {
        let path = address(home);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        std::thread::Builder::new().name("launches".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                if let Err(error) = stream.and_then(|stream| answer(stream, &heard)) {
                    tracing::debug!(%error, "a launch was not understood");
                }
            }
        })?;
        Ok(Listener { path, stopped })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread.
        let _ = UnixStream::connect(&self.path);
        let _ = fs::remove_file(&self.path);
    }
}

fn answer(stream: UnixStream, heard: &impl Fn(&[u8]) -> bool) -> io::Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let mut line = Vec::new();
    BufReader::new((&stream).take(LONGEST)).read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') && heard(&line) {
        (&stream).write_all(GRANTED)?;
    }
    Ok(())
}

pub(super) fn ask(home: &Path, message: &[u8]) -> io::Result<()> {
    let path = address(home);
    // In a folder that others may write to, somebody else's socket must not hear our targets.
    // SAFETY: `geteuid` has no preconditions and cannot fail.
    if fs::symlink_metadata(&path)?.uid() != unsafe { libc::geteuid() } {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut stream = UnixStream::connect(&path)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(message)?;
    stream.write_all(b"\n")?;
    let mut reply = Vec::new();
    stream.take(GRANTED.len() as u64).read_to_end(&mut reply)?;
    if reply == GRANTED { Ok(()) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
}
