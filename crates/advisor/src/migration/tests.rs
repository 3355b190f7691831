use super::*;
use crate::Lock;

const POSTGRES: Server = Server::Postgres { major: 18 };

fn of(text: &str, server: Server) -> Review {
    review(&Migration::of(text, server))
}

fn rules_of(review: &Review) -> Vec<&'static str> {
    review.findings.iter().map(|finding| finding.rule).collect()
}

fn only(text: &str, server: Server) -> Step {
    let mut review = of(text, server);
    assert_eq!(review.steps.len(), 1, "{text}");
    review.steps.remove(0)
}

fn postgres(lock: Lock) -> TableLock {
    TableLock::Postgres { lock }
}

#[test]
fn what_versions_changed_is_asked_of_the_version() {
    let at = |text: &str, major: u16| only(text, Server::Postgres { major });
    let constant = "alter table t add column a int default 1";
    assert_eq!((at(constant, 10).work, at(constant, 11).work), (Work::Rewrite, Work::Nothing));
    let value = "alter type state add value 'x'";
    assert_eq!((at(value, 11).transaction_safe, at(value, 12).transaction_safe), (false, true));
    let detach = "alter table t detach partition p";
    assert_eq!((at(detach, 13).online.is_some(), at(detach, 14).online.is_some()), (false, true));
    let attach = "alter table t attach partition p default";
    let parent = |major: u16| at(attach, major).locks.iter().find(|held| held.name == "t").map(|held| held.lock);
    assert_eq!(parent(11), Some(postgres(Lock::AccessExclusive)));
    assert_eq!(parent(12), Some(postgres(Lock::ShareUpdateExclusive)));
    let not_null = |major: u16| at("alter table t alter a set not null", major).online.map(|online| online.sql);
    assert_eq!(not_null(11), None);
    assert!(not_null(12).is_some_and(|sql| sql.contains("CHECK (a IS NOT NULL) NOT VALID")));
    assert!(not_null(18).is_some_and(|sql| sql.contains("NOT NULL a NOT VALID")));
    let reindex = |major: u16| at("reindex table t", major).online.map(|online| online.sql);
    assert_eq!(reindex(11), None);
    assert_eq!(reindex(12).as_deref(), Some("REINDEX (CONCURRENTLY) TABLE t;"));
}

#[test]
fn ways_around_keep_names_and_options() {
    for (text, way) in [
        (
            "create unique index if not exists \"a;b\" on \"My App\".\"T\" using btree ((lower(\"X\")) desc nulls last) include (c) where c > 0",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"a;b\" ON \"My App\".\"T\" USING btree (lower(\"X\") DESC NULLS LAST) INCLUDE (c) WHERE c > 0;",
        ),
        ("drop index if exists app.i", "DROP INDEX CONCURRENTLY IF EXISTS app.i;"),
        ("refresh materialized view app.v", "REFRESH MATERIALIZED VIEW CONCURRENTLY app.v;"),
        ("alter table t detach partition \"P\"", "ALTER TABLE t DETACH PARTITION \"P\" CONCURRENTLY;"),
        (
            "alter table only t add constraint \"c'\" foreign key (a, b) references r (x, y) on delete cascade deferrable",
            "ALTER TABLE ONLY t ADD CONSTRAINT \"c'\" FOREIGN KEY (a, b) REFERENCES r (x, y) ON DELETE CASCADE DEFERRABLE NOT VALID;\n\
             ALTER TABLE t VALIDATE CONSTRAINT \"c'\";",
        ),
        (
            "alter table t add check (a > 0)",
            "ALTER TABLE t ADD CONSTRAINT t_check CHECK (a > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT t_check;",
        ),
        (
            "alter table t add unique nulls not distinct (a, \"B\") include (c)",
            "CREATE UNIQUE INDEX CONCURRENTLY \"t_a_B_key\" ON t (a, \"B\") INCLUDE (c) NULLS NOT DISTINCT;\n\
             ALTER TABLE t ADD CONSTRAINT \"t_a_B_key\" UNIQUE USING INDEX \"t_a_B_key\";",
        ),
    ] {
        assert_eq!(only(text, POSTGRES).online.map(|online| online.sql).as_deref(), Some(way), "{text}");
    }
    assert_eq!(only("drop index a, b", POSTGRES).online, None, "several are not dropped concurrently");
    assert_eq!(only("drop index a cascade", POSTGRES).online, None);
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_the_rest_goes_on() {
    let text =
        "create index i on t (a);\nalter table t frobnicate;\n\\d t\ndo $$ begin drop table t; end $$;\ntruncate t;";
    let review = of(text, POSTGRES);
    let unread: Vec<(usize, &str)> = review
        .steps
        .iter()
        .filter_map(|step| step.unread.as_ref())
        .map(|unread| (unread.at, unread.reason.as_str()))
        .collect();
    assert_eq!(unread.len(), 3, "{unread:?}");
    assert_eq!(text.get(unread[0].0..unread[0].0 + 10), Some("frobnicate"));
    assert!(unread[1].1.contains("terminal client") && unread[2].1.contains("DO block"), "{unread:?}");
    assert!(review.steps[1].locks.is_empty() && review.steps[1].work == Work::Nothing);
    assert!(rules_of(&review).contains(&"M-01") && rules_of(&review).contains(&"M-07"));
}

#[test]
fn odd_texts_are_survived() {
    for server in [
        POSTGRES,
        Server::MySql { version: [8, 4, 0] },
        Server::MariaDb { version: [10, 11, 0] },
        Server::Sqlite { version: [3, 45, 0] },
    ] {
        for text in [
            "",
            ";;;",
            "--",
            "/*",
            "'",
            "\"",
            "$$",
            "alter",
            "alter table",
            "alter table t",
            "alter table t add",
            "drop",
            "drop table",
            "create index",
            "create index on",
            "alter table t add column",
            "alter table t drop constraint",
            "delete",
            "update",
            "set",
            "\u{0}",
            "é; ü",
            "alter table \"",
            "alter table t add column c int default (",
            "drop index",
            "rename table",
            "insert",
            "alter table t add constraint x check (1 = 1), ,",
            "truncate",
            "create",
            "reindex",
            "vacuum full",
            "cluster",
            "commit; commit",
        ] {
            let review = of(text, server);
            for step in &review.steps {
                assert!(text.get(step.span.start..step.span.end).is_some(), "{text}");
            }
        }
    }
    assert_eq!(of(" -- nothing\n ; ", POSTGRES), Review { steps: Vec::new(), findings: Vec::new() });
}

#[test]
fn a_text_in_quotes_is_no_statement() {
    let text = "comment on table t is 'drop table x; create index i on t (a)';\n\
                create function f() returns void language plpgsql as $x$ begin drop table x; delete from y; end $x$;\n\
                /* truncate t; */ -- vacuum full\nselect 'delete from t';";
    let review = of(text, POSTGRES);
    assert_eq!(review.steps.len(), 3);
    assert_eq!(rules_of(&review), ["M-11"], "only that a name has no schema");
}

#[test]
fn a_megabyte_is_read_statement_by_statement() {
    let mut text = String::new();
    for number in 0..9_000 {
        text.push_str(&format!(
            "alter table app.t{number} add column \"c {number}\" int default {number}, drop column d;\n"
        ));
    }
    let many = 1_000_000 / "create table app.x (a int);".len();
    let review = of(&text, POSTGRES);
    assert_eq!(review.steps.len(), 9_000);
    assert_eq!(review.findings.iter().filter(|finding| finding.rule == "M-07").count(), 9_000);
    let tables: String = (0..many).map(|number| format!("create table app.x{number} (a int);")).collect();
    assert!(of(&tables, POSTGRES).steps.iter().all(|step| step.unread.is_none()));
    let one = format!("alter table t add constraint c check (a in ({}1));", "1,".repeat(500_000));
    assert!(only(&one, POSTGRES).unread.is_some_and(|unread| unread.reason.contains("longer than")));
    let deep = format!("alter table t add check ({}1 = 1{})", "(".repeat(5_000), ")".repeat(5_000));
    let _ = of(&deep, POSTGRES);
}

#[test]
fn several_changes_of_one_statement_are_each_said() {
    let step = only("alter table app.t add a int, alter b set not null, add constraint k unique (c)", POSTGRES);
    assert_eq!(step.what.len(), 3);
    assert_eq!((step.locks.len(), step.work), (1, Work::Scan));
    assert_eq!(step.online, None);
}

#[test]
fn innodb_is_told_by_version() {
    let made = |text: &str, server: Server| match only(text, server).locks.first().map(|held| held.lock) {
        Some(TableLock::MySql { algorithm, lock }) => (algorithm, lock),
        other => panic!("{text}: {other:?}"),
    };
    use {Algorithm::*, Concurrency as C};
    let mysql = |version| Server::MySql { version };
    let maria = |version| Server::MariaDb { version };
    for (text, server, wanted) in [
        ("alter table t add column a int", mysql([5, 7, 44]), (Inplace, C::None)),
        ("alter table t add column a int", mysql([8, 0, 12]), (Instant, C::None)),
        ("alter table t add column a int after b", mysql([8, 0, 28]), (Inplace, C::None)),
        ("alter table t add column a int after b", mysql([8, 0, 29]), (Instant, C::None)),
        ("alter table t drop column a", mysql([8, 0, 28]), (Inplace, C::None)),
        ("alter table t drop column a", maria([10, 4, 0]), (Instant, C::None)),
        ("alter table t add index i (a)", maria([10, 6, 0]), (NoCopy, C::None)),
        ("alter table t add index i (a)", mysql([8, 4, 0]), (Inplace, C::None)),
        ("alter table t modify a bigint", maria([11, 1, 0]), (Copy, C::Shared)),
        ("alter table t modify a bigint", maria([11, 2, 0]), (Copy, C::None)),
        ("alter table t change a b bigint", mysql([8, 4, 0]), (Copy, C::Shared)),
    ] {
        assert_eq!(made(text, server), wanted, "{text} on {server:?}");
    }
    let begun = of("start transaction; alter table t add column a int, algorithm=instant; commit;", mysql([8, 4, 0]));
    assert!(begun.findings.iter().any(|finding| finding.message.contains("commits the transaction")));
}

#[test]
fn sqlite_is_told_by_version() {
    let dropped = |version: [u16; 3]| rules_of(&of("alter table t drop column a", Server::Sqlite { version }));
    assert_eq!(dropped([3, 34, 0]).iter().filter(|rule| **rule == "M-14").count(), 1);
    let level = |version| {
        let review = of("alter table t drop column a", Server::Sqlite { version });
        review.findings.iter().find(|finding| finding.rule == "M-14").map(|finding| finding.level)
    };
    assert_eq!((level([3, 34, 0]), level([3, 35, 0])), (Some(Level::Error), Some(Level::Info)));
}

#[test]
fn ids_are_in_order_and_pages_say_what_and_why() {
    let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    let wanted: Vec<String> = (1..=14).map(|number| format!("M-{number:02}")).collect();
    assert_eq!(ids, wanted);
    for rule in rules() {
        let page = rule.page();
        for part in ["**Why.**", "**How to fix it.**", "**False positives.**", "```sql,fires", "```sql,silent"] {
            assert!(page.contains(part), "{} has no {part}", rule.id);
        }
    }
}
