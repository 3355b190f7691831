//! Expressions of policies and queries of views, read with PostgreSQL's own grammar.
//!
//! [`Expression::parse`] takes what stands between the parentheses of `USING (…)`, [`Query::parse`] a whole SELECT. Both
//! answer with a [`Reading`]: flat lists of the columns, calls, settings, sub-selects and constants of the text, each with
//! its place, a byte offset. Nothing is ever found by comparing text. An expression also has its [`Truth`]: which of true,
//! false and NULL it can be, whatever the row holds.
//!
//! A text longer than [`MOST_BYTES`] or nested deeper than the reader goes (some 30 levels) is a [`Problem`], never a
//! crash; who gets one shows the text as it is and claims nothing about it. The grammar is PostgreSQL 18's, which reads
//! what older servers print.

mod place;
mod read;
mod resolve;
mod truth;

use serde::{Deserialize, Serialize};

pub(crate) use read::{field_names, with_tree};
pub use resolve::{Names, Own, Scope, Unscoped};
pub use truth::Truth;

/// The longest text that is read, in bytes.
pub const MOST_BYTES: usize = 128 * 1024;

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum Problem {
    /// The grammar refuses it.
    #[error("{message}")]
    Syntax {
        /// The server's words.
        message: String,
        /// Where, as a byte offset; the text's length where it ends too soon; `None` where the grammar does not say.
        at: Option<usize>,
    },
    /// It is more or something else than one expression (or one query).
    #[error("this is not one {wanted}")]
    NotOne {
        /// What was wanted: `expression` or `query`.
        wanted: String,
    },
    /// It is nested deeper than is read.
    #[error("nested too deep to be read")]
    TooDeep,
    /// It is longer than [`MOST_BYTES`].
    #[error("longer than {MOST_BYTES} bytes, which is the most that is read")]
    TooLong,
}

/// A column that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnUse {
    /// What stands before it: nothing, a table or alias, or schema and table.
    pub qualifier: Vec<String>,
    /// Its name; `*` for all of them.
    pub name: String,
    /// Where, as a byte offset.
    pub at: usize,
    /// The innermost sub-select it stands in, as an index into [`Reading::selects`].
    pub select: Option<usize>,
    /// Whether it is a column of the policy's own relation (in a query: of none that the query reads). `None` where a
    /// relation that is read is not known well enough to say.
    pub own: Option<bool>,
}

/// A function that is called, `current_user` and its kin among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The schema, where it is written.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
    /// How many arguments it is given.
    pub arguments: usize,
    /// Whether a column of the policy's own relation is among its arguments, so that it can give another answer for each row.
    pub takes_row: bool,
    /// Where, as a byte offset.
    pub at: usize,
    /// The innermost sub-select it stands in, as an index into [`Reading::selects`].
    pub select: Option<usize>,
}

impl Call {
    /// Whether this is that function; a call without a schema may be of any.
    pub fn is(&self, schema: &str, name: &str) -> bool {
        self.name == name && self.schema.as_deref().is_none_or(|written| written == schema)
    }
}

/// A setting that is read with `current_setting`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingRead {
    /// Its name; `None` where it is computed.
    pub name: Option<String>,
    /// Whether a missing one is NULL rather than an error; `None` where that is computed.
    pub missing_ok: Option<bool>,
    /// Where, as a byte offset.
    pub at: usize,
    /// The innermost sub-select it stands in, as an index into [`Reading::selects`].
    pub select: Option<usize>,
}

/// Keys taken out of a JSON value with `->` and `->>`, from the outermost in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonKeys {
    /// What they are taken out of: a function's name (`auth.jwt`), a setting's, or a column's.
    pub of: String,
    /// The keys, in order.
    pub keys: Vec<String>,
    /// Where, as a byte offset.
    pub at: usize,
}

/// A relation that is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationUse {
    /// The schema, where it is written.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
    /// What it is called there.
    pub alias: Option<String>,
    /// Where, as a byte offset.
    pub at: usize,
    /// The sub-select that reads it, as an index into [`Reading::selects`].
    pub select: usize,
}

/// How a sub-select stands in what is around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectKind {
    /// The query itself.
    Root,
    /// `EXISTS (…)`.
    Exists,
    /// `x IN (…)`, `x = ANY (…)`.
    Any,
    /// `x <> ALL (…)`.
    All,
    /// `(…)` as a value.
    Scalar,
    /// `ARRAY(…)`.
    Array,
    /// In FROM.
    From,
    /// No select, but a function in FROM, which is run once each time the sub-select around it is.
    FromFunction,
    /// In WITH.
    With,
    /// One side of UNION, INTERSECT or EXCEPT.
    Side,
}

/// A sub-select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubSelect {
    /// How it stands in what is around it.
    pub kind: SelectKind,
    /// The sub-select around it, as an index into [`Reading::selects`].
    pub parent: Option<usize>,
    /// Whether it reads anything, a function in FROM too.
    pub reads: bool,
    /// Whether it needs values of what is around it, and so is run again for each row; `None` where that depends on
    /// columns of a relation that is not known.
    pub correlated: Option<bool>,
    /// Where the first thing in it stands, as a byte offset.
    pub at: usize,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constant {
    /// Its text without quotes; `None` is NULL.
    pub text: Option<String>,
    /// Whether it is written as a string.
    pub string: bool,
    /// Where, as a byte offset.
    pub at: usize,
}

/// A column compared with something: what an index could serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The column, as an index into [`Reading::columns`].
    pub column: usize,
    /// The operator as if the column stood on its left; `=` also for IN and `= ANY`.
    pub operator: String,
    /// Whether the other side is worth an index: it names no column of the policy's own relation and is no list that each
    /// row computes anew.
    pub fixed: bool,
    /// Whether the other side calls a function or has a sub-select: it is of who asks, not of the row's own kind, as a constant is.
    pub session: bool,
}

/// How often something in an expression is computed when a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluated {
    /// Once for each row that is looked at.
    PerRow,
    /// Once for the whole statement.
    Once,
    /// Once for each row that an uncorrelated sub-select reads.
    PerInnerRow,
    /// It depends on columns that are not known.
    NotKnown,
}

/// What a text consists of. Every list is in the order of reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Columns that are named.
    pub columns: Vec<ColumnUse>,
    /// Functions that are called.
    pub calls: Vec<Call>,
    /// Settings that are read; their calls are in `calls` too.
    pub settings: Vec<SettingRead>,
    /// Keys taken out of JSON values.
    pub json_keys: Vec<JsonKeys>,
    /// Sub-selects.
    pub selects: Vec<SubSelect>,
    /// Relations that are read, without those that WITH defines.
    pub relations: Vec<RelationUse>,
    /// Constants.
    pub constants: Vec<Constant>,
    /// Comparisons of columns.
    pub comparisons: Vec<Comparison>,
    /// Kinds of nodes that this reader does not look into: where there are any, something may be missing above.
    pub unread: Vec<String>,
}

impl Reading {
    /// How often what stands in that sub-select is computed.
    ///
    /// `(select f())` is run once: it is what makes a policy fast. In `x in (select y from t where z = f())` the call is
    /// made for each row of `t`. A sub-select that names a column of the row is no better than the bare call.
    pub fn evaluated(&self, select: Option<usize>) -> Evaluated {
        let mut at = select;
        let mut inner = false;
        let mut unknown = false;
        let mut from_function = false;
        while let Some(select) = at.and_then(|index| self.selects.get(index)) {
            at = select.parent;
            inner |= select.reads && !from_function;
            from_function = select.kind == SelectKind::FromFunction;
            // These are no plans of their own.
            if from_function || matches!(select.kind, SelectKind::From | SelectKind::Side | SelectKind::With) {
                continue;
            }
            match select.correlated {
                Some(false) if unknown => return Evaluated::NotKnown,
                Some(false) => return if inner { Evaluated::PerInnerRow } else { Evaluated::Once },
                Some(true) => {}
                None => unknown = true,
            }
        }
        if unknown { Evaluated::NotKnown } else { Evaluated::PerRow }
    }
}

/// A boolean expression of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expression {
    /// The text that was read.
    pub text: String,
    /// What it consists of.
    pub reading: Reading,
    /// What it can be.
    pub truth: Truth,
}

impl Expression {
    /// Reads an expression. The scope says which relations have which columns; [`Unscoped`] knows none.
    ///
    /// # Errors
    /// A [`Problem`] where the text is no expression, with its place.
    pub fn parse(text: &str, scope: &dyn Scope) -> Result<Self, Problem> {
        read::expression(text, |node| {
            let reading = read::reading_of_expression(node, scope);
            let truth = truth::of(node, scope);
            Expression { text: text.to_owned(), reading, truth }
        })
    }
}

/// The expression's tree without places: two that differ in spaces, comments, case or needless parentheses are the same
/// then. `None` where it cannot be read.
pub(crate) fn normal(text: &str) -> Option<serde_json::Value> {
    read::expression(text, |node| {
        let mut tree = serde_json::to_value(node).ok()?;
        strip_places(&mut tree);
        Some(tree)
    })
    .ok()?
}

/// `ARRAY[a, b]::t[]` as `ARRAY[a::t, b::t]`, which is what the server makes of it. It prints `x in ('a', 'b')` of a varchar the
/// first way, and what is made of that text the second way, so that neither is a change of the other.
fn spread_array_cast(node: &mut serde_json::Map<String, serde_json::Value>) {
    let Some(cast) = node.get("TypeCast") else { return };
    let (Some(array), Some(to)) = (cast.pointer("/arg/node/AArrayExpr"), cast.get("type_name")) else {
        return;
    };
    let (Some(elements), Some(bounds)) = (array.get("elements"), to.get("array_bounds")) else { return };
    if bounds.as_array().is_none_or(Vec::is_empty) {
        return;
    }
    let mut to = to.clone();
    if let Some(bounds) = to.get_mut("array_bounds") {
        *bounds = serde_json::json!([]);
    }
    let each =
        |element: &serde_json::Value| serde_json::json!({"node": {"TypeCast": {"arg": element, "type_name": to}}});
    let elements: Vec<serde_json::Value> = elements.as_array().into_iter().flatten().map(each).collect();
    *node = serde_json::Map::from_iter([("AArrayExpr".to_owned(), serde_json::json!({ "elements": elements }))]);
}

fn strip_places(tree: &mut serde_json::Value) {
    match tree {
        serde_json::Value::Object(fields) => {
            for place in ["location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"] {
                fields.remove(place);
            }
            fields.values_mut().for_each(strip_places);
            spread_array_cast(fields);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip_places),
        _ => {}
    }
}

/// A query: a view's, or a function's of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// What it consists of; `selects[0]` is the query itself.
    pub reading: Reading,
}

impl Query {
    /// Reads one SELECT.
    ///
    /// # Errors
    /// A [`Problem`] where the text is not one SELECT.
    pub fn parse(text: &str, scope: &dyn Scope) -> Result<Self, Problem> {
        read::query(text, |select| Query { reading: read::reading_of_query(select, scope) })
    }
}

#[cfg(test)]
mod tests;
