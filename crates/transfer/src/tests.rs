//! What the crate promises, tried out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod export;
mod import;

use driver::{Cast, CastTarget, Forms, Scalar, ValueClass, ValueContext};

/// Types by their names: `number`, `blob` (printed as hexadecimal digits) and everything else a text.
pub(crate) struct Plain;

pub(crate) static PLAIN: Plain = Plain;

impl Cast for Plain {
    fn class(&self, native_type: &str) -> ValueClass {
        match native_type {
            "number" => ValueClass::Number,
            "blob" => ValueClass::Bytes,
            _ => ValueClass::Text,
        }
    }

    fn forms(&self) -> Forms {
        Forms { booleans: ("t", "f"), raw_bytes: false }
    }

    fn cast(&self, _: &str, _: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        let hex = bytes.strip_prefix(b"\\x").filter(|_| target == CastTarget::Bytes);
        let read = hex.map(|hex| {
            hex.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        });
        read.map_or(Scalar::Unrepresentable, Scalar::Bytes)
    }
}
