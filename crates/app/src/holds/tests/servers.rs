//! The same on real servers, where they are given.

use super::*;
use crate::testing::servers::server;

/// A row: its number as the server casts it, its time, its text; `None` is NULL.
type Row = (&'static str, Option<&'static str>, Option<&'static str>);

/// Numbers that no double tells apart, equal ones in two forms, moments, and NULL in every column.
const ROWS: [Row; 6] = [
    ("9007199254740993", Some("2026-03-01 00:00:00"), Some("Beta")),
    ("9007199254740992", Some("2026-03-01 00:00:00"), Some("50% off")),
    ("-0.5", Some("2025-12-31 23:59:59"), Some("beta_2")),
    ("10", Some("2026-10-25 02:30:00"), None),
    ("9.50", None, Some("it's \\b")),
    ("null", Some("1999-01-01 00:00:00"), Some("BETA")),
];

fn query(number: &str, time: &str) -> String {
    let rows = ROWS.iter().enumerate().map(|(at, (n, t, s))| {
        let moment = t.map_or("null".to_owned(), |t| format!("'{t}'"));
        let text = s.map_or("null".to_owned(), |s| format!("'{}'", s.replace('\'', "''")));
        format!("select {} as id, cast({n} as {number}) as n, cast({moment} as {time}) as t, {text} as s", at + 1)
    });
    rows.collect::<Vec<_>>().join("\nunion all ")
}

async fn agrees(shop: &Shop, text: &str, request: ViewRequest, wanted: &[&str]) {
    let (hold, _) = ran(shop, text).await;
    let here = shop.app.hold_view(&hold, request.clone()).await.unwrap();
    assert_eq!(texts(shop, &here.hold_id, 0, 0..here.rows).await, wanted, "here");
    let text = shop.app.hold_on_server(&hold, request).unwrap().text.unwrap();
    let (there, _) = ran(shop, &text).await;
    let there = shop.app.hold_view(&there, ViewRequest::default()).await.unwrap();
    assert_eq!(texts(shop, &there.hold_id, 0, 0..there.rows).await, wanted, "there: {text}");
}

#[tokio::test]
async fn what_is_sorted_and_filtered_here_is_as_the_server_has_it() {
    let of = [
        ("ROWHOUSE_TEST_POSTGRES_15_URL", "numeric", "timestamp"),
        ("ROWHOUSE_TEST_POSTGRES_18_URL", "numeric", "timestamptz"),
        ("ROWHOUSE_TEST_MARIADB_URL", "decimal(30, 2)", "datetime"),
    ];
    for (variable, number, time) in of {
        let Some(shop) = server(variable).await else { continue };
        let text = query(number, time);
        let by = |keys: &[(u32, bool)]| ViewRequest { sort: sort(keys), ..ViewRequest::default() };
        agrees(&shop, &text, by(&[(1, false)]), &["3", "5", "4", "2", "1", "6"]).await;
        agrees(&shop, &text, by(&[(1, true)]), &["1", "2", "4", "5", "3", "6"]).await;
        agrees(&shop, &text, by(&[(2, false), (1, false)]), &["6", "3", "2", "1", "4", "5"]).await;
        agrees(&shop, &text, by(&[(2, true), (1, true)]), &["4", "1", "2", "3", "6", "5"]).await;
        let with =
            |text: &str| ViewRequest { contains: Some(text.to_owned()), columns: Some(vec![3]), ..by(&[(0, false)]) };
        agrees(&shop, &text, with("beta"), &["1", "3", "6"]).await;
        agrees(&shop, &text, with("0%"), &["2"]).await;
        agrees(&shop, &text, with("a_2"), &["3"]).await;
        agrees(&shop, &text, with("it's"), &["5"]).await;
    }
}
