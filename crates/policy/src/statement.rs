//! What a statement is, before anybody sends it: read with the server's own grammar, never by its words.
//!
//! [`script`] reads any number of statements. Each says of which [`Kind`] it is, which table it writes, which relations and
//! functions its text names, also those in sub-selects and WITH. What a function does inside is not known here.

use pg_query::{NodeEnum, ParserOptions, protobuf::RangeVar};
use serde_json::Value;

use crate::expression::{Problem, with_tree};
use crate::name;

/// What kind of statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SELECT, VALUES, TABLE.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// TRUNCATE.
    Truncate,
    /// CALL.
    Call,
    /// EXPLAIN of a query.
    Explain,
    /// It begins or ends a transaction or a part of one, or sets its properties.
    Transaction,
    /// It changes the role or the login, also by `set_config`.
    Role,
    /// It changes something else of the session, or is about what the session keeps.
    Session,
    /// A DO block.
    Block,
    /// Anything else.
    Other,
}

/// A name as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The schema, where it is written.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}

impl Named {
    /// In SQL.
    pub fn sql(&self) -> String {
        match &self.schema {
            Some(schema) => name::qualified(schema, &self.name),
            None => name::quote(&self.name),
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What kind.
    pub kind: Kind,
    /// Whether it only reads, as far as its text says: no part of it writes or locks rows. Functions may.
    pub reads_only: bool,
    /// The table whose rows it adds, changes or removes.
    pub target: Option<Named>,
    /// Every relation it names, its target first; those that WITH defines are none. Each once.
    pub relations: Vec<Named>,
    /// Every function it calls, each once.
    pub calls: Vec<Named>,
}

/// The statements of a text, in order.
///
/// # Errors
/// [`Problem`] where the grammar refuses it, or it is too long or too deep.
pub fn script(text: &str) -> Result<Vec<Statement>, Problem> {
    with_tree(text, ParserOptions::DEFAULT, |tree| {
        let statements = tree.stmts.iter().filter_map(|raw| raw.stmt.as_deref()?.node.as_ref());
        Ok(statements.map(read).collect())
    })
}

/// Why a statement is not tried as somebody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untried {
    /// The grammar refuses it, or it is too long or too deep.
    #[error("It cannot be read: {0}.")]
    Unreadable(Problem),
    /// There is none.
    #[error("There is no statement.")]
    Empty,
    /// It is more than one.
    #[error("Only one statement is tried at a time.")]
    Several,
    /// It would end the transaction.
    #[error(
        "A statement that begins, ends or changes a transaction is not tried: everything is rolled back afterwards."
    )]
    Transaction,
    /// It would change the role.
    #[error("A statement that changes the role is not tried: the actor is the role.")]
    Role,
    /// It is about the session.
    #[error("A statement about the session is not tried: settings belong to the actor.")]
    Session,
    /// It is a DO block.
    #[error("A DO block is not tried: what it does cannot be seen beforehand.")]
    Block,
    /// It is none of those that are.
    #[error("Only SELECT, INSERT, UPDATE, DELETE, MERGE, TRUNCATE, CALL and EXPLAIN of these are tried.")]
    Other,
}

/// The statement of a text that is to be tried as somebody, in a transaction that is rolled back: exactly one, and none that
/// could leave the transaction or the role.
///
/// # Errors
/// [`Untried`].
pub fn tried(text: &str) -> Result<Statement, Untried> {
    let mut statements = script(text).map_err(Untried::Unreadable)?;
    let statement = statements.pop().ok_or(Untried::Empty)?;
    if !statements.is_empty() {
        return Err(Untried::Several);
    }
    match statement.kind {
        Kind::Transaction => Err(Untried::Transaction),
        Kind::Role => Err(Untried::Role),
        Kind::Session => Err(Untried::Session),
        Kind::Block => Err(Untried::Block),
        Kind::Other => Err(Untried::Other),
        _ => Ok(statement),
    }
}

fn read(node: &NodeEnum) -> Statement {
    // As JSON the tree can be gone through whole, whatever kinds of nodes are in it.
    let tree = serde_json::to_value(node).unwrap_or_default();
    let mut found = Found::default();
    found.walk(&tree);
    let kind = if found.sets_role { Kind::Role } else { kind(node) };
    let target = target(node);
    let mut relations: Vec<Named> = target.iter().cloned().collect();
    for relation in found.relations {
        let defined = relation.schema.is_none() && found.defined.contains(&relation.name);
        if !defined && !relations.contains(&relation) {
            relations.push(relation);
        }
    }
    let analyzes = match node {
        NodeEnum::ExplainStmt(explain) => explain
            .options
            .iter()
            .any(|option| matches!(&option.node, Some(NodeEnum::DefElem(option)) if option.defname == "analyze")),
        _ => true,
    };
    let reads_only = matches!(kind, Kind::Select | Kind::Explain) && !(found.writes && analyzes);
    Statement { kind, reads_only, target, relations, calls: found.calls }
}

fn kind(node: &NodeEnum) -> Kind {
    match node {
        // SELECT INTO makes a table.
        NodeEnum::SelectStmt(select) if select.into_clause.is_some() => Kind::Other,
        NodeEnum::SelectStmt(_) => Kind::Select,
        NodeEnum::InsertStmt(_) => Kind::Insert,
        NodeEnum::UpdateStmt(_) => Kind::Update,
        NodeEnum::DeleteStmt(_) => Kind::Delete,
        NodeEnum::MergeStmt(_) => Kind::Merge,
        NodeEnum::TruncateStmt(_) => Kind::Truncate,
        NodeEnum::CallStmt(_) => Kind::Call,
        NodeEnum::ExplainStmt(explain) => {
            match explain.query.as_deref().and_then(|query| query.node.as_ref()).map(kind) {
                Some(Kind::Select | Kind::Insert | Kind::Update | Kind::Delete | Kind::Merge) => Kind::Explain,
                Some(other) => other,
                None => Kind::Other,
            }
        }
        NodeEnum::TransactionStmt(_) | NodeEnum::ConstraintsSetStmt(_) => Kind::Transaction,
        NodeEnum::VariableSetStmt(set) => match set.name.to_ascii_lowercase().as_str() {
            "role" | "session_authorization" => Kind::Role,
            name if name.starts_with("transaction") || name == "session characteristics" => Kind::Transaction,
            _ => Kind::Session,
        },
        NodeEnum::DiscardStmt(_)
        | NodeEnum::PrepareStmt(_)
        | NodeEnum::ExecuteStmt(_)
        | NodeEnum::DeallocateStmt(_)
        | NodeEnum::ListenStmt(_)
        | NodeEnum::UnlistenStmt(_)
        | NodeEnum::LoadStmt(_)
        | NodeEnum::DeclareCursorStmt(_)
        | NodeEnum::FetchStmt(_)
        | NodeEnum::ClosePortalStmt(_) => Kind::Session,
        NodeEnum::DoStmt(_) => Kind::Block,
        _ => Kind::Other,
    }
}

fn target(node: &NodeEnum) -> Option<Named> {
    let of = |range: &Option<RangeVar>| {
        let range = range.as_ref()?;
        let schema = (!range.schemaname.is_empty()).then(|| range.schemaname.clone());
        Some(Named { schema, name: range.relname.clone() })
    };
    match node {
        NodeEnum::InsertStmt(insert) => of(&insert.relation),
        NodeEnum::UpdateStmt(update) => of(&update.relation),
        NodeEnum::DeleteStmt(delete) => of(&delete.relation),
        NodeEnum::MergeStmt(merge) => of(&merge.relation),
        NodeEnum::TruncateStmt(truncate) => match truncate.relations.first()?.node.as_ref()? {
            NodeEnum::RangeVar(range) => of(&Some(range.clone())),
            _ => None,
        },
        NodeEnum::ExplainStmt(explain) => target(explain.query.as_deref()?.node.as_ref()?),
        _ => None,
    }
}

#[derive(Default)]
struct Found {
    relations: Vec<Named>,
    calls: Vec<Named>,
    /// Names that WITH defines.
    defined: Vec<String>,
    /// A part of it adds, changes, removes or locks rows.
    writes: bool,
    /// It calls `set_config` for the role.
    sets_role: bool,
}

impl Found {
    fn walk(&mut self, tree: &Value) {
        match tree {
            Value::Object(fields) => {
                if let (Some(name), Some(schema)) = (text(fields.get("relname")), text(fields.get("schemaname"))) {
                    let schema = (!schema.is_empty()).then(|| schema.to_owned());
                    push(&mut self.relations, Named { schema, name: name.to_owned() });
                }
                if let Some(name) = text(fields.get("ctename")) {
                    self.defined.push(name.to_owned());
                }
                if let Some(name) = fields.get("funcname").and_then(Value::as_array) {
                    self.call(name, fields.get("args"));
                }
                for kind in ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "LockingClause"] {
                    self.writes |= fields.contains_key(kind);
                }
                fields.values().for_each(|field| self.walk(field));
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }

    fn call(&mut self, name: &[Value], arguments: Option<&Value>) {
        let mut parts: Vec<&str> = name.iter().filter_map(|part| text(part.pointer("/node/String/sval"))).collect();
        let Some(name) = parts.pop() else { return };
        let schema = parts.pop();
        if name == "set_config" && schema.is_none_or(|schema| schema == "pg_catalog") {
            let arguments = arguments.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let named = |argument: &&Value| argument.pointer("/node/NamedArgExpr").is_some();
            let settings = arguments.iter().take(1).chain(arguments.iter().skip(1).filter(named));
            self.sets_role |= settings.filter_map(constant).any(|setting| {
                ["role", "session_authorization"].iter().any(|known| known.eq_ignore_ascii_case(setting))
            });
        }
        push(&mut self.calls, Named { schema: schema.map(str::to_owned), name: name.to_owned() });
    }
}

/// The text of a constant, under casts and an argument's name.
fn constant(argument: &Value) -> Option<&str> {
    let mut node = argument;
    loop {
        if let Some(text) = text(node.pointer("/node/AConst/val/Sval/sval")) {
            return Some(text);
        }
        node = node.pointer("/node/TypeCast/arg").or_else(|| node.pointer("/node/NamedArgExpr/arg"))?;
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

fn push(list: &mut Vec<Named>, named: Named) {
    if !list.contains(&named) {
        list.push(named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Statement {
        let mut statements = script(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(statements.len(), 1, "{text}");
        statements.remove(0)
    }

    #[test]
    fn what_a_statement_is_does_not_depend_on_how_it_is_written() {
        for (text, kind) in [
            ("select 1", Kind::Select),
            ("values (1)", Kind::Select),
            ("table docs", Kind::Select),
            ("(select 1) union select 2", Kind::Select),
            ("with a as (select 1) select * from a", Kind::Select),
            ("select 1 into t", Kind::Other),
            ("insert into t default values", Kind::Insert),
            ("with a as (select 1) update t set x = 1", Kind::Update),
            ("delete from t", Kind::Delete),
            ("merge into t using s on true when matched then delete", Kind::Merge),
            ("truncate t", Kind::Truncate),
            ("call p()", Kind::Call),
            ("explain analyze select 1", Kind::Explain),
            ("explain execute p", Kind::Session),
            ("explain create table t as select 1", Kind::Other),
            ("/* select */ COMMIT", Kind::Transaction),
            ("commit and chain", Kind::Transaction),
            ("end", Kind::Transaction),
            ("abort", Kind::Transaction),
            ("rollback to savepoint rowhouse", Kind::Transaction),
            ("prepare transaction 'x'", Kind::Transaction),
            ("set transaction read write", Kind::Transaction),
            ("set session characteristics as transaction read write", Kind::Transaction),
            ("set transaction_read_only = off", Kind::Transaction),
            ("set constraints all immediate", Kind::Transaction),
            ("reset role", Kind::Role),
            ("set local role postgres", Kind::Role),
            ("SET \"role\" = postgres", Kind::Role),
            ("set session authorization default", Kind::Role),
            ("reset session authorization", Kind::Role),
            ("select set_config('ROLE', 'postgres', false)", Kind::Role),
            ("select 1 where (select pg_catalog.set_config('role'::text, 'x', true)) = ''", Kind::Role),
            (
                "select set_config(is_local => true, new_value => 'x', setting_name => 'session_authorization')",
                Kind::Role,
            ),
            ("insert into t select set_config('role', 'x', true)", Kind::Role),
            ("select set_config('app.role', 'role', true)", Kind::Select),
            ("set local statement_timeout = 0", Kind::Session),
            ("reset all", Kind::Session),
            ("discard all", Kind::Session),
            ("prepare p as select 1", Kind::Session),
            ("execute p", Kind::Session),
            ("listen x", Kind::Session),
            ("declare c cursor with hold for select 1", Kind::Session),
            ("do $$ begin commit; end $$", Kind::Block),
            ("copy t to program 'id'", Kind::Other),
            ("drop table t", Kind::Other),
            ("lock t", Kind::Other),
            ("notify x", Kind::Other),
        ] {
            assert_eq!(one(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn what_only_reads_is_told_from_what_writes_or_locks() {
        for (text, reads_only) in [
            ("select * from t", true),
            ("explain delete from t", true),
            ("explain (verbose) select 1", true),
            ("explain analyze delete from t", false),
            ("explain analyze select 1", true),
            ("select * from t for update", false),
            ("select * from (select * from t for share) s", false),
            ("with gone as (delete from t returning *) select * from gone", false),
            ("delete from t", false),
            ("call p()", false),
        ] {
            assert_eq!(one(text).reads_only, reads_only, "{text}");
        }
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        let found = one("with a as (select app.f(b.x) from \"B\" b), docs as (select 1) \
             insert into app.docs select g(x, array(select now())) from a, docs, lateral h(1) \
             on conflict (id) do update set x = (select max(y) from other) returning k()");
        let names = |list: &[Named]| list.iter().map(Named::sql).collect::<Vec<_>>().join(" ");
        assert_eq!(found.target.as_ref().map(Named::sql).as_deref(), Some("app.docs"));
        let mut relations: Vec<&str> = Vec::new();
        let text = names(&found.relations);
        relations.extend(text.split(' '));
        relations.sort_unstable();
        assert_eq!(relations, ["\"B\"", "app.docs", "other"]);
        let text = names(&found.calls);
        let mut calls: Vec<&str> = text.split(' ').collect();
        calls.sort_unstable();
        assert_eq!(calls, ["app.f", "g", "h", "k", "max", "now"]);
        assert_eq!(one("truncate a, b").relations.len(), 2);
    }

    #[test]
    fn several_statements_are_counted_and_what_is_none_is_said() {
        assert_eq!(script("select 1; select 2").unwrap().len(), 2);
        assert_eq!(script(" -- nothing\n;").unwrap().len(), 0);
        assert!(matches!(script("select from from"), Err(Problem::Syntax { .. })));
        assert!(matches!(script(&"x".repeat(200_000)), Err(Problem::TooLong)));
        for (text, why) in [
            ("", Untried::Empty),
            ("select 1; commit", Untried::Several),
            ("commit and chain", Untried::Transaction),
            ("reset role", Untried::Role),
            ("set x.y = 1", Untried::Session),
            ("do 'x'", Untried::Block),
            ("create table t ()", Untried::Other),
        ] {
            assert_eq!(tried(text), Err(why), "{text}");
        }
        assert!(tried("select 1;").is_ok());
    }
}
