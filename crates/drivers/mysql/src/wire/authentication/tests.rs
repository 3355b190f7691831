#![allow(clippy::unwrap_used, clippy::panic)]
use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn scrambles_are_those_of_the_servers() {
    let nonce = [
        0x64, 0x46, 0x33, 0x2b, 0x6f, 0x53, 0x61, 0x2f, 0x38, 0x1a, 0x4c, 0x5e, 0x25, 0x5a, 0x4a, 0x6a, 0x18, 0x4f,
        0x2e, 0x50,
    ];
    // Each undoes what the server would: the stored hash gives back the hash whose hash it is.
    let stored = Sha1::digest(Sha1::digest(b"secret"));
    let mask: [u8; 20] = Sha1::new().chain_update(nonce).chain_update(stored).finalize().into();
    let back = xor(native(b"secret", &nonce), mask);
    assert_eq!(Sha1::digest(back), stored);
    let stored = Sha256::digest(Sha256::digest(b"secret"));
    let mask: [u8; 32] = Sha256::new().chain_update(stored).chain_update(nonce).finalize().into();
    let back = xor(fast_sha2(b"secret", &nonce), mask);
    assert_eq!(Sha256::digest(back), stored);
}

#[test]
fn with_a_seed_for_password_the_signature_is_that_of_rfc_8032() {
    let seed = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
        0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];
    assert_eq!(
        hex(&ed25519(&seed, b"")),
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    );
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

#[test]
fn a_password_sealed_for_a_key_is_opened_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let path = path.to_str().unwrap();
    openssl(&["genrsa", "-out", path, "2048"], b"");
    let public = openssl(&["rsa", "-in", path, "-pubout"], b"");
    let nonce = *b"01234567890123456789";
    let cover = Cover::Open { believe_key: true };
    let talk = Authentication::new(Method::CachingSha2, &nonce, "gеheim🔑", cover);
    assert!(matches!(talk.more(&[4]).unwrap(), Reply::Send(bytes) if *bytes == [2]));
    let Reply::Send(sealed) = talk.more(&public).unwrap() else { panic!("nothing to send") };
    let opened = openssl(&["pkeyutl", "-decrypt", "-inkey", path, "-pkeyopt", "rsa_padding_mode:oaep"], &sealed);
    let password: Vec<u8> = opened.iter().zip(nonce.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    assert_eq!(password, "gеheim🔑\0".as_bytes());
    for nonsense in
        [&b""[..], b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", &public[..public.len() / 2]]
    {
        assert!(talk.more(nonsense).is_err());
    }
}

#[test]
fn a_password_is_never_sent_where_others_can_read_it() {
    let nonce = [7; 20];
    for (method, cover, goes) in [
        (Method::CachingSha2, Cover::Trusted, true),
        (Method::CachingSha2, Cover::Encrypted, true),
        (Method::CachingSha2, Cover::Open { believe_key: false }, false),
        (Method::Sha256, Cover::Open { believe_key: false }, false),
        (Method::Clear, Cover::Encrypted, false),
        (Method::Clear, Cover::Trusted, true),
        (Method::Clear, Cover::Open { believe_key: true }, false),
    ] {
        let talk = Authentication::new(method, &nonce, "s3cret", cover);
        let sent = match method {
            Method::CachingSha2 => talk.more(&[4]).map(drop),
            _ => talk.first().map(drop),
        };
        assert_eq!(sent.is_ok(), goes, "{method:?} {cover:?}");
        if let Err(error) = sent {
            assert!(matches!(error, Error::PasswordExposed(_)), "{error:?}");
        }
    }
}
