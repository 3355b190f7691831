#![allow(clippy::unwrap_used, clippy::panic)]
//! Tabs that act as somebody else, on real servers where they are given.

use tokio::sync::mpsc;

use crate::{
    api::*,
    connections::tests::{Shop, draft},
    runs::tests::{heads, last_progress, outcomes, play, script},
    testing::servers::server,
};

/// A schema with a table of which its role sees two of five rows.
struct Stage {
    shop: Shop,
    schema: String,
    ann: PolicyActor,
}

impl Stage {
    async fn all() -> Vec<Stage> {
        let mut stages = Vec::new();
        for major in [15, 18] {
            let Some(shop) = server(&format!("ROWHOUSE_TEST_POSTGRES_{major}_URL")).await else { continue };
            let schema = format!("acting_{}", uuid::Uuid::new_v4().simple());
            let ann = PolicyActor {
                role: Some(schema.clone()),
                claims: Some("{\"sub\": \"ann\"}".to_owned()),
                ..PolicyActor::default()
            };
            let stage = Stage { shop, schema, ann };
            let text = "create role S; create schema S; grant usage on schema S to S;
                create table S.teams (id int primary key, name text);
                insert into S.teams values (1, 'one'), (2, 'two');
                create table S.docs (id int primary key, owner text, team int references S.teams);
                insert into S.docs values (1, 'ann', 1), (2, 'bob', 1), (3, 'ann', 2), (4, 'bob', 2), (5, 'bob', 2);
                alter table S.docs enable row level security;
                create policy own on S.docs to S using (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
                create view S.who as select current_user::text as me, current_setting('request.jwt.claims', true) as claims;
                create function S.escape() returns int language plpgsql as $$ begin reset role; delete from S.docs; return 1; end $$;
                create view S.escaping as select S.escape() as n;
                grant select, insert, update, delete on all tables in schema S to S"
                .replace("S.", &format!("{}.", stage.schema))
                .replace("role S;", &format!("role {};", stage.schema))
                .replace("schema S", &format!("schema {}", stage.schema))
                .replace("to S", &format!("to {}", stage.schema));
            stage.completes(None, &text).await;
            stages.push(stage);
        }
        stages
    }

    fn table(&self, name: &str) -> ObjectRef {
        ObjectRef {
            database: None,
            schema: Some(self.schema.clone()),
            kind: "relation".to_owned(),
            name: name.to_owned(),
            signature: None,
        }
    }

    fn rows(&self, name: &str, actor: Option<&PolicyActor>) -> BrowseRequest {
        BrowseRequest {
            profile_id: self.shop.profile.clone(),
            object: self.table(name),
            filters: Vec::new(),
            sort: Vec::new(),
            actor: actor.cloned(),
        }
    }

    async fn browse(&self, name: &str, actor: Option<&PolicyActor>) -> Browsed {
        self.shop.app.browse(self.rows(name, actor)).await.unwrap()
    }

    async fn cell(&self, hold: &str, column: u32) -> String {
        String::from_utf8(self.shop.app.hold_cell(hold, 0, column, 0, 1 << 20).await.unwrap()).unwrap()
    }

    async fn run(&self, actor: Option<&PolicyActor>, text: &str) -> Vec<RunEvent> {
        let text = text.replace("S.", &format!("{}.", self.schema));
        play(&self.shop, RunRequest { actor: actor.cloned(), ..script(&self.shop, "t", &text) }).await
    }

    async fn completes(&self, actor: Option<&PolicyActor>, text: &str) -> Vec<RunEvent> {
        let events = self.run(actor, text).await;
        for outcome in outcomes(&events) {
            assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:?} in {text}");
        }
        events
    }

    /// How many rows there really are.
    async fn count(&self) -> u64 {
        self.shop.app.browse_count(self.rows("docs", None)).await.unwrap().rows
    }

    async fn drop(self) {
        self.completes(None, &format!("drop schema {0} cascade; drop role {0}", self.schema)).await;
    }
}

fn left(events: &[RunEvent]) -> Vec<(Option<&str>, bool)> {
    let left = |event: &'_ RunEvent| match event {
        RunEvent::LeftActor { user, undone, .. } => Some((user.clone(), *undone)),
        _ => None,
    };
    let found: Vec<_> = events.iter().filter_map(left).collect();
    found
        .iter()
        .map(|(user, undone)| {
            (user.as_deref().map(|_| "postgres").filter(|_| user.as_deref() == Some("postgres")), *undone)
        })
        .collect()
}

#[tokio::test]
async fn a_grid_reads_counts_and_looks_up_as_its_actor() {
    for stage in Stage::all().await {
        let (app, ann) = (&stage.shop.app, Some(&stage.ann));
        let state = app.connect(&stage.shop.profile).await.unwrap();
        assert!(state.can_act_as && state.can_secure);
        let seen = stage.browse("docs", ann).await;
        assert_eq!((seen.progress.rows, stage.browse("docs", None).await.progress.rows), (2, 5));
        assert_eq!(app.browse_count(stage.rows("docs", ann)).await.unwrap().rows, 2);
        assert_eq!(app.browse_again(&seen.head.hold_id, None).await.unwrap().browsed.progress.rows, 2);
        let owner = app.column_statistics_on_server("a", stage.rows("docs", ann), "owner").await.unwrap();
        assert_eq!((owner.rows, owner.distinct), (2, 1));
        assert!(app.browse_facts(&stage.shop.profile, &stage.table("docs"), ann).await.unwrap().filtered_for_you);
        assert!(!app.browse_facts(&stage.shop.profile, &stage.table("docs"), None).await.unwrap().filtered_for_you);
        let team =
            BrowseFilter { column: "team".to_owned(), operator: FilterOperator::Equal, values: vec!["2".to_owned()] };
        for (actor, rows) in [(ann, 1), (None, 3)] {
            let (profile, docs) = (&stage.shop.profile, stage.table("docs"));
            let counted = app.count_references("b", profile, &docs, std::slice::from_ref(&team), actor).await.unwrap();
            assert_eq!(counted.rows, rows);
            let request = LookupRequest {
                ask_id: "c".to_owned(),
                profile_id: profile.clone(),
                object: docs,
                key_columns: vec!["id".to_owned()],
                text: String::new(),
                actor: actor.cloned(),
            };
            assert_eq!(app.lookup(request).await.unwrap().rows.len(), if actor.is_some() { 2 } else { 5 });
        }
        // A session that somebody acted in is not lent to the login: a setting made once would be an empty text.
        for _ in 0..3 {
            let who = stage.browse("who", ann).await.head.hold_id;
            assert_eq!(
                (stage.cell(&who, 0).await, stage.cell(&who, 1).await),
                (stage.schema.clone(), "{\"sub\": \"ann\"}".to_owned())
            );
            let who = stage.browse("who", None).await.head.hold_id;
            assert_eq!(stage.cell(&who, 0).await, "postgres");
            let filter =
                BrowseFilter { column: "claims".to_owned(), operator: FilterOperator::IsNull, values: Vec::new() };
            let null = BrowseRequest { filters: vec![filter.into()], ..stage.rows("who", None) };
            assert_eq!(app.browse_count(null).await.unwrap().rows, 1);
        }
        let error = app.browse(stage.rows("escaping", ann)).await.unwrap_err();
        assert!(error.code == ErrorCode::Forbidden && error.message.contains("left the actor"), "{error:?}");
        assert_eq!(stage.count().await, 5);
        stage.drop().await;
    }
}

#[tokio::test]
async fn an_edit_that_a_policy_refuses_says_so_and_changes_nothing() {
    for stage in Stage::all().await {
        let app = &stage.shop.app;
        let hold = stage.browse("docs", Some(&stage.ann)).await.head.hold_id;
        let stage_owner = async |owner: &str| {
            let value = EditValue::Text { text: owner.to_owned() };
            let set = vec![CellEdit { row: RowPlace::Held { row: 0 }, column: 1, value }];
            app.edits_stage(&hold, EditStep { label: "Edit".to_owned(), set, ..EditStep::default() }).await.unwrap();
        };
        app.edits_open(&hold).await.unwrap();
        stage_owner("bob").await;
        let EditsAnswer::Done { saved } = app.edits_save(&hold, None).await.unwrap() else { panic!("it asked") };
        let SaveOutcome::Refused { message } = &saved.outcome else { panic!("{:?}", saved.outcome) };
        assert!(message.contains("Row security does not permit"), "{message}");
        let bobs = stage.completes(None, "select id from S.docs where owner = 'bob'").await;
        assert_eq!(last_progress(&bobs, &heads(&bobs)[0].hold_id).rows, 3, "nothing was written");
        app.edits_undo(&hold).await.unwrap();
        let value = EditValue::Text { text: "2".to_owned() };
        let set = vec![CellEdit { row: RowPlace::Held { row: 0 }, column: 2, value }];
        app.edits_stage(&hold, EditStep { label: "Edit".to_owned(), set, ..EditStep::default() }).await.unwrap();
        let EditsAnswer::Done { saved } = app.edits_save(&hold, None).await.unwrap() else { panic!("it asked") };
        assert!(matches!(saved.outcome, SaveOutcome::Saved { .. }), "{:?}", saved.outcome);
        let words = format!("{}, sub ann", stage.schema);
        let history = app
            .history(HistoryQuery { limit: 50, text: "UPDATE".to_owned(), ..HistoryQuery::default() })
            .await
            .unwrap();
        assert_eq!(history[0].acting.as_deref(), Some(words.as_str()), "{:?}", history[0]);
        let audit = app.audit(AuditQuery { limit: 50, ..AuditQuery::default() }).await.unwrap();
        let edits = audit.iter().find(|entry| entry.command == "EDIT ROWS").unwrap();
        assert_eq!(edits.acting.as_deref(), Some(words.as_str()));
        stage.drop().await;
    }
}

#[tokio::test]
async fn what_was_staged_as_somebody_else_is_saved_only_after_a_yes_to_that() {
    for stage in Stage::all().await {
        let app = &stage.shop.app;
        let words = format!("{}, sub ann", stage.schema);
        let login = stage.browse("docs", None).await.head.hold_id;
        let ann = stage.browse("docs", Some(&stage.ann)).await.head.hold_id;
        let stage_team = async |hold: &str, team: &str| {
            let value = EditValue::Text { text: team.to_owned() };
            let set = vec![CellEdit { row: RowPlace::Held { row: 0 }, column: 2, value }];
            app.edits_stage(hold, EditStep { label: "Edit".to_owned(), set, ..EditStep::default() }).await.unwrap()
        };
        let view = stage_team(&login, "2").await;
        assert_eq!((view.acting, view.staged_as), (None, Vec::new()));
        let view = app.edits_open(&ann).await.unwrap();
        assert_eq!((view.acting.as_deref(), view.staged_as.as_slice()), (Some(&*words), &["the login".to_owned()][..]));
        let review = app.edits_review(&ann).await.unwrap();
        assert_eq!(review.acting.as_deref(), Some(words.as_str()));
        assert!(
            review.warnings[0].starts_with("This was staged as the login. It is saved as"),
            "{:?}",
            review.warnings
        );
        let EditsAnswer::Confirm { question } = app.edits_save(&ann, None).await.unwrap() else { panic!("unasked") };
        assert_eq!(
            (question.title, question.confirm, question.notes),
            (
                format!("Save 1 changed row of docs as {}?", stage.schema),
                format!("Save as {}", stage.schema),
                vec![review.warnings[0].clone()]
            )
        );

        // A yes to one is none to another, and none to more of it.
        stage_team(&ann, "1").await;
        stage_team(&ann, "2").await;
        let consent = |digest: &str| Some(RunConsent { digest: digest.to_owned(), typed: None });
        let EditsAnswer::Confirm { question: login_asked } =
            app.edits_save(&login, consent(&question.digest)).await.unwrap()
        else {
            panic!("the login was not asked")
        };
        assert!(login_asked.notes[0].starts_with(&format!("Some of this was staged as {words}.")), "{login_asked:?}");
        let EditsAnswer::Confirm { question } = app.edits_save(&ann, consent(&login_asked.digest)).await.unwrap()
        else {
            panic!("the login's yes was taken for ann's")
        };
        let EditsAnswer::Done { saved } = app.edits_save(&ann, consent(&question.digest)).await.unwrap() else {
            panic!("it asked again")
        };
        assert!(matches!(saved.outcome, SaveOutcome::Saved { .. }), "{:?}", saved.outcome);
        let asked = HistoryQuery { limit: 50, text: "UPDATE".to_owned(), ..HistoryQuery::default() };
        assert_eq!(app.history(asked).await.unwrap()[0].acting.as_deref(), Some(words.as_str()));

        // What was taken back, or saved, does not count.
        stage_team(&login, "1").await;
        app.edits_undo(&login).await.unwrap();
        let view = stage_team(&ann, "1").await;
        assert_eq!((view.acting.as_deref(), view.staged_as), (Some(words.as_str()), Vec::new()));
        let EditsAnswer::Done { .. } = app.edits_save(&ann, None).await.unwrap() else { panic!("it asked") };

        // It lies on the disk with the steps: it is known after a crash, too.
        stage_team(&ann, "2").await;
        let head: String = sqlx::query_scalar("SELECT head FROM edit_sets").fetch_one(app.store.read()).await.unwrap();
        assert!(head.contains(&format!("\"actors\":[{{\"role\":\"{}\"", stage.schema)), "{head}");
        stage.drop().await;
    }
}

async fn export(stage: &Stage, hold: &str, name: &str) -> String {
    let path = stage.shop.home.path().join(name);
    let request = ExportRequest {
        hold_id: hold.to_owned(),
        rows: ExportRows::Whole,
        columns: vec![0],
        format: FileFormat::Csv,
        header: false,
        options: TextOptions::default(),
        path: path.to_string_lossy().into_owned(),
    };
    let (sender, mut events) = mpsc::unbounded_channel();
    stage.shop.app.export(request, sender).await.unwrap();
    while let Some(event) = events.recv().await {
        match event {
            TransferEvent::Progress { .. } => {}
            TransferEvent::Done { .. } => return std::fs::read_to_string(&path).unwrap(),
            other => panic!("{other:?}"),
        }
    }
    panic!("it did not end")
}

#[tokio::test]
async fn exports_and_results_that_are_read_again_hold_the_actors_rows() {
    for stage in Stage::all().await {
        let hold = stage.browse("docs", Some(&stage.ann)).await.head.hold_id;
        assert_eq!(export(&stage, &hold, "grid.csv").await, "1\n3\n");
        let events = stage.completes(Some(&stage.ann), "select id from S.docs order by id").await;
        let hold = heads(&events)[0].hold_id.clone();
        assert_eq!(last_progress(&events, &hold).rows, 2);
        // Also once the tab is somebody else's.
        stage.completes(None, "select 1").await;
        assert_eq!(export(&stage, &hold, "result.csv").await, "1\n3\n");
        assert_eq!(stage.shop.app.hold_again(&hold, None).await.unwrap().progress.rows, 2);
        let audit = stage.shop.app.audit(AuditQuery { limit: 50, ..AuditQuery::default() }).await.unwrap();
        let exports = audit.iter().filter(|entry| entry.kind == AuditKind::Export);
        assert!(exports.clone().count() >= 2 && exports.clone().all(|entry| entry.acting.is_some()), "{audit:#?}");
        stage.drop().await;
    }
}

#[tokio::test]
async fn an_editor_tab_acts_for_each_run_and_tells_when_it_was_left() {
    for stage in Stage::all().await {
        let (app, ann) = (&stage.shop.app, Some(&stage.ann));
        let rows = async |actor: Option<&PolicyActor>| {
            let events = stage.completes(actor, "select * from S.docs").await;
            last_progress(&events, &heads(&events)[0].hold_id).rows
        };
        assert_eq!((rows(ann).await, rows(None).await, rows(ann).await), (2, 5, 2));
        let events = stage.completes(ann, "reset role; select * from S.docs").await;
        assert_eq!(left(&events), [(Some("postgres"), true)]);
        assert_eq!(last_progress(&events, &heads(&events)[0].hold_id).rows, 2, "the next is the actor's again");
        let events = stage.completes(ann, "begin; select 1; reset role; select * from S.docs; rollback").await;
        assert_eq!(left(&events), [(Some("postgres"), false), (Some("postgres"), false)]);
        let events = stage.run(ann, "select S.escape()").await;
        assert!(
            matches!(&outcomes(&events)[0], StatementOutcome::Failed { error, .. } if error.code == ErrorCode::Forbidden)
        );
        let events = stage.run(ann, "vacuum S.docs").await;
        assert!(
            matches!(&outcomes(&events)[0], StatementOutcome::Failed { error, .. } if error.code == ErrorCode::Unsupported)
        );
        assert_eq!(stage.count().await, 5);
        // A transaction that the first statement opens, and a tab that becomes somebody else in it.
        let manual = |actor: Option<&PolicyActor>, text: &str| RunRequest {
            manual_transactions: true,
            actor: actor.cloned(),
            ..script(&stage.shop, "m", &text.replace("S.", &format!("{}.", stage.schema)))
        };
        let events = play(&stage.shop, manual(ann, "delete from S.docs where id < 9")).await;
        let done = &outcomes(&events)[0];
        assert!(matches!(done, StatementOutcome::Completed { affected_rows: Some(2), .. }), "{done:?}");
        let events = play(&stage.shop, manual(None, "select 1")).await;
        assert!(
            matches!(&outcomes(&events)[0], StatementOutcome::Failed { error, .. } if error.code == ErrorCode::Conflict)
        );
        app.end_transaction("m", false).await.unwrap();
        assert_eq!((stage.count().await, rows(None).await), (5, 5));
        let request = PlanRequest {
            tab_id: "t".to_owned(),
            profile_id: stage.shop.profile.clone(),
            database: None,
            text: format!("select * from {}.docs", stage.schema),
            parameters: Vec::new(),
            analyze: true,
            confirmed: None,
            actor: ann.cloned(),
        };
        let PlanAnswer::Explained { plan } = app.explain(request).await.unwrap() else { panic!("it asked") };
        let plan = serde_json::to_string(&plan).unwrap();
        assert!(plan.contains("request.jwt.claims"), "the policy is in the plan: {plan}");
        let history = app
            .history(HistoryQuery { limit: 1, text: "EXPLAIN".to_owned(), ..HistoryQuery::default() })
            .await
            .unwrap();
        assert!(history[0].acting.is_some(), "{history:?}");
        stage.drop().await;
    }
}

#[tokio::test]
async fn an_actor_is_checked_and_carried_by_its_connection() {
    for stage in Stage::all().await {
        let app = &stage.shop.app;
        let checked = app.acting_check(&stage.shop.profile, None, &stage.ann).await.unwrap();
        assert_eq!((checked.user.as_str(), checked.bypasses), (stage.schema.as_str(), false));
        let nobody = PolicyActor { role: Some("nobody here".to_owned()), ..PolicyActor::default() };
        assert_eq!(app.acting_check(&stage.shop.profile, None, &nobody).await.unwrap_err().code, ErrorCode::NotFound);
        let error = app.browse(stage.rows("docs", Some(&nobody))).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound, "{error:?}");
        let no_json = PolicyActor { claims: Some("{sub".to_owned()), ..stage.ann.clone() };
        let error = app.browse(stage.rows("docs", Some(&no_json))).await.unwrap_err();
        assert!(error.code == ErrorCode::InvalidStatement && error.message.contains("no JSON"), "{error:?}");
        let roles = app.acting_roles(&stage.shop.profile, None).await.unwrap();
        assert!(roles.iter().any(|role| role.name == stage.schema && role.may && !role.login), "{roles:?}");
        stage.drop().await;
    }
    let shop = Shop::open().await;
    let ann = PolicyActor { role: Some("ann".to_owned()), ..PolicyActor::default() };
    let given = draft("Ann's", &shop.home.path().join("shop.db"), Safety::Free);
    let saved = shop.app.save_profile(ProfileDraft { actor: Some(ann.clone()), ..given.clone() }).await.unwrap();
    let copy = shop.app.duplicate_profile(&saved.id).await.unwrap();
    assert_eq!((saved.actor.as_ref(), copy.actor.as_ref()), (Some(&ann), Some(&ann)));
    let cleared = shop.app.save_profile(ProfileDraft { id: Some(saved.id), ..given }).await.unwrap();
    assert_eq!(cleared.actor, None);
    // Other databases have nobody to become: that is said, not passed over.
    assert!(!shop.app.connect(&shop.profile).await.unwrap().can_act_as);
    let orders = BrowseRequest { actor: Some(ann.clone()), ..crate::browse::tests::orders(&shop) };
    assert_eq!(shop.app.browse(orders).await.unwrap_err().code, ErrorCode::Unsupported);
    let events = play(&shop, RunRequest { actor: Some(ann), ..script(&shop, "t", "select 1") }).await;
    assert!(
        matches!(&outcomes(&events)[0], StatementOutcome::Failed { error, .. } if error.code == ErrorCode::Unsupported)
    );
    let forms = shop.app.drivers();
    let can: Vec<&str> = forms.iter().filter(|form| form.can_act_as).map(|form| form.id.as_str()).collect();
    assert_eq!(can, ["postgres"]);
}
