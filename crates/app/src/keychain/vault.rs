//! The keychains themselves, as blocking calls.

use driver::Secret;
use keyring::{Entry, Error};

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

/// The keychain of the operating system.
pub(super) struct System;

impl Vault for System {
    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
        entry(account)?.set_password(secret.expose()).map_err(|error| told(&error))
    }

    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
        match entry(account)?.get_password() {
            Ok(secret) => Ok(Some(Secret::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn delete(&self, account: &str) -> Result<(), VaultError> {
        match entry(account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

fn entry(account: &str) -> Result<Entry, VaultError> {
    Entry::new(SERVICE, account).map_err(|error| match (&error, Entry::store_status()) {
        // The reason was told when the keychain was first looked for.
        (Error::NoDefaultStore, Err(cause)) => told(cause),
        _ => told(&error),
    })
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
