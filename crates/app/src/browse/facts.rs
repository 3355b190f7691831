//! What else is to be known of a relation whose rows are on show.

use sql::TokenKind;

use super::checked;
use crate::{
    App,
    api::*,
    explorer::to_key,
    holds::Source,
    references::{asks, values},
};

impl App {
    /// What else is to be known of a relation whose rows are on show. Asks the server, but for what it never has.
    ///
    /// # Errors
    /// As [`App::browse`].
    pub async fn browse_facts(
        &self,
        profile_id: &str,
        object: &ObjectRef,
        actor: Option<&PolicyActor>,
    ) -> Result<BrowseFacts, AppError> {
        let place = self.place(profile_id, object).await?.acting_as(actor)?;
        let relation = to_key(object)?;
        let scan = place.scan()?;
        let listens = scan.listen("changes").is_some();
        let found = place.relation_catalog(&relation).await?;
        let Some(asked) = scan.leaves_out(found.catalog(), &relation) else {
            return Ok(BrowseFacts { filtered_for_you: false, listens });
        };
        let answer = asks::run(&place, asked, 1).await?;
        let answer = answer.into_iter().flatten().flatten().next();
        let filtered_for_you = answer.is_some_and(|text| matches!(text.as_str(), "t" | "true" | "1"));
        Ok(BrowseFacts { filtered_for_you, listens })
    }

    /// The value of a held cell as a filter takes it, whole; `None` is NULL.
    ///
    /// # Errors
    /// `NotFound` for released rows; `Unsupported` for rows of no relation, and for bytes that no filter can say.
    pub async fn browse_value(&self, hold_id: &str, row: u64, column: u32) -> Result<Option<String>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let Source::Pages(pages) = &held.base().source else {
            return Err(AppError::new(ErrorCode::Unsupported, "These rows are no relation's."));
        };
        let place = self.place(pages.profile_id(), pages.object()).await?;
        Ok(values(&place, &held, row, &[column]).await?.into_iter().next().flatten())
    }

    /// The conditions of a data tab as one text for WHERE; empty where there are none.
    ///
    /// # Errors
    /// As [`App::browse`].
    pub async fn browse_where(&self, request: BrowseRequest) -> Result<String, AppError> {
        let place = self.place(&request.profile_id, &request.object).await?;
        let relation = to_key(&request.object)?;
        let found = place.relation_catalog(&relation).await?;
        let dialect = place.opened.sql()?;
        let conditions = checked(&request.filters, &place.opened.language)?;
        let statement = place.scan()?.count(found.catalog(), &relation, &conditions)?;
        Ok(written_out(&statement, dialect))
    }
}

/// What stands behind WHERE in a statement of ours, with its values in place of its parameters.
fn written_out(statement: &driver::Statement, dialect: &sql::Dialect) -> String {
    let text = statement.text.as_ref();
    let mut written = String::new();
    let mut begun = false;
    for token in sql::tokenize(text, dialect) {
        let piece = token.span.of(text);
        match token.kind {
            TokenKind::Word if !begun => begun = piece.eq_ignore_ascii_case("WHERE"),
            _ if !begun => {}
            TokenKind::Placeholder => {
                let number = piece.get(1..).unwrap_or_default();
                let given = statement.parameters.iter().find(|given| given.name == number);
                match given.and_then(|given| given.value.as_ref()) {
                    Some(value) => written.push_str(&dialect.quote_literal(value.expose())),
                    None => written.push_str("NULL"),
                }
            }
            // On one line a comment that ends with its line would take the rest along.
            TokenKind::LineComment => {}
            TokenKind::Space => written.push(' '),
            _ => written.push_str(piece),
        }
    }
    written.trim().to_owned()
}
