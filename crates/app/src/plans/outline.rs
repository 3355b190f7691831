//! A plan as lines of text: what the terminal prints, and what is copied to be sent to somebody.

use std::fmt::Write as _;

use crate::api::*;

/// Deeper than this the indentation grows no more: a plan of thousands of levels must stay linear.
const DEEPEST: usize = 60;

/// Nanoseconds for a person: `0.012 ms`, `12.3 ms`, `1,880 ms`.
pub(crate) fn milliseconds(ns: u64) -> String {
    let us = ns / 1_000;
    match ns {
        0..=9_999_999 => format!("{}.{:03} ms", us / 1_000, us % 1_000),
        10_000_000..=99_999_999 => format!("{}.{} ms", us / 1_000, (us % 1_000) / 100),
        _ => {
            let digits = (ns / 1_000_000).to_string();
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            format!("{grouped} ms")
        }
    }
}

/// The plan as text.
pub(crate) fn outline(explained: &ExplainedPlan) -> String {
    let plan = &explained.plan;
    let mut text = String::new();
    if plan.nodes.is_empty() {
        text.push_str(&plan.raw);
        text.push('\n');
    }
    for node in &plan.nodes {
        let indent = "  ".repeat((node.depth as usize).min(DEEPEST));
        let arrow = if node.depth == 0 { "" } else { "-> " };
        let role = node.role.as_deref().map(|role| format!("[{role}] ")).unwrap_or_default();
        let summary = node.summary.as_deref().map(|summary| format!("  {summary}")).unwrap_or_default();
        let _ = writeln!(text, "{indent}{arrow}{role}{}{summary}", node.title);
        let mut said = Vec::new();
        if let Some(actual) = &node.actual {
            if actual.never {
                said.push("never run".to_owned());
            } else {
                said.extend(node.own_ns.map(|own| format!("own {}", milliseconds(own))));
                said.extend(node.total_ns.map(|total| format!("total {}", milliseconds(total))));
                let estimated = node.estimated_rows.as_deref().unwrap_or("?");
                if let Some(rows) = &actual.rows {
                    said.push(format!("rows {rows} of {estimated} expected"));
                }
                if let Some(off) = node.off.as_ref().filter(|off| off.words != "close") {
                    let mark = if off.weight == PlanWeight::Far { "!! " } else { "" };
                    said.push(format!("{mark}{}", off.words));
                }
                said.extend(
                    actual.loops.as_deref().filter(|loops| *loops != "1").map(|loops| format!("{loops} loops")),
                );
            }
        } else {
            said.extend(node.estimated_rows.as_deref().map(|rows| format!("rows {rows} expected")));
        }
        said.extend(match (&node.startup_cost, &node.total_cost) {
            (Some(first), Some(all)) => Some(format!("cost {first}..{all}")),
            (None, Some(all)) => Some(format!("cost {all}")),
            _ => None,
        });
        if !said.is_empty() {
            let _ = writeln!(text, "{indent}   {}", said.join(", "));
        }
        for condition in &node.conditions {
            let _ = writeln!(text, "{indent}   {}: {}", condition.name, condition.text);
        }
    }
    for (name, ns) in [("Planning time", plan.planning_ns), ("Execution time", plan.execution_ns)] {
        if let Some(ns) = ns {
            let _ = writeln!(text, "{name}: {}", milliseconds(ns));
        }
    }
    for fact in &plan.facts {
        let _ = writeln!(text, "{}: {}", fact.name, fact.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn times_are_as_short_as_they_can_be_told_apart() {
        let told = [0, 999, 12_345, 1_234_567, 12_345_678, 1_880_400_000].map(milliseconds);
        assert_eq!(told, ["0.000 ms", "0.000 ms", "0.012 ms", "1.234 ms", "12.3 ms", "1,880 ms"]);
    }
}
