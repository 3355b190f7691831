//! What is written, held equal to files that the languages' own tools read (`tests/typegen`), and what of a change breaks code.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, ForeignKey, Generated, Identity, Known, Relation, RelationId,
    RelationKind, Schema, SchemaId, TypeKind, TypeObject, facts::Engine,
};

use crate::{Choice, Effect, Language, Model, Outdated, Undescribed, compare, write};

/// A name that would leave every text it stands in.
const HOSTILE: &str = "*/ `${x}` \"'\\ \u{2028}//\u{202e} ?>";

fn relation(catalog: &mut Catalog, schema: SchemaId, name: &str, kind: RelationKind) -> RelationId {
    catalog.push_relation(Relation::new(schema, name, kind))
}

/// Columns as `(name, type, takes NULL)`.
fn columns(catalog: &mut Catalog, relation: RelationId, columns: &[(&str, &str, bool)]) {
    for (place, (name, native, nullable)) in columns.iter().enumerate() {
        let column = Column::new(relation, u32::try_from(place + 1).unwrap(), name, native);
        catalog.columns.push(Column { nullable: Known::Value(*nullable), ..column });
    }
}

fn change<'a>(catalog: &'a mut Catalog, relation: RelationId, name: &str) -> &'a mut Column {
    catalog.columns.iter_mut().find(|one| one.relation == relation && one.name == name).unwrap()
}

fn key(catalog: &mut Catalog, relation: RelationId, kind: ConstraintKind, name: &str, columns: &[&str]) {
    catalog.constraints.push(Constraint {
        relation,
        name: Some(name.to_owned()),
        kind,
        columns: columns.iter().map(|one| (*one).to_owned()).collect(),
        deferrable: false,
        initially_deferred: false,
        validated: true,
        definition: Known::NotLoaded,
        inherited: false,
        comment: None,
    });
}

fn refer(catalog: &mut Catalog, from: RelationId, name: &str, columns: &[&str], to: RelationId, to_columns: &[&str]) {
    let walker = catalog.relation(to).unwrap();
    let references = (walker.schema().to_owned(), walker.row().name.clone());
    let names = |some: &[&str]| some.iter().map(|one| (*one).to_owned()).collect();
    catalog.foreign_keys.push(ForeignKey {
        relation: from,
        name: Some(name.to_owned()),
        columns: names(columns),
        references,
        referenced: Some(to),
        referenced_columns: names(to_columns),
        on_delete: Action::Cascade,
        on_update: Action::NoAction,
        deferrable: false,
        initially_deferred: false,
        validated: true,
        definition: Known::NotLoaded,
        comment: None,
    });
}

fn own_type(catalog: &mut Catalog, schema: SchemaId, name: &str, kind: TypeKind) -> usize {
    catalog.types.push(TypeObject {
        schema,
        name: name.to_owned(),
        kind,
        labels: Vec::new(),
        base_type: None,
        attributes: Vec::new(),
        constraints: Vec::new(),
        check_names: Vec::new(),
        default: None,
        owner: None,
        comment: None,
    });
    catalog.types.len() - 1
}

fn postgres() -> Catalog {
    let mut catalog = Catalog { database: Some("shop".to_owned()), ..Catalog::default() };
    let public = catalog.push_schema(Schema::named("public"));
    let odd = catalog.push_schema(Schema::named("odd schema"));
    let mood = own_type(&mut catalog, public, "mood", TypeKind::Enum);
    catalog.types[mood].labels = ["sad", "so-so", "it's \"fine\"", "注文", ""].map(str::to_owned).to_vec();
    catalog.types[mood].comment = Some("How somebody is".to_owned());
    let order = own_type(&mut catalog, odd, "Order", TypeKind::Composite);
    catalog.types[order].attributes =
        vec![("type".to_owned(), "integer".to_owned()), ("b".to_owned(), "text[]".to_owned())];
    let email = own_type(&mut catalog, public, "email", TypeKind::Domain);
    catalog.types[email].base_type = Some("character varying(80)".to_owned());
    let positive = own_type(&mut catalog, public, "work_email", TypeKind::Domain);
    catalog.types[positive].base_type = Some("public.email".to_owned());

    let people = relation(&mut catalog, public, "people", RelationKind::Table);
    catalog.relations[0].comment = Some(format!("Who is known\nhere {HOSTILE}"));
    columns(
        &mut catalog,
        people,
        &[
            ("id", "bigint", false),
            ("email", "public.work_email", false),
            ("mood", "public.mood", true),
            ("moods", "public.mood[]", false),
            ("balance", "numeric(12,2)", false),
            ("rates", "numeric[]", true),
            ("born", "date", true),
            ("seen", "timestamp(3) with time zone", false),
            ("logged", "timestamp without time zone", true),
            ("nap", "interval", true),
            ("at", "time with time zone", true),
            ("data", "jsonb", true),
            ("picture", "bytea", true),
            ("tags", "character varying(20)[]", false),
            ("place", "point", true),
            ("span", "int4range", true),
            ("last", "\"odd schema\".\"Order\"", true),
            ("emails", "public.email[]", true),
            ("flags", "bit(3)", true),
            ("key", "uuid", false),
            ("initial", "\"char\"", true),
            ("boss", "bigint", true),
            ("shouted", "text", true),
            ("class", "smallint", false),
            ("number", "oid", true),
            ("ratio", "double precision", true),
        ],
    );
    change(&mut catalog, people, "id").identity = Some(Identity::Always);
    change(&mut catalog, people, "email").comment = Some(HOSTILE.to_owned());
    change(&mut catalog, people, "seen").default = Some("now()".to_owned());
    change(&mut catalog, people, "key").default = Some("gen_random_uuid()".to_owned());
    change(&mut catalog, people, "tags").default = Some("'{\"a`${b}\\\\\"}'::character varying[]".to_owned());
    change(&mut catalog, people, "shouted").generated =
        Some(Generated { expression: Some("upper((email)::text)".to_owned()), stored: true });
    let homes = relation(&mut catalog, odd, HOSTILE, RelationKind::PartitionedTable);
    columns(
        &mut catalog,
        homes,
        &[
            ("größe", "integer", false),
            (HOSTILE, "bigint", false),
            ("注文", "text", true),
            ("__proto__", "integer", true),
        ],
    );
    change(&mut catalog, homes, "größe").default = Some("1".to_owned());
    let keyless = relation(&mut catalog, public, "People", RelationKind::Table);
    columns(&mut catalog, keyless, &[("a-b", "text", true), ("a_b", "text", true), ("new", "xml", true)]);
    let view = relation(&mut catalog, public, "adults", RelationKind::View);
    columns(&mut catalog, view, &[("id", "bigint", true), ("mood", "public.mood", true)]);
    let part = relation(&mut catalog, public, "people_1", RelationKind::Partition);
    columns(&mut catalog, part, &[("id", "bigint", false)]);
    let date = relation(&mut catalog, public, "date", RelationKind::Table);
    columns(
        &mut catalog,
        date,
        &[
            ("person", "bigint", false),
            ("other", "bigint", true),
            ("size", "integer", false),
            ("home", "bigint", false),
        ],
    );

    key(&mut catalog, people, ConstraintKind::PrimaryKey, "people_pkey", &["id"]);
    key(&mut catalog, people, ConstraintKind::Unique, "people_email", &["email"]);
    key(&mut catalog, homes, ConstraintKind::PrimaryKey, "homes_pkey", &["größe", HOSTILE]);
    key(&mut catalog, date, ConstraintKind::PrimaryKey, "date_pkey", &["person"]);
    refer(&mut catalog, people, "people_boss", &["boss"], people, &["id"]);
    // In a circle, and twice to the same.
    refer(&mut catalog, date, "date_person", &["person"], people, &["id"]);
    refer(&mut catalog, date, "date_other", &["other"], people, &["id"]);
    refer(&mut catalog, date, "date_home", &["size", "home"], homes, &["größe", HOSTILE]);
    refer(&mut catalog, homes, "homes_date", &[HOSTILE], date, &["person"]);
    catalog.seal();
    catalog
}

fn mysql() -> Catalog {
    let mut catalog = Catalog { database: Some("shop".to_owned()), ..Catalog::default() };
    let shop = catalog.push_schema(Schema::named("shop"));
    let orders = relation(&mut catalog, shop, "orders", RelationKind::Table);
    columns(
        &mut catalog,
        orders,
        &[
            ("id", "bigint(20) unsigned", false),
            ("state", "enum('new','it''s (paid)','')", false),
            ("marks", "set('a','b')", true),
            ("total", "decimal(10,2) unsigned", false),
            ("small", "tinyint(1)", false),
            ("middle", "mediumint(8) unsigned", true),
            ("whole", "int(10) unsigned", true),
            ("year", "year(4)", true),
            ("at", "datetime(6)", true),
            ("changed", "timestamp", false),
            ("lasted", "time", true),
            ("note", "longtext", true),
            ("name", "varchar(80)", false),
            ("bits", "bit(4)", true),
            ("raw", "varbinary(16)", true),
            ("facts", "json", true),
            ("place", "point", true),
            ("upper_name", "varchar(80)", true),
            ("born", "date", true),
            ("parent", "bigint(20) unsigned", true),
        ],
    );
    change(&mut catalog, orders, "id").identity = Some(Identity::ByDefault);
    change(&mut catalog, orders, "changed").default = Some("current_timestamp()".to_owned());
    change(&mut catalog, orders, "upper_name").generated =
        Some(Generated { expression: Some("upper(`name`)".to_owned()), stored: false });
    key(&mut catalog, orders, ConstraintKind::PrimaryKey, "PRIMARY", &["id"]);
    key(&mut catalog, orders, ConstraintKind::Unique, "named", &["name", "state"]);
    refer(&mut catalog, orders, "orders_parent", &["parent"], orders, &["id"]);
    catalog.seal();
    catalog
}

fn sqlite() -> Catalog {
    let mut catalog = Catalog { database: Some("shop.db".to_owned()), ..Catalog::default() };
    let main = catalog.push_schema(Schema::named("main"));
    let orders = relation(&mut catalog, main, "orders", RelationKind::Table);
    columns(
        &mut catalog,
        orders,
        &[
            ("id", "INTEGER", true),
            ("customer", "INT", false),
            ("total", "DECIMAL(10,2)", true),
            ("note", "TEXT", true),
            ("any", "", true),
            ("weight", "REAL", false),
            ("picture", "BLOB", true),
            ("paid", "BOOLEAN", false),
            ("at", "DATETIME", false),
        ],
    );
    change(&mut catalog, orders, "id").identity = Some(Identity::ByDefault);
    change(&mut catalog, orders, "paid").default = Some("0".to_owned());
    let customers = relation(&mut catalog, main, "customers", RelationKind::Table);
    columns(&mut catalog, customers, &[("id", "INTEGER", true), ("name", "VARCHAR(20)", false)]);
    change(&mut catalog, customers, "id").identity = Some(Identity::ByDefault);
    key(&mut catalog, orders, ConstraintKind::PrimaryKey, "", &["id"]);
    key(&mut catalog, customers, ConstraintKind::PrimaryKey, "", &["id"]);
    for one in &mut catalog.constraints {
        one.name = None;
    }
    refer(&mut catalog, orders, "", &["customer"], customers, &["id"]);
    catalog.foreign_keys[0].name = None;
    catalog.seal();
    catalog
}

fn model(catalog: &Catalog, engine: Engine) -> Model {
    Model::of(catalog, &Choice { engine, schemas: None })
}

const LANGUAGES: [(Language, &str); 6] = [
    (Language::TypeScript, "ts"),
    (Language::Kysely, "kysely.ts"),
    (Language::Drizzle, "drizzle.ts"),
    (Language::Zod, "zod.ts"),
    (Language::Prisma, "prisma"),
    (Language::Rust, "rs"),
];

/// `ROWHOUSE_UPDATE=1` writes the files anew.
#[test]
fn what_is_written_is_what_the_tools_read() {
    for (name, catalog, engine) in [
        ("postgres", postgres(), Engine::Postgres),
        ("mysql", mysql(), Engine::MySql),
        ("sqlite", sqlite(), Engine::Sqlite),
    ] {
        let model = model(&catalog, engine);
        for (language, end) in LANGUAGES {
            let text = write(&model, language);
            let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/written/{name}.{end}"));
            if std::env::var_os("ROWHOUSE_UPDATE").is_some() {
                std::fs::write(&file, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&file).unwrap();
            assert!(kept == text, "{} is not what is written now", file.display());
            assert!(compare(&kept, &model, language).unwrap().up_to_date);
            if language == Language::Rust {
                syn::parse_file(&text).unwrap();
            }
            let is_treacherous = |sign: char| sign.is_control() && sign != '\n' || "\u{2028}\u{202e}".contains(sign);
            assert!(!text.contains(is_treacherous), "{}", file.display());
        }
    }
}

#[test]
fn the_order_of_a_catalog_changes_nothing() {
    let (catalog, mut turned) = (postgres(), Catalog { database: Some("shop".to_owned()), ..Catalog::default() });
    let kept = catalog.clone();
    let last = u32::try_from(kept.relations.len() - 1).unwrap();
    let turn = |id: RelationId| RelationId(last - id.0);
    turned.schemas.clone_from(&kept.schemas);
    turned.types = kept.types.iter().rev().cloned().collect();
    turned.relations = kept.relations.iter().rev().cloned().collect();
    turned.columns = kept.columns.iter().map(|one| Column { relation: turn(one.relation), ..one.clone() }).collect();
    turned.constraints =
        kept.constraints.iter().map(|one| Constraint { relation: turn(one.relation), ..one.clone() }).collect();
    turned.foreign_keys =
        kept.foreign_keys.iter().map(|one| ForeignKey { relation: turn(one.relation), ..one.clone() }).collect();
    turned.seal();
    for (language, _) in LANGUAGES {
        assert!(
            write(&model(&catalog, Engine::Postgres), language) == write(&model(&turned, Engine::Postgres), language)
        );
    }
}

#[test]
fn only_what_was_asked_for_is_written() {
    let choice = Choice { engine: Engine::Postgres, schemas: Some(vec!["odd schema".to_owned()]) };
    let one = Model::of(&postgres(), &choice);
    assert_eq!((one.relations.len(), one.composites.len(), one.enumerations.len()), (1, 1, 0));
    let nothing = write(&model(&Catalog::default(), Engine::Postgres), Language::TypeScript);
    assert!(nothing.ends_with("\"engine\":\"postgres\"}\n"), "{nothing}");
}

/// What is told after a change of the catalog, as `effect name.part: what`.
fn told(change: impl FnOnce(&mut Catalog)) -> Vec<String> {
    let before = write(&model(&postgres(), Engine::Postgres), Language::TypeScript);
    let mut catalog = postgres();
    change(&mut catalog);
    catalog.seal();
    let found = compare(&before, &model(&catalog, Engine::Postgres), Language::TypeScript).unwrap();
    assert!(!found.up_to_date);
    let told = found.changes.iter().map(|one| {
        let effect = if one.effect == Effect::Breaking { "breaks" } else { "adds" };
        format!("{effect} {}.{}: {}", one.on.name, one.part.as_deref().unwrap_or_default(), one.what)
    });
    told.collect()
}

#[test]
fn what_breaks_is_told_apart_from_what_is_added() {
    const PEOPLE: RelationId = RelationId(0);
    let retyped = |name: &'static str, native: &'static str| {
        told(|catalog| native.clone_into(&mut change(catalog, PEOPLE, name).native_type))
    };
    assert_eq!(told(|catalog| catalog.columns.retain(|one| one.name != "ratio")), ["breaks people.ratio: is gone"]);
    assert_eq!(retyped("class", "integer"), ["breaks people.class: has another type: was smallint, is integer"]);
    assert_eq!(
        retyped("tags", "character varying(30)[]"),
        ["adds people.tags: takes more: was character varying(20)[], is character varying(30)[]"]
    );
    assert_eq!(
        retyped("tags", "character varying(10)[]"),
        ["breaks people.tags: takes less: was character varying(20)[], is character varying(10)[]"]
    );
    assert_eq!(
        retyped("balance", "numeric(13,3)"),
        ["adds people.balance: takes more: was numeric(12,2), is numeric(13,3)"]
    );
    assert_eq!(
        retyped("balance", "numeric(12,3)"),
        ["breaks people.balance: takes less: was numeric(12,2), is numeric(12,3)"]
    );
    assert_eq!(retyped("rates", "numeric(5)[]"), ["breaks people.rates: takes less: was numeric[], is numeric(5)[]"]);
    let null = |name: &'static str, nullable: bool| {
        told(|catalog| change(catalog, PEOPLE, name).nullable = Known::Value(nullable))
    };
    assert_eq!(
        null("born", false),
        [
            "breaks people.born: must be given for new rows",
            "breaks people.born: takes no NULL any more when it is written"
        ]
    );
    assert_eq!(
        null("class", true),
        ["breaks people.class: may be NULL now when it is read", "adds people.class: may be left out of new rows"]
    );
    assert_eq!(
        told(|catalog| change(catalog, PEOPLE, "seen").default = None),
        ["breaks people.seen: must be given for new rows"]
    );
    assert_eq!(
        told(|catalog| change(catalog, PEOPLE, "id").identity = Some(Identity::ByDefault)),
        ["adds people.id: takes a value"]
    );
    let added = |nullable: bool| {
        told(|catalog| {
            let column = Column::new(PEOPLE, 99, "fresh", "text");
            catalog.columns.push(Column { nullable: Known::Value(nullable), ..column });
        })
    };
    assert_eq!(added(true), ["adds people.fresh: is new"]);
    assert_eq!(added(false), ["breaks people.fresh: is new, and new rows must give it"]);
    assert_eq!(
        told(|catalog| catalog.types[0].labels[0] = "glad".to_owned()),
        ["breaks mood.glad: is new: what is read may be a label that code does not know", "breaks mood.sad: is gone"]
    );
    assert_eq!(
        told(|catalog| catalog.relations[0].kind = RelationKind::View),
        ["breaks people.: is a view now: rows are not put in"]
    );
    assert_eq!(
        told(|catalog| catalog.relations[3].name = "grown".to_owned()),
        ["breaks adults.: is gone", "adds grown.: is new"]
    );
    // Comments and keys are in the text alone.
    assert_eq!(told(|catalog| catalog.relations[0].comment = None), Vec::<String>::new());
}

#[test]
fn a_text_that_says_nothing_of_itself_is_not_compared() {
    let model = model(&postgres(), Engine::Postgres);
    let text = write(&model, Language::Zod);
    let refused = |text: &str| compare(text, &model, Language::Zod).unwrap_err();
    assert_eq!(refused("export {}"), Outdated::Undescribed(Undescribed::Missing));
    assert_eq!(refused("x\n// rowhouse-types {\"what\":1}"), Outdated::Undescribed(Undescribed::Unreadable(2)));
    assert_eq!(
        refused(&text.replace("\"version\":1", "\"version\":2")),
        Outdated::Undescribed(Undescribed::Unreadable(
            text.lines().position(|line| line.starts_with("// rowhouse-types")).unwrap() + 1
        ))
    );
    assert_eq!(refused(&write(&model, Language::Rust)), Outdated::Language(Language::Rust));
    assert_eq!(refused(&write(&self::model(&sqlite(), Engine::Sqlite), Language::Zod)), Outdated::Engine);
    // The ends of lines are a checkout's; a space is not.
    assert!(compare(&text.replace('\n', "\r\n"), &model, Language::Zod).unwrap().up_to_date);
    let edited = compare(&text.replace("export const", "export  const"), &model, Language::Zod).unwrap();
    assert!(!edited.up_to_date && edited.changes.is_empty() && !edited.is_breaking());
}
