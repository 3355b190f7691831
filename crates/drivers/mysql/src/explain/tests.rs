#![allow(clippy::unwrap_used)]

use driver::{Explain, ExplainOptions, Plan};

use super::Explaining;

fn read(mariadb: bool, analyze: bool, answer: &str) -> Plan {
    let explaining = Explaining::new(mariadb, 80_036);
    let question = explaining.ask("select 1", ExplainOptions { analyze }).unwrap();
    explaining.read(&question, &[vec![Some(answer.to_owned())]]).unwrap()
}

fn outline(plan: &Plan) -> Vec<String> {
    let depths = plan.depths();
    let line = |(node, depth): (&driver::plan::PlanNode, u32)| {
        let relation = node.relation.as_deref().map(|name| format!(" on {name}")).unwrap_or_default();
        format!("{}{}{relation}", "  ".repeat(depth as usize), node.kind)
    };
    plan.nodes.iter().zip(depths).map(line).collect()
}

#[test]
fn what_mysql_measures_is_read_from_its_lines() {
    let answer = "-> Limit: 5 row(s)  (actual time=3.1..3.2 rows=5 loops=1)\n\
        \x20   -> Nested loop inner join  (cost=4.95 rows=9) (actual time=0.153..0.200 rows=9 loops=1)\n\
        \x20       -> Filter: (c.`name` like 'a (b)')  (cost=1.2 rows=3) (actual time=0.1..0.1 rows=3 loops=1)\n\
        \x20           -> Table scan on c  (cost=1.2 rows=3) (actual time=0.09..0.1 rows=3 loops=1)\n\
        \x20       -> Index lookup on o using cid (cid=c.id)  (cost=0.35..1.5 rows=3) (actual time=0.02..0.03 rows=300 loops=3)\n\
        \x20       -> Single-row index lookup on p using PRIMARY (id=o.id)  (cost=1 rows=1) (never executed)\n";
    let plan = read(false, true, answer);
    assert_eq!(
        outline(&plan),
        [
            "Limit",
            "  Nested loop inner join",
            "    Filter",
            "      Table scan on c",
            "    Index lookup on o",
            "    Single-row index lookup on p"
        ]
    );
    let lookup = &plan.nodes[4];
    assert_eq!(lookup.index.as_deref(), Some("cid"));
    assert_eq!(lookup.total_ns, Some(90_000));
    assert_eq!(lookup.estimate.startup_cost.as_deref(), Some("0.35"));
    assert_eq!(lookup.off.as_ref().unwrap().factor, "100×");
    assert!(plan.nodes[5].actual.as_ref().unwrap().is_never());
    assert_eq!(plan.raw, answer);
}

#[test]
fn mysqls_json_becomes_a_tree() {
    let answer = r#"{"query_block": {"select_id": 1, "cost_info": {"query_cost": "42.50"},
        "ordering_operation": {"using_filesort": true, "grouping_operation": {"using_temporary_table": true,
          "nested_loop": [
            {"table": {"table_name": "c", "access_type": "ALL", "rows_examined_per_scan": 200, "rows_produced_per_join": 200,
              "filtered": "100.00", "cost_info": {"read_cost": "0.25", "eval_cost": "20.00", "prefix_cost": "20.25"},
              "used_columns": ["id", "name"]}},
            {"table": {"table_name": "o", "access_type": "ref", "key": "cid", "ref": ["shop.c.id"],
              "rows_examined_per_scan": 12, "cost_info": {"read_cost": "2.25", "eval_cost": "20.00"},
              "attached_condition": "(`o`.`total` > 100)",
              "attached_subqueries": [{"dependent": true, "query_block": {"select_id": 2, "message": "no matching row"}}]}}
          ]}}}}"#;
    let plan = read(false, false, answer);
    assert_eq!(
        outline(&plan),
        [
            "Query block",
            "  Ordering operation",
            "    Grouping operation",
            "      Nested loop",
            "        Table scan on c",
            "        Index lookup on o",
            "          Query block"
        ]
    );
    assert_eq!(plan.nodes[6].role.as_deref(), Some("Attached subqueries"));
    assert_eq!(plan.nodes[4].estimate.rows.as_deref(), Some("200"));
    assert_eq!(plan.nodes[4].own_cost.as_deref(), Some("20.25"));
    assert_eq!(plan.nodes[0].own_cost.as_deref(), Some("0.00"));
}

#[test]
fn the_second_form_of_mysqls_json_becomes_a_tree() {
    let answer = r#"{"query": "select 1", "operation": "Nested loop inner join", "estimated_rows": 9.0, "estimated_total_cost": 4.95,
        "inputs": [{"operation": "Table scan on c", "table_name": "c", "alias": "c", "schema_name": "shop", "estimated_rows": 3.0},
                   {"operation": "Index lookup on o using cid", "table_name": "o", "index_name": "cid",
                    "lookup_references": ["shop.c.id"], "estimated_rows": 3.0}]}"#;
    let plan = read(false, false, answer);
    let kinds: Vec<&str> = plan.nodes.iter().map(|node| node.kind.as_str()).collect();
    assert_eq!(kinds, ["Nested loop inner join", "Table scan on c", "Index lookup on o using cid"]);
    assert_eq!(plan.nodes[2].parent, Some(0));
    assert_eq!(plan.nodes[1].schema.as_deref(), Some("shop"));
}

#[test]
fn tables_whose_keys_repeat_are_all_there() {
    let answer = r#"{"query_block": {"select_id": 1, "r_loops": 1, "r_total_time_ms": 10.5,
        "table": {"table_name": "a", "access_type": "ALL", "r_loops": 1, "rows": 10, "r_rows": 500, "r_total_time_ms": 2.25},
        "block-nl-join": {"table": {"table_name": "b", "access_type": "ALL", "r_loops": 1, "rows": 7, "r_rows": 7}, "buffer_type": "flat"},
        "table": {"table_name": "c", "access_type": "eq_ref", "key": "PRIMARY", "r_loops": 0, "rows": 1, "r_rows": null}}}"#;
    let plan = read(true, true, answer);
    assert_eq!(
        outline(&plan),
        ["Query block", "  Table scan on a", "  Block nested loop join", "    Table scan on b", "  Unique lookup on c"]
    );
    assert_eq!(plan.nodes[1].own_ns, Some(2_250_000));
    assert_eq!(plan.nodes[0].own_ns, Some(8_250_000));
    assert_eq!(plan.nodes[1].off.as_ref().unwrap().factor, "50×");
    assert_eq!(plan.execution_ns, Some(10_500_000));
}

#[test]
fn an_old_server_says_that_it_cannot_measure() {
    let old = Explaining::new(false, 50_744);
    assert!(!old.measures());
    assert!(old.ask("select 1", ExplainOptions { analyze: true }).is_err());
    assert!(old.undo(driver::Transaction::Idle).is_none());
    assert!(Explaining::new(true, 101_119).measures());
}

#[test]
fn nothing_that_comes_back_can_break_the_reader() {
    for answer in ["", "{", "{}", "-> ", "->", "x\n-> a  (cost=) (actual time= rows= loops=)", "{\"query_block\": []}"]
    {
        let explaining = Explaining::new(true, 101_119);
        let question = explaining.ask("select 1", ExplainOptions { analyze: true }).unwrap();
        drop(explaining.read(&question, &[vec![Some(answer.to_owned())], vec![None], vec![]]));
    }
    for (open, close) in [("{\"a\":[", "]}"), ("{\"a\":", "}"), ("[", "]"), ("{\"nested_loop\":[{},", "]}")] {
        read(true, true, &format!("{{\"query_block\": {}1{}}}", open.repeat(20_000), close.repeat(20_000)));
    }
}
