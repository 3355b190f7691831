//! A thread that owns one connection of the client library, which only waits. Everything of that connection runs on it, in order.

use std::{
    sync::mpsc::{Sender, channel},
    thread,
};

use driver::{Code, Error};
use oracledb::Connection;
use tokio::sync::oneshot;

use crate::error::PRODUCT;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The handle of such a thread; dropping it ends the thread behind what it is at.
#[derive(Clone)]
pub(super) struct Worker {
    jobs: Sender<Job>,
}

impl Worker {
    /// Starts a thread that opens a connection with `open` and answers with what else it returns.
    pub(super) async fn start<T: Send + 'static>(
        open: impl FnOnce() -> Result<(Connection, T), Error> + Send + 'static,
    ) -> Result<(Worker, T), Error> {
        let (jobs, queue) = channel::<Job>();
        let (answer, opened) = oneshot::channel();
        thread::Builder::new()
            .name("oracle session".to_owned())
            .spawn(move || match open() {
                Ok((connection, rest)) => {
                    if answer.send(Ok(rest)).is_ok() {
                        queue.into_iter().for_each(|job| job(&connection));
                    }
                }
                Err(error) => drop(answer.send(Err(error))),
            })
            .map_err(|error| {
                Error::new(Code::Exhausted, "No thread could be started for the session.").with_source(error)
            })?;
        let rest = opened.await.unwrap_or_else(|_| Err(Error::lost(PRODUCT)))?;
        Ok((Worker { jobs }, rest))
    }

    /// Queues a job; false when the thread is gone.
    pub(super) fn queue(&self, job: impl FnOnce(&Connection) + Send + 'static) -> bool {
        self.jobs.send(Box::new(job)).is_ok()
    }

    /// Runs a job and waits for its answer.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue(move |connection| {
            // Whoever asked has gone by now.
            if !answer.is_closed() {
                let _ = answer.send(job(connection));
            }
        });
        answered.await.unwrap_or_else(|_| Err(Error::lost(PRODUCT)))
    }
}
