//! Files of every kind, and URLs.

use std::path::Path;

use driver::{Code, Driver, Profile};
use driver_sqlite::Sqlite;

use crate::support::{connect, fails, folder, make, profile, profile_with, session, try_connect, works};

async fn refused(profile: &Profile) -> driver::Error {
    match try_connect(profile, false).await {
        Ok(_) => panic!("{profile:?} opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_missing_file_is_made_only_when_asked() {
    let folder = folder();
    let path = folder.path().join("new.db");
    let error = refused(&profile(&path)).await;
    assert_eq!(error.code, Code::NotFound);
    assert!(error.hint.unwrap().contains("create"));
    assert!(!path.exists());
    assert_eq!(refused(&profile_with(&path, &[("mode", "read_only")])).await.code, Code::NotFound);
    let create = profile_with(&path, &[("mode", "create")]);
    let Err(guarded) = try_connect(&create, true).await else { panic!("a read-only connection made a file") };
    assert_eq!(guarded.code, Code::NotFound);
    assert!(!path.exists());
    let connection = try_connect(&create, false).await.unwrap();
    works(&*session(&*connection).await, "CREATE TABLE t(a)").await;
    assert!(path.exists());
    assert_eq!(
        refused(&profile_with(&folder.path().join("no/such/x.db"), &[("mode", "create")])).await.code,
        Code::NotFound
    );
}

#[tokio::test]
async fn what_is_no_database_is_told_apart() {
    let folder = folder();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "id,name\n".repeat(500)).unwrap();
    let error = refused(&profile(&text)).await;
    assert_eq!(error.code, Code::Corrupt);
    assert!(error.message.contains("not an SQLite database"), "{error}");
    let noise = folder.path().join("noise.db");
    let mut seed = 1_u64;
    let bytes: Vec<u8> = (0..8192)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        })
        .collect();
    std::fs::write(&noise, bytes).unwrap();
    let error = refused(&profile(&noise)).await;
    assert_eq!(error.code, Code::Corrupt);
    assert!(error.message.contains("encrypted"), "{error}");
    let error = refused(&profile(folder.path())).await;
    assert_eq!(error.code, Code::NotFound);
    assert!(error.message.contains("folder"), "{error}");
    let error = refused(&Profile::default()).await;
    assert_eq!(error.code, Code::NotFound);
    for (field, value) in [("mode", "append"), ("foreign_keys", "maybe")] {
        assert_eq!(refused(&profile_with(&text, &[(field, value)])).await.code, Code::InvalidStatement);
    }
    let truncated = folder.path().join("half.db");
    make(&truncated, "CREATE TABLE t(a)");
    let bytes = std::fs::read(&truncated).unwrap();
    std::fs::write(&truncated, &bytes[..700]).unwrap();
    assert_eq!(refused(&profile(&truncated)).await.code, Code::Corrupt);
}

#[tokio::test]
async fn a_file_held_by_another_program_is_a_conflict() {
    let folder = folder();
    let path = folder.path().join("held.db");
    make(&path, "CREATE TABLE t(a)");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = refused(&profile(&path)).await;
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("held.db is locked"), "{error}");
}

#[tokio::test]
async fn foreign_keys_are_left_alone_or_set_by_the_profile() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(&path, "CREATE TABLE t(a)");
    let library = rusqlite::Connection::open_in_memory().unwrap();
    let untouched: bool = library.query_row("PRAGMA foreign_keys", [], |row| row.get(0)).unwrap();
    for (setting, expected) in [("default", untouched), ("on", true), ("off", false)] {
        let connection = try_connect(&profile_with(&path, &[("foreign_keys", setting)]), false).await.unwrap();
        let session = session(&*connection).await;
        assert_eq!(works(&*session, "PRAGMA foreign_keys").await.one(), i32::from(expected).to_string());
        assert_eq!(session.state().borrow().settings[0].value, if expected { "on" } else { "off" });
    }
}

#[tokio::test]
async fn awkward_names_open_as_themselves() {
    let folder = folder();
    for name in ["we\"ird.name 🚀.db", "100%?mode=ro#x.db", "file:x.db", "-wal", ":memory:.db"] {
        let path = folder.path().join(name);
        let connection = connect(&path).await;
        works(&*session(&*connection).await, "CREATE TABLE t(a)").await;
        assert!(path.exists(), "{name}");
        assert_eq!(connection.control().server().facts["file"], path.to_str().unwrap());
    }
}

#[tokio::test]
async fn a_url_leads_where_it_says() {
    let folder = folder();
    let path = folder.path().join("a b.db");
    make(&path, "CREATE TABLE t(a)");
    let url = format!("sqlite://{}?mode=ro", path.to_str().unwrap().replace(' ', "%20"));
    let parsed = Sqlite.parse_url(&url).unwrap();
    let profile = Profile { driver: "sqlite".into(), values: parsed.values, ..Profile::default() };
    assert_eq!(Sqlite.target(&profile), path.to_str().unwrap());
    let connection = try_connect(&profile, false).await.unwrap();
    let error = fails(&*session(&*connection).await, "DROP TABLE t").await;
    assert_eq!(error.code, Code::Forbidden);
}

/// Runs `test` on a thread that may do only what anybody may, also when the tests run as root.
#[cfg(target_os = "linux")]
fn as_anybody(test: impl AsyncFnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        // SAFETY: changes the ids this thread is checked by on file access, of this thread only; its children inherit them.
        unsafe {
            libc::setfsgid(65534);
            libc::setfsuid(65534);
        }
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test());
    })
    .join()
    .unwrap();
}

#[cfg(target_os = "linux")]
fn permissions(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_may_not_be_written_are_read_and_say_why() {
    let folder = folder();
    permissions(folder.path(), 0o755);
    let plain = folder.path().join("plain.db");
    make(&plain, "CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    permissions(&plain, 0o644);
    let wal = folder.path().join("log ?#.db");
    make(&wal, "PRAGMA journal_mode = wal; CREATE TABLE t(a); INSERT INTO t VALUES (2)");
    permissions(&wal, 0o644);
    let pending = folder.path().join("pending.db");
    let writer = rusqlite::Connection::open(&pending).unwrap();
    writer.execute_batch("PRAGMA journal_mode = wal; CREATE TABLE t(a)").unwrap();
    // A copy with a log and without its shared memory, as a backup would hold.
    let copied = folder.path().join("copied.db");
    std::fs::copy(&pending, &copied).unwrap();
    std::fs::copy(folder.path().join("pending.db-wal"), folder.path().join("copied.db-wal")).unwrap();
    permissions(&copied, 0o644);
    let secret = folder.path().join("secret.db");
    make(&secret, "CREATE TABLE t(a)");
    permissions(&secret, 0o600);
    let open_folder = folder.path().join("open");
    std::fs::create_dir(&open_folder).unwrap();
    permissions(&open_folder, 0o777);
    let fixed = open_folder.join("fixed.db");
    make(&fixed, "CREATE TABLE t(a)");
    permissions(&fixed, 0o444);
    as_anybody(async move || {
        let connection = try_connect(&profile(&plain), false).await.unwrap();
        let facts = &connection.control().server().facts;
        assert!(facts["read_only"].contains("may not be written"), "{facts:?}");
        let reader = session(&*connection).await;
        assert!(reader.state().borrow().read_only);
        assert_eq!(works(&*reader, "SELECT a FROM t").await.one(), "1");
        assert_eq!(fails(&*reader, "DELETE FROM t").await.code, Code::Forbidden);

        let connection = try_connect(&profile(&wal), false).await.unwrap();
        let facts = &connection.control().server().facts;
        assert_eq!(facts.get("immutable").map(String::as_str), Some("yes"), "{facts:?}");
        assert_eq!(works(&*session(&*connection).await, "SELECT a FROM t").await.one(), "2");

        let error = refused(&profile(&copied)).await;
        assert_eq!(error.code, Code::Forbidden);
        assert!(error.message.contains("write-ahead log"), "{error}");

        let error = refused(&profile(&secret)).await;
        assert_eq!(error.code, Code::Forbidden);
        assert!(error.message.contains("may not be read"), "{error}");

        let connection = try_connect(&profile(&fixed), false).await.unwrap();
        assert_eq!(connection.control().server().facts["read_only"], "the file may not be written");
    });
}
