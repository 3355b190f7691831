#![allow(clippy::unwrap_used, clippy::panic)]
//! TLS against loopback servers with real certificates.

mod common {
    pub mod certificates;
    pub mod server;
}

use std::{fs, path::PathBuf, time::Duration};

use common::{
    certificates::{Certificates, EC},
    server::serve,
};
use route::{Endpoint, Error, ErrorKind, Hop, Route, Stream, Tls, TlsMode, TlsSettings, Trace};
use sha2::Digest;
use tokio::{io::AsyncReadExt, net::TcpListener};

fn settings(mode: TlsMode, ca: Option<PathBuf>) -> TlsSettings {
    TlsSettings { ca_file: ca, ..TlsSettings::new(mode) }
}

async fn open(port: u16, host: &str, settings: &TlsSettings) -> Result<(Stream, Trace), Error> {
    let tls = Tls::load(settings).await?;
    let mut trace = Trace::default();
    let route = Route::new(Endpoint::tcp("127.0.0.1", port))
        .with_tls(Some(tls))
        .with_tls_name(Some(host.to_owned()))
        .with_connect_timeout(Duration::from_millis(1500));
    let stream = route.open(&mut trace).await?;
    Ok((stream, trace))
}

async fn fails(port: u16, host: &str, settings: &TlsSettings) -> Error {
    let error = open(port, host, settings).await.map(|_| ()).unwrap_err();
    assert_eq!(error.hop, Hop::Tls, "{error:?}");
    assert!(error.hint.is_some(), "{error:?}");
    error
}

#[tokio::test]
async fn a_good_certificate_is_accepted_and_described() {
    let made = Certificates::new();
    made.issue("good", EC, "DNS:localhost,IP:127.0.0.1", "");
    let port = serve(&made, "good", false).await;
    for host in ["localhost", "127.0.0.1"] {
        let full = settings(TlsMode::VerifyFull, Some(made.path("ca.pem")));
        let (mut stream, trace) = open(port, host, &full).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello");
        assert_eq!(stream.tls().unwrap().version, "TLSv1.3");
        let certificate = stream.peer_certificate().unwrap();
        assert_eq!(certificate.subject, "CN=good");
        assert_eq!(certificate.issuer, "CN=Test-ca");
        assert_eq!(certificate.names, ["localhost", "127.0.0.1"]);
        assert!(certificate.not_after_unix_s > certificate.not_before_unix_s);
        let hops: Vec<_> = trace.steps.iter().map(|step| (step.hop, step.ok)).collect();
        assert_eq!(hops, [(Hop::Tcp, true), (Hop::Tls, true)]);
        assert!(trace.steps[1].detail.starts_with("TLSv1.3, TLS13_"), "{}", trace.steps[1].detail);
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let made = Certificates::new();
    made.authority("other");
    made.issue("good", EC, "DNS:localhost", "");
    let port = serve(&made, "good", false).await;
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let error = fails(port, "localhost", &settings(mode, Some(made.path("other.pem")))).await;
        assert_eq!(error.kind, ErrorKind::CertificateUntrusted);
        assert!(error.message.contains("localhost"), "{error}");
        let error = fails(port, "localhost", &settings(mode, None)).await;
        assert_eq!(error.kind, ErrorKind::CertificateUntrusted, "the system's authorities do not know it either");
    }
    open(port, "localhost", &settings(TlsMode::Require, None)).await.unwrap();
}

#[tokio::test]
async fn another_name_is_refused_by_verify_full_only() {
    let made = Certificates::new();
    made.issue("good", EC, "DNS:db.example.org", "");
    let port = serve(&made, "good", false).await;
    let ca = Some(made.path("ca.pem"));
    let error = fails(port, "localhost", &settings(TlsMode::VerifyFull, ca.clone())).await;
    assert_eq!(error.kind, ErrorKind::CertificateName);
    assert!(error.message.contains("db.example.org"), "{error}");
    open(port, "localhost", &settings(TlsMode::VerifyCa, ca)).await.unwrap();
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let made = Certificates::new();
    made.issue("old", EC, "DNS:localhost", "-days -1");
    let port = serve(&made, "old", false).await;
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let error = fails(port, "localhost", &settings(mode, Some(made.path("ca.pem")))).await;
        assert_eq!(error.kind, ErrorKind::CertificateExpired);
    }
    // The same for one that is trusted as it is.
    let error = fails(port, "localhost", &settings(TlsMode::VerifyCa, Some(made.path("old.pem")))).await;
    assert_eq!(error.kind, ErrorKind::CertificateExpired);
}

#[tokio::test]
async fn a_self_signed_certificate_given_as_its_own_authority_is_accepted() {
    let made = Certificates::new();
    made.openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.pem -days 30 -subj /CN=self \
         -addext subjectAltName=DNS:localhost",
    );
    let port = serve(&made, "self", false).await;
    let ca = Some(made.path("self.pem"));
    open(port, "localhost", &settings(TlsMode::VerifyFull, ca.clone())).await.unwrap();
    let error = fails(port, "example.org", &settings(TlsMode::VerifyFull, ca)).await;
    assert_eq!(error.kind, ErrorKind::CertificateName);
}

#[tokio::test]
async fn a_version_1_certificate_serves_to_encrypt_but_not_to_verify() {
    let made = Certificates::new();
    made.openssl("req -newkey rsa:2048 -nodes -keyout v1.key -out v1.csr -subj /CN=localhost");
    made.openssl("x509 -req -in v1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out v1.pem -days 30");
    let port = serve(&made, "v1", false).await;
    open(port, "localhost", &settings(TlsMode::Require, None)).await.unwrap();
    let error = fails(port, "localhost", &settings(TlsMode::VerifyFull, Some(made.path("ca.pem")))).await;
    assert_eq!(error.kind, ErrorKind::CertificateInvalid);
}

#[tokio::test]
async fn channel_binding_hashes_as_the_certificate_does() {
    let made = Certificates::new();
    let rsa = "rsa:2048";
    for (name, key, extra) in
        [("sha1", EC, "-sha1"), ("sha256", EC, "-sha256"), ("sha384", EC, "-sha384"), ("sha512", rsa, "-sha512")]
    {
        made.issue(name, key, "DNS:localhost", extra);
        let port = serve(&made, name, false).await;
        let (stream, _) = open(port, "localhost", &settings(TlsMode::Require, None)).await.unwrap();
        let der = made.der(name);
        let wanted = match name {
            "sha1" | "sha256" => sha2::Sha256::digest(&der).to_vec(),
            "sha384" => sha2::Sha384::digest(&der).to_vec(),
            _ => sha2::Sha512::digest(&der).to_vec(),
        };
        assert_eq!(stream.tls_server_end_point().unwrap(), wanted, "{name}");
    }
    made.openssl(
        "req -x509 -newkey rsa:2048 -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1 -nodes \
         -keyout pss.key -out pss.pem -subj /CN=pss",
    );
    let port = serve(&made, "pss", false).await;
    let (stream, _) = open(port, "localhost", &settings(TlsMode::Require, None)).await.unwrap();
    assert_eq!(stream.tls_server_end_point().unwrap(), sha2::Sha384::digest(made.der("pss")).to_vec());
    made.openssl("req -x509 -newkey ed25519 -nodes -keyout ed.key -out ed.pem -subj /CN=ed");
    let port = serve(&made, "ed", false).await;
    let (stream, _) = open(port, "localhost", &settings(TlsMode::Require, None)).await.unwrap();
    assert_eq!(stream.tls_server_end_point(), None);
}

#[tokio::test]
async fn client_keys_of_every_format_are_shown() {
    let made = Certificates::new();
    made.issue("good", EC, "DNS:localhost", "");
    let port = serve(&made, "good", true).await;
    made.issue("rsa", "rsa:2048", "DNS:client", "");
    made.openssl("rsa -in rsa.key -traditional -out pkcs1.key");
    made.issue("ec", EC, "DNS:client", "");
    made.openssl("ec -in ec.key -out sec1.key");
    assert!(Certificates::read(&made.path("pkcs1.key")).contains("BEGIN RSA PRIVATE KEY"));
    assert!(Certificates::read(&made.path("sec1.key")).contains("BEGIN EC PRIVATE KEY"));
    for (certificate, key) in [("rsa", "rsa"), ("rsa", "pkcs1"), ("ec", "ec"), ("ec", "sec1")] {
        let shown = TlsSettings {
            client_certificate: Some(made.path(&format!("{certificate}.pem"))),
            client_key: Some(made.path(&format!("{key}.key"))),
            ..settings(TlsMode::VerifyFull, Some(made.path("ca.pem")))
        };
        let (mut stream, _) = open(port, "localhost", &shown).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello", "{key}");
    }
    // Without one, TLS 1.3 only tells at the first read.
    let (mut stream, _) =
        open(port, "localhost", &settings(TlsMode::VerifyFull, Some(made.path("ca.pem")))).await.unwrap();
    let refused = stream.read_u8().await.unwrap_err();
    let error = Error::from_tls_alert("localhost", &refused).unwrap();
    assert_eq!(error.kind, ErrorKind::ClientCertificateRefused);
}

#[tokio::test]
async fn unusable_files_are_named() {
    let made = Certificates::new();
    made.issue("one", EC, "DNS:client", "");
    made.issue("two", EC, "DNS:client", "");
    made.openssl("ec -in one.key -aes256 -passout pass:secret -out traditional.key");
    fs::write(
        made.path("nonsense.key"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let whole = Certificates::read(&made.path("one.key"));
    fs::write(made.path("cut.key"), &whole[..whole.len() / 2]).unwrap();
    fs::write(made.path("bad.key"), whole.replacen('M', "!", 1)).unwrap();
    fs::write(made.path("empty.pem"), "nothing here\n").unwrap();
    let client = |certificate: Option<&str>, key: Option<&str>| TlsSettings {
        client_certificate: certificate.map(|file| made.path(file)),
        client_key: key.map(|file| made.path(file)),
        ..TlsSettings::new(TlsMode::Require)
    };
    for (settings, says) in [
        (client(Some("one.pem"), Some("traditional.key")), "encrypted in a way of old"),
        (client(Some("one.pem"), Some("nonsense.key")), "encrypted in a way that is not supported"),
        (client(Some("one.pem"), Some("cut.key")), "not valid PEM"),
        (client(Some("one.pem"), Some("bad.key")), "not valid PEM"),
        (client(Some("one.pem"), Some("one.pem")), "holds no private key"),
        (client(Some("one.pem"), Some("two.key")), "does not belong"),
        (client(Some("one.pem"), Some("none.key")), "no such file"),
        (client(Some("empty.pem"), Some("one.key")), "holds no certificate"),
        (client(Some("one.pem"), None), "no private key for it"),
        (client(None, Some("one.key")), "no client certificate for it"),
        (settings(TlsMode::VerifyCa, Some(made.path("empty.pem"))), "holds no certificate"),
        (settings(TlsMode::VerifyCa, Some(made.path("none.pem"))), "no such file"),
    ] {
        let error = Tls::load(&settings).await.unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::Tls, ErrorKind::Settings), "{error}");
        assert!(error.message.contains(says), "{error} does not say: {says}");
    }
}

#[tokio::test]
async fn a_key_with_a_passphrase_is_opened_by_it_and_by_nothing_else() {
    let made = Certificates::new();
    made.issue("good", EC, "DNS:localhost", "");
    made.issue("client", "rsa:2048", "DNS:client", "");
    let port = serve(&made, "good", true).await;
    // What openssl writes today, and wrote before 1.1 and 3.0.
    for (name, how) in [
        ("aes", "-v2 aes-256-cbc"),
        ("scrypt", "-scrypt"),
        ("sha1", "-v2 aes-128-cbc -v2prf hmacWithSHA1"),
        ("des3", "-v2 des3"),
    ] {
        made.openssl(&format!("pkcs8 -topk8 -in client.key -out {name}.locked -passout pass:secret {how}"));
        let shown = TlsSettings {
            client_certificate: Some(made.path("client.pem")),
            client_key: Some(made.path(&format!("{name}.locked"))),
            ..settings(TlsMode::VerifyFull, Some(made.path("ca.pem")))
        };
        let passphrase = |text: &str| Some(zeroize::Zeroizing::new(text.to_owned()));
        let wanted = Tls::load(&shown).await.unwrap_err();
        assert_eq!((wanted.kind, wanted.hint.is_some()), (ErrorKind::PassphraseWanted, true), "{name}: {wanted}");
        let empty = Tls::load_with_passphrase(&shown, passphrase("")).await.unwrap_err();
        assert_eq!(empty.kind, ErrorKind::PassphraseWanted, "{name}: {empty}");
        for wrong in ["Secret", "secret ", "ß"] {
            let error = Tls::load_with_passphrase(&shown, passphrase(wrong)).await.unwrap_err();
            assert_eq!((error.kind, error.hint.is_some()), (ErrorKind::PassphraseWrong, true), "{name}: {error}");
        }
        let tls = Tls::load_with_passphrase(&shown, passphrase("secret")).await.unwrap();
        let route = route::Route::new(route::Endpoint::tcp("localhost", port)).with_tls(Some(tls));
        let mut said = String::new();
        route.open(&mut route::Trace::default()).await.unwrap().read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello", "{name}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart_from_a_silent_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        for turn in 0.. {
            let Ok((tcp, _)) = listener.accept().await else { return };
            if turn == 0 {
                use tokio::io::AsyncWriteExt;
                let mut tcp = tcp;
                let _ = tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                held.push(tcp);
            } else if turn == 1 {
                drop(tcp);
            } else {
                held.push(tcp);
            }
        }
    });
    let require = settings(TlsMode::Require, None);
    assert_eq!(fails(port, "localhost", &require).await.kind, ErrorKind::Handshake);
    assert_eq!(fails(port, "localhost", &require).await.kind, ErrorKind::Closed);
    assert_eq!(fails(port, "localhost", &require).await.kind, ErrorKind::TimedOut);
}
