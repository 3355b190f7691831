//! `mongodb://` and `mongodb+srv://` URLs with the options every client knows (`source/uri-options/uri-options.md` of
//! mongodb/specifications).

use dial::url::{brief, check_numbers, put};
use driver::{Code, Error, ParsedUrl, Secret};

use super::{
    fields::{DATABASE, MECHANISMS, PREFERENCES},
    settings,
};

pub(crate) const SCHEMES: &[&str] = &["mongodb", "mongodb+srv"];

/// Reads a URL. A password with signs that should have been escaped is still read whole.
///
/// # Errors
/// `InvalidStatement`; never repeats the URL, because it may hold the password.
pub(crate) fn parse(text: &str) -> Result<ParsedUrl, Error> {
    let Some((scheme, rest)) = text.trim().split_once("://") else {
        return Err(wrong("This is no URL."));
    };
    let srv = scheme.eq_ignore_ascii_case("mongodb+srv");
    if !srv && !scheme.eq_ignore_ascii_case("mongodb") {
        return Err(wrong("This is no MongoDB URL."));
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
    let hosts = decode(authority, "host")?;
    settings::addresses(&hosts).map_err(|error| wrong(&error.message))?;
    put(&mut url, "hosts", hosts);
    let database = decode(database.trim_end_matches('/'), "database")?;
    put(&mut url, DATABASE, database.clone());
    if srv {
        put(&mut url, "srv", "true".to_owned());
        put(&mut url, "sslmode", "verify-full".to_owned());
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        option(&mut url, &decode(name, "option")?, decode(value, "option")?)?;
    }
    // Without authSource a user is known to the database that the URL names.
    if !database.is_empty() && url.values.contains_key("user") && !url.values.contains_key("auth_source") {
        put(&mut url, "auth_source", database);
    }
    check_numbers(&url).map_err(|message| wrong(&message))?;
    Ok(url)
}

fn option(url: &mut ParsedUrl, name: &str, value: String) -> Result<(), Error> {
    let yes = value.eq_ignore_ascii_case("true");
    match name.to_ascii_lowercase().as_str() {
        "authsource" => put(url, "auth_source", value),
        "authmechanism" => {
            let known = MECHANISMS.iter().find(|choice| choice.value.eq_ignore_ascii_case(&value));
            let known = known.ok_or_else(|| wrong("The authMechanism is none that is supported."))?;
            put(url, "mechanism", known.value.to_owned());
        }
        "replicaset" => put(url, "replica_set", value),
        "directconnection" => put(url, "direct", yes.to_string()),
        "readpreference" => {
            let known = PREFERENCES.iter().find(|choice| choice.value.eq_ignore_ascii_case(&value));
            let known = known.ok_or_else(|| wrong("The readPreference is none that there is."))?;
            put(url, "read_preference", known.value.to_owned());
        }
        "appname" => put(url, "application_name", value),
        "tls" | "ssl" => {
            let looser = url.values.get("sslmode").is_some_and(|mode| mode != "disable");
            match (yes, looser) {
                (true, true) => {}
                (true, false) => put(url, "sslmode", "verify-full".to_owned()),
                (false, _) => put(url, "sslmode", "disable".to_owned()),
            }
        }
        "tlsinsecure" | "tlsallowinvalidcertificates" | "sslallowinvalidcertificates" if yes => {
            put(url, "sslmode", "require".to_owned());
        }
        "tlsallowinvalidhostnames" | "sslallowinvalidhostnames" if yes => {
            if url.values.get("sslmode").is_none_or(|mode| mode != "require") {
                put(url, "sslmode", "verify-ca".to_owned());
            }
        }
        "tlsinsecure" | "tlsallowinvalidcertificates" | "tlsallowinvalidhostnames" => {}
        "tlscafile" | "sslcertificateauthorityfile" => put(url, "sslrootcert", value),
        // One file holds both, as the server's own clients want it.
        "tlscertificatekeyfile" | "sslclientcertificatekeyfile" => {
            put(url, "sslcert", value.clone());
            put(url, "sslkey", value);
        }
        "tlscertificatekeyfilepassword" => {
            url.warnings.push("The passphrase of the client key is left out: you are asked for it.".to_owned());
        }
        "connecttimeoutms" => match value.parse::<u64>() {
            Ok(ms) => put(url, "connect_timeout", ms.div_ceil(1000).to_string()),
            Err(_) => return Err(wrong("The connectTimeoutMS is no number.")),
        },
        // About pools, which we have none of, or what is as they ask for in any case.
        "retrywrites"
        | "retryreads"
        | "maxpoolsize"
        | "minpoolsize"
        | "maxidletimems"
        | "waitqueuetimeoutms"
        | "heartbeatfrequencyms"
        | "serverselectiontimeoutms"
        | "localthresholdms"
        | "serverselectiontryonce"
        | "maxconnecting"
        | "compressors"
        | "zlibcompressionlevel"
        | "sockettimeoutms"
        | "loadbalanced"
        | "uuidrepresentation" => {}
        _ => url.warnings.push(format!("The option {} was not understood and is left out.", brief(name))),
    }
    Ok(())
}

/// Never quotes the text it is about: it may hold the password.
fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message).with_hint("A URL looks like mongodb://user@host:27017/database.")
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
            "mongodb://an%40a:p%2Fw%3A@a.example.org,b.example.org:27018/sh%20op?replicaSet=rs0&authSource=users&tls=true\
             &readPreference=secondaryPreferred&authMechanism=SCRAM-SHA-1&appName=me&tlsCAFile=%2Fca.pem&connectTimeoutMS=1500",
        )
        .unwrap();
        assert_eq!(
            url.values.into_iter().collect::<Vec<_>>(),
            pairs(&[
                ("application_name", "me"),
                ("auth_source", "users"),
                ("connect_timeout", "2"),
                ("hosts", "a.example.org,b.example.org:27018"),
                ("mechanism", "SCRAM-SHA-1"),
                ("read_preference", "secondaryPreferred"),
                ("replica_set", "rs0"),
                (DATABASE, "sh op"),
                ("sslmode", "verify-full"),
                ("sslrootcert", "/ca.pem"),
                ("user", "an@a"),
            ])
        );
        assert_eq!(url.secret.unwrap().expose(), "p/w:");
        assert!(url.warnings.is_empty());
    }

    #[test]
    fn what_is_left_out_has_its_usual_meaning() {
        assert_eq!(values("MONGODB://h"), pairs(&[("hosts", "h")]));
        assert_eq!(
            values("mongodb://u@[::1]:5/x"),
            pairs(&[("auth_source", "x"), ("hosts", "[::1]:5"), (DATABASE, "x"), ("user", "u")])
        );
        assert_eq!(values("mongodb://%2Ftmp%2Fmongodb-1.sock/"), pairs(&[("hosts", "/tmp/mongodb-1.sock")]));
        assert_eq!(
            values("mongodb+srv://c.example.org/?tlsAllowInvalidHostnames=true&tls=true"),
            pairs(&[("hosts", "c.example.org"), ("srv", "true"), ("sslmode", "verify-ca")])
        );
        assert_eq!(values("mongodb://h/?tlsInsecure=true&tls=true"), pairs(&[("hosts", "h"), ("sslmode", "require")]));
        assert_eq!(parse("mongodb://h/?w=majority&journal=true&x=1").unwrap().warnings.len(), 3);
    }

    #[test]
    fn wrong_urls_are_refused_without_their_password() {
        for text in [
            "",
            "shop",
            "postgres://u:s3cret@h/x",
            "mongodb://u:s3cret@h:port/x",
            "mongodb://u:s3cret@h:99999/x",
            "mongodb://u:s3cret@[::1/x",
            "mongodb://u:s3cret%zz@h/x",
            "mongodb://u:s3cret%00@h/x",
            "mongodb://u:s3cret@h/x?authMechanism=GSSAPI",
            "mongodb://u:s3cret@h/x?readPreference=some",
            "mongodb://u:s3cret@h/x?connectTimeoutMS=soon",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{text}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
        let url = parse("mongodb://u:a@b/c?d@host/db").unwrap();
        assert_eq!(url.secret.unwrap().expose(), "a@b/c?d");
    }
}
