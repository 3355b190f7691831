//! Fills tables with made-up rows.

use std::{io::Write as _, sync::Arc};

use app::{
    App,
    api::{GenerateLook, GenerateTable, GeneratedTable, ObjectRef},
    terminal::Terminal,
};

use crate::{
    arguments::Generate,
    failure::{Failure, Outcome},
    import::{failed, follow, typed},
    interrupt::Interrupt,
    say::{self, clean},
    target,
};

/// Characters of a value in a preview.
const SHOWN: usize = 40;

/// Makes up the rows that the arguments name.
pub(crate) async fn run(app: &Arc<App>, generate: &Generate, interrupt: &Interrupt) -> Outcome {
    let opening = target::open(app, &generate.target, false, generate.password);
    let work = async {
        let terminal = opening.await?;
        let tables = tables(generate, &terminal).await?;
        let mut request = app::api::Generate {
            profile_id: String::new(),
            tables,
            seed: generate.seed,
            dry_run: generate.dry_run,
            confirmed: None,
        };
        let look = match generate.preview || !generate.dry_run {
            true => Some(terminal.generate_look(&request).await.map_err(failed)?),
            false => None,
        };
        if let Some(look) = look.as_ref().filter(|_| generate.preview) {
            return show(look).map(|()| None);
        }
        if let Some(asked) = look.as_ref().and_then(|look| look.asks.clone()).filter(|_| !terminal.read_only()) {
            let tables = look.iter().flat_map(|look| &look.tables);
            let each: Vec<String> =
                tables.map(|table| format!("{} rows for {}", say::grouped(table.rows), called(table))).collect();
            let yes = typed(generate.yes, &terminal, &asked, "Make rows up", &each, "put").await?;
            request.confirmed = Some(yes);
        }
        let filling = terminal.generate(request);
        // Its connections close with it.
        Ok(Some((terminal, filling)))
    };
    let filling = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        filling = work => filling?,
    };
    let Some((_terminal, filling)) = filling else { return Ok(()) };
    let done = if generate.dry_run { "would be made up" } else { "made up" };
    follow(generate.quiet, done, filling, interrupt).await
}

fn reference(schema: Option<String>, kind: &str, name: String) -> ObjectRef {
    ObjectRef { database: None, schema, kind: kind.to_owned(), name, signature: None }
}

/// The tables that are named, and those around them that are wanted too.
async fn tables(generate: &Generate, terminal: &Terminal) -> Outcome<Vec<GenerateTable>> {
    let mut tables: Vec<GenerateTable> = Vec::new();
    for (named, rows) in &generate.tables {
        let table = match (&generate.schema, named.split_once('.')) {
            (Some(schema), _) => reference(Some(schema.clone()), "relation", named.clone()),
            (None, Some((schema, name))) => reference(Some(schema.to_owned()), "relation", name.to_owned()),
            (None, None) => reference(None, "relation", named.clone()),
        };
        tables.push(GenerateTable { table, rows: rows.unwrap_or(generate.rows) });
    }
    let roots: Vec<ObjectRef> = match (&generate.schema, tables.is_empty()) {
        (Some(schema), true) => vec![reference(Some(schema.clone()), "schema", schema.clone())],
        (None, true) if generate.all => vec![reference(None, "database", String::new())],
        (None, true) => {
            return Err(Failure::usage("No table is named.", "Name tables, or --schema for all of it, or --all."));
        }
        (_, false) if generate.referenced => tables.iter().map(|table| table.table.clone()).collect(),
        (_, false) => Vec::new(),
    };
    for root in roots {
        let offer = terminal.generate_offer(&root).await.map_err(failed)?;
        let mut wanted: Vec<usize> =
            offer.candidates.iter().enumerate().filter(|(_, one)| one.asked).map(|(at, _)| at).collect();
        let mut at = 0;
        while let Some(candidate) = wanted.get(at).and_then(|at| offer.candidates.get(*at)) {
            at += 1;
            for parent in candidate.refers_to.iter().filter(|_| generate.referenced).map(|parent| *parent as usize) {
                if !wanted.contains(&parent) {
                    wanted.push(parent);
                }
            }
        }
        for candidate in wanted.into_iter().filter_map(|at| offer.candidates.get(at)) {
            let known = tables.iter_mut().find(|table| {
                table.table.name == candidate.table.name
                    && (table.table.schema.is_none() || table.table.schema == candidate.table.schema)
            });
            match known {
                Some(table) => table.table = candidate.table.clone(),
                None => tables.push(GenerateTable { table: candidate.table.clone(), rows: generate.rows }),
            }
        }
    }
    if tables.is_empty() {
        return Err(Failure::usage("There are no tables.", "Make some first."));
    }
    Ok(tables)
}

fn called(table: &GeneratedTable) -> String {
    match &table.table.schema {
        Some(schema) => format!("{schema}.{}", table.table.name),
        None => table.table.name.clone(),
    }
}

/// What would be made up, for people.
fn show(look: &GenerateLook) -> Outcome {
    let mut output = crate::output::Output::open(None)?;
    let mut lines = Vec::new();
    for table in &look.tables {
        lines.push(format!(
            "{}: {} rows, {} are there",
            called(table),
            say::grouped(table.rows),
            say::grouped(table.existing)
        ));
        for (at, column) in table.columns.iter().enumerate() {
            let values = table.sample.iter().take(3).map(|row| match row.get(at).and_then(Option::as_ref) {
                Some(value) if value.chars().count() > SHOWN => {
                    format!("{}…", value.chars().take(SHOWN).collect::<String>())
                }
                Some(value) => value.clone(),
                None => "NULL".to_owned(),
            });
            let values: Vec<String> = values.filter(|_| column.carried).collect();
            let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(" | ")) };
            lines.push(format!("  {} ({}): {}{values}", column.name, column.native_type, column.words));
        }
    }
    lines.extend(look.notes.iter().map(|note| format!("note: {note}")));
    for line in lines {
        output.write_all(format!("{}\n", clean(&line)).as_bytes()).map_err(|error| output.failure(&error))?;
    }
    output.finish()
}
