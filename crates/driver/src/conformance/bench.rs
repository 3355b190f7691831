//! What cases share: connecting, reading runs to their end under every law, looking at the server.

use std::{future::Future, sync::Arc, time::Duration};

use arrow_array::{Array, RecordBatch, cast::AsArray, types};
use arrow_schema::{DataType, SchemaRef};
use tokio::sync::watch;

use super::{Gap, Login, Offer, Subject, Texts, Verdict};
use crate::{
    ConnectContext, Connection, Error, Event, Link, Notice, Outcome, Role, Run, Session, SessionState, Statement,
    Summary, arrow, arrow::BATCH_BYTES, arrow::BATCH_ROWS,
};

/// Longest wait for something that should come at once.
pub(super) const SOON: Duration = Duration::from_secs(15);

/// Ends a case as failed.
pub(super) fn fail<T>(detail: impl Into<String>) -> Result<T, Verdict> {
    Err(Verdict::Failed(detail.into()))
}

/// Fails unless it holds.
pub(super) fn check(holds: bool, detail: impl FnOnce() -> String) -> Result<(), Verdict> {
    if holds { Ok(()) } else { fail(detail()) }
}

/// An error where none is expected.
pub(super) fn unexpected(what: &str, error: &Error) -> Verdict {
    Verdict::Failed(format!("{what}: {:?}: {}", error.code, error.message))
}

/// Waits, but not for ever.
pub(super) async fn within<T>(limit: Duration, what: &str, work: impl Future<Output = T>) -> Result<T, Verdict> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => Ok(done),
        Err(_) => fail(format!("{what}: nothing after {} s", limit.as_secs())),
    }
}

/// One result set read whole.
pub(super) struct ResultSet<'a> {
    pub(super) schema: SchemaRef,
    pub(super) batches: Vec<RecordBatch>,
    subject: &'a dyn Subject,
}

impl ResultSet<'_> {
    /// The text of a cell of the first row; `None` for NULL.
    pub(super) fn first(&self, column: usize) -> Result<Option<Vec<u8>>, Verdict> {
        match self.batches.first() {
            Some(batch) => self.printed(batch, 0, column),
            None => fail("the result has no rows"),
        }
    }

    /// The text of a cell as the server's own client prints it.
    pub(super) fn printed(&self, batch: &RecordBatch, row: usize, column: usize) -> Result<Option<Vec<u8>>, Verdict> {
        let native = self.schema.fields().get(column).map_or("", |field| arrow::native_type(field));
        Ok(cell(batch, row, column)?.map(|bytes| self.subject.print(native, bytes)))
    }
}

/// A run read to its end.
pub(super) struct Finished<'a> {
    pub(super) sets: Vec<ResultSet<'a>>,
    pub(super) notices: Vec<Notice>,
    pub(super) end: Result<Summary, Error>,
}

/// The text of a cell.
pub(super) fn cell(batch: &RecordBatch, row: usize, column: usize) -> Result<Option<Vec<u8>>, Verdict> {
    if column >= batch.num_columns() || row >= batch.num_rows() {
        return fail(format!("there is no cell at row {row}, column {column}"));
    }
    let array = batch.column(column);
    if array.is_null(row) {
        return Ok(None);
    }
    macro_rules! digits {
        ($type:ty) => {
            array.as_primitive::<$type>().value(row).to_string().into_bytes()
        };
    }
    Ok(Some(match array.data_type() {
        DataType::Int16 => digits!(types::Int16Type),
        DataType::Int32 => digits!(types::Int32Type),
        DataType::Int64 => digits!(types::Int64Type),
        DataType::UInt8 => digits!(types::UInt8Type),
        DataType::UInt16 => digits!(types::UInt16Type),
        DataType::UInt32 => digits!(types::UInt32Type),
        DataType::UInt64 => digits!(types::UInt64Type),
        DataType::Boolean => array.as_boolean().value(row).to_string().into_bytes(),
        DataType::Binary => array.as_binary::<i32>().value(row).to_vec(),
        other => return fail(format!("a column of type {other}, which the contract does not have")),
    }))
}

/// Bytes of the values of a batch, without what builders reserved.
fn value_bytes(batch: &RecordBatch) -> usize {
    let of = |column: &arrow_array::ArrayRef| match column.as_binary_opt::<i32>() {
        Some(cells) => {
            let offsets = cells.value_offsets();
            let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
            usize::try_from(last - first).unwrap_or(0)
        }
        None => column.len() * column.data_type().primitive_width().unwrap_or(1),
    };
    batch.columns().iter().map(of).sum()
}

/// What a run may send, checked event by event.
#[derive(Default)]
pub(super) struct Laws {
    head: Option<SchemaRef>,
    rows: u64,
    ended: bool,
}

impl Laws {
    /// Looks at one event.
    pub(super) fn look(&mut self, event: &Result<Event, Error>) -> Result<(), Verdict> {
        check(!self.ended, || "an event after the last one".to_owned())?;
        match event {
            Ok(Event::ResultSet(schema, _)) => {
                let visible = arrow::visible_columns(schema);
                for (index, field) in schema.fields().iter().enumerate() {
                    let class = arrow::class_of(field);
                    check(class.is_none_or(|of| of < visible), || {
                        format!("class column {} belongs to no column", field.name())
                    })?;
                    check(index < visible || class.is_some(), || {
                        format!("column {} stands behind a class column", field.name())
                    })?;
                }
                self.head = Some(Arc::clone(schema));
            }
            Ok(Event::Batch(batch)) => {
                let Some(head) = &self.head else { return fail("a batch before its head") };
                check(batch.schema() == *head, || "a batch with another schema than its head".to_owned())?;
                let rows = batch.num_rows();
                check(rows > 0, || "an empty batch".to_owned())?;
                check(rows <= BATCH_ROWS, || format!("a batch of {rows} rows"))?;
                let bytes = value_bytes(batch);
                // One row may be larger; so may the row that fills a batch up.
                let fair = rows == 1 || bytes <= BATCH_BYTES || value_bytes(&batch.slice(0, rows - 1)) <= BATCH_BYTES;
                check(fair, || format!("a batch of {bytes} bytes in {rows} rows"))?;
                self.rows += rows as u64;
            }
            Ok(Event::Notice(_)) => {}
            Ok(Event::Done(summary)) => {
                self.ended = true;
                // A cancelled run may have counted rows that were drained unseen.
                let counted = summary.rows == self.rows || summary.outcome == Outcome::Cancelled;
                check(counted, || format!("{} rows sent, {} counted", self.rows, summary.rows))?;
            }
            Err(_) => self.ended = true,
        }
        Ok(())
    }
}

/// The subject and how to work with it.
pub(super) struct Bench<'a> {
    pub(super) subject: &'a dyn Subject,
}

impl<'a> Bench<'a> {
    pub(super) fn new(subject: &'a dyn Subject) -> Self {
        Bench { subject }
    }

    pub(super) fn texts(&self) -> &'a Texts {
        self.subject.texts()
    }

    /// Connects with a login.
    pub(super) async fn try_connect(&self, login: Login, read_only: bool) -> Result<Arc<dyn Connection>, Error> {
        let context = ConnectContext { read_only, ..ConnectContext::unattended(login.password) };
        self.subject.driver().connect(&login.profile, context).await
    }

    /// Connects with the login that works.
    pub(super) async fn connect(&self) -> Result<Arc<dyn Connection>, Verdict> {
        self.try_connect(self.subject.login(), false).await.map_err(|error| unexpected("connect", &error))
    }

    /// A session of a connection of its own; keep the connection.
    pub(super) async fn session(&self) -> Result<(Arc<dyn Connection>, Arc<dyn Session>), Verdict> {
        let connection = self.connect().await?;
        let session = connection.open(Role::Session).await.map_err(|error| unexpected("open", &error))?;
        Ok((connection, session))
    }

    /// Reads a run to its end.
    pub(super) async fn finish(&self, mut run: Run) -> Result<Finished<'a>, Verdict> {
        let mut laws = Laws::default();
        let (mut sets, mut notices, mut end) = (Vec::<ResultSet<'a>>::new(), Vec::new(), None);
        while let Some(event) = within(SOON, "the run", run.next()).await? {
            laws.look(&event)?;
            match event {
                Ok(Event::ResultSet(schema, _)) => {
                    sets.push(ResultSet { schema, batches: Vec::new(), subject: self.subject })
                }
                Ok(Event::Batch(batch)) => {
                    if let Some(set) = sets.last_mut() {
                        set.batches.push(batch);
                    }
                }
                Ok(Event::Notice(notice)) => notices.push(notice),
                Ok(Event::Done(summary)) => end = Some(Ok(summary)),
                Err(error) => end = Some(Err(error)),
            }
        }
        match end {
            Some(end) => Ok(Finished { sets, notices, end }),
            None => fail("the events ended without a last word"),
        }
    }

    /// Runs a statement that must succeed.
    pub(super) async fn succeed(&self, session: &dyn Session, statement: Statement) -> Result<Finished<'a>, Verdict> {
        let text = Arc::clone(&statement.text);
        let finished = self.finish(session.run(statement)).await?;
        match &finished.end {
            Ok(summary) if summary.outcome == Outcome::Completed => Ok(finished),
            Ok(_) => fail(format!("`{}` was cancelled", brief(&text))),
            Err(error) => Err(unexpected(&format!("`{}`", brief(&text)), error)),
        }
    }

    /// Runs a statement that must fail.
    pub(super) async fn error(&self, session: &dyn Session, text: &str) -> Result<Error, Verdict> {
        match self.finish(session.run(Statement::new(text))).await?.end {
            Err(error) => Ok(error),
            Ok(_) => fail(format!("`{}` succeeded", brief(text))),
        }
    }

    /// Runs statements that must succeed.
    pub(super) async fn all(&self, session: &dyn Session, texts: &[String]) -> Result<(), Verdict> {
        for text in texts {
            self.succeed(session, Statement::new(text.as_str())).await?;
        }
        Ok(())
    }

    /// The text of the first cell of the last result set.
    pub(super) async fn scalar(&self, session: &dyn Session, text: &str) -> Result<Option<String>, Verdict> {
        let finished = self.succeed(session, Statement::new(text)).await?;
        match finished.sets.last() {
            Some(set) => Ok(set.first(0)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())),
            None => fail(format!("`{}` has no result", brief(text))),
        }
    }

    /// Runs the simplest statement: the session is whole and its bytes are its own.
    pub(super) async fn works(&self, session: &dyn Session) -> Result<(), Verdict> {
        let finished = self.succeed(session, Statement::new(self.texts().one.as_str())).await?;
        check(finished.sets.len() == 1, || format!("{} result sets instead of one", finished.sets.len()))?;
        let set = finished.sets.first().map(|set| (set.first(0), set.batches.iter().map(RecordBatch::num_rows).sum()));
        match set {
            Some((Ok(Some(one)), 1usize)) if one == b"1" => Ok(()),
            other => fail(format!("the next run gave {other:?} instead of one row with 1")),
        }
    }

    /// Starts the statement that works for a minute and waits until the server says so, as far as it can be asked.
    pub(super) async fn start_sleep(&self, session: &dyn Session) -> Result<Run, Verdict> {
        let run = session.run(Statement::new(self.texts().sleep.clone()?.as_str()));
        self.until_active(session, true).await?;
        Ok(run)
    }

    /// Starts the endless statement, reads its first batch and stops reading.
    pub(super) async fn start_endless(&self, session: &dyn Session) -> Result<Run, Verdict> {
        let mut run = session.run(Statement::new(self.texts().endless.clone()?.as_str()));
        let mut laws = Laws::default();
        loop {
            match within(SOON, "the first batch", run.next()).await? {
                Some(event) => {
                    laws.look(&event)?;
                    match event {
                        Ok(Event::Batch(_)) => break,
                        Ok(Event::Done(_)) => return fail("the endless statement ended"),
                        Ok(_) => {}
                        Err(error) => return Err(unexpected("the endless statement", &error)),
                    }
                }
                None => return fail("the endless statement ended without a last word"),
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(run)
    }

    /// Waits until the server itself says that the session is active, or no longer is.
    pub(super) async fn until_active(&self, session: &dyn Session, wanted: bool) -> Result<(), Verdict> {
        for _ in 0..100 {
            let state = session.state().borrow().clone();
            match self.subject.is_active(&state).await {
                Ok(active) if active == wanted => return Ok(()),
                Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                // It cannot be asked: give it time to begin.
                Err(_) if wanted => {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    return Ok(());
                }
                Err(gap) => return Err(gap.into()),
            }
        }
        let what = if wanted { "idle" } else { "active" };
        fail(format!("10 s later the server still says that the session is {what}"))
    }

    /// Waits for a state of the session.
    pub(super) async fn until_state(
        &self,
        state: &mut watch::Receiver<SessionState>,
        what: &str,
        accept: impl FnMut(&SessionState) -> bool,
    ) -> Result<SessionState, Verdict> {
        match within(SOON, what, state.wait_for(accept)).await? {
            Ok(state) => Ok(state.clone()),
            Err(_) => fail(format!("{what}: the session's task ended without saying so")),
        }
    }

    /// Reads a run that was cancelled to its end, which must be a confirmed cancel.
    pub(super) async fn cancelled(&self, mut run: Run) -> Result<(), Verdict> {
        let mut batches = 0;
        while let Some(event) = within(SOON, "the cancelled run", run.next()).await? {
            match event {
                Ok(Event::Batch(_)) => {
                    batches += 1;
                    check(batches < 10_000, || "rows go on after the cancel".to_owned())?;
                }
                Ok(Event::Done(summary)) => {
                    return check(summary.outcome == Outcome::Cancelled, || "it completed instead".to_owned());
                }
                Ok(_) => {}
                Err(error) => return Err(unexpected("the cancelled run", &error)),
            }
        }
        fail("the cancelled run ended without a last word")
    }
}

/// Whether the link is lost.
pub(super) fn is_lost(state: &SessionState) -> bool {
    matches!(state.link, Link::Lost(_))
}

/// A statement's beginning, for messages.
pub(super) fn brief(text: &str) -> &str {
    match text.char_indices().nth(80) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Turns an absent offer into a verdict unless it is there.
pub(super) fn offered<T>(offer: &Offer<T>) -> Result<&T, Verdict> {
    offer.as_ref().map_err(|gap: &Gap| gap.clone().into())
}
