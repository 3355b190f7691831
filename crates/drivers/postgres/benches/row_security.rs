//! What trying a statement as somebody costs beyond the statement, connecting and closing included: at most 50 ms are wanted.
//!
//! The server is PostgreSQL 15; `ROWHOUSE_BENCH_POSTGRES` names another major version.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "../tests/catalog/server.rs"]
mod server;

use std::{
    env,
    time::{Duration, Instant},
};

use driver::row_security::{Actor, Attempt, DraftPolicy, Drafts, Outcome, Sample, Took};
use server::{run, servers};

const RUNS: usize = 21;

#[tokio::main]
async fn main() {
    let major = env::var("ROWHOUSE_BENCH_POSTGRES").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let Some(server) = servers().into_iter().find(|server| server.major == major) else {
        println!("row_security: no PostgreSQL {major}: eval \"$(scripts/servers env)\"");
        return;
    };
    let database = server.database().await;
    let mut client = database.connect().await;
    let role = format!("{}_ann", database.name);
    run(
        &mut client,
        &format!(
            "create role {role}; create table docs (id int primary key, owner text);
             insert into docs select i, case i % 2 when 0 then 'ann' else 'bob' end from generate_series(1, 100000) i;
             analyze docs; alter table docs enable row level security; grant select, insert, update, delete on docs to {role};
             create policy own on docs using (owner = (select current_setting('request.jwt.claims', true)::jsonb ->> 'sub'))"
        ),
    )
    .await;
    let connection = database.open().await;
    let security = connection.control().row_security().unwrap();
    let actor = Actor { role: Some(role.clone()), claims: Some("{\"sub\": \"ann\"}".to_owned()), ..Actor::default() };
    let plain = Attempt { actor, statement: "select * from docs where id = 2".to_owned(), ..Attempt::default() };
    let policy = DraftPolicy {
        name: "own".to_owned(),
        command: catalog::PolicyCommand::All,
        permissive: true,
        roles: Vec::new(),
        using: Some("id < 50".to_owned()),
        with_check: None,
    };
    let drafts = Some(Drafts { policies: vec![policy], ..Drafts::default() });
    let sample =
        Sample { schema: "public".to_owned(), table: "docs".to_owned(), rows: 100, count: false, drafts: None };
    let with = |sample| Attempt { sample: Some(sample), ..plain.clone() };
    for (what, attempt) in [
        ("a SELECT", plain.clone()),
        ("an UPDATE", Attempt { statement: "update docs set owner = 'ann' where id = 2".to_owned(), ..plain.clone() }),
        ("with 100 rows judged", with(sample.clone())),
        ("with a draft judged too", with(Sample { drafts, ..sample })),
    ] {
        let (mut beyond, mut took) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let began = Instant::now();
            let attempted = security.attempt(&attempt).await.unwrap();
            let total = began.elapsed();
            assert!(matches!(attempted.outcome, Outcome::Done(_)), "{attempted:?}");
            beyond.push(total.saturating_sub(Duration::from_micros(attempted.took.statement_us)));
            took.push(attempted.took);
        }
        let part = |part: fn(&Took) -> u64| median(took.iter().map(|took| Duration::from_micros(part(took))).collect());
        println!(
            "{what}: {:.1?} beyond the statement, PostgreSQL {major} (connecting {:.1?}, preparing {:.1?}, rows {:.1?}, the statement {:.1?})",
            median(beyond),
            part(|took| took.connect_us),
            part(|took| took.prepare_us),
            part(|took| took.sample_us),
            part(|took| took.statement_us),
        );
    }
    connection.close().await;
    client.close().await;
    database.drop().await;
    let mut client = server.connect("postgres", "postgres").await;
    run(&mut client, &format!("drop role {role}")).await;
    client.close().await;
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
