//! known_hosts: whether a host's key is the one it showed before.
//!
//! Read by code of our own, because the SSH library's reading knows no wildcard, no `@revoked` and no `@cert-authority`.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use russh::keys::{Algorithm, Certificate, HashAlg, PublicKey, PublicKeyBase64, parse_public_key_base64};

use super::pattern;

/// A salt of a hashed name has as many bytes as its hash.
const SALT: usize = 20;

/// Where a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) file: PathBuf,
    pub(super) number: usize,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} line {}", self.file.display(), self.number)
    }
}

/// What a line says of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain,
    Authority,
    Revoked,
}

#[derive(Debug, Clone)]
struct Entry {
    line: Line,
    mark: Mark,
    key: PublicKey,
}

/// The lines that speak of one host.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownHost {
    entries: Vec<Entry>,
}

/// What the lines say about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the known one.
    Known(Line),
    /// No line speaks of this host.
    Unknown,
    /// Another key is known.
    Changed(Line),
    /// It is marked as revoked.
    Revoked(Line),
    /// A certificate that proves nothing, and why.
    BadCertificate(&'static str),
}

/// How the files name a host: `name`, or `[name]:port` where the port is not 22.
pub(super) fn name_of(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    if port == 22 { host } else { format!("[{host}]:{port}") }
}

/// Reads what the files say about a host. A file that is not there says nothing; a line that is not understood is passed over,
/// as ssh does.
///
/// # Errors
/// A file that is there and cannot be read: without it a changed key would pass for a new one.
pub(super) fn look_up(files: &[PathBuf], name: &str) -> Result<KnownHost, (PathBuf, io::Error)> {
    let mut entries = Vec::new();
    for file in files {
        let text = match fs::read(file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err((file.clone(), error)),
        };
        for (index, line) in text.lines().enumerate() {
            let place = Line { file: file.clone(), number: index + 1 };
            if let Some(entry) = read(line, name, place) {
                entries.push(entry);
            }
        }
    }
    Ok(KnownHost { entries })
}

fn read(line: &str, name: &str, place: Line) -> Option<Entry> {
    let mut words = line.split_whitespace();
    let mut names = words.next().filter(|word| !word.starts_with('#'))?;
    let mark = match names {
        "@cert-authority" => Mark::Authority,
        "@revoked" => Mark::Revoked,
        marker if marker.starts_with('@') => return None,
        _ => Mark::Plain,
    };
    if mark != Mark::Plain {
        names = words.next()?;
    }
    if !names_host(names, name) {
        return None;
    }
    let _kind = words.next()?;
    match parse_public_key_base64(words.next()?) {
        Ok(key) => Some(Entry { line: place, mark, key }),
        Err(error) => {
            tracing::debug!(%error, line = %place, "a key in known_hosts is not understood");
            None
        }
    }
}

fn names_host(names: &str, name: &str) -> bool {
    if names.starts_with("|1|") {
        return hashed(names, name).unwrap_or(false);
    }
    pattern::any(names.split(','), name)
}

/// `|1|salt|hash`: the hash of the name with that salt.
fn hashed(field: &str, name: &str) -> Option<bool> {
    let (salt, hash) = field.strip_prefix("|1|")?.split_once('|')?;
    let salt = STANDARD.decode(salt).ok()?;
    let hash = STANDARD.decode(hash).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
    Some(hmac::verify(&key, name.as_bytes(), &hash).is_ok())
}

impl KnownHost {
    /// The kinds of key known, so that the server is asked for one of those first.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        self.entries.iter().filter(|entry| entry.mark == Mark::Plain).map(|entry| entry.key.algorithm()).collect()
    }

    /// Whether some authority may vouch for this host.
    pub(super) fn has_authority(&self) -> bool {
        self.entries.iter().any(|entry| entry.mark == Mark::Authority)
    }

    fn marked(&self, mark: Mark, key: &PublicKey) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.mark == mark && entry.key.key_data() == key.key_data())
    }

    /// What is to be thought of a bare key.
    pub(super) fn judge(&self, key: &PublicKey) -> Verdict {
        if let Some(entry) = self.marked(Mark::Revoked, key) {
            return Verdict::Revoked(entry.line.clone());
        }
        if let Some(entry) = self.marked(Mark::Plain, key) {
            return Verdict::Known(entry.line.clone());
        }
        // A key of another kind is no proof either: the known kinds were asked for first.
        match self.entries.iter().find(|entry| entry.mark == Mark::Plain) {
            Some(entry) => Verdict::Changed(entry.line.clone()),
            None => Verdict::Unknown,
        }
    }

    /// What is to be thought of a certificate. `host` is the name without its port: that is what a certificate names.
    pub(super) fn judge_certificate(&self, certificate: &Certificate, host: &str, now: SystemTime) -> Verdict {
        let own = PublicKey::new(certificate.public_key().clone(), "");
        let authority = PublicKey::new(certificate.signature_key().clone(), "");
        for key in [&own, &authority] {
            if let Some(entry) = self.marked(Mark::Revoked, key) {
                return Verdict::Revoked(entry.line.clone());
            }
        }
        let Some(entry) = self.marked(Mark::Authority, &authority) else {
            // Its key may be known without anybody vouching for it.
            return self.judge(&own);
        };
        if !certificate.cert_type().is_host() {
            return Verdict::BadCertificate("it is a user's, not a host's");
        }
        let now = now.duration_since(SystemTime::UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or(0);
        if certificate.validate_at(now, [&authority.fingerprint(HashAlg::Sha256)]).is_err() {
            return Verdict::BadCertificate("it is not valid now, or its signature is wrong");
        }
        // A host certificate that names nobody is for nobody.
        let named = certificate.valid_principals().iter().any(|principal| pattern::matches(principal, host));
        if !named {
            return Verdict::BadCertificate("it is for another host");
        }
        if certificate.critical_options().iter().next().is_some() {
            return Verdict::BadCertificate("it sets a condition that is not known");
        }
        Verdict::Known(entry.line.clone())
    }
}

/// Appends a key that a person accepted, in a file only its owner may read.
///
/// # Errors
/// The file cannot be made or written.
pub(super) fn remember(file: &Path, name: &str, key: &PublicKey, hash_name: bool) -> io::Result<()> {
    if let Some(folder) = file.parent()
        && !folder.exists()
    {
        make_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = options.open(file)?;
    let mut line = String::new();
    // A last line without its end would swallow ours.
    if fs::metadata(file)?.is_file() && out.seek(SeekFrom::End(-1)).is_ok() {
        let mut last = [0];
        out.read_exact(&mut last)?;
        if last != *b"\n" {
            line.push('\n');
        }
    }
    let name = if hash_name { hash(name)? } else { name.to_owned() };
    let kind = key.algorithm();
    line.push_str(&format!("{name} {} {}\n", kind.as_str(), STANDARD.encode(key.public_key_bytes())));
    // One write, so that two programs that append do not mix their lines.
    out.write_all(line.as_bytes())?;
    out.flush()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn hash(name: &str) -> io::Result<String> {
    let mut salt = [0; SALT];
    SystemRandom::new().fill(&mut salt).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
    let tag = hmac::sign(&key, name.as_bytes());
    Ok(format!("|1|{}|{}", STANDARD.encode(salt), STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ONE: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const TWO: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn key(text: &str) -> PublicKey {
        parse_public_key_base64(text).unwrap()
    }

    fn judge(text: &str, host: &str, port: u16, shown: &str) -> Verdict {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        fs::write(&file, text).unwrap();
        look_up(&[file], &name_of(host, port)).unwrap().judge(&key(shown))
    }

    fn line_of(verdict: Verdict) -> usize {
        match verdict {
            Verdict::Known(line) | Verdict::Changed(line) | Verdict::Revoked(line) => line.number,
            Verdict::Unknown | Verdict::BadCertificate(_) => 0,
        }
    }

    #[test]
    fn names_ports_lists_wildcards_and_negations_are_understood() {
        let text = format!(
            "# a comment\n\ndb.example.org,10.0.0.1 ssh-ed25519 {ONE} me@here\n[db.example.org]:2222 ssh-ed25519 {TWO}\n\
             *.wild.org,!not.wild.org ssh-ed25519 {ONE}\nbroken ssh-ed25519 AAAA\n"
        );
        assert_eq!(line_of(judge(&text, "DB.example.org", 22, ONE)), 3);
        assert_eq!(line_of(judge(&text, "10.0.0.1", 22, ONE)), 3);
        assert!(matches!(judge(&text, "db.example.org", 2222, TWO), Verdict::Known(line) if line.number == 4));
        assert!(matches!(judge(&text, "db.example.org", 2222, ONE), Verdict::Changed(line) if line.number == 4));
        assert!(matches!(judge(&text, "a.wild.org", 22, ONE), Verdict::Known(_)));
        assert_eq!(judge(&text, "not.wild.org", 22, ONE), Verdict::Unknown);
        assert_eq!(judge(&text, "db.example.org", 23, ONE), Verdict::Unknown);
        assert_eq!(judge(&text, "broken", 22, ONE), Verdict::Unknown);
    }

    #[test]
    fn a_revoked_key_is_revoked_even_where_it_is_known_too() {
        let text = format!("db ssh-ed25519 {ONE}\n@revoked * ssh-ed25519 {ONE}\n@unheard-of db ssh-ed25519 {TWO}\n");
        assert!(matches!(judge(&text, "db", 22, ONE), Verdict::Revoked(line) if line.number == 2));
        assert!(matches!(judge(&text, "db", 22, TWO), Verdict::Changed(line) if line.number == 1));
    }

    #[test]
    fn a_known_authority_does_not_make_a_bare_key_known() {
        let text = format!("@cert-authority *.example.org ssh-ed25519 {ONE}\n");
        assert_eq!(judge(&text, "db.example.org", 22, ONE), Verdict::Unknown);
    }

    #[test]
    fn an_accepted_key_is_known_afterwards_hashed_or_not_and_the_file_is_the_owners_own() {
        for hashed in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(".ssh").join("known_hosts");
            remember(&file, "[db]:2222", &key(ONE), hashed).unwrap();
            // A file whose last line has no end.
            let mut text = fs::read_to_string(&file).unwrap();
            assert_eq!(text.starts_with("|1|"), hashed, "{text}");
            text.truncate(text.trim_end().len());
            fs::write(&file, text).unwrap();
            remember(&file, "other", &key(TWO), hashed).unwrap();
            let files = [file.clone()];
            assert!(
                matches!(look_up(&files, "[db]:2222").unwrap().judge(&key(ONE)), Verdict::Known(line) if line.number == 1)
            );
            assert!(
                matches!(look_up(&files, "other").unwrap().judge(&key(TWO)), Verdict::Known(line) if line.number == 2)
            );
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
                assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
            }
        }
    }

    #[test]
    fn what_is_no_known_hosts_says_nothing_and_breaks_nothing() {
        for text in
            ["|1|", "|1|x|y ssh-ed25519 AAAA", "@revoked", "@cert-authority x", "a", "a b", "\u{0}\u{1}", "|1||"]
        {
            assert_eq!(judge(text, "a", 22, ONE), Verdict::Unknown, "{text}");
        }
    }
}
