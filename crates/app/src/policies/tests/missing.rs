//! Names in drafts that are not there: told with their places before anything is sent, and never of what is there after all.

use super::*;

fn create(table: &str, policy: PolicyDraft) -> PolicyEdit {
    PolicyEdit::Create { id: None, on: on(table), policy }
}

fn told(missing: &[PolicyMissing]) -> Vec<(PolicyMissingKind, &str, bool)> {
    missing.iter().map(|one| (one.kind, one.name.as_str(), one.certain)).collect()
}

#[tokio::test]
async fn a_name_that_is_not_there_is_told_with_its_place_and_nothing_is_sent() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let check = PolicyDraft {
            with_check: Some("owner_id = 'é' and\n  ownr <> ''".to_owned()),
            ..draft("wrong", PolicyCommand::All, "id in (select id from app.teams)")
        };
        let nobody =
            PolicyDraft { roles: vec!["rh_app_nobody".to_owned()], ..draft("for", PolicyCommand::All, "true") };
        made.stage(vec![
            create("documents", check),
            create("nothing", draft("calls", PolicyCommand::Select, "app.mine(id)")),
            create("nothing", draft("casts", PolicyCommand::Select, "id::text::mood is not null")),
            create("open", nobody),
            PolicyEdit::RowSecurity { on: on("open"), enabled: true, forced: false },
        ])
        .await;
        let plan = made.plan().await;
        assert_eq!(
            told(&plan.missing),
            [
                (PolicyMissingKind::Relation, "app.teams", true),
                (PolicyMissingKind::Column, "ownr", true),
                (PolicyMissingKind::Function, "app.mine", true),
                (PolicyMissingKind::Type, "mood", true),
                (PolicyMissingKind::Role, "rh_app_nobody", true),
            ]
        );
        let column = &plan.missing[1];
        assert_eq!(
            (column.part, column.range),
            (Some(PolicyExpression::WithCheck), Some(TextRange { from: 21, to: 25 }))
        );
        assert_eq!(column.words, "There is no column ownr: WITH CHECK of wrong on app.documents, line 2, column 3.");
        assert_eq!(plan.missing[4].words, "There is no role rh_app_nobody: for on app.open.");
        let refusal = plan.refusal.unwrap();
        assert!(refusal.contains("app.teams") && refusal.ends_with("4 more names are not there."), "{refusal}");
        assert_eq!(plan.steps.len(), 5, "what it would do is shown all the same");
        let refused = made.apply(&[]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidStatement, "{refused:?}");
        assert!(refused.message.starts_with("Nothing was sent.") && refused.message.contains("app.teams"));
        assert_eq!(made.value("SELECT count(*) FROM pg_policy").await, "2");
        let sent = made.app().history(HistoryQuery { limit: 10, ..HistoryQuery::default() }).await.unwrap();
        assert!(!sent.iter().any(|line| line.text.contains("CREATE POLICY wrong")), "nothing was sent");
        made.remove().await;
    }
}

#[tokio::test]
async fn what_the_server_knows_is_no_false_alarm_however_old_the_catalog_is() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        made.plan().await;
        // Beside this program, whose catalog stays as it was.
        let mut url = url::Url::parse(&address(variable).unwrap()).unwrap();
        url.set_path(&made.name);
        let beside = shop_at(url.as_str(), Safety::Free).await;
        run(
            &beside,
            "ALTER TABLE app.nothing ADD COLUMN kind text;
             CREATE TYPE app.mood AS ENUM ('ok');
             CREATE TABLE app.teams (id int);
             CREATE FUNCTION app.mine(int) RETURNS bool LANGUAGE sql RETURN true;
             CREATE FUNCTION public.shown(app.nothing) RETURNS bool LANGUAGE sql RETURN true",
        )
        .await;
        let using = "kind::app.mood = 'ok' and app.mine(id) and nothing.shown and id in (select t.id from app.teams t) \
                     and app.mood('ok') is not null";
        let changed =
            PolicyDraft { name: "renamed".to_owned(), ..made.table("documents").await.policies[0].policy.clone() };
        made.stage(vec![
            create("nothing", draft("new", PolicyCommand::Select, using)),
            PolicyEdit::Alter { on: on("documents"), name: "mine".to_owned(), policy: changed },
        ])
        .await;
        let plan = made.plan().await;
        assert_eq!((plan.missing, plan.refusal), (Vec::new(), None));
        assert!(matches!(made.apply(&[]).await.unwrap(), PolicyApplied::Applied { changes: 2, .. }));
        beside.app.disconnect(&beside.profile).await.unwrap();
        made.remove().await;
    }
}

#[tokio::test]
async fn a_role_that_was_dropped_meanwhile_is_told() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let role = format!("rh_app_{}", made.name);
        run(&made.admin, &format!("CREATE ROLE {role}")).await;
        let policy = PolicyDraft {
            roles: vec![role.clone(), "CURRENT_USER".to_owned(), "pg_read_all_data".to_owned()],
            ..draft("short", PolicyCommand::Select, "true")
        };
        made.stage(vec![create("nothing", policy)]).await;
        assert_eq!(made.plan().await.missing, []);
        run(&made.admin, &format!("DROP ROLE {role}")).await;
        let plan = made.plan().await;
        assert_eq!(told(&plan.missing), [(PolicyMissingKind::Role, role.as_str(), true)]);
        let refused = made.apply(&[]).await.unwrap_err();
        assert_eq!(refused.message, format!("Nothing was sent. There is no role {role}: short on app.nothing."));
        made.remove().await;
    }
}

#[tokio::test]
async fn a_copy_says_what_will_not_be_there_before_it_is_staged() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let policy = draft("own", PolicyCommand::Select, "documents.owner_id = 'a' and deleted_at is null and id > 0");
        let copy = async |to: &str| {
            made.app().policy_copy(&made.shop.profile, None, on("documents"), on(to), policy.clone()).await
        };
        let copied = copy("nothing").await.unwrap();
        let using = "nothing.owner_id = 'a' and deleted_at is null and id > 0";
        assert_eq!((copied.policy.using.as_deref(), copied.notes), (Some(using), Vec::new()));
        let (column, certain) = (PolicyMissingKind::Column, true);
        assert_eq!(told(&copied.missing), [(column, "nothing.owner_id", certain), (column, "deleted_at", certain)]);
        assert_eq!(copied.missing[0].range, Some(TextRange { from: 0, to: 16 }));
        assert_eq!(made.app().policy_staged(&made.shop.profile, None).await.unwrap().changes, []);
        run(&made.shop, "CREATE TABLE app.notes (LIKE app.documents)").await;
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        let copied = copy("notes").await.unwrap();
        assert_eq!((copied.missing, copied.notes), (Vec::new(), Vec::new()));
        assert_eq!(copy("gone").await.unwrap_err().code, ErrorCode::NotFound);
        made.remove().await;
    }
}
