#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! Ways that lead nowhere: no server has been asked, but listeners of our own.

use std::{collections::BTreeMap, time::Duration};

use driver::{Code, ConnectContext, Driver, Error, Profile, Secret};
use driver_oracle::Oracle;

async fn refused(port: u16, service: &str) -> Error {
    let values = [("host", "127.0.0.1"), ("service", service), ("user", "ann"), ("sslmode", "disable")];
    let mut values: BTreeMap<String, String> =
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.insert("port".into(), port.to_string());
    let profile = Profile { name: "nowhere".into(), driver: "oracle".into(), values };
    let context = ConnectContext {
        timeout: Duration::from_secs(2),
        ..ConnectContext::unattended(Some(Secret::new("s3cret".to_owned())))
    };
    let error = Oracle.connect(&profile, context).await.map(drop).unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    error
}

#[cfg(not(feature = "client"))]
#[tokio::test]
async fn a_build_without_the_client_says_so() {
    let error = refused(1521, "FREEPDB1").await;
    assert_eq!(error.code, Code::Unsupported);
    assert!(error.hint.is_some_and(|hint| hint.contains("off by default")));
}

#[tokio::test]
async fn a_profile_without_a_service_is_wrong_before_anything_is_dialled() {
    assert_eq!(refused(1521, "").await.code, Code::InvalidStatement);
}

#[cfg(feature = "client")]
mod client {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_closed_port_is_unreachable() {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        assert_eq!(refused(port, "FREEPDB1").await.code, Code::Unreachable);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_says_nothing_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = tokio::spawn(async move { listener.accept().await.unwrap() });
        assert_eq!(refused(port, "FREEPDB1").await.code, Code::TimedOut);
        // Its connection has ended with the attempt.
        let (mut stream, _) = silent.await.unwrap();
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap().unwrap();
        assert!(!rest.is_empty(), "it was greeted");
    }

    /// A refusal as a listener sends it (packet type 4), and bytes that are none of the protocol.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_the_listener_says_is_told() {
        let said = b"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=12514)(ERROR_STACK=(ERROR=(CODE=12514)(EMFI=4))))";
        let mut refusal = vec![0, (12 + said.len()) as u8, 0, 0, 4, 0, 0, 0, 1, 0, 0, said.len() as u8];
        refusal.extend_from_slice(said);
        for (answer, codes) in [
            (refusal, &[Code::NotFound][..]),
            (
                b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
                &[Code::Unreachable, Code::Internal, Code::Unsupported, Code::TimedOut],
            ),
            (Vec::new(), &[Code::Unreachable]),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let text = String::from_utf8_lossy(&answer).into_owned();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut greeting = [0; 512];
                    let _ = stream.read(&mut greeting).await;
                    let _ = stream.write_all(&answer).await;
                }
            });
            let error = refused(port, "FREEPDB1").await;
            assert!(codes.contains(&error.code), "{text}: {error:?}");
        }
    }
}
