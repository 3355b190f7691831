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
    let definition = shop.app.definition(&shop.profile, &shop.table("big_orders")).await.unwrap();
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
        assert!(shop.app.definition(&shop.profile, &object).await.unwrap().contains("only_here"));
        let request = BrowseRequest { profile_id: shop.profile.clone(), object, filters: vec![], sort: vec![] };
        assert_eq!(shop.app.browse(request).await.unwrap().progress.rows, 1);

        shop.app.disconnect(&shop.profile).await.unwrap();
        play(&shop, script(&shop, "t", "drop database rh_app_other with (force)")).await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
}

#[tokio::test]
async fn a_count_that_takes_too_long_is_stopped_on_the_server() {
    for shop in servers().await {
        let view = "create or replace view rh_app_slow as select pg_sleep(60)::text as a, 1 as b";
        let made = outcomes(&play(&shop, script(&shop, "t", view)).await);
        assert!(matches!(made[..], [StatementOutcome::Completed { .. }]), "{made:?}");
        let object = ObjectRef { schema: Some("public".to_owned()), ..shop.table("rh_app_slow") };
        let request =
            BrowseRequest { profile_id: shop.profile.clone(), object: object.clone(), filters: vec![], sort: vec![] };
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
