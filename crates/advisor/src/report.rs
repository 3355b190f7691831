use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{Baseline, Context, Exposure, Finding, Rule, Score, Suppression, Verdict, sarif, table};

/// What one rule said.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleReport {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// What it said; its findings are those of [`Report::findings`] and [`Report::suppressed`].
    pub verdict: Verdict,
}

/// A finding that somebody accepted, with why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Who accepted it, when and why.
    pub by: Suppression,
}

/// What every rule that concerns the engine said of a database.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The rules, by id.
    pub rules: Vec<RuleReport>,
    /// What they found, by rule, in the order of the catalog; without what was accepted.
    pub findings: Vec<Finding>,
    /// What was accepted.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions of what is not found any more. Empty where the rule was not evaluated: then nobody knows.
    pub stale: Vec<Suppression>,
    /// What untrusted clients were taken to reach.
    pub exposure: Option<Exposure>,
    /// How safe the database's rows are.
    pub score: Score,
}

/// Runs every rule that concerns the engine.
pub fn advise(context: &Context<'_>) -> Report {
    let concerned = crate::rules().iter().filter(|rule| rule.concerns(context.facts.engine));
    let rules: Vec<RuleReport> = concerned.map(|rule| judged(rule, context)).collect();
    let findings: Vec<Finding> = rules
        .iter()
        .flat_map(|rule| match &rule.verdict {
            Verdict::Fail { findings, .. } => findings.as_slice(),
            Verdict::Pass | Verdict::NotEvaluated(_) => &[],
        })
        .cloned()
        .collect();
    let score = Score::of(context, &rules, &findings);
    Report { rules, findings, suppressed: Vec::new(), stale: Vec::new(), exposure: context.exposure.cloned(), score }
}

fn judged(rule: &'static Rule, context: &Context<'_>) -> RuleReport {
    RuleReport { id: rule.id, name: rule.name, title: rule.title, verdict: rule.check(context) }
}

/// A rule as the report prints it.
#[derive(Serialize)]
struct PrintedRule<'r> {
    id: &'r str,
    name: &'r str,
    result: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Report {
    /// What a rule said; `None` for one that does not concern the engine, or of which there is none.
    pub fn verdict(&self, id: &str) -> Option<&Verdict> {
        self.rules.iter().find(|rule| rule.id == id).map(|rule| &rule.verdict)
    }

    /// Takes out what somebody accepted. The score stays: what is accepted is there.
    #[must_use]
    pub fn without(mut self, baseline: &Baseline) -> Self {
        let mut accepted: HashMap<&str, &Suppression> =
            baseline.suppressed.iter().map(|one| (one.key.as_str(), one)).collect();
        let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
        let mut seen = std::collections::HashSet::new();
        for finding in std::mem::take(&mut self.findings) {
            match accepted.get(finding.key.as_str()) {
                Some(by) => {
                    seen.insert(finding.key.clone());
                    suppressed.push(Suppressed { finding, by: (*by).clone() });
                }
                None => kept.push(finding),
            }
        }
        accepted.retain(|key, _| !seen.contains(*key) && self.was_evaluated(key));
        self.stale =
            baseline.suppressed.iter().filter(|one| accepted.contains_key(one.key.as_str())).cloned().collect();
        self.findings = kept;
        self.suppressed = suppressed;
        self
    }

    /// Whether the rule of a key looked at everything.
    fn was_evaluated(&self, key: &str) -> bool {
        let id = key.split(':').next().unwrap_or(key);
        matches!(self.verdict(id), Some(Verdict::Pass | Verdict::Fail { partly: None, .. }))
    }

    /// As one JSON object: `rules` with what each said, `findings`, `suppressed`, the score, and what was taken to be exposed.
    pub fn json(&self) -> Value {
        let rules: Vec<PrintedRule<'_>> = self
            .rules
            .iter()
            .map(|rule| {
                let (result, reason) = match &rule.verdict {
                    Verdict::Pass => ("pass", None),
                    Verdict::Fail { partly, .. } => ("fail", partly.as_ref().map(ToString::to_string)),
                    Verdict::NotEvaluated(reason) => ("not_evaluated", Some(reason.to_string())),
                };
                PrintedRule { id: rule.id, name: rule.name, result, reason }
            })
            .collect();
        let suppressed: Vec<Value> = self
            .suppressed
            .iter()
            .map(|one| json!({"key": one.finding.key, "reason": one.by.reason, "author": one.by.author, "date": one.by.date}))
            .collect();
        json!({
            "score": self.score.to_string(),
            "exposure": self.exposure,
            "rules": rules,
            "findings": self.findings.iter().map(printed).collect::<Vec<_>>(),
            "suppressed": suppressed,
        })
    }

    /// As a SARIF 2.1.0 log.
    pub fn sarif(&self) -> Value {
        sarif::log(self)
    }

    /// As lines for a terminal.
    pub fn table(&self) -> String {
        table::lines(self)
    }
}

fn printed(finding: &Finding) -> Value {
    let mut value = json!({
        "rule": finding.rule,
        "name": finding.name,
        "level": finding.level.name(),
        "object": finding.object,
        "message": finding.message,
        "evidence": finding.evidence,
        "key": finding.key,
    });
    if let (Some(fix), Some(members)) = (&finding.fix, value.as_object_mut()) {
        members.insert("fix".to_owned(), json!(fix.sql));
        if let Some(undo) = &fix.undo {
            members.insert("undo".to_owned(), json!(undo));
        }
        members.insert("lock".to_owned(), json!(fix.lock.map(crate::Lock::name)));
        members.insert("transaction_safe".to_owned(), json!(fix.transaction_safe));
    }
    value
}
