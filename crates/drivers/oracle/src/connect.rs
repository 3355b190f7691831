//! Connecting: from a profile to an open connection.

pub(crate) mod fields;
mod settings;
pub(crate) mod url;

pub(crate) use settings::Settings;

use std::sync::Arc;

use driver::{ConnectContext, Connection, Error, Profile};

#[cfg(feature = "client")]
pub(crate) async fn connect(profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    crate::client::connect(Settings::read(profile)?, context).await
}

#[cfg(not(feature = "client"))]
pub(crate) async fn connect(profile: &Profile, _context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    Settings::read(profile)?;
    Err(Error::new(driver::Code::Unsupported, "This build has no client for Oracle.").with_hint(
        "It is built with the feature oracle, which is off by default: no server was at hand to verify it against.",
    ))
}
