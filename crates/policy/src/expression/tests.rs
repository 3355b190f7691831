use super::*;

/// `docs(id not null, owner_id, team_id, flag, done not null)` and `members(team_id, user_id)` are known.
struct Known;

impl Scope for Known {
    fn has_column(&self, _: Option<&str>, relation: &str, column: &str) -> Option<bool> {
        match relation {
            "docs" => Some(["id", "owner_id", "team_id", "flag", "done"].contains(&column)),
            "members" => Some(["team_id", "user_id"].contains(&column)),
            _ => None,
        }
    }

    fn can_be_null(&self, column: &str) -> Option<bool> {
        Some(!matches!(column, "id" | "done"))
    }
}

fn parse(text: &str) -> Expression {
    Expression::parse(text, &Known).unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
}

#[test]
fn truth_is_evaluated_and_has_three_values() {
    for (words, texts) in [
        (
            "always true",
            &[
                "true",
                "(true)",
                "1=1",
                "1 = 1 and 2 > 1",
                "not false",
                "owner_id = 1 or true",
                "(select true)",
                "( SELECT true AS bool)",
                "(select not false)",
                "'t'::boolean",
                "1::boolean",
                "id = id",
                "owner_id = owner_id is not false",
                "coalesce(owner_id = 1, false) or coalesce(null, true)",
                "coalesce(flag, true) is not null",
                "exists (select 1)",
                "exists (select from docs where false) = false or true",
                "case when true then true else flag end",
                "case when flag then true else true end",
                "1 in (1, 2)",
                "1 = any (array[3, 1])",
                "1 between 0 and 2",
                "owner_id is not distinct from owner_id",
                "null is null",
                "(null::boolean) is null",
                "current_user = current_user",
                "id is not null",
                "done is not unknown",
                "'a' = 'a'",
                "not (id is null)",
            ][..],
        ),
        (
            "true unless null",
            &[
                "owner_id = owner_id",
                "owner_id >= owner_id",
                "owner_id like '%'",
                "owner_id::text ~~ '%'::text",
                "coalesce(null, owner_id = owner_id)",
            ][..],
        ),
        (
            "always false",
            &[
                "false",
                "not true",
                "1 = 2",
                "flag and false",
                "(select false)",
                "exists (select 1 from members where false)",
                "owner_id in (select user_id from members where 1 = 0)",
                "id is null",
                "'a' = 'b'",
                "owner_id is distinct from owner_id",
                "id <> id",
            ][..],
        ),
        (
            "always null",
            &["null", "null::boolean", "owner_id = null", "(select true where false)", "not (null and true)"][..],
        ),
        ("never true", &["flag and null", "owner_id <> owner_id", "(1 = 2) and flag", "null and owner_id = 1"][..]),
        (
            "never null",
            &[
                "owner_id is null",
                "(id = docs.id) is not false",
                "exists (select 1 from members)",
                "done",
                "flag is true",
                "coalesce(flag, false)",
            ][..],
        ),
        (
            "depends on the row",
            &[
                "flag",
                "owner_id = 1",
                "is_admin()",
                "(select is_admin())",
                "owner_id = (select auth.uid())",
                "exists (select generate_series(1, 0)) or flag",
                "1::text > 9::text and flag",
                "owner_id ~~ 'a%'",
                "flag or not flag",
                "flag or null",
                "case when flag then true end",
                "(select true from members)",
            ][..],
        ),
    ] {
        for text in texts {
            let said = parse(text).truth.words();
            // `false and x` is false whatever x; what is only known to be never true may be said either way.
            let same = said == words || (words == "never true" && said == "always false");
            assert!(same, "{text}: {said}, not {words}");
        }
    }
}

#[test]
fn nothing_is_claimed_of_columns_that_are_not_known() {
    assert_eq!(Expression::parse("id = id", &Unscoped).unwrap().truth.words(), "true unless null");
    // A sub-select's column of the same name is another one.
    assert_eq!(parse("(select id = id from members)").truth.words(), "depends on the row");
}

#[test]
fn calls_know_how_often_they_are_made() {
    use Evaluated::*;
    for (text, function, evaluated) in [
        ("owner_id = auth.uid()", "uid", PerRow),
        ("owner_id = (select auth.uid())", "uid", Once),
        ("( SELECT auth.uid() AS uid) = owner_id", "uid", Once),
        ("owner_id = (select auth.uid()::text)", "uid", Once),
        ("owner_id = (select coalesce(auth.uid(), 'x'))", "uid", Once),
        ("(select auth.jwt() ->> 'role') = 'x'", "jwt", Once),
        ("(select is_member(team_id))", "is_member", PerRow),
        ("(select is_member(docs.team_id))", "is_member", PerRow),
        ("team_id in (select team_id from members where user_id = auth.uid())", "uid", PerInnerRow),
        ("team_id in (select team_id from members where user_id = (select auth.uid()))", "uid", Once),
        ("team_id in (select my_teams())", "my_teams", Once),
        ("team_id = any(array(select my_teams()))", "my_teams", Once),
        ("team_id in (select t from my_teams() t)", "my_teams", Once),
        ("exists (select 1 from members m where m.team_id = docs.team_id and m.user_id = auth.uid())", "uid", PerRow),
        (
            "exists (select 1 from members m where m.team_id = docs.team_id and m.user_id = (select auth.uid()))",
            "uid",
            Once,
        ),
        // members has no owner_id, so it is the row's.
        ("exists (select 1 from members where user_id = owner_id and f())", "f", PerRow),
        ("exists (select 1 from elsewhere where user_id = owner_id and f())", "f", NotKnown),
        ("current_user = 'x'", "current_user", PerRow),
    ] {
        let expression = parse(text);
        let call = expression.reading.calls.iter().find(|call| call.name == function).unwrap();
        assert_eq!(expression.reading.evaluated(call.select), evaluated, "{text}");
    }
    let taking = |text: &str| parse(text).reading.calls[0].takes_row;
    assert!(taking("is_member(team_id)") && !taking("is_member('x')"));
}

#[test]
fn a_reading_names_what_there_is() {
    let text = "exists (select 1 from app.members as m where m.team_id = docs.team_id \
                and m.user_id = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid) or 'auth.uid()' = owner_id";
    let reading = parse(text).reading;
    let relations: Vec<_> = reading.relations.iter().map(|r| (r.schema.as_deref(), r.name.as_str())).collect();
    assert_eq!(relations, [(Some("app"), "members")]);
    let own: Vec<_> =
        reading.columns.iter().filter(|column| column.own == Some(true)).map(|column| column.name.as_str()).collect();
    assert_eq!(own, ["team_id", "owner_id"]);
    assert_eq!(reading.settings[0].name.as_deref(), Some("request.jwt.claims"));
    assert_eq!(reading.settings[0].missing_ok, Some(true));
    assert_eq!(
        (reading.json_keys[0].of.as_str(), reading.json_keys[0].keys.as_slice()),
        ("request.jwt.claims", &["sub".to_owned()][..])
    );
    // A text that looks like a call is none.
    assert!(!reading.calls.iter().any(|call| call.name == "uid"));
    assert_eq!(reading.columns[0].at, text.find("m.team_id").unwrap());
    assert!(reading.unread.is_empty());
    let reading = parse("(select auth.jwt() -> 'user_metadata' ->> 'role') = 'admin'").reading;
    assert_eq!(reading.json_keys[0].keys, ["user_metadata", "role"]);
    let reading = parse("team_id in (with mine as (select team_id from members) select team_id from mine)").reading;
    assert_eq!(reading.relations.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["members"]);
    assert_eq!(parse("current_setting('a' || 'b')  = 'x'").reading.settings[0].name, None);
}

#[test]
fn comparisons_say_what_an_index_could_serve() {
    for (text, expected) in [
        ("owner_id = (select auth.uid())", vec![("owner_id", "=", true)]),
        ("auth.uid() = owner_id", vec![("owner_id", "=", true)]),
        ("team_id = any(array(select my_teams()))", vec![("team_id", "=", true)]),
        ("team_id in (select my_teams())", vec![("team_id", "=", false)]),
        ("5 < id", vec![("id", ">", true)]),
        ("lower(owner_id) = 'x'", vec![]),
        ("owner_id = team_id", vec![("owner_id", "=", false), ("team_id", "=", false)]),
        ("owner_id = f(team_id)", vec![("owner_id", "=", false)]),
        ("id in (1, 2)", vec![("id", "=", true)]),
    ] {
        let reading = parse(text).reading;
        let found: Vec<_> = reading
            .comparisons
            .iter()
            .map(|c| (reading.columns[c.column].name.as_str(), c.operator.as_str(), c.fixed))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_with_its_place() {
    for (text, at) in [
        ("owner_id = = 1", Some(11)),
        ("owner_id = 1)", Some(12)),
        ("(a) or (b", Some(9)),
        ("a) or (b", Some(1)),
        ("é = 'x' ,, 2", Some(10)),
        ("x = 'abc", Some(4)),
        ("a = 1 and b = ) and c = )", Some(14)),
        ("", Some(0)),
    ] {
        match Expression::parse(text, &Unscoped) {
            Err(Problem::Syntax { at: found, .. }) => assert_eq!(found, at, "{text}"),
            Err(Problem::NotOne { .. }) if text.is_empty() => {}
            other => panic!("{text}: {other:?}"),
        }
    }
    for text in ["a, b", "a from t", "a where b", "true; drop table t", "*", "true as x", "distinct a", "a order by 1"]
    {
        assert!(Expression::parse(text, &Unscoped).is_err(), "{text}");
    }
    assert!(matches!(Expression::parse("a\0b", &Unscoped), Err(Problem::Syntax { at: Some(1), .. })));
    assert_eq!(Expression::parse(&" ".repeat(MOST_BYTES + 1), &Unscoped), Err(Problem::TooLong));
}

#[test]
fn nesting_never_overflows_the_stack() {
    for (open, middle, close) in [
        ("(", "true", ")"),
        ("not ", "true", ""),
        ("(select ", "true", ")"),
        ("", "1", " - 1"),
        ("", "a", "::text"),
        ("f(", "1", ")"),
    ] {
        for depth in [10, 2_000, 20_000] {
            let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            let read = Expression::parse(&text, &Unscoped);
            if depth == 10 {
                assert!(read.is_ok(), "{text}: {read:?}");
            }
        }
    }
    // Whatever the thread has read before.
    assert!(Expression::parse(&vec!["1"; 40].join("-"), &Unscoped).is_ok());
    // Flat chains of any length are fine.
    let flat = vec!["owner_id = 1"; 5_000].join(" or ");
    assert_eq!(Expression::parse(&flat, &Unscoped).unwrap().reading.columns.len(), 5_000);
    let chain = vec!["1"; 60_000].join("-");
    assert_eq!(Expression::parse(&chain, &Unscoped), Err(Problem::TooDeep));
}

#[test]
fn a_thread_with_little_stack_can_read() {
    let thread = std::thread::Builder::new().stack_size(128 * 1024).spawn(|| {
        let text = format!("{}true{}", "(".repeat(30), " is not null)".repeat(30));
        assert!(Expression::parse(&text, &Unscoped).is_ok());
        let text = format!("{}1{}", "(select 1 - (".repeat(60), "))".repeat(60));
        assert_eq!(Expression::parse(&text, &Unscoped), Err(Problem::TooDeep));
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn a_query_tells_what_it_reads() {
    let query = Query::parse(
        " SELECT d.id, m.user_id FROM (docs d JOIN app.members m ON ((m.team_id = d.team_id))) UNION SELECT x, y FROM other;",
        &Unscoped,
    );
    let reading = query.unwrap().reading;
    let names: Vec<_> = reading.relations.iter().map(|relation| relation.name.as_str()).collect();
    assert_eq!(names, ["docs", "members", "other"]);
    assert!(Query::parse("delete from t", &Unscoped).is_err());
    assert!(Query::parse("select 1; select 2", &Unscoped).is_err());
}
