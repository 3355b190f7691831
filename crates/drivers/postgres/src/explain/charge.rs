//! Whose time holds that of a sub-plan which is run when somebody first asks for its value.
//!
//! The server prints such a plan below the node that owns it, and measures it inside of the node that waited for it.

use driver::Plan;

/// With more of them than this nobody looks for who waited.
const MOST: usize = 200;

/// For each node the one whose time holds its own, where that is not its parent.
pub(super) fn charged(plan: &Plan) -> Vec<Option<u32>> {
    let mut charged = vec![None; plan.nodes.len()];
    let owned: Vec<(usize, &str)> = plan
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| super::text(&node.properties, "Parent Relationship") == Some("InitPlan"))
        .filter_map(|(place, node)| Some((place, node.role.as_deref()?)))
        .take(MOST)
        .collect();
    for (place, name) in owned {
        let holder = match name.strip_prefix("CTE ") {
            Some(name) => scan_of(plan, name),
            None => reader_of(plan, place, name),
        };
        if let Some(slot) = charged.get_mut(place) {
            *slot = holder.filter(|holder| *holder as usize != place);
        }
    }
    charged
}

/// The scan of a common table expression that waited longest.
fn scan_of(plan: &Plan, name: &str) -> Option<u32> {
    let scans =
        plan.nodes.iter().enumerate().filter(|(_, node)| super::text(&node.properties, "CTE Name") == Some(name));
    let (place, _) = scans.max_by_key(|(place, node)| (node.total_ns, std::cmp::Reverse(*place)))?;
    u32::try_from(place).ok()
}

/// The first node outside of the sub-plan whose text asks for its value.
fn reader_of(plan: &Plan, place: usize, name: &str) -> Option<u32> {
    // `InitPlan 1 (returns $0,$1)` up to 16, `(InitPlan 1).col1` since.
    let values: Vec<String> = match name.split_once("(returns ") {
        Some((_, values)) => values.trim_end_matches(')').split(',').map(|value| value.trim().to_owned()).collect(),
        None => vec![format!("({name})")],
    };
    let asks = |text: &str| {
        values.iter().any(|value| {
            text.match_indices(value.as_str()).any(|(at, _)| {
                let next = text.get(at + value.len()..).and_then(|rest| rest.chars().next());
                value.ends_with(')') || !next.is_some_and(|next| next.is_ascii_digit())
            })
        })
    };
    let inside = |mut node: usize| loop {
        if node == place {
            return true;
        }
        match plan.nodes.get(node).and_then(|node| node.parent) {
            Some(parent) => node = parent as usize,
            None => return false,
        }
    };
    let found = plan.nodes.iter().enumerate().find(|(at, node)| {
        let said = node.properties.iter().filter(|property| property.name != "Subplan Name");
        said.clone().any(|property| asks(&property.text)) && !inside(*at)
    });
    u32::try_from(found?.0).ok()
}
