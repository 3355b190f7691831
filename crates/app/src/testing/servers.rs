//! Shops whose connection leads to a real server, where one is given.

use std::sync::Arc;

use super::{Memory, home, open_over};
use crate::{
    Face,
    api::*,
    connections::tests::{Shop, draft},
    keychain::Vault,
};

/// The address in this variable; none where it is not set and nobody requires it.
pub(crate) fn address(variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok();
    if address.is_none() {
        assert!(std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{variable} is required");
        eprintln!("a server is not tested: {variable} is not set");
    }
    address
}

/// A shop whose connection leads to the server of this variable.
pub(crate) async fn server(variable: &str) -> Option<Shop> {
    Some(shop_at(&address(variable)?, Safety::Free).await)
}

/// A shop whose connection leads to this address.
pub(crate) async fn shop_at(address: &str, safety: Safety) -> Shop {
    shop_over(address, safety, Arc::new(Memory::default())).await
}

/// The same with this keychain.
pub(crate) async fn shop_over(address: &str, safety: Safety, vault: Arc<dyn Vault>) -> Shop {
    let home = home();
    let app = open_over(home.path(), Face::Window, vault).await;
    let parsed = app.parse_target(address).await.unwrap();
    let draft = ProfileDraft {
        driver: parsed.driver,
        values: parsed.values,
        password_policy: PasswordPolicy::Keychain,
        password: match parsed.password_reference {
            Some(reference) => DraftPassword::Parsed { reference },
            None => DraftPassword::Keep,
        },
        ..draft("Server", home.path(), safety)
    };
    let profile = app.save_profile(draft).await.unwrap().id;
    Shop { app, profile, home }
}
