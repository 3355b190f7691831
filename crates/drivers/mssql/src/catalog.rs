//! The catalog.
use catalog::{Catalog, Scope};
use driver::Error;

use crate::control::ControlSession;

pub(crate) async fn read(_session: &ControlSession, _scope: &Scope) -> Result<Catalog, Error> {
    Ok(Catalog::default())
}
