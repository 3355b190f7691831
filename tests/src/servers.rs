//! The servers of `scripts/servers`, as its environment variables describe them.
//!
//! A missing server is never silently green: the test says which variable it wanted and is skipped by name, or fails where
//! `ROWHOUSE_TEST_REQUIRE=1` says that every server must be there.

#![allow(clippy::panic, reason = "a test that cannot have its server fails here")]

use std::env;
use std::path::PathBuf;

use url::Url;

/// The major versions of PostgreSQL that `scripts/servers start` starts.
pub const POSTGRES_MAJORS: [u16; 4] = [15, 16, 17, 18];

/// One running PostgreSQL server.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// Its major version; a suite asserts that the server says the same.
    pub major: u16,
    /// Always `127.0.0.1`.
    pub host: String,
    pub port: u16,
    /// The password of every role.
    pub password: String,
    /// Folder of the Unix socket.
    pub socket: PathBuf,
    pub tls: Tls,
    /// Folder of `psql` and `pg_dump`.
    pub client_bin: PathBuf,
    superuser: Url,
}

/// Certificates of the scratch CA, and of one the servers do not know.
#[derive(Debug, Clone)]
pub struct Tls {
    pub ca: PathBuf,
    /// Signed by `ca` for the role `rowhouse_cert`.
    pub client_certificate: PathBuf,
    pub client_key: PathBuf,
    pub other_ca: PathBuf,
    /// Signed by `other_ca`, for the same role.
    pub other_client_certificate: PathBuf,
    pub other_client_key: PathBuf,
}

impl Postgres {
    /// The superuser on the database `postgres`.
    pub fn url(&self) -> String {
        self.superuser.to_string()
    }

    /// The superuser on another database.
    pub fn url_of_database(&self, database: &str) -> String {
        let mut url = self.superuser.clone();
        url.set_path(database);
        url.to_string()
    }

    /// A role of `tests/servers/README.md`, with its password, on the database `postgres`.
    pub fn url_of_role(&self, role: &str) -> String {
        let mut url = self.superuser.clone();
        if url.set_username(role).is_err() {
            panic!("`{role}` cannot be the user of {url}");
        }
        url.to_string()
    }
}

/// The server of this major version; `None`, saying what is skipped, where there is none.
///
/// # Panics
/// Where `ROWHOUSE_TEST_REQUIRE=1` and the server is missing, or a variable cannot be read as what it should be.
pub fn postgres(major: u16) -> Option<Postgres> {
    let name = format!("ROWHOUSE_TEST_POSTGRES_{major}_URL");
    let Some(text) = wanted(&name) else {
        return missing(&format!("PostgreSQL {major}"), &name, required());
    };
    let superuser = match Url::parse(&text) {
        Ok(url) => url,
        Err(error) => panic!("{name} is not a URL: {error}"),
    };
    let tls = PathBuf::from(must("ROWHOUSE_TEST_POSTGRES_TLS"));
    Some(Postgres {
        major,
        host: superuser.host_str().unwrap_or("127.0.0.1").to_owned(),
        port: superuser.port().unwrap_or(5432),
        password: must("ROWHOUSE_TEST_POSTGRES_PASSWORD"),
        socket: PathBuf::from(must(&format!("ROWHOUSE_TEST_POSTGRES_{major}_SOCKET"))),
        tls: Tls {
            ca: tls.join("ca.crt"),
            client_certificate: tls.join("client.crt"),
            client_key: tls.join("client.key"),
            other_ca: tls.join("other-ca.crt"),
            other_client_certificate: tls.join("other-client.crt"),
            other_client_key: tls.join("other-client.key"),
        },
        client_bin: PathBuf::from(must("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN")),
        superuser,
    })
}

/// Every PostgreSQL server there is, oldest first.
///
/// # Panics
/// As [`postgres`] does.
pub fn every_postgres() -> Vec<Postgres> {
    POSTGRES_MAJORS.into_iter().filter_map(postgres).collect()
}

/// Whether a missing server is a failure.
pub fn required() -> bool {
    env::var("ROWHOUSE_TEST_REQUIRE").is_ok_and(|value| value == "1")
}

fn wanted(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn must(name: &str) -> String {
    wanted(name).unwrap_or_else(|| panic!("{name} is not set: eval \"$(scripts/servers env)\" sets them all"))
}

fn missing<T>(what: &str, variable: &str, required: bool) -> Option<T> {
    let way = "scripts/servers start && eval \"$(scripts/servers env)\"";
    assert!(!required, "{what} is required: set {variable} ({way})");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("SKIPPED {test}: no {what}; set {variable} ({way})");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_server_is_skipped_by_name() {
        assert!(missing::<()>("PostgreSQL 9", "ROWHOUSE_TEST_POSTGRES_9_URL", false).is_none());
    }

    #[test]
    #[should_panic(expected = "PostgreSQL 9 is required: set ROWHOUSE_TEST_POSTGRES_9_URL")]
    fn a_missing_server_fails_where_it_is_required() {
        let _: Option<()> = missing("PostgreSQL 9", "ROWHOUSE_TEST_POSTGRES_9_URL", true);
    }

    #[test]
    fn every_server_that_is_described_answers_on_its_port_and_its_socket() {
        for server in every_postgres() {
            std::net::TcpStream::connect((server.host.as_str(), server.port)).unwrap();
            let socket = server.socket.join(format!(".s.PGSQL.{}", server.port));
            assert!(socket.exists(), "no socket at {}", socket.display());
            for file in [&server.tls.ca, &server.tls.client_certificate, &server.tls.client_key] {
                assert!(file.is_file(), "no file {}", file.display());
            }
            assert!(server.url_of_role("rowhouse_md5").contains("rowhouse_md5"));
            assert!(server.url_of_database("sql_ascii").ends_with("/sql_ascii"));
        }
    }
}
