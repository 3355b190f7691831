//! Rows of prepared statements, printed exactly as the text protocol prints them.
//!
//! A prepared statement's rows come in binary. Strings, decimals, bits and geometries are the same bytes either way. Integers
//! are printed with their leading zeros where the column has them, dates and times with the column's digits behind the point,
//! and floats by the server's own rules: a fixed number of digits where the column has one, otherwise at most 6 significant
//! digits for FLOAT and the shortest that read back the same for DOUBLE, with an exponent beyond 15 places.

use std::io::Write;

use super::{
    Column, Violation,
    columns::{flag, kind_code},
    frame::Reader,
};

/// Decimals that mean "not fixed".
const NOT_FIXED: u8 = 31;

/// One row, cell by cell.
pub(crate) struct Row<'a> {
    nulls: &'a [u8],
    reader: Reader<'a>,
    column: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(payload: &'a [u8], columns: usize) -> Result<Self, Violation> {
        let mut reader = Reader::new(payload);
        if reader.u8()? != 0 {
            return Err(Violation::OutOfTurn);
        }
        // The first two bits are not used.
        let nulls = reader.bytes((columns + 9) / 8)?;
        Ok(Row { nulls, reader, column: 0 })
    }

    /// The next cell's text, which may stand in `scratch`.
    pub(crate) fn next<'b>(&mut self, column: &Column, scratch: &'b mut Vec<u8>) -> Result<Option<&'b [u8]>, Violation>
    where
        'a: 'b,
    {
        let bit = self.column + 2;
        self.column += 1;
        if self.nulls.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1) {
            return Ok(None);
        }
        scratch.clear();
        let reader = &mut self.reader;
        let unsigned = column.has(flag::UNSIGNED);
        match column.kind {
            kind_code::TINY if unsigned => integer(scratch, column, u64::from(reader.u8()?)),
            kind_code::TINY => signed(scratch, i64::from(reader.u8()? as i8)),
            kind_code::SHORT if unsigned => integer(scratch, column, u64::from(reader.u16()?)),
            kind_code::SHORT => signed(scratch, i64::from(reader.u16()? as i16)),
            kind_code::YEAR => {
                put(scratch, format_args!("{:0width$}", reader.u16()?, width = column.length as usize & 7))
            }
            kind_code::LONG | kind_code::INT24 if unsigned => integer(scratch, column, u64::from(reader.u32()?)),
            kind_code::LONG | kind_code::INT24 => signed(scratch, i64::from(reader.u32()? as i32)),
            kind_code::LONGLONG if unsigned => integer(scratch, column, reader.u64()?),
            kind_code::LONGLONG => signed(scratch, reader.u64()? as i64),
            kind_code::FLOAT => float(scratch, column, f64::from(f32::from_bits(reader.u32()?)), Some(6)),
            kind_code::DOUBLE => float(scratch, column, f64::from_bits(reader.u64()?), None),
            kind_code::DATE | kind_code::NEWDATE => {
                let moment = Moment::read(reader.sized()?)?;
                put(scratch, format_args!("{:04}-{:02}-{:02}", moment.year, moment.month, moment.day));
            }
            kind_code::DATETIME | kind_code::TIMESTAMP => {
                let Moment { year, month, day, hour, minute, second, micros } = Moment::read(reader.sized()?)?;
                put(scratch, format_args!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"));
                fraction(scratch, micros, column.decimals);
            }
            kind_code::TIME => time(scratch, reader.sized()?, column.decimals)?,
            kind_code::NULL => return Ok(None),
            kind_code::DECIMAL
            | kind_code::NEWDECIMAL
            | kind_code::VARCHAR
            | kind_code::BIT
            | kind_code::VECTOR..=kind_code::GEOMETRY => return reader.string().map(Some),
            other => return Err(Violation::UnknownType(other)),
        }
        Ok(Some(scratch))
    }

    pub(crate) fn end(self) -> Result<(), Violation> {
        self.reader.end().map_err(|_| Violation::RowWidth)
    }
}

impl<'a> Reader<'a> {
    /// A value behind one byte of length.
    fn sized(&mut self) -> Result<Reader<'a>, Violation> {
        let length = usize::from(self.u8()?);
        self.bytes(length).map(Reader::new)
    }
}

fn put(output: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a Vec cannot fail.
    let _ = output.write_fmt(text);
}

fn signed(output: &mut Vec<u8>, value: i64) {
    put(output, format_args!("{value}"));
}

fn integer(output: &mut Vec<u8>, column: &Column, value: u64) {
    // A column's width is two digits at most.
    let width = if column.has(flag::ZEROFILL) { column.length.min(255) as usize } else { 0 };
    put(output, format_args!("{value:0width$}"));
}

#[derive(Default)]
struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    micros: u32,
}

impl Moment {
    /// What is left out is zero.
    fn read(mut reader: Reader<'_>) -> Result<Self, Violation> {
        let mut moment = Moment::default();
        if reader.is_empty() {
            return Ok(moment);
        }
        (moment.year, moment.month, moment.day) = (reader.u16()?, reader.u8()?, reader.u8()?);
        if !reader.is_empty() {
            (moment.hour, moment.minute, moment.second) = (reader.u8()?, reader.u8()?, reader.u8()?);
        }
        if !reader.is_empty() {
            moment.micros = reader.u32()?;
        }
        reader.end()?;
        Ok(moment)
    }
}

fn time(output: &mut Vec<u8>, mut reader: Reader<'_>, decimals: u8) -> Result<(), Violation> {
    let (mut negative, mut days, mut hour, mut minute, mut second, mut micros) = (false, 0, 0, 0, 0, 0);
    if !reader.is_empty() {
        negative = reader.u8()? != 0;
        days = reader.u32()?;
        (hour, minute, second) = (reader.u8()?, reader.u8()?, reader.u8()?);
        if !reader.is_empty() {
            micros = reader.u32()?;
        }
        reader.end()?;
    }
    let hours = u64::from(days) * 24 + u64::from(hour);
    put(output, format_args!("{}{hours:02}:{minute:02}:{second:02}", if negative { "-" } else { "" }));
    fraction(output, micros, decimals);
    Ok(())
}

/// The digits behind the second's point, as many as the column has.
fn fraction(output: &mut Vec<u8>, micros: u32, decimals: u8) {
    let digits = match decimals {
        0 => return,
        1..=6 => usize::from(decimals),
        // Not fixed: as many as there are, which is none or six.
        _ if micros == 0 => return,
        _ => 6,
    };
    put(output, format_args!(".{micros:06}"));
    output.truncate(output.len() + digits - 6);
}

fn float(output: &mut Vec<u8>, column: &Column, value: f64, significant: Option<usize>) {
    if column.decimals < NOT_FIXED {
        put(output, format_args!("{value:.*}", usize::from(column.decimals)));
    } else {
        general(output, value, significant);
    }
}

/// As the server prints a float that has no fixed number of digits.
fn general(output: &mut Vec<u8>, value: f64, significant: Option<usize>) {
    let text = match significant {
        Some(digits) => format!("{value:.*e}", digits.saturating_sub(1)),
        None => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    // Digits before the point.
    let point = exponent + 1;
    let count = digits.len();
    if digits == "0" {
        put(output, format_args!("{sign}0"));
    } else if !(-14..=15).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        put(output, format_args!("{sign}{first}{dot}{rest}e{exponent}"));
    } else if point <= 0 {
        let zeros = usize::try_from(-point).unwrap_or_default();
        put(output, format_args!("{sign}0.{:0>width$}", digits, width = zeros + count));
    } else {
        let point = usize::try_from(point).unwrap_or_default();
        match digits.split_at_checked(point).filter(|(_, rest)| !rest.is_empty()) {
            Some((whole, rest)) => put(output, format_args!("{sign}{whole}.{rest}")),
            None => put(output, format_args!("{sign}{digits:0<point$}")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn printed(value: f64, significant: Option<usize>) -> String {
        let mut output = Vec::new();
        general(&mut output, value, significant);
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn floats_print_as_the_server_prints_them() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1e15"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e-300, "1e-300"),
            (1.7976931348623157e308, "1.7976931348623157e308"),
            (0.000_001, "0.000001"),
            (1e22, "1e22"),
        ] {
            assert_eq!(printed(value, None), text, "{value:e}");
        }
        assert_eq!(printed(f64::from(1.1f32), Some(6)), "1.1");
        assert_eq!(printed(f64::from(16_777_216f32), Some(6)), "16777200");
        assert_eq!(printed(f64::from(3.402_823_5e38f32), Some(6)), "3.40282e38");
    }

    #[test]
    fn dishonest_rows_are_violations() {
        let column = Column { kind: kind_code::DATETIME, decimals: 3, ..Column::default() };
        let read = |payload: &[u8]| -> Result<Option<Vec<u8>>, Violation> {
            let mut scratch = Vec::new();
            let mut row = Row::new(payload, 1)?;
            let cell = row.next(&column, &mut scratch)?.map(<[u8]>::to_vec);
            row.end()?;
            Ok(cell)
        };
        assert_eq!(read(&[0, 0, 0]).unwrap().unwrap(), b"0000-00-00 00:00:00.000");
        assert_eq!(read(&[0, 4]).unwrap(), None);
        assert_eq!(read(&[0, 0, 4, 0xe8, 7, 2, 29]).unwrap().unwrap(), b"2024-02-29 00:00:00.000");
        assert!(read(&[0, 0, 3, 0xe8, 7, 2]).is_err());
        assert!(read(&[0, 0, 4, 0xe8, 7, 2, 29, 1]).is_err());
        assert!(read(&[1, 0, 0]).is_err());
        assert!(read(&[]).is_err());
    }
}
