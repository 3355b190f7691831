//! Without the server, and into files.

use std::fs;

use super::*;

#[tokio::test]
async fn without_its_server_a_diagram_is_drawn_moved_and_written_from_what_was_kept() {
    let shop = Shop::open().await;
    let drawing = shop.diagram(None).await;
    shop.app.place_tables(&drawing.id, vec![place("orders", 640.0, 480.0)]).await.unwrap();
    let closed_ms = crate::store::now_ms();
    let away = shop.home.path().join("away.db");
    let shop = reopened(shop, |home| fs::rename(home.join("shop.db"), &away).unwrap()).await;
    let again = shop.diagram(None).await;
    assert!(again.offline);
    assert!(again.as_of_ms >= drawing.as_of_ms && again.as_of_ms <= closed_ms, "when it was read last");
    assert_eq!((again.id.as_str(), at(&again, "orders")), (drawing.id.as_str(), (640.0, 480.0)));
    assert!(again.gone.is_empty() && again.added.is_empty());
    shop.app.place_tables(&drawing.id, vec![place("orders", 10.0, 20.0)]).await.unwrap();
    let fresh = shop.app.create_diagram(&shop.profile, None, "Away", DiagramScope::default()).await.unwrap();
    assert!(fresh.offline && fresh.layout_ms.is_some());
    let found = shop.app.related_tables(&shop.profile, None, vec![named("orders")], 1, false).await.unwrap();
    assert_eq!(found, [named("customers"), named("orders")]);
    assert_eq!(shop.app.table_relations(&shop.profile, None, named("orders")).await.unwrap().refers_to.len(), 1);
    let file = shop.home.path().join("away.svg");
    let written =
        shop.app.export_diagram(&drawing.id, DiagramFormat::Svg, true, Vec::new(), file.to_str().unwrap()).await;
    assert_eq!(written.unwrap(), fs::metadata(&file).unwrap().len());
    // The server comes back with another schema: what changed is told then.
    let changed = shop.home.path().join("away.db");
    rusqlite::Connection::open(&changed).unwrap().execute_batch("CREATE TABLE later (id INTEGER)").unwrap();
    fs::rename(&changed, shop.home.path().join("shop.db")).unwrap();
    shop.app.connect(&shop.profile).await.unwrap();
    let there = shop.diagram(Some(&drawing.id)).await;
    assert_eq!((there.offline, there.added.as_slice()), (false, &[named("later")][..]));
    assert_eq!(at(&there, "orders"), (10.0, 20.0));
}

#[tokio::test]
async fn where_nothing_is_kept_the_servers_error_is_told() {
    let shop = Shop::open().await;
    let missing = shop.home.path().join("gone/none.db");
    let profile = shop.app.save_profile(draft("Gone", &missing, Safety::Free)).await.unwrap().id;
    let app = &shop.app;
    assert_eq!(code(app.open_diagram(&profile, None, None).await), ErrorCode::NotFound);
    assert_eq!(code(app.diagrams(&profile, None).await), ErrorCode::NotFound);
    assert_eq!(code(app.create_diagram(&profile, None, "A", DiagramScope::default()).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn every_format_is_written_whole_or_not_at_all() {
    let shop = Shop::open().await;
    let scope = DiagramScope { views: true, ..DiagramScope::default() };
    let id = shop.app.create_diagram(&shop.profile, None, "All", scope).await.unwrap().id;
    let note = DiagramNote {
        id: "n".to_owned(),
        text: "Look here".to_owned(),
        x: 0.0,
        y: -200.0,
        width: 160.0,
        height: 80.0,
        colour: 1,
    };
    shop.app.annotate_diagram(&id, vec![note], Vec::new(), Vec::new()).await.unwrap();
    let file = shop.home.path().join("out");
    let write = async |format, tables: Vec<DiagramTable>| {
        let size = shop.app.export_diagram(&id, format, false, tables, file.to_str().unwrap()).await.unwrap();
        let bytes = fs::read(&file).unwrap();
        assert_eq!(bytes.len() as u64, size);
        bytes
    };
    let text = async |format, tables| String::from_utf8(write(format, tables).await).unwrap();
    let svg = text(DiagramFormat::Svg, Vec::new()).await;
    assert!(svg.starts_with("<svg ") && svg.contains(">customers<") && svg.contains(">Look here<"));
    let part = text(DiagramFormat::Svg, vec![named("customers")]).await;
    assert!(part.contains(">customers<") && !part.contains(">orders<") && !part.contains("Look here"));
    assert!(write(DiagramFormat::Png, Vec::new()).await.starts_with(b"\x89PNG"));
    assert!(write(DiagramFormat::Pdf, Vec::new()).await.starts_with(b"%PDF-"));
    assert!(text(DiagramFormat::Mermaid, Vec::new()).await.starts_with("erDiagram"));
    let dbml = text(DiagramFormat::Dbml, vec![named("orders"), named("customers")]).await;
    assert!(dbml.contains("Ref") && !dbml.contains("big_orders"));
    assert!(text(DiagramFormat::Plantuml, Vec::new()).await.contains("@startuml"));
    let json: serde_json::Value = serde_json::from_slice(&write(DiagramFormat::Json, Vec::new()).await).unwrap();
    assert!(json.to_string().contains("customer_id"));
    let sql = text(DiagramFormat::Sql, Vec::new()).await;
    let again = rusqlite::Connection::open_in_memory().unwrap();
    again.execute_batch(&sql).unwrap();
    let made: i64 =
        again.query_row("SELECT count(*) FROM sqlite_master WHERE type <> 'index'", [], |row| row.get(0)).unwrap();
    assert_eq!(made, 3, "{sql}");
    let before = fs::read(&file).unwrap();
    let refused = shop.app.export_diagram(&id, DiagramFormat::Svg, false, Vec::new(), "/nowhere/at/all.svg").await;
    assert_eq!(code(refused), ErrorCode::NotFound);
    let folder = shop.home.path().to_str().unwrap();
    assert!(shop.app.export_diagram(&id, DiagramFormat::Svg, false, Vec::new(), folder).await.is_err());
    assert_eq!(fs::read(&file).unwrap(), before);
}
