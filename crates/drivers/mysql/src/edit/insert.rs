//! New rows, and how the server is asked which keys it gave them.

use catalog::{Column, Identity};
use driver::{Again, Change, Code, Error, NewValue, RowInsert, RowKey};

use super::{MySqlEdit, Table, form};
use crate::{quote, scan::Form};

/// Most rows, and about the most bytes, of one INSERT.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

pub(super) fn of(edit: &MySqlEdit, table: &Table<'_>, rows: &[RowInsert]) -> Result<Change, Error> {
    let Some(first) = rows.first() else {
        return Err(Error::new(Code::InvalidStatement, "No row is to be inserted."));
    };
    let columns = first.values.iter().map(|(name, _)| table.column(name)).collect::<Result<Vec<_>, Error>>()?;
    let names: Vec<String> = columns.iter().map(|column| quote::name(&column.name)).collect();
    let mut text = format!("INSERT INTO {} ({})\nVALUES ", table.name(), names.join(", "));
    let mut found = By::Returned;
    if !edit.mariadb {
        found = found_again(table, first)?;
    }
    // An engine without transactions keeps the rows before the one that is refused.
    let alone = !table.can_roll_back() || columns.is_empty() || matches!(found, By::Asked(_));
    let room = BYTES.min(edit.packet / 2);
    let mut keys = Vec::new();
    let mut count = 0;
    for row in rows.iter().take(if alone { 1 } else { ROWS }) {
        let known = row.values.iter().all(|(name, _)| columns.iter().any(|column| column.name == *name));
        if count > 0 && (text.len() > room || !known) {
            break;
        }
        if let By::Keys(_) = found {
            match found_again(table, row)? {
                By::Keys(key) => keys.push(key),
                _ if count > 0 => break,
                _ => {}
            }
        }
        let value = |column: &&Column| match row.values.iter().find(|(name, _)| *name == column.name) {
            // Where a zero is a zero, so is this default.
            None | Some((_, NewValue::Default)) if column.identity.is_some() => Ok("NULL".to_owned()),
            Some((_, value)) => form::written(column, value),
            None => Ok("DEFAULT".to_owned()),
        };
        let values = columns.iter().map(value).collect::<Result<Vec<String>, Error>>()?;
        if count > 0 {
            text.push_str(",\n       ");
        }
        text.push_str(&format!("({})", values.join(", ")));
        count += 1;
    }
    let again = match found {
        By::Returned => {
            text.push_str(&format!("\nRETURNING {}", table.identity()));
            Again::Returned
        }
        By::Keys(_) => Again::By(keys),
        By::Asked(question) => Again::Ask(question),
    };
    Ok(Change { text, rows: count, again })
}

/// How one row is found again.
enum By {
    Returned,
    Keys(RowKey),
    Asked(String),
}

/// On a server whose INSERT says nothing: by the numbers given, or by a question.
fn found_again(table: &Table<'_>, row: &RowInsert) -> Result<By, Error> {
    let given = |column: &Column| row.values.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value);
    let mut texts = Vec::new();
    let mut conditions = Vec::new();
    for column in &table.key {
        let name = quote::name(&column.name);
        match given(column) {
            None | Some(NewValue::Default | NewValue::Null) if column.identity == Some(Identity::ByDefault) => {
                conditions.push(format!("{name} = LAST_INSERT_ID()"));
            }
            None | Some(NewValue::Default | NewValue::Null) => return Err(chosen_by_default(column)),
            Some(value) => {
                let literal = form::written(column, value)?;
                // Only a number in its own digits is sure to be read as it is written.
                let canonical = literal.parse::<i128>().is_ok_and(|number| number.to_string() == literal);
                texts.extend((canonical && Form::of(column) == Form::Exact).then(|| literal.clone()));
                conditions.push(format!("{name} = {literal}"));
            }
        }
    }
    if texts.len() == table.key.len() {
        return Ok(By::Keys(RowKey(texts)));
    }
    Ok(By::Asked(format!("SELECT {}\nFROM {}\nWHERE {}", table.identity(), table.name(), conditions.join("\n  AND "))))
}

/// The server does not tell what a default gave.
pub(super) fn chosen_by_default(column: &Column) -> Error {
    Error::new(
        Code::InvalidStatement,
        format!("The server does not say which {} it would choose, so the row could not be found again.", column.name),
    )
    .with_hint("Give it a value.")
}
