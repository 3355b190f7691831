//! What a rule on migrations is.

use std::fmt;

use super::action::Action;
use super::scene::{Scene, Statement};
use super::{Finding, TableLock};
use crate::{Fix, Level};

/// A check of a script.
pub struct Rule {
    /// Its stable id (`M-01`).
    pub id: &'static str,
    /// Its stable name.
    pub name: &'static str,
    /// The level of its findings; a finding may say otherwise.
    pub level: Level,
    /// What it finds, in a few words.
    pub title: &'static str,
    pub(crate) comment: &'static str,
    pub(crate) check: fn(&Scene<'_>, &mut Found),
}

impl Rule {
    /// Looks at a script.
    pub(crate) fn check(&'static self, scene: &Scene<'_>) -> Vec<Finding> {
        let mut found = Found { rule: self, findings: Vec::new() };
        (self.check)(scene, &mut found);
        found.findings
    }

    /// Its page, as Markdown: what, why, how to fix it, false positives, with examples in SQL.
    pub fn page(&self) -> String {
        crate::rule::page(self.comment)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.id, self.name)
    }
}

/// What a rule has found so far.
pub(crate) struct Found {
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Found {
    /// Adds a finding about a statement, given with its index.
    pub(crate) fn add(&mut self, step: usize, statement: &Statement, message: String) -> &mut Finding {
        let Rule { id, name, level, .. } = *self.rule;
        self.findings.push(Finding { rule: id, name, level, step, span: statement.span, message, fix: None });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

impl Finding {
    pub(crate) fn level(&mut self, level: Level) -> &mut Self {
        self.level = level;
        self
    }

    pub(crate) fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// The fix is to do it as others can go on working meanwhile.
    pub(crate) fn done_online(&mut self, action: &Action) -> &mut Self {
        self.fix = action.online.as_ref().map(|online| {
            let fix = Fix::new(online.sql.clone());
            let fix = if let TableLock::Postgres { lock } = online.lock { fix.lock(lock) } else { fix };
            if online.transaction_safe { fix } else { fix.outside_transactions() }
        });
        self
    }
}

/// Declares the file's `RULE`; its doc comment is the page, and a function `check` beside it the check.
macro_rules! rule {
    (
        $(#[doc = $page:literal])*
        $id:literal $name:literal $level:ident $title:literal
    ) => {
        $(#[doc = $page])*
        pub(crate) static RULE: crate::migration::Rule = crate::migration::Rule {
            id: $id,
            name: $name,
            level: crate::Level::$level,
            title: $title,
            comment: concat!($($page, "\n"),*),
            check,
        };
    };
}
pub(crate) use rule;
