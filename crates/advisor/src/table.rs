//! The report as lines for a terminal.

use std::fmt::Write as _;

use crate::{Level, Report, Verdict};

pub(crate) fn lines(report: &Report) -> String {
    let mut text = String::new();
    let mut findings: Vec<_> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for finding in findings {
        // Writing into a String does not fail.
        let _ = writeln!(
            text,
            "{:<7}  {}  {} {}: {}",
            finding.level.name(),
            finding.rule,
            finding.object.kind.name(),
            finding.object,
            finding.message
        );
    }
    let unevaluated: Vec<_> = report
        .rules
        .iter()
        .filter_map(|rule| match &rule.verdict {
            Verdict::NotEvaluated(reason) => Some((rule, "not evaluated", reason)),
            Verdict::Fail { partly: Some(reason), .. } => Some((rule, "not evaluated in full", reason)),
            Verdict::Pass | Verdict::Fail { partly: None, .. } => None,
        })
        .collect();
    if !unevaluated.is_empty() && !text.is_empty() {
        text.push('\n');
    }
    for (rule, how, reason) in unevaluated {
        let _ = writeln!(text, "?        {}  {}: {how}: {reason}", rule.id, rule.title);
    }
    let count = |level: Level| report.findings.iter().filter(|finding| finding.level == level).count();
    let passed = report.rules.iter().filter(|rule| rule.verdict == Verdict::Pass).count();
    let _ = write!(
        text,
        "\nScore {}. {} of {} tables secured, {} errors, {} warnings, {} to know; {passed} of {} rules passed",
        report.score,
        report.score.secured,
        report.score.tables,
        count(Level::Error),
        count(Level::Warning),
        count(Level::Info),
        report.rules.len()
    );
    if !report.suppressed.is_empty() {
        let _ = write!(text, ", {} findings accepted before", report.suppressed.len());
    }
    text.push_str(".\n");
    if let Some(from) = report.exposure.as_ref().and_then(|exposure| exposure.guessed_from.as_deref()) {
        let _ = writeln!(text, "What untrusted clients reach was guessed from {from}.");
    }
    for stale in &report.stale {
        let _ = writeln!(text, "Accepted but not found any more: {} ({}, {}).", stale.key, stale.author, stale.date);
    }
    text
}
