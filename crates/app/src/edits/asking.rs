//! What a person is asked before a save: nothing for rows that were changed one by one, as the button says where they go; but
//! many deletions may be one slip of the hand, what is saved as somebody else than it was staged as may be refused or go too far, and
//! at the safety level that confirms writes every save waits for a yes.

use sha2::{Digest as _, Sha256};

use super::{
    actors::Saver,
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
    saver: &Saver,
    confirmed: Option<&RunConsent>,
) -> Result<Option<SweepQuestion>, AppError> {
    let deletes = pieces.iter().filter(|piece| matches!(piece.doing, Doing::Delete(_))).count();
    let profile = &target.place.connected.profile;
    let confirms = profile.safety == Safety::ConfirmWrites;
    let production = profile.environment == Environment::Production;
    let many =
        deletes > UNASKED && (production || confirms || app.current_settings().ask_whole_table != AskWhen::Never);
    if !many && !confirms && saver.others.is_empty() {
        return Ok(None);
    }
    let name = target.relation.name.clone();
    let typed = (many && (production || confirms)).then(|| name.trim().to_owned());
    let digest = digest(target, pieces, saver);
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
        true => (WayBack::None, "It is committed at once. The history keeps statements that take it back."),
        false => (WayBack::NoTransactions, "The table's engine has no transactions: what is written stays written."),
    };
    let rows = grouped(deletes as u64);
    let all = grouped(pieces.len() as u64);
    let changed = if pieces.len() == 1 { "1 changed row".to_owned() } else { format!("{all} changed rows") };
    let (title, confirm) = match many {
        true => (format!("Delete {rows} rows of {name}?"), format!("Delete {rows} rows and save")),
        false if !saver.others.is_empty() => {
            let role = saver.role.as_deref().unwrap_or("the login");
            (format!("Save {changed} of {name} as {role}?"), format!("Save as {role}"))
        }
        false if pieces.len() == 1 => (format!("Save {changed} of {name}?"), "Save 1 row".to_owned()),
        false => (format!("Save {changed} of {name}?"), format!("Save {all} rows")),
    };
    Ok(Some(SweepQuestion {
        digest,
        title,
        confirm,
        connection: profile.name.clone(),
        production,
        changes: counted(pieces)
            .into_iter()
            .map(|(verb, count)| SweepChange {
                action: verb.to_owned(),
                targets: vec![SweepTarget {
                    name: name.clone(),
                    estimated_rows: Some(count),
                    rows: Some(match count {
                        1 => "1 row".to_owned(),
                        _ => format!("{} rows, one by one", grouped(count)),
                    }),
                }],
                range: TextRange { from: 0, to: 0 },
                way_back,
                way_back_words: way_back_words.to_owned(),
            })
            .collect(),
        more: 0,
        notes: match saver.warning() {
            None => saver.acting.iter().map(|acting| format!("It is saved as {acting}.")).collect(),
            Some(warning) => vec![warning],
        },
        typed,
    }))
}

/// What is done to how many rows, in the order it is done.
fn counted(pieces: &[Piece]) -> Vec<(&'static str, u64)> {
    let count = |is: fn(&Doing) -> bool| pieces.iter().filter(|piece| is(&piece.doing)).count() as u64;
    let verbs = [
        ("DELETE", count(|doing| matches!(doing, Doing::Delete(_)))),
        ("UPDATE", count(|doing| matches!(doing, Doing::Update(_)))),
        ("INSERT", count(|doing| matches!(doing, Doing::Insert(_)))),
    ];
    verbs.into_iter().filter(|(_, rows)| *rows > 0).collect()
}

/// Stands for just these changes on this connection, as just this person.
fn digest(target: &Target, pieces: &[Piece], saver: &Saver) -> String {
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
    add(&format!("{:?}", target.place.acting));
    for other in &saver.others {
        add(other);
    }
    for piece in pieces {
        add(&format!("{:?}", piece.doing));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
