//! The columns a writer writes, and texts of their cells.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use driver::{Error, ValueClass, arrow, arrow::CellClass};

use super::{BytesForm, Format, FormatOptions, TextForms};
use crate::{
    Cell, Cells,
    cells::{is_raw, no_column, unsupported},
};

pub(super) struct Column {
    pub(super) name: String,
    pub(super) class: ValueClass,
    index: usize,
    class_index: Option<usize>,
    /// What all bytes of the column are.
    cells: Option<CellClass>,
}

pub(super) struct Layout {
    pub(super) columns: Vec<Column>,
    pub(super) forms: TextForms,
}

impl Layout {
    pub(super) fn new(format: Format, schema: &SchemaRef, options: &FormatOptions<'_>) -> Result<Self, Error> {
        let visible = arrow::visible_columns(schema);
        let mut wanted = options.columns.clone().unwrap_or_else(|| (0..visible).collect());
        if let (Format::SqlUpdate, Some(target)) = (format, &options.target) {
            // A key is not set, it finds the row.
            wanted.retain(|column| target.keys.iter().all(|(key, _)| key != column));
            wanted.extend(target.keys.iter().map(|(key, _)| *key));
        }
        let column = |index: usize| {
            if index >= visible {
                return Err(no_column(index));
            }
            let field = schema.field(index);
            let class = match field.data_type() {
                DataType::Boolean => ValueClass::Boolean,
                DataType::Binary => options.cast.class(arrow::native_type(field)),
                kind if kind.is_integer() => ValueClass::Number,
                kind => return Err(unsupported(kind)),
            };
            Ok(Column {
                name: field.name().clone(),
                class,
                index,
                class_index: arrow::class_column(schema, index),
                cells: is_raw(options.cast, field).then_some(CellClass::Bytes),
            })
        };
        let columns = wanted.into_iter().map(column).collect::<Result<_, _>>()?;
        Ok(Layout { columns, forms: options.forms.clone() })
    }

    pub(super) fn cells<'a>(&self, batch: &'a RecordBatch) -> Result<Vec<Cells<'a>>, Error> {
        let cells = |column: &Column| Ok(Cells::at(batch, column.index, column.class_index)?.with_class(column.cells));
        self.columns.iter().map(cells).collect()
    }

    /// Whether two columns have one name.
    pub(super) fn repeats_names(&self) -> bool {
        let mut names: Vec<_> = self.columns.iter().map(|column| &column.name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.get(1))
    }

    /// Shows a cell's text as the server's own client prints it; `None` is NULL.
    #[inline]
    pub(super) fn with_text<T>(&self, cell: Cell<'_>, show: impl FnOnce(Option<&[u8]>) -> T) -> T {
        match cell {
            Cell::Null => show(None),
            Cell::Integer(value) => show(Some(itoa::Buffer::new().format(value).as_bytes())),
            Cell::Unsigned(value) => show(Some(itoa::Buffer::new().format(value).as_bytes())),
            Cell::Boolean(true) => show(Some(self.forms.true_text.as_bytes())),
            Cell::Boolean(false) => show(Some(self.forms.false_text.as_bytes())),
            Cell::Bytes(bytes, Some(CellClass::Bytes)) if self.forms.bytes == BytesForm::Hex => show(Some(&hex(bytes))),
            Cell::Bytes(bytes, _) => show(Some(bytes)),
        }
    }
}

/// `\x` and hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 + bytes.len() * 2);
    out.extend(b"\\x");
    push_hex(bytes, &mut out);
    out
}

pub(super) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    for byte in bytes {
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
}

/// Whether these bytes are a number as JSON writes it.
pub(super) fn is_json_number(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.first() == Some(&b'0')) {
        return false;
    }
    let mut rest = rest.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = fraction.get(count..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
