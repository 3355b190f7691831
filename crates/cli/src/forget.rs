//! Forgets what was recorded, for good.

use app::{
    App,
    api::{ForgetRequest, KeptAmounts},
};

use crate::{
    arguments::Forget,
    failure::{Failure, Outcome},
    prompt, say,
};

/// Forgets what was named, after asking where nobody said `--yes`.
pub(crate) async fn run(app: &App, forget: &Forget) -> Outcome {
    if !forget.everything && !forget.history && !forget.audit && !forget.catalogs {
        return Err(Failure::usage(
            "Nothing was named to forget.",
            "Name --history, --audit, --catalogs or --everything.",
        ));
    }
    let profile = match &forget.connection {
        Some(name) => Some(app.profile_named(name).await.map_err(Failure::local)?.ok_or_else(|| {
            Failure::usage(
                format!("There is no saved connection called “{name}”."),
                "Without --connection, what removed connections left goes too.",
            )
        })?),
        None => None,
    };
    let id = profile.as_ref().map(|profile| profile.id.clone());
    let kept = app.kept_amounts(id.as_deref()).await.map_err(Failure::local)?;
    let whose = profile.as_ref().map_or(String::new(), |profile| format!(" of “{}”", say::clean(&profile.name)));
    let goes = if forget.everything { everything(&kept, forget.connections) } else { parts(&kept, forget) + &whose };
    if !forget.yes && !agreed(&goes).await? {
        return Err(Failure::usage("Nothing was forgotten.", "Answer yes, or add --yes."));
    }
    if forget.everything {
        app.forget_everything(forget.connections).await.map_err(Failure::local)?;
    } else {
        let (history, audit, catalogs) = (forget.history, forget.audit, forget.catalogs);
        let request = ForgetRequest { profile_id: id, history, audit, catalogs, closed_tabs: false };
        app.forget(request).await.map_err(Failure::local)?;
    }
    say::line(&format!("Forgotten: {goes}."));
    Ok(())
}

async fn agreed(goes: &str) -> Outcome<bool> {
    if !prompt::is_possible() {
        return Err(Failure::usage("This cannot be undone and nobody can be asked.", "Add --yes."));
    }
    let answer = prompt::value(&format!("This goes and cannot be brought back: {goes}. Go on? (yes or no) ")).await;
    Ok(answer.is_some_and(|answer| answer.trim().eq_ignore_ascii_case("yes")))
}

fn counted(amount: i64, one: &str, many: &str) -> String {
    format!("{amount} {}", if amount == 1 { one } else { many })
}

fn parts(kept: &KeptAmounts, forget: &Forget) -> String {
    let mut parts = Vec::new();
    if forget.history {
        parts.push(counted(kept.history, "statement of the history", "statements of the history"));
    }
    if forget.audit {
        parts.push(counted(kept.audit, "line of the audit trail", "lines of the audit trail"));
    }
    if forget.catalogs {
        parts.push(counted(kept.catalogs, "kept catalog", "kept catalogs"));
    }
    parts.join(", ")
}

fn everything(kept: &KeptAmounts, connections: bool) -> String {
    let all = Forget { history: true, audit: true, catalogs: true, ..Forget::default() };
    let tabs = counted(kept.open_tabs + kept.closed_tabs, "tab", "tabs");
    let own = if connections {
        let saved = counted(kept.connections, "saved connection", "saved connections");
        format!(", {saved} with {}", counted(kept.secrets, "secret in the keychain", "secrets in the keychain"))
    } else {
        String::new()
    };
    format!("{}, {tabs} with their texts, saved queries, settings and the sample{own}", parts(kept, &all))
}
