//! Passwords and passphrases of a tunnel, kept in memory so that a rebuilt one asks nothing twice.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::Mutex,
};

use zeroize::Zeroizing;

use super::{link::locked, settings::Place};

type Secret = Zeroizing<String>;

/// Never printed, wiped when dropped.
#[derive(Default)]
pub(super) struct Secrets {
    /// The stored passphrase, for whichever key it opens.
    passphrase: Option<Secret>,
    /// By user, host and port.
    passwords: Mutex<BTreeMap<(String, String, u16), Secret>>,
    opened: Mutex<BTreeMap<PathBuf, Secret>>,
    /// The stored password, for the server the profile names.
    stored: Mutex<Option<Secret>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

impl Secrets {
    pub(super) fn new(password: Option<Secret>, passphrase: Option<Secret>) -> Self {
        let given = |secret: &Secret| !secret.is_empty();
        Secrets {
            passphrase: passphrase.filter(given),
            stored: Mutex::new(password.filter(given)),
            ..Secrets::default()
        }
    }

    pub(super) fn password(&self, place: &Place) -> Option<Secret> {
        let remembered = locked(&self.passwords).get(&of(place)).cloned();
        remembered.or_else(|| place.is_target.then(|| locked(&self.stored).clone()).flatten())
    }

    pub(super) fn remember_password(&self, place: &Place, password: Secret) {
        locked(&self.passwords).insert(of(place), password);
    }

    /// One that was refused is not sent again: servers count.
    pub(super) fn forget_password(&self, place: &Place) {
        if locked(&self.passwords).remove(&of(place)).is_none() && place.is_target {
            locked(&self.stored).take();
        }
    }

    /// What may open a key, the likeliest first.
    pub(super) fn passphrases(&self, path: &Path) -> Vec<Secret> {
        locked(&self.opened).get(path).cloned().into_iter().chain(self.passphrase.clone()).collect()
    }

    pub(super) fn remember_passphrase(&self, path: &Path, passphrase: Secret) {
        locked(&self.opened).insert(path.to_owned(), passphrase);
    }
}

fn of(place: &Place) -> (String, String, u16) {
    (place.user.clone(), place.host.clone(), place.port)
}
