//! What was kept of a database is as the server said it, when the server is gone.

use std::{sync::Arc, time::Duration};

use app::{App, Face, Options, api::*};
use tempfile::TempDir;

use crate::faults::{
    cluster::Cluster,
    desk::{Desk, Place, psql_at},
};

/// On a busy computer.
const PATIENCE: Duration = Duration::from_secs(120);

fn object(database: &str, schema: &str, kind: &str, name: &str, signature: Option<&str>) -> ObjectRef {
    ObjectRef {
        database: Some(database.to_owned()),
        schema: Some(schema.to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

/// Everything a page says but what changes by itself and whether the server was asked.
fn said(page: &RelationPage) -> serde_json::Value {
    let mut page = serde_json::to_value(page).unwrap();
    for own in ["as_of_ms", "kept", "bytes", "estimated_rows"] {
        page.as_object_mut().unwrap().remove(own);
    }
    for index in page["indexes"].as_array_mut().unwrap() {
        index.as_object_mut().unwrap().remove("scans");
        // Its size is the last of them.
        index["remarks"]
            .as_array_mut()
            .unwrap()
            .retain(|remark| !remark.as_str().unwrap().ends_with('B') && !remark.as_str().unwrap().ends_with("bytes"));
    }
    page
}

/// Reads pages and definitions from the server, has it taken away, and reads them again in another window, which is given back
/// with its home.
async fn same_without(
    desk: Desk,
    profile: &str,
    relations: &[ObjectRef],
    others: &[ObjectRef],
    away: impl FnOnce(),
) -> (Arc<App>, TempDir) {
    let folder = desk.home.path().join("home/catalogs").join(profile);
    let texts = || {
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|file| file.path());
        let mut kept = files.filter(|file| file.extension().is_some_and(|own| own == "texts"));
        // One may be there from before there was anything to keep.
        kept.any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(&relations[0].name)))
    };
    desk.until("the texts are on disk", PATIENCE, texts).await;
    let mut before = Vec::new();
    for relation in relations {
        let page = desk.app.relation(profile, relation).await.unwrap();
        assert!(!page.kept && page.unread.is_none());
        before.push(page);
    }
    let mut written = Vec::new();
    for one in relations.iter().chain(others) {
        let definition = desk.app.definition(profile, one).await.unwrap();
        assert_eq!(definition.as_of_ms, None, "the server was asked");
        written.push(definition.text);
    }
    desk.app.close().await;
    let Desk { app, home } = desk;
    drop(app);
    away();
    let again = App::open(Options { home: Some(home.path().join("home")), face: Face::Window }).await.unwrap();
    assert!(again.connect(profile).await.is_err());
    for (relation, before) in relations.iter().zip(&before) {
        let page = again.relation(profile, relation).await.unwrap();
        assert!(page.kept, "{}", relation.name);
        assert_eq!(page.unread, None);
        assert_eq!(said(&page), said(before));
    }
    for (one, before) in relations.iter().chain(others).zip(&written) {
        let definition = again.definition(profile, one).await.unwrap();
        assert_eq!(&definition.text, before);
        assert!(definition.as_of_ms.is_some_and(|at| at > 0));
    }
    let unknown = ObjectRef { name: "nobody knows it".to_owned(), ..relations[0].clone() };
    assert_eq!(again.definition(profile, &unknown).await.unwrap_err().code, ErrorCode::Unreachable);
    let states = again.connection_states();
    assert!(matches!(states[0].phase, ConnectionPhase::Failed { .. }), "what is wrong is still to be seen");
    (again, home)
}

/// The labels in a folder beside the schemas, wherever it hangs.
async fn beside(app: &App, profile: &str, folder: &str) -> Vec<String> {
    let mut parents = vec![None];
    while let Some(parent) = parents.pop() {
        let page = app.tree(profile, parent.as_deref(), 0, 100).await.unwrap();
        if let Some(found) = page.nodes.iter().find(|node| node.label == folder) {
            let page = app.tree(profile, Some(&found.id), 0, 100).await.unwrap();
            return page.nodes.into_iter().map(|node| node.label).collect();
        }
        let databases = page.nodes.into_iter().filter(|node| node.label == "postgres");
        parents.extend(databases.map(|node| Some(node.id)));
    }
    panic!("there is no folder {folder}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_servers_triggers_policies_and_definitions_are_told_from_disk() {
    let Some(cluster) = Cluster::start("") else { return };
    psql_at(
        &cluster.url(),
        "create table people (id int primary key, name text not null check (name <> ''), boss int references people);
         create index people_names on people (lower(name)) where id > 0;
         comment on table people is 'who works here';
         alter table people enable row level security;
         create policy own on people for select using (name = current_user);
         create function stamp() returns trigger language plpgsql as 'begin return new; end';
         create trigger stamps before insert on people for each row execute function stamp();
         create function twice(n int) returns int language sql immutable return n * 2;
         create view bosses as select * from people where boss is null;
         create type mood as enum ('glad', 'sad');
         create sequence tickets start 7;
         grant select on people to public;
         create role clerk login connection limit 3;
         create publication everyone for table people (id, name) where (id > 1)",
    );
    let port = cluster.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", &*port), ("user", "postgres"), ("database", "postgres")];
    let desk = Desk::open().await;
    let profile = desk.connect("Shop", &Place::new("postgres", None, &values)).await;
    let of = |kind: &str, name: &str, signature| object("postgres", "public", kind, name, signature);
    let relations = [of("relation", "people", None), of("relation", "bosses", None)];
    let others = [
        of("routine", "stamp", Some("")),
        of("routine", "twice", Some("n integer")),
        of("type", "mood", None),
        of("sequence", "tickets", None),
        ObjectRef { schema: None, ..of("publication", "everyone", None) },
        ObjectRef { schema: None, database: None, ..of("role", "clerk", None) },
    ];
    let (again, _home) = same_without(desk, &profile, &relations, &others, || cluster.stop()).await;
    assert_eq!(beside(&again, &profile, "Publications").await, ["everyone"]);
    assert_eq!(beside(&again, &profile, "Roles").await, ["clerk", "postgres"]);
    let clerk = again.object(&profile, others.last().unwrap()).await.unwrap();
    assert!(clerk.facts.iter().any(|fact| fact.value == "3"), "{clerk:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_moved_away_is_told_from_disk() {
    let desk = Desk::open().await;
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("shop.db");
    // An empty file is an empty database.
    std::fs::write(&file, b"").unwrap();
    let text = "create table people (id integer primary key, name text not null check (name <> ''));
         create index people_names on people (lower(name)) where id > 0;
         create view names as select name from people;
         create trigger stamps after insert on people begin select 1; end;";
    let path = file.display().to_string();
    let profile = desk.connect("Shop", &Place::new("sqlite", None, &[("file", &*path)])).await;
    assert!(desk.run("t", &profile, text).await.completed());
    desk.app.refresh_catalog(&profile, None).await.unwrap();
    let of = |name: &str| object("shop.db", "main", "relation", name, None);
    let _ = same_without(desk, &profile, &[of("people"), of("names")], &[], || {
        std::fs::rename(&file, scratch.path().join("away.db")).unwrap();
    })
    .await;
}
