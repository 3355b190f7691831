use catalog::PolicyCommand::*;

use super::*;
use crate::testing::Sketch;

fn sketch() -> Sketch {
    let mut sketch = Sketch::new();
    sketch.role("owner").role("ann").role("group").member("ann", "group", None);
    sketch.role("root").role("auditor").role("stranger").role("outside").member("outside", "group", Some(false));
    sketch.roles.iter_mut().find(|role| role.name == "root").unwrap().superuser = true;
    sketch.roles.iter_mut().find(|role| role.name == "auditor").unwrap().bypass_row_security = true;
    sketch
        .table("docs", "owner")
        .columns("docs", &[("id", "int not null"), ("owner_id", "text")])
        .secured("docs", false);
    sketch.grant("docs", "PUBLIC", "SELECT, INSERT, UPDATE, DELETE").grant(
        "docs",
        "owner",
        "SELECT, INSERT, UPDATE, DELETE",
    );
    sketch
}

/// The effect in a few words: every condition as `what: text`.
fn words(sketch: &Sketch, role: &str, shape: Shape) -> String {
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let powers = effects.rights().powers(role);
    match effects.of(sketch.relation("docs"), &powers, shape) {
        Effect::Refused { missing } => format!("refused: {missing}"),
        Effect::Off => "off".to_owned(),
        Effect::Bypassed { why } => format!("{why:?}"),
        Effect::NotKnown => "not known".to_owned(),
        Effect::Decided { conditions } => {
            let all = conditions.iter().map(|one| format!("{:?} {}: {}", one.asked, one.command.words(), one.text()));
            all.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn policies_are_combined_as_the_server_does() {
    let mut sketch = sketch();
    let select = Shape::usual(Command::Select);
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: false", "row security without policies shows nothing");
    sketch.policy("docs", "r_only", All, &["PUBLIC"], Some("id > 0"), None);
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: false AND (id > 0)", "nor with restrictive ones only");
    sketch.policy("docs", "a", Select, &["group"], Some("owner_id = 'a'"), None);
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: (owner_id = 'a') AND (id > 0)");
    sketch.policy("docs", "b", All, &["ann"], Some("true"), Some("id = 7"));
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: ((owner_id = 'a') OR (true)) AND (id > 0)");
    assert_eq!(
        words(&sketch, "outside", select),
        "Existing SELECT: false AND (id > 0)",
        "a group that is not inherited"
    );
    assert_eq!(words(&sketch, "root", select), "Superuser");
    assert_eq!(words(&sketch, "auditor", select), "BypassRowSecurity");
    assert_eq!(words(&sketch, "owner", select), "Owner");
    sketch.secured("docs", true);
    assert_eq!(words(&sketch, "owner", select), "Existing SELECT: false AND (id > 0)", "forced");
    assert_eq!(
        words(&sketch, "ann", Shape::usual(Command::Insert)),
        "New INSERT: (id = 7) AND (id > 0)",
        "WITH CHECK, and USING where it is missing"
    );
}

#[test]
fn statements_that_read_need_the_select_policies_too() {
    let mut sketch = sketch();
    for (name, command) in [("s", Select), ("u", Update), ("d", Delete)] {
        sketch.policy("docs", name, command, &["PUBLIC"], Some(&format!("{name}1")), None);
    }
    sketch.policy("docs", "i", Insert, &["PUBLIC"], None, Some("i1"));
    let shape = |command, reads, on_conflict| Shape { command, reads, locks: false, on_conflict };
    use OnConflict as On;
    for (shape, expected) in [
        (shape(Command::Update, false, On::None), "Existing UPDATE: (u1); New UPDATE: (u1)"),
        (
            shape(Command::Update, true, On::None),
            "Existing UPDATE: (u1); Existing SELECT: (s1); New UPDATE: (u1); New SELECT: (s1)",
        ),
        (shape(Command::Delete, false, On::None), "Existing DELETE: (d1)"),
        (shape(Command::Delete, true, On::None), "Existing DELETE: (d1); Existing SELECT: (s1)"),
        (shape(Command::Insert, false, On::DoNothing), "New INSERT: (i1)"),
        (shape(Command::Insert, true, On::None), "New INSERT: (i1); New SELECT: (s1)"),
        (shape(Command::Insert, false, On::TargetDoNothing), "New INSERT: (i1); New SELECT: (s1)"),
        (
            shape(Command::Insert, false, On::DoUpdate),
            "New INSERT: (i1); New SELECT: (s1); Conflicting UPDATE: (u1); Conflicting SELECT: (s1); New UPDATE: (u1)",
        ),
        (Shape { locks: true, ..Shape::usual(Command::Select) }, "Existing SELECT: (s1); Existing UPDATE: (u1)"),
    ] {
        assert_eq!(words(&sketch, "ann", shape), expected);
    }
}

#[test]
fn policies_without_expressions_admit_nothing_or_ask_nothing() {
    let mut sketch = sketch();
    sketch.policy("docs", "empty", All, &["PUBLIC"], None, None);
    let select = Shape::usual(Command::Select);
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: false");
    sketch.policy("docs", "yes", All, &["PUBLIC"], Some("true"), None).policy(
        "docs",
        "r_empty",
        All,
        &["PUBLIC"],
        None,
        None,
    );
    assert_eq!(words(&sketch, "ann", select), "Existing SELECT: (true)");
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let effect = effects.of(sketch.relation("docs"), &effects.rights().powers("ann"), select);
    assert!(effect.truth().unwrap().is_always_true());
}

#[test]
fn missing_rights_come_before_policies() {
    let mut sketch = sketch();
    sketch.inner().grants.retain(|grant| grant.grantee != "PUBLIC" || grant.privilege == "USAGE");
    sketch.grant("docs", "group", "UPDATE, DELETE");
    let blind = Shape { reads: false, ..Shape::usual(Command::Update) };
    assert_eq!(words(&sketch, "stranger", Shape::usual(Command::Select)), "refused: SELECT");
    assert_eq!(words(&sketch, "ann", Shape::usual(Command::Update)), "refused: SELECT", "WHERE reads");
    assert_eq!(words(&sketch, "ann", blind), "Existing UPDATE: false; New UPDATE: false");
    sketch.inner().grants.retain(|grant| grant.privilege != "USAGE");
    assert_eq!(words(&sketch, "ann", blind), "refused: USAGE on the schema");
    assert_eq!(words(&sketch, "root", blind), "Superuser");
}

#[test]
fn what_is_not_known_is_said() {
    let mut sketch = sketch();
    sketch.row("docs").row_security = Known::NotLoaded;
    assert_eq!(words(&sketch, "ann", Shape::usual(Command::Select)), "not known");
    sketch.secured("docs", false).policy("docs", "odd", All, &["PUBLIC"], Some("this is (no"), None);
    let catalog = sketch.catalog();
    let effects = Effects::new(&catalog);
    let Effect::Decided { conditions } =
        effects.of(sketch.relation("docs"), &effects.rights().powers("ann"), Shape::usual(Command::Select))
    else {
        panic!()
    };
    assert!(conditions[0].permissive[0].unreadable);
    assert_eq!(conditions[0].truth(), Truth::ANY);
}

#[test]
fn a_merge_fails_where_an_update_passes_over_rows() {
    let mut sketch = sketch();
    for (name, command) in [("s", Select), ("u", Update), ("d", Delete)] {
        sketch.policy("docs", name, command, &["PUBLIC"], Some(&format!("{name}1")), None);
    }
    sketch.policy("docs", "i", Insert, &["PUBLIC"], None, Some("i1"));
    let merged = |sketch: &Sketch, role: &str, reads, returns| {
        let catalog = sketch.catalog();
        let effects = Effects::new(&catalog);
        let whens = vec![When::Update, When::Delete, When::Insert, When::DoNothing];
        let merge = Merge { whens, reads, returns };
        let all = effects.of_merge(sketch.relation("docs"), &effects.rights().powers(role), &merge);
        let words = all.iter().map(|effect| match effect {
            Effect::Decided { conditions } => {
                let all =
                    conditions.iter().map(|one| format!("{:?} {}: {}", one.asked, one.command.words(), one.text()));
                all.collect::<Vec<_>>().join("; ")
            }
            other => format!("{other:?}"),
        });
        words.collect::<Vec<_>>()
    };
    assert_eq!(
        merged(&sketch, "ann", true, false),
        [
            "Existing SELECT: (s1); Conflicting UPDATE: (u1); New UPDATE: (u1); New SELECT: (s1)",
            "Existing SELECT: (s1); Conflicting DELETE: (d1)",
            "Existing SELECT: (s1); New INSERT: (i1)",
            "Existing SELECT: (s1)",
        ]
    );
    let blind = merged(&sketch, "ann", false, false);
    assert_eq!((blind[0].as_str(), blind[3].as_str()), ("Conflicting UPDATE: (u1); New UPDATE: (u1)", ""));
    assert_eq!(merged(&sketch, "ann", true, true)[2], "Existing SELECT: (s1); New INSERT: (i1); New SELECT: (s1)");
    assert_eq!(merged(&sketch, "root", true, false), ["Bypassed { why: Superuser }"; 4]);
    sketch.inner().grants.retain(|grant| grant.privilege != "DELETE");
    assert_eq!(
        merged(&sketch, "ann", true, false),
        ["Refused { missing: \"DELETE\" }"; 4],
        "one privilege is missing for all"
    );
}
