//! What is said of rows one by one: what each policy says, what the actor really sees, what drafts would change.

use catalog::PolicyCommand;
use driver::row_security::{
    Answer, Attempt, DraftPolicy, Drafts, Judgement, Outcome, Sample, SideBySide, Told, Verdict,
};

use crate::{
    server::{TestServer, run, servers},
    stage::Stage,
};

fn new_servers() -> impl Iterator<Item = TestServer> {
    servers().into_iter().filter(|server| matches!(server.major, 15 | 18))
}

fn sample(table: &str) -> Sample {
    Sample { schema: "s".to_owned(), table: table.to_owned(), rows: 100, count: false, drafts: None }
}

async fn told(stage: &Stage, role: &str, sub: &str, sample: Sample) -> Told<Judgement> {
    let actor = stage.actor(role, sub);
    let attempt = Attempt { actor, statement: String::new(), sample: Some(sample), ..Attempt::default() };
    stage.attempt(&attempt).await.unwrap().sample.unwrap()
}

async fn judged(stage: &Stage, role: &str, sub: &str, sample: Sample) -> Judgement {
    match told(stage, role, sub, sample).await {
        Told::Known(judgement) => judgement,
        Told::NotEvaluated(why) => panic!("{why}"),
    }
}

/// Ids of the rows for which this is so.
fn ids(judgement: &Judgement, is: impl Fn(&driver::row_security::JudgedRow) -> bool) -> Vec<&str> {
    let mut ids: Vec<&str> =
        judgement.rows.iter().filter(|row| is(row)).filter_map(|row| row.values[0].as_deref()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn each_policy_says_something_of_each_row_hidden_ones_too() {
    use Verdict::{Absent, Fail, NotEvaluated, Null, Pass};
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        stage.desk.run("create policy of_nobody on s.docs to pg_monitor using (true)").await;
        let before = stage.all().await;
        let judgement = judged(&stage, "ann", "ann", Sample { count: true, ..sample("docs") }).await;
        assert_eq!(judgement.columns, ["id", "owner", "team", "n"]);
        assert_eq!(judgement.key, [0]);
        let names: Vec<&str> = judgement.policies.iter().map(|policy| policy.name.as_str()).collect();
        assert_eq!(names, ["fence", "of_nobody", "own", "team"]);
        let applies: Vec<bool> = judgement.policies.iter().map(|policy| policy.applies).collect();
        assert_eq!(applies, [true, false, true, true]);
        assert!(judgement.policies[3].approximate.is_some() && judgement.policies[0].approximate.is_none());
        let using: Vec<Vec<Verdict>> =
            judgement.rows.iter().map(|row| row.verdicts.iter().map(|pair| pair.0).collect()).collect();
        assert_eq!(
            using,
            [
                [Pass, NotEvaluated, Pass, Pass],
                [Fail, NotEvaluated, Pass, Fail],
                [Pass, NotEvaluated, Fail, Pass],
                [Pass, NotEvaluated, Fail, Fail],
                [Pass, NotEvaluated, Null, Pass],
                [Pass, NotEvaluated, Pass, Null],
            ]
        );
        let check: Vec<Verdict> = judgement.rows.iter().map(|row| row.verdicts[0].1).collect();
        assert_eq!(check, [Pass; 6]);
        assert!(judgement.rows.iter().all(|row| row.verdicts[3].1 == Absent));
        assert_eq!(ids(&judgement, |row| row.now.select == Some(true)), ["1", "3", "5", "6"]);
        assert_eq!(ids(&judgement, |row| row.seen == Some(true)), ["1", "3", "5", "6"]);
        assert_eq!(ids(&judgement, |row| row.now.update == Some(true)), ["1", "6"]);
        assert_eq!(ids(&judgement, |row| row.now.delete == Some(true)), ["1", "6"]);
        assert_eq!(ids(&judgement, |row| row.now.insert == Some(true)), ["1", "2", "6"]);
        let totals = &judgement.totals;
        assert_eq!((&totals.visible, &totals.hidden, totals.exact), (&Told::Known(4), &Told::Known(2), true));
        let few = judged(&stage, "ann", "ann", Sample { rows: 2, ..sample("docs") }).await;
        assert_eq!((few.rows.len(), few.totals.exact, few.totals.hidden), (2, false, Told::Known(1)));
        // Who is not asked, and why.
        for (role, table, why) in
            [("owner", "docs", "rights of the owner"), ("bypass", "docs", "BYPASSRLS"), ("ann", "unsecured", "is off")]
        {
            let judgement = judged(&stage, role, "ann", sample(table)).await;
            assert!(judgement.unfiltered.as_ref().is_some_and(|said| said.contains(why)), "{judgement:?}");
            assert!(judgement.rows.iter().all(|row| row.seen == Some(true) && row.now.select == Some(true)));
        }
        assert_eq!(ids(&judged(&stage, "owner", "", sample("forced")).await, |row| row.seen == Some(true)), ["1"]);
        assert_eq!(ids(&judged(&stage, "ann", "ann", sample("parts")).await, |row| row.seen == Some(true)), ["1", "3"]);
        // A policy that fails is one that says nothing, and its words are there.
        let judgement = judged(&stage, "ann", "ann", sample("looks_away")).await;
        assert!(judgement.policies[0].failed.is_some() && judgement.rows[0].verdicts[0].0 == NotEvaluated);
        assert_eq!((judgement.rows[0].seen, judgement.rows[0].now.select), (None, None));
        let none = told(&stage, "ann", "ann", sample("seen_by_owner")).await;
        assert!(matches!(&none, Told::NotEvaluated(why) if why.contains("Only tables")), "{none:?}");
        assert_eq!(stage.all().await, before);
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

fn draft(name: &str, command: PolicyCommand, using: &str) -> DraftPolicy {
    DraftPolicy {
        name: name.to_owned(),
        command,
        permissive: true,
        roles: Vec::new(),
        using: Some(using.to_owned()),
        with_check: None,
    }
}

fn drafted(policies: Vec<DraftPolicy>) -> Sample {
    Sample { drafts: Some(Drafts { policies, ..Drafts::default() }), ..sample("docs") }
}

#[tokio::test]
async fn drafts_show_what_they_would_change_and_touch_nothing() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        // Reading goes on beside it: anything stronger on the real table would wait for this session.
        let mut other = stage.desk.database.connect().await;
        run(&mut other, "begin; lock table s.docs in exclusive mode").await;
        let drafts = drafted(vec![
            draft("all of team 1", PolicyCommand::Select, "docs.team = 1"),
            DraftPolicy { permissive: false, ..draft("odd \"one\"", PolicyCommand::All, "id <> 3") },
            DraftPolicy { roles: vec![stage.named("@@part")], ..draft("others", PolicyCommand::All, "true") },
        ]);
        let judgement = judged(&stage, "ann", "ann", drafts).await;
        assert_eq!(ids(&judgement, |row| row.seen == Some(true)), ["1", "3", "5", "6"]);
        assert_eq!(ids(&judgement, |row| row.drafted.unwrap().select == Some(true)), ["1", "5"]);
        assert_eq!(ids(&judgement, |row| row.drafted.unwrap().delete == Some(true)), [""; 0]);
        assert_eq!(judgement.drafts.iter().map(|draft| draft.applies).collect::<Vec<_>>(), [true, true, false]);
        let off = Sample { drafts: Some(Drafts { enabled: Some(false), ..Drafts::default() }), ..sample("docs") };
        let judgement = judged(&stage, "ann", "ann", off).await;
        assert!(judgement.unfiltered_by_drafts.is_some() && judgement.unfiltered.is_none());
        assert_eq!(ids(&judgement, |row| row.drafted.unwrap().select == Some(true)).len(), 6);
        let none = judged(&stage, "ann", "ann", drafted(Vec::new())).await;
        assert_eq!(ids(&none, |row| row.drafted.unwrap().select == Some(true)), [""; 0]);
        // The owner, once row security is forced on it.
        let forced =
            Drafts { forced: Some(true), policies: vec![draft("p", PolicyCommand::All, "id = 4")], enabled: None };
        let judgement = judged(&stage, "owner", "", Sample { drafts: Some(forced), ..sample("docs") }).await;
        assert!(judgement.unfiltered.is_some());
        assert_eq!(ids(&judgement, |row| row.drafted.unwrap().select == Some(true)), ["4"]);
        for (using, why) in
            [("nope = 1", "nope"), ("count(*) > 1", "ggregate"), ("n +", "USING"), ("true) --", "USING")]
        {
            let judgement = judged(&stage, "ann", "ann", drafted(vec![draft("p", PolicyCommand::All, using)])).await;
            let said = judgement.drafts[0].failed.as_deref();
            assert!(said.is_some_and(|said| said.contains(why)), "{using}: {said:?}");
            assert!(judgement.rows.iter().all(|row| row.drafted.unwrap().select.is_none()), "{using}");
        }
        other.close().await;
        assert_eq!(stage.all().await, before);
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn what_this_login_may_not_see_is_no_number() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let login = stage.desk.role("login", &format!("login password '{}'", server.password())).await;
        let app = stage.named("@@app");
        stage.desk.run(&format!("grant \"{app}\" to \"{login}\"; grant usage on schema s to \"{login}\"")).await;
        let connection = stage.desk.database.open_as(&login).await;
        let security = connection.control().row_security().unwrap();
        let attempt = Attempt {
            actor: stage.actor("app", "ann"),
            sample: Some(Sample { count: true, ..sample("docs") }),
            ..Attempt::default()
        };
        let Some(Told::Known(judgement)) = security.attempt(&attempt).await.unwrap().sample else { panic!() };
        assert!(matches!(&judgement.totals.hidden, Told::NotEvaluated(why) if why.contains("login")), "{judgement:?}");
        assert_eq!(judgement.totals.visible, Told::Known(4));
        let database = stage.desk.database.name.clone();
        stage.desk.run(&format!("revoke temporary on database {database} from public")).await;
        let attempt = Attempt { statement: "select id from s.docs".to_owned(), ..attempt };
        let attempted = security.attempt(&attempt).await.unwrap();
        assert!(matches!(&attempted.sample, Some(Told::NotEvaluated(why)) if why.contains("TEMP")), "{attempted:?}");
        assert!(matches!(attempted.outcome, Outcome::Done(Answer { row_count: 4, .. })));
        connection.close().await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn two_actors_are_laid_side_by_side() {
    for server in new_servers() {
        let stage = Stage::new(&server).await;
        let seen = async |sub: &str| {
            let actor = stage.actor("ann", sub);
            match stage.outcome(&Attempt { actor, ..stage.as_ann("select * from s.docs order by id") }).await {
                Outcome::Done(answer) => answer,
                other => panic!("{other:?}"),
            }
        };
        let (ann, bob) = (seen("ann").await, seen("bob").await);
        let compared = SideBySide::of(&ann, &bob, &[0]);
        let id = |answer: &Answer, index: usize| answer.rows[index][0].clone().unwrap();
        let only_ann: Vec<String> = compared.only_first.iter().map(|index| id(&ann, *index)).collect();
        let only_bob: Vec<String> = compared.only_second.iter().map(|index| id(&bob, *index)).collect();
        let both: Vec<String> = compared.both.iter().map(|(index, _)| id(&ann, *index)).collect();
        assert_eq!(
            (only_ann, only_bob, both),
            (vec!["1".into(), "5".into(), "6".into()], vec!["4".into()], vec!["3".into()])
        );
        stage.drop().await;
    }
}

#[tokio::test]
async fn odd_names_and_hundreds_of_policies_are_no_trouble() {
    for server in new_servers() {
        let mut stage = Stage::new(&server).await;
        let role = stage.desk.role("odd. 🚀 'r'", "").await;
        let (schema, table) = ("My \"S\".x", "d.o\"cs 🚀 'q'");
        let on = policy::listing::Table::new(schema, table).sql();
        let namespace = policy::name::quote(schema);
        stage
            .desk
            .run(&format!(
                "create schema {namespace}; grant usage on schema {namespace} to \"{role}\";
                 create table {on} (\"o\"\"wner id\" int primary key, \"select\" text);
                 insert into {on} values (1, 'a'), (2, null), (3, 'it''s');
                 alter table {on} enable row level security; grant select, update on {on} to \"{role}\""
            ))
            .await;
        for number in 0..500 {
            let name = policy::name::quote(&format!("{number} {}", "é".repeat(40)));
            let kind = if number % 5 == 4 { "restrictive" } else { "permissive" };
            let text = format!("create policy {name} on {on} as {kind} using (\"o\"\"wner id\" <> {number} % 2 + 2)");
            stage.desk.run(&text).await;
        }
        let wanted = Sample {
            schema: schema.to_owned(),
            table: table.to_owned(),
            drafts: Some(Drafts {
                policies: vec![draft("\"; drop table x; --", PolicyCommand::Select, "\"select\" = 'it''s' -- )")],
                ..Drafts::default()
            }),
            ..sample("")
        };
        let attempt = Attempt {
            actor: driver::row_security::Actor {
                role: Some(role),
                settings: vec![("search_path".to_owned(), "\"no such schema\"".to_owned())],
                ..Default::default()
            },
            statement: format!("select count(*) from {on}"),
            sample: Some(wanted),
            ..Attempt::default()
        };
        let attempted = stage.attempt(&attempt).await.unwrap();
        let Some(Told::Known(judgement)) = &attempted.sample else { panic!("{:?}", attempted.sample) };
        assert_eq!((judgement.policies.len(), &judgement.key), (500, &vec![0]));
        assert!(judgement.policies.iter().all(|policy| policy.failed.is_none()));
        assert_eq!(ids(judgement, |row| row.seen == Some(true)), ["1"]);
        assert_eq!(ids(judgement, |row| row.now.select == Some(true)), ["1"]);
        assert_eq!(ids(judgement, |row| row.drafted.unwrap().select == Some(true)), ["3"]);
        let Outcome::Done(answer) = &attempted.outcome else { panic!("{:?}", attempted.outcome) };
        assert_eq!(answer.rows, [[Some("1".to_owned())]]);
        stage.drop().await;
    }
}
