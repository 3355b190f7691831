//! Names and texts in statements of ours.

/// `"name"`. A name cannot hold the quote.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', ""))
}

/// `"schema"."name"`.
pub(crate) fn path(schema: &str, name: &str) -> String {
    format!("{}.{}", self::name(schema), self::name(name))
}

/// `'text'`.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
