//! Where the cells of a row begin and end. What was looked at is not looked at again when more of a long row arrives.

use std::ops::Range;

use super::{
    Column, ROW_BYTES, Violation,
    reader::Unread,
    types::{Framing, Type},
};

/// Pieces whose number is not told beforehand, and pieces that are NULL.
const NULL_PIECES: u64 = u64::MAX;
/// Bytes of the time stamp after a pointer.
const STAMP: usize = 8;

/// Where a cell's own bytes are; NULL has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Null,
    At(Range<usize>),
    /// In pieces of a range that begins with the first piece's length.
    Pieces(Range<usize>),
}

/// A search for the end of one cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellScan {
    /// Where the next piece begins, once the first was met.
    piece: Option<usize>,
    place: Option<Place>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Unread> {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(Unread::Incomplete)
}

impl CellScan {
    /// The end of the cell that begins at `from`.
    pub(crate) fn end(&mut self, of: &Type, bytes: &[u8], from: usize) -> Result<usize, Unread> {
        let at = |start: usize, length: usize| Place::At(start..start + length);
        let (place, end) = match of.framing {
            Framing::Fixed(0) => (Place::Null, from),
            Framing::Fixed(length) => (at(from, length), from + length),
            Framing::Byte => match usize::from(number::<1>(bytes, from)?[0]) {
                0 => (Place::Null, from + 1),
                length => (at(from + 1, length), from + 1 + length),
            },
            Framing::Short => match u16::from_le_bytes(number(bytes, from)?) {
                u16::MAX => (Place::Null, from + 2),
                length => (at(from + 2, length.into()), from + 2 + usize::from(length)),
            },
            Framing::Long => match u32::from_le_bytes(number(bytes, from)?) as usize {
                0 => (Place::Null, from + 4),
                length => (at(from + 4, length), from.saturating_add(4).saturating_add(length)),
            },
            Framing::Pointer => match usize::from(number::<1>(bytes, from)?[0]) {
                0 => (Place::Null, from + 1),
                pointer => {
                    let length_at = from + 1 + pointer + STAMP;
                    let length = u32::from_le_bytes(number(bytes, length_at)?) as usize;
                    (at(length_at + 4, length), length_at.saturating_add(4).saturating_add(length))
                }
            },
            Framing::Pieces => {
                if u64::from_le_bytes(number(bytes, from)?) == NULL_PIECES {
                    (Place::Null, from + 8)
                } else {
                    let mut piece = self.piece.unwrap_or(from + 8);
                    loop {
                        let length = u32::from_le_bytes(number(bytes, piece)?) as usize;
                        if length == 0 {
                            break;
                        }
                        let next = piece.saturating_add(4).saturating_add(length);
                        if next - from > ROW_BYTES {
                            return Err(Violation::TooLong(ROW_BYTES).into());
                        }
                        if next > bytes.len() {
                            return Err(Unread::Incomplete);
                        }
                        piece = next;
                        self.piece = Some(piece);
                    }
                    (Place::Pieces(from + 8..piece), piece + 4)
                }
            }
        };
        if end - from > ROW_BYTES {
            return Err(Violation::TooLong(ROW_BYTES).into());
        }
        if end > bytes.len() {
            return Err(Unread::Incomplete);
        }
        self.place = Some(place);
        Ok(end)
    }
}

/// A search for the end of a row, from the byte after its token.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowScan {
    /// The places of the cells that were found.
    pub(crate) places: Vec<Place>,
    at: usize,
    started: bool,
    /// Which cells are NULL, in a row that says so first.
    nulls: Option<Vec<u8>>,
    cell: CellScan,
}

impl RowScan {
    /// Begins another row.
    pub(crate) fn reset(&mut self) {
        self.places.clear();
        (self.at, self.started, self.nulls, self.cell) = (0, false, None, CellScan::default());
    }

    /// Looks on: how many bytes the row takes.
    pub(crate) fn end(&mut self, columns: &[Column], bytes: &[u8], compressed: bool) -> Result<usize, Unread> {
        if !self.started {
            if compressed {
                let length = columns.len().div_ceil(8);
                let nulls = bytes.get(..length).ok_or(Unread::Incomplete)?;
                self.nulls = Some(nulls.to_vec());
                self.at = length;
            }
            self.started = true;
        }
        while let Some(column) = columns.get(self.places.len()) {
            let index = self.places.len();
            let null = self.nulls.as_ref().and_then(|nulls| nulls.get(index / 8)).is_some_and(|byte| {
                let bit = byte >> (index % 8) & 1;
                bit == 1
            });
            if null {
                self.places.push(Place::Null);
                continue;
            }
            self.at = self.cell.end(&column.of, bytes, self.at)?;
            if self.at > ROW_BYTES {
                return Err(Violation::TooLong(ROW_BYTES).into());
            }
            let cell = std::mem::take(&mut self.cell);
            self.places.push(cell.place.unwrap_or(Place::Null));
        }
        Ok(self.at)
    }
}
