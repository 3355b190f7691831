//! Statements that have the server fetch a file of this computer.

use crate::{Dialect, nodes::Nodes};

/// The file of this computer that `LOAD DATA LOCAL INFILE` names, as the server reads its literal. The first one, where a text
/// that is no single statement names several.
pub fn local_file(text: &str, dialect: &Dialect) -> Option<String> {
    let nodes = Nodes::new(text, dialect);
    let at = (0..nodes.len()).find(|at| nodes.is(*at, "LOCAL") && nodes.is(at + 1, "INFILE"))?;
    nodes.string(at + 2).map(|(file, _)| file)
}

#[cfg(test)]
mod tests {
    use crate::{dialect::mysql, local_file};

    #[test]
    fn the_file_is_found_wherever_the_statement_names_it() {
        for (text, file) in [
            ("load data local infile '/tmp/a b.csv' into table t", Some("/tmp/a b.csv")),
            ("LOAD XML CONCURRENT LOCAL INFILE \"it''s\" INTO TABLE t", Some("it''s")),
            ("load data /* x */ local infile 'C:\\\\a\\'b' into table t", Some("C:\\a'b")),
            ("/*!50000 load data local infile 'x' into table t */", Some("x")),
            ("set statement max_statement_time = 5 for load data local infile 'x' into table t", Some("x")),
            ("load data infile '/srv/x' into table t", None),
            ("select 'load data local infile ''x'''", None),
            ("select `local` infile from t -- local infile 'x'", None),
            ("load data local infile", None),
            ("local infile x", None),
        ] {
            assert_eq!(local_file(text, mysql()).as_deref(), file, "{text}");
        }
        let plain = mysql().with_backslash_escapes(false);
        assert_eq!(local_file("load data local infile 'C:\\a' into table t", &plain).as_deref(), Some("C:\\a"));
    }
}
