#![allow(clippy::unwrap_used, clippy::panic)]

mod away;
mod large;
mod servers;

use std::collections::BTreeSet;

use crate::{
    App, Face,
    api::*,
    connections::tests::{Shop, draft},
    testing::{self, Memory, crashed},
};

pub(super) fn named(name: &str) -> DiagramTable {
    DiagramTable { schema: "main".to_owned(), name: name.to_owned() }
}

pub(super) fn names(drawing: &DiagramDrawing) -> Vec<&str> {
    drawing.boxes.iter().map(|one| one.name.as_str()).collect()
}

pub(super) fn one<'d>(drawing: &'d DiagramDrawing, name: &str) -> &'d DiagramBox {
    drawing.boxes.iter().find(|one| one.name == name).unwrap()
}

pub(super) fn at(drawing: &DiagramDrawing, name: &str) -> (f64, f64) {
    let found = one(drawing, name);
    (found.x, found.y)
}

pub(super) fn place(name: &str, x: f64, y: f64) -> DiagramPlace {
    DiagramPlace { schema: "main".to_owned(), name: name.to_owned(), x, y }
}

fn execute(shop: &Shop, text: &str) {
    rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap().execute_batch(text).unwrap();
}

impl Shop {
    pub(super) async fn diagram(&self, id: Option<&str>) -> DiagramDrawing {
        self.app.open_diagram(&self.profile, None, id).await.unwrap()
    }

    /// The file's schema is another: the catalog is read anew.
    async fn altered(&self, text: &str) {
        execute(self, text);
        self.app.refresh_catalog(&self.profile, None).await.unwrap();
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> ErrorCode {
    outcome.unwrap_err().code
}

#[tokio::test]
async fn a_first_diagram_shows_every_table_and_where_lines_end() {
    let shop = Shop::open().await;
    let drawing = shop.diagram(None).await;
    assert_eq!((drawing.name.as_str(), names(&drawing)), ("All tables", vec!["customers", "orders"]));
    assert!(drawing.layout_ms.is_some() && !drawing.offline && drawing.as_of_ms > 0);
    assert_eq!((drawing.tables, drawing.schemas.as_slice()), (2, &["main".to_owned()][..]));
    assert!(drawing.added.is_empty() && drawing.gone.is_empty() && drawing.renamed.is_empty());
    let orders = one(&drawing, "orders");
    assert_eq!((orders.title.as_str(), orders.kind.as_str(), orders.rows.len()), ("orders", "table", 3));
    assert!(orders.rows[0].primary && orders.rows[1].foreign);
    let [line] = drawing.lines.as_slice() else { panic!("{:?}", drawing.lines) };
    assert_eq!(
        (line.from.columns.as_slice(), line.to.columns.as_slice()),
        (&["customer_id".to_owned()][..], &["id".to_owned()][..])
    );
    assert_eq!(line.from.cardinality, DiagramCardinality::ZeroOrMany);
    assert_eq!(line.to.cardinality, DiagramCardinality::One);
    assert_eq!((line.on_delete.as_str(), line.inferred), ("no action", false));
    let metrics = &drawing.metrics;
    assert_eq!(line.from.y, metrics.head + 1.5 * metrics.row);
    let customers = one(&drawing, "customers");
    let first = (line.corners[0], line.corners[1]);
    assert!(first.0 == orders.x || first.0 == orders.x + orders.width, "{first:?} {orders:?}");
    assert_eq!(first.1, orders.y + line.from.y);
    assert_eq!(*line.corners.last().unwrap(), customers.y + line.to.y);
    let again = shop.diagram(None).await;
    assert_eq!((again.id.as_str(), again.layout_ms), (drawing.id.as_str(), None), "places were kept");
    assert_eq!((again.boxes, again.lines), (drawing.boxes, drawing.lines));
}

#[tokio::test]
async fn a_box_stays_where_a_person_put_it_also_after_a_crash() {
    let shop = Shop::open().await;
    let drawing = shop.diagram(None).await;
    let places = vec![place("orders", -120.5, 800.0), place("nobody", 1.0, 1.0), place("orders", -120.5, 900.0)];
    shop.app.place_tables(&drawing.id, places).await.unwrap();
    let shop = crashed(shop).await;
    let again = shop.diagram(Some(&drawing.id)).await;
    assert_eq!(at(&again, "orders"), (-120.5, 900.0), "the last word counts");
    assert_eq!(at(&again, "customers"), at(&drawing, "customers"));
    assert_eq!(again.lines[0].corners[1], 900.0 + again.lines[0].from.y, "its line comes after it");
    let anew = shop.app.arrange_diagram(&drawing.id, Vec::new()).await.unwrap();
    assert_eq!((anew.boxes, anew.layout_ms.is_some()), (drawing.boxes, true), "as it was at first");
}

#[tokio::test]
async fn what_happens_to_a_schema_leaves_everything_else_where_it_is() {
    let shop = Shop::open().await;
    let drawing = shop.diagram(None).await;
    shop.app.place_tables(&drawing.id, vec![place("orders", 2_000.0, 50.0)]).await.unwrap();
    shop.altered("CREATE TABLE parcels (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id))").await;
    let grown = shop.diagram(Some(&drawing.id)).await;
    assert_eq!((grown.added.as_slice(), grown.gone.len()), (&[named("parcels")][..], 0));
    assert_eq!(at(&grown, "orders"), (2_000.0, 50.0));
    let (x, _) = at(&grown, "parcels");
    assert!((x - 2_000.0).abs() < 800.0, "it comes near what it is related with: {x}");
    assert!(shop.diagram(Some(&drawing.id)).await.added.is_empty(), "that was told");
    shop.altered("DROP TABLE parcels").await;
    let shrunk = shop.diagram(Some(&drawing.id)).await;
    assert_eq!((shrunk.gone.as_slice(), names(&shrunk)), (&[named("parcels")][..], vec!["customers", "orders"]));
    shop.altered("CREATE TABLE parcels (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id))").await;
    let back = shop.diagram(Some(&drawing.id)).await;
    assert_eq!((at(&back, "parcels"), back.added.len()), (at(&grown, "parcels"), 1), "back in its place");
}

#[tokio::test]
async fn a_new_name_takes_place_colour_and_membership() {
    let shop = Shop::open().await;
    let scope = DiagramScope { only: Some(vec![named("orders"), named("customers")]), ..DiagramScope::default() };
    let drawing = shop.app.create_diagram(&shop.profile, None, "Few", scope).await.unwrap();
    shop.app.place_tables(&drawing.id, vec![place("orders", 700.0, 300.0)]).await.unwrap();
    shop.app.annotate_diagram(&drawing.id, Vec::new(), vec![(named("orders"), 3)], Vec::new()).await.unwrap();
    shop.altered("ALTER TABLE orders RENAME TO purchases").await;
    let after = shop.diagram(Some(&drawing.id)).await;
    let expected = DiagramRenamed { from: named("orders"), to: named("purchases"), certain: true };
    assert_eq!((after.renamed.as_slice(), after.added.len(), after.gone.len()), (&[expected][..], 0, 0));
    assert_eq!(names(&after), ["customers", "purchases"]);
    assert_eq!((at(&after, "purchases"), one(&after, "purchases").colour), ((700.0, 300.0), Some(3)));
    assert_eq!(after.scope.only.as_ref().unwrap()[0], named("purchases"));
    let again = shop.diagram(Some(&drawing.id)).await;
    assert!(again.renamed.is_empty() && at(&again, "purchases") == (700.0, 300.0));
}

#[tokio::test]
async fn what_is_hidden_or_grouped_has_its_place_when_it_is_shown_again() {
    let shop = Shop::open().await;
    let drawing = shop.diagram(None).await;
    shop.app.place_tables(&drawing.id, vec![place("orders", 900.0, 70.0)]).await.unwrap();
    shop.app.annotate_diagram(&drawing.id, Vec::new(), vec![(named("orders"), 5)], Vec::new()).await.unwrap();
    let hidden = DiagramScope { hidden: vec![named("orders")], ..DiagramScope::default() };
    let few = shop.app.scope_diagram(&drawing.id, hidden).await.unwrap();
    assert_eq!((names(&few), few.lines.len(), one(&few, "customers").outside), (vec!["customers"], 0, 1));
    assert_eq!(few.tables, 2, "of the whole database");
    // The window knows no colour of what it does not show.
    shop.app.annotate_diagram(&drawing.id, Vec::new(), Vec::new(), Vec::new()).await.unwrap();
    let grouped = DiagramScope { grouping: DiagramGrouping::Schema, views: true, ..DiagramScope::default() };
    let framed = shop.app.scope_diagram(&drawing.id, grouped).await.unwrap();
    assert_eq!(names(&framed), ["big_orders", "customers", "orders"]);
    assert_eq!((framed.frames.len(), framed.frames[0].title.as_str()), (1, "main"));
    assert_eq!(framed.frames[0].members, [0, 1, 2]);
    shop.app.place_tables(&drawing.id, vec![place("orders", 11.0, 12.0)]).await.unwrap();
    let whole = shop.app.scope_diagram(&drawing.id, DiagramScope::default()).await.unwrap();
    assert_eq!((at(&whole, "orders"), one(&whole, "orders").colour), ((900.0, 70.0), Some(5)));
    assert!(whole.frames.is_empty() && whole.added.is_empty());
}

#[tokio::test]
async fn boxes_that_grow_make_room_and_those_beside_stay() {
    let shop = Shop::open().await;
    let scope = DiagramScope { columns: DiagramColumns::None, ..DiagramScope::default() };
    let small = shop.app.create_diagram(&shop.profile, None, "Names", scope).await.unwrap();
    let places = vec![place("customers", 0.0, 0.0), place("orders", 20.0, 60.0)];
    shop.app.place_tables(&small.id, places).await.unwrap();
    let large = shop.app.scope_diagram(&small.id, DiagramScope::default()).await.unwrap();
    let (customers, orders) = (one(&large, "customers"), one(&large, "orders"));
    assert_eq!((customers.x, customers.y, orders.x), (0.0, 0.0, 20.0));
    assert!(orders.y >= customers.height, "{orders:?}");
    assert_eq!(at(&shop.diagram(Some(&small.id)).await, "orders"), (orders.x, orders.y), "and that is kept");
}

#[tokio::test]
async fn diagrams_have_names_of_their_own_and_the_last_one_opened_comes_first() {
    let shop = Shop::open().await;
    let first = shop.diagram(None).await;
    let second = shop.app.create_diagram(&shop.profile, None, " Sales ", DiagramScope::default()).await.unwrap();
    assert_eq!(shop.diagram(None).await.id, second.id);
    let taken = shop.app.create_diagram(&shop.profile, None, "sALES", DiagramScope::default()).await;
    assert_eq!(code(taken), ErrorCode::AlreadyExists);
    assert_eq!(code(shop.app.rename_diagram(&first.id, "Sales").await), ErrorCode::AlreadyExists);
    shop.app.place_tables(&second.id, vec![place("orders", 5.0, 6.0)]).await.unwrap();
    let copy = shop.app.copy_diagram(&second.id, "Copy").await.unwrap();
    assert_eq!(at(&copy, "orders"), (5.0, 6.0));
    assert_eq!(code(shop.app.copy_diagram(&second.id, "copy").await), ErrorCode::AlreadyExists);
    shop.app.rename_diagram(&copy.id, "Another").await.unwrap();
    shop.diagram(Some(&first.id)).await;
    assert_eq!(shop.diagram(None).await.id, first.id);
    let all = shop.app.diagrams(&shop.profile, None).await.unwrap();
    let told: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(told, ["All tables", "Another", "Sales"]);
    shop.app.remove_diagram(&copy.id).await.unwrap();
    assert_eq!(shop.app.diagrams(&shop.profile, None).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_diagram_that_was_removed_elsewhere_is_not_there_for_anything() {
    let shop = Shop::open().await;
    let id = shop.diagram(None).await.id;
    let app = &shop.app;
    app.remove_diagram(&id).await.unwrap();
    for id in [id.as_str(), "", "'; drop table diagrams; --", &"x".repeat(100_000)] {
        let found = [
            code(app.open_diagram(&shop.profile, None, Some(id)).await),
            code(app.copy_diagram(id, "Copy").await),
            code(app.rename_diagram(id, "New").await),
            code(app.remove_diagram(id).await),
            code(app.scope_diagram(id, DiagramScope::default()).await),
            code(app.arrange_diagram(id, Vec::new()).await),
            code(app.place_tables(id, vec![place("orders", 1.0, 1.0)]).await),
            code(app.annotate_diagram(id, Vec::new(), Vec::new(), Vec::new()).await),
            code(app.export_diagram(id, DiagramFormat::Svg, false, Vec::new(), "/nowhere/x.svg").await),
        ];
        assert_eq!(found, [ErrorCode::NotFound; 9]);
    }
    let other = shop.app.save_profile(draft("Other", &shop.home.path().join("shop.db"), Safety::Free)).await.unwrap();
    let id = shop.diagram(None).await.id;
    assert_eq!(code(app.open_diagram(&other.id, None, Some(&id)).await), ErrorCode::NotFound, "of another connection");
}

fn note(id: &str, text: &str) -> DiagramNote {
    DiagramNote { id: id.to_owned(), text: text.to_owned(), x: 1.0, y: 2.0, width: 100.0, height: 60.0, colour: 7 }
}

#[tokio::test]
async fn what_no_person_sends_is_refused_and_changes_nothing() {
    let shop = Shop::open().await;
    let (app, before) = (&shop.app, shop.diagram(None).await);
    let id = before.id.as_str();
    app.annotate_diagram(id, vec![note("a", "Two\nlines 🚀")], Vec::new(), vec![("main".to_owned(), 2)]).await.unwrap();
    for (x, y) in [(f64::NAN, 0.0), (0.0, f64::INFINITY), (1e300, 0.0), (0.0, -1e300)] {
        let places = vec![place("customers", 3.0, 3.0), place("orders", x, y)];
        assert_eq!(code(app.place_tables(id, places).await), ErrorCode::InvalidStatement);
        let far = DiagramNote { x, y, ..note("b", "far") };
        assert_eq!(
            code(app.annotate_diagram(id, vec![far], Vec::new(), Vec::new()).await),
            ErrorCode::InvalidStatement
        );
        let rect = DiagramRect { x, y, width: 10.0, height: 10.0 };
        let course = DiagramCourse { from: rect, from_y: 0.0, to: rect, to_y: 0.0, own: false, lane: u32::MAX };
        assert_eq!(code(app.route_lines(&[course])), ErrorCode::InvalidStatement);
    }
    let many: Vec<DiagramNote> = (0..100_000).map(|number| note(&number.to_string(), "")).collect();
    let none = || (Vec::new(), Vec::new());
    let refused = [
        (many, none()),
        (vec![note("a", &"x".repeat(10_001))], none()),
        (vec![note("a", ""), note("a", "")], none()),
        (vec![DiagramNote { colour: 8, ..note("a", "") }], none()),
        (vec![DiagramNote { width: -1.0, ..note("a", "") }], none()),
        (Vec::new(), (vec![(named("orders"), u32::MAX)], Vec::new())),
        (Vec::new(), (Vec::new(), vec![("main".to_owned(), 8)])),
    ];
    for (notes, (colours, frames)) in refused {
        let refused = code(app.annotate_diagram(id, notes, colours, frames).await);
        assert!([ErrorCode::InvalidStatement, ErrorCode::Exhausted].contains(&refused), "{refused:?}");
    }
    for name in ["", " \t", "two\nlines", &"n".repeat(10_240)] {
        let refused = app.create_diagram(&shop.profile, None, name, DiagramScope::default()).await;
        assert_eq!(code(refused), ErrorCode::InvalidStatement, "{name:?}");
    }
    let endless = DiagramScope { hidden: vec![named("x"); 100_001], ..DiagramScope::default() };
    assert_eq!(code(app.scope_diagram(id, endless).await), ErrorCode::Exhausted);
    // Nobody is called that; a diagram of nobody is an empty one.
    let odd = DiagramTable { schema: "\0".to_owned(), name: "🚀".repeat(10_240) };
    let strange = DiagramScope { only: Some(vec![odd.clone()]), hidden: vec![odd.clone()], ..DiagramScope::default() };
    assert!(app.scope_diagram(id, strange).await.unwrap().boxes.is_empty());
    app.arrange_diagram(id, vec![odd.clone()]).await.unwrap();
    assert_eq!(
        code(app.related_tables(&shop.profile, None, vec![odd.clone()], u32::MAX, true).await),
        ErrorCode::NotFound
    );
    assert_eq!(code(app.table_relations(&shop.profile, None, odd).await), ErrorCode::NotFound);
    let after = app.scope_diagram(id, DiagramScope::default()).await.unwrap();
    assert_eq!(after.boxes, before.boxes);
    assert_eq!(after.notes, [note("a", "Two\nlines 🚀")]);
}

#[tokio::test]
async fn two_windows_that_begin_at_once_have_one_diagram_and_the_last_word_counts() {
    let shop = Shop::open().await;
    let (app, profile) = (&shop.app, shop.profile.as_str());
    let (one, two) = tokio::join!(app.open_diagram(profile, None, None), app.open_diagram(profile, None, None));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((&one.id, &one.boxes), (&two.id, &two.boxes));
    assert_eq!(app.diagrams(profile, None).await.unwrap().len(), 1);
    let (orders, customers) = tokio::join!(
        app.place_tables(&one.id, vec![place("orders", 1.0, 2.0)]),
        app.place_tables(&one.id, vec![place("customers", 3.0, 4.0)])
    );
    orders.unwrap();
    customers.unwrap();
    let both = shop.diagram(None).await;
    assert_eq!((at(&both, "orders"), at(&both, "customers")), ((1.0, 2.0), (3.0, 4.0)));
}

#[tokio::test]
async fn diagrams_go_with_their_connection_and_with_everything() {
    let shop = Shop::open().await;
    let left = async |app: &App| {
        let mut left = Vec::new();
        for table in ["diagrams", "diagram_tables", "diagram_places", "diagram_ways"] {
            let select = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            left.push(sqlx::query_scalar::<_, i64>(select).fetch_one(app.store.read()).await.unwrap());
        }
        left
    };
    shop.altered("CREATE TABLE a (id INTEGER PRIMARY KEY, c INTEGER REFERENCES customers (id), o INTEGER REFERENCES orders (id))").await;
    let id = shop.diagram(None).await.id;
    let before = left(&shop.app).await;
    assert_eq!(&before[..3], &[1, 3, 3]);
    assert!(before[3] > 0, "some line goes around");
    let file = shop.home.path().join("shop.db");
    let other = shop.app.save_profile(draft("Other", &file, Safety::Free)).await.unwrap();
    shop.app.open_diagram(&other.id, None, None).await.unwrap();
    shop.app.remove_profile(&other.id).await.unwrap();
    assert_eq!(left(&shop.app).await, before);
    shop.app.remove_diagram(&id).await.unwrap();
    assert_eq!(left(&shop.app).await, [0; 4], "with all that hung on it");
    shop.diagram(None).await;
    shop.app.forget_everything(false).await.unwrap();
    assert_eq!(left(&shop.app).await, [0; 4]);
}

#[tokio::test]
async fn what_is_related_is_found_over_the_whole_database() {
    let shop = Shop::open().await;
    shop.altered(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL UNIQUE REFERENCES orders (id) ON DELETE CASCADE);
         CREATE TABLE stamps (id INTEGER PRIMARY KEY, parcel_id INTEGER);
         CREATE TABLE alone (id INTEGER PRIMARY KEY, above INTEGER REFERENCES alone (id))",
    )
    .await;
    let (app, profile) = (&shop.app, shop.profile.as_str());
    let related = async |name: &str, steps, inferred| {
        let found = app.related_tables(profile, None, vec![named(name)], steps, inferred).await.unwrap();
        found
            .into_iter()
            .map(|table| table.name)
            .collect::<BTreeSet<String>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(related("orders", 1, false).await, "customers orders parcels");
    assert_eq!(related("customers", 1, false).await, "customers orders");
    assert_eq!(related("customers", 2, false).await, "customers orders parcels");
    assert_eq!(related("customers", u32::MAX, true).await, "big_orders customers orders parcels stamps");
    assert_eq!(related("alone", 9, true).await, "alone");
    let path = async |from, to, inferred| {
        let found = app.path_between(profile, None, named(from), named(to), inferred).await.unwrap();
        found.map(|way| way.into_iter().map(|table| table.name).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(path("customers", "parcels", false).await.as_deref(), Some("customers orders parcels"));
    assert_eq!(path("stamps", "customers", true).await.as_deref(), Some("stamps parcels orders customers"));
    assert_eq!(path("stamps", "customers", false).await, None);
    assert_eq!(path("alone", "alone", false).await.as_deref(), Some("alone"));
    let found = app.table_relations(profile, None, named("parcels")).await.unwrap();
    let [refers] = found.refers_to.as_slice() else { panic!("{found:?}") };
    assert_eq!((refers.other.name.as_str(), refers.on_delete.as_str()), ("orders", "cascade"));
    assert_eq!(
        (refers.cardinality, refers.other_cardinality),
        (DiagramCardinality::ZeroOrOne, DiagramCardinality::One)
    );
    assert_eq!((found.referenced_by.len(), found.inferred.len()), (0, 1));
    assert!(!found.inferred[0].outgoing && found.inferred[0].other.name == "stamps");
    let own = app.table_relations(profile, None, named("alone")).await.unwrap();
    assert_eq!((own.refers_to.len(), own.referenced_by.len()), (1, 1), "to itself both ways");
}

#[tokio::test]
async fn some_boxes_are_laid_out_by_themselves_and_the_others_stay() {
    let shop = Shop::open().await;
    shop.altered("CREATE TABLE parcels (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id))").await;
    let id = shop.diagram(None).await.id;
    let heap = vec![place("customers", 50.0, 50.0), place("orders", 60.0, 60.0), place("parcels", 2_000.0, 0.0)];
    shop.app.place_tables(&id, heap).await.unwrap();
    let chosen = vec![named("customers"), named("orders")];
    let tidy = shop.app.arrange_diagram(&id, chosen).await.unwrap();
    assert_eq!(at(&tidy, "parcels"), (2_000.0, 0.0));
    let (customers, orders) = (one(&tidy, "customers"), one(&tidy, "orders"));
    assert_eq!(customers.x.min(orders.x), 50.0);
    assert!(customers.x + customers.width < orders.x, "what refers is on the right: {customers:?} {orders:?}");
    assert_eq!(at(&shop.diagram(None).await, "orders"), (orders.x, orders.y));
}

#[tokio::test]
async fn a_line_is_led_between_boxes_that_are_being_moved() {
    let shop = Shop::open().await;
    let rect = |x: f64, y: f64| DiagramRect { x, y, width: 100.0, height: 50.0 };
    let course =
        |own| DiagramCourse { from: rect(400.0, 0.0), from_y: 20.0, to: rect(0.0, 100.0), to_y: 10.0, own, lane: 3 };
    let led = shop.app.route_lines(&[course(false), course(true)]).unwrap();
    let ends = |line: &DiagramCorners| (line.0[0], line.0[1], line.0[line.0.len() - 2], line.0[line.0.len() - 1]);
    assert_eq!(ends(&led[0]), (400.0, 20.0, 100.0, 110.0));
    assert_eq!(led[1].0[0], 500.0, "one to itself goes out on the right");
    assert!(shop.app.route_lines(&[]).unwrap().is_empty());
}

/// A shop in a new process; in between something happens to its files.
pub(super) async fn reopened(shop: Shop, between: impl FnOnce(&std::path::Path)) -> Shop {
    shop.app.close().await;
    let Shop { app, profile, home } = shop;
    drop(app);
    between(home.path());
    let app = testing::open_over(home.path(), Face::Window, std::sync::Arc::new(Memory::default())).await;
    Shop { app, profile, home }
}
