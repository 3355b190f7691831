//! Following changes of documents by change streams. The token of the last event is kept, so that nothing is missed over a lost
//! connection as long as the server's log reaches back so far.
//!
//! Source: <https://www.mongodb.com/docs/manual/changeStreams/>.

use std::{sync::Arc, time::Duration};

use arrow_array::{ArrayRef, RecordBatch, builder::BinaryBuilder};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use async_trait::async_trait;
use bytes::Bytes;
use driver::{
    Code, Error, Live, ValueContext,
    arrow::field,
    documents::TextStyle,
    live::{Following, LIVE_ROOM, LiveEnd, LiveEvent, LiveKind, LiveMessage, LiveTopic, LiveWanted, Outlook},
};
use tokio::sync::mpsc;

use crate::{
    bson::{self, Writer, kind},
    control::OpenClient,
    documents::print,
    error::{broken, refused},
    wire::{self, Client, Report, cursor},
};

const CHANGES: &str = "changes";
/// How long the server waits for something to happen before it answers with nothing.
const AWAIT_MS: i32 = 1_000;
/// A server that is asked and says nothing for this long is lost.
const SILENT: Duration = Duration::from_secs(20);
/// Between two attempts to connect again.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];
/// Codes after which another attempt fails, too: the log does not reach back so far, or the token is of something else.
const FINAL: [i32; 3] = [286, 280, 260];
/// There are no change streams without a replica set.
const NO_SET: i32 = 40_573;

/// The facet.
pub(crate) struct Happening {
    open: Arc<dyn OpenClient>,
    database: String,
}

/// What is followed: a database, or one collection of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Watched {
    database: String,
    collection: Option<String>,
}

/// A stream that is open on the server.
struct Stream {
    client: Client,
    cursor: i64,
    collection: String,
    first: Vec<Bytes>,
    /// Where to go on from, as the server said when it was opened.
    token: Option<Vec<u8>>,
}

/// Why a stream came to an end.
enum Stop {
    /// Nobody wants to know any more.
    Gone,
    /// What it followed is gone.
    Over,
    Lost(Error),
    Failed(Error),
}

fn schema() -> SchemaRef {
    let columns =
        [("time", "date"), ("operation", "string"), ("collection", "string"), ("key", "object"), ("event", "object")];
    Arc::new(Schema::new(columns.map(|(name, native)| field(name, DataType::Binary, native)).to_vec()))
}

/// Events as rows. The whole event is Extended JSON, which loses nothing.
fn rows(events: &[Bytes]) -> Result<RecordBatch, ArrowError> {
    let mut columns: [BinaryBuilder; 5] = Default::default();
    let [time, operation, collection, key, whole] = &mut columns;
    for event in events {
        let text = |name: &str| bson::get(event, name).and_then(|found| found.text().map(|text| text.into_owned()));
        time.append_option(when(event));
        operation.append_option(text("operationType"));
        let namespace = bson::get(event, "ns").and_then(|namespace| {
            let part = |name: &str| bson::get(namespace.document()?, name)?.text().map(|text| text.into_owned());
            Some(match part("coll") {
                Some(collection) => format!("{}.{collection}", part("db")?),
                None => part("db")?,
            })
        });
        collection.append_option(namespace);
        let printed =
            bson::get(event, "documentKey").map(|found| print(found.kind, found.raw, TextStyle::Canonical, false));
        key.append_option(printed);
        whole.append_value(print(kind::DOCUMENT, event, TextStyle::Canonical, false));
    }
    let arrays = columns.map(|mut column| Arc::new(column.finish()) as ArrayRef).to_vec();
    RecordBatch::try_new(schema(), arrays)
}

/// When it happened by the server's clock: its wall time (6.0), or the second of the log.
fn when(event: &[u8]) -> Option<String> {
    if let Some(wall) = bson::get(event, "wallTime")
        && let Ok(raw) = <[u8; 8]>::try_from(wall.raw)
    {
        return bson::date_to_text(i64::from_le_bytes(raw));
    }
    let time = bson::get(event, "clusterTime")?;
    let seconds = u32::from_le_bytes(time.raw.get(4..8)?.try_into().ok()?);
    bson::date_to_text(i64::from(seconds) * 1000)
}

/// What is typed: `database.collection`, a database, or nothing for the connection's own.
fn watched(topics: &[String], own: &str) -> Watched {
    let topic = topics.first().map_or("", |topic| topic.trim());
    match topic.split_once('.') {
        Some((database, collection)) => Watched {
            database: database.to_owned(),
            collection: Some(collection.to_owned()).filter(|name| !name.is_empty()),
        },
        None if topic.is_empty() => Watched { database: own.to_owned(), collection: None },
        None => Watched { database: topic.to_owned(), collection: None },
    }
}

/// The command that opens a stream, after an event where there was one.
fn aggregate(watched: &Watched, after: Option<&[u8]>) -> Vec<u8> {
    bson::document(|writer| {
        match &watched.collection {
            Some(collection) => writer.string("aggregate", collection),
            None => writer.int32("aggregate", 1),
        };
        writer.open(kind::ARRAY, b"pipeline");
        writer.with("0", |stage| {
            stage.with("$changeStream", |options| {
                if let Some(token) = after {
                    options.document("resumeAfter", token);
                }
            });
        });
        writer.close().with("cursor", |_| {});
    })
}

impl Happening {
    pub(crate) fn new(open: Arc<dyn OpenClient>, database: String) -> Self {
        Happening { open, database }
    }
}

/// Opens a stream over a connection of its own.
async fn begin(open: &dyn OpenClient, watched: &Watched, after: Option<&[u8]>) -> Result<Stream, Stop> {
    let mut client = open.open("live").await.map_err(Stop::Lost)?;
    let command = aggregate(watched, after);
    let asked = client.run(&watched.database, &command);
    let reply = match tokio::time::timeout(SILENT, asked).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => return Err(ended(error)),
        Err(_) => return Err(Stop::Lost(broken(wire::Error::TimedOut(SILENT)))),
    };
    let lost = || Stop::Lost(broken(wire::Error::Protocol("a reply has no cursor")));
    let (id, namespace, first) = cursor(&reply).ok_or_else(lost)?;
    let collection = namespace.split_once('.').map_or("$cmd.aggregate", |(_, rest)| rest).to_owned();
    let token = token(&reply);
    Ok(Stream { client, cursor: id, collection, first, token })
}

/// Where a stream goes on after a reply (4.0.7).
fn token(reply: &[u8]) -> Option<Vec<u8>> {
    bson::get_path(reply, &["cursor", "postBatchResumeToken"])?.document().map(<[u8]>::to_vec)
}

/// What an error means for a stream.
fn ended(error: wire::Error) -> Stop {
    let wire::Error::Server(report) = &error else { return Stop::Lost(broken(error)) };
    if report.code == NO_SET {
        let text = "This server has no change streams: it is no member of a replica set.";
        return Stop::Failed(Error::new(Code::Unsupported, text).with_hint("A set of one member is enough."));
    }
    let resumable = report.labels.iter().any(|label| label == "ResumableChangeStreamError") || report.code == 43;
    let told = refused(report);
    match told.code {
        _ if FINAL.contains(&report.code) => Stop::Failed(missed(report, told)),
        _ if resumable => Stop::Lost(told),
        Code::Unreachable | Code::TimedOut | Code::Conflict => Stop::Lost(told),
        _ => Stop::Failed(told),
    }
}

fn missed(report: &Report, told: Error) -> Error {
    match report.code {
        286 => told.with_hint("The server's log does not reach back to the last event: follow anew."),
        _ => told,
    }
}

impl Stream {
    /// Reads on; the events that came, and where to go on from.
    async fn next(&mut self, database: &str) -> Result<(Vec<Bytes>, Option<Vec<u8>>), Stop> {
        if !self.first.is_empty() {
            return Ok((std::mem::take(&mut self.first), None));
        }
        if self.cursor == 0 {
            return Err(Stop::Over);
        }
        let more = bson::document(|writer: &mut Writer| {
            writer.int64("getMore", self.cursor).string("collection", &self.collection).int32("maxTimeMS", AWAIT_MS);
        });
        let reply = match tokio::time::timeout(SILENT, self.client.run(database, &more)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => return Err(ended(error)),
            Err(_) => return Err(Stop::Lost(broken(wire::Error::TimedOut(SILENT)))),
        };
        let lost = || Stop::Lost(broken(wire::Error::Protocol("a reply has no cursor")));
        let (id, _, events) = cursor(&reply).ok_or_else(lost)?;
        self.cursor = id;
        Ok((events, token(&reply)))
    }
}

/// Tells what happens until nobody listens.
async fn tell(open: Arc<dyn OpenClient>, watched: Watched, mut stream: Stream, events: mpsc::Sender<LiveEvent>) {
    let mut after = stream.token.take();
    loop {
        let stop = loop {
            let read = tokio::select! {
                biased;
                () = events.closed() => break Stop::Gone,
                read = stream.next(&watched.database) => read,
            };
            let (found, token) = match read {
                Ok(read) => read,
                Err(stop) => break stop,
            };
            let last = found.last().and_then(|event| bson::get(event, "_id")?.document().map(<[u8]>::to_vec));
            after = token.or(last).or(after);
            if found.is_empty() {
                continue;
            }
            let over = found.iter().any(|event| {
                bson::get(event, "operationType")
                    .and_then(|kind| kind.text().map(|text| text == "invalidate"))
                    .unwrap_or(false)
            });
            if let Ok(batch) = rows(&found)
                && events.send(LiveEvent::Rows(batch)).await.is_err()
            {
                break Stop::Gone;
            }
            if over {
                break Stop::Over;
            }
        };
        let error = match stop {
            Stop::Gone => return,
            Stop::Over => {
                let why = "What was followed was dropped or renamed.".to_owned();
                let _ = events.send(LiveEvent::Ended(LiveEnd::Over(why))).await;
                return;
            }
            Stop::Failed(error) => {
                let _ = events.send(LiveEvent::Ended(LiveEnd::Failed(error))).await;
                return;
            }
            Stop::Lost(error) => error,
        };
        if events.send(LiveEvent::Lost(error)).await.is_err() {
            return;
        }
        let again = tokio::select! {
            biased;
            () = events.closed() => return,
            again = again(open.as_ref(), &watched, after.as_deref()) => again,
        };
        match again {
            Ok(fresh) => stream = fresh,
            Err(error) => {
                let _ = events.send(LiveEvent::Ended(LiveEnd::Failed(error))).await;
                return;
            }
        }
        // Without a token there is no telling what happened in between.
        if events.send(LiveEvent::Back { missed: after.is_none() }).await.is_err() {
            return;
        }
    }
}

/// Opens the stream again where it was lost, for as long as it takes.
async fn again(open: &dyn OpenClient, watched: &Watched, after: Option<&[u8]>) -> Result<Stream, Error> {
    let mut attempt = 0;
    loop {
        tokio::time::sleep(PAUSES.get(attempt).or(PAUSES.last()).copied().unwrap_or_default()).await;
        attempt += 1;
        match begin(open, watched, after).await {
            Ok(stream) => return Ok(stream),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Lost(error)) if matches!(error.code, Code::Unauthenticated | Code::Forbidden) => {
                return Err(error);
            }
            Err(_) => {}
        }
    }
}

#[async_trait]
impl Live for Happening {
    fn kinds(&self) -> Vec<LiveKind> {
        vec![LiveKind {
            id: CHANGES.to_owned(),
            label: "Changes of documents".to_owned(),
            about: "Documents that are inserted, changed, replaced and deleted, as the replica set's log has them."
                .to_owned(),
            topic: Some(LiveTopic {
                label: "Collection".to_owned(),
                placeholder: format!("{}.collection", self.database),
                initial: self.database.clone(),
                about: "database.collection, or a database for all of its collections.".to_owned(),
                optional: true,
                several: false,
            }),
            ..LiveKind::default()
        }]
    }

    async fn outlook(&self, wanted: &LiveWanted) -> Result<Outlook, Error> {
        match wanted.kind.as_str() {
            CHANGES => Ok(Outlook::Ready),
            other => Err(Error::new(Code::InvalidStatement, format!("This server has no {other} to follow."))),
        }
    }

    async fn switch_on(&self, _wanted: &LiveWanted, _statement: &str) -> Result<(), Error> {
        Err(Error::new(Code::Conflict, "There is nothing to switch on."))
    }

    async fn follow(&self, wanted: &LiveWanted) -> Result<Following, Error> {
        self.outlook(wanted).await?;
        let watched = watched(&wanted.topics, &self.database);
        let stream = begin(self.open.as_ref(), &watched, None).await.map_err(|stop| match stop {
            Stop::Failed(error) | Stop::Lost(error) => error,
            Stop::Gone | Stop::Over => Error::new(Code::NotFound, "There is nothing to follow."),
        })?;
        let (sender, events) = mpsc::channel(LIVE_ROOM);
        tokio::spawn(tell(Arc::clone(&self.open), watched, stream, sender));
        Ok(Following { schema: schema(), context: ValueContext::default(), events })
    }

    fn publishing(&self, _message: &LiveMessage) -> Option<String> {
        None
    }

    async fn publish(&self, _message: &LiveMessage) -> Result<Option<u64>, Error> {
        Err(Error::new(Code::Unsupported, "Nothing can be sent to what is followed here."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_collection_a_database_or_the_connections_own() {
        let of = |text: &str| watched(&[text.to_owned()], "shop");
        let is = |database: &str, collection: Option<&str>| Watched {
            database: database.to_owned(),
            collection: collection.map(str::to_owned),
        };
        assert_eq!(of("a.b.c"), is("a", Some("b.c")));
        assert_eq!((of(" a "), of("")), (is("a", None), is("shop", None)));
        assert_eq!((watched(&[], "shop"), of("a.")), (is("shop", None), is("a", None)));
    }
}
