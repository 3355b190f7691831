//! Data dictionaries: of every engine, in both formats, and again after something changed.

use crate::harness::{Home, Mariadb, servers};

const SHOP: &str = "
    create table {}customers (id int not null primary key, name varchar(20) not null default '<b>nobody</b>');
    create table {}orders (id int not null primary key, customer int not null,
        constraint ordered foreign key (customer) references {}customers (id) on delete cascade);
    create index orders_by_customer on {}orders (customer);
    create view {}newest as select id from {}orders;";

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path(name)).unwrap()
}

/// Writes both formats, and what changed is in the next.
fn describe(home: &Home, target: &str, chosen: &[&str], schema: &str, change: &dyn Fn(&str)) {
    let docs = |more: &[&str]| home.run([&["docs", target], chosen, more].concat());
    assert_eq!(docs(&["--format", "html", "-o", "shop.html"]).expect(0).out(), "");
    let html = read(home, "shop.html");
    for wanted in [
        format!("id=\"relation.{schema}.orders\""),
        format!("<a href=\"#relation.{schema}.customers\"><code>customers</code></a> <code>id</code>"),
        "on delete cascade".to_owned(),
        "&lt;b&gt;nobody&lt;/b&gt;".to_owned(),
        "<code>orders_by_customer</code>".to_owned(),
        "data:image/svg+xml;base64,".to_owned(),
        "2 tables, 1 view, 5 columns, 1 foreign key".to_owned(),
    ] {
        assert!(html.contains(&wanted), "{wanted}");
    }
    assert!(!html.contains("<b>nobody") && !html.contains("src=\"http") && !html.contains("href=\"http"));
    assert!(
        !docs(&["--format", "html", "-o", "bare.html", "--no-diagram", "--title", "The <shop>"]).out().contains("x")
    );
    let bare = read(home, "bare.html");
    assert!(bare.contains("<title>The &lt;shop&gt;</title>") && !bare.contains("svg"));

    docs(&["--format", "markdown", "-o", "docs/shop"]).expect(0);
    let first = read(home, "docs/shop/README.md");
    assert!(
        first.contains("```mermaid\nerDiagram\n") && first.contains(&format!("[newest](relation.{schema}.newest.md)")),
        "{first}"
    );
    let orders = read(home, &format!("docs/shop/relation.{schema}.orders.md"));
    assert!(orders.contains(&format!("[customers](relation.{schema}.customers.md) <code>id</code>")), "{orders}");

    // A file of one's own stays; what is gone from the database goes.
    std::fs::write(home.path("docs/shop/notes.md"), "mine").unwrap();
    change("drop view {}newest");
    docs(&["--format", "markdown", "-o", "docs/shop"]).expect(0);
    assert!(!home.path(&format!("docs/shop/relation.{schema}.newest.md")).exists());
    assert_eq!(read(home, "docs/shop/notes.md"), "mine");
    assert!(!read(home, "docs/shop/README.md").contains("newest"));

    std::fs::create_dir(home.path("other")).unwrap();
    std::fs::write(home.path("other/README.md"), "# Mine").unwrap();
    docs(&["--format", "markdown", "-o", "other"]).expect(2).says(&["other", "something else"]);
    docs(&["--format", "markdown", "-o", "shop.html"]).expect(2).says(&["shop.html", "is a file"]);
    assert_eq!(read(home, "other/README.md"), "# Mine");
    docs(&["--format", "html", "-o", "docs"]).expect(2).says(&["is a folder"]);
    docs(&["--format", "html"]).expect(2).says(&["--output"]);
    home.run(["docs", target, "--format", "html", "--schema", "no_such", "-o", "none.html"])
        .expect(4)
        .says(&["no_such"]);
    assert!(!home.path("none.html").exists());
}

#[test]
fn postgresql_is_described() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_docs");
        server.psql(&SHOP.replace("{}", "rh_cli_docs."));
        server.psql(
            "create type rh_cli_docs.mood as enum ('sad'); create sequence rh_cli_docs.numbers;
             create table rh_cli_docs.secrets (mood rh_cli_docs.mood[]);
             alter table rh_cli_docs.secrets enable row level security;
             create policy own on rh_cli_docs.secrets using (true);
             create function rh_cli_docs.touch() returns trigger language plpgsql as 'begin return new; end';
             create trigger touched before insert on rh_cli_docs.secrets for each row execute function rh_cli_docs.touch();
             comment on table rh_cli_docs.secrets is '</style><script>alert(1)</script>';
             grant select on rh_cli_docs.secrets to public;",
        );
        let chosen = ["--schema", "rh_cli_docs"];
        home.run([&["docs", &server.url], &chosen[..], &["--format", "html", "-o", "all.html"]].concat()).expect(0);
        let html = read(&home, "all.html");
        for wanted in [
            "<a href=\"#type.rh_cli_docs.mood\"><code>rh_cli_docs.mood[]</code></a>",
            "<dt>Row security</dt><dd>on</dd>",
            "<code>own</code></td><td>permissive, all</td><td><code>PUBLIC</code></td><td><code>true</code>",
            "<code>touched</code></td><td>BEFORE INSERT for each row</td>",
            "<td><code>PUBLIC</code></td><td>SELECT</td>",
            "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
            "id=\"routine.rh_cli_docs.touch\"",
            "id=\"sequence.rh_cli_docs.numbers\"",
            "<dt>Language</dt><dd>plpgsql</dd>",
        ] {
            assert!(html.contains(wanted), "{wanted}");
        }
        assert_eq!(html.matches("<script>").count(), 1);
        server.psql("drop table rh_cli_docs.secrets");
        describe(&home, &server.url, &chosen, "rh_cli_docs", &|statement| {
            server.psql(&statement.replace("{}", "rh_cli_docs."));
        });
        server.drop_schema("rh_cli_docs");
    }
}

#[test]
fn mariadb_is_described() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_docs") else { return };
    let target = database.url.as_str();
    database.run(&SHOP.replace("{}", ""));
    describe(&home, target, &["--schema", "rh_cli_docs"], "rh_cli_docs", &|statement| {
        database.run(&statement.replace("{}", ""));
    });
}

#[test]
fn files_are_described() {
    let home = Home::new();
    let file = home.sqlite("shop.db", &SHOP.replace("{}", ""));
    describe(&home, &file, &[], "main", &|statement| {
        home.run(["query", &file, "-q", "--yes", "-c", &statement.replace("{}", "")]).expect(0);
    });
}
