//! Plans where the session has a mode for them: it is left again whatever happens.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use driver::{
    Code, Explain, ExplainMode, ExplainOptions, ExplainQuestion, Plan, Transaction, Undo,
    fake::{FakeDriver, Sabotage, Step, binary_batch},
    plan::PlanNode,
};

use crate::{
    App, Face, Parts,
    api::*,
    keychain::Keychain,
    registry::Registry,
    testing::{self, Memory},
};

/// Names the plans it was given, and how often.
struct Modes;

impl Explain for Modes {
    fn measures(&self) -> bool {
        true
    }

    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, driver::Error> {
        let mode = ExplainMode { on: "SET PLANS ON", off: "SET PLANS OFF", column: "plan" };
        Ok(ExplainQuestion::in_mode(mode, statement, "PLANS", options))
    }

    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, driver::Error> {
        let kind = rows.iter().flatten().flatten().cloned().collect::<Vec<_>>().join("+");
        let nodes = vec![PlanNode { kind, ..PlanNode::default() }];
        Ok(Plan { nodes, measured: question.options.analyze, ..Plan::default() })
    }

    fn undo(&self, transaction: Transaction) -> Option<Undo> {
        Undo::transact(transaction)
    }

    fn not_undone(&self) -> &'static str {
        ""
    }
}

struct Desk {
    app: Arc<App>,
    profile: String,
    sent: Arc<Mutex<Vec<String>>>,
    _home: tempfile::TempDir,
}

/// A server that keeps what it was sent. `bad` fails, and so does leaving the mode where that is wanted.
async fn desk(stuck: bool) -> Desk {
    desk_over(stuck, false).await
}

/// The same; `deaf` does not listen to cancels, and takes its time for the beginning of a transaction.
async fn desk_over(stuck: bool, deaf: bool) -> Desk {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&sent);
    let refused = || vec![Step::Fail(driver::Error::new(Code::InvalidStatement, "No."))];
    let builder = FakeDriver::builder("1").dialect(sql::dialect::tsql()).explains(Arc::new(Modes));
    let builder = if deaf { builder.sabotage(Sabotage::IgnoresCancel) } else { builder };
    let driver = builder.otherwise(move |statement, memory| {
        let text = statement.text.trim();
        seen.lock().unwrap().push(text.to_owned());
        let set = |name: &str, value: &str| {
            let batch = binary_batch(&[(name, "text", vec![Some(value.as_bytes().to_vec())])]);
            vec![Step::Head(batch.schema()), Step::Rows(batch)]
        };
        let mut change = |transaction: Transaction| {
            memory.transaction = transaction;
            vec![Step::Transaction(transaction)]
        };
        match text {
            "BEGIN TRANSACTION" if deaf => {
                [vec![Step::Wait(Duration::from_millis(600))], change(Transaction::Open)].concat()
            }
            "BEGIN TRANSACTION" => change(Transaction::Open),
            text if text.contains("slow") => vec![Step::Wait(Duration::from_secs(60))],
            "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION" => change(Transaction::Idle),
            "SET PLANS OFF" if stuck => refused(),
            text if text.contains("bad") => refused(),
            text if text.starts_with("SET") => Vec::new(),
            _ => [set("id", "row"), set("plan", "first"), set("id", "other row"), set("plan", "second")].concat(),
        }
    });
    let home = testing::home();
    let parts = Parts {
        keychain: Keychain::over(Arc::new(Memory::default())),
        registry: Registry::of(vec![Arc::new(driver.build())]),
    };
    let app = testing::open_parts(home.path(), Face::Window, parts).await;
    let draft = ProfileDraft {
        name: "modes".to_owned(),
        driver: "fake".to_owned(),
        values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
        password_policy: PasswordPolicy::None,
        environment: Environment::Local,
        safety: Safety::Free,
        ..ProfileDraft::default()
    };
    let profile = app.save_profile(draft).await.unwrap().id;
    app.connect(&profile).await.unwrap();
    Desk { app, profile, sent, _home: home }
}

impl Desk {
    async fn explain(&self, text: &str, analyze: bool) -> Result<ExplainedPlan, AppError> {
        let mut request = PlanRequest {
            tab_id: "tab".to_owned(),
            profile_id: self.profile.clone(),
            database: None,
            text: text.to_owned(),
            parameters: Vec::new(),
            analyze,
            confirmed: None,
            actor: None,
        };
        loop {
            match self.app.explain(request.clone()).await? {
                PlanAnswer::Explained { plan } => return Ok(*plan),
                PlanAnswer::Confirm { question } => request.confirmed = Some(question.digest),
            }
        }
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

#[tokio::test]
async fn the_mode_is_left_and_only_plans_are_read() {
    let desk = desk(false).await;
    desk.sent();
    let plan = desk.explain("select 1", false).await.unwrap();
    assert_eq!(plan.plan.nodes[0].kind, "first+second");
    assert_eq!(desk.sent(), ["SET PLANS ON", "select 1", "SET PLANS OFF"]);
    // A failed statement leaves it too.
    assert_eq!(desk.explain("select bad", false).await.unwrap_err().code, ErrorCode::InvalidStatement);
    assert_eq!(desk.sent(), ["SET PLANS ON", "select bad", "SET PLANS OFF"]);
    let plan = desk.explain("delete from t where a = 1", true).await.unwrap();
    assert!(plan.plan.measured && plan.undone.is_some() && plan.warnings.is_empty(), "{:?}", plan.warnings);
    let around = [
        "BEGIN TRANSACTION",
        "SET PLANS ON",
        "delete from t where a = 1",
        "SET PLANS OFF",
        "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
    ];
    assert_eq!(desk.sent(), around);
}

#[tokio::test]
async fn a_session_that_stays_in_the_mode_is_closed() {
    let desk = desk(true).await;
    desk.sent();
    let plan = desk.explain("select 1", false).await.unwrap();
    assert!(plan.warnings.iter().any(|warning| warning.contains("was closed")), "{:?}", plan.warnings);
    desk.sent();
    // What is run next gets a session that runs it.
    desk.explain("select 2", false).await.unwrap();
    assert_eq!(desk.sent(), ["SET PLANS ON", "select 2", "SET PLANS OFF"]);
}

#[tokio::test]
async fn a_cancel_leaves_the_mode_wherever_it_comes() {
    for (deaf, text, analyze, wanted) in [
        (false, "select slow", false, &["SET PLANS ON", "select slow", "SET PLANS OFF"][..]),
        // It comes while the transaction begins, which still succeeds: nothing that follows is sent but the way back.
        (
            true,
            "delete from t where a = 1",
            true,
            &["BEGIN TRANSACTION", "SET PLANS OFF", "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"][..],
        ),
    ] {
        let desk = desk_over(false, deaf).await;
        desk.sent();
        let cancel = async {
            while desk.sent.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
            desk.app.cancel_plan("tab").await.unwrap();
        };
        let (explained, ()) = tokio::join!(desk.explain(text, analyze), cancel);
        assert_eq!(explained.unwrap_err().code, ErrorCode::Cancelled, "{text}");
        assert_eq!(desk.sent(), wanted);
        // The tab is free for the next.
        desk.explain("select 1", false).await.unwrap();
    }
}

/// A change is never planned on a shared session that might stay in the mode, or run there for want of it.
#[tokio::test]
async fn no_number_of_rows_is_asked_for_by_the_statement_itself() {
    let desk = desk(false).await;
    desk.sent();
    let request = RunRequest {
        tab_id: "tab".to_owned(),
        profile_id: desk.profile.clone(),
        database: None,
        text: "delete from t".to_owned(),
        parameters: Vec::new(),
        go_on: false,
        manual_transactions: false,
        confirmed: None,
        actor: None,
    };
    let (sender, _events) = tokio::sync::mpsc::unbounded_channel();
    let answer = desk.app.run(request, sender).await.unwrap();
    assert!(answer.started().is_none(), "a change of every row asks");
    assert_eq!(desk.sent(), [""; 0]);
}
