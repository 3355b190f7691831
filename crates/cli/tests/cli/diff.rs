//! Comparing databases: what differs, the statements in between, and that they do what they say.

use crate::harness::{Home, Mariadb, Server, servers};

const BEFORE: &str = "
    create schema app;
    create table app.people (id int primary key, mail text not null, born date);
    create table app.gone (id int primary key);
    create view app.adults as select id, mail from app.people;
    alter table app.people enable row level security;
    create policy own on app.people using (mail = current_user);
    insert into app.people values (1, 'a@b', '2001-02-03');";

const AFTER: &str = "
    create schema app;
    create type app.kind as enum ('plain', 'odd');
    create table app.people (id bigint primary key, email text not null, born date, kind app.kind not null default 'plain');
    create index people_born on app.people (born);
    create view app.adults as select id, email from app.people;
    alter table app.people enable row level security;
    create policy own on app.people using (email = current_user);
    create policy odd_ones on app.people as restrictive for select using (kind <> 'odd');
    comment on table app.people is 'Who is known';";

/// Two databases, gone when it is dropped.
struct Two<'a> {
    server: &'a Server,
    before: String,
    after: String,
    names: [String; 2],
}

impl<'a> Two<'a> {
    fn new(home: &Home, server: &'a Server, name: &str) -> Self {
        let url = |name: &str| {
            let (start, _) = server.url.rsplit_once('/').unwrap();
            format!("{start}/{name}")
        };
        let names = ["a", "b"].map(|side| format!("rh_cli_diff_{name}_{side}"));
        let two = Two { server, before: url(&names[0]), after: url(&names[1]), names };
        two.drop_both();
        let made = [(&two.names[0], &two.before, BEFORE), (&two.names[1], &two.after, AFTER)];
        for (name, target, script) in made {
            server.psql(&format!("create database {name}"));
            home.run(["query", target, "-q", "-c", script]).expect(0);
        }
        two
    }

    fn drop_both(&self) {
        for name in &self.names {
            self.server.psql(&format!("drop database if exists {name} with (force)"));
        }
    }
}

impl Drop for Two<'_> {
    fn drop(&mut self) {
        self.drop_both();
    }
}

#[test]
fn one_database_becomes_another_and_itself_again() {
    for server in servers() {
        let home = Home::new();
        let two = Two::new(&home, &server, "there");
        let (before, after) = (two.before.as_str(), two.after.as_str());
        let diff = |more: &[&str]| home.run([&["diff", before, after], more].concat());

        let text = diff(&[]).expect(0);
        for line in [
            "- relation app.gone\n",
            "+ type app.kind\n",
            "+ policy app.people.odd_ones\n",
            "~ relation app.people\n    + comment: Who is known\n",
            "~ column app.people.id\n    - type: integer\n    + type: bigint\n",
        ] {
            assert!(text.out().contains(line), "{line} in {}", text.out());
        }
        assert!(!text.out().contains("app.gone.id"), "parts of what goes go with it");
        text.says(&["--rename app.people.mail=email"]);
        diff(&["--check"]).expect(1);

        let json = diff(&["--format", "json"]).expect(0).json();
        assert_eq!(json["rowhouse_diff"], 1);
        assert_eq!(json["renames_proposed"][0]["to"]["name"], "email");
        assert!(json["steps"].as_array().unwrap().iter().any(|step| step["loses"] == "rows"));

        // What has another name is compared under it.
        let text = diff(&["--rename", "app.people.mail=email"]).expect(0);
        assert!(text.out().starts_with("> column app.people.mail is now email\n"), "{}", text.out());
        assert!(!text.out().contains("column app.people.email") && text.out().contains("~ column app.people.id"));

        let renamed = ["--rename", "app.people.mail=email", "--format", "sql"];
        let script = diff(&[&renamed[..], &["-o", "there.sql"]].concat()).expect(0);
        assert_eq!(script.out(), "");
        let there = std::fs::read_to_string(home.path("there.sql")).unwrap();
        assert!(there.starts_with("BEGIN;\n") && there.ends_with("COMMIT;\n"), "{there}");
        assert!(there.contains("-- Loses the rows of the table.\nDROP TABLE app.gone;\n"), "{there}");
        assert!(there.contains("RENAME COLUMN mail TO email;\n") && !there.contains("DROP COLUMN"), "{there}");
        let back = home
            .run([&["diff", after, before], &["--rename", "app.people.email=mail", "--format", "sql"][..]].concat());
        std::fs::write(home.path("back.sql"), back.expect(0).out()).unwrap();

        home.run(["query", before, "-q", "--yes", "-f", "there.sql"]).expect(0);
        assert_eq!(diff(&["--check"]).expect(0).out(), "Nothing differs.\n");
        assert_eq!(diff(&["--format", "sql"]).expect(0).out(), "");
        let kept = home.run(["query", before, "-q", "--format", "csv", "-c", "select id, email, kind from app.people"]);
        assert_eq!(kept.expect(0).out(), "id,email,kind\n1,a@b,plain\n");
        home.run(["query", before, "-q", "--yes", "-f", "back.sql"]).expect(0);
        let kept = home.run(["query", before, "-q", "--format", "csv", "-c", "select * from app.people"]);
        assert_eq!(kept.expect(0).out(), "id,mail,born\n1,a@b,2001-02-03\n");
        assert_eq!(diff(&["--check"]).expect(1).out(), text_of(&home, before, after));
    }
}

fn text_of(home: &Home, before: &str, after: &str) -> String {
    home.run(["diff", before, after]).expect(0).out().to_owned()
}

#[test]
fn what_cannot_be_compared_is_said() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let two = Two::new(&home, &server, "said");
        let (before, after) = (two.before.as_str(), two.after.as_str());
        let refused = |more: &[&str], code: i32, words: &[&str]| {
            home.run([&["diff", before, after], more].concat()).expect(code).says(words);
        };
        refused(&["--rename", "app.people.nobody=x"], 2, &["app.people.nobody=x", "SCHEMA.TABLE"]);
        refused(&["--rename", "app.people"], 2, &["SCHEMA.TABLE"]);
        // Its new name is taken.
        refused(&["--rename", "app.people.mail=born", "--format", "sql"], 2, &["mail", "taken"]);
        refused(&["--format", "xml"], 2, &["xml"]);
        let file = home.sqlite("other.db", "create table t (id int)");
        home.run(["diff", before, &file]).expect(2).says(&["two products"]);
        home.run(["diff", before, "postgres://127.0.0.1:1/none"]).expect(3);
        // Other schemas are nobody's business here.
        assert_eq!(
            home.run(["diff", before, after, "--schema", "public", "--check"]).expect(0).out(),
            "Nothing differs.\n"
        );
    }
}

/// One script makes the first into the second, and the other one back.
fn there_and_back(home: &Home, before: &str, after: &str) {
    let script = |from: &str, to: &str, file: &str| {
        home.run(["diff", from, to, "--format", "sql", "-o", file]).expect(0);
    };
    script(before, after, "there.sql");
    script(after, before, "back.sql");
    let first = home.run(["diff", before, after, "--check"]).expect(1).out().to_owned();
    for (file, left) in [("there.sql", "Nothing differs.\n"), ("back.sql", first.as_str())] {
        home.run(["query", before, "-q", "--yes", "-f", file]).expect(0);
        assert_eq!(home.run(["diff", before, after]).expect(0).out(), left);
    }
}

const PLAIN: &str = "create table people (id int not null primary key, mail varchar(80) not null); \
    create table orders (id int not null primary key, person int, note varchar(10)); \
    create view mails as select mail from people;";
const OTHER: &str = "create table people (id int not null primary key, mail varchar(90), born date); \
    create table orders (id int not null primary key, person int, constraint of_person foreign key (person) references people (id)); \
    create index people_born on people (born); \
    create view mails as select mail, born from people;";

#[test]
fn files_are_compared() {
    let home = Home::new();
    let (before, after) = (home.sqlite("before.db", PLAIN), home.sqlite("after.db", OTHER));
    there_and_back(&home, &before, &after);
    let script = std::fs::read_to_string(home.path("there.sql")).unwrap();
    assert!(script.starts_with("PRAGMA foreign_keys = OFF;\nBEGIN;\n"), "{script}");
    assert!(script.ends_with("PRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n"), "{script}");
}

#[test]
fn databases_of_mariadb_are_compared() {
    let home = Home::new();
    let made = |name: &str, script: &str| {
        let database = Mariadb::new(&home, name)?;
        database.run(script);
        Some(database)
    };
    let Some(before) = made("rh_cli_diff_a", PLAIN) else { return };
    let Some(after) = made("rh_cli_diff_b", OTHER) else { return };
    there_and_back(&home, &before.url, &after.url);
}
