#![allow(clippy::unwrap_used, clippy::panic)]

mod server;

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use driver::fake::FakeDriver;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use self::server::{Watched, World};
use super::*;
use crate::{
    App, Face, Parts,
    api::*,
    connections::tests::draft,
    keychain::Keychain,
    registry::Registry,
    testing::{self, Memory},
};

/// A window on that server.
struct Desk {
    app: Arc<App>,
    world: Arc<World>,
    profile: String,
    home: TempDir,
}

impl Desk {
    async fn new() -> Desk {
        let home = testing::home();
        let world = World::new();
        let driver = Watched { inner: FakeDriver::builder("1").build(), world: Arc::clone(&world) };
        let keychain = Keychain::over(Arc::new(Memory::default()));
        let parts = Parts { keychain, registry: Registry::of(vec![Arc::new(driver)]) };
        let app = testing::open_parts(home.path(), Face::Window, parts).await;
        let profile = app.save_profile(Desk::draft(&home)).await.unwrap().id;
        Desk { app, world, profile, home }
    }

    fn draft(home: &TempDir) -> ProfileDraft {
        ProfileDraft {
            driver: "fake".to_owned(),
            values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
            ..draft("Fake", home.path(), Safety::Free)
        }
    }

    async fn read() -> Desk {
        let desk = Desk::new().await;
        desk.app.connect(&desk.profile).await.unwrap();
        desk.until_kept().await;
        desk
    }

    fn texts(&self) -> Option<PathBuf> {
        let folder = fs::read_dir(self.home.path().join("catalogs").join(&self.profile)).ok()?;
        let mut files = folder.map(|entry| entry.unwrap().path());
        files.find(|file| file.extension().is_some_and(|own| own == "texts"))
    }

    async fn until_kept(&self) {
        until("the texts are on disk", || self.texts().is_some()).await;
    }

    /// The server goes, and somebody has noticed.
    async fn lose(&self) {
        self.app.kept.flush().await;
        self.world.gone.store(true, Ordering::Release);
        self.app.disconnect(&self.profile).await.unwrap();
        assert_eq!(self.app.connect(&self.profile).await.unwrap_err().code, ErrorCode::Unreachable);
    }

    async fn definition(&self, object: &ObjectRef) -> Result<Definition, AppError> {
        self.app.definition(&self.profile, object).await
    }

    /// A text that came from disk, and its time.
    async fn kept(&self, object: &ObjectRef) -> (String, i64) {
        let Definition { text, as_of_ms } = self.definition(object).await.unwrap();
        (text, as_of_ms.unwrap())
    }
}

async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited a minute until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn object(kind: &str, schema: &str, name: &str) -> ObjectRef {
    ObjectRef {
        database: Some("shop".to_owned()),
        schema: Some(schema.to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
        signature: (kind == "routine").then(|| "n int".to_owned()),
    }
}

#[tokio::test]
async fn what_the_server_said_is_there_when_it_is_away() {
    let desk = Desk::read().await;
    let one = object("relation", "a", "one");
    let (before, text) = (desk.app.relation(&desk.profile, &one).await.unwrap(), desk.definition(&one).await.unwrap());
    assert_eq!((before.kept, text.as_of_ms), (false, None), "the server was asked");
    desk.lose().await;
    let page = desk.app.relation(&desk.profile, &one).await.unwrap();
    assert!(page.kept && page.as_of_ms <= before.as_of_ms);
    assert_eq!(page.unread, None);
    assert_eq!(page.triggers[0].definition, before.triggers[0].definition);
    assert!(page.triggers[0].definition.is_some());
    let (kept, as_of_ms) = desk.kept(&one).await;
    assert_eq!(kept, text.text);
    assert!(as_of_ms > 0 && as_of_ms <= crate::store::now_ms());
    assert_eq!(desk.kept(&object("routine", "b", "work")).await.0, "create Routine work -- first");
    let failed = desk.definition(&object("relation", "a", "never")).await.unwrap_err();
    assert_eq!(failed.code, ErrorCode::Unreachable);
    assert!(failed.hint.is_some());
    let phase = desk.app.connection_states().pop().unwrap().phase;
    assert!(matches!(phase, ConnectionPhase::Failed { .. }), "looking at it has not tried again");
}

#[tokio::test]
async fn a_server_that_turns_out_to_be_away_only_when_it_is_asked_is_answered_for_from_disk() {
    let desk = Desk::read().await;
    desk.app.kept.flush().await;
    desk.world.gone.store(true, Ordering::Release);
    desk.app.disconnect(&desk.profile).await.unwrap();
    let two = object("relation", "a", "two");
    assert_eq!(desk.kept(&two).await.0, "create Relation two -- first");
    assert!(desk.app.relation(&desk.profile, &two).await.unwrap().kept);
    let phase = desk.app.connection_states().pop().unwrap().phase;
    assert!(matches!(phase, ConnectionPhase::Failed { .. }), "why is still to be seen");
}

#[tokio::test]
async fn whoever_asks_waits_for_one_piece_of_it_at_most() {
    let desk = Desk::new().await;
    desk.world.let_behind.forget_permits(Semaphore::MAX_PERMITS);
    desk.world.let_person.forget_permits(Semaphore::MAX_PERMITS);
    desk.app.connect(&desk.profile).await.unwrap();
    let (app, profile) = (Arc::clone(&desk.app), desk.profile.clone());
    let asking = tokio::spawn(async move { app.relation(&profile, &object("relation", "a", "one")).await });
    until("somebody asks", || *lock(&desk.world.asked) == 1).await;
    desk.world.let_behind.add_permits(1_000);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(desk.world.behind().len() <= 1, "only what was under way: {:?}", desk.world.behind());
    assert!(desk.texts().is_none());
    desk.world.let_person.add_permits(1_000);
    assert!(asking.await.unwrap().is_ok());
    desk.until_kept().await;
}

#[tokio::test]
async fn only_what_was_touched_or_has_changed_is_read_again() {
    let desk = Desk::read().await;
    let begun = desk.world.behind();
    assert!(["a", "b", ""].iter().all(|part| begun.iter().any(|asked| asked == part)), "{begun:?}");
    // Estimates are others every time; nothing else is.
    desk.app.refresh_catalog(&desk.profile, None).await.unwrap();
    *lock(&desk.world.edition) = "second";
    desk.app.refresh_catalog(&desk.profile, Some(object("relation", "a", "one"))).await.unwrap();
    let file = desk.texts().unwrap();
    until("the new text is on disk", || fs::read_to_string(&file).unwrap().contains("second")).await;
    let again = desk.world.behind()[begun.len()..].to_vec();
    assert!(again.iter().all(|asked| asked == "a"), "{again:?}");
    // A table that came is seen in the lean catalog.
    lock(&desk.world.tables).get_mut("b").unwrap().insert("fresh");
    desk.app.refresh_catalog(&desk.profile, None).await.unwrap();
    until("the new table is on disk", || fs::read_to_string(&file).unwrap().contains("fresh")).await;
    lock(&desk.world.tables).remove("a");
    desk.app.refresh_catalog(&desk.profile, None).await.unwrap();
    until("what is gone is gone", || !fs::read_to_string(&file).unwrap().contains("two")).await;
    desk.lose().await;
    assert_eq!(desk.kept(&object("relation", "b", "fresh")).await.0, "create Relation fresh -- second");
    assert_eq!(desk.definition(&object("relation", "a", "one")).await.unwrap_err().code, ErrorCode::Unreachable);
}

#[tokio::test]
async fn what_is_beyond_the_bounds_is_said_to_be() {
    let desk = Desk::new().await;
    desk.app.kept.set_bounds(Bounds { objects: 2, ..Bounds::default() });
    desk.app.connect(&desk.profile).await.unwrap();
    desk.until_kept().await;
    desk.lose().await;
    let mut said = Vec::new();
    for one in [object("relation", "a", "one"), object("relation", "a", "two"), object("relation", "b", "three")] {
        said.push(desk.definition(&one).await);
    }
    assert!(said[0].is_ok() && said[1].is_ok(), "{said:?}");
    let beyond = said.pop().unwrap().unwrap_err();
    assert!(beyond.message.contains("too much to be kept"), "{beyond}");
}

#[tokio::test]
async fn of_what_is_not_recorded_nothing_is_read_for_later() {
    let desk = Desk::new().await;
    let draft = ProfileDraft { id: Some(desk.profile.clone()), recorded: Some(false), ..Desk::draft(&desk.home) };
    desk.app.save_profile(draft).await.unwrap();
    desk.app.connect(&desk.profile).await.unwrap();
    let main = desk.app.live.find(&desk.profile).unwrap().main().unwrap();
    until("the catalog was read", || main.shelf.latest().is_some()).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(desk.world.behind(), Vec::<String>::new());
    assert!(desk.texts().is_none());
}

#[tokio::test]
async fn what_was_forgotten_is_not_written_by_a_reading_that_began_before() {
    let desk = Desk::read().await;
    desk.app.kept.flush().await;
    assert_eq!(desk.app.kept.count(None), 1, "two files are one catalog");
    desk.world.let_behind.forget_permits(Semaphore::MAX_PERMITS);
    let read = desk.world.behind().len();
    desk.app.refresh_catalog(&desk.profile, Some(object("relation", "a", "one"))).await.unwrap();
    until("it is read again", || desk.world.behind().len() > read).await;
    desk.app.kept.flush().await;
    let request = ForgetRequest { catalogs: true, profile_id: Some(desk.profile.clone()), ..ForgetRequest::default() };
    desk.app.forget(request).await.unwrap();
    assert!(desk.texts().is_none());
    desk.world.let_behind.add_permits(1_000);
    let asked = desk.world.behind().len();
    until("the reading goes on", || desk.world.behind().len() > asked).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(desk.texts().is_none(), "what was read before is not written after");
    desk.app.remove_profile(&desk.profile).await.unwrap();
    assert!(!desk.home.path().join("catalogs").join(&desk.profile).exists());
}

#[tokio::test]
async fn a_damaged_file_counts_as_none_and_is_made_anew() {
    let desk = Desk::read().await;
    let file = desk.texts().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    desk.lose().await;
    let whole = fs::read(&file).unwrap();
    let one = object("relation", "a", "one");
    let other = [b"rowhouse catalog texts 0\n", &whole[25..]].concat();
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 1], &other[..], b"", b"\xff\xfe"] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(desk.definition(&one).await.unwrap_err().code, ErrorCode::Unreachable);
        let page = desk.app.relation(&desk.profile, &one).await.unwrap();
        assert!(page.kept && page.unread.is_some(), "the lean catalog is still there");
    }
    desk.world.gone.store(false, Ordering::Release);
    desk.app.disconnect(&desk.profile).await.unwrap();
    desk.app.connect(&desk.profile).await.unwrap();
    until("it is whole again", || fs::read_to_string(&file).is_ok_and(|text| text.contains("Relation one"))).await;
}
