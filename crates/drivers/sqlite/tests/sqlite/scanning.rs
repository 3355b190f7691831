//! Pages give every row exactly once, in the order asked for.

use std::collections::BTreeSet;

use catalog::{Catalog, ObjectKey, Scope};
use driver::{Code, Comparison, Condition, Connection, Filter, KeySource, PageRequest, Session, Sort};

use crate::support::{connect, finish, folder, make, session, works};

pub(crate) struct Pages {
    pub(crate) texts: Vec<Vec<Option<String>>>,
    source: KeySource,
}

pub(crate) async fn pages(
    connection: &dyn Connection,
    session: &dyn Session,
    catalog: &Catalog,
    table: &str,
    sort: &[(&str, bool)],
    filters: Vec<Condition>,
    limit: u32,
) -> Pages {
    let scan = connection.control().scan().unwrap();
    let sort: Vec<Sort> = sort
        .iter()
        .map(|(column, descending)| Sort { column: (*column).to_owned(), descending: *descending })
        .collect();
    let mut request = PageRequest {
        relation: ObjectKey::relation(None, Some("main"), table),
        filters,
        sort,
        after: None,
        offset: 0,
        limit,
    };
    let mut all = Pages { texts: Vec::new(), source: KeySource::Offset };
    loop {
        let page = scan.page(catalog, &request).unwrap();
        let text = page.statement.text.clone();
        let finished = finish(session.run(page.statement)).await;
        if let Err(error) = &finished.end {
            panic!("{text}: {error:?}");
        }
        let rows = finished.texts();
        all.source = page.source;
        let count = rows.len();
        if let Some(last) = rows.last() {
            request.after = Some(page.key.iter().map(|position| last[*position].clone()).collect());
        }
        request.offset += count as u64;
        all.texts.extend(rows.into_iter().map(|mut row| {
            row.truncate(page.visible_columns);
            row
        }));
        if count < limit as usize {
            return all;
        }
    }
}

/// Small pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    /// A literal of any storage class, often one that was there before.
    fn value(&mut self) -> String {
        match self.roll(12) {
            0 | 1 => "NULL".into(),
            2 => format!("{}", self.roll(4)),
            3 => format!("'{}'", self.roll(4)),
            4 => format!("{}.5", self.roll(3)),
            5 => format!("{}.0", self.roll(3)),
            6 => format!("'{}'", ["a", "A", "b", "é", "", "it''s"][self.roll(6) as usize]),
            7 => format!("x'{}'", ["", "00", "41", "ff"][self.roll(4) as usize]),
            8 => ["9223372036854775807", "-9223372036854775807 - 1", "9e999", "-9e999", "0.1 + 0.2"]
                [self.roll(5) as usize]
                .into(),
            9 => "CAST(x'61ff' AS TEXT)".into(),
            10 => "CAST(x'610062' AS TEXT)".into(),
            _ => format!("-{}", self.roll(4)),
        }
    }
}

#[tokio::test]
async fn every_row_comes_exactly_once_whatever_the_keys_hold() {
    let folder = folder();
    for (encoding, seed) in [("UTF-8", 1), ("UTF-16le", 2)] {
        let path = folder.path().join(format!("{encoding}.db"));
        let tables = [
            ("plain", "(k, v, n)", ""),
            ("keyed", "(k, v, n, PRIMARY KEY (k, v))", ""),
            ("folded", "(k TEXT COLLATE NOCASE, v INTEGER, n)", ""),
            ("real_key", "(k REAL, v NUMERIC, n, PRIMARY KEY (k))", ""),
            ("clustered", "(k COLLATE NOCASE, v, n, PRIMARY KEY (k COLLATE BINARY, v))", " WITHOUT ROWID"),
            ("uniquely", "(rowid, oid, _rowid_, k NOT NULL, v NOT NULL, n, UNIQUE (k, v))", ""),
            ("hidden", "(rowid, k, v, n)", ""),
            ("alias", "(n INTEGER PRIMARY KEY, k, v)", ""),
        ];
        let mut dice = Dice(seed);
        let mut sql = format!("PRAGMA encoding = '{encoding}';");
        for (table, columns, options) in tables {
            sql.push_str(&format!("CREATE TABLE {table}{columns}{options};"));
            for n in 0..80 {
                let (k, v) = (dice.value(), dice.value());
                sql.push_str(&format!("INSERT OR IGNORE INTO {table}(k, v, n) VALUES ({k}, {v}, {n});"));
            }
        }
        sql.push_str("CREATE VIEW seen AS SELECT k, v, n FROM plain;");
        make(&path, &sql);
        let connection = connect(&path).await;
        let session = session(&*connection).await;
        let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
        let expected_sources = [
            ("plain", KeySource::RowId),
            ("keyed", KeySource::PrimaryKey),
            ("clustered", KeySource::PrimaryKey),
            ("uniquely", KeySource::UniqueIndex),
            ("alias", KeySource::PrimaryKey),
            ("seen", KeySource::Offset),
        ];
        for (table, ..) in tables.iter().chain([&("seen", "", "")]) {
            let whole = works(&*session, &format!("SELECT count(*) FROM {table}")).await.one();
            for sort in
                [&[][..], &[("k", false)], &[("k", true)], &[("v", true), ("k", false)], &[("k", true), ("v", true)]]
            {
                for limit in [1, 7, 1000] {
                    let found = pages(&*connection, &*session, &catalog, table, sort, Vec::new(), limit).await;
                    let name = format!("{encoding} {table} {sort:?} by {limit}");
                    if let Some((_, source)) = expected_sources.iter().find(|(name, _)| name == table) {
                        assert_eq!(found.source, *source, "{name}");
                    }
                    assert_eq!(found.texts.len().to_string(), whole, "{name}");
                    let place = catalog.relation(catalog.find_relation(None, table).unwrap()).unwrap();
                    let n = place.columns().iter().position(|column| column.name == "n").unwrap();
                    let numbers: Vec<String> = found.texts.iter().map(|row| row[n].clone().unwrap()).collect();
                    let distinct: BTreeSet<_> = numbers.iter().collect();
                    assert_eq!(distinct.len(), numbers.len(), "{name}: a row came twice");
                    if !sort.is_empty() && found.source != KeySource::Offset {
                        let one = pages(&*connection, &*session, &catalog, table, sort, Vec::new(), 1000).await;
                        assert_eq!(one.texts, found.texts, "{name}: pages differ from the whole");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn filters_mean_what_they_say() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(
        &path,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, s TEXT, u);
         INSERT INTO t VALUES (1, 5, 'Ärger%', 5), (2, 50, 'it''s', '5'), (3, NULL, '', x'05'), (4, -1, 'ITEM', 1.5), (5, 6, NULL, NULL)",
    );
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let cases: [(&str, Comparison, &[&str], &str); 16] = [
        ("i", Comparison::Equal, &["5"], "1"),
        ("i", Comparison::NotEqual, &["5"], "2345"),
        ("i", Comparison::Less, &["6"], "14"),
        ("i", Comparison::GreaterOrEqual, &["6"], "25"),
        ("i", Comparison::In, &["5", "6"], "15"),
        ("i", Comparison::In, &[], ""),
        ("i", Comparison::IsNull, &[], "3"),
        ("s", Comparison::IsNotNull, &[], "1234"),
        ("s", Comparison::Equal, &["it's"], "2"),
        ("s", Comparison::Contains, &["%"], "1"),
        ("s", Comparison::StartsWith, &["it"], "24"),
        ("s", Comparison::Like, &["it%"], "24"),
        ("u", Comparison::Equal, &["5"], "12"),
        ("u", Comparison::Equal, &["x'05'"], "3"),
        ("u", Comparison::Less, &["2"], "4"),
        ("u", Comparison::NotEqual, &["5"], "345"),
    ];
    for (column, comparison, values, expected) in cases {
        let filter = Filter {
            column: column.to_owned(),
            comparison,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let filter = Condition::One(filter);
        let found = pages(&*connection, &*session, &catalog, "t", &[], vec![filter.clone()], 2).await;
        let ids: String = found.texts.iter().map(|row| row[0].clone().unwrap()).collect();
        assert_eq!(ids, expected, "{column} {comparison:?} {values:?}");
        let scan = connection.control().scan().unwrap();
        let count = scan.count(&catalog, &ObjectKey::relation(None, Some("main"), "t"), &[filter]).unwrap();
        assert_eq!(finish(session.run(count)).await.one(), expected.len().to_string());
    }
}

#[tokio::test]
async fn unknown_relations_columns_and_positions_are_refused() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(&path, "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    let connection = connect(&path).await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let scan = connection.control().scan().unwrap();
    let request = |table: &str| PageRequest {
        relation: ObjectKey::relation(None, Some("main"), table),
        filters: Vec::new(),
        sort: Vec::new(),
        after: None,
        offset: 0,
        limit: 10,
    };
    assert_eq!(scan.page(&catalog, &request("x")).unwrap_err().code, Code::NotFound);
    let sort = vec![Sort { column: "x".into(), descending: false }];
    assert_eq!(scan.page(&catalog, &PageRequest { sort, ..request("t") }).unwrap_err().code, Code::NotFound);
    for after in
        [vec![], vec![Some("1); DROP TABLE t".to_owned())], vec![Some("T6".into())], vec![Some("X'6z'".into())]]
    {
        let request = PageRequest { after: Some(after), ..request("t") };
        assert_eq!(scan.page(&catalog, &request).unwrap_err().code, Code::InvalidStatement);
    }
}

#[tokio::test]
async fn the_next_page_is_found_by_the_index() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(
        &path,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, s TEXT NOT NULL, v); CREATE INDEX by_s ON t(s);
         CREATE TABLE w(a TEXT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID",
    );
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
    let scan = connection.control().scan().unwrap();
    let key = |text: &str| Some(text.to_owned());
    for (table, sort, after) in [
        ("t", None, vec![key("5")]),
        ("t", Some(("s", false)), vec![key("T61"), key("5")]),
        ("t", Some(("s", true)), vec![key("T61"), key("5")]),
        ("w", None, vec![key("T61"), key("5")]),
    ] {
        let request = PageRequest {
            relation: ObjectKey::relation(None, Some("main"), table),
            filters: Vec::new(),
            sort: sort
                .iter()
                .map(|(column, descending)| Sort { column: (*column).into(), descending: *descending })
                .collect(),
            after: Some(after),
            offset: 0,
            limit: 10,
        };
        let page = scan.page(&catalog, &request).unwrap();
        let plan = works(&*session, &format!("EXPLAIN QUERY PLAN {}", page.statement.text)).await;
        let steps: Vec<String> = plan.texts().iter().map(|row| row[3].clone().unwrap()).collect();
        assert!(steps[0].starts_with("SEARCH"), "{steps:?}\n{}", page.statement.text);
        assert!(
            !steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")),
            "{steps:?}\n{}",
            page.statement.text
        );
    }
}
