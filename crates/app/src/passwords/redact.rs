//! What a program says on stderr, fit to be shown: bounded, one script of plain text, and without what looks like a secret.

/// Most characters that are shown: the end says why it failed.
const MOST: usize = 800;
/// Runs of signs at least this long, of mixed kinds, are taken for a token.
const TOKEN: usize = 32;

/// Covers the lines of `printed`, which may be the password, and what stands behind words such as `token=`.
pub(super) fn redact(said: &[u8], printed: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(said).into_owned();
    for line in String::from_utf8_lossy(printed).lines().map(str::trim).filter(|line| line.len() >= 4) {
        text = text.replace(line, "***");
    }
    let lines: Vec<String> = text.lines().map(|line| cover(&plain(line))).filter(|line| !line.is_empty()).collect();
    let whole = lines.join("\n");
    let skipped = whole.chars().count().saturating_sub(MOST);
    match skipped {
        0 => whole,
        _ => format!("… {}", whole.chars().skip(skipped).collect::<String>()),
    }
}

/// Without control characters and escape sequences.
fn plain(line: &str) -> String {
    let line = line.trim_end();
    let mut out = String::with_capacity(line.len());
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign == '\u{1b}' && signs.peek() == Some(&'[') {
            // A colour: up to its letter.
            signs.by_ref().find(|sign| sign.is_ascii_alphabetic());
        } else if sign == '\t' {
            out.push(' ');
        } else if !sign.is_control() {
            out.push(sign);
        }
    }
    out
}

fn cover(line: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut next_is_secret = false;
    for word in line.split(' ') {
        let lower = word.to_ascii_lowercase();
        if next_is_secret && !word.is_empty() {
            out.push("***".to_owned());
            // `Authorization: Bearer …`
            next_is_secret = lower == "bearer" || lower == "basic";
            continue;
        }
        if let Some(at) = word.find(['=', ':'])
            && names_secret(lower.get(..at).unwrap_or(""))
        {
            let rest = word.get(at + 1..).unwrap_or("");
            next_is_secret = rest.is_empty();
            let head = word.get(..=at).unwrap_or("");
            out.push(if rest.is_empty() { head.to_owned() } else { format!("{head}***") });
            continue;
        }
        next_is_secret = lower.starts_with("--") && names_secret(&lower);
        out.push(cover_login(word).unwrap_or_else(|| if is_token(word) { "***".to_owned() } else { word.to_owned() }));
    }
    out.join(" ")
}

fn names_secret(word: &str) -> bool {
    ["password", "passwd", "pwd", "token", "secret", "authorization", "credential", "passphrase", "apikey", "api_key"]
        .iter()
        .any(|name| word.contains(name))
}

/// `scheme://user:password@host` without the password.
fn cover_login(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    let (login, host) = rest.rsplit_once('@')?;
    let (user, _) = login.split_once(':')?;
    Some(format!("{scheme}://{user}:***@{host}"))
}

fn is_token(word: &str) -> bool {
    let word = word.trim_matches(|sign: char| "\"'.,;()<>".contains(sign));
    let signs = |kind: fn(&char) -> bool| word.chars().any(|sign| kind(&sign));
    word.len() >= TOKEN
        && word.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_+/=.%&?".contains(sign))
        && signs(char::is_ascii_digit)
        && signs(char::is_ascii_alphabetic)
        && !word.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn what_looks_like_a_secret_is_covered_and_the_rest_is_told() {
        let cases: [(&str, &str); 7] = [
            ("Error: no such role 'reader'", "Error: no such role 'reader'"),
            ("password=hunter2 for ann", "password=*** for ann"),
            ("X-Vault-Token: s.abc123 refused", "X-Vault-Token: *** refused"),
            ("Authorization: Bearer abc.def", "Authorization: *** ***"),
            ("cannot reach https://ann:hunter2@vault:8200/v1", "cannot reach https://ann:***@vault:8200/v1"),
            ("got eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x", "got ***"),
            ("\u{1b}[31mred\u{1b}[0m\u{7} alert", "red alert"),
        ];
        for (said, shown) in cases {
            assert_eq!(redact(said.as_bytes(), b""), shown);
        }
    }

    #[test]
    fn what_was_printed_is_not_told_again_and_a_long_story_is_cut() {
        assert_eq!(redact(b"read s3cr3t-word from vault\n", b"s3cr3t-word\n"), "read *** from vault");
        let long = redact("why ".repeat(10_000).as_bytes(), b"");
        assert!(long.chars().count() < 900 && long.starts_with('…'));
        assert_eq!(redact(&[0xff, 0xfe, b'a'], b""), "\u{fffd}\u{fffd}a");
    }
}
