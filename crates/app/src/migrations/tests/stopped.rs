//! What stops a migration, and what is said then.

use super::*;

/// A statement fails in the midst of one.
async fn in_the_midst(engine: &'static str) {
    let Some(made) = Made::on(engine).await else { return };
    made.two();
    let third = "create table m_third (id int);\ninsert into m_nowhere values (1);\ncreate table m_never (id int);";
    made.file("20260103000000_third.sql", third);
    match made.up().await {
        MigrationRan::Stopped { kept, version, statement, statements_kept, sql, error, .. } => {
            assert_eq!(kept, ["20260101000000", "20260102000000"]);
            assert_eq!(
                (version.as_str(), statement, sql.as_str()),
                ("20260103000000", 1, "insert into m_nowhere values (1)")
            );
            assert_eq!(statements_kept, u32::from(!made.whole()));
            assert_eq!(error.code, ErrorCode::NotFound, "{error:#?}");
        }
        other => panic!("{other:#?}"),
    }
    let state = made.states().await.pop().unwrap().1;
    if made.whole() {
        assert_eq!(state, MigrationState::Pending);
        assert!(!made.has("m_third").await);
    } else {
        assert_eq!(state, MigrationState::Failed { kept: Some(1), of: Some(3), uncertain: false });
        assert!(made.has("m_third").await);
        let refused = made.go(MigrationDirection::Up, None).await.unwrap_err();
        assert!(refused.message.contains("settle it"), "{refused:#?}");
        let settle = async |settled| {
            let (app, profile) = (&made.shop.app, &made.shop.profile);
            app.migrations_settle(profile, None, &made.path(), "20260103000000", settled).await
        };
        run(&made.shop, "drop table m_third").await;
        let status = settle(MigrationSettled::Reverted).await.unwrap();
        assert_eq!((status.pending, status.refusal), (1, None));
        assert_eq!(settle(MigrationSettled::Applied).await.unwrap_err().code, ErrorCode::NotFound);
    }
    made.file("20260103000000_third.sql", "create table m_third (id int);");
    assert_eq!(versions(&made.up().await), ["20260103000000"]);
    made.remove().await;
}

#[tokio::test]
async fn a_failure_in_the_midst_is_told_on_sqlite() {
    in_the_midst(SQLITE).await;
}

#[tokio::test]
async fn a_failure_in_the_midst_is_told_on_postgresql() {
    in_the_midst(POSTGRES).await;
}

#[tokio::test]
async fn a_failure_in_the_midst_is_told_on_mariadb() {
    in_the_midst(MARIADB).await;
}

#[tokio::test]
async fn drifted_late_and_missing_files_are_told_and_stop_it() {
    let made = Made::on(SQLITE).await.unwrap();
    made.two();
    made.up().await;
    made.file("20260101120000_between.sql", "create table m_between (id int);");
    let late = made.states().await;
    assert_eq!(late[1], ("20260101120000".to_owned(), MigrationState::Late));
    let request = made.request(MigrationDirection::Up, None).await;
    let review = made.shop.app.migrations_review(&made.shop.profile, None, &request).await.unwrap();
    assert_eq!(review.warnings, ["20260101120000 is late: a later migration is applied already."]);
    assert_eq!(versions(&made.up().await), ["20260101120000"]);
    fs::remove_file(made.folder.path().join("20260101120000_between.sql")).unwrap();
    assert_eq!(made.states().await[1].1, MigrationState::Missing);
    assert!(made.go(MigrationDirection::Up, None).await.unwrap_err().message.contains("not in the folder"));
    made.file("20260101120000_between.sql", "create table m_between (id int); ");
    assert!(matches!(made.states().await[1].1, MigrationState::Drifted { .. }));
    assert!(made.go(MigrationDirection::Up, None).await.unwrap_err().message.contains("another file"));
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_not_as_it_was_looked_at() {
    let made = Made::on(SQLITE).await.unwrap();
    made.two();
    let request = made.request(MigrationDirection::Up, None).await;
    made.file("20260102000000_second_thing.up.sql", "create table m_other (id int);");
    let ran = made.shop.app.migrations_run(&made.shop.profile, None, &request, None).await.unwrap();
    assert_eq!(ran, MigrationRan::Stale);
    assert!(!made.has("m_first").await);
    made.file("20260103000000_ends.sql", "create table m_ends (id int);\ncommit;");
    let refused = made.go(MigrationDirection::Up, None).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidStatement);
    assert!(refused.hint.unwrap().contains("-- no-transaction"));
    assert!(!made.has("m_first").await, "found before anything is sent");
    let unknown = made.go(MigrationDirection::Up, Some("7")).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn safety_levels_hold() {
    let made = Made::on(SQLITE).await.unwrap();
    made.two();
    let file = made.shop.home.path().join("shop.db");
    let saved = |safety, environment, name: &str| ProfileDraft {
        environment,
        ..crate::connections::tests::draft(name, &file, safety)
    };
    let app = &made.shop.app;
    let locked = app.save_profile(saved(Safety::ReadOnly, Environment::Local, "Locked")).await.unwrap().id;
    let path = made.path();
    let digest = app.migrations_status(&locked, None, Some(&path)).await.unwrap().digest;
    let request = MigrationRequest { digest, ..made.request(MigrationDirection::Up, None).await };
    let refused = app.migrations_run(&locked, None, &request, None).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(app.migrations_try(&locked, None, &request).await.unwrap_err().code, ErrorCode::Forbidden);

    let production = app.save_profile(saved(Safety::Free, Environment::Production, "Live")).await.unwrap().id;
    let digest = app.migrations_status(&production, None, Some(&path)).await.unwrap().digest;
    let request = MigrationRequest { digest, ..request };
    let asked = app.migrations_run(&production, None, &request, None).await.unwrap();
    let MigrationRan::Confirm { question } = asked else { panic!("{asked:#?}") };
    assert_eq!((question.typed.as_deref(), question.changes.len()), (Some("Live"), 2));
    let wrong = RunConsent { digest: question.digest.clone(), typed: Some("Dead".to_owned()) };
    let refused = app.migrations_run(&production, None, &request, Some(&wrong)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(!made.has("m_first").await);
    let right = RunConsent { typed: Some("Live".to_owned()), ..wrong };
    let ran = app.migrations_run(&production, None, &request, Some(&right)).await.unwrap();
    assert_eq!(versions(&ran).len(), 2);
}

/// Another program has the lock of sqlx.
async fn locked_out(engine: &'static str) {
    let Some(made) = Made::on(engine).await else { return };
    made.two();
    let name = made.admin.as_ref().unwrap().1.clone();
    let kind = if engine == POSTGRES { schema::Engine::Postgres } else { schema::Engine::MariaDb };
    let lock = migration::History::new(kind, None).lock(&name, migration::Locking::Session).unwrap();
    run(&made.shop, &lock).await;
    match made.up().await {
        MigrationRan::Stopped { kept, error, .. } => {
            assert!(kept.is_empty());
            assert_eq!(error.code, ErrorCode::Conflict);
            assert!(error.message.contains("Another program"), "{}", error.message);
        }
        other => panic!("{other:#?}"),
    }
    assert!(!made.has("m_first").await);
    let release = if engine == POSTGRES { "select pg_advisory_unlock_all()" } else { "do release_all_locks()" };
    run(&made.shop, release).await;
    let request = made.request(MigrationDirection::Up, None).await;
    let (app, profile) = (&made.shop.app, &made.shop.profile);
    let both = tokio::join!(
        app.migrations_run(profile, None, &request, None),
        app.migrations_run(profile, None, &request, None)
    );
    let ended = [both.0.unwrap(), both.1.unwrap()];
    assert!(ended.iter().any(|one| matches!(one, MigrationRan::Done { .. })), "{ended:#?}");
    assert!(ended.iter().any(|one| !matches!(one, MigrationRan::Done { .. })), "{ended:#?}");
    assert!(made.states().await.iter().all(|(_, state)| *state == MigrationState::Applied));
    made.remove().await;
}

#[tokio::test]
async fn two_programs_never_run_at_once_on_postgresql() {
    locked_out(POSTGRES).await;
}

#[tokio::test]
async fn two_programs_never_run_at_once_on_mariadb() {
    locked_out(MARIADB).await;
}

#[tokio::test]
async fn what_needs_no_transaction_runs_without_one_on_postgresql() {
    let Some(made) = Made::on(POSTGRES).await else { return };
    made.file(
        "1_table.sql",
        "create table m_t (a int);\ninsert into m_t values (1), (1);\ndo $$ begin perform 1; end $$;",
    );
    made.file(
        "2_index.sql",
        "-- no-transaction\ncreate index concurrently m_i on m_t (a);\nset search_path = pg_catalog;",
    );
    made.file(
        "3_unique.sql",
        "-- no-transaction\ncreate table m_u (a int);\ncreate unique index concurrently m_un on m_t (a);",
    );
    match made.up().await {
        MigrationRan::Stopped { kept, version, statements_kept, .. } => {
            assert_eq!((kept, version.as_str(), statements_kept), (vec!["1".to_owned(), "2".to_owned()], "3", 1));
        }
        other => panic!("{other:#?}"),
    }
    let failed = MigrationState::Failed { kept: Some(1), of: Some(2), uncertain: false };
    assert_eq!(
        made.states().await,
        of(&[("1", MigrationState::Applied), ("2", MigrationState::Applied), ("3", failed)])
    );
    // The same where nobody heard the end of it.
    let mut change = made.shop.app.store.write().await.unwrap();
    sqlx::query("UPDATE change_sets SET state = 'sent', process = NULL WHERE kind = 'migrations' AND state = 'failed'")
        .execute(&mut *change)
        .await
        .unwrap();
    change.commit().await.unwrap();
    let lost = MigrationState::Failed { kept: Some(1), of: Some(2), uncertain: true };
    assert_eq!(made.states().await.pop().unwrap().1, lost);
    let (app, profile) = (&made.shop.app, &made.shop.profile);
    app.migrations_settle(profile, None, &made.path(), "3", MigrationSettled::Applied).await.unwrap();
    assert!(made.states().await.iter().all(|(_, state)| *state == MigrationState::Applied));
    made.remove().await;
}

#[tokio::test]
async fn a_folder_is_checked_both_ways_in_a_scratch_database() {
    for engine in [SQLITE, POSTGRES, MARIADB] {
        let Some(made) = Made::on(engine).await else { continue };
        made.two();
        made.file(
            "20260103000000_leaves.up.sql",
            "create table m_leaves (a int);\ncreate index m_index on m_first (id);",
        );
        let down = if engine == MARIADB {
            "drop table m_leaves;\ndrop index m_index on m_first;\nalter table m_first add x int;"
        } else {
            "drop table m_leaves;"
        };
        made.file("20260103000000_leaves.down.sql", down);
        let up = if engine == MARIADB { "select 1;" } else { "drop index m_index;" };
        made.file("20260104000000_alone.sql", up);
        let place = made.shop.app.database_place(&made.shop.profile, None).await.unwrap();
        let path = made.folder.path();
        let checked = crate::migrations::scratching::check(&made.shop.app, &place, path).await.unwrap();
        let outcomes: Vec<_> = checked.versions.iter().map(|one| &one.outcome).collect();
        assert_eq!(outcomes[..2], [&MigrationCheckOutcome::Fine, &MigrationCheckOutcome::Fine]);
        match (engine, outcomes[2]) {
            (MARIADB, MigrationCheckOutcome::Differs { differences }) => {
                assert_eq!(differences, &["column m_first.x is left"]);
            }
            // The index is left, in the way of making it again; what comes next is tried in another database.
            (SQLITE | POSTGRES, MigrationCheckOutcome::Differs { differences }) => {
                assert!(
                    differences.iter().any(|one| one.contains("m_index") && one.ends_with("is left")),
                    "{differences:?}"
                );
            }
            (_, other) => panic!("{other:#?}"),
        }
        assert_eq!(outcomes[3], &MigrationCheckOutcome::NoDown);
        assert!(!made.has("m_first").await, "nothing of it is in the database itself");
        drop(place);
        made.remove().await;
    }
}

#[tokio::test]
async fn a_folder_is_built_in_a_scratch_database_and_nowhere_else() {
    for engine in [POSTGRES, MARIADB] {
        let Some(made) = Made::on(engine).await else { continue };
        made.two();
        let (app, path) = (&made.shop.app, made.folder.path());
        let place = app.database_place(&made.shop.profile, None).await.unwrap();
        let refused = crate::migrations::build(app, &place, path).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Internal, "it is no scratch database: {refused:#?}");
        let scratch = app.scratch(&place).await.unwrap();
        crate::migrations::build(app, &scratch.place, path).await.unwrap();
        let there = crate::structure::read_definition(&scratch.place.connected, &scratch.place.opened, None).await;
        let tables = there.unwrap().definition.objects.into_keys().filter(|key| key.name.starts_with("m_")).count();
        assert!(tables >= 2, "{tables}");
        assert!(!made.has("m_first").await, "the database itself is untouched");
        scratch.remove().await.unwrap();
        drop(place);
        made.remove().await;
    }
}
