//! Sizes and use of tables and indexes.

use catalog::{ObjectKey, ObjectKind};
use driver::{Error, IndexSize, Sizes, TableSize};

use super::Watching;
use crate::{
    catalog::rows::{Row, Rows},
    queries,
};

/// Somebody took a table after it was looked who holds what.
const LOCK_NOT_AVAILABLE: &str = "55P03";
const TRIES: usize = 3;

pub(super) async fn read(watching: &Watching) -> Result<Sizes, Error> {
    let tables = patient(watching, include_str!("../queries/activity_tables.sql")).await?;
    let indexes = patient(watching, include_str!("../queries/activity_indexes.sql")).await?;
    let counted = watching.rows(include_str!("../queries/activity_counted.sql")).await?;
    let mut unseen = Vec::new();
    if watching.standby {
        unseen.push("This is a standby: it counts only the uses it has itself.".to_owned());
    }
    Ok(Sizes {
        tables: tables.iter().map(table).collect(),
        indexes: indexes.iter().map(index).collect(),
        counted_since_ms: counted.first().and_then(|row| row.int(0)),
        counts_rows: false,
        unseen,
    })
}

async fn patient(watching: &Watching, text: &'static str) -> Result<Rows, Error> {
    let text = queries::at(text, watching.version);
    let mut tries = 1;
    loop {
        match watching.session.query(&text, &[]).await {
            Err(failure) if failure.state() == LOCK_NOT_AVAILABLE && tries < TRIES => tries += 1,
            result => return Ok(result?),
        }
    }
}

fn count(row: Row<'_>, index: usize) -> Option<u64> {
    row.int(index).and_then(|number| u64::try_from(number).ok())
}

fn table(row: Row<'_>) -> TableSize {
    let kind = match row.letter(2) {
        b'm' => Some("materialized view"),
        b'p' => Some("partitioned"),
        _ => None,
    };
    // A partitioned table has no bytes of its own: its partitions are listed.
    let stored = row.letter(2) != b'p';
    let bytes = |index: usize| count(row, index).filter(|_| stored);
    let (table, indexes) = (bytes(5), bytes(6));
    TableSize {
        key: key(row, 0, 1, ObjectKind::Relation),
        kind: kind.map(str::to_owned),
        rows: count(row, 3),
        total_bytes: table.map(|table| table.saturating_add(indexes.unwrap_or(0))),
        table_bytes: table,
        index_bytes: indexes.or(table.map(|_| 0)),
        free_bytes: None,
        busy: row.flag(4),
        seq_scans: count(row, 7),
        index_scans: count(row, 8),
        dead_rows: count(row, 9),
        vacuumed_ms: row.int(10),
        analyzed_ms: row.int(11),
    }
}

fn index(row: Row<'_>) -> IndexSize {
    IndexSize {
        key: ObjectKey { signature: row.string(2), ..key(row, 0, 1, ObjectKind::Index) },
        busy: row.flag(3),
        bytes: count(row, 4),
        scans: count(row, 5),
        used_ms: row.int(6),
        primary: row.flag(7),
        unique: row.flag(8),
        valid: row.flag(9),
    }
}

fn key(row: Row<'_>, schema: usize, name: usize, kind: ObjectKind) -> ObjectKey {
    ObjectKey { database: None, schema: row.string(schema), kind, name: row.name(name), signature: None }
}
