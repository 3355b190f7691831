//! Where data goes: standard output, or a file that is replaced only once everything ended well.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tempfile::{NamedTempFile, TempPath};

use crate::failure::{Exit, Failure, Outcome};

/// The file being written, for a process that has to end at once.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Removes what was written of a file that will never be finished.
pub(crate) fn abandon() {
    if let Some(path) = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        drop(fs::remove_file(path));
    }
}

/// Takes the bytes of one command. What is not finished leaves no trace in the file's place.
pub(crate) struct Output {
    to: To,
    /// What people call it.
    name: PathBuf,
}

enum To {
    Stream(Box<dyn Write + Send>),
    /// Written beside its place, and moved there at the end.
    File {
        file: File,
        unfinished: TempPath,
        place: PathBuf,
    },
}

impl Output {
    /// Opens the output; nothing is replaced yet.
    pub(crate) fn open(path: Option<&Path>) -> Outcome<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            let to =
                To::Stream(stdout().map_err(|error| Failure::file(&error, Path::new("standard output"), "opened"))?);
            return Ok(Output { to, name: PathBuf::from("standard output") });
        };
        let failed = |error: io::Error| Failure::file(&error, path, "written");
        // Through a link, what it leads to is replaced and the link stays.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = match fs::metadata(&place) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if before.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(Failure::usage(format!("“{}” is a folder.", path.display()), "Name a file."));
        }
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            // A device or a pipe has no place to be moved to.
            let file = File::options().write(true).open(&place).map_err(failed)?;
            return Ok(Output { to: To::Stream(Box::new(file)), name: path.to_owned() });
        }
        if before.as_ref().is_some_and(|before| before.permissions().readonly()) {
            return Err(failed(io::ErrorKind::PermissionDenied.into()));
        }
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (file, unfinished) = beside(folder).map_err(failed)?.into_parts();
        if let Some(before) = before {
            file.set_permissions(before.permissions()).map_err(failed)?;
        }
        *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = Some(unfinished.to_path_buf());
        Ok(Output { to: To::File { file, unfinished, place }, name: path.to_owned() })
    }

    /// Whether it is a file rather than a stream.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.to, To::File { .. })
    }

    /// What to say and how to end when it takes no more bytes.
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        match error.kind() {
            // Whoever read has what they wanted: `| head` is no failure.
            io::ErrorKind::BrokenPipe => Failure::silent(Exit::Done),
            _ => Failure::file(error, &self.name, "written"),
        }
    }

    /// Everything was written: a file takes its place now.
    pub(crate) fn finish(mut self) -> Outcome {
        let finished = match self.to {
            To::Stream(ref mut stream) => stream.flush(),
            To::File { file, unfinished, place } => {
                let moved = file.sync_data().and_then(|()| unfinished.persist(&place).map_err(|error| error.error));
                UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take();
                moved
            }
        };
        match finished {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::silent(Exit::Done)),
            Err(error) => Err(Failure::file(&error, &self.name, "written")),
        }
    }
}

/// Writes a text that is known whole, to a file or to standard output.
///
/// # Errors
/// The file's or the stream's, but for a reader that went away: it has what it wanted.
pub(crate) fn print(path: Option<&Path>, text: &str) -> Outcome {
    let mut output = Output::open(path)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    output.finish()
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Stream(stream) => stream.write(bytes),
            To::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stream(stream) => stream.flush(),
            To::File { file, .. } => file.flush(),
        }
    }
}

fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rowhouse-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: what the process's mask leaves of it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Standard output without the line buffer: writers hand over whole buffers.
#[cfg(unix)]
fn stdout() -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd;
    Ok(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

/// A console wants text, not bytes: the standard library sees to that.
#[cfg(not(unix))]
fn stdout() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}
