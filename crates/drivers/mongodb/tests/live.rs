#![allow(clippy::unwrap_used, clippy::panic)]
//! Following changes of documents, and what a server says of itself: on a real server, and on one played from a script for what
//! happens between two connections.

mod common {
    pub mod scripted;
    pub mod server;
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use arrow_array::{Array, RecordBatch, cast::AsArray};
use common::scripted::{Scripted, member, ok, refusal, script};
use driver::{
    Code, ConnectContext, Connection, Driver, Error, Profile,
    live::{Following, LiveEnd, LiveEvent, LiveMessage, LiveWanted, Outlook},
    report::FactUnit,
};
use driver_mongodb::{MongoDb, bson};

fn changes(topic: &str) -> LiveWanted {
    LiveWanted { kind: "changes".to_owned(), topics: vec![topic.to_owned()], limit: None }
}

async fn event(following: &mut Following) -> LiveEvent {
    tokio::time::timeout(Duration::from_secs(20), following.events.recv()).await.unwrap().unwrap()
}

fn cells(batch: &RecordBatch, row: usize) -> Vec<Option<String>> {
    let cell = |column: usize| {
        let column = batch.column(column).as_binary::<i32>();
        (!column.is_null(row)).then(|| String::from_utf8(column.value(row).to_vec()).unwrap())
    };
    (0..batch.num_columns()).map(cell).collect()
}

async fn rows(following: &mut Following, wanted: usize) -> Vec<Vec<Option<String>>> {
    let mut found = Vec::new();
    while found.len() < wanted {
        match event(following).await {
            LiveEvent::Rows(batch) => {
                assert_eq!(batch.schema_ref(), &following.schema);
                found.extend((0..batch.num_rows()).map(|row| cells(&batch, row)));
            }
            other => panic!("{other:?}"),
        }
    }
    found
}

async fn connect(port: u16) -> Result<Arc<dyn Connection>, Error> {
    let values = [("sslmode", "disable"), ("connect_timeout", "2"), ("hosts", &format!("127.0.0.1:{port}"))]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let profile = Profile { name: "p".into(), driver: "mongodb".into(), values: values.into() };
    MongoDb.connect(&profile, ConnectContext::unattended(None)).await
}

/// A reply of a change stream; the token is a number.
fn stream(name: &str, id: i64, token: i32, events: &[i32]) -> Vec<u8> {
    let event = |number: &i32| {
        bson::document(|event| {
            event.with("_id", |token| _ = token.int32("n", *number)).string("operationType", "insert");
            event.with("ns", |namespace| _ = namespace.string("db", "shop").string("coll", "orders"));
            event.with("documentKey", |key| _ = key.int64("_id", i64::from(*number)));
            event.with("fullDocument", |whole| _ = whole.int64("_id", i64::from(*number)));
        })
    };
    let documents: Vec<Vec<u8>> = events.iter().map(event).collect();
    ok(|writer| {
        writer.with("cursor", |cursor| {
            cursor.int64("id", id).string("ns", "shop.orders").documents(name, documents);
            cursor.with("postBatchResumeToken", |at| _ = at.int32("n", token));
        });
    })
}

#[tokio::test]
async fn a_lost_stream_goes_on_after_the_last_token() {
    let (listener, port) = Scripted::bind().await;
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let answer = script(move |name, command| match name.as_str() {
        "aggregate" => {
            let after = bson::get_path(&command, &["pipeline", "0", "$changeStream", "resumeAfter", "n"]);
            Some(match after.and_then(|n| n.integer()) {
                None => stream("firstBatch", 7, 0, &[1]),
                Some(n) => stream("firstBatch", 8, n as i32, &[n as i32 + 1]),
            })
        }
        "getMore" => Some(match counted.fetch_add(1, Ordering::SeqCst) {
            0 => stream("nextBatch", 7, 2, &[2]),
            // Nothing came, and the server says from where to go on all the same.
            1 => stream("nextBatch", 7, 5, &[]),
            2 => bson::document(|writer| {
                writer.double("ok", 0.0).int32("code", 189).string("errmsg", "stepped down");
                writer.open(bson::kind::ARRAY, b"errorLabels").string("0", "ResumableChangeStreamError").close();
            }),
            3 => stream("nextBatch", 8, 7, &[7]),
            _ => refusal(286, "Resume of change stream was not possible"),
        }),
        _ => None,
    });
    let server = Scripted::serve(listener, member(true, &[port], port), answer);
    let connection = connect(port).await.unwrap();
    let facet = connection.control().live().unwrap();
    let mut following = facet.follow(&changes("shop.orders")).await.unwrap();
    let first = rows(&mut following, 2).await;
    assert_eq!(
        first[1][1..4],
        [Some("insert".into()), Some("shop.orders".into()), Some(r#"{"_id": {"$numberLong": "2"}}"#.into())]
    );
    assert!(first[1][4].as_deref().unwrap().contains(r#""fullDocument": {"_id": {"$numberLong": "2"}}"#), "{first:?}");
    assert!(matches!(event(&mut following).await, LiveEvent::Lost(_)));
    assert!(matches!(event(&mut following).await, LiveEvent::Back { missed: false }));
    let again = rows(&mut following, 2).await;
    assert_eq!(
        again[0][3].as_deref(),
        Some(r#"{"_id": {"$numberLong": "6"}}"#),
        "after the token 5, not after the event 2"
    );
    let LiveEvent::Ended(LiveEnd::Failed(error)) = event(&mut following).await else { panic!("goes on") };
    assert!(error.hint.unwrap().contains("follow anew"));
    assert!(following.events.recv().await.is_none());
    let opened = server.asked("aggregate");
    assert_eq!(bson::get(&opened[0], "aggregate").unwrap().text().unwrap(), "orders");
    assert_eq!(bson::get(&opened[0], "$db").unwrap().text().unwrap(), "shop");
    let mores = server.asked("getMore");
    assert_eq!(bson::get(&mores[0], "maxTimeMS").unwrap().integer(), Some(1000));
}

#[tokio::test]
async fn a_server_without_a_log_or_a_right_says_so_before_it_begins() {
    for (code, message, wanted, words) in [
        (
            40_573,
            "The $changeStream stage is only supported on replica sets",
            Code::Unsupported,
            "no member of a replica set",
        ),
        (13, "not authorized on shop to execute command", Code::Forbidden, "not authorized"),
    ] {
        let (listener, port) = Scripted::bind().await;
        let answer = script(move |name, _| (name == "aggregate").then(|| refusal(code, message)));
        let _server = Scripted::serve(listener, member(true, &[port], port), answer);
        let connection = connect(port).await.unwrap();
        let error = connection.control().live().unwrap().follow(&changes("shop")).await.unwrap_err();
        assert_eq!(error.code, wanted, "{error}");
        assert!(error.message.to_lowercase().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_login_that_may_not_read_the_status_is_told_so() {
    let (listener, port) = Scripted::bind().await;
    let answer = script(|name, _| match name.as_str() {
        "serverStatus" => Some(refusal(13, "not authorized on admin to execute command { serverStatus: 1 }")),
        _ => None,
    });
    let _server = Scripted::serve(listener, member(true, &[port], port), answer);
    let connection = connect(port).await.unwrap();
    let error = connection.control().report().unwrap().report().await.unwrap_err();
    assert_eq!((error.code, error.hint.as_deref()), (Code::Forbidden, Some("The role clusterMonitor may read it.")));
    let (listener, port) = Scripted::bind().await;
    let answer = script(|name, _| match name.as_str() {
        "serverStatus" => Some(ok(|status| {
            status.string("host", "db:1").with("mem", |mem| _ = mem.int32("resident", 2));
        })),
        "hostInfo" => Some(refusal(13, "not authorized")),
        _ => None,
    });
    let _server = Scripted::serve(listener, member(true, &[port], port), answer);
    let report = connect(port).await.unwrap().control().report().unwrap().report().await.unwrap();
    assert_eq!((report.unseen.len(), report.parts[0].name.as_str()), (1, "db:1"));
    let memory = &report.headline[0];
    assert_eq!((memory.value.as_str(), memory.unit), ("2097152", FactUnit::Bytes));
}

#[tokio::test]
async fn changes_of_a_real_server_are_followed_of_one_collection_and_of_a_database() {
    let Some(server) = common::server::server() else { return };
    let (connection, session) = server.session("live_test").await;
    let facet = connection.control().live().unwrap();
    assert_eq!(facet.outlook(&changes("")).await.unwrap(), Outlook::Ready);
    let kinds = facet.kinds();
    assert_eq!(kinds[0].topic.as_ref().unwrap().initial, "live_test");
    let mut one = facet.follow(&changes("live_test.a")).await.unwrap();
    let mut all = facet.follow(&changes("")).await.unwrap();
    let run = async |text: &str| {
        let mut run = session.run(driver::Statement::new(text));
        while let Some(event) = run.next().await {
            event.unwrap();
        }
    };
    run("db.a.insertOne({_id: 1, n: NumberLong('9007199254740993')})").await;
    run("db.b.insertOne({_id: 2})").await;
    run("db.a.updateOne({_id: 1}, {$set: {n: 2}})").await;
    run("db.a.deleteOne({_id: 1})").await;
    let found = rows(&mut one, 3).await;
    let operations: Vec<_> = found.iter().map(|row| row[1].clone().unwrap()).collect();
    assert_eq!(operations, ["insert", "update", "delete"]);
    assert!(found[0][4].as_deref().unwrap().contains(r#"{"$numberLong": "9007199254740993"}"#), "{:?}", found[0]);
    assert!(found.iter().all(|row| row[2].as_deref() == Some("live_test.a")));
    let everywhere = rows(&mut all, 4).await;
    assert_eq!(everywhere[1][2].as_deref(), Some("live_test.b"));
    let message = LiveMessage { kind: "changes".into(), topic: "a".into(), payload: Vec::new() };
    assert_eq!(facet.publishing(&message), None);
    assert_eq!(facet.publish(&message).await.unwrap_err().code, Code::Unsupported);
    run("db.b.drop()").await;
    run("db.a.drop()").await;
}

#[tokio::test]
async fn a_real_server_tells_its_status() {
    let Some(server) = common::server::server() else { return };
    let (connection, _session) = server.session("live_test").await;
    let report = connection.control().report().unwrap().report().await.unwrap();
    let names: Vec<&str> =
        report.parts[0].sections.iter().flat_map(|one| &one.facts).map(|fact| fact.name.as_str()).collect();
    assert!(names.contains(&"version") && names.contains(&"connections.current"), "{names:?}");
    assert!(connection.control().slow_log().is_none(), "what it does not keep is not offered");
}
