//! Private key files: OpenSSH, PKCS#8, PKCS#1, SEC1 and PuTTY, with a passphrase or without.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use russh::keys::{Certificate, PrivateKey, PublicKey, decode_secret_key, load_public_key};
use zeroize::Zeroizing;

/// A private key's file may be this long; a longer one is none.
const LONGEST: u64 = 1024 * 1024;

/// A key file as far as it can be read without its passphrase.
pub(super) struct KeyFile {
    pub(super) path: PathBuf,
    text: Zeroizing<String>,
    /// The public half, so that the server can be asked whether it wants this key before anybody is asked for a passphrase.
    pub(super) public: Option<PublicKey>,
    pub(super) certificate: Option<Certificate>,
    pub(super) locked: bool,
    /// Only the public half is here; the other is in an agent.
    pub(super) public_only: bool,
}

/// Why a key file is not used, as the end of a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unusable {
    Missing,
    /// Others may read it.
    Exposed,
    Other(String),
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unusable::Missing => f.write_str("there is no such file"),
            Unusable::Exposed => f.write_str("others may read it, so it is not used, as in ssh (chmod 600)"),
            Unusable::Other(why) => f.write_str(why),
        }
    }
}

impl KeyFile {
    /// Reads a file. Blocks.
    pub(super) fn read(path: &Path) -> Result<Self, Unusable> {
        let facts = match fs::metadata(path) {
            Ok(facts) => facts,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return public_half(path, &beside(path, ".pub")).ok_or(Unusable::Missing);
            }
            Err(error) => return Err(Unusable::Other(error.to_string())),
        };
        if !facts.is_file() || facts.len() > LONGEST {
            return Err(Unusable::Other("it is no key file".to_owned()));
        }
        // As for 1Password and its like: the file says which of the agent's keys is meant.
        if let Some(half) = public_half(path, path) {
            return Ok(half);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if facts.permissions().mode() & 0o077 != 0 {
                return Err(Unusable::Exposed);
            }
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(|error| Unusable::Other(error.to_string()))?);
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        let mut public = load_public_key(beside(path, ".pub")).ok();
        let certificate = Certificate::read_file(&beside(path, "-cert.pub")).ok();
        let mut locked = text.contains("BEGIN ENCRYPTED PRIVATE KEY")
            || text.contains("Proc-Type: 4,ENCRYPTED")
            || (text.contains("PuTTY-User-Key-File") && !text.contains("Encryption: none"));
        if text.contains("BEGIN OPENSSH PRIVATE KEY") {
            let key = PrivateKey::from_openssh(text.as_bytes())
                .map_err(|error| Unusable::Other(format!("it is not understood: {error}")))?;
            locked = key.is_encrypted();
            public = Some(key.public_key().clone());
        } else if !text.contains("PRIVATE KEY") && !text.contains("PuTTY-User-Key-File") {
            return Err(Unusable::Other("it holds no private key".to_owned()));
        }
        Ok(KeyFile { path: path.to_owned(), text, public, certificate, locked, public_only: false })
    }

    /// The key itself. A wrong passphrase is [`Opened::WrongPassphrase`]. Takes a good part of a second where the passphrase is
    /// made slow to guess, so it runs off the async threads.
    pub(super) async fn open(&self, passphrase: Option<Zeroizing<String>>) -> Opened {
        let text = self.text.clone();
        let locked = self.locked;
        let opened = tokio::task::spawn_blocking(move || {
            decode_secret_key(&text, passphrase.as_ref().filter(|_| locked).map(|secret| secret.as_str()))
        })
        .await;
        match opened {
            Ok(Ok(key)) => Opened::Key(Arc::new(key)),
            // Whatever is wrong inside, it is because it was read with the wrong key.
            Ok(Err(_)) if locked => Opened::WrongPassphrase,
            Ok(Err(error)) => Opened::Unusable(Unusable::Other(format!("it is not understood: {error}"))),
            Err(_) => Opened::Unusable(Unusable::Other("it could not be read".to_owned())),
        }
    }
}

fn public_half(path: &Path, file: &Path) -> Option<KeyFile> {
    let public = load_public_key(file).ok()?;
    Some(KeyFile {
        path: path.to_owned(),
        text: Zeroizing::default(),
        public: Some(public),
        certificate: None,
        locked: false,
        public_only: true,
    })
}

/// What came of opening a key.
pub(super) enum Opened {
    Key(Arc<PrivateKey>),
    WrongPassphrase,
    Unusable(Unusable),
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
