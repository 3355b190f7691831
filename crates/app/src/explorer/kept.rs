//! The last catalog of every database on disk: what a person knows is there before the server answers, and when it does not.
//!
//! One file per database under `catalogs/<profile>`, readable by its owner only, with names and definitions and never a row;
//! beside it a second one with what [`super::thorough`] reads, which is looked into for one object at a time.
//! What is kept is shown and searched, and never relied on: pages, keys and statements ask the server. A file of another
//! place (the profile was edited), of another program's format or damaged counts as none.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use catalog::{Catalog, Schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::{Shelved, shelf::blocking, thorough::Bounds};
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
/// The extension of a database's second file.
const TEXTS: &str = "texts";
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
    /// How often something was forgotten: what was read before is not written after.
    forgotten: AtomicU64,
    /// The most that is kept of one database beside its lean catalog.
    bounds: Mutex<Bounds>,
}

impl Kept {
    pub(crate) fn new(home: &Path) -> Self {
        Kept {
            root: home.join("catalogs"),
            read: Mutex::default(),
            waiting: Mutex::default(),
            writing: Mutex::default(),
            refused: Mutex::default(),
            forgotten: AtomicU64::new(0),
            bounds: Mutex::default(),
        }
    }

    pub(super) fn bounds(&self) -> Bounds {
        *lock(&self.bounds)
    }

    #[cfg(test)]
    pub(super) fn set_bounds(&self, bounds: Bounds) {
        *lock(&self.bounds) = bounds;
    }

    pub(super) fn folder(&self, key: &CatalogKey) -> PathBuf {
        key.folder(&self.root)
    }

    /// The second file of a database.
    pub(super) fn texts(&self, key: &CatalogKey) -> PathBuf {
        key.folder(&self.root).join(&key.file).with_extension(TEXTS)
    }

    /// The time of forgetting that a reading begins in; `None` where nothing is kept.
    pub(super) fn epoch(&self, key: &CatalogKey) -> Option<u64> {
        let kept = !lock(&self.refused).contains(&key.profile_id);
        kept.then(|| self.forgotten.load(Ordering::Acquire))
    }

    /// Puts the second file of a database into its place, unless something was forgotten since it was begun.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn put_texts(&self, key: &CatalogKey, epoch: u64, file: NamedTempFile) -> io::Result<()> {
        let _one = lock(&self.writing);
        if self.epoch(key) == Some(epoch) {
            return file.persist(self.texts(key)).map(drop).map_err(|error| error.error);
        }
        drop(file);
        // It may have been made anew for this file only. Where it has others, it stays.
        let _ = fs::remove_dir(self.folder(key));
        Ok(())
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
        // The second file of a database has an extension, and so has what is being written.
        let is_one = |file: &fs::DirEntry| file.path().extension().is_none();
        let files = |folder: PathBuf| fs::read_dir(folder).map_or(0, |files| files.flatten().filter(is_one).count());
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
        self.forgotten.fetch_add(1, Ordering::AcqRel);
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
        self.forgotten.fetch_add(1, Ordering::AcqRel);
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
    app.kept.get(&place(connected, database).await?).await
}

/// Where a connection's database is kept.
pub(super) async fn place(connected: &Connected, database: Option<&str>) -> Option<CatalogKey> {
    // The profile's own database may be named too, which only its catalog tells while it is not open.
    if database.is_some() {
        let own = connected.kept(None)?;
        let main = connected.app().ok()?.kept.get(&own).await;
        if main.is_some_and(|main| main.catalog.database.as_deref() == database) {
            return Some(own);
        }
    }
    connected.kept(database)
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
