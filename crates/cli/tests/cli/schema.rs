//! The catalog as text.

use crate::harness::{Home, servers};

#[test]
fn the_schema_is_one_object_with_everything_in_it() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_schema");
        server.psql(
            "CREATE TABLE rh_cli_schema.a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t text NOT NULL DEFAULT 'x' CHECK (t <> ''));
             CREATE TABLE rh_cli_schema.b (id int PRIMARY KEY, a int REFERENCES rh_cli_schema.a ON DELETE CASCADE, u text UNIQUE);
             CREATE INDEX b_a ON rh_cli_schema.b (a) WHERE a > 0;
             CREATE VIEW rh_cli_schema.v AS SELECT id FROM rh_cli_schema.a;
             CREATE MATERIALIZED VIEW rh_cli_schema.m AS SELECT 1 AS one;
             CREATE TABLE rh_cli_schema.p (k int) PARTITION BY RANGE (k);
             CREATE TABLE rh_cli_schema.p1 PARTITION OF rh_cli_schema.p FOR VALUES FROM (1) TO (10);
             ALTER TABLE rh_cli_schema.a ENABLE ROW LEVEL SECURITY;
             CREATE POLICY mine ON rh_cli_schema.a FOR SELECT TO PUBLIC USING (id = 1);
             CREATE FUNCTION rh_cli_schema.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER tr BEFORE INSERT ON rh_cli_schema.b FOR EACH ROW EXECUTE FUNCTION rh_cli_schema.f();
             CREATE TYPE rh_cli_schema.mood AS ENUM ('sad', 'ok');
             CREATE SEQUENCE rh_cli_schema.s;
             GRANT SELECT ON rh_cli_schema.a TO PUBLIC;",
        );
        let json = home.run(["schema", &server.url, "--schema", "rh_cli_schema"]).expect(0).json();
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut wanted = [
            "server",
            "schemas",
            "relations",
            "routines",
            "types",
            "sequences",
            "roles",
            "grants",
            "extensions",
            "events",
            "publications",
            "event_triggers",
            "others",
        ];
        wanted.sort_unstable();
        assert_eq!(keys, wanted);
        assert!(json["server"]["version"].as_str().unwrap().starts_with(&server.major.to_string()));
        let relation = |name: &str| {
            let relations = json["relations"].as_array().unwrap();
            relations.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
        };
        for (name, kind) in
            [("a", "table"), ("v", "view"), ("m", "materialized_view"), ("p", "partitioned_table"), ("p1", "partition")]
        {
            assert_eq!(relation(name)["kind"], kind, "{name}");
        }
        let a = relation("a");
        assert_eq!(a["schema"], "rh_cli_schema");
        assert_eq!(a["primary_key"]["columns"], serde_json::json!(["id"]));
        assert_eq!(a["columns"][0]["identity"], "always");
        assert_eq!((&a["columns"][1]["nullable"], &a["columns"][1]["type"]), (&false.into(), &"text".into()));
        assert_eq!(a["row_security"], serde_json::json!({"enabled": true, "forced": false}));
        assert_eq!((&a["policies"][0]["name"], &a["policies"][0]["command"]), (&"mine".into(), &"select".into()));
        assert!(a["constraints"].as_array().unwrap().iter().any(|one| one["kind"] == "check"));
        let b = relation("b");
        let key = &b["foreign_keys"][0];
        assert_eq!(key["references"], serde_json::json!({"schema": "rh_cli_schema", "name": "a", "columns": ["id"]}));
        assert_eq!(key["on_delete"], "cascade");
        let index = b["indexes"].as_array().unwrap().iter().find(|one| one["name"] == "b_a").unwrap();
        assert!(index["predicate"].is_string() && index["definition"].is_string());
        assert_eq!(b["triggers"][0]["timing"], "BEFORE");
        assert!(relation("v")["definition"].as_str().unwrap().contains("SELECT"));
        assert!(relation("a")["bytes"].is_u64());
        assert_eq!(json["routines"][0]["name"], "f");
        assert_eq!(json["types"][0]["labels"], serde_json::json!(["sad", "ok"]));
        assert!(json["sequences"].as_array().unwrap().iter().any(|one| one["name"] == "s"));
        assert!(json["grants"].as_array().unwrap().iter().any(|one| one["grantee"] == "PUBLIC"));
        assert!(json["roles"].as_array().unwrap().iter().any(|one| one["name"] == "postgres"));

        let sql = home.run(["schema", &server.url, "--schema", "rh_cli_schema", "--format", "sql"]).expect(0);
        for word in ["CREATE TABLE rh_cli_schema.a", "CREATE VIEW rh_cli_schema.v", "CREATE TYPE", "CREATE POLICY mine"]
        {
            assert!(sql.out().contains(word), "{word}: {}", sql.out());
        }
        let all = home.run(["schema", &server.url]).expect(0).json();
        assert!(all["schemas"].as_array().unwrap().iter().all(|one| one["system"] == false));
        let system = home.run(["schema", &server.url, "--system", "--lean"]).expect(0).json();
        assert!(system["relations"].as_array().unwrap().iter().any(|one| one["name"] == "pg_class"));
        assert_eq!(system["roles"], serde_json::Value::Null, "what was not read is null");
        home.run(["schema", &server.url, "--schema", "no_such"]).expect(4).says(&["no schema “no_such”"]);
        server.drop_schema("rh_cli_schema");
    }
}

#[test]
fn what_is_in_no_schema_is_there_too() {
    for server in servers() {
        let home = Home::new();
        let database = "rh_cli_unschemed";
        server.psql(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        server.psql(&format!("CREATE DATABASE {database}"));
        let url = server.url.replace("/postgres?", &format!("/{database}?"));
        let url = url.strip_suffix("/postgres").map_or(url.clone(), |start| format!("{start}/{database}"));
        server.psql(
            "DROP ROLE IF EXISTS rh_cli_member; DROP ROLE IF EXISTS rh_cli_group; CREATE ROLE rh_cli_group;
             CREATE ROLE rh_cli_member LOGIN PASSWORD 'hidden' CONNECTION LIMIT 3;
             GRANT rh_cli_group TO rh_cli_member WITH ADMIN OPTION; ALTER ROLE rh_cli_member SET work_mem = '8MB'",
        );
        let made = "CREATE TABLE t (id int PRIMARY KEY, note text);
             CREATE PUBLICATION part_of_it FOR TABLE t (id) WHERE (id > 1) WITH (publish = 'insert');
             CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RETURN; END';
             CREATE EVENT TRIGGER watches ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION watch();";
        home.run(["query", &url, "-c", made]).expect(0);
        let json = home.run(["schema", &url]).expect(0).json();
        let publication = &json["publications"][0];
        assert_eq!(
            (&publication["name"], &publication["insert"], &publication["update"]),
            (&"part_of_it".into(), &true.into(), &false.into())
        );
        assert_eq!(
            publication["tables"],
            serde_json::json!([{"schema": "public", "name": "t", "columns": ["id"], "filter": "(id > 1)"}])
        );
        assert_eq!(
            json["event_triggers"],
            serde_json::json!([{
                "name": "watches", "event": "ddl_command_end", "tags": ["CREATE VIEW"], "function": "public.watch",
                "enabled": "origin", "owner": "postgres", "comment": null
            }])
        );
        let roles = json["roles"].as_array().unwrap();
        let member = roles.iter().find(|role| role["name"] == "rh_cli_member").unwrap();
        assert_eq!(member["member_of"], serde_json::json!(["rh_cli_group"]));
        assert_eq!((&member["memberships"][0]["admin"], &member["connection_limit"]), (&true.into(), &3.into()));
        assert_eq!(member["settings"], serde_json::json!([{"database": null, "name": "work_mem", "value": "8MB"}]));
        let sql = home.run(["schema", &url, "--format", "sql"]).expect(0);
        for words in ["CREATE PUBLICATION part_of_it", "CREATE EVENT TRIGGER watches"] {
            assert!(sql.out().contains(words), "{words}: {}", sql.out());
        }
        let one = home.run(["schema", &url, "--schema", "public", "--format", "sql"]).expect(0);
        assert!(!one.out().contains("CREATE PUBLICATION"), "{}", one.out());
        server.psql("DROP ROLE rh_cli_member; DROP ROLE rh_cli_group");
        server.psql(&format!("DROP DATABASE {database} WITH (FORCE)"));
    }
}

#[test]
fn the_sample_has_the_same_shape() {
    let home = Home::new();
    let json = home.run(["schema", "sample"]).expect(0).json();
    assert_eq!(json["server"]["product"], "SQLite");
    let relations = json["relations"].as_array().unwrap();
    assert!(relations.iter().filter(|one| one["kind"] == "table").count() >= 12);
    assert!(relations.iter().any(|one| !one["foreign_keys"].as_array().unwrap().is_empty()));
    assert_eq!((&json["publications"], &json["event_triggers"]), (&serde_json::json!([]), &serde_json::json!([])));
    let sql = home.run(["schema", "sample", "--format", "sql"]).expect(0);
    let copy = home.sqlite("copy.db", sql.out());
    let again = home.run(["schema", &copy]).expect(0).json();
    assert_eq!(again["relations"].as_array().unwrap().len(), relations.len(), "the sql makes it again");
}
