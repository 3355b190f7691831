//! Changes of a table of MariaDB: the algorithm and lock that are said are taken, and less is refused.

use advisor::migration::{Algorithm, Concurrency, Migration, Server as Target, TableLock, review};
use driver::{Role, Session};

use super::engines::{Server, run};

const TABLES: &str = "create table parents (id int primary key) engine=innodb;
    create table plain (id int primary key, a int, b varchar(20), c int not null, d text, parent int,
      key plain_a (a), unique key plain_c (c), constraint plain_parent foreign key (parent) references parents (id),
      constraint positive check (a > 0)) engine=innodb;
    create table keyed (id int primary key, a int) engine=innodb;
    create table bare (id int, a int) engine=innodb;
    insert into plain values (1, 1, 'b', 1, 'd', null)";

const CHANGES: &[&str] = &[
    "alter table plain add column e int",
    "alter table plain add column e int not null default 3",
    "alter table plain add column e int first",
    "alter table plain add column e int after a, add column f int",
    "alter table plain add column e int unique",
    "alter table bare add column e int auto_increment primary key",
    "alter table plain add column e int as (a + 1) virtual",
    "alter table plain add column e int as (a + 1) stored",
    "alter table plain drop column b",
    "alter table plain rename column b to e",
    "alter table plain alter column a set default 4",
    "alter table plain modify a bigint",
    "alter table plain change b e text",
    "alter table plain add index plain_b (b)",
    "alter table plain add unique index plain_b (b)",
    "alter table plain add fulltext index plain_d (d)",
    "alter table plain drop index plain_a",
    "alter table plain rename index plain_a to plain_z",
    "alter table bare add primary key (id)",
    "alter table keyed drop primary key",
    "alter table bare add constraint bare_a foreign key (a) references parents (id)",
    "alter table plain drop foreign key plain_parent",
    "alter table plain add constraint short check (b <> '')",
    "alter table plain drop constraint positive",
    "alter table plain rename to simple",
    "alter table plain convert to character set utf8mb4",
    "alter table plain engine=innodb",
    "alter table plain force",
    "alter table plain row_format=compressed",
    "alter table plain comment='x'",
    "alter table keyed add column e int, drop primary key",
    "create index plain_b on plain (b)",
];

const ALGORITHMS: [Algorithm; 4] = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::Inplace, Algorithm::Copy];
const LOCKS: [Concurrency; 3] = [Concurrency::None, Concurrency::Shared, Concurrency::Exclusive];

pub async fn hold(server: &Server) {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    let session = connection.open(Role::Session).await.unwrap();
    let mut failures = Vec::new();
    for change in CHANGES {
        let target = Target::MariaDb { version: [10, 11, 0] };
        let step = review(&Migration::of(change, target)).steps.remove(0);
        let Some(TableLock::MySql { algorithm, lock }) = step.locks.first().map(|held| held.lock) else {
            failures.push(format!("{change}: {:?}", step.unread));
            continue;
        };
        let before = |list: usize| list.checked_sub(1);
        let less = before(ALGORITHMS.iter().position(|one| *one == algorithm).unwrap()).map(|at| ALGORITHMS[at]);
        let fewer = before(LOCKS.iter().position(|one| *one == lock).unwrap()).map(|at| LOCKS[at]);
        let with = |algorithm, lock| taken(&*session, change, algorithm, lock);
        if let Err(message) = with(algorithm, lock).await {
            failures.push(format!("{change}: not taken with {algorithm:?} {lock:?}: {message}"));
        }
        let too_much = [less.map(|less| (less, Concurrency::Exclusive)), fewer.map(|fewer| (algorithm, fewer))];
        for (algorithm, lock) in too_much.into_iter().flatten() {
            match with(algorithm, lock).await {
                Ok(()) => failures.push(format!("{change}: taken with {algorithm:?} {lock:?} too")),
                Err(message) => assert!(message.contains("not supported"), "{change}: {message}"),
            }
        }
    }
    connection.close().await;
    server.drop(scratch).await;
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Whether the server takes it so, on tables of its own.
async fn taken(session: &dyn Session, change: &str, algorithm: Algorithm, lock: Concurrency) -> Result<(), String> {
    for table in ["plain", "simple", "keyed", "bare", "parents"] {
        run(session, &format!("drop table if exists {table}")).await.unwrap();
    }
    for statement in TABLES.split(';') {
        run(session, statement).await.unwrap();
    }
    let separator = if change.starts_with("alter") { ", " } else { " " };
    run(session, &format!("{change}{separator}algorithm={}{separator}lock={}", algorithm.name(), lock.name())).await
}
