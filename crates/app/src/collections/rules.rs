//! Validation rules of a collection: seen, tried on the documents there are, and changed.

use driver::documents::{DOCUMENT, Rules, TextStyle};

use super::placed;
use crate::{App, api::*, explorer::to_key};

impl App {
    /// The rules of a collection, as they are now.
    ///
    /// # Errors
    /// `Unsupported` for what has none; as connecting, and as the driver says.
    pub async fn collection_rules(
        &self,
        profile_id: &str,
        collection: &ObjectRef,
    ) -> Result<CollectionRules, AppError> {
        let place = self.place(profile_id, collection).await?;
        Ok(shown(place.documents()?.rules(&to_key(collection)?).await?))
    }

    /// Documents there are that a validator would refuse.
    ///
    /// # Errors
    /// `InvalidStatement` for a validator that is none; as the driver says.
    pub async fn collection_rules_try(
        &self,
        profile_id: &str,
        collection: &ObjectRef,
        validator: &str,
    ) -> Result<RulesBreaking, AppError> {
        let place = self.place(profile_id, collection).await?;
        let breaking = place
            .documents()?
            .breaking(&to_key(collection)?, validator)
            .await
            .map_err(|error| placed(error, validator))?;
        let form = place.connected.driver.documents();
        let text =
            |raw: &Vec<u8>| form.map(|form| form.text(DOCUMENT, raw, TextStyle::Shell, false)).unwrap_or_default();
        Ok(RulesBreaking {
            found: breaking.found,
            more: breaking.more,
            first: breaking.first.iter().map(text).collect(),
            statement: breaking.statement,
        })
    }

    /// Makes other rules those of a collection. A person is asked first wherever statements that write are asked about.
    ///
    /// # Errors
    /// `Conflict` where they are not as they were seen; `Forbidden` on a read-only connection; as the driver says.
    pub async fn collection_rules_change(&self, request: RulesChangeRequest) -> Result<RulesAnswer, AppError> {
        let place = self.place(&request.profile_id, &request.collection).await?;
        let (facet, collection) = (place.documents()?, to_key(&request.collection)?);
        let (seen, new) = (meant(request.seen), meant(request.new));
        let text = new.validator.clone().unwrap_or_default();
        let statement = facet.describe_rules(&collection, &new).map_err(|error| placed(error, &text))?;
        if place.connected.read_only {
            return Err(AppError::new(ErrorCode::Forbidden, "The change was not sent: this connection is read-only.")
                .with_hint("Change the connection's safety level to allow writes."));
        }
        let profile = &place.connected.profile;
        let careful = profile.safety == Safety::ConfirmWrites || profile.environment == Environment::Production;
        if careful && !request.confirmed {
            return Ok(RulesAnswer::Confirm { statement });
        }
        let deed = facet.set_rules(&collection, &seen, &new);
        self.document_on_record(&place, &collection.name, &statement, deed).await?;
        Ok(RulesAnswer::Done { rules: shown(facet.rules(&collection).await?) })
    }
}

fn shown(rules: Rules) -> CollectionRules {
    CollectionRules { validator: rules.validator, level: rules.level, action: rules.action }
}

fn meant(rules: CollectionRules) -> Rules {
    let validator = rules.validator.filter(|text| !text.trim().is_empty());
    Rules { validator, level: rules.level, action: rules.action }
}
