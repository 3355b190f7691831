use crate::{App, api::*};

impl App {
    /// Children of a node; `None` is the connection itself. Opens another database's control connection when its node is asked for.
    pub async fn tree(
        &self,
        profile_id: &str,
        parent: Option<&str>,
        offset: u32,
        limit: u32,
    ) -> Result<TreePage, AppError> {
        todo!()
    }

    /// Objects and columns whose names match, best first; `None` searches every open connection.
    pub async fn search_catalog(
        &self,
        profile_id: Option<&str>,
        text: &str,
        limit: u32,
    ) -> Result<Vec<SearchHit>, AppError> {
        todo!()
    }

    /// Reads the catalog anew: all of it, or one schema or relation.
    pub async fn refresh_catalog(&self, profile_id: &str, object: Option<ObjectRef>) -> Result<(), AppError> {
        todo!()
    }

    /// Everything about one relation but its rows.
    pub async fn relation(&self, profile_id: &str, object: &ObjectRef) -> Result<RelationPage, AppError> {
        todo!()
    }

    /// The statements that would make an object again.
    pub async fn definition(&self, profile_id: &str, object: &ObjectRef) -> Result<String, AppError> {
        todo!()
    }
}
