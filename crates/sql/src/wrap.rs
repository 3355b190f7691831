//! A query put around a query: its rows, filtered and sorted by the server.

use serde::Serialize;

use crate::{Class, Dialect, StatementKind, classify, classify::statements_of_batch, nodes::Nodes, split};

/// What the outer query asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Wrapping<'a> {
    /// The result's columns, as the server calls them.
    pub columns: Vec<&'a str>,
    /// A text, and the columns one of which contains it, without regard to case, by their places.
    pub contains: Option<(&'a str, Vec<usize>)>,
    /// Sort keys: a column's place, and whether from greatest to least. NULLs stand last either way.
    pub sort: Vec<(usize, bool)>,
}

/// Why a statement cannot be put into another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum NoWrap {
    /// It is no query that only reads, or several statements.
    NoQuery,
    /// It locks the rows it reads.
    Locks,
    /// Two of its columns have this name.
    SameName(String),
    /// A column has no name, or there is none at that place.
    NoName,
}

/// The name of the inner query.
const NAME: &str = "q";
/// Makes the next character of a pattern plain. A backslash is read in more than one way.
const ESCAPE: char = '!';

/// What is computed of a group, and of which column, by its place; of rows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Computed {
    /// How many rows.
    Rows,
    /// How many values that are not NULL.
    Values(usize),
    /// The sum.
    Sum(usize),
    /// The mean.
    Average(usize),
    /// The least.
    Least(usize),
    /// The greatest.
    Greatest(usize),
}

/// What the outer query groups by and computes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Grouping<'a> {
    /// The result's columns, as the server calls them.
    pub columns: Vec<&'a str>,
    /// Columns whose equal values are one group, by their places.
    pub by: Vec<usize>,
    /// What is computed of each group.
    pub computed: Vec<Computed>,
}

/// `SELECT …, sum(…) FROM (…) AS q GROUP BY … ORDER BY …`, quoted as the dialect has it. The text stays as it is written.
///
/// # Errors
/// Why the statement cannot stand within another one.
pub fn grouped(text: &str, dialect: &Dialect, wanted: &Grouping<'_>) -> Result<String, NoWrap> {
    let query = inner(text, dialect, &wanted.columns)?;
    let column = |at: usize| {
        let name = wanted.columns.get(at).ok_or(NoWrap::NoName)?;
        Ok(format!("{NAME}.{}", dialect.quote_identifier(name)))
    };
    let by = wanted.by.iter().map(|at| column(*at)).collect::<Result<Vec<String>, NoWrap>>()?;
    let mut selected = by.clone();
    for computed in &wanted.computed {
        let (function, at) = match computed {
            Computed::Rows => {
                selected.push(format!("COUNT(*) AS {}", dialect.quote_identifier("rows")));
                continue;
            }
            Computed::Values(at) => ("COUNT", *at),
            Computed::Sum(at) => ("SUM", *at),
            Computed::Average(at) => ("AVG", *at),
            Computed::Least(at) => ("MIN", *at),
            Computed::Greatest(at) => ("MAX", *at),
        };
        let name = wanted.columns.get(at).copied().unwrap_or_default();
        let called = dialect.quote_identifier(&format!("{} of {name}", function.to_ascii_lowercase()));
        selected.push(format!("{function}({}) AS {called}", column(at)?));
    }
    let (list, by) = (selected.join(", "), by.join(", "));
    Ok(format!("SELECT {list}\nFROM (\n{query}\n) AS {NAME}\nGROUP BY {by}\nORDER BY {by};"))
}

/// `SELECT * FROM (…) AS q WHERE … ORDER BY …`, quoted as the dialect has it. The text stays as it is written.
///
/// # Errors
/// Why the statement cannot stand within another one.
pub fn wrapped(text: &str, dialect: &Dialect, wanted: &Wrapping<'_>) -> Result<String, NoWrap> {
    let query = inner(text, dialect, &wanted.columns)?;
    let column = |at: &usize| {
        let name = wanted.columns.get(*at).ok_or(NoWrap::NoName)?;
        Ok(format!("{NAME}.{}", dialect.quote_identifier(name)))
    };
    let mut made = format!("SELECT *\nFROM (\n{query}\n) AS {NAME}");
    if let Some((text, columns)) = &wanted.contains {
        let mut pattern = String::from("%");
        for character in text.chars() {
            if matches!(character, '%' | '_' | '[' | ESCAPE) {
                pattern.push(ESCAPE);
            }
            pattern.push(character);
        }
        pattern.push('%');
        let pattern = dialect.quote_literal(&pattern);
        let test = |at: &usize| {
            let column = column(at)?;
            Ok(format!("LOWER(CAST({column} AS {})) LIKE LOWER({pattern}) ESCAPE '{ESCAPE}'", dialect.text_type))
        };
        let tests = columns.iter().map(test).collect::<Result<Vec<String>, NoWrap>>()?;
        made.push_str("\nWHERE ");
        made.push_str(if tests.is_empty() { "1 = 0" } else { "" });
        made.push_str(&tests.join("\n   OR "));
    }
    let key = |(at, descending): &(usize, bool)| {
        let column = column(at)?;
        let null = match dialect.conditions_are_values {
            true => format!("{column} IS NULL"),
            false => format!("CASE WHEN {column} IS NULL THEN 1 ELSE 0 END"),
        };
        Ok(format!("{null}, {column}{}", if *descending { " DESC" } else { "" }))
    };
    let keys = wanted.sort.iter().map(key).collect::<Result<Vec<String>, NoWrap>>()?;
    if !keys.is_empty() {
        made.push_str("\nORDER BY ");
        made.push_str(&keys.join(", "));
    }
    made.push(';');
    Ok(made)
}

/// The one query of a text, that may stand within another one and whose columns can be named there.
fn inner<'a>(text: &'a str, dialect: &Dialect, columns: &[&str]) -> Result<&'a str, NoWrap> {
    let statements = split(text, dialect);
    let [only] = statements.as_slice() else { return Err(NoWrap::NoQuery) };
    let query = only.span.of(text);
    let query = if dialect.batches { alone(query, dialect)? } else { query };
    if only.kind != StatementKind::Sql || !matches!(only.command.as_str(), "SELECT" | "WITH") {
        return Err(NoWrap::NoQuery);
    }
    let known = classify(query, dialect);
    if known.class != Class::Read || known.effect.select_into.is_some() || known.effect.explain.is_some() {
        return Err(NoWrap::NoQuery);
    }
    if known.effect.locks_rows.is_some() {
        return Err(NoWrap::Locks);
    }
    for (at, name) in columns.iter().enumerate() {
        if name.is_empty() {
            return Err(NoWrap::NoName);
        }
        if columns.iter().take(at).any(|other| dialect.same_name(other, name)) {
            return Err(NoWrap::SameName((*name).to_owned()));
        }
    }
    Ok(query)
}

/// The query of a batch that holds nothing else, where it may stand within another one: there it has no names before it, and no
/// order, options or form of its own.
fn alone<'a>(batch: &'a str, dialect: &Dialect) -> Result<&'a str, NoWrap> {
    let query = batch.trim_end_matches(|last: char| last == ';' || last.is_whitespace());
    let nodes = Nodes::new(query, dialect);
    let ends = nodes.find(0, nodes.len(), |at| nodes.is_any(at, &["ORDER", "FOR", "OPTION"]));
    let single = statements_of_batch(query, dialect) == 1;
    if nodes.is(0, "SELECT") && single && ends.is_none() { Ok(query) } else { Err(NoWrap::NoQuery) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::dialect::{mysql, postgres, sqlite};

    #[test]
    fn a_query_is_grouped_around_as_its_server_quotes() {
        let wanted = Grouping {
            columns: vec!["status", "total"],
            by: vec![0],
            computed: vec![Computed::Rows, Computed::Sum(1)],
        };
        let made = grouped("select status, total from orders;", postgres(), &wanted).unwrap();
        let expected = "SELECT q.status, COUNT(*) AS rows, SUM(q.total) AS \"sum of total\"\nFROM (\nselect status, total from orders\n) AS q\nGROUP BY q.status\nORDER BY q.status;";
        assert_eq!(
            made.replace("q.\"status\"", "q.status").replace("q.\"total\"", "q.total").replace("\"rows\"", "rows"),
            expected
        );
        assert_eq!(grouped("delete from orders", postgres(), &wanted), Err(NoWrap::NoQuery));
    }

    #[test]
    fn a_query_is_filtered_and_sorted_around_as_its_server_quotes() {
        let wanted = Wrapping {
            columns: vec!["id", "na\"me"],
            contains: Some(("50%_!'", vec![0, 1])),
            sort: vec![(1, true), (0, false)],
        };
        let text = "select id, name as \"na\"\"me\" from t -- all\nlimit 5; ";
        assert_eq!(
            wrapped(text, postgres(), &wanted).unwrap(),
            "SELECT *\nFROM (\nselect id, name as \"na\"\"me\" from t -- all\nlimit 5\n) AS q\n\
             WHERE LOWER(CAST(q.\"id\" AS text)) LIKE LOWER('%50!%!_!!''%') ESCAPE '!'\n   \
             OR LOWER(CAST(q.\"na\"\"me\" AS text)) LIKE LOWER('%50!%!_!!''%') ESCAPE '!'\n\
             ORDER BY q.\"na\"\"me\" IS NULL, q.\"na\"\"me\" DESC, q.\"id\" IS NULL, q.\"id\";"
        );
        let sorted = Wrapping { columns: vec!["a"], sort: vec![(0, false)], ..Wrapping::default() };
        let mysql = wrapped("WITH x AS (SELECT 1 AS a) SELECT a FROM x", mysql(), &sorted).unwrap();
        assert!(mysql.ends_with(") AS q\nORDER BY q.`a` IS NULL, q.`a`;"), "{mysql}");
        let found = Wrapping { columns: vec!["a"], contains: Some(("x", vec![0])), ..Wrapping::default() };
        assert!(wrapped("select a from t", sqlite(), &found).unwrap().contains("CAST(q.\"a\" AS TEXT)"));
    }

    #[test]
    fn what_is_no_single_reading_query_with_names_of_its_own_is_refused() {
        let of = |text: &str, columns: &[&'static str]| {
            wrapped(text, postgres(), &Wrapping { columns: columns.to_vec(), ..Wrapping::default() }).unwrap_err()
        };
        for text in [
            "",
            "select 1; select 2",
            "delete from t returning a",
            "with x as (delete from t returning a) select * from x",
            "select 1 into t",
            "show all",
            "explain select 1",
            "values (1)",
        ] {
            assert_eq!(of(text, &["a"]), NoWrap::NoQuery, "{text}");
        }
        assert!(matches!(of("select a from t for update", &["a"]), NoWrap::Locks | NoWrap::NoQuery));
        assert_eq!(of("select 1 as a, 2 as a", &["a", "a"]), NoWrap::SameName("a".into()));
        assert_eq!(of("select 1", &[""]), NoWrap::NoName);
    }
}
