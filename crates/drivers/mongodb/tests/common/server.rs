//! The server of `scripts/servers`, from its environment variables. A missing one is skipped by name, or fails where
//! `ROWHOUSE_TEST_REQUIRE=1`.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{env, path::PathBuf, sync::Arc};

use arrow_array::{Array, cast::AsArray};
use driver::{
    ConnectContext, Connection, DocumentForm, Driver, Error, Event, Profile, Run, Secret, Session, Statement, Summary,
    documents::{DOCUMENT, TextStyle},
};
use driver_mongodb::{
    MongoDb,
    bson::{self, Writer},
    wire::{Client, Login},
};
use route::{Endpoint, Route};
use url::Url;
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct Server {
    pub version: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub tls: Option<(PathBuf, u16)>,
}

pub fn server() -> Option<Server> {
    let name = "ROWHOUSE_TEST_MONGODB_URL";
    let Some(url) = env::var(name).ok().filter(|url| !url.is_empty()) else {
        assert!(env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{name} is required");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("SKIPPED {test}: no MongoDB; set {name} (scripts/servers start)");
        return None;
    };
    let url = Url::parse(&url).unwrap();
    let tls = env::var("ROWHOUSE_TEST_MONGODB_TLS").ok().zip(env::var("ROWHOUSE_TEST_MONGODB_TLS_URL").ok());
    Some(Server {
        version: env::var("ROWHOUSE_TEST_MONGODB_VERSION").unwrap_or_else(|_| panic!("the version is not set")),
        port: url.port().unwrap(),
        user: url.username().to_owned(),
        password: url.password().unwrap().to_owned(),
        tls: tls.map(|(folder, url)| (folder.into(), Url::parse(&url).unwrap().port().unwrap())),
    })
}

impl Server {
    pub fn profile(&self, changes: &[(&str, &str)]) -> Profile {
        let mut profile = Profile { name: "test".into(), driver: "mongodb".into(), ..Profile::default() };
        let hosts = format!("127.0.0.1:{}", self.port);
        let values = [("hosts", hosts.as_str()), ("user", &self.user), ("schema", "rowhouse"), ("sslmode", "disable")];
        for (name, value) in values.iter().chain(changes) {
            profile.values.insert((*name).to_owned(), (*value).to_owned());
        }
        profile
    }

    pub fn context(&self) -> ConnectContext {
        ConnectContext::unattended(Some(Secret::new(self.password.clone())))
    }

    pub async fn connect(&self, changes: &[(&str, &str)]) -> Result<Arc<dyn Connection>, Error> {
        MongoDb.connect(&self.profile(changes), self.context()).await
    }

    pub async fn session(&self, database: &str) -> (Arc<dyn Connection>, Arc<dyn Session>) {
        let connection = self.connect(&[("schema", database)]).await.unwrap();
        let session = connection.open(driver::Role::Session).await.unwrap();
        run(&*session, "db.dropDatabase()").await.ok();
        (connection, session)
    }

    /// A connection without the driver.
    pub async fn client(&self) -> Client {
        let login = Login {
            user: Some(self.user.clone()),
            password: Some(Zeroizing::new(self.password.clone())),
            source: "admin".into(),
            mechanism: None,
            application_name: "test".into(),
        };
        let mut route = Route::new(Endpoint::tcp("127.0.0.1", self.port));
        if self.tls.as_ref().is_some_and(|(_, port)| *port == self.port) {
            route::install_crypto();
            let settings = route::TlsSettings::new(route::TlsMode::Require);
            route = route.with_tls(Some(route::Tls::load(&settings).await.unwrap()));
        }
        Client::connect(&route, &login, &mut route::Trace::default()).await.unwrap()
    }
}

/// Fills a collection with documents made by a function, a thousand at a time, unless it has as many.
pub async fn fill(client: &mut Client, database: &str, name: &str, count: i32, make: impl Fn(&mut Writer, i32)) {
    let counted = client.run(database, &bson::document(|writer| _ = writer.string("count", name))).await.unwrap();
    if bson::get(&counted, "n").unwrap().integer() == Some(i64::from(count)) {
        return;
    }
    client.run(database, &bson::document(|writer| _ = writer.string("drop", name))).await.ok();
    let mut next = 0;
    while next < count {
        let end = (next + 10_000).min(count);
        let documents = (next..end).map(|n| bson::document(|writer| make(writer, n)));
        let command = bson::document(|writer| {
            writer.string("insert", name).documents("documents", documents);
        });
        client.run(database, &command).await.unwrap();
        next = end;
    }
}

/// A run read to its end: its documents in the shell's style.
#[derive(Debug, Default)]
pub struct Finished {
    pub sets: usize,
    pub rows: Vec<Vec<u8>>,
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

    pub fn texts(&self) -> Vec<String> {
        self.rows.iter().map(|row| shell(row)).collect()
    }
}

pub fn shell(raw: &[u8]) -> String {
    form().text(DOCUMENT, raw, TextStyle::Shell, false)
}

pub fn form() -> &'static dyn DocumentForm {
    MongoDb.documents().unwrap()
}

pub async fn finish(mut run: Run) -> Finished {
    let mut finished = Finished::default();
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::ResultSet(..)) => finished.sets += 1,
            Ok(Event::Batch(batch)) => {
                let cells = batch.column(0).as_binary::<i32>();
                finished.rows.extend((0..cells.len()).map(|row| cells.value(row).to_vec()));
            }
            Ok(Event::Notice(notice)) => finished.notices.push(notice.message),
            Ok(Event::Done(summary)) => finished.end = Some(Ok(summary)),
            Err(error) => finished.end = Some(Err(error)),
        }
    }
    finished
}

pub async fn run(session: &dyn Session, text: &str) -> Finished {
    finish(session.run(Statement::new(text))).await
}
