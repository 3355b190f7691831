//! Apache Parquet.
//!
//! A column is typed where its values are typed already (integers, booleans) or where they are bytes; text of any other type
//! would be changed by a type of Parquet's own (`1.50` has no scale, `infinity` is no day), so it stays the server's text, with
//! the native type beside it.

use std::{io::Write, sync::Arc};

use ::parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    errors::ParquetError,
    file::{metadata::KeyValue, properties::WriterProperties},
};
use arrow_array::{
    ArrayRef, RecordBatch, RecordBatchOptions,
    builder::{BinaryBuilder, StringBuilder},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use driver::{Cast, CastTarget, Scalar, ValueClass, ValueContext, arrow, arrow::CellClass};
use results::{Cell, Cells, TextForms, WriteError};

use super::{ExportOptions, chosen, other, unsupported};

/// A row group ends at so many bytes…
const GROUP_BYTES: usize = 64 << 20;
/// … or rows.
const GROUP_ROWS: usize = 1 << 20;

/// What becomes of a column.
#[derive(Clone, Copy)]
enum Form {
    /// As it is.
    Typed,
    /// Bytes.
    Raw,
    /// Bytes that the server printed as text.
    Printed,
    /// The server's text.
    Text,
}

struct Column {
    index: usize,
    class: Option<usize>,
    native: String,
    form: Form,
}

pub(super) struct Parquet<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    columns: Vec<Column>,
    cast: &'static dyn Cast,
    forms: TextForms,
    context: ValueContext,
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(schema: &SchemaRef, options: &ExportOptions<'_>, out: W) -> Result<Self, WriteError> {
        let cast = options.cast;
        let mut columns = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        for index in chosen(schema, &options.format) {
            let Some(field) = schema.fields().get(index) else {
                return Err(unsupported(format!("The result has no column {}.", index + 1), "Choose other columns."));
            };
            let native = arrow::native_type(field).to_owned();
            let class = arrow::class_column(schema, index);
            let form = form(cast, &native, field.data_type(), class.is_some(), options.context);
            let data_type = match form {
                Form::Typed => field.data_type().clone(),
                Form::Raw | Form::Printed => DataType::Binary,
                Form::Text => DataType::Utf8,
            };
            let name = free_name(field.name(), &fields);
            fields.push(arrow::field(&name, data_type, &native));
            columns.push(Column { index, class, native, form });
        }
        if fields.is_empty() {
            return Err(unsupported("A Parquet file has at least one column.", "Choose columns, or another format."));
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let said = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
        let mut said_of: Vec<KeyValue> = [
            ("rowhouse.time_zone", &options.context.time_zone),
            ("rowhouse.date_style", &options.context.date_style),
            ("rowhouse.interval_style", &options.context.interval_style),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| said(key, value))
        .collect();
        if let Some(note) = &options.format.note {
            said_of.push(said("rowhouse.note", note));
        }
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("Rowhouse".to_owned())
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_key_value_metadata(Some(said_of))
            .build();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        let forms = options.format.forms.clone();
        Ok(Parquet { writer, schema, columns, cast, forms, context: options.context.clone() })
    }

    pub(super) fn batch(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let arrays: Vec<ArrayRef> =
            self.columns.iter().map(|column| self.array(column, batch)).collect::<Result<_, _>>()?;
        let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &rows).map_err(other)?;
        self.writer.write(&batch).map_err(failed)?;
        if self.writer.in_progress_size() > GROUP_BYTES {
            self.writer.flush().map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<W, WriteError> {
        self.writer.into_inner().map_err(failed)
    }

    fn array(&self, column: &Column, batch: &RecordBatch) -> Result<ArrayRef, WriteError> {
        if let (Form::Typed, Some(array)) = (column.form, batch.columns().get(column.index)) {
            return Ok(Arc::clone(array));
        }
        let cells = Cells::at(batch, column.index, column.class)?;
        let rows = 0..batch.num_rows();
        if matches!(column.form, Form::Text) {
            let mut texts = StringBuilder::new();
            let mut digits = Vec::new();
            for row in rows {
                match cells.get(row) {
                    Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => texts.append_null(),
                    Cell::Integer(value) => texts.append_value(value.to_string()),
                    Cell::Unsigned(value) => texts.append_value(value.to_string()),
                    Cell::Boolean(true) => texts.append_value(self.forms.true_text),
                    Cell::Boolean(false) => texts.append_value(self.forms.false_text),
                    Cell::Bytes(bytes, class) => match std::str::from_utf8(bytes) {
                        Ok(text) if class != Some(CellClass::Bytes) => texts.append_value(text),
                        // What is no text stands as its digits.
                        _ => texts.append_value(hex(bytes, &mut digits)),
                    },
                }
            }
            return Ok(Arc::new(texts.finish()));
        }
        let mut values = BinaryBuilder::new();
        for row in rows {
            match cells.get(row) {
                Cell::Bytes(bytes, _) if matches!(column.form, Form::Raw) => values.append_value(bytes),
                Cell::Bytes(bytes, _) => {
                    match self.cast.cast(&column.native, &self.context, bytes, CastTarget::Bytes) {
                        Scalar::Bytes(read) => values.append_value(read),
                        // Printed otherwise than the session said: nothing may be lost.
                        _ => values.append_value(bytes),
                    }
                }
                _ => values.append_null(),
            }
        }
        Ok(Arc::new(values.finish()))
    }
}

fn form(cast: &dyn Cast, native: &str, data_type: &DataType, mixed: bool, context: &ValueContext) -> Form {
    match data_type {
        DataType::Binary if mixed || cast.class(native) != ValueClass::Bytes => Form::Text,
        DataType::Binary if cast.forms().raw_bytes => Form::Raw,
        DataType::Binary if context.bytea_output == "hex" => Form::Printed,
        DataType::Binary => Form::Text,
        _ => Form::Typed,
    }
}

/// Readers find columns by name: one that is taken gets a number.
fn free_name(name: &str, taken: &[Field]) -> String {
    let is_free = |name: &str| taken.iter().all(|field| field.name() != name);
    if is_free(name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name}_{number}")).find(|name| is_free(name)).unwrap_or_else(|| name.to_owned())
}

/// `\x` and hexadecimal digits.
pub(super) fn hex<'a>(bytes: &[u8], digits: &'a mut Vec<u8>) -> &'a str {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    digits.clear();
    digits.extend_from_slice(b"\\x");
    digits.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    // They are digits.
    std::str::from_utf8(digits).unwrap_or_default()
}

fn failed(error: ParquetError) -> WriteError {
    other(error)
}
