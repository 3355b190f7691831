//! A policy of one table as a draft for another.
//!
//! Columns that are written with their table before them (`docs.owner_id`, in sub-selects mostly) are given the new table's
//! name; so is the row as a whole. Nothing else is changed, and what does not hold on the new table is said: columns that it does
//! not have, and names that would mean a column of something else there.

use catalog::{Catalog, RelationId};
use serde::{Deserialize, Serialize};

use crate::expression::{ColumnUse, Expression, Names, Problem};
use crate::listing::Draft;
use crate::name;

/// Something that does not hold on the new table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "misfit")]
pub enum Misfit {
    /// The new table has no such column.
    #[error("{part}: {table} has no column {column}")]
    NoColumn {
        /// `USING` or `WITH CHECK`.
        part: String,
        /// The new table, in SQL.
        table: String,
        /// The column.
        column: String,
        /// Where it stands in the draft's expression, as a byte offset.
        at: usize,
    },
    /// A column of the policy's own row would mean a column of a table that the sub-select reads.
    #[error("{part}: {column} would be a column of what the sub-select reads, not of {table}")]
    Captured {
        /// `USING` or `WITH CHECK`.
        part: String,
        /// The new table, in SQL.
        table: String,
        /// The column as it is written in the draft.
        column: String,
        /// Where it stands in the draft's expression, as a byte offset.
        at: usize,
    },
    /// The expression cannot be read, and so stays as it was.
    #[error("{part}: {problem}")]
    Unreadable {
        /// `USING` or `WITH CHECK`.
        part: String,
        /// Why.
        problem: Problem,
    },
}

/// A draft for another table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The draft.
    pub draft: Draft,
    /// What does not hold there.
    pub misfits: Vec<Misfit>,
}

/// The policy of a table as a draft for another one. Both have to be of the catalog with their columns; of a table that is not,
/// nothing is said.
pub fn copied(catalog: &Catalog, policy: &Draft, from: RelationId, to: RelationId) -> Copied {
    let mut draft = policy.clone();
    let mut misfits = Vec::new();
    let names = Names::new(catalog);
    for (part, text) in [("USING", &mut draft.using), ("WITH CHECK", &mut draft.with_check)] {
        let Some(text) = text else { continue };
        let before = match Expression::parse(text, &names.of(from)) {
            Ok(before) => before,
            Err(problem) => {
                misfits.push(Misfit::Unreadable { part: part.to_owned(), problem });
                continue;
            }
        };
        *text = retargeted(text, &before.reading.columns, &names, from, to);
        if let Ok(after) = Expression::parse(text, &names.of(to)) {
            let pairs = before.reading.columns.iter().zip(&after.reading.columns);
            misfits.extend(pairs.filter_map(|(before, after)| misfit(part, before, after, &names, from, to)));
        }
    }
    Copied { draft, misfits }
}

/// The text with the new table's name where the old one's stands before a column, or for the whole row.
fn retargeted(text: &str, columns: &[ColumnUse], names: &Names<'_>, from: RelationId, to: RelationId) -> String {
    let catalog = names.catalog();
    let (Some(old), Some(new)) = (catalog.relation(from), catalog.relation(to)) else { return text.to_owned() };
    let mut replaced = text.to_owned();
    let own = columns.iter().filter(|column| column.own == Some(true));
    let mut places: Vec<(usize, usize, String)> = own
        .filter_map(|column| {
            let with = match column.qualifier.as_slice() {
                [table] if *table == old.row().name => name::quote(&new.row().name),
                [schema, table] if *table == old.row().name && schema == old.schema() => {
                    name::qualified(new.schema(), &new.row().name)
                }
                [] if is_whole_row(column, old.columns(), &old.row().name) => name::quote(&new.row().name),
                _ => return None,
            };
            let parts = column.qualifier.len().max(1);
            Some((column.at, end_of_names(text, column.at, parts)?, with))
        })
        .collect();
    places.sort();
    for (start, end, with) in places.into_iter().rev() {
        if replaced.get(start..end).is_some() {
            replaced.replace_range(start..end, &with);
        }
    }
    replaced
}

/// A name that is no column but the table's own: its row.
fn is_whole_row(column: &ColumnUse, columns: &[catalog::Column], table: &str) -> bool {
    column.qualifier.is_empty() && column.name == table && !columns.iter().any(|known| known.name == table)
}

/// Where so many names with dots between them end.
fn end_of_names(text: &str, at: usize, names: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    // What follows may end within a string or a comment that begins there, but not before these names do.
    let tokens = pg_query::scan_tokens(rest).ok()?;
    let last = tokens.get(names.checked_mul(2)?.checked_sub(2)?)?;
    Some(at + usize::try_from(last.end).ok()?)
}

fn misfit(
    part: &str,
    before: &ColumnUse,
    after: &ColumnUse,
    names: &Names<'_>,
    from: RelationId,
    to: RelationId,
) -> Option<Misfit> {
    let catalog = names.catalog();
    let (old, new) = (catalog.relation(from)?, catalog.relation(to)?);
    if before.own != Some(true) || new.columns().is_empty() {
        return None;
    }
    let (part, table, at) = (part.to_owned(), name::qualified(new.schema(), &new.row().name), after.at);
    if after.own == Some(false) {
        let mut column = after.qualifier.clone();
        column.push(after.name.clone());
        return Some(Misfit::Captured { part, table, column: column.join("."), at });
    }
    let whole = is_whole_row(before, old.columns(), &old.row().name) || before.name == "*";
    let has = new.columns().iter().any(|column| column.name == after.name);
    (!whole && !has).then(|| Misfit::NoColumn { part, table, column: after.name.clone(), at })
}

#[cfg(test)]
mod tests {
    use catalog::PolicyCommand;

    use super::*;
    use crate::testing::Sketch;

    fn said(using: &str) -> (String, Vec<String>) {
        let mut sketch = Sketch::new();
        for table in ["docs", "Old Notes", "members"] {
            sketch.table(table, "owner");
        }
        sketch.columns("docs", &[("id", "int"), ("owner_id", "int"), ("team_id", "int"), ("kind", "text")]);
        sketch.columns("Old Notes", &[("id", "int"), ("owner_id", "int"), ("team_id", "int")]);
        sketch.columns("members", &[("team_id", "int"), ("user_id", "int")]);
        let catalog = sketch.catalog();
        let draft = Draft { using: Some(using.to_owned()), ..Draft::new("p", PolicyCommand::Select) };
        let to = if using.contains("members") && using.contains("captured") { "members" } else { "Old Notes" };
        let copied = copied(&catalog, &draft, sketch.relation("docs"), sketch.relation(to));
        (copied.draft.using.unwrap(), copied.misfits.iter().map(Misfit::to_string).collect())
    }

    #[test]
    fn the_old_table_s_name_becomes_the_new_one_s() {
        for (using, becomes) in [
            ("owner_id = 1", "owner_id = 1"),
            ("docs.owner_id = 1 and id > 0", "\"Old Notes\".owner_id = 1 and id > 0"),
            (
                "exists (select from app.members m where m.team_id = docs . team_id and docs.id = app.docs.id)",
                "exists (select from app.members m where m.team_id = \"Old Notes\" . team_id and \"Old Notes\".id = app.\"Old Notes\".id)",
            ),
            // The table itself read again, its name as a text and in a comment, and an alias of its name.
            (
                "id in (select d.id from app.docs d where d.id = docs.id)",
                "id in (select d.id from app.docs d where d.id = \"Old Notes\".id)",
            ),
            ("owner_id::text <> 'docs.id' -- docs.id", "owner_id::text <> 'docs.id' -- docs.id"),
            ("id in (select docs.team_id from members docs)", "id in (select docs.team_id from members docs)"),
            ("(docs).owner_id = 1 and docs is not null", "(\"Old Notes\").owner_id = 1 and \"Old Notes\" is not null"),
            (
                "\"docs\".\"owner_id\" = 1 or 'é' = docs.id::text",
                "\"Old Notes\".\"owner_id\" = 1 or 'é' = \"Old Notes\".id::text",
            ),
        ] {
            assert_eq!(said(using), (becomes.to_owned(), vec![]), "{using}");
        }
    }

    #[test]
    fn what_the_new_table_lacks_is_said() {
        let (_, misfits) = said("kind = 'a' and docs.kind = 'b' and exists (select from members where kind = 'c')");
        assert_eq!(misfits, ["USING: app.\"Old Notes\" has no column kind"; 3]);
        let (text, misfits) = said("exists (select from members where members.team_id = docs.team_id /* captured */)");
        assert_eq!(text, "exists (select from members where members.team_id = members.team_id /* captured */)");
        assert_eq!(
            misfits,
            ["USING: members.team_id would be a column of what the sub-select reads, not of app.members"]
        );
        let (text, misfits) = said("this is (no");
        assert_eq!(text, "this is (no");
        assert!(misfits[0].starts_with("USING: syntax error"), "{misfits:?}");
    }
}
