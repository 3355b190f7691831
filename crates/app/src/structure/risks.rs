//! What is in danger by what is staged, counted by queries before anything is sent: rows and values that go, and rows with which a
//! statement will fail.
//!
//! Each is one query under a limit of time; what was not counted is said to be so.

use std::time::Duration;

use catalog::{ConstraintKind, ObjectKey};
use driver::Statement;
use schema::{Body, Column, Comparison, Definition, Engine, Server, What};

use super::{forms, review::Reviewed};
use crate::{
    advisor::number,
    api::*,
    explorer::{Place, grouped},
    references::asks,
};

/// How long one count may take.
const LIMIT: Duration = Duration::from_secs(5);
/// PostgreSQL tells from here on whether a text is a value of a type
/// (<https://www.postgresql.org/docs/16/functions-info.html#FUNCTIONS-INFO-VALIDITY>).
const INPUT_IS_VALID: u32 = 160_000;

/// A question, and what its number means.
struct Risk {
    step: usize,
    sql: String,
    fails: bool,
    /// What the number counts: `rows have a value in note`.
    words: String,
}

/// Counts everything, one after the other.
pub(super) async fn weigh(place: &Place, reviewed: &Reviewed) -> Vec<StructureRisk> {
    let mut told = Vec::new();
    for risk in risks(reviewed) {
        let statement = Statement::new(risk.sql.as_str()).with_timeout(LIMIT);
        let counted = match asks::run(place, statement, 1).await {
            Ok(rows) => rows.into_iter().flatten().flatten().next().and_then(|digits| digits.parse::<u64>().ok()),
            Err(error) => {
                tracing::debug!(%error, "what is in danger was not counted");
                None
            }
        };
        let words = match counted {
            Some(0) => continue,
            Some(rows) => format!("{} {}", grouped(rows), risk.words),
            None => format!("Not counted, as it took too long or may not be read: how many {}", risk.words),
        };
        told.push(StructureRisk {
            step: number(risk.step),
            words,
            rows: counted,
            fails: risk.fails && counted.is_some(),
        });
    }
    told
}

struct Asking<'a> {
    reviewed: &'a Reviewed,
    server: Server,
    found: Vec<Risk>,
}

fn risks(reviewed: &Reviewed) -> Vec<Risk> {
    let there = &reviewed.defined.definition;
    let wanted = &reviewed.wanted.definition;
    let Ok(renamed) = there.renamed(&reviewed.wanted.renames) else { return Vec::new() };
    let mut asking = Asking { reviewed, server: there.server, found: Vec::new() };
    for one in Comparison::between(&renamed, wanted).differences {
        let (before, after) = (renamed.objects.get(&one.key), wanted.objects.get(&one.key));
        match (one.what, before.map(|object| &object.body), after.map(|object| &object.body)) {
            (What::Removed, Some(Body::Table(_)), _) => {
                let sql = format!("SELECT count(*) FROM {}", asking.table(&one.key));
                asking.ask(&one.key, sql, false, format!("rows of {} go.", one.key.name));
            }
            (What::Removed, Some(Body::Role(_)), _) => asking.role_goes(&one.key),
            (What::Removed, Some(Body::Column(_)), _) => asking.column_goes(&one.key, wanted),
            (What::Added, _, Some(Body::Column(column))) => asking.column_comes(&one.key, column, &renamed),
            (What::Changed { .. }, Some(Body::Column(before)), Some(Body::Column(after))) => {
                asking.column_changes(&one.key, before, after);
            }
            (What::Added | What::Changed { .. }, _, Some(body)) => asking.demands(&one.key, body, &renamed),
            _ => {}
        }
    }
    asking.found.sort_by_key(|risk| risk.step);
    asking.found
}

/// The table of a part.
fn table_of(key: &ObjectKey) -> ObjectKey {
    ObjectKey::relation(None, key.schema.as_deref(), key.signature.as_deref().unwrap_or_default())
}

impl Asking<'_> {
    /// As it is called now.
    fn now(&self, key: &ObjectKey) -> ObjectKey {
        self.reviewed.wanted.origin(key)
    }

    fn table(&self, key: &ObjectKey) -> String {
        let own = self.now(key);
        match own.schema.as_deref().filter(|_| self.server.engine == Engine::Postgres) {
            Some(schema) => format!("{}.{}", self.server.quote(schema), self.server.quote(&own.name)),
            None => self.server.quote(&own.name),
        }
    }

    fn column(&self, table: &ObjectKey, name: &str) -> String {
        self.server.quote(&self.now(&ObjectKey::column(table, name)).name)
    }

    fn ask(&mut self, key: &ObjectKey, sql: String, fails: bool, words: String) {
        let steps = &self.reviewed.plan.steps;
        let about =
            |own: &ObjectKey| steps.iter().position(|step| step.about == *own && step.verb != schema::Verb::Rename);
        let table = match &self.reviewed.wanted.definition.objects.get(key) {
            Some(object) => object.relation(key),
            None => Some(table_of(key)),
        };
        let step = about(key).or_else(|| table.and_then(|table| about(&table))).unwrap_or(0);
        self.found.push(Risk { step, sql, fails, words });
    }

    /// What needs a role outside of this database, where nobody here sees it by name
    /// (<https://www.postgresql.org/docs/current/catalog-pg-shdepend.html>).
    fn role_goes(&mut self, key: &ObjectKey) {
        let name = self.now(key).name;
        let sql = format!(
            "SELECT count(*) FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid \
             WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND r.rolname = {} \
             AND d.dbid <> (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
            policy::name::literal(&name)
        );
        let words = format!(
            "objects outside of this database need {name}: it cannot be dropped before REASSIGN OWNED or DROP OWNED there."
        );
        self.ask(key, sql, true, words);
    }

    fn column_goes(&mut self, key: &ObjectKey, wanted: &Definition) {
        let table = table_of(key);
        // With its table it is counted already.
        if wanted.objects.contains_key(&table) {
            let sql = format!("SELECT count({}) FROM {}", self.column(&table, &key.name), self.table(&table));
            self.ask(key, sql, false, format!("rows have a value in {}.{}.", table.name, key.name));
        }
    }

    fn column_comes(&mut self, key: &ObjectKey, column: &Column, there: &Definition) {
        let table = table_of(key);
        let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
        let implicit = matches!(self.server.engine, Engine::MySql | Engine::MariaDb);
        if !column.nullable && !filled && !implicit && there.objects.contains_key(&table) {
            let sql = format!("SELECT count(*) FROM {}", self.table(&table));
            let words = format!("rows of {} would have no value in {}.", table.name, key.name);
            self.ask(key, sql, true, words);
        }
    }

    fn column_changes(&mut self, key: &ObjectKey, before: &Column, after: &Column) {
        let table = table_of(key);
        let (on, column) = (self.table(&table), self.column(&table, &key.name));
        let converted = self.reviewed.kept.conversions().iter().any(|(own, _)| own == key);
        if before.nullable && !after.nullable && !converted {
            let sql = format!("SELECT count(*) FROM {on} WHERE {column} IS NULL");
            self.ask(key, sql, true, format!("rows have no value in {}.{}.", table.name, key.name));
        }
        if before.native_type == after.native_type || converted {
            return;
        }
        let condition = match (self.server.engine, length(&after.native_type)) {
            (Engine::Postgres, _) if self.server.version >= INPUT_IS_VALID => {
                let text = format!("'{}'", after.native_type.replace('\'', "''"));
                format!("NOT pg_input_is_valid({column}::text, {text})")
            }
            (Engine::Postgres, Some(most)) => format!("length({column}::text) > {most}"),
            (Engine::MySql | Engine::MariaDb, Some(most)) => format!("char_length({column}) > {most}"),
            _ => return,
        };
        let sql = format!("SELECT count(*) FROM {on} WHERE {condition}");
        let words = format!("rows have a value in {}.{} that is none of {}.", table.name, key.name, after.native_type);
        self.ask(key, sql, true, words);
    }

    /// What a key, a foreign key or a check demands of rows that are there.
    fn demands(&mut self, key: &ObjectKey, body: &Body, there: &Definition) {
        let object = super::editing::new(body.clone());
        let Some(table) = object.relation(key).filter(|table| there.objects.contains_key(table)) else { return };
        let on = self.table(&table);
        let has = |table: &ObjectKey, columns: &[String]| {
            columns.iter().all(|column| there.objects.contains_key(&ObjectKey::column(table, column)))
        };
        let unique = match body {
            Body::Constraint(one) if matches!(one.demands, ConstraintKind::PrimaryKey | ConstraintKind::Unique) => {
                forms::key(self.server, &table, &key.name, body).map(|form| form.columns)
            }
            Body::Index(one) if one.unique => Some(one.keys.clone()),
            _ => None,
        };
        if let Some(columns) = unique.filter(|columns| has(&table, columns)) {
            let names: Vec<String> = columns.iter().map(|column| self.column(&table, column)).collect();
            let there = names.iter().map(|name| format!("{name} IS NOT NULL")).collect::<Vec<_>>().join(" AND ");
            let list = names.join(", ");
            let sql = format!(
                "SELECT count(*) FROM (SELECT {list} FROM {on} WHERE {there} GROUP BY {list} HAVING count(*) > 1) AS twice"
            );
            let words = format!("values of {} ({}) are there more than once.", table.name, columns.join(", "));
            self.ask(key, sql, true, words);
        }
        match body {
            Body::ForeignKey(one)
                if has(&table, &one.columns)
                    && there.objects.contains_key(&one.references)
                    && has(&one.references, &one.referenced_columns) =>
            {
                let pairs = one.columns.iter().zip(&one.referenced_columns);
                let (mut given, mut meets) = (Vec::new(), Vec::new());
                for (own, other) in pairs {
                    let own = self.column(&table, own);
                    given.push(format!("own.{own} IS NOT NULL"));
                    meets.push(format!("other.{} = own.{own}", self.column(&one.references, other)));
                }
                let sql = format!(
                    "SELECT count(*) FROM {on} own WHERE {} AND NOT EXISTS (SELECT 1 FROM {} other WHERE {})",
                    given.join(" AND "),
                    self.table(&one.references),
                    meets.join(" AND ")
                );
                let words = format!("rows of {} refer to none of {}.", table.name, one.references.name);
                self.ask(key, sql, true, words);
            }
            Body::Constraint(one) => {
                if let Some(expression) = forms::check(self.server, one) {
                    let sql = format!("SELECT count(*) FROM {on} WHERE NOT ({expression}\n)");
                    self.ask(key, sql, true, format!("rows of {} do not pass {}.", table.name, key.name));
                }
            }
            _ => {}
        }
    }
}

/// The length that a type of texts has room for.
fn length(native_type: &str) -> Option<u32> {
    let lower = native_type.to_ascii_lowercase();
    let (word, rest) = lower.split_once('(')?;
    word.trim().contains("char").then(|| rest.split_once(')')?.0.trim().parse().ok()).flatten()
}
