//! How long every rule takes, together and the slowest alone, on a catalog of 10,000 tables, 2,000 policies, 20,000 indexes and
//! 10,000 foreign keys. Nothing here asks a server: `cargo bench -p advisor`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::time::Instant;

use advisor::{Context, Engine, Exposure, Facts, advise};
use catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, ForeignKey, Grant, Index, IndexKey, Kind, Known, ObjectKey,
    ObjectKind, Policy, PolicyCommand, Relation, RelationKind, Role, RowSecurity, Schema, Told,
    facts::{ColumnStatistics, IndexState, StatementUse, TableStatistics},
};

const TABLES: u32 = 10_000;
const POLICIES: u32 = 2_000;

fn main() {
    let (catalog, facts) = (catalog(), facts());
    let exposure = Exposure {
        schemas: vec!["public".into()],
        anonymous: vec!["web_anon".into()],
        signed_in: vec!["web_user".into()],
        guessed_from: None,
    };
    let start = Instant::now();
    let report = advise(&Context::new(&catalog, &facts, Some(&exposure)));
    println!("{} rules, {} findings: {} ms", report.rules.len(), report.findings.len(), start.elapsed().as_millis());
    let start = Instant::now();
    let trials = advisor::index_trials(&Context::new(&catalog, &facts, None));
    println!("{} indexes worth a trial: {} ms", trials.len(), start.elapsed().as_millis());
    let context = Context::new(&catalog, &facts, Some(&exposure));
    let mut alone: Vec<(u128, &str)> = advisor::rules()
        .iter()
        .filter(|rule| rule.concerns(Engine::Postgres))
        .map(|rule| {
            let start = Instant::now();
            let _ = rule.check(&context);
            (start.elapsed().as_millis(), rule.id)
        })
        .collect();
    alone.sort_unstable_by(|a, b| b.cmp(a));
    for (ms, id) in alone.iter().take(8) {
        println!("  {id} {ms} ms");
    }
}

fn catalog() -> Catalog {
    let mut catalog = Catalog { database: Some("bench".into()), ..Catalog::default() };
    let schema = catalog.push_schema(Schema { owner: Some("owner".into()), ..Schema::named("public") });
    for number in 0..TABLES {
        let name = format!("table_{number}s");
        let secured = RowSecurity { enabled: number % 2 == 0, forced: false };
        let table = catalog.push_relation(Relation {
            owner: Some("owner".into()),
            row_security: Known::Value(secured),
            estimated_rows: Known::Value(Some(20_000)),
            ..Relation::new(schema, &name, RelationKind::Table)
        });
        for (place, (column, native)) in [
            ("id", "bigint"),
            ("owner", "text"),
            ("table_7_id", "bigint"),
            ("at", "timestamp with time zone"),
            ("note", "text"),
        ]
        .into_iter()
        .enumerate()
        {
            catalog.columns.push(Column {
                nullable: Known::Value(place > 0),
                ..Column::new(table, place as u32 + 1, column, native)
            });
        }
        catalog.constraints.push(Constraint {
            relation: table,
            name: Some(format!("{name}_pkey")),
            kind: ConstraintKind::PrimaryKey,
            columns: vec!["id".into()],
            definition: Known::Value("PRIMARY KEY (id)".into()),
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
        for (index, key) in [(format!("{name}_pkey"), "id"), (format!("{name}_owner"), "owner")] {
            catalog.indexes.push(index_of(table, &index, key));
        }
        let referred = format!("table_{}s", number / 2);
        catalog.foreign_keys.push(ForeignKey {
            relation: table,
            name: Some(format!("{name}_fkey")),
            columns: vec!["table_7_id".into()],
            references: ("public".into(), referred),
            referenced: Some(catalog::RelationId(number / 2)),
            referenced_columns: vec!["id".into()],
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: Known::Value(String::new()),
            comment: None,
        });
        catalog.grants.push(grant(ObjectKey::relation(None, Some("public"), &name), "SELECT"));
        if number < POLICIES {
            catalog.policies.push(Policy {
                relation: table,
                name: "own".into(),
                command: PolicyCommand::All,
                permissive: true,
                roles: vec!["web_user".into()],
                using: Some(format!(
                    "(owner = current_setting('app.user'::text)) AND (id IN ( SELECT t.id FROM public.table_{}s t WHERE t.note = 'x'))",
                    number + 1
                )),
                with_check: Some("(owner = (SELECT current_setting('app.user'::text, true)))".into()),
                comment: None,
            });
        }
    }
    catalog.roles = ["owner", "web_anon", "web_user"].map(|name| Role { name: name.into(), ..Role::default() }).into();
    let key =
        ObjectKey { database: None, schema: None, kind: ObjectKind::Schema, name: "public".into(), signature: None };
    catalog.grants.push(grant(key, "USAGE"));
    for kind in Kind::ALL {
        catalog.coverage.insert(kind, Known::Value(()));
    }
    catalog.seal();
    catalog
}

fn index_of(relation: catalog::RelationId, name: &str, key: &str) -> Index {
    Index {
        relation,
        name: name.into(),
        unique: key == "id",
        primary: key == "id",
        method: Some("btree".into()),
        keys: vec![IndexKey { text: key.into(), expression: false, descending: false, nulls_first: None }],
        included: Vec::new(),
        predicate: None,
        valid: Known::Value(true),
        scans: Known::NotLoaded,
        bytes: Known::NotLoaded,
        inherited: false,
        definition: Known::Value(format!("CREATE INDEX {name} ON public.t USING btree ({key})")),
        comment: None,
    }
}

fn grant(object: ObjectKey, privilege: &str) -> Grant {
    Grant {
        object,
        column: None,
        grantee: "web_user".into(),
        grantor: None,
        privilege: privilege.into(),
        grantable: false,
    }
}

fn facts() -> Facts {
    let mut states = Vec::new();
    for number in 0..TABLES {
        for ending in ["pkey", "owner"] {
            let name = format!("table_{number}s_{ending}");
            states.push(IndexState {
                schema: "public".into(),
                constraint: (ending == "pkey").then(|| name.clone()),
                name,
                operator_classes: vec!["pg_catalog.int8_ops".into()],
                collations: vec![String::new()],
                scans: Some(1),
                ..IndexState::default()
            });
        }
    }
    let (mut columns, mut tables) = (Vec::new(), Vec::new());
    for number in 0..TABLES {
        let (schema, table) = ("public".to_owned(), format!("table_{number}s"));
        for column in ["id", "owner"] {
            let (schema, table, column) = (schema.clone(), table.clone(), column.to_owned());
            columns.push(ColumnStatistics { schema, table, column, nulls: 0.1, different: -0.2, order: Some(0.99) });
        }
        tables.push(TableStatistics {
            schema,
            name: table,
            live_rows: 20_000,
            written_rows: Some(1),
            ..Default::default()
        });
    }
    let statement = |number| StatementUse {
        query: format!("select * from table_{number}s t where t.note = $1 and at > $2"),
        role: Some("web_user".into()),
        ..StatementUse::default()
    };
    Facts {
        columns: Known::Value(columns),
        extended_statistics: Known::Value(Vec::new()),
        statements: Told::Known((0..50).map(statement).collect()),
        indexes: Known::Value(states),
        extension_members: Known::Value(Vec::new()),
        views: Known::Value(Vec::new()),
        tables: Known::Value(tables),
        sequences: Known::Value(Vec::new()),
        default_privileges: Known::Value(Vec::new()),
        ..Facts::of(Engine::Postgres)
    }
}
