//! A database with the suites' tables, and what is left of it afterwards.

use std::{sync::Arc, time::Duration};

use driver::{
    Connection, Error,
    row_security::{Actor, Attempt, AttemptLimits, Attempted, Outcome},
};

use crate::{desk::Desk, server::TestServer};

pub struct Stage {
    pub desk: Desk,
    pub connection: Arc<dyn Connection>,
    prefix: String,
}

/// Roles of the fixture, those that depend on others first.
const ROLES: [&str; 9] = ["ann", "bob", "noinherit", "deputy", "bypass", "part", "stranger", "app", "owner"];

impl Stage {
    pub async fn new(server: &TestServer) -> Self {
        let mut desk = Desk::new(server).await;
        let prefix = desk.name("");
        desk.run(&include_str!("suites/fixture.sql").replace("@@", &prefix)).await;
        let connection = desk.database.open().await;
        Stage { desk, connection, prefix }
    }

    /// A text with the roles' names on this server.
    pub fn named(&self, text: &str) -> String {
        text.replace("@@", &self.prefix)
    }

    pub fn actor(&self, role: &str, sub: &str) -> Actor {
        Actor {
            role: Some(self.named(&format!("@@{role}"))),
            claims: Some(format!("{{\"sub\": \"{sub}\"}}")),
            ..Actor::default()
        }
    }

    pub fn as_ann(&self, statement: &str) -> Attempt {
        Attempt { actor: self.actor("ann", "ann"), statement: statement.to_owned(), ..Attempt::default() }
    }

    /// With limits that end soon.
    pub fn soon(&self, statement: &str) -> Attempt {
        let limits = AttemptLimits { statement_timeout_ms: 500, ..AttemptLimits::default() };
        Attempt { limits, ..self.as_ann(statement) }
    }

    pub async fn attempt(&self, attempt: &Attempt) -> Result<Attempted, Error> {
        self.connection.control().row_security().unwrap().attempt(attempt).await
    }

    pub async fn outcome(&self, attempt: &Attempt) -> Outcome {
        self.attempt(attempt).await.unwrap().outcome
    }

    /// All rows, roles, policies, functions, settings: anything that could have been left behind, but for sequences.
    pub async fn all(&mut self) -> Vec<String> {
        let tables = "select c.oid::regclass::text from pg_class c where c.relnamespace = 's'::regnamespace \
                      and c.relkind in ('r', 'p', 'm') order by 1";
        let mut all = Vec::new();
        for table in self.desk.ask(tables).await.unwrap().into_iter().flatten() {
            let sum = format!("select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {table} t");
            all.push(format!("{table} {:?}", self.desk.ask(&sum).await.unwrap()));
        }
        for what in [
            "select string_agg(concat_ws(' ', relname, relnamespace::regnamespace, relkind, relrowsecurity, relforcerowsecurity, relacl, relowner), ',' order by relname, relnamespace::regnamespace::text) from pg_class where relname !~ '^pg_(toast|temp)'",
            "select string_agg(p::text, ',' order by oid) from pg_policy p",
            "select md5(string_agg(p::text, ',' order by oid)) from pg_proc p",
            "select md5(string_agg(a::text, ',' order by attrelid, attnum)) from pg_attribute a where attrelid in (select oid from pg_class where relnamespace = 's'::regnamespace)",
            "select md5(string_agg(d::text, ',' order by d::text)) from pg_db_role_setting d where setrole in (select oid from pg_roles where starts_with(rolname, current_database()))",
            "select string_agg(concat_ws(' ', rolname, rolsuper, rolbypassrls), ',' order by rolname) from pg_roles where starts_with(rolname, current_database())",
            "select count(*)::text from pg_largeobject_metadata",
            "select count(*)::text from pg_prepared_xacts where database = current_database()",
        ] {
            all.push(format!("{:?}", self.desk.ask(what).await.unwrap()));
        }
        all
    }

    /// No session in this database but those that are meant to be, none in a transaction, no lock held.
    pub async fn is_quiet(&mut self, sessions: usize) {
        let others = "select concat_ws(' ', application_name, state, query)::text from pg_stat_activity \
                      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
        let mut found = Vec::new();
        for _ in 0..100 {
            found = self.desk.ask(others).await.unwrap();
            if found.len() <= sessions {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(found.len() <= sessions, "{found:#?}");
        let locks = "select concat_ws(' ', l.locktype, l.mode, l.relation::regclass)::text from pg_locks l \
                     join pg_database d on d.oid = l.database where d.datname = current_database() and l.pid <> pg_backend_pid()";
        let held = self.desk.ask(locks).await.unwrap();
        assert!(held.is_empty(), "{held:#?}");
    }

    pub async fn drop(self) {
        self.connection.close().await;
        let (server, prefix) = (self.desk.database.server.clone(), self.prefix);
        self.desk.drop().await;
        let mut client = server.connect("postgres", "postgres").await;
        for role in ROLES {
            crate::server::run(&mut client, &format!("drop role \"{prefix}{role}\"")).await;
        }
        client.close().await;
    }
}
