//! Names of types in expressions.

use catalog::Catalog;
use sql::{Token, TokenKind};

use crate::tokens;

/// The server's own types as expressions name them: https://www.postgresql.org/docs/current/datatype.html, and the first words of
/// those with several.
const OWN: &[&str] = &[
    "aclitem",
    "any",
    "anyarray",
    "anyelement",
    "bigint",
    "bigserial",
    "bit",
    "bool",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "character",
    "cid",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "dec",
    "decimal",
    "double",
    "float",
    "float4",
    "float8",
    "inet",
    "int",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "national",
    "nchar",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "real",
    "record",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "smallint",
    "text",
    "tid",
    "time",
    "timestamp",
    "tsquery",
    "tsvector",
    "uuid",
    "timestamptz",
    "timetz",
    "tsmultirange",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "txid_snapshot",
    "pg_snapshot",
    "unknown",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
    "setof",
];

/// Types that an expression casts to and that are neither the server's nor in the catalog, with their places.
pub(crate) fn unknown_casts(catalog: &Catalog, expression: &str) -> Vec<(String, usize)> {
    let dialect = sql::dialect::postgres();
    let tokens: Vec<Token> =
        sql::tokenize(expression, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let name = |place: usize| {
        let token = tokens.get(place)?;
        Some((tokens::name(token.kind, token.span.of(expression), dialect)?, token.span.start))
    };
    let is = |place: usize, text: &str| tokens.get(place).is_some_and(|token| token.span.of(expression) == text);
    let mut unknown = Vec::new();
    let mut depth = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let text = token.span.of(expression);
        let begins = match token.kind {
            TokenKind::Cast => true,
            // The AS of a CAST is that of the parenthesis which follows the word.
            TokenKind::OpenParen => {
                let cast = place > 0
                    && tokens.get(place - 1).is_some_and(|before| {
                        before.kind == TokenKind::Word && before.span.of(expression).eq_ignore_ascii_case("cast")
                    });
                depth.push(cast);
                false
            }
            TokenKind::CloseParen => {
                depth.pop();
                false
            }
            TokenKind::Word => text.eq_ignore_ascii_case("as") && depth.last() == Some(&true),
            _ => false,
        };
        if !begins {
            continue;
        }
        let Some((first, at)) = name(place + 1) else { continue };
        let (schema, of) = match name(place + 3).filter(|_| is(place + 2, ".")) {
            Some((second, _)) => (Some(first), second),
            None => (None, first),
        };
        if !is_known(catalog, schema.as_deref(), &of) {
            unknown.push((schema.into_iter().chain([of]).collect::<Vec<_>>().join("."), at));
        }
    }
    unknown
}

fn is_known(catalog: &Catalog, schema: Option<&str>, name: &str) -> bool {
    let own = OWN.contains(&name) || name.starts_with('_');
    let in_schema = |of: &str| schema.is_none_or(|schema| schema == of);
    let system = schema.is_some_and(|schema| {
        catalog.schemas.iter().find(|known| known.name == schema).is_none_or(|known| known.system)
    });
    own && schema.is_none()
        || system
        || catalog.types.iter().any(|object| object.name == name && in_schema(catalog.schema_name(object.schema)))
        || catalog.relations.iter().any(|row| row.name == name && in_schema(catalog.schema_name(row.schema)))
}
