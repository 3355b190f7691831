//! Connections that listen, from their first word to the last row.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use driver::{
    Code, Error,
    arrow::{BATCH_BYTES, BATCH_MS, BATCH_ROWS},
    live::{LIVE_ROOM, LiveEnd, LiveEvent, LiveWanted, moment},
};
use tokio::{sync::mpsc, task::JoinSet, time::Instant};

use super::kinds::{self, KEYSPACE, MONITOR, SHARDS, Source};
use crate::{
    cluster::Nodes,
    connect::Opener,
    error::{broken, refused},
    session::monitored,
    types::{Cell, Columns, Native},
    wire::{self, Assembly, Client, Token, Value},
};

/// A connection that says nothing for this long is asked for a sign of life.
const QUIET: Duration = Duration::from_secs(15);
/// How long a server may take to confirm that it tells.
const CONFIRMED: Duration = Duration::from_secs(10);
/// Between two attempts to connect again: the first, and the longest.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];

/// What is followed, and how to reach it.
pub(super) struct Stream {
    pub(super) nodes: Arc<Nodes>,
    pub(super) opener: Arc<Opener>,
    pub(super) wanted: LiveWanted,
    pub(super) columns: Columns,
}

/// One thing that was heard.
struct Heard {
    part: Option<Bytes>,
    value: Value,
}

/// Connections that listen.
pub(super) struct Ears {
    tasks: JoinSet<()>,
    heard: mpsc::Receiver<Result<Heard, Error>>,
}

/// Why listening came to an end.
enum Stop {
    /// Nobody wants to know any more.
    Gone,
    /// Its time is up.
    Limit,
    /// A connection is lost, or leads to the wrong server by now.
    Lost(Error),
}

/// Puts pieces together, whether they are pushed (RESP3) or replies (RESP2).
#[derive(Default)]
struct Hearing {
    push: Assembly,
    reply: Assembly,
}

impl Hearing {
    fn take(&mut self, token: Token) -> Option<Value> {
        if token.push { self.push.take(token) } else { self.reply.take(token) }
    }
}

/// Whether it only says that a subscription was begun.
fn confirms(value: &Value, monitors: bool) -> bool {
    let kind = value.list().first().and_then(Value::bytes);
    match monitors {
        true => value.bytes() == Some(b"OK"),
        false => matches!(kind, Some(b"subscribe" | b"psubscribe" | b"ssubscribe")),
    }
}

async fn open(opener: &Opener, source: &Source) -> Result<Client, Error> {
    let database = opener.database();
    let mut client = match &source.endpoint {
        Some(endpoint) => opener.open_at(endpoint, "live", database).await?,
        None => opener.open("live", database).await?,
    };
    for command in &source.commands {
        client.put(command);
    }
    Ok(client)
}

impl Stream {
    /// Opens every connection and waits until it listens.
    pub(super) async fn listen(&self) -> Result<Ears, Error> {
        let (tell, heard) = mpsc::channel(1024);
        let mut tasks = JoinSet::new();
        let monitors = self.wanted.kind == MONITOR;
        for source in kinds::sources(&self.nodes, &self.wanted, self.opener.database()).await? {
            let mut client = open(&self.opener, &source).await?;
            let mut hearing = Hearing::default();
            let part = source.part.map(Bytes::from);
            let mut early = Vec::new();
            let confirmed = async {
                let mut left = source.confirmations;
                while left > 0 {
                    let Some(value) = hearing.take(client.next().await.map_err(broken)?) else { continue };
                    match value {
                        Value::Error(said) => return Err(refused(&said, &[])),
                        value if confirms(&value, monitors) => left -= 1,
                        value => early.push(value),
                    }
                }
                Ok(())
            };
            let late = || broken(wire::Error::TimedOut(CONFIRMED));
            tokio::time::timeout(CONFIRMED, confirmed).await.unwrap_or_else(|_| Err(late()))?;
            tasks.spawn(hear(client, hearing, early, part, !monitors, tell.clone()));
        }
        Ok(Ears { tasks, heard })
    }

    /// Tells what is heard until nobody listens, or there is nothing left to hear.
    pub(super) async fn tell(self, mut ears: Ears, events: mpsc::Sender<LiveEvent>, limit: Option<Duration>) {
        let ends = limit.map(|limit| Instant::now() + limit);
        loop {
            match self.gather(&mut ears, &events, ends).await {
                Stop::Gone => return,
                Stop::Limit => {
                    let _ = events.send(LiveEvent::Ended(LiveEnd::Limit(limit.unwrap_or_default()))).await;
                    return;
                }
                Stop::Lost(error) => {
                    ears.tasks.abort_all();
                    if events.send(LiveEvent::Lost(error)).await.is_err() {
                        return;
                    }
                }
            }
            let Some(again) = self.again(&events, ends).await else {
                let _ = events.send(LiveEvent::Ended(LiveEnd::Limit(limit.unwrap_or_default()))).await;
                return;
            };
            match again {
                Ok(fresh) => ears = fresh,
                Err(error) => {
                    let _ = events.send(LiveEvent::Ended(LiveEnd::Failed(error))).await;
                    return;
                }
            }
            // What was published meanwhile is kept nowhere.
            if events.send(LiveEvent::Back { missed: true }).await.is_err() {
                return;
            }
        }
    }

    /// Connects again, for as long as it takes; `None` where the time is up or nobody listens any more.
    async fn again(&self, events: &mpsc::Sender<LiveEvent>, ends: Option<Instant>) -> Option<Result<Ears, Error>> {
        for attempt in 0.. {
            let pause = PAUSES.get(attempt).or(PAUSES.last()).copied().unwrap_or_default();
            let attempted = async {
                tokio::time::sleep(pause).await;
                self.nodes.forget();
                self.listen().await
            };
            let listened = tokio::select! {
                biased;
                () = events.closed() => return None,
                () = until(ends) => return None,
                listened = attempted => listened,
            };
            match listened {
                Err(error) if !lasts(&error) => {}
                settled => return Some(settled),
            }
        }
        None
    }

    async fn gather(&self, ears: &mut Ears, events: &mpsc::Sender<LiveEvent>, ends: Option<Instant>) -> Stop {
        let (mut rows, mut bytes, mut due): (Vec<Vec<Cell>>, usize, Option<Instant>) = (Vec::new(), 0, None);
        loop {
            let mut stop = None;
            tokio::select! {
                biased;
                () = events.closed() => return Stop::Gone,
                () = until(ends) => stop = Some(Stop::Limit),
                () = until(due), if due.is_some() => due = Some(Instant::now()),
                heard = ears.heard.recv() => match heard {
                    Some(Ok(heard)) => match self.row(heard) {
                        Row::Of(row) => {
                            bytes += row.iter().map(Cell::len).sum::<usize>();
                            rows.push(row);
                            due.get_or_insert_with(|| Instant::now() + Duration::from_millis(BATCH_MS));
                        }
                        Row::Elsewhere => stop = Some(Stop::Lost(elsewhere())),
                        Row::None => {}
                    },
                    Some(Err(error)) => stop = Some(Stop::Lost(error)),
                    None => stop = Some(Stop::Lost(broken(wire::Error::Closed))),
                },
            }
            let is_due = due.is_some_and(|due| due <= Instant::now());
            if !rows.is_empty() && (is_due || stop.is_some() || rows.len() >= BATCH_ROWS || bytes >= BATCH_BYTES / 2) {
                // Rows of these columns fit them: every column takes any bytes.
                if let Ok(batch) = self.columns.batch(&rows)
                    && events.send(LiveEvent::Rows(batch)).await.is_err()
                {
                    return Stop::Gone;
                }
                (rows, bytes, due) = (Vec::new(), 0, None);
            }
            if let Some(stop) = stop {
                return stop;
            }
        }
    }

    /// What was heard, as a row.
    fn row(&self, heard: Heard) -> Row {
        if self.wanted.kind == MONITOR {
            let Some(line) = heard.value.bytes() else { return Row::None };
            let mut row = monitored(line);
            row.extend(heard.part.map(|part| Cell::Bytes(Native::Bulk, part)));
            return Row::Of(row);
        }
        let mut parts = heard.value.into_list().into_iter();
        let kind = parts.next().and_then(Value::into_bytes).unwrap_or_default();
        let mut next = || match parts.next().and_then(Value::into_bytes) {
            Some(bytes) => Cell::Bytes(Native::Bulk, Bytes::from(bytes)),
            None => Cell::Null,
        };
        let received = Cell::Bytes(Native::Bulk, Bytes::from(moment(SystemTime::now())));
        match kind.as_slice() {
            b"message" | b"smessage" => {
                let (channel, message) = (next(), next());
                let pattern = (self.wanted.kind != SHARDS).then_some(Cell::Null);
                Row::Of([received, channel, message].into_iter().chain(pattern).collect())
            }
            b"pmessage" => {
                let (pattern, channel, message) = (next(), next(), next());
                match self.wanted.kind == KEYSPACE {
                    false => Row::Of(vec![received, channel, message, pattern]),
                    true => {
                        let (database, key) = keyspace(channel);
                        Row::Of(vec![received, key, message, database])
                    }
                }
            }
            // A node does so where a slot moves away.
            b"sunsubscribe" => Row::Elsewhere,
            _ => Row::None,
        }
    }
}

/// What something that was heard becomes.
enum Row {
    Of(Vec<Cell>),
    /// It says that another server tells from now on.
    Elsewhere,
    None,
}

fn elsewhere() -> Error {
    Error::new(Code::Unreachable, "The channel's slot has moved to another node of the cluster.")
}

/// Whether it would fail again.
fn lasts(error: &Error) -> bool {
    !matches!(error.code, Code::Unreachable | Code::TimedOut | Code::Exhausted | Code::Conflict | Code::Cancelled)
}

/// `__keyspace@0__:a` as its database and its key.
fn keyspace(channel: Cell) -> (Cell, Cell) {
    let Cell::Bytes(native, bytes) = &channel else { return (Cell::Null, channel) };
    let end = b"__:";
    let Some(at) = bytes.windows(end.len()).position(|three| three == end) else { return (Cell::Null, channel) };
    let head = bytes.slice(..at);
    let database = head.iter().position(|byte| *byte == b'@').map(|before| head.slice(before + 1..));
    let key = bytes.slice(at + end.len()..);
    (database.map_or(Cell::Null, |database| Cell::Bytes(*native, database)), Cell::Bytes(*native, key))
}

/// Hands on what one connection says, until nobody listens or it breaks.
async fn hear(
    mut client: Client,
    mut hearing: Hearing,
    early: Vec<Value>,
    part: Option<Bytes>,
    pings: bool,
    tell: mpsc::Sender<Result<Heard, Error>>,
) {
    for value in early {
        if tell.send(Ok(Heard { part: part.clone(), value })).await.is_err() {
            return;
        }
    }
    let mut asked = false;
    loop {
        let token = tokio::select! {
            () = tell.closed() => return,
            token = tokio::time::timeout(QUIET, client.next()) => token,
        };
        let heard = match token {
            Ok(Ok(token)) => {
                asked = false;
                match hearing.take(token) {
                    Some(Value::Error(said)) => Err(refused(&said, &[])),
                    Some(value) => Ok(Heard { part: part.clone(), value }),
                    None => continue,
                }
            }
            Ok(Err(error)) => Err(broken(error)),
            // Who monitors may say nothing more.
            Err(_) if !pings => continue,
            Err(_) if asked => Err(broken(wire::Error::TimedOut(QUIET))),
            Err(_) => {
                client.put(&["PING"]);
                asked = true;
                continue;
            }
        };
        let over = heard.is_err();
        if tell.send(heard).await.is_err() || over {
            return;
        }
    }
}

/// A place for what is told.
pub(super) fn channel() -> (mpsc::Sender<LiveEvent>, mpsc::Receiver<LiveEvent>) {
    mpsc::channel(LIVE_ROOM)
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_of_notifications_is_its_database_and_its_key_whatever_the_key_is() {
        let cell = |text: &[u8]| Cell::Bytes(Native::Bulk, Bytes::copy_from_slice(text));
        assert_eq!(keyspace(cell(b"__keyspace@12__:a:b")), (cell(b"12"), cell(b"a:b")));
        assert_eq!(keyspace(cell(b"__keyspace@0__:__:\xff")), (cell(b"0"), cell(b"__:\xff")));
        assert_eq!(keyspace(cell(b"odd")), (Cell::Null, cell(b"odd")));
    }
}
