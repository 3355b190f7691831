//! How long a large catalog's policies take: 10,000 tables, 2,000 policies, 12 roles. Prints milliseconds, asserts nothing.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use catalog::{
    Catalog, Column, Grant, Known, ObjectKey, ObjectKind, Policy, PolicyCommand, Relation, RelationKind, Role,
    RowSecurity, Schema,
};
use policy::{
    coverage::{Matrix, Ways, roles_of, tables_of},
    effect::Effects,
    expression::{Expression, Names},
};

const TABLES: usize = 10_000;
const POLICIES: usize = 2_000;
const ROLES: usize = 12;
const PRIVILEGES: [&str; 7] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let schema = catalog.push_schema(Schema::named("app"));
    for number in 0..ROLES {
        let role = Role { name: format!("role_{number}"), inherit: true, ..Role::default() };
        catalog.roles.push(role);
    }
    let grant = |object: &ObjectKey, grantee: &str, privilege: &str| Grant {
        object: object.clone(),
        column: None,
        grantee: grantee.to_owned(),
        grantor: None,
        privilege: privilege.to_owned(),
        grantable: false,
    };
    let app =
        ObjectKey { database: None, schema: None, kind: ObjectKind::Schema, name: "app".to_owned(), signature: None };
    catalog.grants.push(grant(&app, "PUBLIC", "USAGE"));
    for number in 0..TABLES {
        let mut row = Relation::new(schema, &format!("table_{number}"), RelationKind::Table);
        row.owner = Some("role_0".to_owned());
        row.row_security = Known::Value(RowSecurity { enabled: number % 2 == 0, forced: false });
        let id = catalog.push_relation(row);
        let key = ObjectKey::relation(None, Some("app"), &format!("table_{number}"));
        for grantee in ["role_0", "role_1", "role_2"] {
            catalog.grants.extend(PRIVILEGES.map(|privilege| grant(&key, grantee, privilege)));
        }
        for (ordinal, name) in ["id", "owner_id", "team_id", "title"].iter().enumerate() {
            catalog.columns.push(Column::new(id, ordinal as u32 + 1, name, "uuid"));
        }
        if number % (TABLES / POLICIES) == 0 {
            let text = "((owner_id = ( SELECT auth.uid() AS uid)) OR (EXISTS ( SELECT 1 FROM app.table_1 m \
                        WHERE ((m.team_id = table_0.team_id) AND (m.owner_id = ( SELECT auth.uid() AS uid))))))";
            catalog.policies.push(Policy {
                relation: id,
                name: "own rows".to_owned(),
                command: PolicyCommand::All,
                permissive: true,
                roles: vec![format!("role_{}", number % ROLES)],
                using: Some(text.to_owned()),
                with_check: Some(text.to_owned()),
                comment: None,
            });
        }
    }
    catalog.seal();
    catalog
}

fn main() {
    let catalog = catalog();
    let timed = |what: &str, from: Instant| println!("{what}: {:.0} ms", from.elapsed().as_secs_f64() * 1000.0);
    let from = Instant::now();
    let names = Names::new(&catalog);
    let read = catalog.policies.iter().flat_map(|policy| {
        [&policy.using, &policy.with_check].map(|text| (policy.relation, text.clone().unwrap_or_default()))
    });
    let read = read.filter(|(relation, text)| Expression::parse(text, &names.of(*relation)).is_ok()).count();
    timed(&format!("{read} expressions of {POLICIES} policies read"), from);
    let from = Instant::now();
    let effects = Effects::new(&catalog);
    timed("rights indexed", from);
    let from = Instant::now();
    let (tables, roles) = (tables_of(&catalog), roles_of(effects.rights()));
    let matrix = Matrix::new(&effects, &tables, &roles);
    timed(&format!("{} cells", matrix.cells.len()), from);
    let from = Instant::now();
    let ways = Ways::new(&effects);
    let csv = matrix.to_csv(&effects, &ways);
    timed(&format!("ways around and {} bytes of CSV", csv.len()), from);
}
