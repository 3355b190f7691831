//! Values as literals, and how they are compared.

use driver::{Code, Error};

use crate::scan::{PLACE, quote};

/// Types whose equal values print alike, so that their own `=` says whether a text is still the same.
///
/// Not among them: numbers with a scale (`1.0`, `1.00`) or a signed zero, intervals, what is padded, folded or made of others.
/// `timestamp with time zone` prints alike, but a style with abbreviations of zones does not read back what it printed.
const EXACT: [&str; 15] = [
    "smallint",
    "integer",
    "bigint",
    "oid",
    "uuid",
    "boolean",
    "date",
    "text",
    "character varying",
    "name",
    "bytea",
    "timestamp without time zone",
    "time without time zone",
    "tid",
    "xid8",
];

/// Digits that certainly fit the widest integer.
const SAFE_DIGITS: usize = 18;

/// A column as it stands in statements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    name: &'a str,
    /// A row's place rather than a column: no quotes needed, none to be had.
    system: bool,
    /// The type as the server prints it.
    native: &'a str,
    /// The same, of a domain what it is made of; without modifiers.
    base: &'a str,
    exact: bool,
}

impl<'a> Written<'a> {
    /// A column of this type; `underlying` is the base type of a domain. `collated` when it has a collation of its own.
    pub(super) fn new(name: &'a str, native: &'a str, underlying: &'a str, collated: bool) -> Self {
        let base = plain(underlying);
        // A domain over a text may bring a collation along that the column does not name.
        let folded = collated || (native != underlying && matches!(base, "text" | "character varying"));
        Written { name, system: false, native, base, exact: EXACT.contains(&base) && !folded }
    }

    /// Where a row is stored.
    pub(super) fn place() -> Self {
        Written { name: PLACE, system: true, native: "tid", base: "tid", exact: true }
    }

    pub(super) fn name(&self) -> String {
        if self.system { self.name.to_owned() } else { quote(self.name) }
    }

    pub(super) fn plain_name(&self) -> &'a str {
        self.name
    }

    /// Whether equal values print alike.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Whether it still holds this, by what the server prints; `None` is NULL.
    pub(super) fn holds(&self, bytes: Option<&[u8]>) -> Result<String, Error> {
        match bytes {
            // A row whose fields are all NULL is itself none: IS NULL would say it was.
            None if self.native.contains(['.', '"']) => Ok(format!("{} IS NOT DISTINCT FROM NULL", self.name())),
            None => Ok(format!("{} IS NULL", self.name())),
            Some(bytes) if self.exact => Ok(format!("{} = {}", self.name(), self.value(bytes)?)),
            Some(bytes) => self.prints(bytes),
        }
    }

    /// Whether the server prints it like this.
    pub(super) fn prints(&self, bytes: &[u8]) -> Result<String, Error> {
        let name = self.name();
        let text = quoted(bytes, self.name)?;
        // The collation of the column would go on to the text, and may not tell `a` from `A`.
        let same = format!("pg_catalog.format('%s', {name}) COLLATE \"C\" = {text}");
        // NULL would print as nothing too.
        Ok(if bytes.is_empty() { format!("{name} IS DISTINCT FROM NULL AND {same}") } else { same })
    }

    /// Whether it equals this by the equality of its own type, which an index knows.
    pub(super) fn equals(&self, text: &str) -> Result<String, Error> {
        Ok(format!("{} = {}", self.name(), self.key_literal(text)?))
    }

    /// A value to be compared with the column.
    pub(super) fn key_literal(&self, text: &str) -> Result<String, Error> {
        // Outside of the server's own types `=` may belong to a type that the literal would not be taken for.
        match self.base.contains('.') {
            true => Ok(format!("{}::{}", quoted(text.as_bytes(), self.name)?, self.base)),
            false => self.value(text.as_bytes()),
        }
    }

    /// A text in the notation of the column's type.
    pub(super) fn value(&self, bytes: &[u8]) -> Result<String, Error> {
        if let Ok(plain) = std::str::from_utf8(bytes) {
            let bare = match self.base {
                "smallint" | "integer" | "bigint" => plain.len() <= SAFE_DIGITS && is_number(plain, false),
                "numeric" => is_number(plain, true),
                "boolean" => matches!(plain, "true" | "false"),
                _ => false,
            };
            if bare {
                return Ok(plain.to_owned());
            }
        }
        quoted(bytes, self.name)
    }

    /// Bytes as they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<String, Error> {
        if self.base != "bytea" {
            if std::str::from_utf8(bytes).is_err() {
                return Err(Error::new(
                    Code::InvalidStatement,
                    format!("The bytes for “{}” are no text in UTF-8, and its type is {}.", self.name, self.native),
                ));
            }
            return self.value(bytes);
        }
        let mut literal = String::with_capacity(bytes.len() * 2 + 16);
        literal.push_str("E'\\\\x");
        for byte in bytes {
            push_hex(&mut literal, *byte);
        }
        literal.push_str("'::bytea");
        Ok(literal)
    }
}

/// A type without its modifiers: `numeric(5,2)` is `numeric`, `timestamp(3) without time zone` loses the 3.
fn plain(native: &str) -> &str {
    for (prefix, suffix, whole) in [
        ("timestamp(", ") without time zone", "timestamp without time zone"),
        ("time(", ") without time zone", "time without time zone"),
    ] {
        if native.starts_with(prefix) && native.ends_with(suffix) {
            return whole;
        }
    }
    // Only the server's own types are looked at more closely.
    let own = !native.contains(['.', '"', '[']);
    match native.split_once('(') {
        Some((name, modifier)) if own && modifier.ends_with(')') => name,
        _ => native,
    }
}

/// Whether these are digits as the server would print them: no sign but a minus, no leading zeros.
fn is_number(text: &str, fraction: bool) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = match digits.split_once('.') {
        Some((whole, rest)) if fraction => (whole, Some(rest)),
        Some(_) => return false,
        None => (digits, None),
    };
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && (whole == "0" || !whole.starts_with('0')) && rest.is_none_or(all)
}

/// A text as a literal that means the same in any session. Bytes that are no UTF-8 are written one by one: a database without
/// an encoding takes them as they are, any other says that they are no text.
fn quoted(bytes: &[u8], column: &str) -> Result<String, Error> {
    if bytes.contains(&0) {
        return Err(Error::new(
            Code::InvalidStatement,
            format!("The text for “{column}” has a NUL character, which no text of the server's can hold."),
        ));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(sql::dialect::postgres().quote_literal(text));
    }
    let mut literal = String::with_capacity(bytes.len() + 16);
    literal.push_str("E'");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if matches!(character, '\'' | '\\') {
                literal.push(character);
            }
            literal.push(character);
        }
        for byte in chunk.invalid() {
            literal.push_str("\\x");
            push_hex(&mut literal, *byte);
        }
    }
    literal.push('\'');
    Ok(literal)
}

fn push_hex(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(native: &str) -> Written<'_> {
        Written::new("c", native, native, false)
    }

    #[test]
    fn numbers_stand_bare_only_as_the_server_would_print_them() {
        let bare = [("integer", "-17"), ("bigint", "0"), ("numeric(5,2)", "1.50"), ("boolean", "true")];
        for (native, text) in bare {
            assert_eq!(of(native).value(text.as_bytes()).unwrap(), text, "{native}");
        }
        let quoted = [
            ("integer", "1.5"),
            ("integer", "007"),
            ("integer", ""),
            ("integer", "- 1"),
            ("integer", "1;drop"),
            ("bigint", "-9223372036854775808"),
            ("numeric", "NaN"),
            ("numeric", "1e5"),
            ("numeric", ".5"),
            ("numeric", "5."),
            ("double precision", "1"),
            ("boolean", "t"),
            ("oid", "1"),
        ];
        for (native, text) in quoted {
            assert_eq!(of(native).value(text.as_bytes()).unwrap(), format!("'{text}'"), "{native}");
        }
    }

    #[test]
    fn texts_mean_the_same_whatever_a_backslash_is() {
        assert_eq!(of("text").value(br"it's \ here").unwrap(), r"E'it''s \\ here'");
        assert_eq!(of("text").value(b"it's").unwrap(), "'it''s'");
        assert_eq!(of("text").value(b"\xe9'\\a\xc3\xa9").unwrap(), "E'\\xe9''\\\\aé'");
        assert_eq!(of("bytea").bytes(&[0, 0xff]).unwrap(), r"E'\\x00ff'::bytea");
        assert_eq!(of("text").bytes("é".as_bytes()).unwrap(), "'é'");
        assert_eq!(of("text").bytes(&[0xff]).unwrap_err().code, Code::InvalidStatement);
        assert_eq!(of("text").value(b"a\0b").unwrap_err().code, Code::InvalidStatement);
    }

    #[test]
    fn modifiers_and_domains_are_seen_through() {
        for (native, exact) in [
            ("character varying(20)", true),
            ("timestamp(3) without time zone", true),
            ("timestamp with time zone", false),
            ("numeric(5,2)", false),
            ("character(4)", false),
            ("text[]", false),
            ("interval", false),
            ("public.citext", false),
        ] {
            assert_eq!(of(native).is_exact(), exact, "{native}");
        }
        assert!(Written::new("c", "public.positive", "integer", false).is_exact());
        assert!(!Written::new("c", "public.folded", "text", false).is_exact(), "its collation is not known");
        assert!(!Written::new("c", "text", "text", true).is_exact());
    }

    #[test]
    fn an_original_is_compared_null_safe() {
        assert_eq!(of("integer").holds(None).unwrap(), "\"c\" IS NULL");
        assert_eq!(of("public.pair").holds(None).unwrap(), "\"c\" IS NOT DISTINCT FROM NULL");
        assert_eq!(of("text").holds(Some(b"")).unwrap(), "\"c\" = ''");
        let empty = of("json").holds(Some(b"")).unwrap();
        assert!(empty.starts_with("\"c\" IS DISTINCT FROM NULL AND "), "{empty}");
    }
}
