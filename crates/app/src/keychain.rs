//! The OS keychain: the only place on disk that ever sees a secret.
//!
//! Calls may block for as long as the system likes (an unlock prompt, a hung daemon), so each runs on a thread of its
//! own and is given up after a while. There is no substitute for a keychain that does not work: the user is told.

mod vault;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use driver::Secret;
use uuid::Uuid;

use crate::api::{AppError, ErrorCode, KeychainState};

pub(crate) use vault::Vault;
use vault::VaultError;
#[cfg(test)]
pub(crate) use vault::memory;

/// How long a call may take.
const LIMIT: Duration = Duration::from_secs(3);
/// Calls that may hang at once before new ones are refused.
const MOST_HANGING: usize = 4;

/// The secrets of profiles, each under the profile's id and a field's name.
pub(crate) struct Keychain {
    vault: Arc<dyn Vault>,
    /// The last probe. One that failed is made again at the next use: a keychain can be started meanwhile.
    probed: Mutex<Option<KeychainState>>,
    probing: tokio::sync::Mutex<()>,
    hanging: Arc<AtomicUsize>,
}

impl Keychain {
    /// The keychain of this operating system; nothing is touched before the first use.
    pub(crate) fn of_the_system() -> Self {
        Keychain::over(Arc::new(vault::System::default()))
    }

    pub(crate) fn over(vault: Arc<dyn Vault>) -> Self {
        Keychain {
            vault,
            probed: Mutex::new(None),
            probing: tokio::sync::Mutex::new(()),
            hanging: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Keeps a secret, replacing an older one.
    ///
    /// # Errors
    /// `KeychainUnavailable`, with what to do.
    pub(crate) async fn set(&self, profile: &str, field: &str, secret: &Secret) -> Result<(), AppError> {
        self.require().await?;
        let (account, secret) = (account(profile, field), secret.clone());
        self.call(move |vault| vault.set(&account, &secret)).await.map_err(unavailable)
    }

    /// The secret, if one is kept.
    ///
    /// # Errors
    /// `KeychainUnavailable`, with what to do.
    pub(crate) async fn get(&self, profile: &str, field: &str) -> Result<Option<Secret>, AppError> {
        self.require().await?;
        let account = account(profile, field);
        self.call(move |vault| vault.get(&account)).await.map_err(unavailable)
    }

    /// Forgets the secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// `KeychainUnavailable`, with what to do.
    pub(crate) async fn delete(&self, profile: &str, field: &str) -> Result<(), AppError> {
        self.require().await?;
        let account = account(profile, field);
        self.call(move |vault| vault.delete(&account)).await.map_err(unavailable)
    }

    /// What the last probe found; `None` before the first.
    pub(crate) fn last_probe(&self) -> Option<KeychainState> {
        self.probed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes, reads and deletes a test entry now.
    pub(crate) async fn probe(&self) -> KeychainState {
        // Two at once would say the same.
        let _turn = self.probing.lock().await;
        let outcome = self
            .call(|vault| {
                let account = account("probe", &Uuid::new_v4().to_string());
                let secret = Secret::new(Uuid::new_v4().to_string());
                vault.set(&account, &secret)?;
                let read = vault.get(&account);
                vault.delete(&account)?;
                if read? == Some(secret) {
                    Ok(())
                } else {
                    Err(VaultError::new("it does not give back what it was given"))
                }
            })
            .await;
        let state = KeychainState {
            name: NAME.to_owned(),
            works: outcome.is_ok(),
            reason: outcome.err().map(|error| format!("{}. {}", error.reason, advice())),
        };
        if let Some(reason) = &state.reason {
            tracing::info!(reason, "the keychain does not work");
        }
        *self.probed.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
        state
    }

    async fn require(&self) -> Result<(), AppError> {
        if self.last_probe().is_some_and(|state| state.works) {
            return Ok(());
        }
        let state = self.probe().await;
        if state.works {
            return Ok(());
        }
        Err(AppError::new(
            ErrorCode::KeychainUnavailable,
            format!("The keychain of this computer ({NAME}) does not work, so no password can be kept."),
        )
        .with_hint(state.reason.unwrap_or_else(|| advice().to_owned())))
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        if self.hanging.load(Ordering::Relaxed) >= MOST_HANGING {
            return Err(VaultError::new("it does not answer"));
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (vault, hanging) = (Arc::clone(&self.vault), Arc::clone(&self.hanging));
        hanging.fetch_add(1, Ordering::Relaxed);
        // A thread of its own: one that never returns must not keep the program from ending.
        let started = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let outcome = work(vault.as_ref());
            hanging.fetch_sub(1, Ordering::Relaxed);
            let _ = sender.send(outcome);
        });
        if started.is_err() {
            self.hanging.fetch_sub(1, Ordering::Relaxed);
            return Err(VaultError::new("the system gives no more threads"));
        }
        match tokio::time::timeout(LIMIT, receiver).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(VaultError::new("it failed")),
            Err(_) => Err(VaultError::new("it did not answer within 3 seconds; it may be asking you to unlock it")),
        }
    }
}

impl std::fmt::Debug for Keychain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keychain").field("probed", &self.probed).finish_non_exhaustive()
    }
}

/// The name of an entry: a profile's id and a field's name.
fn account(profile: &str, field: &str) -> String {
    format!("{profile}/{field}")
}

fn unavailable(error: VaultError) -> AppError {
    AppError::new(
        ErrorCode::KeychainUnavailable,
        format!("The keychain of this computer ({NAME}) refused: {}.", error.reason),
    )
    .with_hint(advice())
}

const NAME: &str = if cfg!(target_os = "macos") {
    "Keychain"
} else if cfg!(windows) {
    "Credential Manager"
} else {
    "Secret Service"
};

fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "Unlock the login keychain in Keychain Access, or let the connection ask for its password every time."
    } else if cfg!(windows) {
        "See whether the Credential Manager service runs, or let the connection ask for its password every time."
    } else {
        "Start or unlock a password store that offers the Secret Service (GNOME Keyring, KWallet, KeePassXC), or let the \
         connection ask for its password every time: it is then kept in memory only."
    }
}

#[cfg(test)]
mod tests;
