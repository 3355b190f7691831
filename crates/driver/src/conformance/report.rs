//! What came of a suite.

use std::{fmt, time::Duration};

use super::Gap;

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the contract says.
    Passed,
    /// The server or the driver has no such thing.
    Absent(String),
    /// It could not be looked at here.
    Unverifiable(String),
    /// Not as the contract says.
    Failed(String),
}

impl From<Gap> for Verdict {
    fn from(gap: Gap) -> Self {
        match gap {
            Gap::Absent(reason) => Verdict::Absent(reason),
            Gap::Unverifiable(reason) => Verdict::Unverifiable(reason),
        }
    }
}

/// One case of a report.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, a sentence.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub elapsed: Duration,
}

/// What came of a suite. Prints one line per case, then the counts.
#[derive(Clone, Debug)]
pub struct Report {
    /// The driver's label.
    pub driver: String,
    /// What the server said it is; empty when it could not be reached.
    pub version: String,
    /// What its version had to begin with.
    pub expected_version: String,
    /// Every case that ran, in order.
    pub cases: Vec<Case>,
}

impl Report {
    pub(super) fn new(driver: &str, expected_version: &str) -> Self {
        Report {
            driver: driver.to_owned(),
            version: String::new(),
            expected_version: expected_version.to_owned(),
            cases: Vec::new(),
        }
    }

    fn count(&self, accept: impl Fn(&Verdict) -> bool) -> usize {
        self.cases.iter().filter(|case| accept(&case.verdict)).count()
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Passed)
    }

    /// How many things the subject does not have.
    pub fn absent(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Absent(_)))
    }

    /// How many could not be looked at.
    pub fn unverifiable(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Unverifiable(_)))
    }

    /// The names of the cases that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        let failed = |case: &&Case| matches!(case.verdict, Verdict::Failed(_));
        self.cases.iter().filter(failed).map(|case| case.name).collect()
    }

    /// What came of it, as it stands on record: the same whenever and wherever the suite runs against the same kind of server.
    pub fn record(&self) -> String {
        let product = self.version.split(' ').next().filter(|product| !product.is_empty()).unwrap_or("no server");
        let mut record = format!("{}: {product} {}\n", self.driver, self.expected_version);
        for Case { name, verdict, .. } in &self.cases {
            record.push_str(&match verdict {
                Verdict::Passed => format!("passed        {name}\n"),
                Verdict::Absent(reason) => format!("absent        {name}: {reason}\n"),
                Verdict::Unverifiable(reason) => format!("unverifiable  {name}: {reason}\n"),
                Verdict::Failed(_) => format!("failed        {name}\n"),
            });
        }
        record
    }

    /// For tests: panics with the whole report unless every case passed, was absent or unverifiable, and some passed.
    ///
    /// # Panics
    /// See above.
    pub fn assert(&self) {
        assert!(self.failed().is_empty() && self.passed() > 0, "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = if self.version.is_empty() { "no server" } else { &self.version };
        writeln!(f, "{}: {found} (expected {})", self.driver, self.expected_version)?;
        for Case { name, verdict, elapsed } in &self.cases {
            let (word, detail) = match verdict {
                Verdict::Passed => ("passed", ""),
                Verdict::Absent(reason) => ("absent", reason.as_str()),
                Verdict::Unverifiable(reason) => ("unverifiable", reason.as_str()),
                Verdict::Failed(detail) => ("FAILED", detail.as_str()),
            };
            let ms = elapsed.as_millis();
            match detail {
                "" => writeln!(f, "  {word:<12} {name} ({ms} ms)")?,
                _ => writeln!(f, "  {word:<12} {name} ({ms} ms): {detail}")?,
            }
        }
        write!(
            f,
            "{} passed, {} absent, {} unverifiable, {} failed",
            self.passed(),
            self.absent(),
            self.unverifiable(),
            self.failed().len()
        )
    }
}
