//! The catalog of a large schema beside `pg_dump --schema-only`, in one run, as ratios.
//!
//! `ROWHOUSE_BENCH_TABLES` says how many tables (`1000 10000` by default); each has three indexes and, but for the first, a
//! foreign key. The server is the one `pg_dump` of `ROWHOUSE_TEST_POSTGRES_CLIENT_BIN` can read: 15 by default,
//! `ROWHOUSE_BENCH_POSTGRES` names another major version.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "../tests/catalog/server.rs"]
mod server;

use std::{
    env,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use catalog::Scope;
use server::{Database, TestServer, run, servers};

const RUNS: usize = 5;

#[tokio::main]
async fn main() {
    let major = env::var("ROWHOUSE_BENCH_POSTGRES").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let Some(server) = servers().into_iter().find(|server| server.major == major) else {
        println!("catalog: no PostgreSQL {major}: eval \"$(scripts/servers env)\"");
        return;
    };
    let tables = env::var("ROWHOUSE_BENCH_TABLES").unwrap_or_else(|_| "1000 10000".to_owned());
    for tables in tables.split_whitespace().map(|count| count.parse::<u32>().unwrap()) {
        measure(&server, tables).await;
    }
}

async fn measure(server: &TestServer, tables: u32) {
    let database = server.database().await;
    fill(&database, tables).await;
    let connection = database.open().await;
    let (mut lean, mut complete, mut dump) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine hits all of them.
    for _ in 0..RUNS {
        let started = Instant::now();
        let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
        lean.push(started.elapsed());
        assert_eq!(catalog.relations.len(), tables as usize);
        assert_eq!(catalog.foreign_keys.len(), tables as usize - 1);
        assert_eq!(catalog.indexes.len(), tables as usize * 3);
        let started = Instant::now();
        connection.control().catalog(&Scope::complete()).await.unwrap();
        complete.push(started.elapsed());
        dump.extend(pg_dump(&database));
    }
    let (lean, complete) = (median(lean), median(complete));
    print!("catalog of {tables} tables, PostgreSQL {}: lean {lean:.2?}, complete {complete:.2?}", server.major);
    if dump.len() == RUNS {
        let dump = median(dump);
        let ratio = |time: Duration| time.as_secs_f64() / dump.as_secs_f64();
        print!("; pg_dump --schema-only {dump:.2?}: lean {:.2} x, complete {:.2} x", ratio(lean), ratio(complete));
    }
    println!();
    database.drop().await;
}

async fn fill(database: &Database, tables: u32) {
    let mut client = database.connect().await;
    // A transaction of a few hundred tables stays within the server's default lock table.
    run(
        &mut client,
        &format!(
            "do $$ begin
               for i in 1..{tables} loop
                 execute format('create table t%s (id bigint primary key, parent_id bigint, name varchar(80) not null default ''x'',
                   amount numeric(12,2) default 0, made_at timestamptz default now(), note text)', i);
                 execute format('create index t%s_name on t%s (name)', i, i);
                 execute format('create index t%s_made on t%s (made_at desc, id)', i, i);
                 if i > 1 then execute format('alter table t%s add foreign key (parent_id) references t%s', i, i - 1); end if;
                 if i % 200 = 0 then commit; end if;
               end loop;
             end $$"
        ),
    )
    .await;
    run(&mut client, "vacuum analyze").await;
    client.close().await;
}

fn pg_dump(database: &Database) -> Option<Duration> {
    let program = format!("{}/pg_dump", env::var("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN").ok()?);
    let started = Instant::now();
    let status = Command::new(program)
        .args(["--schema-only", &database.url()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| started.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
