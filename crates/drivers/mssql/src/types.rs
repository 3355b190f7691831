//! The schema of a result.

use std::{collections::HashMap, sync::Arc};

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use driver::arrow::{NATIVE_TYPE, TYPE_ID, class_field};

use crate::wire::{Column, TypeKind};

/// The schema of a result: its columns, then one of classes for each whose values are of several kinds.
pub(crate) fn schema(columns: &[Column]) -> SchemaRef {
    let mut fields: Vec<Field> = columns.iter().map(field).collect();
    let mixed = columns.iter().enumerate().filter(|(_, column)| column.kind() == TypeKind::Variant);
    fields.extend(mixed.map(|(index, _)| class_field(index)));
    Arc::new(Schema::new(fields))
}

fn field(column: &Column) -> Field {
    let data_type = match column.kind() {
        TypeKind::Int16 => DataType::Int16,
        TypeKind::Int32 => DataType::Int32,
        TypeKind::Int64 => DataType::Int64,
        TypeKind::Boolean => DataType::Boolean,
        TypeKind::Bytes | TypeKind::Variant => DataType::Binary,
    };
    let facts = [(NATIVE_TYPE.to_owned(), column.native_type()), (TYPE_ID.to_owned(), column.type_code().to_string())];
    Field::new(&column.name, data_type, true).with_metadata(HashMap::from(facts))
}
