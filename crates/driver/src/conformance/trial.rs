//! The suite against the scripted fake: whole, and broken in every way the fake can be.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{sync::Arc, time::Duration};

use arrow_schema::{DataType, Schema};
use async_trait::async_trait;
use catalog::{Catalog, Column, ObjectKey, Relation, RelationKind};

use super::*;
use crate::{
    Code, Driver, Error, Native, Notice, Profile, Secret, SessionState, Severity, Span, Transaction, arrow,
    fake::{FakeBuilder, FakeDriver, Memory, Sabotage, Step, binary_batch, integer_batch, repeat},
};

struct FakeSubject {
    driver: FakeDriver,
    texts: Texts,
}

fn rows(batch: arrow_array::RecordBatch) -> Vec<Step> {
    vec![Step::Head(batch.schema()), Step::Rows(batch)]
}

fn text(value: &str) -> Vec<Step> {
    rows(binary_batch(&[("a", "text", vec![Some(value.as_bytes().to_vec())])]))
}

fn failing(code: Code, span: Option<Span>) -> Vec<Step> {
    let native = Native { product: "Fake".into(), code: "F1".into(), message: "no".into(), ..Native::default() };
    let error = Error::new(code, "It fails.").with_native(native).with_hint("Do otherwise.");
    vec![Step::Fail(match span {
        Some(span) => error.with_span(span),
        None => error,
    })]
}

fn notice() -> Step {
    Step::Notice(Notice {
        severity: Severity::Notice,
        label: "NOTICE".into(),
        code: None,
        message: "mind the gap".into(),
        detail: None,
        hint: None,
        context: None,
        span: None,
    })
}

const SPAN: Span = Span { start: 0, end: 5 };

fn server(sabotage: Option<Sabotage>) -> FakeDriver {
    let key = ObjectKey::relation(None, Some("main"), "pages");
    let mut catalog = Catalog::default();
    let schema = catalog.push_schema(catalog::Schema::named("main"));
    let relation = catalog.push_relation(Relation::new(schema, "pages", RelationKind::Table));
    catalog.columns.push(Column::new(relation, 1, "n", "bigint"));
    catalog.seal();
    let two_columns = [("a", "text", vec![]), ("b", "text", vec![])];
    let empty = binary_batch(&two_columns).schema();
    let wide: Vec<_> = (0..1600).map(|_| ("w", "text", vec![Some(b"x".to_vec())])).collect();
    let nothing = Schema::empty();
    let uncounted = arrow_array::RecordBatch::try_new_with_options(
        Arc::new(nothing),
        vec![],
        &arrow_array::RecordBatchOptions::new().with_row_count(Some(2)),
    )
    .unwrap();
    let mut builder = FakeBuilder::new("1.2")
        .password("right")
        .catalog(catalog)
        .pages(key.clone(), 10)
        .definition(key, "create table pages (n bigint)")
        .activity()
        .on("one", |_, _| rows(integer_batch([1])))
        .on("make", |_, memory: &mut Memory| {
            memory.values.insert("temp".into(), "kept".into());
            vec![Step::Tag("MAKE".into(), Some(0))]
        })
        .on("look", |_, memory| match memory.values.get("temp") {
            Some(value) => text(value),
            None => failing(Code::NotFound, None),
        })
        .on("two", |_, _| [rows(integer_batch([1])), text("b")].concat())
        .on("empty", move |_, _| vec![Step::Head(empty.clone())])
        .on("no columns", move |_, _| rows(uncounted.clone()))
        .on("value", |_, _| text("12.50"))
        .on("nulls", |_, _| rows(binary_batch(&[("a", "text", vec![None]), ("b", "text", vec![Some(Vec::new())])])))
        .on("notice", |_, _| vec![notice()])
        .on("echo", |statement, _| {
            let cells = |index: usize| {
                let value = statement.parameters.get(index).and_then(|parameter| parameter.value.as_ref());
                vec![value.map(|secret| secret.expose().as_bytes().to_vec())]
            };
            rows(binary_batch(&[("a", "text", cells(0)), ("b", "text", cells(1))]))
        })
        .on("listen", |_, _| vec![Step::Listen("news".into())])
        .on("notify", |_, _| vec![Step::Notify { channel: "news".into(), payload: "hello".into() }])
        .on("set", |_, _| vec![Step::Parameter { name: "zone".into(), value: "UTC".into() }])
        .on("syntax", |_, _| failing(Code::InvalidStatement, Some(SPAN)))
        .on("missing", |_, _| failing(Code::NotFound, None))
        .on("unique", |_, _| failing(Code::ConstraintViolated, None))
        .on("begin", |_, _| vec![Step::Transaction(Transaction::Open)])
        .on("end", |_, _| vec![Step::Transaction(Transaction::Idle)])
        .on("sleep", |_, _| vec![Step::Wait(Duration::from_secs(60))])
        .on("endless", |_, _| repeat(None, 8192))
        .on("trickle", |_, _| {
            let row = |n| [Step::Wait(Duration::from_millis(150)), Step::Rows(integer_batch([n]))];
            [vec![Step::Head(integer_batch([]).schema())], (1..=4).flat_map(row).collect()].concat()
        })
        .on("million", |_, _| repeat(Some(1_000_000), 8192))
        .on("wide", move |_, _| rows(binary_batch(&wide)))
        .on("large", |_, _| rows(binary_batch(&[("a", "bytes", vec![Some(vec![b'x'; 64 << 20])])])))
        .on("written", |_, memory| text(memory.values.get("written").map_or("no", |_| "yes")))
        .on("write", |_, memory| {
            if memory.read_only {
                return failing(Code::Forbidden, None);
            }
            vec![Step::Tag("WRITE".into(), Some(1))]
        });
    if let Some(law) = sabotage {
        builder = builder.sabotage(law);
    }
    builder.build()
}

fn fails(statement: &str, span: Option<Span>) -> Offer<ErrorText> {
    Ok(ErrorText { setup: vec![], statement: statement.into(), span })
}

fn subject(sabotage: Option<Sabotage>) -> FakeSubject {
    let key = ObjectKey::relation(None, Some("main"), "pages");
    let texts = Texts {
        one: "one".into(),
        script: Ok(ScriptText { text: "make;\nlook;".into(), statements: 2, last: "kept".into() }),
        several_results: Ok(("two".into(), 2)),
        empty_result: Ok(("empty".into(), vec!["a".into(), "b".into()])),
        no_columns: Ok(("no columns".into(), 2)),
        values: Ok(vec![ValueText {
            statement: "value".into(),
            native_type: "text".into(),
            data_type: DataType::Binary,
            expected: Some(b"12.50".to_vec()),
        }]),
        nulls: Ok("nulls".into()),
        notice: Ok(("notice".into(), "mind".into())),
        listening: Ok(Listening {
            listen: "listen".into(),
            notify: "notify".into(),
            channel: "news".into(),
            payload: "hello".into(),
        }),
        parameters: Ok("echo".into()),
        parameter_status: Ok(("set".into(), "zone".into(), "UTC".into())),
        syntax_error: fails("syntax", Some(SPAN)),
        missing_relation: fails("missing", None),
        unique_violation: fails("unique", None),
        hint: fails("unique", None),
        transactions: Ok(Transactions { begin: "begin".into(), commit: "end".into(), rollback: "end".into() }),
        failed_transaction: Ok("syntax".into()),
        sleep: Ok("sleep".into()),
        endless: Ok("endless".into()),
        million_rows: Ok("million".into()),
        trickle: Ok(("trickle".into(), 4)),
        widest: Ok(("wide".into(), 1600)),
        large_cell: Ok(("large".into(), 64 << 20)),
        probe: Ok(Probe { setup: vec!["make".into()], check: "look".into(), expected: "kept".into() }),
        writing: Ok(Writing { setup: vec![], write: "write".into(), check: "written".into(), unchanged: "no".into() }),
        paging: Ok(Paging { setup: vec![], relation: key.clone(), rows: 10, read: "select * from a".to_owned() }),
        definition: Ok((key, "create table".into())),
    };
    FakeSubject { driver: server(sabotage), texts }
}

fn login(host: &str, database: &str, password: &str) -> Login {
    let values = [("host", host), ("database", database)];
    Login {
        profile: Profile {
            name: "fake".into(),
            driver: "fake".into(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        },
        password: Some(Secret::new(password.into())),
    }
}

#[async_trait]
impl Subject for FakeSubject {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(self.driver.clone())
    }

    fn expected_version(&self) -> &str {
        "1."
    }

    fn login(&self) -> Login {
        login("here", "main", "right")
    }

    fn wrong_password(&self) -> Offer<Login> {
        Ok(login("here", "main", "wr0ng-passw0rd"))
    }

    fn unknown_host(&self) -> Offer<Login> {
        Ok(login("unknown", "main", "right"))
    }

    fn refused_port(&self) -> Offer<Login> {
        Ok(login("refused", "main", "right"))
    }

    fn unknown_database(&self) -> Offer<Login> {
        Ok(login("here", "nowhere", "right"))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        Ok(session.server_id.as_deref().is_some_and(|id| self.driver.is_active(id)))
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        self.driver.kill(session.server_id.as_deref().unwrap_or(""), "killed");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_driver_that_keeps_the_laws_passes_every_case() {
    let report = suite(&subject(None)).await;
    report.assert();
    // What the fake does not do at all.
    let absent: Vec<_> = report.cases.iter().filter(|case| matches!(case.verdict, Verdict::Absent(_))).collect();
    let facets =
        ["no edit facet", "no explain facet", "no load facet"].map(|reason| Verdict::Absent(reason.to_owned()));
    assert!(absent.iter().all(|case| facets.contains(&case.verdict)), "{report}");
    assert_eq!(report.passed() + absent.len(), report.cases.len(), "{report}");
    assert_eq!(report.version, "Fake 1.2");
}

#[tokio::test]
async fn what_a_subject_does_not_offer_is_counted_and_not_passed() {
    let mut subject = subject(None);
    subject.texts.several_results = Gap::absent("one result per statement");
    subject.texts.large_cell = Gap::unverifiable("no memory");
    let report = run(&subject, |name| name.contains("result sets") || name.contains("large")).await;
    report.assert_nothing_failed();
    assert_eq!((report.passed(), report.absent(), report.unverifiable()), (0, 1, 1), "{report}");
    assert!(report.to_string().contains("one result per statement"), "{report}");
}

impl Report {
    fn assert_nothing_failed(&self) {
        assert!(self.failed().is_empty(), "{self}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_broken_law_fails_its_case() {
    let laws = [
        (Sabotage::WrongVersion, "expected server"),
        (Sabotage::AcceptsAnyPassword, "wrong password"),
        (Sabotage::LeaksSecret, "wrong password"),
        (Sabotage::DropsHeaders, "keeps its headers"),
        (Sabotage::EmptyBatches, "NULL is not empty"),
        (Sabotage::HugeBatches, "million rows"),
        (Sabotage::ClipsValues, "every type"),
        (Sabotage::NullIsEmpty, "NULL is not empty"),
        (Sabotage::SwallowsNotices, "notices arrive"),
        (Sabotage::ForgetsSpans, "code and span"),
        (Sabotage::HidesTransactions, "state is told"),
        (Sabotage::LeaksBytes, "dropped half-read"),
        (Sabotage::IgnoresCancel, "running statement on the server"),
        (Sabotage::CancelHitsNextRun, "late cancel"),
        (Sabotage::CancelEndsSession, "survive a cancel"),
        (Sabotage::MissesLoss, "while paused"),
        (Sabotage::SharesMemory, "two sessions"),
        (Sabotage::WritesAnyway, "read-only refuses"),
        (Sabotage::ClosesLate, "closing is immediate"),
        (Sabotage::TalksAfterDone, "NULL is not empty"),
        (Sabotage::ReadsAhead, "stops reading"),
        (Sabotage::HoldsRowsBack, "trickle"),
    ];
    let trials = laws.map(|(law, case)| {
        tokio::spawn(async move {
            let name = move |name: &str| name.contains(case);
            let whole = subject(None);
            let broken = subject(Some(law));
            (law, case, run(&whole, name).await, run(&broken, name).await)
        })
    });
    for trial in trials {
        let (law, case, whole, broken) = trial.await.unwrap();
        // Memory is the process's, so the trial of the reader ahead disturbs what others measure.
        let measured = case == "million rows";
        assert!(measured || (whole.failed().is_empty() && whole.passed() == 1), "{law:?} {whole}");
        assert_eq!(broken.failed().len(), 1, "{law:?}, {case}: {broken}");
    }
}

#[test]
fn class_columns_are_no_visible_columns() {
    let schema = Schema::new(vec![arrow::field("0#class", DataType::Binary, "text"), arrow::class_field(0)]);
    assert_eq!(arrow::visible_columns(&schema), 1);
}
