//! Statements tried as somebody, users of a table, what drafts change, suites.

use super::*;

fn actor(role: &str, user: Option<&str>) -> PolicyActor {
    PolicyActor {
        role: Some(role.to_owned()),
        settings: user.map(|user| ("app.user".to_owned(), user.to_owned())).into_iter().collect(),
        ..PolicyActor::default()
    }
}

fn trying(actor: PolicyActor, statement: &str) -> PolicyAttempt {
    PolicyAttempt { actor, statement: statement.to_owned(), ..PolicyAttempt::default() }
}

impl Made {
    async fn attempt(&self, attempt: PolicyAttempt) -> PolicyAttempted {
        self.app().policy_attempt(&self.shop.profile, None, attempt).await.unwrap()
    }
}

#[tokio::test]
async fn statements_are_tried_as_somebody_and_refused_for_what_is_missing() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let sample = PolicySample { on: on("documents"), rows: 100, count: true, drafted: false };
        let seen = made
            .attempt(PolicyAttempt {
                sample: Some(sample.clone()),
                ..trying(actor("rh_app_member", Some("ann")), "select id, owner_id, deleted_at from app.documents")
            })
            .await;
        let PolicyOutcome::Done { answer } = &seen.outcome else { panic!("{seen:#?}") };
        assert_eq!((answer.columns.len(), answer.rows.len(), answer.rows[0][0].as_deref()), (3, 1, Some("1")));
        let judged = seen.sample.unwrap();
        assert_eq!(
            (judged.rows.len(), judged.exact, judged.visible.rows, judged.hidden.rows),
            (2, true, Some(1), Some(1))
        );
        assert_eq!(judged.rows[0].verdicts[0].0, PolicyVerdict::Pass);
        assert_eq!((judged.rows[1].seen, judged.rows[1].now.select), (Some(false), Some(false)));

        let outcome = async |attempt| made.attempt(attempt).await.outcome;
        let refused = outcome(trying(actor("rh_app_anon", None), "select * from app.documents")).await;
        assert!(
            matches!(&refused, PolicyOutcome::NoPrivilege { missing, .. } if missing == &["SELECT on app.documents"]),
            "{refused:?}"
        );
        let moved = "update app.documents set owner_id = 'bob'";
        let refused = outcome(trying(actor("rh_app_member", Some("ann")), moved)).await;
        assert!(matches!(refused, PolicyOutcome::PolicyRefused { .. }), "{refused:?}");
        let failed = outcome(trying(actor("rh_app_member", Some("ann")), "select 1/0 from app.documents")).await;
        assert!(matches!(&failed, PolicyOutcome::Failed { error } if error.native.as_ref().unwrap().code == "22012"));
        let endless = PolicyAttempt {
            statement_timeout_ms: Some(200),
            ..trying(actor("rh_app_member", None), "select pg_sleep(60)")
        };
        assert!(matches!(outcome(endless).await, PolicyOutcome::TimedOut { .. }));
        let ends = outcome(trying(actor("rh_app_member", None), "commit")).await;
        assert!(matches!(ends, PolicyOutcome::NotSent { .. }), "{ends:?}");
        let gone = trying(actor("rh_no_such_role", None), "select 1");
        let gone = made.app().policy_attempt(&made.shop.profile, None, gone).await.unwrap_err();
        assert_eq!(gone.code, ErrorCode::NotFound);
        let claims = PolicyActor { claims: Some("{".to_owned()), ..actor("rh_app_member", None) };
        let claims = made.app().policy_attempt(&made.shop.profile, None, trying(claims, "select 1")).await.unwrap_err();
        assert_eq!(claims.code, ErrorCode::InvalidStatement);

        let both = trying(actor("rh_app_member", Some("ann")), "select id from app.documents");
        let bob = actor("rh_app_member", Some("bob"));
        let compared = made.app().policy_compare(&made.shop.profile, None, both, bob).await.unwrap();
        assert_eq!((compared.only_first, compared.only_second, compared.both), (vec![0], vec![0], vec![]));
        assert!(compared.complete);
        assert_eq!(made.value("SELECT string_agg(owner_id, ',' ORDER BY id) FROM app.documents").await, "ann,bob");
        made.remove().await;
    }
}

#[tokio::test]
async fn expressions_are_checked_and_actors_kept() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let (app, profile) = (made.app(), &made.shop.profile);
        let check = async |part, command, text: &str| {
            app.policy_check(profile, None, on("documents"), command, part, text).await.unwrap()
        };
        let fine = check(PolicyExpression::Using, PolicyCommand::Select, "true").await;
        assert_eq!((fine.problem, fine.not_checked), (None, None));
        assert!(fine.notes[0].contains("always true"), "{:?}", fine.notes);
        let wrong = check(PolicyExpression::Using, PolicyCommand::Select, "owner = 'ann'").await;
        assert_eq!(wrong.problem.unwrap().range.unwrap().from, 0);
        let none = check(PolicyExpression::WithCheck, PolicyCommand::Select, "true").await;
        assert!(none.problem.unwrap().message.contains("no WITH CHECK"));

        app.keep_policy_actor(profile, "Ann", actor("rh_app_member", Some("ann"))).await.unwrap();
        assert_eq!(app.policy_actors(profile).await.unwrap()[0].actor, actor("rh_app_member", Some("ann")));
        assert_eq!(
            app.keep_policy_actor(profile, " ", PolicyActor::default()).await.unwrap_err().code,
            ErrorCode::InvalidStatement
        );
        app.remove_policy_actor(profile, "Ann").await.unwrap();
        assert_eq!(app.policy_actors(profile).await.unwrap(), []);
        assert_eq!(app.policy_role_settings(profile, None, "rh_app_member").await.unwrap(), []);
        let missing = app.policy_role_settings(profile, None, "rh_no_such_role").await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::NotFound);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_was_tried_is_kept_once_the_newest_first_and_goes_with_the_connection() {
    let Some(made) = Made::on(SERVERS[1], Safety::Free).await else { return };
    let (app, profile) = (made.app(), &made.shop.profile);
    let ann = || actor("rh_app_member", Some("ann"));
    for statement in ["select 1", "select 2", " select 1"] {
        made.attempt(trying(ann(), statement)).await;
    }
    app.policy_compare(profile, None, trying(ann(), "select 3"), actor("rh_app_anon", None)).await.unwrap();
    let tried = app.policy_tried(profile, None).await.unwrap();
    assert_eq!(
        tried.iter().map(|one| one.statement.as_str()).collect::<Vec<_>>(),
        ["select 3", "select 1", "select 2"]
    );
    assert_eq!((tried[0].second.clone(), tried[1].second.clone()), (Some(actor("rh_app_anon", None)), None));
    assert_eq!(tried[1].actor, ann());
    for number in 0..60 {
        made.attempt(trying(ann(), &format!("select {number}, 'kept'"))).await;
    }
    assert_eq!(app.policy_tried(profile, None).await.unwrap().len(), 50);
    app.forget_policies(profile).await.unwrap();
    assert_eq!(app.policy_tried(profile, None).await.unwrap(), []);
    made.remove().await;
}

#[tokio::test]
async fn rows_that_appear_disappear_and_stay_are_told_for_each_actor_and_command() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let what_if =
            async |actors| made.app().policy_what_if(&made.shop.profile, None, on("documents"), actors, 100).await;
        let ann = || actor("rh_app_member", Some("ann"));
        assert_eq!(what_if(vec![ann()]).await.unwrap_err().code, ErrorCode::NotFound, "nothing is staged");
        let all = "owner_id = 'bob'";
        made.stage(vec![PolicyEdit::Alter {
            on: on("documents"),
            name: "mine".to_owned(),
            policy: draft("mine", PolicyCommand::Select, all),
        }])
        .await;
        let nobody = actor("rh_no_such_role", None);
        let told = what_if(vec![ann(), actor("rh_app_member", Some("bob")), actor("rh_app_anon", None), nobody]).await;
        let told = told.unwrap();
        assert_eq!((told.columns.len(), told.key.as_slice(), told.rows.len()), (3, &[0][..], 2));
        let of = |actor: usize, command: usize| &told.actors[actor].commands[command];
        let rows = |one: &PolicyWhatIfCommand| {
            (one.appears.clone(), one.disappears.clone(), one.stays.clone(), one.stays_out.clone())
        };
        // Ann had her own row and gets Bob's; Bob keeps his; only reading is left.
        assert_eq!(rows(of(0, 0)), (vec![1], vec![0], vec![], vec![]));
        assert_eq!(rows(of(1, 0)), (vec![], vec![], vec![1], vec![0]));
        assert_eq!(rows(of(1, 2)), (vec![], vec![1], vec![], vec![0]));
        assert_eq!((of(0, 0).because.as_deref(), of(0, 0).unknown.len()), (None, 0));
        assert!(of(0, 3).because.as_deref().unwrap().contains("lacks DELETE"), "{:?}", of(0, 3));
        assert!(of(2, 0).because.as_deref().unwrap().contains("lacks SELECT"));
        assert_eq!(told.actors[3].problem.as_ref().unwrap().code, ErrorCode::NotFound);
        assert!(told.actors[3].commands.is_empty());
        assert_eq!(what_if(Vec::new()).await.unwrap_err().code, ErrorCode::InvalidStatement);
        let login = what_if(vec![PolicyActor::default()]).await.unwrap();
        assert_eq!(login.actors[0].commands[0].stays, [0, 1], "nobody filters a superuser");
        assert!(
            login.actors[0].remarks.iter().any(|remark| remark.starts_with("Now: ")),
            "{:?}",
            login.actors[0].remarks
        );
        assert_eq!(made.table("documents").await.policies[0].policy.command, PolicyCommand::All, "nothing was applied");
        made.remove().await;
    }
}

#[tokio::test]
async fn rows_of_a_table_become_actors() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        run(
            &made.shop,
            "CREATE TABLE app.users (id bigint PRIMARY KEY, email text, role text, meta jsonb, admin boolean);
             INSERT INTO app.users VALUES (9007199254740993, 'o''hara\\x@a.test', 'rh_app_member', '{\"team\": 7}', true),
               (2, 'bob@a.test', NULL, NULL, NULL), (3, 'cy@a.test', 'rh_app_anon', '[]', false)",
        )
        .await;
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        let (app, profile) = (made.app(), &made.shop.profile);
        let column = |name: &str, as_text| PolicyUserValue::Column { column: name.to_owned(), as_text };
        let suggested = app.policy_user_mapping(profile, None).await.unwrap();
        assert_eq!(suggested.kept, None);
        let guess = &suggested.suggested[0];
        assert_eq!((&guess.on, guess.label.as_deref()), (&on("users"), Some("email")));
        assert_eq!(guess.claims[0], ("sub".to_owned(), column("id", true)));
        assert_eq!(
            guess.role,
            Some(PolicyUserValue::Text { text: "rh_app_member".to_owned() }),
            "who was said to sign in"
        );
        let mapping = PolicyUserMapping {
            role: Some(column("role", false)),
            claims: vec![
                ("sub".to_owned(), column("id", true)),
                ("n".to_owned(), column("id", false)),
                ("meta".to_owned(), column("meta", false)),
                ("admin".to_owned(), column("admin", false)),
            ],
            settings: vec![("app.user".to_owned(), column("email", false))],
            ..guess.clone()
        };
        app.keep_policy_user_mapping(profile, None, Some(mapping.clone())).await.unwrap();
        assert_eq!(app.policy_user_mapping(profile, None).await.unwrap().kept, Some(mapping.clone()));
        let users = async |filter: &str, offset, limit| {
            app.policy_users(profile, None, mapping.clone(), filter, offset, limit).await.unwrap()
        };
        let page = users("", 0, 2).await;
        assert_eq!(page.columns, ["email", "role", "id", "meta", "admin"]);
        let labels = |page: &PolicyUserPage| page.users.iter().map(|user| user.label.clone()).collect::<Vec<_>>();
        assert_eq!((labels(&page), page.more), (vec!["bob@a.test".to_owned(), "cy@a.test".to_owned()], true));
        assert_eq!(page.users[0].actor, None, "this row names no role");
        let rest = users("", 2, 2).await;
        assert_eq!((rest.users.len(), rest.more), (1, false));
        let hara = users("O'HARA\\X", 0, 10).await;
        assert_eq!(hara.users.len(), 1);
        let hara = hara.users[0].actor.clone().unwrap();
        assert_eq!(
            hara.claims.as_deref(),
            Some(r#"{"sub": "9007199254740993", "n": 9007199254740993, "meta": {"team": 7}, "admin": true}"#)
        );
        assert_eq!(hara.settings, [("app.user".to_owned(), "o'hara\\x@a.test".to_owned())]);
        let asked =
            "select current_setting('request.jwt.claims')::jsonb ->> 'n', current_user, current_setting('app.user')";
        let PolicyOutcome::Done { answer } = made.attempt(trying(hara, asked)).await.outcome else { panic!("refused") };
        let answered: Vec<_> = answer.rows[0].iter().map(|cell| cell.as_deref().unwrap()).collect();
        assert_eq!(answered, ["9007199254740993", "rh_app_member", "o'hara\\x@a.test"]);
        assert_eq!(users("'; drop table app.users; --", 0, 10).await.users, []);
        let gone = PolicyUserMapping { label: Some("gone".to_owned()), ..mapping.clone() };
        let gone = app.policy_users(profile, None, gone, "", 0, 10).await.unwrap_err();
        assert_eq!(gone.code, ErrorCode::NotFound);
        app.keep_policy_user_mapping(profile, None, None).await.unwrap();
        assert_eq!(app.policy_user_mapping(profile, None).await.unwrap().kept, None);
        made.remove().await;
    }
}

#[tokio::test]
async fn suites_are_made_laid_out_and_run() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let (app, profile) = (made.app(), &made.shop.profile);
        let user = |name: &str| PolicySuiteUser {
            name: name.to_owned(),
            id: name.to_owned(),
            actor: actor("rh_app_member", Some(name)),
        };
        let actors = PolicySuiteActors {
            owner: None,
            one: user("ann"),
            other: user("bob"),
            anonymous: Some(actor("rh_app_anon", None)),
        };
        let suite = app.policy_suite(profile, None, on("documents"), actors).await.unwrap();
        let report = app.policy_test(profile, None, &suite.json).await.unwrap();
        assert!(report.failed == 0 && report.passed > 3, "{report:#?}");
        let again = app.policy_suite_read(&suite.json).unwrap();
        assert_eq!((again.json, again.pgtap), (suite.json, suite.pgtap));
        let wrong = app.policy_suite_read(r#"{"name": "a", "cases": [{"name": "b", "statement": "select 1"}]}"#);
        assert!(wrong.unwrap_err().message.contains("case \"b\""));
        let text = r#"{"name": "a", "cases": [{"name": "b", "statement": "select 1", "expect": {"rows": ["2"]}}]}"#;
        let report = app.policy_test(profile, None, text).await.unwrap();
        assert_eq!((report.passed, report.failed, report.cases[0].ok), (0, 1, false));
        assert!(report.cases[0].got.contains('1') && report.cases[0].why.is_some());
        made.remove().await;
    }
}

#[tokio::test]
async fn the_advisor_counts_a_tables_findings_as_its_policies_do() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let (app, profile) = (made.app(), &made.shop.profile);
        let listed = app.policy_tables(profile, None, PolicyTablesFilter::default(), 0, 100).await.unwrap();
        let found = app.advisor_objects(profile, None, AdvisorFilter::default(), 0, 1000).await.unwrap().objects;
        assert!(listed.rows.iter().any(|row| row.errors > 0), "{listed:#?}");
        for table in &listed.rows {
            let counts = (table.errors, table.warnings, table.infos);
            let is = |row: &&AdvisorObjectRow| {
                row.object.kind == "table"
                    && (row.object.schema.as_deref(), &row.object.name) == (Some(&table.on.schema), &table.on.table)
            };
            let row = found.iter().find(is);
            assert_eq!(row.map_or((0, 0, 0), |row| (row.errors, row.warnings, row.infos)), counts, "{:?}", table.on);
            let Some(row) = row else { continue };
            let security = row.row_security.unwrap();
            assert_eq!((Some(security.enabled), Some(security.forced)), (table.enabled, table.forced));
            assert_eq!((security.policies, &row.worst), (table.policies, &table.finding));
        }
        let alone = found.iter().find(|row| row.object.kind == "setting").unwrap();
        assert_eq!((alone.object.schema.as_deref(), alone.row_security), (None, None));
        made.remove().await;
    }
}

#[tokio::test]
async fn fixes_of_row_security_become_drafts_and_the_rest_a_script() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        run(&made.shop, "CREATE INDEX one ON app.documents (owner_id); CREATE INDEX two ON app.documents (owner_id)")
            .await;
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        let (app, profile) = (made.app(), &made.shop.profile);
        let found = async |rule: &str| {
            let filter = AdvisorFilter { rules: vec![rule.to_owned()], ..AdvisorFilter::default() };
            app.advisor_findings(profile, None, filter, 0, 100).await.unwrap().findings
        };
        let off = found("S-01").await;
        let off = off.iter().find(|finding| finding.object.name == "open").unwrap();
        assert!(off.fix.as_ref().unwrap().drafts);
        let index = found("I-01").await;
        assert!(!index[0].fix.as_ref().unwrap().drafts);
        let keys = vec![off.key.clone(), index[0].key.clone()];
        let drafted = app.advisor_drafts(profile, None, keys.clone()).await.unwrap();
        assert_eq!((drafted.drafted.as_slice(), drafted.tables.as_slice()), (&keys[..1], &[on("open")][..]));
        assert_eq!(drafted.later, Vec::<String>::new());
        assert!(matches!(
            drafted.staged.changes.as_slice(),
            [StagedPolicyChange {
                change: PolicyChange::RowSecurity { after: PolicyFlags { enabled: true, .. }, .. },
                ..
            }]
        ));
        let lost = drafted.plan.coverage.iter().find(|change| change.role == "rh_app_anon").unwrap();
        assert_eq!((lost.before, lost.after), (PolicyLevel::All, PolicyLevel::None), "enabled without a policy");
        let script = drafted.script.unwrap();
        assert!(script.sql.contains("DROP INDEX") && !script.sql.contains("ROW LEVEL"), "{}", script.sql);
        assert_eq!(
            app.advisor_drafts(profile, None, keys.clone()).await.unwrap().staged.changes.len(),
            1,
            "staged once"
        );
        assert_eq!(made.value("SELECT relrowsecurity FROM pg_class WHERE relname = 'open'").await, "false");

        // What a person has drafted of the same policy is not overwritten.
        run(
            &made.shop,
            "CREATE POLICY twice ON app.documents TO rh_app_member USING (owner_id = current_setting('app.user', true))",
        )
        .await;
        app.refresh_catalog(profile, None).await.unwrap();
        let several: Vec<String> =
            found("S-06").await.into_iter().filter(|one| one.fix.is_some()).map(|one| one.key).collect();
        assert!(!several.is_empty());
        made.stage(vec![PolicyEdit::Alter {
            on: on("documents"),
            name: "mine".to_owned(),
            policy: draft("mine", PolicyCommand::All, "owner_id is null"),
        }])
        .await;
        let drafted = app.advisor_drafts(profile, None, several.clone()).await.unwrap();
        assert_eq!((drafted.later, drafted.drafted), (several, Vec::<String>::new()));
        let gone = app.advisor_drafts(profile, None, vec!["S-01:x".to_owned()]).await.unwrap_err();
        assert_eq!(gone.code, ErrorCode::NotFound);
        made.remove().await;
    }
}
