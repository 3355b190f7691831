//! The login message.

use zeroize::Zeroizing;

use super::packet::WANTED_SIZE;

/// Who signs in, and to what.
#[derive(Clone)]
pub struct Login {
    /// The SQL Server login.
    pub user: String,
    /// Its password.
    pub password: Option<Zeroizing<String>>,
    /// The database; the login's own where there is none.
    pub database: Option<String>,
    /// How we name ourselves (`program_name`).
    pub application: String,
    /// The name of the server as the person wrote it.
    pub server: String,
    /// The name of this computer (`host_name`).
    pub workstation: String,
    /// Only reads are intended: an availability group may send us to a copy.
    pub read_intent: bool,
}

/// Bytes before the texts.
const FIXED: usize = 94;
/// The version that is asked for; in TDS 8 the message is the same.
pub(crate) const VERSION_7_4: u32 = 0x7400_0004;
pub(crate) const VERSION_8: u32 = 0x0800_0000;

/// A database that cannot be opened is an error, and `USE` is told.
const OPTIONS_1: u8 = 0xe0;
/// A language that is not there is an error; settings are those of ODBC (ANSI, as every tool of this server has them).
const OPTIONS_2: u8 = 0x03;
/// There are features behind the texts; collations not known to old clients are no error.
const OPTIONS_3: u8 = 0x18;
const READ_INTENT: u8 = 0x20;

/// Texts in UTF-8 come as such.
const UTF8_FEATURE: [u8; 6] = [0x0a, 1, 0, 0, 0, 1];

/// The message. It holds the password, covered the way this protocol covers it, which protects nothing.
pub(crate) fn message(login: &Login, version: u32) -> Zeroizing<Vec<u8>> {
    let mut texts: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::new());
    let mut places: Vec<u8> = Vec::new();
    let place = |places: &mut Vec<u8>, texts: &mut Vec<u8>, bytes: &[u8]| {
        let from = u16::try_from(FIXED + texts.len()).unwrap_or(u16::MAX);
        places.extend(from.to_le_bytes());
        places.extend(u16::try_from(bytes.len() / 2).unwrap_or(u16::MAX).to_le_bytes());
        texts.extend_from_slice(bytes);
    };
    let password = Zeroizing::new(covered(login.password.as_ref().map_or("", |password| password.as_str())));
    place(&mut places, &mut texts, &wide(&login.workstation));
    place(&mut places, &mut texts, &wide(&login.user));
    place(&mut places, &mut texts, &password);
    place(&mut places, &mut texts, &wide(&login.application));
    place(&mut places, &mut texts, &wide(&login.server));
    // Where the place of the features stands: four bytes, which is two units.
    let extension_at = texts.len();
    let from = u16::try_from(FIXED + extension_at).unwrap_or(u16::MAX);
    places.extend(from.to_le_bytes());
    places.extend(4u16.to_le_bytes());
    texts.extend([0; 4]);
    place(&mut places, &mut texts, &wide("Rowhouse"));
    place(&mut places, &mut texts, &[]);
    place(&mut places, &mut texts, &wide(login.database.as_deref().unwrap_or_default()));
    // The network card's number is our business.
    places.extend([0; 6]);
    for _ in ["SSPI", "file to attach", "new password"] {
        place(&mut places, &mut texts, &[]);
    }
    places.extend(0u32.to_le_bytes());
    let features = u32::try_from(FIXED + texts.len()).unwrap_or(u32::MAX);
    if let Some(slot) = texts.get_mut(extension_at..extension_at + 4) {
        slot.copy_from_slice(&features.to_le_bytes());
    }
    texts.extend(UTF8_FEATURE);
    texts.push(0xff);

    let mut message = Zeroizing::new(Vec::with_capacity(FIXED + texts.len()));
    let length = u32::try_from(FIXED + texts.len()).unwrap_or(u32::MAX);
    let size = u32::try_from(WANTED_SIZE).unwrap_or(4096);
    for number in [length, version, size, 0x0001_0000, std::process::id(), 0] {
        message.extend(number.to_le_bytes());
    }
    message.extend([OPTIONS_1, OPTIONS_2, if login.read_intent { READ_INTENT } else { 0 }, OPTIONS_3]);
    message.extend([0; 8]);
    message.extend_from_slice(&places);
    message.extend_from_slice(&texts);
    message
}

/// A text in UTF-16, little-endian.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn covered(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).map(|byte| byte.rotate_left(4) ^ 0xa5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_stands_where_the_message_says() {
        let login = Login {
            user: "sa".into(),
            password: Some(Zeroizing::new("p😀".into())),
            database: Some("shop".into()),
            application: "rowhouse session".into(),
            server: "db1".into(),
            workstation: "box".into(),
            read_intent: true,
        };
        let bytes = message(&login, VERSION_7_4);
        let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let text = |at: usize| super::super::reader::text(&bytes[short(at)..short(at) + 2 * short(at + 2)]);
        assert_eq!(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize, bytes.len());
        assert_eq!(["box", "sa"], [text(36), text(40)].each_ref().map(String::as_str));
        assert_eq!((text(48).as_str(), text(52).as_str(), text(68).as_str()), ("rowhouse session", "db1", "shop"));
        assert_eq!(bytes[26], READ_INTENT);
        let covered = &bytes[short(44)..short(44) + 2 * short(46)];
        assert_eq!(covered[..2], [0xa2, 0xa5], "p is 70 00: the halves of each byte change places, then a5");
        assert_eq!(covered.len(), 6);
        let slot = short(56);
        let features = u32::from_le_bytes([bytes[slot], bytes[slot + 1], bytes[slot + 2], bytes[slot + 3]]) as usize;
        assert_eq!(bytes[features..], [0x0a, 1, 0, 0, 0, 1, 0xff]);
        let debugged = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!debugged.contains("p😀"));
    }
}
