//! The same on real servers, where they are given.

use crate::{
    api::*,
    connections::tests::{Shop, draft, until},
    runs::tests::{outcomes, play, script},
    testing::servers::server,
};

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "t", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:?} in {text}");
    }
}

fn table(schema: &str, name: &str) -> ObjectRef {
    ObjectRef {
        database: None,
        schema: Some(schema.to_owned()),
        kind: "relation".to_owned(),
        name: name.to_owned(),
        signature: None,
    }
}

fn request(shop: &Shop, object: &ObjectRef, filters: Vec<BrowseCondition>) -> BrowseRequest {
    BrowseRequest { profile_id: shop.profile.clone(), object: object.clone(), filters, sort: Vec::new(), actor: None }
}

/// Whether the data tab was told this since it was asked last.
fn said(events: &mut tokio::sync::mpsc::UnboundedReceiver<AppEvent>, label: &str, message: &str) -> bool {
    std::iter::from_fn(|| events.try_recv().ok()).any(|event| match event {
        AppEvent::Message { tab_id, notice } => {
            (tab_id.as_str(), notice.label.as_str(), notice.message.as_str()) == ("data", label, message)
        }
        _ => false,
    })
}

fn fresh() -> String {
    format!("shape_{}", uuid::Uuid::new_v4().simple())
}

#[tokio::test]
async fn conditions_become_one_text_and_an_error_in_a_text_has_its_place() {
    for variable in ["ROWHOUSE_TEST_POSTGRES_15_URL", "ROWHOUSE_TEST_POSTGRES_18_URL", "ROWHOUSE_TEST_MARIADB_URL"] {
        let Some(shop) = server(variable).await else { continue };
        shop.app.connect(&shop.profile).await.unwrap();
        let schema = fresh();
        run(
            &shop,
            &format!(
                "create schema {schema}; create table {schema}.t (id int primary key, note varchar(40), at date);
                 insert into {schema}.t values (1, 'it''s', '2024-02-29'), (2, 'a, b', null), (3, null, '2024-03-01'), (4, '', null);"
            ),
        )
        .await;
        let object = table(&schema, "t");
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let one = |column: &str, operator, given: &[&str]| {
            BrowseCondition::from(BrowseFilter { column: column.to_owned(), operator, values: values(given) })
        };
        let conditions = vec![
            one("note", FilterOperator::NotIn, &["it's", "x"]),
            BrowseCondition::Any {
                conditions: vec![one("at", FilterOperator::IsNull, &[]), one("note", FilterOperator::IsNull, &[])],
            },
        ];
        let counted = shop.app.browse_count(request(&shop, &object, conditions.clone())).await.unwrap();
        assert_eq!(counted.rows, 3, "{variable}");
        let text = shop.app.browse_where(request(&shop, &object, conditions)).await.unwrap();
        let written = vec![BrowseCondition::Where { text: text.clone() }];
        let counted = shop.app.browse_count(request(&shop, &object, written)).await.unwrap();
        assert_eq!(counted.rows, 3, "{variable}: {text}");

        let wrong = vec![
            one("id", FilterOperator::Less, &["9"]),
            BrowseCondition::Where { text: "note = 'ß' and nothing_like_it = 2".to_owned() },
        ];
        let error = shop.app.browse(request(&shop, &object, wrong)).await.unwrap_err();
        if variable.contains("POSTGRES") {
            assert_eq!(error.range.map(|range| range.from), Some(15), "{variable}: {error:?}");
        } else {
            assert!(error.range.is_none_or(|range| range.from == 15), "{variable}: {error:?}");
        }
        run(&shop, &format!("drop table {schema}.t; drop schema {schema}")).await;
    }
}

#[tokio::test]
async fn a_tab_hears_of_what_is_announced_until_it_stops_listening() {
    for variable in ["ROWHOUSE_TEST_POSTGRES_15_URL", "ROWHOUSE_TEST_POSTGRES_18_URL"] {
        let Some(shop) = server(variable).await else { continue };
        shop.app.connect(&shop.profile).await.unwrap();
        let object = table("pg_catalog", "pg_class");
        let facts = shop.app.browse_facts(&shop.profile, &object, None).await.unwrap();
        assert_eq!(facts, BrowseFacts { filtered_for_you: false, listens: true });
        let channel = format!("News of \"{}\"", fresh());
        let mut events = shop.app.events();
        shop.app.browse_listen("data", &shop.profile, &object, &channel).await.unwrap();
        run(&shop, &format!("select pg_notify('{channel}', 'row 7')")).await;
        let wanted = format!("{channel}: row 7");
        until(|| said(&mut events, "NOTIFY", &wanted)).await;
        // Another channel in its place, then none.
        let other = fresh();
        shop.app.browse_listen("data", &shop.profile, &object, &other).await.unwrap();
        run(&shop, &format!("select pg_notify('{other}', '')")).await;
        until(|| said(&mut events, "NOTIFY", &other)).await;
        shop.app.browse_unlisten("data");
        shop.app.browse_unlisten("data");
        // A connection that goes ends it, and says so.
        shop.app.browse_listen("data", &shop.profile, &object, &other).await.unwrap();
        shop.app.disconnect(&shop.profile).await.unwrap();
        until(|| said(&mut events, "LISTEN", "The session that listened has ended.")).await;
    }
}

#[tokio::test]
async fn row_security_is_told_of_to_whom_it_filters_for() {
    for variable in ["ROWHOUSE_TEST_POSTGRES_15_URL", "ROWHOUSE_TEST_POSTGRES_18_URL"] {
        let Some(shop) = server(variable).await else { continue };
        shop.app.connect(&shop.profile).await.unwrap();
        let name = fresh();
        run(
            &shop,
            &format!(
                "create schema {name}; create table {name}.t (id int primary key, who text);
                 insert into {name}.t values (1, '{name}'), (2, 'others'); alter table {name}.t enable row level security;
                 create policy mine on {name}.t using (who = current_user);
                 create role {name} login password 'only for this test'; grant usage on schema {name} to {name};
                 grant select on {name}.t to {name}"
            ),
        )
        .await;
        let object = table(&name, "t");
        assert!(!shop.app.browse_facts(&shop.profile, &object, None).await.unwrap().filtered_for_you);
        let own = shop.app.profiles().await.unwrap().into_iter().find(|one| one.id == shop.profile).unwrap();
        let mut values = own.values.clone();
        values.insert("user".to_owned(), name.clone());
        let draft = ProfileDraft {
            driver: own.driver.clone(),
            values,
            password_policy: PasswordPolicy::Keychain,
            password: DraftPassword::Set { secret: driver::Secret::new("only for this test".to_owned()) },
            ..draft("Another", shop.home.path(), Safety::Free)
        };
        let other = shop.app.save_profile(draft).await.unwrap().id;
        shop.app.connect(&other).await.unwrap();
        assert!(shop.app.browse_facts(&other, &object, None).await.unwrap().filtered_for_you, "{variable}");
        let seen = BrowseRequest { profile_id: other.clone(), ..request(&shop, &object, Vec::new()) };
        assert_eq!(shop.app.browse(seen).await.unwrap().progress.rows, 1);
        shop.app.disconnect(&other).await.unwrap();
        run(&shop, &format!("drop schema {name} cascade; drop role {name}")).await;
    }
}
