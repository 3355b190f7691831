//! A database with roles of its own, and statements whose failures are answers.

use std::sync::Arc;

use catalog::{Catalog, Kind, Scope};
use driver::Connection;
use driver_postgres::wire::{Client, Event};

use crate::server::{Database, TestServer, run};

pub struct Desk {
    pub database: Database,
    pub client: Client,
    connection: Arc<dyn Connection>,
    roles: Vec<String>,
}

impl Desk {
    pub async fn new(server: &TestServer) -> Self {
        let database = server.database().await;
        let client = database.connect().await;
        let connection = database.open().await;
        Desk { database, client, connection, roles: Vec::new() }
    }

    /// A role's name on this server: roles belong to the whole of it.
    pub fn name(&self, role: &str) -> String {
        format!("{}_{role}", self.database.name)
    }

    pub async fn role(&mut self, role: &str, options: &str) -> String {
        let name = self.name(role);
        run(&mut self.client, &format!("create role \"{name}\" {options}")).await;
        self.roles.push(name.clone());
        name
    }

    pub async fn run(&mut self, text: &str) {
        run(&mut self.client, text).await;
    }

    /// The first column of what the last statement with rows gives, or the error's code.
    pub async fn ask(&mut self, text: &str) -> Result<Vec<Option<String>>, String> {
        self.client.query(text).await.unwrap();
        let (mut found, mut failed) = (Vec::new(), None);
        for event in self.client.collect().await.unwrap() {
            match event {
                Event::Columns(_) => found.clear(),
                Event::Batch(batch) => {
                    use arrow_array::{Array, cast::AsArray};
                    let column = &batch.columns[0];
                    for row in 0..batch.rows {
                        found.push((!column.is_null(row)).then(|| {
                            assert_eq!(column.data_type().to_string(), "Binary", "cast to text: {text}");
                            String::from_utf8_lossy(column.as_binary::<i32>().value(row)).into_owned()
                        }));
                    }
                }
                Event::Failed(report) => failed = Some(format!("{} {}", report.code, report.message)),
                _ => {}
            }
        }
        failed.map_or(Ok(found), Err)
    }

    pub async fn catalog(&self) -> Catalog {
        let kinds = [Kind::Columns, Kind::Routines, Kind::Roles, Kind::Grants, Kind::Databases];
        self.read(&kinds).await
    }

    /// Relations and policies alone.
    pub async fn policies(&self) -> Catalog {
        self.read(&[]).await
    }

    async fn read(&self, more: &[Kind]) -> Catalog {
        let kinds = [Kind::Schemas, Kind::Relations, Kind::Policies].iter().chain(more).copied().collect();
        let scope = Scope { kinds, definitions: true, ..Scope::default() };
        self.connection.control().catalog(&scope).await.unwrap()
    }

    pub async fn drop(self) {
        let (server, roles) = (self.database.server.clone(), self.roles);
        self.client.close().await;
        self.database.drop().await;
        let mut client = server.connect("postgres", "postgres").await;
        for role in roles.iter().rev() {
            run(&mut client, &format!("drop role if exists \"{role}\"")).await;
        }
        client.close().await;
    }
}
