//! `sqlite:` URLs and plain paths.

use driver::{Code, Error, ParsedUrl};

/// Reads `sqlite:path`, `sqlite:///path?mode=ro`, `file:path?…`, `:memory:` or a plain path.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let text = text.trim();
    let mut parsed = ParsedUrl::default();
    if text.contains('\0') {
        return Err(invalid("The path holds a NUL character."));
    }
    let scheme = ["sqlite3", "sqlite", "file"].iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        let rest = text.get(scheme.len()..)?.strip_prefix(':')?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let (path, query) = match scheme {
        Some(rest) => {
            let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(rest, part)| (rest, Some(part)));
            if fragment.is_some_and(|fragment| !fragment.is_empty()) {
                parsed.warnings.push("The part after # was left out.".to_owned());
            }
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            (path_of(&decode(path)?), query)
        }
        None => {
            if let Some((scheme, _)) = text.split_once("://") {
                return Err(invalid(&format!("“{scheme}” is no scheme of SQLite; use sqlite:path or a plain path.")));
            }
            (text.to_owned(), "")
        }
    };
    let mut path = path;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (name, decode(value)?.as_str()) {
            ("mode", "ro") => set(&mut parsed, "mode", "read_only"),
            ("mode", "rw") => set(&mut parsed, "mode", "open"),
            ("mode", "rwc") => set(&mut parsed, "mode", "create"),
            ("mode", "memory") => path = ":memory:".to_owned(),
            ("mode", other) => return Err(invalid(&format!("mode={other} is unknown; use ro, rw, rwc or memory."))),
            ("immutable", "1" | "true" | "yes" | "on") => {
                set(&mut parsed, "mode", "read_only");
                parsed
                    .warnings
                    .push("immutable=1 was read as read-only: changes of other programs stay visible.".into());
            }
            ("foreign_keys", "on" | "1" | "true" | "yes") => set(&mut parsed, "foreign_keys", "on"),
            ("foreign_keys", "off" | "0" | "false" | "no") => set(&mut parsed, "foreign_keys", "off"),
            _ => parsed.warnings.push(format!("The setting “{name}” is not known and was left out.")),
        }
    }
    if path.is_empty() {
        return Err(invalid("No file is named. Write sqlite:path, for example sqlite:shop.db."));
    }
    set(&mut parsed, "file", &path);
    Ok(parsed)
}

fn set(parsed: &mut ParsedUrl, name: &str, value: &str) {
    parsed.values.insert(name.to_owned(), value.to_owned());
}

fn invalid(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message)
}

/// `//localhost/x` and `///x` are `/x`; `//x` is the relative `x`; `/C:/x` is `C:/x`.
fn path_of(rest: &str) -> String {
    let path = match rest.strip_prefix("//") {
        Some(after) => after.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(after),
        None => rest,
    };
    let mut characters = path.chars();
    let drive = characters.next() == Some('/')
        && characters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && characters.next() == Some(':');
    path.get(usize::from(drive)..).unwrap_or("").to_owned()
}

fn decode(text: &str) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(invalid("A % in the URL is not followed by two hexadecimal digits.")),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(invalid("The URL's escapes are not valid UTF-8.")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn file(text: &str) -> String {
        parse(text).unwrap().values["file"].clone()
    }

    #[test]
    fn urls_and_paths_name_the_same_files() {
        assert_eq!(file("sqlite:shop.db"), "shop.db");
        assert_eq!(file("sqlite://shop.db"), "shop.db");
        assert_eq!(file("sqlite:///var/shop.db"), "/var/shop.db");
        assert_eq!(file("SQLite:/var/a%20b.db?mode=ro"), "/var/a b.db");
        assert_eq!(file("file://localhost/var/x.db"), "/var/x.db");
        assert_eq!(file("sqlite:///C:/data/x.db"), "C:/data/x.db");
        assert_eq!(file("C:\\data\\x.db"), "C:\\data\\x.db");
        assert_eq!(file("/var/100%?.db"), "/var/100%?.db", "a plain path is taken as it is");
        assert_eq!(file("sqlite::memory:"), ":memory:");
        assert_eq!(file(":memory:"), ":memory:");
        assert_eq!(file("file:x?mode=memory"), ":memory:");
    }

    #[test]
    fn settings_of_a_url_become_fields_and_unknown_ones_are_told() {
        let parsed = parse("sqlite:a.db?mode=rwc&foreign_keys=off&cache=shared").unwrap();
        assert_eq!(parsed.values["mode"], "create");
        assert_eq!(parsed.values["foreign_keys"], "off");
        assert_eq!(parsed.warnings.len(), 1);
        for wrong in ["postgres://h/db", "sqlite:", "sqlite:a?mode=x", "sqlite:%zz", "sqlite:%ff", "a\0b", "sqlite:%00"]
        {
            assert_eq!(parse(wrong).unwrap_err().code, Code::InvalidStatement, "{wrong}");
        }
    }
}
