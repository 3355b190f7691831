//! Names and texts in batches of ours.

/// A name in brackets.
pub(crate) fn name(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// A name of two parts.
pub(crate) fn path(schema: &str, object: &str) -> String {
    format!("{}.{}", name(schema), name(object))
}

/// A text as a literal in Unicode.
pub(crate) fn text(text: &str) -> String {
    format!("N'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_breaks_out_of_its_quotes() {
        assert_eq!(super::path("dbo", "a]b[c"), "[dbo].[a]]b[c]");
        assert_eq!(super::text("é'--"), "N'é''--'");
    }
}
