//! Documents that name tests as proofs: each test must be there.

use super::checkout::{File, file, files, none};

/// Names in backticks after the path of a file in backticks are its tests; a window's tests are “titles”.
fn missing_proofs(document: &File, files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut within: Option<&File> = None;
    let mut rest = document.text.as_str();
    while let Some(start) = rest.find(['`', '“']) {
        let tail = &rest[start..];
        let (close, title) = if tail.starts_with('`') { ('`', false) } else { ('”', true) };
        let inner = &tail[if title { '“'.len_utf8() } else { 1 }..];
        let Some(end) = inner.find(close) else { break };
        let name = &inner[..end];
        rest = &inner[end + close.len_utf8()..];
        let is_path = !title && name.contains('/') && (name.ends_with(".rs") || name.ends_with(".mjs"));
        if is_path {
            within = files.iter().find(|file| file.path == name);
            if within.is_none() {
                findings.push(format!("{} names `{name}`, which is not there", document.path));
            }
            continue;
        }
        let Some(source) = within else { continue };
        let is_test = name.contains('_') && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
        let (wanted, looked_for) = match title {
            true => (source.path.ends_with(".mjs"), format!("\"{name}\"")),
            false => (is_test && source.path.ends_with(".rs"), format!("fn {name}(")),
        };
        if wanted && !source.text.contains(&looked_for) {
            findings.push(format!("{} names {name}, which is no test of {}", document.path, source.path));
        }
    }
    findings
}

#[test]
fn every_test_that_is_named_as_a_proof_is_there() {
    let document = files().iter().find(|file| file.path == "docs/faults.md").unwrap();
    none(&missing_proofs(document, files()));
}

#[cfg(test)]
mod fixtures {
    use super::*;

    #[test]
    fn a_proof_that_is_gone_is_found() {
        let files = [
            file("tests/a.rs", "#[test]\nfn it_holds() {}\n"),
            file("tests/e2e/b.suite.mjs", "desk.test(\"it is seen\", async () => {});\n"),
        ];
        let good = "`tests/a.rs`: `it_holds`; `tests/e2e/b.suite.mjs`: “it is seen” and `make test`";
        assert!(missing_proofs(&file("docs/faults.md", good), &files).is_empty());
        for bad in [
            "`tests/a.rs`: `it_does_not_hold`",
            "`tests/gone.rs`: `it_holds`",
            "`tests/e2e/b.suite.mjs`: “it is not seen”",
        ] {
            assert_eq!(missing_proofs(&file("docs/faults.md", bad), &files).len(), 1, "not found: {bad}");
        }
    }
}
