//! Plans: `SET SHOWPLAN_XML` plans without running, `SET STATISTICS XML` runs and measures. Both are modes of a session that stand
//! alone in their batches, and the batch between them is the one that was typed.

mod counters;
mod showplan;
mod words;

use driver::{
    Error, ExpectedRows, Explain, ExplainMode, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo, plan::number,
};

/// What both modes call their column, whatever the server's version.
const COLUMN: &str = "Microsoft SQL Server 2005 XML Showplan";

const PLANNED: ExplainMode = ExplainMode { on: "SET SHOWPLAN_XML ON", off: "SET SHOWPLAN_XML OFF", column: COLUMN };
const MEASURED: ExplainMode =
    ExplainMode { on: "SET STATISTICS XML ON", off: "SET STATISTICS XML OFF", column: COLUMN };

/// Asks for plans. It takes the right `SHOWPLAN` in every database that a batch touches; the server says so where it is missing.
pub(crate) struct Explaining;

impl Explain for Explaining {
    fn measures(&self) -> bool {
        true
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error> {
        let (mode, words) = if options.analyze { (MEASURED, "STATISTICS XML") } else { (PLANNED, "SHOWPLAN_XML") };
        Ok(ExplainQuestion::in_mode(mode, statement, words, options))
    }

    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error> {
        let texts: Vec<&str> = rows.iter().filter_map(|row| row.first().and_then(Option::as_deref)).collect();
        showplan::read(&texts, question.options.analyze)
    }

    fn undo(&self, transaction: Transaction) -> Option<Undo> {
        Undo::transact(transaction)
    }

    fn not_undone(&self) -> &'static str {
        "IDENTITY values and sequences that it moved on stay where they are."
    }

    fn changes(&self, plan: &Plan) -> Option<ExpectedRows> {
        let change = plan
            .nodes
            .iter()
            .find(|node| ["Insert", "Update", "Delete", "Merge"].iter().any(|word| node.kind.ends_with(word)))?;
        let rows = change.estimate.rows.as_deref().and_then(number)?;
        (0.0..1e18).contains(&rows).then(|| ExpectedRows::About(rows.round() as u64))
    }
}

#[cfg(test)]
mod tests;
