#![allow(clippy::unwrap_used, clippy::panic)]
//! The catalog, definitions and the documents facet on a real server.

mod common {
    pub mod server;
}

use catalog::{Kind, Known, ObjectKey, RelationKind, Scope};
use common::server::{finish, form, run, server, shell};
use driver::{
    Code, ConnectContext, Driver, Role,
    documents::{DocumentChange, DocumentPage, Rules},
};
use driver_mongodb::MongoDb;

fn key(database: &str, name: &str) -> ObjectKey {
    ObjectKey::relation(None, Some(database), name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalog_tells_kinds_indexes_options_and_fields() {
    let Some(server) = server() else { return };
    let database = "catalog_all";
    let (connection, session) = server.session(database).await;
    for text in [
        "db.orders.insertMany([{_id: 1, a: 1, b: {c: 'x'}}, {_id: 2, a: NumberLong(2), b: {c: 'y'}, t: ['p']}])",
        "db.orders.createIndex({a: -1, 'b.c': 1}, {unique: true, sparse: true})",
        "db.orders.createIndex({when: 1}, {expireAfterSeconds: 60})",
        "db.createView('few', 'orders', [{$match: {a: 1}}])",
        "db.createCollection('log', {capped: true, size: 4096})",
        "db.createCollection('strict', {validator: {$jsonSchema: {required: ['name'], properties: {name: {bsonType: 'string', \
         description: 'who'}, at: {bsonType: 'object', properties: {x: {bsonType: ['int', 'long']}}}}}}})",
    ] {
        run(&*session, text).await.ok();
    }
    let scope = Scope { schemas: Some(vec![database.into()]), ..Scope::default() };
    let catalog = connection.control().catalog(&scope).await.unwrap();
    assert_eq!(catalog.complete(&[Kind::Schemas, Kind::Relations, Kind::Indexes]), Ok(()));
    assert_eq!(catalog.search_path, [database]);
    let kind = |name: &str| catalog.relation(catalog.find_relation(Some(database), name).unwrap()).unwrap().row().kind;
    assert_eq!(
        [kind("orders"), kind("few"), kind("log")],
        [RelationKind::Collection, RelationKind::View, RelationKind::Collection]
    );
    let orders = catalog.relation(catalog.find_relation(Some(database), "orders").unwrap()).unwrap();
    assert_eq!(orders.row().estimated_rows, Known::Value(Some(2)));
    let log = catalog.relation(catalog.find_relation(Some(database), "log").unwrap()).unwrap();
    assert!(log.row().options.iter().any(|option| option.starts_with("capped: true")), "{:?}", log.row().options);
    let index = catalog.indexes.iter().find(|index| index.name == "a_-1_b.c_1").unwrap();
    let keys: Vec<_> = index.keys.iter().map(|key| (key.text.as_str(), key.descending)).collect();
    assert_eq!((index.unique, keys), (true, vec![("a", true), ("b.c", false)]));
    assert!(index.comment.as_deref().is_some_and(|comment| comment.contains("sparse")));

    let strict = catalog.relation(catalog.find_relation(Some(database), "strict").unwrap()).unwrap();
    let declared: Vec<_> = strict
        .columns()
        .iter()
        .map(|column| (column.name.as_str(), column.native_type.as_str(), column.inferred))
        .collect();
    assert_eq!(
        declared,
        [("_id", "any", None), ("name", "string", None), ("at", "object", None), ("at.x", "int | long", None)]
    );

    let one = connection.control().catalog(&Scope::relation(Some(database), "orders")).await.unwrap();
    let columns: Vec<_> =
        one.columns.iter().map(|column| (column.name.as_str(), column.native_type.as_str())).collect();
    for wanted in [("_id", "int"), ("b.c", "string"), ("t.[]", "string")] {
        assert!(columns.contains(&wanted), "{columns:?}");
    }
    assert!(
        one.columns.iter().any(|column| column.name == "a"
            && column.native_type.contains("long")
            && column.native_type.contains("int"))
    );
    let inferred = one.columns.first().unwrap().inferred.unwrap();
    assert_eq!((inferred.sampled, inferred.of), (2, Some(2)));

    let ddl = connection.control().ddl().unwrap();
    let text = ddl.definition(&key(database, "orders")).await.unwrap();
    assert!(text.contains("createCollection(\"orders\")") && text.contains("unique: true"), "{text}");
    let view = ddl.definition(&key(database, "few")).await.unwrap();
    assert!(view.contains("createView(\"few\", \"orders\""), "{view}");
    // What is told is what makes it again.
    run(&*session, "db.orders.drop()").await.ok();
    for one in connection.control().language().split(&text) {
        run(&*session, one.text(&text)).await.ok();
    }
    assert_eq!(ddl.definition(&key(database, "orders")).await.unwrap(), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_see_little_is_told_so() {
    let Some(server) = server() else { return };
    let changes = [("user", "rowhouse_reader"), ("schema", "rowhouse")];
    let connection = match server.connect(&changes).await {
        Ok(connection) => connection,
        Err(error) => panic!("{error}"),
    };
    let catalog = connection.control().catalog(&Scope { kinds: Kind::ALL.to_vec(), ..Scope::default() }).await.unwrap();
    // Never nothing: the database of the profile is there in any case.
    assert!(catalog.schemas.iter().any(|schema| schema.name == "rowhouse"));
    assert!(matches!(catalog.coverage[&Kind::Roles], Known::Denied | Known::Value(())));
    let session = connection.open(Role::Session).await.unwrap();
    let error = run(&*session, "db.getSiblingDB('admin').x.insertOne({_id: 1})").await.error().clone();
    assert_eq!(error.code, Code::Forbidden, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_lose_no_document_whatever_its_id() {
    let Some(server) = server() else { return };
    let database = "documents_pages";
    let (connection, session) = server.session(database).await;
    run(
        &*session,
        "db['odd \"name\"'].insertMany([{_id: 1}, {_id: 2.5}, {_id: NumberLong(3)}, {_id: NumberDecimal('4')}, {_id: 'a'}, {_id: 'b'}, \
         {_id: {x: 1}}, {_id: {x: 2}}, {_id: ObjectId('56e1fc72e0c917e9c4714161')}, {_id: true}, {_id: ISODate('2024-01-01')}, \
         {_id: null}, {_id: UUID('73ffd264-44b3-4c69-90e8-e7d1dfc035d4')}, {_id: MinKey()}, {_id: MaxKey()}])",
    )
    .await
    .ok();
    let documents = connection.control().documents().unwrap();
    let collection = key(database, "odd \"name\"");
    for limit in [1, 2, 4, 15] {
        let mut page = DocumentPage {
            collection: collection.clone(),
            filter: None,
            sort: None,
            projection: None,
            after: None,
            offset: 0,
            limit,
        };
        let mut seen = Vec::new();
        loop {
            let rows = finish(session.run(documents.page(&page).unwrap())).await.rows;
            let Some(last) = rows.last().cloned() else { break };
            page.offset += rows.len() as u64;
            seen.extend(rows);
            assert!(seen.len() <= 15, "{limit}: {:?}", seen.iter().map(|raw| shell(raw)).collect::<Vec<_>>());
            page.after = Some(last);
        }
        assert_eq!(seen.len(), 15, "{limit}: {:?}", seen.iter().map(|raw| shell(raw)).collect::<Vec<_>>());
    }
    let count = documents.count(&collection, Some("{_id: {$type: 'string'}}")).unwrap();
    assert_eq!(finish(session.run(count)).await.texts(), ["{ n: 2 }"]);
    let sorted = DocumentPage {
        collection: collection.clone(),
        filter: Some("{_id: {$type: 'string'}}".into()),
        sort: Some("{_id: -1}".into()),
        projection: Some("{_id: 1}".into()),
        after: None,
        offset: 1,
        limit: 5,
    };
    assert_eq!(finish(session.run(documents.page(&sorted).unwrap())).await.texts(), ["{ _id: \"a\" }"]);
    let wrong = DocumentPage { filter: Some("{a: }".into()), ..sorted };
    assert_eq!(documents.page(&wrong).unwrap_err().code, Code::InvalidStatement);
    let preview = documents.preview(&collection, &["{$match: {_id: 'a'}}".into(), "{$out: 'x'}".into()], 3).unwrap();
    assert_eq!(finish(session.run(preview)).await.texts(), ["{ _id: \"a\" }"]);
    let sample = documents.sample(&collection, 100).await.unwrap();
    assert_eq!((sample.sampled, sample.of), (15, Known::Value(15)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_saved_only_while_it_is_as_it_was_seen() {
    let Some(server) = server() else { return };
    let database = "documents_change";
    let (connection, session) = server.session(database).await;
    let documents = connection.control().documents().unwrap();
    let collection = key(database, "c");
    let parse = |text: &str| form().parse(text).unwrap();
    let new = documents
        .change(&collection, &DocumentChange::Insert(parse("{a: NumberLong(1), '$odd': 1}")))
        .await
        .unwrap()
        .unwrap();
    assert!(shell(&new).starts_with("{ _id: ObjectId("), "{}", shell(&new));
    let seen = parse("{_id: 1, n: NumberLong(5), d: 1.0, t: 'x', in: {z: 1, a: [1, null]}}");
    documents.change(&collection, &DocumentChange::Insert(seen.clone())).await.unwrap();
    let patch = driver::documents::Patch::SetAlike(vec![driver::documents::Step::Name("n".into())], "6".into());
    let next = form().patch(&seen, &[patch]).unwrap();
    let replace = DocumentChange::Replace { seen: seen.clone(), new: next.clone() };
    assert_eq!(documents.change(&collection, &replace).await.unwrap().as_ref(), Some(&next));
    assert_eq!(run(&*session, "db.c.find({_id: 1})").await.rows, std::slice::from_ref(&next));
    // Seen as it was before: somebody changed it.
    let error = documents.change(&collection, &replace).await.unwrap_err();
    assert_eq!((error.code, error.message.contains("changed")), (Code::Conflict, true), "{error}");
    let error = documents.change(&collection, &DocumentChange::Delete(seen.clone())).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let other = DocumentChange::Replace { seen: next.clone(), new: parse("{_id: 2}") };
    assert_eq!(documents.change(&collection, &other).await.unwrap_err().code, Code::InvalidStatement);
    assert_eq!(
        documents.change(&collection, &DocumentChange::Insert(next.clone())).await.unwrap_err().code,
        Code::ConstraintViolated
    );
    assert_eq!(documents.change(&collection, &DocumentChange::Delete(next.clone())).await.unwrap(), None);
    let error = documents.change(&collection, &DocumentChange::Delete(next.clone())).await.unwrap_err();
    assert_eq!((error.code, error.message.contains("gone")), (Code::Conflict, true), "{error}");
    // What is described is what the language understands, and counts as a write.
    let text = documents.describe(&collection, &replace);
    assert_eq!(connection.control().language().classify(&text).class, sql::Class::Write, "{text}");

    let context = ConnectContext { read_only: true, ..server.context() };
    let reading = MongoDb.connect(&server.profile(&[("schema", database)]), context).await.unwrap();
    let refused = reading.control().documents().unwrap().change(&collection, &DocumentChange::Insert(next)).await;
    assert_eq!(refused.unwrap_err().code, Code::Forbidden);
    assert_eq!(reading.control().server().facts["read_only"], "guarded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_seen_tried_and_changed_only_as_they_were_seen() {
    let Some(server) = server() else { return };
    let database = "documents_rules";
    let (connection, session) = server.session(database).await;
    let documents = connection.control().documents().unwrap();
    let (collection, view) = (key(database, "people"), key(database, "named"));
    for text in [
        "db.people.insertMany([{_id: 1, name: 'ann'}, {_id: 2, name: 7}, {_id: 3}, {_id: 4, name: 'bob', age: NumberLong(4)}])",
        "db.createView('named', 'people', [{$match: {name: {$exists: true}}}])",
    ] {
        run(&*session, text).await.ok();
    }
    let before = documents.rules(&collection).await.unwrap();
    assert_eq!(before, Rules { validator: None, level: "strict".into(), action: "error".into() });
    assert_eq!(documents.rules(&key(database, "nothing")).await.unwrap_err().code, Code::NotFound);
    assert_eq!(documents.rules(&view).await.unwrap_err().code, Code::Unsupported);

    let schema = "{ $jsonSchema: { required: ['name'], properties: { name: { bsonType: 'string' } } } }";
    let breaking = documents.breaking(&collection, schema).await.unwrap();
    assert_eq!((breaking.found, breaking.more), (2, false));
    assert_eq!(breaking.first.iter().map(|raw| shell(raw)).collect::<Vec<_>>(), ["{ _id: 2, name: 7 }", "{ _id: 3 }"]);
    assert_eq!(run(&*session, &breaking.statement).await.rows.len(), 2, "{}", breaking.statement);
    assert_eq!(documents.breaking(&collection, "{ name: { $exists: 1 } }").await.unwrap().found, 1);
    let error = documents.breaking(&collection, "{ name: ").await.unwrap_err();
    assert!(error.code == Code::InvalidStatement && error.span.is_some(), "{error:?}");
    let error = documents.breaking(&collection, "{ name: { $nope: 1 } }").await.unwrap_err();
    assert_eq!(error.code, Code::InvalidStatement, "{error:?}");

    let wanted = Rules { validator: Some(schema.into()), level: "moderate".into(), action: "error".into() };
    let text = documents.describe_rules(&collection, &wanted).unwrap();
    assert!(text.contains("collMod: \"people\"") && text.contains("validationLevel: \"moderate\""), "{text}");
    assert_eq!(connection.control().language().classify(&text).class, sql::Class::Ddl, "{text}");
    documents.set_rules(&collection, &before, &wanted).await.unwrap();
    let now = documents.rules(&collection).await.unwrap();
    assert_eq!((now.level.as_str(), now.validator.is_some()), ("moderate", true));
    assert!(run(&*session, "db.people.insertOne({_id: 9})").await.error().code == Code::ConstraintViolated);
    assert_eq!(documents.set_rules(&collection, &before, &wanted).await.unwrap_err().code, Code::Conflict);
    documents.set_rules(&collection, &now, &before).await.unwrap();
    assert_eq!(documents.rules(&collection).await.unwrap(), before);
    run(&*session, "db.people.insertOne({_id: 9})").await.ok();

    let context = ConnectContext { read_only: true, ..server.context() };
    let reading = MongoDb.connect(&server.profile(&[("schema", database)]), context).await.unwrap();
    let refused = reading.control().documents().unwrap().set_rules(&collection, &before, &wanted).await;
    assert_eq!(refused.unwrap_err().code, Code::Forbidden);
}
