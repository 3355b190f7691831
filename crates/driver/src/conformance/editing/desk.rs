//! A table to edit, and a session to edit it with.

use std::sync::Arc;

use catalog::{Catalog, Kind, ObjectKey, Scope};

use super::super::{
    Verdict,
    bench::{Bench, ResultSet, cell, check, fail, offered, unexpected},
};
use crate::{
    Again, Capabilities, CellValue, Change, Connection, Edit, Error, Frame, NewValue, PageRequest, Role, RowKey,
    Session, Statement, ValueContext, arrow,
};

/// One row as a page or a re-reading shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: RowKey,
    pub(super) cells: Vec<CellValue>,
}

impl Row {
    pub(super) fn cell(&self, table: &Table, column: &str) -> Option<&CellValue> {
        self.cells.get(table.columns.iter().position(|name| name == column)?)
    }
}

/// A table that was made here.
pub(super) struct Table {
    pub(super) key: ObjectKey,
    /// As statements name it.
    pub(super) name: String,
    pub(super) catalog: Catalog,
    pub(super) columns: Vec<String>,
}

/// A connection whose driver changes rows.
pub(super) struct Desk<'a> {
    bench: &'a Bench<'a>,
    connection: Arc<dyn Connection>,
    /// Reads pages.
    browse: Arc<dyn Session>,
    /// Saves.
    scratch: Arc<dyn Session>,
    /// Where tables are made.
    schema: Option<String>,
}

impl<'a> Desk<'a> {
    pub(super) async fn open(bench: &'a Bench<'a>) -> Result<Self, Verdict> {
        let connection = bench.connect().await?;
        let capable = Capabilities::of(connection.control()).edit;
        if connection.control().edit().is_none() {
            check(!capable, || "offered but not there".to_owned())?;
            return Err(Verdict::Absent("no edit facet".to_owned()));
        }
        check(capable, || "there but not offered".to_owned())?;
        let paging = offered(&bench.texts().paging)?;
        let browse = connection.open(Role::Browse).await.map_err(|error| unexpected("open", &error))?;
        let scratch = connection.open(Role::Scratch).await.map_err(|error| unexpected("open", &error))?;
        for text in &paging.setup {
            drop(bench.finish(scratch.run(Statement::new(text.as_str()))).await?);
        }
        Ok(Desk { bench, connection, browse, scratch, schema: paging.relation.schema.clone() })
    }

    pub(super) fn edit(&self) -> Result<&dyn Edit, Verdict> {
        match self.connection.control().edit() {
            Some(edit) => Ok(edit),
            None => fail("the facet went away"),
        }
    }

    pub(super) fn quote(&self, name: &str) -> String {
        match self.connection.control().language().sql() {
            Some(dialect) => dialect.quote_identifier(name),
            None => name.to_owned(),
        }
    }

    /// A table's name in statements.
    pub(super) fn name(&self, name: &str) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(name)),
            None => self.quote(name),
        }
    }

    /// Makes a table of this name anew, with the first of these lists of columns that the engine takes.
    pub(super) async fn table(&self, name: &str, columns: &[&str]) -> Result<Table, Verdict> {
        let quoted = self.name(name);
        self.run(&format!("DROP TABLE IF EXISTS {quoted}")).await?;
        let mut made = fail("no columns");
        for columns in columns {
            made = self.run(&format!("CREATE TABLE {quoted} ({columns})")).await;
            if made.is_ok() {
                break;
            }
        }
        made?;
        let mut scope = Scope::relation(self.schema.as_deref(), name);
        scope.kinds.push(Kind::Types);
        let catalog = self.connection.control().catalog(&scope).await.map_err(|error| unexpected("catalog", &error))?;
        let found = catalog.find_relation(self.schema.as_deref(), name).and_then(|id| catalog.relation(id));
        let Some(found) = found else { return fail(format!("{name} is not in the catalog")) };
        let columns = found.columns().iter().map(|column| column.name.clone()).collect();
        let key = ObjectKey::relation(None, self.schema.as_deref(), name);
        Ok(Table { key, name: quoted, columns, catalog })
    }

    pub(super) async fn run(&self, text: &str) -> Result<(), Verdict> {
        self.bench.succeed(&*self.scratch, Statement::new(text)).await.map(drop)
    }

    pub(super) async fn all(&self, texts: &[String]) -> Result<(), Verdict> {
        self.bench.all(&*self.scratch, texts).await
    }

    /// Digits, as this column takes them.
    pub(super) fn number(&self, table: &Table, column: &str, digits: &str) -> Result<NewValue, Verdict> {
        let target = self.edit()?.target(&table.catalog, &table.key).map_err(|error| unexpected("target", &error))?;
        let mixed = target.columns.iter().any(|known| known.name == column && known.mixed);
        Ok(if mixed { NewValue::Number(digits.to_owned()) } else { NewValue::Text(digits.to_owned()) })
    }

    /// Every row of the table, by pages, in the order of its key; at least once by more than one.
    pub(super) async fn rows(&self, table: &Table) -> Result<Vec<Row>, Verdict> {
        let Some(scan) = self.connection.control().scan() else { return fail("rows are changed that cannot be read") };
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let request = PageRequest {
                relation: table.key.clone(),
                filters: Vec::new(),
                sort: Vec::new(),
                after: after.take(),
                offset: found.len() as u64,
                limit: 2,
            };
            let page = scan.page(&table.catalog, &request).map_err(|error| unexpected("page", &error))?;
            let Some(identity) = &page.identity else { return fail("the page does not say what names a row") };
            let finished = self.bench.succeed(&*self.browse, page.statement.clone()).await?;
            let Some(set) = finished.sets.first() else { return fail("a page without a head") };
            let rows = read(set, page.visible_columns, identity)?;
            after = last(set, &page.key)?;
            let count = rows.len();
            found.extend(rows);
            if count < 2 {
                return Ok(found);
            }
            check(found.len() < 1000, || "the pages do not end".to_owned())?;
        }
    }

    /// The frame of a save, with the context that pages are read with.
    pub(super) fn frame(&self, table: &Table, within: bool) -> Result<Frame, Verdict> {
        let frame = self.edit()?.frame(&table.catalog, &table.key, &ValueContext::default(), within);
        frame.map_err(|error| unexpected("frame", &error))
    }

    /// Runs one change in a frame of its own, which must change exactly so many rows, and finds them again.
    pub(super) async fn changes(&self, table: &Table, change: &Change, rows: u64) -> Result<Vec<RowKey>, Verdict> {
        let frame = self.frame(table, false)?;
        self.all(&frame.begin).await?;
        let finished = self.bench.succeed(&*self.scratch, Statement::new(change.text.as_str())).await?;
        let affected = match &finished.end {
            Ok(summary) => summary.affected_rows,
            Err(error) => return Err(unexpected("the change", error)),
        };
        if affected != Some(rows) {
            self.all(&frame.rollback).await?;
            return fail(format!("{affected:?} rows instead of {rows}: {}", change.text));
        }
        let found = match &change.again {
            _ if rows == 0 => Vec::new(),
            Again::By(keys) => keys.clone(),
            Again::Returned => keys(finished.sets.last())?,
            Again::Ask(text) => {
                let asked = self.bench.succeed(&*self.scratch, Statement::new(text.as_str())).await?;
                keys(asked.sets.last())?
            }
        };
        self.all(&frame.commit).await?;
        Ok(found)
    }

    /// Why a change is refused; `None` where it is not. Nothing is kept.
    pub(super) async fn refused(&self, table: &Table, change: &Change) -> Result<Option<Error>, Verdict> {
        let frame = self.frame(table, false)?;
        self.all(&frame.begin).await?;
        let finished = self.bench.finish(self.scratch.run(Statement::new(change.text.as_str()))).await?;
        self.all(&frame.rollback).await?;
        Ok(finished.end.err())
    }

    /// One number, asked in a frame.
    pub(super) async fn scalar(&self, table: &Table, text: &str) -> Result<Option<String>, Verdict> {
        let frame = self.frame(table, false)?;
        self.all(&frame.begin).await?;
        let found = self.bench.scalar(&*self.scratch, text).await?;
        self.all(&frame.rollback).await?;
        Ok(found)
    }

    /// Rows of these keys as they are now.
    pub(super) async fn reread(&self, table: &Table, keys: &[RowKey]) -> Result<Vec<Row>, Verdict> {
        let text =
            self.edit()?.reread(&table.catalog, &table.key, keys).map_err(|error| unexpected("reread", &error))?;
        let finished = self.bench.succeed(&*self.browse, Statement::new(text)).await?;
        let Some(set) = finished.sets.last() else { return fail("rows read again have no head") };
        let visible = table.columns.len();
        let names: Vec<_> = set.schema.fields().iter().take(visible).map(|field| field.name().clone()).collect();
        check(names == table.columns, || format!("read again {names:?} instead of {:?}", table.columns))?;
        let identity: Vec<usize> = (visible..arrow::visible_columns(&set.schema)).collect();
        read(set, visible, &identity)
    }
}

/// The identities that a statement answers with, in order.
fn keys(set: Option<&ResultSet>) -> Result<Vec<RowKey>, Verdict> {
    let Some(set) = set else { return fail("the statement answers with no identity") };
    let identity: Vec<usize> = (0..arrow::visible_columns(&set.schema)).collect();
    Ok(read(set, 0, &identity)?.into_iter().map(|row| row.key).collect())
}

/// The rows of a result: so many columns that a person sees, and where the identity stands.
fn read(set: &ResultSet, visible: usize, identity: &[usize]) -> Result<Vec<Row>, Verdict> {
    let mut rows = Vec::new();
    for batch in &set.batches {
        for row in 0..batch.num_rows() {
            let mut cells = Vec::with_capacity(visible);
            for column in 0..visible {
                let class = match arrow::class_column(&set.schema, column) {
                    Some(at) => cell(batch, row, at)?
                        .and_then(|digits| String::from_utf8(digits).ok())
                        .and_then(|digits| digits.parse::<u8>().ok()),
                    None => None,
                };
                cells.push(CellValue { bytes: cell(batch, row, column)?, class });
            }
            let mut key = Vec::with_capacity(identity.len());
            for column in identity {
                match cell(batch, row, *column)?.map(String::from_utf8) {
                    Some(Ok(text)) => key.push(text),
                    other => return fail(format!("{other:?} names a row")),
                }
            }
            rows.push(Row { key: RowKey(key), cells });
        }
    }
    Ok(rows)
}

/// Where the next page begins.
fn last(set: &ResultSet, key: &[usize]) -> Result<Option<Vec<Option<String>>>, Verdict> {
    let Some(batch) = set.batches.last() else { return Ok(None) };
    let row = batch.num_rows().saturating_sub(1);
    let texts: Result<Vec<_>, Verdict> = key
        .iter()
        .map(|column| Ok(cell(batch, row, *column)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())))
        .collect();
    texts.map(Some)
}
