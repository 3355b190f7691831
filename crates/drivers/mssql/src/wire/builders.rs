//! Rows into Arrow columns, cell by cell, without an allocation per cell.

use std::{sync::Arc, time::Instant};

use arrow_array::{ArrayRef, BinaryArray, BooleanArray, Int16Array, Int32Array, Int64Array, UInt8Array};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use driver::arrow::{BATCH_BYTES, BATCH_ROWS, CellClass};

use super::{Column, TypeKind, Violation, cell, row::Place, types::Meaning};

/// Room kept for the next batch's values in one column.
const KEPT_BYTES: usize = 1 << 20;

/// Some rows of a result set.
#[derive(Debug, Clone)]
pub struct Batch {
    /// One array per column, then one of classes for each column of [`TypeKind::Variant`], in their order.
    pub columns: Vec<ArrayRef>,
    /// How many rows.
    pub rows: usize,
}

/// The rows read and not yet handed out.
pub(crate) struct Builders {
    columns: Vec<Builder>,
    rows: usize,
    bytes: usize,
    scratch: String,
    pieces: Vec<u8>,
    pub(crate) first_row_at: Option<Instant>,
    /// Whether a batch was handed out before: until then rows do not wait for company.
    pub(crate) begun: bool,
}

impl Builders {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Builders {
            columns: columns.iter().map(Builder::new).collect(),
            rows: 0,
            bytes: 0,
            scratch: String::new(),
            pieces: Vec::new(),
            first_row_at: None,
            begun: false,
        }
    }

    /// Takes a row whose cells are at these places.
    pub(crate) fn push(&mut self, places: &[Place], bytes: &[u8]) -> Result<(), Violation> {
        for (column, (builder, place)) in self.columns.iter_mut().zip(places).enumerate() {
            let wrong = Violation::Cell { column };
            let cell = match place {
                Place::Null => None,
                Place::At(range) => Some(bytes.get(range.clone()).ok_or(wrong)?),
                Place::Pieces(range) => {
                    let pieces = bytes.get(range.clone()).ok_or(wrong)?;
                    match only_piece(pieces) {
                        Some(only) => Some(only),
                        None => {
                            self.pieces.clear();
                            join(&mut self.pieces, pieces);
                            Some(self.pieces.as_slice())
                        }
                    }
                }
            };
            builder.push(cell, &mut self.scratch).map_err(|cell::NotOfItsType| wrong)?;
        }
        self.pieces.truncate(KEPT_BYTES);
        self.pieces.shrink_to(KEPT_BYTES);
        self.rows += 1;
        self.bytes += bytes.len();
        self.first_row_at.get_or_insert_with(Instant::now);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// The rows so far.
    pub(crate) fn take(&mut self) -> Batch {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        self.first_row_at = None;
        self.begun = true;
        let mut classes = Vec::new();
        let mut columns = Vec::with_capacity(self.columns.len());
        for builder in &mut self.columns {
            columns.push(builder.take());
            if let Some(kinds) = &mut builder.classes {
                classes.push(Arc::new(UInt8Array::from(std::mem::take(kinds))) as ArrayRef);
            }
        }
        columns.extend(classes);
        Batch { columns, rows }
    }
}

/// The content where all of it is one piece.
fn only_piece(pieces: &[u8]) -> Option<&[u8]> {
    let Some((length, rest)) = pieces.split_first_chunk::<4>() else { return Some(&[]) };
    let length = u32::from_le_bytes(*length) as usize;
    (rest.len() == length).then_some(rest)
}

fn join(out: &mut Vec<u8>, mut pieces: &[u8]) {
    while let Some((length, rest)) = pieces.split_first_chunk::<4>() {
        let (piece, later) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).unwrap_or((rest, &[]));
        out.extend_from_slice(piece);
        pieces = later;
    }
}

enum Values {
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Boolean(BooleanBufferBuilder),
    Bytes { bytes: Vec<u8>, offsets: Vec<i32> },
}

struct Builder {
    meaning: Meaning,
    /// XML begins with a mark of its byte order, which is no part of it.
    marked: bool,
    values: Values,
    nulls: NullBufferBuilder,
    classes: Option<Vec<u8>>,
}

impl Builder {
    fn new(column: &Column) -> Self {
        let values = match column.kind() {
            TypeKind::Int16 => Values::Int16(Vec::new()),
            TypeKind::Int32 => Values::Int32(Vec::new()),
            TypeKind::Int64 => Values::Int64(Vec::new()),
            TypeKind::Boolean => Values::Boolean(BooleanBufferBuilder::new(0)),
            TypeKind::Bytes | TypeKind::Variant => Values::Bytes { bytes: Vec::new(), offsets: vec![0] },
        };
        Builder {
            meaning: column.of.meaning,
            marked: column.of.code == super::types::code::XML,
            values,
            nulls: NullBufferBuilder::new(0),
            classes: (column.kind() == TypeKind::Variant).then(Vec::new),
        }
    }

    fn push(&mut self, cell: Option<&[u8]>, scratch: &mut String) -> Result<(), cell::NotOfItsType> {
        let cell = match cell {
            Some([0xff, 0xfe, rest @ ..]) if self.marked => Some(rest),
            cell => cell,
        };
        let whole = || cell.map_or(Ok(0), cell::integer);
        let mut class = CellClass::Null;
        match &mut self.values {
            Values::Int16(values) => values.push(i16::try_from(whole()?).map_err(|_| cell::NotOfItsType)?),
            Values::Int32(values) => values.push(i32::try_from(whole()?).map_err(|_| cell::NotOfItsType)?),
            Values::Int64(values) => values.push(whole()?),
            Values::Boolean(values) => values.append(whole()? != 0),
            Values::Bytes { bytes, offsets } => {
                if let Some(cell) = cell {
                    class = cell::print(bytes, scratch, self.meaning, cell)?;
                }
                // A batch ends long before this, but for one row that is larger; and that has a limit of its own.
                offsets.push(i32::try_from(bytes.len()).map_err(|_| cell::NotOfItsType)?);
            }
        }
        self.nulls.append(cell.is_some());
        if let Some(classes) = &mut self.classes {
            classes.push(class as u8);
        }
        Ok(())
    }

    fn take(&mut self) -> ArrayRef {
        let nulls: Option<NullBuffer> = self.nulls.finish();
        match &mut self.values {
            Values::Int16(values) => Arc::new(Int16Array::new(std::mem::take(values).into(), nulls)),
            Values::Int32(values) => Arc::new(Int32Array::new(std::mem::take(values).into(), nulls)),
            Values::Int64(values) => Arc::new(Int64Array::new(std::mem::take(values).into(), nulls)),
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Bytes { bytes, offsets } => {
                let room = bytes.len().min(KEPT_BYTES);
                let filled = std::mem::replace(bytes, Vec::with_capacity(room));
                let ends = std::mem::replace(offsets, vec![0]);
                // They were counted up from 0 as the bytes grew.
                let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
                Arc::new(BinaryArray::new(ends, Buffer::from_vec(filled), nulls))
            }
        }
    }
}
