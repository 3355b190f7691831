//! PostgreSQL's language facts, with what the server reported.

use std::collections::BTreeMap;

/// The dialect of a connection with these reported settings.
pub(crate) fn probed(parameters: &BTreeMap<String, String>) -> sql::Dialect {
    let escapes = parameters.get("standard_conforming_strings").is_some_and(|value| value == "off");
    sql::dialect::postgres().with_backslash_escapes(escapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_escape_where_the_server_says_so() {
        assert!(!probed(&BTreeMap::new()).backslash_escapes);
        let off = BTreeMap::from([("standard_conforming_strings".to_owned(), "off".to_owned())]);
        assert!(probed(&off).backslash_escapes);
    }
}
