//! Servers that are old, strange or none at all.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use common::{alone, context, notification, rows, run, server};
use driver::{Answer, Ask, Code, ConnectContext, Driver, Error, Profile, Question, Role, Secret};
use driver_redis::Redis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A server that answers whatever it hears with the next of these, and then hangs up.
async fn scripted(answers: &'static [&'static [u8]]) -> Profile {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = [0; 4096];
                for answer in answers {
                    if !stream.read(&mut heard).await.is_ok_and(|length| length > 0) {
                        return;
                    }
                    stream.write_all(answer).await.unwrap();
                }
            });
        }
    });
    let values = [("host", "127.0.0.1".to_owned()), ("port", port.to_string()), ("sslmode", "disable".to_owned())];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Profile { name: "strange".into(), driver: "redis".into(), values }
}

async fn refused(answers: &'static [&'static [u8]]) -> Error {
    Redis.connect(&scripted(answers).await, context("s3cret")).await.err().unwrap()
}

/// What is answered, and what is made of it.
const STRANGE: &[(&[&[u8]], Code, &str)] = &[
    (&[b"HTTP/1.1 400 Bad Request\r\n\r\n"], Code::Unreachable, "no Redis"),
    (&[b"SSH-2.0-OpenSSH_9.2\r\n"], Code::Unreachable, "no Redis"),
    (&[b"-NOPROTO sorry\r\n", b"-NOPROTO sorry\r\n"], Code::Unsupported, "newer protocol"),
    // Half a terabyte is announced and nothing is set aside for it.
    (&[b"$549755813888\r\n"], Code::Unreachable, "could not be understood"),
    (&[b"*2147483647\r\n"], Code::Unreachable, "lost"),
    (&[b"-DENIED Redis is running in protected mode\r\n"], Code::Forbidden, "protected mode"),
    (&[b"-ERR max number of clients reached\r\n"], Code::Exhausted, "max number"),
    (&[b"-LOADING Redis is loading the dataset in memory\r\n"], Code::Unreachable, "loading"),
    (&[], Code::Unreachable, "lost"),
];

#[tokio::test]
async fn a_server_of_another_kind_or_version_is_told_apart() {
    for (answers, code, words) in STRANGE {
        let error = refused(answers).await;
        assert_eq!(error.code, *code, "{error:?}");
        assert!(error.message.to_lowercase().contains(&words.to_lowercase()), "{words}: {error:?}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_hello_is_spoken_to_in_the_old_protocol() {
    let Some(server) = alone("rename-command HELLO \"\"\nrequirepass s3cret").await else { return };
    let wrong = Redis.connect(&server.profile, context("other")).await.err().unwrap();
    assert_eq!(wrong.code, Code::Unauthenticated);
    let connection = Redis.connect(&server.profile, context("s3cret")).await.unwrap();
    assert_eq!(connection.control().server().facts["protocol"], "RESP2");
    let session = connection.open(Role::Session).await.unwrap();
    rows(&*session, "HSET h a 1 b 2").await;
    rows(&*session, "ZADD z 1.5 m").await;
    let hash = run(&*session, "HGETALL h").await;
    assert_eq!(
        (hash.names.clone(), hash.texts()[1].clone()),
        (vec!["field".into(), "value".into()], vec!["b".into(), "2".into()])
    );
    assert_eq!(rows(&*session, "ZRANGE z 0 -1 WITHSCORES").await, [["m", "1.5"]]);
    assert_eq!(run(&*session, "SUBSCRIBE news").await.error().code, Code::Unsupported);
    let keys = connection.control().keys().unwrap();
    let window = driver::keys::ValueWindow { most: 10, ..driver::keys::ValueWindow::default() };
    let part = keys.read(b"z", &driver::keys::KeyKind::SortedSet, &window).await.unwrap();
    assert_eq!(part.elements, [driver::keys::Element::Scored(b"m".to_vec(), "1.5".into())]);
}

/// Gives a wrong password first.
struct Forgetful(AtomicUsize, String);

#[async_trait]
impl Ask for Forgetful {
    async fn ask(&self, question: Question) -> Answer {
        let Question::Password { user, retry, .. } = question else { return Answer::Refused };
        assert_eq!(user, "default");
        let asked = self.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(retry, asked > 0);
        Answer::Secret(Secret::new(if asked == 0 { "wrong".to_owned() } else { self.1.clone() }))
    }
}

#[tokio::test]
async fn a_password_that_is_missing_is_asked_for_and_asked_again() {
    let Some(server) = server("REDIS") else { return };
    let ask = Arc::new(Forgetful(AtomicUsize::new(0), server.password.clone()));
    let context = ConnectContext { ask: Arc::clone(&ask) as Arc<dyn Ask>, ..ConnectContext::unattended(None) };
    Redis.connect(&server.profile(&[]), context).await.unwrap();
    assert_eq!(ask.0.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn events_of_keys_are_heard_as_any_other_message() {
    let Some(server) = alone("notify-keyspace-events KEA").await else { return };
    let connection = Redis.connect(&server.profile, context("")).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let mut messages = session.messages();
    rows(&*session, "PSUBSCRIBE __keyspace@0__:*").await;
    rows(&*session, "SET watched 1").await;
    assert_eq!(notification(&mut messages).await, Some(("__keyspace@0__:watched".into(), "set".into())));
}
