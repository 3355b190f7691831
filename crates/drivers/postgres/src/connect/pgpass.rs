//! `~/.pgpass`, as libpq reads it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use driver::Secret;

/// The password of the first line that fits; `None` where there is no file, no line, or the file is open to others.
pub(crate) fn look_up(host: &str, port: u16, database: &str, user: &str) -> Option<Secret> {
    let path = path()?;
    match read(&path) {
        Ok(text) => find(&text, host, port, database, user),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), %error, "the password file is not used");
            }
            None
        }
    }
}

fn path() -> Option<PathBuf> {
    if let Some(path) = env::var_os("PGPASSFILE").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    #[cfg(windows)]
    return Some(PathBuf::from(env::var_os("APPDATA")?).join("postgresql").join("pgpass.conf"));
    #[cfg(not(windows))]
    return Some(PathBuf::from(env::var_os("HOME")?).join(".pgpass"));
}

fn read(path: &Path) -> io::Result<String> {
    let facts = fs::metadata(path)?;
    if !facts.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if facts.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "others may read it; its permissions should be u=rw (0600) or less",
            ));
        }
    }
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn find(text: &str, host: &str, port: u16, database: &str, user: &str) -> Option<Secret> {
    // A socket in the usual place, and no host at all, are looked up as localhost.
    let host = if host.starts_with('/') && is_usual_folder(host) { "localhost" } else { host };
    let port = port.to_string();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line.trim_end_matches('\r');
        for wanted in [host, &port, database, user] {
            let (field, after) = field(rest)?;
            if field.fits(wanted) {
                rest = after;
            } else {
                return None;
            }
        }
        // The password ends at a colon too, where somebody wrote one more field.
        let password = unescape(colon(rest).and_then(|end| rest.get(..end)).unwrap_or(rest));
        (!password.is_empty()).then(|| Secret::new(password))
    })
}

fn is_usual_folder(folder: &str) -> bool {
    matches!(folder.trim_end_matches('/'), "/tmp" | "/var/run/postgresql" | "/run/postgresql")
}

struct Field<'a>(&'a str);

impl Field<'_> {
    fn fits(&self, wanted: &str) -> bool {
        self.0 == "*" || unescape(self.0) == wanted
    }
}

/// The text up to the next colon that is not escaped, and what is behind it.
fn field(text: &str) -> Option<(Field<'_>, &str)> {
    let end = colon(text)?;
    Some((Field(text.get(..end)?), text.get(end + 1..)?))
}

fn colon(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let found = character == ':' && !escaped;
        escaped = character == '\\' && !escaped;
        found.then_some(at)
    })
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(text: &str, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        find(text, host, port, database, user).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_fitting_line_counts() {
        let text = "# db:5432:shop:ann:no\n\nbroken line\ndb:5432:shop:bob:bobs\ndb:*:*:ann:anns\n*:*:*:*:any\r\n";
        assert_eq!(found(text, "db", 5432, "shop", "bob").as_deref(), Some("bobs"));
        assert_eq!(found(text, "db", 5433, "x", "ann").as_deref(), Some("anns"));
        assert_eq!(found(text, "other", 1, "x", "eve").as_deref(), Some("any"));
        assert_eq!(found("db:5432:shop:bob:bobs", "db", 5432, "shop", "ann"), None);
        assert_eq!(found("db:5432:shop:bob:", "db", 5432, "shop", "bob"), None);
    }

    #[test]
    fn colons_and_backslashes_are_escaped() {
        let text = r"\:\:1:5432:a\:b:u\\v:p\:w\\x";
        assert_eq!(found(text, "::1", 5432, "a:b", r"u\v").as_deref(), Some(r"p:w\x"));
        assert_eq!(found(r"\*:*:*:*:x", "h", 1, "d", "u"), None, "an escaped star is a star");
    }

    #[test]
    fn a_socket_in_its_usual_place_is_localhost() {
        let text = "localhost:5432:*:u:local\n/srv/sock:5432:*:u:odd\n";
        assert_eq!(found(text, "/var/run/postgresql", 5432, "d", "u").as_deref(), Some("local"));
        assert_eq!(found(text, "/srv/sock", 5432, "d", "u").as_deref(), Some("odd"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        fs::write(&path, "*:*:*:*:x").unwrap();
        for (mode, usable) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path).is_ok(), usable, "{mode:o}");
        }
        assert!(read(folder.path()).is_err(), "a folder");
    }
}
