//! How values are interpreted. A native type is as `CREATE TABLE` spells it (`NUMBER(9,2)`, `TIMESTAMP(6) WITH TIME ZONE`).

use driver::{Cast, CastTarget, Forms, Literals, Scalar, ValueClass, ValueContext};

pub(crate) struct OracleCast;

/// The type's first word, in upper case.
fn word(native_type: &str) -> String {
    let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(native_type.len());
    native_type.get(..end).unwrap_or_default().to_ascii_uppercase()
}

impl Cast for OracleCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match word(native_type).as_str() {
            "NUMBER" | "FLOAT" | "INTEGER" | "BINARY_FLOAT" | "BINARY_DOUBLE" | "BINARY_INTEGER" => ValueClass::Number,
            "BOOLEAN" => ValueClass::Boolean,
            "CHAR" | "VARCHAR" | "VARCHAR2" | "NCHAR" | "NVARCHAR2" | "CLOB" | "NCLOB" | "LONG" | "ROWID"
            | "UROWID" => {
                if native_type.to_ascii_uppercase().starts_with("LONG RAW") {
                    ValueClass::Bytes
                } else {
                    ValueClass::Text
                }
            }
            "JSON" => ValueClass::Json,
            "XMLTYPE" => ValueClass::Xml,
            "RAW" | "BLOB" | "BFILE" => ValueClass::Bytes,
            "DATE" | "TIMESTAMP" => ValueClass::Temporal,
            _ => ValueClass::Other,
        }
    }

    fn forms(&self) -> Forms {
        Forms { booleans: ("TRUE", "FALSE"), raw_bytes: true }
    }

    fn literals(&self) -> Literals {
        Literals {
            booleans: ("TRUE", "FALSE"),
            bytes: ("HEXTORAW('", "')"),
            text: ("UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('", "'))"),
            ..Literals::default()
        }
    }

    fn cast(&self, native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        if target == CastTarget::Bytes {
            return Scalar::Bytes(bytes.to_vec());
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        let text = text.trim_matches(' ');
        let number = || {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            plain(whole) && plain(fraction)
        };
        let read = match target {
            CastTarget::Decimal => number().then(|| Scalar::Decimal(text.to_owned())),
            CastTarget::Float => text.parse::<f64>().ok().filter(|float| float.is_finite()).map(Scalar::Float),
            CastTarget::Timestamp if self.class(native_type) == ValueClass::Temporal => {
                timestamp(text).map(Scalar::Timestamp)
            }
            CastTarget::Boolean => match text {
                "TRUE" | "1" => Some(Scalar::Boolean(true)),
                "FALSE" | "0" => Some(Scalar::Boolean(false)),
                _ => None,
            },
            CastTarget::Timestamp | CastTarget::Bytes => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
    }
}

/// `YYYY-MM-DD HH:MM:SS[.f][ +00:00]` as microseconds since the Unix epoch. Years before the common era are none.
fn timestamp(text: &str) -> Option<i64> {
    let text = text.strip_suffix(" +00:00").unwrap_or(text);
    let (date, time) = text.split_once(' ')?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
    // Days since 1970-01-01, years beginning in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros)
}

fn number(digits: &str, width: usize) -> Option<i64> {
    (digits.len() == width && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(native: &str, text: &str, target: CastTarget) -> Scalar {
        OracleCast.cast(native, &ValueContext::default(), text.as_bytes(), target)
    }

    #[test]
    fn classes_follow_the_declared_types() {
        for (native, class) in [
            ("NUMBER(9,2)", ValueClass::Number),
            ("TIMESTAMP(6) WITH TIME ZONE", ValueClass::Temporal),
            ("INTERVAL DAY(2) TO SECOND(6)", ValueClass::Other),
            ("LONG", ValueClass::Text),
            ("LONG RAW", ValueClass::Bytes),
            ("VARCHAR2(10)", ValueClass::Text),
            ("VECTOR(3,FLOAT32)", ValueClass::Other),
        ] {
            assert_eq!(OracleCast.class(native), class, "{native}");
        }
    }

    #[test]
    fn values_are_cast_exactly_or_not_at_all() {
        let digits = "99999999999999999999999999999999999999.5";
        assert_eq!(cast("NUMBER", digits, CastTarget::Decimal), Scalar::Decimal(digits.to_owned()));
        assert_eq!(cast("NUMBER", "~", CastTarget::Decimal), Scalar::Unrepresentable);
        assert_eq!(cast("DATE", "1970-01-02 00:00:01", CastTarget::Timestamp), Scalar::Timestamp(86_401_000_000));
        assert_eq!(
            cast("TIMESTAMP(9)", "2000-02-29 12:00:00.123456789", CastTarget::Timestamp),
            Scalar::Timestamp(951_825_600_123_456)
        );
        assert_eq!(
            cast("TIMESTAMP(6) WITH TIME ZONE", "1969-12-31 23:59:59.5 +00:00", CastTarget::Timestamp),
            Scalar::Timestamp(-500_000)
        );
        for odd in ["-0044-03-15 00:00:00", "2024-13-01 00:00:00", "2024-01-01", "x"] {
            assert_eq!(cast("DATE", odd, CastTarget::Timestamp), Scalar::Unrepresentable, "{odd}");
        }
        assert_eq!(cast("VARCHAR2(30)", "2024-01-01 00:00:00", CastTarget::Timestamp), Scalar::Unrepresentable);
    }
}
