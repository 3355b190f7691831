#![allow(clippy::unwrap_used)]
//! Documents made by the public schema of plans; none of them was said by a server.

use driver::{Code, Explain, ExplainOptions, Plan, Transaction, plan::PlanForm};

use super::Explaining;

const JOIN: &str = include_str!("../../tests/plans/join.xml");
const MEASURED: &str = include_str!("../../tests/plans/measured.xml");

fn read(texts: &[&str], analyze: bool) -> Result<Plan, driver::Error> {
    let question = Explaining.ask("select 1", ExplainOptions { analyze }).unwrap();
    let rows: Vec<Vec<Option<String>>> = texts.iter().map(|text| vec![Some((*text).to_owned())]).collect();
    Explaining.read(&question, &rows)
}

fn conditions(plan: &Plan, place: usize) -> Vec<String> {
    plan.nodes[place].conditions.iter().map(|text| format!("{}: {}", text.name, text.text)).collect()
}

#[test]
fn the_statement_is_sent_as_it_is_between_two_modes() {
    for (analyze, on) in [(false, "SET SHOWPLAN_XML ON"), (true, "SET STATISTICS XML ON")] {
        let question = Explaining.ask("update t set a = 1", ExplainOptions { analyze }).unwrap();
        let mode = question.mode.unwrap();
        assert_eq!((&*question.text, question.shift, mode.on), ("update t set a = 1", 0, on));
        assert_eq!(mode.off, on.replace(" ON", " OFF"));
    }
    assert!(Explaining.undo(Transaction::Failed).is_none());
}

#[test]
fn operators_objects_and_conditions_are_read() {
    let plan = read(&[JOIN], false).unwrap();
    assert_eq!((plan.form, plan.measured, plan.planning_ns), (PlanForm::Xml, false, Some(3_000_000)));
    let kinds: Vec<_> = plan.nodes.iter().map(|node| (node.kind.as_str(), node.parent)).collect();
    assert_eq!(
        kinds,
        [
            ("SELECT", None),
            ("Nested Loops", Some(0)),
            ("Sort", Some(1)),
            ("Clustered Index Scan", Some(2)),
            ("Clustered Index Seek", Some(1)),
        ]
    );
    let [select, join, sort, scan, seek] = plan.nodes.as_slice() else { unreachable!() };
    assert_eq!(
        select.summary.as_deref(),
        Some("select * from orders o join [user]]s] u on u.id = o.who where o.total > 5")
    );
    assert_eq!((join.summary.as_deref(), join.own_cost.as_deref()), (Some("Inner Join"), Some("0.00")));
    assert_eq!(conditions(&plan, 1), ["Outer references: o.who"]);
    assert_eq!(conditions(&plan, 2), ["Order by: o.total DESC, o.id"]);
    assert_eq!(sort.estimate.width.as_deref(), Some("19"));
    let of = |node: &driver::plan::PlanNode| {
        [&node.schema, &node.relation, &node.alias, &node.index].map(|name| name.clone().unwrap_or_default())
    };
    assert_eq!(of(scan), ["dbo", "orders", "o", "PK_orders"]);
    assert_eq!(of(seek), ["dbo", "user]s", "u", "PK_user"]);
    assert_eq!(conditions(&plan, 3), ["Predicate: [shop].[dbo].[orders].[total] as [o].[total]>(5.)"]);
    assert_eq!(conditions(&plan, 4), ["Seek: u.id = [shop].[dbo].[orders].[who] as [o].[who]"]);
    let facts: Vec<_> = plan.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.text)).collect();
    assert_eq!(
        facts,
        [
            "Missing index, impact 93.4 %: dbo.orders (equality: who; include: total, placed)",
            "Warning: Plan affecting convert: Convert issue Seek Plan, Expression CONVERT_IMPLICIT(nvarchar(20),[o].[code],0)=[@1]",
            "Parameter @1: planned for (5), run for (7)",
            "Warning: No join predicate",
        ]
    );
    assert!(join.properties.iter().any(|property| property.name == "Warning"));
    assert_eq!(plan.raw, JOIN);
    assert_eq!(Explaining.changes(&plan), None);
}

#[test]
fn threads_are_summed_and_times_are_counted_once() {
    let plan = read(&[MEASURED], true).unwrap();
    assert!(plan.measured && plan.execution_ns == Some(41_000_000));
    let [_, parallel, scan, _never, deletes] = plan.nodes.as_slice() else { unreachable!("{:?}", plan.nodes.len()) };
    let actual = scan.actual.as_ref().unwrap();
    // Two threads share one run of 1,000 rows; a third had nothing to do.
    assert_eq!((actual.rows.as_deref(), actual.loops.as_deref(), actual.processes), (Some("1000"), Some("1"), 2));
    assert_eq!(scan.total_ns, Some(30_000_000));
    assert_eq!((parallel.total_ns, parallel.own_ns), (Some(40_000_000), Some(10_000_000)));
    assert_eq!(scan.pages.map(|pages| (pages.hit, pages.read)), Some((90, 10)));
    assert_eq!(scan.off.as_ref().map(|off| off.factor.as_str()), Some("10×"));
    assert!(plan.nodes[3].actual.as_ref().unwrap().is_never());
    // Run four times, each time a quarter.
    let loops = deletes.actual.as_ref().unwrap();
    assert_eq!((loops.rows.as_deref(), loops.loops.as_deref()), (Some("2.50"), Some("4")));
    assert!(!read(&[MEASURED], false).unwrap().measured);
    assert_eq!(Explaining.changes(&plan), Some(driver::ExpectedRows::About(12)));
}

#[test]
fn several_statements_are_one_batch() {
    let plan = read(&[JOIN, MEASURED], false).unwrap();
    assert_eq!((plan.nodes[0].kind.as_str(), plan.nodes[0].summary.as_deref()), ("Batch", Some("2 statements")));
    let roots: Vec<_> = plan.nodes.iter().filter(|node| node.parent == Some(0)).map(|node| &node.kind).collect();
    assert_eq!(roots, ["SELECT", "DELETE"]);
    assert!(
        plan.nodes.iter().enumerate().all(|(place, node)| node.parent.is_none_or(|parent| (parent as usize) < place))
    );
}

#[test]
fn what_is_no_plan_is_told_and_harms_nobody() {
    for text in ["", "no xml", "<ShowPlanXML>", "<a></b>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a b='&nope;'/>"] {
        assert_eq!(read(&[text], false).unwrap_err().code, Code::Corrupt, "{text}");
    }
    let deep = format!("{}{}", "<RelOp>".repeat(1_000_000), "</RelOp>".repeat(1_000_000));
    assert_eq!(read(&[&deep], false).unwrap_err().code, Code::Corrupt);
    let high = format!("{}{}", "<RelOp>".repeat(10_000), "</RelOp>".repeat(10_000));
    assert_eq!(read(&[&high], false).unwrap().nodes.len(), 10_000);
    assert!(read(&[], false).unwrap().nodes.is_empty());
    // Every byte replaced, every beginning: an answer or an error, never more.
    for text in [JOIN, MEASURED] {
        for at in (0..text.len()).step_by(7) {
            let _ = read(&[&text[..at]], true);
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = b"<>&\"x]"[at % 6];
            let _ = read(&[&String::from_utf8(bytes).unwrap()], true);
        }
    }
}
