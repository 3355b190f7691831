//! The questions to the server's catalogs, each in a file, as a server of a version understands them.
//!
//! Catalogs gain columns. A line of a file that begins with `--since 14:` is only for servers of that major version and later,
//! one that begins with `--before 14:` only for those before it; whatever else begins with two hyphens is a comment.

use std::borrow::Cow;

/// The text for a server of this version (`130004`).
pub(crate) fn at(text: &'static str, version: u32) -> Cow<'static, str> {
    if !text.lines().any(|line| gate(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let lines = text.lines().filter_map(|line| match gate(line) {
        Some((gate, rest)) => gate.is_open(version).then_some(rest),
        None => Some(line),
    });
    Cow::Owned(lines.flat_map(|line| [line, "\n"]).collect())
}

/// Which servers a line is for, by major version.
#[derive(Clone, Copy)]
enum Gate {
    Since(u32),
    Before(u32),
}

impl Gate {
    fn is_open(self, version: u32) -> bool {
        match self {
            Gate::Since(major) => version / 10_000 >= major,
            Gate::Before(major) => version / 10_000 < major,
        }
    }
}

fn gate(line: &str) -> Option<(Gate, &str)> {
    let (mark, rest) = line.strip_prefix("--")?.split_once(':')?;
    let (word, major) = mark.split_once(' ')?;
    let major = major.parse().ok()?;
    match word {
        "since" => Some((Gate::Since(major), rest)),
        "before" => Some((Gate::Before(major), rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{fs, path::Path};

    use super::*;

    /// Names that catalogs, statistics and functions gained with a major version. None of them may be asked of one before it.
    const LATER: &[(u32, &[&str])] = &[
        (13, &["tgparentid", "leader_pid", "stxstattarget", "pubviaroot"]),
        (
            14,
            &[
                "attcompression",
                "rngmultitypid",
                "typsubscript",
                "prosqlbody",
                "query_id",
                "waitstart",
                "subbinary",
                "substream",
                "stxexprs",
                "pg_stats_ext_exprs",
                "pg_get_function_sqlbody",
                "pg_read_all_data",
                "pg_database_owner",
            ],
        ),
        (
            15,
            &[
                "indnullsnotdistinct",
                "datlocprovider",
                "daticulocale",
                "datcollversion",
                "colliculocale",
                "confdelsetcols",
                "stxdinherit",
                "prattrs",
                "prqual",
                "pg_publication_namespace",
                "pg_parameter_acl",
                "security_invoker",
                "has_parameter_privilege",
                "pg_database_collation_actual_version",
            ],
        ),
        (
            16,
            &[
                "inherit_option",
                "set_option",
                "daticurules",
                "collicurules",
                "last_seq_scan",
                "last_idx_scan",
                "n_tup_newpage_upd",
                "pg_stat_io",
                "subpasswordrequired",
                "suborigin",
            ],
        ),
        (17, &["datlocale", "colllocale", "dathasloginevt", "pg_maintain", "subfailover"]),
        (
            18,
            &[
                "conenforced",
                "conperiod",
                "relallfrozen",
                "total_vacuum_time",
                "total_analyze_time",
                "pg_get_acl",
                "pubgencols",
                "pg_aios",
            ],
        ),
    ];

    /// What servers of the oldest versions are asked: every file, and every text in the sources.
    fn asked(version: u32) -> Vec<(String, String)> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![sources.clone()];
        let mut texts = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&sources).unwrap().display().to_string();
                match path.extension().and_then(|extension| extension.to_str()) {
                    _ if path.is_dir() => folders.push(path),
                    Some("sql") => {
                        let text: &'static str = fs::read_to_string(&path).unwrap().leak();
                        texts.push((name, at(text, version).into_owned()));
                    }
                    Some("rs") if name != "queries.rs" => texts.push((name, fs::read_to_string(&path).unwrap())),
                    _ => {}
                }
            }
        }
        texts
    }

    /// Without comments, which may speak of every version.
    fn bare(text: &str) -> String {
        text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'))
    }

    #[test]
    fn no_server_is_asked_for_what_came_after_it() {
        for major in 12..=17 {
            let texts = asked(major * 10_000);
            assert!(texts.iter().filter(|(name, _)| name.ends_with(".sql")).count() > 20, "{}", texts.len());
            for (since, names) in LATER.iter().filter(|(since, _)| *since > major) {
                for (file, text) in &texts {
                    let found = words(&bare(text)).find(|word| names.contains(word)).map(str::to_owned);
                    assert_eq!(found, None, "{file} asks {major} for what came with {since}");
                }
            }
        }
    }

    #[test]
    fn later_servers_are_asked_for_what_they_have() {
        for (file, major, name) in [
            ("queries/triggers.sql", 13, "tgparentid"),
            ("queries/definition_relation.sql", 13, "tgparentid"),
            ("queries/definition_type.sql", 14, "rngmultitypid"),
        ] {
            for (version, wanted) in [(major - 1, false), (major, true), (18, true)] {
                let texts = asked(version * 10_000);
                let (_, text) = texts.iter().find(|(found, _)| found == file).unwrap();
                assert_eq!(words(&bare(text)).any(|word| word == name), wanted, "{file} {version}");
            }
        }
    }

    #[test]
    fn what_is_sent_as_it_stands_has_no_gate() {
        for text in [
            include_str!("queries/attributes.sql"),
            include_str!("queries/busy.sql"),
            include_str!("queries/collations.sql"),
            include_str!("queries/column_types.sql"),
            include_str!("queries/search_path.sql"),
            include_str!("queries/sizes.sql"),
            include_str!("queries/view_definitions.sql"),
        ] {
            assert!(matches!(at(text, 0), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn gates_open_by_major_version_and_other_comments_stay() {
        let text = "-- since when: whatever\nselect 1\n--since 14: , 2\n--before 14: , 3\nfrom t";
        assert_eq!(at(text, 130_010), "-- since when: whatever\nselect 1\n , 3\nfrom t\n");
        assert_eq!(at(text, 140_000), "-- since when: whatever\nselect 1\n , 2\nfrom t\n");
        assert!(matches!(at("select 1", 140_000), Cow::Borrowed(_)));
    }
}
