//! A server that says what a test wants it to say, in the wire protocol: for members of replica sets and for what the server of the
//! other tests does not do. What it is asked is kept.
#![allow(dead_code, reason = "every test uses a part of it")]

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};

use driver_mongodb::bson::{self, Writer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

type Answer = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>>;
/// What a server answers a command with, by its name.
pub type Script = Arc<dyn Fn(String, Vec<u8>) -> Answer + Send + Sync>;

/// Commands by their names, whole.
type Asked = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

#[derive(Clone)]
pub struct Scripted {
    asked: Asked,
}

impl Scripted {
    pub async fn bind() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    /// Answers `hello` with what it is given, and everything else as the script says; where that says nothing, `{ ok: 1 }`.
    pub fn serve(listener: TcpListener, hello: Vec<u8>, script: Script) -> Scripted {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, hello.clone(), Arc::clone(&script), Arc::clone(&all)));
            }
        });
        Scripted { asked }
    }

    /// What it was asked by this name, the commands whole.
    pub fn asked(&self, name: &str) -> Vec<Vec<u8>> {
        let all = self.asked.lock().unwrap();
        all.iter().filter(|(asked, _)| asked == name).map(|(_, command)| command.clone()).collect()
    }
}

pub fn script(answer: impl Fn(String, Vec<u8>) -> Option<Vec<u8>> + Send + Sync + 'static) -> Script {
    Arc::new(move |name, command| {
        let answer = answer(name, command);
        Box::pin(async move { answer })
    })
}

async fn talk(mut stream: TcpStream, hello: Vec<u8>, script: Script, asked: Asked) {
    loop {
        let mut header = [0; 16];
        if stream.read_exact(&mut header).await.is_err() {
            return;
        }
        let length = i32::from_le_bytes(header[..4].try_into().unwrap()) as usize;
        let mut rest = vec![0; length - 16];
        stream.read_exact(&mut rest).await.unwrap();
        let command = rest[5..].to_vec();
        let name = bson::elements(&command).unwrap().next().unwrap().unwrap().name().into_owned();
        asked.lock().unwrap().push((name.clone(), command.clone()));
        let body = match name.as_str() {
            "hello" => hello.clone(),
            "buildInfo" => ok(|writer| _ = writer.string("version", "7.0.1")),
            _ => script(name, command).await.unwrap_or_else(|| ok(|_| {})),
        };
        let mut message = Vec::new();
        for part in [i32::try_from(body.len() + 21).unwrap(), 1, 0, 2013, 0] {
            message.extend_from_slice(&part.to_le_bytes());
        }
        message[8..12].copy_from_slice(&header[4..8]);
        message.push(0);
        message.extend_from_slice(&body);
        if stream.write_all(&message).await.is_err() {
            return;
        }
    }
}

pub fn ok(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    bson::document(|writer| {
        fill(writer);
        writer.double("ok", 1.0);
    })
}

pub fn refusal(code: i32, message: &str) -> Vec<u8> {
    bson::document(|writer| {
        writer.double("ok", 0.0).int32("code", code).string("errmsg", message);
    })
}

/// A reply with a cursor.
pub fn cursor(id: i64, documents: &[Vec<u8>]) -> Vec<u8> {
    ok(|writer| {
        writer.with("cursor", |cursor| {
            cursor.int64("id", id).string("ns", "test.c").documents("firstBatch", documents);
        });
    })
}

/// The `hello` of a member; `primary` is the port of the one that takes writes.
pub fn member(primary: bool, hosts: &[u16], of: u16) -> Vec<u8> {
    ok(|writer| {
        writer.bool("isWritablePrimary", primary).bool("secondary", !primary).string("setName", "rs0");
        writer.open(bson::kind::ARRAY, b"hosts");
        for (place, port) in hosts.iter().enumerate() {
            writer.string(&place.to_string(), &format!("127.0.0.1:{port}"));
        }
        writer.close().string("primary", &format!("127.0.0.1:{of}"));
        writer.int32("maxWireVersion", 21).int32("logicalSessionTimeoutMinutes", 30).int32("connectionId", 7);
    })
}
