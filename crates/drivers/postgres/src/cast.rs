//! What PostgreSQL's values are, read from the text its own client would print.
//!
//! Nothing is guessed: a text that depends on a setting which leaves it ambiguous is `Unrepresentable`, never a likely value.

mod temporal;

use driver::{CastTarget, Literals, Scalar, ValueClass, ValueContext};

/// PostgreSQL's casts.
pub struct PostgresCast;

/// PostgreSQL's casts, found without a connection.
pub static CAST: PostgresCast = PostgresCast;

impl driver::Cast for PostgresCast {
    fn class(&self, native_type: &str) -> ValueClass {
        let base = base_name(native_type);
        if is_array(native_type) {
            return ValueClass::Array;
        }
        match base.as_str() {
            "smallint" | "integer" | "bigint" | "int2" | "int4" | "int8" | "numeric" | "decimal" | "real"
            | "float4" | "double precision" | "float8" | "oid" | "money" => ValueClass::Number,
            "boolean" | "bool" => ValueClass::Boolean,
            "text" | "character varying" | "varchar" | "character" | "char" | "\"char\"" | "bpchar" | "name"
            | "citext" => ValueClass::Text,
            "json" | "jsonb" => ValueClass::Json,
            "xml" => ValueClass::Xml,
            "bytea" => ValueClass::Bytes,
            "date"
            | "time without time zone"
            | "time"
            | "time with time zone"
            | "timetz"
            | "timestamp without time zone"
            | "timestamp"
            | "timestamp with time zone"
            | "timestamptz" => ValueClass::Temporal,
            "interval" => ValueClass::Interval,
            "uuid" => ValueClass::Uuid,
            "int2vector" | "oidvector" => ValueClass::Array,
            _ => ValueClass::Other,
        }
    }

    /// Bytes print as a text that reads back by itself; `X'…'` would be bits.
    fn literals(&self) -> Literals {
        Literals {
            bytes: ("'\\x", "'::bytea"),
            text: ("convert_from('\\x", "'::bytea, 'SQL_ASCII')"),
            ..Literals::default()
        }
    }

    fn cast(&self, native_type: &str, context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        if is_array(native_type) {
            return Scalar::Unrepresentable;
        }
        let base = base_name(native_type);
        let base = base.as_str();
        if let CastTarget::Bytes = target {
            return if base == "bytea" { bytea(bytes) } else { Scalar::Bytes(bytes.to_vec()) };
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        // The numbers of transactions can be ordered as numbers; as literals the server does not take digits for them.
        let number = (self.class(native_type) == ValueClass::Number && base != "money")
            || matches!(base, "xid" | "xid8" | "cid");
        let cast = match target {
            CastTarget::Decimal if number => decimal(text).map(Scalar::Decimal),
            CastTarget::Decimal if base == "money" => money(text).and_then(|text| decimal(&text)).map(Scalar::Decimal),
            CastTarget::Float if number => float(base, text).map(Scalar::Float),
            CastTarget::Timestamp => temporal::timestamp(base, context, text).map(Scalar::Timestamp),
            CastTarget::Boolean if matches!(base, "boolean" | "bool") => match text {
                "t" | "true" => Some(Scalar::Boolean(true)),
                "f" | "false" => Some(Scalar::Boolean(false)),
                _ => None,
            },
            _ => None,
        };
        cast.unwrap_or(Scalar::Unrepresentable)
    }
}

fn is_array(native_type: &str) -> bool {
    native_type.ends_with("[]")
}

/// The type's name without what stands in parentheses: `timestamp(3) with time zone` is a `timestamp with time zone`.
fn base_name(native_type: &str) -> String {
    let mut name = String::with_capacity(native_type.len());
    let mut depth = 0usize;
    let mut quoted = false;
    for character in native_type.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                name.push(character);
            }
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            other => name.push(other),
        }
    }
    // `interval day to second` and `interval year` differ only in what they keep.
    if name.starts_with("interval ") {
        return "interval".to_owned();
    }
    match name.strip_prefix("pg_catalog.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

/// Canonical digits of a number as PostgreSQL prints numbers: no sign for zero, no needless exponent, scale kept.
fn decimal(text: &str) -> Option<String> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) || exponent.abs() > 400 {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    let (whole, fraction) = if point <= 0 {
        let zeros = usize::try_from(-point).ok()?;
        (String::new(), format!("{}{all}", "0".repeat(zeros)))
    } else {
        let point = usize::try_from(point).ok()?;
        match all.get(..point) {
            Some(whole) => (whole.to_owned(), all.get(point..).unwrap_or_default().to_owned()),
            None => (format!("{all}{}", "0".repeat(point - all.len())), String::new()),
        }
    };
    let whole = whole.trim_start_matches('0');
    let zero = whole.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    let mut text = String::new();
    if negative && !zero {
        text.push('-');
    }
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(&fraction);
    }
    Some(text)
}

/// A float that holds exactly what the server meant; a decimal that a float would change is not one.
fn float(base: &str, text: &str) -> Option<f64> {
    match text {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let canonical = decimal(text)?;
    match base {
        // The shortest digits of a 4-byte float name that float, not the nearest 8-byte one.
        "real" | "float4" => text.parse::<f32>().ok().filter(|value| value.is_finite()).map(f64::from),
        "double precision" | "float8" => text.parse::<f64>().ok().filter(|value| value.is_finite()),
        _ => {
            let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
            let shown = decimal(&format!("{value:e}"))?;
            (trimmed(&shown) == trimmed(&canonical)).then_some(value)
        }
    }
}

fn trimmed(canonical: &str) -> &str {
    match canonical.contains('.') {
        true => canonical.trim_end_matches('0').trim_end_matches('.'),
        false => canonical,
    }
}

/// Money prints by the server's locale: only what can be read in one way is read.
fn money(text: &str) -> Option<String> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix('$').unwrap_or(rest);
    let (whole, cents) = rest.split_once('.')?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped = groups.iter().all(|group| plain(group))
        && groups.first().is_some_and(|first| groups.len() == 1 || first.len() <= 3)
        && groups.iter().skip(1).all(|group| group.len() == 3);
    (grouped && plain(cents) && cents.len() == 2)
        .then(|| format!("{}{}.{cents}", if negative { "-" } else { "" }, groups.concat()))
}

/// Bytes as `bytea_output` hex or escape prints them; each tells itself apart.
fn bytea(bytes: &[u8]) -> Scalar {
    if let Some(hex) = bytes.strip_prefix(b"\\x") {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pairs = hex.chunks(2).map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        });
        return pairs.collect::<Option<Vec<u8>>>().map_or(Scalar::Unrepresentable, Scalar::Bytes);
    }
    let mut read = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        let (byte, after) = match (first, more) {
            (b'\\', [b'\\', after @ ..]) => (b'\\', after),
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                ((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), after)
            }
            (b'\\', _) => return Scalar::Unrepresentable,
            (byte, after) => (*byte, after),
        };
        read.push(byte);
        rest = after;
    }
    Scalar::Bytes(read)
}

#[cfg(test)]
mod tests {
    use driver::Cast;

    use super::*;

    fn cast(native: &str, text: &str, target: CastTarget) -> Scalar {
        CAST.cast(native, &ValueContext::default(), text.as_bytes(), target)
    }

    #[test]
    fn classes_look_through_modifiers_and_at_the_suffix() {
        for (native, class) in [
            ("numeric(12,2)", ValueClass::Number),
            ("character varying(80)", ValueClass::Text),
            ("timestamp(3) with time zone", ValueClass::Temporal),
            ("interval day to second(3)", ValueClass::Interval),
            ("interval(2)", ValueClass::Interval),
            ("integer[]", ValueClass::Array),
            ("jsonb", ValueClass::Json),
            ("bit varying(5)", ValueClass::Other),
            ("\"char\"", ValueClass::Text),
            ("public.mood", ValueClass::Other),
            ("public.\"integer\"", ValueClass::Other),
            ("public.\"odd(name\"", ValueClass::Other),
            ("", ValueClass::Other),
        ] {
            assert_eq!(CAST.class(native), class, "{native}");
        }
    }

    #[test]
    fn decimals_keep_every_digit() {
        for (native, text, wanted) in [
            ("numeric", "-12.50", Some("-12.50")),
            ("bigint", "-9223372036854775808", Some("-9223372036854775808")),
            ("numeric", "0.00000000000000000000000000000000000001", Some("0.00000000000000000000000000000000000001")),
            ("real", "1e+20", Some("100000000000000000000")),
            ("double precision", "1.5e-07", Some("0.00000015")),
            ("double precision", "-0", Some("0")),
            ("numeric", "NaN", None),
            ("numeric", "Infinity", None),
            ("numeric", "-Infinity", None),
            ("numeric", "", None),
            ("numeric", "1,5", None),
            ("numeric", "1e999999999", None),
            ("money", "$1,234.50", Some("1234.50")),
            ("money", "-$1,234.50", Some("-1234.50")),
            ("money", "1.234,50 €", None),
            ("money", "¥1,234", None),
            ("money", "$1,2345.50", None),
            ("text", "12", None),
            ("integer[]", "{1}", None),
        ] {
            let wanted = wanted.map_or(Scalar::Unrepresentable, |text| Scalar::Decimal(text.to_owned()));
            assert_eq!(cast(native, text, CastTarget::Decimal), wanted, "{native} {text}");
        }
    }

    #[test]
    fn floats_are_exact_or_not_given() {
        assert_eq!(cast("double precision", "0.1", CastTarget::Float), Scalar::Float(0.1));
        assert_eq!(cast("real", "46.45", CastTarget::Float), Scalar::Float(f64::from(46.45f32)));
        assert_eq!(cast("double precision", "-Infinity", CastTarget::Float), Scalar::Float(f64::NEG_INFINITY));
        assert!(matches!(cast("numeric", "NaN", CastTarget::Float), Scalar::Float(value) if value.is_nan()));
        assert_eq!(cast("numeric", "0.5", CastTarget::Float), Scalar::Float(0.5));
        assert_eq!(cast("bigint", "9007199254740993", CastTarget::Float), Scalar::Unrepresentable, "rounds in a float");
        assert_eq!(cast("numeric", "0.1000000000000000000000001", CastTarget::Float), Scalar::Unrepresentable);
    }

    #[test]
    fn bytes_are_read_in_both_output_styles() {
        let bytes = |text| cast("bytea", text, CastTarget::Bytes);
        assert_eq!(bytes("\\x00ff41"), Scalar::Bytes(vec![0, 255, 65]));
        assert_eq!(bytes("\\x"), Scalar::Bytes(vec![]));
        assert_eq!(bytes("\\000\\377A\\\\"), Scalar::Bytes(vec![0, 255, 65, 92]));
        assert_eq!(bytes("\\x0"), Scalar::Unrepresentable);
        assert_eq!(bytes("\\999"), Scalar::Unrepresentable);
        assert_eq!(cast("text", "\\x41", CastTarget::Bytes), Scalar::Bytes(b"\\x41".to_vec()));
        assert_eq!(cast("boolean", "t", CastTarget::Boolean), Scalar::Boolean(true));
        assert_eq!(cast("boolean", "maybe", CastTarget::Boolean), Scalar::Unrepresentable);
        assert_eq!(cast("text", "t", CastTarget::Boolean), Scalar::Unrepresentable);
    }
}
