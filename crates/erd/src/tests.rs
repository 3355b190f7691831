use catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, ForeignKey, Index, IndexKey, Known, Relation, RelationId,
    RelationKind, Schema, SchemaId,
};

use super::*;

pub(crate) struct Shop {
    pub(crate) catalog: Catalog,
    public: SchemaId,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let mut catalog = Catalog { database: Some("shop".to_owned()), ..Catalog::default() };
        let public = catalog.push_schema(Schema::named("public"));
        Shop { catalog, public }
    }

    pub(crate) fn table(&mut self, name: &str, columns: &[(&str, &str, bool)]) -> RelationId {
        self.relation(name, RelationKind::Table, columns)
    }

    /// Columns by name, type and whether they may be NULL; the first is the primary key.
    pub(crate) fn relation(&mut self, name: &str, kind: RelationKind, columns: &[(&str, &str, bool)]) -> RelationId {
        let id = self.catalog.push_relation(Relation::new(self.public, name, kind));
        for (index, (name, native_type, nullable)) in columns.iter().enumerate() {
            let mut column = Column::new(id, index as u32 + 1, name, native_type);
            column.nullable = Known::Value(*nullable);
            self.catalog.columns.push(column);
        }
        if kind == RelationKind::Table
            && let Some((first, ..)) = columns.first()
        {
            self.constrain(id, ConstraintKind::PrimaryKey, &[first]);
        }
        id
    }

    fn constrain(&mut self, relation: RelationId, kind: ConstraintKind, columns: &[&str]) {
        self.catalog.constraints.push(Constraint {
            relation,
            name: None,
            kind,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            definition: Known::NotLoaded,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
    }

    pub(crate) fn refer(&mut self, from: RelationId, columns: &[&str], to: RelationId, referenced: &[&str]) {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let name = self.catalog.relations[to.0 as usize].name.clone();
        self.catalog.foreign_keys.push(ForeignKey {
            relation: from,
            name: Some(format!("to_{name}")),
            columns: own(columns),
            references: ("public".to_owned(), name),
            referenced: Some(to),
            referenced_columns: own(referenced),
            on_delete: Action::Cascade,
            on_update: Action::NoAction,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: Known::NotLoaded,
            comment: None,
        });
    }

    fn unique_index(&mut self, relation: RelationId, column: &str, predicate: Option<&str>) {
        self.catalog.indexes.push(Index {
            relation,
            name: format!("of_{column}"),
            unique: true,
            primary: false,
            method: None,
            keys: vec![IndexKey { text: column.to_owned(), expression: false, descending: false, nulls_first: None }],
            included: Vec::new(),
            predicate: predicate.map(str::to_owned),
            valid: Known::Value(true),
            scans: Known::NotLoaded,
            bytes: Known::NotLoaded,
            inherited: false,
            definition: Known::NotLoaded,
            comment: None,
        });
    }

    pub(crate) fn drawn(mut self, choice: &Choice) -> Diagram {
        self.catalog.seal();
        Diagram::of(&self.catalog, choice)
    }
}

fn names(diagram: &Diagram) -> Vec<&str> {
    diagram.entities.iter().map(Entity::name).collect()
}

/// Customers, their orders and profiles, and what is in an order.
fn shop() -> Shop {
    let mut shop = Shop::new();
    let customers = shop.table("customers", &[("id", "bigint", false), ("email", "text", false)]);
    let orders = shop
        .table("orders", &[("id", "bigint", false), ("customer_id", "bigint", false), ("coupon_id", "integer", true)]);
    let profiles = shop.table("profiles", &[("customer_id", "bigint", false), ("picture", "bytea", true)]);
    let coupons = shop.table("coupons", &[("id", "integer", false)]);
    shop.refer(orders, &["customer_id"], customers, &["id"]);
    shop.refer(orders, &["coupon_id"], coupons, &["id"]);
    shop.refer(profiles, &["customer_id"], customers, &["id"]);
    shop
}

#[test]
fn cardinality_is_read_from_constraints() {
    let mut shop = shop();
    let badges = shop.table("badges", &[("id", "bigint", false), ("owner", "bigint", true), ("giver", "bigint", true)]);
    shop.refer(badges, &["owner"], RelationId(0), &["id"]);
    shop.refer(badges, &["giver"], RelationId(0), &["id"]);
    shop.unique_index(badges, "owner", None);
    shop.unique_index(badges, "giver", Some("giver > 7"));
    let diagram = shop.drawn(&Choice::default());
    let ends = |from: &str, column: &str| {
        let one = diagram
            .relationships
            .iter()
            .find(|one| diagram.entities[one.from.entity].name() == from && one.from.columns == [column])
            .unwrap();
        (one.from.cardinality, one.to.cardinality)
    };
    assert_eq!(ends("orders", "customer_id"), (Cardinality::ZeroOrMany, Cardinality::One));
    assert_eq!(ends("orders", "coupon_id"), (Cardinality::ZeroOrMany, Cardinality::ZeroOrOne));
    assert_eq!(ends("profiles", "customer_id"), (Cardinality::ZeroOrOne, Cardinality::One));
    assert_eq!(ends("badges", "owner"), (Cardinality::ZeroOrOne, Cardinality::ZeroOrOne));
    assert_eq!(
        ends("badges", "giver"),
        (Cardinality::ZeroOrMany, Cardinality::ZeroOrOne),
        "a partial index proves nothing"
    );
}

#[test]
fn a_choice_says_what_is_drawn() {
    let mut shop = shop();
    shop.relation("newest", RelationKind::View, &[("id", "bigint", true)]);
    let system = shop.catalog.push_schema(Schema { system: true, ..Schema::named("pg_catalog") });
    shop.catalog.push_relation(Relation::new(system, "pg_class", RelationKind::Table));
    shop.catalog.seal();
    let of = |choice: &Choice| Diagram::of(&shop.catalog, choice);
    assert_eq!(names(&of(&Choice::default())), ["coupons", "customers", "orders", "profiles"]);
    assert!(names(&of(&Choice { views: true, ..Choice::default() })).contains(&"newest"));
    let two = of(&Choice {
        relations: ["orders", "newest"]
            .map(|name| ObjectKey::relation(Some("shop"), Some("public"), name))
            .to_vec()
            .into(),
        columns: Columns::Keys,
        ..Choice::default()
    });
    assert_eq!(names(&two), ["newest", "orders"], "what is named is drawn, views too");
    assert_eq!((two.entities[1].outside, two.relationships.len()), (2, 0), "lines to what is not drawn are counted");
    assert_eq!((two.entities[1].rows.len(), two.entities[0].folded), (3, 1));
    assert_eq!(of(&Choice { schemas: Some(vec![]), ..Choice::default() }).entities, []);
    let key = |name: &str| ObjectKey::relation(Some("shop"), Some("public"), name);
    let without = of(&Choice {
        hidden: vec![key("orders"), key("newest")],
        relations: Some(vec![key("orders"), key("coupons")]),
        ..Choice::default()
    });
    assert_eq!(names(&without), ["coupons"], "what is hidden is not drawn, named or not");
    assert_eq!(without.entities[0].outside, 1, "its lines are counted");
}

#[test]
fn names_and_types_speak_for_relationships() {
    let mut shop = shop();
    shop.table("categories", &[("id", "bigint", false)]);
    shop.table("addresses", &[("id", "uuid", false), ("customerId", "bigint", false), ("country", "text", false)]);
    shop.table("boxes", &[("id", "bigint", false), ("address", "uuid", true), ("category_id", "integer", true)]);
    shop.table("stock", &[("box_id", "bigint", false), ("category_id", "bigint", false), ("paid", "bigint", false)]);
    let diagram = shop.drawn(&Choice { inferred: true, ..Choice::default() });
    let found: Vec<String> = diagram
        .relationships
        .iter()
        .filter(|one| one.origin == Origin::Inferred)
        .map(|one| {
            let name = |end: &End| format!("{}.{}", diagram.entities[end.entity].name(), end.columns[0]);
            format!("{} {}", name(&one.from), name(&one.to))
        })
        .collect();
    let wanted = ["addresses.customerId customers.id", "boxes.address addresses.id", "stock.category_id categories.id"];
    assert_eq!(found, wanted, "neither the own key nor another type, nor what is declared");
}

#[test]
fn ways_lead_over_few_relationships() {
    let mut shop = shop();
    shop.table("alone", &[("id", "bigint", false)]);
    let diagram = shop.drawn(&Choice::default());
    let place = |name: &str| diagram.entities.iter().position(|entity| entity.name() == name).unwrap();
    let path = diagram.path(place("profiles"), place("coupons")).unwrap();
    let over: Vec<&str> = path.iter().map(|one| diagram.relationships[*one].name.as_deref().unwrap()).collect();
    assert_eq!(over, ["to_customers", "to_customers", "to_coupons"]);
    assert_eq!(diagram.path(place("alone"), place("orders")), None);
    assert_eq!(diagram.path(place("orders"), place("orders")), Some(vec![]));
    let beside: Vec<&str> =
        diagram.neighbours(&[place("orders")], 1).into_iter().map(|place| diagram.entities[place].name()).collect();
    assert_eq!(beside, ["coupons", "customers", "orders"]);
    assert_eq!(diagram.neighbours(&[place("orders")], 2).len(), 4);
    let both = diagram.neighbours(&[place("profiles"), place("coupons")], 1);
    assert_eq!(both.len(), 4, "from several at once");
}

#[test]
fn clusters_hold_together_what_is_related() {
    let mut shop = Shop::new();
    let users = shop.table("users", &[("id", "bigint", false)]);
    for group in ["billing", "catalogue"] {
        let ids: Vec<RelationId> = (0..5)
            .map(|index| shop.table(&format!("{group}_{index}"), &[("id", "bigint", false), ("other", "bigint", true)]))
            .collect();
        for (index, id) in ids.iter().enumerate() {
            shop.refer(*id, &["other"], users, &["id"]);
            for other in &ids[..index] {
                shop.refer(*id, &["other"], *other, &["id"]);
            }
        }
    }
    let diagram = shop.drawn(&Choice::default());
    let clusters = diagram.clusters();
    let of = |prefix: &str| {
        let found = diagram.entities.iter().zip(&clusters).filter(|(entity, _)| entity.name().starts_with(prefix));
        found.map(|(_, cluster)| *cluster).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!((of("billing").len(), of("catalogue").len()), (1, 1), "{clusters:?}");
    assert_ne!(of("billing"), of("catalogue"), "a hub does not pull everything together");
}

#[test]
fn texts_say_what_is_drawn() {
    let mut shop = Shop::new();
    let odd = shop.table("odd \"name\" % 🏠", &[("the id", "character varying(20)", false), ("2nd", "bigint", true)]);
    let users = shop.table("users", &[("id", "bigint", false)]);
    shop.refer(odd, &["2nd"], users, &["id"]);
    shop.catalog.columns[1].comment = Some("it's \"second\"\nof two".to_owned());
    let diagram = shop.drawn(&Choice::default());
    let groups = crate::Groups::default();
    let shown = text::Shown::new(&diagram, &groups);
    assert_eq!(
        text::mermaid(&shown),
        "erDiagram\n  e0[\"odd #quot;name#quot; #37; 🏠\"] {\n    character_varying(20) the_id PK \"the id\"\n    \
         bigint _2nd FK \"2nd: it's #quot;second#quot; of two\"\n  }\n  e1[\"users\"] {\n    bigint id PK\n  }\n  \
         e1 |o--o{ e0 : \"to_users\"\n"
    );
    assert_eq!(
        text::dbml(&shown),
        "Table \"public\".\"odd \\\"name\\\" % 🏠\" {\n  \"the id\" \"character varying(20)\" [pk, not null]\n  \
         \"2nd\" \"bigint\" [null, note: '''it\\'s \"second\"\nof two''']\n}\n\nTable \"public\".\"users\" {\n  \
         \"id\" \"bigint\" [pk, not null]\n}\n\nRef \"to_users\": \"public\".\"odd \\\"name\\\" % 🏠\".\"2nd\" > \
         \"public\".\"users\".\"id\" [delete: cascade, update: no action]\n"
    );
    let drawn = text::plantuml(&shown);
    assert!(
        drawn.contains("entity \"odd <U+0022>name<U+0022> % 🏠\" as e0 {\n  * the id : character varying(20) <<PK>>\n")
    );
    assert!(drawn.contains("e1 |o--o{ e0 : to_users\n"), "{drawn}");
}

fn plain<'a>(diagram: &'a Diagram, places: &'a [layout::Point], lines: &'a [Vec<layout::Point>]) -> Drawing<'a> {
    Drawing { diagram, places, lines, frames: &[], notes: &[], colours: &[], staged: Staged::NOTHING }
}

#[test]
fn a_picture_shows_every_entity_and_line() {
    let mut shop = shop();
    let long = "a name that is longer than any box may be wide, so that its end has to give way to dots in the picture";
    let odd = shop.table(long, &[("a < b & c", "text", false), (long, "numeric(12, 2)", true)]);
    shop.refer(odd, &["a < b & c"], RelationId(0), &["id"]);
    shop.table("addresses", &[("id", "bigint", false), ("customer_id", "bigint", true)]);
    let diagram = shop.drawn(&Choice { inferred: true, ..Choice::default() });
    let found = diagram.arrange(Grouping::None);
    let lines = diagram.lines(&found.places, &found.ways);
    let drawing = plain(&diagram, &found.places, &lines);
    for look in [Look::LIGHT, Look::DARK] {
        let picture = svg(&drawing, &look);
        assert_eq!(picture.matches("<g>").count(), diagram.entities.len());
        assert_eq!(picture.matches("<path class=\"l\"").count(), 3 * diagram.relationships.len() - 1);
        assert_eq!(picture.matches("<path class=\"l i\"").count(), 1, "what is inferred is dashed");
        assert_eq!(picture.matches("@font-face").count(), 3, "it needs no font of the computer's");
        assert!(picture.contains("a &lt; b &amp; c") && picture.contains('…') && !picture.contains("NaN"));
    }
    let empty = svg(&plain(&Diagram::default(), &[], &[]), &Look::LIGHT);
    assert!(empty.contains("width=\"96\"") && !empty.contains("inf"), "{}", &empty[..200]);
}

#[test]
fn boxes_are_as_wide_as_their_texts() {
    use measure::{SIZES, Typeface};
    let mono = Typeface::Name.width("iiiiWWWW", SIZES.1);
    assert!((mono - 8.0 * 0.6 * SIZES.1).abs() < 0.01, "{mono}");
    assert!(Typeface::Text.width("WWWW", 11.0) > 2.0 * Typeface::Text.width("iiii", 11.0));
    assert!(Typeface::Text.width("表", 10.0) > 11.0, "what the font lacks takes two places");
    let fitted = Typeface::Name.fitted("a_long_name_of_a_column", SIZES.1, 80.0);
    assert!(fitted.ends_with('…') && Typeface::Name.width(&fitted, SIZES.1) <= 80.0, "{fitted}");
    let diagram = shop().drawn(&Choice { columns: Columns::None, ..Choice::default() });
    assert!(diagram.sizes().iter().all(|size| size.height == measure::HEAD && size.width >= 140.0));
    assert!(diagram.links().iter().all(|link| link.from_y == 14.0), "lines reach the head where columns are folded");
}

#[test]
fn groups_have_frames() {
    let mut shop = shop();
    let archive = shop.catalog.push_schema(Schema::named("archive"));
    let old = shop.catalog.push_relation(Relation::new(archive, "orders", RelationKind::Table));
    shop.catalog.columns.push(Column::new(old, 1, "customer_id", "bigint"));
    shop.refer(old, &["customer_id"], RelationId(0), &["id"]);
    shop.table("alone", &[("id", "bigint", false)]);
    let diagram = shop.drawn(&Choice::default());
    let title = |index: &usize| diagram.title(&diagram.entities[*index]);
    let framed = |grouping: Grouping| {
        let places = diagram.arrange(grouping).places;
        let frames = diagram.frames(grouping, &places);
        for (index, one) in frames.iter().enumerate() {
            let inside = |place: &usize| {
                let (at, size) = (places[*place], diagram.sizes()[*place]);
                let (right, bottom) = (at.x + size.width + measure::FRAME_PAD, at.y + size.height + measure::FRAME_PAD);
                one.rect.at.x + measure::FRAME_PAD <= at.x
                    && one.rect.at.y + measure::FRAME_PAD + measure::FRAME_HEAD <= at.y
                    && right <= one.rect.right()
                    && bottom <= one.rect.bottom()
            };
            assert!(one.members.iter().all(inside), "{one:?}");
            let apart = |other: &Frame| one.rect.right() <= other.rect.at.x || other.rect.right() <= one.rect.at.x;
            assert!(frames[index + 1..].iter().all(apart), "related groups lie side by side");
        }
        let about = |one: &Frame| (one.title.clone(), one.colour, one.members.iter().map(title).collect::<Vec<_>>());
        frames.iter().map(about).collect::<Vec<_>>()
    };
    assert_eq!(framed(Grouping::None), []);
    let public = ["public.alone", "public.coupons", "public.customers", "public.orders", "public.profiles"];
    let schemas = [("archive", 0, &["archive.orders"][..]), ("public", 1, &public)];
    let wanted = |(title, colour, members): &(&str, usize, &[&str])| {
        ((*title).to_owned(), *colour, members.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(framed(Grouping::Schema), schemas.iter().map(wanted).collect::<Vec<_>>());
    let clusters = framed(Grouping::Cluster);
    assert!(clusters.iter().all(|(_, _, members)| members.len() > 1), "{clusters:?}");
    assert!(clusters.iter().any(|(title, ..)| title == "public.customers"), "called after its hub: {clusters:?}");
    assert!(!clusters.iter().any(|(_, _, members)| members.contains(&"public.alone".to_owned())), "{clusters:?}");
    let mut shop = Shop::new();
    let events = shop.table("events", &[("id", "bigint", false), ("staff", "bigint", true)]);
    let people = shop.table("people", &[("id", "bigint", false)]);
    shop.refer(events, &["staff"], people, &["id"]);
    assert_eq!(
        shop.drawn(&Choice::default()).groups(Grouping::Cluster).titles,
        ["people"],
        "of two the one referred to"
    );
}

#[test]
fn a_picture_shows_frames_notes_and_colours() {
    let diagram = shop().drawn(&Choice::default());
    let found = diagram.arrange(Grouping::Schema);
    let lines = diagram.lines(&found.places, &found.ways);
    let frames = diagram.frames(Grouping::Schema, &found.places);
    let at = layout::Point { x: -500.0, y: 40.0 };
    let rect = layout::Rect { at, size: layout::Size { width: 140.0, height: 52.0 } };
    let text =
        "Orders <of> the shop\nand a text that is longer than its note has room for, so that its end is left out"
            .to_owned();
    let notes = [Note { text, rect, colour: 2 }];
    let colours = [None, Some(3), Some(99)];
    let drawing = Drawing {
        diagram: &diagram,
        places: &found.places,
        lines: &lines,
        frames: &frames,
        notes: &notes,
        colours: &colours,
        staged: Staged::NOTHING,
    };
    assert_eq!(notes[0].rows(), ["Orders <of> the shop", "and a text that is…"]);
    assert!(drawing.extent().at.x < -500.0, "a note belongs to the picture");
    for (look, frame, note, mark) in
        [(Look::LIGHT, "#0069A8", "#00805F", "#AB4A86"), (Look::DARK, "#56B4E9", "#2FBF98", "#E08BBD")]
    {
        let picture = svg(&drawing, &look);
        assert_eq!(picture.matches("<g class=\"f\">").count(), 1);
        assert!(picture.contains(&format!("fill=\"{frame}\"")) && picture.contains(">public</text>"));
        assert!(
            picture.contains(&format!("fill=\"{note}\"")) && picture.contains(">Orders &lt;of&gt; the shop</text>")
        );
        assert_eq!(picture.matches("<path class=\"k\"").count(), 1, "a colour that there is not marks nothing");
        assert!(picture.contains(&format!("<path class=\"k\" fill=\"{mark}\"")));
    }
}

#[test]
fn pictures_of_hostile_places_are_no_trouble() {
    let diagram = shop().drawn(&Choice::default());
    let odd = [f64::NAN, 1e300, f64::NEG_INFINITY, -1e300].map(|x| layout::Point { x, y: x });
    let lines = diagram.lines(&odd, &[]);
    assert_eq!(lines.len(), diagram.relationships.len());
    let frames = diagram.frames(Grouping::Schema, &odd);
    let drawing = Drawing { frames: &frames, ..plain(&diagram, &odd, &lines) };
    assert!(svg(&drawing, &Look::LIGHT).ends_with("</svg>\n"));
    assert_eq!(diagram.lines(&odd[..1], &[]).len(), lines.len(), "places that are missing are no trouble either");
    let settled = diagram.settle(Grouping::Schema, &odd.map(Some));
    assert!(settled.iter().all(|at| at.x.abs() < 1e6), "{settled:?}");
}
