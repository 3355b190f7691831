//! Row security on real servers, each in a database of its own.
#![allow(clippy::unwrap_used, clippy::panic)]

mod figures;
mod large;
mod missing;
mod records;
mod trying;

use super::*;
use crate::{
    connections::tests::Shop,
    runs::tests::{heads, outcomes, play, script},
    testing::{
        self,
        servers::{address, shop_at},
    },
};

const SERVERS: [&str; 2] = ["ROWHOUSE_TEST_POSTGRES_15_URL", "ROWHOUSE_TEST_POSTGRES_18_URL"];

const TABLES: &str = "
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO rh_app_anon, rh_app_member;
CREATE TABLE app.open (id int PRIMARY KEY);
CREATE TABLE app.quiet (id int PRIMARY KEY);
CREATE TABLE app.documents (id int PRIMARY KEY, owner_id text, deleted_at timestamptz);
CREATE TABLE app.nothing (id int PRIMARY KEY);
CREATE TABLE app.\"Odd \"\"one\"\" 🚀\" (id int PRIMARY KEY);
GRANT SELECT, INSERT ON app.open TO rh_app_anon;
GRANT SELECT, UPDATE ON app.documents TO rh_app_member;
GRANT SELECT ON app.nothing TO rh_app_member;
ALTER TABLE app.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.nothing ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.\"Odd \"\"one\"\" 🚀\" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.documents TO rh_app_member USING (owner_id = current_setting('app.user', true));
COMMENT ON POLICY mine ON app.documents IS 'each their own';
CREATE POLICY \"a.b\" ON app.\"Odd \"\"one\"\" 🚀\" AS RESTRICTIVE FOR DELETE USING (id > 0);
CREATE VIEW app.seen AS SELECT id FROM app.documents;
INSERT INTO app.documents VALUES (1, 'ann', NULL), (2, 'bob', NULL);
";

struct Made {
    shop: Shop,
    admin: Shop,
    name: String,
}

impl Made {
    async fn on(variable: &str, safety: Safety) -> Option<Made> {
        let url = address(variable)?;
        let admin = shop_at(&url, Safety::Free).await;
        tidy(&admin).await;
        let name = format!("policies_{}_{}", minutes(), uuid::Uuid::new_v4().simple());
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        run(
            &admin,
            "DO $$ BEGIN CREATE ROLE rh_app_anon; EXCEPTION WHEN OTHERS THEN NULL; END $$;
             DO $$ BEGIN CREATE ROLE rh_app_member; EXCEPTION WHEN OTHERS THEN NULL; END $$;",
        )
        .await;
        let mut there = url::Url::parse(&url).unwrap();
        there.set_path(&name);
        let free = shop_at(there.as_str(), Safety::Free).await;
        run(&free, TABLES).await;
        let shop = match safety {
            Safety::Free => free,
            safety => {
                free.app.disconnect(&free.profile).await.unwrap();
                shop_at(there.as_str(), safety).await
            }
        };
        let made = Made { shop, admin, name };
        made.expose().await;
        Some(made)
    }

    async fn expose(&self) {
        let exposure = AdvisorExposure {
            schemas: vec!["app".to_owned()],
            anonymous: vec!["rh_app_anon".to_owned()],
            signed_in: vec!["rh_app_member".to_owned()],
            guessed_from: None,
        };
        let choice = AdvisorChoice { exposure: Some(exposure), ..AdvisorChoice::default() };
        let told = self.app().keep_advisor_options(&self.shop.profile, None, choice).await.unwrap();
        assert_eq!(told.exposure.unwrap().schemas, ["app"]);
    }

    fn app(&self) -> &App {
        &self.shop.app
    }

    async fn stage(&self, edits: Vec<PolicyEdit>) -> Vec<StagedPolicyChange> {
        self.app().policy_stage(&self.shop.profile, None, edits).await.unwrap().changes
    }

    async fn plan(&self) -> PolicyPlan {
        self.app().policy_plan(&self.shop.profile, None, None).await.unwrap()
    }

    async fn apply(&self, acknowledged: &[&str]) -> Result<PolicyApplied, AppError> {
        let acknowledged = acknowledged.iter().map(|role| (*role).to_owned()).collect();
        self.app().policy_apply(&self.shop.profile, None, acknowledged, None, None).await
    }

    async fn table(&self, name: &str) -> PolicyTable {
        self.app().policy_table(&self.shop.profile, None, on(name)).await.unwrap()
    }

    async fn value(&self, query: &str) -> String {
        value(&self.shop, query).await
    }

    async fn remove(self) {
        self.shop.app.disconnect(&self.shop.profile).await.unwrap();
        run(&self.admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// The only value of a query.
async fn value(shop: &Shop, query: &str) -> String {
    let events = play(shop, script(shop, "look", query)).await;
    let head = heads(&events).pop().unwrap();
    String::from_utf8(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 1 << 16).await.unwrap()).unwrap()
}

fn minutes() -> i64 {
    crate::store::now_ms() / 60_000
}

/// Drops what runs that failed have left on a shared server: databases of more than an hour ago.
async fn tidy(admin: &Shop) {
    let names = "SELECT coalesce(string_agg(datname, ','), '') FROM pg_database WHERE datname LIKE 'policies\\_%'";
    for name in value(admin, names).await.split(',') {
        let made = name.split('_').nth(1).and_then(|stamp| stamp.parse::<i64>().ok());
        if made.is_some_and(|made| made < minutes() - 60) {
            run(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

fn on(table: &str) -> PolicyOn {
    PolicyOn { schema: "app".to_owned(), table: table.to_owned() }
}

fn draft(name: &str, command: PolicyCommand, using: &str) -> PolicyDraft {
    PolicyDraft {
        name: name.to_owned(),
        command,
        permissive: true,
        roles: vec!["rh_app_member".to_owned()],
        using: Some(using.to_owned()),
        with_check: None,
        comment: None,
    }
}

#[tokio::test]
async fn tables_are_listed_with_how_they_stand_and_who_reaches_them() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let profile = &made.shop.profile;
        let overview = made.app().policy_overview(profile, None).await.unwrap();
        let counts = overview.counts;
        assert_eq!((counts.tables, counts.exposed, counts.off, counts.no_policy, counts.on), (5, 1, 1, 1, 1));
        assert_eq!((counts.forced, counts.policies, counts.staged), (1, 2, 0));
        assert!(overview.login.superuser && overview.login.words.unwrap().contains("does not apply to you"));
        let score = overview.score.unwrap();
        assert!(score.grade == "F" && !score.parts.is_empty(), "{score:?}");
        assert_eq!((overview.schemas, overview.unread), (vec!["app".to_owned()], Vec::<String>::new()));
        let anon = overview.roles.iter().find(|role| role.name == "rh_app_anon").unwrap();
        assert!(anon.exposed && !anon.login && overview.roles[0].name == "PUBLIC");

        let list = async |filter: PolicyTablesFilter| {
            let page = made.app().policy_tables(profile, None, filter, 0, 100).await.unwrap();
            assert_eq!(page.rows.len(), page.total as usize);
            page.rows
        };
        let names = |rows: &[PolicyTableRow]| rows.iter().map(|row| row.on.table.clone()).collect::<Vec<_>>();
        let all = list(PolicyTablesFilter::default()).await;
        assert_eq!(names(&all), ["Odd \"one\" 🚀", "documents", "nothing", "open", "quiet"]);
        let documents = &all[1];
        assert_eq!((documents.state, documents.words.as_str(), documents.policies), (PolicyState::On, "On", 1));
        assert_eq!(documents.commands.len(), 4);
        assert_eq!(all[0].commands, [], "a restrictive policy lets nothing through");
        assert_eq!((all[3].state, all[3].errors > 0), (PolicyState::Exposed, true));
        let worst = list(PolicyTablesFilter { worst_first: true, ..PolicyTablesFilter::default() }).await;
        assert_eq!(worst[0].on.table, "open");
        let role = Some("rh_app_member".to_owned());
        let reached = list(PolicyTablesFilter { role, ..PolicyTablesFilter::default() }).await;
        assert_eq!(names(&reached), ["documents"], "a table without a policy gives it nothing");
        let access = reached[0].access.unwrap();
        assert_eq!((access.select, access.delete), (PolicyLevel::Filtered, PolicyLevel::None));
        assert_eq!(names(&list(PolicyTablesFilter { text: "🚀".to_owned(), ..Default::default() }).await).len(), 1);
        let exposed = PolicyTablesFilter { states: vec![PolicyState::Exposed], ..Default::default() };
        assert_eq!(names(&list(exposed).await), ["open"]);
        let page = made.app().policy_tables(profile, None, PolicyTablesFilter::default(), 3, 1).await.unwrap();
        assert_eq!((names(&page.rows), page.total), (vec!["open".to_owned()], 5));
        made.remove().await;
    }
}

#[tokio::test]
async fn a_table_shows_its_policies_what_reads_it_and_why_a_role_gets_how_far() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let table = made.table("documents").await;
        assert_eq!(table.policies[0].policy.comment.as_deref(), Some("each their own"));
        assert_eq!(table.views[0].view, on("seen"));
        let fix = table.views[0].fix.as_deref().unwrap();
        assert_eq!(fix, "ALTER VIEW app.seen SET (security_invoker = true);");
        assert!(table.roles.iter().any(|role| role.name == "rh_app_member"));
        assert!(!table.roles.iter().any(|role| role.name == "rh_app_anon"));
        let effect = async |role: &str, command, drafted| {
            let role = role.to_owned();
            made.app().policy_effect(&made.shop.profile, None, on("documents"), role, command, drafted).await.unwrap()
        };
        let member = effect("rh_app_member", PolicyCommand::Select, false).await;
        assert_eq!((member.level, member.conditions.len()), (PolicyLevel::Filtered, 1));
        assert!(member.conditions[0].text.contains("owner_id") && member.unused.is_empty());
        let anon = effect("rh_app_anon", PolicyCommand::Select, false).await;
        assert_eq!((anon.level, anon.unused), (PolicyLevel::None, vec!["mine".to_owned()]));
        assert!(anon.because.contains("lacks SELECT"), "{}", anon.because);
        made.stage(vec![PolicyEdit::Drop { on: on("documents"), name: "mine".to_owned() }]).await;
        assert_eq!(effect("rh_app_member", PolicyCommand::Select, true).await.level, PolicyLevel::None);
        assert_eq!(effect("rh_app_member", PolicyCommand::Select, false).await.level, PolicyLevel::Filtered);
        let gone = made.app().policy_table(&made.shop.profile, None, on("gone")).await.unwrap_err();
        assert_eq!(gone.code, ErrorCode::NotFound);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_is_staged_outlives_the_process_and_is_held_against_the_catalog() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let changed = PolicyDraft { roles: Vec::new(), ..draft("mine", PolicyCommand::All, "owner_id = 'x'") };
        let edits = vec![
            PolicyEdit::Create { id: None, on: on("nothing"), policy: draft("new", PolicyCommand::Select, "true") },
            PolicyEdit::Alter { on: on("documents"), name: "mine".to_owned(), policy: changed.clone() },
            PolicyEdit::RowSecurity { on: on("open"), enabled: true, forced: false },
        ];
        let staged = made.stage(edits).await;
        assert_eq!(staged.iter().map(|change| change.id).collect::<Vec<_>>(), [1, 2, 3]);
        let table = made.table("documents").await;
        assert_eq!((table.staged.len(), table.row.staged), (1, 1));
        let counts = made.app().policy_overview(&made.shop.profile, None).await.unwrap().counts;
        assert_eq!(counts.staged, 3);

        // Another process, which begins with what the first left on disk.
        let other =
            testing::open_over(made.shop.home.path(), crate::Face::Cli, Arc::new(testing::Memory::default())).await;
        let kept = drafts::load(&other.store, &made.shop.profile, &made.name).await.unwrap();
        assert_eq!(kept.set().changes.len(), 3);

        let again = PolicyEdit::Create {
            id: Some(1),
            on: on("nothing"),
            policy: draft("newer", PolicyCommand::Delete, "false"),
        };
        let staged = made.stage(vec![again]).await;
        assert!(
            matches!(&staged[0], StagedPolicyChange { id: 1, change: PolicyChange::Create { policy, .. }, .. } if policy.name == "newer")
        );
        let as_it_is = made.table("documents").await.policies[0].policy.clone();
        let edits = vec![
            PolicyEdit::Alter { on: on("documents"), name: "mine".to_owned(), policy: as_it_is },
            PolicyEdit::RowSecurity { on: on("open"), enabled: false, forced: false },
        ];
        assert_eq!(made.stage(edits).await.len(), 1, "what is as it is, is no change");
        let edits = vec![PolicyEdit::Alter { on: on("documents"), name: "mine".to_owned(), policy: changed }];
        made.stage(edits).await;
        run(&made.shop, "ALTER POLICY mine ON app.documents USING (owner_id = 'somebody')").await;
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        let staged = made.app().policy_staged(&made.shop.profile, None).await.unwrap().changes;
        let conflicts: Vec<_> = staged.iter().filter_map(|change| change.conflict.as_deref()).collect();
        assert_eq!(conflicts, ["Somebody else has changed the policy “mine” since."]);
        let refused = made.apply(&[]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        let missing = PolicyEdit::Drop { on: on("documents"), name: "none".to_owned() };
        let missing = made.app().policy_stage(&made.shop.profile, None, vec![missing]).await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::NotFound);
        assert_eq!(made.stage(vec![PolicyEdit::DiscardAll]).await, []);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_is_staged_is_shown_applied_recorded_and_taken_back() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let typed = "owner_id in ('ann', current_setting('app.user', true))";
        let edits = vec![
            PolicyEdit::Create { id: None, on: on("nothing"), policy: draft("all", PolicyCommand::Select, "true") },
            PolicyEdit::Alter {
                on: on("documents"),
                name: "mine".to_owned(),
                policy: PolicyDraft { comment: Some("it's".to_owned()), ..draft("mine", PolicyCommand::Select, typed) },
            },
        ];
        made.stage(edits).await;
        let plan = made.plan().await;
        assert_eq!((plan.refusal.as_deref(), plan.steps.len(), plan.lock_timeout_ms), (None, 2, 200));
        assert!(plan.sql.starts_with("BEGIN;\nSET LOCAL lock_timeout = '200ms';\n"), "{}", plan.sql);
        assert!(plan.steps.iter().all(|step| step.lock == "ACCESS EXCLUSIVE"));
        assert!(!plan.up.contains("BEGIN") && plan.down.contains("DROP POLICY"));
        let change = |role: &str, command| {
            let found = plan.coverage.iter().find(|change| change.role == role && change.command == command);
            found.map(|change| (change.before, change.after, change.loses))
        };
        assert_eq!(
            change("rh_app_member", PolicyCommand::Update),
            Some((PolicyLevel::Filtered, PolicyLevel::None, true))
        );
        assert_eq!(plan.losing, ["rh_app_member"]);
        let refused = made.apply(&[]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        assert!(refused.message.contains("rh_app_member would lose"), "{}", refused.message);
        assert_eq!(made.value("SELECT count(*) FROM pg_policy").await, "2", "nothing was sent");

        let PolicyApplied::Applied { id, changes, .. } = made.apply(&["rh_app_member"]).await.unwrap() else {
            panic!("it was not applied");
        };
        assert_eq!(changes, 2);
        assert_eq!(made.app().policy_staged(&made.shop.profile, None).await.unwrap().changes, []);
        let table = made.table("documents").await;
        assert_eq!(table.policies[0].policy.command, PolicyCommand::Select);
        assert_eq!(table.policies[0].own_using.as_deref(), Some(typed), "the own text stands beside the server's");
        assert_ne!(table.policies[0].policy.using.as_deref(), Some(typed));
        let history = made.app().history(HistoryQuery { limit: 10, ..HistoryQuery::default() }).await.unwrap();
        let line = history
            .iter()
            .find(|line| line.text.contains("ALTER POLICY") || line.text.contains("CREATE POLICY"))
            .unwrap();
        let inverse = made.app().history_inverse(line.id).await.unwrap().unwrap();
        assert!(inverse.contains("DROP POLICY \"all\"") || inverse.contains("DROP POLICY all"), "{inverse}");
        let trail = made.app().audit(AuditQuery { limit: 10, ..AuditQuery::default() }).await.unwrap();
        let line = trail.iter().find(|line| line.command == "ROW SECURITY").unwrap();
        assert_eq!((line.kind, line.outcome.as_deref()), (AuditKind::Access, Some("completed")));

        // What is left as it was typed is left as the catalog has it.
        let same = PolicyDraft { using: Some(typed.to_owned()), ..table.policies[0].policy.clone() };
        let same = PolicyEdit::Alter { on: on("documents"), name: "mine".to_owned(), policy: same };
        assert_eq!(made.stage(vec![same]).await, []);

        assert_eq!(made.stage(vec![PolicyEdit::Undo { applied: id }]).await.len(), 2);
        assert!(matches!(made.apply(&["rh_app_member"]).await.unwrap(), PolicyApplied::Applied { .. }));
        let there = "SELECT string_agg(polname || polcmd::text || obj_description(oid, 'pg_policy'), ',') FROM pg_policy WHERE polname = 'mine'";
        assert_eq!(made.value(there).await, "mine*each their own");
        assert_eq!(made.value("SELECT count(*) FROM pg_policy").await, "2");
        made.remove().await;
    }
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_names_who_holds_it_and_changes_nothing() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        made.stage(vec![PolicyEdit::RowSecurity { on: on("quiet"), enabled: true, forced: true }]).await;
        let held = "BEGIN; LOCK TABLE app.quiet IN ACCESS SHARE MODE;";
        let events = play(&made.shop, script(&made.shop, "holds", held)).await;
        assert!(outcomes(&events).iter().all(|one| matches!(one, StatementOutcome::Completed { .. })));
        // Long enough to be seen on a machine that does much else.
        let applied = made.app().policy_apply(&made.shop.profile, None, Vec::new(), Some(3_000), None).await.unwrap();
        let PolicyApplied::Locked { error, blockers, .. } = applied else { panic!("the lock was free") };
        assert_eq!(error.native.unwrap().code, "55P03");
        assert!(
            blockers.iter().any(|one| one.statement.as_deref().is_some_and(|text| text.contains("LOCK TABLE"))),
            "{blockers:?}"
        );
        assert_eq!(made.app().policy_staged(&made.shop.profile, None).await.unwrap().changes.len(), 1);
        let trial = made.app().policy_check_on_server(&made.shop.profile, None, None).await.unwrap();
        assert!(matches!(trial, PolicyTrial::Locked { .. }));
        play(&made.shop, script(&made.shop, "holds", "ROLLBACK")).await;
        let trial = made.app().policy_check_on_server(&made.shop.profile, None, None).await.unwrap();
        assert_eq!(trial, PolicyTrial::Fine);
        let is_on = "SELECT relrowsecurity FROM pg_class WHERE relname = 'quiet'";
        assert_eq!(made.value(is_on).await, "false", "a trial leaves nothing");
        made.remove().await;
    }
}

#[tokio::test]
async fn safety_levels_hold_for_row_security_as_for_every_write() {
    let variable = SERVERS[1];
    if let Some(made) = Made::on(variable, Safety::ReadOnly).await {
        made.stage(vec![PolicyEdit::RowSecurity { on: on("quiet"), enabled: true, forced: false }]).await;
        let refused = made.apply(&[]).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        assert!(refused.message.contains("read-only"));
        made.remove().await;
    }
    if let Some(made) = Made::on(variable, Safety::ConfirmWrites).await {
        made.stage(vec![PolicyEdit::Drop { on: on("Odd \"one\" 🚀"), name: "a.b".to_owned() }]).await;
        let PolicyApplied::Confirm { question } = made.apply(&[]).await.unwrap() else { panic!("nobody was asked") };
        assert_eq!(question.typed.as_deref(), Some("Odd \"one\" 🚀"));
        let say = async |typed: Option<&str>| {
            let consent = RunConsent { digest: question.digest.clone(), typed: typed.map(str::to_owned) };
            made.app().policy_apply(&made.shop.profile, None, Vec::new(), None, Some(consent)).await
        };
        assert_eq!(say(Some("other")).await.unwrap_err().code, ErrorCode::Forbidden);
        assert!(matches!(say(question.typed.as_deref()).await.unwrap(), PolicyApplied::Applied { .. }));
        made.remove().await;
    }
}

#[tokio::test]
async fn the_matrix_comes_in_pages_and_goes_to_files() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let profile = &made.shop.profile;
        let roles = vec!["rh_app_anon".to_owned(), "rh_app_member".to_owned()];
        let filter = PolicyMatrixFilter { roles, ..PolicyMatrixFilter::default() };
        let page = made.app().policy_matrix(profile, None, filter.clone(), 1, 3).await.unwrap();
        assert_eq!((page.total, page.rows.len(), page.roles.len()), (5, 3, 2));
        let row = |name: &str| page.rows.iter().find(|row| row.on == on(name)).unwrap();
        let levels = |name: &str| row(name).cells.iter().map(|cell| cell.level).collect::<Vec<_>>();
        let (all, some, none) = (PolicyLevel::All, PolicyLevel::Filtered, PolicyLevel::None);
        assert_eq!(levels("documents"), [none, none, none, none, some, none, some, none]);
        assert_eq!(levels("open")[..4], [all, all, none, none]);
        assert!(row("nothing").cells[4].no_policy && !row("nothing").cells[0].no_policy);
        for (format, begins) in [
            (PolicyMatrixFormat::Csv, "schema,table,role,command,access"),
            (PolicyMatrixFormat::Json, "{"),
            (PolicyMatrixFormat::Html, "<!doctype html>"),
        ] {
            let path = made.shop.home.path().join("matrix");
            made.app().export_policy_matrix(profile, None, filter.clone(), format, &path).await.unwrap();
            assert!(std::fs::read_to_string(&path).unwrap().starts_with(begins));
        }
        made.remove().await;
    }
}

#[tokio::test]
async fn templates_are_bound_to_the_table_and_form_and_sql_are_one() {
    for variable in SERVERS {
        let Some(made) = Made::on(variable, Safety::Free).await else { continue };
        let offered = made.app().policy_templates(&made.shop.profile, None, on("documents")).await.unwrap();
        let own = offered
            .offers
            .iter()
            .find(|offer| matches!(&offer.template, PolicyTemplate::OwnRows { owner } if owner == "owner_id"))
            .unwrap();
        assert!(own.fits && own.made.policies[0].using.as_deref().unwrap().contains("owner_id"));
        assert!(own.made.indexes[0].contains("CREATE INDEX ON app.documents"));
        assert!(
            offered
                .offers
                .iter()
                .any(|offer| matches!(offer.template, PolicyTemplate::SoftDeleted { boolean: false, .. }))
        );
        let who = PolicyWho { user: "current_user".to_owned(), ..offered.who };
        let made_so = made
            .app()
            .policy_make(&made.shop.profile, None, on("documents"), own.template.clone(), who.clone())
            .await
            .unwrap();
        assert!(made_so.policies[0].using.as_deref().unwrap().contains("(select current_user)"));
        assert_eq!(made_so.notes, own.made.notes, "all that it names is there");
        let who = PolicyWho { authenticated: "rh_app_nobody".to_owned(), ..who };
        let role = PolicyTemplate::OwnRows { owner: "ownr".to_owned() };
        let lacking = made.app().policy_make(&made.shop.profile, None, on("documents"), role, who).await.unwrap();
        for note in ["There is no column ownr, as far", "There is no role rh_app_nobody, as far"] {
            assert!(lacking.notes.iter().any(|one| one.starts_with(note)), "{:?}", lacking.notes);
        }
        let sql = made.app().policy_write(&on("documents"), &made_so.policies[0]);
        let read = made.app().policy_read(&sql, "app");
        assert_eq!(
            read,
            PolicyRead::Policy {
                on: on("documents"),
                policy: PolicyDraft { comment: None, ..made_so.policies[0].clone() }
            }
        );
        made.remove().await;
    }
}

#[tokio::test]
async fn an_sqlite_file_has_no_row_security() {
    let shop = Shop::open().await;
    assert!(!shop.app.connect(&shop.profile).await.unwrap().can_secure);
    let error = shop.app.policy_overview(&shop.profile, None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(error.message.contains("has no row security"), "{}", error.message);
}

#[test]
fn sql_that_is_no_policy_says_where() {
    let problem = |text: &str| match templates::read(text, "public") {
        PolicyRead::Problem { error } => error,
        read => panic!("{read:?}"),
    };
    let error = problem("create policy p on t using (é = )");
    assert_eq!(error.range.unwrap().from, 32, "in UTF-16 units: {error:?}");
    assert!(problem("drop table t").message.contains("cannot hold this statement"));
    assert!(problem("").message.contains("policy"));
    assert!(problem("create policy a on t; create policy b on t").message.contains("several"));
    assert!(problem("alter table t enable row level security; create policy a on t").message.contains("beside"));
}
