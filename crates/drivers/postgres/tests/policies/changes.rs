//! Rendered statements do what they say, and their undo takes it back.

use catalog::{Catalog, PolicyCommand};
use policy::{
    change::{Change, ChangeSet, takes},
    listing::{Draft, Listing, Table, TablePolicies},
};

use crate::{desk::Desk, server::servers};

const COMMANDS: [PolicyCommand; 5] =
    [PolicyCommand::All, PolicyCommand::Select, PolicyCommand::Insert, PolicyCommand::Update, PolicyCommand::Delete];

/// Policies of every command and kind, with names and texts that are hard to write down.
fn drafts(roles: &[String]) -> Vec<Draft> {
    let names = ["own rows", "sel\"ect", "dotted.name", "🚀 é", "SELECT", "it's"];
    let long = "é".repeat(40);
    let mut drafts = Vec::new();
    for (number, name) in names.iter().copied().chain([long.as_str()]).enumerate() {
        for command in COMMANDS {
            let (using, with_check) = takes(command);
            let text = |wanted: bool, text: &str| wanted.then(|| text.to_owned());
            let comment = match number % 3 {
                0 => Some("it's \\ mine;\n-- not yours".to_owned()),
                1 => Some(format!("{name} 🚀")),
                _ => None,
            };
            let name = format!("{command:?} {name}");
            let using = text(using, "owner in ('a', 'b') -- (odd\n and id between 1 and 9");
            drafts.push(Draft {
                permissive: number % 2 == 0,
                roles: roles.iter().take(number % (roles.len() + 1)).cloned().collect(),
                using: using.filter(|_| number != 4),
                with_check: text(with_check, "(select true) and \"Odd\" <> 'x''y'").filter(|_| number != 5),
                comment,
                ..Draft::new(&name, command)
            });
        }
    }
    drafts
}

fn policies_of(catalog: &Catalog) -> Listing {
    let mut listing = Listing::of(catalog, |_| true);
    listing.tables.sort_by_key(TablePolicies::names);
    listing
}

async fn desk(server: &crate::server::TestServer) -> (Desk, Vec<String>) {
    let mut desk = Desk::new(server).await;
    let roles = vec![desk.role("plain", "").await, desk.role("Odd 🚀", "").await];
    desk.run("create schema \"My App\"").await;
    for table in ["docs", "\"d.o\"\"cs 🚀\"", "third"] {
        desk.run(&format!("create table \"My App\".{table} (id int, owner text, \"Odd\" text)")).await;
    }
    (desk, roles)
}

#[tokio::test]
async fn policies_made_again_leave_the_catalog_as_it_was() {
    for server in servers() {
        let (mut desk, roles) = desk(&server).await;
        let empty = policies_of(&desk.policies().await);
        let tables = ["docs", "d.o\"cs 🚀", "third"].map(|table| TablePolicies {
            schema: "My App".to_owned(),
            table: table.to_owned(),
            row_security: Some(true),
            forced: Some(table == "third"),
            policies: drafts(&roles),
        });
        let wanted = Listing { version: 1, tables: tables.to_vec() };
        let set = ChangeSet::between(&empty, &wanted);
        let plan = set.render(500).unwrap();
        desk.run(&plan.transaction()).await;
        let first = policies_of(&desk.policies().await);
        let count: usize = first.tables.iter().map(|table| table.policies.len()).sum();
        assert_eq!(count, 3 * drafts(&roles).len(), "a name that is cut is the same name: {}", server.major);
        // What is listed makes the same again, as JSON and as SQL.
        let json = Listing::from_json(&first.to_json()).unwrap();
        assert!(ChangeSet::between(&first, &json).changes.is_empty());
        desk.run(&plan.undo_transaction()).await;
        let undone = policies_of(&desk.policies().await);
        assert!(undone.tables.is_empty(), "{undone:?}");
        desk.run(&ChangeSet::between(&undone, &json).render(500).unwrap().transaction()).await;
        assert_eq!(policies_of(&desk.policies().await), first);
        desk.run(&ChangeSet::between(&first, &undone_of(&first)).render(500).unwrap().transaction()).await;
        let sql = Listing::from_sql(&first.to_sql(), "public").unwrap();
        desk.run(&ChangeSet::between(&undone, &sql).render(500).unwrap().transaction()).await;
        assert_eq!(policies_of(&desk.policies().await), first, "{}", server.major);
        desk.drop().await;
    }
}

/// The same tables without policies and row security.
fn undone_of(listing: &Listing) -> Listing {
    let mut listing = listing.clone();
    for table in &mut listing.tables {
        table.policies.clear();
        (table.row_security, table.forced) = (Some(false), Some(false));
    }
    listing
}

#[tokio::test]
async fn every_change_of_a_policy_and_its_undo_do_what_they_say() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let (mut desk, roles) = desk(&server).await;
        let on = Table::new("My App", "docs");
        let all = drafts(&roles);
        // Neighbours differ in everything, the others in one thing.
        let mut pairs: Vec<(Draft, Draft)> =
            all.windows(2).step_by(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        for draft in all.iter().take(5) {
            pairs.push((draft.clone(), Draft { name: "renamed 🚀".to_owned(), ..draft.clone() }));
            pairs.push((draft.clone(), Draft { comment: None, ..draft.clone() }));
            pairs.push((draft.clone(), Draft { roles: Vec::new(), using: None, ..draft.clone() }));
            pairs.push((draft.clone(), Draft { permissive: !draft.permissive, ..draft.clone() }));
        }
        for (before, after) in pairs {
            let create =
                |policy: &Draft| ChangeSet { changes: vec![Change::Create { on: on.clone(), policy: policy.clone() }] };
            let making = create(&after).render(500).unwrap();
            desk.run(&making.transaction()).await;
            let wanted = policies_of(&desk.policies().await);
            desk.run(&making.undo_transaction()).await;
            desk.run(&create(&before).render(500).unwrap().transaction()).await;
            let was = policies_of(&desk.policies().await);
            let change = Change::Alter { on: on.clone(), before: before.clone(), after: after.clone() };
            let plan = ChangeSet { changes: vec![change] }.render(500).unwrap();
            desk.run(&plan.transaction()).await;
            assert_eq!(policies_of(&desk.policies().await), wanted, "{:?}", plan.up());
            desk.run(&plan.undo_transaction()).await;
            assert_eq!(policies_of(&desk.policies().await), was, "{:?}", plan.down());
            let drop = Change::Drop { on: on.clone(), policy: before };
            desk.run(&ChangeSet { changes: vec![drop] }.render(500).unwrap().transaction()).await;
        }
        desk.drop().await;
    }
}

#[tokio::test]
async fn a_step_takes_the_lock_it_says() {
    for server in servers() {
        let (mut desk, _) = desk(&server).await;
        let on = Table::new("My App", "docs");
        let policy = Draft { using: Some("id > 0".to_owned()), ..Draft::new("p", PolicyCommand::All) };
        let commented = Draft { comment: Some("c".to_owned()), ..policy.clone() };
        let renamed = Draft { name: "q".to_owned(), ..commented.clone() };
        let (off, on_) = (catalog::RowSecurity::default(), catalog::RowSecurity { enabled: true, forced: true });
        for change in [
            Change::Create { on: on.clone(), policy: policy.clone() },
            Change::Alter { on: on.clone(), before: policy, after: commented.clone() },
            Change::Alter { on: on.clone(), before: commented, after: renamed.clone() },
            Change::Drop { on: on.clone(), policy: renamed },
            Change::RowSecurity { on: on.clone(), before: off, after: on_ },
        ] {
            let plan = ChangeSet { changes: vec![change] }.render(500).unwrap();
            let step = &plan.steps[0];
            let locks = "select string_agg(mode, ',')::text from (select mode from pg_locks where pid = pg_backend_pid() \
                         and relation = '\"My App\".docs'::regclass order by mode collate \"C\") l";
            desk.run(&format!("begin; {}", step.sql.join(";"))).await;
            let held = desk.ask(locks).await.unwrap().remove(0).unwrap_or_default();
            desk.run("commit").await;
            let strongest = step.lock.words().split(' ').map(|word| word[..1].to_owned() + &word[1..].to_lowercase());
            let strongest = format!("{}Lock", strongest.collect::<String>());
            let stronger = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];
            let held: Vec<&str> = held.split(',').collect();
            assert!(
                held.contains(&strongest.as_str())
                    && !stronger.iter().any(|lock| *lock != strongest && held.contains(lock)),
                "{} on {}: {held:?}",
                step.what,
                server.major
            );
        }
        desk.drop().await;
    }
}

#[tokio::test]
async fn what_the_server_prints_in_two_ways_is_no_change() {
    for server in servers() {
        let mut desk = Desk::new(&server).await;
        desk.run(
            "create table docs (kind varchar(9), code char(3), state text);
             create policy p on docs using (kind in ('a', 'b') and code not in ('x', 'y') and state in ('s', 't'))",
        )
        .await;
        let first = policies_of(&desk.policies().await);
        let again = ChangeSet::between(&undone_of(&first), &first).render(500).unwrap();
        desk.run(&format!("drop policy p on docs; {}", again.transaction())).await;
        let second = policies_of(&desk.policies().await);
        for (before, after) in [(&first, &second), (&second, &first)] {
            let changes = ChangeSet::between(before, after).changes;
            assert!(changes.is_empty(), "on {}: {changes:#?}", server.major);
        }
        desk.drop().await;
    }
}
