#![allow(clippy::unwrap_used, clippy::panic)]
use std::{fs, sync::Arc};

use super::*;
use crate::{
    Face,
    api::{ParameterScope, ParameterValue, PasswordPolicy, ProfileDraft},
    testing::{self, Memory},
};

fn called(name: &str, folder: &str, tags: &[&str]) -> SavedDetails {
    SavedDetails {
        name: name.to_owned(),
        folder: folder.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..SavedDetails::default()
    }
}

async fn save(app: &App, name: &str, folder: &str, text: &str) -> SavedQuery {
    app.create_saved(called(name, folder, &[]), text.to_owned()).await.unwrap()
}

async fn found(app: &App, text: &str) -> Vec<String> {
    let filter = SavedFilter { text: text.to_owned(), ..SavedFilter::default() };
    let list = app.saved_queries(filter).await.unwrap();
    list.queries.iter().map(|head| place::path(&head.folder, &head.name)).collect()
}

async fn folders(app: &App) -> Vec<String> {
    app.saved_queries(SavedFilter::default()).await.unwrap().folders
}

#[tokio::test]
async fn two_processes_that_edit_one_query_do_not_overwrite_each_other() {
    let home = testing::home();
    let (one, other) =
        (testing::open(&home).await, testing::open_over(home.path(), Face::Cli, Arc::new(Memory::default())).await);
    let made = save(&one, "Orders", "Sales", "select 1").await;
    let here = one.saved_query(&made.head.id).await.unwrap();
    let there = other.saved_query(&made.head.id).await.unwrap();
    let kept = one.save_saved(&made.head.id, Some(here.head.version), "select 2".to_owned()).await.unwrap();
    assert_eq!(kept.head.version, 2);
    let refused = other.save_saved(&made.head.id, Some(there.head.version), "select 3".to_owned()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(other.saved_query(&made.head.id).await.unwrap().text, "select 2", "nothing was changed");
    // The same text is no conflict, and neither is a name.
    other.save_saved(&made.head.id, Some(1), "select 2".to_owned()).await.unwrap();
    other.change_saved(&made.head.id, called("Orders by day", "Sales", &["daily"])).await.unwrap();
    one.save_saved(&made.head.id, Some(2), "select 4".to_owned()).await.unwrap();
    // Told to, it replaces.
    let mine = other.save_saved(&made.head.id, None, "select 3".to_owned()).await.unwrap();
    assert_eq!((mine.head.version, mine.head.name.as_str(), mine.text.as_str()), (4, "Orders by day", "select 3"));
}

#[tokio::test]
async fn many_writers_at_once_lose_nothing_unseen() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let made = save(&app, "n", "", "0").await;
    let writes = (1..=20).map(|number| {
        let (app, id) = (Arc::clone(&app), made.head.id.clone());
        tokio::spawn(async move { app.save_saved(&id, Some(1), number.to_string()).await })
    });
    let mut kept = 0;
    for write in writes {
        match write.await.unwrap() {
            Ok(_) => kept += 1,
            Err(error) => assert_eq!(error.code, ErrorCode::Conflict),
        }
    }
    assert_eq!(kept, 1, "one of them edited the text that was there");
}

#[tokio::test]
async fn a_query_is_found_by_any_of_its_words_and_odd_ones_are_only_words() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let made =
        app.create_saved(called("Größe", "Sales/By day", &["täglich", "x y"]), "select a%b, \"q\" from orders".into());
    let id = made.await.unwrap().head.id;
    let long = format!("select '{}' as needle_at_the_end", "x".repeat(30_000));
    save(&app, "Long", "", &long).await;
    for words in ["größe", "sales", "TÄGLICH", "orders by", "a%b", "\"q\"", "ord größ day"] {
        assert_eq!(found(&app, words).await, ["Sales/By day/Größe"], "{words}");
    }
    assert_eq!(found(&app, "needle_at_the_end").await, ["Long"]);
    assert_eq!(found(&app, "").await.len(), 2);
    for strange in
        ["\"", "\"\"\"", "AND OR NOT", "a* NEAR(b)", "\\", "';--", "\u{0}\u{1}abc", "name:x", "%", "_", "-", "^abc"]
    {
        found(&app, strange).await;
    }
    assert!(found(&app, "name:größe").await.is_empty(), "a column's name is a word like any other");
    // The index follows what changes.
    app.save_saved(&id, None, "select total".to_owned()).await.unwrap();
    app.change_saved(&id, called("Renamed", "", &[])).await.unwrap();
    assert!(found(&app, "orders").await.is_empty() && found(&app, "größe").await.is_empty());
    assert_eq!(found(&app, "total renamed").await, ["Renamed"]);
    app.remove_saved(&[id]).await.unwrap();
    assert!(found(&app, "total").await.is_empty());
}

#[tokio::test]
async fn folders_and_tags_narrow_the_list() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for (name, folder, tags) in [("a", "Ärger", &["x", "y"][..]), ("b", "ärger/tief", &["X"]), ("c", "Ärgerlich", &[])]
    {
        app.create_saved(called(name, folder, tags), String::new()).await.unwrap();
    }
    let names = async |folder: Option<&str>, tags: &[&str]| {
        let filter = SavedFilter {
            text: String::new(),
            folder: folder.map(str::to_owned),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let list = app.saved_queries(filter).await.unwrap();
        assert_eq!(list.total, 3);
        list.queries.into_iter().map(|head| head.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Some("ÄRGER"), &[]).await, ["a", "b"]);
    assert_eq!(names(Some(""), &[]).await.len(), 3);
    assert_eq!(names(None, &["x"]).await, ["a", "b"]);
    assert_eq!(names(None, &["x", "Y"]).await, ["a"]);
    let list = app.saved_queries(SavedFilter::default()).await.unwrap();
    assert_eq!(list.folders, ["Ärger", "ärger/tief", "Ärgerlich"]);
    assert_eq!(list.tags.iter().map(|tag| (tag.name.as_str(), tag.count)).collect::<Vec<_>>(), [("x", 2), ("y", 1)]);
}

#[tokio::test]
async fn a_folder_has_a_name_once_and_a_query_is_found_by_its_path() {
    let home = testing::home();
    let app = testing::open(&home).await;
    save(&app, "Orders", "Sales", "1").await;
    save(&app, "Orders", "", "2").await;
    save(&app, "Only", "deep/er", "3").await;
    let taken = app.create_saved(called("ORDERS", "sales", &[]), String::new()).await.unwrap_err();
    assert_eq!(taken.code, ErrorCode::AlreadyExists);
    assert_eq!(app.saved_named("sales/orders").await.unwrap().text, "1");
    assert_eq!(app.saved_named("orders").await.unwrap().text, "2", "the whole path comes first");
    assert_eq!(app.saved_named("only").await.unwrap().text, "3");
    save(&app, "only", "other", "4").await;
    let several = app.saved_named("only").await.unwrap_err();
    assert_eq!(several.code, ErrorCode::Conflict);
    assert_eq!(several.hint.as_deref(), Some("Say which: deep/er/Only, other/only."));
    assert_eq!(app.saved_named("nothing").await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_folder_moves_with_everything_in_it_and_comes_back_when_deleted() {
    let home = testing::home();
    let app = testing::open(&home).await;
    save(&app, "a", "Old/deep", "1").await;
    save(&app, "b", "Old", "2").await;
    save(&app, "c", "Older", "3").await;
    app.create_saved_folder("Old/empty").await.unwrap();
    assert_eq!(app.create_saved_folder("old").await.unwrap_err().code, ErrorCode::AlreadyExists);
    assert_eq!(app.move_saved_folder("Old", "Old/deep/x").await.unwrap_err().code, ErrorCode::InvalidStatement);
    assert_eq!(app.move_saved_folder("Old", "older").await.unwrap_err().code, ErrorCode::AlreadyExists);
    app.move_saved_folder("old", "Neu/Ort").await.unwrap();
    assert_eq!(found(&app, "").await, ["Neu/Ort/b", "Neu/Ort/deep/a", "Older/c"]);
    assert_eq!(folders(&app).await, ["Neu", "Neu/Ort", "Neu/Ort/deep", "Neu/Ort/empty", "Older"]);
    app.move_saved_folder("Neu/Ort", "Neu/ORT").await.unwrap();
    assert_eq!(found(&app, "").await[0], "Neu/ORT/b");
    let removal = app.remove_saved_folder("neu").await.unwrap();
    assert_eq!((removal.ids.len(), found(&app, "").await), (2, vec!["Older/c".to_owned()]));
    save(&app, "b", "Neu/ORT", "taken meanwhile").await;
    app.restore_saved(removal).await.unwrap();
    assert_eq!(found(&app, "").await, ["Neu/ORT/b", "Neu/ORT/b (2)", "Neu/ORT/deep/a", "Older/c"]);
    assert!(folders(&app).await.contains(&"Neu/ORT/empty".to_owned()));
}

#[tokio::test]
async fn files_go_to_a_repository_and_back_without_overwriting_anybody() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let place = tempfile::tempdir().unwrap();
    let sample = app.open_sample().await.unwrap();
    let details = SavedDetails { profile_id: Some(sample.id.clone()), ..called("A: b?", "Sales/By day", &["x", "y"]) };
    let made = app.create_saved(details, "select 1;".to_owned()).await.unwrap();
    save(&app, "A_ b_", "Sales/By day", "select 'twin'").await;
    save(&app, "top", "", "select 2\n").await;
    let done = app.export_saved(None, place.path()).await.unwrap();
    assert_eq!((done.written, done.unchanged), (3, 0));
    assert_eq!(app.export_saved(None, place.path()).await.unwrap().written, 0, "the same again changes no file");
    let file = place.path().join("Sales/By day/A_ b_.sql");
    let header = format!(
        "-- rowhouse: saved query\n-- name: A: b?\n-- tags: x, y\n-- engine: sqlite\n-- connection: {}\n\nselect 1;\n",
        sample.name
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), header);

    // A colleague's store.
    let elsewhere = testing::home();
    let colleague = testing::open(&elsewhere).await;
    fs::write(place.path().join("plain.SQL"), "\u{feff}-- name: get :one\r\nselect 3\r\n").unwrap();
    fs::write(place.path().join("latin.sql"), b"select '\xe9'").unwrap();
    fs::create_dir(place.path().join(".git")).unwrap();
    fs::write(place.path().join(".git/hidden.sql"), "select 'no'").unwrap();
    let read = colleague.import_saved(place.path(), Some("Team".into()), false).await.unwrap();
    assert_eq!(read.added, ["Team/Sales/By day/A_ b_", "Team/Sales/By day/A: b?", "Team/plain", "Team/top"]);
    assert_eq!(read.skipped.len(), 1);
    assert_eq!(
        (read.skipped[0].path.as_str(), read.skipped[0].reason.as_str()),
        ("latin.sql", "It is not UTF-8 text.")
    );
    let came = colleague.saved_named("Team/Sales/By day/A: b?").await.unwrap();
    assert_eq!((came.head.tags, came.head.driver.as_deref()), (vec!["x".to_owned(), "y".to_owned()], Some("sqlite")));
    assert!(came.head.profile_id.is_some(), "the sample is everywhere");
    assert_eq!(colleague.saved_named("Team/plain").await.unwrap().text, "-- name: get :one\nselect 3\n");

    // What differs is left alone unless that is said.
    app.save_saved(&made.head.id, None, "select 'mine'".to_owned()).await.unwrap();
    let again = app.import_saved(place.path(), None, false).await.unwrap();
    assert_eq!(
        (again.differing, again.unchanged, again.added),
        (vec!["Sales/By day/A: b?".to_owned()], 2, vec!["plain".to_owned()])
    );
    assert_eq!(app.saved_query(&made.head.id).await.unwrap().text, "select 'mine'");
    let replaced = app.import_saved(place.path(), None, true).await.unwrap();
    assert_eq!(replaced.updated, ["Sales/By day/A: b?"]);
    let now = app.saved_query(&made.head.id).await.unwrap();
    assert_eq!((now.text.as_str(), now.head.version), ("select 1;\n", 3), "an open tab learns of it");
    assert_eq!(app.import_saved(&place.path().join("no"), None, false).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(app.import_saved(&file, None, false).await.unwrap_err().code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn parameters_are_remembered_across_a_restart_but_no_secrets() {
    let home = testing::home();
    let scope = |saved: Option<&str>, tab: &str, text: &str| ParameterScope {
        profile_id: None,
        saved_id: saved.map(str::to_owned),
        tab_id: Some(tab.to_owned()),
        driver: "postgres".to_owned(),
        text: text.to_owned(),
    };
    let given =
        |name: &str, value: Option<&str>| ParameterValue { name: name.to_owned(), value: value.map(str::to_owned) };
    let text = "select * from orders where id = $1 and note is not distinct from $2";
    let app = testing::open(&home).await;
    app.remember_parameters(scope(Some("q"), "t1", text), vec![given("1", Some("42")), given("2", None)])
        .await
        .unwrap();
    app.remember_parameters(
        scope(None, "t2", "select :id, :api_token"),
        vec![given("id", Some("7")), given("api_token", Some("s3cret"))],
    )
    .await
    .unwrap();
    app.remember_parameters(
        scope(None, "t3", "update users set password = $1 where id = $2"),
        vec![given("1", Some("hunter2")), given("2", Some("9"))],
    )
    .await
    .unwrap();
    app.close().await;
    drop(app);
    let app = testing::open(&home).await;
    let known = async |scope| app.remembered_parameters(scope).await.unwrap();
    let both = vec![given("1", Some("42")), given("2", None)];
    assert_eq!(known(scope(Some("q"), "other", "another text $1 $2")).await, both, "by the saved query");
    assert_eq!(known(scope(None, "t1", "another text $1 $2")).await, both, "by the tab");
    assert_eq!(known(scope(None, "new", &text.replace(' ', "\n  "))).await, both, "by the text, laid out anew");
    assert_eq!(known(scope(None, "t2", "x")).await, [given("id", Some("7"))]);
    assert_eq!(known(scope(None, "t3", "x")).await, []);
    // Nothing of a connection that is not recorded, and nothing once the history is forgotten.
    let draft = ProfileDraft {
        name: "off".to_owned(),
        driver: "sqlite".to_owned(),
        values: [("file".to_owned(), "/tmp/off.db".to_owned())].into(),
        password_policy: PasswordPolicy::None,
        recorded: Some(false),
        ..ProfileDraft::default()
    };
    let off = app.save_profile(draft).await.unwrap().id;
    let hidden = ParameterScope { profile_id: Some(off), ..scope(None, "t4", "select :id") };
    app.remember_parameters(hidden.clone(), vec![given("id", Some("1"))]).await.unwrap();
    assert_eq!(known(hidden).await, []);
    let bytes = fs::read(home.path().join("rowhouse.db")).unwrap();
    let wal = fs::read(home.path().join("rowhouse.db-wal")).unwrap_or_default();
    for secret in [b"s3cret".as_slice(), b"hunter2"] {
        assert!(![&bytes, &wal].iter().any(|file| file.windows(secret.len()).any(|part| part == secret)));
    }
    app.forget_history(None).await.unwrap();
    assert_eq!(known(scope(Some("q"), "t1", text)).await, []);
}

#[tokio::test]
async fn what_was_deleted_long_ago_is_forgotten_and_what_was_deleted_now_is_not() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let (old, fresh) = (save(&app, "old", "", "1").await.head.id, save(&app, "fresh", "", "2").await.head.id);
    app.remove_saved(&[old.clone(), fresh.clone()]).await.unwrap();
    let mut change = app.store.write().await.unwrap();
    sqlx::query("UPDATE saved_queries SET removed_ms = removed_ms - ? WHERE id = ?")
        .bind(KEPT_MS + 1_000)
        .bind(&old)
        .execute(&mut *change)
        .await
        .unwrap();
    change.commit().await.unwrap();
    app.forget_removed_saved().await.unwrap();
    app.restore_saved(SavedRemoval { ids: vec![old, fresh.clone()], folders: Vec::new() }).await.unwrap();
    assert_eq!(found(&app, "").await, ["fresh"]);
    assert_eq!(app.saved_query(&fresh).await.unwrap().text, "2");
}
