//! The control side: what the server is, its catalog, its definition texts, and the end of statements of others.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use catalog::{Catalog, ObjectKey, ObjectKind, Scope};
use driver::{Code, Ddl, Error, Server};
use oracledb::{Connection, ErrorKind};

use super::{Door, Opened, render, report, shut, translated, worker::Worker};
use crate::{catalog::Failure, error::PRODUCT, quote, rows::Rows};

/// What a connection knows of its server.
pub(super) struct OracleControl {
    worker: Worker,
    door: Door,
    server: Server,
}

impl OracleControl {
    pub(super) async fn new(opened: Opened, guarded: bool) -> Result<Self, Error> {
        let Opened { worker, door, version, .. } = opened;
        let mut facts = BTreeMap::new();
        let asked = "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER'), SYS_CONTEXT('USERENV', 'CON_NAME'), \
                     SYS_CONTEXT('USERENV', 'SERVICE_NAME'), SYS_CONTEXT('USERENV', 'DATABASE_ROLE'), \
                     SYS_CONTEXT('USERENV', 'ISDBA') FROM dual";
        let rows = worker.ask(move |connection| query(connection, asked).map_err(Error::from)).await?;
        let names = ["user", "container", "database", "role", "superuser"];
        let row = rows.into_iter().next().unwrap_or_default();
        facts.extend(names.iter().zip(row).filter_map(|(name, value)| Some(((*name).to_owned(), value?))));
        let copy = facts.get("role").is_some_and(|role| role.contains("STANDBY"));
        let read_only = if copy {
            "the database only reads"
        } else if guarded {
            "guard"
        } else {
            "no"
        };
        facts.insert("read_only".to_owned(), read_only.to_owned());
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let version_number = major.saturating_mul(10_000).saturating_add(minor);
        Ok(OracleControl {
            worker,
            door,
            server: Server { product: PRODUCT.to_owned(), version, version_number, facts },
        })
    }

    /// Asks for the end of what a session runs. Needs 18c and the right ALTER SYSTEM.
    pub(super) async fn cancel(&self, (session, serial): (usize, usize)) -> Result<(), Error> {
        let text = format!("ALTER SYSTEM CANCEL SQL '{session}, {serial}'");
        self.worker
            .ask(move |connection| connection.execute(&text, &[]).map(drop).map_err(|error| translated(error, "")))
            .await
    }

    pub(super) fn close(&self) {
        shut(&self.door);
    }
}

/// Runs one query of ours and reads all of its rows.
pub(super) fn query(connection: &Connection, text: &str) -> Result<Rows, Failure> {
    let failed = |error: oracledb::Error| match error.kind() {
        ErrorKind::DbError(said) => Failure::Refused(report(said)),
        _ => Failure::Ended(translated(error, "")),
    };
    let cursor = connection.query(text, &[]).map_err(failed)?;
    let columns = cursor.columns().to_vec();
    let mut rows = Rows::new();
    for row in cursor {
        let row = row.map_err(failed)?;
        let cells = columns.iter().enumerate().map(|(at, column)| {
            let cell = render::cell(&row, at, column).map_err(Failure::Ended)?;
            Ok(cell.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        });
        rows.push(cells.collect::<Result<_, Failure>>()?);
    }
    Ok(rows)
}

#[async_trait]
impl driver::Control for OracleControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        sql::dialect::oracle().into()
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        let scope = scope.clone();
        self.worker.ask(move |connection| crate::catalog::read(&mut |text: &str| query(connection, text), &scope)).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.worker.ask(|connection| connection.ping().map_err(|error| translated(error, ""))).await
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(self)
    }
}

#[async_trait]
impl Ddl for OracleControl {
    /// By `DBMS_METADATA`, which renders what is there.
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        let kinds: &[&str] = match key.kind {
            ObjectKind::Relation => &["TABLE", "VIEW", "MATERIALIZED_VIEW"],
            ObjectKind::Routine => &["FUNCTION", "PROCEDURE", "PACKAGE"],
            ObjectKind::Index => &["INDEX"],
            ObjectKind::Constraint => &["CONSTRAINT", "REF_CONSTRAINT"],
            ObjectKind::Trigger => &["TRIGGER"],
            ObjectKind::Sequence => &["SEQUENCE"],
            _ => return Err(Error::new(Code::Unsupported, "An object of this kind has no definition text here.")),
        };
        let (schema, name) = (quote::text(key.schema.as_deref().unwrap_or_default()), quote::text(&key.name));
        let missing = Error::new(Code::NotFound, format!("{} is not there, or this login may not see it.", key.name));
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.worker
            .ask(move |connection| {
                for kind in kinds {
                    let text = format!("SELECT DBMS_METADATA.GET_DDL('{kind}', {name}, {schema}) FROM dual");
                    match query(connection, &text) {
                        Ok(rows) => {
                            if let Some(text) = rows.into_iter().flatten().flatten().next() {
                                return Ok(text.trim().into());
                            }
                        }
                        // No such object of this kind.
                        Err(Failure::Refused(said)) if said.number == 31603 => {}
                        Err(failure) => return Err(failure.into()),
                    }
                }
                Err(missing)
            })
            .await
    }
}
