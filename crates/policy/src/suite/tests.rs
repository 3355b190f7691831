use serde_json::json;

use super::*;
use crate::testing::Sketch;

const FULL: &str = r#"{
  "name": "documents",
  "claims_setting": "app.claims",
  "setup": [
    "insert into app.docs values (1)"
  ],
  "cases": [
    {
      "name": "own rows",
      "as": {
        "role": "authenticated",
        "claims": {
          "sub": "ann"
        },
        "settings": {
          "app.tenant": "7"
        }
      },
      "statement": "select id, v from app.docs",
      "expect": {
        "rows": [
          [
            "1",
            null
          ]
        ]
      },
      "setup": [
        "select 1"
      ],
      "then": {
        "statement": "select 1",
        "expect": {
          "count": 1
        }
      }
    },
    {
      "name": "of the login",
      "as": {},
      "statement": "commit",
      "expect": {
        "refused": true
      }
    }
  ]
}
"#;

#[test]
fn a_suite_is_written_as_it_was_read() {
    let suite = Suite::from_json(FULL).unwrap();
    assert_eq!(suite.to_json(), FULL);
    assert_eq!(suite.claims_setting(), "app.claims");
    let settings = suite.cases[0].actor.settings_made(suite.claims_setting());
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(settings, [text("app.claims", r#"{"sub":"ann"}"#), text("app.tenant", "7")]);
    // The shortest there is.
    let short =
        r#"{"name": "a", "cases": [{"name": "b", "statement": "select 1", "expect": {"rows": [1, null, "x"]}}]}"#;
    let suite = Suite::from_json(short).unwrap();
    assert_eq!(suite.cases[0].actor, As::default());
    assert_eq!(suite.claims_setting(), CLAIMS_SETTING);
    let rows = vec![Some("1".to_owned()), None, Some("x".to_owned())];
    assert_eq!(suite.cases[0].expect, Expect::Rows(Rows::First(rows)));
    assert_eq!(Suite::from_json(&suite.to_json()).unwrap(), suite);
}

#[test]
fn claims_that_are_a_text_are_set_as_they_are() {
    let actor = As { claims: Some(json!("no json {")), ..As::default() };
    assert_eq!(actor.claims_text().as_deref(), Some("no json {"));
    assert_eq!(As::default().claims_text(), None);
}

#[test]
fn what_is_wrong_is_said_with_its_case_and_field() {
    let case = |fields: &str| {
        let text = format!(
            "{{\"name\": \"s\",\n \"cases\": [\n  {{\"name\": \"fine\", \"statement\": \"x\", \"expect\": {{\"count\": 1}}}},\n  {{\"name\": \"c\", {fields}}}]}}"
        );
        Suite::from_json(&text).map(|_| ()).unwrap_err().to_string()
    };
    let expect = |expect: &str| case(&format!("\"statement\": \"x\",\n\"expect\": {expect}"));
    for (said, starts, has) in [
        (case("\"statement\": \"x\""), "line 4, case \"c\" (2): ", "missing field `expect`"),
        (
            case("\"statement\": \" \", \"expect\": {\"count\": 1}"),
            "line 4, case \"c\" (2), statement: ",
            "this is empty",
        ),
        (case("\"statment\": \"x\""), "line 4, case \"c\" (2): ", "unknown field `statment`"),
        (
            case("\"statement\": \"x\", \"expect\": {\"count\": 1}, \"expect\": {\"count\": 2}"),
            "line 4, ",
            "duplicate field",
        ),
        (
            case("\"as\": {\"rolle\": \"a\"}, \"statement\": \"x\", \"expect\": {\"count\": 1}"),
            "line 4, case \"c\" (2), as: ",
            "unknown field `rolle`",
        ),
        (
            case("\"as\": {\"settings\": {\"a.b\": []}}, \"statement\": \"x\", \"expect\": {\"count\": 1}"),
            "line 4, case \"c\" (2), as: ",
            "setting a.b: a setting is a text",
        ),
        (
            case("\"statement\": \"x\", \"expect\": {\"count\": 1}, \"setup\": \"y\""),
            "line 4, case \"c\" (2), setup: ",
            "invalid type: string",
        ),
        (
            case("\"statement\": \"x\", \"expect\": {\"count\": 1}, \"then\": {\"statement\": \"y\", \"expect\": {}}"),
            "line 4, case \"c\" (2), then, expect: ",
            "one of rows, affected",
        ),
        (expect("{}"), "line 5, case \"c\" (2), expect: ", "one of rows, affected, count, error and refused is wanted"),
        (
            expect("{\"count\": 1,\n\"affected\": 2}"),
            "line ",
            "one expectation is wanted, not several: affected, count",
        ),
        (expect("{\"refused\": false}"), "line 5, case \"c\" (2), expect: ", "refused: can only be true"),
        (expect("{\"error\": \"42\"}"), "line 5, ", "\"42\" is no SQLSTATE"),
        (expect("{\"count\": -1}"), "line 5, ", "invalid value: integer `-1`"),
        (expect("{\"rows\": [true]}"), "line 5, ", "rows: row 1: true is not how the server prints a value"),
        (expect("{\"rows\": [[1, 1.5]]}"), "line 5, ", "rows: row 1, column 2: 1.5 is not"),
        (expect("{\"rows\": [\"a\", [\"b\"]]}"), "line 5, ", "here are both"),
    ] {
        assert!(said.starts_with(starts) && said.contains(has), "{said}");
        assert!(!said.contains("column 0") && !said.contains(" at line "), "one place is enough: {said}");
    }
    let whole = |text: &str| Suite::from_json(text).map(|_| ()).unwrap_err().to_string();
    assert!(whole("{\"name\": \"s\",\n\"cases\": [}").starts_with("line 2: expected value"));
    assert!(whole("{\"name\": \"s\", \"cases\": []}").ends_with("a suite without cases tests nothing"));
    assert!(whole("{\"name\": \"s\", \"cases\": [], \"more\": 1}").contains("unknown field `more`"));
    assert!(whole("{\"name\": 3, \"cases\": [{}]}").starts_with("line 1, name: invalid type"));
}

fn case(expect: Expect) -> Case {
    Case { name: "c".into(), actor: As::default(), statement: "x".into(), expect, setup: vec![], then: None }
}

fn texts(rows: &[&[Option<&str>]]) -> Vec<Vec<Option<String>>> {
    rows.iter().map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).collect()
}

fn returned(rows: &[&[Option<&str>]]) -> Answer {
    let rows = texts(rows);
    let count = rows.len() as u64;
    Answer::Done { returned: Some(Returned { rows, count }), affected: None }
}

fn judged(expect: Expect, answer: Answer) -> (bool, serde_json::Value, String) {
    let verdict = case(expect).judge(&Outcome::Ran { answer, then: None });
    (verdict.ok, serde_json::to_value(&verdict.got).unwrap(), verdict.why.unwrap_or_default())
}

#[test]
fn rows_are_compared_in_any_order_and_by_number() {
    let first =
        |rows: &[Option<&str>]| Expect::Rows(Rows::First(rows.iter().map(|cell| cell.map(str::to_owned)).collect()));
    let came = || returned(&[&[Some("b"), Some("1")], &[None, None], &[Some("a"), None], &[Some("a"), None]]);
    assert_eq!(
        judged(first(&[Some("a"), Some("a"), None, Some("b")]), came()),
        (true, json!({"rows": ["b", null, "a", "a"]}), String::new())
    );
    let (ok, _, why) = judged(first(&[Some("a"), None, None, Some("b")]), came());
    assert_eq!((ok, why.as_str()), (false, "missing: NULL; not expected: a"), "as often as they came");
    assert_eq!(judged(first(&[Some("a")]), returned(&[])).2, "missing: a");
    assert_eq!(judged(first(&[]), returned(&[&[None]])).2, "not expected: NULL");
    assert!(judged(first(&[]), returned(&[])).0);
    let whole = |rows: &[&[Option<&str>]]| Expect::Rows(Rows::Columns(texts(rows)));
    let all: &[&[Option<&str>]] = &[&[Some("a"), None], &[None, None], &[Some("b"), Some("1")], &[Some("a"), None]];
    assert!(judged(whole(all), came()).0);
    let (ok, got, why) = judged(whole(&[&[Some("a")]]), returned(&[&[Some("a"), Some("1")]]));
    assert_eq!((ok, got), (false, json!({"rows": [["a", "1"]]})), "of all columns");
    assert_eq!(why, "missing: a; not expected: (a, 1)");
    let partial = Answer::Done { returned: Some(Returned { rows: texts(&[&[Some("a")]]), count: 2 }), affected: None };
    let (ok, got, why) = judged(first(&[Some("a")]), partial.clone());
    assert_eq!((ok, got), (false, json!({"rows": ["a"], "count": 2})));
    assert!(why.contains("only 1 were kept"));
    assert!(judged(Expect::Count(2), partial).0);
}

#[test]
fn every_expectation_holds_for_its_own_answer_only() {
    let error = |code: &str| Answer::Error { sqlstate: code.into(), message: "m".into() };
    let answers = [
        returned(&[&[Some("a")]]),
        Answer::Done { returned: None, affected: Some(1) },
        Answer::Done { returned: Some(Returned { rows: texts(&[&[Some("a")]]), count: 1 }), affected: Some(1) },
        error("23505"),
        error("42501"),
        Answer::Refused { reason: "COMMIT".into() },
    ];
    for (expect, holds) in [
        (Expect::Rows(Rows::First(vec![Some("a".into())])), [true, false, true, false, false, false]),
        (Expect::Count(1), [true, false, true, false, false, false]),
        (Expect::Affected(1), [false, true, true, false, false, false]),
        (Expect::Error("23505".into()), [false, false, false, true, false, false]),
        (Expect::Error("42501".into()), [false, false, false, false, true, false]),
        (Expect::Refused, [false, false, false, false, true, true]),
    ] {
        for (answer, holds) in answers.iter().zip(holds) {
            let (ok, _, why) = judged(expect.clone(), answer.clone());
            assert_eq!(ok, holds, "{expect:?} {answer:?}");
            assert_eq!(why.is_empty(), holds);
        }
    }
    let got = |index: usize, expect| judged(expect, answers[index].clone()).1;
    assert_eq!(got(0, Expect::Affected(1)), json!({"rows": ["a"]}), "what came is shown, whatever was asked");
    assert_eq!(got(1, Expect::Affected(3)), json!({"affected": 1}));
    assert_eq!(got(2, Expect::Count(3)), json!({"count": 1}));
    assert_eq!(got(3, Expect::Count(3)), json!({"error": "23505", "message": "m"}));
    assert_eq!(got(5, Expect::Count(3)), json!({"refused": true, "message": "COMMIT"}));
}

#[test]
fn a_report_counts_what_was_not_run_as_failed() {
    let after = Case { then: Some(Then { statement: "y".into(), expect: Expect::Count(1) }), ..case(Expect::Count(0)) };
    let ran = |then: Option<Answer>| after.judge(&Outcome::Ran { answer: returned(&[]), then });
    let report = Report::of(vec![
        ran(Some(returned(&[&[None]]))),
        ran(Some(returned(&[]))),
        ran(None),
        case(Expect::Count(0)).judge(&Outcome::NotRun { reason: "no such role".into() }),
    ]);
    assert_eq!(report.cases[1].why.as_deref(), Some("then: expected 1 rows back, got 0"));
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({"passed": 1, "failed": 3, "cases": [
            {"name": "c", "ok": true, "got": {"count": 0, "then": {"count": 1}}},
            {"name": "c", "ok": false, "got": {"count": 0, "then": {"count": 0}}},
            {"name": "c", "ok": false, "got": {"count": 0, "then": {"not_run": true}}},
            {"name": "c", "ok": false, "got": {"not_run": true, "message": "no such role"}},
        ]})
    );
}

#[test]
fn pgtap_has_a_test_for_each_case_and_leaves_out_what_ends_a_transaction() {
    let text = Suite::from_json(FULL).unwrap().to_pgtap();
    for has in [
        "SELECT plan(3);",
        "SELECT pg_temp.setting('app.claims', '{\"sub\":\"ann\"}');\n",
        "SET LOCAL ROLE authenticated;\n",
        "SELECT pg_temp.attempt('select id, v from app.docs', 2, true);\nRESET ROLE;\n",
        "SELECT is(current_setting('suite.got'), pg_temp.sorted('[[\"1\",null]]'), 'own rows');",
        "SELECT is(current_setting('suite.got'), '1 rows', 'own rows, then');",
        "SELECT skip('of the login: never sent to a server');",
    ] {
        assert!(text.contains(has), "{has}\n{text}");
    }
    assert!(text.ends_with("SELECT * FROM finish();\nROLLBACK;\n"));
    let odd = Case { name: "a\n# SKIP".into(), statement: "select '$sql$'; -- x".into(), ..case(Expect::Count(1)) };
    let suite =
        Suite { name: "s\nt".into(), claims_setting: None, setup: vec!["select 1 -- x".into()], cases: vec![odd] };
    let text = suite.to_pgtap();
    assert!(text.starts_with("-- s t: ") && text.contains("\nselect 1 -- x\n;\n"));
    assert!(text.contains("$xsql$select '$sql$'; -- x$xsql$") && text.contains("'1 rows', E'a \\\\# SKIP')"), "{text}");
}

fn shop() -> Sketch {
    let mut sketch = Sketch::new();
    for table in ["users", "projects", "docs", "notes"] {
        sketch.table(table, "owner");
    }
    sketch.columns("users", &[("id", "uuid not null"), ("email", "text not null")]);
    sketch.columns("projects", &[("id", "bigint not null"), ("user_id", "uuid not null")]);
    sketch.columns(
        "docs",
        &[
            ("id", "bigint not null"),
            ("user_id", "uuid not null"),
            ("project_id", "bigint not null"),
            ("kind", "app.kind not null"),
            ("odd", "geometry not null"),
        ],
    );
    sketch.columns("notes", &[("id", "bigint not null"), ("doc_id", "bigint not null")]);
    for (table, column, to, on_delete) in [
        ("projects", "user_id", "users", catalog::Action::Cascade),
        ("docs", "user_id", "users", catalog::Action::NoAction),
        ("docs", "project_id", "projects", catalog::Action::Cascade),
        ("notes", "doc_id", "docs", catalog::Action::Cascade),
    ] {
        let (relation, referenced) = (sketch.relation(table), sketch.relation(to));
        sketch.inner().foreign_keys.push(catalog::ForeignKey {
            relation,
            name: None,
            columns: vec![column.into()],
            references: ("app".into(), to.into()),
            referenced: Some(referenced),
            referenced_columns: vec!["id".into()],
            on_delete,
            on_update: catalog::Action::NoAction,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: catalog::Known::NotLoaded,
            comment: None,
        });
    }
    for table in ["users", "projects", "docs", "notes"] {
        let relation = sketch.relation(table);
        sketch.inner().constraints.push(catalog::Constraint {
            relation,
            name: None,
            kind: catalog::ConstraintKind::PrimaryKey,
            columns: vec!["id".into()],
            definition: catalog::Known::NotLoaded,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
    }
    let schema = catalog::SchemaId(0);
    sketch.inner().types.push(catalog::TypeObject {
        schema,
        name: "kind".into(),
        kind: catalog::TypeKind::Enum,
        labels: vec!["letter".into(), "memo".into()],
        base_type: None,
        attributes: vec![],
        constraints: vec![],
        check_names: vec![],
        default: None,
        owner: None,
        comment: None,
    });
    sketch.role("authenticated").role("anon");
    sketch.grant("docs", "authenticated", "SELECT, INSERT, UPDATE, DELETE");
    sketch.secured("docs", false);
    sketch
}

fn actors() -> Actors {
    let user = |name: &str, id: &str| User {
        name: name.into(),
        id: id.into(),
        actor: As { role: Some("authenticated".into()), claims: Some(json!({"sub": id})), ..As::default() },
    };
    let anonymous = Some(As { role: Some("anon".into()), ..As::default() });
    Actors { one: user("ann", "a1"), other: user("bob", "b2"), anonymous }
}

#[test]
fn a_suite_is_generated_with_rows_and_all_that_they_refer_to() {
    let sketch = shop();
    let catalog = sketch.catalog();
    let docs = sketch.relation("docs");
    assert_eq!(owner_column(&catalog, docs).as_deref(), Some("user_id"));
    let Generated { suite, notes } = generate(&catalog, docs, "user_id", &actors());
    // What is referred to comes first, once for each row.
    let tables: Vec<&str> = suite.setup.iter().map(|one| one.split(' ').nth(2).unwrap()).collect();
    assert_eq!(
        tables,
        ["app.users", "app.users", "app.projects", "app.docs", "app.users", "app.users", "app.projects", "app.docs"]
    );
    let docs_rows: Vec<&String> = suite.setup.iter().filter(|one| one.contains("app.docs")).collect();
    assert!(docs_rows[0].contains("'a1'") && docs_rows[0].contains("'letter'"), "{docs_rows:?}");
    assert!(docs_rows[1].contains("'b2'") && !docs_rows[1].contains("ON CONFLICT"));
    assert!(notes.iter().any(|note| note == "app.docs: odd of type geometry needs a value."), "{notes:?}");
    let kinds: Vec<&str> = suite.cases.iter().map(|case| case.name.split(':').next().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "isolation",
            "isolation",
            "cross-user",
            "cross-user",
            "cross-user",
            "anonymous",
            "anonymous",
            "insert for another",
            "move to another",
            "cascade",
            "cascade"
        ]
    );
    let expected = |index: usize| serde_json::to_value(&suite.cases[index].expect).unwrap();
    assert_eq!(expected(0), json!({"rows": ["a1"]}));
    assert_eq!(expected(2), json!({"count": 0}));
    assert_eq!(expected(4), json!({"affected": 0}));
    assert_eq!(expected(5), json!({"error": "42501"}), "anon has no privilege");
    assert_eq!(expected(8), json!({"affected": 0}), "there is no policy that lets a row be changed");
    assert_eq!(expected(9), json!({"error": "42501"}), "projects are not granted");
    let notes_case = &suite.cases[10];
    assert_eq!(notes_case.setup.len(), 1, "the row it refers to is there: {:?}", notes_case.setup);
    assert!(notes_case.then.as_ref().unwrap().statement.starts_with("SELECT 1 FROM app.notes WHERE doc_id = "));
    assert_eq!(Suite::from_json(&suite.to_json()).unwrap(), suite);
}

#[test]
fn what_policies_allow_changes_what_is_expected() {
    let mut sketch = shop();
    let docs = sketch.relation("docs");
    sketch.policy("docs", "own", catalog::PolicyCommand::All, &["PUBLIC"], Some("user_id = auth.uid()"), None);
    let suite = generate(&sketch.catalog(), docs, "user_id", &Actors { anonymous: None, ..actors() }).suite;
    assert!(!suite.cases.iter().any(|case| case.name.starts_with("anonymous")));
    let moved: Vec<&Case> = suite.cases.iter().filter(|case| case.name.starts_with("move")).collect();
    assert_eq!(moved.len(), 2, "with WHERE, and blindly");
    assert!(moved.iter().all(|case| case.expect == Expect::Error("42501".into())));
}
