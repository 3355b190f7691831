//! Copies of a statement: where their rows come from and where they go.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use arrow_array::{BinaryArray, RecordBatch};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use driver::{Code, CopyFeed, Error, Event, arrow};
use futures::FutureExt;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt, BufWriter},
    time::Instant,
};

use super::{running::Run, task::Task};
use crate::{
    types::raw_copy_schema,
    wire::{self, Client},
};

/// Read from a file at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// What became of one step of a statement.
pub(super) enum Step {
    /// The server said something.
    Event(wire::Event),
    /// Some rows were sent to the server.
    Fed,
    /// The rows to be sent cannot be read.
    Unfed(Error),
    /// Copied rows that waited long enough.
    Chunks(RecordBatch),
}

/// Rows on their way to the server.
pub(super) struct CopyIn {
    source: Source,
    ended: bool,
}

enum Source {
    Bytes { bytes: Arc<[u8]>, at: usize },
    File { file: File, path: PathBuf, block: Vec<u8> },
}

impl CopyIn {
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
                client.put_copied(block);
                *at += block.len();
                block.len()
            }
            Source::File { file, path, block } => match file.read(block).await {
                Ok(count) => {
                    client.put_copied(block.get(..count).unwrap_or_default());
                    count
                }
                Err(error) => {
                    let error = unreadable(path, error);
                    client.put_copy_fail("the file cannot be read");
                    return Ok(Step::Unfed(error));
                }
            },
        };
        if read == 0 {
            client.put_copy_done();
            self.ended = true;
        }
        Ok(Step::Fed)
    }
}

/// Rows on their way from the server.
pub(super) enum CopyOut {
    /// Into a file that takes its name when all is well.
    File { writer: BufWriter<File>, partial: tempfile::TempPath, path: PathBuf },
    /// As a result set of raw chunks.
    Rows { offsets: Vec<i32>, bytes: Vec<u8>, since: Option<Instant> },
    /// Nowhere: something went wrong before.
    Nowhere,
}

impl CopyOut {
    /// When the rows that wait are due.
    pub(super) fn due(&self) -> Option<Instant> {
        match self {
            CopyOut::Rows { since, .. } => since.map(|since| since + Duration::from_millis(arrow::BATCH_MS)),
            CopyOut::File { .. } | CopyOut::Nowhere => None,
        }
    }

    /// The rows that wait.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        let CopyOut::Rows { offsets, bytes, since } = self else { return None };
        *since = None;
        if offsets.len() < 2 {
            return None;
        }
        let offsets = std::mem::replace(offsets, vec![0]);
        let bytes = std::mem::take(bytes);
        let array = BinaryArray::new(OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(bytes), None);
        RecordBatch::try_new(raw_copy_schema(), vec![Arc::new(array)]).ok()
    }
}

impl Task {
    pub(super) async fn copy_in(&mut self, run: &mut Run) {
        let source = match std::mem::take(&mut run.feed) {
            CopyFeed::Bytes(bytes) => Ok(Source::Bytes { bytes, at: 0 }),
            CopyFeed::FromFile(path) => match File::open(&path).await {
                Ok(file) => Ok(Source::File { file, path, block: vec![0; BLOCK_BYTES] }),
                Err(error) => Err(unreadable(&path, error)),
            },
            CopyFeed::None | CopyFeed::ToFile(_) => {
                Err(Error::new(Code::InvalidStatement, "This COPY reads rows from us, and none were given.")
                    .with_hint("Choose a file to read, or write the rows below the statement."))
            }
        };
        match source {
            Ok(source) if run.failure.is_none() => run.copy_in = Some(CopyIn { source, ended: false }),
            Ok(_) => self.client.put_copy_fail("stopped"),
            Err(error) => {
                self.client.put_copy_fail(&error.message);
                run.failure = Some(error);
            }
        }
    }

    pub(super) async fn copy_out(&mut self, run: &mut Run) {
        run.copy_out = Some(match std::mem::take(&mut run.feed) {
            CopyFeed::ToFile(path) => match create(path).await {
                Ok(out) => out,
                Err(error) => {
                    run.failure = Some(error);
                    CopyOut::Nowhere
                }
            },
            CopyFeed::None | CopyFeed::Bytes(_) | CopyFeed::FromFile(_) => {
                run.put(Event::ResultSet(raw_copy_schema(), self.context.clone()));
                CopyOut::Rows { offsets: vec![0], bytes: Vec::new(), since: None }
            }
        });
    }

    pub(super) async fn copy_chunk(&mut self, run: &mut Run, chunk: &[u8]) {
        match &mut run.copy_out {
            Some(CopyOut::File { writer, path, .. }) => {
                if let Err(error) = writer.write_all(chunk).await {
                    let error = unwritable(path, error);
                    run.copy_out = Some(CopyOut::Nowhere);
                    run.failure = Some(error);
                }
            }
            Some(out @ CopyOut::Rows { .. }) => {
                let CopyOut::Rows { offsets, bytes, since } = out else { return };
                bytes.extend_from_slice(chunk);
                // A chunk is below 1 GiB and a batch ends at 4 MiB, so this holds.
                offsets.push(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
                since.get_or_insert_with(Instant::now);
                if (bytes.len() >= arrow::BATCH_BYTES || offsets.len() > arrow::BATCH_ROWS)
                    && let Some(batch) = out.take()
                {
                    run.put_rows(batch);
                }
            }
            Some(CopyOut::Nowhere) | None => {}
        }
    }

    pub(super) async fn copy_out_done(&mut self, run: &mut Run) {
        match run.copy_out.take() {
            Some(CopyOut::File { mut writer, partial, path }) => {
                let finished = async {
                    writer.flush().await?;
                    writer.get_ref().sync_all().await
                };
                let kept = match finished.await {
                    Ok(()) if run.failure.is_none() => partial.persist(&path).map_err(|error| error.error),
                    Ok(()) => return,
                    Err(error) => Err(error),
                };
                if let Err(error) = kept {
                    run.failure = Some(unwritable(&path, error));
                }
            }
            Some(mut out) => {
                if let Some(batch) = out.take() {
                    run.put_rows(batch);
                }
            }
            None => {}
        }
    }
}

async fn create(path: PathBuf) -> Result<CopyOut, Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let made = tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder)).await;
    match made.unwrap_or_else(|stopped| Err(io::Error::other(stopped))) {
        Ok(made) => {
            let (file, partial) = made.into_parts();
            Ok(CopyOut::File { writer: BufWriter::new(File::from_std(file)), partial, path })
        }
        Err(error) => Err(unwritable(&path, error)),
    }
}

fn unreadable(path: &std::path::Path, error: io::Error) -> Error {
    local(format!("{} cannot be read: {error}.", path.display()), error)
}

fn unwritable(path: &std::path::Path, error: io::Error) -> Error {
    local(format!("{} cannot be written: {error}.", path.display()), error)
}

fn local(message: String, error: io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::NotFound => Code::NotFound,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::Forbidden,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::Exhausted,
        _ => Code::Internal,
    };
    Error::new(code, message).with_source(error)
}
