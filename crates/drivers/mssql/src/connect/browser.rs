//! Where a named instance listens: the server's SQL Browser is asked
//! (<https://learn.microsoft.com/openspecs/windows_protocols/mc-sqlr>).

use std::time::{Duration, Instant};

use driver::{Code, Error};
use tokio::net::UdpSocket;

/// Where SQL Browsers listen.
pub(crate) const PORT: u16 = 1434;
/// "Tell me of this instance", and what an answer begins with.
const ASK: u8 = 4;
const ANSWER: u8 = 5;
/// Answers get lost: the question is put again after this long.
const AGAIN: Duration = Duration::from_millis(700);

/// The TCP port of an instance.
///
/// # Errors
/// `NotFound` where the browser does not know it or it has none; `Unreachable` where nobody answers.
pub(crate) async fn find(host: &str, browser: u16, instance: &str, limit: Duration) -> Result<u16, Error> {
    let unreachable = |error: std::io::Error| {
        Error::new(Code::Unreachable, format!("The SQL Browser of {host} cannot be asked for the instance {instance}."))
            .with_hint("Set the port on which the instance listens.")
            .with_source(error)
    };
    let begun = Instant::now();
    let addresses: Vec<_> = tokio::net::lookup_host((host, browser)).await.map_err(unreachable)?.collect();
    let mut last = None;
    for address in addresses.iter().cycle().take(64) {
        let rest = limit.saturating_sub(begun.elapsed());
        if rest.is_zero() {
            break;
        }
        match tokio::time::timeout(AGAIN.min(rest), ask(*address, instance)).await {
            Ok(Ok(answer)) => return port(&answer, instance),
            Ok(Err(error)) => {
                last = Some(error);
                // Nobody listens there: the next address, and again a little later.
                tokio::time::sleep(AGAIN.min(rest) / 4).await;
            }
            Err(_) => {}
        }
    }
    let why = last.unwrap_or_else(|| std::io::ErrorKind::TimedOut.into());
    Err(unreachable(why))
}

async fn ask(address: std::net::SocketAddr, instance: &str) -> std::io::Result<Vec<u8>> {
    let any: std::net::IpAddr =
        if address.is_ipv4() { std::net::Ipv4Addr::UNSPECIFIED.into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    let mut question = vec![ASK];
    question.extend(instance.as_bytes());
    question.push(0);
    socket.send(&question).await?;
    let mut answer = vec![0; 4096];
    let length = socket.recv(&mut answer).await?;
    answer.truncate(length);
    Ok(answer)
}

/// Reads `ServerName;X;InstanceName;Y;…;tcp;1433;…`.
fn port(answer: &[u8], instance: &str) -> Result<u16, Error> {
    let unknown = || {
        Error::new(Code::NotFound, format!("The server has no instance {instance} that listens on TCP."))
            .with_hint("Check the instance's name, and whether TCP is switched on for it.")
    };
    let [ANSWER, _, _, text @ ..] = answer else { return Err(unknown()) };
    let text = String::from_utf8_lossy(text);
    let mut parts = text.split(';');
    let mut found = None;
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        match name.to_ascii_lowercase().as_str() {
            "instancename" if !value.eq_ignore_ascii_case(instance) => return Err(unknown()),
            "tcp" => found = value.parse().ok().filter(|port| *port > 0),
            _ => {}
        }
    }
    found.ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(text: &str) -> Vec<u8> {
        [&[ANSWER][..], &u16::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat()
    }

    #[test]
    fn answers_are_read_and_others_are_refused() {
        let good = answer("ServerName;BOX;InstanceName;EXPRESS;IsClustered;No;Version;16.0.1000.6;tcp;51433;;");
        assert_eq!(port(&good, "express").unwrap(), 51433);
        for wrong in [
            answer("ServerName;BOX;InstanceName;OTHER;tcp;1;;"),
            answer("ServerName;BOX;InstanceName;EXPRESS;np;\\\\BOX\\pipe;;"),
            answer("InstanceName;EXPRESS;tcp;0;;"),
            answer("InstanceName;EXPRESS;tcp;99999;;"),
            vec![],
            vec![4, 0, 0],
        ] {
            assert_eq!(port(&wrong, "EXPRESS").unwrap_err().code, Code::NotFound);
        }
    }

    #[tokio::test]
    async fn a_lost_question_is_put_again_and_silence_is_out_of_reach() {
        let browser = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = browser.local_addr().unwrap().port();
        let serve = tokio::spawn(async move {
            let mut question = [0; 64];
            browser.recv_from(&mut question).await.unwrap();
            let (length, from) = browser.recv_from(&mut question).await.unwrap();
            assert_eq!(question[..length], *b"\x04EXPRESS\0");
            browser.send_to(&answer("InstanceName;EXPRESS;tcp;5555;;"), from).await.unwrap();
        });
        assert_eq!(find("127.0.0.1", at, "EXPRESS", Duration::from_secs(5)).await.unwrap(), 5555);
        serve.await.unwrap();
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = silent.local_addr().unwrap().port();
        let error = find("127.0.0.1", at, "EXPRESS", Duration::from_millis(300)).await.unwrap_err();
        assert_eq!(error.code, Code::Unreachable);
    }
}
