//! One connection after its login.

use std::{collections::VecDeque, time::Duration};

use bytes::{Buf, BytesMut};
use route::Stream;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};
use zeroize::Zeroizing;

use super::{
    Batch, Column, Done, Error, MESSAGE_BYTES, Report, Status, Violation,
    answer::{is_end, read_eof, read_ok, read_rows},
    builders::Builders,
    columns::kind_code,
    frame::{FULL_PAYLOAD, HEADER_BYTES, Header, Reader, lossy, put, put_bytes, put_parts},
    startup::capability as can,
};

/// Read from the network at a time, and kept while idle.
const READ_BYTES: usize = 256 << 10;
/// A buffer that grew beyond this for one large message is given back after it.
const KEPT_BYTES: usize = 2 << 20;
/// Longest time rows wait for company.
const BATCH_TIME: Duration = Duration::from_millis(50);

/// The first byte of each command.
mod command {
    pub(super) const QUIT: u8 = 0x01;
    pub(super) const QUERY: u8 = 0x03;
    pub(super) const PING: u8 = 0x0e;
    pub(super) const STATEMENT_PREPARE: u8 = 0x16;
    pub(super) const STATEMENT_EXECUTE: u8 = 0x17;
    pub(super) const STATEMENT_CLOSE: u8 = 0x19;
}

/// Something the server said.
#[derive(Debug, Clone)]
pub enum Event {
    /// A result set begins.
    Columns(Vec<Column>),
    /// Rows of it: at most 4 MiB (or one larger row), 8,192 rows or 50 ms worth; the first ones do not wait.
    Batch(Batch),
    /// A result ended; the statement too, unless another result follows.
    Done(Done),
    /// The statement failed and ended with it. While idle: the server's last words.
    Failed(Box<Report>),
    /// The statement has another number of placeholders than values were given, so that it was not run.
    Placeholders {
        /// How many it has.
        wanted: usize,
    },
    /// The server wants a file: [`Client::put_file`] until [`Client::put_file_end`]. The name is the statement's, or so the
    /// server says.
    File(String),
    /// A setting of the session changed.
    Parameter {
        /// Its name.
        name: String,
        /// Its value now.
        value: String,
    },
    /// The current database changed.
    Database(String),
}

/// What the next message is.
enum Phase {
    Idle,
    Response { binary: bool },
    Definitions { left: usize, columns: Vec<Column>, binary: bool },
    DefinitionsEnd { columns: Vec<Column>, binary: bool },
    Rows,
    File,
    Prepared,
    PreparedDefinitions { left: usize },
}

/// A statement with values, on its way.
struct Prepared {
    id: Option<u32>,
    wanted: usize,
    values: Vec<Option<Zeroizing<Vec<u8>>>>,
}

/// One connection. After an error other than [`Error::Unsendable`] it is of no further use.
pub struct Client {
    stream: Stream,
    input: BytesMut,
    /// A message of several packets, as far as it is here.
    large: Vec<u8>,
    output: BytesMut,
    unflushed: bool,
    capabilities: u64,
    sequence: u8,
    phase: Phase,
    builders: Option<Builders>,
    prepared: Option<Prepared>,
    waiting: VecDeque<Event>,
    status: Status,
    longest_statement: usize,
}

impl Client {
    pub(crate) fn new(stream: Stream, input: BytesMut, capabilities: u64, status: Status) -> Self {
        Client {
            stream,
            input,
            large: Vec::new(),
            output: BytesMut::new(),
            unflushed: false,
            capabilities,
            sequence: 0,
            phase: Phase::Idle,
            builders: None,
            prepared: None,
            waiting: VecDeque::new(),
            status,
            longest_statement: usize::MAX,
        }
    }

    /// The session's status after the last answer.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether a command's answer has not ended yet.
    pub fn is_busy(&self) -> bool {
        !matches!(self.phase, Phase::Idle)
    }

    /// The server's `max_allowed_packet`: it hangs up on longer statements.
    pub fn limit_statements(&mut self, bytes: usize) {
        self.longest_statement = bytes;
    }

    /// Sends text by the text protocol.
    ///
    /// # Errors
    /// [`Error::Unsendable`] for text longer than the server takes; [`Error::Io`].
    pub async fn query(&mut self, text: &str) -> Result<(), Error> {
        self.begin(command::QUERY, text, Phase::Response { binary: false })?;
        self.flush().await
    }

    /// Sends one statement with values for its placeholders: it is prepared, run and forgotten. Values are texts the server
    /// reads, `None` is NULL.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn query_with(&mut self, text: &str, values: Vec<Option<Zeroizing<Vec<u8>>>>) -> Result<(), Error> {
        let bytes: usize = values.iter().flatten().map(|value| value.len()).sum();
        if bytes > self.longest_statement || values.len() > usize::from(u16::MAX) {
            return Err(self.too_long(bytes));
        }
        self.begin(command::STATEMENT_PREPARE, text, Phase::Prepared)?;
        self.prepared = Some(Prepared { id: None, wanted: 0, values });
        self.flush().await
    }

    /// Asks for a sign of life; answered by [`Event::Done`].
    ///
    /// # Errors
    /// [`Error::Io`].
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.begin(command::PING, "", Phase::Response { binary: false })?;
        self.flush().await
    }

    fn begin(&mut self, command: u8, text: &str, phase: Phase) -> Result<(), Error> {
        // The server counts the command's own byte.
        if text.len() >= self.longest_statement {
            return Err(self.too_long(text.len()));
        }
        put_parts(&mut self.output, 0, &[&[command], text.as_bytes()]);
        self.unflushed = true;
        self.phase = phase;
        Ok(())
    }

    fn too_long(&self, bytes: usize) -> Error {
        let limit = self.longest_statement;
        Error::Unsendable(format!(
            "The statement has {bytes} bytes, and the server takes no more than {limit} (max_allowed_packet)."
        ))
    }

    /// Puts a part of the file behind what waits to be sent; [`Client::send`] or [`Client::next`] sends it.
    pub fn put_file(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(FULL_PAYLOAD - 1) {
            self.sequence = put(&mut self.output, self.sequence, block);
        }
        self.unflushed = true;
    }

    /// Puts the file's end behind what waits to be sent.
    pub fn put_file_end(&mut self) {
        if matches!(self.phase, Phase::File) {
            self.sequence = put(&mut self.output, self.sequence, &[]);
            self.unflushed = true;
            self.phase = Phase::Response { binary: false };
            self.stream.limit_unacknowledged(Stream::DEAD_PEER_AFTER);
        }
    }

    /// Sends what waits to be sent. Cancel-safe: what is left goes first the next time.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Closed`].
    pub async fn send(&mut self) -> Result<(), Error> {
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        while !self.output.is_empty() {
            match self.stream.write_buf(&mut self.output).await {
                Ok(0) => return Err(Error::Closed),
                Ok(_) => {}
                Err(error) => return Err(self.broken(error)),
            }
        }
        if self.unflushed {
            self.stream.flush().await.map_err(|error| self.broken(error))?;
            self.unflushed = false;
            if self.output.capacity() > KEPT_BYTES {
                self.output = BytesMut::new();
            }
        }
        Ok(())
    }

    fn broken(&self, error: std::io::Error) -> Error {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::UnexpectedEof | Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted => Error::Closed,
            _ => Error::Io(error),
        }
    }

    /// Says goodbye and hangs up, without waiting long for a server that does not listen.
    pub async fn close(mut self) {
        put(&mut self.output, 0, &[command::QUIT]);
        self.unflushed = true;
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
        loop {
            if self.unflushed {
                self.flush().await?;
            }
            if let Some(event) = self.parse()? {
                return Ok(event);
            }
            if self.unflushed {
                continue;
            }
            match self.waiting_rows() {
                None => self.fill().await?,
                // The first rows are shown at once, also where a fast server has more of them ready.
                Some((false, _)) => return Ok(Event::Batch(self.finish_batch())),
                // Later ones wait a little for company.
                Some((true, since)) => match tokio::time::timeout_at(since + BATCH_TIME, self.fill()).await {
                    Ok(input) => input?,
                    Err(_) => return Ok(Event::Batch(self.finish_batch())),
                },
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

    async fn fill(&mut self) -> Result<(), Error> {
        if self.input.is_empty() && self.input.capacity() > KEPT_BYTES {
            self.input = BytesMut::new();
        }
        let missing = Header::peek(&self.input)
            .map_or(0, |header| (HEADER_BYTES + header.payload_bytes).saturating_sub(self.input.len()));
        self.input.reserve(missing.max(READ_BYTES));
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) => Err(Error::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(self.broken(error)),
        }
    }

    /// An event from what is in the buffer, `None` when more input is needed, or when something is to be sent first.
    fn parse(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            if self.large.is_empty()
                && let Some(builders) = &mut self.builders
                && read_rows(&mut self.input, builders, self.capabilities)?
            {
                return Ok(Some(Event::Batch(builders.finish())));
            }
            let Some(header) = Header::peek(&self.input) else { return Ok(None) };
            let total = HEADER_BYTES + header.payload_bytes;
            if self.input.len() < total {
                return Ok(None);
            }
            let payload = self.input.get(HEADER_BYTES..total).unwrap_or_default();
            if header.payload_bytes == FULL_PAYLOAD || !self.large.is_empty() {
                if self.large.len() + payload.len() > MESSAGE_BYTES {
                    return Err(Violation::TooLong(MESSAGE_BYTES).into());
                }
                self.large.extend_from_slice(payload);
                self.input.advance(total);
                self.sequence = header.sequence.wrapping_add(1);
                if header.payload_bytes < FULL_PAYLOAD {
                    let message = std::mem::take(&mut self.large);
                    self.interpret(&message)?;
                }
                continue;
            }
            // What is here of a result is handed out before its end is looked at.
            if let Some(builders) = &mut self.builders
                && !builders.is_empty()
            {
                return Ok(Some(Event::Batch(builders.finish())));
            }
            let mut message = self.input.split_to(total);
            message.advance(HEADER_BYTES);
            self.sequence = header.sequence.wrapping_add(1);
            self.interpret(&message)?;
            if self.unflushed && self.waiting.is_empty() {
                return Ok(None);
            }
        }
    }

    /// What one message means.
    fn interpret(&mut self, message: &[u8]) -> Result<(), Error> {
        let first = message.first().copied().ok_or(Violation::Malformed)?;
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Rows if self.builders.is_some() && !is_end(message, self.capabilities) => {
                self.phase = Phase::Rows;
                let Some(builders) = &mut self.builders else { return Err(Violation::OutOfTurn.into()) };
                builders.push(message)?;
                if builders.is_full() {
                    let batch = builders.finish();
                    self.waiting.push_back(Event::Batch(batch));
                }
            }
            Phase::Idle if first == 0xff => {
                self.waiting.push_back(Event::Failed(Box::new(Report::read(message)?)));
            }
            Phase::Idle | Phase::File => return Err(Violation::OutOfTurn.into()),
            _ if first == 0xff => {
                let report = Report::read(message)?;
                self.finish();
                // The server says nothing of the transaction in an error; it did not end it, or says so next time.
                self.waiting.push_back(Event::Failed(Box::new(report)));
            }
            Phase::Rows => {
                self.builders = None;
                self.ended(message, None)?;
            }
            Phase::Response { .. } if first == 0 => self.ended(message, Some(()))?,
            Phase::Response { .. } if first == 0xfb => {
                self.phase = Phase::File;
                // A server may leave the file unread for as long as a lock is held: no sign of death.
                self.stream.limit_unacknowledged(None);
                self.waiting.push_back(Event::File(lossy(message.get(1..).unwrap_or_default())));
            }
            Phase::Response { binary } => {
                let mut reader = Reader::new(message);
                let count = usize::try_from(reader.length()?).map_err(|_| Violation::Malformed)?;
                if count == 0 || count > usize::from(u16::MAX) {
                    return Err(Violation::Malformed.into());
                }
                self.phase = Phase::Definitions { left: count, columns: Vec::new(), binary };
            }
            Phase::Definitions { left, mut columns, binary } => {
                let extended = self.capabilities & can::EXTENDED_METADATA != 0;
                columns.push(Column::read(message, extended)?);
                if left > 1 {
                    self.phase = Phase::Definitions { left: left - 1, columns, binary };
                } else if self.capabilities & can::DEPRECATE_EOF == 0 {
                    self.phase = Phase::DefinitionsEnd { columns, binary };
                } else {
                    self.rows_begin(columns, binary);
                }
            }
            Phase::DefinitionsEnd { columns, binary } => self.rows_begin(columns, binary),
            Phase::Prepared => self.prepared(message)?,
            Phase::PreparedDefinitions { left } if left > 1 => {
                self.phase = Phase::PreparedDefinitions { left: left - 1 };
            }
            Phase::PreparedDefinitions { .. } => self.execute(),
        }
        Ok(())
    }

    fn rows_begin(&mut self, columns: Vec<Column>, binary: bool) {
        self.builders = Some(Builders::new(&columns, binary));
        self.phase = Phase::Rows;
        self.waiting.push_back(Event::Columns(columns));
    }

    fn prepared(&mut self, message: &[u8]) -> Result<(), Error> {
        let mut reader = Reader::new(message);
        if reader.u8()? != 0 {
            return Err(Violation::OutOfTurn.into());
        }
        let id = reader.u32()?;
        let (columns, wanted) = (usize::from(reader.u16()?), usize::from(reader.u16()?));
        if let Some(prepared) = &mut self.prepared {
            prepared.id = Some(id);
            prepared.wanted = wanted;
        }
        let ends = if self.capabilities & can::DEPRECATE_EOF == 0 { 1 } else { 0 };
        let follow = |count: usize| if count == 0 { 0 } else { count + ends };
        match follow(wanted) + follow(columns) {
            0 => self.execute(),
            left => self.phase = Phase::PreparedDefinitions { left },
        }
        Ok(())
    }

    /// Puts the prepared statement's values behind what waits to be sent.
    fn execute(&mut self) {
        let Some(Prepared { id: Some(id), wanted, values }) = &mut self.prepared else { return };
        if *wanted != values.len() {
            let wanted = *wanted;
            self.waiting.push_back(Event::Placeholders { wanted });
            self.finish();
            return;
        }
        let mut payload = Zeroizing::new(vec![command::STATEMENT_EXECUTE]);
        payload.extend_from_slice(&id.to_le_bytes());
        payload.push(0);
        payload.extend_from_slice(&1u32.to_le_bytes());
        if !values.is_empty() {
            for eight in values.chunks(8) {
                payload
                    .push(eight.iter().enumerate().fold(0, |bits, (at, value)| bits | u8::from(value.is_none()) << at));
            }
            payload.push(1);
            for _ in values.iter() {
                payload.extend_from_slice(&[kind_code::VAR_STRING, 0]);
            }
            for value in values.iter().flatten() {
                put_bytes(&mut payload, value);
            }
        }
        put(&mut self.output, 0, &payload);
        self.unflushed = true;
        self.phase = Phase::Response { binary: true };
    }

    /// Reads the end of a result.
    fn ended(&mut self, message: &[u8], counted: Option<()>) -> Result<(), Error> {
        let track = self.capabilities & can::SESSION_TRACK != 0;
        let old_end = counted.is_none() && self.capabilities & can::DEPRECATE_EOF == 0;
        let mut done = match old_end {
            true => read_eof(message)?,
            false => read_ok(message, track, &mut self.waiting)?,
        };
        if counted.is_none() {
            done.affected = None;
        }
        self.status = done.status;
        if done.status.more() {
            self.phase = Phase::Response { binary: self.prepared.is_some() };
        } else {
            self.finish();
        }
        self.waiting.push_back(Event::Done(done));
        Ok(())
    }

    /// The command ended: what was prepared for it is let go.
    fn finish(&mut self) {
        self.builders = None;
        self.phase = Phase::Idle;
        if let Some(Prepared { id: Some(id), .. }) = self.prepared.take() {
            put_parts(&mut self.output, 0, &[&[command::STATEMENT_CLOSE], &id.to_le_bytes()]);
            self.unflushed = true;
        }
    }

    /// Waits for the end of what runs, whatever it yields: for tests and one-off statements.
    ///
    /// # Errors
    /// As [`Client::next`].
    pub async fn collect(&mut self) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        loop {
            events.push(self.next().await?);
            if !self.is_busy() && self.waiting.is_empty() {
                return Ok(events);
            }
        }
    }
}
