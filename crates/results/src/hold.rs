//! A result set kept: appended by one writer, read by anyone who holds a lease.

use std::{
    fs::File,
    ops::Range,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use arrow_array::{RecordBatch, RecordBatchOptions, UInt32Array};
use arrow_schema::{Field, Schema, SchemaRef};
use driver::{Code, Error, ValueContext, arrow};
use serde::Serialize;
use tokio::sync::watch;

use crate::{
    cells::no_column,
    spool::{self, Place, Spool},
    store::Shared,
};

/// Why a hold ends before its result does.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "error")]
pub enum Truncation {
    /// Nobody asked for more while the run was paused.
    PauseEnded,
    /// There was no room for more.
    Exhausted(Error),
    /// Its reader went away.
    Abandoned,
}

/// How far a hold is.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "detail")]
pub enum HoldState {
    /// Rows are coming.
    #[default]
    Reading,
    /// The cap is reached and there are more rows; the server waits.
    Paused {
        /// Since when, in milliseconds since the Unix epoch.
        since_ms: u64,
        /// How long it may wait from then on, in milliseconds.
        limit_ms: u64,
    },
    /// It holds the whole result.
    Complete,
    /// It holds the first rows only.
    Truncated(Truncation),
    /// The statement failed; it holds the rows before that.
    Failed(Error),
    /// The user stopped it.
    Cancelled,
}

impl HoldState {
    /// Whether nothing more will come.
    pub fn is_final(&self) -> bool {
        !matches!(self, HoldState::Reading | HoldState::Paused { .. })
    }
}

/// What is held so far.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Progress {
    /// Rows.
    pub rows: u64,
    /// Bytes of their values.
    pub bytes: u64,
    /// How far it is.
    #[serde(flatten)]
    pub state: HoldState,
}

/// A few rows in memory or in the file.
struct Block {
    first_row: u64,
    place: Option<Place>,
}

#[derive(Default)]
struct Blocks {
    index: Vec<Block>,
    rows: u64,
    /// The blocks themselves until there is a file.
    memory: Vec<RecordBatch>,
    file: Option<Arc<File>>,
}

struct Inner {
    id: u64,
    store: Arc<Shared>,
    schema: SchemaRef,
    context: ValueContext,
    blocks: RwLock<Blocks>,
    progress: watch::Sender<Progress>,
    disk: std::sync::atomic::AtomicU64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.store.cache.forget(self.id);
        self.store.release(*self.disk.get_mut());
    }
}

/// A lease on a result set. Clones are the same hold; the last one that goes takes its file along.
#[derive(Clone)]
pub struct Hold {
    inner: Arc<Inner>,
    /// How its rows are seen; none for as they are.
    lens: Option<Arc<dyn Lens>>,
}

/// Rows seen in another way: as many of them, in other columns. It is looked through for as few rows as are needed, again and
/// again, so it must give the same for the same rows.
pub trait Lens: Send + Sync {
    /// The columns that are seen, laid out as [`driver::arrow`] says.
    fn schema(&self) -> &SchemaRef;

    /// Rows as they are seen.
    ///
    /// # Errors
    /// `Corrupt`, `Internal` for rows that cannot be seen so.
    fn see(&self, batch: &RecordBatch) -> Result<RecordBatch, Error>;
}

/// Columns in an order of their own.
struct Chosen {
    /// What is looked through before.
    of: Option<Arc<dyn Lens>>,
    schema: SchemaRef,
    /// Where each field of the schema stands there.
    positions: Vec<usize>,
}

impl Lens for Chosen {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn see(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let before = self.of.as_ref().map(|lens| lens.see(batch)).transpose()?;
        let batch = before.as_ref().unwrap_or(batch);
        let columns = self.positions.iter().filter_map(|at| batch.columns().get(*at).cloned()).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options).map_err(gather_error)
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("id", &self.inner.id).field("rows", &self.rows()).finish_non_exhaustive()
    }
}

/// Appends to a hold. Dropping it unfinished marks the hold as abandoned.
pub struct HoldWriter {
    hold: Hold,
    spool: Option<Spool>,
    memory_bytes: usize,
}

pub(crate) fn start(
    id: u64,
    store: Arc<Shared>,
    schema: SchemaRef,
    context: ValueContext,
) -> Result<(HoldWriter, Hold), Error> {
    let inner = Inner {
        id,
        store,
        schema,
        context,
        blocks: RwLock::default(),
        progress: watch::channel(Progress::default()).0,
        disk: std::sync::atomic::AtomicU64::new(0),
    };
    let hold = Hold { inner: Arc::new(inner), lens: None };
    Ok((HoldWriter { hold: hold.clone(), spool: None, memory_bytes: 0 }, hold))
}

impl Inner {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Blocks> {
        self.blocks.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Blocks> {
        self.blocks.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HoldWriter {
    /// The hold it writes.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// Appends rows. Blocks on the disk: call it where blocking is allowed.
    ///
    /// # Errors
    /// `Exhausted` when the disk or the store's limit is full, `Internal` for a batch of another schema.
    /// What was appended before stays readable.
    pub fn append(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.schema_ref() != &self.hold.inner.schema {
            return Err(Error::new(Code::Internal, "A batch does not have the columns of its result."));
        }
        for range in spool::pieces(batch) {
            self.append_piece(&batch.slice(range.start, range.len()))?;
        }
        Ok(())
    }

    fn append_piece(&mut self, piece: &RecordBatch) -> Result<(), Error> {
        let inner = &self.hold.inner;
        let bytes = spool::value_bytes(piece);
        let fits = self.memory_bytes + bytes <= inner.store.limits.memory_bytes;
        let place = if self.spool.is_none() && fits {
            let own = compact(piece)?;
            self.memory_bytes += bytes;
            inner.write().memory.push(own);
            None
        } else {
            let spool = match &mut self.spool {
                Some(spool) => spool,
                none => none.insert(self.hold.spill()?),
            };
            Some(self.hold.spool(spool, piece)?)
        };
        let mut blocks = inner.write();
        let first_row = blocks.rows;
        blocks.index.push(Block { first_row, place });
        blocks.rows += piece.num_rows() as u64;
        let rows = blocks.rows;
        drop(blocks);
        inner.progress.send_modify(|progress| {
            progress.rows = rows;
            progress.bytes += bytes as u64;
        });
        Ok(())
    }

    /// Marks the hold as waiting for a decision; `limit` is how long it may.
    pub fn pause(&self, limit: Duration) {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.set(HoldState::Paused { since_ms: milliseconds(since), limit_ms: milliseconds(limit) });
    }

    /// Marks the hold as reading again.
    pub fn resume(&self) {
        self.set(HoldState::Reading);
    }

    /// Ends the hold: nothing more will come.
    pub fn finish(self, state: HoldState) {
        self.set(state);
    }

    fn set(&self, state: HoldState) {
        self.hold.inner.progress.send_modify(|progress| progress.state = state);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Drop for HoldWriter {
    fn drop(&mut self) {
        self.hold.inner.progress.send_if_modified(|progress| {
            let left = !progress.state.is_final();
            if left {
                progress.state = HoldState::Truncated(Truncation::Abandoned);
            }
            left
        });
    }
}

/// A copy that pins no more memory than it needs.
fn compact(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    if batch.get_array_memory_size() <= 2 * spool::value_bytes(batch) + 4096 {
        return Ok(batch.clone());
    }
    let rows = u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
    arrow_select::take::take_record_batch(batch, &UInt32Array::from_iter_values(0..rows)).map_err(gather_error)
}

pub(crate) fn gather_error(error: arrow_schema::ArrowError) -> Error {
    Error::new(Code::Internal, "Rows of a result could not be put together.").with_source(error)
}

impl Hold {
    /// Its columns, class columns last.
    pub fn schema(&self) -> &SchemaRef {
        self.lens.as_ref().map_or(&self.inner.schema, |lens| lens.schema())
    }

    /// The same rows, and those that are still to come, with these columns: for each its position here and its name there. A
    /// column may come again.
    ///
    /// # Errors
    /// `NotFound` for a position past the columns.
    pub fn project(&self, columns: &[(usize, &str)]) -> Result<Hold, Error> {
        let (own, visible) = (self.schema(), self.visible_columns());
        let (mut fields, mut positions, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (position, name)) in columns.iter().enumerate() {
            let field = own.fields().get(*position).filter(|_| *position < visible);
            let field = field.ok_or_else(|| no_column(*position))?;
            fields.push(Field::clone(field).with_name(*name));
            positions.push(*position);
            classes.extend(arrow::class_column(own, *position).map(|class| (arrow::class_field(place), class)));
        }
        for (field, class) in classes {
            fields.push(field);
            positions.push(class);
        }
        let schema = Arc::new(Schema::new_with_metadata(fields, own.metadata().clone()));
        let lens = Arc::new(Chosen { of: self.lens.clone(), schema, positions });
        Ok(Hold { inner: Arc::clone(&self.inner), lens: Some(lens) })
    }

    /// The same rows, and those that are still to come, through a lens. What they were seen through before is left out.
    #[must_use]
    pub fn through(&self, lens: Arc<dyn Lens>) -> Hold {
        Hold { inner: Arc::clone(&self.inner), lens: Some(lens) }
    }

    /// Rows as they lie in the hold, as they are seen.
    pub(crate) fn see(&self, batch: RecordBatch) -> Result<RecordBatch, Error> {
        match &self.lens {
            Some(lens) => lens.see(&batch),
            None => Ok(batch),
        }
    }

    /// The settings its texts depend on.
    pub fn context(&self) -> &ValueContext {
        &self.inner.context
    }

    /// How many columns a person sees.
    pub fn visible_columns(&self) -> usize {
        arrow::visible_columns(self.schema())
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.inner.read().rows
    }

    /// Whether it holds the whole result.
    pub fn is_complete(&self) -> bool {
        matches!(self.inner.progress.borrow().state, HoldState::Complete)
    }

    /// What is held so far, and its changes. What came before it was asked for counts as one, or a reader that is
    /// late would never hear of a run that paused or ended meanwhile.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        let mut progress = self.inner.progress.subscribe();
        let begun = {
            let now = progress.borrow();
            now.rows > 0 || !matches!(now.state, HoldState::Reading)
        };
        if begun {
            progress.mark_changed();
        }
        progress
    }

    /// Moves everything to a new file.
    fn spill(&self) -> Result<Spool, Error> {
        let mut spool = Spool::new(self.inner.store.file()?, &self.inner.schema)?;
        let memory = self.inner.read().memory.clone();
        let mut places = Vec::with_capacity(memory.len());
        for batch in &memory {
            places.push(self.spool(&mut spool, batch)?);
        }
        let mut blocks = self.inner.write();
        for (block, place) in blocks.index.iter_mut().zip(places) {
            block.place = Some(place);
        }
        blocks.memory = Vec::new();
        blocks.file = Some(spool.file());
        Ok(spool)
    }

    fn spool(&self, spool: &mut Spool, batch: &RecordBatch) -> Result<Place, Error> {
        spool.append(batch, |bytes| {
            self.inner.store.reserve(bytes)?;
            self.inner.disk.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        })
    }

    /// The block that holds a row, and the block's rows.
    fn block_of(&self, row: u64) -> Option<(usize, Range<u64>)> {
        let blocks = self.inner.read();
        if row >= blocks.rows {
            return None;
        }
        let number = blocks.index.partition_point(|block| block.first_row <= row).checked_sub(1)?;
        let first = blocks.index.get(number)?.first_row;
        let end = blocks.index.get(number + 1).map_or(blocks.rows, |block| block.first_row);
        Some((number, first..end))
    }

    /// Reads a block. `keep` leaves it in the cache for the next window.
    fn block(&self, number: usize, keep: bool) -> Result<RecordBatch, Error> {
        let key = (self.inner.id, number);
        let (file, place) = {
            let blocks = self.inner.read();
            match (blocks.index.get(number).and_then(|block| block.place), &blocks.file) {
                (Some(place), Some(file)) => (Arc::clone(file), place),
                _ => {
                    return blocks
                        .memory
                        .get(number)
                        .cloned()
                        .ok_or_else(|| Error::new(Code::Internal, "A part of a result is missing."));
                }
            }
        };
        if let Some(batch) = self.inner.store.cache.get(key) {
            return Ok(batch);
        }
        let batch = spool::read(&file, place, &self.inner.schema)?;
        if keep {
            self.inner.store.cache.put(key, batch.clone(), place.length);
        }
        Ok(batch)
    }

    /// The batch around a row, as it lies in the hold, and the number of its first row. `None` past the end.
    pub(crate) fn around(&self, row: u64, keep: bool) -> Result<Option<(RecordBatch, u64)>, Error> {
        let Some((number, rows)) = self.block_of(row) else { return Ok(None) };
        Ok(Some((self.block(number, keep)?, rows.start)))
    }

    /// The rows of a range as batches, in order; rows past the end are left out.
    pub fn batches(&self, rows: Range<u64>) -> Batches {
        let end = rows.end.min(self.rows());
        Batches { hold: self.clone(), next: rows.start, end, keep: false }
    }

    pub(crate) fn kept_batches(&self, rows: Range<u64>) -> Batches {
        Batches { keep: true, ..self.batches(rows) }
    }
}

/// Batches of a hold, read one at a time.
pub struct Batches {
    hold: Hold,
    next: u64,
    end: u64,
    keep: bool,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let (batch, first) = match self.hold.around(self.next, self.keep) {
            Ok(found) => found?,
            Err(error) => {
                self.next = self.end;
                return Some(Err(error));
            }
        };
        let skip = usize::try_from(self.next - first).ok()?;
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let take = batch.num_rows().checked_sub(skip).filter(|rows| *rows > 0)?.min(left);
        self.next += take as u64;
        Some(self.hold.see(batch.slice(skip, take)))
    }
}

#[cfg(test)]
impl Hold {
    /// The spool file, for tests that damage it.
    pub(crate) fn file(&self) -> Option<Arc<File>> {
        self.inner.read().file.clone()
    }
}
