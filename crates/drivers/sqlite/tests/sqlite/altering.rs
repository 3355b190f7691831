//! Definitions changed in real files.

use std::sync::Mutex;

use async_trait::async_trait;
use driver::{
    Code, Error,
    alter::{AlterStatement, Application, Applied, Witness},
};

use crate::support::{connect, folder, session, works};

const SHOP: [&str; 4] = [
    "create table people (id integer primary key, name text)",
    "create table orders (id integer primary key, person int references people (id))",
    "insert into people values (1, 'Ann')",
    "insert into orders values (1, 1)",
];

fn application(statements: &[&str]) -> Application {
    Application { lock_timeout_ms: 200, ..Application::together(statements.iter().copied(), true, 200) }
}

/// Keeps what it hears.
#[derive(Default)]
struct Hears(Mutex<Vec<String>>, bool);

#[async_trait]
impl Witness for Hears {
    async fn began(&self, statement: usize) -> Result<(), Error> {
        self.0.lock().unwrap().push(statement.to_string());
        Ok(())
    }

    async fn about_to_commit(&self, mark: &str) -> Result<(), Error> {
        self.0.lock().unwrap().push(format!("commit{mark}"));
        if self.1 { Err(Error::new(Code::Exhausted, "the disk is full")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn changes_are_kept_together_or_not_at_all() {
    let folder = folder();
    let connection = connect(&folder.path().join("shop.db")).await;
    let session = session(&*connection).await;
    for text in SHOP {
        works(&*session, text).await;
    }
    let alter = connection.control().alter().unwrap();
    let seen = || async {
        let read = connection.control().catalog(&catalog::Scope::complete()).await.unwrap();
        read.relations.iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    let good = ["create table more (id int)", "alter table people add column age int"];
    let tried = alter.apply(&Application { keep: false, ..application(&good) }, &()).await.unwrap();
    assert!(matches!(tried, Applied::Done { kept: false, .. }), "{tried:?}");
    match alter.apply(&application(&[good[0], "alter table nobody add column age int"]), &()).await.unwrap() {
        Applied::Refused { statement: 1, said } => assert!(said.message.contains("nobody"), "{said:?}"),
        other => panic!("{other:?}"),
    }
    let full = Hears(Mutex::default(), true);
    assert_eq!(alter.apply(&application(&good), &full).await.unwrap_err().code, Code::Exhausted);
    assert_eq!(seen().await, ["orders", "people"], "nothing of all that stays");
    let hears = Hears::default();
    let kept = alter.apply(&application(&good), &hears).await.unwrap();
    assert!(matches!(kept, Applied::Done { kept: true, .. }), "{kept:?}");
    assert_eq!(*hears.0.lock().unwrap(), ["0", "1", "commit"]);
    assert_eq!(seen().await, ["more", "orders", "people"]);
}

#[tokio::test]
async fn a_check_that_finds_rows_keeps_nothing_and_names_them() {
    let folder = folder();
    let connection = connect(&folder.path().join("shop.db")).await;
    let session = session(&*connection).await;
    for text in SHOP {
        works(&*session, text).await;
    }
    let alter = connection.control().alter().unwrap();
    let mut wanted = application(&["delete from people"]);
    wanted.before.push("PRAGMA foreign_keys = OFF".to_owned());
    wanted.statements.push(AlterStatement { sql: "PRAGMA foreign_key_check".to_owned(), check: true });
    match alter.apply(&wanted, &()).await.unwrap() {
        Applied::Refused { statement: 1, said } => {
            assert_eq!(said.code, Code::ConstraintViolated);
            assert!(said.message.contains("row 1 of orders refers to nothing in people"), "{said:?}");
        }
        other => panic!("{other:?}"),
    }
    let mut wanted = application(&["update people set name = 'Bob'"]);
    wanted.statements.push(AlterStatement { sql: "PRAGMA foreign_key_check".to_owned(), check: true });
    assert!(matches!(alter.apply(&wanted, &()).await.unwrap(), Applied::Done { kept: true, .. }));
}

#[tokio::test]
async fn a_file_that_somebody_writes_is_waited_for_only_so_long() {
    let folder = folder();
    let connection = connect(&folder.path().join("shop.db")).await;
    let writer = session(&*connection).await;
    for text in SHOP {
        works(&*writer, text).await;
    }
    works(&*writer, "begin immediate").await;
    let alter = connection.control().alter().unwrap();
    let wanted = application(&["create table more (id int)"]);
    let found = alter.apply(&wanted, &()).await.unwrap();
    assert!(matches!(found, Applied::Locked { statement: 0, .. }), "{found:?}");
    works(&*writer, "rollback").await;
    assert!(matches!(alter.apply(&wanted, &()).await.unwrap(), Applied::Done { .. }));
}

#[tokio::test]
async fn what_would_end_the_transaction_is_not_sent() {
    let folder = folder();
    let connection = connect(&folder.path().join("shop.db")).await;
    let alter = connection.control().alter().unwrap();
    for script in [false, true] {
        for ends in ["commit", "END TRANSACTION", "rollback", "begin"] {
            let wanted = Application { script, ..application(&["create table more (id int)", ends]) };
            assert_eq!(alter.apply(&wanted, &()).await.unwrap_err().code, Code::InvalidStatement, "{ends}");
        }
    }
    let read = connection.control().catalog(&catalog::Scope::complete()).await.unwrap();
    assert!(read.relations.is_empty(), "nothing of it ran");
}
