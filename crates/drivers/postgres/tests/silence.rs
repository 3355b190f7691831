#![allow(clippy::unwrap_used, clippy::panic)]
//! A wire that goes silent: a proxy that still acknowledges and forwards nothing.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    connecting::{connect, text},
    server::{Server, servers},
};
use driver::{Code, Connection, Error, Link, Role, Session, Statement};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What is promised.
const NOTICED: Duration = Duration::from_secs(5);
/// What a busy machine may take beyond that.
const LATE: Duration = Duration::from_secs(2);

/// Forwards in both directions until it is told to swallow what comes. It goes on accepting, reading and acknowledging.
struct Proxy {
    port: u16,
    /// Connections accepted before this many stay mute from now on; the later ones too where it is all of them.
    silent: watch::Sender<u32>,
}

impl Proxy {
    async fn before(server: &Server) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (silent, told) = watch::channel(0);
        let target = server.port;
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((client, _)) = listener.accept().await {
                let told = told.clone();
                number += 1;
                tokio::spawn(async move {
                    let server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                    let (client_in, client_out) = client.into_split();
                    let (server_in, server_out) = server.into_split();
                    tokio::join!(
                        forward(client_in, server_out, told.clone(), number),
                        forward(server_in, client_out, told, number)
                    );
                });
            }
        });
        Proxy { port, silent }
    }

    async fn connect(&self, server: &Server) -> Arc<dyn Connection> {
        connect(server, &[("port", &self.port.to_string())], false).await.unwrap()
    }

    fn go_silent(&self) {
        self.silent.send_replace(u32::MAX);
    }
}

async fn forward(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    silent: watch::Receiver<u32>,
    number: u32,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        if number > *silent.borrow() && to.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
}

async fn until_lost(session: &dyn Session) -> Duration {
    let began = Instant::now();
    let mut state = session.state();
    tokio::time::timeout(Duration::from_secs(30), state.wait_for(|state| matches!(state.link, Link::Lost(_))))
        .await
        .expect("never noticed")
        .unwrap();
    began.elapsed()
}

async fn last(mut run: driver::Run) -> Option<Error> {
    let mut last = None;
    while let Some(event) = tokio::time::timeout(Duration::from_secs(30), run.next()).await.unwrap() {
        last = event.err();
    }
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_session_that_is_watched_notices_a_silent_wire() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    let session = connection.open(Role::Session).await.unwrap();
    assert_eq!(text(&*session, "select 'here'").await, "here");
    let _watched = session.state();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(session.state().borrow().link, Link::Up, "a wire that works");
    proxy.go_silent();
    let took = until_lost(&*session).await;
    assert!(took < NOTICED + LATE, "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_statement_notices_a_silent_wire_and_a_long_one_is_left_alone() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    let session = connection.open(Role::Session).await.unwrap();
    assert_eq!(text(&*session, "select 'slept' from pg_sleep(7)").await, "slept", "it says nothing for seven seconds");
    let run = session.run(Statement::new("select pg_sleep(60)"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    proxy.go_silent();
    let began = Instant::now();
    let error = last(run).await.unwrap();
    assert_eq!(error.code, Code::Unreachable, "{error:?}");
    assert!(began.elapsed() < NOTICED + LATE, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_and_cancelling_on_a_silent_wire_return_at_once() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    let (idle, busy) = (connection.open(Role::Session).await.unwrap(), connection.open(Role::Session).await.unwrap());
    let run = busy.run(Statement::new("select pg_sleep(60)"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    proxy.go_silent();
    // The cancel cannot arrive; it is asked for all the same, and the way out stays open.
    let cancel = run.cancel.clone();
    let cancelling = tokio::spawn(async move { cancel.cancel().await });
    for session in [&idle, &busy] {
        let began = Instant::now();
        session.close().await;
        assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
        assert_eq!(session.state().borrow().link, Link::Closed);
    }
    let began = Instant::now();
    connection.close().await;
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    let began = Instant::now();
    drop(cancelling.await.unwrap());
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_asked_for_while_the_session_closes_is_let_go_with_it() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    let session = connection.open(Role::Session).await.unwrap();
    let run = session.run(Statement::new("select pg_sleep(60)"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    proxy.go_silent();
    let began = Instant::now();
    // The session hears of its end before it hears of the cancel.
    let (_, cancelled) = tokio::join!(session.close(), run.cancel.cancel());
    cancelled.unwrap();
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_arrives_is_told_from_a_statement_that_takes_long() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    let session = connection.open(Role::Session).await.unwrap();
    let run = session.run(Statement::new("select pg_sleep(2)"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    // The control connection and the session stay mute; a new one gets through.
    proxy.silent.send_replace(2);
    let began = Instant::now();
    let error = last(run).await.unwrap();
    assert_eq!(error.code, Code::Unreachable);
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_sessions_tells_a_silent_wire_and_finds_back() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    connection.control().ping().await.unwrap();
    // What a ping has just heard holds for a moment.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    proxy.go_silent();
    let began = Instant::now();
    let error = connection.control().ping().await.unwrap_err();
    assert_eq!(error.code, Code::Unreachable, "{error:?}");
    assert!(began.elapsed() < NOTICED + LATE, "{:?}", began.elapsed());
    proxy.silent.send_replace(0);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    connection.control().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_the_catalog_is_let_go_when_nobody_answers() {
    let Some(server) = servers().pop() else { return };
    let proxy = Proxy::before(&server).await;
    let connection = proxy.connect(&server).await;
    proxy.go_silent();
    let reading = {
        let connection = Arc::clone(&connection);
        tokio::spawn(async move { connection.control().catalog(&catalog::Scope::default()).await.map(drop) })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    assert!(connection.control().ping().await.is_err(), "a busy connection is no sign of life");
    let error = tokio::time::timeout(LATE, reading).await.unwrap().unwrap().unwrap_err();
    assert_eq!(error.code, Code::Unreachable, "{error:?}");
    assert!(began.elapsed() < NOTICED + LATE, "{:?}", began.elapsed());
}
