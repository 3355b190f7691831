#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
//! The way through SSH, from a profile's values to rows.

#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;
mod common {
    pub mod server;
}

use std::{
    fs,
    sync::{Arc, Mutex},
};

use common::server::server;
use driver::{Answer, Ask, Code, ConnectContext, Driver, Hop, Question, Role, Secret};
use driver_mysql::MySql;
use sshd::{Sshd, keygen, scratch, user};

/// Trusts every host and answers nothing else.
struct Trusting(Mutex<Vec<Question>>);

#[async_trait::async_trait]
impl Ask for Trusting {
    async fn ask(&self, question: Question) -> Answer {
        let answer = if matches!(question, Question::HostKey { .. }) { Answer::Yes } else { Answer::Refused };
        self.0.lock().unwrap().push(question);
        answer
    }
}

#[tokio::test]
async fn a_profile_with_a_jump_host_connects_through_both_and_shows_the_hops() {
    let Some(server) = server() else { return };
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let Some(first) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let Some(second) = Sshd::start(home.path(), "two", &[&key], "") else { return };
    fs::write(home.path().join("known_hosts"), first.known_hosts_line()).unwrap();

    let mut profile = server.profile(&[]);
    for (name, value) in [
        ("ssh", "key"),
        ("ssh_host", "127.0.0.1"),
        ("ssh_port", &second.port.to_string()),
        ("ssh_user", &user()),
        ("ssh_key", &key.display().to_string()),
        ("ssh_jump", &format!("{}@127.0.0.1:{}", user(), first.port)),
        ("ssh_config", "false"),
        ("ssh_known_hosts", &home.path().join("known_hosts").display().to_string()),
    ] {
        profile.values.insert(name.to_owned(), value.to_owned());
    }
    let ask = Arc::new(Trusting(Mutex::default()));
    let hops = Arc::new(Mutex::new(Vec::<Hop>::new()));
    let told = Arc::clone(&hops);
    let context = || ConnectContext {
        ask: Arc::clone(&ask) as Arc<dyn Ask>,
        hops: Arc::new({
            let told = Arc::clone(&told);
            move |hop| told.lock().unwrap().push(hop)
        }),
        ..ConnectContext::unattended(Some(Secret::new(server.password.clone())))
    };
    let connection = MySql.connect(&profile, context()).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    session.close().await;
    connection.close().await;
    assert!(matches!(ask.0.lock().unwrap().as_slice(), [Question::HostKey { .. }]));
    let names: Vec<_> = hops.lock().unwrap().iter().map(|hop| hop.name.clone()).collect();
    assert_eq!(names.iter().filter(|name| *name == "SSH auth").count(), 2, "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("Sign in"));

    drop(first);
    let error = MySql.connect(&profile, context()).await.map(drop).unwrap_err();
    assert_eq!(error.code, Code::Unreachable);
}
