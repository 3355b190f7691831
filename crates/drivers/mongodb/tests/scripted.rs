#![allow(clippy::unwrap_used, clippy::panic)]
//! Members of a replica set, and a server that stops what it is told to stop: played from a script.

mod common {
    pub mod scripted;
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use common::scripted::{Script, Scripted, cursor, member, ok, refusal, script};
use driver::{Code, ConnectContext, Connection, Driver, Error, Event, Outcome, Profile, Role, Statement};
use driver_mongodb::{MongoDb, bson};

async fn connect(changes: &[(&str, &str)]) -> Result<Arc<dyn Connection>, Error> {
    let values = [("sslmode", "disable"), ("connect_timeout", "2")];
    let values = values.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let profile = Profile { name: "p".into(), driver: "mongodb".into(), values };
    MongoDb.connect(&profile, ConnectContext::unattended(None)).await
}

#[tokio::test]
async fn the_member_that_is_wanted_is_found_from_any_other() {
    let (one, first) = Scripted::bind().await;
    let (two, second) = Scripted::bind().await;
    // A name of the set that leads nowhere is passed over.
    let hosts = [1, first, second];
    let secondary = Scripted::serve(one, member(false, &hosts, second), script(|_, _| None));
    let primary = Scripted::serve(two, member(true, &hosts, second), script(|_, _| None));
    let seed = format!("127.0.0.1:{first}");
    for (preference, on) in [
        ("primary", &primary),
        ("primaryPreferred", &primary),
        ("secondary", &secondary),
        ("secondaryPreferred", &secondary),
        ("nearest", &secondary),
    ] {
        let before = on.asked("ping").len();
        let connection = connect(&[("hosts", &seed), ("read_preference", preference)]).await.unwrap();
        connection.open(Role::Session).await.unwrap().ping().await.unwrap();
        assert_eq!(on.asked("ping").len(), before + 1, "{preference}");
    }
    let connection = connect(&[("hosts", &seed), ("direct", "true")]).await.unwrap();
    assert_eq!(connection.control().server().facts["topology"], "replica set, secondary");
    assert_eq!(connection.control().server().facts["read_only"], "secondary");
    // A secondary that we were led to on purpose is told that it may answer.
    let session = connection.open(Role::Session).await.unwrap();
    session.ping().await.unwrap();
    let ping = secondary.asked("ping").pop().unwrap();
    assert_eq!(bson::get_path(&ping, &["$readPreference", "mode"]).unwrap().text().unwrap(), "primaryPreferred");
    let error = connect(&[("hosts", &seed), ("replica_set", "another")]).await.map(|_| ()).unwrap_err();
    assert_eq!(error.code, Code::Unreachable);
}

#[tokio::test]
async fn a_session_opened_after_an_election_goes_to_the_new_primary() {
    let (one, first) = Scripted::bind().await;
    let (two, second) = Scripted::bind().await;
    let hosts = [first, second];
    // The first says that it is the primary, and refuses to be one when it is asked for something.
    let stepped = script(|name, _| (name == "insert").then(|| refusal(10_107, "not primary")));
    let _old = Scripted::serve(one, member(true, &hosts, first), stepped);
    let _new = Scripted::serve(two, member(true, &hosts, second), script(|_, _| None));
    let connection = connect(&[("hosts", &format!("127.0.0.1:{first}"))]).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let mut run = session.run(Statement::new("db.c.insertOne({_id: 1})"));
    let error = run.next().await.unwrap().unwrap_err();
    assert_eq!(error.code, Code::Unreachable, "{error}");
    assert!(error.hint.unwrap().contains("another primary"));
}

/// `find` is answered once `killOp` came for it.
fn killable(hard: bool) -> (Arc<AtomicBool>, Script) {
    let killed = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&killed);
    let script = Arc::new(move |name: String, command: Vec<u8>| {
        let flag = Arc::clone(&flag);
        let answer: std::pin::Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>> = Box::pin(async move {
            match name.as_str() {
                "aggregate" if !hard => Some(cursor(0, &[bson::document(|writer| _ = writer.int32("opid", 4711))])),
                "aggregate" => Some(refusal(13, "not allowed")),
                "killOp" if bson::get(&command, "op").and_then(|op| op.integer()) == Some(4711) => {
                    flag.store(true, Ordering::SeqCst);
                    None
                }
                "killSessions" => {
                    flag.store(true, Ordering::SeqCst);
                    None
                }
                "find" => {
                    while !flag.load(Ordering::SeqCst) {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    Some(refusal(11_601, "operation was interrupted"))
                }
                _ => None,
            }
        });
        answer
    });
    (killed, script)
}

#[tokio::test]
async fn a_cancel_kills_the_operation_of_the_session_and_is_confirmed() {
    for hard in [false, true] {
        let (listener, port) = Scripted::bind().await;
        let (killed, script) = killable(hard);
        let server = Scripted::serve(listener, member(true, &[port], port), script);
        let connection = connect(&[("hosts", &format!("127.0.0.1:{port}"))]).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let mut run = session.run(Statement::new("db.c.find()"));
        while server.asked("find").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        run.cancel.cancel().await.unwrap();
        match run.next().await.unwrap() {
            Ok(Event::Done(summary)) => assert_eq!(summary.outcome, Outcome::Cancelled),
            other => panic!("{other:?}"),
        }
        assert!(killed.load(Ordering::SeqCst));
        // Found by the session's own id, and marked by the run's.
        let find = server.asked("find").pop().unwrap();
        let id = bson::get_path(&find, &["lsid", "id"]).unwrap();
        assert!(bson::get(&find, "comment").unwrap().text().unwrap().starts_with("rowhouse "));
        let looked = server.asked("aggregate").pop().unwrap();
        let wanted = bson::get_path(&looked, &["pipeline", "1", "$match", "lsid.id"]).unwrap();
        assert_eq!(wanted.raw, id.raw);
        assert!(session.ping().await.is_ok());
    }
}

#[tokio::test]
async fn the_limit_of_a_run_is_told_to_the_server_too() {
    let (listener, port) = Scripted::bind().await;
    let answer = script(|name, _| match name.as_str() {
        "find" => Some(refusal(50, "operation exceeded time limit")),
        _ => None,
    });
    let server = Scripted::serve(listener, member(true, &[port], port), answer);
    let connection = connect(&[("hosts", &format!("127.0.0.1:{port}"))]).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let mut run = session.run(Statement::new("db.c.find()").with_timeout(Duration::from_secs(5)));
    assert_eq!(run.next().await.unwrap().unwrap_err().code, Code::TimedOut);
    let limit = bson::get(&server.asked("find")[0], "maxTimeMS").unwrap().integer().unwrap();
    assert!((4000..=5000).contains(&limit), "{limit}");
}

#[tokio::test]
async fn who_may_not_list_databases_still_sees_the_one_of_the_profile() {
    let (listener, port) = Scripted::bind().await;
    let answer = script(|name, command| match name.as_str() {
        "listDatabases" if bson::get(&command, "nameOnly").is_some() && bson::get(&command, "lsid").is_none() => {
            Some(refusal(13, "not authorized on admin to execute command"))
        }
        "listCollections" => {
            Some(cursor(0, &[bson::document(|writer| _ = writer.string("name", "c").string("type", "collection"))]))
        }
        "listIndexes" => Some(refusal(13, "not authorized")),
        "saslStart" => Some(refusal(18, "Authentication failed.")),
        "authenticate" => Some(ok(|_| {})),
        _ => None,
    });
    let _server = Scripted::serve(listener, member(true, &[port], port), answer);
    // Without a user that is asked for one.
    let hosts = format!("127.0.0.1:{port}");
    assert_eq!(connect(&[("hosts", &hosts)]).await.map(|_| ()).unwrap_err().code, Code::Unauthenticated);
    let connection = connect(&[("hosts", &hosts), ("mechanism", "MONGODB-X509"), ("schema", "shop")]).await.unwrap();
    let catalog = connection.control().catalog(&catalog::Scope::default()).await.unwrap();
    assert_eq!(catalog.schemas.iter().map(|schema| schema.name.as_str()).collect::<Vec<_>>(), ["shop"]);
    assert_eq!(catalog.coverage[&catalog::Kind::Schemas], catalog::Known::Denied);
    assert!(catalog.find_relation(Some("shop"), "c").is_some());
}

#[tokio::test]
async fn replies_that_make_no_sense_end_the_session_and_nothing_else() {
    for nonsense in [
        ok(|writer| _ = writer.with("cursor", |cursor| _ = cursor.int64("id", 5))),
        ok(|writer| _ = writer.int32("cursor", 1)),
        cursor(5, &[]).into_iter().collect(),
    ] {
        let (listener, port) = Scripted::bind().await;
        let answer = script(move |name, _| match name.as_str() {
            "find" => Some(nonsense.clone()),
            "getMore" => Some(ok(|_| {})),
            _ => None,
        });
        let _server = Scripted::serve(listener, member(true, &[port], port), answer);
        let connection = connect(&[("hosts", &format!("127.0.0.1:{port}"))]).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let mut run = session.run(Statement::new("db.c.find()"));
        let mut last = None;
        while let Some(event) = run.next().await {
            last = Some(event);
        }
        assert!(matches!(&last, Some(Err(error)) if error.code == Code::Unreachable), "{last:?}");
        assert!(connection.control().ping().await.is_ok());
    }
}

#[tokio::test]
async fn a_server_of_other_times_is_told_apart() {
    for (least, most, wanted, words) in [
        (0, 5, Some(Code::Unsupported), "too old"),
        (28, 40, Some(Code::Unsupported), "newer protocol"),
        (0, 40, None, ""),
    ] {
        let (listener, port) = Scripted::bind().await;
        let hello = ok(|writer| {
            writer.bool("isWritablePrimary", true).int32("minWireVersion", least).int32("maxWireVersion", most);
        });
        let _server = Scripted::serve(listener, hello, script(|_, _| None));
        let error = connect(&[("hosts", &format!("127.0.0.1:{port}"))]).await.map(|_| ()).err();
        assert_eq!(error.as_ref().map(|error| error.code), wanted, "{least}..{most}: {error:?}");
        assert!(error.is_none_or(|error| error.message.contains(words)));
    }
}

/// A member that goes in the middle of a result: what came is kept, and the run does not end as if that were all.
#[tokio::test]
async fn a_member_that_steps_down_in_mid_scan_is_an_error_and_never_the_end() {
    let (listener, port) = Scripted::bind().await;
    let answer = script(|name, _| match name.as_str() {
        "find" => Some(cursor(5, &[bson::document(|writer| _ = writer.int32("_id", 1))])),
        "getMore" => Some(refusal(189, "The server stepped down from primary")),
        _ => None,
    });
    let server = Scripted::serve(listener, member(true, &[port], port), answer);
    let connection = connect(&[("hosts", &format!("127.0.0.1:{port}"))]).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let mut run = session.run(Statement::new("db.c.find()"));
    let (mut rows, mut end) = (0, None);
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::Batch(batch)) => rows += batch.num_rows(),
            Ok(_) => {}
            Err(error) => end = Some(error),
        }
    }
    assert_eq!((rows, server.asked("find").len()), (1, 1), "a read that gave something is not sent again");
    let error = end.unwrap();
    assert!(error.native.as_ref().is_some_and(|native| native.code.contains("189")), "{error:?}");
}
