//! `my.cnf`, as the server's own clients read it: what a profile leaves open of its login and its certificates.
//!
//! Where the server is comes from nowhere but the profile, so that what is shown is where one gets. A file that names a host
//! speaks of that host only.

use std::{
    collections::HashMap,
    env, fs, io,
    path::{Path, PathBuf},
};

use driver::{Profile, Secret};
use route::Endpoint;

/// Sections that clients read, not told apart: the last line of a name counts.
const SECTIONS: [&str; 6] = ["client", "client-server", "client-mariadb", "mysql", "mariadb", "mariadb-client"];
/// How deep files may include each other.
const DEPTH: usize = 8;
/// A longer file is no list of options.
const LONGEST: u64 = 1 << 20;

/// What the files say.
#[derive(Default)]
pub(crate) struct Options {
    values: HashMap<String, String>,
    password: Option<Secret>,
}

/// Reads the files in their usual places, those of the system first.
pub(crate) fn read() -> Options {
    let mut options = Options::default();
    for path in places() {
        options.add(&path, DEPTH);
    }
    options
}

fn places() -> Vec<PathBuf> {
    #[cfg(windows)]
    let system = env::var_os("WINDIR").map(|folder| PathBuf::from(folder).join("my.ini"));
    #[cfg(not(windows))]
    let system = [PathBuf::from("/etc/my.cnf"), PathBuf::from("/etc/mysql/my.cnf")];
    let home = env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).filter(|home| !home.is_empty());
    system.into_iter().chain(home.map(|home| PathBuf::from(home).join(".my.cnf"))).collect()
}

impl Options {
    fn add(&mut self, path: &Path, depth: usize) {
        match open(path) {
            Ok((text, private)) => self.take(&text, path, private, depth),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(path = %path.display(), %error, "the option file is not used"),
        }
    }

    fn take(&mut self, text: &str, path: &Path, private: bool, depth: usize) {
        let mut ours = false;
        for line in text.lines().map(str::trim) {
            if let Some(section) = line.strip_prefix('[') {
                let name = section.split(']').next().unwrap_or_default();
                ours = SECTIONS.iter().any(|own| own.eq_ignore_ascii_case(name.trim()));
            } else if let Some(rest) = line.strip_prefix("!includedir ") {
                self.folder(Path::new(rest.trim()), depth);
            } else if let Some(rest) = line.strip_prefix("!include ") {
                if depth > 0 {
                    self.add(Path::new(rest.trim()), depth - 1);
                }
            } else if ours && !line.is_empty() && !line.starts_with(['#', ';']) {
                self.option(line, path, private);
            }
        }
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "cnf" || ending == "ini"));
        files.sort();
        for file in files.iter().filter(|_| depth > 0) {
            self.add(file, depth - 1);
        }
    }

    fn option(&mut self, line: &str, path: &Path, private: bool) {
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, unquoted(value.trim())),
            None => (without_comment(line), String::new()),
        };
        let name = name.trim().to_ascii_lowercase().replace('_', "-");
        let name = name.strip_prefix("loose-").unwrap_or(&name);
        if name != "password" {
            self.values.insert(name.to_owned(), value);
        } else if value.is_empty() {
            // The clients ask then, and so do we.
            self.password = None;
        } else if private {
            self.password = Some(Secret::new(value));
        } else {
            let path = path.display();
            tracing::warn!(%path, "others may read the option file: its password is not used until it is u=rw (0600)");
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the files speak of the server of this profile.
    fn fits(&self, profile: &Profile) -> bool {
        let host = profile.value("host").unwrap_or("localhost");
        let local = |host: &str| host.starts_with('/') || Endpoint::tcp(host.to_owned(), 3306).is_local();
        let same_host = match self.value("host") {
            Some(own) => own.eq_ignore_ascii_case(host) || local(own) && local(host),
            None => true,
        };
        let port = |port: Option<&str>| port.map_or("3306", str::trim).to_owned();
        // Without a host the port is that of servers here.
        let same_port = host.starts_with('/')
            || self.value("host").is_none()
            || port(self.value("port")) == port(profile.value("port"));
        same_host && same_port
    }

    /// Fills in what the profile leaves open, and gives the password where it is that of its login.
    pub(crate) fn complete(mut self, profile: &mut Profile) -> Option<Secret> {
        if !self.fits(profile) {
            return None;
        }
        for (option, field) in
            [("user", "user"), ("ssl-ca", "sslrootcert"), ("ssl-cert", "sslcert"), ("ssl-key", "sslkey")]
        {
            if let (None, Some(value)) = (profile.value(field), self.value(option)) {
                profile.values.insert(field.to_owned(), value.to_owned());
            }
        }
        let same_login = self.value("user").is_none_or(|user| profile.value("user") == Some(user));
        self.password.take().filter(|_| same_login)
    }
}

/// A file's text, and whether nobody else may read it.
fn open(path: &Path) -> io::Result<(String, bool)> {
    let facts = fs::metadata(path)?;
    if !facts.is_file() || facts.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no option file"));
    }
    #[cfg(unix)]
    let private = {
        use std::os::unix::fs::PermissionsExt;
        let mode = facts.permissions().mode();
        if mode & 0o002 != 0 {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "everybody may write it"));
        }
        mode & 0o077 == 0
    };
    #[cfg(not(unix))]
    let private = true;
    Ok((String::from_utf8_lossy(&fs::read(path)?).into_owned(), private))
}

fn without_comment(text: &str) -> &str {
    text.split('#').next().unwrap_or_default().trim_end()
}

/// A value without its quotes, its escapes and what is behind a `#`.
fn unquoted(text: &str) -> String {
    let quote = text.chars().next().filter(|sign| matches!(sign, '\'' | '"'));
    let body = match quote.and_then(|quote| text.get(1..)?.rfind(quote).map(|end| (1, end + 1))) {
        Some((from, to)) => text.get(from..to).unwrap_or_default(),
        None => without_comment(text),
    };
    let mut value = String::with_capacity(body.len());
    let mut signs = body.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            value.push(sign);
            continue;
        }
        match signs.next() {
            Some('b') => value.push('\u{8}'),
            Some('t') => value.push('\t'),
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('s') => value.push(' '),
            Some(other @ ('\\' | '"' | '\'')) => value.push(other),
            // Not an escape: both signs stand.
            Some(other) => value.extend(['\\', other]),
            None => value.push('\\'),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn options(text: &str) -> Options {
        let mut options = Options::default();
        options.take(text, Path::new("my.cnf"), true, DEPTH);
        options
    }

    fn completed(text: &str, values: &[(&str, &str)]) -> (HashMap<String, String>, Option<String>) {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut profile = Profile { name: "p".into(), driver: "mysql".into(), values };
        let password = options(text).complete(&mut profile);
        (profile.values.into_iter().collect(), password.map(|password| password.expose().to_owned()))
    }

    const FILE: &str = "# mine\n[mysqld]\nuser = mysql\npassword = no\n[client]\nuser=ann\npassword = \"p#w \\s\\\\\" # old\n\
                        ssl_ca = /ca.pem # theirs\n[mysqldump]\nuser = dump\n[client-mariadb]\nloose-ssl-cert=/c.pem\n\
                        skip-auto-rehash\n";

    #[test]
    fn what_a_profile_leaves_open_is_filled_in() {
        let (values, password) = completed(FILE, &[("host", "db.example.org")]);
        assert_eq!((values["user"].as_str(), password.as_deref()), ("ann", Some("p#w  \\")));
        assert_eq!((values["sslrootcert"].as_str(), values["sslcert"].as_str()), ("/ca.pem", "/c.pem"));
        assert_eq!(values["host"], "db.example.org");
        let (values, password) = completed(FILE, &[("user", "bob"), ("sslrootcert", "/own.pem")]);
        assert_eq!((values["user"].as_str(), password), ("bob", None), "another's password is not tried");
        assert_eq!(values["sslrootcert"], "/own.pem");
    }

    #[test]
    fn a_file_that_names_a_host_speaks_of_that_host_only() {
        let file = "[client]\nhost=db1\nport=3307\nuser=ann\npassword=x";
        let password = |values: &[(&str, &str)]| completed(file, values).1.is_some();
        assert!(password(&[("host", "DB1"), ("port", "3307")]));
        assert!(!password(&[("host", "db1")]) && !password(&[("host", "db2"), ("port", "3307")]) && !password(&[]));
        let local = "[client]\nhost=127.0.0.1\nuser=ann\npassword=x";
        assert!(completed(local, &[("host", "localhost")]).1.is_some());
        assert!(!completed(local, &[("host", "db1")]).0.contains_key("user"));
    }

    #[test]
    fn odd_files_are_read_without_harm() {
        for text in
            ["[", "[client", "[client]\n=\n==\npassword", "[client]\npassword='", "[client]\nuser=\\", "!include "]
        {
            drop(completed(text, &[]));
        }
        assert_eq!(completed("[client]\npassword=old\n[mysql]\npassword=\n", &[]).1, None);
        assert_eq!(unquoted(r"'it''s \q'"), r"it''s \q");
    }

    #[cfg(unix)]
    #[test]
    fn files_include_others_and_a_password_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a.cnf"), folder.path().join("b.cnf"));
        fs::write(&first, format!("[client]\nuser=ann\n!includedir {}\n", folder.path().display())).unwrap();
        fs::write(&second, "[client]\npassword=x\n").unwrap();
        for (mode, user, password) in [(0o600, "ann", true), (0o644, "ann", false), (0o666, "ann", false)] {
            fs::set_permissions(&second, fs::Permissions::from_mode(mode)).unwrap();
            let mut options = Options::default();
            options.add(&first, DEPTH);
            assert_eq!((options.value("user"), options.password.is_some()), (Some(user), password), "{mode:o}");
        }
        fs::set_permissions(&first, fs::Permissions::from_mode(0o666)).unwrap();
        let mut options = Options::default();
        options.add(&first, DEPTH);
        assert_eq!(options.value("user"), None, "everybody may have written it");
    }
}
