#![allow(clippy::unwrap_used, clippy::panic)]

mod applying;
mod looking;
mod partitions;
mod roles;
mod settling;

use crate::{api::*, connections::tests::Shop, testing::crashed};

pub(super) fn table(name: &str) -> ObjectRef {
    ObjectRef {
        database: None,
        schema: Some("main".to_owned()),
        kind: "relation".to_owned(),
        name: name.to_owned(),
        signature: None,
    }
}

pub(super) fn part(kind: &str, table: &ObjectRef, name: &str) -> ObjectRef {
    ObjectRef { kind: kind.to_owned(), name: name.to_owned(), signature: Some(table.name.clone()), ..table.clone() }
}

pub(super) fn column(name: &str, native_type: &str) -> StructureColumnForm {
    StructureColumnForm {
        name: name.to_owned(),
        native_type: native_type.to_owned(),
        nullable: true,
        default: None,
        numbering: None,
        generated: None,
        stored: false,
        collation: None,
        comment: None,
        convert: None,
    }
}

pub(super) fn add(table: &ObjectRef, column: StructureColumnForm) -> StructureEdit {
    StructureEdit::Column { table: table.clone(), name: None, column }
}

pub(super) fn index(table: &ObjectRef, name: &str, columns: &[&str]) -> StructureEdit {
    let key = |text: &&str| StructureIndexKey {
        text: (*text).to_owned(),
        expression: false,
        descending: false,
        nulls_first: None,
    };
    let index = StructureIndexForm {
        name: Some(name.to_owned()),
        unique: false,
        method: None,
        keys: columns.iter().map(key).collect(),
        included: Vec::new(),
        predicate: None,
    };
    StructureEdit::Index { table: table.clone(), name: None, index }
}

impl Shop {
    pub(super) async fn stage(&self, edits: Vec<StructureEdit>) -> Result<StructureDraft, AppError> {
        self.app.edit_structure(&self.profile, None, edits).await
    }

    pub(super) async fn staged(&self, edit: StructureEdit) -> StructureDraft {
        self.stage(vec![edit]).await.unwrap()
    }

    pub(super) async fn page(&self, object: ObjectRef) -> StructurePage {
        self.app.structure_page(&self.profile, None, object).await.unwrap()
    }
}

pub(super) fn labels(draft: &StructureDraft) -> Vec<&str> {
    draft.groups.iter().map(|group| group.label.as_str()).collect()
}

fn changes(draft: &StructureDraft) -> Vec<(&str, &str, StructureChange)> {
    draft.objects.iter().map(|one| (one.object.kind.as_str(), one.object.name.as_str(), one.change)).collect()
}

#[tokio::test]
async fn steps_are_taken_back_and_done_again_and_outlast_the_program() {
    let shop = Shop::open().await;
    let orders = table("orders");
    assert_eq!(shop.app.structure_draft(&shop.profile, None).await.unwrap(), StructureDraft::default());
    shop.staged(add(&orders, column("note", "text"))).await;
    let draft = shop.stage(vec![index(&orders, "by_note", &["note"]), add(&orders, column("seen", "integer"))]).await;
    let draft = draft.unwrap();
    assert_eq!(labels(&draft), ["Add column orders.note", "Add index by_note of orders; Add column orders.seen"]);
    assert_eq!(
        changes(&draft),
        [
            ("column", "note", StructureChange::Added),
            ("column", "seen", StructureChange::Added),
            ("index", "by_note", StructureChange::Added)
        ]
    );
    assert_eq!(draft.undo.as_deref(), Some("Add index by_note of orders; Add column orders.seen"));
    let draft = shop.staged(StructureEdit::Undo).await;
    assert_eq!((labels(&draft).len(), draft.redo.is_some()), (1, true));
    let shop = crashed(shop).await;
    let draft = shop.staged(StructureEdit::Redo).await;
    assert_eq!((labels(&draft).len(), draft.redo), (2, None));
    let first = draft.groups[0].id;
    let error = shop.stage(vec![StructureEdit::Discard { group: first }]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict, "an index rests on the column: {}", error.message);
    let draft = shop.staged(StructureEdit::DiscardAll).await;
    assert_eq!((labels(&draft).len(), draft.undo.as_deref()), (0, Some("Discard everything")));
    let draft = shop.staged(StructureEdit::Undo).await;
    assert_eq!(labels(&draft).len(), 2);
}

#[tokio::test]
async fn what_cannot_be_is_told_and_nothing_of_it_is_staged() {
    let shop = Shop::open().await;
    let orders = table("orders");
    let wrong = [
        (add(&orders, column("", "text")), ErrorCode::InvalidStatement),
        (add(&orders, column("ID", "text")), ErrorCode::AlreadyExists),
        (add(&table("nowhere"), column("a", "text")), ErrorCode::NotFound),
        (index(&orders, "x", &["nothing"]), ErrorCode::NotFound),
        (index(&orders, "sqlite_x", &["id"]), ErrorCode::InvalidStatement),
        (StructureEdit::Rename { object: table("orders"), name: "Customers".to_owned() }, ErrorCode::AlreadyExists),
        (
            StructureEdit::ForeignKey {
                table: orders.clone(),
                name: None,
                key: StructureForeignKeyForm {
                    name: None,
                    columns: vec!["id".to_owned()],
                    references: table("customers"),
                    referenced_columns: vec!["name".to_owned()],
                    on_delete: StructureAction::Cascade,
                    on_update: StructureAction::NoAction,
                    deferrable: None,
                },
            },
            ErrorCode::InvalidStatement,
        ),
        (StructureEdit::CreateSchema { name: "more".to_owned() }, ErrorCode::Unsupported),
    ];
    for (edit, code) in wrong {
        let good = add(&orders, column("good", "text"));
        let error = shop.stage(vec![good, edit.clone()]).await.unwrap_err();
        assert_eq!(error.code, code, "{edit:?}: {}", error.message);
    }
    assert_eq!(shop.app.structure_draft(&shop.profile, None).await.unwrap(), StructureDraft::default());
}

#[tokio::test]
async fn a_page_shows_what_would_be_and_what_was() {
    let shop = Shop::open().await;
    let orders = table("orders");
    let before = shop.page(orders.clone()).await;
    assert_eq!((before.kind.as_str(), before.change), ("table", None));
    let columns: Vec<&str> = before.columns.iter().map(|one| one.form.name.as_str()).collect();
    assert_eq!(columns[..2], ["id", "customer_id"]);
    assert!(before.columns[0].primary);
    let mut number = before.columns[1].form.clone();
    number.name = "buyer_id".to_owned();
    number.nullable = true;
    shop.staged(StructureEdit::Column { table: orders.clone(), name: Some("customer_id".to_owned()), column: number })
        .await;
    shop.staged(index(&orders, "by_buyer", &["buyer_id"])).await;
    shop.staged(StructureEdit::Rename { object: orders.clone(), name: "sales".to_owned() }).await;
    let page = shop.page(orders).await;
    assert_eq!((page.object.name.as_str(), page.was.as_deref()), ("sales", Some("orders")));
    assert_eq!(page.change, Some(StructureChange::Changed));
    let buyer = page.columns.iter().find(|one| one.form.name == "buyer_id").unwrap();
    assert_eq!(buyer.change, Some(StructureChange::Changed));
    assert_eq!(buyer.was.as_ref().map(|was| (was.name.as_str(), was.nullable)), Some(("customer_id", false)));
    let by_buyer = page.indexes.iter().find(|one| one.object.name == "by_buyer").unwrap();
    assert_eq!(by_buyer.change, Some(StructureChange::Added));
    let form = by_buyer.form.as_ref().unwrap();
    assert_eq!(form.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>(), ["buyer_id"]);
    assert!(page.text.contains("CREATE TABLE sales") && page.text.contains("CREATE INDEX by_buyer"), "{}", page.text);
    let customers = shop.page(table("customers")).await;
    assert_eq!(customers.referenced_by.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["sales"]);
    shop.staged(StructureEdit::Drop { object: table("customers") }).await;
    let gone = shop.page(table("customers")).await;
    assert_eq!(gone.change, Some(StructureChange::Removed));
}
