//! Every value is the one that the server's own client prints: in a cell of the grid, in every format rows are copied in, and
//! after a change of something else in its row. The table of it is `docs/fidelity.md`; `ROWHOUSE_UPDATE_FIDELITY=1` writes it anew.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "fidelity/desk.rs"]
mod desk;
#[path = "fidelity/document.rs"]
mod document;
#[path = "fidelity/mariadb.rs"]
mod mariadb;
#[path = "fidelity/outlets.rs"]
mod outlets;
#[path = "fidelity/postgres.rs"]
mod postgres;
#[path = "../crates/drivers/postgres/tests/editing/types.rs"]
mod postgres_types;
#[path = "fidelity/sqlite.rs"]
mod sqlite;

/// Time zones of a session: one with gaps and doubled hours, one without, one at half an hour, one at UTC.
const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Tokyo"];
/// What the machine's own clock is set to meanwhile, one for each: nothing may depend on it.
const CLOCKS: [&str; 4] = ["America/New_York", "UTC", "Pacific/Apia", "Europe/London"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_of_postgresql_is_what_its_own_client_prints() {
    let Some(server) = tests::servers::postgres(18) else { return };
    let engine = postgres::Postgres::prepare(server).await;
    let section = outlets::section(&engine, &ZONES).await;
    document::compare("PostgreSQL", &section);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_of_mariadb_is_what_its_own_client_prints() {
    let Some(engine) = mariadb::MariaDb::prepare() else { return };
    let section = outlets::section(&engine, &ZONES).await;
    document::compare("MariaDB", &section);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_of_sqlite_is_what_its_own_shell_prints() {
    let Some(engine) = sqlite::Sqlite::prepare() else { return };
    let section = outlets::section(&engine, &ZONES).await;
    document::compare("SQLite", &section);
}
