//! Secrets beside the login's password: each by its own name, in the keychain and nowhere else.

use super::*;
use crate::api::AnswerInput;

const SECRETS: [(&str, &str); 3] =
    [("key_passphrase", "s3cr3t-key"), ("token", "s3cr3t-token"), ("password", "s3cr3t-login")];

fn with_secrets(name: &str) -> ProfileDraft {
    let mut draft = draft(name);
    draft.password = DraftPassword::Keep;
    for (field, text) in SECRETS {
        draft.values.insert(field.to_owned(), text.to_owned());
    }
    draft
}

fn others(secrets: &Secrets) -> Vec<(String, String)> {
    secrets.others.iter().map(|(name, secret)| (name.clone(), secret.expose().to_owned())).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn every_secret_is_kept_by_its_name_and_moves_with_its_connection() {
    let Bench { app, vault, home } = bench().await;
    let saved = app.save_profile(with_secrets("Shop")).await.unwrap();
    let known = app.secrets_of(&saved).await.unwrap();
    assert_eq!(known.password.as_ref().unwrap().expose(), "s3cr3t-login");
    assert_eq!(others(&known), pairs(&SECRETS[..2]));
    assert_eq!(saved.stored_secrets.len(), 3);

    // What was answered on the way is kept under what the question called it.
    let hop = "token ada@jump:22";
    app.remember_secret(&saved.id, hop, &Secret::new("s3cr3t-hop".to_owned())).await.unwrap();
    let shown = app.profile(&saved.id).await.unwrap();
    assert_eq!(shown.password, PasswordPolicy::Keychain);
    assert!(shown.stored_secrets.iter().any(|name| name == hop));

    let copy = app.duplicate_profile(&saved.id).await.unwrap();
    let copied = others(&app.secrets_of(&copy).await.unwrap());
    assert_eq!(copied, pairs(&[SECRETS[0], SECRETS[1], (hop, "s3cr3t-hop")]));
    assert_eq!(vault.accounts().len(), 8);

    // An empty one is forgotten, one that is not named stays; a host's own too.
    let edit = |values: &[(&str, &str)]| ProfileDraft {
        id: Some(saved.id.clone()),
        password: DraftPassword::Keep,
        values: values.iter().chain(&[("host", "db1")]).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        ..draft("Shop")
    };
    app.save_profile(edit(&[("key_passphrase", ""), (hop, "")])).await.unwrap();
    let left = app.profile(&saved.id).await.unwrap();
    assert_eq!(others(&app.secrets_of(&left).await.unwrap()), pairs(&[SECRETS[1]]));

    let exported = app.export_connections(&[], None).await.unwrap();
    assert!(!exported.contains("s3cr3t"), "{exported}");
    assert!(!serde_json::to_string(&app.profiles().await.unwrap()).unwrap().contains("s3cr3t"));

    // Another driver has no use for them.
    let other = ProfileDraft {
        id: Some(copy.id.clone()),
        driver: "sqlite".to_owned(),
        values: values(&[("file", "/tmp/none.db")]),
        password_policy: PasswordPolicy::None,
        password: DraftPassword::Keep,
        ..draft("Other")
    };
    app.save_profile(other).await.unwrap();
    assert!(vault.accounts().iter().all(|account| !account.starts_with(&copy.id)), "{:?}", vault.accounts());

    app.remove_profile(&saved.id).await.unwrap();
    assert_eq!(vault.accounts(), Vec::<String>::new());
    app.close().await;
    assert_eq!(grep(home.path(), "s3cr3t"), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_refused_is_forgotten_and_nothing_else() {
    let held = HeldSecrets::default();
    let secret = |text: &str| Secret::new(text.to_owned());
    for name in ["password", "ssh_password", "ssh_password ada@jump:22", "ssh_key_passphrase"] {
        held.asked("one", name, secret(name));
    }
    held.asked("two", "password", secret("other"));
    held.forget_asked("one", "ssh_password");
    let left: Vec<String> = held.answered("one").into_keys().collect();
    assert_eq!(left, ["password", "ssh_key_passphrase"]);
    held.forget_answer("one", "password");
    assert_eq!(held.answered("one").len(), 1);
    held.forget_all("one");
    assert!(held.answered("one").is_empty() && held.answered("two").len() == 1);
}

#[tokio::test]
async fn an_answer_to_the_way_is_kept_where_the_person_says_once_it_was_taken() {
    let Bench { app, vault, home } = bench().await;
    let mut asking = draft("Asks");
    asking.password = DraftPassword::Keep;
    asking.values.insert("host".to_owned(), "tunnel".to_owned());
    asking.password = DraftPassword::Set { secret: Secret::new("hunter2".to_owned()) };
    let saved = app.save_profile(asking).await.unwrap();
    let mut events = app.events.listen();
    let connecting = {
        let (app, id) = (Arc::clone(&app), saved.id.clone());
        tokio::spawn(async move { app.connect(&id).await })
    };
    let id = loop {
        match events.recv().await.unwrap() {
            crate::api::AppEvent::Question { id, profile_id, question } => {
                assert_eq!(profile_id.as_deref(), Some(saved.id.as_str()));
                let crate::api::QuestionKind::Password { secret, .. } = question else { panic!("{question:?}") };
                assert_eq!(secret, "token");
                break id;
            }
            _ => continue,
        }
    };
    let answer = AnswerInput::Secret { secret: Secret::new("s3cr3t-way".to_owned()), remember: true };
    app.answer(&id, answer).unwrap();
    connecting.await.unwrap().unwrap();
    let now = app.profile(&saved.id).await.unwrap();
    assert_eq!(others(&app.secrets_of(&now).await.unwrap()), pairs(&[("token", "s3cr3t-way")]));
    assert_eq!(vault.accounts().len(), 2);
    app.close().await;
    assert_eq!(grep(home.path(), "s3cr3t"), Vec::<String>::new());
}
