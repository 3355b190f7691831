#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
//! Passwords and passphrases of what lies between: stored ones are used by their names, and the one that was refused, and no
//! other, is asked for again.

#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use driver::{
    Answer, Ask, Code, ConnectContext, Driver, Error, Hop, HopOutcome, Profile, Question, Secret,
    tunnel::{PROXY_PASSWORD, SSH_PASSPHRASE, SSH_PASSWORD},
};
use driver_postgres::PostgresDriver;
use sshd::{Sshd, keygen, scratch, user};
use url::Url;

const KEY: &str = "open: the kéy";
const PROXY: &str = "pröxy pass";

/// A SOCKS5 proxy that wants `ada` with [`PROXY`].
fn proxy() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || drop(serve(client)));
        }
    });
    port
}

fn serve(mut client: TcpStream) -> std::io::Result<()> {
    let take = |count: usize, client: &mut TcpStream| -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        client.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    let methods = take(2, &mut client)?[1];
    take(usize::from(methods), &mut client)?;
    client.write_all(&[5, 2])?;
    let user = take(2, &mut client)?[1];
    let user = take(usize::from(user), &mut client)?;
    let length = take(1, &mut client)?[0];
    let password = take(usize::from(length), &mut client)?;
    let right = user == b"ada" && password == PROXY.as_bytes();
    client.write_all(&[1, u8::from(!right)])?;
    if !right {
        return Ok(());
    }
    let kind = take(4, &mut client)?[3];
    let host = match kind {
        1 => take(4, &mut client)?.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        _ => {
            let length = take(1, &mut client)?[0];
            String::from_utf8(take(usize::from(length), &mut client)?).unwrap()
        }
    };
    let port = take(2, &mut client)?;
    let server = TcpStream::connect((host.as_str(), u16::from_be_bytes([port[0], port[1]])))?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut { server }, &mut client).map(drop)
}

/// Answers the questions for one secret, notes all of them and refuses the rest; hosts are trusted.
struct Answers {
    asked: Mutex<Vec<(String, bool)>>,
    secret: &'static str,
    with: &'static str,
}

#[async_trait::async_trait]
impl Ask for Answers {
    async fn ask(&self, question: Question) -> Answer {
        let (secret, retry) = match question {
            Question::HostKey { .. } | Question::LocalFile { .. } => return Answer::Yes,
            Question::Password { secret, retry, .. } | Question::Passphrase { secret, retry, .. } => (secret, retry),
            Question::Otp { prompt } => panic!("{prompt}"),
        };
        let mine = secret == self.secret;
        self.asked.lock().unwrap().push((secret, retry));
        if mine { Answer::Secret(Secret::new(self.with.to_owned())) } else { Answer::Refused }
    }
}

struct Tried {
    result: Result<(), Error>,
    asked: Vec<(String, bool)>,
    failed: Option<String>,
}

async fn connect(
    profile: &Profile,
    password: &str,
    stored: &[(&str, &str)],
    answer: (&'static str, &'static str),
) -> Tried {
    let ask = Arc::new(Answers { asked: Mutex::default(), secret: answer.0, with: answer.1 });
    let hops = Arc::new(Mutex::new(Vec::<Hop>::new()));
    let told = Arc::clone(&hops);
    let context = ConnectContext {
        secrets: stored.iter().map(|(name, text)| ((*name).to_owned(), Secret::new((*text).to_owned()))).collect(),
        ask: Arc::clone(&ask) as Arc<dyn Ask>,
        hops: Arc::new(move |hop| told.lock().unwrap().push(hop)),
        ..ConnectContext::unattended(Some(Secret::new(password.to_owned())))
    };
    let connected = PostgresDriver.connect(profile, context).await;
    let result = match connected {
        // Further sessions go the same way and ask nothing.
        Ok(connection) => connection.open(driver::Role::Session).await.map(drop),
        Err(error) => Err(error),
    };
    let hops = hops.lock().unwrap();
    let failed = hops.last().filter(|hop| hop.outcome == HopOutcome::Failed).map(|hop| hop.name.clone());
    let asked = ask.asked.lock().unwrap().clone();
    Tried { result, asked, failed }
}

#[tokio::test]
async fn stored_secrets_of_the_way_are_used_and_a_refused_one_alone_is_asked_for_again() {
    let Ok(address) = env::var("ROWHOUSE_TEST_POSTGRES_15_URL") else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "ROWHOUSE_TEST_POSTGRES_15_URL is required");
        eprintln!("SKIPPED: no PostgreSQL 15; set ROWHOUSE_TEST_POSTGRES_15_URL (scripts/servers start)");
        return;
    };
    let address = Url::parse(&address).unwrap();
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", KEY);
    let Some(server) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let stranger = keygen(home.path(), "stranger", "ed25519", "");
    let mut profile = Profile { name: "test".into(), driver: "postgres".into(), ..Profile::default() };
    for (name, value) in [
        ("host", "127.0.0.1"),
        ("port", &address.port().unwrap().to_string()),
        ("user", "postgres"),
        ("database", "postgres"),
        ("sslmode", "disable"),
        ("ssh", "key"),
        ("ssh_host", "127.0.0.1"),
        ("ssh_port", &server.port.to_string()),
        ("ssh_user", &user()),
        ("ssh_key", &key.display().to_string()),
        ("ssh_config", "false"),
        ("ssh_known_hosts", &home.path().join("known_hosts").display().to_string()),
        ("proxy", "socks5"),
        ("proxy_host", "127.0.0.1"),
        ("proxy_port", &proxy().to_string()),
        ("proxy_user", "ada"),
    ] {
        profile.values.insert(name.to_owned(), value.to_owned());
    }
    let password = address.password().unwrap();
    let both = [(SSH_PASSPHRASE, KEY), (PROXY_PASSWORD, PROXY)];
    let asked = |name: &str, retry: bool| (name.to_owned(), retry);

    let tried = connect(&profile, password, &both, ("", "")).await;
    assert!(tried.result.is_ok() && tried.asked.is_empty(), "{:?} {:?}", tried.result, tried.asked);

    let tried = connect(&profile, password, &[both[0]], (PROXY_PASSWORD, PROXY)).await;
    assert_eq!((tried.result.is_ok(), tried.asked), (true, vec![asked(PROXY_PASSWORD, false)]));

    let tried = connect(&profile, password, &[both[0], (PROXY_PASSWORD, "old")], (PROXY_PASSWORD, PROXY)).await;
    assert_eq!((tried.result.is_ok(), tried.asked), (true, vec![asked(PROXY_PASSWORD, true)]));

    let tried = connect(&profile, password, &[both[0], (PROXY_PASSWORD, "old")], ("", "")).await;
    let error = tried.result.unwrap_err();
    assert_eq!((error.code, error.secret), (Code::Unauthenticated, Some(PROXY_PASSWORD)), "{error:?}");
    assert_eq!(tried.failed.as_deref(), Some("SOCKS5 proxy"));

    let tried = connect(&profile, password, &[(SSH_PASSPHRASE, "old"), both[1]], (SSH_PASSPHRASE, KEY)).await;
    assert_eq!((tried.result.is_ok(), tried.asked), (true, vec![asked(SSH_PASSPHRASE, true)]));

    let tried = connect(&profile, password, &[(SSH_PASSPHRASE, "old"), both[1]], ("", "")).await;
    let error = tried.result.unwrap_err();
    assert_eq!((error.code, error.secret), (Code::Unauthenticated, Some(SSH_PASSPHRASE)), "{error:?}");
    assert_eq!(tried.failed.as_deref(), Some("SSH auth"));
    assert_eq!(tried.asked, [asked(SSH_PASSPHRASE, true)], "the database's password is not asked for");

    let mut unknown = profile.clone();
    unknown.values.insert("ssh_key".to_owned(), stranger.display().to_string());
    let tried = connect(&unknown, password, &both, ("", "")).await;
    let error = tried.result.unwrap_err();
    assert_eq!((error.code, error.secret), (Code::Unauthenticated, Some(SSH_PASSWORD)), "{error:?}");
    assert!(error.message.contains("does not let"), "{error}");

    // The server's own refusal is one of the login.
    let tried = connect(&profile, "wrong", &both, ("", "")).await;
    let error = tried.result.unwrap_err();
    assert_eq!((error.code, error.secret, tried.failed.as_deref()), (Code::Unauthenticated, None, Some("Sign in")));
    assert!(!fs::read_to_string(home.path().join("known_hosts")).unwrap().is_empty());
}
