//! The lines of a configuration file, with included files in their places.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::super::pattern;
use crate::{Error, ErrorKind, Hop};

/// Files may include files this deep, as ssh allows.
const DEPTH: usize = 16;
/// No configuration is longer; what is longer is no configuration.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} line {}", self.file.display(), self.line)
    }
}

/// A line as its keyword and arguments, or the lines of the files it includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Words {
        place: Place,
        keyword: String,
        arguments: Vec<String>,
    },
    /// Apart, because a `Host` in an included file ends with that file.
    Included(Vec<Vec<Line>>),
}

/// Reads a file; one that is not there has no lines.
pub(super) fn read(file: &Path, home: &Path, depth: usize) -> Result<Vec<Line>, Error> {
    let text = match fs::metadata(file).and_then(|facts| {
        if facts.len() > LONGEST { Err(io::Error::other("the file is too long")) } else { fs::read(file) }
    }) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Error::new(
                Hop::SshConfig,
                &file.display().to_string(),
                ErrorKind::Settings,
                format!("{} cannot be read: {error}.", file.display()),
            )
            .caused_by(error));
        }
    };
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = Place { file: file.to_owned(), line: number + 1 };
        let mut words = split(line).map_err(|why| wrong(&place, why))?.into_iter();
        let Some(keyword) = words.next() else { continue };
        let keyword = keyword.to_ascii_lowercase();
        let arguments: Vec<String> = words.collect();
        if keyword != "include" {
            lines.push(Line::Words { place, keyword, arguments });
            continue;
        }
        if depth >= DEPTH {
            return Err(wrong(&place, "files include each other too deeply"));
        }
        let mut included = Vec::new();
        for argument in &arguments {
            for path in expand(&rooted(argument, file, home)) {
                included.push(read(&path, home, depth + 1)?);
            }
        }
        lines.push(Line::Included(included));
    }
    Ok(lines)
}

pub(super) fn wrong(place: &Place, why: &str) -> Error {
    Error::new(
        Hop::SshConfig,
        &place.file.display().to_string(),
        ErrorKind::Settings,
        format!("{place} is not understood: {why}."),
    )
    .hint("Correct the line, or switch off the use of the SSH configuration for this connection.")
}

/// A relative path stands for one beside the user's or the system's own configuration.
fn rooted(argument: &str, file: &Path, home: &Path) -> PathBuf {
    if let Some(rest) = argument.strip_prefix("~/") {
        return home.join(rest);
    }
    let path = Path::new(argument);
    if path.is_absolute() {
        return path.to_owned();
    }
    if file.starts_with("/etc/ssh") { Path::new("/etc/ssh").join(path) } else { home.join(".ssh").join(path) }
}

/// The files a path with `*` and `?` stands for, in the order of their names.
fn expand(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        let name = part.as_os_str().to_string_lossy();
        if !name.contains(['*', '?']) {
            for base in &mut found {
                base.push(part);
            }
            continue;
        }
        let mut next = Vec::new();
        for base in &found {
            let Ok(entries) = fs::read_dir(base) else { continue };
            for entry in entries.flatten() {
                let candidate = entry.file_name().to_string_lossy().into_owned();
                let hidden = candidate.starts_with('.') && !name.starts_with('.');
                if !hidden && pattern::matches_exactly(&name, &candidate) {
                    next.push(base.join(entry.file_name()));
                }
            }
        }
        next.sort();
        found = next;
    }
    found
}

/// Splits a line as ssh does: white space, one `=` after the keyword, double and single quotes, `#` begins a comment.
fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words: Vec<String> = Vec::new();
    let mut characters = line.trim().chars().peekable();
    if characters.peek() == Some(&'#') {
        return Ok(words);
    }
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if words.len() == 1 && characters.next_if_eq(&'=').is_some() {
            continue;
        }
        match characters.peek() {
            None | Some('#') => return Ok(words),
            Some(_) => {}
        }
        let mut word = String::new();
        let mut quote = None;
        while let Some(&character) = characters.peek() {
            match quote {
                None if character.is_whitespace() => break,
                None if words.is_empty() && character == '=' => break,
                None if character == '"' || character == '\'' => quote = Some(character),
                Some(open) if character == open => quote = None,
                _ => word.push(character),
            }
            characters.next();
        }
        if quote.is_some() {
            return Err("a quote is not closed");
        }
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_split_as_ssh_splits_it() {
        for (line, words) in [
            ("", vec![]),
            ("  # comment", vec![]),
            ("Host a b", vec!["Host", "a", "b"]),
            ("\tPort=22", vec!["Port", "22"]),
            ("Port = 22 # why", vec!["Port", "22"]),
            ("IdentityFile \"~/my key\"", vec!["IdentityFile", "~/my key"]),
            ("ProxyCommand nc -X 5 %h=%p", vec!["ProxyCommand", "nc", "-X", "5", "%h=%p"]),
            ("User \"\"", vec!["User", ""]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert!(split("Host \"a").is_err());
    }
}
