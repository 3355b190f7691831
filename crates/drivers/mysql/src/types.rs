//! The names of types, as the server's DDL spells them, and the schema of a result.

use std::{collections::HashMap, sync::Arc};

use arrow_schema::{Field, Schema, SchemaRef};
use driver::arrow::{NATIVE_TYPE, ORIGIN, TYPE_ID};

use crate::wire::{Column, Kind, flag, kind_code as code};

/// Bytes of a character of `utf8mb4`, in which results come.
const WIDEST: u32 = 4;

/// The schema of a result.
pub(crate) fn schema(columns: &[Column]) -> SchemaRef {
    let fields = columns.iter().map(|column| {
        let mut metadata =
            HashMap::from([(NATIVE_TYPE.to_owned(), name(column)), (TYPE_ID.to_owned(), column.kind.to_string())]);
        if !column.schema.is_empty() && !column.table.is_empty() && !column.origin.is_empty() {
            let origin = format!("{}\u{1f}{}\u{1f}{}", column.schema, column.table, column.origin);
            metadata.insert(ORIGIN.to_owned(), origin);
        }
        Field::new(&column.name, Kind::of(column).data_type(), true).with_metadata(metadata)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A column's type.
pub(crate) fn name(column: &Column) -> String {
    if let Some(name) = column.type_name.as_deref().filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    if column.format.as_deref() == Some("json") {
        return "json".to_owned();
    }
    if column.has(flag::ENUM) {
        return "enum".to_owned();
    }
    if column.has(flag::SET) {
        return "set".to_owned();
    }
    let bytes = column.is_binary();
    match column.kind {
        code::TINY if column.length == 1 && !column.has(flag::UNSIGNED) => "tinyint(1)".to_owned(),
        code::TINY => integer("tinyint", column),
        code::SHORT => integer("smallint", column),
        code::INT24 => integer("mediumint", column),
        code::LONG => integer("int", column),
        code::LONGLONG => integer("bigint", column),
        code::FLOAT => real("float", column),
        code::DOUBLE => real("double", column),
        code::DECIMAL | code::NEWDECIMAL => {
            let scale = u32::from(column.decimals);
            let signs = u32::from(scale > 0) + u32::from(!column.has(flag::UNSIGNED));
            signed(format!("decimal({},{scale})", column.length.saturating_sub(signs)), column)
        }
        code::NULL => "null".to_owned(),
        code::TIMESTAMP => moment("timestamp", column),
        code::DATETIME => moment("datetime", column),
        code::TIME => moment("time", column),
        code::DATE | code::NEWDATE => "date".to_owned(),
        code::YEAR => "year".to_owned(),
        code::BIT => format!("bit({})", column.length),
        code::VECTOR => "vector".to_owned(),
        code::JSON => "json".to_owned(),
        code::ENUM => "enum".to_owned(),
        code::SET => "set".to_owned(),
        code::TINY_BLOB | code::BLOB | code::MEDIUM_BLOB | code::LONG_BLOB => long(column, bytes).to_owned(),
        code::VAR_STRING | code::VARCHAR => string(if bytes { "varbinary" } else { "varchar" }, column),
        code::STRING => string(if bytes { "binary" } else { "char" }, column),
        code::GEOMETRY => "geometry".to_owned(),
        other => format!("type {other}"),
    }
}

fn integer(name: &str, column: &Column) -> String {
    if column.has(flag::ZEROFILL) {
        return format!("{name}({}) unsigned zerofill", column.length);
    }
    signed(name.to_owned(), column)
}

fn real(name: &str, column: &Column) -> String {
    signed(name.to_owned(), column)
}

fn signed(mut name: String, column: &Column) -> String {
    if column.has(flag::UNSIGNED) {
        name.push_str(" unsigned");
    }
    if column.has(flag::ZEROFILL) {
        name.push_str(" zerofill");
    }
    name
}

fn moment(name: &str, column: &Column) -> String {
    match column.decimals {
        digits @ 1..=6 => format!("{name}({digits})"),
        _ => name.to_owned(),
    }
}

fn string(name: &str, column: &Column) -> String {
    let width = if column.is_binary() { column.length } else { column.length / WIDEST };
    format!("{name}({width})")
}

/// A text's length is that of its bytes in the result's encoding, so it is between once and four times the type's own.
fn long(column: &Column, bytes: bool) -> &'static str {
    let times = if bytes { 1 } else { WIDEST };
    let (tiny, ordinary, medium) = (255 * times, 65_535 * times, 16_777_215 * times);
    match (column.length, bytes) {
        (length, true) if length <= tiny => "tinyblob",
        (length, true) if length <= ordinary => "blob",
        (length, true) if length <= medium => "mediumblob",
        (_, true) => "longblob",
        (length, false) if length <= tiny => "tinytext",
        (length, false) if length <= ordinary => "text",
        (length, false) if length <= medium => "mediumtext",
        (_, false) => "longtext",
    }
}
