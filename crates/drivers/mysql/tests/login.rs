#![allow(clippy::unwrap_used, clippy::panic)]
//! Ways to the server and ways to sign in.

mod common {
    pub mod server;
}

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use common::server::{run, server};
use driver::{Answer, Ask, Code, ConnectContext, Error, Question, Role, Secret};

fn failed(result: Result<Arc<dyn driver::Connection>, Error>) -> Error {
    match result {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn tls_is_verified_as_far_as_was_asked() {
    let Some(server) = server() else { return };
    let path = |name: &str| server.tls.join(name).to_str().unwrap().to_owned();
    let (ca, other) = (path("ca.crt"), path("other-ca.crt"));
    for changes in [
        vec![("sslmode", "verify-full"), ("sslrootcert", &*ca), ("host", "localhost")],
        vec![("sslmode", "verify-full"), ("sslrootcert", &*ca)],
        vec![("sslmode", "verify-ca"), ("sslrootcert", &*ca), ("host", "127.0.0.2")],
        vec![("sslmode", "require")],
        vec![("sslmode", "auto")],
    ] {
        let connection = server.connect(&changes).await.unwrap_or_else(|error| panic!("{changes:?}: {error}"));
        let session = connection.open(Role::Session).await.unwrap();
        let cipher = run(&*session, "show session status like 'Ssl_cipher'").await;
        assert!(!cipher.sets[0].1[0][1].clone().unwrap().is_empty(), "{changes:?}");
    }
    for changes in [
        vec![("sslmode", "verify-full"), ("sslrootcert", &*other)],
        vec![("sslmode", "verify-full"), ("sslrootcert", &*ca), ("host", "127.0.0.2")],
        vec![("sslmode", "verify-ca"), ("sslrootcert", &*other)],
    ] {
        let error = failed(server.connect(&changes).await);
        assert_eq!(error.code, Code::Unreachable, "{changes:?}: {error}");
    }
    let connection = server.connect(&[("sslmode", "disable")]).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let cipher = run(&*session, "show session status like 'Ssl_cipher'").await;
    assert_eq!(cipher.sets[0].1[0][1].as_deref(), Some(&b""[..]));
}

#[tokio::test]
async fn a_client_certificate_signs_in_and_its_lack_does_not() {
    let Some(server) = server() else { return };
    let path = |name: &str| server.tls.join(name).to_str().unwrap().to_owned();
    let (ca, certificate, key) = (path("ca.crt"), path("client.crt"), path("client.key"));
    let with = [
        ("user", "rowhouse_cert"),
        ("schema", ""),
        ("sslmode", "verify-full"),
        ("sslrootcert", &*ca),
        ("sslcert", &*certificate),
        ("sslkey", &*key),
    ];
    server.connect(&with).await.unwrap();
    assert_eq!(failed(server.connect(&with[..4]).await).code, Code::Unauthenticated);
    assert_eq!(
        failed(server.connect(&[("user", "rowhouse_tls"), ("schema", ""), ("sslmode", "disable")]).await).code,
        Code::Unauthenticated
    );
    server.connect(&[("user", "rowhouse_tls"), ("schema", ""), ("sslmode", "require")]).await.unwrap();
}

#[tokio::test]
async fn sockets_and_methods_of_signing_in_work_or_say_why_not() {
    let Some(server) = server() else { return };
    let socket = server.socket.to_str().unwrap();
    server.connect(&[("host", socket)]).await.unwrap();
    server.connect(&[("user", "rowhouse_ed25519")]).await.unwrap();
    let unattended =
        |password: Option<&str>| ConnectContext::unattended(password.map(|password| Secret::new(password.to_owned())));
    server.connect_with(&[("user", "rowhouse_empty"), ("schema", "")], unattended(None)).await.unwrap();
    for user in ["rowhouse_ed25519", "rowhouse", "nobody_at_all"] {
        let error = failed(server.connect_with(&[("user", user)], unattended(Some("wrong"))).await);
        assert_eq!(error.code, Code::Unauthenticated, "{user}: {error}");
    }
    let old = failed(server.connect(&[("user", "rowhouse_old"), ("schema", "")]).await);
    assert!(matches!(old.code, Code::Unsupported | Code::Unauthenticated), "{old:?}");
    let denied = failed(server.connect(&[("user", "rowhouse_reader"), ("schema", "mysql")]).await);
    assert_eq!(denied.code, Code::Forbidden, "{denied:?}");
}

struct Answers(Mutex<Vec<&'static str>>, String);

#[async_trait::async_trait]
impl Ask for Answers {
    async fn ask(&self, question: Question) -> Answer {
        assert!(matches!(&question, Question::Password { user, .. } if user == "rowhouse"), "{question:?}");
        match self.0.lock().unwrap().pop() {
            Some("right") => Answer::Secret(Secret::new(self.1.clone())),
            Some(word) => Answer::Secret(Secret::new(word.to_owned())),
            None => Answer::Refused,
        }
    }
}

#[tokio::test]
async fn a_password_is_asked_for_where_none_was_given() {
    let Some(server) = server() else { return };
    let context = |answers: Vec<&'static str>| {
        let ask = Arc::new(Answers(Mutex::new(answers), server.password.clone()));
        ConnectContext { ask, ..ConnectContext::unattended(None) }
    };
    server.connect_with(&[], context(vec!["right", "mistyped"])).await.unwrap();
    assert_eq!(failed(server.connect_with(&[], context(vec![])).await).code, Code::Unauthenticated);
}

#[tokio::test]
async fn other_programs_on_the_port_are_told_apart() {
    let Some(server) = server() else { return };
    for greeting in
        [&b"SSH-2.0-OpenSSH_9.2p1\r\n"[..], b"220 mail ESMTP ready\r\n", b"\x05\x00\x00\x00\x0a8.0\x00", b""]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.write_all(greeting);
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = stream.read(&mut [0; 64]);
            }
        });
        let error = failed(server.connect(&[("port", &port)]).await);
        assert_eq!(error.code, Code::Unreachable, "{greeting:?}: {error}");
    }
}
