//! The bytes of a cell as the server's own tools print them.

use driver::arrow::CellClass;

use super::{
    calendar,
    collation::{self, Codepage},
    number,
    reader::Reader,
    types::{Meaning, code},
};

/// A cell that is not of its column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOfItsType;

/// A whole number of up to 8 bytes; one byte has no sign.
pub(crate) fn integer(bytes: &[u8]) -> Result<i64, NotOfItsType> {
    Ok(match *bytes {
        [a] => i64::from(a),
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => i64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => return Err(NotOfItsType),
    })
}

/// An unsigned number of any length up to 16 bytes, least byte first.
fn unsigned(bytes: &[u8]) -> Result<u128, NotOfItsType> {
    if bytes.len() > 16 {
        return Err(NotOfItsType);
    }
    Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u128::from(*byte)))
}

fn small(bytes: &[u8]) -> Result<u64, NotOfItsType> {
    if bytes.len() > 8 {
        return Err(NotOfItsType);
    }
    unsigned(bytes).and_then(|value| u64::try_from(value).map_err(|_| NotOfItsType))
}

/// Appends a cell. `scratch` is empty and is left so.
pub(crate) fn print(
    out: &mut Vec<u8>,
    scratch: &mut String,
    meaning: Meaning,
    bytes: &[u8],
) -> Result<CellClass, NotOfItsType> {
    let mut class = CellClass::Text;
    scratch.clear();
    match meaning {
        Meaning::Bytes => {
            out.extend_from_slice(bytes);
            return Ok(CellClass::Bytes);
        }
        Meaning::Text(codepage) => {
            codepage.decode(out, bytes);
            return Ok(CellClass::Text);
        }
        Meaning::Wide => {
            wide(out, bytes);
            return Ok(CellClass::Text);
        }
        Meaning::Nothing => return Ok(CellClass::Null),
        Meaning::Variant => return variant(out, scratch, bytes),
        Meaning::Integer => {
            scratch.push_str(&integer(bytes)?.to_string());
            class = CellClass::Integer;
        }
        Meaning::Bit => {
            let &[bit] = bytes else { return Err(NotOfItsType) };
            scratch.push(if bit == 0 { '0' } else { '1' });
            class = CellClass::Integer;
        }
        Meaning::Float => {
            match *bytes {
                [a, b, c, d] => number::single(scratch, f32::from_le_bytes([a, b, c, d])),
                [a, b, c, d, e, f, g, h] => number::double(scratch, f64::from_le_bytes([a, b, c, d, e, f, g, h])),
                _ => return Err(NotOfItsType),
            }
            class = CellClass::Real;
        }
        Meaning::Decimal { scale } => {
            let (sign, magnitude) = bytes.split_first().ok_or(NotOfItsType)?;
            number::decimal(scratch, *sign == 0, unsigned(magnitude)?, scale);
        }
        Meaning::Money => match *bytes {
            [_, _, _, _] => number::money(scratch, integer(bytes)?),
            // The upper half stands first.
            [a, b, c, d, e, f, g, h] => number::money(scratch, i64::from_le_bytes([e, f, g, h, a, b, c, d])),
            _ => return Err(NotOfItsType),
        },
        Meaning::DateTime => match *bytes {
            [a, b, c, d] => {
                calendar::smalldatetime(scratch, u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            }
            [a, b, c, d, e, f, g, h] => {
                calendar::datetime(scratch, i32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
            }
            _ => return Err(NotOfItsType),
        },
        Meaning::Date => calendar::date(scratch, days(bytes)?),
        Meaning::Time { digits } => calendar::time(scratch, parts(bytes)?, digits),
        Meaning::DateTime2 { digits } => {
            let (time, date) = bytes.split_at_checked(bytes.len().wrapping_sub(3)).ok_or(NotOfItsType)?;
            calendar::datetime2(scratch, days(date)?, parts(time)?, digits);
        }
        Meaning::DateTimeOffset { digits } => {
            let (rest, minutes) = bytes.split_last_chunk::<2>().ok_or(NotOfItsType)?;
            let (time, date) = rest.split_at_checked(rest.len().wrapping_sub(3)).ok_or(NotOfItsType)?;
            let minutes = i16::from_le_bytes(*minutes);
            calendar::datetimeoffset(scratch, days(date)?, parts(time)?, digits, minutes);
        }
        Meaning::Guid => guid(scratch, bytes)?,
    }
    out.extend_from_slice(scratch.as_bytes());
    Ok(class)
}

fn days(bytes: &[u8]) -> Result<i64, NotOfItsType> {
    if bytes.len() != 3 {
        return Err(NotOfItsType);
    }
    small(bytes).and_then(|days| i64::try_from(days).map_err(|_| NotOfItsType))
}

/// Parts of a second since midnight: 3 to 5 bytes.
fn parts(bytes: &[u8]) -> Result<u64, NotOfItsType> {
    if !(3..=5).contains(&bytes.len()) {
        return Err(NotOfItsType);
    }
    small(bytes)
}

fn guid(out: &mut String, bytes: &[u8]) -> Result<(), NotOfItsType> {
    use std::fmt::Write;
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    if bytes.len() != ORDER.len() {
        return Err(NotOfItsType);
    }
    for (at, index) in ORDER.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(out, "{:02X}", bytes.get(index).copied().unwrap_or(0));
    }
    Ok(())
}

/// UTF-16 as UTF-8. Half a pair is kept as three bytes that no character has, so that nothing is lost; an odd byte is kept too.
pub(crate) fn wide(out: &mut Vec<u8>, bytes: &[u8]) {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    out.reserve(pairs.len());
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(character) if character.is_ascii() => out.push(u8::try_from(u32::from(character)).unwrap_or(b'?')),
            Ok(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(half) => {
                let unit = half.unpaired_surrogate();
                let six = |shift: u16| (unit >> shift & 0x3f).to_le_bytes()[0];
                out.extend([0xe0 | six(12), 0x80 | six(6), 0x80 | six(0)]);
            }
        }
    }
    out.extend_from_slice(odd);
}

/// A value that says itself what it is: base type, how many bytes describe it, the description, the value.
fn variant(out: &mut Vec<u8>, scratch: &mut String, bytes: &[u8]) -> Result<CellClass, NotOfItsType> {
    let mut reader = Reader::new(bytes);
    let mut byte = || reader.u8().map_err(|_| NotOfItsType);
    let (base, described) = (byte()?, byte()?);
    let description = reader.bytes(described.into()).map_err(|_| NotOfItsType)?;
    let value = reader.rest();
    let first = description.first().copied();
    let digits = first.filter(|digits| *digits <= 7);
    let meaning = match base {
        code::INT1 | code::INT2 | code::INT4 | code::INT8 => Meaning::Integer,
        code::BIT => Meaning::Bit,
        code::FLOAT4 | code::FLOAT8 => Meaning::Float,
        code::MONEY4 | code::MONEY => Meaning::Money,
        code::DATETIME4 | code::DATETIME => Meaning::DateTime,
        code::GUID => Meaning::Guid,
        code::DATEN => Meaning::Date,
        code::TIMEN => Meaning::Time { digits: digits.ok_or(NotOfItsType)? },
        code::DATETIME2N => Meaning::DateTime2 { digits: digits.ok_or(NotOfItsType)? },
        code::DATETIMEOFFSETN => Meaning::DateTimeOffset { digits: digits.ok_or(NotOfItsType)? },
        code::DECIMALN | code::NUMERICN => Meaning::Decimal { scale: description.get(1).copied().ok_or(NotOfItsType)? },
        code::VARBINARY | code::BINARY => Meaning::Bytes,
        code::VARCHAR | code::CHAR => {
            let codepage: Codepage = collation::read(&mut Reader::new(description)).map_err(|_| NotOfItsType)?;
            Meaning::Text(codepage)
        }
        code::NVARCHAR | code::NCHAR => Meaning::Wide,
        // The server has no others; a variant within a variant would never end.
        _ => return Err(NotOfItsType),
    };
    print(out, scratch, meaning, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(meaning: Meaning, bytes: &[u8]) -> Result<String, NotOfItsType> {
        let mut out = Vec::new();
        print(&mut out, &mut String::new(), meaning, bytes)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn values_are_printed_exactly() {
        let decimal = |sign: u8, magnitude: u128, length: usize| {
            let mut bytes = vec![sign];
            bytes.extend_from_slice(&magnitude.to_le_bytes()[..length]);
            bytes
        };
        let most = 10u128.pow(38) - 1;
        for (meaning, bytes, text) in [
            (Meaning::Integer, vec![255], "255"),
            (Meaning::Integer, vec![0, 0, 0, 0x80], "-2147483648"),
            (Meaning::Decimal { scale: 38 }, decimal(0, most, 16), "-0.99999999999999999999999999999999999999"),
            (Meaning::Decimal { scale: 2 }, decimal(1, 110, 4), "1.10"),
            (Meaning::Money, vec![0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff], "922337203685477.5807"),
            (Meaning::Money, vec![0xff, 0xff, 0xff, 0xff], "-0.0001"),
            (Meaning::Date, vec![0x80, 0x46, 0x0b], "2024-02-29"),
            (
                Meaning::DateTimeOffset { digits: 0 },
                vec![0, 0, 0, 0x80, 0x46, 0x0b, 60, 0],
                "2024-02-29 01:00:00 +01:00",
            ),
            (Meaning::Guid, (0..16).collect(), "03020100-0504-0706-0809-0A0B0C0D0E0F"),
            (Meaning::Wide, vec![0xe9, 0, 0x3d, 0xd8, 0x80, 0xde], "é🚀"),
            (Meaning::Float, 0.1f64.to_le_bytes().to_vec(), "0.1"),
        ] {
            assert_eq!(shown(meaning, &bytes).unwrap(), text);
        }
    }

    #[test]
    fn half_a_pair_and_an_odd_byte_are_kept() {
        let mut out = Vec::new();
        wide(&mut out, &[0x00, 0xd8, 0x41, 0, 7]);
        assert_eq!(out, [0xed, 0xa0, 0x80, b'A', 7]);
    }

    #[test]
    fn a_variant_is_printed_as_what_it_says_it_is() {
        let variant = |bytes: &[u8]| {
            let mut out = Vec::new();
            let class = print(&mut out, &mut String::new(), Meaning::Variant, bytes)?;
            Ok((class, String::from_utf8_lossy(&out).into_owned()))
        };
        assert_eq!(variant(&[code::INT4, 0, 42, 0, 0, 0]), Ok((CellClass::Integer, "42".to_owned())));
        let numeric = [code::NUMERICN, 2, 5, 3, 1, 0xd2, 4, 0, 0];
        assert_eq!(variant(&numeric), Ok((CellClass::Text, "1.234".to_owned())));
        let varchar = [code::VARCHAR, 7, 9, 4, 0xd0, 0, 52, 0x40, 0x1f, 0xe9];
        assert_eq!(variant(&varchar), Ok((CellClass::Text, "é".to_owned())));
        let odd = [code::INT4, 0, 1, 2, 3];
        for nonsense in [&[][..], &[code::VARIANT, 0], &odd, &[code::TIMEN, 1, 8, 0, 0, 0], &[code::INT4, 9]] {
            assert_eq!(variant(nonsense), Err(NotOfItsType), "{nonsense:?}");
        }
    }

    #[test]
    fn nothing_a_server_sends_makes_it_panic() {
        let meanings = [
            Meaning::Nothing,
            Meaning::Integer,
            Meaning::Bit,
            Meaning::Float,
            Meaning::Decimal { scale: 255 },
            Meaning::Money,
            Meaning::DateTime,
            Meaning::Date,
            Meaning::Time { digits: 7 },
            Meaning::DateTime2 { digits: 7 },
            Meaning::DateTimeOffset { digits: 0 },
            Meaning::Guid,
            Meaning::Text(Codepage::Utf8),
            Meaning::Wide,
            Meaning::Bytes,
            Meaning::Variant,
        ];
        for meaning in meanings {
            for length in 0..40 {
                for fill in [0, 0x7f, 0x80, 0xff] {
                    let _ = shown(meaning, &vec![fill; length]);
                }
            }
            for base in 0..=255 {
                for described in [0, 1, 2, 7, 255] {
                    let mut bytes = vec![base, described];
                    bytes.extend([0xff; 24]);
                    let _ = shown(meaning, &bytes);
                }
            }
        }
    }
}
