//! One engine with a table of every type, read as a data tab reads it and as its own client prints it.

use std::sync::Arc;

use catalog::{Catalog, Kind, ObjectKey, Scope};
use driver::{
    Cast, CellValue, Connection, Edit, Event, NewValue, Original, PageRequest, Role, RowKey, RowUpdate, Session,
    Statement, ValueContext, arrow::CellClass,
};
use results::{Hold, HoldState, Limits, Store};

/// What a client prints, row by row in the order of the key; `None` is NULL.
pub type Printed = Vec<Vec<Option<Vec<u8>>>>;

/// An engine with a table `every` in it: the key `id`, a number `other`, then a column of each type.
#[allow(async_fn_in_trait, reason = "only tests here implement and call it")]
pub trait Engine {
    /// A connection whose sessions are in this time zone.
    async fn connect(&self, zone: &str) -> Arc<dyn Connection>;
    /// Statements that put a session into this time zone, where connecting does not.
    fn settings(&self, zone: &str) -> Vec<String>;
    /// The table.
    fn relation(&self) -> ObjectKey;
    /// The table's name, and that of an empty one of the same columns.
    fn names(&self) -> (String, String);
    /// The types as a person writes them, in the order of the columns from the third on.
    fn types(&self) -> Vec<String>;
    /// What the server's own client prints of a table's rows in this time zone, in the order of the key.
    fn printed(&self, zone: &str, table: &str) -> Printed;
    /// Runs a script by the server's own client in this time zone.
    fn run(&self, zone: &str, script: &str);
    /// How values are interpreted.
    fn cast(&self) -> &'static dyn Cast;
}

/// The table as a data tab holds it.
pub struct Read {
    pub connection: Arc<dyn Connection>,
    pub catalog: Catalog,
    pub relation: ObjectKey,
    pub columns: Vec<String>,
    pub hold: Hold,
    pub context: ValueContext,
    pub keys: Vec<RowKey>,
}

impl Read {
    pub async fn whole(engine: &impl Engine, zone: &str) -> Read {
        let connection = engine.connect(zone).await;
        let relation = engine.relation();
        let mut scope = Scope::relation(relation.schema.as_deref(), &relation.name);
        scope.kinds.push(Kind::Types);
        let catalog = connection.control().catalog(&scope).await.unwrap();
        let found = catalog.find_relation(relation.schema.as_deref(), &relation.name).unwrap();
        let columns: Vec<String> =
            catalog.relation(found).unwrap().columns().iter().map(|column| column.name.clone()).collect();
        let request = PageRequest {
            relation: relation.clone(),
            filters: Vec::new(),
            sort: Vec::new(),
            after: None,
            offset: 0,
            limit: 1000,
        };
        let page = connection.control().scan().unwrap().page(&catalog, &request).unwrap();
        let session = connection.open(Role::Browse).await.unwrap();
        for text in engine.settings(zone) {
            all(&*session, Statement::new(text)).await;
        }
        let (hold, context) = hold(&*session, page.statement).await;
        session.close().await;
        let identity = page.identity.unwrap();
        let keys = (0..hold.rows()).map(|row| {
            let texts = hold.texts(row, &identity).unwrap();
            RowKey(texts.into_iter().map(|text| String::from_utf8(text.unwrap()).unwrap()).collect())
        });
        let keys = keys.collect();
        Read { connection, catalog, relation, columns, hold, context, keys }
    }

    fn edit(&self) -> &dyn Edit {
        self.connection.control().edit().unwrap()
    }

    /// The cell as an edit keeps it.
    fn held(&self, row: usize, column: usize) -> CellValue {
        let cell = self.hold.cell(row as u64, column, 0..u64::MAX).unwrap();
        let class = cell.class.map(|class| class as u8);
        let class = class.map(|class| if cell.bytes.is_none() { CellClass::Null as u8 } else { class });
        CellValue { bytes: cell.bytes, class }
    }

    /// For each column, in how many rows a change of another column does not find the row by this cell, or the cell written
    /// back is another. Nothing is kept.
    pub async fn edited(&self) -> Vec<usize> {
        let session = self.connection.open(Role::Scratch).await.unwrap();
        let frame = self.edit().frame(&self.catalog, &self.relation, &self.context, false).unwrap();
        for text in &frame.begin {
            all(&*session, Statement::new(text.as_str())).await;
        }
        let mut wrong = vec![0; self.columns.len()];
        for (row, key) in self.keys.iter().enumerate() {
            for (place, column) in self.columns.iter().enumerate().skip(2) {
                let original = Original { column: column.clone(), value: self.held(row, place) };
                let held = NewValue::Held(original.value.clone());
                let set = vec![("other".to_owned(), NewValue::Text("1".to_owned())), (column.clone(), held)];
                let update = RowUpdate { key: key.clone(), originals: vec![original], set };
                let change = self.edit().update(&self.catalog, &self.relation, &update).unwrap();
                if all(&*session, Statement::new(change.text)).await != Some(1) {
                    wrong[place] += 1;
                }
            }
        }
        let text = self.edit().reread(&self.catalog, &self.relation, &self.keys).unwrap();
        let (fresh, _) = hold(&*session, Statement::new(text)).await;
        let identity: Vec<usize> = (self.columns.len()..fresh.visible_columns()).collect();
        for row in 0..fresh.rows() {
            let key = fresh.texts(row, &identity).unwrap();
            let key: Vec<String> = key.into_iter().map(|text| String::from_utf8(text.unwrap()).unwrap()).collect();
            let was = self.keys.iter().position(|known| known.0 == key).unwrap();
            for (place, wrong) in wrong.iter_mut().enumerate().skip(2) {
                let is = fresh.cell(row, place, 0..u64::MAX).unwrap();
                if is != self.hold.cell(was as u64, place, 0..u64::MAX).unwrap() {
                    *wrong += 1;
                }
            }
        }
        assert_eq!(fresh.rows(), self.hold.rows());
        for text in &frame.rollback {
            all(&*session, Statement::new(text.as_str())).await;
        }
        session.close().await;
        wrong
    }
}

async fn hold(session: &dyn Session, statement: Statement) -> (Hold, ValueContext) {
    let mut run = session.run(statement);
    let (mut writer, mut found) = (None, ValueContext::default());
    while let Some(event) = run.next().await {
        match event.unwrap() {
            Event::ResultSet(schema, context) => {
                found = context.clone();
                writer = Some(Store::new(Limits::default()).unwrap().hold(schema, context).unwrap().0);
            }
            Event::Batch(batch) => writer.as_mut().unwrap().append(&batch).unwrap(),
            Event::Notice(_) | Event::Done(_) => {}
        }
    }
    let writer = writer.unwrap();
    let hold = writer.hold().clone();
    writer.finish(HoldState::Complete);
    (hold, found)
}

/// Runs a statement to its end: how many rows it changed; `None` where it was refused.
async fn all(session: &dyn Session, statement: Statement) -> Option<u64> {
    let text = statement.text.clone();
    let mut run = session.run(statement);
    let mut affected = None;
    while let Some(event) = run.next().await {
        match event {
            Ok(Event::Done(summary)) => affected = summary.affected_rows,
            Ok(_) => {}
            Err(error) => panic!("{error:?}\n{text}"),
        }
    }
    affected
}
