//! Statements, functions and logins that are not as they should be: refused or survived, and nothing is left behind.

use driver::{
    Code,
    row_security::{Actor, Answer, Attempt, AttemptLimits, LastingKind, Outcome, Refusal},
};

use crate::{
    server::{TestServer, servers},
    stage::Stage,
};

fn new_servers() -> impl Iterator<Item = TestServer> {
    servers().into_iter().filter(|server| matches!(server.major, 15 | 18))
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        // The first stops when it is told to; the second lifts the server's limit; the third does not listen.
        for statement in ["select s.endless()", "select s.lifts()", "select s.deaf()", "select pg_sleep(1000)"] {
            let outcome = stage.outcome(&stage.soon(statement)).await;
            assert!(matches!(outcome, Outcome::TimedOut { after_ms } if after_ms >= 400), "{statement}: {outcome:?}");
        }
        let locked = {
            let mut other = stage.desk.database.connect().await;
            crate::server::run(&mut other, "begin; lock table s.docs").await;
            let limits = AttemptLimits { lock_timeout_ms: 100, ..AttemptLimits::default() };
            let attempt = Attempt { limits, ..stage.as_ann("select * from s.docs") };
            let outcome = stage.outcome(&attempt).await;
            other.close().await;
            outcome
        };
        assert_eq!(locked.sqlstate(), Some("55P03"), "{locked:?}");
        // Nobody waits for it any more.
        let attempt = Attempt { limits: AttemptLimits::default(), ..stage.soon("select s.endless()") };
        let waited = tokio::time::timeout(std::time::Duration::from_millis(500), stage.attempt(&attempt)).await;
        assert!(waited.is_err(), "{waited:?}");
        stage.is_quiet(2).await;
        assert_eq!(stage.all().await, before);
        stage.drop().await;
    }
}

#[tokio::test]
async fn a_function_that_changes_the_role_is_found_out() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        for statement in ["select s.turns()", "select s.turns_back()", "select set_config('ro' || 'le', 'none', true)"]
        {
            let error = stage.attempt(&stage.as_ann(statement)).await.unwrap_err();
            assert_eq!(error.code, Code::Forbidden, "{statement}");
            assert!(error.message.contains("changed the role"), "{error}");
        }
        stage.is_quiet(2).await;
        assert_eq!(stage.all().await, before);
        stage.drop().await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_actor_is_told_before_anything_runs() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let ann = stage.named("@@ann");
        let claims = Attempt {
            actor: Actor { claims: Some("{\"sub\": ".to_owned()), ..stage.actor("ann", "ann") },
            ..stage.as_ann("select 1")
        };
        let error = stage.attempt(&claims).await.unwrap_err();
        assert!(error.code == Code::InvalidStatement && error.message.contains("no JSON"), "{error:?}");
        let nobody = Attempt {
            actor: Actor { role: Some("no \"such\" role".to_owned()), ..Actor::default() },
            ..stage.as_ann("select 1")
        };
        assert_eq!(stage.attempt(&nobody).await.unwrap_err().code, Code::NotFound);
        for setup in ["commit", "reset role", "select 1; rollback", "select from from"] {
            let attempt = Attempt { setup: vec![setup.to_owned()], ..stage.as_ann("select 1") };
            assert_eq!(stage.attempt(&attempt).await.unwrap_err().code, Code::InvalidStatement, "{setup}");
        }
        let fails = Attempt { setup: vec!["insert into s.docs values (1)".to_owned()], ..stage.as_ann("select 1") };
        let error = stage.attempt(&fails).await.unwrap_err();
        assert_eq!(error.native.as_ref().map(|native| native.code.as_str()), Some("23505"), "{error:?}");
        let setting = Attempt {
            actor: Actor { settings: vec![("work_mem".to_owned(), "much".to_owned())], ..stage.actor("ann", "ann") },
            ..stage.as_ann("select 1")
        };
        assert!(stage.attempt(&setting).await.unwrap_err().message.contains("settings were refused"));
        // A login that is no member; one that is, without the option to become it.
        let login = stage.desk.role("login", &format!("login password '{}'", server.password())).await;
        let connection = stage.desk.database.open_as(&login).await;
        let security = connection.control().row_security().unwrap();
        let error = security.attempt(&stage.as_ann("select 1")).await.unwrap_err();
        assert!(error.code == Code::Forbidden && error.message.contains("is not a member"), "{error:?}");
        if server.major >= 16 {
            stage.desk.run(&format!("grant \"{ann}\" to \"{login}\" with set false")).await;
            let error = security.attempt(&stage.as_ann("select 1")).await.unwrap_err();
            assert!(error.code == Code::Forbidden && error.message.contains("SET option"), "{error:?}");
        }
        stage.desk.run(&format!("grant \"{ann}\" to \"{login}\"")).await;
        if server.major >= 16 {
            stage.desk.run(&format!("grant \"{ann}\" to \"{login}\" with set true")).await;
        }
        let Outcome::Done(answer) = security.attempt(&stage.as_ann("select id from s.docs")).await.unwrap().outcome
        else {
            panic!()
        };
        assert_eq!(answer.row_count, 4);
        connection.close().await;
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn a_missing_privilege_is_told_from_a_policy() {
    for server in new_servers() {
        let stage = Stage::new(&server).await;
        let refused = async |role: &str, statement: &str| {
            let attempt = Attempt { actor: stage.actor(role, "ann"), ..stage.as_ann(statement) };
            match stage.outcome(&attempt).await {
                Outcome::Refused { refusal: Refusal::Privilege { missing }, .. } => missing.join(", "),
                Outcome::Refused { refusal: Refusal::Policy { table }, .. } => format!("policy of {table:?}"),
                other => format!("{other:?}"),
            }
        };
        for (role, statement, said) in [
            ("stranger", "select * from s.docs", "USAGE on schema s"),
            ("part", "select * from s.docs", "SELECT on s.docs"),
            ("part", "delete from s.cols where id = 1", "DELETE on s.cols"),
            ("part", "select * from s.cols", "SELECT on some columns of s.cols"),
            ("part", "insert into s.docs select 1", "INSERT on s.docs"),
            ("ann", "insert into s.docs select id from s.private", "SELECT on s.private"),
            ("ann", "truncate s.docs", "TRUNCATE on s.docs"),
            ("ann", "insert into s.docs values (9, 'bob')", "policy of Some(\"s.docs\")"),
            ("ann", "update s.states set state = 'locked'", "policy of Some(\"s.states\")"),
            ("ann", "insert into s.seen_by_reader values (9, 'bob')", "policy of None"),
            // The policy's own sub-select.
            ("ann", "select * from s.looks_away", ""),
        ] {
            assert_eq!(refused(role, statement).await, said, "{role}: {statement}");
        }
        let off = Attempt {
            actor: Actor { settings: vec![("row_security".to_owned(), "off".to_owned())], ..stage.actor("ann", "ann") },
            ..stage.as_ann("select * from s.docs")
        };
        assert!(matches!(stage.outcome(&off).await, Outcome::Refused { refusal: Refusal::WouldBeFiltered, .. }));
        let writes = stage.as_ann("select s.writes()");
        assert!(matches!(stage.outcome(&writes).await, Outcome::Refused { refusal: Refusal::ReadOnly, .. }));
        let may = Attempt { may_write: true, then: Some("select count(*) from s.closed".to_owned()), ..writes };
        let attempted = stage.attempt(&may).await.unwrap();
        assert!(matches!(attempted.outcome, Outcome::Done(_)), "{attempted:?}");
        let Some(Outcome::Done(Answer { rows, .. })) = attempted.then else { panic!() };
        assert_eq!(rows, [[Some("3".to_owned())]]);
        stage.drop().await;
    }
}

#[tokio::test]
async fn what_no_rollback_undoes_is_said_and_so_is_what_a_login_would_meet() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let (ann, database) = (stage.named("@@ann"), stage.desk.database.name.clone());
        let lasting = async |stage: &Stage, statement: &str| {
            let attempted = stage.attempt(&Attempt { may_write: true, ..stage.as_ann(statement) }).await.unwrap();
            attempted.lasting.into_iter().map(|lasting| lasting.kind).collect::<Vec<_>>()
        };
        use LastingKind::{AdvisoryLock, Outside, Sequence, Unseen};
        for (statement, kinds) in [
            ("select * from s.docs", vec![]),
            ("select now(), random(), pg_notify('a', 'b')", vec![]),
            ("insert into s.log (message) values ('x')", vec![Sequence]),
            ("select nextval('s.numbers')", vec![Sequence]),
            ("select pg_advisory_lock(1)", vec![AdvisoryLock]),
            ("select pg_advisory_xact_lock(1)", vec![]),
            ("select pg_cancel_backend(0)", vec![Outside]),
            ("select s.writes()", vec![Unseen]),
            ("insert into s.repaired values (1)", vec![Unseen]),
            ("update s.docs set n = 1 where id = (select nextval('s.numbers'))", vec![Sequence]),
        ] {
            assert_eq!(lasting(&stage, statement).await, kinds, "{statement}");
        }
        let differs = async |stage: &Stage, attempt: Attempt| stage.attempt(&attempt).await.unwrap().differs;
        assert!(differs(&stage, stage.as_ann("select * from s.docs")).await.is_empty());
        stage.desk.run("create policy who on s.states for select using (session_user = owner)").await;
        stage
            .desk
            .run(&format!("alter role \"{ann}\" in database {database} set search_path = s, \"odd, name\""))
            .await;
        stage.desk.run(&format!("alter role \"{ann}\" set work_mem = '5MB'")).await;
        let said = differs(&stage, stage.as_ann("select * from s.states")).await;
        assert!(said.len() == 2 && said[0].contains("search_path") && said[1].contains("“who”"), "{said:?}");
        let settings = stage.connection.control().row_security().unwrap().role_settings(&ann).await.unwrap();
        assert_eq!(
            settings,
            [("work_mem".to_owned(), "5MB".to_owned()), ("search_path".to_owned(), "s, \"odd, name\"".to_owned())]
        );
        let applied = Attempt {
            actor: Actor { apply_role_settings: true, ..stage.actor("ann", "ann") },
            ..stage.as_ann("select count(*), current_setting('work_mem') from docs")
        };
        let Outcome::Done(answer) = stage.outcome(&applied).await else { panic!() };
        assert_eq!(answer.rows, [[Some("4".to_owned()), Some("5MB".to_owned())]]);
        stage
            .desk
            .run(&format!("alter role \"{ann}\" reset all; alter role \"{ann}\" in database {database} reset all"))
            .await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn answers_are_bounded_and_counted() {
    for server in new_servers() {
        let stage = Stage::new(&server).await;
        let limits = AttemptLimits { rows: 10, ..AttemptLimits::default() };
        let attempt =
            Attempt { limits, ..stage.as_ann("select x, x % 2 = 0, repeat('é', 3) from generate_series(1, 20000) x") };
        let Outcome::Done(answer) = stage.outcome(&attempt).await else { panic!() };
        assert_eq!((answer.rows.len(), answer.row_count, answer.is_cut()), (10, 20_000, true));
        assert_eq!(answer.rows[1], [Some("2".to_owned()), Some("t".to_owned()), Some("ééé".to_owned())]);
        let limits = AttemptLimits { bytes: 100, ..AttemptLimits::default() };
        let attempt = Attempt { limits, ..stage.as_ann("select repeat('x', 30) from generate_series(1, 20)") };
        let Outcome::Done(answer) = stage.outcome(&attempt).await else { panic!() };
        assert_eq!((answer.rows.len(), answer.row_count), (3, 20));
        stage.drop().await;
    }
}
