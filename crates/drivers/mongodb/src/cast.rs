//! What the server's values are, and how those of a cell are read: in the text that [`driver::DocumentForm::cell`] gives.

use driver::{Cast, CastTarget, Forms, Scalar, ValueClass, ValueContext, documents::DOCUMENT};

use crate::bson;

/// Casts of BSON values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BsonCast;

impl Cast for BsonCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match native_type {
            DOCUMENT | "object" => ValueClass::Json,
            "array" => ValueClass::Array,
            "double" | "int" | "long" | "decimal" => ValueClass::Number,
            "bool" => ValueClass::Boolean,
            "string" | "symbol" | "javascript" => ValueClass::Text,
            "date" => ValueClass::Temporal,
            "binData" => ValueClass::Bytes,
            _ => ValueClass::Other,
        }
    }

    fn forms(&self) -> Forms {
        Forms { booleans: ("true", "false"), raw_bytes: true }
    }

    fn cast(&self, native_type: &str, _: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let read = match (target, native_type) {
            (CastTarget::Bytes, _) => Some(Scalar::Bytes(bytes.to_vec())),
            (CastTarget::Decimal, "int" | "long" | "decimal") => plain(text).map(Scalar::Decimal),
            // Digits as Rust prints them: without an exponent, and the shortest that read back.
            (CastTarget::Decimal, "double") => {
                let finite = text.parse::<f64>().ok().filter(|value| value.is_finite());
                finite.map(|value| Scalar::Decimal(value.to_string()))
            }
            (CastTarget::Float, "int" | "double") => text.parse().ok().map(Scalar::Float),
            (CastTarget::Float, "long") => {
                let value = text.parse::<i64>().ok();
                value
                    .filter(|value| *value as f64 as i128 == i128::from(*value))
                    .map(|value| Scalar::Float(value as f64))
            }
            (CastTarget::Timestamp, "date") => {
                bson::date_from_text(text).and_then(|ms| ms.checked_mul(1000)).map(Scalar::Timestamp)
            }
            (CastTarget::Boolean, "bool") => text.parse().ok().map(Scalar::Boolean),
            _ => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
    }
}

/// Digits without an exponent, where they are not beyond all measure.
fn plain(text: &str) -> Option<String> {
    let Some((mantissa, exponent)) = text.split_once('E') else {
        return text.bytes().any(|byte| byte.is_ascii_digit()).then(|| text.to_owned());
    };
    let exponent: i64 = exponent.parse().ok()?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [before, after].concat();
    let point = i64::try_from(before.len()).ok()? + exponent;
    let count = i64::try_from(digits.len()).ok()?;
    Some(match point {
        point if point <= 0 => format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-point).ok()?)),
        point if point >= count => format!("{sign}{digits}{}", "0".repeat(usize::try_from(point - count).ok()?)),
        point => {
            let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
            format!("{sign}{whole}.{fraction}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_exactly_or_not_at_all() {
        let context = ValueContext::default();
        let cast = |native: &str, text: &str, target| BsonCast.cast(native, &context, text.as_bytes(), target);
        for (text, plain) in [("1.50", "1.50"), ("1E+3", "1000"), ("-1.5E-9", "-0.0000000015"), ("1.25E+1", "12.5")] {
            assert_eq!(cast("decimal", text, CastTarget::Decimal), Scalar::Decimal(plain.to_owned()));
        }
        assert_eq!(cast("decimal", "NaN", CastTarget::Decimal), Scalar::Unrepresentable);
        assert_eq!(cast("long", "9223372036854775807", CastTarget::Float), Scalar::Unrepresentable);
        assert_eq!(cast("double", "1.5", CastTarget::Float), Scalar::Float(1.5));
        assert_eq!(cast("date", "1970-01-01T00:00:00.001Z", CastTarget::Timestamp), Scalar::Timestamp(1000));
        assert_eq!(cast("int", "x", CastTarget::Decimal), Scalar::Unrepresentable);
    }
}
