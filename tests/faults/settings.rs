//! What a connection may change stays what somebody set it to, whatever else is edited, copied, restarted or done in between.

use std::{collections::BTreeMap, time::Duration};

use app::{
    App, Face, Options,
    api::{ConnectionProfile, Environment, ErrorCode, ProfileDraft, Safety},
};

use super::desk::{Desk, Place};

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The form of a saved connection, as it is opened for editing.
fn form(profile: &ConnectionProfile) -> ProfileDraft {
    ProfileDraft {
        id: Some(profile.id.clone()),
        name: profile.name.clone(),
        group: profile.group.clone(),
        colour: profile.colour.clone(),
        environment: profile.environment,
        safety: profile.safety,
        driver: profile.driver.clone(),
        values: profile.values.clone(),
        password_policy: profile.password,
        ..ProfileDraft::default()
    }
}

async fn reopened(desk: &mut Desk) {
    desk.app.close().await;
    let home = desk.app.home().to_owned();
    // The lock goes with the last who holds the old core.
    let spare = Desk::open().await;
    drop(std::mem::replace(&mut desk.app, spare.app.clone()));
    for tries in 0.. {
        match App::open(Options { home: Some(home.clone()), face: Face::Window }).await {
            Ok(app) => {
                desk.app = app;
                return;
            }
            Err(error) => assert!(error.code == ErrorCode::Conflict && tries < 200, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const ENVIRONMENTS: [Environment; 4] =
    [Environment::Local, Environment::Development, Environment::Staging, Environment::Production];

async fn any_sequence(seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut desk = Desk::open().await;
    let file = desk.home.path().join("shop.db").display().to_string();
    // An empty file is an empty database.
    std::fs::write(&file, "").unwrap();
    let place = Place::new("sqlite", None, &[("file", &file)]);
    // What each was set to last.
    let mut wanted: BTreeMap<String, Safety> = BTreeMap::new();
    let mut said = Vec::new();
    for step in 0..60 {
        let ids: Vec<String> = wanted.keys().cloned().collect();
        let chosen = (!ids.is_empty()).then(|| ids[dice.below(ids.len())].clone());
        let safety = dice.one_of(&[Safety::ReadOnly, Safety::Free]);
        let action = dice.below(9);
        said.push(format!("{action} on {chosen:?} with {safety:?}"));
        match (action, chosen) {
            (0, _) | (_, None) => {
                let draft = ProfileDraft {
                    safety,
                    environment: dice.one_of(&ENVIRONMENTS),
                    ..desk.draft(&format!("made {step}"), &place)
                };
                wanted.insert(desk.app.save_profile(draft).await.unwrap().id, safety);
            }
            (1, Some(id)) => {
                let draft = ProfileDraft { safety, ..form(&desk.app.profile(&id).await.unwrap()) };
                desk.app.save_profile(draft).await.unwrap();
                wanted.insert(id, safety);
            }
            // Everything but the safety level.
            (2, Some(id)) => {
                let draft = ProfileDraft {
                    name: format!("renamed {step}"),
                    group: dice.one_of(&[None, Some("Team")]).map(str::to_owned),
                    colour: dice.one_of(&[None, Some("#aa3355")]).map(str::to_owned),
                    environment: dice.one_of(&ENVIRONMENTS),
                    ..form(&desk.app.profile(&id).await.unwrap())
                };
                desk.app.save_profile(draft).await.unwrap();
            }
            (3, Some(id)) => {
                let copy = desk.app.duplicate_profile(&id).await.unwrap();
                wanted.insert(copy.id, wanted[&id]);
            }
            (4, Some(id)) => desk.app.set_favourite(&id, dice.below(2) == 0).await.unwrap(),
            (5, Some(id)) => desk.app.set_schemas(&id, vec!["main".to_owned()]).await.unwrap(),
            (6, Some(id)) => {
                desk.app.connect(&id).await.unwrap();
            }
            (7, Some(id)) => {
                desk.app.remove_profile(&id).await.unwrap();
                wanted.remove(&id);
            }
            _ => reopened(&mut desk).await,
        }
        for profile in desk.app.profiles().await.unwrap().iter().filter(|profile| !profile.sample) {
            assert_eq!(Some(&profile.safety), wanted.get(&profile.id), "seed {seed}: {said:#?}");
        }
        // Not only what is shown: what is open obeys it. One that may write again is so from its next connect on.
        for state in desk.app.connection_states() {
            let ran = desk.run(&format!("tab {step}"), &state.profile_id, "create table if not exists t (a)").await;
            desk.app.close_session(&format!("tab {step}")).await.unwrap();
            if wanted.get(&state.profile_id) == Some(&Safety::ReadOnly) {
                assert!(state.read_only.is_some(), "seed {seed}: {said:#?}");
                assert!(ran.error().is_some_and(|error| error.code == ErrorCode::Forbidden), "seed {seed}: {ran:?}");
            }
        }
    }
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_sequence_of_edits_copies_and_restarts_changes_what_a_connection_may_change() {
    for seed in 1..=4 {
        any_sequence(seed).await;
    }
}
