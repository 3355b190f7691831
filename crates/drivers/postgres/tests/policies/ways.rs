//! Ways around the policies of a table are ways on a real server: who is said to have one gets further by it, and who is not
//! does not.

use policy::{
    coverage::{WayKind, Ways},
    effect::Effects,
};

use crate::{desk::Desk, server::servers};

/// What is made besides the table, which has a policy that shows one row of three; the way, if it is one; what takes it.
struct Case {
    made: &'static str,
    way: Option<WayKind>,
    taken: &'static str,
}

const COUNT: &str = "select count(*)::text from app.docs";

const CASES: [Case; 15] = [
    Case { made: "", way: None, taken: COUNT },
    Case {
        made: "create view app.seen as select * from app.docs; grant select on app.seen to {ann}",
        way: Some(WayKind::OwnerView),
        taken: "select count(*)::text from app.seen",
    },
    Case {
        made: "create view app.seen as select * from app.docs",
        way: None,
        taken: "select count(*)::text from app.seen",
    },
    Case {
        made: "create view app.seen with (security_invoker = true) as select * from app.docs; grant select on app.seen to {ann}",
        way: None,
        taken: "select count(*)::text from app.seen",
    },
    Case {
        made: "create view app.seen as select * from app.docs; alter view app.seen owner to {stranger}; \
               grant select on app.docs to {stranger}; grant select on app.seen to {ann}",
        way: None,
        taken: "select count(*)::text from app.seen",
    },
    // A view of a view: with the rights of the one that names the table.
    Case {
        made: "create view app.inner_seen as select * from app.docs; \
               create view app.seen with (security_invoker) as select * from app.inner_seen; \
               grant select on app.seen, app.inner_seen to {ann}",
        way: Some(WayKind::OwnerView),
        taken: "select count(*)::text from app.seen",
    },
    Case {
        made: "create materialized view app.seen as select * from app.docs; grant select on app.seen to {ann}",
        way: Some(WayKind::MaterializedView),
        taken: "select count(*)::text from app.seen",
    },
    Case {
        made: "create function app.many() returns bigint language sql security definer as 'select count(*) from app.docs'",
        way: Some(WayKind::DefinerFunction),
        taken: "select app.many()::text",
    },
    Case {
        made: "create function app.many() returns bigint language sql as 'select count(*) from app.docs'",
        way: None,
        taken: "select app.many()::text",
    },
    Case {
        made: "create function app.many() returns bigint language sql security definer as 'select count(*) from app.docs'; \
               revoke execute on function app.many() from public",
        way: None,
        taken: "select app.many()::text",
    },
    Case {
        made: "create function app.many() returns bigint language sql security definer \
               begin atomic select count(*) from app.docs; end",
        way: Some(WayKind::DefinerFunction),
        taken: "select app.many()::text",
    },
    Case { made: "grant truncate on app.docs to {ann}", way: Some(WayKind::Truncate), taken: "truncate app.docs" },
    Case {
        made: "grant select on app.docs_low to {ann}",
        way: Some(WayKind::Partition),
        taken: "select count(*)::text from app.docs_low",
    },
    Case {
        made: "grant select on app.docs_low to {ann}; alter table app.docs_low enable row level security",
        way: None,
        taken: "select count(*)::text from app.docs_low",
    },
    // The role as one with the owner's rights: there is no need for a way.
    Case {
        made: "reset role; grant {owner} to {ann}; set role {owner}; create view app.seen as select * from app.docs; grant select on app.seen to {ann}",
        way: None,
        taken: COUNT,
    },
];

#[tokio::test]
async fn a_way_around_leads_to_more_rows() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut desk = Desk::new(&server).await;
        let (owner, ann) = (desk.role("owner", "").await, desk.role("ann", "").await);
        let stranger = desk.role("stranger", "").await;
        desk.run(&format!("grant {stranger} to {owner}")).await;
        for case in &CASES {
            let made = case.made.replace("{owner}", &owner).replace("{ann}", &ann).replace("{stranger}", &stranger);
            desk.run(&format!(
                "create schema app; grant usage on schema app to public; grant create on schema app to {owner}, {stranger};
                 set role {owner};
                 create table app.docs (id int) partition by range (id);
                 create table app.docs_low partition of app.docs for values from (0) to (100);
                 insert into app.docs values (1), (2), (3);
                 alter table app.docs enable row level security;
                 create policy few on app.docs for select using (id = 1);
                 grant select on app.docs to {ann}"
            ))
            .await;
            desk.run(&made).await;
            desk.run("reset role").await;
            let catalog = desk.catalog().await;
            let effects = Effects::new(&catalog);
            let ways = Ways::new(&effects);
            assert!(ways.views_not_read.is_empty(), "{:?}", ways.views_not_read);
            let docs = catalog.find_relation(Some("app"), "docs").unwrap();
            let found = ways.of(&effects, docs, &effects.rights().powers(&ann));
            let kinds: Vec<WayKind> = found.iter().map(|way| way.kind).collect();
            let at = format!("{made} on {}: {found:?}", server.major);
            match case.way {
                Some(way) => assert!(kinds.contains(&way), "{at}"),
                None => assert_eq!(kinds, [], "{at}"),
            }
            desk.run(&format!("begin; set local role {ann}")).await;
            let straight = desk.ask(COUNT).await;
            let taken = desk.ask(case.taken).await;
            let rows = if case.taken.starts_with("truncate") {
                let gone = taken.map(|_| ());
                desk.run("reset role").await;
                gone.map(|()| vec![Some("3".to_owned())])
            } else {
                taken
            };
            desk.run("rollback").await;
            let further = matches!(&rows, Ok(rows) if rows[0].as_deref() > straight.as_ref().unwrap()[0].as_deref());
            assert_eq!(further, case.way.is_some(), "{at}: straight {straight:?}, by the way {rows:?}");
            desk.run("drop schema app cascade").await;
        }
        desk.drop().await;
    }
}
