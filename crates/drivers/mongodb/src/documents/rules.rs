//! Validation rules of a collection: read, tried on the documents there are, and replaced.

use catalog::ObjectKey;
use driver::{
    Code, Error,
    documents::{Breaking, Rules, TextStyle},
};

use super::{
    collections::{Collections, spell},
    parse_document,
    print::print,
};
use crate::{
    bson::{self, Writer, kind},
    catalog::list,
};

/// Documents that are counted at most; and how many of them are shown.
const COUNTED: i32 = 10_000;
const SHOWN: i32 = 5;
/// Longest time that trying rules out takes on the server, in milliseconds.
const PATIENCE_MS: i32 = 20_000;

impl Collections {
    pub(super) async fn read_rules(&self, key: &ObjectKey) -> Result<Rules, Error> {
        let found = list(self.session(), self.database(key), Some(&key.name)).await?;
        let Some(raw) = found.first() else {
            return Err(Error::new(Code::NotFound, "There is no such collection."));
        };
        if bson::get(raw, "type").and_then(|is| is.text()).is_some_and(|is| is == "view") {
            return Err(Error::new(Code::Unsupported, "A view has no rules: nothing is written to it."));
        }
        // Names only are what a login gets that may read nothing more: that is not a collection without rules.
        let Some(options) = bson::get(raw, "options").and_then(|options| options.document().map(<[u8]>::to_vec)) else {
            return Err(Error::new(Code::Forbidden, "The collection's rules may not be read by this login.")
                .with_hint("It takes the privilege listCollections on the database."));
        };
        let word = |name: &str, usual: &str| {
            bson::get(&options, name)
                .and_then(|word| word.text())
                .map_or_else(|| usual.to_owned(), |word| word.into_owned())
        };
        let validator = bson::get(&options, "validator").and_then(|rule| rule.document().map(<[u8]>::to_vec));
        Ok(Rules {
            validator: validator
                .filter(|raw| raw.len() > bson::document(|_| {}).len())
                .map(|raw| print(kind::DOCUMENT, &raw, TextStyle::Shell, true)),
            level: word("validationLevel", "strict"),
            action: word("validationAction", "error"),
        })
    }

    /// The command that makes rules those of a collection.
    pub(super) fn rules_command(&self, key: &ObjectKey, rules: &Rules) -> Result<Vec<u8>, Error> {
        let validator = match &rules.validator {
            Some(text) => parse_document(text, "a rule")?,
            None => bson::document(|_| {}),
        };
        Ok(bson::document(|writer| {
            writer.string("collMod", &key.name);
            writer.document("validator", &validator);
            writer.string("validationLevel", &rules.level).string("validationAction", &rules.action);
        }))
    }

    pub(super) async fn write_rules(&self, key: &ObjectKey, seen: &Rules, new: &Rules) -> Result<(), Error> {
        let command = self.rules_command(key, new)?;
        if self.read_only() {
            return Err(Error::new(Code::Forbidden, "Refused: this connection only reads."));
        }
        if self.read_rules(key).await? != *seen {
            return Err(Error::new(Code::Conflict, "Somebody has changed the rules meanwhile; nothing was changed.")
                .with_hint("Read them again, and change them then."));
        }
        self.session().write(self.database(key), &command).await.map(drop)
    }

    pub(super) async fn find_breaking(&self, key: &ObjectKey, validator: &str) -> Result<Breaking, Error> {
        let rule = parse_document(validator, "a rule")?;
        let broken = |writer: &mut Writer, name: &str| {
            writer.with(name, |filter| _ = filter.documents("$nor", [&rule]));
        };
        let count = bson::document(|writer| {
            writer.string("count", &key.name);
            broken(writer, "query");
            writer.int32("limit", COUNTED).int32("maxTimeMS", PATIENCE_MS);
        });
        let reply = self.session().run(self.database(key), &count).await?;
        let found = bson::get(&reply, "n").and_then(|n| n.integer()).and_then(|n| u64::try_from(n).ok());
        let found = found.unwrap_or_default();
        let mut first = Vec::new();
        if found > 0 {
            let find = bson::document(|writer| {
                writer.string("find", &key.name);
                broken(writer, "filter");
                writer.int32("limit", SHOWN).bool("singleBatch", true).int32("maxTimeMS", PATIENCE_MS);
            });
            first = self.session().all(self.database(key), &find).await?.iter().map(|raw| raw.to_vec()).collect();
        }
        let filter = bson::document(|writer| broken(writer, "f"));
        let filter = bson::get(&filter, "f").and_then(|filter| filter.document().map(spell)).unwrap_or_default();
        Ok(Breaking {
            found,
            more: found >= COUNTED.unsigned_abs().into(),
            first,
            statement: format!("{}.find({filter})", self.spelled(key)),
        })
    }
}
