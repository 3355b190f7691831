#![allow(clippy::unwrap_used, clippy::panic)]
//! Statements, writes, cursors and cancels on a real server.

mod common {
    pub mod server;
}

use std::time::{Duration, Instant};

use common::server::{fill, finish, form, run, server, shell};
use driver::{
    Code, Event, Outcome, Role, Statement,
    documents::{DocumentChange, Patch, Step},
};
use driver_mongodb::bson;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_stream_gives_what_comes_until_it_is_cancelled() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session("session_watch").await;
    run(&*session, "db.c.insertOne({_id: 0})").await.ok();
    let mut stream = session.run(Statement::new("db.c.watch()"));
    assert!(matches!(stream.next().await, Some(Ok(Event::ResultSet(..)))));
    let other = connection.open(Role::Session).await.unwrap();
    for id in 1..4 {
        run(&*other, &format!("db.c.insertOne({{_id: {id}}})")).await.ok();
        match tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap() {
            Some(Ok(Event::Batch(batch))) => assert_eq!(batch.num_rows(), 1),
            other => panic!("{other:?}"),
        }
    }
    stream.cancel.cancel().await.unwrap();
    let finished = finish(stream).await;
    assert_eq!((finished.ok().outcome, finished.ok().rows), (Outcome::Cancelled, 3));
    assert_eq!(run(&*session, "db.c.countDocuments({})").await.texts(), ["{ n: 4 }"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_write_says_what_it_did() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_writes").await;
    for (text, answer, tag, affected) in [
        (
            "db.c.insertOne({_id: 1, n: NumberLong(1)})",
            "{ acknowledged: true, insertedId: 1 }",
            "insertOne 1 inserted",
            1,
        ),
        (
            "db.c.insertMany([{_id: 2, n: 1}, {_id: 3, n: 2.5}])",
            "{ acknowledged: true, insertedIds: { \"0\": 2, \"1\": 3 } }",
            "insertMany 2 inserted",
            2,
        ),
        (
            "db.c.updateMany({}, {$set: {m: 1}})",
            "{ acknowledged: true, insertedId: null, matchedCount: 3, modifiedCount: 3, upsertedCount: 0 }",
            "updateMany 3 matched, 3 modified",
            3,
        ),
        (
            "db.c.updateOne({_id: 2}, {$set: {m: 1}})",
            "{ acknowledged: true, insertedId: null, matchedCount: 1, modifiedCount: 0, upsertedCount: 0 }",
            "updateOne 1 matched, 0 modified",
            0,
        ),
        (
            "db.c.replaceOne({_id: 9}, {x: 1}, {upsert: true})",
            "{ acknowledged: true, insertedId: 9, matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }",
            "replaceOne 1 upserted",
            1,
        ),
        (
            "db.c.bulkWrite([{insertOne: {document: {_id: 10}}}, {updateOne: {filter: {_id: 1}, update: {$inc: {n: 1}}}}, {deleteOne: {filter: {_id: 9}}}])",
            "{ acknowledged: true, insertedCount: 1, insertedIds: { \"0\": 10 }, matchedCount: 1, modifiedCount: 1, deletedCount: 1, upsertedCount: 0, upsertedIds: [] }",
            "bulkWrite 1 inserted, 1 matched, 1 modified, 1 deleted",
            3,
        ),
        ("db.c.deleteMany({_id: {$gte: 3}})", "{ acknowledged: true, deletedCount: 2 }", "deleteMany 2 deleted", 2),
        ("db.c.deleteOne({_id: 77})", "{ acknowledged: true, deletedCount: 0 }", "deleteOne nothing changed", 0),
    ] {
        let finished = run(&*session, text).await;
        let summary = finished.ok();
        assert_eq!(finished.texts(), [answer], "{text}");
        assert_eq!((summary.tag.as_deref(), summary.affected_rows), (Some(tag), Some(affected)), "{text}");
    }
    for (text, rows) in [
        ("db.c.find().sort({_id: 1})", &["{ _id: 1, n: NumberLong(\"2\"), m: 1 }", "{ _id: 2, n: 1, m: 1 }"][..]),
        ("db.c.findOne({_id: 2}, {_id: 0, n: 1})", &["{ n: 1 }"]),
        ("db.c.distinct('_id')", &["{ value: 1 }", "{ value: 2 }"]),
        ("db.c.countDocuments({_id: 5})", &["{ n: 0 }"]),
        ("db.c.estimatedDocumentCount()", &["{ n: 2 }"]),
        ("db.c.find().count()", &["{ n: 2 }"]),
        (
            "db.c.findOneAndUpdate({_id: 2}, {$set: {n: 7}}, {returnDocument: 'after', projection: {n: 1}})",
            &["{ _id: 2, n: 7 }"],
        ),
        ("db.c.findOneAndDelete({_id: 5})", &[]),
        ("db.c.aggregate([{$group: {_id: null, s: {$sum: '$m'}}}])", &["{ _id: null, s: 2 }"]),
        ("db.c.aggregate([{$match: {_id: 1}}]).itcount()", &["{ n: 1 }"]),
    ] {
        assert_eq!(run(&*session, text).await.texts(), rows, "{text}");
    }
    assert!(run(&*session, "show dbs").await.texts().iter().any(|text| text.contains("session_writes")));
    assert!(run(&*session, "show collections").await.texts().iter().any(|text| text.contains("\"c\"")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_says_what_was_done_all_the_same() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_partial").await;
    let error = run(&*session, "db.c.insertMany([{_id: 1}, {_id: 1}, {_id: 2}])").await.error().clone();
    assert_eq!(error.code, Code::ConstraintViolated);
    assert!(error.message.contains("1 inserted"), "{error}");
    let native = error.native.unwrap();
    assert_eq!((native.constraint.as_deref(), native.object.as_deref()), (Some("_id_"), Some("session_partial.c")));
    let unordered = run(&*session, "db.c.insertMany([{_id: 1}, {_id: 2}, {_id: 2}, {_id: 3}], {ordered: false})").await;
    assert!(unordered.error().message.contains("1 more failed") && unordered.error().message.contains("2 inserted"));
    assert_eq!(run(&*session, "db.c.find().count()").await.texts(), ["{ n: 3 }"]);
    for (text, code) in [
        ("db.c.find({$foo: 1})", Code::InvalidStatement),
        ("db.c.aggregate([{$match: {$expr: {$nope: 1}}}])", Code::InvalidStatement),
        ("{ nonesuch: 1 }", Code::Unsupported),
        ("db.runCommand({collStats: 'nowhere'})", Code::NotFound),
        ("db.createCollection('c', {capped: true, size: 4096})", Code::AlreadyExists),
        ("db.c.nope()", Code::InvalidStatement),
    ] {
        assert_eq!(run(&*session, text).await.error().code, code, "{text}: {}", run(&*session, text).await.error());
    }
    let validated = "db.createCollection('v', {validator: {$jsonSchema: {required: ['a']}}})";
    run(&*session, validated).await.ok();
    let error = run(&*session, "db.v.insertOne({b: 1})").await.error().clone();
    assert_eq!(error.code, Code::ConstraintViolated);
    assert!(error.native.unwrap().detail.is_some_and(|detail| detail.contains("required")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn types_order_and_damaged_texts_arrive_as_they_are_stored() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_raw").await;
    let mut client = server.client().await;
    let raw = bson::document(|writer| {
        writer.int32("_id", 1).int64("z", 1).double("a", 1.0);
        writer.raw(bson::kind::DECIMAL, b"d", &bson::decimal_from_text("1.10").unwrap());
        writer.with("in", |inner| _ = inner.string("b", "x").string("a", "y"));
    });
    let command = bson::document(|writer| _ = writer.string("insert", "c").documents("documents", [&raw]));
    client.run("session_raw", &command).await.unwrap();
    assert_eq!(run(&*session, "db.c.find()").await.rows, [raw]);
    // A hundred levels, which is what servers store.
    let deep = format!("{}1{}", "{a: ".repeat(90), "}".repeat(90));
    run(&*session, &format!("db.deep.insertOne({{_id: 1, d: {deep}}})")).await.ok();
    let found = run(&*session, "db.deep.find()").await;
    assert!(shell(found.rows.first().unwrap()).contains(&"{ a: ".repeat(90)));
    assert_eq!(form().parse(&found.texts()[0]).unwrap(), found.rows[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn use_changes_the_database_and_the_state_tells() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_use").await;
    let finished = run(&*session, "use session_use_other").await;
    assert_eq!((finished.sets, finished.ok().tag.as_deref()), (0, Some("switched to db session_use_other")));
    assert_eq!(session.state().borrow().database.as_deref(), Some("session_use_other"));
    run(&*session, "db.c.drop()").await.ok();
    run(&*session, "db.c.insertOne({_id: 1})").await.ok();
    assert_eq!(run(&*session, "db.getSiblingDB('session_use_other').c.find()").await.texts(), ["{ _id: 1 }"]);
}

/// The server under test holds on to what it does, whoever asks it to stop: then the session is closed, and said so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_does_not_stop_costs_the_session_or_ends_by_its_time() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_slow").await;
    let mut client = server.client().await;
    fill(&mut client, "session_slow", "c", 2000, |writer, n| _ = writer.int32("_id", n).int32("a", n % 7)).await;
    let slow = "db.c.aggregate([{$lookup: {from: 'c', let: {a: '$a'}, pipeline: [{$match: {$expr: {$eq: ['$a', '$$a']}}}], as: 'm'}}, \
                {$unwind: '$m'}, {$group: {_id: null, n: {$sum: 1}}}])";
    let began = Instant::now();
    let limited = finish(session.run(Statement::new(slow).with_timeout(Duration::from_millis(1500)))).await;
    assert_eq!(limited.error().code, Code::TimedOut, "{}", limited.error());
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(run(&*session, "db.c.find().count()").await.texts(), ["{ n: 2000 }"]);
    let run_on = session.run(Statement::new(slow));
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(run_on.cancel.cancel().await);
    let ended = finish(run_on).await;
    match ended.end.unwrap() {
        // A server that does stop it leaves the session whole.
        Ok(summary) if summary.outcome == Outcome::Cancelled => {
            assert_eq!(run(&*session, "db.c.find().count()").await.texts(), ["{ n: 2000 }"]);
        }
        Ok(summary) => assert_eq!(summary.outcome, Outcome::Completed),
        Err(error) => {
            assert_eq!(error.code, Code::Unreachable);
            assert!(run(&*session, "db.c.find().count()").await.end.unwrap().is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_that_was_half_read_is_closed_on_the_server() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_cursor").await;
    let mut client = server.client().await;
    fill(&mut client, "session_cursor", "c", 50_000, |writer, n| _ = writer.int32("_id", n)).await;
    let mut half = session.run(Statement::new("db.c.find().batchSize(100).comment('half read')"));
    while !matches!(half.next().await, Some(Ok(Event::Batch(_)))) {}
    drop(half);
    // Queued behind the clean-up.
    assert_eq!(run(&*session, "db.c.find().count()").await.texts(), ["{ n: 50000 }"]);
    let all = run(&*session, "db.c.find()").await;
    assert_eq!((all.rows.len(), all.ok().rows), (50_000, 50_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_documents_are_inserted_in_several_commands() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session("session_many").await;
    let documents: Vec<String> = (0..3000).map(|n| format!("{{_id: {n}}}")).collect();
    let finished = run(&*session, &format!("db.c.insertMany([{}])", documents.join(","))).await;
    assert_eq!(finished.ok().affected_rows, Some(3000));
    // Sixteen megabytes in one document, and more than a command's worth in several.
    let megabyte = "x".repeat(1 << 20);
    let large: Vec<String> = (0..30).map(|n| format!("{{_id: {n}, t: '{megabyte}'}}")).collect();
    let finished = run(&*session, &format!("db.large.insertMany([{}])", large.join(","))).await;
    assert_eq!(finished.ok().affected_rows, Some(30));
    assert_eq!(run(&*session, "db.large.find()").await.rows.len(), 30);
}

/// As long as servers take: read, shown, found again by its own text, and too long to be compared as a whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_of_sixteen_megabytes_is_read_and_not_half_changed() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session("session_long").await;
    let documents = connection.control().documents().unwrap();
    let collection = catalog::ObjectKey::relation(None, Some("session_long"), "c");
    let long = |length: usize| {
        bson::document(|writer| {
            writer.int32("_id", 1).string("text", &"x".repeat(length)).int64("n", 7);
        })
    };
    let seen = long((16 << 20) - 100);
    documents.change(&collection, &DocumentChange::Insert(seen.clone())).await.unwrap();
    let found = run(&*session, "db.c.find()").await;
    assert!(found.rows == [seen.clone()], "{} bytes came back", found.rows[0].len());
    let patch = |raw: &[u8]| form().patch(raw, &[Patch::SetAlike(vec![Step::Name("n".into())], "8".into())]).unwrap();
    let replace = DocumentChange::Replace { seen: seen.clone(), new: patch(&seen) };
    let error = documents.change(&collection, &replace).await.unwrap_err();
    assert!(error.code == Code::Unsupported && error.hint.is_some_and(|hint| hint.contains("updateOne")));
    assert!(run(&*session, "db.c.find()").await.rows == [seen.clone()]);
    // One byte more than servers take is refused, by them or before.
    let error = documents.change(&collection, &DocumentChange::Insert(long(17 << 20))).await.unwrap_err();
    assert!(matches!(error.code, Code::InvalidStatement | Code::Unsupported | Code::ConstraintViolated), "{error:?}");
    assert!(connection.control().ping().await.is_ok());
    run(&*session, "db.c.drop()").await.ok();
}
