use driver::{
    Code, Error,
    tunnel::{PROXY_PASSWORD, SSH_PASSPHRASE, SSH_PASSWORD},
};
use route::{ErrorKind, Hop};

use crate::tls::KEY_PASSPHRASE;

/// A hop's failure in the contract's terms: `Unauthenticated` with the secret that was refused or is missing, or `Unreachable`.
pub fn refusal(hop: route::Error) -> Error {
    let secret = secret(&hop);
    // A name server or a firewall that keeps silent is a server out of reach to whoever asks.
    let code = if secret.is_some() { Code::Unauthenticated } else { Code::Unreachable };
    let mut error = Error::new(code, hop.message.clone());
    error.hint = hop.hint.clone();
    error.secret = secret;
    error.with_source(hop)
}

/// The secret a hop has refused or missed, if that is what it failed for.
fn secret(error: &route::Error) -> Option<&'static str> {
    match (error.hop, error.kind) {
        (Hop::Socks, ErrorKind::AuthenticationRefused) => Some(PROXY_PASSWORD),
        (Hop::SshAuth, ErrorKind::AuthenticationRefused) => Some(SSH_PASSWORD),
        (Hop::SshAuth, ErrorKind::PassphraseWanted | ErrorKind::PassphraseWrong) => Some(SSH_PASSPHRASE),
        (_, ErrorKind::PassphraseWanted | ErrorKind::PassphraseWrong | ErrorKind::ClientCertificateRefused) => {
            Some(KEY_PASSPHRASE)
        }
        _ => None,
    }
}
