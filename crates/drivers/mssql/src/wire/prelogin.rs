//! The first message: versions, and whether the rest is encrypted.

use super::{Violation, reader::Reader};

/// What one side says of encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Encrypt {
    /// The login only.
    Off = 0,
    /// Everything.
    On = 1,
    /// It cannot.
    Unsupported = 2,
    /// Everything, or nothing is spoken.
    Required = 3,
}

const VERSION: u8 = 0;
const ENCRYPTION: u8 = 1;
const INSTANCE: u8 = 2;
const THREAD: u8 = 3;
const MARS: u8 = 4;
const END: u8 = 0xff;

/// The message of a client that wants this.
pub(crate) fn message(encrypt: Encrypt, instance: Option<&str>) -> Vec<u8> {
    let mut name = instance.unwrap_or_default().as_bytes().to_vec();
    name.push(0);
    let options: [(u8, Vec<u8>); 5] = [
        (VERSION, vec![0, 1, 0, 0, 0, 0]),
        (ENCRYPTION, vec![encrypt as u8]),
        (INSTANCE, name),
        (THREAD, std::process::id().to_be_bytes().to_vec()),
        (MARS, vec![0]),
    ];
    let mut head = Vec::new();
    let mut body = Vec::new();
    let start = options.len() * 5 + 1;
    for (token, value) in options {
        let offset = u16::try_from(start + body.len()).unwrap_or(u16::MAX);
        head.push(token);
        head.extend(offset.to_be_bytes());
        head.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        body.extend(value);
    }
    head.push(END);
    head.extend(body);
    head
}

/// What a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub encrypt: Encrypt,
    /// Major version: 11 is SQL Server 2012.
    pub major: u8,
}

/// Reads a server's message.
pub(crate) fn read(message: &[u8]) -> Result<Answer, Violation> {
    let mut reader = Reader::new(message);
    let mut answer = Answer { encrypt: Encrypt::Unsupported, major: 0 };
    loop {
        let token = reader.u8().map_err(|_| Violation::Malformed)?;
        if token == END {
            return Ok(answer);
        }
        let place = (reader.bytes(4)).map_err(|_| Violation::Malformed)?;
        let &[a, b, c, d] = place else { return Err(Violation::Malformed) };
        let (from, length) = (usize::from(u16::from_be_bytes([a, b])), usize::from(u16::from_be_bytes([c, d])));
        let value = message.get(from..from + length).ok_or(Violation::Malformed)?;
        match (token, value.first()) {
            (VERSION, Some(major)) => answer.major = *major,
            (ENCRYPTION, Some(0)) => answer.encrypt = Encrypt::Off,
            (ENCRYPTION, Some(1)) => answer.encrypt = Encrypt::On,
            (ENCRYPTION, Some(2)) => answer.encrypt = Encrypt::Unsupported,
            (ENCRYPTION, Some(3)) => answer.encrypt = Encrypt::Required,
            (ENCRYPTION, _) => return Err(Violation::Malformed),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nonsense_is_refused() {
        let ours = message(Encrypt::On, Some("SQLEXPRESS"));
        assert_eq!(read(&ours).unwrap().encrypt, Encrypt::On);
        for cut in 0..26 {
            assert_eq!(read(&ours[..cut]), Err(Violation::Malformed), "{cut}");
        }
        assert_eq!(read(&[1, 0, 6, 0, 1, 0xff, 9]), Err(Violation::Malformed));
    }
}
