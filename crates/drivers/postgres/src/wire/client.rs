//! One connection after its login.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use postgres_protocol::message::frontend;
use route::Stream;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use super::{
    Batch, CancelKey, Column, Error, MESSAGE_BYTES, Report, Violation,
    columns::{Builders, describe},
    frame::{HEADER_BYTES, Header, Reader, lossy},
};

/// Read from the network at a time, and kept while idle.
const READ_BYTES: usize = 256 << 10;
/// A buffer that grew beyond this for one large message is given back after it.
const KEPT_BYTES: usize = 2 << 20;
/// Copied rows are collected to this before they are sent.
const COPY_BYTES: usize = 64 << 10;
/// Longest time rows wait for company.
const BATCH_TIME: Duration = Duration::from_millis(50);

/// The transaction's state as ReadyForQuery reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStatus {
    /// None.
    Idle,
    /// Open.
    Open,
    /// Open and failed.
    Failed,
}

impl TransactionStatus {
    pub(crate) fn read(byte: u8) -> Result<Self, Violation> {
        match byte {
            b'I' => Ok(TransactionStatus::Idle),
            b'T' => Ok(TransactionStatus::Open),
            b'E' => Ok(TransactionStatus::Failed),
            other => Err(Violation::TransactionStatus(other)),
        }
    }
}

/// Something the server said.
#[derive(Debug, Clone)]
pub enum Event {
    /// A result set begins, possibly without columns.
    Columns(Vec<Column>),
    /// Rows of it: at most 4 MiB (or one larger row), 8,192 rows or 50 ms worth; the first ones do not wait.
    Batch(Batch),
    /// A statement ended, with its command tag. A result set, if there was one, ended with it.
    Complete(String),
    /// The query was empty.
    Empty,
    /// The statement yields no rows (extended protocol only).
    NoColumns,
    /// A notice.
    Notice(Box<Report>),
    /// The statement failed; the next event of note is [`Event::Ready`], or the connection's end after a fatal one.
    Failed(Box<Report>),
    /// A NOTIFY, also while idle.
    Notification {
        /// The sender's process number.
        process_id: i32,
        /// The channel.
        channel: String,
        /// The text.
        payload: String,
    },
    /// A reported setting changed, also while idle.
    Parameter {
        /// Its name.
        name: String,
        /// Its value now.
        value: String,
    },
    /// The server waits for [`Client::put_copied`] and then [`Client::put_copy_done`] or [`Client::put_copy_fail`].
    CopyIn,
    /// Copied rows follow.
    CopyOut,
    /// Copied bytes, usually one row.
    CopyChunk(Bytes),
    /// The copied rows are complete.
    CopyOutDone,
    /// The server waits for the next statement.
    Ready(TransactionStatus),
}

/// Whether more input came.
pub(crate) enum Input {
    Some,
    End,
}

/// One connection. After an error other than [`Error::Unsendable`] it is of no further use.
pub struct Client {
    stream: Stream,
    host: String,
    input: BytesMut,
    output: BytesMut,
    longest_message: usize,
    builders: Option<Builders>,
    /// Events that are ready before the next message is looked at.
    waiting: VecDeque<Event>,
    parameters: BTreeMap<String, String>,
    cancel_key: Option<CancelKey>,
    /// A statement of the extended protocol runs: after a copy the server wants another Sync.
    extended: bool,
    /// Goes in front of each statement of the extended protocol, in its transaction.
    prelude: Option<std::sync::Arc<str>>,
}

impl Client {
    pub(crate) fn new(stream: Stream, output: BytesMut, host: String, longest_message: usize) -> Self {
        Client {
            stream,
            host,
            input: BytesMut::new(),
            output,
            longest_message,
            builders: None,
            waiting: VecDeque::new(),
            parameters: BTreeMap::new(),
            cancel_key: None,
            extended: false,
            prelude: None,
        }
    }

    /// Has a statement without rows run in front of each one of the extended protocol, or of those that are sent together, in
    /// its transaction: settings for that long, where a session keeps none. It does not go in front of a statement that begins
    /// or ends a transaction.
    pub(crate) fn set_prelude(&mut self, prelude: Option<std::sync::Arc<str>>) {
        self.prelude = prelude;
    }

    /// Whether [`Client::query_with`] brings settings along.
    pub(crate) fn has_prelude(&self) -> bool {
        self.prelude.is_some()
    }

    /// Called once, at the end of the start-up.
    pub(crate) fn ready(&mut self, cancel_key: Option<CancelKey>, parameters: BTreeMap<String, String>) {
        self.cancel_key = cancel_key;
        self.parameters = parameters;
        self.longest_message = MESSAGE_BYTES;
    }

    /// The settings the server reports, by name, as they are now.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// What cancels this connection's statements; `None` where the server gave no key.
    pub fn cancel_key(&self) -> Option<&CancelKey> {
        self.cancel_key.as_ref()
    }

    /// Sends text by the simple protocol. One statement at a time: several would be one transaction.
    ///
    /// # Errors
    /// [`Error::Unsendable`] for text with a NUL character; [`Error::Io`].
    pub async fn query(&mut self, text: &str) -> Result<(), Error> {
        self.extended = false;
        self.put(|output| frontend::query(text, output), "The statement contains a NUL character or is too long.")?;
        self.flush().await
    }

    /// Sends one statement with parameters by the extended protocol. Values are text the server reads, `None` is NULL;
    /// `types` are type numbers, 0 or absent where the server is to decide. Results come as text.
    ///
    /// # Errors
    /// [`Error::Unsendable`] for text with a NUL character or more than 65,535 values; [`Error::Io`].
    pub async fn query_with(&mut self, text: &str, types: &[u32], values: &[Option<&[u8]>]) -> Result<(), Error> {
        self.pipeline(&[Bound { text, types, values }]).await
    }

    /// Sends statements together by the extended protocol, each as [`Client::query_with`]. Each is answered as if it were alone,
    /// up to the first that fails; then comes one [`Event::Ready`].
    ///
    /// # Errors
    /// As [`Client::query_with`]; nothing is sent then.
    pub async fn pipeline(&mut self, statements: &[Bound<'_>]) -> Result<(), Error> {
        if statements.iter().any(Bound::has_too_many) {
            return Err(Error::Unsendable("The statement has too many values."));
        }
        self.extended = true;
        let first = self.prelude_before(statements);
        let prelude = self.prelude.clone();
        self.put(
            |output| {
                for (index, statement) in statements.iter().enumerate() {
                    if let Some(prelude) = prelude.as_ref().filter(|_| first == Some(index)) {
                        let none = Bound { text: prelude, types: &[], values: &[] };
                        none.put(false, output)?;
                    }
                    statement.put(true, output)?;
                }
                frontend::sync(output);
                Ok(())
            },
            "The statement or a value contains a NUL character or is too long.",
        )?;
        self.flush().await
    }

    /// In front of which of these statements settings are brought along: that is answered too, by one [`Event::Complete`].
    pub(crate) fn prelude_before(&self, statements: &[Bound<'_>]) -> Option<usize> {
        let first = || statements.iter().position(|statement| !is_transaction_control(statement.text));
        self.prelude.as_ref().and_then(|_| first())
    }

    /// Asks for a sign of life at protocol level: answered by [`Event::Ready`]. Only between statements.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub async fn sync(&mut self) -> Result<(), Error> {
        frontend::sync(&mut self.output);
        self.flush().await
    }

    /// Puts copied bytes behind what waits to be sent; [`Client::send`] or [`Client::next`] sends it.
    pub fn put_copied(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(COPY_BYTES) {
            if let Ok(message) = frontend::CopyData::new(block) {
                message.write(&mut self.output);
            }
        }
    }

    /// Puts the good end of the copied rows behind what waits to be sent.
    pub fn put_copy_done(&mut self) {
        frontend::copy_done(&mut self.output);
        self.end_copy();
    }

    /// Puts the copy's failure, for this reason, behind what waits to be sent.
    pub fn put_copy_fail(&mut self, reason: &str) {
        let reason: String = reason.chars().filter(|&character| character != '\0').take(500).collect();
        // Cannot fail: the reason is short and holds no NUL.
        let _ = self.put(|output| frontend::copy_fail(&reason, output), "");
        self.end_copy();
    }

    /// To be called where the server refused copied rows before their end: it goes on from here.
    pub fn put_copy_given_up(&mut self) {
        self.end_copy();
    }

    fn end_copy(&mut self) {
        if self.extended {
            // The Sync sent with the statement was swallowed by the copy.
            frontend::sync(&mut self.output);
        }
        self.stream.limit_unacknowledged(route::Stream::DEAD_PEER_AFTER);
    }

    /// Sends what waits to be sent. Cancel-safe: what is left goes first the next time.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Closed`].
    pub async fn send(&mut self) -> Result<(), Error> {
        self.flush().await
    }

    /// Says goodbye and hangs up, without waiting long for a server that does not listen.
    pub async fn close(mut self) {
        frontend::terminate(&mut self.output);
        let goodbye = async {
            let _ = self.flush().await;
            let _ = self.stream.shutdown().await;
        };
        let _ = tokio::time::timeout(Duration::from_millis(500), goodbye).await;
    }

    /// Whether the connection is known to be broken, without reading: for the time nothing is read.
    pub fn is_hung_up(&self) -> bool {
        self.stream.is_hung_up()
    }

    /// The next thing the server says. Cancel-safe: dropping the future loses nothing, so it may be awaited beside other
    /// things, also while idle.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Io`], [`Error::Protocol`].
    pub async fn next(&mut self) -> Result<Event, Error> {
        if !self.output.is_empty() {
            self.flush().await?;
        }
        loop {
            if let Some(event) = self.parse()? {
                return Ok(event);
            }
            let input = match self.waiting_rows() {
                None => self.fill().await?,
                // The first rows are shown at once, also where a fast server has more of them ready.
                Some((false, _)) => return Ok(Event::Batch(self.finish_batch())),
                Some((true, first_row_at)) => {
                    // Later ones wait a little for company.
                    match tokio::time::timeout_at(first_row_at + BATCH_TIME, self.fill()).await {
                        Ok(input) => input?,
                        Err(_) => return Ok(Event::Batch(self.finish_batch())),
                    }
                }
            };
            match input {
                Input::End => return Err(Error::Closed),
                Input::Some => {}
            }
        }
    }

    fn waiting_rows(&self) -> Option<(bool, Instant)> {
        let builders = self.builders.as_ref()?;
        Some((builders.has_begun(), Instant::from_std(builders.first_row_at()?)))
    }

    fn finish_batch(&mut self) -> Batch {
        match &mut self.builders {
            Some(builders) => builders.finish(),
            None => Batch { columns: Vec::new(), rows: 0 },
        }
    }

    /// An event from what is in the buffer, `None` when more input is needed.
    fn parse(&mut self) -> Result<Option<Event>, Error> {
        if let Some(event) = self.waiting.pop_front() {
            return Ok(Some(event));
        }
        loop {
            if let Some(builders) = &mut self.builders
                && read_rows(&mut self.input, builders)?
            {
                return Ok(Some(Event::Batch(builders.finish())));
            }
            let Some(header) = self.peek()? else { return Ok(None) };
            if header.tag == b'D' && self.builders.is_some() {
                // A row that is not here in full; the rows before it need not wait for a long one.
                return Ok(None);
            }
            if self.input.len() < header.total_bytes {
                return Ok(None);
            }
            if let Some(builders) = &mut self.builders
                && !builders.is_empty()
            {
                return Ok(Some(Event::Batch(builders.finish())));
            }
            let Some(body) = self.take(header.total_bytes) else { return Ok(None) };
            if let Some(event) = self.interpret(header.tag, body)? {
                return Ok(Some(event));
            }
        }
    }

    /// What one message means; `None` for those that only confirm.
    fn interpret(&mut self, tag: u8, body: Bytes) -> Result<Option<Event>, Error> {
        let mut reader = Reader::new(tag, &body);
        let event = match tag {
            b'T' => {
                let columns = describe(tag, &body)?;
                self.builders = Some(Builders::new(&columns));
                return Ok(Some(Event::Columns(columns)));
            }
            b'C' => {
                self.builders = None;
                Event::Complete(lossy(reader.cstr()?))
            }
            b'I' => Event::Empty,
            b'n' => Event::NoColumns,
            b'N' => return Ok(Some(Event::Notice(Box::new(Report::read(tag, &body)?)))),
            b'E' => {
                self.builders = None;
                return Ok(Some(Event::Failed(Box::new(Report::read(tag, &body)?))));
            }
            b'A' => {
                let process_id = reader.i32()?;
                Event::Notification { process_id, channel: lossy(reader.cstr()?), payload: lossy(reader.cstr()?) }
            }
            b'S' => {
                let (name, value) = (lossy(reader.cstr()?), lossy(reader.cstr()?));
                self.parameters.insert(name.clone(), value.clone());
                Event::Parameter { name, value }
            }
            b'G' => {
                // A server may leave copied rows unread for as long as a lock is held: no sign of death.
                self.stream.limit_unacknowledged(None);
                return Ok(Some(Event::CopyIn));
            }
            b'H' => return Ok(Some(Event::CopyOut)),
            b'd' => return Ok(Some(Event::CopyChunk(body))),
            b'c' => Event::CopyOutDone,
            b'Z' => {
                self.builders = None;
                Event::Ready(TransactionStatus::read(reader.u8()?)?)
            }
            b'1' | b'2' | b'3' => {
                reader.end()?;
                return Ok(None);
            }
            b't' => return Ok(None),
            b'D' | b'R' | b'K' | b's' | b'v' | b'W' => return Err(Violation::OutOfTurn(tag).into()),
            other => return Err(Violation::UnknownMessage(other).into()),
        };
        reader.end()?;
        Ok(Some(event))
    }

    /// The next message's header, if it is here.
    pub(crate) fn peek(&self) -> Result<Option<Header>, Violation> {
        match Header::peek(&self.input)? {
            Some(header) if header.total_bytes > self.longest_message => Err(Violation::Length {
                tag: header.tag,
                length: i64::try_from(header.total_bytes).unwrap_or(i64::MAX) - 1,
            }),
            header => Ok(header),
        }
    }

    /// Takes a message's body out of the buffer, `None` when it is not here in full.
    pub(crate) fn take(&mut self, total_bytes: usize) -> Option<Bytes> {
        if self.input.len() < total_bytes || total_bytes < HEADER_BYTES {
            return None;
        }
        let mut message = self.input.split_to(total_bytes).freeze();
        message.advance(HEADER_BYTES);
        Some(message)
    }

    /// What was read and not yet understood.
    pub(crate) fn buffered(&self) -> &[u8] {
        &self.input
    }

    pub(crate) fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Reads some more. Room is made as bytes come, never for what a length promises.
    pub(crate) async fn fill(&mut self) -> Result<Input, Error> {
        if self.input.is_empty() && self.input.capacity() > KEPT_BYTES {
            self.input = BytesMut::new();
        }
        if self.input.capacity() - self.input.len() < READ_BYTES / 4 {
            self.input.reserve(READ_BYTES.max(self.input.len()));
        }
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) => Ok(Input::End),
            Ok(_) => Ok(Input::Some),
            Err(error) => Err(self.broken(error)),
        }
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        while self.output.has_remaining() {
            match self.stream.write_buf(&mut self.output).await {
                Ok(0) => return Err(Error::Closed),
                Ok(_) => {}
                Err(error) => return Err(self.broken(error)),
            }
        }
        self.output.clear();
        match self.stream.flush().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.broken(error)),
        }
    }

    fn broken(&self, error: std::io::Error) -> Error {
        match route::Error::from_tls_alert(&self.host, &error) {
            Some(alert) => Error::Route(alert),
            None => Error::Io(error),
        }
    }

    /// Puts messages into the output as a whole or, where one cannot be written, not at all.
    fn put(
        &mut self,
        write: impl FnOnce(&mut BytesMut) -> std::io::Result<()>,
        refusal: &'static str,
    ) -> Result<(), Error> {
        let before = self.output.len();
        write(&mut self.output).map_err(|_| {
            self.output.truncate(before);
            Error::Unsendable(refusal)
        })
    }
}

/// A statement of the extended protocol with its values.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// The text: one statement.
    pub text: &'a str,
    /// Type numbers of the values; 0 or absent where the server is to decide.
    pub types: &'a [u32],
    /// Values as text the server reads; `None` is NULL.
    pub values: &'a [Option<&'a [u8]>],
}

impl Bound<'_> {
    fn has_too_many(&self) -> bool {
        self.values.len() > usize::from(u16::MAX) || self.types.len() > self.values.len()
    }

    fn put(&self, described: bool, output: &mut BytesMut) -> std::io::Result<()> {
        frontend::parse("", self.text, self.types.iter().copied(), output)?;
        frontend::bind(
            "",
            "",
            [],
            self.values.iter(),
            |value, output| match value {
                Some(bytes) => {
                    output.extend_from_slice(bytes);
                    Ok(postgres_protocol::IsNull::No)
                }
                None => Ok(postgres_protocol::IsNull::Yes),
            },
            [],
            output,
        )
        .map_err(|error| match error {
            frontend::BindError::Conversion(error) => std::io::Error::other(error),
            frontend::BindError::Serialization(error) => error,
        })?;
        if described {
            frontend::describe(b'P', "", output)?;
        }
        frontend::execute("", 0, output)
    }
}

/// Whether a statement of ours begins or ends a transaction.
fn is_transaction_control(text: &str) -> bool {
    let word = text.trim_start().split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
    ["begin", "start", "commit", "rollback"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Reads the rows at the start of `input` in place; says whether a batch is due.
fn read_rows(input: &mut BytesMut, builders: &mut Builders) -> Result<bool, Violation> {
    let mut at = 0;
    let due = loop {
        let rest = input.get(at..).unwrap_or_default();
        let Some(header) = Header::peek(rest)? else { break false };
        if header.tag != b'D' {
            break false;
        }
        let Some(body) = rest.get(HEADER_BYTES..header.total_bytes) else { break false };
        builders.push(header.tag, body)?;
        at += header.total_bytes;
        if builders.is_full() {
            break true;
        }
    };
    input.advance(at);
    // Also where rows keep coming: none of them waits longer than this.
    Ok(due || builders.has_begun() && builders.first_row_at().is_some_and(|first| first.elapsed() >= BATCH_TIME))
}
