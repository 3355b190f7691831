//! Suites: what they expect is what the tester finds, and what a plain session finds that does the same by hand.

use driver::row_security::{Actor, Attempt, Outcome};
use driver_postgres::wire::{Client, Event};
use policy::{
    statement::tried,
    suite::{As, Case, Suite, Then},
};

use crate::{
    server::{TestServer, servers},
    stage::Stage,
};

const SUITES: [&str; 12] = [
    include_str!("suites/owners.json"),
    include_str!("suites/fence.json"),
    include_str!("suites/checks.json"),
    include_str!("suites/returning.json"),
    include_str!("suites/on_conflict.json"),
    include_str!("suites/merge.json"),
    include_str!("suites/partitions.json"),
    include_str!("suites/views.json"),
    include_str!("suites/columns.json"),
    include_str!("suites/recursion.json"),
    include_str!("suites/claims.json"),
    include_str!("suites/hostile.json"),
];

/// What came, in a form in which both ways can be compared.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Rows(Vec<Vec<Option<String>>>),
    Affected(u64),
    Failed(String),
    NotSent(String),
}

impl Came {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::NotSent { message, .. } => Came::NotSent(message.clone()),
            Outcome::Done(answer) => match answer.affected {
                Some(affected) if answer.columns.is_empty() => Came::Affected(affected),
                _ => Came::Rows(sorted(answer.rows.clone())),
            },
            other => Came::Failed(other.sqlstate().unwrap_or_default().to_owned()),
        }
    }
}

fn sorted(mut rows: Vec<Vec<Option<String>>>) -> Vec<Vec<Option<String>>> {
    rows.sort();
    rows
}

fn actor(who: &As) -> Actor {
    Actor {
        role: who.role.clone(),
        claims: who.claims_text(),
        settings: who.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        ..Actor::default()
    }
}

/// By hand: `BEGIN`, settings, `SET LOCAL ROLE`, the statement, `ROLLBACK`.
async fn by_hand(server: &TestServer, database: &str, suite: &Suite, case: &Case) -> (Came, Option<Came>) {
    let mut client = server.connect(database, "postgres").await;
    let reads_only = tried(&case.statement).is_ok_and(|statement| statement.reads_only);
    let run = |text: String| text;
    let mut texts = vec![run("begin".to_owned())];
    texts.extend(suite.setup.iter().chain(&case.setup).cloned());
    if reads_only {
        texts.push("set transaction read only".to_owned());
    }
    for (name, value) in case.actor.settings_made(suite.claims_setting()) {
        let (name, value) = (policy::name::literal(&name), policy::name::literal(&value));
        texts.push(format!("select set_config({name}, {value}, true)"));
    }
    if let Some(role) = &case.actor.role {
        texts.push(format!("set local role {}", policy::name::quote(role)));
    }
    texts.push("savepoint here".to_owned());
    for text in texts {
        crate::server::run(&mut client, &text).await;
    }
    let came = answer(&mut client, &case.statement).await;
    if matches!(came, Came::Failed(_)) {
        crate::server::run(&mut client, "rollback to savepoint here").await;
    }
    let then = match &case.then {
        Some(Then { statement, .. }) => {
            crate::server::run(&mut client, "set local role none").await;
            Some(answer(&mut client, statement).await)
        }
        None => None,
    };
    crate::server::run(&mut client, "rollback").await;
    client.close().await;
    (came, then)
}

async fn answer(client: &mut Client, text: &str) -> Came {
    use arrow_array::{Array, cast::AsArray, types};
    client.query_with(text, &[], &[]).await.unwrap();
    let (mut rows, mut columns, mut failed, mut done) = (Vec::new(), 0, None, String::new());
    for event in client.collect().await.unwrap() {
        match event {
            Event::Columns(described) => columns = described.len(),
            Event::Batch(batch) => rows.extend((0..batch.rows).map(|row| {
                let cell = |column: &arrow_array::ArrayRef| {
                    (!column.is_null(row)).then(|| match column.data_type().to_string().as_str() {
                        "Binary" => String::from_utf8_lossy(column.as_binary::<i32>().value(row)).into_owned(),
                        "Boolean" => if column.as_boolean().value(row) { "t" } else { "f" }.to_owned(),
                        "Int32" => column.as_primitive::<types::Int32Type>().value(row).to_string(),
                        "Int64" => column.as_primitive::<types::Int64Type>().value(row).to_string(),
                        other => panic!("{other}"),
                    })
                };
                batch.columns.iter().map(cell).collect::<Vec<_>>()
            })),
            Event::Failed(report) => failed = Some(report.code.clone()),
            Event::Complete(tag) => done = tag,
            _ => {}
        }
    }
    let count = |tag: &str| tag.rsplit(' ').next().and_then(|count| count.parse().ok());
    match (failed, columns) {
        (Some(code), _) => Came::Failed(code),
        (None, 0) if !done.starts_with("SELECT") => Came::Affected(count(&done).unwrap_or(0)),
        (None, _) => Came::Rows(sorted(rows)),
    }
}

#[tokio::test]
async fn suites_find_what_they_expect_and_what_a_plain_session_finds() {
    use policy::suite::{Answer, Outcome as Held, Returned};
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        let (mut wrong, mut compared, mut cases) = (Vec::new(), 0, 0);
        for text in SUITES {
            let suite = Suite::from_json(&stage.named(text)).unwrap_or_else(|error| panic!("{error}: {text}"));
            for case in &suite.cases {
                cases += 1;
                let attempt = Attempt {
                    actor: actor(&case.actor),
                    setup: suite.setup.iter().chain(&case.setup).cloned().collect(),
                    statement: case.statement.clone(),
                    then: case.then.as_ref().map(|then| then.statement.clone()),
                    ..Attempt::default()
                };
                let attempted = match stage.attempt(&attempt).await {
                    Ok(attempted) => attempted,
                    Err(error) => {
                        wrong.push(format!("{}: {}: {error:?}", suite.name, case.name));
                        continue;
                    }
                };
                let held = |outcome: &Outcome| match outcome {
                    Outcome::NotSent { message, .. } => Answer::Refused { reason: message.clone() },
                    Outcome::Done(answer) => Answer::Done {
                        returned: (!answer.columns.is_empty())
                            .then(|| Returned { rows: answer.rows.clone(), count: answer.row_count }),
                        affected: answer.affected,
                    },
                    Outcome::Refused { said, .. } | Outcome::Failed { said } => {
                        Answer::Error { sqlstate: said.native.code.clone(), message: said.message.clone() }
                    }
                    Outcome::TimedOut { .. } => Answer::Error { sqlstate: "57014".to_owned(), message: String::new() },
                };
                let then = attempted.then.as_ref().map(held);
                let verdict = case.judge(&Held::Ran { answer: held(&attempted.outcome), then });
                if let Some(why) = verdict.why {
                    wrong.push(format!("{}: {}: {why}", suite.name, case.name));
                }
                let came = Came::of(&attempted.outcome);
                if !matches!(came, Came::NotSent(_)) {
                    compared += 1;
                    let by_hand = by_hand(&server, &stage.desk.database.name, &suite, case).await;
                    let then = attempted.then.as_ref().map(Came::of);
                    if (&came, &then) != (&by_hand.0, &by_hand.1) {
                        wrong.push(format!("{}: {}: {came:?} {then:?}, by hand {by_hand:?}", suite.name, case.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cases} on {}: {wrong:#?}", wrong.len(), server.major);
        assert!(cases > 180 && compared > 150, "{cases} {compared}");
        assert_eq!(stage.all().await, before, "on {}", server.major);
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}
