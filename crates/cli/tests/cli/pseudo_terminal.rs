//! A terminal with nobody before it: the binary sees a real one, the test types and reads.

use std::{
    fs::File,
    io::{Read, Write},
    os::{
        fd::{AsRawFd, FromRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use crate::harness::{Ended, of, wait_until};

/// Which of the standard streams are the terminal; the others are pipes, and standard input is nothing.
#[derive(Clone, Copy)]
pub(crate) struct Streams {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

/// A terminal that a command of its own session runs on.
pub(crate) struct Terminal {
    /// The side of the person.
    keys: File,
    /// The side of the program; kept open, so that what it printed is not lost with it.
    screen: OwnedFd,
    shown: Arc<Mutex<Vec<u8>>>,
    child: Child,
}

impl Terminal {
    pub(crate) fn run(mut command: Command, streams: Streams) -> Self {
        let (keys, screen) = pair();
        let side = |wanted: bool| match wanted {
            true => Stdio::from(screen.try_clone().unwrap()),
            false => Stdio::piped(),
        };
        command.stdin(side(true)).stdout(side(streams.stdout)).stderr(side(streams.stderr));
        // SAFETY: ioctl is safe between fork and exec. The harness began a session of its own before this runs.
        unsafe {
            command.pre_exec(|| match libc::ioctl(0, libc::TIOCSCTTY as _, 0) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        let child = command.spawn().unwrap();
        let shown: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (mut reader, seen) = (keys.try_clone().unwrap(), Arc::clone(&shown));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                seen.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Terminal { keys, screen, shown, child }
    }

    /// Everything that was shown so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    #[track_caller]
    pub(crate) fn sees(&self, text: &str) {
        wait_until(&format!("“{text}” on the terminal"), || self.text().contains(text));
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether the terminal shows what is typed.
    pub(crate) fn echoes(&self) -> bool {
        // SAFETY: the descriptor is open, and the structure is filled in before it is read.
        unsafe {
            let mut mode: libc::termios = std::mem::zeroed();
            assert_eq!(libc::tcgetattr(self.screen.as_raw_fd(), &raw mut mode), 0);
            mode.c_lflag & libc::ECHO != 0
        }
    }

    /// Waits for the end; also what the terminal showed.
    pub(crate) fn end(self) -> (Ended, String) {
        let Terminal { keys, screen, shown, child } = self;
        let ended = of(child.wait_with_output().unwrap());
        // What was printed last is still on its way to the reader.
        thread::sleep(Duration::from_millis(200));
        let text = String::from_utf8_lossy(&shown.lock().unwrap()).into_owned();
        drop((keys, screen));
        (ended, text)
    }

    /// As [`Terminal::end`], and says whether the terminal was left showing what is typed.
    pub(crate) fn end_and_echo(mut self) -> (Ended, String, bool) {
        self.child.stdin.take();
        let status = {
            let begun = std::time::Instant::now();
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    break status;
                }
                assert!(begun.elapsed() < Duration::from_secs(20), "it never ended; it shows: {}", self.text());
                thread::sleep(Duration::from_millis(20));
            }
        };
        let echoes = self.echoes();
        let (ended, text) = self.end();
        assert_eq!(ended.code, status.code());
        (ended, text, echoes)
    }
}

fn pair() -> (File, OwnedFd) {
    let (mut keys, mut screen) = (0, 0);
    // SAFETY: both are places for a descriptor; names, modes and sizes may be left out.
    unsafe {
        let none = std::ptr::null_mut();
        assert_eq!(libc::openpty(&raw mut keys, &raw mut screen, none, std::ptr::null_mut(), std::ptr::null_mut()), 0);
        for side in [keys, screen] {
            libc::fcntl(side, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        (File::from_raw_fd(keys), OwnedFd::from_raw_fd(screen))
    }
}
