//! How the same is done while others go on working, as SQL.

use policy::{
    grammar::{
        self, NodeEnum,
        protobuf::{
            AlterTableCmd, AlterTableStmt, AlterTableType, ColumnDef, ConstrType, Constraint, DropBehavior, Node,
            RangeVar,
        },
    },
    name,
};

use super::tree;
use crate::{
    Lock,
    migration::{Online, TableLock},
    names,
};

/// Statements one after the other, each in a transaction of its own.
pub(super) fn steps(sql: String, lock: Lock) -> Option<Online> {
    Some(Online { sql, lock: TableLock::Postgres { lock }, transaction_safe: true })
}

/// Statements that the server refuses inside a transaction.
pub(super) fn alone(sql: String) -> Option<Online> {
    let lock = TableLock::Postgres { lock: Lock::ShareUpdateExclusive };
    Some(Online { sql, lock, transaction_safe: false })
}

/// A statement's tree as SQL with its end.
pub(super) fn written(node: NodeEnum) -> Option<String> {
    grammar::written(node).map(|text| format!("{text};"))
}

/// ALTER TABLE with only this change.
pub(super) fn altered(alter: &AlterTableStmt, change: AlterTableCmd) -> Option<String> {
    let change = Node { node: Some(NodeEnum::AlterTableCmd(Box::new(change))) };
    written(NodeEnum::AlterTableStmt(AlterTableStmt { cmds: vec![change], ..alter.clone() }))
}

pub(super) fn path(relation: &RangeVar) -> String {
    tree::named(relation).sql()
}

/// A name for what belongs to a relation, as the server makes them.
pub(super) fn name_for(relation: &RangeVar, columns: &[String], ending: &str) -> String {
    let parts: Vec<&str> =
        std::iter::once(relation.relname.as_str()).chain(columns.iter().map(String::as_str)).collect();
    names::free(&parts, ending, |_| false)
}

/// The constraint NOT VALID, then validated.
pub(super) fn validated_later(
    alter: &AlterTableStmt,
    relation: &RangeVar,
    constraint: &Constraint,
    named: String,
    lock: Lock,
) -> Option<Online> {
    let later =
        Constraint { conname: named.clone(), skip_validation: true, initially_valid: false, ..constraint.clone() };
    let change = AlterTableCmd {
        subtype: AlterTableType::AtAddConstraint as i32,
        def: Some(Box::new(Node { node: Some(NodeEnum::Constraint(Box::new(later))) })),
        behavior: DropBehavior::DropRestrict as i32,
        ..AlterTableCmd::default()
    };
    let added = altered(alter, change)?;
    steps(format!("{added}\nALTER TABLE {} VALIDATE CONSTRAINT {};", path(relation), name::quote(&named)), lock)
}

/// NOT NULL, proven by a constraint that was validated before.
pub(super) fn not_null(relation: &RangeVar, column: &str, major: u16) -> Option<Online> {
    let (table, quoted) = (path(relation), name::quote(column));
    let proof = name::quote(&name_for(relation, &[column.to_owned()], "not_null"));
    // https://www.postgresql.org/docs/18/sql-altertable.html: from 18 on NOT NULL itself can be NOT VALID.
    let sql = if major >= 18 {
        format!(
            "ALTER TABLE {table} ADD CONSTRAINT {proof} NOT NULL {quoted} NOT VALID;\n\
             ALTER TABLE {table} VALIDATE CONSTRAINT {proof};"
        )
    } else if major >= 12 {
        format!(
            "ALTER TABLE {table} ADD CONSTRAINT {proof} CHECK ({quoted} IS NOT NULL) NOT VALID;\n\
             ALTER TABLE {table} VALIDATE CONSTRAINT {proof};\n\
             ALTER TABLE {table} ALTER COLUMN {quoted} SET NOT NULL;\n\
             ALTER TABLE {table} DROP CONSTRAINT {proof};"
        )
    } else {
        return None;
    };
    steps(sql, Lock::AccessExclusive)
}

/// The index first, then the constraint of it.
pub(super) fn index_first(relation: &RangeVar, constraint: &Constraint, primary: bool) -> Option<Online> {
    let columns = tree::strings(&constraint.keys);
    if columns.is_empty() || constraint.without_overlaps {
        return None;
    }
    let ending = if primary { "pkey" } else { "key" };
    let named = tree::some(&constraint.conname).unwrap_or_else(|| match primary {
        true => name_for(relation, &[], ending),
        false => name_for(relation, &columns, ending),
    });
    let quoted = |names: &[String]| names.iter().map(|one| name::quote(one)).collect::<Vec<_>>().join(", ");
    let included = tree::strings(&constraint.including);
    let included = if included.is_empty() { String::new() } else { format!(" INCLUDE ({})", quoted(&included)) };
    let nulls = if constraint.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let kind = if primary { "PRIMARY KEY" } else { "UNIQUE" };
    let (table, named) = (path(relation), name::quote(&named));
    let when = match (constraint.deferrable, constraint.initdeferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    };
    let lock = TableLock::Postgres { lock: Lock::AccessExclusive };
    let sql = format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {named} ON {table} ({}){included}{nulls};\n\
         ALTER TABLE {table} ADD CONSTRAINT {named} {kind} USING INDEX {named}{when};",
        quoted(&columns)
    );
    Some(Online { sql, lock, transaction_safe: false })
}

/// The column without what makes its rows be written, then its default for new rows. Old rows are filled by the reader of this.
pub(super) fn column_then_default(alter: &AlterTableStmt, relation: &RangeVar, column: &ColumnDef) -> Option<Online> {
    let kept = |node: &&Node| {
        !matches!(&node.node, Some(NodeEnum::Constraint(constraint)) if [
            ConstrType::ConstrDefault,
            ConstrType::ConstrNotnull,
        ].contains(&constraint.contype()))
    };
    let default = column.constraints.iter().find_map(|node| match &node.node {
        Some(NodeEnum::Constraint(constraint)) if constraint.contype() == ConstrType::ConstrDefault => {
            constraint.raw_expr.clone()
        }
        _ => None,
    })?;
    let constraints = column.constraints.iter().filter(kept).cloned().collect();
    let bare = ColumnDef { constraints, ..column.clone() };
    let added = altered(
        alter,
        AlterTableCmd {
            subtype: AlterTableType::AtAddColumn as i32,
            def: Some(Box::new(Node { node: Some(NodeEnum::ColumnDef(Box::new(bare))) })),
            behavior: DropBehavior::DropRestrict as i32,
            ..AlterTableCmd::default()
        },
    )?;
    let set = altered(
        alter,
        AlterTableCmd {
            subtype: AlterTableType::AtColumnDefault as i32,
            name: column.colname.clone(),
            def: Some(default),
            behavior: DropBehavior::DropRestrict as i32,
            ..AlterTableCmd::default()
        },
    )?;
    let (table, quoted) = (path(relation), name::quote(&column.colname));
    let fill = format!("-- Then fill the older rows of {table} where {quoted} IS NULL, some thousand at a time.");
    steps(format!("{added}\n{set}\n{fill}"), Lock::AccessExclusive)
}
