//! How SQLite's values are interpreted.
//!
//! A declaration is a promise nobody keeps, so a cast looks at the text itself and refuses what is not plainly the
//! target. A number in a column of dates may be seconds, milliseconds or a Julian day: only a type that says which
//! (`UNIXEPOCH`, `JULIANDAY`) makes it a moment.

use driver::{Cast, CastTarget, Literals, Scalar, ValueClass, ValueContext};

pub(crate) struct SqliteCast;

impl Cast for SqliteCast {
    fn class(&self, native_type: &str) -> ValueClass {
        let upper = native_type.to_ascii_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
        if upper.trim().is_empty() || upper == "ANY" {
            ValueClass::Other
        } else if has(&["JSON"]) {
            ValueClass::Json
        } else if has(&["XML"]) {
            ValueClass::Xml
        } else if has(&["UUID", "GUID"]) {
            ValueClass::Uuid
        } else if has(&["BOOL"]) {
            ValueClass::Boolean
        } else if has(&["DATE", "TIME", "EPOCH", "JULIAN"]) {
            ValueClass::Temporal
        } else if has(&["INTERVAL"]) {
            ValueClass::Interval
        } else if has(&["CHAR", "CLOB", "TEXT", "STRING"]) {
            ValueClass::Text
        } else if has(&["BLOB", "BINARY", "BYTE"]) {
            ValueClass::Bytes
        } else if has(&["INT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "MONEY"]) {
            ValueClass::Number
        } else {
            ValueClass::Other
        }
    }

    /// Infinity has no literal of its own: a number too great for a float is one.
    fn literals(&self) -> Literals {
        Literals { nul_ends: true, infinities: &[("Inf", "9e999"), ("-Inf", "-9e999")], ..Literals::default() }
    }

    fn cast(&self, native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        if target == CastTarget::Bytes {
            return Scalar::Bytes(bytes.to_vec());
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        let text = text.trim_matches(' ');
        let read = match target {
            CastTarget::Decimal => decimal(text).map(Scalar::Decimal),
            CastTarget::Float => float(text).map(Scalar::Float),
            CastTarget::Timestamp => timestamp(native_type, text).map(Scalar::Timestamp),
            CastTarget::Boolean => boolean(text).map(Scalar::Boolean),
            CastTarget::Bytes => None,
        };
        read.unwrap_or(Scalar::Unrepresentable)
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

fn float(text: &str) -> Option<f64> {
    match text {
        "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        _ => decimal(text).and_then(|_| text.parse().ok()),
    }
}

/// Decimal digits without an exponent; the digits after the point are kept as they are.
fn decimal(text: &str) -> Option<String> {
    let (sign, body) = match text.as_bytes().first()? {
        b'-' => ("-", text.get(1..)?),
        b'+' => ("", text.get(1..)?),
        _ => ("", text),
    };
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 400)?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let (whole, fraction) = if point <= 0 {
        let zeros = usize::try_from(-point).ok()?;
        ("0".to_owned(), format!("{}{digits}", "0".repeat(zeros)))
    } else {
        let point = usize::try_from(point).ok()?;
        let padded = format!("{digits:0<point$}");
        (padded.get(..point)?.to_owned(), padded.get(point..)?.to_owned())
    };
    // 1.0e+20 names no digits behind the point.
    let fraction = if exponent > 0 && fraction.bytes().all(|byte| byte == b'0') { String::new() } else { fraction };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if zero { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Microseconds since the Unix epoch.
fn timestamp(native_type: &str, text: &str) -> Option<i64> {
    let upper = native_type.to_ascii_uppercase();
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if upper.contains("EPOCH") || upper.contains("UNIX") {
            if let Ok(whole) = text.parse::<i64>() {
                return whole.checked_mul(1_000_000);
            }
            number
        } else if upper.contains("JULIAN") {
            (number - 2_440_587.5) * 86_400.0
        } else {
            return None;
        };
        let micros = (seconds * 1e6).round();
        // Beyond 2^53 a float no longer tells microseconds apart.
        return (micros.abs() < 9_007_199_254_740_992.0).then_some(micros as i64);
    }
    iso(text)
}

/// `YYYY-MM-DD`, then optionally `T` or a space, `HH:MM[:SS[.f…]]` and `Z` or an offset.
fn iso(text: &str) -> Option<i64> {
    let field = |from: usize, length: usize| -> Option<i64> {
        let part = text.get(from..from + length)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let mark = |at: usize| text.as_bytes().get(at).copied();
    let (year, month, day) = (field(0, 4)?, field(5, 2)?, field(8, 2)?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if mark(4) != Some(b'-') || mark(7) != Some(b'-') || !(1..=days).contains(&day) {
        return None;
    }
    let midnight = days_since_epoch(year, month, day).checked_mul(86_400_000_000)?;
    if text.len() == 10 {
        return Some(midnight);
    }
    if !matches!(mark(10), Some(b' ' | b'T' | b't')) || mark(13) != Some(b':') {
        return None;
    }
    let (hour, minute) = (field(11, 2)?, field(14, 2)?);
    let mut at = 16;
    let (mut second, mut micros) = (0, 0);
    if mark(at) == Some(b':') {
        second = field(17, 2)?;
        at = 19;
        if mark(at) == Some(b'.') {
            let digits: String = text.get(20..)?.chars().take_while(char::is_ascii_digit).collect();
            // More than microseconds would be rounded away.
            if digits.is_empty() || digits.bytes().skip(6).any(|byte| byte != b'0') {
                return None;
            }
            at += 1 + digits.len();
            micros = format!("{digits:0<6}").get(..6)?.parse::<i64>().ok()?;
        }
    }
    let zone = text.get(at..)?.trim_start_matches(' ');
    let offset = match zone.as_bytes() {
        [] | [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), ..] if zone.len() == 6 && zone.get(3..4) == Some(":") => {
            let hours: i64 = zone.get(1..3)?.parse().ok()?;
            let minutes: i64 = zone.get(4..6)?.parse().ok()?;
            if hours > 14 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
        }
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(midnight + (hour * 3600 + minute * 60 + second - offset) * 1_000_000 + micros)
}

fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(native: &str, text: &str, target: CastTarget) -> Scalar {
        SqliteCast.cast(native, &ValueContext::default(), text.as_bytes(), target)
    }

    #[test]
    fn decimals_keep_every_digit() {
        for (text, expected) in [
            ("12.50", "12.50"),
            ("-0.30000000000000004", "-0.30000000000000004"),
            ("1.0e+20", "100000000000000000000"),
            ("1.5e-05", "0.000015"),
            ("9223372036854775807", "9223372036854775807"),
            ("007", "7"),
            ("-0.0", "0.0"),
            (".5", "0.5"),
        ] {
            assert_eq!(read("", text, CastTarget::Decimal), Scalar::Decimal(expected.into()), "{text}");
        }
        for text in ["", "abc", "Inf", "1.2.3", "0x10", "1e999999999", "-"] {
            assert_eq!(read("REAL", text, CastTarget::Decimal), Scalar::Unrepresentable, "{text}");
        }
    }

    #[test]
    fn iso_moments_are_read_and_bare_numbers_are_not_guessed() {
        let moment = |text| read("DATETIME", text, CastTarget::Timestamp);
        assert_eq!(moment("1970-01-01"), Scalar::Timestamp(0));
        assert_eq!(moment("2024-02-29 12:30:15.250"), Scalar::Timestamp(1_709_209_815_250_000));
        assert_eq!(moment("2024-02-29T12:30:15+02:00"), Scalar::Timestamp(1_709_202_615_000_000));
        assert_eq!(moment("1969-12-31T23:59:59Z"), Scalar::Timestamp(-1_000_000));
        for text in ["2023-02-29", "1709209815", "2460370.5", "12:30", "2024-01-01 25:00", "2024-1-1", "é024-01-01", ""]
        {
            assert_eq!(moment(text), Scalar::Unrepresentable, "{text}");
        }
        assert_eq!(read("UNIXEPOCH", "1709209815", CastTarget::Timestamp), Scalar::Timestamp(1_709_209_815_000_000));
        assert_eq!(read("JULIANDAY", "2440587.5", CastTarget::Timestamp), Scalar::Timestamp(0));
    }

    #[test]
    fn classes_come_from_the_declaration() {
        assert_eq!(SqliteCast.class("DECIMAL(10,2)"), ValueClass::Number);
        assert_eq!(SqliteCast.class("datetime"), ValueClass::Temporal);
        assert_eq!(SqliteCast.class("JSON TEXT"), ValueClass::Json);
        assert_eq!(SqliteCast.class(""), ValueClass::Other);
        assert_eq!(read("BLOB", "x", CastTarget::Bytes), Scalar::Bytes(b"x".to_vec()));
        assert_eq!(
            SqliteCast.cast("TEXT", &ValueContext::default(), b"\xff", CastTarget::Float),
            Scalar::Unrepresentable
        );
    }
}
