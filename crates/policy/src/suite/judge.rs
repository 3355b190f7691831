//! What came of a case, held against what was to come of it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Case, Expect, Rows};

/// The SQLSTATE of a missing privilege and of a row that a policy does not let in.
const NOT_ALLOWED: &str = "42501";

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Ran {
        /// What the actor's statement answered.
        answer: Answer,
        /// What the statement after it answered; `None` where there is none.
        then: Option<Answer>,
    },
    /// It did not come to the statement: a setup failed, the role could not be taken on, the connection was lost. Never a pass.
    NotRun {
        /// Why.
        reason: String,
    },
}

/// What a statement answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was carried out.
    Done {
        /// The rows that came back; `None` for a statement that gives none, such as INSERT without RETURNING.
        returned: Option<Returned>,
        /// How many rows were added, changed or removed; `None` for a statement that does no such thing.
        affected: Option<u64>,
    },
    /// It failed on the server.
    Error {
        /// The SQLSTATE.
        sqlstate: String,
        /// The server's words.
        message: String,
    },
    /// It was not sent.
    Refused {
        /// Why.
        reason: String,
    },
}

/// Rows that came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Each with all its columns, as the server prints them; there may be fewer than came.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many came.
    pub count: u64,
}

/// What came of a statement, in the words of expectations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Got {
    /// Rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<Rows>,
    /// Their number, where that was asked or not all of them are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many rows were added, changed or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<u64>,
    /// The SQLSTATE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// It was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<bool>,
    /// The server's words, or why it was not sent or not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// It did not come to the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_run: Option<bool>,
    /// What came of the statement after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Box<Got>>,
}

/// What is said of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The case's name.
    pub name: String,
    /// Everything came as it was to come.
    pub ok: bool,
    /// What came.
    pub got: Got,
    /// Where it is not: what was to come instead, in words.
    #[serde(skip)]
    pub why: Option<String>,
}

/// What is said of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many cases came as they were to come.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// Each, in order.
    pub cases: Vec<Verdict>,
}

impl Report {
    /// Of these.
    pub fn of(cases: Vec<Verdict>) -> Self {
        let passed = cases.iter().filter(|verdict| verdict.ok).count();
        Report { passed, failed: cases.len() - passed, cases }
    }
}

impl Case {
    /// Holds what came against what was to come.
    pub fn judge(&self, outcome: &Outcome) -> Verdict {
        let name = self.name.clone();
        let (answer, after) = match outcome {
            Outcome::NotRun { reason } => {
                let got = Got { not_run: Some(true), message: Some(reason.clone()), ..Got::default() };
                return Verdict { name, ok: false, got, why: Some(format!("not run: {reason}")) };
            }
            Outcome::Ran { answer, then } => (answer, then),
        };
        let mut got = seen(&self.expect, answer);
        let mut why = differs(&self.expect, answer);
        if let Some(then) = &self.then {
            let (came, differs) = match after {
                Some(after) => {
                    let differs = differs(&then.expect, after).map(|why| format!("then: {why}"));
                    (seen(&then.expect, after), differs)
                }
                None => (
                    Got { not_run: Some(true), ..Got::default() },
                    Some("the statement after it was not run".to_owned()),
                ),
            };
            got.then = Some(Box::new(came));
            why = why.or(differs);
        }
        Verdict { name, ok: why.is_none(), got, why }
    }
}

fn seen(expect: &Expect, answer: &Answer) -> Got {
    match answer {
        Answer::Error { sqlstate, message } => {
            Got { error: Some(sqlstate.clone()), message: Some(message.clone()), ..Got::default() }
        }
        Answer::Refused { reason } => Got { refused: Some(true), message: Some(reason.clone()), ..Got::default() },
        Answer::Done { returned, affected } => {
            let partial = returned.as_ref().is_some_and(|returned| (returned.rows.len() as u64) < returned.count);
            match (expect, returned, affected) {
                (Expect::Count(_), Some(returned), _) => Got { count: Some(returned.count), ..Got::default() },
                (Expect::Affected(_), _, Some(affected)) => Got { affected: Some(*affected), ..Got::default() },
                (_, Some(returned), _) => Got {
                    rows: Some(rows_as(expect, &returned.rows)),
                    count: partial.then_some(returned.count),
                    ..Got::default()
                },
                (_, None, affected) => Got { affected: *affected, ..Got::default() },
            }
        }
    }
}

/// Rows in the form in which they were expected.
fn rows_as(expect: &Expect, rows: &[Vec<Option<String>>]) -> Rows {
    match expect {
        Expect::Rows(Rows::Columns(_)) => Rows::Columns(rows.to_vec()),
        _ => Rows::First(rows.iter().map(|row| row.first().cloned().flatten()).collect()),
    }
}

/// What is not as it was to be, in words; `None` where everything is.
fn differs(expect: &Expect, answer: &Answer) -> Option<String> {
    let came = || match answer {
        Answer::Error { sqlstate, message } => format!("it failed with {sqlstate}: {message}"),
        Answer::Refused { reason } => format!("it was not sent: {reason}"),
        Answer::Done { affected: Some(affected), returned: None } => format!("it was carried out: {affected} affected"),
        Answer::Done { returned: Some(returned), .. } => format!("it was carried out: {} came back", returned.count),
        Answer::Done { .. } => "it was carried out".to_owned(),
    };
    match (expect, answer) {
        (Expect::Error(code), Answer::Error { sqlstate, .. }) if code == sqlstate => None,
        (Expect::Error(code), _) => Some(format!("expected error {code}; {}", came())),
        (Expect::Refused, Answer::Refused { .. }) => None,
        (Expect::Refused, Answer::Error { sqlstate, .. }) if sqlstate == NOT_ALLOWED => None,
        (Expect::Refused, _) => Some(format!("expected to be refused; {}", came())),
        (Expect::Affected(wanted), Answer::Done { affected: Some(affected), .. }) => {
            (wanted != affected).then(|| format!("expected {wanted} affected, got {affected}"))
        }
        (Expect::Affected(wanted), Answer::Done { affected: None, .. }) => {
            Some(format!("expected {wanted} affected; the statement changes no rows: count what comes back"))
        }
        (Expect::Affected(wanted), _) => Some(format!("expected {wanted} affected; {}", came())),
        (Expect::Count(wanted), Answer::Done { returned: Some(returned), .. }) => {
            (*wanted != returned.count).then(|| format!("expected {wanted} rows back, got {}", returned.count))
        }
        (Expect::Rows(wanted), Answer::Done { returned: Some(returned), .. }) => rows_differ(wanted, returned),
        (Expect::Count(_) | Expect::Rows(_), Answer::Done { returned: None, .. }) => {
            Some("expected rows; the statement gives none back: say how many are affected, or add RETURNING".to_owned())
        }
        (Expect::Count(_) | Expect::Rows(_), _) => Some(format!("expected rows; {}", came())),
    }
}

/// Most rows that are named where some differ.
const MOST_NAMED: usize = 5;

fn rows_differ(wanted: &Rows, returned: &Returned) -> Option<String> {
    if (returned.rows.len() as u64) < returned.count {
        let (count, kept) = (returned.count, returned.rows.len());
        return Some(format!("{count} rows came back, of which only {kept} were kept to compare; expect a count"));
    }
    // Each row once for each time it was expected, less the times it came.
    let mut left: HashMap<Vec<Option<&str>>, i64> = HashMap::new();
    match wanted {
        Rows::First(rows) => rows.iter().for_each(|cell| *left.entry(vec![cell.as_deref()]).or_default() += 1),
        Rows::Columns(rows) => {
            for row in rows {
                *left.entry(row.iter().map(Option::as_deref).collect()).or_default() += 1;
            }
        }
    }
    for row in &returned.rows {
        let cells: Vec<Option<&str>> = match wanted {
            Rows::First(_) => vec![row.first().and_then(Option::as_deref)],
            Rows::Columns(_) => row.iter().map(Option::as_deref).collect(),
        };
        *left.entry(cells).or_default() -= 1;
    }
    let named = |sign: i64| -> Option<String> {
        let mut rows: Vec<String> = left
            .iter()
            .filter(|(_, times)| **times * sign > 0)
            .flat_map(|(cells, times)| std::iter::repeat_n(shown(cells), times.unsigned_abs() as usize))
            .collect();
        rows.sort();
        let more = rows.len().saturating_sub(MOST_NAMED);
        rows.truncate(MOST_NAMED);
        if more > 0 {
            rows.push(format!("{more} more"));
        }
        (!rows.is_empty()).then(|| rows.join(", "))
    };
    match (named(1), named(-1)) {
        (None, None) => None,
        (Some(missing), None) => Some(format!("missing: {missing}")),
        (None, Some(extra)) => Some(format!("not expected: {extra}")),
        (Some(missing), Some(extra)) => Some(format!("missing: {missing}; not expected: {extra}")),
    }
}

fn shown(cells: &[Option<&str>]) -> String {
    let cells: Vec<&str> = cells.iter().map(|cell| cell.unwrap_or("NULL")).collect();
    if let [one] = cells.as_slice() { (*one).to_owned() } else { format!("({})", cells.join(", ")) }
}
