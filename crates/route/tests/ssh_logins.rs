#![allow(clippy::unwrap_used, clippy::panic)]
//! Logins by password and by questions, and servers that mean no good: what a real sshd cannot be made to do here.

mod common {
    pub mod script;
}

use std::{
    borrow::Cow,
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use common::script::{Script, echo, echoes, secret};
use route::{Answer, Endpoint, Error, ErrorKind, Hop, Question, Route, Socks5, Ssh, SshLogin, SshSettings, Trace};
use russh::{
    Channel, MethodKind, MethodSet,
    keys::{Algorithm, PrivateKey},
    server::{self, Auth, ChannelOpenHandle, Msg, Response, Session},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const PASSWORD: &str = "s3cret-password";

/// What the server wants.
#[derive(Clone, Copy, PartialEq)]
enum Wants {
    Password,
    /// The password as a question.
    Question,
    PasswordThenCode,
}

#[derive(Clone)]
struct Server {
    wants: Wants,
    logins: Arc<AtomicUsize>,
}

impl Server {
    fn more(methods: &[MethodKind], partial_success: bool) -> Auth {
        Auth::Reject { proceed_with_methods: Some(MethodSet::from(methods)), partial_success }
    }
}

impl server::Handler for Server {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(match (password == PASSWORD, self.wants) {
            (true, Wants::Password) => Auth::Accept,
            (true, Wants::PasswordThenCode) => Server::more(&[MethodKind::KeyboardInteractive], true),
            _ => Server::more(&[MethodKind::Password], false),
        })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let (prompt, right) = match self.wants {
            Wants::Question => ("Password: ", PASSWORD),
            _ => ("Code:\u{1b}[31m ", "123456"),
        };
        let Some(mut answers) = response else {
            return Ok(Auth::Partial {
                name: "".into(),
                instructions: "Second factor".into(),
                prompts: Cow::Owned(vec![(prompt.into(), false)]),
            });
        };
        Ok(match answers.next() {
            Some(answer) if &answer[..] == right.as_bytes() => Auth::Accept,
            _ => Server::more(&[MethodKind::KeyboardInteractive], false),
        })
    }

    async fn auth_succeeded(&mut self, _: &mut Session) -> Result<(), Self::Error> {
        self.logins.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        let mut tcp = TcpStream::connect((host, port as u16)).await?;
        reply.accept().await;
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut channel.into_stream(), &mut tcp).await;
        });
        Ok(())
    }
}

async fn serve(wants: Wants) -> (u16, Arc<AtomicUsize>) {
    let methods = match wants {
        Wants::Question => MethodSet::from(&[MethodKind::KeyboardInteractive][..]),
        _ => MethodSet::from(&[MethodKind::Password][..]),
    };
    let config = Arc::new(server::Config {
        methods,
        auth_rejection_time: Duration::from_millis(10),
        keys: vec![PrivateKey::random(&mut rand_core(), Algorithm::Ed25519).unwrap()],
        ..server::Config::default()
    });
    let logins = Arc::new(AtomicUsize::new(0));
    let server = Server { wants, logins: logins.clone() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (config, server) = (config.clone(), server.clone());
            tokio::spawn(async move {
                if let Ok(session) = server::run_stream(config, tcp, server).await {
                    let _ = session.await;
                }
            });
        }
    });
    (port, logins)
}

fn rand_core() -> impl russh::keys::signature::rand_core::CryptoRng {
    russh::keys::key::safe_rng()
}

struct Way {
    settings: SshSettings,
    _folder: tempfile::TempDir,
}

fn way(port: u16) -> Way {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config"), "StrictHostKeyChecking accept-new\n").unwrap();
    let settings = SshSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        user: Some("someone".to_owned()),
        login: SshLogin::Password,
        config_file: Some(folder.path().join("config")),
        known_hosts_file: Some(folder.path().join("known_hosts")),
        ..SshSettings::default()
    };
    Way { settings, _folder: folder }
}

fn route(way: &Way, password: Option<&str>, ask: Arc<Script>, target: u16) -> Route {
    let password = password.map(|password| password.to_owned().into());
    Route::new(Endpoint::tcp("127.0.0.1", target))
        .with_ssh(Some(Ssh::with(way.settings.clone(), password, None, ask)))
        .with_connect_timeout(Duration::from_secs(2))
}

#[tokio::test]
async fn a_stored_password_logs_in_where_it_is_a_method_and_where_it_is_a_question() {
    for wants in [Wants::Password, Wants::Question] {
        let (port, _) = serve(wants).await;
        let ask = Script::new([]);
        let stream = route(&way(port), Some(PASSWORD), ask.clone(), echo().await).dial(&mut Trace::default()).await;
        echoes(stream.unwrap()).await;
        assert!(ask.asked().is_empty());
    }
}

#[tokio::test]
async fn a_wrong_stored_password_is_asked_for_again_and_the_right_one_remembered() {
    let (port, logins) = serve(Wants::Password).await;
    let (way, ask) = (way(port), Script::new([secret("wrong too"), secret(PASSWORD)]));
    let route = route(&way, Some("wrong"), ask.clone(), echo().await);
    for _ in 0..2 {
        route.dial(&mut Trace::default()).await.unwrap();
    }
    assert_eq!(ask.asked().len(), 2);
    assert!(matches!(&ask.asked()[0], Question::Password { retry: true, .. }));
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refused_password_is_in_no_message_and_no_debug_text() {
    let (port, _) = serve(Wants::Password).await;
    let way = way(port);
    let route = route(&way, Some("hunter2-hunter2"), Script::new([Answer::Refused]), 1);
    let mut trace = Trace::default();
    let error = route.dial(&mut trace).await.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::AuthenticationRefused));
    assert!(!format!("{error:?} {trace:?} {route:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_code_is_asked_for_once_while_the_connection_lives() {
    let (port, logins) = serve(Wants::PasswordThenCode).await;
    let (way, ask) = (way(port), Script::new([secret("123456"), secret("123456")]));
    let route = route(&way, Some(PASSWORD), ask.clone(), echo().await);
    let first = route.dial(&mut Trace::default()).await.unwrap();
    let second = route.clone().dial(&mut Trace::default()).await.unwrap();
    let asked = ask.asked();
    let [Question::Prompt { prompt, instructions, echo, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    // What a server writes to a terminal does not reach one.
    assert_eq!((prompt.as_str(), instructions.as_str(), *echo), ("Code: [31m", "Second factor", false));
    tokio::join!(echoes(first), echoes(second));
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    // Nobody uses it any more, so the next dial logs in anew.
    route.dial(&mut Trace::default()).await.unwrap();
    assert_eq!((ask.asked().len(), logins.load(Ordering::SeqCst)), (2, 2));
}

/// A server that says something and then does nothing, or hangs up.
async fn rogue(says: &'static [u8], hangs_up: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = tcp.write_all(says).await;
                if !hangs_up {
                    let mut sink = Vec::new();
                    let _ = tcp.read_to_end(&mut sink).await;
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn servers_that_mean_no_good_end_in_an_error_of_the_key_exchange() {
    let mut endless = vec![b'x'; 100_000];
    endless.push(b'\n');
    let endless: &'static [u8] = endless.leak();
    let cases: [(&'static [u8], bool, ErrorKind); 9] = [
        (b"", true, ErrorKind::Closed),
        (b"", false, ErrorKind::TimedOut),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", true, ErrorKind::Closed),
        (b"\x00\x01\x02\xff\xfe\r\n\r\n\n\n", false, ErrorKind::TimedOut),
        (endless, false, ErrorKind::Handshake),
        (b"SSH-1.5-old\r\n", true, ErrorKind::Closed),
        (b"SSH-2.0-x\r\n", true, ErrorKind::Closed),
        (b"SSH-2.0-x\r\n", false, ErrorKind::TimedOut),
        (b"SSH-2.0-x\r\n\xff\xff\xff\xff\xff\xff\xff\xff", false, ErrorKind::Handshake),
    ];
    for (says, hangs_up, expected) in cases {
        let way = way(rogue(says, hangs_up).await);
        let route = route(&way, Some(PASSWORD), Script::new([]), 1).with_connect_timeout(Duration::from_millis(700));
        let started = Instant::now();
        let error: Error = route.dial(&mut Trace::default()).await.unwrap_err();
        let said = String::from_utf8_lossy(&says[..says.len().min(20)]).into_owned();
        assert_eq!((error.hop, error.kind), (Hop::SshKeyExchange, expected), "{said:?}: {error}");
        assert!(error.hint.is_some());
        assert!(started.elapsed() < Duration::from_secs(2), "{said:?}");
    }
}

/// A proxy that lets in `user` with `password` where `login` is set, answers with a status and carries what it may.
async fn proxy(login: bool, status: u8) -> (u16, Arc<std::sync::Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::<std::sync::Mutex<Vec<String>>>::default();
    let told = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let mut head = [0; 2];
                tcp.read_exact(&mut head).await.unwrap();
                let mut methods = vec![0; head[1].into()];
                tcp.read_exact(&mut methods).await.unwrap();
                let wanted = if login { 2 } else { 0 };
                if !methods.contains(&wanted) {
                    return tcp.write_all(&[5, 0xff]).await.unwrap();
                }
                tcp.write_all(&[5, wanted]).await.unwrap();
                if login {
                    let mut sent = [0; 15];
                    tcp.read_exact(&mut sent).await.unwrap();
                    let good = &sent == b"\x01\x04user\x08password";
                    tcp.write_all(&[1, u8::from(!good)]).await.unwrap();
                    if !good {
                        return;
                    }
                }
                let mut request = [0; 5];
                tcp.read_exact(&mut request).await.unwrap();
                assert_eq!(request[..4], [5, 1, 0, 3], "a name is sent as a name");
                let mut name = vec![0; usize::from(request[4]) + 2];
                tcp.read_exact(&mut name).await.unwrap();
                let port = u16::from_be_bytes([name[name.len() - 2], name[name.len() - 1]]);
                told.lock().unwrap().push(String::from_utf8_lossy(&name[..name.len() - 2]).into_owned());
                tcp.write_all(&[5, status, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                if status == 0 {
                    let mut to = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut tcp, &mut to).await;
                }
            });
        }
    });
    (port, asked)
}

fn through(proxy: Socks5, port: u16) -> Route {
    Route::new(Endpoint::tcp("db.only-the-proxy-knows", port))
        .with_proxy(Some(proxy))
        .with_connect_timeout(Duration::from_secs(1))
}

#[tokio::test]
async fn a_proxy_resolves_the_name_with_a_login_and_without_and_leads_to_ssh_too() {
    let target = echo().await;
    let (port, asked) = proxy(false, 0).await;
    let mut trace = Trace::default();
    echoes(through(Socks5::new("localhost", port), target).dial(&mut trace).await.unwrap()).await;
    assert_eq!(trace.steps.last().map(|step| (step.hop, step.ok)), Some((Hop::Socks, true)));
    assert_eq!(*asked.lock().unwrap(), ["db.only-the-proxy-knows"]);

    let (port, _) = proxy(true, 0).await;
    let with = |password: &str| Socks5::new("127.0.0.1", port).with_login("user", password.to_owned().into());
    echoes(through(with("password"), target).dial(&mut Trace::default()).await.unwrap()).await;
    assert!(!format!("{:?}", with("password")).contains("password"));
    let error = through(with("passw0rd"), target).dial(&mut Trace::default()).await.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Socks, ErrorKind::AuthenticationRefused));
    let error = through(Socks5::new("127.0.0.1", port), target).dial(&mut Trace::default()).await.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Socks, ErrorKind::AuthenticationRefused));

    let (ssh_port, _) = serve(Wants::Password).await;
    let way =
        Way { settings: SshSettings { host: "ssh.inside".to_owned(), ..way(ssh_port).settings }, ..way(ssh_port) };
    let route = route(&way, Some(PASSWORD), Script::new([Answer::Yes]), target).with_proxy(Some(with("password")));
    echoes(route.dial(&mut Trace::default()).await.unwrap()).await;
}

#[tokio::test]
async fn what_a_proxy_refuses_is_told_and_what_is_no_proxy_too() {
    for (status, kind) in [
        (1, ErrorKind::Refused),
        (2, ErrorKind::Forbidden),
        (3, ErrorKind::Unreachable),
        (4, ErrorKind::NotFound),
        (5, ErrorKind::Refused),
        (6, ErrorKind::TimedOut),
        (99, ErrorKind::Refused),
    ] {
        let (port, _) = proxy(false, status).await;
        let error = through(Socks5::new("127.0.0.1", port), 1).dial(&mut Trace::default()).await.unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::Socks, kind), "{error}");
        assert!(error.message.contains("db.only-the-proxy-knows:1"), "{error}");
    }
    for (says, hangs_up, kind) in [
        (&b""[..], true, ErrorKind::Closed),
        (b"", false, ErrorKind::TimedOut),
        (b"HTTP/1.1 400\r\n", false, ErrorKind::Handshake),
        (b"\x05\x00\x05\x00\x00\x09", false, ErrorKind::Handshake),
        (b"\x05\x01", false, ErrorKind::AuthenticationRefused),
    ] {
        let error = through(Socks5::new("127.0.0.1", rogue(says, hangs_up).await), 1)
            .dial(&mut Trace::default())
            .await
            .unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::Socks, kind), "{says:?}: {error}");
    }
}
