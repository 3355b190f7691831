//! The keychains themselves, as blocking calls.

use std::sync::{Arc, Mutex, PoisonError};

use driver::Secret;
use keyring_core::{CredentialStore, Entry, Error};

/// The name all our entries share.
pub(super) const SERVICE: &str = "org.rowhouse";

/// Why a keychain did not do it, in words that end without a full stop and hold no secret.
#[derive(Debug)]
pub(crate) struct VaultError {
    pub(super) reason: String,
}

impl VaultError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        VaultError { reason: reason.into() }
    }
}

/// A place for secrets. The program knows one; tests bring theirs.
pub(crate) trait Vault: Send + Sync {
    /// Keeps a secret, replacing an older one.
    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError>;
    /// The secret, if one is kept.
    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError>;
    /// Forgets a secret, whether or not it is there.
    fn delete(&self, account: &str) -> Result<(), VaultError>;
}

/// The keychain of the operating system. It is connected to at its first use, and anew where that connection is no longer good:
/// a keychain may be started, or started again, while the program runs.
#[derive(Default)]
pub(super) struct System(Mutex<Option<Arc<CredentialStore>>>);

impl System {
    fn store(&self) -> Result<Arc<CredentialStore>, Error> {
        if let Some(store) = self.known().clone() {
            return Ok(store);
        }
        // Without the lock: connecting may take as long as the system likes.
        let store = connect()?;
        *self.known() = Some(Arc::clone(&store));
        Ok(store)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, account: &str, work: impl Fn(&Entry) -> Result<T, Error>) -> Result<T, Error> {
        let once = |store: &CredentialStore| store.build(SERVICE, account, None).and_then(|entry| work(&entry));
        let known = self.known().clone();
        let Some(known) = known else { return once(&*self.store()?) };
        match once(&*known) {
            Err(Error::PlatformFailure(_)) => {
                *self.known() = None;
                once(&*self.store()?)
            }
            outcome => outcome,
        }
    }
}

fn connect() -> Result<Arc<CredentialStore>, Error> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new()?;
    #[cfg(not(any(target_os = "macos", windows)))]
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

impl Vault for System {
    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
        self.with(account, |entry| entry.set_password(secret.expose())).map_err(|error| told(&error))
    }

    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
        match self.with(account, Entry::get_password) {
            Ok(secret) => Ok(Some(Secret::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn delete(&self, account: &str) -> Result<(), VaultError> {
        match self.with(account, Entry::delete_credential) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

/// Never by `Debug`, and not every `Display`: an error may hold the bytes it could not read.
fn told(error: &Error) -> VaultError {
    let reason = match error {
        Error::PlatformFailure(cause) => format!("it is not there or failed ({cause})"),
        Error::NoStorageAccess(cause) => format!("it is locked ({cause})"),
        Error::NoEntry => "the entry is gone".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry is not text".to_owned(),
        Error::BadStoreFormat(_) => "its file is damaged".to_owned(),
        Error::TooLong(_, limit) => format!("it keeps at most {limit} characters"),
        Error::Ambiguous(_) => "it has several entries of that name; delete them there".to_owned(),
        Error::NoDefaultStore => "there is none".to_owned(),
        Error::NotSupportedByStore(_) | Error::Invalid(..) => "it cannot keep such an entry".to_owned(),
        _ => "it failed".to_owned(),
    };
    VaultError { reason: reason.trim_end_matches('.').to_owned() }
}

/// Keychains of tests; no build for users has them.
#[cfg(test)]
pub(crate) mod memory {
    use std::{
        collections::BTreeMap,
        sync::{Mutex, PoisonError},
    };

    use super::*;

    /// A keychain that forgets everything at its end.
    #[derive(Default)]
    pub(crate) struct Memory(pub(crate) Mutex<BTreeMap<String, Secret>>);

    impl Memory {
        pub(crate) fn accounts(&self) -> Vec<String> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
        }
    }

    impl Vault for Memory {
        fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), secret.clone());
            Ok(())
        }

        fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
            Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned())
        }

        fn delete(&self, account: &str) -> Result<(), VaultError> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
            Ok(())
        }
    }

    /// A computer without a keychain.
    pub(crate) struct Missing;

    impl Vault for Missing {
        fn set(&self, _: &str, _: &Secret) -> Result<(), VaultError> {
            Err(VaultError::new("there is none"))
        }

        fn get(&self, _: &str) -> Result<Option<Secret>, VaultError> {
            Err(VaultError::new("there is none"))
        }

        fn delete(&self, _: &str) -> Result<(), VaultError> {
            Err(VaultError::new("there is none"))
        }
    }

    /// A keychain that never answers.
    pub(crate) struct Hung;

    impl Vault for Hung {
        fn set(&self, _: &str, _: &Secret) -> Result<(), VaultError> {
            loop {
                std::thread::park();
            }
        }

        fn get(&self, _: &str) -> Result<Option<Secret>, VaultError> {
            Ok(None)
        }

        fn delete(&self, _: &str) -> Result<(), VaultError> {
            Ok(())
        }
    }
}
