//! What was measured of an operator, thread by thread.

use driver::plan::{Actual, Pages};

/// Sums over the threads of one operator.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counters {
    rows: f64,
    executions: f64,
    /// Threads that ran it at all.
    threads: u32,
    /// Threads that say how long they took, since server 2014.
    elapsed_ms: Option<f64>,
    logical: Option<u64>,
    outside: u64,
    batch: bool,
}

impl Counters {
    /// One thread more.
    pub(super) fn add<'a>(&mut self, of: impl Fn(&str) -> Option<&'a str>) {
        let float = |name: &str| of(name).and_then(driver::plan::number);
        let count = |name: &str| of(name).and_then(|digits| digits.parse::<u64>().ok());
        let executions = float("ActualExecutions").unwrap_or(0.0);
        self.rows += float("ActualRows").unwrap_or(0.0);
        self.executions += executions;
        if executions > 0.0 {
            self.threads = self.threads.saturating_add(1);
        }
        if let Some(elapsed) = float("ActualElapsedms") {
            // Threads run side by side.
            self.elapsed_ms = Some(self.elapsed_ms.unwrap_or(0.0).max(elapsed));
        }
        if let Some(logical) = count("ActualLogicalReads") {
            self.logical = Some(self.logical.unwrap_or(0).saturating_add(logical));
        }
        let outside = count("ActualPhysicalReads").unwrap_or(0).saturating_add(count("ActualReadAheads").unwrap_or(0));
        self.outside = self.outside.saturating_add(outside);
        self.batch |= of("ActualExecutionMode") == Some("Batch");
    }

    /// How often it was run. Threads that share one run count as one.
    fn loops(&self) -> f64 {
        if self.threads > 1 && self.executions == f64::from(self.threads) { 1.0 } else { self.executions }
    }

    pub(super) fn actual(&self) -> Actual {
        let loops = self.loops();
        let each = |sum: f64| if loops > 0.0 { sum / loops } else { sum };
        Actual {
            rows: Some(digits(each(self.rows))),
            loops: Some(digits(loops)),
            startup_ms: None,
            total_ms: self.elapsed_ms.map(|elapsed| digits(each(elapsed))),
            processes: self.threads,
            stopped_early: false,
        }
    }

    /// Nanoseconds over all loops, and whether those below are in it: in batch mode they are not.
    pub(super) fn elapsed_ns(&self) -> Option<(u64, bool)> {
        // A saturating cast.
        self.elapsed_ms.map(|elapsed| ((elapsed * 1e6).round() as u64, !self.batch))
    }

    /// Pages that it read itself.
    pub(super) fn pages(&self) -> Option<Pages> {
        let logical = self.logical?;
        Some(Pages { hit: logical.saturating_sub(self.outside), read: self.outside, ..Pages::default() })
    }
}

/// Whole numbers as such, others with two digits.
fn digits(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}
