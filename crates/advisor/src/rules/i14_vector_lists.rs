use sql::TokenKind;

use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason},
    tokens,
};

/// Fewer rows are searched whole as fast.
const ROWS: i64 = 10_000;
/// Where the manual of pgvector goes from rows / 1000 to the square root of rows: <https://github.com/pgvector/pgvector#ivfflat>.
const MANY: i64 = 1_000_000;
/// What pgvector takes where nothing is said.
const USUAL: i64 = 100;
/// So many times too many or too few.
const OFF: i64 = 4;

crate::rule::rule! {
    /// The lists of a vector index do not fit the number of rows.
    ///
    /// **Why.** An `ivfflat` index sorts vectors into lists when it is built, and a search looks through some of them. With too few lists each is
    /// long and searches are slow; with too many each holds little, and searches miss what they should find. Rows that came after the build do
    /// not change the lists.
    ///
    /// **How to fix it.** Build it again, with as many lists as there are thousands of rows, from a million rows on the square root of them; then
    /// search `sqrt(lists)` of them (`ivfflat.probes`). The fix sets the number and builds the index anew beside writers.
    ///
    /// **False positives.** A number that was found by measuring what searches miss.
    ///
    /// ```sql,silent
    /// create table items (id int primary key, embedding real[]);
    /// create index on items using gin (embedding);
    /// ```
    "I-14" "vector_lists" Info "Vector index whose lists do not fit"
    on [Postgres] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        let mut vectors = table.indexes().iter().filter(|index| index.method.as_deref() == Some("ivfflat")).peekable();
        if vectors.peek().is_none() {
            continue;
        }
        let Some(rows) = table.row().estimated_rows.value().copied().flatten() else {
            found.unseen(Reason::Unready(format!("the rows of {} were never counted", table.row().name)));
            continue;
        };
        for index in vectors.filter(|_| rows >= ROWS) {
            let Some(definition) = index.definition.value() else {
                found.unseen(Reason::NotLoaded("definitions of indexes".to_owned()));
                continue;
            };
            let set = lists(context, definition);
            let (lists, wanted) = (set.unwrap_or(USUAL).max(1), wanted(rows));
            if lists <= wanted.saturating_mul(OFF) && wanted <= lists.saturating_mul(OFF) {
                continue;
            }
            let message =
                format!("{} has {lists} lists for about {rows} rows, where {wanted} are advised.", index.name);
            let path = context.path(table.schema(), &index.name);
            let anew = format!("REINDEX INDEX CONCURRENTLY {path};");
            let back = match set {
                Some(lists) => format!("ALTER INDEX {path} SET (lists = {lists});"),
                None => format!("ALTER INDEX {path} RESET (lists);"),
            };
            let fix = Fix::new(format!("ALTER INDEX {path} SET (lists = {wanted});\n{anew}"))
                .undo(format!("{back}\n{anew}"))
                .lock(Lock::ShareUpdateExclusive)
                .outside_transactions();
            found.add(Object::part(table, ObjectType::Index, &index.name), message).fix(fix);
        }
    }
    Ok(())
}

fn wanted(rows: i64) -> i64 {
    if rows <= MANY { rows / 1000 } else { rows.isqrt() }
}

/// The number after `lists =` in what follows WITH.
fn lists(context: &Context<'_>, definition: &str) -> Option<i64> {
    let tokens = tokens::meaning(definition, context.dialect());
    let with = tokens.iter().position(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case("with"))?;
    let after = tokens.get(with..)?;
    let name = after.iter().position(|(_, text)| text.trim_matches('"').eq_ignore_ascii_case("lists"))?;
    after.get(name + 2)?.1.trim_matches('\'').parse().ok()
}
