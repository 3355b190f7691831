//! The report as a log of the Static Analysis Results Interchange Format, 2.1.0:
//! https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

use serde_json::{Value, json};

use crate::{Finding, Level, Report, Suppressed, Verdict};

pub(crate) fn log(report: &Report) -> Value {
    let rules: Vec<Value> = crate::rules()
        .iter()
        .filter(|rule| report.verdict(rule.id).is_some())
        .map(|rule| {
            json!({
                "id": rule.id,
                "name": rule.name,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.page(), "markdown": rule.page()},
                "defaultConfiguration": {"level": level(rule.level)},
            })
        })
        .collect();
    let mut results: Vec<Value> = report.findings.iter().map(result).collect();
    results.extend(report.suppressed.iter().map(accepted));
    // What was not evaluated is said where tools look for what went otherwise than planned.
    let notifications: Vec<Value> = report
        .rules
        .iter()
        .filter_map(|rule| match &rule.verdict {
            Verdict::NotEvaluated(reason) | Verdict::Fail { partly: Some(reason), .. } => Some(json!({
                "associatedRule": {"id": rule.id},
                "level": "warning",
                "message": {"text": format!("{} was not evaluated in full: {reason}.", rule.id)},
            })),
            Verdict::Pass | Verdict::Fail { partly: None, .. } => None,
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "rowhouse", "rules": rules}},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications}],
            "results": results,
        }],
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn result(finding: &Finding) -> Value {
    let mut properties = json!({"evidence": finding.evidence, "name": finding.name});
    if let (Some(fix), Some(members)) = (&finding.fix, properties.as_object_mut()) {
        members.insert("fix".to_owned(), json!(fix.sql));
        members.insert("undo".to_owned(), json!(fix.undo));
        members.insert("transactionSafe".to_owned(), json!(fix.transaction_safe));
    }
    json!({
        "ruleId": finding.rule,
        "level": level(finding.level),
        "message": {"text": finding.message},
        "locations": [{"logicalLocations": [{
            "name": finding.object.name,
            "fullyQualifiedName": finding.object.to_string(),
            "kind": finding.object.kind.name(),
        }]}],
        "partialFingerprints": {"key/v1": finding.key},
        "properties": properties,
    })
}

fn accepted(suppressed: &Suppressed) -> Value {
    let mut value = result(&suppressed.finding);
    if let Some(members) = value.as_object_mut() {
        members.insert(
            "suppressions".to_owned(),
            json!([{
                "kind": "external",
                "status": "accepted",
                "justification": format!("{} ({}, {})", suppressed.by.reason, suppressed.by.author, suppressed.by.date),
            }]),
        );
    }
    value
}
