//! Others at the same time: two windows, a role without the right to all of it, a connection that is forgotten.

use super::*;

#[tokio::test]
async fn two_windows_that_stage_at_once_lose_nothing() {
    let shop = Shop::open().await;
    let (orders, customers) = (table("orders"), table("customers"));
    let one = async {
        for number in 0..12 {
            shop.staged(add(&orders, column(&format!("a{number}"), "text"))).await;
        }
    };
    let other = async {
        for number in 0..12 {
            shop.staged(add(&customers, column(&format!("b{number}"), "text"))).await;
        }
    };
    tokio::join!(one, other);
    let draft = shop.draft().await;
    let labels = labels(&draft);
    let of = |of: &str| -> Vec<usize> {
        let one = |number: usize| labels.iter().position(|label| *label == format!("Add column {of}{number}"));
        (0..12).map(|number| one(number).unwrap()).collect()
    };
    assert_eq!(labels.len(), 24);
    assert!(of("orders.a").is_sorted() && of("customers.b").is_sorted(), "{labels:?}");
    shop.applied().await;
    assert!(shop.draft().await.groups.is_empty());
}

#[tokio::test]
async fn a_connection_that_is_forgotten_takes_along_what_is_staged() {
    let shop = Shop::open().await;
    shop.staged(add(&table("orders"), column("note", "text"))).await;
    let kept = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM structure_drafts").fetch_one(shop.app.store.read()).await.unwrap()
    };
    assert_eq!(kept().await, 1);
    shop.app.remove_profile(&shop.profile).await.unwrap();
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn without_the_right_to_the_second_table_it_is_told_what_is_kept() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let role = format!("half_{}", uuid::Uuid::new_v4().simple());
    let before = made.shop.defined().await;
    run(
        &made.shop,
        &format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'half'; GRANT USAGE, CREATE ON SCHEMA public TO {role};
             ALTER TABLE people OWNER TO {role}"
        ),
    )
    .await;
    let mut url = url::Url::parse(&made.target("ROWHOUSE_TEST_POSTGRES_18_URL")).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("half")).unwrap();
    let shop = shop_at(url.as_str(), Safety::Free).await;
    let people = made.table("people");
    shop.staged(add(&made.table("orders"), column("note", "text"))).await;
    shop.staged(add(&people, column("born", "date"))).await;
    let review = shop.review().await;
    let told = shop.apply().await;
    let StructureApplied::Refused { statement, kept, error, .. } = told else { panic!("{told:#?}") };
    assert!(review.steps[statement as usize].sql.contains("orders"), "{error:?}");
    assert_eq!((kept, error.code), (0, ErrorCode::Forbidden), "all of it is one transaction");
    assert_eq!(shop.draft().await.groups.len(), 2, "everything is staged still");
    shop.app.disconnect(&shop.profile).await.unwrap();
    run(
        &made.shop,
        &format!("ALTER TABLE people OWNER TO CURRENT_USER; REVOKE ALL ON SCHEMA public FROM {role}; DROP ROLE {role}"),
    )
    .await;
    same(&before, &made.shop.defined().await);
    made.remove().await;
}

#[tokio::test]
async fn mariadb_keeps_what_came_before_the_table_that_a_login_may_not_change() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    let login = format!("half_{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
    let name = &made.name;
    let grants = format!(
        "CREATE USER {login}@'%' IDENTIFIED BY 'half'; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON {name}.* TO {login}@'%';
         GRANT ALTER, INSERT, CREATE ON {name}.orders TO {login}@'%'"
    );
    run(&made.shop, &grants).await;
    let mut url = url::Url::parse(&made.target("ROWHOUSE_TEST_MARIADB_URL")).unwrap();
    url.set_username(&login).unwrap();
    url.set_password(Some("half")).unwrap();
    let shop = shop_at(url.as_str(), Safety::Free).await;
    shop.staged(add(&made.table("orders"), column("note", "varchar(20)"))).await;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    let StructureApplied::Refused { statement, kept, error, .. } = shop.apply().await else { panic!("it may not") };
    assert_eq!((statement, kept), (1, 1), "{error:?}");
    let draft = shop.draft().await;
    assert_eq!(labels(&draft), ["Add column people.born"]);
    assert!(draft.groups[0].conflicts.is_empty());
    shop.app.disconnect(&shop.profile).await.unwrap();
    run(&made.shop, &format!("DROP USER {login}@'%'")).await;
    made.remove().await;
}

#[tokio::test]
async fn the_database_is_read_for_the_review_and_once_more_before_anything_is_sent() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let shop = &made.shop;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    let place = shop.app.database_place(&shop.profile, None).await.unwrap();
    let review = shop.review().await;
    let read = shop.app.defined_last(&place).await.unwrap();
    let again = shop.review().await;
    assert!(!std::sync::Arc::ptr_eq(&read, &shop.app.defined_last(&place).await.unwrap()), "a review looks anew");
    assert_eq!(review.digest, again.digest);
    let read = shop.app.defined_last(&place).await.unwrap();
    shop.app.weigh_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap();
    let tried = shop.app.try_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap();
    assert!(matches!(tried, StructureTrial::Fine { .. }), "{tried:#?}");
    assert!(std::sync::Arc::ptr_eq(&read, &shop.app.defined_last(&place).await.unwrap()), "that was good enough");
    run(shop, "ALTER TABLE people ADD COLUMN born text").await;
    let told = shop.app.apply_structure(&shop.profile, None, &review.digest, Vec::new(), 500, None).await;
    assert_eq!(told.unwrap_err().code, ErrorCode::Conflict, "what others changed is found before anything is sent");
    made.remove().await;
}
