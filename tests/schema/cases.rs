//! One change at a time, there and back, with the statements that it takes written down beside.
//!
//! `cases/ENGINE.sql` has a case for each kind of object that is made, changed and dropped:
//!
//! ```text
//! == a column gets another name
//! create table t (a int);
//! -- becomes
//! create table t (b int);
//! -- renames t.a=b
//! ```

use std::{fmt::Write as _, fs, path::Path};

use catalog::{ObjectKey, ObjectKind};
use schema::{Comparison, Definition, Options, Rename, plan};

use crate::{
    apply,
    engines::{Scratch, Server},
    make, read_as,
};

struct Case {
    name: String,
    from: String,
    to: String,
    renames: Vec<(String, String)>,
}

fn cases(engine: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/cases").join(format!("{engine}.sql"));
    let text = fs::read_to_string(path).unwrap();
    let parse = |block: &str| {
        let (name, body) = block.split_once('\n').unwrap();
        let (from, to) = body.split_once("-- becomes").unwrap_or_else(|| panic!("{name} becomes nothing"));
        let said = to.lines().filter_map(|line| line.strip_prefix("-- renames ")?.split_once('='));
        let renames = said.map(|(old, new)| (old.to_owned(), new.to_owned())).collect();
        Case { name: name.trim().to_owned(), from: from.to_owned(), to: to.to_owned(), renames }
    };
    text.split("== ").filter(|block| !block.trim().is_empty()).map(parse).collect()
}

/// `table.column` or `table` as a rename of what is there.
fn rename(definition: &Definition, old: &str, new: &str) -> Rename {
    let kinds = [ObjectKind::Relation, ObjectKind::Column, ObjectKind::Sequence];
    let dotted = |key: &ObjectKey| match &key.signature {
        Some(table) => format!("{table}.{}", key.name),
        None => key.name.clone(),
    };
    let found = definition.objects.keys().find(|key| kinds.contains(&key.kind) && dotted(key) == old);
    let from = found.unwrap_or_else(|| panic!("no {old}")).clone();
    Rename { to: ObjectKey { name: new.to_owned(), ..from.clone() }, from }
}

async fn made(
    server: &Server,
    of: schema::Server,
    script: &str,
) -> (Scratch, std::sync::Arc<dyn driver::Connection>, Definition) {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    make(&*connection, script, of.dialect()).await;
    let definition = read_as(&*connection, of).await;
    (scratch, connection, definition)
}

/// Every case goes there and back, and the statements are those that are written down.
pub async fn hold(server: &Server, engine: &str, of: schema::Server, golden: bool) {
    let (mut failures, mut told) = (Vec::new(), String::new());
    for case in cases(engine) {
        let (old, connection, before) = made(server, of, &case.from).await;
        let (new, other, after) = made(server, of, &case.to).await;
        let renames: Vec<Rename> = case.renames.iter().map(|(old, new)| rename(&before, old, new)).collect();
        let back: Vec<Rename> =
            renames.iter().rev().map(|one| Rename { from: one.to.clone(), to: one.from.clone() }).collect();
        let _ = writeln!(told, "== {}", case.name);
        for (way, one, wanted, renames) in [("there", &before, &after, renames), ("back", &after, &before, back)] {
            let found = plan(one, wanted, &Options { renames, ..Options::default() }).unwrap();
            let _ = write!(told, "-- {way}\n{}", found.script());
            if found.steps.is_empty() {
                failures.push(format!("{}, {way}: nothing differs", case.name));
            }
            match apply(&*connection, &found).await {
                Err(failure) => failures.push(format!("{}, {way}: {failure}\n{}", case.name, found.script())),
                Ok(()) => {
                    let left = Comparison::between(&read_as(&*connection, of).await, wanted);
                    if !left.is_empty() {
                        failures.push(format!("{}, {way}: {:#?}\n{}", case.name, left.differences, found.script()));
                    }
                }
            }
        }
        for (scratch, connection) in [(old, connection), (new, other)] {
            connection.close().await;
            server.drop(scratch).await;
        }
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n\n"));
    if golden {
        insta::with_settings!({ snapshot_path => "cases", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(engine, told);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_change_at_a_time_on_postgres_18() {
    let Some(found) = tests::servers::postgres(18) else { return };
    hold(&Server::postgres(&found).await, "postgres", schema::Server::postgres(180_000), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_change_at_a_time_on_postgres_15() {
    let Some(found) = tests::servers::postgres(15) else { return };
    hold(&Server::postgres(&found).await, "postgres", schema::Server::postgres(150_000), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_change_at_a_time_on_mariadb() {
    let Some(server) = Server::mariadb().await else { return };
    hold(&server, "mariadb", schema::Server::mariadb(101_100), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_change_at_a_time_on_sqlite() {
    hold(&Server::sqlite(), "sqlite", schema::Server::sqlite(3_050_000), true).await;
}
