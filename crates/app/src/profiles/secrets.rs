//! Secrets on their way: from the form to the keychain, from the keychain to a driver.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use driver::{Driver, Secret};
use uuid::Uuid;

use super::{draft::Checked, rows};
use crate::{
    App,
    api::{AppError, ConnectionProfile, PasswordCommand, PasswordPolicy, Topic},
    keychain::Keychain,
    passwords::{self, Purpose},
    registry::{self, PASSWORD},
};

/// How long the password of a pasted address is held for the form.
const HELD: Duration = Duration::from_secs(600);

/// Secrets in memory only: of pasted addresses for a while, and of connections that ask every time.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldSecrets {
    inner: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    parsed: BTreeMap<String, Secret>,
    /// By profile, then by the secret's name.
    asked: BTreeMap<String, BTreeMap<String, Secret>>,
}

impl HeldSecrets {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a secret for a while and names it.
    pub(super) fn hold(&self, secret: Secret) -> String {
        let reference = Uuid::new_v4().to_string();
        self.lock().parsed.insert(reference.clone(), secret);
        let (held, expired) = (self.clone(), reference.clone());
        tokio::spawn(async move {
            tokio::time::sleep(HELD).await;
            held.take(&expired);
        });
        reference
    }

    pub(super) fn get(&self, reference: &str) -> Option<Secret> {
        self.lock().parsed.get(reference).cloned()
    }

    pub(super) fn take(&self, reference: &str) -> Option<Secret> {
        self.lock().parsed.remove(reference)
    }

    /// Keeps what a person answered until the process ends.
    pub(crate) fn asked(&self, profile: &str, name: &str, secret: Secret) {
        self.lock().asked.entry(profile.to_owned()).or_default().insert(name.to_owned(), secret);
    }

    /// What a person answered for this connection, by the secrets' names.
    pub(crate) fn answered(&self, profile: &str) -> BTreeMap<String, Secret> {
        self.lock().asked.get(profile).cloned().unwrap_or_default()
    }

    /// Forgets what was answered for a field, for one when it was refused.
    pub(crate) fn forget_asked(&self, profile: &str, field: &str) {
        if let Some(asked) = self.lock().asked.get_mut(profile) {
            asked.retain(|name, _| registry::secret_field(name) != field);
        }
    }

    /// Forgets one answer: that very one was refused.
    pub(crate) fn forget_answer(&self, profile: &str, name: &str) {
        if let Some(asked) = self.lock().asked.get_mut(profile) {
            asked.remove(name);
        }
    }

    /// Forgets everything that was answered for a connection.
    pub(crate) fn forget_all(&self, profile: &str) {
        self.lock().asked.remove(profile);
    }
}

/// What a driver is given besides the profile.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    /// The login's password.
    pub(crate) password: Option<Secret>,
    /// The others by their names: of a tunnel, a proxy, a client key.
    pub(crate) others: BTreeMap<String, Secret>,
}

impl App {
    /// The secrets of a saved connection: from the keychain, from memory, or from its command, which runs now.
    ///
    /// # Errors
    /// `KeychainUnavailable`; as [`App::commanded_password`].
    pub(crate) async fn secrets_of(&self, shown: &ConnectionProfile) -> Result<Secrets, AppError> {
        let mut secrets = self.stored_secrets(shown).await?;
        if shown.password == PasswordPolicy::Command {
            secrets.password = Some(self.commanded_password(shown).await?);
        }
        Ok(secrets)
    }

    /// The secrets of a saved connection that need no command.
    ///
    /// # Errors
    /// `KeychainUnavailable`.
    pub(crate) async fn stored_secrets(&self, shown: &ConnectionProfile) -> Result<Secrets, AppError> {
        if shown.sample {
            return Ok(Secrets::default());
        }
        let row = self.row(&shown.id).await?;
        let mut secrets = Secrets::default();
        for field in &row.secret_fields {
            match field.as_str() {
                PASSWORD if row.password == PasswordPolicy::Keychain => {
                    secrets.password = self.keychain.get(&row.id, field).await?;
                }
                PASSWORD => {}
                _ => {
                    if let Some(secret) = self.keychain.get(&row.id, field).await? {
                        secrets.others.insert(field.clone(), secret);
                    }
                }
            }
        }
        let mut answered = self.held.answered(&row.id);
        let password = answered.remove(PASSWORD);
        if row.password == PasswordPolicy::Ask {
            secrets.password = password;
        }
        // What was answered last was taken last.
        secrets.others.extend(answered);
        Ok(secrets)
    }

    /// The secrets of a draft: its own, and the stored ones of the connection it edits.
    pub(super) async fn draft_secrets(&self, id: Option<&str>, checked: &Checked) -> Result<Secrets, AppError> {
        let mut secrets = match id {
            Some(id) if id != super::SAMPLE => self.stored_secrets(&self.profile(id).await?).await?,
            _ => Secrets::default(),
        };
        if checked.clear || matches!(checked.policy, PasswordPolicy::None | PasswordPolicy::Command) {
            secrets.password = None;
        }
        if checked.password.is_some() {
            secrets.password.clone_from(&checked.password);
        }
        for (name, given) in &checked.others {
            match given {
                Some(secret) => secrets.others.insert(name.clone(), secret.clone()),
                None => secrets.others.remove(name),
            };
        }
        Ok(secrets)
    }

    /// The command a draft is to be tried with: one that was typed, or the stored one a person has agreed to.
    ///
    /// # Errors
    /// `Forbidden` for one that came from a file and nobody agreed to.
    pub(super) async fn draft_command(
        &self,
        id: Option<&str>,
        checked: &Checked,
        driver: &str,
    ) -> Result<Option<PasswordCommand>, AppError> {
        let old = match id {
            Some(id) if id != super::SAMPLE => Some(self.row(id).await?),
            _ => None,
        };
        let (command, trusted) = super::draft::consent(checked, driver, old.as_ref(), super::Origin::Person)?;
        let Some(command) = command else { return Ok(None) };
        let purpose = Purpose { name: &checked.name, driver, values: &checked.values };
        match trusted == Some(passwords::digest(&command, purpose)) {
            true => Ok(Some(command)),
            false => Err(passwords::untrusted(&checked.name, &command)),
        }
    }

    /// Keeps an answered secret in the keychain from now on.
    ///
    /// # Errors
    /// `KeychainUnavailable`, and then it is kept in memory only.
    pub(crate) async fn remember_secret(&self, profile_id: &str, name: &str, secret: &Secret) -> Result<(), AppError> {
        self.held.asked(profile_id, name, secret.clone());
        self.keychain.set(profile_id, name, secret).await?;
        rows::note_secret(&self.store, profile_id, name).await?;
        self.events.changed(&[Topic::Profiles], Some(profile_id));
        Ok(())
    }
}

/// What saving a draft does to the keychain.
pub(super) struct Change {
    /// `None` forgets.
    steps: Vec<(String, Option<Secret>)>,
    after: Vec<String>,
}

impl Change {
    /// `kept` are the fields with an entry now, of a profile whose driver was `old_driver`.
    pub(super) fn new(checked: &Checked, driver: &dyn Driver, old_driver: Option<&str>, kept: &[String]) -> Self {
        let mut steps: Vec<(String, Option<Secret>)> = Vec::new();
        match (&checked.password, checked.policy) {
            (Some(secret), PasswordPolicy::Keychain) => steps.push((PASSWORD.to_owned(), Some(secret.clone()))),
            (_, PasswordPolicy::Ask | PasswordPolicy::None | PasswordPolicy::Command) => {
                steps.push((PASSWORD.to_owned(), None))
            }
            (None, PasswordPolicy::Keychain) if checked.clear => steps.push((PASSWORD.to_owned(), None)),
            (None, PasswordPolicy::Keychain) => {}
        }
        steps.extend(checked.others.iter().map(|(field, secret)| (field.clone(), secret.clone())));
        if old_driver.is_some_and(|old| old != driver.id()) {
            // Fields of the driver it had before mean nothing any more.
            let unknown = |name: &&String| {
                *name != PASSWORD && !registry::secret_fields(driver).any(|own| own == registry::secret_field(name))
            };
            steps.extend(kept.iter().filter(unknown).map(|field| (field.clone(), None)));
        }
        // What has no entry needs no forgetting, and so no keychain.
        steps.retain(|(field, secret)| secret.is_some() || kept.contains(field));
        let mut after = kept.to_vec();
        for (field, secret) in &steps {
            after.retain(|kept| kept != field);
            if secret.is_some() {
                after.push(field.clone());
            }
        }
        Change { steps, after }
    }

    pub(super) fn fields_after(&self) -> Vec<String> {
        self.after.clone()
    }

    /// Does it, all or nothing, and says how to take it back.
    pub(super) async fn apply(&self, keychain: &Keychain, profile: &str) -> Result<Undo, AppError> {
        let mut undo = Undo::default();
        for (field, secret) in &self.steps {
            let done = async {
                let before = keychain.get(profile, field).await?;
                undo.before.push((field.clone(), before));
                match secret {
                    Some(secret) => keychain.set(profile, field, secret).await,
                    None => keychain.delete(profile, field).await,
                }
            };
            if let Err(error) = done.await {
                undo.revert(keychain, profile).await;
                return Err(error);
            }
        }
        Ok(undo)
    }
}

/// What the keychain held before.
#[derive(Default)]
pub(super) struct Undo {
    before: Vec<(String, Option<Secret>)>,
}

impl Undo {
    pub(super) async fn revert(self, keychain: &Keychain, profile: &str) {
        for (field, before) in self.before.into_iter().rev() {
            let reverted = match before {
                Some(secret) => keychain.set(profile, &field, &secret).await,
                None => keychain.delete(profile, &field).await,
            };
            if let Err(error) = reverted {
                tracing::warn!(%error, profile, field, "the keychain could not be put back");
            }
        }
    }
}

/// Copies entries to a new profile, all or none.
pub(super) async fn copy(keychain: &Keychain, from: &str, to: &str, fields: &[String]) -> Result<Undo, AppError> {
    let mut undo = Undo::default();
    for field in fields {
        let done = async {
            if let Some(secret) = keychain.get(from, field).await? {
                undo.before.push((field.clone(), None));
                keychain.set(to, field, &secret).await?;
            }
            Ok(())
        };
        if let Err(error) = done.await {
            undo.revert(keychain, to).await;
            return Err(error);
        }
    }
    Ok(undo)
}
