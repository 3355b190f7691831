//! Rows in the shape one wants: conditions of every kind, in groups and by hand, and several sort keys over ties and NULLs.

use catalog::{ObjectKey, Scope};
use driver::{Comparison, Condition, Filter, Statement};

use crate::{
    scanning::pages,
    support::{connect, finish, folder, make, session},
};

fn one(column: &str, comparison: Comparison, values: &[&str]) -> Condition {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Filter { column: column.to_owned(), comparison, values }.into()
}

#[tokio::test]
async fn conditions_say_what_a_person_means_of_null_and_of_nothing() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(
        &path,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, s TEXT, u);
         INSERT INTO t VALUES (1, 5, 'Ärger%', 5), (2, 50, 'it''s, \"so\"', '5'), (3, NULL, '', x'05'), (4, -1, 'ITEM', x''),
           (5, 6, NULL, NULL), (6, 7, 'a', ''), (7, 8, char(0) || 'x', 1.5)",
    );
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let text = |text: &str| Condition::Text(text.to_owned());
    use Comparison as C;
    for (conditions, expected) in [
        (vec![one("i", C::NotIn, &["5", "50"])], "34567"),
        (vec![one("i", C::NotIn, &[])], "1234567"),
        (vec![one("u", C::NotIn, &["5"])], "34567"),
        (vec![one("s", C::In, &["it's, \"so\"", "a"])], "26"),
        (vec![one("s", C::NotContains, &["T"])], "13567"),
        (vec![one("s", C::NotContains, &["%"])], "234567"),
        (vec![one("s", C::EndsWith, &["em"])], "4"),
        (vec![one("s", C::EndsWith, &["%"])], "1"),
        (vec![one("s", C::EndsWith, &[""])], "123467"),
        (vec![one("i", C::Between, &["5", "7"])], "156"),
        (vec![one("i", C::Between, &["7", "5"])], ""),
        (vec![one("u", C::Between, &["1", "5"])], "17"),
        (vec![one("s", C::IsEmpty, &[])], "3"),
        (vec![one("s", C::IsNotEmpty, &[])], "12467"),
        (vec![one("u", C::IsEmpty, &[])], "46"),
        (vec![Condition::Any(vec![one("i", C::IsNull, &[]), one("s", C::IsNull, &[])])], "35"),
        (vec![Condition::Any(vec![])], ""),
        (vec![Condition::All(vec![])], "1234567"),
        (
            vec![Condition::Any(vec![
                Condition::All(vec![one("i", C::Less, &["6"]), one("s", C::StartsWith, &["i"])]),
                one("id", C::Equal, &["7"]),
            ])],
            "47",
        ),
        (vec![one("id", C::Less, &["4"]), text("i = 50 or i = -1 -- or all")], "2"),
        (vec![text("i = 50 or i = -1 /* all */"), one("id", C::Less, &["9"])], "24"),
    ] {
        let found = pages(&*connection, &*session, &catalog, "t", &[], conditions.clone(), 2).await;
        let ids: String = found.texts.iter().map(|row| row[0].clone().unwrap()).collect();
        assert_eq!(ids, expected, "{conditions:?}");
        let scan = connection.control().scan().unwrap();
        let count = scan.count(&catalog, &ObjectKey::relation(None, Some("main"), "t"), &conditions).unwrap();
        assert_eq!(finish(session.run(count)).await.one(), expected.len().to_string());
    }
}

#[tokio::test]
async fn several_sort_keys_with_ties_and_nulls_give_every_row_once() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(
        &path,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c);
         WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 23)
         INSERT INTO t SELECT n, nullif(n % 3, 2), CASE WHEN n % 4 > 0 THEN char(97 + n % 2) END,
           CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 1 WHEN 2 THEN '1' WHEN 3 THEN x'31' ELSE 1.5 END FROM g",
    );
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    for (order, keys) in [
        ("a, b, c, id", &[("a", false), ("b", false), ("c", false)][..]),
        ("a DESC, b, c DESC, id", &[("a", true), ("b", false), ("c", true)]),
        ("b DESC, a DESC, id", &[("b", true), ("a", true)]),
        ("c, b DESC, id", &[("c", false), ("b", true)]),
    ] {
        let wanted = finish(session.run(Statement::new(format!("SELECT * FROM t ORDER BY {order}")))).await.texts();
        let found = pages(&*connection, &*session, &catalog, "t", keys, Vec::new(), 3).await;
        assert_eq!(found.texts, wanted, "{order}");
    }
}
