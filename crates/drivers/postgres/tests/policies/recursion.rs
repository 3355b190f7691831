//! Policies that lead back to their own table are found where the server gives up, and nowhere else.

use policy::{
    effect::{Command, Effects, Shape},
    recursion,
};

use crate::{desk::Desk, server::servers};

/// Policies of docs, members and teams, what else there is before them, and after.
const CASES: [(&str, &str, &str, &str, &str); 10] = [
    ("id in (select id from app.members)", "true", "true", "", ""),
    ("id in (select id from app.members)", "id in (select id from app.members)", "true", "", ""),
    ("id in (select id from app.members)", "id in (select id from app.docs)", "true", "", ""),
    (
        "id in (select id from app.teams)",
        "exists (select from app.docs d where d.id = members.id)",
        "id in (select id from app.members)",
        "",
        "",
    ),
    ("id in (select id from app.seen)", "true", "true", "create view app.seen as select id from app.docs", ""),
    (
        "id in (select id from app.seen)",
        "true",
        "true",
        "create view app.seen with (security_invoker) as select id from app.docs",
        "",
    ),
    (
        "id in (select id from app.outer_seen)",
        "true",
        "true",
        "create view app.seen with (security_invoker) as select id from app.docs; create view app.outer_seen as select id from app.seen",
        "",
    ),
    (
        "app.reads()",
        "true",
        "true",
        "create function app.reads() returns boolean language sql security definer as 'select true from app.docs'",
        "",
    ),
    ("id in (select id from app.members)", "id in (select id from app.teams)", "id = 1", "", ""),
    // The view's owner meets another policy, which does not look anywhere.
    (
        "id in (select id from app.seen)",
        "true",
        "true",
        "create view app.seen as select id from app.docs",
        "alter policy p on app.docs to {ann}; create policy q on app.docs to {owner} using (id > 0)",
    ),
];

#[tokio::test]
async fn recursion_is_found_where_the_server_gives_up() {
    for server in servers() {
        let mut desk = Desk::new(&server).await;
        let (owner, ann) = (desk.role("owner", "").await, desk.role("ann", "").await);
        let mut recursive = 0;
        for (docs, members, teams, more, after) in CASES {
            for forced in [false, true] {
                desk.run(&format!("create schema app; grant usage on schema app to public; grant create on schema app to {owner}; set role {owner}")).await;
                for table in ["docs", "members", "teams"] {
                    desk.run(&format!("create table app.{table} (id int)")).await;
                }
                desk.run(more).await;
                for (table, text) in [("docs", docs), ("members", members), ("teams", teams)] {
                    let force = if forced { "force" } else { "no force" };
                    desk.run(&format!(
                        "create policy p on app.{table} using ({text}); alter table app.{table} enable row level security; \
                         alter table app.{table} {force} row level security"
                    ))
                    .await;
                }
                desk.run(&after.replace("{ann}", &ann).replace("{owner}", &owner)).await;
                desk.run("grant all on all tables in schema app to public; reset role").await;
                let catalog = desk.catalog().await;
                let effects = Effects::new(&catalog);
                for role in [&owner, &ann] {
                    for table in ["docs", "members", "teams"] {
                        let relation = catalog.find_relation(Some("app"), table).unwrap();
                        for (command, sql) in [
                            (Command::Select, format!("select id from app.{table}")),
                            (Command::Delete, format!("delete from app.{table} where id > 0")),
                        ] {
                            let found = recursion::of(
                                &effects,
                                relation,
                                &effects.rights().powers(role),
                                Shape::usual(command),
                            );
                            assert!(found.unread.is_empty(), "{found:?}");
                            desk.run(&format!("begin; set local role {role}")).await;
                            let answer = desk.ask(&format!("explain {sql}")).await;
                            desk.run("rollback").await;
                            let gives_up = matches!(&answer, Err(error) if error.starts_with("42P17"));
                            recursive += usize::from(gives_up);
                            assert_eq!(
                                found.cycle.is_some(),
                                gives_up,
                                "{docs} / {members} / {teams} / {more} {after} forced {forced} on {}: {role}: {sql}: {found:?} {answer:?}",
                                server.major
                            );
                        }
                    }
                }
                desk.run("drop schema app cascade").await;
            }
        }
        assert!(recursive > 20, "{recursive}");
        desk.drop().await;
    }
}
