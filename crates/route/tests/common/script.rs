//! A person who answers as told, and a server that says back what it hears.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use route::{Answer, Ask, Question};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use zeroize::Zeroizing;

/// Gives the answers in their order and then refuses; keeps the questions.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Answer>>,
    pub asked: Mutex<Vec<Question>>,
}

impl Script {
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), asked: Mutex::default() })
    }

    pub fn asked(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Ask for Script {
    async fn ask(&self, question: Question) -> Answer {
        self.asked.lock().unwrap().push(question);
        self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Refused)
    }
}

pub fn secret(text: &str) -> Answer {
    Answer::Secret(Zeroizing::new(text.to_owned()))
}

/// Says back what it hears, until the other side has said all.
pub async fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = tcp.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
                let _ = to.shutdown().await;
            });
        }
    });
    port
}

/// Sends a few megabytes through and checks that they come back.
pub async fn echoes(stream: impl AsyncRead + AsyncWrite) {
    let (mut from, mut to) = tokio::io::split(stream);
    let sent: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let copy = sent.clone();
    let writing = async move {
        to.write_all(&copy).await.unwrap();
        to.shutdown().await.unwrap();
    };
    let mut heard = Vec::new();
    let reading = from.read_to_end(&mut heard);
    let ((), read) = tokio::join!(writing, reading);
    read.unwrap();
    assert!(heard == sent, "{} bytes of {}", heard.len(), sent.len());
}
