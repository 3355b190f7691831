//! Fixes of several findings as one script, for a person to read and run.

use std::collections::HashSet;

use advisor::{Finding, Lock};

use crate::api::AdvisorReview;

/// One script of the fixes of these findings; those that must not stand in a transaction come after it.
pub(crate) fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> AdvisorReview {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let (mut lock, mut without) = (None::<Lock>, Vec::new());
    let mut seen = HashSet::new();
    for finding in findings {
        let Some(fix) = &finding.fix else {
            without.push(finding.key.clone());
            continue;
        };
        lock = lock.max(fix.lock);
        // Two findings may have one trouble: what mends it is done once.
        if !seen.insert(fix.sql.as_str()) {
            continue;
        }
        if fix.transaction_safe { &mut inside } else { &mut outside }.push(finding);
    }
    let transaction_safe = outside.is_empty();
    let mut sql = String::new();
    let mut undo = String::new();
    if !inside.is_empty() {
        sql.push_str("BEGIN;\n");
        undo.push_str("BEGIN;\n");
        for finding in &inside {
            push_fix(&mut sql, finding);
        }
        for finding in inside.iter().rev() {
            push_undo(&mut undo, finding);
        }
        sql.push_str("COMMIT;\n");
        undo.push_str("COMMIT;\n");
    }
    if !outside.is_empty() && !sql.is_empty() {
        sql.push_str("\n-- Each of these stands alone, outside of a transaction.\n");
    }
    for finding in &outside {
        push_fix(&mut sql, finding);
    }
    let mut first = String::new();
    for finding in outside.iter().rev() {
        push_undo(&mut first, finding);
    }
    AdvisorReview { sql, undo: first + &undo, lock: lock.map(|lock| lock.name().to_owned()), transaction_safe, without }
}

fn push_fix(script: &mut String, finding: &Finding) {
    let Some(fix) = &finding.fix else { return };
    push_title(script, finding);
    push_lines(script, &fix.sql);
}

fn push_undo(script: &mut String, finding: &Finding) {
    let Some(fix) = &finding.fix else { return };
    push_title(script, finding);
    match &fix.undo {
        Some(undo) => push_lines(script, undo),
        None => script.push_str("-- nothing takes this back\n"),
    }
}

/// A comment that no name can end.
fn push_title(script: &mut String, finding: &Finding) {
    let name: String =
        finding.object.to_string().chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    script.push_str(&format!("-- {} {}: {name}\n", finding.rule, finding.name));
}

fn push_lines(script: &mut String, sql: &str) {
    script.push_str(sql.trim_end());
    script.push('\n');
}
