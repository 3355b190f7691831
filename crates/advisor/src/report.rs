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

#[cfg(test)]
mod tests {
    use catalog::{
        Catalog, Grant, Kind, Known, ObjectKey, ObjectKind, Policy, PolicyCommand, Relation, RelationKind, Role,
        RowSecurity, Schema,
    };

    use super::*;
    use crate::{Engine, Facts, Grade, Reason};

    /// A table without a key in a schema that anybody may use, and everything read.
    fn catalog() -> Catalog {
        let mut catalog = Catalog::default();
        let schema = catalog.push_schema(Schema { owner: Some("owner".into()), ..Schema::named("public") });
        catalog.push_relation(Relation {
            row_security: Known::Value(RowSecurity::default()),
            owner: Some("owner".into()),
            ..Relation::new(schema, "a:b", RelationKind::Table)
        });
        catalog.roles = vec![Role { name: "web_anon".into(), ..Role::default() }];
        let schema_key = ObjectKey {
            database: None,
            schema: None,
            kind: ObjectKind::Schema,
            name: "public".into(),
            signature: None,
        };
        catalog.grants = vec![grant(schema_key, "USAGE")];
        for kind in Kind::ALL {
            catalog.coverage.insert(kind, Known::Value(()));
        }
        catalog.seal();
        catalog
    }

    fn grant(object: ObjectKey, privilege: &str) -> Grant {
        Grant {
            object,
            column: None,
            grantee: "web_anon".into(),
            grantor: None,
            privilege: privilege.into(),
            grantable: false,
        }
    }

    fn exposed() -> Exposure {
        Exposure { schemas: vec!["public".into()], anonymous: vec!["web_anon".into()], ..Exposure::default() }
    }

    fn report(catalog: &Catalog, exposure: Option<&Exposure>) -> Report {
        let mut facts = Facts::of(Engine::Postgres);
        facts.extension_members = Known::Value(Vec::new());
        advise(&Context::new(catalog, &facts, exposure))
    }

    #[test]
    fn the_json_says_what_each_rule_said_and_what_was_found() {
        let report = report(&catalog(), None);
        let json = report.json();
        let rule = |id: &str| json["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap().clone();
        assert_eq!(rule("K-01")["result"], "fail");
        assert_eq!(rule("K-03"), json!({"id": "K-03", "name": "foreign_key_type_mismatch", "result": "pass"}));
        assert_eq!(rule("S-01")["result"], "not_evaluated");
        assert!(rule("S-01")["reason"].as_str().unwrap().contains("untrusted clients"));
        assert_eq!(rule("I-01")["reason"], "states of indexes were not read");
        let finding = json["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "K-01").unwrap().clone();
        assert_eq!(finding["name"], "no_primary_key");
        assert_eq!(finding["level"], "warning");
        assert_eq!(finding["object"], json!({"schema": "public", "name": "a:b", "kind": "table"}));
        assert_eq!(finding["key"], "K-01:public:a\\:b");
        assert!(finding["fix"].as_str().unwrap().starts_with("ALTER TABLE public.\"a:b\" ADD COLUMN id"));
        assert!(finding["undo"].is_string() && finding["transaction_safe"] == true);
    }

    #[test]
    fn what_was_not_read_never_passes() {
        let mut catalog = catalog();
        catalog.coverage.insert(Kind::Policies, Known::Denied);
        catalog.coverage.remove(&Kind::Grants);
        let report = report(&catalog, Some(&exposed()));
        let denied = Verdict::NotEvaluated(Reason::Denied("policies".into()));
        assert_eq!(report.verdict("S-10"), Some(&denied));
        assert_eq!(report.verdict("S-01"), Some(&Verdict::NotEvaluated(Reason::NotLoaded("privileges".into()))));
        assert!(report.score.uncertain && report.score.to_string().ends_with('?'));
    }

    #[test]
    fn what_is_accepted_is_apart_and_what_is_gone_is_named() {
        let all = report(&catalog(), None);
        let key = "K-01:public:a\\:b";
        let mut baseline = Baseline::of(&all.findings, "a log", "ann", "2026-11-22");
        assert!(baseline.suppressed.iter().any(|one| one.key == key));
        baseline.suppressed.push(Suppression { key: "K-03:gone".into(), ..Suppression::default() });
        baseline.suppressed.push(Suppression { key: "S-01:nobody:knows".into(), ..Suppression::default() });
        let baseline = Baseline::parse(&baseline.text()).unwrap();
        let left = report(&catalog(), None).without(&baseline);
        assert_eq!(left.findings, []);
        assert_eq!(left.suppressed.len(), all.findings.len());
        assert_eq!(left.stale.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["K-03:gone"]);
        assert_eq!(left.json()["suppressed"][0]["author"], "ann");
        assert!(left.table().contains("Accepted but not found any more: K-03:gone"), "{}", left.table());
    }

    #[test]
    fn grades_follow_what_is_exposed() {
        let mut catalog = catalog();
        assert_ne!(report(&catalog, Some(&exposed())).score.grade, Grade::F);
        let table = || ObjectKey::relation(None, Some("public"), "a:b");
        catalog.grants.push(grant(table(), "SELECT"));
        let open = report(&catalog, Some(&exposed()));
        assert_eq!((open.score.grade, open.score.secured, open.score.tables), (Grade::E, 0, 1));
        let schema = catalog.relations[0].schema;
        for number in 0..5 {
            catalog.push_relation(Relation {
                row_security: Known::Value(RowSecurity { enabled: true, forced: false }),
                ..Relation::new(schema, &format!("t{number}"), RelationKind::Table)
            });
        }
        let score = report(&catalog, Some(&exposed())).score;
        assert_eq!((score.grade, score.secured, score.tables), (Grade::D, 5, 6));
        // Not wrong, but whoever reads every row of it is not kept out by its policy.
        catalog.policies.push(Policy {
            relation: catalog::RelationId(1),
            name: "anybody".into(),
            command: PolicyCommand::Select,
            permissive: true,
            roles: vec!["PUBLIC".into()],
            using: Some("true".into()),
            with_check: None,
            comment: None,
        });
        catalog.seal();
        assert_eq!(report(&catalog, Some(&exposed())).score.secured, 5, "without the privilege");
        catalog.grants.push(grant(ObjectKey::relation(None, Some("public"), "t0"), "SELECT"));
        assert_eq!(report(&catalog, Some(&exposed())).score.secured, 4);
        catalog.grants.push(grant(table(), "INSERT"));
        assert_eq!(report(&catalog, Some(&exposed())).score.grade, Grade::F);
    }

    #[test]
    fn the_sarif_log_has_rules_results_and_what_was_not_evaluated() {
        let baseline = Baseline::of(&report(&catalog(), None).findings[..1], "why", "ann", "2026-11-22");
        let log = report(&catalog(), None).without(&baseline).sarif();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let ids: Vec<&str> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
        for result in run["results"].as_array().unwrap() {
            assert!(ids.contains(&result["ruleId"].as_str().unwrap()));
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(result["partialFingerprints"]["key/v1"].is_string());
        }
        let accepted: Vec<_> =
            run["results"].as_array().unwrap().iter().filter(|result| result["suppressions"].is_array()).collect();
        assert_eq!(accepted.len(), 1);
        let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        assert!(notifications.iter().any(|one| one["associatedRule"]["id"] == "S-01"));
    }
}
