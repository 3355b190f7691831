#![allow(clippy::unwrap_used, clippy::panic)]
use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    sync::Arc,
};

use super::*;
use crate::{
    api::{TabKind, TextEdit, TextRange},
    testing::{self, Dice},
};

fn tab(id: &str, position: u32) -> TabRecord {
    TabRecord {
        id: id.to_owned(),
        kind: TabKind::Query,
        position,
        title: format!("Query {id}"),
        profile_id: Some("sample".to_owned()),
        database: None,
        object: None,
        path: None,
        stamp: None,
        saved: None,
        dirty: false,
        crlf: false,
        view: r#"{"caret":3}"#.to_owned(),
    }
}

fn edit(from: u32, to: u32, insert: &str) -> TextEdit {
    TextEdit { range: TextRange { from, to }, insert: insert.to_owned() }
}

fn entry(tab_id: &str, sequence: u32, edits: Vec<TextEdit>) -> JournalEntry {
    JournalEntry { tab_id: tab_id.to_owned(), sequence, edits, text: None }
}

fn whole(tab_id: &str, sequence: u32, text: &str) -> JournalEntry {
    JournalEntry { tab_id: tab_id.to_owned(), sequence, edits: Vec::new(), text: Some(text.to_owned()) }
}

async fn texts(app: &App, window: &str) -> Vec<(String, String, u32)> {
    let tabs = app.workspace(window).await.unwrap().tabs;
    tabs.into_iter().map(|tab| (tab.tab.id, tab.text, tab.sequence)).collect()
}

/// As a page's text does it.
fn apply(text: &mut Vec<u16>, edits: &[TextEdit]) {
    for edit in edits.iter().rev() {
        text.splice(edit.range.from as usize..edit.range.to as usize, edit.insert.encode_utf16());
    }
}

fn some_edits(dice: &mut Dice, units: usize) -> Vec<TextEdit> {
    const PIECES: [&str; 8] = ["", "a", "select * from x;\n", "é", "🚀🚀", "\r\n", "\0", "שלום"];
    let mut from = 0;
    let mut edits = Vec::new();
    for _ in 0..=dice.below(3) {
        from += dice.below(units - from + 1);
        let to = from + dice.below((units - from).min(12) + 1);
        edits.push(edit(from as u32, to as u32, PIECES[dice.below(PIECES.len())]));
        from = to;
    }
    edits
}

#[tokio::test]
async fn whatever_was_typed_the_text_that_comes_back_is_the_one_on_screen() {
    for seed in 0..6 {
        let home = testing::home();
        let mut dice = Dice::new(seed);
        let mut app = testing::open(&home).await;
        let mut shown: Vec<u16> = "begin 🚀".encode_utf16().collect();
        app.keep_tabs("main-1", vec![tab("t", 0)], None, None).await.unwrap();
        assert_eq!(app.journal(whole("t", 4, "begin 🚀")).await.unwrap(), Journaled::Kept);
        let mut sequence = 4;
        for step in 0..900 {
            let edits = some_edits(&mut dice, shown.len());
            apply(&mut shown, &edits);
            sequence += 1;
            assert_eq!(app.journal(entry("t", sequence, edits)).await.unwrap(), Journaled::Kept, "step {step}");
            if step % 250 == 249 {
                drop(app);
                app = testing::open(&home).await;
            }
        }
        let expected = vec![("t".to_owned(), String::from_utf16_lossy(&shown), sequence)];
        assert_eq!(texts(&app, "main-1").await, expected, "seed {seed}");
    }
}

#[tokio::test]
async fn half_a_character_that_is_made_whole_again_was_never_broken() {
    let home = testing::home();
    let app = testing::open(&home).await;
    app.keep_tabs("main-1", vec![tab("t", 0)], None, None).await.unwrap();
    app.journal(whole("t", 1, "🚀")).await.unwrap();
    app.journal(entry("t", 2, vec![edit(1, 1, "x")])).await.unwrap();
    // Long enough for the edits to be folded meanwhile, if that were possible.
    for sequence in 3..1_200 {
        app.journal(entry("t", sequence, vec![edit(0, 0, "y")])).await.unwrap();
    }
    app.journal(entry("t", 1_200, vec![edit(0, 1_197, ""), edit(1_198, 1_199, "")])).await.unwrap();
    assert_eq!(texts(&app, "main-1").await[0].1, "🚀");
    let edits: i64 = sqlx::query_scalar("SELECT count(*) FROM text_edits").fetch_one(app.store.read()).await.unwrap();
    assert!(edits > 400);
}

#[tokio::test]
async fn what_does_not_fit_is_asked_for_again_and_changes_nothing() {
    let home = testing::home();
    let app = testing::open(&home).await;
    app.keep_tabs("main-1", vec![tab("t", 0)], None, None).await.unwrap();
    let typed = entry("t", 1, vec![edit(0, 0, "abc")]);
    assert_eq!(app.journal(typed.clone()).await.unwrap(), Journaled::Kept, "a new tab is empty");
    assert_eq!(app.journal(typed).await.unwrap(), Journaled::Kept, "sent again, kept once");
    for wrong in [
        entry("t", 1, vec![edit(0, 0, "other")]),
        entry("t", 0, vec![]),
        entry("t", 3, vec![edit(0, 0, "gap")]),
        entry("t", 2, vec![edit(2, 4, "past the end")]),
        entry("t", 2, vec![edit(2, 1, "backwards")]),
        entry("t", 2, vec![edit(0, 2, "x"), edit(1, 3, "overlap")]),
        entry("unknown", 7, vec![edit(0, 0, "x")]),
    ] {
        assert_eq!(app.journal(wrong.clone()).await.unwrap(), Journaled::Resend, "{wrong:?}");
    }
    assert_eq!(app.journal(entry("t", 2, vec![edit(3, 3, "d")])).await.unwrap(), Journaled::Kept);
    assert_eq!(texts(&app, "main-1").await, [("t".to_owned(), "abcd".to_owned(), 2)]);
    assert_eq!(app.journal(whole("t", 9, "anew")).await.unwrap(), Journaled::Kept);
    assert_eq!(texts(&app, "main-1").await, [("t".to_owned(), "anew".to_owned(), 9)]);
}

#[tokio::test]
async fn a_script_of_5_mb_takes_edits_as_a_small_one_does() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let script = "insert into t values (1, 'é🚀');\n".repeat(150_000);
    app.keep_tabs("main-1", vec![tab("t", 0)], Some("t".to_owned()), None).await.unwrap();
    app.journal(whole("t", 1, &script)).await.unwrap();
    let mut shown: Vec<u16> = script.encode_utf16().collect();
    for sequence in 2..1_000 {
        let place = shown.len() / 2 + sequence as usize;
        let edits = vec![edit(place as u32, place as u32, "x")];
        apply(&mut shown, &edits);
        assert_eq!(app.journal(entry("t", sequence, edits)).await.unwrap(), Journaled::Kept);
    }
    drop(app);
    let app = testing::open(&home).await;
    assert_eq!(texts(&app, "main-1").await[0].1, String::from_utf16_lossy(&shown));
    assert_eq!(app.workspace("main-1").await.unwrap().active.as_deref(), Some("t"));
}

#[tokio::test]
async fn tabs_of_windows_that_are_gone_and_texts_without_a_tab_come_to_the_first_window() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for (window, ids) in [("main-1", ["a", "b"]), ("main-2", ["c", "d"])] {
        app.workspace(window).await.unwrap();
        let tabs = ids.iter().zip(0..).map(|(id, position)| tab(id, position)).collect();
        app.keep_tabs(window, tabs, Some(ids[1].to_owned()), None).await.unwrap();
        app.journal(whole(ids[0], 1, ids[0])).await.unwrap();
    }
    app.close_tab("d").await.unwrap();
    app.journal(whole("typed at once", 1, "never listed")).await.unwrap();
    drop(app);
    let app = testing::open(&home).await;
    let workspace = app.workspace("main-1").await.unwrap();
    let ids: Vec<&str> = workspace.tabs.iter().map(|tab| tab.tab.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "typed at once"]);
    assert_eq!(workspace.active.as_deref(), Some("b"));
    assert_eq!(workspace.tabs[3].text, "never listed");
    assert_eq!(workspace.tabs[3].tab.title, "Recovered text");
    assert!(app.workspace("main-2").await.unwrap().tabs.is_empty(), "they have moved");
    assert_eq!(app.reopen_tab("main-1").await.unwrap().unwrap().tab.id, "d");
    // A window that is opened while another types takes nothing from it.
    app.journal(whole("new", 1, "typing")).await.unwrap();
    assert!(app.workspace("main-3").await.unwrap().tabs.is_empty());
}

#[tokio::test]
async fn closed_tabs_come_back_last_first_with_their_text() {
    let home = testing::home();
    let app = testing::open(&home).await;
    app.workspace("main-1").await.unwrap();
    let tabs: Vec<_> = (0..4).map(|number| tab(&number.to_string(), number)).collect();
    app.keep_tabs("main-1", tabs.clone(), None, None).await.unwrap();
    for number in 0..4 {
        app.journal(whole(&number.to_string(), 1, &format!("text {number}"))).await.unwrap();
    }
    app.close_tab("1").await.unwrap();
    app.close_tab("3").await.unwrap();
    // A list that does not name a tab closes it, too.
    app.keep_tabs("main-1", vec![tabs[0].clone()], None, None).await.unwrap();
    app.close_tab("nobody's").await.unwrap();
    assert_eq!(texts(&app, "main-1").await.len(), 1);
    for expected in ["2", "3", "1"] {
        let tab = app.reopen_tab("main-1").await.unwrap().unwrap();
        assert_eq!((tab.tab.id.as_str(), tab.text), (expected, format!("text {expected}")));
    }
    assert!(app.reopen_tab("main-1").await.unwrap().is_none());
    assert_eq!(texts(&app, "main-1").await.len(), 4);
}

#[tokio::test]
async fn places_and_forms_come_back_until_they_are_closed_and_are_never_reopened() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let place = |id: &str, position, kind| TabRecord { kind, profile_id: None, crlf: true, ..tab(id, position) };
    let tabs = vec![place("home-x", 0, TabKind::Home), place("f", 1, TabKind::Connection), tab("a", 2)];
    app.workspace("main-1").await.unwrap();
    app.keep_tabs("main-1", tabs.clone(), Some("f".to_owned()), None).await.unwrap();
    let kept = app.workspace("main-1").await.unwrap();
    assert_eq!(kept.active.as_deref(), Some("f"));
    assert_eq!(kept.tabs.into_iter().map(|tab| tab.tab).collect::<Vec<_>>(), tabs);
    app.keep_tabs("main-1", Vec::new(), None, None).await.unwrap();
    assert_eq!(app.reopen_tab("main-1").await.unwrap().unwrap().tab.id, "a");
    assert!(app.reopen_tab("main-1").await.unwrap().is_none());
}

#[tokio::test]
async fn a_window_that_never_saw_its_tabs_cannot_close_them() {
    let home = testing::home();
    let app = testing::open(&home).await;
    app.workspace("main-1").await.unwrap();
    app.keep_tabs("main-1", vec![tab("a", 0)], None, None).await.unwrap();
    drop(app);
    let app = testing::open(&home).await;
    app.keep_tabs("main-1", vec![], None, None).await.unwrap();
    assert_eq!(texts(&app, "main-1").await.len(), 1);
}

/// Types without end and tells each number after it was kept.
#[ignore = "run as a child by the test below"]
#[tokio::test]
async fn typing_child() {
    use std::io::Write as _;
    let Some(home) = testing::given_home() else { return };
    let app = testing::open_over(&home, Face::Window, Arc::new(testing::Memory::default())).await;
    app.workspace("main-1").await.unwrap();
    app.keep_tabs("main-1", vec![tab("t", 0)], None, None).await.unwrap();
    for sequence in 1.. {
        let insert = format!("{sequence}\n");
        let end = app.documents.journals.lock().await.units("t");
        let kept = app.journal(entry("t", sequence, vec![edit(end, end, &insert)])).await.unwrap();
        assert_eq!(kept, Journaled::Kept);
        writeln!(std::io::stdout(), "kept {sequence}").unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    for round in [30, 431, 900] {
        let home = testing::home();
        let mut child = testing::child("documents::tests::typing_child", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut acknowledged = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((_, number)) = line.split_once("kept ") else { continue };
            acknowledged = number.parse().unwrap();
            if acknowledged == round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged >= round);
        let app = testing::open(&home).await;
        let (_, text, sequence) = texts(&app, "main-1").await.remove(0);
        assert!(sequence == acknowledged || sequence == acknowledged + 1, "{sequence} after {acknowledged}");
        let expected: String = (1..=sequence).map(|number| format!("{number}\n")).collect();
        assert_eq!(text, expected);
    }
}
