//! Which rule refused a change, and which columns it is about.

use driver::{Error, NewValue, Role, RowDelete, RowInsert, ViolationKind};

use crate::{
    common::server::{Server, run, servers},
    desk::{Desk, Table, by, schema, text},
};

const SCRIPT: &str = r#"
    create type mood as enum ('sad', 'ok'); create domain even as int check (value % 2 = 0);
    create domain must as text not null;
    create table parent (id int primary key, code text unique, "a, b" text, tenant int, unique (tenant, "a, b"));
    insert into parent values (1, 'p', 'q', 5), (2, 'r', 's', 5);
    create table child (id int primary key, name varchar(5) not null, short char(2), parent int references parent,
      tenant int, "a, b" text, n numeric(5,2), small smallint, big bigint, at date, ts timestamp, m mood, e even, j json,
      u uuid, d must default 'd', bits bit(3), mail text, nums int[], during int4range,
      constraint child_pair foreign key (tenant, "a, b") references parent (tenant, "a, b"),
      constraint positive check (n > 0 and coalesce(big <> small, true)),
      constraint apart exclude using gist (during with &&));
    create unique index child_mail on child (lower(mail));
    insert into child (id, name, parent, mail, during) values (1, 'a', 1, 'Ann@x', '[1,5)'), (2, 'b', null, 'b@x', null);
    create table tree (id int primary key, up int references tree); insert into tree values (1, null), (2, 1);
    create table strict (id int primary key, parent int references parent on delete restrict); insert into strict values (1, 2);
    create table parted (id int, code text, primary key (id), unique (id, code)) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (10); insert into parted values (1, 'a'), (2, 'b');
    create table late (id int primary key, n int, constraint late_n unique (n) deferrable initially deferred);
    insert into late values (1, 1), (2, 2);
    create table quiet (id int primary key, v text); insert into quiet values (1, 'a');
    create function nothing() returns trigger language plpgsql as 'begin return null; end';
    create trigger quiet before update on quiet for each row execute function nothing();
"#;

/// A column, what it is to become, and what refuses it: the rule's kind, its name and its columns.
type Case = (&'static str, NewValue, ViolationKind, Option<&'static str>, &'static [&'static str]);

async fn refused(desk: &Desk, table: &Table, change: &driver::Change) -> Error {
    match desk.save(table, change).await {
        Err(error) => error,
        Ok(done) => panic!("{done:?} {}", change.text),
    }
}

#[tokio::test]
async fn every_common_rule_is_known_with_its_name_and_its_columns() {
    use ViolationKind as V;
    for server in servers() {
        schema(&server, "edit_rules", SCRIPT).await;
        let desk = Desk::open(&server, "edit_rules", "", Role::Browse).await;
        let table = desk.table("child").await;
        let cases: &[Case] = &[
            ("name", NewValue::Null, V::NotNull, None, &["name"]),
            ("d", NewValue::Null, V::NotNull, None, &["d"]),
            ("id", text("1"), V::Unique, Some("child_pkey"), &["id"]),
            ("mail", text("ANN@X"), V::Unique, Some("child_mail"), &["mail"]),
            ("parent", text("99"), V::Reference, Some("child_parent_fkey"), &["parent"]),
            ("n", text("-1"), V::Check, Some("positive"), &["n", "big", "small"]),
            ("e", text("3"), V::Check, Some("even_check"), &["e"]),
            ("during", text("[2,3)"), V::Exclusion, Some("apart"), &["during"]),
            ("name", text("far too long"), V::TooLong, None, &["name"]),
            ("short", text("abc"), V::TooLong, None, &["short"]),
            ("bits", text("11111"), V::TooLong, None, &["bits"]),
            ("n", text("1000"), V::OutOfRange, None, &["n"]),
            ("small", text("70000"), V::OutOfRange, None, &["small"]),
            ("big", text("9223372036854775808"), V::OutOfRange, None, &["big"]),
            ("big", text("many"), V::NotOfType, None, &["big"]),
            ("at", text("2024-02-30"), V::NotOfType, None, &["at", "ts"]),
            ("at", text("tomorrowish"), V::NotOfType, None, &["at"]),
            ("m", text("happy"), V::NotOfType, None, &["m"]),
            ("j", text("{\"a\": }"), V::NotOfType, None, &["j"]),
            ("u", text("nope"), V::NotOfType, None, &["u"]),
        ];
        for (column, value, kind, constraint, columns) in cases {
            let change = desk.update(&table, &by(&["2"]), &[], &[(column, value.clone())]);
            let error = refused(&desk, &table, &change).await;
            let found = desk.edit().violation(&table.catalog, &table.key, &error);
            let found = found.unwrap_or_else(|| panic!("{column} {value:?}: {error:?}"));
            assert_eq!(found.kind, *kind, "{column} {value:?}: {error:?}");
            assert_eq!(found.constraint.as_deref(), *constraint, "{column} {value:?}");
            assert_eq!(found.columns, *columns, "{column} {value:?}: {error:?}");
        }
        two_columns(&desk, &table).await;
        others(&desk).await;
        desk.drop(&server).await;
    }
}

async fn two_columns(desk: &Desk, table: &Table) {
    let change = desk.update(table, &by(&["2"]), &[], &[("tenant", text("7")), ("a, b", text("none"))]);
    let error = refused(desk, table, &change).await;
    let found = desk.edit().violation(&table.catalog, &table.key, &error).unwrap();
    assert_eq!((found.kind, found.columns), (ViolationKind::Reference, vec!["tenant".to_owned(), "a, b".to_owned()]));
}

/// Rules of tables that refer, of themselves, of partitions, and those that wait for the end.
async fn others(desk: &Desk) {
    let deleted = async |name: &str, key: &str| {
        let table = desk.table(name).await;
        let delete = RowDelete { key: by(&[key]), originals: Vec::new() };
        let change = desk.edit().delete(&table.catalog, &table.key, &delete).unwrap();
        let error = refused(desk, &table, &change).await;
        desk.edit().violation(&table.catalog, &table.key, &error).unwrap_or_else(|| panic!("{error:?}"))
    };
    for (name, key, constraint) in
        [("parent", "1", "child_parent_fkey"), ("tree", "1", "tree_up_fkey"), ("parent", "2", "strict_parent_fkey")]
    {
        let found = deleted(name, key).await;
        assert_eq!((found.kind, found.constraint.as_deref()), (ViolationKind::Referenced, Some(constraint)));
        assert_eq!(found.columns, ["id"], "{name} {key}");
    }
    for (name, key, set, kind, columns) in [
        ("tree", "2", ("up", text("77")), ViolationKind::Reference, vec!["up"]),
        ("parted", "2", ("id", text("1")), ViolationKind::Unique, vec!["id"]),
        ("parted", "2", ("id", text("99")), ViolationKind::Check, vec![]),
        ("late", "2", ("n", text("1")), ViolationKind::Unique, vec!["n"]),
    ] {
        let table = desk.table(name).await;
        let change = desk.update(&table, &by(&[key]), &[], &[set]);
        let error = refused(desk, &table, &change).await;
        let found = desk.edit().violation(&table.catalog, &table.key, &error).unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(
            (found.kind, found.columns),
            (kind, columns.into_iter().map(str::to_owned).collect()),
            "{name} {error:?}"
        );
    }
    // A trigger that drops the change: no row, and no error.
    let table = desk.table("quiet").await;
    let change = desk.update(&table, &by(&["1"]), &[], &[("v", text("b"))]);
    assert_eq!(desk.save(&table, &change).await.unwrap(), (0, Vec::new()));
}

async fn login(server: &Server) {
    let mut client = server.client().await;
    run(&mut client, "drop role if exists editing_tenant").await;
    run(&mut client, &format!("create role editing_tenant login password '{}'", server.password)).await;
    for text in [
        "grant usage on schema edit_security to editing_tenant",
        "grant select, insert, update on edit_security.t to editing_tenant",
        "alter table edit_security.t enable row level security",
        "create policy mine on edit_security.t using (who = current_user) with check (who = current_user)",
    ] {
        run(&mut client, text).await;
    }
    client.close().await;
}

#[tokio::test]
async fn a_policy_that_refuses_a_row_is_told_from_a_missing_privilege() {
    for server in servers() {
        schema(&server, "edit_security", "create table t (id int primary key, who text, v text); insert into t values (1, 'editing_tenant', 'a'), (2, 'somebody', 'b')").await;
        login(&server).await;
        let desk = Desk::open_as(&server, "edit_security", &[("user", "editing_tenant")], Role::Browse).await;
        let table = desk.table("t").await;
        let change = desk.update(&table, &by(&["1"]), &[], &[("who", text("somebody"))]);
        let error = refused(&desk, &table, &change).await;
        let found = desk.edit().violation(&table.catalog, &table.key, &error).unwrap();
        assert_eq!((found.kind, found.columns.len()), (ViolationKind::RowSecurity, 0));
        let row = RowInsert { values: vec![("id".to_owned(), text("3")), ("who".to_owned(), text("somebody"))] };
        let insert = desk.edit().insert(&table.catalog, &table.key, &[row]).unwrap();
        let error = refused(&desk, &table, &insert).await;
        assert_eq!(desk.edit().violation(&table.catalog, &table.key, &error).unwrap().kind, ViolationKind::RowSecurity);
        let change = desk.update(&table, &by(&["2"]), &[], &[("v", text("x"))]);
        assert_eq!(desk.save(&table, &change).await.unwrap().0, 0, "what is not seen is not changed");
        let delete = RowDelete { key: by(&["1"]), originals: Vec::new() };
        let delete = desk.edit().delete(&table.catalog, &table.key, &delete).unwrap();
        let error = refused(&desk, &table, &delete).await;
        assert!(desk.edit().violation(&table.catalog, &table.key, &error).is_none(), "a privilege is missing");
        desk.drop(&server).await;
        let mut client = server.client().await;
        run(&mut client, "drop role editing_tenant").await;
        client.close().await;
    }
}
