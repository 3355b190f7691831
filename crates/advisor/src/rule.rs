use std::fmt;

use catalog::{Coverage, Kind, Known};
use serde::{Deserialize, Serialize};

use crate::{Context, Engine, Finding, Object};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// Wrong: data is exposed, lost, or will be.
    Error,
}

impl Level {
    /// `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why a rule, or a part of what it looks at, was not evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "what")]
pub enum Reason {
    /// It was not read.
    #[error("{0} were not read")]
    NotLoaded(String),
    /// The login may not read it.
    #[error("this login may not read {0}")]
    Denied(String),
    /// The server does not tell.
    #[error("this server does not tell {0}")]
    Unsupported(String),
    /// An extension that tells it is not installed.
    #[error("the extension {0} is not installed")]
    Extension(String),
    /// A setting keeps it from being counted, or what was counted is too young to say anything.
    #[error("{0}")]
    Unready(String),
    /// Nobody said which schemas and roles untrusted clients reach, and nothing hints at it.
    #[error("nobody said which schemas and roles untrusted clients can reach")]
    Exposure,
}

impl Reason {
    /// The reason for which a fact is missing.
    pub(crate) fn of<T>(known: &Known<T>, what: &str) -> Option<Reason> {
        match known {
            Known::Value(_) => None,
            Known::NotLoaded => Some(Reason::NotLoaded(what.to_owned())),
            Known::Denied => Some(Reason::Denied(what.to_owned())),
            Known::Unsupported => Some(Reason::Unsupported(what.to_owned())),
        }
    }
}

/// The fact, or why it is missing; `what` is a plural (`statistics of tables`).
pub(crate) fn told<'f, T>(known: &'f Known<T>, what: &str) -> Result<&'f T, Reason> {
    known.value().ok_or_else(|| Reason::of(known, what).unwrap_or(Reason::NotLoaded(what.to_owned())))
}

/// What a rule says of a database.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Everything it looks at was looked at, and is as it should be.
    Pass,
    /// Something is not; `partly` says what was not looked at beside it.
    Fail {
        /// What was found, at least one.
        findings: Vec<Finding>,
        /// Why not everything was looked at.
        partly: Option<Reason>,
    },
    /// Nothing was found, but not everything was looked at.
    NotEvaluated(Reason),
}

/// A check.
pub struct Rule {
    /// Its stable id (`K-01`): the letter is its group.
    pub id: &'static str,
    /// Its stable name.
    pub name: &'static str,
    /// The level of its findings; a finding may say otherwise.
    pub level: Level,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Which engines it concerns.
    pub engines: &'static [Engine],
    /// What of a catalog it reads.
    pub needs: &'static [Kind],
    pub(crate) comment: &'static str,
    pub(crate) check: fn(&Context<'_>, &mut Found) -> Result<(), Reason>,
}

impl Rule {
    /// Looks at a database.
    pub fn check(&'static self, context: &Context<'_>) -> Verdict {
        if let Err((kind, coverage)) = context.catalog.complete(self.needs) {
            return Verdict::NotEvaluated(unread(kind, &coverage));
        }
        let mut found = Found { rule: self, findings: Vec::new(), unseen: None };
        let ended = (self.check)(context, &mut found);
        let partly = ended.err().or(found.unseen);
        match (found.findings.is_empty(), partly) {
            (true, None) => Verdict::Pass,
            (true, Some(reason)) => Verdict::NotEvaluated(reason),
            (false, partly) => Verdict::Fail { findings: found.findings, partly },
        }
    }

    /// Its page, as Markdown: what, why, how to fix it, false positives, with examples in SQL.
    pub fn page(&self) -> String {
        page(self.comment)
    }

    /// Whether it concerns this engine.
    pub fn concerns(&self, engine: Engine) -> bool {
        self.engines.contains(&engine)
    }

    /// The letter of its group: K keys, I indexes, S row security and exposure, T types, O operations.
    pub fn group(&self) -> char {
        self.id.chars().next().unwrap_or(' ')
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.id, self.name)
    }
}

/// The page that a doc comment holds.
pub(crate) fn page(comment: &str) -> String {
    let lines = comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn unread(kind: Kind, coverage: &Coverage) -> Reason {
    let what = kind.words();
    Reason::of(coverage, what).unwrap_or_else(|| Reason::NotLoaded(what.to_owned()))
}

/// What a rule has found so far.
pub(crate) struct Found {
    rule: &'static Rule,
    findings: Vec<Finding>,
    unseen: Option<Reason>,
}

impl Found {
    /// Adds a finding about an object; its key is made of the rule's id and the object's names.
    pub(crate) fn add(&mut self, object: Object, message: String) -> &mut Finding {
        let finding = Finding::new(self.rule, object, message);
        self.findings.push(finding);
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// Says that something was not looked at, and goes on.
    pub(crate) fn unseen(&mut self, reason: Reason) {
        self.unseen.get_or_insert(reason);
    }
}

/// Declares the file's `RULE`; its doc comment is the page, and a function `check` beside it the check.
macro_rules! rule {
    (
        $(#[doc = $page:literal])*
        $id:literal $name:literal $level:ident $title:literal
        on [$($engine:ident),*] needs [$($kind:ident),*]
    ) => {
        $(#[doc = $page])*
        pub(crate) static RULE: crate::Rule = crate::Rule {
            id: $id,
            name: $name,
            level: crate::Level::$level,
            title: $title,
            engines: &[$(crate::Engine::$engine),*],
            needs: &[$(::catalog::Kind::$kind),*],
            comment: concat!($($page, "\n"),*),
            check,
        };
    };
}
pub(crate) use rule;
