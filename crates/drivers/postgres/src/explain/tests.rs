#![allow(clippy::unwrap_used)]

use driver::{Explain, ExplainOptions, Plan, Transaction, plan::Weight};

use super::Explaining;

fn read(answer: &str) -> Plan {
    let explaining = Explaining::new("PostgreSQL", 180_000);
    let question = explaining.ask("select 1", ExplainOptions { analyze: true }).unwrap();
    explaining.read(&question, &[vec![Some(answer.to_owned())]]).unwrap()
}

fn node(kind: &str, more: &str) -> String {
    format!(r#""Node Type": "{kind}", "Actual Loops": 1, "Plan Rows": 10, "Actual Rows": 10.00{more}"#)
}

#[test]
fn options_are_those_the_version_has() {
    let words = |version, analyze| {
        let question = Explaining::new("PostgreSQL", version).ask("select 'é'", ExplainOptions { analyze }).unwrap();
        assert_eq!(&question.text[question.shift..], "select 'é'");
        question.words
    };
    assert_eq!(words(180_004, true), "ANALYZE, BUFFERS, WAL, VERBOSE, SETTINGS, MEMORY");
    assert_eq!(words(150_014, true), "ANALYZE, BUFFERS, WAL, VERBOSE, SETTINGS");
    assert_eq!(words(120_000, false), "VERBOSE, SETTINGS, SUMMARY");
    let other = Explaining::new("CockroachDB", 130_000);
    assert_eq!(&*other.ask("select 1", ExplainOptions { analyze: false }).unwrap().text, "EXPLAIN select 1");
    assert!(!other.measures() && other.ask("select 1", ExplainOptions { analyze: true }).is_err());
    assert!(other.undo(Transaction::Idle).is_none());
    let lines = other.ask("select 1", ExplainOptions { analyze: false }).unwrap();
    let plan = other.read(&lines, &[vec![Some("a".to_owned())], vec![Some("b".to_owned())]]).unwrap();
    assert_eq!((plan.nodes.len(), plan.raw.as_str()), (0, "a\nb"));
}

#[test]
fn processes_side_by_side_count_once() {
    let plan = read(
        r#"[{"Plan": {"Node Type": "Gather", "Actual Loops": 2, "Actual Total Time": 10.0, "Workers Planned": 2, "Workers Launched": 2,
          "Plans": [{"Node Type": "Seq Scan", "Parallel Aware": true, "Relation Name": "t", "Alias": "x", "Actual Loops": 6,
            "Actual Total Time": 4.5, "Plan Rows": 100, "Actual Rows": 2000,
            "Workers": [{"Worker Number": 0, "Actual Rows": 7, "Actual Loops": 1}]}]}, "Execution Time": 21.5}]"#,
    );
    let scan = &plan.nodes[1];
    assert_eq!(scan.kind, "Parallel Seq Scan");
    assert_eq!((scan.actual.as_ref().unwrap().processes, scan.total_ns), (3, Some(9_000_000)));
    assert_eq!(plan.nodes[0].own_ns, Some(11_000_000));
    assert_eq!(plan.execution_ns, Some(21_500_000));
    assert_eq!(plan.nodes[0].summary.as_deref(), Some("2 workers planned, 2 launched"));
    assert!(scan.properties.iter().any(|one| one.name == "Worker 0" && one.text.contains("Actual Rows: 7")));
    assert_eq!(scan.off.as_ref().unwrap().weight, Weight::Far);
}

#[test]
fn a_sub_plans_time_is_taken_from_who_waited_for_it() {
    let time = |ms: &str| format!(r#", "Actual Total Time": {ms}"#);
    let cte = node("Sort", &format!(r#"{}, "Parent Relationship": "InitPlan", "Subplan Name": "CTE x""#, time("6")));
    let init = node(
        "Aggregate",
        &format!(r#"{}, "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 2""#, time("2")),
    );
    let filter = format!(r#"{}, "CTE Name": "x", "Filter": "(x.id < (InitPlan 2).col1)""#, time("9"));
    let answer = format!(
        r#"[{{"Plan": {{{}, "Plans": [{{{cte}}}, {{{init}}}, {{{}}}]}}}}]"#,
        node("Limit", &time("10")),
        node("CTE Scan", &filter)
    );
    let plan = read(&answer);
    let own: Vec<u64> = plan.nodes.iter().map(|node| node.own_ns.unwrap()).collect();
    assert_eq!(own, [1_000_000, 6_000_000, 2_000_000, 1_000_000]);
    assert_eq!(plan.nodes[3].relation.as_deref(), Some("x"));
    // Up to 16 values have numbers; $1 is not $10.
    let init = node(
        "Aggregate",
        &format!(r#"{}, "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1 (returns $1)""#, time("2")),
    );
    let answer = format!(
        r#"[{{"Plan": {{{}, "Plans": [{{{init}}}, {{{}}}, {{{}}}]}}}}]"#,
        node("Append", &time("20")),
        node("Seq Scan", &format!(r#"{}, "Filter": "(a = $10)""#, time("5"))),
        node("Seq Scan", &format!(r#"{}, "Filter": "(a = $1)""#, time("5")))
    );
    let own: Vec<u64> = read(&answer).nodes.iter().map(|node| node.own_ns.unwrap()).collect();
    assert_eq!(own, [10_000_000, 2_000_000, 5_000_000, 3_000_000]);
}

#[test]
fn what_a_limit_cut_short_is_no_misestimate() {
    let scan =
        r#""Node Type": "Index Scan", "Index Name": "i", "Actual Loops": 1, "Plan Rows": 100000, "Actual Rows": 10"#;
    let under = |between: &str| {
        read(&format!(r#"[{{"Plan": {{{}, "Plans": [{{{between}, "Plans": [{{{scan}}}]}}]}}}}]"#, node("Limit", "")))
    };
    let streamed = under(&node("Nested Loop", ""));
    assert_eq!(streamed.nodes[2].off.as_ref().unwrap().weight, Weight::Usual);
    assert!(streamed.nodes[2].actual.as_ref().unwrap().stopped_early);
    let sorted = under(&node("Sort", ""));
    assert_eq!(sorted.nodes[2].off.as_ref().unwrap().weight, Weight::Far);
}

#[test]
fn nodes_are_called_as_the_servers_own_text_calls_them() {
    let kind = |text: &str| read(&format!(r#"[{{"Plan": {{{text}}}}}]"#)).nodes[0].kind.clone();
    assert_eq!(
        kind(r#""Node Type": "Aggregate", "Strategy": "Hashed", "Partial Mode": "Finalize""#),
        "Finalize HashAggregate"
    );
    assert_eq!(kind(r#""Node Type": "Hash Join", "Join Type": "Left""#), "Hash Left Join");
    assert_eq!(kind(r#""Node Type": "Nested Loop", "Join Type": "Semi""#), "Nested Loop Semi Join");
    assert_eq!(kind(r#""Node Type": "ModifyTable", "Operation": "Merge""#), "Merge");
    assert_eq!(kind(r#""Node Type": "Index Only Scan", "Scan Direction": "Backward""#), "Index Only Scan Backward");
    assert_eq!(kind(r#""Node Type": "SetOp", "Strategy": "Hashed", "Command": "Except All""#), "HashSetOp Except All");
}

#[test]
fn nothing_that_comes_back_can_break_the_reader() {
    let explaining = Explaining::new("PostgreSQL", 180_000);
    let question = explaining.ask("select 1", ExplainOptions { analyze: true }).unwrap();
    for answer in [
        "",
        "[]",
        "{}",
        "[{}]",
        "[{\"Plan\": 1}]",
        "[{\"Plan\": {\"Plans\": [1, {}, []]}}]",
        "[1]",
        "[{\"Plan\": {\"Actual Loops\": -1, \"Actual Total Time\": 1e999}}]",
    ] {
        drop(explaining.read(&question, &[vec![Some(answer.to_owned())], vec![None]]));
    }
    // As deep as a text can be.
    let deep =
        format!("[{{\"Plan\": {}{}}}]", "{\"Node Type\": \"Limit\", \"Plans\": [".repeat(20_000), "]}".repeat(20_000));
    assert_eq!(read(&deep).nodes.len(), 20_000);
}
