//! The advisor in the core: SQLite always, PostgreSQL where it is given.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{
    api::*,
    connections::tests::Shop,
    runs::tests::{outcomes, play, script},
};

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

async fn found(shop: &Shop, filter: AdvisorFilter) -> AdvisorFindingPage {
    shop.app.advisor_findings(&shop.profile, None, filter, 0, 100).await.unwrap()
}

fn of_rule(rule: &str) -> AdvisorFilter {
    AdvisorFilter { rules: vec![rule.to_owned()], ..AdvisorFilter::default() }
}

async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.app.connect(&shop.profile).await.unwrap();
    run(&shop, "CREATE TABLE notes (text text); CREATE TABLE more (text text)").await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    shop
}

#[tokio::test]
async fn rules_are_run_once_for_each_version_of_the_catalog() {
    let shop = shop().await;
    let report = shop.app.advise(&shop.profile, None, false).await.unwrap();
    let rule = |report: &AdvisorReport, id: &str| report.rules.iter().find(|rule| rule.id == id).unwrap().clone();
    assert_eq!(rule(&report, "K-01").findings, 2);
    assert_eq!((rule(&report, "K-01").result, report.ask_exposure), (AdvisorResult::Fail, false));
    let again = shop.app.advise(&shop.profile, None, false).await.unwrap();
    assert_eq!(again.at_ms, report.at_ms, "it was not read again");
    assert_eq!(again.history.len(), 1);
    run(&shop, "DROP TABLE more").await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let after = shop.app.advise(&shop.profile, None, false).await.unwrap();
    assert_eq!(rule(&after, "K-01").findings, 1);
    assert_eq!(after.history.len(), 2, "another score is another point");
    let page = found(&shop, of_rule("K-01")).await;
    assert_eq!((page.total, page.findings[0].object.label.as_str()), (1, "main.notes"));
    let none = AdvisorFilter { text: "no such thing".to_owned(), ..AdvisorFilter::default() };
    assert_eq!(found(&shop, none).await.total, 0);
    let page = shop.app.advisor_rule("K-01").unwrap();
    assert!(page.page.contains("```sql"), "{}", page.page);
    assert_eq!(shop.app.advisor_rule("X-99").unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_is_accepted_stands_apart_with_who_and_why_and_goes_to_a_baseline_and_back() {
    let shop = shop().await;
    let key = found(&shop, of_rule("K-01")).await.findings[0].key.clone();
    let app = &shop.app;
    let refused = app.advisor_suppress(&shop.profile, None, vec![key.clone()], " ", "ann").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidStatement);
    app.advisor_suppress(&shop.profile, None, vec![key.clone()], "a log", "ann").await.unwrap();
    let report = app.advise(&shop.profile, None, false).await.unwrap();
    assert_eq!(report.accepted, 1);
    assert_eq!(found(&shop, of_rule("K-01")).await.total, 1);
    let accepted = found(&shop, AdvisorFilter { accepted: true, ..AdvisorFilter::default() }).await;
    let by = accepted.findings[0].accepted.clone().unwrap();
    assert_eq!((by.reason.as_str(), by.author.as_str(), by.date.len()), ("a log", "ann", 10));
    let file = shop.home.path().join("baseline.json");
    app.export_advisor(&shop.profile, None, AdvisorFormat::Baseline, &file).await.unwrap();
    app.advisor_unsuppress(&shop.profile, None, vec![key]).await.unwrap();
    assert_eq!(found(&shop, of_rule("K-01")).await.total, 2);
    assert_eq!(app.import_advisor_baseline(&shop.profile, None, &file).await.unwrap(), 1);
    assert_eq!(found(&shop, of_rule("K-01")).await.total, 1);
    std::fs::write(&file, "[]").unwrap();
    let wrong = app.import_advisor_baseline(&shop.profile, None, &file).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::InvalidStatement);
    for (format, word) in
        [(AdvisorFormat::Json, "\"rules\""), (AdvisorFormat::Sarif, "2.1.0"), (AdvisorFormat::Table, "Score")]
    {
        app.export_advisor(&shop.profile, None, format, &file).await.unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().contains(word));
    }
}

#[tokio::test]
async fn fixes_are_one_script_that_nobody_has_run() {
    let shop = shop().await;
    run(&shop, "CREATE INDEX one ON orders (customer_id); CREATE INDEX two ON orders (customer_id)").await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let page = found(&shop, of_rule("I-01")).await;
    let keys: Vec<String> = page.findings.iter().map(|finding| finding.key.clone()).collect();
    assert!(!keys.is_empty());
    let review = shop.app.advisor_review(&shop.profile, None, keys.clone()).await.unwrap();
    assert!(review.sql.contains("DROP INDEX") && review.undo.contains("CREATE INDEX"), "{review:#?}");
    assert_eq!(found(&shop, of_rule("I-01")).await.total as usize, keys.len(), "nothing was run");
    let gone = shop.app.advisor_review(&shop.profile, None, vec!["K-01:x".to_owned()]).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn findings_count_for_the_table_that_they_are_about_whatever_part_of_it() {
    let shop = shop().await;
    run(&shop, "CREATE INDEX one ON orders (customer_id); CREATE INDEX two ON orders (customer_id)").await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let app = &shop.app;
    let listed = async |filter: AdvisorFilter, offset, limit| {
        app.advisor_objects(&shop.profile, None, filter, offset, limit).await.unwrap()
    };
    let page = listed(AdvisorFilter::default(), 0, 100).await;
    let counts = |row: &AdvisorObjectRow| [row.errors, row.warnings, row.infos, row.accepted];
    let order: Vec<_> = page.objects.iter().map(counts).collect();
    assert!(order.is_sorted_by(|one, next| one >= next), "the worst first: {order:?}");
    let all: u32 = order.iter().flatten().sum();
    assert_eq!(all, found(&shop, AdvisorFilter::default()).await.total, "each finding counts once");
    let orders = page.objects.iter().find(|row| row.object.label == "main.orders").unwrap();
    assert_eq!((orders.object.kind.as_str(), orders.row_security), ("table", None));
    let same = listed(of_rule("I-01"), 0, 100).await;
    let indexes = found(&shop, of_rule("I-01")).await;
    assert!(indexes.findings.iter().all(|one| one.object.kind == "index"));
    assert_eq!((same.total, same.objects[0].object.label.as_str()), (1, "main.orders"));
    assert_eq!(
        (same.objects[0].warnings, same.objects[0].worst.as_ref()),
        (indexes.total, Some(&indexes.findings[0].message))
    );
    assert_eq!(same.kinds, page.kinds, "the kinds to choose from are all of them");
    let parts = AdvisorFilter { kinds: vec!["index".to_owned()], ..AdvisorFilter::default() };
    let parts = listed(parts, 0, 100).await;
    assert_eq!((parts.objects[0].object.kind.as_str(), parts.objects[0].object.name.as_str()), ("table", "orders"));

    // Its findings, and nobody else's.
    let about = |row: &AdvisorObjectRow| AdvisorFilter { about: Some(row.object.clone()), ..AdvisorFilter::default() };
    let own = found(&shop, about(orders)).await;
    assert_eq!(own.total, orders.errors + orders.warnings + orders.infos);
    assert!(own.findings.iter().all(|one| one.object.relation.as_deref().unwrap_or(&one.object.name) == "orders"));
    let other = AdvisorObject { kind: "function".to_owned(), ..orders.object.clone() };
    assert_eq!(found(&shop, AdvisorFilter { about: Some(other), ..AdvisorFilter::default() }).await.total, 0);

    // Page by page it is the same list.
    let mut paged = Vec::new();
    for offset in 0..page.total {
        paged.extend(listed(AdvisorFilter::default(), offset, 1).await.objects);
    }
    assert_eq!(paged, page.objects);

    // What was accepted is counted apart, and does not make its table go away.
    let notes = listed(of_rule("K-01"), 0, 1).await.objects.remove(0);
    let keys = found(&shop, about(&notes)).await.findings.into_iter().map(|one| one.key).collect();
    app.advisor_suppress(&shop.profile, None, keys, "a log", "ann").await.unwrap();
    let after = listed(AdvisorFilter::default(), 0, 100).await;
    let quiet = after.objects.iter().find(|row| row.object == notes.object).unwrap();
    assert!(quiet.accepted > 0 && counts(quiet)[..3] == [0; 3] && quiet.worst.is_none(), "{quiet:#?}");
    assert_eq!((after.total, after.objects.last().map(|row| &row.object)), (page.total, Some(&notes.object)));
}
