//! Databases of their own on the servers that the environment names.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use driver::{ConnectContext, Connection, Driver, Profile, Secret};
use driver_postgres::{
    PostgresDriver,
    wire::{ChannelBinding, Client, Event, Login, Negotiation},
};
use route::{Endpoint, Route, Trace};
use url::Url;

/// Every major version this crate speaks to; the servers of `scripts/servers` are among them.
const MAJORS: [u32; 7] = [12, 13, 14, 15, 16, 17, 18];

/// A server's superuser URL.
#[derive(Clone)]
pub struct TestServer {
    pub major: u32,
    url: Url,
}

/// The servers there are, oldest first; says so where there is none.
pub fn servers() -> Vec<TestServer> {
    let found: Vec<TestServer> = MAJORS
        .into_iter()
        .filter_map(|major| {
            let text = std::env::var(format!("ROWHOUSE_TEST_POSTGRES_{major}_URL")).ok()?;
            Some(TestServer { major, url: Url::parse(&text).unwrap() })
        })
        .collect();
    if found.is_empty() {
        assert!(
            std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"),
            "no ROWHOUSE_TEST_POSTGRES_<major>_URL is set: eval \"$(scripts/servers env)\""
        );
        println!("SKIPPED {}: no PostgreSQL server", std::thread::current().name().unwrap_or("a test"));
    }
    found
}

/// A database of its own, dropped with the value.
pub struct Database {
    pub server: TestServer,
    pub name: String,
}

impl TestServer {
    pub fn password(&self) -> String {
        self.url.password().unwrap_or_default().to_owned()
    }

    pub async fn connect(&self, database: &str, user: &str) -> Client {
        let route = Route::new(Endpoint::tcp(self.url.host_str().unwrap(), self.url.port().unwrap()));
        let login = Login {
            user: user.to_owned(),
            database: database.to_owned(),
            password: Some(self.password().into()),
            parameters: Vec::new(),
            negotiation: Negotiation::default(),
            channel_binding: ChannelBinding::default(),
            timeout: Duration::from_secs(20),
        };
        Client::connect(&route, &login, &mut Trace::default()).await.unwrap().0
    }

    pub async fn database(&self) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rowhouse_catalog_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut client = self.connect("postgres", "postgres").await;
        run(&mut client, &format!("create database {name} template template0")).await;
        client.close().await;
        Database { server: self.clone(), name }
    }
}

impl Database {
    /// For programs that want a URL.
    #[allow(dead_code, reason = "only the bench starts programs")]
    pub fn url(&self) -> String {
        let mut url = self.server.url.clone();
        url.set_path(&self.name);
        url.to_string()
    }

    pub async fn connect(&self) -> Client {
        self.server.connect(&self.name, "postgres").await
    }

    /// Runs a script.
    pub async fn run(&self, text: &str) {
        let mut client = self.connect().await;
        run(&mut client, text).await;
        client.close().await;
    }

    /// Connects as the program does.
    pub async fn open(&self) -> Arc<dyn Connection> {
        self.open_as("postgres").await
    }

    pub async fn open_as(&self, user: &str) -> Arc<dyn Connection> {
        let url = &self.server.url;
        let values = [
            ("host", url.host_str().unwrap().to_owned()),
            ("port", url.port().unwrap().to_string()),
            ("user", user.to_owned()),
            ("database", self.name.clone()),
        ];
        let profile = Profile {
            name: "test".to_owned(),
            driver: "postgres".to_owned(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        let context = ConnectContext::unattended(Some(Secret::new(self.server.password())));
        PostgresDriver.connect(&profile, context).await.unwrap()
    }

    pub async fn drop(self) {
        let mut client = self.server.connect("postgres", "postgres").await;
        let others = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'", self.name);
        run(&mut client, &others).await;
        run(&mut client, &format!("drop database if exists {}", self.name)).await;
        client.close().await;
    }
}

/// Runs a script that must not fail.
pub async fn run(client: &mut Client, text: &str) {
    client.query(text).await.unwrap();
    for event in client.collect().await.unwrap() {
        if let Event::Failed(report) = event {
            let at = report
                .position
                .map_or(String::new(), |at| text.chars().skip(at as usize - 1).take(120).collect::<String>());
            panic!("{}: {} {:?} near {at}", report.code, report.message, report.detail);
        }
    }
}

/// All rows as text.
pub async fn rows(client: &mut Client, statement: &driver::Statement) -> Vec<Vec<Option<String>>> {
    use arrow_array::{Array, cast::AsArray, types};
    let values: Vec<Option<Vec<u8>>> = statement
        .parameters
        .iter()
        .map(|parameter| parameter.value.as_ref().map(|value| value.expose().as_bytes().to_vec()))
        .collect();
    let values: Vec<Option<&[u8]>> = values.iter().map(Option::as_deref).collect();
    client.query_with(&statement.text, &[], &values).await.unwrap();
    let mut rows = Vec::new();
    for event in client.collect().await.unwrap() {
        match event {
            Event::Failed(report) => panic!("{} {}\n{}", report.code, report.message, statement.text),
            Event::Batch(batch) => {
                for row in 0..batch.rows {
                    rows.push(
                        batch
                            .columns
                            .iter()
                            .map(|column| {
                                (!column.is_null(row)).then(|| match column.data_type().to_string().as_str() {
                                    "Binary" => {
                                        String::from_utf8_lossy(column.as_binary::<i32>().value(row)).into_owned()
                                    }
                                    "Boolean" => column.as_boolean().value(row).to_string(),
                                    "Int16" => column.as_primitive::<types::Int16Type>().value(row).to_string(),
                                    "Int32" => column.as_primitive::<types::Int32Type>().value(row).to_string(),
                                    "Int64" => column.as_primitive::<types::Int64Type>().value(row).to_string(),
                                    _ => column.as_primitive::<types::UInt32Type>().value(row).to_string(),
                                })
                            })
                            .collect(),
                    );
                }
            }
            _ => {}
        }
    }
    rows
}
