#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{
    api::*,
    connections::tests::Shop,
    runs::tests::{heads, play, script},
};

async fn held(shop: &Shop, sql: &str) -> String {
    let events = play(shop, script(shop, "t", sql)).await;
    heads(&events).pop().unwrap_or_else(|| panic!("{sql}: {events:?}")).hold_id
}

async fn suggested(shop: &Shop, sql: &str) -> (String, ChartSuggestion) {
    let hold = held(shop, sql).await;
    let suggestion = shop.app.chart_suggest(&hold).await.unwrap();
    (hold, suggestion)
}

const MONTHS: &str = "with recursive c(n) as (select 0 union all select n + 1 from c where n < 11) \
    select date('2024-01-01', n || ' months') as month, n * 10 as amount from c";

#[tokio::test]
async fn the_first_chart_follows_what_the_columns_hold() {
    let shop = Shop::open().await;
    let cases = [
        (MONTHS, ChartKind::Line, 0, ChartAggregate::None),
        ("values ('a', 1.5), ('b', 2), ('a', 3)", ChartKind::Bar, 0, ChartAggregate::Sum),
        ("values (1.5, 2), (3, 4)", ChartKind::Scatter, 0, ChartAggregate::None),
        ("values (1.5), (3)", ChartKind::Histogram, 0, ChartAggregate::Rows),
        ("values ('a'), ('b'), ('a')", ChartKind::Bar, 0, ChartAggregate::Rows),
        ("select 7 as id, 'x' as name, 3 as qty", ChartKind::Bar, 1, ChartAggregate::Sum),
        ("select 2024 as year, 3 as qty union all select 2025, 4", ChartKind::Bar, 0, ChartAggregate::Sum),
        ("select '2024-02-30' as d where 0", ChartKind::Bar, 0, ChartAggregate::Rows),
        ("select null as empty", ChartKind::Bar, 0, ChartAggregate::Rows),
    ];
    for (sql, kind, x, aggregate) in cases {
        let (hold, suggestion) = suggested(&shop, sql).await;
        let spec = suggestion.spec;
        assert_eq!((spec.kind, spec.x), (kind, x), "{sql}");
        assert_eq!(spec.measures.first().unwrap().aggregate, aggregate, "{sql}");
        assert!(suggestion.why.ends_with('.'), "{sql}");
        // What is suggested can be drawn.
        shop.app.chart_of(&hold, spec).await.unwrap();
    }
}

fn bars(x: u32, y: u32) -> ChartSpec {
    ChartSpec {
        kind: ChartKind::Bar,
        x,
        series: None,
        measures: vec![ChartMeasure { column: Some(y), aggregate: ChartAggregate::Sum }],
        bucket: ChartBucket::Auto,
        order: ChartOrder::ValueDescending,
        limit: 2,
        others: true,
    }
}

#[tokio::test]
async fn a_chart_has_exact_texts_and_says_what_it_leaves_out() {
    let shop = Shop::open().await;
    let hold =
        held(&shop, "values ('a', 9007199254740993), ('b', 1), ('c', 2), (null, 5), ('a', 9007199254740993)").await;
    let chart = shop.app.chart_of(&hold, bars(0, 1)).await.unwrap();
    let line = chart.series.first().unwrap();
    let texts: Vec<_> = line.marks.iter().map(|mark| mark.text.as_deref().unwrap()).collect();
    assert_eq!(texts, ["18014398509481986", "2", "5", "1"]);
    let kinds: Vec<_> = chart.groups.iter().map(|group| (group.kind, group.label.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (ChartGroupKind::Value, "a"),
            (ChartGroupKind::Value, "c"),
            (ChartGroupKind::Null, ""),
            (ChartGroupKind::Other, "")
        ]
    );
    assert_eq!((chart.title.as_str(), chart.partial, chart.rows), ("Sum of column2 by column1", None, 5));
    assert_eq!(chart.notes, ["Top 2 of 3 groups."]);
}

#[tokio::test]
async fn what_cannot_be_charted_is_refused_in_words() {
    let shop = Shop::open().await;
    let hold = held(&shop, "values ('a', 1)").await;
    let code = |answer: Result<ChartSeries, AppError>| answer.unwrap_err().code;
    assert_eq!(code(shop.app.chart_of(&hold, bars(7, 1)).await), ErrorCode::NotFound);
    assert_eq!(code(shop.app.chart_of("gone", bars(0, 1)).await), ErrorCode::NotFound);
    let mut mixed = bars(0, 1);
    mixed.measures.push(ChartMeasure { column: Some(1), aggregate: ChartAggregate::None });
    assert_eq!(code(shop.app.chart_of(&hold, mixed).await), ErrorCode::InvalidStatement);
    let mut widths = bars(0, 1);
    widths.bucket = ChartBucket::Width { width: "5".to_owned() };
    assert_eq!(code(shop.app.chart_of(&hold, widths).await), ErrorCode::InvalidStatement);
}

#[tokio::test]
async fn a_newer_chart_of_the_same_rows_stops_the_older_one() {
    let shop = Shop::open().await;
    let older = shop.app.charts.begin("h");
    let other = shop.app.charts.begin("another");
    let newer = shop.app.charts.begin("h");
    assert!(older.check().is_err() && newer.check().is_ok() && other.check().is_ok());
    shop.app.stop_chart("h").await.unwrap();
    assert!(newer.check().is_err());
}

#[tokio::test]
async fn a_picture_takes_its_place_whole() {
    let shop = Shop::open().await;
    let path = |name: &str| shop.home.path().join(name).to_string_lossy().into_owned();
    let svg = ChartPicture::Svg { text: "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_owned() };
    shop.app.save_chart(&path("chart.svg"), svg.clone()).await.unwrap();
    assert!(std::fs::read_to_string(path("chart.svg")).unwrap().starts_with("<svg"));
    // The first bytes of a PNG.
    let png = |base64: &str| ChartPicture::Png { base64: base64.to_owned() };
    shop.app.save_chart(&path("chart.png"), png("iVBORw0KGgo=")).await.unwrap();
    assert_eq!(std::fs::read(path("chart.png")).unwrap(), b"\x89PNG\r\n\x1a\n");
    let code = |answer: Result<(), AppError>| answer.unwrap_err().code;
    assert_eq!(code(shop.app.save_chart(&path("x.png"), png("AAAA")).await), ErrorCode::InvalidStatement);
    assert_eq!(code(shop.app.save_chart(&path("no/where.svg"), svg).await), ErrorCode::NotFound);
    assert!(!std::path::Path::new(&path("x.png")).exists());
}
