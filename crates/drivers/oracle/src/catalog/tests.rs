#![allow(clippy::unwrap_used)]
//! Rows as the reference of the views describes them; none of them was said by a server.

use catalog::{ConstraintKind, Identity, RelationKind, Scope};

use super::*;

/// A line for each row, cells parted by `|`, `∅` for NULL.
fn rows(text: &str) -> Rows {
    let cell = |cell: &str| Some(cell.to_owned()).filter(|cell| cell != "∅");
    text.lines().map(|line| line.split('|').map(cell).collect()).collect()
}

const SHOP: &[(&str, &str)] = &[
    ("SELECT SYS_CONTEXT", "freepdb1|SHOP"),
    ("-- Users, which are schemas.", "SHOP|N\nSYS|Y"),
    (
        "-- Tables and views, with estimates.",
        "SHOP|CUSTOMERS|TABLE|120|people|71|NO|N|∅\nSHOP|ORDERS|TABLE|∅|∅|72|YES|N|∅\nSHOP|RICH|VIEW|∅|∅|73|∅|∅|∅\nGONE|X|TABLE|1|∅|9|NO|N|∅",
    ),
    ("-- Texts of views.", "SHOP|RICH|select * from customers where credit > 10"),
    (
        "-- Columns of tables and views.",
        "SHOP|CUSTOMERS|1|ID|∅|NUMBER|∅|0|22|∅|0|N|\"SHOP\".\"ISEQ$$_1\".nextval|NO|YES|ALWAYS|∅\n\
         SHOP|CUSTOMERS|2|Na\"me|∅|VARCHAR2|C|20|80|∅|∅|Y|'x' |NO|NO|∅|who\n\
         SHOP|CUSTOMERS|3|CREDIT|∅|NUMBER|∅|0|22|9|2|Y|∅|NO|NO|∅|∅\n\
         SHOP|CUSTOMERS|4|TWICE|∅|NUMBER|∅|0|22|∅|∅|Y|\"CREDIT\"*2|YES|NO|∅|∅\n\
         SHOP|CUSTOMERS|5|PLACE|MDSYS|SDO_GEOMETRY|∅|∅|1|∅|∅|Y|∅|NO|NO|∅|∅\n\
         SHOP|ORDERS|1|ID|∅|NUMBER|∅|0|22|10|0|N|∅|NO|NO|∅|∅",
    ),
    (
        "-- Keys and checks of tables, by their columns.",
        "SHOP|CUSTOMERS|PK_C|P|∅|ENABLED|VALIDATED|NOT DEFERRABLE|IMMEDIATE|USER NAME|ID\n\
         SHOP|CUSTOMERS|SYS_C1|C|\"ID\" IS NOT NULL|ENABLED|VALIDATED|NOT DEFERRABLE|IMMEDIATE|GENERATED NAME|ID\n\
         SHOP|CUSTOMERS|U_C|U|∅|ENABLED|NOT VALIDATED|DEFERRABLE|DEFERRED|USER NAME|ID\n\
         SHOP|CUSTOMERS|U_C|U|∅|ENABLED|NOT VALIDATED|DEFERRABLE|DEFERRED|USER NAME|CREDIT\n\
         SHOP|CUSTOMERS|CHECKED|C|credit > 0|DISABLED|NOT VALIDATED|NOT DEFERRABLE|IMMEDIATE|USER NAME|CREDIT",
    ),
    (
        "-- Foreign keys, by their columns.",
        "SHOP|ORDERS|FK_O|ID|SHOP|CUSTOMERS|ID|CASCADE|NOT DEFERRABLE|IMMEDIATE|VALIDATED",
    ),
    (
        "-- Indexes of tables, by their columns or expressions.",
        "SHOP|CUSTOMERS|PK_C|NORMAL|UNIQUE|VALID|ID|ASC|∅|PK_C\n\
         SHOP|CUSTOMERS|BY_CREDIT|FUNCTION-BASED NORMAL|NONUNIQUE|UNUSABLE|SYS_NC1|DESC|\"CREDIT\"|∅\n\
         SHOP|CUSTOMERS|BY_CREDIT|FUNCTION-BASED NORMAL|NONUNIQUE|UNUSABLE|SYS_NC2|ASC|UPPER(\"NAME\")|∅",
    ),
    (
        "-- Triggers of tables and views.",
        "SHOP|ORDERS|T|BEFORE EACH ROW|INSERT OR UPDATE|ENABLED|t before insert or update on orders for each row |begin null; end;",
    ),
    (
        "-- Functions and procedures by their parameters, and packages.",
        "SHOP|ADD_ORDER|PROCEDURE|CURRENT_USER|1|WHO|IN|∅|NUMBER|B|∅|∅|∅|∅\n\
         SHOP|ADD_ORDER|PROCEDURE|CURRENT_USER|2|DONE|OUT|∅|VARCHAR2|B|∅|∅|∅|∅\n\
         SHOP|TAX|FUNCTION|DEFINER|0|∅|OUT|∅|NUMBER|B|∅|∅|∅|∅\nSHOP|TOOLS|PACKAGE|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅",
    ),
    ("-- Sequences.", "SHOP|S|1|9999999999999999999999999999|1|N|20|41"),
    ("-- What is told by its name only.", "SHOP|synonyms|S1\nSHOP|synonyms|S2\nSHOP|types|T1"),
];

fn shop(text: &str) -> Result<Rows, Failure> {
    let found = SHOP.iter().find(|(first, _)| text.starts_with(first));
    Ok(found.map_or_else(Vec::new, |(_, data)| rows(data)))
}

#[test]
fn everything_the_views_say_is_in_the_catalog() {
    let catalog = read(&mut shop, &Scope::complete()).unwrap();
    assert_eq!(
        (catalog.database.as_deref(), catalog.search_path.as_slice()),
        (Some("freepdb1"), &["SHOP".to_owned()][..])
    );
    let kinds: Vec<_> = catalog.relations.iter().map(|relation| (relation.name.as_str(), relation.kind)).collect();
    assert_eq!(
        kinds,
        [("CUSTOMERS", RelationKind::Table), ("ORDERS", RelationKind::PartitionedTable), ("RICH", RelationKind::View)]
    );
    assert!(catalog.relations[2].definition.value().is_some_and(|text| text.starts_with("select * from customers")));
    let columns: Vec<_> =
        catalog.columns.iter().map(|column| (column.name.as_str(), column.native_type.as_str())).collect();
    assert_eq!(
        columns[..5],
        [
            ("ID", "NUMBER(38)"),
            ("Na\"me", "VARCHAR2(20 CHAR)"),
            ("CREDIT", "NUMBER(9,2)"),
            ("TWICE", "NUMBER"),
            ("PLACE", "\"MDSYS\".\"SDO_GEOMETRY\""),
        ]
    );
    assert_eq!((catalog.columns[0].identity, &catalog.columns[0].default), (Some(Identity::Always), &None));
    assert_eq!(catalog.columns[1].default.as_deref(), Some("'x'"));
    assert!(catalog.columns[3].generated.as_ref().is_some_and(|made| !made.stored));
    let constraints: Vec<_> = catalog
        .constraints
        .iter()
        .map(|one| (one.kind, one.definition.value().map(String::as_str).unwrap_or_default(), one.validated))
        .collect();
    assert_eq!(
        constraints,
        [
            (ConstraintKind::PrimaryKey, "PRIMARY KEY (\"ID\")", true),
            (ConstraintKind::Unique, "UNIQUE (\"ID\", \"CREDIT\")", false),
            (ConstraintKind::Check, "CHECK (credit > 0)", false),
        ]
    );
    let key = &catalog.foreign_keys[0];
    assert_eq!(
        key.definition.value().map(String::as_str),
        Some("FOREIGN KEY (\"ID\") REFERENCES \"SHOP\".\"CUSTOMERS\" (\"ID\") ON DELETE CASCADE")
    );
    let index = |name: &str| catalog.indexes.iter().find(|index| index.name == name).unwrap();
    let (key_index, index) = (index("PK_C"), index("BY_CREDIT"));
    let keys: Vec<_> = index.keys.iter().map(|key| (key.text.as_str(), key.expression, key.descending)).collect();
    assert_eq!(keys, [("CREDIT", false, true), ("UPPER(\"NAME\")", true, false)]);
    assert!(key_index.primary && index.valid == Known::Value(false));
    let trigger = &catalog.triggers[0];
    assert_eq!((trigger.events.len(), trigger.for_each_row), (2, true));
    assert!(trigger.definition.value().is_some_and(|text| text.ends_with("for each row\nbegin null; end;")));
    assert_eq!(catalog.routines[0].arguments.as_deref(), Some("WHO NUMBER, DONE OUT VARCHAR2"));
    assert_eq!((catalog.routines[1].returns.as_deref(), catalog.routines[1].security_definer), (Some("NUMBER"), true));
    assert_eq!(catalog.sequences[0].maximum, None, "it does not fit");
    let others: Vec<_> = catalog.others.iter().map(|one| (one.what.as_str(), one.names.len())).collect();
    assert_eq!(others, [("packages", 1), ("synonyms", 2), ("types", 1)]);
}

#[test]
fn a_scope_is_a_condition_of_every_query_and_refusals_are_told() {
    let mut asked = Vec::new();
    let mut query = |text: &str| {
        asked.push(text.to_owned());
        match text.starts_with("-- Columns") {
            true => Err(Failure::Refused(Report { number: 942, message: "no".to_owned(), offset: 0 })),
            false => shop(text),
        }
    };
    let scope = Scope { schemas: Some(vec!["A'B".into()]), relation: Some("T".into()), ..Scope::complete() };
    let catalog = read(&mut query, &scope).unwrap();
    assert_eq!(catalog.coverage[&Kind::Columns], Known::Denied);
    assert_eq!(catalog.coverage[&Kind::Policies], Known::Unsupported);
    assert!(asked.iter().any(|text| text.contains("u.username IN ('A''B')") && text.contains("o.object_name = 'T'")));
    assert!(asked.iter().all(|text| !text.contains('{')));
    let mut refused = |_: &str| Err(Failure::Refused(Report { number: 1031, message: String::new(), offset: 0 }));
    assert_eq!(read(&mut refused, &Scope::complete()).unwrap_err().code, Code::Forbidden);
}
