//! `docs/fidelity.md`: a section per engine, written by the tests.

use std::{env, fs, path::PathBuf};

use crate::outlets::{OUTLETS, Section};

/// Most characters of a value that are shown.
const SHOWN: usize = 36;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/fidelity.md")
}

/// The section as it stands in the document.
fn rendered(section: &Section) -> String {
    let mut text = format!("| type | values | {} |\n|---|---|{}\n", OUTLETS.join(" | "), "---|".repeat(OUTLETS.len()));
    for line in &section.lines {
        let values: Vec<String> = line.values.iter().map(|value| shown(value)).collect();
        let verdicts = line.wrong.iter().map(|wrong| match wrong {
            0 => "=".to_owned(),
            wrong => format!("{wrong} differ"),
        });
        let verdicts: Vec<String> = verdicts.collect();
        text.push_str(&format!("| {} | {} | {} |\n", shown(&line.native), values.join(", "), verdicts.join(" | ")));
    }
    text
}

/// A value between backticks, on one line of a table.
fn shown(value: &str) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    let mut text: String = value.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    for (from, to) in [("\\\"", "\""), ("\\'", "'"), ("\\\\", "\\")] {
        text = text.replace(from, to);
    }
    if value.chars().count() > SHOWN {
        text.push('…');
    }
    let text = text.replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

/// Compares an engine's section with the committed one, or writes it.
pub fn compare(engine: &str, section: &Section) {
    let differing: Vec<&str> = section
        .lines
        .iter()
        .filter(|line| line.wrong.iter().any(|wrong| *wrong > 0))
        .map(|line| line.native.as_str())
        .collect();
    let (begin, end) = (format!("<!-- {engine}: begin -->\n"), format!("<!-- {engine}: end -->\n"));
    // The engines' tests may write at the same time.
    let held = fs::File::open(path()).unwrap();
    held.lock().unwrap();
    let document = fs::read_to_string(path()).unwrap();
    let Some((before, rest)) = document.split_once(&begin) else {
        panic!("docs/fidelity.md has no place for {engine}")
    };
    let Some((committed, after)) = rest.split_once(&end) else {
        panic!("{engine}'s place in docs/fidelity.md has no end")
    };
    let fresh = rendered(section);
    if env::var("ROWHOUSE_UPDATE_FIDELITY").as_deref() == Ok("1") {
        fs::write(path(), format!("{before}{begin}{fresh}{end}{after}")).unwrap();
    } else {
        assert_eq!(
            committed, fresh,
            "docs/fidelity.md is not what the test finds: ROWHOUSE_UPDATE_FIDELITY=1 writes it anew"
        );
    }
    assert!(differing.is_empty(), "{engine}: {differing:?} differ from what the server's own client prints");
}
