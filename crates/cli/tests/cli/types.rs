//! Types for code: written from real servers, checked after something changed there.

use serde_json::json;

use crate::harness::{Home, Mariadb, servers};

const SHOP: &str = "
    create table {}customers (id bigint not null primary key, name varchar(20) not null, note varchar(20));
    create table {}orders (id int not null primary key, customer bigint not null, total decimal(10,2) not null,
        constraint ordered foreign key (customer) references {}customers (id));
    create view {}newest as select id from {}orders;";

const LANGUAGES: [&str; 6] = ["typescript", "kysely", "drizzle", "prisma", "zod", "rust"];

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path(name)).unwrap()
}

/// Writes in every language, changes the database, and is told what that breaks.
fn write_and_check(home: &Home, target: &str, chosen: &[&str], change: &dyn Fn(&str)) {
    let run = |more: &[&str]| home.run([&["types", target], chosen, more].concat());
    let check = |language: &str, more: &[&str]| run(&[&["--for", language, "--check", language], more].concat());
    for language in LANGUAGES {
        assert_eq!(run(&["--for", language, "-o", language]).expect(0).out(), "");
        let text = std::fs::read_to_string(home.path(language)).unwrap();
        assert_eq!(text, run(&["--for", language]).expect(0).out(), "{language} is the same each time");
        assert!(text.contains("total") && text.contains("ustomers") && text.contains("// rowhouse-types "), "{text}");
        assert_eq!(check(language, &[]).expect(0).out(), "Up to date.\n");
    }
    let json = check("zod", &["--format", "json"]).expect(0).json();
    assert_eq!(json, json!({ "rowhouse_types_check": 1, "breaking": false, "up_to_date": true, "changes": [] }));

    change("alter table {}customers add column fresh int");
    let added = check("kysely", &[]).expect(1).out().to_owned();
    assert!(added.starts_with("addition  ") && added.ends_with(".customers.fresh is new\n"), "{added}");
    assert_eq!(check("kysely", &["--format", "json"]).expect(1).json()["breaking"], false);
    change("drop view {}newest");
    change("alter table {}customers drop column note");
    for language in LANGUAGES {
        let told = check(language, &[]).expect(1).out().to_owned();
        assert!(told.contains(".customers.note is gone\n") && told.contains(".newest is gone\n"), "{told}");
        assert_eq!(told.lines().filter(|line| line.starts_with("breaking  ")).count(), 2, "{told}");
    }
    let json = check("rust", &["--format", "json", "-o", "check.json"]).expect(1);
    assert_eq!(json.out(), "");
    let json: serde_json::Value = serde_json::from_str(&read(home, "check.json")).unwrap();
    assert_eq!((&json["up_to_date"], &json["breaking"]), (&json!(false), &json!(true)));
    let gone = json["changes"].as_array().unwrap().iter().find(|one| one["part"] == "note").unwrap();
    assert_eq!(
        (&gone["effect"], &gone["what"], &gone["on"]["name"]),
        (&json!("breaking"), &json!("is gone"), &json!("customers"))
    );

    // Written anew it holds again; what a person writes into it does not.
    run(&["--for", "zod", "-o", "zod"]).expect(0);
    assert_eq!(check("zod", &[]).expect(0).out(), "Up to date.\n");
    std::fs::write(home.path("zod"), read(home, "zod").replacen("export", "export ", 1)).unwrap();
    assert_eq!(check("zod", &[]).expect(1).out(), "Only keys, comments or what was changed by hand differ.\n");

    check("zod", &["--for"]).expect(2);
    run(&["--for", "zod", "--check", "rust"]).expect(2).says(&["another language", "--for"]);
    std::fs::write(home.path("own"), "export interface A {}").unwrap();
    run(&["--for", "zod", "--check", "own"]).expect(2).says(&["own", "not written by rowhouse types"]);
    run(&["--for", "zod", "--check", "none"]).expect(7).says(&["none"]);
    run(&["--for", "cobol"]).expect(2).says(&["cobol"]);
    run(&["--for", "zod", "--format", "json"]).expect(2).says(&["--check"]);
    home.run(["types", target, "--for", "zod", "--schema", "no_such", "-o", "no"]).expect(4).says(&["no_such"]);
    assert!(!home.path("no").exists());
}

#[test]
fn types_of_postgresql_are_written_and_checked() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_types");
        server.psql(&SHOP.replace("{}", "rh_cli_types."));
        server.psql(
            "create type rh_cli_types.\"Mood\" as enum ('so so', 'it''s'); create domain rh_cli_types.mail as text not null;
             create table rh_cli_types.\"select\" (id int generated always as identity, mood rh_cli_types.\"Mood\"[] not null,
                 mail rh_cli_types.mail, \"größe\" numeric(5,1) default 1, whole numeric generated always as (id + 1) stored);
             comment on column rh_cli_types.\"select\".mail is 'not */ here';",
        );
        let chosen = ["--schema", "rh_cli_types"];
        let text = home.run([&["types", &server.url, "--for", "typescript"], &chosen[..]].concat()).expect(0);
        for line in [
            "export type Mood = \"so so\" | \"it's\";\n",
            "export interface SelectRow {\n  id: number;\n  mood: string;\n  /** not *∕ here */\n  mail: string;\n  größe: string | null;\n",
            "export interface SelectInsert {\n  id?: never;\n  mood: Array<Mood | null> | string;\n",
            "  whole?: never;\n",
            "export interface CustomersRow {\n  id: string;\n",
            "  total: string;\n",
            "export interface NewestRow {\n  id: number | null;\n}\n",
        ] {
            assert!(text.out().contains(line), "{line} in {}", text.out());
        }
        write_and_check(&home, &server.url, &chosen, &|statement| {
            server.psql(&statement.replace("{}", "rh_cli_types."));
        });
        server.drop_schema("rh_cli_types");
    }
}

#[test]
fn types_of_mariadb_are_written_and_checked() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_types") else { return };
    let target = database.url.as_str();
    database.run(&SHOP.replace("{}", ""));
    let kinds = "create table kinds (id bigint unsigned auto_increment primary key, state enum('a','it''s') not null default 'a')";
    database.run(kinds);
    let chosen = ["--schema", "rh_cli_types"];
    let text = home.run([&["types", target, "--for", "typescript"], &chosen[..]].concat()).expect(0);
    assert!(text.out().contains("export type KindsState = \"a\" | \"it's\";\n"), "{}", text.out());
    assert!(
        text.out().contains("export interface KindsRow {\n  id: string;\n  state: KindsState;\n}\n"),
        "{}",
        text.out()
    );
    let drizzle = home.run([&["types", target, "--for", "drizzle"], &chosen[..]].concat()).expect(0);
    let line = "  state: mysql.mysqlEnum(\"state\", [\"a\", \"it's\"]).notNull().default(sql`'a'`),\n";
    assert!(drizzle.out().contains(line), "{}", drizzle.out());
    write_and_check(&home, target, &chosen, &|statement| {
        database.run(&statement.replace("{}", ""));
    });
}

#[test]
fn types_of_files_are_written_and_checked() {
    let home = Home::new();
    let file = home.sqlite("shop.db", &SHOP.replace("{}", ""));
    let text = home.run(["types", &file, "--for", "typescript"]).expect(0);
    assert!(text.out().contains("export interface OrdersRow {\n  id: bigint;\n"), "{}", text.out());
    write_and_check(&home, &file, &[], &|statement| {
        home.run(["query", &file, "-q", "--yes", "-c", &statement.replace("{}", "")]).expect(0);
    });
}
