//! What the advisor said, as faces show it.

use advisor::{Exposure, Finding, Fix, Grade, Level, Object, Report, Suppression, Verdict};

use super::examined::Judged;
use crate::{
    api::{
        AdvisorExposure, AdvisorFinding, AdvisorFix, AdvisorLevel, AdvisorObject, AdvisorResult, AdvisorRule,
        AdvisorScore, AdvisorSuppression,
    },
    explorer::grouped,
};

/// The rule by which a client that has not signed in, or everybody, can write.
const ANYBODY_WRITES: &str = "S-09";

pub(super) fn level(level: Level) -> AdvisorLevel {
    match level {
        Level::Info => AdvisorLevel::Info,
        Level::Warning => AdvisorLevel::Warning,
        Level::Error => AdvisorLevel::Error,
    }
}

pub(crate) fn exposure(exposure: &Exposure) -> AdvisorExposure {
    AdvisorExposure {
        schemas: exposure.schemas.clone(),
        anonymous: exposure.anonymous.clone(),
        signed_in: exposure.signed_in.clone(),
        guessed_from: exposure.guessed_from.clone(),
    }
}

fn object(object: &Object) -> AdvisorObject {
    AdvisorObject {
        schema: object.schema.clone(),
        name: object.name.clone(),
        kind: object.kind.name().to_owned(),
        relation: object.relation.clone(),
        label: object.to_string(),
    }
}

fn fix(fix: &Fix) -> AdvisorFix {
    AdvisorFix {
        sql: fix.sql.clone(),
        undo: fix.undo.clone(),
        lock: fix.lock.map(|lock| lock.name().to_owned()),
        transaction_safe: fix.transaction_safe,
        drafts: !fix.changes.is_empty(),
    }
}

pub(super) fn suppression(one: &Suppression) -> AdvisorSuppression {
    AdvisorSuppression {
        key: one.key.clone(),
        reason: one.reason.clone(),
        author: one.author.clone(),
        date: one.date.clone(),
    }
}

pub(crate) fn finding(found: &Finding, accepted: Option<&Suppression>) -> AdvisorFinding {
    let rule = advisor::rules().iter().find(|rule| rule.id == found.rule);
    AdvisorFinding {
        rule: found.rule.to_owned(),
        name: found.name.to_owned(),
        title: rule.map_or(found.name, |rule| rule.title).to_owned(),
        level: level(found.level),
        object: object(&found.object),
        evidence: found.evidence.clone(),
        message: found.message.clone(),
        fix: found.fix.as_ref().map(fix),
        key: found.key.clone(),
        accepted: accepted.map(suppression),
    }
}

/// The score with what it is made of.
pub(crate) fn score(judged: &Judged) -> AdvisorScore {
    let score = &judged.report.score;
    AdvisorScore {
        grade: format!("{:?}", score.grade),
        uncertain: score.uncertain,
        tables: number(score.tables),
        secured: number(score.secured),
        warnings: number(score.warnings),
        errors: number(score.errors),
        parts: parts(judged),
    }
}

/// Why the score is no better.
fn parts(judged: &Judged) -> Vec<String> {
    let (report, score) = (&judged.report, &judged.report.score);
    let mut parts = Vec::new();
    let found = |id: &str| match report.verdict(id) {
        Some(Verdict::Fail { findings, .. }) => findings.len(),
        _ => 0,
    };
    let open = found(ANYBODY_WRITES);
    if open > 0 {
        parts.push(format!("F: anonymous clients or PUBLIC can write ({}).", counted(open, "finding")));
    }
    if score.errors > 0 {
        parts.push(match score.grade {
            Grade::E => format!("{}; more than a quarter of what is exposed has one.", counted(score.errors, "error")),
            Grade::D => format!("{}: one about something exposed is D at best.", counted(score.errors, "error")),
            _ => format!("{}.", counted(score.errors, "error")),
        });
    }
    if score.warnings > 0 {
        parts.push(format!("{}.", counted(score.warnings, "warning")));
    }
    let not_evaluated = of_rows(report).filter(|verdict| matches!(verdict, Verdict::NotEvaluated(_))).count();
    let partly = of_rows(report).filter(|verdict| matches!(verdict, Verdict::Fail { partly: Some(_), .. })).count();
    if not_evaluated + partly > 0 {
        parts.push(format!("“?”: {} could not be evaluated in full.", counted(not_evaluated + partly, "rule")));
    }
    if !report.suppressed.is_empty() {
        parts.push("What was accepted counts as what it is.".to_owned());
    }
    parts
}

/// The verdicts that the score is made of: row security and exposure.
fn of_rows(report: &Report) -> impl Iterator<Item = &Verdict> {
    report.rules.iter().filter(|rule| rule.id.starts_with('S')).map(|rule| &rule.verdict)
}

fn counted(count: usize, word: &str) -> String {
    format!("{} {word}{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

pub(super) fn rules(report: &Report) -> Vec<AdvisorRule> {
    let known = advisor::rules();
    report
        .rules
        .iter()
        .map(|rule| {
            let (result, reason) = match &rule.verdict {
                Verdict::Pass => (AdvisorResult::Pass, None),
                Verdict::Fail { partly, .. } => (AdvisorResult::Fail, partly.as_ref().map(ToString::to_string)),
                Verdict::NotEvaluated(reason) => (AdvisorResult::NotEvaluated, Some(reason.to_string())),
            };
            let of = known.iter().find(|known| known.id == rule.id);
            AdvisorRule {
                id: rule.id.to_owned(),
                name: rule.name.to_owned(),
                title: rule.title.to_owned(),
                level: of.map_or(AdvisorLevel::Info, |known| level(known.level)),
                result,
                reason,
                findings: number(report.findings.iter().filter(|finding| finding.rule == rule.id).count()),
            }
        })
        .collect()
}

pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
