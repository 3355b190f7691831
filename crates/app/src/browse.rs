use crate::{App, api::*};

impl App {
    /// Opens a relation's rows: the first page at once, no count first.
    pub async fn browse(&self, request: BrowseRequest) -> Result<Browsed, AppError> {
        todo!()
    }

    /// Appends the next page.
    pub async fn browse_more(&self, hold_id: &str) -> Result<HoldProgress, AppError> {
        todo!()
    }

    /// Counts the rows exactly under the same conditions; stopped by `browse_cancel`.
    pub async fn browse_count(&self, request: BrowseRequest) -> Result<Counted, AppError> {
        todo!()
    }

    /// Stops a page or count in progress for this relation.
    pub async fn browse_cancel(&self, profile_id: &str, object: &ObjectRef) -> Result<(), AppError> {
        todo!()
    }
}
