//! What is sent: batches, and batches with parameters.

use super::login::wide;

/// The procedure that runs a batch with parameters, by its number.
const EXECUTESQL: u16 = 10;
/// A type for a text of any length, and the collation that texts of ours need none of.
const NVARCHAR_MAX: [u8; 8] = [0xe7, 0xff, 0xff, 0, 0, 0, 0, 0];

/// The headers before every request: in which transaction, and that nothing else is under way.
fn headers(transaction: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(22);
    bytes.extend(22u32.to_le_bytes());
    bytes.extend(18u32.to_le_bytes());
    bytes.extend(2u16.to_le_bytes());
    bytes.extend(transaction.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    bytes
}

/// A batch, as it was typed.
pub(crate) fn batch(transaction: u64, text: &str) -> Vec<u8> {
    let mut bytes = headers(transaction);
    bytes.reserve(text.len() * 2);
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

/// A batch with values for some of its variables, each sent as a text that the server converts.
pub(crate) fn batch_with(transaction: u64, text: &str, values: &[(String, Option<&str>)]) -> Vec<u8> {
    let mut bytes = headers(transaction);
    bytes.extend(u16::MAX.to_le_bytes());
    bytes.extend(EXECUTESQL.to_le_bytes());
    bytes.extend(0u16.to_le_bytes());
    let declared: Vec<String> = values.iter().map(|(name, _)| format!("@{name} nvarchar(max)")).collect();
    put_text(&mut bytes, "", Some(text));
    put_text(&mut bytes, "", Some(&declared.join(", ")));
    for (name, value) in values {
        put_text(&mut bytes, &format!("@{name}"), *value);
    }
    bytes
}

fn put_text(bytes: &mut Vec<u8>, name: &str, value: Option<&str>) {
    let name = wide(name);
    bytes.push(u8::try_from(name.len() / 2).unwrap_or(u8::MAX));
    bytes.extend(name);
    bytes.push(0);
    bytes.extend(NVARCHAR_MAX);
    let Some(value) = value else {
        bytes.extend(u64::MAX.to_le_bytes());
        return;
    };
    let value = wide(value);
    bytes.extend((value.len() as u64).to_le_bytes());
    for piece in value.chunks(1 << 20) {
        bytes.extend(u32::try_from(piece.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(piece);
    }
    bytes.extend(0u32.to_le_bytes());
}
