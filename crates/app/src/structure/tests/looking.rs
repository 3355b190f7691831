//! What is staged, looked at: on the diagram, weighed by queries, with odd names and with very many columns.

use super::{
    applying::{Made, run},
    *,
};

#[tokio::test]
async fn the_diagram_draws_what_is_staged_and_keeps_nothing_of_it_as_seen() {
    let shop = Shop::open().await;
    let first = shop.app.open_diagram(&shop.profile, None, None).await.unwrap();
    assert!(first.boxes.iter().all(|one| one.staged.is_none()));
    let create = StructureEdit::CreateTable {
        schema: None,
        name: "notes".to_owned(),
        columns: vec![column("id", "integer"), column("customer_id", "integer")],
        primary_key: vec!["id".to_owned()],
        row_security: false,
        partition_by: None,
        comment: None,
    };
    let key = StructureForeignKeyForm {
        name: None,
        columns: vec!["customer_id".to_owned()],
        references: table("customers"),
        referenced_columns: vec!["id".to_owned()],
        on_delete: StructureAction::Cascade,
        on_update: StructureAction::NoAction,
        deferrable: None,
    };
    let key = StructureEdit::ForeignKey { table: table("notes"), name: None, key };
    shop.stage(vec![create, key]).await.unwrap();
    shop.staged(StructureEdit::Drop { object: part("column", &table("customers"), "note") }).await;
    shop.staged(StructureEdit::Rename { object: table("orders"), name: "sales".to_owned() }).await;
    let drawn = shop.app.open_diagram(&shop.profile, None, None).await.unwrap();
    let found = |name: &str| drawn.boxes.iter().find(|one| one.name == name).unwrap();
    let own = |drawn: &DiagramDrawing, name: &str| {
        let one = drawn.boxes.iter().find(|one| one.name == name).unwrap();
        DiagramTable { schema: one.schema.clone(), name: one.name.clone() }
    };
    assert_eq!(found("notes").staged, Some(StructureChange::Added));
    assert_eq!(found("customers").staged, Some(StructureChange::Changed));
    assert_eq!((found("orders").staged, found("orders").title.as_str()), (Some(StructureChange::Changed), "sales"));
    let note = found("customers").rows.iter().find(|row| row.name == "note").unwrap();
    assert_eq!(note.staged, Some(StructureChange::Removed), "what goes is drawn still");
    assert_eq!(drawn.lines.iter().filter(|line| line.staged == Some(StructureChange::Added)).count(), 1);
    assert!(drawn.added.is_empty() && drawn.gone.is_empty() && drawn.renamed.is_empty());
    let relations = shop.app.table_relations(&shop.profile, None, own(&drawn, "notes")).await.unwrap();
    assert_eq!(relations.refers_to.len(), 1, "{relations:#?}");
    assert_eq!(relations.refers_to[0].staged, Some(StructureChange::Added));
    let near = shop.app.related_tables(&shop.profile, None, vec![own(&drawn, "notes")], 1, false).await.unwrap();
    assert!(near.contains(&own(&drawn, "customers")), "{near:?}");
    let exported = async |format| {
        let file = shop.home.path().join("diagram");
        shop.app.export_diagram(&drawn.id, format, false, Vec::new(), file.to_str().unwrap()).await.unwrap();
        std::fs::read_to_string(file).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&exported(DiagramFormat::Json).await).unwrap();
    let told = |name: &str| json["tables"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!((told("notes")["staged"].as_str(), told("orders")["new_name"].as_str()), (Some("added"), Some("sales")));
    let dbml = exported(DiagramFormat::Dbml).await;
    assert!(dbml.contains("\"sales\"") && !dbml.contains("\"note\""), "{dbml}");
    assert!(!dbml.contains("\"orders\""), "{dbml}");
    let svg = exported(DiagramFormat::Svg).await;
    assert!(svg.contains(">sales</text>") && svg.contains(">−</text>"), "what goes is struck through");
    let sql = exported(DiagramFormat::Sql).await;
    let (there, wanted) = sql.split_once("-- What is staged").unwrap();
    assert!(!there.contains("notes") && wanted.contains("notes") && wanted.contains("sales"), "{sql}");
    let settled = (found("notes").x, found("notes").y);
    let again = shop.app.open_diagram(&shop.profile, None, None).await.unwrap();
    let own = again.boxes.iter().find(|one| one.name == "notes").unwrap();
    assert_eq!((own.x, own.y), settled);
    shop.staged(StructureEdit::DiscardAll).await;
    let back = shop.app.open_diagram(&shop.profile, None, None).await.unwrap();
    let names = |drawing: &DiagramDrawing| drawing.boxes.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&back), names(&first));
    assert!(back.added.is_empty() && back.gone.is_empty());
    for (one, other) in back.boxes.iter().zip(&first.boxes) {
        assert_eq!((one.x, one.y), (other.x, other.y), "{} lies where it lay", one.name);
    }
}

#[tokio::test]
async fn rows_in_danger_are_counted() {
    let text = "CREATE TABLE people (id int PRIMARY KEY, name varchar(40), note text, age text);
        CREATE TABLE orders (id int PRIMARY KEY, person_id int);
        INSERT INTO people VALUES (1, 'Ada', 'x', '40'), (2, 'Ada', NULL, 'old'), (3, NULL, 'y', NULL);
        INSERT INTO orders VALUES (1, 1), (2, 9), (3, NULL);";
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", text).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let change = |name: &str, change: &dyn Fn(&mut StructureColumnForm)| {
        let mut form = column(name, if name == "name" { "character varying(40)" } else { "text" });
        change(&mut form);
        StructureEdit::Column { table: people.clone(), name: Some(name.to_owned()), column: form }
    };
    let key = StructureForeignKeyForm {
        name: None,
        columns: vec!["person_id".to_owned()],
        references: people.clone(),
        referenced_columns: vec!["id".to_owned()],
        on_delete: StructureAction::NoAction,
        on_update: StructureAction::NoAction,
        deferrable: None,
    };
    let unique = StructureKeyForm { name: None, primary: false, columns: vec!["name".to_owned()] };
    let check = StructureCheckForm { name: None, expression: "id < 3".to_owned() };
    let edits = vec![
        StructureEdit::Drop { object: part("column", &people, "note") },
        change("name", &|form| form.nullable = false),
        change("age", &|form| form.native_type = "integer".to_owned()),
        StructureEdit::Key { table: people.clone(), name: None, key: unique },
        StructureEdit::Check { table: people.clone(), name: None, check },
        StructureEdit::ForeignKey { table: made.table("orders"), name: None, key },
    ];
    for edit in edits {
        shop.staged(edit).await;
    }
    let review = shop.review().await;
    let risks = shop.app.weigh_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap();
    let found = |words: &str| {
        let one = risks.iter().find(|risk| risk.words.contains(words));
        one.map(|risk| (risk.rows, risk.fails)).unwrap_or_else(|| panic!("{words}: {risks:#?}"))
    };
    assert_eq!(found("have a value in people.note"), (Some(2), false));
    assert_eq!(found("no value in people.name"), (Some(1), true));
    assert_eq!(found("none of integer"), (Some(1), true));
    assert_eq!(found("more than once"), (Some(1), true));
    assert_eq!(found("do not pass"), (Some(1), true));
    assert_eq!(found("refer to none of people"), (Some(1), true));
    assert_eq!(risks.len(), 6);
    let StructureTrial::Refused { .. } =
        shop.app.try_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap()
    else {
        panic!("the server takes what the counts say it refuses")
    };
    shop.staged(StructureEdit::DiscardAll).await;
    shop.staged(add(&people, column("born", "date"))).await;
    let review = shop.review().await;
    let trial = shop.app.try_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap();
    assert!(matches!(trial, StructureTrial::Fine { .. }), "{trial:?}");
    assert_eq!(shop.page(people).await.columns.iter().filter(|one| one.change.is_some()).count(), 1);
    made.remove().await;
}

#[tokio::test]
async fn odd_names_and_sixteen_hundred_columns_are_there_and_back() {
    for variable in ["ROWHOUSE_TEST_POSTGRES_18_URL", "ROWHOUSE_TEST_MARIADB_URL"] {
        let Some(made) = Made::on(variable, "CREATE TABLE plain (id int PRIMARY KEY)").await else { continue };
        let shop = &made.shop;
        let of_postgres = variable.contains("POSTGRES");
        let number = if of_postgres { "integer" } else { "int(11)" };
        let before = shop.defined().await;
        let odd = "select \"a`b\"; שלום 🚀'";
        let odd = if of_postgres { odd } else { "select \"a`b\"; שלום '" };
        let columns = vec![
            StructureColumnForm { nullable: false, ..column("order", number) },
            column("Group by", number),
            column("group by 2", number),
        ];
        let create = StructureEdit::CreateTable {
            schema: made.table(odd).schema,
            name: odd.to_owned(),
            columns,
            primary_key: vec!["order".to_owned()],
            row_security: false,
            partition_by: None,
            comment: Some("it's \\ odd".to_owned()),
        };
        shop.staged(create).await;
        shop.staged(index(&made.table(odd), "where \"x\"", &["Group by", "order"])).await;
        let applied = shop.applied().await;
        let page = shop.page(made.table(odd)).await;
        assert_eq!((page.columns.len(), page.comment.as_deref()), (3, Some("it's \\ odd")));
        let form = page.indexes[0].form.as_ref().unwrap();
        assert_eq!(form.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>(), ["Group by", "order"]);
        shop.staged(StructureEdit::TakeBack { applied }).await;
        shop.applied().await;
        super::applying::same(&before, &shop.defined().await);
        // InnoDB has room for 1,017 columns, PostgreSQL for 1,600.
        let most = if of_postgres { 1_600 } else { 1_000 };
        let wide: Vec<String> = (0..most - 1).map(|place| format!("c{place} {number}")).collect();
        run(shop, &format!("CREATE TABLE wide (id int PRIMARY KEY, {})", wide[..most - 2].join(", "))).await;
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        assert_eq!(shop.page(made.table("wide")).await.columns.len(), most - 1);
        shop.staged(add(&made.table("wide"), column("last", number))).await;
        shop.applied().await;
        assert_eq!(shop.page(made.table("wide")).await.columns.len(), most);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_is_not_compared_is_told_and_warned_of_where_it_would_go() {
    let text = "CREATE TABLE t (id int PRIMARY KEY, n int, what text);
        CREATE VIEW v AS SELECT n FROM t;
        ALTER VIEW v ALTER COLUMN n SET DEFAULT 7;
        CREATE RULE quiet AS ON DELETE TO v DO INSTEAD NOTHING;
        CREATE STATISTICS t_n (dependencies) ON id, n FROM t;
        ALTER TABLE t REPLICA IDENTITY FULL;
        ALTER TABLE t ALTER COLUMN what SET STORAGE EXTERNAL;
        CREATE TABLE child (own int) INHERITS (t);
        ALTER TABLE child ALTER COLUMN n SET NOT NULL, ALTER COLUMN what SET DEFAULT 'x';
        CREATE COLLATION ordinal (provider = libc, locale = 'C');
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO public;
        CREATE PUBLICATION changes FOR TABLE t;";
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", text).await else { return };
    let shop = &made.shop;
    let told: Vec<String> =
        shop.defined().await.left_out.iter().map(|one| format!("{}: {}", one.key.name, one.why)).collect();
    let database = &made.name;
    let wanted = [
        format!("{database}: Its publications are not compared: changes"),
        "public: Its collations are not compared: ordinal".to_owned(),
        "public: Its default privileges are not compared: postgres".to_owned(),
        "child: Its columns that are NOT NULL beyond its parent's are not compared: n".to_owned(),
        "child: Its own defaults of columns are not compared: what".to_owned(),
        "child: Its ways of storing columns are not compared: what".to_owned(),
        "t: Its extended statistics are not compared: t_n".to_owned(),
        "t: Its replica identity and clustering are not compared: full".to_owned(),
        "t: Its ways of storing columns are not compared: what".to_owned(),
        "v: Its own defaults of columns are not compared: n".to_owned(),
        "v: Its rules are not compared: quiet".to_owned(),
    ];
    assert_eq!(told, wanted);
    shop.staged(StructureEdit::Drop { object: made.table("v") }).await;
    let warnings = shop.review().await.warnings;
    assert!(warnings.iter().any(|one| one == "v: Its rules are not compared: quiet."), "{warnings:?}");
    made.remove().await;
}
