//! LOAD DATA LOCAL: the server asks for a file, and gets the one that was given with the statement, or the one that the
//! statement names and a person agreed to, or none at all. What only the server names is never opened: it could ask for any.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use driver::{Answer, Code, CopyFeed, Error, Question};
use futures::FutureExt;
use tokio::{fs::File, io::AsyncReadExt};

use super::{
    running::Run,
    task::{End, Task, closing},
};
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
    async fn open(feed: CopyFeed, wanted: &str) -> Result<Self, Error> {
        let source = match feed {
            CopyFeed::Bytes(bytes) => Source::Bytes { bytes, at: 0 },
            CopyFeed::FromFile(path) => match File::open(&path).await {
                Ok(file) => Source::File { file, path, block: vec![0; BLOCK_BYTES] },
                Err(error) => return Err(unreadable(&path, error)),
            },
            CopyFeed::None | CopyFeed::ToFile(_) => {
                return Err(Error::new(
                    Code::Forbidden,
                    format!("The server asked for the file {} of this computer, and was given none.", brief(wanted)),
                )
                .with_hint("A server never gets a file that the statement does not name and nobody agreed to."));
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

impl Task {
    /// Asks whether the statement may hand over the file it names, before anything is sent: a server does not wait long for a
    /// file it asked for. Nobody is asked where a file was given. `false` where the run has ended without the server.
    pub(super) async fn may_hand_over(&mut self, run: &mut Run) -> Result<bool, End> {
        if !matches!(run.feed, CopyFeed::None) {
            return Ok(true);
        }
        let Some(file) = sql::local_file(&run.text, &self.dialect) else { return Ok(true) };
        let path = std::path::absolute(&file).unwrap_or_else(|_| PathBuf::from(&file));
        let question = Question::LocalFile { path: path.display().to_string(), target: self.target.clone() };
        let ask = Arc::clone(&self.ask);
        let mut asked = std::pin::pin!(ask.ask(question));
        loop {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => {
                    if interrupt.run != run.id {
                        self.interrupt_waiting(interrupt);
                        continue;
                    }
                    let _ = interrupt.delivered.send(Ok(()));
                    run.cancelled = true;
                    run.failure = Some(Error::cancelled());
                    return Ok(false);
                }
                () = run.events.closed() => {
                    run.gone = true;
                    run.outbox.clear();
                    return Ok(false);
                }
                answer = &mut asked => {
                    if answer == Answer::Yes {
                        run.feed = CopyFeed::FromFile(path);
                        run.agreed = Some(file);
                        return Ok(true);
                    }
                    let path = brief(&path.display().to_string());
                    run.failure = Some(
                        Error::new(Code::Forbidden, format!("{path} was not handed over: nobody agreed to it."))
                            .with_hint("LOAD DATA LOCAL INFILE sends a file of this computer to the server. Run it again and agree when you are asked."),
                    );
                    return Ok(false);
                }
                event = self.client.next() => match event {
                    Ok(event) => self.overheard(event)?,
                    Err(error) => return Err(self.lost(error)),
                },
            }
        }
    }
}

/// Opens what the server is to get for this run.
///
/// # Errors
/// `Forbidden` where nothing was given, or the server asks for another file than the one that was agreed to.
pub(super) async fn open(run: &mut Run, wanted: &str) -> Result<Feed, Error> {
    if let Some(agreed) = &run.agreed
        && agreed != wanted
    {
        let (wanted, agreed) = (brief(wanted), brief(agreed));
        return Err(Error::new(
            Code::Forbidden,
            format!("The server asked for the file {wanted} instead of {agreed}, and got none."),
        )
        .with_hint("A server that asks for files nobody named is not to be trusted."));
    }
    Feed::open(std::mem::take(&mut run.feed), wanted).await
}

/// A file's name in a message.
fn brief(name: &str) -> String {
    name.chars().filter(|sign| !sign.is_control()).take(200).collect()
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::NotFound => Code::NotFound,
        io::ErrorKind::PermissionDenied => Code::Forbidden,
        _ => Code::Corrupt,
    };
    Error::new(code, format!("{} cannot be read: {error}.", path.display())).with_source(error)
}
