//! Plans: `EXPLAIN QUERY PLAN`. SQLite neither estimates rows for a person nor measures.

use std::collections::HashMap;

use driver::{
    Code, Error, Explain, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo,
    plan::{PlanForm, PlanNode, PlanText},
};

/// SQLite's way to explain.
pub(crate) struct Explaining;

impl Explain for Explaining {
    fn measures(&self) -> bool {
        false
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error> {
        if options.analyze {
            return Err(Error::new(Code::Unsupported, "SQLite does not measure the steps of a statement.")
                .with_hint("Explain it without running it."));
        }
        Ok(ExplainQuestion::new("EXPLAIN QUERY PLAN ", statement, "QUERY PLAN", options))
    }

    fn read(&self, _question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error> {
        let mut plan = Plan { form: PlanForm::Text, page_bytes: 4096, ..Plan::default() };
        let mut places: HashMap<&str, u32> = HashMap::new();
        for row in rows {
            let cell = |at: usize| row.get(at).and_then(Option::as_deref).unwrap_or("");
            let place = u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX);
            plan.nodes.push(PlanNode { parent: places.get(cell(1)).copied(), ..node(cell(3)) });
            places.insert(cell(0), place);
        }
        if plan.nodes.is_empty() {
            let words = "SQLite lists no step for this statement: it reads no table.";
            plan.facts.push(PlanText::new("Steps", words));
        }
        plan.raw = drawn(&plan);
        Ok(plan)
    }

    fn undo(&self, _transaction: Transaction) -> Option<Undo> {
        None
    }

    fn not_undone(&self) -> &'static str {
        ""
    }
}

/// What a step is called that is more than one word.
const KINDS: [&str; 19] = [
    "USE TEMP B-TREE FOR",
    "CORRELATED SCALAR SUBQUERY",
    "CORRELATED LIST SUBQUERY",
    "REUSE LIST SUBQUERY",
    "SCALAR SUBQUERY",
    "LIST SUBQUERY",
    "LEFT-MOST SUBQUERY",
    "COMPOUND QUERY",
    "MULTI-INDEX OR",
    "UNION USING TEMP B-TREE",
    "EXCEPT USING TEMP B-TREE",
    "INTERSECT USING TEMP B-TREE",
    "UNION ALL",
    "RECURSIVE STEP",
    "SCAN CONSTANT ROW",
    "BLOOM FILTER ON",
    "MERGE (",
    "CO-ROUTINE",
    "RIGHT-JOIN",
];

fn node(detail: &str) -> PlanNode {
    let phrase = KINDS.iter().find(|kind| detail.starts_with(**kind)).map(|kind| kind.trim_end_matches(" ("));
    let kind = phrase.unwrap_or_else(|| detail.split(' ').next().unwrap_or(detail));
    let rest = detail.get(kind.len()..).unwrap_or("").trim();
    let named = matches!(kind, "SCAN" | "SEARCH" | "BLOOM FILTER ON" | "RIGHT-JOIN");
    // Up to 3.35: `SCAN TABLE t AS x`.
    let rest = rest.strip_prefix("TABLE ").filter(|_| named).unwrap_or(rest);
    let (name, how) = match rest.find(" USING ").or_else(|| rest.find(" VIRTUAL ")).or_else(|| rest.find(" (")) {
        Some(at) => rest.split_at_checked(at).unwrap_or((rest, "")),
        None => (rest, ""),
    };
    let (relation, alias) = match name.split_once(" AS ") {
        Some((relation, alias)) => (relation, Some(alias.to_owned())),
        None => (name, None),
    };
    // A schema that was written is printed before the name; others cannot be told from a dot in a name.
    let schema = ["main", "temp"]
        .into_iter()
        .find(|schema| named && relation.strip_prefix(schema).is_some_and(|rest| rest.starts_with('.')));
    let relation = schema.and_then(|schema| relation.get(schema.len() + 1..)).unwrap_or(relation);
    let constants = named && relation.ends_with("CONSTANT ROWS");
    let index = how.split_once("INDEX ").map(|(_, after)| after.split(" (").next().unwrap_or(after).to_owned());
    let condition = how.rfind(" (").and_then(|at| how.get(at + 2..)).map(|text| text.trim_end_matches(')'));
    let own = named && !constants && !relation.is_empty();
    let summary = if own { how.trim() } else { rest };
    PlanNode {
        kind: if kind.is_empty() { "STEP".to_owned() } else { kind.to_owned() },
        schema: schema.map(str::to_owned),
        relation: own.then(|| relation.to_owned()),
        alias,
        index: index.filter(|_| own && !how.contains("VIRTUAL")),
        summary: Some(summary.to_owned()).filter(|summary| !summary.is_empty()),
        conditions: condition.map(|text| PlanText::new("Constraint", text)).into_iter().collect(),
        properties: vec![PlanText::new("Detail", detail)],
        ..PlanNode::default()
    }
}

/// The tree as SQLite's own shell draws it.
fn drawn(plan: &Plan) -> String {
    let mut text = "QUERY PLAN".to_owned();
    let last: Vec<bool> = (0..plan.nodes.len())
        .map(|place| {
            let parent = plan.nodes.get(place).and_then(|node| node.parent);
            !plan.nodes.iter().skip(place + 1).any(|node| node.parent == parent)
        })
        .collect();
    for (place, node) in plan.nodes.iter().enumerate() {
        let mut marks = Vec::new();
        let mut above = node.parent;
        while let Some(parent) = above {
            marks.push(if last.get(parent as usize) == Some(&true) { "   " } else { "|  " });
            above = plan.nodes.get(parent as usize).and_then(|node| node.parent);
        }
        text.push('\n');
        marks.iter().rev().for_each(|mark| text.push_str(mark));
        text.push_str(if last.get(place) == Some(&true) { "`--" } else { "|--" });
        text.push_str(node.properties.first().map_or("", |detail| detail.text.as_str()));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use driver::{Explain, ExplainOptions};

    use super::Explaining;

    fn read(rows: &[(u32, u32, &str)]) -> driver::Plan {
        let question = Explaining.ask("select 1", ExplainOptions::default()).unwrap();
        let rows: Vec<Vec<Option<String>>> = rows
            .iter()
            .map(|(id, parent, detail)| {
                [id.to_string(), parent.to_string(), "0".to_owned(), (*detail).to_owned()].map(Some).to_vec()
            })
            .collect();
        Explaining.read(&question, &rows).unwrap()
    }

    #[test]
    fn steps_become_nodes_and_are_drawn_as_the_shell_draws_them() {
        let plan = read(&[
            (2, 0, "MATERIALIZE recent"),
            (5, 2, "SEARCH orders USING INDEX orders_placed (placed>?)"),
            (40, 0, "SCAN c"),
            (44, 0, "SEARCH o USING COVERING INDEX by customer (a=? AND b>?)"),
            (60, 0, "USE TEMP B-TREE FOR ORDER BY"),
        ]);
        let named = read(&[(1, 0, "SCAN main.paged \"table\".x")]);
        assert_eq!(named.nodes[0].relation.as_deref(), Some("paged \"table\".x"));
        assert_eq!(named.nodes[0].schema.as_deref(), Some("main"));
        assert_eq!(
            plan.raw,
            "QUERY PLAN\n|--MATERIALIZE recent\n|  `--SEARCH orders USING INDEX orders_placed (placed>?)\n|--SCAN c\n\
             |--SEARCH o USING COVERING INDEX by customer (a=? AND b>?)\n`--USE TEMP B-TREE FOR ORDER BY"
        );
        let search = &plan.nodes[1];
        assert_eq!((search.kind.as_str(), search.relation.as_deref()), ("SEARCH", Some("orders")));
        assert_eq!((search.index.as_deref(), search.parent), (Some("orders_placed"), Some(0)));
        assert_eq!(search.conditions[0].text, "placed>?");
        assert_eq!(plan.nodes[3].index.as_deref(), Some("by customer"));
        assert_eq!(plan.nodes[4].kind, "USE TEMP B-TREE FOR");
        assert_eq!(plan.nodes[4].summary.as_deref(), Some("ORDER BY"));
        assert_eq!(plan.nodes[4].relation, None);
    }

    #[test]
    fn a_statement_without_steps_says_so() {
        let plan = read(&[]);
        assert!(plan.nodes.is_empty());
        assert!(plan.facts[0].text.contains("reads no table"));
    }

    #[test]
    fn it_does_not_measure_and_says_so() {
        assert!(Explaining.ask("select 1", ExplainOptions { analyze: true }).is_err());
        assert!(Explaining.undo(driver::Transaction::Idle).is_none());
    }

    #[test]
    fn nothing_that_comes_back_can_break_the_reader() {
        for detail in
            ["", " ", "SCAN", "SCAN ", "MERGE (UNION ALL)", "SEARCH é USING INDEX ü", "MERGE (", "SCAN 2 CONSTANT ROWS"]
        {
            read(&[(1, 1, detail), (1, 7, detail)]);
        }
    }
}
