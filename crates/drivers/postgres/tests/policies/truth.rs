//! What is said of an expression holds for every row there can be.

use policy::expression::{Expression, Names};

use crate::{desk::Desk, server::servers};

const EXPRESSIONS: &[&str] = &[
    "true",
    "not false",
    "1 = 1",
    "id = id",
    "owner = owner",
    "owner <> owner",
    "owner <= owner",
    "flag or true",
    "flag and false",
    "flag or null",
    "flag and null",
    "null",
    "owner = null",
    "owner is null",
    "owner is not null",
    "id is null",
    "owner is distinct from owner",
    "owner is not distinct from null",
    "id is distinct from null",
    "(select true)",
    "(select not false)",
    "(select true where false)",
    "(select true where flag)",
    "(select flag)",
    "exists (select 1)",
    "exists (select 1 where false)",
    "exists (select generate_series(1, 0))",
    "exists (select count(*) from docs where false)",
    "(select count(*) >= 0 from docs where false)",
    "(select bool_or(true) where false)",
    "owner in (select owner from docs where 1 = 0)",
    "owner not in (select owner from docs where 1 = 0)",
    "1 in (1, 2)",
    "3 in (1, 2)",
    "3 in (1, null)",
    "1 not in (2, null)",
    "null in (1, 2)",
    "1 = any (array[3, 1])",
    "1 = all (array[1, 2])",
    "1 = any ('{}'::int[])",
    "1 = any (array[]::int[])",
    "1 between 0 and 2",
    "1 not between 0 and 2",
    "owner like '%'",
    "owner not like '%'",
    "owner ~~ '%'",
    "owner ilike '%'",
    "owner like 'a%'",
    "flag is true",
    "flag is not true",
    "flag is unknown",
    "(owner = owner) is not false",
    "coalesce(flag, false)",
    "coalesce(null, flag, true)",
    "coalesce(null, null)::boolean",
    "case when flag then true end",
    "case when flag then true else false end",
    "case when true then flag end",
    "case when false then true end",
    "case flag when true then true else null end",
    "'a' = 'b'",
    "'a' = 'a'",
    "'1'::int = '01'::int",
    "'a' < 'b'",
    "10::text < 9::text",
    "'t'::boolean",
    "'off'::boolean",
    "1::boolean",
    "0::boolean",
    "not (flag is null)",
    "not owner is null and not (id is null)",
    "current_user = current_user",
    "current_user is not null",
    "(1 = 2) or (flag and not flag)",
    "flag or not flag",
    "(owner, id) is null",
    "row(owner, id) = row(owner, id)",
    "now() = now()",
    "2 > 1 and 1 >= 1 and 1 <> 2",
    "'NaN'::float8 = 'NaN'::float8",
    "nothing = nothing",
    "nothing is null",
    "owner::text = owner::text",
    "upper(owner) = upper(owner)",
];

#[tokio::test]
async fn what_an_expression_can_be_holds_for_every_row() {
    for server in servers() {
        let mut desk = Desk::new(&server).await;
        desk.run(
            "create table docs (id int not null, owner text, flag boolean, nothing float8);
             insert into docs select 1, owner, flag, nothing from (values ('a'), ('b'), ('B'), (''), (null)) o (owner),
             (values (true), (false), (null)) f (flag), (values (1.5), ('NaN'), (null)) n (nothing)",
        )
        .await;
        let catalog = desk.catalog().await;
        let names = Names::new(&catalog);
        let scope = names.of(catalog.find_relation(Some("public"), "docs").unwrap());
        let mut wrong = Vec::new();
        for text in EXPRESSIONS {
            let truth = Expression::parse(text, &scope).unwrap_or_else(|problem| panic!("{text}: {problem}")).truth;
            let found = desk.ask(&format!("select distinct ({text})::boolean::text from docs")).await;
            for value in found.unwrap_or_else(|error| panic!("{text}: {error}")) {
                let allowed = match value.as_deref() {
                    Some("true") => truth.can_be_true,
                    Some(_) => truth.can_be_false,
                    None => truth.can_be_null,
                };
                if !allowed {
                    wrong.push(format!("{text} is {value:?}, said to be {}", truth.words()));
                }
            }
        }
        assert!(wrong.is_empty(), "on {}: {wrong:#?}", server.major);
        desk.drop().await;
    }
}
