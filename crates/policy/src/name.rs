//! Names and texts as PostgreSQL reads them.

use pg_query::protobuf::KeywordKind;

/// Most bytes of a name; the server cuts the rest off, never within a character
/// (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>).
pub const MOST_NAME_BYTES: usize = 63;

/// The name as the server keeps it.
pub fn cut(name: &str) -> &str {
    let mut end = name.len().min(MOST_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name)
}

/// The name in SQL, in quotes only where it would mean something else without them, as `quote_ident` does it.
pub fn quote(name: &str) -> String {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && !is_keyword(name) { name.to_owned() } else { always_quote(name) }
}

fn always_quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether the grammar gives the word a meaning that would win over a name's.
fn is_keyword(name: &str) -> bool {
    let Ok(tokens) = pg_query::scan_tokens(name) else { return true };
    !matches!(tokens.as_slice(), [token]
        if matches!(token.keyword_kind(), KeywordKind::NoKeyword | KeywordKind::UnreservedKeyword))
}

/// Schema and name in SQL.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quote(schema), quote(name))
}

/// A role in SQL. `PUBLIC` in capitals is everyone, as catalogs print it; the words that the server takes for the current
/// user are names here and so stand in quotes.
pub fn role(name: &str) -> String {
    match name {
        "PUBLIC" => "PUBLIC".to_owned(),
        "public" | "none" => always_quote(name),
        name => quote(name),
    }
}

/// A text as a literal that means the same whatever `standard_conforming_strings` is.
pub fn literal(text: &str) -> String {
    let quotes = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", quotes.replace('\\', "\\\\")) } else { format!("'{quotes}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        for (name, quoted) in [
            ("documents", "documents"),
            ("_x1", "_x1"),
            ("Documents", "\"Documents\""),
            ("own rows", "\"own rows\""),
            ("a\"b.c", "\"a\"\"b.c\""),
            ("select", "\"select\""),
            ("between", "\"between\""),
            ("left", "\"left\""),
            ("policy", "policy"),
            ("name", "name"),
            ("🚀", "\"🚀\""),
            ("1st", "\"1st\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote(name), quoted);
        }
        assert_eq!(role("PUBLIC"), "PUBLIC");
        assert_eq!(role("public"), "\"public\"");
        assert_eq!(role("current_user"), "\"current_user\"");
    }

    #[test]
    fn long_names_are_cut_at_bytes_and_never_within_a_character() {
        assert_eq!(cut(&"é".repeat(40)), "é".repeat(31));
        assert_eq!(cut(&"a".repeat(63)), "a".repeat(63));
        assert_eq!(cut(&"a".repeat(64)), "a".repeat(63));
        assert_eq!(cut(&format!("{}🚀", "a".repeat(60))), "a".repeat(60));
    }

    #[test]
    fn literals_survive_quotes_and_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b'"), "E'a\\\\b'''");
    }
}
