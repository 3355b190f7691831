//! The server of `scripts/servers`, from its environment variables. A missing one is skipped by name, or fails where
//! `ROWHOUSE_TEST_REQUIRE=1`.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use arrow_array::{Array, cast::AsArray, types};
use arrow_schema::DataType;
use driver::{ConnectContext, Connection, Driver, Error, Event, Profile, Run, Secret, Session, Statement, Summary};
use driver_mysql::{
    MySql,
    wire::{Client, Login},
};
use route::{Endpoint, Route};
use url::Url;
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct Server {
    pub version: String,
    pub port: u16,
    pub password: String,
    pub socket: PathBuf,
    pub tls: PathBuf,
}

pub fn server() -> Option<Server> {
    let name = "ROWHOUSE_TEST_MARIADB_URL";
    let Some(url) = env::var(name).ok().filter(|url| !url.is_empty()) else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("SKIPPED {test}: no MariaDB; set {name} (scripts/servers start)");
        return None;
    };
    let url = Url::parse(&url).unwrap();
    let must = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    Some(Server {
        version: must("ROWHOUSE_TEST_MARIADB_VERSION"),
        port: url.port().unwrap(),
        password: url.password().unwrap().to_owned(),
        socket: must("ROWHOUSE_TEST_MARIADB_SOCKET").into(),
        tls: must("ROWHOUSE_TEST_MARIADB_TLS").into(),
    })
}

impl Server {
    pub fn profile(&self, changes: &[(&str, &str)]) -> Profile {
        let mut profile = Profile { name: "test".into(), driver: "mysql".into(), ..Profile::default() };
        let port = self.port.to_string();
        let values = [("host", "127.0.0.1"), ("port", &port), ("user", "rowhouse"), ("schema", "rowhouse")];
        for (name, value) in values.iter().chain(changes) {
            profile.values.insert((*name).to_owned(), (*value).to_owned());
        }
        profile
    }

    pub async fn connect(&self, changes: &[(&str, &str)]) -> Result<Arc<dyn Connection>, Error> {
        self.connect_with(changes, ConnectContext::unattended(Some(Secret::new(self.password.clone())))).await
    }

    pub async fn connect_with(
        &self,
        changes: &[(&str, &str)],
        context: ConnectContext,
    ) -> Result<Arc<dyn Connection>, Error> {
        MySql.connect(&self.profile(changes), context).await
    }

    pub async fn session(&self) -> (Arc<dyn Connection>, Arc<dyn Session>) {
        let connection = self.connect(&[]).await.unwrap();
        let session = connection.open(driver::Role::Session).await.unwrap();
        (connection, session)
    }

    /// A connection without the driver.
    pub async fn client(&self) -> Client {
        let login = Login {
            user: "rowhouse".into(),
            database: Some("rowhouse".into()),
            password: Some(Zeroizing::new(self.password.clone())),
            attributes: Vec::new(),
            believe_key: false,
            found_rows: false,
            timeout: Duration::from_secs(10),
        };
        let route = Route::new(Endpoint::tcp("127.0.0.1", self.port));
        Client::connect(&route, &login, &mut route::Trace::default()).await.unwrap().0
    }
}

/// A column's name, native type and Arrow type.
pub type Head = (String, String, DataType);

/// A row's cells.
pub type Row = Vec<Option<Vec<u8>>>;

/// A run read to its end.
#[derive(Debug, Default)]
pub struct Finished {
    /// For each result set its columns and rows.
    pub sets: Vec<(Vec<Head>, Vec<Row>)>,
    pub notices: Vec<String>,
    pub end: Option<Result<Summary, Error>>,
}

impl Finished {
    pub fn ok(&self) -> &Summary {
        match &self.end {
            Some(Ok(summary)) => summary,
            other => panic!("{other:?}"),
        }
    }

    pub fn error(&self) -> &Error {
        match &self.end {
            Some(Err(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    pub fn first(&self) -> Option<String> {
        let cell = self.sets.first()?.1.first()?.first()?.clone()?;
        Some(String::from_utf8_lossy(&cell).into_owned())
    }
}

pub async fn finish(mut run: Run) -> Finished {
    let mut finished = Finished::default();
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::ResultSet(schema, _)) => {
                let columns = schema.fields().iter().map(|field| {
                    (field.name().clone(), driver::arrow::native_type(field).to_owned(), field.data_type().clone())
                });
                finished.sets.push((columns.collect(), Vec::new()));
            }
            Ok(Event::Batch(batch)) => {
                for row in 0..batch.num_rows() {
                    let cells = batch.columns().iter().map(|column| cell(column, row)).collect();
                    finished.sets.last_mut().unwrap().1.push(cells);
                }
            }
            Ok(Event::Notice(notice)) => {
                finished.notices.push(format!(
                    "{} {}: {}",
                    notice.label,
                    notice.code.unwrap_or_default(),
                    notice.message
                ));
            }
            Ok(Event::Done(summary)) => finished.end = Some(Ok(summary)),
            Err(error) => finished.end = Some(Err(error)),
        }
    }
    finished
}

pub async fn run(session: &dyn Session, text: &str) -> Finished {
    finish(session.run(Statement::new(text))).await
}

fn cell(column: &arrow_array::ArrayRef, row: usize) -> Option<Vec<u8>> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int16 => column.as_primitive::<types::Int16Type>().value(row).to_string().into_bytes(),
        DataType::UInt16 => column.as_primitive::<types::UInt16Type>().value(row).to_string().into_bytes(),
        DataType::Int32 => column.as_primitive::<types::Int32Type>().value(row).to_string().into_bytes(),
        DataType::UInt32 => column.as_primitive::<types::UInt32Type>().value(row).to_string().into_bytes(),
        DataType::Int64 => column.as_primitive::<types::Int64Type>().value(row).to_string().into_bytes(),
        DataType::UInt64 => column.as_primitive::<types::UInt64Type>().value(row).to_string().into_bytes(),
        DataType::Binary => column.as_binary::<i32>().value(row).to_vec(),
        other => panic!("{other}"),
    })
}
