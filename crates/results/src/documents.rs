//! Lenses for documents: their fields as columns, or each as text.
//!
//! What columns there are is inferred from the first documents, and said so: a field that shows up later has no column until the
//! columns are inferred again.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BinaryArray, RecordBatch, RecordBatchOptions,
    builder::{BinaryBuilder, UInt8Builder},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use driver::{
    DocumentForm, Error,
    arrow::{self, CellClass},
    documents::{DOCUMENT, TextStyle},
};

use crate::{
    cells::unsupported,
    hold::{Hold, Lens, gather_error},
};

/// Most columns; what more fields there are is said.
pub const MOST_COLUMNS: usize = 300;
/// How deep documents inside documents get columns of their own; deeper ones are one cell.
const DEEPEST: usize = 4;
/// The native type of a column whose values are of several types.
pub const MIXED: &str = "mixed";
/// Field metadata: the steps of a column's path, as a JSON array of names.
pub const PATH: &str = "rowhouse.path";

/// Whether a result is one of documents.
pub fn holds_documents(schema: &Schema) -> bool {
    arrow::visible_columns(schema) == 1
        && schema.fields().first().is_some_and(|field| arrow::native_type(field) == DOCUMENT)
}

fn documents(batch: &RecordBatch) -> Result<&BinaryArray, Error> {
    let column = batch.columns().first().ok_or_else(|| crate::cells::no_column(0))?;
    column.as_any().downcast_ref().ok_or_else(|| unsupported(column.data_type()))
}

/// A name that leads to a column, to names inside, or to both.
#[derive(Debug, Default)]
struct Branch {
    column: Option<usize>,
    inside: HashMap<String, Branch>,
}

/// Fields of documents as columns.
pub struct Flattened {
    form: &'static dyn DocumentForm,
    schema: SchemaRef,
    root: Branch,
    columns: usize,
    /// Documents that were looked at to find the columns.
    pub sampled: u64,
    /// Fields that got no column, because there are too many.
    pub left_out: usize,
}

/// What was seen of a field.
struct Seen {
    path: Vec<String>,
    native_type: Option<&'static str>,
    mixed: bool,
}

impl Flattened {
    /// Columns for the fields of the first `most` documents of a hold. Blocks on the disk.
    ///
    /// # Errors
    /// `Corrupt` for a damaged spool. A damaged document has the fields that can be read.
    pub fn infer(form: &'static dyn DocumentForm, hold: &Hold, most: u64) -> Result<Flattened, Error> {
        let (mut root, mut seen, mut sampled, mut left_out) = (Branch::default(), Vec::new(), 0, 0);
        for batch in hold.batches(0..most) {
            let batch = batch?;
            let documents = documents(&batch)?;
            for raw in documents.iter().flatten() {
                sampled += 1;
                let mut path = Vec::new();
                note(form, DOCUMENT, raw, &mut root, &mut path, &mut seen, &mut left_out);
            }
        }
        let mut fields: Vec<Field> = Vec::with_capacity(seen.len() * 2);
        for field in &seen {
            let native = if field.mixed { MIXED } else { field.native_type.unwrap_or("null") };
            let path = serde_json::to_string(&field.path).unwrap_or_default();
            let mut column = arrow::field(&field.path.join("."), DataType::Binary, native);
            column.metadata_mut().insert(PATH.to_owned(), path);
            fields.push(column);
        }
        fields.extend((0..seen.len()).map(arrow::class_field));
        let schema = Arc::new(Schema::new_with_metadata(fields, hold.schema().metadata().clone()));
        Ok(Flattened { form, schema, root, columns: seen.len(), sampled, left_out })
    }
}

fn note(
    form: &'static dyn DocumentForm,
    native_type: &str,
    raw: &[u8],
    branch: &mut Branch,
    path: &mut Vec<String>,
    seen: &mut Vec<Seen>,
    left_out: &mut usize,
) {
    for field in form.fields(native_type, raw).unwrap_or_default() {
        let below = branch.inside.entry(field.name.clone().into_owned()).or_default();
        path.push(field.name.into_owned());
        if is_inside(field.native_type, field.children, path.len()) {
            note(form, field.native_type, field.raw, below, path, seen, left_out);
        } else {
            match below.column {
                Some(at) => {
                    if let Some(one) = seen.get_mut(at).filter(|_| field.native_type != "null") {
                        one.mixed |= one.native_type.is_some_and(|known| known != field.native_type);
                        one.native_type = Some(field.native_type);
                    }
                }
                None if seen.len() >= MOST_COLUMNS => *left_out += 1,
                None => {
                    below.column = Some(seen.len());
                    let native_type = Some(field.native_type).filter(|native| *native != "null");
                    seen.push(Seen { path: path.clone(), native_type, mixed: false });
                }
            }
        }
        path.pop();
    }
}

/// Whether a value's own fields have the columns. An empty document is a value like another.
fn is_inside(native_type: &str, children: Option<usize>, depth: usize) -> bool {
    native_type == "object" && children.is_some_and(|children| children > 0) && depth < DEEPEST
}

/// The columns while rows are put into them.
struct Cells {
    values: Vec<BinaryBuilder>,
    classes: Vec<UInt8Builder>,
    /// Whether the row in progress has a value, by column.
    filled: Vec<bool>,
}

impl Cells {
    fn set(&mut self, at: usize, bytes: Option<&[u8]>, class: CellClass) {
        let (Some(values), Some(classes), Some(filled)) =
            (self.values.get_mut(at), self.classes.get_mut(at), self.filled.get_mut(at))
        else {
            return;
        };
        // Of a name that is there twice the first is shown: the document itself has both.
        if std::mem::replace(filled, true) {
            return;
        }
        values.append_option(bytes);
        classes.append_value(class as u8);
    }

    fn end_row(&mut self) {
        for at in 0..self.filled.len() {
            if !self.filled.get(at).copied().unwrap_or(true) {
                self.set(at, None, CellClass::Missing);
            }
        }
        self.filled.fill(false);
    }
}

impl Flattened {
    fn row(&self, native_type: &str, raw: &[u8], branch: &Branch, depth: usize, cells: &mut Cells) {
        for field in self.form.fields(native_type, raw).unwrap_or_default() {
            let Some(below) = branch.inside.get(field.name.as_ref()) else { continue };
            if is_inside(field.native_type, field.children, depth + 1) {
                self.row(field.native_type, field.raw, below, depth + 1, cells);
            } else if let Some(at) = below.column {
                let (bytes, class) = self.form.cell(field.native_type, field.raw);
                cells.set(at, (class != CellClass::Null).then_some(&*bytes), class);
            }
        }
    }
}

impl Lens for Flattened {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn see(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let documents = documents(batch)?;
        let builders = || (0..self.columns).map(|_| BinaryBuilder::with_capacity(batch.num_rows(), 0)).collect();
        let classes = (0..self.columns).map(|_| UInt8Builder::with_capacity(batch.num_rows())).collect();
        let mut cells = Cells { values: builders(), classes, filled: vec![false; self.columns] };
        for raw in documents {
            if let Some(raw) = raw {
                self.row(DOCUMENT, raw, &self.root, 0, &mut cells);
            }
            cells.end_row();
        }
        let values = cells.values.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let mut columns: Vec<ArrayRef> = values.collect();
        columns.extend(cells.classes.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        finished(&self.schema, columns, batch.num_rows())
    }
}

fn finished(schema: &SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, Error> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).map_err(gather_error)
}

/// Each document as one text: what files and terminals get.
pub struct DocumentTexts {
    form: &'static dyn DocumentForm,
    style: TextStyle,
    schema: SchemaRef,
}

impl DocumentTexts {
    /// Documents of this schema as texts of this style.
    pub fn new(form: &'static dyn DocumentForm, style: TextStyle, of: &Schema) -> Self {
        let field = arrow::field("document", DataType::Binary, "json");
        let schema = Arc::new(Schema::new_with_metadata(vec![field], of.metadata().clone()));
        DocumentTexts { form, style, schema }
    }
}

impl Lens for DocumentTexts {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn see(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let documents = documents(batch)?;
        let mut texts = BinaryBuilder::with_capacity(documents.len(), 0);
        for raw in documents {
            texts.append_option(raw.map(|raw| self.form.text(DOCUMENT, raw, self.style, false)));
        }
        finished(&self.schema, vec![Arc::new(texts.finish())], batch.num_rows())
    }
}
