//! Changing rows one by one: exactly one row, only while it holds what it held, and found again afterwards.
//!
//! The tables are made here, in SQL that every engine with the facet understands, with names that need quotes.

mod desk;

use super::{
    Verdict,
    bench::{Bench, check, fail, unexpected},
};
use crate::{
    Again, CellValue, Change, Code, KeySource, NewValue, Original, RowDelete, RowInsert, RowKey, RowUpdate,
    ViolationKind, arrow::CellClass,
};
use desk::{Desk, Row, Table};

/// A column whose name needs quotes, whatever the quotes are.
const NAME: &str = "the \"na`me\" 'ü";

fn text(value: &str) -> NewValue {
    NewValue::Text(value.to_owned())
}

fn key(value: &str) -> RowKey {
    RowKey(vec![value.to_owned()])
}

/// What a person saw, or claims to have seen; where values differ in kind, as a text.
fn original(column: &str, value: Option<&str>, row: &Row, table: &Table) -> Original {
    let class = match value {
        None => CellClass::Null,
        Some(_) => CellClass::Text,
    };
    let mixed = row.cell(table, column).is_some_and(|cell| cell.class.is_some());
    let bytes = value.map(|value| value.as_bytes().to_vec());
    Original { column: column.to_owned(), value: CellValue { bytes, class: mixed.then_some(class as u8) } }
}

/// A table with a key, a name that may be NULL and has a default, and a third column; three rows.
async fn three(desk: &Desk<'_>) -> Result<Table, Verdict> {
    let name = desk.quote(NAME);
    let columns =
        format!("id INTEGER NOT NULL PRIMARY KEY, {name} VARCHAR(40) DEFAULT 'none', other VARCHAR(40) DEFAULT 'x'");
    let table = desk.table("edit \"the\" t`able ö", &[&columns]).await?;
    let insert = format!("INSERT INTO {} (id, {name}, other)", table.name);
    for values in ["1, 'ann', 'a'", "2, NULL, 'b'", "3, '', 'c'"] {
        desk.run(&format!("{insert} VALUES ({values})")).await?;
    }
    Ok(table)
}

fn texts(row: &Row) -> Vec<Option<&str>> {
    row.cells.iter().map(CellValue::text).collect()
}

/// What the rows are, after all that was done.
async fn expect(desk: &Desk<'_>, table: &Table, wanted: &[[Option<&str>; 3]]) -> Result<(), Verdict> {
    let rows = desk.rows(table).await?;
    let found: Vec<_> = rows.iter().map(texts).collect();
    check(found == wanted, || format!("the rows are {found:?} instead of {wanted:?}"))
}

fn row<'r>(rows: &'r [Row], id: &str) -> Result<&'r Row, Verdict> {
    match rows.iter().find(|row| row.key == key(id)) {
        Some(row) => Ok(row),
        None => {
            fail(format!("no row has the identity {id}: {:?}", rows.iter().map(|row| &row.key).collect::<Vec<_>>()))
        }
    }
}

pub(super) async fn target(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let target = desk.edit()?.target(&table.catalog, &table.key).map_err(|error| unexpected("target", &error))?;
    check(target.source != KeySource::Offset, || "rows are told apart by an offset".to_owned())?;
    check(target.key == ["id"], || format!("the key is {:?}", target.key))?;
    let names: Vec<_> = target.columns.iter().map(|column| column.name.as_str()).collect();
    check(names == ["id", NAME, "other"], || format!("the columns are {names:?}"))?;
    for column in &target.columns {
        check(column.nullable == (column.name != "id"), || format!("{}: nullable {}", column.name, column.nullable))?;
        check(column.read_only.is_none() && column.not_inserted.is_none(), || {
            format!("{}: {:?}, {:?}", column.name, column.read_only, column.not_inserted)
        })?;
    }
    let default = target.columns.iter().find(|column| column.name == NAME).and_then(|column| column.default.as_deref());
    check(default.is_some_and(|default| default.contains("none")), || format!("the default is {default:?}"))?;
    let ids: Vec<_> = desk.rows(&table).await?.into_iter().map(|row| row.key).collect();
    check(ids == [key("1"), key("2"), key("3")], || format!("the pages' identities are {ids:?}"))?;
    told(&desk, &table).await?;
    let texts = desk.table("edit texts", &["code VARCHAR(20) NOT NULL PRIMARY KEY, note VARCHAR(20)"]).await?;
    desk.run(&format!("INSERT INTO {} (code) VALUES ('it''s é'), ('A')", texts.name)).await?;
    told(&desk, &texts).await?;
    let gone = catalog::ObjectKey { name: format!("{} that is not there", table.key.name), ..table.key.clone() };
    match desk.edit()?.target(&table.catalog, &gone) {
        Err(error) if error.code == Code::NotFound => Ok(()),
        other => fail(format!("a relation that is not there: {other:?}")),
    }
}

/// What names a row is told from what its columns print, as a page says it. The key is the first column.
async fn told(desk: &Desk<'_>, table: &Table) -> Result<(), Verdict> {
    let target = desk.edit()?.target(&table.catalog, &table.key).map_err(|error| unexpected("target", &error))?;
    let [Some(form)] = target.key_forms.as_slice() else {
        return fail(format!("the key {:?} is told by {:?}", target.key, target.key_forms));
    };
    for row in desk.rows(table).await? {
        let part = row.cells.first().and_then(|cell| form.part(cell.bytes.as_deref(), cell.class()));
        check(part.as_ref() == row.key.0.first(), || format!("{:?} is told as {part:?}", row.key))?;
    }
    Ok(())
}

pub(super) async fn update(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let rows = desk.rows(&table).await?;
    let update = |id: &str, held: Option<&str>, value: NewValue| -> Result<Change, Verdict> {
        let originals = vec![original(NAME, held, row(&rows, id)?, &table)];
        let update = RowUpdate { key: key(id), originals, set: vec![(NAME.to_owned(), value)] };
        let change = desk.edit()?.update(&table.catalog, &table.key, &update);
        change.map_err(|error| unexpected("update", &error))
    };
    // Whatever differs only for a person: case, blanks, NULL and the empty text.
    for (id, held) in
        [("1", Some("Ann")), ("1", Some("ann ")), ("1", None), ("2", Some("")), ("2", Some("x")), ("3", None)]
    {
        desk.changes(&table, &update(id, held, text("overwritten"))?, 0).await?;
    }
    desk.changes(&table, &update("1", Some("ann"), text("it's \\ \"bob\" 🚀"))?, 1).await?;
    desk.changes(&table, &update("2", None, text(""))?, 1).await?;
    desk.changes(&table, &update("3", Some(""), NewValue::Null)?, 1).await?;
    let wanted = [
        [Some("1"), Some("it's \\ \"bob\" 🚀"), Some("a")],
        [Some("2"), Some(""), Some("b")],
        [Some("3"), None, Some("c")],
    ];
    expect(&desk, &table, &wanted).await?;
    // The default again, and a held value back.
    desk.changes(&table, &update("2", Some(""), NewValue::Default)?, 1).await?;
    let held = row(&rows, "1")?.cell(&table, NAME).cloned();
    let Some(held) = held else { return fail("the first row has no name") };
    desk.changes(&table, &update("3", None, NewValue::Held(held))?, 1).await?;
    // A value that was set to itself is one row, too: those found count, not those that became another.
    desk.changes(&table, &update("3", Some("ann"), text("ann"))?, 1).await?;
    // Another row's key finds nothing, whatever it holds.
    desk.changes(
        &table,
        &{
            let originals = vec![original(NAME, Some("ann"), row(&rows, "1")?, &table)];
            let update = RowUpdate { key: key("4"), originals, set: vec![(NAME.to_owned(), text("no"))] };
            desk.edit()?.update(&table.catalog, &table.key, &update).map_err(|error| unexpected("update", &error))?
        },
        0,
    )
    .await?;
    let wanted = [
        [Some("1"), Some("it's \\ \"bob\" 🚀"), Some("a")],
        [Some("2"), Some("none"), Some("b")],
        [Some("3"), Some("ann"), Some("c")],
    ];
    expect(&desk, &table, &wanted).await?;
    let none = RowUpdate { key: key("1"), originals: Vec::new(), set: Vec::new() };
    let wrong = RowUpdate { key: RowKey(Vec::new()), originals: Vec::new(), set: vec![(NAME.to_owned(), text("x"))] };
    for update in [none, wrong] {
        let refused = desk.edit()?.update(&table.catalog, &table.key, &update);
        check(refused.is_err(), || format!("{update:?} became a statement"))?;
    }
    Ok(())
}

pub(super) async fn delete(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let rows = desk.rows(&table).await?;
    let delete = |id: &str, held: Option<&str>| -> Result<Change, Verdict> {
        let originals = vec![original(NAME, held, row(&rows, id)?, &table)];
        let delete = RowDelete { key: key(id), originals };
        desk.edit()?.delete(&table.catalog, &table.key, &delete).map_err(|error| unexpected("delete", &error))
    };
    for (id, held) in [("1", Some("ANN")), ("2", Some("")), ("3", None)] {
        desk.changes(&table, &delete(id, held)?, 0).await?;
    }
    for (id, held, there) in [("2", None, "1"), ("2", Some(""), "0"), ("1", Some("ann"), "1")] {
        let originals = [original(NAME, held, row(&rows, id)?, &table)];
        let text = desk.edit()?.matching(&table.catalog, &table.key, &key(id), &originals);
        let text = text.map_err(|error| unexpected("matching", &error))?;
        let counted = desk.scalar(&table, &text).await?;
        check(counted.as_deref() == Some(there), || format!("{id} with {held:?} is there {counted:?} times"))?;
    }
    let deleted = desk.changes(&table, &delete("2", None)?, 1).await?;
    check(deleted.is_empty(), || format!("a deleted row is found again as {deleted:?}"))?;
    desk.changes(&table, &delete("2", None)?, 0).await?;
    expect(&desk, &table, &[[Some("1"), Some("ann"), Some("a")], [Some("3"), Some(""), Some("c")]]).await
}

pub(super) async fn insert(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let row_of = |id: &str, name: Option<NewValue>| {
        let mut values = vec![("id".to_owned(), desk.number(&table, "id", id)?)];
        values.extend(name.map(|name| (NAME.to_owned(), name)));
        Ok::<_, Verdict>(RowInsert { values })
    };
    let rows = [
        row_of("10", Some(NewValue::Null))?,
        row_of("11", Some(text("")))?,
        row_of("12", Some(NewValue::Default))?,
        row_of("13", Some(text("it's \\n")))?,
        row_of("14", None)?,
    ];
    let mut rest = rows.as_slice();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let change = desk.edit()?.insert(&table.catalog, &table.key, rest);
        let change = change.map_err(|error| unexpected("insert", &error))?;
        check((1..=rest.len()).contains(&change.rows), || format!("{} of {} rows", change.rows, rest.len()))?;
        let count = change.rows as u64;
        found.extend(desk.changes(&table, &change, count).await?);
        rest = rest.get(change.rows..).unwrap_or_default();
    }
    let wanted: Vec<_> = ["10", "11", "12", "13", "14"].map(key).to_vec();
    check(found == wanted, || format!("the new rows are found again as {found:?}"))?;
    let fresh = desk.reread(&table, &wanted).await?;
    let names: Vec<_> = wanted
        .iter()
        .map(|key| fresh.iter().find(|row| row.key == *key).and_then(|row| row.cells.get(1)).map(CellValue::text))
        .collect();
    let expected = [Some(None), Some(Some("")), Some(Some("none")), Some(Some("it's \\n")), Some(Some("none"))];
    check(names == expected, || format!("NULL, empty, default, text, default are {names:?}"))?;
    let others = fresh.iter().all(|row| row.cells.get(2).and_then(CellValue::text) == Some("x"));
    check(others, || "a column that was not named has not its default".to_owned())?;
    let none = desk.edit()?.insert(&table.catalog, &table.key, &[]);
    check(none.is_err(), || "no row became a statement".to_owned())
}

pub(super) async fn moved(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let update = RowUpdate {
        key: key("2"),
        originals: vec![Original {
            column: "id".to_owned(),
            value: desk
                .rows(&table)
                .await?
                .get(1)
                .and_then(|row| row.cells.first())
                .cloned()
                .unwrap_or(CellValue { bytes: None, class: None }),
        }],
        set: vec![("id".to_owned(), desk.number(&table, "id", "22")?), ("other".to_owned(), text("moved"))],
    };
    let change = desk.edit()?.update(&table.catalog, &table.key, &update);
    let change = change.map_err(|error| unexpected("update", &error))?;
    let found = desk.changes(&table, &change, 1).await?;
    check(found == [key("22")], || format!("it is found again as {found:?}"))?;
    // As a page shows it, in the same forms; what is gone is missing.
    let fresh = desk.reread(&table, &[key("22"), key("2"), key("1")]).await?;
    let mut shown = desk.rows(&table).await?;
    shown.retain(|row| row.key != key("3"));
    let sorted = |mut rows: Vec<Row>| {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        rows
    };
    let (fresh, shown) = (sorted(fresh), sorted(shown));
    check(fresh == shown, || format!("read again {fresh:?}, on a page {shown:?}"))
}

pub(super) async fn undone(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    let table = three(&desk).await?;
    let target = desk.edit()?.target(&table.catalog, &table.key).map_err(|error| unexpected("target", &error))?;
    if !target.can_roll_back {
        return Err(Verdict::Absent("this engine's tables undo nothing".to_owned()));
    }
    let delete = |id: &str| {
        let delete = RowDelete { key: key(id), originals: Vec::new() };
        desk.edit()?.delete(&table.catalog, &table.key, &delete).map_err(|error| unexpected("delete", &error))
    };
    let before = [[Some("1"), Some("ann"), Some("a")], [Some("2"), None, Some("b")], [Some("3"), Some(""), Some("c")]];
    let frame = desk.frame(&table, false)?;
    desk.all(&frame.begin).await?;
    desk.run(&delete("1")?.text).await?;
    desk.all(&frame.rollback).await?;
    expect(&desk, &table, &before).await?;
    // A place to come back to, within a save.
    let Some([set, forget, back]) = frame.savepoint.clone() else {
        return fail("a save can be undone, and has no place to come back to");
    };
    desk.all(&frame.begin).await?;
    desk.all(&[set.clone(), delete("1")?.text, back, set, delete("2")?.text, forget]).await?;
    desk.all(&frame.commit).await?;
    expect(&desk, &table, &[before[0], before[2]]).await?;
    // Within a person's own transaction, which goes on.
    let Ok(own) = &bench.texts().transactions else { return Ok(()) };
    let within = desk.frame(&table, true)?;
    desk.run(&own.begin).await?;
    desk.all(&within.begin).await?;
    desk.run(&delete("1")?.text).await?;
    desk.all(&within.rollback).await?;
    desk.all(&within.begin).await?;
    desk.run(&delete("3")?.text).await?;
    desk.all(&within.commit).await?;
    desk.run(&own.commit).await?;
    expect(&desk, &table, &[before[0]]).await
}

pub(super) async fn violations(bench: &Bench<'_>) -> Result<(), Verdict> {
    let desk = Desk::open(bench).await?;
    desk.run(&format!("DROP TABLE IF EXISTS {}", desk.name("edit child"))).await?;
    let parent = desk.table("edit parent", &["id INTEGER NOT NULL PRIMARY KEY, label VARCHAR(20)"]).await?;
    let referring = |parent: &str| {
        format!(
            "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(5) NOT NULL, code VARCHAR(20), parent INTEGER, \
             CONSTRAINT edit_code UNIQUE (code), CONSTRAINT edit_id CHECK (id < 100), \
             CONSTRAINT edit_parent FOREIGN KEY (parent) REFERENCES {parent} (id)"
        )
    };
    // Not every engine takes a schema there.
    let (full, bare) = (referring(&parent.name), referring(&desk.quote("edit parent")));
    let child = desk.table("edit child", &[&full, &bare]).await?;
    desk.run(&format!("INSERT INTO {} (id, label) VALUES (1, 'one')", parent.name)).await?;
    desk.run(&format!("INSERT INTO {} (id, name, code, parent) VALUES (1, 'a', 'c', 1)", child.name)).await?;
    desk.run(&format!("INSERT INTO {} (id, name, code, parent) VALUES (2, 'b', 'd', NULL)", child.name)).await?;
    let update = |column: &str, value: NewValue| {
        let set = vec![(column.to_owned(), value)];
        let update = RowUpdate { key: key("2"), originals: Vec::new(), set };
        desk.edit()?.update(&child.catalog, &child.key, &update).map_err(|error| unexpected("update", &error))
    };
    let one = desk.number(&child, "parent", "99")?;
    let cases = [
        (ViolationKind::NotNull, "name", None, update("name", NewValue::Null)?),
        (ViolationKind::Unique, "code", Some("edit_code"), update("code", text("c"))?),
        (ViolationKind::Reference, "parent", Some("edit_parent"), update("parent", one)?),
        (ViolationKind::Check, "id", Some("edit_id"), update("id", desk.number(&child, "id", "100")?)?),
        (ViolationKind::TooLong, "name", None, update("name", text("far too long"))?),
    ];
    for (kind, column, constraint, change) in cases {
        let Some(error) = desk.refused(&child, &change).await? else {
            // Not every engine holds a text to its length.
            check(kind == ViolationKind::TooLong, || format!("{kind:?} was not refused"))?;
            continue;
        };
        let found = desk.edit()?.violation(&child.catalog, &child.key, &error);
        let Some(found) = found else { return fail(format!("{kind:?} is not known behind {error:?}")) };
        check(found.kind == kind, || format!("{kind:?} was taken for {found:?}"))?;
        // Where the engine does not say which, nothing may be claimed of another.
        let fair = found.columns.iter().all(|found| found == column || kind == ViolationKind::TooLong);
        let needed = matches!(kind, ViolationKind::NotNull | ViolationKind::Unique);
        check(fair && (!needed || !found.columns.is_empty()), || format!("{kind:?} of {column}: {found:?}"))?;
        let named = found.constraint.as_deref();
        check(constraint.is_none() || named.is_none() || named == constraint, || format!("{constraint:?}: {found:?}"))?;
    }
    let delete = RowDelete { key: key("1"), originals: Vec::new() };
    let change = desk.edit()?.delete(&parent.catalog, &parent.key, &delete);
    let change = change.map_err(|error| unexpected("delete", &error))?;
    let Some(error) = desk.refused(&parent, &change).await? else {
        return fail("a row that is referred to was deleted");
    };
    let found = desk.edit()?.violation(&parent.catalog, &parent.key, &error);
    check(found.as_ref().is_some_and(|found| found.kind == ViolationKind::Referenced), || {
        format!("a row that is still referred to: {found:?} behind {error:?}")
    })?;
    let other = crate::Error::new(Code::Internal, "Something else.");
    let none = desk.edit()?.violation(&parent.catalog, &parent.key, &other);
    check(none.is_none() && matches!(change.again, Again::By(ref keys) if keys.is_empty()), || {
        format!("{none:?}, {:?}", change.again)
    })
}
