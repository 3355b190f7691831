//! What is said of a statement's effect is what the server does: the rows a role reaches by SET ROLE, row by row.

use std::collections::BTreeSet;

use policy::{
    coverage::{Level, Matrix},
    effect::{Asked, Command, Condition, Effect, Effects, OnConflict, Shape},
};

use crate::{desk::Desk, server::servers};

/// Name, command, role, USING, WITH CHECK; restrictive where the name begins with `r_`.
const POLICIES: [(&str, &str, &str, &str, &str); 11] = [
    ("all_a", "all", "public", "owner = 'a'", ""),
    ("sel_grp", "select", "grp", "n < 4", ""),
    ("ins", "insert", "public", "", "n <> 1"),
    ("upd", "update", "ann", "id % 2 = 0", "n = 5"),
    ("del", "delete", "grp", "id > 3", ""),
    ("r_all", "all", "public", "id <> 2", "owner is not null"),
    ("r_upd", "update", "grp", "n > 1", ""),
    ("empty", "all", "public", "", ""),
    ("of_owner", "all", "owner", "true", ""),
    ("r_empty", "all", "public", "", ""),
    ("nullish", "all", "grp", "null::boolean or n = 3", "true"),
];

const SETS: [u16; 18] = [
    0,
    0b1,
    0b10_0000,
    0b1111,
    0b1_1110,
    0b11_1111,
    0b111_1111,
    0b1000_0000,
    0b1010_0001,
    0b1_0000_0000,
    0b11_0010_0111,
    0b100_0000_0000,
    0b110_0010_1000,
    0b101_0111_1101,
    0b111_1111_1111,
    0b1_1000,
    0b10_0000_0011,
    0b1_0100_1010,
];

const ROLES: [&str; 8] = ["owner", "deputy", "ann", "bob", "grp", "part", "root", "bypass"];

struct Case {
    shape: Shape,
    sql: String,
    /// The row that would be added.
    candidate: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let case = |command, reads, sql: &str| Case {
        shape: Shape { reads, ..Shape::usual(command) },
        sql: sql.to_owned(),
        candidate: None,
    };
    let mut cases = vec![
        case(Command::Select, true, "select id::text from app.docs"),
        Case {
            shape: Shape { locks: true, ..Shape::usual(Command::Select) },
            ..case(Command::Select, true, "select id::text from app.docs for update")
        },
        case(Command::Update, false, "update app.docs set n = 5"),
        case(Command::Update, true, "update app.docs set n = 5 where id > 0"),
        case(Command::Update, true, "update app.docs set n = 5 returning n::text"),
        case(Command::Delete, false, "delete from app.docs"),
        case(Command::Delete, true, "delete from app.docs where id > 0"),
    ];
    for candidate in ["(100, 'a', 1)", "(100, 'b', 5)", "(100, null, 3)", "(2, 'a', 2)"] {
        let conflicts = candidate.starts_with("(2,");
        for (reads, on_conflict, rest) in [
            (false, OnConflict::None, ""),
            (true, OnConflict::None, " returning id::text"),
            (false, OnConflict::DoNothing, " on conflict do nothing"),
            (false, OnConflict::TargetDoNothing, " on conflict (id) do nothing"),
            (false, OnConflict::DoUpdate, " on conflict (id) do update set n = 5"),
        ] {
            if conflicts && on_conflict != OnConflict::DoUpdate {
                continue;
            }
            cases.push(Case {
                shape: Shape { command: Command::Insert, reads, locks: false, on_conflict },
                sql: format!("insert into app.docs values {candidate}{rest}"),
                candidate: Some(candidate),
            });
        }
    }
    cases
}

/// The ids of those rows of `source` for which all conditions are true.
async fn passing(desk: &mut Desk, conditions: &[&Condition], source: &str) -> BTreeSet<String> {
    let all: Vec<String> = conditions.iter().map(|one| format!("coalesce(({}), false)", one.text())).collect();
    let all = if all.is_empty() { "true".to_owned() } else { all.join(" and ") };
    let ids = desk.ask(&format!("select id::text from {source} docs where {all}")).await.unwrap();
    ids.into_iter().flatten().collect()
}

/// What the model says: the ids that are reached, or the words of the error.
async fn said(desk: &mut Desk, effect: &Effect, case: &Case) -> Result<BTreeSet<String>, &'static str> {
    let conditions = match effect {
        Effect::Refused { .. } => return Err("permission denied"),
        Effect::Off | Effect::Bypassed { .. } => &[][..],
        Effect::Decided { conditions } => conditions.as_slice(),
        Effect::NotKnown => panic!("everything was read"),
    };
    let of = |asked, commands: &[Command]| -> Vec<&Condition> {
        conditions.iter().filter(|one| one.asked == asked && commands.contains(&one.command)).collect()
    };
    const REFUSED: &str = "row-level security";
    match case.candidate {
        None => {
            let reached = passing(desk, &of(Asked::Existing, &Command::ALL), "app.docs").await;
            let written = "(select id, owner, 5 as n from app.docs)";
            let allowed = passing(desk, &of(Asked::New, &Command::ALL), written).await;
            if case.shape.command == Command::Update && !reached.is_subset(&allowed) {
                Err(REFUSED)
            } else {
                Ok(reached)
            }
        }
        Some(candidate) => {
            let source = format!("(select * from (values {candidate}) v (id, owner, n))");
            let added = of(Asked::New, &[Command::Insert, Command::Select]);
            if passing(desk, &added, &source).await.is_empty() {
                return Err(REFUSED);
            }
            if !candidate.starts_with("(2,") {
                return Ok(BTreeSet::from(["100".to_owned()]));
            }
            let met = "(select * from app.docs where id = 2)";
            let changed = "(select id, owner, 5 as n from app.docs where id = 2)";
            let written = of(Asked::New, &[Command::Update, Command::Select]);
            let conflicting = of(Asked::Conflicting, &Command::ALL);
            let fine = !passing(desk, &conflicting, met).await.is_empty()
                && !passing(desk, &written, changed).await.is_empty();
            if fine { Ok(BTreeSet::from(["2".to_owned()])) } else { Err(REFUSED) }
        }
    }
}

/// What the server does, undone afterwards.
async fn done(desk: &mut Desk, role: &str, case: &Case) -> Result<BTreeSet<String>, String> {
    desk.run("begin").await;
    desk.run(&format!("set local role {role}")).await;
    let answer = desk.ask(&case.sql).await;
    let reached = match answer {
        Err(error) => Err(error),
        Ok(rows) if case.shape.command == Command::Select => Ok(rows.into_iter().flatten().collect()),
        Ok(_) => {
            desk.run("reset role").await;
            // A changed row is a new version; a removed one is missing.
            let sql = match case.shape.command {
                Command::Delete => {
                    "select id::text from generate_series(1, 8) id where id not in (select id from app.docs)"
                }
                _ => "select id::text from app.docs where xmin = pg_current_xact_id()::xid",
            };
            Ok(desk.ask(sql).await.unwrap().into_iter().flatten().collect())
        }
    };
    desk.run("rollback").await;
    reached
}

#[tokio::test]
async fn a_role_reaches_the_rows_that_are_said() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut desk = Desk::new(&server).await;
        for (role, options) in [
            ("owner", ""),
            ("grp", ""),
            ("ann", ""),
            ("bob", "noinherit"),
            ("deputy", ""),
            ("part", ""),
            ("root", "superuser"),
            ("bypass", "bypassrls"),
        ] {
            desk.role(role, options).await;
        }
        let [owner, grp, ann, bob, deputy, part, bypass] =
            ["owner", "grp", "ann", "bob", "deputy", "part", "bypass"].map(|role| desk.name(role));
        desk.run(&format!(
            "create schema app; grant usage on schema app to {grp}, {bob}, {part}, {bypass}, {owner};
             create table app.docs (id int primary key, owner text, n int); alter table app.docs owner to {owner};
             insert into app.docs select id, case id % 3 when 0 then 'a' when 1 then 'b' end, id from generate_series(1, 8) id;
             grant {grp} to {ann}; grant {grp} to {bob}; grant {owner} to {deputy};
             grant select, insert, update, delete on app.docs to {grp}, {bob}, {bypass}; grant insert, update, delete on app.docs to {part}"
        ))
        .await;
        let cases = cases();
        let (mut compared, mut wrong) = (0, Vec::new());
        for set in SETS {
            for forced in [false, true] {
                let force = if forced { "force" } else { "no force" };
                desk.run(&format!(
                    "alter table app.docs enable row level security; alter table app.docs {force} row level security"
                ))
                .await;
                let chosen: Vec<_> = POLICIES.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0).collect();
                for (_, (name, command, role, using, check)) in &chosen {
                    let kind = if name.starts_with("r_") { "restrictive" } else { "permissive" };
                    let role = if *role == "public" { "public".to_owned() } else { desk.name(role) };
                    let clause = |word: &str, text: &str| {
                        if text.is_empty() { String::new() } else { format!("{word} ({text})") }
                    };
                    let (using, check) = (clause("using", using), clause("with check", check));
                    desk.run(&format!(
                        "create policy {name} on app.docs as {kind} for {command} to {role} {using} {check}"
                    ))
                    .await;
                }
                let catalog = desk.catalog().await;
                let effects = Effects::new(&catalog);
                let docs = catalog.find_relation(Some("app"), "docs").unwrap();
                let roles: Vec<String> = ROLES.iter().map(|role| desk.name(role)).collect();
                let matrix = Matrix::new(&effects, &[docs], &roles);
                assert!(matrix.not_read.is_empty());
                for (role_at, role) in roles.iter().enumerate() {
                    let powers = effects.rights().powers(role);
                    for case in &cases {
                        let effect = effects.of(docs, &powers, case.shape);
                        let said = said(&mut desk, &effect, case).await;
                        let done = done(&mut desk, role, case).await;
                        let same = match (&said, &done) {
                            (Ok(said), Ok(done)) => said == done,
                            (Err(said), Err(done)) => done.starts_with("42501") && done.contains(said),
                            _ => false,
                        };
                        compared += 1;
                        if !same {
                            wrong.push(format!(
                                "{set:b} forced {forced} {role}: {}: said {said:?}, done {done:?}",
                                case.sql
                            ));
                        }
                        // The matrix says the most there can be.
                        if let Ok(done) = &done
                            && !done.is_empty()
                            && !case.shape.locks
                        {
                            let level = matrix.cell(0, role_at, case.shape.command).unwrap().level;
                            assert_ne!(level, Level::None, "{set:b} {role}: {}", case.sql);
                        }
                    }
                }
                for (_, (name, ..)) in chosen {
                    desk.run(&format!("drop policy {name} on app.docs")).await;
                }
            }
        }
        assert!(compared > 5_000, "{compared}");
        assert!(
            wrong.is_empty(),
            "{} of {compared} on {}: {:#?}",
            wrong.len(),
            server.major,
            &wrong[..wrong.len().min(12)]
        );
        desk.drop().await;
    }
}
