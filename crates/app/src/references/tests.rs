//! Walking along foreign keys, the same on SQLite and on real servers where they are given.
#![allow(clippy::unwrap_used, clippy::panic)]

mod making;
mod queries;

use making::{Made, worlds};

use crate::api::*;

fn equal(column: &str, value: &str) -> BrowseFilter {
    BrowseFilter { column: column.to_owned(), operator: FilterOperator::Equal, values: vec![value.to_owned()] }
}

/// The place of the key with these columns among those of a result.
fn key(head: &ResultHead, columns: &[&str]) -> u32 {
    let at = head.foreign_keys.iter().position(|key| key.columns == columns);
    u32::try_from(at.unwrap_or_else(|| panic!("no key over {columns:?}: {:#?}", head.foreign_keys))).unwrap()
}

/// The rows of the referring key whose label this is.
fn referring<'r>(rows: &'r [ReferredRow], label: &str) -> &'r ReferringKey {
    let found = rows.iter().flat_map(|row| &row.keys).find(|key| key.label == label);
    found.unwrap_or_else(|| panic!("nothing called {label}: {rows:#?}"))
}

#[tokio::test]
async fn a_key_says_where_it_leads_and_leads_to_exactly_that_row() {
    for made in worlds().await {
        let orders = made.browse("orders", Vec::new()).await;
        let at = key(&orders.head, &["user_id"]);
        let told = &orders.head.foreign_keys[at as usize];
        assert!(told.label.starts_with("→ users.id (ON DELETE CASCADE"), "{}", told.label);
        assert_eq!((told.shown_at.as_slice(), told.obstacle.as_deref()), ([1].as_slice(), None));
        assert_eq!(orders.head.columns[1].references.as_deref(), Some("users.id"));
        let followed = made.app().follow_reference(&orders.head.hold_id, 0, at).await.unwrap();
        assert_eq!(followed.object, made.table("users"));
        assert_eq!(followed.filters, [equal("id", "1")]);
        let there = made.browse_to(&followed).await;
        assert_eq!((there.progress.rows, made.cell(&there, 0, 0).await.as_str()), (1, "1"), "{}", made.name);
        made.remove().await;
    }
}

#[tokio::test]
async fn a_key_of_several_columns_leads_by_all_of_them_and_one_to_its_own_table_stays_in_it() {
    for made in worlds().await {
        let notes = made.browse("notes", Vec::new()).await;
        let at = key(&notes.head, &["order_id", "line"]);
        let told = &notes.head.foreign_keys[at as usize];
        assert!(told.label.starts_with("(order_id, line) → order_lines (order_id, line)"), "{}", told.label);
        assert_eq!(told.shown_at, [1, 2]);
        let followed = made.app().follow_reference(&notes.head.hold_id, 0, at).await.unwrap();
        assert_eq!(followed.filters, [equal("order_id", "1"), equal("line", "2")]);
        assert_eq!(made.browse_to(&followed).await.progress.rows, 1, "{}", made.name);

        let half = made.app().follow_reference(&notes.head.hold_id, 1, at).await.unwrap();
        assert_eq!(half.nothing.as_deref(), Some("line is NULL: it refers to no row."));
        assert!(half.filters.is_empty());

        let users = made.browse("users", Vec::new()).await;
        let boss = key(&users.head, &["manager_id"]);
        let followed = made.app().follow_reference(&users.head.hold_id, 1, boss).await.unwrap();
        assert_eq!((followed.object, followed.filters), (made.table("users"), vec![equal("id", "1")]));
        let top = made.app().follow_reference(&users.head.hold_id, 0, boss).await.unwrap();
        assert_eq!(top.nothing.as_deref(), Some("manager_id is NULL: it refers to no row."));
        made.remove().await;
    }
}

#[tokio::test]
async fn what_refers_to_a_row_is_listed_without_counting_and_counted_up_to_a_cap() {
    for made in worlds().await {
        let users = made.browse("users", Vec::new()).await;
        let rows = made.app().referenced_by(&users.head.hold_id, 0).await.unwrap();
        assert_eq!((rows.len(), rows[0].title.as_str(), &rows[0].object), (1, "1", &made.table("users")));
        let orders = referring(&rows, "orders.user_id");
        assert!(orders.actions.starts_with("ON DELETE CASCADE"), "{}", orders.actions);
        assert_eq!(orders.rows.filters, [equal("user_id", "1")]);
        let counted = made.count("a", &orders.rows).await.unwrap();
        assert_eq!((counted.rows, counted.more), (1_000, true), "{}", made.name);
        let own = referring(&rows, "users.manager_id");
        assert_eq!(made.count("b", &own.rows).await.map(|count| (count.rows, count.more)).unwrap(), (2, false));
        if let Some(other) = &made.other {
            let far = referring(&rows, &format!("{other}.invoices.user_id"));
            assert_eq!(far.rows.object.schema.as_deref(), Some(other.as_str()));
            assert_eq!(made.count("c", &far.rows).await.unwrap().rows, 1);
            assert!(
                rows[0].keys.last().unwrap().label.starts_with(other.as_str()),
                "those of other schemas stand last: {rows:#?}"
            );
        }
        // To the rows themselves: all of them, a page at a time.
        let there = made.browse_to(&own.rows).await;
        assert_eq!(there.progress.rows, 2);

        let lines = made.browse("order_lines", Vec::new()).await;
        let rows = made.app().referenced_by(&lines.head.hold_id, 1).await.unwrap();
        assert_eq!(rows[0].title, "1, 2");
        let notes = referring(&rows, "notes (order_id, line)");
        assert_eq!(notes.rows.filters, [equal("order_id", "1"), equal("line", "2")]);
        assert_eq!(made.count("d", &notes.rows).await.unwrap().rows, 1);
        made.remove().await;
    }
}

#[tokio::test]
async fn names_and_values_with_every_kind_of_quote_and_long_ones_are_followed_whole() {
    for made in worlds().await {
        let odd = made.browse("odd \"t'able", Vec::new()).await;
        let at = key(&odd.head, &["o`f \"x'"]);
        for (row, expected) in (0..).zip(made.odd_keys()) {
            let followed = made.app().follow_reference(&odd.head.hold_id, row, at).await.unwrap();
            let [found] = followed.filters.as_slice() else { panic!("{followed:?}") };
            assert_eq!(found.values, std::slice::from_ref(&expected), "{}", made.name);
            assert_eq!(made.browse_to(&followed).await.progress.rows, 1, "{}: {expected:.40}", made.name);
            let parents = made.browse("pa`re\"nt", vec![equal("k\"e'y`", &expected)]).await;
            let rows = made.app().referenced_by(&parents.head.hold_id, 0).await.unwrap();
            let [incoming] = rows[0].keys.as_slice() else { panic!("{rows:?}") };
            assert_eq!(made.count("odd", &incoming.rows).await.unwrap().rows, 1);
        }
        made.remove().await;
    }
}

#[tokio::test]
async fn keys_that_are_bytes_are_followed_and_looked_up() {
    for made in worlds().await {
        let parts = made.browse("parts", Vec::new()).await;
        let at = key(&parts.head, &["of"]);
        let followed = made.app().follow_reference(&parts.head.hold_id, 0, at).await.unwrap();
        assert_eq!(made.browse_to(&followed).await.progress.rows, 1, "{}: {followed:?}", made.name);
        let found = made.lookup("things", &["id"], "").await.unwrap();
        assert_eq!(found.rows.len(), 2);
        let picked = found.rows[0].key[0].clone().unwrap();
        assert_eq!(made.browse("things", vec![equal("id", &picked)]).await.progress.rows, 1, "{}", made.name);
        made.remove().await;
    }
}

#[tokio::test]
async fn a_row_is_looked_up_by_words_of_its_labels_or_the_beginning_of_its_key() {
    for made in worlds().await {
        let all = made.lookup("users", &["id"], "").await.unwrap();
        assert_eq!(all.labels, ["name", "email"], "{}", made.name);
        assert!(!all.more && all.columns.iter().any(|column| column.name == "manager_id"));
        assert_eq!(all.rows[0].key, [Some("1".to_owned())]);
        assert_eq!(all.rows[0].labels[0].as_deref(), Some("Ada Lovelace"));
        let ids = async |text: &str| {
            let found = made.lookup("users", &["id"], text).await.unwrap();
            found.rows.into_iter().filter_map(|row| row.key.into_iter().next().flatten()).collect::<Vec<_>>()
        };
        assert_eq!(ids("love ADA").await, ["1"], "{}: every word, in any label, in any case", made.name);
        assert_eq!(ids("example.org").await, ["2", "3"]);
        assert_eq!(ids("3").await, ["3"], "the key's own beginning");
        assert_eq!(ids("100%").await, ["3"], "a sign of a pattern is itself");
        assert!(ids("nobody").await.is_empty());
        made.app()
            .keep_lookup_labels(&made.shop.profile, &made.table("users"), vec!["email".to_owned()])
            .await
            .unwrap();
        let chosen = made.lookup("users", &["id"], "lovelace").await.unwrap();
        assert_eq!(
            (chosen.labels, chosen.rows.len()),
            (vec!["email".to_owned()], 0),
            "only what was chosen is searched"
        );
        made.app().keep_lookup_labels(&made.shop.profile, &made.table("users"), Vec::new()).await.unwrap();
        assert_eq!(made.lookup("users", &["id"], "").await.unwrap().labels.len(), 2);
        let lines = made.lookup("orders", &["id"], "").await.unwrap();
        assert_eq!((lines.rows.len(), lines.more), (50, true));
        made.remove().await;
    }
}

#[tokio::test]
async fn a_question_is_stopped_by_its_name_and_the_next_one_is_answered() {
    for made in worlds().await {
        let rows = Followed {
            profile_id: made.shop.profile.clone(),
            object: made.slow_view(),
            filters: Vec::new(),
            nothing: None,
        };
        let stop = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            made.app().stop_asking("slow");
        };
        let (counted, ()) = tokio::join!(made.count("slow", &rows), stop);
        assert_eq!(counted.unwrap_err().code, ErrorCode::Cancelled, "{}", made.name);
        let users = Followed { object: made.table("users"), ..rows };
        assert_eq!(made.count("next", &users).await.unwrap().rows, 3);
        made.app().stop_asking("nobody asks this");
        made.remove().await;
    }
}

#[tokio::test]
async fn what_the_login_may_not_read_is_told_apart_from_nothing() {
    for made in worlds().await {
        let Some(limited) = made.limited().await else {
            made.remove().await;
            continue;
        };
        let users = made.browse_as(&limited, "users").await;
        // Who may only read is told of keys all the same.
        key(&users.head, &["manager_id"]);
        let rows = made.app().referenced_by(&users.head.hold_id, 0).await.unwrap();
        let orders = referring(&rows, "orders.user_id");
        assert_eq!(orders.rows.profile_id, limited);
        assert_eq!(made.count("x", &orders.rows).await.unwrap_err().code, ErrorCode::Forbidden, "{}", made.name);
        let request = LookupRequest {
            ask_id: "y".to_owned(),
            profile_id: limited.clone(),
            object: made.table("orders"),
            key_columns: vec!["id".to_owned()],
            text: String::new(),
            actor: None,
        };
        assert_eq!(made.app().lookup(request).await.unwrap_err().code, ErrorCode::Forbidden);
        made.forget(&limited).await;
        made.remove().await;
    }
}

#[tokio::test]
async fn what_was_chosen_for_a_connection_goes_with_it() {
    let made = Made::sqlite().await;
    let object = made.table("users");
    made.app().keep_lookup_labels(&made.shop.profile, &object, vec!["email".to_owned()]).await.unwrap();
    assert_eq!(made.app().chosen_labels(&made.shop.profile, &object).await.unwrap(), Some(vec!["email".to_owned()]));
    made.app().remove_profile(&made.shop.profile).await.unwrap();
    assert_eq!(made.app().chosen_labels(&made.shop.profile, &object).await.unwrap(), None);
}
