//! Expressions as they are typed: what is wrong with them is what CREATE POLICY says, at its place, and nobody waits.

use driver::row_security::{Checked, ExpressionCheck};

use crate::{
    server::{run, servers},
    stage::Stage,
};

async fn check(stage: &Stage, table: &str, expression: &str) -> Checked {
    let (schema, table, expression) = ("s".to_owned(), table.to_owned(), expression.to_owned());
    let wanted = ExpressionCheck { schema, table, expression };
    stage.connection.control().row_security().unwrap().check(&wanted).await.unwrap()
}

const EXPRESSIONS: [(&str, Option<&str>); 33] = [
    ("owner = s.me()", None),
    ("owner = (select s.me()) -- mine", None),
    ("docs.owner = 'é' and n > 1", None),
    ("team in (select m.team from s.members m where m.who = docs.owner)", None),
    ("exists (select from s.docs d where d.id = docs.id)", None),
    ("owner = any (array['a', 'b'])", None),
    ("owner like 'a%' or owner is null", None),
    ("(select count(*) from s.members) > 0", None),
    ("true", None),
    ("null", None),
    ("'t'", None),
    ("case when n > 0 then true end", None),
    ("current_setting('request.jwt.claims', true)::jsonb ->> 'sub' = owner", None),
    ("n", Some("n")),
    ("owner", Some("owner")),
    ("n = 'é'", Some("'é'")),
    ("'é' = owner and nope = 1", Some("nope")),
    ("docs.nope is null", Some("docs")),
    ("other.owner = 'x'", Some("other")),
    ("s.nope(owner)", Some("s")),
    ("me() = owner", Some("me")),
    ("count(*) > 1", Some("count")),
    ("row_number() over () > 1", Some("row_number")),
    ("generate_series(1, 2) > 0", Some("generate_series")),
    ("owner = 1", Some("=")),
    ("owner === 'x'", Some("=")),
    ("n > 1 and owner", Some("owner")),
    ("id in (select id, owner from s.docs)", Some("in")),
    ("exists (select from s.nothing)", Some("s")),
    ("owner = = 'x'", Some("=")),
    ("owner =", Some("")),
    ("(owner = 'x'", Some("")),
    ("owner = 'x') or (true", Some(")")),
];

#[tokio::test]
async fn what_is_wrong_is_what_create_policy_says_and_where() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        for (expression, at) in EXPRESSIONS {
            let checked = check(&stage, "docs", expression).await;
            stage.desk.run("begin").await;
            let made = stage.desk.ask(&format!("create policy tried on s.docs using ({expression}\n)")).await;
            stage.desk.run("rollback").await;
            match (&checked, &made) {
                (Checked::Fine, Ok(_)) => assert_eq!(at, None, "{expression}"),
                (Checked::Wrong { said }, Err(error)) => {
                    // What the grammar refuses is not sent, and has no code.
                    let code = Some(said.native.code.as_str()).filter(|code| !code.is_empty()).unwrap_or("42601");
                    assert!(error.starts_with(code), "{expression}: {said:?}, {error}");
                    let place = said.span.map(|span| &expression[span.start..span.end]);
                    assert_eq!(place, at, "{expression}: {said:?}");
                }
                other => panic!("{expression} on {}: {other:?}", server.major),
            }
        }
        assert!(matches!(check(&stage, "nothing", "true").await, Checked::NotChecked { .. }));
        assert!(matches!(check(&stage, "docs", "owner = $1").await, Checked::Wrong { .. }));
        let deep = format!("{}true{}", "(not ".repeat(90), ")".repeat(90));
        assert!(matches!(check(&stage, "docs", &deep).await, Checked::NotChecked { .. }));
        stage.drop().await;
    }
}

#[tokio::test]
async fn typing_takes_no_lock_that_anybody_waits_for() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        let text = "owner = (select s.me()) and n between 0 and 99 and team in (select m.team from s.members m \
                    where m.who = (select s.me()) and m.team is not null) or exists (select from s.docs d where d.id = docs.id and d.n > 0)";
        assert!(text.len() >= 200, "{}", text.len());
        // EXCLUSIVE conflicts with everything but ACCESS SHARE: whatever asked for more would wait, and be refused.
        let mut other = stage.desk.database.connect().await;
        run(&mut other, "begin; lock table s.docs, s.members in exclusive mode").await;
        let watching = stage.desk.database.connect().await;
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let watch = tokio::spawn(async move {
            let mut watching = watching;
            let mut seen = std::collections::BTreeSet::new();
            let locks = "select distinct l.mode::text from pg_locks l where l.relation in ('s.docs'::regclass, 's.members'::regclass) \
                         and l.pid <> pg_backend_pid()";
            let statement = driver::Statement::new(locks);
            while stopped.try_recv().is_err() {
                let rows = crate::server::rows(&mut watching, &statement).await;
                seen.extend(rows.into_iter().flatten().flatten());
            }
            watching.close().await;
            seen
        });
        let mut fine = 0;
        for end in 1..=text.len() {
            match check(&stage, "docs", &text[..end]).await {
                Checked::Fine => fine += 1,
                Checked::Wrong { .. } => {}
                Checked::NotChecked { reason } => panic!("{reason}: {}", &text[..end]),
            }
        }
        stop.send(()).unwrap();
        let seen = watch.await.unwrap();
        // The other session's own lock among them.
        assert!(seen.iter().all(|mode| ["AccessShareLock", "ExclusiveLock"].contains(&mode.as_str())), "{seen:?}");
        assert!(fine > 5, "{fine}");
        run(&mut other, "rollback; begin; lock table s.docs").await;
        let held = check(&stage, "docs", "true").await;
        assert!(matches!(held, Checked::NotChecked { .. }), "{held:?}");
        run(&mut other, "rollback").await;
        assert_eq!(check(&stage, "docs", "true").await, Checked::Fine);
        other.close().await;
        assert_eq!(stage.all().await, before);
        stage.is_quiet(3).await;
        stage.drop().await;
    }
}
