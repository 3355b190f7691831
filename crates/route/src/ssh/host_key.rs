//! Whether the host that answers is the one that is meant.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use russh::keys::{HashAlg, PublicKey, PublicKeyOrCertificate};

use super::{
    config::Strictness,
    known_hosts::{self, KnownHost, Verdict},
    link::locked,
};
use crate::{Answer, Ask, Error, ErrorKind, Hop, Question};

/// Judges the key a host shows, asks about an unknown one and remembers what was accepted.
pub(super) struct HostKeyCheck {
    /// The host's name in known_hosts.
    pub(super) name: String,
    /// The name without a port, which a certificate names.
    pub(super) host: String,
    pub(super) known: KnownHost,
    /// Where an accepted key is written; nowhere with `none`.
    pub(super) file: Option<PathBuf>,
    pub(super) hash_names: bool,
    pub(super) strictness: Strictness,
    pub(super) ask: Arc<dyn Ask>,
    pub(super) outcome: Arc<Outcome>,
}

/// What came out of the check, for the one who waits for the key exchange.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Whether a person is being asked: no time limit runs meanwhile.
    pub(super) asking: AtomicBool,
    pub(super) result: Mutex<Option<Checked>>,
}

#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) fingerprint: String,
    /// The step's detail, or why the key was refused.
    pub(super) verdict: Result<String, Error>,
    pub(super) took: Duration,
}

impl HostKeyCheck {
    /// Whether the key is accepted. A later key exchange of the same connection must show the same key.
    pub(super) async fn accepts(&mut self, shown: &PublicKeyOrCertificate) -> bool {
        let key = shown.public_key();
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let before = locked(&self.outcome.result).clone();
        if let Some(checked) = before {
            return checked.verdict.is_ok() && checked.fingerprint == fingerprint;
        }
        let started = Instant::now();
        let verdict = self.decide(shown, &key, &fingerprint).await;
        let accepted = verdict.is_ok();
        *locked(&self.outcome.result) = Some(Checked { fingerprint, verdict, took: started.elapsed() });
        accepted
    }

    fn refused(&self, kind: ErrorKind, message: String, hint: &str) -> Error {
        Error::new(Hop::SshHostKey, &self.name, kind, message).hint(hint)
    }

    async fn decide(
        &self,
        shown: &PublicKeyOrCertificate,
        key: &PublicKey,
        fingerprint: &str,
    ) -> Result<String, Error> {
        let (verdict, what) = match shown.certificate() {
            Some(certificate) => {
                (self.known.judge_certificate(certificate, &self.host, SystemTime::now()), "certificate")
            }
            None => (self.known.judge(key), "key"),
        };
        let name = &self.name;
        match verdict {
            Verdict::Known(line) => Ok(format!("{fingerprint}, {what} known from {line}")),
            Verdict::Changed(line) => Err(self.refused(
                ErrorKind::HostKeyChanged,
                format!("The host key of {name} has changed: it shows {fingerprint}, and {line} says another."),
                &format!(
                    "Somebody may be listening in between, or the server was set up anew. Ask its administrator for the \
                     fingerprint; where it is right, remove the line: ssh-keygen -R '{name}' -f '{}'",
                    line.file.display()
                ),
            )),
            Verdict::Revoked(line) => Err(self.refused(
                ErrorKind::HostKeyRevoked,
                format!("The host key of {name}, {fingerprint}, is marked as revoked in {line}."),
                "The key is known to be stolen or retired: do not connect before its administrator has replaced it.",
            )),
            Verdict::BadCertificate(why) => Err(self.refused(
                ErrorKind::HostKeyUnknown,
                format!("The host certificate of {name} is refused: {why}."),
                "Ask the server's administrator for a valid host certificate.",
            )),
            Verdict::Unknown => self.first_use(key, fingerprint).await,
        }
    }

    async fn first_use(&self, key: &PublicKey, fingerprint: &str) -> Result<String, Error> {
        let name = &self.name;
        let unknown = |message: String| {
            self.refused(
                ErrorKind::HostKeyUnknown,
                message,
                "Compare the fingerprint with what the server's administrator says, and accept it or add the host to \
                 known_hosts: ssh-keyscan shows its keys.",
            )
        };
        match self.strictness {
            Strictness::Strict => {
                return Err(unknown(format!(
                    "{name} is in no known_hosts file, and StrictHostKeyChecking is on; it shows {fingerprint}."
                )));
            }
            Strictness::AcceptNew => {}
            Strictness::Ask => {
                let question = Question::HostKey {
                    host: name.clone(),
                    algorithm: key.algorithm().as_str().to_owned(),
                    fingerprint: fingerprint.to_owned(),
                };
                self.outcome.asking.store(true, Ordering::Release);
                let answer = self.ask.ask(question).await;
                self.outcome.asking.store(false, Ordering::Release);
                if answer != Answer::Yes {
                    return Err(unknown(format!("The host key of {name}, {fingerprint}, was not accepted.")));
                }
            }
        }
        let Some(file) = self.file.clone() else { return Ok(format!("{fingerprint}, new, not stored")) };
        let (name, key, hash, path) = (name.clone(), key.clone(), self.hash_names, file.clone());
        let stored = tokio::task::spawn_blocking(move || known_hosts::remember(&path, &name, &key, hash)).await;
        Ok(match stored {
            Ok(Ok(())) => format!("{fingerprint}, new, stored in {}", file.display()),
            // As in ssh, a file that cannot be written does not keep a person from what was accepted.
            Ok(Err(error)) => format!("{fingerprint}, new, but {} cannot be written: {error}", file.display()),
            Err(_) => format!("{fingerprint}, new, not stored"),
        })
    }
}
