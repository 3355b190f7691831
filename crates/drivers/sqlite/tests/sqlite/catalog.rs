//! The catalog of real files.

use catalog::{Action, Catalog, ConstraintKind, Identity, Kind, Known, ObjectKey, ObjectKind, RelationKind, Scope};
use driver::{Code, Connection};

use crate::support::{connect, folder, make, session, works};

const SHOP: &str = r#"
CREATE TABLE customers(
    id INTEGER CONSTRAINT customers_key PRIMARY KEY AUTOINCREMENT, -- the customer's number
    email TEXT COLLATE NOCASE NOT NULL CONSTRAINT one_mail UNIQUE,
    name TEXT DEFAULT 'nobody' CONSTRAINT named CHECK (name <> ''),
    lower_name TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL,
    tag BLOB,
    CHECK (id > 0)
) STRICT;
CREATE TABLE "we""ird.name 🚀"(
    "a b" TEXT, c INT, PRIMARY KEY ("a b" COLLATE NOCASE, c)
) WITHOUT ROWID;
CREATE TABLE orders(
    id PRIMARY KEY,
    customer INTEGER NOT NULL CONSTRAINT of_customer REFERENCES Customers ON DELETE CASCADE ON UPDATE SET NULL,
    other TEXT, number INT,
    parent REFERENCES orders(id) DEFERRABLE INITIALLY DEFERRED,
    gone REFERENCES nowhere(x),
    FOREIGN KEY (other, number) REFERENCES "we""ird.name 🚀" ON DELETE SET DEFAULT
);
CREATE INDEX by_total ON orders(abs(number) DESC, other) WHERE other IS NOT NULL;
CREATE UNIQUE INDEX "one""each" ON orders(customer, number DESC);
CREATE VIEW v AS SELECT id AS i, email FROM customers;
CREATE VIEW broken AS SELECT * FROM nowhere;
CREATE TRIGGER stamp AFTER UPDATE OF name ON customers WHEN new.name IS NOT NULL BEGIN SELECT 1; END;
CREATE TRIGGER instead INSTEAD OF DELETE ON v BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE words USING fts5(body);
INSERT INTO customers(email) VALUES ('a@b'), ('c@d');
ANALYZE;
"#;

async fn shop() -> (tempfile::TempDir, std::sync::Arc<dyn Connection>) {
    let folder = folder();
    let path = folder.path().join("shop.db");
    make(&path, SHOP);
    let connection = connect(&path).await;
    (folder, connection)
}

fn names(catalog: &Catalog) -> Vec<&str> {
    catalog.relations.iter().map(|relation| relation.name.as_str()).collect()
}

#[tokio::test]
async fn relations_have_their_kinds_options_and_estimates() {
    let (_folder, connection) = shop().await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    assert_eq!(catalog.database.as_deref(), Some("shop.db"));
    assert_eq!(names(&catalog), ["broken", "customers", "orders", "v", "we\"ird.name 🚀", "words"]);
    assert_eq!(catalog.complete(&Kind::LEAN), Ok(()));
    let row = |name: &str| catalog.relation(catalog.find_relation(Some("main"), name).unwrap()).unwrap().row();
    assert_eq!(row("v").kind, RelationKind::View);
    assert_eq!(row("words").kind, RelationKind::VirtualTable);
    assert_eq!(row("words").options, ["USING fts5"]);
    assert_eq!(row("customers").options, ["STRICT"]);
    assert_eq!(row("we\"ird.name 🚀").options, ["WITHOUT ROWID"]);
    assert_eq!(row("customers").estimated_rows, Known::Value(Some(2)));
    assert_eq!(row("orders").estimated_rows, Known::Value(Some(0)));
    assert_eq!(row("we\"ird.name 🚀").estimated_rows, Known::Value(None), "ANALYZE left nothing of it");
    assert!(row("customers").bytes.value().unwrap() >= &8192, "table and its index");
    assert!(row("v").definition.is_not_loaded());
    let database = &catalog.databases[0];
    assert_eq!((database.name.as_str(), database.encoding.as_deref()), ("shop.db", Some("UTF-8")));
    let all = Scope { include_system: true, ..Scope::complete() };
    let all = connection.control().catalog(&all).await.unwrap();
    assert!(names(&all).contains(&"sqlite_schema") && names(&all).contains(&"words_data"));
    assert_eq!(all.coverage[&Kind::Policies], Known::Unsupported);
    assert_eq!(all.complete(&Kind::ALL), Ok(()));
}

#[tokio::test]
async fn columns_tell_type_null_default_identity_generated_and_collation() {
    let (_folder, connection) = shop().await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let columns = |name: &str| catalog.relation(catalog.find_relation(None, name).unwrap()).unwrap().columns();
    let [id, email, name, lower, tag] = columns("customers") else { panic!() };
    assert_eq!((id.identity, id.nullable.clone()), (Some(Identity::ByDefault), Known::Value(false)));
    assert_eq!((email.collation.as_deref(), email.native_type.as_str()), (Some("NOCASE"), "TEXT"));
    assert_eq!(name.default.as_deref(), Some("'nobody'"));
    let generated = lower.generated.as_ref().unwrap();
    assert_eq!((generated.expression.as_deref(), generated.stored), (Some("lower(name)"), false));
    assert_eq!((tag.native_type.as_str(), tag.ordinal, tag.nullable.clone()), ("BLOB", 5, Known::Value(true)));
    let weird = columns("we\"ird.name 🚀");
    assert!(weird.iter().all(|column| column.nullable == Known::Value(false)), "keys WITHOUT ROWID are never NULL");
    let orders = columns("orders");
    assert_eq!(
        (orders[0].identity, orders[0].nullable.clone()),
        (None, Known::Value(true)),
        "an old mistake of SQLite"
    );
    assert_eq!(columns("v").iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["i", "email"]);
    assert!(columns("broken").is_empty());
    assert_eq!(columns("words").len(), 1, "hidden columns are arguments");
}

#[tokio::test]
async fn constraints_foreign_keys_indexes_and_triggers_are_all_there() {
    let (_folder, connection) = shop().await;
    let catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
    let walk = |name: &str| catalog.relation(catalog.find_relation(None, name).unwrap()).unwrap();
    let customers = walk("customers");
    let constraints: Vec<_> = customers
        .constraints()
        .iter()
        .map(|found| (found.kind, found.name.as_deref(), found.definition.value().unwrap().as_str()))
        .collect();
    assert_eq!(
        constraints,
        [
            (ConstraintKind::PrimaryKey, Some("customers_key"), "PRIMARY KEY (\"id\")"),
            (ConstraintKind::Unique, Some("one_mail"), "UNIQUE (\"email\")"),
            (ConstraintKind::Check, None, "CHECK (id > 0)"),
            (ConstraintKind::Check, Some("named"), "CHECK (name <> '')"),
        ]
    );
    let weird = walk("we\"ird.name 🚀");
    assert_eq!(weird.primary_key().unwrap().columns, ["a b", "c"]);
    let orders = walk("orders");
    let keys = orders.foreign_keys();
    assert_eq!(keys.len(), 4);
    let key = |column: &str| keys.iter().find(|key| key.columns[0] == column).unwrap();
    let of_customer = key("customer");
    assert_eq!(of_customer.name.as_deref(), Some("of_customer"));
    assert_eq!(of_customer.references, ("main".to_owned(), "customers".to_owned()));
    assert_eq!(of_customer.referenced, catalog.find_relation(None, "customers"));
    assert_eq!(of_customer.referenced_columns, ["id"], "resolved to the primary key");
    assert_eq!((of_customer.on_delete, of_customer.on_update), (Action::Cascade, Action::SetNull));
    assert!(key("parent").deferrable && key("parent").initially_deferred);
    assert_eq!(key("gone").referenced, None);
    assert_eq!(key("other").columns, ["other", "number"]);
    assert_eq!(key("other").referenced_columns, ["a b", "c"]);
    let index = |name: &str| orders.indexes().iter().find(|index| index.name == name).unwrap();
    let by_total = index("by_total");
    assert_eq!((by_total.keys[0].text.as_str(), by_total.keys[0].expression), ("abs(number)", true));
    assert!(by_total.keys[0].descending);
    assert_eq!(by_total.predicate.as_deref(), Some("other IS NOT NULL"));
    assert!(index("one\"each").unique && index("one\"each").keys[1].descending);
    assert!(orders.indexes().iter().any(|index| index.primary));
    let stamp = &customers.triggers()[0];
    assert_eq!((stamp.timing.as_deref(), stamp.events.as_slice()), (Some("AFTER"), ["UPDATE".to_owned()].as_slice()));
    assert!(stamp.definition.value().unwrap().starts_with("CREATE TRIGGER stamp"));
    assert_eq!(walk("v").triggers()[0].timing.as_deref(), Some("INSTEAD OF"));
    assert!(walk("v").row().definition.value().unwrap().contains("SELECT id AS i"));
}

#[tokio::test]
async fn one_relation_is_read_alone_with_its_references_resolved() {
    let (_folder, connection) = shop().await;
    let catalog = connection.control().catalog(&Scope::relation(Some("main"), "orders")).await.unwrap();
    assert_eq!(names(&catalog), ["orders"]);
    let orders = catalog.relation(catalog.find_relation(None, "orders").unwrap()).unwrap();
    assert!(orders.row().bytes.value().is_some());
    let unsized_scope = Scope { sizes: false, ..Scope::relation(Some("main"), "orders") };
    let unsized_one = connection.control().catalog(&unsized_scope).await.unwrap();
    assert!(
        unsized_one.relations[0].bytes.is_not_loaded(),
        "what costs reading every page is read where it is asked for"
    );
    let key = orders.foreign_keys().iter().find(|key| key.columns[0] == "customer").unwrap();
    assert_eq!((key.referenced, key.referenced_columns.as_slice()), (None, ["id".to_owned()].as_slice()));
    let none = connection.control().catalog(&Scope::relation(Some("other"), "orders")).await.unwrap();
    assert!(none.relations.is_empty());
}

#[tokio::test]
async fn definitions_are_the_stored_texts() {
    let (_folder, connection) = shop().await;
    let ddl = connection.control().ddl().unwrap();
    let key = |kind, name: &str| ObjectKey { kind, ..ObjectKey::relation(Some("shop.db"), Some("main"), name) };
    let orders = ddl.definition(&key(ObjectKind::Relation, "orders")).await.unwrap();
    assert!(orders.starts_with("CREATE TABLE orders(") && orders.contains("CREATE UNIQUE INDEX \"one\"\"each\""));
    let customers = ddl.definition(&key(ObjectKind::Relation, "customers")).await.unwrap();
    assert!(customers.contains("-- the customer's number") && customers.contains("CREATE TRIGGER stamp"));
    assert!(ddl.definition(&key(ObjectKind::Index, "by_total")).await.unwrap().starts_with("CREATE INDEX by_total"));
    assert!(ddl.definition(&key(ObjectKind::Trigger, "stamp")).await.unwrap().starts_with("CREATE TRIGGER stamp"));
    let whole = ddl.definition(&key(ObjectKind::Schema, "main")).await.unwrap();
    let copy = rusqlite::Connection::open_in_memory().unwrap();
    let whole: String =
        whole.split("\n\n").filter(|text| !text.contains("words_") && !text.contains("sqlite_")).collect();
    copy.execute_batch(&whole).unwrap();
    for (kind, name, code) in [
        (ObjectKind::Relation, "nowhere", Code::NotFound),
        (ObjectKind::Relation, "by_total", Code::NotFound),
        (ObjectKind::Routine, "x", Code::Unsupported),
        (ObjectKind::Index, "sqlite_autoindex_orders_1", Code::Unsupported),
    ] {
        assert_eq!(ddl.definition(&key(kind, name)).await.unwrap_err().code, code, "{name}");
    }
    let elsewhere = ObjectKey::relation(None, Some("elsewhere"), "orders");
    assert_eq!(ddl.definition(&elsewhere).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn many_definitions_at_once_are_the_single_ones() {
    let (_folder, connection) = shop().await;
    let control = connection.control();
    let catalog = control.catalog(&Scope::complete()).await.unwrap();
    let mut keys = Vec::new();
    for walker in catalog.walk_relations() {
        let relation = walker.key();
        let of = |kind, name: &str, table: Option<&str>| ObjectKey {
            kind,
            name: name.to_owned(),
            signature: table.map(str::to_owned),
            ..relation.clone()
        };
        keys.extend(walker.indexes().iter().map(|one| of(ObjectKind::Index, &one.name, None)));
        for trigger in walker.triggers() {
            keys.push(of(ObjectKind::Trigger, &trigger.name, None));
            keys.push(of(ObjectKind::Trigger, &trigger.name, Some(&relation.name)));
            keys.push(of(ObjectKind::Trigger, &trigger.name, Some("another table")));
        }
        keys.push(of(ObjectKind::Relation, "nowhere", None));
        keys.push(of(ObjectKind::Column, "no text", Some(&relation.name)));
        keys.push(relation);
    }
    for schema in ["main", "temp", "elsewhere"] {
        keys.push(ObjectKey { kind: ObjectKind::Schema, ..ObjectKey::relation(None, Some(schema), schema) });
        keys.push(ObjectKey::relation(None, Some(schema), "orders"));
    }
    keys.push(ObjectKey::relation(None, None, "orders"));
    keys.extend(keys.first().cloned());
    let ddl = control.ddl().unwrap();
    let mut single = Vec::new();
    for key in &keys {
        match ddl.definition(key).await {
            Ok(text) => single.push((key.clone(), text)),
            Err(error) => assert!(matches!(error.code, Code::NotFound | Code::Unsupported), "{key:?}: {error:?}"),
        }
    }
    assert!(single.len() > 5 && single.len() < keys.len());
    assert!(
        !single.iter().any(|(key, _)| key.signature.as_deref() == Some("another table")),
        "a trigger of none of its own"
    );
    assert_eq!(ddl.definitions(&keys).await.unwrap(), single);
}

#[tokio::test]
async fn the_control_sees_what_sessions_commit_and_never_writes() {
    let (folder, connection) = shop().await;
    let session = session(&*connection).await;
    works(&*session, "BEGIN IMMEDIATE").await;
    works(&*session, "CREATE TABLE fresh(a)").await;
    let during = connection.control().catalog(&Scope::default()).await.unwrap();
    assert!(!names(&during).contains(&"fresh"));
    works(&*session, "COMMIT").await;
    let after = connection.control().catalog(&Scope::default()).await.unwrap();
    assert!(names(&after).contains(&"fresh"));
    assert!(!folder.path().join("shop.db-journal").exists());
}

#[tokio::test]
async fn many_tables_are_read_by_a_few_queries() {
    let folder = folder();
    let path = folder.path().join("many.db");
    let mut sql = String::from("PRAGMA synchronous = OFF; BEGIN;");
    for i in 0..400 {
        let parent = if i == 0 { "t0".to_owned() } else { format!("t{}", i - 1) };
        sql.push_str(&format!(
            "CREATE TABLE t{i}(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT DEFAULT 1, c REFERENCES {parent}(id));
             CREATE INDEX t{i}a ON t{i}(a); CREATE INDEX t{i}b ON t{i}(b); CREATE UNIQUE INDEX t{i}c ON t{i}(c, a);"
        ));
    }
    sql.push_str("COMMIT;");
    make(&path, &sql);
    let connection = connect(&path).await;
    let begun = std::time::Instant::now();
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let elapsed = begun.elapsed();
    println!("400 tables, lean, in {elapsed:?}");
    assert_eq!(catalog.relations.len(), 400);
    assert_eq!(catalog.columns.len(), 1_600);
    assert_eq!(catalog.indexes.len(), 1_200);
    assert_eq!(catalog.foreign_keys.len(), 400);
    assert!(catalog.foreign_keys.iter().all(|key| key.referenced.is_some()));
    let keys: Vec<ObjectKey> = catalog.walk_relations().map(|walker| walker.key()).collect();
    let begun = std::time::Instant::now();
    let texts = connection.control().ddl().unwrap().definitions(&keys).await.unwrap();
    println!("their texts in {:?}", begun.elapsed());
    assert_eq!(texts.len(), 400);
    assert!(texts.iter().all(|(key, text)| text.matches("CREATE").count() == 4 && text.contains(&key.name)));
}
