//! From a file's bytes to UTF-8.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{BLOCK, ReadError};

/// Bytes of a file without any mark that its encoding is guessed from.
const GUESS: usize = 4 << 20;

/// The encoding's name: the one that was asked for, the one of its mark, UTF-8 where all of it is that, or the likeliest.
pub(super) fn detect(path: &Path, wanted: Option<&str>) -> Result<&'static str, ReadError> {
    let named = match wanted {
        Some(name) => Some(Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
            let hint = "Use a name such as utf-8, utf-16le, windows-1252, iso-8859-15 or shift_jis.";
            ReadError::content(format!("“{name}” is no encoding."), hint)
        })?),
        None => None,
    };
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    // What the block begins with is the start of a character that the former one ended with.
    let (mut before, mut offset) = (0, 0u64);
    let mut marked = None;
    let wrong = loop {
        let read = file.read(block.get_mut(before..).unwrap_or_default())?;
        let bytes = block.get(..before + read).unwrap_or_default();
        if offset == 0 && before == 0 {
            marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| without_mark(bytes));
            if let Some(encoding) = named.or(marked).filter(|encoding| *encoding != UTF_8) {
                return Ok(encoding.name());
            }
        }
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) if read == 0 => return Ok(UTF_8.name()),
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_some() || read == 0 => break offset + error.valid_up_to() as u64,
            Err(error) => error.valid_up_to(),
        };
        before = bytes.len() - valid;
        block.copy_within(valid..valid + before, 0);
        offset += valid as u64;
    };
    if named.or(marked).is_some() {
        let hint = "Choose another encoding, or leave it out to have it found.";
        return Err(ReadError::content(
            format!("The file is not UTF-8: byte {wrong} is no part of a character."),
            hint,
        ));
    }
    guess(&mut file, &mut block)
}

/// The likeliest encoding but UTF-8, by the file's beginning.
fn guess(file: &mut File, block: &mut [u8]) -> Result<&'static str, ReadError> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    file.seek(SeekFrom::Start(0))?;
    let mut seen = 0;
    while seen < GUESS {
        let read = file.read(block)?;
        detector.feed(block.get(..read).unwrap_or_default(), read == 0);
        if read == 0 {
            break;
        }
        seen += read;
    }
    Ok(detector.guess(None, Utf8Detection::Deny).name())
}

/// UTF-16 without a mark: every other byte of plain letters is 0.
fn without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if start.len() < 4 {
        return None;
    }
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), start.len() / 2);
    if odd * 10 > half * 6 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 6 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A file as UTF-8, without its mark.
pub(super) struct Decoded {
    file: File,
    /// None for what is UTF-8 and was found to be.
    decoder: Option<(Decoder, &'static str)>,
    raw: Vec<u8>,
    /// What of `raw` is not decoded yet.
    pending: std::ops::Range<usize>,
    /// Nothing more comes from the file.
    ended: bool,
    /// The last characters were handed out.
    flushed: bool,
    /// Whether the mark may still come.
    at_start: bool,
    offset: u64,
}

impl Decoded {
    pub(super) fn open(path: &Path, encoding: &str) -> Result<Self, ReadError> {
        let file = File::open(path)?;
        let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
        let decoder = (encoding != UTF_8).then(|| (encoding.new_decoder_with_bom_removal(), encoding.name()));
        Ok(Decoded {
            file,
            decoder,
            raw: vec![0; BLOCK],
            pending: 0..0,
            ended: false,
            flushed: false,
            at_start: true,
            offset: 0,
        })
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.flushed {
            return Ok(0);
        }
        let Some((decoder, name)) = &mut self.decoder else {
            let mut read = self.file.read(out)?;
            if std::mem::take(&mut self.at_start) {
                // The mark is three bytes: whoever asks for less than that asks again.
                if out.get(..read).is_some_and(|bytes| bytes.starts_with(b"\xef\xbb\xbf")) {
                    out.copy_within(3..read, 0);
                    read -= 3;
                    if read == 0 {
                        return self.read(out);
                    }
                }
            }
            return Ok(read);
        };
        loop {
            if self.pending.is_empty() && !self.ended {
                let read = self.file.read(&mut self.raw)?;
                self.pending = 0..read;
                self.ended = read == 0;
            }
            let rest = self.raw.get(self.pending.clone()).unwrap_or_default();
            let (result, consumed, written) = decoder.decode_to_utf8_without_replacement(rest, out, self.ended);
            self.pending.start += consumed;
            self.offset += consumed as u64;
            match result {
                DecoderResult::Malformed(..) => {
                    let message = format!("byte {} is no part of a character in {name}", self.offset);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
                DecoderResult::InputEmpty if self.ended => {
                    self.flushed = true;
                    return Ok(written);
                }
                _ if written > 0 => return Ok(written),
                _ => {}
            }
        }
    }
}
