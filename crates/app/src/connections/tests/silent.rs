//! A wire that goes silent under a connection nobody runs anything on: a proxy that still acknowledges and forwards nothing.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::draft;
use crate::{api::*, testing};

/// What is promised, and what a busy machine may take beyond that.
const NOTICED: Duration = Duration::from_secs(5 + 3);

/// A server's address in a test's environment: its port and password.
fn server(name: &str) -> Option<(u16, String)> {
    let Ok(address) = std::env::var(name) else {
        assert!(std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
        eprintln!("not tested: {name} is not set");
        return None;
    };
    let (_, rest) = address.split_once("://")?;
    let (login, place) = rest.rsplit_once('@')?;
    let port = place.split(['/', '?']).next()?.rsplit_once(':')?.1.parse().ok()?;
    Some((port, login.split_once(':')?.1.to_owned()))
}

async fn proxy(target: u16) -> (u16, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (silent, told) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                let (client_in, client_out) = client.into_split();
                let (server_in, server_out) = server.into_split();
                tokio::join!(forward(client_in, server_out, told.clone()), forward(server_in, client_out, told));
            });
        }
    });
    (port, silent)
}

async fn forward(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    silent: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        if !*silent.borrow() && to.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
}

async fn is_told_in_time(driver: &str, server: Option<(u16, String)>, login: &[(&str, &str)]) {
    let Some((target, password)) = server else { return };
    let (port, silent) = proxy(target).await;
    let home = testing::home();
    let app = testing::open(&home).await;
    let port = port.to_string();
    let values = [("host", "127.0.0.1"), ("port", port.as_str())];
    let values = values.iter().chain(login).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let draft = ProfileDraft {
        driver: driver.to_owned(),
        values: BTreeMap::from_iter(values),
        password_policy: PasswordPolicy::Keychain,
        password: DraftPassword::Set { secret: driver::Secret::new(password) },
        ..draft("Far", home.path(), Safety::Free)
    };
    let profile = app.save_profile(draft).await.unwrap().id;
    app.connect(&profile).await.unwrap();
    let phase = || app.connection_states().pop().unwrap().phase;
    // It is asked several times, and answers.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(phase(), ConnectionPhase::Open);
    silent.send_replace(true);
    let began = Instant::now();
    while !matches!(phase(), ConnectionPhase::Lost { retry_at_ms: Some(_), .. }) {
        assert!(began.elapsed() < NOTICED, "not noticed: {:?}", phase());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    silent.send_replace(false);
    let began = Instant::now();
    while phase() != ConnectionPhase::Open {
        assert!(began.elapsed() < Duration::from_secs(30), "not found again: {:?}", phase());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_on_a_silent_wire_is_told_as_lost_without_any_session_and_found_again() {
    let server = server("ROWHOUSE_TEST_POSTGRES_18_URL");
    is_told_in_time("postgres", server, &[("user", "postgres"), ("database", "postgres")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb_on_a_silent_wire_is_told_as_lost_without_any_session_and_found_again() {
    let server = server("ROWHOUSE_TEST_MARIADB_URL");
    is_told_in_time("mysql", server, &[("user", "rowhouse"), ("schema", "rowhouse")]).await;
}
