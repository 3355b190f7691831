//! Later launches speak over a named pipe, whose default access list is the user's own.

use std::{
    fs::OpenOptions,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::windows::named_pipe::{NamedPipeServer, ServerOptions},
    sync::Notify,
};

use super::{GRANTED, LONGEST, short_name};

const LIMIT: Duration = Duration::from_secs(3);

pub(super) fn address(home: &Path) -> PathBuf {
    PathBuf::from(format!(r"\\.\pipe\{}", short_name(home)))
}

#[derive(Debug)]
pub(super) struct Listener {
    stop: Arc<Notify>,
}

impl Listener {
    pub(super) fn start(home: &Path, heard: impl Fn(&[u8]) -> bool + Send + 'static) -> io::Result<Listener> {
        let address = address(home);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let first = {
            let _context = runtime.enter();
            // Refuses when another program already listens under this name.
            ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&address)?
        };
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        std::thread::Builder::new().name("launches".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = stopped.notified() => {}
                    result = serve(first, &address, &heard) => {
                        if let Err(error) = result {
                            tracing::warn!(%error, "later launches are no longer heard");
                        }
                    }
                }
            });
        })?;
        Ok(Listener { stop })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

async fn serve(first: NamedPipeServer, address: &Path, heard: &impl Fn(&[u8]) -> bool) -> io::Result<()> {
    let mut pipe = first;
    loop {
        pipe.connect().await?;
        let mut connected =
            std::mem::replace(&mut pipe, ServerOptions::new().reject_remote_clients(true).create(address)?);
        let answered = tokio::time::timeout(LIMIT, async {
            let mut line = Vec::new();
            while line.last() != Some(&b'\n') && (line.len() as u64) < LONGEST {
                if connected.read_buf(&mut line).await? == 0 {
                    break;
                }
            }
            if line.last() == Some(&b'\n') && heard(&line) {
                connected.write_all(GRANTED).await?;
                connected.flush().await?;
            }
            io::Result::Ok(())
        });
        if !matches!(answered.await, Ok(Ok(()))) {
            tracing::debug!("a launch was not understood");
        }
    }
}

pub(super) fn ask(home: &Path, message: &[u8]) -> io::Result<()> {
    let mut pipe = OpenOptions::new().read(true).write(true).open(address(home))?;
    pipe.write_all(message)?;
    pipe.write_all(b"\n")?;
    let mut reply = vec![0; GRANTED.len()];
    pipe.read_exact(&mut reply)?;
    if reply == GRANTED { Ok(()) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
}
