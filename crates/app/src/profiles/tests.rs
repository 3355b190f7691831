#![allow(clippy::unwrap_used, clippy::panic)]
mod form;
mod killed;
mod secrets;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use driver::Secret;

use super::*;
use crate::{
    Face, Parts,
    api::DraftPassword,
    keychain::Keychain,
    registry::Registry,
    testing::{self, Dice, Memory, Missing},
};

struct Bench {
    app: Arc<App>,
    vault: Arc<Memory>,
    home: tempfile::TempDir,
}

async fn bench() -> Bench {
    let (home, vault) = (testing::home(), Arc::new(Memory::default()));
    let app = open(home.path(), Keychain::over(Arc::clone(&vault) as _)).await;
    Bench { app, vault, home }
}

async fn open(home: &Path, keychain: Keychain) -> Arc<App> {
    let registry = Registry::of(vec![Arc::new(form::Form::new("hunter2")), Arc::new(driver_sqlite::Sqlite)]);
    testing::open_parts(home, Face::Window, Parts { keychain, registry }).await
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn draft(name: &str) -> ProfileDraft {
    ProfileDraft {
        id: None,
        name: name.to_owned(),
        group: Some("shop".to_owned()),
        colour: Some("#AABBCC".to_owned()),
        environment: Environment::Staging,
        safety: Safety::Free,
        driver: "form".to_owned(),
        values: values(&[("host", "db1"), ("empty", ""), ("unknown", "who knows")]),
        password_policy: PasswordPolicy::Keychain,
        password: DraftPassword::Set { secret: Secret::new("hunter2".to_owned()) },
        ..ProfileDraft::default()
    }
}

fn grep(home: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path)
                && bytes.windows(needle.len()).any(|part| part == needle.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_saved_connection_comes_back_without_its_password() {
    let Bench { app, vault, home } = bench().await;
    let saved = app.save_profile(draft("Shop")).await.unwrap();
    assert_eq!(saved.values, values(&[("host", "db1")]), "unknown and empty fields are not kept");
    assert_eq!((saved.target.as_str(), saved.driver_label.as_str()), ("db1", "Form"));
    assert_eq!(saved.colour.as_deref(), Some("#aabbcc"));
    assert_eq!(vault.accounts(), [format!("{}/password", saved.id)]);
    assert_eq!(app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), "hunter2");
    let listed = app.profiles().await.unwrap();
    assert_eq!(listed[0], saved);
    assert!(listed[1].sample && listed[1].id == SAMPLE);
    assert_eq!(app.profile_named(" SHOP ").await.unwrap().unwrap().id, saved.id);
    app.close().await;
    assert_eq!(grep(home.path(), "hunter2"), Vec::<String>::new());
}

#[tokio::test]
async fn editing_keeps_sets_and_clears_the_password() {
    let Bench { app, vault, home: _home } = bench().await;
    let saved = app.save_profile(draft("Shop")).await.unwrap();
    let edit = |password, policy| ProfileDraft {
        id: Some(saved.id.clone()),
        password,
        password_policy: policy,
        ..draft("Shop 2")
    };
    let keep = app.save_profile(edit(DraftPassword::Keep, PasswordPolicy::Keychain)).await.unwrap();
    assert_eq!((keep.id.as_str(), keep.name.as_str()), (saved.id.as_str(), "Shop 2"));
    assert_eq!(vault.accounts().len(), 1);
    app.save_profile(edit(DraftPassword::Clear, PasswordPolicy::Keychain)).await.unwrap();
    assert_eq!(vault.accounts().len(), 0);
    let secret = Secret::new("other".to_owned());
    app.save_profile(edit(DraftPassword::Set { secret: secret.clone() }, PasswordPolicy::Keychain)).await.unwrap();
    assert_eq!(vault.accounts().len(), 1);
    let asks = app.save_profile(edit(DraftPassword::Set { secret }, PasswordPolicy::Ask)).await.unwrap();
    assert_eq!(vault.accounts().len(), 0, "“ask every time” keeps nothing on disk");
    assert_eq!(app.secrets_of(&asks).await.unwrap().password.unwrap().expose(), "other", "in memory it does");
    app.remember_secret(&asks.id, PASSWORD, &Secret::new("third".to_owned())).await.unwrap();
    let remembered = app.profile(&asks.id).await.unwrap();
    assert_eq!(remembered.password, PasswordPolicy::Keychain);
    assert_eq!(app.secrets_of(&remembered).await.unwrap().password.unwrap().expose(), "third");
    app.remove_profile(&asks.id).await.unwrap();
    assert_eq!(vault.accounts().len(), 0);
    assert_eq!(app.profile(&asks.id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(app.remove_profile(&asks.id).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn names_are_unique_without_regard_to_case() {
    let Bench { app, vault, home: _home } = bench().await;
    let one = app.save_profile(draft("Größe")).await.unwrap();
    for taken in ["größe", "GRÖßE", " Größe ", "SAMPLE shop"] {
        assert_eq!(app.save_profile(draft(taken)).await.unwrap_err().code, ErrorCode::AlreadyExists, "{taken}");
    }
    assert_eq!(vault.accounts().len(), 1, "what was refused left no password");
    let unnamed = app.save_profile(draft("")).await.unwrap();
    assert_eq!(unnamed.name, "db1", "no name takes the target");
    app.save_profile(ProfileDraft { id: Some(one.id), ..draft("GRÖSSE") }).await.unwrap();
}

#[tokio::test]
async fn a_copy_has_its_own_password() {
    let Bench { app, vault, home: _home } = bench().await;
    let one = app.save_profile(draft("Shop")).await.unwrap();
    let copies = [app.duplicate_profile(&one.id).await.unwrap(), app.duplicate_profile(&one.id).await.unwrap()];
    assert_eq!(copies[0].name, "copy of Shop");
    assert_eq!(copies[1].name, "copy of Shop 2");
    assert_eq!(vault.accounts().len(), 3);
    app.remove_profile(&one.id).await.unwrap();
    assert_eq!(app.secrets_of(&copies[0]).await.unwrap().password.unwrap().expose(), "hunter2");
    let sample = app.duplicate_profile(SAMPLE).await.unwrap();
    assert!(!sample.sample && sample.name == "copy of Sample shop");
}

#[tokio::test]
async fn the_sample_is_always_there_and_stays_as_it_is() {
    let Bench { app, home: _home, .. } = bench().await;
    let sample = app.profile(SAMPLE).await.unwrap();
    assert_eq!((sample.safety, sample.password), (Safety::Free, PasswordPolicy::None));
    assert_eq!(app.remove_profile(SAMPLE).await.unwrap_err().code, ErrorCode::Forbidden);
    let edited = ProfileDraft { id: Some(SAMPLE.to_owned()), ..draft("Mine") };
    assert_eq!(app.save_profile(edited).await.unwrap_err().code, ErrorCode::Forbidden);
    let facts = ServerFacts { product: "SQLite".into(), version: "3.50".into(), facts: BTreeMap::new() };
    app.note_use(SAMPLE, Some(&facts)).await.unwrap();
    app.note_use(SAMPLE, None).await.unwrap();
    let sample = app.profile(SAMPLE).await.unwrap();
    assert_eq!(sample.server.as_deref(), Some("SQLite 3.50"));
    assert!(sample.last_used_ms.is_some());
}

#[tokio::test]
async fn the_sample_is_made_once_and_made_anew_only_when_it_is_none() {
    let Bench { app, home, .. } = bench().await;
    let path = home.path().join("sample.db");
    let opened = app.open_sample().await.unwrap();
    assert_eq!(opened.values["file"], path.to_string_lossy());
    let made = std::fs::metadata(&path).unwrap();
    app.open_sample().await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), made.modified().unwrap());
    for broken in ["", "not a database at all, just some text in a file"] {
        std::fs::write(&path, broken).unwrap();
        app.open_sample().await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), made.len());
        assert_eq!(std::fs::read(home.path().join("sample.old.db")).unwrap(), broken.as_bytes());
    }
    let about = app.about().await;
    assert!(about.sample_tables >= 12 && about.sample_rows >= 50_000);
}

#[tokio::test]
async fn a_connection_that_becomes_read_only_is_closed_so_that_nothing_open_can_write() {
    let Bench { app, home: _home, .. } = bench().await;
    let saved = app.save_profile(draft("Shop")).await.unwrap();
    app.connect(&saved.id).await.unwrap();
    let edit = |name, safety| ProfileDraft {
        id: Some(saved.id.clone()),
        password: DraftPassword::Keep,
        safety,
        ..draft(name)
    };
    app.save_profile(edit("Renamed", Safety::Free)).await.unwrap();
    assert_eq!(app.connection_states().len(), 1, "a new name closes nothing");
    app.save_profile(edit("Renamed", Safety::ReadOnly)).await.unwrap();
    assert!(app.connection_states().is_empty());
    assert!(app.connect(&saved.id).await.unwrap().read_only.is_some());
    app.remove_profile(&saved.id).await.unwrap();
    assert!(app.connection_states().is_empty());
    assert_eq!(Environment::Production.default_safety(), Safety::ConfirmWrites);
}

#[tokio::test]
async fn without_a_keychain_nothing_is_saved_half_and_asking_every_time_works() {
    let home = testing::home();
    let app = open(home.path(), Keychain::over(Arc::new(Missing))).await;
    let error = app.save_profile(draft("Shop")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable);
    assert!(error.hint.unwrap().contains("every time"));
    assert_eq!(app.profiles().await.unwrap().len(), 1);
    let ask = ProfileDraft { password_policy: PasswordPolicy::Ask, ..draft("Shop") };
    let saved = app.save_profile(ask).await.unwrap();
    assert_eq!(app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), "hunter2");
    let error = app.remember_secret(&saved.id, PASSWORD, &Secret::new("x".into())).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable);
    assert_eq!(app.profile(&saved.id).await.unwrap().password, PasswordPolicy::Ask);
    app.remove_profile(&saved.id).await.unwrap();
}

#[tokio::test]
async fn the_password_of_a_pasted_address_stays_in_the_core_until_it_is_used() {
    let Bench { app, vault, home } = bench().await;
    let parsed = app.parse_target(" form://joe:hunter2@db1 ").await.unwrap();
    let shown = serde_json::to_string(&parsed).unwrap() + &format!("{parsed:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!((parsed.driver.as_str(), parsed.name.as_str()), ("form", "db1"));
    let reference = parsed.password_reference.unwrap();
    let pasted = ProfileDraft { password: DraftPassword::Parsed { reference }, ..draft("Shop") };
    let report = app.test_profile(pasted.clone(), "t", |_| {}).await.unwrap();
    assert_eq!(report.error, None);
    app.save_profile(pasted.clone()).await.unwrap();
    assert_eq!(vault.accounts().len(), 1);
    let gone = app.save_profile(ProfileDraft { name: "again".into(), ..pasted }).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
    app.close().await;
    assert!(grep(home.path(), "hunter2").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_password_of_a_pasted_address_is_forgotten_after_a_while() {
    let held = HeldSecrets::default();
    let reference = held.hold(Secret::new("hunter2".to_owned()));
    assert!(held.get(&reference).is_some());
    tokio::time::sleep(std::time::Duration::from_secs(601)).await;
    assert!(held.get(&reference).is_none());
}

#[tokio::test]
async fn targets_find_their_driver_or_say_what_is_known() {
    let Bench { app, home: _home, .. } = bench().await;
    for (text, driver) in [("form://h", "form"), ("FORM://h", "form"), ("sqlite:a.db", "sqlite"), ("/a/b.db", "sqlite")]
    {
        assert_eq!(app.parse_target(text).await.unwrap().driver, driver, "{text}");
    }
    assert_eq!(app.parse_target("C:\\data\\shop.db").await.unwrap().name, "shop.db");
    assert_eq!(app.parse_target("").await.unwrap_err().code, ErrorCode::InvalidStatement);
    let error = app.parse_target("nosql://joe:hunter2@h/db").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(error.hint.as_ref().unwrap().contains("form"));
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_test_tells_the_hops_and_what_went_wrong() {
    let Bench { app, home: _home, .. } = bench().await;
    let good = app.test_profile(draft("x"), "t", |_| {}).await.unwrap();
    assert_eq!(good.server.unwrap().version, "1.0");
    assert!(good.hops.iter().all(|hop| hop.ok) && good.hops.len() == 2);
    let refused = ProfileDraft { password: DraftPassword::Set { secret: Secret::new("wrong".into()) }, ..draft("x") };
    let report = app.test_profile(refused, "t", |_| {}).await.unwrap();
    assert_eq!(report.error.unwrap().code, ErrorCode::Unauthenticated);
    assert!(!report.hops.last().unwrap().ok);
    let saved = app.save_profile(draft("x")).await.unwrap();
    let kept = ProfileDraft { id: Some(saved.id), password: DraftPassword::Keep, ..draft("x") };
    assert_eq!(app.test_profile(kept, "t", |_| {}).await.unwrap().error, None, "the stored password is used");
    let nowhere = ProfileDraft { values: values(&[("host", "unknown")]), ..draft("x") };
    assert_eq!(app.test_profile(nowhere, "t", |_| {}).await.unwrap().error.unwrap().code, ErrorCode::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up_but_a_person_is_waited_for() {
    let terms = |secrets| dial::Terms {
        secrets,
        ask: Arc::new(form::Slow),
        timeout: std::time::Duration::from_secs(5),
        read_only: false,
    };
    let driver = form::Form::new("hunter2");
    let profile = |host: &str| Profile { name: "x".into(), driver: "form".into(), values: values(&[("host", host)]) };
    let hung = dial::dial(&driver, &profile("hung"), terms(Secrets::default())).await;
    assert_eq!(hung.err().unwrap().code, driver::Code::TimedOut);
    let answered = dial::dial(&driver, &profile("db1"), terms(Secrets::default())).await;
    assert!(answered.is_ok(), "the answer came after an hour");
}

#[tokio::test]
async fn fields_that_cannot_be_are_named() {
    let Bench { app, home: _home, .. } = bench().await;
    for (name, value) in [("port", "five"), ("mode", "sideways"), ("empty", "a\0b")] {
        let wrong = ProfileDraft { values: values(&[("host", "h"), (name, value)]), ..draft("x") };
        assert_eq!(app.save_profile(wrong).await.unwrap_err().code, ErrorCode::InvalidStatement, "{name}");
    }
    let missing = ProfileDraft { values: BTreeMap::new(), ..draft("x") };
    assert!(app.save_profile(missing).await.unwrap_err().message.contains("Host"));
    let colour = ProfileDraft { colour: Some("url(x)".into()), ..draft("x") };
    assert_eq!(app.save_profile(colour).await.unwrap_err().code, ErrorCode::InvalidStatement);
    let driver = ProfileDraft { driver: "oracle".into(), ..draft("x") };
    assert_eq!(app.save_profile(driver).await.unwrap_err().code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn no_way_through_the_form_puts_a_secret_into_the_store() {
    let Bench { app, vault, home } = bench().await;
    let mut dice = Dice::new(7);
    let mut ids = Vec::new();
    for number in 0..150 {
        let secret = |dice: &mut Dice| match dice.below(3) {
            0 => String::new(),
            _ => format!("s3cr3t-{}-{number}", dice.below(1_000)),
        };
        let mut draft = draft(&format!("n{}", dice.below(60)));
        for field in ["password", "key_passphrase", "token"] {
            if dice.below(2) == 0 {
                draft.values.insert(field.to_owned(), secret(&mut dice));
            }
        }
        draft.password_policy = [PasswordPolicy::Keychain, PasswordPolicy::Ask, PasswordPolicy::None][dice.below(3)];
        draft.password = match dice.below(3) {
            0 => DraftPassword::Keep,
            1 => DraftPassword::Clear,
            _ => DraftPassword::Set { secret: Secret::new(secret(&mut dice)) },
        };
        if dice.below(2) == 0 && !ids.is_empty() {
            draft.id = Some(String::clone(&ids[dice.below(ids.len())]));
        }
        if let Ok(saved) = app.save_profile(draft).await {
            ids.push(saved.id);
        }
        if dice.below(6) == 0 && !ids.is_empty() {
            let id = ids.remove(dice.below(ids.len()));
            let _ = app.remove_profile(&id).await;
        }
    }
    let profiles = app.profiles().await.unwrap();
    assert!(profiles.len() > 10);
    assert!(!serde_json::to_string(&profiles).unwrap().contains("s3cr3t"));
    for account in vault.accounts() {
        let (id, field) = account.split_once('/').unwrap();
        assert!(profiles.iter().any(|profile| profile.id == id), "{field} of a connection that is gone");
    }
    app.close().await;
    assert_eq!(grep(home.path(), "s3cr3t"), Vec::<String>::new());
}

#[tokio::test]
async fn a_stopped_test_leaves_the_wire_at_once() {
    use tokio::io::AsyncReadExt;
    let Bench { app, home: _home, .. } = {
        let (home, vault) = (testing::home(), Arc::new(Memory::default()));
        let app = testing::open_over(home.path(), Face::Window, Arc::clone(&vault) as _).await;
        Bench { app, vault, home }
    };
    // A server that takes the call and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let mut tried = draft("silent");
    tried.driver = "postgres".to_owned();
    tried.values = values(&[("host", "127.0.0.1"), ("port", &port), ("user", "ada"), ("sslmode", "disable")]);
    tried.password = DraftPassword::Keep;
    let (heard, mut hops) = tokio::sync::mpsc::unbounded_channel();
    let testing = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.test_profile(tried, "one", move |hop| drop(heard.send(hop.name))).await })
    };
    let (mut wire, _) = silent.accept().await.unwrap();
    let mut said = [0; 512];
    assert!(wire.read(&mut said).await.unwrap() > 0, "it says who it is");
    let mut passed = Vec::new();
    while passed.last().map(String::as_str) != Some("TCP") {
        passed.push(hops.recv().await.unwrap());
    }
    app.stop_test("another");
    assert!(!testing.is_finished());
    app.stop_test("one");
    let report = testing.await.unwrap().unwrap();
    assert_eq!(report.error.unwrap().code, ErrorCode::Cancelled);
    assert_eq!(report.hops.last().map(|hop| hop.name.as_str()), Some("TCP"), "what had passed is told");
    let closed = tokio::time::timeout(Duration::from_secs(5), wire.read(&mut said)).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "the socket is closed");
    app.stop_test("one");
}
