//! `mysql://` and `mariadb://` URLs, with the parameters the usual clients know.

use dial::{
    tls,
    url::{brief, check_numbers, put},
};
use driver::{Code, Error, ParsedUrl, Secret};

use super::fields::DATABASE;

pub(crate) const SCHEMES: &[&str] = &["mysql", "mariadb"];

/// Reads a URL. A password with signs that should have been escaped is still read whole.
///
/// # Errors
/// `InvalidStatement`; never repeats the URL, because it may hold the password.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let Some((scheme, rest)) = text.trim().split_once("://") else {
        return Err(wrong("This is no URL."));
    };
    if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(wrong("This is no MySQL or MariaDB URL."));
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
    let (authority, database) = place.split_once('/').unwrap_or((place, ""));
    authority_of(&mut url, authority)?;
    put(&mut url, DATABASE, decode(database.trim_end_matches('/'), "database")?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameter(&mut url, &decode(name, "parameter")?, decode(value, "parameter")?)?;
    }
    check(&url)?;
    Ok(url)
}

fn authority_of(url: &mut ParsedUrl, authority: &str) -> Result<(), Error> {
    let mut first = authority;
    if let Some((one, _)) = authority.split_once(',') {
        url.warnings.push("Only the first of several hosts is used.".to_owned());
        first = one;
    }
    let (host, port) = match first.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else {
                return Err(wrong("The address in the URL has no closing bracket."));
            };
            (address, after.strip_prefix(':').unwrap_or_default())
        }
        None if first.matches(':').count() > 1 => {
            return Err(wrong("An IPv6 address in a URL stands in brackets."));
        }
        None => first.split_once(':').unwrap_or((first, "")),
    };
    put(url, "host", decode(host, "host")?);
    put(url, "port", port.to_owned());
    Ok(())
}

fn parameter(url: &mut ParsedUrl, name: &str, value: String) -> Result<(), Error> {
    // The same thing is called differently by each client: names are compared without signs and case.
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "sslmode" | "tlsmode" => {
            let mode = match value.to_ascii_lowercase().replace('_', "-").as_str() {
                "disabled" | "disable" | "false" => "disable",
                "preferred" | "prefer" => "prefer",
                "required" | "require" | "trust" => "require",
                "verify-ca" => "verify-ca",
                "verify-identity" | "verify-full" => "verify-full",
                "auto" => "auto",
                _ => {
                    return Err(wrong(
                        "The ssl-mode is not one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY.",
                    ));
                }
            };
            put(url, "sslmode", mode.to_owned());
        }
        "usessl" | "ssl" | "tls" => match value.to_ascii_lowercase().as_str() {
            "false" | "0" => put(url, "sslmode", "disable".to_owned()),
            "skip-verify" => put(url, "sslmode", "require".to_owned()),
            "preferred" => put(url, "sslmode", "prefer".to_owned()),
            "true" | "1" | "" => put(url, "sslmode", "verify-full".to_owned()),
            _ => url.warnings.push(format!("The parameter {} was not understood.", brief(name))),
        },
        "sslca" | "sslrootcert" => put(url, "sslrootcert", value),
        "sslcert" => put(url, "sslcert", value),
        "sslkey" => put(url, "sslkey", value),
        "socket" | "unixsocket" | "host" => put(url, "host", value),
        "port" => put(url, "port", value),
        "user" => put(url, "user", value),
        "password" if !value.is_empty() => url.secret = Some(Secret::new(value)),
        "password" => {}
        "connecttimeout" => put(url, "connect_timeout", value),
        "programname" | "applicationname" => put(url, "application_name", value),
        "allowpublickeyretrieval" | "getserverpublickey" => {
            put(url, "believe_key", value.eq_ignore_ascii_case("true").to_string());
        }
        _ => url.warnings.push(format!("The parameter {} was not understood and is left out.", brief(name))),
    }
    Ok(())
}

fn check(url: &ParsedUrl) -> Result<(), Error> {
    check_numbers(url).map_err(|message| wrong(&message))?;
    if let Some(mode) = url.values.get("sslmode")
        && !tls::MODES.iter().any(|choice| choice.value == mode)
    {
        return Err(wrong("The ssl-mode is not known."));
    }
    Ok(())
}

/// Never quotes the text it is about: it may hold the password.
fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message).with_hint("A URL looks like mysql://user@host:3306/database.")
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
        let url =
            parse("mariadb://an%40a:p%2Fw%3A%F0%9F%9A%80@db.example.org:3307/sh%20op?ssl-mode=VERIFY_CA&ssl-ca=/a.pem")
                .unwrap();
        assert_eq!(
            url.values.into_iter().collect::<Vec<_>>(),
            pairs(&[
                ("host", "db.example.org"),
                ("port", "3307"),
                (DATABASE, "sh op"),
                ("sslmode", "verify-ca"),
                ("sslrootcert", "/a.pem"),
                ("user", "an@a"),
            ])
        );
        assert_eq!(url.secret.unwrap().expose(), "p/w:🚀");
        assert!(url.warnings.is_empty());
    }

    #[test]
    fn addresses_and_sockets_are_hosts() {
        assert_eq!(values("mysql://[::1]:3307/x"), pairs(&[("host", "::1"), ("port", "3307"), (DATABASE, "x")]));
        assert_eq!(
            values("mysql://u@localhost/shop?socket=/run/mysqld/mysqld.sock"),
            pairs(&[("host", "/run/mysqld/mysqld.sock"), (DATABASE, "shop"), ("user", "u")])
        );
        assert_eq!(values("MYSQL://h"), pairs(&[("host", "h")]));
        assert_eq!(values("mysql://"), pairs(&[]));
        assert_eq!(values("mysql://h?useSSL=false"), pairs(&[("host", "h"), ("sslmode", "disable")]));
    }

    #[test]
    fn a_password_with_signs_that_should_have_been_escaped_is_still_whole() {
        let url = parse("mysql://u:a@b/c?d@host/db").unwrap();
        assert_eq!(url.secret.unwrap().expose(), "a@b/c?d");
        assert_eq!((url.values["host"].as_str(), url.values[DATABASE].as_str()), ("host", "db"));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let url = parse("mysql://a,b/x?serverTimezone=UTC&charset=utf8").unwrap();
        assert_eq!(url.warnings.len(), 3, "{:?}", url.warnings);
    }

    #[test]
    fn wrong_urls_are_refused_without_their_password() {
        for text in [
            "",
            "shop",
            "postgres://u:s3cret@h/x",
            "mysql://u:s3cret@h:port/x",
            "mysql://u:s3cret@h:99999/x",
            "mysql://u:s3cret@h:0/x",
            "mysql://u:s3cret@[::1/x",
            "mysql://u:s3cret@::1/x",
            "mysql://u:s3cret%zz@h/x",
            "mysql://u:s3cret%ff@h/x",
            "mysql://u:s3cret%00@h/x",
            "mysql://u:s3cret@h/x?sslmode=often",
            "mysql://u:s3cret@h/x?connect_timeout=soon",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
