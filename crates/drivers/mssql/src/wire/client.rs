//! One connection: requests out, events in.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Buf, BytesMut};
use driver::arrow::{BATCH_BYTES, BATCH_MS};
use route::{Stream, TlsSession};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    Batch, Change, Column, Done, Error, ROW_BYTES, Report, Violation,
    builders::Builders,
    column,
    packet::{self, FIRST_SIZE, HEADER_BYTES, Header, Type},
    reader::{Reader, Unread},
    request,
    row::RowScan,
    token::{Welcome, code},
};

/// Room for what arrives at once.
const READ_BYTES: usize = 64 << 10;
/// How long the rest of what is to be sent may take when the connection is closed.
const FAREWELL: Duration = Duration::from_millis(500);

/// What a server says, in order.
#[derive(Debug, Clone)]
pub enum Event {
    /// A result begins.
    Columns(Arc<[Column]>),
    /// Rows of it.
    Batch(Batch),
    /// A statement of the batch has ended.
    Done(Done),
    /// PRINT, RAISERROR of low severity, and what the server finds worth saying.
    Message(Box<Report>),
    /// An error. More may come: the server goes on after many.
    Failed(Box<Report>),
    /// The session is another.
    Changed(Change),
    /// The login was accepted.
    Welcome {
        /// The product as it names itself.
        product: String,
        /// Major, minor and build number.
        version: [u32; 3],
    },
    /// The answer is over: the next request may be sent.
    Ended,
}

/// One connection of a SQL Server.
pub struct Client {
    stream: Stream,
    /// What came and was not unpacked.
    raw: BytesMut,
    /// The packet that is being unpacked: content still to come, and whether it is its message's last.
    packet: Option<(usize, bool)>,
    /// Content of the message that was unpacked and not read.
    payload: BytesMut,
    /// All of the message is in `payload`.
    whole: bool,
    output: BytesMut,
    packet_bytes: usize,
    /// The transaction, by the server's number; 0 is none.
    transaction: u64,
    columns: Arc<[Column]>,
    builders: Option<Builders>,
    /// A row that has begun, and whether it says first which cells are NULL.
    row: Option<bool>,
    scan: RowScan,
    waiting: VecDeque<Event>,
    /// A request is under way.
    answering: bool,
    /// An attention was sent and not acknowledged.
    attention: bool,
}

impl Client {
    pub(crate) fn new(stream: Stream) -> Self {
        Client {
            stream,
            raw: BytesMut::new(),
            packet: None,
            payload: BytesMut::new(),
            whole: false,
            output: BytesMut::new(),
            packet_bytes: FIRST_SIZE,
            transaction: 0,
            columns: Arc::default(),
            builders: None,
            row: None,
            scan: RowScan::default(),
            waiting: VecDeque::new(),
            answering: false,
            attention: false,
        }
    }

    /// The stream, and whether everything that came over it was read.
    pub(crate) fn into_stream(self) -> (Stream, bool) {
        let read = self.raw.is_empty() && self.payload.is_empty();
        (self.stream, read)
    }

    /// What TLS agreed on.
    pub(crate) fn tls(&self) -> Option<TlsSession> {
        self.stream.tls()
    }

    /// Whether the connection is known to be broken.
    pub fn is_hung_up(&self) -> bool {
        self.stream.is_hung_up()
    }

    /// The number of the transaction that is open, 0 for none.
    pub fn transaction(&self) -> u64 {
        self.transaction
    }

    /// Whether an answer is under way.
    pub fn is_answering(&self) -> bool {
        self.answering
    }

    /// Sends a batch as it is. The answer is read with [`Client::next`], which sends it too.
    pub fn batch(&mut self, text: &str) {
        let content = request::batch(self.transaction, text);
        self.request(Type::Batch, &content);
    }

    /// Sends a batch with values for its variables, which are named without their sign.
    pub fn batch_with(&mut self, text: &str, values: &[(String, Option<&str>)]) {
        let content = request::batch_with(self.transaction, text, values);
        self.request(Type::Rpc, &content);
    }

    /// Asks the server to stop what is under way. The answer is over only when the server has acknowledged it.
    pub fn attention(&mut self) {
        if self.answering && !self.attention {
            self.attention = true;
            packet::put(&mut self.output, Type::Attention, self.packet_bytes, &[]);
        }
    }

    /// Asks for a sign of life: an attention is acknowledged where there is nothing to stop, too.
    pub fn ping(&mut self) {
        if !self.answering {
            self.answering = true;
            self.attention();
        }
    }

    /// Whether an attention is not acknowledged yet.
    pub fn awaits_attention(&self) -> bool {
        self.attention
    }

    pub(crate) fn request(&mut self, kind: Type, content: &[u8]) {
        packet::put(&mut self.output, kind, self.packet_bytes, content);
        self.answering = true;
    }

    /// Sends a message and reads the one that answers it, as it is.
    pub(crate) async fn exchange(&mut self, kind: Type, content: &[u8]) -> Result<Vec<u8>, Error> {
        packet::put(&mut self.output, kind, self.packet_bytes, content);
        self.flush().await?;
        while !self.whole {
            self.fill().await?;
            self.unpack()?;
            if self.payload.len() > FIRST_SIZE {
                return Err(Violation::Malformed.into());
            }
        }
        self.whole = false;
        Ok(self.payload.split().to_vec())
    }

    /// What the server says next. Waits for ever while it says nothing; dropping the future loses nothing.
    ///
    /// # Errors
    /// Any: the connection is of no further use.
    pub async fn next(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(event);
            }
            self.flush().await?;
            if let Some(event) = self.parse()? {
                return Ok(event);
            }
            let Some(builders) = self.builders.as_mut().filter(|builders| !builders.is_empty()) else {
                self.fill().await?;
                continue;
            };
            // The first rows go at once; later ones wait a little for company.
            let since = builders.first_row_at.filter(|_| builders.begun).unwrap_or_else(Instant::now);
            let patience = if builders.begun { Duration::from_millis(BATCH_MS) } else { Duration::ZERO };
            let until = tokio::time::Instant::from_std(since + patience);
            match tokio::time::timeout_at(until, self.fill()).await {
                Ok(filled) => filled?,
                Err(_) => self.hand_over(),
            }
        }
    }

    /// Ends the connection.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(FAREWELL, self.stream.shutdown()).await;
    }

    fn hand_over(&mut self) {
        if let Some(builders) = self.builders.as_mut().filter(|builders| !builders.is_empty()) {
            self.waiting.push_back(Event::Batch(builders.take()));
        }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.output.is_empty() {
            return Ok(());
        }
        while !self.output.is_empty() {
            // Either some bytes are taken or the future is dropped before any were.
            let sent = self.stream.write(&self.output).await.map_err(Error::Io)?;
            if sent == 0 {
                return Err(Error::Closed);
            }
            self.output.advance(sent);
        }
        self.stream.flush().await.map_err(Error::Io)
    }

    async fn fill(&mut self) -> Result<(), Error> {
        self.raw.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.raw).await {
            Ok(0) => Err(Error::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(Error::Io(error)),
        }
    }

    /// Takes the headers off what came, up to the end of a message.
    fn unpack(&mut self) -> Result<(), Violation> {
        while !self.whole {
            let (left, last) = match self.packet {
                Some(packet) => packet,
                None => match Header::peek(&self.raw) {
                    None => return Ok(()),
                    Some(header) => {
                        let header = header?;
                        if header.kind != Type::Response as u8 {
                            return Err(Violation::OutOfTurn);
                        }
                        self.raw.advance(HEADER_BYTES);
                        (header.content, header.last)
                    }
                },
            };
            let now = left.min(self.raw.len());
            self.payload.extend_from_slice(&self.raw.split_to(now));
            if now < left {
                self.packet = Some((left - now, last));
                return Ok(());
            }
            self.packet = None;
            self.whole = last;
        }
        Ok(())
    }

    /// The next event of what came; `None` where more must come first.
    fn parse(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            self.unpack()?;
            if !self.answering && !self.payload.is_empty() {
                return Err(Violation::OutOfTurn.into());
            }
            if self.payload.is_empty() && self.row.is_none() {
                if !self.whole {
                    return Ok(None);
                }
                self.whole = false;
                self.hand_over();
                // What was answered before the attention came is followed by a message that acknowledges it.
                if !self.attention {
                    self.end();
                }
                continue;
            }
            match self.token() {
                Ok(()) => {}
                Err(Unread::Bad(violation)) => return Err(violation.into()),
                Err(Unread::Incomplete) if self.whole => return Err(Violation::Malformed.into()),
                Err(Unread::Incomplete) if self.payload.len() > ROW_BYTES => {
                    return Err(Violation::TooLong(ROW_BYTES).into());
                }
                Err(Unread::Incomplete) => return Ok(None),
            }
        }
    }

    fn end(&mut self) {
        self.answering = false;
        self.builders = None;
        self.columns = Arc::default();
        self.waiting.push_back(Event::Ended);
    }

    /// Reads one token, or one row.
    fn token(&mut self) -> Result<(), Unread> {
        if let Some(compressed) = self.row {
            return self.read_row(compressed);
        }
        let token = self.payload.first().copied().ok_or(Unread::Incomplete)?;
        if matches!(token, code::ROW | code::ROW_WITH_NULLS) {
            if self.builders.is_none() {
                return Err(Violation::OutOfTurn.into());
            }
            self.payload.advance(1);
            self.scan.reset();
            self.row = Some(token == code::ROW_WITH_NULLS);
            return Ok(());
        }
        // Rows come before whatever is said after them.
        if self.builders.as_ref().is_some_and(|builders| !builders.is_empty()) {
            self.hand_over();
            return Ok(());
        }
        let (event, read) = {
            let mut reader = Reader::new(self.payload.get(1..).unwrap_or_default());
            let event = Self::read(token, &mut reader)?;
            (event, 1 + reader.read())
        };
        self.payload.advance(read);
        self.take_over(event)
    }

    fn read_row(&mut self, compressed: bool) -> Result<(), Unread> {
        let Some(builders) = &mut self.builders else { return Err(Violation::OutOfTurn.into()) };
        let end = self.scan.end(&self.columns, &self.payload, compressed)?;
        // One that is large goes alone, so that a batch never holds two of them.
        if end > BATCH_BYTES && !builders.is_empty() {
            let batch = builders.take();
            self.waiting.push_back(Event::Batch(batch));
        }
        let row = self.payload.get(..end).ok_or(Unread::Incomplete)?;
        builders.push(&self.scan.places, row)?;
        self.row = None;
        self.payload.advance(end);
        if builders.is_full() {
            let batch = builders.take();
            self.waiting.push_back(Event::Batch(batch));
        }
        Ok(())
    }

    /// Reads what follows a token.
    fn read(token: u8, reader: &mut Reader<'_>) -> Result<Token, Unread> {
        Ok(match token {
            code::COLUMNS => Token::Columns(column::read(reader)?),
            code::DONE => Token::Done(Done::read(reader, false)?),
            code::DONE_PROCEDURE | code::DONE_IN_PROCEDURE => Token::Done(Done::read(reader, true)?),
            code::OFFSET | code::RETURN_STATUS => {
                reader.bytes(4)?;
                Token::Nothing
            }
            code::RETURN_VALUE => {
                column::skip_return_value(reader)?;
                Token::Nothing
            }
            code::FEATURES => {
                while reader.u8()? != 0xff {
                    let length = reader.u32()?;
                    reader.bytes(length as usize)?;
                }
                Token::Nothing
            }
            code::SESSION_STATE | code::FEDERATED => {
                let length = reader.u32()?;
                reader.bytes(length as usize)?;
                Token::Nothing
            }
            code::TABLE_NAMES | code::COLUMN_INFO | code::ORDER | code::SSPI => {
                let length = reader.u16()?;
                reader.bytes(length.into())?;
                Token::Nothing
            }
            code::ERROR | code::INFO | code::LOGIN_ACK | code::CHANGE => {
                let length = reader.u16()?;
                let content = reader.bytes(length.into())?;
                match token {
                    code::ERROR => Token::Event(Event::Failed(Box::new(Report::read(content)?))),
                    code::INFO => Token::Event(Event::Message(Box::new(Report::read(content)?))),
                    code::CHANGE => Token::Changed(Change::read(content)?),
                    _ => {
                        let Welcome { product, version } = Welcome::read(content)?;
                        Token::Event(Event::Welcome { product, version })
                    }
                }
            }
            unknown => return Err(Violation::UnknownToken(unknown).into()),
        })
    }

    fn take_over(&mut self, token: Token) -> Result<(), Unread> {
        match token {
            Token::Nothing => {}
            Token::Event(event) => self.waiting.push_back(event),
            Token::Columns(columns) => {
                self.columns = columns.unwrap_or_default().into();
                self.builders = Some(Builders::new(&self.columns));
                self.waiting.push_back(Event::Columns(Arc::clone(&self.columns)));
            }
            Token::Done(done) => {
                self.builders = None;
                self.columns = Arc::default();
                if done.is_attention() && !std::mem::take(&mut self.attention) {
                    return Err(Violation::OutOfTurn.into());
                }
                self.waiting.push_back(Event::Done(done));
            }
            Token::Changed(change) => {
                match &change {
                    Change::PacketSize(bytes) if (512..=32_767).contains(bytes) => self.packet_bytes = *bytes,
                    Change::PacketSize(_) => return Err(Violation::Malformed.into()),
                    Change::Begun(number) => self.transaction = *number,
                    Change::Ended => self.transaction = 0,
                    _ => {}
                }
                self.waiting.push_back(Event::Changed(change));
            }
        }
        Ok(())
    }
}

enum Token {
    Nothing,
    Event(Event),
    Columns(Option<Vec<Column>>),
    Done(Done),
    Changed(Change),
}
