//! What a book says of a database, and that nothing in it is read as anything but itself.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, Enabled, Extension, ForeignKey, Grant, Index, IndexKey, Kind,
    Known, ObjectKey, Policy, PolicyCommand, Relation, RelationKind, Routine, RoutineKind, RowSecurity, Schema,
    Sequence, Trigger, TypeKind, TypeObject, Volatility,
};

use crate::{Block, Book, Choice, Diagram, Page, Span, html, markdown};

const HOSTILE: &str = "</style><script>alert(1)</script> <img src=x onerror=alert(2)> \"' & `` ``` | [x](javascript:y) www.x.y **b** \u{202e}z";

fn shop() -> Catalog {
    let mut catalog = Catalog { database: Some("shop".to_owned()), ..Catalog::default() };
    let public = catalog.push_schema(Schema { comment: Some(HOSTILE.to_owned()), ..Schema::named("public") });
    let odd = catalog.push_schema(Schema::named(HOSTILE));
    let people = catalog.push_relation(Relation {
        comment: Some(format!("Who is known\n{HOSTILE}")),
        owner: Some("ann".to_owned()),
        row_security: Known::Value(RowSecurity { enabled: true, forced: true }),
        ..Relation::new(public, "people", RelationKind::Table)
    });
    let orders = catalog.push_relation(Relation::new(odd, HOSTILE, RelationKind::Table));
    let upper = catalog.push_relation(Relation::new(public, "People", RelationKind::View));
    catalog.relations[2].definition = Known::Value(format!("SELECT '{HOSTILE}'"));
    for (relation, place, name, native, default) in [
        (people, 1, "id", "bigint", None),
        (people, 2, HOSTILE, "public.mood", Some(HOSTILE)),
        (orders, 1, "person", "bigint", None),
        (upper, 1, "x", "text", None),
    ] {
        let column = Column::new(relation, place, name, native);
        let comment = (place == 2).then(|| HOSTILE.to_owned());
        catalog.columns.push(Column {
            nullable: Known::Value(false),
            default: default.map(str::to_owned),
            comment,
            ..column
        });
    }
    catalog.constraints.push(Constraint {
        relation: people,
        name: Some("people_pkey".to_owned()),
        kind: ConstraintKind::PrimaryKey,
        columns: vec!["id".to_owned()],
        definition: Known::Value("PRIMARY KEY (id)".to_owned()),
        deferrable: false,
        initially_deferred: false,
        validated: true,
        inherited: false,
        comment: None,
    });
    catalog.foreign_keys.push(ForeignKey {
        relation: orders,
        name: Some(HOSTILE.to_owned()),
        columns: vec!["person".to_owned()],
        references: ("public".to_owned(), "people".to_owned()),
        referenced: Some(people),
        referenced_columns: vec!["id".to_owned()],
        on_delete: Action::Cascade,
        on_update: Action::NoAction,
        deferrable: true,
        initially_deferred: true,
        validated: false,
        definition: Known::Value("FOREIGN KEY … NOT VALID".to_owned()),
        comment: None,
    });
    catalog.indexes.push(Index {
        relation: people,
        name: "people_lower".to_owned(),
        unique: true,
        primary: false,
        method: Some("btree".to_owned()),
        keys: vec![IndexKey { text: "lower(x)".to_owned(), expression: true, descending: true, nulls_first: None }],
        included: vec!["id".to_owned()],
        predicate: Some("(id > 0)".to_owned()),
        valid: Known::Value(false),
        scans: Known::NotLoaded,
        bytes: Known::NotLoaded,
        definition: Known::NotLoaded,
        inherited: false,
        comment: None,
    });
    catalog.triggers.push(Trigger {
        relation: people,
        name: HOSTILE.to_owned(),
        timing: Some("BEFORE".to_owned()),
        events: vec!["INSERT".to_owned(), "UPDATE".to_owned()],
        for_each_row: true,
        enabled: Enabled::Disabled,
        function: Some("public.touch".to_owned()),
        definition: Known::Value(format!("CREATE TRIGGER {HOSTILE}")),
        comment: None,
    });
    catalog.policies.push(Policy {
        relation: people,
        name: "own".to_owned(),
        command: PolicyCommand::Select,
        permissive: false,
        roles: vec!["PUBLIC".to_owned()],
        using: Some(HOSTILE.to_owned()),
        with_check: None,
        comment: None,
    });
    for (privilege, grantable) in [("SELECT", false), ("INSERT", true)] {
        catalog.grants.push(Grant {
            object: ObjectKey::relation(Some("shop"), Some("public"), "people"),
            column: None,
            grantee: "reader".to_owned(),
            grantor: None,
            privilege: privilege.to_owned(),
            grantable,
        });
    }
    catalog.types.push(TypeObject {
        schema: public,
        name: "mood".to_owned(),
        kind: TypeKind::Enum,
        labels: vec!["sad".to_owned(), HOSTILE.to_owned()],
        base_type: None,
        attributes: Vec::new(),
        constraints: Vec::new(),
        check_names: Vec::new(),
        default: None,
        owner: None,
        comment: Some(HOSTILE.to_owned()),
    });
    catalog.routines.push(Routine {
        schema: public,
        name: "touch".to_owned(),
        kind: RoutineKind::Function,
        arguments: Some("a integer".to_owned()),
        identity_arguments: Some("a integer".to_owned()),
        returns: Some("trigger".to_owned()),
        language: Some("plpgsql".to_owned()),
        volatility: Some(Volatility::Volatile),
        security_definer: true,
        settings: vec!["search_path=public".to_owned()],
        owner: None,
        definition: Known::Value("CREATE FUNCTION …\n```\n````x".to_owned()),
        comment: None,
    });
    catalog.sequences.push(Sequence {
        schema: public,
        name: "people_id_seq".to_owned(),
        data_type: Some("bigint".to_owned()),
        start: Some(1),
        minimum: Some(1),
        maximum: Some(i64::MAX),
        increment: Some(1),
        cache: None,
        cycle: false,
        last_value: Known::NotLoaded,
        owned_by: Some(("public".to_owned(), "people".to_owned(), "id".to_owned())),
        owner: None,
        comment: None,
    });
    catalog.extensions.push(Extension {
        name: "citext".to_owned(),
        version: Some("1.6".to_owned()),
        schema: None,
        comment: None,
    });
    catalog.seal();
    catalog
}

fn book(catalog: &Catalog) -> Book {
    Book::of(catalog, &Choice { title: HOSTILE.to_owned(), server: "PostgreSQL 18.1".to_owned(), schemas: None })
}

fn page<'a>(book: &'a Book, title: &str) -> &'a Page {
    book.pages.iter().find(|page| page.title == title && page.kind != "schema").unwrap()
}

/// The words of a page's table, row by row.
fn rows(page: &Page, wanted: &str) -> Vec<Vec<String>> {
    let words = |span: &Span| match span {
        Span::Text(text) | Span::Code(text) | Span::Link { text, .. } => text.clone(),
    };
    let cells = |row: &Vec<Vec<Span>>| row.iter().map(|cell| cell.iter().map(words).collect()).collect();
    let table = page.blocks.iter().find_map(|block| match block {
        Block::Table { title, rows, .. } if *title == wanted => Some(rows.iter().map(cells).collect()),
        _ => None,
    });
    table.unwrap_or_default()
}

#[test]
fn everything_of_a_table_is_said() {
    let book = book(&shop());
    let people = page(&book, "people");
    assert_eq!(rows(people, "Columns")[0], ["id", "bigint", "not NULL", "", "primary", ""]);
    assert_eq!(rows(people, "Keys and checks"), [["people_pkey", "primary key", "id", "PRIMARY KEY (id)"]]);
    assert_eq!(
        rows(people, "Referred to by"),
        [[
            &format!("{HOSTILE}.{HOSTILE} person"),
            "id",
            HOSTILE,
            "on delete cascade, checked at commit, not checked for old rows"
        ]]
    );
    assert_eq!(
        rows(people, "Indexes"),
        [["people_lower", "btree, unique, not valid", "lower(x) DESC, with id where (id > 0)"]]
    );
    assert_eq!(rows(people, "Triggers"), [[HOSTILE, "BEFORE INSERT or UPDATE for each row", "public.touch", "off"]]);
    assert_eq!(rows(people, "Policies"), [["own", "restrictive, select", "PUBLIC", HOSTILE]]);
    assert_eq!(rows(people, "Privileges"), [["reader", "INSERT (may be passed on), SELECT"]]);
    assert_eq!(rows(page(&book, HOSTILE), "Refers to")[0][2], "public.people id");
    assert_eq!(rows(page(&book, "mood"), "Labels"), [["sad"], [HOSTILE]]);
    assert_eq!(page(&book, "touch(a integer)").kind, "function");
    assert!(page(&book, "People").blocks.iter().any(|block| matches!(block, Block::Code { .. })));
}

#[test]
fn links_lead_to_pages_and_no_two_pages_are_one_file() {
    let book = book(&shop());
    let anchors: HashSet<String> = book.pages.iter().map(|page| page.anchor.to_lowercase()).collect();
    assert_eq!(anchors.len(), book.pages.len());
    let mut links = 0;
    let mut check = |cell: &Vec<Span>| {
        for span in cell {
            if let Span::Link { to, .. } = span {
                assert!(book.pages.iter().any(|page| page.anchor == *to), "{to}");
                links += 1;
            }
        }
    };
    for block in book.overview.iter().chain(book.pages.iter().flat_map(|page| &page.blocks)) {
        match block {
            Block::Facts(facts) => facts.iter().for_each(|(_, cell)| check(cell)),
            Block::Table { rows, .. } => rows.iter().flatten().for_each(&mut check),
            Block::Comment(_) | Block::Remark(_) | Block::Code { .. } => {}
        }
    }
    // Both schemas, three relations in their schemas' lists, the key's two ends and its column, the type, the sequence's table.
    assert_eq!(links, 2 + 3 + 3 + 1 + 1);
}

#[test]
fn nothing_hostile_gets_out_of_html() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let text = html(&book(&shop()), Some(Diagram { light: svg, dark: svg }));
    assert_eq!(text.matches("<script>").count(), 1);
    assert_eq!(text.matches("</style>").count(), 1);
    assert!(!text.contains("<img src=x") && !text.contains('\u{202e}'));
    assert!(text.contains("script-src 'sha256-") && !text.contains("unsafe-inline'; script-src 'unsafe"));
    assert!(!text.contains("http://") && !text.contains("https://"), "it wants nothing of any network");
    // Every tag is one of ours, and every quote in it is closed.
    for tag in text.split('<').skip(1) {
        let name: String =
            tag.chars().take_while(|sign| sign.is_ascii_alphanumeric() || "/!".contains(*sign)).collect();
        assert!(!name.is_empty(), "{tag:.40}");
        if let Some((attributes, _)) = tag.split_once('>') {
            assert_eq!(attributes.matches('"').count() % 2, 0, "{attributes}");
        }
    }
}

#[test]
fn nothing_hostile_gets_out_of_markdown() {
    let files = markdown(&book(&shop()), Some("erDiagram"));
    assert_eq!(files[0].name, "README.md");
    let names: HashSet<String> = files.iter().map(|file| file.name.to_lowercase()).collect();
    assert_eq!(names.len(), files.len());
    for file in &files {
        assert!(file.name.chars().all(|sign| sign.is_ascii_alphanumeric() || "._-".contains(sign)), "{}", file.name);
        let mut fence: Option<String> = None;
        for line in file.text.lines() {
            let ticks: String = line.chars().take_while(|sign| *sign == '`').collect();
            match &fence {
                Some(open) if line == open => fence = None,
                Some(_) => {}
                None if ticks.len() > 2 => fence = Some(ticks),
                None => {
                    assert!(
                        !line.contains("<script") && !line.contains("<img") && !line.contains("](javascript"),
                        "{line}"
                    );
                    assert!(!line.contains("**b") && !line.contains("www."), "{line}");
                }
            }
        }
        assert_eq!(fence, None, "{}", file.name);
        // A table's rows have as many cells as its head.
        let cells = |line: &str| line.matches('|').count();
        let lines: Vec<&str> = file.text.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0].starts_with("| ") && pair[1].starts_with('|')) {
            assert_eq!(cells(pair[0]), cells(pair[1]), "{pair:?}");
        }
    }
}

#[test]
fn what_may_not_be_read_does_not_look_empty() {
    let mut catalog = shop();
    catalog.policies.clear();
    catalog.coverage.insert(Kind::Policies, Known::Denied);
    catalog.coverage.insert(Kind::Relations, Known::Denied);
    let empty = catalog.push_schema(Schema::named("empty"));
    assert_eq!(catalog.schema_name(empty), "empty");
    let book = book(&catalog);
    let remark = |blocks: &[Block], wanted: &str| blocks.contains(&Block::Remark(wanted.to_owned()));
    assert!(remark(&page(&book, "people").blocks, "Policies: the login may not read them."));
    assert!(remark(&book.overview, "The login may not read all: relations, policies."));
    let page = book.pages.iter().find(|page| page.title == "empty").unwrap();
    assert!(remark(&page.blocks, "The login may not read all of this schema."));
}

#[test]
fn only_what_was_asked_for_is_said() {
    let choice = Choice { title: "x".to_owned(), server: String::new(), schemas: Some(vec!["public".to_owned()]) };
    let book = Book::of(&shop(), &choice);
    assert!(book.pages.iter().all(|page| page.schema.as_deref().is_none_or(|schema| schema == "public")));
    // What refers from elsewhere is named, without a link.
    let back = rows(page(&book, "people"), "Referred to by");
    assert_eq!(back[0][0], format!("{HOSTILE}.{HOSTILE} person"));
    let nothing = Book::of(&Catalog::default(), &choice);
    assert!(nothing.pages.is_empty() && html(&nothing, None).ends_with("</html>\n"));
}
