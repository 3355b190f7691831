//! Rows in the shape one wants: conditions of every kind, in groups and by hand, and several sort keys over ties and NULLs.

use catalog::Scope;
use driver::{Code, Comparison, Condition, Filter};

use crate::{
    pages::{all, request, sort},
    server::{rows, servers},
};

fn one(column: &str, comparison: Comparison, values: &[&str]) -> Condition {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Filter { column: column.to_owned(), comparison, values }.into()
}

#[tokio::test]
async fn conditions_say_what_a_person_means_of_null_and_of_nothing() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create type mood as enum ('sad', 'ok');
                 create table t (id integer primary key, s text, n numeric, m mood, r regclass, b bytea, d date);
                 insert into t values (1, '50%', 1.5, 'sad', 'pg_class', '', '2024-02-29'), (2, '50x', 2, 'ok', 'pg_type', '\\x00', '2024-03-01'),
                   (3, 'a_b', null, null, null, null, null), (4, 'AXB', -1, 'sad', null, null, '1999-12-31'),
                   (5, 'a, b', 0, null, null, null, null), (6, 'it''s \"c\"', 0, null, null, null, null), (7, '', 0, null, null, null, null),
                   (8, null, 0, null, null, null, null)",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        let all_of = |each: Vec<Condition>| vec![Condition::All(each)];
        let any_of = |each: Vec<Condition>| vec![Condition::Any(each)];
        let text = |text: &str| Condition::Text(text.to_owned());
        use Comparison as C;
        for (conditions, wanted) in [
            // NULL is none of them and contains nothing.
            (vec![one("n", C::NotIn, &["2", "-1", "0"])], "1,3"),
            (vec![one("n", C::NotIn, &[])], "1,2,3,4,5,6,7,8"),
            (vec![one("r", C::NotIn, &["pg_type"])], "1,3,4,5,6,7,8"),
            (vec![one("s", C::NotContains, &["x"])], "1,3,5,6,7,8"),
            (vec![one("s", C::NotContains, &["%"])], "2,3,4,5,6,7,8"),
            (vec![one("s", C::In, &["a, b", "it's \"c\""])], "5,6"),
            (vec![one("s", C::EndsWith, &["B"])], "3,4,5"),
            (vec![one("s", C::EndsWith, &["0_"])], ""),
            (vec![one("n", C::Between, &["-1", "1.5"])], "1,4,5,6,7,8"),
            (vec![one("n", C::Between, &["1.5", "-1"])], ""),
            (vec![one("m", C::Between, &["sad", "ok"])], "1,2,4"),
            (vec![one("d", C::Between, &["2024-02-01", "2024-02-29"])], "1"),
            // NULL is not empty, and neither is a number.
            (vec![one("s", C::IsEmpty, &[])], "7"),
            (vec![one("s", C::IsNotEmpty, &[])], "1,2,3,4,5,6"),
            (vec![one("b", C::IsEmpty, &[])], "1"),
            (vec![one("b", C::IsNotEmpty, &[])], "2"),
            (vec![one("n", C::IsEmpty, &[])], ""),
            // Groups.
            (any_of(vec![one("id", C::Equal, &["1"]), one("n", C::IsNull, &[])]), "1,3"),
            (all_of(vec![one("id", C::Less, &["5"]), one("m", C::Equal, &["sad"])]), "1,4"),
            (
                any_of(vec![
                    Condition::All(vec![one("m", C::Equal, &["sad"]), one("n", C::Less, &["0"])]),
                    Condition::All(vec![one("m", C::Equal, &["ok"]), one("n", C::Equal, &["2"])]),
                ]),
                "2,4",
            ),
            (any_of(Vec::new()), ""),
            (all_of(Vec::new()), "1,2,3,4,5,6,7,8"),
            // By hand: OR stays within, and a comment at its end takes nothing else with it.
            (vec![one("id", C::Less, &["3"]), text("n = 2 or n = -1 -- or all")], "2"),
            (vec![text("n = 2 or n = -1 -- or all"), one("id", C::Less, &["9"])], "2,4"),
        ] {
            let mut request = request("t");
            request.filters = conditions.clone();
            // Pages of 3, so that keys and conditions stand together.
            let found = all(&mut client, control, &catalog, request.clone(), 3).await;
            let ids: Vec<String> = found.into_iter().filter_map(|row| row[0].clone()).collect();
            assert_eq!(ids.join(","), wanted, "{conditions:?} on {}", server.major);
            let count = control.scan().unwrap().count(&catalog, &request.relation, &conditions).unwrap();
            assert_eq!(rows(&mut client, &count).await[0][0], Some(ids.len().to_string()));
        }
        let mut wrong = request("t");
        wrong.filters = vec![one("n", Comparison::Between, &["1"])];
        assert_eq!(control.scan().unwrap().page(&catalog, &wrong).unwrap_err().code, Code::InvalidStatement);
        wrong.filters = any_of(vec![one("gone", Comparison::IsNull, &[])]);
        assert_eq!(control.scan().unwrap().page(&catalog, &wrong).unwrap_err().code, Code::NotFound);
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn several_sort_keys_with_ties_and_nulls_give_every_row_once() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table t (id integer primary key, a integer, b text, c date);
                 insert into t select g, nullif(g % 3, 2), case when g % 4 > 0 then chr(97 + g % 2) end,
                   case when g % 5 > 0 then date '2024-01-01' + g % 2 end from generate_series(1, 23) g;
                 create table bare (a integer, b text); insert into bare select a, b from t",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for (order, keys) in [
            ("a, b, c, id", vec![sort("a", false), sort("b", false), sort("c", false)]),
            ("a desc, b, c desc, id", vec![sort("a", true), sort("b", false), sort("c", true)]),
            ("b desc, a desc, id", vec![sort("b", true), sort("a", true)]),
            ("c, b desc, a, id", vec![sort("c", false), sort("b", true), sort("a", false)]),
            ("b, id desc", vec![sort("b", false), sort("id", true), sort("a", false)]),
        ] {
            let ordered = driver::Statement::new(format!("select * from t order by {order}"));
            let wanted = rows(&mut client, &ordered).await;
            let mut request = request("t");
            request.sort = keys.clone();
            assert_eq!(all(&mut client, control, &catalog, request, 3).await, wanted, "{order} on {}", server.major);
        }
        if server.major >= 14 {
            let mut request = request("bare");
            request.sort = vec![sort("b", true), sort("a", false)];
            assert_eq!(all(&mut client, control, &catalog, request, 3).await.len(), 23);
        }
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn the_server_itself_says_whether_it_leaves_rows_out() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table \"Öpen\" (id integer primary key); create table closed (id integer primary key);
                 alter table closed enable row level security",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for name in ["Öpen", "closed"] {
            let relation = request(name).relation;
            let asked = control.scan().unwrap().leaves_out(&catalog, &relation).unwrap();
            // The owner is exempt, and so is a superuser.
            assert_eq!(rows(&mut client, &asked).await[0][0].as_deref(), Some("false"), "{name} on {}", server.major);
            rows(&mut client, &driver::Statement::new("set role pg_monitor")).await;
            let others = rows(&mut client, &asked).await[0][0].clone();
            assert_eq!(others, Some((name == "closed").to_string()), "{name} on {}", server.major);
            rows(&mut client, &driver::Statement::new("reset role")).await;
        }
        client.close().await;
        database.drop().await;
    }
}
