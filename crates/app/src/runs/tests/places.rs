//! What is known of an object, in this database and in another one of the server.

use std::time::Instant;

use super::{postgres::servers, *};
use crate::browse::tests::orders;

#[tokio::test]
async fn a_relation_has_a_page_and_a_definition() {
    let shop = Shop::open().await;
    let page = shop.app.relation(&shop.profile, &shop.table("orders")).await.unwrap();
    assert_eq!((page.kind.as_str(), page.columns.len()), ("table", 3));
    assert!(page.columns[0].primary_key);
    let leads = page.columns[1].references.as_ref().unwrap();
    assert_eq!((leads.object.name.as_str(), leads.columns[0].as_str()), ("customers", "id"));
    assert!(page.indexes.iter().any(|index| index.name.as_deref() == Some("orders_customer")));
    let customers = shop.app.relation(&shop.profile, &shop.table("customers")).await.unwrap();
    assert_eq!(customers.referenced_by.len(), 1);
    assert_eq!(customers.referenced_by[0].object.name, "orders");
    let definition = shop.app.definition(&shop.profile, &shop.table("big_orders")).await.unwrap().text;
    assert!(definition.contains("CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100"), "{definition}");
    for gone in ["nosuch", ""] {
        let gone = shop.table(gone);
        assert_eq!(shop.app.relation(&shop.profile, &gone).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(shop.app.definition(&shop.profile, &gone).await.unwrap_err().code, ErrorCode::NotFound);
    }
    let odd = ObjectRef { kind: "nonsense".to_owned(), ..shop.table("orders") };
    assert_eq!(shop.app.definition(&shop.profile, &odd).await.unwrap_err().code, ErrorCode::InvalidStatement);
}

#[tokio::test]
async fn another_database_of_the_server_opens_where_its_node_is_asked_for() {
    for shop in servers().await {
        play(&shop, script(&shop, "t", "drop database if exists rh_app_other with (force)")).await;
        let made = outcomes(&play(&shop, script(&shop, "t", "create database rh_app_other")).await);
        assert!(matches!(made[..], [StatementOutcome::Completed { .. }]), "{made:?}");
        let mut request =
            script(&shop, "other", "create table only_here (id int primary key); insert into only_here values (7)");
        request.database = Some("rh_app_other".to_owned());
        let made = outcomes(&play(&shop, request).await);
        assert!(made.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{made:?}");

        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        let root = shop.app.tree(&shop.profile, None, 0, 500).await.unwrap();
        let node = root.nodes.iter().find(|node| node.label == "rh_app_other").unwrap();
        let schemas = shop.app.tree(&shop.profile, Some(&node.id), 0, 500).await.unwrap();
        let public = schemas.nodes.iter().find(|node| node.label == "public").unwrap();
        let kinds = shop.app.tree(&shop.profile, Some(&public.id), 0, 500).await.unwrap();
        let tables = shop.app.tree(&shop.profile, Some(&kinds.nodes[0].id), 0, 500).await.unwrap();
        let object = tables.nodes.iter().find(|node| node.label == "only_here").unwrap().object.clone().unwrap();
        assert_eq!(object.database.as_deref(), Some("rh_app_other"));
        let page = shop.app.relation(&shop.profile, &object).await.unwrap();
        assert_eq!(page.columns[0].name, "id");
        assert!(shop.app.definition(&shop.profile, &object).await.unwrap().text.contains("only_here"));
        let request =
            BrowseRequest { profile_id: shop.profile.clone(), object, filters: vec![], sort: vec![], actor: None };
        assert_eq!(shop.app.browse(request).await.unwrap().progress.rows, 1);

        shop.app.disconnect(&shop.profile).await.unwrap();
        play(&shop, script(&shop, "t", "drop database rh_app_other with (force)")).await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_in_no_schema_has_folders_beside_the_schemas_and_opens_with_its_text() {
    for shop in servers().await {
        let text = "drop database if exists rh_app_beside with (force)";
        play(&shop, script(&shop, "t", text)).await;
        let made = outcomes(&play(&shop, script(&shop, "t", "create database rh_app_beside")).await);
        assert!(matches!(made[..], [StatementOutcome::Completed { .. }]), "{made:?}");
        let text = "create table t (id int primary key, note text);
             create publication part_of_it for table t (id) where (id > 1) with (publish = 'insert');
             create publication whole for all tables;
             create function watch() returns event_trigger language plpgsql as 'begin return; end';
             create event trigger watches on ddl_command_end when tag in ('CREATE VIEW') execute function watch();
             create event trigger sleeps on sql_drop execute function watch();
             alter event trigger sleeps disable;";
        let request = RunRequest { database: Some("rh_app_beside".to_owned()), ..script(&shop, "other", text) };
        let made = outcomes(&play(&shop, request).await);
        assert!(made.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{made:?}");
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();

        let children = async |id: Option<&str>| shop.app.tree(&shop.profile, id, 0, 500).await.unwrap().nodes;
        let root = children(None).await;
        let roles = root.last().unwrap();
        assert_eq!((roles.label.as_str(), roles.detail.as_deref(), roles.expandable), ("Roles", None, true));
        let found = children(Some(&roles.id)).await;
        let own = found.iter().find(|node| node.label == "postgres").unwrap();
        assert_eq!((own.icon, own.detail.as_deref()), (ObjectIcon::Role, Some("superuser")));
        let text = format!("{:?}", shop.app.definition(&shop.profile, own.object.as_ref().unwrap()).await.unwrap());
        assert!(text.contains("CREATE ROLE postgres WITH LOGIN SUPERUSER"), "{text}");

        let database = root.iter().find(|node| node.label == "rh_app_beside").unwrap();
        let inside = children(Some(&database.id)).await;
        let labels: Vec<_> =
            inside.iter().filter(|node| node.icon == ObjectIcon::Folder).map(|node| node.label.as_str()).collect();
        assert_eq!(labels, ["Extensions", "Publications", "Event triggers"]);
        assert!(inside[inside.len() - 3..].iter().all(|node| node.icon == ObjectIcon::Folder), "below the schemas");
        let total = u32::try_from(inside.len()).unwrap();
        for offset in 0..=total {
            let page = shop.app.tree(&shop.profile, Some(&database.id), offset, 2).await.unwrap();
            let wanted: Vec<_> = inside.iter().skip(offset as usize).take(2).map(|node| &node.id).collect();
            assert_eq!(page.nodes.iter().map(|node| &node.id).collect::<Vec<_>>(), wanted, "from {offset}");
            assert_eq!(page.total, total);
        }
        let mut shown = Vec::new();
        for label in labels {
            let folder = inside.iter().find(|node| node.label == label).unwrap();
            for node in children(Some(&folder.id)).await {
                let text =
                    format!("{:?}", shop.app.definition(&shop.profile, node.object.as_ref().unwrap()).await.unwrap());
                assert!(text.contains("CREATE ") && text.contains(&node.label), "{text}");
                shown.push(format!("{}: {}", node.label, node.detail.unwrap_or_default()));
            }
        }
        let wanted = ["part_of_it: 1 table", "sleeps: disabled", "watches: ", "whole: all tables"];
        shown.sort();
        shown.retain(|line| !line.starts_with("plpgsql: "));
        assert_eq!(shown, wanted);

        // Publications are not part of the catalog at hand: the list is new whenever its folder is opened.
        let request = RunRequest {
            database: Some("rh_app_beside".to_owned()),
            ..script(&shop, "other", "drop publication part_of_it")
        };
        play(&shop, request).await;
        let folder = inside.iter().find(|node| node.label == "Publications").unwrap();
        assert_eq!(children(Some(&folder.id)).await.len(), 1);

        shop.app.disconnect(&shop.profile).await.unwrap();
        play(&shop, script(&shop, "t", "drop database rh_app_beside with (force)")).await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
    // A file has none of them.
    let shop = Shop::open().await;
    let root = shop.app.tree(&shop.profile, None, 0, 100).await.unwrap();
    assert_eq!(root.nodes.iter().map(|node| node.label.as_str()).collect::<Vec<_>>(), ["Tables", "Views"]);
    let foreign = "{\"unschemed\":[null,\"roles\"]}";
    assert_eq!(shop.app.tree(&shop.profile, Some(foreign), 0, 1).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_count_that_takes_too_long_is_stopped_on_the_server() {
    for shop in servers().await {
        let view = "create or replace view rh_app_slow as select pg_sleep(60)::text as a, 1 as b";
        let made = outcomes(&play(&shop, script(&shop, "t", view)).await);
        assert!(matches!(made[..], [StatementOutcome::Completed { .. }]), "{made:?}");
        let object = ObjectRef { schema: Some("public".to_owned()), ..shop.table("rh_app_slow") };
        let request = BrowseRequest {
            profile_id: shop.profile.clone(),
            object: object.clone(),
            filters: vec![],
            sort: vec![],
            actor: None,
        };
        let begun = Instant::now();
        let (opened, ()) = tokio::join!(shop.app.browse(request), async {
            // The relation is looked up first: asked to stop until there is something to stop.
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(500)).await;
                shop.app.browse_cancel(&shop.profile, &object).await.unwrap();
            }
        });
        match opened {
            Ok(browsed) => assert!(!matches!(browsed.progress.state, HoldState::Complete), "{browsed:?}"),
            Err(error) => assert_eq!(error.code, ErrorCode::Cancelled, "{error:?}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
        let running = "select count(*) from pg_stat_activity where state = 'active' and query like '%rh_app_slow%' \
                       and pid <> pg_backend_pid()";
        let events = play(&shop, script(&shop, "t", running)).await;
        let head = heads(&events).pop().unwrap();
        assert_eq!(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 9).await.unwrap(), b"0");
        play(&shop, script(&shop, "t", "drop view rh_app_slow")).await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
    // Where nothing is read there is nothing to stop.
    let shop = Shop::open().await;
    let request = orders(&shop);
    shop.app.browse_cancel(&shop.profile, &request.object).await.unwrap();
    assert_eq!(shop.app.browse(request).await.unwrap().progress.rows, 1000);
}
