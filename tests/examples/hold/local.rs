//! What a person does with held rows: sort them, filter them, look over a column.

use std::time::Instant;

use driver::{Comparison, Driver};
use driver_postgres::PostgresDriver;
use results::{
    Column, Condition, Order, RowFilter, Stop,
    chart::{Aggregate, Bucket, ChartPlan, GroupOrder, Measure, PointPlan, TimeUnit},
};

use crate::{median, milliseconds, open, store, whole};

/// What it is called, and how it is done.
type Work<'a> = (&'a str, Box<dyn Fn() + 'a>);

/// Times each on the columns of the table `mixed`, by name.
pub async fn measure(url: &str, sql: &str, runs: usize) {
    let store = store();
    let (_connection, session) = open(url, None).await;
    let hold = whole(&*session, &store, sql).await.remove(0);
    let cast = PostgresDriver.cast();
    let at = |name: &str| hold.schema().fields().iter().position(|field| field.name() == name).unwrap();
    let column = |name: &str| Column { index: at(name), cast };
    let stop = Stop::default();
    let sorted = |by: &[(&str, Order)]| {
        let by: Vec<_> = by.iter().map(|(name, order)| (column(name), *order)).collect();
        let view = hold.sort(None, &by, &stop).unwrap();
        assert_eq!(view.len(), hold.rows());
    };
    let filtered = |filter: &RowFilter| assert!(!hold.filter(None, filter, cast, &stop).unwrap().is_empty());
    let condition = |name: &str, comparison, value: &str| RowFilter {
        conditions: vec![Condition { column: at(name), comparison, values: vec![value.to_owned()] }],
        ..RowFilter::default()
    };
    let anywhere = RowFilter { contains: Some("99@example".to_owned()), ..RowFilter::default() };
    let dear = condition("total", Comparison::Greater, "9990");
    let charted = |x: &str, bucket: Bucket| {
        let plan = ChartPlan {
            x: at(x),
            series: None,
            measures: vec![Measure { column: Some(at("total")), aggregate: Aggregate::Sum }],
            bucket,
            order: GroupOrder::ValueDescending,
            limit: 30,
            others: true,
        };
        assert!(!hold.chart(None, &plan, cast, &stop).unwrap().groups.is_empty());
    };
    let points = PointPlan { x: at("placed"), series: None, y: vec![at("total")], line: false };
    let work: Vec<Work<'_>> = vec![
        ("sort by a number", Box::new(|| sorted(&[("total", Order::Descending)]))),
        ("sort by a time", Box::new(|| sorted(&[("placed", Order::Descending)]))),
        ("sort by a text", Box::new(|| sorted(&[("email", Order::Ascending)]))),
        ("sort by two columns", Box::new(|| sorted(&[("state", Order::Ascending), ("total", Order::Descending)]))),
        ("filter by a text anywhere", Box::new(|| filtered(&anywhere))),
        ("filter by a number", Box::new(|| filtered(&dear))),
        ("chart of sums by month", Box::new(|| charted("placed", Bucket::Unit(TimeUnit::Month)))),
        ("chart of sums by a text", Box::new(|| charted("state", Bucket::Each))),
        ("chart of points", Box::new(|| drop(hold.points(None, &points, cast, &stop).unwrap()))),
        ("statistics of a number", Box::new(|| drop(hold.statistics(None, column("total"), &stop).unwrap()))),
        ("statistics of a text", Box::new(|| drop(hold.statistics(None, column("email"), &stop).unwrap()))),
    ];
    let mut found = Vec::new();
    for (what, work) in work {
        let times: Vec<f64> = (0..runs)
            .map(|_| {
                let begun = Instant::now();
                work();
                milliseconds(begun.elapsed())
            })
            .collect();
        found.push(serde_json::json!({ "what": what, "median_ms": median(&times) }));
    }
    println!("{}", serde_json::json!({ "rows": hold.rows(), "work": found }));
}
