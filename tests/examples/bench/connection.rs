//! The connection that a bench saves: what the programs of benches share.

use app::{
    App,
    api::{DraftPassword, Environment, PasswordPolicy, ProfileDraft, Safety},
};

/// Saves a connection to an address, free to write; answers with its id.
pub async fn saved(app: &App, url: &str) -> String {
    let parsed = app.parse_target(url).await.unwrap();
    let draft = ProfileDraft {
        name: "bench".to_owned(),
        environment: Environment::Local,
        safety: Safety::Free,
        driver: parsed.driver,
        values: parsed.values,
        password_policy: PasswordPolicy::Ask,
        password: parsed
            .password_reference
            .map_or(DraftPassword::Keep, |reference| DraftPassword::Parsed { reference }),
        ..ProfileDraft::default()
    };
    app.save_profile(draft).await.unwrap().id
}
