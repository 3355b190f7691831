//! The words of a server, by the public description of the protocol ([MS-TDS]): written by hand here, so that a mistake in the
//! driver's own reading does not hide itself.

pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// B_VARCHAR: a byte of length in characters.
pub fn short(text: &str) -> Vec<u8> {
    let wide = utf16(text);
    [vec![(wide.len() / 2) as u8], wide].concat()
}

/// US_VARCHAR: two bytes of length in characters.
pub fn long(text: &str) -> Vec<u8> {
    let wide = utf16(text);
    [((wide.len() / 2) as u16).to_le_bytes().to_vec(), wide].concat()
}

fn with_length(token: u8, content: Vec<u8>) -> Vec<u8> {
    [vec![token], (content.len() as u16).to_le_bytes().to_vec(), content].concat()
}

/// The collation `SQL_Latin1_General_CP1_CI_AS`.
pub const LATIN1: [u8; 5] = [0x09, 0x04, 0xd0, 0x00, 0x34];

/// Types as they stand in COLMETADATA.
pub mod types {
    use super::LATIN1;

    pub const INT: &[u8] = &[0x38];
    pub const INTN4: &[u8] = &[0x26, 4];

    pub fn nvarchar(characters: u16) -> Vec<u8> {
        [&[0xe7][..], &(characters * 2).to_le_bytes(), &LATIN1].concat()
    }

    pub fn nvarchar_max() -> Vec<u8> {
        [&[0xe7, 0xff, 0xff][..], &LATIN1].concat()
    }

    pub fn varchar(bytes: u16) -> Vec<u8> {
        [&[0xa7][..], &bytes.to_le_bytes(), &LATIN1].concat()
    }
}

/// COLMETADATA of nullable columns.
pub fn columns(columns: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut token = vec![0x81];
    token.extend((columns.len() as u16).to_le_bytes());
    for (name, type_info) in columns {
        token.extend([0, 0, 0, 0, 0x09, 0]);
        token.extend(type_info);
        token.extend(short(name));
    }
    token
}

/// ROW, of cells as they stand in it.
pub fn row(cells: &[Vec<u8>]) -> Vec<u8> {
    [vec![0xd1], cells.concat()].concat()
}

/// A cell of `nvarchar(n)`.
pub fn text_cell(text: Option<&str>) -> Vec<u8> {
    match text {
        None => vec![0xff, 0xff],
        Some(text) => {
            let wide = utf16(text);
            [(wide.len() as u16).to_le_bytes().to_vec(), wide].concat()
        }
    }
}

/// A cell of a `max` type in pieces of this size, its length told or not.
pub fn pieces(content: &[u8], size: usize, told: bool) -> Vec<u8> {
    let length = if told { content.len() as u64 } else { u64::MAX - 1 };
    let mut cell = length.to_le_bytes().to_vec();
    for piece in content.chunks(size) {
        cell.extend((piece.len() as u32).to_le_bytes());
        cell.extend(piece);
    }
    cell.extend([0; 4]);
    cell
}

/// A cell with one byte of length before it.
pub fn byte_cell(content: &[u8]) -> Vec<u8> {
    [&[content.len() as u8][..], content].concat()
}

/// A result of texts.
pub fn texts(names: &[&str], rows: &[&[Option<&str>]]) -> Vec<u8> {
    let described: Vec<_> = names.iter().map(|name| (*name, types::nvarchar_max())).collect();
    let mut tokens = columns(&described);
    for cells in rows {
        let cells: Vec<_> = cells
            .iter()
            .map(|cell| match cell {
                None => u64::MAX.to_le_bytes().to_vec(),
                Some(text) => pieces(&utf16(text), 8000, true),
            })
            .collect();
        tokens.extend(row(&cells));
    }
    tokens.extend(done(0x10, 0xc1, rows.len() as u64));
    tokens
}

/// DONE: status bits, command, count. 1 is "more", 2 "error", 16 "the count counts", 32 "attention".
pub fn done(status: u16, command: u16, count: u64) -> Vec<u8> {
    [vec![0xfd], status.to_le_bytes().to_vec(), command.to_le_bytes().to_vec(), count.to_le_bytes().to_vec()].concat()
}

/// DONEINPROC: as [`done`], of a statement within a procedure or trigger.
pub fn done_within(status: u16, command: u16, count: u64) -> Vec<u8> {
    let mut token = done(status, command, count);
    token[0] = 0xff;
    token
}

fn said(token: u8, number: i32, class: u8, message: &str, procedure: &str, line: i32) -> Vec<u8> {
    let content = [
        number.to_le_bytes().to_vec(),
        vec![1, class],
        long(message),
        short("box"),
        short(procedure),
        line.to_le_bytes().to_vec(),
    ];
    with_length(token, content.concat())
}

pub fn info(number: i32, message: &str) -> Vec<u8> {
    said(0xab, number, 0, message, "", 1)
}

pub fn error(number: i32, class: u8, message: &str, line: i32) -> Vec<u8> {
    said(0xaa, number, class, message, "", line)
}

pub fn error_in(procedure: &str, number: i32, message: &str, line: i32) -> Vec<u8> {
    said(0xaa, number, 16, message, procedure, line)
}

/// ENVCHANGE of two texts.
pub fn changed(kind: u8, new: &str, old: &str) -> Vec<u8> {
    with_length(0xe3, [vec![kind], short(new), short(old)].concat())
}

pub fn transaction_begun(number: u64) -> Vec<u8> {
    with_length(0xe3, [vec![8, 8], number.to_le_bytes().to_vec(), vec![0]].concat())
}

pub fn transaction_ended(kind: u8, number: u64) -> Vec<u8> {
    with_length(0xe3, [vec![kind, 0, 8], number.to_le_bytes().to_vec()].concat())
}

/// ENVCHANGE that sends the login elsewhere.
pub fn routed(host: &str, port: u16) -> Vec<u8> {
    let place = [vec![0], port.to_le_bytes().to_vec(), long(host)].concat();
    with_length(0xe3, [vec![20], (place.len() as u16).to_le_bytes().to_vec(), place, vec![0, 0]].concat())
}

/// LOGINACK of SQL Server 2022 and what comes with it.
pub fn welcome(database: &str) -> Vec<u8> {
    let ack = [vec![1, 0x74, 0, 0, 4], short("Microsoft SQL Server"), vec![16, 0, 0x10, 0x68]].concat();
    [
        changed(1, database, "master"),
        info(5701, &format!("Changed database context to '{database}'.")),
        changed(4, "8000", "4096"),
        with_length(0xad, ack),
        vec![0xae, 0x0a, 1, 0, 0, 0, 1, 0xff],
        done(0, 0, 0),
    ]
    .concat()
}

/// Answers to a prelogin: SQL Server 2022, and this of encryption.
pub fn prelogin(encryption: u8) -> Vec<u8> {
    vec![0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0x10, 0x68, 0, 0, encryption]
}
