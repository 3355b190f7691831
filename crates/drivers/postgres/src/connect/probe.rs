//! What kind of server this is.

use std::collections::BTreeMap;

use driver::{Error, Server};

use crate::{
    catalog::rows::Rows,
    control::query,
    wire::{self, Client, Started},
};

const FACTS: &str = "select pg_catalog.version(), current_user::text, session_user::text, \
     pg_catalog.pg_is_in_recovery()::text, pg_catalog.pg_backend_pid()::text, \
     pg_catalog.current_setting('is_superuser', true), pg_catalog.current_setting('data_checksums', true)";

/// Asks the server about itself, and tells whether the answer came from another process than the one the login spoke of.
///
/// # Errors
/// Those of a broken connection. A server that does not know these questions is described by what it reported.
pub(crate) async fn probe(client: &mut Client, started: &Started, read_only: bool) -> Result<(Server, bool), Error> {
    let rows = match query(client, FACTS, &[]).await {
        Ok(rows) => rows,
        Err(failure) if failure.ended() => return Err(failure.into()),
        Err(_) => Rows::default(),
    };
    let row = rows.first();
    let text = |index: usize| row.and_then(|row| row.string(index));
    let reported = |name: &str| started.parameters.get(name).cloned();
    let banner = text(0).unwrap_or_default();
    let version = reported("server_version").unwrap_or_default();
    let (product, own_version) = product(&banner);
    let mut facts = BTreeMap::new();
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.insert(name.to_owned(), value);
        }
    };
    fact("banner", Some(banner.clone()));
    fact("user", text(1));
    fact("session_user", text(2));
    fact("standby", text(3));
    fact("superuser", text(5).or_else(|| reported("is_superuser")));
    fact("encoding", reported("server_encoding"));
    fact("time_zone", reported("TimeZone"));
    fact("authentication", Some(started.authentication.to_owned()));
    // A pooler in between hands out keys of its own.
    let pid = client.cancel_key().map(wire::CancelKey::process_id);
    let backend = text(4).and_then(|backend| backend.parse::<i32>().ok()).filter(|backend| *backend > 0);
    let between = product != "CockroachDB" && backend.is_some() && backend != pid;
    fact("read_only", read_only.then(|| "server".to_owned()));
    if let Some(secured) = &started.secured {
        let session = secured.session.as_ref();
        fact("tls", session.map(|session| format!("{}, {}", session.version, session.cipher)));
        fact("tls_mode", Some(format!("{:?}", secured.mode)));
        if let Some(certificate) = &secured.certificate {
            fact("certificate_subject", Some(certificate.subject.clone()));
            fact("certificate_issuer", Some(certificate.issuer.clone()));
            fact("certificate_not_after_unix_s", Some(certificate.not_after_unix_s.to_string()));
        }
    }
    let server = Server {
        product: product.to_owned(),
        version_number: number(&version),
        version: own_version.unwrap_or(version),
        facts,
    };
    Ok((server, between))
}

/// The product behind a `version()` text, and its own version where it differs from the PostgreSQL it imitates.
fn product(banner: &str) -> (&'static str, Option<String>) {
    let after = |mark: &str| {
        let (_, rest) = banner.split_once(mark)?;
        let version: String =
            rest.trim_start_matches([' ', 'v', '-']).chars().take_while(|c| !c.is_whitespace()).collect();
        Some(version).filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    };
    if banner.starts_with("CockroachDB") {
        return ("CockroachDB", banner.split(" v").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned));
    }
    for (mark, product) in [("-YB-", "YugabyteDB"), ("Greenplum Database", "Greenplum"), ("Redshift", "Redshift")] {
        if banner.contains(mark) {
            return (product, after(mark));
        }
    }
    if banner.contains("EnterpriseDB") {
        return ("EDB Postgres Advanced Server", None);
    }
    ("PostgreSQL", None)
}

/// `15.14 (Debian …)` as 150014, `9.6.24` as 90624.
fn number(version: &str) -> u32 {
    let numeric: String = version.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let mut parts = numeric.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0).min(99_999);
    let (major, minor) = (next(), next());
    if major >= 10 { major * 10_000 + minor } else { major * 10_000 + minor * 100 + next() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_become_numbers_that_order() {
        for (version, wanted) in [
            ("15.14 (Debian 15.14-0+deb12u1)", 150_014),
            ("18.4", 180_004),
            ("19beta1", 190_000),
            ("9.6.24", 90_624),
            ("", 0),
        ] {
            assert_eq!(number(version), wanted, "{version}");
        }
    }

    #[test]
    fn products_are_told_apart() {
        assert_eq!(product("PostgreSQL 15.14 (Debian) on x86_64"), ("PostgreSQL", None));
        let cockroach = "CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024)";
        assert_eq!(product(cockroach), ("CockroachDB", Some("24.1.0".to_owned())));
        let yugabyte = "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64";
        assert_eq!(product(yugabyte), ("YugabyteDB", Some("2.20.1.0-b0".to_owned())));
    }
}
