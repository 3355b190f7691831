//! The thorough reading: what the lean catalog leaves out, for when the server is away.
//!
//! It goes on behind whatever a person does: piece by piece, each of which begins only when nobody has asked anything for a
//! moment and is small enough that whoever asks meanwhile hardly waits for it. Schema by schema it reads the parts of relations
//! with their texts, and the definition text of every object as the server gives it. A schema whose lean catalog has not
//! changed is left as it was kept. Nobody is told how it goes.

mod detail;
#[cfg(test)]
mod tests;
mod texts;

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use catalog::{Catalog, Kind, Known, ObjectKey, ObjectKind, Scope};

use self::{
    detail::Detail,
    texts::{Found, LineKey, Part, Parts, SERVER, Writer},
};
use super::{
    Shelved,
    kept::{CatalogKey, Kept},
    page,
    quiet::Quiet,
    shelf::blocking,
};
use crate::{
    api::{AppError, Definition, ErrorCode, RelationPage},
    connections::{Connected, Opened, lock},
    store::now_ms,
};

pub(crate) use texts::Bounds;

/// What is read of a schema, each kind by itself: the session is free in between.
const PIECES: [Kind; 6] =
    [Kind::Constraints, Kind::ForeignKeys, Kind::Indexes, Kind::Triggers, Kind::Policies, Kind::Grants];
/// Kinds of what belongs to no schema.
const OF_THE_SERVER: [Kind; 4] = [Kind::Roles, Kind::Extensions, Kind::Publications, Kind::EventTriggers];
/// What is older is read again even where nothing seems to have changed: the lean catalog does not tell that a routine's
/// body was replaced.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Texts that are asked for at a time, at first and at most.
const FIRST_TEXTS: usize = 50;
const MOST_TEXTS: usize = 200;
/// Fewer texts are asked for at a time when the answer took longer than this, more when it took less than a third of it.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long after the catalog was read the thorough reading begins: whoever has just connected looks at something first.
const AFTERWARDS: Duration = Duration::from_millis(700);

/// Keeps the thorough reading of an open database up with its catalog, until it is closed.
pub(super) fn keep_up(opened: &Arc<Opened>, connected: &Arc<Connected>) {
    let quiet = Arc::clone(&opened.shelf.quiet);
    let (opened, connected) = (Arc::downgrade(opened), Arc::downgrade(connected));
    tokio::spawn(async move {
        while let Some(touched) = quiet.next().await {
            tokio::select! {
                () = tokio::time::sleep(AFTERWARDS) => {}
                () = quiet.until_closed() => return,
            }
            let Some(reading) = Reading::begin(&opened, &connected, touched) else { return };
            match reading.all().await {
                Ok(()) | Err(Stop::Closed) => {}
                Err(Stop::Refused(error)) => tracing::debug!(%error, "a catalog was not read thoroughly"),
                Err(Stop::File(error)) => tracing::warn!(%error, "the texts of a catalog could not be kept on disk"),
            }
        }
    });
}

/// Why a reading goes no further.
#[derive(Debug)]
enum Stop {
    /// The database was closed, or its server is gone.
    Closed,
    /// The server does not tell.
    Refused(AppError),
    /// What is read cannot be written.
    File(io::Error),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        match error.code {
            ErrorCode::Unreachable | ErrorCode::TimedOut | ErrorCode::Cancelled | ErrorCode::Unauthenticated => {
                Stop::Closed
            }
            _ => Stop::Refused(error),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::File(error)
    }
}

/// One thorough reading of a database.
struct Reading {
    opened: Arc<Opened>,
    quiet: Arc<Quiet>,
    kept: Arc<Kept>,
    key: CatalogKey,
    lean: Arc<Shelved>,
    touched: BTreeSet<String>,
    epoch: u64,
}

/// The file, for work on threads that may wait for a disk.
type Shared = Arc<Mutex<Writer>>;

/// What is to be read, and the file that it goes to.
struct Plan {
    writer: Shared,
    /// Schemas with the prints of their lean catalogs.
    stale: Vec<(String, String)>,
}

impl Reading {
    /// `None` where there is nothing to read, or nothing that may be kept.
    fn begin(opened: &Weak<Opened>, connected: &Weak<Connected>, touched: BTreeSet<String>) -> Option<Reading> {
        let (opened, connected) = (opened.upgrade()?, connected.upgrade()?);
        let kept = Arc::clone(&connected.app().ok()?.kept);
        let key = opened.shelf.kept.clone()?;
        let lean = opened.shelf.latest()?;
        let epoch = kept.epoch(&key)?;
        let quiet = Arc::clone(&opened.shelf.quiet);
        Some(Reading { opened, quiet, kept, key, lean, touched, epoch })
    }

    async fn all(self) -> Result<(), Stop> {
        let Some(Plan { writer, stale }) = self.plan().await? else { return Ok(()) };
        let mut left: BTreeSet<String> = stale.iter().map(|(schema, _)| schema.clone()).collect();
        let all = left.len();
        for (schema, print) in stale {
            let mark = lock(&writer).mark();
            let part = Part { print, as_of_ms: now_ms() };
            let read = match schema.as_str() {
                SERVER => self.server(&writer).await,
                _ => self.schema(&writer, &schema).await,
            };
            match read {
                Ok(()) => {
                    lock(&writer).part(&schema, part);
                    left.remove(&schema);
                }
                Err(Stop::Closed) => {
                    if left.len() == all {
                        return Ok(());
                    }
                    write(&writer, move |writer| writer.back_to(mark)).await?;
                    break;
                }
                Err(Stop::Refused(error)) => {
                    tracing::debug!(%error, schema, "a schema was not read thoroughly");
                    write(&writer, move |writer| writer.back_to(mark)).await?;
                }
                Err(stop) => return Err(stop),
            }
        }
        let writer = Arc::into_inner(writer).and_then(|writer| writer.into_inner().ok());
        let mut writer = writer.ok_or_else(|| AppError::internal("a file of texts is still being written"))?;
        let (kept, key, epoch) = (Arc::clone(&self.kept), self.key.clone(), self.epoch);
        blocking(move || {
            // What could not be read now stays as it was.
            writer.take_over(&kept.texts(&key), |schema| left.contains(schema))?;
            writer.mark_stale(&left);
            kept.put_texts(&key, epoch, writer.finish()?)
        })
        .await??;
        Ok(())
    }

    /// Which schemas have changed since they were kept; `None` where none has and none is gone.
    async fn plan(&self) -> Result<Option<Plan>, Stop> {
        if !self.quiet.calm().await {
            return Ok(None);
        }
        let (kept, key, lean) = (Arc::clone(&self.kept), self.key.clone(), Arc::clone(&self.lean));
        let touched = self.touched.clone();
        let plan = blocking(move || {
            let path = kept.texts(&key);
            let old = texts::parts(&path);
            let mut now = detail::prints(&lean.catalog);
            // The lean catalog does not tell when they change.
            now.insert(SERVER.to_owned(), SERVER.to_owned());
            let changed =
                |schema: &String, print: &String| touched.contains(schema) || !is_current(&old, schema, print);
            let stale: Vec<_> = now.clone().into_iter().filter(|(schema, print)| changed(schema, print)).collect();
            if stale.is_empty() && old.keys().all(|schema| now.contains_key(schema)) {
                return Ok(None);
            }
            let mut writer = Writer::new(&kept.folder(&key), kept.bounds())?;
            let stays = |schema: &str| now.contains_key(schema) && stale.iter().all(|(other, _)| other != schema);
            writer.take_over(&path, stays)?;
            Ok::<_, io::Error>(Some(Plan { writer: Arc::new(Mutex::new(writer)), stale }))
        });
        Ok(plan.await??)
    }

    /// The relations' parts and every object's text.
    async fn schema(&self, writer: &Shared, schema: &str) -> Result<(), Stop> {
        let mut pieces = Vec::with_capacity(PIECES.len());
        for kind in PIECES {
            pieces.push(self.piece(&[kind], Some(schema)).await?);
        }
        let (lean, name) = (Arc::clone(&self.lean), schema.to_owned());
        write(writer, move |writer| {
            writer.line(&LineKey::Above(name.clone()), Some(&detail::above(&pieces)))?;
            for (relation, detail) in detail::details(&lean.catalog, &name, &pieces) {
                writer.line(&LineKey::Detail(name.clone(), relation), Some(&detail))?;
            }
            Ok(())
        })
        .await?;
        self.texts(writer, objects(&self.lean.catalog, schema)).await
    }

    /// What belongs to no schema, and its texts.
    async fn server(&self, writer: &Shared) -> Result<(), Stop> {
        let mut all = Catalog::default();
        for kind in OF_THE_SERVER {
            let piece = self.piece(&[kind], None).await?;
            all.database = piece.database.or(all.database);
            all.coverage.extend(piece.coverage);
            all.roles.extend(piece.roles);
            all.extensions.extend(piece.extensions);
            all.publications.extend(piece.publications);
            all.event_triggers.extend(piece.event_triggers);
        }
        let keys = objects_of_the_server(&all);
        write(writer, move |writer| writer.line(&LineKey::Server, Some(&all))).await?;
        self.texts(writer, keys).await
    }

    async fn piece(&self, kinds: &[Kind], schema: Option<&str>) -> Result<Catalog, Stop> {
        let schemas = schema.map(|schema| vec![schema.to_owned()]);
        let scope = Scope { kinds: kinds.to_vec(), schemas, definitions: true, ..Scope::default() };
        let control = self.opened.connection.control();
        match self.behind(async { control.catalog(&scope).await }).await {
            // Others may be read all the same.
            Err(Stop::Refused(error)) if error.code == ErrorCode::Forbidden => {
                let coverage = kinds.iter().map(|kind| (*kind, Known::Denied)).collect();
                Ok(Catalog { coverage, ..Catalog::default() })
            }
            read => read,
        }
    }

    async fn texts(&self, writer: &Shared, keys: Vec<ObjectKey>) -> Result<(), Stop> {
        let Some(ddl) = self.opened.connection.control().ddl() else { return Ok(()) };
        let (mut rest, mut some) = (keys.as_slice(), FIRST_TEXTS);
        while !rest.is_empty() && lock(writer).has_room() {
            let (now, later) = rest.split_at(some.min(rest.len()));
            let begun = Instant::now();
            match self.behind(async { ddl.definitions(now).await }).await {
                Ok(found) => {
                    write(writer, move |writer| {
                        found.iter().try_for_each(|(key, text)| writer.line(&LineKey::text(key), Some(&**text)))
                    })
                    .await?;
                }
                Err(Stop::Refused(error)) => tracing::debug!(%error, "some definition texts were not read"),
                Err(stop) => return Err(stop),
            }
            let took = begun.elapsed();
            some = match () {
                () if took > PATIENCE => (some / 2).max(1),
                () if took < PATIENCE / 3 => (some * 2).min(MOST_TEXTS),
                () => some,
            };
            rest = later;
        }
        let beyond: Vec<LineKey> = rest.iter().map(LineKey::text).collect();
        write(writer, move |writer| beyond.iter().try_for_each(|key| writer.line::<str>(key, None))).await
    }

    /// Asks the server something when nobody else does.
    async fn behind<T>(&self, question: impl Future<Output = Result<T, driver::Error>>) -> Result<T, Stop> {
        if !self.quiet.calm().await {
            return Err(Stop::Closed);
        }
        tokio::select! {
            biased;
            () = self.quiet.until_closed() => Err(Stop::Closed),
            answer = self.opened.shelf.reading(question) => answer.map_err(|error| AppError::from(error).into()),
        }
    }
}

async fn write(writer: &Shared, work: impl FnOnce(&mut Writer) -> io::Result<()> + Send + 'static) -> Result<(), Stop> {
    let writer = Arc::clone(writer);
    Ok(blocking(move || work(&mut lock(&writer))).await??)
}

fn is_current(old: &Parts, schema: &str, print: &str) -> bool {
    let age = |part: &Part| now_ms().saturating_sub(part.as_of_ms);
    old.get(schema).is_some_and(|part| part.print == print && (0..DAY_MS).contains(&age(part)))
}

/// What a schema contains, by the names that the explorer has for it.
fn objects(catalog: &Catalog, schema: &str) -> Vec<ObjectKey> {
    let here = |id| catalog.schema_name(id) == schema;
    let key = |kind: ObjectKind, name: &str, signature: Option<&String>| ObjectKey {
        kind,
        signature: signature.cloned(),
        ..ObjectKey::relation(catalog.database.as_deref(), Some(schema), name)
    };
    let relations = catalog.relations.iter().filter(|row| here(row.schema));
    let routines = catalog.routines.iter().filter(|row| here(row.schema));
    let types = catalog.types.iter().filter(|row| here(row.schema));
    let sequences = catalog.sequences.iter().filter(|row| here(row.schema));
    let events = catalog.events.iter().filter(|row| here(row.schema));
    relations
        .map(|row| key(ObjectKind::Relation, &row.name, None))
        .chain(routines.map(|row| key(ObjectKind::Routine, &row.name, row.identity_arguments.as_ref())))
        .chain(types.map(|row| key(ObjectKind::Type, &row.name, None)))
        .chain(sequences.map(|row| key(ObjectKind::Sequence, &row.name, None)))
        .chain(events.map(|row| key(ObjectKind::Event, &row.name, None)))
        .collect()
}

fn objects_of_the_server(catalog: &Catalog) -> Vec<ObjectKey> {
    let key = |kind: ObjectKind, name: &str| ObjectKey {
        kind,
        ..ObjectKey::relation(catalog.database.as_deref(), None, name)
    };
    let roles = catalog.roles.iter().map(|row| key(ObjectKind::Role, &row.name));
    let extensions = catalog.extensions.iter().map(|row| key(ObjectKind::Extension, &row.name));
    let publications = catalog.publications.iter().map(|row| key(ObjectKind::Publication, &row.name));
    let triggers = catalog.event_triggers.iter().map(|row| key(ObjectKind::EventTrigger, &row.name));
    roles.chain(extensions).chain(publications).chain(triggers).collect()
}

/// What was kept of a relation, where it is the one that `shown` has.
pub(super) async fn page(
    kept: &Arc<Kept>,
    at: &CatalogKey,
    shown: Arc<Shelved>,
    key: &ObjectKey,
) -> Option<RelationPage> {
    let (path, key) = (kept.texts(at), key.clone());
    let page = blocking(move || {
        let relation = shown.relation(key.schema.as_deref(), &key.name).and_then(|id| shown.catalog.relation(id))?;
        let line = LineKey::Detail(relation.schema().to_owned(), relation.row().name.clone());
        let Found::Kept(detail, as_of_ms) = texts::find::<Detail>(&path, &line) else { return None };
        let above = match texts::find(&path, &LineKey::Above(relation.schema().to_owned())) {
            Found::Kept(above, _) => above,
            Found::Beyond | Found::Nothing => Vec::new(),
        };
        let detail = detail.under(above);
        page::within(&detail.catalog(&shown.catalog, relation, as_of_ms)?, &shown)
    });
    page.await.ok().flatten()
}

/// What was kept of what belongs to no schema: roles, extensions, publications, event triggers.
pub(super) async fn server(kept: &Kept, at: &CatalogKey) -> Option<Catalog> {
    let path = kept.texts(at);
    let read = blocking(move || match texts::find::<Catalog>(&path, &LineKey::Server) {
        Found::Kept(catalog, as_of_ms) => Some(Catalog { as_of_ms, ..catalog }),
        Found::Beyond | Found::Nothing => None,
    });
    read.await.ok().flatten()
}

/// A definition text that was kept, and as of when.
///
/// # Errors
/// `Unreachable`, because the server would have to be asked.
pub(super) async fn definition(kept: &Arc<Kept>, at: &CatalogKey, key: &ObjectKey) -> Result<Definition, AppError> {
    let (path, line) = (kept.texts(at), LineKey::text(key));
    let why = match blocking(move || texts::find::<String>(&path, &line)).await? {
        Found::Kept(text, as_of_ms) => return Ok(Definition { text, as_of_ms: Some(as_of_ms) }),
        Found::Beyond => "is one of those that were too much to be kept",
        Found::Nothing => "was not kept",
    };
    let message = format!("The server was not reached, and the definition of “{}” {why}.", key.name);
    Err(AppError::new(ErrorCode::Unreachable, message).with_hint("Connect, and it is read from the server."))
}
