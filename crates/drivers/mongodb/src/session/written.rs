//! What became of writes, of one command or of several.

use driver::Error;

use crate::{
    bson::{self, Writer, kind},
    error::refused,
    language::{Ack, Node, put},
    wire::Report,
};

/// Counts of all commands of a statement.
#[derive(Default)]
pub(super) struct Written {
    inserted: u64,
    matched: u64,
    modified: u64,
    deleted: u64,
    upserted: Vec<(u8, Vec<u8>)>,
    inserted_ids: Vec<Node>,
    failures: u64,
    failure: Option<Report>,
    concern: Option<Report>,
}

fn count(reply: &[u8], name: &str) -> u64 {
    bson::get(reply, name).and_then(|field| field.integer()).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

fn list(reply: &[u8], name: &str) -> Vec<Vec<u8>> {
    let field = bson::get(reply, name);
    let elements = field.as_ref().and_then(bson::Element::document).and_then(|list| bson::elements(list).ok());
    let documents = elements.into_iter().flatten().map_while(Result::ok);
    documents.filter_map(|element| element.document().map(<[u8]>::to_vec)).collect()
}

impl Written {
    /// Takes a command's reply in; whether the next one may follow.
    pub(super) fn take(&mut self, reply: &[u8], command: &str, ids: &[Node], ordered: bool) -> bool {
        let errors = list(reply, "writeErrors");
        let failed: Vec<u64> = errors.iter().map(|error| count(error, "index")).collect();
        match command {
            "insert" => {
                self.inserted += count(reply, "n");
                let first_failed = failed.first().copied().filter(|_| ordered);
                let written = ids.iter().enumerate().filter(|(place, _)| {
                    let place = *place as u64;
                    !failed.contains(&place) && first_failed.is_none_or(|first| place < first)
                });
                self.inserted_ids.extend(written.map(|(_, id)| id.clone()));
            }
            "update" => {
                let upserted = list(reply, "upserted");
                self.matched += count(reply, "n").saturating_sub(upserted.len() as u64);
                self.modified += count(reply, "nModified");
                let ids = upserted.iter().filter_map(|one| bson::get(one, "_id").map(|id| (id.kind, id.raw.to_vec())));
                self.upserted.extend(ids);
            }
            _ => self.deleted += count(reply, "n"),
        }
        self.failures += errors.len() as u64;
        if let Some(first) = errors.first() {
            self.failure.get_or_insert_with(|| Report::read(first));
        }
        if let Some(concern) = bson::get(reply, "writeConcernError").as_ref().and_then(bson::Element::document) {
            self.concern.get_or_insert_with(|| Report::read(concern));
        }
        errors.is_empty() || !ordered
    }

    /// Documents that were changed.
    pub(super) fn affected(&self) -> u64 {
        self.inserted + self.modified + self.deleted + self.upserted.len() as u64
    }

    /// What was done, in words.
    pub(super) fn words(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u64, word: &str| parts.push(format!("{count} {word}"));
        if self.inserted > 0 {
            part(self.inserted, "inserted");
        }
        if self.matched > 0 {
            part(self.matched, "matched");
            part(self.modified, "modified");
        }
        if !self.upserted.is_empty() {
            part(self.upserted.len() as u64, "upserted");
        }
        if self.deleted > 0 {
            part(self.deleted, "deleted");
        }
        if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") }
    }

    /// The error of what failed, saying what was done all the same.
    pub(super) fn error(&self) -> Option<Error> {
        if let Some(report) = &self.failure {
            let mut error = refused(report);
            let others = self.failures - 1;
            if others > 0 {
                error.message.push_str(&format!(" {others} more failed."));
            }
            if self.affected() + self.matched > 0 {
                error.message.push_str(&format!(" The rest was done: {}.", self.words()));
            }
            return Some(error);
        }
        let report = self.concern.as_ref()?;
        let mut error = refused(report);
        error.message =
            format!("The write was done here ({}), but not as widely as asked: {}", self.words(), error.message);
        Some(error)
    }

    /// The acknowledgement, as the shell gives it.
    pub(super) fn document(&self, ack: Ack) -> Vec<u8> {
        let mut writer = Writer::new();
        let of = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        writer.bool("acknowledged", true);
        match ack {
            Ack::InsertOne => {
                if let Some(id) = self.inserted_ids.first() {
                    put(&mut writer, "insertedId", id);
                }
            }
            Ack::InsertMany => self.ids(&mut writer),
            Ack::Update => {
                match self.upserted.first() {
                    Some((kind, raw)) => writer.raw(*kind, b"insertedId", raw),
                    None => writer.null("insertedId"),
                };
                writer.integer("matchedCount", of(self.matched)).integer("modifiedCount", of(self.modified));
                writer.integer("upsertedCount", of(self.upserted.len() as u64));
            }
            Ack::Delete => _ = writer.integer("deletedCount", of(self.deleted)),
            Ack::Bulk => {
                writer.integer("insertedCount", of(self.inserted));
                self.ids(&mut writer);
                writer.integer("matchedCount", of(self.matched)).integer("modifiedCount", of(self.modified));
                writer.integer("deletedCount", of(self.deleted));
                writer.integer("upsertedCount", of(self.upserted.len() as u64));
                writer.open(kind::ARRAY, b"upsertedIds");
                for (place, (kind, raw)) in self.upserted.iter().enumerate() {
                    writer.raw(*kind, place.to_string().as_bytes(), raw);
                }
                writer.close();
            }
        }
        writer.finish()
    }

    fn ids(&self, writer: &mut Writer) {
        writer.open(kind::DOCUMENT, b"insertedIds");
        for (place, id) in self.inserted_ids.iter().enumerate() {
            put(writer, &place.to_string(), id);
        }
        writer.close();
    }
}
