#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::{
    connections::tests::Shop,
    runs::tests::{outcomes, play, script},
    testing::servers::{address, server, shop_at},
};

const SERVERS: [&str; 2] = ["ROWHOUSE_TEST_POSTGRES_18_URL", "ROWHOUSE_TEST_MARIADB_URL"];

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

impl Shop {
    async fn place(&self) -> Place {
        self.app.place_in(&self.profile, None).await.unwrap()
    }

    async fn on_server(&self, name: &str) -> Option<driver::ScratchDatabase> {
        let place = self.place().await;
        let found = place.opened.connection.control().scratch().unwrap().named(PREFIX).await.unwrap();
        found.into_iter().find(|one| one.name == name)
    }

    /// What was recorded of scratch databases of this home, the last first: command, name, outcome.
    async fn recorded(&self) -> Vec<(String, String, Option<String>)> {
        let query = AuditQuery { text: PREFIX.to_owned(), limit: 100, ..AuditQuery::default() };
        let lines = self.app.audit(query).await.unwrap();
        lines.into_iter().map(|one| (one.command, one.targets.concat(), one.outcome)).collect()
    }

    fn folders(&self) -> usize {
        fs::read_dir(self.app.scratch_folder()).map_or(0, Iterator::count)
    }
}

fn database(scratch: &Scratch) -> String {
    let values = &scratch.place.connected.profile.values;
    values.get("database").or_else(|| values.get("schema")).cloned().unwrap()
}

#[tokio::test]
async fn a_database_is_made_on_its_server_and_goes_again() {
    for variable in SERVERS {
        let Some(shop) = server(variable).await else { continue };
        let scratch = shop.app.scratch(&shop.place().await).await.unwrap();
        let name = database(&scratch);
        assert!(name.starts_with(PREFIX), "{name}");
        let found = shop.on_server(&name).await.unwrap();
        assert!(found.sessions > 0, "{found:?}");
        assert!(found.note.unwrap().starts_with("Made"));
        let place = &scratch.place;
        let read = crate::structure::read_definition(&place.connected, &place.opened, None).await.unwrap();
        // PostgreSQL's own language is there in every database.
        let empty = |body: &schema::Body| matches!(body, schema::Body::Schema | schema::Body::Extension { .. });
        let objects = &read.definition.objects;
        assert!(objects.values().all(|object| empty(&object.body)), "{:#?}", objects.keys());
        assert_eq!(place.connected.profile.id, "");
        assert_eq!(shop.folders(), 1);
        scratch.remove().await.unwrap();
        assert_eq!(shop.on_server(&name).await, None);
        assert_eq!(shop.folders(), 0);
        let done = |command: &str| (command.to_owned(), name.clone(), Some("completed".to_owned()));
        assert_eq!(shop.recorded().await, [done("DROP DATABASE"), done("CREATE DATABASE")]);
    }
}

#[tokio::test]
async fn who_goes_away_leaves_nothing() {
    for variable in SERVERS {
        let Some(shop) = server(variable).await else { continue };
        let scratch = shop.app.scratch(&shop.place().await).await.unwrap();
        let name = database(&scratch);
        drop(scratch);
        shop.app.scratches_gone().await;
        assert_eq!(shop.on_server(&name).await, None, "{variable}");
        // In the midst of making one, at several moments.
        for wait in [0, 2, 5, 10, 20, 50, 100] {
            let place = shop.place().await;
            let _ = tokio::time::timeout(Duration::from_millis(wait), shop.app.scratch(&place)).await;
        }
        shop.app.scratches_gone().await;
        for (command, name, _) in shop.recorded().await {
            assert_eq!(shop.on_server(&name).await, None, "{command} {name}");
        }
        assert_eq!(shop.folders(), 0);
    }
}

#[tokio::test]
async fn closing_the_program_waits_for_removals_though_the_connection_is_gone() {
    let Some(shop) = server(SERVERS[0]).await else { return };
    let scratch = shop.app.scratch(&shop.place().await).await.unwrap();
    let name = database(&scratch);
    shop.app.disconnect(&shop.profile).await.unwrap();
    drop(scratch);
    shop.app.close().await;
    let other = server(SERVERS[0]).await.unwrap();
    assert_eq!(other.on_server(&name).await, None);
}

#[tokio::test]
async fn what_a_killed_program_left_is_removed_and_what_others_made_is_only_told() {
    for variable in SERVERS {
        let Some(shop) = server(variable).await else { continue };
        let name = |what: &str| format!("{PREFIX}{what}{}", Uuid::new_v4().simple());
        let (own, used, foreign) = (name("own"), name("used"), name("foreign"));
        for name in [&own, &used, &foreign] {
            run(&shop, &format!("CREATE DATABASE {name}")).await;
        }
        for name in [&own, &used] {
            let folder = shop.app.scratch_folder().join(name);
            private_folder(&folder).unwrap();
            fs::write(folder.join(PROCESS), Uuid::new_v4().to_string()).unwrap();
        }
        let mut inside = url::Url::parse(&address(variable).unwrap()).unwrap();
        inside.set_path(&used);
        let user = shop_at(inside.as_str(), Safety::Free).await;
        let place = user.place().await;
        let scratch = shop.app.scratch(&shop.place().await).await.unwrap();
        let told = |name: &str| scratch.notes.iter().find(|note| note.contains(name)).cloned();
        assert!(told(&own).unwrap().contains("is removed"), "{:?}", scratch.notes);
        assert!(told(&foreign).unwrap().contains("DROP DATABASE"), "{:?}", scratch.notes);
        assert_eq!(told(&used), None);
        scratch.remove().await.unwrap();
        assert_eq!(shop.on_server(&own).await, None);
        assert!(shop.on_server(&used).await.is_some() && shop.on_server(&foreign).await.is_some());
        drop(place);
        user.app.disconnect(&user.profile).await.unwrap();
        let facet = shop.place().await;
        for name in [&used, &foreign] {
            facet.opened.connection.control().scratch().unwrap().remove(name).await.unwrap();
        }
    }
}

#[tokio::test]
async fn who_may_not_make_one_is_told_what_is_needed() {
    for variable in SERVERS {
        let Some(shop) = server(variable).await else { continue };
        let postgres = variable.contains("POSTGRES");
        let role = format!("rh_scratch_{}", &Uuid::new_v4().simple().to_string()[..12]);
        let make = match postgres {
            true => format!("CREATE ROLE {role} LOGIN PASSWORD 'pw'"),
            false => format!("CREATE USER {role} IDENTIFIED BY 'pw'"),
        };
        run(&shop, &make).await;
        let mut url = url::Url::parse(&address(variable).unwrap()).unwrap();
        url.set_username(&role).unwrap();
        url.set_password(Some("pw")).unwrap();
        if !postgres {
            url.set_path("");
        }
        let nobody = shop_at(url.as_str(), Safety::Free).await;
        let refused = nobody.app.scratch(&nobody.place().await).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::Forbidden, "{refused:?}");
        let right = if postgres { "CREATEDB" } else { "GRANT" };
        assert!(refused.hint.as_ref().unwrap().contains(right), "{refused:?}");
        assert_eq!(nobody.folders(), 0);
        let (command, _, outcome) = nobody.recorded().await.remove(0);
        assert_eq!((command.as_str(), outcome.as_deref()), ("CREATE DATABASE", Some("failed")));
        nobody.app.disconnect(&nobody.profile).await.unwrap();
        run(&shop, &format!("DROP {} {role}", if postgres { "ROLE" } else { "USER" })).await;
    }
}

#[tokio::test]
async fn none_is_made_over_a_connection_that_only_reads() {
    let Some(url) = address(SERVERS[0]) else { return };
    let shop = shop_at(&url, Safety::ReadOnly).await;
    let refused = shop.app.scratch(&shop.place().await).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(shop.recorded().await, []);
}

#[tokio::test]
async fn files_need_no_server_and_are_nobody_elses() {
    let shop = Shop::open().await;
    // One that a killed program had left.
    let left = shop.app.scratch_folder().join(format!("{PREFIX}left"));
    private_folder(&left).unwrap();
    fs::write(left.join(PROCESS), Uuid::new_v4().to_string()).unwrap();
    fs::write(left.join(DATABASE), "").unwrap();

    let scratch = shop.app.scratch(&shop.place().await).await.unwrap();
    assert!(scratch.notes.iter().any(|note| note.contains("rowhouse_scratch_left")), "{:?}", scratch.notes);
    assert!(!left.exists());
    let file = PathBuf::from(scratch.place.connected.profile.values.values().next().unwrap());
    assert!(file.starts_with(shop.app.scratch_folder()), "{}", file.display());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }
    // One of this process is nobody's leftover.
    let second = shop.app.scratch_file().await.unwrap();
    assert_eq!(second.notes, [""; 0]);
    assert!(file.exists());
    scratch.remove().await.unwrap();
    drop(second);
    shop.app.scratches_gone().await;
    assert_eq!(shop.folders(), 0);
}
