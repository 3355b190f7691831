//! What is staged, reviewed, applied and taken back, on SQLite and on real servers, each in a database of its own.

mod beside;
mod objects;
mod online;

use super::*;
use crate::{
    runs::tests::{outcomes, play, script},
    testing::servers::{address, shop_at},
};

pub(super) async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

/// A database of its own on a server.
pub(super) struct Made {
    pub(super) shop: Shop,
    admin: Shop,
    pub(super) name: String,
    schema: String,
}

impl Made {
    pub(super) async fn on(variable: &str, text: &str) -> Option<Made> {
        let url = address(variable)?;
        let admin = shop_at(&url, Safety::Free).await;
        let name = format!("structure_{}", uuid::Uuid::new_v4().simple());
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        let mut there = url::Url::parse(&url).unwrap();
        there.set_path(&name);
        let shop = shop_at(there.as_str(), Safety::Free).await;
        run(&shop, text).await;
        let schema = if variable.contains("POSTGRES") { "public".to_owned() } else { name.clone() };
        Some(Made { shop, admin, name, schema })
    }

    pub(super) fn table(&self, name: &str) -> ObjectRef {
        ObjectRef { schema: Some(self.schema.clone()), ..table(name) }
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.schema == "public"
    }

    /// Its address, on the server of this variable.
    pub(super) fn target(&self, variable: &str) -> String {
        let mut url = url::Url::parse(&address(variable).unwrap()).unwrap();
        url.set_path(&self.name);
        url.to_string()
    }

    pub(super) async fn remove(self) {
        let force = if self.is_postgres() { " WITH (FORCE)" } else { "" };
        self.shop.app.disconnect(&self.shop.profile).await.unwrap();
        run(&self.admin, &format!("DROP DATABASE {}{force}", self.name)).await;
    }
}

impl Shop {
    pub(super) async fn review(&self) -> StructureReview {
        self.app.review_structure(&self.profile, None, Vec::new()).await.unwrap()
    }

    pub(super) async fn apply(&self) -> StructureApplied {
        let review = self.review().await;
        assert_eq!(review.refusal, None);
        self.app.apply_structure(&self.profile, None, &review.digest, Vec::new(), 2_000, None).await.unwrap()
    }

    /// Applies everything that is staged, and says under which number.
    pub(super) async fn applied(&self) -> i64 {
        match self.apply().await {
            StructureApplied::Applied { id, .. } => id,
            other => panic!("{other:#?}"),
        }
    }

    /// How the database is defined now. Roles are the cluster's: tests beside this one make some.
    pub(super) async fn defined(&self) -> schema::Definition {
        let place = self.app.database_place(&self.profile, None).await.unwrap();
        let mut found = self.app.defined(&place, true).await.unwrap().definition.clone();
        found.objects.retain(|key, _| key.kind != catalog::ObjectKind::Role);
        found
    }

    pub(super) async fn draft(&self) -> StructureDraft {
        self.app.structure_draft(&self.profile, None).await.unwrap()
    }
}

pub(super) fn same(one: &schema::Definition, other: &schema::Definition) {
    let differences = schema::Comparison::between(one, other).differences;
    assert!(differences.is_empty(), "{differences:#?}");
}

fn reference(table: &ObjectRef, column: &str, to: &ObjectRef, there: &str) -> StructureEdit {
    let key = StructureForeignKeyForm {
        name: None,
        columns: vec![column.to_owned()],
        references: to.clone(),
        referenced_columns: vec![there.to_owned()],
        on_delete: StructureAction::Cascade,
        on_update: StructureAction::NoAction,
        deferrable: None,
    };
    StructureEdit::ForeignKey { table: table.clone(), name: None, key }
}

/// A table with a key and a foreign key, a column, an index and other names.
async fn change(shop: &Shop, of: impl Fn(&str) -> ObjectRef, number: &str) {
    let (people, orders, notes) = (of("people"), of("orders"), of("notes"));
    let create = StructureEdit::CreateTable {
        schema: notes.schema.clone(),
        name: "notes".to_owned(),
        columns: vec![
            StructureColumnForm { nullable: false, ..column("id", number) },
            column("order_id", number),
            StructureColumnForm { default: Some("'new'".to_owned()), ..column("state", "varchar(20)") },
        ],
        primary_key: vec!["id".to_owned()],
        row_security: false,
        partition_by: None,
        comment: None,
    };
    shop.staged(create).await;
    shop.staged(reference(&notes, "order_id", &orders, "id")).await;
    shop.staged(index(&notes, "notes_by_state", &["state"])).await;
    shop.staged(add(&orders, column("remark", "varchar(80)"))).await;
    shop.staged(reference(&orders, "person_id", &people, "id")).await;
    let mut name = shop.page(people.clone()).await.columns[1].form.clone();
    name.name = "full_name".to_owned();
    name.nullable = false;
    shop.staged(StructureEdit::Column { table: people, name: Some("name".to_owned()), column: name }).await;
    shop.staged(StructureEdit::Rename { object: orders, name: "sales".to_owned() }).await;
}

const TABLES: &str = "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));
    CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person_id int);
    CREATE INDEX orders_by_person ON orders (person_id);
    INSERT INTO people VALUES (1, 'Ada'); INSERT INTO orders VALUES (1, 1);";

async fn there_and_back(shop: &Shop, of: impl Fn(&str) -> ObjectRef, number: &str) {
    let before = shop.defined().await;
    change(shop, &of, number).await;
    let review = shop.review().await;
    assert!(review.steps.iter().any(|step| !step.locks.is_empty()), "{:#?}", review.steps);
    assert!(review.steps.iter().all(|step| !step.unread), "{:#?}", review.steps);
    assert!(review.back_script.contains("notes") && !review.lossy.is_empty(), "{}", review.back_script);
    let stale = shop.app.apply_structure(&shop.profile, None, "another", Vec::new(), 2_000, None).await.unwrap();
    assert_eq!(stale, StructureApplied::Stale);
    let id = shop.applied().await;
    let draft = shop.draft().await;
    assert_eq!((draft.groups.len(), draft.undo, draft.last), (0, None, None));
    let page = shop.page(of("sales")).await;
    assert!(page.columns.iter().any(|one| one.form.name == "remark"), "{page:#?}");
    assert_eq!(page.foreign_keys.len(), 1);
    assert!(page.foreign_keys[0].form.is_some(), "{:#?}", page.foreign_keys);
    let sets = shop.app.structure_applied(&shop.profile, None).await.unwrap();
    assert_eq!((sets.len(), sets[0].id, sets[0].what.len()), (1, id, 7));
    shop.staged(StructureEdit::TakeBack { applied: id }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
}

#[tokio::test]
async fn sqlite_there_and_back() {
    let shop = Shop::open().await;
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.execute_batch(
        "DROP VIEW big_orders; DROP TABLE orders; DROP TABLE customers;
         CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));
         CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person_id int);
         CREATE INDEX orders_by_person ON orders (person_id);
         INSERT INTO people VALUES (1, 'Ada'); INSERT INTO orders VALUES (1, 1);",
    )
    .unwrap();
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    there_and_back(&shop, table, "int").await;
    let rows: i64 = file.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1, "a table that is made anew keeps its rows");
}

#[tokio::test]
async fn postgres_there_and_back() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    there_and_back(&made.shop, |name| made.table(name), "integer").await;
    made.remove().await;
}

#[tokio::test]
async fn mariadb_there_and_back() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    there_and_back(&made.shop, |name| made.table(name), "int(11)").await;
    made.remove().await;
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_told_and_not_overwritten() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let mut name = shop.page(people.clone()).await.columns[1].form.clone();
    name.native_type = "text".to_owned();
    shop.staged(StructureEdit::Column { table: people.clone(), name: Some("name".to_owned()), column: name }).await;
    shop.staged(add(&people, column("born", "date"))).await;
    let fine = shop.review().await;
    run(shop, "ALTER TABLE people ALTER COLUMN name TYPE varchar(99)").await;
    let review = shop.review().await;
    assert!(review.refusal.as_deref().is_some_and(|text| text.contains("changed by somebody else")), "{review:#?}");
    let error = shop.app.apply_structure(&shop.profile, None, &fine.digest, Vec::new(), 2_000, None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
    let draft = shop.draft().await;
    let conflicts: Vec<usize> = draft.groups.iter().map(|group| group.conflicts.len()).collect();
    assert_eq!(conflicts, [1, 0]);
    shop.staged(StructureEdit::Discard { group: draft.groups[0].id }).await;
    shop.applied().await;
    made.remove().await;
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_names_who_has_it_and_nothing_is_kept() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let shop = &made.shop;
    let before = shop.defined().await;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    shop.staged(add(&made.table("orders"), column("at", "date"))).await;
    let holding = shop_at(&made.target("ROWHOUSE_TEST_POSTGRES_18_URL"), Safety::Free).await;
    run(&holding, "BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE").await;
    let review = shop.review().await;
    let told = shop.app.apply_structure(&shop.profile, None, &review.digest, Vec::new(), 200, None).await.unwrap();
    let StructureApplied::Locked { kept, blockers, statement, .. } = told else { panic!("{told:#?}") };
    assert_eq!((kept, blockers.len()), (0, 1), "{blockers:#?}");
    assert!(review.steps[statement as usize].sql.contains("orders"));
    same(&before, &shop.defined().await);
    assert_eq!(shop.draft().await.groups.len(), 2, "everything is staged still");
    holding.app.disconnect(&holding.profile).await.unwrap();
    shop.applied().await;
    made.remove().await;
}

#[tokio::test]
async fn what_mariadb_keeps_of_a_refused_set_is_staged_no_more() {
    let text = "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));
        INSERT INTO people VALUES (1, NULL);
        CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person_id int);";
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", text).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    shop.staged(add(&made.table("orders"), column("note", "varchar(20)"))).await;
    let mut name = shop.page(people.clone()).await.columns[1].form.clone();
    name.nullable = false;
    shop.staged(StructureEdit::Column { table: people, name: Some("name".to_owned()), column: name }).await;
    let review = shop.review().await;
    assert!(!review.together && review.steps.len() == 2, "{review:#?}");
    let told = shop.apply().await;
    let StructureApplied::Refused { statement, kept, error, .. } = told else { panic!("{told:#?}") };
    assert!(review.steps[statement as usize].sql.contains("people"), "{error:?}");
    assert_eq!((statement, kept), (1, 1));
    let draft = shop.draft().await;
    assert_eq!(labels(&draft), ["Change people.name"], "what was kept is staged no more");
    run(shop, "UPDATE people SET name = 'Ada' WHERE id = 1").await;
    shop.applied().await;
    assert!(shop.draft().await.groups.is_empty());
    made.remove().await;
}

#[tokio::test]
async fn nothing_is_sent_where_writes_are_not_allowed_or_not_confirmed() {
    let shop = Shop::open_as(Safety::ReadOnly).await;
    shop.staged(add(&table("orders"), column("note", "text"))).await;
    let review = shop.review().await;
    assert!(review.warnings.iter().any(|text| text.contains("read-only")), "{:?}", review.warnings);
    let error = shop.app.apply_structure(&shop.profile, None, &review.digest, Vec::new(), 500, None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Forbidden);
    let shop = Shop::open_as(Safety::ConfirmWrites).await;
    let before = shop.defined().await;
    shop.staged(StructureEdit::Drop { object: part("column", &table("customers"), "note") }).await;
    let StructureApplied::Confirm { question } = shop.apply().await else { panic!("nobody was asked") };
    assert_eq!(question.typed.as_deref(), Some("note"));
    let consent = |typed: &str| RunConsent { digest: question.digest.clone(), typed: Some(typed.to_owned()) };
    let say = async |typed: &str| {
        let consent = Some(consent(typed));
        shop.app.apply_structure(&shop.profile, None, &question.digest, Vec::new(), 500, consent).await
    };
    assert_eq!(say("notes").await.unwrap_err().code, ErrorCode::Forbidden);
    same(&before, &shop.defined().await);
    assert!(matches!(say("note").await.unwrap(), StructureApplied::Applied { .. }));
}
