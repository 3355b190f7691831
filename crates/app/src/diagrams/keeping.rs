//! Diagrams in the store.

use std::collections::HashMap;

use erd::layout::{Point, Size};
use serde::Serialize;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use crate::{
    api::{
        AppError, DiagramGrouping, DiagramNote, DiagramPlace, DiagramScope, DiagramSummary, DiagramTable, ErrorCode,
    },
    store::{Store, now_ms},
};

/// A diagram as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scope: DiagramScope,
    pub(super) notes: Vec<DiagramNote>,
    /// The colours of frames that a person chose, by title.
    pub(super) frames: Vec<(String, u32)>,
    /// The relations it has ever drawn.
    pub(super) tables: HashMap<DiagramTable, KeptTable>,
    /// Where they lie in its grouping.
    pub(super) places: HashMap<DiagramTable, KeptPlace>,
    /// The ways of lines in its grouping.
    pub(super) ways: HashMap<LineKey, Vec<Point>>,
}

/// The rows of `?3` whose relation has a place in the diagram `?1` and the grouping `?2`. The rows come first in the join: the other
/// way around all of them would be read again for each place.
macro_rules! known_places {
    () => {
        "FROM json_each(?3) CROSS JOIN diagram_places AS own ON own.diagram_id = ?1 AND own.grouping = ?2 \
         AND own.table_schema = value ->> 0 AND own.table_name = value ->> 1 WHERE true"
    };
}

/// What is known of a relation besides its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptTable {
    pub(super) colour: Option<u32>,
    pub(super) rename_hint: Option<i64>,
    pub(super) columns: Vec<String>,
    /// Whether the database had it when the diagram was last drawn.
    pub(super) present: bool,
    /// Whether it was drawn then.
    pub(super) drawn: bool,
}

/// Where a relation lies, and how large it was then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct KeptPlace {
    pub(super) at: Point,
    pub(super) size: Size,
}

/// A line, by what lasts of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LineKey {
    pub(super) from: DiagramTable,
    pub(super) to: DiagramTable,
    /// The key's name and its columns, as JSON.
    pub(super) line: String,
}

/// What drawing a diagram has changed of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    /// Old names and new ones.
    pub(super) renamed: Vec<(DiagramTable, DiagramTable)>,
    /// What is known of relations by now; their colours stay.
    pub(super) tables: Vec<(DiagramTable, KeptTable)>,
    /// Places of those that had none; somebody else's stay.
    pub(super) settled: Vec<(DiagramTable, KeptPlace)>,
    /// Places that replace others: their lines go other ways.
    pub(super) moved: Vec<(DiagramTable, KeptPlace)>,
    /// Sizes that changed where the place stays.
    pub(super) resized: Vec<(DiagramTable, Size)>,
    /// Ways that were found.
    pub(super) ways: Vec<(LineKey, Vec<Point>)>,
    /// What it shows by now.
    pub(super) scope: Option<DiagramScope>,
    /// Whether somebody opened it.
    pub(super) opened: bool,
}

impl Change {
    fn is_nothing(&self) -> bool {
        let lists = [self.renamed.len(), self.tables.len(), self.settled.len(), self.moved.len()];
        lists.iter().chain(&[self.resized.len(), self.ways.len()]).all(|count| *count == 0)
            && self.scope.is_none()
            && !self.opened
    }
}

pub(super) fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "This diagram is not there any more.")
        .with_hint("It was removed in another window. Open the database's diagrams anew.")
}

fn taken(error: sqlx::Error, name: &str) -> AppError {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => {
            AppError::new(ErrorCode::AlreadyExists, format!("There is already a diagram called “{name}”."))
                .with_hint("Choose another name; upper and lower case make no difference.")
        }
        _ => error.into(),
    }
}

fn word(grouping: DiagramGrouping) -> &'static str {
    match grouping {
        DiagramGrouping::None => "none",
        DiagramGrouping::Schema => "schema",
        DiagramGrouping::Cluster => "cluster",
    }
}

fn key(name: &str) -> String {
    name.to_lowercase()
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(AppError::internal)
}

/// The diagrams of a database, by name.
pub(super) async fn all(store: &Store, profile_id: &str, database: &str) -> Result<Vec<DiagramSummary>, AppError> {
    let rows: Vec<(String, String, i64, String)> = sqlx::query_as(
        "SELECT id, name, changed_ms, scope FROM diagrams WHERE profile_id = ? AND database = ? ORDER BY name_key",
    )
    .bind(profile_id)
    .bind(database)
    .fetch_all(store.read())
    .await?;
    // A scope that cannot be read shows everything.
    let summary = |(id, name, changed_ms, scope): (String, String, i64, String)| DiagramSummary {
        id,
        name,
        changed_ms,
        scope: serde_json::from_str(&scope).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// The diagram of a database that was opened last.
pub(super) async fn latest(store: &Store, profile_id: &str, database: &str) -> Result<Option<String>, AppError> {
    let select = "SELECT id FROM diagrams WHERE profile_id = ? AND database = ? ORDER BY opened DESC, name_key LIMIT 1";
    Ok(sqlx::query_scalar(select).bind(profile_id).bind(database).fetch_optional(store.read()).await?)
}

/// The connection and database of a diagram.
///
/// # Errors
/// `NotFound`.
pub(super) async fn home(store: &Store, id: &str) -> Result<(String, String), AppError> {
    let select = "SELECT profile_id, database FROM diagrams WHERE id = ?";
    sqlx::query_as(select).bind(id).fetch_optional(store.read()).await?.ok_or_else(gone)
}

#[derive(sqlx::FromRow)]
struct TableRow {
    table_schema: String,
    table_name: String,
    colour: Option<u32>,
    rename_hint: Option<i64>,
    columns: String,
    present: bool,
    drawn: bool,
}

type PlaceRow = (String, String, f64, f64, f64, f64);
type WayRow = (String, String, String, String, String, String);

/// A diagram with all that is kept of it, in another scope where one is given.
///
/// # Errors
/// `NotFound`.
pub(super) async fn load(store: &Store, id: &str, scope: Option<DiagramScope>) -> Result<Kept, AppError> {
    // One moment of the store.
    let mut moment = store.read().begin().await?;
    let select = "SELECT name, scope, notes, frames FROM diagrams WHERE id = ?";
    let head: Option<(String, String, String, String)> =
        sqlx::query_as(select).bind(id).fetch_optional(&mut *moment).await?;
    let (name, kept_scope, notes, frames) = head.ok_or_else(gone)?;
    let scope = scope.unwrap_or_else(|| serde_json::from_str(&kept_scope).unwrap_or_default());
    let tables: Vec<TableRow> =
        sqlx::query_as("SELECT * FROM diagram_tables WHERE diagram_id = ?").bind(id).fetch_all(&mut *moment).await?;
    let places: Vec<PlaceRow> = sqlx::query_as(
        "SELECT table_schema, table_name, x, y, width, height FROM diagram_places WHERE diagram_id = ? AND grouping = ?",
    )
    .bind(id)
    .bind(word(scope.grouping))
    .fetch_all(&mut *moment)
    .await?;
    let ways: Vec<WayRow> = sqlx::query_as(
        "SELECT table_schema, table_name, other_schema, other_name, line, way FROM diagram_ways \
         WHERE diagram_id = ? AND grouping = ?",
    )
    .bind(id)
    .bind(word(scope.grouping))
    .fetch_all(&mut *moment)
    .await?;
    moment.rollback().await?;
    let table = |row: TableRow| {
        let TableRow { table_schema: schema, table_name: name, colour, rename_hint, columns, present, drawn } = row;
        let columns = serde_json::from_str(&columns).unwrap_or_default();
        (DiagramTable { schema, name }, KeptTable { colour, rename_hint, columns, present, drawn })
    };
    let place = |(schema, name, x, y, width, height): PlaceRow| {
        (DiagramTable { schema, name }, KeptPlace { at: Point { x, y }, size: Size { width, height } })
    };
    let way = |(schema, name, other_schema, other_name, line, way): WayRow| {
        let from = DiagramTable { schema, name };
        let to = DiagramTable { schema: other_schema, name: other_name };
        let numbers: Vec<f64> = serde_json::from_str(&way).unwrap_or_default();
        let points = numbers.chunks_exact(2).map(|pair| Point { x: pair[0], y: pair[1] }).collect();
        (LineKey { from, to, line }, points)
    };
    Ok(Kept {
        id: id.to_owned(),
        name,
        scope,
        notes: serde_json::from_str(&notes).unwrap_or_default(),
        frames: serde_json::from_str(&frames).unwrap_or_default(),
        tables: tables.into_iter().map(table).collect(),
        places: places.into_iter().map(place).collect(),
        ways: ways.into_iter().map(way).collect(),
    })
}

/// Makes a diagram and says its id.
///
/// # Errors
/// `AlreadyExists`.
pub(super) async fn create(
    store: &Store,
    profile_id: &str,
    database: &str,
    name: &str,
    scope: &DiagramScope,
) -> Result<String, AppError> {
    let mut change = store.write().await?;
    let id = insert(&mut change, profile_id, database, name, scope).await.map_err(|error| taken(error, name))?;
    change.commit().await?;
    Ok(id)
}

/// The diagram that was opened last, or a first one of this name: two windows that ask at once make it once.
pub(super) async fn first(store: &Store, profile_id: &str, database: &str, name: &str) -> Result<String, AppError> {
    let mut change = store.write().await?;
    let select = "SELECT id FROM diagrams WHERE profile_id = ? AND database = ? ORDER BY opened DESC, name_key LIMIT 1";
    let known: Option<String> =
        sqlx::query_scalar(select).bind(profile_id).bind(database).fetch_optional(&mut *change).await?;
    let id = match known {
        Some(id) => id,
        None => insert(&mut change, profile_id, database, name, &DiagramScope::default()).await?,
    };
    change.commit().await?;
    Ok(id)
}

async fn insert(
    store: &mut SqliteConnection,
    profile_id: &str,
    database: &str,
    name: &str,
    scope: &DiagramScope,
) -> Result<String, sqlx::Error> {
    let id = Uuid::new_v4().to_string();
    sqlx::query(
        "INSERT INTO diagrams (id, profile_id, database, name, name_key, scope, notes, frames, changed_ms, opened) \
         VALUES (?, ?, ?, ?, ?, ?, '[]', '[]', ?, 0)",
    )
    .bind(&id)
    .bind(profile_id)
    .bind(database)
    .bind(name)
    .bind(key(name))
    // A scope has nothing that cannot be written.
    .bind(serde_json::to_string(scope).unwrap_or_else(|_| "{}".to_owned()))
    .bind(now_ms())
    .execute(store)
    .await?;
    Ok(id)
}

/// Copies a diagram with all that is kept of it and says the copy's id.
///
/// # Errors
/// `NotFound`, `AlreadyExists`.
pub(super) async fn copy(store: &Store, id: &str, name: &str) -> Result<String, AppError> {
    let made = Uuid::new_v4().to_string();
    let mut change = store.write().await?;
    let done = sqlx::query(
        "INSERT INTO diagrams SELECT ?2, profile_id, database, ?3, ?4, scope, notes, frames, ?5, 0 FROM diagrams \
         WHERE id = ?1",
    )
    .bind(id)
    .bind(&made)
    .bind(name)
    .bind(key(name))
    .bind(now_ms())
    .execute(&mut *change)
    .await
    .map_err(|error| taken(error, name))?;
    if done.rows_affected() == 0 {
        return Err(gone());
    }
    for statement in [
        "INSERT INTO diagram_tables SELECT ?2, table_schema, table_name, colour, rename_hint, columns, present, drawn \
         FROM diagram_tables WHERE diagram_id = ?1",
        "INSERT INTO diagram_places SELECT ?2, grouping, table_schema, table_name, x, y, width, height \
         FROM diagram_places WHERE diagram_id = ?1",
        "INSERT INTO diagram_ways SELECT ?2, grouping, table_schema, table_name, other_schema, other_name, line, way \
         FROM diagram_ways WHERE diagram_id = ?1",
    ] {
        sqlx::query(statement).bind(id).bind(&made).execute(&mut *change).await?;
    }
    change.commit().await?;
    Ok(made)
}

/// Gives a diagram another name.
///
/// # Errors
/// `NotFound`, `AlreadyExists`.
pub(super) async fn rename(store: &Store, id: &str, name: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    let done = sqlx::query("UPDATE diagrams SET name = ?, name_key = ?, changed_ms = ? WHERE id = ?")
        .bind(name)
        .bind(key(name))
        .bind(now_ms())
        .bind(id)
        .execute(&mut *change)
        .await
        .map_err(|error| taken(error, name))?;
    if done.rows_affected() == 0 {
        return Err(gone());
    }
    Ok(change.commit().await?)
}

/// Removes a diagram with all that is kept of it.
///
/// # Errors
/// `NotFound`.
pub(super) async fn remove(store: &Store, id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    let done = sqlx::query("DELETE FROM diagrams WHERE id = ?").bind(id).execute(&mut *change).await?;
    if done.rows_affected() == 0 {
        return Err(gone());
    }
    Ok(change.commit().await?)
}

/// Removes every diagram of a connection.
pub(super) async fn forget(store: &Store, profile_id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM diagrams WHERE profile_id = ?").bind(profile_id).execute(&mut *change).await?;
    Ok(change.commit().await?)
}

/// Keeps what drawing has changed.
///
/// # Errors
/// `NotFound` for a diagram that was removed meanwhile.
pub(super) async fn save(store: &Store, kept: &Kept, change: &Change) -> Result<(), AppError> {
    if change.is_nothing() {
        return Ok(());
    }
    let grouping = word(change.scope.as_ref().unwrap_or(&kept.scope).grouping);
    let mut store = store.write().await?;
    let touched = sqlx::query(
        "UPDATE diagrams SET scope = coalesce(?2, scope), changed_ms = iif(?2 IS NULL, changed_ms, ?3), \
         opened = iif(?4, 1 + (SELECT max(opened) FROM diagrams AS other WHERE other.profile_id = diagrams.profile_id \
         AND other.database = diagrams.database), opened) WHERE id = ?1",
    )
    .bind(&kept.id)
    .bind(change.scope.as_ref().map(json).transpose()?)
    .bind(now_ms())
    .bind(change.opened)
    .execute(&mut *store)
    .await?;
    if touched.rows_affected() == 0 {
        return Err(gone());
    }
    for (from, to) in &change.renamed {
        carry(&mut store, &kept.id, from, to).await?;
    }
    let known = |(table, known): &(DiagramTable, KeptTable)| {
        let columns = json(&known.columns)?;
        json(&(&table.schema, &table.name, known.colour, known.rename_hint, columns, known.present, known.drawn))
    };
    batched(
        &mut store,
        "INSERT INTO diagram_tables SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
         value ->> 5, value ->> 6 FROM json_each(?3) WHERE ?2 IS NOT NULL ON CONFLICT DO UPDATE SET \
         rename_hint = excluded.rename_hint, columns = excluded.columns, present = excluded.present, drawn = excluded.drawn",
        (&kept.id, grouping),
        change.tables.iter().map(known),
    )
    .await?;
    let place = |(table, place): &(DiagramTable, KeptPlace)| {
        let KeptPlace { at, size } = place;
        json(&(&table.schema, &table.name, at.x, at.y, size.width, size.height))
    };
    batched(
        &mut store,
        "INSERT INTO diagram_places SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
         value ->> 5 FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING",
        (&kept.id, grouping),
        change.settled.iter().map(place),
    )
    .await?;
    let resized = |(table, size): &(DiagramTable, Size)| json(&(&table.schema, &table.name, size.width, size.height));
    batched(
        &mut store,
        concat!(
            "INSERT INTO diagram_places SELECT ?1, ?2, value ->> 0, value ->> 1, own.x, own.y, value ->> 2, value ->> 3 ",
            known_places!(),
            " ON CONFLICT DO UPDATE SET width = excluded.width, height = excluded.height"
        ),
        (&kept.id, grouping),
        change.resized.iter().map(resized),
    )
    .await?;
    leave(&mut store, (&kept.id, grouping), change.moved.iter().map(|(table, _)| table)).await?;
    batched(
        &mut store,
        "INSERT INTO diagram_places SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
         value ->> 5 FROM json_each(?3) WHERE true ON CONFLICT DO UPDATE SET x = excluded.x, y = excluded.y, \
         width = excluded.width, height = excluded.height",
        (&kept.id, grouping),
        change.moved.iter().map(place),
    )
    .await?;
    let way = |(key, way): &(LineKey, Vec<Point>)| {
        let numbers: Vec<f64> = way.iter().flat_map(|point| [point.x, point.y]).collect();
        json(&(&key.from.schema, &key.from.name, &key.to.schema, &key.to.name, &key.line, json(&numbers)?))
    };
    batched(
        &mut store,
        "INSERT OR REPLACE INTO diagram_ways SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
         value ->> 4, value ->> 5 FROM json_each(?3)",
        (&kept.id, grouping),
        change.ways.iter().map(way),
    )
    .await?;
    Ok(store.commit().await?)
}

/// Remembers where a person put boxes; those that the diagram does not know are left out.
///
/// # Errors
/// `NotFound`.
pub(super) async fn place(store: &Store, id: &str, places: &[DiagramPlace]) -> Result<(), AppError> {
    let mut store = store.write().await?;
    let scope: Option<String> = sqlx::query_scalar("UPDATE diagrams SET changed_ms = ? WHERE id = ? RETURNING scope")
        .bind(now_ms())
        .bind(id)
        .fetch_optional(&mut *store)
        .await?;
    let scope: DiagramScope = serde_json::from_str(&scope.ok_or_else(gone)?).unwrap_or_default();
    let grouping = word(scope.grouping);
    let place = |place: &DiagramPlace| json(&(&place.schema, &place.name, place.x, place.y));
    batched(
        &mut store,
        concat!(
            "INSERT INTO diagram_places SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, own.width, \
             own.height ",
            known_places!(),
            " ON CONFLICT DO UPDATE SET x = excluded.x, y = excluded.y"
        ),
        (id, grouping),
        places.iter().map(place),
    )
    .await?;
    let tables: Vec<DiagramTable> =
        places.iter().map(|place| DiagramTable { schema: place.schema.clone(), name: place.name.clone() }).collect();
    leave(&mut store, (id, grouping), tables.iter()).await?;
    Ok(store.commit().await?)
}

/// Remembers notes, the colours of the boxes that are drawn, and those of frames.
///
/// # Errors
/// `NotFound`.
pub(super) async fn annotate(
    store: &Store,
    id: &str,
    notes: &[DiagramNote],
    colours: &[(DiagramTable, u32)],
    frames: &[(String, u32)],
) -> Result<(), AppError> {
    let mut store = store.write().await?;
    let done = sqlx::query("UPDATE diagrams SET notes = ?, frames = ?, changed_ms = ? WHERE id = ?")
        .bind(json(notes)?)
        .bind(json(frames)?)
        .bind(now_ms())
        .bind(id)
        .execute(&mut *store)
        .await?;
    if done.rows_affected() == 0 {
        return Err(gone());
    }
    // Whose boxes are not drawn now keep theirs.
    sqlx::query("UPDATE diagram_tables SET colour = NULL WHERE diagram_id = ? AND drawn AND colour IS NOT NULL")
        .bind(id)
        .execute(&mut *store)
        .await?;
    let colour = |(table, colour): &(DiagramTable, u32)| json(&(&table.schema, &table.name, colour));
    batched(
        &mut store,
        "INSERT INTO diagram_tables SELECT ?1, value ->> 0, value ->> 1, value ->> 2, own.rename_hint, own.columns, \
         own.present, own.drawn FROM json_each(?3) CROSS JOIN diagram_tables AS own ON own.diagram_id = ?1 AND ?2 = '' \
         AND own.table_schema = value ->> 0 AND own.table_name = value ->> 1 WHERE true \
         ON CONFLICT DO UPDATE SET colour = excluded.colour",
        (id, ""),
        colours.iter().map(colour),
    )
    .await?;
    Ok(store.commit().await?)
}

/// Forgets the ways of lines that begin or end at these boxes.
async fn leave(
    store: &mut Transaction<'static, Sqlite>,
    of: (&str, &str),
    tables: impl Iterator<Item = &DiagramTable>,
) -> Result<(), AppError> {
    let tables: Vec<String> =
        tables.map(|table| json(&(&table.schema, &table.name))).collect::<Result<_, AppError>>()?;
    for ends in ["(table_schema, table_name)", "(other_schema, other_name)"] {
        // The names of columns are the program's own.
        let statement = format!(
            "DELETE FROM diagram_ways WHERE diagram_id = ?1 AND grouping = ?2 \
             AND {ends} IN (SELECT value ->> 0, value ->> 1 FROM json_each(?3))"
        );
        batched(store, &statement, of, tables.iter().cloned().map(Ok)).await?;
    }
    Ok(())
}

/// Gives what is kept under an old name the new one.
async fn carry(
    store: &mut Transaction<'static, Sqlite>,
    id: &str,
    from: &DiagramTable,
    to: &DiagramTable,
) -> Result<(), AppError> {
    for statement in [
        "UPDATE OR REPLACE diagram_tables SET table_schema = ?4, table_name = ?5 \
         WHERE diagram_id = ?1 AND table_schema = ?2 AND table_name = ?3",
        "UPDATE OR REPLACE diagram_places SET table_schema = ?4, table_name = ?5 \
         WHERE diagram_id = ?1 AND table_schema = ?2 AND table_name = ?3",
        "UPDATE OR REPLACE diagram_ways SET table_schema = ?4, table_name = ?5 \
         WHERE diagram_id = ?1 AND table_schema = ?2 AND table_name = ?3",
        "UPDATE OR REPLACE diagram_ways SET other_schema = ?4, other_name = ?5 \
         WHERE diagram_id = ?1 AND other_schema = ?2 AND other_name = ?3",
    ] {
        sqlx::query(statement)
            .bind(id)
            .bind(&from.schema)
            .bind(&from.name)
            .bind(&to.schema)
            .bind(&to.name)
            .execute(&mut **store)
            .await?;
    }
    Ok(())
}

/// Runs a statement over many rows at once: `?1` is the diagram, `?2` the grouping, `?3` a JSON array of the rows. A statement per row
/// would take seconds for thousands.
async fn batched(
    store: &mut Transaction<'static, Sqlite>,
    statement: &str,
    (id, grouping): (&str, &str),
    rows: impl Iterator<Item = Result<String, AppError>>,
) -> Result<(), AppError> {
    let rows: Vec<String> = rows.collect::<Result<_, AppError>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .bind(id)
        .bind(grouping)
        .bind(format!("[{}]", rows.join(",")))
        .execute(&mut **store)
        .await?;
    Ok(())
}
