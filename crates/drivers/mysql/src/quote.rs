//! Names and texts in statements of ours, written so that no `sql_mode` changes what they mean.

/// A name in backticks.
pub(crate) fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as a literal: in hexadecimal where a backslash or quote could be read in two ways.
pub(crate) fn text(text: &str) -> String {
    let plain = text.bytes().all(|byte| !matches!(byte, b'\'' | b'\\' | 0..=31));
    if plain { format!("'{text}'") } else { format!("_utf8mb4 {}", bytes(text.as_bytes())) }
}

/// Bytes as a literal.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut literal = String::with_capacity(bytes.len() * 2 + 3);
    literal.push_str("X'");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(literal, "{byte:02X}");
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_breaks_out_of_its_quotes() {
        assert_eq!(super::name("a`b"), "`a``b`");
        assert_eq!(super::text("é"), "'é'");
        assert_eq!(super::text("a'b\\"), "_utf8mb4 X'6127625C'");
        assert_eq!(super::text(""), "''");
    }
}
