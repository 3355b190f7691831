//! Questions in the terminal: secrets without echo, yes or no.

use std::{
    env,
    io::{self, BufRead, IsTerminal, Read},
};

use async_trait::async_trait;
use driver::{Answer, Ask, Question, Secret};
use zeroize::Zeroizing;

use crate::{arguments::PasswordInput, failure::Failure, say::clean};

/// The variable a password may come in.
pub(crate) const VARIABLE: &str = "ROWHOUSE_PASSWORD";

/// The password given with the command: by `--password-stdin`, or else by the environment.
pub(crate) fn given(input: PasswordInput) -> Result<Option<Secret>, Failure> {
    if input.password_stdin {
        return read_stdin().map(Some);
    }
    match env::var(VARIABLE) {
        Ok(password) if !password.is_empty() => Ok(Some(Secret::new(password))),
        Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{VARIABLE} is not valid UTF-8."), "Give the password with --password-stdin."))
        }
    }
}

fn read_stdin() -> Result<Secret, Failure> {
    let wrong =
        |what: &str| Failure::usage(what, "For example: printf '%s' \"$password\" | rowhouse … --password-stdin");
    if io::stdin().is_terminal() {
        return Err(wrong("--password-stdin reads a pipe or a file, not a terminal."));
    }
    // Byte by byte: what follows the line belongs to the script.
    let mut line = Zeroizing::new(Vec::with_capacity(1024));
    let mut stdin = Unbuffered;
    let mut byte = [0u8; 1];
    loop {
        match stdin.read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) if line.len() < 65_536 => line.extend_from_slice(&byte),
            Ok(_) => return Err(wrong("The first line of standard input is too long for a password.")),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(wrong("Standard input could not be read.")),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    match std::str::from_utf8(&line) {
        Ok("") => Err(wrong("Standard input holds no password.")),
        Ok(text) => Ok(Secret::new(text.to_owned())),
        Err(_) => Err(wrong("The password on standard input is not valid UTF-8.")),
    }
}

/// Standard input without a buffer that would keep what follows.
struct Unbuffered;

#[cfg(unix)]
impl Read for Unbuffered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // SAFETY: the pointer and the length are those of one writable slice.
        let count = unsafe { libc::read(libc::STDIN_FILENO, into.as_mut_ptr().cast(), into.len()) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }
}

#[cfg(not(unix))]
impl Read for Unbuffered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        io::stdin().lock().read(into)
    }
}

/// Answers a driver's questions in the terminal, where there is one.
pub(crate) struct TerminalAsk {
    /// Whether a password was given already: one that was refused is not asked for again.
    pub(crate) given: bool,
}

#[async_trait]
impl Ask for TerminalAsk {
    async fn ask(&self, question: Question) -> Answer {
        let text = match &question {
            Question::Password { secret, .. } if self.given && secret == driver::PASSWORD => return Answer::Refused,
            Question::Password { user, target, retry, .. } => {
                let again = if *retry { "That password was refused. " } else { "" };
                format!("{again}Password of {user} at {target}: ")
            }
            Question::Passphrase { path, retry, .. } => {
                let again = if *retry { "That passphrase does not open it. " } else { "" };
                format!("{again}Passphrase of {path}: ")
            }
            Question::Otp { prompt } => format!("{prompt} "),
            Question::HostKey { host, fingerprint } => {
                format!("{host} is seen for the first time. Its key is {fingerprint}. Trust it? (yes or no) ")
            }
            Question::LocalFile { path, target } => {
                format!("The statement gives the file {path} to {target}. Go on? (yes or no) ")
            }
        };
        let echo = matches!(question, Question::HostKey { .. } | Question::LocalFile { .. });
        let answered = tokio::task::spawn_blocking(move || read_line(&clean(&text), echo)).await;
        match (answered, echo) {
            (Ok(Some(line)), true) if line.trim().eq_ignore_ascii_case("yes") => Answer::Yes,
            (Ok(Some(line)), false) => Answer::Secret(Secret::new(line.to_string())),
            _ => Answer::Refused,
        }
    }
}

/// Asks for a password; `None` where there is no terminal or nothing was entered.
pub(crate) async fn password(question: &str) -> Option<Secret> {
    let question = clean(question);
    let line = tokio::task::spawn_blocking(move || read_line(&question, false)).await.ok().flatten()?;
    (!line.is_empty()).then(|| Secret::new(line.to_string()))
}

/// Asks for something that may be seen; `None` where there is no terminal or it was ended (Ctrl+D).
pub(crate) async fn value(question: &str) -> Option<String> {
    let question = clean(question);
    tokio::task::spawn_blocking(move || read_line(&question, true)).await.ok().flatten().map(|line| line.to_string())
}

/// Whether somebody can be asked.
pub(crate) fn is_possible() -> bool {
    system::terminal().is_some()
}

fn read_line(question: &str, echo: bool) -> Option<Zeroizing<String>> {
    let mut terminal = system::terminal()?;
    let mut line = Zeroizing::new(String::with_capacity(1024));
    let _quiet = (!echo).then(system::Quiet::begin).flatten();
    if !echo && _quiet.is_none() {
        return None;
    }
    io::Write::write_all(&mut terminal, question.as_bytes()).ok()?;
    let read = io::BufReader::with_capacity(1024, &terminal).read_line(&mut line);
    if !echo {
        // The key that ended the line was not shown.
        drop(io::Write::write_all(&mut terminal, b"\n"));
    }
    match read {
        Ok(count) if count > 0 => {
            while line.ends_with(['\n', '\r']) {
                line.pop();
            }
            Some(line)
        }
        _ => None,
    }
}

/// Shows again what is typed; safe to call at any time.
pub(crate) fn restore() {
    system::restore();
}

#[cfg(unix)]
mod system {
    use std::{
        fs::File,
        os::fd::AsRawFd,
        sync::{Mutex, PoisonError},
    };

    /// The terminal as it was before a secret was asked for.
    static BEFORE: Mutex<Option<libc::termios>> = Mutex::new(None);

    pub(super) fn terminal() -> Option<File> {
        File::options().read(true).write(true).open("/dev/tty").ok()
    }

    /// While it lives, what is typed is not shown.
    pub(super) struct Quiet;

    impl Quiet {
        pub(super) fn begin() -> Option<Self> {
            let terminal = terminal()?;
            // SAFETY: the descriptor is open, and the structure is filled in before it is read.
            unsafe {
                let mut mode: libc::termios = std::mem::zeroed();
                if libc::tcgetattr(terminal.as_raw_fd(), &raw mut mode) != 0 {
                    return None;
                }
                *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(mode);
                mode.c_lflag &= !libc::ECHO;
                (libc::tcsetattr(terminal.as_raw_fd(), libc::TCSAFLUSH, &raw const mode) == 0).then_some(Quiet)
            }
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            restore();
        }
    }

    pub(super) fn restore() {
        let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(mode), Some(terminal)) = (before, terminal()) {
            // SAFETY: the descriptor is open and the structure was filled in by the system.
            unsafe { libc::tcsetattr(terminal.as_raw_fd(), libc::TCSANOW, &raw const mode) };
        }
    }
}

/// Without a terminal that can be silenced a secret is not asked for: ROWHOUSE_PASSWORD and --password-stdin remain.
#[cfg(not(unix))]
mod system {
    use std::fs::File;

    pub(super) fn terminal() -> Option<File> {
        None
    }

    pub(super) struct Quiet;

    impl Quiet {
        pub(super) fn begin() -> Option<Self> {
            None
        }
    }

    pub(super) fn restore() {}
}
