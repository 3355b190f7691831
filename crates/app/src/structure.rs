//! How a database is defined, read for comparing it with another.

use std::{collections::HashMap, sync::Arc};

use catalog::{ObjectKey, Scope};
use schema::{Definition, Incomplete, Server};

use crate::{api::*, registry, terminal::Terminal};

/// How many texts are asked for at a time: the control session is held for as long.
const AT_ONCE: usize = 200;

impl Terminal {
    /// The definition of the database, of these schemas only where some are named.
    ///
    /// # Errors
    /// `Unsupported` for engines whose definitions are not compared; `Forbidden` where the login may not read all that is
    /// compared, for what is missing would look dropped; otherwise as the driver says.
    pub async fn structure(&self, schemas: Option<Vec<String>>) -> Result<Definition, AppError> {
        let control = self.place().1.connection.control();
        let server = control.server();
        let Some(engine) = registry::defines(self.driver().as_ref(), &server.product) else {
            let message = format!("Definitions of {} databases are not compared yet.", server.product);
            return Err(AppError::new(ErrorCode::Unsupported, message));
        };
        let server = Server { engine, version: server.version_number };
        let catalog = self.catalog(&Scope { schemas, sizes: false, ..Scope::complete() }).await?;
        let mut texts: HashMap<ObjectKey, Arc<str>> = HashMap::new();
        let wanted = Definition::wanted_texts(&catalog, server);
        if let Some(ddl) = control.ddl() {
            for some in wanted.chunks(AT_ONCE) {
                texts.extend(ddl.definitions(some).await?);
            }
        }
        Definition::of_texts(&catalog, server, &texts).map_err(|why| incomplete(&why))
    }
}

fn incomplete(why: &Incomplete) -> AppError {
    AppError::new(ErrorCode::Forbidden, why.to_string())
        .with_hint("What cannot be read would look dropped. Ask for the right to read it, or for a login that has it.")
}

impl crate::App {
    /// Not yet.
    pub async fn structure_draft(&self, _: &str, _: Option<&str>) -> Result<StructureDraft, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn structure_abilities(&self, _: &str, _: Option<&str>) -> Result<StructureAbilities, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn edit_structure(
        &self,
        _: &str,
        _: Option<&str>,
        _: Vec<StructureEdit>,
    ) -> Result<StructureDraft, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn structure_page(&self, _: &str, _: Option<&str>, _: ObjectRef) -> Result<StructurePage, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn review_structure(
        &self,
        _: &str,
        _: Option<&str>,
        _: Vec<ObjectRef>,
    ) -> Result<StructureReview, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn weigh_structure(
        &self,
        _: &str,
        _: Option<&str>,
        _: &str,
        _: Vec<ObjectRef>,
    ) -> Result<Vec<StructureRisk>, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn try_structure(
        &self,
        _: &str,
        _: Option<&str>,
        _: &str,
        _: Vec<ObjectRef>,
    ) -> Result<StructureTrial, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn apply_structure(
        &self,
        _: &str,
        _: Option<&str>,
        _: &str,
        _: Vec<ObjectRef>,
        _: u32,
        _: Option<RunConsent>,
    ) -> Result<StructureApplied, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn forget_structure_apply(&self, _: &str, _: Option<&str>, _: i64) -> Result<(), AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
    /// Not yet.
    pub async fn structure_applied(&self, _: &str, _: Option<&str>) -> Result<Vec<StructureAppliedSet>, AppError> {
        Err(AppError::new(ErrorCode::Unsupported, "Not yet."))
    }
}
