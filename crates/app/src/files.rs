//! Text files: opened, watched for changes of others, saved whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest as _, Sha256};

use crate::{
    App,
    api::{AppError, ErrorCode, FileState, OpenedFile, SaveFile},
    platform::whole,
};

/// The largest file an editor opens, in bytes.
const LARGEST: u64 = 64 << 20;
const MARK: &str = "\u{feff}";

impl App {
    /// Reads a text file.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`; `Unsupported` for what is not UTF-8 text; `Exhausted` for more than 64 MB.
    pub async fn open_file(&self, path: &str) -> Result<OpenedFile, AppError> {
        let path = absolute(path)?;
        blocking(move || open(&path)).await
    }

    /// Whether a file is still what it was.
    ///
    /// # Errors
    /// As the file system says, a missing file apart.
    pub async fn file_state(&self, path: &str, stamp: &str) -> Result<FileState, AppError> {
        let (path, stamp) = (absolute(path)?, stamp.to_owned());
        blocking(move || state(&path, &stamp)).await
    }

    /// Writes a text file, whole or not at all; `Conflict` when another program changed it.
    ///
    /// # Errors
    /// `Conflict`, and then nothing was written; `Forbidden`, `NotFound` (its folder), `Exhausted` (a full disk).
    pub async fn save_file(&self, request: SaveFile) -> Result<OpenedFile, AppError> {
        let path = absolute(&request.path)?;
        blocking(move || save(&path, request)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("work on a file was interrupted"))?
}

fn absolute(path: &str) -> Result<PathBuf, AppError> {
    std::path::absolute(path).map_err(|error| AppError::file(&error, Path::new(path), "found"))
}

fn open(path: &Path) -> Result<OpenedFile, AppError> {
    let failed = |error: io::Error| AppError::file(&error, path, "opened");
    let found = fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is not a file.", path.display()))
            .with_hint("Choose a text file."));
    }
    if found.len() > LARGEST {
        return Err(AppError::new(
            ErrorCode::Exhausted,
            format!("“{}” has {} MB; the editor opens up to {} MB.", path.display(), found.len() >> 20, LARGEST >> 20),
        )
        .with_hint("Run it in the terminal: rowhouse query TARGET -f FILE."));
    }
    let bytes = fs::read(path).map_err(failed)?;
    // The stamp is of what was read, so a change between the two shows as one.
    let stamp = Stamp::of(&found, &bytes);
    let text = text_of(path, bytes)?;
    let (text, crlf) = unified(text);
    Ok(OpenedFile {
        path: path.to_string_lossy().into_owned(),
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        stamp: stamp.to_string(),
        crlf,
        text,
    })
}

/// A text with `\n` only, as editors count it, and whether its file has `\r\n`: where both occur the more frequent one is
/// the file's. A lone `\r` is a line end of old and ends a line in the editor, too.
fn unified(text: String) -> (String, bool) {
    if !text.contains('\r') {
        return (text, false);
    }
    let (windows, all) = (text.matches("\r\n").count(), text.matches('\n').count());
    (text.replace("\r\n", "\n").replace('\r', "\n"), windows * 2 > all)
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, AppError> {
    let refused = |what: String| {
        AppError::new(ErrorCode::Unsupported, format!("“{}” {what}", path.display()))
            .with_hint("Save it as UTF-8 in the program it comes from.")
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(refused("is UTF-16 text; the editor reads UTF-8.".to_owned()));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refused(format!("is not UTF-8 text: byte {at} is no part of a character."))
    })?;
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    Ok(text)
}

fn state(path: &Path, stamp: &str) -> Result<FileState, AppError> {
    let failed = |error: io::Error| AppError::file(&error, path, "read");
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(FileState::Missing);
        }
        Err(error) => return Err(failed(error)),
    };
    let Some(known) = Stamp::read(stamp) else { return Ok(FileState::Changed) };
    if known.size == found.len() && known.changed_ns == changed_ns(&found) {
        return Ok(FileState::Unchanged);
    }
    // Touched, copied back, or written anew with the same content: not worth a question.
    if known.size != found.len() || !found.is_file() {
        return Ok(FileState::Changed);
    }
    let same = known.digest == digest(&fs::read(path).map_err(failed)?);
    Ok(if same { FileState::Unchanged } else { FileState::Changed })
}

fn save(path: &Path, request: SaveFile) -> Result<OpenedFile, AppError> {
    if let Some(stamp) = &request.stamp
        && state(path, stamp)? == FileState::Changed
    {
        return Err(AppError::new(
            ErrorCode::Conflict,
            format!("“{}” was changed by another program since it was opened.", path.display()),
        )
        .with_hint("Open it anew to see that change, save under another name, or replace it."));
    }
    let failed = |error: io::Error| AppError::file(&error, path, "written");
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (plain, _) = unified(request.text);
    if let Some(stamp) = request.stamp.as_deref().and_then(Stamp::read)
        && let Ok(found) = fs::metadata(path)
        && found.len() == stamp.size
        && let Ok(bytes) = fs::read(path)
        && digest(&bytes) == stamp.digest
        && let Ok((text, crlf)) = text_of(path, bytes.clone()).map(unified)
        && (&text, crlf) == (&plain, request.crlf)
    {
        // Nothing was edited: line ends that are mixed stay as they are.
        let stamp = Stamp::of(&found, &bytes).to_string();
        return Ok(OpenedFile { path: path.to_string_lossy().into_owned(), name, text: plain, stamp, crlf });
    }
    // A file that begins with a byte order mark keeps it; a new one gets none, because few tools for SQL expect it.
    let mark = request.stamp.as_deref().and_then(Stamp::read).is_some_and(|stamp| stamp.mark);
    let body = if request.crlf { plain.replace('\n', "\r\n") } else { plain.clone() };
    let bytes = if mark { [MARK.as_bytes(), body.as_bytes()].concat() } else { body.into_bytes() };
    whole::write(path, &bytes).map_err(failed)?;
    let found = fs::metadata(path).map_err(failed)?;
    Ok(OpenedFile {
        path: path.to_string_lossy().into_owned(),
        name,
        text: plain,
        stamp: Stamp::of(&found, &bytes).to_string(),
        crlf: request.crlf,
    })
}

/// What stands for a content on disk. Faces hand it around as text.
struct Stamp {
    changed_ns: u128,
    size: u64,
    digest: String,
    /// Whether the file begins with a byte order mark, so that saving keeps it.
    mark: bool,
}

impl Stamp {
    fn of(found: &fs::Metadata, bytes: &[u8]) -> Self {
        Stamp {
            changed_ns: changed_ns(found),
            size: bytes.len() as u64,
            digest: digest(bytes),
            mark: bytes.starts_with(MARK.as_bytes()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (changed_ns, size) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (digest, mark) = (parts.next()?.to_owned(), parts.next()? == "mark");
        Some(Stamp { changed_ns, size, digest, mark })
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Stamp { changed_ns, size, digest, mark } = self;
        write!(f, "{changed_ns}-{size}-{digest}-{}", if *mark { "mark" } else { "none" })
    }
}

fn changed_ns(found: &fs::Metadata) -> u128 {
    found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |passed| passed.as_nanos())
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(path: &Path, text: &str, opened: Option<&OpenedFile>) -> SaveFile {
        SaveFile {
            path: path.to_string_lossy().into_owned(),
            text: text.to_owned(),
            stamp: opened.map(|opened| opened.stamp.clone()),
            crlf: opened.is_some_and(|opened| opened.crlf),
        }
    }

    #[test]
    fn line_ends_and_the_byte_order_mark_survive_an_edit() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a.sql");
        fs::write(&path, "\u{feff}select 1;\r\nselect 'é🚀';\r\n").unwrap();
        let opened = open(&path).unwrap();
        assert_eq!(opened.text, "select 1;\nselect 'é🚀';\n");
        assert!(opened.crlf);
        let saved = save(&path, request(&path, "select 2;\n", Some(&opened))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), "\u{feff}select 2;\r\n".as_bytes());
        assert_eq!(state(&path, &saved.stamp).unwrap(), FileState::Unchanged);
    }

    #[test]
    fn a_file_nobody_edited_keeps_its_bytes_and_an_edited_one_the_line_end_of_most() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a.sql");
        for (bytes, edited) in [
            ("a\r\nb\nc\r\n", "A\r\nb\r\nc\r\n"),
            ("a\nb\r\nc\n", "A\nb\nc\n"),
            ("a\rb\rc\r", "A\nb\nc\n"),
            ("\u{feff}a\nb\nc\n", "\u{feff}A\nb\nc\n"),
        ] {
            fs::write(&path, bytes).unwrap();
            let opened = open(&path).unwrap();
            assert_eq!(opened.text, "a\nb\nc\n");
            let same = save(&path, request(&path, &opened.text, Some(&opened))).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes.as_bytes());
            save(&path, request(&path, "A\nb\nc\n", Some(&same))).unwrap();
            assert_eq!(fs::read(&path).unwrap(), edited.as_bytes());
        }
    }

    #[test]
    fn another_line_end_is_written_though_no_letter_changed_and_a_new_file_has_no_mark() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a.sql");
        fs::write(&path, "\u{feff}a\n").unwrap();
        let opened = open(&path).unwrap();
        let switched = SaveFile { crlf: true, ..request(&path, &opened.text, Some(&opened)) };
        assert!(save(&path, switched).unwrap().crlf);
        assert_eq!(fs::read(&path).unwrap(), "\u{feff}a\r\n".as_bytes());
        let other = scratch.path().join("b.sql");
        save(&other, request(&other, &opened.text, None)).unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"a\n");
    }

    #[test]
    fn a_change_of_another_program_is_seen_and_not_overwritten() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a.sql");
        fs::write(&path, "one").unwrap();
        let opened = open(&path).unwrap();
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
        assert_eq!(state(&path, &opened.stamp).unwrap(), FileState::Unchanged, "touched only");
        fs::write(&path, "two").unwrap();
        assert_eq!(state(&path, &opened.stamp).unwrap(), FileState::Changed);
        let error = save(&path, request(&path, "mine", Some(&opened))).unwrap_err();
        assert_eq!(error.code, ErrorCode::Conflict);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        save(&path, request(&path, "mine", None)).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(state(&path, &opened.stamp).unwrap(), FileState::Missing);
        save(&path, request(&path, "mine", Some(&opened))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine", "what was deleted is made again");
        assert_eq!(state(&path, "nonsense").unwrap(), FileState::Changed);
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_reason() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a.sql");
        for bytes in [b"\xff\xfes\0e\0".as_slice(), b"\xfe\xff\0s", b"select \xe9"] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(open(&path).unwrap_err().code, ErrorCode::Unsupported);
        }
        assert_eq!(open(scratch.path()).unwrap_err().code, ErrorCode::Unsupported);
        assert_eq!(open(&scratch.path().join("no.sql")).unwrap_err().code, ErrorCode::NotFound);
        fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(open(&path).unwrap_err().code, ErrorCode::Exhausted);
        assert_eq!(
            save(&scratch.path().join("no/a.sql"), request(&path, "", None)).unwrap_err().code,
            ErrorCode::NotFound
        );
    }
}
