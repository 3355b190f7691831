//! Databases for a moment: to try migrations out in, or to read what they make.
//!
//! One is an empty database beside the one that was named, called `rowhouse_scratch_…`, or for SQLite a file in a folder of its own.
//! A task of its own makes it, keeps it for as long as somebody holds the [`Scratch`], and removes it: who stops waiting in the midst
//! of making it leaves nothing behind, and [`crate::App::close`] waits for what is still to be removed. What a process that was killed
//! has left is found the next time by what it wrote down before it began: removed where nobody is in it. Databases of such names that
//! others made are told of and never touched.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{NeverAsk, Scratch as Facet};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use crate::{
    App,
    api::*,
    change_sets::{Deed, Recorded},
    connections::{Connected, Opened},
    explorer::Place,
    platform::home::private_folder,
    profiles::dial::elapsed_ms,
    registry,
};

/// How every name begins.
pub(crate) const PREFIX: &str = "rowhouse_scratch_";
/// The file of a folder that says which process it is of.
const PROCESS: &str = "process";
/// The file of a folder that is the database itself.
const DATABASE: &str = "scratch.db";
/// Longest wait for removals when the program ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// An empty database that goes again when this is dropped.
pub(crate) struct Scratch {
    /// The database, over a connection of its own. The connection has no id: nothing is kept of it.
    pub(crate) place: Place,
    /// What was found that earlier ones had left, each a sentence.
    pub(crate) notes: Vec<String>,
    hold: oneshot::Sender<()>,
    gone: oneshot::Receiver<Result<(), AppError>>,
}

impl Scratch {
    /// Removes it and waits for that.
    ///
    /// # Errors
    /// As the server says; then it is still there, and found the next time.
    pub(crate) async fn remove(self) -> Result<(), AppError> {
        let Scratch { hold, gone, .. } = self;
        drop(hold);
        gone.await.unwrap_or_else(|_| Err(AppError::internal("a scratch database was not removed")))
    }
}

/// How many there are in this process, on their way in or out too.
pub(crate) struct Scratches(watch::Sender<usize>);

impl Default for Scratches {
    fn default() -> Self {
        Scratches(watch::Sender::new(0))
    }
}

/// One of them, for as long as its task runs.
struct Counted(Arc<App>);

impl Counted {
    fn of(app: Arc<App>) -> Self {
        app.scratches.0.send_modify(|count| *count += 1);
        Counted(app)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.scratches.0.send_modify(|count| *count -= 1);
    }
}

impl App {
    /// Makes an empty database on the server of a place; beside a file of SQLite, a file.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and for a login that may not make databases; `Unsupported` for an engine that makes
    /// none; otherwise as connecting. Then nothing is left.
    pub(crate) async fn scratch(&self, place: &Place) -> Result<Scratch, AppError> {
        let product = &place.opened.connection.control().server().product;
        match registry::defines(place.connected.driver.as_ref(), product) {
            Some(schema::Engine::Sqlite) => return self.scratch_file().await,
            Some(_) if place.opened.connection.control().scratch().is_some() => {}
            _ => {
                let message = format!("Scratch databases are not made on {product} yet.");
                return Err(AppError::new(ErrorCode::Unsupported, message));
            }
        }
        if place.connected.read_only {
            let message = "No scratch database was made: this connection is read-only.";
            return Err(AppError::new(ErrorCode::Forbidden, message).with_hint("Name a server where one may be made."));
        }
        let base = Place { connected: Arc::clone(&place.connected), opened: Arc::clone(&place.opened), acting: None };
        self.held(|app, folder, name| async move { Server::make(app, base, folder, name).await.map(Made::Server) })
            .await
    }

    /// Makes an empty database of SQLite, for which no server is needed.
    ///
    /// # Errors
    /// `Exhausted`, `Forbidden` as the disk says.
    pub(crate) async fn scratch_file(&self) -> Result<Scratch, AppError> {
        self.held(|app, folder, _| async move { File::make(&app, &folder).await.map(Made::File) }).await
    }

    /// Waits until nothing is left to remove; not for ever.
    pub(crate) async fn scratches_gone(&self) {
        let mut count = self.scratches.0.subscribe();
        let gone = tokio::time::timeout(PATIENCE, count.wait_for(|count| *count == 0)).await;
        if gone.is_err() {
            tracing::warn!("scratch databases are left");
        }
    }

    /// Has a task make one, keep it, and remove it.
    async fn held<F>(&self, make: impl FnOnce(Arc<App>, Folder, String) -> F) -> Result<Scratch, AppError>
    where
        F: Future<Output = Result<Made, AppError>> + Send + 'static,
    {
        let app = self.shared()?;
        let mut notes = self.abandoned_files()?;
        let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
        let folder = Folder::make(self, &name)?;
        let making = make(Arc::clone(&app), folder, name);
        let (told, made) = oneshot::channel();
        let (hold, held) = oneshot::channel::<()>();
        let (end, gone) = oneshot::channel();
        let counted = Counted::of(app);
        tokio::spawn(async move {
            match making.await {
                Ok(made) => {
                    // Nobody may be waiting any more: then `held` has ended as well.
                    let _ = told.send(Ok((made.place(), made.notes())));
                    let _ = held.await;
                    let removed = made.remove(&counted.0).await;
                    if let Err(error) = &removed {
                        tracing::warn!(%error, "a scratch database is left");
                    }
                    let _ = end.send(removed);
                }
                Err(error) => drop(told.send(Err(error))),
            }
        });
        let made = made.await.unwrap_or_else(|_| Err(AppError::internal("a scratch database was not made")));
        let (place, more) = made?;
        notes.extend(more);
        Ok(Scratch { place, notes, hold, gone })
    }

    fn scratch_folder(&self) -> PathBuf {
        self.home().join("scratch")
    }

    /// What processes that are gone wrote down: the names, and their folders.
    fn abandoned_scratches(&self) -> Result<Vec<(String, Folder)>, AppError> {
        let folder = self.scratch_folder();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(AppError::file(&error, &folder, "read")),
        };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(process) = fs::read_to_string(entry.path().join(PROCESS)) else { continue };
            if name.starts_with(PREFIX) && process != self.process() && !self.is_alive(&process)? {
                found.push((name, Folder(entry.path())));
            }
        }
        Ok(found)
    }

    /// Removes files that processes which are gone have left.
    fn abandoned_files(&self) -> Result<Vec<String>, AppError> {
        let mut notes = Vec::new();
        for (name, folder) in self.abandoned_scratches()? {
            if folder.0.join(DATABASE).exists() {
                folder.remove()?;
                notes.push(format!(
                    "The scratch database {name}, which a program that was killed had left, is removed."
                ));
            }
        }
        Ok(notes)
    }
}

/// What is written down of one, for who comes after a process that was killed.
struct Folder(PathBuf);

impl Folder {
    fn make(app: &App, name: &str) -> Result<Self, AppError> {
        let path = app.scratch_folder().join(name);
        let made = private_folder(&path).and_then(|()| fs::write(path.join(PROCESS), app.process()));
        made.map_err(|error| AppError::file(&error, &path, "made"))?;
        Ok(Folder(path))
    }

    fn remove(&self) -> Result<(), AppError> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(AppError::file(&error, &self.0, "removed")),
            _ => Ok(()),
        }
    }
}

enum Made {
    Server(Server),
    File(File),
}

impl Made {
    fn place(&self) -> Place {
        let (connected, opened) = match self {
            Made::Server(server) => (&server.inside, &server.opened),
            Made::File(file) => (&file.connected, &file.opened),
        };
        Place { connected: Arc::clone(connected), opened: Arc::clone(opened), acting: None }
    }

    fn notes(&self) -> Vec<String> {
        match self {
            Made::Server(server) => server.notes.clone(),
            Made::File(_) => Vec::new(),
        }
    }

    async fn remove(self, app: &App) -> Result<(), AppError> {
        match self {
            Made::Server(server) => server.remove(app).await,
            Made::File(file) => {
                file.opened.connection.close().await;
                file.connected.end();
                file.folder.remove()
            }
        }
    }
}

/// A file.
struct File {
    connected: Arc<Connected>,
    opened: Arc<Opened>,
    folder: Folder,
}

impl File {
    async fn make(app: &Arc<App>, folder: &Folder) -> Result<Self, AppError> {
        let made = File::open(app, &folder.0.join(DATABASE)).await;
        match made {
            Ok((connected, opened)) => Ok(File { connected, opened, folder: Folder(folder.0.clone()) }),
            Err(error) => {
                // Why it was not made is told; what is left of it is found the next time.
                let _ = folder.remove();
                Err(error)
            }
        }
    }

    async fn open(app: &Arc<App>, path: &Path) -> Result<(Arc<Connected>, Arc<Opened>), AppError> {
        private_file(path).map_err(|error| AppError::file(&error, path, "made"))?;
        let target = app.resolve_target(&path.to_string_lossy()).await?;
        let driver = Arc::clone(app.registry.get(&target.profile.driver)?);
        let connected = Connected::for_terminal(app, target.profile, driver, Arc::new(NeverAsk), None, false);
        let opened = connected.open(None).await?;
        Ok((connected, opened))
    }
}

/// An empty file that only its owner reads.
fn private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// A database of a server.
struct Server {
    name: String,
    /// Where it is recorded.
    base: Place,
    /// A connection that nobody else closes.
    beside: Arc<Connected>,
    /// The same, into the database itself: on some servers one connection reaches all of them, and is in the one it began with.
    inside: Arc<Connected>,
    /// The database that was named: a server lets nobody drop the one they are in.
    admin: Arc<Opened>,
    opened: Arc<Opened>,
    folder: Folder,
    notes: Vec<String>,
}

impl Server {
    async fn make(app: Arc<App>, base: Place, folder: Folder, name: String) -> Result<Self, AppError> {
        let beside = Connected::beside(&app, &base.connected, base.opened.database());
        let inside = Connected::beside(&app, &base.connected, Some(name.clone()));
        let made = Server::made(&app, &base, [&beside, &inside], &name).await;
        match made {
            Ok((admin, opened, notes)) => Ok(Server { name, base, beside, inside, admin, opened, folder, notes }),
            Err((error, left)) => {
                inside.end();
                beside.end();
                if !left {
                    // Why it was not made is told.
                    let _ = folder.remove();
                }
                Err(error)
            }
        }
    }

    /// Beside an error stands whether something may be left.
    async fn made(
        app: &App,
        base: &Place,
        [beside, inside]: [&Arc<Connected>; 2],
        name: &str,
    ) -> Result<(Arc<Opened>, Arc<Opened>, Vec<String>), (AppError, bool)> {
        let plain = |error| (error, false);
        let admin = beside.open(None).await.map_err(plain)?;
        let facet = facet(&admin).map_err(plain)?;
        let notes = leftovers(app, base, facet).await.map_err(plain)?;
        create(app, base, facet, name).await?;
        match inside.open(None).await {
            Ok(opened) => Ok((admin, opened, notes)),
            Err(error) => {
                let left = remove(app, base, facet, name).await.is_err();
                Err((error, left))
            }
        }
    }

    async fn remove(self, app: &App) -> Result<(), AppError> {
        self.opened.connection.close().await;
        let removed = match facet(&self.admin) {
            Ok(facet) => remove(app, &self.base, facet, &self.name).await,
            Err(error) => Err(error),
        };
        self.inside.end();
        self.beside.end();
        removed?;
        self.folder.remove()
    }
}

fn facet(admin: &Opened) -> Result<&dyn Facet, AppError> {
    admin
        .connection
        .control()
        .scratch()
        .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "Scratch databases are not made on this server."))
}

/// Who made it and when, for people who find it.
fn note() -> String {
    let who = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    let who = if who.is_empty() { String::new() } else { format!(" by {who}") };
    let now = OffsetDateTime::now_utc();
    let when = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default();
    format!("Made{who} with Rowhouse at {when} for a moment; not needed once nobody is in it.")
}

async fn create(app: &App, base: &Place, facet: &dyn Facet, name: &str) -> Result<(), (AppError, bool)> {
    let text = format!("CREATE DATABASE {name}");
    let made = recorded(app, base, "CREATE DATABASE", name, &text, facet.create(name, &note())).await;
    let Err(error) = made else { return Ok(()) };
    // What was refused is not there; of what was lost nobody knows, and half of it may be there.
    let sure = matches!(error.code, ErrorCode::Forbidden | ErrorCode::AlreadyExists);
    let left = !sure && facet.remove(name).await.is_err();
    Err((error, left))
}

async fn remove(app: &App, base: &Place, facet: &dyn Facet, name: &str) -> Result<(), AppError> {
    recorded(app, base, "DROP DATABASE", name, &format!("DROP DATABASE {name}"), facet.remove(name)).await
}

/// In the history and the audit trail as any other change.
async fn recorded(
    app: &App,
    base: &Place,
    command: &str,
    name: &str,
    text: &str,
    doing: impl Future<Output = Result<(), driver::Error>>,
) -> Result<(), AppError> {
    let deed = Deed { kind: AuditKind::Schema, command, target: name, text, history: "scratch" };
    let begun = Instant::now();
    let line = Recorded::begin(app, base, &deed).await;
    let done = doing.await.map_err(AppError::from);
    if let Some(line) = line {
        let outcome = match &done {
            Ok(()) => ("completed", None),
            Err(error) if error.code == ErrorCode::Unreachable => ("lost", None),
            Err(error) => ("failed", Some(error.message.as_str())),
        };
        line.end(app, outcome, None, elapsed_ms(begun)).await;
    }
    done
}

/// What earlier ones left on this server: this user's own, of programs that are gone, are removed; others' are told of.
async fn leftovers(app: &App, base: &Place, facet: &dyn Facet) -> Result<Vec<String>, AppError> {
    let found = facet.named(PREFIX).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let own = app.abandoned_scratches()?;
    let mut notes = Vec::new();
    for one in found.into_iter().filter(|one| one.sessions == 0) {
        let name = &one.name;
        if let Some((_, folder)) = own.iter().find(|(own, _)| own == name) {
            remove(app, base, facet, name).await?;
            folder.remove()?;
            notes.push(format!("The scratch database {name}, which a program that was killed had left, is removed."));
        } else if !app.scratch_folder().join(name).exists() {
            let note = one.note.map(|note| format!(" ({note})")).unwrap_or_default();
            notes.push(format!("There is a scratch database {name} that nobody is in{note}: DROP DATABASE {name}"));
        }
    }
    Ok(notes)
}

#[cfg(test)]
mod tests;
