#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
//! Members are reached by the tunnel, those too that only the first one names.

#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;
mod common {
    pub mod server;
}

use common::server::{run, server};
use driver::Role;
use sshd::{Sshd, keygen, scratch, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_reached_through_ssh() {
    let Some(server) = server() else { return };
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let Some(sshd) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let known = home.path().join("known_hosts");
    std::fs::write(&known, sshd.known_hosts_line()).unwrap();
    let (port, user, key, known) =
        (sshd.port.to_string(), user(), key.display().to_string(), known.display().to_string());
    let way = [
        ("ssh", "key"),
        ("ssh_host", "127.0.0.1"),
        ("ssh_port", &port),
        ("ssh_user", &user),
        ("ssh_key", &key),
        ("ssh_config", "false"),
        ("ssh_known_hosts", &known),
    ];
    let connection = server.connect(&way).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    assert_eq!(run(&*session, "db.aggregate([{$documents: [{x: 1}]}])").await.texts(), ["{ x: 1 }"]);
    connection.control().ping().await.unwrap();
}
