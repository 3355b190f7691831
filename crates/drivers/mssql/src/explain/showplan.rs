//! From the XML of a plan to the tree, in one walk without recursion. Elements that are not known are passed through: what stands
//! in them belongs to the operator around. The names are those of the public schema
//! (<http://schemas.microsoft.com/sqlserver/2004/07/showplan>).

use driver::{
    Code, Error, Plan,
    plan::{Estimate, PlanForm, PlanNode, PlanText, nanoseconds},
};
use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};

use super::{
    counters::Counters,
    words::{bare, comparison, condition, list, spaced},
};

/// Bytes of a page.
const PAGE: u32 = 8192;
/// Deepest nesting: an operator and its expression are a handful of elements, and the server's own optimizer ends far before.
const DEEPEST: usize = 20_000;
/// Longest beginning of a statement that stands beside its operator.
const SUMMARY: usize = 200;

/// Reads the plans of a batch, each a document of its own or all in one.
///
/// # Errors
/// `Corrupt` for what is no such XML.
pub(super) fn read(texts: &[&str], measured: bool) -> Result<Plan, Error> {
    let mut walk = Walk { plan: Plan { form: PlanForm::Xml, page_bytes: PAGE, ..Plan::default() }, ..Walk::default() };
    for text in texts {
        walk.document(text)?;
    }
    let mut plan = walk.finish();
    plan.measured = measured && plan.measured;
    plan.raw = texts.join("\n");
    Ok(plan)
}

fn corrupt(what: &str) -> Error {
    Error::new(Code::Corrupt, format!("The server's plan {what}."))
}

/// Names and values of an element.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(start: &BytesStart<'_>) -> Result<Attributes, Error> {
        let broken = || corrupt("is broken XML");
        let mut all = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| broken())?;
            let value = unescape(&attribute.value).map_err(|_| broken())?.into_owned();
            all.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        Ok(Attributes(all))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// `Name 1, Other 2`.
    fn in_words(&self) -> String {
        let words = self.0.iter().map(|(name, value)| format!("{} {value}", spaced(name)));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// An element that has begun.
struct Open {
    name: String,
    /// The operator or statement that it is in, or is.
    owner: Option<u32>,
}

/// A seek of one operator: columns, a comparison, what they are compared with.
#[derive(Default)]
struct Seek {
    scan: String,
    columns: Vec<String>,
    values: Vec<String>,
}

/// An index that the server misses.
struct Missing {
    impact: String,
    table: String,
    /// Columns by their use.
    groups: Vec<(String, Vec<String>)>,
}

#[derive(Default)]
struct Walk {
    plan: Plan,
    counters: Vec<Option<Counters>>,
    open: Vec<Open>,
    seek: Option<Seek>,
    /// A list of columns that has begun: how deep, its name, its columns.
    columns: Option<(usize, &'static str, Vec<String>)>,
    /// Of the column of an order that has begun.
    descending: bool,
    missing: Option<Missing>,
}

impl Walk {
    fn document(&mut self, text: &str) -> Result<(), Error> {
        let mut reader = Reader::from_str(text);
        self.open.clear();
        let mut any = false;
        loop {
            match reader.read_event().map_err(|_| corrupt("is broken XML"))? {
                Event::DocType(_) => return Err(corrupt("has a document type, which no plan has")),
                Event::Start(start) => {
                    any = true;
                    self.begin(&start)?;
                }
                Event::Empty(start) => {
                    any = true;
                    self.begin(&start)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Eof if !any => return Err(corrupt("is no XML")),
                Event::Eof if self.open.is_empty() => return Ok(()),
                Event::Eof => return Err(corrupt("ends in the middle")),
                Event::Text(_)
                | Event::GeneralRef(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_) => {}
            }
        }
    }

    fn push(&mut self, node: PlanNode) -> Option<u32> {
        let place = u32::try_from(self.plan.nodes.len()).ok();
        self.plan.nodes.push(node);
        self.counters.push(None);
        place
    }

    fn owner(&mut self, owner: Option<u32>) -> Option<&mut PlanNode> {
        self.plan.nodes.get_mut(owner? as usize)
    }

    fn fact(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.plan.facts.push(PlanText::new(name, text));
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Error> {
        if self.open.len() >= DEEPEST {
            return Err(corrupt("is nested too deeply"));
        }
        let name = start.name().local_name().as_ref().to_owned();
        let attributes = Attributes::of(start)?;
        let mut owner = self.open.last().and_then(|open| open.owner);
        match name.as_str() {
            "RelOp" => owner = self.operator(owner, &attributes),
            name if name.starts_with("Stmt") => owner = self.statement(owner, name, &attributes),
            "QueryPlan" => self.query_plan(owner, &attributes),
            "Object" => self.object(owner, &attributes),
            "RunTimeCountersPerThread" => {
                if let Some(place) = owner.and_then(|owner| self.counters.get_mut(owner as usize)) {
                    place.get_or_insert_default().add(|name| attributes.get(name));
                    self.plan.measured = true;
                }
            }
            "ScalarOperator" => self.scalar(owner, &attributes),
            "ColumnReference" => self.column(&attributes),
            "Prefix" | "StartRange" | "EndRange" => {
                let scan = attributes.owned("ScanType").unwrap_or_default();
                self.seek = Some(Seek { scan, ..Seek::default() });
            }
            "QueryTimeStats" => {
                self.plan.execution_ns = attributes.get("ElapsedTime").and_then(|ms| nanoseconds(ms, 1.0));
                self.fact("Time of the query, ms", attributes.in_words());
            }
            "MemoryGrantInfo" => self.fact("Memory grant, kB", attributes.in_words()),
            "Wait" => self.fact("Wait", attributes.in_words()),
            "OrderByColumn" => self.descending = matches!(attributes.get("Ascending"), Some("0" | "false")),
            "MissingIndexGroup" => {
                let impact = attributes.owned("Impact").unwrap_or_default();
                self.missing = Some(Missing { impact, table: String::new(), groups: Vec::new() });
            }
            "MissingIndex" | "ColumnGroup" | "Column" => self.missed(&name, &attributes),
            _ => self.warned(owner, &name, &attributes),
        }
        if let Some(role) = list(&name)
            && self.columns.is_none()
        {
            self.columns = Some((self.open.len(), role, Vec::new()));
        }
        self.open.push(Open { name, owner });
        Ok(())
    }

    fn end(&mut self) {
        let Some(ended) = self.open.pop() else { return };
        match ended.name.as_str() {
            "Prefix" | "StartRange" | "EndRange" => {
                let Some(seek) = self.seek.take() else { return };
                let pairs = seek.columns.iter().zip(&seek.values);
                let texts: Vec<String> =
                    pairs.map(|(column, value)| format!("{column} {} {value}", comparison(&seek.scan))).collect();
                self.condition(ended.owner, "Seek", texts.join(" AND "));
            }
            "MissingIndexGroup" => {
                let Some(Missing { impact, table, groups }) = self.missing.take() else { return };
                let groups = groups
                    .into_iter()
                    .map(|(usage, columns)| format!("{}: {}", usage.to_ascii_lowercase(), columns.join(", ")));
                let text = format!("{table} ({})", groups.collect::<Vec<_>>().join("; "));
                self.fact(format!("Missing index, impact {impact} %"), text);
            }
            _ => {}
        }
        if self.columns.as_ref().is_some_and(|(depth, ..)| *depth == self.open.len())
            && let Some((_, role, columns)) = self.columns.take()
        {
            self.condition(ended.owner, role, columns.join(", "));
        }
    }

    fn condition(&mut self, owner: Option<u32>, name: &str, text: String) {
        if let Some(node) = self.owner(owner).filter(|_| !text.is_empty()) {
            node.conditions.push(PlanText::new(name, text));
        }
    }

    fn statement(&mut self, parent: Option<u32>, name: &str, attributes: &Attributes) -> Option<u32> {
        let text = attributes.get("StatementText").unwrap_or_default();
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let kind = attributes.get("StatementType").unwrap_or(name.strip_prefix("Stmt").unwrap_or(name));
        self.push(PlanNode {
            parent,
            kind: kind.to_owned(),
            summary: Some(line.chars().take(SUMMARY).collect()).filter(|line: &String| !line.is_empty()),
            estimate: Estimate {
                rows: attributes.owned("StatementEstRows"),
                total_cost: attributes.owned("StatementSubTreeCost"),
                ..Estimate::default()
            },
            properties: properties(attributes, &["StatementText", "StatementType"]),
            ..PlanNode::default()
        })
    }

    fn operator(&mut self, parent: Option<u32>, attributes: &Attributes) -> Option<u32> {
        let physical = attributes.get("PhysicalOp").unwrap_or("Operator");
        let logical = attributes.get("LogicalOp").filter(|logical| *logical != physical);
        self.push(PlanNode {
            parent,
            kind: physical.to_owned(),
            summary: logical.map(str::to_owned),
            estimate: Estimate {
                rows: attributes.owned("EstimateRows"),
                width: attributes.owned("AvgRowSize"),
                startup_cost: None,
                total_cost: attributes.owned("EstimatedTotalSubtreeCost"),
            },
            properties: properties(attributes, &["PhysicalOp"]),
            ..PlanNode::default()
        })
    }

    fn query_plan(&mut self, owner: Option<u32>, attributes: &Attributes) {
        if let Some(ns) = attributes.get("CompileTime").and_then(|ms| nanoseconds(ms, 1.0)) {
            self.plan.planning_ns = Some(self.plan.planning_ns.unwrap_or(0).saturating_add(ns));
        }
        if let Some(node) = self.owner(owner) {
            node.properties.extend(properties(attributes, &[]));
        }
    }

    fn object(&mut self, owner: Option<u32>, attributes: &Attributes) {
        let named = |name: &str| attributes.get(name).map(bare);
        if let Some(node) = self.owner(owner).filter(|node| node.relation.is_none()) {
            node.schema = named("Schema");
            node.relation = named("Table");
            node.alias = named("Alias").filter(|alias| Some(alias) != node.relation.as_ref());
            node.index = named("Index");
            node.properties.extend(properties(attributes, &["Schema", "Table", "Alias", "Index"]));
        }
    }

    /// An expression as the server prints it, and what it is to its operator.
    fn scalar(&mut self, owner: Option<u32>, attributes: &Attributes) {
        let Some(text) = attributes.owned("ScalarString") else { return };
        if let Some(seek) = &mut self.seek {
            // Only the whole expression, not what is in it.
            if self.open.last().is_some_and(|open| open.name == "RangeExpressions") {
                seek.values.push(text);
            }
            return;
        }
        if let Some(role) = self.open.last().and_then(|open| condition(&open.name)) {
            self.condition(owner, role, text);
        }
    }

    fn column(&mut self, attributes: &Attributes) {
        let of = attributes.get("Alias").or(attributes.get("Table")).map(bare);
        let column = attributes.get("Column").unwrap_or_default();
        let text = of.map_or_else(|| column.to_owned(), |of| format!("{of}.{column}"));
        let within = self.open.last().map(|open| open.name.as_str());
        if within == Some("ParameterList") {
            let value = |name: &str| attributes.get(name).unwrap_or("unknown").to_owned();
            let (compiled, now) = (value("ParameterCompiledValue"), attributes.owned("ParameterRuntimeValue"));
            let now = now.map_or_else(String::new, |now| format!(", run for {now}"));
            return self.fact(format!("Parameter {column}"), format!("planned for {compiled}{now}"));
        }
        if let Some(seek) = &mut self.seek {
            if within == Some("RangeColumns") {
                seek.columns.push(text);
            }
            return;
        }
        let order = if within == Some("OrderByColumn") && self.descending { " DESC" } else { "" };
        if let Some((depth, _, columns)) = &mut self.columns
            // Of the list itself, or of one of its members; not of an expression in it.
            && self.open.len() <= *depth + 2
        {
            columns.push(format!("{text}{order}"));
        }
    }

    fn missed(&mut self, name: &str, attributes: &Attributes) {
        let Some(Missing { table, groups, .. }) = &mut self.missing else { return };
        match name {
            "MissingIndex" => {
                let parts = ["Schema", "Table"].into_iter().filter_map(|part| attributes.get(part));
                *table = parts.map(bare).collect::<Vec<_>>().join(".");
            }
            "ColumnGroup" => groups.push((attributes.owned("Usage").unwrap_or_default(), Vec::new())),
            _ => {
                if let Some((_, columns)) = groups.last_mut() {
                    columns.push(attributes.get("Name").map(bare).unwrap_or_default());
                }
            }
        }
    }

    /// What the server warns of: attributes of `Warnings`, and the elements in it.
    fn warned(&mut self, owner: Option<u32>, name: &str, attributes: &Attributes) {
        let mut texts = Vec::new();
        if name == "Warnings" {
            let set = attributes.0.iter().filter(|(_, value)| matches!(value.as_str(), "1" | "true"));
            texts.extend(set.map(|(name, _)| spaced(name)));
        } else if self.open.last().is_some_and(|open| open.name == "Warnings") {
            let more = attributes.in_words();
            texts.push(if more.is_empty() { spaced(name) } else { format!("{}: {more}", spaced(name)) });
        }
        for text in texts {
            if let Some(node) = self.owner(owner) {
                node.properties.push(PlanText::new("Warning", text.clone()));
            }
            self.fact("Warning", text);
        }
    }

    fn finish(mut self) -> Plan {
        self.times();
        self.plan.settle(&[]);
        let pages = self.counters.iter().map(|counters| counters.and_then(|counters| counters.pages()));
        // They are an operator's own already.
        for (node, pages) in self.plan.nodes.iter_mut().zip(pages) {
            node.pages = pages;
        }
        let roots = self.plan.nodes.iter().filter(|node| node.parent.is_none()).count();
        if roots > 1 {
            for node in &mut self.plan.nodes {
                node.parent = Some(node.parent.map_or(0, |parent| parent.saturating_add(1)));
            }
            let batch =
                PlanNode { kind: "Batch".into(), summary: Some(format!("{roots} statements")), ..PlanNode::default() };
            self.plan.nodes.insert(0, batch);
        }
        self.plan
    }

    /// Times of operators with all below them, from the leaves up.
    fn times(&mut self) {
        let mut below = vec![0u64; self.plan.nodes.len()];
        for place in (0..self.plan.nodes.len()).rev() {
            let counters = self.counters.get(place).copied().flatten();
            let Some(node) = self.plan.nodes.get_mut(place) else { continue };
            node.actual = counters.map(|counters| counters.actual());
            let inside = below.get(place).copied().unwrap_or(0);
            match counters.and_then(|counters| counters.elapsed_ns()) {
                Some((elapsed, true)) => node.total_ns = Some(elapsed),
                Some((elapsed, false)) => {
                    node.own_ns = Some(elapsed);
                    node.total_ns = Some(elapsed.saturating_add(inside));
                }
                None if inside > 0 => {
                    node.own_ns = Some(0);
                    node.total_ns = Some(inside);
                }
                None => {}
            }
            let total = node.total_ns.unwrap_or(0);
            if let Some(sum) = node.parent.and_then(|parent| below.get_mut(parent as usize)) {
                *sum = sum.saturating_add(total);
            }
        }
    }
}

/// What an element says, but for what is shown otherwise.
fn properties(attributes: &Attributes, shown: &[&str]) -> Vec<PlanText> {
    let rest = attributes.0.iter().filter(|(name, _)| !shown.contains(&name.as_str()));
    rest.map(|(name, value)| PlanText::new(name.clone(), value.clone())).collect()
}
