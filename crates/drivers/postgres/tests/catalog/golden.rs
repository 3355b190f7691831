//! Golden catalogs: `tests/catalog/postgres/<case>.sql` and the catalog it must give beside it.
//!
//! `INSTA_UPDATE=always` rewrites the expectations. A case's first line says which servers it is for. Where servers print it
//! differently (16 leaves out the table's name in a view of one table, 18 names its NOT NULL constraints), its second line
//! says since when (`-- differs: 16 18`), and from then on the expectation is `<case>@16.snap`.

use std::{fs, path::PathBuf};

use catalog::{Catalog, Kind, Known, Scope};

use crate::server::{TestServer, servers};

pub fn cases() -> Vec<(String, String)> {
    let folder = folder();
    let mut cases: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.strip_suffix(".sql")?.to_owned();
            Some((name, fs::read_to_string(&path).unwrap()))
        })
        .collect();
    cases.sort();
    assert!(cases.len() >= 8, "the golden cases are in {}", folder.display());
    cases
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/catalog/postgres").canonicalize().unwrap()
}

/// Whether the case's first line (`-- server: >=14`) allows this server.
pub fn is_for(text: &str, server: &TestServer) -> bool {
    let header = text.lines().next().unwrap_or_default();
    let least = header.strip_prefix("-- server: >=").unwrap_or_else(|| panic!("no `-- server: >=N` in {header:?}"));
    server.major >= least.trim().parse::<u32>().unwrap()
}

/// The versions since which the expectation is another one.
fn differs(text: &str) -> Vec<u32> {
    let line = text.lines().nth(1).and_then(|line| line.strip_prefix("-- differs:")).unwrap_or_default();
    line.split_whitespace().map(|version| version.parse().unwrap()).collect()
}

/// Everything but what differs from server to server and from run to run.
pub fn comparable(mut catalog: Catalog) -> Catalog {
    catalog.as_of_ms = 0;
    catalog.database = None;
    catalog.databases.clear();
    catalog.roles.clear();
    for relation in &mut catalog.relations {
        relation.rename_hint = None;
        relation.bytes = match relation.bytes {
            Known::Value(_) => Known::Value(0),
            _ => relation.bytes.clone(),
        };
    }
    for index in &mut catalog.indexes {
        index.scans = Known::NotLoaded;
        index.bytes = Known::NotLoaded;
    }
    // No version has any, and every one knows these.
    for kind in [Kind::Events, Kind::Publications, Kind::EventTriggers] {
        catalog.coverage.remove(&kind);
    }
    // The login's own.
    catalog.search_path.clear();
    for grant in &mut catalog.grants {
        grant.object.database = None;
    }
    catalog.grants.retain(|grant| grant.object.kind != catalog::ObjectKind::Database && grant.privilege != "MAINTAIN");
    // 15 changed the owner and the privileges of the schema that every database begins with.
    catalog.grants.retain(|grant| !(grant.object.kind == catalog::ObjectKind::Schema && grant.object.name == "public"));
    for schema in catalog.schemas.iter_mut().filter(|schema| schema.name == "public") {
        schema.owner = None;
    }
    for extension in &mut catalog.extensions {
        extension.version = None;
    }
    catalog
}

#[tokio::test]
async fn every_case_gives_the_catalog_beside_it() {
    for server in servers() {
        for (name, text) in cases() {
            if !is_for(&text, &server) {
                continue;
            }
            let database = server.database().await;
            println!("{name} on {}", server.major);
            database.run(&text).await;
            let catalog = database.open().await.control().catalog(&Scope::complete()).await.unwrap();
            database.drop().await;
            for kind in Kind::ALL {
                let wanted = if kind == Kind::Events { Known::Unsupported } else { Known::Value(()) };
                assert_eq!(catalog.coverage.get(&kind), Some(&wanted), "{name}: {kind:?}");
            }
            let since = differs(&text).into_iter().filter(|version| *version <= server.major).max();
            let suffix = since.map_or(String::new(), |version| format!("@{version}"));
            let shown = serde_json::to_string_pretty(&comparable(catalog)).unwrap();
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(folder());
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(format!("{name}{suffix}"), shown));
        }
    }
}
