//! How values are interpreted.
//!
//! A native type may be that of a result (`int unsigned`) or of a declared column (`int(10) unsigned`, `enum('a','b')`).

use driver::{Cast, CastTarget, Forms, Literals, Scalar, ValueClass, ValueContext};

pub(crate) struct MySqlCast;

/// The type's first word, in lower case.
fn word(native_type: &str) -> String {
    let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(native_type.len());
    native_type.get(..end).unwrap_or_default().to_ascii_lowercase()
}

impl Cast for MySqlCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match word(native_type).as_str() {
            "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "decimal" | "numeric" | "dec"
            | "float" | "double" | "real" | "year" => ValueClass::Number,
            "bool" | "boolean" => ValueClass::Boolean,
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" | "inet4"
            | "inet6" => ValueClass::Text,
            "json" => ValueClass::Json,
            "uuid" => ValueClass::Uuid,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "bit" | "geometry" | "point"
            | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon" | "geometrycollection"
            | "geomcollection" | "vector" => ValueClass::Bytes,
            "date" | "datetime" | "timestamp" => ValueClass::Temporal,
            // Up to 838 hours and below zero: a span rather than a time of day.
            "time" => ValueClass::Interval,
            _ => ValueClass::Other,
        }
    }

    /// There is no boolean type, only numbers; binary columns hold their bytes.
    fn forms(&self) -> Forms {
        Forms { booleans: ("1", "0"), raw_bytes: true }
    }

    fn literals(&self) -> Literals {
        Literals { text: ("CONVERT(X'", "' USING utf8mb4)"), ..Literals::default() }
    }

    fn cast(&self, native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        if target == CastTarget::Bytes {
            return Scalar::Bytes(bytes.to_vec());
        }
        let kind = word(native_type);
        if kind == "bit" {
            return bits(bytes, target).unwrap_or(Scalar::Unrepresentable);
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        let text = text.trim_matches(' ');
        let read = match target {
            CastTarget::Decimal => decimal(text).map(Scalar::Decimal),
            CastTarget::Float => float(text).map(Scalar::Float),
            CastTarget::Timestamp => match kind.as_str() {
                "date" | "datetime" | "timestamp" => timestamp(text).map(Scalar::Timestamp),
                _ => None,
            },
            CastTarget::Boolean => boolean(text).map(Scalar::Boolean),
            CastTarget::Bytes => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
    }
}

/// Bits are an unsigned number, the greatest byte first.
fn bits(bytes: &[u8], target: CastTarget) -> Option<Scalar> {
    let number = bytes.iter().try_fold(0u64, |number, byte| Some(number.checked_mul(256)? + u64::from(*byte)))?;
    match target {
        CastTarget::Decimal => Some(Scalar::Decimal(number.to_string())),
        CastTarget::Float => Some(Scalar::Float(number as f64)).filter(|_| number < 1 << 53),
        CastTarget::Boolean => (number < 2).then_some(Scalar::Boolean(number == 1)),
        CastTarget::Timestamp | CastTarget::Bytes => None,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

fn float(text: &str) -> Option<f64> {
    decimal(text).and_then(|_| text.parse().ok())
}

/// Decimal digits without an exponent, and without leading zeros; the digits behind the point are kept as they are.
fn decimal(text: &str) -> Option<String> {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 400)?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) => {
            let padded = format!("{digits:0<point$}");
            (padded.get(..point)?.to_owned(), padded.get(point..)?.to_owned())
        }
        Err(_) => ("0".to_owned(), format!("{}{digits}", "0".repeat(usize::try_from(-point).ok()?))),
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if zero { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// `YYYY-MM-DD[ HH:MM:SS[.f]]` as microseconds since the Unix epoch. A zero in the date is no moment.
fn timestamp(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let mut parts = date.split('-');
    let mut part = |width: usize| {
        parts
            .next()
            .filter(|part| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))?
            .parse::<i64>()
            .ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut units = clock.split(':').map(|unit| unit.parse::<i64>().ok().filter(|_| unit.len() == 2));
    let (hour, minute, second) = (units.next()??, units.next()??, units.next()??);
    if units.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 6 {
        return None;
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros = format!("{fraction:0<6}").parse::<i64>().ok()?;
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000_000 + micros)
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(native_type: &str, text: &str, target: CastTarget) -> Scalar {
        MySqlCast.cast(native_type, &ValueContext::default(), text.as_bytes(), target)
    }

    #[test]
    fn types_are_told_apart_with_their_modifiers() {
        for (native_type, class) in [
            ("int(10) unsigned zerofill", ValueClass::Number),
            ("decimal(65,30)", ValueClass::Number),
            ("enum('a','b')", ValueClass::Text),
            ("varchar(20)", ValueClass::Text),
            ("varbinary(20)", ValueClass::Bytes),
            ("bit(1)", ValueClass::Bytes),
            ("datetime(6)", ValueClass::Temporal),
            ("time(3)", ValueClass::Interval),
            ("json", ValueClass::Json),
            ("uuid", ValueClass::Uuid),
            ("something new", ValueClass::Other),
        ] {
            assert_eq!(MySqlCast.class(native_type), class, "{native_type}");
        }
    }

    #[test]
    fn what_cannot_be_held_is_told() {
        assert_eq!(cast("datetime", "1970-01-02 00:00:00.5", CastTarget::Timestamp), Scalar::Timestamp(86_400_500_000));
        assert_eq!(cast("date", "1969-12-31", CastTarget::Timestamp), Scalar::Timestamp(-86_400_000_000));
        assert_eq!(cast("date", "2000-02-29", CastTarget::Timestamp), Scalar::Timestamp(951_782_400_000_000));
        for odd in ["0000-00-00", "2024-00-31", "2023-02-29", "2024-01-01 24:00:00", "soon", "2024-1-1"] {
            assert_eq!(cast("datetime", odd, CastTarget::Timestamp), Scalar::Unrepresentable, "{odd}");
        }
        assert_eq!(cast("time", "-838:59:59", CastTarget::Timestamp), Scalar::Unrepresentable);
        assert_eq!(cast("decimal(5,2)", "-0.50", CastTarget::Decimal), Scalar::Decimal("-0.50".into()));
        assert_eq!(cast("int zerofill", "00042", CastTarget::Decimal), Scalar::Decimal("42".into()));
        assert_eq!(cast("double", "1.5e3", CastTarget::Decimal), Scalar::Decimal("1500".into()));
        assert_eq!(cast("double", "1e-3", CastTarget::Decimal), Scalar::Decimal("0.001".into()));
        assert_eq!(cast("float", "1.5e3", CastTarget::Float), Scalar::Float(1500.0));
        assert_eq!(cast("varchar(3)", "abc", CastTarget::Float), Scalar::Unrepresentable);
        let bits = |bytes: &[u8], target| MySqlCast.cast("bit(10)", &ValueContext::default(), bytes, target);
        assert_eq!(bits(&[2, 1], CastTarget::Decimal), Scalar::Decimal("513".into()));
        assert_eq!(bits(&[1], CastTarget::Boolean), Scalar::Boolean(true));
        assert_eq!(bits(&[2], CastTarget::Boolean), Scalar::Unrepresentable);
    }
}
