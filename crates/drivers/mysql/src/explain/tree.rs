//! From the JSON of MariaDB and MySQL to the tree. Keys may repeat: up to MariaDB 10.8 each table of a join is one more
//! `table` of the same object.

use driver::{
    Error, Plan,
    json::{Json, JsonValue},
    plan::{Actual, Estimate, Pages, PlanForm, PlanNode, PlanText, nanoseconds, number},
};

use super::words;

/// Bytes of an InnoDB page, but for servers that were set up otherwise.
const PAGE: u32 = 16_384;

/// Lists in lists without a part between them: no plan has more, and a text that was made to be deep ends here.
const DEEPEST_LISTS: usize = 32;

/// A part that waits to be read.
struct Waiting {
    at: usize,
    key: String,
    parent: Option<u32>,
    role: Option<String>,
}

pub(super) fn plan(raw: String, analyze: bool) -> Result<Plan, Error> {
    let json = Json::read(&raw)?;
    let mut plan = Plan { form: PlanForm::Json, page_bytes: PAGE, measured: analyze, ..Plan::default() };
    let optimization = json.get(0, "query_optimization").and_then(|at| json.text(at, "r_total_time_ms"));
    plan.planning_ns = optimization.and_then(|ms| nanoseconds(ms, 1.0));
    for at in json.children(0).filter(|at| !words::is_part(&json, *at) && json.key(*at) != "query_optimization") {
        plan.facts.push(PlanText::new(json.key(at), json.line(at)));
    }
    let mut waiting = Vec::new();
    if json.text(0, "operation").is_some() {
        waiting.push(Waiting { at: 0, key: String::new(), parent: None, role: None });
    } else {
        below(&json, 0, None, None, &mut waiting);
    }
    while let Some(next) = waiting.pop() {
        let place = u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX);
        plan.nodes.push(node(&json, &next));
        below(&json, next.at, Some(place), None, &mut waiting);
    }
    roll_up(&mut plan);
    plan.execution_ns = plan.nodes.first().filter(|_| analyze).and_then(|root| root.total_ns);
    plan.settle(&[]);
    plan.raw = raw;
    Ok(plan)
}

/// The parts inside of one, last first: the stack gives them back in order.
fn below(json: &Json, at: usize, parent: Option<u32>, role: Option<&str>, waiting: &mut Vec<Waiting>) {
    within(json, at, parent, role, waiting, 0);
}

fn within(json: &Json, at: usize, parent: Option<u32>, role: Option<&str>, waiting: &mut Vec<Waiting>, depth: usize) {
    if is_list(json, at) {
        return members(json, at, parent, role, waiting, depth);
    }
    let parts: Vec<usize> = json.children(at).filter(|child| words::is_part(json, *child)).collect();
    for part in parts.into_iter().rev() {
        let key = json.key(part);
        if is_list(json, part) && !(key == "nested_loop" && json.children(part).count() > 1) {
            let own = key.ends_with("subqueries").then(|| words::of_key(key));
            members(json, part, parent, own.as_deref(), waiting, depth);
        } else {
            waiting.push(Waiting { at: part, key: key.to_owned(), parent, role: role.map(str::to_owned) });
        }
    }
}

/// The parts inside of the members of a list, which are none themselves unless they name an operation.
fn members(
    json: &Json,
    list: usize,
    parent: Option<u32>,
    role: Option<&str>,
    waiting: &mut Vec<Waiting>,
    depth: usize,
) {
    for member in json.children(list).collect::<Vec<_>>().into_iter().rev() {
        if json.text(member, "operation").is_some() {
            waiting.push(Waiting { at: member, key: String::new(), parent, role: role.map(str::to_owned) });
        } else if depth < DEEPEST_LISTS {
            within(json, member, parent, role, waiting, depth + 1);
        }
    }
}

fn is_list(json: &Json, at: usize) -> bool {
    matches!(json.value(at), JsonValue::Array)
}

fn node(json: &Json, waiting: &Waiting) -> PlanNode {
    let Waiting { at, key, parent, role } = waiting;
    let at = *at;
    // The members of a list are parts; only an object says something of itself.
    let list = is_list(json, at);
    let properties: Vec<PlanText> = json
        .children(at)
        .filter(|child| !list && !words::is_part(json, *child))
        .map(|child| PlanText::new(json.key(child), json.line(child)))
        .collect();
    let text = |key: &str| json.text(at, key).map(str::to_owned);
    let operation = text("operation");
    let table = key == "table" || text("table_name").is_some();
    let kind = match (operation, table) {
        (Some(operation), _) => operation,
        (None, true) => words::of_access(json, at),
        (None, false) => words::of_key(key),
    };
    let changes = ["insert", "update", "delete", "replace"].into_iter().find(|what| text(what).is_some());
    let number_of = text("select_id").map(|id| format!("#{id}"));
    let conditions: Vec<PlanText> = properties.iter().filter(|one| words::is_condition(&one.name)).cloned().collect();
    let loops = text("r_loops").or_else(|| text("actual_loops"));
    let actual = loops.clone().map(|loops| Actual {
        rows: text("r_rows").or_else(|| text("r_output_rows")).or_else(|| text("actual_rows")),
        loops: Some(loops),
        startup_ms: text("actual_first_row_ms"),
        total_ms: text("r_total_time_ms").or_else(|| text("actual_last_row_ms")),
        processes: 1,
        stopped_early: false,
    });
    let cost = |key: &str| json.get(at, "cost_info").and_then(|info| json.text(info, key)).and_then(number);
    let of_table = match (cost("read_cost"), cost("eval_cost")) {
        (None, None) => None,
        (read, eval) => Some(format!("{:.2}", read.unwrap_or(0.0) + eval.unwrap_or(0.0))),
    };
    let whole =
        json.get(at, "cost_info").and_then(|info| json.text(info, "query_cost").or(json.text(info, "sort_cost")));
    let spent: Vec<u64> = ["r_table_time_ms", "r_other_time_ms"]
        .into_iter()
        .filter_map(|key| nanoseconds(json.text(at, key)?, 1.0))
        .collect();
    let all_ns = match spent.as_slice() {
        [] => {
            let times = text("actual_loops").as_deref().and_then(number).unwrap_or(1.0);
            let said = text("actual_last_row_ms").or_else(|| text("r_total_time_ms"));
            said.as_deref().and_then(|ms| nanoseconds(ms, times))
        }
        spent => Some(spent.iter().copied().fold(0, u64::saturating_add)),
    };
    // A query block tells its time with all that is in it; every other part its own.
    let inclusive = key == "query_block" || text("operation").is_some();
    PlanNode {
        parent: *parent,
        kind,
        role: role.clone().or(changes.map(str::to_owned)),
        schema: text("schema_name"),
        relation: text("table_name"),
        alias: text("alias").filter(|alias| Some(alias) != text("table_name").as_ref()),
        index: text("key").or_else(|| text("index_name")),
        summary: summary(json, at, number_of),
        conditions,
        estimate: Estimate {
            rows: text("rows").or_else(|| text("rows_examined_per_scan")).or_else(|| text("estimated_rows")),
            width: None,
            startup_cost: text("estimated_first_row_cost"),
            total_cost: whole
                .map(str::to_owned)
                .or(of_table)
                .or_else(|| text("cost"))
                .or_else(|| text("estimated_total_cost")),
        },
        actual,
        total_ns: all_ns,
        own_ns: if inclusive { None } else { all_ns },
        pages: pages(json, at),
        properties,
        ..PlanNode::default()
    }
}

fn summary(json: &Json, at: usize, number_of: Option<String>) -> Option<String> {
    let said = |key: &str| json.get(at, key).map(|at| json.line(at)).filter(|text| !text.is_empty());
    let mut parts: Vec<String> = Vec::new();
    parts.extend(number_of);
    parts.extend(said("key").map(|key| format!("by {key}")));
    parts.extend(said("ref").map(|with| format!("= {with}")));
    parts.extend(said("sort_key").map(|key| format!("by {key}")));
    parts.extend(["index_condition", "attached_condition"].into_iter().find_map(said));
    parts.extend(said("message").filter(|_| json.text(at, "access_type").is_some()));
    Some(parts.join(", ")).filter(|summary| !summary.is_empty())
}

fn pages(json: &Json, at: usize) -> Option<Pages> {
    let stats = json.get(at, "r_engine_stats")?;
    let count = |key: &str| json.text(stats, key).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0);
    let (accessed, read) = (count("pages_accessed"), count("pages_read_count"));
    Some(Pages { hit: accessed.saturating_sub(read), read, dirtied: count("pages_updated"), ..Pages::default() })
}

/// Gives every part the time and cost of all that is in it.
fn roll_up(plan: &mut Plan) {
    let mut time = vec![None::<u64>; plan.nodes.len()];
    let mut cost = vec![None::<f64>; plan.nodes.len()];
    for place in (0..plan.nodes.len()).rev() {
        let Some(node) = plan.nodes.get_mut(place) else { continue };
        let below = (time.get(place).copied().flatten(), cost.get(place).copied().flatten());
        if let Some(inside) = below.0 {
            node.total_ns = Some(match node.own_ns {
                Some(own) => own.saturating_add(inside),
                // What it says of itself holds what is below.
                None => node.total_ns.unwrap_or(0).max(inside),
            });
        }
        if let Some(inside) = below.1 {
            let own = node.estimate.total_cost.as_deref().and_then(number).unwrap_or(0.0);
            node.estimate.total_cost.get_or_insert_with(|| format!("{:.2}", own.max(inside)));
        }
        let Some(parent) = node.parent.map(|parent| parent as usize) else { continue };
        if let (Some(slot), Some(total)) = (time.get_mut(parent), node.total_ns) {
            *slot = Some(slot.unwrap_or(0).saturating_add(total));
        }
        let own = node.estimate.total_cost.as_deref().and_then(number);
        if let (Some(slot), Some(total)) = (cost.get_mut(parent), own) {
            *slot = Some(slot.unwrap_or(0.0) + total);
        }
    }
}
