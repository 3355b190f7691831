use catalog::{Column, facts::SequencePosition};

use crate::{
    Context, Engine, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// Of a hundred numbers, so many left are few.
const FEW: i128 = 20;

crate::rule::rule! {
    /// The numbers of a column are about to run out.
    ///
    /// **Why.** When the sequence, or the column's type, is at its end, every insert fails. Changing the type then takes the table out of use
    /// for as long as it is rewritten, which is the worst moment for it.
    ///
    /// **How to fix it.** Make the column and its sequence `bigint` while there is time. That rewrites the table; so do the columns that refer
    /// to it. On a large table add a new column and fill it in steps instead.
    ///
    /// **False positives.** A sequence that starts over at its end is left alone.
    ///
    /// ```sql,fires
    /// create table events (id int generated always as identity primary key, what text);
    /// alter table events alter column id restart with 2000000000;
    /// insert into events (what) values ('one more');
    /// ```
    ///
    /// ```sql,silent
    /// create table events (id bigint generated always as identity primary key, what text);
    /// alter table events alter column id restart with 2000000000;
    /// insert into events (what) values ('one more');
    /// ```
    "K-12" "numbers_run_out" Error "Numbers of a column that are about to run out"
    on [Postgres, MySql] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for position in told(&context.facts.sequences, "positions of sequences")? {
        let Some(table) = context.find(&position.schema, &position.relation).filter(|table| context.is_own(*table))
        else {
            continue;
        };
        let Some(column) = table.columns().iter().find(|column| column.name == position.column) else { continue };
        let Some(last) = position.last.filter(|_| position.step > 0 && !position.cycles) else { continue };
        let most = i128::from(position.most).min(most_of(context, column));
        let left = most - i128::from(last);
        if left * 100 > most * FEW {
            continue;
        }
        let message = format!(
            "{} has handed out {last} of {most} numbers: when they are out, every insert into {} fails.",
            column.name,
            table.row().name
        );
        let finding = found.add(Object::part(table, ObjectType::Column, &column.name), message);
        let fix = fix(context, &context.path_of(table), column, position);
        finding.evidence(format!("{left} numbers are left")).fix(fix);
    }
    Ok(())
}

/// The greatest number that the column's type holds.
fn most_of(context: &Context<'_>, column: &Column) -> i128 {
    let native = context.base_type(column);
    let unsigned = native.contains("unsigned");
    let bits: u32 = match native.split(' ').next().unwrap_or("") {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" if context.facts.engine != Engine::Sqlite => 32,
        _ => 64,
    };
    (1_i128 << (bits - u32::from(!unsigned))) - 1
}

fn fix(context: &Context<'_>, table: &str, column: &Column, position: &SequencePosition) -> Option<Fix> {
    let narrow = ["smallint", "integer"].contains(&column.native_type.as_str());
    let (schema, sequence) = position.sequence.as_ref().filter(|_| context.is_postgres() && narrow)?;
    let to = |native: &str| {
        format!(
            "ALTER TABLE {table} ALTER COLUMN {} TYPE {native};\nALTER SEQUENCE {} AS {native};",
            context.quote(&column.name),
            context.path(schema, sequence)
        )
    };
    Some(Fix::new(to("bigint")).undo(to(&column.native_type)).lock(Lock::AccessExclusive))
}
