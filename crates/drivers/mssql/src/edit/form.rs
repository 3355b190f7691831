//! Values as literals, and conditions that hold for exactly what a cell holds.

use catalog::Column;
use driver::{CellValue, Code, Error, NewValue};

use crate::{quote, scan::Form};

fn wrong(column: &Column, what: &str) -> Error {
    Error::new(Code::InvalidStatement, format!("The value of {} {what}.", column.name))
}

/// The first word of a type.
fn word(column: &Column) -> &str {
    let native_type = column.native_type.as_str();
    native_type.split(['(', ' ']).next().unwrap_or(native_type)
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2 + 2);
    text.push_str("0x");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The condition that this column holds exactly this.
pub(super) fn holds(column: &Column, value: &CellValue) -> Result<String, Error> {
    let name = quote::name(&column.name);
    let Some(bytes) = value.bytes.as_deref() else { return Ok(format!("{name} IS NULL")) };
    let printed = || std::str::from_utf8(bytes).map_err(|_| wrong(column, "is no text"));
    let no_number = || wrong(column, "is no number");
    Ok(match (Form::of(column), word(column)) {
        (Form::Bytes, _) | (_, "image" | "geography" | "geometry") => {
            format!("CAST({name} AS varbinary(max)) = {}", hexadecimal(bytes))
        }
        // By their own bits, the greatest byte first: a zero has a sign, and no text is shorter than its value.
        (Form::Cast, "float") => {
            let number: f64 = printed()?.parse().map_err(|_| no_number())?;
            format!("CAST({name} AS binary(8)) = {}", hexadecimal(&number.to_be_bytes()))
        }
        (Form::Cast, "real") => {
            let number: f32 = printed()?.parse().map_err(|_| no_number())?;
            format!("CAST({name} AS binary(4)) = {}", hexadecimal(&number.to_be_bytes()))
        }
        // A moment is equal to itself in another zone.
        (Form::Cast, "datetimeoffset") => {
            format!("CONVERT(nvarchar(40), {name}, 121) = {}", quote::text(printed()?))
        }
        (Form::Exact | Form::Bit | Form::Cast | Form::OldMoment, _) => {
            format!("{name} = {}", Form::of(column).literal(&column.native_type, printed()?)?)
        }
        (Form::Narrow | Form::Wide, _) | (_, "text" | "ntext" | "xml" | "json") => bytewise(&name, printed()?),
        // A variant's text does not tell its type, and a user's type may be anything.
        _ => return Err(wrong(column, "is of a type whose values cannot be compared exactly")),
    })
}

/// Compared by bytes: no collation has a say.
fn bytewise(name: &str, value: &str) -> String {
    let text = quote::text(value);
    format!(
        "CAST(CAST({name} AS nvarchar(max)) AS varbinary(max)) = CAST(CAST({text} AS nvarchar(max)) AS varbinary(max))"
    )
}

/// The condition that this part of the key is exactly this, so that an index finds it.
pub(super) fn is(column: &Column, value: &str) -> Result<String, Error> {
    let name = quote::name(&column.name);
    let form = Form::of(column);
    let literal = form.literal(&column.native_type, value).map_err(|_| wrong(column, "is none of its type's"))?;
    Ok(match form {
        // A key tells apart only what its collation does; a row whose key became another text is another row.
        Form::Narrow | Form::Wide => format!("{name} = {literal} AND {}", bytewise(&name, value)),
        _ => format!("{name} = {literal}"),
    })
}

/// A value to write.
pub(super) fn written(column: &Column, value: &NewValue) -> Result<String, Error> {
    match value {
        NewValue::Default => Ok("DEFAULT".to_owned()),
        NewValue::Null => Ok("NULL".to_owned()),
        NewValue::Bytes(bytes) => Ok(hexadecimal(bytes)),
        NewValue::Text(typed) | NewValue::Number(typed) => Ok(typed_literal(column, typed)),
        NewValue::Held(held) => match held.bytes.as_deref() {
            None => Ok("NULL".to_owned()),
            Some(bytes) if matches!(Form::of(column), Form::Bytes) || word(column) == "image" => Ok(hexadecimal(bytes)),
            Some(bytes) if matches!(word(column), "geography" | "geometry" | "hierarchyid") => {
                Ok(format!("CAST({} AS {})", hexadecimal(bytes), column.native_type))
            }
            Some(bytes) => match std::str::from_utf8(bytes) {
                Ok(printed) => Ok(typed_literal(column, printed)),
                Err(_) => Err(wrong(column, "is no text")),
            },
        },
    }
}

/// What a person typed, in the notation of the type: what is none is the server's to refuse.
fn typed_literal(column: &Column, typed: &str) -> String {
    let trimmed = typed.trim();
    let form = Form::of(column);
    let literal = match form {
        Form::Exact | Form::Bit => form.literal(&column.native_type, trimmed).ok(),
        Form::Bytes => {
            let digits = trimmed.strip_prefix("0x").or_else(|| trimmed.strip_prefix("0X"));
            let whole =
                |digits: &&str| digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            digits.filter(whole).map(|digits| format!("0x{digits}"))
        }
        // Not cast: the server reads a text by the column's own type.
        Form::OldMoment => Some(quote::text(&trimmed.replacen(' ', "T", 1))),
        Form::Cast => Some(quote::text(trimmed)),
        Form::Narrow | Form::Wide | Form::Other => None,
    };
    literal.unwrap_or_else(|| quote::text(typed))
}
