use std::time::Duration;

use driver::{
    Code, Error, Outcome, Session, Statement,
    fake::{FakeBuilder, FakeDriver, FakeSession, Step, integer_batch, repeat},
};
use tokio::sync::mpsc::UnboundedReceiver;

use super::*;
use crate::{Controller, Progress, ReadPolicy, RunEvent, Truncation, drive};

fn fake() -> FakeDriver {
    FakeBuilder::new("1")
        .on("ten thousand", |_, _| repeat(Some(10_000), 1000))
        .on("endless", |_, _| repeat(None, 1000))
        .on("two", |_, _| [repeat(Some(5), 5), repeat(Some(7), 7)].concat())
        .on("none", |_, _| vec![Step::Tag("DONE".into(), Some(0))])
        .on("fails", |_, _| {
            let mut steps = repeat(Some(3), 3);
            steps.push(Step::Fail(Error::new(Code::InvalidStatement, "no")));
            steps
        })
        .on("dies", |_, _| {
            let batch = integer_batch(0..3);
            vec![Step::Head(batch.schema()), Step::Rows(batch), Step::Die("gone".into())]
        })
        .on("one", |_, _| {
            let batch = integer_batch([1]);
            vec![Step::Head(batch.schema()), Step::Rows(batch)]
        })
        .build()
}

struct Trial {
    session: FakeSession,
    controller: Option<Controller>,
    events: UnboundedReceiver<RunEvent>,
}

impl Trial {
    fn start(store: &Store, text: &str, policy: ReadPolicy) -> Self {
        let session = fake().session();
        let (controller, events) = drive(session.run(Statement::new(text)), store, policy);
        Trial { session, controller: Some(controller), events }
    }

    fn controller(&self) -> &Controller {
        self.controller.as_ref().unwrap()
    }

    async fn hold(&mut self) -> Hold {
        match self.events.recv().await.unwrap() {
            RunEvent::ResultSet(hold) => hold,
            other => panic!("{other:?}"),
        }
    }

    async fn end(&mut self) -> RunEvent {
        let end = self.events.recv().await.unwrap();
        assert!(self.events.recv().await.is_none(), "something after {end:?}");
        end
    }

    /// The session still answers, and with its own bytes.
    async fn check_session(&self, store: &Store) {
        let (_controller, mut events) = drive(self.session.run(Statement::new("one")), store, ReadPolicy::default());
        let RunEvent::ResultSet(hold) = events.recv().await.unwrap() else { panic!("no head") };
        assert!(matches!(events.recv().await, Some(RunEvent::Done(_))));
        assert_eq!(hold.texts(0, &[0]).unwrap(), [Some(b"1".to_vec())]);
    }
}

async fn state(hold: &Hold, accept: impl Fn(&HoldState) -> bool) -> Progress {
    hold.progress().wait_for(|progress| accept(&progress.state)).await.unwrap().clone()
}

fn paused(state: &HoldState) -> bool {
    matches!(state, HoldState::Paused { .. })
}

fn policy(rows: u64) -> ReadPolicy {
    ReadPolicy { rows, ..ReadPolicy::default() }
}

#[tokio::test]
async fn a_run_is_read_to_its_end() {
    let store = store();
    let mut trial = Trial::start(&store, "ten thousand", ReadPolicy::default());
    let hold = trial.hold().await;
    let RunEvent::Done(summary) = trial.end().await else { panic!("not done") };
    assert_eq!((summary.rows, hold.rows(), hold.is_complete()), (10_000, 10_000, true));
    assert_eq!(hold.texts(9_999, &[0]).unwrap(), [Some(b"9999".to_vec())]);
}

#[tokio::test]
async fn a_result_as_long_as_the_cap_is_complete() {
    let store = store();
    let mut trial = Trial::start(&store, "ten thousand", policy(10_000));
    let hold = trial.hold().await;
    assert!(matches!(trial.end().await, RunEvent::Done(_)));
    assert!(hold.is_complete());
}

#[tokio::test]
async fn at_the_cap_it_pauses_and_goes_on_when_told() {
    let store = store();
    let mut trial = Trial::start(&store, "ten thousand", policy(2500));
    let hold = trial.hold().await;
    assert_eq!(state(&hold, paused).await.rows, 2500);
    trial.controller().more(100);
    // It reads on and pauses again, perhaps before anyone could see it reading.
    let further = |progress: &Progress| progress.rows > 2500 && paused(&progress.state);
    assert_eq!(hold.progress().wait_for(further).await.unwrap().rows, 2600);
    trial.controller().all();
    assert!(matches!(trial.end().await, RunEvent::Done(_)));
    assert!(hold.is_complete());
    let numbers: Vec<_> = [0, 2499, 2500, 2600, 9999].map(|row| hold.texts(row, &[0]).unwrap()).into();
    let expected: Vec<_> = ["0", "2499", "2500", "2600", "9999"].map(|text| vec![Some(text.into())]).into();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn who_looks_late_still_hears_of_the_pause() {
    let store = store();
    let mut trial = Trial::start(&store, "ten thousand", policy(2500));
    let hold = trial.hold().await;
    state(&hold, paused).await;
    let mut late = hold.progress();
    tokio::time::timeout(Duration::from_secs(5), late.changed()).await.expect("nothing was told").unwrap();
    assert!(paused(&late.borrow().state));
    trial.controller().all();
    assert!(matches!(trial.end().await, RunEvent::Done(_)));
}

#[tokio::test]
async fn bytes_are_a_cap_too() {
    let store = store();
    let mut trial = Trial::start(&store, "endless", ReadPolicy { bytes: 20_000, ..ReadPolicy::default() });
    let hold = trial.hold().await;
    assert_eq!(state(&hold, paused).await.rows, 3000);
    trial.controller().stop();
    assert!(matches!(trial.end().await, RunEvent::Done(_)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_lasts_too_long_cancels_the_run_and_truncates_the_hold() {
    let store = store();
    let mut trial = Trial::start(&store, "endless", ReadPolicy { max_pause: Duration::from_secs(5), ..policy(1500) });
    let hold = trial.hold().await;
    let progress = state(&hold, paused).await;
    assert!(matches!(progress.state, HoldState::Paused { limit_ms: 5000, since_ms } if since_ms > 0));
    let RunEvent::Done(summary) = trial.end().await else { panic!("not done") };
    assert_eq!(summary.outcome, Outcome::Cancelled);
    let progress = state(&hold, HoldState::is_final).await;
    assert!(matches!(progress.state, HoldState::Truncated(Truncation::PauseEnded)));
    assert_eq!(progress.rows, 1500);
    trial.check_session(&store).await;
}

#[tokio::test]
async fn stop_keeps_what_is_held() {
    let store = store();
    for cap in [1000, u64::MAX] {
        let mut trial = Trial::start(&store, "endless", policy(cap));
        let hold = trial.hold().await;
        hold.progress().wait_for(|progress| progress.rows >= 1000).await.unwrap();
        trial.controller().stop();
        let RunEvent::Done(summary) = trial.end().await else { panic!("not done") };
        assert_eq!(summary.outcome, Outcome::Cancelled);
        let progress = state(&hold, HoldState::is_final).await;
        assert!(matches!(progress.state, HoldState::Cancelled) && progress.rows >= 1000);
        trial.check_session(&store).await;
    }
}

#[tokio::test]
async fn dropping_the_controller_cancels_the_run() {
    let store = store();
    let mut trial = Trial::start(&store, "endless", policy(1000));
    let hold = trial.hold().await;
    state(&hold, paused).await;
    drop(trial.controller.take());
    assert!(matches!(trial.end().await, RunEvent::Failed(error) if error.code == Code::Cancelled));
    assert!(matches!(state(&hold, HoldState::is_final).await.state, HoldState::Cancelled));
    trial.check_session(&store).await;
}

#[tokio::test]
async fn each_result_set_has_its_own_hold() {
    let store = store();
    let mut trial = Trial::start(&store, "two", ReadPolicy::default());
    let (first, second) = (trial.hold().await, trial.hold().await);
    assert!(matches!(trial.end().await, RunEvent::Done(_)));
    assert_eq!((first.rows(), second.rows()), (5, 7));
    assert!(first.is_complete() && second.is_complete());
}

#[tokio::test]
async fn a_statement_without_a_result_is_only_done() {
    let mut trial = Trial::start(&store(), "none", ReadPolicy::default());
    assert!(matches!(trial.end().await, RunEvent::Done(summary) if summary.tag.as_deref() == Some("DONE")));
}

#[tokio::test]
async fn a_failure_keeps_the_rows_before_it() {
    for (text, code) in [("fails", Code::InvalidStatement), ("dies", Code::Unreachable)] {
        let mut trial = Trial::start(&store(), text, ReadPolicy::default());
        let hold = trial.hold().await;
        let RunEvent::Failed(error) = trial.end().await else { panic!("did not fail") };
        assert_eq!(error.code, code);
        let progress = state(&hold, HoldState::is_final).await;
        assert!(matches!(progress.state, HoldState::Failed(error) if error.code == code));
        assert_eq!(progress.rows, 3);
    }
}

#[tokio::test]
async fn a_full_store_stops_the_run_and_keeps_what_fits() {
    let store = Store::new(Limits { total_bytes: 3 << 20, ..Limits::default() }).unwrap();
    let mut trial = Trial::start(&store, "endless", ReadPolicy::unlimited());
    let hold = trial.hold().await;
    let RunEvent::Failed(error) = trial.end().await else { panic!("did not fail") };
    assert_eq!(error.code, Code::Exhausted);
    let progress = state(&hold, HoldState::is_final).await;
    assert!(matches!(progress.state, HoldState::Truncated(Truncation::Exhausted(_))));
    let last = hold.rows() - 1;
    assert_eq!(hold.texts(last, &[0]).unwrap(), [Some(last.to_string().into_bytes())]);
    trial.check_session(&store).await;
}
