#![allow(clippy::unwrap_used, clippy::panic)]

mod columns;
mod conflicts;
mod journals;
mod models;
mod results;
mod rows;
mod rules;
mod seals;
mod servers;

use std::path::PathBuf;

use crate::{api::*, connections::tests::Shop};

/// A relation's rows in a grid.
pub(super) struct Grid<'a> {
    pub(super) shop: &'a Shop,
    pub(super) hold: String,
}

impl<'a> Grid<'a> {
    /// Reads a relation and opens its edits.
    pub(super) async fn open(shop: &'a Shop, object: ObjectRef) -> (Grid<'a>, EditsView) {
        let request = BrowseRequest {
            profile_id: shop.profile.clone(),
            object,
            filters: Vec::new(),
            sort: Vec::new(),
            actor: None,
        };
        let hold = shop.app.browse(request).await.unwrap().head.hold_id;
        let view = shop.app.edits_open(&hold).await.unwrap();
        assert_eq!(view.refused, None);
        (Grid { shop, hold }, view)
    }

    pub(super) async fn of(shop: &'a Shop, name: &str) -> Grid<'a> {
        Grid::open(shop, shop.table(name)).await.0
    }

    pub(super) async fn stage(&self, step: EditStep) -> EditsView {
        self.shop.app.edits_stage(&self.hold, step).await.unwrap()
    }

    /// Everything that is staged.
    pub(super) async fn view(&self) -> EditsView {
        self.shop.app.edits_open(&self.hold).await.unwrap()
    }

    pub(super) async fn save(&self) -> EditsSaved {
        match self.shop.app.edits_save(&self.hold, None).await.unwrap() {
            EditsAnswer::Done { saved } => *saved,
            EditsAnswer::Confirm { question } => panic!("{question:?}"),
        }
    }

    /// Saves what has to go well.
    pub(super) async fn saved(&self) -> EditsView {
        let saved = self.save().await;
        assert!(matches!(saved.outcome, SaveOutcome::Saved { .. }), "{:?} {:?}", saved.outcome, saved.edits.rows);
        self.view().await
    }

    /// A cell of the rows that were read again.
    pub(super) async fn fresh(&self, view: &EditsView, row: &EditedRow, column: u32) -> String {
        let cell = self.shop.app.hold_cell(view.fresh_hold.as_deref().unwrap(), row.fresh.unwrap(), column, 0, 1 << 20);
        String::from_utf8(cell.await.unwrap()).unwrap()
    }
}

pub(super) fn text(text: &str) -> EditValue {
    EditValue::Text { text: text.to_owned() }
}

pub(super) fn cell(row: u64, column: u32, value: EditValue) -> CellEdit {
    CellEdit { row: RowPlace::Held { row }, column, value }
}

/// One cell becomes something else.
pub(super) fn set(row: u64, column: u32, value: EditValue) -> EditStep {
    sets(vec![cell(row, column, value)])
}

pub(super) fn sets(set: Vec<CellEdit>) -> EditStep {
    EditStep { label: "Edit".to_owned(), set, ..EditStep::default() }
}

pub(super) fn add(rows: Vec<Vec<(u32, EditValue)>>) -> EditStep {
    let add = rows.into_iter().map(|cells| RowAddition { after: None, cells }).collect();
    EditStep { label: "Add".to_owned(), add, ..EditStep::default() }
}

pub(super) fn delete(first: u64, rows: u64) -> EditStep {
    EditStep { label: "Delete".to_owned(), delete: vec![RowSpan { first, rows }], ..EditStep::default() }
}

pub(super) fn file(shop: &Shop) -> PathBuf {
    shop.home.path().join("shop.db")
}

pub(super) fn sqlite(shop: &Shop) -> rusqlite::Connection {
    rusqlite::Connection::open(file(shop)).unwrap()
}

/// Every row of a query as text; NULL is `∅`.
pub(super) fn all(shop: &Shop, query: &str) -> Vec<String> {
    let connection = sqlite(shop);
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cell = |at| match row.get_ref(at) {
            Ok(rusqlite::types::ValueRef::Null) | Err(_) => "∅".to_owned(),
            Ok(rusqlite::types::ValueRef::Integer(value)) => value.to_string(),
            Ok(rusqlite::types::ValueRef::Real(value)) => value.to_string(),
            Ok(rusqlite::types::ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            Ok(rusqlite::types::ValueRef::Blob(bytes)) => format!("{bytes:?}"),
        };
        Ok((0..columns).map(cell).collect::<Vec<_>>().join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}
