#![allow(clippy::unwrap_used, clippy::panic)]
//! Name resolution, TCP and Unix sockets against loopback.

use std::time::{Duration, Instant};

use route::{Endpoint, Error, ErrorKind, Hop, Route, Trace};
use tokio::net::TcpListener;

async fn dial(endpoint: Endpoint) -> (Result<(), Error>, Trace) {
    let mut trace = Trace::default();
    let route = Route::new(endpoint).with_connect_timeout(Duration::from_millis(800));
    let result = route.dial(&mut trace).await.map(|_| ());
    (result, trace)
}

#[tokio::test]
async fn a_listening_port_is_reached_by_name_even_where_one_address_refuses() {
    // Listens on IPv4 only; `localhost` may resolve to ::1 first.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (result, trace) = dial(Endpoint::tcp("localhost", listener.local_addr().unwrap().port())).await;
    result.unwrap();
    let hops: Vec<_> = trace.steps.iter().map(|step| (step.hop, step.ok)).collect();
    assert_eq!(hops, [(Hop::Dns, true), (Hop::Tcp, true)]);
    assert!(trace.steps[0].detail.contains("127.0.0.1"), "{trace:?}");
}

#[tokio::test]
async fn a_refused_port_is_refused_and_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (result, trace) = dial(Endpoint::tcp("localhost", port)).await;
    let error = result.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Tcp, ErrorKind::Refused));
    assert!(error.message.contains(&format!("localhost:{port}")), "{error}");
    assert!(!trace.steps.last().unwrap().ok);
}

#[tokio::test]
async fn an_unknown_host_is_a_dns_error() {
    let (result, _) = dial(Endpoint::tcp("no-such-host.invalid", 5432)).await;
    let error = result.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Dns, ErrorKind::NotFound));
    for nonsense in ["", "a b", "postgres://x", "nul\0"] {
        let error = dial(Endpoint::tcp(nonsense, 5432)).await.0.unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::Dns, ErrorKind::InvalidAddress), "{nonsense:?}");
    }
}

/// A listener whose queue is full drops the packets of the next client, as a firewall does.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn silence_ends_at_the_time_limit() {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut queued = Vec::new();
    for _ in 0..4 {
        let filler = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        filler.set_nonblocking(true).unwrap();
        let _ = filler.connect(&address.into());
        queued.push(filler);
    }
    let started = Instant::now();
    let (result, _) = dial(Endpoint::tcp("127.0.0.1", address.port())).await;
    let error = result.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Tcp, ErrorKind::TimedOut));
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(700) && took < Duration::from_secs(3), "{took:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_dialled_and_its_absence_told_from_nobody_listening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sock");
    let error = dial(Endpoint::Unix(path.clone())).await.0.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Socket, ErrorKind::NotFound));
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    dial(Endpoint::Unix(path.clone())).await.0.unwrap();
    drop(listener);
    let error = dial(Endpoint::Unix(path.clone())).await.0.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Socket, ErrorKind::Refused));
    assert!(error.message.contains("db.sock"), "{error}");
}

#[test]
fn the_crypto_provider_is_installed_once_and_again() {
    route::install_crypto();
    route::install_crypto();
}
