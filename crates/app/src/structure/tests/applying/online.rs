//! The same while others go on working, and what it leaves where it is refused.

use super::*;

impl Shop {
    /// Applies with these objects' statements leaving others working.
    async fn applied_online(&self, online: &[ObjectRef]) -> (StructureReview, StructureApplied) {
        let review = self.app.review_structure(&self.profile, None, online.to_vec()).await.unwrap();
        assert_eq!(review.refusal, None);
        let (digest, online) = (review.digest.clone(), online.to_vec());
        let told = self.app.apply_structure(&self.profile, None, &digest, online, 2_000, None).await.unwrap();
        (review, told)
    }
}

fn by(kind: &str, table: &ObjectRef, name: &str) -> ObjectRef {
    ObjectRef { kind: kind.to_owned(), name: name.to_owned(), ..table.clone() }
}

#[tokio::test]
async fn an_index_that_is_not_built_offers_its_drop_and_stays_staged() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let shop = &made.shop;
    run(shop, "INSERT INTO people VALUES (2, 'Ada')").await;
    let before = shop.defined().await;
    let people = made.table("people");
    let StructureEdit::Index { table, name, index } = index(&people, "people_by_name", &["name"]) else { panic!() };
    shop.staged(add(&made.table("orders"), column("note", "text"))).await;
    shop.staged(StructureEdit::Index { table, name, index: StructureIndexForm { unique: true, ..index } }).await;
    let own = [by("index", &people, "people_by_name")];
    let (review, told) = shop.applied_online(&own).await;
    assert!(!review.together && review.steps[1].online.as_ref().is_some_and(|online| online.chosen), "{review:#?}");
    let StructureApplied::Refused { statement, kept, leftover, error } = told else { panic!("{told:#?}") };
    assert_eq!((statement, kept), (1, 1), "{error:?}");
    let leftover = leftover.unwrap();
    assert_eq!(leftover, "DROP INDEX CONCURRENTLY IF EXISTS public.people_by_name");
    let draft = shop.draft().await;
    assert_eq!(labels(&draft), ["Add index people_by_name of people"], "what is kept is staged no more");
    assert!(draft.groups[0].conflicts.is_empty(), "what is left of it is no index: {draft:#?}");
    let (review, told) = shop.applied_online(&own).await;
    assert!(review.warnings.iter().any(|text| text.contains("drop it")), "{:?}", review.warnings);
    assert!(matches!(told, StructureApplied::Refused { .. }), "what is left is in the way: {told:#?}");
    run(shop, &leftover).await;
    run(shop, "DELETE FROM people WHERE id = 2").await;
    let (_, told) = shop.applied_online(&own).await;
    let StructureApplied::Applied { id, .. } = told else { panic!("{told:#?}") };
    shop.staged(StructureEdit::TakeBack { applied: id }).await;
    shop.staged(StructureEdit::Drop { object: part("column", &made.table("orders"), "note") }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
    made.remove().await;
}

#[tokio::test]
async fn a_check_is_added_first_and_its_rows_are_looked_at_later() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let shop = &made.shop;
    let before = shop.defined().await;
    let people = made.table("people");
    let check = StructureCheckForm { name: Some("named".to_owned()), expression: "name <> 'Ada'".to_owned() };
    shop.staged(StructureEdit::Check { table: people.clone(), name: None, check }).await;
    let own = [part("constraint", &people, "named")];
    let (review, told) = shop.applied_online(&own).await;
    let texts: Vec<&str> = review.steps.iter().map(|step| step.sql.as_str()).collect();
    assert!(texts.len() == 2 && texts[0].ends_with("NOT VALID") && texts[1].contains("VALIDATE"), "{texts:#?}");
    let StructureApplied::Refused { statement, kept, leftover, .. } = told else { panic!("{told:#?}") };
    assert_eq!((statement, kept, leftover), (1, 1, None));
    let draft = shop.draft().await;
    assert_eq!(labels(&draft), ["Add check named of people"], "it is not as it was to be");
    assert!(draft.groups[0].conflicts.is_empty(), "what is there of it is ours: {draft:#?}");
    run(shop, "UPDATE people SET name = 'Eve' WHERE id = 1").await;
    shop.applied().await;
    let place = shop.app.database_place(&shop.profile, None).await.unwrap();
    let now = shop.app.defined(&place, true).await.unwrap();
    let named = now.definition.objects.iter().find(|(key, _)| key.name == "named").unwrap().1;
    assert!(matches!(&named.body, schema::Body::Constraint(one) if !one.text.contains("NOT VALID")), "{named:#?}");
    shop.staged(StructureEdit::Drop { object: part("constraint", &people, "named") }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
    made.remove().await;
}

#[tokio::test]
async fn mariadb_is_told_to_let_others_go_on_and_refuses_what_it_cannot_do_so() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    let shop = &made.shop;
    let (people, orders) = (made.table("people"), made.table("orders"));
    shop.staged(index(&people, "people_by_name", &["name"])).await;
    let (review, told) = shop.applied_online(std::slice::from_ref(&people)).await;
    assert!(review.steps[0].sql.contains("ALGORITHM=INPLACE,\n    LOCK=NONE"), "{review:#?}");
    assert!(matches!(told, StructureApplied::Applied { .. }), "{told:#?}");
    let mut person = shop.page(orders.clone()).await.columns[1].form.clone();
    person.native_type = "bigint(20)".to_owned();
    let person = StructureEdit::Column { table: orders.clone(), name: Some("person_id".to_owned()), column: person };
    shop.staged(person).await;
    let (_, told) = shop.applied_online(std::slice::from_ref(&orders)).await;
    let StructureApplied::Refused { kept, error, .. } = told else { panic!("{told:#?}") };
    assert!(kept == 0 && error.message.contains("ALGORITHM=INPLACE is not supported"), "{error:?}");
    assert_eq!(shop.draft().await.groups.len(), 1);
    shop.applied().await;
    made.remove().await;
}
