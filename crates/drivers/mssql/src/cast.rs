//! How values are interpreted.
//!
//! A native type may be that of a result (`numeric(9,2)`) or of a declared column, which the server spells alike.

use driver::{Cast, CastTarget, Forms, Literals, Scalar, ValueClass, ValueContext};

pub(crate) struct SqlServerCast;

/// The type's first word, in lower case.
fn word(native_type: &str) -> String {
    let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(native_type.len());
    native_type.get(..end).unwrap_or_default().to_ascii_lowercase()
}

impl Cast for SqlServerCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match word(native_type).as_str() {
            "tinyint" | "smallint" | "int" | "bigint" | "decimal" | "numeric" | "money" | "smallmoney" | "float"
            | "real" => ValueClass::Number,
            "bit" => ValueClass::Boolean,
            "char" | "varchar" | "text" | "nchar" | "nvarchar" | "ntext" | "sysname" => ValueClass::Text,
            "json" => ValueClass::Json,
            "xml" => ValueClass::Xml,
            "uniqueidentifier" => ValueClass::Uuid,
            "binary" | "varbinary" | "image" | "rowversion" | "timestamp" | "hierarchyid" | "geometry"
            | "geography" => ValueClass::Bytes,
            "date" | "datetime" | "datetime2" | "smalldatetime" | "datetimeoffset" | "time" => ValueClass::Temporal,
            _ => ValueClass::Other,
        }
    }

    fn forms(&self) -> Forms {
        Forms { booleans: ("1", "0"), raw_bytes: true }
    }

    fn literals(&self) -> Literals {
        Literals {
            booleans: ("1", "0"),
            bytes: ("0x", ""),
            text: ("CONVERT(varchar(max), 0x", ")"),
            ..Literals::default()
        }
    }

    fn cast(&self, native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        if target == CastTarget::Bytes {
            return Scalar::Bytes(bytes.to_vec());
        }
        let kind = word(native_type);
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        let text = text.trim_matches(' ');
        let read = match target {
            CastTarget::Decimal => decimal(text).map(Scalar::Decimal),
            CastTarget::Float => float(text).map(Scalar::Float),
            CastTarget::Timestamp => match kind.as_str() {
                "date" | "datetime" | "datetime2" | "smalldatetime" | "datetimeoffset" => {
                    timestamp(text).map(Scalar::Timestamp)
                }
                _ => None,
            },
            CastTarget::Boolean => match text {
                "1" | "true" => Some(Scalar::Boolean(true)),
                "0" | "false" => Some(Scalar::Boolean(false)),
                _ => None,
            },
            CastTarget::Bytes => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
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

/// `YYYY-MM-DD[ HH:MM:SS[.f]][ ±HH:MM]` as microseconds since the Unix epoch; ten millionths it cannot hold.
fn timestamp(text: &str) -> Option<i64> {
    let mut words = text.split(' ');
    let date = words.next()?;
    let (time, offset) = (words.next().unwrap_or("00:00:00"), words.next().unwrap_or("+00:00"));
    if words.next().is_some() {
        return None;
    }
    let number = |part: &str, width: usize| {
        let digits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| digits)
    };
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut units = clock.split(':');
    let (hour, minute, second) = (number(units.next()?, 2)?, number(units.next()?, 2)?, number(units.next()?, 2)?);
    if units.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 7 {
        return None;
    }
    let parts = number(&format!("{fraction:0<7}"), 7).filter(|parts| parts % 10 == 0)?;
    let (ahead, rest) = match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (None, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let minutes_ahead = ahead * (number(hours, 2)? * 60 + number(minutes, 2)?);
    let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - minutes_ahead;
    Some((minutes * 60 + second) * 1_000_000 + parts / 10)
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
        SqlServerCast.cast(native_type, &ValueContext::default(), text.as_bytes(), target)
    }

    #[test]
    fn types_are_told_apart_with_their_modifiers() {
        for (native_type, class) in [
            ("numeric(38,10)", ValueClass::Number),
            ("money", ValueClass::Number),
            ("bit", ValueClass::Boolean),
            ("nvarchar(max)", ValueClass::Text),
            ("rowversion", ValueClass::Bytes),
            ("datetimeoffset(7)", ValueClass::Temporal),
            ("sql_variant", ValueClass::Other),
        ] {
            assert_eq!(SqlServerCast.class(native_type), class, "{native_type}");
        }
    }

    #[test]
    fn what_cannot_be_held_is_told() {
        let moment = |text: &str| cast("datetimeoffset(7)", text, CastTarget::Timestamp);
        assert_eq!(moment("1970-01-02 00:00:00.5000000 +01:30"), Scalar::Timestamp(86_400_500_000 - 5_400_000_000));
        assert_eq!(moment("1970-01-01 00:00:00.0000001 +00:00"), Scalar::Unrepresentable);
        assert_eq!(cast("date", "1969-12-31", CastTarget::Timestamp), Scalar::Timestamp(-86_400_000_000));
        for odd in ["0000-00-00", "2023-02-29", "2024-01-01 24:00:00", "soon", "2024-1-1", "2024-01-01 00:00:00 1:00"] {
            assert_eq!(moment(odd), Scalar::Unrepresentable, "{odd}");
        }
        assert_eq!(cast("time(7)", "10:00:00", CastTarget::Timestamp), Scalar::Unrepresentable);
        assert_eq!(cast("money", "-0.5000", CastTarget::Decimal), Scalar::Decimal("-0.5000".into()));
        assert_eq!(cast("float", "1E+300", CastTarget::Float), Scalar::Float(1e300));
        assert_eq!(cast("bit", "1", CastTarget::Boolean), Scalar::Boolean(true));
        assert_eq!(cast("nvarchar(3)", "abc", CastTarget::Float), Scalar::Unrepresentable);
    }
}
