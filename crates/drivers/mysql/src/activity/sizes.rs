//! Sizes and use of tables and indexes.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{ObjectKey, ObjectKind};
use driver::{Error, IndexSize, Sizes, TableSize};

use super::{Told, Watching, number, text};
use crate::control::Rows;

const SYSTEM: &str = "('information_schema', 'mysql', 'performance_schema', 'sys')";

/// A table, or one of its indexes, by names.
type Name = (String, String, String);

pub(super) async fn read(watching: &Watching) -> Result<Sizes, Error> {
    let mut unseen = Vec::new();
    // MySQL 8 would answer from what it wrote down up to a day ago; to MariaDB the hint is a comment.
    let tables = format!(
        "SELECT /*+ SET_VAR(information_schema_stats_expiry = 0) */ TABLE_SCHEMA, TABLE_NAME, ENGINE, TABLE_ROWS, \
         DATA_LENGTH, INDEX_LENGTH, DATA_FREE, CREATE_OPTIONS LIKE '%partitioned%' FROM information_schema.TABLES \
         WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA NOT IN {SYSTEM} \
         ORDER BY TABLE_SCHEMA, TABLE_NAME"
    );
    let indexes = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, MAX(NON_UNIQUE) FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA NOT IN {SYSTEM} GROUP BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME \
         ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME"
    );
    let tables = watching.session.query(&tables).await?;
    let indexes = watching.session.query(&indexes).await?;
    let bytes = index_bytes(watching, &mut unseen).await?;
    let analyzed = analyzed(watching).await?;
    let uses = uses(watching, &mut unseen).await?;
    let mut by_index: HashMap<Name, u64> = HashMap::new();
    for ((schema, table, _), count) in uses.iter().flatten().filter(|((.., index), _)| !index.is_empty()) {
        let all = by_index.entry((schema.clone(), table.clone(), String::new())).or_default();
        *all = all.saturating_add(*count);
    }
    let table = |row: &Vec<Option<String>>| {
        let (schema, name) = (text(row, 0)?, text(row, 1)?);
        let (data, index) = (number(row, 4), number(row, 5));
        let partitioned = text(row, 7).as_deref() == Some("1");
        let kind = text(row, 2).map(|engine| if partitioned { format!("{engine}, partitioned") } else { engine });
        let of = |index: &str| (schema.clone(), name.clone(), index.to_owned());
        let used = uses.as_ref().map(|_| by_index.get(&of("")).copied().unwrap_or(0));
        Some(TableSize {
            analyzed_ms: analyzed.get(&of("")).copied(),
            seq_scans: uses.as_ref().and_then(|uses| uses.get(&of("")).copied()),
            index_scans: used,
            key: key(&schema, &name, ObjectKind::Relation, None),
            kind,
            rows: number(row, 3),
            total_bytes: data.map(|data| data.saturating_add(index.unwrap_or(0))),
            table_bytes: data,
            index_bytes: index,
            free_bytes: number(row, 6),
            busy: false,
            dead_rows: None,
            vacuumed_ms: None,
        })
    };
    let index = |row: &Vec<Option<String>>| {
        let name = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
        let (schema, table, index) = &name;
        Some(IndexSize {
            key: key(schema, index, ObjectKind::Index, Some(table.clone())),
            bytes: bytes.get(&name).copied(),
            busy: false,
            scans: uses.as_ref().map(|uses| uses.get(&name).copied().unwrap_or(0)),
            used_ms: None,
            primary: index == "PRIMARY",
            unique: text(row, 3).as_deref() == Some("0"),
            valid: true,
        })
    };
    let counted_since_ms = match &uses {
        Some(_) => started_ms(watching).await?,
        None => None,
    };
    Ok(Sizes {
        tables: tables.iter().filter_map(table).collect(),
        indexes: indexes.iter().filter_map(index).collect(),
        counted_since_ms,
        counts_rows: true,
        unseen,
    })
}

fn key(schema: &str, name: &str, kind: ObjectKind, signature: Option<String>) -> ObjectKey {
    ObjectKey { database: None, schema: Some(schema.to_owned()), kind, name: name.to_owned(), signature }
}

/// Sizes of InnoDB's indexes, those of partitions added up.
async fn index_bytes(watching: &Watching, unseen: &mut Vec<String>) -> Result<HashMap<Name, u64>, Error> {
    let asked = "SELECT database_name, table_name, index_name, stat_value * @@innodb_page_size \
         FROM mysql.innodb_index_stats WHERE stat_name = 'size'";
    let told = watching.ask(asked).await?;
    if !matches!(told, Told::Rows(_)) {
        unseen.push("The size of each index is in mysql.innodb_index_stats, which this login may not read.".to_owned());
    }
    let mut sizes: HashMap<Name, u64> = HashMap::new();
    for row in told.rows() {
        let (Some(schema), Some(table), Some(index)) = (text(&row, 0), text(&row, 1), text(&row, 2)) else { continue };
        let size = sizes.entry((schema, whole(&table), index)).or_default();
        *size = size.saturating_add(number(&row, 3).unwrap_or(0));
    }
    Ok(sizes)
}

/// The table of a partition, as InnoDB calls it.
fn whole(table: &str) -> String {
    let cut = ["#P#", "#p#"].iter().filter_map(|mark| table.find(mark)).min();
    cut.and_then(|cut| table.get(..cut)).unwrap_or(table).to_owned()
}

/// When InnoDB gathered a table's statistics last.
async fn analyzed(watching: &Watching) -> Result<HashMap<Name, i64>, Error> {
    let asked = "SELECT database_name, table_name, UNIX_TIMESTAMP(last_update) FROM mysql.innodb_table_stats";
    let mut moments: HashMap<Name, i64> = HashMap::new();
    for row in watching.ask(asked).await?.rows() {
        let (Some(schema), Some(table), Some(at)) = (text(&row, 0), text(&row, 1), number(&row, 2)) else { continue };
        let at = i64::try_from(at.saturating_mul(1000)).unwrap_or(i64::MAX);
        let last = moments.entry((schema, whole(&table), String::new())).or_insert(at);
        *last = at.max(*last);
    }
    Ok(moments)
}

/// Rows read by each index, and without one under an empty name; `None` where nobody counts.
async fn uses(watching: &Watching, unseen: &mut Vec<String>) -> Result<Option<HashMap<Name, u64>>, Error> {
    let schema = "SELECT OBJECT_SCHEMA, OBJECT_NAME, COALESCE(INDEX_NAME, ''), COUNT_FETCH \
         FROM performance_schema.table_io_waits_summary_by_index_usage WHERE @@performance_schema = 1";
    let counted = |rows: Rows| {
        let use_of = |row: &Vec<Option<String>>| {
            Some(((text(row, 0)?, text(row, 1)?, text(row, 2)?), number(row, 3).unwrap_or(0)))
        };
        rows.iter().filter_map(use_of).collect::<HashMap<Name, u64>>()
    };
    let told = watching.ask(schema).await?;
    let denied = matches!(told, Told::Denied);
    let rows = told.rows();
    if !rows.is_empty() {
        return Ok(Some(counted(rows)));
    }
    if watching.facts.mariadb {
        let on = watching.ask("SELECT 1 FROM DUAL WHERE @@global.userstat = 1").await?.rows();
        let asked = "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, ROWS_READ FROM information_schema.INDEX_STATISTICS";
        if !on.is_empty()
            && let Told::Rows(rows) = watching.ask(asked).await?
        {
            return Ok(Some(counted(rows)));
        }
    }
    unseen.push(
        match (denied, watching.facts.mariadb) {
            (true, _) => "How indexes are used is in performance_schema, which this login may not read.",
            (false, true) => {
                "This server does not count how indexes are used: neither performance_schema nor userstat is on."
            }
            (false, false) => "This server does not count how indexes are used: performance_schema is off.",
        }
        .to_owned(),
    );
    Ok(None)
}

/// When the server began to count.
async fn started_ms(watching: &Watching) -> Result<Option<i64>, Error> {
    let rows = watching.ask("SHOW GLOBAL STATUS LIKE 'Uptime'").await?.rows();
    let Some(uptime) = rows.first().and_then(|row| number(row, 1)) else { return Ok(None) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(i64::try_from(now.saturating_sub(uptime).saturating_mul(1000)).ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_partition_counts_as_its_table() {
        for (name, table) in [("orders", "orders"), ("orders#P#p0", "orders"), ("o#p#p0#sp#s1", "o"), ("#P", "#P")] {
            assert_eq!(super::whole(name), table);
        }
    }
}
