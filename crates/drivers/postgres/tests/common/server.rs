//! The servers of `scripts/servers`, from its environment variables. A missing one is skipped by name, or fails where
//! `ROWHOUSE_TEST_REQUIRE=1`.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{env, path::PathBuf, time::Duration};

use driver_postgres::wire::{ChannelBinding, Client, Error, Event, Login, Negotiation};
use route::{Endpoint, Route, Tls, TlsMode, TlsSettings, Trace};
use url::Url;
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct Server {
    pub major: u16,
    pub port: u16,
    pub password: String,
    pub socket: PathBuf,
    pub tls: PathBuf,
}

/// Every server there is, oldest first.
pub fn servers() -> Vec<Server> {
    [15, 16, 17, 18].into_iter().filter_map(server).collect()
}

fn server(major: u16) -> Option<Server> {
    let name = format!("ROWHOUSE_TEST_POSTGRES_{major}_URL");
    let Some(url) = env::var(&name).ok().filter(|url| !url.is_empty()) else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("SKIPPED {test}: no PostgreSQL {major}; set {name} (scripts/servers start)");
        return None;
    };
    let url = Url::parse(&url).unwrap();
    let must = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    Some(Server {
        major,
        port: url.port().unwrap(),
        password: url.password().unwrap().to_owned(),
        socket: must(&format!("ROWHOUSE_TEST_POSTGRES_{major}_SOCKET")).into(),
        tls: must("ROWHOUSE_TEST_POSTGRES_TLS").into(),
    })
}

/// PgBouncer in this mode before PostgreSQL 18: the server behind it, and the pooler's port.
pub fn pooled(mode: &str) -> Option<(Server, u16)> {
    let name = format!("ROWHOUSE_TEST_PGBOUNCER_{}_URL", mode.to_uppercase());
    let Some(url) = env::var(&name).ok().filter(|url| !url.is_empty()) else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("SKIPPED {test}: no PgBouncer; set {name} (scripts/servers start)");
        return None;
    };
    Some((server(18)?, Url::parse(&url).unwrap().port().unwrap()))
}

pub fn login(user: &str, password: Option<&str>) -> Login {
    Login {
        user: user.to_owned(),
        database: "postgres".to_owned(),
        password: password.map(|password| Zeroizing::new(password.to_owned())),
        parameters: vec![("application_name".to_owned(), "rowhouse wire test".to_owned())],
        negotiation: Negotiation::default(),
        channel_binding: ChannelBinding::default(),
        timeout: Duration::from_secs(10),
    }
}

impl Server {
    pub fn login(&self, user: &str) -> Login {
        login(user, Some(&self.password))
    }

    pub fn plain(&self) -> Route {
        Route::new(Endpoint::tcp("127.0.0.1", self.port))
    }

    pub fn unix(&self) -> Route {
        Route::new(Endpoint::Unix(self.socket.join(format!(".s.PGSQL.{}", self.port))))
    }

    pub async fn tls(&self, host: &str, settings: &TlsSettings) -> Route {
        Route::new(Endpoint::tcp(host, self.port)).with_tls(Some(Tls::load(settings).await.unwrap()))
    }

    pub fn verify(&self, mode: TlsMode) -> TlsSettings {
        TlsSettings { ca_file: Some(self.tls.join("ca.crt")), ..TlsSettings::new(mode) }
    }

    pub async fn client(&self) -> Client {
        self.client_of("postgres").await
    }

    pub async fn client_of(&self, database: &str) -> Client {
        let login = Login { database: database.to_owned(), ..self.login("postgres") };
        Client::connect(&self.plain(), &login, &mut Trace::default()).await.unwrap().0
    }
}

pub async fn run(client: &mut Client, text: &str) -> Vec<Event> {
    client.query(text).await.unwrap();
    client.collect().await.unwrap()
}

/// The error a connection attempt ends with.
pub async fn refused(route: &Route, login: &Login) -> Error {
    match Client::connect(route, login, &mut Trace::default()).await {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}
