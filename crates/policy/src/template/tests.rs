use super::*;
use crate::change::{Change, ChangeSet};
use crate::expression::{Evaluated, Expression, Names};
use crate::testing::Sketch;

fn sketch() -> Sketch {
    let mut sketch = Sketch::new();
    sketch
        .role("authenticated")
        .role("anon")
        .table("docs", "owner")
        .table("team_members", "owner")
        .table("Audit Log", "owner");
    sketch.columns(
        "docs",
        &[
            ("id", "bigint not null"),
            ("owner_id", "uuid"),
            ("team_id", "bigint"),
            ("deleted_at", "timestamp with time zone"),
            ("expires_at", "timestamp with time zone"),
        ],
    );
    sketch.columns("team_members", &[("team_id", "bigint not null"), ("user_id", "uuid not null")]);
    sketch.columns("Audit Log", &[("User_Id", "uuid"), ("at", "timestamp")]);
    sketch
}

fn who() -> Who {
    Who { user: "auth.uid()".to_owned(), authenticated: "authenticated".to_owned(), anonymous: Some("anon".to_owned()) }
}

fn all_templates() -> Vec<Template> {
    let members =
        Members { table: Table::new("app", "team_members"), group: "team_id".to_owned(), user: "user_id".to_owned() };
    let owner = || "owner_id".to_owned();
    vec![
        Template::OwnRows { owner: owner() },
        Template::Membership { group: "team_id".to_owned(), members },
        Template::Role { role: "editor".to_owned() },
        Template::PublicRead,
        Template::AuthenticatedRead,
        Template::OwnerWrites { owner: owner() },
        Template::AdminAll { condition: "is_admin()".to_owned() },
        Template::SoftDeleted { column: "deleted_at".to_owned(), boolean: false },
        Template::TimeLimited { from: None, until: Some("expires_at".to_owned()) },
        Template::Guard { condition: "(auth.jwt() ->> 'aal') = 'aal2'".to_owned() },
        Template::TenantFence {
            tenant: "team_id".to_owned(),
            session: "current_setting('app.tenant', true)".to_owned(),
        },
        Template::InsertOnly { owner: Some(owner()) },
    ]
}

#[test]
fn every_template_renders_and_computes_nothing_per_row() {
    let catalog = sketch().catalog();
    let docs = catalog.find_relation(Some("app"), "docs").unwrap();
    let names = Names::new(&catalog);
    for template in all_templates() {
        let made = template.on(&catalog, docs, &who());
        assert!(!made.policies.is_empty());
        let on = Table::new("app", "docs");
        for policy in made.policies {
            for text in [&policy.using, &policy.with_check].into_iter().flatten() {
                let expression = Expression::parse(text, &names.of(docs)).unwrap();
                for call in &expression.reading.calls {
                    assert_eq!(expression.reading.evaluated(call.select), Evaluated::Once, "{text}");
                }
            }
            ChangeSet { changes: vec![Change::Create { on: on.clone(), policy }] }.render(200).unwrap();
        }
    }
}

#[test]
fn templates_are_bound_to_columns_and_say_which_index_they_want() {
    let mut sketch = sketch();
    let catalog = sketch.catalog();
    let docs = catalog.find_relation(Some("app"), "docs").unwrap();
    let templates = all_templates();
    let made = templates[0].on(&catalog, docs, &who());
    assert_eq!(made.policies[0].using.as_deref(), Some("owner_id = (select auth.uid())"));
    assert_eq!(made.indexes, ["CREATE INDEX ON app.docs (owner_id)"]);
    let made = templates[1].on(&catalog, docs, &who());
    assert_eq!(
        made.policies[0].using.as_deref(),
        Some("team_id = any (array(select m.team_id from app.team_members m where m.user_id = (select auth.uid())))")
    );
    assert_eq!(
        made.indexes,
        ["CREATE INDEX ON app.docs (team_id)", "CREATE INDEX ON app.team_members (user_id, team_id)"]
    );
    let fence = templates[10].on(&catalog, docs, &who());
    assert_eq!(
        fence.policies[0].using.as_deref(),
        Some("team_id = (select nullif(current_setting('app.tenant', true), '')::bigint)")
    );
    assert!(!fence.policies[0].permissive && fence.policies[0].role_names() == ["PUBLIC"]);
    sketch.inner().indexes.push(catalog::Index {
        relation: docs,
        name: "i".to_owned(),
        unique: false,
        primary: false,
        method: None,
        keys: vec![catalog::IndexKey {
            text: "owner_id".to_owned(),
            expression: false,
            descending: false,
            nulls_first: None,
        }],
        included: vec![],
        predicate: None,
        valid: catalog::Known::NotLoaded,
        scans: catalog::Known::NotLoaded,
        bytes: catalog::Known::NotLoaded,
        inherited: false,
        definition: catalog::Known::NotLoaded,
        comment: None,
    });
    assert!(templates[0].on(&sketch.catalog(), docs, &who()).indexes.is_empty());
}

#[test]
fn what_fits_is_suggested_from_the_catalog() {
    let catalog = sketch().catalog();
    let of = |table: &str| suggested(&catalog, catalog.find_relation(Some("app"), table).unwrap());
    let docs = of("docs");
    assert!(matches!(&docs[0], Template::Membership { members, .. } if members.table.table == "team_members"));
    assert_eq!(docs[1], Template::OwnRows { owner: "owner_id".to_owned() });
    assert!(docs.contains(&Template::SoftDeleted { column: "deleted_at".to_owned(), boolean: false }));
    assert!(docs.contains(&Template::TimeLimited { from: None, until: Some("expires_at".to_owned()) }));
    assert!(of("Audit Log").contains(&Template::InsertOnly { owner: Some("User_Id".to_owned()) }));
    assert_eq!(Who::guess(&catalog).authenticated, "authenticated");
    assert_eq!(Who::guess(&catalog).user, "current_setting('app.user_id', true)");
}
