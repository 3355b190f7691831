//! The program is killed in the midst of a migration, on real servers: what is there is told.

use std::{
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use super::*;
use crate::{App, Face, connections::tests::draft, testing::Memory};

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
async fn migrating_child() {
    let Some(home) = testing::given_home() else { return };
    let (app, profile) = started(&home, &std::env::var("ROWHOUSE_TEST_TARGET").unwrap()).await;
    let folder = std::env::var("ROWHOUSE_TEST_FOLDER").unwrap();
    let status = app.migrations_status(&profile, None, Some(&folder)).await.unwrap();
    let request = MigrationRequest {
        folder,
        direction: MigrationDirection::Up,
        to: None,
        lock_timeout_ms: 5_000,
        digest: status.digest,
    };
    let told = app.migrations_run(&profile, None, &request, None).await;
    panic!("it was to be killed on its way: {told:#?}");
}

/// How far the set came that is sent, as the file says that outlasts the program.
fn sent(home: &Path, own: &str) -> bool {
    let file = rusqlite::Connection::open(home.join("rowhouse.db")).unwrap();
    let query = "SELECT (began IS NULL AND json_extract(postcondition, '$.together')) \
                 OR json_extract(steps, '$[' || began || ']') = ?1 FROM change_sets WHERE state = 'sent' ORDER BY id DESC LIMIT 1";
    file.query_row(query, [own], |row| row.get::<_, Option<bool>>(0)).ok().flatten().unwrap_or(false)
}

/// Kills the program that applies the folder while its second statement runs.
async fn killed(engine: &'static str, second: &str) -> Option<(Made, String)> {
    let made = Made::on(engine).await?;
    made.file("1_slow.sql", &format!("create table m_a (id int);\n{second};\ncreate table m_b (id int);"));
    let mut url = url::Url::parse(&address(engine).unwrap()).unwrap();
    url.set_path(&made.admin.as_ref().unwrap().1);
    let home = testing::home();
    let mut child = testing::child("migrations::tests::killed::migrating_child", home.path())
        .env("ROWHOUSE_TEST_TARGET", url.as_str())
        .env("ROWHOUSE_TEST_FOLDER", made.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while !(home.path().join("rowhouse.db").exists() && sent(home.path(), second)) {
        assert!(since.elapsed() < Duration::from_secs(60), "the second statement was never begun");
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A moment to arrive.
    tokio::time::sleep(Duration::from_millis(500)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let (app, profile) = started(home.path(), url.as_str()).await;
    let status = app.migrations_status(&profile, None, Some(&made.path())).await.unwrap();
    Some((made, format!("{:?}", status.rows[0].state)))
}

#[tokio::test]
async fn nothing_is_kept_of_one_that_is_a_transaction() {
    let Some((made, state)) = killed(POSTGRES, "select pg_sleep(20)").await else { return };
    assert_eq!(state, "Pending");
    assert!(!made.has("m_a").await);
    made.remove().await;
}

#[tokio::test]
async fn what_is_kept_of_one_that_is_none_is_told() {
    let Some((made, state)) = killed(MARIADB, "do sleep(20)").await else { return };
    assert_eq!(state, "Failed { kept: Some(1), of: Some(3), uncertain: true }");
    assert!(made.has("m_a").await);
    made.remove().await;
}
