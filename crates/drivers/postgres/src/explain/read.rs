//! From PostgreSQL's JSON to the tree.

use driver::{
    Code, Error, Plan,
    json::Json,
    plan::{Actual, Estimate, Pages, PlanForm, PlanNode, PlanText, nanoseconds, number},
};

use super::{charge, words};

/// Bytes of a page, but for servers that were built otherwise.
pub(super) const PAGE: u32 = 8192;

/// A node that waits to be read.
struct Waiting {
    at: usize,
    parent: Option<u32>,
    processes: u32,
    cut: bool,
}

pub(super) fn plan(raw: String, analyze: bool) -> Result<Plan, Error> {
    let json = Json::read(&raw)?;
    let mut plan = Plan { form: PlanForm::Json, page_bytes: PAGE, measured: analyze, ..Plan::default() };
    // A rule may make several statements of one: each has its own plan.
    for whole in json.children(0) {
        match json.get(whole, "Plan") {
            Some(root) => nodes(&json, root, &mut plan),
            None => plan.facts.push(PlanText::new("Answer", json.line(whole))),
        }
        facts(&json, whole, &mut plan);
    }
    if plan.nodes.is_empty() && plan.facts.is_empty() {
        return Err(Error::new(Code::Corrupt, "The server's answer holds no plan."));
    }
    let charged = charge::charged(&plan);
    plan.settle(&charged);
    plan.raw = raw;
    Ok(plan)
}

fn facts(json: &Json, whole: usize, plan: &mut Plan) {
    for at in json.children(whole) {
        match json.key(at) {
            "Plan" => {}
            "Planning Time" => add(&mut plan.planning_ns, json.scalar(at)),
            "Execution Time" => add(&mut plan.execution_ns, json.scalar(at)),
            "Triggers" => {
                for trigger in json.children(at) {
                    let name = json.text(trigger, "Trigger Name").or(json.text(trigger, "Constraint Name"));
                    let calls = json.text(trigger, "Calls").unwrap_or("?");
                    let relation = json.text(trigger, "Relation").map(|name| format!(" on {name}")).unwrap_or_default();
                    let time = json.text(trigger, "Time").map(|ms| format!("{ms} ms, ")).unwrap_or_default();
                    let plural = if calls == "1" { "call" } else { "calls" };
                    let name = format!("Trigger {}{relation}", name.unwrap_or("?"));
                    plan.facts.push(PlanText::new(name, format!("{time}{calls} {plural}")));
                }
            }
            "Settings" => {
                for setting in json.children(at) {
                    plan.facts.push(PlanText::new(format!("Setting {}", json.key(setting)), json.line(setting)));
                }
            }
            key => {
                // Pages and memory of the planning: what is nothing is left out.
                let said: Vec<String> = json
                    .children(at)
                    .filter(|child| json.scalar(*child) != Some("0"))
                    .map(|child| format!("{}: {}", json.key(child), json.line(child)))
                    .collect();
                let text = if json.holds(at) { said.join(", ") } else { json.line(at) };
                if !text.is_empty() {
                    plan.facts.push(PlanText::new(key, text));
                }
            }
        }
    }
}

fn add(sum: &mut Option<u64>, milliseconds: Option<&str>) {
    if let Some(ns) = milliseconds.and_then(|ms| nanoseconds(ms, 1.0)) {
        *sum = Some(sum.unwrap_or(0).saturating_add(ns));
    }
}

fn nodes(json: &Json, root: usize, plan: &mut Plan) {
    let mut waiting = vec![Waiting { at: root, parent: None, processes: 1, cut: false }];
    while let Some(next) = waiting.pop() {
        let place = u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX);
        let node = node(json, &next);
        let kind = json.text(next.at, "Node Type").unwrap_or("");
        let gathers = matches!(kind, "Gather" | "Gather Merge");
        let own_loops = loops(json, next.at);
        let below: Vec<usize> = json.get(next.at, "Plans").into_iter().flat_map(|plans| json.children(plans)).collect();
        // Last in, first out: the first child comes next.
        for at in below.into_iter().rev() {
            let main = !matches!(json.text(at, "Parent Relationship"), Some("InitPlan" | "SubPlan"));
            let processes = match (gathers, main) {
                (true, true) => shared_by(loops(json, at), own_loops),
                (true, false) => 1,
                (false, _) => next.processes,
            };
            let cut = main && words::cuts(json, next.at, at, next.cut);
            waiting.push(Waiting { at, parent: Some(place), processes, cut });
        }
        plan.nodes.push(node);
    }
}

fn loops(json: &Json, at: usize) -> f64 {
    json.text(at, "Actual Loops").and_then(number).unwrap_or(0.0)
}

/// How many processes ran what is below a Gather: it is run once by each.
fn shared_by(loops: f64, gathered: f64) -> u32 {
    if gathered < 1.0 || loops <= gathered {
        return 1;
    }
    // Bounded by what PostgreSQL allows.
    (loops / gathered).round().clamp(1.0, 1024.0) as u32
}

fn node(json: &Json, waiting: &Waiting) -> PlanNode {
    let at = waiting.at;
    let text = |key: &str| json.text(at, key).map(str::to_owned);
    let mut properties = Vec::new();
    for inside in json.children(at) {
        match json.key(inside) {
            "Plans" => {}
            "Workers" => {
                for worker in json.children(inside) {
                    let name = format!("Worker {}", json.text(worker, "Worker Number").unwrap_or("?"));
                    let said: Vec<String> = json
                        .children(worker)
                        .filter(|at| json.key(*at) != "Worker Number")
                        .map(|at| format!("{}: {}", json.key(at), json.line(at)))
                        .collect();
                    properties.push(PlanText::new(name, said.join(", ")));
                }
            }
            key => properties.push(PlanText::new(key, json.line(inside))),
        }
    }
    let loops = text("Actual Loops");
    let actual = loops.is_some().then(|| Actual {
        rows: text("Actual Rows"),
        startup_ms: text("Actual Startup Time"),
        total_ms: text("Actual Total Time"),
        loops: loops.clone(),
        processes: waiting.processes,
        stopped_early: waiting.cut,
    });
    let times = loops.as_deref().and_then(number).unwrap_or(0.0) / f64::from(waiting.processes.max(1));
    let relation = ["Relation Name", "CTE Name", "Function Name", "Tuplestore Name", "Table Function Name"];
    let relation = relation.into_iter().find_map(text);
    let alias = text("Alias").filter(|alias| Some(alias) != relation.as_ref());
    PlanNode {
        parent: waiting.parent,
        kind: words::kind(json, at),
        role: text("Subplan Name"),
        schema: text("Schema"),
        relation,
        alias,
        index: text("Index Name"),
        summary: words::summary(json, at),
        conditions: properties.iter().filter(|property| words::is_condition(&property.name)).cloned().collect(),
        estimate: Estimate {
            rows: text("Plan Rows"),
            width: text("Plan Width"),
            startup_cost: text("Startup Cost"),
            total_cost: text("Total Cost"),
        },
        total_ns: actual.as_ref().and_then(|actual| nanoseconds(actual.total_ms.as_deref()?, times)),
        actual,
        pages: pages(json, at),
        properties,
        ..PlanNode::default()
    }
}

fn pages(json: &Json, at: usize) -> Option<Pages> {
    json.get(at, "Shared Hit Blocks")?;
    let count = |keys: [&str; 2]| {
        keys.into_iter().filter_map(|key| json.text(at, key)?.parse::<u64>().ok()).fold(0, u64::saturating_add)
    };
    Some(Pages {
        hit: count(["Shared Hit Blocks", "Local Hit Blocks"]),
        read: count(["Shared Read Blocks", "Local Read Blocks"]),
        dirtied: count(["Shared Dirtied Blocks", "Local Dirtied Blocks"]),
        written: count(["Shared Written Blocks", "Local Written Blocks"]),
        temp_read: count(["Temp Read Blocks", ""]),
        temp_written: count(["Temp Written Blocks", ""]),
    })
}
