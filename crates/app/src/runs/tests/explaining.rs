//! Plans over real servers: what is measured leaves nothing behind.

use std::time::Duration;

use super::{outcomes, play, script};
use crate::{
    api::*,
    connections::tests::{Shop, draft, until},
    testing::servers::server,
};

async fn all() -> Vec<Shop> {
    let mut shops = Vec::new();
    for major in [15, 16, 17, 18] {
        shops.extend(server(&format!("ROWHOUSE_TEST_POSTGRES_{major}_URL")).await);
    }
    shops
}

fn wish(shop: &Shop, tab: &str, text: &str, analyze: bool) -> PlanRequest {
    PlanRequest {
        tab_id: tab.to_owned(),
        profile_id: shop.profile.clone(),
        database: None,
        text: text.to_owned(),
        parameters: Vec::new(),
        analyze,
        confirmed: None,
        actor: None,
    }
}

/// Asks for a plan; says yes to what is asked.
async fn explain(shop: &Shop, tab: &str, text: &str, analyze: bool) -> Result<ExplainedPlan, AppError> {
    let mut request = wish(shop, tab, text, analyze);
    for _ in 0..2 {
        match shop.app.explain(request.clone()).await? {
            PlanAnswer::Explained { plan } => return Ok(*plan),
            PlanAnswer::Confirm { question } => request.confirmed = Some(question.digest),
        }
    }
    panic!("asked twice")
}

async fn run(shop: &Shop, tab: &str, text: &str) {
    let ended = outcomes(&play(shop, script(shop, tab, text)).await);
    assert!(ended.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{text}: {ended:#?}");
}

/// The first cell of what a query gives.
async fn cell(shop: &Shop, tab: &str, text: &str) -> String {
    let events = play(shop, script(shop, tab, text)).await;
    let head = super::heads(&events).into_iter().next().unwrap();
    String::from_utf8(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 200).await.unwrap()).unwrap()
}

const TABLES: &str = "create temp table c (id int primary key, name text);
    create temp table o (id serial primary key, customer int references c, total numeric);
    insert into c select i, 'n' || i from generate_series(1, 200) i;
    insert into o (customer, total) select 1 + i % 200, i from generate_series(1, 5000) i;
    create temp table log (what text);
    create function pg_temp.note() returns trigger language plpgsql as
      $$ begin insert into log values (tg_op); raise notice 'noted'; return null; end $$;
    create trigger noted after insert or update or delete on o for each row execute function pg_temp.note();
    analyze c; analyze o;";

#[tokio::test]
async fn a_plan_is_asked_for_in_the_tabs_own_session_and_kept() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        // Temporary tables are the session's: another one would not know them.
        let text =
            "select c.name, sum(o.total) from c join o on o.customer = c.id where o.id <= 3000 group by 1 order by 2";
        let plain = explain(&shop, "t", text, false).await.unwrap();
        assert!(!plain.plan.measured && plain.undone.is_none() && plain.plan.planning_ns.is_some());
        assert!(plain.plan.nodes.iter().any(|node| node.relation.as_deref() == Some("o")));
        assert!(plain.plan.nodes.iter().all(|node| node.actual.is_none() && node.estimated_rows.is_some()));
        let measured = explain(&shop, "t", text, true).await.unwrap();
        assert!(measured.plan.measured && measured.undone.is_none(), "reading changes nothing");
        let root = &measured.plan.nodes[0];
        assert_eq!(root.kind, "Sort");
        let own: u64 = measured.plan.nodes.iter().filter_map(|node| node.own_ns).sum();
        assert!(own <= measured.plan.execution_ns.unwrap(), "own times are parts of the whole");
        assert!(measured.plan.nodes.iter().all(|node| node.properties.iter().any(|one| one.name == "Actual Rows")));
        assert_eq!(plain.digest, measured.digest);

        let kept = shop.app.plan(measured.id.unwrap()).await.unwrap();
        assert_eq!((kept.plan, kept.outline), (measured.plan.clone(), measured.outline.clone()));
        let lines = shop
            .app
            .plans(PlanQuery { digest: Some(measured.digest.clone()), profile_id: None, limit: 10 })
            .await
            .unwrap();
        assert!(lines.len() == 2 && lines.iter().all(|line| line.same) && lines[0].id == measured.id.unwrap());
        let history = shop.app.history(HistoryQuery { limit: 1, ..HistoryQuery::default() }).await.unwrap();
        assert!(history[0].plan && history[0].text.starts_with("EXPLAIN (ANALYZE"), "{}", history[0].text);
        shop.app.forget_history(None).await.unwrap();
        assert_eq!(shop.app.plan(measured.id.unwrap()).await.unwrap_err().code, ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_measured_write_leaves_nothing_behind() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        run(&shop, "t", "truncate log").await;
        for text in [
            "insert into o (customer, total) select 1, 7 from generate_series(1, 50)",
            "update o set total = total + 1 where customer = 3",
            "with gone as (delete from o where customer = 4 returning id) select count(*) from gone",
        ] {
            let asked = shop.app.explain(wish(&shop, "t", text, true)).await.unwrap();
            let PlanAnswer::Confirm { question } = asked else { panic!("nobody was asked: {text}") };
            assert!(
                question.title.starts_with("Run this ") && question.description.contains("rolled back"),
                "{question:?}"
            );
            let plan = explain(&shop, "t", text, true).await.unwrap();
            assert!(plan.undone.as_deref().unwrap().contains("rolled back"));
            assert!(plan.plan.facts.iter().any(|fact| fact.name.starts_with("Trigger noted")), "{:?}", plan.plan.facts);
            assert!(plan.notices.iter().any(|notice| notice.message == "noted"));
            assert_eq!(
                cell(&shop, "t", "select count(*) || ',' || sum(total) from o").await,
                "5000,12502500",
                "{text}"
            );
            assert_eq!(cell(&shop, "t", "select count(*) from log").await, "0", "{text}");
        }
        // What is said not to come back does not.
        assert_eq!(cell(&shop, "t", "select last_value from o_id_seq").await, "5050");
        // A function that writes, in a statement that seems to read.
        run(&shop, "t", "create function pg_temp.wipe() returns bigint language sql as $$ with d as (delete from o returning 1) select count(*) from d $$").await;
        let plan = explain(&shop, "t", "select pg_temp.wipe()", true).await.unwrap();
        assert!(plan.undone.is_some());
        assert_eq!(cell(&shop, "t", "select count(*) from o").await, "5000");
        // Without measuring nothing is run, and nobody is asked.
        let plan = shop.app.explain(wish(&shop, "t", "delete from o", false)).await.unwrap();
        assert!(matches!(plan, PlanAnswer::Explained { .. }));
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "idle");
    }
}

#[tokio::test]
async fn a_persons_open_transaction_goes_on_whatever_explaining_does() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        run(&shop, "t", "begin; insert into c values (1000, 'mine')").await;
        let plan = explain(&shop, "t", "delete from c where id = 1000", true).await.unwrap();
        assert!(plan.undone.as_deref().unwrap().contains("savepoint"));
        let error = explain(&shop, "t", "select * from c where nowhere = 1", false).await.unwrap_err();
        assert_eq!(error.range, Some(TextRange { from: 22, to: 29 }), "{error:?}");
        let error = explain(&shop, "t", "select 1 / (id - id) from c", true).await.unwrap_err();
        assert_eq!(error.native.unwrap().code, "22012");
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "open");
        assert_eq!(cell(&shop, "t", "select name from c where id = 1000").await, "mine");
        run(&shop, "t", "rollback").await;
        // In a transaction that has failed nothing can be asked.
        drop(play(&shop, script(&shop, "t", "begin; select 1/0")).await);
        assert_eq!(explain(&shop, "t", "select 1", false).await.unwrap_err().code, ErrorCode::Conflict);
        run(&shop, "t", "rollback").await;
    }
}

#[tokio::test]
async fn values_of_placeholders_reach_the_plan_and_errors_stand_in_the_persons_text() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        let mut request = wish(&shop, "t", "select * from c where id = $1", true);
        request.parameters = vec![ParameterValue { name: "1".to_owned(), value: Some("42".to_owned()) }];
        let PlanAnswer::Explained { plan } = shop.app.explain(request).await.unwrap() else { panic!() };
        assert!(plan.plan.nodes[0].conditions.iter().any(|one| one.text.contains("42")), "{:?}", plan.plan.nodes[0]);
        let error = explain(&shop, "t", "select * from c where id = $1", false).await.unwrap_err();
        assert_eq!((error.code, error.range), (ErrorCode::InvalidStatement, Some(TextRange { from: 27, to: 29 })));
        let error = explain(&shop, "t", "-- é🚀\nselect 'é🚀', nope from c", false).await.unwrap_err();
        assert_eq!(error.range, Some(TextRange { from: 21, to: 25 }), "{error:?}");
        // An EXPLAIN of one's own is explained as asked here.
        let plan = explain(&shop, "t", "explain (costs off) select 1 as one", false).await.unwrap();
        assert_eq!(plan.statement, "select 1 as one");
        let error = explain(&shop, "t", "explain analyze select nope", false).await.unwrap_err();
        assert_eq!(error.range, Some(TextRange { from: 23, to: 27 }), "{error:?}");
        for (text, words) in [("select 1; select 2", "one statement"), ("", "no statement"), ("commit", "no plan")] {
            let error = explain(&shop, "t", text, false).await.unwrap_err();
            assert!(error.code == ErrorCode::Unsupported && error.message.contains(words), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_long_measurement_is_stopped_and_its_session_goes_on() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        let (app, request) = (shop.app.clone(), wish(&shop, "t", "select pg_sleep(120)", true));
        let asked = tokio::spawn(async move { app.explain(request).await });
        until(|| shop.app.tab_session("t").is_some_and(|session| session.running)).await;
        // The server has it by the time it says so.
        let seen = "select count(*) from pg_stat_activity where state = 'active' and query like 'EXPLAIN%pg_sleep(120)%' and pid <> pg_backend_pid()";
        for _ in 0..200 {
            if cell(&shop, "other", seen).await != "0" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        shop.app.cancel_plan("t").await.unwrap();
        let error = asked.await.unwrap().unwrap_err();
        assert_eq!(error.code, ErrorCode::Cancelled, "{error:?}");
        assert_eq!(cell(&shop, "t", "select count(*) from c").await, "200", "temporary tables are still there");
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "idle");
    }
}

#[tokio::test]
async fn read_only_explains_what_it_would_not_run() {
    for shop in all().await {
        let profile = shop.app.profile(&shop.profile).await.unwrap();
        let draft = ProfileDraft {
            id: Some(profile.id),
            driver: profile.driver,
            values: profile.values,
            password_policy: PasswordPolicy::Keychain,
            ..draft("Server", shop.home.path(), Safety::ReadOnly)
        };
        shop.app.save_profile(draft).await.unwrap();
        let text = "delete from pg_catalog.pg_description";
        let plan = explain(&shop, "t", text, false).await.unwrap();
        assert_eq!(plan.plan.nodes[0].kind, "Delete");
        let error = explain(&shop, "t", text, true).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Forbidden);
        assert!(error.hint.unwrap().contains("only plans"));
        assert!(explain(&shop, "t", "select count(*) from pg_class", true).await.unwrap().plan.measured);
    }
}

#[tokio::test]
async fn plans_of_every_shape_are_read() {
    for shop in all().await {
        run(&shop, "t", TABLES).await;
        run(
            &shop,
            "t",
            "create temp table p (id int, v int) partition by range (id);
             do $$ begin for i in 0..299 loop execute format('create temp table p_%s partition of p for values from (%s) to (%s)', i, i * 10, i * 10 + 10); end loop; end $$;
             insert into p select i, i from generate_series(0, 2999) i;",
        )
        .await;
        let plan = explain(&shop, "t", "select a.id from p a join p b using (id) union all select id from p", true)
            .await
            .unwrap();
        assert!(plan.plan.nodes.len() > 900, "{}", plan.plan.nodes.len());
        let text = "with x as materialized (select * from o where total > 10), y as (select max(id) m from o)
             select (select m from y), count(*), (select count(*) from c where c.id > 5) from x where x.id < (select m from y)";
        let plan = explain(&shop, "t", text, true).await.unwrap();
        let own: u64 = plan.plan.nodes.iter().filter_map(|node| node.own_ns).sum();
        assert!(own <= plan.plan.execution_ns.unwrap() * 11 / 10, "nothing is counted twice: {}", plan.outline);
        assert!(plan.plan.nodes.iter().any(|node| node.role.as_deref() == Some("CTE x")));

        // Side by side, over several processes.
        let wide = format!("rowhouse_plan_wide_{}", std::process::id());
        let make = format!(
            "create table {wide} as select i, i % 97 v from generate_series(1, 300000) i; analyze {wide}; \
             set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; \
             set max_parallel_workers_per_gather = 2;"
        );
        run(&shop, "t", &make).await;
        let plan = explain(&shop, "t", &format!("select v, count(*) from {wide} group by v"), true).await.unwrap();
        run(&shop, "t", &format!("drop table {wide}")).await;
        let scan = plan.plan.nodes.iter().find(|node| node.relation.is_some()).unwrap();
        let actual = scan.actual.as_ref().unwrap();
        let loops: f64 = actual.loops.as_deref().unwrap().parse().unwrap();
        assert_eq!(f64::from(actual.processes), loops, "each process ran it once");
        let time: f64 = actual.total_ms.as_deref().unwrap().parse().unwrap();
        assert!((scan.total_ns.unwrap() as f64 - time * 1e6).abs() < 2_000.0, "processes side by side count once");
        // As deep as a server gets.
        let deep =
            (0..150).fold("select 1 as a".to_owned(), |inner, _| format!("select a from ({inner} limit 100000) s"));
        let plan = explain(&shop, "t", &deep, false).await.unwrap();
        assert!(plan.plan.nodes.iter().any(|node| node.depth > 100), "{}", plan.plan.nodes.len());
    }
}

#[tokio::test]
async fn mariadb_measures_what_it_can_roll_back_and_refuses_the_rest() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL").await else { return };
    run(
        &shop,
        "t",
        "create table if not exists plan_c (id int primary key, name varchar(20)) engine=innodb;
         create table if not exists plan_m (id int primary key) engine=myisam;
         replace into plan_c select seq, concat('n', seq) from seq_1_to_200; replace into plan_m values (1), (2)",
    )
    .await;
    let plain = explain(&shop, "t", "select * from plan_c where id = 3", false).await.unwrap();
    assert!(plain.plan.nodes.iter().any(|node| node.relation.as_deref() == Some("plan_c")), "{}", plain.plan.raw);
    let read = explain(&shop, "t", "select a.name from plan_c a join plan_c b on b.id = a.id + 1 order by 1", true)
        .await
        .unwrap();
    assert!(
        read.plan.measured && read.plan.execution_ns.is_some() && read.plan.nodes.iter().any(|node| node.off.is_some())
    );
    let wrote = explain(&shop, "t", "update plan_c set name = 'x' where id < 50", true).await.unwrap();
    assert!(wrote.undone.is_some());
    assert_eq!(cell(&shop, "t", "select count(*) from plan_c where name = 'x'").await, "0");
    for text in ["delete from plan_m where id = 1", "delete from plan_nowhere"] {
        let error = explain(&shop, "t", text, true).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Unsupported, "{error:?}");
    }
    assert_eq!(cell(&shop, "t", "select count(*) from plan_m").await, "2");
    // Behind a savepoint.
    run(&shop, "t", "start transaction; insert into plan_c values (1000, 'mine')").await;
    explain(&shop, "t", "delete from plan_c where id = 1000", true).await.unwrap();
    assert_eq!(cell(&shop, "t", "select count(*) from plan_c where id = 1000").await, "1");
    run(&shop, "t", "rollback").await;
}

#[tokio::test]
async fn sqlite_tells_its_steps_also_of_what_a_read_only_connection_would_refuse() {
    let shop = Shop::open().await;
    let text = "select * from orders o join customers c on c.id = o.customer_id order by total";
    let plan = explain(&shop, "t", text, false).await.unwrap();
    assert!(plan.plan.nodes.len() >= 3 && plan.plan.raw.starts_with("QUERY PLAN\n"), "{}", plan.plan.raw);
    assert_eq!(explain(&shop, "t", text, true).await.unwrap_err().code, ErrorCode::Unsupported);
    let profile = shop.app.profile(&shop.profile).await.unwrap();
    let draft = ProfileDraft {
        id: Some(profile.id),
        driver: profile.driver,
        values: profile.values,
        ..draft("Shop", shop.home.path(), Safety::ReadOnly)
    };
    shop.app.save_profile(draft).await.unwrap();
    let plan = explain(&shop, "t", "delete from orders where customer_id = 1", false).await.unwrap();
    assert!(plan.plan.nodes.iter().any(|node| node.relation.as_deref() == Some("orders")), "{}", plan.plan.raw);
    // The same session still refuses to run it.
    let ended = outcomes(&play(&shop, script(&shop, "t", "delete from orders where customer_id = 1")).await);
    assert!(
        matches!(&ended[..], [StatementOutcome::Failed { error, .. }] if error.code == ErrorCode::Forbidden),
        "{ended:?}"
    );
}

#[tokio::test]
async fn what_is_not_recorded_and_what_holds_a_secret_is_not_kept() {
    let shop = Shop::open().await;
    let profile = shop.app.profile(&shop.profile).await.unwrap();
    let draft = ProfileDraft {
        id: Some(profile.id),
        driver: profile.driver,
        values: profile.values,
        recorded: Some(false),
        ..draft("Shop", shop.home.path(), Safety::Free)
    };
    shop.app.save_profile(draft).await.unwrap();
    let plan = explain(&shop, "t", "select * from orders", false).await.unwrap();
    assert!(plan.id.is_none() && plan.not_kept.unwrap().contains("not recorded"));
    assert!(shop.app.plans(PlanQuery { limit: 10, ..PlanQuery::default() }).await.unwrap().is_empty());
}

/// The answer is a document, and is read as one: the index is named.
#[tokio::test]
async fn a_plan_of_documents_names_its_index() {
    let Some(shop) = server("ROWHOUSE_TEST_MONGODB_URL").await else { return };
    run(&shop, "t", "use app_explaining\ndb.c.insertMany([{_id: 1, a: 1}, {_id: 2, a: 2}])\ndb.c.createIndex({a: 1})")
        .await;
    let plan = explain(&shop, "t", "db.c.find({a: 2})", false).await.unwrap().plan;
    assert!(plan.nodes.iter().any(|node| node.index.as_deref() == Some("a_1")), "{}", plan.raw);
    let measured = explain(&shop, "t", "db.c.find({a: 2})", true).await.unwrap().plan;
    assert!(measured.measured && measured.nodes.iter().any(|node| node.actual.is_some()), "{}", measured.raw);
    run(&shop, "t", "db.dropDatabase()").await;
}
