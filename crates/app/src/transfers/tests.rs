#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use tokio::sync::mpsc;

use crate::{
    api::*,
    connections::tests::Shop,
    runs::tests::{heads, play, script},
};

async fn ended(events: &mut mpsc::UnboundedReceiver<TransferEvent>) -> TransferEvent {
    loop {
        let event = tokio::time::timeout(Duration::from_secs(90), events.recv()).await.unwrap().unwrap();
        if !matches!(event, TransferEvent::Progress { .. }) {
            return event;
        }
    }
}

fn request(shop: &Shop, hold: &str, rows: ExportRows, format: FileFormat, name: &str) -> ExportRequest {
    ExportRequest {
        hold_id: hold.to_owned(),
        rows,
        columns: vec![0],
        format,
        header: true,
        options: TextOptions::default(),
        path: shop.home.path().join(name).to_string_lossy().into_owned(),
    }
}

async fn export(shop: &Shop, request: ExportRequest) -> TransferEvent {
    let (sender, mut events) = mpsc::unbounded_channel();
    shop.app.export(request, sender).await.unwrap();
    ended(&mut events).await
}

const MANY: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 150000) select i from n";

/// A hold that ends at the cap; its server was let go.
async fn partial(shop: &Shop) -> String {
    let (sender, mut events) = mpsc::unbounded_channel();
    shop.app.run(script(shop, "t", MANY), sender).await.unwrap();
    let mut hold = String::new();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(60), events.recv()).await.unwrap().unwrap();
        match event {
            RunEvent::ResultSet { head, .. } => hold = head.hold_id,
            RunEvent::Progress { progress } if matches!(progress.state, HoldState::Paused { .. }) => break,
            _ => {}
        }
    }
    shop.app.hold_stop(&hold).await.unwrap();
    while let Some(event) = tokio::time::timeout(Duration::from_secs(60), events.recv()).await.unwrap() {
        if matches!(event, RunEvent::Finished { .. }) {
            break;
        }
    }
    hold
}

#[tokio::test]
async fn loaded_rows_that_are_not_all_say_so_and_the_whole_query_runs_again() {
    let shop = Shop::open().await;
    let hold = partial(&shop).await;
    let offer = shop.app.export_offer(&hold).await.unwrap();
    let partial = offer.partial.unwrap();
    assert_eq!((offer.rows, partial.as_str()), (100_000, "first 100,000 rows, not all"));
    assert_eq!((offer.no_whole, offer.statement.as_deref()), (None, Some(MANY)));
    let loaded = request(&shop, &hold, ExportRows::Loaded, FileFormat::Markdown, "loaded.md");
    let TransferEvent::Done { rows, notes, bytes, .. } = export(&shop, loaded.clone()).await else { panic!() };
    assert_eq!((rows, notes), (100_000, vec![format!("These are the {partial}.")]));
    let text = std::fs::read_to_string(&loaded.path).unwrap();
    assert!(text.contains(&partial) && text.len() as u64 == bytes);
    let whole = request(&shop, &hold, ExportRows::Whole, FileFormat::Csv, "whole.csv");
    let TransferEvent::Done { rows, notes, .. } = export(&shop, whole.clone()).await else { panic!() };
    assert_eq!((rows, notes.len()), (150_000, 0));
    assert_eq!(std::fs::read_to_string(&whole.path).unwrap().lines().count(), 150_001);
    let part = ExportRows::Selection { first_row: 10, rows: 2 };
    let part = request(&shop, &hold, part, FileFormat::Csv, "part.csv");
    assert!(matches!(export(&shop, part.clone()).await, TransferEvent::Done { rows: 2, .. }));
    assert_eq!(std::fs::read_to_string(&part.path).unwrap(), "i\n11\n12\n");
    let query = AuditQuery {
        text: String::new(),
        profile_id: None,
        kind: Some(AuditKind::Export),
        since_ms: None,
        until_ms: None,
        before: None,
        limit: 10,
    };
    let trail = shop.app.audit(query).await.unwrap();
    assert_eq!(trail.len(), 3, "{trail:?}");
    assert!(trail.iter().all(|line| line.outcome.as_deref() == Some("completed")), "{trail:?}");
}

#[tokio::test]
async fn an_export_that_is_stopped_or_fails_leaves_the_old_file_and_the_tab_usable() {
    let shop = Shop::open().await;
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";
    let (sender, mut running) = mpsc::unbounded_channel();
    shop.app.run(script(&shop, "t", endless), sender).await.unwrap();
    let hold = loop {
        let event = tokio::time::timeout(Duration::from_secs(60), running.recv()).await.unwrap().unwrap();
        if let RunEvent::Progress { progress } = event
            && matches!(progress.state, HoldState::Paused { .. })
        {
            break progress.hold_id;
        }
    };
    let whole = request(&shop, &hold, ExportRows::Whole, FileFormat::Csv, "endless.csv");
    std::fs::write(&whole.path, "old").unwrap();
    let (sender, mut events) = mpsc::unbounded_channel();
    let id = shop.app.export(whole.clone(), sender).await.unwrap();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(60), events.recv()).await.unwrap().unwrap();
        match event {
            TransferEvent::Progress { rows, .. } if rows > 0 => break,
            TransferEvent::Progress { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    shop.app.stop_transfer(&id).await.unwrap();
    assert_eq!(ended(&mut events).await, TransferEvent::Stopped);
    assert_eq!(std::fs::read_to_string(&whole.path).unwrap(), "old");
    let left = std::fs::read_dir(shop.home.path()).unwrap();
    assert!(left.filter_map(Result::ok).all(|entry| !entry.file_name().to_string_lossy().ends_with(".part")));
    let again = play(&shop, script(&shop, "t", "select 1 as one")).await;
    let hold = heads(&again)[0].hold_id.clone();
    let (sender, _events) = mpsc::unbounded_channel();
    let folder = ExportRequest {
        path: shop.home.path().join("no/such/folder.csv").to_string_lossy().into_owned(),
        ..request(&shop, &hold, ExportRows::Loaded, FileFormat::Csv, "x")
    };
    assert_eq!(shop.app.export(folder, sender.clone()).await.unwrap_err().code, ErrorCode::NotFound);
    let full = ExportRequest {
        path: "/dev/full".to_owned(),
        ..request(&shop, &hold, ExportRows::Loaded, FileFormat::Csv, "x")
    };
    assert!(shop.app.export(full, sender.clone()).await.is_err(), "a device is no place for a file");
    let update = request(&shop, &hold, ExportRows::Loaded, FileFormat::SqlUpdate, "x.sql");
    assert_eq!(shop.app.export(update, sender).await.unwrap_err().code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn a_statement_that_writes_does_not_run_again_for_its_rows() {
    let shop = Shop::open().await;
    let events = play(&shop, script(&shop, "t", "insert into customers (name) values ('New') returning id")).await;
    let hold = heads(&events)[0].hold_id.clone();
    let offer = shop.app.export_offer(&hold).await.unwrap();
    assert!(offer.no_whole.is_some_and(|why| why.contains("more than read")));
    let (sender, _events) = mpsc::unbounded_channel();
    let whole = request(&shop, &hold, ExportRows::Whole, FileFormat::Csv, "x.csv");
    assert_eq!(shop.app.export(whole, sender).await.unwrap_err().code, ErrorCode::Unsupported);
}

fn table(name: &str) -> ObjectRef {
    ObjectRef { database: None, schema: None, kind: "relation".to_owned(), name: name.to_owned(), signature: None }
}

fn import(shop: &Shop, file: &str, text: &str) -> FileImport {
    let path = shop.home.path().join(file);
    std::fs::write(&path, text).unwrap();
    FileImport {
        profile_id: shop.profile.clone(),
        table: table("customers"),
        create: false,
        file: SourceFile {
            path: path.to_string_lossy().into_owned(),
            kind: None,
            encoding: None,
            delimiter: None,
            header: true,
            null_text: String::new(),
            sheet: None,
        },
        columns: Vec::new(),
        dry_run: false,
        batch: None,
        rejects: None,
        confirmed: None,
        rows: None,
    }
}

async fn imported(shop: &Shop, request: FileImport) -> TransferEvent {
    let (sender, mut events) = mpsc::unbounded_channel();
    shop.app.import(request, sender).await.unwrap();
    ended(&mut events).await
}

async fn count(shop: &Shop, table: &str) -> String {
    let events = play(shop, script(shop, "count", &format!("select count(*) from {table}"))).await;
    let hold = heads(&events)[0].hold_id.clone();
    String::from_utf8(shop.app.hold_cell(&hold, 0, 0, 0, 100).await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_trial_and_a_stopped_import_change_nothing() {
    let shop = Shop::open().await;
    let before = count(&shop, "customers").await;
    let trial = FileImport { dry_run: true, ..import(&shop, "a.csv", "id,name\n900,Ada\n901,\"\"\n") };
    let TransferEvent::Done { rows, notes, .. } = imported(&shop, trial.clone()).await else { panic!() };
    assert_eq!((rows, notes.len()), (2, 1));
    assert_eq!(count(&shop, "customers").await, before);
    let create = FileImport { create: true, table: table("fresh"), ..trial };
    assert!(matches!(imported(&shop, create.clone()).await, TransferEvent::Done { rows: 2, .. }));
    assert!(matches!(imported(&shop, FileImport { create: false, ..create }).await, TransferEvent::Failed { .. }));
    let mut text = String::from("id,name\n");
    for number in 1000..200_000 {
        text.push_str(&format!("{number},somebody with quite a long name so that this takes its time\n"));
    }
    let (sender, mut events) = mpsc::unbounded_channel();
    let id = shop.app.import(import(&shop, "big.csv", &text), sender).await.unwrap();
    shop.app.stop_transfer(&id).await.unwrap();
    let last = ended(&mut events).await;
    assert_eq!(last, TransferEvent::Stopped);
    assert_eq!(count(&shop, "customers").await, before);
    assert!(matches!(
        imported(&shop, import(&shop, "a.csv", "id,name\n900,Ada\n")).await,
        TransferEvent::Done { rows: 1, .. }
    ));
}

#[tokio::test]
async fn what_a_database_refuses_is_named_by_its_line_and_left_out_in_batches_only() {
    let shop = Shop::open().await;
    let before: u64 = count(&shop, "customers").await.parse().unwrap();
    let text = "id,name\n800,Ada\n801,\"two\nlines\"\n800,again\n802,Bob\n";
    let TransferEvent::Failed { error } = imported(&shop, import(&shop, "twice.csv", text)).await else { panic!() };
    assert!(error.message.contains("ine"), "{error:?}");
    assert_eq!(count(&shop, "customers").await, before.to_string());
    let rejects = shop.home.path().join("refused.csv");
    let batched = FileImport {
        batch: Some(2),
        rejects: Some(rejects.to_string_lossy().into_owned()),
        ..import(&shop, "twice.csv", text)
    };
    let TransferEvent::Done { rows, notes, .. } = imported(&shop, batched).await else { panic!() };
    assert_eq!(rows, 3, "{notes:?}");
    assert_eq!(count(&shop, "customers").await, (before + 3).to_string());
    let refused = std::fs::read_to_string(rejects).unwrap();
    assert!(refused.lines().nth(1).unwrap().starts_with("5,"), "{refused}");
}
