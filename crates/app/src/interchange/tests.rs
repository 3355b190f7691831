#![allow(clippy::unwrap_used, clippy::panic)]
mod hostile;
mod tools;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::*;
use crate::{
    Face,
    api::{Environment, PasswordCommand, Safety},
    testing::{self, Dice, Memory},
};

pub(super) struct Desk {
    pub(super) app: Arc<App>,
    pub(super) vault: Arc<Memory>,
    pub(super) home: tempfile::TempDir,
}

pub(super) async fn desk() -> Desk {
    let (home, vault) = (testing::home(), Arc::new(Memory::default()));
    let app = testing::open_over(home.path(), Face::Window, Arc::clone(&vault) as _).await;
    Desk { app, vault, home }
}

impl Desk {
    pub(super) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join("files").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(super) async fn preview(&self, path: &Path, with_passwords: bool) -> Result<ImportPreview, AppError> {
        let file = Some(path.display().to_string());
        self.app.preview_import(ImportRequest { file, with_passwords, ..ImportRequest::default() }).await
    }

    pub(super) async fn import_all(&self, preview: &ImportPreview) -> ImportOutcome {
        let all: Vec<u32> = preview.connections.iter().map(|one| one.index).collect();
        self.app.apply_import(&preview.reference, &all).await.unwrap()
    }
}

fn plain(profile: ConnectionProfile) -> ConnectionProfile {
    ConnectionProfile { id: String::new(), server: None, last_used_ms: None, untrusted_command: None, ..profile }
}

fn random(dice: &mut Dice, number: usize) -> ProfileDraft {
    let text = |dice: &mut Dice| ["a", "Größe", "x \"y\"", "漢字", "a/b", "it's", "{}", "-"][dice.below(8)].to_owned();
    let driver = ["postgres", "sqlite", "mysql"][dice.below(3)];
    let values = match driver {
        "sqlite" => [("file".to_owned(), format!("/srv/{}-{number}.db", dice.below(9)))].into(),
        _ => [
            ("host".to_owned(), format!("db{number}.example")),
            ("port".to_owned(), dice.below(60_000).to_string()),
            ("user".to_owned(), text(dice)),
            ("sslmode".to_owned(), ["auto", "verify-full", "require", "disable"][dice.below(4)].to_owned()),
        ]
        .into(),
    };
    let policies = [PasswordPolicy::Keychain, PasswordPolicy::Ask, PasswordPolicy::Command, PasswordPolicy::None];
    let policy = policies[dice.below(4)];
    let shell = dice.below(2) == 0;
    let argv = if shell { vec![text(dice)] } else { vec!["vault".to_owned(), text(dice), String::new()] };
    let command = PasswordCommand { argv, shell, timeout_s: 1 + u32::try_from(dice.below(600)).unwrap() };
    let environments = [Environment::Local, Environment::Development, Environment::Staging, Environment::Production];
    ProfileDraft {
        id: None,
        name: format!("{} {number}", text(dice)),
        group: (dice.below(2) == 0).then(|| text(dice)),
        colour: (dice.below(2) == 0).then(|| format!("#{:06x}", dice.below(0x100_0000))),
        environment: environments[dice.below(4)],
        safety: [Safety::ReadOnly, Safety::Free][dice.below(2)],
        driver: driver.to_owned(),
        values,
        password_policy: policy,
        password: DraftPassword::Keep,
        password_command: (policy == PasswordPolicy::Command).then_some(command),
        favourite: Some(dice.below(2) == 0),
        schemas: Some((0..dice.below(3)).map(|index| format!("{}{index}", text(dice))).collect()),
        recorded: None,
        actor: None,
    }
}

#[tokio::test]
async fn every_setting_survives_saving_loading_exporting_and_importing() {
    let (one, other) = (desk().await, desk().await);
    let mut dice = Dice::new(63);
    for number in 0..60 {
        let draft = random(&mut dice, number);
        let saved = one.app.save_profile(draft.clone()).await.unwrap();
        let loaded = one.app.profile(&saved.id).await.unwrap();
        assert_eq!(loaded, saved);
        assert_eq!(
            (loaded.safety, loaded.environment, &loaded.colour),
            (draft.safety, draft.environment, &draft.colour)
        );
        assert_eq!((Some(loaded.favourite), loaded.password), (draft.favourite, draft.password_policy));
        assert_eq!((&loaded.values, &loaded.password_command), (&draft.values, &draft.password_command));
        // An edit that names nothing new keeps what it does not name.
        let edit = ProfileDraft {
            id: Some(saved.id.clone()),
            password_command: None,
            favourite: None,
            schemas: None,
            recorded: None,
            ..draft
        };
        assert_eq!(one.app.save_profile(edit).await.unwrap(), saved);
    }
    let text = one.app.export_connections(&[], None).await.unwrap();
    let path = other.file("team.json", &text);
    let preview = other.preview(&path, false).await.unwrap();
    assert_eq!(preview.kind, ImportKind::Rowhouse);
    assert!(preview.warnings.is_empty());
    let outcome = other.import_all(&preview).await;
    assert_eq!((outcome.added.len(), outcome.failed.len()), (60, 0), "{:?}", outcome.failed);
    let (ours, theirs) = (one.app.profiles().await.unwrap(), other.app.profiles().await.unwrap());
    for (ours, theirs) in ours.into_iter().zip(theirs).filter(|(ours, _)| !ours.sample) {
        assert_eq!(theirs.untrusted_command.is_some(), theirs.password == PasswordPolicy::Command);
        assert_eq!(plain(ours), plain(theirs));
    }
    assert_eq!(other.app.export_connections(&[], None).await.unwrap(), text, "the same bytes");
    let again = other.preview(&path, false).await.unwrap();
    assert!(again.connections.iter().all(|one| matches!(one.status, FoundStatus::Same { .. })));
}

#[tokio::test]
async fn an_export_is_sorted_without_secrets_or_ids_and_its_files_are_relative() {
    let desk = desk().await;
    let folder = desk.home.path().join("repository");
    let save = |name: &str, group: Option<&str>, driver: &str, field: &str, value: String| ProfileDraft {
        name: name.to_owned(),
        group: group.map(str::to_owned),
        driver: driver.to_owned(),
        values: [(field.to_owned(), value)].into(),
        password: DraftPassword::Set { secret: driver::Secret::new("hunter2".to_owned()) },
        ..ProfileDraft::default()
    };
    let inner = folder.join("data/shop.db").display().to_string();
    let id = desk.app.save_profile(save("zeta", None, "postgres", "host", "db1".into())).await.unwrap().id;
    desk.app.save_profile(save("beta", Some("Team"), "sqlite", "file", inner.clone())).await.unwrap();
    desk.app.save_profile(save("Alpha", Some("Team"), "postgres", "host", "db2".into())).await.unwrap();
    let text = desk.app.export_connections(&[], Some(&folder)).await.unwrap();
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} in {text}"));
    assert!(at("zeta") < at("Alpha") && at("Alpha") < at("beta"));
    assert!(text.contains("\"./data/shop.db\"") && text.ends_with("}\n"));
    for never in ["hunter2", &id, "_ms", "Sample"] {
        assert!(!text.contains(never), "{never}");
    }
    desk.app.remove_profile(&id).await.unwrap();
    let beta = desk.app.profile_named("beta").await.unwrap().unwrap();
    desk.app.remove_profile(&beta.id).await.unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    desk.app.export_connections_to(&["alpha".into()], &folder.join("one.json")).await.unwrap();
    std::fs::write(folder.join("team.json"), &text).unwrap();
    let preview = desk.preview(&folder.join("team.json"), false).await.unwrap();
    let statuses: Vec<_> = preview.connections.iter().map(|one| (one.name.as_str(), &one.status)).collect();
    assert!(matches!(
        statuses.as_slice(),
        [("zeta", FoundStatus::New), ("Alpha", FoundStatus::Same { .. }), ("beta", FoundStatus::New)]
    ));
    desk.import_all(&preview).await;
    assert_eq!(desk.app.profile_named("beta").await.unwrap().unwrap().values["file"], inner);
    let missing = desk.app.export_connections(&["nobody".into()], None).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_changed_file_shows_what_it_would_change_and_keeps_the_password_and_everything_else() {
    let desk = desk().await;
    let saved = desk
        .app
        .save_profile(ProfileDraft {
            name: "Shop".to_owned(),
            driver: "postgres".to_owned(),
            environment: Environment::Production,
            safety: Safety::ReadOnly,
            values: [("host".to_owned(), "db1".to_owned()), ("port".to_owned(), "5432".to_owned())].into(),
            password: DraftPassword::Set { secret: driver::Secret::new("hunter2".to_owned()) },
            ..ProfileDraft::default()
        })
        .await
        .unwrap();
    let text = desk.app.export_connections(&[], None).await.unwrap().replace("db1", "db2").replace("read_only", "free");
    let preview = desk.preview(&desk.file("team.json", text), false).await.unwrap();
    let FoundStatus::Update { profile_id, differences } = &preview.connections[0].status else { panic!("no update") };
    assert_eq!(profile_id, &saved.id);
    let seen: Vec<_> =
        differences.iter().map(|one| (one.field.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
    assert_eq!(seen, [("host", Some("db1"), Some("db2")), ("safety", Some("read_only"), Some("free"))]);
    let outcome = desk.app.apply_import(&preview.reference, &[]).await.unwrap();
    assert_eq!(outcome, ImportOutcome::default());
    assert_eq!(desk.app.profile(&saved.id).await.unwrap().values["host"], "db1", "nothing chosen, nothing done");
    assert_eq!(desk.app.apply_import(&preview.reference, &[0]).await.unwrap_err().code, ErrorCode::NotFound);
    let preview = desk.preview(&desk.home.path().join("files/team.json"), false).await.unwrap();
    assert_eq!(desk.import_all(&preview).await.updated, ["Shop"]);
    let now = desk.app.profile(&saved.id).await.unwrap();
    assert_eq!((now.values["host"].as_str(), now.safety), ("db2", Safety::Free));
    assert_eq!(desk.app.secrets_of(&now).await.unwrap().password.unwrap().expose(), "hunter2");
    assert_eq!(desk.vault.accounts().len(), 1);
}

#[tokio::test]
async fn favourites_and_schemas_are_remembered_for_the_sample_too() {
    let desk = desk().await;
    for id in ["sample".to_owned(), desk.app.duplicate_profile("sample").await.unwrap().id] {
        desk.app.set_favourite(&id, true).await.unwrap();
        desk.app.set_schemas(&id, vec!["b*".into(), "a".into(), "a".into(), String::new()]).await.unwrap();
        let shown = desk.app.profile(&id).await.unwrap();
        assert!(shown.favourite);
        assert_eq!(shown.schemas, ["a", "b*"]);
        desk.app.set_favourite(&id, false).await.unwrap();
        assert_eq!(desk.app.profile(&id).await.unwrap().schemas, ["a", "b*"]);
    }
    assert_eq!(desk.app.set_favourite("nobody", true).await.unwrap_err().code, ErrorCode::NotFound);
}
