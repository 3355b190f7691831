//! How values are interpreted. Everything is bytes; most of them are text.

use driver::{Cast, CastTarget, Forms, Scalar, ValueClass, ValueContext};

pub(crate) struct RedisCast;

impl Cast for RedisCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match native_type {
            "integer" | "double" | "big number" => ValueClass::Number,
            "boolean" => ValueClass::Boolean,
            "array" => ValueClass::Array,
            "status" | "bulk string" | "verbatim string" | "error" | "mixed" => ValueClass::Text,
            _ => ValueClass::Other,
        }
    }

    fn forms(&self) -> Forms {
        Forms { booleans: ("true", "false"), raw_bytes: true }
    }

    fn cast(&self, _native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        let text = std::str::from_utf8(bytes);
        let read = match (target, text) {
            (CastTarget::Bytes, _) => return Scalar::Bytes(bytes.to_vec()),
            (_, Err(_)) => None,
            (CastTarget::Decimal, Ok(text)) => decimal(text).map(Scalar::Decimal),
            (CastTarget::Float, Ok(text)) => float(text).map(Scalar::Float),
            (CastTarget::Boolean, Ok(text)) => match text {
                "1" | "true" => Some(Scalar::Boolean(true)),
                "0" | "false" => Some(Scalar::Boolean(false)),
                _ => None,
            },
            // No value says by itself that it is a moment.
            (CastTarget::Timestamp, Ok(_)) => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
    }
}

/// Digits with at most one point, and no exponent.
fn decimal(text: &str) -> Option<String> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = body.split_once('.').unwrap_or((body, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(part)).then(|| text.to_owned())
}

fn float(text: &str) -> Option<f64> {
    match text {
        "inf" | "+inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        "nan" | "-nan" => Some(f64::NAN),
        _ if text.starts_with(|sign: char| sign.is_ascii_digit() || "+-.".contains(sign)) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_they_are_exact() {
        let cast =
            |text: &str, target| RedisCast.cast("bulk string", &ValueContext::default(), text.as_bytes(), target);
        assert_eq!(cast("-12.50", CastTarget::Decimal), Scalar::Decimal("-12.50".into()));
        for text in ["1e5", "", ".", "1.", "x", "--1", "inf"] {
            assert_eq!(cast(text, CastTarget::Decimal), Scalar::Unrepresentable, "{text}");
        }
        assert_eq!(cast("1e5", CastTarget::Float), Scalar::Float(1e5));
        assert_eq!(cast("-inf", CastTarget::Float), Scalar::Float(f64::NEG_INFINITY));
        assert_eq!(cast("infinity", CastTarget::Float), Scalar::Unrepresentable);
        assert_eq!(cast("1", CastTarget::Boolean), Scalar::Boolean(true));
        assert_eq!(cast("\u{0}", CastTarget::Bytes), Scalar::Bytes(vec![0]));
    }
}
