//! One run of a program that prints a password.

use std::{
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use driver::Secret;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
};

use super::redact::redact;
use crate::api::{AppError, ErrorCode};

/// Longest output that is read; a password is one line.
const MOST_PRINTED: usize = 256 << 10;
/// Most of stderr that is kept: its end.
const MOST_SAID: usize = 16 << 10;
/// How long output is waited for once the program has ended: something it left behind may hold the pipe open.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// Runs it and takes the first line it prints.
pub(super) async fn run(
    argv: &[String],
    shell: bool,
    told: &[(&str, &str)],
    limit: Duration,
) -> Result<Secret, AppError> {
    let (Some(program), rest) = (argv.first(), argv.get(1..).unwrap_or_default()) else {
        return Err(AppError::new(ErrorCode::InvalidStatement, "The command for the password is empty."));
    };
    let mut command = if shell { through_shell(program) } else { Command::new(program) };
    if !shell {
        command.args(rest);
    }
    command.envs(told.iter().copied());
    // A password for something else is nothing to hand on.
    command.env_remove(crate::terminal::PASSWORD_VARIABLE);
    if let Some(home) = std::env::home_dir().filter(|home| home.is_dir()) {
        // Not the folder this process happens to be in: a file planted there must not be found by a bare name.
        command.current_dir(home);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|error| not_started(&error, program, shell))?;
    let mut group = Group { child, done: false };
    let ended = tokio::time::timeout(limit, group.output()).await;
    match ended {
        Ok(Ok((status, printed, said))) => {
            group.done = status.success();
            password(status, &printed, &said)
        }
        Ok(Err(error)) => Err(AppError::new(
            ErrorCode::Unauthenticated,
            format!("What the command for the password prints could not be read: {error}."),
        )),
        Err(_) => Err(AppError::new(
            ErrorCode::TimedOut,
            format!("The command for the password took longer than {} s and was stopped.", limit.as_secs()),
        )
        .with_hint("Does it wait for input, a browser or a network? The connection's settings have a longer limit.")),
    }
}

#[cfg(unix)]
fn through_shell(text: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(text);
    command
}

#[cfg(windows)]
fn through_shell(text: &str) -> Command {
    let mut command = Command::new("cmd.exe");
    // As typed: cmd has rules of its own for quotes.
    command.raw_arg("/D /S /C \"").raw_arg(text).raw_arg("\"");
    command
}

/// A program and all it started; killed together unless it ended well.
struct Group {
    child: Child,
    done: bool,
}

impl Group {
    async fn output(&mut self) -> io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (mut printed, mut said) = (Vec::new(), Vec::new());
        let status = {
            let reading = async {
                let (one, other) = tokio::join!(drain(stdout, &mut printed, true), drain(stderr, &mut said, false));
                one.and(other)
            };
            tokio::pin!(reading);
            tokio::select! {
                read = &mut reading => {
                    read?;
                    self.child.wait().await?
                }
                status = self.child.wait() => {
                    // A timeout here leaves what was read so far.
                    if let Ok(read) = tokio::time::timeout(AFTERWARDS, &mut reading).await {
                        read?;
                    }
                    status?
                }
            }
        };
        Ok((status, printed, said))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if !self.done
            && let Some(id) = self.child.id().and_then(|id| libc::pid_t::try_from(id).ok())
        {
            // SAFETY: no memory is involved. The child leads its own group, and its id stays taken until it is reaped,
            // which has not happened while `id` is known.
            unsafe { libc::kill(-id, libc::SIGKILL) };
        }
    }
}

/// Reads to the end. Of `first` kinds too much is an error, of others the end is kept.
async fn drain(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>, first: bool) -> io::Result<()> {
    let Some(mut from) = from else { return Ok(()) };
    let mut buffer = vec![0; 8 << 10];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        into.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if first && into.len() > MOST_PRINTED {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is far longer than a password"));
        }
        if !first && into.len() > 2 * MOST_SAID {
            into.drain(..into.len() - MOST_SAID);
        }
    }
}

fn password(status: ExitStatus, printed: &[u8], said: &[u8]) -> Result<Secret, AppError> {
    let refused = |message: String| {
        let said = redact(said, printed);
        let message = if said.is_empty() { message } else { format!("{message} It said: {said}") };
        Err(AppError::new(ErrorCode::Unauthenticated, message))
    };
    if !status.success() {
        return refused(format!("The command for the password failed: {}.", ending(status)));
    }
    let line = printed.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok("") => {
            refused("The command for the password ended well but printed no password on its first line.".to_owned())
        }
        Ok(text) if text.contains('\0') => refused("The command for the password printed a NUL.".to_owned()),
        Ok(text) => Ok(Secret::new(text.to_owned())),
        Err(_) => refused("The command for the password printed something that is not UTF-8.".to_owned()),
    }
}

fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("signal {signal} ended it");
        }
    }
    match status.code() {
        Some(127) => "exit code 127, which usually means that a program was not found".to_owned(),
        Some(code) => format!("exit code {code}"),
        None => "it was ended".to_owned(),
    }
}

fn not_started(error: &io::Error, program: &str, shell: bool) -> AppError {
    let program = if shell { "the shell" } else { program };
    match error.kind() {
        io::ErrorKind::NotFound => {
            AppError::new(ErrorCode::NotFound, format!("The command for the password was not found: {program}."))
                .with_hint("Write its whole path: a program started from the desktop may not know the terminal's PATH.")
        }
        io::ErrorKind::PermissionDenied => {
            AppError::new(ErrorCode::Forbidden, format!("The command for the password may not be run: {program}."))
                .with_hint("Is the file marked as executable?")
        }
        _ => AppError::new(ErrorCode::Internal, format!("The command for the password was not started: {error}.")),
    }
}
