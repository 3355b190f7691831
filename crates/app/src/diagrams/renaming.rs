//! Which relations of a diagram have another name by now. Pure.

use std::collections::HashMap;

use super::keeping::KeptTable;
use crate::api::{DiagramRenamed, DiagramTable};

/// A relation that the diagram does not know.
pub(super) struct Unknown {
    pub(super) table: DiagramTable,
    pub(super) rename_hint: Option<i64>,
    pub(super) columns: Vec<String>,
}

/// New names of relations that are gone. The server's number tells, where it has one and most of the columns are still there: some
/// engines give a number to somebody else. Where there are no numbers it is a guess: of a schema one relation went, one came, and both
/// have the very same columns.
pub(super) fn find(gone: &[(&DiagramTable, &KeptTable)], unknown: &[Unknown]) -> Vec<DiagramRenamed> {
    let by_hint: HashMap<i64, &Unknown> =
        unknown.iter().filter_map(|one| one.rename_hint.map(|hint| (hint, one))).collect();
    let mut found = Vec::new();
    for (table, known) in gone {
        if let Some(one) = known.rename_hint.and_then(|hint| by_hint.get(&hint))
            && is_mostly(&known.columns, &one.columns)
        {
            found.push(DiagramRenamed { from: (*table).clone(), to: one.table.clone(), certain: true });
        }
    }
    type Like<'t> = HashMap<(&'t str, &'t [String]), Vec<&'t DiagramTable>>;
    let (mut went, mut came) = (Like::new(), Like::new());
    for (table, known) in gone {
        if known.rename_hint.is_none() && !known.columns.is_empty() {
            went.entry((&table.schema, &known.columns)).or_default().push(table);
        }
    }
    for one in unknown.iter().filter(|one| one.rename_hint.is_none()) {
        came.entry((&one.table.schema, &one.columns)).or_default().push(&one.table);
    }
    for (like, went) in went {
        if let ([from], Some([to])) = (went.as_slice(), came.get(&like).map(Vec::as_slice)) {
            found.push(DiagramRenamed { from: (*from).clone(), to: (*to).clone(), certain: false });
        }
    }
    found.sort_by(|a, b| a.from.cmp(&b.from));
    found
}

/// Whether more than half of the old columns are among the new ones.
fn is_mostly(old: &[String], new: &[String]) -> bool {
    old.is_empty() || old.iter().filter(|name| new.contains(name)).count() * 2 > old.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> DiagramTable {
        DiagramTable { schema: "public".to_owned(), name: name.to_owned() }
    }

    fn columns(names: &str) -> Vec<String> {
        names.split_whitespace().map(str::to_owned).collect()
    }

    fn known(hint: Option<i64>, names: &str) -> KeptTable {
        KeptTable { colour: None, rename_hint: hint, columns: columns(names), present: true, drawn: true }
    }

    fn unknown(name: &str, hint: Option<i64>, names: &str) -> Unknown {
        Unknown { table: table(name), rename_hint: hint, columns: columns(names) }
    }

    fn told(gone: &[(&str, KeptTable)], came: &[Unknown]) -> Vec<(String, String, bool)> {
        let keys: Vec<DiagramTable> = gone.iter().map(|(name, _)| table(name)).collect();
        let gone: Vec<(&DiagramTable, &KeptTable)> = keys.iter().zip(gone.iter().map(|(_, known)| known)).collect();
        find(&gone, came).into_iter().map(|one| (one.from.name, one.to.name, one.certain)).collect()
    }

    fn pair(from: &str, to: &str, certain: bool) -> (String, String, bool) {
        (from.to_owned(), to.to_owned(), certain)
    }

    #[test]
    fn the_servers_number_tells_a_new_name_for_certain() {
        let gone = [("a", known(Some(7), "id name total")), ("b", known(Some(8), "id"))];
        let came = [unknown("c", Some(7), "id name sum"), unknown("d", Some(9), "id")];
        assert_eq!(told(&gone, &came), [pair("a", "c", true)]);
    }

    #[test]
    fn a_number_that_another_relation_got_is_no_new_name() {
        assert_eq!(told(&[("a", known(Some(7), "id name"))], &[unknown("c", Some(7), "id sum")]), []);
    }

    #[test]
    fn without_numbers_equal_columns_are_a_guess_where_only_one_went_and_one_came() {
        let came = [unknown("c", None, "id name")];
        assert_eq!(told(&[("a", known(None, "id name"))], &came), [pair("a", "c", false)]);
        assert_eq!(told(&[("a", known(None, "id name")), ("b", known(None, "id name"))], &came), []);
        assert_eq!(told(&[("a", known(None, "name id"))], &came), []);
        assert_eq!(told(&[("a", known(Some(3), "id name"))], &came), []);
        assert_eq!(told(&[("a", known(None, ""))], &[unknown("c", None, "")]), []);
    }
}
