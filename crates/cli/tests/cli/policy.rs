//! Row security from the terminal, on real servers, in a database of its own each.

use std::process::{Child, Command, Stdio};

use crate::harness::{Ended, Home, Server, servers, wait_until};

const TABLES: &str = r#"
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO rh_cli_reader, rh_cli_writer;
CREATE TABLE app.documents (id int PRIMARY KEY, owner_id text);
CREATE TABLE app."odd ""one"".x 🚀" (id int PRIMARY KEY);
CREATE TABLE app.plain (id int PRIMARY KEY);
GRANT SELECT, INSERT, UPDATE ON app.documents TO rh_cli_writer;
GRANT SELECT ON app.documents TO rh_cli_reader;
ALTER TABLE app.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE app."odd ""one"".x 🚀" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON app.documents TO rh_cli_writer USING (owner_id = current_setting('app.user', true));
COMMENT ON POLICY "own rows" ON app.documents IS 'each ''their'' own';
CREATE POLICY reads ON app.documents FOR SELECT TO rh_cli_reader USING (owner_id IN ('a', 'b'));
CREATE POLICY "a.b" ON app."odd ""one"".x 🚀" AS RESTRICTIVE FOR UPDATE USING (id > 0) WITH CHECK (id < 10);
INSERT INTO app.documents VALUES (1, 'a'), (2, 'c');
"#;

/// Policies with everything that is kept of them.
const STATE: &str = "SELECT string_agg(row_to_json(p)::text || coalesce(obj_description(o.oid, 'pg_policy'), '-'), E'\\n' ORDER BY o.oid::text) \
    FROM (SELECT schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 2, 3) p \
    JOIN pg_policy o ON o.polname = p.policyname";

struct Base {
    home: Home,
    server: Server,
    name: String,
    url: String,
}

impl Base {
    fn all(name: &str) -> Vec<Base> {
        servers().into_iter().map(|server| Base::on(server, name)).collect()
    }

    fn on(server: Server, name: &str) -> Base {
        let name = format!("rh_cli_{name}");
        server.psql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        server.psql(&format!("CREATE DATABASE {name}"));
        for role in ["rh_cli_reader", "rh_cli_writer"] {
            server.psql(&format!("DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN OTHERS THEN NULL; END $$"));
        }
        let (head, _) = server.url.rsplit_once('/').unwrap();
        let base = Base { url: format!("{head}/{name}"), home: Home::new(), server, name };
        base.psql(TABLES);
        base
    }

    fn psql(&self, text: &str) -> String {
        let here = Server { major: self.server.major, url: self.url.clone(), psql: self.server.psql.clone() };
        here.value(text)
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.home.run(arguments)
    }

    /// `rowhouse policy apply` of a text.
    fn apply(&self, text: &str, more: &[&str]) -> Ended {
        let arguments: Vec<&str> = ["policy", "apply", &self.url, "-"].iter().chain(more).copied().collect();
        self.home.fed(arguments, text.as_bytes())
    }

    fn list(&self, format: &str) -> String {
        self.run(&["policy", "list", &self.url, "--format", format]).expect(0).out().to_owned()
    }

    fn session(&self, script: &str) -> Child {
        Command::new(&self.server.psql)
            .args(["-X", "-q", "-d", &self.url, "-c", script])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn drop(self) {
        self.server.psql(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

#[test]
fn what_list_prints_is_what_apply_takes() {
    for base in Base::all("policy_list") {
        let before = base.psql(STATE);
        let json = base.list("json");
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(parsed["version"], 1);
        let names: Vec<_> = parsed["tables"].as_array().unwrap().iter().map(|table| table["table"].clone()).collect();
        assert_eq!(names, ["documents", "odd \"one\".x 🚀"], "a table without row security is left out");
        assert_eq!(parsed["tables"][1]["forced"], true);
        base.apply(&json, &[]).expect(0).says(&["Nothing to do"]);
        let sql = base.list("sql");
        base.apply(&sql, &[]).expect(0).says(&["Nothing to do"]);
        for text in [json, sql] {
            base.psql(
                r#"DROP POLICY "own rows" ON app.documents; DROP POLICY reads ON app.documents;
                   DROP POLICY "a.b" ON app."odd ""one"".x 🚀"; ALTER TABLE app.documents DISABLE ROW LEVEL SECURITY"#,
            );
            // Row security is off now: roles that saw every row see some.
            base.apply(&text, &[]).expect(0).says(&["Applied 4 changes"]);
            assert_eq!(base.psql(STATE), before, "comments included");
            assert_eq!(base.psql("SELECT relrowsecurity FROM pg_class WHERE relname = 'documents'"), "t");
        }
        let table = base.list("table");
        let line = table.lines().find(|line| line.contains("own rows")).unwrap();
        assert!(line.contains("permissive") && line.contains("rh_cli_writer") && line.contains("ALL"), "{table}");
        base.run(&["policy", "list", &base.url, "--schema", "none"]).expect(4).says(&["no schema “none”"]);
        base.drop();
    }
}

#[test]
fn a_change_is_shown_before_it_is_made_and_a_loss_is_acknowledged_by_name() {
    for base in Base::all("policy_apply") {
        let before = base.psql(STATE);
        let json = base.list("json").replace("\"command\": \"all\"", "\"command\": \"select\"");
        let shown = base.apply(&json, &["--dry-run"]).expect(0);
        for words in [
            "-- app.documents: change policy own rows; ACCESS EXCLUSIVE.",
            "-- rh_cli_writer UPDATE app.documents: filtered → none  LOSES ALL ACCESS",
            "DROP POLICY \"own rows\" ON app.documents;",
            "COMMENT ON POLICY \"own rows\" ON app.documents IS 'each ''their'' own';",
            "SET LOCAL lock_timeout = '200ms';",
        ] {
            assert!(shown.out().contains(words), "{words}\n{}", shown.out());
        }
        assert_eq!(base.psql(STATE), before, "a dry run changes nothing");
        base.apply(&json, &[]).expect(5).says(&["rh_cli_writer would lose"]);
        assert_eq!(base.psql(STATE), before);
        base.apply(&json, &["--acknowledge", "rh_cli_writer"]).expect(0).says(&["Applied 1 change"]);
        assert_eq!(base.psql("SELECT polcmd FROM pg_policy WHERE polname = 'own rows'"), "r");
        let check = ["policy", "check", &base.url, "-"];
        let wrong = "CREATE POLICY p ON app.documents USING (nothing_there = 1)";
        base.home.fed(check, wrong.as_bytes()).expect(1).says(&["nothing_there"]);
        let good = base.list("sql") + "CREATE POLICY p ON app.documents FOR DELETE USING (false);";
        base.home.fed(check, good.as_bytes()).expect(0).says(&["nothing was changed"]);
        assert_eq!(base.psql("SELECT count(*) FROM pg_policy WHERE polname = 'p'"), "0");
        base.drop();
    }
}

#[test]
fn who_holds_a_lock_is_named_and_nothing_is_changed() {
    for base in Base::all("policy_lock") {
        let mut session = base.session("BEGIN; LOCK TABLE app.plain IN ACCESS SHARE MODE; SELECT pg_sleep(60)");
        let held = "SELECT count(*) FROM pg_locks WHERE relation = 'app.plain'::regclass";
        wait_until("the lock is held", || base.psql(held) == "1");
        base.apply("ALTER TABLE app.plain ENABLE ROW LEVEL SECURITY", &["--lock-timeout", "3000"]).expect(4).says(&[
            "held by: ",
            "psql",
            "pg_sleep(60)",
        ]);
        assert_eq!(base.psql("SELECT relrowsecurity FROM pg_class WHERE relname = 'plain'"), "f");
        base.drop();
        session.wait().unwrap();
    }
}

#[test]
fn the_matrix_and_one_table_are_printed() {
    for base in Base::all("policy_matrix") {
        let csv = base.run(&["policy", "matrix", &base.url, "--role", "rh_cli_reader", "--format", "csv"]).expect(0);
        assert!(csv.out().contains("app,documents,rh_cli_reader,SELECT,filtered,reads,,\r\n"), "{}", csv.out());
        assert!(csv.out().contains("app,documents,rh_cli_reader,UPDATE,none,,no UPDATE privilege,\r\n"));
        let json = base.run(&["policy", "matrix", &base.url, "--format", "json"]).expect(0).json();
        assert_eq!((&json["version"], &json["not_read"]), (&1.into(), &serde_json::json!([])));
        let table = base.run(&["policy", "matrix", &base.url, "--schema", "app"]).expect(0);
        assert!(table.out().starts_with("TABLE "), "{}", table.out());
        base.run(&["policy", "matrix", &base.url, "--role", "nobody"]).expect(4).says(&["no role “nobody”"]);
        base.run(&["policy", "matrix", &base.url, "--format", "xml"]).expect(2);
        let shown = base.run(&["policy", "show", &base.url, "documents"]).expect(0);
        assert!(shown.out().contains("own rows: permissive, ALL, to rh_cli_writer"), "{}", shown.out());
        base.run(&["policy", "show", &base.url, "app.odd \"one\".x 🚀"]).expect(0);
        base.run(&["policy", "show", &base.url, "none"]).expect(4).says(&["no table “none”"]);
        base.drop();
    }
}

#[test]
fn a_list_that_cannot_be_read_says_where_and_changes_nothing() {
    for base in Base::all("policy_bad") {
        let before = base.psql(STATE);
        for (text, words) in [
            ("{\"version\": 1, \"tables\": [{\"schema\": \"app\", \"tabel\": \"x\"}]}", "tabel"),
            ("{\"version\": 7, \"tables\": []}", "version 7"),
            ("{", "line 1"),
            ("DROP TABLE app.documents", "cannot hold this statement"),
            ("CREATE POLICY p ON app.documents USING (1 +)", "yntax error"),
        ] {
            base.apply(text, &["--yes"]).expect(2).says(&[words]);
        }
        base.apply("CREATE POLICY p ON app.gone USING (true)", &[]).expect(4).says(&["no table app.gone"]);
        assert_eq!(base.psql(STATE), before);
        base.drop();
    }
    let home = Home::new();
    let shop = home.sqlite("shop.db", "create table t (id integer)");
    home.run(["policy", "list", &shop]).expect(2).says(&["has no row security"]);
}

#[test]
fn names_that_are_not_there_are_told_with_their_places_before_anything_is_sent() {
    for base in Base::all("policy_missing") {
        let before = base.psql(STATE);
        let sql = base.list("sql");
        let one = format!("{sql}CREATE POLICY p ON app.plain TO rh_cli_reader USING (id > 0\n  and ownr = 'a');");
        let words = "There is no column ownr: USING of p on app.plain, line 2, column 7.";
        let shown = base.apply(&one, &["--dry-run"]).expect(2).says(&[words]);
        assert_eq!((shown.out(), shown.stderr.matches("ownr").count()), ("", 1), "{}", shown.stderr);
        base.apply(&one, &["--yes"]).expect(2).says(&[words]);
        let several = format!(
            "{sql}CREATE POLICY p ON app.plain USING (id in (select id from app.gone) and app.mine(id));
             CREATE POLICY q ON app.plain FOR SELECT TO rh_cli_nobody USING (id::text::mood is null);"
        );
        base.apply(&several, &["--dry-run"]).expect(2).says(&[
            "There is no table app.gone: USING of p on app.plain, line 1, column 23.",
            "3 more names are not there.",
            "There is no function app.mine: USING of p on app.plain, line 1, column 37.",
            "There is no type mood: USING of q on app.plain, line 1, column 11.",
            "There is no role rh_cli_nobody: q on app.plain.",
        ]);
        base.apply(&several, &[]).expect(2);
        assert_eq!(base.psql(STATE), before);
        base.drop();
    }
}

#[test]
fn a_suite_tells_what_passed_and_leaves_nothing() {
    for base in Base::all("policy_test") {
        let suite = base.home.path("suite.json");
        let case = |name: &str, role: &str, statement: &str, expect: &str| {
            format!(
                r#"{{"name": "{name}", "as": {{"role": "{role}", "settings": {{"app.user": "a"}}}}, "statement": "{statement}", "expect": {expect}}}"#
            )
        };
        let cases = [
            case("own", "rh_cli_writer", "select id from app.documents", r#"{"rows": ["1"]}"#),
            case("adds", "rh_cli_writer", "insert into app.documents values (3, 'a')", r#"{"affected": 1}"#),
            case("others", "rh_cli_writer", "insert into app.documents values (3, 'b')", r#"{"error": "42501"}"#),
            case("grants", "rh_cli_reader", "delete from app.documents", r#"{"refused": true}"#),
            case("ends", "rh_cli_reader", "commit", r#"{"refused": true}"#),
        ];
        let write = |cases: &[String]| {
            std::fs::write(&suite, format!(r#"{{"name": "s", "cases": [{}]}}"#, cases.join(", "))).unwrap();
        };
        write(&cases);
        let suite_path = suite.to_str().unwrap();
        let run = |format: &str| base.run(&["policy", "test", &base.url, "--suite", suite_path, "--format", format]);
        let json = run("json").expect(0).json();
        assert_eq!((&json["passed"], &json["failed"]), (&5.into(), &0.into()), "{json:#}");
        assert_eq!(json["cases"][0], serde_json::json!({"name": "own", "ok": true, "got": {"rows": ["1"]}}));
        assert_eq!(base.psql("SELECT count(*) FROM app.documents"), "2");
        let wrong = case("wrong", "rh_cli_writer", "select id from app.documents", r#"{"rows": ["2"]}"#);
        write(&[cases[0].clone(), wrong]);
        let json = run("json").expect(1).json();
        assert_eq!((&json["failed"], &json["cases"][1]["ok"]), (&1.into(), &false.into()));
        let table = run("table").expect(1).says(&["1 passed, 1 failed."]);
        assert!(table.out().contains("FAILED"), "{}", table.out());
        std::fs::write(&suite, "{").unwrap();
        run("json").expect(2).says(&["This is no suite"]);
        base.drop();
    }
}

#[test]
fn a_query_is_sent_as_somebody_else_and_says_when_it_is_not_any_more() {
    for base in Base::all("policy_as") {
        let query = |actor: &str, text: &str| {
            base.run(&["query", &base.url, "--as", actor, "--format", "csv", "-q", "-c", text])
        };
        assert_eq!(query("rh_cli_reader", "select id from app.documents").expect(0).out(), "id\n1\n");
        let actor = r#"{"role": "rh_cli_writer", "settings": [["app.user", "c"]]}"#;
        let own = "begin; select id from app.documents; commit";
        assert_eq!(query(actor, own).expect(0).out(), "id\n2\n");
        query("rh_cli_reader", "update app.documents set id = 9 where id = 1").expect(4).says(&["42501"]);
        query("rh_cli_reader", "reset role").expect(0).says(&["left the role rh_cli_reader"]);
        let again = "reset role; select id from app.documents";
        assert_eq!(query("role=rh_cli_reader", again).expect(0).says(&["was taken back"]).out(), "id\n1\n");
        let inside = "begin; reset role; select count(*) as n from app.documents; rollback";
        assert_eq!(query("rh_cli_reader", inside).expect(0).says(&["does not run as the actor"]).out(), "n\n2\n");
        query("rh_cli_reader", "vacuum app.documents").says(&["Run it as the login"]);
        let export =
            ["export", &base.url, "--table", "app.documents", "--format", "csv", "-q", "--as", "rh_cli_reader"];
        assert_eq!(base.run(&export).expect(0).out(), "id,owner_id\n1,a\n");
        query("no_such_role", "select 1").expect(4).says(&["no_such_role"]);
        query("{", "select 1").expect(2).says(&["no actor"]);
        base.run(&[
            "query",
            &base.url,
            "--read-only",
            "--as",
            "rh_cli_reader",
            "--format",
            "csv",
            "-q",
            "-c",
            "select id from app.documents",
        ])
        .expect(0);
        base.drop();
    }
    let home = Home::new();
    let shop = home.sqlite("shop.db", "create table t (id integer)");
    home.run(["query", &shop, "--as", "ann", "-c", "select 1"]).expect(2).says(&["nobody can act"]);
}
