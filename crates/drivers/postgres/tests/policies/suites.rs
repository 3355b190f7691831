//! Suites on real servers, by their export: what is generated for a table holds where its policies do what they are for, and each
//! hole fails its own case. Where pgTAP is not installed, functions of its names and forms stand in for it.

use catalog::{Catalog, Kind, Scope};
use driver_postgres::wire::Event;
use policy::suite::{Actors, As, Suite, User, generate};

use crate::{desk::Desk, server::TestServer, server::servers};

/// As far as exported files use them: the plan, tests by number, and what is left out.
const STAND_IN: &str = "
    create temp sequence tap_number; grant usage on tap_number to public;
    create function public.plan(integer) returns text language sql as $$ select '1..' || $1 $$;
    create function public.is(have anyelement, want anyelement, description text) returns text language sql as $$
      select case when have is not distinct from want then '' else 'not ' end || 'ok ' || nextval('tap_number') || ' - ' || description
      || case when have is not distinct from want then '' else ' have: ' || coalesce(have::text, 'NULL') || ' want: ' || want::text end $$;
    create function public.skip(text) returns text language sql as $$ select 'ok ' || nextval('tap_number') || ' # SKIP ' || $1 $$;
    create function public.fail(text) returns text language sql as $$ select 'not ok ' || nextval('tap_number') || ' - ' || $1 $$;
    create function public.finish() returns setof text language sql as $$ select '# done' where false $$";

/// pgTAP where the server has it.
async fn with_pgtap(desk: &mut Desk) -> bool {
    let there = !desk.ask("select 1::text from pg_available_extensions where name = 'pgtap'").await.unwrap().is_empty();
    desk.run(if there { "create extension pgtap" } else { STAND_IN }).await;
    there
}

/// The lines that a file prints, statement after statement, as psql would send them. An error ends it.
async fn lines(desk: &mut Desk, file: &str) -> Vec<String> {
    use arrow_array::{Array, cast::AsArray};
    desk.client.query(file).await.unwrap();
    let mut lines = Vec::new();
    for event in desk.client.collect().await.unwrap() {
        match event {
            Event::Batch(batch) => {
                let column = &batch.columns[0];
                let text = column.as_binary_opt::<i32>();
                for row in (0..batch.rows).filter(|row| !column.is_null(*row)) {
                    lines.extend(text.map(|text| String::from_utf8_lossy(text.value(row)).into_owned()));
                }
            }
            Event::Failed(report) => lines.push(format!("failed: {} {}", report.code, report.message)),
            _ => {}
        }
    }
    desk.run("rollback").await;
    lines.retain(|line| !line.is_empty());
    lines
}

/// Names of the cases that did not hold. As many tests have to have run as were planned.
async fn failing(desk: &mut Desk, suite: &Suite) -> Vec<String> {
    let lines = lines(desk, &suite.to_pgtap()).await;
    let planned: usize = lines[0].strip_prefix("1..").unwrap_or_else(|| panic!("{lines:#?}")).parse().unwrap();
    let ran = lines.iter().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count();
    assert_eq!(ran, planned, "{lines:#?}");
    lines.into_iter().filter(|line| line.starts_with("not ok ")).collect()
}

struct Shop {
    desk: Desk,
    actors: Actors,
    user: String,
}

impl Shop {
    async fn new(server: &TestServer) -> Self {
        let mut desk = Desk::new(server).await;
        let (user, nobody) = (desk.role("user", "").await, desk.role("nobody", "").await);
        desk.run(&format!(
            "create schema \"My App\"; grant usage on schema \"My App\" to {user}, {nobody};
             set search_path = \"My App\", public;
             create type mood as enum ('calm', 'cross');
             create domain title as text check (value <> '');
             create table users (id uuid primary key, email text not null unique);
             create table projects (id bigint generated always as identity primary key, user_id uuid not null references users on delete cascade);
             create table \"Docs\" (id bigint generated always as identity primary key,
                 user_id uuid not null references users, project_id bigint not null references projects on delete cascade,
                 mood mood not null, title title not null, at timestamptz not null default now(), size numeric(6, 2) not null,
                 tags text[] not null, twice bigint generated always as (project_id * 2) stored);
             create table notes (doc_id bigint not null references \"Docs\" on delete cascade, body varchar(3) not null);
             alter table \"Docs\" enable row level security;
             alter table projects enable row level security;
             grant select, insert, update, delete on \"Docs\" to {user}; grant select on \"Docs\" to {nobody};
             grant select, delete on projects to {user};
             create policy own on \"Docs\" to {user} using (user_id = (select current_setting('app.claims')::jsonb ->> 'sub')::uuid);
             create policy own on projects to {user} using (user_id = (select current_setting('app.claims')::jsonb ->> 'sub')::uuid);
             reset search_path"
        ))
        .await;
        with_pgtap(&mut desk).await;
        let person = |name: &str, id: &str| User {
            name: name.to_owned(),
            id: id.to_owned(),
            actor: As { role: Some(user.clone()), claims: Some(serde_json::json!({"sub": id})), ..As::default() },
        };
        let one = person("ann", "aaaaaaaa-0000-4000-8000-000000000001");
        let other = person("bob", "bbbbbbbb-0000-4000-8000-000000000002");
        let anonymous = Some(As { role: Some(nobody), ..As::default() });
        let actors = Actors { one, other, anonymous };
        Shop { desk, actors, user }
    }

    async fn catalog(&self) -> Catalog {
        use Kind::{Columns, Constraints, ForeignKeys, Grants, Policies, Relations, Roles, Schemas, Types};
        let kinds = [Schemas, Relations, Columns, Constraints, ForeignKeys, Types, Policies, Roles, Grants];
        let scope = Scope { kinds: kinds.into_iter().collect(), ..Scope::default() };
        self.desk.database.open().await.control().catalog(&scope).await.unwrap()
    }

    async fn generated(&self) -> Suite {
        let catalog = self.catalog().await;
        let docs = catalog.find_relation(Some("My App"), "Docs").unwrap();
        let generated = generate(&catalog, docs, "user_id", &self.actors);
        let unmade: Vec<&String> = generated.notes.iter().filter(|note| !note.contains("may refuse")).collect();
        assert!(unmade.is_empty(), "{unmade:?}");
        Suite { claims_setting: Some("app.claims".to_owned()), ..generated.suite }
    }
}

#[tokio::test]
async fn a_generated_suite_holds_and_each_hole_fails_its_case() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut shop = Shop::new(&server).await;
        let suite = shop.generated().await;
        assert_eq!(suite.cases.len(), 12, "{:#?}", suite.cases);
        let none = failing(&mut shop.desk, &suite).await;
        assert!(none.is_empty(), "{none:#?}\n{}", suite.to_pgtap());
        let user = shop.user.clone();
        let by = "(select current_setting('app.claims')::jsonb ->> 'sub')::uuid";
        for (hole, cases) in [
            (
                "alter policy own on docs using (true)".to_owned(),
                &["isolation", "cross-user", "insert for another", "move to another", "cascade"][..],
            ),
            (format!("create policy p on docs for select to {user} using (true)"), &["isolation", "cross-user"]),
            ("create policy p on docs for select using (true)".to_owned(), &["isolation", "cross-user", "anonymous"]),
            ("alter policy own on docs with check (true)".to_owned(), &["insert for another", "move to another"]),
            (format!("create policy p on docs for insert to {user} with check (true)"), &["insert for another"]),
            (
                format!("create policy p on docs for update to {user} using (user_id = {by}) with check (true)"),
                &["move to another"],
            ),
            ("alter policy own on \"My App\".projects using (true)".to_owned(), &["cascade"]),
            (
                "alter table docs disable row level security".to_owned(),
                &["isolation", "cross-user", "anonymous", "insert for another", "move to another", "cascade"],
            ),
        ] {
            let hole = hole.replace(" docs ", " \"My App\".\"Docs\" ");
            // The suite is the one from before the hole.
            shop.desk.run(&hole).await;
            let found = failing(&mut shop.desk, &suite).await;
            for kind in ["isolation", "cross-user", "anonymous", "insert for another", "move to another", "cascade"] {
                let fails = found.iter().any(|line| line.contains(&format!("- {kind}:")));
                assert_eq!(fails, cases.contains(&kind), "{hole}: {kind}: {found:#?}");
            }
            let back = match hole.as_str() {
                hole if hole.starts_with("create policy") => "drop policy p on \"My App\".\"Docs\"".to_owned(),
                hole if hole.starts_with("alter table") => {
                    "alter table \"My App\".\"Docs\" enable row level security".to_owned()
                }
                hole => {
                    let table = if hole.contains("projects") { "projects" } else { "\"Docs\"" };
                    format!(
                        "drop policy own on \"My App\".{table}; create policy own on \"My App\".{table} to {user} using (user_id = {by})"
                    )
                }
            };
            shop.desk.run(&back).await;
        }
        let none = failing(&mut shop.desk, &suite).await;
        assert!(none.is_empty(), "everything is as before: {none:#?}");
        shop.desk.drop().await;
    }
}

#[tokio::test]
async fn every_expectation_is_tested_by_the_exported_file() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut shop = Shop::new(&server).await;
        let user = shop.user.clone();
        let case = |name: &str, statement: &str, expect: &str| {
            format!(
                r#"{{"name": {name}, "as": {{"role": "{user}", "settings": {{"app.claims": "{{}}"}}}}, "statement": {statement}, "expect": {expect}}}"#,
                name = serde_json::to_string(name).unwrap(),
                statement = serde_json::to_string(statement).unwrap(),
            )
        };
        let odd = "select * from (values (1, true, 'it''s \"a\\b\"'), (2, null, 'é')) v (a, b, c) -- end";
        let holds = [
            case("rows", "values ('b'), (null), ('a')", r#"{"rows": ["a", "b", null]}"#),
            case("odd", odd, r#"{"rows": [["2", null, "é"], ["1", "t", "it's \"a\\b\""]]}"#),
            case("first of two", "values ('a', 1), ('b', 2)", r#"{"rows": ["b", "a"]}"#),
            case("none", "select 1 where false;", r#"{"rows": []}"#),
            case("count", "select from generate_series(1, 3)", r#"{"count": 3}"#),
            case("affected", "delete from \"My App\".\"Docs\" where false", r#"{"affected": 0}"#),
            case("grant", "select * from \"My App\".users", r#"{"error": "42501"}"#),
            case("syntax", "select 1 +", r#"{"refused": true}"#),
            case("divided", "select 1 / 0", r#"{"error": "22012"}"#),
            case("refused", "select * from \"My App\".users", r#"{"refused": true}"#),
            case("commit", "commit", r#"{"refused": true}"#),
            case("setting # SKIP", "select current_setting('app.claims')", r#"{"rows": ["{}"]}"#),
            case("who", "select current_user::text", &format!(r#"{{"rows": ["{user}"]}}"#)),
        ];
        let fails = [
            case("twice", "values ('a'), ('a')", r#"{"rows": ["a"]}"#),
            case("more columns", "select 1, 2", r#"{"rows": [["1"]]}"#),
            case("fewer columns", "select 1", r#"{"rows": [["1", "2"]]}"#),
            case("other error", "select 1 / 0", r#"{"error": "42501"}"#),
            case("no error", "select 1", r#"{"error": "42501"}"#),
            case("error", "select 1 / 0", r#"{"count": 1}"#),
            case("not refused", "select 1", r#"{"refused": true}"#),
            case("role", "reset role", r#"{"count": 0}"#),
            case("several", "select 1; select 2", r#"{"count": 1}"#),
        ];
        let cases: Vec<&str> = holds.iter().chain(&fails).map(String::as_str).collect();
        let suite = Suite::from_json(&format!(r#"{{"name": "all", "cases": [{}]}}"#, cases.join(", "))).unwrap();
        let found = failing(&mut shop.desk, &suite).await;
        assert_eq!(found.len(), fails.len(), "{found:#?}\n{}", suite.to_pgtap());
        for (line, number) in found.iter().zip(holds.len() + 1..) {
            assert!(line.starts_with(&format!("not ok {number} - ")), "{line}");
        }
        shop.desk.drop().await;
    }
}
