#![allow(clippy::unwrap_used, clippy::panic)]

use driver::{Commands, SuggestionKind, documents::TextStyle};
use sql::{Class, Verb};

use super::{Shape, plan};
use crate::language::{Shell, node};

/// The commands of a statement as the shell would write them.
fn commands(text: &str) -> Vec<String> {
    let plan = plan(text, "shop").unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let print = |fields: &[node::Field]| {
        driver::DocumentForm::text(
            &crate::documents::BsonForm,
            "document",
            &node::document(fields),
            TextStyle::Shell,
            false,
        )
    };
    plan.requests.iter().map(|request| print(&request.fields)).collect()
}

#[test]
fn statements_become_commands() {
    for (text, command) in [
        ("db.orders.find()", r#"{ find: "orders" }"#),
        (
            "db.orders.find({a: 1}, {b: 1}).sort({c: -1}).limit(5).skip(2).hint('x').collation({locale: 'de'})",
            r#"{ find: "orders", filter: { a: 1 }, projection: { b: 1 }, sort: { c: -1 }, limit: 5, skip: 2, hint: "x", collation: { locale: "de" } }"#,
        ),
        ("db.orders.find().limit(1).limit(2)", r#"{ find: "orders", limit: 2 }"#),
        ("db.orders.find().limit(-3)", r#"{ find: "orders", limit: 3, singleBatch: true }"#),
        ("db.orders.findOne({_id: 1})", r#"{ find: "orders", filter: { _id: 1 }, limit: 1, singleBatch: true }"#),
        ("db.orders.find({a: 1}).limit(2).count()", r#"{ count: "orders", query: { a: 1 } }"#),
        ("db.orders.find({a: 1}).limit(2).size()", r#"{ count: "orders", query: { a: 1 }, limit: 2 }"#),
        (
            "db.orders.find({a: 1}).explain('executionStats')",
            r#"{ explain: { find: "orders", filter: { a: 1 } }, verbosity: "executionStats" }"#,
        ),
        (
            "db.orders.explain().find({a: 1})",
            r#"{ explain: { find: "orders", filter: { a: 1 } }, verbosity: "queryPlanner" }"#,
        ),
        (
            "explain executionStats db.orders.deleteMany({a: 1})",
            r#"{ explain: { delete: "orders", deletes: [ { q: { a: 1 }, limit: 0 } ] }, verbosity: "executionStats" }"#,
        ),
        (
            "db.orders.aggregate([{$match: {a: 1}}], {allowDiskUse: true})",
            r#"{ aggregate: "orders", pipeline: [ { $match: { a: 1 } } ], allowDiskUse: true, cursor: {} }"#,
        ),
        (
            "db.orders.aggregate({$match: {a: 1}}, {$limit: 2})",
            r#"{ aggregate: "orders", pipeline: [ { $match: { a: 1 } }, { $limit: 2 } ], cursor: {} }"#,
        ),
        ("db.aggregate([{$documents: []}])", r#"{ aggregate: 1, pipeline: [ { $documents: [] } ], cursor: {} }"#),
        (
            "db.orders.insertOne({_id: 1, b: NumberLong(2)})",
            r#"{ insert: "orders", ordered: true, documents: [ { _id: 1, b: NumberLong("2") } ] }"#,
        ),
        (
            "db.orders.insertMany([{_id: 1}, {_id: 2}], {ordered: false})",
            r#"{ insert: "orders", ordered: false, documents: [ { _id: 1 }, { _id: 2 } ] }"#,
        ),
        (
            "db.orders.updateOne({a: 1}, {$set: {b: 2}}, {upsert: true})",
            r#"{ update: "orders", updates: [ { q: { a: 1 }, u: { $set: { b: 2 } }, multi: false, upsert: true } ] }"#,
        ),
        (
            "db.orders.updateMany({}, [{$set: {b: '$c'}}])",
            r#"{ update: "orders", updates: [ { q: {}, u: [ { $set: { b: "$c" } } ], multi: true } ] }"#,
        ),
        (
            "db.orders.replaceOne({a: 1}, {b: 2})",
            r#"{ update: "orders", updates: [ { q: { a: 1 }, u: { b: 2 }, multi: false } ] }"#,
        ),
        ("db.orders.deleteOne({a: 1})", r#"{ delete: "orders", deletes: [ { q: { a: 1 }, limit: 1 } ] }"#),
        (
            "db.orders.findOneAndUpdate({a: 1}, {$inc: {n: 1}}, {returnDocument: 'after', sort: {_id: 1}})",
            r#"{ findAndModify: "orders", query: { a: 1 }, update: { $inc: { n: 1 } }, new: true, sort: { _id: 1 } }"#,
        ),
        ("db.orders.findOneAndDelete({a: 1})", r#"{ findAndModify: "orders", query: { a: 1 }, remove: true }"#),
        (
            "db.orders.createIndex({a: 1, 'b.c': -1, t: 'text'}, {unique: true})",
            r#"{ createIndexes: "orders", indexes: [ { key: { a: 1, "b.c": -1, t: "text" }, name: "a_1_b.c_-1_t_text", unique: true } ] }"#,
        ),
        ("db.orders.dropIndexes()", r#"{ dropIndexes: "orders", index: "*" }"#),
        ("db.orders.getIndexes()", r#"{ listIndexes: "orders" }"#),
        ("db.orders.distinct('a', {b: 1})", r#"{ distinct: "orders", key: "a", query: { b: 1 } }"#),
        (
            "db.orders.countDocuments({a: 1}, {limit: 3})",
            r#"{ aggregate: "orders", pipeline: [ { $match: { a: 1 } }, { $limit: 3 }, { $group: { _id: 1, n: { $sum: 1 } } } ], cursor: {} }"#,
        ),
        ("db.orders.estimatedDocumentCount()", r#"{ count: "orders" }"#),
        ("db.orders.drop()", r#"{ drop: "orders" }"#),
        (
            "db.orders.renameCollection('old')",
            r#"{ renameCollection: "shop.orders", to: "shop.old", dropTarget: false }"#,
        ),
        (
            "db.getSiblingDB('x').orders.renameCollection('old')",
            r#"{ renameCollection: "x.orders", to: "x.old", dropTarget: false }"#,
        ),
        (
            "db.orders.watch([{$match: {a: 1}}], {fullDocument: 'updateLookup'})",
            r#"{ aggregate: "orders", pipeline: [ { $changeStream: { fullDocument: "updateLookup" } }, { $match: { a: 1 } } ], cursor: {} }"#,
        ),
        ("db.getCollection('odd name').find()", r#"{ find: "odd name" }"#),
        ("db[\"odd name\"].find()", r#"{ find: "odd name" }"#),
        ("db.fs.files.find()", r#"{ find: "fs.files" }"#),
        ("db.fs['a b'].find()", r#"{ find: "fs.a b" }"#),
        ("db\n  .orders // all\n  .find()\n  .limit(1);", r#"{ find: "orders", limit: 1 }"#),
        ("db.runCommand({ping: 1})", "{ ping: 1 }"),
        ("db.adminCommand('listDatabases')", "{ listDatabases: 1 }"),
        ("{ find: 'orders', limit: 1 }", r#"{ find: "orders", limit: 1 }"#),
        ("db.createCollection('c', {capped: true, size: 4096})", r#"{ create: "c", capped: true, size: 4096 }"#),
        ("db.createView('v', 'c', [{$match: {}}])", r#"{ create: "v", viewOn: "c", pipeline: [ { $match: {} } ] }"#),
        ("db.dropDatabase()", "{ dropDatabase: 1 }"),
        ("show collections", "{ listCollections: 1, nameOnly: true, authorizedCollections: true }"),
        ("show dbs", "{ listDatabases: 1 }"),
        ("db.createUser({user: 'ann', pwd: 'x', roles: []})", r#"{ createUser: "ann", pwd: "x", roles: [] }"#),
        ("rs.status()", "{ replSetGetStatus: 1 }"),
    ] {
        assert_eq!(commands(text), [command], "{text}");
    }
    assert!(matches!(plan("use shop", "x").unwrap().shape, Shape::Use(name) if name == "shop"));
    assert!(matches!(plan("use 'odd name';", "x").unwrap().shape, Shape::Use(name) if name == "odd name"));
}

#[test]
fn many_documents_and_mixed_writes_become_several_commands() {
    let documents: Vec<String> = (0..2500).map(|n| format!("{{n: {n}}}")).collect();
    let many = plan(&format!("db.c.insertMany([{}])", documents.join(",")), "shop").unwrap();
    assert_eq!(many.requests.iter().map(|request| request.ids.len()).collect::<Vec<_>>(), [1000, 1000, 500]);
    let bulk = commands(
        "db.c.bulkWrite([{insertOne: {document: {_id: 1}}}, {updateOne: {filter: {a: 1}, update: {$set: {b: 1}}, upsert: true}}, \
         {replaceOne: {filter: {}, replacement: {c: 1}}}, {deleteMany: {filter: {}}}])",
    );
    assert_eq!(
        bulk,
        [
            r#"{ insert: "c", ordered: true, documents: [ { _id: 1 } ] }"#,
            r#"{ update: "c", ordered: true, updates: [ { q: { a: 1 }, u: { $set: { b: 1 } }, multi: false, upsert: true }, { q: {}, u: { c: 1 }, multi: false } ] }"#,
            r#"{ delete: "c", ordered: true, deletes: [ { q: {}, limit: 0 } ] }"#,
        ]
    );
}

#[test]
fn what_is_not_understood_is_said_with_its_place() {
    for (text, place) in [
        ("var x = 1", "var"),
        ("for (;;) {}", "for"),
        ("db.orders.find().forEach(print)", "forEach"),
        ("db.orders.find().map(x => x)", "map"),
        ("db.orders.find({a: 1 + 1})", "+"),
        ("db.orders.find({$where: function() { return true }})", "function"),
        ("db.orders", "orders"),
        ("db", "db"),
        ("it", "it"),
        ("db.orders.nope()", "nope"),
        ("db.nope()", "nope"),
        ("db.orders.find({a: 1}", ""),
        ("db.orders.find().limit()", "limit()"),
        ("db.orders.find({}).sort({a: 1}).count().sort({b: 1})", "sort"),
        ("db.orders.find()[0]", "0"),
        ("db.orders.find().length", "length"),
        ("db.x = 1", "="),
        ("db.orders.insertOne(1)", "1"),
        ("db.orders.insertOne()", "insertOne()"),
        ("db.orders.updateOne({}, {a: 1})", "{a: 1}"),
        ("db.orders.replaceOne({}, {$set: {a: 1}})", "{$set: {a: 1}}"),
        ("db.orders.deleteMany()", "deleteMany()"),
        ("db.orders.aggregate([{match: 1}])", "match"),
        ("db.orders.aggregate([{$match: 1, $sort: 1}])", "{$match: 1, $sort: 1}"),
        ("db.orders.find({}, {}, {nope: 1})", "nope"),
        ("show nothing", "nothing"),
        ("use", ""),
        ("{}", "{}"),
        ("{find: 'c', lsid: 1}", "lsid"),
        ("{ping: 1} 2", "2"),
        ("ObjectId()", "ObjectId"),
    ] {
        let wrong = plan(text, "shop").unwrap_err();
        let found = text.get(wrong.span.start..wrong.span.end).unwrap();
        assert!(
            found.starts_with(place) || place.starts_with(found) && !found.is_empty(),
            "{text}: {found:?}: {}",
            wrong.message
        );
        assert_eq!(Shell.classify(text).class, Class::Unknown, "{text}");
    }
}

#[test]
fn what_a_statement_does_is_told_from_its_command() {
    for (text, class) in [
        ("db.c.find()", Class::Read),
        ("db.c.aggregate([{$match: {}}])", Class::Read),
        ("db.c.aggregate([{$match: {}}, {$out: 'x'}])", Class::Write),
        ("db.c.aggregate([{$merge: {into: {db: 'y', coll: 'x'}}}])", Class::Write),
        ("db.c.aggregate([{$noSuchStage: 1}])", Class::Unknown),
        ("db.c.countDocuments({})", Class::Read),
        ("db.c.distinct('a')", Class::Read),
        ("db.c.watch()", Class::Read),
        ("db.c.explain('executionStats').deleteMany({})", Class::Read),
        ("db.c.insertOne({})", Class::Write),
        ("db.c.findOneAndUpdate({}, {$set: {a: 1}})", Class::Write),
        ("db.c.bulkWrite([{insertOne: {document: {}}}])", Class::Write),
        ("db.c.createIndex({a: 1})", Class::Ddl),
        ("db.c.drop()", Class::Ddl),
        ("db.c.hideIndex('x')", Class::Ddl),
        ("db.createUser({user: 'a', pwd: 'b', roles: []})", Class::Ddl),
        ("db.runCommand({ping: 1})", Class::Read),
        ("db.runCommand({aggregate: 'c', pipeline: [{$out: 'x'}], cursor: {}})", Class::Write),
        ("db.runCommand({insert: 'c', documents: []})", Class::Write),
        ("db.runCommand({mapReduce: 'c'})", Class::Unknown),
        ("db.adminCommand({shutdown: 1})", Class::Unknown),
        ("db.adminCommand({fsync: 1})", Class::Unknown),
        ("{ find: 'c' }", Class::Read),
        ("{ FIND: 'c' }", Class::Unknown),
        ("{ ping: 1, drop: 'c' }", Class::Read),
        ("{ profile: 2 }", Class::Unknown),
        ("{ profile: -1 }", Class::Read),
        ("{ validate: 'c', repair: true }", Class::Unknown),
        ("db.killOp(5)", Class::Unknown),
        ("use x", Class::Session),
        ("show dbs", Class::Read),
        ("db.c.find(", Class::Unknown),
        ("", Class::Unknown),
    ] {
        assert_eq!(Shell.classify(text).class, class, "{text}");
        assert_eq!(
            Shell.read_only_verdict(text).is_ok(),
            text.is_empty() || matches!(class, Class::Read | Class::Session),
            "{text}"
        );
    }
    let effect = |text: &str| Shell.classify(text).effect;
    for (text, verb, whole) in [
        ("db.c.deleteMany({})", Verb::Delete, true),
        ("db.c.deleteMany({_id: {$exists: true}})", Verb::Delete, true),
        ("db.c.deleteMany({$or: [{}, {a: 1}]})", Verb::Delete, true),
        ("db.c.deleteMany({a: 1})", Verb::Delete, false),
        ("db.c.deleteOne({})", Verb::Delete, false),
        ("db.c.updateMany({}, {$set: {a: 1}})", Verb::Update, true),
        ("db.c.updateOne({}, {$set: {a: 1}})", Verb::Update, false),
        ("db.c.bulkWrite([{insertOne: {document: {}}}, {deleteMany: {filter: {}}}])", Verb::Delete, true),
        ("{delete: 'c', deletes: [{q: {}, limit: 0}]}", Verb::Delete, true),
        ("db.c.aggregate([{$out: 'c'}])", Verb::Replace, true),
    ] {
        let write = effect(text).writes.pop().unwrap_or_else(|| panic!("{text}"));
        assert_eq!((write.verb, write.whole_table), (verb, whole), "{text}");
        assert_eq!(write.target.unwrap().name(), "c", "{text}");
    }
    let destroys = |text: &str| {
        let one = effect(text).destroys.pop().unwrap();
        (one.kind, one.names.first().map(|name| name.parts.join(".")), one.of.map(|of| of.name().to_owned()))
    };
    assert_eq!(destroys("db.getSiblingDB('x').c.drop()"), ("COLLECTION".into(), Some("x.c".into()), None));
    assert_eq!(destroys("db.dropDatabase()"), ("DATABASE".into(), None, None));
    assert_eq!(destroys("db.c.dropIndex('i')"), ("INDEX".into(), Some("i".into()), Some("c".into())));
    assert_eq!(effect("db.c.find({$where: 'true'})").calls.first().unwrap().name(), "$where");
}

#[test]
fn scripts_are_split_where_expressions_end() {
    let script = "// first\ndb.a.find({s: 'a;b'})\n  .limit(1)\ndb.b.find(); use shop\n{ping: 1}\n\nshow dbs\n/* ; */\ndb.c\n.drop(\n";
    let texts: Vec<&str> = split(script);
    assert_eq!(
        texts,
        ["db.a.find({s: 'a;b'})\n  .limit(1)", "db.b.find()", "use shop", "{ping: 1}", "show dbs", "db.c\n.drop("]
    );
    let all = Shell.split(script);
    assert_eq!(all[0].title.map(|title| title.of(script)), Some("first"));
    assert_eq!(all[0].command, "find");
    assert!(!all[0].terminated && all[1].terminated);
    assert!(Shell.split("// nothing\n;;\n").is_empty());
    let long = "db.a.find({a: [1, 2, {b: 'x'}]})\n".repeat(20_000);
    let began = std::time::Instant::now();
    assert_eq!(Shell.split(&long).len(), 20_000);
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

fn split(script: &str) -> Vec<&str> {
    Shell.split(script).into_iter().map(|one| one.span.of(script)).collect()
}

#[test]
fn titles_are_short() {
    for (text, title) in [
        ("db.orders.find({a: 1}).sort({b: 1})", "find orders"),
        ("db.orders.aggregate([])", "aggregate orders"),
        ("use shop", "use shop"),
        ("db.runCommand({ping: 1})", "ping"),
        ("show dbs", "show dbs"),
        ("db.orders.find({", "db.orders.find({"),
    ] {
        assert_eq!(Shell.title(text), title);
    }
    assert!(Shell.title(&"é".repeat(500)).chars().count() <= 80);
}

#[test]
fn secrets_are_covered_wherever_they_stand() {
    for text in [
        "db.createUser({user: 'ann', pwd: 's3cret', roles: []})",
        "db.updateUser('ann', {\"pwd\": \"s3cret\"})",
        "db.changeUserPassword('ann', 's3cret')",
        "db.runCommand({createUser: 'a', pwd: `s3cret`})",
        "{saslStart: 1, payload: BinData(0, 's3cret')}",
        "db.auth('ann', 's3cret')",
        "db.createUser({user: 'ann', pwd: 's3cret",
        "db.c.insertOne({url: 'mongodb://ann:s3cret@host/db'})",
    ] {
        let covered = sql::redact_spans(text, &Shell.secret_spans(text));
        assert!(
            !covered.contains("s3cret")
                && covered.contains("ann")
                    | covered.contains("user")
                    | covered.contains("User")
                    | covered.contains("sasl"),
            "{covered}"
        );
    }
    assert!(Shell.secret_spans("db.c.find({name: 'x'})").is_empty());
}

#[test]
fn random_scripts_never_panic() {
    let words: Vec<&str> = "db . orders find ( ) { } [ ] , : ; \n ' \" ` / use show it explain aggregate $match getCollection 1 -2 a é // /* */ insertOne pwd = + getSiblingDB count deleteMany new".split(' ').collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..state % 24 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push_str(words[state as usize % words.len()]);
            if state.is_multiple_of(3) {
                text.push(' ');
            }
        }
        state = state.wrapping_add(0x1234_5678_9abc);
        for one in Shell.split(&text) {
            assert!(!one.span.of(&text).is_empty());
            let part = one.span.of(&text);
            Shell.classify(part);
            Shell.title(part);
            if let Err(wrong) = plan(part, "x") {
                assert!(part.get(wrong.span.start..wrong.span.end).is_some(), "{part:?}");
            }
        }
        Shell.secret_spans(&text);
        for caret in 0..=text.len() {
            Shell.complete(&text, caret, None);
        }
    }
}

#[test]
fn what_could_stand_at_the_caret_is_offered() {
    use catalog::{Catalog, Column, Relation, RelationKind, Schema};
    let mut catalog = Catalog { search_path: vec!["shop".into()], ..Catalog::default() };
    let shop = catalog.push_schema(Schema::named("shop"));
    let other = catalog.push_schema(Schema::named("other"));
    let orders = catalog.push_relation(Relation::new(shop, "orders", RelationKind::Table));
    catalog.push_relation(Relation::new(other, "elsewhere", RelationKind::Table));
    catalog.columns.push(Column::new(orders, 1, "status", "string"));
    catalog.columns.push(Column::new(orders, 2, "customer.name", "string"));
    catalog.seal();
    let offered = |text: &str| -> Vec<String> {
        let suggestions = Shell.complete(text, text.len(), Some(&catalog));
        suggestions.items.into_iter().map(|item| item.text).collect()
    };
    for (text, wanted) in [
        ("", "db"),
        ("us", "use"),
        ("use ", "shop"),
        ("show ", "collections"),
        ("db.", "orders"),
        ("db.run", "runCommand"),
        ("db.getSiblingDB('other').", "elsewhere"),
        ("db.orders.", "aggregate"),
        ("db.getCollection('ord", "orders"),
        ("db.getCollection('orders').fi", "find"),
        ("db.orders.find({}).so", "sort"),
        ("db.orders.find({", "status"),
        ("db.orders.find({cust", "\"customer.name\""),
        ("db.orders.find({\"cust", "customer.name"),
        ("db.orders.find({status: {$g", "$gte"),
        ("db.orders.aggregate([{$ma", "$match"),
        ("db.orders.aggregate([{$group: {_id: '$sta", "$status"),
        ("db.orders.aggregate([{$group: {_id: 1, n: {$s", "$sum"),
        ("db.orders.updateMany({}, {$s", "$set"),
        ("db.x.drop()\ndb.ord", "orders"),
    ] {
        assert!(offered(text).contains(&wanted.to_owned()), "{text}: {:?}", offered(text));
    }
    assert!(!offered("db.").contains(&"elsewhere".to_owned()));
    let suggestion = Shell.complete("db.ord", 6, Some(&catalog));
    assert_eq!(suggestion.replace, sql::Span::new(3, 6));
    assert_eq!(suggestion.items.first().map(|item| item.kind), Some(SuggestionKind::Relation));
}
