//! The program is killed between two statements, on real servers: what arrived is found out, told, and not sent again.

use std::{
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{super::applying::same, *};
use crate::{
    App, Face,
    connections::tests::draft,
    runs::tests::{outcomes, play, script},
    testing::{self, Memory, servers::shop_at},
};

/// The program at this home, with the one connection it has; a keychain forgets when its process ends.
async fn started(home: &Path, target: &str) -> (Arc<App>, String) {
    let app = testing::open_over(home, Face::Window, Arc::new(Memory::default())).await;
    let parsed = app.parse_target(target).await.unwrap();
    let id = app.profiles().await.unwrap().into_iter().find(|one| one.name == "Killed").map(|one| one.id);
    let password = match parsed.password_reference {
        Some(reference) => DraftPassword::Parsed { reference },
        None => DraftPassword::Keep,
    };
    let saved = ProfileDraft {
        id,
        driver: parsed.driver,
        values: parsed.values,
        password_policy: PasswordPolicy::Keychain,
        password,
        ..draft("Killed", home, Safety::Free)
    };
    let profile = app.save_profile(saved).await.unwrap().id;
    (app, profile)
}

#[tokio::test]
#[ignore = "started by the tests below"]
async fn applying_child() {
    let Some(home) = testing::given_home() else { return };
    let (app, profile) = started(&home, &std::env::var("ROWHOUSE_TEST_TARGET").unwrap()).await;
    let online: Vec<ObjectRef> = serde_json::from_str(&std::env::var("ROWHOUSE_TEST_ONLINE").unwrap()).unwrap();
    let review = app.review_structure(&profile, None, online.clone()).await.unwrap();
    let told = app.apply_structure(&profile, None, &review.digest, online, 60_000, None).await;
    panic!("it was to be killed on its way: {told:#?}");
}

/// The step that was begun last, as the file says that outlasts the program.
fn begun(home: &Path) -> Option<i64> {
    let file = rusqlite::Connection::open(home.join("rowhouse.db")).unwrap();
    file.query_row("SELECT began FROM change_sets ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).ok().flatten()
}

/// Stages, and kills the program that applies it as soon as this statement is begun and had a moment to arrive.
async fn killed(made: &Made, target: &str, edits: Vec<StructureEdit>, online: Vec<ObjectRef>, at: i64) -> Shop {
    let home = testing::home();
    let (app, profile) = started(home.path(), target).await;
    let shop = Shop { app, profile, home };
    for edit in edits {
        shop.staged(edit).await;
    }
    shop.app.disconnect(&shop.profile).await.unwrap();
    let Shop { app, home, .. } = testing::crashed(shop).await;
    drop(app);
    let lock = crate::platform::instance::lock_path(home.path());
    while crate::platform::lock::FileLock::try_take(&lock).unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut child = testing::child("structure::tests::settling::killed::applying_child", home.path())
        .env("ROWHOUSE_TEST_TARGET", target)
        .env("ROWHOUSE_TEST_ONLINE", serde_json::to_string(&online).unwrap())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while begun(home.path()) != Some(at) {
        assert!(since.elapsed() < Duration::from_secs(60), "statement {at} was never begun");
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Whether the statement that waits is sent is seen on the server.
    while !waits(made).await {
        assert!(since.elapsed() < Duration::from_secs(60), "statement {at} never waited");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (app, profile) = started(home.path(), target).await;
    Shop { app, profile, home }
}

/// Whether a statement that asks the server answers yes; no is an error there.
async fn is_so(shop: &Shop, text: &str) -> bool {
    let request = script(shop, "watch", text);
    outcomes(&play(shop, request).await).iter().all(|one| matches!(one, StatementOutcome::Completed { .. }))
}

/// Whether the statement that the child sends last waits on the server.
async fn waits(made: &Made) -> bool {
    let text = match made.is_postgres() {
        true => format!(
            "SELECT 1 / count(*) FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock' \
             AND query LIKE 'CREATE INDEX CONCURRENTLY%'",
            made.name
        ),
        false => format!(
            "SELECT IF(count(*) > 0, 1, (SELECT 1 UNION SELECT 2)) FROM information_schema.processlist \
             WHERE db = '{}' AND info LIKE 'ALTER TABLE%' AND state LIKE '%metadata lock%'",
            made.name
        ),
    };
    is_so(&made.shop, &text).await
}

fn told(last: &StructureLastApply) -> Vec<Option<bool>> {
    last.statements.iter().map(|(_, kept)| *kept).collect()
}

#[tokio::test]
async fn killed_between_two_statements_on_mariadb_the_first_is_told_and_the_second_staged_still() {
    let variable = "ROWHOUSE_TEST_MARIADB_URL";
    let Some(made) = Made::on(variable, TABLES).await else { return };
    let before = made.shop.defined().await;
    let target = made.target(variable);
    let holding = shop_at(&target, Safety::Free).await;
    run(&holding, "START TRANSACTION; INSERT INTO people VALUES (9, 'Ada')").await;
    let edits = vec![
        add(&made.table("orders"), column("note", "varchar(20)")),
        add(&made.table("people"), column("born", "date")),
    ];
    let shop = killed(&made, &target, edits, Vec::new(), 1).await;
    let draft = shop.draft().await;
    let last = draft.last.clone().unwrap();
    assert_eq!((last.state, told(&last)), (StructureFate::Partly, vec![Some(true), Some(false)]));
    assert_eq!(labels(&draft), ["Add column people.born"]);
    assert!(draft.groups[0].conflicts.is_empty(), "{:?}", draft.groups);
    // A statement that waits for a lock is given up by the server within a second of its client's end.
    while waits(&made).await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    holding.app.disconnect(&holding.profile).await.unwrap();
    shop.app.forget_structure_apply(&shop.profile, None, last.id).await.unwrap();
    assert_eq!(shop.review().await.steps.len(), 1, "nothing is sent twice");
    let id = shop.applied().await;
    shop.staged(StructureEdit::TakeBack { applied: id }).await;
    shop.staged(StructureEdit::Drop { object: part("column", &made.table("orders"), "note") }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
    shop.app.disconnect(&shop.profile).await.unwrap();
    made.remove().await;
}

#[tokio::test]
async fn killed_in_an_index_that_is_built_concurrently_its_drop_is_offered() {
    let variable = "ROWHOUSE_TEST_POSTGRES_18_URL";
    let Some(made) = Made::on(variable, TABLES).await else { return };
    let before = made.shop.defined().await;
    let target = made.target(variable);
    let holding = shop_at(&target, Safety::Free).await;
    run(&holding, "BEGIN; INSERT INTO people VALUES (9, 'Ada')").await;
    let people = made.table("people");
    let edits =
        vec![add(&made.table("orders"), column("note", "varchar(20)")), index(&people, "people_by_name", &["name"])];
    let online = vec![ObjectRef { kind: "index".to_owned(), name: "people_by_name".to_owned(), ..people.clone() }];
    let shop = killed(&made, &target, edits, online.clone(), 1).await;
    // The server goes on building for a client that is gone, until it hears of that.
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' \
         AND query LIKE 'CREATE INDEX CONCURRENTLY%'",
        made.name
    );
    run(&made.shop, &end).await;
    holding.app.disconnect(&holding.profile).await.unwrap();
    let draft = shop.draft().await;
    let last = draft.last.clone().unwrap();
    assert_eq!((last.state, told(&last)), (StructureFate::Partly, vec![Some(true), Some(false)]), "{last:#?}");
    assert_eq!(last.leftover.as_deref(), Some("DROP INDEX CONCURRENTLY IF EXISTS public.people_by_name"));
    assert_eq!(labels(&draft), ["Add index people_by_name of people"]);
    assert!(draft.groups[0].conflicts.is_empty(), "{:?}", draft.groups);
    let review = shop.app.review_structure(&shop.profile, None, online.clone()).await.unwrap();
    assert!(review.warnings.iter().any(|text| text.contains("people_by_name: its building")), "{:?}", review.warnings);
    run(&shop, &last.leftover.unwrap()).await;
    let review = shop.app.review_structure(&shop.profile, None, online.clone()).await.unwrap();
    assert_eq!((review.steps.len(), review.refusal.clone()), (1, None), "nothing is sent twice");
    let applied = shop.app.apply_structure(&shop.profile, None, &review.digest, online, 5_000, None).await.unwrap();
    let StructureApplied::Applied { id, .. } = applied else { panic!("{applied:#?}") };
    shop.staged(StructureEdit::TakeBack { applied: id }).await;
    shop.staged(StructureEdit::Drop { object: part("column", &made.table("orders"), "note") }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
    shop.app.disconnect(&shop.profile).await.unwrap();
    made.remove().await;
}
