//! Plans: `EXPLAIN` in JSON with what this version can tell; in lines where a server only speaks the protocol.

mod charge;
mod read;
mod words;

use driver::{
    Code, Error, ExpectedRows, Explain, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo,
    plan::{PlanForm, PlanText},
};

/// What `EXPLAIN` can be asked for here.
pub(crate) struct Explaining {
    version: u32,
    /// Whether it answers in JSON and measures: Redshift and CockroachDB do neither as PostgreSQL does.
    json: bool,
}

impl Explaining {
    pub(crate) fn new(product: &str, version: u32) -> Self {
        Explaining { version, json: !matches!(product, "CockroachDB" | "Redshift") }
    }

    fn options(&self, analyze: bool) -> Vec<&'static str> {
        let mut options = Vec::new();
        if analyze {
            options.extend(["ANALYZE", "BUFFERS"]);
            if self.version >= 130_000 {
                options.push("WAL");
            }
        }
        options.push("VERBOSE");
        if self.version >= 120_000 {
            options.push("SETTINGS");
        }
        if self.version >= 170_000 {
            options.push("MEMORY");
        }
        if !analyze {
            // How long planning took.
            options.push("SUMMARY");
        }
        options
    }
}

impl Explain for Explaining {
    fn measures(&self) -> bool {
        self.json
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error> {
        if !self.json {
            return match options.analyze {
                true => Err(Error::new(Code::Unsupported, "What this server measures is not read by Rowhouse.")
                    .with_hint("Explain it without running it.")),
                false => Ok(ExplainQuestion::new("EXPLAIN ", statement, "", options)),
            };
        }
        let words = self.options(options.analyze).join(", ");
        Ok(ExplainQuestion::new(&format!("EXPLAIN ({words}, FORMAT JSON) "), statement, words, options))
    }

    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error> {
        let lines: Vec<&str> = rows.iter().filter_map(|row| row.first().and_then(Option::as_deref)).collect();
        let raw = lines.join("\n");
        if self.json {
            return read::plan(raw, question.options.analyze);
        }
        Ok(Plan { raw, form: PlanForm::Text, page_bytes: read::PAGE, ..Plan::default() })
    }

    fn undo(&self, transaction: Transaction) -> Option<Undo> {
        if self.json { Undo::standard(transaction) } else { None }
    }

    fn not_undone(&self) -> &'static str {
        "Sequences that it moved on stay where they are, and what functions do outside of the database stays done."
    }

    /// The rows of what feeds the node that writes: it has none of its own without `RETURNING`.
    fn changes(&self, plan: &Plan) -> Option<ExpectedRows> {
        let root = plan.nodes.first()?;
        if !["Update", "Delete", "Insert", "Merge"].contains(&root.kind.as_str()) {
            return None;
        }
        // Plans of subqueries have names.
        let feeds = plan.nodes.iter().filter(|node| node.parent == Some(0) && node.role.is_none());
        let rows = feeds.map(|node| node.estimate.rows.as_deref()?.parse::<f64>().ok());
        let rows = rows.sum::<Option<f64>>()?;
        (0.0..1e18).contains(&rows).then(|| ExpectedRows::About(rows.round() as u64))
    }
}

/// A text of this name, where there is one.
fn text<'t>(texts: &'t [PlanText], name: &str) -> Option<&'t str> {
    texts.iter().find(|text| text.name == name).map(|text| text.text.as_str())
}

#[cfg(test)]
mod tests;
