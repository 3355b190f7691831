//! The last catalog of every database on disk: what a person knows is there before the server answers, and when it does not.
//!
//! One file per database under `catalogs/<profile>`, readable by its owner only, with names and definitions and never a row.
//! What is kept is shown and searched, and never relied on: pages, keys and statements ask the server. A file of another
//! place (the profile was edited), of another program's format or damaged counts as none.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use catalog::{Catalog, Schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Shelved, shelf::blocking};
use crate::{
    App,
    api::ConnectionProfile,
    connections::{Connected, lock},
    platform::whole,
};

/// The first line of a file. Changes with the shape of [`Catalog`] where an older file would be read as something else.
const FORMAT: &[u8] = b"rowhouse catalog 1\n";
/// Catalogs change in bursts: one that is followed by another within this time is not written.
const BURST: Duration = Duration::from_secs(2);
/// Catalogs read from disk that stay in memory.
const IN_MEMORY: usize = 4;

/// A database, as its catalog's file knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CatalogKey {
    profile_id: String,
    file: String,
}

impl CatalogKey {
    /// The database of a profile; `None` is the profile's own.
    pub(crate) fn of(profile: &ConnectionProfile, database: Option<&str>) -> CatalogKey {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        // Another host, login or file has another catalog.
        add(&profile.driver);
        for (name, value) in &profile.values {
            add(name);
            add(value);
        }
        if let Some(database) = database {
            add("database");
            add(database);
        }
        let digest = digest.finalize();
        let file = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        CatalogKey { profile_id: profile.id.clone(), file }
    }

    fn folder(&self, root: &Path) -> PathBuf {
        root.join(&self.profile_id)
    }
}

/// The second line of a file; the first is its format.
#[derive(Serialize)]
struct Written<'a> {
    systems: &'a [Schema],
    catalog: &'a Catalog,
}

#[derive(Deserialize)]
struct Read {
    systems: Vec<Schema>,
    catalog: Catalog,
}

/// Every catalog on disk.
pub(crate) struct Kept {
    root: PathBuf,
    /// The ones used last, first.
    read: Mutex<Vec<(CatalogKey, Arc<Shelved>)>>,
    /// To be written when their burst has passed.
    waiting: Mutex<HashMap<CatalogKey, Arc<Shelved>>>,
    writing: Mutex<()>,
    /// Profiles of which nothing is kept.
    refused: Mutex<HashSet<String>>,
}

impl Kept {
    pub(crate) fn new(home: &Path) -> Self {
        Kept {
            root: home.join("catalogs"),
            read: Mutex::default(),
            waiting: Mutex::default(),
            writing: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The catalog that was kept, with its own time.
    pub(crate) async fn get(self: &Arc<Self>, key: &CatalogKey) -> Option<Arc<Shelved>> {
        if let Some(waiting) = lock(&self.waiting).get(key) {
            return Some(Arc::clone(waiting));
        }
        {
            let mut read = lock(&self.read);
            if let Some(at) = read.iter().position(|(own, _)| own == key) {
                let found = read.remove(at);
                let shelved = Arc::clone(&found.1);
                read.insert(0, found);
                return Some(shelved);
            }
        }
        let path = key.folder(&self.root).join(&key.file);
        let shelved = blocking(move || load(&path)).await.ok().flatten()?;
        let mut read = lock(&self.read);
        read.insert(0, (key.clone(), Arc::clone(&shelved)));
        read.truncate(IN_MEMORY);
        Some(shelved)
    }

    /// Keeps a catalog that was just read from its server.
    pub(crate) fn put(self: &Arc<Self>, key: CatalogKey, shelved: Arc<Shelved>) {
        if lock(&self.refused).contains(&key.profile_id) {
            return;
        }
        lock(&self.read).retain(|(own, _)| *own != key);
        if lock(&self.waiting).insert(key, shelved).is_some() {
            return;
        }
        let kept = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(BURST).await;
            kept.flush().await;
        });
    }

    /// Writes what waits, now.
    pub(crate) async fn flush(self: &Arc<Self>) {
        let kept = Arc::clone(self);
        // Nobody waits for a catalog to be on disk: without it the next start asks the server first.
        let _ = blocking(move || {
            let _one = lock(&kept.writing);
            loop {
                let next = lock(&kept.waiting).iter().next().map(|(key, one)| (key.clone(), Arc::clone(one)));
                let Some((key, shelved)) = next else { return };
                if let Err(error) = write(&kept.root, &key, &shelved) {
                    tracing::warn!(%error, "a catalog could not be kept on disk");
                }
                let mut waiting = lock(&kept.waiting);
                if waiting.get(&key).is_some_and(|latest| Arc::ptr_eq(latest, &shelved)) {
                    waiting.remove(&key);
                }
            }
        })
        .await;
    }

    /// Keeps nothing of a profile from now on, or keeps it again.
    pub(crate) fn refuse(&self, profile_id: &str, refused: bool) {
        let mut all = lock(&self.refused);
        match refused {
            true => all.insert(profile_id.to_owned()),
            false => all.remove(profile_id),
        };
    }

    /// How many catalogs are on disk, in all or of a profile.
    pub(crate) fn count(&self, profile_id: Option<&str>) -> i64 {
        let files = |folder: PathBuf| fs::read_dir(folder).map_or(0, |files| files.flatten().count());
        let all = match profile_id {
            Some(profile_id) => files(self.root.join(profile_id)),
            None => {
                fs::read_dir(&self.root).map_or(0, |folders| folders.flatten().map(|folder| files(folder.path())).sum())
            }
        };
        i64::try_from(all).unwrap_or(i64::MAX)
    }

    /// Forgets every catalog.
    ///
    /// # Errors
    /// As the file system says.
    pub(crate) fn forget_all(&self) -> io::Result<()> {
        lock(&self.read).clear();
        lock(&self.waiting).clear();
        let _one = lock(&self.writing);
        match fs::remove_dir_all(&self.root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Forgets every catalog of a profile.
    ///
    /// # Errors
    /// As the file system says.
    pub(crate) fn forget(&self, profile_id: &str) -> io::Result<()> {
        lock(&self.read).retain(|(own, _)| own.profile_id != profile_id);
        lock(&self.waiting).retain(|own, _| own.profile_id != profile_id);
        let _one = lock(&self.writing);
        match fs::remove_dir_all(self.root.join(profile_id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl App {
    /// Keeps a profile's catalogs on disk from now on, or removes those that are there and keeps none.
    pub(crate) async fn keep_catalogs(&self, profile_id: &str, kept: bool) {
        self.kept.refuse(profile_id, !kept);
        if !kept {
            self.forget_catalogs(profile_id).await;
        }
    }

    /// Forgets what a profile's databases contain. What cannot be removed stays in a folder that nobody looks into.
    pub(crate) async fn forget_catalogs(&self, profile_id: &str) {
        let (kept, profile_id) = (Arc::clone(&self.kept), profile_id.to_owned());
        if let Ok(Err(error)) = blocking(move || kept.forget(&profile_id)).await {
            tracing::warn!(%error, "the catalogs of a removed connection could not be removed");
        }
    }
}

/// What was kept of a connection's database.
pub(crate) async fn of(connected: &Connected, database: Option<&str>) -> Option<Arc<Shelved>> {
    let app = connected.app().ok()?;
    // The profile's own database may be named too, which only its catalog tells while it is not open.
    if database.is_some()
        && let Some(main) = app.kept.get(&connected.kept(None)?).await
        && main.catalog.database.as_deref() == database
    {
        return Some(main);
    }
    app.kept.get(&connected.kept(database)?).await
}

fn load(path: &Path) -> Option<Arc<Shelved>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "a kept catalog could not be read");
            }
            return None;
        }
    };
    // Another program's format may not even have the same fields.
    let read = serde_json::from_slice::<Read>(bytes.strip_prefix(FORMAT)?);
    match read {
        Ok(Read { systems, mut catalog }) => {
            catalog.seal();
            Some(Arc::new(Shelved::new(catalog, systems)))
        }
        Err(error) => {
            tracing::warn!(%error, "a kept catalog is damaged and counts as none");
            None
        }
    }
}

fn write(root: &Path, key: &CatalogKey, shelved: &Shelved) -> io::Result<()> {
    let folder = key.folder(root);
    fs::create_dir_all(&folder)?;
    let mut bytes = FORMAT.to_vec();
    serde_json::to_writer(&mut bytes, &Written { systems: &shelved.systems, catalog: &shelved.catalog })?;
    whole::write_private(&folder.join(&key.file), &bytes)?;
    // What the profile was before it was edited.
    for entry in fs::read_dir(&folder)?.flatten() {
        let old = entry
            .metadata()
            .and_then(|found| found.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > Duration::from_secs(90 * 24 * 60 * 60)));
        if old {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
