//! `postgres://` URLs, as libpq reads them.

use dial::{
    tls,
    url::{brief, check_numbers, put},
};
use driver::{Code, Error, ParsedUrl, Secret};

use super::fields::{CHANNEL_BINDINGS, TLS_NEGOTIATIONS};

pub(crate) const SCHEMES: &[&str] = &["postgres", "postgresql"];

/// Query parameters that are fields of ours.
const KEPT: &[&str] = &[
    "host",
    "port",
    "user",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslnegotiation",
    "channel_binding",
    "application_name",
    "options",
    "connect_timeout",
];

/// Reads a URL.
///
/// # Errors
/// `InvalidStatement`, never with the URL's password in it.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong("This is no URL: it has no ://."))?;
    if !SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(wrong("This is no PostgreSQL URL: it does not begin with postgres:// or postgresql://."));
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    // A password may hold an unescaped slash or at sign; the last at sign before the path's slash ends it.
    let authority_end = match rest.rfind('@') {
        Some(at) => at + rest.get(at..).and_then(|after| after.find('/')).unwrap_or(rest.len() - at),
        None => rest.find('/').unwrap_or(rest.len()),
    };
    let (authority, path) = rest.split_at_checked(authority_end).unwrap_or((rest, ""));
    let (login, hosts) = authority.rsplit_once('@').map_or((None, authority), |(login, hosts)| (Some(login), hosts));
    let mut url = ParsedUrl::default();
    if let Some(login) = login {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        put(&mut url, "user", decode(user, "user")?);
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            url.secret = Some(Secret::new(decode(password, "password")?));
        }
    }
    read_host(&mut url, hosts)?;
    let database = path.strip_prefix('/').unwrap_or(path);
    put(&mut url, "database", decode(database, "database")?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        read_parameter(&mut url, pair)?;
    }
    check(&mut url)?;
    Ok(url)
}

fn read_host(url: &mut ParsedUrl, hosts: &str) -> Result<(), Error> {
    let (first, more) = hosts.split_once(',').map_or((hosts, None), |(first, more)| (first, Some(more)));
    if more.is_some() {
        url.warnings.push("Only the first of several hosts is used.".to_owned());
    }
    let (host, port) = match first.strip_prefix('[') {
        Some(rest) => {
            let (host, after) =
                rest.split_once(']').ok_or_else(|| wrong("The IPv6 address in the URL has no closing bracket."))?;
            match after.strip_prefix(':') {
                Some(port) => (host, port),
                None if after.is_empty() => (host, ""),
                None => return Err(wrong("There is something between the IPv6 address and the port.")),
            }
        }
        None => first.rsplit_once(':').unwrap_or((first, "")),
    };
    if host.contains(':') && !first.starts_with('[') {
        return Err(wrong("An IPv6 address in a URL stands in brackets, as [::1]."));
    }
    put(url, "host", decode(host, "host")?);
    put(url, "port", decode(port, "port")?);
    Ok(())
}

fn read_parameter(url: &mut ParsedUrl, pair: &str) -> Result<(), Error> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = decode(name, "name of a parameter")?;
    let value = decode(value, "value of a parameter")?;
    match name.as_str() {
        "password" => url.secret = Some(Secret::new(value)).filter(|secret| !secret.is_empty()),
        "dbname" => put(url, "database", value),
        "ssl" if value == "true" => put(url, "sslmode", "verify-full".to_owned()),
        "sslmode" if value == "allow" => {
            url.warnings.push("sslmode=allow is read as prefer: encrypt if the server can.".to_owned());
            put(url, "sslmode", "prefer".to_owned());
        }
        "hostaddr" => {
            url.warnings.push("hostaddr is left out: the host's name is looked up.".to_owned());
        }
        known if KEPT.contains(&known) => put(url, known, value),
        unknown => url.warnings.push(format!("The parameter {} is left out: it is not known here.", brief(unknown))),
    }
    Ok(())
}

fn check(url: &mut ParsedUrl) -> Result<(), Error> {
    check_numbers(url).map_err(|message| wrong(&message))?;
    for (name, choices, message) in [
        ("sslmode", tls::MODES, "The sslmode is not one of disable, prefer, require, verify-ca and verify-full."),
        ("sslnegotiation", TLS_NEGOTIATIONS, "The sslnegotiation is neither postgres nor direct."),
        ("channel_binding", CHANNEL_BINDINGS, "The channel_binding is not one of disable, prefer and require."),
    ] {
        if let Some(value) = url.values.get(name)
            && !choices.iter().any(|choice| choice.value == value)
        {
            return Err(wrong(message));
        }
    }
    Ok(())
}

/// Never quotes the text it is about: it may hold the password.
fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message).with_hint("A URL looks like postgres://user@host:5432/database.")
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
    fn every_part_is_read_and_decoded() {
        let url = parse(
            "postgresql://an%40a:p%2Fw%3A%F0%9F%9A%80@db.example.org:5433/sh%20op?sslmode=verify-ca&options=-c%20a%3Db",
        )
        .unwrap();
        let found: Vec<_> = url.values.into_iter().collect();
        assert_eq!(
            found,
            pairs(&[
                ("database", "sh op"),
                ("host", "db.example.org"),
                ("options", "-c a=b"),
                ("port", "5433"),
                ("sslmode", "verify-ca"),
                ("user", "an@a"),
            ])
        );
        assert_eq!(url.secret.unwrap().expose(), "p/w:🚀");
        assert!(url.warnings.is_empty());
    }

    #[test]
    fn addresses_and_sockets_are_hosts() {
        assert_eq!(values("postgres://[::1]:5433/x"), pairs(&[("database", "x"), ("host", "::1"), ("port", "5433")]));
        assert_eq!(values("postgres://[fe80::1]"), pairs(&[("host", "fe80::1")]));
        assert_eq!(
            values("postgres:///shop?host=/var/run/postgresql&port=5433"),
            pairs(&[("database", "shop"), ("host", "/var/run/postgresql"), ("port", "5433")])
        );
        assert_eq!(values("postgres://%2Ftmp/x"), pairs(&[("database", "x"), ("host", "/tmp")]));
        assert_eq!(values("postgres://u@/x"), pairs(&[("database", "x"), ("user", "u")]));
        assert_eq!(values("postgres://"), pairs(&[]));
        assert_eq!(values("POSTGRES://h"), pairs(&[("host", "h")]));
    }

    #[test]
    fn a_password_with_signs_that_should_have_been_escaped_is_still_whole() {
        let url = parse("postgres://u:a@b/c@host/db").unwrap();
        assert_eq!(url.secret.unwrap().expose(), "a@b/c");
        assert_eq!(url.values["host"], "host");
        assert_eq!(url.values["database"], "db");
    }

    #[test]
    fn what_a_host_of_databases_hands_out_is_kept() {
        assert_eq!(
            values(
                "postgresql://ann@db.example.org/shop?sslmode=require&channel_binding=require&sslnegotiation=direct"
            ),
            pairs(&[
                ("channel_binding", "require"),
                ("database", "shop"),
                ("host", "db.example.org"),
                ("sslmode", "require"),
                ("sslnegotiation", "direct"),
                ("user", "ann"),
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let url = parse("postgres://a,b/x?target_session_attrs=any&hostaddr=1.2.3.4&sslmode=allow").unwrap();
        assert_eq!(url.warnings.len(), 4, "{:?}", url.warnings);
        assert!(url.warnings.iter().any(|warning| warning.contains("target_session_attrs")));
        assert_eq!(url.values["sslmode"], "prefer");
    }

    #[test]
    fn wrong_urls_are_refused_without_their_password() {
        for text in [
            "",
            "shop",
            "mysql://u:s3cret@h/x",
            "postgres://u:s3cret@h:port/x",
            "postgres://u:s3cret@h:99999/x",
            "postgres://u:s3cret@h:0/x",
            "postgres://u:s3cret@[::1/x",
            "postgres://u:s3cret@::1/x",
            "postgres://u:s3cret%zz@h/x",
            "postgres://u:s3cret%ff@h/x",
            "postgres://u:s3cret%00@h/x",
            "postgres://u:s3cret@h/x?sslmode=often",
            "postgres://u:s3cret@h/x?sslnegotiation=often",
            "postgres://u:s3cret@h/x?channel_binding=often",
            "postgres://u:s3cret@h/x?connect_timeout=soon",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
