//! Plans: MariaDB's and MySQL's JSON, and the lines in which MySQL says what it measured.

mod lines;
mod tree;
mod words;

use driver::{Code, Error, ExpectedRows, Explain, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo};

/// The first MySQL that measures.
const MEASURES: u32 = 80_018;

/// What `EXPLAIN` can be asked for here.
pub(crate) struct Explaining {
    mariadb: bool,
    version: u32,
}

impl Explaining {
    pub(crate) fn new(mariadb: bool, version: u32) -> Self {
        Explaining { mariadb, version }
    }
}

impl Explain for Explaining {
    fn measures(&self) -> bool {
        self.mariadb || self.version >= MEASURES
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error> {
        let (prefix, words) = match (options.analyze, self.mariadb) {
            (false, _) => ("EXPLAIN FORMAT=JSON ", "FORMAT=JSON"),
            (true, true) => ("ANALYZE FORMAT=JSON ", "ANALYZE, FORMAT=JSON"),
            (true, false) if self.measures() => ("EXPLAIN ANALYZE ", "ANALYZE"),
            (true, false) => {
                return Err(Error::new(
                    Code::Unsupported,
                    "This MySQL does not measure statements; 8.0.18 and later do.",
                )
                .with_hint("Explain it without running it."));
            }
        };
        Ok(ExplainQuestion::new(prefix, statement, words, options))
    }

    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error> {
        let texts: Vec<&str> = rows.iter().filter_map(|row| row.first().and_then(Option::as_deref)).collect();
        let raw = texts.join("\n");
        if raw.trim_start().starts_with('{') { tree::plan(raw, question.options.analyze) } else { Ok(lines::plan(raw)) }
    }

    fn undo(&self, transaction: Transaction) -> Option<Undo> {
        if self.measures() { Undo::standard(transaction) } else { None }
    }

    fn not_undone(&self) -> &'static str {
        "AUTO_INCREMENT counters that it moved on stay where they are, and what triggers did to tables without transactions \
         stays done."
    }

    /// The rows of the first table that is looked at: what passes the conditions is not told apart from it.
    fn changes(&self, plan: &Plan) -> Option<ExpectedRows> {
        let rows = plan.nodes.iter().find_map(|node| node.estimate.rows.as_deref())?.parse::<f64>().ok()?;
        (0.0..1e18).contains(&rows).then(|| ExpectedRows::AtMost(rows.round() as u64))
    }
}

#[cfg(test)]
mod tests;
