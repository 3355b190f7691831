//! LOAD DATA LOCAL: the server asks for a file, and gets the one that was given with the statement or none at all. The name
//! the server asks for is never opened: a server could ask for any.

use std::{io, path::PathBuf, sync::Arc};

use driver::{Code, CopyFeed, Error};
use futures::FutureExt;
use tokio::{fs::File, io::AsyncReadExt};

use crate::wire::{self, Client};

/// Read from a file at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// What became of one step of a statement.
pub(super) enum Step {
    /// The server said something.
    Event(wire::Event),
    /// Some of the file was sent.
    Fed,
    /// The file cannot be read.
    Unfed(Error),
}

/// A file on its way to the server.
pub(super) struct Feed {
    source: Source,
    ended: bool,
}

enum Source {
    Bytes { bytes: Arc<[u8]>, at: usize },
    File { file: File, path: PathBuf, block: Vec<u8> },
}

impl Feed {
    /// Opens what was given for the statement.
    ///
    /// # Errors
    /// `Forbidden` where nothing was given; `NotFound` and others for a file that cannot be read.
    pub(super) async fn open(feed: CopyFeed, wanted: &str) -> Result<Self, Error> {
        let source = match feed {
            CopyFeed::Bytes(bytes) => Source::Bytes { bytes, at: 0 },
            CopyFeed::FromFile(path) => match File::open(&path).await {
                Ok(file) => Source::File { file, path, block: vec![0; BLOCK_BYTES] },
                Err(error) => return Err(unreadable(&path, error)),
            },
            CopyFeed::None | CopyFeed::ToFile(_) => {
                let wanted: String = wanted.chars().filter(|sign| !sign.is_control()).take(200).collect();
                return Err(Error::new(
                    Code::Forbidden,
                    format!("The server asked for the file {wanted} of this computer, and was given none."),
                )
                .with_hint(
                    "Choose the file to load. A server never gets a file that was not chosen for the statement.",
                ));
            }
        };
        Ok(Feed { source, ended: false })
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.ended
    }

    /// Sends one block, unless the server has something to say. Cancel-safe.
    pub(super) async fn step(&mut self, client: &mut Client) -> Result<Step, wire::Error> {
        client.send().await?;
        if let Some(event) = client.next().now_or_never() {
            return event.map(Step::Event);
        }
        let read = match &mut self.source {
            Source::Bytes { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                let block = rest.get(..BLOCK_BYTES).unwrap_or(rest);
                client.put_file(block);
                *at += block.len();
                block.len()
            }
            Source::File { file, path, block } => match file.read(block).await {
                Ok(count) => {
                    client.put_file(block.get(..count).unwrap_or_default());
                    count
                }
                Err(error) => {
                    let error = unreadable(path, error);
                    client.put_file_end();
                    return Ok(Step::Unfed(error));
                }
            },
        };
        if read == 0 {
            client.put_file_end();
            self.ended = true;
        }
        Ok(Step::Fed)
    }
}

fn unreadable(path: &std::path::Path, error: io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::NotFound => Code::NotFound,
        io::ErrorKind::PermissionDenied => Code::Forbidden,
        _ => Code::Corrupt,
    };
    Error::new(code, format!("{} cannot be read: {error}.", path.display())).with_source(error)
}
