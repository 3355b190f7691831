use super::*;

fn on() -> Table {
    Table::new("app", "documents")
}

fn draft(name: &str, command: PolicyCommand, using: Option<&str>, with_check: Option<&str>) -> Draft {
    Draft { using: using.map(str::to_owned), with_check: with_check.map(str::to_owned), ..Draft::new(name, command) }
}

fn own_rows() -> Draft {
    Draft {
        roles: vec!["authenticated".to_owned()],
        comment: Some("each their own".to_owned()),
        ..draft("own rows", PolicyCommand::Select, Some("owner_id = (select auth.uid())"), None)
    }
}

fn plan(changes: Vec<Change>) -> Plan {
    ChangeSet { changes }.render(200).unwrap()
}

fn alter(before: Draft, after: Draft) -> (Vec<String>, Vec<String>) {
    let step = plan(vec![Change::Alter { on: on(), before, after }]).steps.remove(0);
    (step.sql, step.undo)
}

#[test]
fn a_new_policy_is_shown_with_its_lock_and_its_undo() {
    let plan = plan(vec![Change::Create { on: on(), policy: own_rows() }]);
    let step = &plan.steps[0];
    assert_eq!(
        step.sql,
        [
            "CREATE POLICY \"own rows\" ON app.documents\n  AS PERMISSIVE FOR SELECT TO authenticated\n  USING (owner_id = (select auth.uid()))",
            "COMMENT ON POLICY \"own rows\" ON app.documents IS 'each their own'",
        ]
    );
    assert_eq!(step.undo, ["DROP POLICY \"own rows\" ON app.documents"]);
    assert_eq!(step.lock.words(), "ACCESS EXCLUSIVE");
    assert!(step.waits.starts_with("Every query on documents queues while this waits, at most 200 ms"));
    assert!(plan.transaction().starts_with("BEGIN;\nSET LOCAL lock_timeout = '200ms';\nCREATE POLICY"));
    assert!(plan.transaction().ends_with("COMMIT;\n"));
    assert_eq!(plan.migration().1, "DROP POLICY \"own rows\" ON app.documents;\n");
}

#[test]
fn alter_policy_is_used_where_the_server_can() {
    let was = own_rows();
    let renamed = Draft { name: "mine".to_owned(), ..was.clone() };
    assert_eq!(alter(was.clone(), renamed).0, ["ALTER POLICY \"own rows\" ON app.documents RENAME TO mine"]);
    let wider = Draft { roles: vec!["b".into(), "A".into()], using: Some("true".into()), ..was.clone() };
    let (sql, undo) = alter(was.clone(), wider);
    assert_eq!(sql, ["ALTER POLICY \"own rows\" ON app.documents\n  TO \"A\", b\n  USING (true)"]);
    assert_eq!(
        undo,
        ["ALTER POLICY \"own rows\" ON app.documents\n  TO authenticated\n  USING (owner_id = (select auth.uid()))"]
    );
    let silent = Draft { comment: None, ..was.clone() };
    let step = plan(vec![Change::Alter { on: on(), before: was.clone(), after: silent }]).steps.remove(0);
    assert_eq!(step.sql, ["COMMENT ON POLICY \"own rows\" ON app.documents IS NULL"]);
    assert_eq!(step.lock, Lock::AccessShare);
    // What it cannot do.
    for after in [
        Draft { command: PolicyCommand::Delete, ..was.clone() },
        Draft { permissive: false, ..was.clone() },
        Draft { using: None, ..was.clone() },
    ] {
        let (sql, undo) = alter(was.clone(), after);
        assert_eq!(sql[0], "DROP POLICY \"own rows\" ON app.documents");
        assert!(sql[1].starts_with("CREATE POLICY") && sql[2].starts_with("COMMENT"), "{sql:?}");
        let back = if undo.len() == 1 { "ALTER POLICY" } else { "COMMENT" };
        assert!(undo.last().unwrap().starts_with(back), "the comment comes back or has never gone: {undo:?}");
    }
    // An expression can be added, and taken back only by making the policy anew.
    let all = draft("p", PolicyCommand::All, Some("true"), None);
    let checked = Draft { with_check: Some("false".into()), ..all.clone() };
    let (sql, undo) = alter(all, checked);
    assert_eq!(sql, ["ALTER POLICY p ON app.documents\n  WITH CHECK (false)"]);
    assert!(undo[0].starts_with("DROP POLICY"));
}

#[test]
fn names_are_free_when_they_are_taken() {
    let (a, b) =
        (draft("a", PolicyCommand::Select, Some("true"), None), draft("b", PolicyCommand::Select, Some("false"), None));
    let called = |draft: &Draft, name: &str| Draft { name: name.to_owned(), ..draft.clone() };
    let swap = plan(vec![
        Change::Alter { on: on(), before: a.clone(), after: called(&a, "b") },
        Change::Alter { on: on(), before: b.clone(), after: called(&b, "a") },
    ]);
    let starts: Vec<&str> = swap.up().iter().map(|sql| &sql[..13]).collect();
    assert_eq!(starts, ["DROP POLICY a", "DROP POLICY b", "CREATE POLICY", "CREATE POLICY"]);
    let reuse = plan(vec![Change::Create { on: on(), policy: called(&b, "a") }, Change::Drop { on: on(), policy: a }]);
    assert!(reuse.up()[0].starts_with("DROP") && reuse.down()[0].starts_with("DROP"));
}

#[test]
fn what_the_server_would_refuse_is_refused_before() {
    let refused = |policy: Draft| {
        ChangeSet { changes: vec![Change::Create { on: on(), policy }] }
            .render(200)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    for (policy, message) in [
        (draft("", PolicyCommand::All, None, None), "a policy of app.documents has no name"),
        (draft("p", PolicyCommand::Insert, Some("true"), None), "p: USING is not for Insert policies"),
        (draft("p", PolicyCommand::Select, None, Some("true")), "p: WITH CHECK is not for Select policies"),
        (draft("p", PolicyCommand::Delete, None, Some("true")), "p: WITH CHECK is not for Delete policies"),
        (draft("p", PolicyCommand::All, Some("a = "), None), "p: USING: syntax error at end of input"),
        (
            draft("p", PolicyCommand::All, Some("true) with check (true"), None),
            "p: USING: syntax error at or near \")\"",
        ),
        (draft("p", PolicyCommand::All, Some("true, false"), None), "p: USING: this is not one expression"),
    ] {
        assert_eq!(refused(policy), message);
    }
    let twice = |one: &str, other: &str| {
        let changes =
            [one, other].map(|name| Change::Create { on: on(), policy: draft(name, PolicyCommand::All, None, None) });
        ChangeSet { changes: changes.to_vec() }.render(200)
    };
    let long = "x".repeat(63);
    assert!(matches!(twice(&format!("{long}a"), &format!("{long}b")), Err(Refusal::Taken { .. })));
    assert!(twice("a", "A").is_ok());
}

#[test]
fn a_comment_in_an_expression_does_not_take_the_parenthesis_along() {
    let policy = draft("p", PolicyCommand::All, Some("true -- for now"), None);
    assert!(plan(vec![Change::Create { on: on(), policy }]).up()[0].ends_with("USING (true -- for now\n)"));
}

#[test]
fn the_difference_of_two_lists_is_what_apply_does() {
    let list = |tables| Listing { version: 1, tables };
    let table = |name: &str, on: Option<bool>, policies: Vec<Draft>| crate::listing::TablePolicies {
        schema: "app".into(),
        table: name.into(),
        row_security: on,
        forced: on.map(|_| false),
        policies,
    };
    let (a, b, c) =
        (own_rows(), draft("b", PolicyCommand::All, Some("true"), None), draft("c", PolicyCommand::All, None, None));
    let before = list(vec![
        table("documents", Some(true), vec![a.clone(), b.clone()]),
        table("others", Some(true), vec![c.clone()]),
    ]);
    assert!(ChangeSet::between(&before, &before).changes.is_empty());
    // The same in other words.
    let same = Draft { using: Some("(OWNER_ID=(SELECT auth . uid())) -- mine".into()), ..a.clone() };
    let after = list(vec![table("documents", Some(true), vec![same, b.clone()])]);
    assert!(ChangeSet::between(&before, &after).changes.is_empty());
    let after = list(vec![table("documents", Some(false), vec![Draft { using: Some("false".into()), ..a }, c])]);
    let set = ChangeSet::between(&before, &after);
    let whats: Vec<String> = set.render(200).unwrap().steps.into_iter().map(|step| step.what).collect();
    assert_eq!(whats, ["disable row security", "drop policy b", "change policy own rows", "create policy c"]);
}
