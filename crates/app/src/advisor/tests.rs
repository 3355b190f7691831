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
