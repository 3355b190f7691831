//! Plans: asked for by `explain` before a statement, and read from the server's document as tolerantly as it varies between
//! versions and engines. The answer is read as Extended JSON, which the document of the result prints as.

use driver::{
    Code, DocumentForm, Error, Explain, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo,
    documents::TextStyle,
    plan::{Actual, PlanForm, PlanNode, PlanText, nanoseconds},
};

use crate::{
    bson::{self, Element, kind},
    documents::{BsonForm, print},
};

/// Nodes of one plan at most.
const MOST_NODES: usize = 2000;

/// Reads plans.
pub(crate) struct Explaining;

impl Explain for Explaining {
    fn measures(&self) -> bool {
        true
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error> {
        Ok(match options.analyze {
            true => ExplainQuestion::new("explain executionStats ", statement, "executionStats", options),
            false => ExplainQuestion::new("explain ", statement, "queryPlanner", options),
        })
    }

    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error> {
        let text = rows.first().and_then(|row| row.first()).and_then(Option::as_deref);
        let text = text.ok_or_else(|| Error::new(Code::Corrupt, "The server gave no plan."))?;
        let answer = BsonForm
            .parse(text)
            .map_err(|error| Error::new(Code::Corrupt, "The plan could not be read.").with_source(error))?;
        Ok(read(&answer, question.options.analyze))
    }

    /// Nothing has to be undone: a write that is explained is only planned and counted, by every server.
    fn undo(&self, transaction: Transaction) -> Option<Undo> {
        Some(Undo { before: Vec::new(), after: Vec::new(), inside: transaction == Transaction::Open })
    }

    fn not_undone(&self) -> &'static str {
        "Writes that are explained change nothing."
    }
}

fn name<'a>(document: &'a [u8], field: &str) -> Option<String> {
    let element: Element<'a> = bson::get(document, field)?;
    element.text().map(|text| text.into_owned())
}

/// The plan in an answer to `explain`.
fn read(answer: &[u8], measured: bool) -> Plan {
    let mut plan = Plan {
        raw: print(kind::DOCUMENT, answer, TextStyle::Relaxed, true),
        form: PlanForm::Json,
        measured,
        ..Plan::default()
    };
    // The stages of a pipeline: the last is the root, the first, which reads, the leaf.
    let stages = bson::get(answer, "stages").filter(|stages| stages.kind == kind::ARRAY);
    let stages = stages.as_ref().and_then(Element::document).and_then(|stages| bson::elements(stages).ok());
    let stages: Vec<&[u8]> =
        stages.into_iter().flatten().map_while(Result::ok).filter_map(|stage| stage.document()).collect();
    let mut parent = None;
    let mut source = answer;
    for stage in stages.iter().rev() {
        let Some(first) = bson::elements(stage).ok().and_then(|mut fields| fields.next()?.ok()) else { continue };
        if first.name == b"$cursor" {
            source = first.document().unwrap_or(answer);
            continue;
        }
        let mut node = PlanNode { parent, kind: first.name().into_owned(), ..PlanNode::default() };
        node.conditions.push(PlanText::new("Stage", print(first.kind, first.raw, TextStyle::Shell, false)));
        measure(&mut node, stage, measured);
        plan.nodes.push(node);
        parent = u32::try_from(plan.nodes.len() - 1).ok();
    }
    let namespace = bson::get_path(source, &["queryPlanner", "namespace"])
        .and_then(|name| name.text().map(|name| name.into_owned()));
    let stats = bson::get(source, "executionStats").filter(|_| measured);
    let stats = stats.as_ref().and_then(Element::document);
    let executed = stats.and_then(|stats| bson::get(stats, "executionStages")?.document());
    let planned = bson::get_path(source, &["queryPlanner", "winningPlan"]).and_then(|plan| plan.document());
    // Newer engines keep the tree that people read in `queryPlan`.
    let planned = planned.map(|plan| bson::get(plan, "queryPlan").and_then(|plan| plan.document()).unwrap_or(plan));
    let first = plan.nodes.len();
    if let Some(root) = executed.or(planned) {
        tree(&mut plan, root, parent, measured);
    }
    // What was run may be told of in less detail than what was planned.
    if let (Some(planned), Some(_)) = (planned, executed)
        && plan.nodes.iter().skip(first).all(|node| node.index.is_none() && node.conditions.is_empty())
    {
        let mut other = Plan::default();
        tree(&mut other, planned, None, false);
        for (node, planned) in plan.nodes.iter_mut().skip(first).zip(other.nodes) {
            if node.kind == planned.kind {
                (node.index, node.conditions, node.summary) = (planned.index, planned.conditions, planned.summary);
            }
        }
    }
    for shard in ["shards"] {
        if let Some(shards) = bson::get(answer, shard) {
            plan.facts.push(PlanText::new("Shards", print(shards.kind, shards.raw, TextStyle::Shell, false)));
        }
    }
    if let Some(namespace) = &namespace {
        let (schema, relation) = namespace.split_once('.').unwrap_or(("", namespace));
        for node in plan.nodes.iter_mut().filter(|node| is_reading(&node.kind)) {
            node.relation = Some(relation.to_owned());
            node.schema = Some(schema.to_owned()).filter(|schema| !schema.is_empty());
        }
    }
    if let Some(stats) = stats {
        for (field, label) in [
            ("nReturned", "Returned"),
            ("totalKeysExamined", "Keys examined"),
            ("totalDocsExamined", "Documents examined"),
        ] {
            if let Some(count) = bson::get(stats, field).and_then(|count| count.integer()) {
                plan.facts.push(PlanText::new(label, count.to_string()));
            }
        }
        let took = bson::get(stats, "executionTimeMillis").and_then(|time| time.integer());
        plan.execution_ns = took.and_then(|ms| nanoseconds(&ms.to_string(), 1.0));
    }
    plan.settle(&[]);
    plan
}

/// Whether a stage reads a collection itself.
fn is_reading(kind: &str) -> bool {
    [
        "COLLSCAN",
        "FETCH",
        "IXSCAN",
        "IDHACK",
        "EXPRESS",
        "COUNT_SCAN",
        "DISTINCT_SCAN",
        "TEXT",
        "GEO_NEAR",
        "CLUSTERED_IXSCAN",
    ]
    .iter()
    .any(|reading| kind.starts_with(reading))
        || kind.eq_ignore_ascii_case("scan")
        || kind.eq_ignore_ascii_case("ixseek")
}

/// A stage and those below it.
fn tree(plan: &mut Plan, root: &[u8], parent: Option<u32>, measured: bool) {
    let mut open = vec![(root.to_vec(), parent)];
    while let Some((stage, parent)) = open.pop() {
        if plan.nodes.len() >= MOST_NODES {
            return;
        }
        let mut node = PlanNode {
            parent,
            kind: name(&stage, "stage").unwrap_or_else(|| "(unknown)".to_owned()),
            ..PlanNode::default()
        };
        node.index = name(&stage, "indexName");
        let mut below = Vec::new();
        for field in bson::elements(&stage).into_iter().flatten().map_while(Result::ok) {
            let label = field.name();
            match (label.as_ref(), field.document()) {
                ("inputStage" | "outerStage" | "innerStage" | "thenStage" | "elseStage" | "queryPlan", Some(inner)) => {
                    below.push(inner.to_vec())
                }
                ("inputStages" | "shards", Some(all)) => {
                    let inner = bson::elements(all).into_iter().flatten().map_while(Result::ok);
                    below.extend(inner.filter_map(|one| one.document().map(<[u8]>::to_vec)));
                }
                ("stage", _) => {}
                (text, _) => {
                    let shown = PlanText::new(text, print(field.kind, field.raw, TextStyle::Shell, false));
                    if matches!(
                        text,
                        "filter"
                            | "indexBounds"
                            | "sortPattern"
                            | "keyPattern"
                            | "limitAmount"
                            | "skipAmount"
                            | "transformBy"
                    ) {
                        node.conditions.push(shown.clone());
                    }
                    node.properties.push(shown);
                }
            }
        }
        node.summary = node.index.as_ref().map(|index| format!("using {index}"));
        measure(&mut node, &stage, measured);
        plan.nodes.push(node);
        let own = u32::try_from(plan.nodes.len() - 1).ok();
        open.extend(below.into_iter().rev().map(|stage| (stage, own)));
    }
}

fn measure(node: &mut PlanNode, stage: &[u8], measured: bool) {
    let number = |name: &str| bson::get(stage, name).and_then(|field| field.integer());
    let Some(rows) = number("nReturned").or_else(|| number("advanced")).filter(|_| measured) else { return };
    let took = number("executionTimeMillisEstimate");
    node.total_ns = took.and_then(|ms| nanoseconds(&ms.to_string(), 1.0));
    node.actual = Some(Actual {
        rows: Some(rows.to_string()),
        loops: Some("1".to_owned()),
        total_ms: took.map(|ms| ms.to_string()),
        stopped_early: number("isEOF") == Some(0),
        ..Actual::default()
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plan(text: &str, measured: bool) -> Plan {
        read(&BsonForm.parse(text).unwrap(), measured)
    }

    #[test]
    fn stages_indexes_and_counts_are_told() {
        let plan = plan(
            "{queryPlanner: {namespace: 'shop.orders', winningPlan: {stage: 'FETCH', filter: {b: 1}, inputStage: {stage: 'IXSCAN', \
             indexName: 'a_1', keyPattern: {a: 1}}}}, executionStats: {nReturned: 3, executionTimeMillis: 7, totalKeysExamined: 9, \
             totalDocsExamined: 9, executionStages: {stage: 'FETCH', nReturned: 3, executionTimeMillisEstimate: 6, inputStage: \
             {stage: 'IXSCAN', nReturned: 9, executionTimeMillisEstimate: 2, indexName: 'a_1', indexBounds: {a: ['[1, 1]']}}}}}",
            true,
        );
        let nodes: Vec<_> =
            plan.nodes.iter().map(|node| (node.kind.as_str(), node.parent, node.index.as_deref())).collect();
        assert_eq!(nodes, [("FETCH", None, None), ("IXSCAN", Some(0), Some("a_1"))]);
        assert_eq!(plan.nodes[0].relation.as_deref(), Some("orders"));
        assert_eq!(plan.nodes[0].own_ns, Some(4_000_000));
        assert_eq!(plan.nodes[1].actual.as_ref().unwrap().rows.as_deref(), Some("9"));
        assert_eq!(plan.execution_ns, Some(7_000_000));
    }

    #[test]
    fn pipelines_stand_above_what_they_read() {
        let plan = plan(
            "{stages: [{$cursor: {queryPlanner: {namespace: 's.c', winningPlan: {queryPlan: {stage: 'COLLSCAN'}, slotBasedPlan: {}}}}}, \
             {$group: {_id: '$a'}}, {$sort: {sortKey: {a: 1}}}]}",
            false,
        );
        let kinds: Vec<_> = plan.nodes.iter().map(|node| (node.kind.as_str(), node.parent)).collect();
        assert_eq!(kinds, [("$sort", None), ("$group", Some(0)), ("COLLSCAN", Some(1))]);
    }

    #[test]
    fn what_is_no_plan_is_kept_as_it_is() {
        for text in [
            "{}",
            "{queryPlanner: 1, stages: [1, {}], executionStats: []}",
            "{queryPlanner: {winningPlan: {inputStage: {}}}}",
        ] {
            assert!(plan(text, true).raw.starts_with('{'), "{text}");
        }
        let question = Explaining.ask("db.c.find()", ExplainOptions { analyze: true }).unwrap();
        assert_eq!(&*question.text, "explain executionStats db.c.find()");
        assert_eq!(Explaining.read(&question, &[]).unwrap_err().code, Code::Corrupt);
        assert_eq!(Explaining.read(&question, &[vec![Some("x".into())]]).unwrap_err().code, Code::Corrupt);
    }
}
