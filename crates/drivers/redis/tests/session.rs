//! Sessions on real servers: replies, transactions, subscriptions, cancels, logins.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::time::{Duration, Instant};

use common::{all, alone, context, finish, notification, rows, run, servers};
use driver::{Code, ConnectContext, Driver, Link, Outcome, Role, Statement, Transaction};
use driver_redis::Redis;

#[tokio::test]
async fn replies_are_rows_by_their_type() {
    for server in servers() {
        let (_connection, session) = server.empty(11).await;
        let session = &*session;
        for text in ["HSET h a 1 b 2", "ZADD z 1.5 m 2 n", "XADD x 1-0 f v", "RPUSH l a b", r#"SET "k\x00" "\xff""#] {
            rows(session, text).await;
        }
        let hash = run(session, "HGETALL h").await;
        assert_eq!(
            (hash.names.clone(), hash.texts()),
            (
                vec!["field".into(), "value".into()],
                vec![vec!["a".to_owned(), "1".to_owned()], vec!["b".to_owned(), "2".to_owned()]]
            )
        );
        let scores = run(session, "zrange z 0 -1 withscores").await;
        assert_eq!(
            (scores.names.clone(), scores.types[1].clone()),
            (vec!["member".into(), "score".into()], "double".into())
        );
        assert_eq!(scores.texts()[0], ["m", "1.5"]);
        assert_eq!(rows(session, "XRANGE x - +").await, [["1-0", "1) \"f\"\n2) \"v\""]]);
        assert_eq!(rows(session, "MGET h nothing l").await, [["∅"], ["∅"], ["∅"]]);
        assert_eq!(run(session, r#"GET "k\x00""#).await.rows, [[Some(vec![0xff])]]);
        assert_eq!(rows(session, "CONFIG GET maxmemory").await, [["maxmemory", "0"]]);
        assert_eq!(rows(session, "BLPOP nothing 0.05").await, [["∅"]]);
        let wrong = run(session, "GET h").await.error();
        assert_eq!((wrong.code, wrong.native.unwrap().code.as_str()), (Code::InvalidStatement, "WRONGTYPE"));
        for (text, code) in [
            ("GET \"a", Code::InvalidStatement),
            ("GET a\nGET b", Code::InvalidStatement),
            ("# nothing", Code::InvalidStatement),
            ("CLIENT REPLY OFF", Code::Unsupported),
            ("SYNC", Code::Unsupported),
        ] {
            assert_eq!(run(session, text).await.error().code, code, "{text}");
        }
    }
}

#[tokio::test]
async fn transactions_databases_and_users_are_followed() {
    for server in servers() {
        let (connection, session) = server.empty(12).await;
        let state = session.state();
        let now = || (state.borrow().transaction, state.borrow().database.clone().unwrap());
        assert_eq!(now(), (Transaction::Idle, "db12".to_owned()));
        assert_eq!(state.borrow().user.as_deref(), Some("default"));
        for text in ["MULTI", "SET a 1", "INCR a", "LPUSH a x", "SELECT 13"] {
            rows(&*session, text).await;
        }
        assert_eq!(now(), (Transaction::Open, "db12".to_owned()));
        session.ping().await.unwrap();
        let done = run(&*session, "EXEC").await;
        assert_eq!(done.texts().iter().map(|row| row[0].as_str()).collect::<Vec<_>>()[..2], ["OK", "2"]);
        assert!(done.texts()[2][0].starts_with("WRONGTYPE"), "{:?}", done.texts());
        assert_eq!(now(), (Transaction::Idle, "db13".to_owned()));
        // Somebody else changes what is watched.
        for text in ["SELECT 12", "WATCH a", "MULTI", "SET a 5"] {
            rows(&*session, text).await;
        }
        server.client(12).await.ask(&["SET", "a", "other"]).await.unwrap();
        assert_eq!(rows(&*session, "EXEC").await, [["∅"]]);
        assert_eq!(now().0, Transaction::Idle);
        rows(&*session, "MULTI").await;
        run(&*session, "GET").await.error();
        assert_eq!(now().0, Transaction::Failed);
        assert_eq!(run(&*session, "EXEC").await.error().code, Code::Conflict);
        assert_eq!(now().0, Transaction::Idle);
        rows(&*session, &format!("AUTH rowhouse_reader {}", server.password)).await;
        assert_eq!(state.borrow().user, None, "this user may not ask who it is");
        assert_eq!(run(&*session, "SET a 1").await.error().code, Code::Forbidden);
        drop(connection);
    }
}

#[tokio::test]
async fn subscriptions_are_confirmed_and_heard_while_idle_and_running() {
    for server in servers() {
        let (connection, session) = server.empty(13).await;
        let other = connection.open(Role::Session).await.unwrap();
        let mut messages = session.messages();
        let confirmed = rows(&*session, "SUBSCRIBE a b").await;
        assert_eq!(confirmed, [["subscribe", "a", "1"], ["subscribe", "b", "2"]]);
        rows(&*session, "PSUBSCRIBE new*").await;
        rows(&*other, "PUBLISH news hello").await;
        assert_eq!(notification(&mut messages).await, Some(("news".into(), "hello".into())));
        let blocked = session.run(Statement::new("BLPOP nothing 1"));
        tokio::time::sleep(Duration::from_millis(200)).await;
        rows(&*other, "PUBLISH a \"two words\"").await;
        assert_eq!(notification(&mut messages).await, Some(("a".into(), "two words".into())));
        assert_eq!(finish(blocked).await.texts(), [["∅"]]);
        assert_eq!(rows(&*session, "UNSUBSCRIBE").await.len(), 2);
        assert_eq!(rows(&*session, "UNSUBSCRIBE").await, [["unsubscribe", "∅", "1"]]);
        assert_eq!(rows(&*session, "ECHO 1").await, [["1"]]);
    }
}

#[tokio::test]
async fn monitor_tells_commands_until_it_is_stopped_and_the_session_goes_on() {
    for server in servers() {
        let (_connection, session) = server.empty(14).await;
        let mut client = server.client(14).await;
        let run = session.run(Statement::new("MONITOR").with_timeout(Duration::from_millis(800)));
        tokio::time::sleep(Duration::from_millis(300)).await;
        all(&mut client, &[&["SET", "watched", "a b"]]).await;
        let told = finish(run).await;
        assert_eq!(told.end.as_ref().unwrap().outcome, Outcome::Completed);
        assert!(told.notices[0].message.contains("MONITOR"));
        assert_eq!(told.names, ["time", "database", "client", "command"]);
        let row = told.texts().into_iter().find(|row| row[3].contains("watched")).unwrap();
        assert_eq!((row[1].as_str(), row[3].as_str()), ("14", "\"SET\" \"watched\" \"a b\""));
        assert_eq!(rows(&*session, "GET watched").await, [["a b"]], "the same database");
        let run = session.run(Statement::new("MONITOR"));
        let cancel = run.cancel.clone();
        tokio::time::sleep(Duration::from_millis(200)).await;
        cancel.cancel().await.unwrap();
        assert_eq!(finish(run).await.end.unwrap().outcome, Outcome::Cancelled);
        assert_eq!(rows(&*session, "ECHO 1").await, [["1"]]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_are_ended_and_what_cannot_be_stopped_says_so() {
    let Some(server) = alone("busy-reply-threshold 200\nenable-debug-command local").await else { return };
    let connection = Redis.connect(&server.profile, context("")).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let run = session.run(Statement::new("EVAL \"while true do end\" 0"));
    let cancel = run.cancel.clone();
    tokio::time::sleep(Duration::from_millis(600)).await;
    cancel.cancel().await.unwrap();
    assert_eq!(finish(run).await.end.unwrap().outcome, Outcome::Cancelled);
    let limited = Statement::new("EVAL \"while true do end\" 0").with_timeout(Duration::from_millis(500));
    assert_eq!(finish(session.run(limited)).await.error().code, Code::TimedOut);
    let begun = "EVAL \"redis.call('SET', 'a', 1) local t = redis.call('TIME')[1] \
         while redis.call('TIME')[1] - t < 3 do end\" 0";
    let run = session.run(Statement::new(begun));
    let cancel = run.cancel.clone();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let refused = cancel.cancel().await.unwrap_err();
    assert_eq!((refused.code, refused.native.unwrap().code.as_str()), (Code::Unsupported, "UNKILLABLE"));
    assert!(finish(run).await.end.is_ok(), "it ran to its end, and says so");
    assert_eq!(rows(&*session, "ECHO 1").await, [["1"]]);

    // Longer than the silence after which a server that is not there counts as lost.
    let began = Instant::now();
    let run = session.run(Statement::new("DEBUG SLEEP 14"));
    let cancel = run.cancel.clone();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = cancel.cancel().await.unwrap_err();
    assert_eq!(refused.code, Code::Unsupported);
    assert_eq!(finish(run).await.texts(), [["OK"]]);
    assert!(began.elapsed() > Duration::from_secs(13));
    assert_eq!(session.state().borrow().link, Link::Up);
}

#[tokio::test]
async fn databases_users_and_the_language_are_told() {
    for server in servers() {
        let (connection, session) = server.empty(8).await;
        rows(&*session, "SET a 1").await;
        let scope = catalog::Scope { kinds: catalog::Kind::ALL.to_vec(), ..catalog::Scope::default() };
        let catalog = connection.control().catalog(&scope).await.unwrap();
        assert_eq!(catalog.databases.len(), 16);
        let current = catalog.databases.iter().find(|database| database.current).unwrap();
        assert_eq!((current.name.as_str(), current.comment.as_deref()), ("db8", Some("1 key")));
        let reader = catalog.roles.iter().find(|role| role.name == "rowhouse_reader").unwrap();
        assert!(reader.login && !reader.superuser && reader.comment.as_deref().unwrap().contains("~app:*"));
        assert!(!format!("{catalog:?}").contains('#'), "no hash of a password");
        assert_eq!(catalog.coverage[&catalog::Kind::Relations], catalog::Known::Unsupported);
        let driver::Language::Commands(language) = connection.control().language() else { panic!("no commands") };
        let get = language.complete("getex k e", 9, None).items;
        assert_eq!(get.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), ["EX", "EXAT"]);
        let set = language.complete("config se", 9, None).items.remove(0);
        assert_eq!((set.text.as_str(), set.documentation.is_some()), ("SET", true));
        assert!(set.detail.unwrap().contains("parameter value"));
    }
}

#[tokio::test]
async fn a_read_only_session_guards_each_command() {
    for server in servers() {
        let guarded = ConnectContext { read_only: true, ..context(&server.password) };
        let connection = Redis.connect(&server.profile(&[]), guarded).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        for text in [
            "SET a 1",
            "EVAL 'return 1' 0",
            "FLUSHALL",
            "CONFIG SET maxmemory 0",
            "CLIENT KILL ID 1",
            "nosuch",
            "PUBLISH a b",
            "GETEX a PERSIST",
            "SORT a STORE b",
            "FUNCTION FLUSH",
            "ACL SETUSER x on",
            "XREADGROUP GROUP g c STREAMS s >",
            "MIGRATE h 1 k 0 1",
            "SCRIPT FLUSH",
            "GET a\nSET a 1",
        ] {
            assert_eq!(run(&*session, text).await.error().code, Code::Forbidden, "{text}");
        }
        rows(&*session, "MULTI").await;
        assert_eq!(run(&*session, "SET a 1").await.error().code, Code::Forbidden);
        for text in
            ["GET a", "EXEC", "SELECT 3", "CONFIG GET port", "EVAL_RO 'return 1' 0", "XINFO HELP", "OBJECT HELP"]
        {
            let finished = run(&*session, text).await;
            assert!(finished.end.is_ok(), "{text}: {:?}", finished.end);
        }
    }
}

#[tokio::test]
async fn ways_to_the_server_and_ways_that_fail() {
    for server in servers() {
        let socket = server.socket.display().to_string();
        let connection = server.connect(&[("host", &socket)]).await.unwrap();
        assert_eq!(connection.control().server().facts["protocol"], "RESP3");
        let secretless = ConnectContext::unattended(None);
        let missing = Redis.connect(&server.profile(&[]), secretless).await.err().unwrap();
        assert_eq!(missing.code, Code::Unauthenticated);
        let unknown = server.connect(&[("user", "nobody")]).await.err().unwrap();
        assert_eq!(unknown.code, Code::Unauthenticated);
        let denied = server.connect(&[("database", "16")]).await.err().unwrap();
        assert_eq!(denied.code, Code::NotFound);
        let Some((folder, port)) = &server.tls else { continue };
        let port = port.to_string();
        let file = |name: &str| folder.join(name).display().to_string();
        let (ca, other) = (file("ca.crt"), file("other-ca.crt"));
        let tls = |mode: &'static str, ca: &str, host: &str| {
            [("host", host), ("port", &port), ("sslmode", mode), ("sslrootcert", ca)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        for (values, works) in [
            (tls("verify-full", &ca, "localhost"), true),
            (tls("verify-full", &other, "localhost"), false),
            (tls("verify-full", &ca, "127.0.0.2"), false),
            (tls("auto", "", "127.0.0.1"), true),
            (tls("require", "", "127.0.0.1"), true),
            (tls("disable", "", "127.0.0.1"), false),
        ] {
            let changes: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            match server.connect(&changes).await {
                Ok(connection) => {
                    assert!(works, "{values:?}");
                    assert!(connection.control().server().facts.contains_key("tls"), "{values:?}");
                }
                Err(error) => {
                    assert!(!works, "{values:?}: {error:?}");
                    assert!(matches!(error.code, Code::Unreachable | Code::TimedOut), "{values:?}: {error:?}");
                }
            }
        }
    }
}
