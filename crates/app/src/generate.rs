//! Rows that are made up, for teaching and tests: by types, names, checks and foreign keys, the same ones for the same number.
//!
//! The rows follow from the tables as the catalog has them, from how many rows there are, from the greatest numbers and from keys
//! that are there already; `crates/generate` makes them. They go in by the way imports go, in one transaction.

mod filling;
mod offer;
mod prepare;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::mpsc;

pub(crate) use offer::offer;

use crate::{
    App,
    api::{AppError, ErrorCode, Generate, GenerateLook, GenerateOffer, ObjectRef, TransferEvent},
    connections::Connected,
    explorer::{Place, grouped},
    transfers::{self, Tally, watched},
};

/// What is typed before anything begins; `None` where nothing is.
pub(crate) fn asks(connected: &Connected, request: &Generate) -> Option<String> {
    transfers::asks(connected).then(|| match request.tables.as_slice() {
        [one] => one.table.name.clone(),
        _ => connected.profile.name.clone(),
    })
}

fn forbidden(connected: &Connected) -> Option<String> {
    connected.read_only.then(|| "The connection is read-only.".to_owned())
}

/// The guard, in every outlet.
fn permitted(connected: &Connected, request: &Generate) -> Result<(), AppError> {
    if let Some(why) = forbidden(connected) {
        return Err(AppError::new(ErrorCode::Forbidden, format!("Nothing was made up: {why}"))
            .with_hint("Change the connection's safety level to allow writes."));
    }
    let Some(asked) = asks(connected, request).filter(|_| !request.dry_run) else { return Ok(()) };
    if request.confirmed.as_deref().map(str::trim) == Some(asked.trim()) {
        return Ok(());
    }
    let message = format!("No rows were made up on “{}”: nobody has said yes.", connected.profile.name);
    Err(AppError::new(ErrorCode::Forbidden, message).with_hint(format!("Type {asked} to go on.")))
}

/// What would be made up.
///
/// # Errors
/// `NotFound` for a table that is not there; `Unsupported` for one that takes no rows; `InvalidStatement` when the rows wanted cannot
/// be, in words; as the server says.
pub(crate) async fn look(place: &Place, request: &Generate) -> Result<GenerateLook, AppError> {
    let prepared = prepare::prepare(place, request).await?;
    Ok(prepared.look(asks(&place.connected, request)))
}

/// Makes rows up; how many, and what is to be said of it.
async fn generate(
    app: &App,
    place: &Place,
    request: &Generate,
    tally: &Arc<Tally>,
) -> Result<(u64, Vec<String>), AppError> {
    permitted(&place.connected, request)?;
    let prepared = tokio::select! {
        biased;
        () = tally.until_stopped() => return Err(driver::Error::cancelled().into()),
        prepared = prepare::prepare(place, request) => prepared?,
    };
    filling::fill(app, place, request, prepared, tally).await
}

/// Makes rows up and tells how far it is, and at last how it ended.
pub(crate) async fn generate_told(
    app: &App,
    place: &Place,
    request: &Generate,
    tally: &Arc<Tally>,
    events: &mpsc::UnboundedSender<TransferEvent>,
) {
    let ended = watched(generate(app, place, request, tally), tally, events).await;
    // Whoever listened may be gone.
    drop(events.send(match ended {
        Ok((rows, notes)) => TransferEvent::Done { rows, bytes: tally.bytes(), elapsed_ms: tally.elapsed_ms(), notes },
        Err(_) if tally.is_stopped() => TransferEvent::Stopped,
        Err(error) => TransferEvent::Failed { error },
    }));
}

/// The object whose database everything happens in.
fn first(request: &Generate) -> Result<&ObjectRef, AppError> {
    let mut tables = request.tables.iter().map(|table| &table.table);
    let first = tables.next().ok_or_else(|| wrong("No table is chosen.", "Choose at least one."))?;
    match tables.find(|table| table.database != first.database) {
        Some(_) => Err(wrong("The tables are of several databases.", "Choose those of one.")),
        None => Ok(first),
    }
}

fn wrong(message: impl Into<String>, hint: &str) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message).with_hint(hint)
}

/// `1 row`, `2,000 rows`.
fn rows_of(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "row" } else { "rows" })
}

impl App {
    /// Tables that made-up rows can go into, when a table or a schema is named.
    ///
    /// # Errors
    /// `Unsupported` for a database without it; `NotFound`; as connecting.
    pub async fn generate_offer(&self, profile_id: &str, object: &ObjectRef) -> Result<GenerateOffer, AppError> {
        let place = self.place(profile_id, object).await?;
        offer::offer(&place, object).await
    }

    /// What would be made up, with the first rows of every table.
    ///
    /// # Errors
    /// `NotFound` for a table that is not there; `Unsupported` for one that takes no rows; `InvalidStatement` when the rows wanted
    /// cannot be, in words; as connecting.
    pub async fn generate_look(&self, request: &Generate) -> Result<GenerateLook, AppError> {
        look(&self.place(&request.profile_id, first(request)?).await?, request).await
    }

    /// Makes rows up and returns the transfer's id; what happens comes by `events`, with `Done`, `Stopped` or `Failed` last.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and where a word is to be typed without it; as connecting.
    pub async fn generate(
        &self,
        request: Generate,
        events: mpsc::UnboundedSender<TransferEvent>,
    ) -> Result<String, AppError> {
        let place = self.place(&request.profile_id, first(&request)?).await?;
        permitted(&place.connected, &request)?;
        let (id, tally) = self.transfers.begin();
        let (me, done) = (self.shared()?, id.clone());
        tokio::spawn(async move {
            generate_told(&me, &place, &request, &tally, &events).await;
            me.transfers.end(&done);
        });
        Ok(id)
    }
}
