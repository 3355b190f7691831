#![allow(clippy::unwrap_used, clippy::panic)]
//! Getting in, and being kept out.

mod common {
    pub mod server;
}

use common::server::{run, server};
use driver::{Code, ConnectContext, Driver, Role, Secret};
use driver_mongodb::MongoDb;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_let_in_is_told_why() {
    let Some(server) = server() else { return };
    let code = async |changes: &[(&str, &str)], password: Option<&str>| {
        let context = ConnectContext::unattended(password.map(|text| Secret::new(text.to_owned())));
        match MongoDb.connect(&server.profile(changes), context).await {
            Ok(_) => panic!("{changes:?} got in"),
            Err(error) => error.code,
        }
    };
    let password = Some(server.password.as_str());
    assert_eq!(code(&[("user", "nobody")], password).await, Code::Unauthenticated);
    assert_eq!(code(&[], None).await, Code::Unauthenticated);
    assert_eq!(code(&[("user", "")], password).await, Code::Unauthenticated);
    assert_eq!(code(&[("auth_source", "elsewhere")], password).await, Code::Unauthenticated);
    assert_eq!(code(&[("mechanism", "PLAIN")], password).await, Code::Unauthenticated);
    assert_eq!(code(&[("replica_set", "another")], password).await, Code::Unreachable);
    assert_eq!(code(&[("read_preference", "secondary")], password).await, Code::Unreachable);
    // Somebody who speaks another protocol, or none.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hosts = silent.local_addr().unwrap().to_string();
    assert_eq!(code(&[("hosts", &hosts), ("connect_timeout", "1")], password).await, Code::TimedOut);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_address_that_answers_is_taken() {
    let Some(server) = server() else { return };
    let hosts = format!("127.0.0.1:1,no-such-host.invalid,127.0.0.1:{}", server.port);
    for changes in [
        &[("hosts", hosts.as_str())][..],
        &[("read_preference", "secondaryPreferred")],
        &[("direct", "true")],
        &[("replica_set", "secantus")],
    ] {
        let connection = server.connect(changes).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        assert_eq!(run(&*session, "{ping: 1}").await.rows.len(), 1);
        assert!(connection.control().server().facts["topology"].starts_with("replica set"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_verified_as_the_profile_says() {
    let Some(server) = server() else { return };
    let Some((folder, port)) = server.tls.clone() else { return };
    let ca = folder.join("ca.crt").display().to_string();
    let hosts = format!("127.0.0.1:{port}");
    let code = async |changes: &[(&str, &str)]| {
        let all: Vec<_> = [("hosts", hosts.as_str())].iter().chain(changes).copied().collect();
        server
            .connect(&all)
            .await
            .map(|connection| connection.control().server().facts.get("tls").cloned())
            .map_err(|error| error.code)
    };
    assert!(code(&[("sslmode", "verify-full"), ("sslrootcert", &ca)]).await.unwrap().unwrap().contains("TLS"));
    assert!(code(&[("sslmode", "require")]).await.unwrap().is_some());
    // On this computer it encrypts where the server can.
    assert!(code(&[("sslmode", "auto")]).await.unwrap().is_some());
    // The scratch authority is none of this computer's own.
    assert_eq!(code(&[("sslmode", "verify-full")]).await, Err(Code::Unreachable));
    assert!(code(&[("sslmode", "disable"), ("connect_timeout", "2")]).await.is_err());
    // And where it cannot, it goes without.
    let plain = server.connect(&[("sslmode", "auto")]).await.unwrap();
    assert_eq!(plain.control().server().facts.get("tls"), None);
}
