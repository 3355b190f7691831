//! How a database is defined, read for comparing it with another.

use catalog::Scope;
use schema::{Definition, Server};

use crate::{
    api::{AppError, ErrorCode},
    registry,
    terminal::Terminal,
};

impl Terminal {
    /// The definition of the database, of these schemas only where some are named.
    ///
    /// # Errors
    /// `Unsupported` for engines whose definitions are not compared; `Forbidden` where the login may not read all that is
    /// compared, for what is missing would look dropped; otherwise as the driver says.
    pub async fn structure(&self, schemas: Option<Vec<String>>) -> Result<Definition, AppError> {
        let server = self.place().1.connection.control().server();
        let Some(engine) = registry::defines(self.driver().as_ref()) else {
            let message = format!("Definitions of {} databases are not compared yet.", server.product);
            return Err(AppError::new(ErrorCode::Unsupported, message).with_hint("PostgreSQL databases are."));
        };
        let server = Server { engine, version: server.version_number };
        let catalog = self.catalog(&Scope { schemas, sizes: false, ..Scope::complete() }).await?;
        Definition::of(&catalog, server).map_err(|why| AppError::new(ErrorCode::Forbidden, why.to_string()))
    }
}
