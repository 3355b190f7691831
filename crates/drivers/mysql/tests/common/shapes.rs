//! Rows in the shape one wants: conditions of every kind, in groups and by hand, and several sort keys over ties and NULLs.

use catalog::{Catalog, ObjectKey, Scope};
use driver::{Comparison, Condition, Connection, Filter, PageRequest, Role, Session, Sort, Statement};

use crate::{
    common::server::{finish, server},
    prepare,
};

fn one(column: &str, comparison: Comparison, values: &[&str]) -> Condition {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Filter { column: column.to_owned(), comparison, values }.into()
}

async fn ids(session: &dyn Session, statement: Statement) -> Vec<(String, Vec<Option<String>>)> {
    let text = statement.text.clone();
    let finished = finish(session.run(statement)).await;
    finished.ok();
    let text_of = |cell: &Option<Vec<u8>>| cell.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let rows = finished.sets[0].1.iter().map(|row| row.iter().map(text_of).collect::<Vec<_>>());
    rows.map(|row| (row[0].clone().unwrap_or_else(|| panic!("no id: {text}")), row)).collect()
}

async fn paged(
    connection: &dyn Connection,
    session: &dyn Session,
    catalog: &Catalog,
    filters: Vec<Condition>,
    sort: &[(&str, bool)],
) -> String {
    let sort = sort.iter().map(|(column, descending)| Sort { column: (*column).to_owned(), descending: *descending });
    let mut request = PageRequest {
        relation: ObjectKey::relation(None, Some("catalog_shapes"), "t"),
        filters,
        sort: sort.collect(),
        after: None,
        offset: 0,
        limit: 3,
    };
    let mut found = Vec::new();
    loop {
        let page = connection.control().scan().unwrap().page(catalog, &request).unwrap();
        let rows = ids(session, page.statement).await;
        let (count, last) = (rows.len(), rows.last().map(|(_, row)| row.clone()));
        request.after = last.map(|row| page.key.iter().map(|at| row[*at].clone()).collect());
        found.extend(rows.into_iter().map(|(id, _)| id));
        assert!(found.len() < 100, "it never ends");
        if count < 3 {
            return found.join(",");
        }
    }
}

#[tokio::test]
async fn conditions_and_several_sort_keys_give_every_row_they_mean_once() {
    let Some(server) = server() else { return };
    let connection = prepare(
        &server,
        "catalog_shapes",
        &[
            "create table t (id int primary key, s varchar(20), n decimal(9,2), e enum('sad','it''s ok'), f float, vb varbinary(9), d date)",
            "insert into t values (1, '50%', 1.5, 'sad', 1.1, x'', '2024-02-29'), (2, '50x', 2, 'it''s ok', 1.1, x'00', '2024-03-01'), \
             (3, 'a_b', null, null, null, null, null), (4, 'AXB ', -1, 'sad', 2.2, null, '1999-12-31'), \
             (5, 'a, b', 0, null, null, null, null), (6, 'it''s ''', 0, null, null, null, null), (7, '', 0, null, null, null, null), \
             (8, null, 0, null, null, null, null)",
        ],
    )
    .await;
    let catalog = connection.control().catalog(&Scope::relation(Some("catalog_shapes"), "t")).await.unwrap();
    let session = connection.open(Role::Browse).await.unwrap();
    let key = ObjectKey::relation(None, Some("catalog_shapes"), "t");
    let text = |text: &str| Condition::Text(text.to_owned());
    use Comparison as C;
    for (conditions, wanted) in [
        (vec![one("n", C::NotIn, &["2", "-1", "0"])], "1,3"),
        (vec![one("f", C::NotIn, &["1.1"])], "3,4,5,6,7,8"),
        (vec![one("s", C::NotContains, &["x"])], "1,3,5,6,7,8"),
        (vec![one("s", C::NotContains, &["%"])], "2,3,4,5,6,7,8"),
        (vec![one("s", C::In, &["a, b", "it's '"])], "5,6"),
        (vec![one("e", C::In, &["it's ok"])], "2"),
        // A space at the end is a sign like any other here.
        (vec![one("s", C::EndsWith, &["B"])], "3,5"),
        (vec![one("s", C::EndsWith, &["B "])], "4"),
        (vec![one("s", C::EndsWith, &["%"])], "1"),
        (vec![one("n", C::Between, &["-1", "1.5"])], "1,4,5,6,7,8"),
        (vec![one("n", C::Between, &["1.5", "-1"])], ""),
        (vec![one("d", C::Between, &["2024-02-01", "2024-02-29"])], "1"),
        (vec![one("s", C::IsEmpty, &[])], "7"),
        (vec![one("s", C::IsNotEmpty, &[])], "1,2,3,4,5,6"),
        (vec![one("vb", C::IsEmpty, &[])], "1"),
        (vec![one("n", C::IsEmpty, &[])], ""),
        (vec![Condition::Any(vec![one("id", C::Equal, &["1"]), one("n", C::IsNull, &[])])], "1,3"),
        (vec![Condition::Any(vec![])], ""),
        (
            vec![Condition::Any(vec![
                Condition::All(vec![one("e", C::Equal, &["sad"]), one("n", C::Less, &["0"])]),
                one("n", C::Equal, &["2"]),
            ])],
            "2,4",
        ),
        (vec![one("id", C::Less, &["3"]), text("n = 2 or n = -1 -- or all")], "2"),
        (vec![text("n = 2 or n = -1 # or all"), one("id", C::Less, &["9"])], "2,4"),
    ] {
        let found = paged(&*connection, &*session, &catalog, conditions.clone(), &[]).await;
        assert_eq!(found, wanted, "{conditions:?}");
        let count = connection.control().scan().unwrap().count(&catalog, &key, &conditions).unwrap();
        let counted = if wanted.is_empty() { 0 } else { wanted.split(',').count() };
        assert_eq!(ids(&*session, count).await[0].0, counted.to_string());
    }
    for (order, keys) in [
        ("n, e, s, id", &[("n", false), ("e", false), ("s", false)][..]),
        ("n desc, e, s desc, id", &[("n", true), ("e", false), ("s", true)]),
        ("f desc, d desc, id", &[("f", true), ("d", true)]),
        ("e, n desc, id desc", &[("e", false), ("n", true), ("id", true)]),
    ] {
        let whole = Statement::new(format!("select id from catalog_shapes.t order by {order}"));
        let wanted: Vec<String> = ids(&*session, whole).await.into_iter().map(|(id, _)| id).collect();
        assert_eq!(paged(&*connection, &*session, &catalog, Vec::new(), keys).await, wanted.join(","), "{order}");
    }
}
