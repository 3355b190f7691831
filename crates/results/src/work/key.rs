//! Sort keys: bytes that order as a column's values do.

use driver::{CastTarget, Scalar, ValueClass, arrow::CellClass};

use super::{Subject, decimal};
use crate::Cell;

/// Groups of keys, in order: what cannot be read as the column's kind stands behind what can.
const LEAST: u8 = 0x08;
const NUMBER: u8 = 0x10;
const TEXT: u8 = 0x20;
const BYTES: u8 = 0x30;
const UNREADABLE: u8 = 0x40;

impl Subject<'_> {
    /// Appends a cell's key; `false` for NULL, which has none.
    pub(crate) fn push_key(&self, cell: Cell<'_>, key: &mut Vec<u8>) -> bool {
        match cell {
            Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => return false,
            // Integers of either kind have comparable keys: sign, then magnitude.
            Cell::Integer(value) => push_integer(value, key),
            Cell::Unsigned(value) => match i64::try_from(value) {
                Ok(value) => push_integer(value, key),
                Err(_) => {
                    key.push(1);
                    key.extend(value.to_be_bytes());
                }
            },
            Cell::Boolean(value) => key.push(value.into()),
            Cell::Bytes(bytes, Some(class)) => self.push_mixed(bytes, class, key),
            Cell::Bytes(bytes, None) => self.push_uniform(bytes, key),
        }
        true
    }

    fn push_mixed(&self, bytes: &[u8], class: CellClass, key: &mut Vec<u8>) {
        match class {
            CellClass::Integer | CellClass::Real => {
                key.push(NUMBER);
                if !decimal::push_key(bytes, key) {
                    key.extend(bytes);
                }
            }
            CellClass::Bytes => {
                key.push(BYTES);
                key.extend(bytes);
            }
            CellClass::Null | CellClass::Missing | CellClass::Text | CellClass::InvalidText => {
                key.push(TEXT);
                key.extend(bytes);
            }
        }
    }

    fn push_uniform(&self, bytes: &[u8], key: &mut Vec<u8>) {
        let start = key.len();
        let read = match self.class {
            ValueClass::Number => {
                key.push(NUMBER);
                self.push_number(bytes, key)
            }
            // Before all time; what is behind it stands with what cannot be read as a time.
            ValueClass::Temporal if bytes.eq_ignore_ascii_case(b"-infinity") => {
                key.push(LEAST);
                true
            }
            ValueClass::Temporal => {
                key.push(NUMBER);
                match self.cast.cast(&self.native, &self.context, bytes, CastTarget::Timestamp) {
                    Scalar::Timestamp(value) => {
                        push_integer(value, key);
                        true
                    }
                    _ => false,
                }
            }
            _ => {
                key.push(TEXT);
                key.extend(bytes);
                true
            }
        };
        if !read {
            key.truncate(start);
            key.push(UNREADABLE);
            key.extend(bytes);
        }
    }

    fn push_number(&self, bytes: &[u8], key: &mut Vec<u8>) -> bool {
        // Most numbers are plain digits; the cast is asked for the others (money, NaN of a decimal).
        if decimal::push_key(bytes, key) {
            return true;
        }
        match self.cast.cast(&self.native, &self.context, bytes, CastTarget::Decimal) {
            Scalar::Decimal(text) => decimal::push_key(text.as_bytes(), key),
            _ => match self.cast.cast(&self.native, &self.context, bytes, CastTarget::Float) {
                Scalar::Float(value) => decimal::push_key(value.to_string().as_bytes(), key),
                _ => false,
            },
        }
    }
}

fn push_integer(value: i64, key: &mut Vec<u8>) {
    // The leading byte leaves room for unsigned values above every signed one.
    key.push(0);
    key.extend((u64::from_be_bytes(value.to_be_bytes()) ^ (1 << 63)).to_be_bytes());
}
