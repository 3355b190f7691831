//! Every cell is compared and written back exactly, in whatever form it was read.

use driver::{CellValue, NewValue, Original, Role};
use driver_postgres::wire::Event;

use crate::{
    common::server::{Server, run, servers},
    desk::{Desk, NULL, Row, Table, held, schema, text},
    types::{self, Typed},
};

/// Time zones a login may be in: one with gaps and doubled hours, one without, one at half an hour, one at UTC.
const ZONES: [&str; 4] = ["Europe/Berlin", "Asia/Tokyo", "America/St_Johns", "UTC"];

/// Every cell of the table, as a session of this role and with these options reads it.
async fn every_cell_is_exact(server: &Server, schema: &str, types: &[Typed], options: &str, role: Role) {
    let desk = Desk::open(server, schema, options, role).await;
    let table = desk.table("every").await;
    let (rows, context) = desk.rows(&table).await;
    assert!(rows.len() > 10 && table.columns.len() == types.len() + 2, "{}", table.columns.len());
    let frame = desk.begin(&table, &context).await;
    for row in &rows {
        found_by_all(&desk, &table, row, options, types).await;
        not_found_by_others(&desk, &table, row, &rows, options).await;
    }
    let keys: Vec<_> = rows.iter().map(|row| row.key.clone()).collect();
    let mut now = desk.reread(&table, &keys).await;
    now.sort_by_key(|row| row.key.0[0].parse::<u32>().unwrap());
    for (row, fresh) in rows.iter().zip(&now) {
        for (place, (was, is)) in row.cells.iter().zip(&fresh.cells).enumerate().filter(|(place, _)| *place != 1) {
            assert_eq!(was, is, "{} of row {:?} under {options:?}", name(types, place), row.key);
        }
    }
    assert_eq!(now.len(), rows.len());
    desk.statements(&frame.rollback).await;
    for session in [&desk.reader, &desk.scratch] {
        session.close().await;
    }
    desk.connection.close().await;
}

fn name(types: &[Typed], place: usize) -> String {
    place.checked_sub(2).and_then(|place| types.get(place)).map_or_else(|| "id".to_owned(), |(name, _)| name.clone())
}

/// Another column of the row can be changed with each cell as an original; then each is written back as it was held.
async fn found_by_all(desk: &Desk, table: &Table, row: &Row, options: &str, types: &[Typed]) {
    for (place, column) in table.columns.iter().enumerate().skip(2) {
        let change = desk.update(table, &row.key, &[(column, &row.cells[place])], &[("other", text("1"))]);
        let (affected, again) = desk.change(&change).await.unwrap_or_else(|error| panic!("{error:?}\n{}", change.text));
        assert_eq!(affected, 1, "{} under {options:?}: {}", name(types, place), change.text);
        assert_eq!(again.as_slice(), std::slice::from_ref(&row.key));
    }
    let set: Vec<(&str, NewValue)> = table
        .columns
        .iter()
        .enumerate()
        .skip(2)
        .map(|(place, column)| (column.as_str(), NewValue::Held(row.cells[place].clone())))
        .collect();
    let change = desk.update(table, &row.key, &[], &set);
    let (affected, _) = desk.change(&change).await.unwrap_or_else(|error| panic!("{error:?}\n{}", change.text));
    assert_eq!(affected, 1);
}

/// No cell passes for NULL, for another row's value, or, where it is NULL, for anything else.
async fn not_found_by_others(desk: &Desk, table: &Table, row: &Row, rows: &[Row], options: &str) {
    let mut asked = Vec::new();
    for (place, column) in table.columns.iter().enumerate().skip(2) {
        let mut others: Vec<CellValue> = rows.iter().map(|row| row.cells[place].clone()).collect();
        others.push(NULL);
        others.sort_by(|a, b| a.bytes.cmp(&b.bytes));
        others.dedup();
        for value in others.into_iter().filter(|value| *value != row.cells[place]) {
            let original = Original { column: column.clone(), value };
            let text = desk.edit().matching(&table.catalog, &table.key, &row.key, std::slice::from_ref(&original));
            asked.push((original, text.unwrap()));
        }
    }
    // Many questions in one statement.
    let texts: Vec<String> = asked.iter().map(|(_, text)| format!("({text})")).collect();
    for (originals, texts) in asked.chunks(400).zip(texts.chunks(400)) {
        let text = format!("SELECT {}", texts.join(", "));
        let answer = crate::desk::ask(&*desk.scratch, driver::Statement::new(text)).await.unwrap();
        for (count, (original, text)) in answer.rows[0].iter().zip(originals) {
            assert_eq!(*count, held("0"), "{:?} under {options:?} {original:?}\n{text}", row.key);
        }
    }
}

/// The types of a server, with their values.
async fn of(server: &Server) -> Vec<Typed> {
    let mut client = server.client().await;
    let found = run(&mut client, "select from pg_available_extensions where name = 'citext'").await;
    let citext = found.iter().any(|event| matches!(event, Event::Batch(_)));
    if citext {
        // Others may be at it at the same time.
        run(&mut client, "create extension if not exists citext schema public").await;
    }
    client.close().await;
    types::of(server.major, citext)
}

fn two(servers: Vec<Server>) -> Vec<Server> {
    let last = servers.len().saturating_sub(1);
    servers
        .into_iter()
        .enumerate()
        .filter(|(place, _)| *place == 0 || *place == last)
        .map(|(_, server)| server)
        .collect()
}

#[tokio::test]
async fn every_cell_is_compared_and_written_back_exactly_in_four_time_zones() {
    for server in two(servers()) {
        let types = of(&server).await;
        schema(&server, "edit_zones", &types::script(&types)).await;
        for zone in ZONES {
            every_cell_is_exact(&server, "edit_zones", &types, &format!("-c timezone={zone}"), Role::Browse).await;
        }
    }
}

#[tokio::test]
async fn every_cell_is_compared_and_written_back_exactly_in_the_styles_of_an_editors_session() {
    for server in two(servers()) {
        let mut types = of(&server).await;
        // Abbreviations of time zones cannot be read back: such a table is refused.
        types.retain(|(native, _)| {
            !native.starts_with("timestamptz") && !native.starts_with("tstz") && native != "timetz"
        });
        schema(&server, "edit_styles", &types::script(&types)).await;
        for styles in [
            "-c datestyle=SQL,DMY -c intervalstyle=sql_standard -c bytea_output=escape -c timezone=Europe/Berlin",
            "-c datestyle=German -c intervalstyle=iso_8601 -c timezone=America/New_York",
            "-c datestyle=Postgres,MDY -c intervalstyle=postgres_verbose -c timezone=UTC",
        ] {
            every_cell_is_exact(&server, "edit_styles", &types, styles, Role::Session).await;
        }
    }
}
