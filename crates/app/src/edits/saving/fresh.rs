//! Rows as a save leaves them, read before it is committed: triggers, defaults and generated columns may have made something else
//! of what was sent.

use std::{collections::HashMap, sync::Arc};

use driver::{Error, RowKey};

use super::{
    diagnosis::internal,
    runner::{Ran, Runner, Saving},
    transaction::Written,
};
use crate::{
    App,
    api::AppError,
    edits::{
        shared::{Fresh, State},
        target::Target,
    },
    holds::{Held, Source},
};

/// Rows read again at once.
const AT_ONCE: usize = 200;

impl App {
    /// Reads written rows again.
    ///
    /// # Errors
    /// As the server says; `Exhausted` for a full disk.
    pub(super) async fn read_again(
        &self,
        target: &Target,
        state: &mut State,
        runner: &mut Runner,
        written: Vec<Written>,
    ) -> Result<Vec<Written>, Error> {
        let keys: Vec<RowKey> = written.iter().filter_map(|written| written.key.clone()).collect();
        let mut places: Vec<Option<u64>> = Vec::with_capacity(keys.len());
        let edit = target.edit().map_err(internal)?;
        let mut read: Option<(&[RowKey], Ran)> = None;
        // The next rows are on their way while those before them are kept.
        for some in keys.chunks(AT_ONCE).map(Some).chain([None]) {
            let ask = async {
                let Some(some) = some else { return Ok::<_, Error>(None) };
                let text = edit.reread(&target.catalog, &target.relation, some)?;
                Ok(Some((some, runner.run(&text).await?)))
            };
            let before = read.take();
            let keep = async {
                let Some((some, ran)) = &before else { return Ok::<_, Error>(()) };
                let (found, first) = self.add_fresh(target, state, ran).await?;
                // Mostly they come in the order in which they were asked for.
                if found == *some {
                    places.extend((first..).take(some.len()).map(Some));
                } else {
                    let found: HashMap<RowKey, u64> = found.into_iter().zip(first..).collect();
                    places.extend(some.iter().map(|key| found.get(key).copied()));
                }
                Ok(())
            };
            let (asked, kept) = tokio::join!(ask, keep);
            kept?;
            read = asked?;
        }
        let mut places = places.into_iter();
        let one = |written: Written| {
            let fresh = written.key.as_ref().and_then(|_| places.next()).flatten();
            Written { fresh, ..written }
        };
        Ok(written.into_iter().map(one).collect())
    }

    /// Adds re-read rows to those the grids show, and tells what names them, in order, and where the first one is.
    ///
    /// # Errors
    /// `Exhausted` for a full disk; `Internal` for a row without a key.
    pub(super) async fn add_fresh(
        &self,
        target: &Target,
        state: &mut State,
        ran: &Ran,
    ) -> Result<(Vec<RowKey>, u64), Error> {
        let Some((schema, context)) = &ran.shape else { return Ok((Vec::new(), 0)) };
        let keys = ran.keys(target.about.columns.len(), target.about.key.len())?;
        let usable = state.fresh.as_ref().is_some_and(|fresh| fresh.held.hold.schema() == schema);
        if !usable {
            let (writer, hold) = self.live.results.hold(Arc::clone(schema), context.clone())?;
            let place = &target.place;
            let visible = target.about.columns.len();
            // Nothing more comes by itself, and there is nothing to stop.
            let source = Source::Run { controller: std::sync::Weak::new(), reads: true, fails_transaction: false };
            let held = Held::new(hold, &place.connected.driver, &place.opened.language, visible, source);
            if state.fresh.replace(Fresh { held, writer }).is_some() {
                // Rows of another shape: what was shown of them is in the relation.
                state.set.drop_saved();
            }
        }
        let Some(mut fresh) = state.fresh.take() else { return Ok((Vec::new(), 0)) };
        let first = fresh.held.hold.rows();
        let batches = ran.batches.clone();
        let appended = tokio::task::spawn_blocking(move || {
            let mut ended = Ok(());
            for batch in &batches {
                ended = ended.and_then(|()| fresh.writer.append(batch));
            }
            (fresh, ended)
        });
        let (fresh, ended) =
            appended.await.map_err(|_| Error::new(driver::Code::Internal, "Keeping re-read rows broke off."))?;
        state.fresh = Some(fresh);
        ended?;
        Ok((keys, first))
    }

    /// Reads one row as it is now, for who wants to see what somebody else made of it.
    ///
    /// # Errors
    /// As connecting; as the server says.
    pub(in crate::edits) async fn read_now(
        &self,
        target: &Target,
        state: &mut State,
        key: RowKey,
    ) -> Result<Option<u64>, AppError> {
        let place = &target.place;
        let lent = place.browser().await?;
        let mut runner =
            Runner { session: lent.shared(), saving: Saving::new(), timeout: None, key_columns: key.0.len(), sent: 0 };
        let text = target.edit()?.reread(&target.catalog, &target.relation, std::slice::from_ref(&key))?;
        let ran = runner.run(&text).await?;
        let (found, first) = self.add_fresh(target, state, &ran).await?;
        Ok(found.into_iter().zip(first..).find(|(found, _)| *found == key).map(|(_, place)| place))
    }
}
