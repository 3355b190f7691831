//! What the fake server tells of itself, and what happens on it: whatever a test says.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{FakeDriver, Sabotage, binary_batch, control::FakeControl, lock};
use crate::{
    Code, Error, Live, Report, SlowLog,
    live::{Following, LIVE_ROOM, LiveEvent, LiveKind, LiveLimit, LiveMessage, LiveTopic, LiveWanted, Outlook},
    report::{ServerAdvice, ServerReport, SlowStatement, SlowStatements},
};

/// The statement that makes the fake tell of what is off at first.
const SWITCH: &str = "set tell on";

/// A batch with one row for each text.
fn batch(texts: &[&str]) -> arrow_array::RecordBatch {
    binary_batch(&[("message", "text", texts.iter().map(|text| Some(text.as_bytes().to_vec())).collect())])
}

impl FakeDriver {
    /// Sends rows to whoever follows; how many do.
    pub async fn says(&self, texts: &[&str]) -> usize {
        self.happens(|| LiveEvent::Rows(batch(texts))).await
    }

    /// Lets something happen to whoever follows; how many do.
    pub async fn happens(&self, event: impl Fn() -> LiveEvent) -> usize {
        let listeners = lock(&self.shared.listeners).clone();
        let mut heard = 0;
        for listener in listeners {
            heard += usize::from(listener.send(event()).await.is_ok());
        }
        heard
    }

    /// What was published, as `topic message`.
    pub fn published(&self) -> Vec<String> {
        lock(&self.shared.published).clone()
    }
}

#[async_trait]
impl Live for FakeControl {
    fn kinds(&self) -> Vec<LiveKind> {
        let topic = LiveTopic { label: "Topics".to_owned(), several: true, ..LiveTopic::default() };
        let messages = LiveKind {
            id: "messages".to_owned(),
            label: "Messages".to_owned(),
            topic: Some(topic),
            publishes: true,
            ..LiveKind::default()
        };
        let limited = LiveKind {
            id: "limited".to_owned(),
            label: "Limited".to_owned(),
            caution: Some("It costs.".to_owned()),
            limit: Some(LiveLimit { usual_s: 30, most_s: 600 }),
            ..LiveKind::default()
        };
        vec![messages, limited]
    }

    async fn outlook(&self, wanted: &LiveWanted) -> Result<Outlook, Error> {
        match wanted.kind.as_str() {
            "messages" if !lock(&self.shared.common).contains_key("tell") => {
                Ok(Outlook::Off { why: "It is off.".to_owned(), statement: Some(SWITCH.to_owned()) })
            }
            _ => Ok(Outlook::Ready),
        }
    }

    async fn switch_on(&self, _wanted: &LiveWanted, statement: &str) -> Result<(), Error> {
        if statement != SWITCH {
            return Err(Error::new(Code::Conflict, "It is another by now."));
        }
        lock(&self.shared.common).insert("tell".to_owned(), "on".to_owned());
        Ok(())
    }

    async fn follow(&self, wanted: &LiveWanted) -> Result<Following, Error> {
        if wanted.kind == "messages" && wanted.topics.is_empty() {
            return Err(Error::new(Code::InvalidStatement, "A topic is missing."));
        }
        let (sender, events) = mpsc::channel(LIVE_ROOM);
        lock(&self.shared.listeners).push(sender);
        Ok(Following { schema: batch(&[]).schema(), context: self.shared.context.clone(), events })
    }

    fn publishing(&self, message: &LiveMessage) -> Option<String> {
        let text = String::from_utf8_lossy(&message.payload);
        (message.kind == "messages").then(|| format!("send {} {text}", message.topic))
    }

    async fn publish(&self, message: &LiveMessage) -> Result<Option<u64>, Error> {
        let text = String::from_utf8_lossy(&message.payload);
        lock(&self.shared.published).push(format!("{} {text}", message.topic));
        Ok(Some(lock(&self.shared.listeners).len() as u64))
    }
}

#[async_trait]
impl Report for FakeControl {
    async fn report(&self) -> Result<ServerReport, Error> {
        if self.shared.broken(Sabotage::AcceptsAnyPassword) {
            return Err(Error::new(Code::Forbidden, "It may not be read."));
        }
        let advice = ServerAdvice { asked: "doctor".to_owned(), part: None, text: "All is well.".to_owned() };
        Ok(ServerReport { advice: vec![advice], ..ServerReport::default() })
    }
}

#[async_trait]
impl SlowLog for FakeControl {
    async fn slow(&self, _most: u32) -> Result<SlowStatements, Error> {
        if lock(&self.shared.common).contains_key("forgotten") {
            return Ok(SlowStatements::default());
        }
        let slow = SlowStatement {
            id: "1".to_owned(),
            part: None,
            at_s: 1_795_460_689,
            took_us: 12_000,
            statement: "select slow".to_owned(),
            cut: false,
            client: None,
            application: None,
        };
        Ok(SlowStatements { statements: vec![slow], ..SlowStatements::default() })
    }

    fn forgetting(&self) -> String {
        "forget slow".to_owned()
    }

    async fn forget(&self) -> Result<(), Error> {
        lock(&self.shared.common).insert("forgotten".to_owned(), "yes".to_owned());
        Ok(())
    }
}
