//! Names that mean nothing in a catalog: of a drafted policy, which a file or an editor may name anything in, and in bodies of
//! functions, which the server keeps as texts.

use std::{collections::HashSet, fmt};

use catalog::{Catalog, RelationId};
use policy::expression::{Expression, Names};
use sql::{Dialect, TokenKind};

use crate::{tokens, types};

/// What a name was to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingKind {
    /// A column of the policy's table.
    Column,
    /// A relation that a sub-select reads.
    Relation,
    /// A function that is called.
    Function,
    /// A type that something is cast to.
    Type,
    /// A role that the policy is for.
    Role,
}

impl MissingKind {
    /// As a person says it.
    pub fn words(self) -> &'static str {
        match self {
            MissingKind::Column => "column",
            MissingKind::Relation => "table",
            MissingKind::Function => "function",
            MissingKind::Type => "type",
            MissingKind::Role => "role",
        }
    }
}

/// A name that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What it was to be.
    pub kind: MissingKind,
    /// The name as it is written, with its schema.
    pub name: String,
    /// Where in the expression, as a byte offset; `None` of a role.
    pub at: Option<usize>,
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "There is no {} {}", self.kind.words(), self.name)
    }
}

/// What an expression of a policy of that relation names and the catalog does not have. Only what is certain: a function without a
/// schema may be the server's own, `table.name` may call a function with the row, `schema.name(…)` may be a cast, and nothing is
/// said of an expression that cannot be read or of kinds that were not read.
///
/// S-08 for drafts; of a policy that is there the server itself keeps what it names.
pub fn missing_names(names: &Names<'_>, relation: RelationId, expression: &str) -> Vec<Missing> {
    let catalog = names.catalog();
    let Ok(parsed) = Expression::parse(expression, &names.of(relation)) else { return Vec::new() };
    let has = |kind| catalog.complete(&[kind]).is_ok();
    let mut missing = Vec::new();
    let mut add = |kind, name: String, at| missing.push(Missing { kind, name, at: Some(at) });
    if let Some(table) = catalog.relation(relation).filter(|table| !table.columns().is_empty()) {
        for column in parsed.reading.columns.iter().filter(|column| column.own == Some(true)) {
            let whole = column.name == "*" || column.qualifier.is_empty() && column.name == table.row().name;
            let system = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(&column.name.as_str());
            // https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-USAGE
            let called = !column.qualifier.is_empty()
                && (!has(catalog::Kind::Routines) || catalog.routines.iter().any(|known| known.name == column.name));
            if !whole && !system && !called && !table.columns().iter().any(|known| known.name == column.name) {
                let path = column.qualifier.iter().chain([&column.name]).cloned().collect::<Vec<_>>().join(".");
                add(MissingKind::Column, path, column.at);
            }
        }
    }
    let schemas = own_schemas(catalog);
    let is_system = |schema: &str| schema.starts_with("pg_") || schema == "information_schema";
    let is_read = |schema: &str| schemas.contains(schema) || has(catalog::Kind::Schemas) && !is_system(schema);
    for used in parsed.reading.relations.iter().filter(|_| has(catalog::Kind::Relations)) {
        let there = match used.schema.as_deref() {
            Some(schema) => !is_read(schema) || names.relation(Some(schema), &used.name).is_some(),
            None => used.name.starts_with("pg_") || catalog.relations.iter().any(|known| known.name == used.name),
        };
        if !there {
            let name = used.schema.iter().chain([&used.name]).cloned().collect::<Vec<_>>().join(".");
            add(MissingKind::Relation, name, used.at);
        }
    }
    for call in parsed.reading.calls.iter().filter(|_| has(catalog::Kind::Routines)) {
        let Some(schema) = call.schema.as_deref().filter(|schema| is_read(schema)) else { continue };
        let is_it = |of, name: &str| name == call.name && catalog.schema_name(of) == schema;
        let casts = !has(catalog::Kind::Types)
            || catalog.types.iter().any(|known| is_it(known.schema, &known.name))
            || catalog.relations.iter().any(|known| is_it(known.schema, &known.name));
        if !casts && !catalog.routines.iter().any(|known| is_it(known.schema, &known.name)) {
            add(MissingKind::Function, format!("{schema}.{}", call.name), call.at);
        }
    }
    if has(catalog::Kind::Types) {
        // Multirange types come with their ranges and are not in the catalog.
        let unknown = types::unknown_casts(catalog, expression);
        for (name, at) in unknown.into_iter().filter(|(name, _)| !name.ends_with("multirange")) {
            add(MissingKind::Type, name, at);
        }
    }
    missing.sort_by_key(|one| one.at);
    missing
}

/// Roles that a policy is for and that are not there. Nothing is said of the server's own (`pg_…`), which a catalog leaves out.
pub fn missing_roles(catalog: &Catalog, roles: &[String]) -> Vec<Missing> {
    if catalog.complete(&[catalog::Kind::Roles]).is_err() {
        return Vec::new();
    }
    let special = ["PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"];
    let gone = roles.iter().filter(|name| {
        !special.iter().any(|word| name.eq_ignore_ascii_case(word))
            && !name.starts_with("pg_")
            && !catalog.roles.iter().any(|role| role.name == **name)
    });
    gone.map(|name| Missing { kind: MissingKind::Role, name: name.clone(), at: None }).collect()
}

/// Schemas of which all that people made is in the catalog.
pub(crate) fn own_schemas(catalog: &Catalog) -> HashSet<&str> {
    catalog.schemas.iter().filter(|schema| !schema.system).map(|schema| schema.name.as_str()).collect()
}

/// Relations with a schema that the body of a function names after FROM, JOIN, INTO or UPDATE and that are not there.
pub(crate) fn relations_of_body(
    definition: &str,
    dialect: &Dialect,
    schemas: &HashSet<&str>,
    is_there: impl Fn(&str, &str) -> bool,
) -> Vec<String> {
    let Some(body) = tokens::body(definition, dialect) else { return Vec::new() };
    let tokens = tokens::meaning(&body, dialect);
    let mut gone = Vec::new();
    for window in tokens.windows(4) {
        let [(word, before), (first, schema), (_, dot), (second, name)] = window else { continue };
        let reads = *word == TokenKind::Word
            && ["from", "join", "into", "update"].iter().any(|one| before.eq_ignore_ascii_case(one));
        let names = tokens::name(*first, schema, dialect).zip(tokens::name(*second, name, dialect));
        let Some((schema, name)) = names.filter(|_| reads && *dot == ".") else { continue };
        if schemas.contains(schema.as_str()) && !is_there(&schema, &name) {
            gone.push(format!("{schema}.{name}"));
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use catalog::{Column, Kind, Known, Relation, RelationKind, Role, Routine, RoutineKind, Schema};

    use super::*;

    fn catalog() -> Catalog {
        let mut catalog = Catalog { search_path: vec!["app".into()], ..Catalog::default() };
        let schema = catalog.push_schema(Schema::named("app"));
        for (name, columns) in [("notes", ["id", "owner"]), ("members", ["team", "person"])] {
            let table = catalog.push_relation(Relation::new(schema, name, RelationKind::Table));
            for (place, column) in columns.into_iter().enumerate() {
                catalog.columns.push(Column::new(table, place as u32 + 1, column, "text"));
            }
        }
        let seen = Routine {
            schema,
            name: "seen".into(),
            kind: RoutineKind::Function,
            arguments: None,
            identity_arguments: None,
            returns: None,
            language: None,
            volatility: None,
            security_definer: false,
            settings: Vec::new(),
            owner: None,
            definition: Known::NotLoaded,
            comment: None,
        };
        catalog.routines = vec![seen];
        catalog.roles = vec![Role { name: "web".into(), ..Role::default() }];
        for kind in Kind::ALL {
            catalog.coverage.insert(kind, Known::Value(()));
        }
        catalog.seal();
        catalog
    }

    #[test]
    fn what_a_draft_names_and_the_catalog_lacks_is_said() {
        let catalog = catalog();
        let names = Names::new(&catalog);
        let said = |text: &str| -> Vec<String> {
            missing_names(&names, RelationId(0), text).iter().map(Missing::to_string).collect()
        };
        for fine in [
            "owner = current_user and notes.id is not null and xmin is not null",
            "id in (select m.team from app.members m where m.person = owner)",
            "exists (with x as (select 1 as a) select from x where a = 1) and (notes).owner = 'a'::varchar(10)",
            "owner = any (array['a']::text[]) and now() > '2020-01-01'::timestamp with time zone",
            "lower(owner) = pg_catalog.lower('A') and owner::pg_catalog.text = 'x'",
            "notes.seen and exists (select from information_schema.tables)",
            "app.notes(id) is null and owner::app.spanmultirange is null",
            "this is (no",
        ] {
            assert_eq!(said(fine), Vec::<String>::new(), "{fine}");
        }
        assert_eq!(said("ownr = 'a' and notes.idd > 0"), ["There is no column ownr", "There is no column notes.idd"]);
        assert_eq!(said("id in (select 1 from teams)"), ["There is no table teams"]);
        assert_eq!(said("id in (select 1 from app.teams)"), ["There is no table app.teams"]);
        assert_eq!(said("id in (select 1 from gone.teams)"), ["There is no table gone.teams"]);
        assert_eq!(said("app.mine(id)"), ["There is no function app.mine"]);
        assert_eq!(said("gone.mine(id)"), ["There is no function gone.mine"]);
        assert_eq!(
            said("owner = 'a'::mood or cast(id as app.kind) is null"),
            ["There is no type mood", "There is no type app.kind"]
        );
        let roles = ["web", "public", "nobody", "pg_read_all_data"].map(str::to_owned);
        let roles = missing_roles(&catalog, &roles);
        assert_eq!(roles.iter().map(Missing::to_string).collect::<Vec<_>>(), ["There is no role nobody"]);
    }

    #[test]
    fn bodies_are_read_by_tokens() {
        let postgres = sql::dialect::postgres();
        let schemas = HashSet::from(["app"]);
        let read = |definition: &str| relations_of_body(definition, postgres, &schemas, |_, name| name == "notes");
        let of =
            |body: &str| format!("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS $function$ {body} $function$");
        assert_eq!(read(&of("select 1 from app.notes join app.\"Odd\" on true")), ["app.Odd"]);
        assert_eq!(read(&of("select 'from app.gone' -- from app.gone")), Vec::<String>::new());
        assert_eq!(read(&of("select extract(day from x.at) from other.t x")), Vec::<String>::new());
        assert_eq!(read("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'select 1 from app.gone'"), ["app.gone"]);
        assert_eq!(read("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql RETURN 1"), Vec::<String>::new());
    }
}
