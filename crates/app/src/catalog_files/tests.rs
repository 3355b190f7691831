#![allow(clippy::unwrap_used, clippy::panic)]

use catalog::{Column, Known, Relation, RelationKind, Schema};

use super::*;

fn two_schemas() -> Catalog {
    let mut catalog = Catalog::default();
    for schema in ["a", "b"] {
        let id = catalog.push_schema(Schema::named(schema));
        for table in ["first", "second"] {
            let relation = catalog.push_relation(Relation::new(id, table, RelationKind::Table));
            catalog.columns.push(Column::new(relation, 1, &format!("{schema}_{table}"), "integer"));
        }
    }
    for kind in Kind::ALL {
        catalog.coverage.insert(kind, Known::Value(()));
    }
    catalog.seal();
    catalog
}

fn file() -> CatalogFile {
    CatalogFile {
        version: VERSION,
        taken_at: "2026-11-23T03:00:00Z".to_owned(),
        product: "PostgreSQL".to_owned(),
        server_version: "18.1".to_owned(),
        version_number: 180_001,
        engine: Engine::Postgres,
        catalog: two_schemas(),
        texts: BTreeMap::from([(ObjectKey::relation(None, Some("a"), "first"), Arc::from("create …"))]),
    }
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let text = file().text().unwrap();
    assert!(text.starts_with("{\n  \"rowhouse_catalog\": 1,\n"), "{}", &text[..60]);
    assert_eq!(CatalogFile::parse(text.as_bytes()), Ok(file()));
}

#[test]
fn no_beginning_of_a_file_is_taken_for_a_whole_one() {
    let text = file().text().unwrap();
    for end in 0..text.trim_end().len() {
        if text.is_char_boundary(end) {
            let found = CatalogFile::parse(&text.as_bytes()[..end]).unwrap_err();
            assert!(matches!(found, CatalogFileError::Truncated | CatalogFileError::NotOne), "{end}: {found:?}");
        }
    }
}

#[test]
fn less_of_it_is_what_is_in_the_schema_or_the_table() {
    let file = file();
    let names = |catalog: &Catalog| {
        let names = catalog.walk_relations().flat_map(|one| one.columns().iter().map(|column| column.name.clone()));
        names.collect::<Vec<_>>()
    };
    let scope = |schemas: &[&str], relation: Option<&str>| Scope {
        schemas: (!schemas.is_empty()).then(|| schemas.iter().map(|name| (*name).to_owned()).collect()),
        relation: relation.map(str::to_owned),
        ..Scope::complete()
    };
    assert_eq!(names(&file.catalog(&scope(&["b"], None))), ["b_first", "b_second"]);
    assert_eq!(names(&file.catalog(&scope(&[], Some("second")))), ["a_second", "b_second"]);
    assert_eq!(names(&file.catalog(&scope(&["b"], Some("first")))), ["b_first"]);
    assert_eq!(names(&file.catalog(&scope(&["none"], None))), [""; 0]);
    let some = file.catalog(&Scope { kinds: vec![Kind::Schemas, Kind::Relations], ..Scope::complete() });
    assert_eq!((some.relations.len(), some.columns.len(), some.coverage.len()), (4, 0, 2));
}

#[test]
fn a_number_that_leads_nowhere_is_damage() {
    let mut broken = file();
    broken.catalog.columns[0].relation = catalog::RelationId(4);
    let found = CatalogFile::parse(broken.text().unwrap().as_bytes()).unwrap_err();
    assert_eq!(found, CatalogFileError::Broken("there is no relation of number 4".to_owned()));
}
