//! What a server does most, and what takes room for nothing: sections beside the rules, which say nothing of right and wrong.

use advisor::Engine;
use catalog::{
    Told,
    facts::{Bloat, Facts, StatementUse},
};

use crate::api::{AdvisorBloat, AdvisorBloated, AdvisorSlow, AdvisorStatement, PolicyOn};

/// Statements and tables that a terminal shows.
const SHOWN: usize = 10;
/// Letters of a statement that a terminal shows.
const LETTERS: usize = 100;

fn sentence(reason: &str) -> String {
    let mut letters = reason.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn told<T, R>(told: &Told<Vec<T>>, one: impl Fn(&T) -> R) -> (Vec<R>, Option<String>) {
    match told {
        Told::Known(rows) => (rows.iter().map(one).collect(), None),
        Told::NotEvaluated(reason) => (Vec::new(), Some(sentence(reason))),
    }
}

/// The statements that took longest; `None` where the engine counts none.
pub(super) fn slow(facts: &Facts) -> Option<AdvisorSlow> {
    let one = |one: &StatementUse| AdvisorStatement {
        query: one.query.clone(),
        role: one.role.clone(),
        calls: one.calls,
        total_ms: one.total_ms,
        mean_ms: one.mean_ms,
        rows: one.rows,
    };
    let (rows, reason) = told(&facts.statements, one);
    (facts.engine != Engine::Sqlite).then_some(AdvisorSlow { rows, reason })
}

/// What would be smaller if it were written anew; `None` where the engine does not tell.
pub(super) fn bloat(facts: &Facts) -> Option<AdvisorBloat> {
    let one = |one: &Bloat| AdvisorBloated {
        on: PolicyOn { schema: one.schema.clone(), table: one.table.clone() },
        index: one.index.clone(),
        size_bytes: one.bytes,
        wasted_bytes: one.wasted_bytes,
        live_rows: one.live_rows,
        dead_rows: one.dead_rows,
        last_vacuum_ms: one.last_vacuum_ms,
    };
    let (rows, reason) = told(&facts.bloat, one);
    (facts.engine != Engine::Sqlite).then_some(AdvisorBloat { rows, reason })
}

/// Both as lines for people.
pub(super) fn lines(facts: &Facts) -> String {
    let mut text = String::new();
    if let Some(slow) = slow(facts) {
        text.push_str("\nSlowest statements\n");
        match slow.reason {
            Some(reason) => text.push_str(&format!("  not evaluated: {reason}\n")),
            None if slow.rows.is_empty() => text.push_str("  none\n"),
            None => text.push_str(&format!(
                "  {:>12} {:>12} {:>10} {:>10}  statement\n",
                "total ms", "mean ms", "calls", "rows"
            )),
        }
        for one in slow.rows.iter().take(SHOWN) {
            let AdvisorStatement { total_ms, mean_ms, calls, rows, .. } = one;
            let query = one_line(&one.query);
            text.push_str(&format!("  {total_ms:>12.1} {mean_ms:>12.2} {calls:>10} {rows:>10}  {query}\n"));
        }
    }
    if let Some(bloat) = bloat(facts) {
        text.push_str("\nRoom that is wasted (estimated)\n");
        match bloat.reason {
            Some(reason) => text.push_str(&format!("  not evaluated: {reason}\n")),
            None if bloat.rows.is_empty() => text.push_str("  none\n"),
            None => text
                .push_str(&format!("  {:>14} {:>14} {:>12}  table or index\n", "wasted bytes", "bytes", "dead rows")),
        }
        for one in bloat.rows.iter().take(SHOWN) {
            let wasted = one.wasted_bytes.map_or_else(|| "not known".to_owned(), |bytes| bytes.to_string());
            let name = one_line(&match &one.index {
                Some(index) => format!("{}.{}, index {index}", one.on.schema, one.on.table),
                None => format!("{}.{}", one.on.schema, one.on.table),
            });
            text.push_str(&format!("  {wasted:>14} {:>14} {:>12}  {name}\n", one.size_bytes, one.dead_rows));
        }
    }
    text
}

/// On one line, cut, and without signs that a terminal obeys.
fn one_line(text: &str) -> String {
    let words =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LETTERS) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or(&line)),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sections_say_rows_or_why_not_and_never_a_zero_for_what_is_not_known() {
        let mut facts = Facts::of(Engine::Postgres);
        facts.statements = Told::NotEvaluated("the extension pg_stat_statements is not installed".to_owned());
        facts.bloat = Told::Known(vec![Bloat {
            schema: "app".to_owned(),
            table: "documents".to_owned(),
            bytes: 8192,
            dead_rows: 3,
            ..Bloat::default()
        }]);
        assert_eq!(slow(&facts).unwrap().reason.as_deref(), Some("The extension pg_stat_statements is not installed."));
        let text = lines(&facts);
        assert!(text.contains("not evaluated: The extension"), "{text}");
        assert!(text.contains("not known           8192            3  app.documents"), "{text}");
        facts.statements = Told::Known(vec![StatementUse {
            query: format!("select\n\u{1b}[2J {}", "x".repeat(200)),
            calls: 2,
            total_ms: 10.0,
            mean_ms: 5.0,
            ..StatementUse::default()
        }]);
        let text = lines(&facts);
        let line = text.lines().find(|line| line.contains("select")).unwrap();
        assert!(line.contains("10.0") && line.ends_with('…') && !line.contains('\u{1b}'), "{line}");
        let none = Facts::of(Engine::Sqlite);
        assert_eq!((slow(&none), bloat(&none), lines(&none)), (None, None, String::new()));
    }
}
