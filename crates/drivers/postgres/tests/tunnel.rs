#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
//! The way through SSH, from a profile's values to rows, and a session that outlives its SSH server.

#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;

use std::{
    env, fs,
    sync::{Arc, Mutex},
};

use driver::{ConnectContext, Driver, Hop, Profile, Role, Secret};
use driver_postgres::PostgresDriver;
use sshd::{Sshd, keygen, scratch, user};
use url::Url;

#[tokio::test]
async fn a_profile_connects_through_ssh_and_again_after_the_ssh_server_was_killed() {
    let Ok(address) = env::var("ROWHOUSE_TEST_POSTGRES_15_URL") else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "ROWHOUSE_TEST_POSTGRES_15_URL is required");
        eprintln!("SKIPPED: no PostgreSQL 15; set ROWHOUSE_TEST_POSTGRES_15_URL (scripts/servers start)");
        return;
    };
    let address = Url::parse(&address).unwrap();
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let Some(mut server) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    fs::write(home.path().join("known_hosts"), server.known_hosts_line()).unwrap();

    let mut profile = Profile { name: "test".into(), driver: "postgres".into(), ..Profile::default() };
    for (name, value) in [
        ("host", "localhost"),
        ("port", &address.port().unwrap().to_string()),
        ("user", "postgres"),
        ("database", "postgres"),
        ("sslmode", "verify-full"),
        ("sslrootcert", &format!("{}/ca.crt", env::var("ROWHOUSE_TEST_POSTGRES_TLS").unwrap())),
        ("ssh", "key"),
        ("ssh_host", "127.0.0.1"),
        ("ssh_port", &server.port.to_string()),
        ("ssh_user", &user()),
        ("ssh_key", &key.display().to_string()),
        ("ssh_config", "false"),
        ("ssh_known_hosts", &home.path().join("known_hosts").display().to_string()),
    ] {
        profile.values.insert(name.to_owned(), value.to_owned());
    }
    let hops = Arc::new(Mutex::new(Vec::<Hop>::new()));
    let told = Arc::clone(&hops);
    let password = Secret::new(address.password().unwrap().to_owned());
    let context = ConnectContext {
        hops: Arc::new(move |hop| told.lock().unwrap().push(hop)),
        ..ConnectContext::unattended(Some(password))
    };
    let connection = PostgresDriver.connect(&profile, context).await.unwrap();
    let names: Vec<_> = hops.lock().unwrap().iter().map(|hop| hop.name.clone()).collect();
    let expected = ["TCP", "SSH key exchange", "SSH host key", "SSH auth", "SSH forward", "TLS", "Sign in"];
    assert_eq!(names, expected);

    let session = connection.open(Role::Session).await.unwrap();
    let mut state = session.state();
    server.kill();
    let lost = state.wait_for(|state| state.link != driver::Link::Up);
    tokio::time::timeout(std::time::Duration::from_secs(5), lost).await.unwrap().unwrap();
    server.launch();
    connection.open(Role::Session).await.unwrap();
}
