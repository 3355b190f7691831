//! Files, sessions and results for the tests.

use std::{path::Path, sync::Arc};

use arrow_array::{Array, BinaryArray, RecordBatch, UInt8Array};
use arrow_schema::SchemaRef;
use driver::{
    ConnectContext, Connection, Driver, Error, Event, Notice, Profile, Role, Run, Session, Statement, Summary,
    arrow::{CellClass, visible_columns},
};
use driver_sqlite::Sqlite;
use tempfile::TempDir;

/// A folder that goes away with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn profile(path: &Path) -> Profile {
    profile_with(path, &[])
}

pub fn profile_with(path: &Path, values: &[(&str, &str)]) -> Profile {
    let mut profile = Profile { name: "test".into(), driver: "sqlite".into(), ..Profile::default() };
    profile.values.insert("file".into(), path.to_str().unwrap().into());
    profile.values.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    profile
}

pub async fn try_connect(profile: &Profile, read_only: bool) -> Result<Arc<dyn Connection>, Error> {
    let context = ConnectContext { read_only, ..ConnectContext::unattended(None) };
    Sqlite.connect(profile, context).await
}

pub async fn connect(path: &Path) -> Arc<dyn Connection> {
    try_connect(&profile_with(path, &[("mode", "create")]), false).await.unwrap()
}

pub async fn session(connection: &dyn Connection) -> Arc<dyn Session> {
    connection.open(Role::Session).await.unwrap()
}

/// A session on a fresh database in memory.
pub async fn memory() -> Arc<dyn Session> {
    let connection = connect(Path::new(":memory:")).await;
    let session = session(&*connection).await;
    // The connection's own link keeps the memory alive only as long as someone holds it; the session does.
    drop(connection);
    session
}

/// Everything a run gave.
#[derive(Debug)]
pub struct Finished {
    pub schema: Option<SchemaRef>,
    pub batches: Vec<RecordBatch>,
    pub notices: Vec<Notice>,
    pub end: Result<Summary, Error>,
}

pub async fn finish(mut run: Run) -> Finished {
    let mut finished = Finished { schema: None, batches: Vec::new(), notices: Vec::new(), end: Err(Error::lost("x")) };
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::ResultSet(schema, _)) => finished.schema = Some(schema),
            Ok(Event::Batch(batch)) => finished.batches.push(batch),
            Ok(Event::Notice(notice)) => finished.notices.push(notice),
            Ok(Event::Done(summary)) => finished.end = Ok(summary),
            Err(error) => finished.end = Err(error),
        }
    }
    finished
}

pub async fn run(session: &dyn Session, text: &str) -> Finished {
    finish(session.run(Statement::new(text))).await
}

/// Runs a statement that must work.
pub async fn works(session: &dyn Session, text: &str) -> Finished {
    let finished = run(session, text).await;
    if let Err(error) = &finished.end {
        panic!("{text}: {error:?}");
    }
    finished
}

/// Runs a statement that must fail.
pub async fn fails(session: &dyn Session, text: &str) -> Error {
    match run(session, text).await.end {
        Err(error) => error,
        Ok(summary) => panic!("{text} worked: {summary:?}"),
    }
}

/// One cell: its class and its bytes.
pub type Cell = (CellClass, Vec<u8>);

impl Finished {
    pub fn names(&self) -> Vec<String> {
        let schema = self.schema.as_ref().unwrap();
        schema.fields().iter().take(visible_columns(schema)).map(|field| field.name().clone()).collect()
    }

    pub fn rows(&self) -> Vec<Vec<Cell>> {
        self.batches.iter().flat_map(rows_of).collect()
    }

    /// Rows as texts, NULL as `None`.
    pub fn texts(&self) -> Vec<Vec<Option<String>>> {
        let text = |cell: Cell| (cell.0 != CellClass::Null).then(|| String::from_utf8_lossy(&cell.1).into_owned());
        self.rows().into_iter().map(|row| row.into_iter().map(text).collect()).collect()
    }

    /// The first cell's text.
    pub fn one(&self) -> String {
        self.texts()[0][0].clone().unwrap_or_else(|| "NULL".to_owned())
    }
}

pub fn rows_of(batch: &RecordBatch) -> Vec<Vec<Cell>> {
    let schema = batch.schema();
    let width = visible_columns(&schema);
    (0..batch.num_rows())
        .map(|row| {
            (0..width)
                .map(|column| {
                    let bytes = batch.column(column).as_any().downcast_ref::<BinaryArray>().unwrap();
                    let classes = batch.column(width + column).as_any().downcast_ref::<UInt8Array>().unwrap();
                    let class = CellClass::from_u8(classes.value(row));
                    assert_eq!(class == CellClass::Null, bytes.is_null(row));
                    (class, bytes.value(row).to_vec())
                })
                .collect()
        })
        .collect()
}

/// Makes a file with the SQL given, by other means than the driver.
pub fn make(path: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(sql).unwrap();
}
