//! What was sent and whose answer nobody got: found out afterwards, told, and planned anew where something is left.

mod killed;

use super::{
    applying::{Made, run},
    *,
};
use crate::{
    change_sets::Sent,
    structure::{applying::Looking, records},
};

const TABLES: &str = "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));
    CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person_id int);";

/// Sends what is staged as if the program ended on its way: these statements arrive, the one after them was begun, and for a
/// transaction COMMIT was about to be sent.
async fn interrupted(shop: &Shop, arrived: usize, begun: bool, commit: bool) {
    let (place, reviewed) = shop.app.structure_reviewed(&shop.profile, None, Vec::new(), Looking::Anew).await.unwrap();
    let sent = Sent::begin(&shop.app, &place, records::new_set(&reviewed).unwrap()).await.unwrap().unwrap();
    sent.batch(0).await.unwrap();
    let steps: Vec<usize> = (0..reviewed.plan.steps.len()).collect();
    let witness = if commit { sent.witness() } else { sent.witness_of(steps) };
    for (place, step) in reviewed.plan.steps.iter().enumerate().take(arrived) {
        witness.began(place).await.unwrap();
        run(shop, &step.sql).await;
    }
    if begun {
        witness.began(arrived).await.unwrap();
    }
    if commit {
        witness.about_to_commit("").await.unwrap();
    }
}

#[tokio::test]
async fn what_came_half_way_is_told_and_the_rest_is_planned_anew() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    let shop = &made.shop;
    shop.staged(add(&made.table("orders"), column("note", "varchar(20)"))).await;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    interrupted(shop, 1, true, false).await;
    let draft = shop.draft().await;
    let last = draft.last.clone().unwrap();
    assert_eq!(last.state, StructureFate::Partly, "{}", last.words);
    assert_eq!(last.statements.iter().map(|(_, kept)| *kept).collect::<Vec<_>>(), [Some(true), Some(false)]);
    assert_eq!(labels(&draft), ["Add column people.born"]);
    assert_eq!(shop.review().await.steps.len(), 1);
    shop.app.forget_structure_apply(&shop.profile, None, last.id).await.unwrap();
    assert_eq!(shop.draft().await.last, None);
    shop.applied().await;
    made.remove().await;
}

#[tokio::test]
async fn what_never_began_or_arrived_wholly_is_told_so() {
    for variable in ["ROWHOUSE_TEST_MARIADB_URL", "ROWHOUSE_TEST_POSTGRES_18_URL"] {
        let Some(made) = Made::on(variable, TABLES).await else { continue };
        let shop = &made.shop;
        shop.staged(add(&made.table("people"), column("born", "date"))).await;
        interrupted(shop, 0, false, false).await;
        let draft = shop.draft().await;
        assert_eq!(draft.last.map(|last| last.state), Some(StructureFate::NotApplied));
        assert_eq!(draft.groups.len(), 1);
        interrupted(shop, 1, false, variable.contains("POSTGRES")).await;
        let draft = shop.draft().await;
        assert_eq!(draft.last.map(|last| last.state), Some(StructureFate::Applied));
        assert!(draft.groups.is_empty() && draft.undo.is_none());
        // It can be taken back like what had an answer.
        let sets = shop.app.structure_applied(&shop.profile, None).await.unwrap();
        let draft = shop.staged(StructureEdit::TakeBack { applied: sets[0].id }).await;
        assert_eq!(labels(&draft), ["Take back: Add column people.born"]);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_somebody_changed_since_is_not_taken_back_over_it() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", TABLES).await else { return };
    let shop = &made.shop;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    let applied = shop.applied().await;
    run(shop, "ALTER TABLE people ALTER COLUMN born TYPE timestamp").await;
    let error = shop.stage(vec![StructureEdit::TakeBack { applied }]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict, "{}", error.message);
    assert!(shop.draft().await.groups.is_empty());
    made.remove().await;
}

#[tokio::test]
async fn what_somebody_else_did_at_the_same_time_is_not_taken_for_ours() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    let shop = &made.shop;
    shop.staged(add(&made.table("orders"), column("note", "varchar(20)"))).await;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    interrupted(shop, 1, true, false).await;
    // The second one never arrived: somebody makes a column of that name, of another type.
    run(shop, "ALTER TABLE people ADD COLUMN born varchar(7)").await;
    let draft = shop.draft().await;
    let last = draft.last.clone().unwrap();
    assert_eq!(last.state, StructureFate::Partly);
    assert_eq!(last.statements.iter().map(|(_, kept)| *kept).collect::<Vec<_>>(), [Some(true), Some(false)]);
    assert_eq!(labels(&draft), ["Add column people.born"], "it is staged still");
    assert_eq!(draft.groups[0].conflicts, ["The column “people.born” is there already."]);
    shop.app.forget_structure_apply(&shop.profile, None, last.id).await.unwrap();
    shop.staged(StructureEdit::Discard { group: draft.groups[0].id }).await;
    made.remove().await;
}

#[tokio::test]
async fn what_came_of_a_set_beside_a_change_of_somebody_else_is_not_taken_back_over_it() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", TABLES).await else { return };
    let shop = &made.shop;
    shop.staged(add(&made.table("people"), column("born", "date"))).await;
    interrupted(shop, 1, false, false).await;
    run(shop, "ALTER TABLE people MODIFY COLUMN born varchar(7)").await;
    let draft = shop.draft().await;
    assert_eq!(
        draft.last.map(|last| last.state),
        Some(StructureFate::NotApplied),
        "its answer was lost, and it is another"
    );
    assert_eq!(draft.groups[0].conflicts, ["The column “people.born” is there already."]);
    made.remove().await;
}
