#![allow(clippy::unwrap_used, clippy::panic)]
//! Logging in to real servers, by every method and over every kind of stream.

mod common {
    pub mod server;
}

use common::server::{Server, login, refused, run, servers};
use driver_postgres::wire::{Client, Error, Event, Login};
use route::{Endpoint, ErrorKind, Hop, Route, TlsMode, TlsSettings, Trace};

async fn method(route: &Route, login: &Login) -> &'static str {
    let (mut client, started) = Client::connect(route, login, &mut Trace::default()).await.unwrap();
    let events = run(&mut client, "select 1").await;
    assert!(matches!(&events[2], Event::Complete(tag) if tag == "SELECT 1"), "{events:?}");
    client.close().await;
    started.authentication
}

fn code(error: &Error) -> &str {
    match error {
        Error::Server(report) => &report.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_password_method_logs_in_and_a_wrong_password_does_not() {
    for server in servers() {
        for (user, wanted) in
            [("postgres", "SCRAM-SHA-256"), ("rowhouse_md5", "md5"), ("rowhouse_password", "password")]
        {
            assert_eq!(method(&server.plain(), &server.login(user)).await, wanted);
            assert_eq!(code(&refused(&server.plain(), &login(user, Some("wrong"))).await), "28P01");
            assert!(matches!(refused(&server.plain(), &login(user, None)).await, Error::PasswordWanted));
        }
        assert_eq!(method(&server.plain(), &login("rowhouse_trust", None)).await, "trust");
    }
}

#[tokio::test]
async fn a_unix_socket_logs_in() {
    for server in servers() {
        assert_eq!(method(&server.unix(), &server.login("postgres")).await, "SCRAM-SHA-256");
    }
}

#[tokio::test]
async fn tls_binds_the_channel_and_says_what_was_agreed() {
    for server in servers() {
        let route = server.tls("localhost", &server.verify(TlsMode::VerifyFull)).await;
        let (client, started) =
            Client::connect(&route, &server.login("rowhouse_tls"), &mut Trace::default()).await.unwrap();
        assert_eq!(started.authentication, "SCRAM-SHA-256-PLUS");
        let secured = started.secured.unwrap();
        assert_eq!(secured.session.unwrap().version, "TLSv1.3");
        assert!(secured.certificate.unwrap().names.contains(&"localhost".to_owned()));
        client.close().await;
        let without = refused(&server.plain(), &server.login("rowhouse_tls")).await;
        assert_eq!(code(&without), "28000");
    }
}

#[tokio::test]
async fn wrong_authorities_and_names_are_refused() {
    for server in servers() {
        let other =
            TlsSettings { ca_file: Some(server.tls.join("other-ca.crt")), ..TlsSettings::new(TlsMode::VerifyFull) };
        for (host, settings, kind) in [
            ("localhost", &other, Some(ErrorKind::CertificateUntrusted)),
            ("127.0.0.2", &server.verify(TlsMode::VerifyFull), Some(ErrorKind::CertificateName)),
            ("127.0.0.2", &server.verify(TlsMode::VerifyCa), None),
            ("127.0.0.2", &TlsSettings::new(TlsMode::Require), None),
        ] {
            let route = server.tls(host, settings).await;
            match kind {
                None => assert_eq!(method(&route, &server.login("postgres")).await, "SCRAM-SHA-256-PLUS"),
                Some(kind) => match refused(&route, &server.login("postgres")).await {
                    Error::Route(error) => assert_eq!((error.hop, error.kind), (Hop::Tls, kind)),
                    other => panic!("{other:?}"),
                },
            }
        }
    }
}

#[tokio::test]
async fn a_client_certificate_logs_in_and_one_of_another_authority_does_not() {
    fn shown(server: &Server, name: &str) -> TlsSettings {
        TlsSettings {
            client_certificate: Some(server.tls.join(format!("{name}.crt"))),
            client_key: Some(server.tls.join(format!("{name}.key"))),
            ..server.verify(TlsMode::VerifyFull)
        }
    }
    for server in servers() {
        let user = login("rowhouse_cert", None);
        assert_eq!(method(&server.tls("localhost", &shown(&server, "client")).await, &user).await, "trust");
        match refused(&server.tls("localhost", &shown(&server, "other-client")).await, &user).await {
            Error::Route(error) => assert_eq!(error.kind, ErrorKind::ClientCertificateRefused),
            other => panic!("{other:?}"),
        }
        let none = refused(&server.tls("localhost", &server.verify(TlsMode::VerifyFull)).await, &user).await;
        assert_eq!(code(&none), "28000");
    }
}

#[tokio::test]
async fn unknown_databases_and_users_are_the_servers_errors() {
    for server in servers() {
        let nowhere = Login { database: "no such \"database\" 🚀".into(), ..server.login("postgres") };
        let error = refused(&server.plain(), &nowhere).await;
        assert_eq!(code(&error), "3D000");
        assert!(error.to_string().contains("🚀"), "{error}");
        assert_eq!(code(&refused(&server.plain(), &server.login("nobody")).await), "28P01");
        let nul = Login { user: "a\0b".into(), ..server.login("postgres") };
        assert!(matches!(refused(&server.plain(), &nul).await, Error::Unsendable(_)));
    }
}

#[tokio::test]
async fn start_up_parameters_reach_the_server() {
    for server in servers() {
        let mut with = server.login("postgres");
        with.parameters.push(("options".into(), "-c statement_timeout=12345 -c search_path=\"a\\ b\"".into()));
        let (mut client, started) = Client::connect(&server.plain(), &with, &mut Trace::default()).await.unwrap();
        assert_eq!(started.parameters["application_name"], "rowhouse wire test");
        assert_eq!(started.parameters["client_encoding"], "UTF8");
        assert!(started.parameters["server_version"].starts_with(&server.major.to_string()));
        let events = run(&mut client, "show statement_timeout").await;
        let Event::Batch(batch) = &events[1] else { panic!("{events:?}") };
        assert_eq!(arrow_array::cast::AsArray::as_binary::<i32>(&batch.columns[0]).value(0), b"12345ms");
    }
}

#[tokio::test]
async fn a_refused_port_names_its_hop() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    match refused(&Route::new(Endpoint::tcp("127.0.0.1", port)), &login("a", None)).await {
        Error::Route(error) => assert_eq!((error.hop, error.kind), (Hop::Tcp, ErrorKind::Refused)),
        other => panic!("{other:?}"),
    }
}
