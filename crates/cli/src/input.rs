//! Texts that a command takes.

use std::{io::Read as _, path::Path};

use crate::failure::{Exit, Failure, Outcome};

/// A file's text, or standard input's for `-`.
pub(crate) async fn text(path: &Path) -> Outcome<String> {
    let named = path.to_owned();
    let read = tokio::task::spawn_blocking(move || match named.to_str() {
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        _ => std::fs::read_to_string(&named),
    });
    match read.await {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => Err(Failure::file(&error, path, "read")),
        Err(_) => Err(Failure::silent(Exit::Local)),
    }
}
