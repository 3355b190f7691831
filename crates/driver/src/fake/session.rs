//! A fake session: a task that owns its state, as a real one owns its socket.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use arrow_array::{Array, BinaryArray, RecordBatch};
use async_trait::async_trait;
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    time::Instant,
};

use super::{
    LATE_CLOSE, Live, Sabotage, Shared,
    control::FakeControl,
    lock, next_id,
    steps::{Memory, Step, integer_batch, repeat},
};
use crate::{
    Cancel, CancelHandle, Code, Connection, Control, EVENT_ROOM, Error, Event, Link, Message, Outcome, Role, Run,
    RunId, Session, SessionState, Statement, Summary, Transaction, arrow,
};

/// A fake connection.
pub struct FakeConnection {
    control: FakeControl,
    read_only: bool,
}

impl FakeConnection {
    pub(crate) fn new(shared: Arc<Shared>, read_only: bool) -> Self {
        FakeConnection { control: FakeControl { shared }, read_only }
    }
}

#[async_trait]
impl Connection for FakeConnection {
    fn control(&self) -> &dyn Control {
        &self.control
    }

    async fn open(&self, _role: Role) -> Result<Arc<dyn Session>, Error> {
        Ok(Arc::new(open(&self.control.shared, self.read_only)))
    }

    async fn close(&self) {}
}

enum Request {
    Run(Box<Start>),
    Ping(oneshot::Sender<()>),
}

struct Start {
    id: RunId,
    statement: Statement,
    events: mpsc::Sender<Result<Event, Error>>,
    cancel: watch::Receiver<bool>,
}

/// A fake session.
pub struct FakeSession {
    shared: Arc<Shared>,
    requests: mpsc::UnboundedSender<Request>,
    state: watch::Receiver<SessionState>,
    messages: broadcast::Sender<Message>,
    close: watch::Sender<bool>,
}

/// Opens a session and starts its task.
pub(crate) fn open(shared: &Arc<Shared>, read_only: bool) -> FakeSession {
    let server_id = next_id(shared);
    let (requests, inbox) = mpsc::unbounded_channel();
    let (state_to, state) =
        watch::channel(SessionState { server_id: Some(server_id.clone()), read_only, ..SessionState::default() });
    let (messages, _) = broadcast::channel(256);
    let (close, closing) = watch::channel(false);
    let (kill, killed) = watch::channel(None);
    let live = Live { kill, messages: messages.clone(), running: None, listens: HashSet::new() };
    lock(&shared.live).insert(server_id.clone(), live);
    let task = Task {
        shared: Arc::clone(shared),
        memory: Memory { server_id: server_id.clone(), read_only, ..Memory::default() },
        server_id,
        inbox,
        state: state_to,
        messages: messages.clone(),
        closing,
        killed,
        left_over: None,
        reads_ahead: Vec::new(),
    };
    tokio::spawn(task.serve());
    FakeSession { shared: Arc::clone(shared), requests, state, messages, close }
}

struct FakeCancel {
    shared: Arc<Shared>,
}

#[async_trait]
impl Cancel for FakeCancel {
    async fn cancel(&self, run: RunId) -> Result<(), Error> {
        if self.shared.broken(Sabotage::IgnoresCancel) {
            return Ok(());
        }
        match lock(&self.shared.cancels).get(&run) {
            Some(cancel) => drop(cancel.send(true)),
            None if self.shared.broken(Sabotage::CancelHitsNextRun) => *lock(&self.shared.stray_cancel) = true,
            None => {}
        }
        Ok(())
    }
}

#[async_trait]
impl Session for FakeSession {
    fn run(&self, statement: Statement) -> Run {
        let id = RunId::new();
        let room = if self.shared.broken(Sabotage::ReadsAhead) { 1 << 20 } else { EVENT_ROOM };
        let (to, events) = mpsc::channel(room);
        let (cancel, cancelled) = watch::channel(false);
        lock(&self.shared.cancels).insert(id, cancel);
        let start = Start { id, statement, events: to, cancel: cancelled };
        if let Err(mpsc::error::SendError(Request::Run(start))) = self.requests.send(Request::Run(Box::new(start))) {
            lock(&self.shared.cancels).remove(&id);
            // A fresh channel has room for one event.
            drop(start.events.try_send(Err(Error::lost("Fake"))));
        }
        Run { id, events, cancel: CancelHandle::new(id, Arc::new(FakeCancel { shared: Arc::clone(&self.shared) })) }
    }

    fn state(&self) -> watch::Receiver<SessionState> {
        self.state.clone()
    }

    fn messages(&self) -> broadcast::Receiver<Message> {
        self.messages.subscribe()
    }

    async fn ping(&self) -> Result<(), Error> {
        let (to, answer) = oneshot::channel();
        self.requests.send(Request::Ping(to)).map_err(|_| Error::lost("Fake"))?;
        answer.await.map_err(|_| Error::lost("Fake"))
    }

    async fn close(&self) {
        if self.shared.broken(Sabotage::ClosesLate) {
            tokio::time::sleep(LATE_CLOSE).await;
        }
        self.close.send_replace(true);
    }
}

impl Drop for FakeSession {
    fn drop(&mut self) {
        self.close.send_replace(true);
    }
}

/// Why a statement ended before its steps did.
enum Stop {
    Cancelled,
    Dropped,
    TimedOut,
    Lost(String),
    Closed,
    Failed(Box<Error>),
}

struct Task {
    shared: Arc<Shared>,
    server_id: String,
    memory: Memory,
    inbox: mpsc::UnboundedReceiver<Request>,
    state: watch::Sender<SessionState>,
    messages: broadcast::Sender<Message>,
    closing: watch::Receiver<bool>,
    killed: watch::Receiver<Option<String>>,
    left_over: Option<RecordBatch>,
    reads_ahead: Vec<Vec<u8>>,
}

/// Waits until the flag is up; for ever when nobody can raise it any more.
async fn raised(flag: &mut watch::Receiver<bool>) {
    if flag.wait_for(|up| *up).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn killed(by: &mut watch::Receiver<Option<String>>) -> String {
    let reason = by.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
    match reason {
        Some(reason) => reason,
        None => std::future::pending().await,
    }
}

impl Task {
    async fn serve(mut self) {
        let end = loop {
            let mut closing = self.closing.clone();
            let mut by = self.killed.clone();
            let misses = self.shared.broken(Sabotage::MissesLoss);
            let request = tokio::select! {
                biased;
                () = raised(&mut closing) => break Link::Closed,
                reason = killed(&mut by), if !misses => break Link::Lost(reason),
                request = self.inbox.recv() => request,
            };
            match request {
                None => break Link::Closed,
                Some(Request::Ping(answer)) => drop(answer.send(())),
                Some(Request::Run(start)) => {
                    if let Some(link) = self.perform(*start).await {
                        break link;
                    }
                }
            }
        };
        lock(&self.shared.live).remove(&self.server_id);
        self.state.send_modify(|state| {
            state.link = end;
            state.running = None;
        });
        // Whoever still waits is told; the inbox then closes and later runs are refused at once.
        self.inbox.close();
        while let Some(request) = self.inbox.recv().await {
            if let Request::Run(start) = request {
                lock(&self.shared.cancels).remove(&start.id);
                drop(start.events.try_send(Err(Error::lost("Fake"))));
            }
        }
    }

    /// Runs one statement; a link that ended with it is returned.
    async fn perform(&mut self, mut start: Start) -> Option<Link> {
        let began = Instant::now();
        self.set_running(Some((start.id, Arc::clone(&start.statement.text))));
        self.state.send_modify(|state| state.running = Some(start.id));
        if std::mem::take(&mut *lock(&self.shared.stray_cancel)) {
            start.cancel = watch::channel(true).1;
        }
        let mut summary = Summary {
            outcome: Outcome::Completed,
            tag: None,
            affected_rows: None,
            rows: 0,
            elapsed: Duration::ZERO,
            transaction: Transaction::Idle,
            left: None,
        };
        let deadline = start.statement.timeout.map(|timeout| began + timeout);
        let stop = self.steps(&mut start, &mut summary, deadline).await.err();
        lock(&self.shared.cancels).remove(&start.id);
        self.set_running(None);
        let mut link = None;
        let mut last = match stop {
            None | Some(Stop::Dropped) => None,
            Some(Stop::Cancelled) => {
                summary.outcome = Outcome::Cancelled;
                if self.shared.broken(Sabotage::CancelEndsSession) {
                    link = Some(Link::Lost("The cancel ended the session.".to_owned()));
                }
                None
            }
            Some(Stop::TimedOut) => Some(Error::new(Code::TimedOut, "It took longer than allowed.")),
            Some(Stop::Lost(reason)) => {
                link = Some(Link::Lost(reason));
                Some(Error::lost("Fake"))
            }
            Some(Stop::Closed) => {
                link = Some(Link::Closed);
                Some(Error::new(Code::Cancelled, "The session was closed."))
            }
            Some(Stop::Failed(error)) => Some(*error),
        };
        let interrupted = last.is_some() || summary.outcome == Outcome::Cancelled;
        if interrupted && self.memory.transaction == Transaction::Open {
            self.memory.transaction = Transaction::Failed;
        }
        if self.shared.broken(Sabotage::ForgetsSpans)
            && let Some(error) = &mut last
        {
            error.span = None;
        }
        summary.elapsed = began.elapsed();
        let hidden = self.shared.broken(Sabotage::HidesTransactions);
        summary.transaction = if hidden { Transaction::Idle } else { self.memory.transaction };
        self.state.send_modify(|state| {
            state.running = None;
            state.transaction = summary.transaction;
        });
        let last = last.map_or(Ok(Event::Done(summary)), Err);
        if link.is_some() {
            // A dead session does not wait for its reader; whoever waits sees the channel's end or this event.
            drop(start.events.try_send(last));
        } else if start.events.send(last.clone()).await.is_ok() && self.shared.broken(Sabotage::TalksAfterDone) {
            drop(start.events.send(last).await);
        }
        link
    }

    fn set_running(&self, running: Option<(RunId, Arc<str>)>) {
        if let Some(live) = lock(&self.shared.live).get_mut(&self.server_id) {
            live.running = running;
        }
    }

    async fn steps(&mut self, start: &mut Start, summary: &mut Summary, until: Option<Instant>) -> Result<(), Stop> {
        if let Some(batch) = self.left_over.take() {
            self.send(start, Event::Batch(batch), until).await?;
        }
        for step in self.answer(&start.statement) {
            match step {
                Step::Head(schema) => {
                    let context = self.shared.context.clone();
                    if !(self.shared.broken(Sabotage::DropsHeaders) && summary.rows == 0 && schema.fields().len() == 2)
                    {
                        self.send(start, Event::ResultSet(schema, context), until).await?;
                    }
                }
                Step::Rows(batch) => self.batch(start, batch, summary, until).await?,
                Step::Stream(batches) => {
                    let mut position = 0;
                    while let Some(batch) = batches(position) {
                        self.batch(start, batch, summary, until).await?;
                        position += 1;
                    }
                }
                Step::Notice(_) if self.shared.broken(Sabotage::SwallowsNotices) => {}
                Step::Notice(notice) => self.send(start, Event::Notice(notice), until).await?,
                Step::Wait(time) => self.interruptible(start, until, tokio::time::sleep(time)).await?,
                Step::Transaction(transaction) => self.memory.transaction = transaction,
                Step::Listen(channel) => {
                    if let Some(live) = lock(&self.shared.live).get_mut(&self.server_id) {
                        live.listens.insert(channel);
                    }
                }
                Step::Notify { channel, payload } => {
                    for live in lock(&self.shared.live).values().filter(|live| live.listens.contains(&channel)) {
                        drop(live.messages.send(Message::Notification {
                            channel: channel.clone(),
                            payload: payload.clone(),
                            sender: Some(self.server_id.clone()),
                        }));
                    }
                }
                Step::Parameter { name, value } => drop(self.messages.send(Message::Parameter { name, value })),
                Step::Die(reason) => return Err(Stop::Lost(reason)),
                Step::Fail(error) => return Err(Stop::Failed(Box::new(error))),
                Step::Tag(tag, affected) => {
                    summary.tag = Some(tag);
                    summary.affected_rows = affected;
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, statement: &Statement) -> Vec<Step> {
        let mut words = statement.text.split(' ');
        if words.next() == Some("page")
            && let (Some(first), Some(last)) = (words.next(), words.next())
            && let (Ok(first), Ok(last)) = (first.parse::<i64>(), last.parse::<i64>())
        {
            let batch = integer_batch(first..=last);
            let head = Step::Head(batch.schema());
            return if batch.num_rows() == 0 { vec![head] } else { vec![head, Step::Rows(batch)] };
        }
        let shared = Arc::clone(&self.shared);
        if shared.broken(Sabotage::SharesMemory) {
            self.memory.values = lock(&shared.common).clone();
        }
        if shared.broken(Sabotage::WritesAnyway) {
            self.memory.read_only = false;
        }
        let mut steps = match shared.replies.get(&*statement.text).or(shared.fallback.as_ref()) {
            Some(reply) => reply(statement, &mut self.memory),
            None => vec![Step::Fail(Error::new(Code::InvalidStatement, format!("Not understood: {}", statement.text)))],
        };
        if shared.broken(Sabotage::SharesMemory) {
            *lock(&shared.common) = self.memory.values.clone();
        }
        if shared.broken(Sabotage::HoldsRowsBack) {
            steps.sort_by_key(|step| !matches!(step, Step::Wait(_)));
        }
        steps
    }

    async fn batch(
        &mut self,
        start: &mut Start,
        mut batch: RecordBatch,
        summary: &mut Summary,
        until: Option<Instant>,
    ) -> Result<(), Stop> {
        let shared = Arc::clone(&self.shared);
        if shared.broken(Sabotage::ClipsValues) || shared.broken(Sabotage::NullIsEmpty) {
            batch = spoil(&batch, shared.broken(Sabotage::ClipsValues));
        }
        if shared.broken(Sabotage::HugeBatches)
            && batch.num_rows() > 1
            && let Some(Step::Stream(batches)) = repeat(None, arrow::BATCH_ROWS as u64 + 1).pop()
            && let Some(huge) = batches(0)
        {
            batch = huge;
        }
        if shared.broken(Sabotage::ReadsAhead) {
            self.reads_ahead.push(vec![1; 1 << 20]);
        }
        if shared.broken(Sabotage::EmptyBatches) {
            self.send(start, Event::Batch(batch.slice(0, 0)), until).await?;
        }
        summary.rows += batch.num_rows() as u64;
        let sent = self.send(start, Event::Batch(batch.clone()), until).await;
        if matches!(sent, Err(Stop::Dropped)) && shared.broken(Sabotage::LeaksBytes) {
            self.left_over = Some(batch);
        }
        sent
    }

    async fn send(&mut self, start: &mut Start, event: Event, until: Option<Instant>) -> Result<(), Stop> {
        let events = start.events.clone();
        match self.interruptible(start, until, events.send(Ok(event))).await? {
            Ok(()) => Ok(()),
            Err(_) => Err(Stop::Dropped),
        }
    }

    async fn interruptible<T>(
        &mut self,
        start: &mut Start,
        until: Option<Instant>,
        work: impl Future<Output = T>,
    ) -> Result<T, Stop> {
        let deaf = self.shared.broken(Sabotage::MissesLoss);
        let expired = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = raised(&mut self.closing) => Err(Stop::Closed),
            reason = killed(&mut self.killed), if !deaf => Err(Stop::Lost(reason)),
            () = raised(&mut start.cancel) => Err(Stop::Cancelled),
            () = start.events.closed() => Err(Stop::Dropped),
            () = expired => Err(Stop::TimedOut),
            done = work => Ok(done),
        }
    }
}

/// Breaks the values of a batch's `Binary` columns.
fn spoil(batch: &RecordBatch, clip: bool) -> RecordBatch {
    let columns = batch
        .columns()
        .iter()
        .map(|column| match column.as_any().downcast_ref::<BinaryArray>() {
            None => Arc::clone(column),
            Some(cells) => Arc::new(BinaryArray::from_iter(cells.iter().map(|cell| match cell {
                Some(bytes) if clip => Some(&bytes[..bytes.len().saturating_sub(1)]),
                None if !clip => Some(&b""[..]),
                cell => cell,
            }))) as _,
        })
        .collect();
    RecordBatch::try_new(batch.schema(), columns).unwrap_or_else(|_| batch.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_spoiled_batch_differs_from_the_original() {
        let cells = vec![Some(b"ab".to_vec()), None];
        let batch = super::super::binary_batch(&[("a", "text", cells)]);
        assert_ne!(spoil(&batch, true), batch);
        let filled = spoil(&batch, false);
        assert_eq!(filled.column(0).null_count(), 0);
    }
}
