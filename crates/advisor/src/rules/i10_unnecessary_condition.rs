use catalog::{Index, RelationWalker};

use crate::{
    Context, Fix, Lock, Object, ObjectType, indexes,
    rule::{Found, Reason},
    tokens,
};

crate::rule::rule! {
    /// A partial index leaves out NULLs of a column that has none.
    ///
    /// **Why.** The condition saves nothing, and it hides the index from queries that do not repeat it.
    ///
    /// **How to fix it.** Build it without the condition, then drop the other.
    ///
    /// **False positives.** None.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, at date not null);
    /// create index on orders (at) where at is not null;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, at date);
    /// create index on orders (at) where at is not null;
    /// ```
    "I-10" "unnecessary_index_condition" Info "Index with a condition that is always true"
    on [Postgres] needs [Schemas, Relations, Columns, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for index in table.indexes() {
            let Some(condition) = index.predicate.as_deref() else { continue };
            let Some(name) = tokens::only_not_null(condition, context.dialect()) else { continue };
            let column = table.columns().iter().find(|column| column.name == name);
            if column.and_then(|column| column.nullable.value()) != Some(&false) {
                continue;
            }
            let message = format!("{} leaves out NULLs of {name}, which has none.", index.name);
            let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
            finding.evidence(format!("WHERE {condition}")).fix(fix(context, table, index));
        }
    }
    Ok(())
}

fn fix(context: &Context<'_>, table: RelationWalker<'_>, index: &Index) -> Option<Fix> {
    let definition = index.definition.value()?;
    if table.row().partition_key.is_some() || indexes::is_needed(context, table, index) {
        return None;
    }
    // The condition is the last part of the text, and the only one that begins with this word outside of parentheses.
    let mut depth = 0_usize;
    let tokens = sql::tokenize(definition, context.dialect());
    let start = tokens.iter().find(|token| {
        match token.kind {
            sql::TokenKind::OpenParen => depth += 1,
            sql::TokenKind::CloseParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == sql::TokenKind::Word && token.span.of(definition).eq_ignore_ascii_case("where")
    })?;
    let whole = definition.get(..start.span.start)?.trim_end();
    let columns: Vec<&str> = index.keys.iter().filter(|key| !key.expression).map(|key| key.text.as_str()).collect();
    let name = context.free_index_name(table, &columns, "idx");
    let built = indexes::renamed(context, whole, &name)?;
    let (old, new) = (context.path(table.schema(), &index.name), context.path(table.schema(), &name));
    Some(
        Fix::new(format!("{};\nDROP INDEX CONCURRENTLY {old};", indexes::concurrently(context, &built)?))
            .undo(format!("{};\nDROP INDEX CONCURRENTLY {new};", indexes::concurrently(context, definition)?))
            .lock(Lock::ShareUpdateExclusive)
            .outside_transactions(),
    )
}
