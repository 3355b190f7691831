//! Keys of a database: lists of them as trees, their values by window, changes that are refused where somebody was faster.
//!
//! A list is read in the background and held here; the window asks for the rows it shows. Nothing of a value is kept.

mod escape;
mod listing;
mod told;
mod tree;

use std::{collections::BTreeSet, sync::Arc};

use driver::{Keys, keys::ValueWindow};

use crate::{App, api::*, audit::Deed, connections::Opened, explorer::Place, holds::blocking};

pub(crate) use listing::Listings;

/// Keys whose facts are asked at once.
const MOST_FACTS: usize = 2_000;
/// Keys a look at many looks at.
const SAMPLED: u64 = 100_000;
/// Keys removed by one call.
const REMOVED_AT_ONCE: usize = 10_000;

/// The keys of an open database.
fn keys_of(opened: &Opened) -> Result<&dyn Keys, AppError> {
    opened
        .connection
        .control()
        .keys()
        .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "This database does not keep keys and values."))
}

impl App {
    async fn keys_place(&self, of: &KeysOf) -> Result<Place, AppError> {
        self.place_in(&of.profile_id, of.database.as_deref()).await
    }

    /// Begins a list of keys, read in the background.
    ///
    /// # Errors
    /// As connecting; `Unsupported` for a database without keys.
    pub async fn keys_list(&self, wanted: KeysWanted) -> Result<KeysProgress, AppError> {
        let place = self.keys_place(&wanted.of).await?;
        let of = keys_of(&place.opened)?.count().await?;
        let pattern = wanted.pattern.as_deref().filter(|pattern| !pattern.is_empty()).map(escape::pattern);
        let kind = wanted.kind.as_deref().map(told::kind_of);
        let separator = escape::pattern(&wanted.separator);
        let listing = listing::Listing::new(Arc::clone(&place.opened), pattern, kind, &separator, Some(of));
        self.live.keys.keep(&listing);
        let progress = listing.progress();
        tokio::spawn(listing.read());
        Ok(progress)
    }

    /// Reads a list on that stopped at its limit or by an error.
    ///
    /// # Errors
    /// `NotFound` for a list that is gone.
    pub async fn keys_go_on(&self, id: &str) -> Result<KeysProgress, AppError> {
        let listing = self.listing(id)?;
        if listing.go_on() {
            tokio::spawn(Arc::clone(&listing).read());
        }
        Ok(listing.progress())
    }

    /// Rows of a list as a tree.
    ///
    /// # Errors
    /// `NotFound` for a list that is gone; `InvalidStatement` for an open namespace that is no text of ours.
    pub async fn keys_window(&self, request: KeysWindowRequest) -> Result<KeysWindow, AppError> {
        let listing = self.listing(&request.id)?;
        let expanded: BTreeSet<Vec<u8>> =
            request.expanded.iter().map(|open| escape::unescaped(open)).collect::<Result<_, _>>()?;
        let (offset, limit) = (request.offset as usize, request.limit.min(5_000) as usize);
        blocking(move || Ok(listing.window(&expanded, offset, limit))).await
    }

    /// Forgets a list.
    ///
    /// # Errors
    /// None: what is gone is forgotten already.
    pub async fn keys_close(&self, id: &str) -> Result<(), AppError> {
        self.live.keys.forget(id);
        Ok(())
    }

    /// What is known of these keys, in their order; `None` for one that is not there.
    ///
    /// # Errors
    /// As connecting, and as the driver says.
    pub async fn keys_facts(&self, of: KeysOf, keys: Vec<String>) -> Result<Vec<Option<KeyFactsRow>>, AppError> {
        let place = self.keys_place(&of).await?;
        let keys = keys.iter().take(MOST_FACTS).map(|key| escape::unescaped(key)).collect::<Result<Vec<_>, _>>()?;
        let found = keys_of(&place.opened)?.facts(&keys).await?;
        Ok(found.into_iter().map(|one| one.map(told::facts)).collect())
    }

    /// Part of a key's value.
    ///
    /// # Errors
    /// `NotFound` for a key that is gone; as connecting, and as the driver says.
    pub async fn key_read(&self, read: KeyRead) -> Result<KeyPart, AppError> {
        let place = self.keys_place(&read.of).await?;
        let key = escape::unescaped(&read.key)?;
        let window = ValueWindow {
            first: read.first,
            from: read.from,
            most: read.most.into(),
            backwards: read.backwards,
            pattern: read.pattern.as_deref().filter(|pattern| !pattern.is_empty()).map(escape::pattern),
            only: read.name.as_deref().map(escape::unescaped).transpose()?,
        };
        let part = keys_of(&place.opened)?.read(&key, &told::kind_of(&read.kind), &window).await?;
        Ok(told::part(part, read.whole))
    }

    /// The groups that read a stream.
    ///
    /// # Errors
    /// As [`App::key_read`].
    pub async fn key_groups(&self, of: KeysOf, key: String) -> Result<Vec<KeyGroup>, AppError> {
        let place = self.keys_place(&of).await?;
        let groups = keys_of(&place.opened)?.groups(&escape::unescaped(&key)?).await?;
        Ok(groups.into_iter().map(told::group).collect())
    }

    /// Looks at many keys: what they hold, their namespaces, the largest.
    ///
    /// # Errors
    /// As connecting, and as the driver says.
    pub async fn keys_sample(&self, of: KeysOf, separator: String) -> Result<KeysSampled, AppError> {
        let place = self.keys_place(&of).await?;
        let separator = escape::pattern(&separator);
        Ok(told::sampled(keys_of(&place.opened)?.sample(&separator, SAMPLED).await?))
    }

    /// Changes a key. Where the connection's safety level says so, and before a key goes, a person is asked first.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection; `Conflict` where it is not what was seen; as the driver says.
    pub async fn key_change(&self, request: KeyChangeRequest) -> Result<KeyAnswer, AppError> {
        let place = self.keys_place(&request.of).await?;
        let keys = keys_of(&place.opened)?;
        let key = escape::unescaped(&request.key)?;
        let change = told::change(&told::kind_of(&request.kind), &request.edit)?;
        let commands = keys.describe(&key, &change);
        writable(&place, commands.first().map_or("The change", String::as_str))?;
        let deletes = matches!(request.edit, KeyEdit::Delete);
        if !request.confirmed && (deletes || asks(&place)) {
            let name = brief(&request.key);
            let (title, confirm) = match deletes {
                true => (format!("Delete {name}?"), "Delete".to_owned()),
                false => (format!("Change {name}?"), "Change".to_owned()),
            };
            let message = match deletes {
                true => format!("{}There is no way back.", on_production(&place)),
                false => format!("{}This is what is sent.", on_production(&place)),
            };
            return Ok(KeyAnswer::Confirm { title, message, commands, confirm, keys: None });
        }
        let text = commands.join("\n");
        let done = self.key_on_record(&place, &text, &brief(&request.key), keys.change(&key, &change)).await;
        done?;
        let (came, went) = match &change {
            driver::keys::KeyChange::Create { .. } => (Some(key), BTreeSet::new()),
            driver::keys::KeyChange::Rename(to) => (Some(to.clone()), BTreeSet::from([key])),
            driver::keys::KeyChange::Delete(_) => (None, BTreeSet::from([key])),
            _ => (None, BTreeSet::new()),
        };
        if came.is_some() || !went.is_empty() {
            self.live.keys.note(&place.opened, came.as_deref(), &went);
        }
        Ok(KeyAnswer::Done { keys: 1 })
    }

    /// Removes keys, after a person said yes to their number.
    ///
    /// # Errors
    /// As [`App::key_change`]; `Conflict` where the list has other keys by now than the yes was given for.
    pub async fn keys_remove(&self, removal: KeysRemoval) -> Result<KeyAnswer, AppError> {
        let place = self.keys_place(&removal.of).await?;
        let facet = keys_of(&place.opened)?;
        writable(&place, "UNLINK")?;
        let mut keys: BTreeSet<Vec<u8>> =
            removal.keys.iter().map(|key| escape::unescaped(key)).collect::<Result<_, _>>()?;
        if !removal.namespaces.is_empty() {
            let listing = self.listing(removal.id.as_deref().unwrap_or_default())?;
            for namespace in &removal.namespaces {
                keys.extend(listing.below(&escape::unescaped(namespace)?));
            }
        }
        let count = keys.len() as u64;
        if removal.confirmed != Some(count) {
            if removal.confirmed.is_some() {
                return Err(AppError::new(ErrorCode::Conflict, "The list has other keys by now. Nothing was removed.")
                    .with_hint("Look at it again."));
            }
            let shown = keys.iter().take(8).map(|key| escape::escaped(key)).collect::<Vec<_>>();
            let more = count.saturating_sub(shown.len() as u64);
            let rest = if more > 0 { format!("\n… and {more} more") } else { String::new() };
            return Ok(KeyAnswer::Confirm {
                title: format!("Delete {count} {}?", if count == 1 { "key" } else { "keys" }),
                message: format!("{}There is no way back.", on_production(&place)),
                commands: vec![format!("UNLINK\n{}{rest}", shown.join("\n"))],
                confirm: format!("Delete {count}"),
                keys: Some(count),
            });
        }
        let keys: Vec<Vec<u8>> = keys.into_iter().collect();
        let named: Vec<String> =
            removal.keys.iter().cloned().chain(removal.namespaces.iter().map(|name| format!("{name}*"))).collect();
        let named = named.join(" ");
        let text = format!("UNLINK of {count} keys: {named}");
        let removing = async {
            let mut removed = 0;
            for some in keys.chunks(REMOVED_AT_ONCE) {
                removed += facet.remove(some).await?;
                self.live.keys.note(&place.opened, None, &some.iter().cloned().collect());
            }
            Ok(removed)
        };
        let removed = self.key_on_record(&place, &text, &brief(&named), removing).await?;
        Ok(KeyAnswer::Done { keys: removed })
    }

    fn listing(&self, id: &str) -> Result<Arc<listing::Listing>, AppError> {
        self.live.keys.find(id).ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, "This list of keys is not kept any more.").with_hint("List them again.")
        })
    }

    async fn key_on_record<T>(
        &self,
        place: &Place,
        text: &str,
        target: &str,
        deed: impl Future<Output = Result<T, driver::Error>>,
    ) -> Result<T, AppError> {
        let profile = &place.connected.profile;
        let database = place.opened.database();
        let record = Deed {
            profile_id: Some(&profile.id),
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: text.split_whitespace().next().unwrap_or_default(),
            target,
            acting: None,
            text,
        };
        self.on_record(&record, deed).await
    }
}

/// Whether a change through this connection is asked about.
pub(crate) fn asks(place: &Place) -> bool {
    let profile = &place.connected.profile;
    profile.safety == Safety::ConfirmWrites || profile.environment == Environment::Production
}

pub(crate) fn on_production(place: &Place) -> String {
    match place.connected.profile.environment {
        Environment::Production => format!("{} is production. ", place.connected.profile.name),
        _ => String::new(),
    }
}

pub(crate) fn writable(place: &Place, what: &str) -> Result<(), AppError> {
    if !place.connected.read_only {
        return Ok(());
    }
    let what = brief(what);
    Err(AppError::new(ErrorCode::Forbidden, format!("{what} was not sent: this connection is read-only."))
        .with_hint("Change the connection's safety level to allow writes."))
}

/// A name fit for a sentence.
fn brief(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
