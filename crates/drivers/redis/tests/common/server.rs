//! The servers of `scripts/servers`, from its environment variables. A missing one is skipped by name, or fails where
//! `ROWHOUSE_TEST_REQUIRE=1`.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use arrow_array::{Array, cast::AsArray, types};
use arrow_schema::DataType;
use driver::{
    ConnectContext, Connection, Driver, Error, Event, Message, Notice, Profile, Role, Run, Secret, Session, Statement,
    Summary,
};
use driver_redis::{
    Redis,
    wire::{Client, Login, Value},
};
use route::{Endpoint, Route, Trace};
use url::Url;
use zeroize::Zeroizing;

/// The servers that are tested alike.
pub const PRODUCTS: [&str; 2] = ["REDIS", "VALKEY"];

#[derive(Clone, Debug)]
pub struct Server {
    pub product: &'static str,
    pub version: String,
    pub port: u16,
    pub password: String,
    pub socket: PathBuf,
    /// The folder of the certificates, and the port; the build of Valkey has no TLS.
    pub tls: Option<(PathBuf, u16)>,
}

fn variable(name: &str) -> Option<String> {
    if let Some(value) = env::var(name).ok().filter(|value| !value.is_empty()) {
        return Some(value);
    }
    assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("SKIPPED {test}: set {name} (scripts/servers start)");
    None
}

/// `REDIS` or `VALKEY`.
pub fn server(product: &'static str) -> Option<Server> {
    let url = Url::parse(&variable(&format!("ROWHOUSE_TEST_{product}_URL"))?).unwrap();
    let must = |name: &str| {
        let name = format!("ROWHOUSE_TEST_{product}_{name}");
        env::var(&name).unwrap_or_else(|_| panic!("{name} is not set"))
    };
    Some(Server {
        product,
        version: must("VERSION"),
        port: url.port().unwrap(),
        password: url.password().unwrap().to_owned(),
        socket: must("SOCKET").into(),
        tls: (product == "REDIS").then(|| (must("TLS").into(), must("TLS_PORT").parse().unwrap())),
    })
}

/// Every server there is.
pub fn servers() -> Vec<Server> {
    PRODUCTS.into_iter().filter_map(server).collect()
}

/// A profile from a URL in the environment, and its password.
pub fn from_url(name: &str) -> Option<(Profile, Option<Secret>)> {
    let parsed = Redis.parse_url(&variable(name)?).unwrap();
    Some((Profile { name: name.to_owned(), driver: "redis".to_owned(), values: parsed.values }, parsed.secret))
}

pub fn context(password: &str) -> ConnectContext {
    ConnectContext::unattended(Some(Secret::new(password.to_owned())))
}

impl Server {
    pub fn profile(&self, changes: &[(&str, &str)]) -> Profile {
        let port = self.port.to_string();
        let mut values: std::collections::BTreeMap<String, String> = [("host", "127.0.0.1"), ("port", port.as_str())]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        values.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Profile { name: self.product.to_owned(), driver: "redis".to_owned(), values }
    }

    pub async fn connect(&self, changes: &[(&str, &str)]) -> Result<Arc<dyn Connection>, Error> {
        Redis.connect(&self.profile(changes), context(&self.password)).await
    }

    /// A connection of database `number`, which is emptied first.
    pub async fn empty(&self, number: u32) -> (Arc<dyn Connection>, Arc<dyn Session>) {
        self.client(number).await.ask(&["FLUSHDB"]).await.unwrap();
        let connection = self.connect(&[("database", &number.to_string())]).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        (connection, session)
    }

    /// A client of the wire, beside the driver.
    pub async fn client(&self, database: u32) -> Client {
        client(Endpoint::tcp("127.0.0.1", self.port), None, &self.password, database).await
    }
}

pub async fn client(endpoint: Endpoint, user: Option<&str>, password: &str, database: u32) -> Client {
    route::install_crypto();
    let login = Login {
        user: user.map(str::to_owned),
        password: (!password.is_empty()).then(|| Zeroizing::new(password.to_owned())),
        name: "beside".to_owned(),
        database,
        timeout: Duration::from_secs(10),
    };
    Client::connect(&Route::new(endpoint), &login, &mut Trace::default()).await.unwrap().0
}

/// A server of a test's own, for what would disturb others; ended with the test.
pub struct Alone {
    pub profile: Profile,
    process: std::process::Child,
    _folder: tempfile::TempDir,
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts one, with these settings beside the usual.
pub async fn alone(settings: &str) -> Option<Alone> {
    let program = variable("ROWHOUSE_TEST_REDIS_PROGRAM")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings");
    let usual = format!("port {port}\nbind 127.0.0.1\ndir {}\nsave \"\"\n{settings}\n", folder.path().display());
    std::fs::write(&file, usual).unwrap();
    let quiet = std::process::Stdio::null();
    let process = std::process::Command::new(program).arg(file).stdout(quiet).spawn().unwrap();
    let ready = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ready).await.unwrap();
    let values = [("host", "127.0.0.1".to_owned()), ("port", port.to_string())];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Some(Alone { profile: Profile { name: "alone".into(), driver: "redis".into(), values }, process, _folder: folder })
}

/// Sends commands that must succeed.
pub async fn all(client: &mut Client, commands: &[&[&str]]) {
    for command in commands {
        let reply = client.ask(command).await.unwrap();
        assert!(!matches!(reply, Value::Error(_)), "{command:?}: {reply:?}");
    }
}

/// A run read to its end.
#[derive(Debug)]
pub struct Finished {
    pub names: Vec<String>,
    pub types: Vec<String>,
    pub rows: Vec<Vec<Option<Vec<u8>>>>,
    pub notices: Vec<Notice>,
    pub end: Result<Summary, Error>,
}

impl Finished {
    /// The cells as text, NULL as `∅`.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let text = |cell: &Option<Vec<u8>>| {
            cell.as_ref().map_or_else(|| "∅".to_owned(), |bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        self.rows.iter().map(|row| row.iter().map(text).collect()).collect()
    }

    pub fn error(self) -> Error {
        self.end.unwrap_err()
    }
}

pub async fn finish(mut run: Run) -> Finished {
    let (mut names, mut types, mut rows, mut notices, mut end) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), None);
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::ResultSet(schema, _)) => {
                let visible = schema.fields().iter().take(driver::arrow::visible_columns(&schema));
                (names, types) =
                    visible.map(|field| (field.name().clone(), driver::arrow::native_type(field).to_owned())).unzip();
            }
            Ok(Event::Batch(batch)) => {
                for row in 0..batch.num_rows() {
                    rows.push((0..names.len()).map(|column| cell(batch.column(column), row)).collect());
                }
            }
            Ok(Event::Notice(notice)) => notices.push(notice),
            Ok(Event::Done(summary)) => end = Some(Ok(summary)),
            Err(error) => end = Some(Err(error)),
        }
    }
    Finished { names, types, rows, notices, end: end.unwrap() }
}

fn cell(column: &arrow_array::ArrayRef, row: usize) -> Option<Vec<u8>> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int64 => column.as_primitive::<types::Int64Type>().value(row).to_string().into_bytes(),
        DataType::Boolean => column.as_boolean().value(row).to_string().into_bytes(),
        _ => column.as_binary::<i32>().value(row).to_vec(),
    })
}

pub async fn run(session: &dyn Session, text: &str) -> Finished {
    finish(session.run(Statement::new(text))).await
}

/// Runs a command that must succeed; its rows as text.
pub async fn rows(session: &dyn Session, text: &str) -> Vec<Vec<String>> {
    let finished = run(session, text).await;
    assert!(finished.end.is_ok(), "{text}: {:?}", finished.end);
    finished.texts()
}

/// The next notification, if one comes soon.
pub async fn notification(messages: &mut tokio::sync::broadcast::Receiver<Message>) -> Option<(String, String)> {
    let next = async {
        loop {
            if let Message::Notification { channel, payload, .. } = messages.recv().await.ok()? {
                return Some((channel, payload));
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), next).await.ok()?
}
