#![allow(clippy::unwrap_used, clippy::panic)]

use std::{fs, path::PathBuf};

use crate::{
    App, Face,
    api::*,
    connections::tests::{Shop, draft, until},
    testing::{self, Memory},
};

use super::*;

/// The files of one profile's catalogs.
fn files(home: &Path, profile: &str) -> Vec<PathBuf> {
    let Ok(all) = fs::read_dir(home.join("catalogs").join(profile)) else { return Vec::new() };
    all.map(|entry| entry.unwrap().path()).collect()
}

async fn labels(app: &App, profile: &str) -> Vec<String> {
    let root = app.tree(profile, None, 0, 100).await.unwrap();
    let tables = app.tree(profile, Some(&root.nodes[0].id), 0, 100).await.unwrap();
    tables.nodes.into_iter().map(|node| node.label).collect()
}

/// A shop that was opened once, whose file is gone now, in a new process.
async fn closed_down() -> (Arc<App>, Shop) {
    let shop = Shop::open().await;
    shop.app.connect(&shop.profile).await.unwrap();
    assert_eq!(labels(&shop.app, &shop.profile).await, ["customers", "orders"]);
    shop.app.close().await;
    let Shop { app, profile, home } = shop;
    drop(app);
    fs::rename(home.path().join("shop.db"), home.path().join("away.db")).unwrap();
    let again = testing::open_over(home.path(), Face::Window, Arc::new(Memory::default())).await;
    (Arc::clone(&again), Shop { app: again, profile, home })
}

#[tokio::test]
async fn without_its_server_a_connection_shows_what_it_held_and_as_of_when() {
    let (app, shop) = closed_down().await;
    let before = app.connect(&shop.profile).await.unwrap_err();
    assert_eq!(before.code, ErrorCode::NotFound);
    let root = app.tree(&shop.profile, None, 0, 100).await.unwrap();
    assert!(root.as_of_ms.unwrap() > 0);
    assert_eq!(labels(&app, &shop.profile).await, ["customers", "orders"]);
    let hits = app.search_catalog(None, "custom", 10).await.unwrap();
    assert_eq!(hits[0].label, "customers");
    let page = app.relation(&shop.profile, &shop.table("orders")).await.unwrap();
    assert_eq!(page.columns.len(), 3);
    let unread = page.unread.unwrap();
    assert_eq!(unread, "This is what was kept of the last reading: triggers and definition texts were not read.");
    assert!(page.constraints.iter().any(|part| part.references.is_some() && part.columns == ["customer_id"]));
    let customers = app.relation(&shop.profile, &shop.table("customers")).await.unwrap();
    assert_eq!(customers.referenced_by.len(), 1);
    let request = CompletionRequest {
        profile_id: Some(shop.profile.clone()),
        driver: "sqlite".to_owned(),
        database: None,
        tab_id: None,
        text: "select * from cust".to_owned(),
        caret: 18,
        explicit: true,
    };
    let offered = app.complete(request).await.unwrap();
    assert!(offered.items.iter().any(|item| item.label == "customers"), "{offered:?}");
    let phase = app.connection_states().pop().unwrap().phase;
    assert!(matches!(phase, ConnectionPhase::Failed { .. }), "looking at it has not tried again");
}

#[tokio::test]
async fn what_was_kept_is_shown_at_once_and_replaced_by_what_the_server_says() {
    let (app, shop) = closed_down().await;
    let file = shop.home.path().join("shop.db");
    fs::rename(shop.home.path().join("away.db"), &file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("create table fresh (id integer)").unwrap();
    let root = app.tree(&shop.profile, None, 0, 100).await.unwrap();
    assert_eq!(root.nodes[0].detail.as_deref(), Some("2"), "as it was known");
    until(|| matches!(app.connection_states().first(), Some(state) if state.phase == ConnectionPhase::Open)).await;
    let main = app.live.find(&shop.profile).unwrap().main().unwrap();
    until(|| main.shelf.latest().is_some()).await;
    assert_eq!(labels(&app, &shop.profile).await, ["customers", "fresh", "orders"]);
}

#[tokio::test]
async fn another_place_another_format_and_a_damaged_file_count_as_none() {
    let (app, shop) = closed_down().await;
    let connected = || async { app.connected(&shop.profile).await.unwrap() };
    assert!(of(&*connected().await, None).await.is_some());
    let file = files(shop.home.path(), &shop.profile).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    for bytes in [&b"rowhouse catalog 0\n{}"[..], &whole[..whole.len() / 2], b"", b"\xff\xfe"] {
        fs::write(&file, bytes).unwrap();
        lock(&app.kept.read).clear();
        assert!(of(&*connected().await, None).await.is_none());
    }
    fs::write(&file, &whole).unwrap();
    assert!(of(&*connected().await, None).await.is_some());
    let moved = draft("Shop", &shop.home.path().join("elsewhere.db"), Safety::Free);
    app.save_profile(ProfileDraft { id: Some(shop.profile.clone()), ..moved }).await.unwrap();
    app.disconnect(&shop.profile).await.unwrap();
    assert!(of(&*connected().await, None).await.is_none(), "that was another file's");
}

#[tokio::test]
async fn of_a_database_in_memory_nothing_is_kept() {
    let shop = Shop::open().await;
    let private = draft("Private", Path::new(":memory:"), Safety::Free);
    let profile = shop.app.save_profile(private).await.unwrap().id;
    shop.app.connect(&profile).await.unwrap();
    shop.app.tree(&profile, None, 0, 100).await.unwrap();
    assert!(shop.app.live.find(&profile).unwrap().main().unwrap().shelf.kept.is_none());
    shop.app.kept.flush().await;
    assert!(files(shop.home.path(), &profile).is_empty());
}

#[tokio::test]
async fn only_their_owner_reads_kept_catalogs_and_they_go_with_their_connection() {
    let shop = Shop::open().await;
    shop.app.connect(&shop.profile).await.unwrap();
    shop.app.tree(&shop.profile, None, 0, 100).await.unwrap();
    shop.app.kept.flush().await;
    let [file] = files(shop.home.path(), &shop.profile).try_into().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
    assert!(text.contains("customers") && !text.contains("Grace"), "names, and no row");
    shop.app.remove_profile(&shop.profile).await.unwrap();
    assert!(files(shop.home.path(), &shop.profile).is_empty());
}
