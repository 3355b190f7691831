use std::collections::BTreeMap;

use catalog::{Known, ObjectKey, PolicyCommand, Routine, RoutineKind, SchemaId};

use super::*;
use crate::change::{Change, ChangeSet};
use crate::listing::Draft;
use crate::testing::{Sketch, grant_of};

fn sketch() -> Sketch {
    let mut sketch = Sketch::new();
    sketch.role("owner").role("ann").role("anon").role("auditor");
    sketch.roles.iter_mut().find(|role| role.name == "auditor").unwrap().bypass_row_security = true;
    sketch.table("open", "owner").grant("open", "ann", "SELECT");
    sketch.table("docs", "owner").secured("docs", false).grant(
        "docs",
        "ann",
        "SELECT, INSERT, UPDATE, DELETE, TRUNCATE",
    );
    sketch.grant("docs", "anon", "SELECT").grant("docs", "auditor", "SELECT");
    sketch.policy("docs", "own", PolicyCommand::All, &["ann"], Some("owner_id = (select auth.uid())"), None);
    sketch.policy("docs", "any", PolicyCommand::Insert, &["ann"], None, Some("not false"));
    sketch.table("shut", "owner").secured("shut", true).grant("shut", "ann", "SELECT");
    sketch
}

/// `table role: SELECT INSERT UPDATE DELETE`.
fn words(sketch: &Sketch) -> Vec<String> {
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let roles = roles_of(effects.rights());
    let matrix = Matrix::new(&effects, &tables_of(&catalog), &roles);
    let mut lines = Vec::new();
    for (table_at, (_, table)) in matrix.tables.iter().enumerate() {
        for (role_at, role) in roles.iter().enumerate() {
            let levels = Command::ALL.map(|command| matrix.cell(table_at, role_at, command).unwrap().level.words());
            lines.push(format!("{} {role}: {}", table.table, levels.join(" ")));
        }
    }
    lines
}

#[test]
fn cells_follow_grants_ownership_and_policies() {
    assert_eq!(
        words(&sketch()),
        [
            "open owner: all all all all",
            "open ann: all none none none",
            "open anon: none none none none",
            "open auditor: none none none none",
            "docs owner: bypass bypass bypass bypass",
            "docs ann: filtered all filtered filtered",
            "docs anon: none none none none",
            "docs auditor: bypass none none none",
            "shut owner: none none none none",
            "shut ann: none none none none",
            "shut anon: none none none none",
            "shut auditor: none none none none",
        ]
    );
}

#[test]
fn column_grants_count_and_are_said() {
    let mut sketch = sketch();
    let mut grant = grant_of(ObjectKey::relation(None, Some("app"), "open"), "anon", "UPDATE");
    grant.column = Some("title".to_owned());
    sketch.inner().grants.push(grant);
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let matrix = Matrix::new(&effects, &[sketch.relation("open")], &["anon".to_owned(), "ann".to_owned()]);
    let cell = matrix.cell(0, 0, Command::Update).unwrap();
    assert_eq!((cell.level, cell.some_columns), (Level::All, true));
    assert!(!matrix.cell(0, 1, Command::Select).unwrap().some_columns);
}

fn ways_of(sketch: &Sketch, table: &str, role: &str) -> Vec<String> {
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let ways = Ways::new(&effects).of(&effects, sketch.relation(table), &effects.rights().powers(role));
    ways.iter().map(|way| format!("{:?} {} {}", way.kind, way.through.table, way.reaches.words())).collect()
}

fn view(sketch: &mut Sketch, name: &str, kind: RelationKind, query: &str, options: &[&str]) {
    sketch.relation_of(name, "owner", kind).grant(name, "anon", "SELECT");
    let row = sketch.row(name);
    row.definition = Known::Value(query.to_owned());
    row.options = options.iter().map(|option| (*option).to_owned()).collect();
}

#[test]
fn ways_around_a_table_are_found() {
    let mut sketch = sketch();
    assert_eq!(ways_of(&sketch, "docs", "ann"), ["Truncate docs filtered"]);
    view(&mut sketch, "leak", RelationKind::View, " SELECT docs.id FROM docs;", &[]);
    view(&mut sketch, "safe", RelationKind::View, "SELECT id FROM app.docs", &["security_invoker=true"]);
    view(&mut sketch, "on_leak", RelationKind::View, "SELECT id FROM leak", &["security_invoker=on"]);
    view(&mut sketch, "stored", RelationKind::MaterializedView, "SELECT id FROM safe", &[]);
    view(&mut sketch, "other", RelationKind::View, "CREATE VIEW app.other AS SELECT 1 FROM open;", &[]);
    assert_eq!(
        ways_of(&sketch, "docs", "anon"),
        ["OwnerView leak bypass", "OwnerView on_leak bypass"],
        "an invoker view over docs is as good as docs, whoever asks through what"
    );
    assert_eq!(ways_of(&sketch, "docs", "auditor"), Vec::<String>::new(), "who sees everything needs no way");
    view(&mut sketch, "copy", RelationKind::MaterializedView, "SELECT id FROM docs", &[]);
    assert!(ways_of(&sketch, "docs", "anon").contains(&"MaterializedView copy bypass".to_owned()));
}

#[test]
fn definer_functions_that_name_the_table_are_ways() {
    let mut sketch = sketch();
    let routine = |name: &str, definition: Option<&str>, definer| Routine {
        schema: SchemaId(0),
        name: name.to_owned(),
        kind: RoutineKind::Function,
        arguments: None,
        identity_arguments: Some(String::new()),
        returns: Some("bigint".to_owned()),
        language: Some("plpgsql".to_owned()),
        volatility: None,
        security_definer: definer,
        settings: vec![],
        owner: Some("owner".to_owned()),
        definition: definition.map_or(Known::NotLoaded, |text| Known::Value(text.to_owned())),
        comment: None,
    };
    let text = |body: &str| format!("CREATE FUNCTION app.f() RETURNS bigint LANGUAGE plpgsql AS $f$ {body} $f$");
    let routines = [
        routine("reads", Some(&text("begin return (select count(*) from app.\"docs\"); end")), true),
        routine("says", Some(&text("begin raise notice 'docs'; end")), true),
        routine("plain", Some(&text("begin perform 1 from docs; end")), false),
        routine("hidden", None, true),
    ];
    for routine in routines {
        let object = ObjectKey {
            database: None,
            schema: Some("app".to_owned()),
            kind: catalog::ObjectKind::Routine,
            name: routine.name.clone(),
            signature: Some(String::new()),
        };
        sketch.inner().grants.push(grant_of(object, "PUBLIC", "EXECUTE"));
        sketch.inner().routines.push(routine);
    }
    assert_eq!(
        ways_of(&sketch, "docs", "anon"),
        ["DefinerFunction reads bypass", "DefinerFunctionNotRead hidden bypass"]
    );
    sketch.inner().grants.retain(|grant| grant.privilege != "EXECUTE");
    assert!(ways_of(&sketch, "docs", "anon").is_empty(), "only who may run it");
}

#[test]
fn a_leaf_granted_directly_is_a_way() {
    let mut sketch = sketch();
    sketch.relation_of("parts", "owner", RelationKind::PartitionedTable).secured("parts", false);
    sketch.relation_of("parts_1", "owner", RelationKind::Partition).grant("parts_1", "ann", "SELECT");
    sketch.row("parts_1").partition_of = Some(("app".to_owned(), "parts".to_owned()));
    assert_eq!(ways_of(&sketch, "parts", "ann"), ["Partition parts_1 all"]);
    sketch.secured("parts_1", false);
    assert!(ways_of(&sketch, "parts", "ann").is_empty(), "a leaf with row security and no policy lets nothing through");
}

#[test]
fn a_change_is_shown_before_it_is_made() {
    let sketch = sketch();
    let before = sketch.catalog();
    let policy = before.policies.iter().find(|policy| policy.name == "own").unwrap();
    let on = Table::new("app", "docs");
    let set = ChangeSet {
        changes: vec![
            Change::Drop { on: on.clone(), policy: Draft::of(policy) },
            Change::Create {
                on,
                policy: Draft {
                    roles: vec!["anon".to_owned()],
                    using: Some("true".to_owned()),
                    ..Draft::new("everybody", PolicyCommand::Select)
                },
            },
        ],
    };
    let mut after = before.clone();
    assert!(set.apply_to(&mut after).is_empty());
    let (was, is) = (Effects::new(&before), Effects::new(&after));
    let (tables, roles) = (tables_of(&before), roles_of(was.rights()));
    let matrix = Matrix::new(&was, &tables, &roles);
    let changes = matrix.difference(&before, &Matrix::new(&is, &tables, &roles), &after);
    let words: BTreeMap<(String, Command), (Level, Level, bool)> = changes
        .into_iter()
        .map(|change| ((change.role, change.command), (change.before, change.after, change.loses_everything)))
        .collect();
    let expected = [
        (("anon".to_owned(), Command::Select), (Level::None, Level::All, false)),
        (("ann".to_owned(), Command::Select), (Level::Filtered, Level::None, true)),
        (("ann".to_owned(), Command::Insert), (Level::All, Level::All, false)),
        (("ann".to_owned(), Command::Update), (Level::Filtered, Level::None, true)),
        (("ann".to_owned(), Command::Delete), (Level::Filtered, Level::None, true)),
    ];
    assert_eq!(words, BTreeMap::from(expected));
}

#[test]
fn a_matrix_is_exported_with_odd_names() {
    let mut sketch = Sketch::new();
    sketch.role("a,\"b\"<i>").table("t.🚀,\"x\"", "owner").secured("t.🚀,\"x\"", false);
    sketch.grant("t.🚀,\"x\"", "PUBLIC", "SELECT");
    sketch.policy("t.🚀,\"x\"", "p;\n<b>", PolicyCommand::All, &["PUBLIC"], Some("a = 1"), None);
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let ways = Ways::new(&effects);
    let matrix = Matrix::new(&effects, &tables_of(&catalog), &roles_of(effects.rights()));
    let csv = matrix.to_csv(&effects, &ways);
    assert!(csv.contains("app,\"t.🚀,\"\"x\"\"\",\"a,\"\"b\"\"<i>\",SELECT,filtered,\"p;\n<b>\",,\r\n"), "{csv}");
    assert!(csv.contains("INSERT,none,,no INSERT privilege,\r\n"));
    let html = matrix.to_html(&effects, &ways);
    assert!(html.contains("a,&quot;b&quot;&lt;i&gt;") && !html.contains("<i>") && html.contains("Not read in full"));
    let json: serde_json::Value = serde_json::from_str(&matrix.to_json(&effects, &ways)).unwrap();
    let role = &json["tables"][0]["roles"][0];
    assert_eq!(role["select"]["access"], "filtered");
    assert_eq!(role["select"]["policies"][0], "p;\n<b>");
    assert_eq!(json["not_read"][0], "relations");
}
