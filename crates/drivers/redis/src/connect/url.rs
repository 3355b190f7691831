//! `redis://`, `rediss://`, `valkey://`, `unix:` and their kin, with the parameters the usual clients know.

use dial::url::{brief, check_numbers, put};
use driver::{Code, Error, ParsedUrl, Secret};

pub(crate) const SCHEMES: &[&str] = &[
    "redis",
    "rediss",
    "valkey",
    "valkeys",
    "unix",
    "redis+unix",
    "valkey+unix",
    "redis+cluster",
    "rediss+cluster",
    "redis-sentinel",
    "rediss-sentinel",
];

/// Reads a URL. A password with signs that should have been escaped is still read whole.
///
/// # Errors
/// `InvalidStatement`; never repeats the URL, because it may hold the password.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        // `unix:/path` has no authority.
        None => text
            .split_once(':')
            .filter(|(scheme, _)| scheme.ends_with("unix"))
            .ok_or_else(|| wrong("This is no URL."))?,
    };
    let scheme = scheme.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return Err(wrong("This is no Redis or Valkey URL."));
    }
    let mut url = ParsedUrl::default();
    let (rest, query) = match rest.rsplit_once('?') {
        // A question mark before the last @ belongs to the password.
        Some((before, query)) if !query.contains('@') => (before, query),
        _ => (rest, ""),
    };
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    if !login.is_empty() {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        put(&mut url, "user", decode(user, "user")?);
        if !password.is_empty() {
            url.secret = Some(Secret::new(decode(password, "password")?));
        }
    }
    if scheme.ends_with("unix") {
        let path = decode(place, "path")?;
        put(&mut url, "host", if path.starts_with('/') { path } else { format!("/{path}") });
    } else {
        let encrypted = scheme.starts_with("rediss") || scheme == "valkeys";
        put(&mut url, "sslmode", if encrypted { "verify-full" } else { "disable" }.to_owned());
        address(&mut url, &scheme, place)?;
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameter(&mut url, &decode(name, "parameter")?, decode(value, "parameter")?)?;
    }
    check_numbers(&url).map_err(|message| wrong(&message))?;
    if url.values.get("database").is_some_and(|number| number.parse::<u32>().is_err()) {
        return Err(wrong("The database in the URL is no number."));
    }
    Ok(url)
}

fn address(url: &mut ParsedUrl, scheme: &str, place: &str) -> Result<(), Error> {
    let (authority, path) = place.split_once('/').unwrap_or((place, ""));
    let mut hosts = authority.split(',').filter(|host| !host.is_empty());
    if let Some(first) = hosts.next() {
        let (host, port) = host_and_port(first)?;
        put(url, "host", decode(host, "host")?);
        put(url, "port", port.to_owned());
    }
    let others: Vec<&str> = hosts.collect();
    for other in &others {
        host_and_port(other)?;
    }
    let path = path.trim_end_matches('/');
    if scheme.ends_with("-sentinel") {
        put(url, "mode", "sentinel".to_owned());
        let (master, database) = path.split_once('/').unwrap_or((path, ""));
        put(url, "sentinel_master", decode(master, "name of the master")?);
        put(url, "database", database.to_owned());
    } else {
        if scheme.ends_with("+cluster") {
            put(url, "mode", "cluster".to_owned());
        }
        put(url, "database", path.to_owned());
    }
    match url.values.contains_key("mode") {
        true => put(url, "hosts", decode(&others.join(","), "host")?),
        false if others.is_empty() => {}
        // Several hosts without a mode can only be a cluster's.
        false => {
            put(url, "mode", "cluster".to_owned());
            put(url, "hosts", decode(&others.join(","), "host")?);
        }
    }
    Ok(())
}

fn host_and_port(text: &str) -> Result<(&str, &str), Error> {
    match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else {
                return Err(wrong("The address in the URL has no closing bracket."));
            };
            Ok((address, after.strip_prefix(':').unwrap_or_default()))
        }
        None if text.matches(':').count() > 1 => Err(wrong("An IPv6 address in a URL stands in brackets.")),
        None => Ok(text.split_once(':').unwrap_or((text, ""))),
    }
}

fn parameter(url: &mut ParsedUrl, name: &str, value: String) -> Result<(), Error> {
    // The same thing is called differently by each client: names are compared without signs and case.
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "db" | "database" => put(url, "database", value),
        "cluster" => {
            if value.eq_ignore_ascii_case("true") || value == "1" {
                put(url, "mode", "cluster".to_owned());
            }
        }
        "sentinel" | "sentinelmaster" | "mastername" | "sentinelmasterid" => {
            put(url, "mode", "sentinel".to_owned());
            put(url, "sentinel_master", value);
        }
        "user" | "username" => put(url, "user", value),
        "password" if !value.is_empty() => url.secret = Some(Secret::new(value)),
        "password" | "protocol" => {}
        "clientname" | "applicationname" => put(url, "application_name", value),
        "connecttimeout" => put(url, "connect_timeout", value),
        "sslcacerts" | "sslrootcert" | "cacert" => put(url, "sslrootcert", value),
        "sslcertfile" | "sslcert" => put(url, "sslcert", value),
        "sslkeyfile" | "sslkey" => put(url, "sslkey", value),
        "sslcertreqs" => match value.to_ascii_lowercase().as_str() {
            "none" | "optional" => put(url, "sslmode", "require".to_owned()),
            _ => put(url, "sslmode", "verify-full".to_owned()),
        },
        "sslmode" => {
            if !dial::tls::MODES.iter().any(|choice| choice.value == value) {
                return Err(wrong("The sslmode is not known."));
            }
            put(url, "sslmode", value);
        }
        _ => url.warnings.push(format!("The parameter {} was not understood and is left out.", brief(name))),
    }
    Ok(())
}

/// Never quotes the text it is about: it may hold the password.
fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message).with_hint("A URL looks like redis://user@host:6379/0.")
}

fn decode(text: &str, what: &str) -> Result<String, Error> {
    dial::url::decode(text, what).map_err(|message| wrong(&message))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap().values.into_iter().collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_url_is_read() {
        let plain = ("sslmode", "disable");
        for (text, wanted) in [
            ("redis://h:7/3", vec![("database", "3"), ("host", "h"), ("port", "7"), plain]),
            ("rediss://h", vec![("host", "h"), ("sslmode", "verify-full")]),
            ("VALKEYS://h", vec![("host", "h"), ("sslmode", "verify-full")]),
            ("valkey://[::1]:7", vec![("host", "::1"), ("port", "7"), plain]),
            ("unix:/run/r.sock?db=2", vec![("database", "2"), ("host", "/run/r.sock")]),
            ("redis+unix:///run/r.sock", vec![("host", "/run/r.sock")]),
            (
                "redis-sentinel://a:1,b:2/my/4",
                vec![
                    ("database", "4"),
                    ("host", "a"),
                    ("hosts", "b:2"),
                    ("mode", "sentinel"),
                    ("port", "1"),
                    ("sentinel_master", "my"),
                    plain,
                ],
            ),
            ("redis+cluster://a,b:2", vec![("host", "a"), ("hosts", "b:2"), ("mode", "cluster"), plain]),
            ("redis://a?cluster=true", vec![("host", "a"), ("mode", "cluster"), plain]),
            ("redis://a,b", vec![("host", "a"), ("hosts", "b"), ("mode", "cluster"), plain]),
            ("rediss://a?ssl_cert_reqs=none", vec![("host", "a"), ("sslmode", "require")]),
        ] {
            assert_eq!(values(text), pairs(&wanted), "{text}");
        }
    }

    #[test]
    fn a_password_is_whole_and_apart() {
        let url = parse("redis://ada:a@b/c?d%3A@host/1").unwrap();
        assert_eq!(url.secret.unwrap().expose(), "a@b/c?d:");
        assert_eq!((url.values["host"].as_str(), url.values["user"].as_str()), ("host", "ada"));
        let old = parse("redis://:s3cret@h").unwrap();
        assert_eq!((old.secret.unwrap().expose(), old.values.get("user")), ("s3cret", None));
        assert_eq!(parse("redis://h?timeout=5").unwrap().warnings.len(), 1);
    }

    #[test]
    fn wrong_urls_are_refused_without_their_password() {
        for text in [
            "",
            "host",
            "postgres://u:s3cret@h/x",
            "redis://u:s3cret@h:port",
            "redis://u:s3cret@h:0",
            "redis://u:s3cret@[::1",
            "redis://u:s3cret@::1",
            "redis://u:s3cret%zz@h",
            "redis://u:s3cret@h/x",
            "redis://u:s3cret@h?sslmode=often",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
