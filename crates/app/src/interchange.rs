//! Connections of other tools and of colleagues: read, compared with what is saved, and saved where a person says so.
//!
//! Every file is somebody else's: it is bounded in size and depth, nothing it names is fetched or run, and a secret in it
//! goes to the keychain or nowhere.

mod compare;
mod datagrip;
mod dbeaver;
mod environment;
mod file;
mod found;
mod options;
mod own;
mod pgadmin;
mod service;
mod tableplus;
mod xml;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use driver::Driver;
use uuid::Uuid;

use crate::{
    App,
    api::{
        AppError, ConnectionProfile, DraftPassword, ErrorCode, FoundConnection, FoundStatus, ImportKind, ImportOutcome,
        ImportPreview, ImportRequest, ImportSource, PasswordPolicy, ProfileDraft,
    },
    profiles::Origin,
    registry::Registry,
};
use found::{Found, Gathered};

pub(crate) use service::with_service;

/// How long a preview waits for a decision, and how many do at once.
const HELD: Duration = Duration::from_secs(1800);
const MOST_HELD: usize = 8;

/// What was found and waits for a person's choice; its secrets stay in memory.
#[derive(Debug, Default)]
pub(crate) struct Previews(Mutex<HashMap<String, Held>>);

#[derive(Debug)]
struct Held {
    since: std::time::Instant,
    found: Vec<(FoundConnection, Found)>,
}

impl Previews {
    fn hold(&self, found: Vec<(FoundConnection, Found)>) -> String {
        let reference = Uuid::new_v4().to_string();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, held| held.since.elapsed() < HELD);
        while all.len() >= MOST_HELD {
            let oldest = all.iter().min_by_key(|(_, held)| held.since).map(|(name, _)| name.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        all.insert(reference.clone(), Held { since: std::time::Instant::now(), found });
        reference
    }

    fn take(&self, reference: &str) -> Option<Vec<(FoundConnection, Found)>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(reference)?;
        (held.since.elapsed() < HELD).then_some(held.found)
    }
}

impl App {
    /// What connections can be imported from, with the files that are found in their usual places.
    ///
    /// # Errors
    /// None of its own: what cannot be looked at is not found.
    pub async fn import_sources(&self) -> Result<Vec<ImportSource>, AppError> {
        tokio::task::spawn_blocking(file::sources)
            .await
            .map_err(|_| AppError::internal("looking for files was interrupted"))
    }

    /// Reads a file of connections and says what each would become. Nothing is saved.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden` for a file that cannot be read; `Corrupt` for one that is not what it should be;
    /// `Unsupported` for one that nobody knows; `Exhausted` for one that is far too large.
    pub async fn preview_import(&self, request: ImportRequest) -> Result<ImportPreview, AppError> {
        let (file, kind) = file::place(&request)?;
        let (path, registry, with_passwords) = (file.clone(), self.registry.clone(), request.with_passwords);
        let (kind, gathered) = tokio::task::spawn_blocking(move || gather(&path, kind, with_passwords, &registry))
            .await
            .map_err(|_| AppError::internal("reading the file was interrupted"))??;
        let saved = self.profiles().await?;
        let mut known = compare::Known::new(kind, &self.registry, &saved);
        let mut listed: Vec<(FoundConnection, Found)> = Vec::new();
        for mut found in gathered.found {
            if let Some(group) = &request.group {
                found.group = Some(group.clone()).filter(|group| !group.trim().is_empty());
            }
            listed.push(known.judge(found));
        }
        let connections = listed.iter().map(|(shown, _)| shown.clone()).collect();
        Ok(ImportPreview {
            reference: self.previews.hold(listed),
            kind,
            file: file.display().to_string(),
            connections,
            warnings: gathered.warnings,
        })
    }

    /// Saves the chosen connections of a preview. One that fails does not keep others from being saved; nothing is ever
    /// removed. Commands for passwords wait for [`App::trust_command`].
    ///
    /// # Errors
    /// `NotFound` for a preview that is used up or too old.
    pub async fn apply_import(&self, reference: &str, chosen: &[u32]) -> Result<ImportOutcome, AppError> {
        let Some(held) = self.previews.take(reference) else {
            return Err(AppError::new(ErrorCode::NotFound, "This preview is over.").with_hint("Read the file again."));
        };
        let mut outcome = ImportOutcome::default();
        for (shown, found) in held {
            if !chosen.contains(&shown.index) {
                continue;
            }
            let name = shown.name.clone();
            let updated = matches!(shown.status, FoundStatus::Update { .. });
            match self.save_found(shown, found).await {
                Ok(Some(note)) => outcome.failed.push(note),
                Ok(None) => {}
                Err(error) => {
                    outcome.failed.push(format!("“{name}” was not saved: {}", error.message));
                    continue;
                }
            }
            let list = if updated { &mut outcome.updated } else { &mut outcome.added };
            list.push(name);
        }
        Ok(outcome)
    }

    /// Saves one; without its password, and said so, where the keychain does not take it.
    async fn save_found(&self, shown: FoundConnection, found: Found) -> Result<Option<String>, AppError> {
        let id = match shown.status {
            FoundStatus::New | FoundStatus::Duplicate { .. } => None,
            FoundStatus::Update { profile_id, .. } | FoundStatus::Same { profile_id } => Some(profile_id),
            FoundStatus::Unsupported { reason } => return Err(AppError::new(ErrorCode::Unsupported, reason)),
        };
        let password = match (&found.secret, shown.password) {
            (Some(secret), PasswordPolicy::Keychain) => DraftPassword::Set { secret: secret.clone() },
            _ => DraftPassword::Keep,
        };
        // The form's own way: a secret field among the values goes to the keychain.
        let secrets: Vec<(String, String)> =
            found.secrets.iter().map(|(field, secret)| (field.clone(), secret.expose().to_owned())).collect();
        let fields: Vec<String> = found.secrets.into_keys().collect();
        // Whom its tabs act as is no matter of the file.
        let actor = match &id {
            Some(id) => self.profile(id).await?.actor,
            None => None,
        };
        let draft = ProfileDraft {
            id,
            name: shown.name.clone(),
            group: shown.group,
            colour: shown.colour,
            environment: shown.environment,
            safety: shown.safety,
            driver: shown.driver.unwrap_or_default(),
            values: shown.values.into_iter().chain(secrets).collect(),
            password_policy: shown.password,
            password,
            password_command: shown.password_command,
            favourite: found.favourite,
            schemas: found.schemas,
            recorded: None,
            actor,
        };
        let kept = matches!(draft.password, DraftPassword::Set { .. }) || !fields.is_empty();
        let without = kept.then(|| {
            let mut without = ProfileDraft { password: DraftPassword::Keep, ..draft.clone() };
            without.values.retain(|name, _| !fields.contains(name));
            without
        });
        match (self.save(draft, Origin::File).await, without) {
            (Err(error), Some(without)) if error.code == ErrorCode::KeychainUnavailable => {
                self.save(without, Origin::File).await?;
                Ok(Some(format!("“{}” was saved without its password: {}", shown.name, error.message)))
            }
            (saved, _) => saved.map(|_| None),
        }
    }

    /// Connections as a text for a repository: sorted, without secrets, ids or times. No names means all but the sample.
    /// Files below `folder`, where the text will stand, are written relative to it.
    ///
    /// # Errors
    /// `NotFound` for a name that is not saved.
    pub async fn export_connections(&self, names: &[String], folder: Option<&Path>) -> Result<String, AppError> {
        let saved = self.profiles().await?;
        let mut chosen: Vec<ConnectionProfile> = Vec::new();
        for name in names {
            let found = self.profile_named(name).await?.ok_or_else(|| {
                AppError::new(ErrorCode::NotFound, format!("There is no saved connection called “{name}”."))
            })?;
            if !chosen.iter().any(|one| one.id == found.id) {
                chosen.push(found);
            }
        }
        if names.is_empty() {
            chosen = saved.into_iter().filter(|profile| !profile.sample).collect();
        }
        own::write(&chosen, &self.registry, folder)
    }
}

impl App {
    /// As [`App::export_connections`], into a file, whole or not at all.
    ///
    /// # Errors
    /// As there; as the file system says.
    pub async fn export_connections_to(&self, names: &[String], path: &Path) -> Result<(), AppError> {
        let path = std::path::absolute(path).map_err(|error| AppError::file(&error, path, "written"))?;
        let text = self.export_connections(names, Some(&folder_of(&path))).await?;
        tokio::task::spawn_blocking(move || {
            crate::platform::whole::write(&path, text.as_bytes())
                .map_err(|error| AppError::file(&error, &path, "written"))
        })
        .await
        .map_err(|_| AppError::internal("writing the file was interrupted"))?
    }
}

/// Reads a file, and those that belong to it.
fn gather(
    path: &Path,
    kind: Option<ImportKind>,
    with_passwords: bool,
    registry: &Registry,
) -> Result<(ImportKind, Gathered), AppError> {
    let bytes = file::read(path)?;
    let kind = match kind {
        Some(kind) => kind,
        None => file::detect(path, &bytes)?,
    };
    let text = || file::text(&bytes, path);
    let mut gathered = match kind {
        ImportKind::Rowhouse => own::read(&text()?, path, registry)?,
        ImportKind::Dbeaver => dbeaver::read(&text()?, path, with_passwords, registry)?,
        ImportKind::Datagrip => datagrip::read(&text()?, path, registry)?,
        ImportKind::Pgadmin if bytes.starts_with(file::SQLITE) => pgadmin::read_store(path)?,
        ImportKind::Pgadmin => pgadmin::read(&text()?)?,
        ImportKind::Tableplus => tableplus::read(&bytes, path)?,
        ImportKind::Env => environment::read(&text()?, path, registry)?,
        ImportKind::Pgservice => service::read(&text()?)?,
        ImportKind::Mycnf => options::read(&text()?, path)?,
    };
    if gathered.found.len() > found::MOST {
        gathered.found.truncate(found::MOST);
        gathered.warnings.push(format!("Only the first {} connections are read.", found::MOST));
    }
    if !with_passwords {
        for found in gathered.found.iter_mut().filter(|found| found.secret.is_some() || !found.secrets.is_empty()) {
            found.secret = None;
            found.secrets.clear();
            found.warnings.push("Its password is left out, as passwords were not asked for.".to_owned());
        }
    }
    Ok((kind, gathered))
}

/// The folder a file stands in.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Reads an address with the driver that knows it.
fn address(text: &str, registry: &Registry) -> Result<(String, driver::ParsedUrl), AppError> {
    let driver: &dyn Driver = registry.for_target(text)?.as_ref();
    Ok((driver.id().to_owned(), driver.parse_url(text)?))
}

#[cfg(test)]
mod tests;
