//! Connections as the program makes them.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{sync::Arc, time::Duration};

use arrow_array::cast::AsArray;
use driver::{ConnectContext, Connection, Driver, Error, Event, Profile, Role, Secret, Session, Statement};
use driver_postgres::PostgresDriver;

use super::server::Server;

pub fn profile_of(values: &[(&str, &str)]) -> Profile {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Profile { name: "test".into(), driver: "postgres".into(), values: values.collect() }
}

pub fn profile(server: &Server, changes: &[(&str, &str)]) -> Profile {
    let port = server.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", &port), ("user", "postgres"), ("database", "postgres")];
    profile_of(&values.iter().chain(changes).copied().collect::<Vec<_>>())
}

pub async fn connect(server: &Server, changes: &[(&str, &str)], read_only: bool) -> Result<Arc<dyn Connection>, Error> {
    let context =
        ConnectContext { read_only, ..ConnectContext::unattended(Some(Secret::new(server.password.clone()))) };
    PostgresDriver.connect(&profile(server, changes), context).await
}

pub async fn session_of(server: &Server, changes: &[(&str, &str)]) -> (Arc<dyn Connection>, Arc<dyn Session>) {
    let connection = connect(server, changes, false).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    (connection, session)
}

pub async fn all(session: &dyn Session, statement: Statement) -> Result<Vec<Event>, Error> {
    let mut run = session.run(statement);
    let mut events = Vec::new();
    while let Some(event) = tokio::time::timeout(Duration::from_secs(30), run.next()).await.unwrap() {
        events.push(event?);
    }
    Ok(events)
}

pub async fn text(session: &dyn Session, statement: &str) -> String {
    let events = all(session, Statement::new(statement)).await.unwrap();
    let cell = events.iter().find_map(|event| match event {
        Event::Batch(batch) => Some(String::from_utf8_lossy(batch.column(0).as_binary::<i32>().value(0)).into_owned()),
        _ => None,
    });
    cell.unwrap_or_else(|| panic!("{events:?}"))
}
