//! Changes of definitions, in one transaction that no other program can write beside.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use driver::{
    Alter, Code, Error, Said,
    alter::{AlterStatement, Application, Applied, Fate, Witness},
};
use rusqlite::{Connection, types::ValueRef};

use crate::{
    cancel, dialect, error,
    open::{self, Source},
    worker::Worker,
};

/// Most rows of a check that are told.
const MOST_ROWS: usize = 5;

/// The facet.
pub(crate) struct Altering {
    source: Source,
}

/// What came of one statement.
enum Ran {
    Done,
    /// Another program holds the file.
    Busy(Said),
    Refused(Said),
}

impl Altering {
    /// For the file as it was found.
    pub(crate) fn new(source: Source) -> Self {
        Altering { source }
    }

    async fn run(worker: &Worker, wanted: &Application, witness: &dyn Witness) -> Result<Option<Applied>, Error> {
        let patience = Duration::from_millis(u64::from(wanted.lock_timeout_ms));
        for text in &wanted.before {
            // Outside of a transaction it waits for nobody.
            if let Ran::Busy(said) | Ran::Refused(said) = ran(worker, text, false, patience).await? {
                return Ok(Some(Applied::Refused { statement: 0, said }));
            }
        }
        if wanted.transaction {
            match ran(worker, "BEGIN IMMEDIATE", false, patience).await? {
                Ran::Done => {}
                Ran::Busy(said) => return Ok(Some(Applied::Locked { statement: 0, holders: Vec::new(), said })),
                Ran::Refused(said) => return Ok(Some(Applied::Refused { statement: 0, said })),
            }
        }
        for (statement, AlterStatement { sql, check }) in wanted.statements.iter().enumerate() {
            witness.began(statement).await?;
            match ran(worker, sql, *check, patience).await? {
                Ran::Done => {}
                Ran::Busy(said) => return Ok(Some(Applied::Locked { statement, holders: Vec::new(), said })),
                Ran::Refused(said) => return Ok(Some(Applied::Refused { statement, said })),
            }
        }
        if !wanted.transaction {
            return Ok(None);
        }
        if wanted.keep {
            witness.about_to_commit("").await?;
        }
        let end = if wanted.keep { "COMMIT" } else { "ROLLBACK" };
        let statement = wanted.statements.len();
        Ok(match ran(worker, end, false, patience).await? {
            Ran::Done => None,
            Ran::Busy(said) => Some(Applied::Locked { statement, holders: Vec::new(), said }),
            Ran::Refused(said) => Some(Applied::Refused { statement, said }),
        })
    }
}

#[async_trait]
impl Alter for Altering {
    async fn apply(&self, wanted: &Application, witness: &dyn Witness) -> Result<Applied, Error> {
        if !wanted.transaction && !wanted.keep {
            return Err(Error::new(Code::Unsupported, "What runs outside of a transaction cannot be tried out."));
        }
        wanted.leaves_transactions(dialect::dialect())?;
        let began = Instant::now();
        let source = self.source.clone();
        // Dropped, it rolls back what is open.
        let (worker, ()) = Worker::start("sqlite alter", move || Ok((open::open(&source)?.0, ()))).await?;
        let applied = Self::run(&worker, wanted, witness).await?;
        let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(applied.unwrap_or(Applied::Done { kept: wanted.keep, took_us }))
    }

    async fn fate(&self, _: &str) -> Result<Fate, Error> {
        Ok(Fate::NotKnown)
    }
}

async fn ran(worker: &Worker, text: &str, check: bool, patience: Duration) -> Result<Ran, Error> {
    let text = text.to_owned();
    worker
        .ask(move |connection| {
            let _limit = cancel::limit(patience);
            match step(connection, &text, check) {
                Ok(None) => Ok(Ran::Done),
                Ok(Some(found)) => Ok(Ran::Refused(Error::new(Code::ConstraintViolated, found).into())),
                Err(error) => {
                    let busy = error::failure(&error).is_some_and(|failure| {
                        matches!(failure.primary(), rusqlite::ffi::SQLITE_BUSY | rusqlite::ffi::SQLITE_LOCKED)
                    });
                    let error = error::translate(error, &text);
                    match (busy, error.code) {
                        (true, _) => Ok(Ran::Busy(error.into())),
                        // The caller went away.
                        (_, Code::Cancelled) => Err(error),
                        _ => Ok(Ran::Refused(error.into())),
                    }
                }
            }
        })
        .await
}

/// Runs one statement, and tells what a check found.
fn step(connection: &Connection, text: &str, check: bool) -> Result<Option<String>, rusqlite::Error> {
    let mut statement = connection.prepare(text)?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let (mut told, mut more) = (Vec::new(), 0usize);
    while let Some(row) = rows.next()? {
        if !check {
            continue;
        }
        if told.len() == MOST_ROWS {
            more += 1;
            continue;
        }
        let values = (0..width).map(|place| row.get_ref(place).map(word)).collect::<Result<Vec<_>, _>>()?;
        told.push(match values.as_slice() {
            // PRAGMA foreign_key_check (<https://sqlite.org/pragma.html#pragma_foreign_key_check>).
            [table, row, parent, _] => format!("row {row} of {table} refers to nothing in {parent}"),
            other => other.join(", "),
        });
    }
    if told.is_empty() {
        return Ok(None);
    }
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    Ok(Some(format!("What has to hold does not: {}{rest}.", told.join("; "))))
}

fn word(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
