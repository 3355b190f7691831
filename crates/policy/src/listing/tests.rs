use super::*;

fn listing() -> Listing {
    Listing {
        version: 1,
        tables: vec![
            TablePolicies {
                schema: "app".into(),
                table: "docu\"ments.🚀".into(),
                row_security: Some(true),
                forced: Some(false),
                policies: vec![
                    Draft {
                        roles: vec!["PUBLIC".into()],
                        using: Some("owner_id = (select auth.uid()) -- (mine\n and true".into()),
                        with_check: Some("\"we)ird\" = ')' /* ) */".into()),
                        comment: Some("it's\nmine".into()),
                        ..Draft::new("own rows", PolicyCommand::All)
                    },
                    Draft {
                        permissive: false,
                        roles: vec!["a b".into(), "c".into()],
                        with_check: Some("true".into()),
                        ..Draft::new("using (x)", PolicyCommand::Insert)
                    },
                ],
            },
            TablePolicies {
                schema: "public".into(),
                table: "plain".into(),
                row_security: Some(false),
                forced: Some(true),
                policies: vec![],
            },
        ],
    }
}

#[test]
fn a_list_is_read_back_from_json_and_sql() {
    let listing = listing();
    assert_eq!(Listing::from_json(&listing.to_json()).unwrap(), listing);
    assert_eq!(Listing::from_sql(&listing.to_sql(), "public").unwrap(), listing, "{}", listing.to_sql());
}

#[test]
fn json_is_stable() {
    let mut listing = listing();
    listing.tables.truncate(1);
    listing.tables[0].policies.remove(0);
    assert_eq!(
        serde_json::to_value(&listing).unwrap(),
        serde_json::json!({"version": 1, "tables": [{
            "schema": "app", "table": "docu\"ments.🚀", "row_security": true, "forced": false,
            "policies": [{"name": "using (x)", "command": "insert", "permissive": false, "roles": ["a b", "c"], "with_check": "true"}],
        }]})
    );
}

#[test]
fn what_is_no_list_is_refused_with_its_place() {
    let json = |text: &str| Listing::from_json(text).unwrap_err().to_string();
    assert!(json("{").starts_with("line 1, column 1: "));
    assert_eq!(json(r#"{"version": 2, "tables": []}"#), "the list is of version 2; only 1 is known");
    assert!(json(r#"{"version": 1, "tables": [], "more": 1}"#).contains("unknown field"));
    let table = r#"{"schema": "a", "table": "b"}"#;
    assert_eq!(json(&format!(r#"{{"version": 1, "tables": [{table}, {table}]}}"#)), "a.b stands there twice");
    for (text, at) in [
        ("create policy p on t;\ndrop table t", 21),
        ("create policy p on t to current_user", 0),
        ("alter table t enable row level security, drop column x", 0),
        ("comment on policy missing on t is 'x'", 0),
    ] {
        match Listing::from_sql(text, "public") {
            Err(Unreadable::Statement { at: found, .. }) => assert_eq!(found, at, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert!(matches!(Listing::from_sql("create policy p on", "public"), Err(Unreadable::Sql { .. })));
    assert!(matches!(
        Listing::from_sql("create policy p on t; create policy p on public.t", "public"),
        Err(Unreadable::Twice(_))
    ));
}

#[test]
fn texts_are_the_same_by_their_trees() {
    for (one, other, same) in [
        ("a = 1", "(A=1) -- x", true),
        ("a in (1, 2)", "a IN (1,2)", true),
        ("a = 1 and b", "(a = 1) AND b", true),
        ("a = 1", "a = 2", false),
        ("a = 'X'", "a = 'x'", false),
        ("\"A\"", "a", false),
        (
            "(a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])",
            "(a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])",
            true,
        ),
        ("a = any (array['x']::text[])", "a = any (array['x']::uuid[])", false),
        ("f(", "f(", true),
        ("f(", "f (", false),
    ] {
        assert_eq!(same_text(Some(one), Some(other)), same, "{one} / {other}");
    }
    assert!(!same_text(None, Some("true")));
}
