//! Small pictures as PNG files, without compression.

const SIDE: usize = 24;

/// A wall of bricks in one of many colours.
pub(super) fn png(seed: u64) -> Vec<u8> {
    let channel = |shift: u32| (64 + ((seed >> shift) & 127)) as u8;
    let (red, green, blue) = (channel(3), channel(17), channel(31));
    // Mortar, brick, brick in the light, brick in the shade.
    let mut palette = vec![228, 222, 214, red, green, blue];
    palette.extend([red, green, blue].map(|value| value.saturating_add(40)));
    palette.extend([red, green, blue].map(|value| value.saturating_sub(40)));
    let mut pixels = Vec::with_capacity(SIDE * (SIDE + 1));
    for y in 0..SIDE {
        // Every line begins with its filter: none.
        pixels.push(0);
        for x in 0..SIDE {
            let row = y / 6;
            let across = (x + 6 * (row % 2)) % 12;
            let brick = ((seed >> ((row * 4 + (x + 6 * (row % 2)) / 12) % 48)) & 1) as u8;
            pixels.push(match (y % 6, across) {
                (0, _) | (_, 0) => 0,
                (1, _) => 2,
                (5, _) => 3,
                _ => 1 + brick,
            });
        }
    }
    let side = (SIDE as u32).to_be_bytes();
    // 8 bits a pixel, palette, no interlace.
    let head = [&side[..], &side[..], &[8, 3, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &head);
    chunk(&mut file, b"PLTE", &palette);
    chunk(&mut file, b"IDAT", &stored(&pixels));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let sum = crc(kind.iter().chain(data));
    file.extend_from_slice(&sum.to_be_bytes());
}

/// A zlib stream of one stored block.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(data);
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in data {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend_from_slice(&((high << 16) | low).to_be_bytes());
    stream
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
};

fn crc<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    !bytes.fold(u32::MAX, |sum, byte| {
        let index = (sum ^ u32::from(*byte)) & 0xff;
        TABLE.get(index as usize).copied().unwrap_or(0) ^ (sum >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_check_text_is_the_standards() {
        assert_eq!(crc(b"123456789".iter()), 0xcbf4_3926);
        let picture = png(42);
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(picture.ends_with(b"IEND\xae\x42\x60\x82"));
        assert_ne!(picture, png(43 << 20));
    }
}
