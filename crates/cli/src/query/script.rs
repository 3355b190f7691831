//! Where the SQL comes from.

use std::{
    io::{self, IsTerminal, Read},
    path::Path,
};

use crate::failure::{Exit, Failure, Outcome};
use app::api::{AppError, ErrorCode};

/// The script and its name: empty for one given with the command.
pub(crate) async fn read(command: Option<&str>, file: Option<&Path>) -> Outcome<(String, String)> {
    if let Some(text) = command {
        return Ok((String::new(), text.to_owned()));
    }
    let path = file.filter(|path| *path != Path::new("-")).map(Path::to_owned);
    if path.is_none() && file.is_none() && io::stdin().is_terminal() {
        return Err(Failure::usage(
            "There is no SQL to run.",
            "Give it with -c 'select …', with -f FILE, or on standard input.",
        ));
    }
    let name = path.as_deref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    // Off the thread that listens for Ctrl+C: a pipe may take its time.
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        let done = match &path {
            Some(path) => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
            None => io::stdin().lock().read_to_end(&mut bytes),
        };
        done.map(|_| bytes)
            .map_err(|error| Failure::file(&error, path.as_deref().unwrap_or(Path::new("standard input")), "read"))
    });
    let bytes = read.await.map_err(|_| Failure::silent(Exit::Interrupted))??;
    text(bytes, &name).map(|text| (name, text))
}

fn text(mut bytes: Vec<u8>, name: &str) -> Outcome<String> {
    // A mark at the start is the editor's, not the script's.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes.get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1;
        let hint = match bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            true => "It looks like UTF-16. Save it as UTF-8.",
            false => "Save it as UTF-8, or convert it: iconv -f LATIN1 -t UTF-8.",
        };
        let message = format!("“{name}” is not valid UTF-8: byte {} in line {line}.", at + 1);
        Failure::new(Exit::Usage, AppError::new(ErrorCode::Corrupt, message).with_hint(hint))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_that_is_not_utf_8_is_refused_with_its_place() {
        assert_eq!(text(b"\xef\xbb\xbfselect 1".to_vec(), "a").unwrap(), "select 1");
        let failure = text(b"select 1;\nselect '\xe9'".to_vec(), "a.sql").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.error.unwrap().message, "“a.sql” is not valid UTF-8: byte 19 in line 2.");
        assert!(text(b"\xff\xfes\0".to_vec(), "a").unwrap_err().error.unwrap().hint.unwrap().contains("UTF-16"));
    }
}
