//! What the server's answers say, row by row.

use catalog::{
    ObjectKey, ObjectKind,
    facts::{
        Archiving, Bloat, ColumnStatistics, Connections, DefaultPrivilege, ExtendedStatistics, ExtensionState,
        Follower, FollowerKind, HostRule, IndexState, Login, OpenTransaction, OpenTransactions, SequencePosition,
        StatementUse, TableStatistics, ViewSource,
    },
};

use crate::catalog::rows::{Row, Rows};

pub(super) fn login(row: Row<'_>) -> Login {
    Login { name: row.name(0), superuser: row.flag(1), bypass_row_security: row.flag(2) }
}

pub(super) fn table(row: Row<'_>) -> TableStatistics {
    let count = |place: usize| row.int(place).unwrap_or(0);
    TableStatistics {
        schema: row.name(0),
        name: row.name(1),
        live_rows: count(2),
        dead_rows: count(3),
        sequential_scans: count(4),
        sequential_rows: count(5),
        index_scans: count(6),
        written_rows: row.int(7),
    }
}

pub(super) fn index(row: Row<'_>) -> IndexState {
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

pub(super) fn sequence(row: Row<'_>) -> SequencePosition {
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

pub(super) fn view(row: Row<'_>) -> ViewSource {
    ViewSource { view: (row.name(0), row.name(1)), reads: (row.name(2), row.name(3)) }
}

pub(super) fn extension(row: Row<'_>) -> ExtensionState {
    ExtensionState { name: row.name(0), default_version: row.string(1), relocatable: row.flag(2) }
}

pub(super) fn member(row: Row<'_>) -> Option<ObjectKey> {
    let kind = match row.text(0).as_deref() {
        Some("relation") => ObjectKind::Relation,
        Some("routine") => ObjectKind::Routine,
        Some("type") => ObjectKind::Type,
        Some("schema") => ObjectKind::Schema,
        _ => return None,
    };
    Some(ObjectKey { database: None, schema: row.string(1), kind, name: row.name(2), signature: row.string(3) })
}

pub(super) fn default_privilege(row: Row<'_>) -> DefaultPrivilege {
    DefaultPrivilege {
        owner: row.name(0),
        schema: row.string(1),
        objects: row.name(2),
        grantee: row.name(3),
        privilege: row.name(4),
    }
}

pub(super) fn host_rule(row: Row<'_>) -> HostRule {
    HostRule {
        line: row.int(0).unwrap_or(0),
        kind: row.name(1),
        databases: row.list(2),
        users: row.list(3),
        address: row.string(4),
        method: row.name(5),
    }
}

fn number(row: Row<'_>, place: usize) -> Option<f64> {
    row.text(place)?.parse().ok()
}

pub(super) fn column(row: Row<'_>) -> ColumnStatistics {
    ColumnStatistics {
        schema: row.name(0),
        table: row.name(1),
        column: row.name(2),
        nulls: number(row, 3).unwrap_or(0.0),
        different: number(row, 4).unwrap_or(0.0),
        order: number(row, 5),
    }
}

pub(super) fn extended_statistics(row: Row<'_>) -> ExtendedStatistics {
    ExtendedStatistics { schema: row.name(0), table: row.name(1), columns: row.list(2) }
}

/// The first column is the same in each row; where nothing is open, there is one row with nothing else.
pub(super) fn transactions(rows: &Rows) -> OpenTransactions {
    let open = rows.iter().filter_map(|row| {
        Some(OpenTransaction {
            session: row.string(1),
            age_ms: row.int(4)?,
            user: row.name(2),
            application: row.name(3),
            idle_ms: row.int(5),
            waiting: row.int(6).unwrap_or(0),
        })
    });
    OpenTransactions { old: open.collect(), hidden: rows.first().and_then(|row| row.int(0)).unwrap_or(0) }
}

pub(super) fn connections(row: Row<'_>) -> Option<Connections> {
    Some(Connections { used: row.int(0)?, most: row.int(1)?, idle: row.int(2)? })
}

pub(super) fn follower(row: Row<'_>) -> Follower {
    Follower {
        kind: match row.text(0).as_deref() {
            Some("replica") => FollowerKind::Replica,
            Some("slot") => FollowerKind::Slot,
            _ => FollowerKind::Itself,
        },
        name: row.name(1),
        active: row.maybe(2),
        behind_bytes: row.int(3),
        behind_ms: row.int(4),
        lost: row.flag(5),
        trouble: row.string(6),
    }
}

pub(super) fn archiving(row: Row<'_>) -> Option<Archiving> {
    Some(Archiving {
        on: row.maybe(0)?,
        archived: row.int(1).unwrap_or(0),
        failed: row.int(2).unwrap_or(0),
        last_archived_ms: row.int(3),
        last_failed_ms: row.int(4),
    })
}

pub(super) fn statement(row: Row<'_>) -> StatementUse {
    StatementUse {
        query: row.name(0),
        role: row.string(1),
        calls: row.int(2).unwrap_or(0),
        total_ms: number(row, 3).unwrap_or(0.0),
        mean_ms: number(row, 4).unwrap_or(0.0),
        rows: row.int(5).unwrap_or(0),
    }
}

pub(super) fn bloat(row: Row<'_>) -> Bloat {
    let bytes = |place: usize| row.int(place).and_then(|bytes| u64::try_from(bytes).ok());
    Bloat {
        schema: row.name(0),
        table: row.name(1),
        index: row.string(2),
        bytes: bytes(3).unwrap_or(0),
        wasted_bytes: bytes(4),
        live_rows: row.int(5).unwrap_or(0),
        dead_rows: row.int(6).unwrap_or(0),
        last_vacuum_ms: row.int(7),
    }
}
