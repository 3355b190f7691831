//! Names and values as SQL text, for the statements we write ourselves.

/// A name in double quotes.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text literal.
pub(crate) fn text(value: &str) -> String {
    if value.contains('\0') {
        // A literal ends at a NUL; bytes do not.
        return format!("CAST({} AS TEXT)", bytes(value.as_bytes()));
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// A blob literal.
pub(crate) fn bytes(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len() * 2 + 3);
    out.push_str("x'");
    for byte in value {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    out.push('\'');
    out
}
