#![allow(clippy::unwrap_used)]
use catalog::{Constraint, Known, Relation, Schema};
use driver::{Comparison, Sort};

use super::*;

fn shop(key: &[&str]) -> Catalog {
    let mut catalog = Catalog::default();
    let schema = catalog.push_schema(Schema::named("sales]x"));
    let id = catalog.push_relation(Relation::new(schema, "orders", RelationKind::Table));
    let types = ["bigint", "nvarchar(20)", "datetime", "rowversion", "xml", "bit", "varchar(9)", "decimal(38,38)"];
    for (ordinal, native_type) in (1..).zip(types) {
        let name = native_type.split('(').next().unwrap_or_default();
        let mut column = Column::new(id, ordinal, name, native_type);
        column.nullable = Known::Value(!key.contains(&name));
        catalog.columns.push(column);
    }
    if !key.is_empty() {
        catalog.constraints.push(Constraint {
            relation: id,
            name: Some("PK".into()),
            kind: ConstraintKind::PrimaryKey,
            columns: key.iter().map(|name| (*name).to_owned()).collect(),
            definition: Known::NotLoaded,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
    }
    catalog.seal();
    catalog
}

fn request(sort: &[(&str, bool)], after: Option<&[Option<&str>]>) -> PageRequest {
    PageRequest {
        relation: ObjectKey::relation(None, Some("sales]x"), "orders"),
        filters: Vec::new(),
        sort: sort
            .iter()
            .map(|(column, descending)| Sort { column: (*column).into(), descending: *descending })
            .collect(),
        after: after.map(|values| values.iter().map(|value| value.map(str::to_owned)).collect()),
        offset: 40,
        limit: 20,
    }
}

fn tail(catalog: &Catalog, request: &PageRequest) -> String {
    let text = Pages.page(catalog, request).unwrap().statement.text.to_string();
    text.split_once("\nFROM ").unwrap().1.to_owned()
}

#[test]
fn pages_go_on_behind_the_last_row() {
    let catalog = shop(&["bigint"]);
    let first = Pages.page(&catalog, &request(&[], None)).unwrap();
    assert!(first.statement.text.starts_with("SELECT TOP (20) t.[bigint], "));
    assert_eq!((first.source, first.visible_columns, first.key.as_slice()), (KeySource::PrimaryKey, 8, &[8][..]));
    assert_eq!(first.identity, Some(vec![8]));
    sql::read_only_verdict(&first.statement.text, sql::dialect::tsql()).unwrap();
    assert_eq!(
        tail(&catalog, &request(&[], Some(&[Some("-7")]))),
        "[sales]]x].[orders] AS t\nWHERE t.[bigint] > -7\nORDER BY t.[bigint]"
    );
    let sorted = tail(&catalog, &request(&[("datetime", true)], Some(&[Some("2024-02-29 12:00:00.003"), Some("1")])));
    assert!(
        sorted.contains("t.[datetime] < CAST(N'2024-02-29T12:00:00.003' AS datetime) OR t.[datetime] IS NULL"),
        "{sorted}"
    );
    let null = tail(&catalog, &request(&[("nvarchar", false)], Some(&[None, Some("1")])));
    assert!(null.contains("t.[nvarchar] IS NOT NULL OR (t.[nvarchar] IS NULL AND t.[bigint] > 1)"), "{null}");
    let wrong = Pages.page(&catalog, &request(&[], Some(&[Some("1; drop table x")])));
    assert!(wrong.is_err(), "a position is a value and nothing else");
}

#[test]
fn bytes_go_as_their_digits_and_what_has_no_order_is_passed_over() {
    let catalog = shop(&["rowversion"]);
    let page = Pages.page(&catalog, &request(&[], Some(&[Some("00000000000007D1")]))).unwrap();
    assert!(page.statement.text.contains("CONVERT(varchar(max), CAST(t.[rowversion] AS varbinary(max)), 2)"));
    assert!(page.statement.text.contains("t.[rowversion] > CAST(0x00000000000007D1 AS binary(8))"));
    let none = shop(&[]);
    let page = Pages.page(&none, &request(&[], None)).unwrap();
    assert_eq!((page.source, page.identity), (KeySource::Offset, None));
    assert!(page.statement.text.ends_with("ORDER BY (SELECT NULL)\nOFFSET 40 ROWS FETCH NEXT 20 ROWS ONLY"));
    let by_xml = Pages.page(&shop(&["bigint"]), &request(&[("xml", false)], None)).unwrap();
    assert_eq!(by_xml.source, KeySource::Offset);
}

#[test]
fn filters_are_conditions_of_the_columns_type() {
    let catalog = shop(&["bigint"]);
    let relation = find(&catalog, &ObjectKey::relation(None, Some("sales]x"), "orders")).unwrap();
    let made = |column: &str, comparison, values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let filter = Filter { column: column.into(), comparison, values };
        condition(column_of(relation.columns(), column).unwrap(), &filter).unwrap()
    };
    use Comparison::{Contains, Equal, In, IsEmpty, NotEqual};
    assert_eq!(made("bigint", Equal, &[" 5 "]), "t.[bigint] = 5");
    assert_eq!(made("bigint", Equal, &["5 or 1=1"]), "t.[bigint] = N'5 or 1=1'");
    assert_eq!(
        made("decimal", Equal, &["0.00000000000000000000000000001"]),
        "t.[decimal] = 0.00000000000000000000000000001"
    );
    assert_eq!(made("varchar", In, &["a'b", "é"]), "t.[varchar] IN ('a''b', N'é')");
    assert_eq!(made("bit", NotEqual, &["true"]), "(t.[bit] <> 1 OR t.[bit] IS NULL)");
    assert_eq!(made("rowversion", Equal, &["0x07D1"]), "t.[rowversion] = CAST(0x07D1 AS binary(8))");
    assert_eq!(made("xml", Equal, &["<a/>"]), "CAST(t.[xml] AS nvarchar(max)) = N'<a/>'");
    assert_eq!(
        made("nvarchar", Contains, &["5%[_|"]),
        "LOWER(CAST(t.[nvarchar] AS nvarchar(max))) LIKE LOWER(N'%5|%|[|_||%') ESCAPE '|'"
    );
    assert_eq!(made("nvarchar", IsEmpty, &[]), "DATALENGTH(t.[nvarchar]) = 0");
    assert_eq!(Pages.filter_value("rowversion", &[0, 0xd1], None).unwrap(), "0x00D1");
    let counted = Pages.count_up_to(&catalog, &ObjectKey::relation(None, None, "orders"), &[], 5).unwrap();
    assert_eq!(
        &*counted.text,
        "SELECT COUNT_BIG(*)\nFROM (SELECT TOP (5) 1 AS one FROM [sales]]x].[orders] AS t) AS counted"
    );
}

#[test]
fn rows_to_choose_from_are_found_by_their_words() {
    let wanted = Lookup {
        relation: ObjectKey::relation(None, Some("sales]x"), "orders"),
        key: vec!["bigint".into()],
        labels: vec!["nvarchar".into()],
        words: vec!["an".into()],
        limit: 9,
    };
    let text = Pages.lookup(&shop(&["bigint"]), &wanted).unwrap().text;
    assert!(
        text.starts_with("SELECT TOP (9) t.[bigint], LEFT(CAST(t.[nvarchar] AS nvarchar(max)), 200)\nFROM"),
        "{text}"
    );
    assert!(text.ends_with("ORDER BY t.[bigint]"));
}
