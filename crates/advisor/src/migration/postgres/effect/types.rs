//! What a change of a column's type makes of its rows.

use catalog::ConstraintKind;
use policy::{
    grammar::protobuf::{ColumnDef, Node, TypeName, a_const},
    statement::Named,
};

use super::tree;
use crate::migration::{Migration, Work};

/// A type without what does not matter here: its name as the server prints it, and its sizes.
#[derive(Debug, PartialEq, Eq)]
struct Sized {
    name: String,
    sizes: Vec<i64>,
}

/// What the server does to the rows, and what could make it less where that is not known.
pub(in crate::migration::postgres) fn retyped(
    migration: &Migration<'_>,
    on: &Named,
    column: &str,
    new: &ColumnDef,
) -> (Work, Option<String>) {
    let Some(table) = migration.relation(on.schema.as_deref(), &on.name) else {
        return (Work::Rewrite, Some("unless the old type's values are the new one's as they are stored".to_owned()));
    };
    let old = table.columns().iter().find(|one| one.name == column).map(|one| printed(&one.native_type));
    let target = new.type_name.as_ref().and_then(written);
    // With USING the values are computed, unless it only names the column.
    if new.raw_default.is_some() && !names_only(new.raw_default.as_deref(), column) {
        return (Work::Rewrite, None);
    }
    let (Some(old), Some(target)) = (old, target) else { return (Work::Rewrite, None) };
    if (old.name == "timestamptz") != (target.name == "timestamptz") && stamps(&old) && stamps(&target) {
        return (Work::Rewrite, Some("unless the session's time zone is UTC".to_owned()));
    }
    if !as_stored(&old, &target) {
        return (Work::Rewrite, None);
    }
    // Checks that name the column are made anew, and so checked anew.
    let checked = |constraint: &catalog::Constraint| {
        constraint.kind == ConstraintKind::Check && constraint.columns.iter().any(|one| one == column)
    };
    (if table.constraints().iter().any(checked) { Work::Scan } else { Work::Nothing }, None)
}

fn names_only(expression: Option<&Node>, column: &str) -> bool {
    match expression.and_then(|node| node.node.as_ref()) {
        Some(policy::grammar::NodeEnum::ColumnRef(named)) => {
            matches!(named.fields.as_slice(), [only] if tree::string(only).as_deref() == Some(column))
        }
        _ => false,
    }
}

fn stamps(one: &Sized) -> bool {
    ["timestamp", "timestamptz"].contains(&one.name.as_str())
}

/// Whether values of the old type are values of the new one as they are stored: binary coercible, and no size gets smaller
/// (<https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES>).
fn as_stored(old: &Sized, new: &Sized) -> bool {
    if old == new {
        return true;
    }
    let strings = ["varchar", "text"];
    match (old.name.as_str(), new.name.as_str()) {
        (from, to) if strings.contains(&from) && strings.contains(&to) => {
            match (old.sizes.first(), new.sizes.first()) {
                (_, None) => true,
                (Some(from), Some(to)) => to >= from,
                (None, Some(_)) => false,
            }
        }
        ("varbit", "varbit") => match (old.sizes.first(), new.sizes.first()) {
            (_, None) => true,
            (Some(from), Some(to)) => to >= from,
            (None, Some(_)) => false,
        },
        ("numeric", "numeric") => match (old.sizes.as_slice(), new.sizes.as_slice()) {
            (_, []) => true,
            ([], _) => false,
            (from, to) => {
                let scale = |sizes: &[i64]| sizes.get(1).copied().unwrap_or(0);
                scale(from) == scale(to) && to.first() >= from.first()
            }
        },
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
            // Six digits are all there are.
            let digits = |sizes: &[i64]| sizes.first().copied().unwrap_or(6);
            digits(&new.sizes) >= digits(&old.sizes)
        }
        ("cidr", "inet") => true,
        _ => false,
    }
}

/// A type as statements name it.
fn written(of: &TypeName) -> Option<Sized> {
    let mut names = tree::strings(&of.names);
    let mut name = names.pop()?;
    let sizes = of.typmods.iter().filter_map(|size| match size.node.as_ref()? {
        policy::grammar::NodeEnum::AConst(constant) => match &constant.val {
            Some(a_const::Val::Ival(number)) => Some(i64::from(number.ival)),
            // The library leaves a zero out.
            None => Some(0),
            _ => None,
        },
        _ => None,
    });
    if !of.array_bounds.is_empty() {
        name.push_str("[]");
    }
    if names.last().is_some_and(|schema| schema != "pg_catalog") {
        name = format!("{}.{name}", names.join("."));
    }
    Some(Sized { name, sizes: sizes.collect() })
}

/// A type as the server prints it: `character varying(20)`, `timestamp(3) with time zone`.
fn printed(text: &str) -> Sized {
    let (before, rest) = text.split_once('(').unwrap_or((text, ""));
    let (sizes, after) = rest.split_once(')').unwrap_or(("", ""));
    let whole = format!("{}{after}", before.trim_end());
    let name = match whole.as_str() {
        "character varying" => "varchar",
        "character" => "bpchar",
        "bit varying" => "varbit",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "real" => "float4",
        "double precision" => "float8",
        other => other,
    };
    Sized { name: name.to_owned(), sizes: sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect() }
}
