//! Results of a query that show some of a table's columns, in another order, by other names and twice.

use super::{
    servers::{fresh_name, relation, run, server},
    *,
};
use crate::{
    runs::tests::{heads, last_progress, play, script},
    testing::crashed,
};

/// The rows of a query in a tab.
async fn results<'a>(shop: &'a Shop, query: &str) -> (Grid<'a>, EditsView) {
    let events = play(shop, script(shop, "query", query)).await;
    let hold = heads(&events).pop().unwrap().hold_id;
    let view = shop.app.edits_open(&hold).await.unwrap();
    (Grid { shop, hold }, view)
}

/// The same, which must be editable.
async fn editable<'a>(shop: &'a Shop, query: &str) -> Grid<'a> {
    let (grid, view) = results(shop, query).await;
    assert_eq!(view.refused, None, "{query}");
    grid
}

async fn refused(shop: &Shop, query: &str) -> (String, String) {
    let (_, view) = results(shop, query).await;
    let error = view.refused.unwrap_or_else(|| panic!("{query} is editable"));
    assert_eq!(error.code, ErrorCode::Unsupported);
    (error.message, error.hint.unwrap_or_default())
}

/// What a query gives, as text.
async fn texts(shop: &Shop, query: &str) -> Vec<String> {
    let events = play(shop, script(shop, "look", query)).await;
    let head = heads(&events).pop().unwrap_or_else(|| panic!("{query} gave no rows"));
    let mut rows = Vec::new();
    for row in 0..last_progress(&events, &head.hold_id).rows {
        let mut cells = Vec::new();
        for column in 0..head.columns.len() {
            let cell = shop.app.hold_cell(&head.hold_id, row, u32::try_from(column).unwrap(), 0, 1 << 16);
            cells.push(String::from_utf8(cell.await.unwrap()).unwrap());
        }
        rows.push(cells.join("|"));
    }
    rows
}

fn shown(view: &EditsView, row: usize) -> Vec<u32> {
    view.rows[row].cells.iter().map(|cell| cell.column).collect()
}

async fn refusal(grid: &Grid<'_>, step: EditStep) -> String {
    let error = grid.shop.app.edits_stage(&grid.hold, step).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported, "{}", error.message);
    error.message
}

fn duplicate(row: RowPlace) -> EditStep {
    EditStep { label: "Duplicate".to_owned(), duplicate: vec![row], ..EditStep::default() }
}

async fn last_inverse(shop: &Shop) -> String {
    let history = shop.app.history(HistoryQuery { limit: 20, ..HistoryQuery::default() }).await.unwrap();
    for entry in history {
        if let Some(inverse) = shop.app.history_inverse(entry.id).await.unwrap() {
            return inverse;
        }
    }
    panic!("nothing was saved")
}

/// Everything that a query with some columns promises, on any engine.
async fn some_columns(shop: &Shop, schema: &str) {
    let table = fresh_name();
    let name = format!("{schema}.{table}");
    run(
        shop,
        "t",
        &format!(
            "CREATE TABLE {name} (code varchar(20) NOT NULL, part int NOT NULL, name varchar(40), \
               note varchar(40) DEFAULT 'usual', big bigint, PRIMARY KEY (code, part));
             INSERT INTO {name} VALUES ('a', 1, 'Ada', 'n1', 11), ('a', 2, 'Bo', 'n2', 9007199254740993), \
               ('it''s é', 3, 'Cy', NULL, 13), ('d', 4, 'Di', 'n4', 14), ('e', 5, 'Ed', 'n5', 15)"
        ),
    )
    .await;
    let everything = format!("SELECT code, part, name, note, big FROM {name} ORDER BY part, code");
    let look = |columns: &str, part: u32| format!("SELECT {columns} FROM {name} WHERE part = {part}");
    let before = texts(shop, &everything).await;
    let query = format!("select t.note as remark, t.part, name, code c, name as again from {name} t order by part");
    let grid = editable(shop, &query).await;
    let view = grid.view().await;
    let locked: Vec<bool> = view.columns.iter().map(|column| column.read_only.is_some()).collect();
    assert_eq!(locked, [false, false, false, false, true], "what is shown again is edited where it is shown first");
    assert_eq!(
        refusal(&grid, set(0, 4, text("x"))).await,
        "This column takes no value: It is column 3 again: edit it there."
    );
    assert_eq!(
        refusal(&grid, duplicate(RowPlace::Held { row: 0 })).await,
        "A row cannot be duplicated in part: the query does not show big."
    );

    // One edit set with the table's own tab, each with its own columns.
    let view = grid.stage(sets(vec![cell(0, 0, text("mine")), cell(1, 2, text("Zoe"))])).await;
    assert_eq!((shown(&view, 0), shown(&view, 1)), (vec![0], vec![2, 4]));
    let (tab, view) = Grid::open(shop, relation(schema, &table)).await;
    assert_eq!((shown(&view, 0), shown(&view, 1)), (vec![3], vec![2]));
    assert_eq!((view.rows[0].at, view.rows[0].name.as_str()), (Some(0), "code a, part 1"));
    let view = tab.stage(set(0, 4, text("12345678901234567"))).await;
    assert_eq!((view.rows.len(), shown(&view, 0)), (1, vec![3, 4]));
    let view = grid.view().await;
    assert_eq!((shown(&view, 0), view.rows[0].hidden.as_slice()), (vec![0], ["big".to_owned()].as_slice()));
    shop.app.edits_undo(&grid.hold).await.unwrap();
    assert_eq!(shown(&tab.view().await, 0), [3]);
    shop.app.edits_redo(&tab.hold).await.unwrap();
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, &view.rows[0], 0).await, "mine");
    assert_eq!(grid.fresh(&view, &view.rows[0], 3).await, "a");
    assert_eq!((grid.fresh(&view, &view.rows[1], 2).await, grid.fresh(&view, &view.rows[1], 4).await), two("Zoe"));
    let view = tab.view().await;
    assert_eq!(tab.fresh(&view, &view.rows[0], 3).await, "mine");
    assert_eq!(tab.fresh(&view, &view.rows[0], 4).await, "12345678901234567");
    assert_eq!(texts(shop, &look("note, big", 1)).await, ["mine|12345678901234567"]);

    // What was saved is edited further by what it became, and is known whole.
    let first = RowPlace::Staged { id: view.rows[0].id };
    grid.stage(sets(vec![CellEdit { row: first, column: 0, value: EditValue::Null }])).await;
    let view = grid.stage(duplicate(first)).await;
    let copy = view.rows.iter().find(|row| row.kind == EditKind::Insert).unwrap();
    assert_eq!(copy.hidden, ["big"]);
    let copied = RowPlace::Staged { id: copy.id };
    grid.stage(sets(vec![CellEdit { row: copied, column: 3, value: text("copy") }])).await;
    grid.saved().await;
    assert_eq!(texts(shop, &look("code, big", 1)).await, ["a|12345678901234567", "copy|12345678901234567"]);
    run(shop, "t", &format!("DELETE FROM {name} WHERE code = 'copy'")).await;
    run(shop, "t", &format!("UPDATE {name} SET note = 'n1', big = 11 WHERE part = 1")).await;
    run(shop, "t", &format!("UPDATE {name} SET name = 'Bo' WHERE part = 2")).await;
    assert_eq!(texts(shop, &everything).await, before);

    // A row goes whole into the history, a new one takes its defaults and says so.
    let grid = editable(shop, &query).await;
    grid.stage(delete(1, 2)).await;
    grid.stage(add(vec![vec![(3, text("new")), (1, text("9"))]])).await;
    let review = shop.app.edits_review(&grid.hold).await.unwrap();
    let said = "New rows take the default of columns they give no value for: the query does not show big.";
    assert!(review.warnings.iter().any(|warning| warning == said), "{:?}", review.warnings);
    let deleted = review.statements.iter().find(|statement| statement.text.contains("DELETE")).unwrap();
    assert!(deleted.text.contains("Bo") && !deleted.text.contains("9007199254740993"), "{}", deleted.text);
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, view.rows.last().unwrap(), 0).await, "usual");
    assert_eq!(texts(shop, &format!("SELECT count(*) FROM {name}")).await, ["4"]);
    run(shop, "back", &last_inverse(shop).await).await;
    assert_eq!(texts(shop, &everything).await, before);

    // Others change what is shown and what is not, and take rows away.
    let grid = editable(shop, &query).await;
    let tab = Grid::open(shop, relation(schema, &table)).await.0;
    grid.stage(sets(vec![cell(0, 2, text("mine")), cell(3, 2, text("mine too"))])).await;
    tab.stage(set(1, 4, text("1"))).await;
    run(shop, "t", &format!("UPDATE {name} SET name = 'theirs' WHERE part = 1")).await;
    run(shop, "t", &format!("UPDATE {name} SET big = 99 WHERE part = 2")).await;
    run(shop, "t", &format!("DELETE FROM {name} WHERE part = 4")).await;
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }), "{:?}", saved.outcome);
    let view = grid.view().await;
    let problem = |key: &str| view.rows.iter().find(|row| row.name.contains(key)).unwrap();
    let shown = problem("part 1");
    assert!(
        matches!(&shown.problem, Some(RowProblem::Changed { cells, .. }) if cells.len() == 1 && cells[0].column == 2)
    );
    let unseen = problem("part 2");
    let elsewhere = RowProblem::Changed { cells: Vec::new(), hidden: vec!["big".to_owned()] };
    assert_eq!(unseen.problem.as_ref(), Some(&elsewhere));
    assert_eq!(unseen.hidden, ["big"]);
    let gone = problem("part 4");
    assert_eq!(gone.problem, Some(RowProblem::Gone));
    let error = shop.app.edits_resolve(&grid.hold, gone.id, Keep::Yours).await.unwrap_err();
    assert_eq!(error.message, "The row is gone, and cannot be inserted again as it was: the query does not show big.");
    let again = editable(shop, &query).await;
    let view_again = again.view().await;
    let still = view_again.rows.iter().find(|row| row.id == unseen.id).unwrap();
    assert!(matches!(still.problem, Some(RowProblem::Changed { .. })), "rows without the column tell nothing of it");
    shop.app.edits_resolve(&tab.hold, gone.id, Keep::Yours).await.unwrap();
    let theirs = shop.app.edits_resolve(&grid.hold, shown.id, Keep::Theirs).await.unwrap();
    let row = theirs.rows.iter().find(|row| row.id == shown.id).unwrap();
    assert_eq!((grid.fresh(&theirs, row, 2).await, grid.fresh(&theirs, row, 3).await), ("theirs".into(), "a".into()));
    shop.app.edits_resolve(&grid.hold, unseen.id, Keep::Yours).await.unwrap();
    grid.saved().await;
    assert_eq!(texts(shop, &look("name", 1)).await, ["theirs"]);
    assert_eq!(texts(shop, &look("big", 2)).await, ["1"]);
    assert_eq!(texts(shop, &look("name, note, big", 4)).await, ["mine too|n4|14"]);

    // What is missing is named.
    assert_eq!(
        refused(shop, &format!("select part, name from {name}")).await,
        (
            format!("“code” is not among the result's columns and tells the rows of {table} apart."),
            "Add code to what is selected, or open the table.".to_owned()
        )
    );
    let both = format!("“code” and “part” are not among the result's columns and tell the rows of {table} apart.");
    assert_eq!(refused(shop, &format!("select name from {name}")).await.0, both);
    run(shop, "t", &format!("DROP TABLE {name}")).await;
}

fn two(value: &str) -> (String, String) {
    (value.to_owned(), value.to_owned())
}

#[tokio::test]
async fn some_columns_of_a_table_of_sqlite_are_edited() {
    some_columns(&Shop::open().await, "main").await;
}

#[tokio::test]
async fn some_columns_of_a_table_of_postgresql_are_edited() {
    for major in [15, 18] {
        let Some(shop) = server(&format!("ROWHOUSE_TEST_POSTGRES_{major}_URL"), None).await else { continue };
        some_columns(&shop, "public").await;
    }
}

#[tokio::test]
async fn some_columns_of_a_table_of_mariadb_are_edited() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL", None).await else { return };
    let schema = texts(&shop, "SELECT database()").await.pop().unwrap();
    some_columns(&shop, &schema).await;
}

#[tokio::test]
async fn a_row_of_an_engine_without_transactions_is_read_whole_before_it_is_deleted() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL", None).await else { return };
    let name = fresh_name();
    run(&shop, "t", &format!("CREATE TABLE {name} (id int PRIMARY KEY, a varchar(9), b double, c blob) ENGINE=MyISAM"))
        .await;
    run(&shop, "t", &format!("INSERT INTO {name} VALUES (1, 'x', 0.1, X'00ff'), (2, 'y', NULL, NULL)")).await;
    let everything = format!("SELECT id, a, b, hex(c) FROM {name} ORDER BY id");
    let before = texts(&shop, &everything).await;
    let grid = editable(&shop, &format!("select a, id from {name} order by id")).await;
    grid.stage(delete(0, 2)).await;
    grid.saved().await;
    assert_eq!(texts(&shop, &format!("SELECT count(*) FROM {name}")).await, ["0"]);
    run(&shop, "back", &last_inverse(&shop).await).await;
    assert_eq!(texts(&shop, &everything).await, before);
    run(&shop, "t", &format!("DROP TABLE {name}")).await;
}

#[tokio::test]
async fn what_a_deleted_row_held_and_may_not_be_locked_is_said_to_be_lost() {
    let Some(owner) = server("ROWHOUSE_TEST_POSTGRES_18_URL", None).await else { return };
    let schema = fresh_name();
    run(
        &owner,
        "t",
        &format!(
            "CREATE ROLE {schema} LOGIN PASSWORD 'secret'; CREATE SCHEMA {schema};
             CREATE TABLE {schema}.t (id int PRIMARY KEY, a text, b text);
             INSERT INTO {schema}.t VALUES (1, 'a', 'b'), (2, 'c', 'd');
             GRANT USAGE ON SCHEMA {schema} TO {schema}; GRANT SELECT, DELETE ON {schema}.t TO {schema};"
        ),
    )
    .await;
    let shop = server("ROWHOUSE_TEST_POSTGRES_18_URL", Some((&schema, "secret"))).await.unwrap();
    let grid = editable(&shop, &format!("select id, a from {schema}.t order by id")).await;
    grid.stage(delete(0, 1)).await;
    grid.saved().await;
    assert_eq!(texts(&owner, &format!("SELECT id FROM {schema}.t")).await, ["2"]);
    let inverse = last_inverse(&shop).await;
    assert!(inverse.contains("-- a deleted row that cannot be taken back: what it held in b could not be read"));
    assert!(!inverse.contains("INSERT"), "{inverse}");
    shop.app.disconnect(&shop.profile).await.unwrap();
    run(&owner, "t", &format!("DROP SCHEMA {schema} CASCADE; DROP ROLE {schema}")).await;
}

#[tokio::test]
async fn rows_without_a_key_want_every_column_and_their_place() {
    let shop = Shop::open().await;
    sqlite(&shop).execute_batch("CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('x', 1), ('x', 1);").unwrap();
    without_a_key(&shop, "main", "rowid").await;
    let Some(shop) = server("ROWHOUSE_TEST_POSTGRES_18_URL", None).await else { return };
    let schema = fresh_name();
    run(&shop, "t", &format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.t (a text, b text)")).await;
    run(&shop, "t", &format!("INSERT INTO {schema}.t VALUES ('x', '1'), ('x', '1')")).await;
    without_a_key(&shop, &schema, "ctid").await;
    run(&shop, "t", &format!("DROP SCHEMA {schema} CASCADE")).await;
}

async fn without_a_key(shop: &Shop, schema: &str, place: &str) {
    for query in [format!("select * from {schema}.t"), format!("select {place}, a from {schema}.t")] {
        let (message, hint) = refused(shop, &query).await;
        assert_eq!(
            message,
            format!("t has no key: its rows are told apart by {place} and by the values of all columns.")
        );
        assert!(hint.starts_with(&format!("Select {place}, * to edit them here")), "{hint}");
    }
    let grid = editable(shop, &format!("select {place}, b, a from {schema}.t")).await;
    let view = grid.view().await;
    assert_eq!(view.columns[0].read_only.as_deref(), Some("It is no column of the table's."));
    grid.stage(set(1, 2, text("y"))).await;
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, &view.rows[0], 2).await, "y");
    assert_eq!(grid.fresh(&view, &view.rows[0], 1).await, "1");
    assert!(!grid.fresh(&view, &view.rows[0], 0).await.is_empty(), "where it is now");
    assert_eq!(texts(shop, &format!("SELECT a, b FROM {schema}.t ORDER BY a")).await, ["x|1", "y|1"]);
}

#[tokio::test]
async fn keys_of_any_class_name_their_rows_and_a_float_says_that_it_does_not() {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch(
            "CREATE TABLE k (id PRIMARY KEY NOT NULL, a TEXT, b TEXT);
             INSERT INTO k VALUES (x'00ff', 'b', 1), ('it''s é', 't', 2), (5, 'i', 3), (1.5, 'r', 4);",
        )
        .unwrap();
    let grid = editable(&shop, "select a, id from k order by b").await;
    grid.stage(sets((0..3).map(|row| cell(row, 0, text("mine"))).collect())).await;
    let (tab, view) = Grid::open(&shop, shop.table("k")).await;
    assert!(view.rows.iter().all(|row| row.at.is_some()), "the same names as on a page: {:?}", view.rows);
    let told = refusal(&grid, set(3, 0, text("mine"))).await;
    assert!(told.starts_with("This row's key is empty or does not print exactly"), "{told}");
    tab.saved().await;
    assert_eq!(all(&shop, "SELECT a FROM k ORDER BY b"), ["mine", "mine", "mine", "r"]);
}

#[tokio::test]
async fn keys_of_mariadb_that_print_less_than_they_are_are_not_used() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL", None).await else { return };
    let (bytes, word) = (fresh_name(), fresh_name());
    run(
        &shop,
        "t",
        &format!(
            "CREATE TABLE {bytes} (id binary(2) PRIMARY KEY, a int, b int); INSERT INTO {bytes} VALUES (X'00ff', 1, 2);
             CREATE TABLE {word} (id enum('x', 'y') PRIMARY KEY, a int); INSERT INTO {word} VALUES ('y', 1)"
        ),
    )
    .await;
    let grid = editable(&shop, &format!("select a, id from {bytes}")).await;
    grid.stage(set(0, 0, text("7"))).await;
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, &view.rows[0], 0).await, "7");
    assert_eq!(texts(&shop, &format!("SELECT hex(id), a, b FROM {bytes}")).await, ["00FF|7|2"]);
    let told = refused(&shop, &format!("select id, a from {word}")).await.0;
    assert_eq!(told, format!("What the key of {word} prints in a query does not tell its rows apart exactly."));
    run(&shop, "t", &format!("DROP TABLE {bytes}; DROP TABLE {word}")).await;
}

#[tokio::test]
async fn edits_of_some_columns_come_back_after_a_crash() {
    let shop = Shop::open().await;
    let grid = editable(&shop, "select note, id from customers order by id desc").await;
    grid.stage(set(0, 0, text("mine"))).await;
    grid.stage(delete(1, 1)).await;
    let shop = crashed(shop).await;
    sqlite(&shop).execute_batch("DELETE FROM orders").unwrap();
    let (_, view) = Grid::open(&shop, shop.table("customers")).await;
    assert_eq!((view.rows.len(), shown(&view, 0), view.rows[0].at), (2, vec![2], Some(2)));
    let grid = editable(&shop, "select id, name, note n from customers").await;
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, &view.rows[0], 2).await, "mine");
    assert_eq!(all(&shop, "SELECT * FROM customers"), ["1|Ada|∅", "3|שלום|mine"]);
    let inverse = last_inverse(&shop).await;
    sqlite(&shop).execute_batch(&inverse).unwrap();
    assert_eq!(all(&shop, "SELECT * FROM customers"), ["1|Ada|∅", "2|Grace 🚀|", "3|שלום|x"]);
}
