//! PostgreSQL and psql.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use catalog::ObjectKey;
use driver::{Cast, ConnectContext, Connection, Driver, Profile, Secret};
use driver_postgres::PostgresDriver;
use tests::servers::Postgres as Server;

use crate::{
    CLOCKS, ZONES,
    desk::{Engine, Printed},
    postgres_types::{self, Typed},
};

const SCHEMA: &str = "fidelity";
const NULL: &str = "\u{1}NULL\u{1}";

pub struct Postgres {
    server: Server,
    types: Vec<Typed>,
}

impl Postgres {
    pub async fn prepare(server: Server) -> Postgres {
        let types = postgres_types::of(server.major, false);
        let engine = Postgres { server, types };
        let script = postgres_types::script(&engine.types);
        engine.run(
            "UTC",
            &format!(
                "drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}; set search_path = {SCHEMA}; {script}"
            ),
        );
        engine.run("UTC", &format!("create table {SCHEMA}.copied (like {SCHEMA}.every)"));
        engine
    }

    fn psql(&self, zone: &str, text: &str) -> Vec<u8> {
        let clock = ZONES.iter().position(|known| *known == zone).map_or("UTC", |place| CLOCKS[place]);
        let mut child = Command::new(self.server.client_bin.join("psql"))
            .args([
                "-XAtqz0",
                "-v",
                "ON_ERROR_STOP=1",
                "-P",
                &format!("null={NULL}"),
                "-d",
                &self.server.url(),
                "-f",
                "-",
            ])
            .env("PGTZ", zone)
            .env("TZ", clock)
            .env("PGCLIENTENCODING", "UTF8")
            .env("PGOPTIONS", "-c client_min_messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = text.to_owned();
        let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Engine for Postgres {
    async fn connect(&self, zone: &str) -> Arc<dyn Connection> {
        let values = [
            ("host", self.server.host.clone()),
            ("port", self.server.port.to_string()),
            ("user", "postgres".to_owned()),
            ("database", "postgres".to_owned()),
            ("sslmode", "disable".to_owned()),
            ("options", format!("-c timezone={zone}")),
        ];
        let profile = Profile {
            name: "fidelity".to_owned(),
            driver: "postgres".to_owned(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        let context = ConnectContext::unattended(Some(Secret::new(self.server.password.clone())));
        PostgresDriver.connect(&profile, context).await.unwrap()
    }

    fn settings(&self, _zone: &str) -> Vec<String> {
        Vec::new()
    }

    fn relation(&self) -> ObjectKey {
        ObjectKey::relation(None, Some(SCHEMA), "every")
    }

    fn names(&self) -> (String, String) {
        (format!("{SCHEMA}.every"), format!("{SCHEMA}.copied"))
    }

    fn types(&self) -> Vec<String> {
        self.types.iter().map(|(native, _)| native.clone()).collect()
    }

    fn printed(&self, zone: &str, table: &str) -> Printed {
        let output = self.psql(zone, &format!("SELECT * FROM {table} ORDER BY id;"));
        let width = self.types.len() + 2;
        let mut fields: Vec<&[u8]> = output.split(|byte| *byte == 0).collect();
        // The last row ends like every other.
        fields.pop();
        assert_eq!(fields.len() % width, 0, "{} fields in rows of {width}", fields.len());
        let value = |field: &&[u8]| (*field != NULL.as_bytes()).then(|| field.to_vec());
        fields.chunks(width).map(|row| row.iter().map(value).collect()).collect()
    }

    fn run(&self, zone: &str, script: &str) {
        self.psql(zone, script);
    }

    fn cast(&self) -> &'static dyn Cast {
        PostgresDriver.cast()
    }
}
