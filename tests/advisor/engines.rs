//! Scratch databases of the engines.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use driver::{ConnectContext, Connection, Driver, Profile, Role, Secret, Session, Statement};
use driver_mysql::MySql;
use driver_postgres::PostgresDriver;
use driver_sqlite::Sqlite;
use tempfile::TempDir;
use url::Url;

/// Roles that cases speak of: one for who has not signed in, one for who has, an owner of tables, and one that row security does not
/// hold for. They belong to the whole server and stay.
const ROLES: [(&str, &str); 4] =
    [("web_anon", "nologin"), ("web_user", "login"), ("app_owner", "login"), ("app_admin", "login bypassrls")];

/// Something that scratch databases can be made on.
pub struct Server {
    driver: &'static dyn Driver,
    url: Option<Url>,
    password: String,
    pub major: Option<u16>,
    /// Makes and drops databases.
    session: Option<Arc<dyn Session>>,
}

/// A database of its own, gone when it is dropped.
pub struct Scratch {
    pub name: String,
    _folder: Option<TempDir>,
    url: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Server {
    pub async fn postgres(server: &tests::servers::Postgres) -> Server {
        let mut found = Server {
            driver: &PostgresDriver,
            session: None,
            url: Some(Url::parse(&server.url()).unwrap()),
            password: server.password.clone(),
            major: Some(server.major),
        };
        let connection = found.connect(found.url.as_ref().unwrap().as_str(), None).await;
        let session = connection.open(Role::Session).await.unwrap();
        for (role, options) in ROLES {
            let made = run(&*session, &format!("create role {role} {options} password '{}'", server.password)).await;
            // Another test made it, before or just now.
            if let Err(error) = made {
                assert!(error.contains("already exists") || error.contains("duplicate key"), "{error}");
            }
        }
        found.session = Some(session);
        found
    }

    pub fn sqlite() -> Server {
        Server { driver: &Sqlite, url: None, password: String::new(), major: None, session: None }
    }

    pub async fn mariadb() -> Option<Server> {
        let name = "ROWHOUSE_TEST_MARIADB_URL";
        let Some(url) = env::var(name).ok().filter(|url| !url.is_empty()) else {
            assert!(!tests::servers::required(), "{name} is required");
            eprintln!("SKIPPED advisor: no MariaDB; set {name} (scripts/servers start)");
            return None;
        };
        let url = Url::parse(&url).unwrap();
        let password = url.password().unwrap_or_default().to_owned();
        let mut found = Server { driver: &MySql, url: Some(url), password, major: None, session: None };
        let connection = found.connect(found.url.as_ref().unwrap().as_str(), None).await;
        found.session = Some(connection.open(Role::Session).await.unwrap());
        Some(found)
    }

    pub async fn scratch(&self) -> Scratch {
        let name = format!("advisor_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let Some(server) = &self.url else {
            let folder = TempDir::new().unwrap();
            let url = folder.path().join("case.db").to_str().unwrap().to_owned();
            rusqlite_file(&url);
            return Scratch { name, url, _folder: Some(folder) };
        };
        run(&**self.session.as_ref().unwrap(), &format!("create database {name}")).await.unwrap();
        let mut url = server.clone();
        url.set_path(&name);
        Scratch { name, url: url.to_string(), _folder: None }
    }

    pub async fn connect_to(&self, scratch: &Scratch, user: Option<&str>) -> Arc<dyn Connection> {
        self.connect(&scratch.url, user).await
    }

    pub async fn drop(&self, scratch: Scratch) {
        let Some(session) = &self.session else { return };
        let force = if self.major.is_some() { " with (force)" } else { "" };
        run(&**session, &format!("drop database {}{force}", scratch.name)).await.unwrap();
    }

    async fn connect(&self, url: &str, user: Option<&str>) -> Arc<dyn Connection> {
        let mut values = self.driver.parse_url(url).unwrap().values;
        if let Some(user) = user {
            values.insert("user".to_owned(), user.to_owned());
        }
        let profile = Profile { name: "advisor".to_owned(), driver: self.driver.id().to_owned(), values };
        let context = ConnectContext::unattended(Some(Secret::new(self.password.clone())));
        self.driver.connect(&profile, context).await.unwrap()
    }
}

/// An empty file is an empty database.
fn rusqlite_file(path: &str) {
    std::fs::File::create(path).unwrap();
}

/// Runs one statement, and says how it failed.
pub async fn run(session: &dyn Session, text: &str) -> Result<(), String> {
    let mut running = session.run(Statement::new(text));
    while let Some(event) = running.next().await {
        if let Err(error) = event {
            return Err(error.message);
        }
    }
    Ok(())
}
