//! `mongodb+srv`: addresses and options by DNS (`source/initial-dns-seedlist-discovery` of mongodb/specifications). Asked from this
//! computer: behind a tunnel or a proxy the names may mean nothing here, and the addresses have to be given.

use std::time::Duration;

use driver::{Code, Error};
use hickory_resolver::{TokioResolver, proto::rr::RData};
use route::Endpoint;

/// Addresses taken over at most.
const MOST: usize = 50;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub hosts: Vec<Endpoint>,
    pub auth_source: Option<String>,
    pub replica_set: Option<String>,
}

fn failed(message: String) -> Error {
    Error::new(Code::Unreachable, message).with_hint("Check the name, or give the addresses of the members themselves.")
}

/// Whoever the system asks.
pub(super) fn system() -> Result<TokioResolver, Error> {
    let builder = TokioResolver::builder_tokio();
    let resolver = builder.and_then(|builder| builder.build());
    resolver.map_err(|error| failed("This computer's name servers are not known.".to_owned()).with_source(error))
}

/// The members behind a name.
pub(super) async fn look_up(resolver: &TokioResolver, name: &str, limit: Duration) -> Result<Found, Error> {
    let name = name.trim_end_matches('.');
    let slow =
        |_| Error::new(Code::TimedOut, format!("The name servers did not answer within {} s.", limit.as_secs_f32()));
    let asked = resolver.srv_lookup(format!("_mongodb._tcp.{name}."));
    let answer = tokio::time::timeout(limit, asked).await.map_err(slow)?;
    let answer = answer.map_err(|error| failed(format!("No members are known under {name}.")).with_source(error))?;
    let mut hosts = Vec::new();
    for record in answer.answers().iter().take(MOST) {
        let RData::SRV(service) = &record.data else { continue };
        let host = service.target.to_utf8();
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if !is_related(name, &host) {
            return Err(failed(format!("The name server leads from {name} to {host}, which is of another domain."))
                .with_hint("Somebody may want to lead you astray. Give the addresses of the members themselves."));
        }
        hosts.push(Endpoint::tcp(host, service.port));
    }
    if hosts.is_empty() {
        return Err(failed(format!("No members are known under {name}.")));
    }
    let asked = resolver.txt_lookup(format!("{name}."));
    let texts: Vec<String> = match tokio::time::timeout(limit, asked).await.map_err(slow)? {
        Ok(answer) => answer
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
                _ => None,
            })
            .collect(),
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Vec::new(),
        Err(error) => return Err(failed(format!("The options of {name} could not be read.")).with_source(error)),
    };
    let mut found = Found { hosts, auth_source: None, replica_set: None };
    match texts.as_slice() {
        [] => {}
        [text] => options(text, &mut found)?,
        _ => return Err(failed(format!("There is more than one record of options for {name}."))),
    }
    Ok(found)
}

fn options(text: &str, found: &mut Found) -> Result<(), Error> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name.to_ascii_lowercase().as_str() {
            "authsource" => found.auth_source = Some(value.to_owned()),
            "replicaset" => found.replica_set = Some(value.to_owned()),
            "loadbalanced" => {}
            // Nothing else may be decided by whoever answers for the name.
            _ => return Err(failed("The name server gives options that it may not decide.".to_owned())),
        }
    }
    Ok(())
}

/// Whether a host is of the domain that the name is of.
fn is_related(name: &str, host: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let domain = match name.split('.').count() {
        // A domain itself: its hosts are below it.
        0..=2 => name.as_str(),
        _ => name.split_once('.').map_or("", |(_, domain)| domain),
    };
    host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::SocketAddr;

    use hickory_resolver::{
        config::{ConnectionConfig, NameServerConfig, ResolverConfig},
        net::runtime::TokioRuntimeProvider,
    };
    use tokio::net::UdpSocket;

    use super::*;

    #[test]
    fn hosts_of_other_domains_are_told_apart() {
        for (name, host, related) in [
            ("c.example.org", "one.example.org", true),
            ("c.example.org", "one.two.example.org", true),
            ("C.Example.org", "one.example.org", true),
            ("c.example.org", "one.other.org", false),
            ("c.example.org", "oneexample.org", false),
            ("c.example.org", "example.org", false),
            ("example.org", "one.example.org", true),
            ("example.org", "other.org", false),
        ] {
            assert_eq!(is_related(name, host), related, "{name} {host}");
        }
    }

    /// Answers every question with these records: type and data.
    async fn name_server(records: Vec<(u16, Vec<u8>)>) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let question = &buffer[12..length];
                let end = question.iter().position(|byte| *byte == 0).unwrap() + 5;
                let wanted = u16::from_be_bytes([question[end - 4], question[end - 3]]);
                let fitting: Vec<_> = records.iter().filter(|(kind, _)| *kind == wanted).collect();
                let mut answer = buffer[..2].to_vec();
                answer.extend_from_slice(&[0x81, 0x80, 0, 1, 0, u8::try_from(fitting.len()).unwrap(), 0, 0, 0, 0]);
                answer.extend_from_slice(&question[..end]);
                for (kind, data) in fitting {
                    answer.extend_from_slice(&[0xc0, 12]);
                    answer.extend_from_slice(&kind.to_be_bytes());
                    answer.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
                    answer.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
                    answer.extend_from_slice(data);
                }
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        address
    }

    fn service(port: u16, host: &str) -> (u16, Vec<u8>) {
        let mut data = vec![0, 0, 0, 0];
        data.extend_from_slice(&port.to_be_bytes());
        for label in host.split('.') {
            data.push(u8::try_from(label.len()).unwrap());
            data.extend_from_slice(label.as_bytes());
        }
        data.push(0);
        (33, data)
    }

    fn text(parts: &[&str]) -> (u16, Vec<u8>) {
        let data = parts.iter().flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part.as_bytes()].concat());
        (16, data.collect())
    }

    async fn looked(records: Vec<(u16, Vec<u8>)>) -> Result<Found, Error> {
        let server = name_server(records).await;
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let servers = vec![NameServerConfig::new(server.ip(), true, vec![connection])];
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap();
        look_up(&resolver, "c.example.org", Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn addresses_and_options_are_found() {
        let records = vec![
            service(27017, "one.example.org"),
            service(27018, "two.example.org"),
            text(&["authSource=us", "ers&replicaSet=rs0"]),
        ];
        let mut found = looked(records).await.unwrap();
        found.hosts.sort_by_key(ToString::to_string);
        let hosts = vec![Endpoint::tcp("one.example.org", 27017), Endpoint::tcp("two.example.org", 27018)];
        let wanted = Found { hosts, auth_source: Some("users".into()), replica_set: Some("rs0".into()) };
        assert_eq!(found, wanted);
        assert_eq!(looked(vec![service(1, "one.example.org")]).await.unwrap().auth_source, None);
    }

    #[tokio::test]
    async fn what_leads_astray_is_refused() {
        let one = || service(1, "one.example.org");
        for records in [
            vec![],
            vec![service(1, "one.evil.org")],
            vec![one(), text(&["authSource=a"]), text(&["authSource=b"])],
            vec![one(), text(&["ssl=false"])],
        ] {
            assert_eq!(looked(records).await.unwrap_err().code, Code::Unreachable);
        }
    }
}
