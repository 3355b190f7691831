#![allow(clippy::unwrap_used)]
use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_working_keychain_is_probed_once_and_keeps_what_it_is_given() {
    let vault = Arc::new(memory::Memory::default());
    let keychain = Keychain::over(Arc::clone(&vault) as Arc<dyn Vault>);
    assert_eq!(keychain.last_probe(), None, "nothing is touched before the first use");
    keychain.set("p", "password", &Secret::new("hunter2".into())).await.unwrap();
    assert!(keychain.last_probe().unwrap().works);
    assert_eq!(vault.accounts(), ["p/password"], "the probe leaves nothing");
    assert_eq!(keychain.get("p", "password").await.unwrap().unwrap().expose(), "hunter2");
    keychain.delete("p", "password").await.unwrap();
    keychain.delete("p", "password").await.unwrap();
    assert_eq!(keychain.get("p", "password").await.unwrap(), None);
}

#[tokio::test]
async fn no_keychain_says_what_to_do() {
    let keychain = Keychain::over(Arc::new(memory::Missing));
    let error = keychain.set("p", "password", &Secret::new("hunter2".into())).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable);
    assert!(error.hint.unwrap().contains("every time"));
    assert!(!keychain.probe().await.works);
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_never_answers_is_given_up_and_does_not_pile_up() {
    let keychain = Keychain::over(Arc::new(memory::Hung));
    let begun = Instant::now();
    for _ in 0..20 {
        let error = keychain.get("p", "password").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::KeychainUnavailable);
    }
    assert_eq!(keychain.hanging.load(Ordering::Relaxed), MOST_HANGING);
    assert!(begun.elapsed() < Duration::from_secs(3), "the limit counts in the runtime's time");
}
