//! What `sys.*` says of a database, as data: a file for each query of the catalog, a line for each row, cells parted by `|`, `∅`
//! for NULL. Written by hand after the documentation of the system views; no SQL Server has said any of it.

use super::{
    scripted::{Reply, Request},
    tokens,
};

/// The queries by their first lines.
const QUERIES: [(&str, &str); 19] = [
    ("-- What is told by its name only.", include_str!("../golden/shop/others.txt")),
    ("SELECT DB_NAME(), SCHEMA_NAME()", include_str!("../golden/shop/here.txt")),
    ("-- Databases of the server.", include_str!("../golden/shop/databases.txt")),
    ("-- Schemas of the database.", include_str!("../golden/shop/schemas.txt")),
    ("-- Tables and views, with sizes and estimates.", include_str!("../golden/shop/relations.txt")),
    ("-- Texts of views, routines and triggers.", include_str!("../golden/shop/definitions.txt")),
    ("-- Tables whose rows an enabled security policy filters.", include_str!("../golden/shop/security.txt")),
    ("-- Columns of tables and views.", include_str!("../golden/shop/columns.txt")),
    ("-- Indexes, and the keys that stand on them, by their columns.", include_str!("../golden/shop/indexes.txt")),
    ("-- Checks of tables.", include_str!("../golden/shop/checks.txt")),
    ("-- Foreign keys, by their columns.", include_str!("../golden/shop/foreign_keys.txt")),
    ("-- Triggers of tables and views, by their events.", include_str!("../golden/shop/triggers.txt")),
    ("-- Types that users made: other names of the server's own.", include_str!("../golden/shop/types.txt")),
    ("-- Functions and procedures, by their parameters.", include_str!("../golden/shop/routines.txt")),
    ("-- Sequences.", include_str!("../golden/shop/sequences.txt")),
    ("-- Users and roles of the database, by the roles they are members of.", include_str!("../golden/shop/roles.txt")),
    (
        "-- Privileges on objects, columns, schemas and the database; those denied have a word of their own.",
        include_str!("../golden/shop/grants.txt"),
    ),
    ("-- Predicates of security policies.", include_str!("../golden/shop/predicates.txt")),
    ("-- Functions of predicates.", include_str!("../golden/shop/predicate_functions.txt")),
];

/// The rows that the database has for a query.
pub fn rows(request: &Request) -> Option<Reply> {
    let text = request.text();
    let first = text.lines().next()?;
    let (_, data) = QUERIES.iter().find(|(line, _)| *line == first)?;
    let rows: Vec<Vec<Option<&str>>> =
        data.lines().map(|line| line.split('|').map(|cell| Some(cell).filter(|cell| *cell != "∅")).collect()).collect();
    let names = vec![""; rows.first().map_or(1, Vec::len)];
    let rows: Vec<&[Option<&str>]> = rows.iter().map(Vec::as_slice).collect();
    Some(Reply::Tokens(tokens::texts(&names, &rows)))
}
