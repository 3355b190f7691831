//! The spool file: one Arrow IPC stream, written at its end and read anywhere.
//!
//! Every message's length and checksum stay in memory, so that a disk that gives back other bytes
//! than it was given is noticed before anything is decoded.

use std::{fs::File, io, ops::Range, sync::Arc};

use arrow_array::{Array, RecordBatch, cast::AsArray};
use arrow_buffer::Buffer;
use arrow_ipc::{Block as IpcBlock, MetadataVersion, reader::FileDecoder, writer::StreamWriter};
use arrow_schema::{ArrowError, SchemaRef};
use driver::{Code, Error};

use crate::store::write_error;

/// Where a block's message lies in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) position: u64,
    pub(crate) length: usize,
    checksum: u32,
}

/// Rows are cut into blocks of about this many bytes, so that a single row is cheap to reach.
const BLOCK_BYTES: usize = 256 << 10;

/// Bytes of a batch's values, without what its builder reserved.
pub(crate) fn value_bytes(batch: &RecordBatch) -> usize {
    let of = |column: &arrow_array::ArrayRef| match column.as_binary_opt::<i32>() {
        Some(cells) => {
            let offsets = cells.value_offsets();
            let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
            usize::try_from(last - first).unwrap_or(0) + 4 * cells.len()
        }
        None => column.len() * column.data_type().primitive_width().unwrap_or(1),
    };
    batch.columns().iter().map(of).sum()
}

/// Cuts a batch's rows into ranges of about [`BLOCK_BYTES`]; a larger row stands alone with its neighbours' share.
pub(crate) fn pieces(batch: &RecordBatch) -> Vec<Range<usize>> {
    let rows = batch.num_rows();
    let bytes = value_bytes(batch);
    if bytes <= BLOCK_BYTES || rows <= 1 {
        return std::iter::once(0..rows).filter(|range| !range.is_empty()).collect();
    }
    let step = (BLOCK_BYTES / (bytes / rows).max(1)).clamp(1, rows);
    (0..rows).step_by(step).map(|first| first..rows.min(first + step)).collect()
}

/// The writing side.
pub(crate) struct Spool {
    file: Arc<File>,
    end: u64,
    encoder: StreamWriter<Vec<u8>>,
}

fn encode_error(error: ArrowError) -> Error {
    Error::new(Code::Internal, "A batch could not be written as Arrow IPC.").with_source(error)
}

impl Spool {
    pub(crate) fn new(file: File, schema: &SchemaRef) -> Result<Self, Error> {
        let encoder = StreamWriter::try_new(Vec::new(), schema).map_err(encode_error)?;
        let mut spool = Spool { file: Arc::new(file), end: 0, encoder };
        spool.flush()?;
        Ok(spool)
    }

    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Encodes a batch into memory; `reserve` is asked for the room before it is written.
    pub(crate) fn append(
        &mut self,
        batch: &RecordBatch,
        reserve: impl FnOnce(u64) -> Result<(), Error>,
    ) -> Result<Place, Error> {
        self.encoder.write(batch).map_err(encode_error)?;
        if let Err(error) = reserve(self.encoder.get_ref().len() as u64) {
            self.encoder.get_mut().clear();
            return Err(error);
        }
        self.flush()
    }

    /// Writes what is encoded. A failed write leaves the end where it was.
    fn flush(&mut self) -> Result<Place, Error> {
        let bytes = self.encoder.get_mut();
        let place = Place { position: self.end, length: bytes.len(), checksum: crc32fast::hash(bytes) };
        let written = write_all_at(&self.file, bytes, self.end);
        if bytes.capacity() > 4 * BLOCK_BYTES {
            *bytes = Vec::new();
        }
        bytes.clear();
        written.map_err(|error| write_error(error, "write the result"))?;
        self.end += place.length as u64;
        Ok(place)
    }
}

/// Reads one block back.
///
/// # Errors
/// `Corrupt` when the file no longer holds what was written.
pub(crate) fn read(file: &File, place: Place, schema: &SchemaRef) -> Result<RecordBatch, Error> {
    let corrupt = || {
        Error::new(Code::Corrupt, "The stored result is damaged: the disk gave back other bytes than were written.")
            .with_hint("Run the statement again.")
    };
    let mut bytes = vec![0; place.length];
    read_exact_at(file, &mut bytes, place.position).map_err(|error| corrupt().with_source(error))?;
    if crc32fast::hash(&bytes) != place.checksum {
        return Err(corrupt());
    }
    let header = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(i32::from_le_bytes);
    let metadata = header.and_then(|length| length.checked_add(8)).ok_or_else(corrupt)?;
    let body = i64::try_from(place.length).unwrap_or(i64::MAX).saturating_sub(i64::from(metadata));
    let decoder = FileDecoder::new(Arc::clone(schema), MetadataVersion::V5);
    let block = IpcBlock::new(0, metadata, body);
    match decoder.read_record_batch(&block, &Buffer::from_vec(bytes)) {
        Ok(Some(batch)) => Ok(batch),
        Ok(None) => Err(corrupt()),
        Err(error) => Err(corrupt().with_source(error)),
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, position)
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, position)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut position: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        let written = file.seek_write(bytes, position)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        position += written as u64;
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut position: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        let read = file.seek_read(bytes, position)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        position += read as u64;
        bytes = bytes.get_mut(read..).unwrap_or_default();
    }
    Ok(())
}
