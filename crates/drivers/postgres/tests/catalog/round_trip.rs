//! Definition texts make the same objects again.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, ObjectKey, ObjectKind, RelationKind, RelationWalker, Scope};
use driver::Code;

use crate::{
    golden::{cases, comparable, is_for},
    server::servers,
};

fn key(kind: ObjectKind, schema: Option<&str>, name: &str, signature: Option<&str>) -> ObjectKey {
    ObjectKey {
        database: None,
        schema: schema.map(str::to_owned),
        kind,
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

/// Objects before those that need them, as far as the golden cases go: tables by foreign keys and partitions, views last.
fn in_order(catalog: &Catalog) -> Vec<ObjectKey> {
    let mut keys: Vec<ObjectKey> = catalog
        .schemas
        .iter()
        .filter(|schema| schema.name != "public")
        .map(|schema| key(ObjectKind::Schema, None, &schema.name, None))
        .collect();
    for extension in catalog.extensions.iter().filter(|extension| extension.name != "plpgsql") {
        keys.push(key(ObjectKind::Extension, None, &extension.name, None));
    }
    let mut types: Vec<_> = catalog.types.iter().collect();
    types.sort_by_key(|object| (object.kind, object.base_type.as_deref().is_some_and(|base| base.contains('.'))));
    for object in types {
        keys.push(key(ObjectKind::Type, Some(catalog.schema_name(object.schema)), &object.name, None));
    }
    for sequence in catalog.sequences.iter().filter(|sequence| sequence.owned_by.is_none()) {
        keys.push(key(ObjectKind::Sequence, Some(catalog.schema_name(sequence.schema)), &sequence.name, None));
    }
    for routine in catalog.routines.iter() {
        let schema = catalog.schema_name(routine.schema);
        keys.push(key(ObjectKind::Routine, Some(schema), &routine.name, routine.identity_arguments.as_deref()));
    }
    let is_view =
        |walker: &RelationWalker<'_>| matches!(walker.row().kind, RelationKind::View | RelationKind::MaterializedView);
    let mut done: BTreeSet<(String, String)> = BTreeSet::new();
    let mut left: Vec<RelationWalker<'_>> = catalog.walk_relations().filter(|walker| !is_view(walker)).collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|walker| {
            let me = (walker.schema().to_owned(), walker.row().name.clone());
            let needs = walker.foreign_keys().iter().map(|key| &key.references).chain(&walker.row().partition_of);
            let ready = needs.into_iter().all(|need| *need == me || done.contains(need));
            if ready {
                keys.push(walker.key());
                done.insert(me);
            }
            !ready
        });
        assert!(left.len() < before, "the golden tables refer to each other in a circle");
    }
    keys.extend(catalog.walk_relations().filter(is_view).map(|walker| walker.key()));
    keys.extend(catalog.publications.iter().map(|one| key(ObjectKind::Publication, None, &one.name, None)));
    keys.extend(catalog.event_triggers.iter().map(|one| key(ObjectKind::EventTrigger, None, &one.name, None)));
    keys
}

/// By text, without grants, which definition texts leave out, and without orders that are chance.
fn normal(catalog: Catalog) -> BTreeMap<&'static str, String> {
    let mut catalog = comparable(catalog);
    catalog.grants.clear();
    for relation in &mut catalog.relations {
        relation.may_select = catalog::Known::NotLoaded;
        relation.estimated_rows = catalog::Known::NotLoaded;
        relation.bytes = catalog::Known::NotLoaded;
    }
    for column in &mut catalog.columns {
        // Dropped columns leave gaps in the numbers.
        column.ordinal = 0;
    }
    for sequence in &mut catalog.sequences {
        sequence.last_value = catalog::Known::NotLoaded;
    }
    let text = |value: serde_json::Result<String>| value.unwrap();
    BTreeMap::from([
        ("schemas", text(serde_json::to_string_pretty(&catalog.schemas))),
        ("relations", text(serde_json::to_string_pretty(&catalog.relations))),
        ("columns", text(serde_json::to_string_pretty(&catalog.columns))),
        ("constraints", text(serde_json::to_string_pretty(&catalog.constraints))),
        ("foreign keys", text(serde_json::to_string_pretty(&catalog.foreign_keys))),
        ("indexes", text(serde_json::to_string_pretty(&catalog.indexes))),
        ("triggers", text(serde_json::to_string_pretty(&catalog.triggers))),
        ("policies", text(serde_json::to_string_pretty(&catalog.policies))),
        ("types", text(serde_json::to_string_pretty(&catalog.types))),
        ("routines", text(serde_json::to_string_pretty(&catalog.routines))),
        ("sequences", text(serde_json::to_string_pretty(&catalog.sequences))),
        ("publications", text(serde_json::to_string_pretty(&catalog.publications))),
        ("event triggers", text(serde_json::to_string_pretty(&catalog.event_triggers))),
    ])
}

#[tokio::test]
async fn definition_texts_make_the_same_catalog_again() {
    for server in servers() {
        for (name, text) in cases() {
            if !is_for(&text, &server) || text.contains("-- round trip: no") {
                continue;
            }
            let (first, second) = (server.database().await, server.database().await);
            first.run(&text).await;
            let connection = first.open().await;
            let control = connection.control();
            let catalog = control.catalog(&Scope::complete()).await.unwrap();
            let mut client = second.connect().await;
            for key in in_order(&catalog) {
                let text =
                    control.ddl().unwrap().definition(&key).await.unwrap_or_else(|error| panic!("{key:?}: {error}"));
                println!("-- {name} on {}\n{text}", server.major);
                crate::server::run(&mut client, &text).await;
            }
            client.close().await;
            let again = second.open().await.control().catalog(&Scope::complete()).await.unwrap();
            let (wanted, found) = (normal(catalog), normal(again));
            for (kind, text) in &wanted {
                let found = &found[kind];
                if found != text {
                    let differing = text.lines().zip(found.lines()).enumerate().find(|(_, (a, b))| a != b);
                    let around: Vec<&str> = text.lines().take(differing.map_or(0, |(line, _)| line)).collect();
                    let around = around[around.len().saturating_sub(12)..].join("\n");
                    panic!("{name} on {}: {kind} differ at {differing:?} after\n{around}", server.major);
                }
            }
            first.drop().await;
            second.drop().await;
        }
    }
}

#[tokio::test]
async fn parts_of_a_relation_have_texts_of_their_own_and_what_is_gone_is_not_found() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table t (a int constraint t_pk primary key, b int check (b > 0));
                 create index t_b on t (b); alter table t enable row level security;
                 create policy p on t using (a > 1); comment on index t_b is 'b';
                 create function f() returns trigger language plpgsql as 'begin return new; end';
                 create trigger tr before insert on t for each row execute function f();
                 create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let ddl = control.ddl().unwrap();
        let text = async |kind, name, signature| {
            ddl.definition(&key(kind, Some("public"), name, signature)).await.unwrap().to_string()
        };
        assert_eq!(
            text(ObjectKind::Constraint, "t_pk", Some("t")).await,
            "ALTER TABLE public.t ADD CONSTRAINT t_pk PRIMARY KEY (a);\n"
        );
        assert_eq!(text(ObjectKind::Index, "t_pk", None).await, text(ObjectKind::Constraint, "t_pk", Some("t")).await);
        assert_eq!(
            text(ObjectKind::Index, "t_b", None).await,
            "CREATE INDEX t_b ON public.t USING btree (b);\n\nCOMMENT ON INDEX public.t_b IS 'b';\n"
        );
        assert!(
            text(ObjectKind::Policy, "p", Some("t")).await.starts_with("CREATE POLICY p ON public.t AS PERMISSIVE")
        );
        assert!(
            text(ObjectKind::Trigger, "tr", Some("t")).await.starts_with("CREATE TRIGGER tr BEFORE INSERT ON public.t")
        );
        assert!(text(ObjectKind::Routine, "total", Some("integer")).await.starts_with("CREATE AGGREGATE public.total"));
        for gone in [
            key(ObjectKind::Relation, Some("public"), "gone", None),
            key(ObjectKind::Index, Some("public"), "gone", None),
            key(ObjectKind::Policy, Some("public"), "gone", Some("t")),
            key(ObjectKind::Routine, Some("public"), "gone", None),
            key(ObjectKind::Publication, None, "gone", None),
            key(ObjectKind::EventTrigger, None, "gone", None),
            key(ObjectKind::Role, None, "gone", None),
        ] {
            assert_eq!(ddl.definition(&gone).await.unwrap_err().code, Code::NotFound, "{gone:?}");
        }
        let own = key(ObjectKind::Database, None, &database.name, None);
        assert_eq!(ddl.definition(&own).await.unwrap_err().code, Code::Unsupported);
        database.drop().await;
    }
}
