#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
//! Tunnels through real OpenSSH servers: keys, agents, jumps, known_hosts and what becomes of dead ones.

mod common {
    pub mod certificates;
    pub mod script;
    pub mod server;
    pub mod sshd;
}

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    script::{Script, echo, echoes, secret},
    sshd::{Agent, Sshd, keygen, run, scratch, user},
};
use route::{
    Answer, Endpoint, Entrance, Error, ErrorKind, Hop, Question, Route, Ssh, SshLogin, SshSettings, Stream, Trace,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A folder with a key and the files a client reads.
struct Home {
    folder: tempfile::TempDir,
    key: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = scratch();
        let key = keygen(folder.path(), "key", "ed25519", "");
        let home = Home { folder, key };
        home.configure("");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, text: &str) {
        fs::write(self.path("config"), text).unwrap();
    }

    fn know(&self, servers: &[&Sshd]) {
        let lines: String = servers.iter().map(|sshd| sshd.known_hosts_line()).collect();
        fs::write(self.path("known_hosts"), lines).unwrap();
    }

    fn sshd(&self, name: &str, extra: &str) -> Option<Sshd> {
        let sshd = Sshd::start(self.folder.path(), name, &[&self.key], extra)?;
        self.know(&[&sshd]);
        Some(sshd)
    }

    fn settings(&self, sshd: &Sshd) -> SshSettings {
        SshSettings {
            host: "127.0.0.1".to_owned(),
            port: Some(sshd.port),
            user: Some(user()),
            login: SshLogin::KeyFile,
            key_file: Some(self.key.clone()),
            config_file: Some(self.path("config")),
            known_hosts_file: Some(self.path("known_hosts")),
            ..SshSettings::default()
        }
    }
}

fn route(settings: SshSettings, ask: Arc<Script>, port: u16) -> Route {
    Route::new(Endpoint::tcp("localhost", port))
        .with_ssh(Some(Ssh::with(settings, None, None, ask)))
        .with_connect_timeout(Duration::from_secs(5))
}

async fn dial(route: &Route) -> (Result<Stream, Error>, Trace) {
    let mut trace = Trace::default();
    let stream = route.dial(&mut trace).await;
    (stream, trace)
}

async fn refused(settings: SshSettings, ask: Arc<Script>) -> Error {
    let (stream, trace) = dial(&route(settings, ask, 1)).await;
    let error = stream.unwrap_err();
    let last = trace.steps.last().unwrap();
    assert_eq!((last.hop, last.ok), (error.hop, false), "{trace:?}");
    assert!(error.hint.is_some(), "{error:?}");
    error
}

#[tokio::test]
async fn a_key_opens_a_tunnel_and_every_hop_is_traced() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let route = route(home.settings(&sshd), Script::new([]), echo().await);
    let (stream, trace) = dial(&route).await;
    let hops: Vec<_> = trace.steps.iter().map(|step| (step.hop, step.ok)).collect();
    let expected = [Hop::Tcp, Hop::SshKeyExchange, Hop::SshHostKey, Hop::SshAuth, Hop::Forward].map(|hop| (hop, true));
    assert_eq!(hops, expected, "{trace:?}\n{}", sshd.log());
    assert!(trace.steps[3].detail.contains("with the key"), "{trace:?}");
    let stream = stream.unwrap();
    assert_eq!(format!("{stream:?}"), "Stream(ssh)");
    assert!(!stream.is_hung_up());
    echoes(stream).await;
}

#[tokio::test]
async fn a_jump_goes_through_two_servers_and_a_wrong_one_is_named() {
    let home = Home::new();
    let Some(first) = home.sshd("one", "") else { return };
    let Some(second) = home.sshd("two", "") else { return };
    home.know(&[&first, &second]);
    let config = format!(
        "Host bastion\n HostName 127.0.0.1\n Port {}\n User {}\n IdentityFile {}\n",
        first.port,
        user(),
        home.key.display()
    );
    home.configure(&config);
    let settings = SshSettings { jump: Some("bastion".to_owned()), ..home.settings(&second) };
    let route_there = route(settings.clone(), Script::new([]), echo().await);
    let (stream, trace) = dial(&route_there).await;
    assert_eq!(trace.steps.iter().filter(|step| step.hop == Hop::SshAuth).count(), 2, "{trace:?}");
    echoes(stream.unwrap()).await;
    drop(second);
    let error = refused(settings, Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::Forward, ErrorKind::Refused), "{error}");
}

#[tokio::test]
async fn a_first_key_is_asked_about_with_the_fingerprint_ssh_shows_and_then_known() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    fs::remove_file(home.path("known_hosts")).unwrap();
    let error = refused(home.settings(&sshd), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::SshHostKey, ErrorKind::HostKeyUnknown));
    assert!(!home.path("known_hosts").exists());

    let ask = Script::new([Answer::Yes]);
    let shown = run("ssh-keygen", &["-lf", &sshd.host_key().display().to_string()]);
    let route = route(home.settings(&sshd), ask.clone(), echo().await);
    dial(&route).await.0.unwrap();
    dial(&route).await.0.unwrap();
    let asked = ask.asked();
    let [Question::HostKey { host, algorithm, fingerprint }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((host.as_str(), algorithm.as_str()), (format!("[127.0.0.1]:{}", sshd.port).as_str(), "ssh-ed25519"));
    assert!(shown.contains(fingerprint.as_str()), "{shown} {fingerprint}");

    // What was written is what ssh-keygen understands, hashed too.
    let file = home.path("known_hosts").display().to_string();
    run("ssh-keygen", &["-F", host, "-f", &file]);
    run("ssh-keygen", &["-H", "-f", &file]);
    assert!(fs::read_to_string(&file).unwrap().starts_with("|1|"));
    dial(&route).await.0.unwrap();
    assert_eq!(ask.asked().len(), 1);
}

#[tokio::test]
async fn a_changed_key_and_a_revoked_one_are_refused_with_file_and_line() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let other = keygen(home.folder.path(), "other", "ed25519", "");
    let other = fs::read_to_string(other.with_extension("pub")).unwrap();
    fs::write(home.path("known_hosts"), format!("# old\n[127.0.0.1]:{} {other}", sshd.port)).unwrap();
    let ask = Script::new([Answer::Yes]);
    let error = refused(home.settings(&sshd), ask.clone()).await;
    assert_eq!((error.hop, error.kind), (Hop::SshHostKey, ErrorKind::HostKeyChanged));
    assert!(error.message.contains("known_hosts line 2"), "{error}");
    fs::write(home.path("known_hosts"), format!("{0}@revoked {0}", sshd.known_hosts_line())).unwrap();
    let error = refused(home.settings(&sshd), ask.clone()).await;
    assert_eq!((error.hop, error.kind), (Hop::SshHostKey, ErrorKind::HostKeyRevoked));
    assert!(error.message.contains("known_hosts line 2"), "{error}");
    assert!(ask.asked().is_empty());
}

#[tokio::test]
async fn a_certificate_of_a_known_authority_is_trusted_for_its_names_only() {
    let home = Home::new();
    let authority = keygen(home.folder.path(), "authority", "ed25519", "");
    for (principal, good) in [("127.0.0.1", true), ("elsewhere", false)] {
        let certificate = format!("HostCertificate {}/{principal}/host_key-cert.pub", home.folder.path().display());
        let Some(mut sshd) = home.sshd(principal, "") else { return };
        sshd.kill();
        let (ca, key) = (authority.display().to_string(), sshd.host_key().display().to_string());
        run("ssh-keygen", &["-q", "-s", &ca, "-I", "host", "-h", "-n", principal, &format!("{key}.pub")]);
        let Some(sshd) = relaunch(sshd, &certificate) else { return };
        let line = fs::read_to_string(authority.with_extension("pub")).unwrap();
        fs::write(home.path("known_hosts"), format!("@cert-authority [127.0.0.1]:* {line}")).unwrap();
        if good {
            let route = route(home.settings(&sshd), Script::new([]), echo().await);
            let (stream, trace) = dial(&route).await;
            stream.unwrap();
            assert!(trace.steps[2].detail.contains("certificate known from"), "{trace:?}");
        } else {
            let error = refused(home.settings(&sshd), Script::new([Answer::Yes])).await;
            assert!(error.message.contains("for another host"), "{error}");
        }
    }
}

fn relaunch(mut sshd: Sshd, extra: &str) -> Option<Sshd> {
    sshd.add(extra);
    sshd.launch();
    Some(sshd)
}

#[tokio::test]
async fn an_encrypted_key_asks_for_its_passphrase_until_it_opens_and_once_only() {
    let home = Home::new();
    let locked = keygen(home.folder.path(), "locked", "ed25519", "opensesame");
    let Some(sshd) = Sshd::start(home.folder.path(), "one", &[&locked], "") else { return };
    home.know(&[&sshd]);
    let settings = SshSettings { key_file: Some(locked), ..home.settings(&sshd) };
    let ask = Script::new([secret("wrong"), secret("opensesame")]);
    let route = route(settings.clone(), ask.clone(), echo().await);
    dial(&route).await.0.unwrap();
    dial(&route).await.0.unwrap();
    let retries: Vec<_> =
        ask.asked().iter().map(|asked| matches!(asked, Question::Passphrase { retry: true, .. })).collect();
    assert_eq!(retries, [false, true]);
    // A stored passphrase asks nobody.
    let ssh = Ssh::with(settings.clone(), None, Some("opensesame".to_owned().into()), Script::new([]));
    assert!(!format!("{ssh:?}").contains("opensesame"));
    dial(&Route::new(Endpoint::tcp("localhost", 1)).with_ssh(Some(ssh)))
        .await
        .1
        .steps
        .iter()
        .find(|s| s.hop == Hop::SshAuth && s.ok)
        .unwrap();

    let error = refused(settings.clone(), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::PassphraseWanted), "{error}");
    let error = refused(settings, Script::new(["a", "b", "c"].map(secret))).await;
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::PassphraseWrong), "{error}");
}

#[tokio::test]
async fn keys_of_every_format_are_read() {
    let home = Home::new();
    let folder = home.folder.path();
    let made = [
        ("ecdsa", "openssh", ""),
        ("rsa", "openssh", "passphrase"),
        ("rsa", "PEM", ""),
        ("rsa", "PEM", "passphrase"),
        ("rsa", "PKCS8", "passphrase"),
        ("ecdsa", "PKCS8", ""),
        ("ecdsa", "PKCS8", "passphrase"),
        ("ecdsa", "PEM", ""),
    ];
    let mut keys = Vec::new();
    for (number, (kind, format, passphrase)) in made.into_iter().enumerate() {
        let key = keygen(folder, &format!("key{number}"), kind, "");
        if format != "openssh" || !passphrase.is_empty() {
            let file = key.display().to_string();
            let mut arguments = vec!["-q", "-p", "-P", "", "-N", passphrase, "-f", &file];
            if format != "openssh" {
                arguments.extend(["-m", format]);
            }
            run("ssh-keygen", &arguments);
        }
        keys.push((key, passphrase));
    }
    let paths: Vec<&Path> = keys.iter().map(|(key, _)| key.as_path()).collect();
    let Some(sshd) = Sshd::start(folder, "one", &paths, "") else { return };
    home.know(&[&sshd]);
    for (key, passphrase) in &keys {
        let head = fs::read_to_string(key).unwrap().lines().next().unwrap().to_owned();
        let settings = SshSettings { key_file: Some(key.clone()), ..home.settings(&sshd) };
        let route = route(settings, Script::new([secret(passphrase)]), echo().await);
        dial(&route)
            .await
            .0
            .unwrap_or_else(|error| panic!("{head} {passphrase}: {error} {}", error.hint.clone().unwrap()));
    }
}

#[tokio::test]
async fn a_key_others_may_read_and_one_the_server_does_not_know_are_refused_with_the_reason() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let stranger = keygen(home.folder.path(), "stranger", "ed25519", "");
    let settings = SshSettings { key_file: Some(stranger.clone()), ..home.settings(&sshd) };
    let error = refused(settings.clone(), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::AuthenticationRefused));
    assert!(error.message.contains("stranger"), "{error}");
    fs::set_permissions(&stranger, fs::Permissions::from_mode(0o644)).unwrap();
    let error = refused(settings.clone(), Script::new([])).await;
    assert!(error.message.contains("chmod 600"), "{error}");
    fs::write(&stranger, "no key").unwrap();
    fs::set_permissions(&stranger, fs::Permissions::from_mode(0o600)).unwrap();
    let error = refused(settings, Script::new([])).await;
    assert!(error.message.contains("holds no private key"), "{error}");
}

#[tokio::test]
async fn an_agent_signs_and_one_that_declines_is_told() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let agent = Agent::start(home.folder.path());
    home.configure(&format!("IdentityAgent {}\n", agent.address.display()));
    let settings = SshSettings { login: SshLogin::Agent, key_file: None, ..home.settings(&sshd) };
    let error = refused(settings.clone(), Script::new([])).await;
    assert!(error.message.contains("holds no keys"), "{error}");
    agent.add(&home.key, &["-c"]);
    let error = refused(settings.clone(), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::AuthenticationRefused));
    assert!(error.message.contains("refused to sign"), "{error}");
    agent.add(&home.key, &[]);
    let route = route(settings, Script::new([]), echo().await);
    let (stream, trace) = dial(&route).await;
    stream.unwrap();
    assert!(trace.steps[3].detail.contains("the agent's key SHA256:"), "{trace:?}");
}

#[tokio::test]
async fn too_many_keys_are_told_and_identities_only_helps() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "MaxAuthTries 3") else { return };
    let agent = Agent::start(home.folder.path());
    for number in 0..6 {
        agent.add(&keygen(home.folder.path(), &format!("decoy{number}"), "ed25519", ""), &[]);
    }
    agent.add(&home.key, &[]);
    let config = format!("IdentityAgent {}\n", agent.address.display());
    home.configure(&config);
    let settings = SshSettings { login: SshLogin::Automatic, key_file: None, ..home.settings(&sshd) };
    let error = refused(settings.clone(), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::SshAuth, ErrorKind::Closed), "{error}");
    assert!(error.hint.unwrap().contains("IdentitiesOnly"));
    // The public half says which key of the agent is meant.
    home.configure(&format!("{config}IdentitiesOnly yes\nIdentityFile {}.pub\n", home.key.display()));
    let opened = dial(&route(settings, Script::new([]), echo().await)).await.0;
    opened.unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
}

#[tokio::test]
async fn a_server_that_forwards_nothing_and_a_port_nobody_listens_on_are_told_apart() {
    let home = Home::new();
    let Some(open) = home.sshd("open", "") else { return };
    let error = refused(home.settings(&open), Script::new([])).await;
    assert_eq!((error.hop, error.kind, error.host.as_str()), (Hop::Forward, ErrorKind::Refused, "localhost:1"));
    let Some(closed) = home.sshd("closed", "AllowTcpForwarding no") else { return };
    let error = refused(home.settings(&closed), Script::new([])).await;
    assert_eq!((error.hop, error.kind), (Hop::Forward, ErrorKind::Forbidden));
}

#[tokio::test]
async fn a_killed_server_ends_the_stream_and_the_next_dial_builds_the_tunnel_anew() {
    let home = Home::new();
    let Some(mut sshd) = home.sshd("one", "") else { return };
    let route = route(home.settings(&sshd), Script::new([]), echo().await);
    let mut stream = dial(&route).await.0.unwrap();
    stream.write_all(b"hello").await.unwrap();
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await.unwrap();
    sshd.kill();
    let error = stream.read_exact(&mut heard).await.unwrap_err();
    assert!(error.to_string().contains("SSH connection to 127.0.0.1"), "{error}");
    assert!(stream.is_hung_up());
    let error = dial(&route).await.0.unwrap_err();
    assert_eq!((error.hop, error.kind), (Hop::Tcp, ErrorKind::Refused));
    sshd.launch();
    echoes(dial(&route).await.0.unwrap()).await;
}

#[tokio::test]
async fn a_server_that_stands_still_is_known_to_be_dead_within_five_seconds() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let route = route(home.settings(&sshd), Script::new([]), echo().await);
    let mut stream = dial(&route).await.0.unwrap();
    sshd.signal("-STOP");
    let started = Instant::now();
    let error = stream.read_u8().await.unwrap_err();
    let took = started.elapsed();
    sshd.signal("-CONT");
    assert!(error.to_string().contains("does not answer any more"), "{error}");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn a_configuration_with_include_and_match_leads_to_the_server() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    fs::write(home.path("more"), "Host db-*\n HostName 127.0.0.1\n").unwrap();
    home.configure(&format!(
        "Include {}\nMatch originalhost db-* exec \"false\"\n User wrong\nMatch host 127.0.0.1\n Port {}\n User {}\n \
         IdentityFile {}\n HostKeyAlias known-as\n StrictHostKeyChecking yes\n",
        home.path("more").display(),
        sshd.port,
        user(),
        home.key.display()
    ));
    let settings = SshSettings {
        host: "db-production".to_owned(),
        config_file: Some(home.path("config")),
        known_hosts_file: Some(home.path("known_hosts")),
        ..SshSettings::default()
    };
    let error = refused(settings.clone(), Script::new([Answer::Yes])).await;
    assert!(error.message.contains("known-as is in no known_hosts file"), "{error}");
    let key = fs::read_to_string(sshd.folder.join("host_key.pub")).unwrap();
    fs::write(home.path("known_hosts"), format!("known-* {key}")).unwrap();
    let (stream, trace) = dial(&route(settings, Script::new([]), echo().await)).await;
    stream.unwrap();
    assert!(trace.steps[1].detail.contains("Match exec is not evaluated"), "{trace:?}");
}

#[tokio::test]
async fn a_unix_socket_behind_the_server_is_reached() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let path = sshd.folder.join("db.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    run("chmod", &["666", &path.display().to_string()]);
    tokio::spawn(async move {
        let (mut unix, _) = listener.accept().await.unwrap();
        unix.write_all(b"hello").await.unwrap();
    });
    let ssh = Ssh::new(home.settings(&sshd));
    let mut stream = dial(&Route::new(Endpoint::Unix(path)).with_ssh(Some(ssh))).await.0.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "hello");
}

#[tokio::test]
async fn an_entrance_lets_one_connection_in_and_closes() {
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let route = route(home.settings(&sshd), Script::new([]), echo().await);
    let entrance = Entrance::loopback(dial(&route).await.0.unwrap()).await.unwrap();
    let address = entrance.address().unwrap();
    let client = tokio::net::TcpStream::connect(address).await.unwrap();
    echoes(client).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    let path = home.path("entrance");
    let entrance = Entrance::socket(dial(&route).await.0.unwrap(), &path).unwrap();
    echoes(tokio::net::UnixStream::connect(&path).await.unwrap()).await;
    assert!(!path.exists());
    drop(entrance);
}

#[tokio::test]
async fn tls_in_a_tunnel_checks_the_databases_name() {
    use common::certificates::{Certificates, EC};
    let home = Home::new();
    let Some(sshd) = home.sshd("one", "") else { return };
    let made = Certificates::new();
    made.issue("good", EC, "DNS:localhost", "");
    let port = common::server::serve(&made, "good", false).await;
    let settings = route::TlsSettings {
        ca_file: Some(made.path("ca.pem")),
        ..route::TlsSettings::new(route::TlsMode::VerifyFull)
    };
    let tls = route::Tls::load(&settings).await.unwrap();
    for (host, good) in [("localhost", true), ("127.0.0.1", false)] {
        let route = Route::new(Endpoint::tcp(host, port))
            .with_ssh(Some(Ssh::new(home.settings(&sshd))))
            .with_tls(Some(tls.clone()));
        let opened = route.open(&mut Trace::default()).await;
        if good {
            let mut heard = String::new();
            let mut stream = opened.unwrap();
            assert_eq!(format!("{stream:?}"), "Stream(ssh+tls)");
            stream.read_to_string(&mut heard).await.unwrap();
            assert_eq!(heard, "hello");
        } else {
            assert_eq!(opened.unwrap_err().kind, ErrorKind::CertificateName);
        }
    }
}
