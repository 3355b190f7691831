//! From the lines of MySQL's `EXPLAIN ANALYZE` to the tree: `-> Table scan on t  (cost=1 rows=2) (actual time=… rows=… loops=…)`.

use driver::{
    Plan,
    plan::{Actual, Estimate, PlanForm, PlanNode, PlanText, nanoseconds, number},
};

pub(super) fn plan(raw: String) -> Plan {
    let mut plan = Plan { form: PlanForm::Text, page_bytes: 16_384, measured: true, ..Plan::default() };
    // Every node with its indentation and its line; a line that begins none goes on with the one before.
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in raw.lines() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("-> "), found.last_mut()) {
            (Some(text), _) => found.push((indent, text.to_owned())),
            (None, Some((_, text))) => {
                text.push(' ');
                text.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (indent, text) in found {
        while open.last().is_some_and(|(before, _)| *before >= indent) {
            open.pop();
        }
        let place = u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX);
        plan.nodes.push(PlanNode { parent: open.last().map(|(_, place)| *place), ..node(&text) });
        open.push((indent, place));
    }
    plan.execution_ns = plan.nodes.first().and_then(|root| root.total_ns);
    plan.settle(&[]);
    plan.raw = raw;
    plan
}

/// What stands between two marks.
fn between<'t>(text: &'t str, from: &str, to: char) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(found, _)| found)
}

/// The value of `key=` in a list of words.
fn value<'t>(list: &'t str, key: &str) -> Option<&'t str> {
    list.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn node(text: &str) -> PlanNode {
    let cut = ["  (cost=", "  (actual ", "  (never ", " (actual ", " (never "]
        .into_iter()
        .filter_map(|mark| text.find(mark))
        .min()
        .unwrap_or(text.len());
    let (what, numbers) = text.split_at_checked(cut).unwrap_or((text, ""));
    let what = what.trim();
    let end =
        [": ", " on ", " (", " using "].into_iter().filter_map(|mark| what.find(mark)).min().unwrap_or(what.len());
    let (kind, rest) = what.split_at_checked(end).unwrap_or((what, ""));
    let word = |mark: &str| {
        let (_, after) = rest.split_once(mark)?;
        after.split([' ', '(']).next().map(|name| name.trim_matches('`').to_owned()).filter(|name| !name.is_empty())
    };
    let estimated = between(numbers, "(cost=", ')').map(|list| format!("cost={list}"));
    let estimated = estimated.as_deref().unwrap_or("");
    let measured = between(numbers, "(actual ", ')').unwrap_or("");
    let cost = value(estimated, "cost").map(|cost| cost.split_once("..").unwrap_or(("", cost)));
    let never = numbers.contains("(never executed)");
    let time = value(measured, "time").and_then(|time| time.split_once(".."));
    let loops = value(measured, "loops").map(str::to_owned).or_else(|| never.then(|| "0".to_owned()));
    let times = loops.as_deref().and_then(number).unwrap_or(1.0);
    let summary = rest.trim_start_matches([':', ' ']).to_owned();
    PlanNode {
        kind: kind.to_owned(),
        relation: word(" on "),
        index: word(" using "),
        estimate: Estimate {
            rows: value(estimated, "rows").map(str::to_owned),
            width: None,
            startup_cost: cost.map(|(first, _)| first.to_owned()).filter(|first| !first.is_empty()),
            total_cost: cost.map(|(_, all)| all.to_owned()),
        },
        actual: loops.map(|loops| Actual {
            rows: value(measured, "rows").map(str::to_owned),
            loops: Some(loops),
            startup_ms: time.map(|(first, _)| first.to_owned()),
            total_ms: time.map(|(_, all)| all.to_owned()),
            processes: 1,
            stopped_early: false,
        }),
        total_ns: if never { Some(0) } else { time.and_then(|(_, all)| nanoseconds(all, times)) },
        summary: Some(summary).filter(|summary| !summary.is_empty() && word(" on ").as_ref() != Some(summary)),
        properties: vec![PlanText::new("Line", text)],
        ..PlanNode::default()
    }
}
