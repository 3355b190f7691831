//! What is said of MERGE is what the server does: each row by itself, for each WHEN.

use policy::effect::{Asked, Condition, Effect, Effects, Merge, When};

use crate::{desk::Desk, server::servers};

/// Name, command, role, USING, WITH CHECK; restrictive where the name begins with `r_`.
const POLICIES: [(&str, &str, &str, &str, &str); 8] = [
    ("sel", "select", "public", "id <> 3", ""),
    ("sel_few", "select", "ann", "n < 5", ""),
    ("upd", "update", "public", "id % 2 = 0", "n < 5"),
    ("del", "delete", "public", "id > 2", ""),
    ("ins", "insert", "public", "", "n <> 1"),
    ("all_a", "all", "ann", "owner = 'a'", ""),
    ("r_upd", "update", "public", "n > 1", "id <> 6"),
    ("r_sel", "select", "public", "n <> 4", ""),
];

const SETS: [u8; 12] =
    [0, 0b1, 0b101, 0b1001, 0b1_0000, 0b1_0001, 0b1_1101, 0b10_0000, 0b11_1111, 0b101_1101, 0b1000_0101, 0b1111_1111];

/// Whether a row, given as `(id, owner, n)`, passes all conditions that ask this.
async fn passes(desk: &mut Desk, conditions: &[Condition], asked: Asked, row: &str) -> bool {
    let texts: Vec<String> = conditions
        .iter()
        .filter(|one| one.asked == asked)
        .map(|one| format!("coalesce(({}), false)", one.text()))
        .collect();
    let all = if texts.is_empty() { "true".to_owned() } else { texts.join(" and ") };
    let rows = desk.ask(&format!("select id::text from (values {row}) docs (id, owner, n) where {all}")).await.unwrap();
    !rows.is_empty()
}

/// What the model says of one row: whether it is reached, or the error.
async fn said(desk: &mut Desk, effect: &Effect, when: When, id: u32) -> Result<bool, &'static str> {
    let conditions = match effect {
        Effect::Refused { .. } => return Err("permission denied"),
        Effect::Off | Effect::Bypassed { .. } => &[][..],
        Effect::Decided { conditions } => conditions.as_slice(),
        Effect::NotKnown => panic!("everything was read"),
    };
    const REFUSED: &str = "row-level security";
    if when == When::Insert {
        let fine = passes(desk, conditions, Asked::New, "(100, 'a', 1)").await;
        return if fine { Ok(true) } else { Err(REFUSED) };
    }
    let owner = if id.is_multiple_of(3) { "'a'" } else { "'b'" };
    let (old, new) = (format!("({id}, {owner}, {id})"), format!("({id}, {owner}, 2)"));
    if !passes(desk, conditions, Asked::Existing, &old).await {
        return Ok(false);
    }
    let fine = passes(desk, conditions, Asked::Conflicting, &old).await
        && (when == When::Delete || passes(desk, conditions, Asked::New, &new).await);
    if fine { Ok(true) } else { Err(REFUSED) }
}

#[tokio::test]
async fn a_merge_does_what_is_said() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 17 | 18)) {
        let mut desk = Desk::new(&server).await;
        let (owner, ann, part) =
            (desk.role("owner", "").await, desk.role("ann", "").await, desk.role("part", "").await);
        desk.run(&format!(
            "create schema app; grant usage on schema app to public;
             create table app.docs (id int primary key, owner text, n int); alter table app.docs owner to {owner};
             insert into app.docs select id, case id % 3 when 0 then 'a' else 'b' end, id from generate_series(1, 6) id;
             grant all on app.docs to {ann}; grant select, insert on app.docs to {part};
             alter table app.docs enable row level security"
        ))
        .await;
        let (mut compared, mut refused, mut wrong) = (0, 0, Vec::new());
        for set in SETS {
            let chosen: Vec<_> = POLICIES.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0).collect();
            for (_, (name, command, role, using, check)) in &chosen {
                let kind = if name.starts_with("r_") { "restrictive" } else { "permissive" };
                let role = if *role == "public" { "public".to_owned() } else { desk.name(role) };
                let clause =
                    |word: &str, text: &str| if text.is_empty() { String::new() } else { format!("{word} ({text})") };
                let (using, check) = (clause("using", using), clause("with check", check));
                desk.run(&format!(
                    "create policy {name} on app.docs as {kind} for {command} to {role} {using} {check}"
                ))
                .await;
            }
            let catalog = desk.catalog().await;
            let effects = Effects::new(&catalog);
            let docs = catalog.find_relation(Some("app"), "docs").unwrap();
            for role in [&owner, &ann, &part] {
                for (when, sql) in [
                    (When::Update, "when matched then update set n = 2"),
                    (When::Delete, "when matched then delete"),
                    (When::Insert, "when not matched then insert values (s.id, 'a', 1)"),
                ] {
                    for returns in [false, true] {
                        if returns && server.major < 17 {
                            continue;
                        }
                        let merge = Merge { whens: vec![when], reads: true, returns };
                        let effect = effects.of_merge(docs, &effects.rights().powers(role), &merge).remove(0);
                        let ids = if when == When::Insert { 100..101 } else { 1..7 };
                        for id in ids {
                            let said = said(&mut desk, &effect, when, id).await;
                            let returning = if returns { "returning d.n::text" } else { "" };
                            desk.run(&format!("begin; set local role {role}")).await;
                            let answer = desk
                                .ask(&format!(
                                    "merge into app.docs d using (select {id} as id) s on d.id = s.id {sql} {returning}"
                                ))
                                .await;
                            let done = match answer {
                                Err(error) => Err(error),
                                Ok(_) => {
                                    desk.run("reset role").await;
                                    let new = "xmin = pg_current_xact_id()::xid";
                                    let rows = desk
                                        .ask(&format!("select ({new})::text from app.docs where id = {id}"))
                                        .await
                                        .unwrap();
                                    Ok(match when {
                                        When::Delete => rows.is_empty(),
                                        _ => rows == [Some("true".to_owned())],
                                    })
                                }
                            };
                            desk.run("rollback").await;
                            compared += 1;
                            refused += usize::from(done.is_err());
                            let same = match (&said, &done) {
                                (Ok(said), Ok(done)) => said == done,
                                (Err(said), Err(done)) => done.contains(said),
                                _ => false,
                            };
                            if !same {
                                let names: Vec<&str> = chosen.iter().map(|(_, policy)| policy.0).collect();
                                wrong.push(format!(
                                    "{names:?} {role} {when:?} {id} {returns}: said {said:?}, was {done:?}"
                                ));
                            }
                        }
                    }
                }
            }
            for (_, (name, ..)) in &chosen {
                desk.run(&format!("drop policy {name} on app.docs")).await;
            }
        }
        assert!(wrong.is_empty(), "PostgreSQL {}: {} of {compared}:\n{}", server.major, wrong.len(), wrong.join("\n"));
        assert!(compared > 400 && refused > 100, "{compared} {refused}");
        desk.drop().await;
    }
}
