//! Rows into Arrow columns, cell by cell, without an allocation per cell.

use std::{sync::Arc, time::Instant};

use arrow_array::{ArrayRef, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, UInt32Array};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::{
    Violation,
    frame::{Reader, lossy},
};

/// Most rows of a batch.
const BATCH_ROWS: usize = 8192;
/// Most bytes of a batch, but for one row that is larger.
const BATCH_BYTES: usize = 4 << 20;
/// Room kept for the next batch's values in one column.
const KEPT_BYTES: usize = 1 << 20;

/// A column of a result set, as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The table it comes from, 0 if none.
    pub table_oid: u32,
    /// Its number in that table, 0 if none.
    pub attribute_number: i16,
    /// Its type.
    pub type_oid: u32,
    /// The type's size, negative if it varies.
    pub type_size: i16,
    /// The type's modifier, -1 if none.
    pub type_modifier: i32,
}

/// How a column's cells are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// int2
    Int16,
    /// int4
    Int32,
    /// int8
    Int64,
    /// oid
    UInt32,
    /// bool
    Boolean,
    /// Anything else: the server's own bytes.
    Bytes,
}

impl Kind {
    /// By the server's fixed type numbers.
    pub fn of(type_oid: u32) -> Kind {
        match type_oid {
            16 => Kind::Boolean,
            20 => Kind::Int64,
            21 => Kind::Int16,
            23 => Kind::Int32,
            26 => Kind::UInt32,
            _ => Kind::Bytes,
        }
    }

    /// The Arrow type of [`Batch::columns`].
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Int16 => DataType::Int16,
            Kind::Int32 => DataType::Int32,
            Kind::Int64 => DataType::Int64,
            Kind::UInt32 => DataType::UInt32,
            Kind::Boolean => DataType::Boolean,
            Kind::Bytes => DataType::Binary,
        }
    }
}

/// Some rows of a result set.
#[derive(Debug, Clone)]
pub struct Batch {
    /// One array per column, typed as [`Kind::data_type`] says.
    pub columns: Vec<ArrayRef>,
    /// Rows, which a result set without columns has too.
    pub rows: usize,
}

/// Reads a RowDescription's body.
pub(crate) fn describe(tag: u8, body: &[u8]) -> Result<Vec<Column>, Violation> {
    let mut reader = Reader::new(tag, body);
    let count = reader.u16()?;
    let mut columns = Vec::new();
    for _ in 0..count {
        let name = lossy(reader.cstr()?);
        let table_oid = reader.u32()?;
        let attribute_number = reader.i16()?;
        let type_oid = reader.u32()?;
        let type_size = reader.i16()?;
        let type_modifier = reader.i32()?;
        if reader.i16()? != 0 {
            return Err(Violation::BinaryColumn);
        }
        columns.push(Column { name, table_oid, attribute_number, type_oid, type_size, type_modifier });
    }
    reader.end()?;
    Ok(columns)
}

/// The rows read and not yet handed out.
pub(crate) struct Builders {
    columns: Vec<Builder>,
    rows: usize,
    bytes: usize,
    first_row_at: Option<Instant>,
    /// Whether a batch was handed out before: until then rows do not wait for company.
    begun: bool,
}

impl Builders {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let columns = columns.iter().map(|column| Builder::new(Kind::of(column.type_oid))).collect();
        Builders { columns, rows: 0, bytes: 0, first_row_at: None, begun: false }
    }

    /// Reads a DataRow's body.
    #[inline]
    pub(crate) fn push(&mut self, tag: u8, body: &[u8]) -> Result<(), Violation> {
        let mut reader = Reader::new(tag, body);
        let found = usize::from(reader.u16()?);
        if found != self.columns.len() {
            return Err(Violation::RowWidth { expected: self.columns.len(), found });
        }
        for (column, builder) in self.columns.iter_mut().enumerate() {
            let cell = match reader.i32()? {
                -1 => None,
                length => {
                    let length = usize::try_from(length).map_err(|_| Violation::Malformed(tag))?;
                    Some(reader.bytes(length)?)
                }
            };
            builder.push(cell).map_err(|NotOfItsType| Violation::Cell { column })?;
        }
        reader.end()?;
        self.rows += 1;
        self.bytes += body.len();
        if self.first_row_at.is_none() {
            self.first_row_at = Some(Instant::now());
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// When the first row that still waits came.
    pub(crate) fn first_row_at(&self) -> Option<Instant> {
        self.first_row_at
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn finish(&mut self) -> Batch {
        self.begun = true;
        self.bytes = 0;
        self.first_row_at = None;
        Batch { columns: self.columns.iter_mut().map(Builder::finish).collect(), rows: std::mem::take(&mut self.rows) }
    }
}

struct Builder {
    values: Values,
    nulls: NullBufferBuilder,
}

enum Values {
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt32(Vec<u32>),
    Boolean(BooleanBufferBuilder),
    /// Offsets stay within `i32`: a batch ends at 4 MiB and a single row is below 1 GiB.
    Bytes(Vec<i32>, Vec<u8>),
}

struct NotOfItsType;

impl Builder {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Int16 => Values::Int16(Vec::new()),
            Kind::Int32 => Values::Int32(Vec::new()),
            Kind::Int64 => Values::Int64(Vec::new()),
            Kind::UInt32 => Values::UInt32(Vec::new()),
            Kind::Boolean => Values::Boolean(BooleanBufferBuilder::new(0)),
            Kind::Bytes => Values::Bytes(vec![0], Vec::new()),
        };
        Builder { values, nulls: NullBufferBuilder::new(0) }
    }

    #[inline]
    fn push(&mut self, cell: Option<&[u8]>) -> Result<(), NotOfItsType> {
        match &mut self.values {
            Values::Int16(values) => values.push(integer(cell)?),
            Values::Int32(values) => values.push(integer(cell)?),
            Values::Int64(values) => values.push(integer(cell)?),
            Values::UInt32(values) => values.push(integer(cell)?),
            Values::Boolean(values) => values.append(match cell {
                None | Some(b"f") => false,
                Some(b"t") => true,
                Some(_) => return Err(NotOfItsType),
            }),
            Values::Bytes(offsets, values) => {
                values.extend_from_slice(cell.unwrap_or_default());
                offsets.push(i32::try_from(values.len()).map_err(|_| NotOfItsType)?);
            }
        }
        self.nulls.append(cell.is_some());
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        let nulls = self.nulls.finish();
        match &mut self.values {
            Values::Int16(values) => Arc::new(Int16Array::new(take(values), nulls)),
            Values::Int32(values) => Arc::new(Int32Array::new(take(values), nulls)),
            Values::Int64(values) => Arc::new(Int64Array::new(take(values), nulls)),
            Values::UInt32(values) => Arc::new(UInt32Array::new(take(values), nulls)),
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Bytes(offsets, values) => {
                let mut fresh = Vec::with_capacity(offsets.len());
                fresh.push(0);
                let offsets = std::mem::replace(offsets, fresh);
                let room = values.len().min(KEPT_BYTES);
                let values = std::mem::replace(values, Vec::with_capacity(room));
                bytes(offsets, values, nulls)
            }
        }
    }
}

fn bytes(offsets: Vec<i32>, values: Vec<u8>, nulls: Option<NullBuffer>) -> ArrayRef {
    // The offsets only grow and end at the values' length, and the nulls are as many as the cells: `push` keeps them in
    // step, so the checks of `new` hold.
    Arc::new(BinaryArray::new(OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(values), nulls))
}

fn take<T: arrow_buffer::ArrowNativeType>(values: &mut Vec<T>) -> ScalarBuffer<T> {
    let room = values.len();
    ScalarBuffer::from(std::mem::replace(values, Vec::with_capacity(room)))
}

/// Decimal digits with an optional minus, NULL as zero.
#[inline]
fn integer<T: TryFrom<i64>>(cell: Option<&[u8]>) -> Result<T, NotOfItsType> {
    let Some(text) = cell else { return T::try_from(0).map_err(|_| NotOfItsType) };
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 19 {
        return Err(NotOfItsType);
    }
    // Collected on the negative side, which holds one number more.
    let mut value = 0i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return Err(NotOfItsType);
        }
        value = value.checked_mul(10).and_then(|value| value.checked_sub(i64::from(digit))).ok_or(NotOfItsType)?;
    }
    let value = if negative { value } else { value.checked_neg().ok_or(NotOfItsType)? };
    T::try_from(value).map_err(|_| NotOfItsType)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow_array::{Array, cast::AsArray, types::Int32Type};

    use super::*;

    fn column(type_oid: u32) -> Column {
        Column { name: "c".into(), table_oid: 0, attribute_number: 0, type_oid, type_size: -1, type_modifier: -1 }
    }

    fn row(cells: &[Option<&[u8]>]) -> Vec<u8> {
        let mut body = u16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
        for cell in cells {
            match cell {
                None => body.extend((-1i32).to_be_bytes()),
                Some(bytes) => {
                    body.extend(i32::try_from(bytes.len()).unwrap().to_be_bytes());
                    body.extend(*bytes);
                }
            }
        }
        body
    }

    #[test]
    fn integers_are_read_to_their_limits_and_not_beyond() {
        let read = |text: &str| integer::<i64>(Some(text.as_bytes())).ok();
        assert_eq!(read("9223372036854775807"), Some(i64::MAX));
        assert_eq!(read("-9223372036854775808"), Some(i64::MIN));
        for nonsense in ["9223372036854775808", "-9223372036854775809", "", "-", "1.0", " 1", "+1", "1e3", "--1"] {
            assert_eq!(read(nonsense), None, "{nonsense:?}");
        }
        assert!(integer::<i16>(Some(b"32768")).is_err());
        assert!(integer::<u32>(Some(b"-1")).is_err());
        assert_eq!(integer::<u32>(Some(b"4294967295")).ok(), Some(u32::MAX));
    }

    #[test]
    fn cells_become_typed_columns_and_batches_start_anew() {
        let mut builders = Builders::new(&[column(23), column(16), column(25)]);
        builders.push(b'D', &row(&[Some(b"-7"), Some(b"t"), Some(b"\xff")])).unwrap();
        builders.push(b'D', &row(&[None, None, None])).unwrap();
        let batch = builders.finish();
        assert_eq!(batch.rows, 2);
        assert_eq!(batch.columns[0].as_primitive::<Int32Type>().value(0), -7);
        assert!(batch.columns[0].is_null(1));
        assert!(batch.columns[1].as_boolean().value(0));
        assert_eq!(batch.columns[2].as_binary::<i32>().value(0), b"\xff");
        assert!(batch.columns[2].is_null(1));
        builders.push(b'D', &row(&[Some(b"1"), Some(b"f"), Some(b"")])).unwrap();
        let batch = builders.finish();
        assert_eq!(batch.rows, 1);
        assert_eq!(batch.columns[2].as_binary::<i32>().value(0), b"");
        assert!(batch.columns[2].is_valid(0));
    }

    #[test]
    fn dishonest_rows_are_violations() {
        let mut builders = Builders::new(&[column(23)]);
        let mut push = |body: &[u8]| builders.push(b'D', body).unwrap_err();
        assert_eq!(push(&row(&[])), Violation::RowWidth { expected: 1, found: 0 });
        assert_eq!(push(&row(&[Some(b"x")])), Violation::Cell { column: 0 });
        assert_eq!(push(&[0]), Violation::Malformed(b'D'));
        assert_eq!(push(&[0, 1, 0, 0, 0, 9, b'1']), Violation::Malformed(b'D'));
        assert_eq!(push(&[0, 1, 0xff, 0xff, 0xff, 0xfe]), Violation::Malformed(b'D'));
        let mut long = row(&[Some(b"1")]);
        long.push(0);
        assert_eq!(push(&long), Violation::Malformed(b'D'));
    }
}
