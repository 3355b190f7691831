//! In which bytes the server writes the characters of `char` and `varchar`.

use encoding_rs::Encoding;

use super::reader::{Reader, Unread};

/// How bytes become characters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Codepage {
    Utf8,
    Known(&'static Encoding),
    /// Two of DOS, by their upper halves.
    Dos(&'static str),
}

const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// Set where the texts of a collation are UTF-8.
const UTF8: u32 = 1 << 26;

/// Reads a collation: five bytes.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Codepage, Unread> {
    let bits = reader.u32()?;
    let sort = reader.u8()?;
    Ok(codepage(bits, sort))
}

/// The code page of a collation, by its sort order where it is one of SQL Server's old ones, else by its language.
fn codepage(bits: u32, sort: u8) -> Codepage {
    if bits & UTF8 != 0 {
        return Codepage::Utf8;
    }
    match sort {
        0 => Codepage::Known(by_language(bits & 0xfffff)),
        30..=35 => Codepage::Dos(CP437),
        40..=49 | 55..=61 => Codepage::Dos(CP850),
        80..=98 => Codepage::Known(encoding_rs::WINDOWS_1250),
        104..=108 => Codepage::Known(encoding_rs::WINDOWS_1251),
        112..=124 => Codepage::Known(encoding_rs::WINDOWS_1253),
        128..=132 => Codepage::Known(encoding_rs::WINDOWS_1254),
        136..=138 => Codepage::Known(encoding_rs::WINDOWS_1255),
        144..=146 => Codepage::Known(encoding_rs::WINDOWS_1256),
        152..=160 => Codepage::Known(encoding_rs::WINDOWS_1257),
        192 | 193 | 200 => Codepage::Known(encoding_rs::SHIFT_JIS),
        194 | 195 | 201 => Codepage::Known(encoding_rs::EUC_KR),
        196 | 197 | 202 => Codepage::Known(encoding_rs::BIG5),
        198 | 199 | 203 => Codepage::Known(encoding_rs::GBK),
        204..=206 => Codepage::Known(encoding_rs::WINDOWS_874),
        _ => Codepage::Known(encoding_rs::WINDOWS_1252),
    }
}

/// By the number of a language and region: its code page outside of Unicode
/// (<https://learn.microsoft.com/openspecs/windows_protocols/ms-lcid>).
fn by_language(lcid: u32) -> &'static Encoding {
    match (lcid & 0x3ff, lcid & 0xffff) {
        (_, 0x0404 | 0x0c04 | 0x1404 | 0x7c04) => encoding_rs::BIG5,
        (_, 0x0c1a | 0x1c1a | 0x201a | 0x082c | 0x0843) => encoding_rs::WINDOWS_1251,
        (0x04, _) => encoding_rs::GBK,
        (0x11, _) => encoding_rs::SHIFT_JIS,
        (0x12, _) => encoding_rs::EUC_KR,
        (0x1e, _) => encoding_rs::WINDOWS_874,
        (0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x1c | 0x24 | 0x42, _) => encoding_rs::WINDOWS_1250,
        (0x02 | 0x19 | 0x22 | 0x23 | 0x28 | 0x2f | 0x3f | 0x40 | 0x44 | 0x50 | 0x6d | 0x85, _) => {
            encoding_rs::WINDOWS_1251
        }
        (0x08, _) => encoding_rs::WINDOWS_1253,
        (0x1f | 0x2c | 0x43, _) => encoding_rs::WINDOWS_1254,
        (0x0d, _) => encoding_rs::WINDOWS_1255,
        (0x01 | 0x20 | 0x29 | 0x80 | 0x8c, _) => encoding_rs::WINDOWS_1256,
        (0x25..=0x27, _) => encoding_rs::WINDOWS_1257,
        (0x2a, _) => encoding_rs::WINDOWS_1258,
        _ => encoding_rs::WINDOWS_1252,
    }
}

impl Codepage {
    /// Appends the characters in UTF-8. Bytes that are none of the code page's stay as they are.
    pub(crate) fn decode(self, out: &mut Vec<u8>, bytes: &[u8]) {
        if self == Codepage::Utf8 || bytes.is_ascii() {
            out.extend_from_slice(bytes);
            return;
        }
        match self {
            Codepage::Utf8 => {}
            Codepage::Known(encoding) => match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(text) => out.extend_from_slice(text.as_bytes()),
                None => out.extend_from_slice(bytes),
            },
            Codepage::Dos(upper) => {
                let upper: Vec<char> = upper.chars().collect();
                for byte in bytes {
                    let character = match byte.checked_sub(0x80) {
                        None => char::from(*byte),
                        Some(index) => upper.get(usize::from(index)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
                    };
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bits: u32, sort: u8, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        codepage(bits, sort).decode(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_read_in_the_code_page_of_their_collation() {
        assert_eq!([CP437, CP850].map(|upper| upper.chars().count()), [128, 128]);
        for (bits, sort, bytes, text) in [
            (0x0409, 52, &b"caf\xe9"[..], "café"),
            (0x0409, 0, b"caf\xe9", "café"),
            (0x0419, 0, b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
            (0x0411, 0, b"\x93\xfa\x96\x7b", "日本"),
            (0x0404, 0, b"\xa4\xa4", "中"),
            (0x0804, 0, b"\xd6\xd0", "中"),
            (0x0415, 0, b"\xb3", "ł"),
            (0x0c1a, 0, b"\xe9", "й"),
            (0x0409, 30, b"\x82\xe3\xff", "éπ\u{a0}"),
            (0x0409, 40, b"\x9b", "ø"),
            (0x0409 | UTF8, 0, "é🚀".as_bytes(), "é🚀"),
        ] {
            assert_eq!(decoded(bits, sort, bytes), text, "{bits:x} {sort}");
        }
    }

    #[test]
    fn bytes_of_no_character_are_kept() {
        let mut out = Vec::new();
        codepage(0x0411, 0).decode(&mut out, b"\x81");
        assert_eq!(out, b"\x81");
    }
}
