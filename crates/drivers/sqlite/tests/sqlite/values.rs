//! Values arrive as they are stored.

use driver::{
    Statement,
    arrow::{CellClass, NATIVE_TYPE, ORIGIN, class_column, visible_columns},
};

use crate::support::{finish, memory, works};

#[tokio::test]
async fn every_storage_class_is_kept_whatever_the_column_says() {
    let session = memory().await;
    works(&*session, "CREATE TABLE t(n INTEGER, u)").await;
    works(
        &*session,
        "INSERT INTO t VALUES (1, 1), ('text', '1'), (1.5, x'00ff'), (x'31', NULL), (NULL, ''), (9223372036854775807, -9223372036854775808)",
    )
    .await;
    let found = works(&*session, "SELECT n, u FROM t ORDER BY rowid").await.rows();
    use CellClass::{Bytes, Integer, Null, Real, Text};
    let expected = vec![
        vec![(Integer, b"1".to_vec()), (Integer, b"1".to_vec())],
        vec![(Text, b"text".to_vec()), (Text, b"1".to_vec())],
        vec![(Real, b"1.5".to_vec()), (Bytes, vec![0, 255])],
        vec![(Bytes, b"1".to_vec()), (Null, vec![])],
        vec![(Null, vec![]), (Text, vec![])],
        vec![(Integer, i64::MAX.to_string().into_bytes()), (Integer, i64::MIN.to_string().into_bytes())],
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn text_with_nul_or_broken_utf8_keeps_its_bytes() {
    let session = memory().await;
    let finished = works(
        &*session,
        "SELECT CAST(x'610062' AS TEXT), CAST(x'61ff62' AS TEXT), CAST(x'ff' AS BLOB), 0.1 + 0.2, 9e999, -9e999, 1e0",
    )
    .await;
    let expected = vec![
        (CellClass::Text, b"a\0b".to_vec()),
        (CellClass::InvalidText, b"a\xffb".to_vec()),
        (CellClass::Bytes, b"\xff".to_vec()),
        (CellClass::Real, b"0.30000000000000004".to_vec()),
        (CellClass::Real, b"Inf".to_vec()),
        (CellClass::Real, b"-Inf".to_vec()),
        (CellClass::Real, b"1.0".to_vec()),
    ];
    assert_eq!(finished.rows(), vec![expected]);
}

#[tokio::test]
async fn an_empty_result_keeps_its_columns_types_and_origins() {
    let session = memory().await;
    works(&*session, "CREATE TABLE shop(id INTEGER PRIMARY KEY, price DECIMAL(10,2), \"0#class\" TEXT)").await;
    let finished = works(&*session, "SELECT id, price AS p, \"0#class\", id + 1 FROM shop").await;
    assert!(finished.batches.is_empty());
    assert_eq!(finished.names(), ["id", "p", "0#class", "id + 1"]);
    let schema = finished.schema.unwrap();
    assert_eq!(visible_columns(&schema), 4);
    assert_eq!(class_column(&schema, 0), Some(4), "a column of the same name is not taken for a class column");
    let metadata = |index: usize, key: &str| schema.field(index).metadata().get(key).cloned();
    assert_eq!(metadata(0, NATIVE_TYPE).unwrap(), "INTEGER");
    assert_eq!(metadata(1, NATIVE_TYPE).unwrap(), "DECIMAL(10,2)");
    assert_eq!(metadata(1, ORIGIN).unwrap(), "main\u{1f}shop\u{1f}price");
    assert_eq!(metadata(3, NATIVE_TYPE).unwrap(), "");
    assert_eq!(metadata(3, ORIGIN), None);
}

#[tokio::test]
async fn utf16_files_give_the_same_texts() {
    let session = memory().await;
    works(&*session, "PRAGMA encoding = 'UTF-16le'").await;
    works(&*session, "CREATE TABLE t(x)").await;
    works(&*session, "INSERT INTO t VALUES ('żółć 🚀 שלום')").await;
    assert_eq!(works(&*session, "PRAGMA encoding").await.one(), "UTF-16le");
    assert_eq!(works(&*session, "SELECT x FROM t").await.one(), "żółć 🚀 שלום");
}

#[tokio::test]
async fn every_kind_of_placeholder_takes_its_value() {
    let session = memory().await;
    let given = |name: &str, value: Option<&str>| driver::Parameter {
        name: name.to_owned(),
        value: value.map(|text| driver::Secret::new(text.to_owned())),
    };
    let text = "SELECT :a, @a, $a, ?7, ?, typeof(:n), typeof(:t), ?1";
    let parameters = vec![
        given("a", Some("x")),
        given("@a", Some("y")),
        given("7", None),
        given("8", Some("")),
        given("n", Some("5")),
        given("t", Some("05")),
    ];
    let finished = finish(session.run(Statement { parameters, ..Statement::new(text) })).await;
    let texts = finished.texts();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        texts,
        [vec![some("x"), some("y"), some("x"), None, some(""), some("integer"), some("text"), some("x")]],
        "{:?}",
        finished.end
    );
}

#[tokio::test]
async fn a_placeholder_without_a_value_and_a_value_without_a_placeholder_are_errors() {
    let session = memory().await;
    for statement in [
        Statement::new("SELECT :a"),
        Statement::new("SELECT ?"),
        Statement::new("SELECT ?1, ?2").with_values([Some("1")]),
        Statement::new("SELECT 1").with_values([Some("1")]),
    ] {
        let error = finish(session.run(statement)).await.end.unwrap_err();
        assert_eq!(error.code, driver::Code::InvalidStatement, "{error}");
    }
    let gap = finish(session.run(Statement {
        parameters: vec![driver::Parameter { name: "3".into(), value: Some(driver::Secret::new("z".into())) }],
        ..Statement::new("SELECT ?3")
    }))
    .await;
    assert_eq!(gap.one(), "z");
}

#[tokio::test]
async fn numbers_given_as_text_compare_as_numbers() {
    let session = memory().await;
    let statement = Statement::new("SELECT count(*) FROM (SELECT 1) HAVING count(*) = ?1").with_values([Some("1")]);
    assert_eq!(finish(session.run(statement)).await.one(), "1");
    works(&*session, "CREATE TABLE zip(code TEXT)").await;
    finish(session.run(Statement::new("INSERT INTO zip VALUES (?)").with_values([Some("00501")]))).await.end.unwrap();
    finish(session.run(Statement::new("INSERT INTO zip VALUES (?)").with_values([Some("501")]))).await.end.unwrap();
    assert_eq!(
        works(&*session, "SELECT group_concat(typeof(code) || code, ',') FROM zip").await.one(),
        "text00501,text501"
    );
}

#[tokio::test]
async fn the_widest_table_and_a_64_mb_cell_arrive_whole() {
    let session = memory().await;
    let columns: Vec<String> = (0..2000).map(|index| format!("{index} AS c{index}")).collect();
    let wide = works(&*session, &format!("SELECT {}", columns.join(", "))).await;
    assert_eq!(wide.names().len(), 2000);
    assert_eq!(wide.texts()[0][1999].as_deref(), Some("1999"));
    let long = works(&*session, "SELECT 1, zeroblob(67108864), 2").await;
    assert_eq!(long.rows()[0][1].1.len(), 64 << 20);
    assert_eq!(long.rows()[0][2].1, b"2");
}
