#![allow(clippy::unwrap_used, clippy::panic)]
//! Files of this computer that a statement hands over, or a server would like to have.

mod common {
    pub mod server;
}

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use common::server::{finish, run, server};
use driver::{Answer, Ask, Code, ConnectContext, Driver, Outcome, Profile, Question, Role, Secret, Session, Statement};
use driver_mysql::MySql;

/// Gives one answer to every question, or never any.
struct Answering {
    answer: Option<Answer>,
    asked: Mutex<Vec<Question>>,
}

impl Answering {
    fn new(answer: Option<Answer>) -> Arc<Self> {
        Arc::new(Answering { answer, asked: Mutex::default() })
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

#[async_trait::async_trait]
impl Ask for Answering {
    async fn ask(&self, question: Question) -> Answer {
        self.asked.lock().unwrap().push(question);
        match &self.answer {
            Some(answer) => answer.clone(),
            None => std::future::pending().await,
        }
    }
}

fn context(ask: &Arc<Answering>, password: &str) -> ConnectContext {
    ConnectContext {
        ask: Arc::clone(ask) as Arc<dyn Ask>,
        ..ConnectContext::unattended(Some(Secret::new(password.to_owned())))
    }
}

async fn session_of(server: &common::server::Server, ask: &Arc<Answering>) -> Arc<dyn Session> {
    let connection = server.connect_with(&[], context(ask, &server.password)).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    run(&*session, "create temporary table l (a int, b varchar(20))").await.ok();
    session
}

fn file() -> (tempfile::NamedTempFile, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"1,one\n2,two\n").unwrap();
    let text =
        format!("load data local infile '{}' into table l fields terminated by ','", file.path().to_str().unwrap());
    (file, text)
}

#[tokio::test]
async fn a_file_is_handed_over_once_somebody_agreed_to_it() {
    let Some(server) = server() else { return };
    let ask = Answering::new(Some(Answer::Yes));
    let session = session_of(&server, &ask).await;
    let (file, text) = file();
    assert_eq!(run(&*session, &text).await.ok().affected_rows, Some(2));
    assert_eq!(run(&*session, &text).await.ok().affected_rows, Some(2));
    let asked = ask.asked.lock().unwrap().clone();
    let path = file.path().display().to_string();
    let Question::LocalFile { path: named, target } = &asked[1] else { panic!("{asked:?}") };
    assert_eq!((asked.len(), named), (2, &path), "asked before each statement");
    assert!(target.contains(&server.port.to_string()), "{target}");
    let gone = run(&*session, "load data local infile '/no/such/file' into table l").await;
    assert_eq!(gone.error().code, Code::NotFound);
    assert_eq!(run(&*session, "select count(*) from l").await.first().unwrap(), "4");
}

#[tokio::test]
async fn a_file_stays_here_where_nobody_agrees() {
    let Some(server) = server() else { return };
    let ask = Answering::new(Some(Answer::Refused));
    let session = session_of(&server, &ask).await;
    let (file, text) = file();
    for text in [text.clone(), format!("/*!50000 {text} */")] {
        let refused = run(&*session, &text).await;
        assert_eq!(refused.error().code, Code::Forbidden);
        assert!(refused.error().message.contains(file.path().to_str().unwrap()), "{}", refused.error());
    }
    assert_eq!(ask.count(), 2);
    assert_eq!(run(&*session, "select count(*) from l").await.first().unwrap(), "0");
}

#[tokio::test]
async fn a_read_only_connection_hands_over_nothing_and_asks_nobody() {
    let Some(server) = server() else { return };
    let ask = Answering::new(Some(Answer::Yes));
    let context = ConnectContext { read_only: true, ..context(&ask, &server.password) };
    let connection = server.connect_with(&[], context).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let (_file, text) = file();
    for text in [text.clone(), format!("/*!50000 {text} */"), format!("/*M!100000 {text} */")] {
        assert_eq!(run(&*session, &text).await.error().code, Code::Forbidden, "{text}");
    }
    assert_eq!(ask.count(), 0);
}

#[tokio::test]
async fn a_question_nobody_answers_can_be_cancelled_and_holds_up_no_close() {
    let Some(server) = server() else { return };
    let ask = Answering::new(None);
    let session = session_of(&server, &ask).await;
    let (_file, text) = file();
    let waiting = session.run(Statement::new(text.as_str()));
    while ask.count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    waiting.cancel.cancel().await.unwrap();
    assert_eq!(finish(waiting).await.ok().outcome, Outcome::Cancelled);
    assert_eq!(run(&*session, "select 1").await.first().unwrap(), "1");
    drop(session.run(Statement::new(text.as_str())));
    assert_eq!(run(&*session, "select 2").await.first().unwrap(), "2");
    let last = session.run(Statement::new(text.as_str()));
    while ask.count() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    session.close().await;
    assert_eq!(finish(last).await.error().code, Code::Unreachable);
}

/// A server that lets everybody in, understands nothing, and answers what has `load` or `please` in it by asking for a file.
/// What it is sent after that is kept.
fn rogue() -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, kept) = (stream.unwrap(), Arc::clone(&kept));
            std::thread::spawn(move || serve(stream, &kept));
        }
    });
    (port, taken)
}

fn send(stream: &mut TcpStream, sequence: u8, body: &[u8]) -> Option<()> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    stream.write_all(&[length[0], length[1], length[2], sequence]).ok()?;
    stream.write_all(body).ok()
}

fn receive(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).ok()?;
    let mut body = vec![0; u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<u8>>) -> Option<()> {
    // Protocol 4.1, local files, databases and methods of signing in.
    let capabilities: u32 = 0x0008_8000 | 0x0200 | 0x0080 | 0x0008 | 0x0001;
    let [a, b, c, d] = capabilities.to_le_bytes();
    let mut greeting = b"\x0a8.0.36\0\x01\0\0\0saltsalt\0".to_vec();
    greeting.extend([a, b, 45, 2, 0, c, d, 21]);
    greeting.extend([0; 10]);
    greeting.extend(b"saltsaltsalt\0mysql_native_password\0");
    let ok = [0, 0, 0, 2, 0, 0, 0];
    send(&mut stream, 0, &greeting)?;
    receive(&mut stream)?;
    send(&mut stream, 2, &ok)?;
    loop {
        let command = receive(&mut stream)?;
        let text = String::from_utf8_lossy(&command).into_owned();
        if text.contains("load") || text.contains("please") {
            send(&mut stream, 1, b"\xfb/etc/hostname")?;
            loop {
                let block = receive(&mut stream)?;
                if block.is_empty() {
                    break;
                }
                kept.lock().unwrap().extend(block);
            }
            send(&mut stream, 3, &ok)?;
        } else if command.first() == Some(&3) {
            send(&mut stream, 1, b"\xff\x28\x04#42000You have an error in your SQL syntax")?;
        } else {
            send(&mut stream, 1, &ok)?;
        }
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_file_nobody_named_gets_none() {
    let (port, taken) = rogue();
    let ask = Answering::new(Some(Answer::Yes));
    let mut profile = Profile { name: "rogue".into(), driver: "mysql".into(), ..Profile::default() };
    for (name, value) in [("host", "127.0.0.1"), ("port", &port.to_string()), ("user", "u"), ("sslmode", "disable")] {
        profile.values.insert(name.to_owned(), value.to_owned());
    }
    let connection = MySql.connect(&profile, context(&ask, "x")).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let (_file, text) = file();
    let other = run(&*session, &text).await;
    assert_eq!((other.error().code, ask.count()), (Code::Forbidden, 1), "{}", other.error());
    assert!(other.error().message.contains("/etc/hostname"), "{}", other.error());
    let unasked = run(&*session, "select 'please'").await;
    assert_eq!((unasked.error().code, ask.count()), (Code::Forbidden, 1), "{}", unasked.error());
    assert!(taken.lock().unwrap().is_empty());
}
