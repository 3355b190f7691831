//! What is no table, changed and taken back with all that it had: options, owners, rights, comments, settings.

use schema::{Body, Object};

use super::*;

fn by(kind: &str, table: &ObjectRef, name: &str) -> ObjectRef {
    ObjectRef { kind: kind.to_owned(), name: name.to_owned(), signature: None, ..table.clone() }
}

impl Shop {
    /// Stages the text of an object with something else in it, as a person edits it.
    async fn rewritten(&self, object: ObjectRef, from: &str, to: &str) {
        let edit = self.page(object).await.edit.unwrap();
        let StructureEdit::Text { object, schema, text } = edit else { panic!("{edit:#?}") };
        assert!(text.contains(from), "{text}");
        self.staged(StructureEdit::Text { object, schema, text: text.replace(from, to) }).await;
    }

    /// An object as it is defined now.
    async fn object(&self, kind: &str, name: &str) -> Object {
        let all = self.defined().await.objects;
        let found =
            all.into_iter().find(|(key, _)| key.name == name && crate::explorer::to_ref(key.clone()).kind == kind);
        found.unwrap_or_else(|| panic!("there is no {kind} {name}")).1
    }

    /// Applies, looks at it, and takes it back: everything is as it was.
    async fn back(&self, before: &schema::Definition, id: i64) {
        self.staged(StructureEdit::TakeBack { applied: id }).await;
        self.applied().await;
        same(before, &self.defined().await);
    }
}

const POSTGRES: &str = "CREATE TABLE people (id int PRIMARY KEY, name text);
    CREATE TABLE log (at timestamptz, what text);
    CREATE VIEW named WITH (security_invoker = true, security_barrier = true) AS SELECT id, name FROM people;
    COMMENT ON VIEW named IS 'who has a name'; GRANT SELECT ON named TO PUBLIC;
    CREATE FUNCTION counted(low int) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
        AS $$ SELECT count(*) FROM public.people WHERE id > low $$;
    COMMENT ON FUNCTION counted(int) IS 'how many'; REVOKE EXECUTE ON FUNCTION counted(int) FROM PUBLIC;
    CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (now(), 'x'); RETURN NULL; END $$;
    CREATE TRIGGER on_people AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION noted();
    COMMENT ON TRIGGER on_people ON people IS 'notes it';
    CREATE TYPE mood AS ENUM ('sad', 'happy'); COMMENT ON TYPE mood IS 'how one is';
    CREATE DOMAIN age AS int CHECK (VALUE >= 0); CREATE SEQUENCE numbers START 5;";

#[tokio::test]
async fn texts_of_postgres_keep_what_they_had() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", POSTGRES).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let role = format!("owner_{}", uuid::Uuid::new_v4().simple());
    run(
        shop,
        &format!("CREATE ROLE {role}; ALTER VIEW named OWNER TO {role}; ALTER FUNCTION counted(int) OWNER TO {role}"),
    )
    .await;
    let before = shop.defined().await;
    let signature = before.objects.keys().find(|key| key.name == "counted").and_then(|key| key.signature.clone());
    let counted = ObjectRef { signature, ..by("routine", &people, "counted") };
    shop.rewritten(by("relation", &people, "named"), "    name\n", "    upper(name) AS name\n").await;
    shop.rewritten(counted, "id > low", "id >= low").await;
    shop.rewritten(part("trigger", &people, "on_people"), "AFTER INSERT", "AFTER INSERT OR DELETE").await;
    let id = shop.applied().await;
    let view = shop.object("relation", "named").await;
    let Body::View(body) = &view.body else { panic!("{view:#?}") };
    assert!(body.query.contains("upper") && body.options.len() == 2, "{body:#?}");
    assert_eq!((view.owner.as_deref(), view.comment.as_deref()), (Some(role.as_str()), Some("who has a name")));
    assert!(view.privileges.iter().any(|one| one.grantee == "PUBLIC"), "{view:#?}");
    let function = shop.object("routine", "counted").await;
    let Body::Routine(body) = &function.body else { panic!("{function:#?}") };
    assert!(body.text.contains("id >= low") && body.text.contains("search_path"), "{}", body.text);
    assert!(body.text.contains("SECURITY DEFINER"), "{}", body.text);
    assert_eq!((function.owner.as_deref(), function.comment.as_deref()), (Some(role.as_str()), Some("how many")));
    assert!(function.privileges.iter().all(|one| one.grantee != "PUBLIC"), "what was revoked stays so: {function:#?}");
    let trigger = shop.object("trigger", "on_people").await;
    let Body::Trigger(body) = &trigger.body else { panic!("{trigger:#?}") };
    assert!(body.text.contains("OR DELETE") && trigger.comment.as_deref() == Some("notes it"), "{trigger:#?}");
    shop.back(&before, id).await;
    let admin = shop_at(&address("ROWHOUSE_TEST_POSTGRES_18_URL").unwrap(), Safety::Free).await;
    made.remove().await;
    run(&admin, &format!("DROP ROLE {role}")).await;
}

#[tokio::test]
async fn types_sequences_rights_and_row_security_of_postgres_are_there_and_back() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", POSTGRES).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let role = format!("owner_{}", uuid::Uuid::new_v4().simple());
    run(shop, &format!("CREATE ROLE {role}")).await;
    let before = shop.defined().await;
    let labels = |labels: &[&str]| StructureEdit::Enum {
        object: Some(by("type", &people, "mood")),
        schema: Some("public".to_owned()),
        name: "mood".to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    };
    shop.staged(labels(&["angry", "sad", "calm", "happy"])).await;
    let texts: Vec<String> = shop.review().await.steps.into_iter().map(|step| step.sql).collect();
    assert!(texts.iter().any(|text| text.contains("'angry' BEFORE 'sad'")), "{texts:#?}");
    assert!(
        texts.iter().any(|text| text.contains("'calm' AFTER 'sad'") || text.contains("'calm' BEFORE 'happy'")),
        "{texts:#?}"
    );
    shop.staged(StructureEdit::Domain {
        object: Some(by("type", &people, "age")),
        schema: Some("public".to_owned()),
        name: "age".to_owned(),
        base: "integer".to_owned(),
        default: Some("1".to_owned()),
        not_null: true,
        checks: vec![StructureCheckForm { name: Some("age_check".to_owned()), expression: "VALUE > 0".to_owned() }],
    })
    .await;
    let edit = shop.page(by("sequence", &people, "numbers")).await.edit.unwrap();
    let StructureEdit::Sequence { object, schema, name, start, minimum, maximum, .. } = edit else { panic!() };
    let increment = Some("10".to_owned());
    shop.staged(StructureEdit::Sequence { object, schema, name, start, increment, minimum, maximum, cycle: true })
        .await;
    shop.staged(StructureEdit::CreateExtension { name: "pg_trgm".to_owned(), schema: Some("public".to_owned()) }).await;
    shop.staged(StructureEdit::Owner { object: made.table("log"), owner: role.clone() }).await;
    let right = |privilege: &str, column: Option<&str>| StructureGrant {
        grantee: role.clone(),
        column: column.map(str::to_owned),
        privilege: privilege.to_owned(),
        grantable: false,
    };
    let grants = vec![right("SELECT", None), right("UPDATE", Some("name"))];
    shop.staged(StructureEdit::Grants { object: people.clone(), grants }).await;
    shop.staged(StructureEdit::Grants { object: by("relation", &people, "named"), grants: Vec::new() }).await;
    shop.staged(StructureEdit::RowSecurity { table: people.clone(), enabled: true, forced: true }).await;
    let id = shop.applied().await;
    let page = shop.page(people.clone()).await;
    assert_eq!((page.row_security, page.grants.len()), (Some((true, true)), 2), "{page:#?}");
    assert_eq!(shop.page(made.table("log")).await.owner.as_deref(), Some(role.as_str()));
    assert!(shop.object("relation", "named").await.privileges.is_empty());
    run(shop, "CREATE TABLE moods (own mood DEFAULT 'calm', how_old age, at bigint DEFAULT nextval('numbers')); INSERT INTO moods DEFAULT VALUES; DROP TABLE moods").await;
    // A label does not go from an enumeration: all but that is as it was.
    shop.staged(StructureEdit::TakeBack { applied: id }).await;
    let review = shop.review().await;
    assert!(review.refusal.is_none(), "{review:#?}");
    shop.applied().await;
    same(&before, &shop.defined().await);
    let admin = shop_at(&address("ROWHOUSE_TEST_POSTGRES_18_URL").unwrap(), Safety::Free).await;
    made.remove().await;
    run(&admin, &format!("DROP ROLE {role}")).await;
}

#[tokio::test]
async fn texts_of_mariadb_are_there_and_back() {
    let text = "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));
        CREATE SQL SECURITY INVOKER VIEW named AS SELECT id, name FROM people;
        CREATE TRIGGER on_people BEFORE INSERT ON people FOR EACH ROW SET NEW.name = 'a';
        CREATE FUNCTION counted(least int) RETURNS int READS SQL DATA COMMENT 'how many' RETURN (SELECT count(*) FROM people WHERE id > least);
        CREATE PROCEDURE cleared(least int) DELETE FROM people WHERE id > least;
        CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' COMMENT 'at night' DO DELETE FROM people;";
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", text).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let before = shop.defined().await;
    shop.rewritten(by("relation", &people, "named"), "`people`.`name`", "upper(`people`.`name`)").await;
    shop.rewritten(part("trigger", &people, "on_people"), "'a'", "'b'").await;
    let routine = |name: &str| before.objects.keys().find(|key| key.name == name).and_then(|key| key.signature.clone());
    for (name, from, to) in [("counted", "id > least", "id >= least"), ("cleared", "id > least", "id >= least")] {
        let own = ObjectRef { signature: routine(name), ..by("routine", &people, name) };
        shop.rewritten(own, from, to).await;
    }
    shop.rewritten(by("event", &people, "nightly"), "DELETE FROM people", "DELETE FROM people WHERE id > 3").await;
    let id = shop.applied().await;
    let view = shop.object("relation", "named").await;
    let Body::View(body) = &view.body else { panic!("{view:#?}") };
    assert!(body.query.contains("upper") || body.query.contains("ucase"), "{body:#?}");
    assert!(format!("{body:?}").contains("INVOKER"), "{body:#?}");
    run(shop, "INSERT INTO people VALUES (1, 'x')").await;
    let event = shop.object("event", "nightly").await;
    assert!(format!("{event:?}").contains("at night") && format!("{event:?}").contains("id > 3"), "{event:#?}");
    let function = shop.object("routine", "counted").await;
    assert!(format!("{function:?}").contains("how many"), "{function:#?}");
    shop.back(&before, id).await;
    made.remove().await;
}

#[tokio::test]
async fn texts_of_sqlite_are_there_and_back() {
    let shop = Shop::open().await;
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.execute_batch("CREATE TRIGGER on_orders AFTER INSERT ON orders BEGIN UPDATE customers SET name = 'a'; END")
        .unwrap();
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let before = shop.defined().await;
    shop.rewritten(table("big_orders"), "SELECT", "SELECT 1 AS one,").await;
    shop.rewritten(part("trigger", &table("orders"), "on_orders"), "'a'", "'b'").await;
    let id = shop.applied().await;
    let texts: String = file
        .query_row("SELECT group_concat(sql) FROM sqlite_master WHERE type IN ('view', 'trigger')", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert!(texts.contains("1 AS one") && texts.contains("'b'"), "{texts}");
    shop.back(&before, id).await;
}

#[tokio::test]
async fn sequences_of_mariadb_are_there_and_back() {
    let text =
        "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40)); CREATE SEQUENCE numbers START WITH 5;";
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", text).await else { return };
    let (shop, people) = (&made.shop, made.table("people"));
    let before = shop.defined().await;
    let edit = shop.page(by("sequence", &people, "numbers")).await.edit.unwrap();
    let StructureEdit::Sequence { object, schema, name, start, minimum, maximum, .. } = edit else { panic!() };
    assert_eq!((start.as_deref(), minimum.as_deref()), (Some("5"), Some("1")));
    let increment = Some("10".to_owned());
    shop.staged(StructureEdit::Sequence { object, schema, name, start, increment, minimum, maximum, cycle: true })
        .await;
    let fresh = |name: &str| StructureEdit::Sequence {
        object: None,
        schema: people.schema.clone(),
        name: name.to_owned(),
        start: None,
        increment: None,
        minimum: None,
        maximum: None,
        cycle: false,
    };
    let taken = shop.stage(vec![fresh("people")]).await.unwrap_err();
    assert_eq!(taken.code, ErrorCode::AlreadyExists, "{taken:?}");
    shop.staged(fresh("more")).await;
    let review = shop.review().await;
    assert!(review.steps.iter().all(|step| !step.unread), "{:#?}", review.steps);
    let id = shop.applied().await;
    run(shop, "ALTER TABLE people ADD COLUMN more bigint DEFAULT nextval(more); INSERT INTO people (id) VALUES (1); ALTER TABLE people DROP COLUMN more").await;
    shop.back(&before, id).await;
    made.remove().await;
}
