use std::collections::{BTreeSet, HashMap};

use catalog::{Known, Routine, Volatility};
use policy::expression::{Expression, Query, Unscoped};

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
    tokens,
};

/// Functions of the server whose answer is another in another statement.
const CHANGING: [&str; 17] = [
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "transaction_timestamp",
    "statement_timestamp",
    "clock_timestamp",
    "timeofday",
    "random",
    "gen_random_uuid",
    "nextval",
    "current_setting",
    "current_user",
    "session_user",
    "age",
];

crate::rule::rule! {
    /// An index is over a function that says it always gives the same answer, and does not.
    ///
    /// **Why.** The server takes no changing function into an index, but believes what a function says of itself. Where `IMMUTABLE` is not true,
    /// the index holds the answers of when each row was written: searches by it miss rows and find others, without an error.
    ///
    /// **How to fix it.** Keep the value in a column, by a trigger or when it is written, and index that; then say of the function what it is.
    /// `REINDEX` only makes the answers those of today.
    ///
    /// **False positives.** A function that reads a table which never changes. Functions in SQL with one SELECT are read; of others that an index
    /// is over, it is said that they were not. What came with an extension is trusted.
    ///
    /// ```sql,fires
    /// create table rates (name text primary key, rate numeric);
    /// create table orders (id int primary key, currency text);
    /// create function public.rate_of(text) returns numeric language sql immutable as
    ///   $$ select rate from public.rates where name = $1 $$;
    /// create index on orders (public.rate_of(currency));
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, currency text);
    /// create function public.short(text) returns text language sql immutable as $$ select left($1, 3) $$;
    /// create index on orders (public.short(currency));
    /// ```
    "I-11" "changing_index" Error "Index over a function whose answers change"
    on [Postgres] needs [Schemas, Relations, Indexes, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut own: HashMap<&str, Vec<&Routine>> = HashMap::new();
    for routine in &context.catalog.routines {
        let arguments = routine.identity_arguments.as_deref().unwrap_or_default();
        let schema = context.catalog.schema_name(routine.schema);
        if !context.is_member(catalog::ObjectKind::Routine, schema, &routine.name, arguments) {
            own.entry(routine.name.as_str()).or_default().push(routine);
        }
    }
    if own.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<*const Routine, Result<Option<String>, Reason>> = HashMap::new();
    for table in context.relations() {
        for index in table.indexes() {
            let texts = index.keys.iter().filter(|key| key.expression).map(|key| key.text.as_str());
            let mut called = BTreeSet::new();
            for text in texts.chain(index.predicate.as_deref()) {
                match Expression::parse(text, &Unscoped) {
                    Ok(expression) => {
                        called.extend(expression.reading.calls.into_iter().map(|call| (call.schema, call.name)));
                    }
                    Err(problem) => {
                        found.unseen(Reason::Unready(format!("{} could not be read: {problem}", index.name)))
                    }
                }
            }
            for (schema, name) in &called {
                let of_schema = |routine: &&&Routine| {
                    schema.as_deref().is_none_or(|schema| schema == context.catalog.schema_name(routine.schema))
                };
                for routine in own.get(name.as_str()).into_iter().flatten().filter(of_schema) {
                    let why =
                        known.entry(std::ptr::from_ref(*routine)).or_insert_with(|| changes(context, &own, routine));
                    match why {
                        Ok(Some(why)) => {
                            let message =
                                format!("{} is over {name}(), which {why} and says it is IMMUTABLE.", index.name);
                            found.add(Object::part(table, ObjectType::Index, &index.name), message).told_apart_by(name);
                        }
                        Ok(None) => {}
                        Err(reason) => found.unseen(reason.clone()),
                    }
                }
            }
        }
    }
    Ok(())
}

/// What makes its answers change; `None` where nothing does.
fn changes(
    context: &Context<'_>,
    own: &HashMap<&str, Vec<&Routine>>,
    routine: &Routine,
) -> Result<Option<String>, Reason> {
    let not_read = || Reason::Unready(format!("the body of {}() was not read", routine.name));
    if routine.volatility != Some(Volatility::Immutable) {
        // An old index of a function that was changed later.
        return Ok(Some("changes".to_owned()));
    }
    let (Some("sql"), Known::Value(definition)) = (routine.language.as_deref(), &routine.definition) else {
        return Err(not_read());
    };
    let Some(body) = tokens::body(definition, context.dialect()) else {
        // `RETURN …` and `BEGIN ATOMIC …`: what they depend on the server knows, but not what follows from it.
        return Err(not_read());
    };
    let query = Query::parse(&body, &Unscoped).map_err(|_| not_read())?;
    if let Some(relation) = query.reading.relations.first() {
        return Ok(Some(format!("reads {}", relation.name)));
    }
    let changing = query.reading.calls.iter().find(|call| {
        let named = CHANGING.contains(&call.name.as_str());
        let declared = own.get(call.name.as_str()).is_some_and(|namesakes| {
            namesakes.iter().all(|namesake| namesake.volatility != Some(Volatility::Immutable))
        });
        named || declared
    });
    Ok(changing.map(|call| format!("calls {}()", call.name)))
}
