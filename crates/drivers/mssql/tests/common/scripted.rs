//! A scripted server: it speaks as the public description of the protocol says a server speaks, says what a test wants it to
//! say, and keeps what it was sent. What passes here is **scripted**: no SQL Server has been asked.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use rustls::ServerConnection;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::tokens;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub kind: u8,
    pub content: Vec<u8>,
    /// Which connection, from 0.
    pub connection: usize,
}

impl Request {
    /// The text of a batch.
    pub fn text(&self) -> String {
        let units = self.content.get(22..).unwrap_or_default().chunks_exact(2);
        String::from_utf16_lossy(&units.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>())
    }

    /// The transaction a batch says it is in.
    pub fn transaction(&self) -> u64 {
        u64::from_le_bytes(self.content[10..18].try_into().unwrap())
    }
}

/// What to do for a batch.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Say this.
    Tokens(Vec<u8>),
    /// Say this and nothing more, until an attention comes, which is acknowledged.
    Hang(Vec<u8>),
    /// As [`Reply::Hang`], deaf to attentions.
    Deaf(Vec<u8>),
    /// Deaf to attentions until somebody ends the session, which is told before it is closed.
    DeafUntil(Arc<tokio::sync::Notify>),
    /// Say this, again and again, until an attention comes.
    Endless(Vec<u8>, Vec<u8>),
    /// Close the connection after this.
    HangUp(Vec<u8>),
}

/// How the server handles encryption.
#[derive(Clone, Default)]
pub enum Encryption {
    #[default]
    Off,
    /// It demands what it does not give.
    Demanded,
    /// In the protocol's packets, after the prelogin.
    Negotiated(Arc<rustls::ServerConfig>),
    /// Before anything else.
    Strict(Arc<rustls::ServerConfig>),
}

type Script = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

pub struct Scripted {
    pub port: u16,
    sent: Arc<Mutex<Vec<Request>>>,
    written: Arc<AtomicUsize>,
}

impl Scripted {
    pub async fn start(encryption: Encryption, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let (all, script): (_, Script) = (Arc::clone(&sent), Arc::new(script));
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((tcp, _)) = listener.accept().await {
                let talk = Talk {
                    io: Io::new(tcp, Arc::clone(&count)),
                    script: Arc::clone(&script),
                    all: Arc::clone(&all),
                    connection,
                };
                let encryption = encryption.clone();
                tokio::spawn(async move { talk.serve(encryption).await });
                connection += 1;
            }
        });
        Scripted { port, sent, written }
    }

    /// A server that says these tokens to a batch of this text, and "done" to any other.
    pub async fn saying(answers: &[(&str, Reply)]) -> Scripted {
        let answers: Vec<_> = answers.iter().map(|(text, reply)| ((*text).to_owned(), reply.clone())).collect();
        Scripted::start(Encryption::Off, move |request| {
            let text = request.text();
            let found = answers.iter().find(|(wanted, _)| *wanted == text);
            found.map_or_else(|| Reply::Tokens(tokens::done(0, 0, 0)), |(_, reply)| reply.clone())
        })
        .await
    }

    /// Bytes that were taken from it so far.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// All that was sent, of this kind: 1 batch, 3 procedure, 6 attention, 16 login, 18 prelogin.
    pub fn sent(&self, kind: u8) -> Vec<Request> {
        self.sent.lock().unwrap().iter().filter(|request| request.kind == kind).cloned().collect()
    }
}

struct Talk {
    io: Io,
    script: Script,
    all: Arc<Mutex<Vec<Request>>>,
    connection: usize,
}

impl Talk {
    async fn serve(mut self, encryption: Encryption) -> Option<()> {
        if let Encryption::Strict(config) = &encryption {
            self.io.tls = Some(ServerConnection::new(Arc::clone(config)).ok()?);
        }
        self.request().await.filter(|request| request.kind == 18)?;
        let code = match &encryption {
            Encryption::Off => 2,
            Encryption::Demanded => 3,
            Encryption::Negotiated(_) | Encryption::Strict(_) => 1,
        };
        self.io.answer(&tokens::prelogin(code), 4096).await?;
        if let Encryption::Negotiated(config) = &encryption {
            self.io.handshake_in_packets(ServerConnection::new(Arc::clone(config)).ok()?).await?;
        }
        let login = self.request().await.filter(|request| request.kind == 16)?;
        match (self.script)(&login) {
            Reply::Tokens(tokens) if tokens != self::tokens::done(0, 0, 0) => self.io.answer(&tokens, 4096).await?,
            Reply::HangUp(_) => return None,
            _ => self.io.answer(&tokens::welcome("shop"), 4096).await?,
        }
        loop {
            let request = self.request().await?;
            if request.kind == 6 {
                self.io.answer(&tokens::done(0x20, 0, 0), 4096).await?;
                continue;
            }
            match (self.script)(&request) {
                Reply::Tokens(tokens) => self.io.answer(&tokens, 8000).await?,
                Reply::HangUp(tokens) => {
                    self.io.part(&tokens, false).await?;
                    return None;
                }
                Reply::Hang(tokens) => {
                    self.io.part(&tokens, false).await?;
                    self.request().await.filter(|request| request.kind == 6)?;
                    self.io.part(&tokens::done(0x22, 0, 0), true).await?;
                }
                Reply::Deaf(tokens) => {
                    self.io.part(&tokens, false).await?;
                    while self.request().await.is_some() {}
                    return None;
                }
                Reply::DeafUntil(ended) => {
                    ended.notified().await;
                    let said = tokens::error(
                        596,
                        21,
                        "Cannot continue the execution because the session is in the kill state.",
                        1,
                    );
                    self.io.part(&[said, tokens::done(2, 0, 0)].concat(), true).await?;
                    return None;
                }
                Reply::Endless(head, again) => {
                    self.io.part(&head, false).await?;
                    // Whether an attention has come is looked at between two parts, as a server does.
                    while !self.io.has_input().await {
                        self.io.part(&again, false).await?;
                    }
                    self.request().await.filter(|request| request.kind == 6)?;
                    self.io.part(&tokens::done(0x22, 0, 0), true).await?;
                }
            }
        }
    }

    async fn request(&mut self) -> Option<Request> {
        let mut content = Vec::new();
        let kind = loop {
            let header: [u8; 8] = self.io.read(8).await?.try_into().ok()?;
            let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
            content.extend(self.io.read(length - 8).await?);
            if header[1] & 1 != 0 {
                break header[0];
            }
        };
        let request = Request { kind, content, connection: self.connection };
        self.all.lock().unwrap().push(request.clone());
        Some(request)
    }
}

/// Bytes, over TLS or not.
struct Io {
    tcp: TcpStream,
    tls: Option<ServerConnection>,
    came: Vec<u8>,
    written: Arc<AtomicUsize>,
}

impl Io {
    fn new(tcp: TcpStream, written: Arc<AtomicUsize>) -> Io {
        Io { tcp, tls: None, came: Vec::new(), written }
    }

    async fn more(&mut self) -> Option<()> {
        let mut buffer = vec![0; 1 << 16];
        let read = self.tcp.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        self.take_in(&buffer[..read])?;
        self.send_tls().await
    }

    fn take_in(&mut self, mut bytes: &[u8]) -> Option<()> {
        let Some(tls) = &mut self.tls else {
            self.came.extend(bytes);
            return Some(());
        };
        while !bytes.is_empty() {
            tls.read_tls(&mut bytes).ok()?;
            tls.process_new_packets().ok()?;
            let mut plain = vec![0; 1 << 16];
            while let Ok(read) = std::io::Read::read(&mut tls.reader(), &mut plain) {
                if read == 0 {
                    break;
                }
                self.came.extend(&plain[..read]);
            }
        }
        Some(())
    }

    async fn send_tls(&mut self) -> Option<()> {
        let Some(tls) = &mut self.tls else { return Some(()) };
        let mut out = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut out).ok()?;
        }
        self.tcp.write_all(&out).await.ok()
    }

    async fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.came.len() < length {
            self.more().await?;
        }
        Some(self.came.drain(..length).collect())
    }

    async fn has_input(&mut self) -> bool {
        if self.came.is_empty() {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(1), self.more()).await;
        }
        !self.came.is_empty()
    }

    async fn write(&mut self, bytes: &[u8]) -> Option<()> {
        self.written.fetch_add(bytes.len(), Ordering::SeqCst);
        match &mut self.tls {
            None => self.tcp.write_all(bytes).await.ok(),
            Some(tls) => {
                for chunk in bytes.chunks(1 << 14) {
                    std::io::Write::write_all(&mut tls.writer(), chunk).ok()?;
                    let mut out = Vec::new();
                    while tls.wants_write() {
                        tls.write_tls(&mut out).ok()?;
                    }
                    self.tcp.write_all(&out).await.ok()?;
                }
                Some(())
            }
        }
    }

    /// A whole answer, in packets of this size.
    async fn answer(&mut self, tokens: &[u8], size: usize) -> Option<()> {
        let parts: Vec<_> = tokens.chunks(size - 8).collect();
        for (index, part) in parts.iter().enumerate() {
            self.part(part, index + 1 == parts.len()).await?;
        }
        Some(())
    }

    async fn part(&mut self, content: &[u8], last: bool) -> Option<()> {
        for (index, chunk) in content.chunks(30_000).enumerate() {
            let last = last && (index + 1) * 30_000 >= content.len();
            let length = ((chunk.len() + 8) as u16).to_be_bytes();
            let packet = [&[4, u8::from(last), length[0], length[1], 0, 60, 1, 0], chunk].concat();
            self.write(&packet).await?;
        }
        Some(())
    }

    /// A handshake whose bytes travel in packets of the prelogin.
    async fn handshake_in_packets(&mut self, mut tls: ServerConnection) -> Option<()> {
        while tls.is_handshaking() || tls.wants_write() {
            let mut out = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut out).ok()?;
            }
            // In small ones, so that nobody counts on one message being one packet.
            for chunk in out.chunks(700) {
                let length = ((chunk.len() + 8) as u16).to_be_bytes();
                self.tcp.write_all(&[&[0x12, 1, length[0], length[1], 0, 0, 1, 0], chunk].concat()).await.ok()?;
            }
            if tls.is_handshaking() {
                let header = self.read(8).await?;
                assert_eq!(header[0], 0x12, "the handshake travels in packets of the prelogin");
                let content = self.read(usize::from(u16::from_be_bytes([header[2], header[3]])) - 8).await?;
                tls.read_tls(&mut &content[..]).ok()?;
                tls.process_new_packets().ok()?;
            }
        }
        self.tls = Some(tls);
        let early = std::mem::take(&mut self.came);
        self.take_in(&early)
    }
}
