#![allow(clippy::unwrap_used)]
use catalog::{Constraint, ConstraintKind, Identity, Known, Relation, Schema};
use driver::{CellValue, Native};

use super::*;

fn shop() -> (Catalog, ObjectKey) {
    let mut catalog = Catalog::default();
    let schema = catalog.push_schema(Schema::named("dbo"));
    let id = catalog.push_relation(Relation::new(schema, "t", RelationKind::Table));
    let types =
        ["int", "nvarchar(20)", "float", "datetimeoffset(7)", "varbinary(9)", "rowversion", "sql_variant", "datetime"];
    for (ordinal, native_type) in (1..).zip(types) {
        let name = native_type.split('(').next().unwrap_or_default();
        let mut column = Column::new(id, ordinal, name, native_type);
        column.nullable = Known::Value(name != "int");
        column.identity = (name == "int").then_some(Identity::Always);
        catalog.columns.push(column);
    }
    catalog.constraints.push(Constraint {
        relation: id,
        name: Some("PK".into()),
        kind: ConstraintKind::PrimaryKey,
        columns: vec!["int".into()],
        definition: Known::NotLoaded,
        deferrable: false,
        initially_deferred: false,
        validated: true,
        inherited: false,
        comment: None,
    });
    catalog.seal();
    (catalog, ObjectKey::relation(None, Some("dbo"), "t"))
}

fn held(column: &str, bytes: Option<&[u8]>) -> Original {
    Original { column: column.into(), value: CellValue { bytes: bytes.map(<[u8]>::to_vec), class: None } }
}

fn text(value: &str) -> NewValue {
    NewValue::Text(value.into())
}

#[test]
fn a_row_is_changed_only_while_it_holds_what_was_seen() {
    let (catalog, key) = shop();
    let update = RowUpdate {
        key: RowKey(vec!["7".into()]),
        originals: vec![
            held("nvarchar", Some("é'".as_bytes())),
            held("float", Some(b"0.1")),
            held("datetimeoffset", Some(b"2024-02-29 01:00:00.0000000 +01:00")),
            held("varbinary", Some(&[0, 0xff])),
            held("datetime", None),
        ],
        set: vec![("nvarchar".into(), text("it's")), ("varbinary".into(), text("0x00fF"))],
    };
    let change = Editing.update(&catalog, &key, &update).unwrap();
    assert_eq!(
        change.text,
        "UPDATE [dbo].[t]\nSET [nvarchar] = N'it''s',\n    [varbinary] = 0x00fF\nWHERE [int] = 7\n  \
         AND CAST(CAST([nvarchar] AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(N'é''' AS nvarchar(max)) AS varbinary(max))\n  \
         AND CAST([float] AS binary(8)) = 0x3FB999999999999A\n  \
         AND CONVERT(nvarchar(40), [datetimeoffset], 121) = N'2024-02-29 01:00:00.0000000 +01:00'\n  \
         AND CAST([varbinary] AS varbinary(max)) = 0x00FF\n  AND [datetime] IS NULL"
    );
    assert_eq!((change.rows, change.again), (1, Again::By(vec![RowKey(vec!["7".into()])])));
    let vague = RowUpdate { originals: vec![held("sql_variant", Some(b"1"))], ..update.clone() };
    assert!(Editing.update(&catalog, &key, &vague).is_err(), "what cannot be compared exactly is not changed");
    let forged = RowUpdate { key: RowKey(vec!["7 or 1=1".into()]), ..update };
    assert!(Editing.update(&catalog, &key, &forged).is_err());
}

#[test]
fn what_the_server_gives_takes_no_value() {
    let (catalog, key) = shop();
    let target = Editing.target(&catalog, &key).unwrap();
    let refused: Vec<_> =
        target.columns.iter().filter(|one| one.read_only.is_some()).map(|one| one.name.as_str()).collect();
    assert_eq!(refused, ["int", "rowversion"]);
    let update = |name: &str| RowUpdate {
        key: RowKey(vec!["7".into()]),
        originals: Vec::new(),
        set: vec![(name.into(), text("1"))],
    };
    assert!(Editing.update(&catalog, &key, &update("int")).is_err());
    assert!(
        Editing.insert(&catalog, &key, &[RowInsert { values: vec![("rowversion".into(), text("0x01"))] }]).is_err()
    );
}

#[test]
fn a_new_row_says_its_key_whatever_triggers_do() {
    let (catalog, key) = shop();
    let rows = [
        RowInsert { values: vec![("int".into(), NewValue::Default), ("datetime".into(), text("2024-02-29 12:00:00"))] },
        RowInsert::default(),
    ];
    let change = Editing.insert(&catalog, &key, &rows).unwrap();
    assert_eq!(
        change.text,
        "DECLARE @written TABLE ([int] int);\nINSERT INTO [dbo].[t] ([datetime])\nOUTPUT inserted.[int] INTO @written\n\
         VALUES (N'2024-02-29T12:00:00');\nSELECT [int] FROM @written;"
    );
    assert_eq!((change.rows, change.again), (1, Again::Returned));
    let empty = Editing.insert(&catalog, &key, &rows[1..]).unwrap();
    assert!(empty.text.contains("INSERT INTO [dbo].[t]\nOUTPUT inserted.[int] INTO @written\nDEFAULT VALUES;"));
}

#[test]
fn saves_stand_in_a_transaction_or_in_a_persons_own() {
    let (catalog, key) = shop();
    let frame = |within| Editing.frame(&catalog, &key, &ValueContext::default(), within).unwrap();
    assert_eq!(frame(false).begin[1], "BEGIN TRANSACTION");
    assert_eq!(frame(true).begin, ["SAVE TRANSACTION rowhouse_save"]);
    assert_eq!(frame(true).rollback, ["ROLLBACK TRANSACTION rowhouse_save"]);
    let lock = Editing.lock(&catalog, &key, &[RowKey(vec!["1".into()]), RowKey(vec!["2".into()])]).unwrap();
    assert!(lock.ends_with("FROM [dbo].[t] WITH (UPDLOCK, ROWLOCK)\nWHERE ([int] = 1)\n   OR ([int] = 2)"), "{lock}");
}

#[test]
fn refusals_are_told_by_their_rule() {
    let (catalog, key) = shop();
    let refused = |code: &str, constraint: Option<&str>, column: Option<&str>| {
        let native = Native {
            code: code.into(),
            constraint: constraint.map(str::to_owned),
            column: column.map(str::to_owned),
            ..Native::default()
        };
        let error = Error::new(Code::ConstraintViolated, "x").with_native(native);
        Editing.violation(&catalog, &key, &error).map(|found| (found.kind, found.columns.len()))
    };
    use driver::ViolationKind::{NotNull, Referenced, RowSecurity, TooLong};
    assert_eq!(refused("515", None, Some("int")), Some((NotNull, 1)));
    assert_eq!(refused("515", None, Some("another table's")), Some((NotNull, 0)));
    assert_eq!(refused("547", Some("FK_elsewhere"), None), Some((Referenced, 0)));
    assert_eq!(refused("2628", None, None), Some((TooLong, 0)));
    assert_eq!(refused("33504", None, None), Some((RowSecurity, 0)));
    assert_eq!(refused("208", None, None), None);
}
