//! What results are called, and how a search path is read.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{comment_title, dialect, result_title, search_path};

#[test]
fn rows_are_called_after_the_relation_they_are_read_from() {
    for (text, title) in [
        ("select * from orders", "orders"),
        ("select * from public.orders o join customers c on true where exists (select 1 from t)", "orders"),
        ("select (select max(id) from refunds), a from \"Odd \"\"Name\"\"\"", "Odd \"Name\""),
        ("select extract(year from day) from sales", "sales"),
        ("select a is distinct from b from pairs", "pairs"),
        ("select distinct a from pairs", "pairs"),
        ("with late as (select * from shipments) select * from late l join orders on true", "late"),
        ("with recursive a(n) as (values (1) union all select n + 1 from a) (select * from a)", "a"),
        ("with gone as (delete from old returning *) insert into archive select * from gone returning id", "archive"),
        ("(select * from a) union all (select * from b)", "a"),
        ("select 1 union all select id from b", "b"),
        ("select * from (select * from orders where true) x", "orders"),
        ("select * from ((orders join customers using (id)) join t on true)", "orders"),
        ("select * from (values (1), (2)) as numbers(n)", "numbers"),
        ("select * from generate_series(1, 10) n", "generate_series"),
        ("select * from only audit.log, lateral f(log.id)", "log"),
        ("select pg_sleep(1)", "pg_sleep"),
        ("select pg_catalog.current_setting('x') as y", "current_setting"),
        ("insert into orders (id) values (1) returning *", "orders"),
        ("update only shop.orders set a = 1 returning id", "orders"),
        ("delete from \"Orders\" using t returning *", "Orders"),
        ("table customers", "customers"),
        ("show server_version", "server_version"),
        ("fetch 10 from c", "c"),
        ("explain analyze select * from orders", "EXPLAIN orders"),
        ("explain (analyze, format json) with a as (select 1) select * from a", "EXPLAIN a"),
    ] {
        assert_eq!(result_title(text, dialect::postgres()).as_deref(), Some(title), "{text}");
    }
    for text in [
        "select 1",
        "values (1)",
        "select 'from t'",
        "",
        "(",
        "select",
        "with",
        "with a as (",
        "select * from",
        "commit",
    ] {
        assert_eq!(result_title(text, dialect::postgres()), None, "{text}");
    }
    let long = format!("select * from {}", "x".repeat(500));
    assert_eq!(result_title(&long, dialect::postgres()).unwrap().chars().count(), 80);
    let deep = format!("select * from {}t", "(".repeat(50_000));
    assert_eq!(result_title(&deep, dialect::postgres()), None, "too deep is no panic");
}

#[test]
fn sqlites_own_forms_have_names_too() {
    for (text, title) in [
        ("pragma table_info(orders)", Some("table_info")),
        ("select * from [order lines]", Some("order lines")),
        ("insert or replace into t values (1) returning *", Some("t")),
        ("update or ignore t set a = 1 returning a", Some("t")),
        ("replace into t values (1) returning *", Some("t")),
    ] {
        assert_eq!(result_title(text, dialect::sqlite()).as_deref(), title, "{text}");
    }
}

#[test]
fn a_comment_may_give_the_name_outright() {
    for (comment, title) in [
        ("name: late orders", "late orders"),
        ("Name :x", "x"),
        ("what sold best", "what sold best"),
        ("name:", "name:"),
    ] {
        assert_eq!(comment_title(comment), title);
    }
}

#[test]
fn a_search_path_is_read_as_the_server_prints_it() {
    assert_eq!(search_path("\"$user\", public", Some("ada")), ["ada", "public"]);
    assert_eq!(search_path("\"$user\", public", None), ["public"]);
    assert_eq!(search_path("Sales,\"Odd, \"\"Name\"\"\" , sales", None), ["sales", "Odd, \"Name\""]);
    assert_eq!(search_path("\"\"", Some("ada")), Vec::<String>::new());
    assert_eq!(search_path("\"open", None), ["open"]);
}
