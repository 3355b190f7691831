//! Bytes as text that reads back to the same bytes.

use driver::Error;

use crate::api::{AppError, ErrorCode, KeyBytes};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Bytes as text: characters as they are, the rest with a backslash.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                // What a line of text cannot show: control characters, and those that turn or hide others.
                other if other.is_control() || is_invisible(other) => {
                    let mut encoded = [0; 4];
                    other.encode_utf8(&mut encoded).bytes().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
                }
                other => text.push(other),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The bytes of an escaped text.
///
/// # Errors
/// `InvalidStatement` for a backslash that begins nothing.
pub(super) fn unescaped(text: &str) -> Result<Vec<u8>, AppError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'\\') => bytes.push(b'\\'),
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'x') => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let value = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                bytes.push(value.ok_or_else(malformed)?);
            }
            _ => return Err(malformed()),
        }
    }
    Ok(bytes)
}

fn malformed() -> AppError {
    AppError::new(ErrorCode::InvalidStatement, "A backslash in it begins nothing that is known.")
        .with_hint("Write \\\\ for a backslash, \\n, \\r, \\t, or \\x and two hexadecimal digits.")
}

/// A pattern of the server: its own backslashes stay, ours before `x`, `n`, `r` and `t` become bytes.
pub(super) fn pattern(text: &str) -> Vec<u8> {
    unescaped(text).unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// Bytes for a person: as text where they are some.
pub(super) fn shown(bytes: &[u8]) -> KeyBytes {
    match std::str::from_utf8(bytes) {
        Ok(text) => KeyBytes::Text(text.to_owned()),
        Err(_) => KeyBytes::Base64(STANDARD.encode(bytes)),
    }
}

/// The bytes of a person's value.
///
/// # Errors
/// `InvalidStatement` for what is no Base64.
pub(super) fn meant(value: &KeyBytes) -> Result<Vec<u8>, AppError> {
    match value {
        KeyBytes::Text(text) => Ok(text.as_bytes().to_vec()),
        KeyBytes::Base64(text) => STANDARD
            .decode(text)
            .map_err(|_| AppError::from(Error::new(driver::Code::InvalidStatement, "The bytes are not Base64."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back_to_its_bytes() {
        let odd: &[&[u8]] = &[
            b"user:1",
            b"a\nb\0c\x07",
            b"\\x41",
            "Gr\u{fc}\u{df}e \u{1f680}".as_bytes(),
            b"\xff\xfe\x00",
            "left\u{202e}right".as_bytes(),
            b"",
        ];
        for key in odd {
            let text = escaped(key);
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert_eq!(unescaped(&text).unwrap(), *key, "{text}");
        }
        assert_eq!(escaped(b"a\nb\0\xff\\"), "a\\nb\\x00\\xff\\\\");
        for bad in ["\\", "\\q", "\\x4", "\\xzz"] {
            assert_eq!(unescaped(bad).unwrap_err().code, ErrorCode::InvalidStatement, "{bad}");
        }
    }

    #[test]
    fn a_pattern_keeps_the_servers_own_backslashes() {
        assert_eq!(pattern("user:\\*"), b"user:\\*");
        assert_eq!(pattern("a\\x00*"), b"a\0*");
    }

    #[test]
    fn values_are_text_where_they_can_be() {
        assert_eq!(shown(b"plain\n"), KeyBytes::Text("plain\n".to_owned()));
        let binary = shown(b"\xff\x00");
        assert_eq!(binary, KeyBytes::Base64("/wA=".to_owned()));
        assert_eq!(meant(&binary).unwrap(), b"\xff\x00");
        assert!(meant(&KeyBytes::Base64("?".to_owned())).is_err());
    }
}
