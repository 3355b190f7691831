//! Batches, which a line of their own ends, with how often they are sent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use driver::fake::{FakeDriver, repeat};

use super::*;
use crate::{
    Face, Parts,
    keychain::Keychain,
    registry::Registry,
    testing::{self, Memory},
};

#[tokio::test]
async fn a_batch_is_sent_as_often_as_is_said() {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&sent);
    let driver = FakeDriver::builder("1").dialect(sql::dialect::tsql()).otherwise(move |statement, _| {
        seen.lock().unwrap().push(statement.text.trim().to_owned());
        repeat(Some(1), 1)
    });
    let home = testing::home();
    let parts = Parts {
        keychain: Keychain::over(Arc::new(Memory::default())),
        registry: Registry::of(vec![Arc::new(driver.build())]),
    };
    let app = testing::open_parts(home.path(), Face::Window, parts).await;
    let draft = ProfileDraft {
        name: "batches".to_owned(),
        driver: "fake".to_owned(),
        values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
        password_policy: PasswordPolicy::None,
        environment: Environment::Local,
        safety: Safety::Free,
        ..ProfileDraft::default()
    };
    let profile = app.save_profile(draft).await.unwrap().id;
    app.connect(&profile).await.unwrap();
    let request = RunRequest {
        tab_id: "tab".to_owned(),
        profile_id: profile,
        database: None,
        text: "select 1\nGO 3\nselect 2\nGO 0\nselect 3".to_owned(),
        parameters: Vec::new(),
        go_on: false,
        manual_transactions: false,
        confirmed: None,
        actor: None,
    };
    let (sender, mut events) = mpsc::unbounded_channel();
    assert!(app.run(request, sender).await.unwrap().started().is_some());
    let events = to_the_end(&mut events).await;
    assert_eq!(*sent.lock().unwrap(), ["select 1", "select 1", "select 1", "select 3"]);
    let ends: Vec<bool> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::StatementDone { outcome, .. } => Some(matches!(outcome, StatementOutcome::Completed { .. })),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [true, false, true], "one end for each batch, and the one that is not sent is left out");
}
