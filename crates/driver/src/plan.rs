//! What a server would do for a statement, or did: one tree for all of them, with the server's own words and digits.

use serde::{Deserialize, Serialize};

/// A named text of the server's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanText {
    /// Its name (`Filter`).
    pub name: String,
    /// Its text, digits as printed.
    pub text: String,
}

impl PlanText {
    /// A text of this name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        PlanText { name: name.into(), text: text.into() }
    }
}

/// In which form the server answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanForm {
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Lines.
    #[default]
    Text,
}

/// A plan. What a statement does not say is `None`; nanoseconds are counted from the server's digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its nodes, each after the one it belongs to; none where the answer is only text.
    pub nodes: Vec<PlanNode>,
    /// What is said of the whole: settings, triggers, compilation.
    pub facts: Vec<PlanText>,
    /// How long planning took.
    pub planning_ns: Option<u64>,
    /// How long running took.
    pub execution_ns: Option<u64>,
    /// Whether the statement was run and measured.
    pub measured: bool,
    /// Bytes of a page in [`PlanNode::pages`].
    pub page_bytes: u32,
    /// The server's answer.
    pub raw: String,
    /// Its form.
    pub form: PlanForm,
}

/// One step of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanNode {
    /// The node it works for, by place; always an earlier one.
    pub parent: Option<u32>,
    /// What it does, in the server's words (`Hash Join`).
    pub kind: String,
    /// What it is to its parent (`Inner`, `InitPlan 1`).
    pub role: Option<String>,
    /// The schema of what it reads or writes.
    pub schema: Option<String>,
    /// The relation it reads or writes.
    pub relation: Option<String>,
    /// What the statement calls that.
    pub alias: Option<String>,
    /// The index it uses.
    pub index: Option<String>,
    /// What tells it from others of its kind, in one line.
    pub summary: Option<String>,
    /// Conditions and keys.
    pub conditions: Vec<PlanText>,
    /// What was expected.
    pub estimate: Estimate,
    /// What was found, where it was measured.
    pub actual: Option<Actual>,
    /// Time with all it waited for, over all loops; processes side by side count once.
    pub total_ns: Option<u64>,
    /// The part of that which is its own.
    pub own_ns: Option<u64>,
    /// The part of its cost which is its own.
    pub own_cost: Option<String>,
    /// How far the estimate is off.
    pub off: Option<Misestimate>,
    /// Pages it touched itself.
    pub pages: Option<Pages>,
    /// Everything the server says of it, in the server's order, but for its children.
    pub properties: Vec<PlanText>,
}

/// What a server expects of a node, per loop; digits as printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Rows.
    pub rows: Option<String>,
    /// Bytes of a row.
    pub width: Option<String>,
    /// Cost before the first row.
    pub startup_cost: Option<String>,
    /// Cost in all.
    pub total_cost: Option<String>,
}

/// What was measured of a node, per loop; digits as printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actual {
    /// Rows.
    pub rows: Option<String>,
    /// How often it was run; `0` is never.
    pub loops: Option<String>,
    /// Milliseconds before the first row.
    pub startup_ms: Option<String>,
    /// Milliseconds in all.
    pub total_ms: Option<String>,
    /// How many processes shared the loops.
    pub processes: u32,
    /// Whether what it worked for had enough before it came to its end.
    pub stopped_early: bool,
}

impl Actual {
    /// Whether it was never run.
    pub fn is_never(&self) -> bool {
        self.loops.as_deref().and_then(number).is_some_and(|loops| loops == 0.0)
    }
}

/// Pages, without those of the nodes below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// Found in the server's memory.
    pub hit: u64,
    /// Read from outside of it.
    pub read: u64,
    /// Changed.
    pub dirtied: u64,
    /// Written out.
    pub written: u64,
    /// Read back from what was put aside.
    pub temp_read: u64,
    /// Put aside, because it did not fit the memory it was given.
    pub temp_written: u64,
}

impl Pages {
    /// Without those of the nodes below.
    #[must_use]
    pub fn without(self, other: Pages) -> Pages {
        Pages {
            hit: self.hit.saturating_sub(other.hit),
            read: self.read.saturating_sub(other.read),
            dirtied: self.dirtied.saturating_sub(other.dirtied),
            written: self.written.saturating_sub(other.written),
            temp_read: self.temp_read.saturating_sub(other.temp_read),
            temp_written: self.temp_written.saturating_sub(other.temp_written),
        }
    }
}

/// On which side of the estimate the truth is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// As good as equal.
    Close,
    /// More rows came.
    More,
    /// Fewer rows came.
    Fewer,
}

/// How much a misestimate matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Within what is usual, or explained by the plan itself.
    Usual,
    /// Four times and more.
    Notable,
    /// Ten times and more.
    Far,
}

/// How far rows estimated and rows found are apart. Under one row counts as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misestimate {
    /// On which side.
    pub side: Side,
    /// How many times, for a person: `12×`, `1.3×`.
    pub factor: String,
    /// How much it matters.
    pub weight: Weight,
}

/// A number from its digits; nothing for what is none, or has no end.
pub fn number(digits: &str) -> Option<f64> {
    digits.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Milliseconds as printed, times a factor, in nanoseconds.
pub fn nanoseconds(milliseconds: &str, times: f64) -> Option<u64> {
    let ns = number(milliseconds)? * 1e6 * times;
    // A saturating cast: out of bounds becomes the bound, and a negative time is none.
    (ns.is_finite()).then_some(ns.round() as u64)
}

impl Misestimate {
    /// Compares what was expected with what came.
    pub fn of(estimated: &str, actual: &str, stopped_early: bool) -> Option<Misestimate> {
        let (estimated, actual) = (number(estimated)?.max(1.0), number(actual)?.max(1.0));
        let ratio = actual / estimated;
        let factor = ratio.max(1.0 / ratio);
        let side = match ratio {
            _ if factor < 1.1 => Side::Close,
            ratio if ratio > 1.0 => Side::More,
            _ => Side::Fewer,
        };
        let weight = match factor {
            _ if stopped_early && side == Side::Fewer => Weight::Usual,
            factor if factor >= 10.0 => Weight::Far,
            factor if factor >= 4.0 => Weight::Notable,
            _ => Weight::Usual,
        };
        Some(Misestimate { side, factor: times(factor), weight })
    }
}

fn times(factor: f64) -> String {
    let text = match factor {
        factor if factor < 9.95 => format!("{factor:.1}"),
        factor => {
            let digits = format!("{factor:.0}");
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
    };
    format!("{}×", text.strip_suffix(".0").unwrap_or(&text))
}

impl Plan {
    /// Works out what of the whole each node did itself: time, cost, and how far its rows were estimated wrongly.
    ///
    /// `charged[n]` is the node whose time and cost hold those of `n`, where that is not its parent; times, pages and
    /// costs are still those of a node with all below it.
    pub fn settle(&mut self, charged: &[Option<u32>]) {
        let count = self.nodes.len();
        let mut below_ns = vec![0u64; count];
        let mut below_cost = vec![0f64; count];
        let mut below_pages = vec![Pages::default(); count];
        for (place, node) in self.nodes.iter().enumerate() {
            let parent = node.parent.map(|parent| parent as usize);
            if let Some(sum) = parent.and_then(|parent| below_pages.get_mut(parent)) {
                let pages = node.pages.unwrap_or_default();
                sum.hit = sum.hit.saturating_add(pages.hit);
                sum.read = sum.read.saturating_add(pages.read);
                sum.dirtied = sum.dirtied.saturating_add(pages.dirtied);
                sum.written = sum.written.saturating_add(pages.written);
                sum.temp_read = sum.temp_read.saturating_add(pages.temp_read);
                sum.temp_written = sum.temp_written.saturating_add(pages.temp_written);
            }
            let holder = charged.get(place).copied().flatten().map(|holder| holder as usize).or(parent);
            let Some(holder) = holder.filter(|holder| *holder < count) else { continue };
            if let Some(sum) = below_ns.get_mut(holder) {
                *sum = sum.saturating_add(node.total_ns.unwrap_or(0));
            }
            if let Some(sum) = parent.and_then(|parent| below_cost.get_mut(parent)) {
                *sum += node.estimate.total_cost.as_deref().and_then(number).unwrap_or(0.0);
            }
        }
        for (place, node) in self.nodes.iter_mut().enumerate() {
            let below = below_ns.get(place).copied().unwrap_or(0);
            node.own_ns = node.own_ns.or(node.total_ns.map(|total| total.saturating_sub(below)));
            let below = below_cost.get(place).copied().unwrap_or(0.0);
            let cost = node.estimate.total_cost.as_deref().and_then(number);
            node.own_cost = node.own_cost.take().or(cost.map(|cost| format!("{:.2}", (cost - below).max(0.0))));
            let below = below_pages.get(place).copied().unwrap_or_default();
            node.pages = node.pages.map(|pages| pages.without(below));
            node.off = match (&node.estimate.rows, &node.actual) {
                (Some(estimated), Some(actual)) if !actual.is_never() => {
                    actual.rows.as_deref().and_then(|rows| Misestimate::of(estimated, rows, actual.stopped_early))
                }
                _ => None,
            };
        }
    }

    /// How deep each node stands; the first is 0.
    pub fn depths(&self) -> Vec<u32> {
        let mut depths: Vec<u32> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let above = node.parent.and_then(|parent| depths.get(parent as usize)).copied();
            depths.push(above.map_or(0, |above| above.saturating_add(1)));
        }
        depths
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Actual, Estimate, Misestimate, Pages, Plan, PlanNode, Side, Weight, nanoseconds};

    fn node(parent: Option<u32>, total_ms: &str, cost: &str) -> PlanNode {
        PlanNode {
            parent,
            total_ns: nanoseconds(total_ms, 1.0),
            estimate: Estimate { total_cost: Some(cost.to_owned()), ..Estimate::default() },
            ..PlanNode::default()
        }
    }

    #[test]
    fn a_nodes_own_time_and_cost_are_without_its_childrens() {
        let mut plan = Plan {
            nodes: vec![
                node(None, "10", "100.5"),
                node(Some(0), "3", "40"),
                node(Some(0), "6.5", "50"),
                node(Some(2), "9", "1"),
            ],
            ..Plan::default()
        };
        plan.settle(&[]);
        let own: Vec<Option<u64>> = plan.nodes.iter().map(|node| node.own_ns).collect();
        assert_eq!(own, [Some(500_000), Some(3_000_000), Some(0), Some(9_000_000)]);
        assert_eq!(plan.nodes[0].own_cost.as_deref(), Some("10.50"));
        assert_eq!(plan.depths(), [0, 1, 1, 2]);
    }

    #[test]
    fn time_that_another_node_waited_for_is_taken_from_that_one() {
        // A common table expression is run while its scan waits for it.
        let mut plan = Plan {
            nodes: vec![node(None, "10", "0"), node(Some(0), "6", "0"), node(Some(0), "9", "0")],
            ..Plan::default()
        };
        plan.settle(&[None, Some(2), None]);
        let own: Vec<u64> = plan.nodes.iter().map(|node| node.own_ns.unwrap()).collect();
        assert_eq!(own, [1_000_000, 6_000_000, 3_000_000]);
    }

    #[test]
    fn pages_are_counted_once() {
        let pages = |read| Some(Pages { read, ..Pages::default() });
        let mut plan = Plan {
            nodes: vec![
                PlanNode { pages: pages(10), ..node(None, "1", "1") },
                PlanNode { pages: pages(7), ..node(Some(0), "1", "1") },
            ],
            ..Plan::default()
        };
        plan.settle(&[]);
        assert_eq!(plan.nodes[0].pages.unwrap().read, 3);
        assert_eq!(plan.nodes[1].pages.unwrap().read, 7);
    }

    #[test]
    fn how_far_rows_are_off_is_said_with_its_weight() {
        let of = |estimated: &str, actual: &str| {
            let off = Misestimate::of(estimated, actual, false).unwrap();
            (off.side, off.factor, off.weight)
        };
        assert_eq!(of("1200000", "1198204"), (Side::Close, "1×".to_owned(), Weight::Usual));
        assert_eq!(of("11840", "9102"), (Side::Fewer, "1.3×".to_owned(), Weight::Usual));
        assert_eq!(of("11840", "6038"), (Side::Fewer, "2×".to_owned(), Weight::Usual));
        assert_eq!(of("100", "500.00"), (Side::More, "5×".to_owned(), Weight::Notable));
        assert_eq!(of("35120", "412880"), (Side::More, "12×".to_owned(), Weight::Far));
        assert_eq!(of("1", "0.00"), (Side::Close, "1×".to_owned(), Weight::Usual));
        assert_eq!(of("1", "2500000"), (Side::More, "2,500,000×".to_owned(), Weight::Far));
        // The node above had enough.
        assert_eq!(Misestimate::of("5000", "10", true).unwrap().weight, Weight::Usual);
        assert_eq!(Misestimate::of("x", "10", true), None);
        assert_eq!(Misestimate::of("inf", "10", true), None);
    }

    #[test]
    fn a_node_that_was_never_run_has_no_misestimate() {
        let never = Actual { rows: Some("0".to_owned()), loops: Some("0".to_owned()), ..Actual::default() };
        let mut plan =
            Plan { nodes: vec![PlanNode { actual: Some(never), ..node(None, "0", "1") }], ..Plan::default() };
        plan.nodes[0].estimate.rows = Some("100".to_owned());
        plan.settle(&[]);
        assert_eq!(plan.nodes[0].off, None);
    }

    #[test]
    fn times_beyond_all_bounds_are_bounded() {
        assert_eq!(nanoseconds("1.234567", 3.0), Some(3_703_701));
        assert_eq!(nanoseconds("-1", 1.0), Some(0));
        assert_eq!(nanoseconds("1e300", 1e300), None);
        assert_eq!(nanoseconds("1e30", 1.0), Some(u64::MAX));
    }
}
