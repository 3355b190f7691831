//! A database with so many tables that nobody waits for the rules.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_large_database_is_told_before_the_rules_are_asked_and_then_whole() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let (app, profile) = (made.app(), &made.shop.profile);
        run(
            &made.shop,
            "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE app.many_%s (id int)', i); END LOOP; END $$;
             ALTER TABLE app.many_7 ENABLE ROW LEVEL SECURITY;
             CREATE POLICY all_of_it ON app.many_7 TO rh_app_anon USING (true);
             GRANT SELECT ON app.many_7 TO rh_app_anon;",
        )
        .await;
        app.refresh_catalog(profile, None).await.unwrap();
        let page = async || app.policy_tables(profile, None, PolicyTablesFilter::default(), 0, 2_000).await.unwrap();
        let (first, rows) = (app.policy_overview(profile, None).await.unwrap(), page().await);
        assert_eq!((first.score.clone(), rows.judged), (None, false), "nothing is called clean that was not looked at");
        assert_eq!((first.counts.tables, first.counts.needs_work, first.counts.open), (1_005, 0, 1));
        assert!(first.login.words.is_some() && first.unread.is_empty() && first.exposure.is_some());

        let last = tokio::time::timeout(Duration::from_secs(60), async {
            loop {
                let overview = app.policy_overview(profile, None).await.unwrap();
                if overview.score.is_some() {
                    return overview;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let last = last.await.unwrap();
        let judged = page().await;
        assert!(judged.judged && last.counts.needs_work > 0);
        let counts = PolicyCounts { needs_work: 0, ..last.counts };
        assert_eq!((first.counts, first.login, first.roles), (counts, last.login, last.roles));
        for (before, after) in rows.rows.into_iter().zip(judged.rows) {
            let (errors, warnings, infos, finding) = (after.errors, after.warnings, after.infos, after.finding.clone());
            assert_eq!(PolicyTableRow { errors, warnings, infos, finding, ..before }, after);
        }
        made.remove().await;
    }
}
