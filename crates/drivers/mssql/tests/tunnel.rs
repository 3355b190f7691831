#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! The way through a real SSH server to a scripted one. No SQL Server has been asked.

#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;
#[allow(dead_code)]
mod common {
    pub mod scripted;
    pub mod tokens;
}

use std::{collections::BTreeMap, fs};

use common::{
    scripted::{Encryption, Reply, Scripted},
    tokens,
};
use driver::{Code, ConnectContext, Driver, Profile, Role, Secret};
use driver_mssql::SqlServer;
use sshd::{Sshd, keygen, scratch, user};

#[tokio::test]
async fn the_server_is_reached_through_ssh_and_its_end_is_told() {
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let Some(sshd) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let known = home.path().join("known_hosts");
    fs::write(&known, sshd.known_hosts_line()).unwrap();
    let server = Scripted::start(Encryption::Off, |request| {
        let text = if request.kind == 1 { request.text() } else { String::new() };
        let texts = |cells: &[Option<&str>]| Reply::Tokens(tokens::texts(&vec![""; cells.len()], &[cells]));
        if text.starts_with("SELECT CAST(@@SPID") {
            return texts(&["57", "ann", "shop", "dbo", "Latin1_General_CI_AS", "us_english"].map(Some));
        }
        if text.starts_with("SELECT CAST(SERVERPROPERTY") {
            return texts(&["16.0.4200.1", "Developer Edition (64-bit)", "3"].map(Some));
        }
        Reply::Tokens(tokens::done(0, 0, 0))
    })
    .await;
    let (port, ssh_port) = (server.port.to_string(), sshd.port.to_string());
    let values: BTreeMap<String, String> = [
        ("host", "localhost"),
        ("port", port.as_str()),
        ("user", "ann"),
        ("sslmode", "disable"),
        ("ssh", "key"),
        ("ssh_host", "127.0.0.1"),
        ("ssh_port", ssh_port.as_str()),
        ("ssh_user", &user()),
        ("ssh_key", &key.display().to_string()),
        ("ssh_config", "false"),
        ("ssh_known_hosts", &known.display().to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let profile = Profile { name: "scripted".into(), driver: "mssql".into(), values };
    let context = || ConnectContext::unattended(Some(Secret::new("s3cret".to_owned())));
    let connection = SqlServer.connect(&profile, context()).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    session.ping().await.unwrap();
    assert_eq!(session.state().borrow().server_id.as_deref(), Some("57"));
    session.close().await;
    connection.close().await;
    drop(sshd);
    let error = SqlServer.connect(&profile, context()).await.map(drop).unwrap_err();
    assert_eq!(error.code, Code::Unreachable);
    assert!(!format!("{error:?}").contains("s3cret"));
}
