//! One edit set for each relation of a connection, whoever shows it: two tabs and two windows share it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use results::HoldWriter;
use tokio::sync::OwnedMutexGuard;

use super::{
    binding::Bound,
    journal::{self, SetHead, SetKey, Writing},
    model::{EditSet, Step},
    saving::{Saving, Seal},
    target::{Editable, Target},
    view,
};
use crate::{App, api::*, connections::lock, holds::Held};

/// The edit sets of this process, and which holds show them.
#[derive(Default)]
pub(crate) struct Edits {
    sets: Mutex<HashMap<SetKey, Arc<Staged>>>,
    shown: Mutex<HashMap<String, Arc<Staged>>>,
    pub(crate) behind: Behind,
}

/// What the history is still to be told of saves: nobody waits for it but who reads the history.
#[derive(Default)]
pub(crate) struct Behind(Arc<tokio::sync::RwLock<()>>);

impl Behind {
    /// One more, until what is returned goes.
    pub(super) async fn begin(&self) -> tokio::sync::OwnedRwLockReadGuard<()> {
        Arc::clone(&self.0).read_owned().await
    }

    /// Waits until it was told what was begun.
    pub(crate) async fn told(&self) {
        drop(self.0.write().await);
    }
}

/// The edit set of one relation.
pub(super) struct Staged {
    pub(super) key: SetKey,
    state: Arc<tokio::sync::Mutex<State>>,
    /// The save in progress.
    pub(super) saving: Mutex<Option<Arc<Saving>>>,
}

/// Everything of one edit set that changes together.
pub(super) struct State {
    pub(super) object: ObjectRef,
    pub(super) set: EditSet,
    pub(super) head: SetHead,
    /// Rows that were read again.
    pub(super) fresh: Option<Fresh>,
    /// What tells whether a save arrived whose answer nobody got.
    pub(super) seal: Option<Seal>,
    /// Such a save had arrived.
    pub(super) arrived: bool,
    bounds: HashMap<String, Bound>,
    loaded: bool,
    /// Nobody shows it any more: who waited for it takes another.
    left: bool,
}

/// Rows as they are after a save, or as somebody else has made them, with all of the relation's columns.
pub(super) struct Fresh {
    pub(super) held: Arc<Held>,
    pub(super) writer: HoldWriter,
}

/// A state somebody works on.
pub(super) type Locked = OwnedMutexGuard<State>;

impl Staged {
    pub(super) async fn lock(&self) -> Locked {
        Arc::clone(&self.state).lock_owned().await
    }

    pub(super) fn is_saving(&self) -> bool {
        lock(&self.saving).is_some()
    }

    /// The state, to be changed.
    ///
    /// # Errors
    /// `Conflict` while a save runs.
    pub(super) async fn lock_to_change(&self) -> Result<Locked, AppError> {
        let busy = || {
            AppError::new(ErrorCode::Conflict, "These edits are being saved.")
                .with_hint("Wait for the save, or stop it.")
        };
        if self.is_saving() {
            return Err(busy());
        }
        let state = self.lock().await;
        if self.is_saving() { Err(busy()) } else { Ok(state) }
    }
}

impl State {
    /// Works on a hold's view of the edits. Blocks on the disk.
    ///
    /// # Errors
    /// `NotFound` for a hold that was released meanwhile; as the work says.
    pub(super) fn with<T>(
        &mut self,
        hold_id: &str,
        work: impl FnOnce(&mut State, &mut Bound) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let Some(mut bound) = self.bounds.remove(hold_id) else {
            return Err(AppError::new(ErrorCode::NotFound, "These rows are closed.").with_hint("Open them again."));
        };
        let done = work(self, &mut bound);
        self.bounds.insert(hold_id.to_owned(), bound);
        done
    }

    /// Whether what a hold's cells print can be compared with what is staged.
    fn is_comparable(&self, bound: &Bound) -> bool {
        self.head.context.as_ref().is_none_or(|context| context == bound.held.hold.context())
    }

    /// Refuses to save into a relation whose rows are told apart in another way than when they were edited.
    ///
    /// # Errors
    /// `Conflict`.
    pub(super) fn check_key(&self, target: &Target) -> Result<(), AppError> {
        match self.head.source == target.about.source && self.head.key == target.about.key {
            true => Ok(()),
            false => Err(self.key_changed()),
        }
    }

    fn key_changed(&self) -> AppError {
        AppError::new(
            ErrorCode::Conflict,
            format!("The key of “{}” has changed since its rows were edited.", self.object.name),
        )
        .with_hint("What is staged names rows by the old key: discard it to edit the relation anew.")
    }

    /// Brings a hold's view up to date.
    ///
    /// # Errors
    /// As [`Bound::sync`].
    pub(super) fn sync(&mut self, bound: &mut Bound) -> Result<(), AppError> {
        let comparable = self.is_comparable(bound);
        bound.sync(&mut self.set, comparable)
    }

    /// Takes over what rows of a hold print by, before they are staged.
    ///
    /// # Errors
    /// `Conflict` where what is staged was read under other settings.
    pub(super) fn admit(&mut self, bound: &Bound) -> Result<(), AppError> {
        if self.is_comparable(bound) || self.set.is_clean() {
            self.head.context = Some(bound.held.hold.context().clone());
            return Ok(());
        }
        Err(AppError::new(
            ErrorCode::Conflict,
            "These rows were read under other settings (time zone, date style) than those that are edited already.",
        )
        .with_hint("Save or discard those first."))
    }

    /// What a hold's grid is told.
    pub(super) fn view(&mut self, bound: &mut Bound, whole: bool) -> EditsView {
        let fresh = bound.again.as_ref().map(|again| again.seen.id.clone());
        let mut view = view::view(bound, &self.set, &self.head, &self.object, fresh, whole);
        view.warnings.extend(self.said_of_the_last_save());
        let saver = self.saver(&bound.target);
        (view.acting, view.staged_as) = (saver.acting, saver.others);
        view
    }

    /// Has a hold's grid told everything the next time.
    fn tell_anew(&mut self, hold_id: &str) {
        if let Some(bound) = self.bounds.get_mut(hold_id) {
            bound.placing.told = None;
        }
    }

    pub(super) fn writing(&self, key: &SetKey) -> Writing {
        let (_, position) = self.set.steps();
        let (key, object, head) = (key.clone(), self.object.clone(), self.head.clone());
        Writing { key, object, head, position, counts: self.set.counts() }
    }

    /// The number of a column in the set, given where it has none.
    fn number(&mut self, name: &str) -> u32 {
        let known = self.head.columns.iter().position(|own| own == name);
        let at = known.unwrap_or_else(|| {
            self.head.columns.push(name.to_owned());
            self.head.columns.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn bind(&mut self, hold_id: &str, held: Arc<Held>, editable: Editable) -> Result<(), AppError> {
        let about = &editable.target.about;
        if self.set.is_clean() && self.bounds.is_empty() {
            self.head.source = about.source;
            self.head.key.clone_from(&about.key);
        } else if self.head.source != about.source || self.head.key != about.key {
            return Err(self.key_changed());
        }
        let numbers: Vec<u32> = about.columns.iter().map(|column| self.number(&column.name)).collect();
        let bound = Bound::new(held, editable, &numbers);
        self.bounds.insert(hold_id.to_owned(), bound);
        Ok(())
    }
}

impl Edits {
    pub(super) fn of(&self, hold_id: &str) -> Option<Arc<Staged>> {
        lock(&self.shown).get(hold_id).cloned()
    }

    fn set(&self, key: &SetKey, object: &ObjectRef, editable: &Editable) -> Arc<Staged> {
        let about = &editable.target.about;
        let fresh = || {
            Arc::new(Staged {
                key: key.clone(),
                state: Arc::new(tokio::sync::Mutex::new(State {
                    object: object.clone(),
                    set: EditSet::default(),
                    head: SetHead {
                        source: about.source,
                        key: about.key.clone(),
                        columns: Vec::new(),
                        context: None,
                        actors: Vec::new(),
                    },
                    fresh: None,
                    seal: None,
                    arrived: false,
                    bounds: HashMap::new(),
                    loaded: false,
                    left: false,
                })),
                saving: Mutex::default(),
            })
        };
        Arc::clone(lock(&self.sets).entry(key.clone()).or_insert_with(fresh))
    }

    /// Forgets every edit set of this process; what is on disk is another's to forget.
    pub(crate) fn leave(&self, profile_id: Option<&str>) {
        let of = |key: &SetKey| profile_id.is_none_or(|profile| key.profile_id == profile);
        lock(&self.sets).retain(|key, _| !of(key));
        lock(&self.shown).retain(|_, staged| !of(&staged.key));
    }
}

impl App {
    /// The edit set that a hold shows, to be changed: what became of a save without an answer is found out first.
    ///
    /// # Errors
    /// As [`App::staged`]; `Conflict` while a save runs, and while it cannot be found out.
    pub(super) async fn changeable(&self, hold_id: &str) -> Result<(Arc<Staged>, Locked), AppError> {
        let staged = self.staged(hold_id).await?;
        let mut state = staged.lock_to_change().await?;
        self.unseal(&staged, &mut state, hold_id).await?;
        self.show_fresh(&mut state, hold_id)?;
        Ok((staged, state))
    }

    /// Shows rows that were read again to a hold, with the columns it has.
    ///
    /// # Errors
    /// `NotFound` for a hold that was released meanwhile.
    pub(super) fn show_fresh(&self, state: &mut State, hold_id: &str) -> Result<(), AppError> {
        state.with(hold_id, |state, bound| {
            let whole = state.fresh.as_ref().map(|fresh| &fresh.held);
            if bound.has_read(whole) {
                return Ok(());
            }
            let again = whole.map(|whole| bound.read_again(whole)).transpose()?.flatten();
            if let Some(again) = &again {
                self.live.holds.keep(&again.seen);
            }
            if let Some(former) = std::mem::replace(&mut bound.again, again) {
                self.live.holds.remove(&former.seen.id);
            }
            Ok(())
        })
    }

    /// The edit set that a hold shows, bound to it where it was not.
    ///
    /// # Errors
    /// As [`Editable::of`]; `Conflict` for a relation whose key has changed; as the store says.
    pub(super) async fn staged(&self, hold_id: &str) -> Result<Arc<Staged>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        if let Some(staged) = self.edits.of(hold_id) {
            return Ok(staged);
        }
        let editable = Editable::of(self, &held).await?;
        let (key, object) = (editable.key(), editable.target.object.clone());
        loop {
            let staged = self.edits.set(&key, &object, &editable);
            let mut state = staged.lock().await;
            if state.left {
                continue;
            }
            if !state.loaded {
                if let Some(kept) = journal::load(&self.store, &key).await? {
                    state.head = kept.head;
                    state.set = kept.set;
                    state.seal = kept.seal;
                }
                state.loaded = true;
            }
            state.bind(hold_id, held, editable)?;
            lock(&self.edits.shown).insert(hold_id.to_owned(), Arc::clone(&staged));
            return Ok(staged);
        }
    }

    /// The edits of a hold's relation where they stand in the way of editing it: they name rows by a key it has no more, or
    /// cannot be read.
    ///
    /// # Errors
    /// As [`Editable::of`]; as the store says.
    pub(super) async fn stuck_edits(&self, hold_id: &str) -> Result<Option<SetKey>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let editable = Editable::of(self, &held).await?;
        let about = &editable.target.about;
        let stuck = match journal::load(&self.store, &editable.key()).await {
            Ok(kept) => kept.is_some_and(|kept| kept.head.source != about.source || kept.head.key != about.key),
            Err(error) if error.code == ErrorCode::Corrupt => true,
            Err(error) => return Err(error),
        };
        Ok(stuck.then(|| editable.key()))
    }

    /// Forgets edits that stand in the way.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn abandon_edits(&self, key: SetKey) -> Result<(), AppError> {
        journal::forget(&self.store, &key).await?;
        lock(&self.edits.sets).remove(&key);
        self.edits_changed(&key.profile_id);
        Ok(())
    }

    /// A hold shows its edits no more. With the last one the set goes from memory, and one that has nothing left from the disk.
    pub(crate) async fn leave_edits(&self, hold_id: &str) {
        let Some(staged) = lock(&self.edits.shown).remove(hold_id) else { return };
        let mut state = staged.lock().await;
        if let Some(again) = state.bounds.remove(hold_id).and_then(|bound| bound.again) {
            self.live.holds.remove(&again.seen.id);
        }
        if !state.bounds.is_empty() || staged.is_saving() {
            return;
        }
        state.left = true;
        state.fresh = None;
        lock(&self.edits.sets).remove(&staged.key);
        if state.set.is_clean()
            && let Err(error) = journal::forget(&self.store, &staged.key).await
        {
            tracing::warn!(%error, "edits that were taken back stay in the store for now");
        }
    }

    /// Forgets every staged edit of a connection.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn forget_edits(&self, profile_id: &str) -> Result<(), AppError> {
        self.edits.leave(Some(profile_id));
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM edit_sets WHERE profile_id = ?").bind(profile_id).execute(&mut *change).await?;
        change.commit().await?;
        self.edits_changed(profile_id);
        Ok(())
    }

    /// Does a step, keeps it, and says what the hold's grid is told of it; without the disk it is not done.
    ///
    /// # Errors
    /// As the store says; `NotFound` for a hold that was released meanwhile.
    pub(super) async fn do_step(
        &self,
        staged: &Staged,
        mut state: Locked,
        hold_id: &str,
        step: Step,
        whole: bool,
    ) -> Result<EditsView, AppError> {
        let same = step.clone();
        let text = tokio::task::spawn_blocking(move || journal::text(&same));
        state.set.apply(step);
        let writing = state.writing(&staged.key);
        let kept = async {
            let text = text.await.map_err(|_| AppError::internal("writing a step was interrupted"))??;
            journal::append(&self.store, &writing, text).await
        };
        // The disk and the grid's answer each take their time.
        let (kept, told) = tokio::join!(kept, self.edits_telling(state, hold_id, whole));
        let (mut state, view) = told?;
        if let Err(error) = kept {
            state.set.forget_last();
            // The answer goes nowhere.
            state.tell_anew(hold_id);
            return Err(error);
        }
        self.edits_changed(&staged.key.profile_id);
        view
    }

    /// Keeps that a step was taken back or done again.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn keep_position(&self, staged: &Staged, state: &State) -> Result<(), AppError> {
        journal::position(&self.store, &state.writing(&staged.key)).await?;
        self.edits_changed(&staged.key.profile_id);
        Ok(())
    }

    pub(super) fn edits_changed(&self, profile_id: &str) {
        self.events.changed(&[Topic::Edits], Some(profile_id));
    }
}
