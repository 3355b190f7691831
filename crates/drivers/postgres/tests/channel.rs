#![allow(clippy::unwrap_used, clippy::panic)]
//! How TLS begins and what the login is bound to: real servers, and somebody in between.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::sync::Arc;

use common::{
    connecting::{connect, text},
    server::{Server, login, pooled, refused, run, servers},
};
use driver::{Code, Role, Statement};
use driver_postgres::wire::{ChannelBinding, Client, Error, Event, Login, Negotiation, Unbound};
use route::{Endpoint, Route, Stream, Tls, TlsMode, TlsSettings, Trace};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls, server::TlsStream};

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

fn bound(login: Login, channel_binding: ChannelBinding) -> Login {
    Login { channel_binding, ..login }
}

fn direct(login: Login) -> Login {
    Login { negotiation: Negotiation::Direct, ..login }
}

async fn method(route: &Route, login: &Login) -> &'static str {
    let (client, started) = Client::connect(route, login, &mut Trace::default()).await.unwrap();
    client.close().await;
    started.authentication
}

#[tokio::test]
async fn a_required_binding_is_done_and_every_login_without_one_is_refused() {
    for server in servers() {
        let tls = server.tls("localhost", &server.verify(TlsMode::VerifyFull)).await;
        let require = |user: &str| bound(server.login(user), ChannelBinding::Require);
        assert_eq!(method(&tls, &require("postgres")).await, "SCRAM-SHA-256-PLUS");
        for (user, method) in [("rowhouse_trust", "trust"), ("rowhouse_password", "password"), ("rowhouse_md5", "md5")]
        {
            let error = refused(&tls, &require(user)).await;
            assert!(matches!(error, Error::Unbound(Unbound::Method(asked)) if asked == method), "{error:?}");
        }
        for route in [server.plain(), server.unix()] {
            let error = refused(&route, &require("postgres")).await;
            assert!(matches!(error, Error::Unbound(Unbound::NotEncrypted)), "{error:?}");
        }
        let never = bound(server.login("postgres"), ChannelBinding::Disable);
        assert_eq!(method(&tls, &never).await, "SCRAM-SHA-256");
    }
}

#[tokio::test]
async fn the_form_can_require_a_binding_and_says_what_to_do_where_there_is_none() {
    for server in servers() {
        let require = ("channel_binding", "require");
        let connection = connect(&server, &[require], false).await.unwrap();
        assert_eq!(connection.control().server().facts["authentication"], "SCRAM-SHA-256-PLUS");
        connection.close().await;
        for changes in [[require, ("sslmode", "disable")], [require, ("user", "rowhouse_md5")]] {
            let error = connect(&server, &changes, false).await.err().unwrap();
            assert_eq!(error.code, Code::Unauthenticated, "{error:?}");
            assert!(error.message.contains("No password was sent"), "{error:?}");
            assert!(error.hint.unwrap().contains("prefer"), "{changes:?}");
        }
    }
}

#[tokio::test]
async fn tls_from_the_first_byte_is_taken_by_17_and_18_and_named_where_it_is_not() {
    for server in servers() {
        let tls = server.tls("localhost", &server.verify(TlsMode::VerifyFull)).await;
        let login = direct(bound(server.login("postgres"), ChannelBinding::Require));
        if server.major < 17 {
            let error = refused(&tls, &login).await;
            assert!(matches!(error, Error::DirectTlsRefused(Some(_))), "{error:?}");
            let changes = [("sslmode", "require"), ("sslnegotiation", "direct")];
            let error = connect(&server, &changes, false).await.err().unwrap();
            assert_eq!(error.code, Code::Unreachable);
            assert!(error.hint.unwrap().contains("PostgreSQL 17"));
            continue;
        }
        let (mut client, started) = Client::connect(&tls, &login, &mut Trace::default()).await.unwrap();
        assert_eq!(started.authentication, "SCRAM-SHA-256-PLUS");
        let events = run(&mut client, "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()").await;
        let Event::Batch(batch) = &events[1] else { panic!("{events:?}") };
        assert_eq!(arrow_array::cast::AsArray::as_binary::<i32>(&batch.columns[0]).value(0), b"true");
        client.close().await;
        // A socket is not encrypted, however it is asked for.
        assert_eq!(method(&server.unix(), &direct(server.login("postgres"))).await, "SCRAM-SHA-256");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_and_cancels_begin_with_tls_too() {
    for server in servers().into_iter().filter(|server| server.major >= 17) {
        let connection = connect(&server, &[("sslnegotiation", "direct")], false).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let encrypted = "select bool_and(s.ssl)::text from pg_stat_ssl s join pg_stat_activity a using (pid) \
                         where a.application_name like 'rowhouse%' and a.client_port = inet_client_port()";
        assert_eq!(text(&*session, encrypted).await, "true");
        let mut run = session.run(Statement::new("select pg_sleep(60)"));
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        run.cancel.cancel().await.unwrap();
        let ended = async { while run.next().await.is_some() {} };
        tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.unwrap();
        connection.close().await;
    }
}

#[tokio::test]
async fn a_pooler_that_does_not_know_tls_from_the_first_byte_is_named() {
    let Some((server, port)) = pooled("session") else { return };
    let route = Route::new(Endpoint::tcp("127.0.0.1", port))
        .with_tls(Some(Tls::load(&TlsSettings::new(TlsMode::Require)).await.unwrap()));
    let error = refused(&route, &direct(server.login("postgres"))).await;
    assert!(matches!(error, Error::DirectTlsRefused(_)), "{error:?}");
}

/// What the one in between does.
#[derive(Clone, Copy)]
struct Between {
    /// Strikes SCRAM with binding from the server's list.
    strikes: bool,
}

/// Ends the encryption with a certificate of its own and begins another towards the server.
async fn in_between(server: &Server, between: Between) -> Route {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = acceptor(server, &[]);
    let upstream = Route::new(Endpoint::tcp("localhost", server.port))
        .with_tls(Some(Tls::load(&TlsSettings::new(TlsMode::Require)).await.unwrap()));
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
            tokio::spawn(async move {
                tcp.read_exact(&mut [0; 8]).await.unwrap();
                tcp.write_all(b"S").await.unwrap();
                let client = acceptor.accept(tcp).await.unwrap();
                let mut plain = upstream.dial(&mut Trace::default()).await.unwrap();
                plain.write_all(&SSL_REQUEST).await.unwrap();
                assert_eq!(plain.read_u8().await.unwrap(), b'S');
                let server = upstream.secure(plain, &mut Trace::default()).await.unwrap();
                pass_on(client, server, between).await;
            });
        }
    });
    Route::new(Endpoint::tcp("127.0.0.1", port))
        .with_tls(Some(Tls::load(&TlsSettings::new(TlsMode::Require)).await.unwrap()))
}

fn acceptor(server: &Server, protocols: &[&[u8]]) -> TlsAcceptor {
    route::install_crypto();
    let chain = CertificateDer::pem_file_iter(server.tls.join("client.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_file(server.tls.join("client.key")).unwrap();
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn pass_on(mut client: TlsStream<TcpStream>, mut server: Stream, between: Between) {
    let length = client.read_u32().await.unwrap();
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await.unwrap();
    server.write_u32(length).await.unwrap();
    server.write_all(&startup).await.unwrap();
    server.flush().await.unwrap();
    let tag = server.read_u8().await.unwrap();
    let mut body = vec![0; server.read_u32().await.unwrap() as usize - 4];
    server.read_exact(&mut body).await.unwrap();
    if between.strikes {
        body = [&10_i32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat();
    }
    client.write_u8(tag).await.unwrap();
    client.write_u32(u32::try_from(body.len() + 4).unwrap()).await.unwrap();
    client.write_all(&body).await.unwrap();
    client.flush().await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_in_between_who_strikes_the_binding_gets_no_password_and_one_who_passes_it_on_is_found_out() {
    let Some(server) = servers().pop() else { return };
    for (strikes, binding, wanted) in [
        (true, ChannelBinding::Require, "the server does not offer it"),
        // Without the requirement it is the server who notices.
        (true, ChannelBinding::Prefer, "SCRAM channel binding negotiation error"),
        (false, ChannelBinding::Require, "SCRAM channel binding check failed"),
        (false, ChannelBinding::Prefer, "SCRAM channel binding check failed"),
    ] {
        let route = in_between(&server, Between { strikes }).await;
        let error = refused(&route, &bound(server.login("postgres"), binding)).await;
        assert!(error.to_string().contains(wanted), "{strikes} {binding:?}: {error:?}");
    }
    // Nobody notices where it was said not to look.
    let route = in_between(&server, Between { strikes: false }).await;
    let never = bound(server.login("postgres"), ChannelBinding::Disable);
    assert_eq!(method(&route, &never).await, "SCRAM-SHA-256");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_agrees_to_another_protocol_or_none_is_not_spoken_to() {
    let Some(server) = servers().pop() else { return };
    for protocols in [&[][..], &[b"http/1.1".as_slice()]] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = acceptor(&server, protocols);
        let heard = tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            let mut said = Vec::new();
            if let Ok(mut client) = acceptor.accept(tcp).await {
                let _ = client.read_to_end(&mut said).await;
            }
            said
        });
        let route = Route::new(Endpoint::tcp("127.0.0.1", port))
            .with_tls(Some(Tls::load(&TlsSettings::new(TlsMode::Require)).await.unwrap()));
        let error = refused(&route, &direct(login("a", Some("secret")))).await;
        assert!(matches!(error, Error::DirectTlsRefused(_)), "{error:?}");
        assert_eq!(heard.await.unwrap(), b"", "not even the user's name");
    }
}
