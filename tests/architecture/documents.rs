//! Documents that go stale in silence, and what no tracked file may say.

use std::collections::BTreeMap;

use super::checkout::{File, file, files, none};
use super::dependencies::package_names;

fn unnamed_crates(document: &str, packages: &[(String, String)]) -> Vec<String> {
    packages
        .iter()
        .filter(|(name, _)| !document.contains(&format!("`{name}`")))
        .map(|(name, folder)| format!("ARCHITECTURE.md does not name `{name}` ({folder})"))
        .collect()
}

/// Paths in backticks that a reader would follow to nothing.
fn broken_paths(documents: &[&File], files: &[File]) -> Vec<String> {
    const FOLDERS: &[&str] = &["crates/", "ui/", "src-tauri/", "tests/", "scripts/", "docs/"];
    let mut findings = Vec::new();
    for document in documents {
        // Odd pieces are what stands between backticks.
        for path in document.text.split('`').skip(1).step_by(2) {
            let path = path.trim_end_matches('/');
            let plain = path.chars().all(|character| character.is_ascii_alphanumeric() || "/._-".contains(character));
            // Made by a build.
            let made = path.starts_with("ui/dist") || path.starts_with("ui/node_modules");
            if !plain || made || !FOLDERS.iter().any(|folder| path.starts_with(folder)) {
                continue;
            }
            let folder = format!("{path}/");
            if !files.iter().any(|file| file.path == path || file.path.starts_with(&folder)) {
                findings.push(format!("{} names `{path}`, which is not there", document.path));
            }
        }
    }
    findings
}

fn misnumbered(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for decision in files.iter().filter(|file| file.path.starts_with("docs/decisions/")) {
        let name = decision.path.trim_start_matches("docs/decisions/");
        let number = name.get(..4).and_then(|digits| digits.parse().ok());
        let Some(number) = number.filter(|_| name.get(4..5) == Some("-") && name.ends_with(".md")) else {
            findings.push(format!("{} is not called NNNN-title.md", decision.path));
            continue;
        };
        numbers.entry(number).or_default().push(&decision.path);
        if !decision.text.starts_with(&format!("# {number:04}. ")) {
            findings.push(format!("{} does not begin with `# {number:04}. `", decision.path));
        }
    }
    for (index, (number, paths)) in numbers.iter().enumerate() {
        if *number != index + 1 {
            findings.push(format!("{} leaves a gap: {:04} is next", paths[0], index + 1));
            break;
        }
        if paths.len() > 1 {
            findings.push(format!("{} share a number", paths.join(" and ")));
        }
    }
    findings
}

/// Hosts of registries other than the ones a lock file names by default, and folders of one machine.
fn of_one_machine(files: &[File]) -> Vec<String> {
    // Put together here, so that this file does not find itself.
    let machine = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Use", "rs/")];
    let hosts = [concat!("arti", "factory"), concat!("registry.", "npmjs"), concat!("index.", "crates.io")];
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let lower = line.to_lowercase();
            let mut found: Vec<&str> = hosts.iter().copied().filter(|host| lower.contains(host)).collect();
            found.extend(machine.iter().copied().filter(|folder| names_folder(line, folder)));
            if file.path.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\": \"http") {
                found.push("a resolved address");
            }
            let crates_io = "registry+https://github.com/rust-lang/crates.io-index";
            if file.path.ends_with("Cargo.lock") && line.starts_with("source = ") && !line.contains(crates_io) {
                found.push("a source other than crates.io");
            }
            for what in found {
                findings.push(format!("{}:{}: {what}", file.path, index + 1));
            }
        }
    }
    findings
}

/// The folder at the start of a path: not inside a longer one, such as one below `$HOME`, and not as a bare example.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        before.is_none_or(|character| " \"'`(=:<>[".contains(character))
            && after.is_some_and(|character| character.is_ascii_alphanumeric() || character == '.')
    })
}

#[test]
fn every_crate_is_on_the_map() {
    let map = files().iter().find(|file| file.path == "ARCHITECTURE.md").unwrap();
    none(&unnamed_crates(&map.text, &package_names()));
}

#[test]
fn every_path_the_documents_name_is_there() {
    let documents: Vec<&File> = files()
        .iter()
        .filter(|file| ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"].contains(&file.path.as_str()))
        .collect();
    none(&broken_paths(&documents, files()));
}

#[test]
fn decisions_are_numbered() {
    assert!(files().iter().any(|file| file.path.starts_with("docs/decisions/0001-")));
    none(&misnumbered(files()));
}

#[test]
fn no_file_names_a_registry_host_or_a_folder_of_one_machine() {
    none(&of_one_machine(files()));
}

#[cfg(test)]
mod fixtures {
    use super::*;

    #[test]
    fn a_crate_missing_from_the_map_is_found() {
        let packages =
            [("catalog".to_owned(), "crates/catalog".to_owned()), ("sql".to_owned(), "crates/sql".to_owned())];
        assert_eq!(unnamed_crates("| `catalog` | plain data |", &packages).len(), 1);
    }

    #[test]
    fn a_path_to_nothing_is_found() {
        let document = file("ARCHITECTURE.md", "see `crates/gone/src`, `crates/here`, `ui/dist` and `make run`");
        let files = [file("crates/here/src/lib.rs", "")];
        assert_eq!(broken_paths(&[&document], &files), ["ARCHITECTURE.md names `crates/gone/src`, which is not there"]);
    }

    #[test]
    fn a_decision_without_its_number_is_found() {
        let good = file("docs/decisions/0001-one.md", "# 0001. One\n");
        assert!(misnumbered(&[file("docs/decisions/0001-one.md", "# 0001. One\n")]).is_empty());
        let cases = [
            file("docs/decisions/two.md", "# Two\n"),
            file("docs/decisions/0001-again.md", "# 0001. Again\n"),
            file("docs/decisions/0003-gap.md", "# 0003. Gap\n"),
            file("docs/decisions/0002-title.md", "# Another title\n"),
        ];
        for case in cases {
            let path = case.path.clone();
            assert_eq!(misnumbered(&[file(&good.path, &good.text), case]).len(), 1, "not found: {path}");
        }
    }

    #[test]
    fn a_machine_in_a_file_is_found() {
        let folder = concat!("/ro", "ot/");
        let cases = [
            file("a.md", &format!("see {folder}.cargo/bin\n")),
            file("ui/package-lock.json", "      \"resolved\": \"https://example.org/a.tgz\",\n"),
            file("Cargo.lock", "source = \"registry+https://example.org/index\"\n"),
            file("b.sh", concat!("curl https://registry.", "npmjs.org/a\n")),
        ];
        for case in cases {
            let path = case.path.clone();
            assert_eq!(of_one_machine(&[case]).len(), 1, "not found: {path}");
        }
        let fine = format!("$HOME{folder}x and {folder} alone\n");
        assert!(of_one_machine(&[file("c.md", &fine)]).is_empty());
    }
}
