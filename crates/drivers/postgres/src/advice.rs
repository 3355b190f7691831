//! What the advisor's rules need beyond the catalog, over the control session: each fact in a short statement of its own, so
//! that one that is refused leaves the others.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{
    Known, ObjectKey, ObjectKind,
    facts::{
        DefaultPrivilege, Engine, ExtensionState, Facts, HostRule, IndexState, Login, SequencePosition,
        TableStatistics, ViewSource,
    },
};
use driver::{Advice, Error};

use crate::{
    catalog::rows::{Row, Rows},
    control::{ControlSession, Failure},
    queries,
};

/// The facet, over the control session.
pub(crate) struct Advising {
    session: Arc<ControlSession>,
    version: u32,
}

impl Advising {
    /// For a server of this version (`180004`).
    pub(crate) fn new(session: Arc<ControlSession>, version: u32) -> Self {
        Advising { session, version }
    }

    /// What a question tells, or why the server refuses to tell.
    async fn told<T>(&self, text: &'static str, read: impl Fn(&Rows) -> T) -> Result<Known<T>, Error> {
        match self.session.query(&queries::at(text, self.version), &[]).await {
            Ok(rows) => Ok(Known::Value(read(&rows))),
            Err(failure) => refusal(failure),
        }
    }
}

/// A refusal says something of the fact; anything else is an error.
fn refusal<T>(failure: Failure) -> Result<Known<T>, Error> {
    match failure.state() {
        // insufficient_privilege
        "42501" => Ok(Known::Denied),
        // undefined_table, undefined_column, undefined_function
        "42P01" | "42703" | "42883" => Ok(Known::Unsupported),
        // lock_not_available: somebody holds what would be read.
        "55P03" => Ok(Known::NotLoaded),
        _ => Err(failure.into()),
    }
}

#[async_trait]
impl Advice for Advising {
    async fn facts(&self) -> Result<Facts, Error> {
        let login = self.told(include_str!("queries/advice_login.sql"), |rows| rows.first().map(login)).await?;
        let age = self.told(include_str!("queries/advice_age.sql"), |rows| rows.first().and_then(|row| row.int(0)));
        Ok(Facts {
            version: self.version,
            login: present(login),
            settings: self
                .told(include_str!("queries/advice_settings.sql"), |rows| {
                    rows.iter().map(|row| (row.name(0), row.name(1))).collect()
                })
                .await?,
            counted_since_ms: self
                .told(include_str!("queries/activity_counted.sql"), |rows| rows.first().and_then(|row| row.int(0)))
                .await?,
            has_replicas: self
                .told(include_str!("queries/advice_replicas.sql"), |rows| rows.first().is_some_and(|row| row.flag(0)))
                .await?,
            tables: self
                .told(include_str!("queries/advice_tables.sql"), |rows| rows.iter().map(table).collect())
                .await?,
            indexes: self
                .told(include_str!("queries/advice_indexes.sql"), |rows| rows.iter().map(index).collect())
                .await?,
            sequences: self
                .told(include_str!("queries/advice_sequences.sql"), |rows| rows.iter().map(sequence).collect())
                .await?,
            views: self.told(include_str!("queries/advice_views.sql"), |rows| rows.iter().map(view).collect()).await?,
            extensions: self
                .told(include_str!("queries/advice_extensions.sql"), |rows| rows.iter().map(extension).collect())
                .await?,
            extension_members: self
                .told(include_str!("queries/advice_members.sql"), |rows| rows.iter().filter_map(member).collect())
                .await?,
            default_privileges: self
                .told(include_str!("queries/advice_default_privileges.sql"), |rows| {
                    rows.iter().map(default_privilege).collect()
                })
                .await?,
            host_rules: self
                .told(include_str!("queries/advice_host_rules.sql"), |rows| rows.iter().map(host_rule).collect())
                .await?,
            weak_passwords: self
                .told(include_str!("queries/advice_passwords.sql"), |rows| rows.iter().map(|row| row.name(0)).collect())
                .await?,
            oldest_transaction: present(age.await?),
            ..Facts::of(Engine::Postgres)
        })
    }
}

/// A row that should have been there.
fn present<T>(known: Known<Option<T>>) -> Known<T> {
    match known {
        Known::Value(Some(value)) => Known::Value(value),
        Known::Value(None) | Known::NotLoaded => Known::NotLoaded,
        Known::Denied => Known::Denied,
        Known::Unsupported => Known::Unsupported,
    }
}

fn login(row: Row<'_>) -> Login {
    Login { name: row.name(0), superuser: row.flag(1), bypass_row_security: row.flag(2) }
}

fn table(row: Row<'_>) -> TableStatistics {
    let count = |place: usize| row.int(place).unwrap_or(0);
    TableStatistics {
        schema: row.name(0),
        name: row.name(1),
        live_rows: count(2),
        dead_rows: count(3),
        sequential_scans: count(4),
        sequential_rows: count(5),
        index_scans: count(6),
    }
}

fn index(row: Row<'_>) -> IndexState {
    IndexState {
        schema: row.name(0),
        name: row.name(1),
        operator_classes: row.list(2),
        collations: row.list(3),
        nulls_not_distinct: row.flag(4),
        constraint: row.string(5),
        depended_on: row.flag(6),
        partitioned: row.flag(7),
        scans: row.int(8),
        bytes: row.int(9).and_then(|bytes| u64::try_from(bytes).ok()),
    }
}

fn sequence(row: Row<'_>) -> SequencePosition {
    SequencePosition {
        schema: row.name(0),
        relation: row.name(1),
        column: row.name(2),
        sequence: Some((row.name(3), row.name(4))),
        last: row.int(5),
        most: row.int(6).unwrap_or(i64::MAX),
        step: row.int(7).unwrap_or(1),
        cycles: row.flag(8),
    }
}

fn view(row: Row<'_>) -> ViewSource {
    ViewSource { view: (row.name(0), row.name(1)), reads: (row.name(2), row.name(3)) }
}

fn extension(row: Row<'_>) -> ExtensionState {
    ExtensionState { name: row.name(0), default_version: row.string(1), relocatable: row.flag(2) }
}

fn member(row: Row<'_>) -> Option<ObjectKey> {
    let kind = match row.text(0).as_deref() {
        Some("relation") => ObjectKind::Relation,
        Some("routine") => ObjectKind::Routine,
        Some("type") => ObjectKind::Type,
        Some("schema") => ObjectKind::Schema,
        _ => return None,
    };
    Some(ObjectKey { database: None, schema: row.string(1), kind, name: row.name(2), signature: row.string(3) })
}

fn default_privilege(row: Row<'_>) -> DefaultPrivilege {
    DefaultPrivilege {
        owner: row.name(0),
        schema: row.string(1),
        objects: row.name(2),
        grantee: row.name(3),
        privilege: row.name(4),
    }
}

fn host_rule(row: Row<'_>) -> HostRule {
    HostRule {
        line: row.int(0).unwrap_or(0),
        kind: row.name(1),
        databases: row.list(2),
        users: row.list(3),
        address: row.string(4),
        method: row.name(5),
    }
}
