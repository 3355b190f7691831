//! What every source file keeps to: its length, its header, its name, and nothing left for later.

use super::checkout::{File, file, files, none};

const MOST_LINES: usize = 600;
const COUNTED: &[&str] = &["rs", "ts", "tsx", "css", "sql", "mjs", "sh"];
/// Written by a program; nobody reads them whole.
const GENERATED: &[&str] = &["ui/src/ipc/bindings.ts"];

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_script(path: &str) -> bool {
    (path.starts_with("scripts/") && !path.rsplit('/').next().unwrap_or("").contains('.')) || path == ".ci/run"
}

fn too_long(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| COUNTED.contains(&extension(&file.path)) || is_script(&file.path))
        .filter(|file| !GENERATED.contains(&file.path.as_str()))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > MOST_LINES).then(|| format!("{} has {lines} lines; split it at {MOST_LINES}", file.path))
        })
        .collect()
}

fn without_header(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/src/lib.rs"))
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| format!("{} does not say what the crate is and what it must not know", file.path))
        .collect()
}

fn named_mod(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/mod.rs"))
        .map(|file| format!("{}: name the file after its module", file.path))
        .collect()
}

/// Marks of unfinished work. Put together here, so that this file does not find itself.
fn left_for_later(files: &[File]) -> Vec<String> {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("to", "do!("),
        concat!("unimplement", "ed!("),
        concat!("dbg", "!("),
    ];
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| COUNTED.contains(&extension(&file.path))) {
        if GENERATED.contains(&file.path.as_str()) {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(*mark)) {
                findings.push(format!("{}:{}: {mark}", file.path, index + 1));
            }
        }
    }
    findings
}

fn window_outside_ipc(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("ui/src/") && !file.path.starts_with("ui/src/ipc/")) {
        for (index, line) in file.text.lines().enumerate() {
            if line.contains("@tauri-apps") {
                findings.push(format!("{}:{}: only ui/src/ipc imports @tauri-apps", file.path, index + 1));
            }
        }
    }
    findings
}

#[test]
fn no_file_is_longer_than_600_lines() {
    none(&too_long(files()));
}

#[test]
fn every_library_says_what_it_is() {
    none(&without_header(files()));
}

#[test]
fn no_module_is_called_mod() {
    none(&named_mod(files()));
}

#[test]
fn nothing_is_left_for_later() {
    none(&left_for_later(files()));
}

#[test]
fn only_the_ipc_folder_imports_the_window() {
    none(&window_outside_ipc(files()));
}

#[cfg(test)]
mod fixtures {
    use super::*;

    #[test]
    fn a_long_file_is_found_and_a_generated_one_is_not() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let fits = "x\n".repeat(MOST_LINES);
        let files = [
            file("crates/a/src/long.rs", &long),
            file("crates/a/src/fits.rs", &fits),
            file("scripts/long", &long),
            file("ui/src/ipc/bindings.ts", &long),
            file("Cargo.lock", &long),
        ];
        let findings = too_long(&files);
        assert_eq!(findings.len(), 2, "{findings:?}");
    }

    #[test]
    fn a_library_without_a_header_is_found() {
        let files = [file("crates/a/src/lib.rs", "pub mod a;\n"), file("crates/b/src/lib.rs", "//! B.\n")];
        assert_eq!(without_header(&files).len(), 1);
    }

    #[test]
    fn a_file_called_mod_is_found() {
        assert_eq!(named_mod(&[file("crates/a/src/b/mod.rs", "")]).len(), 1);
    }

    #[test]
    fn unfinished_work_is_found() {
        let files = [file("a.rs", concat!("// TO", "DO later\n")), file("b.ts", "const done = true;\n")];
        assert_eq!(left_for_later(&files), [format!("a.rs:1: {}", concat!("TO", "DO"))]);
    }

    #[test]
    fn an_import_of_the_window_outside_ipc_is_found() {
        let text = "import { invoke } from \"@tauri-apps/api/core\";\n";
        let files = [file("ui/src/features/editor/Editor.tsx", text), file("ui/src/ipc/client.ts", text)];
        assert_eq!(window_outside_ipc(&files).len(), 1);
    }
}
