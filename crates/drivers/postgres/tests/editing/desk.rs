//! A schema to edit, read as a data tab or an editor reads it, and saved as the program saves.

use std::sync::Arc;

use arrow_array::{Array, RecordBatch, cast::AsArray, types};
use arrow_schema::{DataType, Schema};
use catalog::{Catalog, Kind, ObjectKey, Scope};
use driver::{
    Again, CellValue, Change, Connection, Edit, Error, Event, NewValue, Original, PageRequest, Role, RowKey, RowUpdate,
    Session, Statement, Summary, ValueContext, arrow,
};

use crate::common::{
    connecting::{all, connect},
    server::{Server, run},
};

pub struct Desk {
    pub connection: Arc<dyn Connection>,
    pub reader: Arc<dyn Session>,
    pub scratch: Arc<dyn Session>,
    pub schema: String,
}

/// One row as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: RowKey,
    pub cells: Vec<CellValue>,
}

impl Row {
    pub fn text(&self, column: usize) -> Option<String> {
        self.cells[column].bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

pub struct Table {
    pub key: ObjectKey,
    pub catalog: Catalog,
    pub columns: Vec<String>,
}

/// What came of one statement.
pub struct Answer {
    pub rows: Vec<Vec<CellValue>>,
    pub context: ValueContext,
    pub summary: Summary,
}

/// Makes a schema anew.
pub async fn schema(server: &Server, name: &str, script: &str) {
    let mut client = server.client().await;
    for text in [format!("drop schema if exists {name} cascade"), format!("create schema {name}")] {
        run(&mut client, &text).await;
    }
    let text = format!("set search_path = {name}, public; set client_min_messages = warning; {script}");
    for event in run(&mut client, &text).await {
        if let driver_postgres::wire::Event::Failed(report) = event {
            panic!(
                "{} {:?} {:?}",
                report.message,
                report.detail,
                report.position.map(|at| text.chars().skip(at as usize - 1).take(80).collect::<String>())
            );
        }
    }
    client.close().await;
}

impl Desk {
    /// A desk whose login has these settings; rows are read by a session of this role.
    pub async fn open(server: &Server, schema: &str, options: &str, role: Role) -> Desk {
        Desk::open_as(server, schema, &[("options", options)], role).await
    }

    pub async fn open_as(server: &Server, schema: &str, changes: &[(&str, &str)], role: Role) -> Desk {
        let connection = connect(server, changes, false).await.unwrap();
        let reader = connection.open(role).await.unwrap();
        let scratch = connection.open(Role::Scratch).await.unwrap();
        Desk { connection, reader, scratch, schema: schema.to_owned() }
    }

    pub fn edit(&self) -> &dyn Edit {
        self.connection.control().edit().unwrap()
    }

    pub async fn table(&self, name: &str) -> Table {
        let mut scope = Scope::relation(Some(&self.schema), name);
        scope.kinds.push(Kind::Types);
        let catalog = self.connection.control().catalog(&scope).await.unwrap();
        let columns = match catalog.find_relation(Some(&self.schema), name).and_then(|id| catalog.relation(id)) {
            Some(found) => found.columns().iter().map(|column| column.name.clone()).collect(),
            None => Vec::new(),
        };
        Table { key: ObjectKey::relation(None, Some(&self.schema), name), catalog, columns }
    }

    /// Every row, and the context they were read in.
    pub async fn rows(&self, table: &Table) -> (Vec<Row>, ValueContext) {
        let request = PageRequest {
            relation: table.key.clone(),
            filters: Vec::new(),
            sort: Vec::new(),
            after: None,
            offset: 0,
            limit: 1000,
        };
        let page = self.connection.control().scan().unwrap().page(&table.catalog, &request).unwrap();
        let identity = page.identity.unwrap();
        let answer = ask(&*self.reader, page.statement).await.unwrap();
        let rows = answer.rows.into_iter().map(|cells| row(cells, &identity, page.visible_columns)).collect();
        (rows, answer.context)
    }

    pub async fn reread(&self, table: &Table, keys: &[RowKey]) -> Vec<Row> {
        let text = self.edit().reread(&table.catalog, &table.key, keys).unwrap();
        let answer = ask(&*self.scratch, Statement::new(text)).await.unwrap();
        let visible = table.columns.len();
        let width = answer.rows.first().map_or(visible, Vec::len);
        let identity: Vec<usize> = (visible..width).collect();
        answer.rows.into_iter().map(|cells| row(cells, &identity, visible)).collect()
    }

    pub async fn statements(&self, texts: &[String]) {
        for text in texts {
            if let Err(error) = ask(&*self.scratch, Statement::new(text.as_str())).await {
                panic!("{error:?}\n{text}");
            }
        }
    }

    pub async fn begin(&self, table: &Table, context: &ValueContext) -> driver::Frame {
        let frame = self.edit().frame(&table.catalog, &table.key, context, false).unwrap();
        self.statements(&frame.begin).await;
        frame
    }

    /// Runs a change within an open frame: how many rows it changed, and how they are found again.
    pub async fn change(&self, change: &Change) -> Result<(u64, Vec<RowKey>), Error> {
        let answer = ask(&*self.scratch, Statement::new(change.text.as_str())).await?;
        let again = match &change.again {
            Again::Returned => answer.rows.into_iter().map(|cells| key(&cells)).collect(),
            Again::By(keys) => keys.clone(),
            Again::Ask(_) => panic!("nothing is asked"),
        };
        Ok((answer.summary.affected_rows.unwrap(), again))
    }

    /// One change in a frame of its own.
    pub async fn save(&self, table: &Table, change: &Change) -> Result<(u64, Vec<RowKey>), Error> {
        let frame = self.begin(table, &ValueContext::default()).await;
        let result = self.change(change).await;
        match result {
            Ok(done) => {
                for text in &frame.commit {
                    if let Err(error) = ask(&*self.scratch, Statement::new(text.as_str())).await {
                        self.statements(&frame.rollback).await;
                        return Err(error);
                    }
                }
                Ok(done)
            }
            Err(error) => {
                self.statements(&frame.rollback).await;
                Err(error)
            }
        }
    }

    pub fn update(
        &self,
        table: &Table,
        key: &RowKey,
        originals: &[(&str, &CellValue)],
        set: &[(&str, NewValue)],
    ) -> Change {
        let update = RowUpdate {
            key: key.clone(),
            originals: originals
                .iter()
                .map(|(column, value)| Original { column: (*column).to_owned(), value: (*value).clone() })
                .collect(),
            set: set.iter().map(|(column, value)| ((*column).to_owned(), value.clone())).collect(),
        };
        self.edit().update(&table.catalog, &table.key, &update).unwrap()
    }

    pub async fn drop(self, server: &Server) {
        for session in [&self.reader, &self.scratch] {
            session.close().await;
        }
        self.connection.close().await;
        let mut client = server.client().await;
        run(&mut client, &format!("drop schema if exists {} cascade", self.schema)).await;
        client.close().await;
    }
}

pub fn held(text: &str) -> CellValue {
    CellValue { bytes: Some(text.as_bytes().to_vec()), class: None }
}

pub const NULL: CellValue = CellValue { bytes: None, class: None };

pub fn text(value: &str) -> NewValue {
    NewValue::Text(value.to_owned())
}

pub fn by(values: &[&str]) -> RowKey {
    RowKey(values.iter().map(|value| (*value).to_owned()).collect())
}

fn key(cells: &[CellValue]) -> RowKey {
    RowKey(cells.iter().map(|cell| cell.text().unwrap().to_owned()).collect())
}

fn row(mut cells: Vec<CellValue>, identity: &[usize], visible: usize) -> Row {
    let names: Vec<CellValue> = identity.iter().map(|place| cells[*place].clone()).collect();
    cells.truncate(visible);
    Row { key: key(&names), cells }
}

pub async fn ask(session: &dyn Session, statement: Statement) -> Result<Answer, Error> {
    let mut answer = (Vec::new(), ValueContext::default(), None);
    for event in all(session, statement).await? {
        match event {
            Event::ResultSet(_, context) => answer.1 = context,
            Event::Batch(batch) => answer.0.extend((0..batch.num_rows()).map(|row| cells(&batch, row))),
            Event::Done(summary) => answer.2 = Some(summary),
            Event::Notice(_) => {}
        }
    }
    Ok(Answer { rows: answer.0, context: answer.1, summary: answer.2.unwrap() })
}

fn cells(batch: &RecordBatch, row: usize) -> Vec<CellValue> {
    let schema: &Schema = &batch.schema();
    let value = |column: usize| {
        let array = batch.column(column);
        let bytes = (!array.is_null(row)).then(|| match array.data_type() {
            DataType::Int16 => array.as_primitive::<types::Int16Type>().value(row).to_string().into_bytes(),
            DataType::Int32 => array.as_primitive::<types::Int32Type>().value(row).to_string().into_bytes(),
            DataType::Int64 => array.as_primitive::<types::Int64Type>().value(row).to_string().into_bytes(),
            DataType::UInt32 => array.as_primitive::<types::UInt32Type>().value(row).to_string().into_bytes(),
            DataType::Boolean => array.as_boolean().value(row).to_string().into_bytes(),
            _ => array.as_binary::<i32>().value(row).to_vec(),
        });
        let class = arrow::class_column(schema, column)
            .map(|at| batch.column(at).as_primitive::<types::UInt8Type>().value(row));
        CellValue { bytes, class }
    };
    (0..arrow::visible_columns(schema)).map(value).collect()
}
