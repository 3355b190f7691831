//! Values as literals, and conditions that hold for exactly what a cell prints.

use catalog::Column;
use driver::{CellValue, Code, Error, NewValue};

use crate::{quote, scan::Form};

/// How a type's values are compared and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Decimal,
    Float,
    Bits,
    Geometry,
    Bytes,
    /// Texts under a collation, and what is kept as one.
    Characters,
    /// Whatever prints as ASCII and is read back from it.
    Printed,
}

/// The first word of a type, in lower case.
pub(super) fn word(native_type: &str) -> String {
    let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(native_type.len());
    native_type.get(..end).unwrap_or_default().to_ascii_lowercase()
}

impl Kind {
    fn of(column: &Column) -> Kind {
        match word(&column.native_type).as_str() {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "float" | "double" => Kind::Float,
            "bit" => Kind::Bits,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
            | "geometrycollection" | "geomcollection" => Kind::Geometry,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "vector" => Kind::Bytes,
            "year" | "date" | "datetime" | "timestamp" | "time" | "uuid" | "inet4" | "inet6" => Kind::Printed,
            _ => Kind::Characters,
        }
    }
}

/// A text as people read it, where no `sql_mode` could read it otherwise; else in hexadecimal.
pub(super) fn text(value: &str) -> String {
    if value.bytes().any(|byte| matches!(byte, b'\\' | 0 | 26)) {
        return quote::text(value);
    }
    format!("'{}'", value.replace('\'', "''"))
}

fn wrong(column: &Column, what: &str) -> Error {
    Error::new(Code::InvalidStatement, format!("{} of {} {what}.", "The value", column.name))
}

/// Digits with a sign and a point at most: a literal of an exact number.
fn plain(digits: &str) -> bool {
    let body = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, fraction) = body.split_once('.').unwrap_or((body, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction) && body.len() <= 66
}

/// The number that bits are, the greatest byte first.
fn bits(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The condition that this column prints exactly this.
pub(super) fn holds(column: &Column, value: &CellValue) -> Result<String, Error> {
    let name = quote::name(&column.name);
    let Some(bytes) = value.bytes.as_deref() else { return Ok(format!("{name} IS NULL")) };
    let printed = || std::str::from_utf8(bytes).map_err(|_| wrong(column, "is no text"));
    Ok(match Kind::of(column) {
        Kind::Integer | Kind::Decimal if plain(printed()?) => format!("{name} = {}", printed()?),
        // A float prints shorter than it is, and a zero with its sign.
        Kind::Integer | Kind::Decimal | Kind::Float | Kind::Printed => {
            format!("CONCAT({name}) = {}", text(printed()?))
        }
        Kind::Bits => match bits(bytes) {
            Some(number) => format!("{name} + 0 = {number}"),
            None => return Err(wrong(column, "has more than 64 bits")),
        },
        Kind::Geometry => format!("CAST({name} AS BINARY) = {}", quote::bytes(bytes)),
        Kind::Bytes => format!("{name} = {}", quote::bytes(bytes)),
        Kind::Characters => bytewise(&name, printed()?),
    })
}

/// Compared by bytes: no collation has a say.
fn bytewise(name: &str, value: &str) -> String {
    format!("CAST(CONVERT({name} USING utf8mb4) AS BINARY) = {}", text(value))
}

/// The condition that this part of the key is exactly this, so that an index finds it.
pub(super) fn is(column: &Column, value: &str) -> Result<String, Error> {
    let name = quote::name(&column.name);
    let form = Form::of(column);
    if form != Form::Text {
        let literal = form.literal(value);
        return literal
            .map(|literal| format!("{name} = {literal}"))
            .map_err(|_| wrong(column, "is none of its type's"));
    }
    Ok(match Kind::of(column) {
        // A key tells apart only what its collation does; a row whose key became another text is another row.
        Kind::Characters => format!("{name} = {} AND {}", text(value), bytewise(&name, value)),
        _ => format!("{name} = {}", text(value)),
    })
}

/// A value to write.
pub(super) fn written(column: &Column, value: &NewValue) -> Result<String, Error> {
    let kind = Kind::of(column);
    match value {
        NewValue::Default => Ok("DEFAULT".to_owned()),
        NewValue::Null => {
            let never = column.nullable.value() == Some(&false);
            if never && word(&column.native_type) == "timestamp" {
                // Servers take it for the present moment there.
                return Err(wrong(column, "cannot be NULL"));
            }
            Ok("NULL".to_owned())
        }
        NewValue::Text(typed) | NewValue::Number(typed) => Ok(typed_literal(kind, typed)),
        NewValue::Bytes(bytes) if kind == Kind::Bits => {
            bits(bytes).map(|number| number.to_string()).ok_or_else(|| wrong(column, "has more than 64 bits"))
        }
        NewValue::Bytes(bytes) => Ok(quote::bytes(bytes)),
        NewValue::Held(held) => held_literal(column, kind, held),
    }
}

/// What a cell holds, so that it prints the same again.
fn held_literal(column: &Column, kind: Kind, held: &CellValue) -> Result<String, Error> {
    let Some(bytes) = held.bytes.as_deref() else { return Ok("NULL".to_owned()) };
    match kind {
        Kind::Bits => {
            bits(bytes).map(|number| number.to_string()).ok_or_else(|| wrong(column, "has more than 64 bits"))
        }
        Kind::Geometry | Kind::Bytes => Ok(quote::bytes(bytes)),
        _ => match std::str::from_utf8(bytes) {
            Ok(printed) if matches!(kind, Kind::Integer | Kind::Decimal) && plain(printed) => Ok(printed.to_owned()),
            Ok(printed) => Ok(text(printed)),
            Err(_) => Ok(quote::bytes(bytes)),
        },
    }
}

/// What a person typed, in the notation of the type.
fn typed_literal(kind: Kind, typed: &str) -> String {
    let trimmed = typed.trim();
    let hexadecimal = || {
        let digits = trimmed.strip_prefix("0x").or_else(|| trimmed.strip_prefix("0X"))?;
        let whole = digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        whole.then(|| format!("X'{digits}'"))
    };
    match kind {
        // A number with an exponent would go through a float on its way; as a text it is read exactly.
        Kind::Integer | Kind::Decimal if plain(trimmed) => trimmed.to_owned(),
        Kind::Bits => {
            let binary = trimmed.strip_prefix(['b', 'B']).and_then(|rest| rest.strip_prefix('\'')?.strip_suffix('\''));
            let binary = binary.filter(|digits| digits.bytes().all(|byte| matches!(byte, b'0' | b'1')));
            match binary {
                Some(digits) => format!("b'{digits}'"),
                None if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) => trimmed.to_owned(),
                None => hexadecimal().unwrap_or_else(|| text(typed)),
            }
        }
        Kind::Bytes => hexadecimal().unwrap_or_else(|| text(typed)),
        Kind::Geometry => hexadecimal().unwrap_or_else(|| {
            let located = trimmed.split_once(';').and_then(|(head, shape)| {
                let number = head.trim().to_ascii_uppercase();
                let number: u32 = number.strip_prefix("SRID")?.trim_start().strip_prefix('=')?.trim().parse().ok()?;
                Some(format!("ST_GeomFromText({}, {number})", text(shape.trim())))
            });
            located.unwrap_or_else(|| format!("ST_GeomFromText({})", text(trimmed)))
        }),
        _ => text(typed),
    }
}

/// The values of an ENUM or a SET, read from its declaration.
pub(crate) fn choices(native_type: &str) -> Vec<String> {
    let mut choices = Vec::new();
    let mut signs = native_type.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign != '\'' {
            continue;
        }
        let mut choice = String::new();
        while let Some(sign) = signs.next() {
            match sign {
                '\'' if signs.peek() == Some(&'\'') => {
                    signs.next();
                    choice.push('\'');
                }
                '\'' => break,
                '\\' => choice.push(match signs.next() {
                    Some('0') => '\0',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('Z') => '\u{1a}',
                    Some(other) => other,
                    None => '\\',
                }),
                other => choice.push(other),
            }
        }
        choices.push(choice);
    }
    choices
}

#[cfg(test)]
mod tests {
    use catalog::RelationId;

    use super::*;

    fn literal(native_type: &str, typed: &str) -> String {
        let column = Column::new(RelationId(0), 1, "c", native_type);
        written(&column, &NewValue::Text(typed.to_owned())).unwrap_or_default()
    }

    #[test]
    fn what_is_typed_is_read_as_its_type_is_written() {
        for (native_type, typed, wanted) in [
            ("int(11)", " 12 ", "12"),
            ("int(11)", "1; drop table t", "'1; drop table t'"),
            ("decimal(65,30)", "-0.10", "-0.10"),
            ("decimal(65,30)", "1e-3", "'1e-3'"),
            ("double", "-0", "'-0'"),
            ("bit(8)", "5", "5"),
            ("bit(8)", "b'101'", "b'101'"),
            ("bit(8)", "0x0f", "X'0f'"),
            ("varbinary(9)", "0x00fF", "X'00fF'"),
            ("varbinary(9)", "0x0", "'0x0'"),
            ("varchar(9)", "0x00", "'0x00'"),
            ("varchar(9)", "it's\n", "'it''s\n'"),
            ("varchar(9)", "a\\", "_utf8mb4 X'615C'"),
            ("point", "POINT(1 2)", "ST_GeomFromText('POINT(1 2)')"),
            ("geometry", "srid=4326; POINT(1 2)", "ST_GeomFromText('POINT(1 2)', 4326)"),
            ("year(4)", "0000", "'0000'"),
        ] {
            assert_eq!(literal(native_type, typed), wanted, "{native_type} {typed}");
        }
    }

    #[test]
    fn choices_are_read_with_their_quotes() {
        assert_eq!(choices("enum('it''s','a\\\\b','','q\"x')"), ["it's", "a\\b", "", "q\"x"]);
        assert_eq!(choices("set('a','b')"), ["a", "b"]);
        assert!(choices("enum()").is_empty());
    }
}
