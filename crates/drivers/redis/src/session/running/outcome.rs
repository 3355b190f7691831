//! How a run ends.

use driver::{Code, Error, Event, Outcome, Summary, Transaction};

use super::{Awaiting, Run};

impl Run {
    /// The last event.
    pub(super) fn outcome(&mut self, transaction: Transaction) -> Result<Event, Error> {
        // A script that was ended says so in words of its own.
        let stopped = self.failure.as_ref().is_some_and(|error| self.delivered || error.code == Code::Cancelled);
        let monitor = self.awaiting == Awaiting::Monitor;
        let outcome = match self.failure.take() {
            failure if self.timed_out && !monitor && (stopped || failure.is_none() && self.clipped) => {
                let limit = self.timeout.unwrap_or_default().as_secs_f32();
                return Err(Error::new(Code::TimedOut, format!("Stopped after {limit} s, the limit for this run.")));
            }
            Some(_) if stopped && self.cancelled => Outcome::Cancelled,
            Some(error) => return Err(error),
            None if self.clipped || monitor && self.cancelled => Outcome::Cancelled,
            None => Outcome::Completed,
        };
        Ok(Event::Done(Summary {
            outcome,
            // A reply is a value and no tag.
            tag: None,
            affected_rows: None,
            rows: self.rows.sent,
            elapsed: self.started.elapsed(),
            transaction,
            left: None,
        }))
    }
}
