//! The files of this checkout, as git sees them: tracked, or new and not ignored.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One text file; what is not UTF-8 (icons, images) is left out.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        // A checkout owned by somebody else (a container's bind mount) is still ours to read.
        let listing = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(
            listing.status.success(),
            "the architecture test reads a git checkout: {}",
            String::from_utf8_lossy(&listing.stderr)
        );
        let listing = String::from_utf8(listing.stdout).unwrap();
        listing
            .split_terminator('\0')
            .filter_map(|path| {
                let text = std::fs::read_to_string(root().join(path)).ok()?;
                Some(File { path: path.to_owned(), text })
            })
            .collect()
    })
}

/// Fails with every finding, one on a line.
#[track_caller]
pub fn none(findings: &[String]) {
    assert!(findings.is_empty(), "{} finding(s):\n  {}", findings.len(), findings.join("\n  "));
}

/// A file of a fixture.
pub fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn the_checkout_is_seen() {
    let paths: Vec<&str> = files().iter().map(|file| file.path.as_str()).collect();
    for expected in ["Cargo.toml", "crates/driver/src/lib.rs", "tests/architecture.rs"] {
        assert!(paths.contains(&expected), "{expected} is not among {} files", paths.len());
    }
}
