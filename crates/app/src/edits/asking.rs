//! What a person is asked before a save: nothing for rows that were changed one by one, as the button says where they go; but
//! many deletions may be one slip of the hand.

use sha2::{Digest as _, Sha256};

use super::{
    plan::{Doing, Piece},
    target::Target,
};
use crate::{App, api::*, explorer::grouped};

/// Deletions that are saved without a question.
const UNASKED: usize = 100;

/// The question, unless there is nothing to ask or the person has said yes to it.
///
/// # Errors
/// `Forbidden` for a yes that lacks the name it was to be given with.
pub(super) fn question(
    app: &App,
    target: &Target,
    pieces: &[Piece],
    confirmed: Option<&RunConsent>,
) -> Result<Option<SweepQuestion>, AppError> {
    let deletes = pieces.iter().filter(|piece| matches!(piece.doing, Doing::Delete(_))).count();
    if deletes <= UNASKED {
        return Ok(None);
    }
    let profile = &target.place.connected.profile;
    let production = profile.environment == Environment::Production;
    if !production && app.current_settings().ask_whole_table == AskWhen::Never {
        return Ok(None);
    }
    let name = target.relation.name.clone();
    let typed = production.then(|| name.trim().to_owned());
    let digest = digest(target, pieces);
    if let Some(consent) = confirmed.filter(|consent| consent.digest == digest) {
        let given = consent.typed.as_deref().map(str::trim);
        return match &typed {
            Some(name) if given != Some(name.as_str()) => {
                Err(AppError::new(ErrorCode::Forbidden, "What was typed is not the name. Nothing was sent.")
                    .with_hint(format!("Type {name} to go on.")))
            }
            _ => Ok(None),
        };
    }
    let (way_back, way_back_words) = match target.about.can_roll_back {
        true => (WayBack::None, "It is committed at once. The history keeps statements that bring the rows back."),
        false => {
            (WayBack::NoTransactions, "The table's engine has no transactions: what is deleted is deleted at once.")
        }
    };
    let rows = grouped(deletes as u64);
    Ok(Some(SweepQuestion {
        digest,
        title: format!("Delete {rows} rows of {name}?"),
        confirm: format!("Delete {rows} rows and save"),
        connection: profile.name.clone(),
        production,
        changes: vec![SweepChange {
            action: format!("DELETE of {rows} rows"),
            targets: vec![SweepTarget {
                name,
                estimated_rows: Some(deletes as u64),
                rows: Some(format!("{rows} rows, one by one")),
            }],
            range: TextRange { from: 0, to: 0 },
            way_back,
            way_back_words: way_back_words.to_owned(),
        }],
        more: 0,
        typed,
    }))
}

/// Stands for just these deletions on this connection.
fn digest(target: &Target, pieces: &[Piece]) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    let profile = &target.place.connected.profile;
    add(&profile.id);
    add(&profile.target);
    add(target.relation.database.as_deref().unwrap_or_default());
    add(target.relation.schema.as_deref().unwrap_or_default());
    add(&target.relation.name);
    for piece in pieces {
        if let Doing::Delete(delete) = &piece.doing {
            delete.key.0.iter().for_each(|part| add(part));
        }
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
