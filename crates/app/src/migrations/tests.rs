#![allow(clippy::unwrap_used, clippy::panic)]

mod killed;
mod others;
mod stopped;

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    api::*,
    connections::tests::Shop,
    runs::tests::{outcomes, play, script},
    testing::{
        self,
        servers::{address, shop_at},
    },
};

pub(super) const POSTGRES: &str = "ROWHOUSE_TEST_POSTGRES_18_URL";
pub(super) const MARIADB: &str = "ROWHOUSE_TEST_MARIADB_URL";
pub(super) const SQLITE: &str = "";

/// A database of its own, and a folder of migrations.
pub(super) struct Made {
    pub(super) shop: Shop,
    admin: Option<(Shop, String)>,
    pub(super) folder: TempDir,
    pub(super) engine: &'static str,
}

pub(super) async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

impl Made {
    pub(super) async fn on(engine: &'static str) -> Option<Made> {
        let folder = testing::home();
        if engine == SQLITE {
            return Some(Made { shop: Shop::open().await, admin: None, folder, engine });
        }
        let url = address(engine)?;
        let admin = shop_at(&url, Safety::Free).await;
        let name = format!("migrations_{}", uuid::Uuid::new_v4().simple());
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        let mut there = url::Url::parse(&url).unwrap();
        there.set_path(&name);
        let shop = shop_at(there.as_str(), Safety::Free).await;
        Some(Made { shop, admin: Some((admin, name)), folder, engine })
    }

    pub(super) async fn remove(self) {
        self.shop.app.disconnect(&self.shop.profile).await.unwrap();
        if let Some((admin, name)) = self.admin {
            let force = if self.engine == POSTGRES { " WITH (FORCE)" } else { "" };
            run(&admin, &format!("DROP DATABASE {name}{force}")).await;
        }
    }

    /// Whether each migration is kept as a whole or not at all.
    pub(super) fn whole(&self) -> bool {
        self.engine != MARIADB
    }

    pub(super) fn file(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn path(&self) -> String {
        self.folder.path().to_string_lossy().into_owned()
    }

    pub(super) async fn status(&self) -> MigrationStatus {
        self.shop.app.migrations_status(&self.shop.profile, None, Some(&self.path())).await.unwrap()
    }

    pub(super) async fn request(&self, direction: MigrationDirection, to: Option<&str>) -> MigrationRequest {
        MigrationRequest {
            folder: self.path(),
            direction,
            to: to.map(str::to_owned),
            lock_timeout_ms: 5_000,
            digest: self.status().await.digest,
        }
    }

    pub(super) async fn go(&self, direction: MigrationDirection, to: Option<&str>) -> Result<MigrationRan, AppError> {
        let request = self.request(direction, to).await;
        self.shop.app.migrations_run(&self.shop.profile, None, &request, None).await
    }

    pub(super) async fn up(&self) -> MigrationRan {
        self.go(MigrationDirection::Up, None).await.unwrap()
    }

    pub(super) async fn tried(&self) -> MigrationRan {
        let request = self.request(MigrationDirection::Up, None).await;
        self.shop.app.migrations_try(&self.shop.profile, None, &request).await.unwrap()
    }

    pub(super) async fn states(&self) -> Vec<(String, MigrationState)> {
        self.status().await.rows.into_iter().map(|row| (row.version, row.state)).collect()
    }

    /// Whether a table is there, as a statement finds it.
    pub(super) async fn has(&self, table: &str) -> bool {
        let text = format!("select 1 from {table} where 1 = 0");
        let outcomes = outcomes(&play(&self.shop, script(&self.shop, "look", &text)).await);
        outcomes.iter().all(|one| matches!(one, StatementOutcome::Completed { .. }))
    }

    /// Two migrations that can be taken back.
    pub(super) fn two(&self) {
        self.file(
            "20260101000000_first.up.sql",
            "create table m_first (id int primary key);\ninsert into m_first values (1);",
        );
        self.file("20260101000000_first.down.sql", "drop table m_first;");
        self.file("20260102000000_second_thing.up.sql", "create table m_second (id int primary key);");
        self.file("20260102000000_second_thing.down.sql", "drop table m_second;");
    }
}

pub(super) fn versions(ran: &MigrationRan) -> Vec<&str> {
    match ran {
        MigrationRan::Done { versions, .. } => versions.iter().map(String::as_str).collect(),
        other => panic!("{other:#?}"),
    }
}

pub(super) fn of(states: &[(&str, MigrationState)]) -> Vec<(String, MigrationState)> {
    states.iter().map(|(version, state)| ((*version).to_owned(), state.clone())).collect()
}

async fn there_and_back(engine: &'static str) {
    let Some(made) = Made::on(engine).await else { return };
    assert_eq!((made.status().await.rows.len(), made.status().await.tool), (0, None));
    made.two();
    let pending = of(&[("20260101000000", MigrationState::Pending), ("20260102000000", MigrationState::Pending)]);
    assert_eq!(made.states().await, pending);
    assert_eq!(made.status().await.transactional, made.whole());

    assert_eq!(versions(&made.tried().await), ["20260101000000", "20260102000000"]);
    assert!(!made.has("m_first").await && !made.has("_sqlx_migrations").await, "a trial leaves nothing");

    let request = made.request(MigrationDirection::Up, None).await;
    let review = made.shop.app.migrations_review(&made.shop.profile, None, &request).await.unwrap();
    assert_eq!(review.steps.iter().map(|step| step.statements.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(review.steps[1].name, "second thing");
    assert_eq!(review.untriable, None);

    let to_first = made.go(MigrationDirection::Up, Some("20260101000000")).await.unwrap();
    assert_eq!(versions(&to_first), ["20260101000000"]);
    assert_eq!(versions(&made.up().await), ["20260102000000"]);
    let applied = of(&[("20260101000000", MigrationState::Applied), ("20260102000000", MigrationState::Applied)]);
    assert_eq!(made.states().await, applied);
    let status = made.status().await;
    assert!(status.rows.iter().all(|row| row.applied_at_ms.is_some() && row.took_ms.is_some()), "{:#?}", status.rows);
    assert_eq!((status.histories.len(), status.histories[0].applied), (1, 2));
    assert_eq!(versions(&made.up().await), Vec::<&str>::new());
    assert!(made.has("m_second").await);

    assert_eq!(versions(&made.go(MigrationDirection::Down, None).await.unwrap()), ["20260102000000"]);
    assert!(!made.has("m_second").await && made.has("m_first").await);
    assert_eq!(versions(&made.up().await), ["20260102000000"]);
    let all = made.go(MigrationDirection::Down, Some("0")).await.unwrap();
    assert_eq!(versions(&all), ["20260102000000", "20260101000000"]);
    assert_eq!(made.states().await, pending);

    // Remembered for the database.
    let remembered = made.shop.app.migrations_status(&made.shop.profile, None, None).await.unwrap();
    assert_eq!(remembered.folder, Some(made.path()));
    made.remove().await;
}

#[tokio::test]
async fn a_folder_is_applied_and_taken_back_on_sqlite() {
    there_and_back(SQLITE).await;
}

#[tokio::test]
async fn a_folder_is_applied_and_taken_back_on_postgresql() {
    there_and_back(POSTGRES).await;
}

#[tokio::test]
async fn a_folder_is_applied_and_taken_back_on_mariadb() {
    there_and_back(MARIADB).await;
}

/// What sqlx makes of the folder and the file of a shop.
async fn sqlx_there(made: &Made) -> (sqlx::migrate::Migrator, sqlx::SqlitePool) {
    let migrator = sqlx::migrate::Migrator::new(Path::new(&made.path())).await.unwrap();
    let file = made.shop.home.path().join("shop.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    (migrator, sqlx::SqlitePool::connect_with(options).await.unwrap())
}

#[tokio::test]
async fn sqlx_takes_what_was_applied_here_and_the_other_way_around() {
    let made = Made::on(SQLITE).await.unwrap();
    made.two();
    let (migrator, pool) = sqlx_there(&made).await;
    migrator.run(&pool).await.unwrap();
    let applied = of(&[("20260101000000", MigrationState::Applied), ("20260102000000", MigrationState::Applied)]);
    assert_eq!(made.states().await, applied, "what sqlx applied is what its files are");
    assert_eq!(versions(&made.go(MigrationDirection::Down, None).await.unwrap()), ["20260102000000"]);

    made.file("20260103000000_ours.up.sql", "-- no-transaction\ncreate table m_ours (a text default 'Ünï;');\r\n");
    made.file("20260103000000_ours.down.sql", "drop table m_ours;");
    assert_eq!(versions(&made.up().await), ["20260102000000", "20260103000000"]);
    let (migrator, _) = sqlx_there(&made).await;
    migrator.run(&pool).await.unwrap();
    let rows: Vec<(i64, String, bool, i64)> =
        sqlx::query_as("SELECT version, description, success, length(checksum) FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&pool)
            .await
            .unwrap();
    let told: Vec<_> =
        rows.iter().map(|(version, name, success, sum)| (*version, name.as_str(), *success, *sum)).collect();
    assert_eq!(
        told,
        [
            (20_260_101_000_000, "first", true, 48),
            (20_260_102_000_000, "second thing", true, 48),
            (20_260_103_000_000, "ours", true, 48)
        ]
    );
    migrator.undo(&pool, 0).await.unwrap();
    assert!(!made.has("m_ours").await && !made.has("m_first").await);
    assert_eq!(made.status().await.pending, 3);
    // sqlx refuses what is another file now, and so does this.
    migrator.run(&pool).await.unwrap();
    made.file("20260102000000_second_thing.up.sql", "create table m_second (id int);");
    let (migrator, _) = sqlx_there(&made).await;
    assert!(migrator.run(&pool).await.is_err());
    assert!(matches!(made.states().await[1].1, MigrationState::Drifted { .. }));
    pool.close().await;
}
