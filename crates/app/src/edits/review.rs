//! What a save will send, exactly, and what else it touches.

mod consequences;

use std::sync::Arc;

use driver::Frame;

use super::{
    actors::Saver,
    keeping,
    plan::{self, Piece, Planned},
    target::Target,
    words,
};
use crate::{App, api::*, holds::blocking};

/// Statements that are shown.
const MOST_SHOWN: usize = 200;
/// Bytes of a statement that are shown.
const SHOWN_BYTES: usize = 8 << 10;
/// Bytes of the whole script.
const MOST_SCRIPT: usize = 16 << 20;

/// Everything a review is made from.
struct Reviewed {
    target: Arc<Target>,
    frame: Frame,
    pieces: Vec<Piece>,
    planned: Vec<Planned>,
    counts: EditCounts,
    saver: Saver,
    /// What is said of new rows whose columns are not all shown.
    defaults: Option<String>,
}

impl App {
    /// What a save would send and what else it would touch.
    ///
    /// # Errors
    /// As [`App::edits_stage`]; `InvalidStatement` for a value that cannot be one of its column's.
    pub async fn edits_review(&self, hold_id: &str) -> Result<EditsReview, AppError> {
        let reviewed = self.reviewed(hold_id).await?;
        let whole = reviewed.target.place.opened.shelf.latest();
        let shelved = whole.as_deref().map(|shelved| &shelved.catalog);
        let consequences = consequences::of(&reviewed.target, shelved, &reviewed.pieces);
        let mut warnings: Vec<String> = reviewed.saver.warning().into_iter().collect();
        warnings.extend(reviewed.target.about.warnings.iter().cloned());
        if shelved.is_none() {
            warnings.push(
                "The catalog has not been read yet: what is cascaded into other tables may be missing here.".to_owned(),
            );
        }
        if !reviewed.target.about.can_roll_back {
            let locked = "The table's engine cannot roll back: rows are counted and then written one by one, and what was \
                          written stays if a later one is refused.";
            if !warnings.iter().any(|warning| warning == locked) {
                warnings.push(locked.to_owned());
            }
        }
        warnings.extend(reviewed.defaults.clone());
        let mut statements: Vec<ReviewedStatement> = Vec::new();
        let around = |text: &String| shown(text, Vec::new());
        statements.extend(reviewed.frame.begin.iter().map(around));
        let mut at = 0;
        for planned in &reviewed.planned {
            let here = reviewed.pieces.get(at..at + planned.rows).unwrap_or_default();
            at += planned.rows;
            if statements.len() < MOST_SHOWN {
                statements.push(shown(&planned.change.text, here.iter().map(|piece| piece.id).collect()));
            }
        }
        let total = reviewed.frame.begin.len() + reviewed.planned.len() + reviewed.frame.commit.len();
        if statements.len() < MOST_SHOWN {
            statements.extend(reviewed.frame.commit.iter().map(around));
        }
        let acting = reviewed.saver.acting;
        Ok(EditsReview { statements, total: total as u64, acting, counts: reviewed.counts, consequences, warnings })
    }

    /// Every statement a save would send, as one script.
    ///
    /// # Errors
    /// As [`App::edits_review`]; `Exhausted` for a script that is longer than 16 MiB.
    pub async fn edits_review_script(&self, hold_id: &str) -> Result<String, AppError> {
        let reviewed = self.reviewed(hold_id).await?;
        let (frame, planned) = (&reviewed.frame, &reviewed.planned);
        let texts = frame.begin.iter().map(String::as_str);
        let texts = texts.chain(planned.iter().map(|planned| planned.change.text.as_str()));
        let texts = texts.chain(frame.commit.iter().map(String::as_str));
        if texts.clone().map(|text| text.len() + 2).sum::<usize>() > MOST_SCRIPT {
            return Err(AppError::new(
                ErrorCode::Exhausted,
                format!("The statements are longer than {} MiB together.", MOST_SCRIPT >> 20),
            )
            .with_hint("Save in parts, or copy the statements that are shown."));
        }
        Ok(keeping::script(texts, usize::MAX))
    }

    async fn reviewed(&self, hold_id: &str) -> Result<Reviewed, AppError> {
        let staged = self.staged(hold_id).await?;
        let mut state = staged.lock().await;
        let (target, hidden) = state.with(hold_id, |_, bound| {
            let hidden = bound.relation().filter(|(about, own)| own.position.is_none() && about.not_inserted.is_none());
            Ok((Arc::clone(&bound.target), hidden.map(|(about, _)| about.name.clone()).collect::<Vec<_>>()))
        })?;
        let (pieces, counts) = (plan::pieces(&state.set, &state.head), state.set.counts());
        let context = state.head.context.clone().unwrap_or_default();
        let saver = state.saver(&target);
        drop(state);
        blocking(move || {
            let frame = target.edit()?.frame(&target.catalog, &target.relation, &context, false)?;
            let single = !target.about.can_roll_back;
            let planned = plan::plan(&target, &pieces, single).map_err(|(_, error)| error)?;
            let said = pieces.iter().any(Piece::is_insert) && !hidden.is_empty();
            let defaults = said.then(|| {
                format!("New rows take the default of columns they give no value for: {}.", words::not_shown(&hidden))
            });
            Ok(Reviewed { target, frame, pieces, planned, counts, saver, defaults })
        })
        .await
    }
}

fn shown(text: &str, rows: Vec<u32>) -> ReviewedStatement {
    if text.len() <= SHOWN_BYTES {
        return ReviewedStatement { rows, text: text.to_owned(), cut: false };
    }
    let end = (0..=SHOWN_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    ReviewedStatement { rows, text: text.get(..end).unwrap_or_default().to_owned(), cut: true }
}
