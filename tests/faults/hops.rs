//! Every hop that can fail is named, and a test in the form says the same as a connection that is opened.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use app::api::{AppEvent, ErrorCode};
use tests::servers;

use super::desk::{Desk, Place, postgres};
use crate::sshd::{self, Sshd, keygen};

/// A port that says something to whoever comes and then hears no more, or says nothing and hangs up.
fn speaks(text: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.write_all(text.as_bytes());
            let _ = client.read(&mut [0; 64]);
        }
    });
    port
}

fn nobody_listens() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A place, the hop it fails at and how that is told.
type Case = (&'static str, ErrorCode, Place);

fn without_ssh(place: &Place) -> Vec<Case> {
    let tls = servers::postgres(18).unwrap().tls;
    let other = tls.other_ca.display().to_string();
    let ca = tls.ca.display().to_string();
    vec![
        ("Find host", ErrorCode::Unreachable, place.with(&[("host", "no-such-host.invalid")])),
        ("TCP", ErrorCode::Unreachable, place.with(&[("port", &nobody_listens().to_string())])),
        (
            "SOCKS5 proxy",
            ErrorCode::Unreachable,
            place.with(&[
                ("proxy", "socks5"),
                ("proxy_host", "127.0.0.1"),
                ("proxy_port", &speaks("HTTP/1.1 400 Bad Request\r\n\r\n").to_string()),
            ]),
        ),
        ("TLS", ErrorCode::Unreachable, place.with(&[("sslmode", "verify-full"), ("sslrootcert", &other)])),
        (
            "TLS",
            ErrorCode::Unreachable,
            place.with(&[("host", "127.0.0.2"), ("sslmode", "verify-full"), ("sslrootcert", &ca)]),
        ),
        ("Sign in", ErrorCode::Unauthenticated, Place { password: Some("wr0ng".to_owned()), ..place.clone() }),
        ("Sign in", ErrorCode::NotFound, place.with(&[("database", "not_there")])),
    ]
}

fn with_ssh(place: &Place, key: &str, known: &str, stranger: &str, one: &Sshd, closed: &Sshd) -> Vec<Case> {
    let through = |port: u16, more: &[(&str, &str)]| {
        let user = sshd::user();
        let port = port.to_string();
        let usual = [
            ("ssh", "key"),
            ("ssh_host", "127.0.0.1"),
            ("ssh_port", port.as_str()),
            ("ssh_user", user.as_str()),
            ("ssh_key", key),
            ("ssh_config", "false"),
            ("ssh_known_hosts", known),
        ];
        place.with(&usual).with(more)
    };
    let nobody = nobody_listens().to_string();
    let wrong_jump = format!("{}@127.0.0.1:{nobody}", sshd::user());
    vec![
        ("Find host", ErrorCode::Unreachable, through(one.port, &[("ssh_host", "no-such-host.invalid")])),
        ("TCP", ErrorCode::Unreachable, through(one.port, &[("ssh_port", &nobody)])),
        ("TCP", ErrorCode::Unreachable, through(one.port, &[("ssh_jump", &wrong_jump)])),
        ("SSH key exchange", ErrorCode::Unreachable, through(speaks("220 mail.example.org ESMTP\r\n"), &[])),
        ("SSH auth", ErrorCode::Unauthenticated, through(one.port, &[("ssh_key", stranger)])),
        ("SSH forward", ErrorCode::Unreachable, through(one.port, &[("port", &nobody)])),
        ("SSH forward", ErrorCode::Unreachable, through(closed.port, &[])),
        ("Sign in", ErrorCode::Unauthenticated, Place { password: Some("wr0ng".into()), ..through(one.port, &[]) }),
    ]
}

async fn each_is_told_twice_alike(desk: &Desk, cases: Vec<Case>) {
    for (number, (hop, code, place)) in cases.into_iter().enumerate() {
        let draft = desk.draft(&format!("case {number}"), &place);
        let report = desk.app.test_profile(draft.clone(), "test", |_| ()).await.unwrap();
        let error = report.error.unwrap_or_else(|| panic!("{hop}: it connected"));
        let told = format!("{hop}: {error:?} {:#?}", report.hops);
        let last = report.hops.last().unwrap();
        assert_eq!((last.name.as_str(), last.ok), (hop, false), "{told}");
        assert!(report.hops.iter().rev().skip(1).all(|hop| hop.ok), "{told}");
        assert_eq!(error.code, code, "{told}");
        assert!(error.hint.is_some(), "it says what to do: {told}");
        for secret in place.password.iter().chain(postgres().unwrap().password.iter()) {
            assert!(!told.contains(secret), "a password is told");
        }
        // The same code, the same words: there is one way to connect.
        let profile = desk.app.save_profile(draft).await.unwrap().id;
        let connecting = desk.app.connect(&profile).await.unwrap_err();
        assert_eq!((connecting.code, &connecting.message), (error.code, &error.message), "{hop}");
        let again = desk.app.connect(&profile).await.unwrap_err();
        assert_eq!(again.code, code, "{hop}: it can be tried again, and says the same");
    }
}

/// Nobody sits there to be asked: whatever is asked is refused.
fn refuse_everything(desk: &Desk) {
    let (app, mut events) = (desk.app.clone(), desk.app.events());
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if let AppEvent::Question { id, .. } = event {
                let _ = app.answer(&id, app::api::AnswerInput::Refused);
            }
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hop_to_a_server_that_fails_is_named_in_a_test_and_in_a_connection_alike() {
    let Some(place) = postgres() else { return };
    let desk = Desk::open().await;
    refuse_everything(&desk);
    each_is_told_twice_alike(&desk, without_ssh(&place)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hop_through_ssh_that_fails_is_named_in_a_test_and_in_a_connection_alike() {
    let Some(place) = postgres() else { return };
    let home = sshd::scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let stranger = keygen(home.path(), "stranger", "ed25519", "");
    let Some(one) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let Some(closed) = Sshd::start(home.path(), "closed", &[&key], "AllowTcpForwarding no") else { return };
    let known = home.path().join("known_hosts");
    fs::write(&known, [one.known_hosts_line(), closed.known_hosts_line()].concat()).unwrap();
    let desk = Desk::open().await;
    refuse_everything(&desk);
    let path = |path: &std::path::Path| path.display().to_string();
    each_is_told_twice_alike(&desk, with_ssh(&place, &path(&key), &path(&known), &path(&stranger), &one, &closed))
        .await;
}
