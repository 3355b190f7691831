//! The list of connections after the power went away in the middle of saving it.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use super::*;

fn sqlite(name: &str, number: u32) -> ProfileDraft {
    ProfileDraft {
        name: name.to_owned(),
        group: Some(format!("group {number}")),
        driver: "sqlite".to_owned(),
        values: values(&[("file", &format!("/srv/{number}.db"))]),
        safety: Safety::ReadOnly,
        favourite: Some(true),
        password_policy: PasswordPolicy::None,
        ..ProfileDraft::default()
    }
}

#[tokio::test]
#[ignore = "started by the test below"]
async fn saving_child() {
    let Some(home) = testing::given_home() else { return };
    let app = testing::open_over(&home, Face::Cli, Arc::new(Memory::default())).await;
    let first = app.save_profile(sqlite("changed", 0)).await.unwrap();
    for number in 1.. {
        app.save_profile(sqlite(&format!("n{number}"), number)).await.unwrap();
        let id = Some(first.id.clone());
        app.save_profile(ProfileDraft { id, ..sqlite("changed", number) }).await.unwrap();
        writeln!(std::io::stdout(), "saved {number}").unwrap();
    }
}

#[tokio::test]
async fn kill_9_while_saving_leaves_the_list_whole() {
    for round in [1u32, 17, 60] {
        let home = testing::home();
        let mut child = testing::child("profiles::tests::killed::saving_child", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut acknowledged = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((_, number)) = line.split_once("saved ") else { continue };
            acknowledged = number.parse().unwrap();
            if acknowledged == round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged >= round);
        let app = testing::open(&home).await;
        let listed = app.profiles().await.unwrap();
        for number in 1..=acknowledged {
            let one = listed.iter().find(|one| one.name == format!("n{number}")).unwrap();
            assert_eq!(
                (one.values["file"].as_str(), one.safety),
                (format!("/srv/{number}.db").as_str(), Safety::ReadOnly)
            );
            assert!(one.favourite);
        }
        let extra = listed.len() - 2 - usize::try_from(acknowledged).unwrap();
        assert!(extra <= 1, "at most one that was not acknowledged yet");
        let changed = listed.iter().find(|one| one.name == "changed").unwrap();
        let number: u32 = changed.group.as_deref().unwrap().trim_start_matches("group ").parse().unwrap();
        assert!(number == acknowledged || number == acknowledged + 1);
        assert_eq!(changed.values["file"], format!("/srv/{number}.db"), "old or new, never half");
    }
}
