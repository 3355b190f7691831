#![allow(clippy::unwrap_used, clippy::panic)]
//! Servers that lie, against a hand-written one on loopback.

mod common {
    pub mod server;
}

use std::time::Duration;

use common::server::{login, refused};
use driver_postgres::wire::{Client, Error, Event, Violation};
use route::{Endpoint, Route, Tls, TlsMode, TlsSettings, Trace};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn authentication(code: i32, rest: &[u8]) -> Vec<u8> {
    message(b'R', &[&code.to_be_bytes()[..], rest].concat())
}

async fn skip_startup(tcp: &mut TcpStream) {
    let length = tcp.read_u32().await.unwrap();
    tcp.read_exact(&mut vec![0; length as usize - 4]).await.unwrap();
}

async fn read_message(tcp: &mut TcpStream) -> Vec<u8> {
    tcp.read_u8().await.unwrap();
    let length = tcp.read_u32().await.unwrap();
    let mut body = vec![0; length as usize - 4];
    tcp.read_exact(&mut body).await.unwrap();
    body
}

/// Serves one connection with `talk`, after the start-up message was read.
async fn rogue<F, T>(talk: F) -> Route
where
    F: FnOnce(TcpStream) -> T + Send + 'static,
    T: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        skip_startup(&mut tcp).await;
        talk(tcp).await;
    });
    Route::new(Endpoint::tcp("127.0.0.1", port))
}

/// Says these bytes and waits for the client to hang up.
async fn saying(bytes: Vec<u8>) -> Route {
    rogue(move |mut tcp| async move {
        let _ = tcp.write_all(&bytes).await;
        let _ = tcp.read(&mut [0; 64]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    })
    .await
}

/// A SCRAM exchange up to the client's proof, then `ending`.
async fn scram_then(ending: Vec<u8>) -> Error {
    let route = rogue(move |mut tcp| async move {
        tcp.write_all(&authentication(10, b"SCRAM-SHA-256\0\0")).await.unwrap();
        let first = read_message(&mut tcp).await;
        let text = String::from_utf8_lossy(&first).into_owned();
        let nonce = text.split("r=").nth(1).unwrap();
        let server_first = format!("r={nonce}SERVER,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096");
        tcp.write_all(&authentication(11, server_first.as_bytes())).await.unwrap();
        read_message(&mut tcp).await;
        let _ = tcp.write_all(&ending).await;
        let _ = tcp.write_all(&message(b'Z', b"I")).await;
        let _ = tcp.read(&mut [0; 64]).await;
    })
    .await;
    refused(&route, &login("a", Some("secret"))).await
}

#[tokio::test]
async fn a_server_that_fakes_the_scram_proof_is_refused() {
    let fake = authentication(12, b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let error = scram_then([fake, authentication(0, b"")].concat()).await;
    assert!(matches!(error, Error::Unproven(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_skips_the_scram_proof_is_refused() {
    let error = scram_then(authentication(0, b"")).await;
    assert!(matches!(error, Error::Unproven(_)), "{error:?}");
    // Nor may it go on as if the login were over, or ask for the password in the clear instead.
    let error = scram_then(Vec::new()).await;
    assert!(matches!(error, Error::Protocol(Violation::OutOfTurn(b'Z'))), "{error:?}");
    let error = scram_then(authentication(3, b"")).await;
    assert!(matches!(error, Error::Protocol(Violation::OutOfTurn(b'R'))), "{error:?}");
}

#[tokio::test]
async fn scram_nonsense_is_refused() {
    for first in ["", "r=other,s=c2FsdA==,i=4096", "e=other-error", "v=AAAA"] {
        let bytes = [authentication(10, b"SCRAM-SHA-256\0\0"), authentication(11, first.as_bytes())].concat();
        let error = refused(&saying(bytes).await, &login("a", Some("secret"))).await;
        assert!(matches!(error, Error::Unproven(_)), "{first}: {error:?}");
    }
    // A count of rounds that would keep us busy for hours.
    let route = rogue(|mut tcp| async move {
        tcp.write_all(&authentication(10, b"SCRAM-SHA-256\0\0")).await.unwrap();
        let first = read_message(&mut tcp).await;
        let text = String::from_utf8_lossy(&first).into_owned();
        let nonce = text.split("r=").nth(1).unwrap().to_owned();
        let endless = format!("r={nonce}S,s=c2FsdA==,i=4000000000");
        tcp.write_all(&authentication(11, endless.as_bytes())).await.unwrap();
        let _ = tcp.read(&mut [0; 64]).await;
    })
    .await;
    assert!(matches!(refused(&route, &login("a", Some("secret"))).await, Error::Unproven(_)));
}

#[tokio::test]
async fn unsupported_methods_are_named() {
    for (code, name) in [(2, "Kerberos"), (7, "GSSAPI"), (9, "SSPI"), (99, "unknown")] {
        let error = refused(&saying(authentication(code, b"")).await, &login("a", Some("x"))).await;
        assert!(matches!(&error, Error::UnsupportedAuthentication(_)), "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let only = authentication(10, b"SCRAM-SHA-512\0\0");
    let error = refused(&saying(only).await, &login("a", Some("x"))).await;
    assert!(matches!(&error, Error::UnsupportedAuthentication(_)), "{error:?}");
}

#[tokio::test]
async fn tls_that_is_wanted_and_not_offered_is_refused() {
    for (answer, wanted) in [(b'N', "no TLS"), (b'E', "no TLS"), (b'H', "not a PostgreSQL")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tcp.read_exact(&mut [0; 8]).await.unwrap();
            tcp.write_all(&[answer]).await.unwrap();
            let _ = tcp.read(&mut [0; 8]).await;
        });
        let tls = Tls::load(&TlsSettings::new(TlsMode::Require)).await.unwrap();
        let route = Route::new(Endpoint::tcp("127.0.0.1", port)).with_tls(Some(tls));
        let error = refused(&route, &login("a", None)).await;
        assert!(error.to_string().contains(wanted), "{error:?}");
    }
}

#[tokio::test]
async fn whoever_is_not_postgres_is_told_so() {
    let http = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_vec();
    let error = refused(&saying(http).await, &login("a", None)).await;
    assert!(matches!(error, Error::NotPostgres), "{error:?}");
    let busy = b"Ecould not fork new process: Resource temporarily unavailable\n\0".to_vec();
    match refused(&saying(busy).await, &login("a", None)).await {
        Error::Server(report) => assert!(report.message.starts_with("could not fork"), "{report:?}"),
        other => panic!("{other:?}"),
    }
    let hangs_up = rogue(|tcp| async move { drop(tcp) }).await;
    assert!(matches!(refused(&hangs_up, &login("a", None)).await, Error::Closed));
}

#[tokio::test]
async fn a_silent_server_ends_at_the_time_limit() {
    let route = rogue(|tcp| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(tcp);
    })
    .await;
    let mut login = login("a", None);
    login.timeout = Duration::from_millis(300);
    assert!(matches!(refused(&route, &login).await, Error::TimedOut(_)));
}

#[tokio::test]
async fn a_start_up_error_in_the_servers_own_language_is_read_lossily() {
    let body = b"SFATAL\0VFATAL\0C28P01\0Mmot de passe erron\xe9\0\0";
    match refused(&saying(message(b'E', body)).await, &login("a", None)).await {
        Error::Server(report) => assert_eq!(report.message, "mot de passe erron\u{fffd}"),
        other => panic!("{other:?}"),
    }
}

/// What a client makes of `bytes` as the answer to its first statement.
async fn answered(bytes: Vec<u8>) -> Result<Vec<Event>, Error> {
    let route = rogue(move |mut tcp| async move {
        let start = [authentication(0, b""), message(b'K', &[0; 8]), message(b'Z', b"I")].concat();
        tcp.write_all(&start).await.unwrap();
        read_message(&mut tcp).await;
        let _ = tcp.write_all(&bytes).await;
    })
    .await;
    let (mut client, _) = Client::connect(&route, &login("a", None), &mut Trace::default()).await.unwrap();
    client.query("select 1").await.unwrap();
    client.collect().await
}

fn one_column(format: u8) -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend(b"c\0\0\0\0\0\0\0");
    body.extend(23u32.to_be_bytes());
    body.extend([0, 4, 0xff, 0xff, 0xff, 0xff, 0, format]);
    message(b'T', &body)
}

#[tokio::test]
async fn garbled_answers_are_violations() {
    let head = one_column(0);
    let cases: Vec<(Vec<u8>, Violation)> = vec![
        (vec![b'D', 0xff, 0xff, 0xff, 0xff], Violation::Length { tag: b'D', length: -1 }),
        (vec![b'D', 0, 0, 0, 3], Violation::Length { tag: b'D', length: 3 }),
        (vec![b'D', 0x7f, 0xff, 0xff, 0xff], Violation::Length { tag: b'D', length: 0x7fff_ffff }),
        (message(b'~', b""), Violation::UnknownMessage(b'~')),
        (message(b'D', &[0, 0]), Violation::OutOfTurn(b'D')),
        (message(b'R', &[0; 4]), Violation::OutOfTurn(b'R')),
        (message(b'T', &[0, 9]), Violation::Malformed(b'T')),
        (message(b'C', b"SELECT 1"), Violation::Malformed(b'C')),
        (message(b'E', b"SERROR\0"), Violation::Malformed(b'E')),
        (message(b'Z', b"?"), Violation::TransactionStatus(b'?')),
        (message(b'Z', b"II"), Violation::Malformed(b'Z')),
        (one_column(1), Violation::BinaryColumn),
        ([head.clone(), message(b'D', &[0, 2])].concat(), Violation::RowWidth { expected: 1, found: 2 }),
        ([head.clone(), message(b'D', &[0, 1, 0, 0, 0, 5, b'1'])].concat(), Violation::Malformed(b'D')),
        ([head, message(b'D', &[0, 1, 0, 0, 0, 1, b'x'])].concat(), Violation::Cell { column: 0 }),
    ];
    for (bytes, wanted) in cases {
        match answered(bytes.clone()).await {
            Err(Error::Protocol(violation)) => assert_eq!(violation, wanted),
            other => panic!("{bytes:?}: {other:?}"),
        }
    }
    let cut = answered(message(b'C', b"SELECT 1\0")[..7].to_vec()).await;
    assert!(matches!(cut, Err(Error::Closed | Error::Io(_))), "{cut:?}");
}

#[tokio::test]
async fn a_length_that_is_only_claimed_costs_nothing() {
    let route = rogue(|mut tcp| async move {
        let start = [authentication(0, b""), message(b'Z', b"I")].concat();
        tcp.write_all(&start).await.unwrap();
        read_message(&mut tcp).await;
        tcp.write_all(&[one_column(0), vec![b'D', 0x3f, 0xff, 0xff, 0xff]].concat()).await.unwrap();
        let _ = tcp.read(&mut [0; 8]).await;
    })
    .await;
    let (mut client, _) = Client::connect(&route, &login("a", None), &mut Trace::default()).await.unwrap();
    assert!(client.cancel_key().is_none(), "no key was given");
    client.query("select 1").await.unwrap();
    assert!(matches!(client.next().await.unwrap(), Event::Columns(_)));
    let waited = tokio::time::timeout(Duration::from_millis(200), client.next()).await;
    assert!(waited.is_err(), "the promised bytes never come");
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = status.split_whitespace().next().unwrap().parse().unwrap();
    assert!(pages * 4096 < 8 << 30, "nothing was reserved for the promise");
}
