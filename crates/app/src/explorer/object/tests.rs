//! Pages of objects on real servers, where they are given; what no server is needed for on catalogs made by hand.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{api::*, connections::tests::Shop, testing::servers};

/// A shop that is connected to the server of this variable.
async fn server(variable: &str) -> Option<Shop> {
    let shop = servers::server(variable).await?;
    shop.app.connect(&shop.profile).await.unwrap();
    Some(shop)
}

/// Runs statements in a session of their own.
async fn run(shop: &Shop, text: &str) {
    let request = RunRequest {
        tab_id: "make".to_owned(),
        profile_id: shop.profile.clone(),
        database: None,
        text: text.to_owned(),
        parameters: Vec::new(),
        go_on: false,
        manual_transactions: false,
        confirmed: None,
        actor: None,
    };
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    shop.app.run(request, sender).await.unwrap();
    loop {
        match events.recv().await.unwrap() {
            RunEvent::StatementDone { index, outcome } => {
                assert!(matches!(outcome, StatementOutcome::Completed { .. }), "statement {index}: {outcome:#?}");
            }
            RunEvent::Finished { .. } => return,
            _ => {}
        }
    }
}

fn object(kind: &str, schema: Option<&str>, name: &str, signature: Option<&str>) -> ObjectRef {
    ObjectRef {
        database: None,
        schema: schema.map(str::to_owned),
        kind: kind.to_owned(),
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

/// A page's facts as `label: value`.
fn told(page: &ObjectPage) -> Vec<String> {
    page.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect()
}

fn warned(page: &ObjectPage) -> Vec<&str> {
    page.facts.iter().filter(|fact| fact.warning.is_some()).map(|fact| fact.label.as_str()).collect()
}

fn list<'a>(page: &'a ObjectPage, label: &str) -> &'a [Vec<String>] {
    page.lists.iter().find(|list| list.label == label).map_or(&[], |list| &list.rows)
}

const MADE: &str = "
    drop schema if exists object_pages cascade;
    drop role if exists object_pages_reader;
    create role object_pages_reader nologin;
    create schema object_pages;
    create type object_pages.mood as enum ('sad', 'ok', 'happy', 'a, b');
    create domain object_pages.email as text not null default 'x@y' check (value like '%@%');
    create type object_pages.pair as (a int, b numeric(4,1));
    create type object_pages.span as range (subtype = date);
    create sequence object_pages.ids as smallint start 5 maxvalue 10 cycle;
    create table object_pages.t (id int primary key, note text, day daterange, exclude using gist (day with &&) deferrable);
    create index t_note on object_pages.t (lower(note) desc nulls last) include (id) where note is not null;
    comment on index object_pages.t_note is 'by note';
    create function object_pages.bare(a int, b text default 'x') returns int language sql security definer stable as 'select 1';
    create function object_pages.bare(a text) returns int language sql as 'select 2';
    create function object_pages.safe() returns int language sql security definer set search_path = pg_catalog as 'select 1';
    create procedure object_pages.work() language sql as 'select 1';
    comment on function object_pages.bare(int, text) is 'says one';
    revoke execute on function object_pages.bare(int, text) from public;
    grant execute on function object_pages.bare(int, text) to object_pages_reader with grant option;
    grant usage on sequence object_pages.ids to object_pages_reader;
    grant select, insert on object_pages.t to object_pages_reader;
    grant update (note) on object_pages.t to public;
    select nextval('object_pages.ids'), nextval('object_pages.ids'), nextval('object_pages.ids'), nextval('object_pages.ids'),
           nextval('object_pages.ids')";

#[tokio::test]
async fn pages_say_what_postgres_knows_of_routines_types_and_sequences() {
    let Some(shop) = server("ROWHOUSE_TEST_POSTGRES_18_URL").await else { return };
    run(&shop, MADE).await;
    let page = async |kind: &str, name: &str, signature: Option<&str>| {
        shop.app.object(&shop.profile, &object(kind, Some("object_pages"), name, signature)).await.unwrap()
    };
    let bare = page("routine", "bare", Some("a integer, b text")).await;
    assert_eq!((bare.kind.as_str(), bare.comment.as_deref()), ("function", Some("says one")));
    for expected in ["Language: sql", "Returns: integer", "Arguments: a integer, b text DEFAULT 'x'::text"] {
        assert!(told(&bare).iter().any(|fact| fact == expected), "{expected}: {:?}", told(&bare));
    }
    assert_eq!(warned(&bare), ["Runs as"], "a definer without a search_path of its own");
    assert_eq!(bare.grants_state, ListState::Read);
    let reader = bare.grants.iter().find(|row| row.grantee == "object_pages_reader").unwrap();
    assert!(reader.grantable && reader.privileges == ["EXECUTE"] && reader.grantor.is_some());
    assert!(bare.grants.iter().all(|row| row.grantee != "PUBLIC"), "{:?}", bare.grants);
    let namesake = page("routine", "bare", Some("a text")).await;
    assert_eq!(warned(&namesake), [""; 0]);
    assert_eq!(namesake.grants[0].grantee, "PUBLIC", "without a list of its own everyone may execute it");
    let safe = page("routine", "safe", Some("")).await;
    assert_eq!(warned(&safe), [""; 0]);
    assert_eq!(list(&safe, "Settings"), [["search_path", "pg_catalog"]]);
    assert_eq!(page("routine", "work", Some("")).await.kind, "procedure");

    let mood = page("type", "mood", None).await;
    let labels: Vec<&str> = list(&mood, "Labels").iter().map(|row| row[1].as_str()).collect();
    assert_eq!(labels, ["sad", "ok", "happy", "a, b"]);
    let email = page("type", "email", None).await;
    assert_eq!(told(&email), ["Base type: text", "NULL: not allowed", "Default: 'x@y'::text"]);
    assert!(list(&email, "Checks")[0][0].contains("~~"), "{:?}", email.lists);
    assert_eq!(list(&page("type", "pair", None).await, "Attributes")[1], ["b", "numeric(4,1)"]);
    assert!(told(&page("type", "span", None).await).contains(&"Subtype: date".to_owned()));

    let ids = page("sequence", "ids", None).await;
    assert!(told(&ids).contains(&"Last value: 9".to_owned()), "{:?}", told(&ids));
    assert_eq!(warned(&ids), ["Last value"], "8 of 9 steps are used up");
    assert_eq!(ids.grants.iter().filter(|row| row.grantee == "object_pages_reader").count(), 1);

    let gone = shop.app.object(&shop.profile, &object("type", Some("object_pages"), "none", None)).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
    let part =
        shop.app.object(&shop.profile, &object("index", Some("object_pages"), "t_note", None)).await.unwrap_err();
    assert_eq!(part.code, ErrorCode::Unsupported);

    let t = shop.app.relation(&shop.profile, &object("relation", Some("object_pages"), "t", None)).await.unwrap();
    assert_eq!(t.grants_state, ListState::Read);
    let rows: Vec<_> = t.grants.iter().map(|row| (row.grantee.as_str(), row.column.as_deref())).collect();
    assert!(rows.contains(&("object_pages_reader", None)) && rows.contains(&("PUBLIC", Some("note"))), "{rows:?}");
    let by_note = t.indexes.iter().find(|index| index.name.as_deref() == Some("t_note")).unwrap();
    assert_eq!((by_note.scans, by_note.comment.as_deref()), (Some(0), Some("by note")));
    assert_eq!(by_note.columns, ["lower(note) desc nulls last"]);
    assert!(by_note.remarks.iter().any(|remark| remark == "includes id"), "{:?}", by_note.remarks);
    let exclusion = t.constraints.iter().find(|one| one.kind == "exclusion").unwrap();
    assert!(exclusion.definition.as_deref().unwrap().contains("WITH &&"));
    assert_eq!(exclusion.remarks, ["deferrable"]);
    run(&shop, "drop schema object_pages cascade; drop role object_pages_reader").await;
}

#[tokio::test]
async fn pages_say_what_postgres_knows_of_roles_and_extensions() {
    let Some(shop) = server("ROWHOUSE_TEST_POSTGRES_18_URL").await else { return };
    run(
        &shop,
        "drop role if exists object_pages_login; drop role if exists object_pages_group;
         create role object_pages_group; create role object_pages_login login connection limit 3 in role object_pages_group;
         alter role object_pages_login set statement_timeout = '7s'",
    )
    .await;
    let page = async |kind: &str, name: &str| shop.app.object(&shop.profile, &object(kind, None, name, None)).await;
    let login = page("role", "object_pages_login").await.unwrap();
    assert_eq!(login.kind, "login role");
    assert_eq!(list(&login, "Member of")[0][0], "object_pages_group");
    assert_eq!(list(&login, "Settings")[0], ["statement_timeout", "7s", "every"]);
    assert_eq!(list(&page("role", "object_pages_group").await.unwrap(), "Members"), [["object_pages_login"]]);
    assert_eq!(page("extension", "plpgsql").await.unwrap().facts[1].value, "pg_catalog");
    run(&shop, "drop role object_pages_login; drop role object_pages_group").await;
}

#[tokio::test]
async fn pages_say_what_mariadb_knows_of_privileges_routines_events_and_sequences() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL").await else { return };
    run(
        &shop,
        "drop database if exists object_pages; create database object_pages;
         create table object_pages.t (id int primary key, note text);
         create function object_pages.one(a int) returns int deterministic sql security invoker return a;
         create sequence object_pages.ids start 3 maxvalue 9;
         create event object_pages.tidy on schedule every 1 day disable comment 'at night' do set @a = 1;
         create user if not exists object_pages_reader@localhost identified by 'x';
         grant select, insert on object_pages.t to object_pages_reader@localhost;
         grant update (note) on object_pages.t to object_pages_reader@localhost;
         grant delete on `object\\_pages`.* to object_pages_reader@localhost with grant option;
         grant execute on function object_pages.one to object_pages_reader@localhost",
    )
    .await;
    let within = |kind: &str, name: &str, signature| object(kind, Some("object_pages"), name, signature);
    let t = shop.app.relation(&shop.profile, &within("relation", "t", None)).await.unwrap();
    assert_eq!(t.grants_state, ListState::Read);
    let own: Vec<_> = t.grants.iter().filter(|row| row.grantee == "object_pages_reader@localhost").collect();
    let told_of: Vec<_> =
        own.iter().map(|row| (row.column.as_deref(), row.through.is_some(), row.privileges.join(" "))).collect();
    assert_eq!(told_of[0], (None, false, "INSERT SELECT".to_owned()), "{told_of:?}");
    assert_eq!(told_of[1], (Some("note"), false, "UPDATE".to_owned()), "{told_of:?}");
    assert_eq!(told_of[2], (None, true, "DELETE".to_owned()), "{told_of:?}");
    assert!(own[2].grantable);

    let one = shop.app.object(&shop.profile, &within("routine", "one", Some("function"))).await.unwrap();
    assert!(told(&one).contains(&"Runs as: its caller (invoker)".to_owned()), "{:?}", told(&one));
    assert_eq!(warned(&one), [""; 0]);
    let execute = one.grants.iter().find(|row| row.grantee == "object_pages_reader@localhost").unwrap();
    assert_eq!(execute.privileges, ["EXECUTE"]);
    let ids = shop.app.object(&shop.profile, &within("sequence", "ids", None)).await.unwrap();
    assert!(told(&ids).contains(&"Maximum: 9".to_owned()), "{:?}", told(&ids));
    let tidy = shop.app.object(&shop.profile, &within("event", "tidy", None)).await.unwrap();
    assert_eq!((tidy.comment.as_deref(), tidy.grants_state), (Some("at night"), ListState::Absent));
    assert_eq!(warned(&tidy), ["Enabled"]);
    assert!(told(&tidy).contains(&"Last run: never".to_owned()), "{:?}", told(&tidy));
    run(&shop, "drop user object_pages_reader@localhost; drop database object_pages").await;
}

#[tokio::test]
async fn a_file_has_no_privileges_and_its_tables_say_how_they_are_kept() {
    let shop = Shop::open().await;
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.execute_batch(
        "create table kept (a integer primary key, b text as (upper(a)) stored) strict, without rowid;
         create virtual table found using fts5(body)",
    )
    .unwrap();
    let kept = shop.app.relation(&shop.profile, &shop.table("kept")).await.unwrap();
    assert_eq!((kept.grants.len(), kept.grants_state), (0, ListState::Absent));
    assert!(kept.options.iter().any(|one| one == "STRICT") && kept.options.iter().any(|one| one == "WITHOUT ROWID"));
    assert!(kept.columns[1].generated.as_deref().unwrap().ends_with("stored"), "{:?}", kept.columns[1]);
    let found = shop.app.relation(&shop.profile, &shop.table("found")).await.unwrap();
    assert_eq!(found.kind, "virtual table");
    assert!(found.options.iter().any(|one| one.contains("fts5")), "{:?}", found.options);
    let none = shop.app.object(&shop.profile, &object("routine", Some("main"), "f", None)).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::NotFound);
}
