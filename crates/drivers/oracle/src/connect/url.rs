//! `oracle://` URLs and those of JDBC's thin driver.

use dial::url::{brief, check_numbers, decode, put};
use driver::{Code, Error, ParsedUrl, Secret};

pub(crate) const SCHEMES: &[&str] = &["oracle"];

/// How JDBC begins, its own first word left out or not.
const THIN: &str = "oracle:thin:";

/// Reads `oracle://user:password@host:port/service?name=value`, `jdbc:oracle:thin:user/password@//host:port/service` and
/// `jdbc:oracle:thin:@host:port:sid`.
///
/// # Errors
/// `InvalidStatement`; never repeats the text, because it may hold the password.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let text = text.trim();
    let mut url = ParsedUrl::default();
    let bare = match text.get(..5) {
        Some(head) if head.eq_ignore_ascii_case("jdbc:") => text.get(5..).unwrap_or_default(),
        _ => text,
    };
    if bare.get(..THIN.len()).is_some_and(|head| head.eq_ignore_ascii_case(THIN)) {
        thin(&mut url, bare.get(THIN.len()..).unwrap_or_default())?;
    } else {
        let (scheme, rest) = bare.split_once("://").ok_or_else(|| wrong("This is no Oracle URL."))?;
        if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return Err(wrong("This is no Oracle URL."));
        }
        plain(&mut url, rest)?;
    }
    check_numbers(&url).map_err(|message| wrong(&message))?;
    Ok(url)
}

fn plain(url: &mut ParsedUrl, rest: &str) -> Result<(), Error> {
    let (rest, query) = match rest.rsplit_once('?') {
        // A question mark before the last @ belongs to the password.
        Some((before, query)) if !query.contains('@') => (before, query),
        _ => (rest, ""),
    };
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    if !login.is_empty() {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        put(url, "user", part(user, "user")?);
        secret(url, part(password, "password")?);
    }
    let (address, service) = place.split_once('/').unwrap_or((place, ""));
    put_address(url, address)?;
    put(url, "service", part(service, "service")?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (part(name, "parameter")?, part(value, "parameter")?);
        match name.as_str() {
            "service" | "sid" | "sslmode" | "role" | "connect_timeout" | "tls_name" => put(url, &name, value),
            _ => url.warnings.push(format!("“{}” is not understood and left out.", brief(&name))),
        }
    }
    Ok(())
}

/// `user/password@//host:port/service`, `@host:port:sid`, `@tcps://host:port/service`.
fn thin(url: &mut ParsedUrl, rest: &str) -> Result<(), Error> {
    let (login, place) = rest.rsplit_once('@').ok_or_else(|| wrong("The URL has no @ before its address."))?;
    if !login.is_empty() {
        let (user, password) = login.split_once('/').unwrap_or((login, ""));
        put(url, "user", user.to_owned());
        secret(url, password.to_owned());
    }
    if place.trim_start().starts_with('(') {
        return Err(wrong("A connect descriptor is not read.").with_hint("Enter host, port and service by themselves."));
    }
    let (place, secured) = match place.split_once("://") {
        Some((scheme, rest)) => (rest, scheme.eq_ignore_ascii_case("tcps")),
        None => (place.trim_start_matches("//"), false),
    };
    if secured {
        put(url, "sslmode", "verify-full".to_owned());
    }
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    if !query.is_empty() {
        url.warnings.push("What stands behind the question mark is left out.".to_owned());
    }
    match place.split_once('/') {
        Some((address, service)) => {
            put_address(url, address)?;
            // A kind of server, or an instance, may follow.
            let service = service.split(['/', ':']).next().unwrap_or_default();
            put(url, "service", service.to_owned());
        }
        None => {
            let mut parts = place.rsplitn(2, ':');
            match (parts.next(), parts.next()) {
                (Some(sid), Some(address)) if address.contains(':') || sid.parse::<u16>().is_err() => {
                    put_address(url, address)?;
                    put(url, "sid", sid.to_owned());
                }
                _ => put_address(url, place)?,
            }
        }
    }
    Ok(())
}

fn put_address(url: &mut ParsedUrl, address: &str) -> Result<(), Error> {
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => {
            let (host, after) =
                rest.split_once(']').ok_or_else(|| wrong("The address in the URL has no closing bracket."))?;
            (host, after.strip_prefix(':').unwrap_or_default())
        }
        None if address.matches(':').count() > 1 => return Err(wrong("An IPv6 address in a URL stands in brackets.")),
        None => address.split_once(':').unwrap_or((address, "")),
    };
    put(url, "host", part(host, "host")?);
    put(url, "port", port.to_owned());
    Ok(())
}

fn part(text: &str, what: &str) -> Result<String, Error> {
    decode(text, what).map_err(|message| wrong(&message))
}

fn secret(url: &mut ParsedUrl, password: String) {
    if !password.is_empty() {
        url.secret = Some(Secret::new(password));
    }
}

fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message)
        .with_hint("oracle://user@host:1521/service, or jdbc:oracle:thin:@//host:1521/service.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_way_to_write_it_is_read() {
        for (text, values, password, warnings) in [
            ("oracle://ann:p%2Fw@db1:1522/shop", "host=db1 port=1522 service=shop user=ann", Some("p/w"), 0),
            ("oracle://[fe80::1]/shop?sid=x&odd=1", "host=fe80::1 service=shop sid=x", None, 1),
            ("jdbc:oracle:thin:@//db1:1521/shop.example.org", "host=db1 port=1521 service=shop.example.org", None, 0),
            ("oracle:thin:ann/s@db1:1521:ORCL", "host=db1 port=1521 sid=ORCL user=ann", Some("s"), 0),
            ("jdbc:oracle:thin:@tcps://db1:2484/shop", "host=db1 port=2484 service=shop sslmode=verify-full", None, 0),
            ("jdbc:oracle:thin:@db1:1521/shop:dedicated/inst", "host=db1 port=1521 service=shop", None, 0),
            ("jdbc:oracle:thin:@db1:1521", "host=db1 port=1521", None, 0),
        ] {
            let url = parse(text).unwrap();
            let found: Vec<_> = url.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), values, "{text}");
            assert_eq!(url.secret.as_ref().map(Secret::expose), password, "{text}");
            assert_eq!(url.warnings.len(), warnings, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for text in [
            "",
            "postgres://u:s3cret@h/x",
            "oracle://u:s3cret@h:port/x",
            "oracle://u:s3cret@[::1/x",
            "oracle://u:s3cret%zz@h/x",
            "jdbc:oracle:thin:u/s3cret",
            "jdbc:oracle:thin:u/s3cret@(DESCRIPTION=(ADDRESS=(HOST=h)))",
            "jdbc:oracle:oci:@tns",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
