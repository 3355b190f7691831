//! Rows into Arrow columns, cell by cell, without an allocation per cell.

use std::{sync::Arc, time::Instant};

use arrow_array::{ArrayRef, BinaryArray, Int16Array, Int32Array, Int64Array, UInt16Array, UInt32Array, UInt64Array};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};

use super::{Column, Kind, Violation, binary, frame::Reader};

/// Most rows of a batch.
const BATCH_ROWS: usize = 8192;
/// Most bytes of a batch, but for one row that is larger.
const BATCH_BYTES: usize = 4 << 20;
/// Room kept for the next batch's values in one column.
const KEPT_BYTES: usize = 1 << 20;

/// Some rows of a result set.
#[derive(Debug, Clone)]
pub struct Batch {
    /// One array per column, typed as [`Kind::data_type`] says.
    pub columns: Vec<ArrayRef>,
    /// How many rows.
    pub rows: usize,
}

/// The rows read and not yet handed out.
pub(crate) struct Builders {
    columns: Vec<Builder>,
    /// The columns of a prepared statement's rows, which come in binary.
    binary: Option<Vec<Column>>,
    scratch: Vec<u8>,
    rows: usize,
    bytes: usize,
    first_row_at: Option<Instant>,
    /// Whether a batch was handed out before: until then rows do not wait for company.
    begun: bool,
}

impl Builders {
    pub(crate) fn new(columns: &[Column], is_binary: bool) -> Self {
        Builders {
            columns: columns.iter().map(|column| Builder::new(Kind::of(column))).collect(),
            binary: is_binary.then(|| columns.to_vec()),
            scratch: Vec::new(),
            rows: 0,
            bytes: 0,
            first_row_at: None,
            begun: false,
        }
    }

    /// Reads a row's payload.
    #[inline]
    pub(crate) fn push(&mut self, payload: &[u8]) -> Result<(), Violation> {
        match &self.binary {
            None => {
                let mut reader = Reader::new(payload);
                for (column, builder) in self.columns.iter_mut().enumerate() {
                    builder.push(reader.cell()?).map_err(|NotOfItsType| Violation::Cell { column })?;
                }
                reader.end().map_err(|_| Violation::RowWidth)?;
            }
            Some(definitions) => {
                let mut row = binary::Row::new(payload, definitions.len())?;
                for (column, (builder, definition)) in self.columns.iter_mut().zip(definitions).enumerate() {
                    let cell = row.next(definition, &mut self.scratch)?;
                    builder.push(cell).map_err(|NotOfItsType| Violation::Cell { column })?;
                }
                row.end()?;
            }
        }
        self.rows += 1;
        self.bytes += payload.len();
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
    UInt16(Vec<u16>),
    Int32(Vec<i32>),
    UInt32(Vec<u32>),
    Int64(Vec<i64>),
    UInt64(Vec<u64>),
    /// Offsets stay within `i32`: a batch ends at 4 MiB and a single row is little more than 1 GiB.
    Bytes(Vec<i32>, Vec<u8>),
}

struct NotOfItsType;

impl Builder {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Int16 => Values::Int16(Vec::new()),
            Kind::UInt16 => Values::UInt16(Vec::new()),
            Kind::Int32 => Values::Int32(Vec::new()),
            Kind::UInt32 => Values::UInt32(Vec::new()),
            Kind::Int64 => Values::Int64(Vec::new()),
            Kind::UInt64 => Values::UInt64(Vec::new()),
            Kind::Bytes => Values::Bytes(vec![0], Vec::new()),
        };
        Builder { values, nulls: NullBufferBuilder::new(0) }
    }

    #[inline]
    fn push(&mut self, cell: Option<&[u8]>) -> Result<(), NotOfItsType> {
        match &mut self.values {
            Values::Int16(values) => values.push(integer(cell)?),
            Values::UInt16(values) => values.push(integer(cell)?),
            Values::Int32(values) => values.push(integer(cell)?),
            Values::UInt32(values) => values.push(integer(cell)?),
            Values::Int64(values) => values.push(integer(cell)?),
            Values::UInt64(values) => values.push(integer(cell)?),
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
            Values::UInt16(values) => Arc::new(UInt16Array::new(take(values), nulls)),
            Values::Int32(values) => Arc::new(Int32Array::new(take(values), nulls)),
            Values::UInt32(values) => Arc::new(UInt32Array::new(take(values), nulls)),
            Values::Int64(values) => Arc::new(Int64Array::new(take(values), nulls)),
            Values::UInt64(values) => Arc::new(UInt64Array::new(take(values), nulls)),
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
fn integer<T: TryFrom<i128>>(cell: Option<&[u8]>) -> Result<T, NotOfItsType> {
    let Some(text) = cell else { return T::try_from(0).map_err(|_| NotOfItsType) };
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 20 {
        return Err(NotOfItsType);
    }
    let mut value = 0u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return Err(NotOfItsType);
        }
        value = value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit))).ok_or(NotOfItsType)?;
    }
    let value = if negative { -i128::from(value) } else { i128::from(value) };
    T::try_from(value).map_err(|_| NotOfItsType)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow_array::{Array, cast::AsArray, types::UInt64Type};

    use super::{
        super::columns::{flag, kind_code},
        *,
    };

    fn column(kind: u8, flags: u16) -> Column {
        Column { kind, flags, collation: 45, ..Column::default() }
    }

    #[test]
    fn integers_are_read_to_their_limits_and_not_beyond() {
        let read = |text: &str| integer::<i64>(Some(text.as_bytes())).ok();
        assert_eq!(read("9223372036854775807"), Some(i64::MAX));
        assert_eq!(read("-9223372036854775808"), Some(i64::MIN));
        for nonsense in ["9223372036854775808", "-9223372036854775809", "", "-", "1.0", " 1", "+1", "1e3", "--1"] {
            assert_eq!(read(nonsense), None, "{nonsense:?}");
        }
        assert_eq!(integer::<u64>(Some(b"18446744073709551615")).ok(), Some(u64::MAX));
        assert!(integer::<u64>(Some(b"18446744073709551616")).is_err());
        assert!(integer::<u64>(Some(b"-1")).is_err());
        assert!(integer::<i16>(Some(b"32768")).is_err());
    }

    #[test]
    fn cells_become_typed_columns_and_batches_start_anew() {
        let columns = [column(kind_code::LONGLONG, flag::UNSIGNED), column(kind_code::LONG, flag::ZEROFILL)];
        let mut builders = Builders::new(&columns, false);
        builders.push(b"\x0218\x0500042").unwrap();
        builders.push(b"\xfb\xfb").unwrap();
        let batch = builders.finish();
        assert_eq!(batch.columns[0].as_primitive::<UInt64Type>().value(0), 18);
        assert_eq!(batch.columns[1].as_binary::<i32>().value(0), b"00042");
        assert!(batch.columns[0].is_null(1) && batch.columns[1].is_null(1));
        builders.push(b"\x011\x00").unwrap();
        assert_eq!(builders.finish().columns[1].as_binary::<i32>().value(0), b"");
    }

    #[test]
    fn dishonest_rows_are_violations() {
        let mut builders = Builders::new(&[column(kind_code::LONG, 0)], false);
        assert_eq!(builders.push(b"").unwrap_err(), Violation::Malformed);
        assert_eq!(builders.push(b"\x01x").unwrap_err(), Violation::Cell { column: 0 });
        assert_eq!(builders.push(b"\x091").unwrap_err(), Violation::Malformed);
        assert_eq!(builders.push(b"\x011\x011").unwrap_err(), Violation::RowWidth);
    }
}
