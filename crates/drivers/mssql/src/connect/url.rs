//! `mssql://` URLs, ADO.NET and ODBC connection strings, and those of JDBC, with the names the usual clients know.

use dial::url::{brief, check_numbers, put};
use driver::{Code, Error, ParsedUrl, Secret};

use super::settings::place;

pub(crate) const SCHEMES: &[&str] = &["mssql", "sqlserver"];

const JDBC: &str = "jdbc:sqlserver://";

/// Reads a URL or a connection string.
///
/// # Errors
/// `InvalidStatement`; never repeats the text, because it may hold the password.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let text = text.trim();
    let mut url = ParsedUrl::default();
    if text.get(..JDBC.len()).is_some_and(|head| head.eq_ignore_ascii_case(JDBC)) {
        jdbc(&mut url, text.get(JDBC.len()..).unwrap_or_default())?;
    } else if let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| !scheme.contains(['=', ';'])) {
        if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return Err(wrong("This is no URL of a SQL Server."));
        }
        // JDBC's form is also written without its first word.
        match rest.split(['@', '/', '?']).next().is_some_and(|authority| authority.contains(';')) {
            true => jdbc(&mut url, rest)?,
            false => plain(&mut url, rest)?,
        }
    } else if text.contains('=') {
        for (name, value) in pairs(text)? {
            property(&mut url, &name, value)?;
        }
    } else {
        return Err(wrong("This is neither a URL nor a connection string."));
    }
    check_numbers(&url).map_err(|message| wrong(&message))?;
    Ok(url)
}

/// `user:password@host:port/database?name=value`.
fn plain(url: &mut ParsedUrl, rest: &str) -> Result<(), Error> {
    let (rest, query) = match rest.rsplit_once('?') {
        // A question mark before the last @ belongs to the password.
        Some((before, query)) if !query.contains('@') => (before, query),
        _ => (rest, ""),
    };
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    if !login.is_empty() {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        put(url, "user", decode(user, "user")?);
        secret(url, decode(password, "password")?);
    }
    let (authority, path) = place.split_once('/').unwrap_or((place, ""));
    authority_of(url, authority)?;
    // As one client writes it, the path of a URL with its scheme names the instance; with the other, the database.
    put(url, "database", decode(path.trim_end_matches('/'), "database")?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        property(url, &decode(name, "parameter")?, decode(value, "parameter")?)?;
    }
    Ok(())
}

fn authority_of(url: &mut ParsedUrl, authority: &str) -> Result<(), Error> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else {
                return Err(wrong("The address in the URL has no closing bracket."));
            };
            (address, after.strip_prefix(':').unwrap_or_default())
        }
        None if authority.matches(':').count() > 1 => {
            return Err(wrong("An IPv6 address in a URL stands in brackets."));
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let host = decode(host, "host")?;
    let (host, instance) = host.split_once('\\').unwrap_or((&host, ""));
    put(url, "host", host.to_owned());
    put(url, "instance", instance.to_owned());
    put(url, "port", port.to_owned());
    Ok(())
}

/// `host\instance:port;name=value;…`.
fn jdbc(url: &mut ParsedUrl, rest: &str) -> Result<(), Error> {
    let (authority, properties) = rest.split_once(';').unwrap_or((rest, ""));
    authority_of(url, authority)?;
    for (name, value) in pairs(properties)? {
        property(url, &name, value)?;
    }
    Ok(())
}

/// `name=value;…`, values in quotes or braces where they have signs of their own.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([';', ' ', '\n', '\r', '\t']);
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once('=') else {
            return Err(wrong("A part of the connection string has no equals sign."));
        };
        let after = after.trim_start();
        let close = match after.chars().next() {
            Some('\'') => Some('\''),
            Some('"') => Some('"'),
            Some('{') => Some('}'),
            _ => None,
        };
        let value = match close {
            None => {
                let (value, later) = after.split_once(';').unwrap_or((after, ""));
                rest = later;
                value.trim().to_owned()
            }
            Some(close) => {
                let (value, later) = quoted(after.get(1..).unwrap_or_default(), close)
                    .ok_or_else(|| wrong("A quoted value in the connection string does not end."))?;
                rest = later.split_once(';').map_or("", |(_, later)| later);
                value
            }
        };
        found.push((name.trim().to_owned(), value));
        rest = rest.trim_start_matches([';', ' ', '\n', '\r', '\t']);
    }
    Ok(found)
}

/// A value up to its closing sign, which is written twice where it is part of it, and what follows.
fn quoted(text: &str, close: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once(close)?;
        value.push_str(part);
        match after.strip_prefix(close) {
            Some(later) => {
                value.push(close);
                rest = later;
            }
            None => return Some((value, after)),
        }
    }
}

fn secret(url: &mut ParsedUrl, password: String) {
    if !password.is_empty() {
        url.secret = Some(Secret::new(password));
    }
}

fn is_true(value: &str) -> bool {
    ["true", "yes", "1", "on"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
}

fn property(url: &mut ParsedUrl, name: &str, value: String) -> Result<(), Error> {
    // The same thing is called differently by each client: names are compared without signs and case.
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let trusts = url.values.get("sslmode").is_some_and(|mode| mode == "require");
    match plain.as_str() {
        "server" | "datasource" | "address" | "addr" | "networkaddress" | "servername" => {
            let (host, instance, port) = place(&value).map_err(|error| wrong(&error.message))?;
            put(url, "host", host);
            put(url, "instance", instance.unwrap_or_default());
            put(url, "port", port.unwrap_or_default());
        }
        "port" | "portnumber" => put(url, "port", value),
        "instance" | "instancename" => put(url, "instance", value),
        "database" | "databasename" | "initialcatalog" => put(url, "database", value),
        "user" | "userid" | "uid" | "username" => put(url, "user", value),
        "password" | "pwd" => secret(url, value),
        "encrypt" => match value.to_ascii_lowercase().as_str() {
            "strict" => {
                put(url, "strict", "true".to_owned());
                put(url, "sslmode", "verify-full".to_owned());
            }
            "mandatory" | "true" | "yes" | "1" if !trusts => put(url, "sslmode", "verify-full".to_owned()),
            "mandatory" | "true" | "yes" | "1" => {}
            // Encrypted where the server insists, which is what the choice of this name does.
            "optional" | "false" | "no" | "0" => put(url, "sslmode", "prefer".to_owned()),
            "disable" | "dangerplaintext" => put(url, "sslmode", "disable".to_owned()),
            _ => return Err(wrong("Encrypt is not one of strict, mandatory and optional.")),
        },
        "trustservercertificate" => {
            let strict = url.values.contains_key("strict");
            let weak = url.values.get("sslmode").is_some_and(|mode| mode == "prefer" || mode == "disable");
            if is_true(&value) && !strict && !weak {
                put(url, "sslmode", "require".to_owned());
            }
        }
        "sslmode" | "tlsmode" => put(url, "sslmode", value),
        "hostnameincertificate" => put(url, "tls_name", value),
        "servercertificate" | "sslrootcert" | "trustservercertificateca" => put(url, "sslrootcert", value),
        "applicationname" | "app" | "programname" => put(url, "application_name", value),
        "applicationintent" => put(url, "read_intent", value.eq_ignore_ascii_case("readonly").to_string()),
        "connecttimeout" | "connectiontimeout" | "timeout" | "logintimeout" => put(url, "connect_timeout", value),
        "integratedsecurity" | "trustedconnection" if is_true(&value) || value.eq_ignore_ascii_case("sspi") => {
            url.warnings.push("Windows logins are not supported: a SQL Server login is needed.".to_owned());
        }
        "integratedsecurity" | "trustedconnection" => {}
        "authentication" if value.to_ascii_lowercase().replace([' ', '_'], "") == "sqlpassword" => {}
        "authentication" => {
            url.warnings.push("Only SQL Server logins are supported: a login and its password are needed.".to_owned());
        }
        // Of no meaning here: one connection is one session, drivers are ours.
        "driver"
        | "provider"
        | "multipleactiveresultsets"
        | "marsconnection"
        | "pooling"
        | "persistsecurityinfo"
        | "minpoolsize"
        | "maxpoolsize"
        | "multisubnetfailover"
        | "commandtimeout" => {}
        _ => url.warnings.push(format!("The part {} was not understood and is left out.", brief(name))),
    }
    Ok(())
}

/// Never quotes the text it is about: it may hold the password.
fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message).with_hint(
        "A URL looks like mssql://user@host:1433/database, a connection string like Server=host;User ID=user;…",
    )
}

fn decode(text: &str, what: &str) -> Result<String, Error> {
    dial::url::decode(text, what).map_err(|message| wrong(&message))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> (Vec<String>, Option<String>, usize) {
        let url = parse(text).unwrap();
        let values = url.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (values, url.secret.map(|secret| secret.expose().to_owned()), url.warnings.len())
    }

    #[test]
    fn every_way_to_write_it_is_read() {
        for (text, values, password, warnings) in [
            (
                "mssql://ann:p%2Fw@db1:1450/shop?encrypt=true&ApplicationIntent=ReadOnly",
                "database=shop host=db1 port=1450 read_intent=true sslmode=verify-full user=ann",
                Some("p/w"),
                0,
            ),
            ("sqlserver://[fe80::1]/", "host=fe80::1", None, 0),
            (
                "sqlserver://h:1444;database=shop;user=ann;password=p@x/y",
                "database=shop host=h port=1444 user=ann",
                Some("p@x/y"),
                0,
            ),
            (
                "Server=tcp:db1.example.org,1433;Initial Catalog=shop;User ID=ann;Password='a;''b';Encrypt=True;TrustServerCertificate=True;MultipleActiveResultSets=False",
                "database=shop host=db1.example.org port=1433 sslmode=require user=ann",
                Some("a;'b"),
                0,
            ),
            (
                "Driver={ODBC Driver 18 for SQL Server};Server=db1\\EXPRESS;UID=ann;PWD={p}}w;};Encrypt=strict",
                "host=db1 instance=EXPRESS sslmode=verify-full strict=true user=ann",
                Some("p}w;"),
                0,
            ),
            (
                "jdbc:sqlserver://db1\\EXPRESS:1450;databaseName=shop;user=ann;password={x};trustServerCertificate=true;encrypt=true;hostNameInCertificate=db;unknown=1",
                "database=shop host=db1 instance=EXPRESS port=1450 sslmode=require tls_name=db user=ann",
                Some("x"),
                1,
            ),
            ("Data Source=.;Integrated Security=SSPI;Encrypt=no", "host=localhost sslmode=prefer", None, 1),
        ] {
            let (found, secret, unknown) = read(text);
            assert_eq!(found.join(" "), values, "{text}");
            assert_eq!((secret.as_deref(), unknown), (password, warnings), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for text in [
            "",
            "shop",
            "postgres://u:s3cret@h/x",
            "mssql://u:s3cret@h:port/x",
            "mssql://u:s3cret@h:0/x",
            "mssql://u:s3cret@[::1/x",
            "mssql://u:s3cret%zz@h/x",
            "mssql://u:s3cret@h/x?encrypt=sometimes",
            "Server=h;Password='s3cret",
            "Server=h;s3cret",
            "Server=h,0;Password=s3cret",
            "Server=np:h;Password=s3cret",
            "jdbc:sqlserver://h:x;password=s3cret",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
