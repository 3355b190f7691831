//! Every statement of a list on a database of its own: what it locks, rewrites and reads, and whether that was said before.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use advisor::migration::{Migration, Step, TableLock, Work, review};
use catalog::{Catalog, Scope};
use driver::{Connection, Role, Session};

use super::engines::{Server, run};

const DATABASE: &str = include_str!("database.sql");
const STATEMENTS: &str = include_str!("statements.sql");

/// Rows in every table of the database.
const ROWS: i64 = 500;

pub async fn hold(server: &Server) {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    let failures = {
        let desk = Desk::new(server, &*connection).await;
        desk.all().await
    };
    connection.close().await;
    server.drop(scratch).await;
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every function of the server as a default: what is said for certain is so.
pub async fn hold_functions(server: &Server) {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    let session = connection.open(Role::Session).await.unwrap();
    let list = "select string_agg(line, E'\\n') from (select concat_ws('|', quote_ident(proname), bool_or(provolatile = 'v')) as line \
                from pg_proc where pronamespace = 'pg_catalog'::regnamespace group by proname) as functions";
    let told = told(&*session, list).await;
    drop(session);
    connection.close().await;
    server.drop(scratch).await;
    let mut known = 0;
    for line in told.lines() {
        let (name, volatile) = line.split_once('|').unwrap();
        let text = format!("alter table t add column c text default pg_catalog.{name}()");
        let target = advisor::migration::Server::Postgres { major: server.major.unwrap() };
        let step = review(&Migration::of(&text, target)).steps.remove(0);
        assert!(step.unread.is_none(), "{text}");
        if step.unless.is_none() {
            known += 1;
            assert_eq!(step.work == Work::Rewrite, volatile == "t", "{name}");
        }
    }
    assert!(known > 40, "{known} of {}", told.lines().count());
}

/// A relation before anything is done.
struct Relation {
    name: String,
    is_index: bool,
    file: String,
}

struct Desk {
    major: u16,
    catalog: Catalog,
    relations: BTreeMap<String, Relation>,
    session: Arc<dyn Session>,
    blocker: Arc<dyn Session>,
    watcher: Arc<dyn Session>,
}

impl Desk {
    async fn new(server: &Server, connection: &dyn Connection) -> Desk {
        let session = connection.open(Role::Session).await.unwrap();
        for statement in sql::split(DATABASE, sql::dialect::postgres()) {
            let text = statement.text(DATABASE);
            run(&*session, text).await.unwrap_or_else(|error| panic!("{error}: {text}"));
        }
        let catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
        let list = "select string_agg(concat_ws('|', c.oid, n.nspname || '.' || c.relname, c.relkind in ('i', 'I'), \
                    pg_relation_filenode(c.oid)), E'\\n') from pg_class c join pg_namespace n on n.oid = c.relnamespace \
                    where n.nspname = 'app' and c.relkind <> 'S'";
        let told = told(&*session, list).await;
        let relations = told.lines().map(|line| {
            let parts: Vec<&str> = line.split('|').collect();
            let file = parts.get(3).unwrap_or(&"").to_string();
            (parts[0].to_owned(), Relation { name: parts[1].to_owned(), is_index: parts[2] == "t", file })
        });
        Desk {
            major: server.major.unwrap(),
            relations: relations.collect(),
            catalog,
            blocker: connection.open(Role::Session).await.unwrap(),
            watcher: connection.open(Role::Session).await.unwrap(),
            session,
        }
    }

    async fn all(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let mut tried = 0;
        for piece in sql::split(STATEMENTS, sql::dialect::postgres()) {
            let text = piece.text(STATEMENTS);
            // A comment before it may say from which version on the server has it.
            let least = piece.title.map_or(0, |title| {
                title.of(STATEMENTS).trim().strip_prefix(">= ").and_then(|major| major.parse().ok()).unwrap_or(0)
            });
            if self.major < least {
                continue;
            }
            tried += 1;
            let server = advisor::migration::Server::Postgres { major: self.major };
            let step = review(&Migration::of(text, server).with_catalog(&self.catalog)).steps.remove(0);
            let held = match step.transaction_safe {
                true => self.in_transaction(text, &step).await,
                false => self.alone(text, &step).await,
            };
            if let Err(failure) = held {
                failures.push(format!("{text}: {failure}\n  said: {:?} {:?} {:?}", step.work, step.unless, step.locks));
            }
        }
        assert!(tried > 90, "only {tried} statements");
        failures
    }

    /// Runs it in a transaction that is rolled back, and looks at what it holds before.
    async fn in_transaction(&self, text: &str, step: &Step) -> Result<(), String> {
        if let Some(unread) = &step.unread {
            return Err(format!("not read: {}", unread.reason));
        }
        // Counts of what was done before are out of the way.
        run(&*self.session, "select pg_stat_force_next_flush()").await?;
        run(&*self.session, "begin").await?;
        let done = run(&*self.session, text).await;
        let look = "select string_agg(line, E'\\n') from ( \
             select concat_ws('|', 'lock', relation, mode) as line from pg_locks \
             where pid = pg_backend_pid() and locktype = 'relation' and granted \
             union all select concat_ws('|', 'file', c.oid, pg_relation_filenode(c.oid), pg_relation_size(c.oid)) \
             from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'app' and c.relkind in ('r', 'm') \
             union all select concat_ws('|', 'read', seq_tup_read) from pg_stat_xact_all_tables where schemaname = 'app' \
             ) as seen";
        let seen = match &done {
            Ok(()) => told(&*self.session, look).await,
            Err(_) => String::new(),
        };
        run(&*self.session, "rollback").await?;
        done?;
        self.compare(step, &seen)
    }

    fn compare(&self, step: &Step, seen: &str) -> Result<(), String> {
        let mut strongest: BTreeMap<&str, usize> = BTreeMap::new();
        let mut work = Work::Nothing;
        for line in seen.lines() {
            let parts: Vec<&str> = line.split('|').collect();
            match parts.as_slice() {
                ["lock", oid, mode] => {
                    let level = MODES.iter().position(|known| known == mode).unwrap_or_else(|| panic!("{mode}"));
                    let held = strongest.entry(oid).or_default();
                    *held = level.max(*held);
                }
                ["file", oid, file, size] => {
                    let before = self.relations.get(*oid);
                    if *size != "0" && before.is_some_and(|before| before.file != *file) {
                        work = Work::Rewrite;
                    }
                }
                ["read", rows] if rows.parse::<i64>().unwrap() >= ROWS => work = work.max(Work::Scan),
                _ => {}
            }
        }
        let certain = step.unless.is_none();
        if (certain && work != step.work) || work > step.work {
            return Err(format!("it does {work:?}"));
        }
        for (oid, level) in strongest {
            let Some(relation) = self.relations.get(oid) else { continue };
            let said = step.locks.iter().find(|held| relation.name == format!("app.{}", held.name));
            match said {
                Some(held) if mode(held.lock) == MODES[level] => {}
                None if level < MODES.iter().position(|mode| *mode == "ShareUpdateExclusiveLock").unwrap() => {}
                None if relation.is_index => {}
                _ => return Err(format!("{} is held on {}", MODES[level], relation.name)),
            }
        }
        let locked = |name: &str| {
            seen.lines().any(|line| {
                line.split('|').nth(1).is_some_and(|oid| {
                    line.starts_with("lock") && self.relations.get(oid).is_some_and(|relation| relation.name == name)
                })
            })
        };
        match step.locks.iter().find(|held| !locked(&format!("app.{}", held.name))) {
            Some(held) => Err(format!("nothing is held on {}: {seen}", held.name)),
            None => Ok(()),
        }
    }

    /// The server refuses it in a transaction; by itself it waits for the lock that was said, while somebody else holds everything.
    async fn alone(&self, text: &str, step: &Step) -> Result<(), String> {
        run(&*self.session, "begin").await?;
        let refused = run(&*self.session, text).await;
        run(&*self.session, "rollback").await?;
        match refused {
            Err(message)
                if message.contains("cannot run inside a transaction block")
                    || message.contains("cannot be executed from") => {}
            other => return Err(format!("in a transaction: {other:?}")),
        }
        // What it asks for first: of several, the weakest.
        let Some(first) = step.locks.last() else { return Ok(()) };
        let pid = told(&*self.session, "select pg_backend_pid()::text").await;
        run(&*self.blocker, "begin").await?;
        let taken = format!("lock table app.{} in share update exclusive mode", self.table_of(&first.name));
        if let Err(message) = run(&*self.blocker, &taken).await {
            run(&*self.blocker, "rollback").await?;
            return Err(message);
        }
        let waits = format!(
            "select coalesce((select c.relname || ' ' || l.mode from pg_locks l join pg_class c on c.oid = l.relation \
             where l.pid = {pid} and not l.granted), '')"
        );
        let statement = run(&*self.session, text);
        let watched = async {
            let mut seen = String::new();
            while seen.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
                seen = told(&*self.watcher, &waits).await;
            }
            run(&*self.blocker, "rollback").await.unwrap();
            seen
        };
        let both = async { tokio::join!(statement, watched) };
        let (done, seen) = tokio::time::timeout(Duration::from_secs(30), both).await.map_err(|_| "it does not wait")?;
        done?;
        let wanted = format!("{} {}", self.table_of(&first.name), mode(first.lock));
        if seen == wanted { Ok(()) } else { Err(format!("it waits for {seen}, not for {wanted}")) }
    }

    /// An index is locked by its table.
    fn table_of(&self, name: &str) -> String {
        let index = self.catalog.indexes.iter().find(|index| index.name == name);
        let table = index.and_then(|index| self.catalog.relation(index.relation));
        table.map_or_else(|| name.to_owned(), |table| table.row().name.clone())
    }
}

/// As `pg_locks` writes them, weakest first.
const MODES: [&str; 8] = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

fn mode(lock: TableLock) -> String {
    let words = lock.name();
    let camel = words.split(' ').map(|word| word[..1].to_owned() + &word[1..].to_lowercase());
    format!("{}Lock", camel.collect::<String>())
}

/// The one text that a query gives, handed over in the message of an error, which a transaction ends with.
async fn told(session: &dyn Session, query: &str) -> String {
    let asking = format!("do $told$ begin raise exception '%', 'told:' || coalesce(({query}), ''); end $told$");
    let message = run(session, &asking).await.unwrap_err();
    // Messages begin and end as sentences do.
    let answer = message.strip_prefix("Told:").map(|answer| answer.strip_suffix('.').unwrap_or(answer));
    answer.unwrap_or_else(|| panic!("{message}")).to_owned()
}
