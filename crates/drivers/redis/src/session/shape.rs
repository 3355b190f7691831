//! Pieces of a reply into rows, by the reply's type.
//!
//! A reply that is no aggregate is one row of `reply`. Elements are rows of `value`; maps, and the pairs that older servers and
//! RESP2 send flat, are rows of two. What is nested deeper is printed in one cell as `redis-cli` prints it.

use bytes::Bytes;

use crate::{
    session::print::Printer,
    types::{Cell, Native},
    wire::{Aggregate, Item, Said, Token},
};

/// How the elements of a reply are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One column.
    Single,
    /// Two columns: elements in turn, or each element a pair.
    Pairs([&'static str; 2]),
}

/// The shape of a command's reply, where it is no map.
pub(super) fn shape(command: &str, has: impl Fn(&str) -> bool) -> Shape {
    match command {
        "HGETALL" | "CONFIG GET" => Shape::Pairs(["field", "value"]),
        "HRANDFIELD" if has("WITHVALUES") => Shape::Pairs(["field", "value"]),
        "ZRANGE" | "ZREVRANGE" | "ZRANGEBYSCORE" | "ZREVRANGEBYSCORE" | "ZUNION" | "ZINTER" | "ZDIFF"
        | "ZRANDMEMBER"
            if has("WITHSCORES") =>
        {
            Shape::Pairs(["member", "score"])
        }
        "ZPOPMIN" | "ZPOPMAX" => Shape::Pairs(["member", "score"]),
        "XRANGE" | "XREVRANGE" => Shape::Pairs(["id", "fields"]),
        _ => Shape::Single,
    }
}

/// What a piece of a reply made.
#[derive(Debug, PartialEq)]
pub(super) enum Made {
    /// Nothing yet.
    Nothing,
    /// The head is known: these columns.
    Head(Vec<&'static str>),
    /// A row.
    Row(Vec<Cell>),
    /// The head, and the only row of the reply.
    Only(&'static str, Cell),
    /// The reply is an error.
    Failed(Said),
}

/// Takes one reply apart.
#[derive(Debug)]
pub(super) struct Shaper {
    shape: Shape,
    columns: usize,
    row: Vec<Cell>,
    /// Each element is itself the pair.
    nested: bool,
    printer: Option<Printer>,
}

impl Shaper {
    pub(super) fn new(shape: Shape) -> Self {
        Shaper { shape, columns: 1, row: Vec::new(), nested: false, printer: None }
    }

    /// Takes the next piece.
    pub(super) fn take(&mut self, token: Token) -> Made {
        if token.depth == 0 {
            return self.first(token.item);
        }
        if let Some(printer) = &mut self.printer {
            if printer.take(&token.item) {
                let text = std::mem::take(printer).text();
                self.printer = None;
                return self.put(Cell::Bytes(Native::Array, Bytes::from(text)));
            }
            return Made::Nothing;
        }
        // A pair that is an element: its parts are the cells.
        if self.columns == 2
            && token.depth == 1
            && self.row.is_empty()
            && matches!(token.item, Item::Open(Aggregate::Array, 2))
        {
            self.nested = true;
            return Made::Nothing;
        }
        match token.item {
            Item::Open(..) => {
                let mut printer = Printer::default();
                if printer.take(&token.item) {
                    return self.put(Cell::Bytes(Native::Array, Bytes::from(printer.text())));
                }
                self.printer = Some(printer);
                Made::Nothing
            }
            item => self.put(cell(item)),
        }
    }

    fn first(&mut self, item: Item) -> Made {
        match item {
            Item::Error(bytes) => Made::Failed(Said::read(&bytes)),
            Item::Open(Aggregate::Map, _) => {
                self.columns = 2;
                let names = match self.shape {
                    Shape::Pairs(names) => names,
                    Shape::Single => ["field", "value"],
                };
                Made::Head(names.to_vec())
            }
            Item::Open(..) => match self.shape {
                Shape::Pairs(names) => {
                    self.columns = 2;
                    Made::Head(names.to_vec())
                }
                Shape::Single => Made::Head(vec!["value"]),
            },
            item => Made::Only("reply", cell(item)),
        }
    }

    fn put(&mut self, cell: Cell) -> Made {
        self.row.push(cell);
        if self.row.len() < self.columns { Made::Nothing } else { Made::Row(std::mem::take(&mut self.row)) }
    }

    /// What is left of a pair that is not whole.
    pub(super) fn rest(&mut self) -> Option<Vec<Cell>> {
        (!self.row.is_empty()).then(|| std::mem::take(&mut self.row))
    }
}

fn cell(item: Item) -> Cell {
    match item {
        Item::Null | Item::Open(..) => Cell::Null,
        Item::Integer(number) => Cell::Integer(number),
        Item::Boolean(answer) => Cell::Boolean(answer),
        Item::Status(bytes) => Cell::Bytes(Native::Status, bytes),
        Item::Error(bytes) => Cell::Bytes(Native::Error, bytes),
        Item::Double(bytes) => Cell::Bytes(Native::Double, bytes),
        Item::BigNumber(bytes) => Cell::Bytes(Native::BigNumber, bytes),
        Item::Bulk(bytes) => Cell::Bytes(Native::Bulk, bytes),
        Item::Verbatim(bytes) => Cell::Bytes(Native::Verbatim, bytes),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::BytesMut;

    use super::*;
    use crate::wire::Parser;

    fn made(shape: Shape, reply: &[u8]) -> (Vec<&'static str>, Vec<Vec<Cell>>) {
        let (mut parser, mut input, mut shaper) = (Parser::default(), BytesMut::from(reply), Shaper::new(shape));
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some(token) = parser.next(&mut input).unwrap() {
            match shaper.take(token) {
                Made::Head(names) => head = names,
                Made::Row(row) => rows.push(row),
                Made::Only(name, cell) => (head, rows) = (vec![name], vec![vec![cell]]),
                Made::Nothing => {}
                Made::Failed(said) => rows.push(vec![bulk(&said.message)]),
            }
        }
        rows.extend(shaper.rest());
        (head, rows)
    }

    fn bulk(text: &str) -> Cell {
        Cell::Bytes(Native::Bulk, Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn scalars_elements_maps_and_pairs_have_their_rows() {
        assert_eq!(made(Shape::Single, b":5\r\n"), (vec!["reply"], vec![vec![Cell::Integer(5)]]));
        assert_eq!(made(Shape::Single, b"_\r\n"), (vec!["reply"], vec![vec![Cell::Null]]));
        assert_eq!(made(Shape::Single, b"*0\r\n"), (vec!["value"], vec![]));
        let two = made(Shape::Single, b"*2\r\n$1\r\na\r\n_\r\n");
        assert_eq!(two, (vec!["value"], vec![vec![bulk("a")], vec![Cell::Null]]));
        let map = made(Shape::Single, b"%1\r\n$1\r\na\r\n:1\r\n");
        assert_eq!(map, (vec!["field", "value"], vec![vec![bulk("a"), Cell::Integer(1)]]));
        let names = ["member", "score"];
        let flat = made(Shape::Pairs(names), b"*2\r\n$1\r\na\r\n$1\r\n1\r\n");
        assert_eq!(flat, (names.to_vec(), vec![vec![bulk("a"), bulk("1")]]));
        let nested = made(Shape::Pairs(names), b"*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n");
        let score = Cell::Bytes(Native::Double, Bytes::from_static(b"1.5"));
        assert_eq!(nested, (names.to_vec(), vec![vec![bulk("a"), score]]));
        let odd = made(Shape::Pairs(names), b"*1\r\n$1\r\na\r\n");
        assert_eq!(odd, (names.to_vec(), vec![vec![bulk("a")]]));
    }

    #[test]
    fn what_is_nested_deeper_is_one_printed_cell() {
        let text = |text: &str| Cell::Bytes(Native::Array, Bytes::copy_from_slice(text.as_bytes()));
        let scan = made(Shape::Single, b"*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n:2\r\n");
        assert_eq!(scan.1, [vec![bulk("0")], vec![text("1) \"a\"\n2) (integer) 2")]]);
        let stream = made(Shape::Pairs(["id", "fields"]), b"*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
        assert_eq!(stream.1, [vec![bulk("1-1"), text("1) \"f\"\n2) \"v\"")]]);
        let empty = made(Shape::Single, b"*1\r\n*0\r\n");
        assert_eq!(empty.1, [vec![text("(empty array)")]]);
    }
}
