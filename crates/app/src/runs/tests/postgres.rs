//! The same on real PostgreSQL servers, where they are given.

use std::time::Instant;

use super::*;
use crate::{
    connections::tests::{draft, until},
    testing::servers::server,
};

/// One shop for each PostgreSQL server that is given.
pub(super) async fn servers() -> Vec<Shop> {
    let mut shops = Vec::new();
    for major in [15, 18] {
        shops.extend(server(&format!("ROWHOUSE_TEST_POSTGRES_{major}_URL")).await);
    }
    shops
}

#[tokio::test]
async fn a_server_is_connected_browsed_queried_and_stopped() {
    for shop in servers().await {
        let state = shop.app.connect(&shop.profile).await.unwrap();
        assert_eq!(state.phase, ConnectionPhase::Open);
        let file = shop.home.path().join("out.csv");
        let text = format!(
            "create temp table t (id int primary key, name text);\n\
             copy t from stdin (format csv);\n1,Ada\n2,\"Grace, H\"\n\\.\n\
             select * from t order by id;\n\
             \\copy t to '{}' csv header\n\
             select $1::int + 1 as n;",
            file.display()
        );
        let mut request = script(&shop, "t", &text);
        request.parameters = vec![ParameterValue { name: "1".to_owned(), value: Some("41".to_owned()) }];
        let events = play(&shop, request).await;
        let ended = outcomes(&events);
        assert!(ended.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{ended:#?}");
        assert_eq!(ended.len(), 5);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "id,name\n1,Ada\n2,\"Grace, H\"\n");
        let head = heads(&events).into_iter().last().unwrap();
        assert_eq!(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 9).await.unwrap(), b"42");

        let (sender, mut events) = mpsc::unbounded_channel();
        let begun = Instant::now();
        let run =
            shop.app.run(script(&shop, "t", "select pg_sleep(60); select 1"), sender).await.unwrap().started().unwrap();
        while !matches!(next(&mut events).await, RunEvent::StatementStarted { .. }) {}
        tokio::time::sleep(Duration::from_millis(300)).await;
        shop.app.cancel_run(&run).await.unwrap();
        let ended = outcomes(&to_the_end(&mut events).await);
        assert!(matches!(ended[..], [StatementOutcome::Cancelled { .. }, StatementOutcome::Skipped]), "{ended:?}");
        assert!(begun.elapsed() < Duration::from_secs(10));
        let kept = outcomes(&play(&shop, script(&shop, "t", "select * from t")).await);
        assert!(matches!(kept[..], [StatementOutcome::Completed { rows: 2, .. }]), "the session survived: {kept:?}");

        let root = shop.app.tree(&shop.profile, None, 0, 50).await.unwrap();
        assert_eq!(root.nodes[0].icon, ObjectIcon::Database);
        let schemas = shop.app.tree(&shop.profile, Some(&root.nodes[0].id), 0, 50).await.unwrap();
        let last = schemas.nodes.iter().rfind(|node| node.icon == ObjectIcon::Schema);
        assert!(last.unwrap().system, "the server's own schemas stand last");
        let system = schemas.nodes.iter().find(|node| node.label == "pg_catalog").unwrap();
        let kinds = shop.app.tree(&shop.profile, Some(&system.id), 0, 50).await.unwrap();
        let tables = shop.app.tree(&shop.profile, Some(&kinds.nodes[0].id), 0, 500).await.unwrap();
        let class = tables.nodes.iter().find(|node| node.label == "pg_class").unwrap().object.clone().unwrap();
        let request = BrowseRequest {
            profile_id: shop.profile.clone(),
            object: class,
            filters: vec![],
            sort: vec![],
            actor: None,
        };
        let browsed = shop.app.browse(request.clone()).await.unwrap();
        assert!(browsed.progress.rows > 100 && browsed.statement.contains("pg_class"));
        // Other tests make and drop tables on this server meanwhile.
        assert!(shop.app.browse_count(request).await.unwrap().rows > 100);

        // What the server says while nothing runs.
        let mut events = shop.app.events();
        play(&shop, script(&shop, "t", "listen rowhouse_test")).await;
        play(&shop, script(&shop, "u", "notify rowhouse_test, 'hello'")).await;
        until(|| matches!(events.try_recv(), Ok(AppEvent::Message { notice, .. }) if notice.message.contains("hello")))
            .await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
}

#[tokio::test]
async fn a_read_only_server_connection_refuses_by_guard_and_by_server() {
    for shop in servers().await {
        let profile = shop.app.profile(&shop.profile).await.unwrap();
        let draft = ProfileDraft {
            id: Some(profile.id),
            driver: profile.driver,
            values: profile.values,
            password_policy: PasswordPolicy::Keychain,
            ..draft("Server", shop.home.path(), Safety::ReadOnly)
        };
        shop.app.save_profile(draft).await.unwrap();
        for text in [
            "begin read write",
            "set transaction_read_only = off",
            "do $$ begin end $$",
            "explain analyze delete from pg_class",
        ] {
            let ended = outcomes(&play(&shop, script(&shop, "t", text)).await);
            assert!(
                matches!(&ended[..], [StatementOutcome::Failed { error, .. }] if error.code == ErrorCode::Forbidden),
                "{text}: {ended:?}"
            );
        }
        let ended = outcomes(&play(&shop, script(&shop, "t", "select lo_create(0)")).await);
        assert!(matches!(&ended[..], [StatementOutcome::Failed { .. }]), "the server itself refuses: {ended:?}");
    }
}
