//! Our private key, with or without a passphrase.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls_pki_types::{
    PrivateKeyDer, PrivatePkcs8KeyDer,
    pem::{self, PemObject},
};
use zeroize::Zeroizing;

use super::{not_pem, unusable};
use crate::{Error, ErrorKind, Hop};

const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";
/// How openssl before 1.0 encrypted keys: a hash of the passphrase, once. Nothing here reads it.
const TRADITIONAL: &str = "Proc-Type: 4,ENCRYPTED";

/// Reads a key, opening it with the passphrase where it is encrypted.
///
/// # Errors
/// As [`super::Tls::load_with_passphrase`].
pub(super) fn read(path: &Path, passphrase: Option<&str>) -> Result<PrivateKeyDer<'static>, Error> {
    let bytes = Zeroizing::new(super::read(path)?);
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    if text.contains(TRADITIONAL) {
        return Err(unusable(path, format!("The private key in {} is encrypted in a way of old.", path.display()))
            .hint("Encrypt it as PKCS#8 with the same passphrase: openssl pkcs8 -topk8 -in KEY -out COPY; chmod 600 COPY."));
    }
    if let Some((_, rest)) = text.split_once(BEGIN) {
        let body = rest.split_once(END).map(|(body, _)| body).ok_or_else(|| {
            unusable(path, format!("The private key in {} is not valid PEM.", path.display()))
                .hint("Was the file cut off, or converted from another format?")
        })?;
        return decrypt(path, body, passphrase);
    }
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| match error {
        pem::Error::NoItemsFound => unusable(path, format!("{} holds no private key.", path.display()))
            .hint("A PEM file with BEGIN PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY is expected."),
        error => not_pem(path, "private key", error),
    })
}

fn decrypt(path: &Path, body: &str, passphrase: Option<&str>) -> Result<PrivateKeyDer<'static>, Error> {
    let failed = |kind: ErrorKind, message: String| Error::new(Hop::Tls, &path.display().to_string(), kind, message);
    let packed: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(packed).map_err(|error| {
        unusable(path, format!("The private key in {} is not valid PEM.", path.display()))
            .hint("Was the file cut off, or converted from another format?")
            .caused_by(error)
    })?;
    let unknown = || {
        unusable(path, format!("The private key in {} is encrypted in a way that is not supported.", path.display()))
            .hint("Encrypt it anew with the same passphrase: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out COPY.")
    };
    let locked = EncryptedPrivateKeyInfoRef::try_from(der.as_slice()).map_err(|error| unknown().caused_by(error))?;
    let Some(passphrase) = passphrase.filter(|passphrase| !passphrase.is_empty()) else {
        let message = format!("The private key in {} has a passphrase, and none was given.", path.display());
        return Err(failed(ErrorKind::PassphraseWanted, message)
            .hint("Give the key's passphrase, or store it with the connection."));
    };
    let wrong = || {
        failed(
            ErrorKind::PassphraseWrong,
            format!("The passphrase does not open the private key in {}.", path.display()),
        )
        .hint("Check the passphrase and the file: openssl pkey -in KEY -noout asks for it too.")
    };
    let opened = match locked.decrypt(passphrase) {
        Ok(opened) => opened,
        // With a wrong key the padding is wrong, or by chance right and what is inside is no key.
        Err(pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_)) => {
            return Err(wrong());
        }
        Err(error) => return Err(unknown().caused_by(error)),
    };
    if pkcs8::PrivateKeyInfoRef::try_from(opened.as_bytes()).is_err() {
        return Err(wrong());
    }
    Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(opened.as_bytes().to_vec())))
}
