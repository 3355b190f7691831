//! Databases that are made for a moment, over connections of their own: the control session only reads.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{Code, Error, Scratch, ScratchDatabase};

use crate::{
    control::{ControlSession, Failure, query},
    scan::quote,
};

/// Longest time of one of its statements. `DROP DATABASE` waits by itself for sessions to end, up to 5 s.
const LIMIT: (&str, &str) = ("statement_timeout", "60000");
/// Since this version sessions are ended by the statement itself
/// (<https://www.postgresql.org/docs/13/sql-dropdatabase.html>).
const FORCE: u32 = 130_000;

/// The facet.
pub(crate) struct Scratching {
    control: Arc<ControlSession>,
    version: u32,
}

impl Scratching {
    pub(crate) fn new(control: Arc<ControlSession>, version: u32) -> Self {
        Scratching { control, version }
    }

    async fn run(&self, texts: &[(&str, &[Option<&str>])]) -> Result<(), Error> {
        let mut client = self.control.opener().open(&[LIMIT]).await?;
        let mut ran = Ok(());
        for (text, values) in texts {
            ran = query(&mut client, text, values).await.map(drop);
            if ran.is_err() {
                break;
            }
        }
        client.close().await;
        ran.map_err(refusal)
    }
}

fn refusal(failure: Failure) -> Error {
    let state = failure.state().to_owned();
    let mut error = Error::from(failure);
    match state.as_str() {
        "42501" => error.hint = Some("The login needs the right to make databases: ALTER ROLE … CREATEDB.".to_owned()),
        "55006" => error.code = Code::Conflict,
        _ => {}
    }
    error
}

#[async_trait]
impl Scratch for Scratching {
    async fn create(&self, name: &str, note: &str) -> Result<(), Error> {
        // Nobody is ever connected to this template, which would be in the way; nor did anybody put something into it.
        let create = format!("CREATE DATABASE {} TEMPLATE template0", quote(name));
        let literal = sql::dialect::postgres().quote_literal(note);
        let comment = format!("COMMENT ON DATABASE {} IS {literal}", quote(name));
        self.run(&[(&create, &[]), (&comment, &[])]).await
    }

    async fn remove(&self, name: &str) -> Result<(), Error> {
        let name = quote(name);
        if self.version >= FORCE {
            return self.run(&[(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), &[])]).await;
        }
        let end = "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity \
                   where pg_catalog.quote_ident(datname) = $1 and usename = current_user";
        self.run(&[(end, &[Some(&name)]), (&format!("DROP DATABASE IF EXISTS {name}"), &[])]).await
    }

    async fn named(&self, prefix: &str) -> Result<Vec<ScratchDatabase>, Error> {
        let text = "select d.datname, pg_catalog.shobj_description(d.oid, 'pg_database'), \
                    (select count(*) from pg_catalog.pg_stat_activity a where a.datid = d.oid and a.usename is not null) \
                    from pg_catalog.pg_database d where pg_catalog.left(d.datname, pg_catalog.length($1)) = $1 order by 1";
        let rows = self.control.query(text, &[Some(prefix)]).await?;
        let found = rows.iter().filter_map(|row| {
            let sessions = row.int(2).and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
            Some(ScratchDatabase { name: row.string(0)?, note: row.string(1), sessions })
        });
        Ok(found.collect())
    }
}
