//! What is known of a database before, while and after it is looked at.

use super::*;

#[tokio::test]
async fn figures_are_those_of_the_pages_once_they_are_known_and_nothing_is_looked_at_for_them() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        run(
            &made.shop,
            "CREATE TABLE app.parts (id int) PARTITION BY RANGE (id);
             CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES FROM (0) TO (10);",
        )
        .await;
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        // Made anew: what was exposed has been looked at.
        made.app().disconnect(&made.shop.profile).await.unwrap();
        let (app, profile) = (made.app(), made.shop.profile.as_str());
        assert_eq!(app.security_figures(profile, None), SecurityFigures::default());
        app.connect(profile).await.unwrap();
        app.refresh_catalog(profile, None).await.unwrap();
        let early = app.security_figures(profile, None);
        // Those that everything here begins with, and the partitioned one.
        assert_eq!((early.tables, early.roles, early.found), (Some(6), None, None), "nothing was looked at");

        let overview = app.policy_overview(profile, None).await.unwrap();
        let known = app.security_figures(profile, None);
        assert_eq!(known.tables, Some(overview.counts.tables));
        assert_eq!(early.tables, known.tables, "{variable}");
        let report = app.advise(profile, None, false).await.unwrap();
        let matrix = app.policy_matrix(profile, None, PolicyMatrixFilter::default(), 0, 1).await.unwrap();
        let known = app.security_figures(profile, None);
        assert_eq!(known.roles, Some(number(matrix.roles.len())));
        let found = known.found.unwrap();
        assert_eq!((found.errors, found.warnings, found.at_ms), (report.errors, report.warnings, report.at_ms));
        assert!(found.current);
        assert_eq!(app.security_figures(profile, Some("no such database")), SecurityFigures::default());

        run(&made.shop, "CREATE TABLE app.later (id int)").await;
        app.refresh_catalog(profile, None).await.unwrap();
        let after = app.security_figures(profile, None);
        assert_eq!(after.tables, known.tables.map(|tables| tables + 1));
        assert_eq!(after.found, Some(SecurityFound { current: false, ..found }), "what was said before stays, marked");
        made.remove().await;
    }
}
